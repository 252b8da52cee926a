//! What a clean-up reaches: afterwards a value is in no file of a table. `docs/SOURCES.md` names the files that may hold it still.

use mysql::prelude::Queryable as _;

use super::server::Server;
use super::{anonymize_at, seed};
use crate::common::{expect_status, iins};
use crate::in_place::residue::found;

const PEOPLE: usize = 300;
const NAME: &str = "Плантова";
const LONG: &str = "planted in a long text";

/// Undo log, doublewrite buffer, change buffer; redo log; temporary tables; the log of the engine of system tables.
const LOGS: &[&str] = &["ibdata", "undo", "ib_logfile", "ibtmp", "aria_log"];

/// A name that is common, which statistics quote, and a text that has pages of its own; some rows were changed before.
fn plant(server: &Server) {
    let statements = seed(PEOPLE)
        + &format!(
            "create table person (id int primary key auto_increment, iin varchar(12) not null unique, full_name varchar(120) not null, story mediumtext, phone varchar(20), key (full_name));
insert into person (iin, full_name, phone, story) select iin, '{NAME} Айгүл Маратовна', '+7 701 555 10 10', case when n % 7 = 0
then concat(repeat(concat(md5(n), ' '), 600), '{LONG} ', iin) else concat('звонить ', iin) end from seed;
update person set phone = concat(phone, ' ') where id < 100;
delete from person where id > 290;
analyze table person persistent for all;
flush tables"
        );
    let mut session = server.session();
    for statement in statements.split(";\n") {
        session.query_drop(statement).unwrap();
    }
}

/// Planted values in files of tables, with where.
fn in_tables(server: &Server) -> Vec<String> {
    let planted = [&iins(PEOPLE)[6], NAME, LONG];
    let mut all = found(&server.data(), &planted);
    let data = server.data();
    all.retain(|found| {
        let logs = LOGS.iter().map(|log| data.join(log).display().to_string());
        !logs.into_iter().any(|log| found.contains(&log))
    });
    all
}

#[test]
fn without_a_clean_up_values_are_still_in_files_of_tables_and_it_is_told() {
    let Some(mut server) = Server::new("mysql: in place, what is left") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    plant(&server);
    let output = anonymize_at(&server.address(), folder.path(), &[]);
    expect_status(&output, 0);
    let said = String::from_utf8(output.stdout).unwrap();
    for what in ["between their rows", "istogram", "undo", "backups"] {
        assert!(said.contains(what), "{what}: {said}");
    }
    server.stop();
    // Which of them, and in which file, is for the server to say: it uses pages again when it likes.
    assert_ne!(in_tables(&server), Vec::<String>::new());
}

#[test]
fn after_a_clean_up_a_value_is_in_no_file_of_a_table() {
    let Some(mut server) = Server::new("mysql: in place, no table is left") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    plant(&server);
    let output = anonymize_at(&server.address(), folder.path(), &["--clean-up"]);
    expect_status(&output, 0);
    let said = String::from_utf8(output.stdout).unwrap();
    for gone in ["between their rows", "istogram"] {
        assert!(!said.contains(gone), "{gone}: {said}");
    }
    // It may be in what is written in a circle, and that is told.
    assert!(said.contains("undo, redo and temporary files"), "{said}");
    server.stop();
    assert_eq!(in_tables(&server), Vec::<String>::new());
}

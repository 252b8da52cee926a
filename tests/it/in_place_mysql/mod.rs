//! Tables of `MySQL` and `MariaDB` that are changed where they are.

mod residue;
mod server;
mod shop;

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use mysql::prelude::Queryable as _;

use crate::common::{expect_status, iesiz, iins, text};
use crate::databases::mysql::Database;

const PEOPLE: &[&str] = &[
    "create table people (iin varchar(12) primary key, note text, n int not null, changed timestamp not null default current_timestamp on update current_timestamp)",
    "create table orders (id int primary key auto_increment, iin varchar(12), amount decimal(9, 2), foreign key (iin) references people (iin) on update cascade)",
    "create table pairs (iin char(12) character set latin1, n int, j json, f float, primary key (iin, n))",
    "create table single (who varbinary(40) not null unique, b bit(3), length int generated always as (length(who)))",
];

fn fill(database: &Database, iins: &[String]) {
    let mut session = database.inside();
    for table in PEOPLE {
        session.query_drop(table).unwrap();
    }
    let mut insert = |table: &str, row: &dyn Fn(usize, &String) -> String| {
        for part in iins.iter().enumerate().collect::<Vec<_>>().chunks(500) {
            let rows: Vec<String> = part.iter().map(|(n, iin)| row(*n, iin)).collect();
            let insert = format!("insert into {table} values {}", rows.join(","));
            session.query_drop(insert).unwrap();
        }
    };
    insert("people", &|n, iin| {
        format!("('{iin}', 'номер {n}', {n}, '2024-01-02')")
    });
    insert("orders (iin, amount)", &|n, iin| {
        format!("('{iin}', {n}.5), ('{iin}', {n})")
    });
    insert("pairs", &|n, iin| {
        format!("('{iin}', {n}, '{{\"iin\": \"{iin}\"}}', 0.1)")
    });
    insert("single (who, b)", &|_, iin| format!("('{iin}', 5)"));
}

/// Statements that make a table of people to make rows of.
fn seed(count: usize) -> String {
    let iins = iins(count);
    let rows: Vec<String> = { iins.iter().enumerate() }
        .map(|(at, iin)| format!("({}, '{iin}')", at + 1))
        .collect();
    format!(
        "create temporary table seed (n int, iin char(12));\ninsert into seed values {};\n",
        rows.join(",")
    )
}

fn anonymize(database: &Database, register: &Path, more: &[&str]) -> Output {
    anonymize_at(&database.address(), register, more)
}

fn anonymize_at(address: &str, register: &Path, more: &[&str]) -> Output {
    let fixed = [
        "anonymize",
        address,
        "--in-place",
        "--register",
        text(register),
    ];
    iesiz(&[&fixed, more].concat())
}

fn count(database: &Database, query: &str) -> usize {
    database.inside().query_first(query).unwrap().unwrap()
}

const JOINED: &str = "select count(*) from orders join people using (iin) join pairs using (iin)";
const ALL: &str = "select iin from people union all select iin from orders union all select iin from pairs union all select who from single order by 1";

fn all(database: &Database) -> Vec<String> {
    database.inside().query(ALL).unwrap()
}

fn expect_anonymous(database: &Database, iins: &[String]) {
    assert_eq!(count(database, JOINED), 2 * iins.len());
    let now = all(database);
    assert_eq!(now.len(), 5 * iins.len());
    assert!(!now.iter().any(|value| iins.contains(value)));
    assert_eq!(
        count(
            database,
            "select count(*) from pairs where abs(f - 0.1) < 0.000001"
        ),
        iins.len()
    );
    assert_eq!(
        count(
            database,
            "select count(*) from people where changed = '2024-01-02'"
        ),
        iins.len()
    );
}

#[test]
fn keys_and_joins_are_kept_and_a_second_run_changes_nothing() {
    let Some(database) = Database::new("mysql: in place") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let iins = iins(300);
    fill(&database, &iins);
    let output = anonymize(&database, folder.path(), &["--clean-up"]);
    expect_status(&output, 0);
    expect_anonymous(&database, &iins);
    let json: String = database
        .inside()
        .query_first("select coalesce(group_concat(j), '') from pairs")
        .unwrap()
        .unwrap();
    assert!(!iins.iter().any(|iin| json.contains(iin)));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.contains("undo") && !said.contains("--clean-up"),
        "{said}"
    );
    let before = all(&database);
    let again = anonymize(&database, folder.path(), &[]);
    expect_status(&again, 0);
    assert_eq!(before, all(&database));
}

#[test]
fn what_cannot_be_taken_back_is_refused_before_anything_is_written() {
    let Some(database) = Database::new("mysql: in place, what cannot be taken back") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let iins = iins(40);
    fill(&database, &iins);
    let mut session = database.inside();
    let before = all(&database);
    for (made, said) in [
        (
            "create table odd (iin varchar(12) primary key) engine = myisam",
            "ENGINE = InnoDB",
        ),
        ("create table odd (iin varchar(12))", "no primary key"),
        (
            "create table odd (iin varchar(12) primary key) with system versioning",
            "earlier versions",
        ),
    ] {
        session.query_drop(made).unwrap();
        session
            .query_drop("insert into odd (iin) select iin from people")
            .unwrap();
        let output = anonymize(&database, folder.path(), &[]);
        expect_status(&output, 2);
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains(".odd: ") && told.contains(said), "{told}");
        session.query_drop("drop table odd").unwrap();
        assert_eq!(before, all(&database));
    }
    session
        .query_drop("create table log (iin varchar(12) primary key)")
        .unwrap();
    session
        .query_drop("create trigger noting after update on people for each row insert into log values (old.iin)")
        .unwrap();
    let output = anonymize(&database, folder.path(), &[]);
    expect_status(&output, 2);
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("a trigger")
    );
    assert_eq!(before, all(&database));
}

#[test]
fn what_cannot_be_done_wholly_is_not_done() {
    let Some(database) = Database::new("mysql: in place, not wholly") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let iins = iins(40);
    fill(&database, &iins);
    let before = all(&database);
    // Only one end of a reference.
    let output = anonymize(&database, folder.path(), &["--include", "people"]);
    expect_status(&output, 2);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("rows would refer to nothing"), "{said}");
    assert_eq!(before, all(&database));
    let mut session = database.inside();
    session
        .query_drop("create table checked (id int primary key, iin varchar(12) not null check (iin regexp '^[0-9]+$'))")
        .unwrap();
    session
        .query_drop("insert into checked select n, iin from people")
        .unwrap();
    let output = anonymize(&database, folder.path(), &[]);
    expect_status(&output, 2);
    assert_eq!(before, all(&database));
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).unwrap();
    assert!(!iins.iter().any(|iin| said.contains(iin)), "{said}");
}

#[test]
fn killed_at_any_instant_a_database_is_as_it_was_or_done() {
    let Some(database) = Database::new("mysql: in place, killed") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let iins = iins(4_000);
    fill(&database, &iins);
    let first = all(&database);
    let mut undone = 0;
    for instant in 0..15_u64 {
        let address = database.address();
        let mut child = Command::new(env!("CARGO_BIN_EXE_iesiz"))
            .args([
                "anonymize",
                &address,
                "--in-place",
                "--register",
                text(folder.path()),
            ])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(60 + instant * 120));
        let _ = child.kill();
        child.wait().unwrap();
        let now = all(&database);
        let is_old = now == first;
        undone += usize::from(is_old);
        assert!(
            is_old || !now.iter().any(|value| first.binary_search(value).is_ok()),
            "half done"
        );
        assert_eq!(count(&database, JOINED), 8_000);
    }
    assert!(undone > 0, "none was killed before its end");
    expect_status(&anonymize(&database, folder.path(), &[]), 0);
    assert_eq!(count(&database, JOINED), 8_000);
    assert!(
        !all(&database)
            .iter()
            .any(|value| first.binary_search(value).is_ok())
    );
}

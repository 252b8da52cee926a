//! Files of `SQLite` that are changed where they are.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use rusqlite::Connection;

use crate::common::{expect_status, iesiz, iins, text};

struct Shop {
    folder: tempfile::TempDir,
}

impl Shop {
    /// A file with these statements carried out.
    fn new(journal: &str, statements: &str) -> Self {
        let shop = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        fs::create_dir(shop.folder.path().join("data")).unwrap();
        let session = shop.session();
        session
            .pragma_update(None, "journal_mode", journal)
            .unwrap();
        session.execute_batch(statements).unwrap();
        shop
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("data/shop of 100%.db")
    }

    fn session(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }

    fn address(&self) -> String {
        format!("sqlite:{}", self.path().display())
    }

    fn register(&self) -> PathBuf {
        self.folder.path().join("register")
    }

    fn anonymize(&self, more: &[&str]) -> Output {
        let register = self.register();
        let address = self.address();
        let fixed = [
            "anonymize",
            &address,
            "--in-place",
            "--register",
            text(&register),
        ];
        iesiz(&[&fixed, more].concat())
    }

    fn count(&self, query: &str) -> i64 {
        self.session()
            .query_row(query, [], |row| row.get(0))
            .unwrap()
    }

    fn column(&self, query: &str) -> Vec<Option<String>> {
        let session = self.session();
        let mut listed = session.prepare(query).unwrap();
        let rows = listed.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    }

    /// Every byte of the file and of what lies beside it.
    fn bytes(&self) -> Vec<u8> {
        let entries = fs::read_dir(self.folder.path().join("data")).unwrap();
        entries
            .flat_map(|entry| fs::read(entry.unwrap().path()).unwrap())
            .collect()
    }

    fn holds(&self, value: &str) -> bool {
        let bytes = self.bytes();
        memchr::memmem::find(&bytes, value.as_bytes()).is_some()
    }
}

const PEOPLE: &str = "
create table people (iin varchar(12) primary key, note text, n int not null) without rowid;
create table orders (id integer primary key, iin text references people on update cascade, amount numeric);
create table pairs (iin text, n int, words text, primary key (iin, n)) without rowid;
create table plain (who text not null unique, length generated always as (length(who)));
";

fn rows(iins: &[String]) -> String {
    let mut rows = "begin;".to_owned();
    for (n, iin) in iins.iter().enumerate() {
        rows.push_str(&format!(
            "insert into people values ('{iin}', 'номер {n}', {n}); insert into plain (who) values ('{iin}');
             insert into orders (iin, amount) values ('{iin}', {n}.5), ('{iin}', {n}); insert into pairs values ('{iin}', {n}, 'слова');"
        ));
    }
    rows + "commit;"
}

fn shop(journal: &str, iins: &[String]) -> Shop {
    Shop::new(journal, &format!("{PEOPLE}{}", rows(iins)))
}

const JOINED: &str = "select count(*) from orders join people using (iin) join pairs using (iin) join plain on who = iin";

/// None of the values is there, and what was joined still is.
fn expect_anonymous(shop: &Shop, iins: &[String]) {
    assert_eq!(shop.count(JOINED), 2 * i64::try_from(iins.len()).unwrap());
    assert_eq!(
        shop.count("select count(*) from pragma_foreign_key_check"),
        0
    );
    assert_eq!(
        shop.column("pragma integrity_check"),
        [Some("ok".to_owned())]
    );
    let now = shop.column(
        "select iin from people union all select iin from orders union all select iin from pairs union all select who from plain",
    );
    assert_eq!(now.len(), 5 * iins.len());
    for value in now {
        assert!(!iins.contains(&value.unwrap()));
    }
}

#[test]
fn keys_and_joins_are_kept_and_a_second_run_changes_nothing() {
    for journal in ["delete", "wal", "persist", "truncate"] {
        let iins = iins(300);
        let shop = shop(journal, &iins);
        expect_status(&shop.anonymize(&["--clean-up"]), 0);
        expect_anonymous(&shop, &iins);
        assert_eq!(shop.count("select sum(n) from people"), 299 * 150);
        let before = shop.bytes();
        let again = shop.anonymize(&[]);
        expect_status(&again, 0);
        assert!(before == shop.bytes(), "{journal}");
    }
}

#[test]
fn a_cleaned_file_holds_no_value_any_more() {
    for journal in ["delete", "wal", "persist"] {
        let iins = iins(300);
        let shop = shop(journal, &iins);
        // Gone from its table already, and still in the file.
        let old = "180101100017";
        shop.session()
            .execute_batch(&format!(
                "pragma secure_delete = off; create table gone (a text);
                 with recursive n(i) as (select 1 union all select i + 1 from n where i < 300)
                 insert into gone select '{old}' || hex(zeroblob(2000)) from n; drop table gone"
            ))
            .unwrap();
        assert!(shop.holds(old) && shop.holds(&iins[7]));
        let output = shop.anonymize(&[]);
        expect_status(&output, 0);
        assert!(shop.holds(old), "{journal}");
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(
            said.contains("--clean-up") && said.contains("free"),
            "{said}"
        );
        let again: Vec<String> = (iins.iter().enumerate())
            .map(|(n, iin)| format!("update people set note = '{iin}' where n = {n};"))
            .collect();
        let again = again.concat();
        shop.session().execute_batch(&again).unwrap();
        assert!(shop.holds(&iins[7]));
        expect_status(&shop.anonymize(&["--clean-up"]), 0);
        assert!(!shop.holds(old) && !shop.holds(&iins[7]), "{journal}");
    }
}

#[test]
fn indexes_of_words_are_made_anew() {
    let iins = iins(60);
    let shop = Shop::new(
        "delete",
        &format!(
            "{PEOPLE} create virtual table own using fts5(iin, words); create virtual table old using fts4(iin);
             create virtual table notes using fts5(note, content='people2', content_rowid='id');
             create table people2 (id integer primary key, note text);
             create trigger follow after update on people2 begin
               insert into notes (notes, rowid, note) values ('delete', old.id, old.note);
               insert into notes (rowid, note) values (new.id, new.note); end; {}",
            rows(&iins)
        ),
    );
    shop.session()
        .execute_batch(
            "insert into own select iin, 'слова' from people; insert into old select iin from people;
             insert into people2 (note) select iin from people; insert into notes (notes) values ('rebuild')",
        )
        .unwrap();
    expect_status(&shop.anonymize(&["--clean-up"]), 0);
    expect_anonymous(&shop, &iins);
    for iin in &iins {
        assert!(!shop.holds(iin));
    }
    assert_eq!(
        shop.count("select count(*) from own where own match 'слова'"),
        60
    );
}

#[test]
fn a_table_that_only_a_trigger_writes_to_is_not_passed_over() {
    let iins = iins(40);
    let shop = Shop::new(
        "delete",
        &format!(
            "{PEOPLE}{} create table log (a text); create trigger noting after update on people begin insert into log values (old.iin); end;",
            rows(&iins)
        ),
    );
    for more in [&["--exclude", "log"][..], &[]] {
        let before = shop.bytes();
        let output = shop.anonymize(more);
        expect_status(&output, 2);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            said.contains("table log: the database refused: a trigger changes it"),
            "{said}"
        );
        assert!(before == shop.bytes());
    }
}

#[test]
fn what_cannot_be_done_wholly_is_not_done() {
    let iins = iins(40);
    let check =
        "create table strict_one (iin text not null check (length(iin) = 12), n int) strict;";
    let shop = Shop::new("wal", &format!("{PEOPLE}{check}{}", rows(&iins)));
    shop.session()
        .execute_batch(
            "insert into strict_one select iin, n from people; pragma wal_checkpoint(truncate)",
        )
        .unwrap();
    let before = shop.column("select iin from people union all select iin from strict_one");
    let output = shop.anonymize(&[]);
    expect_status(&output, 2);
    let after = shop.column("select iin from people union all select iin from strict_one");
    assert_eq!(before, after);
    for channel in [output.stdout, output.stderr] {
        let said = String::from_utf8(channel).unwrap();
        assert!(!iins.iter().any(|iin| said.contains(iin)), "{said}");
    }
    // Only one end of a reference.
    let output = shop.anonymize(&["--include", "people"]);
    expect_status(&output, 2);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("table orders: the database refused: rows would refer to nothing"),
        "{said}"
    );
    assert_eq!(shop.column("select iin from people"), before[..40]);
}

#[test]
fn others_who_have_the_file_open_are_not_harmed() {
    let iins = iins(40);
    let shop = shop("wal", &iins);
    let other = shop.session();
    other
        .execute_batch("begin; select count(*) from people")
        .unwrap();
    expect_status(&shop.anonymize(&[]), 0);
    let seen: String = other
        .query_row("select min(iin) from people", [], |row| row.get(0))
        .unwrap();
    assert!(iins.contains(&seen), "its moment lasts");
    other.execute_batch("commit").unwrap();
    expect_anonymous(&shop, &iins);
}

#[test]
fn killed_at_any_instant_a_file_is_as_it_was_or_done() {
    for journal in ["delete", "wal"] {
        let iins = iins(6_000);
        let shop = shop(journal, &iins);
        let copy = shop.folder.path().join("copy.db");
        fs::copy(shop.path(), &copy).unwrap();
        let known: HashSet<&String> = iins.iter().collect();
        let mut undone = 0;
        for instant in 0..15_u64 {
            restore(&copy, &shop);
            let mut child = spawned(&shop);
            std::thread::sleep(Duration::from_millis(50 + instant * 110));
            let _ = child.kill();
            child.wait().unwrap();
            let left = shop.column("select iin from people");
            assert_eq!(left.len(), iins.len());
            let old = left
                .iter()
                .flatten()
                .filter(|iin| known.contains(*iin))
                .count();
            assert!(old == 0 || old == iins.len(), "half done: {old}");
            undone += usize::from(old > 0);
            assert_eq!(shop.count(JOINED), 12_000);
        }
        assert!(undone > 0, "none was killed before its end");
        restore(&copy, &shop);
        let mut child = spawned(&shop);
        std::thread::sleep(Duration::from_millis(900));
        let _ = child.kill();
        child.wait().unwrap();
        expect_status(&shop.anonymize(&[]), 0);
        expect_anonymous(&shop, &iins);
    }
}

fn restore(copy: &Path, shop: &Shop) {
    for ending in ["-wal", "-shm", "-journal"] {
        let _ = fs::remove_file(format!("{}{ending}", shop.path().display()));
    }
    fs::copy(copy, shop.path()).unwrap();
}

fn spawned(shop: &Shop) -> std::process::Child {
    let (address, register) = (shop.address(), shop.register());
    Command::new(env!("CARGO_BIN_EXE_iesiz"))
        .args([
            "anonymize",
            &address,
            "--in-place",
            "--register",
            text(&register),
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

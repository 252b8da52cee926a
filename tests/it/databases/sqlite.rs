//! Files of `SQLite`: never changed, and nothing in them passed over.

use std::fs;
use std::path::Path;

use rusqlite::Connection;

use super::{contents, scanned};
use crate::common::{expect_status, iesiz, iins, text, write};

fn clients(path: &Path, journal: &str) -> Connection {
    let made = Connection::open(path).unwrap();
    made.pragma_update(None, "journal_mode", journal).unwrap();
    made.execute_batch("create table clients (id integer primary key, iin text, note blob)")
        .unwrap();
    for iin in iins(40) {
        made.execute("insert into clients (iin) values (?1)", [iin])
            .unwrap();
    }
    made
}

fn address(path: &Path) -> String {
    format!("sqlite:{}", path.display())
}

/// A scan finds these rows, and the folder stays as it was, byte by byte and file by file.
fn expect_rows(folder: &Path, path: &Path, rows: u64) {
    let before = contents(folder);
    let found = scanned(&[&address(path)]);
    let table = &found["shop.db/clients"];
    assert_eq!(
        (table.rows, table.category("iin")),
        (Some(rows), "iin"),
        "{found:?}"
    );
    assert!(
        contents(folder) == before,
        "the folder of {} changed",
        path.display()
    );
}

#[test]
fn nothing_is_written_whatever_the_journal() {
    for journal in ["delete", "truncate", "persist", "wal"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shop.db");
        drop(clients(&path, journal));
        expect_rows(folder.path(), &path, 40);
    }
}

#[test]
fn a_log_in_use_is_read_with_what_was_committed_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    let writer = clients(&path, "wal");
    writer
        .execute_batch("begin; insert into clients (iin) values ('x')")
        .unwrap();
    expect_rows(folder.path(), &path, 40);
    writer.execute_batch("commit").unwrap();
    expect_rows(folder.path(), &path, 41);
}

#[test]
fn a_log_that_a_crash_left_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let (living, path) = (
        folder.path().join("living"),
        folder.path().join("dead/shop.db"),
    );
    fs::create_dir(&living).unwrap();
    fs::create_dir(path.parent().unwrap()).unwrap();
    let writer = clients(&living.join("shop.db"), "wal");
    // As a crash leaves it: first without the index of the log, then with one.
    for name in ["shop.db", "shop.db-wal"] {
        fs::copy(living.join(name), path.with_file_name(name)).unwrap();
    }
    expect_rows(path.parent().unwrap(), &path, 40);
    fs::copy(
        living.join("shop.db-shm"),
        path.with_file_name("shop.db-shm"),
    )
    .unwrap();
    expect_rows(path.parent().unwrap(), &path, 40);
    drop(writer);
}

#[test]
fn a_change_that_was_broken_off_makes_the_file_unread() {
    let folder = tempfile::tempdir().unwrap();
    let (living, dead) = (folder.path().join("living"), folder.path().join("dead"));
    fs::create_dir(&living).unwrap();
    fs::create_dir(&dead).unwrap();
    let writer = clients(&living.join("shop.db"), "delete");
    // A cache of a few pages spills to the file while the journal is hot.
    writer
        .execute_batch(
            "pragma cache_size = 2; begin; \
             with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000) \
             insert into clients (iin) select 'x' || i from n",
        )
        .unwrap();
    for name in ["shop.db", "shop.db-journal"] {
        fs::copy(living.join(name), dead.join(name)).unwrap();
    }
    writer.execute_batch("rollback").unwrap();
    let before = contents(&dead);
    let output = iesiz(&["scan", &address(&dead.join("shop.db"))]);
    expect_status(&output, 2);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains("broken off") && said.contains("[source]"),
        "{said}"
    );
    assert!(contents(&dead) == before);
}

#[test]
fn every_class_of_value_comes_whole_in_any_column() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    let made = Connection::open(&path).unwrap();
    made.execute_batch(
        "create table t (i integer, t text, b blob, n, g text generated always as (t || '!') stored, v as (n)); \
         insert into t (i, t, b, n) values \
         (9223372036854775807, '007', x'00ff', 0.1), ('word', 7.50, 'text', 1e300), \
         (-1, '', x'd18f', 100.0), (null, null, null, null), (1.5, x'616263', 2, 'end')",
    )
    .unwrap();
    let rows = cells(&address(&path));
    let row = |cells: [&str; 6]| {
        cells
            .map(|cell| Some(cell.to_owned()).filter(|cell| !cell.is_empty()))
            .to_vec()
    };
    assert_eq!(
        rows,
        [
            row(["9223372036854775807", "007", "00ff", "0.1", "007!", "0.1"]),
            row(["word", "7.5", "text", "1.0e+300", "7.5!", "1.0e+300"]),
            row(["-1", "", "я", "100.0", "!", "100.0"]),
            row(["", "", "", "", "", ""]),
            row(["1.5", "abc", "2", "end", "abc!", "end"]),
        ]
    );
}

fn cells(source: &str) -> Vec<Vec<Option<String>>> {
    let options = iesiz::source::Options::default();
    let found = iesiz::source::discover(&[source.to_owned()], &options).unwrap();
    let mut rows = Vec::new();
    for pending in found.tables[0].read().unwrap() {
        let batch = (pending.unwrap().decode)().unwrap();
        let frame = batch.frame().unwrap().into_owned();
        for row in 0..frame.height() {
            let cell = |column: &polars::prelude::Column| {
                column.str().unwrap().get(row).map(str::to_owned)
            };
            rows.push(frame.columns().iter().map(cell).collect());
        }
    }
    rows
}

#[test]
fn tables_of_every_sort_are_read_or_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("архив 50%#1.db");
    let made = clients(&path, "delete");
    made.execute_batch(
        "create table \"a\"\"b/c\" (\"x.y\" text primary key) without rowid; \
         insert into \"a\"\"b/c\" select iin from clients; \
         create view seen as select iin from clients; \
         create view lost as select * from gone; \
         create virtual table words using fts5(body); insert into words select iin from clients; \
         create virtual table blind using fts5(body, content=''); insert into blind(body) values ('x'); \
         create table empty (a, b); create table auto (id integer primary key autoincrement); insert into auto default values;",
    )
    .unwrap();
    let found = scanned(&[&address(&path)]);
    let rows: Vec<(&str, Option<u64>)> = { found.iter() }
        .map(|(name, table)| (name.strip_prefix("архив 50%25#1.db/").unwrap(), table.rows))
        .collect();
    let expected = [
        ("a\"b%2Fc", Some(40)),
        ("auto", Some(1)),
        ("blind", None),
        ("clients", Some(40)),
        ("empty", Some(0)),
        ("words", Some(40)),
    ];
    assert_eq!(rows, expected);
    let with_views = scanned(&[&address(&path), "--views", "--include", "[sl]*"]);
    let rows: Vec<Option<u64>> = with_views.values().map(|table| table.rows).collect();
    assert_eq!(rows, [None, Some(40)], "{with_views:?}");
    expect_status(&iesiz(&["scan", &address(&path)]), 2);
    let one = format!("{}#a\"b/c", address(&path));
    assert_eq!(scanned(&[&one]).len(), 1);
}

#[test]
fn files_are_found_in_folders_by_name_and_by_what_they_begin_with() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("sub")).unwrap();
    drop(clients(&at("sub/one.sqlite3"), "delete"));
    drop(clients(&at("two.data"), "delete"));
    write(&at("three.db"), "no database");
    write(&at("four.csv"), "a,b\n1,2\n");
    let found = scanned(&[text(folder.path())]);
    let states: Vec<(&str, Option<u64>)> = { found.iter() }
        .map(|(name, table)| (name.as_str(), table.rows))
        .collect();
    let expected = [
        ("four.csv", Some(1)),
        ("sub/one.sqlite3/clients", Some(40)),
        ("three.db", None),
        ("two.data/clients", Some(40)),
    ];
    assert_eq!(states, expected);
    // A plan finds them again.
    let (plan, out) = (at("plan.toml"), at("out"));
    let sub = at("sub");
    expect_status(
        &iesiz(&["plan", text(&sub), "-o", text(&plan), "--k", "1"]),
        1,
    );
    expect_status(&iesiz(&["apply", text(&plan), "-o", text(&out)]), 0);
    assert!(out.join("one.sqlite3/clients.parquet").is_file());
    Connection::open(sub.join("one.sqlite3"))
        .unwrap()
        .execute("delete from clients where id = 7", [])
        .unwrap();
    let stale = iesiz(&["apply", text(&plan), "-o", text(&at("again"))]);
    expect_status(&stale, 2);
    assert!(String::from_utf8_lossy(&stale.stderr).contains("[stale-plan]"));
}

#[test]
fn a_choice_that_chooses_nothing_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.db");
    let database = Connection::open(&path).unwrap();
    database
        .execute_batch("create table clients (email text); insert into clients values ('a@b.kz')")
        .unwrap();
    drop(database);
    let output = iesiz(&["scan", text(&path), "--include", "clinets"]);
    expect_status(&output, 2);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("[no-tables]") && said.contains("--include clinets"),
        "{said}"
    );
}

/// Its table is kept as it was, so that only an attack that is told of the right original finds that.
#[test]
fn a_table_of_a_copy_is_verified_against_the_one_of_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("s.db"), folder.path().join("copy.db"));
    drop(clients(&path, "delete"));
    fs::copy(&path, &copy).unwrap();
    let other = Connection::open(&copy).unwrap();
    other
        .execute_batch("create table more (n int); insert into more values (1)")
        .unwrap();
    drop(other);
    let verified = iesiz(&["verify", text(&copy), text(&path)]);
    let said = String::from_utf8_lossy(&verified.stderr);
    assert_eq!(verified.status.code(), Some(1), "{said}");
}

#[test]
fn a_report_does_not_replace_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    drop(clients(&path, "delete"));
    let output = iesiz(&["scan", &address(&path), "-o", text(&path)]);
    expect_status(&output, 2);
    assert!(String::from_utf8_lossy(&output.stderr).contains("[output-is-input]"));
    assert!(fs::read(&path).unwrap().starts_with(b"SQLite"));
}

#[test]
fn a_file_that_is_no_database_or_damaged_is_told_without_its_cells() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    let made = clients(&path, "delete");
    made.execute_batch(
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000) \
         insert into clients (iin) select 'zqxcanary' || i from n",
    )
    .unwrap();
    drop(made);
    let whole = fs::read(&path).unwrap();
    let mut holed = whole.clone();
    holed[20_000..60_000].fill(0xa5);
    let half = &whole[..whole.len() / 2];
    for bytes in [b"zqxcanary, but no database".as_slice(), &holed, half] {
        write(&path, bytes);
        let output = iesiz(&["scan", &address(&path), "--log", "trace"]);
        expect_status(&output, 2);
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(
            said.contains("[source]") && !said.contains("zqxcanary"),
            "{said}"
        );
    }
}

#[test]
fn a_reading_that_a_writer_came_between_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    let writer = clients(&path, "wal");
    drop(writer);
    let options = iesiz::source::Options::default();
    let found = iesiz::source::discover(&[address(&path)], &options).unwrap();
    // Read as it lies there, because nobody used its log; now somebody does.
    let writer = Connection::open(&path).unwrap();
    writer.execute_batch("delete from clients; vacuum").unwrap();
    let read: Result<Vec<_>, _> = found.tables[0].read().unwrap().collect();
    assert_eq!(read.err().unwrap().code().0, "source");
}

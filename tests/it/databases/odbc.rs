//! Drivers of ODBC: those of `SQLite` and of `PostgreSQL`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use iesiz::source::{Options, Source, discover};
use rusqlite::Connection;
use tempfile::TempDir;
use url::Url;

use super::postgres::{Database, fill};
use super::{scanned, told};
use crate::common::{expect_status, iesiz, iins, text};

/// Tells whether a driver is installed; says so where it is not, and fails where tests must run.
pub(crate) fn has_driver(test: &str, name: &str) -> bool {
    let listed = Command::new("odbcinst").args(["-q", "-d"]).output();
    let listed = listed.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let is_there = listed.is_ok_and(|listed| listed.contains(&format!("[{name}]")));
    if !is_there {
        #[expect(
            clippy::print_stderr,
            reason = "a person should know what was not tried"
        )]
        {
            eprintln!("skipped: {test}: no driver {name}");
        }
        let must_run = std::env::var("IESIZ_TESTS_MUST_RUN").is_ok_and(|value| value == "1");
        assert!(!must_run, "{test}: no driver {name}, but tests must run");
    }
    is_there
}

/// The same file through its driver.
pub(crate) fn of_sqlite(path: &Path) -> String {
    format!("odbc:Driver=SQLite3;Database={}", path.display())
}

/// The same database through its driver.
pub(crate) fn of_postgres(address: &str) -> String {
    let address = Url::parse(address).unwrap();
    format!(
        "odbc:Driver=PostgreSQL Unicode;Server={};Port={};Database={};UseDeclareFetch=1;ByteaAsLongVarBinary=1;UID={};PWD={}",
        address.host_str().unwrap(),
        address.port().unwrap(),
        address.path().trim_start_matches('/'),
        address.username(),
        address.password().unwrap()
    )
}

/// A file with these statements run on it.
struct File {
    _folder: TempDir,
    path: PathBuf,
}

impl File {
    fn new(test: &str, statements: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shop.db");
        Connection::open(&path)
            .unwrap()
            .execute_batch(statements)
            .unwrap();
        let file = Self {
            _folder: folder,
            path,
        };
        has_driver(test, "SQLite3").then_some(file)
    }

    fn address(&self) -> String {
        of_sqlite(&self.path)
    }
}

fn postgres(test: &str) -> Option<Database> {
    if has_driver(test, "PostgreSQL Unicode") {
        Database::new(test)
    } else {
        None
    }
}

fn opened(address: &str) -> Vec<Box<dyn Source>> {
    let found = discover(&[address.to_owned()], &Options::default()).unwrap();
    assert!(found.unread.is_empty(), "{:?}", found.unread);
    found.tables
}

/// Rows of the only table, cell by cell.
fn rows(address: &str) -> Vec<Vec<Option<String>>> {
    let mut rows = Vec::new();
    for pending in opened(address)[0].read().unwrap() {
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
fn odbc_tables_of_every_sort_are_told_apart() {
    let Some(database) = postgres("odbc: tables of every sort") else {
        return;
    };
    fill(&database, "clients");
    database.run(
        "create table \"a\"\"b/c.я\" (\"x.\"\"y\" text); insert into \"a\"\"b/c.я\" select iin from clients; \
         create view seen as select iin from clients; \
         create table a_b (iin text); create table axb (phone text); \
         create schema \"b.c\"; create table \"b.c\".d (iin text)",
    );
    let address = of_postgres(&database.address());
    let rows = |args: &[&str]| -> Vec<(String, Option<u64>)> {
        let found = scanned(&[&[address.as_str()], args].concat());
        let names = found.into_iter().map(|(name, table)| {
            let (_, name) = name.split_once('/').unwrap();
            (name.to_owned(), table.rows)
        });
        names.collect()
    };
    let expected = [
        ("\"b.c\".d", 0),
        ("public.\"a\"\"b%2Fc.я\"", 40),
        ("public.a_b", 0),
        ("public.axb", 0),
        ("public.clients", 40),
    ];
    assert_eq!(
        rows(&[]),
        expected.map(|(name, rows)| (name.to_owned(), Some(rows)))
    );
    assert_eq!(
        rows(&["--views", "--include", "[sc]*", "--exclude", "c*"]),
        [("public.seen".to_owned(), Some(40))]
    );
    let one = scanned(&[&format!("{address};#public.clients")]);
    assert_eq!(one.len(), 1);
    assert_eq!(one.values().next().unwrap().category("iin"), "iin");
}

#[test]
fn odbc_keys_and_references_are_those_of_the_database() {
    let Some(database) = postgres("odbc: keys") else {
        return;
    };
    database.run(
        "create table people (id int, part int, n text, primary key (part, id)); \
         create table orders (id serial primary key, a int, b int, foreign key (b, a) references people (part, id))",
    );
    let tables = opened(&of_postgres(&database.address()));
    let (orders, people) = (
        tables[0].described().unwrap(),
        tables[1].described().unwrap(),
    );
    assert_eq!(people.key, ["part", "id"]);
    assert!(people.column("n").unwrap().is_nullable && !people.column("id").unwrap().is_nullable);
    let references: Vec<_> = { orders.references.iter() }
        .map(|known| (known.column.as_str(), known.to.as_str()))
        .collect();
    assert_eq!(references, [("b", "part"), ("a", "id")]);
    assert_eq!(orders.references[0].table, *tables[1].id());
    assert_eq!(orders.joined, ["id", "b", "a"]);
}

#[test]
fn odbc_cells_come_whole_however_long_and_of_whatever_letters() {
    let Some(database) = postgres("odbc: long cells") else {
        return;
    };
    // Letters of one, two and four bytes, so that parts end within some.
    database.run(
        "create table t (i bigint, n numeric(30,10), b bool, d date, ts timestamp, u uuid, j jsonb, s char(5), v varchar(3), l text, by bytea, e text); \
         insert into t values (9223372036854775807, 12345678901234567890.0123456789, true, '1850-01-02', '1850-01-02 03:04:05.678', \
           '00112233-4455-6677-8899-aabbccddeeff', '{\"a\": \"007\"}', '007', 'әңғ', repeat('aқ😀', 100000), \
           convert_to(repeat('байт ', 50000), 'UTF8'), ''), \
           (null, null, null, null, null, null, null, null, null, repeat('ж', 16384), '\\x00ff', null); \
         insert into t (l) select repeat('x', n) from generate_series(16380, 16390) n",
    );
    let rows = rows(&of_postgres(&database.address()));
    let first = [
        "9223372036854775807",
        "12345678901234567890.0123456789",
        "1",
        "1850-01-02",
        "1850-01-02 03:04:05.678",
        "00112233-4455-6677-8899-aabbccddeeff",
        "{\"a\": \"007\"}",
        "007  ",
        "әңғ",
        &"aқ😀".repeat(100_000),
        &"байт ".repeat(50_000),
    ];
    for (number, expected) in first.iter().enumerate() {
        let cell = rows[0][number].as_deref().unwrap_or_default();
        assert!(cell == *expected, "{number}: {} signs", cell.len());
    }
    assert_eq!(rows[0][11], None);
    assert_eq!(rows[1][..9], vec![None; 9]);
    assert!(rows[1][9].as_deref() == Some(&"ж".repeat(16_384)));
    assert_eq!(rows[1][10].as_deref(), Some("00ff"));
    for (row, length) in rows[2..].iter().zip(16_380..) {
        assert!(row[9].as_deref() == Some(&"x".repeat(length)), "{length}");
    }
}

#[test]
fn odbc_cells_of_files_come_whole_too() {
    let statements = "create table t (iin text, n integer, r real, l text, b blob); \
        insert into t values ('007', 7, 0.5, printf('%.*c', 50000, 'я'), cast('байт' as blob)), (null, null, null, null, x'00ff');";
    let Some(file) = File::new("odbc: cells of a file", statements) else {
        return;
    };
    let rows = rows(&file.address());
    assert_eq!(rows[0][0].as_deref(), Some("007"));
    assert_eq!(rows[0][1].as_deref(), Some("7"));
    assert_eq!(rows[0][2].as_deref(), Some("0.5"));
    assert!(rows[0][3].as_deref() == Some(&"я".repeat(50_000)));
    assert_eq!(rows[0][4].as_deref(), Some("байт"));
    assert_eq!(rows[1][..4], vec![None; 4]);
    assert_eq!(rows[1][4].as_deref(), Some("00ff"));
}

#[test]
fn an_odbc_cell_that_is_too_long_makes_its_table_unread() {
    let statements = "create table long (b blob); insert into long values (zeroblob(70000000)); \
        create table short (iin text); insert into short values ('x');";
    let Some(file) = File::new("odbc: a cell that is too long", statements) else {
        return;
    };
    let output = iesiz(&["scan", &file.address(), "--format", "json"]);
    expect_status(&output, 2);
    let rows: Vec<_> = told(&output)
        .into_values()
        .map(|table| table.rows)
        .collect();
    assert_eq!(rows, [None, Some(1)]);
}

#[test]
fn what_may_not_be_read_through_odbc_is_unread_and_the_rest_is_read() {
    let Some(database) = postgres("odbc: what may not be read") else {
        return;
    };
    fill(&database, "clients");
    fill(&database, "closed");
    fill(&database, "orders");
    let address = of_postgres(&database.address_of_user());
    database.run(&format!(
        "grant select on clients, orders to {}",
        database.user()
    ));
    let output = iesiz(&["scan", &address, "--format", "json"]);
    expect_status(&output, 2);
    let rows: Vec<_> = told(&output)
        .into_values()
        .map(|table| table.rows)
        .collect();
    assert_eq!(rows, [Some(40), None, Some(40)]);
}

#[test]
fn an_odbc_session_that_is_killed_midway_is_told() {
    let Some(database) = postgres("odbc: a killed session") else {
        return;
    };
    database.run(
        "create table large as select n, repeat('зқ слово ', 400) as words from generate_series(1, 30000) n",
    );
    let tables = opened(&of_postgres(&database.address()));
    let mut batches = tables[0].read().unwrap();
    assert!(batches.next().unwrap().is_ok());
    database.run(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
    );
    let rest: Result<Vec<_>, _> = batches.collect();
    assert_eq!(rest.err().unwrap().code().0, "database");
    let whole = tables[0].read().unwrap();
    let rows: u64 = whole.map(|pending| pending.unwrap().rows.unwrap()).sum();
    assert_eq!(rows, 30_000);
}

#[test]
fn an_odbc_session_that_reads_is_as_of_one_moment_and_cannot_write() {
    let Some(database) = postgres("odbc: one moment") else {
        return;
    };
    fill(&database, "clients");
    database.run(
        "create function writes() returns int language plpgsql as $$ begin insert into clients (iin) values ('x'); return 1; end $$; \
         create view writing as select writes() as n",
    );
    let address = of_postgres(&database.address());
    let written = iesiz(&["scan", &format!("{address};#public.writing")]);
    expect_status(&written, 2);
    let tables = opened(&format!("{address};#public.clients"));
    database.run("delete from clients");
    let rows = |source: &dyn Source| -> u64 {
        let batches = source.read().unwrap();
        batches.map(|pending| pending.unwrap().rows.unwrap()).sum()
    };
    assert_eq!(rows(tables[0].as_ref()), 40);
}

#[test]
fn who_reads_through_odbc_is_in_no_plan_journal_or_message() {
    let Some(database) = postgres("odbc: credentials") else {
        return;
    };
    fill(&database, "clients");
    let (folder, address) = (
        tempfile::tempdir().unwrap(),
        of_postgres(&database.address()),
    );
    let (bare, _) = address.split_once(";UID=").unwrap();
    let (plan, journal, out) = (
        folder.path().join("plan.toml"),
        folder.path().join("journal.jsonl"),
        folder.path().join("out"),
    );
    let run = |args: &[&str], known: &[(&str, &str)], status: i32| {
        let output = Command::new(env!("CARGO_BIN_EXE_iesiz"))
            .args(args)
            .args(["--log", "trace", "--journal", text(&journal)])
            .envs(known.iter().copied())
            .output()
            .unwrap();
        expect_status(&output, status);
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(
            !said.contains("made-up") && !said.contains("PWD="),
            "{said}"
        );
    };
    let known = [("IESIZ_ODBC_UID", "tester"), ("IESIZ_ODBC_PWD", "made-up")];
    run(&["scan", &address], &[], 1);
    run(&["scan", bare], &known, 1);
    run(
        &["scan", bare],
        &[("IESIZ_ODBC_UID", "tester"), ("IESIZ_ODBC_PWD", "wrong")],
        2,
    );
    run(&["plan", &address, "-o", text(&plan), "--k", "1"], &[], 1);
    run(&["apply", text(&plan), "-o", text(&out)], &known, 0);
    for file in [&plan, &journal, &out.join("_iesiz/journal.jsonl")] {
        let held = fs::read_to_string(file).unwrap();
        assert!(held.contains("odbc:Driver=PostgreSQL Unicode"), "{held}");
        assert!(
            !held.contains("made-up") && !held.contains("UID="),
            "{held}"
        );
    }
}

#[test]
fn tables_behind_odbc_are_not_changed_in_place() {
    let rows: Vec<String> = iins(40).iter().map(|iin| format!("('{iin}')")).collect();
    let statements = format!(
        "create table clients (iin text); insert into clients values {}",
        rows.join(",")
    );
    let Some(file) = File::new("odbc: in place", &statements) else {
        return;
    };
    let before = fs::read(&file.path).unwrap();
    let register = tempfile::tempdir().unwrap();
    let output = iesiz(&[
        "anonymize",
        &file.address(),
        "--in-place",
        "--register",
        text(register.path()),
    ]);
    expect_status(&output, 2);
    assert!(String::from_utf8_lossy(&output.stderr).contains("[not-in-place]"));
    assert_eq!(fs::read(&file.path).unwrap(), before);
}

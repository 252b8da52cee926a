//! What destruction reaches: after the documented steps a value is in no byte of a stopped server.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use postgres::Client;

use super::server::Server;
use super::{in_place, one, seed};
use crate::common::{expect_status, iesiz, iins, text, write};

/// The steps of `docs/SOURCES.md` before and after a run.
fn recipe(at: &str) -> Vec<String> {
    let docs = include_str!("../../../docs/SOURCES.md");
    let (_, section) = docs
        .split_once("PostgreSQL: what destruction reaches")
        .unwrap();
    let (_, block) = section.split_once(&format!("-- {at}\n")).unwrap();
    let (block, _) = block.split_once("```").unwrap();
    let block = block.split("\n-- ").next().unwrap();
    let lines = block
        .lines()
        .map(|line| line.split("--").next().unwrap().trim());
    lines
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

fn follow(session: &mut Client, at: &str) {
    let steps = recipe(at);
    assert!(!steps.is_empty());
    for step in steps {
        session.batch_execute(&step).unwrap();
    }
}

const PEOPLE: usize = 300;
const NAME: &str = "Плантова";
const LONG: &str = "planted in a long text";

/// A name that is common, a view that keeps rows, and a text that is kept beside the table; some were changed before.
fn plant(session: &mut Client) {
    session
        .batch_execute(
            "create table person (id serial primary key, iin text not null unique, full_name text not null, story text, phone text);
             create index on person (lower(full_name)); create materialized view kept as select full_name, iin from person;
             create statistics pairs (mcv) on full_name, phone from person",
        )
        .unwrap();
    seed(session, PEOPLE);
    session
        .batch_execute(&format!(
            "insert into person (iin, full_name, phone, story) select iin, '{NAME} Айгүл Маратовна', '+7 701 555 10 10', case when n % 7 = 0
             then (select string_agg(md5((k * n)::text), ' ') from generate_series(1, 500) k) || ' {LONG} ' || iin else 'звонить ' || iin end from seed;
             update person set phone = phone where id < 100; delete from person where id > 290;
             analyze person; refresh materialized view kept; analyze kept; checkpoint"
        ))
        .unwrap();
}

/// Values that are in a file of a folder, with where.
pub(crate) fn found(folder: &Path, values: &[&str]) -> Vec<String> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(found(&path, values));
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        let holds = |value: &str| memchr::memmem::find(&bytes, value.as_bytes()).is_some();
        for value in values {
            if holds(value) {
                all.push(format!("{value} in {}", path.display()));
            }
        }
    }
    all
}

fn planted() -> [String; 3] {
    [iins(PEOPLE)[6].clone(), NAME.to_owned(), LONG.to_owned()]
}

#[test]
fn without_a_clean_up_values_are_still_there_and_it_is_told() {
    let Some(server) = Server::new("in place: what is left", "") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let address = server.database("shop");
    plant(&mut server.session("shop"));
    let output = in_place("anonymize", &address, folder.path(), &[]);
    expect_status(&output, 0);
    let said = String::from_utf8(output.stdout).unwrap();
    for what in [
        "old versions of rows",
        "statistics",
        "write-ahead log",
        "backups",
    ] {
        assert!(said.contains(what), "{what}: {said}");
    }
    server.stop("fast");
    let planted = planted();
    for value in &planted {
        let found = found(&server.data().join("base"), &[value]);
        assert!(!found.is_empty(), "{value}");
    }
}

/// What `verify` says of the bytes that a table of people is kept in.
fn verified_in_bytes(original: &Path, address: &str) -> String {
    let table = format!("{address}#public.person");
    let output = iesiz(&["verify", text(original), &table, "--format", "json"]);
    let said = String::from_utf8_lossy(&output.stderr);
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).expect(&said);
    let attacks = told["tables"][0]["attacks"].as_array().unwrap();
    let bytes = attacks
        .iter()
        .find(|attack| attack["attack"] == "residue-in-bytes");
    bytes.expect(&said)["outcome"].as_str().unwrap().to_owned()
}

#[test]
fn a_table_is_verified_in_the_files_of_its_server() {
    let Some(server) = Server::new("in place: files of the server", "") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let address = server.database("shop");
    let mut session = server.session("shop");
    plant(&mut session);
    let original = folder.path().join("person.csv");
    let mut rows = Vec::new();
    session
        .copy_out("copy person to stdout (format csv, header)")
        .unwrap()
        .read_to_end(&mut rows)
        .unwrap();
    write(&original, rows);
    expect_status(&in_place("anonymize", &address, folder.path(), &[]), 0);
    session.batch_execute("checkpoint").unwrap();
    assert_eq!(verified_in_bytes(&original, &address), "broken");
    drop(session);
    let output = in_place("anonymize", &address, folder.path(), &["--clean-up"]);
    expect_status(&output, 0);
    assert_eq!(verified_in_bytes(&original, &address), "held");
}

#[test]
fn after_the_documented_steps_a_value_is_in_no_byte_of_the_stopped_server() {
    let Some(server) = Server::new("in place: no byte is left", "") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let address = server.database("shop");
    plant(&mut server.session("shop"));
    follow(&mut server.session("postgres"), "before");
    let output = in_place("anonymize", &address, folder.path(), &["--clean-up"]);
    expect_status(&output, 0);
    let said = String::from_utf8(output.stdout).unwrap();
    for gone in ["old versions of rows", "statistics", "write-ahead log"] {
        assert!(!said.contains(gone), "{gone}: {said}");
    }
    follow(&mut server.session("postgres"), "after");
    server.stop("fast");
    let planted = planted();
    let values = planted.each_ref().map(String::as_str);
    assert_eq!(found(&server.data(), &values), Vec::<String>::new());
}

#[test]
fn a_clean_up_tells_of_sessions_that_still_look_and_of_the_log() {
    let Some(server) = Server::new("in place: somebody still looks", "") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let address = server.database("shop");
    plant(&mut server.session("shop"));
    let mut looks = server.session("shop");
    looks
        .batch_execute("begin isolation level repeatable read; select 1 from pg_class limit 1")
        .unwrap();
    let output = in_place("anonymize", &address, folder.path(), &["--clean-up"]);
    expect_status(&output, 0);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("1 sessions or slots"), "{said}");
    assert!(said.contains("write-ahead log"), "{said}");
    looks.batch_execute("rollback").unwrap();
    // Nothing is left to change, but to clean up.
    let output = in_place("anonymize", &address, folder.path(), &["--clean-up"]);
    expect_status(&output, 0);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(!said.contains("sessions or slots"), "{said}");
    let rows: i64 = one(&mut server.session("shop"), "select count(*) from person");
    assert_eq!(rows, 290);
    server.stop("fast");
    let planted = planted();
    let values = planted.each_ref().map(String::as_str);
    assert_eq!(
        found(&server.data().join("base"), &values),
        Vec::<String>::new()
    );
}

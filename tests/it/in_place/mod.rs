//! Tables of servers that are changed where they are.

mod killed;
mod others;
mod refused;
pub(crate) mod residue;
pub(crate) mod server;
pub(crate) mod shop;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use postgres::Client;

use crate::common::{iesiz, iins, text, write};
use crate::databases::postgres::Database;

/// What a table holds, in one word.
type Hashes = BTreeMap<String, String>;

/// Two tables of people, one of which refers to the other.
const FEW: &str = "create type mood as enum ('new', 'paid');
create table person (iin char(12) primary key, full_name text not null, email varchar(120) not null unique, note text, mood mood not null default 'new');
create table contract (id serial primary key, iin char(12) not null references person (iin) on update cascade, amount int not null);";

const FEW_ROWS: &str = "insert into person select iin, 'Сапарова Айгүл Маратовна', format('person%s.x%s@mail.example.kz', n * 37 % 1009, n), 'звонить после обеда'
from seed;
insert into contract (iin, amount) select iin, n from seed;";

/// People to make rows of.
fn seed(session: &mut Client, count: usize) {
    let iins = iins(count);
    let rows: Vec<String> = { iins.iter().enumerate() }
        .map(|(at, iin)| format!("({}, '{iin}')", at + 1))
        .collect();
    session
        .batch_execute(&format!(
            "drop table if exists pg_temp.seed; create temp table seed (n int, iin text); insert into seed values {}",
            rows.join(",")
        ))
        .unwrap();
}

/// A database with the two tables.
fn few(test: &str, people: usize) -> Option<Database> {
    let database = Database::new(test)?;
    let mut session = database.inside();
    session.batch_execute(FEW).unwrap();
    fill(&mut session, people);
    Some(database)
}

fn fill(session: &mut Client, people: usize) {
    seed(session, people);
    session.batch_execute(FEW_ROWS).unwrap();
}

/// Tables that hold rows, as SQL names them; parts are in those that they are parts of.
fn tables(session: &mut Client) -> Vec<String> {
    let rows = session.query(
        "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where c.relkind in ('r', 'p', 'm') and not c.relispartition and n.nspname not in ('pg_catalog', 'information_schema')
         and n.nspname !~ '^pg_' order by 1",
        &[],
    );
    rows.unwrap().iter().map(|row| row.get(0)).collect()
}

fn one<T: for<'a> postgres::types::FromSql<'a>>(session: &mut Client, query: &str) -> T {
    session.query_one(query, &[]).unwrap().get(0)
}

fn hashes(session: &mut Client) -> Hashes {
    let tables = tables(session);
    let hash = |table: String| {
        let query = format!(
            "select count(*) || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {table} t"
        );
        let hash = one(session, &query);
        (table, hash)
    };
    tables.into_iter().map(hash).collect()
}

/// Runs it in place, with a register beside.
fn in_place(command: &str, what: &str, folder: &Path, more: &[&str]) -> Output {
    let register = folder.join("register");
    let args = [command, what, "--in-place", "--register", text(&register)];
    // Plans hold no password.
    Command::new(env!("CARGO_BIN_EXE_iesiz"))
        .args([&args, more].concat())
        .env("PGPASSWORD", "made-up")
        .output()
        .unwrap()
}

/// The same without waiting for its end.
fn begun(what: &str, folder: &Path) -> Child {
    let register = folder.join("register");
    Command::new(env!("CARGO_BIN_EXE_iesiz"))
        .args([
            "anonymize",
            what,
            "--in-place",
            "--register",
            text(&register),
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Makes a plan and lets somebody edit it: `edit` gets every column with the name of its table.
fn planned(
    address: &str,
    folder: &Path,
    edit: impl Fn(&str, &mut toml::Table),
) -> std::path::PathBuf {
    let path = folder.join("plan.toml");
    let output = iesiz(&["plan", address, "-o", text(&path), "--force"]);
    assert!(path.exists(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut plan: toml::Table = toml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    for table in plan["table"].as_array_mut().unwrap() {
        let name = table["output"].as_str().unwrap().to_owned();
        let columns = table.as_table_mut().unwrap().get_mut("column");
        for column in columns.unwrap().as_array_mut().unwrap() {
            edit(&name, column.as_table_mut().unwrap());
        }
    }
    write(&path, toml::to_string(&plan).unwrap());
    path
}

/// Makes a column of a plan tokens.
fn as_token(column: &mut toml::Table) {
    column.insert("action".to_owned(), "rewrite".into());
    column.insert("method".to_owned(), "token".into());
    column.remove("settings");
}

/// What it said to people about errors, which never quotes a value.
fn said(output: &Output) -> String {
    let said =
        String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned();
    for iin in iins(40) {
        assert!(!said.contains(&iin), "{said}");
    }
    assert!(!said.contains("@mail.example.kz"), "{said}");
    said
}

/// Asks again and again until it is so; somebody else makes it so.
pub(crate) fn until(mut is_so: impl FnMut() -> bool) {
    let end = std::time::Instant::now() + std::time::Duration::from_mins(1);
    while !is_so() {
        assert!(std::time::Instant::now() < end, "it never came about");
        std::thread::yield_now();
    }
}

//! A database with all that one can have, anonymized.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use postgres::Client;

use super::{hashes, in_place, one, seed, tables};
use crate::common::{expect_status, iesiz, iins, text, write};
use crate::databases::postgres::Database;

const SCHEMA: &str = include_str!("schema.sql");
const ROWS: &str = include_str!("rows.sql");
const PEOPLE: usize = 300;

/// Kept up to date by a trigger, and by the server.
const FOLLOWING: &[&str] = &["updated_at", "name_length"];

fn made(test: &str) -> Option<Database> {
    made_of(test, ROWS)
}

fn made_of(test: &str, rows: &str) -> Option<Database> {
    let database = Database::new(test)?;
    let mut session = database.inside();
    session.batch_execute(SCHEMA).unwrap();
    seed(&mut session, PEOPLE);
    session.batch_execute(rows).unwrap();
    Some(database)
}

/// The schema as `pg_dump` writes it.
fn dump(address: &str) -> String {
    let output = Command::new("pg_dump")
        .args(["--schema-only", address])
        .output()
        .unwrap();
    expect_status(&output, 0);
    let dump = String::from_utf8(output.stdout).unwrap();
    // Later versions begin and end with a word of chance.
    let lines = dump.lines().filter(|line| !line.starts_with('\\'));
    lines.collect::<Vec<_>>().join("\n")
}

/// How many rows meet over every foreign key, and over IINs of tables that know nothing of each other.
fn joins(session: &mut Client) -> BTreeMap<String, i64> {
    let rows = session.query(
        "select k.conrelid::regclass || '.' || k.conname, format('select count(*) from %s c join %s p on %s', k.conrelid::regclass, k.confrelid::regclass,
           (select string_agg(format('c.%I = p.%I', a.attname, b.attname), ' and ') from unnest(k.conkey, k.confkey) u(x, y)
            join pg_attribute a on a.attrelid = k.conrelid and a.attnum = x join pg_attribute b on b.attrelid = k.confrelid and b.attnum = y))
         from pg_constraint k where k.contype = 'f' and k.conparentid = 0",
        &[],
    );
    let rows = rows.unwrap();
    let mut queries: BTreeMap<String, String> = { rows.iter() }
        .map(|row| (row.get(0), row.get(1)))
        .collect();
    assert!(queries.len() >= 14);
    queries.insert(
        "unrelated".to_owned(),
        "select count(*) from public.person p join \"Кадры\".\"Сотрудники\" e on p.iin = e.\"ИИН\""
            .to_owned(),
    );
    let counted = queries.into_iter();
    counted
        .map(|(name, query)| (name, one(session, &query)))
        .collect()
}

/// Columns by table, without the name of its database, with what the plan makes of them.
pub(crate) fn decisions(register: &Path) -> Vec<(String, String, String)> {
    let plan = fs::read_to_string(register.join("plan.toml")).unwrap();
    let plan: toml::Table = toml::from_str(&plan).unwrap();
    let mut all = Vec::new();
    for table in plan["table"].as_array().unwrap() {
        let name = table["output"].as_str().unwrap();
        let (_, name) = name.split_once('/').unwrap();
        for column in table["column"].as_array().unwrap() {
            all.push((
                name.to_owned(),
                column["path"].as_str().unwrap().to_owned(),
                column["action"].as_str().unwrap().to_owned(),
            ));
        }
    }
    all
}

/// Cells of a column, in one word, whatever the order of rows.
fn of_column(session: &mut Client, table: &str, column: &str) -> Option<String> {
    one(
        session,
        &format!(
            "select md5(string_agg(c, '|' order by c)) from (select \"{column}\"::text c from {table}) x"
        ),
    )
}

/// All that tables hold, bytes as text too.
fn everything(session: &mut Client) -> String {
    let mut all = String::new();
    for table in tables(session) {
        let rows = session.query(&format!("select t::text from {table} t"), &[]);
        for row in rows.unwrap() {
            all.push_str(row.get(0));
            all.push('\n');
        }
    }
    all
}

#[test]
fn a_database_with_all_that_one_can_have_is_anonymized_and_all_else_stays() {
    let Some(database) = made("in place: a shop") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let address = database.address();
    let mut session = database.inside();
    let (schema, rows, met) = (dump(&address), counts(&mut session), joins(&mut session));
    assert_eq!(met["unrelated"], 80);
    let before = columns(&mut session);
    let original = originals(&mut session);
    let held = everything(&mut session);
    assert!(original.iter().all(|value| held.contains(value)));

    let output = in_place("anonymize", &address, folder.path(), &[]);
    expect_status(&output, 0);
    assert_eq!(dump(&address), schema);
    assert_eq!(counts(&mut session), rows);
    assert_eq!(joins(&mut session), met);
    let after = columns(&mut session);
    let mut kept = 0;
    for (table, column, action) in decisions(&folder.path().join("register")) {
        let (schema, name) = table.split_once('.').unwrap();
        let key = (format!("\"{schema}\".\"{name}\""), column);
        if action == "keep" && !FOLLOWING.contains(&key.1.as_str()) {
            kept += 1;
            assert_eq!(after[&key], before[&key], "{key:?}");
        }
    }
    assert!(kept > 40, "{kept}");
    let holds = everything(&mut session);
    for value in &original {
        let line = holds.lines().find(|line| line.contains(value));
        assert_eq!(line, None, "{value}");
    }
    scanned_clean(&address);
    let once = hashes(&mut session);
    let output = in_place("anonymize", &address, folder.path(), &[]);
    expect_status(&output, 0);
    assert_eq!(hashes(&mut session), once);
}

/// Some phones have numbers that no pattern takes for one: columns of phones go, notes that mention them are not seen through.
#[test]
fn what_only_another_table_tells_stops_the_run_and_everything_is_as_it_was() {
    let used = "(array[0, 1, 2, 5, 7])[n % 5 + 1]";
    assert!(ROWS.contains(used));
    let rows = ROWS.replace(used, "n % 8 + 1");
    let Some(database) = made_of("in place: a shop with unknown phones", &rows) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut session = database.inside();
    let before = hashes(&mut session);
    let output = in_place("anonymize", &database.address(), folder.path(), &[]);
    expect_status(&output, 1);
    assert_eq!(hashes(&mut session), before);
    let said = String::from_utf8(output.stdout).unwrap();
    let blamed = said.lines().find(|line| {
        line.contains("public.comment: column body: ") && line.contains(", known from ")
    });
    assert!(blamed.is_some(), "{said}");
    assert!(!said.contains("+7 70"), "{said}");
}

fn counts(session: &mut Client) -> Vec<(String, i64)> {
    let tables = tables(session);
    let count = |table: String| {
        let rows = one(session, &format!("select count(*) from {table}"));
        (table, rows)
    };
    tables.into_iter().map(count).collect()
}

fn columns(session: &mut Client) -> BTreeMap<(String, String), Option<String>> {
    let known = session.query(
        "select format('\"%s\".\"%s\"', n.nspname, c.relname), a.attname::text from pg_attribute a join pg_class c on c.oid = a.attrelid
         join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p', 'm') and not c.relispartition
         and a.attnum > 0 and not a.attisdropped and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'",
        &[],
    );
    let mut columns = BTreeMap::new();
    for row in known.unwrap() {
        let (table, column): (String, String) = (row.get(0), row.get(1));
        let hash = of_column(session, &table, &column);
        columns.insert((table, column), hash);
    }
    columns
}

/// IINs as text, as numbers and as bytes, phones and addresses of mail.
fn originals(session: &mut Client) -> BTreeSet<String> {
    let rows = session.query("select email, phone from public.person", &[]);
    let rows = rows.unwrap();
    let cells = rows
        .iter()
        .flat_map(|row| [row.get::<_, String>(0), row.get(1)]);
    let mut all: BTreeSet<String> = cells.collect();
    for (at, iin) in iins(PEOPLE).into_iter().enumerate() {
        if at < 100 {
            all.insert(iin.trim_start_matches('0').to_owned());
            all.insert(data_encoding::HEXLOWER.encode(iin.as_bytes()));
        }
        all.insert(iin);
    }
    all
}

pub(crate) fn findings(args: &[&str]) -> serde_json::Value {
    let output = iesiz(&[&["scan", "--format", "json"], args].concat());
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Nothing is personal by what cells say; names of columns remain.
pub(crate) fn scanned_clean(address: &str) {
    let findings = findings(&[address]);
    for table in findings["tables"].as_array().unwrap() {
        for column in table["columns"].as_array().unwrap() {
            let is_found = column["verdict"] != "clean" && column["hits"] != 0;
            assert!(
                !is_found && column["also"] == serde_json::json!([]),
                "{}: {column}",
                table["source"]
            );
        }
    }
}

#[test]
fn a_database_is_judged_as_its_tables_written_as_csv() {
    let Some(database) = made("in place: a shop as csv") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut session = database.inside();
    for table in tables(&mut session) {
        let mut bytes = Vec::new();
        let query = format!("copy (select * from {table}) to stdout (format csv, header)");
        let mut rows = session.copy_out(&query).unwrap();
        std::io::Read::read_to_end(&mut rows, &mut bytes).unwrap();
        drop(rows);
        let name = table.replace('"', "");
        write(&folder.path().join(format!("{name}.csv")), bytes);
    }
    let (here, there) = (
        judged(&findings(&[&database.address()])),
        judged(&findings(&[text(folder.path())])),
    );
    assert_eq!(here.len(), there.len());
    assert!(here.len() > 70);
    for (column, category) in here {
        // Arrays and bytes are written in another way.
        if !["tags", "scan"].contains(&column.1.as_str()) {
            assert_eq!(category, there[&column], "{column:?}");
        }
    }
}

pub(crate) fn judged(findings: &serde_json::Value) -> BTreeMap<(String, String), String> {
    let mut all = BTreeMap::new();
    for table in findings["tables"].as_array().unwrap() {
        let source = table["source"].as_str().unwrap();
        let name = source.rsplit('/').next().unwrap();
        let name = name.strip_suffix(".csv").unwrap_or(name);
        for column in table["columns"].as_array().unwrap() {
            let path = column["path"].as_str().unwrap().to_owned();
            all.insert((name.to_owned(), path), column["category"].to_string());
        }
    }
    all
}

//! A database with all that one can have, anonymized.

use std::collections::{BTreeMap, BTreeSet};

use mysql::prelude::Queryable as _;
use mysql::{Conn, Row, Value};

use super::{anonymize, seed};
use crate::common::{expect_status, iins, text, write};
use crate::databases::mysql::Database;
use crate::in_place::shop::{decisions, findings, judged, scanned_clean};

const SCHEMA: &str = include_str!("schema.sql");
const ROWS: &str = include_str!("rows.sql");
const PEOPLE: usize = 300;
const TABLES: usize = 20;

/// The server keeps it up to date.
const FOLLOWING: &[&str] = &["name_length"];

fn made(test: &str) -> Option<Database> {
    let database = Database::new(test)?;
    database.run(SCHEMA);
    database.run(&(seed(PEOPLE) + ROWS));
    Some(database)
}

/// The rows of a table as text.
struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<Option<String>>>,
}

impl Table {
    fn read(session: &mut Conn, name: &str) -> Self {
        let mut rows = session
            .query_iter(format!("select * from `{name}`"))
            .unwrap();
        let known = rows.columns();
        let columns = known
            .as_ref()
            .iter()
            .map(|column| column.name_str().into_owned());
        let columns: Vec<String> = columns.collect();
        let cell = |value| match value {
            Value::NULL => None,
            Value::Bytes(bytes) => Some(String::from_utf8(bytes).unwrap()),
            other => Some(format!("{other:?}")),
        };
        let row = |row: Row| row.unwrap().into_iter().map(cell).collect();
        let rows = rows.by_ref().map(|found| row(found.unwrap())).collect();
        Self { columns, rows }
    }

    /// Some columns of all rows, in an order of their own.
    fn of(&self, columns: &BTreeSet<&str>) -> Vec<Vec<&Option<String>>> {
        let is_wanted = |at: &usize| columns.contains(self.columns[*at].as_str());
        let wanted: Vec<usize> = (0..self.columns.len()).filter(is_wanted).collect();
        let rows = self.rows.iter();
        let mut rows: Vec<_> = rows
            .map(|row| wanted.iter().map(|&at| &row[at]).collect::<Vec<_>>())
            .collect();
        rows.sort();
        rows
    }

    fn csv(&self) -> Vec<u8> {
        let mut csv = csv::Writer::from_writer(Vec::new());
        csv.write_record(&self.columns).unwrap();
        for row in &self.rows {
            let cells = row.iter().map(|cell| cell.as_deref().unwrap_or_default());
            csv.write_record(cells).unwrap();
        }
        csv.into_inner().unwrap()
    }
}

fn names(session: &mut Conn, kind: &str) -> Vec<String> {
    let query = "select table_name from information_schema.tables where table_schema = database() and table_type = ? order by 1";
    session.exec(query, (kind,)).unwrap()
}

fn tables(session: &mut Conn) -> BTreeMap<String, Table> {
    let names = names(session, "BASE TABLE");
    assert_eq!(names.len(), TABLES);
    let table = |name: String| (name.clone(), Table::read(session, &name));
    names.into_iter().map(table).collect()
}

/// Tables and views as the server would make them again.
fn schema(session: &mut Conn) -> Vec<String> {
    let mut all = Vec::new();
    for (kind, show) in [("BASE TABLE", "table"), ("VIEW", "view")] {
        for name in names(session, kind) {
            let row: Row = session
                .query_first(format!("show create {show} `{name}`"))
                .unwrap()
                .unwrap();
            all.push(row.get(1).unwrap());
        }
    }
    assert_eq!(all.len(), TABLES + 2);
    all
}

/// How many rows meet over every foreign key, and how many refer to nothing; likewise where keys meet that nothing declares.
fn joins(session: &mut Conn) -> BTreeMap<String, (u64, u64)> {
    let keys: Vec<(String, String, String, String)> = session
        .query(
            "select constraint_name, table_name, referenced_table_name,
               group_concat(concat('c.`', column_name, '` = p.`', referenced_column_name, '`') separator ' and ')
             from information_schema.key_column_usage where table_schema = database() and referenced_table_name is not null
             group by table_name, constraint_name, referenced_table_name",
        )
        .unwrap();
    assert_eq!(keys.len(), 13);
    let undeclared = [
        ("сотрудники", "person", "c.`ИИН` = p.iin"),
        (
            "line",
            "client order",
            "c.order_id = p.id and c.placed = p.placed",
        ),
    ];
    let undeclared = undeclared.map(|(child, parent, on)| {
        let name = format!("to {parent}");
        (name, child.to_owned(), parent.to_owned(), on.to_owned())
    });
    let mut joins = BTreeMap::new();
    for (name, child, parent, on) in keys.into_iter().chain(undeclared) {
        let mut count = |query: String| session.query_first::<u64, _>(query).unwrap().unwrap();
        let met = count(format!(
            "select count(*) from `{child}` c join `{parent}` p on {on}"
        ));
        let (first, _) = on.split_once(" = ").unwrap();
        let lost = count(format!(
            "select count(*) from `{child}` c where {first} is not null and not exists (select 1 from `{parent}` p where {on})"
        ));
        joins.insert(format!("{child}: {name}"), (met, lost));
    }
    assert!(
        joins.values().all(|&(met, lost)| met > 0 && lost == 0),
        "{joins:?}"
    );
    joins
}

/// IINs, phones and addresses of mail, with and without leading zeros.
fn originals(person: &Table) -> BTreeSet<String> {
    let at = |name: &str| {
        person
            .columns
            .iter()
            .position(|column| column == name)
            .unwrap()
    };
    let places = [at("iin"), at("email"), at("phone")];
    let rows = person.rows.iter();
    let mut all: BTreeSet<String> = rows
        .flat_map(|row| places.map(|place| row[place].clone().unwrap()))
        .collect();
    let iins = iins(100);
    all.extend(
        iins.iter()
            .map(|iin| iin.trim_start_matches('0').to_owned()),
    );
    all
}

fn everything(tables: &BTreeMap<String, Table>) -> String {
    let rows = tables.values().flat_map(|table| &table.rows);
    let cells = rows.flatten().flatten();
    cells.map(String::as_str).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_database_with_all_that_one_can_have_is_anonymized_and_all_else_stays() {
    let Some(database) = made("mysql: in place, a shop") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut session = database.inside();
    let (schema_before, met, before) = (
        schema(&mut session),
        joins(&mut session),
        tables(&mut session),
    );
    let originals = originals(&before["person"]);
    let held = everything(&before);
    assert!(originals.len() > 900 && originals.iter().all(|value| held.contains(value)));

    expect_status(&anonymize(&database, folder.path(), &[]), 0);
    assert_eq!(schema(&mut session), schema_before);
    assert_eq!(joins(&mut session), met);
    let after = tables(&mut session);
    let mut kept: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (table, column, action) in decisions(folder.path()) {
        if action == "keep" && !FOLLOWING.contains(&column.as_str()) {
            kept.entry(table).or_default().insert(column);
        }
    }
    assert!(
        kept.values().map(BTreeSet::len).sum::<usize>() > 30,
        "{kept:?}"
    );
    for (table, columns) in &kept {
        let columns = columns.iter().map(String::as_str).collect();
        assert!(
            before[table].of(&columns) == after[table].of(&columns),
            "{table}: {columns:?}"
        );
    }
    for (name, table) in &before {
        assert_eq!(table.rows.len(), after[name].rows.len(), "{name}");
    }
    let holds = everything(&after);
    for value in &originals {
        let line = holds.lines().find(|line| line.contains(value));
        assert_eq!(line, None, "{value}");
    }
    scanned_clean(&database.address());
    expect_status(&anonymize(&database, folder.path(), &[]), 0);
    assert!(
        everything(&tables(&mut session)) == holds,
        "a second run changed something"
    );
}

#[test]
fn a_database_is_judged_as_its_tables_written_as_csv() {
    let Some(database) = made("mysql: in place, a shop as csv") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    for (name, table) in tables(&mut database.inside()) {
        write(&folder.path().join(format!("{name}.csv")), table.csv());
    }
    let (here, there) = (
        judged(&findings(&[&database.address()])),
        judged(&findings(&[text(folder.path())])),
    );
    assert!(here.len() > 70);
    assert_eq!(here, there);
}

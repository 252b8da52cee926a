//! Changing tables in one transaction. Rows are numbered in a temporary table of their keys, new cells are put into another one, and
//! then into the tables all at once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mysql::prelude::Queryable as _;
use mysql::{Conn, Value};

use super::super::sessions::{Habit, Sessions};
use super::super::transaction::{Cell, Changes, Order, PLACE, Transaction};
use super::super::{Address, DbColumn, DbTable, Kind};
use super::error::refused;
use super::references::{Links, links, orphans};
use super::statements::{Staged, updates};
use super::{MysqlSource, Opened, add, cell, connect, quoted, read_rows, relation, tables};
use crate::error::{Error, Result};
use crate::source::feed::{RowBuilder, feed};
use crate::source::{Batches, Source, TableInfo};

/// Rows that are read, or written, at once.
const ROWS: u64 = 2_000;

/// A transaction that is under way.
pub(super) struct Change {
    session: Arc<Mutex<Conn>>,
    /// Sessions that see what was there before.
    opened: Arc<Opened>,
    address: Arc<Address>,
    tables: BTreeMap<String, DbTable>,
    staged: BTreeMap<String, Staged>,
    links: Links,
    /// By reference: how many rows referred to nothing before.
    orphans: Vec<u64>,
    /// Columns that change by themselves with their row.
    clocks: BTreeMap<String, Vec<String>>,
}

/// Locks all rows of tables, by their names with schema, and begins.
///
/// # Errors
/// When the server cannot be reached, somebody else works with the tables for long, or one of them cannot be changed in a transaction.
pub(in super::super) fn begin(address: &Address, names: &[String]) -> Result<Box<dyn Transaction>> {
    let place = address.to_string();
    let failed = |error| refused(&place, &error);
    let mut session = connect::connect_to_write(address)?;
    let known = tables::tables(&mut session, None).map_err(failed)?;
    let mut known: BTreeMap<String, DbTable> = known
        .into_iter()
        .map(|table| (table.full_name(), table))
        .collect();
    let mut clocks = BTreeMap::new();
    let mut numbered = Vec::new();
    for name in names {
        let table = known.get_mut(name).ok_or_else(|| not_there(name))?;
        if !holds_rows(table) {
            continue;
        }
        super::check::check(&mut session, table)?;
        clocks.insert(
            name.clone(),
            super::check::clocks(&mut session, table).map_err(failed)?,
        );
        super::check::know_json(&mut session, table);
        numbered.push(name.clone());
    }
    let mut staged = BTreeMap::new();
    for (number, name) in numbered.iter().enumerate() {
        let table = &known[name];
        // Without any, the server does not know a table by another name, as deletions give it.
        let schema = quoted(table.schema.as_deref().unwrap_or_default());
        session
            .query_drop(format!("use {schema}"))
            .map_err(failed)?;
        let lock = format!("select count(*) from {} for update", relation(table));
        session.query_drop(lock).map_err(failed)?;
        staged.insert(name.clone(), Staged::new(number, table));
    }
    for (name, staged) in &staged {
        (session.query_drop(staged.number(&known[name]))).map_err(failed)?;
    }
    let links = links(&mut session, &numbered).map_err(failed)?;
    let orphans = orphans(&mut session, &links).map_err(failed)?;
    let opened = Arc::new(Opened {
        address: address.clone(),
        sessions: Sessions::of(connect::connect(address)?),
    });
    Ok(Box::new(Change {
        session: Arc::new(Mutex::new(session)),
        opened,
        address: Arc::new(address.clone()),
        tables: known,
        staged,
        links,
        orphans,
        clocks,
    }))
}

fn not_there(name: &str) -> Error {
    Error::StalePlan {
        place: name.to_owned(),
        what: "the table is not there any more",
    }
}

/// What keeps earlier rows is refused later, not passed over.
fn holds_rows(table: &DbTable) -> bool {
    matches!(
        table.kind,
        Kind::Table | Kind::Partitioned | Kind::Versioned
    )
}

fn turn(session: &Mutex<Conn>) -> MutexGuard<'_, Conn> {
    session.lock().unwrap_or_else(PoisonError::into_inner)
}

fn column<'a>(table: &'a DbTable, name: &str) -> Result<&'a DbColumn> {
    let found = table.columns.iter().find(|column| column.name == name);
    found.ok_or_else(|| Error::StalePlan {
        place: table.full_name(),
        what: "a column that the plan names is not there",
    })
}

impl Change {
    fn table(&self, name: &str) -> Result<&DbTable> {
        self.tables.get(name).ok_or_else(|| not_there(name))
    }

    fn failed(&self, name: &str) -> impl Fn(mysql::Error) -> Error + use<> {
        let place = format!("{}, table {name}", self.address);
        move |error| refused(&place, &error)
    }

    fn run(&self, name: &str, statement: &str) -> Result<u64> {
        let mut session = turn(&self.session);
        session.query_drop(statement).map_err(self.failed(name))?;
        Ok(session.affected_rows())
    }

    /// Puts new cells beside a table, a part at a time.
    fn stage(&mut self, name: &str, changes: &Changes) -> Result<()> {
        let table = self.table(name)?;
        let mut columns = Vec::new();
        for (name, cells) in &changes.columns {
            if !column(table, name)?.is_generated {
                columns.push((name.clone(), cells));
            }
        }
        let failed = self.failed(name);
        let staged = self.staged.get_mut(name).ok_or_else(|| not_there(name))?;
        let mut session = turn(&self.session);
        if !staged.is_begun {
            staged.is_begun = true;
            staged.columns = columns.iter().map(|(name, _)| name.clone()).collect();
            session.query_drop(staged.create()).map_err(&failed)?;
        }
        let width = columns.len() + 1;
        let most = (60_000 / width).clamp(1, 500);
        let mut at = 0;
        while at < changes.places.len() {
            let mut values = Vec::new();
            let (mut rows, mut bytes) = (0, 0);
            while at < changes.places.len() && rows < most && bytes < 1 << 20 {
                values.push(Value::Bytes(changes.places[at].clone().into_bytes()));
                for (_, cells) in &columns {
                    let cell = staged_cell(&cells[at]);
                    if let Value::Bytes(text) = &cell {
                        bytes += text.len();
                    }
                    values.push(cell);
                }
                at += 1;
                rows += 1;
            }
            let insert = staged.insert(rows);
            session.exec_drop(insert, values).map_err(&failed)?;
        }
        Ok(())
    }

    fn reader(&self, name: &str) -> Result<MysqlSource> {
        let table = self.table(name)?.clone();
        Ok(MysqlSource {
            id: super::id(&table),
            table,
            opened: Arc::clone(&self.opened),
            habit: Arc::new(Habit::default()),
        })
    }
}

/// Nothing stays, an empty text becomes nothing.
fn staged_cell(cell: &Cell) -> Value {
    match cell {
        Cell::Keep => Value::NULL,
        Cell::Empty => Value::Bytes(Vec::new()),
        Cell::Is(text) => Value::Bytes(text.clone().into_bytes()),
    }
}

impl Transaction for Change {
    fn columns(&self, table: &str) -> Result<Vec<DbColumn>> {
        Ok(self.table(table)?.columns.clone())
    }

    fn rows(&self, name: &str, columns: &[String], _order: Order) -> Result<Batches> {
        let table = self.table(name)?;
        let wanted: Vec<DbColumn> = columns
            .iter()
            .map(|name| column(table, name).cloned())
            .collect::<Result<_>>()?;
        let staged = self.staged.get(name).ok_or_else(|| not_there(name))?;
        let cells = wanted.iter().map(|column| format!(", {}", cell(column)));
        let query = staged.page(table, &cells.collect::<String>());
        let names = std::iter::once(PLACE.to_owned()).chain(columns.iter().cloned());
        let names: Vec<String> = names.collect();
        let session = Arc::clone(&self.session);
        feed(&super::id(table).0, move |outlet| {
            let mut builder = RowBuilder::new(outlet, names);
            let mut last = 0_u64;
            loop {
                let query = format!(
                    "{query} > {last} order by k.{} limit {ROWS}",
                    Staged::NUMBER
                );
                let page: Vec<mysql::Row> = (turn(&session).query(query))
                    .map_err(|error| refused(outlet.place(), &error))?;
                for row in &page {
                    let Some(Value::Bytes(number)) = row.as_ref(0) else {
                        break;
                    };
                    let number = String::from_utf8_lossy(number).into_owned();
                    last = number.parse().unwrap_or(u64::MAX);
                    builder.cell(number.as_bytes())?;
                    add(row, 1, &wanted, &mut builder, outlet)?;
                }
                if page.is_empty() {
                    break;
                }
            }
            builder.finish()
        })
    }

    fn change(&mut self, name: &str, changes: &Changes) -> Result<()> {
        if changes.places.is_empty() || changes.columns.is_empty() {
            return Ok(());
        }
        self.stage(name, changes)
    }

    fn delete(&mut self, name: &str, places: &[String]) -> Result<()> {
        let table = self.table(name)?;
        let staged = self.staged.get(name).ok_or_else(|| not_there(name))?;
        if !places.is_empty() {
            super::check::check_triggers(&mut turn(&self.session), table, "DELETE")?;
        }
        for part in places.chunks(1_000) {
            let deleted = self.run(name, &staged.delete(table, part))?;
            if deleted != part.len() as u64 {
                return Err(let_stay(name));
            }
            self.run(name, &staged.forget(part))?;
        }
        Ok(())
    }

    fn before(&self, table: &str) -> Result<Box<dyn Source>> {
        Ok(Box::new(self.reader(table)?))
    }

    fn after(&self, table: &str) -> Result<Box<dyn Source>> {
        let reader = self.reader(table)?;
        let query = match self.staged.get(table) {
            Some(staged) => {
                let cells: Vec<String> = reader.table.columns.iter().map(cell).collect();
                staged.in_order(&reader.table, &cells.join(", "))
            }
            None => super::query(&reader.table),
        };
        Ok(Box::new(Within {
            reader,
            query,
            session: Arc::clone(&self.session),
        }))
    }

    fn is_changeable(&self, table: &str) -> bool {
        self.table(table).is_ok_and(holds_rows)
    }

    fn settle(&mut self) -> Result<()> {
        for (name, staged) in self.staged.iter().filter(|(_, staged)| staged.is_begun) {
            let clocks = self.clocks.get(name).map_or(&[][..], Vec::as_slice);
            for update in updates(self.table(name)?, staged, clocks)? {
                let expected: Option<u64> =
                    (turn(&self.session).query_first(&update.count)).map_err(self.failed(name))?;
                if self.run(name, &update.sql)? != expected.unwrap_or(0) {
                    return Err(let_stay(name));
                }
                if let Some(then) = &update.then {
                    self.run(name, then)?;
                }
            }
            let lost: Option<i64> = (turn(&self.session))
                .query_first(staged.unnumbered(self.table(name)?))
                .map_err(self.failed(name))?;
            if lost != Some(0) {
                return Err(let_stay(name));
            }
        }
        let now =
            orphans(&mut turn(&self.session), &self.links).map_err(self.failed("references"))?;
        let mut both = self.links.iter().zip(now.iter().zip(&self.orphans));
        match both.find(|(_, (now, before))| now > before) {
            None => Ok(()),
            Some((link, _)) => Err(Error::Database {
                place: format!("{}, table {}", self.address, link.from),
                what: "rows would refer to nothing; nothing was changed. Both tables of a reference must be in the plan, and where a row goes, those that refer to it must go as well"
                    .to_owned(),
            }),
        }
    }

    fn commit(self: Box<Self>) -> Result<()> {
        self.run("all", "commit").map(|_| ())
    }
}

fn let_stay(name: &str) -> Error {
    Error::Database {
        place: name.to_owned(),
        what: "some rows stayed as they were: a trigger or a key that is not one".to_owned(),
    }
}

/// What is not committed is undone, also where somebody still reads.
impl Drop for Change {
    fn drop(&mut self) {
        let _ = turn(&self.session).query_drop("rollback");
    }
}

/// A table as the writing session sees it.
struct Within {
    reader: MysqlSource,
    query: String,
    session: Arc<Mutex<Conn>>,
}

impl Source for Within {
    fn id(&self) -> &crate::batch::TableId {
        self.reader.id()
    }

    fn address(&self) -> Option<String> {
        self.reader.address()
    }

    fn is_live(&self) -> bool {
        true
    }

    fn info(&self) -> TableInfo {
        self.reader.info()
    }

    fn fingerprint(&self) -> Result<String> {
        self.reader.fingerprint()
    }

    fn read(&self) -> Result<Batches> {
        let table = &self.reader.table;
        let (query, columns) = (self.query.clone(), table.columns.clone());
        let session = Arc::clone(&self.session);
        feed(&self.reader.id.0, move |outlet| {
            read_rows(
                &mut turn(&session),
                &query,
                &columns,
                outlet,
                super::Rest::Read,
            )
        })
    }
}

/// How a column is named with its table.
pub(super) fn of_table(name: &str) -> String {
    format!("t.{}", quoted(name))
}

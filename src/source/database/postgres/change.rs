//! Changing tables in one transaction. Rows are told by where they lie, which the lock on the table keeps true.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use postgres::Client;
use postgres::error::SqlState;

use super::super::transaction::{Cell, Changes, Order, PLACE, Transaction};
use super::super::{Address, Class, DbColumn, DbTable, Kind};
use super::error::refused;
use super::session::{Moment, Session};
use super::triggers::Written;
use super::{
    PostgresSource, connect, database_name, literal, quoted, relation, snapshot, tables, triggers,
};
use crate::error::{Error, Result};
use crate::source::database::typed::typed;
use crate::source::{Batches, Source};

/// A transaction that is under way. New cells are put beside the tables first, and into them all at once.
pub(super) struct Change {
    address: Arc<Address>,
    database: String,
    session: Arc<Mutex<Client>>,
    moment: Arc<Moment>,
    tables: BTreeMap<String, DbTable>,
    /// By table: rows that are to be changed, and rows that go.
    staged: BTreeMap<(String, What), Staged>,
    /// Tables that refer to others.
    references: Vec<(String, String)>,
    /// Views that keep rows.
    views: Vec<String>,
}

/// What becomes of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Changed,
    Deleted,
}

/// Rows of one table that the same is done to.
struct Staged {
    /// The temporary table that tells which.
    beside: String,
    /// Columns with new cells; of rows that go, there are none.
    columns: Vec<String>,
    rows: u64,
}

/// Locks tables, by their names with schema, and begins.
///
/// # Errors
/// When the database cannot be reached, or somebody else works with the tables for long.
pub(super) fn begin(address: &Address, names: &[String]) -> Result<Change> {
    let place = address.to_string();
    let failed = |e: postgres::Error| refused(&place, &e);
    let mut session = connect::connect(address)?;
    triggers::count(&mut session);
    let mut deadlocks = 0;
    let (known, references) = loop {
        session.batch_execute("begin").map_err(failed)?;
        let known = tables::tables(&mut session).map_err(failed)?;
        let known: BTreeMap<String, DbTable> = known
            .into_iter()
            .map(|(table, _)| (table.full_name(), table))
            .collect();
        let references = tables::references(&mut session).map_err(failed)?;
        let lock = locking(&known, &references, names)?;
        match session.batch_execute(&lock) {
            Ok(()) => break (known, references),
            Err(error) if is_deadlock(&error) && deadlocks < MOST_DEADLOCKS => {
                session.batch_execute("rollback").map_err(failed)?;
                deadlocks += 1;
            }
            Err(error) => return Err(failed(error)),
        }
    };
    let database = database_name(&mut session).map_err(failed)?;
    let views = tables::kept_views(&mut session).map_err(failed)?;
    let Some(snapshot) = snapshot(&mut session) else {
        return Err(Error::Database {
            place,
            what: "it gives no snapshot, which changing tables in place needs: connect to the server itself, not to a standby".to_owned(),
        });
    };
    let session = Arc::new(Mutex::new(session));
    Ok(Change {
        address: Arc::new(address.clone()),
        database,
        moment: Arc::new(Moment {
            snapshot: Some(snapshot),
            session: Arc::clone(&session),
        }),
        session,
        tables: known,
        staged: BTreeMap::new(),
        references,
        views,
    })
}

/// Nothing was written when tables are locked, so that a lock may be tried again.
const MOST_DEADLOCKS: usize = 10;

fn is_deadlock(error: &postgres::Error) -> bool {
    error.code() == Some(&SqlState::T_R_DEADLOCK_DETECTED)
}

/// Locks tables in the order in which others write to them: a row that is referred to comes before those that refer to it.
fn locking(
    known: &BTreeMap<String, DbTable>,
    references: &[(String, String)],
    names: &[String],
) -> Result<String> {
    let mut relations = Vec::new();
    for name in referred_first(references, names) {
        let table = known.get(&name).ok_or_else(|| Error::StalePlan {
            place: name.clone(),
            what: "the table is not there any more",
        })?;
        if holds_rows(table) {
            relations.push(relation(table));
        }
    }
    let relations = relations.join(", ");
    Ok(format!(
        "lock table {relations} in share row exclusive mode"
    ))
}

fn referred_first(references: &[(String, String)], names: &[String]) -> Vec<String> {
    let mut rest: Vec<String> = names.to_vec();
    let mut ordered = Vec::new();
    while !rest.is_empty() {
        let waits = |name: &String| {
            { references.iter() }.any(|(from, to)| from == name && to != name && rest.contains(to))
        };
        let (waiting, free): (Vec<_>, Vec<_>) = rest.iter().cloned().partition(waits);
        if free.is_empty() {
            // They refer to each other in a ring.
            ordered.extend(waiting);
            break;
        }
        ordered.extend(free);
        rest = waiting;
    }
    ordered
}

fn holds_rows(table: &DbTable) -> bool {
    matches!(table.kind, Kind::Table | Kind::Partitioned)
}

impl Change {
    fn session(&self) -> MutexGuard<'_, Client> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn table(&self, name: &str) -> Result<&DbTable> {
        self.tables.get(name).ok_or_else(|| Error::StalePlan {
            place: name.to_owned(),
            what: "the table is not there any more",
        })
    }

    fn column<'a>(table: &'a DbTable, name: &str) -> Result<&'a DbColumn> {
        let found = table.columns.iter().find(|column| column.name == name);
        found.ok_or_else(|| Error::StalePlan {
            place: table.full_name(),
            what: "a column that the plan names is not there",
        })
    }

    fn failed(&self, name: &str) -> impl Fn(postgres::Error) -> Error + use<> {
        let place = format!("{}, table {name}", self.address);
        move |error| refused(&place, &error)
    }

    fn source(&self, name: &str, session: Session) -> Result<Box<dyn Source>> {
        let table = self.table(name)?.clone();
        Ok(Box::new(PostgresSource {
            id: table.id(&self.database),
            address: Arc::clone(&self.address),
            table,
            session,
        }))
    }

    fn as_of(&self) -> Session {
        Session::AsOf(Arc::clone(&self.address), Arc::clone(&self.moment))
    }

    /// Puts places and new cells beside a table.
    fn stage(&mut self, name: &str, what: What, changes: &Changes) -> Result<()> {
        let failed = self.failed(name);
        let key = (name.to_owned(), what);
        if !self.staged.contains_key(&key) {
            let staged = Staged {
                beside: format!("pg_temp.iesiz_{}", self.staged.len()),
                columns: changes
                    .columns
                    .iter()
                    .map(|(name, _)| name.clone())
                    .collect(),
                rows: 0,
            };
            let cells = (0..staged.columns.len()).map(|at| format!(", c{at} text"));
            let create = format!(
                "create temporary table {} (part oid, place tid{}) on commit drop",
                staged.beside,
                cells.collect::<String>()
            );
            self.session().batch_execute(&create).map_err(&failed)?;
            self.staged.insert(key.clone(), staged);
        }
        let Some(staged) = self.staged.get_mut(&key) else {
            return Ok(());
        };
        staged.rows += changes.places.len() as u64;
        let copy = format!("copy {} from stdin", staged.beside);
        self.send(&copy, changes).map_err(&failed)
    }

    fn send(&self, copy: &str, changes: &Changes) -> Result<(), postgres::Error> {
        let mut session = self.session();
        let mut writer = session.copy_in(copy)?;
        let mut line = Vec::new();
        for (row, place) in changes.places.iter().enumerate() {
            line.clear();
            let (part, place) = place.split_once(' ').unwrap_or_default();
            line.extend_from_slice(part.as_bytes());
            line.push(b'\t');
            line.extend_from_slice(place.as_bytes());
            for (_, cells) in &changes.columns {
                line.push(b'\t');
                match &cells[row] {
                    Cell::Keep => line.extend_from_slice(b"\\N"),
                    Cell::Empty => {}
                    Cell::Is(text) => escape(text, &mut line),
                }
            }
            line.push(b'\n');
            // What goes wrong on the way is told by `finish`.
            let _ = writer.write_all(&line);
        }
        writer.finish().map(|_| ())
    }

    /// Tables with staged rows, those together that refer to each other: a server asks about references after each statement.
    fn groups(&self) -> Vec<Vec<&str>> {
        let mut names: Vec<&str> = self.staged.keys().map(|(name, _)| name.as_str()).collect();
        names.dedup();
        let mut groups: Vec<Vec<&str>> = names.into_iter().map(|name| vec![name]).collect();
        for (from, to) in &self.references {
            let find = |name: &str| groups.iter().position(|group| group.contains(&name));
            if let (Some(one), Some(other)) = (find(from), find(to))
                && one != other
            {
                let (low, high) = (one.min(other), one.max(other));
                let joined = groups.swap_remove(high);
                groups[low].extend(joined);
            }
        }
        groups
    }

    /// Asks whether triggers and references wrote rows besides those that are staged.
    fn check_others(&self) -> Result<()> {
        let mut staged: BTreeMap<String, Written> = BTreeMap::new();
        for ((name, what), rows) in &self.staged {
            let written = staged.entry(name.clone()).or_default();
            match what {
                What::Changed => written.changed = rows.rows,
                What::Deleted => written.deleted = rows.rows,
            }
        }
        let place = self.address.to_string();
        let failed = |error| refused(&place, &error);
        let mut session = self.session();
        triggers::check_followers(&mut session, &place, &staged, failed)?;
        triggers::check(&mut session, &place, &staged, failed)
    }

    /// Does to all tables of a group what is staged, in one statement.
    fn carry_out(&self, group: &[&str]) -> Result<()> {
        let failed = self.failed(&group.join(", "));
        let is_here = |name: &String| group.contains(&name.as_str());
        let staged = self.staged.iter().filter(|((name, _), _)| is_here(name));
        let staged: Vec<_> = staged.map(|((name, _), staged)| (name, staged)).collect();
        let mut parts = Vec::new();
        for (at, (name, staged)) in staged.iter().enumerate() {
            let statement = statement(self.table(name)?, staged)?;
            parts.push(format!("s{at} as ({statement} returning 1)"));
        }
        let counts = (0..staged.len()).map(|at| format!("(select count(*) from s{at})"));
        let all = format!(
            "with {} select {}",
            parts.join(", "),
            counts.collect::<Vec<_>>().join(", ")
        );
        let row = self.session().query_one(&all, &[]).map_err(&failed)?;
        for (at, (name, staged)) in staged.iter().enumerate() {
            let count: i64 = row.get(at);
            if count.cast_unsigned() != staged.rows {
                return Err(Error::Database {
                    place: (*name).clone(),
                    what: "a trigger or a rule let some rows stay as they were".to_owned(),
                });
            }
        }
        Ok(())
    }
}

/// Changes or deletes the staged rows of a table.
fn statement(table: &DbTable, staged: &Staged) -> Result<String> {
    let (from, beside) = (super::from(table), &staged.beside);
    let there = "t.ctid = c.place and t.tableoid = c.part";
    if staged.columns.is_empty() {
        return Ok(format!(
            "delete from {from} t using {beside} c where {there}"
        ));
    }
    let columns = staged.columns.iter().enumerate();
    let assigned: Result<Vec<String>> = columns
        .map(|(at, name)| Ok(assigned(Change::column(table, name)?, at)))
        .collect();
    Ok(format!(
        "update {from} t set {} from {beside} c where {there}",
        assigned?.join(", ")
    ))
}

/// As `COPY` reads text.
fn escape(text: &str, line: &mut Vec<u8>) {
    for byte in text.bytes() {
        match byte {
            b'\\' => line.extend_from_slice(b"\\\\"),
            b'\t' => line.extend_from_slice(b"\\t"),
            b'\n' => line.extend_from_slice(b"\\n"),
            b'\r' => line.extend_from_slice(b"\\r"),
            other => line.push(other),
        }
    }
}

/// The new cell `c…` of a column, or its old one.
fn assigned(column: &DbColumn, at: usize) -> String {
    let name = quoted(&column.name);
    let declared = &column.declared;
    let least = least(column);
    let new = match column.class {
        Class::Nested if declared.ends_with("[]") => format!(
            "(select pg_catalog.array_agg(e order by n) from pg_catalog.jsonb_array_elements_text(c.c{at}::pg_catalog.jsonb) with ordinality x(e, n))::{declared}"
        ),
        // What else is nested, and bytes, have no text to be rewritten as.
        Class::Nested | Class::Bytes => least.clone(),
        Class::Plain => format!("c.c{at}::{declared}"),
    };
    format!(
        "{name} = case when c.c{at} is null then t.{name} when c.c{at} = '' then {least} else {new} end"
    )
}

/// What stands for nothing in a column; where nothing does, the server refuses and names the column.
fn least(column: &DbColumn) -> String {
    let declared = &column.declared;
    if column.is_nullable {
        return format!("null::{declared}");
    }
    let zero = match column.base.as_str() {
        "int2" | "int4" | "int8" | "numeric" | "float4" | "float8" | "money" => "0",
        "bool" => "false",
        "date" | "timestamp" | "timestamptz" => "0001-01-01",
        "time" | "timetz" | "interval" => "00:00",
        "uuid" => "00000000-0000-0000-0000-000000000000",
        "json" | "jsonb" => "{}",
        "inet" | "cidr" => "0.0.0.0",
        base if base.starts_with('_') => "{}",
        "text" | "varchar" | "bpchar" | "char" | "citext" | "name" | "bytea" | "hstore" | "xml"
        | "tsvector" | "varbit" => "",
        _ => return format!("null::{declared}"),
    };
    format!("{}::{declared}", literal(zero))
}

impl Transaction for Change {
    fn rows(&self, table: &str, columns: &[String], order: Order) -> Result<Batches> {
        let table = self.table(table)?;
        let wanted: Vec<&DbColumn> = columns
            .iter()
            .map(|name| Self::column(table, name))
            .collect::<Result<_>>()?;
        let cells = wanted
            .iter()
            .map(|column| format!(", {}", super::cell(column)));
        let query = super::copy::statement(&format!(
            "select tableoid || ' ' || ctid{} from {}{}",
            cells.collect::<String>(),
            super::from(table),
            super::ordered(table, order)
        ));
        let names = std::iter::once(PLACE.to_owned()).chain(columns.iter().cloned());
        let types = wanted.iter().map(|column| column.dtype.clone());
        let types: Vec<_> = std::iter::once(polars::prelude::DataType::String)
            .chain(types)
            .collect();
        let id = table.id(&self.database).0;
        let batches = self.as_of().read(&id, query, names.collect())?;
        Ok(Box::new(
            batches.map(move |pending| Ok(typed(pending?, &id, &types))),
        ))
    }

    fn change(&mut self, name: &str, changes: &Changes) -> Result<()> {
        if changes.places.is_empty() || changes.columns.is_empty() {
            return Ok(());
        }
        self.stage(name, What::Changed, changes)
    }

    fn delete(&mut self, name: &str, places: &[String]) -> Result<()> {
        if places.is_empty() {
            return Ok(());
        }
        let gone = Changes {
            places: places.to_vec(),
            columns: Vec::new(),
        };
        self.stage(name, What::Deleted, &gone)
    }

    fn columns(&self, table: &str) -> Result<Vec<DbColumn>> {
        Ok(self.table(table)?.columns.clone())
    }

    fn before(&self, table: &str) -> Result<Box<dyn Source>> {
        self.source(table, self.as_of())
    }

    fn after(&self, table: &str) -> Result<Box<dyn Source>> {
        self.source(table, Session::Within(Arc::clone(&self.session)))
    }

    fn is_changeable(&self, table: &str) -> bool {
        self.table(table).is_ok_and(holds_rows)
    }

    fn settle(&mut self) -> Result<()> {
        for staged in self.staged.values() {
            let analyze = format!("analyze {}", staged.beside);
            (self.session().batch_execute(&analyze)).map_err(self.failed("pg_temp"))?;
        }
        for group in self.groups() {
            self.carry_out(&group)?;
        }
        let failed = self.failed("constraints");
        self.session()
            .batch_execute("set constraints all immediate")
            .map_err(failed)?;
        self.check_others()?;
        for view in &self.views {
            let refresh = format!("refresh materialized view {view}");
            self.session()
                .batch_execute(&refresh)
                .map_err(self.failed(view))?;
        }
        Ok(())
    }

    fn commit(self: Box<Self>) -> Result<()> {
        let place = self.address.to_string();
        (self.session().batch_execute("commit")).map_err(|e| refused(&place, &e))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_locked_before_those_that_refer_to_them() {
        let owned = |names: &[&str]| {
            names
                .iter()
                .map(|&name| name.to_owned())
                .collect::<Vec<_>>()
        };
        let refer = |pairs: &[(&str, &str)]| {
            let pairs = pairs.iter();
            pairs
                .map(|&(from, to)| (from.to_owned(), to.to_owned()))
                .collect::<Vec<_>>()
        };
        let names = owned(&["contract", "note", "payment", "person"]);
        for (references, expected) in [
            (
                refer(&[("payment", "contract"), ("contract", "person")]),
                owned(&["note", "person", "contract", "payment"]),
            ),
            (
                refer(&[("person", "person"), ("note", "elsewhere")]),
                names.clone(),
            ),
            (
                refer(&[("contract", "person"), ("person", "contract")]),
                owned(&["note", "payment", "contract", "person"]),
            ),
        ] {
            assert_eq!(referred_first(&references, &names), expected);
        }
    }
}

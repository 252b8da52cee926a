//! Changing tables in one transaction. Rows are told by where they lie, which the lock on the table keeps true.

use std::collections::{BTreeMap, HashSet};
use std::io::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use postgres::Client;

use super::super::transaction::{Cell, Changes, PLACE, Transaction};
use super::super::{Address, Class, DbColumn, DbTable};
use super::error::refused;
use super::session::{Moment, Session};
use super::{PostgresSource, connect, database_name, literal, quoted, relation, snapshot, tables};
use crate::error::{Error, Result};
use crate::source::database::typed::typed;
use crate::source::{Batches, Source};

/// A transaction that is under way.
pub(super) struct Change {
    address: Arc<Address>,
    database: String,
    session: Arc<Mutex<Client>>,
    moment: Arc<Moment>,
    tables: BTreeMap<String, DbTable>,
    /// Tables for which there is a place for new cells.
    prepared: HashSet<String>,
    /// Foreign keys that are asked at the end only, and how they were.
    relaxed: Vec<ForeignKey>,
    /// Views that keep rows.
    views: Vec<String>,
}

struct ForeignKey {
    table: String,
    name: String,
    deferrability: &'static str,
}

/// Locks tables, by their names with schema, and begins.
///
/// # Errors
/// When the database cannot be reached, or somebody else works with the tables for long.
pub(super) fn begin(address: &Address, names: &[String]) -> Result<Change> {
    let place = address.to_string();
    let failed = |e: postgres::Error| refused(&place, &e);
    let mut session = connect::connect(address)?;
    session.batch_execute("begin").map_err(failed)?;
    let known = tables::tables(&mut session).map_err(failed)?;
    let known: BTreeMap<String, DbTable> = known
        .into_iter()
        .map(|(table, _)| (table.full_name(), table))
        .collect();
    let mut relations = Vec::new();
    for name in names {
        let table = known.get(name).ok_or_else(|| Error::StalePlan {
            place: name.clone(),
            what: "the table is not there any more",
        })?;
        relations.push(relation(table));
    }
    let lock = format!(
        "lock table {} in share row exclusive mode",
        relations.join(", ")
    );
    session.batch_execute(&lock).map_err(failed)?;
    let database = database_name(&mut session).map_err(failed)?;
    let relaxed = relax(&mut session, &relations).map_err(failed)?;
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
            _session: Arc::clone(&session),
        }),
        session,
        tables: known,
        prepared: HashSet::new(),
        relaxed,
        views,
    })
}

/// Lets foreign keys from and to the tables be asked at the end only.
fn relax(session: &mut Client, relations: &[String]) -> Result<Vec<ForeignKey>, postgres::Error> {
    let known = session.query(tables::FOREIGN_KEYS, &[])?;
    let mut relaxed = Vec::new();
    for row in known {
        let relation = |at: usize| format!("{}.{}", quoted(row.get(at)), quoted(row.get(at + 1)));
        let (from, to) = (relation(0), relation(2));
        if !relations.contains(&from) && !relations.contains(&to) {
            continue;
        }
        let name = quoted(row.get(4));
        let deferrability = match (row.get::<_, bool>(5), row.get::<_, bool>(6)) {
            (false, _) => "not deferrable",
            (true, false) => "deferrable initially immediate",
            (true, true) => "deferrable initially deferred",
        };
        session.batch_execute(&format!(
            "alter table {from} alter constraint {name} deferrable initially deferred"
        ))?;
        relaxed.push(ForeignKey {
            table: from,
            name,
            deferrability,
        });
    }
    session.batch_execute("set constraints all deferred")?;
    Ok(relaxed)
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

    /// Puts places and new cells where the server can join them with the table.
    fn send(&self, changes: &Changes, columns: usize) -> Result<(), postgres::Error> {
        let names: Vec<String> = (0..columns).map(|at| format!(", c{at}")).collect();
        let copy = format!(
            "copy pg_temp.iesiz_changes (part, place{}) from stdin",
            names.concat()
        );
        let mut session = self.session();
        let mut writer = session.copy_in(&copy)?;
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

    /// Makes room for the places of rows, and for that many cells of each.
    fn prepare(&mut self, table: &str, columns: usize) -> Result<(), postgres::Error> {
        let key = format!("{table} {columns}");
        let mut statements = "truncate pg_temp.iesiz_changes".to_owned();
        if self.prepared.insert(key.clone()) {
            self.prepared.retain(|known| *known == key);
            let cells: Vec<String> = (0..columns).map(|at| format!(", c{at} text")).collect();
            statements = format!(
                "drop table if exists pg_temp.iesiz_changes; \
                 create temporary table iesiz_changes (part oid, place tid{}) on commit drop; \
                 set local enable_hashjoin = off; set local enable_mergejoin = off; set local enable_material = off",
                cells.concat()
            );
        }
        self.session().batch_execute(&statements)
    }
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

/// What stands for nothing in a column.
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
        _ => "",
    };
    format!("{}::{declared}", literal(zero))
}

impl Transaction for Change {
    fn rows(&self, table: &str, columns: &[String]) -> Result<Batches> {
        let table = self.table(table)?;
        let wanted: Vec<&DbColumn> = columns
            .iter()
            .map(|name| Self::column(table, name))
            .collect::<Result<_>>()?;
        let cells = wanted
            .iter()
            .map(|column| format!(", {}", super::cell(column)));
        let query = format!(
            "copy (select tableoid || ' ' || ctid{} from {}) to stdout (format csv)",
            cells.collect::<String>(),
            super::from(table)
        );
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
        if changes.places.is_empty() {
            return Ok(());
        }
        let failed = self.failed(name);
        let table = self.table(name)?.clone();
        let columns: Vec<&DbColumn> = (changes.columns.iter())
            .map(|(column, _)| Self::column(&table, column))
            .collect::<Result<_>>()?;
        let assigned: Vec<String> = columns
            .iter()
            .enumerate()
            .map(|(at, column)| assigned(column, at))
            .collect();
        self.prepare(name, columns.len()).map_err(&failed)?;
        self.send(changes, columns.len()).map_err(&failed)?;
        let update = format!(
            "update {} t set {} from pg_temp.iesiz_changes c where t.ctid = c.place and t.tableoid = c.part",
            super::from(&table),
            assigned.join(", ")
        );
        let count = self.session().execute(&update, &[]).map_err(&failed)?;
        all_there(name, count, changes.places.len())
    }

    fn delete(&mut self, name: &str, places: &[String]) -> Result<()> {
        if places.is_empty() {
            return Ok(());
        }
        let failed = self.failed(name);
        let from = super::from(self.table(name)?);
        self.prepare(name, 0).map_err(&failed)?;
        let gone = Changes {
            places: places.to_vec(),
            columns: Vec::new(),
        };
        self.send(&gone, 0).map_err(&failed)?;
        let delete = format!(
            "delete from {from} t using pg_temp.iesiz_changes c where t.ctid = c.place and t.tableoid = c.part"
        );
        let count = self.session().execute(&delete, &[]).map_err(&failed)?;
        all_there(name, count, places.len())
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

    fn commit(self: Box<Self>) -> Result<()> {
        let place = self.address.to_string();
        let failed = |e: postgres::Error| refused(&place, &e);
        let mut session = self.session();
        let mut run = |statement: &str| session.batch_execute(statement).map_err(failed);
        run(
            "set local enable_hashjoin = default; set local enable_mergejoin = default; set local enable_material = default",
        )?;
        run("set constraints all immediate")?;
        for key in &self.relaxed {
            let ForeignKey {
                table,
                name,
                deferrability,
            } = key;
            run(&format!(
                "alter table {table} alter constraint {name} {deferrability}"
            ))?;
        }
        for view in &self.views {
            run(&format!("refresh materialized view {view}"))?;
        }
        run("commit")
    }
}

/// A row that was not found was changed by something else: a trigger, or a foreign key that passes changes on.
fn all_there(table: &str, changed: u64, wanted: usize) -> Result<()> {
    if changed == wanted as u64 {
        return Ok(());
    }
    Err(Error::Database {
        place: table.to_owned(),
        what: "rows were changed meanwhile by a trigger or by a foreign key that passes changes on; nothing was changed".to_owned(),
    })
}

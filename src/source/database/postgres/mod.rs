//! PostgreSQL: all tables of a database as of one moment, read as `COPY` writes them.

mod change;
mod connect;
mod copy;
mod error;
mod files;
mod residue;
mod session;
mod tables;
mod triggers;

use std::sync::{Arc, Mutex};

use postgres::Client;

use super::transaction::{Order, Transaction};
use super::typed::typed;
use super::{Address, Choice, Class, CleanUp, DbColumn, DbTable, Held, Kind, Left, Wanted};
use crate::batch::TableId;
use crate::error::{Error, Result};
use crate::source::sample::share_to_draw;
use crate::source::{Batches, Source, TableInfo, rate};
use error::refused;
use session::{Moment, READ, Session};

/// One table of a database.
struct PostgresSource {
    id: TableId,
    address: Arc<Address>,
    table: DbTable,
    session: Session,
}

/// Finds the tables of a database.
///
/// # Errors
/// When it cannot be reached.
pub(super) fn open(address: &Address, choice: &Choice) -> Result<Held> {
    let place = address.to_string();
    let failed = |e: postgres::Error| refused(&place, &e);
    let mut session = connect::connect(address)?;
    let database = database_name(&mut session).map_err(failed)?;
    let known = tables::tables(&mut session).map_err(failed)?;
    let large_objects = tables::large_objects(&mut session).map_err(failed)?;
    // Only now: looking at the catalogue locks tables until its transaction ends.
    session.batch_execute(READ).map_err(failed)?;
    let snapshot = snapshot(&mut session);
    let moment = Arc::new(Moment {
        snapshot,
        session: Arc::new(Mutex::new(session)),
    });
    let address = Arc::new(address.clone());
    let mut held = Held::default();
    let wanted = Wanted {
        choice,
        named: address.table(),
    };
    for (table, is_readable) in known {
        let id = table.id(&database);
        let is_readable = || {
            let denied = || Error::Database {
                place: place.clone(),
                what: format!("{} may not be read by this user", table.full_name()),
            };
            is_readable.then_some(()).ok_or_else(denied)
        };
        if held.takes(&table, &id, &wanted, is_readable) {
            held.tables.push(Box::new(PostgresSource {
                id,
                session: Session::AsOf(Arc::clone(&address), Arc::clone(&moment)),
                address: Arc::clone(&address),
                table,
            }));
        }
    }
    if large_objects && wanted.named.is_none() && choice.include.is_empty() {
        let id = TableId(format!(
            "{}/large objects",
            super::catalog::plain(&database)
        ));
        held.unread.push((
            id,
            Error::Source {
                place,
                what: "large objects are not looked into",
            },
        ));
    }
    Ok(held)
}

/// A standby, or a pooler between, may give no snapshot: tables are then as of the moment when each is read.
fn snapshot(session: &mut Client) -> Option<String> {
    let shared = session.query_one("select pg_export_snapshot()", &[]);
    if let Ok(row) = shared {
        return Some(row.get(0));
    }
    session.batch_execute(&format!("rollback; {READ}")).ok()?;
    None
}

/// Begins to change tables, named with their schemas.
///
/// # Errors
/// When the database cannot be reached, or somebody else works with the tables for long.
pub(super) fn begin(address: &Address, tables: &[String]) -> Result<Box<dyn Transaction>> {
    Ok(Box::new(change::begin(address, tables)?))
}

/// What the server still keeps of changed tables.
///
/// # Errors
/// When it cannot be reached, or refuses to clean up.
pub(super) fn residue(address: &Address, tables: &[String], how: CleanUp) -> Result<Vec<Left>> {
    residue::residue(address, tables, how)
}

fn database_name(session: &mut Client) -> Result<String, postgres::Error> {
    let row = session.query_one("select pg_catalog.current_database()::text", &[])?;
    Ok(row.get(0))
}

impl PostgresSource {
    /// What is read of every row; `which` tells of which rows, and in which order.
    fn query(&self, which: &str) -> String {
        let cells: Vec<String> = self.table.columns.iter().map(cell).collect();
        copy::statement(&format!(
            "select {} from {}{which}",
            cells.join(", "),
            from(&self.table)
        ))
    }

    fn rows(&self, order: Order) -> Result<Batches> {
        let query = self.query(&ordered(&self.table, order));
        self.session.read(&self.id.0, query, self.table.names())
    }

    fn typed(&self, batches: Batches) -> Batches {
        let (id, types) = (self.id.0.clone(), self.table.types());
        Box::new(batches.map(move |pending| Ok(typed(pending?, &id, &types))))
    }
}

/// What follows a table where its rows are to come in order: that of its key, or of all that they hold.
fn ordered(table: &DbTable, order: Order) -> String {
    if order == Order::Any {
        return String::new();
    }
    let key: Vec<String> = if table.key.is_empty() {
        let texts = table.columns.iter().map(cell);
        texts
            .map(|cell| format!("{cell}::text collate \"C\""))
            .collect()
    } else {
        table.key.iter().map(|name| quoted(name)).collect()
    };
    format!(" order by {}", key.join(", "))
}

/// The table as SQL names it.
fn relation(table: &DbTable) -> String {
    match &table.schema {
        Some(schema) => format!("{}.{}", quoted(schema), quoted(&table.name)),
        None => quoted(&table.name),
    }
}

/// The rows of the table itself, and of its parts where it has such.
fn from(table: &DbTable) -> String {
    let only = if table.kind == Kind::Table {
        "only "
    } else {
        ""
    };
    format!("{only}{}", relation(table))
}

/// How a cell is read: what is nested as JSON, bytes so that text among them shows.
fn cell(column: &DbColumn) -> String {
    let name = quoted(&column.name);
    match column.class {
        Class::Plain => name,
        Class::Nested => format!("pg_catalog.to_json({name})"),
        Class::Bytes => format!("pg_catalog.encode({name}, 'escape')"),
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

impl Source for PostgresSource {
    fn id(&self) -> &TableId {
        &self.id
    }

    fn address(&self) -> Option<String> {
        Some(self.address.of_table(&self.table.full_name()))
    }

    fn described(&self) -> Option<&DbTable> {
        Some(&self.table)
    }

    fn is_live(&self) -> bool {
        true
    }

    fn kept_in(&self) -> Option<Vec<std::path::PathBuf>> {
        match self.session {
            Session::AsOf(..) => files::of_table(&self.address, &self.table),
            // What is not yet committed still has its old rows beside it.
            Session::Within(_) => None,
        }
    }

    fn release(&self) {
        if let Session::AsOf(_, moment) = &self.session {
            moment.end();
        }
    }

    fn info(&self) -> TableInfo {
        self.table.info("postgresql")
    }

    fn fingerprint(&self) -> Result<String> {
        let address = self.address.of_table(&self.table.full_name());
        Ok(self.table.shape(&address))
    }

    fn read(&self) -> Result<Batches> {
        Ok(self.typed(self.rows(Order::Any)?))
    }

    fn read_in_order(&self) -> Result<Batches> {
        Ok(self.typed(self.rows(Order::OfRows)?))
    }

    fn read_columns(&self) -> Result<Batches> {
        self.rows(Order::Any)
    }

    fn drawn(&self, most: u64) -> Result<Option<(Batches, u64)>> {
        // The server looks at all rows for it, as fast as it can.
        if rate::is_set() {
            return Ok(None);
        }
        let count = format!("select pg_catalog.count(*) from {}", from(&self.table));
        let query = |rows| match share_to_draw(most, rows) {
            Some(share) => self.query(&format!(" where pg_catalog.random() < {share:.15}")),
            None => self.query(""),
        };
        self.session
            .drawn(&self.id.0, &count, query, self.table.names())
    }
}

//! `MySQL` and `MariaDB`: all tables of a database, row by row as the server sends them.

mod change;
mod check;
mod client_file;
mod connect;
mod error;
mod references;
mod residue;
mod statements;
mod tables;

use std::mem::ManuallyDrop;
use std::sync::Arc;

use mysql::prelude::Queryable as _;
use mysql::{Conn, Row, Value};

use super::catalog::plain;
use super::sessions::{Habit, Sessions};
use super::{Address, Choice, Class, DbColumn, DbTable, Held, Kind, Wanted};
use crate::batch::{TableId, text_of_bytes};
use crate::error::{Error, Result};
use crate::source::feed::{Outlet, RowBuilder, feed};
use crate::source::{Batches, Source, TableInfo};
pub(super) use change::begin;
use error::refused;
pub(super) use residue::residue;

/// A server, and sessions that read.
struct Opened {
    address: Address,
    sessions: Sessions<Conn>,
}

/// One table of a database.
struct MysqlSource {
    id: TableId,
    table: DbTable,
    opened: Arc<Opened>,
    habit: Arc<Habit>,
}

/// Finds the tables of a database, or of all that the user can see.
///
/// # Errors
/// When the server cannot be reached.
pub(super) fn open(address: &Address, choice: &Choice) -> Result<Held> {
    let place = address.to_string();
    let mut session = connect::connect(address)?;
    let database = address.database();
    let known = tables::tables(&mut session, database.as_deref());
    let known = known.map_err(|error| refused(&place, &error))?;
    let wanted = Wanted {
        choice,
        named: address.table(),
    };
    let mut held = Held::default();
    let mut found = Vec::new();
    for table in known {
        let id = id(&table);
        let is_readable = || {
            let any = format!("select * from {} limit 0", relation(&table));
            (session.query_drop(any)).map_err(|error| refused(&id.0, &error))
        };
        if held.takes(&table, &id, &wanted, is_readable) {
            found.push((id, table));
        }
    }
    for (_, table) in &mut found {
        check::know_json(&mut session, table);
    }
    let opened = Arc::new(Opened {
        address: address.clone(),
        sessions: Sessions::of(session),
    });
    for (id, table) in found {
        held.tables.push(Box::new(MysqlSource {
            id,
            table,
            opened: Arc::clone(&opened),
            habit: Arc::default(),
        }));
    }
    Ok(held)
}

/// The table as people name it.
fn id(table: &DbTable) -> TableId {
    let schema = table.schema.as_deref().unwrap_or_default();
    TableId(format!("{}/{}", plain(schema), plain(&table.name)))
}

/// The table as SQL names it.
fn relation(table: &DbTable) -> String {
    let schema = table.schema.as_deref().unwrap_or_default();
    format!("{}.{}", quoted(schema), quoted(&table.name))
}

fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// What is read of every row.
fn query(table: &DbTable) -> String {
    let cells: Vec<String> = table.columns.iter().map(cell).collect();
    let before = match table.kind {
        Kind::Versioned => " for system_time all",
        _ => "",
    };
    format!(
        "select {} from {}{before}",
        cells.join(", "),
        relation(table)
    )
}

/// How a cell is read: bits as a number, places as words.
fn cell(column: &DbColumn) -> String {
    let name = quoted(&column.name);
    let kind = column.declared.split(['(', ' ']).next().unwrap_or_default();
    match kind {
        "bit" => format!("cast({name} as unsigned)"),
        "geometry" | "point" | "linestring" | "polygon" | "multipoint" | "multilinestring"
        | "multipolygon" | "geometrycollection" | "geomcollection" => format!("st_astext({name})"),
        _ => name,
    }
}

impl Source for MysqlSource {
    fn id(&self) -> &TableId {
        &self.id
    }

    fn address(&self) -> Option<String> {
        Some(self.opened.address.of_table(&self.table.full_name()))
    }

    fn described(&self) -> Option<&DbTable> {
        Some(&self.table)
    }

    fn release(&self) {
        self.opened.sessions.clear();
    }

    fn is_live(&self) -> bool {
        true
    }

    fn info(&self) -> TableInfo {
        self.table.info("mysql")
    }

    fn fingerprint(&self) -> Result<String> {
        let address = self.opened.address.of_table(&self.table.full_name());
        Ok(self.table.shape(&address))
    }

    fn read(&self) -> Result<Batches> {
        self.rows(query(&self.table))
    }

    fn read_in_order(&self) -> Result<Batches> {
        let key: Vec<String> = if self.table.key.is_empty() {
            self.table.columns.iter().map(cell).collect()
        } else {
            self.table.key.iter().map(|name| quoted(name)).collect()
        };
        self.rows(format!(
            "{} order by {}",
            query(&self.table),
            key.join(", ")
        ))
    }
}

impl MysqlSource {
    fn rows(&self, query: String) -> Result<Batches> {
        let columns = self.table.columns.clone();
        let (opened, habit) = (Arc::clone(&self.opened), Arc::clone(&self.habit));
        feed(&self.id.0, move |outlet| {
            let open = || connect::connect(&opened.address);
            let work =
                |session: &mut Conn| read_rows(session, &query, &columns, outlet, Rest::Leave);
            opened.sessions.with(&habit, open, work)
        })
    }
}

/// What becomes of rows that nobody wants any more.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rest {
    /// The session goes with them.
    Leave,
    /// They are read to their end: the session goes on.
    Read,
}

fn read_rows(
    session: &mut Conn,
    query: &str,
    columns: &[DbColumn],
    outlet: &Outlet,
    rest: Rest,
) -> Result<()> {
    let failed = |error| refused(outlet.place(), &error);
    let names = columns.iter().map(|column| column.name.clone()).collect();
    let mut builder = RowBuilder::new(outlet, names);
    // Dropped, it would go on reading to its end; when something fails, the session goes with it.
    let mut rows = ManuallyDrop::new(session.query_iter(query).map_err(failed)?);
    let mut read = || {
        for row in rows.by_ref() {
            add(&row.map_err(failed)?, 0, columns, &mut builder, outlet)?;
        }
        Ok(())
    };
    let done = read();
    if done.is_ok() || rest == Rest::Read {
        drop(ManuallyDrop::into_inner(rows));
    }
    done?;
    builder.finish()
}

/// Adds the cells of a row, but for the first ones.
fn add(
    row: &Row,
    skipped: usize,
    columns: &[DbColumn],
    builder: &mut RowBuilder<'_>,
    outlet: &Outlet,
) -> Result<()> {
    for (at, column) in columns.iter().enumerate() {
        match row.as_ref(skipped + at) {
            Some(Value::NULL) => builder.cell(b"")?,
            Some(Value::Bytes(bytes)) if column.class == Class::Plain => builder.cell(bytes)?,
            Some(Value::Bytes(bytes)) => {
                builder.cell(text_of_bytes(unpadded(bytes, column)).as_bytes())?;
            }
            _ => {
                return Err(Error::Internal {
                    place: outlet.place().to_owned(),
                });
            }
        }
    }
    builder.end_row()
}

/// The server fills `binary` up with zeros.
fn unpadded<'a>(bytes: &'a [u8], column: &DbColumn) -> &'a [u8] {
    if !column.declared.starts_with("binary") {
        return bytes;
    }
    let end = bytes.iter().rposition(|byte| *byte != 0);
    &bytes[..end.map_or(0, |end| end + 1)]
}

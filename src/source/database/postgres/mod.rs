//! PostgreSQL: all tables of a database as of one moment, read as `COPY` writes them.

mod connect;
mod error;
mod tables;

use std::sync::{Arc, Mutex};

use postgres::Client;

use super::{Address, Choice, Class, DbColumn, DbTable, Held, Kind, Wanted};
use crate::batch::TableId;
use crate::error::{Error, Result};
use crate::source::csv::{Stopped, stream};
use crate::source::feed::feed;
use crate::source::{Batches, Source, TableInfo};
use error::{broken, refused};

/// A session that keeps a moment for others to read as of.
struct Moment {
    /// Its name on the server, unless the server gives none.
    snapshot: Option<String>,
    /// The moment lasts as long as the session.
    _session: Mutex<Client>,
}

/// One table of a database.
struct PostgresSource {
    id: TableId,
    address: Arc<Address>,
    table: DbTable,
    moment: Arc<Moment>,
}

/// Finds the tables of a database.
///
/// # Errors
/// When it cannot be reached.
pub(super) fn open(address: &Address, choice: &Choice) -> Result<Held> {
    let place = address.to_string();
    let failed = |e: postgres::Error| refused(&place, &e);
    let mut session = connect::connect(address)?;
    session
        .batch_execute("begin isolation level repeatable read read only")
        .map_err(failed)?;
    let database: String = session
        .query_one("select current_database()::text", &[])
        .map_err(failed)?
        .get(0);
    let snapshot = snapshot(&mut session);
    let known = tables::tables(&mut session).map_err(failed)?;
    let large_objects = tables::large_objects(&mut session).map_err(failed)?;
    let moment = Arc::new(Moment {
        snapshot,
        _session: Mutex::new(session),
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
                address: Arc::clone(&address),
                table,
                moment: Arc::clone(&moment),
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
    let again = "rollback; begin isolation level repeatable read read only";
    session.batch_execute(again).ok()?;
    None
}

impl Moment {
    /// A session that only reads, as of the moment.
    fn session(&self, address: &Address) -> Result<Client> {
        let mut session = connect::connect(address)?;
        let mut begin = "begin isolation level repeatable read read only".to_owned();
        if let Some(snapshot) = &self.snapshot {
            begin.push_str(&format!("; set transaction snapshot {}", literal(snapshot)));
        }
        (session.batch_execute(&begin)).map_err(|e| refused(&address.to_string(), &e))?;
        Ok(session)
    }
}

impl PostgresSource {
    /// What is read of every row.
    fn query(&self) -> String {
        let cells: Vec<String> = self.table.columns.iter().map(cell).collect();
        let only = if self.table.kind == Kind::Table {
            "only "
        } else {
            ""
        };
        // A row of one empty cell would be an empty line, which is no record.
        let cells = match &cells[..] {
            [one] => format!("coalesce({one}::text, '')"),
            many => many.join(", "),
        };
        let force = if self.table.columns.len() == 1 {
            ", force_quote *"
        } else {
            ""
        };
        format!(
            "copy (select {cells} from {only}{}) to stdout (format csv{force})",
            relation(&self.table)
        )
    }
}

/// The table as SQL names it.
fn relation(table: &DbTable) -> String {
    match &table.schema {
        Some(schema) => format!("{}.{}", quoted(schema), quoted(&table.name)),
        None => quoted(&table.name),
    }
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

    fn is_live(&self) -> bool {
        true
    }

    fn info(&self) -> TableInfo {
        self.table.info("postgresql")
    }

    fn fingerprint(&self) -> Result<String> {
        let address = self.address.of_table(&self.table.full_name());
        Ok(self.table.shape(&address))
    }

    fn read(&self) -> Result<Batches> {
        let (query, names) = (self.query(), self.table.names());
        let (address, moment) = (Arc::clone(&self.address), Arc::clone(&self.moment));
        feed(&self.id.0, move |outlet| {
            let place = outlet.place();
            let mut session = moment.session(&address)?;
            let rows = session.copy_out(&query).map_err(|e| refused(place, &e))?;
            for pending in stream(place, rows, names) {
                outlet.send(pending.map_err(|stopped| match stopped {
                    Stopped::Io(error) => broken(place, &error),
                    other => other.explain(place),
                })?)?;
            }
            Ok(())
        })
    }
}

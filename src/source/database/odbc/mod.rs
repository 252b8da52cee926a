//! Any other database that has an ODBC driver: all tables of one catalogue, cell by cell as the driver gives them.

mod address;
mod cells;
mod error;
mod session;
mod tables;

use std::sync::Arc;

use odbc_api::{ColumnDescription, Cursor, DataType, ResultSetMetadata};

use super::sessions::{Habit, Sessions};
use super::{Choice, DbTable, Held, Wanted};
use crate::batch::{TableId, text_of_bytes};
use crate::error::{Error, Result};
use crate::source::feed::{Outlet, RowBuilder, feed};
use crate::source::{Batches, Source, TableInfo};
use address::Address;
use cells::Cells;
use error::refused;
use session::{Session, begin, connect};
use tables::Catalog;

/// Room for names of columns.
const LONGEST_NAME: usize = 1024;

/// A database, and sessions that read.
struct Opened {
    address: Address,
    sessions: Sessions<Session>,
}

/// One table of a database.
struct OdbcSource {
    id: TableId,
    table: DbTable,
    query: String,
    opened: Arc<Opened>,
    habit: Arc<Habit>,
}

/// An address as it may be repeated: without a user and a password.
pub(super) fn shown(address: &str) -> String {
    Address::parse(address).map_or_else(|_| "odbc:".to_owned(), |address| address.to_string())
}

/// Finds the tables of a database.
///
/// # Errors
/// When it cannot be reached.
pub(super) fn open(address: &str, choice: &Choice) -> Result<Held> {
    let address = Address::parse(address)?;
    let place = address.to_string();
    let session = connect(&address)?;
    let quote = session.identifier_quote_char();
    let quote = quote.map_err(|error| refused(&place, &error))?;
    let mut catalog = Catalog {
        session: &session,
        place: &place,
        name: String::new(),
    };
    let (current, all) = catalog.list()?;
    catalog.name = current.unwrap_or_else(|| address.name());
    let wanted = Wanted {
        choice,
        named: address.table.clone(),
    };
    let mut held = Held::default();
    let mut found = Vec::new();
    for listed in all {
        let table = catalog.table(&listed)?;
        let id = table.id(&catalog.name);
        let query = query(&table, quote);
        let is_readable = || {
            let none = query.as_ref().map(|query| format!("{query} where 1 = 0"));
            let none = none.ok_or_else(|| Error::Source {
                place: id.to_string(),
                what: "the driver lists no columns of it, or has no quotes for its name",
            })?;
            let mut cursor = run(&session, &none, &id.0)?;
            columns_of_bytes(&mut cursor, &table, &id.0).map(drop)
        };
        let is_taken = held.takes(&table, &id, &wanted, is_readable);
        if let (true, Some(query)) = (is_taken, query) {
            found.push((id, table, query));
        }
    }
    // Only now: what is refused would end a transaction.
    begin(&session).map_err(|error| refused(&place, &error))?;
    let opened = Arc::new(Opened {
        address,
        sessions: Sessions::of(session),
    });
    for (id, table, query) in found {
        held.tables.push(Box::new(OdbcSource {
            id,
            table,
            query,
            opened: Arc::clone(&opened),
            habit: Arc::default(),
        }));
    }
    Ok(held)
}

/// What is read of every row; `None` where the driver cannot be told so.
fn query(table: &DbTable, quote: Option<char>) -> Option<String> {
    let quoted = |name: &str| quoted(name, quote);
    let columns = table.columns.iter().map(|column| quoted(&column.name));
    let columns = columns.collect::<Option<Vec<String>>>()?;
    if columns.is_empty() {
        return None;
    }
    let relation = match &table.schema {
        Some(schema) => format!("{}.{}", quoted(schema)?, quoted(&table.name)?),
        None => quoted(&table.name)?,
    };
    Some(format!("select {} from {relation}", columns.join(", ")))
}

/// A name as SQL has it: in the quotes of the database, or bare where it has none.
fn quoted(name: &str, quote: Option<char>) -> Option<String> {
    let Some(quote) = quote else {
        let is_plain = |c: char| c.is_alphanumeric() || c == '_';
        return name.chars().all(is_plain).then(|| name.to_owned());
    };
    let inner = name.replace(quote, &format!("{quote}{quote}"));
    Some(format!("{quote}{inner}{quote}"))
}

fn run<'s>(session: &'s Session, query: &str, place: &str) -> Result<impl Cursor + use<'s>> {
    let ran = session.execute(query, (), None);
    let cursor = ran.map_err(|error| refused(place, &error))?;
    cursor.ok_or_else(|| Error::Internal {
        place: place.to_owned(),
    })
}

/// Tells which columns are bytes. Fails where a column is not the one that was asked for: some databases take the name of a
/// column that they do not know for a text.
fn columns_of_bytes(
    cursor: &mut impl ResultSetMetadata,
    table: &DbTable,
    place: &str,
) -> Result<Vec<bool>> {
    let failed = |error| refused(place, &error);
    let count = cursor.num_result_cols().map_err(failed)?;
    let mut kinds = Vec::new();
    // Some drivers cut a name that fills its room.
    let mut described = ColumnDescription {
        name: Vec::with_capacity(LONGEST_NAME),
        ..ColumnDescription::default()
    };
    for (number, column) in (1..).zip(&table.columns) {
        cursor
            .describe_col(number, &mut described)
            .map_err(failed)?;
        let name = described.name_to_string().unwrap_or_default();
        if !name.eq_ignore_ascii_case(&column.name) {
            break;
        }
        kinds.push(matches!(
            described.data_type,
            DataType::Binary { .. } | DataType::Varbinary { .. } | DataType::LongVarbinary { .. }
        ));
    }
    if kinds.len() != table.columns.len() || usize::try_from(count) != Ok(kinds.len()) {
        return Err(Error::Source {
            place: place.to_owned(),
            what: "the driver gives other columns than it lists: has it a Unicode version?",
        });
    }
    Ok(kinds)
}

impl Source for OdbcSource {
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
        self.table.info("odbc")
    }

    fn fingerprint(&self) -> Result<String> {
        let address = self.opened.address.of_table(&self.table.full_name());
        Ok(self.table.shape(&address))
    }

    fn read(&self) -> Result<Batches> {
        let (query, table) = (self.query.clone(), self.table.clone());
        let (opened, habit) = (Arc::clone(&self.opened), Arc::clone(&self.habit));
        feed(&self.id.0, move |outlet| {
            let open = || {
                let session = connect(&opened.address)?;
                begin(&session).map_err(|error| refused(outlet.place(), &error))?;
                Ok(session)
            };
            let work = |session: &mut Session| read_rows(session, &query, &table, outlet);
            opened.sessions.with(&habit, open, work)
        })
    }
}

fn read_rows(session: &Session, query: &str, table: &DbTable, outlet: &Outlet) -> Result<()> {
    let place = outlet.place();
    let mut cursor = run(session, query, place)?;
    let kinds = columns_of_bytes(&mut cursor, table, place)?;
    let mut builder = RowBuilder::new(outlet, table.names());
    let mut cells = Cells::new(place);
    while let Some(mut row) = (cursor.next_row()).map_err(|error| refused(place, &error))? {
        for (number, is_bytes) in (1..).zip(&kinds) {
            if *is_bytes {
                let bytes = cells.bytes(&mut row, number)?;
                builder.cell(text_of_bytes(bytes).as_bytes())?;
            } else {
                let text = cells.text(&mut row, number)?;
                // PostgreSQL's driver writes it in capitals, which the server does not.
                if table.columns[usize::from(number) - 1].declared == "uuid" {
                    builder.cell(&text.to_ascii_lowercase())?;
                } else {
                    builder.cell(text)?;
                }
            }
        }
        builder.end_row()?;
    }
    builder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_the_quotes_of_their_database() {
        assert_eq!(quoted("a\"b", Some('"')).as_deref(), Some("\"a\"\"b\""));
        assert_eq!(quoted("a`b", Some('`')).as_deref(), Some("`a``b`"));
        assert_eq!(quoted("ә_1", None).as_deref(), Some("ә_1"));
        assert_eq!(quoted("a; drop", None), None);
    }
}

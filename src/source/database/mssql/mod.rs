//! Microsoft SQL Server: all tables of a database, row by row as the server sends them.

mod connect;
mod error;
mod tables;

use std::sync::Arc;

use tiberius::ColumnData;

use super::catalog::plain;
use super::sessions::{Habit, Sessions};
use super::{Address, Choice, Class, DbColumn, DbTable, Held, Wanted};
use crate::batch::{TableId, text_of_bytes};
use crate::error::{Error, Result};
use crate::source::feed::{Outlet, RowBuilder, feed};
use crate::source::{Batches, Source, TableInfo};
use connect::Session;

/// A server, and sessions that read.
struct Opened {
    address: Address,
    sessions: Sessions<Session>,
}

/// One table of a database.
struct MssqlSource {
    id: TableId,
    table: DbTable,
    opened: Arc<Opened>,
    habit: Arc<Habit>,
}

/// Finds the tables of a database.
///
/// # Errors
/// When the server cannot be reached.
pub(super) fn open(address: &Address, choice: &Choice) -> Result<Held> {
    let place = address.to_string();
    let mut session = Session::open(address)?;
    let catalog = tables::catalog(&mut session, &place)?;
    let wanted = Wanted {
        choice,
        named: address.table(),
    };
    let mut held = Held::default();
    let mut found = Vec::new();
    if !catalog.has_policies {
        let id = TableId(format!("{}/security policies", plain(&catalog.name)));
        let error = Error::Source {
            place: place.clone(),
            what: "this user would not see a security policy that hides rows: grant view definition",
        };
        held.unread.push((id, error));
    }
    for known in catalog.tables {
        let id = known.table.id(&catalog.name);
        let is_readable = || match known {
            _ if !known.may_read => Err(Error::Database {
                place: place.clone(),
                what: format!("{} may not be read by this user", known.table.full_name()),
            }),
            _ if known.is_hidden => Err(Error::Source {
                place: id.to_string(),
                what: "the server may hide rows of it, or mask cells: read it as a user with UNMASK, and without a security policy",
            }),
            _ => Ok(()),
        };
        if held.takes(&known.table, &id, &wanted, is_readable) {
            found.push((id, known.table));
        }
    }
    let opened = Arc::new(Opened {
        address: address.clone(),
        sessions: Sessions::of(session),
    });
    for (id, table) in found {
        held.tables.push(Box::new(MssqlSource {
            id,
            table,
            opened: Arc::clone(&opened),
            habit: Arc::default(),
        }));
    }
    Ok(held)
}

fn quoted(name: &str) -> String {
    format!("[{}]", name.replace(']', "]]"))
}

/// What is read of every row.
fn query(table: &DbTable) -> String {
    let cells: Vec<String> = table.columns.iter().map(cell).collect();
    let schema = table.schema.as_deref().unwrap_or_default();
    format!(
        "select {} from {}.{}",
        cells.join(", "),
        quoted(schema),
        quoted(&table.name)
    )
}

/// How a cell is read: as text that the server makes, but for numbers whose text would lose digits, and for bytes.
fn cell(column: &DbColumn) -> String {
    let name = quoted(&column.name);
    match column.base.as_str() {
        _ if column.class == Class::Bytes => format!("convert(varbinary(max), {name})"),
        "float" | "real" => name,
        "money" | "smallmoney" => format!("convert(nvarchar(max), {name}, 2)"),
        "date" => format!("convert(nvarchar(max), {name}, 23)"),
        "time" | "datetime" | "smalldatetime" | "datetime2" | "datetimeoffset" => {
            format!("convert(nvarchar(max), {name}, 121)")
        }
        "hierarchyid" | "geometry" | "geography" => {
            format!("convert(nvarchar(max), {name}.ToString())")
        }
        "sql_variant" => variant(&name),
        _ => format!("convert(nvarchar(max), {name})"),
    }
}

/// A cell that is of another type in every row.
fn variant(name: &str) -> String {
    format!(
        "case convert(nvarchar(20), sql_variant_property({name}, 'BaseType')) \
         when N'binary' then convert(nvarchar(max), convert(varbinary(8000), {name}), 2) \
         when N'varbinary' then convert(nvarchar(max), convert(varbinary(8000), {name}), 2) \
         when N'char' then convert(nvarchar(max), convert(varchar(8000), {name})) \
         when N'varchar' then convert(nvarchar(max), convert(varchar(8000), {name})) \
         when N'datetime' then convert(nvarchar(max), convert(datetime, {name}), 121) \
         when N'smalldatetime' then convert(nvarchar(max), convert(datetime, {name}), 121) \
         when N'float' then coalesce(convert(nvarchar(max), try_convert(decimal(38, 10), {name})), convert(nvarchar(4000), {name})) \
         else convert(nvarchar(4000), {name}) end"
    )
}

impl Source for MssqlSource {
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
        self.table.info("mssql")
    }

    fn fingerprint(&self) -> Result<String> {
        let address = self.opened.address.of_table(&self.table.full_name());
        Ok(self.table.shape(&address))
    }

    fn read(&self) -> Result<Batches> {
        let table = self.table.clone();
        let (opened, habit) = (Arc::clone(&self.opened), Arc::clone(&self.habit));
        feed(&self.id.0, move |outlet| {
            let open = || Session::open(&opened.address);
            let work = |session: &mut Session| read_rows(session, &table, outlet);
            opened.sessions.with(&habit, open, work)
        })
    }
}

fn read_rows(session: &mut Session, table: &DbTable, outlet: &Outlet) -> Result<()> {
    let odd = || Error::Internal {
        place: outlet.place().to_owned(),
    };
    let mut builder = RowBuilder::new(outlet, table.names());
    session.each(outlet.place(), &query(table), |row| {
        if row.len() != table.columns.len() {
            return Err(odd());
        }
        for (cell, column) in row.into_iter().zip(&table.columns) {
            match cell {
                ColumnData::String(text) => {
                    builder.cell(text.as_deref().unwrap_or_default().as_bytes())?;
                }
                ColumnData::Binary(bytes) => {
                    let bytes = bytes.as_deref().unwrap_or_default();
                    builder.cell(text_of_bytes(unpadded(bytes, column)).as_bytes())?;
                }
                ColumnData::F64(number) => builder.cell(number_text(number).as_bytes())?,
                ColumnData::F32(number) => builder.cell(number_text(number).as_bytes())?,
                _ => return Err(odd()),
            }
        }
        builder.end_row()
    })?;
    builder.finish()
}

/// The shortest text that is this number and no other.
fn number_text(number: Option<impl ToString>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

/// The server fills `binary` up with zeros.
fn unpadded<'a>(bytes: &'a [u8], column: &DbColumn) -> &'a [u8] {
    if column.base != "binary" {
        return bytes;
    }
    let end = bytes.iter().rposition(|byte| *byte != 0);
    &bytes[..end.map_or(0, |end| end + 1)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::database::Kind;
    use polars::prelude::DataType;

    fn column(name: &str, base: &str, class: Class) -> DbColumn {
        DbColumn {
            name: name.to_owned(),
            declared: base.to_owned(),
            base: base.to_owned(),
            class,
            dtype: DataType::String,
            most_chars: None,
            comment: None,
            is_nullable: true,
            is_generated: false,
        }
    }

    #[test]
    fn cells_are_asked_for_as_text_and_names_stand_in_brackets() {
        let table = DbTable {
            schema: Some("d.bo".to_owned()),
            name: "t]; drop".to_owned(),
            kind: Kind::Table,
            columns: vec![
                column("a]b", "nvarchar", Class::Plain),
                column("b", "varbinary", Class::Bytes),
                column("d", "datetime2", Class::Plain),
                column("f", "float", Class::Plain),
                column("g", "geography", Class::Plain),
            ],
            key: Vec::new(),
            joined: Vec::new(),
            references: Vec::new(),
            bytes: 0,
        };
        assert_eq!(
            query(&table),
            "select convert(nvarchar(max), [a]]b]), convert(varbinary(max), [b]), convert(nvarchar(max), [d], 121), [f], \
             convert(nvarchar(max), [g].ToString()) from [d.bo].[t]]; drop]"
        );
    }

    #[test]
    fn numbers_with_a_point_keep_their_digits() {
        assert_eq!(number_text(Some(0.1_f64)), "0.1");
        assert_eq!(number_text(Some(850_101_300_123_f64)), "850101300123");
        assert_eq!(number_text(Some(0.1_f32)), "0.1");
        assert_eq!(number_text(None::<f64>), "");
    }

    #[test]
    fn zeros_that_fill_up_bytes_are_left_out() {
        let filled = column("b", "binary", Class::Bytes);
        assert_eq!(unpadded(b"ab\0\0", &filled), b"ab");
        let kept = column("b", "varbinary", Class::Bytes);
        assert_eq!(unpadded(b"ab\0", &kept), b"ab\0");
    }
}

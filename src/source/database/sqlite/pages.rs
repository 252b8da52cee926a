//! Tables read page by page: between two pages, others may use the session, also to write to the same table.

use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, params_from_iter};

use super::super::DbTable;
use super::error::broken;
use super::open::DbFile;
use crate::batch::{TableId, text_of_bytes};
use crate::error::{Error, Result};
use crate::source::feed::{RowBuilder, feed};
use crate::source::{Batches, Source, TableInfo};

/// A session that several take turns at.
pub(super) type Shared = Arc<Mutex<Connection>>;

/// A page is no longer than this, but for its last row.
const PAGE: usize = 1 << 20;

/// Takes a turn.
pub(super) fn turn(session: &Shared) -> MutexGuard<'_, Connection> {
    session.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is read of a table, in SQL.
#[derive(Clone)]
pub(super) struct Pages {
    pub(super) session: Shared,
    pub(super) from: String,
    /// What tells rows apart; they come in its order.
    pub(super) key: Vec<String>,
    pub(super) cells: Vec<String>,
}

/// Some rows, cell by cell.
#[derive(Default)]
struct Page {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// The key of its last row.
    last: Vec<Value>,
}

impl Pages {
    /// All rows, with these names for the cells.
    pub(super) fn read(&self, place: &str, names: Vec<String>) -> Result<Batches> {
        let pages = self.clone();
        feed(place, move |outlet| {
            let width = names.len();
            let mut rows = RowBuilder::new(outlet, names);
            let mut last = None;
            loop {
                let page = pages.page(outlet.place(), last.as_deref())?;
                let mut start = 0;
                for row in page.ends.chunks(width) {
                    for end in row {
                        rows.cell(&page.bytes[start..*end])?;
                        start = *end;
                    }
                    rows.end_row()?;
                }
                if page.ends.is_empty() {
                    break;
                }
                last = Some(page.last);
            }
            rows.finish()
        })
    }

    fn query(&self, is_first: bool) -> String {
        let (key, cells) = (self.key.join(", "), self.cells.join(", "));
        let marks = vec!["?"; self.key.len()].join(", ");
        let after = if is_first {
            String::new()
        } else {
            format!(" where ({key}) > ({marks})")
        };
        format!(
            "select {key}, {cells} from {}{after} order by {key}",
            self.from
        )
    }

    fn page(&self, place: &str, after: Option<&[Value]>) -> Result<Page> {
        let failed = |e| broken(place, &e);
        let session = turn(&self.session);
        let mut statement = session
            .prepare(&self.query(after.is_none()))
            .map_err(failed)?;
        let after = params_from_iter(after.unwrap_or_default());
        let mut rows = statement.query(after).map_err(failed)?;
        let mut page = Page::default();
        while page.bytes.len() + page.ends.len() < PAGE {
            let Some(row) = rows.next().map_err(failed)? else {
                break;
            };
            for cell in 0..self.cells.len() {
                let value = row.get_ref(self.key.len() + cell).map_err(failed)?;
                write_cell(value, &mut page.bytes);
                page.ends.push(page.bytes.len());
            }
            let key = (0..self.key.len()).map(|at| row.get(at));
            page.last = key.collect::<rusqlite::Result<_>>().map_err(failed)?;
        }
        Ok(page)
    }
}

/// Rows in the order of their copies, found by keys that are kept up to date: a table without row numbers lies in the order of its
/// keys, which would be taken for that of the originals.
#[derive(Clone)]
pub(super) struct Through {
    pub(super) beside: Shared,
    pub(super) session: Shared,
    /// Numbers and keys of copies behind a number.
    pub(super) keys: String,
    /// Cells of the row with a key.
    pub(super) row: String,
    /// How many rows there are.
    pub(super) count: String,
}

impl Through {
    fn read(&self, place: &str, names: Vec<String>) -> Result<Batches> {
        let through = self.clone();
        feed(place, move |outlet| {
            let width = names.len();
            let mut rows = RowBuilder::new(outlet, names);
            let (mut last, mut seen) = (0, 0);
            loop {
                let page = through.page(outlet.place(), width, &mut last)?;
                if page.ends.is_empty() {
                    break;
                }
                let mut start = 0;
                for row in page.ends.chunks(width) {
                    for end in row {
                        rows.cell(&page.bytes[start..*end])?;
                        start = *end;
                    }
                    rows.end_row()?;
                    seen += 1;
                }
            }
            through.check(outlet.place(), seen)?;
            rows.finish()
        })
    }

    fn page(&self, place: &str, width: usize, last: &mut i64) -> Result<Page> {
        let failed = |e| broken(place, &e);
        let (session, beside) = (turn(&self.session), turn(&self.beside));
        let mut keys = beside.prepare(&self.keys).map_err(failed)?;
        let count = keys.column_count();
        let mut keys = keys.query([*last]).map_err(failed)?;
        let mut row = session.prepare(&self.row).map_err(failed)?;
        let mut page = Page::default();
        while page.bytes.len() + page.ends.len() < PAGE {
            let Some(key) = keys.next().map_err(failed)? else {
                break;
            };
            *last = key.get(0).map_err(failed)?;
            let key = (1..count).map(|at| key.get(at));
            let key: Vec<Value> = key.collect::<rusqlite::Result<_>>().map_err(failed)?;
            let mut found = row.query(params_from_iter(key)).map_err(failed)?;
            let Some(found) = found.next().map_err(failed)? else {
                return Err(gone(place));
            };
            for at in 0..width {
                write_cell(found.get_ref(at).map_err(failed)?, &mut page.bytes);
                page.ends.push(page.bytes.len());
            }
        }
        Ok(page)
    }

    fn check(&self, place: &str, seen: i64) -> Result<()> {
        let count = turn(&self.session).query_row(&self.count, [], |row| row.get::<_, i64>(0));
        if count.map_err(|e| broken(place, &e))? == seen {
            Ok(())
        } else {
            Err(gone(place))
        }
    }
}

fn gone(place: &str) -> Error {
    Error::Source {
        place: place.to_owned(),
        what: "a trigger added rows, or took some away",
    }
}

/// What a table is read by.
pub(super) enum Reading {
    Pages(Pages),
    Through(Through),
}

/// A cell as text.
pub(super) fn write_cell(value: ValueRef<'_>, bytes: &mut Vec<u8>) {
    match value {
        ValueRef::Null => {}
        ValueRef::Integer(number) => {
            let _ = write!(bytes, "{number}");
        }
        ValueRef::Real(number) => {
            let _ = write!(bytes, "{number:?}");
        }
        ValueRef::Text(text) => bytes.extend_from_slice(text),
        ValueRef::Blob(blob) => bytes.extend_from_slice(text_of_bytes(blob).as_bytes()),
    }
}

/// A table within a transaction, as it was or as it is.
pub(super) struct PagedSource {
    pub(super) id: TableId,
    pub(super) table: DbTable,
    pub(super) file: DbFile,
    pub(super) reading: Reading,
}

impl Source for PagedSource {
    fn id(&self) -> &TableId {
        &self.id
    }

    fn holder(&self) -> Option<&Path> {
        Some(&self.file.named)
    }

    fn address(&self) -> Option<String> {
        Some(super::address(&self.file, &self.table))
    }

    fn info(&self) -> TableInfo {
        self.table.info("sqlite")
    }

    fn fingerprint(&self) -> Result<String> {
        Ok(self.table.shape(&self.file.fingerprint()))
    }

    fn described(&self) -> Option<&DbTable> {
        Some(&self.table)
    }

    fn read(&self) -> Result<Batches> {
        match &self.reading {
            Reading::Pages(pages) => pages.read(&self.id.0, self.table.names()),
            Reading::Through(through) => through.read(&self.id.0, self.table.names()),
        }
    }
}

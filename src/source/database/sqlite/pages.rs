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
    pub(super) pages: Pages,
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
        if self.pages.key.is_empty() {
            return Err(Error::Internal {
                place: self.id.to_string(),
            });
        }
        self.pages.read(&self.id.0, self.table.names())
    }
}

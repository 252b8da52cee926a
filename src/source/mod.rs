//! Where tables come from: files, folders, patterns of names, standard input.

mod arrow;
pub mod csv;
pub mod database;
mod dbf;
mod discover;
mod feed;
pub mod input;
mod json;
mod parquet;
pub mod rate;
pub mod sample;
pub mod sink;
pub mod staged;
mod workbook;

use std::collections::HashSet;
use std::path::Path;

use polars::prelude::DataType;

use crate::batch::{Batch, TableId};
use crate::error::Result;
pub use csv::CsvFormat;
pub use database::Choice;
pub use discover::{Found, Once, discover, discover_once, reopen};
pub(crate) use discover::{identity, is_table};
pub use input::Compression;

/// The folder beside written tables for what is no table; never searched for tables.
pub const OWN_FOLDER: &str = "_iesiz";

/// One table to read, as often as needed.
pub trait Source: Send + Sync {
    /// Its name for people.
    fn id(&self) -> &TableId;
    /// What is known of it without reading it all.
    fn info(&self) -> TableInfo;
    /// The file it is, if it is one.
    fn path(&self) -> Option<&Path> {
        None
    }
    /// The file that holds it, also where that file holds others.
    fn holder(&self) -> Option<&Path> {
        self.path()
    }
    /// What it can be opened by again; never with a password.
    fn address(&self) -> Option<String> {
        self.path().map(|path| path.display().to_string())
    }
    /// Tells whether it goes on changing, so that a plan is for tables of its shape and not for its present rows.
    fn is_live(&self) -> bool {
        false
    }
    /// Ends what keeps it as it was at one moment, for instance a transaction. It is not read any more afterwards.
    fn release(&self) {}
    /// How the file is compressed around the table.
    fn compression(&self) -> Compression {
        Compression::None
    }
    /// Changes when the table changes.
    ///
    /// # Errors
    /// When it cannot be read.
    fn fingerprint(&self) -> Result<String>;
    /// Its batches in order; decoding each is left to the worker that takes it.
    ///
    /// # Errors
    /// When it cannot be opened.
    fn read(&self) -> Result<Batches>;
    /// Like `read`, in an order that follows from the rows alone, so that a table that is as it was comes as it came.
    ///
    /// # Errors
    /// When it cannot be opened.
    fn read_in_order(&self) -> Result<Batches> {
        self.read()
    }
    /// Like `read`, but a format with types may leave columns out; their filled cells are counted in [`Batch::left_out`].
    ///
    /// # Errors
    /// When it cannot be opened.
    fn read_without(&self, _unwanted: &HashSet<String>) -> Result<Batches> {
        self.read()
    }
    /// Every cell in some batch, where those of one row need not be in the same one.
    ///
    /// # Errors
    /// When it cannot be opened.
    fn read_columns(&self) -> Result<Batches> {
        self.read()
    }
    /// Some more rows than so many, drawn at random where they are kept, and how many rows there are; all rows where there are
    /// not more. Every row is as likely as any other. `None` where only reading the whole table would tell.
    ///
    /// # Errors
    /// When it cannot be opened.
    fn drawn(&self, _most: u64) -> Result<Option<(Batches, u64)>> {
        Ok(None)
    }
    /// What a database says of it.
    fn described(&self) -> Option<&database::DbTable> {
        None
    }
    /// What datasets of a policy know it by: its path, or in a database its id.
    fn known_as(&self) -> String {
        let path = self.path().map(|path| path.display().to_string());
        path.unwrap_or_else(|| self.id().0.clone())
    }
    /// Files in which a database keeps what it holds, or held: where they lie here and may be read.
    fn kept_in(&self) -> Option<Vec<std::path::PathBuf>> {
        None
    }
    /// How many names of columns are personal data themselves; other names stand for them.
    fn hidden_names(&self) -> usize {
        0
    }
    /// How many parts of the file beside its cells cannot be looked into, such as pictures.
    fn not_looked_into(&self) -> u64 {
        0
    }
    /// Whose rows are left out, if anybody's.
    fn blocked(&self) -> Option<&Blocked> {
        None
    }
    /// How many rows the last reading left out.
    fn left_out(&self) -> u64 {
        0
    }
    /// How many rows it has, where only some drawn at random were looked at.
    fn sampled_of(&self) -> Option<u64> {
        None
    }
    /// How to write it as CSV again, if it is CSV.
    fn csv_format(&self) -> Option<CsvFormat> {
        None
    }
}

/// A list of people whose rows are left out, and the columns that tell whose a row is.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blocked {
    /// The list, one identifier a line.
    pub file: std::path::PathBuf,
    /// The columns.
    pub columns: Vec<String>,
}

/// Batches of one table in order.
pub type Batches = Box<dyn Iterator<Item = Result<Pending>> + Send>;

/// A batch that is still to be decoded.
pub struct Pending {
    /// Counts batches of a table from 0.
    pub seq: u64,
    /// Its share of the table's stored bytes, for progress.
    pub bytes: u64,
    /// Its rows, where the format tells before it is decoded.
    pub rows: Option<u64>,
    /// Decodes it.
    pub decode: Box<dyn FnOnce() -> Result<Batch> + Send>,
}

/// What is known of a table without reading it all.
#[derive(Clone, Debug)]
pub struct TableInfo {
    /// Such as `csv`, `parquet`, `postgresql`.
    pub format: &'static str,
    /// Text encoding.
    pub encoding: Option<String>,
    /// Between cells.
    pub delimiter: Option<String>,
    /// Whether the first record names the columns.
    pub header: Option<bool>,
    /// Rows, where the format tells.
    pub rows: Option<u64>,
    /// Cells, those in lists too, where the format tells.
    pub cells: Option<u64>,
    /// Stored size.
    pub bytes: u64,
    /// Paths and types of the columns.
    pub schema: Vec<(String, DataType)>,
}

/// What a person may say about sources instead of having it guessed.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Text encoding.
    pub encoding: Option<csv::encoding::Encoding>,
    /// Between cells.
    pub delimiter: Option<u8>,
    /// Whether the first record names the columns.
    pub has_header: Option<bool>,
    /// Tables of databases and sheets of workbooks that are wanted.
    pub choice: Choice,
}

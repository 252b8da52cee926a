//! Changing tables where they are: all of a database in one transaction, so that a kill leaves everything as it was.

use super::DbColumn;
use crate::error::Result;
use crate::source::{Batches, Source};

/// The first column of rows that are to be changed: where each is. It is for one transaction only.
pub(crate) const PLACE: &str = "\u{1}place";

/// What becomes of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    /// It stays.
    Keep,
    /// It becomes null, or the least that its column may hold.
    Empty,
    /// It becomes this, as text.
    Is(String),
}

/// In which order rows come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// The one that costs the least.
    Any,
    /// That of [`Source::read_in_order`].
    OfRows,
}

/// Rows with new cells.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// Where the rows are.
    pub places: Vec<String>,
    /// By column: its name and the cells.
    pub columns: Vec<(String, Vec<Cell>)>,
}

/// Tables of one database that nobody else may write to until the transaction ends. Dropped: all is as it was.
pub(crate) trait Transaction: Send {
    /// What the database says of the columns of a table.
    ///
    /// # Errors
    /// When it is not there.
    fn columns(&self, table: &str) -> Result<Vec<DbColumn>>;
    /// The rows as they were when it began, [`PLACE`] first, then some columns with their types.
    ///
    /// # Errors
    /// When they cannot be read.
    fn rows(&self, table: &str, columns: &[String], order: Order) -> Result<Batches>;
    /// Gives rows new cells.
    ///
    /// # Errors
    /// When the database refuses, or a row is not there any more.
    fn change(&mut self, table: &str, changes: &Changes) -> Result<()>;
    /// Deletes rows.
    ///
    /// # Errors
    /// When the database refuses, or a row is not there any more.
    fn delete(&mut self, table: &str, places: &[String]) -> Result<()>;
    /// The table as it was when the transaction began.
    ///
    /// # Errors
    /// When it is not there.
    fn before(&self, table: &str) -> Result<Box<dyn Source>>;
    /// The table as it is now, which nobody else sees yet.
    ///
    /// # Errors
    /// When it is not there.
    fn after(&self, table: &str) -> Result<Box<dyn Source>>;
    /// Tells whether a table holds its rows itself; a view follows others.
    fn is_changeable(&self, table: &str) -> bool;
    /// Asks whether all constraints hold, and brings what keeps copies of rows up to date.
    ///
    /// # Errors
    /// When a constraint does not hold.
    fn settle(&mut self) -> Result<()>;
    /// Makes the changes last.
    ///
    /// # Errors
    /// When the database refuses; nothing is then changed.
    fn commit(self: Box<Self>) -> Result<()>;
}

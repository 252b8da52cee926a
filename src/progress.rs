//! How far the work is, and whether it should stop. The engine reports here; only the command line draws.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::batch::TableId;
use crate::error::{Error, Result};

/// Hears how far the work is.
pub trait Progress: Sync {
    /// A stage of work on a table begins.
    fn begin(&self, stage: Stage, table: &TableId, bytes: u64);
    /// Some of the stage is done.
    fn advance(&self, bytes: u64, rows: u64);
    /// The stage is over.
    fn end(&self);
}

/// What is being done to a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Looking at every cell.
    Scan,
    /// Counting rows that are alike.
    Group,
    /// Writing the anonymised copy.
    Apply,
    /// Attacking the copy.
    Verify,
}

/// Hears nothing.
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _stage: Stage, _table: &TableId, _bytes: u64) {}
    fn advance(&self, _bytes: u64, _rows: u64) {}
    fn end(&self) {}
}

static STOP: AtomicBool = AtomicBool::new(false);

/// Asks all work to stop at the next batch.
pub fn stop() {
    STOP.store(true, Ordering::Relaxed);
}

/// Fails when the work should stop.
///
/// # Errors
/// [`Error::Interrupted`].
pub fn check() -> Result<()> {
    if STOP.load(Ordering::Relaxed) {
        Err(Error::Interrupted)
    } else {
        Ok(())
    }
}

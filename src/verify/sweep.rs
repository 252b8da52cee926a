//! Reads a table once, on all threads, each with a state of its own.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::batch::Batch;
use crate::error::Result;
use crate::progress::{self, Progress, Stage};
use crate::source::{Pending, Source};

/// Shows every batch to one of the states and merges them in the end.
pub(super) fn sweep<S: Send>(
    source: &dyn Source,
    progress: &dyn Progress,
    begin: impl Fn() -> S + Sync + Send,
    look: impl Fn(&mut S, &Batch) -> Result<()> + Sync + Send,
    merge: impl Fn(S, S) -> S + Sync + Send,
) -> Result<S> {
    progress.begin(Stage::Verify, source.id(), source.info().bytes);
    let merged = source
        .read_columns()?
        .par_bridge()
        .try_fold(&begin, |mut state, pending| {
            progress::check()?;
            let pending = pending?;
            let bytes = pending.bytes;
            let batch = (pending.decode)()?;
            look(&mut state, &batch)?;
            progress.advance(bytes, batch.new_rows());
            Ok(state)
        })
        .try_reduce_with(|a, b| Ok(merge(a, b)));
    progress.end();
    merged.unwrap_or_else(|| Ok(begin()))
}

/// How many rows a table and its batches have, where the format does not tell before they are decoded.
#[derive(Clone, Debug, Default)]
pub(super) struct Heights {
    rows: u64,
    by_seq: BTreeMap<u64, u64>,
}

impl Heights {
    /// Counts the rows of a batch.
    pub(super) fn add(&mut self, batch: &Batch) {
        self.rows += batch.new_rows();
        self.by_seq.insert(batch.seq, batch.height() as u64);
    }

    pub(super) fn merge(mut self, other: Self) -> Self {
        self.rows += other.rows;
        self.by_seq.extend(other.by_seq);
        self
    }

    /// Rows of the table.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// Rows of a batch that was met before, or that knows them.
    pub(super) fn of(&self, pending: &Pending) -> u64 {
        let met = || self.by_seq.get(&pending.seq).copied();
        pending.rows.or_else(met).unwrap_or_default()
    }
}

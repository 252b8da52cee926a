//! Reads a table once, on all threads, each with a state of its own.

use rayon::prelude::*;

use crate::batch::Batch;
use crate::error::Result;
use crate::progress::{self, Progress, Stage};
use crate::source::Source;

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

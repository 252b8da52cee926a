//! Reads some columns of a table once, on all threads, and counts its equal rows.

use std::collections::HashSet;

use polars::prelude::{DataFrame, StringChunked};
use rayon::prelude::*;

use super::Tally;
use crate::error::{Error, Result};
use crate::progress::{self, Progress, Stage};
use crate::source::Source;

/// Counts rows that are alike in the cells that `cells` makes of columns.
///
/// # Errors
/// When the table cannot be read, or has too many different rows.
pub(crate) fn count(
    source: &dyn Source,
    paths: &[&str],
    cells: impl Fn(&DataFrame, &str) -> Result<StringChunked> + Sync + Send,
    (stage, progress): (Stage, &dyn Progress),
) -> Result<Tally> {
    let names = source.info().schema.into_iter().map(|(name, _)| name);
    let unwanted: HashSet<String> = names
        .filter(|name| !paths.contains(&name.as_str()))
        .collect();
    let sound = |tally: Tally| {
        if tally.is_too_large() {
            Err(Error::TooManyCombinations {
                place: source.id().to_string(),
            })
        } else {
            Ok(tally)
        }
    };
    let begin = || Tally::new(paths.len());
    progress.begin(stage, source.id(), source.info().bytes);
    let counted = (source.read_without(&unwanted)?)
        .par_bridge()
        .try_fold(begin, |mut tally, pending| {
            progress::check()?;
            let pending = pending?;
            let bytes = pending.bytes;
            let batch = (pending.decode)()?;
            let (frame, _) = batch.frame_without(&|path| !paths.contains(&path))?;
            let columns = paths.iter().map(|path| cells(&frame, path));
            let columns = columns.collect::<Result<Vec<StringChunked>>>()?;
            let rows: Vec<Vec<Option<&str>>> = columns.iter().map(|c| c.iter().collect()).collect();
            progress.advance(bytes, batch.height() as u64);
            tally.add(&rows);
            sound(tally)
        })
        .try_reduce_with(|a, b| sound(a.merge(b)));
    progress.end();
    counted.unwrap_or_else(|| Ok(begin()))
}

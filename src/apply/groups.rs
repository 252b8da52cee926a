//! Between the passes: counts equal rows for the privacy model, and then gives every row what its group has in common.

use std::collections::{BTreeMap, HashSet};

use polars::prelude::{Column, DataFrame, Series, StringChunked};
use rayon::prelude::*;

use super::Rewriter;
use crate::error::{Error, Result};
use crate::plan::{ColumnPlan, Role};
use crate::privacy::{ModelColumn, Recoding, Tally, cells_of};
use crate::progress::{self, Progress, Stage};
use crate::source::Source;

/// Reads the columns that the privacy model looks at, rewritten as they will be, and finds groups; `None` without a model.
pub(super) fn learn(
    source: &dyn Source,
    rewriter: &Rewriter<'_>,
    progress: &dyn Progress,
) -> Result<Option<Recoding>> {
    let Some(privacy) = &rewriter.plan.privacy else {
        return Ok(None);
    };
    let quasi: Vec<&ColumnPlan> = rewriter.plan.with_role(Role::QuasiIdentifier).collect();
    if quasi.is_empty() {
        return Ok(None);
    }
    let sensitive = rewriter.plan.with_role(Role::Sensitive);
    let looked_at: Vec<&str> = (quasi.iter().copied().chain(sensitive))
        .map(|column| column.path.as_str())
        .collect();
    progress.begin(Stage::Group, source.id(), source.info().bytes);
    let counted = count(source, rewriter, &looked_at, progress);
    progress.end();
    let counted = counted?.finish(quasi.len());
    let columns: Vec<ModelColumn> = (quasi.iter())
        .map(|column| ModelColumn {
            path: column.path.clone(),
            category: column.category.clone(),
        })
        .collect();
    Ok(Some(Recoding::learn(&counted, &columns, privacy)))
}

fn count(
    source: &dyn Source,
    rewriter: &Rewriter<'_>,
    looked_at: &[&str],
    progress: &dyn Progress,
) -> Result<Tally> {
    let names = rewriter.schema.iter().map(|(name, _)| name.clone());
    let unwanted: HashSet<String> = names
        .filter(|name| !looked_at.contains(&name.as_str()))
        .collect();
    let begin = || Tally::new(looked_at.len());
    let too_many = || Error::TooManyCombinations {
        place: source.id().to_string(),
    };
    let counted = (source.read_without(&unwanted)?)
        .par_bridge()
        .try_fold(begin, |mut tally, pending| {
            progress::check()?;
            let pending = pending?;
            let bytes = pending.bytes;
            let batch = (pending.decode)()?;
            let (frame, _) = batch.frame_without(&|path| !looked_at.contains(&path))?;
            let cells = (looked_at.iter())
                .map(|path| rewritten_cells(rewriter, &frame, path))
                .collect::<Result<Vec<StringChunked>>>()?;
            let cells: Vec<Vec<Option<&str>>> = cells.iter().map(|c| c.iter().collect()).collect();
            progress.advance(bytes, batch.height() as u64);
            if tally.add(&cells) {
                Ok(tally)
            } else {
                Err(too_many())
            }
        })
        .try_reduce_with(|a, b| {
            let merged = a.merge(b);
            if merged.is_too_large() {
                Err(too_many())
            } else {
                Ok(merged)
            }
        });
    counted.unwrap_or_else(|| Ok(begin()))
}

fn rewritten_cells(
    rewriter: &Rewriter<'_>,
    frame: &DataFrame,
    path: &str,
) -> Result<StringChunked> {
    let broken = |_| rewriter.internal();
    let column = frame.column(path).map_err(broken)?;
    let rewritten = rewriter.series(path, column.as_materialized_series(), &mut BTreeMap::new())?;
    cells_of(&rewritten.ok_or_else(|| rewriter.internal())?).map_err(broken)
}

/// Gives every row of a rewritten batch what its group has in common.
pub(super) fn recode(
    rewriter: &Rewriter<'_>,
    recoding: &Recoding,
    columns: &mut [Column],
) -> Result<()> {
    let place = |path: &str| {
        columns
            .iter()
            .position(|column| column.name().as_str() == path)
    };
    let places: Option<Vec<usize>> = recoding.paths().map(place).collect();
    let places = places.ok_or_else(|| rewriter.internal())?;
    let quasi: Vec<Series> = places
        .iter()
        .map(|&place| columns[place].as_materialized_series().clone())
        .collect();
    let recoded = recoding.apply(&quasi).map_err(|_| rewriter.internal())?;
    let recoded = recoded.ok_or_else(|| Error::StalePlan {
        place: rewriter.id.to_string(),
        what: "its rows have changed while they were read",
    })?;
    for (place, series) in places.into_iter().zip(recoded) {
        columns[place] = Column::from(series);
    }
    Ok(())
}

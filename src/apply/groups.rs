//! Between the passes: counts equal rows for the privacy model, and then gives every row what its group has in common.

use std::collections::BTreeMap;

use polars::prelude::{Column, DataFrame, Series, StringChunked};

use super::Rewriter;
use crate::error::{Error, Result};
use crate::plan::{ColumnPlan, Role};
use crate::privacy::{ModelColumn, Recoding, cells_of, count};
use crate::progress::{Progress, Stage};
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
    let cells = |frame: &DataFrame, path: &str| rewritten_cells(rewriter, frame, path);
    let counted = count(source, &looked_at, cells, (Stage::Group, progress))?;
    let counted = counted.finish(quasi.len());
    let columns: Vec<ModelColumn> = (quasi.iter())
        .map(|column| ModelColumn {
            path: column.path.clone(),
            category: column.category.clone(),
        })
        .collect();
    Ok(Some(Recoding::learn(&counted, &columns, privacy)))
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

//! Privacy models: rows that too few others are like in what anybody may know of them, and groups that say too much.

use std::collections::HashSet;

use rayon::prelude::*;
use serde::Serialize;

use super::{Attack, BrokenColumn, Outcome};
use crate::batch::{Batch, for_each_leaf};
use crate::error::{Error, Result};
use crate::plan::flat_columns;
use crate::privacy::measures::{Measures, measure};
use crate::privacy::{Counted, Diversity, Privacy, Tally, cells_of};
use crate::progress::{self, Progress, Stage};
use crate::source::Source;
use crate::traces::{ANYTHING, PLACEHOLDER};

/// What privacy models look at.
#[derive(Clone, Debug, Default)]
pub struct Models {
    /// Columns that others may know.
    pub quasi: Vec<String>,
    /// Columns that nobody is to learn.
    pub sensitive: Vec<String>,
    /// What groups must have.
    pub asked: Option<Privacy>,
    /// Whether the quasi-identifiers were found by their categories alone.
    pub are_guessed: bool,
    /// Whether a person named columns, all of which must be there.
    pub are_named: bool,
}

impl Models {
    /// Without those of the guessed quasi-identifiers that are none.
    pub(super) fn without(&self, is_none: impl Fn(&str) -> bool) -> Self {
        let mut left = self.clone();
        if self.are_guessed {
            left.quasi.retain(|path| !is_none(path));
        }
        left
    }
}

/// Figures of a table, and how they stand the attack.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Modelled {
    #[serde(flatten)]
    pub(super) measures: Measures,
    /// Rows in groups that tell nothing, because all their quasi-identifiers are suppressed or empty.
    suppressed_rows: u64,
}

/// Measures a table; `None` when it has none of the quasi-identifiers.
pub(super) fn attack(
    table: &dyn Source,
    models: &Models,
    progress: &dyn Progress,
) -> Result<Option<(Modelled, Attack)>> {
    let there = flat_columns(table);
    let present = |paths: &[String]| -> Vec<String> {
        paths
            .iter()
            .filter(|path| there.contains(*path))
            .cloned()
            .collect()
    };
    let (quasi, sensitive) = (present(&models.quasi), present(&models.sensitive));
    let named = models.quasi.len() + models.sensitive.len();
    if models.are_named && quasi.len() + sensitive.len() < named {
        return Err(Error::Invalid {
            place: table.id().to_string(),
            report:
                "it has not all columns that --quasi and --sensitive name, with one value a row"
                    .to_owned(),
        });
    }
    if quasi.is_empty() {
        return Ok(None);
    }
    let paths = [quasi.clone(), sensitive].concat();
    let counted = count(table, &paths, progress)?.finish(quasi.len());
    let modelled = Modelled {
        measures: measure(&counted, &paths),
        suppressed_rows: rows_of(&counted, |size, class| {
            size * u64::from(says_nothing(&counted, class))
        }),
    };
    let attack = judge(&counted, &modelled, models.asked);
    Ok(Some((modelled, attack)))
}

fn count(table: &dyn Source, paths: &[String], progress: &dyn Progress) -> Result<Tally> {
    let names = table.info().schema.into_iter().map(|(name, _)| name);
    let unwanted: HashSet<String> = names.filter(|name| !paths.contains(name)).collect();
    progress.begin(Stage::Verify, table.id(), table.info().bytes);
    let too_many = || Error::TooManyCombinations {
        place: table.id().to_string(),
    };
    let counted = (table.read_without(&unwanted)?)
        .par_bridge()
        .try_fold(
            || Tally::new(paths.len()),
            |mut tally, pending| {
                progress::check()?;
                let pending = pending?;
                let bytes = pending.bytes;
                let batch = (pending.decode)()?;
                progress.advance(bytes, batch.height() as u64);
                if add(&mut tally, &batch, paths)? {
                    Ok(tally)
                } else {
                    Err(too_many())
                }
            },
        )
        .try_reduce_with(|a, b| {
            let merged = a.merge(b);
            if merged.is_too_large() {
                Err(too_many())
            } else {
                Ok(merged)
            }
        });
    progress.end();
    counted.unwrap_or_else(|| Ok(Tally::new(paths.len())))
}

fn add(tally: &mut Tally, batch: &Batch, paths: &[String]) -> Result<bool> {
    let (frame, _) = batch.frame_without(&|path| !paths.iter().any(|p| p == path))?;
    let mut columns = Vec::new();
    for path in paths {
        let column = frame
            .column(path)
            .map_err(|e| Error::parquet(path.as_str(), &e))?;
        for_each_leaf(column, &mut |path, values| {
            columns.push(cells_of(values).map_err(|e| Error::parquet(path, &e))?);
            Ok(())
        })?;
    }
    let cells: Vec<Vec<Option<&str>>> = columns
        .iter()
        .map(|column| column.iter().collect())
        .collect();
    Ok(tally.add(&cells))
}

fn says_nothing(counted: &Counted, class: std::ops::Range<usize>) -> bool {
    let mut cells = counted.key(class.start).iter().zip(&counted.columns);
    cells.all(|(&code, values)| {
        values
            .text(code)
            .is_none_or(|text| matches!(text, ANYTHING | PLACEHOLDER))
    })
}

/// Adds up over all groups what `count` says of their size and rows.
fn rows_of(counted: &Counted, count: impl Fn(u64, std::ops::Range<usize>) -> u64) -> u64 {
    let size = |class: &std::ops::Range<usize>| counted.times[class.clone()].iter().sum();
    counted
        .classes()
        .map(|class| count(size(&class), class))
        .sum()
}

fn judge(counted: &Counted, modelled: &Modelled, asked: Option<Privacy>) -> Attack {
    let measures = &modelled.measures;
    let alone = asked.map_or(0, |asked| {
        rows_of(counted, |size, class| {
            let is_small = size < u64::from(asked.k) && !says_nothing(counted, class);
            size * u64::from(is_small)
        })
    });
    let broken_column = |path: &String, count| BrokenColumn {
        path: path.clone(),
        count,
        category: None,
        hidden_as: None,
    };
    let mut columns: Vec<BrokenColumn> = Vec::new();
    if alone > 0 {
        columns.extend(measures.quasi.iter().map(|path| broken_column(path, alone)));
    }
    for sensitive in &measures.sensitive {
        let is_told = asked.is_some_and(|asked| {
            let l = match asked.diversity {
                Diversity::Distinct => sensitive.l as f64,
                Diversity::Entropy => sensitive.entropy_l + 1e-9,
            };
            asked.l.is_some_and(|least| l < f64::from(least))
                || asked.t.is_some_and(|most| sensitive.t > most + 1e-9)
        });
        if is_told {
            columns.push(broken_column(&sensitive.path, measures.rows));
        }
    }
    Attack {
        outcome: match (asked, columns.is_empty()) {
            (None, _) => Outcome::NotApplicable,
            (_, true) => Outcome::Held,
            (_, false) => Outcome::Broken,
        },
        tried: measures.rows,
        broken: columns.iter().map(|column| column.count).max().unwrap_or(0),
        columns,
        ..Attack::new("groups")
    }
}

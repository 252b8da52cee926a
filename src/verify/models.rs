//! Privacy models: rows that too few others are like in what anybody may know of them, and groups that say too much.

use polars::prelude::{DataFrame, StringChunked};
use serde::Serialize;

use super::{Attack, BrokenColumn, Outcome};
use crate::error::{Error, Result};
use crate::plan::flat_columns;
use crate::privacy::measures::{Measures, measure};
use crate::privacy::{Counted, Diversity, Privacy, cells_of, count};
use crate::progress::{Progress, Stage};
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
    let named: Vec<&str> = paths.iter().map(String::as_str).collect();
    let counted = count(table, &named, cells, (Stage::Verify, progress))?.finish(quasi.len());
    let modelled = Modelled {
        measures: measure(&counted, &paths),
        suppressed_rows: rows_of(&counted, |size, class| {
            size * u64::from(says_nothing(&counted, class))
        }),
    };
    let attack = judge(&counted, &modelled, models.asked);
    Ok(Some((modelled, attack)))
}

fn cells(frame: &DataFrame, path: &str) -> Result<StringChunked> {
    let broken = |e| Error::parquet(path, &e);
    let column = frame.column(path).map_err(broken)?;
    cells_of(column.as_materialized_series()).map_err(broken)
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
        known_from: None,
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

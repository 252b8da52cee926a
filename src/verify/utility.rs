//! What an output is still good for: how much of each column is left, how its values are spread, how columns go together.
//!
//! Counted over the rows that the attacks compare, so figures of a large table are those of a sample.

use std::collections::HashMap;
use std::hash::Hash;

use serde::Serialize;

use super::cells::Cells;
use super::pairs::{Original, Output, Pairs};
use crate::validator;

/// The schema's name and version.
pub const SCHEMA: &str = "iesiz.utility/1";

/// What an output is still good for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Utility {
    /// The table.
    pub table: String,
    /// Rows that were compared.
    pub rows: u64,
    /// Columns of the original.
    pub columns: Vec<ColumnUtility>,
    /// Pairs of columns of numbers.
    pub correlations: Vec<Correlation>,
}

/// What is left of one column.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ColumnUtility {
    /// Its path.
    pub path: String,
    /// From 0, everything can be told apart as before, to 1, nothing. Of numbers: what the output does not explain of their
    /// variance. Of others: share of the entropy that the output does not determine, beyond what chance does.
    pub information_loss: f64,
    /// Half the sum of differences between the shares of values, from 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_variation: Option<f64>,
    /// Earth mover's distance between the numbers, in standard deviations of the original; ranges count by their middle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wasserstein: Option<f64>,
    /// Whether numbers or dates stand on both sides, so that the loss is that of their variance.
    #[serde(skip)]
    pub(super) are_numbers: bool,
}

/// How two columns of numbers go together (Pearson).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Correlation {
    /// Their paths.
    pub columns: [String; 2],
    /// In the original.
    pub before: f64,
    /// In the output.
    pub after: f64,
}

/// Fewer rows say nothing of a distribution.
const LEAST_ROWS: usize = 10;
/// More columns of numbers are not paired.
const MOST_PAIRED: usize = 12;

impl Utility {
    pub(super) fn of(pairs: &Pairs) -> Option<Self> {
        let same = |path: &str| pairs.output.iter().find(|output| output.path == path);
        (pairs.height() >= LEAST_ROWS).then(|| Self {
            table: pairs.table.clone(),
            rows: pairs.height() as u64,
            columns: (pairs.original.iter())
                .map(|original| ColumnUtility::of(original, same(&original.path), pairs))
                .collect(),
            correlations: correlations(pairs),
        })
    }
}

impl ColumnUtility {
    fn of(original: &Original, output: Option<&Output>, pairs: &Pairs) -> Self {
        let path = original.path.clone();
        let Some(output) = output else {
            return Self {
                path,
                information_loss: 1.0,
                total_variation: None,
                wasserstein: None,
                are_numbers: false,
            };
        };
        let numbers = (numbers(&original.cells), numbers(&output.cells));
        let are_numbers = numbers.0.is_some() && numbers.1.is_some();
        let (information_loss, wasserstein) = match &numbers {
            (Some(before), Some(after)) => (unexplained(before, after), wasserstein(before, after)),
            _ => (undetermined(&original.cells, &output.cells, pairs), None),
        };
        Self {
            path,
            information_loss: rounded(information_loss),
            total_variation: Some(rounded(total_variation(&original.cells, &output.cells))),
            wasserstein: wasserstein.map(rounded),
            are_numbers,
        }
    }
}

/// More digits are those of the sample, not of the table.
fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

/// The cells as numbers, when all that hold something are some.
fn numbers(cells: &Cells) -> Option<Vec<Option<f64>>> {
    let mut has_some = false;
    let mut number = |cell: Option<&str>| match cell.map(middle) {
        None => Some(None),
        Some(None) => None,
        Some(number) => {
            has_some = true;
            Some(number)
        }
    };
    let all: Option<Vec<Option<f64>>> = cells.iter().map(&mut number).collect();
    all.filter(|_| has_some)
}

/// A number, a date in years, or the middle of a range.
fn middle(text: &str) -> Option<f64> {
    let number = |text: &str| crate::privacy::tally::number(text).or_else(|| years(text));
    match text.split_once("..") {
        Some((low, high)) => Some(f64::midpoint(number(low)?, number(high)?)),
        None => number(text),
    }
}

fn years(text: &str) -> Option<f64> {
    let day = text.split(['T', ' ']).next()?;
    let (year, month, day) = validator::parse_date(day)?;
    Some(f64::from(year) + (f64::from(month - 1) + f64::from(day) / 31.0) / 12.0)
}

fn both(before: &[Option<f64>], after: &[Option<f64>]) -> Vec<(f64, f64)> {
    before
        .iter()
        .zip(after)
        .filter_map(|(a, b)| Some(((*a)?, (*b)?)))
        .collect()
}

fn unexplained(before: &[Option<f64>], after: &[Option<f64>]) -> f64 {
    let filled = before.iter().flatten().count();
    let both = both(before, after);
    let kept = both.len() as f64 / filled.max(1) as f64;
    let is_equal = both.iter().all(|(a, b)| a.total_cmp(b).is_eq());
    let explained = if is_equal {
        1.0
    } else {
        pearson(&both).map_or(0.0, |r| r * r)
    };
    1.0 - kept * explained
}

/// Pearson's correlation; `None` where one side does not vary.
fn pearson(both: &[(f64, f64)]) -> Option<f64> {
    let count = both.len() as f64;
    let mean = |f: fn(&(f64, f64)) -> f64| both.iter().map(f).sum::<f64>() / count;
    let (a, b) = (mean(|p| p.0), mean(|p| p.1));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in both {
        ab += (x - a) * (y - b);
        aa += (x - a) * (x - a);
        bb += (y - b) * (y - b);
    }
    (both.len() > 1 && aa > 0.0 && bb > 0.0).then(|| ab / (aa * bb).sqrt())
}

fn wasserstein(before: &[Option<f64>], after: &[Option<f64>]) -> Option<f64> {
    let sorted = |numbers: &[Option<f64>]| {
        let mut numbers: Vec<f64> = numbers.iter().flatten().copied().collect();
        numbers.sort_by(f64::total_cmp);
        numbers
    };
    let (before, after) = (sorted(before), sorted(after));
    let mean = before.iter().sum::<f64>() / before.len() as f64;
    let variance = before.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / before.len() as f64;
    let steps = before.len().max(after.len());
    let at = |numbers: &[f64], step: usize| numbers[step * numbers.len() / steps];
    let moved = (0..steps)
        .map(|step| (at(&before, step) - at(&after, step)).abs())
        .sum::<f64>();
    (variance > 0.0).then(|| moved / steps as f64 / variance.sqrt())
}

fn total_variation(before: &Cells, after: &Cells) -> f64 {
    let mut shares: HashMap<&str, f64> = HashMap::new();
    for (cells, sign) in [(before, 1.0), (after, -1.0)] {
        let of_one = sign / cells.iter().flatten().count().max(1) as f64;
        for cell in cells.iter().flatten() {
            *shares.entry(cell).or_default() += of_one;
        }
    }
    0.5 * shares.values().map(|share| share.abs()).sum::<f64>()
}

/// Share of the original's entropy that the output leaves open; what any permutation would tell as well does not count.
fn undetermined(before: &Cells, after: &Cells, pairs: &Pairs) -> f64 {
    let rows = |shift: bool| {
        let other = move |row: usize| if shift { pairs.other(row) } else { row };
        (0..pairs.height()).filter_map(move |row| Some((before.at(row)?, after.at(other(row)))))
    };
    let entropy_before = entropy(rows(false).map(|(a, _)| a));
    let told = |shift| entropy_before + entropy(rows(shift).map(|(_, b)| b)) - entropy(rows(shift));
    let (told, by_chance) = (told(false), told(true));
    let open = entropy_before - by_chance;
    if open < 0.05 * entropy_before || entropy_before <= 0.0 {
        1.0 - before.share_equal(after)
    } else {
        (1.0 - (told - by_chance) / open).clamp(0.0, 1.0)
    }
}

fn entropy<T: Eq + Hash>(values: impl Iterator<Item = T>) -> f64 {
    let (mut counts, mut all) = (HashMap::<T, f64>::new(), 0.0);
    for value in values {
        *counts.entry(value).or_default() += 1.0;
        all += 1.0;
    }
    let share = |count: &f64| count / all * (count / all).ln();
    -counts.values().map(share).sum::<f64>()
}

fn correlations(pairs: &Pairs) -> Vec<Correlation> {
    let columns: Vec<_> = (pairs.original.iter())
        .filter_map(|original| {
            let output = pairs
                .output
                .iter()
                .find(|output| output.path == original.path)?;
            Some((
                &original.path,
                numbers(&original.cells)?,
                numbers(&output.cells)?,
            ))
        })
        .take(MOST_PAIRED)
        .collect();
    let mut found = Vec::new();
    for (index, (a, a_before, a_after)) in columns.iter().enumerate() {
        for (b, b_before, b_after) in &columns[index + 1..] {
            let before = pearson(&both(a_before, b_before));
            let after = pearson(&both(a_after, b_after)).unwrap_or(0.0);
            found.extend(before.map(|before| Correlation {
                columns: [(*a).clone(), (*b).clone()],
                before: rounded(before),
                after: rounded(after),
            }));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::pairs::tests::{mixed, pairs, token};
    use super::*;

    const ROWS: u64 = 2_000;

    fn utility(before: impl Fn(u64) -> String, after: impl Fn(u64) -> String) -> ColumnUtility {
        let cells = |f: &dyn Fn(u64) -> String| (0..ROWS).map(f).collect::<Vec<_>>();
        let pairs = pairs(
            &[("a", Some("income"), cells(&before))],
            &[("a", cells(&after))],
        );
        Utility::of(&pairs).unwrap().columns.remove(0)
    }

    #[test]
    fn loss_grows_with_what_is_lost() {
        let number = |n: u64| (mixed(n) % 1_000).to_string();
        let city = |n: u64| format!("город {}", mixed(n) % 12);
        let kept = utility(number, number);
        assert!(kept.information_loss.abs() < 1e-9 && kept.wasserstein == Some(0.0));
        let binned = utility(number, |n| {
            let low = mixed(n) % 1_000 / 100 * 100;
            format!("{low}..{}", low + 99)
        });
        assert!(
            (0.001..0.1).contains(&binned.information_loss),
            "{binned:?}"
        );
        let shuffled = utility(number, |n| number(n + 7));
        assert!(shuffled.information_loss > 0.9 && shuffled.total_variation.unwrap() < 0.1);
        let tokens = utility(city, |n| token(&city(n)));
        assert!(tokens.information_loss < 0.01 && tokens.total_variation == Some(1.0));
        let redacted = utility(city, |_| "[redacted]".to_owned());
        assert!(redacted.information_loss > 0.99);
        let merged = utility(city, |n| format!("край {}", mixed(n) % 12 / 4));
        assert!((0.3..0.8).contains(&merged.information_loss), "{merged:?}");
    }
}

//! What an attacker knows of people: their quasi-identifiers, and how those were recoded. Linkage, singling out, inference and
//! patterns of empty cells ask about the same rows; the output is read once for all of them.

use std::collections::HashSet;

use super::cells::Cells;
use super::classes::{Alike, Classes, Question};
use super::identifiers::identifies;
use super::order::number;
use super::pairs::{Original, Output, Pairs};
use super::{Attack, inference, linkage, nulls, singling_out};
use crate::category::{Catalog, Kind};
use crate::detect::header::is_prose;
use crate::error::Result;
use crate::progress::Progress;
use crate::source::Source;

/// With fewer columns there is nothing to combine.
const LEAST_COLUMNS: usize = 2;
/// Fewer rows give no rate worth the name.
const LEAST_ROWS: usize = 100;
/// Most sensitive columns that are guessed.
const MOST_TARGETS: usize = 3;
/// Several values become one: below this share of the values before, recoding is known, above it is a secret.
const RECODED: f64 = 0.5;
/// Years, ages, regions and the like have fewer values; a column that keeps more of them is not generalised.
const FINE: usize = 120;

/// What the output is said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Promise {
    /// Nothing of its rows together: rates are reported, and judged only where a column keeps its fine values.
    Nothing,
    /// That no row is alone among those like it.
    Classes,
}

/// Which columns are attacked by what is known.
pub(super) struct Known {
    /// Columns that the attacker knows and that are still there.
    paths: Vec<String>,
    /// Sensitive columns.
    targets: Vec<String>,
    /// Columns whose empty cells may tell.
    hollow: Vec<String>,
    /// Whether the rates decide anything.
    is_judged: bool,
}

/// Runs the attacks by what is known.
pub(super) fn attacks(
    pairs: &Pairs,
    output: &dyn Source,
    promise: Promise,
    progress: &dyn Progress,
) -> Result<Vec<Attack>> {
    let known = Known::of(pairs, promise);
    let mut classes = Classes::of(known.questions());
    classes.ask(pairs);
    if known.asks() {
        classes.count(pairs, output, progress)?;
    }
    let asked = Asked {
        pairs,
        classes: &classes,
        known: &known,
    };
    Ok(vec![
        linkage::attack(&asked),
        singling_out::attack(&asked),
        inference::attack(&asked),
        nulls::attack(&asked),
    ])
}

/// What was asked, and the answers.
pub(super) struct Asked<'a> {
    pub(super) pairs: &'a Pairs,
    classes: &'a Classes,
    known: &'a Known,
}

impl Known {
    /// Chooses the columns.
    pub(super) fn of(pairs: &Pairs, promise: Promise) -> Self {
        let (mut paths, mut targets) = (Vec::new(), Vec::new());
        let mut is_judged = promise == Promise::Classes;
        let enough = pairs.height() >= LEAST_ROWS;
        let columns = pairs.personal().filter_map(|original| {
            let same = |output: &&Output| output.path == original.path && !output.is_allowed;
            Some((original, pairs.output.iter().find(same)?))
        });
        for (original, output) in columns.filter(|_| enough) {
            if is_known(original) && tells_of(original, output) {
                is_judged |= is_as_it_was(original, output) && distinct(&output.cells) > FINE;
                paths.push(output.path.clone());
            } else if is_sensitive(original) && tells_of(original, output) {
                targets.push(output.path.clone());
            }
        }
        if paths.len() < LEAST_COLUMNS {
            paths.clear();
            targets.clear();
        }
        targets.truncate(MOST_TARGETS);
        let is_hollow = |(_, output): &(&Original, &Output)| is_partly_filled(&output.cells);
        let hollow = pairs
            .recoded()
            .filter(is_hollow)
            .map(|(_, output)| output.path.clone());
        let mut hollow: Vec<String> = hollow.collect();
        if hollow.len() < nulls::LEAST_COLUMNS {
            hollow.clear();
        }
        Self {
            paths,
            targets,
            hollow,
            is_judged,
        }
    }

    fn asks(&self) -> bool {
        !self.paths.is_empty() || !self.hollow.is_empty()
    }

    fn questions(&self) -> Vec<Question> {
        let of = |paths: Vec<String>| Question {
            paths,
            alike: Alike::Cells,
        };
        let hollow = Question {
            paths: self.hollow.clone(),
            alike: Alike::Filled,
        };
        let mut questions = vec![hollow, of(self.paths.clone())];
        for target in &self.targets {
            let with = self.paths.iter().chain([target]).cloned().collect();
            questions.push(of(with));
            questions.push(of(vec![target.clone()]));
        }
        questions
    }
}

const FILLED: usize = 0;
const TUPLE: usize = 1;

impl Asked<'_> {
    /// How many columns the attacker knows, 0 when there are too few of them or of rows.
    pub(super) fn columns(&self) -> usize {
        self.known.paths.len()
    }

    /// Tells whether what was found out decides anything.
    pub(super) fn is_judged(&self) -> bool {
        self.known.is_judged
    }

    /// Tells whether nearly all rows are in classes: a guess within them is no matter of single rows.
    pub(super) fn is_grouped(&self) -> bool {
        const A_CLASS: u64 = 5;
        let rows = self.pairs.height();
        let grouped = (0..rows).filter(|&row| self.class(row) >= A_CLASS).count();
        grouped as f64 >= 0.9 * rows as f64
    }

    /// Rows of the output in which the known columns are as in a row.
    pub(super) fn class(&self, row: usize) -> u64 {
        self.classes.like(self.pairs, TUPLE, row)
    }

    /// Rows of the output that are as somebody who is not in it could be.
    pub(super) fn class_of_nobody(&self, row: usize) -> u64 {
        self.classes.like_mixed(self.pairs, TUPLE, row)
    }

    /// Tells whether the known columns are equal.
    pub(super) fn are_alike(&self, a: usize, b: usize) -> bool {
        self.classes.are_alike(self.pairs, TUPLE, a, b)
    }

    /// The sensitive columns, by number.
    pub(super) fn targets(&self) -> impl Iterator<Item = (usize, &str)> {
        self.known.targets.iter().map(String::as_str).enumerate()
    }

    /// Rows of the same class with the same sensitive value.
    pub(super) fn same_target(&self, target: usize, row: usize) -> u64 {
        self.classes.like(self.pairs, TUPLE + 1 + 2 * target, row)
    }

    /// Rows of the whole output with the same sensitive value.
    pub(super) fn overall(&self, target: usize, row: usize) -> u64 {
        self.classes.like(self.pairs, TUPLE + 2 + 2 * target, row)
    }

    /// Columns of which some cells are empty.
    pub(super) fn hollow(&self) -> &[String] {
        &self.known.hollow
    }

    /// Rows of the output in which the same cells are empty.
    pub(super) fn same_pattern(&self, row: usize) -> u64 {
        self.classes.like(self.pairs, FILLED, row)
    }
}

fn kind(original: &Original) -> Option<Kind> {
    let category = original.category.as_deref()?;
    Catalog::builtin()
        .find(category)
        .map(|category| category.kind)
}

/// Quasi-identifiers, and addresses of which a region is left. Who somebody is, the attack is to find out.
fn is_known(original: &Original) -> bool {
    let category = original.category.as_deref().unwrap_or_default();
    let is_address = matches!(category, "registration_address" | "residence_address");
    match kind(original) {
        Some(Kind::QuasiIdentifier) => true,
        Some(Kind::Device | Kind::Other) => !identifies(category) && !is_prose(category),
        _ => is_address,
    }
}

fn is_sensitive(original: &Original) -> bool {
    let category = original.category.as_deref().unwrap_or_default();
    let is_worth = matches!(
        kind(original),
        Some(Kind::Financial | Kind::SensitiveSpecial)
    );
    is_worth && !identifies(category) && !is_prose(category)
}

/// Tells whether what became of a column tells something, and the attacker knows how it became so: noise and tokens are secret.
fn tells_of(original: &Original, output: &Output) -> bool {
    let (before, after) = (distinct(&original.cells), distinct(&output.cells));
    let is_open = |cell: &str| cell.contains("..") || cell.contains(" | ") || cell == "*";
    let has_ranges = output.cells.iter().flatten().any(is_open);
    let is_coarser = after as f64 <= RECODED * before as f64;
    after > 1 && (is_coarser || has_ranges || is_as_it_was(original, output))
}

fn distinct(cells: &Cells) -> usize {
    cells.iter().flatten().collect::<HashSet<_>>().len()
}

/// Equal cells, or equal dates and numbers that are written otherwise.
fn is_as_it_was(original: &Original, output: &Output) -> bool {
    let is_equal =
        |(was, is): &(&str, &str)| was == is || number(was).is_some_and(|n| Some(n) == number(is));
    let both = || original.cells.with(&output.cells);
    output.is_carried || both().filter(is_equal).count() as f64 > RECODED * both().count() as f64
}

fn is_partly_filled(cells: &Cells) -> bool {
    let filled = cells.iter().flatten().count();
    filled > 0 && filled < cells.len()
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::pairs::tests::mixed;
    use super::*;

    /// Runs one of the attacks on pairs that are the whole table.
    pub(in crate::verify) fn asked(
        pairs: &Pairs,
        promise: Promise,
        run: impl Fn(&Asked<'_>) -> Attack,
    ) -> Attack {
        let known = Known::of(pairs, promise);
        let mut classes = Classes::of(known.questions());
        classes.ask(pairs);
        classes.count_pairs(pairs);
        run(&Asked {
            pairs,
            classes: &classes,
            known: &known,
        })
    }

    /// Dates of birth, places and incomes of so many people.
    pub(in crate::verify) fn people(count: u64) -> [Vec<String>; 3] {
        let date = |n: u64| {
            format!(
                "{}-{:02}-{:02}",
                1950 + mixed(n) % 50,
                mixed(n + 7) % 12 + 1,
                mixed(n + 9) % 28 + 1
            )
        };
        let place = |n: u64| {
            format!(
                "г. {}, ул. Абая, {}",
                ["Алматы", "Астана", "Шымкент"][mixed(n * 3) as usize % 3],
                mixed(n) % 900
            )
        };
        let income = |n: u64| (mixed(n * 5) % 1_000_000).to_string();
        [
            (0..count).map(date).collect(),
            (0..count).map(place).collect(),
            (0..count).map(income).collect(),
        ]
    }
}

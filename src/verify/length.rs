//! Length: a mask as long as what it hides tells how long that was, and with it often what it was.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use super::Attack;
use super::pairs::{Original, Output, Pairs};
use crate::category::{Catalog, Kind};
use crate::detect::header::is_prose;

/// Fewer rows say nothing of lengths.
const LEAST_ROWS: usize = 30;
/// Fewer values are classes, and the name of a class may be as long as its members.
const LEAST_DISTINCT: usize = 20;
/// Lengths that vary less tell next to nothing.
const LEAST_BITS: f64 = 1.0;
/// Of what was unknown of the length, so much is left.
const KNOWN: f64 = 0.1;
/// Rows that do not belong together must leave at least so much, or there are too few of them.
const UNKNOWN: f64 = 0.5;

/// Looks for rewritten columns whose lengths follow from those of the originals.
pub(super) fn attack(pairs: &Pairs) -> Attack {
    let mut attack = Attack::new("length");
    for (original, output) in pairs.recoded() {
        let rows = rows(pairs, original, output);
        if !is_worth(original, output, &rows) {
            continue;
        }
        attack.tried += rows.len() as u64;
        let length = |cell: &str| cell.chars().count();
        let words = |cell: &str| {
            cell.split(|c: char| c.is_whitespace() || c == '-' || c == '@')
                .count()
        };
        let category = original.category.as_deref();
        if tells(&rows, length) {
            attack.add(
                &output.path,
                rows.len() as u64,
                category,
                "a mask of the same length",
            );
        } else if tells(&rows, words) {
            attack.add(
                &output.path,
                rows.len() as u64,
                category,
                "a mask of as many words",
            );
        }
    }
    attack.settle()
}

/// The original and the output cell of a row, and the output cell of another.
type Row<'a> = (&'a str, &'a str, &'a str);

fn rows<'a>(pairs: &Pairs, original: &'a Original, output: &'a Output) -> Vec<Row<'a>> {
    let row = |row| {
        let (was, is) = (original.cells.at(row)?, output.cells.at(row)?);
        let other = output.cells.at(pairs.other(row))?;
        (was != is).then_some((was, is, other))
    };
    (0..pairs.height()).filter_map(row).collect()
}

/// Amounts are as long as they are large, and so are the ranges they lie in; text is as long as what is left of it.
fn is_worth(original: &Original, output: &Output, rows: &[Row<'_>]) -> bool {
    let catalog = Catalog::builtin();
    let category = original.category.as_deref().unwrap_or_default();
    let kind = catalog.find(category).map(|category| category.kind);
    let has_digits = |cell: &str| cell.bytes().any(|b| b.is_ascii_digit());
    let shows_digits = output.cells.iter().flatten().any(has_digits);
    let is_set = output
        .cells
        .iter()
        .flatten()
        .any(|cell| cell.contains(" | ") || cell.contains(".."));
    let distinct = rows.iter().map(|row| row.0).collect::<HashSet<_>>().len();
    (kind == Some(Kind::DirectIdentifier) || !shows_digits)
        && !is_prose(category)
        && !is_set
        && rows.len() >= LEAST_ROWS
        && distinct >= LEAST_DISTINCT
}

/// Tells whether a feature of the output leaves next to nothing unknown of the same feature of the original.
fn tells(rows: &[Row<'_>], feature: impl Fn(&str) -> usize) -> bool {
    let originals = || rows.iter().map(|row| feature(row.0));
    let unknown = entropy(originals());
    let given = |output: &dyn Fn(&Row<'_>) -> usize| {
        let outputs = || rows.iter().map(output);
        entropy(originals().zip(outputs())) - entropy(outputs())
    };
    unknown >= LEAST_BITS
        && given(&|row| feature(row.1)) <= KNOWN * unknown
        && given(&|row| feature(row.2)) >= UNKNOWN * unknown
}

/// Bits that are needed to say which of the values it is.
fn entropy<T: Eq + Hash>(values: impl Iterator<Item = T>) -> f64 {
    let mut counts: HashMap<T, u64> = HashMap::new();
    values.for_each(|value| *counts.entry(value).or_default() += 1);
    let total = counts.values().sum::<u64>() as f64;
    let mut counts: Vec<u64> = counts.into_values().collect();
    counts.sort_unstable();
    let bits = |count: u64| count as f64 / total * (total / count as f64).log2();
    counts.into_iter().map(bits).sum()
}

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::super::pairs::tests::{mixed, pairs, token};
    use super::*;

    fn outcome(category: &str, original: &[String], to: impl Fn(&str) -> String) -> Outcome {
        let output = original.iter().map(|cell| to(cell)).collect();
        let original = vec![("x", Some(category), original.to_vec())];
        attack(&pairs(&original, &[("x", output)])).outcome
    }

    fn names() -> Vec<String> {
        let word = |seed: u64| {
            "абвгдежзиклм"
                .chars()
                .cycle()
                .skip(seed as usize % 9)
                .take(3 + mixed(seed) as usize % 9)
                .collect::<String>()
        };
        (0..300)
            .map(|n| format!("{} {}", word(n), word(n * 7 + 1)))
            .collect()
    }

    #[test]
    fn masks_as_long_as_the_name_are_found() {
        let stars = |cell: &str| "*".repeat(cell.chars().count());
        assert_eq!(outcome("full_name", &names(), stars), Outcome::Broken);
        let words = |cell: &str| {
            cell.chars()
                .map(|c| if c == ' ' { ' ' } else { 'X' })
                .collect()
        };
        assert_eq!(outcome("full_name", &names(), words), Outcome::Broken);
        let padded = |cell: &str| format!("[{}]", "*".repeat(cell.chars().count()));
        assert_eq!(outcome("full_name", &names(), padded), Outcome::Broken);
    }

    #[test]
    fn fixed_words_tokens_and_ranges_of_amounts_tell_nothing() {
        assert_eq!(
            outcome("full_name", &names(), |_| "[redacted]".to_owned()),
            Outcome::Held
        );
        assert_eq!(outcome("full_name", &names(), token), Outcome::Held);
        let amounts: Vec<String> = (0..300)
            .map(|n| (mixed(n) % 10_u64.pow(n as u32 % 5 + 2)).to_string())
            .collect();
        let leading = |cell: &str| format!("{}{}", &cell[..1], "0".repeat(cell.len() - 1));
        assert_eq!(outcome("income", &amounts, leading), Outcome::NotApplicable);
        let regions = |cell: &str| ["Алматы", "Астана", "Шымкент"][cell.len() % 3].to_owned();
        assert_eq!(
            outcome("registration_address", &names(), regions),
            Outcome::Held
        );
    }
}

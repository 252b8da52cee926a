//! Order: a rewritten column that rises or falls with an original one gives its values away to whoever knows some of them.
//!
//! Order-preserving encryption, identifiers and amounts moved or scaled by a constant, numbers of sorted rows. A generalised
//! column is in order too, but many values become one.

use std::collections::HashSet;

use super::Attack;
use super::cells::Cells;
use super::identifiers::identifies;
use super::pairs::{Original, Output, Pairs};
use crate::detect::header::is_prose;

/// Twenty values are in order by chance once in 10^18 times.
const LEAST_DISTINCT: usize = 20;
/// Below this share of distinct values a column is one of classes.
const MOSTLY_DISTINCT: f64 = 0.5;
/// With so many values a column is none of classes, whatever its length.
const MANY_DISTINCT: usize = 200;
/// Neighbours of which so many are in order.
const IN_ORDER: f64 = 0.99;
/// So many cells must be numbers.
const MOSTLY_NUMBERS: f64 = 0.95;
/// Rows that tell whether it is worth looking at all.
const FIRST_LOOK: usize = 60;
/// In order by chance are half of them.
const WORTH_LOOKING: f64 = 0.9;

/// Looks for rewritten columns in the order of personal ones.
pub(super) fn attack(pairs: &Pairs) -> Attack {
    let mut attack = Attack::new("order");
    let originals: Vec<_> = pairs.personal().filter(|c| is_attacked(c)).collect();
    let ranks: Vec<[Ranks; 2]> = originals.iter().map(|c| both_ranks(&c.cells)).collect();
    for output in pairs.rewritten() {
        let of_output = both_ranks(&output.cells);
        let found = originals.iter().zip(&ranks).find_map(|(original, ranks)| {
            if original.path != output.path && !names_one(original) {
                return None;
            }
            attack.tried += pairs.height() as u64;
            let how = relation(original, ranks, output, &of_output)?;
            Some((original, how))
        });
        if let Some((original, (count, how))) = found {
            attack.add(&output.path, count, original.category.as_deref(), how);
        }
    }
    attack.settle()
}

fn is_attacked(column: &Original) -> bool {
    !column.category.as_deref().is_some_and(is_prose)
}

fn names_one(column: &Original) -> bool {
    column.category.as_deref().is_some_and(identifies)
}

/// By row: the place of its value among all values, equal ones at the same place.
type Ranks = Vec<Option<u32>>;

/// By number, where the cells are numbers, and by text.
fn both_ranks(cells: &Cells) -> [Ranks; 2] {
    let numbers: Vec<Option<f64>> = cells.iter().map(|cell| cell.and_then(number)).collect();
    let filled = cells.iter().flatten().count() as f64;
    let are_numbers = numbers.iter().flatten().count() as f64 >= MOSTLY_NUMBERS * filled;
    let by_number = if are_numbers {
        ranked(&numbers, f64::total_cmp)
    } else {
        Vec::new()
    };
    let texts: Vec<Option<&str>> = cells
        .iter()
        .map(|cell| cell.filter(|c| is_exact(c)))
        .collect();
    [by_number, ranked(&texts, Ord::cmp)]
}

fn ranked<T: Copy>(values: &[Option<T>], compare: impl Fn(&T, &T) -> std::cmp::Ordering) -> Ranks {
    let mut filled: Vec<(T, usize)> = (values.iter().enumerate())
        .filter_map(|(row, value)| Some(((*value)?, row)))
        .collect();
    filled.sort_by(|(a, _), (b, _)| compare(a, b));
    let mut ranks = vec![None; values.len()];
    let mut rank = 0;
    for at in 0..filled.len() {
        if at > 0 && compare(&filled[at - 1].0, &filled[at].0).is_ne() {
            rank += 1;
        }
        ranks[filled[at].1] = Some(rank);
    }
    ranks
}

/// The number that a cell is; a date is the number of its year, month and day.
pub(super) fn number(cell: &str) -> Option<f64> {
    let cell = cell.trim();
    if let Some(date) = date(cell) {
        return Some(date);
    }
    let is_space = |c: char| matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '(' | ')' | '+');
    let bare: String = cell.chars().filter(|&c| !is_space(c)).collect();
    let bare = bare.replace(',', ".");
    let joined: String = match bare.bytes().filter(|&b| b == b'-').count() {
        0 => bare,
        1 if bare.starts_with('-') => bare,
        // A phone or a card with dashes.
        _ => bare.replace('-', ""),
    };
    let is_plain = joined
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'));
    joined.parse().ok().filter(|_| is_plain)
}

fn date(cell: &str) -> Option<f64> {
    let mut parts = cell.get(..10)?.split(['-', '.', '/']);
    let mut next = || parts.next()?.parse::<f64>().ok();
    let (first, month, last) = (next()?, next()?, next()?);
    let (year, day) = if first > 31.0 {
        (first, last)
    } else {
        (last, first)
    };
    (year >= 1000.0).then_some(year * 10_000.0 + month * 100.0 + day)
}

/// Ranges, sets and words for what is gone say nothing exact.
fn is_exact(cell: &str) -> bool {
    !cell.contains("..")
        && !cell.contains(" | ")
        && !cell.contains('*')
        && !cell.starts_with(['[', '('])
}

/// In how many values, and how, an output column goes with an original one.
fn relation(
    original: &Original,
    ranks: &[Ranks; 2],
    output: &Output,
    of_output: &[Ranks; 2],
) -> Option<(u64, &'static str)> {
    let found = ranks.iter().enumerate().find_map(|(kind, a)| {
        let mut others = of_output.iter().enumerate();
        others.find_map(|(other, b)| Some((kind + other == 2, in_order(a, b)?)))
    });
    let ((are_texts, (count, how)), cells) = (found?, (&original.cells, &output.cells));
    let is_cut = are_texts && share(cells.0, cells.1, begins_alike) > MOSTLY_DISTINCT;
    let is_coarser = share(cells.0, cells.1, is_part) > WORTH_LOOKING;
    if is_cut || is_coarser {
        return None;
    }
    let is_affine = is_affine(cells.0, cells.1);
    Some((
        count,
        if is_affine {
            "moved or scaled by a constant"
        } else {
            how
        },
    ))
}

fn share(a: &Cells, b: &Cells, holds: impl Fn(&str, &str) -> bool) -> f64 {
    let both = a.with(b).count().max(1);
    a.with(b).filter(|(a, b)| holds(a, b)).count() as f64 / both as f64
}

/// Text of which only a part was taken out stays in the order of the text.
fn begins_alike(original: &str, output: &str) -> bool {
    original
        .chars()
        .zip(output.chars())
        .take(3)
        .all(|(a, b)| a == b)
}

/// The year of a date, the leading digits of a number.
fn is_part(original: &str, output: &str) -> bool {
    let digits = |text: &str| {
        text.chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
    };
    let (original, output) = (digits(original), digits(output));
    let kept = output.trim_end_matches("0101").trim_end_matches('0');
    kept.len() < original.len() && !kept.is_empty() && original.contains(kept)
}

/// Distinct values in strict order, and which.
fn in_order(a: &Ranks, b: &Ranks) -> Option<(u64, &'static str)> {
    let step = (a.len().min(b.len()) / FIRST_LOOK).max(1);
    let both = || (a.iter().zip(b)).filter_map(|(a, b)| Some(((*a)?, (*b)?)));
    let first: Vec<_> = both().step_by(step).collect();
    let (rising, falling, _) = neighbours(first);
    if rising.max(falling) < WORTH_LOOKING {
        return None;
    }
    let rows = both().count();
    let distinct = both().map(|(_, b)| b).collect::<HashSet<_>>().len();
    let (rising, falling, values) = neighbours(both().collect());
    let is_many = distinct >= LEAST_DISTINCT
        && (distinct as f64 >= MOSTLY_DISTINCT * rows as f64 || distinct >= MANY_DISTINCT)
        && distinct as f64 >= IN_ORDER * values as f64;
    match (is_many, rising >= IN_ORDER, falling >= IN_ORDER) {
        (true, true, _) => Some((distinct as u64, "the same order")),
        (true, _, true) => Some((distinct as u64, "the opposite order")),
        _ => None,
    }
}

/// Shares of neighbours that rise and that fall, and how many distinct pairs there are.
fn neighbours(mut pairs: Vec<(u32, u32)>) -> (f64, f64, usize) {
    pairs.sort_unstable();
    pairs.dedup();
    let share = |holds: &dyn Fn(u32, u32) -> bool| {
        let windows = pairs.windows(2);
        let count = windows
            .filter(|w| w[0].0 < w[1].0 && holds(w[0].1, w[1].1))
            .count();
        count as f64 / pairs.len().saturating_sub(1).max(1) as f64
    };
    (share(&|a, b| a < b), share(&|a, b| a > b), pairs.len())
}

/// Tells whether every number is the same linear function of the original one, but for rounding.
fn is_affine(original: &Cells, output: &Cells) -> bool {
    let numbers = || {
        original
            .with(output)
            .filter_map(|(a, b)| Some((number(a)?, number(b)?)))
    };
    let by_original = |a: &(f64, f64), b: &(f64, f64)| a.0.total_cmp(&b.0);
    let Some(((x0, y0), (x1, y1))) = numbers()
        .min_by(by_original)
        .zip(numbers().max_by(by_original))
    else {
        return false;
    };
    let slope = (y1 - y0) / (x1 - x0);
    let is_near = |x: f64, y: f64| (y0 + slope * (x - x0) - y).abs() <= 0.51 + 1e-6 * y.abs();
    x1 > x0 && slope != 0.0 && numbers().all(|(x, y)| is_near(x, y))
}

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::super::pairs::tests::{mixed, pairs, token};
    use super::*;

    fn iins() -> Vec<String> {
        (0..60)
            .map(|n| format!("{:012}", mixed(n) % 1_000_000_000_000))
            .collect()
    }

    fn outcome(original: &[String], category: &str, output: Vec<String>) -> (Outcome, String) {
        let attack = attack(&pairs(
            &[("x", Some(category), original.to_vec())],
            &[("x", output)],
        ));
        let how = attack.columns.first().and_then(|c| c.hidden_as.clone());
        (attack.outcome, how.unwrap_or_default())
    }

    #[test]
    fn moved_and_order_preserving_identifiers_are_found() {
        let iins = iins();
        let number = |iin: &String| iin.parse::<u64>().unwrap();
        let moved = iins
            .iter()
            .map(|iin| format!("{}", number(iin) + 777))
            .collect();
        let scaled = iins
            .iter()
            .map(|iin| format!("{}", number(iin) * 3))
            .collect();
        for output in [moved, scaled] {
            let (found, how) = outcome(&iins, "iin", output);
            assert_eq!(
                (found, how.as_str()),
                (Outcome::Broken, "moved or scaled by a constant")
            );
        }
        let mut sorted = iins.clone();
        sorted.sort();
        let rank = |iin: &String| sorted.iter().position(|other| other == iin).unwrap();
        let ranks = iins.iter().map(|iin| rank(iin).to_string()).collect();
        assert_eq!(outcome(&iins, "iin", ranks).1, "the same order");
        let coded = iins
            .iter()
            .map(|iin| format!("{:x}", u128::MAX - u128::from(number(iin)).pow(2)));
        assert_eq!(
            outcome(&iins, "iin", coded.collect()).1,
            "the opposite order"
        );
    }

    #[test]
    fn generalised_values_tokens_and_scrubbed_text_are_in_no_order_that_tells() {
        let iins = iins();
        let dates: Vec<String> = (0..60)
            .map(|n| format!("{}-03-{:02}", 1930 + n, n % 28 + 1))
            .collect();
        let years = dates.iter().map(|date| date[..4].to_owned()).collect();
        let first_days = dates
            .iter()
            .map(|date| format!("{}-01-01", &date[..4]))
            .collect();
        let decades = dates
            .iter()
            .map(|date| format!("{}0..{}9", &date[..3], &date[..3]))
            .collect();
        for output in [years, first_days, decades] {
            assert_eq!(outcome(&dates, "birth_date", output).0, Outcome::Held);
        }
        let tokens = iins.iter().map(|iin| token(iin)).collect();
        assert_eq!(outcome(&iins, "iin", tokens).0, Outcome::Held);
        let redacted = iins.iter().map(|_| "[redacted]".to_owned()).collect();
        assert_eq!(outcome(&iins, "iin", redacted).0, Outcome::Held);
        let notes: Vec<String> = iins
            .iter()
            .map(|iin| format!("{} позвонил {iin}", token(iin)))
            .collect();
        let scrubbed = iins
            .iter()
            .map(|iin| format!("{} позвонил [iin]", token(iin)))
            .collect();
        assert_eq!(outcome(&notes, "iin", scrubbed).0, Outcome::Held);
    }
}

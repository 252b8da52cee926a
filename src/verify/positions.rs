//! Positions: characters of an identifier that were only exchanged for others, or moved. Every place of the output then follows
//! from one place of the original, whatever the table of the exchange.

use std::collections::HashMap;

use rayon::prelude::*;

use super::Attack;
use super::identifiers::identifies;
use super::pairs::{Original, Output, Pairs};

/// Rows that are compared.
const ROWS: usize = 2_000;
/// Fewer rows may agree by chance.
const LEAST_ROWS: usize = 100;
/// An operator's code has three places, a decade of birth one.
const LEAST_PLACES: usize = 4;
/// A place where fewer characters are met tells next to nothing.
const LEAST_CHARACTERS: usize = 4;
/// Shorter values are no identifiers, longer ones have no fixed places.
const LENGTHS: std::ops::RangeInclusive<usize> = 6..=34;

/// Looks for columns that are an identifier with its characters exchanged or moved.
pub(super) fn attack(pairs: &Pairs) -> Attack {
    let mut attack = Attack::new("positions");
    let names_somebody = |column: &&Original| column.category.as_deref().is_some_and(identifies);
    let compared: Vec<(&Original, &Output)> = (pairs.personal().filter(names_somebody))
        .flat_map(|original| pairs.rewritten().map(move |output| (original, output)))
        .collect();
    let found: Vec<(usize, usize)> = (compared.par_iter())
        .map(|(original, output)| {
            let rows = of_one_length(original, output);
            (rows.len(), places(&rows))
        })
        .collect();
    for ((original, output), (rows, places)) in compared.into_iter().zip(found) {
        attack.tried += rows as u64;
        if places >= LEAST_PLACES {
            let category = original.category.as_deref();
            let how = "characters exchanged or moved";
            attack.add(&output.path, rows as u64, category, how);
        }
    }
    attack.settle()
}

/// Rows with the usual lengths on both sides; none when most rows have others.
fn of_one_length<'a>(original: &'a Original, output: &'a Output) -> Vec<(&'a [u8], &'a [u8])> {
    let all: Vec<(&[u8], &[u8])> = (original.cells.with(&output.cells))
        .filter(|(a, b)| a.is_ascii() && b.is_ascii())
        .map(|(a, b)| (a.as_bytes(), b.as_bytes()))
        .take(ROWS)
        .collect();
    let mut lengths: HashMap<(usize, usize), usize> = HashMap::new();
    for (a, b) in &all {
        *lengths.entry((a.len(), b.len())).or_default() += 1;
    }
    let usual = lengths
        .into_iter()
        .max_by_key(|&(lengths, rows)| (rows, lengths));
    let Some(((a, b), rows)) = usual else {
        return Vec::new();
    };
    if rows < LEAST_ROWS.max(all.len() / 2) || !LENGTHS.contains(&a) || !LENGTHS.contains(&b) {
        return Vec::new();
    }
    let is_usual = |row: &(&[u8], &[u8])| (row.0.len(), row.1.len()) == (a, b);
    all.into_iter().filter(is_usual).collect()
}

/// Places of the output that follow from one place of the original, and tell it.
fn places(rows: &[(&[u8], &[u8])]) -> usize {
    let Some((a, b)) = rows.first() else {
        return 0;
    };
    let follows = |to: &usize| (0..a.len()).any(|from| is_exchange(rows, from, *to));
    (0..b.len()).filter(follows).count()
}

/// Tells whether every character at one place always becomes the same at the other, and no two the same.
fn is_exchange(rows: &[(&[u8], &[u8])], from: usize, to: usize) -> bool {
    let (mut there, mut back) = ([None; 128], [None; 128]);
    let mut characters = 0;
    for (a, b) in rows {
        let (was, is) = (a[from], b[to]);
        let known = there[was as usize].is_some();
        if *there[was as usize].get_or_insert(is) != is
            || *back[is as usize].get_or_insert(was) != was
        {
            return false;
        }
        characters += usize::from(!known);
    }
    characters >= LEAST_CHARACTERS
}

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::super::pairs::tests::{mixed, pairs, token};
    use super::*;

    fn outcome(became: impl Fn(&str) -> String) -> Outcome {
        let iins: Vec<String> = (0..500)
            .map(|n| format!("{:012}", mixed(n) % 1_000_000_000_000))
            .collect();
        let outputs = iins.iter().map(|iin| became(iin)).collect();
        attack(&pairs(&[("iin", Some("iin"), iins)], &[("iin", outputs)])).outcome
    }

    #[test]
    fn exchanged_and_moved_digits_are_seen_through() {
        let table = *b"7402951683";
        let exchanged = |iin: &str| -> String {
            iin.bytes()
                .map(|b| char::from(table[usize::from(b - b'0')]))
                .collect()
        };
        let moved = |iin: &str| format!("{}{}", &iin[7..], &iin[..7]);
        assert_eq!(outcome(exchanged), Outcome::Broken);
        assert_eq!(outcome(moved), Outcome::Broken);
        assert_eq!(
            outcome(|iin| format!("******{}**", &iin[6..10])),
            Outcome::Broken
        );
    }

    #[test]
    fn tokens_and_decades_hold() {
        assert_eq!(outcome(token), Outcome::Held);
        assert_eq!(outcome(|iin| format!("18{}0s m", &iin[..1])), Outcome::Held);
    }
}

//! Frequency: whoever knows how often a value occurs finds the token that occurs as often.

use std::collections::{HashMap, HashSet};

use super::Attack;
use super::cells::Cells;
use super::pairs::Pairs;
use super::rates::Rate;
use crate::method::ladder::is_coarse;

/// So many values must have one token each, and tokens one value.
const ONE_TO_ONE: f64 = 0.95;
/// Fewer values are told apart by anything.
const LEAST_VALUES: usize = 5;
/// This share of the values may be told apart by how often they occur: some few always are, such as the most usual city.
const TOLERATED: f64 = 0.1;

/// Looks for tokens that are told apart by how often they occur.
pub(super) fn attack(pairs: &Pairs) -> Attack {
    let mut attack = Attack::new("frequency");
    for (original, output) in pairs.recoded() {
        let category = original.category.as_deref();
        if !are_one_to_one(&original.cells, &output.cells)
            || is_generalised(&output.cells, category)
        {
            continue;
        }
        let values = counts(&original.cells);
        let tokens = counts(&output.cells);
        attack.tried += values.len() as u64;
        let identified = identified(&original.cells, &output.cells, &values, &tokens);
        let is_considerable = identified >= LEAST_VALUES
            && Rate::of(identified as f64, values.len() as u64).low() > TOLERATED;
        if is_considerable {
            attack.add(
                &output.path,
                identified as u64,
                category,
                "a token that occurs as often",
            );
        }
    }
    attack.settle()
}

/// Tells whether values and what became of them belong together, and the values are not there themselves.
pub(super) fn are_one_to_one(original: &Cells, output: &Cells) -> bool {
    let pairs: HashSet<(&str, &str)> = original.with(output).collect();
    let values: HashSet<&str> = pairs.iter().map(|pair| pair.0).collect();
    let tokens: HashSet<&str> = pairs.iter().map(|pair| pair.1).collect();
    let is_near = |count: usize| count as f64 >= ONE_TO_ONE * pairs.len() as f64;
    values.len() >= LEAST_VALUES && is_near(values.len()) && is_near(tokens.len())
}

/// Tells whether values say themselves what they stand for, such as the region of a city: there is no token to see through.
fn is_generalised(output: &Cells, category: Option<&str>) -> bool {
    output
        .iter()
        .flatten()
        .all(|cell| is_coarse(category, cell))
}

fn counts(cells: &Cells) -> HashMap<&str, u64> {
    let mut counts = HashMap::new();
    cells
        .iter()
        .flatten()
        .for_each(|cell| *counts.entry(cell).or_default() += 1);
    counts
}

/// How many values have a count that no other has, and their token the same one.
fn identified(
    original: &Cells,
    output: &Cells,
    values: &HashMap<&str, u64>,
    tokens: &HashMap<&str, u64>,
) -> usize {
    let (of_values, of_tokens) = (alone(values), alone(tokens));
    let pairs: HashSet<(&str, &str)> = original.with(output).collect();
    let is_met = |(value, token): &&(&str, &str)| {
        let count = values[value];
        count == tokens[token] && of_values.contains(&count) && of_tokens.contains(&count)
    };
    pairs.iter().filter(is_met).count()
}

/// Counts that only one value has.
fn alone(counts: &HashMap<&str, u64>) -> HashSet<u64> {
    let mut having: HashMap<u64, u64> = HashMap::new();
    for count in counts.values() {
        *having.entry(*count).or_default() += 1;
    }
    having.retain(|_, values| *values == 1);
    having.into_keys().collect()
}

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::super::pairs::tests::{pairs, token};
    use super::*;

    fn outcome(values: &[String], to: impl Fn(&str) -> String) -> Outcome {
        let output = values.iter().map(|cell| to(cell)).collect();
        let original = vec![("x", Some("iin"), values.to_vec())];
        attack(&pairs(&original, &[("x", output)])).outcome
    }

    #[test]
    fn tokens_of_values_of_very_different_frequency_are_told_apart() {
        let cities: Vec<String> = (0..12)
            .flat_map(|n| std::iter::repeat_n(format!("город {n}"), n * n + 1))
            .collect();
        assert_eq!(outcome(&cities, token), Outcome::Broken);
    }

    #[test]
    fn tokens_that_occur_alike_and_generalised_values_hold() {
        let iins: Vec<String> = (0..500).map(|n| format!("iin {n}")).collect();
        assert_eq!(outcome(&iins, token), Outcome::Held);
        let thrice: Vec<String> = (0..600).map(|n| format!("iin {}", n % 200)).collect();
        assert_eq!(outcome(&thrice, token), Outcome::Held);
        let skewed: Vec<String> = (0..12)
            .flat_map(|n| std::iter::repeat_n(format!("город {n}"), n * n + 1))
            .collect();
        let region = |cell: &str| {
            if cell.len() > 12 {
                "юг"
            } else {
                "север"
            }
            .to_owned()
        };
        assert_eq!(outcome(&skewed, region), Outcome::NotApplicable);
    }
}

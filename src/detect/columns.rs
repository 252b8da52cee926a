//! Guesses what a column name speaks for from the runs of letters in its words.
//!
//! The weights are learnt from `patterns/columns/names.tsv` by `patterns/columns/train.py`; see [`super::model`].

use std::collections::BTreeSet;
use std::sync::OnceLock;

use super::model::{Feature, Guess, Model, fnv, runs};

const WEIGHTS: &[u8] = include_bytes!("../../patterns/columns/names.bin");
/// Lengths of the runs of letters.
const RUNS: std::ops::RangeInclusive<usize> = 2..=5;

fn model() -> &'static Model {
    static PARSED: OnceLock<Model> = OnceLock::new();
    PARSED.get_or_init(|| Model::parse(WEIGHTS).expect("a test reads the embedded model"))
}

/// What the folded words of a name may speak for, the likeliest first.
pub(super) fn guess(words: &[String]) -> Vec<Guess> {
    let of_words = model().scores(&features(words, ""));
    let Some(of_words) = of_words else {
        return Vec::new();
    };
    let scores: Vec<f32> = of_words
        .iter()
        .zip(model().intercepts())
        .map(|(a, b)| a + b)
        .collect();
    model().guesses(&scores)
}

/// The runs of letters, each as a part of all; in order, so that sums are the same in every run.
pub(crate) fn features(words: &[String], prefix: &str) -> Vec<Feature> {
    let start = fnv(prefix);
    let mut all = BTreeSet::new();
    for word in words {
        runs(word, RUNS, |run| {
            all.insert(super::model::more(start, run));
        });
    }
    let each = 1.0 / (all.len().max(1) as f32).sqrt();
    all.into_iter().map(|hash| (hash, each)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::category::Catalog;
    use crate::detect::header::folded_words;

    const NAMES: &str = include_str!("../../patterns/columns/names.tsv");

    fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
        NAMES.lines().filter_map(|line| line.split_once('\t'))
    }

    #[test]
    fn the_model_knows_the_categories_and_most_of_the_names_it_was_learnt_from() {
        for category in model().known() {
            assert!(Catalog::builtin().find(category).is_some(), "{category}");
        }
        let is_right = |&(name, labels): &(&str, &str)| {
            let best = guess(&folded_words(name))
                .first()
                .and_then(|guess| guess.category);
            labels.split('|').any(|label| label == best.unwrap_or("-"))
        };
        let (right, all) = (names().filter(is_right).count(), names().count());
        assert!(right * 100 > all * 95, "{right} of {all}");
    }

    /// Where `IESIZ_FOLDED` names a file, writes what `patterns/columns/train.py` reads.
    #[test]
    fn names_with_letters_keep_some_when_folded() {
        let has_letters = |name: &str| name.chars().any(char::is_alphabetic);
        let mut lines = Vec::new();
        for (name, labels) in names() {
            let folded = folded_words(name).join(" ");
            assert_eq!(has_letters(&folded), has_letters(name), "{name}");
            lines.push(format!("{folded}\t{labels}\n"));
        }
        let Some(path) = std::env::var_os("IESIZ_FOLDED") else {
            return;
        };
        #[expect(clippy::disallowed_methods, reason = "a file for a script")]
        std::fs::write(path, lines.concat()).unwrap();
    }
}

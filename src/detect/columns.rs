//! Guesses what a column name speaks for from the runs of letters in its words.
//!
//! The weights are learnt from `patterns/columns/names.tsv` by `patterns/columns/train.py`: multinomial logistic regression.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use foldhash::fast::FixedState;

const MODEL: &[u8] = include_bytes!("../../patterns/columns/model.bin");
/// How the model writes that a column is no personal data.
const NO_CATEGORY: &str = "-";
/// Weights are kept in eighths.
const SCALE: f32 = 8.0;
/// Lengths of the runs of letters.
const RUNS: std::ops::RangeInclusive<usize> = 2..=5;

struct Model {
    categories: Vec<(&'static str, f32)>,
    /// By hash of a run of letters: where its weights stand, two bytes each.
    runs: HashMap<u32, &'static [u8], FixedState>,
}

/// What a name may speak for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Guess {
    /// `None` when it speaks for no personal data.
    pub(super) category: Option<&'static str>,
    pub(super) probability: f32,
}

fn model() -> &'static Model {
    static PARSED: OnceLock<Model> = OnceLock::new();
    PARSED.get_or_init(|| Model::parse(MODEL).expect("a test reads the embedded model"))
}

impl Model {
    fn parse(mut rest: &'static [u8]) -> Option<Self> {
        let mut take = |count: usize| {
            let (taken, left) = rest.split_at_checked(count)?;
            rest = left;
            Some(taken)
        };
        let count = u16::from_le_bytes(take(2)?.try_into().ok()?);
        let mut categories = Vec::new();
        for _ in 0..count {
            let intercept = f32::from_le_bytes(take(4)?.try_into().ok()?);
            let length = take(1)?[0];
            let category = str::from_utf8(take(usize::from(length))?).ok()?;
            categories.push((category, intercept));
        }
        let count = u32::from_le_bytes(take(4)?.try_into().ok()?);
        let mut runs = HashMap::default();
        for _ in 0..count {
            let hash = u32::from_le_bytes(take(4)?.try_into().ok()?);
            let weights = take(1)?[0];
            runs.insert(hash, take(2 * usize::from(weights))?);
        }
        rest.is_empty().then_some(Self { categories, runs })
    }
}

/// What the folded words of a name may speak for, the likeliest first.
pub(super) fn guess(words: &[String]) -> Vec<Guess> {
    let model = model();
    let all = hashes(words);
    let each = 1.0 / (all.len().max(1) as f32).sqrt() / SCALE;
    let mut scores: Vec<f32> = model.categories.iter().map(|(_, start)| *start).collect();
    let mut is_known = false;
    for weights in all.iter().filter_map(|hash| model.runs.get(hash)) {
        is_known = true;
        for pair in weights.chunks_exact(2) {
            scores[usize::from(pair[0])] += each * f32::from(pair[1].cast_signed());
        }
    }
    if !is_known {
        return Vec::new();
    }
    let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f32 = scores.iter().map(|score| (score - most).exp()).sum();
    let mut guesses: Vec<Guess> = (model.categories.iter())
        .zip(&scores)
        .map(|(&(category, _), score)| Guess {
            category: Some(category).filter(|&category| category != NO_CATEGORY),
            probability: (score - most).exp() / sum,
        })
        .collect();
    guesses.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    guesses
}

/// Hashes of the runs of letters, borders of words among them. In order, so that sums are the same in every run.
fn hashes(words: &[String]) -> Vec<u32> {
    let mut all = HashSet::new();
    for word in words {
        let word: Vec<char> = format!(" {word} ").chars().collect();
        for length in RUNS {
            all.extend(
                word.windows(length)
                    .map(|run| fnv(&run.iter().collect::<String>())),
            );
        }
    }
    let mut all: Vec<u32> = all.into_iter().collect();
    all.sort_unstable();
    all
}

/// FNV-1a.
fn fnv(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
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
        for (category, _) in &model().categories {
            assert!(*category == NO_CATEGORY || Catalog::builtin().find(category).is_some());
        }
        let is_right = |&(name, labels): &(&str, &str)| {
            let best = guess(&folded_words(name))
                .first()
                .and_then(|guess| guess.category);
            labels
                .split('|')
                .any(|label| label == best.unwrap_or(NO_CATEGORY))
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

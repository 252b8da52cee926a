//! What a column looks like as a whole, and what the model that was learnt from labelled columns says of it.
//!
//! The columns are `patterns/columns/columns.tsv`, the weights are learnt by `patterns/columns/train.py`; see
//! [`crate::detect::model`]. What it says for a category is the log2 of how much likelier that is than no personal data, and
//! it is a sum: so much comes from the name, so much from the values, so much from what was made of both before.

use std::sync::OnceLock;

use crate::detect::columns;
use crate::detect::evidence::ColumnEvidence;
use crate::detect::header::{self, HeaderEvidence};
use crate::detect::model::{Feature, Model, fnv};

const WEIGHTS: &[u8] = include_bytes!("../patterns/columns/columns.bin");

/// A column, as the model sees it.
pub(crate) struct Portrait<'a> {
    pub(crate) path: &'a str,
    pub(crate) header: &'a HeaderEvidence,
    pub(crate) seen: &'a ColumnEvidence,
    pub(crate) distinct: u64,
    /// Patterns that a part of the cells fits: their ids, that part, and what it is worth in bits.
    pub(crate) patterns: Vec<(&'a str, f64, f64)>,
    /// What was made of the column without the model, and its bits.
    pub(crate) before: Option<(String, f64)>,
    /// Whether other columns belong to persons.
    pub(crate) among_persons: bool,
}

/// What speaks for one category.
#[derive(Debug)]
pub(crate) struct Opinion {
    /// `None` when it is no personal data.
    pub(crate) category: Option<&'static str>,
    /// Where the bits come from that speak for it and against no personal data.
    pub(crate) terms: [(&'static str, f64); 4],
}

impl Opinion {
    /// Their sum.
    pub(crate) fn bits(&self) -> f64 {
        self.terms.iter().map(|(_, bits)| bits).sum()
    }
}

fn model() -> &'static Model {
    static PARSED: OnceLock<Model> = OnceLock::new();
    PARSED.get_or_init(|| Model::parse(WEIGHTS).expect("a test reads the embedded model"))
}

/// The words of a name that somebody gave.
pub(crate) fn telling_words(path: &str) -> Vec<String> {
    if header::is_meaningless(path) {
        Vec::new()
    } else {
        header::folded_words(path)
    }
}

impl Portrait<'_> {
    /// What is told of the column beside the words of its name and of its values.
    pub(crate) fn facts(&self) -> Vec<(String, f64)> {
        let filled = self.seen.filled().max(1);
        let mut facts = vec![
            (format!("d{}", 4 * self.distinct.min(filled) / filled), 0.5),
            (format!("D{}", self.distinct.max(1).ilog2().min(6)), 0.5),
            (format!("k{}", u8::from(self.among_persons)), 0.5),
        ];
        let name = self.header.categories.iter();
        facts.extend(name.map(|(category, bits)| (format!("e{category}"), bits / header::EXACT)));
        for (id, share, bits) in &self.patterns {
            facts.push((format!("p{id}"), share.min(1.0)));
            facts.push((
                format!("P{id}"),
                ((1.0 + bits.max(0.0)).log2() / 2.5).min(2.0),
            ));
        }
        match &self.before {
            Some((category, bits)) => {
                facts.push((format!("g{category}"), 1.0));
                facts.push((
                    format!("G{category}{}", (bits.max(0.0) as u32 / 2).min(12)),
                    0.7,
                ));
            }
            None => facts.push(("g".to_owned(), 1.0)),
        }
        facts
    }

    /// What the model says, the likeliest first.
    pub(crate) fn opinions(&self) -> Vec<Opinion> {
        let model = model();
        let facts = self.facts();
        let of_facts: Vec<Feature> = facts
            .iter()
            .map(|(name, much)| (fnv(name), *much as f32))
            .collect();
        let words = telling_words(self.path);
        let groups = [
            columns::features(&words, "h"),
            self.seen.sample.features(),
            of_facts,
        ];
        let intercepts = model.intercepts();
        let of_group = |group: &Vec<Feature>| {
            let scores = model.scores(group);
            scores.unwrap_or_else(|| vec![0.0; intercepts.len()])
        };
        let parts: Vec<Vec<f32>> = [intercepts.clone()]
            .into_iter()
            .chain(groups.iter().map(of_group))
            .collect();
        let sums: Vec<f32> = (0..intercepts.len())
            .map(|at| parts.iter().map(|part| part[at]).sum())
            .collect();
        let guesses = model.guesses(&sums);
        let Some(none) = guesses
            .iter()
            .find(|guess| guess.category.is_none())
            .map(|g| g.index)
        else {
            return Vec::new();
        };
        let bits = |part: usize, at: usize| {
            f64::from(parts[part][at] - parts[part][none]) * std::f64::consts::LOG2_E
        };
        guesses
            .iter()
            .map(|guess| Opinion {
                category: guess.category,
                terms: [
                    ("model", bits(0, guess.index)),
                    ("model-header", bits(1, guess.index)),
                    ("model-values", bits(2, guess.index)),
                    ("model-evidence", bits(3, guess.index)),
                ],
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::category::Catalog;
    use crate::detect::sample::tests::features_of;

    /// A line of `columns.tsv`: what the column may be called, and what the model is told of it.
    fn example(line: &str) -> (Vec<&str>, Vec<Feature>) {
        let mut fields = line.split('\t').skip(1);
        let mut next = || fields.next().unwrap();
        let (labels, name, words) = (next(), next(), next());
        let name: Vec<String> = name
            .split(' ')
            .filter(|w| !w.is_empty())
            .map(str::to_owned)
            .collect();
        let words: Vec<(&str, usize)> = words
            .split_whitespace()
            .map(|word| word.rsplit_once(':').unwrap())
            .map(|(word, count)| (word, count.parse().unwrap()))
            .collect();
        let of_facts = fields.map(|fact| {
            let (fact, much) = fact.rsplit_once('=').unwrap();
            (fnv(fact), much.parse().unwrap())
        });
        let mut features = columns::features(&name, "h");
        features.extend(features_of(&words));
        features.extend(of_facts);
        (labels.split('|').collect(), features)
    }

    #[test]
    fn the_model_was_learnt_from_the_columns_beside_it() {
        let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/patterns/columns/columns.tsv");
        let examples = std::fs::read_to_string(examples).unwrap();
        let (mut seen, mut right) = (0, 0);
        for line in examples.lines().step_by(10) {
            let (labels, features) = example(line);
            let scores = model().scores(&features).unwrap();
            let sums: Vec<f32> = scores
                .iter()
                .zip(model().intercepts())
                .map(|(a, b)| a + b)
                .collect();
            let category = model().guesses(&sums)[0].category.unwrap_or("-");
            seen += 1;
            right += usize::from(labels.contains(&category));
        }
        assert!(seen > 1000 && right * 100 >= seen * 97, "{right} of {seen}");
    }

    #[test]
    fn the_model_knows_the_categories() {
        for category in model().known() {
            assert!(Catalog::builtin().find(category).is_some(), "{category}");
        }
    }
}

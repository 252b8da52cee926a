//! What a sample of a column's values is written with: its commonest words and its shapes, by their hashes. No value is kept.

use std::collections::{BTreeMap, HashMap};

use super::model::{Feature, fnv, more, runs};
use super::shape::{is_letter, lower};
use super::translit;

/// Values that are looked at closely.
const SAMPLE: usize = 48;
/// Of one value.
const MOST_WORDS: usize = 12;
const MOST_CHARACTERS: usize = 200;
const LONGEST_MASK: usize = 24;
/// Of a column.
const COMMONEST: usize = 24;
/// Shapes of a smaller part of the values tell nothing.
const RARE: f32 = 0.06;
/// Lengths of the runs of letters of a word.
const RUNS: std::ops::RangeInclusive<usize> = 3..=4;
/// A word in a mask.
const WORD: char = 'A';
/// What words are worth beside a shape.
const OF_WORDS: f32 = 2.0;

/// The distinct values of a column whose hashes are smallest: a sample that depends neither on order nor on batches.
#[derive(Clone)]
pub struct Sample {
    values: BTreeMap<u64, Look>,
    /// Values from this hash on have no place.
    limit: u64,
}

/// Hashes of words could be looked up.
impl std::fmt::Debug for Sample {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sample")
            .field("values", &self.values.len())
            .finish_non_exhaustive()
    }
}

impl Default for Sample {
    fn default() -> Self {
        Self {
            values: BTreeMap::new(),
            limit: u64::MAX,
        }
    }
}

/// How one value is written.
#[derive(Clone)]
struct Look {
    words: Vec<Word>,
    /// Hashes of what is told of its shape.
    shapes: Vec<u32>,
}

#[derive(Clone)]
struct Word {
    hash: u32,
    runs: Vec<u32>,
}

impl Sample {
    /// Looks at a value, if it is one of the sample.
    pub fn add(&mut self, hash: u64, value: &str) {
        if hash < self.limit {
            self.values.entry(hash).or_insert_with(|| Look::of(value));
            self.shrink();
        }
    }

    /// Joins the samples of two parts of one column.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.values.extend(other.values);
        self.shrink();
        self
    }

    fn shrink(&mut self) {
        while self.values.len() > SAMPLE {
            self.values.pop_last();
        }
        if self.values.len() == SAMPLE {
            self.limit = self
                .values
                .last_key_value()
                .map_or(u64::MAX, |(&last, _)| last);
        }
    }

    /// The commonest words: by hash, in how many values each is, and its runs of letters.
    fn words(&self) -> Vec<(u32, usize, &[u32])> {
        let mut counts: HashMap<u32, (usize, &[u32])> = HashMap::new();
        for word in self.values.values().flat_map(|look| &look.words) {
            counts.entry(word.hash).or_insert((0, &word.runs)).0 += 1;
        }
        let mut all: Vec<_> = counts
            .into_iter()
            .map(|(hash, (count, runs))| (hash, count, runs))
            .collect();
        all.sort_by_key(|&(hash, count, _)| (std::cmp::Reverse(count), hash));
        all.truncate(COMMONEST);
        all
    }

    /// What a model is told of the values.
    pub(crate) fn features(&self) -> Vec<Feature> {
        let mut features = of_words(self.words());
        features.extend(self.shapes());
        features
    }

    /// The share of values that are one word and nothing else.
    pub fn share_of_words(&self) -> f32 {
        let word = fnv(&format!("m{WORD}"));
        self.shapes().get(&word).copied().unwrap_or(0.0)
    }

    /// The shares of values of which each thing is told.
    fn shapes(&self) -> BTreeMap<u32, f32> {
        let each = 1.0 / self.values.len().max(1) as f32;
        let mut shares: BTreeMap<u32, f32> = BTreeMap::new();
        for &hash in self.values.values().flat_map(|look| &look.shapes) {
            *shares.entry(hash).or_default() += each;
        }
        shares.retain(|_, share| *share >= RARE);
        shares
    }
}

/// What a model is told of words, each with the number of values it is in and with its runs of letters.
fn of_words<'a>(words: impl IntoIterator<Item = (u32, usize, &'a [u32])>) -> Vec<Feature> {
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    for (hash, count, runs) in words {
        for &feature in runs.iter().chain([&hash]) {
            *counts.entry(feature).or_default() += count;
        }
    }
    let squares = counts.values().map(|&count| (count * count) as f32);
    let each = OF_WORDS / squares.sum::<f32>().sqrt().max(1.0);
    let counts = counts.into_iter();
    counts
        .map(|(hash, count)| (hash, each * count as f32))
        .collect()
}

impl Word {
    /// Takes a word behind the letter that marks it.
    fn of(text: &str) -> Self {
        let mut of_word = Vec::new();
        let start = fnv("r");
        runs(&text[1..], RUNS, |run| of_word.push(more(start, run)));
        of_word.sort_unstable();
        of_word.dedup();
        Self {
            hash: fnv(text),
            runs: of_word,
        }
    }
}

impl Look {
    fn of(value: &str) -> Self {
        let value = match value.char_indices().nth(MOST_CHARACTERS) {
            Some((end, _)) => &value[..end],
            None => value,
        };
        let mut words: Vec<Word> = Vec::new();
        for text in words_of(value) {
            if words.iter().all(|known| known.hash != fnv(&text)) {
                words.push(Word::of(&text));
            }
        }
        let shapes = shapes_of(value).iter().map(|shape| fnv(shape)).collect();
        Self { words, shapes }
    }
}

/// The first words of a value in one spelling, each behind the letter that marks a word.
fn words_of(value: &str) -> impl Iterator<Item = String> {
    value
        .split(|c: char| !is_letter(c))
        .filter(|word| word.chars().nth(1).is_some())
        .map(|word| word.chars().map(lower).collect::<String>())
        .map(|word| format!("w{}", translit::fold(&word)))
        .filter(|word| word.len() > 2)
        .take(MOST_WORDS)
}

/// What is told of how a value is written: its mask, its length, its spaces, its size.
fn shapes_of(value: &str) -> Vec<String> {
    let length = value.chars().count();
    let spaces = value.bytes().filter(|&b| b == b' ').count();
    let mut told = vec![
        format!("m{}", mask(value)),
        format!("l{}", length.max(1).ilog2().min(9)),
        format!("s{}", spaces.min(8)),
    ];
    let number = value
        .replace([' ', '\u{a0}'], "")
        .replace(',', ".")
        .parse::<f64>();
    if let Ok(number) = number.map(f64::abs)
        && number < 1e18
    {
        told.push(format!("n{}", ((number + 1.0).log10() * 2.0) as u32));
    }
    told
}

/// Digits as `0`, letters as `a`, three letters or more as `A`.
fn mask(value: &str) -> String {
    let mut mask = String::new();
    let mut letters = 0;
    let end = |mask: &mut String, letters: &mut usize| match std::mem::take(letters) {
        3.. => mask.push(WORD),
        few => mask.extend(std::iter::repeat_n('a', few)),
    };
    for c in value.chars() {
        if is_letter(c) {
            letters += 1;
            continue;
        }
        end(&mut mask, &mut letters);
        mask.push(match c {
            c if c.is_numeric() => '0',
            c if c.is_control() => ' ',
            c => c,
        });
    }
    end(&mut mask, &mut letters);
    mask.chars().take(LONGEST_MASK).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// What is told of a value, in words.
    pub(crate) fn told(value: &str) -> Vec<String> {
        let value: String = value.chars().take(MOST_CHARACTERS).collect();
        words_of(&value).chain(shapes_of(&value)).collect()
    }

    /// What a model is told of words in folded spelling, with the number of values each is in.
    pub(crate) fn features_of(words: &[(&str, usize)]) -> Vec<Feature> {
        let known: Vec<(Word, usize)> = words
            .iter()
            .map(|(text, count)| (Word::of(&format!("w{text}")), *count))
            .collect();
        of_words(
            known
                .iter()
                .map(|(word, count)| (word.hash, *count, word.runs.as_slice())),
        )
    }

    impl Sample {
        /// The commonest words and the shapes with their shares, by hash.
        pub(crate) fn facts(&self) -> (Vec<(u32, usize)>, BTreeMap<u32, f32>) {
            let words = self
                .words()
                .into_iter()
                .map(|(hash, count, _)| (hash, count));
            (words.collect(), self.shapes())
        }
    }

    #[test]
    fn words_and_shapes_are_told() {
        let told = told("г. Алматы, 050000");
        assert_eq!(told, ["walmati", "ma. A, 000000", "l4", "s2"]);
        assert_eq!(
            super::tests::told("1 250,5"),
            ["m0 000,0", "l2", "s1", "n6"]
        );
    }

    #[test]
    fn a_sample_depends_on_no_order() {
        let values: Vec<String> = (0..500_u64).map(|i| format!("value {i}")).collect();
        let hash = |value: &String| u64::from(fnv(value)) << 20;
        let mut forth = Sample::default();
        for value in &values {
            forth.add(hash(value), value);
        }
        let mut parts = [Sample::default(), Sample::default()];
        for (at, value) in values.iter().rev().enumerate() {
            parts[at % 2].add(hash(value), value);
        }
        let [one, other] = parts;
        assert_eq!(forth.values.len(), SAMPLE);
        assert_eq!(forth.features(), one.merge(other).features());
    }
}

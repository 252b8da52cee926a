//! Weights that were learnt from labelled examples: multinomial logistic regression over named features.
//!
//! A file holds the categories with their intercepts, then the features in the order of the hashes of their names, each
//! with its weights. `patterns/columns/train.py` writes it.

/// How a model writes that something is no personal data.
const NO_CATEGORY: &str = "-";
/// Weights are kept in eighths.
const SCALE: f32 = 8.0;
/// A feature: the hash of its name, and how much of it there is.
pub(crate) type Feature = (u32, f32);

/// A model that was read.
#[derive(Debug)]
pub(crate) struct Model {
    /// With their intercepts.
    categories: Vec<(&'static str, f32)>,
    /// By feature: its hash and where its weights begin.
    features: &'static [u8],
    weights: &'static [u8],
}

/// Bytes of a feature: its hash, the place of its weights, their number.
const ENTRY: usize = 4 + 4 + 1;

/// What a model says of one category.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Guess {
    /// Where its score stands.
    pub(crate) index: usize,
    /// `None` when it is no personal data.
    pub(crate) category: Option<&'static str>,
    pub(crate) probability: f32,
}

impl Model {
    pub(crate) fn parse(mut rest: &'static [u8]) -> Option<Self> {
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
        let features = take(ENTRY * usize::try_from(count).ok()?)?;
        Some(Self {
            categories,
            features,
            weights: rest,
        })
    }

    /// The weights of a feature: number of a category and its weight, by turns.
    fn weights(&self, feature: u32) -> Option<&'static [u8]> {
        let (entries, _) = self.features.as_chunks::<ENTRY>();
        let hash =
            |entry: &[u8; ENTRY]| u32::from_le_bytes([entry[0], entry[1], entry[2], entry[3]]);
        let at = entries.binary_search_by_key(&feature, hash).ok()?;
        let [_, _, _, _, a, b, c, d, count] = entries[at];
        let start = u32::from_le_bytes([a, b, c, d]) as usize;
        self.weights.get(start..start + 2 * usize::from(count))
    }

    /// What the features are worth to every category; nothing when none of them is known.
    pub(crate) fn scores(&self, features: &[Feature]) -> Option<Vec<f32>> {
        let mut scores = vec![0.0; self.categories.len()];
        let mut is_known = false;
        for &(hash, much) in features {
            for &[category, weight] in self.weights(hash).into_iter().flat_map(|w| w.as_chunks().0)
            {
                is_known = true;
                scores[usize::from(category)] += much / SCALE * f32::from(weight.cast_signed());
            }
        }
        is_known.then_some(scores)
    }

    /// What each category is worth before anything is seen.
    pub(crate) fn intercepts(&self) -> Vec<f32> {
        self.categories.iter().map(|(_, start)| *start).collect()
    }

    /// What scores speak for, the likeliest first.
    pub(crate) fn guesses(&self, scores: &[f32]) -> Vec<Guess> {
        let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let sum: f32 = scores.iter().map(|score| (score - most).exp()).sum();
        let mut guesses: Vec<Guess> = (0..scores.len())
            .map(|index| Guess {
                index,
                category: Some(self.categories[index].0).filter(|&id| id != NO_CATEGORY),
                probability: (scores[index] - most).exp() / sum,
            })
            .collect();
        guesses.sort_by(|a, b| b.probability.total_cmp(&a.probability));
        guesses
    }

    /// The categories it knows, but for that of no personal data.
    #[cfg(test)]
    pub(crate) fn known(&self) -> impl Iterator<Item = &'static str> {
        let all = self.categories.iter().map(|(category, _)| *category);
        all.filter(|&category| category != NO_CATEGORY)
    }
}

/// FNV-1a.
pub(crate) fn fnv(text: &str) -> u32 {
    more(0x811c_9dc5, text)
}

/// Goes on with a hash.
pub(crate) fn more(hash: u32, text: &str) -> u32 {
    text.bytes().fold(hash, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

/// Runs of letters of a word, its borders among them.
pub(crate) fn runs(
    word: &str,
    lengths: std::ops::RangeInclusive<usize>,
    mut take: impl FnMut(&str),
) {
    let word = format!(" {word} ");
    let starts: Vec<usize> = word
        .char_indices()
        .map(|(at, _)| at)
        .chain([word.len()])
        .collect();
    for length in lengths {
        for run in starts.windows(length + 1) {
            take(&word[run[0]..run[length]]);
        }
    }
}

//! What the values of a column say for each pattern.

use super::{MAJORITY, MINORITY};
use crate::detect::Detectors;
use crate::detect::evidence::ColumnEvidence;

/// The most that values with something around them can say of a column: its name knows better.
const INSIDE_CAP: f64 = 9.5;
/// A form worth this much is no chance, however many cells there are.
pub(super) const SURE_FORM: f64 = 10.0;
/// What a shape is worth beyond its bits when all cells of a column have it: cells of one column are written alike.
const SHAPE_REPEATED: f64 = 4.0;
/// Hits must be this many times more frequent than chance.
pub(super) const ABOVE_CHANCE: f64 = 2.0;

/// What the values say for one pattern.
#[derive(Clone, Copy, Default)]
pub(super) struct Support {
    pub(super) hits: u64,
    pub(super) bits: f64,
    pub(super) share: f64,
}

/// What the values say, by pattern.
pub(super) struct Values {
    /// The whole cells, and those with a word or two around a value.
    pub(super) supports: Vec<Support>,
    /// The whole cells alone.
    pub(super) whole: Vec<Support>,
    /// What lies inside cells.
    pub(super) inside: Vec<Support>,
}

impl Values {
    pub(super) fn of(seen: &ColumnEvidence, distinct: u64, detectors: &Detectors) -> Self {
        let filled = seen.filled();
        let whole = weigh(filled, distinct, detectors, &seen.hits, &seen.invalid);
        let inside = weigh(
            filled,
            distinct,
            detectors,
            &seen.found,
            &seen.found_invalid,
        );
        let join = |(pattern, (whole, inside)): (usize, (&Support, &Support))| {
            // A value with a word or two around it, or in braces, is that value all the same.
            let counts = !is_prose(seen) && !detectors.patterns()[pattern].weak;
            if !counts || inside.share < MINORITY {
                return *whole;
            }
            Support {
                hits: whole.hits + inside.hits,
                bits: whole.bits + inside.bits.min(INSIDE_CAP),
                share: whole.share + inside.share,
            }
        };
        Self {
            supports: whole.iter().zip(&inside).enumerate().map(join).collect(),
            whole,
            inside,
        }
    }
}

/// Tells whether most cells are running text.
pub(super) fn is_prose(seen: &ColumnEvidence) -> bool {
    seen.text as f64 > MAJORITY * seen.filled() as f64
}

fn weigh(
    filled: u64,
    distinct: u64,
    detectors: &Detectors,
    hits: &[u64],
    invalid: &[u64],
) -> Vec<Support> {
    let mut supports = vec![Support::default(); detectors.patterns().len()];
    if filled == 0 {
        return supports;
    }
    let distinct_share = (distinct as f64 / filled as f64).min(1.0);
    let speaks = |&form: &usize| hits[form] > 0 && !detectors.form(form).is_impersonal;
    for form in (0..hits.len()).filter(speaks) {
        let shape = detectors.form(form);
        let support = &mut supports[detectors.pattern_of(form)];
        let trials = if shape.validator.is_some() && shape.bits < SURE_FORM {
            hits[form] + invalid[form]
        } else {
            filled
        };
        support.hits += hits[form];
        let counted = (hits[form] as f64 * distinct_share).max(1.0);
        support.bits += if shape.bits >= SURE_FORM {
            counted * shape.bits
        } else {
            let bits = surprise(
                counted,
                (trials as f64 * distinct_share).max(counted),
                (-shape.bits).exp2(),
            );
            if shape.validator.is_some() || shape.is_vocabulary() {
                bits
            } else {
                bits.min(shape.bits + SHAPE_REPEATED)
            }
        };
    }
    for support in &mut supports {
        support.share = support.hits as f64 / filled as f64;
    }
    supports
}

/// Bits of surprise at that many hits in that many trials, when each hits by chance.
fn surprise(hits: f64, trials: f64, chance: f64) -> f64 {
    let rate = hits / trials;
    if rate < ABOVE_CHANCE * chance && rate < 1.0 {
        return 0.0;
    }
    let missed = if rate < 1.0 {
        (1.0 - rate) * ((1.0 - rate) / (1.0 - chance)).log2()
    } else {
        0.0
    };
    trials * (rate * (rate / chance).log2() + missed)
}

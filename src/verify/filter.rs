//! A set of hashes in fixed memory that may say yes too often, never no: a Bloom filter whose bits of one value stand in few
//! machine words (Putze, Sanders, Singler, Cache-, Hash- and Space-Efficient Bloom Filters, 2007).

use std::sync::atomic::{AtomicU64, Ordering};

use crate::budget;

/// The set; many threads may add at once.
pub(super) struct Filter {
    words: Vec<AtomicU64>,
    /// Lines of each part.
    lines: u64,
}

/// Every hash has a line of the processor's cache in each part of the filter, and bits in one word of each half of it.
const PARTS: usize = 2;
const HALVES: usize = 2;
const WORDS_A_HALF: usize = 4;
const WORDS_A_LINE: usize = HALVES * WORDS_A_HALF;
const BITS_A_WORD: u32 = 5;
/// With these, few texts in a thousand million are taken for another as long as the set has its room.
const BITS_PER_VALUE: u64 = 48;
const LEAST_BITS: u64 = 1 << 16;
/// Odd, so that no bit of a hash is lost.
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

impl Filter {
    /// Room for about so many values, in the memory that so many filters have together.
    pub(super) fn sharing(values: u64, filters: u64) -> Self {
        let bits = values.saturating_mul(BITS_PER_VALUE);
        let words = bits.clamp(LEAST_BITS, budget::filter() / filters * 8) / 64;
        let lines = words / (PARTS * WORDS_A_LINE) as u64;
        Self {
            words: (0..lines as usize * PARTS * WORDS_A_LINE)
                .map(|_| AtomicU64::new(0))
                .collect(),
            lines,
        }
    }

    /// The words of a hash, and its bits in each.
    fn words(&self, hash: u64) -> impl Iterator<Item = (&AtomicU64, u64)> {
        let mut mixed = hash;
        let parts = self.words.chunks(self.lines as usize * WORDS_A_LINE);
        parts.flat_map(move |part| {
            mixed = (mixed ^ mixed >> 32).wrapping_mul(MIX);
            let line = ((u128::from(mixed) * u128::from(self.lines)) >> 64) as usize;
            let mut places = mixed;
            (0..HALVES).map(move |half| {
                places = (places ^ places >> 29).wrapping_mul(MIX);
                let place = places >> 32;
                let at = (line * HALVES + half) * WORDS_A_HALF + place as usize % WORDS_A_HALF;
                let bits = (0..BITS_A_WORD).map(|n| 1 << (place >> (2 + 6 * n) & 63));
                (&part[at], bits.fold(0, |all, bit: u64| all | bit))
            })
        })
    }

    /// Adds hashes; those of a few are looked up together, so that the memory is waited for once.
    pub(super) fn add_all(&self, hashes: &[u64]) {
        const TOGETHER: usize = 16;
        let mut are_new = [false; TOGETHER];
        for hashes in hashes.chunks(TOGETHER) {
            for (is_new, &hash) in are_new.iter_mut().zip(hashes) {
                let held =
                    |(word, bits): (&AtomicU64, u64)| word.load(Ordering::Relaxed) & bits == bits;
                *is_new = !(self.words(hash)).fold(true, |all, word| all & held(word));
            }
            let new = hashes.iter().zip(are_new).filter(|(_, is_new)| *is_new);
            new.for_each(|(&hash, _)| self.add(hash));
        }
    }

    /// Adds a hash.
    pub(super) fn add(&self, hash: u64) {
        for (word, bits) in self.words(hash) {
            word.fetch_or(bits, Ordering::Relaxed);
        }
    }

    /// Tells whether a hash may have been added.
    pub(super) fn may_hold(&self, hash: u64) -> bool {
        (self.words(hash)).all(|(word, bits)| word.load(Ordering::Relaxed) & bits == bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_is_held_and_nothing_else() {
        let filter = Filter::sharing(10_000, 1);
        let hash = |i: u64| {
            (i + 1)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                .rotate_left(29)
                .wrapping_mul(0xbf58_476d_1ce4_e5b9)
        };
        (0..10_000).for_each(|i| filter.add(hash(i)));
        assert!((0..10_000).all(|i| filter.may_hold(hash(i))));
        let wrong = (10_000..1_010_000)
            .filter(|&i| filter.may_hold(hash(i)))
            .count();
        assert_eq!(wrong, 0, "of 1000000");
    }
}

//! A set of hashes in fixed memory that may say yes too often, never no (Bloom, 1970).

use std::sync::atomic::{AtomicU64, Ordering};

/// The set; many threads may add at once.
pub(super) struct Filter {
    words: Vec<AtomicU64>,
    mask: u64,
}

const PROBES: u64 = 5;
const BITS_PER_VALUE: u64 = 12;
const LEAST_BITS: u64 = 1 << 16;
const MOST_BITS: u64 = 1 << 28;

impl Filter {
    /// Room for about so many values.
    pub(super) fn for_values(values: u64) -> Self {
        let bits = (values.saturating_mul(BITS_PER_VALUE))
            .next_power_of_two()
            .clamp(LEAST_BITS, MOST_BITS);
        Self {
            words: (0..bits / 64).map(|_| AtomicU64::new(0)).collect(),
            mask: bits - 1,
        }
    }

    fn probes(&self, hash: u64) -> impl Iterator<Item = (usize, u64)> {
        let step = (hash >> 32) | 1;
        let mask = self.mask;
        (0..PROBES).map(move |i| {
            let bit = hash.wrapping_add(i.wrapping_mul(step)) & mask;
            ((bit / 64) as usize, 1 << (bit % 64))
        })
    }

    /// Adds a hash.
    pub(super) fn add(&self, hash: u64) {
        for (word, bit) in self.probes(hash) {
            self.words[word].fetch_or(bit, Ordering::Relaxed);
        }
    }

    /// Tells whether a hash may have been added.
    pub(super) fn may_hold(&self, hash: u64) -> bool {
        self.probes(hash)
            .all(|(word, bit)| self.words[word].load(Ordering::Relaxed) & bit != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_is_held_and_little_else() {
        let filter = Filter::for_values(10_000);
        let hash = |i: u64| {
            (i + 1)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                .rotate_left(29)
                .wrapping_mul(0xbf58_476d_1ce4_e5b9)
        };
        (0..10_000).for_each(|i| filter.add(hash(i)));
        assert!((0..10_000).all(|i| filter.may_hold(hash(i))));
        let wrong = (10_000..110_000)
            .filter(|&i| filter.may_hold(hash(i)))
            .count();
        assert!(wrong < 3_000, "{wrong} of 100000");
    }
}

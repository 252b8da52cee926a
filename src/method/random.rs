//! Random numbers that nobody can compute again: SHA-256 over a seed of the run's key and a counter.

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

const BLOCK: usize = 32;

/// A stream of random numbers.
pub(super) struct Random {
    seed: Zeroizing<[u8; BLOCK]>,
    counter: u64,
    block: Zeroizing<[u8; BLOCK]>,
    used: usize,
}

impl Random {
    /// The stream of a seed; two seeds give streams that have nothing in common.
    pub(super) fn of(seed: [u8; BLOCK]) -> Self {
        Self {
            seed: Zeroizing::new(seed),
            counter: 0,
            block: Zeroizing::new([0; BLOCK]),
            used: BLOCK,
        }
    }

    fn next(&mut self) -> u64 {
        if self.used == BLOCK {
            let mut hash = Sha256::new();
            hash.update(self.seed.as_slice());
            hash.update(self.counter.to_le_bytes());
            self.block.copy_from_slice(&hash.finalize());
            self.counter += 1;
            self.used = 0;
        }
        let mut eight = [0; 8];
        eight.copy_from_slice(&self.block[self.used..self.used + 8]);
        self.used += 8;
        u64::from_le_bytes(eight)
    }

    /// A number below `bound`; each as likely but for one part in 2^64.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }

    /// A number above 0 and at most 1.
    pub(super) fn share(&mut self) -> f64 {
        const STEPS: u64 = 1 << 53;
        (self.below(STEPS) + 1) as f64 / STEPS as f64
    }

    /// So many decimal digits.
    pub(super) fn digits(&mut self, count: usize) -> String {
        (0..count)
            .map(|_| char::from(b'0' + self.below(10) as u8))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_in_their_bounds_and_spread_over_them() {
        let mut random = Random::of([7; BLOCK]);
        let mut met = [0; 10];
        for _ in 0..10_000 {
            met[random.below(10) as usize] += 1;
            let share = random.share();
            assert!(share > 0.0 && share <= 1.0);
        }
        assert!(met.iter().all(|&count| (800..1200).contains(&count)));
        assert_eq!(random.digits(7).len(), 7);
    }
}

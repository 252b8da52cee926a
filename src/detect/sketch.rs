//! Counts distinct values in fixed memory: exactly while they are few, by HyperLogLog after that.
//!
//! Flajolet et al., "HyperLogLog: the analysis of a near-optimal cardinality estimation algorithm", 2007, with linear
//! counting below 2.5 m. Merging is associative and commutative, so the count does not depend on batches or threads.

const PRECISION: u32 = 12;
const REGISTERS: usize = 1 << PRECISION;
const EXACT: usize = 512;
/// Hashes that wait to be sorted.
const WAITING: usize = 640;

/// Distinct values of one column, known by their hashes only.
#[derive(Clone, Debug)]
pub struct Distinct {
    /// All hashes, repeated ones among them, while there are few distinct ones.
    few: Option<Vec<u64>>,
    registers: Vec<u8>,
}

impl Default for Distinct {
    fn default() -> Self {
        Self {
            few: Some(Vec::new()),
            registers: Vec::new(),
        }
    }
}

fn sorted(mut hashes: Vec<u64>) -> Vec<u64> {
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

impl Distinct {
    /// Adds the hash of a value.
    pub fn add(&mut self, hash: u64) {
        let Some(few) = &mut self.few else {
            return self.register(hash);
        };
        few.push(hash);
        if few.len() >= WAITING {
            *few = sorted(std::mem::take(few));
            if few.len() > EXACT {
                self.spill();
            }
        }
    }

    fn spill(&mut self) {
        if self.registers.is_empty() {
            self.registers = vec![0; REGISTERS];
        }
        for hash in self.few.take().unwrap_or_default() {
            self.register(hash);
        }
    }

    fn register(&mut self, hash: u64) {
        let index = usize::try_from(hash >> (64 - PRECISION)).expect("twelve bits fit");
        let rank = u8::try_from((hash << PRECISION | 1 << (PRECISION - 1)).leading_zeros() + 1)
            .expect("at most 53");
        self.registers[index] = self.registers[index].max(rank);
    }

    /// Adds the values of another column part.
    #[must_use]
    pub fn merge(mut self, mut other: Self) -> Self {
        match (&mut self.few, &other.few) {
            (Some(_), Some(theirs)) => {
                for &hash in theirs {
                    self.add(hash);
                }
                self
            }
            (Some(_), None) => other.merge(self),
            (None, _) => {
                other.spill();
                for (mine, theirs) in self.registers.iter_mut().zip(&other.registers) {
                    *mine = (*mine).max(*theirs);
                }
                self
            }
        }
    }

    /// How many distinct values there were.
    pub fn count(&self) -> u64 {
        if let Some(few) = &self.few {
            let exact = sorted(few.clone()).len();
            if exact <= EXACT {
                return exact as u64;
            }
            let mut spilled = self.clone();
            spilled.spill();
            return spilled.count();
        }
        let m = REGISTERS as f64;
        let sum: f64 = self
            .registers
            .iter()
            .map(|&r| 1.0 / (1_u64 << r) as f64)
            .sum();
        let raw = 0.7213 / (1.0 + 1.079 / m) * m * m / sum;
        let empty = self.registers.iter().filter(|&&r| r == 0).count();
        let estimate = if raw <= 2.5 * m && empty > 0 {
            m * (m / empty as f64).ln()
        } else {
            raw
        };
        estimate.round() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(n: u64) -> impl Iterator<Item = u64> {
        use std::hash::BuildHasher;
        (0..n).map(|i| foldhash::quality::FixedState::with_seed(7).hash_one(i))
    }

    #[test]
    fn few_values_are_counted_exactly_and_many_within_five_percent() {
        for n in [0, 1, 300, 512] {
            let mut sketch = Distinct::default();
            hashes(n).for_each(|h| sketch.add(h));
            assert_eq!(sketch.count(), n);
        }
        for n in [2_000, 20_000, 300_000] {
            let mut sketch = Distinct::default();
            hashes(n).for_each(|h| sketch.add(h));
            let error = (sketch.count() as f64 / n as f64 - 1.0).abs();
            assert!(error < 0.05, "{n}: {error}");
        }
    }

    #[test]
    fn merging_in_any_order_gives_one_count() {
        let parts: Vec<Distinct> = [0..400, 200..1_500, 0..100_u64]
            .into_iter()
            .map(|range| {
                let mut sketch = Distinct::default();
                let all: Vec<u64> = hashes(2_000).collect();
                range.for_each(|i| sketch.add(all[i as usize]));
                sketch
            })
            .collect();
        let [a, b, c] = [&parts[0], &parts[1], &parts[2]];
        let left = a.clone().merge(b.clone()).merge(c.clone()).count();
        let right = c.clone().merge(b.clone().merge(a.clone())).count();
        assert_eq!(left, right);
    }
}

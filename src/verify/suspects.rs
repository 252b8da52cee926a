//! Hashes of originals that an output may hold: all of them, or when they are too many a known share.

use std::collections::HashSet;

/// Hashes that are kept.
const MOST: usize = 1 << 20;

/// Keeps the hashes up to a limit, which is halved when they are too many: every order keeps the same ones.
pub(super) struct Suspects {
    hashes: HashSet<u64>,
    limit: u64,
}

impl Default for Suspects {
    fn default() -> Self {
        Self {
            hashes: HashSet::new(),
            limit: u64::MAX,
        }
    }
}

impl Suspects {
    pub(super) fn insert(&mut self, hash: u64) {
        if hash <= self.limit {
            self.hashes.insert(hash);
            self.shrink();
        }
    }

    pub(super) fn merge(mut self, other: Self) -> Self {
        self.limit = self.limit.min(other.limit);
        self.hashes.extend(other.hashes);
        let limit = self.limit;
        self.hashes.retain(|&hash| hash <= limit);
        self.shrink();
        self
    }

    fn shrink(&mut self) {
        while self.hashes.len() > MOST {
            self.limit /= 2;
            let limit = self.limit;
            self.hashes.retain(|&hash| hash <= limit);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    pub(super) fn contains(&self, hash: u64) -> bool {
        self.hashes.contains(&hash)
    }

    /// The share that is kept, unless it is all.
    pub(super) fn covered(&self) -> Option<f64> {
        (self.limit < u64::MAX).then(|| self.limit as f64 / u64::MAX as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_are_a_share_that_hangs_on_no_order() {
        let hash = |i: u64| i.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let all = || (0..3 * MOST as u64).map(hash);
        let mut once = Suspects::default();
        all().for_each(|hash| once.insert(hash));
        let mut parts = [Suspects::default(), Suspects::default()];
        all().for_each(|hash| parts[(hash % 3 / 2) as usize].insert(hash));
        let [a, b] = parts;
        let merged = b.merge(a);
        assert_eq!(once.covered(), merged.covered());
        assert_eq!(once.hashes, merged.hashes);
        assert!((0.2..0.6).contains(&once.covered().unwrap()));
    }
}

//! Hashes of originals that an output may hold: all from some hash on, or when they are too many those up to a limit.

use std::collections::HashSet;

/// Hashes that are kept.
const MOST: usize = 1 << 20;

/// Keeps the hashes up to a limit, which comes halfway nearer when they are too many: every order keeps the same ones.
pub(super) struct Suspects {
    hashes: HashSet<u64>,
    from: u64,
    limit: u64,
    most: usize,
}

impl Suspects {
    /// Those from a hash on.
    pub(super) fn from(from: u64) -> Self {
        Self::with_room(from, MOST)
    }

    /// None yet, from another hash on, with as much room.
    pub(super) fn again(&self, from: u64) -> Self {
        Self::with_room(from, self.most)
    }

    pub(super) fn with_room(from: u64, most: usize) -> Self {
        Self {
            hashes: HashSet::new(),
            from,
            limit: u64::MAX,
            most,
        }
    }

    pub(super) fn insert(&mut self, hash: u64) {
        if (self.from..=self.limit).contains(&hash) {
            self.hashes.insert(hash);
            self.shrink();
        }
    }

    pub(super) fn merge(mut self, other: Self) -> Self {
        self.limit = self.limit.min(other.limit);
        self.hashes.extend(other.hashes);
        self.forget_beyond_limit();
        self.shrink();
        self
    }

    fn shrink(&mut self) {
        while self.hashes.len() > self.most {
            self.limit = self.from + (self.limit - self.from) / 2;
            self.forget_beyond_limit();
        }
    }

    fn forget_beyond_limit(&mut self) {
        let limit = self.limit;
        self.hashes.retain(|&hash| hash <= limit);
    }

    /// Those that are kept.
    pub(super) fn iter(&self) -> impl Iterator<Item = u64> {
        self.hashes.iter().copied()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    pub(super) fn contains(&self, hash: u64) -> bool {
        self.hashes.contains(&hash)
    }

    /// The first hash that is not looked at, if any.
    pub(super) fn rest(&self) -> Option<u64> {
        self.limit.checked_add(1)
    }

    #[cfg(test)]
    pub(super) fn sorted(&self) -> Vec<u64> {
        let mut all: Vec<u64> = self.iter().collect();
        all.sort_unstable();
        all
    }

    /// The share of all hashes that is looked at, unless it is all.
    pub(super) fn covered(&self) -> Option<f64> {
        let rest = self.rest()?;
        Some((rest - self.from) as f64 / u64::MAX as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: usize = 1000;

    #[test]
    fn too_many_are_looked_at_part_by_part_in_whatever_order_they_come() {
        let hash = |i: u64| i.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let all = || (0..7 * ROOM as u64).map(hash);
        let (mut from, mut met) = (Some(0), HashSet::new());
        while let Some(start) = from {
            let mut once = Suspects::with_room(start, ROOM);
            all().for_each(|hash| once.insert(hash));
            let mut parts = [0, 1].map(|_| Suspects::with_room(start, ROOM));
            all().for_each(|hash| parts[(hash % 3 / 2) as usize].insert(hash));
            let [a, b] = parts;
            let merged = b.merge(a);
            assert_eq!(once.rest(), merged.rest());
            assert_eq!(once.hashes, merged.hashes);
            met.extend(once.hashes.iter().copied());
            from = once.rest();
        }
        assert!(all().all(|hash| met.contains(&hash)));
    }
}

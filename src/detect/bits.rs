//! A small set of indices, kept in machine words.

const WORDS: usize = 4;
/// How many indices fit.
pub const CAPACITY: usize = WORDS * 64;

/// A set of numbers below [`CAPACITY`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Bits([u64; WORDS]);

impl Bits {
    /// Adds a number.
    pub fn insert(&mut self, index: usize) {
        self.0[index / 64] |= 1 << (index % 64);
    }

    /// The set as machine words.
    pub fn words(self) -> [u64; WORDS] {
        self.0
    }

    /// Takes out what is in another set.
    #[must_use]
    pub fn without(mut self, other: Self) -> Self {
        self.0
            .iter_mut()
            .zip(other.0)
            .for_each(|(mine, theirs)| *mine &= !theirs);
        self
    }

    /// Adds what is in another set.
    #[must_use]
    pub fn or(mut self, other: Self) -> Self {
        self.0
            .iter_mut()
            .zip(other.0)
            .for_each(|(mine, theirs)| *mine |= theirs);
        self
    }

    /// Keeps what is in another set too.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0
            .iter_mut()
            .zip(other.0)
            .for_each(|(mine, theirs)| *mine &= theirs);
        self
    }

    /// Keeps the numbers that pass.
    #[must_use]
    pub fn filter(self, keep: impl Fn(usize) -> bool) -> Self {
        let mut kept = Self::default();
        (self.iter().filter(|&index| keep(index))).for_each(|index| kept.insert(index));
        kept
    }

    /// Every number that it lacks.
    #[must_use]
    pub fn complement(self) -> Self {
        Self(self.0.map(|word| !word))
    }

    /// Tells whether a number is in it.
    pub fn contains(self, index: usize) -> bool {
        self.0[index / 64] & (1 << (index % 64)) != 0
    }

    /// Tells whether two sets have a number in common.
    pub fn meets(self, other: Self) -> bool {
        self.0
            .iter()
            .zip(other.0)
            .any(|(mine, theirs)| mine & theirs != 0)
    }

    /// Tells whether nothing is in it.
    pub fn is_empty(self) -> bool {
        self.0 == [0; WORDS]
    }

    /// Tells whether there is one number in it.
    pub fn is_single(self) -> bool {
        self.0.iter().map(|word| word.count_ones()).sum::<u32>() == 1
    }

    /// Gives the numbers in rising order.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        let (mut rest, mut word) = (self.0, 0);
        std::iter::from_fn(move || {
            while *rest.get(word)? == 0 {
                word += 1;
            }
            let bit = rest[word].trailing_zeros() as usize;
            rest[word] &= rest[word] - 1;
            Some(word * 64 + bit)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_in_order() {
        let mut bits = Bits::default();
        for index in [200, 0, 63, 64, 255] {
            bits.insert(index);
        }
        assert_eq!(bits.iter().collect::<Vec<_>>(), [0, 63, 64, 200, 255]);
        assert!(Bits::default().is_empty() && Bits::default().iter().next().is_none());
    }
}

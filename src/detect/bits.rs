//! A small set of indices, kept in machine words.

const WORDS: usize = 4;
/// How many indices fit.
pub const CAPACITY: usize = WORDS * 64;

/// A set of numbers below [`CAPACITY`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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

    /// Keeps what is in another set too.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0
            .iter_mut()
            .zip(other.0)
            .for_each(|(mine, theirs)| *mine &= theirs);
        self
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

    /// Gives the numbers in rising order.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        self.0.into_iter().enumerate().flat_map(|(word, mut rest)| {
            std::iter::from_fn(move || {
                let bit = rest.trailing_zeros() as usize;
                rest &= rest.wrapping_sub(1);
                (bit < 64).then_some(word * 64 + bit)
            })
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

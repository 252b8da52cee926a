//! What methods leave in place of values, and how it is known again: a second run must change nothing.

use sha2::{Digest as _, Sha256};

use crate::category::Catalog;

/// Stands for a value that is gone; no detector knows this word.
pub const PLACEHOLDER: &str = "[redacted]";
/// Stands for any value.
pub const ANYTHING: &str = "*";

/// What is secret in a token.
pub(crate) const SECRET_BYTES: usize = 12;
/// What tells that it is a token.
const MARK_BYTES: usize = 4;
const MARK_LABEL: &[u8] = b"iesiz token 1";

/// A token: its secret and what tells that it is one.
pub(crate) fn token(secret: &[u8]) -> String {
    let mut token = data_encoding::HEXLOWER.encode(secret);
    token.push_str(&data_encoding::HEXLOWER.encode(&mark(secret)));
    token
}

/// Tells whether a cell is a token of some run; one hash in four thousand millions looks like one by chance.
pub fn is_token(cell: &str) -> bool {
    if cell.len() != 2 * (SECRET_BYTES + MARK_BYTES) {
        return false;
    }
    let bytes = data_encoding::HEXLOWER.decode(cell.as_bytes());
    bytes.is_ok_and(|bytes| mark(&bytes[..SECRET_BYTES]) == bytes[SECRET_BYTES..])
}

fn mark(secret: &[u8]) -> [u8; MARK_BYTES] {
    let mut hash = Sha256::new();
    hash.update(MARK_LABEL);
    hash.update(secret);
    let mut mark = [0; MARK_BYTES];
    mark.copy_from_slice(&hash.finalize()[..MARK_BYTES]);
    mark
}

/// Tells whether a cell holds nothing but what a method left.
pub fn is_trace(cell: &str) -> bool {
    let is_category = |id: &str| Catalog::builtin().find(id).is_some();
    let marked = cell
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    cell == ANYTHING || cell == PLACEHOLDER || marked.is_some_and(is_category) || is_token(cell)
}

/// Whether a column holds traces, and anything else.
#[derive(Clone, Copy, Debug, Default)]
pub struct Traces {
    are_some: bool,
    are_others: bool,
}

impl Traces {
    /// Looks at a cell that holds something.
    pub fn look(&mut self, cell: &str) {
        if !self.are_others {
            if is_trace(cell) {
                self.are_some = true;
            } else {
                self.are_others = true;
            }
        }
    }

    /// Joins what was seen of two parts of a column.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        Self {
            are_some: self.are_some || other.are_some,
            are_others: self.are_others || other.are_others,
        }
    }

    /// Tells whether there was something, and nothing but traces.
    pub fn are_all(&self) -> bool {
        self.are_some && !self.are_others
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_are_known_and_hashes_are_not_taken_for_them() {
        for cell in ["*", "[redacted]", "[iin]", &token(&[7; SECRET_BYTES])] {
            assert!(is_trace(cell), "{cell}");
        }
        for cell in [
            "",
            "[x]",
            "iin",
            "850101100012",
            "d41d8cd98f00b204e9800998ecf8427e",
        ] {
            assert!(!is_trace(cell), "{cell}");
        }
        let (mut some, mut others) = (Traces::default(), Traces::default());
        assert!(!some.are_all());
        some.look("*");
        others.look("x");
        assert!(some.are_all() && !some.merge(others).are_all());
    }
}

//! What methods leave in place of values, and how it is known again: a second run must change nothing.

use sha2::{Digest as _, Sha256, Sha512};

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

/// Letters of a shorter token that tell that it is one.
const MARK_LETTERS: usize = 4;
/// The least that a token can be as a number: it has so many digits that no identifier of a person has as many.
const LEAST_NUMBER: u64 = 1_000_000_000_000_000;
/// What tells of a number that it is a token: its last digits.
const MARK_NUMBERS: u64 = 1_000;

/// A token written with so many letters: no digits, so that it is no number of anything. Very short ones tell by nothing what they are.
pub(crate) fn letters(token: &str, most: usize) -> String {
    let body = most.checked_sub(MARK_LETTERS).filter(|body| *body >= 4);
    let Some(body) = body else {
        return as_letters(token, most);
    };
    let mut letters = as_letters(token, body);
    letters.push_str(&as_letters(&letters, MARK_LETTERS));
    letters
}

fn as_letters(text: &str, most: usize) -> String {
    let hash = Sha512::digest([MARK_LABEL, text.as_bytes()].concat());
    let letters = hash.iter().map(|byte| char::from(b'a' + byte % 26));
    letters.take(most).collect()
}

/// A token as a number of 19 digits, for whoever can hold it.
pub(crate) fn number(token: &str) -> Option<u64> {
    let secret = u64::from_str_radix(token.get(..16)?, 16).ok()?;
    let most = i64::MAX.cast_unsigned() / MARK_NUMBERS;
    let body = LEAST_NUMBER + secret % (most - LEAST_NUMBER);
    Some(body * MARK_NUMBERS + mark_of_number(body))
}

fn mark_of_number(body: u64) -> u64 {
    let mark = mark(&body.to_be_bytes());
    u64::from(u32::from_be_bytes(mark)) % MARK_NUMBERS
}

/// Tells whether a cell looks like a token that was made shorter. One word in half a million does by chance, so that only a whole
/// column of them says something.
fn is_short_token(cell: &str) -> bool {
    if cell.len() > 2 * MARK_LETTERS - 1 && cell.bytes().all(|byte| byte.is_ascii_lowercase()) {
        let (body, mark) = cell.split_at(cell.len() - MARK_LETTERS);
        return as_letters(body, MARK_LETTERS) == mark;
    }
    let number = cell.parse::<u64>().ok();
    number.is_some_and(|number| {
        let body = number / MARK_NUMBERS;
        body >= LEAST_NUMBER && mark_of_number(body) == number % MARK_NUMBERS
    })
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
            if is_trace(cell) || is_short_token(cell) {
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
        let short = token(&[7; SECRET_BYTES]);
        for cell in [
            letters(&short, 8),
            letters(&short, 12),
            letters(&short, 20),
            number(&short).unwrap().to_string(),
        ] {
            let mut seen = Traces::default();
            seen.look(&cell);
            assert!(seen.are_all() && !is_trace(&cell), "{cell}");
        }
        assert_eq!(letters(&short, 5).len(), 5);
        for cell in [
            "abcdefghijkl",
            "1234567890123456789",
            "850101100012",
            "4111111111111111",
        ] {
            assert!(!is_short_token(cell), "{cell}");
        }
        let (mut some, mut others) = (Traces::default(), Traces::default());
        assert!(!some.are_all());
        some.look("*");
        others.look("x");
        assert!(some.are_all() && !some.merge(others).are_all());
    }
}

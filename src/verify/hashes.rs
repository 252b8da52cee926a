//! Cells that look like hashes, and the unkeyed hashes an attacker would try.

use std::collections::{BTreeMap, HashSet};

use blake2::{Blake2b512, Blake2s256};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

use crate::traces::is_token;

/// First eight bytes of hashes.
pub(super) type Targets = HashSet<u64, foldhash::fast::RandomState>;

/// The hash-like cells of one column.
#[derive(Default)]
pub(super) struct HashLike {
    cells: u64,
    like: u64,
    /// First eight bytes: at least the smallest ones.
    targets: Vec<u64>,
    /// The largest of them, once there is no room for more.
    most: Option<u64>,
    /// How many hashes are of each length in bytes.
    lengths: BTreeMap<usize, u64>,
    /// Whether any of them is no token of a run.
    has_others: bool,
}

const MOST_TARGETS: usize = 100_000;
/// Shorter texts are met by chance.
const LEAST_BYTES: usize = 8;
const MOST_BYTES: usize = 64;
/// Share of cells from which a column is one of hashes.
const MOSTLY: f64 = 0.5;

impl HashLike {
    /// Looks at a cell.
    pub(super) fn add(&mut self, cell: &str) {
        self.cells += 1;
        if let Some((target, length)) = decode(cell.trim()) {
            self.like += 1;
            *self.lengths.entry(length).or_default() += 1;
            if self.has_room(target) {
                self.has_others = self.has_others || !is_token(cell.trim());
                self.insert(target);
            }
        }
    }

    fn has_room(&self, target: u64) -> bool {
        self.most.is_none_or(|most| target < most)
    }

    /// Tells whether all of them, as far as they are kept, are tokens of a run: no hash that anybody can undo.
    pub(super) fn are_tokens(&self) -> bool {
        !self.targets.is_empty() && !self.has_others
    }

    fn insert(&mut self, target: u64) {
        self.targets.push(target);
        if self.targets.len() > 2 * MOST_TARGETS {
            self.settle();
        }
    }

    fn settle(&mut self) {
        keep_smallest(&mut self.targets);
        if self.targets.len() == MOST_TARGETS {
            self.most = self.targets.last().copied();
        }
    }

    pub(super) fn merge(mut self, other: Self) -> Self {
        self.cells += other.cells;
        self.like += other.like;
        self.has_others |= other.has_others;
        for (length, count) in other.lengths {
            *self.lengths.entry(length).or_default() += count;
        }
        self.targets.extend(other.targets);
        self.settle();
        self
    }

    /// First eight bytes of the hashes, when the column is one of hashes.
    pub(super) fn targets(&self) -> Option<Targets> {
        self.are_hashes().then(|| {
            let mut targets = self.targets.clone();
            keep_smallest(&mut targets);
            targets.into_iter().collect()
        })
    }

    /// Tells whether the column is one of hashes.
    pub(super) fn are_hashes(&self) -> bool {
        self.cells > 0 && self.like as f64 >= MOSTLY * self.cells as f64
    }

    /// Algorithms worth trying, those whose output has just this length first.
    pub(super) fn algorithms(&self) -> Vec<&'static Algorithm> {
        let usual = self
            .lengths
            .iter()
            .max_by_key(|&(length, count)| (count, length))
            .map_or(0, |(length, _)| *length);
        let worth_trying = ALL
            .iter()
            .filter(|a| a.bytes >= usual || self.lengths.contains_key(&a.bytes));
        let (exact, longer): (Vec<_>, Vec<_>) =
            worth_trying.partition(|a| self.lengths.contains_key(&a.bytes));
        exact.into_iter().chain(longer).collect()
    }
}

/// Keeps each once, and the smallest of too many.
fn keep_smallest(targets: &mut Vec<u64>) {
    targets.sort_unstable();
    targets.dedup();
    targets.truncate(MOST_TARGETS);
}

/// The first eight bytes of a hash in hex or base64, and its length.
fn decode(cell: &str) -> Option<(u64, usize)> {
    let cell = cell.strip_prefix("0x").unwrap_or(cell);
    let bare = without_dashes(cell);
    let cell = bare.as_deref().unwrap_or(cell);
    if cell.len() < 2 * LEAST_BYTES {
        return None;
    }
    if let Some(hash) = of_hex(cell) {
        return Some(hash);
    }
    let is_sign =
        |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_' | b'=');
    if !cell.bytes().all(is_sign) {
        return None;
    }
    let bytes = base64(cell)
        .map(undone)
        .filter(|bytes| (LEAST_BYTES..=MOST_BYTES).contains(&bytes.len()))?;
    let first = bytes.first_chunk::<8>()?;
    Some((u64::from_be_bytes(*first), bytes.len()))
}

/// The same of hexadecimal digits, without writing out the rest.
fn of_hex(cell: &str) -> Option<(u64, usize)> {
    let (first, _) = cell.as_bytes().split_first_chunk::<{ 2 * LEAST_BYTES }>()?;
    let is_short = cell.len() <= 2 * MOST_BYTES && cell.len().is_multiple_of(2);
    // Without branches: which sign comes next is never foreseen.
    let is_hex = |all: bool, b: u8| all & b.is_ascii_hexdigit();
    if !is_short || !cell.bytes().fold(true, is_hex) {
        return None;
    }
    let value = |digit: u8| u64::from(digit & 0xf) + u64::from(digit >> 6) * 9;
    let number = first.iter().fold(0, |all, &digit| all << 4 | value(digit));
    Some((number, cell.len() / 2))
}

/// A hash that is written as a UUID; real ones say in two places what they are.
fn without_dashes(cell: &str) -> Option<String> {
    const DASHES: [usize; 4] = [8, 13, 18, 23];
    let bytes = cell.as_bytes();
    let has_shape = bytes.len() == 36 && DASHES.iter().all(|&at| bytes[at] == b'-');
    let is_uuid = || {
        matches!(bytes[14], b'1'..=b'8')
            && matches!(bytes[19].to_ascii_lowercase(), b'8' | b'9' | b'a' | b'b')
    };
    (has_shape && !is_uuid()).then(|| cell.replace('-', ""))
}

/// The hash whose text was packed once more.
fn undone(bytes: Vec<u8>) -> Vec<u8> {
    data_encoding::HEXLOWER_PERMISSIVE
        .decode(&bytes)
        .unwrap_or(bytes)
}

/// Only the lengths that whole hashes have: any word is base64 of something.
fn base64(cell: &str) -> Option<Vec<u8>> {
    let bare = cell.trim_end_matches('=');
    let has_digest_length = matches!(bare.len(), 22 | 27 | 38 | 43 | 64 | 86);
    let plain = data_encoding::BASE64_NOPAD.decode(bare.as_bytes());
    plain
        .or_else(|_| data_encoding::BASE64URL_NOPAD.decode(bare.as_bytes()))
        .ok()
        .filter(|_| has_digest_length)
}

/// An unkeyed hash.
pub(super) struct Algorithm {
    /// Name for people.
    pub(super) name: &'static str,
    bytes: usize,
    /// Size of the blocks it works on.
    block: usize,
    first: fn(&[u8]) -> u64,
    whole: fn(&[u8]) -> Vec<u8>,
}

impl Algorithm {
    /// The first eight bytes of a text's hash.
    pub(super) fn first_eight(&self, text: &[u8]) -> u64 {
        (self.first)(text)
    }

    /// A text's hash.
    pub(super) fn digest(&self, text: &[u8]) -> Vec<u8> {
        (self.whole)(text)
    }

    /// A text's hash under a key, by the construction of RFC 2104.
    pub(super) fn keyed(&self, key: &[u8], text: &[u8]) -> Vec<u8> {
        let mut block = if key.len() > self.block {
            self.digest(key)
        } else {
            key.to_vec()
        };
        block.resize(self.block, 0);
        let padded = |pad: u8| block.iter().map(|byte| byte ^ pad).collect::<Vec<u8>>();
        let inner = self.digest(&[padded(0x36).as_slice(), text].concat());
        self.digest(&[padded(0x5c).as_slice(), &inner].concat())
    }
}

fn first_eight<D: Digest>(text: &[u8]) -> u64 {
    D::digest(text)
        .first_chunk::<8>()
        .map_or(0, |first| u64::from_be_bytes(*first))
}

fn whole<D: Digest>(text: &[u8]) -> Vec<u8> {
    D::digest(text).to_vec()
}

/// The first four bytes of what may be a hash, cut or whole, in hex or base64.
pub(super) fn first_bytes(cell: &str) -> Option<[u8; 4]> {
    let cell = cell.trim();
    let hex = || {
        let digits = cell.rsplit(['_', ':']).next().unwrap_or(cell);
        let is_long = digits.len() >= 8 && digits.len().is_multiple_of(2);
        // A number is no hash.
        let has_letter = digits.bytes().any(|b| b.is_ascii_alphabetic()) || digits.len() > 20;
        let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(digits.as_bytes());
        bytes.ok().filter(|_| is_long && has_letter)
    };
    let bytes = hex().or_else(|| base64(cell))?;
    bytes.first_chunk().copied()
}

/// What is tried, the commonest first.
pub(super) const ALL: &[Algorithm] = &[
    Algorithm {
        name: "sha256",
        bytes: 32,
        block: 64,
        first: first_eight::<Sha256>,
        whole: whole::<Sha256>,
    },
    Algorithm {
        name: "md5",
        bytes: 16,
        block: 64,
        first: first_eight::<Md5>,
        whole: whole::<Md5>,
    },
    Algorithm {
        name: "sha1",
        bytes: 20,
        block: 64,
        first: first_eight::<Sha1>,
        whole: whole::<Sha1>,
    },
    Algorithm {
        name: "sha512",
        bytes: 64,
        block: 128,
        first: first_eight::<Sha512>,
        whole: whole::<Sha512>,
    },
    Algorithm {
        name: "sha224",
        bytes: 28,
        block: 64,
        first: first_eight::<Sha224>,
        whole: whole::<Sha224>,
    },
    Algorithm {
        name: "sha384",
        bytes: 48,
        block: 128,
        first: first_eight::<Sha384>,
        whole: whole::<Sha384>,
    },
    Algorithm {
        name: "blake2s",
        bytes: 32,
        block: 64,
        first: first_eight::<Blake2s256>,
        whole: whole::<Blake2s256>,
    },
    Algorithm {
        name: "blake2b",
        bytes: 64,
        block: 128,
        first: first_eight::<Blake2b512>,
        whole: whole::<Blake2b512>,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_known_in_hex_and_base64_and_words_are_not() {
        let digest = Sha256::digest(b"850101100012");
        for text in [
            data_encoding::HEXLOWER.encode(&digest),
            data_encoding::HEXUPPER.encode(&digest),
            data_encoding::BASE64.encode(&digest),
        ] {
            assert_eq!(
                decode(&text),
                Some((ALL[0].first_eight(b"850101100012"), 32)),
                "{text}"
            );
        }
        for text in [
            "",
            "Алматы",
            "ABC-123",
            "850101100012",
            "перезвоните",
            "internationalization",
        ] {
            assert_eq!(decode(text), None, "{text}");
        }
    }

    #[test]
    fn keyed_hashes_are_those_of_the_standard() {
        // RFC 4231, test case 2.
        let keyed = ALL[0].keyed(b"Jefe", b"what do ya want for nothing?");
        assert!(
            data_encoding::HEXLOWER
                .encode(&keyed)
                .starts_with("5bdcc146bf60754e6a042426089575c7")
        );
    }
}

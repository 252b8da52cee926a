//! The operator's key, under which entries of a manifest are hashed. It is read from a file and wiped from memory.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// A shorter key is guessed sooner than the identifiers of a country are.
const LEAST_BYTES: usize = 32;
/// A longer file is no key but something that was named by mistake.
const MOST_BYTES: usize = 4096;
/// Bytes of an entry.
pub(super) const ENTRY_BYTES: usize = 12;
/// Bytes of what holds lines together.
pub(super) const MAC_BYTES: usize = 16;

/// What is kept of a row or a person.
pub(super) type Entry = [u8; ENTRY_BYTES];
/// What is kept of a line and all before it.
pub(super) type LineMac = [u8; MAC_BYTES];

/// The key of a manifest. It is never written; its state is wiped when it is dropped.
#[derive(Clone)]
pub struct ManifestKey(Hmac<Sha256>);

impl ManifestKey {
    /// Reads a key: the bytes of a file as they are.
    ///
    /// # Errors
    /// When the file cannot be read, or is too short or too long for a key.
    pub fn load(path: &Path) -> Result<Self> {
        let refused = |what| Error::ManifestKey {
            place: path.display().to_string(),
            what,
        };
        let file = File::open(path).map_err(|e| Error::read(path, e))?;
        // Room enough that the bytes are never moved, as what was moved would not be wiped.
        let mut bytes = Zeroizing::new(Vec::with_capacity(2 * MOST_BYTES));
        let limit = MOST_BYTES as u64 + 1;
        file.take(limit)
            .read_to_end(&mut bytes)
            .map_err(|e| Error::read(path, e))?;
        match bytes.len() {
            0..LEAST_BYTES => Err(refused("it has fewer than 32 bytes")),
            LEAST_BYTES..=MOST_BYTES => Self::of(&bytes).ok_or_else(|| refused("it is no key")),
            _ => Err(refused("it has more than 4096 bytes: is it another file?")),
        }
    }

    fn of(bytes: &[u8]) -> Option<Self> {
        Hmac::new_from_slice(bytes).ok().map(Self)
    }

    /// Tells one key from another.
    pub(super) fn check_value(&self) -> LineMac {
        self.hash(b'K', &[])
    }

    /// Binds a line to all lines before it.
    pub(super) fn line(&self, before: &LineMac, line: &[u8]) -> LineMac {
        self.hash(b'L', &[before, line])
    }

    /// The entry of something; kinds of things are kept apart.
    pub(super) fn entry(&self, kind: u8, parts: &[&[u8]]) -> Entry {
        self.hash(kind, parts)
    }

    /// The first bytes of an HMAC-SHA256 of parts whose borders count.
    fn hash<const BYTES: usize>(&self, kind: u8, parts: &[&[u8]]) -> [u8; BYTES] {
        let mut mac = self.0.clone();
        mac.update(&[kind]);
        for part in parts {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part);
        }
        let whole = mac.finalize().into_bytes();
        std::array::from_fn(|at| whole[at])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_or_a_long_file_is_no_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        for (length, is_key) in [
            (0, false),
            (31, false),
            (32, true),
            (4096, true),
            (4097, false),
        ] {
            crate::source::staged::write_atomically(&path, &vec![7; length]).unwrap();
            let code = ManifestKey::load(&path).err().map(|e| e.code().0);
            assert_eq!(code, (!is_key).then_some("manifest-key"), "{length}");
        }
    }

    #[test]
    fn borders_kinds_and_keys_count() {
        let [one, other] = [1_u8, 2].map(|b| ManifestKey::of(&[b; 32]).unwrap());
        let entry = one.entry(b'r', &[b"ab", b"c"]);
        assert_eq!(entry, one.clone().entry(b'r', &[b"ab", b"c"]));
        assert_ne!(entry, one.entry(b'r', &[b"a", b"bc"]));
        assert_ne!(entry, one.entry(b'p', &[b"ab", b"c"]));
        assert_ne!(entry, other.entry(b'r', &[b"ab", b"c"]));
        assert_ne!(one.check_value(), other.check_value());
    }
}

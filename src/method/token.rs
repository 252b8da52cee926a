//! Equal values become equal tokens within one run and in no other: HMAC-SHA256 under a key that dies with the run.
//!
//! NIST FIPS 198-1 for the construction; 96 bits of its output are kept, and 32 bits of a hash of these follow, so that a
//! token is known as one and stays as it is in a second run. Who holds a token can tell that two rows belong together, so
//! the result is pseudonymous, not anonymous.

use hmac::{Hmac, KeyInit as _, Mac as _};
use polars::error::PolarsResult;
use polars::prelude::{DataType, Series};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{Class, ColumnContext, Method, Run, is_plain, map_text};
use crate::category::Catalog;
use crate::detect::Searcher;
use crate::error::{Error, Result};
use crate::traces::{self, is_token};

/// See the module.
pub(super) struct Token;

const KEY_BYTES: usize = 32;
/// Stands in no UTF-8 text, so nothing that is derived for another end equals a token.
const BORDER: u8 = 0xff;

/// The key of one run. It is never written and is wiped when dropped.
pub struct Key(Hmac<Sha256>);

impl Key {
    /// Takes a key from the operating system.
    ///
    /// # Errors
    /// When it gives none.
    pub fn random() -> Result<Self> {
        let mut bytes = Zeroizing::new([0_u8; KEY_BYTES]);
        getrandom::fill(bytes.as_mut_slice()).map_err(|_| Error::NoRandom)?;
        Hmac::new_from_slice(bytes.as_slice())
            .map(Self)
            .map_err(|_| Error::NoRandom)
    }

    /// The token of a canonical text.
    pub fn token(&self, canonical: &str) -> String {
        let mut mac = self.0.clone();
        mac.update(canonical.as_bytes());
        traces::token(&mac.finalize().into_bytes()[..traces::SECRET_BYTES])
    }

    /// Bytes for another end than a token.
    pub(super) fn derive(&self, end: &str, of: &[u8]) -> [u8; 32] {
        let mut mac = self.0.clone();
        mac.update(&[BORDER]);
        mac.update(end.as_bytes());
        mac.update(&[BORDER]);
        mac.update(of);
        mac.finalize().into_bytes().into()
    }
}

impl Method for Token {
    fn id(&self) -> &'static str {
        "token"
    }

    fn class(&self) -> Class {
        Class::RunLinked
    }

    fn fits(&self, dtype: &DataType) -> bool {
        is_plain(dtype) && !matches!(dtype, DataType::Boolean | DataType::Null)
    }

    fn apply(
        &self,
        values: &Series,
        column: &ColumnContext<'_>,
        run: &Run,
    ) -> PolarsResult<Series> {
        let mut searcher = run.searcher(values);
        map_text(values, |cell| {
            Some(if is_token(cell) {
                cell.to_owned()
            } else {
                run.key.token(&canonical(cell, column, run, &mut searcher))
            })
        })
    }
}

/// One text for all ways to write a value of the column's category.
fn canonical(
    cell: &str,
    column: &ColumnContext<'_>,
    run: &Run,
    searcher: &mut Searcher<'_>,
) -> String {
    let fits = |pattern: usize| {
        column.category.is_some_and(|category| {
            Catalog::builtin().may_hold(category, &run.detectors.patterns()[pattern])
        })
    };
    match searcher.identifier(cell) {
        Some((pattern, text)) if fits(pattern) => text,
        _ => crate::detect::spans::canonical(cell),
    }
}

#[cfg(test)]
mod tests {
    use sha2::Digest as _;

    use super::*;

    #[test]
    fn tokens_are_known_and_other_hashes_are_not() {
        let key = Key::random().unwrap();
        for number in 0..1000_u32 {
            let token = key.token(&number.to_string());
            assert!(token.len() == 32 && is_token(&token));
            assert!(!is_token(&token.to_uppercase()) && !is_token(&token[..30]));
            let hash = md5::Md5::digest(number.to_le_bytes());
            assert!(!is_token(&data_encoding::HEXLOWER.encode(&hash)));
        }
    }

    #[test]
    fn what_is_derived_for_another_end_is_another() {
        let key = Key::random().unwrap();
        assert_ne!(key.derive("stream", b"1"), key.derive("date", b"1"));
        assert_ne!(key.derive("stream", b"1"), key.derive("stream", b"2"));
    }
}

//! Equal values become equal tokens within one run and in no other: HMAC-SHA256 under a key that dies with the run.
//!
//! NIST FIPS 198-1 for the construction; 128 bits of its output are kept. Who holds a token can tell that two rows belong
//! together, so the result is pseudonymous, not anonymous.

use hmac::{Hmac, KeyInit as _, Mac as _};
use polars::error::PolarsResult;
use polars::prelude::{DataType, Series};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{Class, ColumnContext, Method, Run, is_plain, map_text};
use crate::category::Catalog;
use crate::detect::Searcher;
use crate::error::{Error, Result};

/// See the module.
pub(super) struct Token;

const KEY_BYTES: usize = 32;
const TOKEN_BYTES: usize = 16;

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
        data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes()[..TOKEN_BYTES])
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
            Some(run.key.token(&canonical(cell, column, run, &mut searcher)))
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

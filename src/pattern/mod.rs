//! What personal data looks like: pattern files, parsed and compiled. A pattern never sees a table, only one cell.

pub mod check;
mod compile;
mod file;
pub mod normalize;

use sha2::{Digest, Sha256};

pub use compile::{Form, Outcome, Pattern, vocabulary_key};
pub use file::{Example, FormFile, PatternFile};

mod builtin {
    include!(concat!(env!("OUT_DIR"), "/patterns.rs"));
}

/// The embedded catalogue of categories.
pub const CATEGORIES: &str = include_str!("../../patterns/categories.toml");
/// The embedded default methods.
pub const METHODS: &str = include_str!("../../patterns/methods.toml");
/// The embedded words that decide about column names.
pub const HEADERS: &str = include_str!("../../patterns/headers.toml");

/// Ids and texts of the embedded pattern files.
pub fn builtin_files() -> &'static [(&'static str, &'static str)] {
    builtin::PATTERNS
}

/// Compiles the embedded patterns.
///
/// # Panics
/// Never: a test compiles every embedded file.
pub fn builtin() -> Vec<Pattern> {
    builtin_files()
        .iter()
        .map(|(id, text)| {
            let file = PatternFile::parse(text).expect("embedded patterns are checked by a test");
            assert_eq!(&file.id, id, "id equals path");
            Pattern::compile(&file).expect("embedded patterns are checked by a test")
        })
        .collect()
}

/// Fingerprint of everything embedded that judges: patterns, categories, words, methods.
pub fn fingerprint() -> String {
    let mut hash = Sha256::new();
    for (id, text) in builtin_files() {
        hash.update(id.as_bytes());
        hash.update([0]);
        hash.update(text.as_bytes());
    }
    for text in [CATEGORIES, METHODS, HEADERS]
        .into_iter()
        .chain(crate::detect::names::LISTS)
    {
        hash.update([0]);
        hash.update(text.as_bytes());
    }
    format!(
        "sha256:{}",
        data_encoding::HEXLOWER.encode(&hash.finalize())
    )
}

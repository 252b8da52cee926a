//! What personal data looks like: pattern files, parsed and compiled. A pattern never sees a table, only one cell.

pub mod check;
mod compile;
pub(crate) mod file;
pub mod mojibake;
pub mod normalize;
mod required;

use std::path::Path;
use std::sync::OnceLock;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

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

static OWN: OnceLock<Vec<(String, String)>> = OnceLock::new();

/// Adds the pattern files of a folder and of the folders in it to the embedded ones, once.
///
/// # Errors
/// When the folder cannot be read or a file is unsound.
pub fn add_own(folder: &Path) -> Result<()> {
    let mut files: Vec<(String, String)> = Vec::new();
    let mut complaints = Vec::new();
    for entry in walkdir::WalkDir::new(folder)
        .max_depth(2)
        .sort_by_file_name()
    {
        let entry = entry.map_err(|e| Error::read(folder, e.into()))?;
        let path = entry.path();
        if path.extension().is_none_or(|e| e != "toml") {
            continue;
        }
        let text = std::fs::read_to_string(path).map_err(|e| Error::read(path, e))?;
        let id =
            PatternFile::parse(&text).map_or_else(|_| path.display().to_string(), |file| file.id);
        let known = builtin_files().iter().any(|(known, _)| *known == id);
        complaints.extend(known.then(|| format!("{id}: there is a built-in pattern of that id")));
        let found = check::complaints(&id, &text)
            .into_iter()
            .chain(check::too_dear(&text));
        complaints.extend(found.map(|complaint| format!("{}: {complaint}", path.display())));
        files.push((id, text));
    }
    if files.is_empty() {
        complaints.push("no pattern file (.toml) in it".to_owned());
    }
    if complaints.is_empty() {
        OWN.get_or_init(|| files);
        Ok(())
    } else {
        Err(Error::Invalid {
            place: folder.display().to_string(),
            report: complaints.join("\n"),
        })
    }
}

fn own_files() -> impl Iterator<Item = (&'static str, &'static str)> {
    let files = OWN.get().map(Vec::as_slice).unwrap_or_default();
    files.iter().map(|(id, text)| (id.as_str(), text.as_str()))
}

/// Compiles the embedded patterns, and those added.
///
/// # Panics
/// Never: a test compiles every embedded file.
pub fn builtin() -> Vec<Pattern> {
    let files: Vec<_> = builtin_files().iter().copied().chain(own_files()).collect();
    let compile = |(id, text)| {
        let file = PatternFile::parse(text).expect("checked by a test or when added");
        assert_eq!(file.id, id, "id equals path");
        Pattern::compile(&file).expect("checked by a test or when added")
    };
    files.into_par_iter().map(compile).collect()
}

/// Fingerprint of everything that judges: patterns, those added too, categories, words, methods.
pub fn fingerprint() -> String {
    let mut hash = Sha256::new();
    for (id, text) in builtin_files().iter().copied().chain(own_files()) {
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

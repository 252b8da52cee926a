//! What is known of a column when it is judged.

use crate::detect::evidence::ColumnEvidence;
use crate::detect::header::{self, HeaderEvidence};

/// A column to judge.
#[derive(Debug)]
pub struct Column<'a> {
    pub(super) path: &'a str,
    pub(super) dtype: &'static str,
    pub(super) seen: &'a ColumnEvidence,
    pub(super) header: HeaderEvidence,
    /// Whether a comment says what the name does not.
    pub(super) is_described: bool,
    /// What stands at such a place between other columns.
    pub(super) expected: Option<&'static str>,
}

impl<'a> Column<'a> {
    /// Reads the name of a column once, however often the column is judged.
    pub fn new(path: &'a str, dtype: &'static str, seen: &'a ColumnEvidence) -> Self {
        Self {
            path,
            dtype,
            seen,
            header: header::judge(path),
            is_described: false,
            expected: None,
        }
    }

    /// Notes what a database says of the column; it counts as its name where that says nothing.
    pub fn describe(&mut self, comment: &str) {
        self.is_described |= self.is_named_by(comment);
    }

    /// Notes the name of the column that this one refers to, likewise.
    pub fn refer_to(&mut self, name: &str) {
        self.is_named_by(name);
    }

    fn is_named_by(&mut self, words: &str) -> bool {
        let said = header::judge(words.trim());
        let says_more = self.header.categories.is_empty() && !said.categories.is_empty();
        if says_more {
            self.header = said;
        }
        says_more
    }

    /// Notes what stands at such a place between other columns.
    pub fn expect(&mut self, category: &'static str) {
        self.expected = Some(category);
    }
}

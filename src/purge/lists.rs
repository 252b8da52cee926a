//! Lists of people: one identifier a line, compared in canonical form.

use std::collections::HashSet;
use std::fmt;
use std::fs;
use std::path::Path;

use polars::prelude::{DataType, Series};

use crate::detect::spans::canonical;
use crate::error::{Error, Result};
use crate::pattern::normalize;
use crate::source::csv::encoding;

/// Identifiers of people. What it holds is never shown.
#[derive(Default)]
pub struct People {
    known: HashSet<String>,
    without_zeros: HashSet<String>,
}

impl People {
    /// Reads a list; empty lines and those that begin with `#` say nothing.
    ///
    /// # Errors
    /// When it cannot be read, or is no text.
    pub fn load(path: &Path) -> Result<Self> {
        let text = fs::read(path).and_then(encoding::text_of);
        Ok(Self::parse(&text.map_err(|e| Error::read(path, e))?))
    }

    /// The people that the lines of a text name.
    pub fn parse(text: &str) -> Self {
        Self {
            known: told(text).map(known_as).collect(),
            without_zeros: told(text).map(bare_number).collect(),
        }
    }

    /// Tells whether it names nobody.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// How many identifiers it has.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Their identifiers in canonical form.
    pub(super) fn known(&self) -> impl Iterator<Item = &str> {
        self.known.iter().map(String::as_str)
    }

    /// Tells whether a cell names one of them.
    pub fn hold(&self, cell: &str) -> bool {
        self.hold_known(&known_as(cell))
    }

    /// Tells whether a number names one of them: an IIN has lost its leading zeros there.
    pub(crate) fn hold_number(&self, number: &str) -> bool {
        self.hold(&as_iin(number))
    }

    /// Tells whether a text in canonical form names one of them.
    pub(crate) fn hold_known(&self, known: &str) -> bool {
        self.known.contains(known)
    }

    /// Tells whether a cell may name one of them, though its number has lost leading zeros or become a fraction in a
    /// spreadsheet: for rows that are kept, where one too many does no harm.
    pub(crate) fn perhaps_hold(&self, cell: &str) -> bool {
        self.without_zeros.contains(&bare_number(cell))
    }

    /// By row: whether a column may name one of them.
    pub(crate) fn perhaps_among(&self, path: &str, column: &Series) -> Result<Vec<bool>> {
        let broken = |e| Error::parquet(path, &e);
        let texts = column.cast(&DataType::String).map_err(broken)?;
        let texts = texts.str().map_err(broken)?;
        let holds = |cell: Option<&str>| cell.is_some_and(|cell| self.perhaps_hold(cell));
        Ok(texts.iter().map(holds).collect())
    }

    /// By row: whether a column names one of them.
    pub(crate) fn among(&self, path: &str, column: &Series) -> Result<Vec<bool>> {
        let broken = |e| Error::parquet(path, &e);
        let is_number = column.dtype().is_integer();
        let texts = column.cast(&DataType::String).map_err(broken)?;
        let texts = texts.str().map_err(broken)?;
        let holds = |cell: Option<&str>| {
            cell.is_some_and(|cell| self.hold(cell) || (is_number && self.hold_number(cell)))
        };
        Ok(texts.iter().map(holds).collect())
    }
}

impl fmt::Debug for People {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "People({})", self.known.len())
    }
}

/// The lines of a list that name somebody.
pub(crate) fn told(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Equal for equal people.
pub(crate) fn known_as(text: &str) -> String {
    canonical(&normalize::fold(text.trim()))
}

/// The same for numbers that differ in leading zeros only, or in a fraction of nothing.
fn bare_number(text: &str) -> String {
    let text = text.trim();
    let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let whole = text.strip_suffix(".0").filter(|whole| is_number(whole));
    let known = known_as(whole.unwrap_or(text));
    match known.trim_start_matches('0') {
        "" => known,
        rest if is_number(rest) => rest.to_owned(),
        _ => known,
    }
}

/// An IIN whose leading zeros a column of numbers has lost.
pub(super) fn as_iin(number: &str) -> String {
    format!("{number:0>12}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::NamedFrom as _;

    #[test]
    fn people_are_known_however_they_are_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.txt");
        let text =
            "\u{feff}000101100006\n# blocked\n\n8 (700) 000-12-34\n350101100012\n10202100077\n";
        crate::source::staged::write_atomically(&path, text.as_bytes()).unwrap();
        let people = People::load(&path).unwrap();
        assert!(people.hold("+77000001234") && people.hold(" 350101100012"));
        for cell in ["000101100006", "101100006", "010202100077", "10202100077.0"] {
            assert!(people.perhaps_hold(cell), "{cell}");
        }
        assert!(!people.hold("101100006") && !people.hold("010202100077"));
        for cell in ["", "0", "10202100070", "# blocked"] {
            assert!(!people.perhaps_hold(cell) && !people.hold(cell), "{cell}");
        }
        assert!(People::load(&folder.path().join("none.txt")).is_err());
    }

    #[test]
    fn numbers_that_lost_their_zeros_are_known() {
        let column = Series::new(
            "iin".into(),
            [Some(350_101_100_012_i64), Some(50_101_100_013), None],
        );
        let people = People::parse("050101100013");
        assert_eq!(people.among("iin", &column).unwrap(), [false, true, false]);
    }

    #[test]
    fn what_it_holds_is_not_shown() {
        let shown = format!("{:?}", People::parse("350101100012"));
        assert_eq!(shown, "People(1)");
    }
}

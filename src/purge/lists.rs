//! Lists of people: one identifier a line, compared in canonical form.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use crate::detect::spans::canonical;
use crate::error::{Error, Result};
use crate::pattern::normalize;

/// Identifiers of people.
#[derive(Debug, Default)]
pub(super) struct People(HashSet<String>);

impl People {
    /// Reads a list; empty lines and those that begin with `#` say nothing.
    pub(super) fn load(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).map_err(|e| Error::read(path, e))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let lines = text.lines().map(str::trim);
        let told = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        Ok(Self(told.map(known_as).collect()))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Tells whether a cell names one of them.
    pub(super) fn hold(&self, cell: &str) -> bool {
        self.0.contains(&known_as(cell))
    }
}

/// Equal for equal people, whether or not a number lost its leading zeros or became a fraction on its way through a spreadsheet.
///
/// Two people may become one by that: then one row more is kept, and none is lost.
pub(super) fn known_as(text: &str) -> String {
    let text = text.trim();
    let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let whole = text.strip_suffix(".0").filter(|whole| is_number(whole));
    let known = canonical(&normalize::fold(whole.unwrap_or(text)));
    match known.trim_start_matches('0') {
        "" => known,
        rest if is_number(rest) => rest.to_owned(),
        _ => known,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_known_however_they_are_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.txt");
        let text =
            "\u{feff}000101100006\n# blocked\n\n8 (700) 000-12-34\n350101100012\n10202100077\n";
        crate::source::staged::write_atomically(&path, text.as_bytes()).unwrap();
        let people = People::load(&path).unwrap();
        assert!(people.hold("+77000001234") && people.hold(" 350101100012"));
        assert!(people.hold("000101100006") && people.hold("101100006"));
        assert!(people.hold("010202100077") && people.hold("10202100077.0"));
        assert!(
            !people.hold("")
                && !people.hold("0")
                && !people.hold("10202100070")
                && !people.hold("# blocked")
        );
        assert!(People::load(&folder.path().join("none.txt")).is_err());
    }
}

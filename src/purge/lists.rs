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

/// Equal for equal people.
pub(super) fn known_as(text: &str) -> String {
    canonical(&normalize::fold(text.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_known_however_they_are_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.txt");
        let text = "# blocked\n\n8 (700) 000-12-34\n350101100012\n";
        crate::source::staged::write_atomically(&path, text.as_bytes()).unwrap();
        let people = People::load(&path).unwrap();
        assert!(people.hold("+77000001234") && people.hold(" 350101100012"));
        assert!(!people.hold("") && !people.hold("# blocked"));
        assert!(People::load(&folder.path().join("none.txt")).is_err());
    }
}

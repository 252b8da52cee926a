//! Whether a record is whole: its parts must agree with each other before it becomes a document.

use std::path::Path;

use super::record::{Act, Done, JournalExtract, SCHEMA};
use crate::category::Catalog;
use crate::error::{Error, Result};
use crate::{journal, method};

impl Act {
    /// Reads a record and checks it.
    ///
    /// # Errors
    /// When it cannot be read, is no record, or contradicts itself. Nothing of a file that is no record is quoted.
    pub fn load(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|e| Error::read(path, e))?;
        Self::parse(&text, &path.display().to_string())
    }

    /// Reads a record from text and checks it.
    ///
    /// # Errors
    /// When it is no record or contradicts itself.
    pub fn parse(text: &str, place: &str) -> Result<Self> {
        let refused = |report: String| Error::Invalid {
            place: place.to_owned(),
            report,
        };
        let act: Self = serde_json::from_str(text).map_err(|e| {
            let (line, column) = (e.line(), e.column());
            refused(format!(
                "line {line}, column {column}: it is no record of an act ({SCHEMA})"
            ))
        })?;
        let complaints = act.complaints();
        if complaints.is_empty() {
            Ok(act)
        } else {
            Err(refused(complaints.join("\n")))
        }
    }

    /// What does not agree; empty for a record that can become a document.
    pub fn complaints(&self) -> Vec<String> {
        let mut complaints = Vec::new();
        if self.schema != SCHEMA {
            complaints.push(format!("its schema is not {SCHEMA}"));
        }
        for (place, text) in [
            ("number", &self.number),
            ("responsible.position", &self.responsible.position),
        ] {
            if text.trim().is_empty() {
                complaints.push(format!("{place} is empty"));
            }
        }
        let bins = [Some(&self.operator), self.processor.as_ref()];
        for bin in bins.into_iter().flatten().filter_map(|o| o.bin.as_ref()) {
            if bin.len() != 12 || !bin.bytes().all(|b| b.is_ascii_digit()) {
                complaints.push("a BIN has twelve digits".to_owned());
            }
        }
        complaints.extend(self.wrong_sums());
        complaints.extend(self.unknown_words());
        complaints.extend(self.journal.complaint().map(str::to_owned));
        complaints
    }

    fn wrong_sums(&self) -> impl Iterator<Item = String> {
        self.tables.iter().enumerate().filter_map(|(index, table)| {
            let rows = &table.rows;
            let parts = [
                rows.destroyed,
                rows.anonymized,
                rows.blocked,
                rows.held,
                rows.without_date,
                rows.kept,
            ];
            let sum = parts
                .iter()
                .try_fold(0_u64, |sum, part| sum.checked_add(*part));
            (sum != Some(rows.before)).then(|| {
                format!(
                    "table {}: its rows do not add up to those before",
                    index + 1
                )
            })
        })
    }

    fn unknown_words(&self) -> impl Iterator<Item = String> {
        let catalog = Catalog::builtin();
        let of_columns = self.tables.iter().flat_map(|table| &table.columns);
        let categories = self.categories.iter().map(|category| &category.id);
        let categories = categories
            .chain(
                of_columns
                    .clone()
                    .filter_map(|column| column.category.as_ref()),
            )
            .filter(|id| catalog.find(id).is_none())
            .map(|_| "a category is not in the catalogue".to_owned());
        let methods = of_columns
            .filter(|column| match &column.done {
                Done::Rewritten { method } => method::named(method).is_none(),
                _ => false,
            })
            .map(|_| "a method is not known".to_owned());
        categories.chain(methods)
    }
}

impl JournalExtract {
    /// The lines must be lines of a journal, follow each other, and end with the head.
    fn complaint(&self) -> Option<&'static str> {
        let after_last = self.first_line.checked_add(self.lines.len() as u64);
        if self.first_line == 0
            || self.lines.is_empty()
            || after_last != self.last_line.checked_add(1)
        {
            return Some("the journal's lines are not as many as their numbers say");
        }
        match journal::follow(&self.lines, self.first_line - 1) {
            None => Some("the journal's lines do not follow each other"),
            Some(head) if head != self.head.as_str() => {
                Some("the journal's last line has another hash")
            }
            Some(_) => None,
        }
    }
}

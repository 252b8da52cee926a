//! What a person is told: the answer that Rules 395/НҚ r. 15 and Law 94-V art. 24(1)(1) ask for. It holds no cell value.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::purge::Untouched;
use crate::retention::working::Deadline;

/// The schema's name and version.
pub const SCHEMA: &str = "iesiz.subject/1";

/// What is held of one person.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    /// Name and version of this shape.
    pub schema: &'static str,
    /// In which language names and terms are given.
    pub language: &'static str,
    /// The operator's id.
    pub operator: String,
    /// The operator's name.
    pub operator_name: String,
    /// How many identifiers were looked for.
    pub identifiers: u64,
    /// The day on which the request came.
    pub received: Date,
    /// By when it is to be answered.
    pub answer_by: Deadline,
    /// Whether anything is held.
    pub is_found: bool,
    /// Tables that hold something.
    pub tables: Vec<Held>,
    /// Tables that could not be looked into.
    pub not_looked_into: Vec<Untouched>,
}

/// What one table holds of the person.
#[derive(Clone, Debug, Serialize)]
pub struct Held {
    /// The table.
    pub source: String,
    /// Its dataset.
    pub dataset: Option<String>,
    /// Rows of the person, as the dataset's `subject` columns tell.
    pub rows: u64,
    /// Those of them that are blocked.
    pub blocked: u64,
    /// Those of them that are under a legal hold.
    pub held: u64,
    /// What becomes of rows that no purpose needs: `destroy` or `anonymise`.
    pub at_end: Option<&'static str>,
    /// Columns that hold something in these rows, or an identifier in others.
    pub columns: Vec<ColumnHeld>,
    /// Purposes of the dataset.
    pub purposes: Vec<PurposeHeld>,
    /// Why nothing more is said: the code of an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unplaced: Option<String>,
}

/// What one column holds of the person.
#[derive(Clone, Debug, Serialize)]
pub struct ColumnHeld {
    /// Its path.
    pub path: String,
    /// What it is.
    pub category: Option<String>,
    /// The category in words.
    pub name: Option<String>,
    /// Filled cells in the person's rows.
    pub filled: u64,
    /// Purposes that need it.
    pub purposes: Vec<String>,
    /// Whether the list says that such data comes from third parties.
    pub from_third_parties: bool,
    /// Cells that are an identifier of the person.
    pub identifiers: u64,
    /// Cells of text that hold one.
    pub mentions: u64,
    /// Of these two: in rows that are not the person's.
    pub elsewhere: u64,
}

/// A purpose that the person's rows are kept for.
#[derive(Clone, Debug, Serialize)]
pub struct PurposeHeld {
    /// Its id.
    pub id: String,
    /// In words.
    pub label: String,
    /// How the processing is justified.
    pub legal_basis: Vec<String>,
    /// From whom and how the data is collected, where the list says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collection: Option<String>,
    /// Acts that set the term.
    pub statutory_basis: Vec<String>,
    /// The storage term in words; none where it is undecided.
    pub term: Option<String>,
    /// What the operator has to decide before anybody can tell the term. It is not for the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undecided: Option<String>,
    /// What the list says becomes of the data in the end.
    pub deletion: Vec<String>,
    /// Who gets the data.
    pub third_parties: Vec<String>,
    /// Rows that it needs.
    pub rows: u64,
    /// Rows whose term is over.
    pub ended: u64,
    /// Rows that it needs until a day that nobody knows yet.
    pub open: u64,
    /// The first last day among rows that it needs.
    pub first_end: Option<Date>,
    /// The last of them.
    pub last_end: Option<Date>,
}

impl Answer {
    /// What was found, in numbers: for the journal.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        let rows = self.tables.iter().map(|held| held.rows).sum();
        let counts = [
            ("identifiers", self.identifiers),
            ("tables-holding", self.tables.len() as u64),
            ("rows-of-person", rows),
            ("not-looked-into", self.not_looked_into.len() as u64),
        ];
        counts.map(|(what, count)| (what.to_owned(), count)).into()
    }

    /// Exit status: 2 when a table could not be looked into, 1 when there is something that an erasure would not reach.
    pub fn status(&self) -> u8 {
        let is_beyond = |held: &Held| {
            held.unplaced.is_some() || held.columns.iter().any(|column| column.elsewhere > 0)
        };
        if self.not_looked_into.is_empty() {
            u8::from(self.tables.iter().any(is_beyond))
        } else {
            2
        }
    }
}

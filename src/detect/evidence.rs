//! What was seen of a table: counters that merge in any order, and hashes of words and shapes. No cell value is kept.

use std::collections::BTreeMap;

use super::sample::Sample;
use super::sketch::Distinct;
use crate::batch::Problems;
use crate::traces::Traces;

/// Evidence about one table, or about some of its rows.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// Rows seen.
    pub rows: u64,
    /// Oddities met while reading.
    pub problems: Problems,
    /// By column path.
    pub columns: BTreeMap<String, ColumnEvidence>,
}

/// Evidence about one column path.
#[derive(Clone, Debug, Default)]
pub struct ColumnEvidence {
    /// Cells seen, nulls included.
    pub cells: u64,
    /// Nulls, cells of nothing but spaces, and what programs write in place of a value.
    pub nulls: u64,
    /// Cells whose bytes are no text.
    pub unreadable: u64,
    /// Distinct values.
    pub distinct: Distinct,
    /// How some of the values are written.
    pub sample: Sample,
    /// By form: cells that are hits.
    pub hits: Vec<u64>,
    /// By form: cells that fit the shape and fail the check behind it.
    pub invalid: Vec<u64>,
    /// By form: cells with a hit inside longer text.
    pub found: Vec<u64>,
    /// By form: cells with the shape inside longer text that fails the check.
    pub found_invalid: Vec<u64>,
    /// Cells that say yes or no.
    pub boolean: u64,
    /// Cells that are one number.
    pub numeric: u64,
    /// Cells of four words or more.
    pub text: u64,
    /// What an earlier run left.
    pub traces: Traces,
}

impl Evidence {
    /// The evidence of one column, with room for that many forms.
    pub fn column(&mut self, path: &str, forms: usize) -> &mut ColumnEvidence {
        self.columns
            .entry(path.to_owned())
            .or_insert_with(|| ColumnEvidence::with_room(forms))
    }

    /// Joins two parts of one table.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.rows += other.rows;
        self.problems = self.problems.merge(other.problems);
        for (path, theirs) in other.columns {
            let mine = self.columns.remove(&path).unwrap_or_default();
            self.columns.insert(path, mine.merge(theirs));
        }
        self
    }
}

impl ColumnEvidence {
    /// Empty evidence with room for that many forms.
    pub fn with_room(forms: usize) -> Self {
        Self {
            hits: vec![0; forms],
            invalid: vec![0; forms],
            found: vec![0; forms],
            found_invalid: vec![0; forms],
            ..Self::default()
        }
    }

    /// Cells that hold something.
    pub fn filled(&self) -> u64 {
        self.cells - self.nulls
    }

    /// Joins two parts of one column.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        Self {
            cells: self.cells + other.cells,
            nulls: self.nulls + other.nulls,
            unreadable: self.unreadable + other.unreadable,
            distinct: self.distinct.merge(other.distinct),
            sample: self.sample.merge(other.sample),
            hits: add(self.hits, &other.hits),
            invalid: add(self.invalid, &other.invalid),
            found: add(self.found, &other.found),
            found_invalid: add(self.found_invalid, &other.found_invalid),
            boolean: self.boolean + other.boolean,
            numeric: self.numeric + other.numeric,
            text: self.text + other.text,
            traces: self.traces.merge(other.traces),
        }
    }
}

fn add(mut mine: Vec<u64>, theirs: &[u64]) -> Vec<u64> {
    mine.resize(mine.len().max(theirs.len()), 0);
    for (sum, more) in mine.iter_mut().zip(theirs) {
        *sum += more;
    }
    mine
}

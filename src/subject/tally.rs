//! Counters of what a table holds of a person; they add up over batches in any order.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use polars::prelude::DataFrame;

use super::cells::{Hit, How, hits};
use crate::detect::Searcher;
use crate::error::Result;
use crate::purge::{Look, Looked, People};

/// What a table holds of a person.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) rows: u64,
    pub(super) blocked: u64,
    pub(super) held: u64,
    /// By name of the column.
    pub(super) columns: BTreeMap<String, ColumnTally>,
    /// By purpose of the dataset.
    pub(super) purposes: Vec<PurposeTally>,
}

/// What a column holds of a person.
#[derive(Debug, Default)]
pub(super) struct ColumnTally {
    pub(super) filled: u64,
    pub(super) identifiers: u64,
    pub(super) mentions: u64,
    pub(super) elsewhere: u64,
}

/// How long a purpose needs the person's rows.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PurposeTally {
    pub(super) rows: u64,
    pub(super) ended: u64,
    pub(super) open: u64,
    pub(super) first_end: Option<Date>,
    pub(super) last_end: Option<Date>,
}

impl Tally {
    /// Looks at some rows.
    pub(super) fn of(
        frame: &DataFrame,
        look: Option<&Look<'_>>,
        people: &People,
        searcher: &mut Searcher<'_>,
    ) -> Result<Self> {
        let looked = look.map_or_else(|| Ok(Vec::new()), |look| look.rows(frame))?;
        let own: BTreeSet<usize> = looked.iter().map(|row| row.row).collect();
        let mut tally = Self::default();
        for row in &looked {
            tally.add_row(row);
        }
        for column in frame.columns() {
            let is_filled = column.is_not_null();
            let filled = own.iter().filter(|&&row| is_filled.get(row) == Some(true));
            let mut counts = ColumnTally {
                filled: filled.count() as u64,
                ..ColumnTally::default()
            };
            for hit in hits(column, people, searcher)? {
                counts.add_hit(&hit, &own);
            }
            if counts.filled + counts.identifiers + counts.mentions > 0 {
                tally.columns.insert(column.name().to_string(), counts);
            }
        }
        Ok(tally)
    }

    fn add_row(&mut self, row: &Looked) {
        self.rows += 1;
        self.blocked += u64::from(row.is_blocked);
        self.held += u64::from(row.is_held);
        self.purposes
            .resize(row.purposes.len(), PurposeTally::default());
        for (tally, end) in self.purposes.iter_mut().zip(&row.purposes) {
            let one = PurposeTally {
                rows: u64::from(end.is_live),
                ended: u64::from(!end.is_live),
                open: u64::from(end.is_live && end.last.is_none()),
                first_end: end.last.filter(|_| end.is_live),
                last_end: end.last.filter(|_| end.is_live),
            };
            tally.merge(&one);
        }
    }

    /// Adds what other rows hold.
    pub(super) fn merge(&mut self, other: Self) {
        self.rows += other.rows;
        self.blocked += other.blocked;
        self.held += other.held;
        for (path, counts) in other.columns {
            self.columns.entry(path).or_default().merge(&counts);
        }
        let most = self.purposes.len().max(other.purposes.len());
        self.purposes.resize(most, PurposeTally::default());
        for (tally, more) in self.purposes.iter_mut().zip(&other.purposes) {
            tally.merge(more);
        }
    }
}

impl ColumnTally {
    fn add_hit(&mut self, hit: &Hit, own: &BTreeSet<usize>) {
        match hit.how {
            How::Whole => self.identifiers += 1,
            How::Inside => self.mentions += 1,
        }
        self.elsewhere += u64::from(!own.contains(&hit.row));
    }

    fn merge(&mut self, other: &Self) {
        self.filled += other.filled;
        self.identifiers += other.identifiers;
        self.mentions += other.mentions;
        self.elsewhere += other.elsewhere;
    }
}

impl PurposeTally {
    fn merge(&mut self, other: &Self) {
        self.rows += other.rows;
        self.ended += other.ended;
        self.open += other.open;
        self.first_end = self.first_end.into_iter().chain(other.first_end).min();
        self.last_end = self.last_end.max(other.last_end);
    }
}

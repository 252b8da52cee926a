//! Rows of some people, looked at and left as they are: what is held of them, and how long purposes need it.

use jiff::civil::Date;
use polars::prelude::DataFrame;

use super::dates::{Day, days};
use super::fates::KeptFor;
use super::plan::rules_of;
use super::rules::{ColumnFate, Rules};
use super::selection::Selection;
use crate::error::{Error, Result};
use crate::findings::TableFindings;
use crate::policy::{Dataset, Policy};
use crate::source::Source;

/// A table that people's rows are looked for in.
pub(crate) struct Look<'a> {
    rules: Rules,
    pub(crate) dataset: &'a Dataset,
}

/// A row of one of the people.
#[derive(Clone, Debug)]
pub(crate) struct Looked {
    /// Within its batch.
    pub(crate) row: usize,
    pub(crate) is_blocked: bool,
    pub(crate) is_held: bool,
    /// By purpose of the dataset.
    pub(crate) purposes: Vec<PurposeEnd>,
}

/// How long a purpose needs a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PurposeEnd {
    pub(crate) is_live: bool,
    /// The last day, where that is known.
    pub(crate) last: Option<Date>,
}

impl<'a> Look<'a> {
    /// Gets ready to look at a table that belongs to a dataset.
    pub(crate) fn new(
        source: &dyn Source,
        findings: &TableFindings,
        policy: &'a Policy,
        as_of: Date,
        selection: &Selection,
    ) -> Result<Self> {
        let (rules, dataset) = rules_of(source, findings, policy, as_of, selection)?;
        Ok(Self { rules, dataset })
    }

    /// The rows of the people.
    pub(crate) fn rows(&self, frame: &DataFrame) -> Result<Vec<Looked>> {
        let mut events: Vec<Vec<Day>> = Vec::new();
        for name in &self.rules.event_columns {
            let column = frame.column(name).map_err(|e| Error::parquet(name, &e))?;
            let column = column.as_materialized_series();
            events.push(days(name, column, self.rules.date_order)?);
        }
        let fates = self.rules.fates(frame)?;
        let selected = fates.iter().enumerate().filter(|(_, f)| f.is_selected);
        let looked = selected.map(|(row, fate)| {
            let ends = self.rules.ends(|event| events[event][row]).into_iter();
            let purposes = ends.enumerate().map(|(bit, last)| PurposeEnd {
                is_live: fate.standing.live & (1 << bit) != 0,
                last,
            });
            Looked {
                row,
                is_blocked: fate.kept_for == Some(KeptFor::Block),
                is_held: fate.kept_for == Some(KeptFor::Hold),
                purposes: purposes.collect(),
            }
        });
        Ok(looked.collect())
    }

    /// Purposes of the dataset that need a column, by its name.
    pub(crate) fn needs(&self, column: &str) -> Vec<&str> {
        let rule = self.rules.columns.iter().find(|rule| rule.path == column);
        let Some(ColumnFate::While(needs)) = rule.map(|rule| rule.fate) else {
            return Vec::new();
        };
        let purposes = self.dataset.purposes.iter().enumerate();
        let needing = purposes.filter(|(bit, _)| needs & (1 << bit) != 0);
        needing.map(|(_, purpose)| purpose.as_str()).collect()
    }

    /// What a column holds.
    pub(crate) fn category(&self, column: &str) -> Option<&str> {
        let rule = self.rules.columns.iter().find(|rule| rule.path == column);
        rule?.category.as_deref()
    }
}

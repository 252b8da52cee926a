//! What becomes of every row of a batch, and the rows that are left.

use std::collections::BTreeMap;

use polars::prelude::{Column, DataFrame, IdxCa, IdxSize, NewChunkedArray as _};

use super::dates::{Day, days};
use super::rules::{ColumnFate, ColumnRule, Rules, Standing};
use crate::error::{Error, Result};
use crate::policy::Expired;

/// What becomes of a row.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RowFate {
    pub(super) standing: Standing,
    /// Why it is kept whatever its term.
    pub(super) kept_for: Option<KeptFor>,
    /// The plan is about it.
    pub(super) is_selected: bool,
}

/// Why a row is kept whatever its term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeptFor {
    /// Its subject is blocked.
    Block,
    /// A legal hold.
    Hold,
}

impl RowFate {
    /// No purpose needs the row, and nothing else keeps it.
    pub(super) fn has_run_out(self) -> bool {
        self.is_selected && self.standing.live == 0 && self.kept_for.is_none()
    }

    /// Something is to happen to the row that a purpose still needs.
    pub(super) fn is_refused(self) -> bool {
        self.is_selected && self.standing.live != 0 && self.kept_for.is_none()
    }
}

impl Rules {
    /// What becomes of the rows of a frame.
    pub(super) fn fates(&self, frame: &DataFrame) -> Result<Vec<RowFate>> {
        let height = frame.height();
        let mut events: Vec<Vec<Day>> = Vec::new();
        for name in &self.event_columns {
            let column = column(frame, name)?.as_materialized_series();
            events.push(days(name, column, self.date_order)?);
        }
        let selected = self.selected(frame)?;
        let kept_for = self.kept_for(frame)?;
        let has_data = self.has_data(frame);
        let fate = |row: usize| {
            if !selected[row] {
                return RowFate::default();
            }
            let mut standing = self.standing(|event| events[event][row]);
            standing.is_undated &= has_data[row];
            RowFate {
                standing,
                kept_for: kept_for[row],
                is_selected: true,
            }
        };
        Ok((0..height).map(fate).collect())
    }

    /// By row: whether the plan is about it.
    fn selected(&self, frame: &DataFrame) -> Result<Vec<bool>> {
        let Some(people) = self.selection.people() else {
            return Ok(vec![true; frame.height()]);
        };
        let mut selected = vec![false; frame.height()];
        for name in &self.subject {
            let column = column(frame, name)?.as_materialized_series();
            for (selected, names) in selected.iter_mut().zip(people.among(name, column)?) {
                *selected |= names;
            }
        }
        Ok(selected)
    }

    fn kept_for(&self, frame: &DataFrame) -> Result<Vec<Option<KeptFor>>> {
        let holds_all = self.holds.iter().any(|hold| hold.people.is_none());
        let mut kept = vec![holds_all.then_some(KeptFor::Hold); frame.height()];
        let held = || self.holds.iter().filter_map(|hold| hold.people.as_ref());
        if self.blocked.is_empty() && held().all(super::lists::People::is_empty) {
            return Ok(kept);
        }
        for name in &self.subject {
            let column = column(frame, name)?.as_materialized_series();
            for people in held() {
                for (kept, is_held) in kept.iter_mut().zip(people.among(name, column)?) {
                    *kept = kept.or(is_held.then_some(KeptFor::Hold));
                }
            }
            for (kept, is_blocked) in kept.iter_mut().zip(self.blocked.among(name, column)?) {
                if is_blocked {
                    *kept = Some(KeptFor::Block);
                }
            }
        }
        Ok(kept)
    }

    /// Rows that hold anything personal; the others were anonymised before.
    fn has_data(&self, frame: &DataFrame) -> Vec<bool> {
        let personal = self
            .columns
            .iter()
            .filter(|column| column.category.is_some());
        let mut has_data = vec![false; frame.height()];
        for column in personal.filter_map(|rule| frame.column(&rule.path).ok()) {
            for (has, filled) in has_data.iter_mut().zip(column.is_not_null().iter()) {
                *has |= filled.unwrap_or_default();
            }
        }
        has_data
    }

    /// The rows and cells that are left, and how many cells of each column went from rows that stay.
    pub(super) fn left(
        &self,
        frame: &DataFrame,
        fates: &[RowFate],
    ) -> Result<(DataFrame, BTreeMap<String, u64>)> {
        let mut emptied = BTreeMap::new();
        let rows: Vec<usize> = (0..frame.height())
            .filter(|&row| !self.is_destroyed(fates[row]))
            .collect();
        let mut columns = Vec::new();
        for column in frame.columns() {
            let rule = self
                .columns
                .iter()
                .find(|rule| rule.path == column.name().as_str());
            let unknown = || Error::StalePlan {
                place: column.name().to_string(),
                what: "it has a column that was not there before",
            };
            let rule = rule.ok_or_else(unknown)?;
            if self.drops(rule) {
                continue;
            }
            let index = |&row: &usize| (!empties(rule, fates[row])).then_some(row as IdxSize);
            let index: Vec<Option<IdxSize>> = rows.iter().map(index).collect();
            let filled = column.is_not_null();
            let went = rows
                .iter()
                .zip(&index)
                .filter(|(row, kept)| kept.is_none() && filled.get(**row) == Some(true));
            let went = went.count() as u64;
            if went > 0 {
                emptied.insert(rule.path.clone(), went);
            }
            let index = IdxCa::from_slice_options("".into(), &index);
            columns.push(
                column
                    .take(&index)
                    .map_err(|e| Error::parquet(&rule.path, &e))?,
            );
        }
        let left = DataFrame::new(rows.len(), columns).map_err(|e| Error::parquet("purge", &e))?;
        Ok((left, emptied))
    }

    pub(super) fn is_destroyed(&self, fate: RowFate) -> bool {
        fate.has_run_out() && self.expired() == Expired::Destroy
    }
}

/// Tells whether a cell of a row that stays goes.
fn empties(column: &ColumnRule, fate: RowFate) -> bool {
    if fate.kept_for.is_some() || !fate.is_selected {
        return false;
    }
    match column.fate {
        _ if fate.has_run_out() => column.category.is_some(),
        ColumnFate::Dropped => true,
        ColumnFate::While(needed) => needed & fate.standing.live == 0,
        _ => false,
    }
}

fn column<'a>(frame: &'a DataFrame, name: &str) -> Result<&'a Column> {
    frame.column(name).map_err(|e| Error::parquet(name, &e))
}

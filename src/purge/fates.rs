//! What becomes of every row of a batch, and the rows that are left.

use std::collections::BTreeMap;

use polars::prelude::{Column, DataFrame, IdxCa, IdxSize, NewChunkedArray as _};

use super::dates::{Day, days};
use super::digest::RowDigest;
use super::rules::{ColumnFate, ColumnRule, Rules, Standing};
use super::selection::Selection;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

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

/// How a cell goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// Its row is destroyed.
    WithRow,
    /// Its row stays.
    Emptied,
    /// Its column is dropped.
    WithColumn,
}

/// Cells of personal data that went from a column in one way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Gone {
    /// The column.
    pub path: String,
    /// What they were.
    pub category: String,
    /// How.
    pub how: How,
    /// How many.
    pub cells: u64,
}

/// What went.
#[derive(Debug, Default)]
pub(super) struct Went {
    /// Column, category and way: cells.
    cells: BTreeMap<(String, String, How), u64>,
    pub(super) rows_by_category: BTreeMap<String, u64>,
}

impl Went {
    fn count(&mut self, rule: &ColumnRule, category: &str, gone: &[Option<How>]) {
        for how in [How::WithRow, How::Emptied, How::WithColumn] {
            let cells = gone.iter().filter(|gone| **gone == Some(how)).count() as u64;
            if cells > 0 {
                let key = (rule.path.clone(), category.to_owned(), how);
                *self.cells.entry(key).or_default() += cells;
            }
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (key, cells) in other.cells {
            *self.cells.entry(key).or_default() += cells;
        }
        for (category, rows) in other.rows_by_category {
            *self.rows_by_category.entry(category).or_default() += rows;
        }
    }

    /// By column and way.
    pub(super) fn gone(&self) -> Vec<Gone> {
        let gone = self
            .cells
            .iter()
            .map(|((path, category, how), &cells)| Gone {
                path: path.clone(),
                category: category.clone(),
                how: *how,
                cells,
            });
        gone.collect()
    }
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
        if let Selection::Again(noted) = &self.selection {
            return self.fates_again(noted, frame);
        }
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

    pub(super) fn kept_for(&self, frame: &DataFrame) -> Result<Vec<Option<KeptFor>>> {
        let holds_all = self.holds.iter().any(|hold| hold.people.is_none());
        let mut kept = vec![holds_all.then_some(KeptFor::Hold); frame.height()];
        let held = || self.holds.iter().filter_map(|hold| hold.people.as_ref());
        if self.blocked.is_empty() && held().all(super::lists::People::is_empty) {
            return Ok(kept);
        }
        for name in &self.subject {
            let column = column(frame, name)?.as_materialized_series();
            for people in held() {
                for (kept, is_held) in kept.iter_mut().zip(people.perhaps_among(name, column)?) {
                    *kept = kept.or(is_held.then_some(KeptFor::Hold));
                }
            }
            for (kept, is_blocked) in kept
                .iter_mut()
                .zip(self.blocked.perhaps_among(name, column)?)
            {
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

    /// The rows and cells that are left, and what went.
    pub(super) fn left(&self, frame: &DataFrame, fates: &[RowFate]) -> Result<(DataFrame, Went)> {
        let mut went = Went::default();
        let rows: Vec<usize> = (0..frame.height())
            .filter(|&row| !self.is_destroyed(fates[row]))
            .collect();
        let mut columns = Vec::new();
        let mut gone_by_category: BTreeMap<&str, Vec<bool>> = BTreeMap::new();
        for column in frame.columns() {
            let rule = self.rule_of(column.name())?;
            let is_filled: Vec<bool> = column
                .is_not_null()
                .iter()
                .map(|f| f == Some(true))
                .collect();
            let how = |row: usize| self.how(rule, fates[row]).filter(|_| is_filled[row]);
            let gone: Vec<Option<How>> = (0..frame.height()).map(how).collect();
            if let Some(category) = &rule.category {
                let of_category = gone_by_category.entry(category);
                let of_category = of_category.or_insert_with(|| vec![false; frame.height()]);
                for (all, gone) in of_category.iter_mut().zip(&gone) {
                    *all |= gone.is_some();
                }
                went.count(rule, category, &gone);
            }
            if !self.drops(rule) {
                let index = |&row: &usize| (!empties(rule, fates[row])).then_some(row as IdxSize);
                let index: Vec<Option<IdxSize>> = rows.iter().map(index).collect();
                let index = IdxCa::from_slice_options("".into(), &index);
                let broken = |e| Error::parquet(&rule.path, &e);
                columns.push(column.take(&index).map_err(broken)?);
            }
        }
        for (category, gone) in gone_by_category {
            let rows = gone.iter().filter(|gone| **gone).count() as u64;
            went.rows_by_category.insert(category.to_owned(), rows);
        }
        let left = DataFrame::new(rows.len(), columns).map_err(|e| Error::parquet("purge", &e))?;
        Ok((left, went))
    }

    pub(super) fn rule_of(&self, name: &str) -> Result<&ColumnRule> {
        let rule = self.columns.iter().find(|rule| rule.path == name);
        rule.ok_or_else(|| Error::StalePlan {
            place: name.to_owned(),
            what: "it has a column that was not there before",
        })
    }

    /// How a cell goes, if it does.
    pub(super) fn how(&self, column: &ColumnRule, fate: RowFate) -> Option<How> {
        if self.is_destroyed(fate) {
            Some(How::WithRow)
        } else if self.drops(column) {
            Some(How::WithColumn)
        } else {
            empties(column, fate).then_some(How::Emptied)
        }
    }

    pub(super) fn is_destroyed(&self, fate: RowFate) -> bool {
        fate.has_run_out() && self.expired() == Expired::Destroy
    }

    /// Tells whether cells of a row that stays go, though their columns do not.
    pub(super) fn empties_any(&self, fate: RowFate) -> bool {
        let mut columns = self.columns.iter();
        !self.is_destroyed(fate)
            && columns.any(|column| empties(column, fate) && !self.drops(column))
    }

    /// By row: what is to become of it unless something keeps it, with all that it holds; none where nothing is.
    pub(super) fn asks(
        &self,
        frame: &DataFrame,
        fates: &[RowFate],
        rows: &[RowDigest],
    ) -> Result<Vec<Option<RowDigest>>> {
        let unkept: Vec<RowFate> = { fates.iter() }
            .map(|fate| RowFate {
                kept_for: None,
                ..*fate
            })
            .collect();
        let loses = self.loses(frame, &unkept)?;
        let mut asks: Vec<Option<Sha256>> = { loses.iter().zip(rows) }
            .map(|(loses, row)| loses.then(|| Sha256::new_with_prefix(row)))
            .collect();
        for column in frame.columns() {
            let rule = self.rule_of(column.name())?;
            for (ask, fate) in asks.iter_mut().zip(&unkept) {
                if let Some(ask) = ask {
                    ask.update([self.how(rule, *fate).map_or(0, |how| how as u8 + 1)]);
                }
            }
        }
        let asks = asks.into_iter().map(|ask| Some(ask?.finalize().into()));
        Ok(asks.collect())
    }

    /// By row: whether it, or a filled cell of it, goes.
    pub(super) fn loses(&self, frame: &DataFrame, fates: &[RowFate]) -> Result<Vec<bool>> {
        let mut loses: Vec<bool> = fates.iter().map(|fate| self.is_destroyed(*fate)).collect();
        for column in frame.columns() {
            let rule = self.rule_of(column.name())?;
            if rule.category.is_none() {
                continue;
            }
            let filled = column.is_not_null();
            let filled = filled.iter().map(|filled| filled == Some(true));
            for ((loses, filled), fate) in loses.iter_mut().zip(filled).zip(fates) {
                *loses |= filled && self.how(rule, *fate).is_some();
            }
        }
        Ok(loses)
    }

    /// Those columns, and what they hold.
    pub(super) fn emptied(&self, fate: RowFate) -> BTreeMap<String, Option<String>> {
        let columns = self.columns.iter();
        let emptied = columns.filter(|column| empties(column, fate) && !self.drops(column));
        emptied
            .map(|column| (column.path.clone(), column.category.clone()))
            .collect()
    }
}

impl ColumnRule {
    /// Tells whether its cells may go from rows that stay.
    pub(super) fn may_be_emptied(&self) -> bool {
        match self.fate {
            ColumnFate::Computed => false,
            ColumnFate::While(_) | ColumnFate::Dropped => true,
            ColumnFate::Stays | ColumnFate::StaysPersonal => self.category.is_some(),
        }
    }
}

/// Tells whether a cell of a row that stays goes.
fn empties(column: &ColumnRule, fate: RowFate) -> bool {
    if fate.kept_for.is_some() || !fate.is_selected {
        return false;
    }
    match column.fate {
        ColumnFate::Computed => false,
        _ if fate.has_run_out() => column.category.is_some(),
        ColumnFate::Dropped => true,
        ColumnFate::While(needed) => needed & fate.standing.live == 0,
        _ => false,
    }
}

fn column<'a>(frame: &'a DataFrame, name: &str) -> Result<&'a Column> {
    frame.column(name).map_err(|e| Error::parquet(name, &e))
}

//! Cells of one column as text, one a row, in little memory.

use std::collections::BTreeMap;
use std::ops::Range;

use polars::prelude::{DataType, Series};

use crate::batch::{Batch, Rows, for_each_leaf};
use crate::error::{Error, Result};

/// What is kept of a long cell, in bytes.
const LONGEST: usize = 256;

/// Cells of one column.
#[derive(Default)]
pub(super) struct Cells {
    text: String,
    /// Where each cell ends; one of no length holds nothing.
    ends: Vec<usize>,
}

impl Cells {
    pub(super) fn push(&mut self, cell: &str) {
        self.text
            .push_str(&cell[..cell.floor_char_boundary(LONGEST)]);
        self.ends.push(self.text.len());
    }

    /// Adds empty cells up to a number of rows.
    pub(super) fn pad(&mut self, rows: usize) {
        self.ends.resize(rows.max(self.ends.len()), self.text.len());
    }

    fn append(&mut self, other: &Self) {
        let before = self.text.len();
        self.text.push_str(&other.text);
        self.ends.extend(other.ends.iter().map(|end| before + end));
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// A cell that holds something.
    pub(super) fn at(&self, row: usize) -> Option<&str> {
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        let cell = &self.text[start..*self.ends.get(row)?];
        Some(cell).filter(|cell| !cell.is_empty())
    }

    /// All cells in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = Option<&str>> {
        (0..self.len()).map(|row| self.at(row))
    }

    /// Rows in which both hold something.
    pub(super) fn with<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let both = self.iter().zip(other.iter());
        both.filter_map(|(cell, other)| Some((cell?, other?)))
    }

    /// Share of equal cells among those that hold something in either.
    pub(super) fn share_equal(&self, other: &Self) -> f64 {
        let filled = || (self.iter().zip(other.iter())).filter(|(a, b)| a.is_some() || b.is_some());
        let equal = filled().filter(|(a, b)| a == b).count();
        equal as f64 / filled().count().max(1) as f64
    }
}

/// Some rows of a batch, and how many they are: those columns with one value a row that are wanted, by path.
pub(super) fn of_rows(
    batch: &Batch,
    parts: &[Range<usize>],
    is_wanted: &(dyn Fn(&str) -> bool + Sync),
) -> Result<(usize, BTreeMap<String, Cells>)> {
    let mut columns = BTreeMap::new();
    match &batch.rows {
        Rows::Text(rows) => {
            let text = rows.text();
            let columns_of_rows = rows.names.iter().zip(&rows.columns);
            for (name, bounds) in columns_of_rows.filter(|(name, _)| is_wanted(name)) {
                let mut cells = Cells::default();
                for &(start, end) in parts.iter().flat_map(|part| &bounds[part.clone()]) {
                    cells.push(&text[start as usize..end as usize]);
                }
                columns.insert(name.clone(), cells);
            }
        }
        Rows::Frame(frame) => {
            for (column, part) in (frame.columns().iter())
                .flat_map(|column| parts.iter().map(move |part| (column, part)))
            {
                let column = column.slice(part.start.cast_signed() as i64, part.len());
                for_each_leaf(&column, &mut |path, values| {
                    if path.contains("[]") || !is_wanted(&path) {
                        return Ok(());
                    }
                    push_all(&path, values, columns.entry(path.clone()).or_default())
                })?;
            }
        }
    }
    Ok((parts.iter().map(Range::len).sum(), columns))
}

fn push_all(path: &str, values: &Series, cells: &mut Cells) -> Result<()> {
    let broken = |e| Error::parquet(path, &e);
    if values.dtype() == &DataType::Binary {
        for value in values.binary().map_err(broken)?.iter() {
            cells.push(&String::from_utf8_lossy(value.unwrap_or_default()));
        }
        return Ok(());
    }
    let text = values.cast(&DataType::String).map_err(broken)?;
    for cell in text.str().map_err(broken)?.iter() {
        cells.push(cell.unwrap_or_default());
    }
    Ok(())
}

/// Adds columns to those of the rows before; what either lacks is empty.
pub(super) fn append(
    all: &mut BTreeMap<String, Cells>,
    columns: &BTreeMap<String, Cells>,
    before: usize,
) {
    for (path, more) in columns {
        let cells = all.entry(path.clone()).or_default();
        cells.pad(before);
        cells.append(more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_that_come_late_are_empty_before() {
        let of = |cells: &[&str]| {
            let mut column = Cells::default();
            for cell in cells {
                column.push(cell);
            }
            column
        };
        let mut all = BTreeMap::new();
        append(
            &mut all,
            &BTreeMap::from([("a".to_owned(), of(&["1", ""]))]),
            0,
        );
        append(&mut all, &BTreeMap::from([("b".to_owned(), of(&["ы"]))]), 2);
        for cells in all.values_mut() {
            cells.pad(3);
        }
        let cells = |path: &str| all[path].iter().collect::<Vec<_>>();
        assert_eq!(cells("a"), [Some("1"), None, None]);
        assert_eq!(cells("b"), [None, None, Some("ы")]);
        assert!((of(&["1", "", "2"]).share_equal(&of(&["1", "", "3"])) - 0.5).abs() < 1e-9);
    }
}

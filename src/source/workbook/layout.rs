//! Where in a sheet the table is: which row names the columns, what stands above it, which columns hold anything.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::csv::sniff::{column_paths, looks_like_header};

/// Rows that are looked at for a header.
const LOOKED_AT: usize = 200;
/// Rows that a header is looked for in.
const HEADS: usize = 50;

/// The table of a sheet.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    /// The row that names the columns.
    pub(super) header: Option<u32>,
    /// The first row of the table; those above it are titles.
    pub(super) first: u32,
    /// Columns that hold anything, and which of the table's they are.
    pub(super) columns: BTreeMap<u32, usize>,
    /// Names of the columns.
    pub(super) paths: Vec<String>,
    /// How many names are personal data themselves.
    pub(super) hidden_names: usize,
    /// Rows of the table.
    pub(super) rows: u64,
    /// What stands above the table, row by row.
    pub(super) titles: Vec<String>,
}

/// Gathers what is known of a sheet while all its cells go by.
#[derive(Default)]
pub(super) struct Survey {
    /// The first rows, by row and column.
    head: BTreeMap<u32, BTreeMap<u32, String>>,
    /// Columns that hold anything below them.
    columns: BTreeSet<u32>,
    rows: u64,
    last: Option<u32>,
}

impl Survey {
    /// Notes a cell that is not empty.
    pub(super) fn cell(&mut self, row: u32, column: u32, text: &str) {
        if self.last != Some(row) {
            self.last = Some(row);
            self.rows += 1;
        }
        if self.rows <= LOOKED_AT as u64 {
            let cells = self.head.entry(row).or_default();
            cells.insert(column, text.to_owned());
        } else {
            self.columns.insert(column);
        }
    }

    /// Says where the table is; `has_header` is not guessed where it is given.
    pub(super) fn layout(self, has_header: Option<bool>) -> Layout {
        let widest = self.head.values().map(BTreeMap::len).max().unwrap_or(0);
        // Titles stand alone or in pairs above rows that are much wider.
        let is_title = |cells: &BTreeMap<u32, String>| 2 * cells.len() < widest;
        let wide = |(_, cells): &(&u32, &BTreeMap<u32, String>)| !is_title(cells);
        let first = self.head.iter().take(HEADS).find(wide).map(|(row, _)| *row);
        let first = first.or(self.head.keys().next().copied()).unwrap_or(0);
        let titles = self.head.range(..first);
        let titles: Vec<String> = titles
            .map(|(_, cells)| cells.values().cloned().collect::<Vec<_>>().join(" "))
            .collect();
        let table = || self.head.range(first..);
        let below = self.columns.iter();
        let in_head = table().flat_map(|(_, cells)| cells.keys());
        let used: BTreeSet<u32> = below.chain(in_head).copied().collect();
        let columns: BTreeMap<u32, usize> = { used.iter().enumerate() }
            .map(|(at, column)| (*column, at))
            .collect();
        let record = |cells: &BTreeMap<u32, String>| {
            { used.iter() }
                .map(|column| cells.get(column).cloned().unwrap_or_default())
                .collect::<Vec<String>>()
        };
        let records: Vec<Vec<String>> = table().map(|(_, cells)| record(cells)).collect();
        let has_header = has_header.unwrap_or_else(|| looks_like_header(&records));
        let names = match records.first() {
            Some(names) if has_header => names.clone(),
            _ => vec![String::new(); used.len()],
        };
        let (paths, hidden_names) = column_paths(&names);
        let above = titles.len() as u64 + u64::from(has_header && !records.is_empty());
        Layout {
            header: has_header.then_some(first),
            first,
            columns,
            paths,
            hidden_names,
            rows: self.rows.saturating_sub(above),
            titles,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(rows: &[(u32, u32, &[&str])]) -> Layout {
        let mut survey = Survey::default();
        for (row, column, cells) in rows {
            for (at, cell) in cells
                .iter()
                .enumerate()
                .filter(|(_, cell)| !cell.is_empty())
            {
                survey.cell(*row, column + at as u32, cell);
            }
        }
        survey.layout(None)
    }

    #[test]
    fn a_header_is_found_below_titles_and_beside_empty_columns() {
        let found = layout(&[
            (1, 2, &["Отчёт за март"]),
            (3, 2, &["ИИН", "Имя", "", "Сумма"]),
            (4, 2, &["350101100012", "Асқар", "", "15"]),
            (5, 2, &["350101200019", "Айгүл", "", "20"]),
        ]);
        assert_eq!((found.header, found.first, found.rows), (Some(3), 3, 2));
        assert_eq!(found.paths, ["ИИН", "Имя", "Сумма"]);
        assert_eq!(found.columns, [(2, 0), (3, 1), (5, 2)].into());
        assert_eq!(found.titles, ["Отчёт за март"]);
    }

    #[test]
    fn a_sheet_without_a_header_is_all_rows() {
        let found = layout(&[
            (0, 0, &["350101100012", "Асқар"]),
            (1, 0, &["350101200019", "Айгүл"]),
        ]);
        assert_eq!((found.header, found.rows), (None, 2));
        assert_eq!(found.paths, ["column_1", "column_2"]);
    }

    #[test]
    fn a_sheet_of_one_column_and_an_empty_one_are_tables() {
        let found = layout(&[(0, 0, &["iin"]), (1, 0, &["350101100012"])]);
        assert_eq!((found.paths, found.rows), (vec!["iin".to_owned()], 1));
        let found = layout(&[]);
        assert_eq!((found.paths.len(), found.rows), (0, 0));
    }
}

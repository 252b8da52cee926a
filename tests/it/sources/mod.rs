//! Laws that hold for every kind of source, over one table that each kind writes in its own way: a new kind is a file here and a
//! line in `KINDS`.

mod arrow;
mod csv;
mod dbf;
mod foreign;
mod json;
mod laws;
mod mssql;
mod mysql;
#[cfg(feature = "odbc")]
mod odbc;
mod parquet;
mod postgres;
mod sqlite;
mod workbook;

use std::any::Any;
use std::path::Path;

use crate::common::iins;

/// A kind of source.
pub(crate) struct Kind {
    /// Its name in messages.
    pub(crate) name: &'static str,
    /// Makes the table in a folder; `None` where that cannot be tried on this machine, which it has said then.
    pub(crate) make: fn(&Path, &Table) -> Option<Made>,
    /// Makes what cannot be read: arguments for `scan`. The cells of `Table::usual` may be in it.
    pub(crate) broken: fn(&Path) -> Vec<String>,
}

/// A table that was made.
pub(crate) struct Made {
    /// What a person would name as SOURCE.
    pub(crate) source: String,
    /// What has to live as long as the table.
    pub(crate) _keeps: Option<Box<dyn Any>>,
}

impl Made {
    /// A file.
    #[expect(clippy::unnecessary_wraps, reason = "what `make` of a kind returns")]
    pub(crate) fn file(path: &Path) -> Option<Self> {
        Some(Self {
            source: path.to_str().unwrap().to_owned(),
            _keeps: None,
        })
    }
}

const KINDS: &[Kind] = &[
    csv::KIND,
    parquet::KIND,
    json::LINES,
    json::ARRAY,
    sqlite::KIND,
    postgres::KIND,
    mysql::KIND,
    mssql::KIND,
    dbf::KIND,
    workbook::KIND,
    arrow::FILE,
    arrow::STREAM,
    #[cfg(feature = "odbc")]
    odbc::SQLITE,
    #[cfg(feature = "odbc")]
    odbc::POSTGRES,
];

/// What every kind writes: names that every kind can have, and cells of text of which an empty one is null.
pub(crate) struct Table {
    pub(crate) names: Vec<&'static str>,
    pub(crate) rows: Vec<Vec<String>>,
}

const SURNAMES: &[&str] = &["Ахметова", "Сериков", "Ким", "Оспанова"];
const GIVEN: &[&str] = &["Алия", "Ерлан", "Сауле", "Марат"];
const GOODS: &[&str] = &[
    "стол деревянный",
    "стул, мягкий",
    "\"лампа\"; белая",
    "коврик 40x60",
];

impl Table {
    /// A table with personal data of every sort, leading zeros and empty cells.
    pub(crate) fn usual(rows: usize) -> Self {
        let iins = iins(rows.min(900));
        let row = |row: usize| {
            let missing = |every: usize, cell: String| {
                if row % every == every - 1 {
                    String::new()
                } else {
                    cell
                }
            };
            vec![
                format!("{:03}", row % 1000),
                iins[row % iins.len()].clone(),
                format!("{} {}", SURNAMES[row % 4], GIVEN[row / 4 % 4]),
                missing(5, format!("+7700{:07}", row * 7919 % 10_000_000)),
                missing(7, format!("{}.{:02}", row * 37 % 100_000, row % 100)),
                missing(3, GOODS[row % GOODS.len()].to_owned()),
            ]
        };
        Self {
            names: vec!["code", "iin", "fio", "phone", "sum", "goods"],
            rows: (0..rows).map(row).collect(),
        }
    }

    /// One column's cells.
    pub(crate) fn column(&self, at: usize) -> Vec<Option<&str>> {
        let cells = self.rows.iter().map(|row| row[at].as_str());
        cells
            .map(|cell| Some(cell).filter(|cell| !cell.is_empty()))
            .collect()
    }
}

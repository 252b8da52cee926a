//! Parquet with columns of text.

use std::path::Path;

use polars::prelude::{Column, DataFrame, NamedFrom as _, ParquetWriter, Series};

use super::{Kind, Made, Table};
use crate::common::write;

pub(super) const KIND: Kind = Kind {
    name: "parquet",
    make,
    broken,
};

/// The table as a frame.
pub(super) fn frame(table: &Table) -> DataFrame {
    let columns = table
        .names
        .iter()
        .enumerate()
        .map(|(at, name)| Column::from(Series::new((*name).into(), table.column(at))));
    DataFrame::new(table.rows.len(), columns.collect()).unwrap()
}

fn make(folder: &Path, table: &Table) -> Option<Made> {
    let path = folder.join("table.parquet");
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .with_row_group_size(Some(100))
        .finish(&mut frame(table))
        .unwrap();
    write(&path, bytes);
    Made::file(&path)
}

fn broken(folder: &Path) -> Vec<String> {
    let made = make(folder, &Table::usual(50)).unwrap();
    let bytes = std::fs::read(&made.source).unwrap();
    write(Path::new(&made.source), &bytes[..bytes.len() - 20]);
    vec![made.source]
}

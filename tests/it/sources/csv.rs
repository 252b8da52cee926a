//! CSV, which the other kinds are measured against.

use std::path::Path;

use super::{Kind, Made, Table};
use crate::common::write;

pub(super) const KIND: Kind = Kind {
    name: "csv",
    make,
    broken,
};

pub(super) fn make(folder: &Path, table: &Table) -> Option<Made> {
    let path = folder.join("table.csv");
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    writer.write_record(&table.names).unwrap();
    for row in &table.rows {
        writer.write_record(row).unwrap();
    }
    write(&path, writer.into_inner().unwrap());
    Made::file(&path)
}

fn broken(folder: &Path) -> Vec<String> {
    let made = make(folder, &Table::usual(50)).unwrap();
    let mut bytes = std::fs::read(&made.source).unwrap();
    bytes.extend(b"1,\"never closed");
    write(Path::new(&made.source), bytes);
    vec![made.source]
}

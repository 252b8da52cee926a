//! A workbook of one sheet, whose table does not begin in its corner.

use std::path::Path;

use rust_xlsxwriter::Workbook;

use super::{Kind, Made, Table};
use crate::common::write;

pub(super) const KIND: Kind = Kind {
    name: "xlsx",
    make,
    broken,
};

fn bytes(table: &Table) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (at, name) in table.names.iter().enumerate() {
        sheet.write(2, 1 + at as u16, *name).unwrap();
    }
    for (down, row) in table.rows.iter().enumerate() {
        for (at, cell) in row.iter().enumerate() {
            if !cell.is_empty() {
                sheet
                    .write(3 + down as u32, 1 + at as u16, cell.as_str())
                    .unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}

fn make(folder: &Path, table: &Table) -> Option<Made> {
    let path = folder.join("table.xlsx");
    write(&path, bytes(table));
    Made::file(&path)
}

fn broken(folder: &Path) -> Vec<String> {
    let whole = bytes(&Table::usual(50));
    let mut damaged = whole.clone();
    let middle = whole.len() / 3;
    damaged[middle..middle + 40].fill(0x55);
    let files = [
        ("cut.xlsx", &whole[..whole.len() / 2]),
        ("damaged.xlsx", &damaged[..]),
        ("text.xlsx", &b"iin\n350101100012\n"[..]),
        ("empty.xls", &[][..]),
    ];
    let path = |(name, bytes): (&str, &[u8])| {
        write(&folder.join(name), bytes);
        folder.join(name).to_str().unwrap().to_owned()
    };
    files.into_iter().map(path).collect()
}

//! DBF as dBase III lays it out, in windows-1251.

use std::path::Path;

use iesiz::source::csv::encoding::Encoding;

use super::{Kind, Made, Table};
use crate::common::write;

pub(super) const KIND: Kind = Kind {
    name: "dbf",
    make,
    broken,
};

const WIDTH: u8 = 60;

/// The bytes of a file whose fields are all text.
fn bytes(table: &Table) -> Vec<u8> {
    let start = 32 + 32 * table.names.len() as u16 + 1;
    let width = 1 + u16::from(WIDTH) * table.names.len() as u16;
    let mut file = vec![3, 126, 1, 1];
    file.extend((table.rows.len() as u32).to_le_bytes());
    file.extend(start.to_le_bytes());
    file.extend(width.to_le_bytes());
    file.resize(32, 0);
    for name in &table.names {
        let begun = file.len();
        file.extend(name.as_bytes());
        file.resize(begun + 11, 0);
        file.push(b'C');
        file.resize(begun + 16, 0);
        file.push(WIDTH);
        file.resize(begun + 32, 0);
    }
    file.push(0x0d);
    let encoding = Encoding::named("windows-1251").unwrap();
    for row in &table.rows {
        file.push(b' ');
        for cell in row {
            let end = file.len() + usize::from(WIDTH);
            encoding.encode(cell, &mut file).unwrap();
            assert!(file.len() <= end);
            file.resize(end, b' ');
        }
    }
    file.push(0x1a);
    file
}

fn make(folder: &Path, table: &Table) -> Option<Made> {
    let path = folder.join("table.dbf");
    write(&path, bytes(table));
    Made::file(&path)
}

fn broken(folder: &Path) -> Vec<String> {
    let whole = bytes(&Table::usual(50));
    let mut unknown = whole.clone();
    unknown[32 + 11] = b'%';
    let mut damaged = whole.clone();
    let record = usize::from(u16::from_le_bytes([whole[8], whole[9]]));
    damaged[record] = b'#';
    let files = [
        ("cut.dbf", &whole[..whole.len() - 100]),
        ("unknown.dbf", &unknown[..]),
        ("damaged.dbf", &damaged[..]),
        ("short.dbf", &whole[..40]),
        ("empty.dbf", &[][..]),
    ];
    let path = |(name, bytes): (&str, &[u8])| {
        write(&folder.join(name), bytes);
        folder.join(name).to_str().unwrap().to_owned()
    };
    files.into_iter().map(path).collect()
}

//! A file of `SQLite` with columns of text.

use std::path::Path;

use rusqlite::{Connection, params_from_iter};

use super::{Kind, Made, Table};
use crate::common::write;

pub(super) const KIND: Kind = Kind {
    name: "sqlite",
    make,
    broken,
};

fn make(folder: &Path, table: &Table) -> Option<Made> {
    let path = folder.join("table.db");
    let mut made = Connection::open(&path).unwrap();
    let change = made.transaction().unwrap();
    change
        .execute(
            &format!("create table people ({})", table.names.join(" text, ")),
            [],
        )
        .unwrap();
    let places = vec!["?"; table.names.len()].join(", ");
    for row in &table.rows {
        let cells = row
            .iter()
            .map(|cell| Some(cell).filter(|cell| !cell.is_empty()));
        change
            .execute(
                &format!("insert into people values ({places})"),
                params_from_iter(cells),
            )
            .unwrap();
    }
    change.commit().unwrap();
    Made::file(&path)
}

fn broken(folder: &Path) -> Vec<String> {
    let made = make(folder, &Table::usual(50)).unwrap();
    let bytes = std::fs::read(&made.source).unwrap();
    write(Path::new(&made.source), &bytes[..bytes.len() - 20]);
    vec![made.source.clone(), format!("sqlite:{}", made.source)]
}

//! A database of `MariaDB` or `MySQL`.

use std::path::Path;

use mysql::prelude::Queryable as _;

use super::{Kind, Made, Table};
use crate::databases::mysql::Database;

pub(super) const KIND: Kind = Kind {
    name: "mysql",
    make,
    broken: |_| vec!["mysql://nobody:wrong@127.0.0.1:1/nothing".to_owned()],
};

fn make(_: &Path, table: &Table) -> Option<Made> {
    let database = Database::new("laws of sources, mysql")?;
    let mut session = database.inside();
    let columns = table.names.join(" varchar(99), ");
    session
        .query_drop(format!("create table people ({columns} varchar(99))"))
        .unwrap();
    let places = vec!["?"; table.names.len()].join(", ");
    let rows = table.rows.iter().map(|row| {
        let cells = row
            .iter()
            .map(|cell| Some(cell).filter(|cell| !cell.is_empty()));
        cells.collect::<Vec<_>>()
    });
    session
        .exec_batch(format!("insert into people values ({places})"), rows)
        .unwrap();
    Some(Made {
        source: database.address(),
        _keeps: Some(Box::new(database)),
    })
}

//! A database of `PostgreSQL`.

use std::io::Write as _;
use std::path::Path;

use super::{Kind, Made, Table};
use crate::databases::postgres::Database;

pub(super) const KIND: Kind = Kind {
    name: "postgres",
    make,
    broken: |_| vec!["postgres://nobody:wrong@127.0.0.1:1/nothing".to_owned()],
};

fn make(_: &Path, table: &Table) -> Option<Made> {
    let database = Database::new("laws of sources, postgres")?;
    let mut session = database.inside();
    let columns = table.names.join(" text, ");
    session
        .batch_execute(&format!("create table people ({columns} text)"))
        .unwrap();
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    for row in &table.rows {
        writer.write_record(row).unwrap();
    }
    let mut rows = session
        .copy_in("copy people from stdin (format csv)")
        .unwrap();
    rows.write_all(&writer.into_inner().unwrap()).unwrap();
    rows.finish().unwrap();
    Some(Made {
        source: database.address(),
        _keeps: Some(Box::new(database)),
    })
}

//! A double of Microsoft SQL Server.

use super::{Kind, Made};
use crate::databases::mssql::double::{Cell, Double, Table};

pub(super) const KIND: Kind = Kind {
    name: "mssql",
    make: |_, table| {
        let cell = |cell: &String| match cell.as_str() {
            "" => Cell::Null,
            cell => Cell::Text(cell.to_owned()),
        };
        let row = |row: &Vec<String>| row.iter().map(cell).collect();
        let rows = table.rows.iter().map(row).collect();
        let double = Double::new(vec![Table::of_text("people", &table.names, rows)]);
        Some(Made {
            source: double.address(),
            _keeps: Some(Box::new(double)),
        })
    },
    broken: |_| vec!["mssql://nobody:wrong@127.0.0.1:1/nothing".to_owned()],
};

//! Databases behind a driver of ODBC.

use std::path::Path;

use super::{Kind, Made, Table, postgres, sqlite};
use crate::databases::odbc::{has_driver, of_postgres, of_sqlite};

pub(super) const SQLITE: Kind = Kind {
    name: "odbc-sqlite",
    make: |folder, table| {
        let is_there = has_driver("laws of sources, odbc-sqlite", "SQLite3");
        let made = is_there.then(|| (sqlite::KIND.make)(folder, table))??;
        Some(Made {
            source: of_sqlite(Path::new(&made.source)),
            ..made
        })
    },
    broken: |folder| {
        vec![
            of_sqlite(&folder.join("not/there.db")),
            "odbc:DSN=nothing of this name;UID=nobody;PWD=wrong".to_owned(),
            "odbc:nothing".to_owned(),
        ]
    },
};

pub(super) const POSTGRES: Kind = Kind {
    name: "odbc-postgres",
    make: |folder: &Path, table: &Table| {
        let is_there = has_driver("laws of sources, odbc-postgres", "PostgreSQL Unicode");
        let made = is_there.then(|| (postgres::KIND.make)(folder, table))??;
        Some(Made {
            source: of_postgres(&made.source),
            ..made
        })
    },
    broken: |_| vec![of_postgres("postgres://nobody:wrong@127.0.0.1:1/nothing")],
};

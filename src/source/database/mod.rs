//! Databases: what a person's address leads to, table by table. Sessions only read, unless a table is changed where it is.

mod address;
mod catalog;
mod fit;
mod mssql;
mod mysql;
#[cfg(feature = "odbc")]
mod odbc;
#[cfg(not(feature = "odbc"))]
#[path = "odbc/without.rs"]
mod odbc;
mod passwords;
mod postgres;
mod residue;
mod sessions;
pub(super) mod sqlite;
mod tls;
mod transaction;
mod typed;

use super::Source;
use crate::batch::TableId;
use crate::error::{Error, Result};
pub use address::Address;
pub(super) use catalog::plain;
pub use catalog::{Choice, Reference};
pub use catalog::{Class, DbColumn, DbTable, Kind};
pub use residue::{CleanUp, Left};
pub(crate) use transaction::{Cell, Changes, Order, PLACE, Transaction};

/// What an address leads to.
#[derive(Default)]
pub(super) struct Held {
    /// Tables that can be read.
    pub tables: Vec<Box<dyn Source>>,
    /// What cannot be read, and why.
    pub unread: Vec<(TableId, Error)>,
    /// What shows only what other tables hold.
    pub ignored: Vec<String>,
}

/// What a person wants of a database.
struct Wanted<'a> {
    choice: &'a Choice,
    /// The one table that the address names.
    named: Option<String>,
}

impl Held {
    /// One table.
    pub(super) fn one(source: impl Source + 'static) -> Self {
        Self {
            tables: vec![Box::new(source)],
            ..Self::default()
        }
    }

    /// Tells whether a table is to be read; notes those that only show others, and those that cannot be.
    fn takes(
        &mut self,
        table: &DbTable,
        id: &TableId,
        wanted: &Wanted<'_>,
        is_readable: impl FnOnce() -> Result<()>,
    ) -> bool {
        let is_other = |named: &String| *named != table.full_name();
        if wanted.named.as_ref().is_some_and(is_other) || !wanted.choice.wants(table) {
            return false;
        }
        let is_shown_elsewhere = match table.kind {
            Kind::View => !wanted.choice.views && wanted.named.is_none(),
            Kind::Foreign => true,
            Kind::Table | Kind::Versioned | Kind::Partitioned | Kind::MaterializedView => false,
        };
        if is_shown_elsewhere {
            self.ignored.push(id.0.clone());
            return false;
        }
        let checked = is_readable().and_then(|()| table.check_names(&id.0));
        checked
            .map_err(|error| self.unread.push((id.clone(), error)))
            .is_ok()
    }
}

/// Locks tables and begins to change them.
type Begin = fn(&str, &[String]) -> Result<Box<dyn Transaction>>;

/// A kind of database.
struct Opener {
    schemes: &'static [&'static str],
    open: fn(&str, &Choice) -> Result<Held>,
    /// An address of this kind as it may be repeated.
    shown: fn(&str) -> String,
    /// Where tables of this kind are changed in place.
    change: Option<Change>,
}

/// How tables are changed in place.
struct Change {
    begin: Begin,
    residue: fn(&str, &[String], CleanUp) -> Result<Vec<Left>>,
}

const OPENERS: &[Opener] = &[
    Opener {
        schemes: &["postgres", "postgresql"],
        open: |address, choice| postgres::open(&Address::parse(address)?, choice),
        shown: Address::shown,
        change: Some(Change {
            begin: |address, tables| postgres::begin(&Address::parse(address)?, tables),
            residue: |address, tables, how| {
                postgres::residue(&Address::parse(address)?, tables, how)
            },
        }),
    },
    Opener {
        schemes: &["mysql", "mariadb"],
        open: |address, choice| mysql::open(&Address::parse(address)?, choice),
        shown: Address::shown,
        change: Some(Change {
            begin: |address, tables| mysql::begin(&Address::parse(address)?, tables),
            residue: |address, tables, how| mysql::residue(&Address::parse(address)?, tables, how),
        }),
    },
    Opener {
        schemes: &["sqlite"],
        open: sqlite::open,
        shown: str::to_owned,
        change: Some(Change {
            begin: sqlite::begin,
            residue: sqlite::residue,
        }),
    },
    Opener {
        schemes: &["mssql", "sqlserver"],
        open: |address, choice| mssql::open(&Address::parse(address)?, choice),
        shown: Address::shown,
        change: None,
    },
    Opener {
        schemes: &["odbc"],
        open: odbc::open,
        shown: odbc::shown,
        change: None,
    },
];

/// Tells whether a name is the address of a database, of whatever kind.
pub(super) fn is_address(name: &str) -> bool {
    opener(name).is_some() || name.contains("://")
}

/// Finds the tables behind an address.
///
/// # Errors
/// When the database cannot be reached or holds no table that is wanted.
pub(super) fn open(name: &str, choice: &Choice) -> Result<Held> {
    let opener = opener(name).ok_or_else(|| Error::UnsupportedFormat {
        place: scheme(name),
    })?;
    (opener.open)(name, choice)
}

/// The database and the table in it that an address names, where tables can be changed in it.
///
/// # Errors
/// When they cannot.
pub(crate) fn in_database(address: &str) -> Result<(String, String)> {
    changer(address)?;
    if address.starts_with("sqlite:") {
        return Ok(sqlite::file_and_table(address));
    }
    let address = Address::parse(address)?;
    Ok((address.to_string(), address.table().unwrap_or_default()))
}

/// Undoes what a run that was killed left half done, where nobody can read before that.
///
/// # Errors
/// When it cannot be undone.
pub(crate) fn undo(name: &str) -> Result<()> {
    match opener(name) {
        Some(opener) if !opener.schemes.contains(&"sqlite") => Ok(()),
        _ => sqlite::undo(name),
    }
}

/// Begins to change tables of a database, named as [`Address::table`] names them.
///
/// # Errors
/// When it cannot be reached, or somebody else works with the tables for long.
pub(crate) fn begin(address: &str, tables: &[String]) -> Result<Box<dyn Transaction>> {
    (changer(address)?.begin)(address, tables)
}

/// What a database still keeps of rows that were changed or deleted; cleans up before, where that is wanted.
///
/// # Errors
/// When it cannot be reached, or refuses to clean up.
pub(crate) fn residue(address: &str, tables: &[String], how: CleanUp) -> Result<Vec<Left>> {
    (changer(address)?.residue)(address, tables, how)
}

fn changer(address: &str) -> Result<&'static Change> {
    let change = opener(address).and_then(|opener| opener.change.as_ref());
    change.ok_or_else(|| Error::NotInPlace {
        place: shown(address),
    })
}

/// Opens one table again by the address that [`Source::address`] gave.
///
/// # Errors
/// When it cannot be reached, or is not there any more.
pub(super) fn reopen(id: &TableId, address: &str) -> Result<Box<dyn Source>> {
    let mut held = match address.split_once(':') {
        Some(("sqlite", _)) => sqlite::reopen(id, address)?,
        _ => open(address, &Choice::default())?,
    };
    let found = held.tables.iter().position(|source| source.id() == id);
    match found {
        Some(at) => Ok(held.tables.swap_remove(at)),
        None => Err(Error::NoTables {
            place: id.to_string(),
        }),
    }
}

/// A name as it may be repeated: an address without what opens it.
pub(super) fn shown(name: &str) -> String {
    match opener(name) {
        Some(opener) => (opener.shown)(name),
        None if is_address(name) => scheme(name),
        None => name.to_owned(),
    }
}

/// All of an unknown address that may be repeated.
fn scheme(name: &str) -> String {
    let (scheme, _) = name.split_once(':').unwrap_or_default();
    format!("{scheme}://")
}

fn opener(name: &str) -> Option<&'static Opener> {
    let (scheme, _) = name.split_once(':')?;
    OPENERS
        .iter()
        .find(|opener| opener.schemes.contains(&scheme))
}

//! Databases: what a person's address leads to, table by table. Sessions only read, unless a table is changed where it is.

mod address;
mod catalog;
mod fit;
mod passwords;
mod postgres;
mod residue;
mod tls;
mod transaction;
mod typed;

use super::Source;
use crate::batch::TableId;
use crate::error::{Error, Result};
pub use address::Address;
pub use catalog::{Choice, Reference};
pub(crate) use catalog::{Class, DbColumn, DbTable, Kind};
pub use residue::{CleanUp, Left};
pub(crate) use transaction::{Cell, Changes, PLACE, Transaction};

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

/// Locks tables and begins to change them.
type Begin = fn(&Address, &[String]) -> Result<Box<dyn Transaction>>;

/// A kind of database.
struct Opener {
    schemes: &'static [&'static str],
    open: fn(&Address, &Choice) -> Result<Held>,
    begin: Begin,
    residue: fn(&Address, &[String], CleanUp) -> Result<Vec<Left>>,
}

const OPENERS: &[Opener] = &[Opener {
    schemes: &["postgres", "postgresql"],
    open: postgres::open,
    begin: postgres::begin,
    residue: postgres::residue,
}];

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
    (opener.open)(&Address::parse(name)?, choice)
}

/// Begins to change tables of a database, named as [`Address::table`] names them.
///
/// # Errors
/// When it cannot be reached, or somebody else works with the tables for long.
pub(crate) fn begin(address: &str, tables: &[String]) -> Result<Box<dyn Transaction>> {
    let opener = opener(address).ok_or_else(|| Error::UnsupportedFormat {
        place: scheme(address),
    })?;
    (opener.begin)(&Address::parse(address)?, tables)
}

/// What a database still keeps of rows that were changed or deleted; cleans up before, where that is wanted.
///
/// # Errors
/// When it cannot be reached, or refuses to clean up.
pub(crate) fn residue(address: &str, tables: &[String], how: CleanUp) -> Result<Vec<Left>> {
    let opener = opener(address).ok_or_else(|| Error::UnsupportedFormat {
        place: scheme(address),
    })?;
    (opener.residue)(&Address::parse(address)?, tables, how)
}

/// Opens one table again by the address that [`Source::address`] gave.
///
/// # Errors
/// When it cannot be reached, or is not there any more.
pub(super) fn reopen(id: &TableId, address: &str) -> Result<Box<dyn Source>> {
    let mut held = open(address, &Choice::default())?;
    let found = held.tables.iter().position(|source| source.id() == id);
    match found {
        Some(at) => Ok(held.tables.swap_remove(at)),
        None => Err(Error::NoTables {
            place: id.to_string(),
        }),
    }
}

/// A name as it may be repeated: an address without its password.
pub(super) fn shown(name: &str) -> String {
    if is_address(name) {
        Address::parse(name).map_or_else(|_| scheme(name), |address| address.to_string())
    } else {
        name.to_owned()
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

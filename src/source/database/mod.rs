//! Databases: what a person's address leads to, table by table. Sessions only read, unless a table is changed where it is.

mod address;
mod catalog;
mod passwords;
mod postgres;
mod tls;

use super::Source;
use crate::batch::TableId;
use crate::error::{Error, Result};
pub use address::Address;
pub use catalog::Choice;
pub(crate) use catalog::{Class, DbColumn, DbTable, Kind};

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

/// A kind of database.
struct Opener {
    schemes: &'static [&'static str],
    open: fn(&Address, &Choice) -> Result<Held>,
}

const OPENERS: &[Opener] = &[Opener {
    schemes: &["postgres", "postgresql"],
    open: postgres::open,
}];

/// Tells whether a name is the address of a database.
pub(super) fn is_address(name: &str) -> bool {
    opener(name).is_some()
}

/// Finds the tables behind an address.
///
/// # Errors
/// When the database cannot be reached or holds no table that is wanted.
pub(super) fn open(name: &str, choice: &Choice) -> Result<Held> {
    let opener = opener(name).ok_or_else(|| Error::UnsupportedFormat {
        place: "this kind of address".to_owned(),
    })?;
    (opener.open)(&Address::parse(name)?, choice)
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

fn opener(name: &str) -> Option<&'static Opener> {
    let (scheme, _) = name.split_once(':')?;
    OPENERS
        .iter()
        .find(|opener| opener.schemes.contains(&scheme))
}

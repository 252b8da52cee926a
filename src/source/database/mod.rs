//! Databases: what a person's address leads to, table by table. Sessions only read, unless a table is changed where it is.

mod address;
mod catalog;
mod mysql;
mod passwords;
mod postgres;
mod sessions;
pub(super) mod sqlite;
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

/// A kind of database.
struct Opener {
    schemes: &'static [&'static str],
    open: fn(&str, &Choice) -> Result<Held>,
}

const OPENERS: &[Opener] = &[
    Opener {
        schemes: &["postgres", "postgresql"],
        open: |address, choice| postgres::open(&Address::parse(address)?, choice),
    },
    Opener {
        schemes: &["mysql", "mariadb"],
        open: |address, choice| mysql::open(&Address::parse(address)?, choice),
    },
    Opener {
        schemes: &["sqlite"],
        open: sqlite::open,
    },
];

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
    (opener.open)(name, choice)
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

fn opener(name: &str) -> Option<&'static Opener> {
    let (scheme, _) = name.split_once(':')?;
    OPENERS
        .iter()
        .find(|opener| opener.schemes.contains(&scheme))
}

//! Sessions: how they are opened, and that they do not write.

use odbc_api::{Connection, ConnectionOptions, Error, environment};

use super::Address;
use super::error::unreachable;
use crate::error::Result;

/// A session; it ends with what it was asked for undone.
pub(super) type Session = Connection<'static>;

/// Statements that begin a transaction which cannot write and stays at one moment, as different databases know them.
const MOMENT: &[&str] = &[
    "set transaction isolation level repeatable read, read only",
    "set transaction read only",
];

/// Opens a session.
///
/// # Errors
/// When the database cannot be reached.
pub(super) fn connect(address: &Address) -> Result<Session> {
    let failed = |error| unreachable(address, &error);
    let drivers = environment().map_err(failed)?;
    let settings = address.connection();
    drivers
        .connect_with_connection_string(&settings, ConnectionOptions::default())
        .map_err(failed)
}

/// Begins a transaction that is never committed, where the driver knows such.
///
/// # Errors
/// When the session broke.
pub(super) fn begin(session: &Session) -> Result<(), Error> {
    if session.set_autocommit(false).is_err() {
        return Ok(());
    }
    for statement in MOMENT {
        if session.execute(statement, (), None).is_ok() {
            // The moment is that of the first query. A database that cannot take this one takes it when it is read.
            let _ = session.execute("select 1", (), None);
            break;
        }
        session.rollback()?;
    }
    Ok(())
}

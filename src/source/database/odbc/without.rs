//! ODBC where the program was built without it.

use super::{Choice, Held};
use crate::error::{Error, Result};

/// Tells what is missing.
///
/// # Errors
/// Always.
pub(super) fn open(address: &str, _: &Choice) -> Result<Held> {
    Err(Error::Connect {
        place: shown(address),
        what: "this program was built without ODBC: build it with `--features odbc`".to_owned(),
    })
}

/// Nothing of the address: a password may be in it.
pub(super) fn shown(_: &str) -> String {
    "odbc:…".to_owned()
}

//! What the server says, without what it quotes: messages on values and keys repeat them.

use std::error::Error as _;

use postgres::error::DbError;

use crate::error::Error;

/// Classes of errors whose messages are about names and rights, not about values.
const WITHOUT_VALUES: &[&str] = &[
    "08", "0A", "25", "28", "3D", "3F", "40", "42", "53", "55", "57", "58",
];

/// No session came about.
pub(super) fn unreachable(place: &str, error: &postgres::Error) -> Error {
    Error::Connect {
        place: place.to_owned(),
        what: said(error),
    }
}

/// The server refused a statement.
pub(super) fn refused(place: &str, error: &postgres::Error) -> Error {
    Error::Database {
        place: place.to_owned(),
        what: said(error),
    }
}

fn said(error: &postgres::Error) -> String {
    match error.as_db_error() {
        Some(db) => {
            let code = db.code().code();
            if WITHOUT_VALUES.iter().any(|class| code.starts_with(class)) {
                format!("{} (SQLSTATE {code})", db.message())
            } else {
                format!("SQLSTATE {code}{}", about(db))
            }
        }
        None => match error.source() {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        },
    }
}

/// Names of what refused a value; the value itself is only in the message.
fn about(db: &DbError) -> String {
    let named = [
        ("constraint", db.constraint()),
        ("column", db.column()),
        ("type", db.datatype()),
        ("table", db.table()),
    ];
    { named.iter() }
        .filter_map(|(what, name)| Some(format!(", {what} {}", (*name)?)))
        .collect()
}

/// A stream of rows broke.
pub(super) fn broken(place: &str, error: &std::io::Error) -> Error {
    let inner = error
        .get_ref()
        .and_then(|e| e.downcast_ref::<postgres::Error>());
    Error::Database {
        place: place.to_owned(),
        what: match inner {
            Some(error) => said(error),
            None => error.kind().to_string(),
        },
    }
}

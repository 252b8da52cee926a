//! What `SQLite` says, without what it quotes.

use rusqlite::Error as Said;
use rusqlite::ffi;

use crate::error::Error;

/// Opening or preparing failed: texts are about names.
pub(super) fn refused(place: &str, error: &Said) -> Error {
    match error {
        Said::SqlInputError { msg, .. } => said(place, msg.clone()),
        other => broken(place, other),
    }
}

/// Reading failed: texts may quote cells, so only the kind is told.
pub(super) fn broken(place: &str, error: &Said) -> Error {
    let code = match error {
        Said::SqliteFailure(error, _) | Said::SqlInputError { error, .. } => error.extended_code,
        _ => return said(place, "an answer that was not expected".to_owned()),
    };
    let what = match (code, code & 0xff) {
        (ffi::SQLITE_READONLY_ROLLBACK, _) => {
            "a change was broken off and never undone (its journal lies beside the file): open it once with a program that may write"
        }
        (_, ffi::SQLITE_CORRUPT) => "the file is damaged",
        (_, ffi::SQLITE_NOTADB) => "it is no SQLite database, or an encrypted one",
        _ => return said(place, ffi::code_to_str(code).to_owned()),
    };
    Error::Source {
        place: place.to_owned(),
        what,
    }
}

fn said(place: &str, what: String) -> Error {
    Error::Database {
        place: place.to_owned(),
        what,
    }
}

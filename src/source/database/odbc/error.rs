//! What the driver says, without what it quotes.

use odbc_api::Error as Said;

use super::Address;
use crate::error::Error;

/// Classes of states whose messages are about names, rights and connections, not about values.
const WITHOUT_VALUES: &[&str] = &["08", "28", "IM", "42S", "42501", "HYT"];

/// No session came about. What opens it is in no message.
pub(super) fn unreachable(address: &Address, error: &Said) -> Error {
    let mut what = said(error);
    let is_telling = |secret: &String| !secret.is_empty() && what.contains(secret.as_str());
    if address.secrets().any(|secret| is_telling(&secret)) {
        what = state(error);
    }
    Error::Connect {
        place: address.to_string(),
        what,
    }
}

/// The database refused a statement, or a stream of rows broke.
pub(super) fn refused(place: &str, error: &Said) -> Error {
    Error::Database {
        place: place.to_owned(),
        what: said(error),
    }
}

fn said(error: &Said) -> String {
    let (Said::Diagnostics { record, .. } | Said::UnsupportedOdbcApiVersion(record)) = error else {
        return state(error);
    };
    let known = record.state.as_str();
    if WITHOUT_VALUES.iter().any(|class| known.starts_with(class)) {
        let message = String::from_utf16_lossy(&record.message);
        let message = message.trim().replace(['\n', '\r'], " ");
        return format!("{message} (SQLSTATE {known})");
    }
    state(error)
}

fn state(error: &Said) -> String {
    match error {
        Said::Diagnostics { record, function } => {
            format!("SQLSTATE {} in {function}", record.state.as_str())
        }
        Said::FailedAllocatingEnvironment => "there is no driver manager of ODBC".to_owned(),
        _ => "an answer that was not expected".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use odbc_api::handles::{Record, State};

    fn error(state: [u8; 5], message: &str) -> Said {
        Said::Diagnostics {
            record: Record {
                state: State(state),
                native_error: 0,
                message: message.encode_utf16().collect(),
            },
            function: "SQLFetch",
        }
    }

    #[test]
    fn a_message_that_may_quote_a_value_is_left_out() {
        let quoting = error(*b"22018", "invalid input: 'zqx'");
        assert_eq!(said(&quoting), "SQLSTATE 22018 in SQLFetch");
        assert!(said(&error(*b"42S02", "no such table: t")).contains("table: t"));
    }

    #[test]
    fn a_message_that_repeats_a_password_is_left_out() {
        let address = Address::parse("odbc:DSN=none;PWD={s3;cret}").unwrap();
        let failed = unreachable(&address, &error(*b"28000", "wrong password s3;cret"));
        assert!(!failed.chain().contains("s3"), "{}", failed.chain());
    }
}

//! What the server says, without what it quotes: messages on values and keys repeat them.

use tiberius::error::Error as Said;

use crate::error::Error;

/// Errors whose messages are about names, rights and the server, not about values.
const WITHOUT_VALUES: &[u32] = &[
    102, 156, 207, 208, 229, 230, 297, 300, 371, 916, 922, 927, 942, 945, 976, 978, 983, 1205,
    1222, 3952, 3961, 4060, 4063, 15562, 17142, 18452, 18456, 18470, 18486, 18487, 18488, 40613,
    40615,
];

/// No session came about.
pub(super) fn unreachable(place: &str, error: &Said) -> Error {
    Error::Connect {
        place: place.to_owned(),
        what: said(error),
    }
}

/// The network has no way there.
pub(super) fn broken(place: &str, error: &std::io::Error) -> Error {
    Error::Connect {
        place: place.to_owned(),
        what: error.to_string(),
    }
}

/// The server refused a statement, or a stream of rows broke.
pub(super) fn refused(place: &str, error: &Said) -> Error {
    Error::Database {
        place: place.to_owned(),
        what: said(error),
    }
}

fn said(error: &Said) -> String {
    match error {
        Said::Server(error) if WITHOUT_VALUES.contains(&error.code()) => {
            format!("{} (error {})", error.message(), error.code())
        }
        Said::Server(error) => format!("error {}", error.code()),
        Said::Io { kind, .. } => format!("the connection broke: {kind}"),
        Said::Tls(what) => format!("no encrypted connection: {what}"),
        Said::Protocol(what) => what.to_string(),
        _ => "an answer that was not expected".to_owned(),
    }
}

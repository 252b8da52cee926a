//! What the server says, without what it quotes: messages on values and keys repeat them.

use mysql::Error as Said;

use crate::error::Error;

/// Errors whose messages are about names, rights and the server, not about values.
const WITHOUT_VALUES: &[u16] = &[
    1040, 1044, 1045, 1046, 1049, 1054, 1064, 1095, 1102, 1103, 1129, 1130, 1142, 1143, 1146, 1158,
    1159, 1160, 1161, 1184, 1193, 1203, 1205, 1213, 1220, 1226, 1227, 1231, 1251, 1290, 1317, 1345,
    1356, 1370, 1429, 1449, 1524, 1698, 1820, 1862, 1927, 1969, 3024, 3118, 3159, 3948, 4031,
];

/// No session came about.
pub(super) fn unreachable(place: &str, error: &Said) -> Error {
    Error::Connect {
        place: place.to_owned(),
        what: said(error),
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
        Said::MySqlError(error) if WITHOUT_VALUES.contains(&error.code) => {
            format!(
                "{} (error {}, SQLSTATE {})",
                error.message, error.code, error.state
            )
        }
        Said::MySqlError(error) => format!("error {}, SQLSTATE {}", error.code, error.state),
        Said::IoError(error) => format!("the connection broke: {}", error.kind()),
        Said::CodecError(_) => "the connection broke: what came is no packet".to_owned(),
        Said::DriverError(error) => error.to_string(),
        Said::TlsError(error) => error.to_string(),
        _ => "an answer that was not expected".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_may_quote_a_value_is_left_out() {
        let told = |code: u16, state: &str, message: &str| {
            said(&Said::MySqlError(mysql::MySqlError {
                state: state.to_owned(),
                message: message.to_owned(),
                code,
            }))
        };
        let duplicate = told(
            1062,
            "23000",
            "Duplicate entry 'zqx@example.kz' for key 'PRIMARY'",
        );
        assert_eq!(duplicate, "error 1062, SQLSTATE 23000");
        assert_eq!(
            told(1366, "22007", "Incorrect value: 'zqx'"),
            "error 1366, SQLSTATE 22007"
        );
        assert!(told(1142, "42000", "SELECT command denied").contains("denied"));
    }
}

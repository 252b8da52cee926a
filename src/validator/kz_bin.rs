//! Business identification number (BIN): month of registration, kind, serial, the IIN's check digit.
//!
//! Order of the Minister of Justice No. 423 of 27.06.2023, para 3; digit 5 is 4–6 where an IIN has 0–3.

use super::kz_iin::{checks, twelve};

pub(super) fn is_valid(text: &str) -> bool {
    twelve(text).is_some_and(|d| {
        let month = d[2] * 10 + d[3];
        (1..=12).contains(&month) && (4..=6).contains(&d[4]) && d[5] <= 4 && checks(&d)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_up_organisations_are_valid_and_people_are_not() {
        for bin in [
            "700140000019",
            "700151000029",
            "700160000038",
            "700142000042",
            "700143000055",
            "700144000060",
        ] {
            assert!(is_valid(bin), "{bin}");
        }
        for text in [
            "850101100012",
            "700140000018",
            "701340000019",
            "70014000001",
        ] {
            assert!(!is_valid(text), "{text}");
        }
    }
}

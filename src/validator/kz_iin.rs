//! Individual identification number (IIN): birth date, century and sex, ordinal, check digit.
//!
//! Check digit: Order of the Minister of Internal Affairs No. 521 of 29.06.2023, para 2. The meaning of digits 1–7 is
//! convention since resolution 853 of 26.08.2013, so [`has_check_digit`] alone serves where a column name vouches.

use crate::pattern::normalize::{Digits, digits};

pub(super) fn is_valid(text: &str) -> bool {
    twelve(text).is_some_and(|d| (1..=6).contains(&d[6]) && has_birth_date(&d) && checks(&d))
}

/// Tells whether the last of twelve digits is the check digit of IIN and BIN.
pub(super) fn has_check_digit(text: &str) -> bool {
    twelve(text).is_some_and(|d| checks(&d))
}

/// The IIN that an ordinal and a day give; `None` where no check digit exists.
pub(crate) fn with_check_digit(eleven: &[u8; 11]) -> Option<u8> {
    let sum = |weights: [u16; 11]| {
        let weighted = eleven.iter().zip(weights).map(|(&d, w)| u16::from(d) * w);
        weighted.sum::<u16>() % 11
    };
    [FIRST_PASS, SECOND_PASS]
        .into_iter()
        .map(sum)
        .find(|&rest| rest < 10)
        .and_then(|rest| u8::try_from(rest).ok())
}

const FIRST_PASS: [u16; 11] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
const SECOND_PASS: [u16; 11] = [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2];

pub(super) fn twelve(text: &str) -> Option<Digits> {
    digits(text).filter(|d| d.len() == 12)
}

pub(super) fn checks(d: &[u8]) -> bool {
    let mut eleven = [0; 11];
    eleven.copy_from_slice(&d[..11]);
    with_check_digit(&eleven) == Some(d[11])
}

fn has_birth_date(d: &[u8]) -> bool {
    let two = |i: usize| u32::from(d[i]) * 10 + u32::from(d[i + 1]);
    let century = match d[6] {
        1 | 2 => 1800,
        3 | 4 => 1900,
        _ => 2000,
    };
    super::date::exists(century + two(0), two(2), two(4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_nobody_can_be_are_valid() {
        for iin in [
            "850101100012",
            "850101200019",
            "991231107771",
            "710630209992",
            "000101100016", // first pass
            "850101100304",
            "850101100316", // second pass
            "350101500013",
            "491231600018", // born in the future
        ] {
            assert!(is_valid(iin), "{iin}");
        }
    }

    #[test]
    fn wrong_dates_digits_and_lengths_are_not() {
        for (text, why) in [
            ("850101100013", "check digit"),
            ("000229101239", "29.02.1800 did not exist"),
            ("009900000008", "month 99"),
            ("85010110001", "eleven digits"),
            ("8501011000120", "thirteen digits"),
            ("600700574582", "an RNN, day 00"),
        ] {
            assert!(!is_valid(text), "{why}");
        }
        for last in 0..10 {
            assert!(
                !has_check_digit(&format!("85010110033{last}")),
                "ten in both passes"
            );
        }
        assert!(has_check_digit("009900000008"));
    }
}

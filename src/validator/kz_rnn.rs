//! Taxpayer registration number (RNN), withdrawn in 2013, still met in legacy databases.
//!
//! Weights 1…10 for digits 1–10 and 1 for digit 11, modulo 11; at 10 the weights shift by one and it repeats. Verified on
//! published numbers of organisations; no official text of the algorithm was found.

use super::kz_iin::twelve;

pub(super) fn is_valid(text: &str) -> bool {
    twelve(text).is_some_and(|d| check_digit(&d[..11]) == Some(d[11]))
}

/// Weights from 1 to 10, over and over; every try begins one further.
const WEIGHTS: [u16; 20] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

fn check_digit(eleven: &[u8]) -> Option<u8> {
    let tries = WEIGHTS.windows(11);
    let rests = tries.map(|weights| {
        let weighted = eleven.iter().zip(weights).map(|(&d, w)| u16::from(d) * w);
        (weighted.sum::<u16>() % 11) as u8
    });
    { rests }.find(|&rest| rest < 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_and_made_up_numbers_pass() {
        for rnn in [
            "600700130010",
            "600400079841",
            "600700574582",
            "600900533808",
            "999900000013",
            "999951234569",
            "999900000192",
        ] {
            assert!(is_valid(rnn), "{rnn}");
        }
        for text in ["600700130011", "60070013001", "6007001300100"] {
            assert!(!is_valid(text), "{text}");
        }
    }
}

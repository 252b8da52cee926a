//! Taxpayer registration number (RNN), withdrawn in 2013, still met in legacy databases.
//!
//! Weights 1…10 for digits 1–10 and 1 for digit 11, modulo 11; at 10 the weights shift by one and it repeats. Verified on
//! published numbers of organisations; no official text of the algorithm was found.

use super::kz_iin::twelve;

pub(super) fn is_valid(text: &str) -> bool {
    twelve(text).is_some_and(|d| check_digit(&d[..11]) == Some(usize::from(d[11])))
}

fn check_digit(eleven: &[u8]) -> Option<usize> {
    (0..10)
        .map(|shift| {
            eleven
                .iter()
                .enumerate()
                .map(|(i, &d)| ((i + shift) % 10 + 1) * usize::from(d))
                .sum::<usize>()
                % 11
        })
        .find(|&rest| rest < 10)
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

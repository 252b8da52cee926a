//! Payment card numbers: ISO/IEC 7812-1 annex B check digit (Luhn).

use crate::pattern::normalize::digits;

pub(super) fn is_valid(text: &str) -> bool {
    digits(text).is_some_and(|d| {
        (13..=19).contains(&d.len())
            && d.iter().any(|&digit| digit != d[0])
            && sum(&d).is_multiple_of(10)
    })
}

fn sum(digits: &[u8]) -> u32 {
    digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, &d)| {
            u32::from(if i % 2 == 1 {
                d * 2 / 10 + d * 2 % 10
            } else {
                d
            })
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_decides() {
        assert!(is_valid("4000 0000 0000 0002"));
        assert!(is_valid("5555555555554444"));
        assert!(!is_valid("4000 0000 0000 0003"));
        assert!(!is_valid("0000000000000000"));
        assert!(!is_valid("400000000002"));
    }
}

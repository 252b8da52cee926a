//! Insurance number of a person in Russia (СНИЛС): nine digits, and their weighted sum modulo 101 in two digits.

use crate::pattern::normalize::digits;

pub(super) fn is_valid(text: &str) -> bool {
    digits(text).is_some_and(|d| {
        if d.len() != 11 {
            return false;
        }
        let weighted = d[..9].iter().zip((1..=9).rev());
        let sum: u32 = weighted
            .map(|(&digit, weight)| u32::from(digit) * weight)
            .sum();
        // 100 is written as 00.
        sum % 101 % 100 == u32::from(d[9]) * 10 + u32::from(d[10])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_two_digits_check_the_rest() {
        assert!(is_valid("112-233-445 95"));
        assert!(!is_valid("112-233-445 96") && !is_valid("112-233-445"));
    }
}

//! Taxpayer number of a person in Russia (ИНН): two check digits by weighted sums modulo 11, then modulo 10.

use crate::pattern::normalize::digits;

const FIRST: [u32; 10] = [7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
const SECOND: [u32; 11] = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];

pub(super) fn is_valid(text: &str) -> bool {
    digits(text)
        .is_some_and(|d| d.len() == 12 && check(&d, &FIRST) == d[10] && check(&d, &SECOND) == d[11])
}

fn check(digits: &[u8], weights: &[u32]) -> u8 {
    let sum: u32 = digits
        .iter()
        .zip(weights)
        .map(|(&d, w)| u32::from(d) * w)
        .sum();
    (sum % 11 % 10) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_check_digits_count() {
        assert!(is_valid("123456789047"));
        assert!(!is_valid("123456789048") && !is_valid("123456789037") && !is_valid("12345678904"));
    }
}

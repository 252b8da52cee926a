//! Payment card numbers: ISO/IEC 7812-1 annex B check digit (Luhn).

use crate::pattern::normalize::digits;

pub(super) fn is_valid(text: &str) -> bool {
    digits(text).is_some_and(|d| {
        (13..=19).contains(&d.len())
            && d.iter().any(|&digit| digit != d[0])
            && sum(&d).is_multiple_of(10)
    })
}

/// By digit: the sum of the digits of its double.
const DOUBLED: [u8; 10] = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];

fn sum(digits: &[u8]) -> u32 {
    let pairs = digits.rchunks(2).map(|pair| match pair {
        [doubled, plain] => u32::from(DOUBLED[usize::from(*doubled)] + plain),
        _ => u32::from(pair[0]),
    });
    pairs.sum()
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

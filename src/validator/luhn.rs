//! Payment card numbers: ISO/IEC 7812-1 annex B check digit (Luhn).

pub(super) fn is_valid(text: &str) -> bool {
    let digits: Vec<u32> = text.bytes().filter(u8::is_ascii_digit).map(|b| u32::from(b - b'0')).collect();
    (13..=19).contains(&digits.len()) && digits.iter().any(|&d| d != digits[0]) && sum(&digits).is_multiple_of(10)
}

fn sum(digits: &[u32]) -> u32 {
    digits.iter().rev().enumerate().map(|(i, &d)| if i % 2 == 1 { d * 2 / 10 + d * 2 % 10 } else { d }).sum()
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

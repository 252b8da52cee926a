//! Vehicle identification numbers (ISO 3779): the last four characters are digits in practice, the rest mixes letters and digits.
//!
//! The check digit of North America (ninth character) is not compulsory elsewhere, so it is not asked for.

const SERIAL_DIGITS: usize = 4;
const LEAST_LETTERS: usize = 2;

pub(super) fn is_valid(text: &str) -> bool {
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
    let serial = text.bytes().rev().take_while(u8::is_ascii_digit).count();
    text.len() == 17 && serial >= SERIAL_DIGITS && letters >= LEAST_LETTERS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_serial_number_is_made_of_digits() {
        assert!(is_valid("XTA210990Y0000017"));
        assert!(!is_valid("A1B2C3D4E5F6A1B2C") && !is_valid("00000000000000017"));
    }
}

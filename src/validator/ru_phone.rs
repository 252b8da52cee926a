//! Russian mobile numbers: country code 7, then 9.

use super::kz_phone::number_part;
use crate::pattern::normalize::digits;

pub(super) fn is_valid(text: &str) -> bool {
    digits(number_part(text)).is_some_and(|d| d.len() == 11 && matches!(d[0], 7 | 8) && d[1] == 9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_russian_mobile_numbers_pass() {
        assert!(is_valid("+7 900 000-00-00"));
        assert!(is_valid("89000000000"));
        assert!(!is_valid("+7 700 000 00 00"));
        assert!(!is_valid("9000000000"));
    }
}

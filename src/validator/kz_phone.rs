//! Kazakhstan telephone numbers by their area and operator codes.
//!
//! Codes: metadata of libphonenumber for KZ (package phonenumbers 9.0.43): mobile 700–702, 705–708, 747, 760–764, 771,
//! 775–778, 785; fixed lines 71x and 72x; 751, 800, 808 and 809 are services.

use crate::detect::shape::is_letter;
use crate::pattern::normalize::digits;

pub(super) fn is_valid(text: &str) -> bool {
    let Some(d) = digits(number_part(text)) else {
        return false;
    };
    match d.len() {
        10 => has_area_code(&d),
        11 => matches!(d[0], 7 | 8) && has_area_code(&d[1..]),
        _ => false,
    }
}

/// With the international prefix 00 or 810 in place of the plus sign.
pub(super) fn is_valid_abroad(text: &str) -> bool {
    digits(text.split(['.', ',']).next().unwrap_or_default())
        .and_then(|d| {
            let prefix = [&[0, 0][..], &[8, 1, 0]];
            let rest = prefix.iter().find_map(|p| d.strip_prefix(*p))?;
            Some(rest.len() == 11 && rest[0] == 7 && has_area_code(&rest[1..]))
        })
        .unwrap_or(false)
}

/// Cuts off a second number and an extension.
pub(super) fn number_part(text: &str) -> &str {
    let is_of_number = |b: u8| matches!(b, b'0'..=b'9' | b' ' | b'-' | b'(' | b')' | b'.' | b'+');
    if text.bytes().all(is_of_number) {
        return text;
    }
    let end = memchr::memchr3(b',', b';', b'/', text.as_bytes()).unwrap_or(text.len());
    let text = &text[..end];
    let extension = text
        .char_indices()
        .find(|&(i, c)| i > 0 && is_letter(c))
        .map_or(text.len(), |(i, _)| i);
    &text[..extension]
}

fn has_area_code(ten: &[u8]) -> bool {
    ten[0] == 7
        && matches!((ten[1], ten[2]), (0, 0..=2 | 5..=8) | (1 | 2, _) | (4, 7) | (6, 0..=4) | (7, 1 | 5..=8) | (8, 5))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assigned_codes_pass_and_others_do_not() {
        for text in [
            "+7 700 000 12 34",
            "8 (7172) 00-00-00",
            "77010000000",
            "7470000000",
            "+7 701 000 00 00 доб. 123",
            "87010000000; 87020000000",
        ] {
            assert!(is_valid(text), "{text}");
        }
        for text in [
            "+7 999 000 12 34",
            "97010000000",
            "7030000000",
            "701000000",
            "770100000000",
        ] {
            assert!(!is_valid(text), "{text}");
        }
    }
}

//! Kazakhstan IBAN: `KZ`, two check digits, three digits of the bank, thirteen characters; ISO 7064 mod 97-10.

const LENGTH: usize = 20;

pub(super) fn is_valid(text: &str) -> bool {
    let mut compact = [0; LENGTH];
    let mut length = 0;
    for byte in text.bytes().filter(u8::is_ascii_alphanumeric) {
        let Some(place) = compact.get_mut(length) else {
            return false;
        };
        *place = byte.to_ascii_uppercase();
        length += 1;
    }
    length == LENGTH
        && compact.starts_with(b"KZ")
        && compact[2..7].iter().all(u8::is_ascii_digit)
        && remainder(&compact) == 1
}

/// Division is slow: it waits for so many characters as a word has room for, of up to two digits each.
fn remainder(iban: &[u8; LENGTH]) -> u64 {
    const AT_ONCE: usize = 8;
    let mut turned = *iban;
    turned.rotate_left(4);
    turned.chunks(AT_ONCE).fold(0, |rest, part| {
        let number = part.iter().fold(rest, |number, &byte| match byte {
            b'0'..=b'9' => number * 10 + u64::from(byte - b'0'),
            letter => number * 100 + u64::from(letter - b'A') + 10,
        });
        number % 97
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_of_a_bank_that_does_not_exist_are_valid() {
        for iban in [
            "KZ739990000000012345",
            "KZ77 999A 0000 0000 0001",
            "kz60999KZT0000000001",
        ] {
            assert!(is_valid(iban), "{iban}");
        }
        for text in [
            "KZ739990000000012346",
            "DE739990000000012345",
            "KZ73999000000001234",
        ] {
            assert!(!is_valid(text), "{text}");
        }
    }
}

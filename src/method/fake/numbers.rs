//! Numbers that nobody has: of people long gone, of ranges that are given to no one.

use super::super::civil::date_of;
use super::super::random::Random;
use super::{Like, day_of_1800s};
use crate::validator::kz_iin::with_check_digit;

/// Valid, of somebody born in the 1800s.
pub(super) fn iin(_: Like, random: &mut Random) -> String {
    loop {
        let (year, month, day) = date_of(day_of_1800s(random));
        let sex = 1 + random.below(2);
        let ordinal = random.digits(4);
        let text = format!("{:02}{month:02}{day:02}{sex}{ordinal}", year % 100);
        let mut eleven = [0; 11];
        for (digit, byte) in eleven.iter_mut().zip(text.bytes()) {
            *digit = byte - b'0';
        }
        if let Some(check) = with_check_digit(&eleven) {
            return format!("{text}{check}");
        }
    }
}

/// Code 600: Kazakhstan holds 6xx under +7, and the metadata of libphonenumber for KZ (package phonenumbers 9.0.43) knows
/// no number in it.
pub(super) fn phone(like: Like, random: &mut Random) -> String {
    let [a, b, c] = [3, 2, 2].map(|count| random.digits(count));
    if like.is_bare {
        format!("7600{a}{b}{c}")
    } else {
        format!("+7 600 {a} {b} {c}")
    }
}

/// Numbers are given out from the low end; 999 is far from its turn.
pub(super) fn id_card(_: Like, random: &mut Random) -> String {
    format!("999{}", random.digits(6))
}

/// As with identity cards.
pub(super) fn passport(_: Like, random: &mut Random) -> String {
    format!("N99{}", random.digits(6))
}

/// Bank code 999, which no bank has; the check digits are right (ISO 7064 mod 97-10).
pub(super) fn iban(_: Like, random: &mut Random) -> String {
    /// The letters K and Z as numbers, and room for the check digits.
    const TAIL: u128 = 203_500;
    let account = format!("999{}", random.digits(13));
    let number = account
        .bytes()
        .fold(0, |sum, b| sum * 10 + u128::from(b - b'0'));
    let check = 98 - (number * 1_000_000 + TAIL) % 97;
    format!("KZ{check:02}{account}")
}

/// ISO/IEC 7812-1: numbers that begin with 9 go on with the code of a country (ISO 3166-1), and no country has 000.
pub(super) fn card(_: Like, random: &mut Random) -> String {
    let payload = format!("9000{}", random.digits(11));
    let sum: u32 = (payload.bytes().rev().enumerate())
        .map(|(at, byte)| {
            let digit = u32::from(byte - b'0');
            let doubled = if at % 2 == 0 { 2 * digit } else { digit };
            doubled / 10 + doubled % 10
        })
        .sum();
    format!("{payload}{}", (10 - sum % 10) % 10)
}

/// Regions have the codes 01 to 20; 99 is none.
pub(super) fn plate(_: Like, random: &mut Random) -> String {
    let letter = |random: &mut Random| char::from(b'A' + random.below(26) as u8);
    let letters: String = (0..3).map(|_| letter(random)).collect();
    format!("{}{letters}99", random.digits(3))
}

#[cfg(test)]
mod tests {
    use super::super::like;
    use super::*;
    use crate::validator::named;

    #[test]
    fn numbers_pass_the_checks_of_those_they_look_like_and_belong_to_nobody() {
        let mut random = Random::of([9; 32]);
        let like = like([""].into_iter());
        let holds = |check: &str, text: &str| named(check).unwrap()(text);
        for _ in 0..500 {
            let number = iin(like, &mut random);
            assert!(holds("kz-iin", &number), "{number}");
            assert!(matches!(number.as_bytes()[6], b'1' | b'2'));
            let number = iban(like, &mut random);
            assert!(
                holds("iban-kz", &number) && number[4..].starts_with("999"),
                "{number}"
            );
            let number = card(like, &mut random);
            assert!(
                holds("luhn", &number) && number.starts_with("9000"),
                "{number}"
            );
            let number = phone(like, &mut random);
            assert!(!holds("kz-phone", &number), "{number} is assigned");
            assert!(plate(like, &mut random).ends_with("99"));
        }
    }
}

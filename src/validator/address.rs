//! Postal addresses: words for streets, houses and towns in Russian and Kazakh, together with a number.

use std::collections::HashSet;
use std::sync::OnceLock;

use crate::detect::shape::{is_letter, lower};

/// Words people write in addresses; compared in lower case between borders of words.
const WORDS: &[&str] = &[
    "ул",
    "улица",
    "пр",
    "пр-т",
    "просп",
    "проспект",
    "мкр",
    "мкрн",
    "микрорайон",
    "д",
    "дом",
    "кв",
    "квартира",
    "г",
    "город",
    "обл",
    "область",
    "р-н",
    "район",
    "пос",
    "с",
    "село",
    "пер",
    "переулок",
    "бульвар",
    "б-р",
    "шоссе",
    "көше",
    "көшесі",
    "к-сі",
    "даңғыл",
    "даңғылы",
    "даң",
    "ш/а",
    "шағын",
    "мөлтек",
    "үй",
    "пәтер",
    "п",
    "қала",
    "қаласы",
    "қ",
    "облысы",
    "ауданы",
    "ауылы",
    "street",
    "st",
    "avenue",
    "ave",
    "apt",
    "building",
    "bld",
];
const ENOUGH: usize = 2;
/// The longest word in bytes.
const LONGEST: usize = 20;

pub(super) fn is_valid(text: &str) -> bool {
    static KNOWN: OnceLock<HashSet<&[u8], foldhash::fast::FixedState>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| WORDS.iter().map(|word| word.as_bytes()).collect());
    let is_address_word = |written: &str| {
        let begins_one = |c: char| is_first_letter(lower(c));
        if written.len() > LONGEST || !written.starts_with(begins_one) {
            return false;
        }
        // Lower case of one letter takes at most twice its bytes in these alphabets.
        let mut word = [0; 2 * LONGEST];
        let mut end = 0;
        for c in written.chars().map(lower) {
            match word.get_mut(end..end + c.len_utf8()) {
                Some(room) => end += c.encode_utf8(room).len(),
                None => return false,
            }
        }
        known.contains(&word[..end])
    };
    text.bytes().any(|b| b.is_ascii_digit())
        && text
            .split(|c: char| !is_letter(c) && c != '-' && c != '/')
            .filter(|w| is_address_word(w))
            .take(ENOUGH)
            .count()
            == ENOUGH
}

fn is_first_letter(c: char) -> bool {
    matches!(
        c,
        'а' | 'б'
            | 'г'
            | 'д'
            | 'к'
            | 'м'
            | 'о'
            | 'п'
            | 'р'
            | 'с'
            | 'у'
            | 'ш'
            | 'қ'
            | 'ү'
            | 'a'
            | 'b'
            | 's'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_look_turns_no_word_away() {
        assert_eq!(WORDS.iter().map(|word| word.len()).max(), Some(LONGEST));
        let begins_well = |word: &&&str| word.starts_with(is_first_letter);
        assert_eq!(WORDS.iter().find(|word| !begins_well(word)), None);
    }

    #[test]
    fn both_word_orders_are_read() {
        for text in [
            "г. Алматы, ул. Абая, д. 5, кв. 7",
            "Алматы қ., Абай к-сі 212",
            "Абай даңғылы 10, 5 пәтер",
        ] {
            assert!(is_valid(text), "{text}");
        }
        for text in [
            "улица широкая и длинная",
            "5 шт",
            "город хороший, дом большой",
        ] {
            assert!(!is_valid(text), "{text}");
        }
    }
}

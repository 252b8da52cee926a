//! Postal addresses: words for streets, houses and towns in Russian and Kazakh, together with a number.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::detect::shape::{is_letter, lower};

/// Words people write in addresses; compared in lower case between borders of words.
const WORDS: &[&str] = &[
    "пр",
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
    "шоссе",
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
    "st",
    "apt",
    "flat",
    "building",
    "bld",
];
const ENOUGH: u32 = 2;
/// Words that no other text has beside a number.
const SURE_WORDS: &[&str] = &[
    "ул",
    "улица",
    "проспект",
    "просп",
    "пр-т",
    "пр-кт",
    "мкр",
    "мкрн",
    "мкр-н",
    "микрорайон",
    "көше",
    "көшесі",
    "к-сі",
    "даңғыл",
    "даңғылы",
    "ш/а",
    "переулок",
    "бульвар",
    "б-р",
    "street",
    "avenue",
    "ave",
    "koshesi",
    "kóshesi",
    "даң",
];
/// The longest word in bytes.
const LONGEST: usize = 20;

pub(super) fn is_valid(text: &str) -> bool {
    static KNOWN: OnceLock<HashMap<&[u8], u32, foldhash::fast::FixedState>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| {
        let of = |words: &'static [&str], weight| words.iter().map(move |w| (w.as_bytes(), weight));
        of(WORDS, 1).chain(of(SURE_WORDS, ENOUGH)).collect()
    });
    let address_word = |written: &str| -> Option<u32> {
        let begins_one = |c: char| is_first_letter(lower(c));
        if written.len() > LONGEST || !written.starts_with(begins_one) {
            return None;
        }
        // Lower case of one letter takes at most twice its bytes in these alphabets.
        let mut word = [0; 2 * LONGEST];
        let mut end = 0;
        for c in written.chars().map(lower) {
            match word.get_mut(end..end + c.len_utf8()) {
                Some(room) => end += c.encode_utf8(room).len(),
                None => return None,
            }
        }
        known.get(&word[..end]).copied()
    };
    text.bytes().any(|b| b.is_ascii_digit())
        && text
            .split(|c: char| !is_letter(c) && c != '-' && c != '/')
            .filter_map(address_word)
            .scan(0, |sum, weight| {
                *sum += weight;
                Some(*sum)
            })
            .any(|sum| sum >= ENOUGH)
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
            | 'f'
            | 'k'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_look_turns_no_word_away() {
        assert_eq!(
            WORDS.iter().chain(SURE_WORDS).map(|word| word.len()).max(),
            Some(LONGEST)
        );
        let begins_well = |word: &&&str| word.starts_with(is_first_letter);
        assert_eq!(
            WORDS
                .iter()
                .chain(SURE_WORDS)
                .find(|word| !begins_well(word)),
            None
        );
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
            "пр 5",
        ] {
            assert!(!is_valid(text), "{text}");
        }
    }
}

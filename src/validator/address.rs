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

pub(super) fn is_valid(text: &str) -> bool {
    static KNOWN: OnceLock<HashSet<&str, foldhash::fast::FixedState>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| WORDS.iter().copied().collect());
    let mut word = String::with_capacity(32);
    let mut is_address_word = |written: &str| {
        word.clear();
        word.extend(written.chars().map(lower));
        known.contains(word.as_str())
    };
    text.bytes().any(|b| b.is_ascii_digit())
        && text
            .split(|c: char| !is_letter(c) && c != '-' && c != '/')
            .filter(|w| is_address_word(w))
            .take(ENOUGH)
            .count()
            == ENOUGH
}

#[cfg(test)]
mod tests {
    use super::*;

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

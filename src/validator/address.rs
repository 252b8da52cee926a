//! Postal addresses: words for streets, houses and towns in Russian and Kazakh, together with a number.

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;

/// Words people write in addresses; compared in lower case between borders of words.
const WORDS: &[&str] = &[
    "ул", "улица", "пр", "пр-т", "просп", "проспект", "мкр", "мкрн", "микрорайон", "д", "дом", "кв", "квартира", "г", "город", "обл",
    "область", "р-н", "район", "пос", "с", "село", "пер", "переулок", "бульвар", "б-р", "шоссе", "көше", "көшесі", "к-сі", "даңғыл",
    "даңғылы", "даң", "ш/а", "шағын", "мөлтек", "үй", "пәтер", "п", "қала", "қаласы", "қ", "облысы", "ауданы", "ауылы", "street", "st",
    "avenue", "ave", "apt", "building", "bld",
];
const ENOUGH: usize = 2;

pub(super) fn is_valid(text: &str) -> bool {
    static FINDER: OnceLock<AhoCorasick> = OnceLock::new();
    let finder = FINDER.get_or_init(|| {
        AhoCorasick::builder()
            .match_kind(aho_corasick::MatchKind::LeftmostLongest)
            .build(WORDS)
            .expect("a short fixed list of words")
    });
    let text = text.to_lowercase();
    let is_whole = |start: usize, end: usize| {
        let letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
        !letter(text[..start].chars().next_back()) && !letter(text[end..].chars().next())
    };
    text.bytes().any(|b| b.is_ascii_digit())
        && finder.find_iter(&text).filter(|m| is_whole(m.start(), m.end())).take(ENOUGH).count() == ENOUGH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_word_orders_are_read() {
        for text in ["г. Алматы, ул. Абая, д. 5, кв. 7", "Алматы қ., Абай к-сі 212", "Абай даңғылы 10, 5 пәтер"] {
            assert!(is_valid(text), "{text}");
        }
        for text in ["улица широкая и длинная", "5 шт", "город хороший, дом большой"] {
            assert!(!is_valid(text), "{text}");
        }
    }
}

//! Postal addresses: words for streets, houses and towns in Russian and Kazakh, together with a number.

use std::collections::HashMap;
use std::sync::OnceLock;

use foldhash::fast::FixedState;

use crate::detect::shape::lower;

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

struct Words {
    weights: HashMap<&'static [u8], u32, FixedState>,
    /// By the last byte of the first letter: the lengths its words have, a bit each.
    beginning: [u32; 256],
    /// By the last byte of the last letter.
    ending: [u32; 256],
}

impl Words {
    fn known() -> &'static Self {
        static KNOWN: OnceLock<Words> = OnceLock::new();
        KNOWN.get_or_init(|| {
            let mut known = Self {
                weights: HashMap::default(),
                beginning: [0; 256],
                ending: [0; 256],
            };
            let sure = SURE_WORDS.iter().map(|word| (word, ENOUGH));
            for (word, weight) in WORDS.iter().map(|word| (word, 1)).chain(sure) {
                known.weights.insert(word.as_bytes(), weight);
                for spelling in [word.as_bytes(), word.to_uppercase().as_bytes()] {
                    known.beginning[telling_byte(spelling)] |= 1 << word.len();
                    known.ending[last_byte(spelling)] |= 1 << word.len();
                }
            }
            known
        })
    }

    fn weight(&self, written: &[u8]) -> u32 {
        let lengths = self.beginning[telling_byte(written)] & self.ending[last_byte(written)];
        if written.len() > LONGEST || lengths >> written.len() & 1 == 0 {
            return 0;
        }
        let mut word = [0; LONGEST];
        let mut end = 0;
        for c in str::from_utf8(written)
            .unwrap_or_default()
            .chars()
            .map(lower)
        {
            match word.get_mut(end..end + c.len_utf8()) {
                Some(room) => end += c.encode_utf8(room).len(),
                None => return 0,
            }
        }
        self.weights.get(&word[..end]).copied().unwrap_or(0)
    }
}

/// The last byte of the first letter.
fn telling_byte(word: &[u8]) -> usize {
    let [first, rest @ ..] = word else { return 0 };
    let last = if first.is_ascii() {
        first
    } else {
        rest.first().unwrap_or(first)
    };
    usize::from(*last)
}

fn last_byte(word: &[u8]) -> usize {
    word.last().map_or(0, |&last| usize::from(last))
}

pub(super) fn is_valid(text: &str) -> bool {
    let known = Words::known();
    let mut sum = 0;
    has_digits(text)
        && words(text).any(|word| {
            sum += known.weight(word);
            sum >= ENOUGH
        })
}

/// Looks at every byte, which is quicker than to stop at the first.
fn has_digits(text: &str) -> bool {
    text.bytes()
        .fold(false, |found, b| found | b.is_ascii_digit())
}

/// Bytes that stand apart from words.
const APART: [bool; 256] = apart();

const fn apart() -> [bool; 256] {
    let mut apart = [false; 256];
    let mut byte = 0_u8;
    loop {
        apart[byte as usize] = match byte {
            0xc2 | 0xe2 | 0xef..=0xf4 => true,
            b => b.is_ascii() && !b.is_ascii_alphabetic() && !matches!(b, b'-' | b'/'),
        };
        if byte == u8::MAX {
            return apart;
        }
        byte += 1;
    }
}

/// Runs of letters, hyphens and slashes; what is left of other signs beyond ASCII, which begin with few bytes, is taken off.
fn words(text: &str) -> impl Iterator<Item = &[u8]> {
    let is_apart = |b: &u8| APART[usize::from(*b)];
    text.as_bytes().split(is_apart).map(|run| {
        let rest = run.iter().take_while(|b| (0x80..0xc0).contains(*b)).count();
        &run[rest..]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_known_in_small_and_capital_letters() {
        let all = || WORDS.iter().chain(SURE_WORDS);
        assert_eq!(all().map(|word| word.len()).max(), Some(LONGEST));
        for word in all() {
            for spelling in [(*word).to_owned(), word.to_uppercase()] {
                assert!(Words::known().weight(spelling.as_bytes()) > 0, "{spelling}");
                let text = format!("«{spelling}» № 5 д");
                assert!(is_valid(&text), "{text}");
            }
        }
    }

    #[test]
    fn both_word_orders_are_read() {
        for text in [
            "г. Алматы, ул. Абая, д. 5, кв. 7",
            "Алматы қ., Абай к-сі 212",
            "Абай даңғылы 10, 5 пәтер",
            "📍ул. Абая 5",
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

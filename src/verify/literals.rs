//! Originals as literal bytes: in the letters and byte orders a file may hold them.

use aho_corasick::AhoCorasick;

use super::originals::Originals;
use crate::error::{Error, Result};
use crate::source::csv::codepage::CodePage;

/// Originals that are searched for anywhere.
const LITERALS: usize = 2_000;
/// Names of people, in several cases and encodings each.
const NAMES: usize = 300;
/// Numbers in UTF-16, or as machines write them.
const NUMBERS: usize = 1_000;
/// Literals with fewer digits may be words of the format.
const LITERAL_DIGITS: usize = 5;
/// Shorter names are met by chance.
const LEAST_NAME: usize = 9;
/// Smaller numbers have so many zeros that they are met by chance.
const LEAST_NUMBER: u64 = 10_000_000_000;

/// What is searched for in all bytes, and what only where few bytes are.
pub(super) struct Literals {
    pub(super) everywhere: AhoCorasick,
    /// Numbers of eight bytes.
    pub(super) in_parts: AhoCorasick,
}

impl Literals {
    /// Takes some of the originals.
    pub(super) fn of(originals: &Originals, legacy: Option<&CodePage>) -> Result<Self> {
        let texts = || originals.sample().iter();
        let mut everywhere: Vec<Vec<u8>> = (texts().filter(|text| is_telling(text)))
            .take(LITERALS)
            .map(|text| text.as_bytes().to_vec())
            .collect();
        for name in texts().filter(|text| is_name(text)).take(NAMES) {
            everywhere.extend(spellings(name, legacy));
        }
        let numbers = || texts().filter(|text| is_number(text)).take(NUMBERS);
        everywhere.extend(numbers().flat_map(utf16));
        let little = numbers().filter_map(|text| text.parse::<u64>().ok());
        let large = little.filter(|&number| number >= LEAST_NUMBER);
        Ok(Self {
            everywhere: built(everywhere)?,
            in_parts: built(large.map(|number| number.to_le_bytes().to_vec()).collect())?,
        })
    }
}

fn built(literals: Vec<Vec<u8>>) -> Result<AhoCorasick> {
    let failed = |_| Error::Internal {
        place: "verify".to_owned(),
    };
    (AhoCorasick::builder().ascii_case_insensitive(true))
        .build(literals)
        .map_err(failed)
}

/// Numbers are searched for by themselves, and what could stand in a token by chance is no proof.
fn is_telling(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    text.contains('@') || (digits >= LITERAL_DIGITS && !text.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Two words or more, no digits.
pub(super) fn is_name(text: &str) -> bool {
    let has_digits = text.bytes().any(|b| b.is_ascii_digit());
    let long_words = text
        .split(' ')
        .filter(|word| word.chars().count() > 2)
        .count();
    !has_digits && !text.contains('@') && long_words >= 2 && text.chars().count() >= LEAST_NAME
}

fn is_number(text: &str) -> bool {
    text.len() >= LITERAL_DIGITS && text.bytes().all(|b| b.is_ascii_digit())
}

/// A name in small letters, in capitals and as names are written, in every encoding.
fn spellings(name: &str, legacy: Option<&CodePage>) -> Vec<Vec<u8>> {
    let title: Vec<String> = name.split(' ').map(capitalized).collect();
    let cases = [name.to_owned(), name.to_uppercase(), title.join(" ")];
    let mut all = Vec::new();
    for case in cases {
        all.extend(utf16(&case));
        if let Some(page) = legacy {
            let mut bytes = Vec::new();
            if page.encode(&case, &mut bytes).is_some() {
                all.push(bytes);
            }
        }
        all.push(case.into_bytes());
    }
    all
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

fn utf16(text: &str) -> [Vec<u8>; 2] {
    let units = || text.encode_utf16();
    [
        units().flat_map(u16::to_le_bytes).collect(),
        units().flat_map(u16::to_be_bytes).collect(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_spelled_in_all_cases_and_encodings() {
        let page = crate::source::csv::codepage::named("windows-1251");
        let all = spellings("иванова анна", page);
        assert!(all.contains(&"Иванова Анна".as_bytes().to_vec()));
        assert!(all.contains(&"ИВАНОВА АННА".as_bytes().to_vec()));
        let (legacy, _, _) = encoding_rs::WINDOWS_1251.encode("Иванова Анна");
        assert!(all.contains(&legacy.to_vec()));
        assert!(is_name("иванова анна") && !is_name("иванова") && !is_name("дом 5 анна"));
    }
}

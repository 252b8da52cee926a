//! Kazakh and Russian personal names, known by word lists and by their endings.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher as _;
use std::sync::OnceLock;

use super::header::one_script;
use super::shape::{is_letter, lower};
use super::translit;

/// The word lists, one word a line; sources and licence in `patterns/names/README.md`.
pub const LISTS: [&str; 4] = [GIVEN, GIVEN_LATIN, SURNAMES, PATRONYMICS];

const GIVEN: &str = include_str!("../../patterns/names/given.txt");
const GIVEN_LATIN: &str = include_str!("../../patterns/names/given_latin.txt");
const SURNAMES: &str = include_str!("../../patterns/names/surnames.txt");
const PATRONYMICS: &str = include_str!("../../patterns/names/patronymics.txt");

/// The parts of a name a word may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roles(u8);

/// A given name.
pub const GIVEN_NAME: u8 = 1;
/// A surname.
pub const SURNAME: u8 = 2;
/// A patronymic.
pub const PATRONYMIC: u8 = 4;

impl Roles {
    /// Tells whether the word may be any of these parts.
    pub fn any(self, roles: u8) -> bool {
        self.0 & roles != 0
    }

    fn count(self) -> u32 {
        self.0.count_ones()
    }
}

/// Endings of words in the form without Kazakh letters.
const PATRONYMIC_ENDINGS: &[&str] = &[
    "ович",
    "евич",
    "овна",
    "евна",
    "ична",
    "инична",
    "ovich",
    "evich",
    "ovna",
    "evna",
    "uly",
    "kyzy",
    "qyzy",
    "ulu",
];
const SURNAME_ENDINGS: &[&str] = &[
    "ов", "ев", "ин", "ын", "ова", "ева", "ина", "ына", "ский", "ская", "цкий", "цкая", "енко",
    "чук", "ov", "ev", "ova", "eva", "skiy", "skaya", "enko",
];
const GIVEN_ENDINGS: &[&str] = &[
    "бек", "хан", "жан", "гали", "гуль", "гул", "нур", "бай", "bek", "zhan", "khan", "gul", "nur",
];
const GIVEN_BEGINNINGS: &[&str] = &[
    "гуль", "гулс", "гулж", "гулн", "гулб", "гулз", "нурс", "нурж", "нурб", "нурл", "нург",
];
/// Case endings of Kazakh nouns, without Kazakh letters, long ones first.
const KAZAKH_CASES: &[&str] = &[
    "нын", "нин", "дын", "дин", "тын", "тин", "дан", "ден", "тан", "тен", "нан", "нен", "мен",
    "бен", "пен", "га", "ге", "ка", "ке", "ны", "ни", "ды", "ди", "ты", "ти", "да", "де", "та",
    "те",
];
const RUSSIAN_CASES: &[&str] = &[
    "ого", "ому", "ым", "ой", "ою", "ом", "ем", "ей", "у", "а", "е", "ы", "и", "ю", "я",
];

type Lexicon = HashMap<String, u8, foldhash::fast::FixedState>;

fn lexicon() -> &'static Lexicon {
    static LEXICON: OnceLock<Lexicon> = OnceLock::new();
    LEXICON.get_or_init(|| {
        let mut words = Lexicon::default();
        for (list, role) in [
            (GIVEN, GIVEN_NAME),
            (GIVEN_LATIN, GIVEN_NAME),
            (SURNAMES, SURNAME),
            (PATRONYMICS, PATRONYMIC),
        ] {
            for word in list
                .lines()
                .map(plain)
                .filter(|word| word.chars().count() > 2)
            {
                *words.entry(translit::fold(&word)).or_default() |= role;
            }
        }
        words
    })
}

/// The parts that the lists say a word may be, in whatever script it is written.
fn listed(word: &str) -> u8 {
    lexicon()
        .get(&translit::fold(word))
        .copied()
        .unwrap_or_default()
}

/// In a sentence of Latin letters only a name that is listed so stands for itself: many words are names by their sound.
fn is_listed_in_latin(word: &str) -> bool {
    static LATIN: OnceLock<HashSet<&str>> = OnceLock::new();
    let latin = LATIN.get_or_init(|| GIVEN_LATIN.lines().collect());
    latin.contains(word.to_lowercase().as_str())
}

/// Lower case in one script, Kazakh letters as the Russian ones people type instead.
pub fn plain(word: &str) -> String {
    one_script(word.trim())
        .chars()
        .map(lower)
        .map(without_kazakh)
        .collect()
}

/// The Russian letter that people type for a Kazakh one.
pub fn without_kazakh(c: char) -> char {
    match c {
        'ә' | 'ə' => 'а',
        'ғ' => 'г',
        'қ' => 'к',
        'ң' => 'н',
        'ө' => 'о',
        'ұ' | 'ү' => 'у',
        'һ' => 'х',
        'і' => 'и',
        'ё' => 'е',
        _ => c,
    }
}

/// What part of a name a word in its plain dictionary form may be.
pub fn roles(word: &str) -> Roles {
    remembered(word, 0, || roles_of_plain(&plain(word), word))
}

const MEMO_SLOTS: usize = 4096;

/// Looks a word up once: the same names and the same first words of sentences come again and again.
fn remembered(word: &str, kind: u64, look_up: impl FnOnce() -> Roles) -> Roles {
    thread_local! {
        static MEMO: RefCell<Vec<(u64, Roles)>> = const { RefCell::new(Vec::new()) };
    }
    let hash = foldhash::fast::FixedState::with_seed(kind).hash_one(word) | 1;
    MEMO.with_borrow_mut(|memo| {
        memo.resize(MEMO_SLOTS, (0, Roles::default()));
        let slot = &mut memo[(hash >> 8) as usize % MEMO_SLOTS];
        if slot.0 != hash {
            *slot = (hash, look_up());
        }
        slot.1
    })
}

fn roles_of_plain(word: &str, written: &str) -> Roles {
    let length = word.chars().count();
    let ends = |endings: &[&str], least: usize| {
        length >= least && endings.iter().any(|e| word.ends_with(e))
    };
    let mut found = listed(word);
    if ends(PATRONYMIC_ENDINGS, 6) || is_kazakh_patronymic(word, written, length) {
        found |= PATRONYMIC;
    } else if ends(SURNAME_ENDINGS, 5) {
        found |= SURNAME;
    }
    if ends(GIVEN_ENDINGS, 6)
        || (length >= 6 && GIVEN_BEGINNINGS.iter().any(|b| word.starts_with(b)))
    {
        found |= GIVEN_NAME;
    }
    if let Some((first, second)) = word.split_once('-') {
        found |= roles_of_plain(first, first).0 & roles_of_plain(second, second).0;
    }
    Roles(found)
}

/// `-ұлы` and `-қызы`; typed without Kazakh letters only after a known given name (каникулы is no patronymic).
fn is_kazakh_patronymic(word: &str, written: &str, length: usize) -> bool {
    if length < 6 {
        return false;
    }
    let written: String = written.chars().map(lower).collect();
    written.ends_with("ұлы")
        || written.ends_with("қызы")
        || ["улы", "кызы"].iter().any(|ending| {
            word.strip_suffix(ending)
                .is_some_and(|stem| listed(stem) & GIVEN_NAME != 0)
        })
}

/// Like [`roles`], for words in a sentence: case endings are taken off first.
pub fn roles_inflected(word: &str) -> Roles {
    remembered(word, 1, || look_up_inflected(word))
}

fn look_up_inflected(word: &str) -> Roles {
    let word_plain = plain(word);
    let direct = roles_of_plain(&word_plain, word);
    if direct.any(GIVEN_NAME | PATRONYMIC) {
        return direct;
    }
    let known = |stem: &str| stem.chars().count() >= 4 && listed(stem) != 0;
    for ending in KAZAKH_CASES {
        if let Some(stem) = word_plain.strip_suffix(ending) {
            if known(stem) || stem.ends_with("улы") || stem.ends_with("кызы") {
                let listed = listed(stem);
                return Roles(if listed == 0 { PATRONYMIC } else { listed });
            }
            let stem_roles = roles_of_plain(stem, stem);
            if stem_roles.any(SURNAME | GIVEN_NAME) {
                return stem_roles;
            }
        }
    }
    for ending in RUSSIAN_CASES {
        let Some(stem) = word_plain.strip_suffix(ending) else {
            continue;
        };
        for nominative in [stem.to_owned(), format!("{stem}а"), format!("{stem}я")] {
            let found = roles_of_plain(&nominative, &nominative);
            if known(&nominative) || found.any(SURNAME | PATRONYMIC) {
                return found;
            }
        }
    }
    direct
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || c == '.' || c == ',')
        .filter(|word| !word.is_empty())
}

fn is_word(word: &str) -> bool {
    word.chars()
        .all(|c| is_letter(c) || matches!(c, '-' | '\'' | '’'))
}

fn single(text: &str) -> Option<Roles> {
    let mut parts = words(text);
    match (parts.next(), parts.next()) {
        (Some(word), None) if is_word(word) => Some(roles(word)),
        _ => None,
    }
}

/// One word that may be a surname.
pub fn is_last_name(text: &str) -> bool {
    single(text).is_some_and(|r| r.any(SURNAME))
}

/// One word that may be a given name.
pub fn is_first_name(text: &str) -> bool {
    single(text).is_some_and(|r| r.any(GIVEN_NAME))
}

/// One word that may be a patronymic; `Асқар ұлы` in two words also.
pub fn is_patronymic(text: &str) -> bool {
    single(text).is_some_and(|r| r.any(PATRONYMIC)) || {
        let parts: Vec<&str> = words(text).collect();
        parts.len() == 2 && is_word(parts[0]) && matches!(plain(parts[1]).as_str(), "улы" | "кызы")
    }
}

/// Two to four words of which two parts of a name are known, or a surname with initials.
pub fn is_full_name(text: &str) -> bool {
    let mut found = Roles::default();
    let (mut total, mut known, mut initials) = (0, 0, 0);
    let (mut begins_in_capitals, mut is_sentence) = (false, false);
    for word in words(text) {
        if !is_word(word) {
            return false;
        }
        is_sentence |= total > 0
            && begins_in_capitals != word.starts_with(char::is_uppercase)
            && !is_kinship(word);
        begins_in_capitals |= word.starts_with(char::is_uppercase);
        total += 1;
        if word.chars().count() == 1 {
            initials += 1;
            continue;
        }
        let word_roles = roles(word);
        known += u32::from(word_roles.count() > 0);
        found.0 |= word_roles.0;
    }
    !is_sentence
        && (2..=4).contains(&total)
        && ((known >= 2 && (found.count() >= 2 || known == total))
            || (known == 1 && initials >= 1 && found.any(SURNAME)))
}

/// Son or daughter of: written small after the father's name.
fn is_kinship(word: &str) -> bool {
    matches!(
        plain(word).as_str(),
        "улы" | "кызы" | "угли" | "оглы" | "кизи" | "uly" | "kyzy" | "qyzy" | "ogly" | "ugli"
    )
}

/// Two or three words with capital letters of which one is a surname or a patronymic, or a word with initials.
pub fn is_full_name_likely(text: &str) -> bool {
    let (mut total, mut found, mut initials) = (0, Roles::default(), 0);
    for word in words(text) {
        if !is_word(word) || !word.starts_with(char::is_uppercase) {
            return false;
        }
        total += 1;
        if word.chars().nth(1).is_none() {
            initials += 1;
        } else {
            found.0 |= roles(word).0;
        }
    }
    match total {
        2 | 3 if initials == 0 => found.any(SURNAME | PATRONYMIC),
        3 => initials == 2,
        _ => false,
    }
}

/// A personal name inside a text: byte offsets, and how much it is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameSpan {
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

/// Finds personal names in a sentence: two known parts side by side, a patronymic, or a given name from the lists.
pub fn find(text: &str) -> Vec<NameSpan> {
    let mut spans = Vec::new();
    let mut run: Option<Run> = None;
    for (start, word) in capitalised(text) {
        let end = start + word.len();
        let word_roles = roles_inflected(word);
        let is_initial = word.chars().nth(1).is_none();
        let is_known = word_roles.count() > 0;
        if let Some(open) = run.as_mut().filter(|open| {
            let between = &text[open.end..start];
            between.len() <= 2 && between.chars().all(|c| c == ' ' || c == '.')
        }) && (is_known || is_initial || open.expects_surname())
        {
            open.extend(end, word_roles, is_initial);
            continue;
        }
        spans.extend(run.take().and_then(|run| run.span(text)));
        // Initials may stand before the surname.
        if is_known || (is_initial && text[end..].starts_with('.')) {
            run = Some(Run {
                start,
                end,
                parts: u32::from(!is_initial),
                roles: word_roles.0,
                initials: u32::from(is_initial),
                sure: is_sure(word, word_roles),
            });
        }
    }
    spans.extend(run.and_then(|run| run.span(text)));
    spans
}

struct Run {
    start: usize,
    end: usize,
    parts: u32,
    roles: u8,
    initials: u32,
    sure: bool,
}

impl Run {
    fn extend(&mut self, end: usize, roles: Roles, initial: bool) {
        self.end = end;
        self.roles |= roles.0;
        self.parts += u32::from(!initial);
        self.initials += u32::from(initial);
        self.sure |= roles.any(PATRONYMIC);
    }

    /// A surname that no list knows may follow a given name and a patronymic.
    fn expects_surname(&self) -> bool {
        self.parts == 2 && self.roles == GIVEN_NAME | PATRONYMIC
    }

    fn span(self, text: &str) -> Option<NameSpan> {
        let two_parts = self.parts >= 2 && self.roles.count_ones() >= 2;
        let with_initials = self.initials > 0 && self.parts > 0 && self.roles & SURNAME != 0;
        // The dot after the last initial belongs to the name.
        let last = text[..self.end].chars().next_back()?;
        let before_last = text[..self.end - last.len_utf8()].chars().next_back();
        let ends_in_initial = self.initials > 0 && !before_last.is_some_and(is_letter);
        let dot = usize::from(ends_in_initial && text[self.end..].starts_with('.'));
        (self.sure || two_parts || with_initials).then_some(NameSpan {
            start: self.start,
            end: self.end + dot,
        })
    }
}

/// A patronymic, or a given name of four letters or more that the lists hold, stands for itself.
fn is_sure(word: &str, roles: Roles) -> bool {
    roles.any(PATRONYMIC)
        || (roles.any(GIVEN_NAME)
            && word.chars().count() >= 4
            && (!word.is_ascii() || is_listed_in_latin(word)))
}

/// Words that begin with a capital letter, with their offsets.
fn capitalised(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = next_capital(text.as_bytes(), from)?;
            let end = text[start..]
                .find(|c: char| !is_letter(c) && c != '-')
                .map_or(text.len(), |i| start + i);
            // A sign among the capital letters, such as ҂, is no word: go past it.
            let first = text[start..].chars().next().map_or(1, char::len_utf8);
            from = end.max(start + first);
            if !text[..start].chars().next_back().is_some_and(is_letter) {
                return Some((start, text[start..end].trim_end_matches('-')));
            }
        }
    })
}

/// Offset of the next capital letter of English, Russian or Kazakh.
fn next_capital(bytes: &[u8], from: usize) -> Option<usize> {
    let next = |at: usize| bytes.get(at + 1).copied().unwrap_or(0);
    (from..bytes.len()).step_by(STRIDE).find_map(|start| {
        let end = bytes.len().min(start + STRIDE);
        let mut run = [0; STRIDE + 1];
        let rest = &bytes[start..bytes.len().min(end + 1)];
        run[..rest.len()].copy_from_slice(rest);
        if !holds_capital(&run) {
            return None;
        }
        (start..end).find(|&at| is_capital(bytes[at], next(at)))
    })
}

/// Bytes looked at together.
const STRIDE: usize = 32;

#[expect(
    clippy::needless_bitwise_bool,
    reason = "lazy operators keep the loop from becoming vector instructions"
)]
fn is_capital(first: u8, second: u8) -> bool {
    (first.wrapping_sub(b'A') < 26)
        | ((first == 0xd0)
            & ((second == 0x81) | (second == 0x86) | (second.wrapping_sub(0x90) < 0x20)))
        | ((first.wrapping_sub(0xd2) < 2) & (second & 1 == 0))
}

/// Whether a capital letter begins before the last byte: most stretches of text hold none.
fn holds_capital(run: &[u8; STRIDE + 1]) -> bool {
    let pairs = run.iter().zip(&run[1..]);
    pairs.fold(0, |found, (&a, &b)| found | u8::from(is_capital(a, b))) > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_names_are_told_apart() {
        assert!(
            is_patronymic("Асқарұлы") && is_patronymic("Ерланович") && is_patronymic("Асқар қызы")
        );
        assert!(is_last_name("Иванова") && is_first_name("Айгүл"));
        assert!(!is_patronymic("Каникулы") && !is_first_name("Статус") && !is_last_name("активен"));
    }

    #[test]
    fn a_full_name_has_two_known_parts() {
        for text in [
            "Иванов Ерлан Асқарұлы",
            "Айгүл Серікова",
            "Серікова А.Е.",
            "ИВАНОВ ЕРЛАН",
        ] {
            assert!(is_full_name(text), "{text}");
        }
        for text in [
            "Народный Банк",
            "Иванов",
            "г. Алматы",
            "красный стол деревянный",
        ] {
            assert!(!is_full_name(text), "{text}");
        }
    }

    #[test]
    fn names_with_case_endings_are_found_in_sentences() {
        for (text, name) in [
            ("өтініш Асқардың атына жазылды", "Асқардың"),
            ("бұл Әлияға берілді", "Әлияға"),
            ("отказано Иванову Ерлану вчера", "Иванову Ерлану"),
            ("договор с Серікова А.Е. подписан", "Серікова А.Е."),
            ("клиент А. Е. Серікова звонил", "А. Е. Серікова"),
            ("у Ерлана Асқаровича Шерима", "Ерлана Асқаровича Шерима"),
        ] {
            let found = find(text);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(&text[found[0].start..found[0].end], name);
        }
        for prefix in 0..70 {
            let text = format!(
                "{}дом Аскара в дар",
                "я".repeat(prefix / 2) + &"x".repeat(prefix % 2) + " "
            );
            assert_eq!(find(&text).len(), 1, "{text}");
        }
        assert!(find("знак ҂ и ҈ рядом").is_empty());
        assert!(find("Товар пришёл вовремя, Спасибо за быструю Доставку").is_empty());
    }
}

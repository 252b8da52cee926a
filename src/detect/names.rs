//! Kazakh and Russian personal names, known by word lists and by their endings.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher as _;
use std::sync::OnceLock;

use super::lookalikes::one_script;
use super::shape::{is_letter, lower};
use super::translit;

/// The word lists, one word a line; sources and licence in `patterns/names/README.md`.
pub const LISTS: [&str; 4] = [GIVEN, GIVEN_LATIN, SURNAMES, PATRONYMICS];

const GIVEN: &str = include_str!("../../patterns/names/given.txt");
const GIVEN_LATIN: &str = include_str!("../../patterns/names/given_latin.txt");
const SURNAMES: &str = include_str!("../../patterns/names/surnames.txt");
const PATRONYMICS: &str = include_str!("../../patterns/names/patronymics.txt");

/// Words with capital letters that are no part of a name: greetings, months, what sentences begin with.
const NO_NAMES: &str = include_str!("../../patterns/names/no_names.txt");
/// Words after which a name stands.
const BEFORE_NAMES: &str = include_str!("../../patterns/names/before_names.txt");

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
    /// These parts.
    pub(super) fn of(roles: u8) -> Self {
        Self(roles)
    }

    /// Tells whether the word may be any of these parts.
    pub fn any(self, roles: u8) -> bool {
        self.0 & roles != 0
    }

    pub(super) fn count(self) -> u32 {
        (self.0 & (GIVEN_NAME | SURNAME | PATRONYMIC)).count_ones()
    }
}

/// Surely no part of a name.
pub(super) const NO_NAME: u8 = 8;
/// Names follow it.
pub(super) const ANNOUNCES: u8 = 16;

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
/// Endings of surnames that hardly any other word with a capital letter has.
const STRONG_ENDINGS: &[&str] = &["ов", "ев", "ова", "ева", "енко", "ova", "eva"];
const STRONG_ENDINGS_IN_RUSSIAN_CASES: &[&str] =
    &["ову", "овой", "овым", "ове", "еву", "евой", "евым", "еве"];
/// The same after `ұлы` and `қызы`, which say whose.
const POSSESSED_CASES: &[&str] = &["на", "не", "н", "нда", "нде"];
const KINSHIP: &[&str] = &[
    "улы", "кызы", "угли", "оглы", "кизи", "uly", "kyzy", "qyzy", "ogly", "ugli",
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

/// Tells whether the lists hold a word as some part of a name.
pub(crate) fn is_listed(word: &str) -> bool {
    listed(&plain(word)) != 0
}

/// Tells whether the lists hold a word as a given name.
pub(super) fn is_listed_given(word: &str) -> bool {
    listed(&plain(word)) & GIVEN_NAME != 0
}

/// In a sentence of Latin letters only a name that is listed so stands for itself: many words are names by their sound.
pub(super) fn is_listed_in_latin(word: &str) -> bool {
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

/// What a word is to the names around it, when it is none.
fn beside_names(word: &str) -> u8 {
    static WORDS: OnceLock<HashMap<&str, u8>> = OnceLock::new();
    let words = WORDS.get_or_init(|| {
        let no_names = NO_NAMES.lines().map(|word| (word, NO_NAME));
        let before_names = BEFORE_NAMES.lines().map(|word| (word, ANNOUNCES));
        no_names.chain(before_names).collect()
    });
    words
        .get(word.to_lowercase().as_str())
        .copied()
        .unwrap_or_default()
}

fn look_up_inflected(word: &str) -> Roles {
    let beside = beside_names(word);
    if beside != 0 {
        return Roles(beside);
    }
    let word_plain = plain(word);
    let direct = roles_of_plain(&word_plain, word);
    if direct.any(GIVEN_NAME | PATRONYMIC) {
        return direct;
    }
    let known = |stem: &str| stem.chars().count() >= 4 && listed(stem) != 0;
    let in_russian_cases = || {
        let stems = RUSSIAN_CASES
            .iter()
            .filter_map(|ending| word_plain.strip_suffix(ending));
        stems.flat_map(|stem| [stem.to_owned(), format!("{stem}а"), format!("{stem}я")])
    };
    for nominative in in_russian_cases() {
        let found = roles_of_plain(&nominative, &nominative);
        if found.any(PATRONYMIC) {
            return found;
        }
    }
    for stem in kazakh_stems(&word_plain) {
        if known(stem) || stem.ends_with("улы") || stem.ends_with("кызы") {
            let listed = listed(stem);
            return Roles(if listed == 0 { PATRONYMIC } else { listed });
        }
        let stem_roles = roles_of_plain(stem, stem);
        if stem_roles.any(SURNAME | GIVEN_NAME | PATRONYMIC) {
            return stem_roles;
        }
    }
    for nominative in in_russian_cases() {
        let found = roles_of_plain(&nominative, &nominative);
        if known(&nominative) || found.any(SURNAME | PATRONYMIC) {
            return found;
        }
    }
    direct
}

/// A surname that its ending alone gives away.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Strong {
    /// As it is, or in a Russian case.
    Plain,
    /// With a Kazakh ending of a case, which no Russian word has.
    InKazakhCase,
}

/// Tells whether a word is a surname by its ending alone, in whatever case.
pub(super) fn strong_surname(word: &str) -> Option<Strong> {
    let word = plain(word);
    let ends = |stem: &str, endings: &[&str]| {
        stem.chars().count() >= 5 && endings.iter().any(|ending| stem.ends_with(ending))
    };
    if ends(&word, STRONG_ENDINGS) || ends(&word, STRONG_ENDINGS_IN_RUSSIAN_CASES) {
        return Some(Strong::Plain);
    }
    let is_strong = |stem| ends(stem, STRONG_ENDINGS);
    kazakh_stems(&word)
        .any(is_strong)
        .then_some(Strong::InKazakhCase)
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

/// A surname, a listed given name and a patronymic, all with capital letters: nothing but a person is called so.
pub fn is_whole_name(text: &str) -> bool {
    let words: Vec<&str> = words(text).collect();
    let [first, second, third] = words[..] else {
        return false;
    };
    let is_written_so = |word: &&str| is_word(word) && word.starts_with(char::is_uppercase);
    let is = |word: &str, role: u8| roles(word).any(role);
    let is_in_order = |surname: &str, given: &str, patronymic: &str| {
        is(surname, SURNAME) && is_listed_given(given) && is(patronymic, PATRONYMIC)
    };
    words.iter().all(is_written_so)
        && (is_in_order(first, second, third) || is_in_order(third, first, second))
}

/// Son or daughter of: written small after the father's name.
fn is_kinship(word: &str) -> bool {
    KINSHIP.contains(&plain(word).as_str())
}

/// The same with the ending of a Kazakh case.
pub(super) fn is_kinship_inflected(word: &str) -> bool {
    let is_cyrillic = |c: char| ('\u{400}'..='\u{52f}').contains(&c);
    let begins = |c: char| !is_cyrillic(c) || matches!(without_kazakh(lower(c)), 'к' | 'у' | 'о');
    if !word.starts_with(begins) {
        return false;
    }
    let word = plain(word);
    let is_it = |stem: &str| KINSHIP.contains(&stem);
    is_it(&word) || kazakh_stems(&word).any(is_it)
}

/// What is left of a plain word without each Kazakh ending of a case that it may have.
fn kazakh_stems(word: &str) -> impl Iterator<Item = &str> {
    let of_kin = POSSESSED_CASES.iter().filter(|ending| {
        let stem = word.strip_suffix(**ending);
        stem.is_some_and(|stem| KINSHIP.iter().any(|kin| stem.ends_with(kin)))
    });
    let endings = KAZAKH_CASES.iter().chain(of_kin);
    endings.filter_map(|ending| word.strip_suffix(ending))
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
}

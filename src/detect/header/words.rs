//! The words that column names are made of, and what each tells: `patterns/headers.toml`, ready to be asked.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use serde::Deserialize;

use crate::category::{Catalog, Kind};
use crate::detect::lookalikes::one_script;
use crate::detect::names::without_kazakh;
use crate::detect::translit;

/// A word cut shorter than this may be any, beside another word and alone.
const SHORTEST_CUT: [usize; 2] = [4, 6];
/// Alone it is a timestamp, numbered a feature.
const NUMBERED: [&str; 1] = ["ts"];
/// Stems up to this length begin too many words.
const SHORTEST_STEM: usize = 2;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub(super) veto: Vec<String>,
    pub(super) veto_but_money: Vec<String>,
    pub(super) prefixes: Vec<String>,
    pub(super) suffixes: Vec<String>,
    pub(super) not_personal: Vec<String>,
    pub(super) filler: Vec<String>,
    pub(super) sure_shape: Vec<String>,
    pub(super) of_persons: Vec<String>,
    pub(super) prose: Vec<String>,
    pub(super) meaningless: Vec<String>,
    pub(super) things: Vec<String>,
    pub(super) keys: Vec<String>,
    pub(super) network: Vec<String>,
    pub(super) of_equipment: Vec<String>,
    pub(super) of_users: Vec<String>,
    pub(super) phrases: HashMap<String, Vec<String>>,
}

/// What a column name may say, stem by stem.
pub(super) struct Phrase {
    pub(super) category: String,
    /// Means something else beside other words.
    pub(super) is_whole: bool,
    pub(super) is_english: bool,
    pub(super) stems: Vec<Stem>,
}

pub(super) struct Stem {
    pub(super) text: String,
    pub(super) is_whole_word: bool,
}

impl Stem {
    /// `=` before a stem asks for the whole word; so do the shortest ones.
    fn new(written: &str) -> Self {
        let text = translit::fold(written.trim_start_matches('='));
        Self {
            is_whole_word: written.starts_with('=') || text.len() <= SHORTEST_STEM,
            text,
        }
    }

    /// People cut words short: `deist` is `deistvitelen`.
    fn begins(&self, word: &str, shortest_cut: usize) -> bool {
        if self.is_whole_word {
            word == self.text
        } else {
            word.starts_with(&self.text)
                || (word.len() >= shortest_cut && self.text.starts_with(word))
        }
    }
}

pub(super) struct Index {
    pub(super) exact: HashMap<String, Vec<String>>,
    pub(super) ambiguous: HashMap<String, (Vec<String>, bool)>,
    pub(super) english: HashSet<String>,
    pub(super) words: Words,
    pub(super) filler: HashSet<String>,
    pub(super) things: Vec<String>,
    pub(super) of_equipment: Vec<Stem>,
    pub(super) of_users: Vec<Stem>,
    pub(super) phrases: Vec<Phrase>,
}

pub(super) fn index() -> &'static Index {
    static INDEX: OnceLock<Index> = OnceLock::new();
    INDEX.get_or_init(|| {
        let catalog = Catalog::builtin();
        let known: Words = toml::from_str(crate::pattern::HEADERS)
            .expect("the embedded words are checked by a test");
        let mut index = Index {
            exact: HashMap::new(),
            ambiguous: HashMap::new(),
            english: HashSet::new(),
            filler: known
                .filler
                .iter()
                .map(|word| translit::fold(word))
                .collect(),
            things: known
                .things
                .iter()
                .map(|word| translit::fold(word))
                .collect(),
            of_equipment: known.of_equipment.iter().map(|s| Stem::new(s)).collect(),
            of_users: known.of_users.iter().map(|s| Stem::new(s)).collect(),
            phrases: phrases(&known),
            words: known,
        };
        for shared in &catalog.ambiguous {
            index.ambiguous.insert(
                key(&words(&shared.header)),
                (shared.candidates.clone(), shared.is_clear),
            );
        }
        for category in &catalog.categories {
            let english = category.english.iter().map(|header| key(&words(header)));
            index.english.extend(english);
            for header in &category.headers {
                let key = key(&words(header));
                let known = index.exact.entry(key).or_default();
                if !known.contains(&category.id) {
                    known.push(category.id.clone());
                }
            }
        }
        index
    })
}

fn phrases(words: &Words) -> Vec<Phrase> {
    let mut all: Vec<Phrase> = words
        .phrases
        .iter()
        .flat_map(|(category, written)| {
            written.iter().map(|phrase| Phrase {
                category: category.clone(),
                is_whole: phrase.starts_with('!'),
                is_english: phrase.is_ascii(),
                stems: phrase
                    .trim_start_matches('!')
                    .split(' ')
                    .map(Stem::new)
                    .collect(),
            })
        })
        .collect();
    all.sort_by(|a, b| a.category.cmp(&b.category));
    all
}

/// Tells whether a category names no person.
pub fn is_not_personal(category: &str) -> bool {
    index().words.not_personal.iter().any(|id| id == category)
}

/// Tells whether columns of a category hold running text.
pub fn is_prose(category: &str) -> bool {
    index().words.prose.iter().any(|id| id == category)
}

/// Tells whether a column of a category makes a table one about persons by its name alone.
pub fn is_of_persons(category: &str) -> bool {
    index().words.of_persons.iter().any(|id| id == category)
}

/// Tells whether a name is one that programs give when they know none.
pub fn is_meaningless(path: &str) -> bool {
    let all = words(path);
    let has_number = all
        .iter()
        .any(|word| word.ends_with(|c: char| c.is_ascii_digit()));
    !all.is_empty()
        && all.iter().all(|word| {
            let letters = word.trim_matches(|c: char| c.is_ascii_digit());
            let is_numbered = letters.len() < word.len() || all.len() == 1;
            (is_numbered && letters.chars().count() <= 1)
                || index().words.meaningless.iter().any(|m| m == letters)
                || (has_number && NUMBERED.contains(&letters))
        })
}

/// Tells whether a category is that of keys.
pub fn is_key(category: &str) -> bool {
    index().words.keys.iter().any(|id| id == category)
}

/// Tells whether a name says that values of a category are those of equipment: addresses in a network, and no word for a
/// person beside them.
pub fn is_of_equipment(path: &str, category: &str) -> bool {
    if !index().words.network.iter().any(|id| id == category) {
        return false;
    }
    let leaf = path.rsplit('.').next().unwrap_or(path);
    let all = folded_words(leaf);
    let has_one = |stems: &[Stem]| {
        let is_there = |stem: &Stem| covered(std::slice::from_ref(stem), &all).is_some();
        stems.iter().any(is_there)
    };
    has_one(&index().of_equipment) && !has_one(&index().of_users)
}

/// Tells whether a check or a fixed shape would confirm values of a category.
pub fn has_sure_shape(category: &str) -> bool {
    index().words.sure_shape.iter().any(|id| id == category)
}

/// The words of a name in the spelling that all scripts share.
pub(crate) fn folded_words(name: &str) -> Vec<String> {
    fold_all(&words(name))
}

pub(super) fn fold_all(words: &[String]) -> Vec<String> {
    let letters = |word: &String| {
        let folded = translit::fold(word);
        folded
            .trim_end_matches(|c: char| c.is_ascii_digit())
            .to_owned()
    };
    words
        .iter()
        .map(letters)
        .filter(|word| !word.is_empty())
        .collect()
}

pub(super) fn is_of_things(folded: &[String]) -> bool {
    let begins = |word: &String| index().things.iter().any(|stem| word.starts_with(stem));
    folded.iter().any(begins)
}

/// The words that the stems begin, each another one.
pub(super) fn covered(stems: &[Stem], words: &[String]) -> Option<Vec<usize>> {
    let shortest_cut = SHORTEST_CUT[usize::from(stems.len() == 1)];
    let mut taken: Vec<usize> = Vec::with_capacity(stems.len());
    for stem in stems {
        let begins = |at: &usize| !taken.contains(at) && stem.begins(&words[*at], shortest_cut);
        let at = (0..words.len()).find(begins)?;
        taken.push(at);
    }
    Some(taken)
}

pub(super) fn stripped(all: &[String]) -> &[String] {
    let words = &index().words;
    let mut rest = all;
    while let Some(last) = rest
        .last()
        .filter(|last| rest.len() > 1 && words.suffixes.contains(last))
    {
        rest = &rest[..rest.len() - usize::from(!last.is_empty())];
    }
    if let Some(first) = rest
        .first()
        .filter(|first| rest.len() > 1 && words.prefixes.contains(first))
    {
        rest = &rest[usize::from(!first.is_empty())..];
    }
    rest
}

pub(super) fn is_vetoed_for_all(all: &[String]) -> bool {
    let words = &index().words;
    let is_veto = |word| words.veto.contains(word) || words.veto_but_money.contains(word);
    all.iter().any(is_veto)
}

pub(super) fn is_vetoed(all: &[String], category: &str) -> bool {
    let kind = Catalog::builtin().find(category).map(|c| c.kind);
    if kind == Some(Kind::Financial) {
        all.iter().any(|word| index().words.veto.contains(word))
    } else {
        is_vetoed_for_all(all)
    }
}

/// Splits a name into plain words: one script, lower case, no separators.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut spaced = String::with_capacity(name.len() + 8);
    let mut previous = ' ';
    for c in name.chars() {
        if c.is_uppercase() && (previous.is_lowercase() || previous.is_ascii_digit()) {
            spaced.push(' ');
        }
        spaced.push(if c.is_alphanumeric() { c } else { ' ' });
        previous = c;
    }
    spaced
        .split_whitespace()
        .map(|word| {
            one_script(word)
                .chars()
                .flat_map(char::to_lowercase)
                .collect()
        })
        .collect()
}

/// One key for a name, however it is separated, with Kazakh letters as the Russian ones people type.
pub(super) fn key(words: &[String]) -> String {
    words
        .iter()
        .flat_map(|word| word.chars())
        .map(without_kazakh)
        .collect()
}

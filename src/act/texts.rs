//! Words of the act in each language: `locales/act/*.toml` as types, so that a missing or superfluous key does not compile or load.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::record::Words;

const FILES: [(Language, &str); 3] = [
    (Language::Kk, include_str!("../../locales/act/kk.toml")),
    (Language::Ru, include_str!("../../locales/act/ru.toml")),
    (Language::En, include_str!("../../locales/act/en.toml")),
];

/// Languages an act can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Kazakh.
    Kk,
    /// Russian.
    Ru,
    /// English.
    En,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 3] = [Self::Kk, Self::Ru, Self::En];

    /// Its tag (BCP 47).
    pub fn tag(self) -> &'static str {
        match self {
            Self::Kk => "kk",
            Self::Ru => "ru",
            Self::En => "en",
        }
    }

    pub(super) fn texts(self) -> &'static Texts {
        static TEXTS: OnceLock<Vec<Texts>> = OnceLock::new();
        let all = TEXTS.get_or_init(|| FILES.iter().map(|(_, text)| parse(text)).collect());
        &all[self as usize]
    }
}

fn parse(text: &str) -> Texts {
    toml::from_str(text).expect("embedded, and read by a test")
}

impl Words {
    /// The text in a language, or in the next that has it; empty where none has.
    pub fn in_language(&self, language: Language) -> &str {
        let order = match language {
            Language::Kk => [&self.kk, &self.ru, &self.en],
            Language::Ru => [&self.ru, &self.kk, &self.en],
            Language::En => [&self.en, &self.ru, &self.kk],
        };
        order
            .into_iter()
            .flatten()
            .map(String::as_str)
            .next()
            .unwrap_or_default()
    }
}

/// Words by the id they stand for.
pub(super) type ById = BTreeMap<String, String>;

macro_rules! texts {
    ($($name:ident { $($field:ident: $type:ty),* $(,)? })*) => {
        $(
            #[derive(Debug, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub(super) struct $name { $(pub(super) $field: $type,)* }
        )*
    };
}

texts! {
    Texts {
        title: String, intro: String, form: String, page: String, none: String,
        format: Format, general: General, ground: ById, purposes: Purposes, event: ById, categories: Categories, tables: Tables,
        columns: Columns, done: ById, method: ById, files: Files, verification: Verification, outcome: ById, attack: ById,
        not_reached: NotReached, manifest: Manifest, tool: Tool, journal: Journal, signatures: Signatures,
    }
    Format {
        date: String, moment: String, months: [String; 12], thousands: String, years: [String; 3], month_counts: [String; 3],
        days: [String; 3],
    }
    General {
        heading: String, number: String, made_at: String, as_of: String, operator: String, bin: String, address: String,
        processor: String, system: String, responsible: String, ground: String, ground_document: String, subjects: String,
        not_counted: String, estimated: String, at_most: String, at_least: String,
    }
    Purposes {
        heading: String, purpose: String, term: String, event: String, basis: String, at_once: String, and_also: String,
        decided_by: String,
    }
    Categories { heading: String, category: String, rows: String, cells: String }
    Tables {
        heading: String, legend: String, table: String, before: String, destroyed: String, anonymized: String, blocked: String,
        held: String, without_date: String, kept: String, total: String, people: String,
    }
    Columns { heading: String, table: String, column: String, category: String, done: String, cells: String }
    Files { heading: String, table: String, before: String, after: String, gone: String }
    Verification {
        heading: String, outcome: String, attack: String, tried: String, result: String, broken: String, not_run: String,
    }
    Manifest { heading: String, file: String, sha256: String, entries: String, absent: String }
    Tool { heading: String, program: String, patterns: String, policy: String, plan: String }
    Journal { heading: String, file: String, lines: String, head: String }
    Signatures { heading: String, position: String, signature: String, name: String, date: String }
}

/// Besides its own words, one a code of what was not reached.
#[derive(Debug, Deserialize)]
pub(super) struct NotReached {
    pub(super) heading: String,
    pub(super) intro: String,
    pub(super) none: String,
    #[serde(flatten)]
    pub(super) by_code: ById,
}

/// A text with its `{words}` filled in.
pub(super) fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let known = values.iter().find_map(|(name, value)| {
            let rest = after.strip_prefix(name)?.strip_prefix('}')?;
            Some((value, rest))
        });
        let (value, after) = known.unwrap_or((&"{", after));
        filled.push_str(value);
        rest = after;
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Every key with the `{words}` of its text.
    fn keys(table: &toml::Table, before: &str, found: &mut BTreeSet<(String, Vec<String>)>) {
        for (key, value) in table {
            let key = format!("{before}{key}");
            match value {
                toml::Value::Table(inner) => keys(inner, &format!("{key}."), found),
                toml::Value::Array(words) => {
                    found.insert((format!("{key} {}", words.len()), vec![]));
                }
                text => {
                    let text = text.as_str().unwrap();
                    assert!(!text.trim().is_empty() || text == "\u{a0}", "{key}");
                    let mut words: Vec<_> = text
                        .split('{')
                        .skip(1)
                        .map(|w| w.split('}').next().unwrap().to_owned())
                        .collect();
                    words.sort();
                    found.insert((key, words));
                }
            }
        }
    }

    fn all_keys(text: &str) -> BTreeSet<(String, Vec<String>)> {
        let mut found = BTreeSet::new();
        keys(&toml::from_str(text).unwrap(), "", &mut found);
        found
    }

    #[test]
    fn all_languages_have_the_same_keys_and_words_to_fill_in() {
        let kazakh = all_keys(FILES[0].1);
        assert!(kazakh.len() > 100);
        for (language, text) in FILES {
            assert_eq!(all_keys(text), kazakh, "{language:?}");
        }
    }

    #[test]
    fn languages_are_in_the_order_of_their_texts() {
        for (index, (language, _)) in FILES.into_iter().enumerate() {
            assert_eq!(language as usize, index);
        }
        assert_eq!(Language::Kk.texts().general.bin, "БСН");
        assert_eq!(Language::Ru.texts().general.bin, "БИН");
        assert_eq!(Language::En.texts().general.bin, "BIN");
    }

    #[test]
    fn words_are_filled_in_once_and_braces_in_values_stay() {
        assert_eq!(
            fill("{a} and {b}{c}", &[("a", "{b}"), ("b", "x")]),
            "{b} and x{c}"
        );
        assert_eq!(fill("no {", &[("a", "1")]), "no {");
    }

    #[test]
    fn a_text_known_in_one_language_stands_for_all() {
        let words = Words {
            kk: Some("Мақсат".to_owned()),
            ..Words::default()
        };
        for language in Language::ALL {
            assert_eq!(words.in_language(language), "Мақсат");
            assert_eq!(Words::default().in_language(language), "");
        }
    }
}

//! Texts for people, kept out of the logic: looked up by key in `locales/`.

use std::path::Path;
use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

const ENGLISH: &str = include_str!("../locales/en.ftl");

/// The operator's form of the approved list, by language.
const FORMS: [(Language, &str); 3] = [
    (Language::Kk, include_str!("../locales/list/kk.ftl")),
    (Language::Ru, include_str!("../locales/list/ru.ftl")),
    (Language::En, include_str!("../locales/list/en.ftl")),
];

/// The answer to a person, by language.
const ANSWERS: [(Language, &str); 3] = [
    (Language::Kk, include_str!("../locales/subject/kk.ftl")),
    (Language::Ru, include_str!("../locales/subject/ru.ftl")),
    (Language::En, include_str!("../locales/subject/en.ftl")),
];

/// A language of documents.
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
    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Kk => "kk",
            Self::Ru => "ru",
            Self::En => "en",
        }
    }
}

type Bundle = FluentBundle<FluentResource>;

fn bundle() -> &'static Bundle {
    static BUNDLE: OnceLock<Bundle> = OnceLock::new();
    BUNDLE.get_or_init(|| bundle_of(&unic_langid::LanguageIdentifier::default(), ENGLISH))
}

/// One bundle a language, in the order of [`Language`].
type Bundles = OnceLock<[Bundle; 3]>;

fn form(language: Language) -> &'static Bundle {
    static BUNDLES: Bundles = OnceLock::new();
    of_language(&BUNDLES, FORMS, language)
}

fn answers(language: Language) -> &'static Bundle {
    static BUNDLES: Bundles = OnceLock::new();
    of_language(&BUNDLES, ANSWERS, language)
}

fn of_language(
    bundles: &'static Bundles,
    texts: [(Language, &str); 3],
    language: Language,
) -> &'static Bundle {
    let bundles = bundles.get_or_init(|| {
        texts.map(|(language, text)| {
            let id = language.code().parse();
            bundle_of(&id.expect("codes of languages are well formed"), text)
        })
    });
    &bundles[language as usize]
}

fn bundle_of(language: &unic_langid::LanguageIdentifier, text: &str) -> Bundle {
    let mut bundle = FluentBundle::new_concurrent(vec![language.clone()]);
    bundle.set_use_isolating(false);
    let resource =
        FluentResource::try_new(text.to_owned()).expect("the embedded texts are checked by a test");
    bundle
        .add_resource(resource)
        .expect("keys are unique, checked by a test");
    bundle
}

/// A value to put into a text.
#[derive(Clone, Copy, Debug)]
pub enum Arg<'a> {
    /// Words, as they are.
    Text(&'a str),
    /// A number; chooses plurals.
    Count(u64),
}

/// The text of a key; the key itself where there is none, which a test rules out.
pub fn tr(key: &str, args: &[(&str, Arg<'_>)]) -> String {
    filled(bundle(), key, args).unwrap_or_else(|| key.to_owned())
}

/// A text of the list's form in a language, where there is one of this key.
pub fn of_form(language: Language, key: &str, args: &[(&str, Arg<'_>)]) -> Option<String> {
    filled(form(language), key, args)
}

/// A text of the answer to a person; the key itself where there is none, which a test rules out.
pub fn of_answer(language: Language, key: &str, args: &[(&str, Arg<'_>)]) -> String {
    filled(answers(language), key, args).unwrap_or_else(|| key.to_owned())
}

fn filled(bundle: &Bundle, key: &str, args: &[(&str, Arg<'_>)]) -> Option<String> {
    let pattern = bundle.get_message(key).and_then(|m| m.value())?;
    let mut values = FluentArgs::new();
    for (name, value) in args {
        values.set(
            (*name).to_owned(),
            match value {
                Arg::Text(text) => FluentValue::from((*text).to_owned()),
                Arg::Count(count) => FluentValue::from(*count),
            },
        );
    }
    let text = bundle.format_pattern(pattern, Some(&values), &mut Vec::new());
    Some(text.into_owned())
}

/// A path as a shell takes it when it is pasted.
pub fn pasted(path: &Path) -> String {
    let mut path = path.display().to_string();
    if path.starts_with('-') {
        path.insert_str(0, "./");
    }
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | ':');
    if !path.is_empty() && path.chars().all(is_plain) {
        path
    } else {
        format!("'{}'", path.replace('\'', r"'\''"))
    }
}

/// A text without values.
pub fn plain(key: &str) -> String {
    tr(key, &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_path_is_one_word() {
        for (path, expected) in [
            ("plan.toml", "plan.toml"),
            ("/tmp/деректер/plan.toml", "/tmp/деректер/plan.toml"),
            ("my plan.toml", "'my plan.toml'"),
            ("it's $HOME", r"'it'\''s $HOME'"),
            ("-plan.toml", "./-plan.toml"),
        ] {
            assert_eq!(pasted(Path::new(path)), expected);
        }
    }

    #[test]
    fn plurals_and_values_are_filled_in() {
        assert_eq!(
            tr("table-clean-columns", &[("count", Arg::Count(1))]),
            "one more column holds no personal data"
        );
        assert_eq!(
            tr("table-clean-columns", &[("count", Arg::Count(7))]),
            "7 more columns hold no personal data"
        );
    }

    /// Variables by key.
    fn shape(text: &str) -> Vec<(&str, std::collections::BTreeSet<&str>)> {
        let mut shape: Vec<(&str, std::collections::BTreeSet<&str>)> = Vec::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some((key, _)) = line.split_once(" =").filter(|(k, _)| !k.contains(' ')) {
                shape.push((key, Default::default()));
            }
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let variables = line.split('$').skip(1).map(|rest| {
                let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
                &rest[..end]
            });
            if let Some((_, known)) = shape.last_mut() {
                known.extend(variables);
            }
        }
        shape
    }

    #[test]
    fn texts_have_the_same_keys_and_variables_in_every_language() {
        for (texts, least) in [(FORMS, 40), (ANSWERS, 30)] {
            let english = shape(texts[2].1);
            assert!(english.len() > least);
            for (language, text) in texts {
                assert_eq!(shape(text), english, "{}", language.code());
            }
        }
    }

    #[test]
    fn every_text_is_filled_in_in_every_language() {
        for (language, text) in ANSWERS {
            for (key, variables) in shape(text) {
                for count in [0, 1, 3, 7, 21] {
                    let args: Vec<_> = variables.iter().map(|v| (*v, Arg::Count(count))).collect();
                    let told = of_answer(language, key, &args);
                    assert!(told != key && !told.contains(['{', '}']), "{told}");
                }
            }
            assert!(of_form(language, "form-title", &[]).is_some());
        }
    }

    #[test]
    fn every_key_that_code_builds_from_a_word_exists() {
        let words = [
            ("verdict-", "clean approved review excess prohibited unread"),
            (
                "reason-",
                "no-personal-data not-personal on-list parent-on-list other-purpose named-not-approved not-on-list no-policy prohibited thin-evidence unreadable",
            ),
            (
                "action-",
                "keep drop redact generalize token scrub fake shuffle noise date-shift microaggregate",
            ),
            (
                "problem-",
                "short-record long-record malformed-text binary-not-text header-denied rounded-number deleted-record not-looked-into",
            ),
            (
                "attack-",
                "residue-in-cells residue-in-bytes enumeration plain-sight",
            ),
            ("outcome-", "held broken not-applicable"),
            (
                "journal-said-",
                "started table changing changed skipped planned blocked unblocked replacing replaced resumed manifested act read run-began run-ended finished unknown",
            ),
        ];
        for (prefix, words) in words {
            for word in words.split(' ') {
                assert!(
                    bundle().has_message(&format!("{prefix}{word}")),
                    "{prefix}{word}"
                );
            }
        }
    }
}

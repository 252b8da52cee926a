//! Texts for people, kept out of the logic: looked up by key in `locales/`.

use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

const ENGLISH: &str = include_str!("../locales/en.ftl");

fn bundle() -> &'static FluentBundle<FluentResource> {
    static BUNDLE: OnceLock<FluentBundle<FluentResource>> = OnceLock::new();
    BUNDLE.get_or_init(|| {
        let mut bundle =
            FluentBundle::new_concurrent(vec![unic_langid::LanguageIdentifier::default()]);
        bundle.set_use_isolating(false);
        let resource = FluentResource::try_new(ENGLISH.to_owned())
            .expect("the embedded texts are checked by a test");
        bundle
            .add_resource(resource)
            .expect("keys are unique, checked by a test");
        bundle
    })
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
    let Some(pattern) = bundle()
        .get_message(key)
        .and_then(|message| message.value())
    else {
        return key.to_owned();
    };
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
    bundle()
        .format_pattern(pattern, Some(&values), &mut Vec::new())
        .into_owned()
}

/// A text without values.
pub fn plain(key: &str) -> String {
    tr(key, &[])
}

#[cfg(test)]
mod tests {
    use super::*;

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
                "short-record long-record malformed-text binary-not-text header-denied rounded-number",
            ),
            (
                "attack-",
                "residue-in-cells residue-in-bytes enumeration plain-sight",
            ),
            ("outcome-", "held broken not-applicable"),
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

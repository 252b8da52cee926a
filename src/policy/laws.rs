//! Acts that lists cite: which of them are law no longer. What is known of them is data, in `laws.toml`.

use std::sync::OnceLock;

use regex::Regex;
use serde::Deserialize;

const TEXT: &str = include_str!("laws.toml");

/// What is known of acts.
#[derive(Debug)]
pub struct Laws {
    /// The month the data is of.
    pub as_of: String,
    /// The acts.
    pub acts: Vec<Act>,
}

/// One act.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// Stable id.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// Whether it is law.
    pub state: State,
    /// The edition that is known.
    pub edition: Option<String>,
    /// What repealed it.
    pub repealed_by: Option<String>,
    /// Since when.
    pub repealed_on: Option<String>,
    /// What took its place.
    pub successor: Option<String>,
    /// Rules of it that were struck out.
    #[serde(default)]
    pub struck_rules: Vec<String>,
    /// Where this is known from.
    pub source: String,
    /// Nobody has read the act or its present state.
    #[serde(default)]
    pub is_unverified: bool,
    cited_as: Vec<String>,
    #[serde(skip)]
    forms: Vec<Regex>,
}

/// Whether an act is law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It is.
    InForce,
    /// It is not.
    Repealed,
}

/// A text that cites what is law no longer, or what nobody has verified.
#[derive(Debug)]
pub struct Cited<'a> {
    /// The act.
    pub act: &'a Act,
    /// A rule of it that was struck out.
    pub struck_rule: Option<&'a str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LawsFile {
    as_of: String,
    act: Vec<Act>,
}

impl Laws {
    /// The embedded data.
    pub fn builtin() -> &'static Self {
        static LAWS: OnceLock<Laws> = OnceLock::new();
        LAWS.get_or_init(|| {
            let file: LawsFile =
                toml::from_str(TEXT).expect("the embedded data is checked by a test");
            let mut acts = file.act;
            for act in &mut acts {
                let forms = act.cited_as.iter().map(|form| Regex::new(form));
                act.forms = forms
                    .collect::<Result<_, _>>()
                    .expect("the embedded data is checked by a test");
            }
            Self {
                as_of: file.as_of,
                acts,
            }
        })
    }

    /// Acts and struck-out rules that a text cites.
    pub fn cited(&self, text: &str) -> Vec<Cited<'_>> {
        let mut found = Vec::new();
        let named = |act: &&Act| act.forms.iter().any(|form| form.is_match(text));
        for act in self.acts.iter().filter(named) {
            found.push(Cited {
                act,
                struck_rule: None,
            });
            let rules = rules(text);
            let struck = act.struck_rules.iter().filter(|rule| rules.contains(rule));
            found.extend(struck.map(|rule| Cited {
                act,
                struck_rule: Some(rule),
            }));
        }
        found
    }
}

/// Numbers of rules that a text names: `r. 12`, `rules 10, 17-1`, `п. 12`, `12-тармақ`.
fn rules(text: &str) -> Vec<String> {
    const NUMBER: &str = "[0-9]+(?:-[0-9]+)?";
    static FORMS: OnceLock<[Regex; 3]> = OnceLock::new();
    let [before, after, number] = FORMS.get_or_init(|| {
        let next = format!("(?:[ \u{a0}]*(?:,|;|and|и|және)[ \u{a0}]*{NUMBER})*");
        let words = "rules?|rr?\\.|пункт(?:ы|а|у|ом|ов|ами|ах)?|пп?\\.";
        [
            format!("(?i)(?:^|[^a-zа-я])(?:{words})[ \u{a0}]*({NUMBER}{next})"),
            format!("(?i)({NUMBER}{next})[ \u{a0}]*-?[ \u{a0}]*тарма[қғ]"),
            NUMBER.to_owned(),
        ]
        .map(|form| Regex::new(&form).expect("they are checked by a test"))
    });
    let lists = before.captures_iter(text).chain(after.captures_iter(text));
    lists
        .filter_map(|found| found.get(1))
        .flat_map(|list| number.find_iter(list.as_str()))
        .map(|found| found.as_str().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dead(text: &str) -> Vec<String> {
        let cited = Laws::builtin().cited(text);
        let dead = cited.into_iter().filter_map(|c| match c.struck_rule {
            Some(rule) => Some(format!("{} r. {rule}", c.act.id)),
            None if c.act.state == State::Repealed => Some(c.act.id.clone()),
            None => None,
        });
        dead.collect()
    }

    #[test]
    fn repealed_acts_are_known_however_they_are_cited() {
        for text in [
            "resolution 909",
            "Government resolution No. 909 of 03.09.2013",
            "Қазақстан Республикасының 03.09.2013 ж. № 909",
            "постановление Правительства от 03.09.2013 № 909",
        ] {
            assert_eq!(dead(text), ["resolution-909"], "{text}");
        }
        assert_eq!(dead("постановление № 1214"), ["resolution-1214"]);
        for text in [
            "№ 9090",
            "909 rows",
            "resolution 559",
            "Law 94-V art. 12(2)",
        ] {
            assert!(dead(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn struck_out_rules_are_told_from_those_in_force() {
        let first = "order-395 r. 12";
        for text in [
            "Order 395/НҚ r. 12",
            "Rules 395/НҚ, rule 12",
            "приказ 395/НҚ, пункт 12",
            "395/НҚ п. 12",
            "395/НҚ бұйрығының 12-тармағы",
            "Rules 395/НҚ r. 10, 12",
        ] {
            assert_eq!(dead(text), [first], "{text}");
        }
        assert_eq!(dead("395/НҚ r. 17-1"), ["order-395 r. 17-1"]);
        for text in ["395/НҚ r. 17", "Order 395/НҚ r. 11; Law art. 12", "r. 12"] {
            assert!(dead(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn every_repealed_act_says_by_what() {
        for act in &Laws::builtin().acts {
            let is_repealed = act.state == State::Repealed;
            assert_eq!(is_repealed, act.repealed_by.is_some(), "{}", act.id);
            assert!(!act.source.is_empty());
        }
    }
}

//! The catalogue of kinds of personal data, and how a column name is brought to its plain form.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde::Deserialize;

/// How a category relates to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Names one person by itself.
    DirectIdentifier,
    /// Singles a person out together with others.
    QuasiIdentifier,
    /// What some lists forbid: health, beliefs, ethnicity, biometrics.
    SensitiveSpecial,
    /// Money and accounts.
    Financial,
    /// Devices and traces of their use.
    Device,
    /// The rest.
    Other,
}

/// One kind of personal data.
#[derive(Debug)]
pub struct Category {
    /// Stable id that policies and findings use.
    pub id: String,
    /// The category that covers this one.
    pub parent: Option<String>,
    /// How it relates to a person.
    pub kind: Kind,
    /// Kazakh name.
    pub name_kk: String,
    /// Russian name.
    pub name_ru: String,
    /// English name.
    pub name_en: String,
    /// Column names it goes by, in every language, as written.
    pub headers: Vec<String>,
    /// Those of them that are English and nothing else.
    pub english: Vec<String>,
    /// Families of patterns whose values such a column may hold.
    pub detectors: Vec<String>,
}

/// Beginnings of the rules that leave no doubt.
const CLEAR_RULES: &[&str] = &["same spelling", "attested"];

/// A column name that several categories share.
#[derive(Debug)]
pub struct AmbiguousHeader {
    /// As written.
    pub header: String,
    /// Ids of the categories it may mean.
    pub candidates: Vec<String>,
    /// Shared between languages only: there is no doubt what it means.
    pub is_clear: bool,
}

/// All categories.
#[derive(Debug)]
pub struct Catalog {
    /// In the file's order.
    pub categories: Vec<Category>,
    /// Names that decide nothing alone.
    pub ambiguous: Vec<AmbiguousHeader>,
    by_id: HashMap<String, usize>,
}

#[derive(Deserialize)]
struct CatalogFile {
    category: Vec<CategoryFile>,
    ambiguous_header: Vec<AmbiguousFile>,
}

#[derive(Deserialize)]
struct CategoryFile {
    id: String,
    parent: Option<String>,
    kind: Kind,
    name_kk: String,
    name_ru: String,
    name_en: String,
    headers: HashMap<String, Vec<String>>,
    #[serde(default)]
    detectors: Vec<String>,
}

#[derive(Deserialize)]
struct AmbiguousFile {
    header: String,
    candidates: Vec<String>,
    rule: String,
}

impl Catalog {
    /// Tells whether a value of the category belongs to one person or one of their things.
    pub fn identifies(&self, category: &str) -> bool {
        const OF_THINGS: &[&str] = &[
            "bank_account",
            "payment_card_number",
            "ip_address",
            "device_id",
            "cookies",
        ];
        let kind = self.find(category).map(|c| c.kind);
        kind == Some(Kind::DirectIdentifier) || OF_THINGS.contains(&category)
    }

    /// The embedded catalogue.
    pub fn builtin() -> &'static Self {
        static CATALOG: OnceLock<Catalog> = OnceLock::new();
        CATALOG.get_or_init(|| Self::parse(crate::pattern::CATEGORIES))
    }

    fn parse(text: &str) -> Self {
        let file: CatalogFile =
            toml::from_str(text).expect("the embedded catalogue is checked by a test");
        let categories: Vec<Category> = file
            .category
            .into_iter()
            .map(|c| {
                let english = english(&c.headers);
                let mut languages: Vec<_> = c.headers.into_iter().collect();
                languages.sort();
                let mut headers: Vec<String> =
                    languages.into_iter().flat_map(|(_, words)| words).collect();
                headers.push(c.id.clone());
                Category {
                    id: c.id,
                    parent: c.parent,
                    kind: c.kind,
                    name_kk: c.name_kk,
                    name_ru: c.name_ru,
                    name_en: c.name_en,
                    headers,
                    english,
                    detectors: c.detectors,
                }
            })
            .collect();
        let by_id = categories
            .iter()
            .enumerate()
            .map(|(i, c)| (c.id.clone(), i))
            .collect();
        let ambiguous = file
            .ambiguous_header
            .into_iter()
            .map(|a| AmbiguousHeader {
                is_clear: a.candidates.len() == 1
                    && CLEAR_RULES.iter().any(|r| a.rule.starts_with(r)),
                header: a.header,
                candidates: a.candidates,
            })
            .collect();
        Self {
            categories,
            ambiguous,
            by_id,
        }
    }

    /// Finds a category by its id.
    pub fn find(&self, id: &str) -> Option<&Category> {
        self.by_id.get(id).map(|&i| &self.categories[i])
    }

    /// Tells whether two categories are one family: the same, or below one parent.
    pub fn related(&self, one: &str, other: &str) -> bool {
        let top = |id: &str| {
            self.find(id)
                .and_then(|c| c.parent.clone())
                .unwrap_or_else(|| id.to_owned())
        };
        top(one) == top(other)
    }

    /// Tells whether a column of this category may hold values of that pattern.
    pub fn may_hold(&self, category: &str, pattern: &crate::pattern::Pattern) -> bool {
        let holds = |detector: &String| {
            // Streets are named after people.
            is_family_of(detector, &pattern.id)
                || (detector == "address" && is_family_of("person_name", &pattern.id))
        };
        self.related(category, &pattern.category)
            || self
                .find(category)
                .is_some_and(|c| c.detectors.iter().any(holds))
    }

    /// Tells whether `ancestor` is `id` or covers it.
    pub fn covers(&self, ancestor: &str, id: &str) -> bool {
        let mut current = Some(id);
        while let Some(here) = current {
            if here == ancestor {
                return true;
            }
            current = self.find(here).and_then(|c| c.parent.as_deref());
        }
        false
    }
}

fn english(headers: &HashMap<String, Vec<String>>) -> Vec<String> {
    let is_other = |spelling: &String| {
        let others = headers.iter().filter(|(language, _)| *language != "en");
        others.flat_map(|(_, words)| words).any(|w| w == spelling)
    };
    let english = headers.get("en").into_iter().flatten();
    english
        .filter(|spelling| !is_other(spelling))
        .cloned()
        .collect()
}

/// The catalogue names families of patterns: `person_name` is every pattern of names, `kz_iin` is `kz.iin`.
fn is_family_of(detector: &str, pattern: &str) -> bool {
    match detector {
        "person_name" => matches!(
            pattern,
            "common.full_name" | "common.last_name" | "common.first_name" | "common.patronymic"
        ),
        "address" => matches!(pattern, "kz.address" | "kz.address_in_text"),
        "ru_snils" => matches!(pattern, "ru.snils" | "ru.snils_digits"),
        "date" => pattern == "common.birth_date",
        plain => {
            let stem = pattern.split_once('.').map_or(pattern, |(_, stem)| stem);
            pattern.replace('.', "_") == plain || stem == plain
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_loads_and_parents_exist() {
        let catalog = Catalog::builtin();
        assert!(catalog.categories.len() > 100);
        for category in &catalog.categories {
            assert!(
                !category.headers.is_empty(),
                "{} has no headers",
                category.id
            );
            if let Some(parent) = &category.parent {
                assert!(
                    catalog.find(parent).is_some(),
                    "{} has no parent {parent}",
                    category.id
                );
            }
        }
        for ambiguous in &catalog.ambiguous {
            assert!(
                ambiguous
                    .candidates
                    .iter()
                    .all(|id| catalog.find(id).is_some())
            );
        }
    }

    #[test]
    fn a_parent_covers_its_children_but_not_the_other_way() {
        let catalog = Catalog::builtin();
        assert!(catalog.covers("full_name", "last_name"));
        assert!(!catalog.covers("last_name", "full_name"));
        assert!(!catalog.covers("last_name", "first_name"));
    }
}

//! The approved list as the table an operator signs. The columns are our own: no act that is in force was found to prescribe a form.

mod csv;
mod html;
mod markdown;
mod term;
mod xlsx;

pub(crate) use csv::harmless;

use std::collections::HashMap;

use crate::category::Catalog;
use crate::error::Result;
use crate::policy::{Dataset, Expired, Policy, Purpose, SubjectGroup, Term, ThirdParty, Words};
use crate::text::{Arg, Language, of_form};

/// Keys of the columns' heads, in the order of cells.
const HEADS: [&str; 11] = [
    "head-number",
    "head-category",
    "head-purpose",
    "head-subjects",
    "head-collection",
    "head-basis",
    "head-term",
    "head-end",
    "head-parties",
    "head-abroad",
    "head-publication",
];

/// Who signs.
const SIGNERS: [&str; 2] = ["sign-approved", "sign-responsible"];
/// What a signature is made of.
const SIGNATURE: [&str; 4] = ["sign-position", "sign-name", "sign-signature", "sign-date"];

/// Characters of a list that is not worth repeating.
const LONG: usize = 80;

/// A file to write the list as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values.
    Csv,
    /// A workbook.
    Xlsx,
    /// Markdown.
    Markdown,
    /// A page that stands alone.
    Html,
}

/// The list, cell by cell, in one language.
struct Form {
    language: Language,
    title: String,
    /// What stands under the title: whose form and list it is.
    head: Vec<String>,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// The list as a file.
///
/// # Errors
/// When the workbook cannot be made.
pub fn form(policy: &Policy, format: Format, language: Language) -> Result<Vec<u8>> {
    let form = Form::new(policy, language);
    match format {
        Format::Csv => csv::bytes(&form),
        Format::Xlsx => xlsx::bytes(&form.shortened()),
        Format::Markdown => Ok(markdown::text(&form.shortened()).into_bytes()),
        Format::Html => Ok(html::text(&form.shortened()).into_bytes()),
    }
}

/// How long data is stored, in words.
pub fn term_in_words(policy: &Policy, language: Language, term: &Term) -> String {
    Teller { policy, language }.lasting(term).join("; ")
}

/// What becomes of data at the end of a term, in words; the id where the form knows none.
pub fn end_in_words(language: Language, action: &str) -> String {
    of_form(language, &format!("end-{action}"), &[]).unwrap_or_else(|| action.to_owned())
}

/// Name of a category; its id where the catalogue knows none.
pub fn category_in_words(language: Language, id: &str) -> String {
    let category = Catalog::builtin().find(id);
    category.map_or_else(
        || id.to_owned(),
        |c| match language {
            Language::Kk => c.name_kk.clone(),
            Language::Ru => c.name_ru.clone(),
            Language::En => c.name_en.clone(),
        },
    )
}

impl Form {
    fn new(policy: &Policy, language: Language) -> Self {
        let teller = Teller { policy, language };
        Self {
            language,
            title: teller.plain("form-title"),
            head: teller.head(),
            columns: HEADS.iter().map(|key| teller.plain(key)).collect(),
            rows: policy
                .purposes
                .iter()
                .enumerate()
                .map(|(at, purpose)| teller.row(at, purpose))
                .collect(),
        }
    }

    /// Long lists of categories that stand in an earlier row are named by its number.
    fn shortened(mut self) -> Self {
        let mut seen: HashMap<String, String> = HashMap::new();
        for row in &mut self.rows {
            let [number, categories, ..] = row.as_mut_slice() else {
                continue;
            };
            if categories.chars().count() <= LONG {
                continue;
            }
            if let Some(first) = seen.get(categories) {
                let args = [("number", Arg::Text(first))];
                let same = of_form(self.language, "same-as", &args);
                *categories = same.unwrap_or_default();
            } else {
                seen.insert(categories.clone(), number.clone());
            }
        }
        self
    }

    fn text(&self, key: &str) -> String {
        of_form(self.language, key, &[]).unwrap_or_else(|| key.to_owned())
    }
}

/// Says in one language what the list holds.
#[derive(Clone, Copy)]
struct Teller<'a> {
    policy: &'a Policy,
    language: Language,
}

impl<'a> Teller<'a> {
    fn plain(self, key: &str) -> String {
        self.filled(key, &[])
    }

    fn filled(self, key: &str, args: &[(&str, Arg<'_>)]) -> String {
        of_form(self.language, key, args).unwrap_or_else(|| key.to_owned())
    }

    fn with(self, key: &str, name: &str, text: &str) -> String {
        self.filled(key, &[(name, Arg::Text(text))])
    }

    fn words(self, words: &Words) -> Option<String> {
        words.in_language(self.language.code()).map(str::to_owned)
    }

    fn or_not_stated(self, parts: &[String], between: &str) -> String {
        if parts.is_empty() {
            self.plain("not-stated")
        } else {
            parts.join(between)
        }
    }

    fn head(self) -> Vec<String> {
        let policy = self.policy;
        let name = self.words(&policy.names);
        let name = name.as_deref().unwrap_or(&policy.operator);
        let mut lines = vec![
            self.plain("form-own"),
            self.plain("form-laws"),
            self.with("form-operator", "name", name),
        ];
        let bin = policy.bin.as_deref();
        lines.extend(bin.map(|bin| self.with("form-bin", "bin", bin)));
        let list = [
            ("id", Arg::Text(&policy.operator)),
            ("hash", Arg::Text(&policy.fingerprint)),
        ];
        lines.push(self.filled("form-list", &list));
        lines
    }

    fn row(self, at: usize, purpose: &Purpose) -> Vec<String> {
        let number = purpose.number.map_or(at + 1, |n| n as usize);
        let label = self.words(&purpose.labels);
        vec![
            number.to_string(),
            self.categories(purpose.categories.iter()),
            label.unwrap_or_else(|| purpose.id.clone()),
            self.subjects(purpose),
            self.collection(purpose),
            self.or_not_stated(&purpose.legal_basis, "; "),
            self.term(purpose),
            self.end(purpose),
            self.parties(purpose),
            self.abroad(purpose),
            self.words(&purpose.publication)
                .unwrap_or_else(|| self.plain("not-stated")),
        ]
    }

    fn categories<'c>(self, ids: impl Iterator<Item = &'c String>) -> String {
        ids.map(|id| category_in_words(self.language, id))
            .collect::<Vec<_>>()
            .join("; ")
    }

    fn subjects(self, purpose: &Purpose) -> String {
        let groups = &self.policy.subject_groups;
        let label = |group: &SubjectGroup| self.words(&group.labels).unwrap_or(group.id.clone());
        let named = purpose.subjects.iter();
        let named = named.filter_map(|id| groups.iter().find(|group| group.id == *id));
        self.or_not_stated(&named.map(label).collect::<Vec<_>>(), "; ")
    }

    fn collection(self, purpose: &Purpose) -> String {
        let from_others = self.policy.from_third_parties();
        let mut from_others = purpose.categories.intersection(from_others).peekable();
        let mut parts: Vec<String> = self.words(&purpose.collection).into_iter().collect();
        if from_others.peek().is_some() {
            let list = self.categories(from_others);
            parts.push(self.with("list-from-parties", "list", &list));
        }
        self.or_not_stated(&parts, "; ")
    }

    fn end(self, purpose: &Purpose) -> String {
        let of_purpose = |d: &&Dataset| d.purposes.contains(&purpose.id);
        let datasets = self.policy.datasets().iter().filter(of_purpose);
        let mut actions: Vec<&str> = datasets
            .map(|dataset| match dataset.expired {
                Expired::Destroy => "destroy",
                Expired::Anonymise => "anonymise",
            })
            .collect();
        if actions.is_empty() {
            actions.extend(purpose.deletion.iter().map(String::as_str));
        }
        actions.dedup();
        let mut parts: Vec<String> = actions
            .into_iter()
            .map(|action| end_in_words(self.language, action))
            .collect();
        parts.extend(self.words(&purpose.deletion_criterion));
        self.or_not_stated(&parts, "; ")
    }

    fn parties_of(self, purpose: &Purpose) -> Vec<&'a ThirdParty> {
        let known = &self.policy.third_parties;
        let named = purpose.third_parties.iter();
        named
            .filter_map(|id| known.iter().find(|party| party.id == *id))
            .collect()
    }

    fn party(self, party: &ThirdParty) -> String {
        self.words(&party.names).unwrap_or(party.id.clone())
    }

    fn parties(self, purpose: &Purpose) -> String {
        let parties = self.parties_of(purpose);
        let mut parts: Vec<String> = parties.into_iter().map(|p| self.party(p)).collect();
        if purpose.anonymise_before_transfer {
            parts.push(self.plain("anonymised-before"));
        }
        self.or_not_stated(&parts, "; ")
    }

    fn abroad(self, purpose: &Purpose) -> String {
        let parties = self.parties_of(purpose);
        let abroad: Vec<String> = parties
            .iter()
            .filter(|party| party.is_abroad == Some(true))
            .map(|party| match &party.country {
                Some(country) => format!("{} ({country})", self.party(party)),
                None => self.party(party),
            })
            .collect();
        if !abroad.is_empty() {
            return self.with("abroad-yes", "list", &abroad.join("; "));
        }
        match self.policy.cross_border.as_deref() {
            Some("per_third_party" | "no" | "forbidden") => self.plain("abroad-no"),
            Some("conditional") => self.plain("abroad-conditional"),
            _ => self.plain("not-stated"),
        }
    }
}

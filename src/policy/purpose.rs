//! What the list says of purposes, the people concerned, and those who get their data.

use std::collections::BTreeSet;

use super::file;
use super::term::event_of;

/// A text in the languages it was written in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// Kazakh.
    pub kk: Option<String>,
    /// Russian.
    pub ru: Option<String>,
    /// English.
    pub en: Option<String>,
}

/// One declared purpose.
#[derive(Clone, Debug)]
pub struct Purpose {
    /// Id to name on the command line.
    pub id: String,
    /// Its number in the operator's text.
    pub number: Option<u32>,
    /// For people.
    pub label: String,
    /// For people, by language.
    pub labels: Words,
    /// Approved categories, as listed.
    pub categories: BTreeSet<String>,
    /// Groups of people it is about.
    pub subjects: Vec<String>,
    /// Who gets the data.
    pub third_parties: Vec<String>,
    /// Where the data comes from and how, in the operator's words.
    pub collection: Words,
    /// Whether and where it is published, in the operator's words.
    pub publication: Words,
    /// Storage term, in words.
    pub retention: String,
    /// Storage term.
    pub retention_term: Option<Retention>,
    /// How the processing is justified.
    pub legal_basis: Vec<String>,
    /// What the list says becomes of the data in the end: `destroy`, `anonymise`.
    pub deletion: Vec<String>,
    /// When the data goes, in the operator's words.
    pub deletion_criterion: Words,
    /// Whether data is anonymised before it is passed on.
    pub anonymise_before_transfer: bool,
}

/// What the policy says of a purpose's storage term.
#[derive(Clone, Debug)]
pub struct Retention {
    /// How the term is given.
    pub mode: Mode,
    /// Whole years of a fixed term.
    pub years: Option<u32>,
    /// What it starts or ends at.
    pub event: Option<String>,
    /// What must have happened as well.
    pub and_also_event: Option<String>,
    /// What ends it at once.
    pub ends_also_on: Vec<String>,
    /// Whether a date follows from the policy and the data.
    pub is_computable: bool,
    /// Acts that set it, as the operator cites them.
    pub statutory_basis: Vec<String>,
}

/// How a storage term is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Years after an event.
    FixedTerm,
    /// Until an event.
    UntilPurposeAchieved,
    /// Not at all.
    NotStated,
}

/// People whose data is processed.
#[derive(Clone, Debug)]
pub struct SubjectGroup {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub labels: Words,
}

/// Who gets data.
#[derive(Clone, Debug)]
pub struct ThirdParty {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub names: Words,
    /// Whether that is abroad, where the list says.
    pub is_abroad: Option<bool>,
    /// Country code, where the list gives one.
    pub country: Option<String>,
}

impl Words {
    /// The text in a language (`kk`, `ru`, `en`), or in another one it was written in, the operator's own first.
    pub fn in_language(&self, language: &str) -> Option<&str> {
        let wanted = match language {
            "kk" => &self.kk,
            "ru" => &self.ru,
            _ => &self.en,
        };
        let any = [wanted, &self.kk, &self.ru, &self.en];
        let mut written = any.into_iter().flatten().map(String::as_str);
        written.find(|text| !text.trim().is_empty())
    }
}

impl Purpose {
    pub(super) fn build(written: &file::Purpose) -> Self {
        let labels = Words {
            kk: written.label_kk.clone(),
            ru: written.label_ru.clone(),
            en: written.label_en.clone(),
        };
        let criterion = written.deletion.as_ref();
        let parties = written.third_parties.iter().flatten();
        let inferred = written.third_parties_inferred.iter().flatten();
        Self {
            id: written.id.get_ref().clone(),
            number: written.number,
            label: labels.in_language("en").unwrap_or_default().to_owned(),
            labels,
            categories: super::set(&written.categories),
            subjects: written
                .subjects
                .iter()
                .map(|s| s.get_ref().clone())
                .collect(),
            third_parties: parties.chain(inferred).cloned().collect(),
            collection: Words {
                kk: written.collection_kk.clone(),
                ru: written.collection_ru.clone(),
                en: written.collection_en.clone(),
            },
            publication: Words {
                kk: written.publication_kk.clone(),
                ru: written.publication_ru.clone(),
                en: written.publication_en.clone(),
            },
            retention: retention_words(written.retention.as_ref()),
            retention_term: written.retention.as_ref().map(Retention::build),
            legal_basis: written.legal_basis.clone(),
            deletion: criterion
                .and_then(|d| d.actions.clone())
                .unwrap_or_default(),
            deletion_criterion: Words {
                kk: criterion.and_then(|d| d.criterion_kk.clone()),
                ru: criterion.and_then(|d| d.criterion_ru.clone()),
                en: criterion.and_then(|d| d.criterion_en.clone()),
            },
            anonymise_before_transfer: written.anonymise_before_transfer == Some(true),
        }
    }
}

impl Retention {
    fn build(written: &file::Retention) -> Self {
        Self {
            mode: match written.mode.get_ref().as_str() {
                super::FIXED_TERM => Mode::FixedTerm,
                super::UNTIL_ACHIEVED => Mode::UntilPurposeAchieved,
                _ => Mode::NotStated,
            },
            years: written.years,
            event: event_of(written).map(str::to_owned),
            and_also_event: written.and_also_event.clone(),
            ends_also_on: written.ends_also_on.clone().unwrap_or_default(),
            is_computable: written.computable != Some(false),
            statutory_basis: written.statutory_basis.clone().unwrap_or_default(),
        }
    }
}

impl SubjectGroup {
    pub(super) fn build(written: &file::SubjectGroup) -> Self {
        Self {
            id: written.id.get_ref().clone(),
            labels: Words {
                kk: written.text_kk.clone(),
                ru: written.text_ru.clone(),
                en: written.text_en.clone(),
            },
        }
    }
}

impl ThirdParty {
    pub(super) fn build(written: &file::ThirdParty) -> Self {
        let is_country = |c: &String| c.len() == 2;
        Self {
            id: written.id.get_ref().clone(),
            names: Words {
                kk: written.name_kk.clone(),
                ru: written.name_ru.clone(),
                en: written.name_en.clone().or(written.name.clone()),
            },
            is_abroad: written.cross_border.as_ref().and_then(toml::Value::as_bool),
            country: written.country.clone().filter(is_country),
        }
    }
}

fn retention_words(retention: Option<&file::Retention>) -> String {
    let Some(retention) = retention else {
        return "not stated".to_owned();
    };
    let mut words = match (retention.mode.get_ref().as_str(), retention.years) {
        (super::FIXED_TERM, Some(years)) => format!("{years} years"),
        (super::UNTIL_ACHIEVED, _) => "until the purpose is achieved".to_owned(),
        _ => "not stated".to_owned(),
    };
    if let Some(event) = &retention.event {
        words.push_str(" after ");
        words.push_str(event);
    }
    if let Some(event) = &retention.and_also_event {
        words.push_str(" and ");
        words.push_str(event);
    }
    if retention.computable == Some(false) {
        words.push_str(" (no date follows from the policy alone)");
    }
    words
}

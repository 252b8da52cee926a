//! The operator's approved-data list: parsed, then validated, then asked.

mod file;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};
use toml::Spanned;

use crate::category::Catalog;
use crate::error::{Error, Result, is_toml};
use file::PolicyFile;

const SCHEMA_VERSION: u32 = 1;
const RETENTION_MODES: &[&str] = &["fixed_term", "until_purpose_achieved", "not_stated"];

/// A validated policy.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The operator's id.
    pub operator: String,
    /// The operator's name for people.
    pub name: String,
    /// Why data may be processed at all.
    pub purposes: Vec<Purpose>,
    /// Contradictions the policy holds, for people to settle.
    pub conflicts: Vec<Conflict>,
    /// SHA-256 of the file.
    pub fingerprint: String,
    approved: BTreeSet<String>,
    prohibited: BTreeSet<String>,
    named_not_approved: BTreeSet<String>,
}

/// One declared purpose.
#[derive(Clone, Debug)]
pub struct Purpose {
    /// Id to name on the command line.
    pub id: String,
    /// For people.
    pub label: String,
    /// Approved categories, as listed.
    pub categories: BTreeSet<String>,
    /// Storage term, in words.
    pub retention: String,
    /// How the processing is justified.
    pub legal_basis: Vec<String>,
}

/// A contradiction inside the policy.
#[derive(Clone, Debug)]
pub struct Conflict {
    /// Its id.
    pub id: String,
    /// Clauses.
    pub place: String,
    /// What contradicts what.
    pub explanation: String,
}

/// What the policy says of a category.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// On the list for the purpose.
    OnList,
    /// A category that covers it is on the list for the purpose.
    ParentOnList,
    /// On the list, for other purposes only.
    OtherPurpose,
    /// Named by the policy as not approved.
    NamedNotApproved,
    /// On no list.
    NotOnList,
    /// The policy forbids it.
    Prohibited,
}

impl Policy {
    /// Reads and validates a policy file.
    ///
    /// # Errors
    /// When it cannot be read, or with every mistake in it, each at its line.
    pub fn load(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).map_err(|e| Error::read(path, e))?;
        Self::parse(&text, &path.display().to_string())
    }

    /// Validates the text of a policy; `place` names it in complaints.
    ///
    /// # Errors
    /// With every mistake, each at its line.
    pub fn parse(text: &str, place: &str) -> Result<Self> {
        let file: PolicyFile = toml::from_str(text).map_err(|e| {
            if !is_toml(text) {
                return Error::Invalid {
                    place: place.to_owned(),
                    report: Error::toml_mistake(text, &e),
                };
            }
            let complaint = Complaint {
                span: e.span().unwrap_or(0..0),
                message: e.message().to_owned(),
            };
            invalid(text, place, &[complaint])
        })?;
        let complaints = complaints(&file);
        if complaints.is_empty() {
            Ok(Self::build(file, text))
        } else {
            Err(invalid(text, place, &complaints))
        }
    }

    fn build(file: PolicyFile, text: &str) -> Self {
        let set = |ids: &[Spanned<String>]| {
            ids.iter()
                .map(|id| id.get_ref().clone())
                .collect::<BTreeSet<_>>()
        };
        let mut approved = set(&file.approved.categories);
        approved.extend(
            file.approved_from_third_parties
                .iter()
                .flat_map(|a| set(&a.categories)),
        );
        let name = file
            .operator
            .name_en
            .or(file.meta.title_en)
            .unwrap_or_default();
        Self {
            operator: file.operator.id.into_inner(),
            name,
            purposes: file
                .purpose
                .iter()
                .map(|p| Purpose {
                    id: p.id.get_ref().clone(),
                    label: p.label_en.clone().unwrap_or_default(),
                    categories: set(&p.categories),
                    retention: p
                        .retention
                        .as_ref()
                        .map_or_else(|| "not stated".to_owned(), retention_words),
                    legal_basis: p.legal_basis.clone(),
                })
                .collect(),
            conflicts: file
                .conflict
                .into_iter()
                .map(|c| Conflict {
                    id: c.id.into_inner(),
                    place: c.place.unwrap_or_default(),
                    explanation: c.explanation_en,
                })
                .collect(),
            fingerprint: format!(
                "sha256:{}",
                data_encoding::HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
            ),
            approved,
            prohibited: file
                .prohibition
                .iter()
                .flat_map(|p| set(&p.categories))
                .collect(),
            named_not_approved: file
                .named_not_approved
                .iter()
                .flat_map(|n| set(&n.categories))
                .collect(),
        }
    }

    /// Checks that a purpose is declared.
    ///
    /// # Errors
    /// Naming the purposes there are.
    pub fn require_purpose(&self, id: &str) -> Result<()> {
        if self.purposes.iter().any(|p| p.id == id) {
            return Ok(());
        }
        Err(Error::UnknownPurpose {
            purpose: id.to_owned(),
            known: self.purpose_ids(),
        })
    }

    /// All purpose ids, for messages.
    pub fn purpose_ids(&self) -> String {
        self.purposes
            .iter()
            .map(|p| p.id.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// Categories on the list for a purpose, or for any.
    pub fn approved(&self, purpose: Option<&str>) -> BTreeSet<&str> {
        match purpose.and_then(|id| self.purposes.iter().find(|p| p.id == id)) {
            Some(purpose) => purpose.categories.iter().map(String::as_str).collect(),
            None => self.approved.iter().map(String::as_str).collect(),
        }
    }

    /// What the policy says of a category for a purpose; without one, for any purpose.
    pub fn standing(&self, category: &str, purpose: Option<&str>) -> Standing {
        let catalog = Catalog::builtin();
        let covered = |list: &BTreeSet<&str>| {
            list.iter()
                .any(|approved| catalog.covers(approved, category))
        };
        if self.prohibited.iter().any(|p| catalog.covers(p, category)) {
            return Standing::Prohibited;
        }
        let list = self.approved(purpose);
        if list.contains(category) {
            Standing::OnList
        } else if covered(&list) {
            Standing::ParentOnList
        } else if covered(&self.approved(None)) {
            Standing::OtherPurpose
        } else if self.named_not_approved.contains(category) {
            Standing::NamedNotApproved
        } else {
            Standing::NotOnList
        }
    }
}

fn retention_words(retention: &file::Retention) -> String {
    let mut words = match (retention.mode.get_ref().as_str(), retention.years) {
        ("fixed_term", Some(years)) => format!("{years} years"),
        ("until_purpose_achieved", _) => "until the purpose is achieved".to_owned(),
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

struct Complaint {
    span: std::ops::Range<usize>,
    message: String,
}

fn complaints(file: &PolicyFile) -> Vec<Complaint> {
    let mut found = Vec::new();
    if *file.meta.schema_version.get_ref() != SCHEMA_VERSION {
        let message = format!("this version reads schema_version {SCHEMA_VERSION}");
        found.push(Complaint {
            span: file.meta.schema_version.span(),
            message,
        });
    }
    for id in category_lists(file).flatten() {
        if Catalog::builtin().find(id.get_ref()).is_none() {
            found.push(Complaint {
                span: id.span(),
                message: "no such category: see `iesiz patterns categories`".to_owned(),
            });
        }
    }
    unique(file.purpose.iter().map(|p| &p.id), "purpose", &mut found);
    unique(
        file.subject_group.iter().map(|s| &s.id),
        "subject group",
        &mut found,
    );
    unique(
        file.third_party.iter().map(|t| &t.id),
        "third party",
        &mut found,
    );
    unique(
        file.prohibition.iter().map(|p| &p.id),
        "prohibition",
        &mut found,
    );
    for purpose in &file.purpose {
        purpose_complaints(file, purpose, &mut found);
    }
    found
}

fn purpose_complaints(file: &PolicyFile, purpose: &file::Purpose, found: &mut Vec<Complaint>) {
    for subject in &purpose.subjects {
        if !file
            .subject_group
            .iter()
            .any(|s| s.id.get_ref() == subject.get_ref())
        {
            found.push(Complaint {
                span: subject.span(),
                message: "no [[subject_group]] has this id".to_owned(),
            });
        }
    }
    if purpose.legal_basis.is_empty() {
        found.push(Complaint {
            span: purpose.id.span(),
            message: "the purpose has no legal basis".to_owned(),
        });
    }
    let Some(retention) = &purpose.retention else {
        return;
    };
    if !RETENTION_MODES.contains(&retention.mode.get_ref().as_str()) {
        let message = format!("a retention mode is one of: {}", RETENTION_MODES.join(", "));
        found.push(Complaint {
            span: retention.mode.span(),
            message,
        });
    }
    if retention.mode.get_ref() == "fixed_term"
        && (retention.years.is_none() || retention.event.is_none())
    {
        let message = "a fixed term needs years and the event it starts at".to_owned();
        found.push(Complaint {
            span: retention.mode.span(),
            message,
        });
    }
}

fn category_lists(file: &PolicyFile) -> impl Iterator<Item = &Vec<Spanned<String>>> {
    std::iter::once(&file.approved.categories)
        .chain(
            file.approved_from_third_parties
                .iter()
                .map(|a| &a.categories),
        )
        .chain(file.category_item.iter().map(|c| &c.categories))
        .chain(file.purpose.iter().map(|p| &p.categories))
        .chain(file.prohibition.iter().map(|p| &p.categories))
        .chain(file.named_not_approved.iter().map(|n| &n.categories))
}

fn unique<'a>(
    ids: impl Iterator<Item = &'a Spanned<String>>,
    what: &str,
    found: &mut Vec<Complaint>,
) {
    let mut seen = BTreeSet::new();
    for id in ids {
        if !seen.insert(id.get_ref()) {
            found.push(Complaint {
                span: id.span(),
                message: format!("a second {what} with this id"),
            });
        }
    }
}

fn invalid(text: &str, place: &str, complaints: &[Complaint]) -> Error {
    use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
    let report: Vec<String> = complaints
        .iter()
        .map(|complaint| {
            let snippet = Snippet::source(text)
                .path(place)
                .annotation(AnnotationKind::Primary.span(complaint.span.clone()));
            Renderer::plain().render(&[Level::ERROR
                .primary_title(&complaint.message)
                .element(snippet)])
        })
        .collect();
    Error::Invalid {
        place: place.to_owned(),
        report: report.join("\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixture(name: &str) -> Policy {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("samples/policies")
            .join(name)
            .with_extension("toml");
        Policy::load(&path).unwrap()
    }

    #[test]
    fn the_four_operators_load() {
        for (name, purposes) in [
            ("adalcheck", 7),
            ("proleads", 5),
            ("qiwi_kazakhstan", 13),
            ("auto_siyliq_finance", 25),
        ] {
            assert_eq!(fixture(name).purposes.len(), purposes, "{name}");
        }
    }

    #[test]
    fn standing_depends_on_list_purpose_and_prohibition() {
        let qiwi = fixture("qiwi_kazakhstan");
        assert_eq!(
            qiwi.standing("iin", Some("identify_and_raise_status")),
            Standing::OnList
        );
        assert_eq!(
            qiwi.standing("iin", Some("visitor_analytics")),
            Standing::OtherPurpose
        );
        assert_eq!(qiwi.standing("vin", None), Standing::NotOnList);
        assert_eq!(
            fixture("adalcheck").standing("iin", None),
            Standing::NotOnList
        );
        assert_eq!(
            fixture("proleads").standing("iin", None),
            Standing::NotOnList
        );
        assert_eq!(
            fixture("proleads").standing("ethnicity", None),
            Standing::Prohibited
        );
        assert_eq!(
            fixture("proleads").standing("id_card_number", None),
            Standing::ParentOnList
        );
    }

    #[test]
    fn every_mistake_is_told_with_its_line() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/policies/adalcheck.toml");
        let text = fs::read_to_string(path).unwrap();
        let wrong = text.replacen("\"phone_number\", \"email\"", "\"phone\", \"emial\"", 1);
        let report = Policy::parse(&wrong, "p.toml").unwrap_err().to_string();
        assert_eq!(report.matches("no such category").count(), 2, "{report}");
        assert!(report.contains("p.toml:27"), "{report}");
        let report = Policy::parse(
            &text.replacen("[operator]", "[operator]\ncolour = 1", 1),
            "p.toml",
        )
        .unwrap_err()
        .to_string();
        assert!(
            report.contains("unknown field `colour`") && report.contains("p.toml:18"),
            "{report}"
        );
    }
}

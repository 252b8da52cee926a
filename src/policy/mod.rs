//! The operator's approved-data list: parsed, then validated, then asked.

mod cited;
mod dataset;
mod dataset_mistakes;
mod file;
pub mod laws;
mod mistakes;
mod purpose;
mod term;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};
use toml::Spanned;

use crate::category::Catalog;
use crate::error::{Error, Result, is_toml};
use file::PolicyFile;
use mistakes::{Complaint, complaints, invalid};

pub use cited::{Citation, PLACEHOLDER};
pub use dataset::{
    ColumnAction, Dataset, DatasetColumn, DateOrder, Decision, Excess, Expired, Hold,
};
pub use purpose::{Mode, Purpose, Retention, SubjectGroup, ThirdParty, Words};
pub use term::{Term, TermSource, Undecided, Why};

const FIXED_TERM: &str = "fixed_term";
const UNTIL_ACHIEVED: &str = "until_purpose_achieved";
const NOT_STATED: &str = "not_stated";

/// A validated policy.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The operator's id.
    pub operator: String,
    /// The operator's name for people.
    pub name: String,
    /// The operator's name by language.
    pub names: Words,
    /// The operator's business identification number, where it is given.
    pub bin: Option<String>,
    /// Why data may be processed at all.
    pub purposes: Vec<Purpose>,
    /// Whose data is processed.
    pub subject_groups: Vec<SubjectGroup>,
    /// Who gets data.
    pub third_parties: Vec<ThirdParty>,
    /// What the list says of transfer abroad: `per_third_party`, `conditional`, …
    pub cross_border: Option<String>,
    /// Contradictions the policy holds, for people to settle.
    pub conflicts: Vec<Conflict>,
    /// SHA-256 of the file.
    pub fingerprint: String,
    /// What the list cites acts in, with the place of each text.
    pub citations: Vec<Citation>,
    /// Keys that still hold what a draft put there for a person to fill in.
    pub placeholders: Vec<String>,
    approved: BTreeSet<String>,
    from_third_parties: BTreeSet<String>,
    prohibited: BTreeSet<String>,
    named_not_approved: BTreeSet<String>,
    datasets: Vec<Dataset>,
}

/// A contradiction inside the policy.
#[derive(Clone, Debug)]
pub struct Conflict {
    /// Its id.
    pub id: String,
    /// Clauses.
    pub place: String,
    /// Purposes whose term it puts in doubt, as the list names them.
    pub purposes: Vec<String>,
    /// What contradicts what.
    pub explanation: String,
}

impl Conflict {
    fn build(written: file::Conflict) -> Self {
        Self {
            id: written.id.into_inner(),
            place: written.place.unwrap_or_default(),
            purposes: written
                .purposes
                .into_iter()
                .map(Spanned::into_inner)
                .collect(),
            explanation: written.explanation_en,
        }
    }

    /// Tells whether it puts a purpose's term in doubt: it names it as such, or its place does.
    pub fn touches(&self, purpose: &str) -> bool {
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        self.purposes.iter().any(|id| id == purpose)
            || self
                .place
                .split(|c| !is_part(c))
                .any(|word| word == purpose)
    }
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
        let mut policy = Self::parse(&text, &path.display().to_string())?;
        let folder = path.parent().unwrap_or(Path::new(""));
        for dataset in &mut policy.datasets {
            dataset.settle_in(folder);
        }
        Ok(policy)
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
        let third_parties = file.approved_from_third_parties.as_ref();
        let from_third_parties = third_parties.map(|a| set(&a.categories));
        let from_third_parties = from_third_parties.unwrap_or_default();
        let mut approved = set(&file.approved.categories);
        approved.extend(from_third_parties.iter().cloned());
        let citations = cited::citations(&file);
        let cross_border = file.cross_border.as_ref().and_then(|c| c.get("allowed"));
        Self {
            names: Words {
                kk: file.operator.name_kk,
                ru: file.operator.name_ru,
                en: file.operator.name_en.clone(),
            },
            name: file
                .operator
                .name_en
                .or(file.meta.title_en)
                .unwrap_or_default(),
            bin: file.operator.bin.filter(|bin| is_bin(bin)),
            operator: file.operator.id.into_inner(),
            purposes: file.purpose.iter().map(Purpose::build).collect(),
            subject_groups: file.subject_group.iter().map(SubjectGroup::build).collect(),
            third_parties: file.third_party.iter().map(ThirdParty::build).collect(),
            cross_border: cross_border
                .and_then(toml::Value::as_str)
                .map(str::to_owned),
            conflicts: file.conflict.into_iter().map(Conflict::build).collect(),
            fingerprint: format!(
                "sha256:{}",
                data_encoding::HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
            ),
            citations,
            placeholders: cited::placeholders(text),
            approved,
            from_third_parties,
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
            datasets: file.dataset.iter().map(Dataset::build).collect(),
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
        if self.forbids(category) {
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

    /// Categories that the list forbids.
    pub fn prohibited(&self) -> &BTreeSet<String> {
        &self.prohibited
    }

    /// Categories that the list lets come from third parties.
    pub fn from_third_parties(&self) -> &BTreeSet<String> {
        &self.from_third_parties
    }

    /// Purposes whose list covers a category.
    pub fn purposes_for(&self, category: &str) -> Vec<&str> {
        let approves = |purpose: &&Purpose| {
            let mut list = purpose.categories.iter();
            list.any(|listed| Catalog::builtin().covers(listed, category))
        };
        let purposes = self.purposes.iter().filter(approves);
        purposes.map(|purpose| purpose.id.as_str()).collect()
    }

    /// Tells whether the list says that a category comes from third parties.
    pub fn is_from_third_parties(&self, category: &str) -> bool {
        let catalog = Catalog::builtin();
        let mut list = self.from_third_parties.iter();
        list.any(|listed| catalog.covers(listed, category))
    }

    /// Tells whether the policy forbids a category, whatever its lists say.
    pub fn forbids(&self, category: &str) -> bool {
        let catalog = Catalog::builtin();
        self.prohibited.iter().any(|p| catalog.covers(p, category))
    }
}

/// Lists also say there that none is stated.
fn is_bin(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

fn set(ids: &[Spanned<String>]) -> BTreeSet<String> {
    ids.iter().map(|id| id.get_ref().clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text of a sample policy.
    pub(super) fn sample(name: &str) -> String {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("samples/policies")
            .join(name)
            .with_extension("toml");
        fs::read_to_string(path).unwrap()
    }

    fn fixture(name: &str) -> Policy {
        Policy::parse(&sample(name), name).unwrap()
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

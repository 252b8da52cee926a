//! What a person should know of a list that loads: mistakes, matters to settle, and notes.

use serde::Serialize;

use crate::category::{Catalog, Kind};
use crate::error::Code;
use crate::method;
use crate::policy::laws::{Laws, State};
use crate::policy::{Dataset, Policy};
use crate::text::{Arg, tr};

/// Codes of remarks, in the order of docs/CODES.md.
pub const REMARKS: &[Code] = &[
    Code("missing-file"),
    Code("unknown-method"),
    Code("placeholder"),
    Code("open-conflict"),
    Code("open-term"),
    Code("forbidden-but-listed"),
    Code("purpose-beyond-list"),
    Code("repealed-act"),
    Code("struck-rule"),
    Code("special-category"),
    Code("listed-for-nothing"),
    Code("column-not-approved"),
    Code("unknown-third-party"),
    Code("unverified-act"),
];

/// How much a remark matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// Good to know.
    Note,
    /// A person has to settle it.
    Unsettled,
    /// It cannot stay as it is.
    Mistake,
}

/// One thing to know of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// Stable name, see docs/CODES.md.
    pub code: Code,
    /// How much it matters.
    pub weight: Weight,
    /// What it is about: an id or a key of the list.
    pub about: String,
    /// The rest, in words.
    pub detail: String,
}

impl Remark {
    /// The remark in words.
    pub fn text(&self) -> String {
        let args = [
            ("about", Arg::Text(&self.about)),
            ("detail", Arg::Text(&self.detail)),
        ];
        tr(&format!("remark-{}", self.code), &args)
    }
}

/// The remarks on a list as a file, schema `iesiz.remarks/1`.
#[derive(Debug, Serialize)]
pub struct Report<'a> {
    /// Name and version of this shape.
    pub schema: &'static str,
    /// The operator.
    pub operator: &'a str,
    /// SHA-256 of the list.
    pub fingerprint: &'a str,
    /// What there is to know.
    pub remarks: &'a [Remark],
}

impl<'a> Report<'a> {
    /// The remarks with the list they are about.
    pub fn of(policy: &'a Policy, remarks: &'a [Remark]) -> Self {
        Self {
            schema: "iesiz.remarks/1",
            operator: &policy.operator,
            fingerprint: &policy.fingerprint,
            remarks,
        }
    }
}

/// Everything to know of a list, what matters most first.
pub fn check(policy: &Policy) -> Vec<Remark> {
    let mut found = Remarks::default();
    for dataset in policy.datasets() {
        files(dataset, &mut found);
        columns(policy, dataset, &mut found);
    }
    for key in &policy.placeholders {
        found.add("placeholder", Weight::Unsettled, key, "");
    }
    conflicts(policy, &mut found);
    terms(policy, &mut found);
    lists(policy, &mut found);
    third_parties(policy, &mut found);
    acts(policy, &mut found);
    let mut remarks = found.0;
    remarks.sort_by_key(|remark| {
        let place = REMARKS.iter().position(|code| *code == remark.code);
        (std::cmp::Reverse(remark.weight), place)
    });
    remarks
}

#[derive(Default)]
struct Remarks(Vec<Remark>);

impl Remarks {
    fn add(
        &mut self,
        code: &'static str,
        weight: Weight,
        about: impl Into<String>,
        detail: impl Into<String>,
    ) {
        let remark = Remark {
            code: Code(code),
            weight,
            about: about.into(),
            detail: detail.into(),
        };
        if !self.0.contains(&remark) {
            self.0.push(remark);
        }
    }
}

fn files(dataset: &Dataset, found: &mut Remarks) {
    let of_holds = dataset.holds.iter().filter_map(|h| h.subjects.as_ref());
    for file in of_holds.chain(&dataset.blocked).filter(|f| !f.is_file()) {
        let file = file.display().to_string();
        found.add("missing-file", Weight::Mistake, &dataset.id, file);
    }
}

fn columns(policy: &Policy, dataset: &Dataset, found: &mut Remarks) {
    for column in &dataset.columns {
        let place = format!("{}, {}", dataset.id, column.path);
        if let Some(id) = column
            .method
            .as_ref()
            .filter(|m| method::named(m).is_none())
        {
            found.add("unknown-method", Weight::Mistake, &place, id);
        }
        let (Some(category), Some(purposes)) = (&column.category, &column.purposes) else {
            continue;
        };
        let approving = policy.purposes_for(category);
        for purpose in purposes.iter().filter(|p| !approving.contains(&p.as_str())) {
            let detail = format!("{purpose}, {category}");
            found.add("column-not-approved", Weight::Note, &place, detail);
        }
    }
}

fn conflicts(policy: &Policy, found: &mut Remarks) {
    let settled: Vec<&String> = policy
        .datasets()
        .iter()
        .flat_map(|dataset| &dataset.terms)
        .flat_map(|term| &term.settles)
        .collect();
    for conflict in &policy.conflicts {
        if !settled.contains(&&conflict.id) {
            let about = format!("{} ({})", conflict.id, conflict.place);
            let detail = conflict.explanation.as_str();
            found.add("open-conflict", Weight::Unsettled, about, detail);
        }
    }
}

/// Purposes whose end nobody can tell: in every dataset, and by the words of the list where none has the purpose.
fn terms(policy: &Policy, found: &mut Remarks) {
    for purpose in &policy.purposes {
        let of_purpose = |d: &&Dataset| d.purposes.contains(&purpose.id);
        let datasets: Vec<&Dataset> = policy.datasets().iter().filter(of_purpose).collect();
        for dataset in &datasets {
            if let Err(undecided) = policy.term(dataset, &purpose.id) {
                let about = format!("{}, {}", dataset.id, purpose.id);
                let detail = undecided.why.to_string();
                found.add("open-term", Weight::Unsettled, about, detail);
            }
        }
        if let (true, Err(why)) = (datasets.is_empty(), policy.stated_term(&purpose.id)) {
            let detail = why.to_string();
            found.add("open-term", Weight::Unsettled, &purpose.id, detail);
        }
    }
}

fn lists(policy: &Policy, found: &mut Remarks) {
    let catalog = Catalog::builtin();
    let approved = policy.approved(None);
    for category in &approved {
        let purposes = policy.purposes_for(category).join(", ");
        if purposes.is_empty() {
            found.add("listed-for-nothing", Weight::Note, *category, "");
        }
        let kind = catalog.find(category).map(|c| c.kind);
        if kind == Some(Kind::SensitiveSpecial) {
            found.add("special-category", Weight::Note, *category, purposes);
        }
        if policy.forbids(category) {
            found.add("forbidden-but-listed", Weight::Unsettled, *category, "");
        }
    }
    for purpose in &policy.purposes {
        let is_covered = |category: &String| approved.iter().any(|a| catalog.covers(a, category));
        for category in purpose.categories.iter().filter(|c| !is_covered(c)) {
            let weight = Weight::Unsettled;
            found.add("purpose-beyond-list", weight, &purpose.id, category);
        }
    }
}

fn third_parties(policy: &Policy, found: &mut Remarks) {
    for purpose in &policy.purposes {
        let is_known = |id: &String| policy.third_parties.iter().any(|party| party.id == *id);
        for party in purpose.third_parties.iter().filter(|id| !is_known(id)) {
            found.add("unknown-third-party", Weight::Note, &purpose.id, party);
        }
    }
}

fn acts(policy: &Policy, found: &mut Remarks) {
    for citation in &policy.citations {
        for cited in Laws::builtin().cited(&citation.text) {
            let act = cited.act;
            if let Some(rule) = cited.struck_rule {
                let detail = format!("{}, rule {rule}", act.title);
                found.add("struck-rule", Weight::Unsettled, &citation.place, detail);
            } else if act.state == State::Repealed {
                let by = act.repealed_by.as_deref().unwrap_or_default();
                let successor = act.successor.as_deref().unwrap_or_default();
                let detail = format!("{}, by {by}; now: {successor}", act.title);
                found.add("repealed-act", Weight::Unsettled, &citation.place, detail);
            } else if act.is_unverified {
                let detail = act.source.as_str();
                found.add("unverified-act", Weight::Note, &act.title, detail);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Vec<&'static str> {
        let policy = Policy::parse(text, "p.toml").unwrap();
        check(&policy).iter().map(|remark| remark.code.0).collect()
    }

    const SOUND: &str = "
[meta]
schema_version = 1
[operator]
id = 'shop'
[approved]
categories = ['email']
[[purpose]]
id = 'deliver'
subjects = []
categories = ['email']
legal_basis = ['contract']
[purpose.retention]
mode = 'fixed_term'
years = 3
event = 'delivered'
";

    #[test]
    fn a_sound_list_has_no_remarks() {
        assert!(codes(SOUND).is_empty());
    }

    #[test]
    fn each_matter_has_its_code() {
        let dataset = "[[dataset]]\nid = 'd'\nsources = ['d.csv']\npurposes = ['deliver']\n";
        let with = |rest: &str| format!("{SOUND}{rest}");
        let instead = |one: &str, other: &str| SOUND.replacen(one, other, 1);
        for (code, text) in [
            ("missing-file", with(&format!("{dataset}blocked = 'none'"))),
            (
                "unknown-method",
                with(&format!(
                    "{dataset}[[dataset.column]]\npath = 'c'\nmethod = 'magic'"
                )),
            ),
            ("placeholder", instead("'contract'", "'FILL IN: it'")),
            (
                "open-conflict",
                with("[[conflict]]\nid = 'c'\nexplanation_en = 'e'"),
            ),
            ("open-term", instead("fixed_term", "not_stated")),
            ("open-term", with(dataset)),
            (
                "forbidden-but-listed",
                with("[[prohibition]]\nid = 'p'\ncategories = ['email']"),
            ),
            (
                "purpose-beyond-list",
                instead(
                    "categories = ['email']\nlegal",
                    "categories = ['iin']\nlegal",
                ),
            ),
            ("repealed-act", instead("contract", "resolution 909")),
            ("struck-rule", instead("contract", "Rules 395/НҚ r. 12")),
            ("special-category", SOUND.replace("'email'", "'disability'")),
            (
                "listed-for-nothing",
                instead("['email']", "['email', 'iin']"),
            ),
            (
                "column-not-approved",
                with(&format!(
                    "{dataset}[[dataset.column]]\npath = 'c'\ncategory = 'vin'\npurposes = ['deliver']"
                )),
            ),
            (
                "unknown-third-party",
                instead("legal_basis", "third_parties = ['x']\nlegal_basis"),
            ),
            ("unverified-act", instead("contract", "Law 191-IV")),
        ] {
            assert!(codes(&text).contains(&code), "{code}\n{text}");
        }
    }

    #[test]
    fn a_settled_contradiction_is_no_remark() {
        let text = format!(
            "{SOUND}
[[conflict]]
id = 'c'
where = 'deliver'
explanation_en = 'e'
[[dataset]]
id = 'd'
sources = ['d.csv']
purposes = ['deliver']
events = {{ delivered = 'on' }}
[[dataset.term]]
purpose = 'deliver'
years = 1
settles = ['c']
decided_by = 'board'
reason = 'r'
"
        );
        assert!(codes(&text).is_empty());
    }

    #[test]
    fn mistakes_come_first() {
        let text = format!(
            "{SOUND}\n[[conflict]]\nid = 'c'\nexplanation_en = 'e'\n[[dataset]]\nid = 'd'\n\
             sources = ['d.csv']\npurposes = ['deliver']\nblocked = 'none'"
        );
        assert_eq!(codes(&text), ["missing-file", "open-conflict", "open-term"]);
    }
}

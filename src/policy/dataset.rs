//! Tables tied to purposes: which columns hold the dates of events, what becomes of rows and columns that no purpose needs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use glob::{MatchOptions, Pattern};
use jiff::civil::Date;
use toml::Spanned;

use super::{Policy, file};
use crate::error::{Error, Result};

/// Tables that serve the same purposes.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// Its id.
    pub id: String,
    /// Patterns of the ends of paths that belong to it.
    pub sources: Vec<Pattern>,
    /// Purposes that its rows are kept for.
    pub purposes: Vec<String>,
    /// Columns that tell whose a row is.
    pub subject: Vec<String>,
    /// Event → column that holds its date.
    pub events: BTreeMap<String, String>,
    /// What becomes of rows whose last purpose has run out.
    pub expired: Expired,
    /// What becomes of columns that no purpose approves.
    pub excess: Excess,
    /// File of identifiers of blocked people, one a line.
    pub blocked: Option<PathBuf>,
    /// How a date that can be read in two ways is to be read; without it such a date is none.
    pub date_order: Option<DateOrder>,
    /// Columns that must get equal tokens.
    pub link_groups: Vec<Vec<String>>,
    /// Columns that are told apart from what was found.
    pub columns: Vec<DatasetColumn>,
    /// Reasons to keep rows whatever their term.
    pub holds: Vec<Hold>,
    /// What the operator decided where the policy does not say.
    pub terms: Vec<Decision>,
}

/// What becomes of rows whose last purpose has run out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Expired {
    /// They are left out.
    #[default]
    Destroy,
    /// They stay without anything personal.
    Anonymise,
}

/// What becomes of columns that no purpose approves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Excess {
    /// They are left out.
    #[default]
    Drop,
    /// They stay.
    Keep,
}

/// Which part of a numeric date comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// Day, month, year.
    Dmy,
    /// Month, day, year.
    Mdy,
    /// Year, month, day.
    Ymd,
}

/// What the list says of one column.
#[derive(Clone, Debug)]
pub struct DatasetColumn {
    /// Its path.
    pub path: String,
    /// What it is, whatever was found.
    pub category: Option<String>,
    /// Purposes that need it; by default those that approve its category.
    pub purposes: Option<Vec<String>>,
    /// What is to be done to it.
    pub action: Option<ColumnAction>,
    /// How it is rewritten.
    pub method: Option<String>,
}

/// What the list wants done to a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnAction {
    /// It stays as it is.
    Keep,
    /// It is rewritten.
    Rewrite,
    /// It is left out.
    Drop,
}

/// A reason to keep rows whatever their term.
#[derive(Clone, Debug)]
pub struct Hold {
    /// Its id.
    pub id: String,
    /// Why, in words.
    pub reason: String,
    /// Its last day; none: until it is taken out of the list.
    pub until: Option<Date>,
    /// File of identifiers of the people it is about, one a line; without it every row is held.
    pub subjects: Option<PathBuf>,
}

/// The operator's decision on a purpose's term; what is left out stays as the policy has it.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The purpose it is about.
    pub purpose: String,
    /// Whole years after the event.
    pub years: u32,
    /// Months after the years.
    pub months: u32,
    /// Days after the months.
    pub days: u32,
    /// What the term starts at.
    pub event: Option<String>,
    /// What must have happened as well.
    pub and_also_event: Option<String>,
    /// What ends the purpose at once.
    pub ends_also_on: Option<Vec<String>>,
    /// Contradictions of the policy that it settles.
    pub settles: Vec<String>,
    /// Who decided: a position and not a name.
    pub by: String,
    /// Why.
    pub reason: String,
}

impl Dataset {
    /// Tells whether a table's path ends like one of the sources, folder by folder.
    pub fn holds_table(&self, table_id: &str) -> bool {
        let options = MatchOptions {
            require_literal_separator: true,
            ..MatchOptions::new()
        };
        let path = table_id.replace('\\', "/");
        let ends = std::iter::once(path.as_str())
            .chain(path.match_indices('/').map(|(at, _)| &path[at + 1..]));
        ends.into_iter().any(|end| {
            let matches = |pattern: &Pattern| pattern.matches_with(end, options);
            self.sources.iter().any(matches)
        })
    }

    /// What the list says of a column.
    pub fn column(&self, path: &str) -> Option<&DatasetColumn> {
        self.columns.iter().find(|column| column.path == path)
    }

    /// The operator's decision on a purpose's term.
    pub fn decision(&self, purpose: &str) -> Option<&Decision> {
        self.terms.iter().find(|term| term.purpose == purpose)
    }

    /// Makes its files relative to the folder of the policy.
    pub(super) fn settle_in(&mut self, folder: &Path) {
        let files = self.holds.iter_mut().map(|hold| &mut hold.subjects);
        for file in files.chain([&mut self.blocked]).flatten() {
            *file = folder.join(&*file);
        }
    }

    pub(super) fn build(written: &file::Dataset) -> Self {
        Self {
            id: written.id.get_ref().clone(),
            sources: written
                .sources
                .get_ref()
                .iter()
                .filter_map(|source| Pattern::new(source.get_ref()).ok())
                .collect(),
            purposes: plain(written.purposes.get_ref()),
            subject: written.subject.clone(),
            events: written
                .events
                .iter()
                .map(|(event, column)| (event.get_ref().clone(), column.get_ref().clone()))
                .collect(),
            expired: choice(written.expired.as_ref(), EXPIRED).unwrap_or_default(),
            excess: choice(written.excess.as_ref(), EXCESS).unwrap_or_default(),
            blocked: written.blocked.clone(),
            date_order: choice(written.date_order.as_ref(), DATE_ORDERS),
            link_groups: written
                .link_groups
                .iter()
                .map(|group| group.get_ref().clone())
                .collect(),
            columns: written.column.iter().map(DatasetColumn::build).collect(),
            holds: written.hold.iter().map(Hold::build).collect(),
            terms: written.term.iter().map(Decision::build).collect(),
        }
    }
}

impl DatasetColumn {
    fn build(written: &file::DatasetColumn) -> Self {
        Self {
            path: written.path.get_ref().clone(),
            category: written.category.as_ref().map(|c| c.get_ref().clone()),
            purposes: written.purposes.as_deref().map(plain),
            action: choice(written.action.as_ref(), ACTIONS)
                .or(written.method.as_ref().map(|_| ColumnAction::Rewrite)),
            method: written.method.as_ref().map(|m| m.get_ref().clone()),
        }
    }
}

impl Hold {
    fn build(written: &file::DatasetHold) -> Self {
        Self {
            id: written.id.get_ref().clone(),
            reason: written.reason.get_ref().clone(),
            until: written.until.as_ref().and_then(|u| day(u.get_ref())),
            subjects: written.subjects.clone(),
        }
    }
}

impl Decision {
    fn build(written: &file::DatasetTerm) -> Self {
        let one = |event: &Option<Spanned<String>>| event.as_ref().map(|e| e.get_ref().clone());
        Self {
            purpose: written.purpose.get_ref().clone(),
            years: written.years.unwrap_or(0),
            months: written.months.unwrap_or(0),
            days: written.days.unwrap_or(0),
            event: one(&written.event),
            and_also_event: one(&written.and_also_event),
            ends_also_on: written.ends_also_on.as_deref().map(plain),
            settles: plain(&written.settles),
            by: written.decided_by.get_ref().clone(),
            reason: written.reason.get_ref().clone(),
        }
    }
}

impl Policy {
    /// The datasets of the list.
    pub fn datasets(&self) -> &[Dataset] {
        &self.datasets
    }

    /// The dataset that a table belongs to.
    ///
    /// # Errors
    /// When the sources of two datasets match it.
    pub fn dataset_of(&self, table_id: &str) -> Result<Option<&Dataset>> {
        let mut matching = self.datasets.iter().filter(|d| d.holds_table(table_id));
        let first = matching.next();
        match (first, matching.next()) {
            (Some(one), Some(other)) => Err(Error::TwoDatasets {
                place: table_id.to_owned(),
                one: one.id.clone(),
                other: other.id.clone(),
            }),
            _ => Ok(first),
        }
    }

    /// Purposes of the dataset that need a column; none need what the policy forbids.
    pub fn needs<'a>(&'a self, dataset: &'a Dataset, path: &str, category: &str) -> Vec<&'a str> {
        let column = dataset.column(path);
        let category = column
            .and_then(|c| c.category.as_deref())
            .unwrap_or(category);
        if self.forbids(category) {
            return Vec::new();
        }
        if let Some(named) = column.and_then(|c| c.purposes.as_ref()) {
            return named.iter().map(String::as_str).collect();
        }
        let approving = self.purposes_for(category);
        let purposes = dataset.purposes.iter().map(String::as_str);
        purposes.filter(|id| approving.contains(id)).collect()
    }
}

/// Words that a key may have, and what they mean.
pub(super) type Choices<T> = &'static [(&'static str, T)];

pub(super) const EXPIRED: Choices<Expired> = &[
    ("destroy", Expired::Destroy),
    ("anonymise", Expired::Anonymise),
    ("anonymize", Expired::Anonymise),
];
pub(super) const EXCESS: Choices<Excess> = &[("drop", Excess::Drop), ("keep", Excess::Keep)];
pub(super) const DATE_ORDERS: Choices<DateOrder> = &[
    ("dmy", DateOrder::Dmy),
    ("mdy", DateOrder::Mdy),
    ("ymd", DateOrder::Ymd),
];
pub(super) const ACTIONS: Choices<ColumnAction> = &[
    ("keep", ColumnAction::Keep),
    ("rewrite", ColumnAction::Rewrite),
    ("drop", ColumnAction::Drop),
];

fn choice<T: Copy>(written: Option<&Spanned<String>>, choices: Choices<T>) -> Option<T> {
    let word = written?.get_ref();
    let chosen = choices.iter().find(|(known, _)| known == word);
    chosen.map(|(_, meaning)| *meaning)
}

/// A day without a time of day.
pub(super) fn day(written: &toml::value::Datetime) -> Option<Date> {
    if written.time.is_some() || written.offset.is_some() {
        return None;
    }
    let date = written.date?;
    let year = i16::try_from(date.year).ok()?;
    let (month, day) = (i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?);
    Date::new(year, month, day).ok()
}

fn plain(words: &[Spanned<String>]) -> Vec<String> {
    words.iter().map(|word| word.get_ref().clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::sample;
    use super::*;

    fn with(name: &str, section: &str) -> Result<Policy> {
        Policy::parse(&format!("{}\n{section}", sample(name)), "p.toml")
    }

    #[test]
    fn a_dataset_is_read_whole() {
        let policy = with("qiwi_kazakhstan", WHOLE).unwrap();
        let dataset = &policy.datasets()[0];
        assert_eq!(dataset.events["transaction"], "paid_at");
        assert_eq!(dataset.expired, Expired::Anonymise);
        assert_eq!(dataset.excess, Excess::Drop);
        assert_eq!(dataset.date_order, Some(DateOrder::Dmy));
        assert_eq!(dataset.holds[0].until, Some(Date::constant(2027, 1, 1)));
        let column = dataset.column("client_ref").unwrap();
        assert_eq!(column.action, Some(ColumnAction::Rewrite));
    }

    #[test]
    fn its_files_are_looked_for_beside_the_policy() {
        let mut policy = with("qiwi_kazakhstan", WHOLE).unwrap();
        policy.datasets[0].settle_in(Path::new("lists"));
        let dataset = &policy.datasets()[0];
        assert_eq!(dataset.blocked, Some(PathBuf::from("lists/blocked.txt")));
        let held = dataset.holds[0].subjects.clone();
        assert_eq!(held, Some(PathBuf::from("lists/held.txt")));
    }

    #[test]
    fn sources_match_the_end_of_a_path_folder_by_folder() {
        let policy = with("qiwi_kazakhstan", WHOLE).unwrap();
        let holds = |path: &str| policy.dataset_of(path).unwrap().is_some();
        assert!(holds("clients.csv") && holds("/data/2024/clients_3.csv"));
        assert!(holds("archive/clients_1.parquet") && holds("x\\archive\\clients_1.parquet"));
        assert!(!holds("clients_1.parquet") && !holds("old_clients.csv"));
        assert!(!holds("clients/a.csv") && !holds("clients.csv.gz"));
    }

    #[test]
    fn a_table_in_two_datasets_is_an_error() {
        let two = format!("{WHOLE}{}", WHOLE.replace("\"clients\"", "\"others\""));
        let policy = with("qiwi_kazakhstan", &two).unwrap();
        let error = policy.dataset_of("clients.csv").unwrap_err();
        assert_eq!(error.code().0, "two-datasets");
        assert!(policy.dataset_of("others.csv").unwrap().is_none());
    }

    #[test]
    fn a_column_is_needed_by_purposes_that_approve_it_or_that_it_names() {
        let policy = with("qiwi_kazakhstan", WHOLE).unwrap();
        let dataset = &policy.datasets()[0];
        let needs = |path: &str, category: &str| policy.needs(dataset, path, category);
        assert_eq!(needs("a", "iin"), ["identify_and_raise_status"]);
        assert_eq!(needs("a", "phone_number").len(), 2);
        assert_eq!(needs("a", "vin").len(), 0);
        assert_eq!(needs("client_ref", "vin"), ["aml_and_antifraud"]);
    }

    #[test]
    fn nothing_needs_what_is_forbidden() {
        let section = "[[dataset]]\nid = 'd'\nsources = ['d.csv']\npurposes = ['deliver']\n[[dataset.column]]\npath = 'e'\npurposes = ['deliver']";
        let text = format!("{SMALL}\n{section}");
        let policy = Policy::parse(&text, "p.toml").unwrap();
        let dataset = &policy.datasets()[0];
        assert_eq!(policy.needs(dataset, "e", "email"), ["deliver"]);
        assert!(policy.needs(dataset, "e", "ethnicity").is_empty());
    }

    #[test]
    fn every_mistake_in_a_dataset_is_told_at_its_line() {
        let report = with("qiwi_kazakhstan", WRONG).unwrap_err().to_string();
        for (message, line) in [
            ("no [[purpose]] has this id", "purposes = [\"nowhere\""),
            ("no purpose of this dataset", "purpose = \"client_profile\""),
            ("no such category", "category = \"emial\""),
            ("no [[conflict]] has this id", "settles = [\"none_such\"]"),
            ("waits for this event", "harvest = \"on\""),
            ("a second hold", "id = \"twice\" "),
            ("one of: destroy", "expired = \"burn\""),
            ("one of: dmy", "date_order = \"ddmm\""),
            ("a term needs years", "purpose = \"client_profile\""),
            ("a decision needs a reason", "reason = \" \""),
            ("a day is wanted", "until = 2027-01-01T10:00:00"),
            ("two columns", "[[\"alone\"]]"),
            ("a method is for", "method = \"token\""),
        ] {
            assert!(report.contains(message), "{message}\n{report}");
            assert!(report.contains(line), "{line}\n{report}");
        }
        assert!(
            report.contains("Pattern") || report.contains("wildcard"),
            "{report}"
        );
    }

    #[test]
    fn a_term_for_a_purpose_without_an_event_must_name_one() {
        let section =
            "[[dataset]]\nid = 'd'\nsources = ['d.csv']\npurposes = ['service_delivery']\n";
        let term =
            "[[dataset.term]]\npurpose = 'PURPOSE'\nyears = 1\ndecided_by = 'board'\nreason = 'r'";
        let purpose = Policy::parse(&sample("auto_siyliq_finance"), "p")
            .unwrap()
            .purposes[0]
            .id
            .clone();
        let text = format!("{section}{term}").replace("service_delivery", &purpose);
        let report = with("auto_siyliq_finance", &text.replace("PURPOSE", &purpose));
        let report = report.unwrap_err().to_string();
        assert!(
            report.contains("names no event for this purpose"),
            "{report}"
        );
    }

    const SMALL: &str = "
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
[[prohibition]]
id = 'no_ethnicity'
categories = ['ethnicity']
";

    const WHOLE: &str = r#"
[[dataset]]
id = "clients"
sources = ["clients*.csv", "archive/clients_*.parquet"]
purposes = ["identify_and_raise_status", "aml_and_antifraud"]
subject = ["iin", "phone"]
events = { contract_termination = "closed_on", transaction = "paid_at" }
expired = "anonymise"
blocked = "blocked.txt"
date_order = "dmy"
link_groups = [["iin", "client_iin"]]
[[dataset.column]]
path = "client_ref"
category = "login"
purposes = ["aml_and_antifraud"]
method = "token"
[[dataset.hold]]
id = "case-2"
reason = "a claim in court"
until = 2027-01-01
subjects = "held.txt"
"#;

    const WRONG: &str = r#"
[[dataset]]
id = "clients"
sources = ["a***.csv"]
purposes = ["nowhere", "aml_and_antifraud"]
events = { harvest = "on" }
expired = "burn"
date_order = "ddmm"
link_groups = [["alone"]]
[[dataset.term]]
purpose = "client_profile"
settles = ["none_such"]
decided_by = "board"
reason = " "
[[dataset.column]]
path = "c"
category = "emial"
action = "keep"
method = "token"
[[dataset.hold]]
id = "twice" # one
reason = "r"
until = 2027-01-01T10:00:00
[[dataset.hold]]
id = "twice" # two
reason = "r"
"#;
}

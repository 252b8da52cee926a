//! The list beside what tables hold: what is approved and found, found and not approved, approved and found nowhere,
//! approved for something else. Reads findings only; no cell.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::error::{Code, Result};
use crate::findings::{ColumnFinding, Findings, PolicyRef, State, TableFindings, Verdict};
use crate::policy::{Dataset, Policy, Standing};
use crate::purge::{How, PurgePlan};

/// The schema's name and version.
pub const SCHEMA: &str = "iesiz.comparison/1";

/// Codes of answers, in the order of docs/CODES.md.
pub const ANSWERS: &[Code] = &[
    FOUND,
    NOT_APPROVED,
    NOT_FOUND,
    OTHER_PURPOSE,
    PAST_TERM,
    UNSURE,
];

/// Found, and approved.
pub const FOUND: Code = Code("found-approved");
/// Found, and on no list, or forbidden.
pub const NOT_APPROVED: Code = Code("found-not-approved");
/// Approved, and in no column.
pub const NOT_FOUND: Code = Code("approved-not-found");
/// Found, and approved for other purposes only.
pub const OTHER_PURPOSE: Code = Code("other-purpose");
/// Found, in rows whose last purpose has run out.
pub const PAST_TERM: Code = Code("past-term");
/// Perhaps personal data: a person should look.
pub const UNSURE: Code = Code("unsure");

/// A list beside tables.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    /// Name and version of this shape.
    pub schema: &'static str,
    /// The list.
    pub policy: Option<PolicyRef>,
    /// By code, then table and column.
    pub answers: Vec<Answer>,
    /// Tables of datasets of whose terms nothing is said, and why.
    pub untold: Vec<String>,
    /// Tables of which nothing is said.
    pub unread: Vec<String>,
}

/// One category in one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// Which answer it is.
    pub code: Code,
    /// The category; none where nobody can say yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The table it was found in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The column it was found in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The dataset of the table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dataset: Option<String>,
    /// Whether the column is of another category and its cells hold this one too.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_in_cells: bool,
    /// Whether the list forbids it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_forbidden: bool,
    /// Purposes that the list approves it for.
    pub purposes: Vec<String>,
    /// Rows it is about, where that is counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
}

/// What is past its term, as whoever reads the dates of events counted it.
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// Table and column → rows whose data no purpose needs any more.
    pub rows: BTreeMap<(String, String), u64>,
    /// Tables of datasets of which it cannot be told, and why.
    pub untold: Vec<String>,
}

impl Past {
    /// Counts in a purge's plan what has run out; of tables without a dataset nothing is expected.
    pub fn of(plan: &PurgePlan) -> Self {
        let mut past = Self::default();
        for table in &plan.tables {
            for path in table.categories.keys() {
                let emptied = (table.gone.iter())
                    .filter(|gone| gone.path == *path && gone.how == How::Emptied)
                    .map(|gone| gone.cells)
                    .sum::<u64>();
                let place = (table.source.clone(), path.clone());
                past.rows.insert(place, table.destroyed + emptied);
            }
        }
        let untold = plan.untouched.iter();
        let untold = untold.filter(|t| t.code != "no-dataset" && t.code != "unread");
        past.untold = untold.map(|t| t.message.replace('\n', "; ")).collect();
        past
    }
}

/// Compares findings with the list, for one purpose, or for those of each table's dataset, or for any.
///
/// `paths` gives the paths of tables where these say more than their names, `past` what is past its term.
///
/// # Errors
/// When a table belongs to two datasets.
pub fn compare(
    policy: &Policy,
    findings: &Findings,
    purpose: Option<&str>,
    paths: &BTreeMap<String, String>,
    past: &Past,
) -> Result<Comparison> {
    let mut answers = Vec::new();
    let mut unread = Vec::new();
    for table in &findings.tables {
        let path = paths.get(&table.source).unwrap_or(&table.source);
        let judging = Judging {
            policy,
            purpose,
            dataset: policy.dataset_of(path)?,
        };
        if table.state == State::Unread {
            unread.push(table.source.clone());
            continue;
        }
        for column in &table.columns {
            judging.column(table, column, &mut answers);
        }
    }
    answers.extend(past_term(past, &answers));
    answers.extend(not_found(policy, findings));
    answers.sort_by_key(|answer| ANSWERS.iter().position(|code| *code == answer.code));
    Ok(Comparison {
        schema: SCHEMA,
        policy: findings.policy.clone(),
        answers,
        untold: past.untold.clone(),
        unread,
    })
}

impl Comparison {
    /// Answers by code.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        let mut counts = BTreeMap::new();
        for answer in &self.answers {
            *counts.entry(answer.code.to_string()).or_default() += 1;
        }
        counts
    }

    /// Tells whether anything was found that the list does not approve, or may not.
    pub fn has_outside(&self) -> bool {
        let within = [FOUND, NOT_FOUND];
        self.answers.iter().any(|a| !within.contains(&a.code))
    }

    /// The answers of one code.
    pub fn of(&self, code: Code) -> impl Iterator<Item = &Answer> {
        self.answers
            .iter()
            .filter(move |answer| answer.code == code)
    }
}

#[derive(Clone, Copy)]
struct Judging<'a> {
    policy: &'a Policy,
    purpose: Option<&'a str>,
    dataset: Option<&'a Dataset>,
}

impl Judging<'_> {
    fn column(self, table: &TableFindings, column: &ColumnFinding, answers: &mut Vec<Answer>) {
        let written = self.dataset.and_then(|d| d.column(&column.path));
        let named = written.and_then(|w| w.category.as_ref());
        let own = named.or(column.category.as_ref());
        let also = column.also.iter().map(|c| (&c.category, true));
        let is_unsure = column.verdict == Verdict::Review && named.is_none();
        if is_unsure {
            answers.push(Answer {
                path: Some(column.path.clone()),
                ..self.answer(UNSURE, own.map(String::as_str), table)
            });
        }
        let own = own.filter(|_| !is_unsure).map(|c| (c, false));
        for (category, is_in_cells) in own.into_iter().chain(also) {
            if crate::detect::header::is_not_personal(category) {
                continue;
            }
            let code = self.code(&column.path, category);
            answers.push(Answer {
                is_in_cells,
                path: Some(column.path.clone()),
                ..self.answer(code, Some(category), table)
            });
        }
    }

    fn answer(self, code: Code, category: Option<&str>, table: &TableFindings) -> Answer {
        Answer {
            table: Some(table.source.clone()),
            dataset: self.dataset.map(|d| d.id.clone()),
            ..Answer::of(self.policy, code, category)
        }
    }

    fn code(self, path: &str, category: &str) -> Code {
        let is_needed = match (self.purpose, self.dataset) {
            (Some(purpose), Some(dataset)) => {
                let needs = self.policy.needs(dataset, path, category);
                Some(needs.contains(&purpose))
            }
            (None, Some(dataset)) => Some(!self.policy.needs(dataset, path, category).is_empty()),
            (_, None) => None,
        };
        match (is_needed, self.policy.standing(category, self.purpose)) {
            (_, Standing::Prohibited) => NOT_APPROVED,
            (Some(true), _) => FOUND,
            (None, Standing::OnList | Standing::ParentOnList) => FOUND,
            (Some(false), Standing::OnList | Standing::ParentOnList) => OTHER_PURPOSE,
            (_, Standing::OtherPurpose) => OTHER_PURPOSE,
            _ => NOT_APPROVED,
        }
    }
}

/// Approved data of rows that no purpose needs any longer.
fn past_term(past: &Past, answers: &[Answer]) -> Vec<Answer> {
    let rows = |answer: &Answer| {
        let place = answer.table.clone().zip(answer.path.clone())?;
        past.rows.get(&place).copied().filter(|rows| *rows > 0)
    };
    let own = answers.iter().filter(|a| a.code == FOUND && !a.is_in_cells);
    let past = own.filter_map(|answer| {
        let rows = Some(rows(answer)?);
        let code = PAST_TERM;
        Some(Answer {
            code,
            rows,
            ..answer.clone()
        })
    });
    past.collect()
}

fn not_found(policy: &Policy, findings: &Findings) -> Vec<Answer> {
    let categories = findings.approved_not_found.iter();
    let answer = |category: &String| Answer::of(policy, NOT_FOUND, Some(category));
    categories.map(answer).collect()
}

impl Answer {
    fn of(policy: &Policy, code: Code, category: Option<&str>) -> Self {
        let purposes = category.map(|c| policy.purposes_for(c));
        let purposes = purposes.unwrap_or_default().into_iter();
        Self {
            code,
            category: category.map(str::to_owned),
            table: None,
            path: None,
            dataset: None,
            is_in_cells: false,
            is_forbidden: category.is_some_and(|c| policy.forbids(c)),
            purposes: purposes.map(str::to_owned).collect(),
            rows: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::{Reason, Tool};

    const LIST: &str = "
[meta]
schema_version = 1
[operator]
id = 'shop'
[approved]
categories = ['email', 'full_name', 'iin']
[[purpose]]
id = 'deliver'
subjects = []
categories = ['email', 'full_name']
legal_basis = ['contract']
[[purpose]]
id = 'bill'
subjects = []
categories = ['iin']
legal_basis = ['contract']
[[prohibition]]
id = 'no_ethnicity'
categories = ['ethnicity']
[[dataset]]
id = 'orders'
sources = ['orders/*.csv']
purposes = ['deliver']
";

    fn column(path: &str, category: Option<&str>, verdict: Verdict) -> ColumnFinding {
        ColumnFinding {
            path: path.to_owned(),
            dtype: "text",
            nulls: 0,
            distinct: 1,
            category: category.map(str::to_owned),
            confidence: 1.0,
            bits: 1.0,
            hits: 1,
            evidence: Vec::new(),
            also: Vec::new(),
            header_claims: None,
            verdict,
            reason: Reason::OnList,
        }
    }

    fn findings() -> Findings {
        let found = |category| column(category, Some(category), Verdict::Approved);
        Findings {
            schema: "s",
            tool: Tool {
                version: "0",
                patterns: String::new(),
            },
            policy: None,
            approved_not_found: vec!["full_name".to_owned()],
            tables: vec![TableFindings {
                source: "a.csv".to_owned(),
                table: "a".to_owned(),
                format: "csv".to_owned(),
                encoding: None,
                delimiter: None,
                header: None,
                rows: Some(1),
                rows_read: 1,
                state: State::Read,
                problems: Vec::new(),
                columns: vec![
                    found("email"),
                    found("iin"),
                    found("vin"),
                    found("ethnicity"),
                    found("bin"),
                    column("notes", None, Verdict::Review),
                    column("n", None, Verdict::Clean),
                ],
            }],
        }
    }

    fn told(purpose: Option<&str>, path: &str, past: &Past) -> Vec<(&'static str, String)> {
        let policy = Policy::parse(LIST, "p").unwrap();
        let paths = BTreeMap::from([("a.csv".to_owned(), path.to_owned())]);
        let comparison = compare(&policy, &findings(), purpose, &paths, past).unwrap();
        let answers = comparison.answers.into_iter();
        let told = answers.map(|a| (a.code.0, a.category.or(a.path).unwrap()));
        told.collect()
    }

    fn expected(parts: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
        let owned = parts.iter().map(|(code, what)| (*code, (*what).to_owned()));
        owned.collect()
    }

    #[test]
    fn each_question_has_its_answer() {
        let answers = expected(&[
            ("found-approved", "email"),
            ("found-approved", "iin"),
            ("found-not-approved", "vin"),
            ("found-not-approved", "ethnicity"),
            ("approved-not-found", "full_name"),
            ("unsure", "notes"),
        ]);
        assert_eq!(told(None, "a.csv", &Past::default()), answers);
    }

    #[test]
    fn what_other_purposes_may_have_is_told_apart() {
        for answers in [
            told(Some("deliver"), "a.csv", &Past::default()),
            told(None, "orders/a.csv", &Past::default()),
            told(Some("deliver"), "orders/a.csv", &Past::default()),
        ] {
            assert!(answers.contains(&("found-approved", "email".to_owned())));
            assert!(answers.contains(&("other-purpose", "iin".to_owned())));
            assert!(answers.contains(&("found-not-approved", "vin".to_owned())));
        }
    }

    #[test]
    fn rows_past_their_term_are_told_for_what_is_approved() {
        let place = |path: &str| ("a.csv".to_owned(), path.to_owned());
        let rows = BTreeMap::from([(place("email"), 3), (place("vin"), 3), (place("iin"), 0)]);
        let past = Past {
            rows,
            ..Past::default()
        };
        let answers = told(None, "orders/a.csv", &past);
        let is_past = |category: &str| answers.contains(&("past-term", category.to_owned()));
        assert!(is_past("email") && !is_past("vin") && !is_past("iin"));
    }
}

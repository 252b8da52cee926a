//! The list beside what tables hold: what is approved and found, found and not approved, approved and found nowhere,
//! approved for something else. Reads findings only; no cell.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::error::{Code, Result};
use crate::findings::{ColumnFinding, Findings, PolicyRef, State, TableFindings, Verdict};
use crate::policy::{Dataset, Policy, Standing};

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
    /// Purposes of datasets whose term nobody can tell, so that nothing is said of it.
    pub undecided: Vec<String>,
    /// Tables of which nothing is said.
    pub unread: Vec<String>,
}

/// One category in one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// Which answer it is.
    pub code: Code,
    /// The category.
    pub category: String,
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

/// Rows of a table whose last purpose has run out, as whoever reads the dates of events counted them.
#[derive(Clone, Debug)]
pub struct PastTerm {
    /// The table, as findings name it.
    pub table: String,
    /// How many.
    pub rows: u64,
}

/// Compares findings with the list, for one purpose, or for those of each table's dataset, or for any.
///
/// `paths` gives the paths of tables where these say more than their names, `past` the rows whose term is over.
///
/// # Errors
/// When a table belongs to two datasets.
pub fn compare(
    policy: &Policy,
    findings: &Findings,
    purpose: Option<&str>,
    paths: &BTreeMap<String, String>,
    past: &[PastTerm],
) -> Result<Comparison> {
    let mut answers = Vec::new();
    let mut undecided = BTreeSet::new();
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
        undecided.extend(judging.undecided());
        if let Some(past) = past.iter().find(|p| p.table == table.source && p.rows > 0) {
            judging.past_term(table, past.rows, &mut answers);
        }
    }
    answers.extend(not_found(policy, findings));
    answers.sort_by_key(|answer| ANSWERS.iter().position(|code| *code == answer.code));
    Ok(Comparison {
        schema: SCHEMA,
        policy: findings.policy.clone(),
        answers,
        undecided: undecided.into_iter().collect(),
        unread,
    })
}

impl Comparison {
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
        for (category, is_in_cells) in own.map(|c| (c, false)).into_iter().chain(also) {
            if crate::detect::header::is_not_personal(category) {
                continue;
            }
            let code = self.code(&column.path, category);
            answers.push(Answer {
                is_in_cells,
                path: Some(column.path.clone()),
                ..self.answer(code, category, table)
            });
        }
        if is_unsure && own.is_none() {
            answers.push(Answer {
                path: Some(column.path.clone()),
                ..self.answer(UNSURE, "", table)
            });
        }
    }

    fn answer(self, code: Code, category: &str, table: &TableFindings) -> Answer {
        let purposes = self.policy.purposes_for(category);
        Answer {
            code,
            category: category.to_owned(),
            table: Some(table.source.clone()),
            path: None,
            dataset: self.dataset.map(|d| d.id.clone()),
            is_in_cells: false,
            is_forbidden: self.policy.forbids(category),
            purposes: purposes.into_iter().map(str::to_owned).collect(),
            rows: None,
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

    fn undecided(self) -> Vec<String> {
        let Some(dataset) = self.dataset else {
            return Vec::new();
        };
        let purposes = dataset.purposes.iter();
        let undecided = purposes.filter_map(|p| self.policy.term(dataset, p).err());
        undecided.map(|u| format!("{}: {u}", dataset.id)).collect()
    }

    /// Approved data of rows that no purpose needs any longer.
    fn past_term(self, table: &TableFindings, rows: u64, answers: &mut Vec<Answer>) {
        let of_table = |a: &&Answer| a.code == FOUND && a.table.as_ref() == Some(&table.source);
        let past: Vec<Answer> = answers
            .iter()
            .filter(of_table)
            .map(|answer| Answer {
                code: PAST_TERM,
                rows: Some(rows),
                ..answer.clone()
            })
            .collect();
        answers.extend(past);
    }
}

fn not_found(policy: &Policy, findings: &Findings) -> Vec<Answer> {
    let names = findings.approved_not_found.iter();
    let answer = |category: &String| {
        let purposes = policy.purposes_for(category);
        Answer {
            code: NOT_FOUND,
            category: category.clone(),
            table: None,
            path: None,
            dataset: None,
            is_in_cells: false,
            is_forbidden: policy.forbids(category),
            purposes: purposes.into_iter().map(str::to_owned).collect(),
            rows: None,
        }
    };
    names.map(answer).collect()
}

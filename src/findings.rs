//! What was found in every table: the file `findings.json`, schema `iesiz.findings/1`. It holds no cell value.

use serde::Serialize;

use crate::error::Code;

/// The schema's name and version.
pub const SCHEMA: &str = "iesiz.findings/1";

/// The problem that parts of a file hold nobody knows what: a person should look.
pub const NOT_LOOKED_INTO: &str = "not-looked-into";

/// Everything a scan found.
#[derive(Clone, Debug, Serialize)]
pub struct Findings {
    /// Name and version of this shape.
    pub schema: &'static str,
    /// What judged.
    pub tool: Tool,
    /// What was judged against.
    pub policy: Option<PolicyRef>,
    /// Approved categories that no column holds: the list may shrink.
    pub approved_not_found: Vec<String>,
    /// Every table that was asked for, read or not.
    pub tables: Vec<TableFindings>,
}

/// What judged.
#[derive(Clone, Debug, Serialize)]
pub struct Tool {
    /// Version of the program.
    pub version: &'static str,
    /// Fingerprint of the patterns.
    pub patterns: String,
}

/// What was judged against.
#[derive(Clone, Debug, Serialize)]
pub struct PolicyRef {
    /// The operator.
    pub operator: String,
    /// The purpose of the run.
    pub purpose: Option<String>,
    /// SHA-256 of the file.
    pub fingerprint: String,
}

/// What was found in one table.
#[derive(Clone, Debug, Serialize)]
pub struct TableFindings {
    /// As asked for.
    pub source: String,
    /// Name of the table.
    pub table: String,
    /// `csv` or `parquet`.
    pub format: String,
    /// Text encoding of a CSV file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// Delimiter of a CSV file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<String>,
    /// Whether the first record names the columns of a CSV file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<bool>,
    /// Rows of the table, where known.
    pub rows: Option<u64>,
    /// Rows that were looked at.
    pub rows_read: u64,
    /// Whether the verdicts can be trusted.
    pub state: State,
    /// What was odd or wrong.
    pub problems: Vec<Problem>,
    /// In the table's order.
    pub columns: Vec<ColumnFinding>,
}

/// Whether a table was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// All of it.
    Read,
    /// Not all of it: nothing is said of it.
    Unread,
}

/// Something odd or wrong about a table.
#[derive(Clone, Debug, Serialize)]
pub struct Problem {
    /// Stable code, see docs/CODES.md.
    pub code: Code,
    /// How often.
    pub count: u64,
    /// What and where, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// What was found in one column.
#[derive(Clone, Debug, Serialize)]
pub struct ColumnFinding {
    /// Path of the column.
    pub path: String,
    /// Type of its cells.
    #[serde(rename = "type")]
    pub dtype: &'static str,
    /// Cells that hold nothing.
    pub nulls: u64,
    /// Distinct values; an estimate above 512.
    pub distinct: u64,
    /// What the column is.
    pub category: Option<String>,
    /// Probability that it is.
    pub confidence: f64,
    /// Sum of the evidence.
    pub bits: f64,
    /// Cells whose value fits.
    pub hits: u64,
    /// Where the bits come from.
    pub evidence: Vec<EvidenceItem>,
    /// What else is in its cells.
    pub also: Vec<Contaminant>,
    /// The category that the name claims and the values deny.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header_claims: Option<String>,
    /// The judgement.
    pub verdict: Verdict,
    /// Why, as a stable word.
    pub reason: Reason,
}

/// One term of the sum.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EvidenceItem {
    /// `prior`, `header`, `values`, `neighbours`, the id of a pattern, or a part of what the learnt model says.
    pub from: String,
    /// Cells that are hits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hits: Option<u64>,
    /// What it adds.
    pub bits: f64,
}

impl EvidenceItem {
    /// A term that counts no cells.
    pub fn plain(from: &str, bits: f64) -> Self {
        Self {
            from: from.to_owned(),
            hits: None,
            bits,
        }
    }
}

/// Another kind of personal data met in a column's cells.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Contaminant {
    /// Its category.
    pub category: String,
    /// Cells it was met in.
    pub hits: u64,
}

/// The judgement of a column. A later one is worse.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// No personal data.
    Clean,
    /// Personal data that the list holds for the purpose.
    Approved,
    /// The evidence is too thin to say.
    Review,
    /// Personal data that the list does not hold for the purpose.
    Excess,
    /// Personal data that the policy forbids.
    Prohibited,
    /// It could not be read.
    Unread,
}

/// Why a column is judged so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Nothing speaks for personal data.
    NoPersonalData,
    /// The category names no person.
    NotPersonal,
    /// On the list.
    OnList,
    /// A category above it is on the list.
    ParentOnList,
    /// On the list for other purposes.
    OtherPurpose,
    /// Named by the policy as not approved.
    NamedNotApproved,
    /// On no list.
    NotOnList,
    /// Without a policy nothing is approved.
    NoPolicy,
    /// The policy forbids it.
    Prohibited,
    /// Some evidence, not enough.
    ThinEvidence,
    /// Cells that are no text and no known type.
    Unreadable,
    /// Nothing but tokens and marks that an earlier run left.
    Anonymized,
}

impl Findings {
    /// Tells whether any table could not be read.
    pub fn has_unread(&self) -> bool {
        self.tables.iter().any(|table| table.state == State::Unread)
    }

    /// Tells whether any column is outside the policy, or anything was not looked into.
    pub fn has_outside(&self) -> bool {
        let outside = |verdict| {
            matches!(
                verdict,
                Verdict::Review | Verdict::Excess | Verdict::Prohibited
            )
        };
        let is_unseen = |problem: &Problem| problem.code.0 == NOT_LOOKED_INTO;
        self.tables.iter().any(|table| {
            table.columns.iter().any(|column| outside(column.verdict))
                || table.problems.iter().any(is_unseen)
        })
    }
}

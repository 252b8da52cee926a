//! The record of one destruction, `iesiz.act/1`: what all forms of the act are made from.
//!
//! People whose data was destroyed stand here as counts only, and no field is for the value of a cell: an act that listed them would be a
//! new file of personal data.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::retention::calendar::Duration;

/// The schema's name and version.
pub const SCHEMA: &str = "iesiz.act/1";

/// All that an act on destruction says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// Name and version of this shape.
    pub schema: String,
    /// Number in the operator's register.
    pub number: String,
    /// When the destruction was over.
    pub made_at: Timestamp,
    /// The day on which terms were judged.
    pub as_of: Date,
    /// Whose data it was.
    pub operator: Organization,
    /// Who processed it on the operator's behalf.
    pub processor: Option<Organization>,
    /// Name of the information system.
    pub system: Option<String>,
    /// Who answers for the destruction, and signs.
    pub responsible: Signatory,
    /// Who signs besides.
    pub commission: Vec<Signatory>,
    /// Why the data had to go.
    pub ground: Ground,
    /// Number and date of what the ground rests on, such as a judgment.
    pub ground_document: Option<String>,
    /// Purposes whose terms were judged.
    pub purposes: Vec<Purpose>,
    /// What kinds of data went.
    pub categories: Vec<Category>,
    /// How many people's data went; none where it was not counted.
    pub subjects: Option<u64>,
    /// What that number is.
    #[serde(default, skip_serializing_if = "Accuracy::is_exact")]
    pub subjects_are: Accuracy,
    /// What became of every table.
    pub tables: Vec<Table>,
    /// Whether what was left was attacked, and how that ended.
    pub verification: Verification,
    /// What may still hold the data.
    pub not_reached: Vec<Remainder>,
    /// The list by which data is erased again from a restored backup.
    pub manifest: Option<Manifest>,
    /// What did it.
    pub tool: Tool,
    /// Where it is registered.
    pub journal: JournalExtract,
}

/// An organisation, as its documents name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organization {
    /// Its name.
    pub name: Words,
    /// Business identification number.
    pub bin: Option<String>,
    /// Its address.
    pub address: Option<Words>,
}

/// One text in the languages it is known in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Words {
    /// Kazakh.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kk: Option<String>,
    /// Russian.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ru: Option<String>,
    /// English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
}

/// Somebody who signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signatory {
    /// Their position.
    pub position: String,
    /// Their name, where the operator gave it; else it is written by hand.
    pub name: Option<String>,
}

/// Items of Law 94-V, art. 18, by which data is destroyed.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Ground {
    /// (1): the storage term has expired.
    TermExpired,
    /// (2): the relations between subject and operator have ended.
    RelationsEnded,
    /// (3): a court decision has come into force.
    CourtDecision,
    /// (3-1): the data was collected and processed without consent.
    WithoutConsent,
    /// (4): other cases set by law.
    OtherLaw,
}

/// A purpose whose term was judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// Its id in the policy.
    pub id: String,
    /// What the policy calls it.
    pub label: Words,
    /// How long data is kept after the event; none: it goes at the event itself.
    pub term: Option<Duration>,
    /// The event the term begins with, as the policy calls it.
    pub event: String,
    /// A second event that must have happened.
    pub and_also_event: Option<String>,
    /// What the term rests on.
    pub legal_basis: Vec<String>,
    /// Who settled the term where the policy leaves it open.
    pub decided_by: Option<String>,
}

/// How much of one kind of data went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Its id in the catalogue.
    pub id: String,
    /// Rows in which it was.
    pub rows: u64,
    /// Cells.
    pub cells: u64,
}

/// What became of one table. Every row is counted once: destroyed, anonymised, or under what kept it as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Where it lies.
    pub source: String,
    /// Counts of its rows.
    pub rows: Rows,
    /// SHA-256 of the file before.
    pub sha256_before: Fingerprint,
    /// SHA-256 of the file after; none where no row was left.
    pub sha256_after: Option<Fingerprint>,
    /// How many people's data went from it; none where it was not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subjects: Option<Subjects>,
    /// What was done, column by column; empty where only whole rows went.
    pub columns: Vec<Column>,
}

/// A number of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subjects {
    /// How many.
    pub count: u64,
    /// What that number is.
    #[serde(default, skip_serializing_if = "Accuracy::is_exact")]
    pub accuracy: Accuracy,
}

/// What a number of people is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Accuracy {
    /// The number.
    #[default]
    Exact,
    /// Most likely within a twentieth of it: there were too many to tell them apart.
    Estimated,
    /// They are no more: who is in two tables was counted twice.
    AtMost,
}

impl Accuracy {
    /// Tells whether it is the number itself.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
    fn is_exact(&self) -> bool {
        *self == Self::Exact
    }
}

/// Rows of a table by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rows {
    /// All of them, before.
    pub before: u64,
    /// Gone.
    pub destroyed: u64,
    /// Kept, without anything that points at a person.
    pub anonymized: u64,
    /// Left as they were: their subject's data is blocked.
    pub blocked: u64,
    /// Left as they were: a legal hold.
    pub held: u64,
    /// Left as they were: a date their term begins with is missing.
    pub without_date: u64,
    /// Left: a term has not run out.
    pub kept: u64,
}

/// What was done to one column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its path in the table.
    pub path: String,
    /// What it held.
    pub category: Option<String>,
    /// What was done.
    pub done: Done,
    /// Cells it was done to.
    pub cells: u64,
}

/// Ways of destroying what a column holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "kebab-case")]
pub enum Done {
    /// Its cells went with their rows.
    DestroyedWithRows,
    /// Its cells were emptied in rows that stay.
    Emptied,
    /// The column is gone.
    Dropped,
    /// A method of anonymisation rewrote its cells.
    Rewritten {
        /// The method's id.
        method: String,
    },
}

/// Attacks on what was left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verification {
    /// All of them together.
    pub outcome: Outcome,
    /// One by one.
    pub attacks: Vec<Attack>,
}

/// One attack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attack {
    /// Its id.
    pub id: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Values it looked for.
    pub tried: u64,
}

/// How an attack ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Nothing was found.
    Held,
    /// Something was found.
    Broken,
    /// There was nothing to attack.
    NotApplicable,
    /// It was not done.
    NotRun,
}

impl Outcome {
    /// The word that stands for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Broken => "broken",
            Self::NotApplicable => "not-applicable",
            Self::NotRun => "not-run",
        }
    }
}

/// What the destruction did not reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Remainder {
    /// Backups.
    Backups,
    /// Replicas of the database or of the storage.
    Replicas,
    /// Older copies that lie beside the tables.
    OldCopies {
        /// How many were found.
        count: u64,
    },
    /// Tables near these that hold the same people and were not part of the run.
    OtherTables {
        /// How many were found.
        count: u64,
        /// There were so many files that not all were looked at.
        #[serde(default)]
        is_partial: bool,
    },
    /// Files of a database: its logs, statistics and free room.
    DatabaseFiles,
    /// Snapshots of the file system or of the virtual machine.
    Snapshots,
    /// Blocks that a solid-state disk or a copy-on-write file system keeps.
    StorageMedium,
}

/// The list by which data is erased again from a restored backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Where it lies.
    pub file: String,
    /// Its SHA-256.
    pub sha256: Fingerprint,
    /// Number of its entries.
    pub entries: u64,
}

/// What did it, and by which rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// Version of the program.
    pub version: String,
    /// Fingerprint of the patterns.
    pub patterns: Fingerprint,
    /// Fingerprint of the policy.
    pub policy: Fingerprint,
    /// Hash of the plan that was confirmed.
    pub plan: Fingerprint,
}

/// Lines of the journal that tell of this destruction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JournalExtract {
    /// Where the journal lies.
    pub file: String,
    /// Number of the first line, from 1.
    pub first_line: u64,
    /// Number of the last line.
    pub last_line: u64,
    /// Hash of the last line.
    pub head: Fingerprint,
    /// The lines, as they stand there.
    pub lines: Vec<String>,
}

/// A SHA-256, written `sha256:` and 64 hexadecimal digits: nothing else fits in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fingerprint(String);

impl TryFrom<String> for Fingerprint {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        match text.strip_prefix("sha256:") {
            Some(digits) if digits.len() == 64 && digits.bytes().all(is_hex) => Ok(Self(text)),
            _ => Err("a fingerprint is `sha256:` and 64 hexadecimal digits"),
        }
    }
}

impl From<Fingerprint> for String {
    fn from(fingerprint: Fingerprint) -> Self {
        fingerprint.0
    }
}

impl Fingerprint {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Words {
    /// The same text in every language.
    pub fn same(text: &str) -> Self {
        let text = Some(text.to_owned());
        Self {
            kk: text.clone(),
            ru: text.clone(),
            en: text,
        }
    }
}

impl Rows {
    /// Both together.
    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            before: self.before.saturating_add(other.before),
            destroyed: self.destroyed.saturating_add(other.destroyed),
            anonymized: self.anonymized.saturating_add(other.anonymized),
            blocked: self.blocked.saturating_add(other.blocked),
            held: self.held.saturating_add(other.held),
            without_date: self.without_date.saturating_add(other.without_date),
            kept: self.kept.saturating_add(other.kept),
        }
    }
}

//! What a line of the journal tells.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a line tells. No field can hold a cell value.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// A run begins.
    Started {
        /// The command.
        command: String,
        /// Version of the program.
        version: String,
        /// Fingerprint of the patterns.
        patterns: String,
        /// Fingerprint of the policy.
        policy: Option<String>,
        /// The operator.
        operator: Option<String>,
        /// The purpose.
        purpose: Option<String>,
        /// Hash of the plan.
        plan: String,
        /// Whether the plan was edited after it was proposed.
        plan_edited: bool,
    },
    /// A table was written under its final name.
    Table {
        /// Where it was read from.
        source: String,
        /// Its fingerprint.
        fingerprint: String,
        /// Name of the output.
        output: String,
        /// SHA-256 of the output.
        output_sha256: String,
        /// Rows.
        rows: u64,
        /// Non-null cells by what became of them.
        cells: BTreeMap<String, u64>,
        /// Rows of blocked people, which were left out.
        #[serde(default)]
        blocked: u64,
    },
    /// Tables of a database are about to be changed where they are.
    Changing {
        /// The database.
        database: String,
        /// How many.
        tables: u64,
    },
    /// A table of a database was changed where it is.
    Changed {
        /// The table.
        source: String,
        /// Rows that it has.
        rows: u64,
        /// Rows with new cells.
        changed: u64,
        /// Non-null cells by what became of them.
        cells: BTreeMap<String, u64>,
    },
    /// A table was not written.
    Skipped {
        /// Where it was to be read from.
        source: String,
        /// Code of the reason.
        code: String,
    },
    /// A purge was planned.
    Planned {
        /// Hash of the plan.
        plan: String,
        /// The day on which terms are looked at.
        as_of: String,
        /// Rows that would go.
        destroyed: u64,
        /// Rows that would lose all that is personal.
        anonymised: u64,
    },
    /// People were put on a list of blocked ones, or taken off.
    Listed {
        /// Datasets that use the list.
        datasets: Vec<String>,
        /// Whether they were put on it.
        is_blocking: bool,
        /// How many identifiers were added or removed.
        identifiers: u64,
        /// How many are on it now.
        total: u64,
    },
    /// What goes from a table was noted in a manifest, to be erased again after a restore.
    Manifested {
        /// Hash of the plan.
        plan: String,
        /// The table.
        source: String,
        /// Tells the manifest from others.
        manifest: String,
        /// How many entries were added.
        entries: u64,
        /// Keyed hash of the manifest's last line.
        head: String,
    },
    /// A table is about to be replaced by what is left of it.
    Replacing(Replacement),
    /// It was replaced.
    Replaced {
        /// Hash of the plan.
        plan: String,
        /// The table.
        source: String,
        /// SHA-256 of the file.
        after: String,
        /// Whether a run that was killed had replaced it.
        is_resumed: bool,
        /// Outcome of every attack on what was left.
        #[serde(default)]
        verification: BTreeMap<String, String>,
    },
    /// An act on destruction was made.
    Act {
        /// Hash of the plan.
        plan: String,
        /// The file.
        file: String,
        /// Its SHA-256.
        sha256: String,
    },
    /// Tables were read, and nothing in them was changed.
    Read(Reading),
    /// A run that keeps a journal of its own began or ended.
    Noted {
        /// The command.
        command: String,
        /// Its own journal.
        journal: String,
        /// Hash of the last line there; none when the run begins.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        head: Option<String>,
        /// Exit status; none when the run begins.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<u8>,
    },
    /// The run is over.
    Finished {
        /// Exit status.
        status: u8,
        /// Outcome of every attack.
        verification: BTreeMap<String, String>,
        /// The run's key was wiped.
        key_wiped: bool,
    },
}

/// What a command read, judged by what, and how it ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The command.
    pub command: String,
    /// Version of the program.
    pub version: String,
    /// Fingerprint of the patterns.
    pub patterns: String,
    /// Fingerprint of the policy.
    pub policy: Option<String>,
    /// The operator.
    pub operator: Option<String>,
    /// The purpose.
    pub purpose: Option<String>,
    /// Hash of the plan that came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// The tables.
    pub tables: Vec<TableRead>,
    /// Counts by code: columns by verdict, answers, attacks by outcome.
    pub outcome: BTreeMap<String, u64>,
    /// Exit status.
    pub status: u8,
    /// Code of the error that ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// A table that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableRead {
    /// As asked for.
    pub source: String,
    /// Where it lay: a path, or an address without a password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Changes when the table changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// Rows, where they were counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// Why it could not be read, as a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// What goes from a table, and the file before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replacement {
    /// Hash of the plan.
    pub plan: String,
    /// The table.
    pub source: String,
    /// SHA-256 of the file before.
    pub before: String,
    /// SHA-256 of the file after.
    pub after: String,
    /// Rows before.
    pub rows: u64,
    /// Rows that went.
    pub destroyed: u64,
    /// Rows that lost all that is personal.
    pub anonymised: u64,
    /// Cells of personal data that went, by column and way.
    pub gone: Vec<crate::purge::Gone>,
    /// By category: rows from which something went.
    pub rows_by_category: BTreeMap<String, u64>,
    /// Rows of blocked people.
    pub blocked: u64,
    /// Rows under a legal hold.
    pub held: u64,
    /// Rows that lack the date of an event.
    pub undated: u64,
    /// Files beside it that look like copies of it, and other names of the file.
    pub copies: u64,
    /// Tables near it that hold the same people and were not part of the run.
    #[serde(default)]
    pub alike: u64,
    /// Not all files near it were looked at.
    #[serde(default)]
    pub alike_is_partial: bool,
    /// People whose data went, where rows say whom they are about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<crate::act::record::Subjects>,
    /// Attacks on what was left.
    #[serde(default)]
    pub attacks: Vec<crate::act::record::Attack>,
}

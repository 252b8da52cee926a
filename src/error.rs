//! What can go wrong, where, and under which stable code. No variant carries a cell value.

use std::io;
use std::path::{Path, PathBuf};

/// Shorthand for results of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that can stop a piece of work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or stream could not be read.
    #[error("cannot read {place}")]
    Read {
        /// File, and record where known.
        place: String,
        /// What the operating system or decoder said.
        #[source]
        source: io::Error,
    },
    /// A file could not be written.
    #[error("cannot write {place}")]
    Write {
        /// The file.
        place: String,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// A Parquet file is damaged or uses something we do not know.
    #[error("{place} is not a Parquet file that can be read: {what}")]
    Parquet {
        /// File, and rows where known.
        place: String,
        /// Kind of failure; the library's own text may quote cells and is left out.
        what: &'static str,
    },
    /// A CSV file breaks a bound or ends inside a quoted cell.
    #[error("{place}: {what}")]
    Csv {
        /// File and record.
        place: String,
        /// What is wrong.
        what: &'static str,
    },
    /// A source breaks a bound, or holds what is not read.
    #[error("{place}: {what}")]
    Source {
        /// The table.
        place: String,
        /// What is wrong.
        what: &'static str,
    },
    /// A database that cannot be reached.
    #[error("cannot connect to {place}: {what}")]
    Connect {
        /// Its address, without a password.
        place: String,
        /// What the network or the server said.
        what: String,
    },
    /// A database refused, or broke off.
    #[error("{place}: the database refused: {what}")]
    Database {
        /// The database or a table of it.
        place: String,
        /// What it said, without what it quotes.
        what: String,
    },
    /// A table that is not changed where it is.
    #[error(
        "{place} is not changed in place: only tables of databases are, without rows of blocked people among them; write to a folder with -o"
    )]
    NotInPlace {
        /// The table.
        place: String,
    },
    /// A table of a database in which another one could not be changed.
    #[error("{place} is as it was, because another table of its database could not be changed")]
    LeftAsItWas {
        /// The table.
        place: String,
    },
    /// Text that is in no encoding we know.
    #[error("{place}: the text is in an encoding that is not known: name it with --encoding")]
    Encoding {
        /// The file.
        place: String,
    },
    /// A rewritten cell has a letter that the table's encoding lacks.
    #[error(
        "{place}: a rewritten cell has a letter that the table's encoding lacks: write it with --to parquet"
    )]
    Letter {
        /// The table.
        place: String,
    },
    /// Nothing of a table is left.
    #[error("{place}: every column is dropped, so nothing is written")]
    NothingLeft {
        /// The table.
        place: String,
    },
    /// A file of a kind that is not read yet.
    #[error("{place}: sources of this kind are not read; export the table to CSV or Parquet first")]
    UnsupportedFormat {
        /// The file.
        place: String,
    },
    /// Nothing to work on.
    #[error(
        "no tables in {place}: expected files such as *.csv, *.parquet, also with .gz or .zst, or a database with tables that this user may read"
    )]
    NoTables {
        /// What was asked for.
        place: String,
    },
    /// The output folder holds things that are not ours.
    #[error("{} is not empty and was not written by iesiz: choose a new folder", path.display())]
    OutputExists {
        /// The folder.
        path: PathBuf,
    },
    /// A table that no dataset of the policy names.
    #[error("{place} belongs to no [[dataset]] of the policy: nothing says how long it is kept")]
    NoDataset {
        /// The table.
        place: String,
    },
    /// A dataset that does not tell whose its rows are.
    #[error(
        "{place}: nothing says whose a row is: name the columns that tell it under `subject` in the [[dataset]]"
    )]
    NoSubject {
        /// The table and its dataset.
        place: String,
    },
    /// A dataset without a list of blocked people.
    #[error(
        "dataset {dataset:?} has no list of blocked people: add `blocked = \"blocked.txt\"` to its [[dataset]] in {place}"
    )]
    NoBlockedList {
        /// The policy.
        place: String,
        /// The dataset.
        dataset: String,
    },
    /// A table of a format that is only read.
    #[error(
        "{place}: purge rewrites CSV and Parquet, not {format}: delete the rows in the program that keeps the file, or turn the file into CSV first"
    )]
    NotRewritten {
        /// The table.
        place: String,
        /// Its format.
        format: &'static str,
    },
    /// Nobody can tell yet when data has run out.
    #[error("{place}: the operator has to decide first\n{report}")]
    UndecidedTerm {
        /// The table and its dataset.
        place: String,
        /// All that is missing, one a line.
        report: String,
    },
    /// No purge plan has this hash.
    #[error("{place} holds no plan with this hash, or it was changed: make one with --dry-run")]
    UnknownPlan {
        /// The register.
        place: String,
    },
    /// A table that was read back is not what was written.
    #[error("{place}: what was read back is not what was to be written; the table is as it was")]
    NotSame {
        /// The table.
        place: String,
    },
    /// What was destroyed is still in what was to take the table's place.
    #[error(
        "{place}: what was to be destroyed can still be found in what would be left ({found}); the table is as it was"
    )]
    Residue {
        /// The table.
        place: String,
        /// By attack and column: how much.
        found: String,
    },
    /// Data was destroyed, and what has to tell so could not be written.
    #[error(
        "the data is gone, but the act on it is missing ({place}): once that can be written, the same command with --confirm {plan} writes it and destroys nothing more"
    )]
    ActMissing {
        /// The register or the act.
        place: String,
        /// Hash of the plan.
        plan: String,
        /// Why.
        #[source]
        source: Box<Error>,
    },
    /// A table that the scan could not read.
    #[error("{place} could not be read: {code}")]
    Unread {
        /// The table.
        place: String,
        /// Why.
        code: Code,
    },
    /// What a person is to edit is not replaced.
    #[error("{} is there already and was not replaced: choose another name", path.display())]
    FileExists {
        /// The file.
        path: PathBuf,
    },
    /// A plan that a person worked on is not replaced.
    #[error("{} is a plan that was edited and was not replaced: choose another name, or --force", path.display())]
    PlanEdited {
        /// The file.
        path: PathBuf,
    },
    /// Another run writes there.
    #[error("another run of iesiz is writing to {}: wait for it, or choose another folder", path.display())]
    OutputInUse {
        /// The folder.
        path: PathBuf,
    },
    /// Writing there would touch an input.
    #[error("{} is among the inputs: output never overwrites input", path.display())]
    OutputIsInput {
        /// The file.
        path: PathBuf,
    },
    /// Two inputs would get one output name.
    #[error("two inputs would be written as {}: give their common folder instead", path.display())]
    OutputClash {
        /// The file.
        path: PathBuf,
    },
    /// A file that a person wrote holds mistakes; the text shows each with its line.
    #[error("{place} cannot be used\n{report}")]
    Invalid {
        /// The file.
        place: String,
        /// All complaints, rendered.
        report: String,
    },
    /// The purpose is not in the policy.
    #[error("purpose {purpose:?} is not in the policy; it has: {known}")]
    UnknownPurpose {
        /// What was asked for.
        purpose: String,
        /// What there is.
        known: String,
    },
    /// Judging for a writing command needs a purpose.
    #[error(
        "this policy approves categories per purpose: name one with --purpose; it has: {known}"
    )]
    PurposeMissing {
        /// What there is.
        known: String,
    },
    /// A table belongs to two datasets.
    #[error(
        "{place} is among the sources of two datasets, {one:?} and {other:?}: let one of them leave it out"
    )]
    TwoDatasets {
        /// The table.
        place: String,
        /// The dataset that comes first.
        one: String,
        /// The other one.
        other: String,
    },
    /// The plan no longer fits what it was made for.
    #[error("the plan does not fit {place} any more: {what}; make a new plan")]
    StalePlan {
        /// The table.
        place: String,
        /// What changed.
        what: &'static str,
    },
    /// A method cannot do this to that column.
    #[error("{place}: method {method:?} cannot rewrite column {path:?} ({what})")]
    Method {
        /// The table.
        place: String,
        /// The column.
        path: String,
        /// The method.
        method: String,
        /// Why not.
        what: &'static str,
    },
    /// An attack recovered originals from the output.
    #[error(
        "{place}: the output still gives originals away, so it was not published; see verification.json"
    )]
    Broken {
        /// The table.
        place: String,
    },
    /// An output could not be compared with its original.
    #[error(
        "{place}: it holds more values than can be compared with the original in this memory; give more --memory"
    )]
    TooManyValues {
        /// The table.
        place: String,
    },
    /// Too many different rows for a privacy model.
    #[error(
        "{place}: what may be known of its rows has too many different combinations to make groups: redact or drop some of the quasi-identifiers in the plan"
    )]
    TooManyCombinations {
        /// The table.
        place: String,
    },
    /// A table has no form in the wanted format.
    #[error("{place}: column {path:?} is nested and has no CSV form: leave the table as Parquet")]
    NestedCsv {
        /// The table.
        place: String,
        /// The column.
        path: String,
    },
    /// The journal does not hang together.
    #[error("{place}, line {line}: {what}")]
    Journal {
        /// The file.
        place: String,
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        what: &'static str,
    },
    /// A key of a manifest that is none, or not the right one.
    #[error("{place}: {what}")]
    ManifestKey {
        /// The key file, or the manifest.
        place: String,
        /// What is wrong.
        what: &'static str,
    },
    /// A manifest that does not hang together.
    #[error("{place}, line {line}: {what}")]
    Manifest {
        /// The file.
        place: String,
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        what: &'static str,
    },
    /// What was read could not be registered, so nothing is told of it.
    #[error(
        "not registered in {place}, and so nothing is told: name another journal with --journal, or get the right to write this one"
    )]
    Unregistered {
        /// The journal.
        place: String,
        /// Why.
        #[source]
        source: Box<Error>,
    },
    /// A key to sign or check a journal with.
    #[error("{place}: {what}")]
    Key {
        /// The file.
        place: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The signature of a journal.
    #[error("{place}: {what}")]
    Signature {
        /// The file.
        place: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// Ctrl-C or a termination signal.
    #[error(
        "interrupted: no half-written table has a final name, and a database that was being changed is as it was; what was finished before stays"
    )]
    Interrupted,
    /// A worker panicked; the payload may quote data and is dropped.
    #[error("{place}: internal error, please report how it came about")]
    Internal {
        /// What was worked on.
        place: String,
    },
    /// A day that no calendar has.
    #[error("{what}")]
    NoDate {
        /// Which one.
        what: &'static str,
    },
    /// No randomness from the operating system.
    #[error("the operating system gives no random bytes for the run's key")]
    NoRandom,
}

/// Stable name of a kind of error, explained in docs/CODES.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(transparent)]
pub struct Code(pub &'static str);

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

/// Every code, in the order of docs/CODES.md.
pub const CODES: &[Code] = &[
    Code("read"),
    Code("write"),
    Code("parquet"),
    Code("csv"),
    Code("source"),
    Code("connect"),
    Code("database"),
    Code("not-in-place"),
    Code("left-as-it-was"),
    Code("encoding"),
    Code("letter"),
    Code("nothing-left"),
    Code("unsupported-format"),
    Code("no-tables"),
    Code("output-exists"),
    Code("file-exists"),
    Code("plan-edited"),
    Code("output-in-use"),
    Code("output-is-input"),
    Code("output-clash"),
    Code("invalid"),
    Code("unknown-purpose"),
    Code("purpose-missing"),
    Code("two-datasets"),
    Code("no-dataset"),
    Code("no-subject"),
    Code("no-blocked-list"),
    Code("not-rewritten"),
    Code("undecided-term"),
    Code("unknown-plan"),
    Code("not-same"),
    Code("residue"),
    Code("act-missing"),
    Code("unread"),
    Code("stale-plan"),
    Code("method"),
    Code("broken"),
    Code("too-many-values"),
    Code("too-many-combinations"),
    Code("nested-csv"),
    Code("journal"),
    Code("manifest-key"),
    Code("manifest"),
    Code("unregistered"),
    Code("key"),
    Code("signature"),
    Code("interrupted"),
    Code("internal"),
    Code("no-date"),
    Code("no-random"),
];

impl Error {
    /// Gives the stable code.
    pub fn code(&self) -> Code {
        Code(match self {
            Self::Read { .. } => "read",
            Self::Write { .. } => "write",
            Self::Parquet { .. } => "parquet",
            Self::Csv { .. } => "csv",
            Self::Source { .. } => "source",
            Self::Connect { .. } => "connect",
            Self::Database { .. } => "database",
            Self::NotInPlace { .. } => "not-in-place",
            Self::LeftAsItWas { .. } => "left-as-it-was",
            Self::Encoding { .. } => "encoding",
            Self::Letter { .. } => "letter",
            Self::NothingLeft { .. } => "nothing-left",
            Self::UnsupportedFormat { .. } => "unsupported-format",
            Self::NoTables { .. } => "no-tables",
            Self::OutputExists { .. } => "output-exists",
            Self::FileExists { .. } => "file-exists",
            Self::PlanEdited { .. } => "plan-edited",
            Self::OutputInUse { .. } => "output-in-use",
            Self::OutputIsInput { .. } => "output-is-input",
            Self::OutputClash { .. } => "output-clash",
            Self::Invalid { .. } => "invalid",
            Self::UnknownPurpose { .. } => "unknown-purpose",
            Self::PurposeMissing { .. } => "purpose-missing",
            Self::TwoDatasets { .. } => "two-datasets",
            Self::NoDataset { .. } => "no-dataset",
            Self::NoSubject { .. } => "no-subject",
            Self::NoBlockedList { .. } => "no-blocked-list",
            Self::NotRewritten { .. } => "not-rewritten",
            Self::UndecidedTerm { .. } => "undecided-term",
            Self::UnknownPlan { .. } => "unknown-plan",
            Self::NotSame { .. } => "not-same",
            Self::Residue { .. } => "residue",
            Self::ActMissing { .. } => "act-missing",
            Self::Unread { .. } => "unread",
            Self::StalePlan { .. } => "stale-plan",
            Self::Method { .. } => "method",
            Self::Broken { .. } => "broken",
            Self::TooManyValues { .. } => "too-many-values",
            Self::TooManyCombinations { .. } => "too-many-combinations",
            Self::NestedCsv { .. } => "nested-csv",
            Self::Journal { .. } => "journal",
            Self::ManifestKey { .. } => "manifest-key",
            Self::Manifest { .. } => "manifest",
            Self::Unregistered { .. } => "unregistered",
            Self::Key { .. } => "key",
            Self::Signature { .. } => "signature",
            Self::Interrupted => "interrupted",
            Self::Internal { .. } => "internal",
            Self::NoDate { .. } => "no-date",
            Self::NoRandom => "no-random",
        })
    }

    /// Joins the message with its causes, outermost first.
    pub fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(inner) = cause {
            text.push_str(": ");
            text.push_str(&inner.to_string());
            cause = inner.source();
        }
        text
    }

    /// What is wrong with TOML, and where; its lines are quoted only where it is TOML at all and no table given by mistake.
    pub fn toml_mistake(text: &str, error: &toml::de::Error) -> String {
        if is_toml(text) {
            return error.to_string();
        }
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map_or(1, |before| before.matches('\n').count() + 1);
        format!("line {line} is no TOML: {}", error.message())
    }

    /// A read error at a path.
    pub fn read(path: &Path, source: io::Error) -> Self {
        Self::Read {
            place: path.display().to_string(),
            source,
        }
    }

    /// A write error at a path.
    pub fn write(path: &Path, source: io::Error) -> Self {
        Self::Write {
            place: path.display().to_string(),
            source,
        }
    }

    /// Tells the kind of a polars error without its text, which may quote cells.
    pub fn parquet(place: impl Into<String>, error: &polars::error::PolarsError) -> Self {
        use polars::error::PolarsError as P;
        let what = match error {
            P::ComputeError(_) => "damaged data, or a codec or type that is not known",
            P::IO { .. } => "the file could not be read to its end",
            P::SchemaMismatch(_) | P::SchemaFieldNotFound(_) => "its parts do not have one schema",
            P::InvalidOperation(_) => "a type that is not known",
            P::Duplicate(_) => "two columns have the same name",
            _ => "the decoder refused it",
        };
        Self::Parquet {
            place: place.into(),
            what,
        }
    }
}

/// Tells whether a text is TOML, whatever it says.
pub fn is_toml(text: &str) -> bool {
    toml::from_str::<toml::Table>(text).is_ok()
}

//! Flags as they are written.

use std::path::PathBuf;

use super::subject::args::SubjectCommand;
use crate::privacy;
use bytesize::ByteSize;
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Finds personal data in tables, judges it by the operator's approved list, anonymises it irreversibly and attacks the result.
#[derive(Debug, Parser)]
#[command(name = "iesiz", version, max_term_width = 110, after_help = EXIT)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
    /// Worker threads; as many as there are cores by default
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) threads: Option<u16>,
    /// Most memory to take, such as 512MiB; batches become smaller. 100 MiB a thread and 72 MiB by default
    #[arg(long, global = true, value_name = "SIZE")]
    pub(super) memory: Option<ByteSize>,
    /// Folder with pattern files of your own, beside the built-in ones
    #[arg(long, global = true, value_name = "DIR")]
    pub(super) patterns: Option<PathBuf>,
    /// What to tell on standard error of the work under way; never a cell value
    #[arg(long, global = true, value_enum, default_value_t = LogLevel::Warn, env = "IESIZ_LOG", hide_env = true)]
    pub(super) log: LogLevel,
}

const EXIT: &str = "Exit status: 0 nothing outside the policy (for writing commands: done and verified), \
1 something is outside it or an attack broke the output, 2 something could not be read or done.";

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Say what every column is and whether the policy allows it; writes nothing but the report
    Scan(Scan),
    /// Show what speaks for and against the category of a column, without its values
    Explain(Explain),
    /// Write what would be done to every column, for a person to read and edit
    Plan(PlanArgs),
    /// Do exactly what a plan says, or refuse; then attack the result
    Apply(Apply),
    /// Scan, plan, apply and attack in one go
    #[command(alias = "anonymise")]
    Anonymize(Anonymize),
    /// Attack a table: against its original, or alone
    Verify(Verify),
    /// Destroy in place what no purpose needs any more: plan first, then confirm that plan
    Purge(Purge),
    /// Answer a person: find, block or erase what is held of them
    #[command(subcommand)]
    Subject(SubjectCommand),
    /// Check or show an approved-data list
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// List, show or check patterns of personal data
    #[command(subcommand)]
    Patterns(PatternsCommand),
    /// Check a journal
    #[command(subcommand)]
    Journal(JournalCommand),
}

#[derive(Args, Debug)]
pub(super) struct Tables {
    /// Files, folders, patterns such as 'data/*.csv', or - for CSV on standard input
    #[arg(required = true, value_name = "SOURCE")]
    pub(super) sources: Vec<String>,
    /// Encoding of CSV files, where the guess is wrong: utf-8, utf-16le, windows-1251, kz-1048, ptcp154, koi8-r, cp866 …
    #[arg(long, value_name = "NAME", value_parser = parse_encoding)]
    pub(super) encoding: Option<crate::source::csv::encoding::Encoding>,
    /// Delimiter of CSV files, where the guess is wrong: one character, or tab
    #[arg(long, value_name = "CHAR", value_parser = parse_delimiter)]
    pub(super) delimiter: Option<u8>,
    /// Whether the first record of CSV files names the columns, where the guess is wrong
    #[arg(long, value_name = "WHETHER")]
    pub(super) header: Option<YesNo>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum YesNo {
    Yes,
    No,
}

#[derive(Args, Debug)]
pub(super) struct Judging {
    /// The operator's approved-data list; without one nothing is approved
    #[arg(long, value_name = "FILE")]
    pub(super) policy: Option<PathBuf>,
    /// Purpose of the run, as the policy calls it
    #[arg(long, value_name = "ID", requires = "policy")]
    pub(super) purpose: Option<String>,
}

#[derive(Args, Debug)]
pub(super) struct Grouping {
    /// Rows that must be alike in what others may know; 1 to do without groups
    #[arg(long, value_name = "N", default_value_t = privacy::USUAL_K, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) k: u32,
    /// Sensitive values that must differ in every group
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) l: Option<u32>,
    /// How --l is counted
    #[arg(long, value_enum, default_value_t = DiversityArg::Distinct)]
    pub(super) diversity: DiversityArg,
    /// Most distance of a group's sensitive values from those of the table, from 0 to 1
    #[arg(long, value_name = "X")]
    pub(super) t: Option<f64>,
    /// Columns that others may know, with commas between them; by their categories when none is named
    #[arg(long, value_name = "PATHS", value_delimiter = ',')]
    pub(super) quasi: Vec<String>,
    /// Columns that nobody is to learn, with commas between them
    #[arg(long, value_name = "PATHS", value_delimiter = ',')]
    pub(super) sensitive: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum DiversityArg {
    /// Different values
    Distinct,
    /// Exponential of their entropy
    Entropy,
}

#[derive(Args, Debug)]
pub(super) struct Grouped {
    #[command(flatten)]
    pub(super) grouping: Grouping,
    /// How groups are made
    #[arg(long, value_enum, default_value_t = ModelArg::Mondrian)]
    pub(super) model: ModelArg,
    /// Most share of rows that may be suppressed, from 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = privacy::USUAL_SUPPRESSION)]
    pub(super) suppression: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ModelArg {
    /// Every group loses as little as it can
    Mondrian,
    /// All values of a column at one level
    FullDomain,
}

#[derive(Args, Debug)]
pub(super) struct Scan {
    #[command(flatten)]
    pub(super) tables: Tables,
    #[command(flatten)]
    pub(super) judging: Judging,
    /// Form of the report
    #[arg(long, value_enum, default_value_t = ReportFormat::Human)]
    pub(super) format: ReportFormat,
    /// Write the report to a file
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Write where personal data is to a file: one JSON line a stretch, rows from 0, code points of the cell, no values
    #[arg(long, value_name = "FILE")]
    pub(super) spans: Option<PathBuf>,
}

#[derive(Args, Debug)]
#[command(group = clap::ArgGroup::new("what").required(true))]
pub(super) struct Purge {
    #[command(flatten)]
    pub(super) tables: Tables,
    /// The operator's approved-data list; its [[dataset]] sections tie tables to purposes
    #[arg(long, value_name = "FILE")]
    pub(super) policy: PathBuf,
    /// Count what would go, keep the plan under its hash, and change nothing
    #[arg(long, group = "what")]
    pub(super) dry_run: bool,
    /// Do exactly what the plan with this hash says, or go on with it after an interruption
    #[arg(long, value_name = "HASH", group = "what")]
    pub(super) confirm: Option<String>,
    /// The day on which terms are looked at; today by default
    #[arg(long, value_name = "DATE", conflicts_with = "confirm")]
    pub(super) as_of: Option<jiff::civil::Date>,
    /// Why data is destroyed: an item of art. 18 of Law 94-V
    #[arg(long, value_enum, default_value_t = crate::purge::Ground::TermExpired, conflicts_with = "confirm")]
    pub(super) ground: crate::purge::Ground,
    /// Folder of plans and journal; `_iesiz` beside the policy by default
    #[arg(long, value_name = "DIR")]
    pub(super) register: Option<PathBuf>,
    /// Form of the report
    #[arg(long, value_enum, default_value_t = PurgeFormat::Human)]
    pub(super) format: PurgeFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum PurgeFormat {
    /// Text for people
    Human,
    /// The whole plan, or what became of it
    Json,
}

#[derive(Args, Debug)]
pub(super) struct Explain {
    #[command(flatten)]
    pub(super) tables: Tables,
    /// Path of the column, as findings print it; all columns when none is named
    #[arg(long, value_name = "PATH")]
    pub(super) column: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportFormat {
    /// Tables for people
    Human,
    /// The whole of the findings
    Json,
    /// One line a column
    Csv,
}

#[derive(Args, Debug)]
pub(super) struct PlanArgs {
    #[command(flatten)]
    pub(super) tables: Tables,
    #[command(flatten)]
    pub(super) judging: Judging,
    /// Whether the result leaves the operator (approved data is anonymised too) or stays
    #[arg(long = "for", value_enum, default_value_t = Aim::Export)]
    pub(super) aim: Aim,
    #[command(flatten)]
    pub(super) grouped: Grouped,
    /// Where to write the plan
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Aim {
    /// Dissemination
    Export,
    /// Cleaning what stays
    Cleanup,
}

#[derive(Args, Debug)]
pub(super) struct Writing {
    /// Folder to write to: new, empty, or written by iesiz before
    #[arg(short, long, value_name = "DIR")]
    pub(super) output: PathBuf,
    /// Format to write, where it is not that of the source
    #[arg(long, value_enum)]
    pub(super) to: Option<To>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum To {
    Csv,
    Parquet,
}

#[derive(Args, Debug)]
pub(super) struct Apply {
    /// The plan
    pub(super) plan: PathBuf,
    #[command(flatten)]
    pub(super) writing: Writing,
}

#[derive(Args, Debug)]
pub(super) struct Anonymize {
    #[command(flatten)]
    pub(super) tables: Tables,
    #[command(flatten)]
    pub(super) judging: Judging,
    #[command(flatten)]
    pub(super) grouped: Grouped,
    #[command(flatten)]
    pub(super) writing: Writing,
}

#[derive(Args, Debug)]
pub(super) struct Verify {
    /// The original, or the table to attack when no OUTPUT is named
    #[arg(value_name = "ORIGINAL")]
    pub(super) original: String,
    /// What was made of the original
    #[arg(value_name = "OUTPUT")]
    pub(super) output: Option<String>,
    /// Form of the report
    #[arg(long, value_enum, default_value_t = ReportFormat::Human)]
    pub(super) format: ReportFormat,
    /// Seconds to search identifiers against each column of hashes, when no original is named
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub(super) effort: u64,
    #[command(flatten)]
    pub(super) grouping: Grouping,
}

#[derive(Debug, Subcommand)]
pub(super) enum PolicyCommand {
    /// Find mistakes in a policy
    Check {
        /// The policy
        file: PathBuf,
    },
    /// Show purposes, terms and categories of a policy
    Show {
        /// The policy
        file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum PatternsCommand {
    /// List the built-in patterns
    List,
    /// List the categories that policies name
    Categories,
    /// Show the file of a built-in pattern
    Show {
        /// Its id
        id: String,
    },
    /// Run the examples of pattern files; of the built-in ones when none is named
    Check {
        /// Pattern files
        files: Vec<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum JournalCommand {
    /// Find changed, removed and moved lines
    Verify {
        /// The journal
        file: PathBuf,
        /// Hash of the last line, as the run printed it
        #[arg(long, value_name = "HASH")]
        head: Option<String>,
    },
}

fn parse_encoding(name: &str) -> Result<crate::source::csv::encoding::Encoding, String> {
    crate::source::csv::encoding::Encoding::named(name).ok_or_else(|| "no such encoding".to_owned())
}

fn parse_delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [byte] if byte.is_ascii() && *byte != b'"' && *byte != b'\n' && *byte != b'\r' => Ok(*byte),
        _ => Err("one ASCII character, or tab".to_owned()),
    }
}

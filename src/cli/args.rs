//! Flags as they are written.

use std::path::PathBuf;

use super::purge::args::Purge;
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
    /// Journal to register in what is read, too; without one, that of the folder `_iesiz` beside the policy, where it is
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "IESIZ_JOURNAL",
        hide_env = true
    )]
    pub(super) journal: Option<PathBuf>,
    /// Who acts, for the journal, such as a service account or a ticket; the system's user is registered as well
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        env = "IESIZ_ACTOR",
        hide_env = true
    )]
    pub(super) actor: Option<String>,
    /// Ed25519 private key (PKCS#8, PEM) to sign journals with that are written to
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "IESIZ_SIGN_KEY",
        hide_env = true
    )]
    pub(super) sign_key: Option<PathBuf>,
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
    /// Check, show, compare or draft an approved-data list
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// List, show or check patterns of personal data
    #[command(subcommand)]
    Patterns(PatternsCommand),
    /// Check or show a journal
    #[command(subcommand)]
    Journal(JournalCommand),
    /// Write an act on destruction from its record
    #[command(subcommand)]
    Act(ActCommand),
}

#[derive(Args, Debug)]
pub(super) struct Tables {
    /// Files, folders, patterns such as 'data/*.csv', - for CSV on standard input, or a database such as `postgres://host/name`
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
    /// Only tables of databases, or sheets, with such names: 'public.cl*'; may be given several times
    #[arg(long, value_name = "GLOB")]
    pub(super) include: Vec<glob::Pattern>,
    /// No tables of databases, or sheets, with such names
    #[arg(long, value_name = "GLOB")]
    pub(super) exclude: Vec<glob::Pattern>,
    /// Read views of databases too; they show what tables hold
    #[arg(long)]
    pub(super) views: bool,
    /// Read no more than so much a second from databases, such as 5MiB
    #[arg(long, value_name = "SIZE")]
    pub(super) rate: Option<ByteSize>,
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
    /// Look only at so many rows of every table, drawn at random; the report says what may be missed
    #[arg(long, value_name = "ROWS", conflicts_with = "spans", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) sample: Option<u64>,
    /// Write where personal data is to a file: one JSON line a stretch, rows from 0, code points of the cell, no values
    #[arg(long, value_name = "FILE")]
    pub(super) spans: Option<PathBuf>,
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
    /// One line a column; of attacks, one line a table and attack
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
    /// Where to write the plan; nothing but an unedited plan is replaced
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: PathBuf,
    /// Replace a plan that was edited, too
    #[arg(long)]
    pub(super) force: bool,
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
    #[arg(short, long, value_name = "DIR", required_unless_present = "in_place")]
    pub(super) output: Option<PathBuf>,
    /// Change tables of databases where they are, all of a database in one transaction
    #[arg(long, conflicts_with_all = ["output", "to"])]
    pub(super) in_place: bool,
    /// Write the files of changed tables anew, so that old versions of rows are gone from them; nobody can use a table meanwhile
    #[arg(long, requires = "in_place")]
    pub(super) clean_up: bool,
    /// Folder of the journal and of what was found, where tables are changed in place; `_iesiz` by default
    #[arg(long, value_name = "DIR", requires = "in_place")]
    pub(super) register: Option<PathBuf>,
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
    /// Find mistakes in a policy, and what a person still has to settle
    Check {
        /// The policy
        file: PathBuf,
        /// Form of the report
        #[arg(long, value_enum, default_value_t = AnswerFormat::Human)]
        format: AnswerFormat,
    },
    /// Show a policy, or write it as the table an operator signs
    Show(Show),
    /// Compare a policy with what tables hold
    Diff(Diff),
    /// Draft a policy from what tables hold
    Init(Init),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum AnswerFormat {
    /// For people
    Human,
    /// For programs
    Json,
}

#[derive(Args, Debug)]
pub(super) struct Show {
    /// The policy
    pub(super) file: PathBuf,
    /// What to make of it
    #[arg(long, value_enum, default_value_t = ShowFormat::Human)]
    pub(super) format: ShowFormat,
    /// Language of the table
    #[arg(long, value_enum, default_value_t = LanguageArg::En)]
    pub(super) language: LanguageArg,
    /// Write it to a file
    #[arg(short, long, value_name = "FILE", required_if_eq("format", "xlsx"))]
    pub(super) output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ShowFormat {
    /// Purposes, terms and categories, to read
    Human,
    /// The table, comma-separated
    Csv,
    /// The table as a workbook
    Xlsx,
    /// The table as Markdown
    Md,
    /// The table as a page
    Html,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LanguageArg {
    Kk,
    Ru,
    En,
}

#[derive(Args, Debug)]
pub(super) struct Diff {
    #[command(flatten)]
    pub(super) tables: Tables,
    /// The operator's approved-data list
    #[arg(long, value_name = "FILE")]
    pub(super) policy: PathBuf,
    /// Purpose to compare for; without one, those of each table's dataset, or any
    #[arg(long, value_name = "ID")]
    pub(super) purpose: Option<String>,
    /// Day on which storage terms are looked at; today by default
    #[arg(long, value_name = "DATE")]
    pub(super) as_of: Option<jiff::civil::Date>,
    /// Form of the report
    #[arg(long, value_enum, default_value_t = AnswerFormat::Human)]
    pub(super) format: AnswerFormat,
}

#[derive(Args, Debug)]
pub(super) struct Init {
    #[command(flatten)]
    pub(super) tables: Tables,
    /// Where to write the draft; a file that is there is not replaced
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: PathBuf,
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
    Verify(VerifyJournal),
    /// Say in words who did what to which table, and when
    Show(ShowJournal),
}

#[derive(Args, Debug)]
pub(super) struct VerifyJournal {
    /// The journal
    pub(super) file: PathBuf,
    /// Hash of the last line, as the run printed it
    #[arg(long, value_name = "HASH")]
    pub(super) head: Option<String>,
    /// Ed25519 public key (PEM) to check the signature beside the journal with
    #[arg(long, value_name = "FILE")]
    pub(super) public_key: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct ShowJournal {
    /// The journal; by default that of --journal, else _iesiz/journal.jsonl here
    pub(super) file: Option<PathBuf>,
    /// Only what touched tables of this name or path, such as 'clients*.csv'
    #[arg(long, value_name = "GLOB")]
    pub(super) table: Option<String>,
    /// Only what happened on this day or later (UTC+5)
    #[arg(long, value_name = "DATE")]
    pub(super) since: Option<jiff::civil::Date>,
    /// Only what happened on this day or earlier (UTC+5)
    #[arg(long, value_name = "DATE")]
    pub(super) until: Option<jiff::civil::Date>,
    /// Form of the list
    #[arg(long, value_enum, default_value_t = ReportFormat::Human)]
    pub(super) format: ReportFormat,
}

#[derive(Debug, Subcommand)]
pub(super) enum ActCommand {
    /// Write an act as a document to read, print and sign
    Render {
        /// The record, as a purge wrote it
        record: PathBuf,
        /// Form of the document
        #[arg(long, value_enum, default_value_t = ActFormat::Pdf)]
        format: ActFormat,
        /// Its language
        #[arg(long, value_enum, default_value_t = ActLanguage::Kk)]
        language: ActLanguage,
        /// Write it to a file
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ActFormat {
    /// To sign and keep
    Pdf,
    /// One page for a browser
    Html,
    /// Plain text with tables
    Md,
    /// The record itself
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ActLanguage {
    /// Kazakh
    Kk,
    /// Russian
    Ru,
    /// English
    En,
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

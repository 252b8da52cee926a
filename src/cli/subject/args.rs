//! Flags of `subject` as they are written.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;

use super::super::args::{LanguageArg, Tables};
use super::super::purge::args::{ActArgs, CleanUpArgs, ManifestArgs, PurgeFormat};
use crate::act::record::Ground;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum SubjectCommand {
    /// Say what is held of a person: categories, purposes, terms, sources; never a value
    Find(Find),
    /// Destroy in place what is held of a person and no law wants kept: plan first, then confirm that plan
    Erase(Erase),
    /// Put people on the list of those whose data nothing happens to
    Block(Block),
    /// Take people off that list
    Unblock(Block),
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Person {
    /// The operator's approved-data list; its [[dataset]] sections tie tables to purposes
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) policy: PathBuf,
    /// File of the person's identifiers (IIN, phone, e-mail, any), one a line, or - for standard input
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) identifiers: PathBuf,
    /// The day on which the request came, from which its deadline counts; today by default
    #[arg(long, value_name = "DATE")]
    pub(in crate::cli) received: Option<Date>,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Find {
    #[command(flatten)]
    pub(in crate::cli) tables: Tables,
    #[command(flatten)]
    pub(in crate::cli) person: Person,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t = AnswerFormat::Human)]
    pub(in crate::cli) format: AnswerFormat,
    /// Language of the answer; JSON is in English
    #[arg(long, value_enum, default_value_t = LanguageArg::En)]
    pub(in crate::cli) language: LanguageArg,
    /// Write the answer to a file
    #[arg(short, long, value_name = "FILE")]
    pub(in crate::cli) output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum AnswerFormat {
    /// Text for people
    Human,
    /// All of it
    Json,
    /// Markdown, to be made into a letter
    Md,
}

#[derive(Args, Debug)]
#[command(group = clap::ArgGroup::new("what").required(true))]
pub(in crate::cli) struct Erase {
    #[command(flatten)]
    pub(in crate::cli) tables: Tables,
    #[command(flatten)]
    pub(in crate::cli) person: Person,
    /// Count what would go, keep the plan under its hash, and change nothing
    #[arg(long, group = "what")]
    pub(in crate::cli) dry_run: bool,
    /// Do exactly what the plan with this hash says, or go on with it after an interruption
    #[arg(long, value_name = "HASH", group = "what")]
    pub(in crate::cli) confirm: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) clean_up: CleanUpArgs,
    #[command(flatten)]
    pub(in crate::cli) manifest: ManifestArgs,
    /// Why data is destroyed: an item of art. 18 of Law 94-V
    #[arg(long, value_enum, default_value_t = Ground::WithoutConsent, conflicts_with = "confirm")]
    pub(in crate::cli) ground: Ground,
    /// Folder of plans and journal; `_iesiz` beside the policy by default
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) register: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) act: ActArgs,
    /// Form of the report
    #[arg(long, value_enum, default_value_t = PurgeFormat::Human)]
    pub(in crate::cli) format: PurgeFormat,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Block {
    #[command(flatten)]
    pub(in crate::cli) person: Person,
    /// Dataset whose list is meant; may be given several times, all datasets by default
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) dataset: Vec<String>,
    /// Folder of the journal; `_iesiz` beside the policy by default
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) register: Option<PathBuf>,
}

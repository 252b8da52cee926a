//! Flags of `purge` as they are written.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::super::args::Tables;
use crate::source::database::CleanUp;

#[derive(Args, Debug)]
#[command(group = clap::ArgGroup::new("what").required(true))]
pub(in crate::cli) struct Purge {
    #[command(flatten)]
    pub(in crate::cli) tables: Tables,
    /// The operator's approved-data list; its [[dataset]] sections tie tables to purposes
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) policy: PathBuf,
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
    /// Destroy again what a manifest tells of and a restored backup brought back, whatever its term
    #[arg(long, value_name = "FILE", requires = "manifest_key", conflicts_with_all = ["manifest", "as_of"])]
    pub(in crate::cli) reapply: Option<PathBuf>,
    /// The day on which terms are looked at; today by default
    #[arg(long, value_name = "DATE", conflicts_with = "confirm")]
    pub(in crate::cli) as_of: Option<jiff::civil::Date>,
    /// Why data is destroyed: an item of art. 18 of Law 94-V
    #[arg(long, value_enum, default_value_t = crate::act::record::Ground::TermExpired, conflicts_with = "confirm")]
    pub(in crate::cli) ground: crate::act::record::Ground,
    /// Folder of plans, acts and journal; `_iesiz` beside the policy by default
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) register: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) act: ActArgs,
    /// Form of the report
    #[arg(long, value_enum, default_value_t = PurgeFormat::Human)]
    pub(in crate::cli) format: PurgeFormat,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct CleanUpArgs {
    /// Write the files of changed tables of databases anew, so that old rows are gone from them; nobody can use a table meanwhile
    #[arg(long, requires = "confirm")]
    clean_up: bool,
}

impl CleanUpArgs {
    pub(in crate::cli) fn how(&self) -> CleanUp {
        if self.clean_up {
            CleanUp::Yes
        } else {
            CleanUp::No
        }
    }
}

#[derive(Args, Debug)]
pub(in crate::cli) struct ManifestArgs {
    /// Note what goes in this file, without identities, so that it can be destroyed again after a restore
    #[arg(long, value_name = "FILE", requires_all = ["manifest_key", "confirm"])]
    pub(in crate::cli) manifest: Option<PathBuf>,
    /// File of the manifest's key: 32 bytes or more, as of `openssl rand -out FILE 32`
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) manifest_key: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct ActArgs {
    /// Number of the act on destruction; by default the first digits of the plan's hash
    #[arg(long = "act-number", value_name = "TEXT")]
    pub(in crate::cli) number: Option<String>,
    /// Position of the person who answers for the destruction and signs the act
    #[arg(
        long,
        value_name = "POSITION",
        default_value = "Дербес деректерді өңдеуді ұйымдастыруға жауапты тұлға"
    )]
    pub(in crate::cli) responsible: String,
    /// Name of that person; written by hand when left out
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) responsible_name: Option<String>,
    /// Name of the information system, for the act
    #[arg(long, value_name = "TEXT")]
    pub(in crate::cli) system: Option<String>,
    /// Number and date of what the ground rests on, such as a judgment, for the act
    #[arg(long, value_name = "TEXT")]
    pub(in crate::cli) ground_document: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum PurgeFormat {
    /// Text for people
    Human,
    /// The whole plan, or what became of it
    Json,
}

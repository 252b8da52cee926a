//! What an operator does with the approved list.

use std::collections::BTreeMap;
use std::path::Path;

use super::args::{self, AnswerFormat, LanguageArg, PolicyCommand, ShowFormat};
use super::progress::Bar;
use super::purge::today;
use super::registering::{Note, Registering};
use super::{FAILED, OUTSIDE, complain_unread, forbid_input, json, print, scanned};
use crate::act::record::Ground;
use crate::error::{Error, Result};
use crate::findings::Findings;
use crate::list::check::{self, Weight};
use crate::list::compare::{self, Past};
use crate::list::form::{self, Format};
use crate::list::{draft, words};
use crate::policy::Policy;
use crate::purge::{self, Asked, Selection};
use crate::report;
use crate::source::Found;
use crate::source::staged::{write_atomically, write_new};
use crate::text::{Arg, Language, pasted, tr};

pub(super) fn command(command: &PolicyCommand, registering: &Registering) -> Result<u8> {
    match command {
        PolicyCommand::Check { file, format } => check(file, *format),
        PolicyCommand::Show(args) => show(args),
        PolicyCommand::Diff(args) => {
            let policy = Some(args.policy.as_path());
            registering.reading("policy diff", policy, |note| diff(args, note))
        }
        PolicyCommand::Init(args) => {
            registering.reading("policy init", None, |note| init(args, note))
        }
    }
}

fn check(file: &Path, format: AnswerFormat) -> Result<u8> {
    let policy = Policy::load(file)?;
    let remarks = check::check(&policy);
    match format {
        AnswerFormat::Human => {
            let path = file.display().to_string();
            print(&words::remarks(&policy, &path, &remarks))?;
        }
        AnswerFormat::Json => print(&json(&check::Report::of(&policy, &remarks))?)?,
    }
    let worst = remarks.iter().map(|remark| remark.weight).max();
    Ok(match worst {
        Some(Weight::Mistake) => FAILED,
        Some(Weight::Unsettled) => OUTSIDE,
        Some(Weight::Note) | None => 0,
    })
}

fn show(args: &args::Show) -> Result<u8> {
    let policy = Policy::load(&args.file)?;
    let format = match args.format {
        ShowFormat::Human => None,
        ShowFormat::Csv => Some(Format::Csv),
        ShowFormat::Xlsx => Some(Format::Xlsx),
        ShowFormat::Md => Some(Format::Markdown),
        ShowFormat::Html => Some(Format::Html),
    };
    let bytes = if let Some(format) = format {
        form::form(&policy, format, args.language.language())?
    } else {
        let path = args.file.display().to_string();
        (report::policy(&policy, &path) + &report::purposes(&policy)).into_bytes()
    };
    match &args.output {
        Some(output) => {
            if output.canonicalize().ok() == args.file.canonicalize().ok() {
                let path = output.clone();
                return Err(Error::OutputIsInput { path });
            }
            write_atomically(output, &bytes)?;
        }
        None => print(&String::from_utf8_lossy(&bytes))?,
    }
    Ok(0)
}

impl LanguageArg {
    pub(super) fn language(self) -> Language {
        match self {
            Self::Kk => Language::Kk,
            Self::Ru => Language::Ru,
            Self::En => Language::En,
        }
    }
}

fn diff(args: &args::Diff, note: &mut Note) -> Result<u8> {
    let policy = Policy::load(&args.policy)?;
    let purpose = args.purpose.as_deref();
    purpose.map_or(Ok(()), |id| policy.require_purpose(id))?;
    note.policy(&policy, purpose);
    let (found, detectors) = args.tables.opened()?;
    let findings = scanned(&found, &detectors, Some(&policy), purpose)?;
    note.findings(&found, &findings);
    let past = past(args, &policy, &found, &findings)?;
    let comparison = compare::compare(&policy, &findings, purpose, &paths(&found), &past)?;
    let status = if findings.has_unread() {
        FAILED
    } else {
        u8::from(comparison.has_outside())
    };
    note.counts(comparison.counts());
    note.tell(status)?;
    match args.format {
        AnswerFormat::Human => print(&words::comparison(&comparison))?,
        AnswerFormat::Json => print(&json(&comparison)?)?,
    }
    complain_unread(&findings);
    Ok(status)
}

/// What a purge would find to have run out; it only looks.
fn past(args: &args::Diff, policy: &Policy, found: &Found, findings: &Findings) -> Result<Past> {
    if policy.datasets().is_empty() {
        return Ok(Past::default());
    }
    let as_of = args.as_of.unwrap_or_else(today);
    let asked = Asked {
        selection: Selection::RunOut,
        as_of,
        ground: Ground::TermExpired,
        is_look: true,
    };
    let plan = purge::plan(&found.tables, findings, policy, &asked, &Bar::new())?;
    Ok(Past::of(&plan))
}

/// Whole paths of tables, by which datasets know them.
fn paths(found: &Found) -> BTreeMap<String, String> {
    let tables = found.tables.iter();
    let path = tables.map(|table| (table.id().to_string(), table.known_as()));
    path.collect()
}

fn init(args: &args::Init, note: &mut Note) -> Result<u8> {
    let (found, detectors) = args.tables.opened()?;
    forbid_input(&args.output, &found)?;
    let findings = scanned(&found, &detectors, None, None)?;
    let status = if findings.has_unread() { FAILED } else { 0 };
    note.findings(&found, &findings);
    note.tell(status)?;
    let text = draft::draft(&findings);
    write_new(&args.output, text.as_bytes())?;
    let policy = Policy::load(&args.output)?;
    let path = args.output.display().to_string();
    let command = format!("iesiz policy check {}", pasted(&args.output));
    let told = tr(
        "policy-drafted",
        &[
            ("path", Arg::Text(&path)),
            ("command", Arg::Text(&command)),
            ("count", Arg::Count(policy.placeholders.len() as u64)),
        ],
    );
    print(&(told + "\n"))?;
    complain_unread(&findings);
    Ok(status)
}

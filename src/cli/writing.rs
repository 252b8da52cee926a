//! `iesiz plan`, `apply` and `anonymize`: what would be done, and doing it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::progress::Bar;
use super::registering::{Note, Registering};
use super::{
    args, complain, complain_unread, in_place, json, judged, print, scanned, write_report,
};
use crate::anonymize::{self, OutputFolder, Work};
use crate::detect::Detectors;
use crate::error::{Error, Result};
use crate::pattern;
use crate::plan::{self, Aim, Edited, Plan};
use crate::report;
use crate::source::database;
use crate::source::staged::write_atomically;
use crate::text::{Arg, pasted, tr};

pub(super) fn plan_command(
    args: &args::PlanArgs,
    patterns: Option<&Path>,
    note: &mut Note,
) -> Result<u8> {
    let asked = args.grouped.asked()?;
    let edited = if args.force {
        Edited::Replace
    } else {
        Edited::Keep
    };
    Plan::may_replace(&args.output, edited)?;
    let policy = args.judging.policy_and_purpose()?;
    let purpose = args.judging.purpose.as_deref();
    if let Some(policy) = &policy {
        note.policy(policy, purpose);
    }
    let (found, detectors) = args.tables.usable(policy.as_ref())?;
    let findings = scanned(&found, &detectors, policy.as_ref(), purpose)?;
    note.findings(&found, &findings);
    let aim = if args.aim == args::Aim::Export {
        Aim::Export
    } else {
        Aim::Cleanup
    };
    let plan = plan::plan(&findings, &found.tables, aim, asked.as_ref())?;
    // Somebody may have edited it meanwhile.
    Plan::may_replace(&args.output, edited)?;
    note.plan(&plan.head.hash);
    note.tell(judged(&findings))?;
    write_report(&args.output, &found, &plan.text()?)?;
    let path = args.output.display().to_string();
    let written = tr(
        "plan-written",
        &[
            ("tables", Arg::Count(plan.tables.len() as u64)),
            ("path", Arg::Text(&path)),
            ("command", Arg::Text(&apply_line(&args.output, patterns))),
        ],
    );
    print(&format!(
        "{}\n{written}\n",
        report::findings(&findings, Some(&plan), &found)
    ))?;
    complain_unread(&findings);
    Ok(judged(&findings))
}

/// The command that does what a plan says: it refuses to with other patterns than those of the plan.
fn apply_line(plan: &Path, patterns: Option<&Path>) -> String {
    let patterns = patterns.map(|folder| format!(" --patterns {}", pasted(folder)));
    format!(
        "iesiz apply {} -o DIR{}",
        pasted(plan),
        patterns.unwrap_or_default()
    )
}

pub(super) fn apply_command(args: &args::Apply, registering: &Registering) -> Result<u8> {
    let own = own_journal(&args.writing);
    registering.noting("apply", None, &own, || applied(args))
}

fn applied(args: &args::Apply) -> Result<u8> {
    check_output(&args.writing)?;
    let plan = Plan::load(&args.plan)?;
    let place = || args.plan.display().to_string();
    if plan.head.patterns != pattern::fingerprint() {
        return Err(Error::StalePlan {
            place: place(),
            what: "it was made with other patterns",
        });
    }
    if args.writing.in_place {
        (plan.tables.iter()).try_for_each(|table| database::undo(&table.source))?;
    }
    let mut found = crate::apply::sources(&plan)?;
    if args.writing.in_place
        && let Some((_, error)) = found.unread.pop()
    {
        return Err(error);
    }
    let detectors = Arc::new(Detectors::builtin());
    let work = Work {
        findings: &scanned(&found, &detectors, None, None)?,
        plan: &plan,
        plan_edited: plan.hash()? != plan.head.hash,
        sources: &found.tables,
        to: args.writing.to.map(args::To::format),
        command: "apply",
        detectors,
    };
    carry_out(&work, &args.writing)
}

pub(super) fn anonymize_command(args: &args::Anonymize, registering: &Registering) -> Result<u8> {
    let own = own_journal(&args.writing);
    let policy = args.judging.policy.as_deref();
    registering.noting("anonymize", policy, &own, || anonymized(args))
}

/// Fails before long work when the output folder cannot be taken.
fn check_output(writing: &args::Writing) -> Result<()> {
    writing
        .output
        .as_deref()
        .map_or(Ok(()), OutputFolder::check)
}

/// The journal of a run: in its output folder, or in the register where tables are changed in place.
fn own_journal(writing: &args::Writing) -> PathBuf {
    let own = crate::source::OWN_FOLDER;
    let output = writing.output.as_ref().map(|output| output.join(own));
    let folder = output.or_else(|| writing.register.clone());
    crate::purge::Register::journal_in(&folder.unwrap_or_else(|| own.into()))
}

fn anonymized(args: &args::Anonymize) -> Result<u8> {
    check_output(&args.writing)?;
    let asked = args.grouped.asked()?;
    let policy = args.judging.policy_and_purpose()?;
    if args.writing.in_place {
        (args.tables.sources.iter()).try_for_each(|name| database::undo(name))?;
    }
    let (found, detectors) = args.tables.usable(policy.as_ref())?;
    let purpose = args.judging.purpose.as_deref();
    let findings = scanned(&found, &detectors, policy.as_ref(), purpose)?;
    // Groups are made of copies only.
    let asked = asked.filter(|_| !args.writing.in_place);
    let plan = plan::plan(&findings, &found.tables, Aim::Export, asked.as_ref())?;
    print(&report::findings(&findings, Some(&plan), &found))?;
    let work = Work {
        findings: &findings,
        plan: &plan,
        plan_edited: false,
        sources: &found.tables,
        to: args.writing.to.map(args::To::format),
        command: "anonymize",
        detectors,
    };
    carry_out(&work, &args.writing)
}

/// Writes to a folder, or changes tables where they are.
fn carry_out(work: &Work<'_>, writing: &args::Writing) -> Result<u8> {
    match &writing.output {
        Some(output) => write_out(work, output),
        None => in_place::change(work, writing),
    }
}

/// Applies, attacks, publishes, and leaves findings, plan, verification and journal beside the tables.
fn write_out(work: &Work<'_>, output: &Path) -> Result<u8> {
    let folder = OutputFolder::claim(output)?;
    let findings = work.findings;
    write_atomically(&folder.own("findings.json"), json(findings)?.as_bytes())?;
    write_atomically(&folder.own("plan.toml"), work.plan.text()?.as_bytes())?;
    let outcomes = anonymize::run(work, &folder, &Bar::new())?;
    write_atomically(
        &folder.own("verification.json"),
        json(&outcomes.verification)?.as_bytes(),
    )?;
    write_atomically(
        &folder.own("utility.json"),
        json(&outcomes.utility())?.as_bytes(),
    )?;
    print(&report::outcomes(
        &outcomes,
        findings,
        &folder.own("").display().to_string(),
    ))?;
    for error in outcomes
        .tables
        .iter()
        .filter_map(|table| table.result.as_ref().err())
        .filter(|error| !matches!(error, Error::NothingLeft { .. }))
    {
        complain(error);
    }
    complain_unread(findings);
    Ok(anonymize::status(findings, &outcomes))
}

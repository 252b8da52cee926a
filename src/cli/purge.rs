//! `iesiz purge`: plans, and does what was planned.

use super::args::{ActArgs, Purge, PurgeFormat};
use super::progress::Bar;
use super::registering::{Note, Registering};
use super::{FAILED, complain, complain_unread, json, print, scanned};
use crate::act::record::Signatory;
use crate::error::Result;
use crate::findings::Findings;
use crate::journal::{Event, Journal};
use crate::policy::Policy;
use crate::purge::{self, ActHead, Asked, PurgePlan, Register, Selection, report};
use crate::source::Found;
use crate::text::{Arg, pasted, tr};

pub(super) fn command(args: &Purge, registering: &Registering) -> Result<u8> {
    let policy = Policy::load(&args.policy)?;
    let folder = args
        .register
        .clone()
        .unwrap_or_else(|| Register::beside(&args.policy));
    let register = Register::take(&folder)?;
    let own = register.journal();
    match &args.confirm {
        Some(hash) => registering.noting("purge --confirm", Some(&args.policy), &own, || {
            confirm(args, &policy, &register, hash)
        }),
        None => registering.reading_into("purge --dry-run", &own, |note| {
            note.policy(&policy, None);
            plan(args, &policy, &register, note)
        }),
    }
}

fn confirm(args: &Purge, policy: &Policy, register: &Register, hash: &str) -> Result<u8> {
    let plan = register.plan(hash)?;
    let (found, detectors) = args.tables.opened_in_place()?;
    let findings = scanned(&found, &detectors, Some(policy), None)?;
    let confirming = Confirming {
        plan: &plan,
        found: &found,
        findings: &findings,
        policy,
        selection: &Selection::RunOut,
        register,
    };
    let status = confirmed(&confirming, &args.act, args.format)?;
    complain_unread(&findings);
    Ok(or_failed(&findings, status))
}

fn plan(args: &Purge, policy: &Policy, register: &Register, note: &mut Note) -> Result<u8> {
    let (found, detectors) = args.tables.opened_in_place()?;
    let findings = scanned(&found, &detectors, Some(policy), None)?;
    note.findings(&found, &findings);
    let asked = Asked {
        selection: Selection::RunOut,
        as_of: args.as_of.unwrap_or_else(today),
        ground: args.ground,
    };
    let plan = purge::plan(&found.tables, &findings, policy, &asked, &Bar::new())?;
    let status = planned(&plan, register, args.format, &findings, note)?;
    complain_unread(&findings);
    Ok(status)
}

/// What could not be read weighs more than all else.
pub(super) fn or_failed(findings: &Findings, status: u8) -> u8 {
    if findings.has_unread() {
        FAILED
    } else {
        status
    }
}

/// A plan that is to be done.
pub(super) struct Confirming<'a> {
    pub(super) plan: &'a PurgePlan,
    pub(super) found: &'a Found,
    pub(super) findings: &'a Findings,
    pub(super) policy: &'a Policy,
    pub(super) selection: &'a Selection,
    pub(super) register: &'a Register,
}

/// Does what a plan says, and tells it.
pub(super) fn confirmed(with: &Confirming<'_>, act: &ActArgs, format: PurgeFormat) -> Result<u8> {
    let done = purge::confirm(
        with.plan,
        &with.found.tables,
        with.findings,
        with.policy,
        with.selection,
        with.register,
        &Bar::new(),
    )?;
    match format {
        PurgeFormat::Human => print(&report::confirmed(
            &done,
            with.plan,
            &with.register.journal(),
        ))?,
        PurgeFormat::Json => print(&json(&done.told())?)?,
    }
    let act = purge::write_act(with.plan, with.policy, with.register, &act.head());
    let act = act.map_err(|e| done.unregistered(e, &with.plan.hash, with.register))?;
    if let (Some(act), PurgeFormat::Human) = (act, format) {
        let path = act.display().to_string();
        let command = format!(
            "iesiz act render {} --format pdf --language kk",
            pasted(&act)
        );
        let args = [("path", Arg::Text(&path)), ("command", Arg::Text(&command))];
        print(&(tr("purge-act", &args) + "\n"))?;
    }
    let results = done.tables.iter().map(|(_, result)| result.as_ref());
    results
        .filter_map(std::result::Result::err)
        .for_each(complain);
    Ok(done.status(with.plan))
}

/// Keeps a plan, registers that it was made and what was read for it, and tells it.
pub(super) fn planned(
    plan: &PurgePlan,
    register: &Register,
    format: PurgeFormat,
    findings: &Findings,
    note: &mut Note,
) -> Result<u8> {
    let path = register.keep(plan)?;
    write_down(plan, register)?;
    let status = or_failed(findings, plan.status());
    note.plan(&plan.hash);
    note.tell(status)?;
    match format {
        PurgeFormat::Human => print(&report::planned(plan, &path))?,
        PurgeFormat::Json => print(&json(plan)?)?,
    }
    plan.untouched.iter().for_each(complain_of);
    Ok(status)
}

impl ActArgs {
    fn head(&self) -> ActHead {
        ActHead {
            number: self.number.clone(),
            system: self.system.clone(),
            responsible: Signatory {
                position: self.responsible.clone(),
                name: self.responsible_name.clone(),
            },
            ground_document: self.ground_document.clone(),
        }
    }
}

/// Days begin later in Greenwich than in Kazakhstan, so that nothing goes a day too early and no deadline is a day late.
pub(super) fn today() -> jiff::civil::Date {
    jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date()
}

pub(super) fn complain_of(table: &purge::Untouched) {
    use std::io::Write as _;
    let _ = writeln!(
        std::io::stderr().lock(),
        "iesiz: {} [{}]",
        table.message,
        table.code
    );
}

fn write_down(plan: &PurgePlan, register: &Register) -> Result<()> {
    let mut journal = Journal::open(&register.journal())?;
    journal.append(Event::Planned {
        plan: plan.hash.clone(),
        as_of: plan.as_of.to_string(),
        destroyed: plan.tables.iter().map(|table| table.destroyed).sum(),
        anonymised: plan.tables.iter().map(|table| table.anonymised).sum(),
    })
}

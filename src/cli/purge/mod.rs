//! `iesiz purge`: plans, and does what was planned.

pub(super) mod args;

use std::sync::Arc;

use super::progress::Bar;
use super::registering::{Note, Registering};
use super::{FAILED, complain, complain_unread, json, print, scanned};
use crate::act::record::Signatory;
use crate::error::{Error, Result};
use crate::findings::Findings;
use crate::journal::{Event, Journal};
use crate::policy::Policy;
use crate::purge::{
    self, ActHead, Asked, Manifest, ManifestKey, Noted, PurgePlan, Register, Selection, Setting,
    report,
};
use crate::text::{Arg, pasted, tr};
use args::{ActArgs, ManifestArgs, Purge, PurgeFormat};

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
    let selection = args.selection(register)?;
    let manifest = args.manifest.opened(register)?;
    let (found, detectors) = args.tables.opened_to_destroy()?;
    let findings = scanned(&found, &detectors, Some(policy), None)?;
    let setting = Setting {
        sources: &found.tables,
        findings: &findings,
        policy,
        selection: &selection,
        register,
        detectors: &detectors,
        clean_up: args.clean_up.how(),
    };
    let telling = Telling {
        act: &args.act,
        format: args.format,
    };
    let status = confirmed(&plan, setting, manifest, &telling)?;
    complain_unread(&findings);
    Ok(or_failed(&findings, status))
}

fn plan(args: &Purge, policy: &Policy, register: &Register, note: &mut Note) -> Result<u8> {
    let selection = args.selection(register)?;
    let (found, detectors) = args.tables.opened_in_place()?;
    let findings = scanned(&found, &detectors, Some(policy), None)?;
    note.findings(&found, &findings);
    let asked = Asked {
        selection,
        as_of: args.as_of.unwrap_or_else(today),
        ground: args.ground,
        is_look: false,
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

impl Purge {
    /// The rows that are meant.
    fn selection(&self, register: &Register) -> Result<Selection> {
        let Some((path, key)) = self.reapply.as_ref().zip(self.manifest.key()?) else {
            return Ok(Selection::RunOut);
        };
        let noted = Noted::load(path, key, &register.journal())?;
        Ok(Selection::Again(Arc::new(noted)))
    }
}

impl ManifestArgs {
    fn key(&self) -> Result<Option<ManifestKey>> {
        let key = self.manifest_key.as_ref();
        key.map(|path| ManifestKey::load(path)).transpose()
    }

    /// The manifest to note in, if one is named.
    pub(super) fn opened(&self, register: &Register) -> Result<Option<Manifest>> {
        let Some((path, key)) = self.manifest.as_ref().zip(self.key()?) else {
            return Ok(None);
        };
        Manifest::open(path, key, &register.journal()).map(Some)
    }
}

/// How what was done is told.
pub(super) struct Telling<'a> {
    pub(super) act: &'a ActArgs,
    pub(super) format: PurgeFormat,
}

/// Does what a plan says, and tells it.
pub(super) fn confirmed(
    plan: &PurgePlan,
    setting: Setting<'_>,
    mut manifest: Option<Manifest>,
    telling: &Telling<'_>,
) -> Result<u8> {
    let done = purge::confirm(plan, setting, manifest.as_mut(), &Bar::new())?;
    let (policy, register) = (setting.policy, setting.register);
    let is_human = telling.format == PurgeFormat::Human;
    match telling.format {
        PurgeFormat::Human => print(&report::confirmed(&done, plan, &register.journal()))?,
        PurgeFormat::Json => print(&json(&done.told())?)?,
    }
    let noted = match (&manifest, setting.selection) {
        (Some(manifest), _) => Some(manifest.told()?),
        (None, Selection::Again(noted)) => Some(noted.told()?),
        (None, _) => None,
    };
    if let (Some(noted), Some(_), true) = (&noted, &manifest, is_human) {
        print(&report::noted(noted))?;
    }
    let head = telling.act.head();
    let act = purge::write_act(
        plan,
        policy,
        register,
        &head,
        done.people,
        noted.as_ref(),
        done.has_replaced(),
    );
    let act = act.map_err(|e| done.unregistered(e, &plan.hash, register))?;
    if let (Some(act), true) = (act, is_human) {
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
        .filter(|error| !matches!(error, Error::LeftAsItWas { .. }))
        .for_each(complain);
    Ok(done.status(plan))
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

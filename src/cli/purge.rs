//! `iesiz purge`: plans, and does what was planned.

use super::args::{Purge, PurgeFormat};
use super::progress::Bar;
use super::{FAILED, complain, complain_unread, json, print, scanned};
use crate::act::record::Signatory;
use crate::error::Result;
use crate::journal::{Event, Journal};
use crate::policy::Policy;
use crate::purge::{self, ActHead, PurgePlan, Register, report};
use crate::text::{Arg, tr};

pub(super) fn command(args: &Purge) -> Result<u8> {
    let policy = Policy::load(&args.policy)?;
    let folder = args
        .register
        .clone()
        .unwrap_or_else(|| Register::beside(&args.policy));
    let register = Register::take(&folder)?;
    let planned = args
        .confirm
        .as_ref()
        .map(|hash| register.plan(hash))
        .transpose()?;
    let (found, detectors) = args.tables.opened()?;
    let findings = scanned(&found, &detectors, Some(&policy), None)?;
    let status = if let Some(plan) = planned {
        let bar = Bar::new();
        let done = purge::confirm(&plan, &found.tables, &findings, &policy, &register, &bar)?;
        match args.format {
            PurgeFormat::Human => print(&report::confirmed(&done, &register.journal()))?,
            PurgeFormat::Json => print(&json(&done.told())?)?,
        }
        if let Some(act) = purge::write_act(&plan, &policy, &register, &args.act.head())? {
            let path = act.display().to_string();
            let told = tr("purge-act", &[("path", Arg::Text(&path))]);
            if args.format == PurgeFormat::Human {
                print(&format!("{told}\n"))?;
            }
        }
        let failed = done
            .tables
            .iter()
            .filter_map(|(_, result)| result.as_ref().err());
        failed.for_each(complain);
        done.status(&plan)
    } else {
        let as_of = args.as_of.unwrap_or_else(today);
        let bar = Bar::new();
        let plan = purge::plan(&found.tables, &findings, &policy, as_of, args.ground, &bar)?;
        let path = register.keep(&plan)?;
        write_down(&plan, &register)?;
        match args.format {
            PurgeFormat::Human => print(&report::planned(&plan, &path))?,
            PurgeFormat::Json => print(&json(&plan)?)?,
        }
        plan.untouched.iter().for_each(complain_of);
        plan.status()
    };
    complain_unread(&findings);
    Ok(if findings.has_unread() {
        FAILED
    } else {
        status
    })
}

impl super::args::ActArgs {
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

/// Days begin later in Greenwich than in Kazakhstan, so that nothing goes a day too early.
pub(super) fn today() -> jiff::civil::Date {
    let now = jiff::Timestamp::now();
    now.to_zoned(jiff::tz::TimeZone::UTC).date()
}

fn complain_of(table: &purge::Untouched) {
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

//! `iesiz verify`: attacks tables.

use super::args::{ReportFormat, Verify};
use super::progress::Bar;
use super::registering::{Note, Registering};
use super::{FAILED, complain, json, print};
use crate::detect::Detectors;
use crate::error::{Error, Result};
use crate::report;
use crate::source::{Options, Source, discover};
use crate::text::{Arg, tr};
use crate::verify::{self, Effort, Verification};

pub(super) fn command(args: &Verify, registering: &Registering) -> Result<u8> {
    registering.reading("verify", None, |note| attack(args, note))
}

fn attack(args: &Verify, note: &mut Note) -> Result<u8> {
    let detectors = Detectors::builtin();
    let bar = Bar::new();
    let options = Options::default();
    let originals = discover(std::slice::from_ref(&args.original), &options)?;
    note.tables(&originals);
    let mut verification = Verification::new();
    let mut failures: Vec<(String, Error)> = Vec::new();
    let asked = args.grouping.asked()?;
    let effort = Effort {
        seconds: args.effort,
    };
    let (attacked, settled, outputs) = match &args.output {
        None => {
            let tables = originals.tables.iter();
            let attacked =
                tables.map(|table| verify::alone(table.as_ref(), &detectors, effort, &asked, &bar));
            (attacked.collect(), Ok(()), None)
        }
        Some(output) => {
            let outputs = discover(std::slice::from_ref(output), &options)?;
            note.tables(&outputs);
            let (pairs, settled) =
                verify::pairs(&originals.tables, &outputs.tables, &detectors, &asked, &bar);
            (pairs, settled, Some(outputs))
        }
    };
    let looked_at = outputs.as_ref().unwrap_or(&originals);
    for (source, attacked) in looked_at.tables.iter().zip(attacked) {
        match attacked {
            Ok(table) => verification.tables.push(table),
            Err(error) => failures.push((source.id().to_string(), error)),
        }
    }
    let unseen = outputs
        .as_ref()
        .map_or(0, |outputs| unseen(&outputs.tables));
    if let Err(error) = settled {
        failures.push((args.original.clone(), error));
    }
    let unread = outputs.map(|outputs| outputs.unread).unwrap_or_default();
    let unread = unread.into_iter().chain(originals.unread);
    failures.extend(unread.map(|(id, error)| (id.to_string(), error)));
    for attack in verification.tables.iter().flat_map(|table| &table.attacks) {
        note.count(attack.outcome.word(), 1);
    }
    let status = if failures.is_empty() {
        u8::from(verification.is_broken())
    } else {
        FAILED
    };
    note.tell(status)?;
    match args.format {
        ReportFormat::Human => print(&(report::verification(&verification) + "\n"))?,
        ReportFormat::Json => print(&json(&verification)?)?,
        ReportFormat::Csv => print(&report::verification_csv(&verification, &failures))?,
    }
    for (_, error) in &failures {
        complain(error);
    }
    tell_unseen(unseen);
    Ok(status)
}

/// How many tables are of databases whose files cannot be looked into from here.
fn unseen(tables: &[Box<dyn Source>]) -> u64 {
    let tables = tables.iter().map(AsRef::as_ref);
    let is_unseen = |table: &&dyn Source| table.described().is_some() && table.kept_in().is_none();
    tables.filter(is_unseen).count() as u64
}

fn tell_unseen(count: u64) {
    use std::io::Write as _;
    if count > 0 {
        let told = tr("verify-files-unseen", &[("count", Arg::Count(count))]);
        let _ = writeln!(std::io::stderr().lock(), "iesiz: {told}");
    }
}

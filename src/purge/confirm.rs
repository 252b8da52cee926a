//! Does what a plan says, file by file and database by database; each in one step, resumable after a kill.

use std::collections::BTreeMap;
use std::path::Path;

use super::database::InDatabase;
use super::manifest::Manifest;
use super::plan::{PurgePlan, TablePurge, rules_of};
use super::register::Register;
use super::rewrite::Counts;
use super::rules::Rules;
use super::selection::{Kind, Selection};
use super::subjects::{AllPeople, PeopleHasher};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use serde::Serialize;

use crate::act::record::{Attack, Outcome, Subjects};
use crate::detect::Detectors;
use crate::error::{Error, Result};
use crate::findings::{Findings, TableFindings};
use crate::journal::{self, Event, Journal, Replacement};
use crate::policy::Policy;
use crate::progress::Progress;
use crate::source::Source;
use crate::source::database::{CleanUp, Left};
use crate::verify::{Parts, residue_of_gone};

/// What became of a plan.
#[derive(Debug)]
pub struct Confirmed {
    /// By table, in the order of the plan.
    pub tables: Vec<(String, Result<Done>)>,
    /// People whose data went from all tables together, where it was counted.
    pub people: Option<Subjects>,
    /// What databases still keep of what is gone.
    pub left: Vec<Left>,
    /// Hash of the journal's last line.
    pub journal_head: String,
}

/// What became of a table, as programs read it.
#[derive(Debug, Serialize)]
pub struct Told<'a> {
    source: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    replacement: Option<&'a Replacement>,
    #[serde(rename = "done_before", skip_serializing_if = "std::ops::Not::not")]
    is_done_before: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// What became of a table.
#[derive(Clone, Debug)]
pub enum Done {
    /// Nothing in it had run out.
    Unchanged,
    /// It was replaced, by this run or by one before it that was broken off.
    Replaced(Box<Replacement>),
    /// It was replaced and registered by a run before.
    Before(Box<Replacement>),
}

impl Confirmed {
    /// By table: what was destroyed, or the code of an error.
    pub fn told(&self) -> Vec<Told<'_>> {
        let told = self.tables.iter().map(|(source, result)| Told {
            source,
            replacement: match result {
                Ok(Done::Replaced(replacement) | Done::Before(replacement)) => Some(replacement),
                _ => None,
            },
            is_done_before: matches!(result, Ok(Done::Before(_))),
            error: result.as_ref().err().map(|error| error.code().to_string()),
        });
        told.collect()
    }

    /// Whether this run replaced a table.
    pub fn has_replaced(&self) -> bool {
        let mut results = self.tables.iter().map(|(_, result)| result);
        results.any(|result| matches!(result, Ok(Done::Replaced(_))))
    }

    /// What it means that the register could not be written to: where data is gone, nothing shows it yet.
    pub fn unregistered(&self, error: Error, plan: &str, register: &Register) -> Error {
        let is_gone = |result: &Result<Done>| {
            matches!(
                result,
                Ok(Done::Replaced(_)) | Err(Error::ActMissing { .. })
            )
        };
        if !self.tables.iter().any(|(_, result)| is_gone(result)) {
            return error;
        }
        Error::ActMissing {
            place: register.act(plan).display().to_string(),
            plan: plan.to_owned(),
            source: Box::new(error),
        }
    }

    /// Exit status: 2 when a table could not be done, 1 when somebody has to look at something.
    pub fn status(&self, plan: &PurgePlan) -> u8 {
        if self.tables.iter().any(|(_, result)| result.is_err()) {
            2
        } else {
            plan.status()
        }
    }
}

/// What a plan is done to, and by what.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// The tables.
    pub sources: &'a [Box<dyn Source>],
    /// What was found in them.
    pub findings: &'a Findings,
    /// The operator's list.
    pub policy: &'a Policy,
    /// What the plan was made for.
    pub selection: &'a Selection,
    /// Where it is registered.
    pub register: &'a Register,
    /// What knows identifiers.
    pub detectors: &'a Detectors,
    /// Whether files of databases are written anew.
    pub clean_up: CleanUp,
}

/// Does exactly what a plan says, and notes in a manifest what goes.
///
/// # Errors
/// When nothing can be done at all; what befalls one table is told in [`Confirmed`].
pub fn confirm(
    plan: &PurgePlan,
    setting: Setting<'_>,
    mut manifest: Option<&mut Manifest>,
    progress: &dyn Progress,
) -> Result<Confirmed> {
    let Setting {
        policy,
        selection,
        register,
        ..
    } = setting;
    if plan.kind != selection.kind() {
        return Err(Error::UnknownPlan {
            place: register.journal().display().to_string(),
        });
    }
    if plan.policy != policy.fingerprint {
        return Err(stale(
            "the policy",
            "it was changed after the plan was made",
        ));
    }
    if plan.patterns != crate::pattern::fingerprint() {
        return Err(stale("the plan", "it was made with other patterns"));
    }
    if plan.as_of > today() {
        return Err(stale("the plan", "its day is still to come"));
    }
    let mut journal = Journal::open(&register.journal())?;
    let known = replacements(&register.journal(), &plan.hash)?;
    journal.append(started(plan))?;
    let mut work = Work {
        plan,
        setting,
        journal,
        hasher: PeopleHasher::default(),
        people: AllPeople::default(),
        left: Vec::new(),
        unclean: Vec::new(),
        progress,
    };
    let mut tables = Vec::new();
    let mut in_databases: BTreeMap<&str, Result<Done>> = BTreeMap::new();
    for table in &plan.tables {
        let manifest = manifest.as_deref_mut();
        let result = if table.is_in_database {
            if !in_databases.contains_key(table.source.as_str()) {
                in_databases.extend(work.database(
                    &InDatabase::beside(table, plan)?,
                    &known,
                    manifest,
                ));
            }
            in_databases
                .remove(table.source.as_str())
                .unwrap_or(Ok(Done::Unchanged))
        } else {
            work.file(table, known.get(&table.source), manifest)
        };
        if matches!(result, Err(Error::Interrupted)) {
            work.journal.append(finished(2))?;
            return Err(Error::Interrupted);
        }
        tables.push((table.source.clone(), result));
    }
    for (database, error) in work.unclean {
        tables.push((database, Err(error)));
    }
    let mut confirmed = Confirmed {
        people: work.people.count(replaced(&tables)),
        tables,
        left: work.left,
        journal_head: String::new(),
    };
    let end = work.journal.append(finished(confirmed.status(plan)));
    end.map_err(|e| confirmed.unregistered(e, &plan.hash, register))?;
    work.journal.head().clone_into(&mut confirmed.journal_head);
    Ok(confirmed)
}

/// What is under way.
pub(super) struct Work<'a> {
    pub(super) plan: &'a PurgePlan,
    pub(super) setting: Setting<'a>,
    pub(super) journal: Journal,
    pub(super) hasher: PeopleHasher,
    pub(super) people: AllPeople,
    pub(super) left: Vec<Left>,
    /// Databases in which rows are gone, and that could not be cleaned up.
    pub(super) unclean: Vec<(String, Error)>,
    pub(super) progress: &'a dyn Progress,
}

/// What the journal knows of a table and a plan.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) replacement: Replacement,
    pub(super) is_done: bool,
}

impl<'a> Work<'a> {
    pub(super) fn replaced(&self, replacement: &Replacement, is_resumed: bool) -> Event {
        Event::Replaced {
            plan: self.plan.hash.clone(),
            source: replacement.source.clone(),
            after: replacement.after.clone(),
            is_resumed,
            verification: replacement
                .attacks
                .iter()
                .map(|attack| (attack.id.clone(), attack.outcome.word().to_owned()))
                .collect(),
        }
    }

    /// The table as it is, and the rules for it.
    pub(super) fn read(
        &self,
        table: &TablePurge,
    ) -> Result<(&'a dyn Source, Rules, &'a TableFindings)> {
        let is_it = |source: &dyn Source| {
            if table.is_in_database {
                return source
                    .address()
                    .is_some_and(|at| Path::new(&at) == table.path);
            }
            let path = source.path().and_then(|path| path.canonicalize().ok());
            path.is_some_and(|path| path == table.path)
        };
        let missing = || stale(&table.source, "the table is not among those named");
        let Setting {
            policy, selection, ..
        } = self.setting;
        let mut sources = self.setting.sources.iter().map(AsRef::as_ref);
        let source = sources.find(|source| is_it(*source)).ok_or_else(missing)?;
        let mut findings = self.setting.findings.tables.iter();
        let findings = findings.find(|t| t.source == source.id().0);
        let findings = findings.ok_or_else(missing)?;
        let (rules, _) = rules_of(source, findings, policy, self.plan.as_of, selection)?;
        Ok((source, rules, findings))
    }

    /// Is what would be done now what the plan says?
    pub(super) fn check_agreement(&self, table: &TablePurge, counts: &Counts) -> Result<()> {
        if counts.digest() != table.fates {
            let what = match self.plan.kind {
                Kind::Purge => "its rows are judged otherwise now",
                Kind::Reapply => "its rows, or what the manifest tells of them, are others now",
                Kind::Erase => "the identifiers are others than those that it was made for",
            };
            return Err(stale(&table.source, what));
        }
        if !covers(&counts.kept, &table.kept) {
            return Err(stale(
                &table.source,
                "a row that was blocked or held when the plan was made is not any more",
            ));
        }
        Ok(())
    }

    /// What goes from a table, as counted; `before` and `after` tell its contents apart.
    pub(super) fn replacement(
        &self,
        table: &TablePurge,
        counts: &Counts,
        before: String,
        after: String,
    ) -> Replacement {
        Replacement {
            plan: self.plan.hash.clone(),
            source: table.source.clone(),
            before,
            after,
            rows: counts.rows,
            destroyed: counts.destroyed,
            anonymised: counts.anonymised,
            gone: counts.went.gone(),
            rows_by_category: counts.went.rows_by_category.clone(),
            blocked: counts.blocked,
            held: counts.held,
            undated: counts.undated,
            copies: 0,
            alike: 0,
            alike_is_partial: false,
            people: None,
            attacks: Vec::new(),
        }
    }

    /// Notes that a table stays as it was because it would go on telling what went.
    pub(super) fn note_residue(&mut self, table: &TablePurge, error: &Error) -> Result<()> {
        if let Error::Residue { .. } = error {
            self.journal.append(Event::Skipped {
                source: table.source.clone(),
                code: "residue".to_owned(),
            })?;
        }
        Ok(())
    }

    /// Looks in what was written for what went.
    pub(super) fn attack(
        &self,
        table: &TablePurge,
        parts: &Parts<'_>,
        findings: &TableFindings,
    ) -> Result<Vec<Attack>> {
        let residue = residue_of_gone(parts, findings, self.setting.detectors, self.progress)?;
        let broken = residue.attacks.iter().filter(|attack| attack.broken > 0);
        let found: Vec<String> = broken
            .map(|attack| {
                let columns = attack.columns.iter().map(|column| column.path.as_str());
                let columns: Vec<&str> = columns.filter(|path| !path.is_empty()).collect();
                format!(
                    "{}: {} {}",
                    attack.attack,
                    attack.broken,
                    columns.join(", ")
                )
            })
            .collect();
        if !found.is_empty() {
            return Err(Error::Residue {
                place: table.source.clone(),
                found: found.join("; "),
            });
        }
        let attacks = residue.attacks.iter().map(|attack| Attack {
            id: attack.attack.to_owned(),
            outcome: match residue.tried {
                0 => Outcome::NotApplicable,
                _ => Outcome::Held,
            },
            tried: residue.tried,
        });
        Ok(attacks.collect())
    }
}

/// Tells whether stretches of rows lie within others; both are in order.
fn covers(all: &[(u64, u64)], some: &[(u64, u64)]) -> bool {
    some.iter().all(|&(first, rows)| {
        let after = all.partition_point(|&(start, _)| start <= first);
        let around = after.checked_sub(1).map(|at| all[at]);
        around.is_some_and(|(start, length)| first + rows <= start + length)
    })
}

/// What the journal says of the tables of a plan.
fn replacements(journal: &Path, plan: &str) -> Result<BTreeMap<String, Known>> {
    let mut known: BTreeMap<String, Known> = BTreeMap::new();
    for event in journal::events(journal)? {
        match event {
            Event::Replacing(replacement) if replacement.plan == plan => {
                known.insert(
                    replacement.source.clone(),
                    Known {
                        replacement,
                        is_done: false,
                    },
                );
            }
            Event::Replaced {
                plan: of, source, ..
            } if of == plan => {
                if let Some(known) = known.get_mut(&source) {
                    known.is_done = true;
                }
            }
            _ => {}
        }
    }
    Ok(known)
}

/// How many tables were replaced.
fn replaced(tables: &[(String, Result<Done>)]) -> usize {
    let replaced = tables
        .iter()
        .filter(|(_, done)| matches!(done, Ok(Done::Replaced(_) | Done::Before(_))));
    replaced.count()
}

fn started(plan: &PurgePlan) -> Event {
    Event::Started {
        command: plan.kind.command().to_owned(),
        version: plan.version.clone(),
        patterns: plan.patterns.clone(),
        policy: Some(plan.policy.clone()),
        operator: Some(plan.operator.clone()),
        purpose: None,
        plan: plan.hash.clone(),
        plan_edited: false,
    }
}

fn finished(status: u8) -> Event {
    Event::Finished {
        status,
        verification: BTreeMap::new(),
        key_wiped: true,
    }
}

/// The day in Kazakhstan (UTC+5 since 2024-03-01).
fn today() -> Date {
    let here = Offset::constant(5);
    here.to_datetime(Timestamp::now()).date()
}

pub(super) fn stale(place: &str, what: &'static str) -> Error {
    Error::StalePlan {
        place: place.to_owned(),
        what,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_register_that_fails_is_told_of_only_where_data_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let register = Register::take(folder.path()).unwrap();
        let full = || Error::write(folder.path(), std::io::ErrorKind::StorageFull.into());
        let gone = Error::ActMissing {
            place: "clients.csv".to_owned(),
            plan: "0a".to_owned(),
            source: Box::new(full()),
        };
        for (result, code) in [
            (Ok(Done::Unchanged), "write"),
            (Err(full()), "write"),
            (Err(gone), "act-missing"),
        ] {
            let confirmed = Confirmed {
                tables: vec![("clients.csv".to_owned(), result)],
                people: None,
                left: Vec::new(),
                journal_head: String::new(),
            };
            let error = confirmed.unregistered(full(), "0a", &register);
            assert_eq!(error.code().0, code);
        }
    }

    #[test]
    fn stretches_lie_within_others() {
        let all = [(0, 2), (5, 3), (10, 1)];
        for some in [&[][..], &[(0, 1)], &[(5, 3), (10, 1)], &[(6, 2)]] {
            assert!(covers(&all, some), "{some:?}");
        }
        for some in [&[(2, 1)][..], &[(1, 2)], &[(7, 2)], &[(11, 1)], &[(0, 6)]] {
            assert!(!covers(&all, some), "{some:?}");
        }
    }
}

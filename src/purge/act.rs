//! The act on a destruction that a purge has done, made from what the journal says of it.

use std::path::Path;

use crate::act::record::{
    Accuracy, Act, Attack, Category, Column, Done, Fingerprint, JournalExtract, Manifest,
    Organization, Outcome, Purpose, Remainder, Rows, SCHEMA, Signatory, Subjects, Table, Tool,
    Verification, Words,
};
use crate::error::{Error, Result};
use crate::journal::{self, Event, Journal, Replacement};
use crate::policy::{self, Policy, TermSource};
use crate::retention::calendar::Duration;
use crate::source::staged::write_atomically;

use super::fates::How;
use super::manifest::ManifestTold;
use super::plan::PurgePlan;
use super::register::Register;

/// What the operator says of an act.
#[derive(Clone, Debug)]
pub struct ActHead {
    /// Number in the operator's register; by default the first digits of the plan's hash.
    pub number: Option<String>,
    /// Name of the information system.
    pub system: Option<String>,
    /// Who answers for the destruction, and signs.
    pub responsible: Signatory,
    /// Number and date of what the ground rests on.
    pub ground_document: Option<String>,
}

/// Makes the act of what a plan destroyed and registers it; none where nothing went. One that is registered stays as it is
/// unless something went since.
///
/// # Errors
/// When it cannot be written, or what the journal says does not agree.
pub fn write_act(
    plan: &PurgePlan,
    policy: &Policy,
    register: &Register,
    head: &ActHead,
    people: Option<Subjects>,
    manifest: Option<&ManifestTold>,
    has_replaced: bool,
) -> Result<Option<std::path::PathBuf>> {
    let registered = journal::lines(&register.journal())?;
    let place = register.act(&plan.hash);
    let is_act = |event: &Event| matches!(event, Event::Act { plan: of, .. } if *of == plan.hash);
    if !has_replaced && place.exists() && registered.iter().any(|(_, event)| is_act(event)) {
        return Ok(Some(place));
    }
    let is_of_plan = |event: &Event| match event {
        Event::Started { plan: of, .. } | Event::Replaced { plan: of, .. } => *of == plan.hash,
        Event::Replacing(replacement) => replacement.plan == plan.hash,
        _ => false,
    };
    let Some(first) = registered.iter().position(|(_, event)| is_of_plan(event)) else {
        return Ok(None);
    };
    let extract = &registered[first..];
    let done = replaced(extract.iter().map(|(_, event)| event), &plan.hash);
    if done.is_empty() {
        return Ok(None);
    }
    let lines: Vec<String> = extract.iter().map(|(line, _)| line.clone()).collect();
    let people = people.or_else(|| people_of(&done));
    let last = journal::follow(&lines, first as u64).unwrap_or_default();
    let act = Act {
        schema: SCHEMA.to_owned(),
        number: head
            .number
            .clone()
            .unwrap_or_else(|| plan.hash[..12].to_owned()),
        made_at: jiff::Timestamp::now(),
        as_of: plan.as_of,
        operator: Organization {
            name: words(&policy.names),
            bin: policy.bin.clone(),
            address: None,
        },
        processor: None,
        system: head.system.clone(),
        responsible: head.responsible.clone(),
        commission: Vec::new(),
        ground: plan.ground,
        ground_document: head.ground_document.clone(),
        purposes: purposes(plan, policy),
        categories: categories(&done),
        subjects: people.map(|people| people.count),
        subjects_are: people.map(|people| people.accuracy).unwrap_or_default(),
        verification: verification(&done),
        not_reached: not_reached(plan, &done),
        manifest: manifest.map(noted).transpose()?,
        tool: Tool {
            version: plan.version.clone(),
            patterns: fingerprint(&plan.patterns)?,
            policy: fingerprint(&plan.policy)?,
            plan: fingerprint(&format!("sha256:{}", plan.hash))?,
        },
        journal: JournalExtract {
            file: register.journal().display().to_string(),
            first_line: first as u64 + 1,
            last_line: registered.len() as u64,
            head: fingerprint(&last)?,
            lines,
        },
        tables: done.into_iter().map(table).collect::<Result<_>>()?,
    };
    if let Some(complaint) = act.complaints().into_iter().next() {
        return Err(Error::Invalid {
            place: place.display().to_string(),
            report: complaint,
        });
    }
    let text = serde_json::to_vec_pretty(&act);
    let text = text.map_err(|_| Error::Internal {
        place: place.display().to_string(),
    })?;
    write_atomically(&place, &text)?;
    Journal::open(&register.journal())?.append(Event::Act {
        plan: plan.hash.clone(),
        file: name_of(&place),
        sha256: journal::file_hash(&place)?,
    })?;
    Ok(Some(place))
}

/// How many people that was where nobody counted them over all tables, because a run was killed between these.
fn people_of(done: &[&Replacement]) -> Option<Subjects> {
    let by_table: Vec<Subjects> = done.iter().map(|done| done.people).collect::<Option<_>>()?;
    match by_table[..] {
        [people] => Some(people),
        _ => Some(Subjects {
            count: by_table.iter().map(|people| people.count).sum(),
            accuracy: Accuracy::AtMost,
        }),
    }
}

fn noted(told: &ManifestTold) -> Result<Manifest> {
    Ok(Manifest {
        file: told.file.display().to_string(),
        sha256: fingerprint(&told.sha256)?,
        entries: told.entries,
    })
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// Tables that the journal calls replaced.
fn replaced<'a>(events: impl Iterator<Item = &'a Event>, plan: &str) -> Vec<&'a Replacement> {
    let (mut begun, mut done): (Vec<&Replacement>, Vec<&Replacement>) = (Vec::new(), Vec::new());
    for event in events {
        match event {
            Event::Replacing(replacement) if replacement.plan == plan => begun.push(replacement),
            Event::Replaced {
                plan: of, source, ..
            } if of == plan => {
                done.retain(|done| done.source != *source);
                done.extend(begun.iter().rev().find(|begun| begun.source == *source));
            }
            _ => {}
        }
    }
    done
}

fn fingerprint(text: &str) -> Result<Fingerprint> {
    let wrong = |_| Error::Internal {
        place: "fingerprint".to_owned(),
    };
    Fingerprint::try_from(text.to_owned()).map_err(wrong)
}

fn words(words: &policy::Words) -> Words {
    Words {
        kk: words.kk.clone(),
        ru: words.ru.clone(),
        en: words.en.clone(),
    }
}

/// Purposes of the datasets that the plan's tables belong to, each once.
fn purposes(plan: &PurgePlan, policy: &Policy) -> Vec<Purpose> {
    let mut purposes: Vec<Purpose> = Vec::new();
    let is_meant = |id: &str| plan.tables.iter().any(|table| table.dataset == id);
    for dataset in policy
        .datasets()
        .iter()
        .filter(|dataset| is_meant(&dataset.id))
    {
        for id in &dataset.purposes {
            let Ok(term) = policy.term(dataset, id) else {
                continue;
            };
            let stated = policy.purposes.iter().find(|purpose| purpose.id == *id);
            let small = |number: u32| u16::try_from(number).unwrap_or(u16::MAX);
            let duration = Duration {
                years: small(term.years),
                months: small(term.months),
                days: term.days,
            };
            let purpose = Purpose {
                id: id.clone(),
                label: stated
                    .map(|stated| words(&stated.labels))
                    .unwrap_or_default(),
                term: Some(duration).filter(|term| *term != Duration::default()),
                event: term.event,
                and_also_event: term.and_also_event,
                legal_basis: stated.map(rests_on).unwrap_or_default(),
                decided_by: match term.source {
                    TermSource::Policy => None,
                    TermSource::Decided { by, .. } => Some(by),
                },
            };
            if !purposes.contains(&purpose) {
                purposes.push(purpose);
            }
        }
    }
    purposes
}

/// What processing and its term rest on.
fn rests_on(purpose: &policy::Purpose) -> Vec<String> {
    let term = purpose.retention_term.iter();
    let statutory = term.flat_map(|term| &term.statutory_basis);
    purpose
        .legal_basis
        .iter()
        .chain(statutory)
        .cloned()
        .collect()
}

fn categories(done: &[&Replacement]) -> Vec<Category> {
    let mut all: std::collections::BTreeMap<&str, (u64, u64)> = std::collections::BTreeMap::new();
    for replacement in done {
        for (category, rows) in &replacement.rows_by_category {
            all.entry(category).or_default().0 += rows;
        }
        for gone in &replacement.gone {
            all.entry(&gone.category).or_default().1 += gone.cells;
        }
    }
    let counted = all.into_iter().filter(|(_, (_, cells))| *cells > 0);
    let category = |(id, (rows, cells)): (&str, _)| Category {
        id: id.to_owned(),
        rows,
        cells,
    };
    counted.map(category).collect()
}

fn table(done: &Replacement) -> Result<Table> {
    let kept = [
        done.destroyed,
        done.anonymised,
        done.blocked,
        done.held,
        done.undated,
    ];
    let column = |gone: &super::fates::Gone| Column {
        path: gone.path.clone(),
        category: Some(gone.category.clone()),
        done: match gone.how {
            How::WithRow => Done::DestroyedWithRows,
            How::Emptied => Done::Emptied,
            How::WithColumn => Done::Dropped,
        },
        cells: gone.cells,
    };
    Ok(Table {
        source: done.source.clone(),
        rows: Rows {
            before: done.rows,
            destroyed: done.destroyed,
            anonymized: done.anonymised,
            blocked: done.blocked,
            held: done.held,
            without_date: done.undated,
            kept: done.rows.saturating_sub(kept.iter().sum()),
        },
        sha256_before: fingerprint(&done.before)?,
        sha256_after: Some(fingerprint(&done.after)?),
        subjects: done.people,
        columns: done.gone.iter().map(column).collect(),
    })
}

/// Every table was read back before it got its name: what should be there was, cell by cell, and nothing of what went. A table where that
/// was otherwise was not replaced.
fn verification(done: &[&Replacement]) -> Verification {
    let attack = |id: &str, tried: u64| Attack {
        id: id.to_owned(),
        outcome: Outcome::Held,
        tried,
    };
    let gone = done.iter().map(|done| done.destroyed).sum();
    let left = done.iter().map(|done| done.rows - done.destroyed).sum();
    let mut attacks = vec![attack("rows-gone", gone), attack("rows-kept", left)];
    for attack in done.iter().flat_map(|done| &done.attacks) {
        match attacks.iter_mut().find(|known| known.id == attack.id) {
            Some(known) => {
                known.tried += attack.tried;
                known.outcome = known.outcome.min(attack.outcome);
            }
            None => attacks.push(attack.clone()),
        }
    }
    Verification {
        outcome: Outcome::Held,
        attacks,
    }
}

fn not_reached(plan: &PurgePlan, done: &[&Replacement]) -> Vec<Remainder> {
    let count = done.iter().map(|done| done.copies).sum();
    let mut all = vec![
        Remainder::Backups,
        Remainder::Replicas,
        Remainder::Snapshots,
    ];
    all.extend((count > 0).then_some(Remainder::OldCopies { count }));
    // Tables of one run have the same neighbours.
    let count = done.iter().map(|done| done.alike).max().unwrap_or_default();
    let is_partial = done.iter().any(|done| done.alike_is_partial);
    all.extend((count > 0 || is_partial).then_some(Remainder::OtherTables { count, is_partial }));
    let is_in_database = |done: &&&Replacement| {
        let mut tables = plan.tables.iter().filter(|table| table.is_in_database);
        tables.any(|table| table.source == done.source)
    };
    all.extend((done.iter().find(is_in_database)).map(|_| Remainder::DatabaseFiles));
    all.push(Remainder::StorageMedium);
    all
}

//! The whole line in one go: plan, apply, verify, publish, register. What does not hold under attack gets no final name.

mod attempt;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use crate::detect::Detectors;
use crate::error::{Error, Result};
use crate::findings::{Findings, State, TableFindings, Verdict};
use crate::journal::{Event, Journal};
use crate::method::Run;
use crate::plan::{Action, Aim, Plan, Role, TablePlan};
use crate::privacy::Recoded;
use crate::progress::Progress;
use crate::source::{OWN_FOLDER, Source};
use crate::verify::{
    self, Across, Models, Outcome, Scope, TableVerification, Utility, Verification,
};
use attempt::{Attempt, settle};

/// Format to write, where it is not that of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// As CSV.
    Csv,
    /// As Parquet.
    Parquet,
}

/// What became of a run.
#[derive(Debug)]
pub struct Outcomes {
    /// One entry a table of the plan.
    pub tables: Vec<TableOutcome>,
    /// What the attacks showed.
    pub verification: Verification,
    /// Hash of the journal's last line.
    pub journal_head: String,
    /// Files of earlier runs that are still there.
    pub left: Vec<PathBuf>,
}

/// What outputs are still good for: the file `utility.json`, schema `iesiz.utility/1`. It holds no cell value.
#[derive(Debug, Serialize)]
pub struct UtilityReport<'a> {
    schema: &'static str,
    tables: Vec<TableUtility<'a>>,
}

#[derive(Debug, Serialize)]
struct TableUtility<'a> {
    #[serde(flatten)]
    utility: &'a Utility,
    /// What the privacy model did.
    groups: Option<&'a Recoded>,
}

impl Outcomes {
    /// What the outputs are still good for.
    pub fn utility(&self) -> UtilityReport<'_> {
        let recoded = |table: &str| {
            let of_table = self.tables.iter().find(|outcome| outcome.table == table);
            of_table.and_then(|outcome| outcome.result.as_ref().ok()?.recoded.as_ref())
        };
        let utilities = self
            .verification
            .tables
            .iter()
            .filter_map(|t| t.utility.as_ref());
        UtilityReport {
            schema: verify::utility::SCHEMA,
            tables: utilities
                .map(|utility| TableUtility {
                    groups: recoded(&utility.table),
                    utility,
                })
                .collect(),
        }
    }
}

/// What became of one table.
#[derive(Debug)]
pub struct TableOutcome {
    /// The table.
    pub table: String,
    /// Where it was written, unless it was not.
    pub result: std::result::Result<Published, Error>,
    /// Whether an attack broke it; it was then not published.
    pub broken: bool,
}

/// A table under its final name.
#[derive(Debug)]
pub struct Published {
    /// The file.
    pub path: PathBuf,
    /// Rows.
    pub rows: u64,
    /// Non-null cells by what became of them.
    pub cells: BTreeMap<String, u64>,
    /// What the privacy model did.
    pub recoded: Option<Recoded>,
    /// Rows of blocked people, which were left out.
    pub blocked: u64,
}

/// An output folder that is ours to write to.
#[derive(Debug)]
pub struct OutputFolder {
    root: PathBuf,
    /// No other run writes while it is open.
    _lock: File,
}

impl OutputFolder {
    /// Tells whether a folder can be claimed, before long work: nothing is made there.
    ///
    /// # Errors
    /// When it holds other things, another run writes to it, or no folder can be there.
    pub fn check(root: &Path) -> Result<()> {
        let is_ours = root.join(OWN_FOLDER).join("journal.jsonl").exists();
        let is_empty = match fs::read_dir(root) {
            Ok(mut entries) => entries.all(|e| {
                e.is_ok_and(|e| {
                    e.file_name() == OWN_FOLDER
                        || e.file_name().to_string_lossy().starts_with(".iesiz-")
                })
            }),
            Err(e) if e.kind() == io::ErrorKind::NotFound => true,
            Err(e) => return Err(Error::write(root, e)),
        };
        if !is_ours && !is_empty {
            return Err(Error::OutputExists {
                path: root.to_owned(),
            });
        }
        let own = root.join(OWN_FOLDER);
        let nearest = own
            .ancestors()
            .find(|place| place.symlink_metadata().is_ok());
        if nearest.is_some_and(|place| !place.is_dir()) {
            return Err(Error::write(root, io::ErrorKind::NotADirectory.into()));
        }
        if own.is_dir() {
            lock(root, &own)?;
        }
        Ok(())
    }

    /// Takes a new or empty folder, or one that an earlier run wrote.
    ///
    /// # Errors
    /// When it holds other things, or another run writes to it.
    pub fn claim(root: &Path) -> Result<Self> {
        Self::check(root)?;
        let own = root.join(OWN_FOLDER);
        fs::create_dir_all(&own).map_err(|e| Error::write(root, e))?;
        Ok(Self {
            _lock: lock(root, &own)?,
            root: root.to_owned(),
        })
    }

    /// A file beside the tables.
    pub fn own(&self, name: &str) -> PathBuf {
        self.root.join(OWN_FOLDER).join(name)
    }

    fn table(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Files that none of these tables was written to.
    fn left(&self, tables: &[TableOutcome]) -> Vec<PathBuf> {
        let written: BTreeSet<&Path> = (tables.iter())
            .filter_map(|table| Some(table.result.as_ref().ok()?.path.as_path()))
            .collect();
        walkdir::WalkDir::new(&self.root)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(|entry| entry.file_name() != OWN_FOLDER)
            .flatten()
            .filter(|entry| entry.file_type().is_file() && !written.contains(entry.path()))
            .map(walkdir::DirEntry::into_path)
            .collect()
    }
}

/// Locks a folder until the file is closed; one that cannot be locked, as on some network file systems, is taken as it is.
fn lock(root: &Path, own: &Path) -> Result<File> {
    let folder = File::open(own).map_err(|e| Error::write(root, e))?;
    match folder.try_lock() {
        Err(TryLockError::WouldBlock) => Err(Error::OutputInUse {
            path: root.to_owned(),
        }),
        Ok(()) | Err(TryLockError::Error(_)) => Ok(folder),
    }
}

/// What a run works with.
pub struct Work<'a> {
    /// What was found; the attacks go by it.
    pub findings: &'a Findings,
    /// What will be done.
    pub plan: &'a Plan,
    /// Whether a person edited it.
    pub plan_edited: bool,
    /// The tables.
    pub sources: &'a [Box<dyn Source>],
    /// Format to write.
    pub to: Option<To>,
    /// The command, for the journal.
    pub command: &'a str,
    /// What the attacks look with.
    pub detectors: Arc<Detectors>,
}

/// Applies a plan, attacks what came out, publishes what held, and registers all of it.
///
/// # Errors
/// When nothing can be done at all; what befalls one table is in its [`TableOutcome`].
pub fn run(work: &Work<'_>, folder: &OutputFolder, progress: &dyn Progress) -> Result<Outcomes> {
    let targets = targets(work, folder)?;
    let mut journal = Journal::open(&folder.own("journal.jsonl"))?;
    journal.append(started(work)?)?;
    let engine = Run::new(work.detectors.clone())?;
    let mut outcomes = Outcomes {
        tables: Vec::new(),
        verification: Verification::new(),
        journal_head: String::new(),
        left: Vec::new(),
    };
    let across = across(work);
    let mut attempts = Vec::new();
    for (table, target) in work.plan.tables.iter().zip(&targets) {
        let attempt = Attempt::at(work, table, target, &engine, across.as_ref(), progress);
        if matches!(attempt.written, Err(Error::Interrupted)) {
            return Err(given_up(&mut journal, work, Error::Interrupted)?);
        }
        attempts.push(attempt);
    }
    if let Some(across) = across
        && let Err(error) = settle(&across, &mut attempts, &engine, progress)
    {
        return Err(given_up(&mut journal, work, error)?);
    }
    for attempt in attempts {
        let plan = attempt.plan;
        let (result, attacked) = attempt.end();
        let broken = attacked.as_ref().is_some_and(TableVerification::is_broken);
        outcomes.verification.tables.extend(attacked);
        journal.append(event(plan, &result, broken)?)?;
        outcomes.tables.push(TableOutcome {
            table: plan.output.clone(),
            result,
            broken,
        });
    }
    drop(engine);
    journal.append(finished(&outcomes, work))?;
    journal.head().clone_into(&mut outcomes.journal_head);
    outcomes.left = folder.left(&outcomes.tables);
    Ok(outcomes)
}

/// Exit status of a writing command: 2 when something could not be done, 1 when an attack broke something.
pub fn status(findings: &Findings, outcomes: &Outcomes) -> u8 {
    let failed = |table: &TableOutcome| {
        !table.broken && !matches!(table.result, Ok(_) | Err(Error::NothingLeft { .. }))
    };
    if findings.has_unread() || outcomes.tables.iter().any(failed) {
        2
    } else {
        u8::from(outcomes.tables.iter().any(|table| table.broken))
    }
}

/// Final names of all outputs, checked before anything is written.
fn targets(work: &Work<'_>, folder: &OutputFolder) -> Result<Vec<PathBuf>> {
    let inputs: Vec<PathBuf> = work
        .sources
        .iter()
        .filter_map(|s| s.holder().and_then(|p| p.canonicalize().ok()))
        .collect();
    let mut targets: Vec<PathBuf> = Vec::new();
    for table in &work.plan.tables {
        let target = folder.table(&output_name(&table.output, &table.format, work.to));
        if target
            .canonicalize()
            .is_ok_and(|path| inputs.contains(&path))
        {
            return Err(Error::OutputIsInput { path: target });
        }
        if targets.contains(&target) {
            return Err(Error::OutputClash { path: target });
        }
        targets.push(target);
    }
    Ok(targets)
}

/// The name with the ending of the format that is written; what is neither CSV nor Parquet keeps its own before it.
fn output_name(name: &str, format: &str, to: Option<To>) -> String {
    match to {
        None if !matches!(format, "csv" | "parquet") => format!("{name}.parquet"),
        Some(To::Csv) if !is_csv_name(name) => format!("{}.csv", stem(name)),
        Some(To::Parquet) if !name.to_lowercase().ends_with(".parquet") => {
            format!("{}.parquet", stem(name))
        }
        _ => name.to_owned(),
    }
}

/// A table's name without the ending of its format.
pub fn stem(name: &str) -> &str {
    const ENDINGS: &[&str] = &[
        ".csv.gz", ".csv.zst", ".tsv.gz", ".tsv.zst", ".csv", ".tsv", ".tab", ".psv", ".parquet",
        ".pq", ".txt",
    ];
    let lower = name.to_lowercase();
    ENDINGS
        .iter()
        .find(|ending| lower.ends_with(*ending))
        .and_then(|ending| name.get(..name.len() - ending.len()))
        .unwrap_or(name)
}

fn is_csv_name(name: &str) -> bool {
    let lower = name.to_lowercase();
    [".csv", ".tsv", ".csv.gz", ".csv.zst"]
        .iter()
        .any(|ending| lower.ends_with(ending))
}

/// What the attacks share that look at all tables together.
pub(crate) fn across(work: &Work<'_>) -> Option<Across> {
    let found = work
        .plan
        .tables
        .iter()
        .filter_map(|plan| find(work, plan).ok());
    Across::of(found.map(|(source, _)| source))
}

/// Registers that nothing was written, and gives back why.
fn given_up(journal: &mut Journal, work: &Work<'_>, error: Error) -> Result<Error> {
    for table in &work.plan.tables {
        journal.append(Event::Skipped {
            source: table.source.clone(),
            code: error.code().to_string(),
        })?;
    }
    journal.append(Event::Finished {
        status: 2,
        verification: BTreeMap::new(),
        key_wiped: true,
    })?;
    Ok(error)
}

fn find<'a>(work: &'a Work<'_>, plan: &TablePlan) -> Result<(&'a dyn Source, &'a TableFindings)> {
    let stale = || Error::StalePlan {
        place: plan.source.clone(),
        what: "the table is not there any more",
    };
    let source = work
        .sources
        .iter()
        .find(|s| s.id().0 == plan.output)
        .ok_or_else(stale)?;
    let findings = work
        .findings
        .tables
        .iter()
        .find(|t| t.source == plan.output && t.state == State::Read)
        .ok_or_else(stale)?;
    if !plan.is_of_one_table() {
        plan.fits(findings)?;
    }
    Ok((source.as_ref(), findings))
}

/// Columns that stay as they are; of these a clean-up may keep what the list approves, an export nothing personal.
pub(crate) fn scope(plan: &TablePlan, aim: Aim) -> Scope {
    let kept = || plan.columns.iter().filter(|c| c.action == Action::Keep);
    let approved = kept().filter(|c| aim == Aim::Cleanup && c.verdict == Verdict::Approved);
    let with_role = |role| plan.with_role(role).map(|c| c.path.clone()).collect();
    Scope {
        allowed: approved.map(|c| c.path.clone()).collect(),
        carried: kept().map(|c| c.path.clone()).collect(),
        models: Models {
            quasi: with_role(Role::QuasiIdentifier),
            sensitive: with_role(Role::Sensitive),
            asked: plan.privacy,
            are_guessed: false,
            are_named: false,
        },
    }
}

/// What the journal says when a run begins.
pub(crate) fn started(work: &Work<'_>) -> Result<Event> {
    let head = &work.plan.head;
    Ok(Event::Started {
        command: work.command.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        patterns: head.patterns.clone(),
        policy: head.policy.clone(),
        operator: head.operator.clone(),
        purpose: head.purpose.clone(),
        plan: work.plan.hash()?,
        plan_edited: work.plan_edited,
    })
}

fn event(table: &TablePlan, result: &Result<Published>, broken: bool) -> Result<Event> {
    let source = table.source.clone();
    Ok(match result {
        Ok(published) => Event::Table {
            source,
            fingerprint: table.fingerprint.clone(),
            output: table.output.clone(),
            output_sha256: crate::journal::file_hash(&published.path)?,
            rows: published.rows,
            cells: published.cells.clone(),
            blocked: published.blocked,
        },
        Err(error) => Event::Skipped {
            source,
            code: if broken {
                "broken".to_owned()
            } else {
                error.code().to_string()
            },
        },
    })
}

/// The worst outcome of every attack over all tables.
pub(crate) fn by_attack(verification: &Verification) -> BTreeMap<String, String> {
    let mut worst: BTreeMap<String, String> = BTreeMap::new();
    for attack in verification.tables.iter().flat_map(|table| &table.attacks) {
        let entry = worst
            .entry(attack.attack.to_owned())
            .or_insert_with(|| Outcome::NotApplicable.word().to_owned());
        if attack.outcome == Outcome::Broken
            || (attack.outcome == Outcome::Held && entry == Outcome::NotApplicable.word())
        {
            attack.outcome.word().clone_into(entry);
        }
    }
    worst
}

fn finished(outcomes: &Outcomes, work: &Work<'_>) -> Event {
    Event::Finished {
        status: status(work.findings, outcomes),
        verification: by_attack(&outcomes.verification),
        key_wiped: true,
    }
}

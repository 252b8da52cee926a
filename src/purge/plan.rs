//! What a purge would do: counted, hashed, kept to be confirmed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::alike::Neighbors;
use super::bare::Bare;
use super::copies;
use super::fates::Gone;
use super::manifest::Noted;
use super::rewrite::count;
use super::rules::Rules;
use super::selection::{Kind, Selection};
use crate::act::record::Ground;
use crate::error::{Code, Error, Result};
use crate::findings::{Findings, State, TableFindings};
use crate::policy::{Dataset, Policy};
use crate::progress::Progress;
use crate::source::database::{DbTable, Kind as TableKind, in_database};
use crate::source::{Source, identity};

/// The schema's name and version.
pub const SCHEMA: &str = "iesiz.purge-plan/1";

/// What a purge would do. It holds no cell value.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PurgePlan {
    /// Name and version of this shape.
    pub schema: String,
    /// SHA-256 of all that follows.
    #[serde(default)]
    pub hash: String,
    /// Version of the program.
    pub version: String,
    /// Fingerprint of the patterns.
    pub patterns: String,
    /// Fingerprint of the policy.
    pub policy: String,
    /// The operator.
    pub operator: String,
    /// What it was made for.
    #[serde(default)]
    pub kind: Kind,
    /// How many identifiers were given, where it is about some people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifiers: Option<u64>,
    /// How many entries the manifest has, where it is about what one tells of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entries: Option<u64>,
    /// The day on which terms are looked at.
    pub as_of: Date,
    /// Why data is destroyed.
    pub ground: Ground,
    /// Tables that belong to a dataset.
    pub tables: Vec<TablePurge>,
    /// Tables of which nothing can be said.
    pub untouched: Vec<Untouched>,
}

/// What a purge would do to one table.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TablePurge {
    /// Its name for people.
    pub source: String,
    /// The file; of a table in a database, its address.
    pub path: PathBuf,
    /// Whether it is a table of a database.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_in_database: bool,
    /// The dataset that it belongs to.
    pub dataset: String,
    /// SHA-256 of the file; of a table in a database, that of its place, columns and key: its rows come and go.
    pub before: String,
    /// Rows.
    pub rows: u64,
    /// Rows that go.
    pub destroyed: u64,
    /// Rows that lose all that is personal.
    pub anonymised: u64,
    /// Rows of blocked people, which nothing happens to.
    pub blocked: u64,
    /// Rows under a legal hold, which nothing happens to.
    pub held: u64,
    /// Rows that lack the date of an event: purposes that wait for it never run out.
    pub undated: u64,
    /// Rows with a date that cannot be read.
    pub unreadable: u64,
    /// The first of these two kinds, counted from 0 without the header; reports count from 1.
    pub listed: Vec<u64>,
    /// Cells of personal data that go, by column and way.
    pub gone: Vec<Gone>,
    /// Columns that no purpose of the dataset approves.
    pub dropped: Vec<String>,
    /// Columns of personal data that stay though somebody should look at them.
    pub to_review: Vec<String>,
    /// Their categories, by column.
    pub categories: BTreeMap<String, String>,
    /// Files beside it that look like copies of it.
    pub copies: Vec<PathBuf>,
    /// Tables near it with the same subject columns and most of the others, that were not part of the run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alike: Vec<PathBuf>,
    /// There were so many files near it that not all were looked at.
    #[serde(default)]
    pub alike_is_partial: bool,
    /// Other names of the same file, which go on holding what was in it.
    pub hard_links: u64,
    /// Stretches of rows that nothing happens to: the first, and how many. In a database, only rows count to which something would
    /// happen otherwise.
    pub kept: Vec<(u64, u64)>,
    /// Stretches of rows that the plan is about, where it is not about all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub selected: Vec<(u64, u64)>,
    /// Rows that were to go and stay: a law wants some of their data kept.
    #[serde(default)]
    pub refused: u64,
    /// The purposes that they stay for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub required: Vec<Required>,
    /// Tells what was decided for every row.
    pub fates: String,
}

/// A purpose that a law wants data kept for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Required {
    /// Its id.
    pub purpose: String,
    /// Rows that it needs.
    pub rows: u64,
    /// The term, in words.
    pub term: String,
    /// The acts and clauses that set it, as the policy cites them.
    pub basis: Vec<String>,
}

/// A table of which nothing can be said.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Untouched {
    /// The table.
    pub source: String,
    /// Why, as a stable word.
    pub code: String,
    /// Why, in words.
    pub message: String,
}

impl TablePurge {
    /// Finds tables near it that hold the same people.
    fn look_around(&mut self, source: &dyn Source, policy: &Policy, neighbors: &mut Neighbors) {
        if self.is_in_database {
            return;
        }
        let mut datasets = policy.datasets().iter();
        let dataset = datasets.find(|dataset| dataset.id == self.dataset);
        let schema = source.info().schema.into_iter();
        let columns: Vec<String> = schema.map(|(name, _)| name).collect();
        let subject = dataset.map_or(&[][..], |dataset| &dataset.subject);
        let alike = neighbors.alike(&self.path, &columns, subject);
        self.alike = alike.tables;
        self.alike.retain(|path| !self.copies.contains(path));
        self.alike_is_partial = alike.is_partial;
    }

    /// Tells whether anything goes.
    pub fn changes(&self) -> bool {
        self.destroyed > 0
            || (self.anonymised > 0 && !self.is_in_database)
            || !self.gone.is_empty()
            || !self.dropped.is_empty()
    }

    /// Tells whether somebody has to look at it.
    pub fn needs_a_look(&self) -> bool {
        self.unreadable > 0 || !self.to_review.is_empty()
    }

    /// Rows that the plan is about, where it is not about all.
    pub fn selected_rows(&self) -> u64 {
        self.selected.iter().map(|(_, rows)| rows).sum()
    }

    /// Tells whether something that was to go stays.
    pub fn leaves_some(&self) -> bool {
        self.refused + self.blocked + self.held > 0
    }
}

impl PurgePlan {
    /// SHA-256 of everything but the hash itself.
    ///
    /// # Errors
    /// Never in practice.
    pub fn computed_hash(&self) -> Result<String> {
        let bare = Self {
            hash: String::new(),
            ..self.clone()
        };
        let text = serde_json::to_vec(&bare).map_err(|_| Error::Internal {
            place: "purge plan".to_owned(),
        })?;
        Ok(data_encoding::HEXLOWER.encode(&Sha256::digest(text)))
    }

    /// Exit status of a command that only looks: 2 when something cannot be done, 1 when somebody has to look at something.
    pub fn status(&self) -> u8 {
        if self.untouched.is_empty() {
            let is_open = |table: &TablePurge| {
                table.needs_a_look() || (self.kind != Kind::Purge && table.leaves_some())
            };
            u8::from(self.tables.iter().any(is_open))
        } else {
            2
        }
    }
}

/// What a plan is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The rows that it is about.
    pub selection: Selection,
    /// The day on which terms are looked at.
    pub as_of: Date,
    /// Why data is destroyed.
    pub ground: Ground,
    /// Nothing will be done: tables of any kind are looked at.
    pub is_look: bool,
}

/// Counts what would go on a day.
///
/// # Errors
/// When interrupted; what befalls one table is told in the plan.
pub fn plan(
    sources: &[Box<dyn Source>],
    findings: &Findings,
    policy: &Policy,
    asked: &Asked,
    progress: &dyn Progress,
) -> Result<PurgePlan> {
    let people = asked.selection.people();
    let mut plan = PurgePlan {
        schema: SCHEMA.to_owned(),
        hash: String::new(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        patterns: crate::pattern::fingerprint(),
        policy: policy.fingerprint.clone(),
        operator: policy.operator.clone(),
        kind: asked.selection.kind(),
        identifiers: people.map(|people| people.len() as u64),
        entries: asked.selection.noted().map(Noted::entries),
        as_of: asked.as_of,
        ground: asked.ground,
        tables: Vec::new(),
        untouched: Vec::new(),
    };
    let own = sources.iter().filter_map(|source| source.path());
    let mut neighbors = Neighbors::of(own);
    for table in &findings.tables {
        let source = sources.iter().find(|source| source.id().0 == table.source);
        let purge = match source {
            Some(source) => of_table(source.as_ref(), table, policy, asked, progress),
            None => Err(unread(table)),
        };
        match purge {
            Ok(mut purge) => {
                if let Some(source) = source {
                    purge.look_around(source.as_ref(), policy, &mut neighbors);
                }
                plan.tables.push(purge);
            }
            Err(Error::Interrupted) => return Err(Error::Interrupted),
            Err(error) => plan.untouched.push(Untouched {
                source: table.source.clone(),
                code: error.code().to_string(),
                message: error.chain(),
            }),
        }
    }
    without_planned_names(&mut plan.tables);
    let noted = asked.selection.noted();
    plan.untouched.extend(
        noted
            .into_iter()
            .flat_map(|noted| unknown_datasets(noted, policy)),
    );
    plan.hash = plan.computed_hash()?;
    Ok(plan)
}

/// Datasets of a manifest that the policy has no more: nobody can tell which tables were theirs.
fn unknown_datasets(noted: &Noted, policy: &Policy) -> Vec<Untouched> {
    let is_known = |id: &str| policy.datasets().iter().any(|dataset| dataset.id == id);
    let unknown = noted.datasets().into_iter().filter(|id| !is_known(id));
    let told = unknown.map(|id| {
        let error = Error::Invalid {
            place: noted.path().display().to_string(),
            report: format!("it tells of dataset {id:?}, which the policy does not have"),
        };
        Untouched {
            source: noted.path().display().to_string(),
            code: error.code().to_string(),
            message: error.chain(),
        }
    });
    told.collect()
}

/// Other names of a file keep nothing where the plan is about them, too.
fn without_planned_names(tables: &mut [TablePurge]) {
    let known: Vec<_> = tables
        .iter()
        .map(|table| identity(&table.path).filter(|_| table.changes()))
        .collect();
    for (table, own) in tables.iter_mut().zip(&known) {
        let same = known.iter().filter(|other| own.is_some() && *other == own);
        let planned = same.count().saturating_sub(1) as u64;
        table.hard_links = table.hard_links.saturating_sub(planned);
    }
}

/// The rules of a table and the dataset that they come from.
pub(super) fn rules_of<'a>(
    source: &dyn Source,
    findings: &TableFindings,
    policy: &'a Policy,
    as_of: Date,
    selection: &Selection,
) -> Result<(Rules, &'a Dataset)> {
    if findings.state == State::Unread {
        return Err(unread(findings));
    }
    let place = || findings.source.clone();
    let dataset = policy.dataset_of(&source.known_as())?;
    let dataset = dataset.ok_or_else(|| Error::NoDataset { place: place() })?;
    let names = names(source, findings);
    let mut rules = Rules::new(policy, dataset, findings, &names, as_of, selection)?;
    if let Some(table) = source.described() {
        rules.fit_database(table);
    }
    Ok((rules, dataset))
}

/// All columns, those too that only some records have.
fn names(source: &dyn Source, findings: &TableFindings) -> Vec<String> {
    let mut names: Vec<String> = source
        .info()
        .schema
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    let extra = findings.columns.iter().map(|column| &column.path);
    let extra: Vec<String> = extra
        .filter(|path| path.starts_with(crate::source::csv::OVERFLOW))
        .cloned()
        .collect();
    names.extend(extra);
    names
}

/// Formats of files that are never rewritten in place.
const ONLY_READ: &[&str] = &[
    "jsonl", "json", "dbf", "xlsx", "xlsb", "xls", "ods", "arrow",
];

fn of_table(
    source: &dyn Source,
    findings: &TableFindings,
    policy: &Policy,
    asked: &Asked,
    progress: &dyn Progress,
) -> Result<TablePurge> {
    let (rules, dataset) = rules_of(source, findings, policy, asked.as_of, &asked.selection)?;
    let place = if asked.is_look {
        Place::default()
    } else {
        Place::of(source)?
    };
    let bare = Bare::of(source);
    let rows = bare.as_ref().map_or(source, |bare| bare as &dyn Source);
    let counts = count(rows, &rules, progress)?;
    // Where no row of the people stays, there is nothing left to look at.
    let is_left = asked.selection.people().is_none() || counts.refused > 0;
    let to_review = rules.to_review().into_iter().filter(|_| is_left);
    let categories = rules
        .columns
        .iter()
        .filter_map(|c| Some((c.path.clone(), c.category.clone()?)));
    Ok(TablePurge {
        source: source.id().to_string(),
        dataset: dataset.id.clone(),
        before: place.before,
        rows: counts.rows,
        destroyed: counts.destroyed,
        anonymised: counts.anonymised,
        blocked: counts.blocked,
        held: counts.held,
        undated: counts.undated,
        unreadable: counts.unreadable,
        fates: counts.digest(),
        listed: counts.listed,
        gone: counts.went.gone(),
        dropped: rules.dropped().map(str::to_owned).collect(),
        to_review: to_review.collect(),
        categories: categories.collect(),
        copies: place.copies,
        alike: Vec::new(),
        alike_is_partial: false,
        hard_links: place.hard_links,
        kept: counts.kept,
        selected: counts.selected,
        refused: counts.refused,
        required: required(policy, dataset, &counts.required),
        path: place.path,
        is_in_database: bare.is_some(),
    })
}

fn required(policy: &Policy, dataset: &Dataset, rows: &BTreeMap<usize, u64>) -> Vec<Required> {
    let told = rows.iter().map(|(&number, &rows)| {
        let purpose = dataset.purposes[number].clone();
        let stated = policy.purposes.iter().find(|known| known.id == purpose);
        let stated = stated.and_then(|known| known.retention_term.as_ref());
        let term = policy.term(dataset, &purpose);
        Required {
            rows,
            term: term.map_or_else(|undecided| undecided.why.to_string(), |term| term.words()),
            basis: stated.map_or_else(Vec::new, |stated| stated.statutory_basis.clone()),
            purpose,
        }
    });
    told.collect()
}

/// Where a table is.
#[derive(Default)]
struct Place {
    path: PathBuf,
    before: String,
    copies: Vec<PathBuf>,
    hard_links: u64,
}

impl Place {
    fn of(source: &dyn Source) -> Result<Self> {
        match source.described() {
            Some(table) => Self::in_database(source, table),
            None if ONLY_READ.contains(&source.info().format) => Err(Error::NotRewritten {
                place: source.id().to_string(),
                format: source.info().format,
            }),
            None => Self::file(source),
        }
    }

    /// The file itself, not a link to it.
    fn file(source: &dyn Source) -> Result<Self> {
        let path = source.path().ok_or_else(|| Error::NoDataset {
            place: source.id().to_string(),
        })?;
        let path = path.canonicalize().map_err(|e| Error::read(path, e))?;
        Ok(Self {
            before: crate::journal::file_hash(&path)?,
            copies: copies::beside(&path),
            hard_links: other_names(&path),
            path,
        })
    }

    fn in_database(source: &dyn Source, table: &DbTable) -> Result<Self> {
        let not_there = || Error::NotInPlace {
            place: source.id().to_string(),
        };
        let address = source.address().ok_or_else(not_there)?;
        in_database(&address)?;
        let holds_rows = matches!(
            table.kind,
            TableKind::Table | TableKind::Partitioned | TableKind::Versioned
        );
        if !holds_rows {
            return Err(not_there());
        }
        Ok(Self {
            before: table.shape(&address),
            copies: Vec::new(),
            hard_links: 0,
            path: address.into(),
        })
    }
}

#[cfg(unix)]
fn other_names(path: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt as _;
    path.metadata()
        .map_or(0, |known| known.nlink().saturating_sub(1))
}

#[cfg(not(unix))]
fn other_names(_path: &Path) -> u64 {
    0
}

fn unread(table: &TableFindings) -> Error {
    let code = table
        .problems
        .first()
        .map_or(Code("read"), |problem| problem.code);
    Error::Unread {
        place: table.source.clone(),
        code,
    }
}

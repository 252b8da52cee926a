//! What will be done to every column: decided by the verdicts, written for a person to read and edit.

mod decide;
mod joins;

use std::collections::BTreeSet;
use std::path::Path;

use polars::prelude::DataType;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::findings::{Findings, Reason, State, TableFindings, Verdict};
use crate::method::{self, Settings};
use crate::privacy::{Asked, Privacy};
use crate::source::{Blocked, Source};
pub use decide::default_method;
pub(crate) use joins::narrow;

/// The schema's name and version.
pub const SCHEMA: &str = "iesiz.plan/1";

/// Decisions about all columns of all tables.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Name and version of this shape.
    pub schema: String,
    /// What it was made for and of.
    pub head: Head,
    /// One entry a table.
    #[serde(rename = "table", default)]
    pub tables: Vec<TablePlan>,
}

/// What a plan was made for and of.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Version of the program.
    pub tool: String,
    /// Fingerprint of the patterns.
    pub patterns: String,
    /// Fingerprint of the policy.
    pub policy: Option<String>,
    /// Operator of the policy.
    pub operator: Option<String>,
    /// Purpose of the run.
    pub purpose: Option<String>,
    /// Whether the result leaves the operator or stays.
    #[serde(rename = "for")]
    pub aim: Aim,
    /// SHA-256 of the decisions as they were proposed; differs once a person has edited them.
    pub hash: String,
}

/// Whether the result leaves the operator or stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Aim {
    /// Dissemination: approved data is anonymised too.
    Export,
    /// Cleaning what stays: approved data is kept.
    Cleanup,
}

/// Decisions about one table.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TablePlan {
    /// Where it is read from.
    pub source: String,
    /// Name of the output below the output folder.
    pub output: String,
    /// `csv` or `parquet`.
    pub format: String,
    /// Text encoding of a CSV file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// Delimiter of a CSV file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<String>,
    /// Whether the first record names the columns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<bool>,
    /// Rows that were scanned.
    pub rows: u64,
    /// Of schema, size and both ends of the file; left out by hand, the plan is for any table with these columns.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub fingerprint: String,
    /// What becomes of columns that the plan does not name.
    #[serde(default)]
    pub unknown_columns: Unknown,
    /// What groups of rows must have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub privacy: Option<Privacy>,
    /// People whose rows are left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked: Option<Blocked>,
    /// One entry a column.
    #[serde(rename = "column", default)]
    pub columns: Vec<ColumnPlan>,
}

/// What becomes of a plan that a person worked on where another is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edited {
    /// It stays, and nothing is written.
    Keep,
    /// It goes.
    Replace,
}

/// What becomes of columns that a plan does not name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unknown {
    /// Nothing is written.
    #[default]
    Stop,
    /// They are left out.
    Drop,
}

/// What a column is to the privacy model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Others may know it: rows are made alike in it.
    QuasiIdentifier,
    /// Nobody is to learn it: groups must differ in it.
    Sensitive,
}

/// The decision about one column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnPlan {
    /// Path of the column.
    pub path: String,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// What else is in its cells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// How the policy judges it.
    pub verdict: Verdict,
    /// Why.
    pub reason: Reason,
    /// What will be done.
    pub action: Action,
    /// How, when it is rewritten.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// What it is to the privacy model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// What the method is told besides.
    #[serde(default, skip_serializing_if = "Settings::is_empty")]
    pub settings: Settings,
}

impl ColumnPlan {
    /// What is wrong with the method's settings, or with the method for such a column.
    fn complaint(&self, table: &TablePlan) -> Option<String> {
        let Some(method) = self.method.as_deref().and_then(method::named) else {
            let is_set = self.method.is_none() && !self.settings.is_empty();
            return is_set.then(|| "only a method has settings".to_owned());
        };
        if let Err(wrong) = method.check(&self.settings) {
            return Some(format!("{}: {wrong}", method.id()));
        }
        if !method.suits(self.category.as_deref()) {
            let category = self.category.as_deref().unwrap_or("no category");
            return Some(format!("{} does not suit {category}", method.id()));
        }
        let subject = self.settings.subject.as_ref()?;
        let is_known = table.columns.iter().any(|column| column.path == *subject);
        (!is_known).then(|| format!("`subject` names no column of the table: {subject:?}"))
    }
}

/// What will be done to a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Nothing.
    Keep,
    /// Its cells are rewritten by a method.
    Rewrite,
    /// It goes.
    Drop,
}

/// Decides about every table that was read; `sources` gives each its file and fingerprint, `asked` is what groups of rows
/// must have in an export.
///
/// # Errors
/// When a source cannot be read any more.
pub fn plan(
    findings: &Findings,
    sources: &[Box<dyn Source>],
    aim: Aim,
    asked: Option<&Asked>,
) -> Result<Plan> {
    let is_named = |asked: &Asked| !asked.quasi.is_empty() || !asked.sensitive.is_empty();
    if aim == Aim::Cleanup && asked.is_some_and(is_named) {
        return Err(Error::Invalid {
            place: "--for cleanup".to_owned(),
            report: "groups are made in exports only: leave --quasi and --sensitive out".to_owned(),
        });
    }
    let asked = asked.filter(|_| aim == Aim::Export);
    known_paths(sources, asked)?;
    let mut tables = Vec::new();
    for table in findings
        .tables
        .iter()
        .filter(|table| table.state == State::Read)
    {
        let Some(source) = sources.iter().find(|source| source.id().0 == table.source) else {
            continue;
        };
        tables.push(plan_table(table, source.as_ref(), aim, asked)?);
    }
    joins::keep(&mut tables, sources);
    let policy = findings.policy.as_ref();
    let mut plan = Plan {
        schema: SCHEMA.to_owned(),
        head: Head {
            tool: findings.tool.version.to_owned(),
            patterns: findings.tool.patterns.clone(),
            policy: policy.map(|p| p.fingerprint.clone()),
            operator: policy.map(|p| p.operator.clone()),
            purpose: policy.and_then(|p| p.purpose.clone()),
            aim,
            hash: String::new(),
        },
        tables,
    };
    plan.head.hash = plan.hash()?;
    Ok(plan)
}

fn plan_table(
    table: &TableFindings,
    source: &dyn Source,
    aim: Aim,
    asked: Option<&Asked>,
) -> Result<TablePlan> {
    let flat = flat_columns(source);
    let mut columns: Vec<ColumnPlan> = (table.columns.iter())
        .map(|column| {
            let place = decide::Place {
                aim,
                asked,
                is_flat: flat.contains(&column.path),
            };
            decide::decide(column, place)
        })
        .collect();
    let has_quasi = columns
        .iter()
        .any(|c| c.role == Some(Role::QuasiIdentifier));
    if !has_quasi {
        columns.iter_mut().for_each(decide::without_role);
    }
    Ok(TablePlan {
        source: source.address().unwrap_or_else(|| "-".to_owned()),
        output: table.source.clone(),
        format: table.format.clone(),
        encoding: table.encoding.clone(),
        delimiter: table.delimiter.clone(),
        header: table.header,
        rows: table.rows_read,
        fingerprint: if source.is_live() {
            String::new()
        } else {
            fingerprint(source)?
        },
        unknown_columns: Unknown::Stop,
        privacy: asked.map(|asked| asked.privacy).filter(|_| has_quasi),
        blocked: source.blocked().cloned(),
        columns,
    })
}

/// Fails when a column that groups are to be made of is in no table, or has not one plain cell a row.
fn known_paths(sources: &[Box<dyn Source>], asked: Option<&Asked>) -> Result<()> {
    let flat: BTreeSet<String> = (sources.iter())
        .flat_map(|s| flat_columns(s.as_ref()))
        .collect();
    let named = asked
        .iter()
        .flat_map(|asked| asked.quasi.iter().chain(&asked.sensitive));
    match { named }.find(|path| !flat.contains(*path)) {
        None => Ok(()),
        Some(path) => Err(Error::Invalid {
            place: "--quasi or --sensitive".to_owned(),
            report: format!("no table has a column {path:?} with one value a row"),
        }),
    }
}

/// Columns with one plain cell a row.
pub(crate) fn flat_columns(source: &dyn Source) -> BTreeSet<String> {
    let schema = source.info().schema.into_iter();
    let flat = schema.filter(|(_, dtype)| !dtype.is_nested() && *dtype != DataType::Binary);
    flat.map(|(path, _)| path).collect()
}

/// Fingerprint of a table's file and schema.
///
/// # Errors
/// When it cannot be read.
pub fn fingerprint(source: &dyn Source) -> Result<String> {
    let mut hash = Sha256::new();
    hash.update(source.fingerprint()?);
    for (path, dtype) in source.info().schema {
        hash.update(format!("{path}\0{dtype:?}\0"));
    }
    Ok(format!(
        "sha256:{}",
        data_encoding::HEXLOWER.encode(&hash.finalize())
    ))
}

impl Plan {
    /// SHA-256 of everything but the hash itself.
    ///
    /// # Errors
    /// Never in practice: a plan has a TOML form.
    pub fn hash(&self) -> Result<String> {
        let mut bare = self.clone();
        bare.head.hash = String::new();
        Ok(format!(
            "sha256:{}",
            data_encoding::HEXLOWER.encode(&Sha256::digest(bare.text()?.as_bytes()))
        ))
    }

    /// The file as a person reads it.
    ///
    /// # Errors
    /// Never in practice: a plan has a TOML form.
    pub fn text(&self) -> Result<String> {
        let body = toml::to_string(self).map_err(|_| Error::Internal {
            place: "plan".to_owned(),
        })?;
        Ok(format!(
            "# What iesiz will do. `action` is keep, rewrite or drop; `method` is one of: {}.\n{body}",
            method_ids()
        ))
    }

    /// Reads a plan that may have been edited.
    ///
    /// # Errors
    /// With every mistake in it.
    pub fn load(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|e| Error::read(path, e))?;
        let place = path.display().to_string();
        let invalid = |report: String| Error::Invalid {
            place: place.clone(),
            report,
        };
        let plan: Self =
            toml::from_str(&text).map_err(|e| invalid(Error::toml_mistake(&text, &e)))?;
        let complaints = plan.complaints();
        if complaints.is_empty() {
            Ok(plan)
        } else {
            Err(invalid(complaints.join("\n")))
        }
    }

    /// Fails where a plan must not be written: over anything that is no plan, and over one that a person worked on.
    ///
    /// # Errors
    /// [`Error::FileExists`] and [`Error::PlanEdited`].
    pub fn may_replace(path: &Path, edited: Edited) -> Result<()> {
        // What is no file, such as a pipe, is written to and not replaced.
        if std::fs::metadata(path).is_ok_and(|known| !known.is_file() && !known.is_dir()) {
            return Ok(());
        }
        if path.symlink_metadata().is_err() {
            return Ok(());
        }
        let path = || path.to_owned();
        let text = std::fs::read_to_string(path());
        let text = text.map_err(|_| Error::FileExists { path: path() })?;
        let written: Option<toml::Table> = toml::from_str(&text).ok();
        let schema = written
            .as_ref()
            .and_then(|plan| plan.get("schema")?.as_str());
        let family = SCHEMA.rsplit_once('/').map_or(SCHEMA, |(name, _)| name);
        if schema.and_then(|schema| schema.split('/').next()) != Some(family) {
            return Err(Error::FileExists { path: path() });
        }
        if edited == Edited::Replace || is_as_made(&text) {
            return Ok(());
        }
        Err(Error::PlanEdited { path: path() })
    }

    fn complaints(&self) -> Vec<String> {
        let mut found = Vec::new();
        if self.schema != SCHEMA {
            found.push(format!(
                "this version reads {SCHEMA}, not {:?}",
                self.schema
            ));
        }
        for table in &self.tables {
            found.extend(table.complaints());
        }
        found
    }
}

/// Tells whether nobody touched a plan: its hash fits, and it has no comment but that of its first line.
fn is_as_made(text: &str) -> bool {
    let has_comments = text
        .lines()
        .skip(1)
        .any(|line| line.trim().starts_with('#'));
    let plan: Option<Plan> = toml::from_str(text).ok();
    let has_its_hash = |plan: Plan| plan.hash().is_ok_and(|hash| hash == plan.head.hash);
    !has_comments && plan.is_some_and(has_its_hash)
}

impl TablePlan {
    /// Tells whether it is for the very table that it was made of.
    pub fn is_of_one_table(&self) -> bool {
        !self.fingerprint.is_empty()
    }

    /// Fails when a column that is to stay holds something else in this table than in the one that the plan was made of.
    ///
    /// # Errors
    /// [`Error::StalePlan`].
    pub fn fits(&self, findings: &TableFindings) -> Result<()> {
        let stays = |column: &&ColumnPlan| {
            column.action == Action::Keep || column.settings.level == Some(0)
        };
        let is_other = |column: &ColumnPlan| {
            let found = findings
                .columns
                .iter()
                .find(|found| found.path == column.path);
            found.is_some_and(|found| {
                found.verdict != Verdict::Clean && found.category != column.category
            })
        };
        if (self.columns.iter().filter(stays)).any(is_other) {
            return Err(Error::StalePlan {
                place: self.source.clone(),
                what: "a column that is to stay holds other personal data than when the plan was made",
            });
        }
        Ok(())
    }

    /// Columns with a role, in the table's order.
    pub fn with_role(&self, role: Role) -> impl Iterator<Item = &ColumnPlan> {
        let stays = |column: &&ColumnPlan| column.action != Action::Drop;
        (self.columns.iter()).filter(move |column| column.role == Some(role) && stays(column))
    }

    fn complaints(&self) -> Vec<String> {
        let place = &self.source;
        let privacy = self.privacy.iter().flat_map(Privacy::complaints);
        let mut found: Vec<String> = privacy.map(|what| format!("{place}: {what}")).collect();
        if self.privacy.is_some() && self.with_role(Role::QuasiIdentifier).next().is_none() {
            found.push(format!(
                "{place}: a privacy model needs a column with the role `quasi-identifier`"
            ));
        }
        for column in &self.columns {
            let of_column = column.complaints(self).into_iter();
            found
                .extend(of_column.map(|what| format!("{place}, column {:?}: {what}", column.path)));
        }
        let is_plain = |part| matches!(part, std::path::Component::Normal(_));
        if !Path::new(&self.output).components().all(is_plain) {
            found.push(format!(
                "{place}: the output must be a plain name below the output folder"
            ));
        }
        found
    }
}

impl ColumnPlan {
    fn complaints(&self, table: &TablePlan) -> Vec<String> {
        let mut found: Vec<String> = self.complaint(table).into_iter().collect();
        let is_forbidden = matches!(
            self.verdict,
            Verdict::Prohibited | Verdict::Excess | Verdict::Unread
        );
        if is_forbidden && self.action == Action::Keep {
            found.push("what is prohibited, excess or unread is not kept; approve it in the policy and plan anew, or set its verdict to clean where the finding is wrong".to_owned());
        }
        if self
            .method
            .as_deref()
            .is_some_and(|id| method::named(id).is_none())
        {
            found.push(format!(
                "there is no such method; there are: {}",
                method_ids()
            ));
        }
        if (self.action == Action::Rewrite) != self.method.is_some() {
            found.push("`rewrite` needs a method, and only `rewrite` has one".to_owned());
        }
        found.extend(
            self.complaints_of_role(table)
                .into_iter()
                .map(str::to_owned),
        );
        found
    }

    fn complaints_of_role(&self, table: &TablePlan) -> Vec<&'static str> {
        let mut found = Vec::new();
        let is_whole = self.settings.level == Some(0);
        if self.role.is_some() && table.privacy.is_none() {
            found.push("a role needs a `[table.privacy]`");
        }
        if is_whole && self.role.is_none() {
            found.push("`level = 0` leaves values as they are: only for columns with a role");
        }
        let is_listed = self.verdict == Verdict::Approved
            || self.verdict == Verdict::Clean
            || self.reason == Reason::NoPolicy;
        if is_whole && !is_listed {
            found.push(
                "`level = 0` leaves values as they are: not for what the policy does not allow",
            );
        }
        let holds_others = |also: &[String]| !also.is_empty();
        let is_named = (self.category.as_deref()).is_some_and(|id| !decide::may_stay_whole(id));
        if is_whole && (is_named || holds_others(&self.also)) {
            found.push("`level = 0` leaves values as they are: not for identifiers and free text");
        }
        let shows_values = self.method.as_deref() == Some("shuffle");
        if shows_values && (!is_listed || holds_others(&self.also)) {
            found.push("`shuffle` leaves the values: not for what the policy does not allow");
        }
        let is_steady = matches!(self.method.as_deref(), None | Some("generalize" | "redact"));
        if self.role.is_some() && !is_steady {
            found.push("a column with a role is kept, redacted or generalised: groups cannot be made of values that are drawn by chance");
        }
        found
    }
}

fn method_ids() -> String {
    method::ALL
        .iter()
        .map(|method| method.id())
        .collect::<Vec<_>>()
        .join(", ")
}

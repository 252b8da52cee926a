//! What will be done to every column: decided by the verdicts, written for a person to read and edit.

use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::category::{Catalog, Kind};
use crate::error::{Error, Result};
use crate::findings::{ColumnFinding, Findings, Reason, State, TableFindings, Verdict};
use crate::method::{self, Settings};
use crate::source::Source;

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
    /// Of schema, size and both ends of the file.
    pub fingerprint: String,
    /// One entry a column.
    #[serde(rename = "column", default)]
    pub columns: Vec<ColumnPlan>,
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Defaults {
    kind: std::collections::HashMap<String, String>,
    category: std::collections::HashMap<String, String>,
}

fn defaults() -> &'static Defaults {
    static DEFAULTS: std::sync::OnceLock<Defaults> = std::sync::OnceLock::new();
    DEFAULTS.get_or_init(|| {
        toml::from_str(crate::pattern::METHODS).expect("the embedded methods are checked by a test")
    })
}

/// The method for an approved column in an export.
pub fn default_method(category: &str) -> &'static str {
    let kind = match Catalog::builtin().find(category).map(|c| c.kind) {
        Some(Kind::DirectIdentifier) => "direct_identifier",
        Some(Kind::QuasiIdentifier) => "quasi_identifier",
        Some(Kind::SensitiveSpecial) => "sensitive_special",
        Some(Kind::Financial) => "financial",
        Some(Kind::Device) => "device",
        Some(Kind::Other) | None => "other",
    };
    defaults()
        .category
        .get(category)
        .or_else(|| defaults().kind.get(kind))
        .map_or("redact", String::as_str)
}

/// Decides about every table that was read; `sources` gives each its file and fingerprint.
///
/// # Errors
/// When a source cannot be read any more.
pub fn plan(findings: &Findings, sources: &[Box<dyn Source>], aim: Aim) -> Result<Plan> {
    let mut tables = Vec::new();
    for table in findings
        .tables
        .iter()
        .filter(|table| table.state == State::Read)
    {
        let Some(source) = sources.iter().find(|source| source.id().0 == table.source) else {
            continue;
        };
        tables.push(plan_table(table, source.as_ref(), aim)?);
    }
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

fn plan_table(table: &TableFindings, source: &dyn Source, aim: Aim) -> Result<TablePlan> {
    Ok(TablePlan {
        source: source
            .path()
            .map_or_else(|| "-".to_owned(), |path| path.display().to_string()),
        output: table.source.clone(),
        format: table.format.clone(),
        encoding: table.encoding.clone(),
        delimiter: table.delimiter.clone(),
        header: table.header,
        rows: table.rows_read,
        fingerprint: fingerprint(source)?,
        columns: table
            .columns
            .iter()
            .map(|column| decide(column, aim))
            .collect(),
    })
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

fn decide(column: &ColumnFinding, aim: Aim) -> ColumnPlan {
    let (action, method) = action(column, aim);
    ColumnPlan {
        path: column.path.clone(),
        category: column.category.clone(),
        also: column.also.iter().map(|c| c.category.clone()).collect(),
        verdict: column.verdict,
        reason: column.reason,
        action,
        method: method.map(str::to_owned),
        settings: Settings::default(),
    }
}

fn action(column: &ColumnFinding, aim: Aim) -> (Action, Option<&'static str>) {
    let personal = column
        .category
        .as_deref()
        .filter(|id| !crate::detect::header::is_not_personal(id));
    match (column.verdict, aim, personal) {
        (Verdict::Clean, ..) | (Verdict::Approved | Verdict::Review, Aim::Cleanup, _) => {
            (Action::Keep, None)
        }
        // The column itself is no personal data, only some of its cells hold some.
        (Verdict::Approved | Verdict::Excess | Verdict::Prohibited, _, None) => {
            (Action::Rewrite, Some("scrub"))
        }
        (Verdict::Approved, Aim::Export, Some(category)) => match default_method(category) {
            "keep" => (Action::Keep, None),
            "drop" => (Action::Drop, None),
            method => (Action::Rewrite, Some(method)),
        },
        (Verdict::Review | Verdict::Excess | Verdict::Prohibited | Verdict::Unread, ..) => {
            (Action::Drop, None)
        }
    }
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

    fn complaints(&self) -> Vec<String> {
        let mut found = Vec::new();
        if self.schema != SCHEMA {
            found.push(format!(
                "this version reads {SCHEMA}, not {:?}",
                self.schema
            ));
        }
        for table in &self.tables {
            for column in &table.columns {
                let known = column
                    .method
                    .as_deref()
                    .is_none_or(|id| method::named(id).is_some());
                let place = format!("{}, column {:?}", table.source, column.path);
                let is_forbidden = matches!(
                    column.verdict,
                    Verdict::Prohibited | Verdict::Excess | Verdict::Unread
                );
                if is_forbidden && column.action == Action::Keep {
                    found.push(format!(
                        "{place}: what is prohibited, excess or unread is not kept; approve it in the policy and plan anew, or set its verdict to clean where the finding is wrong"
                    ));
                }
                if !known {
                    found.push(format!(
                        "{place}: there is no such method; there are: {}",
                        method_ids()
                    ));
                }
                if let Some(complaint) = column.complaint(table) {
                    found.push(format!("{place}: {complaint}"));
                }
                if (column.action == Action::Rewrite) != column.method.is_some() {
                    found.push(format!(
                        "{place}: `rewrite` needs a method, and only `rewrite` has one"
                    ));
                }
            }
            if Path::new(&table.output)
                .components()
                .any(|part| !matches!(part, std::path::Component::Normal(_)))
            {
                found.push(format!(
                    "{}: the output must be a plain name below the output folder",
                    table.source
                ));
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_a_method_or_an_action() {
        for category in &Catalog::builtin().categories {
            let id = default_method(&category.id);
            assert!(
                matches!(id, "keep" | "drop") || method::named(id).is_some(),
                "{}: {id}",
                category.id
            );
        }
        for id in defaults().category.keys() {
            assert!(Catalog::builtin().find(id).is_some(), "{id} is no category");
        }
    }
}

//! Pass one: looks at every cell of every table and says what the columns are. Never writes.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;

use crate::batch::{TableId, leaf_types, type_name};
pub use crate::classify::Judging;
use crate::classify::{Column, Neighbours, classify};
use crate::detect::Detectors;
use crate::detect::evidence::{ColumnEvidence, Evidence};
use crate::error::{Code, Error, Result};
use crate::findings::{
    ColumnFinding, Findings, PolicyRef, Problem, SCHEMA, State, TableFindings, Tool, Verdict,
};
use crate::progress::{self, Progress, Stage};
use crate::source::csv::OVERFLOW;
use crate::source::{Batches, Found, Source};

/// Scans all tables; one that cannot be read is reported as unread and the others go on.
///
/// # Errors
/// Only when interrupted.
pub fn scan(
    found: &Found,
    detectors: &Detectors,
    judging: Judging<'_>,
    progress: &dyn Progress,
) -> Result<Findings> {
    let mut tables: Vec<TableFindings> = found
        .unread
        .iter()
        .map(|(id, error)| unread_table(id, error))
        .collect();
    for source in &found.tables {
        tables.push(
            match scan_table(source.as_ref(), detectors, judging, progress) {
                Err(Error::Interrupted) => return Err(Error::Interrupted),
                Ok(table) => table,
                Err(error) => unread(source.as_ref(), &error),
            },
        );
    }
    tables.sort_by(|a, b| a.source.cmp(&b.source));
    Ok(Findings {
        schema: SCHEMA,
        tool: Tool {
            version: env!("CARGO_PKG_VERSION"),
            patterns: crate::pattern::fingerprint(),
        },
        policy: judging.policy.map(|policy| PolicyRef {
            operator: policy.operator.clone(),
            purpose: judging.purpose.map(str::to_owned),
            fingerprint: policy.fingerprint.clone(),
        }),
        approved_not_found: approved_not_found(&tables, judging),
        tables,
    })
}

/// Scans one table.
///
/// # Errors
/// When any part of it cannot be read.
pub fn scan_table(
    source: &dyn Source,
    detectors: &Detectors,
    judging: Judging<'_>,
    progress: &dyn Progress,
) -> Result<TableFindings> {
    let evidence = observe(source, detectors, progress)?;
    Ok(findings(source, &evidence, detectors, judging))
}

/// Collects the evidence of one table.
///
/// # Errors
/// When any part of it cannot be read.
pub fn observe(
    source: &dyn Source,
    detectors: &Detectors,
    progress: &dyn Progress,
) -> Result<Evidence> {
    progress.begin(Stage::Scan, source.id(), source.info().bytes);
    let evidence = in_parallel(source.id(), source.read()?, |pending, evidence| {
        let bytes = pending.bytes;
        let batch = (pending.decode)()?;
        progress.advance(bytes, batch.height() as u64);
        detectors.observe(&batch, evidence)
    });
    progress.end();
    evidence
}

fn in_parallel(
    id: &TableId,
    batches: Batches,
    work: impl Fn(crate::source::Pending, &mut Evidence) -> Result<()> + Sync,
) -> Result<Evidence> {
    let all = || {
        batches
            .par_bridge()
            .try_fold(Evidence::default, |mut evidence, pending| {
                progress::check()?;
                work(pending?, &mut evidence)?;
                Ok(evidence)
            })
            .try_reduce(Evidence::default, |a, b| Ok(a.merge(b)))
    };
    catch_unwind(AssertUnwindSafe(all)).unwrap_or_else(|_| {
        Err(Error::Internal {
            place: id.to_string(),
        })
    })
}

fn findings(
    source: &dyn Source,
    evidence: &Evidence,
    detectors: &Detectors,
    judging: Judging<'_>,
) -> TableFindings {
    let info = source.info();
    let mut leaves: Vec<(String, &'static str)> = info
        .schema
        .iter()
        .flat_map(|(name, dtype)| leaf_types(name, dtype))
        .map(|(path, dtype)| (path, type_name(&dtype)))
        .collect();
    leaves.extend(
        overflow(evidence, &leaves)
            .into_iter()
            .map(|path| (path, "text")),
    );
    let nothing = ColumnEvidence::default();
    let to_judge: Vec<Column<'_>> = leaves
        .iter()
        .map(|(path, dtype)| {
            let seen = evidence.columns.get(path).unwrap_or(&nothing);
            Column::new(path, dtype, seen)
        })
        .collect();
    let judge = |neighbours: Neighbours| -> Vec<ColumnFinding> {
        let judge = |column| classify(column, detectors, judging, neighbours);
        to_judge.iter().map(judge).collect()
    };
    let columns = judge(Neighbours::of(&judge(Neighbours::Unknown)));
    let malformed = evidence.problems.malformed_cells > 0;
    TableFindings {
        source: source.id().to_string(),
        table: table_name(source.id()),
        format: info.format.to_owned(),
        encoding: info.encoding,
        delimiter: info.delimiter,
        header: info.header,
        rows: if malformed { None } else { Some(evidence.rows) },
        rows_read: evidence.rows,
        state: if malformed {
            State::Unread
        } else {
            State::Read
        },
        problems: problems(evidence, &columns),
        columns: if malformed {
            columns
                .into_iter()
                .map(|c| ColumnFinding {
                    verdict: Verdict::Unread,
                    ..c
                })
                .collect()
        } else {
            columns
        },
    }
}

/// Columns of records that are longer than the header, in order.
fn overflow(evidence: &Evidence, known: &[(String, &'static str)]) -> Vec<String> {
    let number = |path: &str| {
        path.strip_prefix(OVERFLOW)
            .and_then(|n| n.parse::<usize>().ok())
    };
    let mut extra: Vec<String> = evidence
        .columns
        .keys()
        .filter(|path| number(path).is_some() && !known.iter().any(|(k, _)| k == *path))
        .cloned()
        .collect();
    extra.sort_by_key(|path| number(path));
    extra
}

fn problems(evidence: &Evidence, columns: &[ColumnFinding]) -> Vec<Problem> {
    let counts = evidence.problems;
    let unreadable: u64 = evidence.columns.values().map(|c| c.unreadable).sum();
    let claims = columns.iter().filter(|c| c.header_claims.is_some()).count() as u64;
    [
        ("short-record", counts.short_records),
        ("long-record", counts.long_records),
        ("malformed-text", counts.malformed_cells),
        ("binary-not-text", unreadable),
        ("header-denied", claims),
    ]
    .into_iter()
    .filter(|(_, count)| *count > 0)
    .map(|(code, count)| Problem {
        code: Code(code),
        count,
        message: None,
    })
    .collect()
}

fn unread(source: &dyn Source, error: &Error) -> TableFindings {
    let info = source.info();
    TableFindings {
        format: info.format.to_owned(),
        encoding: info.encoding,
        delimiter: info.delimiter,
        header: info.header,
        ..unread_table(source.id(), error)
    }
}

fn unread_table(id: &TableId, error: &Error) -> TableFindings {
    TableFindings {
        source: id.to_string(),
        table: table_name(id),
        format: "unknown".to_owned(),
        encoding: None,
        delimiter: None,
        header: None,
        rows: None,
        rows_read: 0,
        state: State::Unread,
        problems: vec![Problem {
            code: error.code(),
            count: 1,
            message: Some(error.chain()),
        }],
        columns: Vec::new(),
    }
}

/// The file's name up to its first dot.
fn table_name(id: &TableId) -> String {
    let file = id.0.rsplit('/').next().unwrap_or(&id.0);
    file.split('.').next().unwrap_or(file).to_owned()
}

fn approved_not_found(tables: &[TableFindings], judging: Judging<'_>) -> Vec<String> {
    let Some(policy) = judging.policy else {
        return Vec::new();
    };
    let catalog = crate::category::Catalog::builtin();
    let columns = || tables.iter().flat_map(|t| &t.columns);
    let is_held = |approved: &str| {
        columns().any(|column| {
            let mut held = column
                .category
                .iter()
                .chain(column.also.iter().map(|c| &c.category));
            held.any(|category| catalog.covers(approved, category))
        })
    };
    policy
        .approved(judging.purpose)
        .into_iter()
        .filter(|category| !is_held(category))
        .map(str::to_owned)
        .collect()
}

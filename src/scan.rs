//! Pass one: looks at every cell of every table and says what the columns are. Never writes.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;

use crate::batch::{TableId, leaf_types, type_name};
pub use crate::classify::Judging;
use crate::classify::{Column, Neighbours, classify, places_of_given_names};
use crate::detect::evidence::{ColumnEvidence, Evidence};
use crate::detect::{Detectors, Observer, ROUNDED_IINS};
use crate::error::{Code, Error, Result};
use crate::findings::{
    ColumnFinding, Findings, NOT_LOOKED_INTO, PolicyRef, Problem, SCHEMA, State, TableFindings,
    Tool, Verdict,
};
use crate::progress::{self, Progress, Silent, Stage};
use crate::source::csv::OVERFLOW;
use crate::source::{Batches, Found, Source};

/// A smaller table is no work for several threads: such tables are scanned side by side.
const SMALL: u64 = 1 << 20;

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
    let looked_at = |source: &dyn Source, progress: &dyn Progress| match scan_table(
        source, detectors, judging, progress,
    ) {
        Err(Error::Interrupted) => Err(Error::Interrupted),
        Ok(table) => Ok(table),
        Err(error) => Ok(unread(source, &error)),
    };
    let sources = found.tables.iter().map(AsRef::as_ref);
    let (small, large): (Vec<&dyn Source>, Vec<&dyn Source>) =
        sources.partition(|source| source.info().bytes < SMALL);
    let of_small: Result<Vec<TableFindings>> = small
        .into_par_iter()
        .map(|source| looked_at(source, &Silent))
        .collect();
    tables.extend(of_small?);
    for source in large {
        tables.push(looked_at(source, progress)?);
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
    Ok(judge(source, evidence, detectors, judging))
}

/// Says what the columns are of which the evidence was collected.
pub(crate) fn judge(
    source: &dyn Source,
    evidence: Evidence,
    detectors: &Detectors,
    judging: Judging<'_>,
) -> TableFindings {
    findings(source, &with_missing_cells(evidence), detectors, judging)
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
    let batches = source.read_columns()?;
    let all = || in_parallel(batches, detectors, progress);
    let evidence = catch_unwind(AssertUnwindSafe(all)).unwrap_or_else(|_| {
        Err(Error::Internal {
            place: source.id().to_string(),
        })
    });
    progress.end();
    evidence
}

fn in_parallel(
    batches: Batches,
    detectors: &Detectors,
    progress: &dyn Progress,
) -> Result<Evidence> {
    batches
        .par_bridge()
        .try_fold(
            || detectors.observer(),
            |mut observer, pending| {
                progress::check()?;
                let pending = pending?;
                let bytes = pending.bytes;
                let batch = (pending.decode)()?;
                progress.advance(bytes, batch.new_rows());
                observer.observe(&batch)?;
                Ok(observer)
            },
        )
        .map(|observer| observer.map(Observer::finish))
        .try_reduce(Evidence::default, |a, b| Ok(a.merge(b)))
}

fn findings(
    source: &dyn Source,
    evidence: &Evidence,
    detectors: &Detectors,
    judging: Judging<'_>,
) -> TableFindings {
    let info = source.info();
    let leaves = leaves(source, evidence);
    let nothing = ColumnEvidence::default();
    let mut to_judge = to_judge(&leaves, evidence, &nothing);
    for (column, (path, _)) in to_judge.iter_mut().zip(&leaves) {
        let Some(table) = source.described() else {
            break;
        };
        if let Some(comment) = table
            .column(path)
            .and_then(|known| known.comment.as_deref())
        {
            column.describe(comment);
        }
        for reference in table
            .references
            .iter()
            .filter(|known| known.column == *path)
        {
            column.refer_to(&reference.to);
        }
    }
    let neighbours = look_around(&mut to_judge, detectors);
    let judge = |column| classify(column, detectors, judging, neighbours);
    let columns: Vec<ColumnFinding> = to_judge.iter().map(judge).collect();
    let malformed = evidence.problems.malformed_cells > 0;
    TableFindings {
        source: source.id().to_string(),
        table: match source.described() {
            Some(table) => table.name.clone(),
            None => table_name(source.id()),
        },
        format: info.format.to_owned(),
        encoding: info.encoding,
        delimiter: info.delimiter,
        header: info.header,
        rows: if malformed {
            None
        } else {
            Some(source.sampled_of().unwrap_or(evidence.rows))
        },
        rows_read: evidence.rows,
        state: if malformed {
            State::Unread
        } else {
            State::Read
        },
        problems: problems(source, evidence, &columns, detectors),
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

/// Paths and types of all columns, those among them that only some records have.
fn leaves(source: &dyn Source, evidence: &Evidence) -> Vec<(String, &'static str)> {
    let schema = source.info().schema;
    let mut leaves: Vec<(String, &'static str)> = schema
        .iter()
        .flat_map(|(name, dtype)| leaf_types(name, dtype))
        .map(|(path, dtype)| (path, type_name(&dtype)))
        .collect();
    let extra = overflow(evidence, &leaves);
    leaves.extend(extra.into_iter().map(|path| (path, "text")));
    leaves
}

fn to_judge<'a>(
    leaves: &'a [(String, &'static str)],
    evidence: &'a Evidence,
    nothing: &'a ColumnEvidence,
) -> Vec<Column<'a>> {
    let column = |(path, dtype): &'a (String, &'static str)| {
        let seen = evidence.columns.get(path).unwrap_or(nothing);
        Column::new(path, dtype, seen)
    };
    leaves.iter().map(column).collect()
}

/// What the table is about, told from its columns when each is judged alone; notes what their places say.
fn look_around(columns: &mut [Column<'_>], detectors: &Detectors) -> Neighbours {
    let alone =
        |column: &Column<'_>| classify(column, detectors, Judging::default(), Neighbours::Unknown);
    let found: Vec<ColumnFinding> = columns.iter().map(alone).collect();
    let (places, category) = places_of_given_names(&found);
    for at in places {
        columns[at].expect(category);
    }
    Neighbours::of(&found)
}

/// Batches without a long record lack the columns of its cells beyond the header: these are null there.
fn with_missing_cells(mut evidence: Evidence) -> Evidence {
    for (path, seen) in &mut evidence.columns {
        if overflow_number(path).is_some() {
            let missing = evidence.rows.saturating_sub(seen.cells);
            seen.cells += missing;
            seen.nulls += missing;
        }
    }
    evidence
}

fn overflow_number(path: &str) -> Option<usize> {
    path.strip_prefix(OVERFLOW)?.parse().ok()
}

/// Columns of records that are longer than the header, in order.
fn overflow(evidence: &Evidence, known: &[(String, &'static str)]) -> Vec<String> {
    let mut extra: Vec<String> = evidence
        .columns
        .keys()
        .filter(|path| overflow_number(path).is_some() && !known.iter().any(|(k, _)| k == *path))
        .cloned()
        .collect();
    extra.sort_by_key(|path| overflow_number(path));
    extra
}

fn problems(
    source: &dyn Source,
    evidence: &Evidence,
    columns: &[ColumnFinding],
    detectors: &Detectors,
) -> Vec<Problem> {
    let rounded: u64 = columns
        .iter()
        .filter(|column| column.category.as_deref() == Some("iin"))
        .filter_map(|column| evidence.columns.get(&column.path))
        .map(|seen| rounded_iins(seen, detectors))
        .sum();
    let counts = evidence.problems;
    let unreadable: u64 = evidence.columns.values().map(|c| c.unreadable).sum();
    let claims = columns.iter().filter(|c| c.header_claims.is_some()).count() as u64;
    [
        ("short-record", counts.short_records),
        ("long-record", counts.long_records),
        ("malformed-text", counts.malformed_cells),
        ("binary-not-text", unreadable),
        ("header-denied", claims),
        ("rounded-number", rounded + counts.rounded_numbers),
        ("deleted-record", counts.deleted_records),
        (NOT_LOOKED_INTO, source.not_looked_into()),
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

fn rounded_iins(seen: &ColumnEvidence, detectors: &Detectors) -> u64 {
    let is_of = |form: usize| detectors.patterns()[detectors.pattern_of(form)].id == ROUNDED_IINS;
    let hits = seen.hits.iter().enumerate();
    hits.filter(|&(form, _)| is_of(form))
        .map(|(_, hits)| hits)
        .sum()
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

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::fmt::Write as _;
    use std::path::Path;

    use super::*;
    use crate::classify::portrait;
    use crate::detect::model::fnv;
    use crate::detect::sample::tests::told;
    use crate::portrait::telling_words;
    use crate::source::{Options, discover};

    type Labels = HashMap<String, HashMap<String, serde_json::Value>>;

    /// Lines that `patterns/columns/train.py` reads, one for every labelled column of the folders; each holds `tables`
    /// and `labels.json`.
    fn portraits(folders: &[&Path]) -> String {
        let detectors = Detectors::builtin();
        let mut lines = String::new();
        for folder in folders {
            let labels = std::fs::read_to_string(folder.join("labels.json")).unwrap();
            let labels: Labels = serde_json::from_str(&labels).unwrap();
            let mut tables: Vec<_> = labels.iter().collect();
            tables.sort_by_key(|(table, _)| *table);
            let set = folder.file_name().unwrap().to_string_lossy();
            for (table, labels) in tables {
                let path = folder.join("tables").join(table);
                write_portraits(&set, &path, labels, &detectors, &mut lines);
            }
        }
        lines
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "files for a script and for a test"
    )]
    fn write(path: &Path, text: &str) {
        std::fs::write(path, text).unwrap();
    }

    /// Where `IESIZ_LABELLED` names folders, and `IESIZ_PORTRAITS` a file, writes the lines of the folders there.
    #[test]
    fn portraits_of_labelled_columns() {
        let variable = |name| std::env::var(name).ok();
        if let (Some(folders), Some(output)) =
            (variable("IESIZ_LABELLED"), variable("IESIZ_PORTRAITS"))
        {
            let folders: Vec<&Path> = folders.split(':').map(Path::new).collect();
            write(Path::new(&output), &portraits(&folders));
        }
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("tables")).unwrap();
        let mut table = "town,passport\n".to_owned();
        for number in 0..40 {
            table.push_str(&format!("г. Алматы,N{}\n", 10_000_001 + number));
        }
        write(&folder.path().join("tables/t.csv"), &table);
        let labels = r#"{"t.csv": {"town": "locality", "passport": "passport_number"}}"#;
        write(&folder.path().join("labels.json"), labels);
        let lines = portraits(&[folder.path()]);
        let lines: Vec<Vec<&str>> = lines
            .lines()
            .map(|line| line.split('\t').collect())
            .collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0][1..4], ["locality", "tovn", "almati:1 "]);
        assert!(lines[0].contains(&"ma. A=1"), "{lines:?}");
        assert_eq!(lines[1][1..4], ["passport_number", "pasport", ""]);
        assert!(lines[1].contains(&"ma00000000=1"), "{lines:?}");
        assert!(!format!("{lines:?}").contains("100000"), "{lines:?}");
    }

    #[test]
    fn rounded_iins_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.csv");
        write(
            &path,
            &("iin,n\n".to_owned() + &"3.50101E+11,1\n".repeat(12)),
        );
        let found = discover(&[path.to_string_lossy().into_owned()], &Options::default()).unwrap();
        let detectors = Detectors::builtin();
        let findings = scan(&found, &detectors, Judging::default(), &progress::Silent).unwrap();
        let [problem] = &findings.tables[0].problems[..] else {
            panic!("{:?}", findings.tables[0].problems);
        };
        assert_eq!((problem.code.0, problem.count), ("rounded-number", 12));
    }

    /// Three places behind the point, without idle zeros.
    fn short(number: f32) -> String {
        let text = format!("{number:.3}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }

    fn write_portraits(
        set: &str,
        path: &Path,
        labels: &HashMap<String, serde_json::Value>,
        detectors: &Detectors,
        lines: &mut String,
    ) {
        let has_header = !labels.contains_key("__no_header__");
        let options = Options {
            has_header: Some(has_header),
            ..Options::default()
        };
        let found = discover(&[path.to_string_lossy().into_owned()], &options).unwrap();
        let Some(source) = found.tables.first() else {
            return;
        };
        let evidence = observe(source.as_ref(), detectors, &progress::Silent).unwrap();
        let mut names = HashMap::new();
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .has_headers(false)
            .from_path(path)
            .unwrap();
        for record in reader.records().flatten() {
            let facts = record
                .iter()
                .flat_map(|cell| told(crate::pattern::normalize::unwrapped(cell)));
            names.extend(facts.map(|fact| (fnv(&fact), fact)));
        }
        let nothing = ColumnEvidence::default();
        let leaves = leaves(source.as_ref(), &evidence);
        let mut columns = to_judge(&leaves, &evidence, &nothing);
        let neighbours = look_around(&mut columns, detectors);
        for (index, (column, (path, _))) in columns.iter().zip(&leaves).enumerate() {
            let key = if has_header {
                path.clone()
            } else {
                index.to_string()
            };
            let label = match labels.get(&key) {
                Some(serde_json::Value::String(label)) if label == "clean" => "-".to_owned(),
                Some(serde_json::Value::String(label)) => label.clone(),
                Some(serde_json::Value::Array(all)) => all
                    .iter()
                    .filter_map(|label| label.as_str())
                    .collect::<Vec<_>>()
                    .join("|"),
                Some(_) => "-".to_owned(),
                None => continue,
            };
            if label
                .split('|')
                .any(|id| id != "-" && crate::category::Catalog::builtin().find(id).is_none())
            {
                continue;
            }
            let portrait = portrait(column, detectors, neighbours);
            let (words, shapes) = portrait.seen.sample.facts();
            let name = telling_words(path).join(" ");
            write!(lines, "{set}\t{label}\t{name}\t").unwrap();
            for (hash, count) in words {
                let Some(word) = names.get(&hash) else {
                    continue;
                };
                write!(lines, "{}:{count} ", &word[1..]).unwrap();
            }
            for (hash, share) in shapes {
                let Some(shape) = names.get(&hash) else {
                    continue;
                };
                write!(lines, "\t{shape}={}", short(share)).unwrap();
            }
            for (fact, much) in portrait.facts() {
                write!(lines, "\t{fact}={}", short(much as f32)).unwrap();
            }
            lines.push('\n');
        }
    }
}

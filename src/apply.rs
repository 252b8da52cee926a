//! Pass two: rewrites a table exactly as its plan says, to a file without a final name. Never decides.

mod groups;

use std::collections::{BTreeMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use polars::prelude::{
    Column, DataFrame, DataType, IntoSeries as _, Schema, Series, StructChunked,
};
use rayon::prelude::*;

use crate::batch::{Batch, TableId, leaf_types};
use crate::error::{Error, Result};
use crate::method::{self, ColumnContext, Run};
use crate::plan::{Action, ColumnPlan, TablePlan, Unknown};
use crate::privacy::{Recoded, Recoding};
use crate::progress::{self, Progress, Stage};
use crate::purge::without;
use crate::source::csv::OVERFLOW;
use crate::source::sink::{Encoded, Format, Sink};
use crate::source::staged::Staged;
use crate::source::{Pending, Source, reopen};

/// What became of one table.
#[derive(Debug)]
pub struct Applied {
    /// The output, whole and synced, still without its final name.
    pub staged: Staged,
    /// Rows written.
    pub rows: u64,
    /// Non-null cells by action or method.
    pub cells: BTreeMap<String, u64>,
    /// What the privacy model did.
    pub recoded: Option<Recoded>,
    /// Rows of blocked people, which were left out.
    pub blocked: u64,
}

/// Rewrites one table.
///
/// # Errors
/// When the plan does not fit the table, or reading or writing fails; nothing is then left behind.
pub fn apply(
    source: &dyn Source,
    plan: &TablePlan,
    format: &Format,
    target: &Path,
    run: &Run,
    progress: &dyn Progress,
) -> Result<Applied> {
    let mut rewriter = Rewriter::new(source, plan, run)?;
    let all = || {
        let recoding = groups::learn(source, &rewriter, progress)?;
        rewriter.recoding = recoding;
        progress.begin(Stage::Apply, source.id(), source.info().bytes);
        let applied = write_all(source, &rewriter, format, target, progress);
        progress.end();
        applied
    };
    catch_unwind(AssertUnwindSafe(all)).unwrap_or_else(|_| {
        Err(Error::Internal {
            place: source.id().to_string(),
        })
    })
}

/// Two windows at a time: one is rewritten by all workers while the one before it is written.
fn write_all(
    source: &dyn Source,
    rewriter: &Rewriter<'_>,
    format: &Format,
    target: &Path,
    progress: &dyn Progress,
) -> Result<Applied> {
    let mut batches = source.read_without(&rewriter.dropped())?;
    let mut written = Written {
        sink: None,
        format,
        target,
        rows: 0,
        cells: BTreeMap::new(),
    };
    let mut ready: Vec<Rewritten> = Vec::new();
    loop {
        progress::check()?;
        let window: Vec<Pending> = batches
            .by_ref()
            .take(rayon::current_num_threads())
            .collect::<Result<_>>()?;
        if window.is_empty() && ready.is_empty() {
            break;
        }
        let before = std::mem::take(&mut ready);
        let (wrote, rewritten) = rayon::join(
            || written.write(before),
            || {
                window
                    .into_par_iter()
                    .map(|pending| rewriter.rewrite(pending, format, progress))
                    .collect::<Result<Vec<_>>>()
            },
        );
        wrote?;
        ready = rewritten?;
    }
    // Somebody may have been blocked since the plan was made.
    let has_all = match rewriter.plan.blocked {
        Some(_) => written.rows <= rewriter.plan.rows,
        None => written.rows == rewriter.plan.rows,
    };
    if !has_all && rewriter.plan.is_of_one_table() {
        return Err(Error::StalePlan {
            place: source.id().to_string(),
            what: "it has another number of rows",
        });
    }
    let blocked = source.left_out();
    written.finish(rewriter, blocked)
}

/// Rows ready to be written.
struct Rewritten {
    schema: Schema,
    encoded: Encoded,
    rows: u64,
    cells: BTreeMap<String, u64>,
}

struct Written<'a> {
    sink: Option<Sink>,
    format: &'a Format,
    target: &'a Path,
    rows: u64,
    cells: BTreeMap<String, u64>,
}

impl Written<'_> {
    fn write(&mut self, batches: Vec<Rewritten>) -> Result<()> {
        for batch in batches {
            if self.sink.is_none() {
                self.sink = Some(self.format.create(self.target, &batch.schema)?);
            }
            if let Some(sink) = &mut self.sink {
                sink.write(batch.encoded)?;
            }
            self.rows += batch.rows;
            for (action, cells) in batch.cells {
                *self.cells.entry(action).or_default() += cells;
            }
        }
        Ok(())
    }

    fn finish(self, rewriter: &Rewriter<'_>, blocked: u64) -> Result<Applied> {
        let sink = match self.sink {
            Some(sink) => sink,
            None => self.format.create(self.target, &rewriter.empty_schema()?)?,
        };
        Ok(Applied {
            staged: sink.finish()?,
            rows: self.rows,
            cells: self.cells,
            recoded: rewriter.recoding.as_ref().map(|r| r.recoded.clone()),
            blocked,
        })
    }
}

/// The plan of one table, ready to be applied to its batches.
pub(crate) struct Rewriter<'a> {
    plan: &'a TablePlan,
    by_path: BTreeMap<&'a str, &'a ColumnPlan>,
    schema: Vec<(String, DataType)>,
    /// Columns that tell whose row it is: they are read even when they go.
    subjects: HashSet<&'a str>,
    run: &'a Run,
    id: &'a TableId,
    recoding: Option<Recoding>,
}

impl<'a> Rewriter<'a> {
    /// Gets ready to rewrite a table.
    ///
    /// # Errors
    /// When the plan does not fit it.
    pub(crate) fn new(source: &'a dyn Source, plan: &'a TablePlan, run: &'a Run) -> Result<Self> {
        let stale = |what| Error::StalePlan {
            place: source.id().to_string(),
            what,
        };
        if plan.is_of_one_table() && crate::plan::fingerprint(source)? != plan.fingerprint {
            return Err(stale("its file or its columns have changed"));
        }
        let by_path: BTreeMap<&str, &ColumnPlan> =
            plan.columns.iter().map(|c| (c.path.as_str(), c)).collect();
        let schema = source.info().schema;
        let leaves = schema
            .iter()
            .flat_map(|(name, dtype)| leaf_types(name, dtype));
        let leaves: Vec<String> = leaves.map(|(path, _)| path).collect();
        if plan.unknown_columns == Unknown::Stop
            && !leaves
                .iter()
                .all(|path| by_path.contains_key(path.as_str()))
        {
            return Err(stale("it has a column that the plan does not name"));
        }
        let is_there = |c: &&ColumnPlan| {
            c.action == Action::Drop || leaves.contains(&c.path) || c.path.starts_with(OVERFLOW)
        };
        if !plan.columns.iter().all(|column| is_there(&column)) {
            return Err(stale("a column that the plan names is not there"));
        }
        let subjects = subjects(plan);
        let is_own = |name: &&str| {
            let own = schema.iter().find(|(known, _)| known == name);
            own.is_some_and(|(_, dtype)| !dtype.is_nested())
        };
        if !subjects.iter().all(is_own) {
            return Err(stale("a `subject` is not a column with one value a row"));
        }
        Ok(Self {
            plan,
            by_path,
            schema,
            subjects,
            run,
            id: source.id(),
            recoding: None,
        })
    }

    fn drops(&self, path: &str) -> bool {
        let decision = self.by_path.get(path);
        decision.map_or(self.plan.unknown_columns == Unknown::Drop, |decision| {
            decision.action == Action::Drop
        })
    }

    /// Columns of which nothing is kept.
    fn dropped(&self) -> HashSet<String> {
        let goes = |name: &str, dtype| {
            let leaves = leaf_types(name, dtype);
            leaves.iter().all(|(path, _)| self.drops(path))
        };
        let is_subject = |name: &str| self.subjects.contains(name);
        let unwanted = |name: &str, dtype| goes(name, dtype) && !is_subject(name);
        let columns = (self.schema.iter()).filter(|(name, dtype)| unwanted(name, dtype));
        columns.map(|(name, _)| name.clone()).collect()
    }

    fn rewrite(
        &self,
        pending: Pending,
        format: &Format,
        progress: &dyn Progress,
    ) -> Result<Rewritten> {
        let bytes = pending.bytes;
        let batch = (pending.decode)()?;
        let rows = batch.height() as u64;
        let mut cells = BTreeMap::new();
        let frame = self.frame(&batch, &mut cells)?;
        let schema = frame.schema().as_ref().clone();
        let encoded = format.encode(frame)?;
        progress.advance(bytes, rows);
        Ok(Rewritten {
            schema,
            encoded,
            rows,
            cells,
        })
    }

    /// What is left of the rows of a batch; counts cells by what became of them.
    ///
    /// # Errors
    /// When a column is not in the plan, or cannot be rewritten.
    pub(crate) fn frame(
        &self,
        batch: &Batch,
        cells: &mut BTreeMap<String, u64>,
    ) -> Result<DataFrame> {
        let height = batch.height();
        let mut columns = Vec::new();
        let (frame, dropped) =
            batch.frame_without(&|path| self.drops(path) && !self.subjects.contains(path))?;
        if dropped > 0 {
            *cells.entry("drop".to_owned()).or_default() += dropped;
        }
        for column in frame.columns() {
            let (path, values) = (column.name().as_str(), column.as_materialized_series());
            let rewritten = match self.subject_of(path).map(|name| frame.column(name)) {
                Some(Ok(subjects)) if !values.dtype().is_nested() => {
                    let subjects = Some(subjects.as_materialized_series());
                    self.leaf(path, values, subjects, cells)
                }
                _ => self.series(path, values, cells),
            };
            if let Some(rewritten) = rewritten? {
                columns.push(Column::from(rewritten.with_name(column.name().clone())));
            }
        }
        columns.extend(self.missing_overflow(height, &columns));
        if let Some(recoding) = &self.recoding {
            groups::recode(self, recoding, &mut columns)?;
        }
        DataFrame::new(height, columns).map_err(|_| self.internal())
    }

    /// Overflow columns that the plan keeps and this batch does not have.
    fn missing_overflow(&self, height: usize, present: &[Column]) -> Vec<Column> {
        let known = |path: &str| {
            self.schema
                .iter()
                .any(|(name, dtype)| name == path || dtype.is_nested())
        };
        self.plan
            .columns
            .iter()
            .filter(|c| {
                c.action != Action::Drop
                    && !known(&c.path)
                    && !present.iter().any(|p| p.name().as_str() == c.path)
            })
            .map(|c| {
                Column::from(Series::full_null(
                    c.path.as_str().into(),
                    height,
                    &DataType::String,
                ))
            })
            .collect()
    }

    /// Rewrites what lies at a path; `None` when nothing of it is left.
    fn series(
        &self,
        path: &str,
        values: &Series,
        cells: &mut BTreeMap<String, u64>,
    ) -> Result<Option<Series>> {
        let broken = |_| self.internal();
        match values.dtype() {
            DataType::Struct(_) => self.structure(path, values, cells),
            DataType::List(_) => {
                let lists = values.list().map_err(broken)?;
                self.inside(&format!("{path}[]"), cells, |f| {
                    lists
                        .apply_to_inner(f)
                        .map(polars::prelude::IntoSeries::into_series)
                })
            }
            DataType::Array(..) => {
                let arrays = values.array().map_err(broken)?;
                self.inside(&format!("{path}[]"), cells, |f| {
                    arrays
                        .apply_to_inner(f)
                        .map(polars::prelude::IntoSeries::into_series)
                })
            }
            _ => self.leaf(path, values, None, cells),
        }
    }

    fn structure(
        &self,
        path: &str,
        values: &Series,
        cells: &mut BTreeMap<String, u64>,
    ) -> Result<Option<Series>> {
        let broken = |_| self.internal();
        let structure = values.struct_().map_err(broken)?;
        let mut fields = Vec::new();
        for field in structure.fields_as_series() {
            if let Some(rewritten) =
                self.series(&format!("{path}.{}", field.name()), &field, cells)?
            {
                fields.push(rewritten.with_name(field.name().clone()));
            }
        }
        if fields.is_empty() {
            return Ok(None);
        }
        let mut rebuilt =
            StructChunked::from_series(values.name().clone(), values.len(), fields.iter())
                .map_err(broken)?;
        rebuilt.zip_outer_validity(structure);
        Ok(Some(rebuilt.into_series()))
    }

    /// Rewrites the values inside lists; when nothing of them is left, the lists go too.
    fn inside(
        &self,
        path: &str,
        cells: &mut BTreeMap<String, u64>,
        rebuild: impl Fn(
            &dyn Fn(Series) -> polars::error::PolarsResult<Series>,
        ) -> polars::error::PolarsResult<Series>,
    ) -> Result<Option<Series>> {
        let counted = std::cell::RefCell::new(std::mem::take(cells));
        let failed = std::cell::RefCell::new(None);
        let emptied = std::cell::Cell::new(false);
        let rebuilt =
            rebuild(
                &|inner: Series| match self.series(path, &inner, &mut counted.borrow_mut()) {
                    Ok(Some(rewritten)) => Ok(rewritten),
                    Ok(None) => {
                        emptied.set(true);
                        Ok(inner)
                    }
                    Err(error) => {
                        *failed.borrow_mut() = Some(error);
                        Ok(inner)
                    }
                },
            );
        *cells = counted.into_inner();
        if let Some(error) = failed.into_inner() {
            return Err(error);
        }
        if emptied.get() {
            return Ok(None);
        }
        rebuilt.map(Some).map_err(|_| self.internal())
    }

    fn subject_of(&self, path: &str) -> Option<&'a str> {
        self.by_path.get(path)?.settings.subject.as_deref()
    }

    fn leaf(
        &self,
        path: &str,
        values: &Series,
        subjects: Option<&Series>,
        cells: &mut BTreeMap<String, u64>,
    ) -> Result<Option<Series>> {
        let filled = (values.len() - values.null_count()) as u64;
        let Some(decision) = self.by_path.get(path) else {
            if self.plan.unknown_columns == Unknown::Drop {
                *cells.entry("drop".to_owned()).or_default() += filled;
                return Ok(None);
            }
            return Err(Error::StalePlan {
                place: self.id.to_string(),
                what: "it has a column that the plan does not name",
            });
        };
        let mut count = |action: &str| *cells.entry(action.to_owned()).or_default() += filled;
        match (decision.action, decision.method.as_deref()) {
            (Action::Keep, _) => {
                count("keep");
                Ok(Some(values.clone()))
            }
            (Action::Rewrite, Some(id)) => {
                let context = ColumnContext {
                    category: decision.category.as_deref(),
                    settings: &decision.settings,
                    subjects,
                };
                let method = fitting(id, values.dtype()).ok_or_else(|| self.internal())?;
                count(method.id());
                method::apply(method, values, &context, self.run, &self.plan.source, path).map(Some)
            }
            (Action::Rewrite | Action::Drop, _) => {
                count("drop");
                Ok(None)
            }
        }
    }

    /// The schema that a table without rows is written with.
    fn empty_schema(&self) -> Result<Schema> {
        let columns: Vec<Column> = self
            .schema
            .iter()
            .map(|(name, dtype)| Column::from(Series::new_empty(name.as_str().into(), dtype)))
            .collect();
        let frame = DataFrame::new(0, columns).map_err(|_| self.internal())?;
        let batch = Batch::of_frame(0, frame);
        Ok(self
            .frame(&batch, &mut BTreeMap::new())?
            .schema()
            .as_ref()
            .clone())
    }

    fn internal(&self) -> Error {
        Error::Internal {
            place: self.id.to_string(),
        }
    }
}

/// Columns that methods of other columns ask whose row it is.
fn subjects(plan: &TablePlan) -> HashSet<&str> {
    let rewritten = (plan.columns.iter()).filter(|column| column.action == Action::Rewrite);
    rewritten
        .filter_map(|column| column.settings.subject.as_deref())
        .collect()
}

/// The named method, or `redact` for types that it cannot rewrite.
fn fitting(id: &str, dtype: &DataType) -> Option<&'static dyn method::Method> {
    method::named(id)
        .filter(|m| m.fits(dtype))
        .or_else(|| method::named("redact").filter(|m| m.fits(dtype)))
}

/// Opens the tables that a plan names, as the plan says they are written.
///
/// # Errors
/// When one of them cannot be read.
pub fn sources(plan: &crate::plan::Plan) -> Result<crate::source::Found> {
    let mut found = crate::source::Found::default();
    for table in &plan.tables {
        let options = crate::source::Options {
            encoding: table
                .encoding
                .as_deref()
                .and_then(crate::source::csv::encoding::Encoding::named),
            delimiter: table.delimiter.as_deref().and_then(|d| d.bytes().next()),
            has_header: table.header,
            ..crate::source::Options::default()
        };
        let id = TableId(table.output.clone());
        let source = reopen(&id, &table.source, &table.format, &options);
        match source.and_then(|source| without(source, table.blocked.clone())) {
            Ok(source) => found.tables.push(source),
            Err(error) => found.unread.push((id, error)),
        }
    }
    Ok(found)
}

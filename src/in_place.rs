//! The whole line for databases: tables are changed where they are, attacked before anybody else sees the change, and it lasts
//! only when all of them hold.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use polars::prelude::{Column, DataFrame, DataType, StringChunked};
use rayon::prelude::*;

use crate::anonymize::{Work, scope};
use crate::apply::Rewriter;
use crate::batch::Batch;
use crate::error::{Error, Result};
use crate::findings::{State, TableFindings};
use crate::journal::{Event, Journal};
use crate::method::Run;
use crate::plan::{Action, TablePlan, narrow};
use crate::progress::{self, Progress, Stage};
use crate::purge::Register;
use crate::source::database::{
    Cell, Changes, CleanUp, DbColumn, Left, Order, PLACE, Transaction, begin, in_database, residue,
};
use crate::source::{Pending, Source};
use crate::verify::{self, Across, Member, Scope, TableVerification, Verification};

/// What became of a run.
#[derive(Debug)]
pub struct Outcomes {
    /// One entry a table of the plan.
    pub tables: Vec<TableOutcome>,
    /// What the attacks showed.
    pub verification: Verification,
    /// Hash of the journal's last line.
    pub journal_head: String,
    /// What databases still keep of what is gone.
    pub left: Vec<Left>,
}

/// What became of one table.
#[derive(Debug)]
pub struct TableOutcome {
    /// The table.
    pub table: String,
    /// What was changed, unless nothing was.
    pub result: Result<Changed>,
}

/// What was changed in a table.
#[derive(Clone, Debug, Default)]
pub struct Changed {
    /// Rows that it has.
    pub rows: u64,
    /// Rows with new cells.
    pub changed: u64,
    /// Non-null cells by what became of them.
    pub cells: BTreeMap<String, u64>,
}

impl Outcomes {
    /// Exit status: 2 when something could not be done, 1 when an attack broke something.
    pub fn status(&self) -> u8 {
        let is_broken = |table: &TableOutcome| matches!(table.result, Err(Error::Broken { .. }));
        let has_failed = |table: &TableOutcome| {
            !matches!(
                table.result,
                Ok(_) | Err(Error::Broken { .. } | Error::LeftAsItWas { .. })
            )
        };
        if self.tables.iter().any(has_failed) {
            2
        } else {
            u8::from(self.tables.iter().any(is_broken))
        }
    }
}

/// Changes the tables of a plan where they are, database by database.
///
/// # Errors
/// When nothing can be done at all; what befalls one table is in its [`TableOutcome`].
pub fn run(
    work: &Work<'_>,
    register: &Register,
    how: CleanUp,
    progress: &dyn Progress,
) -> Result<Outcomes> {
    let databases = databases(work)?;
    work.sources.iter().for_each(|source| source.release());
    let mut journal = Journal::open(&register.journal())?;
    journal.append(crate::anonymize::started(work)?)?;
    let engine = Run::new(work.detectors.clone())?;
    let mut outcomes = Outcomes {
        tables: Vec::new(),
        verification: Verification::new(),
        journal_head: String::new(),
        left: Vec::new(),
    };
    for (address, tables) in &databases {
        let mut here = Database {
            work,
            engine: &engine,
            progress,
            attacked: Vec::new(),
        };
        let done = here.change(address, tables, &mut journal);
        outcomes.verification.tables.extend(here.attacked);
        let told = told(tables, done);
        for (table, outcome) in tables.iter().zip(&told) {
            journal.append(event(&table.plan.source, &outcome.result))?;
        }
        let is_changed = |table: &TableOutcome| table.result.as_ref().is_ok_and(|t| t.changed > 0);
        let is_well = told.iter().all(|table| table.result.is_ok());
        // A run that was killed after its commit is cleaned up after by the next one.
        if told.iter().any(is_changed) || (is_well && how == CleanUp::Yes) {
            release(work, tables);
            outcomes.left.extend(left(address, tables, how)?);
        }
        outcomes.tables.extend(told);
    }
    drop(engine);
    let verification = crate::anonymize::by_attack(&outcomes.verification);
    journal.append(Event::Finished {
        status: outcomes.status(),
        verification,
        key_wiped: true,
    })?;
    journal.head().clone_into(&mut outcomes.journal_head);
    Ok(outcomes)
}

/// Lets go of the tables as they were: while anybody looks at old rows, no database removes them.
fn release(work: &Work<'_>, tables: &[Table<'_>]) {
    let is_here = |id: &str| tables.iter().any(|table| table.plan.output == id);
    work.sources
        .iter()
        .filter(|source| is_here(&source.id().0))
        .for_each(|source| source.release());
}

/// What a database still keeps of the tables that were changed; where none was now, of all.
fn left(address: &str, tables: &[Table<'_>], how: CleanUp) -> Result<Vec<Left>> {
    let is_any = tables.iter().any(|table| is_changed(table.plan));
    let names: Vec<String> = (tables.iter())
        .filter(|table| is_changed(table.plan) || !is_any)
        .map(|table| table.name.clone())
        .collect();
    residue(address, &names, how)
}

/// A table of a plan and its name in the database.
struct Table<'a> {
    plan: &'a TablePlan,
    name: String,
}

/// Tables by the database that they are in.
fn databases<'a>(work: &'a Work<'_>) -> Result<BTreeMap<String, Vec<Table<'a>>>> {
    let mut databases: BTreeMap<String, Vec<Table<'a>>> = BTreeMap::new();
    for plan in &work.plan.tables {
        let source = work
            .sources
            .iter()
            .find(|source| source.id().0 == plan.output);
        if source.is_none_or(|source| source.blocked().is_some()) {
            return Err(Error::NotInPlace {
                place: plan.output.clone(),
            });
        }
        if plan.privacy.is_some() {
            return Err(Error::Invalid {
                place: plan.source.clone(),
                report: "rows are not made alike in place, so groups of rows are not for it: make the plan with --k 1, which drops what would be generalised".to_owned(),
            });
        }
        let (database, name) = in_database(&plan.source)?;
        let tables = databases.entry(database).or_default();
        tables.push(Table { plan, name });
    }
    Ok(databases)
}

/// Where nothing came to last, tables that are not to blame say so.
fn told(
    tables: &[Table<'_>],
    done: std::result::Result<Vec<Changed>, (usize, Error)>,
) -> Vec<TableOutcome> {
    let name = |at: usize| tables[at].plan.output.clone();
    match done {
        Ok(changed) => changed
            .into_iter()
            .enumerate()
            .map(|(at, changed)| TableOutcome {
                table: name(at),
                result: Ok(changed),
            })
            .collect(),
        Err((blamed, error)) => {
            let mut error = Some(error);
            let outcome = |at: usize| TableOutcome {
                table: name(at),
                result: Err(error
                    .take_if(|_| at == blamed)
                    .unwrap_or_else(|| Error::LeftAsItWas { place: name(at) })),
            };
            (0..tables.len()).map(outcome).collect()
        }
    }
}

fn event(source: &str, result: &Result<Changed>) -> Event {
    match result {
        Ok(changed) => Event::Changed {
            source: source.to_owned(),
            rows: changed.rows,
            changed: changed.changed,
            cells: changed.cells.clone(),
        },
        Err(error) => Event::Skipped {
            source: source.to_owned(),
            code: error.code().to_string(),
        },
    }
}

/// Work in one database.
struct Database<'a> {
    work: &'a Work<'a>,
    engine: &'a Run,
    progress: &'a dyn Progress,
    attacked: Vec<TableVerification>,
}

impl Database<'_> {
    /// Changes all tables or none; an error tells which one is to blame.
    fn change(
        &mut self,
        address: &str,
        tables: &[Table<'_>],
        journal: &mut Journal,
    ) -> std::result::Result<Vec<Changed>, (usize, Error)> {
        let first = |error| (0, error);
        let names: Vec<String> = (tables.iter().filter(|table| is_changed(table.plan)))
            .map(|table| table.name.clone())
            .collect();
        if names.is_empty() {
            return Ok(vec![Changed::default(); tables.len()]);
        }
        let mut transaction = begin(address, &names).map_err(first)?;
        let mut columns = columns(transaction.as_ref(), tables).map_err(first)?;
        narrow(&mut columns, self.work.sources);
        let mut changed = vec![Changed::default(); tables.len()];
        for (at, table) in tables.iter().enumerate() {
            if is_changed(table.plan) && transaction.is_changeable(&table.name) {
                let done = self.guarded(transaction.as_mut(), table, &columns[at].1);
                changed[at] = done.map_err(|error| (at, error))?;
            }
        }
        transaction.settle().map_err(first)?;
        // A view follows the tables that it is made of, which are attacked.
        let changeable = tables.iter().enumerate();
        let changeable = changeable.filter(|(_, table)| transaction.is_changeable(&table.name));
        let changeable: Vec<(usize, &Table<'_>)> = changeable.collect();
        self.attack(transaction.as_ref(), &changeable)?;
        let about_to = Event::Changing {
            database: address.to_owned(),
            tables: names.len() as u64,
        };
        journal
            .append(about_to)
            .and_then(|()| transaction.commit())
            .map_err(first)?;
        Ok(changed)
    }

    fn guarded(
        &self,
        transaction: &mut dyn Transaction,
        table: &Table<'_>,
        columns: &[DbColumn],
    ) -> Result<Changed> {
        let all = || self.rewrite(transaction, table, columns);
        catch_unwind(AssertUnwindSafe(all)).unwrap_or_else(|_| {
            Err(Error::Internal {
                place: table.plan.output.clone(),
            })
        })
    }

    fn rewrite(
        &self,
        transaction: &mut dyn Transaction,
        table: &Table<'_>,
        columns: &[DbColumn],
    ) -> Result<Changed> {
        let before = transaction.before(&table.name)?;
        let rewriter = Rewriter::new(before.as_ref(), table.plan, self.engine)?;
        let columns: Vec<DbColumn> = { columns.iter() }
            .filter(|column| is_wanted(table.plan, &column.name))
            .cloned()
            .collect();
        let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        let change = TableChange {
            plan: table.plan,
            rewriter: &rewriter,
            columns: &columns,
        };
        self.progress
            .begin(Stage::Apply, before.id(), before.info().bytes);
        let mut batches = transaction.rows(&table.name, &names, Order::Any)?;
        let mut changed = Changed::default();
        loop {
            progress::check()?;
            let window: Vec<Pending> =
                (batches.by_ref().take(rayon::current_num_threads())).collect::<Result<_>>()?;
            if window.is_empty() {
                break;
            }
            let rewritten = window
                .into_par_iter()
                .map(|pending| change.of(pending, self.progress));
            for (changes, counted) in rewritten.collect::<Result<Vec<_>>>()? {
                transaction.change(&table.name, &changes)?;
                changed.add(counted);
            }
        }
        self.progress.end();
        Ok(changed)
    }

    /// Reads the tables as everybody will; an error tells which one is to blame.
    fn attack(
        &mut self,
        transaction: &dyn Transaction,
        tables: &[(usize, &Table<'_>)],
    ) -> std::result::Result<(), (usize, Error)> {
        let mut seen = Vec::new();
        for &(at, table) in tables {
            let seen_of = Seen::of(transaction, table, self.work);
            seen.push(seen_of.map_err(|error| (at, error))?);
        }
        let across = Across::of(seen.iter().map(|seen| seen.before.as_ref()));
        let first = self.attacked.len();
        for (&(at, _), seen) in tables.iter().zip(&seen) {
            let attacked = verify::against_original(
                seen.before.as_ref(),
                seen.findings,
                seen.after.as_ref(),
                &seen.scope,
                &self.engine.detectors,
                across.as_ref(),
                self.progress,
            );
            self.attacked.push(attacked.map_err(|error| (at, error))?);
        }
        if let Some(across) = across {
            let members: Vec<Member<'_>> = seen.iter().map(Seen::member).collect();
            let found = across.settle(&members, &self.engine.detectors, self.progress);
            let found = found.map_err(|error| (tables[0].0, error))?;
            for (attacked, found) in self.attacked[first..].iter_mut().zip(found) {
                attacked.add(found);
            }
        }
        let attacked = self.attacked[first..].iter();
        let broken = tables
            .iter()
            .zip(attacked)
            .find(|(_, attacked)| attacked.is_broken());
        broken.map_or(Ok(()), |((at, table), _)| {
            let place = table.plan.source.clone();
            Err((*at, Error::Broken { place }))
        })
    }
}

/// A table as it was and as it is now.
struct Seen<'a> {
    before: Box<dyn Source>,
    after: Box<dyn Source>,
    findings: &'a TableFindings,
    scope: Scope,
}

impl<'a> Seen<'a> {
    fn of(transaction: &dyn Transaction, table: &Table<'_>, work: &'a Work<'_>) -> Result<Self> {
        let findings = work.findings.tables.iter();
        let mut findings =
            findings.filter(|t| t.source == table.plan.output && t.state == State::Read);
        Ok(Self {
            before: transaction.before(&table.name)?,
            after: transaction.after(&table.name)?,
            findings: findings.next().ok_or_else(|| Error::StalePlan {
                place: table.plan.source.clone(),
                what: "the table is not there any more",
            })?,
            scope: scope(table.plan, work.plan.head.aim),
        })
    }

    fn member(&self) -> Member<'_> {
        Member {
            original: self.before.as_ref(),
            findings: self.findings,
            output: Some(self.after.as_ref()),
            scope: &self.scope,
        }
    }
}

impl Changed {
    fn add(&mut self, other: Self) {
        self.rows += other.rows;
        self.changed += other.changed;
        for (action, cells) in other.cells {
            *self.cells.entry(action).or_default() += cells;
        }
    }
}

/// What the database says of the columns of tables that are changed.
fn columns<'a>(
    transaction: &dyn Transaction,
    tables: &[Table<'a>],
) -> Result<Vec<(&'a TablePlan, Vec<DbColumn>)>> {
    let of = |table: &Table<'a>| {
        let is_any = is_changed(table.plan) && transaction.is_changeable(&table.name);
        let columns = is_any.then(|| transaction.columns(&table.name));
        Ok((table.plan, columns.transpose()?.unwrap_or_default()))
    };
    tables.iter().map(of).collect()
}

fn is_changed(plan: &TablePlan) -> bool {
    plan.columns
        .iter()
        .any(|column| column.action != Action::Keep)
}

/// Tells whether a column is rewritten, or tells whose row it is.
fn is_wanted(plan: &TablePlan, name: &str) -> bool {
    let is_subject = |column: &crate::plan::ColumnPlan| {
        column.action == Action::Rewrite && column.settings.subject.as_deref() == Some(name)
    };
    (plan.columns.iter())
        .any(|column| (column.path == name && column.action != Action::Keep) || is_subject(column))
}

/// How rows of a table are rewritten.
struct TableChange<'a> {
    plan: &'a TablePlan,
    rewriter: &'a Rewriter<'a>,
    columns: &'a [DbColumn],
}

impl TableChange<'_> {
    fn of(&self, pending: Pending, progress: &dyn Progress) -> Result<(Changes, Changed)> {
        let bytes = pending.bytes;
        let batch = (pending.decode)()?;
        let internal = |_| Error::Internal {
            place: self.plan.output.clone(),
        };
        let mut frame = batch.frame()?.into_owned();
        let places = frame.drop_in_place(PLACE).map_err(internal)?;
        self.numbers_of_keys(&mut frame)?;
        let mut changed = Changed {
            rows: frame.height() as u64,
            ..Changed::default()
        };
        let rewritten = self.rewriter.frame(
            &Batch::of_frame(batch.seq, frame.clone()),
            &mut changed.cells,
        )?;
        let mut columns = Vec::new();
        for column in self
            .columns
            .iter()
            .filter(|column| self.is_rewritten(&column.name))
        {
            let old = text(frame.column(&column.name).map_err(internal)?).map_err(internal)?;
            let new = rewritten
                .column(&column.name)
                .ok()
                .map(text)
                .transpose()
                .map_err(internal)?;
            columns.push((column.name.clone(), cells(column, &old, new.as_ref())));
        }
        let is_new = |row: usize| columns.iter().any(|(_, cells)| cells[row] != Cell::Keep);
        let rows: Vec<usize> = (0..frame.height()).filter(|&row| is_new(row)).collect();
        let places = text(&places).map_err(internal)?;
        let place = |&row: &usize| places.get(row).unwrap_or_default().to_owned();
        changed.changed = rows.len() as u64;
        progress.advance(bytes, changed.rows);
        let changes = Changes {
            places: rows.iter().map(place).collect(),
            columns: (columns.into_iter())
                .map(|(name, cells)| (name, rows.iter().map(|&row| cells[row].clone()).collect()))
                .collect(),
        };
        Ok((changes, changed))
    }

    fn is_rewritten(&self, name: &str) -> bool {
        let mut decisions = self.plan.columns.iter();
        decisions.any(|column| column.path == name && column.action != Action::Keep)
    }

    /// Numbers that become tokens do so as text, so that they go on meeting equal texts elsewhere.
    fn numbers_of_keys(&self, frame: &mut DataFrame) -> Result<()> {
        for column in self
            .plan
            .columns
            .iter()
            .filter(|column| column.method.as_deref() == Some("token"))
        {
            let Ok(numbers) = frame.column(&column.path) else {
                continue;
            };
            if numbers.dtype().is_integer() {
                let internal = |_| Error::Internal {
                    place: self.plan.output.clone(),
                };
                let text = numbers.cast(&DataType::String).map_err(internal)?;
                frame.with_column(text).map_err(internal)?;
            }
        }
        Ok(())
    }
}

fn text(column: &Column) -> polars::error::PolarsResult<StringChunked> {
    Ok(column.cast(&DataType::String)?.str()?.clone())
}

/// What becomes of the cells of a column; without new ones, nothing is left.
fn cells(column: &DbColumn, old: &StringChunked, new: Option<&StringChunked>) -> Vec<Cell> {
    let cell = |row: usize| match (old.get(row), new.and_then(|new| new.get(row))) {
        (None, _) => Cell::Keep,
        (Some(_), None) => Cell::Empty,
        (Some(old), Some(new)) if old == new => Cell::Keep,
        (Some(_), Some(new)) => column.fit(new),
    };
    (0..old.len()).map(cell).collect()
}

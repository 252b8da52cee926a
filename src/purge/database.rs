//! Purges in databases: rows and cells go where they are, from all tables of one database in one transaction. What is left is read
//! back, compared and attacked before anybody else sees it.

use std::collections::BTreeMap;
use std::sync::Arc;

use polars::prelude::DataFrame;
use rayon::prelude::*;

use super::bare::{Bare, bare};
use super::confirm::{Done, Known, Work, stale};
use super::digest::{RowDigest, RowSet, of_rows};
use super::fates::{How, RowFate, Went};
use super::files::part;
use super::manifest::{Manifest, Noting};
use super::parted::Part;
use super::plan::{PurgePlan, TablePurge};
use super::rewrite::{Counts, is_stored};
use super::rules::Rules;
use super::subjects::{Counted, PeopleHasher};
use crate::error::{Error, Result};
use crate::findings::TableFindings;
use crate::journal::{Event, Replacement};
use crate::progress::{self, Stage};
use crate::source::database::{
    Cell, Changes, CleanUp, DbTable, Order, PLACE, Transaction, begin, in_database, residue,
};
use crate::source::{Pending, Source};
use crate::verify::Parts;

/// A table of a plan in its database.
pub(super) struct InDatabase<'p> {
    plan: &'p TablePurge,
    database: String,
    name: String,
}

/// What befell a table, or which one is to blame that nothing changed.
type Changed = std::result::Result<Vec<Result<Done>>, (usize, Error)>;

impl<'p> InDatabase<'p> {
    /// All tables of a plan that are in the database of one of them.
    pub(super) fn beside(one: &TablePurge, plan: &'p PurgePlan) -> Result<Vec<Self>> {
        let all = plan.tables.iter().filter(|table| table.is_in_database);
        let all = all.map(|table| {
            let (database, name) = in_database(&table.path.to_string_lossy())?;
            Ok(Self {
                plan: table,
                database,
                name,
            })
        });
        let all: Vec<Self> = all.collect::<Result<_>>()?;
        let (database, _) = in_database(&one.path.to_string_lossy())?;
        Ok(all.into_iter().filter(|t| t.database == database).collect())
    }
}

impl Work<'_> {
    /// Does what a plan says of the tables of one database, or nothing of it.
    pub(super) fn database<'p>(
        &mut self,
        tables: &[InDatabase<'p>],
        known: &BTreeMap<String, Known>,
        manifest: Option<&mut Manifest>,
    ) -> Vec<(&'p str, Result<Done>)> {
        let (changing, others): (Vec<_>, Vec<_>) =
            tables.iter().partition(|table| table.plan.changes());
        let done = match self.change(&changing, known, manifest) {
            Ok(done) => done,
            Err((blamed, error)) => {
                let mut error = Some(error);
                let result = |at: usize| {
                    let place = changing[at].plan.source.clone();
                    Err(error
                        .take_if(|_| at == blamed)
                        .unwrap_or(Error::LeftAsItWas { place }))
                };
                (0..changing.len()).map(result).collect()
            }
        };
        let source = |table: &&InDatabase<'p>| table.plan.source.as_str();
        let done = changing.iter().map(source).zip(done);
        let others = others.iter().map(source);
        done.chain(others.map(|name| (name, Ok(Done::Unchanged))))
            .collect()
    }

    fn change(
        &mut self,
        tables: &[&InDatabase<'_>],
        known: &BTreeMap<String, Known>,
        manifest: Option<&mut Manifest>,
    ) -> Changed {
        let first = |error| (0, error);
        let Some(database) = tables.first().map(|table| table.database.clone()) else {
            return Ok(Vec::new());
        };
        let names: Vec<String> = tables.iter().map(|table| table.name.clone()).collect();
        let mut begun = Vec::new();
        for (at, table) in tables.iter().enumerate() {
            let (source, rules, findings) = self.read(table.plan).map_err(|e| (at, e))?;
            source.release();
            begun.push(Here {
                table,
                rules: Arc::new(rules),
                findings,
                known: known.get(&table.plan.source),
            });
        }
        let mut transaction = begin(&database, &names).map_err(first)?;
        let mut worked = Vec::new();
        for (at, here) in begun.iter().enumerate() {
            let one = self.work_on(transaction.as_mut(), here);
            worked.push(one.map_err(|error| (at, error))?);
        }
        let is_settled = worked.iter().all(Option::is_none);
        if !is_settled {
            transaction.settle().map_err(first)?;
        }
        let mut ends = Vec::new();
        for (at, (here, one)) in begun.iter().zip(worked).enumerate() {
            let end = one.map(|one| self.checked(transaction.as_ref(), here, one));
            if let Some(Err(error)) = &end {
                (self.note_residue(here.table.plan, error)).map_err(|e| (at, e))?;
            }
            ends.push(end.transpose().map_err(|error| (at, error))?);
        }
        if !is_settled {
            self.announce(transaction.as_ref(), &begun, &ends, manifest)?;
            transaction.commit().map_err(first)?;
        }
        let done = begun.iter().zip(ends);
        let done = done.map(|(here, end)| self.told(here, end)).collect();
        self.clean_up(&database, &names, is_settled);
        Ok(done)
    }

    /// Notes what is about to go, once it is sure that nothing but the commit is missing.
    fn announce(
        &mut self,
        transaction: &dyn Transaction,
        begun: &[Here<'_, '_>],
        ends: &[Option<End>],
        mut manifest: Option<&mut Manifest>,
    ) -> std::result::Result<(), (usize, Error)> {
        let ended = || begun.iter().zip(ends).enumerate();
        for (at, (here, end)) in ended() {
            if let (Some(manifest), Some(end)) = (manifest.as_deref_mut(), end) {
                let noted = self.note(transaction, here, &end.counts, manifest);
                noted.map_err(|error| (at, error))?;
            }
        }
        for (at, (_, end)) in ended() {
            if let Some(end) = end {
                let about_to = Event::Replacing(end.replacement.clone());
                self.journal.append(about_to).map_err(|error| (at, error))?;
            }
        }
        Ok(())
    }

    /// Notes in the manifest what goes from a table.
    fn note(
        &mut self,
        transaction: &dyn Transaction,
        here: &Here<'_, '_>,
        counts: &Counts,
        manifest: &mut Manifest,
    ) -> Result<()> {
        let plan = here.table.plan;
        let mut noting = Noting::begin(manifest, &self.plan.hash, &plan.source, &plan.dataset)?;
        let noter = noting.noter();
        let before = transaction.before(&here.table.name)?;
        let internal = || Error::Internal {
            place: plan.source.clone(),
        };
        let rows = Bare::of(before.as_ref()).ok_or_else(internal)?;
        for pending in rows.read()? {
            progress::check()?;
            let batch = (pending?.decode)()?;
            let frame = batch.frame()?;
            let fates = here.rules.fates(&frame)?;
            noting.add(noter.notes(&here.rules, &frame, &fates)?)?;
        }
        let noted = noting.end(&here.rules, counts)?;
        self.journal.append(noted)
    }

    /// What became of a table now that the change lasts, or did before.
    fn told(&mut self, here: &Here<'_, '_>, end: Option<End>) -> Result<Done> {
        let is_resumed = end.is_none();
        let (replacement, people) = match (end, here.known) {
            (Some(end), _) => (end.replacement, end.people),
            (None, Some(known)) if known.is_done => {
                return Ok(Done::Before(Box::new(known.replacement.clone())));
            }
            (None, Some(known)) => (known.replacement.clone(), None),
            (None, None) => {
                return Err(stale(
                    &here.table.plan.source,
                    "nothing in it goes any more",
                ));
            }
        };
        if let Some(people) = people {
            self.people.add((people, here.rules.subject_categories()));
        }
        let event = self.replaced(&replacement, is_resumed);
        let noted = self.journal.append(event);
        noted.map_err(|source| Error::ActMissing {
            place: here.table.plan.source.clone(),
            plan: self.plan.hash.clone(),
            source: Box::new(source),
        })?;
        Ok(Done::Replaced(Box::new(replacement)))
    }

    /// What a run that was killed after its commit left is cleaned up by the next one.
    fn clean_up(&mut self, database: &str, names: &[String], is_settled: bool) {
        let how = self.setting.clean_up;
        if is_settled && how == CleanUp::No {
            return;
        }
        match residue(database, names, how) {
            Ok(left) => self.left.extend(left),
            Err(error) => self.unclean.push((database.to_owned(), error)),
        }
    }

    /// Puts what goes from a table beside it; none where a run before this one did it all.
    fn work_on(
        &self,
        transaction: &mut dyn Transaction,
        here: &Here<'_, '_>,
    ) -> Result<Option<Worked>> {
        let (plan, name) = (here.table.plan, here.table.name.as_str());
        if !transaction.is_changeable(name) {
            return Err(Error::NotInPlace {
                place: plan.source.clone(),
            });
        }
        let before = transaction.before(name)?;
        let stored = before.described().cloned();
        let stored =
            stored.filter(|table| table.shape(&plan.path.to_string_lossy()) == plan.before);
        let stored = stored.ok_or_else(|| stale(&plan.source, "its columns are others now"))?;
        let pass = Pass {
            rules: &here.rules,
            table: &stored,
            hasher: (!here.rules.subject.is_empty()).then_some(&self.hasher),
            place: &plan.source,
        };
        let mut worked = Worked::default();
        self.progress
            .begin(Stage::Apply, before.id(), before.info().bytes);
        let mut batches = transaction.rows(name, &stored.names(), Order::OfRows)?;
        loop {
            progress::check()?;
            let window = batches.by_ref().take(rayon::current_num_threads());
            let window: Vec<Pending> = window.collect::<Result<_>>()?;
            if window.is_empty() {
                break;
            }
            let passed = window.into_par_iter().map(|pending| {
                let (bytes, batch) = (pending.bytes, (pending.decode)()?);
                let passed = pass.of(batch.frame()?.into_owned())?;
                self.progress.advance(bytes, passed.fates.len() as u64);
                Ok(passed)
            });
            for passed in passed.collect::<Result<Vec<_>>>()? {
                transaction.change(name, &passed.changes)?;
                transaction.delete(name, &passed.deleted)?;
                worked.add(&here.rules, passed);
            }
        }
        self.progress.end();
        match (self.check_agreement(plan, &worked.counts), here.known) {
            (Ok(()), _) => Ok(Some(worked)),
            // Only the contents tell whether the commit of a run that was killed had lasted.
            (Err(_), Some(known)) if known.replacement.after == worked.before.digest() => Ok(None),
            (Err(_), Some(known))
                if !known.is_done && known.replacement.before != worked.before.digest() =>
            {
                Err(stale(
                    &plan.source,
                    "a run was killed while it did this, and rows have changed since: whether they went then cannot be told from the table, nor be acted on; look at them, and make a new plan",
                ))
            }
            (Err(error), _) => Err(error),
        }
    }

    /// Reads what is left as everybody will: it is what should be there, and tells nothing of what went.
    fn checked(
        &self,
        transaction: &dyn Transaction,
        here: &Here<'_, '_>,
        worked: Worked,
    ) -> Result<End> {
        let (plan, name) = (here.table.plan, here.table.name.as_str());
        let (before, after) = (transaction.before(name)?, transaction.after(name)?);
        let internal = || Error::Internal {
            place: plan.source.clone(),
        };
        let stored = before.described().ok_or_else(internal)?;
        let before = Bare::of(before.as_ref()).ok_or_else(internal)?;
        let after = Bare::with(after.as_ref(), stored);
        if rows_of(&after, stored, self)? != worked.left {
            return Err(Error::NotSame {
                place: plan.source.clone(),
            });
        }
        let parts = Parts {
            gone: &part(&before, &here.rules, Part::Gone),
            stays: &part(&before, &here.rules, Part::Stays),
            left: &after,
        };
        let attacks = self.attack(plan, &parts, &here.rules.told(here.findings))?;
        let people = (!here.rules.subject.is_empty()).then_some(worked.people);
        let replacement = Replacement {
            people: people.as_ref().map(Counted::count),
            attacks,
            ..self.replacement(
                plan,
                &worked.counts,
                worked.before.digest(),
                worked.left.digest(),
            )
        };
        Ok(End {
            replacement,
            people,
            counts: worked.counts,
        })
    }
}

/// What a table is to become, checked.
struct End {
    replacement: Replacement,
    people: Option<Counted>,
    counts: Counts,
}

/// All rows of a table.
fn rows_of(source: &dyn Source, table: &DbTable, work: &Work<'_>) -> Result<RowSet> {
    let mut rows = RowSet::default();
    work.progress
        .begin(Stage::Verify, source.id(), source.info().bytes);
    for pending in source.read()? {
        progress::check()?;
        let pending = pending?;
        let bytes = pending.bytes;
        let batch = (pending.decode)()?;
        rows.add(&of_rows(batch.frame()?.as_ref(), &|column| {
            is_stored(table, column)
        })?);
        work.progress.advance(bytes, batch.new_rows());
    }
    work.progress.end();
    Ok(rows)
}

/// A table that is being worked on.
struct Here<'p, 'f> {
    table: &'p InDatabase<'p>,
    rules: Arc<Rules>,
    findings: &'f TableFindings,
    known: Option<&'f Known>,
}

/// What a pass over a table did.
#[derive(Default)]
struct Worked {
    counts: Counts,
    people: Counted,
    /// Its rows before.
    before: RowSet,
    /// Its rows as they should be.
    left: RowSet,
}

impl Worked {
    fn add(&mut self, rules: &Rules, passed: Passed) {
        let asks = Some(passed.asks.as_slice());
        self.counts.add(rules, &passed.fates, passed.went, asks);
        self.people.add(passed.people);
        self.before.add(&passed.before);
        self.left.add(&passed.left);
    }
}

/// How rows of a table are looked at.
struct Pass<'a> {
    rules: &'a Rules,
    table: &'a DbTable,
    hasher: Option<&'a PeopleHasher>,
    place: &'a str,
}

/// Some rows, looked at.
struct Passed {
    fates: Vec<RowFate>,
    went: Went,
    asks: Vec<Option<RowDigest>>,
    people: Vec<u64>,
    before: Vec<RowDigest>,
    left: Vec<RowDigest>,
    changes: Changes,
    deleted: Vec<String>,
}

impl Pass<'_> {
    fn of(&self, mut frame: DataFrame) -> Result<Passed> {
        let internal = |_| Error::Internal {
            place: self.place.to_owned(),
        };
        let places = frame.drop_in_place(PLACE).map_err(internal)?;
        let places = places.str().map_err(internal)?;
        let frame = bare(frame, &self.table.columns)?;
        let is_stored = |column: &str| is_stored(self.table, column);
        let before = of_rows(&frame, &is_stored)?;
        let fates = self.rules.fates(&frame)?;
        let asks = self.rules.asks(&frame, &fates, &before)?;
        let (left, went) = self.rules.left(&frame, &fates)?;
        let people = { self.hasher }.map(|hasher| self.rules.people_of(&frame, &fates, hasher));
        let place = |row: usize| places.get(row).unwrap_or_default().to_owned();
        let goes = |row: &usize| self.rules.is_destroyed(fates[*row]);
        Ok(Passed {
            deleted: (0..fates.len()).filter(goes).map(place).collect(),
            changes: self.emptied(&frame, &fates, &place)?,
            people: people.transpose()?.unwrap_or_default(),
            left: of_rows(&left, &is_stored)?,
            before,
            asks,
            went,
            fates,
        })
    }

    /// The cells that go from rows that stay.
    fn emptied(
        &self,
        frame: &DataFrame,
        fates: &[RowFate],
        place: &dyn Fn(usize) -> String,
    ) -> Result<Changes> {
        let mut columns: Vec<(String, Vec<bool>)> = Vec::new();
        let mut loses = vec![false; frame.height()];
        for column in frame.columns() {
            let rule = self.rules.rule_of(column.name())?;
            if !is_stored(self.table, column.name()) || !rule.may_be_emptied() {
                continue;
            }
            let filled = column.is_not_null();
            let cells = filled.iter().zip(fates).map(|(filled, fate)| {
                filled == Some(true) && self.rules.how(rule, *fate) == Some(How::Emptied)
            });
            let cells: Vec<bool> = cells.collect();
            for (loses, cell) in loses.iter_mut().zip(&cells) {
                *loses |= cell;
            }
            columns.push((column.name().to_string(), cells));
        }
        let rows: Vec<usize> = (0..frame.height()).filter(|row| loses[*row]).collect();
        let cell = |goes: bool| if goes { Cell::Empty } else { Cell::Keep };
        let columns = columns.into_iter().map(|(name, cells)| {
            let cells = rows.iter().map(|&row| cell(cells[row]));
            (name, cells.collect())
        });
        Ok(Changes {
            columns: columns.collect(),
            places: rows.iter().map(|&row| place(row)).collect(),
        })
    }
}

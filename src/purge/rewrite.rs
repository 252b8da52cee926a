//! One pass over a table: counts what goes, and writes what is left where there is a place for it.

use std::collections::BTreeMap;
use std::path::Path;

use polars::prelude::{Column, DataFrame, Schema, Series};
use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use super::digest::{Cells, RowDigest, of_rows};
use super::fates::{KeptFor, RowFate, Went};
use super::manifest::{Noter, Notes, Noting};
use super::rules::{Purposes, Rules};
use super::selection::Kind;
use super::subjects::{Counted, PeopleHasher};
use crate::error::{Error, Result};
use crate::policy::Expired;
use crate::progress::{self, Progress, Stage};
use crate::source::database::DbTable;
use crate::source::sink::{Encoded, Format, Sink};
use crate::source::staged::Staged;
use crate::source::{Pending, Source};

/// Rows that are listed one by one.
const LISTED: usize = 1_000;

/// What a pass over a table counted.
#[derive(Default)]
pub(super) struct Counts {
    pub(super) rows: u64,
    pub(super) destroyed: u64,
    pub(super) anonymised: u64,
    pub(super) blocked: u64,
    pub(super) held: u64,
    pub(super) undated: u64,
    pub(super) unreadable: u64,
    /// Rows that lack a date or have one that cannot be read, the first of them.
    pub(super) listed: Vec<u64>,
    pub(super) went: Went,
    /// Stretches of rows that are kept whatever their term: the first, and how many.
    pub(super) kept: Vec<(u64, u64)>,
    /// Stretches of rows that the plan is about, where it is not about all.
    pub(super) selected: Vec<(u64, u64)>,
    /// Rows that stay though they were to go: a purpose needs them.
    pub(super) refused: u64,
    /// By number of the purpose: rows that it needs.
    pub(super) required: BTreeMap<usize, u64>,
    /// Rows of a database to which something is to happen unless something keeps them.
    asked: u64,
    fates: Sha256,
}

impl Counts {
    /// Tells one set of decisions from another, whatever keeps rows.
    pub(super) fn digest(&self) -> String {
        format!(
            "sha256:{}",
            data_encoding::HEXLOWER.encode(&self.fates.clone().finalize())
        )
    }

    /// Adds rows; `asks` are those of a database, where others may come and go while a plan waits.
    pub(super) fn add(
        &mut self,
        rules: &Rules,
        fates: &[RowFate],
        went: Went,
        asks: Option<&[Option<RowDigest>]>,
    ) {
        for (row, fate) in fates.iter().enumerate() {
            match asks {
                None => self.add_of_file(*fate),
                Some(asks) => self.add_asked(*fate, asks[row].as_ref()),
            }
            if fate.is_selected && rules.selection.kind() != Kind::Purge {
                stretch(&mut self.selected, self.rows);
            }
            if rules.selection.people().is_some() {
                self.add_refused(*fate);
            }
            self.anonymised += u64::from(rules.is_anonymised_again(*fate));
            self.blocked += u64::from(fate.kept_for == Some(KeptFor::Block));
            self.held += u64::from(fate.kept_for == Some(KeptFor::Hold));
            let goes = u64::from(fate.has_run_out());
            match rules.expired() {
                Expired::Destroy => self.destroyed += goes,
                Expired::Anonymise => self.anonymised += goes,
            }
            self.undated += u64::from(fate.standing.is_undated && fate.kept_for.is_none());
            self.unreadable += u64::from(fate.standing.is_unreadable);
            self.rows += 1;
        }
        self.went.merge(went);
    }

    fn add_of_file(&mut self, fate: RowFate) {
        self.fates.update(fate.standing.live.to_le_bytes());
        self.fates.update([u8::from(fate.is_selected)]);
        if fate.kept_for.is_some() {
            stretch(&mut self.kept, self.rows);
        }
        let is_listed = fate.standing.is_undated || fate.standing.is_unreadable;
        if is_listed && self.listed.len() < LISTED {
            self.listed.push(self.rows);
        }
    }

    fn add_asked(&mut self, fate: RowFate, ask: Option<&RowDigest>) {
        let Some(ask) = ask else {
            return;
        };
        self.fates.update(ask);
        if fate.kept_for.is_some() {
            stretch(&mut self.kept, self.asked);
        }
        self.asked += 1;
    }

    fn add_refused(&mut self, fate: RowFate) {
        if fate.is_refused() {
            self.refused += 1;
            for bit in (0..Purposes::BITS).filter(|bit| fate.standing.live & (1 << bit) != 0) {
                *self.required.entry(bit as usize).or_default() += 1;
            }
        }
    }
}

/// Adds the next row to stretches of rows.
fn stretch(stretches: &mut Vec<(u64, u64)>, row: u64) {
    match stretches.last_mut() {
        Some((first, rows)) if *first + *rows == row => *rows += 1,
        _ => stretches.push((row, 1)),
    }
}

/// A table as it will be, whole and synced, still without its name.
pub(super) struct Rewritten {
    pub(super) counts: Counts,
    pub(super) staged: Staged,
    /// People whose data goes, where rows say whom they are about.
    pub(super) people: Option<Counted>,
    /// Of the cells that were written.
    pub(super) cells: String,
}

/// Counts what goes.
pub(super) fn count(source: &dyn Source, rules: &Rules, progress: &dyn Progress) -> Result<Counts> {
    let mut counts = Counts::default();
    let wanted = Wanted::default();
    pass(
        source,
        rules,
        &wanted,
        progress,
        Stage::Scan,
        &mut |batch| {
            counts.add(rules, &batch.fates, batch.went, batch.asks.as_deref());
            Ok(())
        },
    )?;
    Ok(counts)
}

/// Writes what is left to a file beside the table, and notes what goes.
pub(super) fn rewrite(
    source: &dyn Source,
    rules: &Rules,
    format: &Format,
    target: &Path,
    hasher: &PeopleHasher,
    mut noting: Option<&mut Noting<'_>>,
    progress: &dyn Progress,
) -> Result<Rewritten> {
    let mut people = (!rules.subject.is_empty()).then(Counted::default);
    let wanted = Wanted {
        format: Some(format),
        hasher: people.is_some().then_some(hasher),
        noter: noting.as_deref().map(Noting::noter),
    };
    let (mut counts, mut cells, mut sink) = (Counts::default(), Cells::default(), None::<Sink>);
    pass(
        source,
        rules,
        &wanted,
        progress,
        Stage::Apply,
        &mut |batch| {
            counts.add(rules, &batch.fates, batch.went, None);
            cells.add(&batch.left)?;
            if let Some(people) = &mut people {
                people.add(batch.people);
            }
            if let Some(noting) = &mut noting {
                noting.add(batch.notes)?;
            }
            let sink = match &mut sink {
                Some(sink) => sink,
                None => sink.insert(format.create(target, &batch.schema)?),
            };
            batch.encoded.map_or(Ok(()), |encoded| sink.write(encoded))
        },
    )?;
    let sink = match sink {
        Some(sink) => sink,
        None => format.create(target, &empty_schema(source, rules)?)?,
    };
    Ok(Rewritten {
        counts,
        staged: sink.finish()?,
        people,
        cells: cells.digest(),
    })
}

/// The digest of the cells of a table.
pub(super) fn cells_of(source: &dyn Source, progress: &dyn Progress) -> Result<String> {
    let mut cells = Cells::default();
    progress.begin(Stage::Verify, source.id(), source.info().bytes);
    for pending in source.read()? {
        progress::check()?;
        let pending = pending?;
        let bytes = pending.bytes;
        let batch = (pending.decode)()?;
        cells.add(batch.frame()?.as_ref())?;
        progress.advance(bytes, batch.new_rows());
    }
    progress.end();
    Ok(cells.digest())
}

/// What a pass over a table is to make of it besides counts.
#[derive(Default)]
struct Wanted<'a> {
    format: Option<&'a Format>,
    noter: Option<Noter>,
    hasher: Option<&'a PeopleHasher>,
}

/// A batch on its way.
struct Passed {
    fates: Vec<RowFate>,
    went: Went,
    asks: Option<Vec<Option<RowDigest>>>,
    notes: Notes,
    people: Vec<u64>,
    left: DataFrame,
    schema: Schema,
    encoded: Option<Encoded>,
}

fn pass(
    source: &dyn Source,
    rules: &Rules,
    wanted: &Wanted<'_>,
    progress: &dyn Progress,
    stage: Stage,
    take: &mut dyn FnMut(Passed) -> Result<()>,
) -> Result<()> {
    progress.begin(stage, source.id(), source.info().bytes);
    let mut batches = source.read_in_order()?;
    loop {
        progress::check()?;
        let window = batches.by_ref().take(rayon::current_num_threads());
        let window: Vec<Pending> = window.collect::<Result<_>>()?;
        if window.is_empty() {
            break;
        }
        let passed = window.into_par_iter().map(|pending| {
            let bytes = pending.bytes;
            let batch = (pending.decode)()?;
            if batch.problems.malformed_cells > 0 {
                return Err(Error::Csv {
                    place: source.id().to_string(),
                    what: "some of its text is broken",
                });
            }
            let frame = batch.frame()?;
            let fates = rules.fates(&frame)?;
            let asks = source.described().map(|table| {
                let rows = of_rows(&frame, &|column| is_stored(table, column))?;
                rules.asks(&frame, &fates, &rows)
            });
            let (left, went) = rules.left(&frame, &fates)?;
            let schema = left.schema().as_ref().clone();
            let noter = wanted.noter.as_ref();
            let notes = noter.map(|noter| noter.notes(rules, &frame, &fates));
            let people = wanted
                .hasher
                .map(|hasher| rules.people_of(&frame, &fates, hasher));
            let encoded = wanted
                .format
                .map(|format| format.encode(left.clone()))
                .transpose()?;
            progress.advance(bytes, batch.new_rows());
            Ok(Passed {
                fates,
                went,
                asks: asks.transpose()?,
                notes: notes.transpose()?.unwrap_or_default(),
                people: people.transpose()?.unwrap_or_default(),
                left,
                schema,
                encoded,
            })
        });
        passed
            .collect::<Result<Vec<_>>>()?
            .into_iter()
            .try_for_each(&mut *take)?;
    }
    progress.end();
    Ok(())
}

/// Tells whether a column holds what somebody put there.
pub(super) fn is_stored(table: &DbTable, column: &str) -> bool {
    table.column(column).is_none_or(|known| !known.is_generated)
}

fn empty_schema(source: &dyn Source, rules: &Rules) -> Result<Schema> {
    let schema = source.info().schema;
    let columns = schema
        .iter()
        .map(|(name, dtype)| Column::from(Series::new_empty(name.as_str().into(), dtype)));
    let frame = DataFrame::new(0, columns.collect())
        .map_err(|e| Error::parquet(source.id().to_string(), &e))?;
    Ok(rules.left(&frame, &[])?.0.schema().as_ref().clone())
}

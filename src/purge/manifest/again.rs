//! What a manifest says of a table that a backup brought back: which of its rows and cells are to go again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use polars::prelude::{DataFrame, DataType};

use super::key::{Entry, ManifestKey};
use super::lines::{self, By, Done, Mark, Reading};
use super::noting::{Contents, Filled, Known, Rows, identifier_entry};
use super::{ManifestTold, holds_all};
use crate::error::{Error, Result};
use crate::journal;
use crate::purge::fates::RowFate;
use crate::purge::lists::{as_iin, known_as};
use crate::purge::rules::{ColumnFate, ColumnRule, Purposes, Rules, Standing};
use crate::purge::selection::Selection;

/// What was destroyed before, as a manifest tells. What it holds is never shown.
pub struct Noted {
    key: ManifestKey,
    /// Sorted.
    entries: BTreeMap<Mark, Vec<Entry>>,
    path: PathBuf,
    count: u64,
}

/// A row that stays, one that was not anonymised; the other bits are columns that stay filled.
const STAYS: Purposes = 1 << 63;
const HAS_PERSON: Purposes = 1 << 62;
/// More columns of one dataset were never emptied.
const MOST_COLUMNS: usize = 62;

impl Noted {
    /// Reads a manifest.
    ///
    /// # Errors
    /// When it cannot be read, was written with another key, was changed or cut off, or does not fit into the memory.
    pub fn load(path: &Path, key: ManifestKey, journal: &Path) -> Result<Self> {
        let whole = lines::read(path, &key, Reading::Entries)?;
        if whole.bytes == 0 {
            return Err(Error::Manifest {
                place: path.display().to_string(),
                line: 1,
                what: "it is no manifest of a purge",
            });
        }
        holds_all(&whole, path, journal)?;
        let count = whole.groups.iter().map(|group| group.count).sum();
        let mut entries: BTreeMap<Mark, Vec<Entry>> = BTreeMap::new();
        for (mark, more) in whole.groups.into_iter().flat_map(|group| group.entries) {
            entries.entry(mark).or_default().extend(more);
        }
        for entries in entries.values_mut() {
            entries.sort_unstable();
            entries.dedup();
        }
        Ok(Self {
            key,
            entries,
            path: path.to_owned(),
            count,
        })
    }

    /// What an act tells of it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn told(&self) -> Result<ManifestTold> {
        Ok(ManifestTold {
            file: self.path.clone(),
            sha256: journal::file_hash(&self.path)?,
            entries: self.count,
        })
    }

    /// How many entries it has.
    pub fn entries(&self) -> u64 {
        self.count
    }

    /// The file.
    pub(in crate::purge) fn path(&self) -> &Path {
        &self.path
    }

    /// Datasets that it says something of.
    pub(in crate::purge) fn datasets(&self) -> BTreeSet<&str> {
        self.entries
            .keys()
            .map(|mark| mark.dataset.as_str())
            .collect()
    }

    fn of(&self, dataset: &str) -> impl Iterator<Item = (&Mark, &Vec<Entry>)> {
        let dataset = dataset.to_owned();
        let of_it = move |(mark, _): &(&Mark, &Vec<Entry>)| mark.dataset == dataset;
        self.entries.iter().filter(of_it)
    }

    /// Columns of events that rows of a dataset are known by.
    pub(in crate::purge) fn events(&self, dataset: &str) -> Vec<String> {
        let marks = self.of(dataset).map(|(mark, _)| mark);
        let all: BTreeSet<&String> = marks.flat_map(|mark| &mark.events).collect();
        all.into_iter().cloned().collect()
    }

    /// Columns of subjects that rows of a dataset are known by.
    pub(in crate::purge) fn subjects(&self, dataset: &str) -> BTreeSet<&String> {
        let marks = self.of(dataset).map(|(mark, _)| mark);
        marks.flat_map(|mark| &mark.subject).collect()
    }

    /// Columns that cells of a dataset were emptied in, in order.
    fn emptied(&self, dataset: &str) -> Vec<&String> {
        let is_of_rows = |mark: &&Mark| mark.done != Done::Dropped;
        let marks = self.of(dataset).map(|(mark, _)| mark).filter(is_of_rows);
        let all: BTreeSet<&String> = marks.flat_map(|mark| mark.columns.keys()).collect();
        all.into_iter().collect()
    }

    /// Rules for columns: those that went go again where no purpose approves them still, and those that lost cells lose them.
    pub(in crate::purge) fn column_rules(
        &self,
        dataset: &str,
        usual: Vec<ColumnRule>,
    ) -> Result<Vec<ColumnRule>> {
        let emptied = self.emptied(dataset);
        if emptied.len() > MOST_COLUMNS {
            return Err(Error::TooManyValues {
                place: self.path.display().to_string(),
            });
        }
        let of_dataset = || self.of(dataset).map(|(mark, _)| mark);
        let category = |path: &str| of_dataset().find_map(|mark| mark.columns.get(path)?.clone());
        let went = |path: &str| {
            let mut dropped = of_dataset().filter(|mark| mark.done == Done::Dropped);
            dropped.any(|mark| mark.columns.contains_key(path))
        };
        let rule = |rule: ColumnRule| {
            let place = emptied.iter().position(|path| **path == rule.path);
            ColumnRule {
                category: rule.category.or_else(|| category(&rule.path)),
                fate: match (rule.fate, place) {
                    (ColumnFate::Dropped, _) if went(&rule.path) => ColumnFate::Dropped,
                    (_, Some(place)) => ColumnFate::While(1 << place),
                    (_, None) => ColumnFate::Stays,
                },
                path: rule.path,
            }
        };
        Ok(usual.into_iter().map(rule).collect())
    }

    fn holds(&self, mark: &Mark, entry: &Entry) -> bool {
        let entries = self.entries.get(mark);
        entries.is_some_and(|entries| entries.binary_search(entry).is_ok())
    }
}

impl fmt::Debug for Noted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Noted({})", self.count)
    }
}

impl Rules {
    /// What becomes of rows that a backup may have brought back.
    pub(in crate::purge) fn fates_again(
        &self,
        noted: &Noted,
        frame: &DataFrame,
    ) -> Result<Vec<RowFate>> {
        let height = frame.height();
        let kept_for = self.kept_for(frame)?;
        let mut found = Found {
            live: vec![Purposes::MAX; height],
            is_known: vec![false; height],
            is_certain: vec![false; height],
        };
        let columns = noted.emptied(&self.dataset);
        let bits = |mark: &Mark| {
            let of_mark = columns.iter().enumerate();
            let of_mark = of_mark.filter(|(_, path)| mark.columns.contains_key(**path));
            of_mark.fold(0, |all, (bit, _)| all | 1 << bit)
        };
        for (mark, _) in noted.of(&self.dataset) {
            let gone = match mark.done {
                Done::Destroyed => Purposes::MAX,
                Done::Emptied => bits(mark),
                Done::Anonymised => bits(mark) | HAS_PERSON,
                Done::Dropped | Done::Nothing => 0,
            };
            self.find(noted, mark, gone, frame, &mut found)?;
        }
        let filled = Filled::of(frame);
        let always = self
            .columns
            .iter()
            .filter(|c| c.fate == ColumnFate::While(0));
        let always: Vec<&String> = always.map(|column| &column.path).collect();
        let fate = |row: usize| {
            let live = found.live[row];
            let emptied = columns.iter().enumerate();
            let emptied = emptied.filter(|(bit, _)| live & (1 << bit) == 0);
            let mut emptied = emptied.map(|(_, path)| *path).chain(always.iter().copied());
            let is_selected = live == 0 || filled.any(&mut emptied, row);
            RowFate {
                standing: Standing {
                    live: if is_selected { live } else { 0 },
                    is_undated: false,
                    is_unreadable: found.is_known[row]
                        && !found.is_certain[row]
                        && kept_for[row].is_none(),
                },
                kept_for: kept_for[row].filter(|_| is_selected),
                is_selected,
            }
        };
        Ok((0..height).map(fate).collect())
    }

    /// Tells whether a row only loses what is personal again.
    pub(in crate::purge) fn is_anonymised_again(&self, fate: RowFate) -> bool {
        let live = fate.standing.live;
        let is_again = matches!(self.selection, Selection::Again(_));
        let goes = is_again && fate.is_selected && fate.kept_for.is_none();
        goes && live & STAYS != 0 && live & HAS_PERSON == 0
    }

    /// Finds the rows that a mark is about.
    fn find(
        &self,
        noted: &Noted,
        mark: &Mark,
        gone: Purposes,
        frame: &DataFrame,
        found: &mut Found,
    ) -> Result<()> {
        let (key, dataset) = (&noted.key, self.dataset.as_str());
        let known = Known {
            subject: &mark.subject,
            events: &mark.events,
        };
        match mark.by {
            By::SubjectAndDays => {
                let rows = Rows::of(frame, self, &known)?;
                let entry = |row| Ok(rows.entry(key, dataset, row));
                found.take(gone, |row| holds(noted, mark, entry(row)))
            }
            By::Subject => {
                let rows = Rows::of(frame, self, &known)?;
                for row in 0..frame.height() {
                    let person = rows
                        .person(key, dataset, row)
                        .filter(|_| rows.lacks_a_day(row));
                    found.is_known[row] |= person.is_some_and(|entry| noted.holds(mark, &entry));
                }
                Ok(())
            }
            By::Content => {
                let contents = Contents::of(frame);
                let entry = |row| contents.entry(key, dataset, row).map(Some);
                found.take(gone, |row| holds(noted, mark, entry(row)))
            }
            By::Identifier => {
                for name in &mark.subject {
                    let named = named(noted, mark, dataset, name, frame)?;
                    found.take(gone, |row| Ok(named[row]))?;
                }
                Ok(())
            }
            By::Dataset => Ok(()),
        }
    }
}

/// What was found of some rows.
struct Found {
    /// Columns that stay filled, as bits.
    live: Vec<Purposes>,
    /// Other rows of the same person were destroyed, and a day of this one is not known.
    is_known: Vec<bool>,
    /// It was itself destroyed, or lost cells.
    is_certain: Vec<bool>,
}

impl Found {
    fn take(&mut self, gone: Purposes, holds: impl Fn(usize) -> Result<bool>) -> Result<()> {
        for row in 0..self.live.len() {
            if holds(row)? {
                self.live[row] &= !gone;
                self.is_certain[row] = true;
            }
        }
        Ok(())
    }
}

fn holds(noted: &Noted, mark: &Mark, entry: Result<Option<Entry>>) -> Result<bool> {
    Ok(entry?.is_some_and(|entry| noted.holds(mark, &entry)))
}

/// By row: whether a column names somebody who was erased.
fn named(
    noted: &Noted,
    mark: &Mark,
    dataset: &str,
    name: &str,
    frame: &DataFrame,
) -> Result<Vec<bool>> {
    let broken = |e| Error::parquet(name, &e);
    let column = frame.column(name).map_err(broken)?;
    let is_number = column.dtype().is_integer();
    let texts = column.cast(&DataType::String).map_err(broken)?;
    let texts = texts.str().map_err(broken)?;
    let holds = |known: &str| noted.holds(mark, &identifier_entry(&noted.key, dataset, known));
    let is_named =
        |cell: &str| holds(&known_as(cell)) || (is_number && holds(&known_as(&as_iin(cell))));
    Ok(texts
        .iter()
        .map(|cell| cell.is_some_and(is_named))
        .collect())
}

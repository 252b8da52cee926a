//! Notes what goes from a table: entries of its rows, of the cells that they lose, and of people.

use std::collections::BTreeMap;

use polars::prelude::{Column, DataFrame, DataType};

use super::Manifest;
use super::key::{Entry, ManifestKey};
use super::lines::{By, Done, Line, Mark, packed};
use crate::batch::{for_each_leaf, text_of_bytes};
use crate::error::{Error, Result};
use crate::journal::Event;
use crate::purge::dates::{Day, days};
use crate::purge::fates::RowFate;
use crate::purge::lists::People;
use crate::purge::rewrite::Counts;
use crate::purge::rules::{Purposes, Rules};
use crate::purge::subjects::Subjects;

/// Entries of one line.
const A_LINE: usize = 4096;
/// Entries that are held before they are written.
const HELD: usize = 1 << 20;

/// Entries by what they stand for.
#[derive(Default)]
pub(in crate::purge) struct Notes(BTreeMap<Mark, Vec<Entry>>);

/// Makes the entries of a table's rows.
#[derive(Clone)]
pub(in crate::purge) struct Noter {
    key: ManifestKey,
    dataset: String,
}

/// Writes down what goes from a table while it is rewritten.
pub(in crate::purge) struct Noting<'a> {
    manifest: &'a mut Manifest,
    noter: Noter,
    plan: String,
    source: String,
    waiting: Notes,
    held: usize,
    count: u64,
}

/// Some rows, looked at for their entries.
struct Met<'f> {
    rows: Rows,
    contents: Contents<'f>,
    filled: Filled,
}

/// By what rows are known again.
pub(super) struct Known<'a> {
    pub(super) subject: &'a [String],
    pub(super) events: &'a [String],
}

const NOTHING: Known<'static> = Known {
    subject: &[],
    events: &[],
};

impl Noter {
    /// The entries of what goes from some rows.
    pub(in crate::purge) fn notes(
        &self,
        rules: &Rules,
        frame: &DataFrame,
        fates: &[RowFate],
    ) -> Result<Notes> {
        let mut kinds: BTreeMap<(Done, Purposes), Vec<usize>> = BTreeMap::new();
        for (row, &fate) in fates.iter().enumerate() {
            if let Some(done) = rules.done(fate) {
                let kind = (done, fate.standing.live);
                kinds.entry(kind).or_default().push(row);
            }
        }
        let mut notes = Notes::default();
        if kinds.is_empty() {
            return Ok(notes);
        }
        let known = Known {
            subject: &rules.subject,
            events: &rules.event_columns,
        };
        let met = Met {
            rows: Rows::of(frame, rules, &known)?,
            contents: Contents::of(frame),
            filled: Filled::of(frame),
        };
        for ((done, _), rows) in kinds {
            let mut mark = self.mark(done, &known);
            if done != Done::Destroyed {
                mark.columns = rules.emptied(fates[rows[0]]);
            }
            self.add(mark, &rows, &met, &mut notes)?;
        }
        Ok(notes)
    }

    /// Adds the entries of rows that the same is done to.
    fn add(&self, mark: Mark, rows: &[usize], met: &Met<'_>, notes: &mut Notes) -> Result<()> {
        let (key, dataset) = (&self.key, &self.dataset);
        let (mut named, mut people, mut nameless) = (Vec::new(), Vec::new(), Vec::new());
        for &row in rows {
            if mark.done != Done::Destroyed && !met.filled.any(mark.columns.keys(), row) {
                continue;
            }
            match met.rows.entry(key, dataset, row) {
                Some(entry) => named.push(entry),
                None => nameless.push(met.contents.entry(key, dataset, row)?),
            }
            if mark.done == Done::Destroyed {
                people.extend(met.rows.person(key, dataset, row));
            }
        }
        let by_content = Mark {
            by: By::Content,
            ..mark.clone()
        };
        let of_people = Mark {
            by: By::Subject,
            done: Done::Nothing,
            ..mark.clone()
        };
        for (mark, entries) in [(by_content, nameless), (of_people, people), (mark, named)] {
            if !entries.is_empty() {
                notes.0.entry(mark).or_default().extend(entries);
            }
        }
        Ok(())
    }

    fn mark(&self, done: Done, known: &Known<'_>) -> Mark {
        Mark {
            dataset: self.dataset.clone(),
            by: By::SubjectAndDays,
            done,
            subject: known.subject.to_vec(),
            events: known.events.to_vec(),
            columns: BTreeMap::new(),
        }
    }
}

impl<'a> Noting<'a> {
    /// Gets ready to note what goes from a table.
    pub(in crate::purge) fn begin(
        manifest: &'a mut Manifest,
        plan: &str,
        source: &str,
        dataset: &str,
    ) -> Result<Self> {
        manifest.begin(plan, source)?;
        Ok(Self {
            noter: Noter {
                key: manifest.key.clone(),
                dataset: dataset.to_owned(),
            },
            manifest,
            plan: plan.to_owned(),
            source: source.to_owned(),
            waiting: Notes::default(),
            held: 0,
            count: 0,
        })
    }

    /// What makes the entries.
    pub(in crate::purge) fn noter(&self) -> Noter {
        self.noter.clone()
    }

    /// Takes entries of some rows.
    pub(in crate::purge) fn add(&mut self, notes: Notes) -> Result<()> {
        for (mark, entries) in notes.0 {
            self.held += entries.len();
            self.waiting.0.entry(mark).or_default().extend(entries);
        }
        if self.held > HELD {
            self.write()?;
        }
        Ok(())
    }

    /// All that goes is noted, and on the disk; what the journal is to tell of it.
    pub(in crate::purge) fn end(mut self, rules: &Rules, counts: &Counts) -> Result<Event> {
        let left = counts.refused + counts.blocked + counts.held;
        if let Some(people) = rules.selection.people().filter(|_| left == 0) {
            self.people_went(rules, people);
        }
        let dropped = rules.columns.iter().filter(|column| rules.drops(column));
        let dropped = dropped.map(|column| (column.path.clone(), column.category.clone()));
        let dropped: BTreeMap<_, _> = dropped.collect();
        if !dropped.is_empty() {
            let mark = Mark {
                by: By::Dataset,
                columns: dropped,
                ..self.noter.mark(Done::Dropped, &NOTHING)
            };
            self.waiting.0.insert(mark, Vec::new());
        }
        self.write()?;
        self.manifest.end(&self.plan, &self.source, self.count)
    }

    /// All rows of the people went: these are known by identifiers, whatever else was or will be in their rows.
    fn people_went(&mut self, rules: &Rules, people: &People) {
        let by_subject = Known {
            subject: &rules.subject,
            ..NOTHING
        };
        let mark = Mark {
            by: By::Identifier,
            ..self.noter.mark(Done::Destroyed, &by_subject)
        };
        let (key, dataset) = (&self.noter.key, &self.noter.dataset);
        let entries = people
            .known()
            .map(|known| identifier_entry(key, dataset, known));
        self.waiting = Notes(BTreeMap::from([(mark, entries.collect())]));
    }

    /// Writes what waits, sorted, so that the order of rows is not told.
    fn write(&mut self) -> Result<()> {
        for (mark, mut entries) in std::mem::take(&mut self.waiting).0 {
            entries.sort_unstable();
            entries.dedup();
            if mark.done != Done::Nothing {
                self.count += entries.len() as u64;
            }
            let mut line = |entries: &[Entry]| {
                self.manifest.write(&Line::Entries {
                    mark: mark.clone(),
                    entries: packed(entries),
                })
            };
            if entries.is_empty() {
                line(&[])?;
            }
            entries.chunks(A_LINE).try_for_each(line)?;
        }
        self.held = 0;
        Ok(())
    }
}

impl Rules {
    /// What is done to a row, if anything is.
    fn done(&self, fate: RowFate) -> Option<Done> {
        if self.is_destroyed(fate) {
            return Some(Done::Destroyed);
        }
        self.empties_any(fate).then_some(if fate.has_run_out() {
            Done::Anonymised
        } else {
            Done::Emptied
        })
    }
}

/// Subjects and days of some rows.
pub(super) struct Rows {
    subjects: Subjects,
    days: Vec<Vec<Day>>,
}

impl Rows {
    pub(super) fn of(frame: &DataFrame, rules: &Rules, known: &Known<'_>) -> Result<Self> {
        let days_of = |name: &String| {
            let column = frame.column(name).map_err(|e| Error::parquet(name, &e))?;
            days(name, column.as_materialized_series(), rules.date_order)
        };
        Ok(Self {
            subjects: Subjects::of(frame, known.subject)?,
            days: known.events.iter().map(days_of).collect::<Result<_>>()?,
        })
    }

    /// The entry of a row that names somebody.
    pub(super) fn entry(&self, key: &ManifestKey, dataset: &str, row: usize) -> Option<Entry> {
        let subject = self.subjects.of_row(row)?;
        let mut days = Vec::new();
        for event in &self.days {
            match event[row] {
                Day::Missing => days.extend(b"-;"),
                Day::Unreadable => days.extend(b"?;"),
                Day::On(day) => days.extend(format!("{day};").bytes()),
            }
        }
        Some(key.entry(b'R', &[dataset.as_bytes(), subject.as_bytes(), &days]))
    }

    /// The entry of whoever a row is about.
    pub(super) fn person(&self, key: &ManifestKey, dataset: &str, row: usize) -> Option<Entry> {
        let subject = self.subjects.of_row(row)?;
        Some(key.entry(b'S', &[dataset.as_bytes(), subject.as_bytes()]))
    }

    /// Tells whether a day of a row is not known.
    pub(super) fn lacks_a_day(&self, row: usize) -> bool {
        self.days
            .iter()
            .any(|days| !matches!(days[row], Day::On(_)))
    }
}

/// The entry of an identifier in canonical form.
pub(super) fn identifier_entry(key: &ManifestKey, dataset: &str, known: &str) -> Entry {
    key.entry(b'I', &[dataset.as_bytes(), known.as_bytes()])
}

/// All cells of some rows.
pub(super) struct Contents<'a>(Vec<&'a Column>);

impl<'a> Contents<'a> {
    pub(super) fn of(frame: &'a DataFrame) -> Self {
        let mut columns: Vec<&Column> = frame.columns().iter().collect();
        columns.sort_by(|a, b| a.name().cmp(b.name()));
        Self(columns)
    }

    /// The entry of a row by its filled cells, whatever the order of columns.
    pub(super) fn entry(&self, key: &ManifestKey, dataset: &str, row: usize) -> Result<Entry> {
        let mut cells: Vec<u8> = Vec::new();
        let mut add = |part: &[u8]| {
            cells.extend((part.len() as u64).to_le_bytes());
            cells.extend(part);
        };
        for column in &self.0 {
            let cell = column.slice(i64::try_from(row).unwrap_or(i64::MAX), 1);
            for_each_leaf(&cell, &mut |path, values| {
                let broken = |e| Error::parquet(&path, &e);
                if values.dtype() == &DataType::Binary {
                    let filled = values.binary().map_err(broken)?;
                    for value in filled.iter().flatten() {
                        add(path.as_bytes());
                        add(text_of_bytes(value).as_bytes());
                    }
                    return Ok(());
                }
                let texts = values.cast(&DataType::String).map_err(broken)?;
                let texts = texts.str().map_err(broken)?;
                for value in texts.iter().flatten().filter(|value| !value.is_empty()) {
                    add(path.as_bytes());
                    add(value.as_bytes());
                }
                Ok(())
            })?;
        }
        Ok(key.entry(b'C', &[dataset.as_bytes(), &cells]))
    }
}

/// Which cells of some rows hold anything.
pub(super) struct Filled(BTreeMap<String, Vec<bool>>);

impl Filled {
    pub(super) fn of(frame: &DataFrame) -> Self {
        let of_column = |column: &Column| {
            let filled = column.is_not_null();
            let filled = filled.iter().map(|filled| filled == Some(true));
            (column.name().to_string(), filled.collect())
        };
        Self(frame.columns().iter().map(of_column).collect())
    }

    /// Tells whether any of some columns holds anything in a row.
    pub(super) fn any<'n>(&self, mut names: impl Iterator<Item = &'n String>, row: usize) -> bool {
        names.any(|name| self.0.get(name).is_some_and(|filled| filled[row]))
    }
}

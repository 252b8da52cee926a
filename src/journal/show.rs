//! A journal to be read by people: one entry a line and table, also where the chain is broken.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use serde::Serialize;

use super::chain::{Chain, Line};
use super::check;
use super::event::{Event, Replacement, TableRead};
use super::who::Who;
use crate::error::{Error, Result};

/// What to show.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only what touched tables of such a name, or of such a path.
    pub table: Option<glob::Pattern>,
    /// The first day in Kazakhstan.
    pub since: Option<Date>,
    /// The last day in Kazakhstan.
    pub until: Option<Date>,
}

/// A journal's entries.
#[derive(Debug, Serialize)]
pub struct Shown {
    /// Name and version of this shape.
    pub schema: &'static str,
    /// The first line at which the chain is broken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broken: Option<Broken>,
    /// In the order of the lines.
    pub entries: Vec<Entry>,
}

/// The schema's name and version.
pub const SCHEMA: &str = "iesiz.journal/1";

/// Where a chain is broken.
#[derive(Debug, Serialize)]
pub struct Broken {
    /// Counted from 1.
    pub line: u64,
    /// What is wrong.
    pub what: &'static str,
}

impl Broken {
    /// As the error that `journal verify` gives.
    pub fn error(&self, journal: &Path) -> Error {
        Error::Journal {
            place: journal.display().to_string(),
            line: self.line as usize,
            what: self.what,
        }
    }
}

/// What happened to one table, or to none.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Entry {
    /// Counted from 1.
    pub line: u64,
    /// When, in UTC.
    pub time: String,
    /// Who did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<Who>,
    /// What happened, as a stable word; `unknown` where a line cannot be understood.
    pub event: &'static str,
    /// What it was done by or to: a command, a file, datasets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// Where the table lay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Rows, cells, columns and answers by what became of them.
    pub counts: BTreeMap<String, u64>,
    /// Hash of the plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// The purpose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// Code of an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Exit status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u8>,
}

/// The entries that a filter lets through.
///
/// # Errors
/// When the journal cannot be read; that it does not hang together is told in [`Shown::broken`].
pub fn show(path: &Path, filter: &Filter) -> Result<Shown> {
    let bytes = check::bytes(path)?;
    let text = String::from_utf8_lossy(&bytes);
    let mut chain = Chain::default();
    let mut shown = Shown {
        schema: SCHEMA,
        broken: None,
        entries: Vec::new(),
    };
    for (line, text) in (1..).zip(text.lines()) {
        let known = if shown.broken.is_none() {
            chain
                .add(text)
                .map_err(|what| shown.broken = Some(Broken { line, what }))
        } else {
            Err(())
        };
        let known = known.or_else(|()| serde_json::from_str::<Line>(text));
        let entries =
            known.map_or_else(|_| vec![Entry::unknown(line)], |known| entries(line, known));
        let wanted = entries.into_iter().filter(|entry| filter.wants(entry));
        shown.entries.extend(wanted);
    }
    Ok(shown)
}

impl Filter {
    fn wants(&self, entry: &Entry) -> bool {
        self.wants_table(entry) && self.wants_day(entry)
    }

    fn wants_table(&self, entry: &Entry) -> bool {
        let Some(pattern) = &self.table else {
            return true;
        };
        let places = entry.table.iter().chain(&entry.path);
        let mut names = places.flat_map(|place| {
            let name = Path::new(place).file_name();
            let name = name.map(|name| name.to_string_lossy().into_owned());
            std::iter::once(place.clone()).chain(name)
        });
        names.any(|name| pattern.matches(&name))
    }

    fn wants_day(&self, entry: &Entry) -> bool {
        if self.since.is_none() && self.until.is_none() {
            return true;
        }
        let Some(day) = entry.here().map(DateTime::date) else {
            // Nobody can say when it was.
            return true;
        };
        self.since.is_none_or(|since| day >= since) && self.until.is_none_or(|until| day <= until)
    }
}

impl Entry {
    fn unknown(line: u64) -> Self {
        Self {
            line,
            event: "unknown",
            ..Self::default()
        }
    }

    /// When it was, by the clocks of Kazakhstan (UTC+5 since 2024-03-01).
    pub fn here(&self) -> Option<DateTime> {
        let time: Timestamp = self.time.parse().ok()?;
        Some(Offset::constant(5).to_datetime(time))
    }

    fn replacing(&mut self, replacement: Replacement) {
        let cells = replacement.gone.iter().map(|gone| gone.cells).sum();
        self.count(&[
            ("rows", replacement.rows),
            ("destroyed", replacement.destroyed),
            ("anonymised", replacement.anonymised),
            ("cells", cells),
            ("blocked", replacement.blocked),
            ("held", replacement.held),
        ]);
        self.plan = Some(replacement.plan);
        self.table = Some(replacement.source);
    }

    fn count(&mut self, counts: &[(&str, u64)]) {
        let counts = counts
            .iter()
            .map(|(name, count)| ((*name).to_owned(), *count));
        self.counts.extend(counts);
    }
}

/// One entry, or one for every table that a line names.
fn entries(line: u64, known: Line) -> Vec<Entry> {
    let entry = Entry {
        line,
        time: known.time,
        who: known.who,
        ..Entry::default()
    };
    match known.event {
        Event::Read(reading) => {
            let entry = Entry {
                event: "read",
                about: Some(reading.command),
                plan: reading.plan,
                purpose: reading.purpose,
                counts: reading.outcome,
                code: reading.code,
                status: Some(reading.status),
                ..entry
            };
            of_tables(&entry, reading.tables)
        }
        event => vec![of_event(entry, event)],
    }
}

/// What the whole of several tables gave is not told of each of them.
fn of_tables(entry: &Entry, tables: Vec<TableRead>) -> Vec<Entry> {
    if tables.is_empty() {
        return vec![entry.clone()];
    }
    let is_one = tables.len() == 1;
    let of_table = |table: TableRead| {
        let mut entry = entry.clone();
        if !is_one {
            entry.counts.clear();
        }
        entry
            .counts
            .extend(table.rows.map(|rows| ("rows".to_owned(), rows)));
        entry.table = Some(table.source);
        entry.path = table.path;
        entry.code = table.code.or(entry.code);
        entry
    };
    tables.into_iter().map(of_table).collect()
}

fn of_event(mut entry: Entry, event: Event) -> Entry {
    entry.event = word(&event);
    match event {
        Event::Started {
            command,
            plan,
            purpose,
            ..
        } => {
            entry.about = Some(command);
            entry.plan = Some(plan);
            entry.purpose = purpose;
        }
        Event::Table {
            source,
            rows,
            cells,
            blocked,
            ..
        } => {
            entry.table = Some(source);
            entry.counts = cells;
            entry.count(&[("rows", rows), ("blocked", blocked)]);
        }
        Event::Changing { database, tables } => {
            entry.about = Some(database);
            entry.count(&[("tables", tables)]);
        }
        Event::Changed {
            source,
            rows,
            changed,
            cells,
        } => {
            entry.table = Some(source);
            entry.counts = cells;
            entry.count(&[("rows", rows), ("changed", changed)]);
        }
        Event::Skipped { source, code } => {
            entry.table = Some(source);
            entry.code = Some(code);
        }
        Event::Noted {
            command, status, ..
        } => {
            entry.about = Some(command);
            entry.status = status;
        }
        Event::Finished {
            status,
            verification,
            ..
        } => {
            for outcome in verification.into_values() {
                *entry.counts.entry(outcome).or_default() += 1;
            }
            entry.status = Some(status);
        }
        event => return of_purge(entry, event),
    }
    entry
}

/// What purges and requests of people register.
fn of_purge(mut entry: Entry, event: Event) -> Entry {
    match event {
        Event::Planned {
            plan,
            destroyed,
            anonymised,
            as_of,
        } => {
            entry.about = Some(as_of);
            entry.plan = Some(plan);
            entry.count(&[("destroyed", destroyed), ("anonymised", anonymised)]);
        }
        Event::Listed {
            datasets,
            identifiers,
            total,
            ..
        } => {
            entry.about = Some(datasets.join(", "));
            entry.count(&[("identifiers", identifiers), ("total", total)]);
        }
        Event::Replacing(replacement) => entry.replacing(replacement),
        Event::Replaced { plan, source, .. } => {
            entry.plan = Some(plan);
            entry.table = Some(source);
        }
        Event::Manifested {
            plan,
            source,
            entries,
            ..
        } => {
            entry.plan = Some(plan);
            entry.table = Some(source);
            entry.count(&[("entries", entries)]);
        }
        Event::Act { plan, file, .. } => {
            entry.plan = Some(plan);
            entry.about = Some(file);
        }
        _ => {}
    }
    entry
}

fn word(event: &Event) -> &'static str {
    match event {
        Event::Started { .. } => "started",
        Event::Table { .. } => "table",
        Event::Changing { .. } => "changing",
        Event::Changed { .. } => "changed",
        Event::Skipped { .. } => "skipped",
        Event::Planned { .. } => "planned",
        Event::Listed {
            is_blocking: true, ..
        } => "blocked",
        Event::Listed { .. } => "unblocked",
        Event::Replacing(_) => "replacing",
        Event::Replaced {
            is_resumed: false, ..
        } => "replaced",
        Event::Replaced { .. } => "resumed",
        Event::Act { .. } => "act",
        Event::Manifested { .. } => "manifested",
        Event::Read(_) => "read",
        Event::Noted { status: None, .. } => "run-began",
        Event::Noted { .. } => "run-ended",
        Event::Finished { .. } => "finished",
    }
}

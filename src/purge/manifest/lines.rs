//! Lines of a manifest: each a JSON text behind a keyed hash of it and of all lines before.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

use data_encoding::{BASE64, HEXLOWER};
use serde::{Deserialize, Serialize};

use super::key::{ENTRY_BYTES, Entry, LineMac, MAC_BYTES, ManifestKey};
use crate::budget;
use crate::error::{Error, Result};

/// The schema's name and version.
pub(super) const SCHEMA: &str = "iesiz.manifest/1";
/// Longer lines are never written.
const MOST_LINE: u64 = 1 << 20;

/// What a line says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Line {
    /// The first one.
    Head {
        schema: String,
        /// Tells this manifest from others.
        id: String,
        /// Bits of an entry.
        bits: u32,
        /// How many rows are taken by chance for one that was noted.
        expected_false: String,
        /// Tells its key from others.
        check: String,
    },
    /// What goes from a table begins.
    Begin { plan: String, source: String },
    /// Entries, in no order that a table had.
    Entries { mark: Mark, entries: String },
    /// It was all of it. What has no such line was never destroyed.
    End { entries: u64 },
}

/// What entries stand for, and what was done to it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mark {
    pub(super) dataset: String,
    pub(super) by: By,
    pub(super) done: Done,
    /// Columns that tell whose a row is.
    pub(super) subject: Vec<String>,
    /// Columns of events.
    pub(super) events: Vec<String>,
    /// Columns that were emptied or dropped, and their categories.
    pub(super) columns: BTreeMap<String, Option<String>>,
}

/// By what something is known again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum By {
    /// A row by its subject and the days of its events.
    SubjectAndDays,
    /// A row that names nobody, by all its cells.
    Content,
    /// All rows of one person, by an identifier.
    Identifier,
    /// Rows by their subject alone: to be looked at.
    Subject,
    /// The dataset itself.
    Dataset,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Done {
    /// Whole rows went.
    Destroyed,
    /// Cells of rows that stayed were emptied.
    Emptied,
    /// All that was personal in rows that stayed was emptied.
    Anonymised,
    /// Columns went.
    Dropped,
    /// Nothing: other rows of these people were destroyed.
    Nothing,
}

/// What went from one table.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) plan: String,
    pub(super) source: String,
    /// Entries that something is destroyed by.
    pub(super) count: u64,
    pub(super) entries: Vec<(Mark, Vec<Entry>)>,
}

/// A manifest as far as it is whole.
#[derive(Debug)]
pub(super) struct Whole {
    pub(super) id: String,
    /// Hash of its last line.
    pub(super) head: LineMac,
    pub(super) groups: Vec<Group>,
    /// Hashes of the lines that groups end with.
    pub(super) ends: Vec<String>,
    /// Bytes up to the end of the last whole line.
    pub(super) bytes: u64,
}

/// Whether entries are wanted, or only how many they are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    Counts,
    Entries,
}

/// A line as it is written.
pub(super) fn written(
    key: &ManifestKey,
    before: &LineMac,
    line: &Line,
) -> Option<(String, LineMac)> {
    let json = serde_json::to_string(line).ok()?;
    let mac = key.line(before, json.as_bytes());
    Some((format!("{} {json}\n", HEXLOWER.encode(&mac)), mac))
}

/// Entries as a line holds them.
pub(super) fn packed(entries: &[Entry]) -> String {
    BASE64.encode(entries.as_flattened())
}

fn unpacked(text: &str) -> Option<Vec<Entry>> {
    let bytes = BASE64.decode(text.as_bytes()).ok()?;
    let (entries, rest) = bytes.as_chunks::<ENTRY_BYTES>();
    rest.is_empty().then(|| entries.to_vec())
}

/// Reads a manifest; a last line that a kill left unfinished was never whole and says nothing.
pub(super) fn read(path: &Path, key: &ManifestKey, reading: Reading) -> Result<Whole> {
    let failed = |e| Error::read(path, e);
    let mut file = BufReader::new(File::open(path).map_err(failed)?);
    let mut whole = Whole {
        id: String::new(),
        head: [0; MAC_BYTES],
        groups: Vec::new(),
        ends: Vec::new(),
        bytes: 0,
    };
    let (mut open, mut held) = (None::<Group>, 0);
    let mut text = Vec::new();
    for number in 1.. {
        text.clear();
        let read = (&mut file).take(MOST_LINE).read_until(b'\n', &mut text);
        read.map_err(failed)?;
        if text.pop() != Some(b'\n') && text.len() as u64 + 1 < MOST_LINE {
            break;
        }
        let damaged = |what| Error::Manifest {
            place: path.display().to_string(),
            line: number,
            what,
        };
        let line = whole.next(key, &text, number, path)?;
        whole.bytes += text.len() as u64 + 1;
        match line {
            Line::Head { id, .. } => whole.id = id,
            Line::Begin { plan, source } => {
                held = whole.groups.iter().map(Group::held).sum();
                open = Some(Group {
                    plan,
                    source,
                    count: 0,
                    entries: Vec::new(),
                });
            }
            Line::Entries { mark, entries } => {
                let group = open.as_mut();
                let group = group.ok_or_else(|| damaged("entries of nothing"))?;
                let entries = unpacked(&entries).ok_or_else(|| damaged("it holds no entries"))?;
                held += entries.len() as u64;
                if reading == Reading::Entries && held * ENTRY_BYTES as u64 > budget::filter() {
                    return Err(Error::TooManyValues {
                        place: path.display().to_string(),
                    });
                }
                group.add(mark, entries, reading);
            }
            Line::End { .. } => {
                let group = open.take();
                whole.close(group.ok_or_else(|| damaged("an end of nothing"))?);
            }
        }
    }
    Ok(whole)
}

impl Group {
    fn held(&self) -> u64 {
        self.entries.iter().map(|(_, all)| all.len() as u64).sum()
    }

    fn add(&mut self, mark: Mark, entries: Vec<Entry>, reading: Reading) {
        if mark.done != Done::Nothing {
            self.count += entries.len() as u64;
        }
        if reading == Reading::Counts {
            return;
        }
        match self.entries.iter_mut().find(|(known, _)| *known == mark) {
            Some((_, all)) => all.extend(entries),
            None => self.entries.push((mark, entries)),
        }
    }
}

impl Whole {
    /// What the next line says, if it is one that this key has written after those before.
    fn next(&mut self, key: &ManifestKey, text: &[u8], number: usize, path: &Path) -> Result<Line> {
        let is_first = number == 1;
        let damaged = |what| Error::Manifest {
            place: path.display().to_string(),
            line: number,
            what,
        };
        let changed = "it was changed, removed or moved, or a line before it was";
        let (mac, json) = text
            .split_at_checked(2 * MAC_BYTES)
            .ok_or_else(|| damaged(changed))?;
        let json = json.strip_prefix(b" ").ok_or_else(|| damaged(changed))?;
        if is_first {
            let no_manifest = "it is no manifest of a purge";
            let line = serde_json::from_slice(json).map_err(|_| damaged(no_manifest))?;
            let Line::Head { schema, check, .. } = &line else {
                return Err(damaged(no_manifest));
            };
            if schema != SCHEMA {
                return Err(damaged("it is a manifest of another version"));
            }
            if *check != HEXLOWER.encode(&key.check_value()) {
                return Err(Error::ManifestKey {
                    place: path.display().to_string(),
                    what: "it was written with another key",
                });
            }
        }
        let expected = key.line(&self.head, json);
        if mac != HEXLOWER.encode(&expected).as_bytes() {
            return Err(damaged(changed));
        }
        let line: Line = serde_json::from_slice(json).map_err(|_| damaged(changed))?;
        if is_first != matches!(line, Line::Head { .. }) {
            return Err(damaged(changed));
        }
        self.head = expected;
        Ok(line)
    }

    /// A table of a plan is noted again only when it was not replaced the first time: the first time does not count.
    fn close(&mut self, group: Group) {
        let is_same = |known: &Group| (&known.plan, &known.source) == (&group.plan, &group.source);
        self.groups.retain(|known| !is_same(known));
        self.groups.push(group);
        self.ends.push(HEXLOWER.encode(&self.head));
    }
}

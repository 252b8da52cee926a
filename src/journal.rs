//! The register of what was done to personal data (Law 94-V art. 22): JSON Lines, each carrying the hash of the one before.
//!
//! The chain shows that a line was changed, removed or moved. It does not stop somebody who rewrites all of it: keep the last
//! hash, which every command prints, somewhere else.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// A journal that is being written.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    seq: u64,
    head: String,
}

/// What a line tells. No field can hold a cell value.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// A run begins.
    Started {
        /// The command.
        command: String,
        /// Version of the program.
        version: String,
        /// Fingerprint of the patterns.
        patterns: String,
        /// Fingerprint of the policy.
        policy: Option<String>,
        /// The operator.
        operator: Option<String>,
        /// The purpose.
        purpose: Option<String>,
        /// Hash of the plan.
        plan: String,
        /// Whether the plan was edited after it was proposed.
        plan_edited: bool,
    },
    /// A table was written under its final name.
    Table {
        /// Where it was read from.
        source: String,
        /// Its fingerprint.
        fingerprint: String,
        /// Name of the output.
        output: String,
        /// SHA-256 of the output.
        output_sha256: String,
        /// Rows.
        rows: u64,
        /// Non-null cells by what became of them.
        cells: std::collections::BTreeMap<String, u64>,
        /// Rows of blocked people, which were left out.
        #[serde(default)]
        blocked: u64,
    },
    /// Tables of a database are about to be changed where they are.
    Changing {
        /// The database.
        database: String,
        /// How many.
        tables: u64,
    },
    /// A table of a database was changed where it is.
    Changed {
        /// The table.
        source: String,
        /// Rows that it has.
        rows: u64,
        /// Rows with new cells.
        changed: u64,
        /// Non-null cells by what became of them.
        cells: std::collections::BTreeMap<String, u64>,
    },
    /// A table was not written.
    Skipped {
        /// Where it was to be read from.
        source: String,
        /// Code of the reason.
        code: String,
    },
    /// A purge was planned.
    Planned {
        /// Hash of the plan.
        plan: String,
        /// The day on which terms are looked at.
        as_of: String,
        /// Rows that would go.
        destroyed: u64,
        /// Rows that would lose all that is personal.
        anonymised: u64,
    },
    /// People were put on a list of blocked ones, or taken off.
    Listed {
        /// Datasets that use the list.
        datasets: Vec<String>,
        /// Whether they were put on it.
        is_blocking: bool,
        /// How many identifiers were added or removed.
        identifiers: u64,
        /// How many are on it now.
        total: u64,
    },
    /// What goes from a table was noted in a manifest, to be erased again after a restore.
    Noted {
        /// Hash of the plan.
        plan: String,
        /// The table.
        source: String,
        /// Tells the manifest from others.
        manifest: String,
        /// How many entries were added.
        entries: u64,
        /// Keyed hash of the manifest's last line.
        head: String,
    },
    /// A table is about to be replaced by what is left of it.
    Replacing(Replacement),
    /// It was replaced.
    Replaced {
        /// Hash of the plan.
        plan: String,
        /// The table.
        source: String,
        /// SHA-256 of the file.
        after: String,
        /// Whether a run that was killed had replaced it.
        is_resumed: bool,
        /// Outcome of every attack on what was left.
        #[serde(default)]
        verification: std::collections::BTreeMap<String, String>,
    },
    /// An act on destruction was made.
    Act {
        /// Hash of the plan.
        plan: String,
        /// The file.
        file: String,
        /// Its SHA-256.
        sha256: String,
    },
    /// The run is over.
    Finished {
        /// Exit status.
        status: u8,
        /// Outcome of every attack.
        verification: std::collections::BTreeMap<String, String>,
        /// The run's key was wiped.
        key_wiped: bool,
    },
}

/// What goes from a table, and the file before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replacement {
    /// Hash of the plan.
    pub plan: String,
    /// The table.
    pub source: String,
    /// SHA-256 of the file before.
    pub before: String,
    /// SHA-256 of the file after.
    pub after: String,
    /// Rows before.
    pub rows: u64,
    /// Rows that went.
    pub destroyed: u64,
    /// Rows that lost all that is personal.
    pub anonymised: u64,
    /// Cells of personal data that went, by column and way.
    pub gone: Vec<crate::purge::Gone>,
    /// By category: rows from which something went.
    pub rows_by_category: std::collections::BTreeMap<String, u64>,
    /// Rows of blocked people.
    pub blocked: u64,
    /// Rows under a legal hold.
    pub held: u64,
    /// Rows that lack the date of an event.
    pub undated: u64,
    /// Files beside it that look like copies of it, and other names of the file.
    pub copies: u64,
    /// Tables near it that hold the same people and were not part of the run.
    #[serde(default)]
    pub alike: u64,
    /// Not all files near it were looked at.
    #[serde(default)]
    pub alike_is_partial: bool,
    /// People whose data went, where rows say whom they are about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<crate::act::record::Subjects>,
    /// Attacks on what was left.
    #[serde(default)]
    pub attacks: Vec<crate::act::record::Attack>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    seq: u64,
    time: String,
    prev: String,
    #[serde(flatten)]
    event: Event,
}

const GENESIS: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

impl Journal {
    /// Opens a journal to append to, after checking the lines it has.
    ///
    /// # Errors
    /// When it does not hang together or cannot be read.
    pub fn open(path: &Path) -> Result<Self> {
        cut_torn_line(path)?;
        let (seq, head) = if path.exists() {
            let checked = check(path)?;
            (checked.lines, checked.head)
        } else {
            (0, GENESIS.to_owned())
        };
        Ok(Self {
            path: path.to_owned(),
            seq,
            head,
        })
    }

    /// Appends a line and waits until it is on the disk.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn append(&mut self, event: Event) -> Result<()> {
        let line = Line {
            seq: self.seq,
            time: jiff::Timestamp::now().to_string(),
            prev: self.head.clone(),
            event,
        };
        let text = serde_json::to_string(&line).map_err(|_| Error::Internal {
            place: self.path.display().to_string(),
        })?;
        let failed = |e| Error::write(&self.path, e);
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&self.path).map_err(failed)?;
        file.write_all(format!("{text}\n").as_bytes())
            .map_err(failed)?;
        file.sync_all().map_err(failed)?;
        self.seq += 1;
        self.head = hash(&text);
        Ok(())
    }

    /// Hash of the last line.
    pub fn head(&self) -> &str {
        &self.head
    }
}

/// A line that a kill or a full disk left unfinished was never whole: it goes, so that the journal can go on.
fn cut_torn_line(path: &Path) -> Result<()> {
    let Ok(text) = fs::read(path) else {
        return Ok(());
    };
    let whole = text
        .iter()
        .rposition(|&b| b == b'\n')
        .map_or(0, |end| end + 1);
    if whole < text.len() {
        let failed = |e| Error::write(path, e);
        let file = OpenOptions::new().write(true).open(path).map_err(failed)?;
        file.set_len(whole as u64)
            .and_then(|()| file.sync_all())
            .map_err(failed)?;
    }
    Ok(())
}

/// What checking a journal found.
#[derive(Debug, PartialEq, Eq)]
pub struct Checked {
    /// Number of lines.
    pub lines: u64,
    /// Hash of the last line.
    pub head: String,
    /// Whether the last run is over.
    pub is_closed: bool,
}

/// Checks that every line carries the hash of the one before.
///
/// # Errors
/// At the first line that does not.
pub fn check(path: &Path) -> Result<Checked> {
    let text = fs::read_to_string(path).map_err(|e| Error::read(path, e))?;
    let broken = |line: usize, what| Error::Journal {
        place: path.display().to_string(),
        line,
        what,
    };
    let mut checked = Checked {
        lines: 0,
        head: GENESIS.to_owned(),
        is_closed: true,
    };
    for (index, text) in text.lines().enumerate() {
        let line: Line = serde_json::from_str(text).map_err(|_| {
            broken(
                index + 1,
                "it is no journal line: it was changed or cut off",
            )
        })?;
        if line.prev != checked.head {
            return Err(broken(
                index + 1,
                "it does not follow the line before: one was changed, removed or moved",
            ));
        }
        if line.seq != checked.lines {
            return Err(broken(index + 1, "its number is out of order"));
        }
        checked.is_closed = matches!(
            line.event,
            Event::Finished { .. }
                | Event::Planned { .. }
                | Event::Act { .. }
                | Event::Listed { .. }
        );
        checked.lines += 1;
        checked.head = hash(text);
    }
    Ok(checked)
}

/// The events of a journal that hangs together; none where there is no journal.
///
/// # Errors
/// At the first line that does not follow the one before.
pub fn events(path: &Path) -> Result<Vec<Event>> {
    Ok(lines(path)?.into_iter().map(|(_, event)| event).collect())
}

/// The lines of a journal that hangs together, as they stand there and as they are understood.
///
/// # Errors
/// At the first line that does not follow the one before.
pub fn lines(path: &Path) -> Result<Vec<(String, Event)>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    check(path)?;
    let text = fs::read_to_string(path).map_err(|e| Error::read(path, e))?;
    let understood = text.lines().filter_map(|text| {
        let line: Line = serde_json::from_str(text).ok()?;
        Some((text.to_owned(), line.event))
    });
    Ok(understood.collect())
}

/// SHA-256 of a file.
///
/// # Errors
/// When it cannot be read to its end.
pub fn file_hash(path: &Path) -> Result<String> {
    let mut hash = Sha256::new();
    let mut file = fs::File::open(path).map_err(|e| Error::read(path, e))?;
    std::io::copy(&mut file, &mut HashWriter(&mut hash)).map_err(|e| Error::read(path, e))?;
    Ok(format!(
        "sha256:{}",
        data_encoding::HEXLOWER.encode(&hash.finalize())
    ))
}

struct HashWriter<'a>(&'a mut Sha256);

impl std::io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The hash of the last of some lines that follow each other, the first of them having that many before it; `None` where they do not.
pub fn follow(lines: &[String], before: u64) -> Option<String> {
    let mut head: Option<String> = None;
    for (seq, text) in (before..).zip(lines) {
        let line: Line = serde_json::from_str(text).ok()?;
        let follows = head.is_none_or(|head| line.prev == head);
        if !follows || line.seq != seq || text.contains('\n') {
            return None;
        }
        head = Some(hash(text));
    }
    head
}

fn hash(line: &str) -> String {
    format!(
        "sha256:{}",
        data_encoding::HEXLOWER.encode(&Sha256::digest(line.as_bytes()))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewrite(path: &Path, lines: &[String]) {
        crate::source::staged::write_atomically(path, (lines.join("\n") + "\n").as_bytes())
            .unwrap();
    }

    fn journal() -> (tempfile::TempDir, PathBuf, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        let mut journal = Journal::open(&path).unwrap();
        for code in ["read", "csv", "parquet"] {
            journal
                .append(Event::Skipped {
                    source: "t.csv".to_owned(),
                    code: code.to_owned(),
                })
                .unwrap();
        }
        journal
            .append(Event::Finished {
                status: 0,
                verification: Default::default(),
                key_wiped: true,
            })
            .unwrap();
        let lines = fs::read_to_string(&path)
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect();
        (folder, path, lines)
    }

    #[test]
    fn a_whole_journal_is_closed_and_grows() {
        let (_folder, path, _) = journal();
        let checked = check(&path).unwrap();
        assert_eq!((checked.lines, checked.is_closed), (4, true));
        assert_eq!(Journal::open(&path).unwrap().head(), checked.head);
    }

    #[test]
    fn changed_removed_and_moved_lines_are_found() {
        let (_folder, path, lines) = journal();
        let changed = {
            let mut lines = lines.clone();
            lines[1] = lines[1].replace("csv", "cvs");
            (lines, Some(3))
        };
        let removed = (
            lines
                .iter()
                .enumerate()
                .filter(|(i, _)| *i != 1)
                .map(|(_, l)| l.clone())
                .collect::<Vec<_>>(),
            Some(2),
        );
        let first_removed = (lines[1..].to_vec(), Some(1));
        let moved = (
            vec![
                lines[0].clone(),
                lines[2].clone(),
                lines[1].clone(),
                lines[3].clone(),
            ],
            Some(2),
        );
        for (lines, at) in [changed, removed, first_removed, moved] {
            rewrite(&path, &lines);
            match check(&path) {
                Err(Error::Journal { line, .. }) => assert_eq!(Some(line), at),
                other => panic!("{other:?}"),
            }
        }
        rewrite(&path, &lines[..3]);
        assert!(
            !check(&path).unwrap().is_closed,
            "the last line was removed"
        );
    }
}

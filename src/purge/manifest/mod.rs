//! What was destroyed, noted without an identity, so that it can be destroyed again after a backup was restored.
//!
//! An entry is an HMAC-SHA256 under the operator's key, cut to 96 bits: without the key nobody can tell whose row it is of, nor
//! try out who it may be. A row is known again by its dataset, the canonical forms of its subject columns and the days of its events;
//! a row that names nobody by all its cells; what `subject erase` has destroyed by the person's identifiers.
//!
//! Where a manifest of n entries is laid beside a table of m rows, a row that is none of them is taken for one with a
//! probability of n / 2^96, so m · n / 2^96 of them are to be expected: with ten million entries and a thousand million rows
//! 1.3 · 10^-13, one row in some eight million million such runs.
//!
//! Entries are on the disk before the table that they are about is replaced. Those of a table end with a line of their own; without it
//! the table was not replaced, and they do not count. Every line carries a keyed hash of all before it.

mod again;
mod key;
mod lines;
mod noting;

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;

pub use again::Noted;
pub use key::ManifestKey;
use key::{ENTRY_BYTES, LineMac};
use lines::{Line, Reading, SCHEMA, Whole};
pub(super) use noting::{Noter, Notes, Noting};

use crate::error::{Error, Result};
use crate::journal::{self, Event};

/// Bits of an entry.
pub const ENTRY_BITS: u32 = 8 * ENTRY_BYTES as u32;

/// How many of some rows are taken by chance for one of so many entries.
pub fn expected_false(rows: u64, entries: u64) -> f64 {
    rows as f64 * entries as f64 / f64::from(ENTRY_BITS).exp2()
}

/// A manifest that is being written, while this run has it.
pub struct Manifest {
    path: PathBuf,
    file: File,
    key: ManifestKey,
    id: String,
    head: LineMac,
    /// By plan and source: how many entries.
    groups: Vec<(String, String, u64)>,
}

/// What an act tells of a manifest.
#[derive(Clone, Debug)]
pub struct ManifestTold {
    /// The file.
    pub file: PathBuf,
    /// SHA-256 of it.
    pub sha256: String,
    /// How many entries it has.
    pub entries: u64,
}

impl Manifest {
    /// Opens a manifest to add to; it is made when it is not there.
    ///
    /// # Errors
    /// When it was written with another key, was changed or cut off, or another run has it.
    pub fn open(path: &Path, key: ManifestKey, journal: &Path) -> Result<Self> {
        let failed = |e| Error::write(path, e);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(failed)?;
        if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
            return Err(Error::OutputInUse {
                path: path.to_owned(),
            });
        }
        let whole = lines::read(path, &key, Reading::Counts)?;
        if whole.bytes > 0 {
            holds_all(&whole, path, journal)?;
        } else if file.metadata().map_err(failed)?.len() > MOST_HEAD {
            return Err(Error::Manifest {
                place: path.display().to_string(),
                line: 1,
                what: "it is no manifest of a purge",
            });
        }
        file.set_len(whole.bytes).map_err(failed)?;
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        let groups = whole.groups.into_iter();
        let mut manifest = Self {
            path: path.to_owned(),
            file,
            key,
            id: whole.id,
            head: whole.head,
            groups: groups.map(|g| (g.plan, g.source, g.count)).collect(),
        };
        if whole.bytes == 0 {
            manifest.begin_file()?;
        }
        Ok(manifest)
    }

    fn begin_file(&mut self) -> Result<()> {
        let mut id = [0; 16];
        getrandom::fill(&mut id).map_err(|_| Error::NoRandom)?;
        self.id = HEXLOWER.encode(&id);
        self.write(&Line::Head {
            schema: SCHEMA.to_owned(),
            id: self.id.clone(),
            bits: ENTRY_BITS,
            expected_false: format!("rows looked at * entries / 2^{ENTRY_BITS}"),
            check: HEXLOWER.encode(&self.key.check_value()),
        })?;
        self.sync()?;
        let folder = self.path.parent().filter(|p| !p.as_os_str().is_empty());
        let folder = File::open(folder.unwrap_or(Path::new(".")));
        let synced = folder.and_then(|folder| folder.sync_all());
        synced.map_err(|e| Error::write(&self.path, e))
    }

    /// What of a table goes is about to be noted.
    fn begin(&mut self, plan: &str, source: &str) -> Result<()> {
        self.write(&Line::Begin {
            plan: plan.to_owned(),
            source: source.to_owned(),
        })
    }

    /// All that goes from a table was noted, and is on the disk; what the journal is to tell of it.
    fn end(&mut self, plan: &str, source: &str, entries: u64) -> Result<Event> {
        self.write(&Line::End { entries })?;
        self.sync()?;
        let is_other =
            |(p, s, _): &(String, String, u64)| (p.as_str(), s.as_str()) != (plan, source);
        self.groups.retain(is_other);
        self.groups
            .push((plan.to_owned(), source.to_owned(), entries));
        Ok(Event::Manifested {
            plan: plan.to_owned(),
            source: source.to_owned(),
            manifest: self.id.clone(),
            entries,
            head: HEXLOWER.encode(&self.head),
        })
    }

    fn write(&mut self, line: &Line) -> Result<()> {
        let written = lines::written(&self.key, &self.head, line);
        let (text, mac) = written.ok_or_else(|| Error::Internal {
            place: self.path.display().to_string(),
        })?;
        let failed = |e| Error::write(&self.path, e);
        self.file.write_all(text.as_bytes()).map_err(failed)?;
        self.head = mac;
        Ok(())
    }

    fn sync(&self) -> Result<()> {
        let synced = self.file.sync_all();
        synced.map_err(|e| Error::write(&self.path, e))
    }

    /// What an act tells of it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn told(&self) -> Result<ManifestTold> {
        Ok(ManifestTold {
            file: self.path.clone(),
            sha256: journal::file_hash(&self.path)?,
            entries: self.groups.iter().map(|(_, _, count)| count).sum(),
        })
    }
}

/// A first line that a kill left unfinished is not longer.
const MOST_HEAD: u64 = 512;

/// Lines that are gone from the end leave no trace in a manifest, but the journal knows of them.
fn holds_all(whole: &Whole, path: &Path, journal: &Path) -> Result<()> {
    for event in journal::events(journal)? {
        match event {
            Event::Manifested { manifest, head, .. }
                if manifest == whole.id && !whole.ends.contains(&head) =>
            {
                return Err(Error::Manifest {
                    place: path.display().to_string(),
                    line: whole.ends.len(),
                    what: "it lacks entries that the journal knows of: it was cut off, or is an older copy",
                });
            }
            _ => {}
        }
    }
    Ok(())
}

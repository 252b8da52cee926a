//! Opens a file without ever changing it or what lies beside it.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use sha2::{Digest as _, Sha256};

use super::error::{broken, refused};
use crate::error::{Error, Result};

/// What every session begins with: nothing is written, and no function of the file's own choice is called for its side effects.
const BEGIN: &str = "pragma query_only = on; pragma trusted_schema = off; pragma cell_size_check = on; begin; \
select count(*) from sqlite_schema";
/// What every session that writes begins with: what is gone is overwritten, and references are looked at when all is done.
const WRITE: &str = "pragma foreign_keys = off; pragma trusted_schema = off; pragma cell_size_check = on; \
pragma secure_delete = on; pragma temp_store = memory; pragma cache_size = -65536";
/// How copies are kept that nobody else may see.
const UNNAMED: &str = "pragma locking_mode = exclusive; pragma journal_mode = off; pragma synchronous = off; \
pragma secure_delete = on; pragma temp_store = memory";
/// Stands in the addresses of files as it is.
const PLAIN: AsciiSet = NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'.')
    .remove(b'-')
    .remove(b'_');
/// How long to wait for somebody who writes.
const PATIENCE: Duration = Duration::from_secs(30);

/// A file and the state that it was found in.
#[derive(Clone)]
pub(super) struct DbFile {
    /// As the person wrote it.
    pub(super) named: PathBuf,
    /// Where it is, without links: its journals lie there.
    path: PathBuf,
    way: Way,
    state: State,
}

/// How a file is opened, so that nothing is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// It has a rollback journal: a lock keeps writers off.
    Locked,
    /// It has a write-ahead log that holds nothing, and nobody uses it: it is read as it lies there.
    Frozen,
    /// It has a write-ahead log that others may be using: what they share is read, not written.
    Shared,
    /// It has a write-ahead log whose index is gone: the index is made anew in memory.
    Alone,
}

/// What changes when the file changes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct State {
    file: (u64, Option<SystemTime>),
    log: Option<(u64, Option<SystemTime>)>,
}

/// The first bytes of a file, if they are those of a database.
fn head(path: &Path) -> std::io::Result<Option<[u8; 100]>> {
    let mut head = [0; 100];
    match fs::File::open(path)?.read_exact(&mut head) {
        Ok(()) => Ok(Some(head).filter(|head| head.starts_with(b"SQLite format 3\0"))),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

impl DbFile {
    /// The file, and its log and journal where there are such.
    pub(super) fn all(&self) -> Vec<PathBuf> {
        let beside = ["-wal", "-journal"].map(|end| beside(&self.path, end));
        let there = beside.into_iter().filter(|file| file.exists());
        std::iter::once(self.path.clone()).chain(there).collect()
    }

    /// Looks at a file.
    ///
    /// # Errors
    /// When it is not there, or no database.
    pub(super) fn find(named: &Path) -> Result<Self> {
        let unreadable = |error| Error::read(named, error);
        let path = named.canonicalize().map_err(unreadable)?;
        let Some(head) = head(&path).map_err(unreadable)? else {
            return Err(Error::Source {
                place: named.display().to_string(),
                what: "it is no SQLite database, or an encrypted one",
            });
        };
        let state = State::of(&path).map_err(unreadable)?;
        if !state.file.0.is_multiple_of(page_size(&head)) {
            // SQLite itself takes what is missing for zeros.
            return Err(Error::Source {
                place: named.display().to_string(),
                what: "the file is damaged: its end is missing",
            });
        }
        let has_log = head[18] == 2 || head[19] == 2;
        let is_filled = state.log.is_some_and(|(size, _)| size > 0);
        let has_index = beside(&path, "-shm").exists();
        let way = match (has_log, state.log.is_some() && has_index, is_filled) {
            (false, ..) => Way::Locked,
            (true, true, _) => Way::Shared,
            (true, false, true) => Way::Alone,
            (true, false, false) => Way::Frozen,
        };
        Ok(Self {
            named: named.to_owned(),
            path,
            way,
            state,
        })
    }

    /// A session in which every table is as of one moment.
    ///
    /// # Errors
    /// When it cannot be opened for reading only.
    pub(super) fn session(&self) -> Result<Connection> {
        let place = self.named.display().to_string();
        let failed = |error| refused(&place, &error);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let session = Connection::open_with_flags(self.uri(), flags).map_err(failed)?;
        session.busy_timeout(PATIENCE).map_err(failed)?;
        for setting in [
            DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
            DbConfig::SQLITE_DBCONFIG_DEFENSIVE,
        ] {
            session.set_db_config(setting, true).map_err(failed)?;
        }
        if self.way == Way::Alone {
            let exclusive = session.execute_batch("pragma locking_mode = exclusive");
            exclusive.map_err(failed)?;
        }
        session.execute_batch(BEGIN).map_err(failed)?;
        Ok(session)
    }

    /// A session that may write.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(super) fn opened_to_write(&self) -> Result<Connection> {
        let place = self.named.display().to_string();
        let failed = |error| refused(&place, &error);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let session =
            Connection::open_with_flags(uri(&self.path, "rw", ""), flags).map_err(failed)?;
        session.busy_timeout(PATIENCE).map_err(failed)?;
        session
            .set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)
            .map_err(failed)?;
        session.execute_batch(WRITE).map_err(failed)?;
        Ok(session)
    }

    /// A session in which nobody else writes to the file, which is as it was found.
    ///
    /// # Errors
    /// When somebody else writes for long, or the file changed.
    pub(super) fn begin(&self) -> Result<Connection> {
        let session = self.opened_to_write()?;
        (session.execute_batch("begin immediate"))
            .map_err(|error| broken(&self.named.display().to_string(), &error))?;
        let now = State::of(&self.path).map_err(|e| Error::read(&self.named, e))?;
        let size = |state: &State| state.log.map_or(0, |(size, _)| size);
        let is_same = now.file == self.state.file
            && (now.log == self.state.log || size(&now) + size(&self.state) == 0);
        if is_same {
            return Ok(session);
        }
        Err(Error::StalePlan {
            place: self.named.display().to_string(),
            what: "its file has changed",
        })
    }

    /// A database of its own, on the same disk, in a file without a name: it goes with its session.
    ///
    /// # Errors
    /// When there can be no file beside this one.
    pub(super) fn unnamed(&self) -> Result<Connection> {
        let path = beside(&self.path, &format!(".iesiz-{}", std::process::id()));
        let place = path.display().to_string();
        let failed = |error| refused(&place, &error);
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        drop(options.open(&path).map_err(|e| Error::write(&path, e))?);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let opened = Connection::open_with_flags(uri(&path, "rw", ""), flags);
        fs::remove_file(&path).map_err(|e| Error::write(&path, e))?;
        let session = opened.map_err(failed)?;
        session.execute_batch(UNNAMED).map_err(failed)?;
        Ok(session)
    }

    fn uri(&self) -> String {
        let way = match self.way {
            Way::Locked => "",
            Way::Frozen => "&immutable=1",
            Way::Shared => "&readonly_shm=1",
            Way::Alone => "&vfs=unix-none",
        };
        uri(&self.path, "ro", way)
    }

    /// Fails when the file changed since it was found: where no lock keeps writers off, what was read may not hang together.
    ///
    /// # Errors
    /// When it did.
    pub(super) fn check(&self) -> Result<()> {
        let now = State::of(&self.path).map_err(|e| Error::read(&self.named, e))?;
        if self.way == Way::Shared || now == self.state {
            return Ok(());
        }
        Err(Error::Source {
            place: self.named.display().to_string(),
            what: "it changed while it was read",
        })
    }

    /// Changes with the file and its log.
    pub(super) fn fingerprint(&self) -> String {
        let hash = Sha256::digest(format!("{:?}", self.state));
        data_encoding::HEXLOWER.encode(&hash)
    }

    /// Its stored bytes.
    pub(super) fn len(&self) -> u64 {
        self.state.file.0 + self.state.log.map_or(0, |(size, _)| size)
    }
}

fn uri(path: &Path, mode: &str, more: &str) -> String {
    let bytes = path.as_os_str().as_encoded_bytes();
    format!("file:{}?mode={mode}{more}", percent_encode(bytes, &PLAIN))
}

/// Undoes what a run that was killed left half done in a file; another file stays as it is.
///
/// # Errors
/// When it may not be written to.
pub(super) fn undo(path: &Path) -> Result<()> {
    let is_database = path.is_file() && head(path).ok().flatten().is_some();
    if !is_database || size_beside(&path.canonicalize().unwrap_or_default(), "-journal") == 0 {
        return Ok(());
    }
    let file = DbFile::find(path)?;
    let any = "select count(*) from sqlite_schema";
    (file.opened_to_write()?.execute_batch(any))
        .map_err(|error| broken(&path.display().to_string(), &error))
}

/// Bytes of a file that `SQLite` keeps beside its database.
pub(super) fn size_beside(path: &Path, ending: &str) -> u64 {
    fs::metadata(beside(path, ending)).map_or(0, |known| known.len())
}

impl State {
    fn of(path: &Path) -> std::io::Result<Self> {
        let stamp = |known: fs::Metadata| (known.len(), known.modified().ok());
        Ok(Self {
            file: stamp(fs::metadata(path)?),
            log: fs::metadata(beside(path, "-wal")).ok().map(stamp),
        })
    }
}

/// As the first bytes tell it; the largest does not fit there and is written as 1.
fn page_size(head: &[u8; 100]) -> u64 {
    match u64::from(u16::from_be_bytes([head[16], head[17]])) {
        0 | 1 => 65_536,
        size => size,
    }
}

/// A file that `SQLite` keeps beside its database.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

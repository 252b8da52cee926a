//! Appending: one line at a time, on the disk before anything else happens, however many processes append.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::chain::{Chain, Line};
use super::event::Event;
use super::sign;
use super::who::Who;
use crate::error::{Error, Result};

/// A journal that is being written. It is locked for the time of a line only, so that several commands can write in turn.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    chain: Chain,
    /// Bytes of the lines in `chain`.
    bytes: u64,
}

impl Journal {
    /// Opens a journal to append to, after checking the lines it has; an empty one is made where there is none.
    ///
    /// # Errors
    /// When it does not hang together, cannot be read or may not be written.
    pub fn open(path: &Path) -> Result<Self> {
        let mut journal = Self {
            path: path.to_owned(),
            chain: Chain::default(),
            bytes: 0,
        };
        let mut file = journal.locked()?;
        journal.catch_up(&mut file)?;
        Ok(journal)
    }

    /// Appends a line and waits until it is on the disk. Lines that others wrote meanwhile come before it.
    ///
    /// # Errors
    /// When the disk refuses, or what others wrote does not follow.
    pub fn append(&mut self, event: Event) -> Result<()> {
        let mut file = self.locked()?;
        self.catch_up(&mut file)?;
        let line = Line {
            seq: self.chain.lines,
            time: jiff::Timestamp::now().to_string(),
            prev: self.chain.head.clone(),
            who: Some(Who::now()),
            event,
        };
        let internal = || Error::Internal {
            place: self.path.display().to_string(),
        };
        let text = serde_json::to_string(&line).map_err(|_| internal())?;
        let written = file
            .seek(SeekFrom::Start(self.bytes))
            .and_then(|_| file.write_all(format!("{text}\n").as_bytes()))
            .and_then(|()| file.sync_all());
        written.map_err(|e| Error::write(&self.path, e))?;
        self.chain.add(&text).map_err(|_| internal())?;
        self.bytes += text.len() as u64 + 1;
        // Still under the lock, so that signatures follow each other as lines do.
        sign::sign_if_asked(&self.path, &self.chain)
    }

    /// Hash of the last line.
    pub fn head(&self) -> &str {
        &self.chain.head
    }

    /// The file, which nobody else appends to while it is open; where a file system knows no locks it is taken as it is.
    fn locked(&self) -> Result<File> {
        let failed = |e| Error::write(&self.path, e);
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).read(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        // Opening what is no file could wait for ever.
        if fs::metadata(&self.path).is_ok_and(|known| !known.is_file()) {
            return Err(self.broken(1, "it is no file"));
        }
        let file = options.open(&self.path).map_err(failed)?;
        loop {
            match file.lock() {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => {
                    tracing::warn!(error = %e, "the journal cannot be locked");
                    return Ok(file);
                }
                Ok(()) => return Ok(file),
            }
        }
    }

    /// Reads the lines that were written since, and takes away one that a kill or a full disk left unfinished.
    fn catch_up(&mut self, file: &mut File) -> Result<()> {
        let failed = |path: &Path, e| Error::read(path, e);
        let length = file.metadata().map_err(|e| failed(&self.path, e))?.len();
        if length == self.bytes {
            return Ok(());
        }
        if length < self.bytes {
            return Err(self.broken(self.chain.lines, "it became shorter while it was in use"));
        }
        let mut new = Vec::new();
        file.seek(SeekFrom::Start(self.bytes))
            .and_then(|_| file.read_to_end(&mut new))
            .map_err(|e| failed(&self.path, e))?;
        let whole = new
            .iter()
            .rposition(|&b| b == b'\n')
            .map_or(0, |end| end + 1);
        let (lines, torn) = new.split_at(whole);
        let text = std::str::from_utf8(lines)
            .map_err(|_| self.broken(self.chain.lines + 1, "it is no text"))?;
        for line in text.lines() {
            let next = self.chain.lines + 1;
            self.chain
                .add(line)
                .map_err(|what| self.broken(next, what))?;
        }
        self.bytes += whole as u64;
        if torn.is_empty() {
            return Ok(());
        }
        // Anything else that has no line is not ours to cut: a table may have been named by mistake.
        let is_ours = self.chain.lines > 0 || FIRST.starts_with(torn) || torn.starts_with(FIRST);
        if !is_ours {
            return Err(self.broken(1, "it is no journal line"));
        }
        file.set_len(self.bytes)
            .and_then(|()| file.sync_all())
            .map_err(|e| Error::write(&self.path, e))
    }

    fn broken(&self, line: u64, what: &'static str) -> Error {
        Error::Journal {
            place: self.path.display().to_string(),
            line: line as usize,
            what,
        }
    }
}

/// What every journal begins with.
const FIRST: &[u8] = br#"{"seq":0,"#;

/// SHA-256 of a file.
///
/// # Errors
/// When it cannot be read to its end.
pub fn file_hash(path: &Path) -> Result<String> {
    let mut hash = Sha256::new();
    let mut file = File::open(path).map_err(|e| Error::read(path, e))?;
    io::copy(&mut file, &mut HashWriter(&mut hash)).map_err(|e| Error::read(path, e))?;
    Ok(format!(
        "sha256:{}",
        data_encoding::HEXLOWER.encode(&hash.finalize())
    ))
}

struct HashWriter<'a>(&'a mut Sha256);

impl io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

//! Reading a journal: it has to hang together.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::chain::{Chain, Unfinished};
use super::event::Event;
use crate::error::{Error, Result};

/// What checking a journal found.
#[derive(Debug, PartialEq, Eq)]
pub struct Checked {
    /// Number of lines.
    pub lines: u64,
    /// Hash of the last line.
    pub head: String,
    /// The run that has no end: it goes on, was killed, or its last lines were removed.
    pub unfinished: Option<Unfinished>,
}

impl Checked {
    /// Tells whether every run is over.
    pub fn is_closed(&self) -> bool {
        self.unfinished.is_none()
    }
}

/// Checks that every line carries the hash of the one before.
///
/// # Errors
/// At the first line that does not.
pub fn check(path: &Path) -> Result<Checked> {
    let (chain, _) = followed(path)?;
    Ok(Checked {
        lines: chain.lines,
        head: chain.head,
        unfinished: chain.unfinished,
    })
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
    if path.exists() {
        Ok(followed(path)?.1)
    } else {
        Ok(Vec::new())
    }
}

fn followed(path: &Path) -> Result<(Chain, Vec<(String, Event)>)> {
    let bytes = bytes(path)?;
    let broken = |line: usize, what| Error::Journal {
        place: path.display().to_string(),
        line,
        what,
    };
    let text = std::str::from_utf8(&bytes).map_err(|_| broken(1, "it is no text"))?;
    let mut chain = Chain::default();
    let mut lines = Vec::new();
    for (index, text) in text.lines().enumerate() {
        let line = chain.add(text).map_err(|what| broken(index + 1, what))?;
        lines.push((text.to_owned(), line.event));
    }
    Ok((chain, lines))
}

/// All that was written so far, without half a line of a command that is just writing.
pub(super) fn bytes(path: &Path) -> Result<Vec<u8>> {
    let failed = |e| Error::read(path, e);
    let mut file = File::open(path).map_err(failed)?;
    let locked = file.lock_shared();
    tracing::debug!(is_locked = locked.is_ok(), "reading the journal");
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

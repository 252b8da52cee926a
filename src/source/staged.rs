//! A file that gets its name only when it is whole, synced and wanted.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};

use crate::error::{Error, Result};

/// How names of files begin that are not finished.
const PREFIX: &str = ".iesiz-";
/// How they end.
const SUFFIX: &str = ".tmp";

/// Bytes under a temporary name beside the final one. Dropped: they are gone and the final name is as it was.
#[derive(Debug)]
pub struct Staged {
    path: TempPath,
    /// Open while it is written: it is locked as long.
    file: Option<File>,
    target: PathBuf,
}

impl Staged {
    /// Makes an empty file, readable by its owner only; missing folders are made.
    ///
    /// # Errors
    /// When there is no room or no right to.
    pub fn create(target: &Path) -> Result<Self> {
        let folder = target
            .parent()
            .filter(|p| !p.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(|e| Error::write(folder, e))?;
        let file = locked_in(folder).map_err(|e| Error::write(target, e))?;
        let (file, path) = file.into_parts();
        Ok(Self {
            path,
            file: Some(file),
            target: target.to_owned(),
        })
    }

    /// Another handle to write through.
    ///
    /// # Errors
    /// When the file cannot be opened again.
    pub fn handle(&self) -> Result<File> {
        let again = match &self.file {
            Some(file) => file.try_clone(),
            None => fs::OpenOptions::new().write(true).open(&self.path),
        };
        again.map_err(|e| Error::write(&self.target, e))
    }

    /// Lets go of the file until it is published: of files that wait there may be more than can be open.
    pub fn rest(&mut self) {
        self.file = None;
    }

    /// Where the bytes are now.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where they will be.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Waits until the bytes are on the disk.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn sync(&self) -> Result<()> {
        let file = self.handle()?;
        file.sync_all().map_err(|e| Error::write(&self.target, e))
    }

    /// Gives the bytes their final name in one step.
    ///
    /// # Errors
    /// When the name cannot be given; the target is then as it was.
    pub fn publish(self) -> Result<()> {
        let target = self.target;
        self.path
            .persist(&target)
            .map_err(|e| Error::write(&target, e.error))?;
        sync_folder(&target).map_err(|e| Error::write(&target, e))
    }
}

/// A new file that is locked while this run has it open, so that no other run takes it for a leftover.
fn locked_in(folder: &Path) -> io::Result<NamedTempFile> {
    loop {
        let file = tempfile::Builder::new()
            .prefix(PREFIX)
            .suffix(SUFFIX)
            .tempfile_in(folder)?;
        if !was_removed_before_its_lock(file.as_file())? {
            return Ok(file);
        }
    }
}

/// Locks a file; a file system that has no locks leaves it as it is.
#[cfg(unix)]
fn was_removed_before_its_lock(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let is_locked = file.lock().is_ok();
    Ok(is_locked && file.metadata()?.nlink() == 0)
}

/// A lock would keep this run, too, from reading the file under its name.
#[cfg(not(unix))]
fn was_removed_before_its_lock(_file: &File) -> io::Result<bool> {
    Ok(false)
}

/// Removes files that runs left which were killed; what a living run has locked stays.
pub fn remove_leftovers(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if !name.starts_with(PREFIX) || !name.ends_with(SUFFIX) {
            continue;
        }
        let path = entry.path();
        let Ok(file) = File::open(&path) else {
            continue;
        };
        match file.try_lock() {
            Ok(()) => {
                let _ = fs::remove_file(&path);
            }
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(_)) => {
                tracing::warn!(path = %path.display(), "nobody can tell whether a run still writes it");
            }
        }
    }
}

/// Writes a small file in one step: the only way this program writes anything that is not a table.
///
/// # Errors
/// When there is no room or no right to.
pub fn write_atomically(target: &Path, bytes: &[u8]) -> Result<()> {
    // A link stays a link, and what is no file, such as a pipe, is written to and not replaced.
    let resolved = target.canonicalize();
    let target = resolved.as_deref().unwrap_or(target);
    if fs::metadata(target).is_ok_and(|known| !known.is_file() && !known.is_dir()) {
        let written = File::options().write(true).open(target);
        let written = written.and_then(|mut file| io::Write::write_all(&mut file, bytes));
        return written.map_err(|e| Error::write(target, e));
    }
    let staged = Staged::create(target)?;
    io::Write::write_all(&mut staged.handle()?, bytes).map_err(|e| Error::write(target, e))?;
    staged.sync()?;
    staged.publish()
}

/// Writes a small file that is not there yet.
///
/// # Errors
/// When it is there, or there is no room or no right to.
pub fn write_new(target: &Path, bytes: &[u8]) -> Result<()> {
    let exists = || Error::FileExists {
        path: target.to_owned(),
    };
    if target.symlink_metadata().is_ok() {
        return Err(exists());
    }
    let staged = Staged::create(target)?;
    io::Write::write_all(&mut staged.handle()?, bytes).map_err(|e| Error::write(target, e))?;
    staged.sync()?;
    match staged.path.persist_noclobber(target) {
        Ok(()) => sync_folder(target).map_err(|e| Error::write(target, e)),
        Err(e) if e.error.kind() == io::ErrorKind::AlreadyExists => Err(exists()),
        Err(e) => Err(Error::write(target, e.error)),
    }
}

/// Makes a rename lasting.
fn sync_folder(target: &Path) -> io::Result<()> {
    let folder = target
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dropped_it_leaves_nothing_and_published_it_replaces_whole() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("deep/er/x.csv");
        drop(Staged::create(&target).unwrap());
        assert_eq!(fs::read_dir(target.parent().unwrap()).unwrap().count(), 0);
        write_atomically(&target, b"one").unwrap();
        write_atomically(&target, b"two").unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"two");
        assert_eq!(fs::read_dir(target.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn leftovers_go_and_what_is_being_written_stays() {
        let folder = tempfile::tempdir().unwrap();
        let staged = Staged::create(&folder.path().join("x.csv")).unwrap();
        let killed = folder.path().join(".iesiz-abc.tmp");
        let others = folder.path().join("iesiz.tmp");
        for path in [&killed, &others] {
            File::create_new(path).unwrap();
        }
        remove_leftovers(folder.path());
        assert!(staged.path().exists() && others.exists() && !killed.exists());
    }

    #[test]
    fn a_new_file_replaces_none() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("x");
        write_new(&target, b"one").unwrap();
        let error = write_new(&target, b"two").unwrap_err();
        assert_eq!(error.code().0, "file-exists");
        assert_eq!(fs::read(&target).unwrap(), b"one");
    }

    #[test]
    #[cfg(unix)]
    fn only_the_owner_may_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("x");
        write_atomically(&target, b"one").unwrap();
        assert_eq!(
            fs::metadata(&target).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}

//! The folder where an operator's purges are registered: plans, the journal, and the lock that keeps two runs apart.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use super::plan::PurgePlan;
use crate::error::{Error, Result};
use crate::source::OWN_FOLDER;
use crate::source::staged::write_atomically;

/// The folder, while this run has it.
#[derive(Debug)]
pub struct Register {
    folder: PathBuf,
    _lock: File,
}

impl Register {
    /// The folder beside a policy.
    pub fn beside(policy: &Path) -> PathBuf {
        let folder = policy.parent().filter(|p| !p.as_os_str().is_empty());
        folder.unwrap_or(Path::new(".")).join(OWN_FOLDER)
    }

    /// Takes the folder; it is made when it is not there.
    ///
    /// # Errors
    /// When another run has it.
    pub fn take(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder).map_err(|e| Error::write(folder, e))?;
        let lock = File::open(folder).map_err(|e| Error::write(folder, e))?;
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => Err(Error::OutputInUse {
                path: folder.to_owned(),
            }),
            Ok(()) | Err(TryLockError::Error(_)) => Ok(Self {
                folder: folder.to_owned(),
                _lock: lock,
            }),
        }
    }

    /// The journal.
    pub fn journal(&self) -> PathBuf {
        Self::journal_in(&self.folder)
    }

    /// The journal of such a folder, whoever has it: lines may be appended in turn.
    pub fn journal_in(folder: &Path) -> PathBuf {
        folder.join("journal.jsonl")
    }

    /// Keeps a plan under its hash.
    ///
    /// # Errors
    /// When there is no room or no right to.
    pub fn keep(&self, plan: &PurgePlan) -> Result<PathBuf> {
        let path = self.plan_path(&plan.hash);
        let text = serde_json::to_vec_pretty(plan);
        let text = text.map_err(|_| Error::Internal {
            place: path.display().to_string(),
        })?;
        write_atomically(&path, &text)?;
        Ok(path)
    }

    /// The plan of a hash, if it is still what was hashed.
    ///
    /// # Errors
    /// When there is none, or it was changed.
    pub fn plan(&self, hash: &str) -> Result<PurgePlan> {
        let unknown = || Error::UnknownPlan {
            place: self.folder.display().to_string(),
        };
        if hash.is_empty() || !hash.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(unknown());
        }
        let text = fs::read(self.plan_path(hash)).map_err(|_| unknown())?;
        let plan: PurgePlan = serde_json::from_slice(&text).map_err(|_| unknown())?;
        if plan.hash != hash || plan.computed_hash()? != hash {
            return Err(unknown());
        }
        Ok(plan)
    }

    /// The act on what a plan destroyed.
    pub(super) fn act(&self, hash: &str) -> PathBuf {
        self.folder.join(format!("act-{hash}.json"))
    }

    fn plan_path(&self, hash: &str) -> PathBuf {
        self.folder.join(format!("purge-{hash}.json"))
    }
}

//! Where a file of `SQLite` keeps what is gone from its tables, and how it goes.

use std::path::Path;

use super::super::{CleanUp, Left};
use super::error::broken;
use super::open::{DbFile, size_beside};
use crate::error::Result;

/// Counts what is left; before that, where it is wanted, writes the whole file anew.
pub(in super::super) fn residue(address: &str, _: &[String], how: CleanUp) -> Result<Vec<Left>> {
    let (path, _) = super::parts(address.strip_prefix("sqlite:").unwrap_or(address));
    let place = path.display().to_string();
    let failed = |e| broken(&place, &e);
    let session = DbFile::find(&path)?.opened_to_write()?;
    let is_clean = how == CleanUp::Yes
        && (session.execute_batch("vacuum"))
            .inspect_err(|error| tracing::info!(error = %broken(&place, error), "not done"))
            .is_ok();
    let free = session
        .query_row("pragma freelist_count", [], |row| row.get::<_, i64>(0))
        .map_err(failed)?;
    // Where somebody reads, the log stays; it is told of below.
    session
        .execute_batch("pragma wal_checkpoint(truncate)")
        .map_err(failed)?;
    drop(session);
    let mut left = Vec::new();
    let mut add = |code, count: u64| {
        if count > 0 {
            left.push(Left {
                database: place.clone(),
                code,
                count,
            });
        }
    };
    add("gaps", u64::from(!is_clean));
    add("free-pages", free.max(0).cast_unsigned());
    add("log-beside", size_beside(&canonical(&path), "-wal"));
    add("journal-beside", size_beside(&canonical(&path), "-journal"));
    add("disk", 1);
    add("backups", 1);
    Ok(left)
}

fn canonical(path: &Path) -> std::path::PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

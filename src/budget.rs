//! How much memory a run may take, and how much of it each use gets. Sizes of batches follow from it; findings never do.

use std::sync::OnceLock;

use crate::error::{Error, Result};

static BYTES: OnceLock<u64> = OnceLock::new();

const MIB: u64 = 1 << 20;
/// What the program takes before it reads anything: its own text, patterns, word lists.
const FIXED: u64 = 72 * MIB;
/// What every thread learns of columns and keeps.
const A_THREAD: u64 = 16 * MIB;
/// Less is no room for a batch.
const LEAST_A_THREAD: u64 = 8 * MIB;
/// What every thread gets for its batches when nothing is said.
const USUAL_A_THREAD: u64 = 84 * MIB;

/// Sets the budget, once, before anything is read.
///
/// # Errors
/// When it is too small for so many threads.
pub fn set(bytes: u64) -> Result<()> {
    let least = FIXED + threads() * (A_THREAD + LEAST_A_THREAD);
    if bytes < least {
        return Err(Error::Invalid {
            place: "--memory".to_owned(),
            report: format!(
                "{} threads need at least {} MiB; give more, or fewer --threads",
                threads(),
                least.div_ceil(MIB)
            ),
        });
    }
    BYTES.get_or_init(|| bytes);
    Ok(())
}

fn threads() -> u64 {
    rayon::current_num_threads() as u64
}

/// What is left for the data under way.
fn free() -> u64 {
    let usual = FIXED + threads() * (A_THREAD + USUAL_A_THREAD);
    let all = BYTES.get().copied().unwrap_or(usual);
    all.saturating_sub(FIXED + threads() * A_THREAD)
}

/// Size of a block of CSV. Larger blocks bring nothing: they fall out of the processor's cache.
pub(crate) fn block() -> usize {
    const MOST: u64 = 2 * MIB;
    const LEAST: u64 = MIB / 4;
    (free() / threads() / 32).clamp(LEAST, MOST) as usize
}

/// Decoded size of the part of a Parquet row group that a thread reads at once; it stands in memory unpacked and decoded, and
/// twice so while it is rewritten. Beside it stands the column chunk as it is stored, however large.
pub(crate) fn part() -> u64 {
    const MOST: u64 = 64 * MIB;
    (free() / threads() / 7).clamp(MIB, MOST)
}

/// Decoded size of a row group that waits to be written.
pub(crate) fn group() -> usize {
    const MOST: u64 = 256 * MIB;
    (free() / 4).clamp(2 * MIB, MOST) as usize
}

/// Size of the set of what an output holds.
pub(crate) fn filter() -> u64 {
    const MOST: u64 = 256 * MIB;
    (free() * 2 / 5).clamp(MIB, MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_little_is_refused_and_says_what_is_needed() {
        let refused = set(MIB).unwrap_err().to_string();
        assert!(refused.contains("--memory"), "{refused}");
        assert!(block() >= 1 << 18 && part() >= MIB && group() > 0 && filter() >= MIB);
    }
}

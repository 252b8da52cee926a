//! What workers keep between batches: learnt states, templates and judgements are not learnt again.

use std::sync::{Mutex, PoisonError};

use super::Detectors;
use super::cache::Cache;
use super::gates::Scratch;

/// What one worker keeps.
pub(super) struct Worker {
    pub(super) cache: Cache,
    pub(super) scratch: Scratch,
}

impl Worker {
    /// Makes ready for another batch, which begins with some column of its table.
    pub(super) fn next_batch(&mut self, first_column: usize) {
        self.scratch.next_batch(first_column);
    }

    /// Makes ready for the next column of the batch, which has so many cells.
    pub(super) fn next_column(&mut self, path: &str, cells: usize) {
        let at = self.scratch.next_column(cells);
        self.cache.next_column(path, at);
    }
}

/// Workers at rest.
#[expect(clippy::vec_box, reason = "a worker is large, and goes to and fro")]
#[derive(Default)]
pub(super) struct Workers(Mutex<Vec<Box<Worker>>>);

impl Workers {
    pub(super) fn take(&self, detectors: &Detectors) -> Box<Worker> {
        let rested = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut worker = rested.unwrap_or_else(|| {
            Box::new(Worker {
                cache: Cache::new(),
                scratch: Scratch::new(detectors),
            })
        });
        worker.cache.next_table();
        worker
    }

    pub(super) fn give_back(&self, worker: Box<Worker>) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(worker);
    }
}

impl std::fmt::Debug for Workers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Workers").finish_non_exhaustive()
    }
}

//! How fast databases may be read, so that those who work with them are not hurt.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

static RATE: OnceLock<Rate> = OnceLock::new();

/// So many bytes a second.
struct Rate {
    bytes: u64,
    /// When the next byte may be read.
    free_at: Mutex<Instant>,
}

/// Sets the rate, once, before anything is read.
pub fn set(bytes_a_second: u64) {
    RATE.get_or_init(|| Rate {
        bytes: bytes_a_second.max(1),
        free_at: Mutex::new(Instant::now()),
    });
}

/// Tells whether there is a rate to keep to.
pub(super) fn is_set() -> bool {
    RATE.get().is_some()
}

/// Waits for as long as these bytes take.
pub(super) fn spend(bytes: u64) {
    if let Some(rate) = RATE.get() {
        thread::sleep(rate.wait(bytes, Instant::now()));
    }
}

impl Rate {
    fn wait(&self, bytes: u64, now: Instant) -> Duration {
        let takes = Duration::from_secs_f64(bytes as f64 / self.bytes as f64);
        let mut free_at = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = free_at.saturating_duration_since(now);
        *free_at = now.max(*free_at) + takes;
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_is_paid_for_by_what_comes_next() {
        let now = Instant::now();
        let rate = Rate {
            bytes: 1000,
            free_at: Mutex::new(now),
        };
        assert_eq!(rate.wait(500, now), Duration::ZERO);
        assert_eq!(rate.wait(250, now), Duration::from_millis(500));
        let later = now + Duration::from_secs(9);
        assert_eq!(rate.wait(1, later), Duration::ZERO);
        assert_eq!(rate.wait(1, later), Duration::from_millis(1));
    }
}

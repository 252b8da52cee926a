//! A bar on a terminal, nothing in a pipe.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::batch::TableId;
use crate::progress::{Progress, Stage};

/// Draws how far the work is, on standard error.
pub(super) struct Bar {
    bar: Mutex<ProgressBar>,
    rows: Arc<AtomicU64>,
}

const STYLE: &str = "{prefix:>6} {msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {rows_per_sec} rows/s {eta}";

impl Bar {
    /// Nothing is drawn before the first stage begins.
    pub(super) fn new() -> Self {
        Self {
            bar: Mutex::new(ProgressBar::hidden()),
            rows: Arc::default(),
        }
    }

    fn with(&self, act: impl FnOnce(&mut ProgressBar)) {
        if let Ok(mut bar) = self.bar.lock() {
            act(&mut bar);
        }
    }
}

impl Progress for Bar {
    fn begin(&self, stage: Stage, table: &TableId, bytes: u64) {
        let prefix = match stage {
            Stage::Scan => "scan",
            Stage::Group => "group",
            Stage::Apply => "write",
            Stage::Verify => "attack",
        };
        self.rows.store(0, Ordering::Relaxed);
        let rows = self.rows.clone();
        let rows_per_sec = move |state: &ProgressState, out: &mut dyn fmt::Write| {
            let rows = rows.load(Ordering::Relaxed) as f64 / state.elapsed().as_secs_f64();
            // A bar that cannot be drawn is no reason to stop.
            let _ = write!(out, "{}", HumanCount(rows as u64));
        };
        self.with(|bar| {
            let style = ProgressStyle::with_template(STYLE)
                .unwrap_or_else(|_| ProgressStyle::default_bar())
                .with_key("rows_per_sec", rows_per_sec);
            *bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::stderr())
                .with_style(style);
            bar.set_prefix(prefix);
            bar.set_message(table.to_string());
        });
    }

    fn advance(&self, bytes: u64, rows: u64) {
        let rows = self.rows.fetch_add(rows, Ordering::Relaxed) + rows;
        tracing::trace!(bytes, rows, "batch done");
        self.with(|bar| bar.inc(bytes));
    }

    fn end(&self) {
        self.with(|bar| bar.finish_and_clear());
    }
}

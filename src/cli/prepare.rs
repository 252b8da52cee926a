//! Threads, logging, Ctrl-C, and panics that quote nothing.

use std::io;

use bytesize::ByteSize;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::args::{Cli, LogLevel};

/// Gets ready for any command.
pub(super) fn prepare(cli: &Cli) {
    let level = match cli.log {
        LogLevel::Error => tracing::Level::ERROR,
        LogLevel::Warn => tracing::Level::WARN,
        LogLevel::Info => tracing::Level::INFO,
        LogLevel::Debug => tracing::Level::DEBUG,
        LogLevel::Trace => tracing::Level::TRACE,
    };
    // Libraries log what servers send: rows, and messages that quote cells.
    let own = Targets::new().with_target(env!("CARGO_PKG_NAME"), level);
    let said = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(false);
    tracing_subscriber::registry()
        .with(said.with_filter(own))
        .init();
    if let Some(threads) = cli.threads {
        let built = rayon::ThreadPoolBuilder::new()
            .num_threads(usize::from(threads))
            .build_global();
        tracing::debug!(threads, built = built.is_ok(), "thread pool");
    }
    let handled = ctrlc::set_handler(crate::progress::stop);
    tracing::debug!(handled = handled.is_ok(), "Ctrl-C stops between batches");
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(|l| format!("{}:{}", l.file(), l.line()))
            .unwrap_or_default();
        tracing::debug!(place, "a worker panicked");
    }));
}

/// The most memory that was resident, where the system tells, without the program's own file: how much of that stands in
/// memory follows from how the kernel keeps files, and it goes when others need the room.
pub(super) fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = |name| status.lines().find_map(|line| line.strip_prefix(name));
    let bytes = |size: &str| {
        // The kernel writes kB and means KiB.
        let size = size.replace("kB", "KiB");
        Some(size.trim().parse::<ByteSize>().ok()?.as_u64())
    };
    let peak = bytes(line("VmHWM:")?)?;
    Some(peak.saturating_sub(line("RssFile:").and_then(bytes)?))
}

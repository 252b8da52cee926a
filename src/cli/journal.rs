//! `iesiz journal`: checks a journal, and shows it.

use std::path::{Path, PathBuf};

use super::args::{JournalCommand, ReportFormat, ShowJournal, VerifyJournal};
use super::{FAILED, OUTSIDE, complain, json, print};
use crate::error::{Error, Result};
use crate::journal::show::{self, Entry, Filter, Shown};
use crate::journal::{self, Unfinished};
use crate::text::{Arg, tr};

pub(super) fn command(command: &JournalCommand, usual: Option<&Path>) -> Result<u8> {
    match command {
        JournalCommand::Verify(args) => verify(args),
        JournalCommand::Show(args) => show(args, usual),
    }
}

fn verify(args: &VerifyJournal) -> Result<u8> {
    let file = &args.file;
    let checked = journal::check(file)?;
    let broken = |line, what| Error::Journal {
        place: file.display().to_string(),
        line,
        what,
    };
    if checked.lines == 0 {
        let what = "it is not there: all lines were removed, or no run has begun";
        return Err(broken(1, what));
    }
    if args.head.as_ref().is_some_and(|head| *head != checked.head) {
        let what = "its hash is not the given one: lines at the end were changed or removed";
        return Err(broken(checked.lines as usize, what));
    }
    let signed = args.public_key.as_ref();
    let signed = signed
        .map(|key| journal::signature(file, key))
        .transpose()?;
    let path = file.display().to_string();
    let facts = [
        ("path", Arg::Text(&path)),
        ("lines", Arg::Count(checked.lines)),
        ("head", Arg::Text(&checked.head)),
    ];
    let mut text = match &checked.unfinished {
        None => tr("journal-whole", &facts),
        Some(run) => format!("{}\n{}", tr("journal-open", &facts), what_to_do(file, run)),
    };
    if let Some(signed) = &signed {
        let key = if signed.since == 0 {
            "journal-signed"
        } else {
            "journal-signed-before"
        };
        let facts = [
            ("time", Arg::Text(&signed.time)),
            ("lines", Arg::Count(signed.since)),
        ];
        text.push('\n');
        text.push_str(&tr(key, &facts));
    }
    print(&(text + "\n"))?;
    let is_settled = checked.is_closed() && signed.is_none_or(|signed| signed.since == 0);
    Ok(if is_settled { 0 } else { OUTSIDE })
}

/// Which command ends a run that has no end.
fn what_to_do(file: &Path, run: &Unfinished) -> String {
    let output = file.parent().and_then(Path::parent);
    let output = output.filter(|folder| !folder.as_os_str().is_empty());
    let output = output.unwrap_or(Path::new(".")).display().to_string();
    let key = match run.command.as_str() {
        _ if run.is_in_place => "journal-rerun-in-place",
        "purge" => "journal-rerun-purge",
        "subject erase" => "journal-rerun-erase",
        "anonymize" => "journal-rerun-anonymize",
        "apply" => "journal-rerun-apply",
        _ => "journal-rerun",
    };
    let args = [
        ("command", Arg::Text(&run.command)),
        ("plan", Arg::Text(&run.plan)),
        ("output", Arg::Text(&output)),
    ];
    tr(key, &args)
}

fn show(args: &ShowJournal, usual: Option<&Path>) -> Result<u8> {
    let here = || PathBuf::from(crate::source::OWN_FOLDER).join("journal.jsonl");
    let file = args.file.as_deref().or(usual);
    let file = file.map_or_else(here, Path::to_owned);
    let filter = Filter {
        table: args.table.as_deref().map(pattern).transpose()?,
        since: args.since,
        until: args.until,
    };
    let shown = show::show(&file, &filter)?;
    let broken = shown.broken.as_ref().map(|broken| broken.error(&file));
    broken.iter().for_each(complain);
    match args.format {
        ReportFormat::Human => print(&human(&shown, broken.as_ref()))?,
        ReportFormat::Json => print(&json(&shown)?)?,
        ReportFormat::Csv => print(&csv(&shown)?)?,
    }
    Ok(if broken.is_some() { FAILED } else { 0 })
}

fn pattern(text: &str) -> Result<glob::Pattern> {
    glob::Pattern::new(text).map_err(|e| Error::Invalid {
        place: format!("--table {text}"),
        report: e.msg.to_owned(),
    })
}

fn human(shown: &Shown, broken: Option<&Error>) -> String {
    let mut text = String::new();
    if let Some(error) = broken {
        let error = error.to_string();
        text.push_str(&tr("journal-broken", &[("error", Arg::Text(&error))]));
        text.push_str("\n\n");
    }
    for entry in &shown.entries {
        text.push_str(&line(entry));
        text.push('\n');
    }
    text
}

/// Time, who, what, table, counts.
fn line(entry: &Entry) -> String {
    let time = entry.here().map_or_else(
        || "?".to_owned(),
        |time| time.strftime("%Y-%m-%d %H:%M:%S +05").to_string(),
    );
    let who = entry
        .who
        .as_ref()
        .map_or_else(|| "?".to_owned(), journal::Who::words);
    let number = entry.line.to_string();
    let status = entry.status.map(|status| status.to_string());
    let args = [
        ("about", Arg::Text(entry.about.as_deref().unwrap_or("?"))),
        ("line", Arg::Text(&number)),
        ("status", Arg::Text(status.as_deref().unwrap_or("?"))),
        ("code", Arg::Text(entry.code.as_deref().unwrap_or("none"))),
        ("plan", Arg::Text(entry.plan.as_deref().unwrap_or("?"))),
    ];
    let mut parts = vec![
        time,
        who,
        tr(&format!("journal-said-{}", entry.event), &args),
    ];
    parts.extend(entry.table.clone());
    let counts: Vec<String> = entry
        .counts
        .iter()
        .filter(|(_, count)| **count > 0)
        .map(|(name, count)| format!("{name} {count}"))
        .collect();
    if !counts.is_empty() {
        parts.push(counts.join(", "));
    }
    let text = parts.join("  ");
    // Names of tables are whatever somebody called a file.
    text.chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}

const COLUMNS: [&str; 12] = [
    "line", "time", "who", "event", "about", "table", "path", "counts", "plan", "purpose", "code",
    "status",
];

fn csv(shown: &Shown) -> Result<String> {
    let failed = || Error::Internal {
        place: "the journal as CSV".to_owned(),
    };
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS).map_err(|_| failed())?;
    for entry in &shown.entries {
        let counts = entry.counts.iter();
        let counts: Vec<String> = counts
            .map(|(name, count)| format!("{name}={count}"))
            .collect();
        let own = |text: &Option<String>| text.clone().unwrap_or_default();
        let cells = [
            entry.line.to_string(),
            entry.time.clone(),
            entry
                .who
                .as_ref()
                .map(journal::Who::words)
                .unwrap_or_default(),
            entry.event.to_owned(),
            own(&entry.about),
            own(&entry.table),
            own(&entry.path),
            counts.join("; "),
            own(&entry.plan),
            own(&entry.purpose),
            own(&entry.code),
            entry
                .status
                .map(|status| status.to_string())
                .unwrap_or_default(),
        ];
        let cells = cells.iter().map(|cell| crate::list::form::harmless(cell));
        writer.write_record(cells).map_err(|_| failed())?;
    }
    let bytes = writer.into_inner().map_err(|_| failed())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

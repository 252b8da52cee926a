//! What people read of a purge.

use std::collections::BTreeSet;
use std::path::Path;

use super::confirm::{Confirmed, Done};
use super::fates::How;
use super::manifest::{ENTRY_BITS, ManifestTold, expected_false};
use super::plan::{PurgePlan, TablePurge};
use super::selection::Kind;
use crate::text::{Arg, plain, tr};

/// Records without a date that are named one by one; the plan lists more.
const SHOWN: usize = 10;

/// What a plan would do.
pub fn planned(plan: &PurgePlan, kept: &Path) -> String {
    let mut text = String::new();
    for table in &plan.tables {
        text.push_str(&of_table(table, plan.kind));
    }
    text.push_str(&refusal(plan));
    text.push_str(&reapplied(plan));
    let (day, path) = (plan.as_of.to_string(), kept.display().to_string());
    let args = [
        ("day", Arg::Text(&day)),
        ("hash", Arg::Text(&plan.hash)),
        ("path", Arg::Text(&path)),
    ];
    let has_work = plan.tables.iter().any(TablePurge::changes);
    let is_partial = !plan.untouched.is_empty();
    text.push_str(&tr(
        match (plan.kind, has_work) {
            (_, true) => "purge-planned",
            (Kind::Purge, false) if is_partial => "purge-plan-unknown",
            (Kind::Purge, false) => "purge-plan-empty",
            (Kind::Erase, false) => "erase-plan-empty",
            (Kind::Reapply, false) => "reapply-plan-empty",
        },
        &args,
    ));
    text.push('\n');
    text
}

/// How many rows a manifest takes by chance for those that it tells of.
fn reapplied(plan: &PurgePlan) -> String {
    let Some(entries) = plan.entries else {
        return String::new();
    };
    let rows = plan.tables.iter().map(|table| table.rows).sum();
    let (bits, expected) = (ENTRY_BITS.to_string(), figure(rows, entries));
    let args = [
        ("entries", Arg::Count(entries)),
        ("rows", Arg::Count(rows)),
        ("bits", Arg::Text(&bits)),
        ("expected", Arg::Text(&expected)),
    ];
    tr("reapply-chance", &args) + "\n"
}

fn figure(rows: u64, entries: u64) -> String {
    format!("{:.0e}", expected_false(rows, entries))
}

/// What of a destruction was noted to be done again.
pub fn noted(manifest: &ManifestTold) -> String {
    const ROWS: u64 = 1_000_000;
    let path = manifest.file.display().to_string();
    let (bits, expected) = (ENTRY_BITS.to_string(), figure(ROWS, manifest.entries));
    let args = [
        ("path", Arg::Text(&path)),
        ("sha256", Arg::Text(&manifest.sha256)),
        ("entries", Arg::Count(manifest.entries)),
        ("bits", Arg::Text(&bits)),
        ("expected", Arg::Text(&expected)),
    ];
    tr("manifest-noted", &args) + "\n"
}

/// What each kind of plan says in its own words.
struct Keys {
    nothing: &'static str,
    destroyed: &'static str,
    emptied: &'static str,
    anonymised: &'static str,
    unreadable: &'static str,
}

fn keys(kind: Kind) -> Keys {
    match kind {
        Kind::Purge => Keys {
            nothing: "purge-nothing",
            destroyed: "purge-destroyed",
            emptied: "purge-emptied",
            anonymised: "purge-anonymised",
            unreadable: "purge-unreadable",
        },
        Kind::Erase => Keys {
            nothing: "erase-nothing",
            destroyed: "erase-destroyed",
            emptied: "erase-emptied",
            anonymised: "purge-anonymised",
            unreadable: "purge-unreadable",
        },
        Kind::Reapply => Keys {
            nothing: "reapply-nothing",
            destroyed: "reapply-destroyed",
            emptied: "reapply-emptied",
            anonymised: "reapply-anonymised",
            unreadable: "reapply-unsure",
        },
    }
}

/// Why some of a person's data stays, for the answer that the law asks for.
fn refusal(plan: &PurgePlan) -> String {
    let mut lines = Vec::new();
    for table in plan.tables.iter().filter(|table| table.refused > 0) {
        let args = [
            ("source", Arg::Text(&table.source)),
            ("count", Arg::Count(table.refused)),
        ];
        lines.push(format!("  {}", tr("erase-refused-rows", &args)));
        for required in &table.required {
            let basis = required.basis.join("; ");
            let args = [
                ("purpose", Arg::Text(&required.purpose)),
                ("count", Arg::Count(required.rows)),
                ("term", Arg::Text(&required.term)),
                ("basis", Arg::Text(&basis)),
            ];
            lines.push(format!("    {}", tr("erase-required", &args)));
        }
    }
    if lines.is_empty() {
        return String::new();
    }
    lines.insert(0, plain("erase-refused"));
    lines.push(plain("erase-refused-end"));
    lines.join("\n") + "\n"
}

fn of_table(table: &TablePurge, kind: Kind) -> String {
    let keys = keys(kind);
    let args = [
        ("source", Arg::Text(&table.source)),
        ("dataset", Arg::Text(&table.dataset)),
        ("rows", Arg::Count(table.rows)),
    ];
    let mut lines = vec![tr("purge-table", &args)];
    let mut say = |key: &str, args: &[(&str, Arg<'_>)]| lines.push(format!("  {}", tr(key, args)));
    if !table.changes() {
        say(keys.nothing, &[]);
    }
    for (key, count) in [
        (keys.destroyed, table.destroyed),
        (keys.anonymised, table.anonymised),
        ("purge-blocked", table.blocked),
        ("purge-held", table.held),
        ("purge-undated", table.undated),
        (keys.unreadable, table.unreadable),
        ("purge-hard-links", table.hard_links),
    ] {
        if count > 0 {
            say(key, &[("count", Arg::Count(count))]);
        }
    }
    if !table.listed.is_empty() {
        let (records, more) = records(table);
        let args = [("records", Arg::Text(&records)), ("more", Arg::Count(more))];
        say("purge-listed", &args);
    }
    let category = |column: &str| table.categories.get(column).map_or("?", String::as_str);
    for gone in table.gone.iter().filter(|gone| gone.how == How::Emptied) {
        let args = [
            ("count", Arg::Count(gone.cells)),
            ("column", Arg::Text(&gone.path)),
            ("category", Arg::Text(&gone.category)),
        ];
        say(keys.emptied, &args);
    }
    for column in &table.dropped {
        say(
            "purge-dropped",
            &[
                ("column", Arg::Text(column)),
                ("category", Arg::Text(category(column))),
            ],
        );
    }
    for column in &table.to_review {
        say("purge-to-review", &[("column", Arg::Text(column))]);
    }
    if !table.copies.is_empty() {
        let names = table.copies.iter().filter_map(|path| path.file_name());
        let names: Vec<String> = names
            .map(|name| name.to_string_lossy().into_owned())
            .collect();
        let names = names.join(", ");
        say(
            "purge-copies",
            &[
                ("count", Arg::Count(table.copies.len() as u64)),
                ("names", Arg::Text(&names)),
            ],
        );
    }
    lines.extend(alike(table).map(|line| format!("  {line}")));
    lines.join("\n") + "\n"
}

/// Tables near one that hold the same people.
fn alike(table: &TablePurge) -> impl Iterator<Item = String> {
    let folder = table.path.parent().unwrap_or(Path::new(""));
    let names = table.alike.iter().take(SHOWN).map(|path| {
        let inside = path.strip_prefix(folder).unwrap_or(path);
        inside.display().to_string()
    });
    let mut names: Vec<String> = names.collect();
    if table.alike.len() > SHOWN {
        names.push("…".to_owned());
    }
    let names = names.join(", ");
    let args = [
        ("count", Arg::Count(table.alike.len() as u64)),
        ("names", Arg::Text(&names)),
    ];
    let found = (!table.alike.is_empty()).then(|| tr("purge-alike", &args));
    let is_partial = table.alike_is_partial.then(|| plain("purge-alike-partial"));
    found.into_iter().chain(is_partial)
}

/// The first records to look at, counted from 1 as people do, and how many more the plan lists.
fn records(table: &TablePurge) -> (String, u64) {
    let shown = table.listed.iter().take(SHOWN);
    let shown: Vec<String> = shown.map(|row| (row + 1).to_string()).collect();
    let more = table.listed.len().saturating_sub(SHOWN) as u64;
    (shown.join(", "), more)
}

/// What was done.
pub fn confirmed(confirmed: &Confirmed, plan: &PurgePlan, journal: &Path) -> String {
    let mut lines = Vec::new();
    let (mut has_destroyed, mut others) = (false, 0);
    for (source, result) in &confirmed.tables {
        let source = ("source", Arg::Text(source));
        match result {
            Ok(Done::Unchanged) => {
                let key = match plan.kind {
                    Kind::Purge => "purge-done-unchanged",
                    Kind::Erase => "erase-done-unchanged",
                    Kind::Reapply => "reapply-done-unchanged",
                };
                lines.push(tr(key, &[source]));
            }
            Ok(Done::Before(_)) => lines.push(tr("purge-done-before", &[source])),
            Ok(Done::Replaced(done)) => {
                others = others.max(done.alike);
                has_destroyed = true;
                let of = |how| done.gone.iter().filter(move |gone| gone.how == how);
                let emptied = of(How::Emptied).map(|gone| gone.cells).sum();
                let dropped: BTreeSet<&str> =
                    of(How::WithColumn).map(|gone| gone.path.as_str()).collect();
                let args = [
                    source,
                    ("destroyed", Arg::Count(done.destroyed)),
                    ("anonymised", Arg::Count(done.anonymised)),
                    ("emptied", Arg::Count(emptied)),
                    ("dropped", Arg::Count(dropped.len() as u64)),
                    ("blocked", Arg::Count(done.blocked)),
                    ("held", Arg::Count(done.held)),
                ];
                let is_it = |table: &&TablePurge| table.source == done.source;
                let table = plan.tables.iter().find(is_it);
                let is_in_database = table.is_some_and(|table| table.is_in_database);
                lines.push(tr(
                    if is_in_database {
                        "purge-done-in-database"
                    } else {
                        "purge-done"
                    },
                    &args,
                ));
            }
            Err(_) => {}
        }
    }
    lines.extend(confirmed.left.iter().map(crate::report::left_in_database));
    let is_of_file = |table: &TablePurge| table.changes() && !table.is_in_database;
    if has_destroyed && plan.tables.iter().any(is_of_file) {
        lines.push(plain("purge-not-reached"));
        if others > 0 {
            lines.push(tr("purge-others", &[("count", Arg::Count(others))]));
        }
    }
    lines.extend(refusal(plan).lines().map(str::to_owned));
    let journal = journal.display().to_string();
    let args = [
        ("path", Arg::Text(&journal)),
        ("head", Arg::Text(&confirmed.journal_head)),
    ];
    lines.push(tr("journal-head", &args));
    lines.join("\n") + "\n"
}

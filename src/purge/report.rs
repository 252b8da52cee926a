//! What people read of a purge.

use std::path::Path;

use super::confirm::{Confirmed, Done};
use super::plan::{PurgePlan, TablePurge};
use crate::text::{Arg, plain, tr};

/// What a plan would do.
pub fn planned(plan: &PurgePlan, kept: &Path) -> String {
    let mut text = String::new();
    for table in &plan.tables {
        text.push_str(&of_table(table));
    }
    let (day, path) = (plan.as_of.to_string(), kept.display().to_string());
    let args = [
        ("day", Arg::Text(&day)),
        ("hash", Arg::Text(&plan.hash)),
        ("path", Arg::Text(&path)),
    ];
    let has_work = plan.tables.iter().any(TablePurge::changes);
    text.push_str(&tr(
        if has_work {
            "purge-planned"
        } else {
            "purge-plan-empty"
        },
        &args,
    ));
    text.push('\n');
    text
}

fn of_table(table: &TablePurge) -> String {
    let args = [
        ("source", Arg::Text(&table.source)),
        ("dataset", Arg::Text(&table.dataset)),
        ("rows", Arg::Count(table.rows)),
    ];
    let mut lines = vec![tr("purge-table", &args)];
    let mut say = |key: &str, args: &[(&str, Arg<'_>)]| lines.push(format!("  {}", tr(key, args)));
    if !table.changes() {
        say("purge-nothing", &[]);
    }
    for (key, count) in [
        ("purge-destroyed", table.destroyed),
        ("purge-anonymised", table.anonymised),
        ("purge-blocked", table.blocked),
        ("purge-held", table.held),
        ("purge-undated", table.undated),
        ("purge-unreadable", table.unreadable),
        ("purge-hard-links", table.hard_links),
    ] {
        if count > 0 {
            say(key, &[("count", Arg::Count(count))]);
        }
    }
    let category = |column: &str| table.categories.get(column).map_or("?", String::as_str);
    for (column, cells) in &table.emptied {
        let category = ("category", Arg::Text(category(column)));
        say(
            "purge-emptied",
            &[
                ("count", Arg::Count(*cells)),
                ("column", Arg::Text(column)),
                category,
            ],
        );
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
    lines.join("\n") + "\n"
}

/// What was done.
pub fn confirmed(confirmed: &Confirmed, journal: &Path) -> String {
    let mut lines = Vec::new();
    let mut has_destroyed = false;
    for (source, result) in &confirmed.tables {
        let source = ("source", Arg::Text(source));
        match result {
            Ok(Done::Unchanged) => lines.push(tr("purge-done-unchanged", &[source])),
            Ok(Done::Replaced(done)) => {
                has_destroyed = true;
                let args = [
                    source,
                    ("destroyed", Arg::Count(done.destroyed)),
                    ("anonymised", Arg::Count(done.anonymised)),
                    ("emptied", Arg::Count(done.emptied.values().sum())),
                    ("dropped", Arg::Count(done.dropped.len() as u64)),
                    ("blocked", Arg::Count(done.blocked)),
                    ("held", Arg::Count(done.held)),
                ];
                lines.push(tr("purge-done", &args));
            }
            Err(_) => {}
        }
    }
    if has_destroyed {
        lines.push(plain("purge-not-reached"));
    }
    let journal = journal.display().to_string();
    let args = [
        ("path", Arg::Text(&journal)),
        ("head", Arg::Text(&confirmed.journal_head)),
    ];
    lines.push(tr("journal-head", &args));
    lines.join("\n") + "\n"
}

//! Which tables can be changed in one transaction, and what else has to be known of them.

use mysql::prelude::Queryable as _;
use mysql::{Conn, Result as Said};

use super::super::{DbTable, Kind};
use super::error::refused;
use crate::error::{Error, Result};

/// What a trigger may not do, because nobody would look at what it wrote.
const WRITING: &[&str] = &[
    "insert", "update", "delete", "replace", "call", "load", "execute",
];

/// Fails when the rows of a table cannot be changed and taken back, or told apart.
///
/// # Errors
/// When they cannot; nothing is written before.
pub(super) fn check(session: &mut Conn, table: &DbTable) -> Result<()> {
    let name = table.full_name();
    let place = (
        table.schema.as_deref().unwrap_or_default(),
        table.name.as_str(),
    );
    let failed = |error| refused(&name, &error);
    let not = |what: &str| {
        Err(Error::Database {
            place: name.clone(),
            what: what.to_owned(),
        })
    };
    if table.kind == Kind::Versioned {
        return not(
            "it keeps earlier versions of its rows, which cannot be changed: drop them and its versioning first, or leave it out with --exclude",
        );
    }
    let engine: Option<String> = session
        .exec_first(
            "select engine from information_schema.tables where table_schema = ? and table_name = ?",
            place,
        )
        .map_err(failed)?;
    if engine.as_deref() != Some("InnoDB") {
        return not(
            "its engine cannot take changes back: ALTER TABLE … ENGINE = InnoDB first, or leave it out with --exclude",
        );
    }
    if table.key.is_empty() {
        return not(
            "it has no primary key, nor a unique one of columns that are never null: add one first, or leave it out with --exclude",
        );
    }
    check_triggers(session, table, "UPDATE")
}

/// Fails when a trigger on such an event writes to tables.
///
/// # Errors
/// When one does.
pub(super) fn check_triggers(session: &mut Conn, table: &DbTable, event: &str) -> Result<()> {
    let name = table.full_name();
    let triggers: Vec<String> = session
        .exec(
            "select action_statement from information_schema.triggers where event_manipulation = ? \
             and event_object_schema = ? and event_object_table = ?",
            (
                event,
                table.schema.as_deref().unwrap_or_default(),
                &table.name,
            ),
        )
        .map_err(|error| refused(&name, &error))?;
    if triggers.iter().any(|trigger| writes(trigger)) {
        return Err(Error::Database {
            place: name,
            what: "a trigger of it writes to tables: drop the trigger first, and make it again afterwards".to_owned(),
        });
    }
    Ok(())
}

fn writes(trigger: &str) -> bool {
    let lower = trigger.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.any(|word| WRITING.contains(&word))
}

/// Columns that change by themselves with their row.
pub(super) fn clocks(session: &mut Conn, table: &DbTable) -> Said<Vec<String>> {
    session.exec(
        "select column_name from information_schema.columns where table_schema = ? and table_name = ? and extra like '%on update%'",
        (table.schema.as_deref(), &table.name),
    )
}

/// `MariaDB` keeps JSON as text, and asks by a constraint whether it is some; other servers have no such list.
pub(super) fn know_json(session: &mut Conn, table: &mut DbTable) {
    let clauses: Said<Vec<String>> = session.exec(
        "select check_clause from information_schema.check_constraints where constraint_schema = ? and table_name = ?",
        (table.schema.as_deref(), &table.name),
    );
    for clause in clauses.unwrap_or_default() {
        for column in &mut table.columns {
            if clause == format!("json_valid({})", super::quoted(&column.name)) {
                "json".clone_into(&mut column.base);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trigger_that_only_sets_its_row_is_none_that_writes() {
        assert!(!writes("set new.updated_at = current_timestamp"));
        assert!(writes("BEGIN INSERT INTO log VALUES (old.iin); END"));
        assert!(writes("call note(old.iin)"));
    }
}

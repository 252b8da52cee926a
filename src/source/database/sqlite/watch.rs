//! Triggers: what they change must be in the plan.

use rusqlite::Connection;

use super::error::{broken, refused};
use super::tables::quoted;
use super::words::Words;
use crate::error::{Error, Result};

const UNPLANNED: &str =
    "a trigger changes it, and the plan does not: take it into the plan, or drop the trigger";

/// Notes which tables triggers write to.
pub(super) struct Watch {
    is_needed: bool,
}

impl Watch {
    /// Begins to look at all tables, where tables that are to be changed have triggers.
    ///
    /// # Errors
    /// When a trigger writes to an index of words that is not in the plan: such writing is not seen.
    pub(super) fn begin(
        session: &Connection,
        place: &str,
        names: &[String],
        words: &[Words],
    ) -> Result<Self> {
        let failed = |e| refused(place, &e);
        let triggers = triggers(session).map_err(failed)?;
        let is_changed = |table: &String| names.iter().any(|name| name.eq_ignore_ascii_case(table));
        let mut ours = triggers
            .iter()
            .filter(|(table, _)| is_changed(table))
            .peekable();
        if ours.peek().is_none() {
            return Ok(Self { is_needed: false });
        }
        let written: String = ours.map(|(_, sql)| sql.to_lowercase()).collect();
        let unseen = |index: &&Words| {
            !index.follows
                && !is_changed(&index.name)
                && written.contains(&index.name.to_lowercase())
        };
        if let Some(index) = words.iter().find(unseen) {
            return Err(unplanned(place, &index.name));
        }
        session
            .execute_batch("create temp table iesiz_written (name text)")
            .map_err(failed)?;
        for (number, table) in tables(session).map_err(failed)?.iter().enumerate() {
            // Rows that are there already are looked at by themselves.
            let ways: &[&str] = if is_changed(table) {
                &["insert"]
            } else {
                &["insert", "update", "delete"]
            };
            for way in ways {
                let text = table.replace('\'', "''");
                let create = format!(
                    "create temp trigger iesiz_{number}_{way} after {way} on main.{} begin \
                     insert into iesiz_written select '{text}' where not exists (select 1 from iesiz_written where name = '{text}'); end",
                    quoted(table)
                );
                session.execute_batch(&create).map_err(failed)?;
            }
        }
        Ok(Self { is_needed: true })
    }

    /// Fails when a trigger wrote where the plan does not.
    ///
    /// # Errors
    /// When it did.
    pub(super) fn check(&self, session: &Connection, place: &str) -> Result<()> {
        if !self.is_needed {
            return Ok(());
        }
        let first = "select coalesce(min(name), '') from temp.iesiz_written";
        let first: String =
            (session.query_row(first, [], |row| row.get(0))).map_err(|e| broken(place, &e))?;
        if first.is_empty() {
            Ok(())
        } else {
            Err(unplanned(place, &first))
        }
    }
}

fn unplanned(place: &str, table: &str) -> Error {
    Error::Database {
        place: format!("{place}, table {table}"),
        what: UNPLANNED.to_owned(),
    }
}

/// Triggers by their table.
fn triggers(session: &Connection) -> rusqlite::Result<Vec<(String, String)>> {
    let listed = "select tbl_name, sql from main.sqlite_schema where type = 'trigger'";
    let mut listed = session.prepare(listed)?;
    let known = listed.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    known.collect()
}

/// Tables that hold rows themselves.
fn tables(session: &Connection) -> rusqlite::Result<Vec<String>> {
    let listed = "select name from pragma_table_list where schema = 'main' and type = 'table' and name not like 'sqlite\\_%' escape '\\' order by 1";
    let mut listed = session.prepare(listed)?;
    let known = listed.query_map([], |row| row.get(0))?;
    known.collect()
}

//! Where PostgreSQL keeps old versions of rows, and how they go from the files of tables.

use postgres::Client;

use super::super::{Address, CleanUp, Left};
use super::error::refused;
use super::{connect, relation, tables};
use crate::error::Result;

/// Places with how many there are of each, by the key of their text.
const PLACES: &[(&str, &str)] = &[
    (
        "replicas",
        "select count(*) from pg_catalog.pg_stat_replication",
    ),
    (
        "slots",
        "select count(*) from pg_catalog.pg_replication_slots",
    ),
    (
        "archives",
        "select count(*) from pg_catalog.pg_settings where name = 'archive_mode' and setting <> 'off'",
    ),
];

/// Counts what is left; before that, where it is wanted, writes the files of the tables anew.
pub(super) fn residue(address: &Address, names: &[String], how: CleanUp) -> Result<Vec<Left>> {
    let place = address.to_string();
    let failed = |e: postgres::Error| refused(&place, &e);
    let mut session = connect::connect(address)?;
    let mut left = Vec::new();
    let mut add = |code, count: u64| {
        if count > 0 {
            left.push(Left {
                database: place.clone(),
                code,
                count,
            });
        }
    };
    if how == CleanUp::Yes {
        clean_up(&mut session, names).map_err(failed)?;
    } else {
        add("dead-rows", names.len() as u64);
        add("statistics", names.len() as u64);
    }
    for (code, query) in PLACES {
        let count: i64 = session.query_one(*query, &[]).map_err(failed)?.get(0);
        add(code, count.max(0).cast_unsigned());
    }
    add("wal", 1);
    add("backups", 1);
    Ok(left)
}

/// The files of tables, of their long values and indexes, and what is known of their values.
fn clean_up(session: &mut Client, names: &[String]) -> Result<(), postgres::Error> {
    let known = tables::tables(session)?;
    for (table, _) in known
        .iter()
        .filter(|(table, _)| names.contains(&table.full_name()))
    {
        session.batch_execute(&format!("vacuum (full, analyze) {}", relation(table)))?;
    }
    // Only those whom the server trusts with all of it may do the rest.
    for statement in [
        "vacuum full pg_catalog.pg_statistic",
        "checkpoint",
        "select pg_catalog.pg_switch_wal()",
        "checkpoint",
    ] {
        if let Err(error) = session.batch_execute(statement) {
            tracing::info!(
                statement,
                code = error.code().map(postgres::error::SqlState::code),
                "not done"
            );
        }
    }
    Ok(())
}

//! Where PostgreSQL keeps old versions of rows, and how they go from its files.

use std::time::{Duration, Instant};

use postgres::{Client, Error as PgError};

use super::super::{Address, CleanUp, Left};
use super::error::refused;
use super::{connect, relation, tables};
use crate::error::Result;

/// How long transactions of others are waited for: as long as one looks at old rows, these stay.
const PATIENCE: Duration = Duration::from_secs(10);

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

/// Who may still look at rows from before a transaction: sessions, slots and prepared transactions. Whoever may not see the sessions
/// of others cannot know, and counts as one more.
const LOOKING: &str = "
select (select count(*) from pg_catalog.pg_stat_activity
        where pid <> pg_catalog.pg_backend_pid() and backend_xmin is not null and pg_catalog.age(backend_xmin) > pg_catalog.age($1::text::xid)
          and (datname = pg_catalog.current_database() or datname is null))
     + (select count(*) from pg_catalog.pg_replication_slots where pg_catalog.age(xmin) > pg_catalog.age($1::text::xid))
     + (select count(*) from pg_catalog.pg_prepared_xacts
        where database = pg_catalog.current_database() and pg_catalog.age(transaction) > pg_catalog.age($1::text::xid))
     + case when pg_catalog.pg_has_role('pg_read_all_stats', 'usage') then 0 else 1 end";

/// Statistics of columns keep values of their own.
const STATISTICS: &[&str] = &[
    "vacuum full pg_catalog.pg_statistic",
    "vacuum full pg_catalog.pg_statistic_ext_data",
];

/// Segments of the write-ahead log; those ahead of the one that is written to are old ones with new names.
const SEGMENTS: &str = "select name from pg_catalog.pg_ls_waldir() where name ~ '^[0-9A-F]{24}$'";

/// Counts what is left; before that, where it is wanted, writes the files of the tables anew.
pub(super) fn residue(address: &Address, names: &[String], how: CleanUp) -> Result<Vec<Left>> {
    let place = address.to_string();
    let failed = |e: PgError| refused(&place, &e);
    let mut session = connect::connect(address)?;
    let cleaned = match how {
        CleanUp::Yes => clean_up(&mut session, names).map_err(failed)?,
        CleanUp::No => Cleaned::default(),
    };
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
    let tables = names.len() as u64;
    match how {
        CleanUp::No => add("dead-rows", tables),
        CleanUp::Yes => add("seen-rows", cleaned.looking),
    }
    add("statistics", if cleaned.statistics { 0 } else { tables });
    for (code, query) in PLACES {
        let count: i64 = session.query_one(*query, &[]).map_err(failed)?.get(0);
        add(code, count.max(0).cast_unsigned());
    }
    add("wal", u64::from(!cleaned.log));
    add("backups", 1);
    Ok(left)
}

/// What is gone.
#[derive(Default)]
struct Cleaned {
    /// Who could still look at old rows when files were written anew: these were kept for them.
    looking: u64,
    /// Common values of columns are gone.
    statistics: bool,
    /// Segments of the log are gone.
    log: bool,
}

/// The files of tables, of their long values and indexes, what is known of their values, and the log.
fn clean_up(session: &mut Client, names: &[String]) -> Result<Cleaned, PgError> {
    let looking = wait_for_others(session)?;
    let known = tables::tables(session)?;
    let of_tables = known
        .iter()
        .filter(|(table, _)| names.contains(&table.full_name()))
        .map(|(table, _)| relation(table));
    // Views that keep rows were filled anew, but what is known of their values is old.
    let mut all: Vec<String> = of_tables.chain(tables::kept_views(session)?).collect();
    all.sort_unstable();
    all.dedup();
    for relation in all {
        session.batch_execute(&format!("vacuum (full, analyze) {relation}"))?;
    }
    Ok(Cleaned {
        looking,
        statistics: all_done(session, STATISTICS),
        log: log_is_gone(session),
    })
}

/// Waits until nobody looks at rows from before now, and tells how many still do.
fn wait_for_others(session: &mut Client) -> Result<u64, PgError> {
    let now: String = session
        .query_one("select (pg_catalog.txid_current() % 4294967296)::text", &[])?
        .get(0);
    let until = Instant::now() + PATIENCE;
    loop {
        let looking: i64 = session.query_one(LOOKING, &[&now])?.get(0);
        if looking <= 0 || Instant::now() > until {
            return Ok(looking.max(0).cast_unsigned());
        }
        session.batch_execute("select pg_catalog.pg_sleep(0.2)")?;
    }
}

/// Tells whether the server did all of this; only those whom it trusts with all of it may ask for it.
fn all_done(session: &mut Client, statements: &[&str]) -> bool {
    let mut is_done = |statement: &str| {
        let done = session.batch_execute(statement);
        if let Err(error) = &done {
            let code = error.code().map(postgres::error::SqlState::code);
            tracing::info!(statement, code, "not done");
        }
        done.is_ok()
    };
    // The later ones help even where an earlier one was refused.
    let refused = statements.iter().filter(|statement| !is_done(statement));
    refused.count() == 0
}

/// Goes on to new segments of the log until the server has removed all that there are now. A server that uses old segments again keeps
/// them under new names, so that nothing is sure.
fn log_is_gone(session: &mut Client) -> bool {
    let is_removed = session
        .query_one(
            "select pg_catalog.current_setting('wal_recycle') = 'off'",
            &[],
        )
        .is_ok_and(|row| row.get(0));
    let Ok(old) = segments(session) else {
        all_done(session, &["checkpoint"]);
        return false;
    };
    let rounds = if is_removed { old.len() + 2 } else { 2 };
    for _ in 0..rounds {
        let went_on = all_done(
            session,
            &[
                "select pg_catalog.pg_logical_emit_message(false, 'iesiz', '')",
                "select pg_catalog.pg_switch_wal()",
                "checkpoint",
            ],
        );
        let Ok(now) = segments(session) else {
            return false;
        };
        if is_removed && !now.iter().any(|segment| old.contains(segment)) {
            return true;
        }
        if !went_on {
            return false;
        }
    }
    false
}

fn segments(session: &mut Client) -> Result<Vec<String>, PgError> {
    let rows = session.query(SEGMENTS, &[])?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

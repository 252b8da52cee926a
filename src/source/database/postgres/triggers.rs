//! What triggers wrote besides the rows that were changed: old values that they copy elsewhere would outlast the run.

use std::collections::BTreeMap;

use postgres::{Client, Error as PgError};

use super::super::catalog::full_name;
use crate::error::{Error, Result};

/// Rows that tables got in this transaction; parts count for the table that they are parts of, large objects for theirs.
const WRITTEN: &str = "
select n.nspname::text, c.relname::text, c.relkind = 'p',
       pg_catalog.sum(s.n_tup_ins)::int8, pg_catalog.sum(s.n_tup_upd)::int8, pg_catalog.sum(s.n_tup_del)::int8
from pg_catalog.pg_stat_xact_all_tables s
join pg_catalog.pg_class c on c.oid = coalesce(pg_catalog.pg_partition_root(s.relid), s.relid)
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where (n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp_)') or c.relname = 'pg_largeobject'
group by 1, 2, 3 having pg_catalog.sum(s.n_tup_ins) + pg_catalog.sum(s.n_tup_upd) + pg_catalog.sum(s.n_tup_del) > 0
order by 1, 2";

/// Tables whose rows follow those that they refer to.
const FOLLOWING: &str = "
select n.nspname::text, c.relname::text, m.nspname::text, r.relname::text from pg_catalog.pg_constraint k
join pg_catalog.pg_class c on c.oid = k.conrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_class r on r.oid = k.confrelid join pg_catalog.pg_namespace m on m.oid = r.relnamespace
where k.contype = 'f' and (k.confupdtype in ('c', 'n', 'd') or k.confdeltype in ('n', 'd'))";

/// Triggers that are not the server's own, with the tables that they are on.
const TRIGGERS: &str = "
select n.nspname::text, c.relname::text, t.tgname::text from pg_catalog.pg_trigger t
join pg_catalog.pg_class c on c.oid = coalesce(pg_catalog.pg_partition_root(t.tgrelid), t.tgrelid)
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where not t.tgisinternal and t.tgparentid = 0 and t.tgenabled <> 'D'
order by 1, 2, 3";

/// Tables that lose or change rows when rows of others are deleted, with these others.
const FOLLOWERS: &str = "
select n.nspname::text, c.relname::text, m.nspname::text, r.relname::text from pg_catalog.pg_constraint k
join pg_catalog.pg_class c on c.oid = k.conrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_class r on r.oid = k.confrelid join pg_catalog.pg_namespace m on m.oid = r.relnamespace
where k.contype = 'f' and k.conparentid = 0 and k.confdeltype in ('c', 'n', 'd') order by 1, 2, 3, 4";

/// Rows of a table that were changed and deleted in this transaction.
const FOLLOWED: &str = "
select coalesce(pg_catalog.sum(s.n_tup_ins), 0)::int8, coalesce(pg_catalog.sum(s.n_tup_upd), 0)::int8, coalesce(pg_catalog.sum(s.n_tup_del), 0)::int8
from pg_catalog.pg_stat_xact_all_tables s
join pg_catalog.pg_class c on c.oid = coalesce(pg_catalog.pg_partition_root(s.relid), s.relid)
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname::text = $1 and c.relname::text = $2";

/// How many rows of a table were to be written.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Written {
    pub(super) changed: u64,
    pub(super) deleted: u64,
}

/// Makes the server count rows, where it does not and this user may.
pub(super) fn count(session: &mut Client) {
    // Who may not is told by `check`, where it matters.
    let _ = session.batch_execute("set track_counts = on");
}

/// Fails when a table got rows that nobody asked for. `changed` tells how many rows of tables were to be written.
///
/// # Errors
/// When a table got such rows, or nobody counts them.
pub(super) fn check(
    session: &mut Client,
    place: &str,
    changed: &BTreeMap<String, Written>,
    failed: impl Fn(PgError) -> Error,
) -> Result<()> {
    let triggers = triggers(session, changed).map_err(&failed)?;
    let is_counted = session
        .query_one(
            "select pg_catalog.current_setting('track_counts') = 'on'",
            &[],
        )
        .map_err(&failed)?;
    if !is_counted.get::<_, bool>(0) && !triggers.is_empty() {
        return Err(Error::Database {
            place: place.to_owned(),
            what: format!(
                "the server does not count what triggers write (track_counts is off), and there are some: {}",
                triggers.join(", ")
            ),
        });
    }
    let Some((table, rows)) = written(session, changed).map_err(&failed)? else {
        return Ok(());
    };
    let why = if triggers.is_empty() {
        "a function that was called".to_owned()
    } else {
        format!("one of the triggers {}", triggers.join(", "))
    };
    Err(Error::Database {
        place: format!("{place}, table {table}"),
        what: format!(
            "{rows} of its rows were written or deleted by {why}: they may hold old values; disable the trigger while iesiz runs"
        ),
    })
}

/// Fails when rows went or changed with rows that were deleted, though nobody asked for it.
///
/// # Errors
/// When that happened, or nobody counts.
pub(super) fn check_followers(
    session: &mut Client,
    place: &str,
    changed: &BTreeMap<String, Written>,
    failed: impl Fn(PgError) -> Error,
) -> Result<()> {
    for row in session.query(FOLLOWERS, &[]).map_err(&failed)? {
        let (schema, table): (String, String) = (row.get(0), row.get(1));
        let follower = full_name(Some(&schema), &table);
        let followed = full_name(Some(row.get(2)), row.get(3));
        if changed
            .get(&followed)
            .is_none_or(|asked| asked.deleted == 0)
        {
            continue;
        }
        let asked = changed.get(&follower).copied().unwrap_or_default();
        let counted = session
            .query_one(
                "select pg_catalog.current_setting('track_counts') = 'on'",
                &[],
            )
            .and_then(|counts| {
                Ok((
                    counts.get::<_, bool>(0),
                    session.query_one(FOLLOWED, &[&schema, &table])?,
                ))
            })
            .map_err(&failed)?;
        let (is_counted, counts) = counted;
        let (new, updated, gone): (i64, i64, i64) = (counts.get(0), counts.get(1), counts.get(2));
        // A row that moves to another part is deleted here and inserted there.
        let more = (gone - new - asked.deleted.cast_signed()).max(0)
            + (updated - asked.changed.cast_signed()).max(0);
        if !is_counted || more > 0 {
            return Err(Error::Database {
                place: format!("{place}, table {follower}"),
                what: format!(
                    "rows of it would go, or change, with those of {followed} that they refer to, and no plan names them: \
                     take the table into the plan and a dataset of the policy"
                ),
            });
        }
    }
    Ok(())
}

fn triggers(
    session: &mut Client,
    changed: &BTreeMap<String, Written>,
) -> Result<Vec<String>, PgError> {
    let known = session.query(TRIGGERS, &[])?;
    let named = known.iter().map(|row| {
        let table = full_name(Some(row.get(0)), row.get(1));
        (table, row.get::<_, String>(2))
    });
    Ok(named
        .filter(|(table, _)| changed.contains_key(table))
        .map(|(table, trigger)| format!("{trigger} of {table}"))
        .collect())
}

/// The first table with rows that nobody asked for, and how many.
fn written(
    session: &mut Client,
    changed: &BTreeMap<String, Written>,
) -> Result<Option<(String, i64)>, PgError> {
    let following = session.query(FOLLOWING, &[])?;
    let following: Vec<String> = { following.iter() }
        .filter(|row| changed.contains_key(&full_name(Some(row.get(2)), row.get(3))))
        .map(|row| full_name(Some(row.get(0)), row.get(1)))
        .collect();
    for row in session.query(WRITTEN, &[])? {
        let table = full_name(Some(row.get(0)), row.get(1));
        let (is_partitioned, new, updated, gone): (bool, i64, i64, i64) =
            (row.get(2), row.get(3), row.get(4), row.get(5));
        let rows = match changed.get(&table) {
            // A row that moves to another part is deleted here and inserted there.
            Some(asked) if is_partitioned => new - (gone - asked.deleted.cast_signed()),
            Some(asked) => new + (gone - asked.deleted.cast_signed()).max(0),
            None if following.contains(&table) => new,
            None => new + updated + gone,
        };
        if rows > 0 {
            return Ok(Some((table, rows)));
        }
    }
    Ok(None)
}

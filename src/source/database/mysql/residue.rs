//! Where the servers keep old versions of rows, and how they go from the files of tables.

use mysql::Conn;
use mysql::prelude::Queryable as _;

use super::super::{Address, CleanUp, Left};
use super::error::refused;
use super::{connect, relation, tables};
use crate::error::Result;

/// Places with how many there are of each, by the key of their text. A server that does not know one has none.
const PLACES: &[(&str, &str)] = &[
    ("binlog", "select @@global.log_bin"),
    (
        "replicas",
        "select count(*) from information_schema.processlist where command like 'Binlog Dump%'",
    ),
    (
        "query-log",
        "select @@global.general_log + @@global.slow_query_log",
    ),
];

/// Counts what is left; before that, where it is wanted, writes the files of the tables anew.
pub(in super::super) fn residue(
    address: &Address,
    names: &[String],
    how: CleanUp,
) -> Result<Vec<Left>> {
    let place = address.to_string();
    let mut session = connect::connect_to_write(address)?;
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
    let known = tables::tables(&mut session, None).map_err(|error| refused(&place, &error))?;
    let mut unclean = names.len() as u64;
    let mut histograms = 0;
    let mut deleted = 0;
    for table in known
        .iter()
        .filter(|table| names.contains(&table.full_name()))
    {
        let there = [
            text(table.schema.as_deref().unwrap_or_default()),
            text(&table.name),
        ];
        if how == CleanUp::Yes {
            let relation = relation(table);
            unclean -= u64::from(is_done(
                &mut session,
                &format!("alter table {relation} force"),
            ));
            is_done(&mut session, &format!("analyze table {relation}"));
            deleted += without_histograms(&mut session, &there);
        }
        histograms += count_histograms(&mut session, &there);
    }
    // Deleted rows stay in the file, like those of any table.
    if deleted > 0 && !is_done(&mut session, "alter table mysql.column_stats force") {
        histograms += deleted;
    }
    if how == CleanUp::Yes {
        // Waits until old versions of rows are gone.
        is_done(&mut session, "set global innodb_max_purge_lag_wait = 0");
    }
    add("table-files", unclean);
    add("histograms", histograms);
    for (code, query) in PLACES {
        add(code, count(&mut session, query));
    }
    add("undo", 1);
    add("backups", 1);
    Ok(left)
}

/// Deletes the statistics of a table, which quote its cells, and tells how many rows those had.
fn without_histograms(session: &mut Conn, [schema, name]: &[String; 2]) -> u64 {
    let of_table =
        format!("from mysql.column_stats where db_name = '{schema}' and table_name = '{name}'");
    let known = count(session, &format!("select count(*) {of_table}"));
    let is_gone = known > 0 && is_done(session, &format!("delete {of_table}"));
    is_done(session, "commit");
    if is_gone { known } else { 0 }
}

/// Statistics that `MariaDB` and `MySQL` keep of a table.
fn count_histograms(session: &mut Conn, [schema, name]: &[String; 2]) -> u64 {
    [
        format!("mysql.column_stats where db_name = '{schema}' and table_name = '{name}'"),
        format!("information_schema.column_statistics where schema_name = '{schema}' and table_name = '{name}'"),
    ]
    .iter()
    .map(|of_table| count(session, &format!("select count(*) from {of_table}")))
    .sum()
}

/// Not everybody may do everything, and not every server knows it.
fn is_done(session: &mut Conn, statement: &str) -> bool {
    match session.query_drop(statement) {
        Ok(()) => true,
        Err(error) => {
            tracing::info!(error = %refused("", &error), "not done");
            false
        }
    }
}

fn count(session: &mut Conn, query: &str) -> u64 {
    let counted = session.query_first::<u64, _>(query);
    counted.ok().flatten().unwrap_or(0)
}

/// As it stands between quotes.
fn text(name: &str) -> String {
    name.replace('\\', "\\\\").replace('\'', "''")
}

//! What the schema of a file says.

use polars::prelude::DataType;
use rusqlite::{Connection, Result};

use super::super::{Class, DbColumn, DbTable, Kind};
use super::keys::Keys;

/// All tables but those that tell about others; `sqlite_stat4` holds cells of others and is one of them.
const TABLES: &str = "
select l.name, l.type, l.wr, coalesce(s.sql, '')
from pragma_table_list l left join sqlite_schema s on s.name = l.name and s.type in ('table', 'view')
where l.schema = 'main' and l.name not in ('sqlite_schema', 'sqlite_sequence', 'sqlite_stat1')
order by l.name";

/// Columns; what only a virtual table's module sees is left out.
const COLUMNS: &str = "
select name, type, \"notnull\", pk, hidden from pragma_table_xinfo(?1, 'main') where hidden <> 1 order by cid";

/// A table as found, before its columns are known.
pub(super) struct Entry {
    pub(super) name: String,
    /// What it is; parts of another table are not looked at by themselves.
    pub(super) what: What,
    has_rowid: bool,
}

/// What an entry of the schema is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Table,
    View,
    /// Stored in other tables.
    Virtual,
    /// A virtual table is stored in it.
    Part,
    /// An index of words without the text.
    WordsOnly,
}

/// What the schema lists.
pub(super) fn entries(session: &Connection) -> Result<Vec<Entry>> {
    let mut listed = session.prepare(TABLES)?;
    let entries = listed.query_map([], |row| {
        let (kind, sql): (String, String) = (row.get(1)?, row.get(3)?);
        Ok(Entry {
            name: row.get(0)?,
            what: what(&kind, &sql),
            has_rowid: kind == "table" && !row.get::<_, bool>(2)?,
        })
    })?;
    entries.collect()
}

fn what(kind: &str, sql: &str) -> What {
    match kind {
        "view" => What::View,
        "shadow" => What::Part,
        "virtual" if is_words_only(sql) => What::WordsOnly,
        "virtual" => What::Virtual,
        _ => What::Table,
    }
}

/// Full text indices that keep no text have an empty `content`.
fn is_words_only(sql: &str) -> bool {
    let written: String = sql.to_lowercase().split_whitespace().collect();
    written.contains("usingfts")
        && (written.contains("content=''") || written.contains("content=\"\""))
}

/// Looks at one table.
pub(super) fn table(session: &Connection, entry: &Entry) -> Result<DbTable> {
    let mut listed = session.prepare(COLUMNS)?;
    let columns = listed.query_map([&entry.name], |row| {
        let (declared, hidden): (String, i64) = (row.get(1)?, row.get(4)?);
        let column = DbColumn {
            name: row.get(0)?,
            base: base(&declared).to_owned(),
            // It lets any length in, and columns that are joined may differ in theirs.
            most_chars: None,
            declared,
            dtype: DataType::String,
            class: Class::Plain,
            comment: None,
            is_nullable: !row.get::<_, bool>(2)?,
            is_generated: hidden > 1,
        };
        Ok((column, row.get(3)?))
    })?;
    let columns: Vec<(DbColumn, i64)> = columns.collect::<Result<_>>()?;
    let mut key: Vec<&(DbColumn, i64)> = columns.iter().filter(|(_, at)| *at > 0).collect();
    key.sort_by_key(|(_, at)| *at);
    let mut key: Vec<String> = key.iter().map(|(column, _)| column.name.clone()).collect();
    if entry.has_rowid {
        // A declared key may be null; the number of the row is not.
        let is_free = |name: &&str| {
            !columns
                .iter()
                .any(|(column, _)| column.name.eq_ignore_ascii_case(name))
        };
        let number = ["rowid", "_rowid_", "oid"].into_iter().find(is_free);
        key = number.map_or(key, |name| vec![name.to_owned()]);
    }
    let columns: Vec<DbColumn> = columns.into_iter().map(|(column, _)| column).collect();
    let cells = columns.len() as u64 + 1;
    Ok(DbTable {
        schema: None,
        name: entry.name.clone(),
        kind: if entry.what == What::View {
            Kind::View
        } else {
            Kind::Table
        },
        bytes: rows(session, entry, &key).saturating_mul(cells),
        columns,
        key,
        joined: Vec::new(),
        references: Vec::new(),
    })
}

/// The common name of a type: what `SQLite` makes of its words, and what people mean by some more.
fn base(declared: &str) -> &'static str {
    let declared = declared.to_uppercase();
    let has = |words: &[&str]| words.iter().any(|word| declared.contains(word));
    match declared.as_str() {
        _ if has(&["INT", "BOOL"]) => "int8",
        _ if has(&["CHAR", "CLOB", "TEXT"]) => "text",
        _ if has(&["BLOB"]) => "bytes",
        _ if has(&["REAL", "FLOA", "DOUB"]) => "float8",
        _ if has(&["DATETIME", "TIMESTAMP"]) => "timestamp",
        "DATE" => "date",
        "JSON" => "json",
        _ if has(&["NUM", "DEC", "MONEY"]) => "numeric",
        _ => "text",
    }
}

impl DbTable {
    /// Takes what joins its rows.
    pub(super) fn take_keys(&mut self, keys: &mut Keys) {
        let joined = keys.joined.remove(&self.name).unwrap_or_default();
        self.joined = joined.into_iter().collect();
        self.references = keys.references.remove(&self.name).unwrap_or_default();
    }
}

/// About how many rows there are: their numbers tell, where there are such.
fn rows(session: &Connection, entry: &Entry, key: &[String]) -> u64 {
    let (true, [number]) = (entry.has_rowid, key) else {
        return 1;
    };
    let highest = format!(
        "select max({}) from {}",
        quoted(number),
        quoted(&entry.name)
    );
    let highest = session.query_row(&highest, [], |row| row.get::<_, Option<i64>>(0));
    let highest = highest.ok().flatten().unwrap_or(0);
    highest.clamp(1, 1 << 40).cast_unsigned()
}

pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_without_text_is_told_from_one_with_text() {
        for (sql, expected) in [
            ("CREATE VIRTUAL TABLE a USING fts5(b)", What::Virtual),
            (
                "CREATE VIRTUAL TABLE a USING fts5(b, content='')",
                What::WordsOnly,
            ),
            (
                "create virtual table a using FTS4(content = \"\", b)",
                What::WordsOnly,
            ),
            (
                "CREATE VIRTUAL TABLE a USING fts5(b, content='t')",
                What::Virtual,
            ),
            (
                "CREATE VIRTUAL TABLE a USING rtree(id, x, y)",
                What::Virtual,
            ),
        ] {
            assert_eq!(what("virtual", sql), expected, "{sql}");
        }
    }
}

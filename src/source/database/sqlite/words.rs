//! Indexes of words: where their text is, and how they are made anew.

use rusqlite::{Connection, Result};

/// An index of words.
pub(super) struct Words {
    pub(super) name: String,
    /// Its text is in other tables.
    pub(super) follows: bool,
}

/// All indexes of words that can be made anew from their text.
pub(super) fn words(session: &Connection) -> Result<Vec<Words>> {
    let mut listed = session.prepare(
        "select name, sql from sqlite_schema where type = 'table' and sql like 'create virtual%' order by 1",
    )?;
    let known = listed.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let known: Vec<(String, String)> = known.collect::<Result<_>>()?;
    Ok(known
        .into_iter()
        .filter_map(|(name, sql)| {
            let content = content(&sql)?;
            Some(Words {
                name,
                follows: content == Content::Elsewhere,
            })
        })
        .collect())
}

/// Where the text of an index of words is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    Own,
    Elsewhere,
}

/// `None` where it is no index of words, or keeps no text.
fn content(sql: &str) -> Option<Content> {
    let written: String = sql.to_lowercase().split_whitespace().collect();
    if !written.contains("usingfts") {
        return None;
    }
    let named = written
        .split([',', '('])
        .find_map(|part| part.strip_prefix("content="));
    match named.map(|name| name.trim_matches([')', ';'])) {
        None => Some(Content::Own),
        Some("''" | "\"\"") => None,
        Some(_) => Some(Content::Elsewhere),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_of_words_tells_where_its_text_is() {
        for (sql, expected) in [
            ("CREATE VIRTUAL TABLE a USING fts5(b)", Some(Content::Own)),
            ("CREATE VIRTUAL TABLE a USING fts5(b, content='')", None),
            (
                "create virtual table a using fts4(content = \"t\", b)",
                Some(Content::Elsewhere),
            ),
            (
                "CREATE VIRTUAL TABLE a USING fts5(b, content=t, content_rowid=id)",
                Some(Content::Elsewhere),
            ),
            ("CREATE VIRTUAL TABLE a USING rtree(id, x, y)", None),
        ] {
            assert_eq!(content(sql), expected, "{sql}");
        }
    }
}

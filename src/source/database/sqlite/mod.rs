//! `SQLite`: all tables of a file, read without changing it, unless tables are changed where they are.

mod change;
mod error;
mod keys;
mod open;
mod pages;
mod residue;
mod tables;
mod watch;
mod words;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;

use super::sessions::{Habit, Sessions};
use super::{Choice, DbColumn, DbTable, Held, Kind};
use crate::batch::TableId;
use crate::error::{Error, Result};
use crate::source::feed::{Outlet, RowBuilder, feed};
use crate::source::{Batches, Source, TableInfo};
pub(super) use change::begin;
use error::{broken, refused};
use keys::keys;
use open::DbFile;
pub(super) use residue::residue;
use tables::{Entry, What, quoted};

/// A file, and sessions that read it.
struct Opened {
    file: DbFile,
    sessions: Sessions<Connection>,
}

/// One table of a file.
struct SqliteSource {
    id: TableId,
    table: DbTable,
    opened: Arc<Opened>,
    habit: Arc<Habit>,
}

/// Finds the tables of the file that an address such as `sqlite:shop.db#clients` names.
///
/// # Errors
/// When it cannot be read.
pub(super) fn open(address: &str, choice: &Choice) -> Result<Held> {
    let (path, table) = parts(address.strip_prefix("sqlite:").unwrap_or(address));
    let name = path.file_name().map_or_else(
        || path.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    );
    of_file(&path, &super::catalog::plain(&name), table, choice)
}

/// Opens one table again by its address.
///
/// # Errors
/// When it cannot be read, or is not there any more.
pub(super) fn reopen(id: &TableId, address: &str) -> Result<Held> {
    let (path, table) = parts(address.strip_prefix("sqlite:").unwrap_or(address));
    let name = id.0.rsplit_once('/').map_or("", |(name, _)| name);
    of_file(&path, name, table, &Choice::default())
}

/// Undoes what a run that was killed left half done in a file, so that it can be read again.
///
/// # Errors
/// When it may not be written to.
pub(super) fn undo(address: &str) -> Result<()> {
    let (path, _) = parts(address.strip_prefix("sqlite:").unwrap_or(address));
    open::undo(&path)
}

/// The file that an address names, as an address, and the table.
pub(super) fn file_and_table(address: &str) -> (String, String) {
    let (path, table) = parts(address.strip_prefix("sqlite:").unwrap_or(address));
    let table = table.unwrap_or_default().to_owned();
    (format!("sqlite:{}", path.display()), table)
}

/// A table as it is named to open it again.
fn address(file: &DbFile, table: &DbTable) -> String {
    format!("sqlite:{}#{}", file.named.display(), table.name)
}

/// The longest beginning that is a file is the file; what follows behind `#` is a table.
fn parts(text: &str) -> (PathBuf, Option<&str>) {
    let cuts = text.rmatch_indices('#');
    let cuts = cuts.map(|(at, _)| (&text[..at], Some(&text[at + 1..])));
    let mut ways = std::iter::once((text, None)).chain(cuts);
    let (path, table) = (ways.find(|(path, _)| Path::new(path).is_file())).unwrap_or((text, None));
    (PathBuf::from(path), table)
}

/// Finds the tables of a file; their names begin with `name`.
///
/// # Errors
/// When it cannot be read.
pub(in crate::source) fn of_file(
    path: &Path,
    name: &str,
    table: Option<&str>,
    choice: &Choice,
) -> Result<Held> {
    let place = path.display().to_string();
    let file = DbFile::find(path)?;
    let session = file.session()?;
    let entries = tables::entries(&session).map_err(|e| refused(&place, &e))?;
    let mut keys = keys(&session, name).map_err(|e| refused(&place, &e))?;
    let mut found = Vec::new();
    let mut held = Held::default();
    for entry in entries {
        let id = TableId(format!("{name}/{}", super::catalog::plain(&entry.name)));
        if table.is_some_and(|table| table != entry.name) || !choice.wants_any(&[&entry.name]) {
            continue;
        }
        let is_view = entry.what == What::View && !choice.views && table.is_none();
        if is_view || entry.what == What::Part {
            held.ignored.push(id.0);
            continue;
        }
        match looked_at(&session, &entry, &id) {
            Ok(mut table) => {
                table.take_keys(&mut keys);
                found.push((id, table));
            }
            Err(error) => held.unread.push((id, error)),
        }
    }
    file.check()?;
    if found.is_empty() && held.unread.is_empty() {
        held.ignored.push(place);
    }
    let weight = found
        .iter()
        .map(|(_, table)| table.bytes as f64)
        .sum::<f64>();
    let bytes = file.len() as f64;
    let opened = Arc::new(Opened {
        file,
        sessions: Sessions::of(session),
    });
    for (id, mut table) in found {
        table.bytes = (bytes * table.bytes as f64 / weight) as u64;
        held.tables.push(Box::new(SqliteSource {
            id,
            table,
            opened: Arc::clone(&opened),
            habit: Arc::default(),
        }));
    }
    Ok(held)
}

/// A table that can be read.
fn looked_at(session: &Connection, entry: &Entry, id: &TableId) -> Result<DbTable> {
    if entry.what == What::WordsOnly {
        return Err(Error::Source {
            place: id.to_string(),
            what: "an index of words without their text is not looked into",
        });
    }
    let failed = |e| refused(&id.0, &e);
    let table = tables::table(session, entry).map_err(failed)?;
    session.prepare(&query(&table)).map_err(failed)?;
    table.check_names(&id.0)?;
    Ok(table)
}

/// What is read of every row.
fn query(table: &DbTable) -> String {
    let cells = table.columns.iter().map(|column| cell(column, table.kind));
    let cells: Vec<String> = cells.collect();
    format!(
        "select {} from main.{}",
        cells.join(", "),
        quoted(&table.name)
    )
}

/// A cell; numbers with a point are given as `SQLite` prints them.
fn cell(column: &DbColumn, kind: Kind) -> String {
    let name = quoted(&column.name);
    if kind == Kind::Table && is_of_text(&column.declared) {
        name
    } else {
        format!("case typeof({name}) when 'real' then cast({name} as text) else {name} end")
    }
}

/// In a column of these types numbers become text when they are stored.
fn is_of_text(declared: &str) -> bool {
    let declared = declared.to_uppercase();
    let has = |word: &str| declared.contains(word);
    !has("INT") && (has("CHAR") || has("CLOB") || has("TEXT"))
}

impl Source for SqliteSource {
    fn id(&self) -> &TableId {
        &self.id
    }

    fn holder(&self) -> Option<&Path> {
        Some(&self.opened.file.named)
    }

    fn address(&self) -> Option<String> {
        Some(address(&self.opened.file, &self.table))
    }

    fn release(&self) {
        self.opened.sessions.clear();
    }

    fn described(&self) -> Option<&DbTable> {
        Some(&self.table)
    }

    /// Pages of several tables in one file cannot be told apart.
    fn kept_in(&self) -> Option<Vec<PathBuf>> {
        let session = self.opened.file.session().ok()?;
        let others = "select count(*) from sqlite_schema where type = 'table' and name not in (?1, 'sqlite_sequence', 'sqlite_stat1')";
        let others: i64 = session
            .query_row(others, [&self.table.name], |row| row.get(0))
            .ok()?;
        (others == 0).then(|| self.opened.file.all())
    }

    fn info(&self) -> TableInfo {
        self.table.info("sqlite")
    }

    fn fingerprint(&self) -> Result<String> {
        Ok(self.table.shape(&self.opened.file.fingerprint()))
    }

    fn read(&self) -> Result<Batches> {
        self.rows(query(&self.table))
    }

    fn read_in_order(&self) -> Result<Batches> {
        let mut key = change::key_of(&self.table);
        if key.is_empty() {
            key = (1..=self.table.columns.len())
                .map(|at| at.to_string())
                .collect();
        }
        self.rows(format!(
            "{} order by {}",
            query(&self.table),
            key.join(", ")
        ))
    }
}

impl SqliteSource {
    fn rows(&self, query: String) -> Result<Batches> {
        let names = self.table.names();
        let (opened, habit) = (Arc::clone(&self.opened), Arc::clone(&self.habit));
        feed(&self.id.0, move |outlet| {
            let open = || opened.file.session();
            let work = |session: &mut Connection| read_rows(session, &query, names, outlet);
            opened.sessions.with(&habit, open, work)?;
            opened.file.check()
        })
    }
}

fn read_rows(session: &Connection, query: &str, names: Vec<String>, outlet: &Outlet) -> Result<()> {
    let failed = |e| broken(outlet.place(), &e);
    let columns = names.len();
    let mut builder = RowBuilder::new(outlet, names);
    let mut statement = session.prepare(query).map_err(failed)?;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(failed)? {
        for column in 0..columns {
            let value = row.get_ref(column).map_err(failed)?;
            builder.cell_of(|bytes| pages::write_cell(value, bytes))?;
        }
        builder.end_row()?;
    }
    builder.finish()
}

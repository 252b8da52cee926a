//! Changing tables in one transaction of one session. What the tables held before is copied beside them first, to a file without a
//! name: a reader of its own would keep a file with a rollback journal from being written.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use rusqlite::types::{ToSqlOutput, Value};
use rusqlite::{Connection, Statement};

use super::super::transaction::{Cell, Changes, Order, PLACE, Transaction};
use super::super::{DbColumn, DbTable, Kind};
use super::error::{broken, refused};
use super::keys::{keys, orphans};
use super::open::DbFile;
use super::pages::{PagedSource, Pages, Reading, Shared, Through, turn};
use super::tables::{self, What, quoted};
use super::watch::Watch;
use super::words::{Words, words};
use super::{cell, looked_at};
use crate::batch::TableId;
use crate::error::{Error, Result};
use crate::source::{Batches, Source};

/// Holds cells of other tables; it is emptied, not rewritten.
const SAMPLES: &str = "sqlite_stat4";

/// The column of a copy that tells whether its row was deleted.
const GONE: &str = "iesiz_gone";

/// A transaction that is under way.
pub(super) struct Change {
    file: DbFile,
    place: String,
    session: Shared,
    /// Where the copies are.
    beside: Shared,
    tables: BTreeMap<String, Table>,
    words: Vec<Words>,
    watch: Watch,
    /// Rows that referred to nothing before.
    orphans: BTreeMap<(String, i64), u64>,
}

/// One table of the file.
struct Table {
    table: DbTable,
    /// What tells its rows apart, in SQL.
    key: Vec<String>,
    /// The copy of what it held, where it is to be changed.
    copy: Option<String>,
    /// Its rows are those of other tables.
    follows: bool,
    /// It is an index of words.
    is_index: bool,
}

/// Takes the file for writing, and copies the tables that are to be changed.
///
/// # Errors
/// When somebody else writes to it for long, or a table cannot be changed.
pub(in super::super) fn begin(address: &str, names: &[String]) -> Result<Box<dyn Transaction>> {
    let (path, _) = super::parts(address.strip_prefix("sqlite:").unwrap_or(address));
    let place = path.display().to_string();
    let failed = |e| refused(&place, &e);
    let file = DbFile::find(&path)?;
    let session = file.begin()?;
    let words = words(&session).map_err(failed)?;
    let mut tables = all_tables(&session, &place, &words)?;
    let beside = file.unnamed()?;
    for name in names {
        let table = tables.get_mut(name).ok_or_else(|| not_there(name))?;
        if is_changeable(table) {
            table.check()?;
            table.copy(&session, &beside)?;
        }
    }
    let of_rows: Vec<String> = (tables.iter())
        .filter(|(_, known)| known.table.kind == Kind::Table)
        .map(|(name, _)| name.clone())
        .collect();
    let watch = Watch::begin(&session, &place, names, &words)?;
    Ok(Box::new(Change {
        orphans: orphans(&session, &of_rows),
        file,
        place,
        session: Arc::new(Mutex::new(session)),
        beside: Arc::new(Mutex::new(beside)),
        tables,
        words,
        watch,
    }))
}

fn not_there(name: &str) -> Error {
    Error::StalePlan {
        place: name.to_owned(),
        what: "the table is not there any more",
    }
}

fn is_changeable(table: &Table) -> bool {
    table.table.kind == Kind::Table && !table.follows && table.table.name != SAMPLES
}

/// All tables that can be read.
fn all_tables(
    session: &Connection,
    place: &str,
    words: &[Words],
) -> Result<BTreeMap<String, Table>> {
    let failed = |e| refused(place, &e);
    let mut keys = keys(session, place).map_err(failed)?;
    let mut all = BTreeMap::new();
    for entry in tables::entries(session).map_err(failed)? {
        let id = TableId(entry.name.clone());
        let Ok(mut table) = looked_at(session, &entry, &id) else {
            continue;
        };
        table.take_keys(&mut keys);
        let index = words.iter().find(|words| words.name == entry.name);
        let key = match entry.what {
            What::Virtual if index.is_some() => vec!["rowid".to_owned()],
            What::Table => key_of(&table),
            _ => Vec::new(),
        };
        let known = Table {
            key,
            table,
            copy: None,
            follows: index.is_some_and(|words| words.follows),
            is_index: index.is_some(),
        };
        all.insert(entry.name, known);
    }
    Ok(all)
}

/// Numbers of rows have no quotes: with them, they could be texts.
pub(super) fn key_of(table: &DbTable) -> Vec<String> {
    let is_column = |name: &String| table.columns.iter().any(|column| column.name == *name);
    let part = |name: &String| {
        if is_column(name) {
            quoted(name)
        } else {
            name.clone()
        }
    };
    table.key.iter().map(part).collect()
}

impl Table {
    /// Fails when its rows cannot be told apart.
    fn check(&self) -> Result<()> {
        if self.key.is_empty() {
            return Err(Error::Database {
                place: self.table.name.clone(),
                what: "its rows have no numbers to tell them by: leave it out with --exclude, or write a copy with --output".to_owned(),
            });
        }
        Ok(())
    }

    fn cells(&self) -> Vec<String> {
        let cells = self.table.columns.iter();
        cells.map(|column| cell(column, self.table.kind)).collect()
    }

    fn from(&self) -> String {
        format!("main.{}", quoted(&self.table.name))
    }

    /// Copies all rows: keys as they are, cells as they are read.
    fn copy(&mut self, session: &Connection, beside: &Connection) -> Result<()> {
        let name = self.table.name.clone();
        let failed = |e| broken(&name, &e);
        let (keys, cells) = (self.key.len(), self.table.columns.len());
        let columns: Vec<String> = { (0..keys).map(|at| format!("k{at}")) }
            .chain((0..cells).map(|at| format!("c{at}")))
            .collect();
        let copy = quoted(&name);
        let columns = columns.join(", ");
        let create = format!("begin; create table {copy} ({columns}, {GONE})");
        beside.execute_batch(&create).map_err(failed)?;
        let marks = vec!["?"; keys + cells].join(", ");
        let insert = format!("insert into {copy} ({columns}) values ({marks})");
        let mut insert = beside.prepare(&insert).map_err(failed)?;
        let query = format!(
            "select {0}, {1} from {2} order by {0}",
            self.key.join(", "),
            self.cells().join(", "),
            self.from()
        );
        let mut query = session.prepare(&query).map_err(failed)?;
        let mut rows = query.query([]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            for at in 0..keys + cells {
                let value = ToSqlOutput::Borrowed(row.get_ref(at).map_err(failed)?);
                insert.raw_bind_parameter(at + 1, value).map_err(failed)?;
            }
            insert.raw_execute().map_err(failed)?;
        }
        beside.execute_batch("commit").map_err(failed)?;
        self.copy = Some(copy);
        Ok(())
    }

    fn column(&self, name: &str) -> Result<(usize, &DbColumn)> {
        let mut columns = self.table.columns.iter().enumerate();
        let found = columns.find(|(_, column)| column.name == name);
        found.ok_or_else(|| Error::StalePlan {
            place: self.table.name.clone(),
            what: "a column that the plan names is not there",
        })
    }

    /// Which row a place in the copy is the copy of.
    fn key_at(&self, lookup: &mut Statement<'_>, place: &str) -> rusqlite::Result<Vec<Value>> {
        let place: i64 = place.parse().unwrap_or_default();
        let key = |row: &rusqlite::Row<'_>| (0..self.key.len()).map(|at| row.get(at)).collect();
        lookup.query_row([place], key)
    }

    fn lookup(&self) -> String {
        let keys: Vec<String> = (0..self.key.len()).map(|at| format!("k{at}")).collect();
        let copy = self.copy.as_deref().unwrap_or_default();
        format!("select {} from {copy} where rowid = ?", keys.join(", "))
    }

    /// Tells the new key of a row; indexes of words tell none, and keep theirs.
    fn returning(&self) -> String {
        if self.is_index {
            return String::new();
        }
        format!(" returning {}", self.key.join(", "))
    }

    /// Notes the new key of a row.
    fn follow(&self) -> String {
        let keys: Vec<String> = (0..self.key.len()).map(|at| format!("k{at} = ?")).collect();
        let copy = self.copy.as_deref().unwrap_or_default();
        format!("update {copy} set {} where rowid = ?", keys.join(", "))
    }

    /// Notes that a row was deleted.
    fn note_gone(&self) -> String {
        let copy = self.copy.as_deref().unwrap_or_default();
        format!("update {copy} set {GONE} = 1 where rowid = ?")
    }

    /// Where a row is, after some other marks.
    fn there(&self) -> String {
        let equal: Vec<String> = self.key.iter().map(|key| format!("{key} = ?")).collect();
        equal.join(" and ")
    }
}

impl Change {
    fn table(&self, name: &str) -> Result<&Table> {
        self.tables.get(name).ok_or_else(|| not_there(name))
    }

    fn place(&self, name: &str) -> String {
        format!("{}, table {name}", self.place)
    }

    fn source(&self, name: &str, reading: Reading) -> Result<Box<dyn Source>> {
        let table = self.table(name)?.table.clone();
        Ok(Box::new(PagedSource {
            id: table.id(&self.place),
            table,
            file: self.file.clone(),
            reading,
        }))
    }

    /// Columns of the copy.
    fn copied(&self, copy: &str, cells: Vec<String>) -> Pages {
        Pages {
            session: Arc::clone(&self.beside),
            from: copy.to_owned(),
            key: vec!["rowid".to_owned()],
            cells,
        }
    }

    fn let_stay(&self, name: &str) -> Error {
        Error::Database {
            place: self.place(name),
            what: "a trigger let some rows stay as they were".to_owned(),
        }
    }

    /// Fails when more rows refer to nothing than did before.
    fn check_references(&self) -> Result<()> {
        let of_rows: Vec<String> = (self.tables.iter())
            .filter(|(_, known)| known.table.kind == Kind::Table)
            .map(|(name, _)| name.clone())
            .collect();
        let now = orphans(&turn(&self.session), &of_rows);
        let grown = |(at, count): &(&(String, i64), &u64)| {
            **count > self.orphans.get(*at).copied().unwrap_or(0)
        };
        match now.iter().find(grown) {
            None => Ok(()),
            Some(((table, _), _)) => Err(Error::Database {
                place: self.place(table),
                what: "rows would refer to nothing; nothing was changed. Both tables of a reference must be in the plan, and where a row goes, those that refer to it must go as well"
                    .to_owned(),
            }),
        }
    }
}

impl Transaction for Change {
    fn columns(&self, table: &str) -> Result<Vec<DbColumn>> {
        Ok(self.table(table)?.table.columns.clone())
    }

    fn rows(&self, name: &str, columns: &[String], _order: Order) -> Result<Batches> {
        let table = self.table(name)?;
        let copy = table.copy.as_deref().ok_or_else(|| not_there(name))?;
        let mut cells = vec!["rowid".to_owned()];
        for column in columns {
            cells.push(format!("c{}", table.column(column)?.0));
        }
        let names = std::iter::once(PLACE.to_owned()).chain(columns.iter().cloned());
        self.copied(copy, cells)
            .read(&self.place(name), names.collect())
    }

    fn change(&mut self, name: &str, changes: &Changes) -> Result<()> {
        let table = self.table(name)?;
        let place = self.place(name);
        let failed = |e| broken(&place, &e);
        let columns: Vec<&DbColumn> = (changes.columns.iter())
            .map(|(name, _)| table.column(name).map(|(_, column)| column))
            .collect::<Result<_>>()?;
        let (session, beside) = (turn(&self.session), turn(&self.beside));
        let mut lookup = beside.prepare(&table.lookup()).map_err(failed)?;
        let mut follow = beside.prepare(&table.follow()).map_err(failed)?;
        let mut updates: HashMap<Vec<usize>, Statement<'_>> = HashMap::new();
        for (row, at) in changes.places.iter().enumerate() {
            let cell = |column: usize| &changes.columns[column].1[row];
            let is_new =
                |column: &usize| *cell(*column) != Cell::Keep && !columns[*column].is_generated;
            let new: Vec<usize> = (0..columns.len()).filter(is_new).collect();
            if new.is_empty() {
                continue;
            }
            let mut values: Vec<Value> = (new.iter())
                .filter_map(|column| value(columns[*column], cell(*column)))
                .collect();
            values.extend(table.key_at(&mut lookup, at).map_err(failed)?);
            let update = match updates.entry(new) {
                std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
                std::collections::hash_map::Entry::Vacant(free) => {
                    let assigned: Vec<String> = (free.key().iter())
                        .map(|column| format!("{} = ?", quoted(&columns[*column].name)))
                        .collect();
                    let update = format!(
                        "update {} set {} where {}{}",
                        table.from(),
                        assigned.join(", "),
                        table.there(),
                        table.returning()
                    );
                    free.insert(session.prepare(&update).map_err(failed)?)
                }
            };
            if table.returning().is_empty() {
                let changed = update.execute(rusqlite::params_from_iter(values));
                if changed.map_err(failed)? != 1 {
                    return Err(self.let_stay(name));
                }
                continue;
            }
            let mut rows = update
                .query(rusqlite::params_from_iter(values))
                .map_err(failed)?;
            let Some(row) = rows.next().map_err(failed)? else {
                return Err(self.let_stay(name));
            };
            let moved = (0..table.key.len()).map(|at| row.get(at));
            let moved: rusqlite::Result<Vec<Value>> = moved.collect();
            let mut moved = moved.map_err(failed)?;
            // To its end: only then it is done.
            rows.next().map_err(failed)?;
            moved.push(Value::Text(at.clone()));
            (follow.execute(rusqlite::params_from_iter(moved))).map_err(failed)?;
        }
        Ok(())
    }

    fn delete(&mut self, name: &str, places: &[String]) -> Result<()> {
        let table = self.table(name)?;
        let place = self.place(name);
        let failed = |e| broken(&place, &e);
        let (session, beside) = (turn(&self.session), turn(&self.beside));
        let mut lookup = beside.prepare(&table.lookup()).map_err(failed)?;
        let delete = format!("delete from {} where {}", table.from(), table.there());
        let mut delete = session.prepare(&delete).map_err(failed)?;
        let mut note = beside.prepare(&table.note_gone()).map_err(failed)?;
        for at in places {
            let key = table.key_at(&mut lookup, at).map_err(failed)?;
            let deleted = delete.execute(rusqlite::params_from_iter(key));
            if deleted.map_err(failed)? != 1 {
                return Err(self.let_stay(name));
            }
            note.execute([at]).map_err(failed)?;
        }
        Ok(())
    }

    fn before(&self, name: &str) -> Result<Box<dyn Source>> {
        let table = self.table(name)?;
        let Some(copy) = &table.copy else {
            return self.after(name);
        };
        let cells = (0..table.table.columns.len()).map(|at| format!("c{at}"));
        self.source(name, Reading::Pages(self.copied(copy, cells.collect())))
    }

    fn after(&self, name: &str) -> Result<Box<dyn Source>> {
        let table = self.table(name)?;
        table.check()?;
        let Some(copy) = &table.copy else {
            let pages = Pages {
                session: Arc::clone(&self.session),
                from: table.from(),
                key: table.key.clone(),
                cells: table.cells(),
            };
            return self.source(name, Reading::Pages(pages));
        };
        let keys: Vec<String> = (0..table.key.len()).map(|at| format!("k{at}")).collect();
        let (from, cells, there) = (table.from(), table.cells().join(", "), table.there());
        let through = Through {
            beside: Arc::clone(&self.beside),
            session: Arc::clone(&self.session),
            keys: format!(
                "select rowid, {} from {copy} where rowid > ? and {GONE} is null order by rowid",
                keys.join(", ")
            ),
            row: format!("select {cells} from {from} where {there}"),
            count: format!("select count(*) from {from}"),
        };
        self.source(name, Reading::Through(through))
    }

    fn is_changeable(&self, table: &str) -> bool {
        self.table(table).is_ok_and(is_changeable)
    }

    fn settle(&mut self) -> Result<()> {
        self.watch.check(&turn(&self.session), &self.place)?;
        let changed = self.tables.iter().filter(|(_, known)| known.copy.is_some());
        let changed: Vec<&String> = changed.map(|(name, _)| name).collect();
        if self.tables.contains_key(SAMPLES) {
            for name in changed {
                let forget = format!("delete from {SAMPLES} where tbl = ?1 collate nocase");
                (turn(&self.session).execute(&forget, [name]))
                    .map_err(|e| broken(&self.place(SAMPLES), &e))?;
            }
        }
        for index in &self.words {
            let name = quoted(&index.name);
            let rebuild = format!("insert into main.{name}({name}) values ('rebuild')");
            (turn(&self.session).execute_batch(&rebuild))
                .map_err(|e| broken(&self.place(&index.name), &e))?;
        }
        self.check_references()
    }

    fn commit(self: Box<Self>) -> Result<()> {
        (turn(&self.session).execute_batch("commit")).map_err(|e| broken(&self.place, &e))
    }
}

/// What is not committed is undone; what was copied is overwritten.
impl Drop for Change {
    fn drop(&mut self) {
        let session = turn(&self.session);
        if !session.is_autocommit() {
            let _ = session.execute_batch("rollback");
        }
        for table in self.tables.values() {
            if let Some(copy) = &table.copy {
                let _ = turn(&self.beside).execute_batch(&format!("drop table {copy}"));
            }
        }
    }
}

/// A new cell; `None` where the old one stays.
fn value(column: &DbColumn, cell: &Cell) -> Option<Value> {
    let bytes = column.base == "bytes";
    match cell {
        Cell::Keep => None,
        Cell::Is(text) if bytes => Some(Value::Blob(text.clone().into_bytes())),
        Cell::Is(text) => Some(Value::Text(text.clone())),
        Cell::Empty if column.is_nullable => Some(Value::Null),
        Cell::Empty => Some(match column.base.as_str() {
            "int8" | "numeric" | "float8" => Value::Integer(0),
            "date" | "timestamp" => Value::Text("0001-01-01".to_owned()),
            "json" => Value::Text("{}".to_owned()),
            "bytes" => Value::Blob(Vec::new()),
            _ => Value::Text(String::new()),
        }),
    }
}

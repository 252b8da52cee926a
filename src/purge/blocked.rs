//! Tables as others may see them: without the rows of blocked people (Law 94-V art. 1(3): blocking suspends use,
//! dissemination and anonymisation too). The list is read when the rows are.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use polars::prelude::{BooleanChunked, DataFrame, DataType, NewChunkedArray as _};

use super::lists::People;
use crate::batch::{Batch, Rows, TableId, TextRows};
use crate::error::{Error, Result};
use crate::policy::Policy;
use crate::source::database::DbTable;
use crate::source::{Batches, Blocked, Compression, CsvFormat, Found, Pending, Source, TableInfo};

/// Leaves the rows of blocked people out of every table whose dataset has a list of them.
///
/// # Errors
/// When a table belongs to two datasets.
pub fn without_blocked(found: Found, policy: &Policy) -> Result<Found> {
    let mut all = Found {
        unread: found.unread,
        ignored: found.ignored,
        again: found.again,
        tables: Vec::new(),
    };
    for source in found.tables {
        let dataset = policy.dataset_of(&source.known_as())?;
        let list = dataset.and_then(|dataset| {
            let (file, columns) = (dataset.blocked.clone()?, dataset.subject.clone());
            Some(Blocked { file, columns })
        });
        let id = source.id().clone();
        match without(source, list) {
            Ok(source) => all.tables.push(source),
            Err(error) => all.unread.push((id, error)),
        }
    }
    Ok(all)
}

/// Leaves the rows of the people on a list out of a table.
///
/// # Errors
/// When the list cannot be read, or the table lacks a column that tells whose a row is.
pub fn without(source: Box<dyn Source>, list: Option<Blocked>) -> Result<Box<dyn Source>> {
    let Some(list) = list else {
        return Ok(source);
    };
    let schema = source.info().schema;
    let missing = list
        .columns
        .iter()
        .find(|column| schema.iter().all(|(name, _)| name != *column));
    if let Some(column) = missing {
        return Err(Error::UndecidedTerm {
            place: source.id().to_string(),
            report: format!(
                "the table has no column {column}, so nobody can tell the rows of blocked people"
            ),
        });
    }
    Ok(Box::new(Without {
        people: Arc::new(People::load(&list.file)?),
        left_out: Arc::new(AtomicU64::new(0)),
        source,
        list,
    }))
}

struct Without {
    source: Box<dyn Source>,
    list: Blocked,
    people: Arc<People>,
    /// Rows that the last reading left out.
    left_out: Arc<AtomicU64>,
}

impl Source for Without {
    fn id(&self) -> &TableId {
        self.source.id()
    }

    fn info(&self) -> TableInfo {
        TableInfo {
            rows: None,
            ..self.source.info()
        }
    }

    fn path(&self) -> Option<&Path> {
        self.source.path()
    }

    fn address(&self) -> Option<String> {
        self.source.address()
    }

    fn is_live(&self) -> bool {
        self.source.is_live()
    }

    fn described(&self) -> Option<&DbTable> {
        self.source.described()
    }

    fn compression(&self) -> Compression {
        self.source.compression()
    }

    fn fingerprint(&self) -> Result<String> {
        self.source.fingerprint()
    }

    fn read(&self) -> Result<Batches> {
        self.left_out.store(0, Ordering::Relaxed);
        let (people, columns) = (self.people.clone(), Arc::new(self.list.columns.clone()));
        let left_out = self.left_out.clone();
        let batches = self.source.read()?.map(move |pending| {
            let (people, columns) = (people.clone(), columns.clone());
            let left_out = left_out.clone();
            let pending = pending?;
            Ok(Pending {
                rows: None,
                decode: Box::new(move || {
                    let batch = (pending.decode)()?;
                    let before = batch.height();
                    let batch = others(batch, &people, &columns)?;
                    left_out.fetch_add((before - batch.height()) as u64, Ordering::Relaxed);
                    Ok(batch)
                }),
                ..pending
            })
        });
        Ok(Box::new(batches))
    }

    fn hidden_names(&self) -> usize {
        self.source.hidden_names()
    }

    fn not_looked_into(&self) -> u64 {
        self.source.not_looked_into()
    }

    fn csv_format(&self) -> Option<CsvFormat> {
        self.source.csv_format()
    }

    fn blocked(&self) -> Option<&Blocked> {
        Some(&self.list)
    }

    fn left_out(&self) -> u64 {
        self.left_out.load(Ordering::Relaxed)
    }
}

fn others(batch: Batch, people: &People, columns: &[String]) -> Result<Batch> {
    if people.is_empty() {
        return Ok(batch);
    }
    let rows = match batch.rows {
        Rows::Text(rows) => Rows::Text(text_of_others(rows, people, columns)),
        Rows::Frame(frame) => Rows::Frame(frame_of_others(&frame, people, columns)?),
    };
    Ok(Batch { rows, ..batch })
}

fn text_of_others(mut rows: TextRows, people: &People, columns: &[String]) -> TextRows {
    let text = rows.text();
    let subject = rows
        .names
        .iter()
        .zip(&rows.columns)
        .filter(|(name, _)| columns.contains(name));
    let mut blocked: HashSet<usize> = HashSet::new();
    for (_, cells) in subject {
        let is_theirs =
            |&(start, end): &(u32, u32)| people.perhaps_hold(&text[start as usize..end as usize]);
        blocked.extend(
            cells
                .iter()
                .enumerate()
                .filter(|(_, cell)| is_theirs(cell))
                .map(|(row, _)| row),
        );
    }
    if !blocked.is_empty() {
        for column in &mut rows.columns {
            let mut row = 0..;
            column.retain(|_| row.next().is_some_and(|row| !blocked.contains(&row)));
        }
        rows.height -= blocked.len();
    }
    rows
}

fn frame_of_others(frame: &DataFrame, people: &People, columns: &[String]) -> Result<DataFrame> {
    let mut is_other = vec![true; frame.height()];
    for name in columns {
        let broken = |e| Error::parquet(name, &e);
        let cells = frame
            .column(name)
            .map_err(broken)?
            .cast(&DataType::String)
            .map_err(broken)?;
        for (is_other, cell) in is_other.iter_mut().zip(cells.str().map_err(broken)?.iter()) {
            *is_other &= cell.is_none_or(|cell| !people.perhaps_hold(cell));
        }
    }
    let mask = BooleanChunked::from_slice("".into(), &is_other);
    frame
        .filter(&mask)
        .map_err(|e| Error::parquet("blocked people", &e))
}

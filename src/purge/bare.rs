//! A table of a database in which what stands for nothing, in columns that take no nulls, is nothing.

use polars::prelude::{DataFrame, DataType, IdxCa, IdxSize, NewChunkedArray as _};

use crate::batch::{Batch, TableId};
use crate::error::{Error, Result};
use crate::source::database::{DbColumn, DbTable};
use crate::source::{Batches, Pending, Source, TableInfo};

/// The table.
pub(super) struct Bare<'a> {
    source: &'a dyn Source,
    table: &'a DbTable,
}

impl<'a> Bare<'a> {
    /// Of a table of a database; others have nulls.
    pub(super) fn of(source: &'a dyn Source) -> Option<Self> {
        let table = source.described()?;
        Some(Self { source, table })
    }

    /// Of a table that the database describes so.
    pub(super) fn with(source: &'a dyn Source, table: &'a DbTable) -> Self {
        Self { source, table }
    }

    fn bare(&self, batches: Batches) -> Batches {
        let columns = self.table.columns.clone();
        Box::new(batches.map(move |pending| {
            let (pending, columns) = (pending?, columns.clone());
            Ok(Pending {
                decode: Box::new(move || {
                    let batch = (pending.decode)()?;
                    let frame = batch.frame()?.into_owned();
                    Ok(Batch::of_frame(batch.seq, bare(frame, &columns)?))
                }),
                ..pending
            })
        }))
    }
}

impl Source for Bare<'_> {
    fn id(&self) -> &TableId {
        self.source.id()
    }

    fn info(&self) -> TableInfo {
        self.source.info()
    }

    fn address(&self) -> Option<String> {
        self.source.address()
    }

    fn described(&self) -> Option<&DbTable> {
        Some(self.table)
    }

    fn fingerprint(&self) -> Result<String> {
        self.source.fingerprint()
    }

    fn read(&self) -> Result<Batches> {
        Ok(self.bare(self.source.read()?))
    }

    fn read_in_order(&self) -> Result<Batches> {
        Ok(self.bare(self.source.read_in_order()?))
    }
}

/// Rows with nulls for what stands for nothing.
pub(super) fn bare(mut frame: DataFrame, columns: &[DbColumn]) -> Result<DataFrame> {
    let full = columns.iter().filter(|column| !column.is_nullable);
    for column in full {
        let broken = |e| Error::parquet(&column.name, &e);
        let Ok(cells) = frame.column(&column.name) else {
            continue;
        };
        let texts = cells.cast(&DataType::String).map_err(broken)?;
        let texts = texts.str().map_err(broken)?;
        let filled = texts.iter().enumerate().map(|(row, cell)| {
            let is_filled = cell.is_some_and(|cell| !column.is_nothing(cell));
            is_filled.then_some(row as IdxSize)
        });
        let filled: Vec<Option<IdxSize>> = filled.collect();
        if filled.contains(&None) {
            let filled = IdxCa::from_slice_options("".into(), &filled);
            let bare = cells.take(&filled).map_err(broken)?;
            frame.with_column(bare).map_err(broken)?;
        }
    }
    Ok(frame)
}

//! The cells of a table that go, or those that stay, as a table of their own.

use std::path::Path;
use std::sync::Arc;

use polars::prelude::{DataFrame, IdxCa, IdxSize, NewChunkedArray as _};

use super::fates::RowFate;
use super::rules::Rules;
use crate::batch::{Batch, TableId};
use crate::error::{Error, Result};
use crate::source::{Batches, Compression, Pending, Source, TableInfo};

/// Some cells of a table.
pub(super) struct Parted<'a> {
    pub(super) source: &'a dyn Source,
    pub(super) rules: Arc<Rules>,
    pub(super) part: Part,
}

/// Which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Those that go.
    Gone,
    /// Those that stay.
    Stays,
}

impl Source for Parted<'_> {
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
        None
    }

    fn compression(&self) -> Compression {
        self.source.compression()
    }

    fn fingerprint(&self) -> Result<String> {
        self.source.fingerprint()
    }

    fn read(&self) -> Result<Batches> {
        let (rules, part) = (Arc::clone(&self.rules), self.part);
        let batches = self.source.read()?.map(move |pending| {
            let rules = Arc::clone(&rules);
            let pending = pending?;
            Ok(Pending {
                rows: None,
                decode: Box::new(move || {
                    let batch = (pending.decode)()?;
                    let frame = batch.frame()?;
                    let fates = rules.fates(&frame)?;
                    let cells = match part {
                        Part::Gone => rules.gone(&frame, &fates)?,
                        Part::Stays => rules.left(&frame, &fates)?.0,
                    };
                    Ok(Batch::of_frame(batch.seq, cells))
                }),
                ..pending
            })
        });
        Ok(Box::new(batches))
    }
}

impl Rules {
    /// The cells that go, in the rows that lose any.
    fn gone(&self, frame: &DataFrame, fates: &[RowFate]) -> Result<DataFrame> {
        let loses = self.loses(frame, fates)?;
        let rows: Vec<usize> = (0..frame.height()).filter(|&row| loses[row]).collect();
        let mut columns = Vec::new();
        for column in frame.columns() {
            let rule = self.rule_of(column.name())?;
            let goes = |&row: &usize| self.how(rule, fates[row]).map(|_| row as IdxSize);
            let index: Vec<Option<IdxSize>> = rows.iter().map(goes).collect();
            let index = IdxCa::from_slice_options("".into(), &index);
            let broken = |e| Error::parquet(&rule.path, &e);
            columns.push(column.take(&index).map_err(broken)?);
        }
        DataFrame::new(rows.len(), columns).map_err(|e| Error::parquet("purge", &e))
    }
}

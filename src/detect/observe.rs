//! Looks at the cells of batches and adds what it saw to the evidence.

use std::borrow::Cow;

use polars::prelude::{DataType, Series};

use super::Detectors;
use super::evidence::{ColumnEvidence, Evidence};
use super::workers::Worker;
use crate::batch::{Batch, Rows, for_each_leaf};
use crate::error::{Error, Result};
use crate::pattern::{mojibake, normalize};

/// Looks at batches of one table.
pub struct Observer<'a> {
    detectors: &'a Detectors,
    worker: Box<Worker>,
    evidence: Evidence,
}

impl Observer<'_> {
    /// Looks at every cell of a batch.
    ///
    /// # Errors
    /// When a column is of a type that has no text.
    pub fn observe(&mut self, batch: &Batch) -> Result<()> {
        let Self {
            detectors,
            worker,
            evidence,
        } = self;
        let forms = detectors.forms.len();
        evidence.rows += batch.new_rows();
        evidence.problems = evidence.problems.merge(batch.problems);
        worker.next_batch(batch.first_column);
        match &batch.rows {
            Rows::Text(rows) => {
                let text = rows.text();
                for (path, cells) in rows.names.iter().zip(&rows.columns) {
                    worker.next_column(path, cells.len());
                    let seen = evidence.column(path, forms);
                    detectors.observe_cells(text, cells, seen, worker);
                    worker.cache.settle(seen);
                }
            }
            Rows::Frame(frame) => {
                for column in frame.columns() {
                    for_each_leaf(column, &mut |path, values| {
                        worker.next_column(&path, values.len());
                        let seen = evidence.column(&path, forms);
                        detectors.observe_leaf(&path, values, seen, worker)?;
                        worker.cache.settle(seen);
                        Ok(())
                    })?;
                }
            }
        }
        Ok(())
    }

    /// What was seen.
    pub fn finish(self) -> Evidence {
        self.detectors.workers.give_back(self.worker);
        self.evidence
    }
}

impl std::fmt::Debug for Observer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Observer")
            .field("rows", &self.evidence.rows)
            .finish_non_exhaustive()
    }
}

impl Detectors {
    /// Gets ready to look at batches of one table.
    pub fn observer(&self) -> Observer<'_> {
        Observer {
            detectors: self,
            worker: self.workers.take(self),
            evidence: Evidence::default(),
        }
    }

    fn observe_cells(
        &self,
        text: &str,
        cells: &[(u32, u32)],
        seen: &mut ColumnEvidence,
        worker: &mut Worker,
    ) {
        seen.cells += cells.len() as u64;
        for &(start, end) in cells {
            self.observe_cell(&text[start as usize..end as usize], seen, worker);
        }
    }

    fn observe_leaf(
        &self,
        path: &str,
        values: &Series,
        seen: &mut ColumnEvidence,
        worker: &mut Worker,
    ) -> Result<()> {
        let nulls = values.null_count() as u64;
        seen.cells += values.len() as u64;
        seen.nulls += nulls;
        match values.dtype() {
            DataType::Boolean => seen.boolean += values.len() as u64 - nulls,
            DataType::Null => {}
            DataType::Binary => self.observe_binary(values, seen, worker)?,
            DataType::String => self.observe_text(values, seen, worker)?,
            _ => {
                let text = values
                    .cast(&DataType::String)
                    .map_err(|e| Error::parquet(path, &e))?;
                self.observe_text(&text, seen, worker)?;
            }
        }
        Ok(())
    }

    fn observe_text(
        &self,
        values: &Series,
        seen: &mut ColumnEvidence,
        worker: &mut Worker,
    ) -> Result<()> {
        let cells = values
            .str()
            .map_err(|e| Error::parquet(values.name().as_str(), &e))?;
        for cell in cells.iter().flatten() {
            self.observe_cell(cell, seen, worker);
        }
        Ok(())
    }

    fn observe_binary(
        &self,
        values: &Series,
        seen: &mut ColumnEvidence,
        worker: &mut Worker,
    ) -> Result<()> {
        let cells = values
            .binary()
            .map_err(|e| Error::parquet(values.name().as_str(), &e))?;
        for cell in cells.iter().flatten() {
            match std::str::from_utf8(cell) {
                Ok(text) => self.observe_cell(text, seen, worker),
                Err(_) => seen.unreadable += 1,
            }
        }
        Ok(())
    }

    fn observe_cell(&self, cell: &str, seen: &mut ColumnEvidence, worker: &mut Worker) {
        let cell = normalize::unwrapped(cell);
        if normalize::is_missing(cell) {
            seen.nulls += 1;
            return;
        }
        seen.traces.look(cell);
        let Worker { cache, scratch } = worker;
        let written = cache.hash(cell);
        if cache.count_known(written) {
            return;
        }
        let (mut hash, mended) = (written, mojibake::mended_cell(cell));
        if let Cow::Owned(mended) = &mended {
            hash = cache.hash(mended);
        }
        let kind = self.kind(&mended, cache, scratch);
        cache.count_new(written, kind);
        seen.distinct.add(hash);
        seen.sample.add(hash, &mended);
    }
}

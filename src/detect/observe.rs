//! Looks at the cells of batches and adds what it saw to the evidence.

use std::borrow::Cow;

use polars::prelude::{DataType, Series};

use super::Detectors;
use super::ahead::TOGETHER;
use super::evidence::{ColumnEvidence, Evidence};
use super::search::{Kind, Searcher};
use super::workers::Worker;
use crate::batch::{Batch, Rows, for_each_leaf, text_of_bytes};
use crate::error::{Error, Result};
use crate::pattern::{mojibake, normalize};

/// Looks at batches of one table.
pub struct Observer<'a> {
    searcher: Searcher<'a>,
    evidence: Evidence,
}

impl Observer<'_> {
    /// Looks at every cell of a batch.
    ///
    /// # Errors
    /// When a column is of a type that has no text.
    pub fn observe(&mut self, batch: &Batch) -> Result<()> {
        self.searcher
            .observe(batch, &mut self.evidence, &mut Nobody)
    }

    /// Rows seen so far.
    pub fn rows(&self) -> u64 {
        self.evidence.rows
    }

    /// What was seen.
    pub fn finish(self) -> Evidence {
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
            searcher: self.searcher_for(|_| false),
            evidence: Evidence::default(),
        }
    }
}

/// Is shown the cells that are observed, while their judgements are at hand.
pub trait Onlooker {
    /// A column begins; tells whether its cells are wanted.
    fn column(&mut self, path: &str) -> bool;

    /// A cell, and its judgement where there is one; the searcher may look into it.
    fn cell(&mut self, searcher: &mut Searcher<'_>, cell: &str, judged: Option<Kind>);
}

/// Wants no cell.
struct Nobody;

impl Onlooker for Nobody {
    fn column(&mut self, _: &str) -> bool {
        false
    }

    fn cell(&mut self, _: &mut Searcher<'_>, _: &str, _: Option<Kind>) {}
}

impl Searcher<'_> {
    /// Looks at every cell of a batch, adds what it saw to the evidence and shows the cell to an onlooker.
    ///
    /// # Errors
    /// When a column is of a type that has no text.
    pub fn observe(
        &mut self,
        batch: &Batch,
        evidence: &mut Evidence,
        onlooker: &mut impl Onlooker,
    ) -> Result<()> {
        evidence.rows += batch.new_rows();
        evidence.problems = evidence.problems.merge(batch.problems);
        self.next_batch(batch.first_column);
        match &batch.rows {
            Rows::Text(rows) => {
                let text = rows.text();
                for (path, cells) in rows.names.iter().zip(&rows.columns) {
                    let mut column = Column::begin(self, path, cells.len(), evidence, onlooker);
                    column.cells(text, cells);
                    column.settle();
                }
            }
            Rows::Frame(frame) => {
                for column in frame.columns() {
                    for_each_leaf(column, &mut |path, values| {
                        let mut column =
                            Column::begin(self, &path, values.len(), evidence, onlooker);
                        column.leaf(&path, values)?;
                        column.settle();
                        Ok(())
                    })?;
                }
            }
        }
        Ok(())
    }
}

/// Asks memory for cells before they are looked at. Those of a column lie a row apart, so that the processor would else wait
/// for each of them in turn: for these bytes it waits at the same time.
fn fetch(text: &[u8], cells: &[(u32, u32)]) {
    let byte = |at: u32| text.get(at as usize).copied().unwrap_or_default();
    let all = { cells.iter() }.fold(0, |all, &(start, end)| all ^ byte(start) ^ byte(end));
    std::hint::black_box(all);
}

/// The column under way.
struct Column<'c, 'a, O> {
    searcher: &'c mut Searcher<'a>,
    seen: &'c mut ColumnEvidence,
    onlooker: &'c mut O,
    is_wanted: bool,
}

impl<'c, 'a, O: Onlooker> Column<'c, 'a, O> {
    fn begin(
        searcher: &'c mut Searcher<'a>,
        path: &str,
        cells: usize,
        evidence: &'c mut Evidence,
        onlooker: &'c mut O,
    ) -> Self {
        searcher.next_column(path, cells);
        Self {
            seen: evidence.column(path, searcher.detectors.forms.len()),
            is_wanted: onlooker.column(path),
            searcher,
            onlooker,
        }
    }

    fn settle(self) {
        if let Some(worker) = &mut self.searcher.worker {
            worker.cache.settle(self.seen);
        }
    }

    fn cells(&mut self, text: &str, cells: &[(u32, u32)]) {
        self.seen.cells += cells.len() as u64;
        for next in cells.chunks(TOGETHER) {
            fetch(text.as_bytes(), next);
            let cell = |&(start, end): &(u32, u32)| &text[start as usize..end as usize];
            self.neighbours(next.iter().map(cell));
        }
    }

    /// Looks at some cells that follow each other.
    fn neighbours<'t>(&mut self, cells: impl Iterator<Item = &'t str>) {
        let mut texts = [""; TOGETHER];
        let mut count = 0;
        for (place, cell) in texts.iter_mut().zip(cells) {
            *place = cell;
            count += 1;
        }
        let texts = &texts[..count];
        if let Some(worker) = &mut self.searcher.worker {
            let parts = &self.searcher.detectors.parts;
            worker.scratch.walks.come_to(parts, texts);
        }
        for cell in texts {
            self.cell(cell);
        }
        if let Some(worker) = &mut self.searcher.worker {
            worker.scratch.walks.leave();
        }
    }

    fn leaf(&mut self, path: &str, values: &Series) -> Result<()> {
        let nulls = values.null_count() as u64;
        self.seen.cells += values.len() as u64;
        self.seen.nulls += nulls;
        match values.dtype() {
            DataType::Boolean => self.seen.boolean += values.len() as u64 - nulls,
            DataType::Null => {}
            DataType::Binary => self.binary(values)?,
            DataType::String => self.text(values)?,
            _ => {
                let text = values
                    .cast(&DataType::String)
                    .map_err(|e| Error::parquet(path, &e))?;
                self.text(&text)?;
            }
        }
        Ok(())
    }

    fn text(&mut self, values: &Series) -> Result<()> {
        let cells = values
            .str()
            .map_err(|e| Error::parquet(values.name().as_str(), &e))?;
        let mut cells = cells.iter().flatten().peekable();
        while cells.peek().is_some() {
            self.neighbours(cells.by_ref());
        }
        Ok(())
    }

    fn binary(&mut self, values: &Series) -> Result<()> {
        let cells = values
            .binary()
            .map_err(|e| Error::parquet(values.name().as_str(), &e))?;
        for cell in cells.iter().flatten() {
            if let Ok(text) = std::str::from_utf8(cell) {
                self.cell(text);
            } else {
                self.seen.unreadable += 1;
                if self.is_wanted {
                    self.show(&text_of_bytes(cell), None);
                }
            }
        }
        Ok(())
    }

    fn cell(&mut self, cell: &str) {
        let kind = self.judged(cell);
        if self.is_wanted && !cell.is_empty() {
            self.show(cell, kind);
        }
    }

    fn show(&mut self, cell: &str, kind: Option<Kind>) {
        self.onlooker.cell(self.searcher, cell, kind);
    }

    /// Judges a cell and counts it; a missing one has no judgement.
    fn judged(&mut self, cell: &str) -> Option<Kind> {
        let bare = normalize::unwrapped(cell);
        if normalize::is_missing(bare) {
            self.seen.nulls += 1;
            return None;
        }
        self.seen.traces.look(bare);
        let detectors = self.searcher.detectors;
        let Worker { cache, scratch } = self.searcher.worker.as_deref_mut()?;
        let written = cache.hash(bare);
        if let Some(known) = cache.count_known(written) {
            scratch.collected = None;
            return Some(Kind(known));
        }
        let (mut hash, mended) = (written, mojibake::mended_cell(bare));
        if let Cow::Owned(mended) = &mended {
            hash = cache.hash(mended);
        }
        let kind = detectors.kind(&mended, cache, scratch);
        cache.count_new(written, kind);
        self.seen.distinct.add(hash);
        self.seen.sample.add(hash, &mended);
        Some(Kind(kind))
    }
}

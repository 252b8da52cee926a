//! Rows of sources that are read by one thread, handed to workers as batches through a channel of bounded length.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::{Batches, Pending, rate};
use crate::batch::{Batch, Bounds, Problems, Rows, TextRows};
use crate::budget;
use crate::buffers::{Buffer, Buffers};
use crate::error::{Error, Result};

/// Batches that wait to be taken.
const AHEAD: usize = 2;
/// A longer cell is not read; memory would not be bounded.
const LONGEST_CELL: usize = 64 << 20;

/// Where a reading thread hands over what it read.
pub(super) struct Outlet {
    place: String,
    sender: SyncSender<Option<Result<Pending>>>,
}

impl Outlet {
    /// Waits until somebody takes it.
    ///
    /// # Errors
    /// When nobody wants more.
    pub(super) fn send(&self, pending: Pending) -> Result<()> {
        rate::spend(pending.bytes);
        (self.sender.send(Some(Ok(pending)))).map_err(|_| Error::Interrupted)
    }

    /// For errors: the table.
    pub(super) fn place(&self) -> &str {
        &self.place
    }
}

/// Runs `read` on a thread of its own and gives what it hands over.
///
/// # Errors
/// When there can be no further thread.
pub(super) fn feed(
    place: &str,
    read: impl FnOnce(&Outlet) -> Result<()> + Send + 'static,
) -> Result<Batches> {
    let (sender, receiver) = sync_channel(AHEAD);
    let outlet = Outlet {
        place: place.to_owned(),
        sender,
    };
    let internal = Error::Internal {
        place: place.to_owned(),
    };
    let work = move || {
        let done = catch_unwind(AssertUnwindSafe(|| read(&outlet)));
        let last = match done {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(Err(error)),
            Err(_) => Some(Err(internal)),
        };
        // Nobody may want it any more.
        let _ = outlet.sender.send(last);
    };
    let spawned = thread::Builder::new().name("reader".to_owned()).spawn(work);
    spawned.map_err(|source| Error::Read {
        place: place.to_owned(),
        source,
    })?;
    Ok(Box::new(Fed {
        place: place.to_owned(),
        receiver: Some(receiver),
    }))
}

/// What a reading thread hands over, until it says that there is no more.
struct Fed {
    place: String,
    receiver: Option<Receiver<Option<Result<Pending>>>>,
}

impl Iterator for Fed {
    type Item = Result<Pending>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.receiver.as_ref()?.recv();
        let next = next.unwrap_or_else(|_| {
            Some(Err(Error::Internal {
                place: self.place.clone(),
            }))
        });
        if !matches!(next, Some(Ok(_))) {
            self.receiver = None;
        }
        next
    }
}

/// Puts cells that come one by one together to batches.
pub(super) struct RowBuilder<'a> {
    outlet: &'a Outlet,
    names: Vec<String>,
    seq: u64,
    height: usize,
    columns: Vec<Buffer<Bounds>>,
    bytes: Buffer<u8>,
    rooms: Rooms,
    /// Cells of the row under way.
    cells: usize,
    problems: Problems,
}

#[derive(Default)]
struct Rooms {
    bytes: Arc<Buffers<u8>>,
    bounds: Arc<Buffers<Bounds>>,
}

impl<'a> RowBuilder<'a> {
    /// For rows with cells under these names.
    pub(super) fn new(outlet: &'a Outlet, names: Vec<String>) -> Self {
        let rooms = Rooms::default();
        Self {
            outlet,
            columns: std::iter::repeat_with(|| rooms.bounds.take(0))
                .take(names.len())
                .collect(),
            bytes: rooms.bytes.take(budget::block()),
            names,
            seq: 0,
            height: 0,
            rooms,
            cells: 0,
            problems: Problems::default(),
        }
    }

    /// The next cell of the row; an empty one is null.
    ///
    /// # Errors
    /// When it is too long, or the row has too many.
    pub(super) fn cell(&mut self, text: &[u8]) -> Result<()> {
        self.cell_of(|bytes| bytes.extend_from_slice(text))
    }

    /// The next cell of the row, written by `write`, which only adds.
    ///
    /// # Errors
    /// When it is too long, or the row has too many.
    pub(super) fn cell_of(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Result<()> {
        let start = self.bytes.len();
        write(&mut self.bytes);
        let end = self.bytes.len();
        let Some(column) = self.columns.get_mut(self.cells) else {
            return Err(Error::Internal {
                place: self.outlet.place.clone(),
            });
        };
        if end - start > LONGEST_CELL {
            return Err(Error::Source {
                place: self.outlet.place.clone(),
                what: "a cell is longer than 64 MiB",
            });
        }
        column.push((start as u32, end as u32));
        self.cells += 1;
        Ok(())
    }

    /// Ends the row; cells that were not given are null. Hands over a batch when it is large enough.
    ///
    /// # Errors
    /// When nobody wants more.
    pub(super) fn end_row(&mut self) -> Result<()> {
        for column in &mut self.columns[self.cells..] {
            column.push((0, 0));
        }
        self.cells = 0;
        self.height += 1;
        let bounds = self.height * self.names.len() * size_of::<Bounds>();
        if self.bytes.len() + bounds / 4 >= budget::block() {
            self.hand_over()?;
        }
        Ok(())
    }

    /// What was odd about the rows of the batch under way, to be added to.
    pub(super) fn problems(&mut self) -> &mut Problems {
        &mut self.problems
    }

    /// Hands over the last rows.
    ///
    /// # Errors
    /// When nobody wants them.
    pub(super) fn finish(mut self) -> Result<()> {
        if self.height > 0 {
            self.hand_over()?;
        }
        Ok(())
    }

    fn hand_over(&mut self) -> Result<()> {
        let height = std::mem::take(&mut self.height);
        let columns = self.columns.iter_mut().map(|column| {
            let next = self.rooms.bounds.take(height);
            std::mem::replace(column, next)
        });
        let columns = columns.collect();
        let next = self.rooms.bytes.take(budget::block());
        let rows = TextRows {
            names: self.names.clone(),
            height,
            columns,
            bytes: std::mem::replace(&mut self.bytes, next),
        };
        let seq = self.seq;
        let problems = std::mem::take(&mut self.problems);
        self.seq += 1;
        self.outlet.send(Pending {
            seq,
            bytes: rows.bytes.len() as u64,
            rows: Some(height as u64),
            decode: Box::new(move || Ok(batch(seq, rows, problems))),
        })
    }
}

fn batch(seq: u64, mut rows: TextRows, problems: Problems) -> Batch {
    let malformed_cells = rows.repair();
    Batch {
        seq,
        rows: Rows::Text(rows),
        first_column: 0,
        left_out: 0,
        problems: Problems {
            malformed_cells,
            ..problems
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(batches: Batches) -> Result<Vec<Vec<Option<String>>>> {
        let mut rows = Vec::new();
        for (at, pending) in batches.enumerate() {
            let batch = (pending?.decode)()?;
            assert_eq!(batch.seq, at as u64);
            let frame = batch.frame()?.into_owned();
            for row in 0..frame.height() {
                let cell = |column: &polars::prelude::Column| {
                    column.str().unwrap().get(row).map(str::to_owned)
                };
                rows.push(frame.columns().iter().map(cell).collect());
            }
        }
        Ok(rows)
    }

    #[test]
    fn rows_come_in_order_and_none_is_lost() {
        let count = 3 * budget::block() / 8;
        let batches = feed("t", move |outlet| {
            let mut rows = RowBuilder::new(outlet, vec!["a".to_owned(), "b".to_owned()]);
            for number in 0..count {
                rows.cell(format!("{number:08}").as_bytes())?;
                if number % 2 == 0 {
                    rows.cell(b"")?;
                }
                rows.end_row()?;
            }
            rows.finish()
        });
        let rows = rows(batches.unwrap()).unwrap();
        assert_eq!(rows.len(), count);
        for (number, row) in rows.iter().enumerate() {
            assert_eq!(row, &[Some(format!("{number:08}")), None]);
        }
    }

    #[test]
    fn a_reader_that_fails_midway_is_not_taken_for_a_whole_table() {
        let failing = |panics: bool| {
            feed("t", move |outlet| {
                let mut rows = RowBuilder::new(outlet, vec!["a".to_owned()]);
                rows.cell(b"1")?;
                rows.end_row()?;
                rows.finish()?;
                assert!(!panics);
                Err(Error::Source {
                    place: outlet.place().to_owned(),
                    what: "broken",
                })
            })
        };
        let error = rows(failing(false).unwrap()).unwrap_err();
        assert_eq!(error.code().0, "source");
        let error = rows(failing(true).unwrap()).unwrap_err();
        assert_eq!(error.code().0, "internal");
    }

    #[test]
    fn a_reader_that_nobody_listens_to_stops() {
        let (told, heard) = sync_channel(1);
        let batches = feed("t", move |outlet| {
            let mut rows = RowBuilder::new(outlet, vec!["a".to_owned()]);
            let all = (0..usize::MAX).try_for_each(|_| {
                rows.cell(&[b'x'; 4096])?;
                rows.end_row()
            });
            told.send(all.is_err()).unwrap();
            all
        });
        let mut batches = batches.unwrap();
        assert!(batches.next().unwrap().is_ok());
        drop(batches);
        assert!(heard.recv().unwrap());
    }
}

//! What `COPY … TO STDOUT` gives: blocks of whole rows as they come, whose cells are slices of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use memchr::{memchr, memchr3_iter};

use crate::batch::{Batch, Bounds, Problems, Rows, TextRows};
use crate::budget;
use crate::buffers::{Buffer, Buffers};
use crate::error::{Error, Result};
use crate::source::Pending;
use crate::source::feed::Outlet;

/// A longer row is not read; memory would not be bounded.
const LONGEST_ROW: usize = 64 << 20;

/// How a query is to be copied: a cell that is null comes as an empty one, and a line ends nothing but a row.
pub(super) fn statement(query: &str) -> String {
    format!("copy ({query}) to stdout (format text, null '')")
}

/// Rows that are put together to a block.
pub(super) struct Block(Buffer<u8>);

impl Block {
    /// Adds what the server gave; `false` when the block is to be handed over before more comes.
    ///
    /// # Errors
    /// When it is too long.
    pub(super) fn add(&mut self, rows: &[u8], place: &str) -> Result<bool> {
        if rows.len() > LONGEST_ROW {
            return Err(Error::Source {
                place: place.to_owned(),
                what: "a row is longer than 64 MiB",
            });
        }
        self.0.extend_from_slice(rows);
        let is_whole = rows.ends_with(b"\n");
        Ok(!is_whole || self.0.len() < budget::block())
    }
}

/// Hands over all rows of a table. `fill` puts rows into a block until that wants no more, and tells whether there are more.
///
/// # Errors
/// Those of `fill`, or when nobody wants more.
pub(super) fn hand_over(
    outlet: &Outlet,
    names: Vec<String>,
    mut fill: impl FnMut(&mut Block) -> Result<bool>,
) -> Result<()> {
    let buffers: Arc<Buffers<u8>> = Arc::default();
    let layout = Arc::new(Layout {
        names,
        place: outlet.place().to_owned(),
        bounds: Arc::default(),
        height: AtomicUsize::new(0),
    });
    for seq in 0.. {
        // Behind the rows there is room for what cells with backslashes mean.
        let room = budget::block() + budget::block() / 8;
        let mut block = Block(buffers.take(room));
        let has_more = fill(&mut block)?;
        let Block(bytes) = block;
        if !bytes.is_empty() {
            let layout = Arc::clone(&layout);
            outlet.send(Pending {
                seq,
                bytes: bytes.len() as u64,
                rows: None,
                decode: Box::new(move || layout.batch(seq, bytes)),
            })?;
        }
        if !has_more {
            break;
        }
    }
    Ok(())
}

/// How blocks of one table are taken apart.
struct Layout {
    names: Vec<String>,
    place: String,
    bounds: Arc<Buffers<Bounds>>,
    /// Rows that the last block had.
    height: AtomicUsize,
}

/// Where the cells of a block are.
struct Cells {
    columns: Vec<Buffer<Bounds>>,
    height: usize,
    /// What cells with backslashes mean; it stands behind the block.
    meant: Vec<u8>,
}

impl Layout {
    fn batch(&self, seq: u64, mut bytes: Buffer<u8>) -> Result<Batch> {
        let cells = self.split(&bytes).ok_or_else(|| Error::Source {
            place: self.place.clone(),
            what: "the server gave rows with more or fewer cells than columns",
        })?;
        self.height.store(cells.height, Ordering::Relaxed);
        bytes.extend_from_slice(&cells.meant);
        let mut rows = TextRows {
            names: self.names.clone(),
            height: cells.height,
            columns: cells.columns,
            bytes,
        };
        let malformed_cells = rows.repair();
        Ok(Batch {
            seq,
            rows: Rows::Text(rows),
            first_column: 0,
            left_out: 0,
            problems: Problems {
                malformed_cells,
                ..Problems::default()
            },
        })
    }

    /// `None` when a row has more or fewer cells than there are columns.
    fn split(&self, block: &[u8]) -> Option<Cells> {
        let height = self.height.load(Ordering::Relaxed);
        let columns = self.names.iter();
        let mut cells = Cells {
            columns: columns
                .map(|_| self.bounds.take(height + height / 8))
                .collect(),
            height: 0,
            meant: Vec::new(),
        };
        let (mut start, mut column, mut is_escaped) = (0, 0, false);
        for at in memchr3_iter(b'\t', b'\n', b'\\', block) {
            let sign = block[at];
            if sign == b'\\' {
                is_escaped = true;
                continue;
            }
            let bounds = if std::mem::take(&mut is_escaped) {
                let from = block.len() + cells.meant.len();
                unescape(&block[start..at], &mut cells.meant);
                (from, block.len() + cells.meant.len())
            } else {
                (start, at)
            };
            let known = cells.columns.get_mut(column)?;
            known.push((bounds.0 as u32, bounds.1 as u32));
            (start, column) = (at + 1, column + 1);
            if sign == b'\n' {
                (column == cells.columns.len()).then_some(())?;
                cells.height += 1;
                column = 0;
            }
        }
        (start == block.len()).then_some(cells)
    }
}

/// What a cell with backslashes means.
fn unescape(cell: &[u8], text: &mut Vec<u8>) {
    let mut rest = cell;
    while let Some(at) = memchr(b'\\', rest) {
        text.extend_from_slice(&rest[..at]);
        let Some(&letter) = rest.get(at + 1) else {
            rest = &rest[at..];
            break;
        };
        text.push(match letter {
            b'b' => 8,
            b't' => b'\t',
            b'n' => b'\n',
            b'v' => 11,
            b'f' => 12,
            b'r' => b'\r',
            other => other,
        });
        rest = &rest[at + 2..];
    }
    text.extend_from_slice(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(width: usize) -> Layout {
        Layout {
            names: (0..width).map(|number| format!("c{number}")).collect(),
            place: "t".to_owned(),
            bounds: Arc::default(),
            height: AtomicUsize::new(0),
        }
    }

    fn cells(width: usize, block: &str) -> Option<Vec<Vec<String>>> {
        let bytes = block.as_bytes().to_vec().into();
        let Rows::Text(rows) = layout(width).batch(0, bytes).ok()?.rows else {
            return None;
        };
        let text = rows.text();
        let cell = |(start, end): (u32, u32)| text[start as usize..end as usize].to_owned();
        let row = |row: usize| rows.columns.iter().map(|c| cell(c[row])).collect();
        Some((0..rows.height).map(row).collect())
    }

    #[test]
    fn cells_are_what_was_escaped() {
        let block = "1\tзқ\t\n\\\\N\ta\\tb\\n\\\\\\r\\b\\f\\v\t\"q\"\n";
        let known = [
            vec!["1", "зқ", ""],
            vec!["\\N", "a\tb\n\\\r\u{8}\u{c}\u{b}", "\"q\""],
        ];
        assert_eq!(cells(3, block).unwrap(), known);
        assert_eq!(cells(1, "\nx\n\n").unwrap(), [[""], ["x"], [""]]);
    }

    #[test]
    fn rows_that_do_not_fit_are_no_rows() {
        for block in ["1\n", "1\t2\t3\n", "1\t2\t\n", "1\t2", "1\t2\n3"] {
            assert!(cells(2, block).is_none(), "{block:?}");
        }
    }

    #[test]
    fn a_row_that_comes_in_parts_is_not_cut() {
        let mut block = Block(Buffer::default());
        let half = "x".repeat(budget::block());
        assert!(block.add(half.as_bytes(), "t").unwrap());
        assert!(!block.add(b"y\n", "t").unwrap());
        let long = vec![b'x'; LONGEST_ROW + 1];
        assert_eq!(block.add(&long, "t").unwrap_err().code().0, "source");
    }
}

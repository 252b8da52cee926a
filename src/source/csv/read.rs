//! Turns a block of records into a batch: one text column per header cell, nothing inferred.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use csv_core::{ReadRecordResult, ReaderBuilder};
use memchr::{memchr, memchr3_iter};

use super::blocks::Block;
use crate::batch::{Batch, Bounds, Problems, Rows, TextRows};
use crate::buffers::{Buffer, Buffers};
use crate::error::{Error, Result};

/// How to read blocks of one file.
#[derive(Debug)]
pub(super) struct Layout {
    /// Between cells.
    pub delimiter: u8,
    /// Column paths.
    pub paths: Vec<String>,
    /// For errors.
    pub place: String,
    pub room: Room,
}

/// Room for the bounds of cells, made before they are known.
#[derive(Debug, Default)]
pub(super) struct Room {
    columns: Arc<Buffers<Bounds>>,
    /// Records that the last block had.
    height: AtomicUsize,
}

impl Room {
    fn column(&self) -> Buffer<Bounds> {
        let height = self.height.load(Ordering::Relaxed);
        self.columns.take(height + height / 8)
    }
}

/// Cells of records with more cells than the header go to columns of this name and a number from 1.
pub const OVERFLOW: &str = "overflow_";

/// Most cells that a record may have beyond the header.
const MOST_OVERFLOW: usize = 256;

impl Layout {
    /// Reads a block; the first record of the first one may be the header.
    ///
    /// # Errors
    /// When a record is far longer than the header.
    pub(super) fn batch(&self, seq: u64, block: Block, skip_header: bool) -> Result<Batch> {
        let width = self.paths.len();
        let mut records = Records::new(width, skip_header, &self.room);
        let lines = width == 1 && is_plain(&block.bytes, self.delimiter);
        let mut bytes = block.bytes;
        if lines {
            records.lines(&bytes);
        } else if let Some(unescaped) = records.split(&bytes, self.delimiter) {
            bytes.extend_from_slice(&unescaped);
        } else {
            records = Records::new(width, skip_header, &self.room);
            bytes = records.parse(&bytes, self.delimiter).into();
        }
        self.room.height.store(records.height, Ordering::Relaxed);
        if records.columns.len() > width + MOST_OVERFLOW {
            let what = "a record has far more cells than the header: is the delimiter right, or a quote never closed?";
            return Err(Error::Csv {
                place: self.place.clone(),
                what,
            });
        }
        let names = (0..records.columns.len())
            .map(|index| match self.paths.get(index) {
                Some(path) => path.clone(),
                None => format!("{OVERFLOW}{}", index + 1 - width),
            })
            .collect();
        let mut rows = TextRows {
            names,
            height: records.height,
            columns: records.columns,
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
                ..records.problems
            },
        })
    }
}

/// Neither quotes nor delimiters nor bare CRs: every line is one cell.
fn is_plain(block: &[u8], delimiter: u8) -> bool {
    let has_bare_cr = || {
        memchr::memchr_iter(b'\r', block).any(|at| block.get(at + 1).is_some_and(|&b| b != b'\n'))
    };
    memchr::memchr2(b'"', delimiter, block).is_none() && !has_bare_cr()
}

/// Where the cells of the records of a block are.
struct Records {
    width: usize,
    skip_next: bool,
    height: usize,
    /// Bounds of the cells of every column; missing cells are empty.
    columns: Vec<Buffer<Bounds>>,
    /// Cells of the record under way.
    cells: usize,
    problems: Problems,
}

impl Records {
    fn new(width: usize, skip_header: bool, room: &Room) -> Self {
        Self {
            width,
            skip_next: skip_header,
            height: 0,
            columns: std::iter::repeat_with(|| room.column())
                .take(width)
                .collect(),
            cells: 0,
            problems: Problems::default(),
        }
    }

    fn cell(&mut self, start: usize, end: usize) {
        if self.cells == self.columns.len() {
            self.columns.push(vec![(0, 0); self.height].into());
        }
        self.columns[self.cells].push((start as u32, end as u32));
        self.cells += 1;
    }

    fn end_record(&mut self) {
        let cells = std::mem::take(&mut self.cells);
        if self.skip_next {
            self.skip_next = false;
            self.columns.truncate(self.width);
            self.columns.iter_mut().for_each(|column| column.clear());
            return;
        }
        self.height += 1;
        if cells != self.columns.len() {
            for column in &mut self.columns[cells..] {
                column.push((0, 0));
            }
        }
        self.problems.short_records += u64::from(cells < self.width);
        self.problems.long_records += u64::from(cells > self.width);
    }

    /// Every line is a record, an empty one too: in a table of one column it is an empty cell.
    fn lines(&mut self, block: &[u8]) {
        let text = block.strip_suffix(b"\n").unwrap_or(block);
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', text).chain([text.len()]) {
            let line = text[start..end]
                .strip_suffix(b"\r")
                .unwrap_or(&text[start..end]);
            self.cell(start, start + line.len());
            self.end_record();
            start = end + 1;
        }
    }

    /// Finds the cells of a block whose quotes stand as RFC 4180 has them; `None` where `csv-core` has to read it.
    ///
    /// Cells are slices of the block, but for those with doubled quotes: what these mean is given back and stands after
    /// the block.
    fn split(&mut self, block: &[u8], delimiter: u8) -> Option<Vec<u8>> {
        let mut unescaped = Vec::new();
        let is_end = |byte: u8| matches!(byte, b'\n' | b'\r');
        let mut signs = memchr3_iter(delimiter, b'\n', b'\r', block);
        let mut start = 0;
        // Cells are bare until a sign comes; one that opens with a quote ends at the sign after its last quote.
        loop {
            if self.cells == 0 {
                start += block[start..].iter().take_while(|&&b| is_end(b)).count();
                if start == block.len() {
                    return Some(unescaped);
                }
            }
            let is_quoted = block.get(start) == Some(&b'"');
            let end = if is_quoted {
                let (close, doubled) = closing_quote(block, start + 1)?;
                if doubled {
                    let from = block.len() + unescaped.len();
                    unescape(&block[start + 1..close], &mut unescaped);
                    self.cell(from, block.len() + unescaped.len());
                } else {
                    self.cell(start + 1, close);
                }
                close + 1
            } else {
                let end = signs.find(|&at| at >= start).unwrap_or(block.len());
                self.cell(start, end);
                end
            };
            match block.get(end) {
                None => {
                    self.end_record();
                    return Some(unescaped);
                }
                Some(&sign) if sign == delimiter => {}
                Some(&sign) if is_end(sign) => self.end_record(),
                Some(_) => return None,
            }
            start = end + 1;
        }
    }

    /// The reference: reads a block as `csv-core` does and gives the text of its cells.
    fn parse(&mut self, block: &[u8], delimiter: u8) -> Vec<u8> {
        let mut reader = ReaderBuilder::new().delimiter(delimiter).build();
        let mut text = vec![0; block.len() + 1];
        let mut ends = vec![0; 1 << 12];
        let (mut at, mut written, mut cells, mut ended, mut base) = (0, 0, 0, false, 0);
        loop {
            let (result, taken, wrote, fields) =
                reader.read_record(&block[at..], &mut text[written..], &mut ends[cells..]);
            at += taken;
            written += wrote;
            cells += fields;
            match result {
                ReadRecordResult::Record => {
                    // csv-core counts ends from where the record's text began.
                    let mut start = base;
                    for end in &ends[..cells] {
                        self.cell(start, base + end);
                        start = base + end;
                    }
                    self.end_record();
                    base = written;
                    cells = 0;
                }
                ReadRecordResult::OutputEndsFull => ends.resize(ends.len() * 2, 0),
                ReadRecordResult::OutputFull => text.resize(text.len() * 2, 0),
                ReadRecordResult::InputEmpty if !ended => ended = true,
                ReadRecordResult::InputEmpty | ReadRecordResult::End => break,
            }
        }
        text.truncate(written);
        text
    }
}

/// The quote that ends a cell, and whether doubled ones stand before it.
fn closing_quote(block: &[u8], from: usize) -> Option<(usize, bool)> {
    let (mut at, mut doubled) = (from, false);
    loop {
        at += memchr(b'"', &block[at..])?;
        if block.get(at + 1) != Some(&b'"') {
            return Some((at, doubled));
        }
        doubled = true;
        at += 2;
    }
}

fn unescape(quoted: &[u8], text: &mut Vec<u8>) {
    let mut rest = quoted;
    while let Some(at) = memchr(b'"', rest) {
        text.extend_from_slice(&rest[..=at]);
        rest = &rest[at + 2..];
    }
    text.extend_from_slice(rest);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn layout(width: usize) -> Layout {
        Layout {
            delimiter: b',',
            paths: (0..width).map(|i| format!("c{i}")).collect(),
            place: "t".to_owned(),
            room: Room::default(),
        }
    }

    fn cells(batch: &Batch) -> Vec<Vec<Option<String>>> {
        batch
            .frame()
            .unwrap()
            .columns()
            .iter()
            .map(|c| {
                c.str()
                    .unwrap()
                    .iter()
                    .map(|v| v.map(str::to_owned))
                    .collect()
            })
            .collect()
    }

    #[test]
    fn ragged_records_are_counted_and_lose_no_cell() {
        let block = Block {
            bytes: b"1,2\n3\n4,5,6,7\n".to_vec().into(),
        };
        let batch = layout(2).batch(0, block, false).unwrap();
        assert_eq!(
            (batch.problems.short_records, batch.problems.long_records),
            (1, 1)
        );
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            cells(&batch),
            [
                vec![some("1"), some("3"), some("4")],
                vec![some("2"), None, some("5")],
                vec![None, None, some("6")],
                vec![None, None, some("7")],
            ]
        );
    }

    #[test]
    fn an_empty_line_of_a_table_of_one_column_is_an_empty_cell() {
        let block = Block {
            bytes: b"a\r\n\r\nb\r\n\r\n".to_vec().into(),
        };
        let batch = layout(1).batch(0, block, false).unwrap();
        assert_eq!(
            cells(&batch),
            [vec![Some("a".to_owned()), None, Some("b".to_owned()), None]]
        );
    }

    #[test]
    fn broken_text_is_counted() {
        let batch = layout(1)
            .batch(
                0,
                Block {
                    bytes: b"ok\n\xff\xfe\n".to_vec().into(),
                },
                false,
            )
            .unwrap();
        assert_eq!(batch.problems.malformed_cells, 1);
    }

    fn rows(records: &Records, text: &[u8]) -> Vec<Vec<Vec<u8>>> {
        records
            .columns
            .iter()
            .map(|column| {
                column
                    .iter()
                    .map(|&(start, end)| text[start as usize..end as usize].to_vec())
                    .collect()
            })
            .collect()
    }

    proptest! {
        #[test]
        fn splitting_agrees_with_csv_core(pieces in prop::collection::vec("[a\"я,\n\r]|\"\"|\"a,\"\"\n\",", 0..30)) {
            let text = pieces.concat();
            let mut split = Records::new(2, false, &Room::default());
            if let Some(unescaped) = split.split(text.as_bytes(), b',') {
                let mut parsed = Records::new(2, false, &Room::default());
                let reference = parsed.parse(text.as_bytes(), b',');
                prop_assert_eq!(rows(&split, &[text.as_bytes(), &unescaped].concat()), rows(&parsed, &reference));
                prop_assert_eq!((split.height, split.problems), (parsed.height, parsed.problems));
            }
        }

        #[test]
        fn cells_equal_those_of_the_csv_crate(rows in prop::collection::vec(prop::collection::vec("[a\"я, \n\r;0]{0,6}", 3), 1..40)) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let bytes = writer.into_inner().unwrap();
            let batch = layout(3).batch(0, Block { bytes: bytes.into() }, false).unwrap();
            let columns = cells(&batch);
            for (r, row) in rows.iter().enumerate() {
                for (c, cell) in row.iter().enumerate() {
                    prop_assert_eq!(columns[c][r].as_deref().unwrap_or(""), cell);
                }
            }
        }
    }
}

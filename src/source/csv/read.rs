//! Turns a block of records into a batch: one text column per header cell, nothing inferred.

use std::borrow::Cow;

use csv_core::{ReadRecordResult, ReaderBuilder};
use polars::prelude::{Column, DataFrame, IntoSeries as _, StringChunkedBuilder};

use super::blocks::Block;
use crate::batch::{Batch, Problems};
use crate::error::{Error, Result};

/// How to read blocks of one file.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// Between cells.
    pub delimiter: u8,
    /// Column paths.
    pub paths: Vec<String>,
    /// For errors.
    pub place: String,
}

/// Cells of records with more cells than the header go to columns of this name and a number from 1.
pub const OVERFLOW: &str = "overflow_";

/// Most cells that a record may have beyond the header.
const MOST_OVERFLOW: usize = 256;

/// The records of a block, all cells in one text.
struct Records {
    text: Vec<u8>,
    /// End of every cell in `text`.
    ends: Vec<usize>,
    /// Number of cells before each record, and after the last.
    starts: Vec<usize>,
}

impl Layout {
    /// Reads a block; the first record of the first one may be the header.
    ///
    /// # Errors
    /// When the frame cannot be built.
    pub(super) fn batch(&self, seq: u64, block: &Block, skip_header: bool) -> Result<Batch> {
        let mut records = if self.paths.len() == 1 && is_plain(&block.bytes, self.delimiter) {
            Records::lines(&block.bytes)
        } else {
            Records::parse(&block.bytes, self.delimiter)
        };
        if skip_header && records.starts.len() > 1 {
            records.starts.remove(0);
        }
        let mut problems = Problems::default();
        let width = self.paths.len().max(records.widest());
        if width > self.paths.len() + MOST_OVERFLOW {
            let what = "a record has far more cells than the header: is the delimiter right, or a quote never closed?";
            return Err(Error::Csv {
                place: self.place.clone(),
                what,
            });
        }
        for record in records.starts.windows(2) {
            let cells = record[1] - record[0];
            problems.short_records += u64::from(cells < self.paths.len());
            problems.long_records += u64::from(cells > self.paths.len());
        }
        let text = simdutf8::basic::from_utf8(&records.text).ok();
        let columns = (0..width)
            .map(|index| self.column(index, &records, text, &mut problems))
            .collect();
        let rows = records.starts.len() - 1;
        let frame = DataFrame::new(rows, columns).map_err(|_| Error::Internal {
            place: self.place.clone(),
        })?;
        Ok(Batch {
            seq,
            frame,
            problems,
        })
    }

    fn column(
        &self,
        index: usize,
        records: &Records,
        text: Option<&str>,
        problems: &mut Problems,
    ) -> Column {
        let name = self
            .paths
            .get(index)
            .cloned()
            .unwrap_or_else(|| format!("{OVERFLOW}{}", index + 1 - self.paths.len()));
        let mut builder = StringChunkedBuilder::new(name.into(), records.starts.len() - 1);
        for record in records.starts.windows(2) {
            let cell = record[0] + index;
            if cell >= record[1] {
                builder.append_null();
                continue;
            }
            let from = if cell == 0 { 0 } else { records.ends[cell - 1] };
            let range = from..records.ends[cell];
            match text.and_then(|text| text.get(range.clone())) {
                Some("") => builder.append_null(),
                Some(cell) => builder.append_value(cell),
                None => builder.append_value(lossy(&records.text[range], problems)),
            }
        }
        builder.finish().into_series().into()
    }
}

fn lossy<'a>(bytes: &'a [u8], problems: &mut Problems) -> Cow<'a, str> {
    let text = String::from_utf8_lossy(bytes);
    problems.malformed_cells += u64::from(matches!(text, Cow::Owned(_)));
    text
}

/// Neither quotes nor delimiters nor bare CRs: every line is one cell.
fn is_plain(block: &[u8], delimiter: u8) -> bool {
    let has_bare_cr = || {
        memchr::memchr_iter(b'\r', block).any(|at| block.get(at + 1).is_some_and(|&b| b != b'\n'))
    };
    memchr::memchr2(b'"', delimiter, block).is_none() && !has_bare_cr()
}

impl Records {
    /// Every line is a record, an empty one too: in a table of one column it is an empty cell.
    fn lines(block: &[u8]) -> Self {
        let mut records = Self {
            text: Vec::with_capacity(block.len()),
            ends: Vec::new(),
            starts: vec![0],
        };
        for line in block
            .strip_suffix(b"\n")
            .unwrap_or(block)
            .split(|&b| b == b'\n')
        {
            records
                .text
                .extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
            records.ends.push(records.text.len());
            records.starts.push(records.ends.len());
        }
        records
    }

    fn parse(block: &[u8], delimiter: u8) -> Self {
        let mut reader = ReaderBuilder::new().delimiter(delimiter).build();
        let mut records = Self {
            text: vec![0; block.len() + 1],
            ends: vec![0; 1 << 12],
            starts: vec![0],
        };
        let (mut at, mut written, mut cells, mut ended) = (0, 0, 0, false);
        loop {
            let (result, taken, wrote, fields) = reader.read_record(
                &block[at..],
                &mut records.text[written..],
                &mut records.ends[cells..],
            );
            at += taken;
            written += wrote;
            // csv-core counts ends from where the record's text began.
            let record_base = records.base();
            records.ends[cells..cells + fields]
                .iter_mut()
                .for_each(|end| *end += record_base);
            cells += fields;
            match result {
                ReadRecordResult::Record => {
                    records.starts.push(cells);
                    records.ends.resize(records.ends.len().max(cells + 256), 0);
                }
                ReadRecordResult::OutputEndsFull => records.ends.resize(records.ends.len() * 2, 0),
                ReadRecordResult::OutputFull => records.text.resize(records.text.len() * 2, 0),
                ReadRecordResult::InputEmpty if !ended => ended = true,
                ReadRecordResult::InputEmpty | ReadRecordResult::End => break,
            }
        }
        records.text.truncate(written);
        records.ends.truncate(cells);
        records
    }

    /// Where the text of the record under way began.
    fn base(&self) -> usize {
        let finished = self.starts.last().copied().unwrap_or(0);
        if finished == 0 {
            0
        } else {
            self.ends[finished - 1]
        }
    }

    fn widest(&self) -> usize {
        self.starts
            .windows(2)
            .map(|record| record[1] - record[0])
            .max()
            .unwrap_or(0)
    }
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
        }
    }

    fn cells(batch: &Batch) -> Vec<Vec<Option<String>>> {
        batch
            .frame
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
            bytes: b"1,2\n3\n4,5,6,7\n".to_vec(),
        };
        let batch = layout(2).batch(0, &block, false).unwrap();
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
            bytes: b"a\r\n\r\nb\r\n\r\n".to_vec(),
        };
        let batch = layout(1).batch(0, &block, false).unwrap();
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
                &Block {
                    bytes: b"ok\n\xff\xfe\n".to_vec(),
                },
                false,
            )
            .unwrap();
        assert_eq!(batch.problems.malformed_cells, 1);
    }

    proptest! {
        #[test]
        fn cells_equal_those_of_the_csv_crate(rows in prop::collection::vec(prop::collection::vec("[a\"я, \n\r;0]{0,6}", 3), 1..40)) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let bytes = writer.into_inner().unwrap();
            let batch = layout(3).batch(0, &Block { bytes }, false).unwrap();
            let columns = cells(&batch);
            for (r, row) in rows.iter().enumerate() {
                for (c, cell) in row.iter().enumerate() {
                    prop_assert_eq!(columns[c][r].as_deref().unwrap_or(""), cell);
                }
            }
        }
    }
}

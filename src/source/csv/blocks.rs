//! Cuts a stream of UTF-8 CSV into blocks that end where a record ends.
//!
//! Quotes that stand as RFC 4180 has them are followed by looking at quotes only. A quote anywhere else (a dirty file) turns
//! the rest of the file over to `csv-core`, whose reading is the reference, so that both ways always agree.

use std::io::{self, Read};
use std::sync::Arc;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use memchr::{memchr_iter, memrchr};

use crate::budget;
use crate::buffers::{Buffer, Buffers};

/// A record longer than this is a mistake, such as a quote that is never closed.
pub(super) const LONGEST_RECORD: usize = 16 << 20;

/// A stretch of whole records.
#[derive(Debug)]
pub(super) struct Block {
    /// UTF-8, unless the file is broken.
    pub bytes: Buffer<u8>,
}

/// Why cutting stopped.
#[derive(Debug, thiserror::Error)]
pub(super) enum Stopped {
    /// Reading failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A record has no end within the bound.
    #[error("a record is longer than 16 MiB: is a quote never closed?")]
    RecordTooLong,
    /// The file ends inside a quoted cell.
    #[error("the file ends inside a quoted cell: it is cut off, or a quote is never closed")]
    OpenQuote,
}

/// Gives blocks until the stream ends.
pub(super) struct Blocks<R> {
    input: R,
    carry: Buffer<u8>,
    buffers: Arc<Buffers<u8>>,
    /// Usual size of a block.
    size: usize,
    cutter: Cutter,
    ended: bool,
}

enum Cutter {
    /// Every quote so far stood where it should.
    Clean { delimiter: u8 },
    /// Records are found by reading them.
    Careful(Box<Careful>),
}

impl<R: Read> Blocks<R> {
    /// Starts at the first record of a stream.
    pub(super) fn new(input: R, delimiter: u8) -> Self {
        Self {
            input,
            carry: Buffer::default(),
            buffers: Arc::default(),
            size: budget::block(),
            cutter: Cutter::Clean { delimiter },
            ended: false,
        }
    }

    fn cut(&mut self) -> Result<Option<Block>, Stopped> {
        let mut wanted = self.size;
        loop {
            self.fill(wanted)?;
            if self.carry.is_empty() {
                return Ok(None);
            }
            let end = self.border()?;
            if end > 0 {
                // Behind a block there is room for what cells with doubled quotes mean.
                let mut rest = self.buffers.take(self.size + self.size / 8);
                rest.extend_from_slice(&self.carry[end..]);
                self.carry.truncate(end);
                return Ok(Some(Block {
                    bytes: std::mem::replace(&mut self.carry, rest),
                }));
            }
            if wanted >= LONGEST_RECORD {
                return Err(Stopped::RecordTooLong);
            }
            wanted *= 2;
        }
    }

    fn fill(&mut self, wanted: usize) -> io::Result<()> {
        if self.carry.len() < wanted && !self.ended {
            let missing = wanted - self.carry.len();
            self.carry.reserve(missing);
            let read = self
                .input
                .by_ref()
                .take(missing as u64)
                .read_to_end(&mut self.carry)?;
            self.ended = read < missing;
        }
        Ok(())
    }

    /// End of the last whole record in what is carried; 0 when there is none yet.
    fn border(&mut self) -> Result<usize, Stopped> {
        if let Cutter::Clean { delimiter } = self.cutter {
            match clean_border(&self.carry, delimiter, self.ended) {
                Border::At(end) if self.ended => {
                    return if end == usize::MAX {
                        Err(Stopped::OpenQuote)
                    } else {
                        Ok(self.carry.len())
                    };
                }
                Border::At(end) => return Ok(end),
                Border::Dirty => self.cutter = Cutter::Careful(Box::new(Careful::new(delimiter))),
            }
        }
        let Cutter::Careful(careful) = &mut self.cutter else {
            return Ok(0);
        };
        let (end, open) = careful.border(&self.carry);
        match (self.ended, open) {
            (true, true) => Err(Stopped::OpenQuote),
            (true, false) => Ok(self.carry.len()),
            (false, _) => Ok(end),
        }
    }
}

impl<R: Read> Iterator for Blocks<R> {
    type Item = Result<Block, Stopped>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.cut().transpose();
        if matches!(next, Some(Err(_))) {
            self.ended = true;
            self.carry.clear();
        }
        next
    }
}

enum Border {
    /// End of the last whole record; `usize::MAX` when the text ends inside quotes.
    At(usize),
    Dirty,
}

/// Follows quotes only: the last line end outside them.
fn clean_border(text: &[u8], delimiter: u8, is_end: bool) -> Border {
    let mut last = 0;
    let mut outside_from = 0;
    let mut quotes = memchr_iter(b'"', text).peekable();
    while let Some(open) = quotes.next() {
        if open > 0 && ![delimiter, b'\n', b'\r'].contains(&text[open - 1]) {
            return Border::Dirty;
        }
        if let Some(end) = line_end(&text[outside_from..open]) {
            last = outside_from + end + 1;
        }
        loop {
            let Some(close) = quotes.next() else {
                return Border::At(if is_end { usize::MAX } else { last });
            };
            if quotes.peek() == Some(&(close + 1)) {
                quotes.next();
                continue;
            }
            match text.get(close + 1) {
                Some(next) if ![delimiter, b'\n', b'\r'].contains(next) => return Border::Dirty,
                None if !is_end => return Border::At(last),
                _ => {}
            }
            outside_from = close + 1;
            break;
        }
    }
    if let Some(end) = line_end(&text[outside_from..]) {
        last = outside_from + end + 1;
    }
    Border::At(last)
}

/// The last line end of a stretch; a bare CR counts where there is no LF, unless an LF may still follow it.
fn line_end(stretch: &[u8]) -> Option<usize> {
    memrchr(b'\n', stretch).or_else(|| memrchr(b'\r', &stretch[..stretch.len().saturating_sub(1)]))
}

/// Finds record ends by reading records.
struct Careful {
    reader: Reader,
    out: Vec<u8>,
    ends: Vec<usize>,
}

impl Careful {
    fn new(delimiter: u8) -> Self {
        Self {
            reader: ReaderBuilder::new().delimiter(delimiter).build(),
            out: vec![0; 1 << 16],
            ends: vec![0; 1 << 12],
        }
    }

    /// End of the last whole record, and whether the text goes on inside quotes after it.
    fn border(&mut self, text: &[u8]) -> (usize, bool) {
        self.reader.reset();
        let (mut at, mut last) = (0, 0);
        while at < text.len() {
            let (result, taken, _, _) =
                self.reader
                    .read_record(&text[at..], &mut self.out, &mut self.ends);
            at += taken;
            if result == ReadRecordResult::Record {
                last = at;
            }
        }
        // csv-core holds a record's CR LF apart: the LF belongs to the record before it.
        if last > 0 && last < text.len() && text[last] == b'\n' && text[last - 1] == b'\r' {
            last += 1;
        }
        // A line end that ends no record stands inside quotes.
        let open = last < at
            && self
                .reader
                .read_record(b"x\n", &mut self.out, &mut self.ends)
                .0
                != ReadRecordResult::Record;
        (last, open)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(text: &str) -> Vec<String> {
        Blocks::new(text.as_bytes(), b',')
            .map(|b| String::from_utf8(b.unwrap().bytes.to_vec()).unwrap())
            .collect()
    }

    #[test]
    fn blocks_are_whole_records_and_lose_nothing() {
        for row in [
            "a,b,c\n",
            "\"x\ny\",\"say \"\"hi\"\"\",z\r\n",
            "dirty \"quote, in\" it\n",
            "я,\"Ә\n\n\",1\n",
        ] {
            let text = row.repeat(3 * budget::block() / row.len());
            let cut = blocks(&text);
            assert!(cut.len() >= 3, "{row:?}");
            assert_eq!(cut.concat(), text);
            for block in &cut {
                assert_eq!(block.len() % row.len(), 0, "{row:?}");
            }
        }
    }

    #[test]
    fn a_quote_that_is_never_closed_is_told() {
        let text = "a,b\n1,\"open\n".to_owned() + &"2,3\n".repeat(10);
        let last = Blocks::new(text.as_bytes(), b',').last().unwrap();
        assert!(matches!(last, Err(Stopped::OpenQuote)));
        let long = "a,\"".to_owned() + &"x\n".repeat(LONGEST_RECORD);
        assert!(matches!(
            Blocks::new(long.as_bytes(), b',').last().unwrap(),
            Err(Stopped::RecordTooLong)
        ));
    }

    #[test]
    fn a_last_line_without_an_end_is_kept() {
        assert_eq!(blocks("a,b\n1,2").concat(), "a,b\n1,2");
        assert!(blocks("").is_empty());
    }
}

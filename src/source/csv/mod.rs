//! CSV tables in any encoding and dialect people use, plain or compressed.

mod blocks;
pub mod codepage;
pub mod encoding;
mod read;
pub mod sniff;
mod write;

use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use polars::prelude::DataType;

use super::input::{Compression, Input};
use super::{Batches, Options, Pending, Source, TableInfo};
use crate::batch::TableId;
use crate::error::{Error, Result};
use blocks::{Blocks, Stopped};
use encoding::Encoding;
pub use read::OVERFLOW;
use read::{Layout, Room};
use sniff::Dialect;
pub use write::CsvFormat;

const HEAD: usize = 256 << 10;
/// How far to look for the first letter outside ASCII before calling a file UTF-8.
const ASCII_LOOK_AHEAD: u64 = 64 << 20;

/// One CSV file.
#[derive(Debug)]
pub struct CsvSource {
    id: TableId,
    input: Input,
    encoding: Encoding,
    dialect: Dialect,
    /// Bytes before the first record, as UTF-8: a line that names the delimiter for a spreadsheet.
    preamble: usize,
}

/// What files begin with that are no text at all, whatever their name.
const SIGNATURES: &[&[u8]] = &[
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"PK\x03\x04",
    b"%PDF-",
    b"PAR1",
    b"ARROW1",
    b"SQLite format 3\0",
    b"\xd0\xcf\x11\xe0",
    b"Rar!\x1a",
    b"7z\xbc\xaf",
    b"BZh9",
    b"\xfd7zXZ",
    b"\x7fELF",
];

/// The length of a first line such as `sep=;`, and the delimiter that it names.
fn separator_line(text: &str) -> Option<(usize, u8)> {
    let line = text.lines().next()?;
    let sign = line
        .strip_prefix("sep=")
        .or_else(|| line.strip_prefix("SEP="))?;
    let &[delimiter] = sign.as_bytes() else {
        return None;
    };
    let end = text.find('\n')? + 1;
    Some((end, delimiter))
}

impl CsvSource {
    /// Looks at the beginning of a file.
    ///
    /// # Errors
    /// When it cannot be read or its encoding is not known.
    pub fn open(id: TableId, input: Input, options: &Options) -> Result<Self> {
        let place = id.to_string();
        let broken = |source| Error::Read {
            place: place.clone(),
            source,
        };
        let head = read_head(input.open().map_err(broken)?).map_err(broken)?;
        if SIGNATURES
            .iter()
            .any(|signature| head.starts_with(signature))
        {
            return Err(Error::UnsupportedFormat { place });
        }
        let encoding = match options.encoding {
            Some(encoding) => encoding.with_mark_of(&head),
            None => guess_encoding(&head, &input)
                .map_err(broken)?
                .ok_or_else(|| Error::Encoding {
                    place: place.clone(),
                })?,
        };
        let is_whole = head.len() < HEAD;
        let mut text = Vec::new();
        encoding
            .decoder(io::Cursor::new(head))
            .read_to_end(&mut text)
            .map_err(broken)?;
        let text = String::from_utf8_lossy(&text);
        let named = separator_line(&text);
        let preamble = named.map_or(0, |(end, _)| end);
        let delimiter = options.delimiter.or(named.map(|(_, delimiter)| delimiter));
        let dialect = Dialect::guess(&text[preamble..], is_whole, delimiter, options.has_header);
        Ok(Self {
            id,
            input,
            encoding,
            dialect,
            preamble,
        })
    }

    fn layout(&self) -> Layout {
        Layout {
            delimiter: self.dialect.delimiter,
            paths: self.dialect.paths(),
            place: self.id.to_string(),
            room: Room::default(),
        }
    }
}

impl Source for CsvSource {
    fn id(&self) -> &TableId {
        &self.id
    }

    fn info(&self) -> TableInfo {
        let paths = self.dialect.paths();
        TableInfo {
            format: "csv",
            encoding: Some(self.encoding.name().to_owned()),
            delimiter: Some(char::from(self.dialect.delimiter).to_string()),
            header: Some(self.dialect.has_header),
            rows: None,
            cells: None,
            bytes: self.input.size(),
            schema: paths
                .into_iter()
                .map(|path| (path, DataType::String))
                .collect(),
        }
    }

    fn path(&self) -> Option<&Path> {
        self.input.path()
    }

    fn compression(&self) -> Compression {
        self.input.compression()
    }

    fn fingerprint(&self) -> Result<String> {
        self.input.fingerprint().map_err(|source| Error::Read {
            place: self.id.to_string(),
            source,
        })
    }

    fn read(&self) -> Result<Batches> {
        let place = self.id.to_string();
        let input = self.input.open().map_err(|source| Error::Read {
            place: place.clone(),
            source,
        })?;
        let mut text = self.encoding.decoder(input);
        let mut preamble = text.by_ref().take(self.preamble as u64);
        io::copy(&mut preamble, &mut io::sink()).map_err(|source| Error::Read {
            place: place.clone(),
            source,
        })?;
        let blocks = Blocks::new(text, self.dialect.delimiter);
        let layout = Arc::new(self.layout());
        let has_header = self.dialect.has_header;
        Ok(Box::new(blocks.enumerate().map(move |(index, block)| {
            let block =
                block.map_err(|stopped| stopped.explain(&format!("{place}, after {index} MiB")))?;
            Ok(pending(
                index as u64,
                block,
                &layout,
                has_header && index == 0,
            ))
        })))
    }

    fn hidden_names(&self) -> usize {
        self.dialect.hidden_names
    }

    fn csv_format(&self) -> Option<CsvFormat> {
        Some(CsvFormat {
            delimiter: self.dialect.delimiter,
            crlf: self.dialect.crlf,
            encoding: self.encoding,
            header: self.dialect.has_header.then(|| self.dialect.names.clone()),
            place: self.id.to_string(),
        })
    }
}

impl Stopped {
    /// The error that it is for a table.
    fn explain(self, place: &str) -> Error {
        let place = place.to_owned();
        match self {
            Self::Io(source) => Error::Read { place, source },
            Self::RecordTooLong => Error::Csv {
                place,
                what: "a record is longer than 16 MiB: is a quote never closed?",
            },
            Self::OpenQuote => Error::Csv {
                place,
                what: "the file ends inside a quoted cell: it is cut off, or a quote is never closed",
            },
        }
    }
}

fn pending(seq: u64, block: blocks::Block, layout: &Arc<Layout>, skip_header: bool) -> Pending {
    let layout = Arc::clone(layout);
    Pending {
        seq,
        bytes: block.bytes.len() as u64,
        rows: None,
        decode: Box::new(move || layout.batch(seq, block, skip_header)),
    }
}

/// The beginning of a stream.
pub(super) fn read_head(input: Box<dyn Read + Send>) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    input.take(HEAD as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// A file that begins in plain ASCII says nothing yet: its first other letters decide.
pub(super) fn guess_encoding(head: &[u8], input: &Input) -> io::Result<Option<Encoding>> {
    if !head.is_ascii() || head.len() < HEAD || head.contains(&0) {
        return Ok(Encoding::guess(head, head.len() < HEAD));
    }
    let mut rest = input.open()?.take(ASCII_LOOK_AHEAD);
    let mut window = vec![0; HEAD];
    loop {
        let count = rest.read(&mut window)?;
        if count == 0 {
            return Ok(Some(Encoding::Utf8 { bom: false }));
        }
        if let Some(first) = window[..count].iter().position(|b| !b.is_ascii()) {
            let mut sample = window[first..count].to_vec();
            rest.take(HEAD as u64).read_to_end(&mut sample)?;
            return Ok(Encoding::guess_unmarked(&sample, sample.len() < HEAD / 2));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_names_the_delimiter_is_no_record() {
        assert_eq!(separator_line("sep=;\r\na;b\r\n"), Some((7, b';')));
        assert_eq!(separator_line("sep=,\na,b\n"), Some((6, b',')));
        assert_eq!(separator_line("separator\n1\n"), None);
        assert_eq!(separator_line("sep=;"), None);
    }
}

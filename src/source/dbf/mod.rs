//! DBF: tables of dBase, FoxPro, Visual FoxPro, Clipper and 1C, with their memos. Deleted records are still in the file, so they
//! are read like all others; a column of its own tells them.
//!
//! Own code, because what exists reads numbers as floats, leaves deleted records out, cuts memos of dBase III at one block, knows
//! no KZ-1048, and panics on some damaged files.

mod cell;
mod header;
mod memo;

use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use polars::prelude::DataType;
use sha2::{Digest as _, Sha256};

use super::csv::codepage::{self, CodePage, Letters};
use super::csv::encoding::Encoding;
use super::csv::sniff::column_paths;
use super::feed::{RowBuilder, feed};
use super::input::fingerprint;
use super::{Batches, Options, Source, TableInfo};
use crate::batch::TableId;
use crate::error::{Error, Result};
use cell::{Held, end_of_text};
use header::{Header, Kind};
use memo::Memos;

const DELETED: u8 = b'*';
/// Marks of encodings: DOS and Windows for Russian.
const DOS: &[u8] = &[0x26, 0x65];
const WINDOWS: &[u8] = &[0xc9];

/// One DBF file.
pub(super) struct DbfSource {
    id: TableId,
    /// Fields and stretches of the file that cannot be looked into.
    unseen: u64,
    table: Arc<Table>,
}

/// What a reading thread needs to know.
struct Table {
    path: PathBuf,
    memos: Option<PathBuf>,
    header: Header,
    encoding: Encoding,
    /// Names of the columns; the last tells deleted records, where there are any.
    paths: Vec<String>,
    hidden_names: usize,
    has_deleted: bool,
    bytes: u64,
}

/// What a first reading tells.
#[derive(Default)]
struct Survey {
    letters: Letters,
    /// Texts with letters outside ASCII that are UTF-8, and that are not.
    utf8: (u64, u64),
    deleted: u64,
    /// By field: whether it holds something that is not looked into.
    unseen: Vec<bool>,
}

/// Reads a file once: in which encoding is it, and what of it cannot be looked into?
///
/// # Errors
/// When it cannot be read to its end.
pub(super) fn open(id: TableId, path: &Path, options: &Options) -> Result<DbfSource> {
    let place = id.to_string();
    let wrong = |what| Error::Source {
        place: place.clone(),
        what,
    };
    let unreadable = |e| Error::read(path, e);
    let file = File::open(path).map_err(unreadable)?;
    let bytes = file.metadata().map_err(unreadable)?.len();
    let header = Header::read(&mut BufReader::new(file)).map_err(wrong)?;
    let end = header.start + header.records * header.width as u64;
    if end > bytes {
        return Err(wrong("it is cut off: it has fewer records than it says"));
    }
    let mut table = Table {
        path: path.to_owned(),
        memos: memo::beside(path),
        header,
        encoding: Encoding::Utf8 { bom: false },
        paths: Vec::new(),
        hidden_names: 0,
        has_deleted: false,
        bytes,
    };
    let survey = table.survey(&place)?;
    table.encoding = match options.encoding {
        Some(encoding) => encoding,
        None => survey
            .encoding(table.header.mark)
            .ok_or_else(|| Error::Encoding {
                place: place.clone(),
            })?,
    };
    table.has_deleted = survey.deleted > 0;
    table.name_columns();
    let unseen = survey.unseen.iter().filter(|unseen| **unseen).count();
    let rest = has_more(path, end).map_err(unreadable)?;
    Ok(DbfSource {
        id,
        unseen: unseen as u64 + u64::from(rest),
        table: Arc::new(table),
    })
}

/// Tells whether anything but signs of its end stands behind the records.
fn has_more(path: &Path, end: u64) -> std::io::Result<bool> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(end))?;
    for byte in BufReader::new(file).bytes() {
        if !matches!(byte?, 0 | 0x1a | b'\r' | b'\n') {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Survey {
    fn look_at(&mut self, text: &[u8]) {
        if text.is_ascii() {
            return;
        }
        self.letters.add(text);
        let is_utf8 = std::str::from_utf8(text).is_ok();
        self.utf8.0 += u64::from(is_utf8);
        self.utf8.1 += u64::from(!is_utf8);
    }

    /// The encoding that the file names, where its letters do not say otherwise; no mark stands for Kazakh letters.
    fn encoding(&self, mark: u8) -> Option<Encoding> {
        // A text that its field was too short for may end inside a letter.
        if self.utf8.0 > 20 * self.utf8.1 || self.utf8 == (0, 0) {
            return Some(match page_of(mark) {
                Some(page) if self.utf8.0 == 0 => Encoding::Single(page),
                _ => Encoding::Utf8 { bom: false },
            });
        }
        let likely: &[&str] = match mark {
            mark if DOS.contains(&mark) => return page_of(mark).map(Encoding::Single),
            mark if WINDOWS.contains(&mark) => &["windows-1251", "kz-1048"],
            _ => &["windows-1251", "kz-1048", "cp866"],
        };
        let best = self.letters.best_of(likely);
        best.or_else(|| page_of(mark)).map(Encoding::Single)
    }
}

fn page_of(mark: u8) -> Option<&'static CodePage> {
    match mark {
        mark if DOS.contains(&mark) => codepage::named("cp866"),
        mark if WINDOWS.contains(&mark) => codepage::named("windows-1251"),
        _ => None,
    }
}

impl Table {
    fn survey(&self, place: &str) -> Result<Survey> {
        let mut survey = Survey {
            unseen: vec![false; self.header.fields.len()],
            ..Survey::default()
        };
        for field in &self.header.fields {
            survey.look_at(&field.name);
        }
        let mut memo = Vec::new();
        let mut reading = Reading::new(self, place)?;
        while reading.next()? {
            survey.deleted += u64::from(reading.is_deleted());
            for at in 0..self.header.fields.len() {
                match reading.held(at) {
                    Held::Letters(range) => survey.look_at(&reading.record[range]),
                    Held::Memo(block) => {
                        memo.clear();
                        reading.memo(block, &mut memo)?;
                        survey.look_at(&memo);
                    }
                    Held::Unseen => survey.unseen[at] = true,
                    Held::Made(_) | Held::Nothing => {}
                }
            }
        }
        Ok(survey)
    }

    fn name_columns(&mut self) {
        let seen = self
            .columns()
            .map(|at| self.text(&self.header.fields[at].name));
        let mut names: Vec<String> = seen.collect();
        if self.has_deleted {
            names.push("deleted".to_owned());
        }
        (self.paths, self.hidden_names) = column_paths(&names);
    }

    /// Fields that are columns.
    fn columns(&self) -> impl Iterator<Item = usize> + '_ {
        let is_seen = |at: &usize| self.header.fields[*at].kind != Kind::Unseen;
        (0..self.header.fields.len()).filter(is_seen)
    }

    fn text(&self, bytes: &[u8]) -> String {
        let mut text = Vec::new();
        self.decode(bytes, &mut text);
        String::from_utf8_lossy(&text).into_owned()
    }

    /// Appends text; what is none is counted where batches are repaired.
    fn decode(&self, bytes: &[u8], out: &mut Vec<u8>) {
        match self.encoding {
            Encoding::Single(page) => page.decode(bytes, out),
            Encoding::Utf8 { .. } | Encoding::Utf16 { .. } => out.extend_from_slice(bytes),
        }
    }
}

/// The records of a file, one held at a time.
struct Reading<'a> {
    table: &'a Table,
    place: &'a str,
    file: BufReader<File>,
    memos: Option<Memos>,
    record: Vec<u8>,
    number: u64,
}

impl<'a> Reading<'a> {
    fn new(table: &'a Table, place: &'a str) -> Result<Self> {
        let unreadable = |e| Error::read(&table.path, e);
        let mut file = File::open(&table.path).map_err(unreadable)?;
        let start = SeekFrom::Start(table.header.start);
        file.seek(start).map_err(unreadable)?;
        let memos = table.memos.as_deref().map(Memos::open).transpose();
        Ok(Self {
            table,
            place,
            file: BufReader::with_capacity(1 << 18, file),
            memos: memos.map_err(|what| Error::Source {
                place: place.to_owned(),
                what,
            })?,
            record: vec![0; table.header.width],
            number: 0,
        })
    }

    fn next(&mut self) -> Result<bool> {
        if self.number == self.table.header.records {
            return Ok(false);
        }
        self.number += 1;
        if self.file.read_exact(&mut self.record).is_err() {
            return Err(self.wrong("it is cut off: it has fewer records than it says"));
        }
        if !matches!(self.record[0], b' ' | DELETED) {
            return Err(self.wrong("it is damaged: a record does not begin as it should"));
        }
        Ok(true)
    }

    fn is_deleted(&self) -> bool {
        self.record[0] == DELETED
    }

    fn held(&self, field: usize) -> Held {
        let bits = self.table.header.bits.clone();
        let bits = bits.map_or(&b""[..], |bits| &self.record[bits]);
        self.table.header.fields[field].held(&self.record, bits)
    }

    /// A memo of a deleted record may be gone.
    fn memo(&mut self, block: u64, out: &mut Vec<u8>) -> Result<()> {
        let start = out.len();
        let read = match &mut self.memos {
            Some(memos) => memos.read(block, out),
            None => Err("its file of memos is missing"),
        };
        if let Err(what) = read {
            if !self.is_deleted() || self.memos.is_none() {
                return Err(self.wrong(what));
            }
            out.truncate(start);
        }
        out.truncate(start + end_of_text(&out[start..]));
        Ok(())
    }

    fn wrong(&self, what: &'static str) -> Error {
        Error::Source {
            place: format!("{}, record {}", self.place, self.number),
            what,
        }
    }

    /// Hands over all rows.
    fn hand_over(mut self, rows: &mut RowBuilder<'_>) -> Result<()> {
        let columns: Vec<usize> = self.table.columns().collect();
        let mut memo = Vec::new();
        while self.next()? {
            for &at in &columns {
                match self.held(at) {
                    Held::Letters(range) => {
                        rows.cell_of(|cell| self.table.decode(&self.record[range], cell))?;
                    }
                    Held::Made(text) => rows.cell(text.as_bytes())?,
                    Held::Memo(block) => {
                        memo.clear();
                        self.memo(block, &mut memo)?;
                        rows.cell_of(|cell| self.table.decode(&memo, cell))?;
                    }
                    Held::Nothing | Held::Unseen => rows.cell(b"")?,
                }
            }
            if self.is_deleted() {
                rows.cell(b"true")?;
                rows.problems().deleted_records += 1;
            }
            rows.end_row()?;
        }
        Ok(())
    }
}

impl Source for DbfSource {
    fn id(&self) -> &TableId {
        &self.id
    }

    fn info(&self) -> TableInfo {
        let paths = self.table.paths.iter();
        TableInfo {
            format: "dbf",
            encoding: Some(self.table.encoding.name().to_owned()),
            delimiter: None,
            header: None,
            rows: Some(self.table.header.records),
            cells: None,
            bytes: self.table.bytes,
            schema: paths.map(|path| (path.clone(), DataType::String)).collect(),
        }
    }

    fn path(&self) -> Option<&Path> {
        Some(&self.table.path)
    }

    fn fingerprint(&self) -> Result<String> {
        let mut hash = Sha256::new();
        for path in std::iter::once(&self.table.path).chain(&self.table.memos) {
            let mut file = File::open(path).map_err(|e| Error::read(path, e))?;
            hash.update(fingerprint(&mut file).map_err(|e| Error::read(path, e))?);
        }
        let hash = data_encoding::HEXLOWER.encode(&hash.finalize());
        Ok(format!("sha256:{hash}"))
    }

    fn read(&self) -> Result<Batches> {
        let table = Arc::clone(&self.table);
        feed(&self.id.0, move |outlet| {
            let mut rows = RowBuilder::new(outlet, table.paths.clone());
            Reading::new(&table, outlet.place())?.hand_over(&mut rows)?;
            rows.finish()
        })
    }

    fn hidden_names(&self) -> usize {
        self.table.hidden_names
    }

    fn not_looked_into(&self) -> u64 {
        self.unseen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_tell_the_encoding_where_the_file_does_not() {
        let kazakh = "Әлия Қасымқызы, Алматы қаласында тұрады, өтініші қабылданды";
        let russian = "Фамилия, имя и отчество клиента без замечаний";
        for (name, mark, text) in [
            ("kz-1048", 0xc9, kazakh),
            ("windows-1251", 0xc9, russian),
            ("cp866", 0x65, russian),
            ("cp866", 0, russian),
            ("windows-1251", 0, russian),
            ("windows-1251", 0x03, russian),
            ("kz-1048", 0, kazakh),
            ("utf-8", 0xc9, kazakh),
            ("cp866", 0x65, "plain"),
            ("utf-8", 0, "plain"),
        ] {
            let expected = Encoding::named(name).unwrap();
            let mut bytes = Vec::new();
            expected.encode(text, &mut bytes).unwrap();
            let mut survey = Survey::default();
            survey.look_at(&bytes);
            let told = survey.encoding(mark).unwrap();
            assert_eq!(told.name(), expected.name(), "{mark:#x} {text}");
        }
    }
}

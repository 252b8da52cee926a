//! Writes batches as CSV, in the dialect and encoding of the table they came from.

use polars::prelude::{DataFrame, DataType};

use super::encoding::Encoding;
use crate::error::{Error, Result};

/// How a CSV file is written.
#[derive(Clone, Debug)]
pub struct CsvFormat {
    /// Between cells.
    pub delimiter: u8,
    /// CR LF instead of LF.
    pub crlf: bool,
    /// Encoding of the text.
    pub encoding: Encoding,
    /// Column names, where the file has a header.
    pub header: Option<Vec<String>>,
    /// For errors.
    pub place: String,
}

impl CsvFormat {
    /// The same for the columns that are left. A table without a header that loses columns gets one: nobody could else
    /// tell which they are.
    #[must_use]
    pub fn of_columns(self, paths: &[String], is_left: impl Fn(&str) -> bool) -> Self {
        let is_whole = paths.iter().all(|path| is_left(path));
        let names = self.header.or_else(|| (!is_whole).then(|| paths.to_vec()));
        let left = |names: Vec<String>| {
            let both = paths.iter().zip(names);
            both.filter(|(path, _)| is_left(path))
                .map(|(_, name)| name)
                .collect()
        };
        Self {
            header: names.map(left),
            ..self
        }
    }

    /// Mark and header.
    ///
    /// # Errors
    /// When a name does not fit the encoding.
    pub fn head(&self) -> Result<Vec<u8>> {
        let mut bytes = self.encoding.mark().to_vec();
        if let Some(names) = &self.header {
            let mut writer = self.writer();
            writer.write_record(names).map_err(|_| self.internal())?;
            self.append(writer, &mut bytes)?;
        }
        Ok(bytes)
    }

    /// The records of a frame.
    ///
    /// # Errors
    /// When a column is nested, or a letter does not fit the encoding.
    pub fn records(&self, frame: &DataFrame) -> Result<Vec<u8>> {
        let columns = frame.columns().iter().map(|column| {
            if column.dtype().is_nested() {
                return Err(Error::NestedCsv {
                    place: self.place.clone(),
                    path: column.name().to_string(),
                });
            }
            column.cast(&DataType::String).map_err(|_| self.internal())
        });
        let columns = columns.collect::<Result<Vec<_>>>()?;
        let texts = columns
            .iter()
            .map(|c| c.str().map_err(|_| self.internal()))
            .collect::<Result<Vec<_>>>()?;
        let mut cells: Vec<_> = texts.iter().map(|text| text.iter()).collect();
        let mut writer = self.writer();
        for _ in 0..frame.height() {
            for column in &mut cells {
                writer
                    .write_field(column.next().flatten().unwrap_or(""))
                    .map_err(|_| self.internal())?;
            }
            writer
                .write_record(None::<&[u8]>)
                .map_err(|_| self.internal())?;
        }
        let mut bytes = Vec::new();
        self.append(writer, &mut bytes)?;
        Ok(bytes)
    }

    fn writer(&self) -> csv::Writer<Vec<u8>> {
        let end = if self.crlf {
            csv::Terminator::CRLF
        } else {
            csv::Terminator::Any(b'\n')
        };
        csv::WriterBuilder::new()
            .delimiter(self.delimiter)
            .terminator(end)
            .flexible(true)
            .from_writer(Vec::new())
    }

    fn append(&self, writer: csv::Writer<Vec<u8>>, bytes: &mut Vec<u8>) -> Result<()> {
        let utf8 = writer.into_inner().map_err(|_| self.internal())?;
        if matches!(self.encoding, Encoding::Utf8 { .. }) {
            bytes.extend_from_slice(&utf8);
            return Ok(());
        }
        let text = String::from_utf8(utf8).map_err(|_| self.internal())?;
        self.encoding
            .encode(&text, bytes)
            .ok_or_else(|| Error::Letter {
                place: self.place.clone(),
            })
    }

    fn internal(&self) -> Error {
        Error::Internal {
            place: self.place.clone(),
        }
    }
}

//! Where rewritten batches go: CSV as it was, or Parquet, under a temporary name until published.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use polars::io::parquet::write::BatchedWriter;
use polars::prelude::{DataFrame, ParquetCompression, ParquetWriter, Schema, StatisticsOptions};
use polars_utils::compression::ZstdLevel;

use super::csv::CsvFormat;
use super::input::Compression;
use super::staged::Staged;
use crate::budget;
use crate::error::{Error, Result};

/// What a table is written as.
#[derive(Clone, Debug)]
pub enum Format {
    /// CSV in a dialect, compressed as its source was.
    Csv(Box<CsvFormat>, Compression),
    /// Parquet, zstd level 1.
    Parquet,
}

/// A batch ready to be written; making it is the workers' part.
#[derive(Debug)]
pub enum Encoded {
    /// Records of a CSV file.
    Bytes(Vec<u8>),
    /// Rows of a Parquet file.
    Frame(DataFrame),
}

impl Format {
    /// Makes a batch ready.
    ///
    /// # Errors
    /// When it has no form in this format.
    pub fn encode(&self, frame: DataFrame) -> Result<Encoded> {
        match self {
            Self::Csv(format, _) => Ok(Encoded::Bytes(format.records(&frame)?)),
            Self::Parquet => Ok(Encoded::Frame(frame)),
        }
    }

    /// Starts a file for rows of a schema.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(&self, target: &Path, schema: &Schema) -> Result<Sink> {
        let staged = Staged::create(target)?;
        let out = match self {
            Self::Csv(format, compression) => {
                let mut out = CsvOut::new(staged.handle()?, *compression)
                    .map_err(|e| Error::write(target, e))?;
                out.write_all(&format.head()?)
                    .map_err(|e| Error::write(target, e))?;
                Out::Csv(Box::new(out))
            }
            Self::Parquet => Out::Parquet(Box::new(
                ParquetOut::new(staged.handle()?, schema).map_err(|e| parquet_error(target, &e))?,
            )),
        };
        Ok(Sink { out, staged })
    }
}

/// A table being written, batch after batch in order.
pub struct Sink {
    out: Out,
    staged: Staged,
}

enum Out {
    Csv(Box<CsvOut>),
    Parquet(Box<ParquetOut>),
}

impl Sink {
    /// Appends a batch.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn write(&mut self, batch: Encoded) -> Result<()> {
        match (&mut self.out, batch) {
            (Out::Csv(out), Encoded::Bytes(bytes)) => out
                .write_all(&bytes)
                .map_err(|e| Error::write(self.staged.target(), e)),
            (Out::Parquet(out), Encoded::Frame(frame)) => out
                .push(frame)
                .map_err(|e| parquet_error(self.staged.target(), &e)),
            _ => Err(Error::Internal {
                place: self.staged.target().display().to_string(),
            }),
        }
    }

    /// Ends the file and syncs it; it still has no final name.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn finish(self) -> Result<Staged> {
        let target = self.staged.target();
        match self.out {
            Out::Csv(out) => out.finish().map_err(|e| Error::write(target, e))?,
            Out::Parquet(out) => out.finish().map_err(|e| parquet_error(target, &e))?,
        }
        self.staged.sync()?;
        Ok(self.staged)
    }
}

fn parquet_error(target: &Path, error: &polars::error::PolarsError) -> Error {
    let source = match error {
        polars::error::PolarsError::IO { error, .. } => io::Error::from(error.kind()),
        _ => io::Error::other("the Parquet writer stopped: is the disk full?"),
    };
    Error::write(target, source)
}

enum CsvOut {
    Plain(io::BufWriter<File>),
    Gzip(flate2::write::GzEncoder<File>),
    Zstd(zstd::Encoder<'static, File>),
}

impl CsvOut {
    fn new(file: File, compression: Compression) -> io::Result<Self> {
        Ok(match compression {
            Compression::None => Self::Plain(io::BufWriter::with_capacity(1 << 20, file)),
            Compression::Gzip => Self::Gzip(flate2::write::GzEncoder::new(
                file,
                flate2::Compression::fast(),
            )),
            Compression::Zstd => Self::Zstd(zstd::Encoder::new(file, 1)?),
        })
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(out) => out.write_all(bytes),
            Self::Gzip(out) => out.write_all(bytes),
            Self::Zstd(out) => out.write_all(bytes),
        }
    }

    fn finish(self) -> io::Result<()> {
        match self {
            Self::Plain(mut out) => out.flush(),
            Self::Gzip(out) => out.finish().map(drop),
            Self::Zstd(out) => out.finish().map(drop),
        }
    }
}

/// Rows of a row group.
const GROUP_ROWS: usize = 128 << 10;

struct ParquetOut {
    writer: BatchedWriter<File>,
    schema: Schema,
    waiting: Option<DataFrame>,
    wrote_rows: bool,
}

impl ParquetOut {
    fn new(file: File, schema: &Schema) -> polars::error::PolarsResult<Self> {
        let writer = ParquetWriter::new(file)
            .with_compression(ParquetCompression::Zstd(Some(ZstdLevel::try_new(1)?)))
            .with_statistics(StatisticsOptions::default())
            .set_parallel(rayon::current_num_threads() > 1)
            .batched(schema)?;
        Ok(Self {
            writer,
            schema: schema.clone(),
            waiting: None,
            wrote_rows: false,
        })
    }

    fn push(&mut self, frame: DataFrame) -> polars::error::PolarsResult<()> {
        match &mut self.waiting {
            Some(waiting) => drop(waiting.vstack_mut_owned(frame)?),
            None => self.waiting = Some(frame),
        }
        let is_full = |frame: &DataFrame| {
            frame.height() >= GROUP_ROWS || frame.estimated_size() >= budget::group()
        };
        if self.waiting.as_ref().is_some_and(is_full) {
            self.flush()
        } else {
            Ok(())
        }
    }

    fn flush(&mut self) -> polars::error::PolarsResult<()> {
        if let Some(mut group) = self.waiting.take() {
            group.rechunk_mut();
            self.writer.write_batch(&group)?;
            self.wrote_rows = true;
        }
        Ok(())
    }

    fn finish(mut self) -> polars::error::PolarsResult<()> {
        self.flush()?;
        if !self.wrote_rows {
            self.writer
                .write_batch(&DataFrame::empty_with_schema(&self.schema))?;
        }
        self.writer.finish().map(drop)
    }
}

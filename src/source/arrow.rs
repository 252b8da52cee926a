//! Files and streams of Arrow (IPC, also called Feather), one record batch after another.

use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use polars::prelude::{
    ArrowSchema, Column, DataFrame, DataType, PolarsResult, Schema, SchemaExt as _, Series,
};
use polars_arrow::array::Array;
use polars_arrow::io::ipc::read::{
    FileMetadata, FileReader, StreamReader, StreamState, get_row_count_from_blocks,
    read_file_metadata, read_stream_metadata,
};
use polars_arrow::record_batch::RecordBatchT;

use super::feed::{Outlet, feed};
use super::input::fingerprint;
use super::parquet::wrong_names;
use super::{Batches, Pending, Source, TableInfo};
use crate::batch::{Batch, TableId};
use crate::budget;
use crate::error::{Error, Result};

const MAGIC: &[u8] = b"ARROW1";
const DAMAGED: &str = "a damaged Arrow file, or a codec or type that is not known";
/// A record batch stands in memory whole.
const LARGEST: u64 = 1 << 30;

type Input = BufReader<File>;

/// One Arrow file.
pub(super) struct ArrowSource {
    id: TableId,
    path: PathBuf,
    bytes: u64,
    layout: Layout,
    schema: Vec<(String, DataType)>,
    rows: Option<u64>,
}

/// How record batches stand in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    /// With a list of them at the end.
    File,
    /// One after another.
    Stream,
}

impl ArrowSource {
    /// Reads the schema of a file.
    ///
    /// # Errors
    /// When it is no Arrow file, or of a kind that is not known.
    pub(super) fn open(id: TableId, path: &Path) -> Result<Self> {
        let place = id.to_string();
        let unreadable = |e| Error::read(path, e);
        let mut file = File::open(path).map_err(unreadable)?;
        let bytes = file.metadata().map_err(unreadable)?.len();
        let mut head = [0; 6];
        let is_file = file.read_exact(&mut head).is_ok() && head == MAGIC;
        file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        let layout = if is_file {
            Layout::File
        } else {
            Layout::Stream
        };
        let mut input = BufReader::new(file);
        let (fields, rows) = guarded(&place, || match layout {
            Layout::File => {
                let metadata = read_file_metadata(&mut input)?;
                let rows = get_row_count_from_blocks(&mut input, &metadata.blocks)?;
                Ok((metadata.schema, u64::try_from(rows).ok()))
            }
            Layout::Stream => Ok((read_stream_metadata(&mut input)?.schema.into(), None)),
        })?;
        let schema = guarded(&place, || {
            let schema = Schema::from_arrow_schema(&fields);
            let columns = schema.iter();
            Ok(columns
                .map(|(name, dtype)| (name.to_string(), plain(dtype)))
                .collect::<Vec<_>>())
        })?;
        if let Some(what) = wrong_names(&schema) {
            return Err(Error::Source { place, what });
        }
        Ok(Self {
            id,
            path: path.to_owned(),
            bytes,
            layout,
            schema,
            rows,
        })
    }
}

/// The type of a column as it is handed on: dictionaries are text.
fn plain(dtype: &DataType) -> DataType {
    match dtype {
        DataType::Categorical(..) | DataType::Enum(..) => DataType::String,
        other => other.clone(),
    }
}

/// Makes a panic of the decoder and its words, which may quote cells, an error.
fn guarded<T>(place: &str, work: impl FnOnce() -> PolarsResult<T>) -> Result<T> {
    let done = catch_unwind(AssertUnwindSafe(work));
    done.ok()
        .and_then(PolarsResult::ok)
        .ok_or_else(|| wrong(place, DAMAGED))
}

fn wrong(place: &str, what: &'static str) -> Error {
    Error::Source {
        place: place.to_owned(),
        what,
    }
}

/// The record batches of a file, one held at a time.
struct Reading<'a> {
    outlet: &'a Outlet,
    schema: &'a [(String, DataType)],
    /// Share of a row in the bytes of the file.
    row_bytes: f64,
    seq: u64,
}

impl Reading<'_> {
    fn file(&mut self, mut input: Input, rows: u64) -> Result<()> {
        let place = self.outlet.place().to_owned();
        let metadata = guarded(&place, || read_file_metadata(&mut input))?;
        if largest(&metadata) > LARGEST {
            return Err(wrong(&place, "a record batch is larger than 1 GiB"));
        }
        let fields = metadata.schema.clone();
        let mut read = 0;
        let mut batches = FileReader::new(input, metadata, None, None);
        while let Some(batch) = guarded(&place, || batches.next().transpose())? {
            read += batch.len() as u64;
            self.hand_over(&fields, batch)?;
        }
        if read == rows {
            Ok(())
        } else {
            Err(wrong(&place, "fewer rows than it promises"))
        }
    }

    fn stream(&mut self, mut input: Input) -> Result<()> {
        let place = self.outlet.place().to_owned();
        let metadata = guarded(&place, || read_stream_metadata(&mut input))?;
        let fields = metadata.schema.clone();
        let mut batches = StreamReader::new(input, metadata, None);
        loop {
            match guarded(&place, || batches.next().transpose())? {
                Some(StreamState::Some(batch)) => self.hand_over(&fields, batch)?,
                Some(StreamState::Waiting) => {
                    return Err(wrong(&place, "the stream has no end: it is cut off"));
                }
                None => return Ok(()),
            }
        }
    }

    /// Cuts a record batch into parts that workers can hold.
    fn hand_over(
        &mut self,
        fields: &ArrowSchema,
        batch: RecordBatchT<Box<dyn Array>>,
    ) -> Result<()> {
        let place = self.outlet.place().to_owned();
        let frame = guarded(&place, || frame(fields, batch))?;
        let is_known =
            |(column, (_, dtype)): (&Column, &(String, DataType))| column.dtype() == dtype;
        if !frame.columns().iter().zip(self.schema).all(is_known) {
            return Err(wrong(&place, "a type that is not known"));
        }
        let width = frame.estimated_size() as u64 / frame.height().max(1) as u64;
        let step = usize::try_from(budget::part() / width.max(1))
            .unwrap_or(usize::MAX)
            .max(1024);
        let mut rest = frame;
        while rest.height() > 0 {
            let part = rest.head(Some(step));
            rest = rest.tail(Some(rest.height() - part.height()));
            let (seq, rows) = (self.seq, part.height() as u64);
            self.seq += 1;
            self.outlet.send(Pending {
                seq,
                bytes: (rows as f64 * self.row_bytes) as u64,
                rows: Some(rows),
                decode: Box::new(move || Ok(Batch::of_frame(seq, part))),
            })?;
        }
        Ok(())
    }
}

/// The largest part of a file that is read at once.
fn largest(metadata: &FileMetadata) -> u64 {
    let dictionaries = metadata.dictionaries.iter().flatten();
    let blocks = metadata.blocks.iter().chain(dictionaries);
    let bodies = blocks.map(|block| u64::try_from(block.body_length).unwrap_or(u64::MAX));
    bodies.max().unwrap_or(0)
}

fn frame(fields: &ArrowSchema, batch: RecordBatchT<Box<dyn Array>>) -> PolarsResult<DataFrame> {
    let height = batch.len();
    let column = |(field, array)| {
        let series = Series::try_from((field, vec![array]))?;
        let dtype = plain(series.dtype());
        let series = if series.dtype() == &dtype {
            series
        } else {
            series.cast(&dtype)?
        };
        Ok(Column::from(series))
    };
    let columns = fields.iter_values().zip(batch.into_arrays()).map(column);
    DataFrame::new(height, columns.collect::<PolarsResult<Vec<Column>>>()?)
}

impl Source for ArrowSource {
    fn id(&self) -> &TableId {
        &self.id
    }

    fn info(&self) -> TableInfo {
        TableInfo {
            format: "arrow",
            encoding: None,
            delimiter: None,
            header: None,
            rows: self.rows,
            cells: None,
            bytes: self.bytes,
            schema: self.schema.clone(),
        }
    }

    fn path(&self) -> Option<&Path> {
        Some(&self.path)
    }

    fn fingerprint(&self) -> Result<String> {
        let mut file = File::open(&self.path).map_err(|e| Error::read(&self.path, e))?;
        fingerprint(&mut file).map_err(|e| Error::read(&self.path, e))
    }

    fn read(&self) -> Result<Batches> {
        let (path, layout, schema) = (self.path.clone(), self.layout, self.schema.clone());
        let (rows, bytes) = (self.rows.unwrap_or(0), self.bytes);
        feed(&self.id.0, move |outlet| {
            let file = File::open(&path).map_err(|e| Error::read(&path, e))?;
            let mut reading = Reading {
                outlet,
                schema: &schema,
                row_bytes: bytes as f64 / rows.max(1) as f64,
                seq: 0,
            };
            match layout {
                Layout::File => reading.file(BufReader::new(file), rows),
                Layout::Stream => reading.stream(BufReader::new(file)),
            }
        })
    }
}

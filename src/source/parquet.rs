//! Parquet files, read one run of columns of a row group at a time, or some rows of one: every worker opens the file for itself.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Cursor, Read as _, Seek as _, SeekFrom};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use polars::io::parquet::read::FileMetadata;
use polars::prelude::{
    ArrowDataType, ArrowSchema, Column, DataFrame, DataType, PolarsResult, Schema, SchemaExt as _,
    Series,
};
use polars_parquet::read::{
    BasicDecompressor, ColumnChunkMetadata, Filter, PageReader, column_iter_to_arrays,
    infer_schema, read_metadata,
};

use super::csv::sniff::is_identifier;
use super::input::{Compression, fingerprint};
use super::{Batches, Pending, Source, TableInfo};
use crate::batch::{Batch, TableId, for_each_leaf, leaf_types};
use crate::budget;
use crate::error::{Error, Result};

/// Most rows of a batch with all columns.
const MOST_ROWS: u64 = 128 << 10;
/// Fewer rows are not worth a part of their own.
const LEAST_ROWS: u64 = 1024;
/// What a decoded cell takes beside its text.
const VIEW_BYTES: u64 = 16;

/// One Parquet file.
#[derive(Debug)]
pub(super) struct ParquetSource {
    id: TableId,
    bytes: u64,
    schema: Vec<(String, DataType)>,
    file: Arc<ParquetFile>,
}

/// What every worker needs to know of the file.
#[derive(Debug)]
struct ParquetFile {
    path: PathBuf,
    place: String,
    metadata: FileMetadata,
    fields: ArrowSchema,
}

/// Some rows and columns of one row group.
#[derive(Clone, Debug)]
struct Part {
    group: usize,
    /// Numbers of columns.
    fields: Arc<[usize]>,
    /// Columns of which cells are only counted.
    counted: Arc<[usize]>,
    /// Counted within the group.
    rows: Range<u64>,
}

impl ParquetSource {
    /// Reads the footer of a file.
    ///
    /// # Errors
    /// When it is no Parquet file, or of a kind that is not known.
    pub(super) fn open(id: TableId, path: &Path) -> Result<Self> {
        let mut file = File::open(path).map_err(|e| Error::read(path, e))?;
        let bytes = file.metadata().map_err(|e| Error::read(path, e))?.len();
        let place = id.to_string();
        let (metadata, fields) = guarded(&place, || {
            let broken = |e| Error::parquet(place.clone(), &e);
            let metadata = read_metadata(&mut file).map_err(broken)?;
            let fields = infer_schema(&metadata).map_err(broken)?;
            Ok((metadata, fields))
        })?;
        if (fields.iter_values()).any(|field| holds_seconds(field.dtype())) {
            return Err(Error::Parquet {
                place,
                what: "a time of day in whole seconds, which would be misread",
            });
        }
        let schema = guarded(&place, || {
            let schema = Schema::from_arrow_schema(&fields);
            let columns = schema.iter();
            Ok(columns
                .map(|(name, dtype)| (name.to_string(), dtype.clone()))
                .collect::<Vec<_>>())
        })?;
        if let Some(what) = wrong_names(&schema) {
            return Err(Error::Parquet { place, what });
        }
        let file = ParquetFile {
            path: path.to_owned(),
            place,
            metadata,
            fields,
        };
        if !(0..file.metadata.row_groups.len()).all(|group| file.is_sound(group)) {
            return Err(Error::Parquet {
                place: file.place,
                what: "fewer values than rows",
            });
        }
        Ok(Self {
            id,
            bytes,
            schema,
            file: Arc::new(file),
        })
    }

    fn batches(&self, parts: impl Iterator<Item = Part> + Send + 'static) -> Batches {
        let (file, of_all) = (self.file.clone(), self.bytes);
        let stored: u64 = (0..file.metadata.row_groups.len())
            .map(|group| file.stored(group, &file.all_fields()))
            .sum();
        Box::new(parts.enumerate().map(move |(index, part)| {
            let file = file.clone();
            let share = file.share(&part) / stored.max(1) as f64;
            Ok(Pending {
                seq: index as u64,
                bytes: (of_all as f64 * share) as u64,
                rows: Some(part.rows.end - part.rows.start),
                decode: Box::new(move || file.decode(index as u64, &part)),
            })
        }))
    }
}

impl ParquetFile {
    fn all_fields(&self) -> Arc<[usize]> {
        (0..self.fields.len()).collect()
    }

    fn rows(&self, group: usize) -> u64 {
        self.metadata.row_groups[group].num_rows() as u64
    }

    fn cells(&self, group: usize) -> u64 {
        let chunks = self.metadata.row_groups[group].parquet_columns().iter();
        let of_chunk =
            |chunk: &ColumnChunkMetadata| u64::try_from(chunk.num_values()).unwrap_or_default();
        chunks.map(of_chunk).fold(0, u64::saturating_add)
    }

    /// Tells whether every column has at least as many values as the group has rows.
    fn is_sound(&self, group: usize) -> bool {
        let has_enough = |chunk: &ColumnChunkMetadata| {
            u64::try_from(chunk.num_values()).is_ok_and(|values| values >= self.rows(group))
        };
        let chunks = self.metadata.row_groups[group].parquet_columns();
        chunks.iter().all(has_enough)
    }

    /// The chunks of a field, one for each of its leaves.
    fn chunks(&self, group: usize, field: usize) -> Vec<&ColumnChunkMetadata> {
        let name = self.fields.get_at_index(field).map(|(name, _)| name);
        let chunks =
            name.and_then(|name| self.metadata.row_groups[group].columns_under_root_iter(name));
        chunks.into_iter().flatten().collect()
    }

    /// About how many bytes a field takes when decoded.
    fn decoded(&self, group: usize, field: usize) -> u64 {
        let chunks = self.chunks(group, field);
        let of_chunk = |chunk: &&ColumnChunkMetadata| {
            let text = u64::try_from(chunk.uncompressed_size()).unwrap_or_default();
            let values = u64::try_from(chunk.num_values()).unwrap_or_default();
            text.saturating_add(values.saturating_mul(VIEW_BYTES))
        };
        chunks.iter().map(of_chunk).fold(0, u64::saturating_add)
    }

    /// How many bytes some fields take in the file.
    fn stored(&self, group: usize, fields: &[usize]) -> u64 {
        let chunks = fields.iter().flat_map(|&field| self.chunks(group, field));
        let of_chunk = |chunk: &ColumnChunkMetadata| {
            u64::try_from(chunk.compressed_size()).unwrap_or_default()
        };
        chunks.map(of_chunk).fold(0, u64::saturating_add)
    }

    /// How many bytes of the file a part takes.
    fn share(&self, part: &Part) -> f64 {
        let rows = (part.rows.end - part.rows.start) as f64 / self.rows(part.group).max(1) as f64;
        self.stored(part.group, &part.fields) as f64 * rows
    }

    /// Parts with all columns but those that are only counted.
    fn parts_of_rows(
        &self,
        group: usize,
        fields: &Arc<[usize]>,
        counted: &Arc<[usize]>,
    ) -> impl Iterator<Item = Part> + use<> {
        let counted = counted.clone();
        let widest = counted
            .iter()
            .map(|&field| self.decoded(group, field))
            .max();
        let width = widest.unwrap_or_default() / self.rows(group).max(1);
        let most_rows = MOST_ROWS.min(budget::part() / width.max(1)).max(LEAST_ROWS);
        let parts = self.slices(group, fields, most_rows);
        parts.map(move |part| Part {
            counted: counted.clone(),
            ..part
        })
    }

    /// Parts with as many columns as are decoded at once; a column that is larger is cut into parts of its rows.
    fn parts_of_columns(&self, group: usize) -> impl Iterator<Item = Part> + use<> {
        let mut runs: Vec<Vec<usize>> = Vec::new();
        let mut bytes = 0_u64;
        for field in 0..self.fields.len() {
            let more = self.decoded(group, field);
            bytes = bytes.saturating_add(more);
            if let Some(run) = runs.last_mut().filter(|_| bytes <= budget::part()) {
                run.push(field);
            } else {
                runs.push(vec![field]);
                bytes = more;
            }
        }
        let slices = runs
            .into_iter()
            .map(|run| self.slices(group, &run.into(), u64::MAX));
        slices.collect::<Vec<_>>().into_iter().flatten()
    }

    /// Cuts the rows of some columns so that each part is not too large.
    fn slices(
        &self,
        group: usize,
        fields: &Arc<[usize]>,
        most_rows: u64,
    ) -> impl Iterator<Item = Part> + use<> {
        let rows = self.rows(group);
        let decoded = fields.iter().map(|&field| self.decoded(group, field));
        let width = decoded.fold(0, u64::saturating_add) / rows.max(1);
        let step = (budget::part() / width.max(1)).clamp(LEAST_ROWS, most_rows);
        let fields = fields.clone();
        (0..rows.div_ceil(step)).map(move |n| Part {
            group,
            fields: fields.clone(),
            counted: Arc::default(),
            rows: n * step..rows.min((n + 1).saturating_mul(step)),
        })
    }

    fn decode(&self, seq: u64, part: &Part) -> Result<Batch> {
        let before = (0..part.group)
            .map(|group| self.rows(group))
            .fold(0, u64::saturating_add);
        let (first, last) = (
            before.saturating_add(part.rows.start),
            before.saturating_add(part.rows.end),
        );
        let place = format!("{}, rows {first} to {}", self.place, last.saturating_sub(1));
        let height = (part.rows.end - part.rows.start) as usize;
        let mut file = File::open(&self.path).map_err(|e| Error::read(&self.path, e))?;
        let mut decoded = |field: usize, rows: &Range<u64>| {
            let chunks = self
                .read(&mut file, part.group, field)
                .map_err(|e| Error::read(&self.path, e))?;
            guarded(&place, || {
                self.column(field, chunks, rows)
                    .map_err(|e| Error::parquet(place.clone(), &e))
            })
        };
        let mut left_out = 0;
        for &field in part.counted.iter() {
            let column = decoded(field, &part.rows)?;
            for_each_leaf(&column, &mut |_, values| {
                left_out += (values.len() - values.null_count()) as u64;
                Ok(())
            })?;
        }
        let columns = part.fields.iter().map(|&field| decoded(field, &part.rows));
        let columns = columns.collect::<Result<Vec<Column>>>()?;
        if columns.iter().any(|column| column.len() != height) {
            return Err(Error::Parquet {
                place,
                what: "fewer rows than its footer promises",
            });
        }
        let frame = DataFrame::new(height, columns).map_err(|e| Error::parquet(place, &e))?;
        Ok(Batch {
            first_column: part.fields.first().copied().unwrap_or_default(),
            left_out,
            ..Batch::of_frame(seq, frame)
        })
    }

    /// The stored bytes of a field.
    fn read(
        &self,
        file: &mut File,
        group: usize,
        field: usize,
    ) -> io::Result<Vec<(&ColumnChunkMetadata, Vec<u8>)>> {
        let mut read = |chunk: &ColumnChunkMetadata| -> io::Result<Vec<u8>> {
            let range = chunk.byte_range();
            let length = range.end.saturating_sub(range.start);
            // No more than there is, whatever the footer says.
            let room = length.min(file.metadata()?.len());
            let mut bytes = Vec::with_capacity(usize::try_from(room).unwrap_or_default());
            file.seek(SeekFrom::Start(range.start))?;
            let mut stored = file.by_ref().take(length);
            stored.read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        let chunks = self.chunks(group, field).into_iter();
        chunks.map(|chunk| Ok((chunk, read(chunk)?))).collect()
    }

    fn column<'a>(
        &self,
        field: usize,
        chunks: Vec<(&'a ColumnChunkMetadata, Vec<u8>)>,
        rows: &Range<u64>,
    ) -> PolarsResult<Column> {
        let (name, field) = self
            .fields
            .get_at_index(field)
            .expect("a field of the file");
        let rows = rows.start as usize..rows.end as usize;
        if chunks.is_empty() {
            let dtype = DataType::from_arrow_field(field);
            return Ok(Column::full_null(name.clone(), rows.len(), &dtype));
        }
        let open = |(chunk, bytes): (&ColumnChunkMetadata, Vec<u8>)| {
            let pages = PageReader::new(Cursor::new(bytes.into()), chunk, Vec::new(), usize::MAX);
            BasicDecompressor::new(pages, Vec::new())
        };
        let type_of =
            |chunk: &'a ColumnChunkMetadata| &chunk.descriptor().descriptor.primitive_type;
        let types = chunks.iter().map(|(chunk, _)| type_of(chunk)).collect();
        let pages = chunks.into_iter().map(open).collect();
        let filter = Some(Filter::new_ranged(rows.start, rows.end));
        let (arrays, _) = column_iter_to_arrays(pages, types, field.clone(), filter)?;
        Ok(Series::try_from((field, arrays))?.into())
    }
}

/// The decoder takes the stored milliseconds of such a column for seconds.
fn holds_seconds(dtype: &ArrowDataType) -> bool {
    match dtype {
        ArrowDataType::Time32(unit) => format!("{unit:?}") == "Second",
        ArrowDataType::List(inner)
        | ArrowDataType::LargeList(inner)
        | ArrowDataType::FixedSizeList(inner, _) => holds_seconds(&inner.dtype),
        ArrowDataType::Struct(fields) => fields.iter().any(|field| holds_seconds(&field.dtype)),
        _ => false,
    }
}

/// Paths must tell columns apart, and must not tell about persons: reports print them. Says what is wrong about them.
pub(super) fn wrong_names(schema: &[(String, DataType)]) -> Option<&'static str> {
    let mut seen = HashSet::new();
    for (path, _) in schema
        .iter()
        .flat_map(|(name, dtype)| leaf_types(name, dtype))
    {
        if path.split(['.', '[']).any(is_identifier) {
            return Some("a column's name is itself personal data: rename the column first");
        }
        if !seen.insert(path) {
            return Some("two columns have the same path: rename one of them first");
        }
    }
    None
}

impl Source for ParquetSource {
    fn id(&self) -> &TableId {
        &self.id
    }

    fn info(&self) -> TableInfo {
        let groups = 0..self.file.metadata.row_groups.len();
        TableInfo {
            format: "parquet",
            encoding: None,
            delimiter: None,
            header: None,
            rows: Some(
                (groups.clone().map(|group| self.file.rows(group))).fold(0, u64::saturating_add),
            ),
            cells: Some(
                groups
                    .map(|group| self.file.cells(group))
                    .fold(0, u64::saturating_add),
            ),
            bytes: self.bytes,
            schema: self.schema.clone(),
        }
    }

    fn path(&self) -> Option<&Path> {
        Some(&self.file.path)
    }

    fn compression(&self) -> Compression {
        Compression::None
    }

    fn fingerprint(&self) -> Result<String> {
        let path = &self.file.path;
        let mut file = File::open(path).map_err(|e| Error::read(path, e))?;
        fingerprint(&mut file).map_err(|e| Error::read(path, e))
    }

    fn read(&self) -> Result<Batches> {
        self.read_without(&HashSet::new())
    }

    fn read_without(&self, unwanted: &HashSet<String>) -> Result<Batches> {
        let file = self.file.clone();
        let groups = 0..file.metadata.row_groups.len();
        let is_wanted = |field: &usize| !unwanted.contains(&self.schema[*field].0);
        let (wanted, counted): (Vec<usize>, Vec<usize>) =
            (0..self.schema.len()).partition(is_wanted);
        let (wanted, counted) = (wanted.into(), counted.into());
        let parts = move |group| file.parts_of_rows(group, &wanted, &counted);
        Ok(self.batches(groups.flat_map(parts)))
    }

    fn read_columns(&self) -> Result<Batches> {
        let file = self.file.clone();
        let groups = 0..file.metadata.row_groups.len();
        Ok(self.batches(groups.flat_map(move |group| file.parts_of_columns(group))))
    }
}

/// Makes a panic of the decoder an error; what it would say may quote cells.
fn guarded<T>(place: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(Error::Parquet {
            place: place.to_owned(),
            what: "damaged data, or a type that is not known",
        })
    })
}

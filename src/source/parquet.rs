//! Parquet files, read a slice of a row group at a time: every worker opens the file for itself.

use std::collections::HashSet;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use polars::prelude::{
    ArrowDataType, DataType, ParallelStrategy, ParquetReader, Schema, SchemaExt as _,
    SerReader as _,
};

use super::csv::sniff::is_identifier;
use super::input::{Compression, fingerprint};
use super::{Batches, Pending, Source, TableInfo};
use crate::batch::{Batch, TableId, leaf_types};
use crate::error::{Error, Result};

/// Decoded size of a slice to aim at.
const SLICE_BYTES: u64 = 24 << 20;
/// Most rows of a slice.
const SLICE_ROWS: u64 = 128 << 10;

/// One Parquet file.
#[derive(Debug)]
pub(super) struct ParquetSource {
    id: TableId,
    path: PathBuf,
    bytes: u64,
    schema: Vec<(String, DataType)>,
    /// Rows and uncompressed size of every row group.
    groups: Vec<(u64, u64)>,
}

impl ParquetSource {
    /// Reads the footer of a file.
    ///
    /// # Errors
    /// When it is no Parquet file, or of a kind that is not known.
    pub(super) fn open(id: TableId, path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|e| Error::read(path, e))?;
        let bytes = file.metadata().map_err(|e| Error::read(path, e))?.len();
        let place = id.to_string();
        let (schema, groups) = guarded(&place, || {
            let mut reader = ParquetReader::new(file);
            let broken = |e| Error::parquet(place.clone(), &e);
            let arrow = reader.schema().map_err(broken)?;
            if arrow
                .iter_values()
                .any(|field| holds_seconds(field.dtype()))
            {
                return Err(Error::Parquet {
                    place: place.clone(),
                    what: "a time of day in whole seconds, which would be misread",
                });
            }
            let schema = Schema::from_arrow_schema(&arrow);
            let fields = schema
                .iter()
                .map(|(name, dtype)| (name.to_string(), dtype.clone()))
                .collect::<Vec<_>>();
            let metadata = reader.get_metadata().map_err(broken)?;
            let groups = metadata
                .row_groups
                .iter()
                .map(|g| (g.num_rows() as u64, g.total_byte_size() as u64))
                .collect::<Vec<_>>();
            Ok((fields, groups))
        })?;
        check_names(&place, &schema)?;
        Ok(Self {
            id,
            path: path.to_owned(),
            bytes,
            schema,
            groups,
        })
    }

    /// First row, number of rows and share of the file's bytes of every slice.
    fn slices(&self) -> impl Iterator<Item = (u64, u64, u64)> + use<> {
        let total_rows = self
            .groups
            .iter()
            .fold(0_u64, |sum, (rows, _)| sum.saturating_add(*rows))
            .max(1);
        let file_bytes = self.bytes;
        let mut first = 0_u64;
        self.groups
            .clone()
            .into_iter()
            .flat_map(move |(rows, bytes)| {
                let width = (bytes / rows.max(1)).max(1);
                let step = (SLICE_BYTES / width).clamp(1024, SLICE_ROWS);
                let from = first;
                first = first.saturating_add(rows);
                (0..rows.div_ceil(step)).map(move |n| {
                    let count = step.min(rows - n * step);
                    let share = (file_bytes as f64 * count as f64 / total_rows as f64) as u64;
                    (from + n * step, count, share)
                })
            })
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

/// Paths must tell columns apart, and must not tell about persons: reports print them.
fn check_names(place: &str, schema: &[(String, DataType)]) -> Result<()> {
    let refused = |what| {
        Err(Error::Parquet {
            place: place.to_owned(),
            what,
        })
    };
    let mut seen = HashSet::new();
    for (path, _) in schema
        .iter()
        .flat_map(|(name, dtype)| leaf_types(name, dtype))
    {
        if path.split(['.', '[']).any(is_identifier) {
            return refused("a column's name is itself personal data: rename the column first");
        }
        if !seen.insert(path) {
            return refused("two columns have the same path: rename one of them first");
        }
    }
    Ok(())
}

impl Source for ParquetSource {
    fn id(&self) -> &TableId {
        &self.id
    }

    fn info(&self) -> TableInfo {
        TableInfo {
            format: "parquet",
            encoding: None,
            delimiter: None,
            header: None,
            rows: Some(self.groups.iter().map(|(rows, _)| rows).sum()),
            bytes: self.bytes,
            schema: self.schema.clone(),
        }
    }

    fn path(&self) -> Option<&Path> {
        Some(&self.path)
    }

    fn compression(&self) -> Compression {
        Compression::None
    }

    fn fingerprint(&self) -> Result<String> {
        let mut file = File::open(&self.path).map_err(|e| Error::read(&self.path, e))?;
        fingerprint(&mut file).map_err(|e| Error::read(&self.path, e))
    }

    fn read(&self) -> Result<Batches> {
        let path = self.path.clone();
        let place = self.id.to_string();
        Ok(Box::new(self.slices().enumerate().map(
            move |(index, (first, rows, bytes))| {
                let (path, place, seq) = (
                    path.clone(),
                    format!("{place}, rows {first} to {}", first + rows - 1),
                    index as u64,
                );
                Ok(Pending {
                    seq,
                    bytes,
                    decode: Box::new(move || decode(&path, &place, seq, first, rows)),
                })
            },
        )))
    }
}

fn decode(path: &Path, place: &str, seq: u64, first: u64, rows: u64) -> Result<Batch> {
    let file = File::open(path).map_err(|e| Error::read(path, e))?;
    let internal = |_| Error::Internal {
        place: place.to_owned(),
    };
    let slice = (
        usize::try_from(first).map_err(internal)?,
        usize::try_from(rows).map_err(internal)?,
    );
    guarded(place, || {
        let frame = ParquetReader::new(file)
            .with_slice(Some(slice))
            .read_parallel(ParallelStrategy::None)
            .finish()
            .map_err(|e| Error::parquet(place, &e))?;
        if frame.height() == slice.1 {
            Ok(Batch::of_frame(seq, frame))
        } else {
            Err(Error::Parquet {
                place: place.to_owned(),
                what: "fewer rows than its footer promises",
            })
        }
    })
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

//! Rows on their way through the program, and the paths that name their columns.

use std::borrow::Cow;
use std::fmt;

use polars::prelude::{
    ChunkNestingUtils as _, Column, DataFrame, DataType, IntoSeries as _, Series,
    StringChunkedBuilder,
};

use crate::buffers::Buffer;
use crate::error::{Error, Result};

/// Names one table for people: a path relative to what was asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableId(pub String);

impl fmt::Display for TableId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Some rows of one table, with their place in it.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Counts batches of a table from 0.
    pub seq: u64,
    /// The rows. Cells of CSV are text; an empty cell is null.
    pub rows: Rows,
    /// What was odd while reading these rows.
    pub problems: Problems,
    /// How many columns of these rows are in other batches that come before.
    pub first_column: usize,
    /// Filled cells of columns that were left out.
    pub left_out: u64,
}

/// The rows of a batch, as their source has them.
#[derive(Clone, Debug)]
pub enum Rows {
    /// Of a format with types.
    Frame(DataFrame),
    /// Of a format that knows text only.
    Text(TextRows),
}

/// Where a cell begins and ends.
pub type Bounds = (u32, u32);

/// Rows of text, the cells of which stand in one buffer; an empty cell is null.
#[derive(Clone, Debug)]
pub struct TextRows {
    /// Column paths.
    pub names: Vec<String>,
    /// Number of rows.
    pub height: usize,
    /// By column: where the cell of every row begins and ends.
    pub columns: Vec<Buffer<Bounds>>,
    /// The buffer; UTF-8 once repaired.
    pub bytes: Buffer<u8>,
}

impl TextRows {
    /// Replaces what is no text by U+FFFD and tells in how many cells there was any.
    pub fn repair(&mut self) -> u64 {
        if simdutf8::basic::from_utf8(&self.bytes).is_ok() {
            return 0;
        }
        let mut repaired = Vec::with_capacity(self.bytes.len());
        let mut malformed = 0;
        for (start, end) in self.columns.iter_mut().flat_map(|column| column.iter_mut()) {
            let cell = String::from_utf8_lossy(&self.bytes[*start as usize..*end as usize]);
            malformed += u64::from(matches!(cell, Cow::Owned(_)));
            *start = repaired.len() as u32;
            repaired.extend_from_slice(cell.as_bytes());
            *end = repaired.len() as u32;
        }
        self.bytes = repaired.into();
        malformed
    }

    /// The text that bounds of cells are offsets of.
    ///
    /// # Panics
    /// When it was not repaired.
    pub fn text(&self) -> &str {
        simdutf8::basic::from_utf8(&self.bytes).expect("repaired text")
    }

    fn frame(&self, is_wanted: &dyn Fn(&str) -> bool) -> Result<DataFrame> {
        let text = self.text();
        let wanted = self.columns().filter(|(name, _)| is_wanted(name));
        let columns = wanted.map(|(name, cells)| {
            let mut builder = StringChunkedBuilder::new(name.into(), self.height);
            for &(start, end) in cells {
                let cell = &text[start as usize..end as usize];
                builder.append_option(Some(cell).filter(|cell| !cell.is_empty()));
            }
            builder.finish().into_series().into()
        });
        DataFrame::new(self.height, columns.collect()).map_err(|_| Error::Internal {
            place: "a batch of text".to_owned(),
        })
    }

    fn filled(&self, is_counted: &dyn Fn(&str) -> bool) -> u64 {
        let counted = self.columns().filter(|(name, _)| is_counted(name));
        let filled = counted
            .flat_map(|(_, cells)| cells)
            .filter(|(start, end)| start < end);
        filled.count() as u64
    }

    /// Names and cells.
    fn columns(&self) -> impl Iterator<Item = (&str, &[Bounds])> {
        let columns = self.names.iter().zip(&self.columns);
        columns.map(|(name, cells)| (name.as_str(), cells.as_slice()))
    }
}

impl Batch {
    /// Rows of a format with types, nothing odd about them.
    pub fn of_frame(seq: u64, frame: DataFrame) -> Self {
        Self {
            seq,
            rows: Rows::Frame(frame),
            problems: Problems::default(),
            first_column: 0,
            left_out: 0,
        }
    }

    /// Number of rows.
    pub fn height(&self) -> usize {
        match &self.rows {
            Rows::Frame(frame) => frame.height(),
            Rows::Text(text) => text.height,
        }
    }

    /// Number of rows of which no other batch has earlier columns.
    pub fn new_rows(&self) -> u64 {
        if self.first_column == 0 {
            self.height() as u64
        } else {
            0
        }
    }

    /// The rows as a frame.
    ///
    /// # Errors
    /// When two columns have one name.
    pub fn frame(&self) -> Result<Cow<'_, DataFrame>> {
        Ok(self.frame_without(&|_| false)?.0)
    }

    /// The rows as a frame without some columns, and the number of filled cells that are not in it; a format with types has
    /// left out what it could.
    ///
    /// # Errors
    /// When two columns have one name.
    pub fn frame_without(
        &self,
        is_unwanted: &dyn Fn(&str) -> bool,
    ) -> Result<(Cow<'_, DataFrame>, u64)> {
        match &self.rows {
            Rows::Frame(frame) => Ok((Cow::Borrowed(frame), self.left_out)),
            Rows::Text(text) => {
                let frame = text.frame(&|name| !is_unwanted(name))?;
                Ok((Cow::Owned(frame), text.filled(is_unwanted)))
            }
        }
    }
}

/// The filled cells of one leaf as text; yes and no are no text.
pub type Texts<'a> = dyn Iterator<Item = Cow<'a, str>> + 'a;

impl Batch {
    /// Calls `visit` with the path and the filled cells of every leaf.
    ///
    /// # Errors
    /// When a column is of a type that has no text, or cannot be taken apart.
    pub fn for_each_text(&self, visit: &mut dyn FnMut(&str, &mut Texts<'_>)) -> Result<()> {
        let rows = match &self.rows {
            Rows::Text(rows) => rows,
            Rows::Frame(frame) => {
                return frame.columns().iter().try_for_each(|column| {
                    for_each_leaf(column, &mut |path, values| {
                        texts_of_leaf(&path, values, visit)
                    })
                });
            }
        };
        let text = rows.text();
        for (path, cells) in rows.columns() {
            let cells = cells
                .iter()
                .filter(|(start, end)| start < end)
                .map(|&(start, end)| Cow::Borrowed(&text[start as usize..end as usize]));
            visit(path, &mut { cells });
        }
        Ok(())
    }
}

fn texts_of_leaf(
    path: &str,
    values: &Series,
    visit: &mut dyn FnMut(&str, &mut Texts<'_>),
) -> Result<()> {
    let broken = |e| Error::parquet(path, &e);
    match values.dtype() {
        DataType::Boolean | DataType::Null => visit(path, &mut std::iter::empty()),
        DataType::Binary => {
            let cells = values.binary().map_err(broken)?;
            visit(path, &mut cells.iter().flatten().map(text_of_bytes));
        }
        _ => {
            let text = values.cast(&DataType::String).map_err(broken)?;
            let cells = text.str().map_err(broken)?;
            visit(path, &mut cells.iter().flatten().map(Cow::Borrowed));
        }
    }
    Ok(())
}

/// Bytes that are no text are written in hexadecimal digits.
pub(crate) fn text_of_bytes(bytes: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(bytes).map_or_else(
        |_| Cow::Owned(data_encoding::HEXLOWER.encode(bytes)),
        Cow::Borrowed,
    )
}

/// Oddities met while reading, counted; none of them loses a cell silently.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    /// Records with fewer cells than the header; the missing ones are null.
    pub short_records: u64,
    /// Records with more cells than the header; they go to `overflow` columns.
    pub long_records: u64,
    /// Cells whose bytes are not text in the table's encoding.
    pub malformed_cells: u64,
    /// Records that were deleted and are still in the file.
    pub deleted_records: u64,
    /// Numbers of more digits than the program that wrote them keeps.
    pub rounded_numbers: u64,
}

impl Problems {
    /// Adds two counts.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        Self {
            short_records: self.short_records + other.short_records,
            long_records: self.long_records + other.long_records,
            malformed_cells: self.malformed_cells + other.malformed_cells,
            deleted_records: self.deleted_records + other.deleted_records,
            rounded_numbers: self.rounded_numbers + other.rounded_numbers,
        }
    }
}

/// Calls `visit` with the path and the values of every leaf below a column.
///
/// Lists add `[]` to the path, struct fields `.name`; the values of a list's leaf are those of all rows, flattened.
///
/// # Errors
/// Those of `visit`, and when a nested column cannot be taken apart.
pub fn for_each_leaf(
    column: &Column,
    visit: &mut dyn FnMut(String, &Series) -> Result<()>,
) -> Result<()> {
    descend(
        column.name().to_string(),
        column.as_materialized_series(),
        visit,
    )
}

fn descend(
    path: String,
    series: &Series,
    visit: &mut dyn FnMut(String, &Series) -> Result<()>,
) -> Result<()> {
    let broken = |error| Error::parquet(path.clone(), &error);
    match series.dtype() {
        DataType::Struct(_) => {
            for field in series.struct_().map_err(broken)?.fields_as_series() {
                descend(format!("{path}.{}", field.name()), &field, visit)?;
            }
            Ok(())
        }
        DataType::List(_) => {
            let lists = series
                .list()
                .map_err(broken)?
                .trim_lists_to_normalized_offsets();
            let inner = lists
                .as_ref()
                .unwrap_or(series.list().map_err(broken)?)
                .get_inner();
            descend(format!("{path}[]"), &inner, visit)
        }
        DataType::Array(..) => {
            let inner = series.array().map_err(broken)?.get_inner();
            descend(format!("{path}[]"), &inner, visit)
        }
        _ => visit(path, series),
    }
}

/// Paths and types of all leaves of a schema, in order.
pub fn leaf_types(name: &str, dtype: &DataType) -> Vec<(String, DataType)> {
    match dtype {
        DataType::Struct(fields) => fields
            .iter()
            .flat_map(|f| leaf_types(&format!("{name}.{}", f.name()), f.dtype()))
            .collect(),
        DataType::List(inner) | DataType::Array(inner, _) => {
            leaf_types(&format!("{name}[]"), inner)
        }
        leaf => vec![(name.to_owned(), leaf.clone())],
    }
}

/// Short name of a type as findings print it.
pub fn type_name(dtype: &DataType) -> &'static str {
    match dtype {
        DataType::String | DataType::Categorical(..) | DataType::Enum(..) => "text",
        DataType::Boolean => "boolean",
        DataType::Date => "date",
        DataType::Datetime(..) => "datetime",
        DataType::Time => "time",
        DataType::Duration(_) => "duration",
        DataType::Binary | DataType::BinaryOffset => "binary",
        DataType::Decimal(..) => "decimal",
        DataType::Null => "null",
        other if other.is_integer() => "integer",
        other if other.is_float() => "float",
        _ => "other",
    }
}

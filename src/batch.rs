//! Rows on their way through the program, and the paths that name their columns.

use std::fmt;

use polars::prelude::{ChunkNestingUtils as _, Column, DataFrame, DataType, Series};

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
    pub frame: DataFrame,
    /// What was odd while reading these rows.
    pub problems: Problems,
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
}

impl Problems {
    /// Adds two counts.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        Self {
            short_records: self.short_records + other.short_records,
            long_records: self.long_records + other.long_records,
            malformed_cells: self.malformed_cells + other.malformed_cells,
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

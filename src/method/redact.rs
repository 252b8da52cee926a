//! Nothing stays but the fact that there was a value: text becomes a fixed word, every other type becomes null.

use polars::error::PolarsResult;
use polars::prelude::{DataType, Series};

use super::{Class, ColumnContext, Method, Run, map_text};
use crate::traces::PLACEHOLDER;

/// See the module.
pub(super) struct Redact;

impl Method for Redact {
    fn id(&self) -> &'static str {
        "redact"
    }

    fn class(&self) -> Class {
        Class::Destroyed
    }

    fn fits(&self, dtype: &DataType) -> bool {
        !dtype.is_nested()
    }

    fn apply(
        &self,
        values: &Series,
        _column: &ColumnContext<'_>,
        _run: &Run,
    ) -> PolarsResult<Series> {
        match values.dtype() {
            DataType::String | DataType::Categorical(..) | DataType::Enum(..) => {
                map_text(values, |_| Some(PLACEHOLDER.to_owned()))
            }
            dtype => Ok(Series::full_null(
                values.name().clone(),
                values.len(),
                dtype,
            )),
        }
    }
}

//! Cells as the types that their database gives them, where tables are rewritten; a scan looks at their text.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use polars::prelude::{BooleanChunked, Float64Chunked, Int32Chunked, Int64Chunked};
use polars::prelude::{
    Column, DataFrame, DataType, IntoSeries as _, NewChunkedArray as _, PlSmallStr, Series,
    StringChunked, TimeUnit,
};

use crate::batch::{Batch, Rows};
use crate::error::Error;
use crate::source::Pending;

/// The same batch with typed cells.
pub(super) fn typed(pending: Pending, place: &str, types: &[DataType]) -> Pending {
    let (place, types) = (place.to_owned(), types.to_vec());
    let decode = pending.decode;
    Pending {
        decode: Box::new(move || {
            let batch = decode()?;
            let text = batch.frame()?.into_owned();
            let columns = text.columns().iter().zip(&types);
            let columns: Option<Vec<Column>> = columns
                .map(|(column, dtype)| Some(cells(column.str().ok()?, dtype)?.into()))
                .collect();
            let frame = columns.and_then(|columns| DataFrame::new(text.height(), columns).ok());
            let frame = frame.ok_or(Error::Source {
                place,
                what: "a number or a date has no form outside the database: is a date infinite, or before our era?",
            })?;
            Ok(Batch {
                rows: Rows::Frame(frame),
                ..batch
            })
        }),
        ..pending
    }
}

/// `None` when a cell is not of the type.
fn cells(text: &StringChunked, dtype: &DataType) -> Option<Series> {
    let name = text.name().clone();
    Some(match dtype {
        DataType::Boolean => {
            let cells = parsed(text, |cell| match cell {
                "t" | "true" | "1" => Some(true),
                "f" | "false" | "0" => Some(false),
                _ => None,
            })?;
            BooleanChunked::from_iter_options(name, cells.into_iter()).into_series()
        }
        DataType::Int64 => integers(name, parsed(text, |cell| cell.parse().ok())?),
        DataType::Float64 => {
            let cells = parsed(text, |cell| cell.parse().ok())?;
            Float64Chunked::from_iter_options(name, cells.into_iter()).into_series()
        }
        DataType::Date => {
            let cells = parsed(text, days)?;
            let days = Int32Chunked::from_iter_options(name, cells.into_iter());
            days.into_series().cast(dtype).ok()?
        }
        DataType::Datetime(TimeUnit::Microseconds, _) => {
            let ticks = integers(name, parsed(text, micros)?);
            ticks.cast(dtype).ok()?
        }
        _ => text.clone().into_series(),
    })
}

fn integers(name: PlSmallStr, cells: Vec<Option<i64>>) -> Series {
    Int64Chunked::from_iter_options(name, cells.into_iter()).into_series()
}

/// Nulls stay; `None` when any cell cannot be read.
fn parsed<T>(text: &StringChunked, read: impl Fn(&str) -> Option<T>) -> Option<Vec<Option<T>>> {
    text.iter()
        .map(|cell| match cell {
            None => Some(None),
            Some(cell) => read(cell).map(Some),
        })
        .collect()
}

fn days(cell: &str) -> Option<i32> {
    let date: Date = cell.parse().ok()?;
    let since = date.since((jiff::Unit::Day, jiff::civil::date(1970, 1, 1)));
    Some(since.ok()?.get_days())
}

/// `2030-01-31 12:00:00.5`, also with an offset such as `+00`.
fn micros(cell: &str) -> Option<i64> {
    let (day, rest) = cell.split_once([' ', 'T'])?;
    let at = rest.find(['+', '-', 'Z']).unwrap_or(rest.len());
    let (time, offset) = rest.split_at(at);
    let civil: DateTime = format!("{day}T{time}").parse().ok()?;
    let utc = matches!(offset, "" | "Z" | "+00" | "+00:00" | "-00" | "-00:00");
    let moment: Timestamp = if utc {
        civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp()
    } else {
        let minutes = if offset.contains(':') { "" } else { ":00" };
        format!("{day}T{time}{offset}{minutes}").parse().ok()?
    };
    Some(moment.as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::NamedFrom as _;

    fn shown(cells_of: &[Option<&str>], dtype: &DataType) -> Option<Vec<String>> {
        let text = Series::new("a".into(), cells_of);
        let typed = cells(text.str().unwrap(), dtype)?;
        let back = typed.cast(&DataType::String).unwrap();
        let shown = back.str().unwrap().iter();
        Some(
            shown
                .map(|cell| cell.unwrap_or("null").to_owned())
                .collect(),
        )
    }

    #[test]
    fn cells_get_the_type_of_their_column() {
        let ints = shown(
            &[Some("-7"), None, Some("9223372036854775807")],
            &DataType::Int64,
        );
        assert_eq!(ints.unwrap(), ["-7", "null", "9223372036854775807"]);
        let dates = shown(&[Some("1850-01-31"), Some("2030-12-01")], &DataType::Date);
        assert_eq!(dates.unwrap(), ["1850-01-31", "2030-12-01"]);
        let moments = DataType::Datetime(TimeUnit::Microseconds, None);
        let shown_moments = shown(
            &[
                Some("2030-01-31 12:00:00.5"),
                Some("1850-01-01 00:00:00+00"),
            ],
            &moments,
        );
        assert_eq!(
            shown_moments.unwrap(),
            ["2030-01-31 12:00:00.500000", "1850-01-01 00:00:00.000000"]
        );
        assert_eq!(
            micros("2030-01-01 06:00:00+06"),
            micros("2030-01-01 00:00:00")
        );
        let flags = shown(&[Some("t"), Some("0"), None], &DataType::Boolean);
        assert_eq!(flags.unwrap(), ["true", "false", "null"]);
    }

    #[test]
    fn what_has_no_such_form_is_no_null() {
        assert!(shown(&[Some("infinity")], &DataType::Date).is_none());
        assert!(shown(&[Some("0044-03-15 BC")], &DataType::Date).is_none());
        assert!(shown(&[Some("1.5")], &DataType::Int64).is_none());
    }
}

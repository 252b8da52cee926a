//! Gives every so many neighbours in order of size their mean: no value is of fewer cells than a group has.
//!
//! J. Domingo-Ferrer, J. M. Mateo-Sanz, "Practical data-oriented microaggregation for statistical disclosure control", IEEE
//! TKDE 14(1), 2002, with groups of a fixed size over one column.

use polars::error::PolarsResult;
use polars::prelude::{DataType, NamedFrom as _, Series};

use super::dates::{self, is_date};
use super::noise::AMOUNTS;
use super::numbers::{self, Number};
use super::settings::{Settings, within};
use super::{Class, ColumnContext, Method, Run, is_plain};

/// See the module.
pub(super) struct Microaggregate;

const GROUP: u32 = 5;

impl Method for Microaggregate {
    fn id(&self) -> &'static str {
        "microaggregate"
    }

    fn class(&self) -> Class {
        Class::Generalised
    }

    fn fits(&self, dtype: &DataType) -> bool {
        is_plain(dtype)
            && (matches!(dtype, DataType::Date | DataType::Datetime(..))
                || dtype.is_numeric()
                || numbers::is_text(dtype))
    }

    fn settings(&self) -> &'static [&'static str] {
        &["group"]
    }

    fn check(&self, settings: &Settings) -> Result<(), String> {
        settings.only(self.settings())?;
        within("group", settings.group, 3..=1000)
    }

    fn suits(&self, category: Option<&str>) -> bool {
        category.is_none_or(|id| is_date(id) || AMOUNTS.contains(&id) || id == "age")
    }

    fn apply(
        &self,
        values: &Series,
        column: &ColumnContext<'_>,
        _run: &Run,
    ) -> PolarsResult<Series> {
        let group = column.settings.group.unwrap_or(GROUP) as usize;
        match values.dtype() {
            DataType::Date => moments(values, &DataType::Int32, group),
            DataType::Datetime(..) => moments(values, &DataType::Int64, group),
            _ => {
                let cells = if column.category.is_some_and(is_date) {
                    written_dates(values, group)?
                } else {
                    written_numbers(values, group)?
                };
                numbers::rebuild(values, cells)
            }
        }
    }
}

fn moments(values: &Series, physical: &DataType, group: usize) -> PolarsResult<Series> {
    let counts = values.to_physical_repr().cast(&DataType::Int64)?;
    let counts: Vec<_> = (counts.i64()?.iter())
        .map(|count| count.map(i128::from))
        .collect();
    let means: Vec<Option<i64>> = (means(&counts, group).into_iter())
        .map(|mean| mean.and_then(|mean| i64::try_from(mean).ok()))
        .collect();
    Series::new(values.name().clone(), means)
        .cast(physical)?
        .cast(values.dtype())
}

/// All in the layout of the first; times of day go.
fn written_dates(values: &Series, group: usize) -> PolarsResult<Vec<Option<String>>> {
    let text = values.cast(&DataType::String)?;
    let cells = text.str()?.iter();
    let read: Vec<_> = cells.map(|cell| dates::parse(cell?.trim())).collect();
    let Some(first) = read.iter().flatten().next() else {
        return Ok(vec![None; read.len()]);
    };
    let days: Vec<_> = (read.iter())
        .map(|date| date.map(|date| i128::from(date.days)))
        .collect();
    let written = |mean: i128| Some(dates::write(i64::try_from(mean).ok()?, first.layout));
    Ok(means(&days, group)
        .into_iter()
        .map(|mean| mean.and_then(written))
        .collect())
}

/// All with as many decimal places as the longest, and written like the first: the way of writing tells nothing.
fn written_numbers(values: &Series, group: usize) -> PolarsResult<Vec<Option<String>>> {
    let read = numbers::read(values)?;
    let places = read.iter().flatten().map(|number| number.places).max();
    let with_point = |number: &&Number| number.places > 0;
    let first = read.iter().flatten().find(with_point);
    let (Some(places), Some(like)) = (places, first.or(read.iter().flatten().next())) else {
        return Ok(vec![None; read.len()]);
    };
    let units: Vec<_> = (read.iter())
        .map(|number| Some(number.as_ref()?.with_places(places)?.units))
        .collect();
    let written = |units| {
        let number = Number {
            units,
            places,
            ..*like
        };
        number.write()
    };
    Ok(means(&units, group)
        .into_iter()
        .map(|mean| mean.map(written))
        .collect())
}

/// The mean of each value's group; nothing where there are fewer values than a group has.
fn means(values: &[Option<i128>], group: usize) -> Vec<Option<i128>> {
    let mut order: Vec<(i128, usize)> = (values.iter().enumerate())
        .filter_map(|(row, value)| Some(((*value)?, row)))
        .collect();
    order.sort_unstable();
    let mut means = vec![None; values.len()];
    let groups = order.len() / group;
    for number in 0..groups {
        let start = number * group;
        // The last one takes the rest.
        let end = if number + 1 == groups {
            order.len()
        } else {
            start + group
        };
        let mean = mean(order[start..end].iter().map(|(value, _)| *value));
        for (_, row) in &order[start..end] {
            means[*row] = mean;
        }
    }
    means
}

/// Rounded half up; nothing where the sum is too large.
fn mean(values: impl ExactSizeIterator<Item = i128>) -> Option<i128> {
    let count = values.len() as i128;
    let mut sum = 0_i128;
    for value in values {
        sum = sum.checked_add(value)?;
    }
    Some(
        sum.checked_mul(2)?
            .checked_add(count)?
            .div_euclid(2 * count),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_group_has_its_mean_and_a_second_time_changes_nothing() {
        let values = [9, 1, 2, 3, 100, 8, 7, 101].map(Some);
        let once = means(&values, 3);
        assert_eq!(once, [45, 2, 2, 2, 45, 45, 45, 45].map(Some));
        assert_eq!(means(&once, 3), once);
        assert_eq!(means(&[Some(1), None, Some(2)], 3), [None; 3]);
        assert_eq!(mean([-1, -2].into_iter()), Some(-1));
    }
}

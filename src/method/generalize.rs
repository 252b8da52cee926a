//! Less exact values, by the steps of a [`ladder`]: a date becomes its year, a phone its operator, an address its region.
//! What cannot be made less exact becomes the fixed word of `redact`.

use std::collections::HashMap;

use polars::error::PolarsResult;
use polars::prelude::{DataType, NamedFrom as _, Series};

use super::civil::{first_day_of, year_of};
use super::dates::ticks_per_day;
use super::ladder::{AMOUNT, Step, climb, ladder};
use super::settings::{Settings, within};
use super::{Class, ColumnContext, Method, Run, is_plain, map_text};
use crate::pattern::normalize::fold;
use crate::traces::PLACEHOLDER;

/// See the module.
pub(super) struct Generalize;

/// Values of a batch of which is remembered what they became.
const MOST_KNOWN: usize = 1 << 14;

impl Method for Generalize {
    fn id(&self) -> &'static str {
        "generalize"
    }

    fn class(&self) -> Class {
        Class::Generalised
    }

    fn fits(&self, dtype: &DataType) -> bool {
        is_plain(dtype)
    }

    fn settings(&self) -> &'static [&'static str] {
        &["level"]
    }

    fn check(&self, settings: &Settings) -> Result<(), String> {
        settings.only(self.settings())?;
        within("level", settings.level, 0..=9)
    }

    fn apply(
        &self,
        values: &Series,
        column: &ColumnContext<'_>,
        _run: &Run,
    ) -> PolarsResult<Series> {
        let level = usize::from(column.settings.level.unwrap_or(1));
        let steps = ladder(column.category);
        match values.dtype() {
            _ if level == 0 => Ok(values.clone()),
            DataType::String => {
                let mut known = HashMap::<String, String>::new();
                map_text(values, |cell| {
                    let met = known.get(cell).cloned();
                    Some(met.unwrap_or_else(|| {
                        let coarser = coarser(steps, level, cell);
                        if known.len() < MOST_KNOWN {
                            known.insert(cell.to_owned(), coarser.clone());
                        }
                        coarser
                    }))
                })
            }
            DataType::Date => whole_years(values, &DataType::Int32, 1, level),
            DataType::Datetime(unit, _) => {
                whole_years(values, &DataType::Int64, ticks_per_day(*unit), level)
            }
            dtype if dtype.is_integer() && is_code(column.category) => {
                map_text(values, |cell| climb(steps, level, cell))
            }
            dtype if dtype.is_integer() && column.category == Some("age") => {
                numbers(values, steps, level)
            }
            dtype if dtype.is_numeric() => numbers(values, AMOUNT, level),
            dtype => Ok(Series::full_null(
                values.name().clone(),
                values.len(),
                dtype,
            )),
        }
    }
}

fn coarser(steps: &[Step], level: usize, cell: &str) -> String {
    let coarser = if steps.is_empty() {
        None
    } else {
        climb(steps, level, &fold(cell.trim()))
    };
    coarser.unwrap_or_else(|| PLACEHOLDER.to_owned())
}

/// The first step is a number again and keeps the type; further ones are text.
fn numbers(values: &Series, steps: &[Step], level: usize) -> PolarsResult<Series> {
    let coarser = map_text(values, |cell| climb(steps, level, cell))?;
    if level == 1 {
        coarser.cast(values.dtype())
    } else {
        Ok(coarser)
    }
}

/// Moves every date to the first day of its year, or of its five or ten years; the type stays.
fn whole_years(
    values: &Series,
    physical: &DataType,
    ticks: i64,
    level: usize,
) -> PolarsResult<Series> {
    let width = match level {
        1 => 1,
        2 => 5,
        3 => 10,
        _ => {
            let none = Series::full_null(values.name().clone(), values.len(), values.dtype());
            return Ok(none);
        }
    };
    let first_day = |count: i64| {
        let year = year_of(count.div_euclid(ticks));
        first_day_of(year.div_euclid(width) * width).checked_mul(ticks)
    };
    let counts = values.to_physical_repr().cast(&DataType::Int64)?;
    let years: Vec<Option<i64>> = counts
        .i64()?
        .iter()
        .map(|count| count.and_then(first_day))
        .collect();
    Series::new(values.name().clone(), years)
        .cast(physical)?
        .cast(values.dtype())
}

/// Numbers that are codes: their leading digit says nothing, their parts do.
fn is_code(category: Option<&str>) -> bool {
    matches!(
        category,
        Some("iin" | "phone_number" | "home_phone" | "work_phone" | "postal_code" | "birth_date")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::Detectors;

    fn at_level(level: u8, category: &str, values: &Series) -> Series {
        let run = Run::new(Detectors::builtin()).unwrap();
        let settings = Settings {
            level: Some(level),
            ..Settings::NONE
        };
        let context = ColumnContext {
            settings: &settings,
            ..ColumnContext::of(Some(category))
        };
        Generalize.apply(values, &context, &run).unwrap()
    }

    #[test]
    fn levels_lead_up_to_anything() {
        let texts = Series::new("c".into(), ["31.12.1835", "soon"]);
        for (level, first, second) in [
            (1, "1835", "[redacted]"),
            (2, "1835..1839", "[redacted]"),
            (3, "1830..1839", "[redacted]"),
            (4, "*", "*"),
        ] {
            let after = at_level(level, "birth_date", &texts);
            let cells: Vec<_> = after.str().unwrap().iter().flatten().collect();
            assert_eq!(cells, [first, second]);
        }
        let after = at_level(9, "full_name", &texts);
        assert_eq!(after.str().unwrap().get(0), Some("[redacted]"));
    }

    #[test]
    fn numbers_and_dates_keep_their_type_where_they_can() {
        let ages = Series::new("c".into(), [37_i64, 8]);
        let decades = at_level(1, "age", &ages);
        assert_eq!(decades.i64().unwrap().get(0), Some(30));
        let more = at_level(2, "age", &ages);
        assert_eq!(more.str().unwrap().get(0), Some("20..39"));
        let days = Series::new("c".into(), [-48_943_i32])
            .cast(&DataType::Date)
            .unwrap();
        for (level, year) in [(1, 1836), (2, 1835), (3, 1830)] {
            let after = at_level(level, "birth_date", &days)
                .to_physical_repr()
                .into_owned();
            let day = after.i32().unwrap().get(0).unwrap();
            assert_eq!(i64::from(day), first_day_of(year), "{level}");
        }
        assert_eq!(at_level(4, "birth_date", &days).null_count(), 1);
    }
}

//! Puts something in the place of a value that looks like one and belongs to nobody. What is put there is drawn without a
//! look at the value: equal values get unrelated ones.

mod names;
mod numbers;

use std::collections::HashSet;

use polars::error::PolarsResult;
use polars::prelude::{DataType, NamedFrom as _, Series};

use super::civil::first_day_of;
use super::dates::{self, Layout, ticks_per_day};
use super::random::Random;
use super::{Class, ColumnContext, Method, Run, is_plain, numbers::is_text};
use crate::detect::spans::canonical;

/// See the module.
pub(super) struct Fake;

/// Draws one value; `like` tells how the column is written, never what is in it.
type Generator = fn(like: Like, random: &mut Random) -> String;

/// How the cells of a column are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Like {
    /// With digits only.
    is_bare: bool,
    /// With letters of the Latin script only.
    is_latin: bool,
    /// As dates.
    layout: Layout,
}

/// When every draw was met with in the batch, the value goes.
const TRIES: usize = 100;

impl Method for Fake {
    fn id(&self) -> &'static str {
        "fake"
    }

    fn class(&self) -> Class {
        Class::Randomised
    }

    fn fits(&self, dtype: &DataType) -> bool {
        is_plain(dtype)
            && (is_text(dtype)
                || dtype.is_integer()
                || matches!(dtype, DataType::Date | DataType::Datetime(..)))
    }

    fn suits(&self, category: Option<&str>) -> bool {
        generator(category).is_some()
    }

    fn apply(
        &self,
        values: &Series,
        column: &ColumnContext<'_>,
        run: &Run,
    ) -> PolarsResult<Series> {
        let random = &mut run.random();
        match values.dtype() {
            DataType::Date => long_gone(values, column, &DataType::Int32, 1, random),
            DataType::Datetime(unit, _) => {
                let ticks = ticks_per_day(*unit);
                long_gone(values, column, &DataType::Int64, ticks, random)
            }
            _ => {
                let cells = invented(values, column, random)?;
                super::numbers::rebuild(values, cells)
            }
        }
    }
}

fn generator(category: Option<&str>) -> Option<Generator> {
    Some(match category? {
        "iin" => numbers::iin,
        "phone_number" | "home_phone" | "work_phone" | "wallet_number" => numbers::phone,
        "id_card_number" => numbers::id_card,
        "passport_number" => numbers::passport,
        "bank_account" => numbers::iban,
        "payment_card_number" => numbers::card,
        "vehicle_plate" => numbers::plate,
        "email" => names::email,
        "login" => names::login,
        "last_name" | "first_name" | "patronymic" | "maiden_name" => names::word,
        "full_name" | "legal_representative" | "related_person" => names::words,
        "birth_date" => |like, random| dates::write(day_of_1800s(random), like.layout),
        _ => return None,
    })
}

/// One for every filled cell; none of them is in the batch.
fn invented(
    values: &Series,
    column: &ColumnContext<'_>,
    random: &mut Random,
) -> PolarsResult<Vec<Option<String>>> {
    let text = values.cast(&DataType::String)?;
    let text = text.str()?;
    let taken: HashSet<String> = text.iter().flatten().map(canonical).collect();
    let generator = generator(column.category);
    let like = like(text.iter().flatten());
    let mut draw = || {
        let mut drawn = (0..TRIES).map(|_| generator.map(|draw| draw(like, random)));
        drawn
            .find(|value| (value.as_ref()).is_none_or(|value| !taken.contains(&canonical(value))))
            .flatten()
    };
    Ok(text.iter().map(|cell| cell.and_then(|_| draw())).collect())
}

/// Of all cells together: what is put in the place of one does not follow it in anything.
fn like<'a>(cells: impl Iterator<Item = &'a str>) -> Like {
    let (mut is_bare, mut is_latin, mut layout) = (true, true, None);
    for cell in cells {
        is_bare &= cell.bytes().all(|b| b.is_ascii_digit());
        is_latin &= cell.is_ascii();
        layout = layout.or_else(|| Some(dates::parse(cell.trim())?.layout));
    }
    Like {
        is_bare,
        is_latin,
        layout: layout.unwrap_or(Layout::DayFirst('.')),
    }
}

/// A day of 1810 to 1899: nobody who was born then lives.
fn day_of_1800s(random: &mut Random) -> i64 {
    let (first, end) = (first_day_of(1810), first_day_of(1900));
    first + random.below((end - first) as u64).cast_signed()
}

fn long_gone(
    values: &Series,
    column: &ColumnContext<'_>,
    physical: &DataType,
    ticks: i64,
    random: &mut Random,
) -> PolarsResult<Series> {
    if column.category != Some("birth_date") {
        let none = Series::full_null(values.name().clone(), values.len(), values.dtype());
        return Ok(none);
    }
    let counts = values.to_physical_repr().cast(&DataType::Int64)?;
    let counts = counts.i64()?;
    let taken: HashSet<i64> = counts.iter().flatten().collect();
    let mut draw = || {
        let mut drawn = (0..TRIES).map(|_| day_of_1800s(random) * ticks);
        drawn.find(|count| !taken.contains(count))
    };
    let days: Vec<Option<i64>> = counts
        .iter()
        .map(|count| count.and_then(|_| draw()))
        .collect();
    Series::new(values.name().clone(), days)
        .cast(physical)?
        .cast(values.dtype())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::category::Catalog;
    use crate::detect::Detectors;
    use crate::traces::PLACEHOLDER;

    fn faked(category: &str, values: &Series) -> Series {
        let run = Run::new(Detectors::builtin()).unwrap();
        Fake.apply(values, &ColumnContext::of(Some(category)), &run)
            .unwrap()
    }

    #[test]
    fn equal_values_get_unrelated_ones_and_none_of_the_batch() {
        for category in Catalog::builtin().categories.iter().map(|c| c.id.as_str()) {
            if !Fake.suits(Some(category)) {
                continue;
            }
            let values = Series::new("c".into(), vec![Some("77"); 40])
                .extend_constant(polars::prelude::AnyValue::Null, 1)
                .unwrap();
            let after = faked(category, &values);
            let cells: Vec<_> = after.str().unwrap().iter().collect();
            assert_eq!(cells[40], None);
            let distinct: HashSet<_> = cells[..40].iter().flatten().collect();
            assert!(distinct.len() > 30, "{category}: {}", distinct.len());
            assert!(!distinct.contains(&PLACEHOLDER), "{category}");
        }
    }

    #[test]
    fn columns_of_numbers_and_dates_keep_their_type() {
        let numbers = Series::new("c".into(), [Some(850_101_100_012_i64), None]);
        for category in [
            "iin",
            "phone_number",
            "id_card_number",
            "payment_card_number",
        ] {
            let after = faked(category, &numbers);
            assert_eq!(after.dtype(), &DataType::Int64);
            assert!(after.i64().unwrap().get(0).is_some(), "{category}");
        }
        let days = Series::new("c".into(), [-49_308_i32])
            .cast(&DataType::Date)
            .unwrap();
        let after = faked("birth_date", &days).to_physical_repr().into_owned();
        let day = i64::from(after.i32().unwrap().get(0).unwrap());
        assert!(
            ("1810-01-01".."1900-01-01")
                .contains(&dates::write(day, Layout::YearFirst('-')).as_str())
        );
    }

    #[test]
    fn the_days_are_those_of_the_years_from_1810_on() {
        let bounds = ["01.01.1810", "31.12.1899"].map(|text| dates::parse(text).unwrap().days);
        let mut random = Random::of([2; 32]);
        let drawn: Vec<i64> = (0..200_000).map(|_| day_of_1800s(&mut random)).collect();
        assert!(
            drawn
                .iter()
                .all(|day| (bounds[0]..=bounds[1]).contains(day))
        );
        assert!(drawn.contains(&bounds[0]) && drawn.contains(&bounds[1]));
    }
}

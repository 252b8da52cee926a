//! Moves dates by whole days. All dates of one subject move alike in all tables of a run, so the time between them stays.

use polars::error::PolarsResult;
use polars::prelude::{DataType, NamedFrom as _, Series};

use super::dates::{self, is_date, ticks_per_day};
use super::numbers;
use super::random::Random;
use super::settings::{Settings, within};
use super::{Class, ColumnContext, Method, Run, is_plain};
use crate::detect::spans::canonical;
use crate::pattern::normalize::is_missing;
use crate::traces::{is_token, is_trace};

/// See the module.
pub(super) struct DateShift;

const DAYS: u32 = 365;

impl Method for DateShift {
    fn id(&self) -> &'static str {
        "date-shift"
    }

    fn class(&self) -> Class {
        Class::Randomised
    }

    fn fits(&self, dtype: &DataType) -> bool {
        is_plain(dtype)
            && (matches!(dtype, DataType::Date | DataType::Datetime(..))
                || dtype.is_integer()
                || numbers::is_text(dtype))
    }

    fn settings(&self) -> &'static [&'static str] {
        &["days", "subject"]
    }

    fn check(&self, settings: &Settings) -> Result<(), String> {
        settings.only(self.settings())?;
        within("days", settings.days, 30..=3650)
    }

    fn suits(&self, category: Option<&str>) -> bool {
        category.is_none_or(is_date)
    }

    fn apply(
        &self,
        values: &Series,
        column: &ColumnContext<'_>,
        run: &Run,
    ) -> PolarsResult<Series> {
        let offsets = offsets(values, column, run)?;
        match values.dtype() {
            DataType::Date => moved(values, &DataType::Int32, 1, &offsets),
            DataType::Datetime(unit, _) => {
                moved(values, &DataType::Int64, ticks_per_day(*unit), &offsets)
            }
            _ => {
                let text = values.cast(&DataType::String)?;
                let cells = text.str()?.iter().zip(&offsets);
                let moved = cells.map(|(cell, offset)| {
                    let date = dates::parse(cell?.trim())?;
                    Some(dates::write(date.days + offset, date.layout) + date.time)
                });
                numbers::rebuild(values, moved.collect())
            }
        }
    }
}

/// How far each cell moves.
fn offsets(values: &Series, column: &ColumnContext<'_>, run: &Run) -> PolarsResult<Vec<i64>> {
    let most = column.settings.days.unwrap_or(DAYS);
    let mut random = run.random();
    let Some(subjects) = column.subjects.filter(|s| s.len() == values.len()) else {
        return Ok((0..values.len())
            .map(|_| offset(most, &mut random))
            .collect());
    };
    let mut searcher = run.searcher(subjects);
    let mut of_subject = |cell: &str| {
        let known = searcher.identifier(cell).map(|(_, text)| text);
        let subject = known.unwrap_or_else(|| canonical(cell));
        offset(
            most,
            &mut Random::of(run.key.derive("date", subject.as_bytes())),
        )
    };
    let text = subjects.cast(&DataType::String)?;
    let cells = text.str()?.iter();
    Ok(cells
        .map(|cell| {
            let named = cell.map(str::trim).filter(|cell| names_somebody(cell));
            named.map_or_else(|| offset(most, &mut random), &mut of_subject)
        })
        .collect())
}

/// What stands for no subject would give many people one offset.
fn names_somebody(cell: &str) -> bool {
    !is_missing(cell) && (!is_trace(cell) || is_token(cell))
}

/// So many days at most, forward or back, never none.
fn offset(most: u32, random: &mut Random) -> i64 {
    let most = i64::from(most);
    let drawn = random.below(2 * most as u64).cast_signed() - most;
    if drawn < 0 { drawn } else { drawn + 1 }
}

/// Moves days or parts of days; the type stays.
fn moved(
    values: &Series,
    physical: &DataType,
    ticks: i64,
    offsets: &[i64],
) -> PolarsResult<Series> {
    let counts = values.to_physical_repr().cast(&DataType::Int64)?;
    let moved: Vec<Option<i64>> = (counts.i64()?.iter().zip(offsets))
        .map(|(count, offset)| count?.checked_add(offset * ticks))
        .collect();
    Series::new(values.name().clone(), moved)
        .cast(physical)?
        .cast(values.dtype())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::Detectors;

    #[test]
    fn offsets_are_never_none_and_within_their_bounds() {
        let mut random = Random::of([5; 32]);
        let drawn: Vec<i64> = (0..2000).map(|_| offset(30, &mut random)).collect();
        assert!(drawn.iter().all(|days| *days != 0 && days.abs() <= 30));
        assert!(drawn.contains(&30) && drawn.contains(&-30) && drawn.contains(&1));
    }

    #[test]
    fn the_time_between_dates_of_one_subject_stays() {
        let run = Run::new(Detectors::builtin()).unwrap();
        let subjects = Series::new(
            "iin".into(),
            [
                "000101100016",
                "101100016",
                "850101200019",
                "000 101 100 016",
            ],
        );
        let context = ColumnContext {
            subjects: Some(&subjects),
            ..ColumnContext::of(None)
        };
        let texts = [
            "01.01.1835",
            "1835-01-11T10:00",
            "21.01.1835",
            "31.01.1835 09:30",
        ];
        let after = DateShift
            .apply(&Series::new("d".into(), texts), &context, &run)
            .unwrap();
        let cells: Vec<&str> = after.str().unwrap().iter().flatten().collect();
        let days = |at: usize| dates::parse(cells[at]).unwrap().days;
        assert_eq!((days(1) - days(0), days(3) - days(1)), (10, 20));
        assert!(cells[1].ends_with("T10:00") && cells[3].ends_with(" 09:30"));
        let typed = Series::new("d".into(), [-49_308_i32, -49_298, -49_288, -49_278])
            .cast(&DataType::Date)
            .unwrap();
        let after = DateShift.apply(&typed, &context, &run).unwrap();
        assert_eq!(after.dtype(), &DataType::Date);
        let physical = after.to_physical_repr();
        let moved = physical.i32().unwrap();
        assert_eq!(moved.get(3).unwrap() - moved.get(0).unwrap(), 30);
        assert_eq!(
            i64::from(moved.get(0).unwrap()),
            days(0),
            "one subject, one offset"
        );
    }
}

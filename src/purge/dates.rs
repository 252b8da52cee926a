//! The days that cells of an event's column tell.

use jiff::civil::Date;
use jiff::tz::Offset;
use polars::prelude::{DataType, Series};

use crate::error::{Error, Result};
use crate::method::civil::date_of;
use crate::method::dates::{Layout, parse, ticks_per_day};
use crate::pattern::normalize;
use crate::policy::DateOrder;

/// What a cell says of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Day {
    /// Nothing: it has not happened, or nobody wrote it down.
    Missing,
    /// Something that is no day, or may be two.
    Unreadable,
    /// It happened.
    On(Date),
}

/// Kazakhstan was never farther east of Greenwich since its dates are stored with a zone: no day comes too early.
const EASTERNMOST: Offset = Offset::constant(6);

/// The days of a column.
pub(super) fn days(path: &str, column: &Series, order: Option<DateOrder>) -> Result<Vec<Day>> {
    let broken = |e| Error::parquet(path, &e);
    match column.dtype() {
        DataType::Date => {
            let days = column.cast(&DataType::Int64).map_err(broken)?;
            let days = days.i64().map_err(broken)?;
            Ok(days.iter().map(|day| typed(day, 1, 0)).collect())
        }
        DataType::Datetime(unit, zone) => {
            let east = zone
                .as_ref()
                .map_or(0, |_| i64::from(EASTERNMOST.seconds()));
            let a_day = ticks_per_day(*unit);
            let ticks = column.cast(&DataType::Int64).map_err(broken)?;
            let ticks = ticks.i64().map_err(broken)?;
            let shift = east * (a_day / 86_400);
            Ok(ticks.iter().map(|tick| typed(tick, a_day, shift)).collect())
        }
        _ => {
            let texts = column.cast(&DataType::String).map_err(broken)?;
            let texts = texts.str().map_err(broken)?;
            Ok(texts
                .iter()
                .map(|cell| cell.map_or(Day::Missing, |cell| written(cell, order)))
                .collect())
        }
    }
}

fn typed(ticks: Option<i64>, a_day: i64, shift: i64) -> Day {
    ticks.map_or(Day::Missing, |ticks| {
        of_days((ticks + shift).div_euclid(a_day))
    })
}

/// What a cell of text says.
fn written(cell: &str, order: Option<DateOrder>) -> Day {
    let cell = normalize::fold(normalize::unwrapped(cell));
    if normalize::is_missing(&cell) {
        return Day::Missing;
    }
    if let Ok(instant) = cell.parse::<jiff::Timestamp>() {
        return Day::On(EASTERNMOST.to_datetime(instant).date());
    }
    match parse(&cell) {
        Some(date) => match date.layout {
            Layout::DayFirst(sign) => in_order(date.days, sign, order),
            Layout::YearFirst(_) | Layout::Compact => of_days(date.days),
        },
        None if order == Some(DateOrder::Mdy) => month_first(&cell),
        None => Day::Unreadable,
    }
}

/// A day that was read with its day first. An order that was declared is never left, not even for a cell that makes sense
/// in another one only; without one, dots stand between day, month and year, and other signs say nothing.
fn in_order(days: i64, sign: char, order: Option<DateOrder>) -> Day {
    let (year, month, day) = date_of(days);
    let is_certain = sign == '.' || day > 12 || day == month;
    match order {
        Some(DateOrder::Dmy) => of_days(days),
        Some(DateOrder::Mdy) => of_parts(year, day, month),
        None if is_certain => of_days(days),
        Some(DateOrder::Ymd) | None => Day::Unreadable,
    }
}

/// `12/31/2035`, which is no date with its day first.
fn month_first(cell: &str) -> Day {
    let end = cell.find(['T', ' ']).unwrap_or(cell.len());
    let sign = cell[..end]
        .find(['/', '-', '.'])
        .and_then(|at| cell[at..].chars().next());
    let parts: Vec<&str> = sign.map_or_else(Vec::new, |sign| cell[..end].split(sign).collect());
    let [month, day, year] = parts[..] else {
        return Day::Unreadable;
    };
    let turned = format!("{day}.{month}.{year}{}", &cell[end..]);
    parse(&turned).map_or(Day::Unreadable, |date| of_days(date.days))
}

fn of_days(days: i64) -> Day {
    let (year, month, day) = date_of(days);
    of_parts(year, month, day)
}

fn of_parts(year: i64, month: u32, day: u32) -> Day {
    let date = i16::try_from(year)
        .ok()
        .and_then(|year| Date::new(year, month as i8, day as i8).ok());
    date.map_or(Day::Unreadable, Day::On)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use polars::prelude::{NamedFrom as _, TimeUnit};

    #[test]
    fn days_are_read_as_people_write_them() {
        let on = |year, month, day| Day::On(date(year, month, day));
        for (cell, order, expected) in [
            ("31.12.2035", None, on(2035, 12, 31)),
            ("03.04.2035", None, on(2035, 4, 3)),
            ("2035-12-31", None, on(2035, 12, 31)),
            ("2035-12-31 23:59:59", None, on(2035, 12, 31)),
            ("03/04/2035", None, Day::Unreadable),
            ("04/04/2035", None, on(2035, 4, 4)),
            ("03/04/2035", Some(DateOrder::Dmy), on(2035, 4, 3)),
            ("03/04/2035", Some(DateOrder::Mdy), on(2035, 3, 4)),
            ("12/31/2035 10:00", Some(DateOrder::Mdy), on(2035, 12, 31)),
            ("31/12/2035", None, on(2035, 12, 31)),
            ("12/31/2035", None, Day::Unreadable),
            ("12.31.2035", None, Day::Unreadable),
            ("2035-12-31T20:00:00Z", None, on(2036, 1, 1)),
            ("2035-12-31T20:00:00+05:00", None, on(2035, 12, 31)),
            ("", None, Day::Missing),
            ("NULL", None, Day::Missing),
            ("soon", None, Day::Unreadable),
            ("31.02.2035", None, Day::Unreadable),
        ] {
            assert_eq!(written(cell, order), expected, "{cell} {order:?}");
        }
    }

    #[test]
    fn a_declared_order_is_never_left() {
        let on = |year, month, day| Day::On(date(year, month, day));
        let none = Day::Unreadable;
        let cells = [
            ("03.04.2035", on(2035, 4, 3), on(2035, 3, 4), none),
            ("3-4-2035", on(2035, 4, 3), on(2035, 3, 4), none),
            ("03/04/2035 10:00", on(2035, 4, 3), on(2035, 3, 4), none),
            ("04.04.2035", on(2035, 4, 4), on(2035, 4, 4), none),
            ("31.12.2035", on(2035, 12, 31), none, none),
            ("31/12/2035", on(2035, 12, 31), none, none),
            ("13-12-2035", on(2035, 12, 13), none, none),
            ("12.31.2035", none, on(2035, 12, 31), none),
            ("12/31/2035", none, on(2035, 12, 31), none),
            ("12.13.2035 23:59", none, on(2035, 12, 13), none),
            ("29.02.2036", on(2036, 2, 29), none, none),
            ("02.29.2036", none, on(2036, 2, 29), none),
            ("02.30.2036", none, none, none),
            ("13.13.2035", none, none, none),
            // Years of four digits stand first in one order only, and stamps say their own.
            ("2035-04-03", on(2035, 4, 3), on(2035, 4, 3), on(2035, 4, 3)),
            ("2035/04/03", on(2035, 4, 3), on(2035, 4, 3), on(2035, 4, 3)),
            ("20350403", on(2035, 4, 3), on(2035, 4, 3), on(2035, 4, 3)),
            ("2035-31-12", none, none, none),
        ];
        for (cell, dmy, mdy, ymd) in cells {
            for (order, expected) in [
                (DateOrder::Dmy, dmy),
                (DateOrder::Mdy, mdy),
                (DateOrder::Ymd, ymd),
            ] {
                assert_eq!(written(cell, Some(order)), expected, "{cell} {order:?}");
            }
        }
    }

    #[test]
    fn typed_days_are_read_without_text() {
        let at = Series::new("at".into(), [Some(86_399_000_i64), None]);
        let read = |zone| {
            let stamps = at
                .cast(&DataType::Datetime(TimeUnit::Milliseconds, zone))
                .unwrap();
            days("at", &stamps, None).unwrap()
        };
        assert_eq!(read(None), [Day::On(date(1970, 1, 1)), Day::Missing]);
        let zoned = read(Some(polars::prelude::TimeZone::UTC));
        assert_eq!(zoned[0], Day::On(date(1970, 1, 2)));
    }
}

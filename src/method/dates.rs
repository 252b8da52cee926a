//! Dates as text writes them: what day it is, and how to write another the same way.

use polars::prelude::TimeUnit;

use super::civil::{date_of, day_of};
use crate::validator;

/// How a date is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// `1835-12-31`, with this sign between the parts.
    YearFirst(char),
    /// `31.12.1835`, with this sign between the parts.
    DayFirst(char),
    /// `18351231`.
    Compact,
}

/// A cell that is a date.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Written<'a> {
    /// Days since 1970-01-01.
    pub(crate) days: i64,
    /// How it is written.
    pub(crate) layout: Layout,
    /// The time of day behind it, as it is.
    pub(crate) time: &'a str,
}

/// Reads a date of 1800–2100 that a time of day may follow.
pub(crate) fn parse(text: &str) -> Option<Written<'_>> {
    let end = text.find(['T', ' ']).unwrap_or(text.len());
    let (date, time) = text.split_at(end);
    if !time.is_empty() && !is_time(&time[1..]) {
        return None;
    }
    let (year, month, day) = validator::parse_date(date)?;
    let days = (1800..=2100)
        .contains(&year)
        .then(|| day_of(i64::from(year), month, day))??;
    let sign = date.find(|c: char| !c.is_ascii_digit());
    let layout = match sign.and_then(|at| Some((at, date[at..].chars().next()?))) {
        None => Layout::Compact,
        Some((4, sign)) => Layout::YearFirst(sign),
        Some((_, sign)) => Layout::DayFirst(sign),
    };
    Some(Written { days, layout, time })
}

/// `10:00`, with seconds, their parts and a time zone or without; anything else would be carried along unseen.
fn is_time(text: &str) -> bool {
    let zone = text.find(['Z', '+', '-']).unwrap_or(text.len());
    let (clock, zone) = text.split_at(zone);
    let (clock, fraction) = clock
        .trim_end()
        .split_once('.')
        .unwrap_or((clock.trim_end(), "0"));
    let parts: Vec<&str> = clock.split(':').collect();
    let is_number = |text: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    let is_zone = |zone: &str| {
        let bare = zone.trim_start_matches(['Z', '+', '-']).replace(':', "");
        zone.is_empty() || zone == "Z" || is_number(&bare, 2..=4)
    };
    (2..=3).contains(&parts.len())
        && parts.iter().all(|part| is_number(part, 1..=2))
        && is_number(fraction, 1..=9)
        && is_zone(zone)
}

/// Writes a day.
pub(super) fn write(days: i64, layout: Layout) -> String {
    let (year, month, day) = date_of(days);
    match layout {
        Layout::YearFirst(sign) => format!("{year:04}{sign}{month:02}{sign}{day:02}"),
        Layout::DayFirst(sign) => format!("{day:02}{sign}{month:02}{sign}{year:04}"),
        Layout::Compact => format!("{year:04}{month:02}{day:02}"),
    }
}

/// Units of a `Datetime` in a day.
pub(crate) fn ticks_per_day(unit: TimeUnit) -> i64 {
    86_400
        * match unit {
            TimeUnit::Milliseconds => 1_000,
            TimeUnit::Microseconds => 1_000_000,
            TimeUnit::Nanoseconds => 1_000_000_000,
        }
}

/// Tells whether a category holds dates.
pub(super) fn is_date(category: &str) -> bool {
    category.ends_with("_date") || category.ends_with("datetime") || category == "access_time"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_written_the_same_way() {
        for (text, date) in [
            ("31.12.1835", "31.12.1835"),
            ("1835-12-31T10:00:00Z", "1835-12-31"),
            ("1835-12-31T10:00:00.123+05:00", "1835-12-31"),
            ("1835-12-31 10:00:00 +0500", "1835-12-31"),
            ("31/12/2035 23:59", "31/12/2035"),
            ("20350131", "20350131"),
            ("1.2.1835", "01.02.1835"),
        ] {
            let read = parse(text).unwrap();
            assert_eq!(write(read.days, read.layout), date, "{text}");
        }
        for text in [
            "31.02.1835",
            "1835",
            "soon",
            "",
            "1835-12-31 г.",
            "12.03.1835 15 мкр, д. 7",
            "12.03.1835 10:00 у входа",
            "12.03.1835T1+7 700",
            "12.12.12",
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
    }
}

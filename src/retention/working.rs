//! Working days of Kazakhstan, for the terms of requests: five-day week, holidays and moved days off from `holidays.toml`.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

const HOLIDAYS: &str = include_str!("holidays.toml");

/// By when something must be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// The last day on which it is in time.
    pub day: Date,
    /// What the day rests on.
    pub basis: Basis,
}

/// What a deadline rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// Moved days off and Kurban Ait are known for all its days.
    Known,
    /// Only weekends and fixed holidays are known for some of its days: look at the calendar of that year.
    WithoutMovedDays,
}

/// The last of some working days; the day of receipt does not count.
///
/// Years whose moved days are not known are computed without them, which the deadline says.
///
/// # Errors
/// When the calendar ends before.
pub fn deadline(received: Date, working_days: u32) -> Result<Deadline> {
    let mut days = Days::default();
    let mut left = working_days;
    let mut reached = Deadline {
        day: received,
        basis: Basis::Known,
    };
    while left > 0 {
        reached.day = reached.day.tomorrow().map_err(|_| Error::NoDate {
            what: "the working days end after the year 9999",
        })?;
        let year = days.year(reached.day.year());
        if !year.is_known {
            reached.basis = Basis::WithoutMovedDays;
        }
        left -= u32::from(year.is_working(reached.day));
    }
    Ok(reached)
}

/// Tells whether a day is worked, as far as it is known.
pub fn is_working_day(day: Date) -> bool {
    Days::default().year(day.year()).is_working(day)
}

/// The years whose moved days are known.
pub fn known_years() -> impl Iterator<Item = i16> {
    calendar().years.iter().map(|known| known.year)
}

/// The year that was asked for last, worked out once.
#[derive(Default)]
struct Days {
    year: Option<Year>,
}

impl Days {
    fn year(&mut self, number: i16) -> &Year {
        match &mut self.year {
            Some(year) if year.number == number => {}
            other => *other = Some(Year::new(number, calendar())),
        }
        self.year
            .get_or_insert_with(|| Year::new(number, calendar()))
    }
}

struct Year {
    number: i16,
    is_known: bool,
    off: BTreeSet<Date>,
    worked: BTreeSet<Date>,
}

impl Year {
    fn new(number: i16, calendar: &Calendar) -> Self {
        let known = calendar.years.iter().find(|known| known.year == number);
        let mut year = Self {
            number,
            is_known: known.is_some(),
            off: calendar.days(number).map(|(day, _)| day).collect(),
            worked: BTreeSet::new(),
        };
        if let Some(known) = known {
            year.off.insert(known.kurban_ait);
        }
        for (day, is_moved) in calendar.days(number) {
            if is_moved && is_weekend(day) {
                year.give_next_day(day);
            }
        }
        for moved in known.iter().flat_map(|known| &known.moved) {
            year.off.insert(moved.off);
            year.worked.insert(moved.working);
        }
        year
    }

    /// A holiday on a weekend: the next working day is off.
    fn give_next_day(&mut self, holiday: Date) {
        let mut day = holiday;
        while let Ok(next) = day.tomorrow() {
            day = next;
            if self.is_working(day) {
                self.off.insert(day);
                return;
            }
        }
    }

    fn is_working(&self, day: Date) -> bool {
        self.worked.contains(&day) || !(is_weekend(day) || self.off.contains(&day))
    }
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Calendar {
    #[serde(rename = "holiday")]
    holidays: Vec<Holiday>,
    #[serde(rename = "year")]
    years: Vec<KnownYear>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Holiday {
    #[serde(rename = "name")]
    _name: String,
    days: Vec<DayOfYear>,
    from: Option<i16>,
    until: Option<i16>,
    #[serde(default = "moved_by_rule")]
    is_moved: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DayOfYear {
    month: i8,
    day: i8,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct KnownYear {
    year: i16,
    kurban_ait: Date,
    moved: Vec<Moved>,
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Moved {
    off: Date,
    working: Date,
}

fn moved_by_rule() -> bool {
    true
}

impl Calendar {
    /// Fixed days of a year, and whether each is moved from a weekend.
    fn days(&self, year: i16) -> impl Iterator<Item = (Date, bool)> {
        let is_then = move |holiday: &&Holiday| {
            holiday.from.is_none_or(|from| year >= from)
                && holiday.until.is_none_or(|until| year <= until)
        };
        self.holidays
            .iter()
            .filter(is_then)
            .flat_map(move |holiday| {
                holiday
                    .days
                    .iter()
                    .filter_map(move |on| Date::new(year, on.month, on.day).ok())
                    .map(|day| (day, holiday.is_moved))
            })
    }
}

fn calendar() -> &'static Calendar {
    static CALENDAR: OnceLock<Calendar> = OnceLock::new();
    CALENDAR.get_or_init(|| toml::from_str(HOLIDAYS).expect("embedded, and read by a test"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan as _;
    use jiff::civil::date;

    type DaysOfYear = Vec<(i8, i8)>;

    /// Days from Monday to Friday that are off, and weekend days that are worked.
    fn unusual(year: i16) -> (DaysOfYear, DaysOfYear) {
        let days = date(year, 1, 1)
            .series(1.day())
            .take_while(|day| day.year() == year);
        let (mut off, mut worked) = (Vec::new(), Vec::new());
        for day in days {
            match (is_weekend(day), is_working_day(day)) {
                (false, false) => off.push((day.day(), day.month())),
                (true, true) => worked.push((day.day(), day.month())),
                _ => {}
            }
        }
        (off, worked)
    }

    #[test]
    fn days_off_are_those_of_the_published_calendars() {
        let of_2025 = [
            (1, 1),
            (2, 1),
            (3, 1),
            (7, 1),
            (10, 3),
            (21, 3),
            (24, 3),
            (25, 3),
            (1, 5),
            (7, 5),
            (9, 5),
            (6, 6),
            (7, 7),
            (1, 9),
            (27, 10),
            (16, 12),
        ];
        assert_eq!(unusual(2025), (of_2025.to_vec(), vec![(5, 1)]));
        let of_2026 = [
            (1, 1),
            (2, 1),
            (7, 1),
            (9, 3),
            (23, 3),
            (24, 3),
            (25, 3),
            (1, 5),
            (7, 5),
            (11, 5),
            (27, 5),
            (6, 7),
            (26, 10),
            (16, 12),
        ];
        assert_eq!(unusual(2026), (of_2026.to_vec(), vec![]));
        assert_eq!(known_years().collect::<Vec<_>>(), [2025, 2026]);
    }

    #[test]
    fn deadlines_fall_where_a_calendar_on_the_wall_puts_them() {
        let cases = [
            // An ordinary week; over a weekend; from a Saturday.
            (date(2025, 2, 3), 1, date(2025, 2, 4)),
            (date(2025, 2, 6), 3, date(2025, 2, 11)),
            (date(2025, 2, 8), 1, date(2025, 2, 10)),
            // Friday 3 January is off, Sunday 5 January is worked, 7 January is Christmas.
            (date(2024, 12, 31), 3, date(2025, 1, 8)),
            (date(2025, 1, 4), 1, date(2025, 1, 5)),
            // 8 March on a Saturday: Monday is off.
            (date(2025, 3, 7), 1, date(2025, 3, 11)),
            // Nauryz, Friday to Sunday: Monday and Tuesday are off.
            (date(2025, 3, 20), 3, date(2025, 3, 28)),
            // 1 May; 7 and 9 May with a working Thursday between.
            (date(2025, 4, 30), 1, date(2025, 5, 2)),
            (date(2025, 5, 6), 2, date(2025, 5, 12)),
            (date(2025, 6, 5), 1, date(2025, 6, 9)),
            (date(2025, 8, 29), 1, date(2025, 9, 2)),
            (date(2025, 12, 15), 1, date(2025, 12, 17)),
            // Into 2026.
            (date(2025, 12, 30), 3, date(2026, 1, 6)),
            (date(2026, 1, 6), 1, date(2026, 1, 8)),
            (date(2026, 3, 6), 1, date(2026, 3, 10)),
            // Nauryz, Saturday to Monday: Tuesday and Wednesday are off.
            (date(2026, 3, 20), 1, date(2026, 3, 26)),
            // 9 May on a Saturday, between 7 May and Monday 11 May.
            (date(2026, 5, 6), 3, date(2026, 5, 13)),
            (date(2026, 5, 26), 1, date(2026, 5, 28)),
            // 30 August is no holiday any more.
            (date(2026, 8, 28), 1, date(2026, 8, 31)),
            (date(2026, 10, 23), 1, date(2026, 10, 27)),
            (date(2026, 6, 1), 15, date(2026, 6, 22)),
        ];
        for (received, working_days, day) in cases {
            let found = deadline(received, working_days).unwrap();
            assert_eq!(found.day, day, "{received} and {working_days}");
            assert_eq!(found.basis, Basis::Known, "{received}");
        }
    }

    #[test]
    fn beyond_the_known_years_a_deadline_says_so() {
        let found = deadline(date(2026, 12, 30), 2).unwrap();
        // 2 January 2027 is a Saturday, so Monday is off by the rule.
        assert_eq!(
            (found.day, found.basis),
            (date(2027, 1, 5), Basis::WithoutMovedDays)
        );
        assert_eq!(
            deadline(date(2023, 6, 1), 1).unwrap().basis,
            Basis::WithoutMovedDays
        );
        assert_eq!(deadline(date(2026, 12, 30), 1).unwrap().basis, Basis::Known);
        assert!(!is_working_day(date(2027, 3, 15)));
        assert!(is_working_day(date(2027, 8, 30)));
    }

    #[test]
    fn no_working_day_is_the_day_itself_and_the_end_of_the_calendar_an_error() {
        assert_eq!(deadline(date(2026, 5, 9), 0).unwrap().day, date(2026, 5, 9));
        assert_eq!(
            deadline(date(9999, 12, 30), 9).unwrap_err().code().0,
            "no-date"
        );
    }
}

//! Terms of years, months and days from a date.
//!
//! A term ends on the same day of its last month; where that month has no such day, on the month's last day (Civil Code of
//! Kazakhstan, art. 173). So 29 February and three years end on 28 February. Data has expired on the days after that day.

use jiff::Span;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// How long something lasts; nothing of all three ends on the day it begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Duration {
    /// Years.
    pub years: u16,
    /// Months, beside the years.
    pub months: u16,
    /// Days, after the years and months.
    pub days: u32,
}

/// The last day of a term; `None` beyond the year 9999, which never comes.
pub fn last_day(start: Date, term: Duration) -> Option<Date> {
    let months = Span::new()
        .try_months(i64::from(term.years) * 12 + i64::from(term.months))
        .ok()?;
    let days = Span::new().try_days(i64::from(term.days)).ok()?;
    start.checked_add(months).ok()?.checked_add(days).ok()
}

/// Tells whether a term is over on a day.
pub fn has_expired(start: Date, term: Duration, as_of: Date) -> bool {
    last_day(start, term).is_some_and(|last| as_of > last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn term(years: u16, months: u16, days: u32) -> Duration {
        Duration {
            years,
            months,
            days,
        }
    }

    #[test]
    fn a_term_ends_on_the_same_day_or_on_the_last_of_the_month() {
        let cases = [
            (date(2024, 2, 29), term(3, 0, 0), date(2027, 2, 28)),
            (date(2024, 2, 29), term(4, 0, 0), date(2028, 2, 29)),
            (date(2023, 2, 28), term(1, 0, 0), date(2024, 2, 28)),
            (date(2025, 1, 31), term(0, 1, 0), date(2025, 2, 28)),
            (date(2024, 1, 31), term(0, 1, 0), date(2024, 2, 29)),
            (date(2025, 8, 31), term(0, 6, 0), date(2026, 2, 28)),
            (date(2025, 10, 31), term(0, 13, 0), date(2026, 11, 30)),
            (date(2024, 2, 29), term(1, 1, 0), date(2025, 3, 29)),
            (date(2025, 12, 31), term(0, 0, 1), date(2026, 1, 1)),
            (date(2025, 1, 31), term(0, 1, 3), date(2025, 3, 3)),
            (date(1900, 2, 28), term(0, 0, 1), date(1900, 3, 1)),
            (date(2025, 5, 17), term(0, 0, 0), date(2025, 5, 17)),
        ];
        for (start, term, last) in cases {
            assert_eq!(last_day(start, term), Some(last), "{start} {term:?}");
        }
    }

    #[test]
    fn data_has_expired_only_after_the_last_day() {
        let (start, three) = (date(2024, 2, 29), term(3, 0, 0));
        assert!(!has_expired(start, three, date(2027, 2, 27)));
        assert!(!has_expired(start, three, date(2027, 2, 28)));
        assert!(has_expired(start, three, date(2027, 3, 1)));
        assert!(!has_expired(start, term(0, 0, 0), start));
        assert!(has_expired(start, term(0, 0, 0), date(2024, 3, 1)));
    }

    #[test]
    fn a_term_beyond_the_calendar_never_ends() {
        assert_eq!(last_day(date(9999, 12, 31), term(0, 0, 1)), None);
        assert_eq!(
            last_day(date(2025, 1, 1), term(u16::MAX, u16::MAX, u32::MAX)),
            None
        );
        assert!(!has_expired(
            date(9000, 1, 1),
            term(1000, 0, 0),
            date(9999, 12, 31)
        ));
    }

    proptest! {
        #[test]
        fn a_longer_term_never_ends_earlier(
            year in 1900i16..2200, month in 1i8..=12, day in 1i8..=28,
            years in 0u16..50, months in 0u16..50, days in 0u32..500,
        ) {
            let start = date(year, month, day);
            let last = last_day(start, term(years, months, days)).unwrap();
            prop_assert!(last >= start);
            for longer in [term(years + 1, months, days), term(years, months + 1, days), term(years, months, days + 1)] {
                prop_assert!(last_day(start, longer).unwrap() > last);
            }
            // No month is short of a day before the 29th.
            if days == 0 { prop_assert_eq!(last.day(), day); }
        }
    }
}

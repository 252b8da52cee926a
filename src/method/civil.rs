//! Days since 1970-01-01 and years of the Gregorian calendar.
//!
//! H. Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days` and `days_from_civil`.

/// Year of a day.
pub(super) fn year_of(days: i64) -> i64 {
    date_of(days).0
}

/// Year, month and day of a day.
pub(crate) fn date_of(days: i64) -> (i64, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    // Years of the algorithm begin in March; January and February are the last of them.
    let month = (shifted_month + 2) % 12 + 1;
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month as u32, day as u32)
}

/// The day of a date; `None` where the calendar has none.
pub(super) fn day_of(year: i64, month: u32, day: u32) -> Option<i64> {
    if !(1..=12).contains(&month) || day == 0 {
        return None;
    }
    let shifted_month = (i64::from(month) + 9) % 12;
    let since_march = (153 * shifted_month + 2) / 5 + i64::from(day) - 1;
    // The first of March of the year that the algorithm means.
    let march = first_day_of(year + 1 - i64::from(month <= 2)) - 306;
    let days = march + since_march;
    (date_of(days) == (year, month, day)).then_some(days)
}

/// The first of January of a year.
pub(super) fn first_day_of(year: i64) -> i64 {
    let before = year - 1;
    365 * before + before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400) - 719_162
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_is_the_day_of_its_date() {
        for days in -62_091..47_482 {
            let (year, month, day) = date_of(days);
            assert_eq!(day_of(year, month, day), Some(days));
        }
        assert_eq!(date_of(0), (1970, 1, 1));
        assert_eq!(day_of(2000, 2, 29), Some(11_016));
        for (year, month, day) in [(1900, 2, 29), (1835, 13, 1), (1835, 4, 31), (1835, 1, 0)] {
            assert_eq!(day_of(year, month, day), None);
        }
    }

    #[test]
    fn years_begin_where_they_begin() {
        for (year, day) in [
            (1970, 0),
            (1971, 365),
            (1800, -62_091),
            (2000, 10_957),
            (2036, 24_106),
        ] {
            assert_eq!(first_day_of(year), day, "{year}");
            assert_eq!(
                (year_of(day - 1), year_of(day), year_of(day + 58)),
                (year - 1, year, year)
            );
        }
    }
}

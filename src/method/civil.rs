//! Days since 1970-01-01 and years of the Gregorian calendar.
//!
//! H. Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days` and `days_from_civil`.

/// Year of a day.
pub(super) fn year_of(days: i64) -> i64 {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // Years of the algorithm begin in March; January and February are the last of them.
    era * 400 + year_of_era + i64::from(day_of_year >= 306)
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

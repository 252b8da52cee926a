//! Calendar dates of 1800–2100 as people write them, a time of day may follow.

pub(super) fn is_valid(text: &str) -> bool {
    let day = text.split(['T', ' ']).next().unwrap_or_default();
    parse(day).is_some_and(|(y, m, d)| exists(y, m, d))
}

/// Year, month and day of `yyyy-mm-dd`, `dd.mm.yyyy`, `dd/mm/yyyy` or `yyyymmdd`.
pub(crate) fn parse(day: &str) -> Option<(u32, u32, u32)> {
    let number = |text: &str| {
        text.bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| text.parse().ok())
            .flatten()
    };
    let parts: Vec<&str> = day.split(['-', '.', '/']).collect();
    match parts[..] {
        [y, m, d] if y.len() == 4 => Some((number(y)?, number(m)?, number(d)?)),
        [d, m, y] if y.len() == 4 => Some((number(y)?, number(m)?, number(d)?)),
        [all] if all.len() == 8 && all.is_ascii() => {
            Some((number(&all[..4])?, number(&all[4..6])?, number(&all[6..])?))
        }
        _ => None,
    }
}

/// Tells whether the calendar has such a day within 1800–2100.
pub(super) fn exists(year: u32, month: u32, day: u32) -> bool {
    (1800..=2100).contains(&year)
        && (1..=12).contains(&month)
        && day >= 1
        && day <= days_in(year, month)
}

fn days_in(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_of_the_calendar_pass() {
        for text in [
            "1835-01-31",
            "29.02.2000",
            "31/12/2035",
            "18350131",
            "2035-01-01T00:00:00",
            "01.02.1803 10:11",
        ] {
            assert!(is_valid(text), "{text}");
        }
        for text in [
            "1800-02-29",
            "32.01.1835",
            "1835-13-01",
            "1799-01-01",
            "2101-01-01",
            "1835-01",
            "abc",
        ] {
            assert!(!is_valid(text), "{text}");
        }
    }
}

//! Calendar dates of 1800–2100 as people write them, a time of day may follow.

pub(super) fn is_valid(text: &str) -> bool {
    let day = text.split(['T', ' ']).next().unwrap_or_default();
    parse(day).is_some_and(|(y, m, d)| exists(y, m, d))
}

/// Year, month and day of `yyyy-mm-dd`, `dd.mm.yyyy`, `dd/mm/yyyy` or `yyyymmdd`.
pub(crate) fn parse(day: &str) -> Option<(u32, u32, u32)> {
    match parts(day) {
        Some([y, m, d]) if y.len() == 4 => Some((number(y)?, number(m)?, number(d)?)),
        Some([d, m, y]) if y.len() == 4 => Some((number(y)?, number(m)?, number(d)?)),
        None if day.len() == 8 && day.is_ascii() => {
            Some((number(&day[..4])?, number(&day[4..6])?, number(&day[6..])?))
        }
        _ => None,
    }
}

/// Three numbers with a sign between them.
pub(super) fn parts(day: &str) -> Option<[&str; 3]> {
    let mut parts = day.split(['-', '.', '/']);
    let three = [parts.next()?, parts.next()?, parts.next()?];
    parts.next().is_none().then_some(three)
}

pub(super) fn number(text: &str) -> Option<u32> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
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

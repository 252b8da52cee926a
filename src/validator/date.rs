//! Calendar dates of 1800–2100 as people write them, a time of day may follow.

pub(super) fn is_valid(text: &str) -> bool {
    let end = memchr::memchr2(b'T', b' ', text.as_bytes()).unwrap_or(text.len());
    parse(&text[..end]).is_some_and(|(y, m, d)| exists(y, m, d))
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
    let is_sign = |&at: &usize| matches!(day.as_bytes()[at], b'-' | b'.' | b'/');
    let mut signs = (0..day.len()).filter(is_sign);
    let (first, second) = (signs.next()?, signs.next()?);
    let three = [&day[..first], &day[first + 1..second], &day[second + 1..]];
    signs.next().is_none().then_some(three)
}

pub(super) fn number(text: &str) -> Option<u32> {
    let digits = text.bytes().map(|byte| byte.wrapping_sub(b'0'));
    let mut number = (!text.is_empty()).then_some(0_u32);
    for digit in digits {
        let next = number.filter(|_| digit < 10)?.checked_mul(10)?;
        number = next.checked_add(u32::from(digit));
    }
    number
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

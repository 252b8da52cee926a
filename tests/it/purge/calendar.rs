//! Terms as the Civil Code counts them (art. 173), by loops simple enough to be believed.

/// Year, month, day.
pub(super) type Day = (i32, u32, u32);

fn days_of(year: i32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 400 == 0 || (year % 4 == 0 && year % 100 != 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// The last day of a term: the same day of the month, or the month's last day.
pub(super) fn last_day((mut year, mut month, day): Day, years: i32, months: u32) -> Day {
    year += years;
    for _ in 0..months {
        month += 1;
        if month > 12 {
            (year, month) = (year + 1, 1);
        }
    }
    (year, month, day.min(days_of(year, month)))
}

pub(super) fn days_later((mut year, mut month, mut day): Day, days: u32) -> Day {
    for _ in 0..days {
        day += 1;
        if day > days_of(year, month) {
            (month, day) = (month + 1, 1);
        }
        if month > 12 {
            (year, month) = (year + 1, 1);
        }
    }
    (year, month, day)
}

pub(super) fn iso((year, month, day): Day) -> String {
    format!("{year:04}-{month:02}-{day:02}")
}

/// `2024-02-29`, whatever time follows, `29.02.2024`, and `29/02/2024` where the day can be no month.
pub(super) fn read(text: &str) -> Option<Day> {
    let (year, month, day) = match *text.as_bytes() {
        [_, _, _, _, b'-', _, _, b'-', _, _, ..] => (&text[..4], &text[5..7], &text[8..10]),
        [_, _, b'.', _, _, b'.', _, _, _, _] => (&text[6..], &text[3..5], &text[..2]),
        [_, _, b'/', _, _, b'/', _, _, _, _] if &text[..2] > "12" => {
            (&text[6..], &text[3..5], &text[..2])
        }
        _ => return None,
    };
    let day = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    let is_real = (1..=12).contains(&day.1) && (1..=days_of(day.0, day.1)).contains(&day.2);
    is_real.then_some(day)
}

#[test]
fn terms_end_on_the_same_day_or_the_last_of_the_month() {
    assert_eq!(last_day((2020, 2, 29), 3, 0), (2023, 2, 28));
    assert_eq!(last_day((2020, 2, 29), 4, 0), (2024, 2, 29));
    assert_eq!(last_day((2021, 2, 28), 3, 0), (2024, 2, 28));
    assert_eq!(last_day((2023, 11, 30), 0, 3), (2024, 2, 29));
    assert_eq!(last_day((2023, 12, 31), 0, 13), (2025, 1, 31));
    assert_eq!(days_later((2023, 12, 31), 60), (2024, 2, 29));
    assert_eq!(days_later((2024, 2, 28), 2), (2024, 3, 1));
}

//! Dates, numbers and spans of time as each language writes them.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};

use super::texts::{Format, Language, fill};
use crate::retention::calendar::Duration;

/// All of Kazakhstan has this time since March 2024.
pub(super) const OFFSET: Offset = Offset::constant(5);

/// `22 ноября 2026 года`.
pub(super) fn date(date: Date, language: Language) -> String {
    let format = &language.texts().format;
    let month = &format.months[date.month().unsigned_abs() as usize - 1];
    let (day, year) = (date.day().to_string(), date.year().to_string());
    fill(
        &format.date,
        &[("day", &day), ("month", month), ("year", &year)],
    )
}

/// `22 ноября 2026 года, 14:05:00 (UTC+5)`.
pub(super) fn moment(moment: Timestamp, language: Language) -> String {
    let local = moment.to_zoned(TimeZone::fixed(OFFSET));
    let time = local.strftime("%H:%M:%S").to_string();
    let format = &language.texts().format;
    fill(
        &format.moment,
        &[("date", &date(local.date(), language)), ("time", &time)],
    )
}

/// `1 234 567`; four digits stand together but in English.
pub(super) fn count(number: u64, language: Language) -> String {
    let digits = number.to_string();
    let together = if language == Language::En { 3 } else { 4 };
    if digits.len() <= together {
        return digits;
    }
    let mut text = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push_str(&language.texts().format.thousands);
        }
        text.push(digit);
    }
    text
}

/// `3 года 6 месяцев`.
pub(super) fn duration(term: Duration, language: Language) -> Option<String> {
    let Format {
        years,
        month_counts,
        days,
        ..
    } = &language.texts().format;
    let parts = [
        (u32::from(term.years), years),
        (u32::from(term.months), month_counts),
        (term.days, days),
    ];
    let words: Vec<String> = parts
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, forms)| format!("{number}\u{a0}{}", forms[plural(number, language)]))
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// Which of three forms a word takes after a number (CLDR: one, few, many; where a language has fewer, its forms are alike).
fn plural(number: u32, language: Language) -> usize {
    match (language, number % 10, number % 100) {
        (Language::Ru, 1, tens) if tens != 11 => 0,
        (Language::Ru, 2..=4, tens) if !(12..=14).contains(&tens) => 1,
        (Language::Ru, ..) => 2,
        _ if number == 1 => 0,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil;

    #[test]
    fn dates_are_written_as_people_write_them() {
        let day = civil::date(2026, 11, 22);
        assert_eq!(date(day, Language::Kk), "2026 жылғы 22 қараша");
        assert_eq!(date(day, Language::Ru), "22 ноября 2026 года");
        assert_eq!(date(day, Language::En), "22 November 2026");
        let late: Timestamp = "2026-12-31T20:30:05Z".parse().unwrap();
        assert_eq!(
            moment(late, Language::Ru),
            "1 января 2027 года, 01:30:05 (UTC+5)"
        );
        assert_eq!(
            moment(late, Language::Kk),
            "2027 жылғы 1 қаңтар, 01:30:05 (UTC+5)"
        );
    }

    #[test]
    fn numbers_are_grouped_by_three() {
        for (number, ru, en) in [
            (0, "0", "0"),
            (9999, "9999", "9,999"),
            (999, "999", "999"),
            (12_345, "12\u{a0}345", "12,345"),
            (1_234_567, "1\u{a0}234\u{a0}567", "1,234,567"),
        ] {
            assert_eq!(count(number, Language::Ru), ru);
            assert_eq!(count(number, Language::Kk), ru);
            assert_eq!(count(number, Language::En), en);
        }
    }

    #[test]
    fn terms_agree_with_their_numbers() {
        let of = |years, months, days, language| {
            duration(
                Duration {
                    years,
                    months,
                    days,
                },
                language,
            )
            .map(|t| t.replace('\u{a0}', " "))
        };
        let ru = |years| of(years, 0, 0, Language::Ru).unwrap();
        assert_eq!(
            [ru(1), ru(3), ru(5), ru(11), ru(21), ru(112)],
            ["1 год", "3 года", "5 лет", "11 лет", "21 год", "112 лет"]
        );
        assert_eq!(of(3, 6, 10, Language::Kk).unwrap(), "3 жыл 6 ай 10 күн");
        assert_eq!(of(1, 2, 0, Language::En).unwrap(), "1 year 2 months");
        assert_eq!(of(0, 0, 0, Language::Ru), None);
    }
}

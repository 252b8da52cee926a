//! What a cell shows: numbers whole and with the leading zeros of their format, dates as ISO text.

use calamine::{CellErrorType, Data, DataRef, ExcelDateTime};

/// Numbers from here on have more digits than a spreadsheet keeps.
const TOO_LONG: f64 = 1e15;
/// Days from here on are after the year 9999.
const LAST_DAY: f64 = 2_958_466.0;

/// What a cell holds.
pub(super) enum Value<'a> {
    Nothing,
    Text(&'a str),
    Number(f64),
    Truth(bool),
    Moment(ExcelDateTime),
    Wrong(&'a CellErrorType),
}

impl<'a> From<&'a Data> for Value<'a> {
    fn from(data: &'a Data) -> Self {
        match data {
            Data::Int(number) => Self::Number(*number as f64),
            Data::Float(number) => Self::Number(*number),
            Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => {
                Self::Text(text)
            }
            Data::Bool(truth) => Self::Truth(*truth),
            Data::DateTime(moment) => Self::Moment(*moment),
            Data::Error(error) => Self::Wrong(error),
            Data::Empty => Self::Nothing,
        }
    }
}

impl<'a> From<&'a DataRef<'_>> for Value<'a> {
    fn from(data: &'a DataRef<'_>) -> Self {
        match data {
            DataRef::Int(number) => Self::Number(*number as f64),
            DataRef::Float(number) => Self::Number(*number),
            DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
                Self::Text(text)
            }
            DataRef::SharedString(text) => Self::Text(text),
            DataRef::Bool(truth) => Self::Truth(*truth),
            DataRef::DateTime(moment) => Self::Moment(*moment),
            DataRef::Error(error) => Self::Wrong(error),
            DataRef::Empty => Self::Nothing,
        }
    }
}

impl Value<'_> {
    /// Appends what is shown; tells whether digits were lost.
    pub(super) fn show(&self, format: Option<&str>, out: &mut String) -> bool {
        match self {
            Self::Nothing => {}
            Self::Text(text) => out.push_str(text),
            Self::Truth(truth) => out.push_str(if *truth { "true" } else { "false" }),
            Self::Wrong(error) => out.push_str(&error.to_string()),
            Self::Moment(moment) => match moment.as_f64() {
                days if (0.0..LAST_DAY).contains(&days) => show_moment(moment, out),
                number => return show_number(number, None, out),
            },
            Self::Number(number) => return show_number(*number, format, out),
        }
        false
    }
}

fn show_number(number: f64, format: Option<&str>, out: &mut String) -> bool {
    let is_whole = number.fract() == 0.0;
    if !is_whole {
        // Fifteen digits are what a spreadsheet shows.
        let shown = format!("{number:.14e}").parse().unwrap_or(number);
        out.push_str(&format!("{shown}"));
        return false;
    }
    let digits = format!("{:.0}", number.abs());
    if number < 0.0 {
        out.push('-');
    }
    match format.and_then(mask) {
        Some(mask) if number >= 0.0 => fill(&mask, &digits, out),
        _ => out.push_str(&digits),
    }
    number.abs() >= TOO_LONG
}

fn show_moment(moment: &ExcelDateTime, out: &mut String) {
    let days = moment.as_f64();
    if moment.is_duration() {
        let seconds = (days * 86_400.0).round() as u64;
        out.push_str(&format!(
            "{}:{:02}:{:02}",
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60
        ));
        return;
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let has_time = (hour, minute, second) != (0, 0, 0);
    if days >= 1.0 || !has_time {
        out.push_str(&format!("{year:04}-{month:02}-{day:02}"));
    }
    if has_time {
        if days >= 1.0 {
            out.push(' ');
        }
        out.push_str(&format!("{hour:02}:{minute:02}:{second:02}"));
    }
}

/// A part of a format for whole numbers.
#[derive(Debug, PartialEq, Eq)]
enum Sign {
    /// A digit, shown even where it is a leading zero.
    Zero,
    /// A digit.
    Digit,
    Letter(char),
}

/// The signs of a format that only places digits, such as `000000000000` or `000-000`.
fn mask(format: &str) -> Option<Vec<Sign>> {
    let mut signs = Vec::new();
    let mut letters = format.split(';').next()?.chars();
    while let Some(c) = letters.next() {
        match c {
            '0' => signs.push(Sign::Zero),
            '#' => signs.push(Sign::Digit),
            '\\' => signs.push(Sign::Letter(letters.next()?)),
            '"' => signs.extend(letters.by_ref().take_while(|c| *c != '"').map(Sign::Letter)),
            ' ' | '-' | '(' | ')' | '+' | '/' | '№' => signs.push(Sign::Letter(c)),
            _ => return None,
        }
    }
    signs.contains(&Sign::Zero).then_some(signs)
}

/// Places digits from the right; those that are left over stand at the first place.
fn fill(mask: &[Sign], digits: &str, out: &mut String) {
    let places = mask
        .iter()
        .filter(|sign| !matches!(sign, Sign::Letter(_)))
        .count();
    let missing = places.saturating_sub(digits.len());
    let mut rest = digits;
    let mut place = 0;
    for sign in mask {
        if let Sign::Letter(letter) = sign {
            out.push(*letter);
            continue;
        }
        let taken = match place {
            0 => digits.len().saturating_sub(places) + usize::from(missing == 0),
            place => usize::from(place >= missing),
        };
        let (now, later) = rest.split_at(taken.min(rest.len()));
        if now.is_empty() && *sign == Sign::Zero {
            out.push('0');
        }
        out.push_str(now);
        rest = later;
        place += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: &Value<'_>, format: Option<&str>) -> String {
        let mut out = String::new();
        value.show(format, &mut out);
        out
    }

    #[test]
    fn numbers_are_shown_whole_and_with_the_zeros_of_their_format() {
        for (number, format, text) in [
            (350_101_100_012.0, None, "350101100012"),
            (10_120_100_018.0, Some("000000000000"), "010120100018"),
            (10_120_100_018.0, Some("0"), "10120100018"),
            (7.0, Some("000"), "007"),
            (7.0, Some("General"), "7"),
            (
                77_001_234_567.0,
                Some("+0 (000) 000-00-00"),
                "+7 (700) 123-45-67",
            ),
            (1234.0, Some("00\\-00"), "12-34"),
            (12345.0, Some("00\\-00"), "123-45"),
            (5.0, Some("#\"№\"00"), "№05"),
            (1234.5, Some("0.00"), "1234.5"),
            (0.1 + 0.2, None, "0.3"),
            (-5.0, Some("000"), "-5"),
            (1e20, None, "100000000000000000000"),
        ] {
            assert_eq!(shown(&Value::Number(number), format), text);
        }
    }

    #[test]
    fn numbers_that_a_spreadsheet_cannot_keep_are_told() {
        assert!(Value::Number(4_400_430_000_000_000.0).show(None, &mut String::new()));
        assert!(!Value::Number(999_999_999_999_999.0).show(None, &mut String::new()));
    }

    #[test]
    fn dates_are_iso_text() {
        use calamine::ExcelDateTimeType::{DateTime, TimeDelta};
        for (days, kind, text) in [
            (45943.0, DateTime, "2025-10-13"),
            (45943.5, DateTime, "2025-10-13 12:00:00"),
            (0.5, DateTime, "12:00:00"),
            (1.5, TimeDelta, "36:00:00"),
            (350_101_100_012.0, DateTime, "350101100012"),
        ] {
            let moment = ExcelDateTime::new(days, kind, false);
            assert_eq!(shown(&Value::Moment(moment), None), text);
        }
    }
}

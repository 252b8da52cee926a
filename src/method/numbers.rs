//! Numbers of any type as whole units of their last decimal place: no digit is lost, and text keeps its way of writing.

use polars::error::PolarsResult;
use polars::prelude::{DataType, IntoSeries as _, Series, StringChunked};

use crate::traces::PLACEHOLDER;

/// A decimal number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Number {
    /// The number times ten to the power of `places`.
    pub(super) units: i128,
    /// Digits after the point.
    pub(super) places: usize,
    /// What stands before them.
    pub(super) point: char,
    /// What stands between groups of three digits.
    pub(super) gap: Option<char>,
}

/// More digits than this are no number to count with.
const MOST_DIGITS: usize = 30;

impl Number {
    /// Reads `-1 234,50` and the like.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (sign, digits) = match text.strip_prefix(['-', '\u{2212}']) {
            Some(rest) => (-1, rest),
            None => (1, text.strip_prefix('+').unwrap_or(text)),
        };
        let at = digits.find(['.', ',']);
        let (whole, fraction) = at.map_or((digits, ""), |at| (&digits[..at], &digits[at + 1..]));
        let gap = whole.chars().find(|c| c.is_whitespace());
        let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let plain: String = whole.chars().filter(|c| Some(*c) != gap).collect();
        let is_written_so = !plain.is_empty() && is_digits(&plain) && is_digits(fraction);
        if !is_written_so || plain.len() + fraction.len() > MOST_DIGITS {
            return None;
        }
        Some(Self {
            units: sign * format!("{plain}{fraction}").parse::<i128>().ok()?,
            places: fraction.len(),
            point: at.and_then(|at| digits[at..].chars().next()).unwrap_or('.'),
            gap,
        })
    }

    /// The same number with more digits after the point.
    pub(super) fn with_places(self, places: usize) -> Option<Self> {
        let factor = 10_i128.checked_pow(u32::try_from(places.checked_sub(self.places)?).ok()?)?;
        Some(Self {
            units: self.units.checked_mul(factor)?,
            places,
            ..self
        })
    }

    /// As it was written.
    pub(super) fn write(self) -> String {
        let sign = if self.units < 0 { "-" } else { "" };
        let digits = format!("{:0>1$}", self.units.unsigned_abs(), self.places + 1);
        let (whole, fraction) = digits.split_at(digits.len() - self.places);
        let whole = self.gap.map_or(whole.to_owned(), |gap| grouped(whole, gap));
        if fraction.is_empty() {
            format!("{sign}{whole}")
        } else {
            format!("{sign}{whole}{}{fraction}", self.point)
        }
    }
}

fn grouped(whole: &str, gap: char) -> String {
    let mut text = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push(gap);
        }
        text.push(digit);
    }
    text
}

/// Tells whether a type holds text.
pub(super) fn is_text(dtype: &DataType) -> bool {
    matches!(
        dtype,
        DataType::String | DataType::Categorical(..) | DataType::Enum(..)
    )
}

/// The number of every cell, where it is one.
pub(super) fn read(values: &Series) -> PolarsResult<Vec<Option<Number>>> {
    let number = |text: String| Number::parse(&text);
    Ok(match values.dtype() {
        DataType::Float64 => (values.f64()?.iter())
            .map(|cell| cell.map(|value| value.to_string()).and_then(number))
            .collect(),
        DataType::Float32 => (values.f32()?.iter())
            .map(|cell| cell.map(|value| value.to_string()).and_then(number))
            .collect(),
        _ => {
            let text = values.cast(&DataType::String)?;
            text.str()?
                .iter()
                .map(|cell| cell.and_then(Number::parse))
                .collect()
        }
    })
}

/// Cells of the type of `values`; text that is no number is redacted.
pub(super) fn rebuild(values: &Series, cells: Vec<Option<String>>) -> PolarsResult<Series> {
    let is_text = is_text(values.dtype());
    let filled = values.is_not_null();
    let cells: StringChunked = (cells.into_iter().zip(filled.iter()))
        .map(|(cell, is_filled)| {
            let lost = (is_text && is_filled == Some(true)).then(|| PLACEHOLDER.to_owned());
            cell.or(lost)
        })
        .collect();
    let cells = cells.into_series();
    if is_text {
        Ok(cells)
    } else {
        cells.cast(values.dtype())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_they_were_read() {
        for text in ["0", "-7", "12543.77", "1 234 567,50", "0,05", "007.0"] {
            let number = Number::parse(text).unwrap();
            assert_eq!(
                number.write().trim_start_matches('0'),
                text.trim_start_matches('0')
            );
        }
        for text in ["", "-", "1e5", "12.3.4", "1,234,567", "сто", "NaN", ".5"] {
            assert_eq!(Number::parse(text), None, "{text}");
        }
        let more = Number::parse("1,5").unwrap().with_places(3).unwrap();
        assert_eq!(more.write(), "1,500");
        assert_eq!(more.with_places(1), None);
    }
}

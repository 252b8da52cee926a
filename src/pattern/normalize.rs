//! The closed set of steps that bring a cell to the form a pattern is written for.

use std::borrow::Cow;

use super::mojibake;
use crate::detect::shape::{Shape, may_fold};

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Removes spaces, hyphens, parentheses and dots.
    StripSeparators,
    /// Makes a whole number that was written as a fraction whole again.
    FloatTail,
    /// Gives a bare number of 9 to 11 digits its lost leading zeros back.
    LeadingZeros12,
}

impl Step {
    /// Finds a step by the name pattern files use.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "strip-separators" => Some(Self::StripSeparators),
            "float-tail" => Some(Self::FloatTail),
            "leading-zeros-12" => Some(Self::LeadingZeros12),
            _ => None,
        }
    }

    /// Tells whether the step leaves every cell of that shape as it is.
    pub fn leaves(self, shape: Shape) -> bool {
        let is_number = shape.digits == shape.length;
        match self {
            Self::StripSeparators => is_number,
            Self::FloatTail => !shape.has_point(),
            Self::LeadingZeros12 => !is_number || !BARE.contains(&shape.length),
        }
    }

    /// Applies the step.
    pub fn apply(self, cell: Cow<'_, str>) -> Cow<'_, str> {
        match self {
            Self::StripSeparators if cell.bytes().any(|b| is_separator(char::from(b))) => {
                Cow::Owned(cell.chars().filter(|c| !is_separator(*c)).collect())
            }
            Self::FloatTail => without_fraction(&cell).map_or(cell, Cow::Owned),
            Self::LeadingZeros12
                if BARE.contains(&cell.len()) && cell.bytes().all(|b| b.is_ascii_digit()) =>
            {
                let lost = &"000"[..BARE.end - cell.len()];
                Cow::Owned([lost, &cell].concat())
            }
            _ => cell,
        }
    }
}

/// Lengths of an identifier of twelve digits that lost its leading zeros.
const BARE: std::ops::Range<usize> = 9..12;

/// A whole number that was written as a fraction: `12.0`, `12,00`, `1.2E+1` with all its digits.
fn without_fraction(cell: &str) -> Option<String> {
    if memchr::memchr2(b'.', b',', cell.as_bytes()).is_none()
        || !cell.starts_with(|c: char| c.is_ascii_digit())
    {
        return None;
    }
    if cell.contains(['E', 'e']) {
        let value: f64 = cell.replace(',', ".").parse().ok()?;
        return (value.fract() == 0.0 && value.abs() < EXACT).then(|| format!("{value:.0}"));
    }
    let (whole, tail) = cell.split_once(['.', ','])?;
    (!tail.is_empty() && tail.bytes().all(|b| b == b'0')).then(|| whole.to_owned())
}

/// Whole numbers below this have an exact binary form.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Takes off what programs and people put around a value: quotes, a formula's equals sign, a number sign.
pub fn unwrapped(cell: &str) -> &str {
    if is_bare(cell.as_bytes()) {
        return cell;
    }
    let is_wrapping = |c: char| {
        c.is_whitespace() || matches!(c, '\'' | '"' | '=' | '`' | '#' | '«' | '»' | '“' | '”')
    };
    let from_start = cell.trim_start_matches(is_wrapping);
    let trimmed = from_start.trim_end_matches(is_wrapping);
    // The second half of a letter that was decoded wrongly may look like a quote or a space.
    let half = from_start[trimmed.len()..].chars().next();
    let longer = &from_start[..trimmed.len() + half.map_or(0, char::len_utf8)];
    if mojibake::ends_cut(trimmed) && mojibake::undone(longer).is_some() {
        longer
    } else {
        trimmed
    }
}

/// Tells whether a program wrote that there is no value.
pub fn is_missing(cell: &str) -> bool {
    const LONGEST: usize = 5;
    const WORDS: [&str; 7] = ["null", "\\n", "nan", "none", "n/a", "н/д", "Н/Д"];
    let may_begin = |byte: &u8| matches!(byte, b'n' | b'N' | b'\\' | 0xd0);
    cell.len() <= LONGEST
        && cell.as_bytes().first().is_none_or(may_begin)
        && (cell.is_empty() || WORDS.iter().any(|word| cell.eq_ignore_ascii_case(word)))
}

/// Begins and ends with an ASCII or Cyrillic letter or a digit, as nearly every cell does.
fn is_bare(cell: &[u8]) -> bool {
    let [first, .., before_last, last] = cell else {
        return false;
    };
    let cyrillic = 0xd0..=0xd3_u8;
    (first.is_ascii_alphanumeric() || cyrillic.contains(first))
        && (last.is_ascii_alphanumeric() || cyrillic.contains(before_last))
}

/// Tells whether people put this character between groups of digits.
pub fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '-' | '(' | ')' | '.')
}

/// Undoes wrong decoding, folds digits of other scripts to ASCII, drops invisible characters, makes odd spaces and hyphens
/// plain; borrows when nothing changes.
pub fn fold(cell: &str) -> Cow<'_, str> {
    if !may_fold(cell) && !mojibake::may_begin_wrong(cell) {
        return Cow::Borrowed(cell);
    }
    let text = mojibake::mended(cell);
    if text.chars().any(|c| folded(c) != Some(c)) {
        Cow::Owned(text.chars().filter_map(folded).collect())
    } else {
        text
    }
}

/// What a character folds to; `None` when it is invisible.
pub fn folded(c: char) -> Option<char> {
    match c {
        ' '..='~' | '\u{400}'..='\u{52f}' => Some(c),
        '\u{200b}'..='\u{200f}' | '\u{180e}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => None,
        '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' => None,
        '\t' | '\n' | '\r' | '\u{a0}' | '\u{2007}' | '\u{2009}' | '\u{202f}' => Some(' '),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Some('-'),
        '０'..='９' => digit(c, '０'),
        '٠'..='٩' => digit(c, '٠'),
        '۰'..='۹' => digit(c, '۰'),
        '＋' => Some('+'),
        '＠' => Some('@'),
        _ => Some(c),
    }
}

fn digit(c: char, zero: char) -> Option<char> {
    char::from_digit(u32::from(c) - u32::from(zero), 10)
}

/// The digits of a text, as a short array; `None` when there are more than 24 or none.
pub fn digits(text: &str) -> Option<Digits> {
    let mut found = Digits {
        bytes: [0; MOST_DIGITS + 1],
        len: 0,
    };
    for byte in text.bytes() {
        let digit = byte.wrapping_sub(b'0');
        found.bytes[found.len] = digit;
        found.len += usize::from(digit < 10);
        if found.len > MOST_DIGITS {
            return None;
        }
    }
    (found.len > 0).then_some(found)
}

const MOST_DIGITS: usize = 24;

/// Values of up to 24 digits.
#[derive(Clone, Copy, Debug)]
pub struct Digits {
    bytes: [u8; MOST_DIGITS + 1],
    len: usize,
}

impl std::ops::Deref for Digits {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_do_what_they_say() {
        for (step, cell, expected) in [
            (Step::StripSeparators, "850 101-100 012", "850101100012"),
            (Step::FloatTail, "850101100012.0", "850101100012"),
            (Step::FloatTail, "850101100012.5", "850101100012.5"),
            (Step::LeadingZeros12, "101100016", "000101100016"),
            (Step::LeadingZeros12, "10110001", "10110001"),
        ] {
            assert_eq!(step.apply(Cow::Borrowed(cell)), expected);
        }
    }

    #[test]
    fn what_stands_around_a_value_goes_and_halves_of_its_letters_stay() {
        for (cell, value) in [
            (" 'А123ВС' ", "А123ВС"),
            ("«ТАРАС»", "ТАРАС"),
            ("А123ВС\u{a0}", "А123ВС"),
            ("РњРёС…Р°РёР»", "РњРёС…Р°РёР»"),
            ("«РњРёС…Р°РёР»»", "РњРёС…Р°РёР»"),
        ] {
            assert_eq!(unwrapped(cell), value);
        }
    }

    #[test]
    fn folding_reads_digits_of_other_scripts_and_ignores_invisible_characters() {
        assert_eq!(fold("８５０\u{200b}１٠١"), "850101");
        assert!(matches!(fold("Әлия"), Cow::Borrowed(_)));
    }
}

//! What a cell is made of, in one pass over its bytes: the gate before every expression.

/// Counts and kinds of bytes of one cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// Number of ASCII digits.
    pub digits: usize,
    /// Kinds of bytes that occur; see [`class`].
    pub classes: u16,
    /// Number of spaces.
    pub spaces: usize,
    /// Number of bytes, at most [`LONGEST`].
    pub length: usize,
    /// Holds a byte that no ASCII sign and no Cyrillic letter has.
    pub may_fold: bool,
}

/// All lengths from here on are alike.
pub const LONGEST: usize = 64;

/// The sign of e-mail addresses.
pub const AT: u16 = 1;
const COLON: u16 = 1 << 1;
const DOT: u16 = 1 << 2;
const SLASH: u16 = 1 << 3;
const MINUS: u16 = 1 << 4;
const PLUS: u16 = 1 << 5;
const SPACE: u16 = 1 << 6;
/// A letter of any script.
pub const LETTER: u16 = 1 << 7;
const DIGIT: u16 = 1 << 8;
/// A byte of a character outside ASCII.
pub const WIDE: u16 = 1 << 9;
/// A sign that codes, dates and numbers are not written with.
pub const OTHER: u16 = 1 << 10;
/// A letter of ASCII.
const LATIN: u16 = 1 << 11;
/// A control character, or the first byte of a character that is neither ASCII nor Cyrillic; no class of its own.
const ODD: u16 = 1 << 12;

#[expect(
    clippy::needless_bitwise_bool,
    reason = "without branches it becomes vector instructions"
)]
const fn is_odd(byte: u8) -> bool {
    (byte < b' ') | ((byte >= 0xc2) & ((byte < 0xd0) | (byte > 0xd4)))
}

/// Tells whether a text holds a control character, or one that is neither ASCII nor Cyrillic.
pub(crate) fn may_fold(text: &str) -> bool {
    text.bytes().fold(false, |found, byte| found | is_odd(byte))
}

/// Finds a kind of byte by the name pattern files use.
pub fn class(name: &str) -> Option<u16> {
    Some(match name {
        "@" => AT,
        ":" => COLON,
        "." => DOT,
        "/" => SLASH,
        "-" => MINUS,
        "+" => PLUS,
        " " => SPACE,
        "letter" => LETTER,
        "sign" => OTHER,
        "latin" => LATIN,
        _ => return None,
    })
}

/// The kinds of bytes that a character is written with.
pub(crate) fn classes_of(c: char) -> u16 {
    let mut bytes = [0; 4];
    let bytes = c.encode_utf8(&mut bytes).bytes();
    bytes.fold(0, |all, byte| all | TABLE[usize::from(byte)]) & !ODD
}

/// How many kinds of bytes there are.
pub const CLASSES: usize = 12;

const TABLE: [u16; 256] = table();

const fn table() -> [u16; 256] {
    let mut table = [0; 256];
    let mut byte = 0_u8;
    loop {
        table[byte as usize] = match byte {
            b'@' => AT,
            b':' => COLON,
            b'.' => DOT,
            b'/' => SLASH,
            b'-' => MINUS,
            b'+' => PLUS,
            b' ' => SPACE,
            b'0'..=b'9' => DIGIT,
            b'a'..=b'z' | b'A'..=b'Z' => LETTER | LATIN,
            0x80..=0xff => LETTER | WIDE | if is_odd(byte) { ODD } else { 0 },
            b'_' => 0,
            0..b' ' => OTHER | ODD,
            _ => OTHER,
        };
        if byte == u8::MAX {
            return table;
        }
        byte += 1;
    }
}

/// What a byte adds to a shape: its kinds, and above them the count of digits and that of spaces.
const TALLIES: [u64; 256] = tallies();
const DIGITS_FROM: u32 = 32;
const SPACES_FROM: u32 = 48;
/// No count of so many bytes outgrows its place.
const MOST_AT_ONCE: usize = 1 << 15;

const fn tallies() -> [u64; 256] {
    let mut tallies = [0; 256];
    let mut byte = 0;
    while byte < tallies.len() {
        let kinds = TABLE[byte] as u64;
        let digits = (kinds & DIGIT as u64 != 0) as u64;
        let spaces = (kinds & SPACE as u64 != 0) as u64;
        tallies[byte] = kinds | digits << DIGITS_FROM | spaces << SPACES_FROM;
        byte += 1;
    }
    tallies
}

impl Shape {
    /// The shape of no cell.
    pub const NONE: Self = Self {
        digits: usize::MAX,
        classes: 0,
        spaces: 0,
        length: 0,
        may_fold: false,
    };

    /// Looks at every byte.
    pub fn of(cell: &str) -> Self {
        let (mut kinds, mut digits, mut spaces) = (0, 0, 0);
        for part in cell.as_bytes().chunks(MOST_AT_ONCE) {
            let mut sum = 0;
            for &byte in part {
                let tally = TALLIES[usize::from(byte)];
                kinds |= tally;
                sum += tally;
            }
            digits += usize::from((sum >> DIGITS_FROM) as u16);
            spaces += usize::from((sum >> SPACES_FROM) as u16);
        }
        let kinds = kinds as u16;
        Self {
            digits,
            classes: kinds & !ODD,
            spaces,
            length: cell.len().min(LONGEST),
            may_fold: kinds & ODD != 0,
        }
    }

    /// Tells whether it holds a letter of any script.
    pub fn has_letters(self) -> bool {
        self.classes & LETTER != 0
    }

    /// Tells whether it may hold a decimal point or comma.
    pub fn has_point(self) -> bool {
        self.classes & (DOT | OTHER) != 0
    }

    /// Tells whether it is one code, date or number: words that could stand beside one are not in it.
    pub fn is_code(self) -> bool {
        self.classes & (SPACE | OTHER | AT | WIDE) == 0
    }
}

/// Like [`char::is_alphabetic`], quick for ASCII and Cyrillic.
pub fn is_letter(c: char) -> bool {
    match c {
        '\0'..='\u{7f}' => c.is_ascii_alphabetic(),
        '\u{400}'..='\u{481}' | '\u{48a}'..='\u{52f}' => true,
        _ => c.is_alphabetic(),
    }
}

/// Lower case of one character, quick for ASCII and the letters of Russian and Kazakh.
pub fn lower(c: char) -> char {
    match c {
        '\0'..='\u{7f}' => c.to_ascii_lowercase(),
        'А'..='Я' => char::from_u32(u32::from(c) + 32).unwrap_or(c),
        'а'..='я' | 'ё' | 'і' | 'ә' | 'ғ' | 'қ' | 'ң' | 'ө' | 'ұ' | 'ү' | 'һ' => c,
        'Ё' => 'ё',
        'І' => 'і',
        'Ә' | 'Ғ' | 'Қ' | 'Ң' | 'Ө' | 'Ұ' | 'Ү' | 'Һ' => {
            char::from_u32(u32::from(c) + 1).unwrap_or(c)
        }
        _ => c.to_lowercase().next().unwrap_or(c),
    }
}

/// Tells whether a cell says yes or no.
pub fn is_boolean(cell: &str) -> bool {
    const LONGEST: usize = 8;
    if cell.len() > LONGEST || (cell.len() > 1 && cell.as_bytes()[0].is_ascii_digit()) {
        return false;
    }
    let mut word = [0; 2 * LONGEST];
    let mut end = 0;
    for c in cell.chars().map(lower) {
        end += c.encode_utf8(&mut word[end..]).len();
    }
    matches!(
        &word[..end],
        b"0" | b"1" | b"true" | b"false" | b"yes" | b"no" | b"y" | b"n" | b"t" | b"f"
    ) || ["да", "нет", "иә", "жоқ", "ия"]
        .iter()
        .any(|known| known.as_bytes() == &word[..end])
}

/// A row of numbers and the separators people put between them, without separators at its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// Number of digits.
    pub digits: usize,
}

/// Rows of at least so many digits; numbers stuck to letters are in none.
pub fn rows(text: &str, least_digits: usize) -> impl Iterator<Item = Row> {
    let bytes = text.as_bytes();
    let is_letter = move |at: Option<usize>| {
        at.and_then(|i| bytes.get(i))
            .is_some_and(|b| TABLE[usize::from(*b)] & LETTER != 0)
    };
    let mut at = 0;
    std::iter::from_fn(move || {
        let mut row = Row {
            start: at,
            end: at,
            digits: 0,
        };
        while at < bytes.len() {
            if row.digits == 0 {
                // Nothing begins before the next digit but for its opening signs.
                at += bytes[at..].iter().position(u8::is_ascii_digit)?;
                let is_opening = |&&b: &&u8| matches!(b, b'(' | b'+');
                let before = bytes[row.start..at].iter().rev();
                row.start = at - before.take_while(is_opening).count();
            }
            let start = at;
            while bytes.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
            }
            let is_number = at > start;
            let is_stuck = is_number && (is_letter(start.checked_sub(1)) || is_letter(Some(at)));
            if is_number && !is_stuck {
                row.digits += at - start;
                row.end = at;
                continue;
            }
            let is_separator =
                !is_number && matches!(bytes[at], b' ' | b'-' | b'(' | b')' | b'.' | b'+');
            at += usize::from(!is_number);
            // An opening sign begins a row; any other separator only goes on with one.
            if row.digits == 0
                && (!is_separator || matches!(bytes[at - 1], b' ' | b'-' | b'.' | b')'))
            {
                row.start = at;
            } else if !is_separator {
                if row.digits >= least_digits {
                    return Some(row);
                }
                row = Row {
                    start: at,
                    end: at,
                    digits: 0,
                };
            }
        }
        (row.digits >= least_digits).then_some(row)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_ways_agree_with_the_standard_library() {
        for c in ('\0'..='\u{5ff}').chain("ẞÅæ中".chars()) {
            assert_eq!(is_letter(c), c.is_alphabetic(), "{c:?}");
            assert_eq!(Some(lower(c)), c.to_lowercase().next(), "{c:?}");
        }
    }

    #[test]
    fn counts_do_not_overflow() {
        for length in [5, MOST_AT_ONCE / 2, MOST_AT_ONCE, 3 * MOST_AT_ONCE + 1] {
            let shape = Shape::of(&"1 ".repeat(length));
            assert_eq!((shape.digits, shape.spaces), (length, length));
            let spaces = Shape::of(&" ".repeat(length));
            assert_eq!((spaces.digits, spaces.spaces), (0, length));
        }
    }

    #[test]
    fn rows_of_numbers_end_at_words_and_other_signs() {
        for (text, expected) in [
            ("2025-01-02T10:11:12", vec!["2025-01"]),
            ("тел. +7 (700) 000-12-34, 5 шт", vec!["+7 (700) 000-12-34"]),
            ("9f86d081-884c-4d65", vec![]),
            ("д5 87010000000.", vec!["87010000000"]),
            (
                "(727) 000-00-00; 192.0.2.117",
                vec!["(727) 000-00-00", "192.0.2.117"],
            ),
            ("код 12", vec![]),
            ("850101100012", vec!["850101100012"]),
        ] {
            let found: Vec<&str> = rows(text, 6).map(|row| &text[row.start..row.end]).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}

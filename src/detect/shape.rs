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
}

const AT: u16 = 1;
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
const OTHER: u16 = 1 << 10;

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
        _ => return None,
    })
}

/// From this length on, vector instructions win.
const LONG: usize = 48;

/// How many kinds of bytes there are.
pub const CLASSES: usize = 11;

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
            b'a'..=b'z' | b'A'..=b'Z' => LETTER,
            0x80..=0xff => LETTER | WIDE,
            b'_' => 0,
            _ => OTHER,
        };
        if byte == u8::MAX {
            return table;
        }
        byte += 1;
    }
}

impl Shape {
    /// Looks at every byte.
    pub fn of(cell: &str) -> Self {
        if cell.len() >= LONG {
            Self::of_long(cell.as_bytes())
        } else {
            Self::of_short(cell)
        }
    }

    /// One pass a kind, each of which becomes vector instructions.
    fn of_long(bytes: &[u8]) -> Self {
        let digits = count(bytes, |b| b.is_ascii_digit());
        let spaces = count(bytes, |b| b == b' ');
        let signs = [
            (b'@', AT),
            (b':', COLON),
            (b'.', DOT),
            (b'/', SLASH),
            (b'-', MINUS),
            (b'+', PLUS),
        ];
        let mut classes = signs
            .into_iter()
            .filter(|(byte, _)| memchr::memchr(*byte, bytes).is_some())
            .fold(0, |all, (_, class)| all | class);
        let ascii_letters = count(bytes, |b| b.is_ascii_alphabetic());
        let wide = count(bytes, |b| b >= 0x80);
        let named = count(bytes, |b| {
            matches!(b, b'@' | b':' | b'.' | b'/' | b'-' | b'+' | b'_')
        });
        let other = bytes.len() - digits - spaces - ascii_letters - wide - named;
        for (number, class) in [
            (other, OTHER),
            (ascii_letters, LETTER),
            (wide, LETTER | WIDE),
            (digits, DIGIT),
            (spaces, SPACE),
        ] {
            classes |= if number > 0 { class } else { 0 };
        }
        Self {
            digits,
            classes,
            spaces,
        }
    }

    fn of_short(cell: &str) -> Self {
        let mut shape = Self::default();
        for &byte in cell.as_bytes() {
            let class = TABLE[usize::from(byte)];
            shape.classes |= class;
            shape.digits += usize::from(class == DIGIT);
            shape.spaces += usize::from(class == SPACE);
        }
        shape
    }

    /// Tells whether it holds a letter of any script.
    pub fn has_letters(self) -> bool {
        self.classes & LETTER != 0
    }

    /// Tells whether it is one code, date or number: words that could stand beside one are not in it.
    pub fn is_code(self) -> bool {
        self.classes & (SPACE | OTHER | AT | WIDE) == 0
    }
}

/// Counts in lanes of one byte, which no run of 255 can overflow.
fn count(bytes: &[u8], is_it: impl Fn(u8) -> bool) -> usize {
    bytes
        .chunks(255)
        .map(|run| usize::from(run.iter().map(|&b| u8::from(is_it(b))).sum::<u8>()))
        .sum()
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
    if cell.len() > LONGEST {
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
    fn long_and_short_texts_are_seen_alike() {
        let text = "Тел. +7 (700) 000-12-34; a@b.kz / 12:30";
        for end in text.char_indices().map(|(i, _)| i) {
            assert_eq!(
                Shape::of_short(&text[..end]),
                Shape::of_long(&text.as_bytes()[..end]),
                "{end}"
            );
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

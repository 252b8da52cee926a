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
            _ => 0,
        };
        if byte == u8::MAX {
            return table;
        }
        byte += 1;
    }
}

impl Shape {
    /// Looks at every byte once.
    pub fn of(cell: &str) -> Self {
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

    /// Tells whether it holds nothing but letters, spaces, hyphens and dots.
    pub fn is_words(self) -> bool {
        self.has_letters() && self.classes & !(LETTER | WIDE | SPACE | MINUS | DOT) == 0
    }
}

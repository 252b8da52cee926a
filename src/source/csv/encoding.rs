//! From bytes in any encoding to UTF-8 and back, a piece at a time.

use std::io::{self, Read};

use super::codepage::{self, CodePage};

/// How the text of a file is written.
#[derive(Clone, Copy, Debug)]
pub enum Encoding {
    /// UTF-8; whether a byte order mark stands in front.
    Utf8 {
        /// The file begins with EF BB BF.
        bom: bool,
    },
    /// UTF-16.
    Utf16 {
        /// Most significant byte first.
        big_endian: bool,
        /// The file begins with a byte order mark.
        bom: bool,
    },
    /// One byte a letter.
    Single(&'static CodePage),
}

const UTF8_BOM: &[u8] = &[0xef, 0xbb, 0xbf];
/// What Windows calls text of Russian and, without the Kazakh letters, Kazakh.
const CYRILLIC: &str = "windows-1251";
const CHUNK: usize = 64 * 1024;

impl Encoding {
    /// Finds an encoding by name.
    pub fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" => Some(Self::Utf8 { bom: false }),
            "utf-16le" | "utf-16" => Some(Self::Utf16 {
                big_endian: false,
                bom: false,
            }),
            "utf-16be" => Some(Self::Utf16 {
                big_endian: true,
                bom: false,
            }),
            name => codepage::named(name).map(Self::Single),
        }
    }

    /// Guesses from the beginning of a file: mark, validity, parity of zero bytes, letters.
    pub fn guess(head: &[u8], is_whole: bool) -> Option<Self> {
        if head.starts_with(UTF8_BOM) {
            return Some(Self::Utf8 { bom: true });
        }
        match head {
            [0xff, 0xfe, ..] => {
                return Some(Self::Utf16 {
                    big_endian: false,
                    bom: true,
                });
            }
            [0xfe, 0xff, ..] => {
                return Some(Self::Utf16 {
                    big_endian: true,
                    bom: true,
                });
            }
            _ => {}
        }
        Self::guess_unmarked(head, is_whole)
    }

    /// Guesses from a stretch that does not begin a file.
    pub fn guess_unmarked(head: &[u8], is_whole: bool) -> Option<Self> {
        if let Some(big_endian) = zero_parity(head) {
            return Some(Self::Utf16 {
                big_endian,
                bom: false,
            });
        }
        match std::str::from_utf8(head) {
            Ok(_) => return Some(Self::Utf8 { bom: false }),
            Err(e) if !is_whole && e.error_len().is_none() => {
                return Some(Self::Utf8 { bom: false });
            }
            Err(_) => {}
        }
        if is_mostly_utf8(head) {
            return Some(Self::Utf8 { bom: false });
        }
        if head.contains(&0) {
            return None;
        }
        codepage::guess(head).map(Self::Single)
    }

    /// The same encoding, with the mark that the file begins with.
    #[must_use]
    pub fn with_mark_of(self, head: &[u8]) -> Self {
        let marked = match self {
            Self::Utf8 { .. } => Self::Utf8 { bom: true },
            Self::Utf16 { big_endian, .. } => Self::Utf16 {
                big_endian,
                bom: true,
            },
            Self::Single(_) => self,
        };
        if head.starts_with(marked.mark()) {
            marked
        } else {
            self
        }
    }

    /// Name as findings print it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 { .. } => "UTF-8",
            Self::Utf16 {
                big_endian: false, ..
            } => "UTF-16LE",
            Self::Utf16 {
                big_endian: true, ..
            } => "UTF-16BE",
            Self::Single(page) => page.name,
        }
    }

    /// Bytes in front of the text.
    pub fn mark(self) -> &'static [u8] {
        match self {
            Self::Utf8 { bom: true } => UTF8_BOM,
            Self::Utf16 {
                big_endian: false,
                bom: true,
            } => &[0xff, 0xfe],
            Self::Utf16 {
                big_endian: true,
                bom: true,
            } => &[0xfe, 0xff],
            _ => &[],
        }
    }

    /// Appends text in this encoding; `None` at a letter that it does not have.
    pub fn encode(self, text: &str, out: &mut Vec<u8>) -> Option<()> {
        match self {
            Self::Utf8 { .. } => out.extend_from_slice(text.as_bytes()),
            Self::Utf16 { big_endian, .. } => {
                for unit in text.encode_utf16() {
                    out.extend_from_slice(&if big_endian {
                        unit.to_be_bytes()
                    } else {
                        unit.to_le_bytes()
                    });
                }
            }
            Self::Single(page) => page.encode(text, out)?,
        }
        Some(())
    }

    /// Reads a stream in this encoding as UTF-8, without its mark.
    pub fn decoder<R: Read + Send + 'static>(self, input: R) -> Box<dyn Read + Send> {
        let input = SkipMark {
            input,
            mark: self.mark(),
            checked: false,
        };
        match self {
            Self::Utf8 { .. } => Box::new(input),
            Self::Utf16 { big_endian, .. } => Box::new(Decoder::new(
                input,
                Utf16 {
                    big_endian,
                    carry: Vec::new(),
                },
            )),
            Self::Single(page) => Box::new(Decoder::new(input, page)),
        }
    }
}

/// The text of a small file that people or spreadsheets saved: UTF-8, UTF-16 with its mark, or windows-1251.
///
/// # Errors
/// When it is anything else: what looks like text in an encoding that is not meant would be compared in vain.
pub fn text_of(bytes: Vec<u8>) -> io::Result<String> {
    let unknown = || {
        let what = "it is no text in UTF-8, UTF-16 with a byte order mark, or windows-1251";
        io::Error::new(io::ErrorKind::InvalidData, what)
    };
    let encoding = Encoding::guess(&bytes, true).ok_or_else(unknown)?;
    let is_meant = match encoding {
        Encoding::Utf8 { .. } => true,
        Encoding::Utf16 { bom, .. } => bom,
        Encoding::Single(page) => page.name == CYRILLIC,
    };
    if !is_meant {
        return Err(unknown());
    }
    let mut text = String::new();
    match encoding {
        // Strict: one broken byte may be that of an identifier.
        Encoding::Utf8 { .. } => text = String::from_utf8(bytes).map_err(|_| unknown())?,
        _ => drop(
            encoding
                .decoder(io::Cursor::new(bytes))
                .read_to_string(&mut text)?,
        ),
    }
    let is_no_text =
        |c: char| c == char::REPLACEMENT_CHARACTER || (c.is_control() && !c.is_whitespace());
    if text.contains(is_no_text) {
        return Err(unknown());
    }
    Ok(text)
}

/// A few broken bytes do not make another encoding: letters of several bytes hardly come about by chance.
fn is_mostly_utf8(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head);
    let broken = text
        .chars()
        .filter(|&c| c == char::REPLACEMENT_CHARACTER)
        .count();
    let whole = text.chars().filter(|c| !c.is_ascii()).count() - broken;
    whole > 3 * broken
}

/// Text without a mark whose every second byte is mostly zero: `Some(true)` when the first of a pair is.
fn zero_parity(head: &[u8]) -> Option<bool> {
    let zeros = |offset: usize| {
        head.iter()
            .skip(offset)
            .step_by(2)
            .filter(|&&b| b == 0)
            .count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    let pairs = head.len() / 2;
    let many = |count: usize| pairs >= 2 && count * 5 > pairs;
    (many(even) || many(odd))
        .then_some(even > odd)
        .filter(|_| even.min(odd) * 4 <= even.max(odd))
}

struct SkipMark<R> {
    input: R,
    mark: &'static [u8],
    checked: bool,
}

impl<R: Read> Read for SkipMark<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.checked {
            self.checked = true;
            let mut mark = vec![0; self.mark.len()];
            self.input.read_exact(&mut mark)?;
        }
        self.input.read(buffer)
    }
}

trait Decode: Send {
    /// Appends what the bytes mean; keeps an unfinished letter for later.
    fn decode(&mut self, bytes: &[u8], is_end: bool, out: &mut Vec<u8>);
}

impl Decode for &'static CodePage {
    fn decode(&mut self, bytes: &[u8], _is_end: bool, out: &mut Vec<u8>) {
        CodePage::decode(self, bytes, out);
    }
}

struct Utf16 {
    big_endian: bool,
    carry: Vec<u8>,
}

impl Decode for Utf16 {
    fn decode(&mut self, bytes: &[u8], is_end: bool, out: &mut Vec<u8>) {
        self.carry.extend_from_slice(bytes);
        let mut units: Vec<u16> = self
            .carry
            .chunks_exact(2)
            .map(|pair| {
                if self.big_endian {
                    u16::from_be_bytes([pair[0], pair[1]])
                } else {
                    u16::from_le_bytes([pair[0], pair[1]])
                }
            })
            .collect();
        let mut rest = self.carry.split_off(units.len() * 2);
        if !is_end
            && units
                .last()
                .is_some_and(|unit| (0xd800..0xdc00).contains(unit))
        {
            units.pop();
            let mut high = self.carry.split_off(units.len() * 2);
            high.append(&mut rest);
            rest = high;
        }
        let mut buffer = [0; 4];
        for letter in char::decode_utf16(units) {
            out.extend_from_slice(
                letter
                    .unwrap_or(char::REPLACEMENT_CHARACTER)
                    .encode_utf8(&mut buffer)
                    .as_bytes(),
            );
        }
        if is_end && !rest.is_empty() {
            out.extend_from_slice("\u{fffd}".as_bytes());
            rest.clear();
        }
        self.carry = rest;
    }
}

struct Decoder<R, D> {
    input: R,
    decode: D,
    bytes: Vec<u8>,
    text: Vec<u8>,
    taken: usize,
    ended: bool,
}

impl<R: Read, D: Decode> Decoder<R, D> {
    fn new(input: R, decode: D) -> Self {
        Self {
            input,
            decode,
            bytes: vec![0; CHUNK],
            text: Vec::new(),
            taken: 0,
            ended: false,
        }
    }
}

impl<R: Read, D: Decode> Read for Decoder<R, D> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.text.len() && !self.ended {
            let count = self.input.read(&mut self.bytes)?;
            self.ended = count == 0;
            self.text.clear();
            self.taken = 0;
            self.decode
                .decode(&self.bytes[..count], self.ended, &mut self.text);
        }
        let count = buffer.len().min(self.text.len() - self.taken);
        buffer[..count].copy_from_slice(&self.text[self.taken..self.taken + count]);
        self.taken += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_is_guessed_and_round_trips() {
        let text = "иин;аты\r\n850101100012;Әлия 😀\r\n".repeat(20);
        for encoding in [
            Encoding::Utf8 { bom: false },
            Encoding::Utf8 { bom: true },
            Encoding::Utf16 {
                big_endian: false,
                bom: true,
            },
            Encoding::Utf16 {
                big_endian: true,
                bom: true,
            },
        ] {
            let mut bytes = encoding.mark().to_vec();
            encoding.encode(&text, &mut bytes).unwrap();
            let guessed = Encoding::guess(&bytes, true).unwrap();
            assert_eq!(guessed.name(), encoding.name());
            let mut back = String::new();
            guessed
                .decoder(io::Cursor::new(bytes))
                .read_to_string(&mut back)
                .unwrap();
            assert_eq!(back, text);
        }
    }

    #[test]
    fn small_files_are_read_strictly() {
        let text = "# по приказу\r\n350101100012\r\nиванов@example.com\r\n";
        let marked = |big_endian| Encoding::Utf16 {
            big_endian,
            bom: true,
        };
        let written = |encoding: Encoding| {
            let mut bytes = encoding.mark().to_vec();
            encoding.encode(text, &mut bytes).unwrap();
            bytes
        };
        let single = |name| Encoding::named(name).unwrap();
        for encoding in [marked(false), marked(true), single(CYRILLIC)] {
            assert_eq!(text_of(written(encoding)).unwrap(), text);
        }
        let utf8 = text_of(written(Encoding::Utf8 { bom: true })).unwrap();
        assert_eq!(utf8.trim_start_matches('\u{feff}'), text);
        assert_eq!(text_of(Vec::new()).unwrap(), "");
        let mut odd = written(marked(false));
        odd.pop();
        let mut broken = written(Encoding::Utf8 { bom: false });
        broken[5] = 0xff;
        for no_text in [
            odd,
            broken,
            written(single("cp866")),
            written(single("koi8-r")),
            written(single("utf-16le")),
            written(single("utf-16be")),
            b"350101100012\0\n".to_vec(),
            b"PK\x03\x04\x14\x00\x08\x08\xd0\xcf\x11\xe0".to_vec(),
            (0..=255).collect(),
            vec![0xff, 0xfe, 0x00, 0xd8],
        ] {
            let told = String::from_utf8_lossy(&no_text).into_owned();
            assert!(text_of(no_text).is_err(), "{told:?}");
        }
    }

    #[test]
    fn one_broken_byte_makes_no_other_encoding() {
        let mut bytes = "Фамилия;Имя\nАхметов;Алия\n".repeat(5).into_bytes();
        bytes.extend(b"x\xff;y\n");
        assert!(matches!(
            Encoding::guess(&bytes, true),
            Some(Encoding::Utf8 { bom: false })
        ));
    }

    #[test]
    fn utf_16_without_a_mark_is_known_by_its_zero_bytes() {
        for big_endian in [false, true] {
            let mut bytes = Vec::new();
            Encoding::Utf16 {
                big_endian,
                bom: false,
            }
            .encode("id,iin,name\n1,850101100012,Aidana\n", &mut bytes)
            .unwrap();
            assert!(
                matches!(Encoding::guess(&bytes, true), Some(Encoding::Utf16 { big_endian: b, bom: false }) if b == big_endian)
            );
        }
    }
}

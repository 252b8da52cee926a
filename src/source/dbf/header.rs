//! What the head of a DBF file says: how many records, of which fields, and in which encoding they may be.

use std::io::Read;
use std::ops::Range;

/// What a file says of itself.
#[derive(Clone, Debug)]
pub(super) struct Header {
    /// Byte that tells the program and whether there are memos.
    pub(super) version: u8,
    /// Number of records, the deleted ones too.
    pub(super) records: u64,
    /// Where the first record begins.
    pub(super) start: u64,
    /// Bytes of a record.
    pub(super) width: usize,
    /// Byte that tells the encoding, where the program knew it.
    pub(super) mark: u8,
    /// Fields, in order.
    pub(super) fields: Vec<Field>,
    /// Where in a record the bits stand that tell empty fields.
    pub(super) bits: Option<Range<usize>>,
}

/// One field of every record.
#[derive(Clone, Debug)]
pub(super) struct Field {
    /// Its name, in the encoding of the file.
    pub(super) name: Vec<u8>,
    /// How it is read.
    pub(super) kind: Kind,
    /// Where in a record it stands.
    pub(super) at: Range<usize>,
    /// Digits behind the point.
    pub(super) decimals: usize,
    /// The bit that is set where it is empty.
    pub(super) null_bit: Option<usize>,
    /// The bit that is set where its last byte tells its length.
    pub(super) length_bit: Option<usize>,
}

/// How a field is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters, filled up with blanks.
    Text,
    /// Digits as they are shown.
    Number,
    /// Year, month, day.
    Date,
    /// Yes or no.
    Truth,
    /// Four bytes.
    Integer,
    /// Eight bytes.
    Double,
    /// Ten thousandths.
    Currency,
    /// Day and milliseconds.
    Moment,
    /// The number of a block in the file of memos.
    Memo,
    /// Pictures, objects and bytes, which are not looked into.
    Unseen,
}

const HEAD: usize = 32;
const DESCRIPTION: usize = 32;
const MOST_FIELDS: usize = 2046;
/// Programs whose files are laid out so.
const VERSIONS: &[u8] = &[
    0x03, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8b, 0x8e, 0xcb, 0xf5, 0xfb,
];
const IS_SYSTEM: u8 = 1;
const MAY_BE_NULL: u8 = 2;

impl Header {
    /// Reads it.
    ///
    /// # Errors
    /// What is wrong, in words; the file cannot be read then.
    pub(super) fn read(file: &mut impl Read) -> Result<Self, &'static str> {
        const SHORT: &str = "it is too short for a DBF file";
        let mut head = [0; HEAD];
        file.read_exact(&mut head).map_err(|_| SHORT)?;
        let version = head[0];
        if !VERSIONS.contains(&version) {
            return Err("it is no DBF file, or one of a kind that is not known");
        }
        if head[15] != 0 {
            return Err("it is encrypted");
        }
        let start = usize::from(u16::from_le_bytes([head[8], head[9]]));
        let mut described = vec![0; start.saturating_sub(HEAD)];
        file.read_exact(&mut described).map_err(|_| SHORT)?;
        let width = usize::from(u16::from_le_bytes([head[10], head[11]]));
        let mut header = Self {
            version,
            records: u64::from(u32::from_le_bytes([head[4], head[5], head[6], head[7]])),
            start: start as u64,
            width,
            mark: head[29],
            fields: Vec::new(),
            bits: None,
        };
        header.describe(&described)?;
        Ok(header)
    }

    /// Tells whether Visual FoxPro wrote it.
    pub(super) fn is_visual(&self) -> bool {
        matches!(self.version, 0x30..=0x32)
    }

    fn describe(&mut self, described: &[u8]) -> Result<(), &'static str> {
        let descriptions: Vec<&[u8]> = described
            .chunks_exact(DESCRIPTION)
            .take_while(|description| description[0] != 0x0d)
            .collect();
        let is_ended = described.get(descriptions.len() * DESCRIPTION) == Some(&0x0d);
        if !is_ended || descriptions.is_empty() || descriptions.len() > MOST_FIELDS {
            return Err("its fields are not described as in a DBF file");
        }
        let short = |description: &[u8]| usize::from(description[16]);
        // Clipper and FoxPro use the place of the digits for the length of long texts.
        let long = |description: &[u8]| match description[11] {
            b'C' => short(description) + (usize::from(description[17]) << 8),
            _ => short(description),
        };
        let sum = |length: &dyn Fn(&[u8]) -> usize| {
            1 + { descriptions.iter() }.map(|d| length(d)).sum::<usize>()
        };
        let is_long = sum(&short) != self.width;
        if is_long && sum(&long) != self.width {
            return Err("its fields do not fill its records");
        }
        let (mut at, mut bit) = (1, 0);
        for description in descriptions {
            let length = if is_long {
                long(description)
            } else {
                short(description)
            };
            let place = at..at + length;
            at += length;
            let flags = if self.is_visual() { description[18] } else { 0 };
            let letter = description[11];
            if letter == b'0' && flags & IS_SYSTEM != 0 {
                self.bits = Some(place);
                continue;
            }
            let mut take = |is_so: bool| {
                is_so.then(|| {
                    bit += 1;
                    bit - 1
                })
            };
            let length_bit = take(matches!(letter, b'V' | b'Q'));
            let null_bit = take(flags & MAY_BE_NULL != 0);
            let name = description[..11].split(|&byte| byte == 0).next();
            self.fields.push(Field {
                name: name.unwrap_or_default().to_vec(),
                kind: self.kind(letter, length)?,
                at: place,
                decimals: usize::from(description[17]),
                null_bit,
                length_bit,
            });
        }
        let room = self.bits.as_ref().map_or(0, |bits| bits.len() * 8);
        if bit > room {
            return Err("the bits that tell empty fields are missing");
        }
        Ok(())
    }

    fn kind(&self, letter: u8, length: usize) -> Result<Kind, &'static str> {
        Ok(match (letter, length) {
            (b'C' | b'V', _) => Kind::Text,
            (b'N' | b'F', _) => Kind::Number,
            (b'D', 8) => Kind::Date,
            (b'L', 1) => Kind::Truth,
            (b'I', 4) => Kind::Integer,
            (b'B', 8) if self.is_visual() => Kind::Double,
            (b'Y', 8) => Kind::Currency,
            (b'T', 8) => Kind::Moment,
            (b'M', 4 | 10) => Kind::Memo,
            (b'G' | b'P' | b'W' | b'Q' | b'B', _) => Kind::Unseen,
            _ => return Err("it has a kind of field that is not known"),
        })
    }
}

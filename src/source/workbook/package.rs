//! The list of parts that a packed workbook consists of, and the bytes of each.

use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

/// A packed workbook.
pub(super) struct Package {
    path: PathBuf,
    parts: Vec<Part>,
}

/// One of its parts.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// Its name with folders.
    pub(super) name: String,
    is_deflated: bool,
    packed: u64,
    size: u64,
    at: u64,
}

/// The end of a list without a comment, and the longest comment.
const END: u64 = 22;
const COMMENT: u64 = 1 << 16;
/// A longer list is no workbook's.
const MOST_LISTED: u64 = 64 << 20;
const WIDE: u64 = 0xffff_ffff;

impl Package {
    /// Reads the list.
    ///
    /// # Errors
    /// When the file is not packed as it should be.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let size = file.metadata()?.len();
        let start = size.saturating_sub(END + COMMENT);
        file.seek(SeekFrom::Start(start))?;
        let mut tail = Vec::new();
        file.by_ref().take(END + COMMENT).read_to_end(&mut tail)?;
        let end = memchr::memmem::rfind(&tail, b"PK\x05\x06").ok_or_else(damaged)?;
        let end = &tail[end..];
        let (mut length, mut at) = (number(end, 12, 4)?, number(end, 16, 4)?);
        if at == WIDE || length == WIDE {
            let wide = memchr::memmem::rfind(&tail, b"PK\x06\x06").ok_or_else(damaged)?;
            (length, at) = (number(&tail[wide..], 40, 8)?, number(&tail[wide..], 48, 8)?);
        }
        if length > MOST_LISTED {
            return Err(damaged());
        }
        file.seek(SeekFrom::Start(at))?;
        let mut list = Vec::new();
        file.take(length).read_to_end(&mut list)?;
        let mut parts = Vec::new();
        let mut rest = list.as_slice();
        while rest.starts_with(b"PK\x01\x02") {
            let (part, length) = Part::read(rest)?;
            parts.push(part);
            rest = rest.get(length..).ok_or_else(damaged)?;
        }
        Ok(Self {
            path: path.to_owned(),
            parts,
        })
    }

    /// All parts.
    pub(super) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Tells whether there is a part of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.parts.iter().any(|part| part.name == name)
    }

    /// How large a part says it is when unpacked.
    pub(super) fn size(&self, name: &str) -> u64 {
        let parts = self
            .parts
            .iter()
            .filter(|part| part.name.eq_ignore_ascii_case(name));
        parts.map(|part| part.size).sum()
    }

    /// The unpacked bytes of a part.
    ///
    /// # Errors
    /// When it is not where the list says.
    pub(super) fn read(&self, part: &Part) -> io::Result<Box<dyn Read>> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(part.at))?;
        let mut head = [0; 30];
        file.read_exact(&mut head)?;
        if !head.starts_with(b"PK\x03\x04") {
            return Err(damaged());
        }
        let named = number(&head, 26, 2)? + number(&head, 28, 2)?;
        file.seek(SeekFrom::Start(part.at + 30 + named))?;
        let packed = file.take(part.packed);
        Ok(if part.is_deflated {
            Box::new(flate2::read::DeflateDecoder::new(packed))
        } else {
            Box::new(packed)
        })
    }
}

impl Part {
    /// The part that an entry of the list describes, and the length of the entry.
    fn read(entry: &[u8]) -> io::Result<(Self, usize)> {
        let long = |at| number(entry, at, 4);
        let short = |at| number(entry, at, 2).map(|number| number as usize);
        let (named, extra, comment) = (short(28)?, short(30)?, short(32)?);
        let name = entry.get(46..46 + named).ok_or_else(damaged)?;
        let mut sizes = [long(24)?, long(20)?, long(42)?];
        let mut more = entry
            .get(46 + named..46 + named + extra)
            .ok_or_else(damaged)?;
        while more.len() >= 4 {
            let (kind, length) = (number(more, 0, 2)?, number(more, 2, 2)? as usize);
            if kind == 1 {
                let mut at = 4;
                for size in sizes.iter_mut().filter(|size| **size == WIDE) {
                    *size = number(more, at, 8)?;
                    at += 8;
                }
            }
            more = more.get(4 + length..).unwrap_or_default();
        }
        let [size, packed, at] = sizes;
        let part = Self {
            name: String::from_utf8_lossy(name).replace('\\', "/"),
            is_deflated: match short(10)? {
                0 => false,
                8 => true,
                _ => return Err(damaged()),
            },
            packed,
            size,
            at,
        };
        Ok((part, 46 + named + extra + comment))
    }
}

/// A number, least byte first.
fn number(bytes: &[u8], at: usize, length: usize) -> io::Result<u64> {
    let bytes = bytes.get(at..at + length).ok_or_else(damaged)?;
    Ok(bytes
        .iter()
        .rev()
        .fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

fn damaged() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "it is not packed as it should be",
    )
}

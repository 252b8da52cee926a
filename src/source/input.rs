//! Bytes of one file or of standard input, decompressed; opened anew for every pass.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// gzip, also of several members.
    Gzip,
    /// Zstandard.
    Zstd,
}

/// A file, or standard input copied to a file without a name.
#[derive(Debug)]
pub struct Input {
    place: Place,
    compression: Compression,
    len: u64,
}

#[derive(Debug)]
enum Place {
    Path(PathBuf),
    Nameless(File),
}

/// Bytes at both ends that a fingerprint covers.
const ENDS: u64 = 64 << 10;

impl Input {
    /// A file; how it is compressed is read off its first bytes.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn file(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        if !file.metadata()?.is_file() {
            return Self::copy_of(&mut file);
        }
        let len = file.metadata()?.len();
        Ok(Self {
            place: Place::Path(path.to_owned()),
            compression: compression(&mut file)?,
            len,
        })
    }

    /// Standard input, copied to a temporary file that has no name and goes with the process.
    ///
    /// # Errors
    /// When there is no room for it.
    pub fn stdin() -> io::Result<Self> {
        Self::copy_of(&mut io::stdin().lock())
    }

    /// A stream that can be read only once.
    fn copy_of(stream: &mut impl Read) -> io::Result<Self> {
        let mut file = tempfile::tempfile()?;
        let len = io::copy(stream, &mut file)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(Self {
            compression: compression(&mut file)?,
            place: Place::Nameless(file),
            len,
        })
    }

    /// Starts reading at the first byte.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        let raw: Box<dyn Read + Send> = match &self.place {
            Place::Path(path) => Box::new(File::open(path)?),
            Place::Nameless(file) => Box::new(FromStart {
                file: file.try_clone()?,
                at: 0,
            }),
        };
        Ok(match self.compression {
            Compression::None => raw,
            Compression::Gzip => Box::new(flate2::read::MultiGzDecoder::new(raw)),
            Compression::Zstd => Box::new(zstd::Decoder::new(raw)?),
        })
    }

    /// Size as stored.
    pub fn size(&self) -> u64 {
        self.len
    }

    /// Path of a file.
    pub fn path(&self) -> Option<&Path> {
        match &self.place {
            Place::Path(path) => Some(path),
            Place::Nameless(_) => None,
        }
    }

    /// How it is compressed.
    pub fn compression(&self) -> Compression {
        self.compression
    }

    /// SHA-256 of size and of both ends of the stored bytes.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn fingerprint(&self) -> io::Result<String> {
        match &self.place {
            Place::Path(path) => fingerprint(&mut File::open(path)?),
            Place::Nameless(file) => fingerprint(&mut FromStart {
                file: file.try_clone()?,
                at: 0,
            }),
        }
    }
}

/// SHA-256 of size and of both ends of a stream.
pub(super) fn fingerprint<R: Read + Seek>(file: &mut R) -> io::Result<String> {
    let len = file.seek(SeekFrom::End(0))?;
    let mut hash = Sha256::new();
    hash.update(len.to_le_bytes());
    for start in [0, len.saturating_sub(ENDS)] {
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        file.by_ref().take(ENDS).read_to_end(&mut bytes)?;
        hash.update(&bytes);
    }
    Ok(format!(
        "sha256:{}",
        data_encoding::HEXLOWER.encode(&hash.finalize())
    ))
}

fn compression(file: &mut File) -> io::Result<Compression> {
    let mut magic = [0; 4];
    let mut filled = 0;
    while filled < magic.len() {
        match file.read(&mut magic[filled..])? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(match magic {
        [0x1f, 0x8b, ..] => Compression::Gzip,
        [0x28, 0xb5, 0x2f, 0xfd] => Compression::Zstd,
        _ => Compression::None,
    })
}

/// Clones of a file share one position: this reads at a position of its own.
struct FromStart {
    file: File,
    at: u64,
}

impl Read for FromStart {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        use std::os::unix::fs::FileExt as _;
        let count = self.file.read_at(buffer, self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for FromStart {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let len = self.file.metadata()?.len();
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(back) => len.saturating_add_signed(back),
            SeekFrom::Current(step) => self.at.saturating_add_signed(step),
        };
        Ok(self.at)
    }
}

//! The file of memos that stands beside a DBF file.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

/// A longer memo is not read; memory would not be bounded.
const LONGEST: u64 = 64 << 20;
const END: u8 = 0x1a;
const DBASE_IV: [u8; 4] = [0xff, 0xff, 0x08, 0x00];

/// A file of memos.
pub(super) struct Memos {
    file: BufReader<File>,
    size: u64,
    block: u64,
    is_fox: bool,
}

/// The file of memos beside a table, however its name is written.
pub(super) fn beside(table: &Path) -> Option<PathBuf> {
    let stem = table.file_stem()?.to_string_lossy().to_lowercase();
    let folder = table
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let entries = std::fs::read_dir(folder.unwrap_or(Path::new("."))).ok()?;
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            let lower = |part: Option<&std::ffi::OsStr>| {
                part.map(|part| part.to_string_lossy().to_lowercase())
            };
            lower(path.file_stem()).is_some_and(|known| known == stem)
                && lower(path.extension()).is_some_and(|ending| matches!(&*ending, "dbt" | "fpt"))
        })
        .collect();
    // A name that is written alike comes first.
    found.sort_by_key(|path| (path.file_stem() != table.file_stem(), path.clone()));
    found.into_iter().next()
}

impl Memos {
    /// Opens it.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub(super) fn open(path: &Path) -> Result<Self, &'static str> {
        const UNREADABLE: &str = "its file of memos cannot be read";
        let mut file = File::open(path).map_err(|_| UNREADABLE)?;
        let size = file.metadata().map_err(|_| UNREADABLE)?.len();
        let mut head = [0; 22];
        file.read_exact(&mut head).map_err(|_| UNREADABLE)?;
        let is_fox = { path.extension() }.is_some_and(|ending| ending.eq_ignore_ascii_case("fpt"));
        let block = if is_fox {
            u64::from(u16::from_be_bytes([head[6], head[7]]))
        } else {
            u64::from(u16::from_le_bytes([head[20], head[21]]))
        };
        Ok(Self {
            file: BufReader::new(file),
            size,
            block: if block == 0 { 512 } else { block },
            is_fox,
        })
    }

    /// Appends the bytes of a memo.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub(super) fn read(&mut self, number: u64, out: &mut Vec<u8>) -> Result<(), &'static str> {
        const CUT: &str = "its file of memos is damaged or cut off";
        let start = number.checked_mul(self.block).ok_or(CUT)?;
        if start >= self.size {
            return Err(CUT);
        }
        self.file.seek(SeekFrom::Start(start)).map_err(|_| CUT)?;
        let mut head = [0; 8];
        let count = self.size - start;
        if count >= 8 {
            self.file.read_exact(&mut head).map_err(|_| CUT)?;
        }
        let length = [head[4], head[5], head[6], head[7]];
        let length = if self.is_fox {
            u64::from(u32::from_be_bytes(length))
        } else if head[..4] == DBASE_IV {
            u64::from(u32::from_le_bytes(length))
                .checked_sub(8)
                .ok_or(CUT)?
        } else {
            self.file.seek(SeekFrom::Start(start)).map_err(|_| CUT)?;
            return self.until_end(out);
        };
        if length > LONGEST {
            return Err("a memo is longer than 64 MiB, or its file is damaged");
        }
        if count < 8 + length {
            return Err(CUT);
        }
        let mut memo = self.file.by_ref().take(length);
        let read = memo.read_to_end(out).map_err(|_| CUT)?;
        if read as u64 == length {
            Ok(())
        } else {
            Err(CUT)
        }
    }

    /// A memo of dBase III ends with a sign of its own.
    fn until_end(&mut self, out: &mut Vec<u8>) -> Result<(), &'static str> {
        let before = out.len();
        let mut memo = self.file.by_ref().take(LONGEST + 1);
        let read = memo.read_until(END, out);
        let read = read.map_err(|_| "its file of memos cannot be read")?;
        if read as u64 > LONGEST {
            return Err("a memo is longer than 64 MiB, or its file is damaged");
        }
        if out.len() > before && out.last() == Some(&END) {
            out.pop();
        }
        Ok(())
    }
}

//! Residue in bytes: originals in the parts of a Parquet file that are no cells: statistics, dictionaries, metadata, gaps.

use std::collections::HashSet;
use std::fs::File;
use std::io::Read;

use aho_corasick::AhoCorasick;

use super::originals::Originals;
use super::{Attack, BrokenColumn, Outcome};
use crate::detect::Detectors;
use crate::detect::spans::canonical;
use crate::error::{Error, Result};
use crate::progress::Progress;
use crate::source::Source;

const WINDOW: usize = 1 << 20;
/// The longest thing that may lie across the border of two windows.
const OVERLAP: usize = 512;
/// Literal originals that are searched for anywhere.
const LITERALS: usize = 2_000;
/// Literals with fewer digits may be words of the format.
const LITERAL_DIGITS: usize = 5;
/// Lengths of the numbers that identify.
const NUMBERS: std::ops::RangeInclusive<usize> = 9..=16;

/// Searches the stored bytes of an output.
pub(super) fn residue(
    output: &dyn Source,
    originals: &Originals,
    original: &dyn Source,
    detectors: &Detectors,
    progress: &dyn Progress,
) -> Result<Attack> {
    let mut attack = Attack {
        attack: "residue-in-bytes",
        outcome: Outcome::NotApplicable,
        tried: 0,
        broken: 0,
        covered: None,
        columns: Vec::new(),
    };
    let Some(path) = output
        .path()
        .filter(|_| output.info().format == "parquet" && originals.count() > 0)
    else {
        return Ok(attack);
    };
    let mut search = ByteSearch::new(originals)?;
    let mut file = File::open(path).map_err(|e| Error::read(path, e))?;
    attack.tried = search.file(&mut file).map_err(|e| Error::read(path, e))?;
    let confirmed = originals.confirm(original, &search.suspects, detectors, progress)?;
    attack.broken = confirmed.len() as u64 + search.literals.len() as u64;
    attack.outcome = if attack.broken > 0 {
        Outcome::Broken
    } else {
        Outcome::Held
    };
    if attack.broken > 0 {
        attack.columns.push(BrokenColumn {
            path: String::new(),
            count: attack.broken,
            category: None,
            hidden_as: None,
        });
    }
    Ok(attack)
}

struct ByteSearch<'a> {
    originals: &'a Originals,
    finder: AhoCorasick,
    suspects: HashSet<u64>,
    literals: HashSet<usize>,
}

impl<'a> ByteSearch<'a> {
    fn new(originals: &'a Originals) -> Result<Self> {
        // Numbers are searched for by themselves; what could stand in a token by chance is no proof.
        let is_telling = |text: &&str| {
            let digits = text.bytes().filter(u8::is_ascii_digit).count();
            text.contains('@')
                || (digits >= LITERAL_DIGITS && !text.bytes().all(|b| b.is_ascii_hexdigit()))
        };
        let literals: Vec<&str> = originals
            .sample()
            .iter()
            .filter(is_telling)
            .take(LITERALS)
            .collect();
        let finder = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(&literals)
            .map_err(|_| Error::Internal {
                place: "verify".to_owned(),
            })?;
        Ok(Self {
            originals,
            finder,
            suspects: HashSet::new(),
            literals: HashSet::new(),
        })
    }

    fn file(&mut self, file: &mut impl Read) -> std::io::Result<u64> {
        let mut window = Vec::with_capacity(WINDOW + OVERLAP);
        let mut total = 0;
        loop {
            let kept = window.len().saturating_sub(OVERLAP);
            window.drain(..kept);
            let read = file.take(WINDOW as u64).read_to_end(&mut window)?;
            if read == 0 {
                return Ok(total);
            }
            total += read as u64;
            self.window(&window);
        }
    }

    fn window(&mut self, bytes: &[u8]) {
        for found in self.finder.find_overlapping_iter(bytes) {
            self.literals.insert(found.pattern().as_usize());
        }
        self.numbers(bytes);
        for at in memchr::memchr_iter(b'@', bytes) {
            self.address(bytes, at);
        }
    }

    /// Every run of digits of a fitting length.
    fn numbers(&mut self, bytes: &[u8]) {
        let mut start = 0;
        for end in 0..=bytes.len() {
            if bytes.get(end).is_some_and(u8::is_ascii_digit) {
                continue;
            }
            if NUMBERS.contains(&(end - start)) {
                self.text(&bytes[start..end]);
            }
            start = end + 1;
        }
    }

    fn address(&mut self, bytes: &[u8], at: usize) {
        let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'+' | b'-');
        let start = bytes[..at]
            .iter()
            .rposition(|b| !is_part(b))
            .map_or(0, |i| i + 1);
        let end = bytes[at + 1..]
            .iter()
            .position(|b| !is_part(b))
            .map_or(bytes.len(), |i| at + 1 + i);
        // A length or a neighbour may stick to either end.
        for start in start..at.min(start + 4) {
            for end in end.saturating_sub(4).max(at + 2)..=end {
                self.text(&bytes[start..end]);
            }
        }
    }

    fn text(&mut self, bytes: &[u8]) {
        if let Ok(text) = std::str::from_utf8(bytes) {
            self.suspects
                .extend(self.originals.suspect(&canonical(text)));
        }
    }
}

//! Residue in bytes: originals in the parts of a file that are no cells. In Parquet statistics, dictionaries, metadata and gaps;
//! in packed CSV the headers of what is packed, skipped frames and what trails behind.

use std::collections::HashSet;
use std::fs::File;
use std::hash::BuildHasher as _;
use std::io::Read;
use std::path::{Path, PathBuf};

use aho_corasick::PatternID;
use rayon::prelude::*;

use super::filter::Filter;
use super::identifiers::{Hasher, is_long_enough};
use super::literals::Literals;
use super::originals::Originals;
use super::parts;
use super::suspects::Suspects;
use super::{Attack, BrokenColumn, Outcome, Setting};
use crate::detect::spans::canonical;
use crate::error::{Error, Result};
use crate::pattern::normalize;
use crate::source::csv::codepage;
use crate::source::{Compression, Source};

const WINDOW: usize = 1 << 20;
/// The longest thing that may lie across the border of two windows.
const OVERLAP: usize = 512;
/// Longer texts of many words are sentences.
const LONGEST_NAME: usize = 200;
/// Lengths of the numbers that identify.
const NUMBERS: std::ops::RangeInclusive<usize> = 9..=16;

/// What the stored bytes of an output hold.
pub(super) struct Stored {
    files: Vec<PathBuf>,
    read: u64,
    pub(super) is_parquet: bool,
    encoding: Option<String>,
}

/// The stored bytes of an output, where there are any beside its cells or all are wanted, and nothing in it is meant to stay.
pub(super) fn stored(output: &dyn Source, setting: &Setting<'_>) -> Option<Stored> {
    let info = output.info();
    let is_parquet = info.format == "parquet";
    let is_packed = output.compression() != Compression::None;
    let has_more = is_parquet || is_packed || setting.spared.is_some();
    if !setting.allowed.is_empty() {
        return None;
    }
    let file = output.path().filter(|_| has_more);
    let file = file.map(|path| vec![path.to_owned()]);
    Some(Stored {
        files: file.or_else(|| output.kept_in())?,
        read: 0,
        is_parquet,
        encoding: info.encoding,
    })
}

/// Reads the stored bytes of an output once, where there are any beside its cells or all are wanted, and adds the numbers and addresses among
/// them to what it holds.
pub(super) fn look(
    output: &dyn Source,
    held: &Filter,
    setting: &Setting<'_>,
) -> Result<Option<Stored>> {
    let Some(mut stored) = stored(output, setting) else {
        return Ok(None);
    };
    let hasher = &setting.hasher;
    stored.read = stored.for_each(
        |bytes| {
            for_each_text(bytes, &mut |text| {
                setting.hold(held, &[hasher.hash_one(text)]);
            });
        },
        |()| (),
    )?;
    Ok(Some(stored))
}

/// Adds what some bytes hold to a set.
pub(super) fn hold(bytes: &[u8], held: &Filter, hasher: &Hasher) {
    for_each_text(bytes, &mut |text| held.add(hasher.hash_one(text)));
}

impl Stored {
    /// The file, where it is one.
    pub(super) fn path(&self) -> &Path {
        self.files.first().map_or(Path::new(""), PathBuf::as_path)
    }

    /// Shows all bytes, and what they do not show as they are; tells how many there are.
    fn for_each<T: Send>(
        &self,
        look: impl Fn(&[u8]) -> T + Sync,
        mut take: impl FnMut(T),
    ) -> Result<u64> {
        let mut read = 0;
        for file in &self.files {
            read += windows(file, &look, &mut take)?;
        }
        self.parts(&mut |bytes| take(look(bytes)))?;
        Ok(read)
    }

    /// Of some hashes, those of texts in the stored bytes.
    pub(super) fn holding(
        &self,
        hasher: &Hasher,
        is_sought: impl Fn(u64) -> bool + Sync,
    ) -> Result<HashSet<u64>> {
        let mut found = HashSet::new();
        let look = |bytes: &[u8]| {
            let mut found = Vec::new();
            for_each_text(bytes, &mut |text| {
                let hash = hasher.hash_one(text);
                found.extend(is_sought(hash).then_some(hash));
            });
            found
        };
        self.for_each(look, |hashes| found.extend(hashes))?;
        Ok(found)
    }

    /// Shows what the bytes do not show as they are.
    fn parts(&self, show: &mut dyn FnMut(&[u8])) -> Result<()> {
        if self.is_parquet {
            parts::of_parquet(self.path(), show)?;
        }
        Ok(())
    }
}

/// Reads the stored bytes again for literal originals, and for those numbers and addresses that may be originals.
pub(super) fn residue(stored: &Stored, originals: &Originals, hasher: &Hasher) -> Result<Attack> {
    let legacy = stored.encoding.as_deref().and_then(codepage::named);
    let literals = Literals::of(originals, legacy)?;
    let suspects = &originals.suspects;
    let (mut found, mut spelled, mut numbers) = (HashSet::new(), HashSet::new(), HashSet::new());
    if originals.count() > 0 {
        let look = |bytes: &[u8]| met(bytes, &literals, suspects, hasher);
        let mut take = |(hashes, literals): Met| {
            found.extend(hashes);
            spelled.extend(literals);
        };
        for file in &stored.files {
            windows(file, look, &mut take)?;
        }
        stored.parts(&mut |bytes| {
            take(look(bytes));
            let met = literals.in_parts.find_overlapping_iter(bytes);
            numbers.extend(met.map(|literal| literal.pattern()));
        })?;
    }
    let broken = (found.len() + spelled.len() + numbers.len()) as u64;
    let whole_file = BrokenColumn {
        path: String::new(),
        count: broken,
        category: None,
        hidden_as: None,
        known_from: None,
    };
    Ok(Attack {
        outcome: match (originals.count(), broken) {
            (0, _) => Outcome::NotApplicable,
            (_, 0) => Outcome::Held,
            _ => Outcome::Broken,
        },
        tried: if originals.count() > 0 {
            stored.read
        } else {
            0
        },
        broken,
        covered: suspects.covered().filter(|_| broken > 0),
        columns: (broken > 0).then_some(whole_file).into_iter().collect(),
        ..Attack::new("residue-in-bytes")
    })
}

/// Hashes of suspects, and literals.
type Met = (HashSet<u64>, HashSet<PatternID>);

/// What of the originals some bytes hold.
fn met(bytes: &[u8], literals: &Literals, suspects: &Suspects, hasher: &Hasher) -> Met {
    let spelled = literals.everywhere.find_overlapping_iter(bytes);
    let mut found = HashSet::new();
    if !suspects.is_empty() {
        for_each_text(bytes, &mut |text| {
            let hash = hasher.hash_one(text);
            found.extend(suspects.contains(hash).then_some(hash));
        });
    }
    (found, spelled.map(|literal| literal.pattern()).collect())
}

/// Shows a file window by window, as many at once as there are threads, and tells how many bytes it has.
fn windows<T: Send>(
    path: &Path,
    look: impl Fn(&[u8]) -> T + Sync,
    mut take: impl FnMut(T),
) -> Result<u64> {
    let failed = |e| Error::read(path, e);
    let mut file = File::open(path).map_err(failed)?;
    let (mut total, mut end) = (0, Vec::new());
    loop {
        let mut at_once: Vec<Vec<u8>> = Vec::new();
        while at_once.len() < rayon::current_num_threads() {
            let mut window = std::mem::take(&mut end);
            let more = (&mut file).take(WINDOW as u64).read_to_end(&mut window);
            match more.map_err(failed)? {
                0 => break,
                read => total += read as u64,
            }
            end = window[window.len().saturating_sub(OVERLAP)..].to_vec();
            at_once.push(window);
        }
        if at_once.is_empty() {
            return Ok(total);
        }
        let looked: Vec<T> = at_once.par_iter().map(|window| look(window)).collect();
        looked.into_iter().for_each(&mut take);
    }
}

/// Calls `visit` with the canonical text of every number of a fitting length, of every address and of all that may be a name.
fn for_each_text(bytes: &[u8], visit: &mut dyn FnMut(&str)) {
    let mut show = |bytes: &[u8]| {
        if let Ok(text) = std::str::from_utf8(bytes) {
            visit(&canonical(text));
        }
    };
    numbers(bytes, &mut show);
    for at in memchr::memchr_iter(b'@', bytes) {
        addresses(bytes, at, &mut show);
    }
    names(bytes, &mut |name| visit(&canonical(&normalize::fold(name))));
}

fn numbers(bytes: &[u8], show: &mut dyn FnMut(&[u8])) {
    let mut start = 0;
    for end in 0..=bytes.len() {
        if bytes.get(end).is_some_and(u8::is_ascii_digit) {
            continue;
        }
        if NUMBERS.contains(&(end - start)) {
            show(&bytes[start..end]);
        }
        start = end + 1;
    }
}

/// Words with a space between them and nothing but letters, as of a name that stands by itself.
fn names(bytes: &[u8], show: &mut dyn FnMut(&str)) {
    let is_part = |b: &u8| b.is_ascii_alphabetic() || b" -.'".contains(b) || !b.is_ascii();
    let mut past = 0;
    for at in memchr::memchr_iter(b' ', bytes) {
        if at < past {
            continue;
        }
        let before = bytes[past..at].iter().rposition(|b| !is_part(b));
        let start = before.map_or(past, |i| past + i + 1);
        let after = bytes[at..].iter().position(|b| !is_part(b));
        past = after.map_or(bytes.len(), |i| at + i);
        for words in bytes[start..past].utf8_chunks() {
            let words = words.valid().trim();
            if words.len() <= LONGEST_NAME && words.contains(' ') && is_long_enough(words) {
                unstuck(words, show);
            }
        }
    }
}

/// Shows a text also without its first and its last letter: a length may stick to either end.
fn unstuck(text: &str, show: &mut dyn FnMut(&str)) {
    let is_length = |c: char| c.is_ascii_alphabetic();
    let without_first = text.strip_prefix(is_length);
    for text in [Some(text), without_first].into_iter().flatten() {
        show(text);
        if let Some(text) = text.strip_suffix(is_length) {
            show(text);
        }
    }
}

fn addresses(bytes: &[u8], at: usize, show: &mut dyn FnMut(&[u8])) {
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'+' | b'-');
    let before = bytes[..at].iter().rposition(|b| !is_part(b));
    let start = before.map_or(0, |i| i + 1);
    let after = bytes[at + 1..].iter().position(|b| !is_part(b));
    let end = after.map_or(bytes.len(), |i| at + 1 + i);
    // A length or a neighbour may stick to either end.
    for start in start..at.min(start + 4) {
        for end in end.saturating_sub(4).max(at + 2)..=end {
            show(&bytes[start..end]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_bytes_is_shown_as_cells_would_show_it() {
        let long = "Нурмухамбетова Айгерим Кайратовна";
        let mut bytes =
            b"\x1c\x00IVANOVA ANNA\x18\x1e350101100012\xff\xfea.b@example.kzD\0\0".to_vec();
        bytes.extend([0x18, long.len() as u8]);
        bytes.extend(long.as_bytes());
        bytes.extend([0x41, 0, 0, 0]);
        let mut all = HashSet::new();
        for_each_text(&bytes, &mut |text| {
            all.insert(text.to_owned());
        });
        let name = canonical(&normalize::fold(long));
        for text in ["ivanova anna", "350101100012", "a.b@example.kz", &name] {
            assert!(all.contains(&canonical(text)), "{text}");
        }
        assert!(all.len() < 30, "{}", all.len());
    }
}

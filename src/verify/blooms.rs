//! Bloom filters of Parquet: one that was made before a column was rewritten still tells who was in it.
//!
//! A filter says yes by chance too. How often is told by its bits, so that only many more originals are a finding.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;

use polars::prelude::PlSmallStr;
use polars_parquet::read::{ColumnChunkMetadata, PhysicalType, read_metadata};
use twox_hash::XxHash64;

use super::originals::Originals;
use super::parts::{quietly, slice};
use super::sweep::sweep;
use super::{BrokenColumn, Setting};
use crate::error::{Error, Result};
use crate::source::Source;

/// Larger filters are not read.
const MOST: u64 = 32 << 20;
/// The longest number of seven bits a byte that a length can be.
const LENGTH: usize = 5;
/// Behind the length of a filter: one algorithm, one hash, no compression. There are no others yet.
const USUAL: [u8; 13] = [0x1c, 0x1c, 0, 0, 0x1c, 0x1c, 0, 0, 0x1c, 0x1c, 0, 0, 0];
/// So many standard deviations, and so many originals, are more than chance.
const DEVIATIONS: f64 = 6.0;
const LEAST: f64 = 4.0;

/// Odd numbers of the format, one for each word of a block.
const SALT: [u32; WORDS] = [
    0x47b6_137b,
    0x4497_4d91,
    0x8824_ad5b,
    0xa2b7_289d,
    0x7054_95c7,
    0x2df1_424b,
    0x9efc_4947,
    0x5c6b_fb31,
];
const WORDS: usize = 8;

/// Columns whose filters hold originals that their cells do not hold.
pub(super) fn residue(
    path: &Path,
    output: &dyn Source,
    originals: &Originals,
    setting: &Setting<'_>,
) -> Result<Vec<BrokenColumn>> {
    let texts: Vec<&str> = originals.written().iter().collect();
    let mut columns = filtered(path, &texts)?;
    columns.retain(|_, column| column.excess(texts.len()) > 0);
    if columns.is_empty() {
        return Ok(Vec::new());
    }
    let held = held(output, &columns, &texts, setting)?;
    let broken = columns.into_iter().filter_map(|(path, mut column)| {
        let held = held.get(&path).map_or(0, |held| {
            column.met.retain(|index| !held.contains(index));
            held.len()
        });
        let count = column.excess(texts.len() - held);
        (count > 0).then(|| BrokenColumn {
            path,
            count,
            category: None,
            hidden_as: Some("a Bloom filter".to_owned()),
            known_from: None,
        })
    });
    Ok(broken.collect())
}

/// What the filters of one column say.
#[derive(Default)]
struct Column {
    /// Which originals are in any of them.
    met: BTreeSet<usize>,
    /// How often a value that is in none of them is in none by their word.
    silent: Option<f64>,
}

impl Column {
    /// How many more of so many originals are met than chance explains; 0 when it may explain them.
    fn excess(&self, originals: usize) -> u64 {
        let (originals, met) = (originals as f64, self.met.len() as f64);
        let by_chance = 1.0 - self.silent.unwrap_or(1.0);
        let expected = originals * by_chance;
        let deviation = (expected * (1.0 - by_chance)).sqrt();
        let is_more = met > expected + DEVIATIONS * deviation + LEAST;
        if is_more { (met - expected) as u64 } else { 0 }
    }
}

/// The columns of a file that have filters, by path.
fn filtered(path: &Path, texts: &[&str]) -> Result<BTreeMap<String, Column>> {
    let failed = |e| Error::read(path, e);
    let mut file = File::open(path).map_err(failed)?;
    let mut columns: BTreeMap<String, Column> = BTreeMap::new();
    let Some(metadata) = quietly(|| read_metadata(&mut file).ok()) else {
        return Ok(columns);
    };
    let groups = metadata.row_groups.iter();
    for chunk in groups.flat_map(polars_parquet::read::RowGroupMetadata::parquet_columns) {
        let Some(filter) = Blocks::of(&mut file, chunk).map_err(failed)? else {
            continue;
        };
        let kind = chunk.physical_type();
        let steps = chunk.descriptor().path_in_schema.iter();
        let steps: Vec<&str> = steps.map(PlSmallStr::as_str).collect();
        let column = columns.entry(steps.join(".")).or_default();
        let silent = column.silent.get_or_insert(1.0);
        *silent *= 1.0 - filter.by_chance();
        let is_met = |text: &&str| hash(text, kind).is_some_and(|hash| filter.holds(hash));
        let met = texts.iter().enumerate().filter(|(_, text)| is_met(text));
        column.met.extend(met.map(|(index, _)| index));
    }
    Ok(columns)
}

/// By path: numbers of originals.
type Held = BTreeMap<String, BTreeSet<usize>>;

/// Of the originals that filters hold, those that cells of the column hold as well.
fn held(
    output: &dyn Source,
    columns: &BTreeMap<String, Column>,
    texts: &[&str],
    setting: &Setting<'_>,
) -> Result<Held> {
    let met = columns.values().flat_map(|column| &column.met);
    let by_text: BTreeMap<&str, usize> = met.map(|&index| (texts[index], index)).collect();
    sweep(
        output,
        setting.progress,
        Held::default,
        |held, batch| {
            batch.for_each_text(&mut |path, cells| {
                let columns = columns.keys().filter(|column| is_part(path, column));
                let columns: Vec<&String> = columns.collect();
                if columns.is_empty() {
                    return;
                }
                let cells = cells.filter_map(|cell| by_text.get(cell.as_ref()).copied());
                let met: Vec<usize> = cells.collect();
                for column in columns {
                    held.entry(column.clone()).or_default().extend(&met);
                }
            })
        },
        |mut a, b| {
            for (path, met) in b {
                a.entry(path).or_default().extend(met);
            }
            a
        },
    )
}

/// Tells whether a leaf may belong to a column of the format, which has other names for what is inside lists.
fn is_part(leaf: &str, column: &str) -> bool {
    let list = leaf.split_once("[]").map(|(list, _)| list);
    leaf == column || list.is_some_and(|list| column.starts_with(list))
}

/// The hash of a value as the format stores it; `None` where a column of the kind cannot hold it.
fn hash(text: &str, kind: PhysicalType) -> Option<u64> {
    let hash = |bytes: &[u8]| XxHash64::oneshot(0, bytes);
    match kind {
        PhysicalType::ByteArray | PhysicalType::FixedLenByteArray(_) => Some(hash(text.as_bytes())),
        PhysicalType::Int64 => Some(hash(&text.parse::<i64>().ok()?.to_le_bytes())),
        PhysicalType::Int32 => Some(hash(&text.parse::<i32>().ok()?.to_le_bytes())),
        _ => None,
    }
}

/// A filter of blocks of eight words, as the format defines it.
struct Blocks(Vec<[u32; WORDS]>);

impl Blocks {
    /// `None` where there is none, or none that can be read.
    fn of(file: &mut File, chunk: &ColumnChunkMetadata) -> std::io::Result<Option<Self>> {
        let start = chunk.bloom_filter_offset().map(u64::try_from);
        let Some(Ok(start)) = start else {
            return Ok(None);
        };
        let head = slice(file, start, (1 + LENGTH + USUAL.len()) as u64)?;
        let Some((head, length)) = header(&head).filter(|&(_, length)| length <= MOST) else {
            return Ok(None);
        };
        Ok(Self::from_bytes(&slice(file, start + head, length)?))
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (blocks, _) = bytes.as_chunks::<{ 4 * WORDS }>();
        let word = |bytes: &[u8; 4]| u32::from_le_bytes(*bytes);
        let block = |bytes: &[u8; 4 * WORDS]| {
            let (words, _) = bytes.as_chunks::<4>();
            std::array::from_fn(|at| word(&words[at]))
        };
        let blocks: Vec<[u32; WORDS]> = blocks.iter().map(block).collect();
        (!blocks.is_empty()).then_some(Self(blocks))
    }

    fn holds(&self, hash: u64) -> bool {
        let block = ((hash >> 32) * self.0.len() as u64) >> 32;
        let words = self.0[block as usize].iter().zip(SALT);
        let bit = |salt: u32| (hash as u32).wrapping_mul(salt) >> 27;
        words.fold(true, |all, (word, salt)| all & (word >> bit(salt) & 1 == 1))
    }

    /// How often it says yes to values that it does not hold.
    fn by_chance(&self) -> f64 {
        let of_word = |word: &u32| f64::from(word.count_ones()) / f64::from(u32::BITS);
        let of_block = |block: &[u32; WORDS]| block.iter().map(of_word).product::<f64>();
        self.0.iter().map(of_block).sum::<f64>() / self.0.len() as f64
    }
}

/// How long the header of a filter is, and the filter: its only field that differs comes first.
fn header(bytes: &[u8]) -> Option<(u64, u64)> {
    const NUMBER_OF_BYTES: u8 = 0x15;
    let bytes = bytes.strip_prefix(&[NUMBER_OF_BYTES])?;
    let last = bytes
        .iter()
        .take(LENGTH)
        .position(|byte| byte & 0x80 == 0)?;
    let digits = bytes[..=last].iter().rev();
    let number = digits.fold(0_u64, |all, byte| all << 7 | u64::from(byte & 0x7f));
    let is_usual = bytes[last + 1..].starts_with(&USUAL);
    // Numbers may be negative: every other one is.
    let length = (number % 2 == 0).then_some(number / 2)?;
    is_usual.then_some(((last + 2 + USUAL.len()) as u64, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_that_another_program_wrote_is_read() {
        // What Spark 3.2 wrote for the texts a0 to a9; from the tests of the reader that polars uses.
        let bytes = [
            200, 1, 80, 20, 64, 68, 8, 109, 6, 37, 4, 67, 144, 80, 96, 32, 8, 132, 43, 33, 0, 5,
            99, 65, 2, 0, 224, 44, 64, 78, 96, 4,
        ];
        let blocks = Blocks::from_bytes(&bytes).unwrap();
        let holds = |text: &str| blocks.holds(hash(text, PhysicalType::ByteArray).unwrap());
        assert!((0..10).all(|n| holds(&format!("a{n}"))));
        let wrong = (0..20_000).filter(|n| holds(&format!("b{n}"))).count() as f64;
        let expected = blocks.by_chance() * 20_000.0;
        assert!(
            (wrong - expected).abs() < 4.0 * expected.sqrt() + 1.0,
            "{wrong} {expected}"
        );
    }

    #[test]
    fn headers_tell_how_long_a_filter_is() {
        let header_of = |length: &[u8]| header(&[&[0x15], length, &USUAL].concat());
        assert_eq!(header_of(&[0x40]), Some((15, 32)));
        assert_eq!(header_of(&[0x80, 0x10]), Some((16, 1024)));
        assert_eq!(header_of(&[0x41]), None);
        assert_eq!(header(&[0x15, 0x40, 0x2c]), None);
    }

    #[test]
    fn chance_is_no_finding() {
        let column = |met: usize, silent| Column {
            met: (0..met).collect(),
            silent: Some(silent),
        };
        assert_eq!(column(1040, 0.95).excess(20_000), 0);
        assert_eq!(column(2000, 0.95).excess(20_000), 999);
        assert_eq!(column(3, 1.0).excess(100), 0);
        assert_eq!(column(0, 1.0).excess(0), 0);
    }
}

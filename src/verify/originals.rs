//! The identifiers of an original table, as hashes and as a bounded sample, without ever holding the table.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::BuildHasher as _;

use rayon::prelude::*;

use super::filter::Filter;
use crate::batch::Texts;
use crate::category::{Catalog, Kind};
use crate::detect::header::is_not_personal;
use crate::detect::shape::is_letter;
use crate::detect::spans::canonical;
use crate::detect::{Detectors, Searcher};
use crate::error::Result;
use crate::findings::{TableFindings, Verdict};
use crate::pattern::normalize;
use crate::progress::{self, Progress, Stage};
use crate::source::Source;

/// Identifiers of one original table.
pub(super) struct Originals {
    filter: Filter,
    hasher: foldhash::fast::RandomState,
    /// Category by path, for columns whose whole values identify.
    whole: HashMap<String, String>,
    /// Paths whose cells hold personal data at all.
    personal: HashSet<String>,
    /// Columns that keep what they hold.
    allowed: HashSet<String>,
    sample: Sample,
    count: u64,
}

/// Values that are kept as text, chosen by their hash so that every batch order keeps the same ones.
#[derive(Default)]
pub(super) struct Sample(BTreeMap<u64, String>);

/// How many values the sample keeps.
const SAMPLE: usize = 20_000;
/// Shorter codes and names are met by chance.
const LEAST_LETTERS: usize = 6;
/// Codes with fewer digits are words.
const LEAST_CODE_DIGITS: usize = 3;
/// Shorter numbers are met by chance.
const LEAST_DIGITS: usize = 9;

impl Sample {
    fn add(&mut self, hash: u64, text: &str) {
        if self.0.len() == SAMPLE
            && self
                .0
                .last_key_value()
                .is_some_and(|(most, _)| *most <= hash)
        {
            return;
        }
        self.0.entry(hash).or_insert_with(|| text.to_owned());
        if self.0.len() > SAMPLE {
            self.0.pop_last();
        }
    }

    fn merge(mut self, other: Self) -> Self {
        for (hash, text) in other.0 {
            self.add(hash, &text);
        }
        self
    }

    /// The values.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(String::as_str)
    }
}

impl Originals {
    /// Reads the original once.
    pub(super) fn collect(
        source: &dyn Source,
        findings: &TableFindings,
        allowed: &HashSet<String>,
        detectors: &Detectors,
        progress: &dyn Progress,
    ) -> Result<Self> {
        let outside = findings
            .columns
            .iter()
            .filter(|c| c.verdict != Verdict::Clean && !allowed.contains(&c.path));
        let personal: HashSet<String> = outside.clone().map(|c| c.path.clone()).collect();
        let whole = outside
            .filter_map(|c| {
                Some((
                    c.path.clone(),
                    c.category.clone().filter(|id| identifies(id))?,
                ))
            })
            .collect();
        let cells: u64 = findings
            .columns
            .iter()
            .filter(|c| personal.contains(&c.path))
            .map(|c| findings.rows_read - c.nulls.min(findings.rows_read))
            .sum();
        let mut originals = Self {
            filter: Filter::for_values(cells),
            hasher: foldhash::fast::RandomState::default(),
            whole,
            personal,
            allowed: allowed.clone(),
            sample: Sample::default(),
            count: 0,
        };
        let (sample, count) = originals.sweep(source, detectors, progress)?;
        originals.sample = sample;
        originals.count = count;
        Ok(originals)
    }

    fn sweep(
        &self,
        source: &dyn Source,
        detectors: &Detectors,
        progress: &dyn Progress,
    ) -> Result<(Sample, u64)> {
        self.visit(
            source,
            detectors,
            progress,
            |originals, found: &mut (Sample, u64), text| {
                let hash = originals.hash(text);
                originals.filter.add(hash);
                found.0.add(hash, text);
                found.1 += 1;
            },
            |a, b| (a.0.merge(b.0), a.1 + b.1),
        )
    }

    /// Which of some hashes are really those of originals.
    pub(super) fn confirm(
        &self,
        source: &dyn Source,
        suspects: &HashSet<u64>,
        detectors: &Detectors,
        progress: &dyn Progress,
    ) -> Result<HashSet<u64>> {
        if suspects.is_empty() {
            return Ok(HashSet::new());
        }
        self.visit(
            source,
            detectors,
            progress,
            |originals, found: &mut HashSet<u64>, text| {
                let hash = originals.hash(text);
                if suspects.contains(&hash) {
                    found.insert(hash);
                }
            },
            |mut a, b| {
                a.extend(b);
                a
            },
        )
    }

    fn visit<T: Default + Send>(
        &self,
        source: &dyn Source,
        detectors: &Detectors,
        progress: &dyn Progress,
        add: impl Fn(&Self, &mut T, &str) + Sync,
        merge: impl Fn(T, T) -> T + Sync + Send,
    ) -> Result<T> {
        progress.begin(Stage::Verify, source.id(), source.info().bytes);
        let found = source
            .read()?
            .par_bridge()
            .map(|pending| {
                progress::check()?;
                let pending = pending?;
                let bytes = pending.bytes;
                let batch = (pending.decode)()?;
                let mut found = T::default();
                let mut finder = Finder::new(detectors);
                batch.for_each_text(&mut |path, cells| {
                    self.visit_leaf(path, cells, &mut finder, |text| {
                        add(self, &mut found, text);
                    });
                })?;
                progress.advance(bytes, batch.height() as u64);
                Ok(found)
            })
            .try_reduce(T::default, |a, b| Ok(merge(a, b)));
        progress.end();
        found
    }

    fn visit_leaf(
        &self,
        path: &str,
        cells: &mut Texts<'_>,
        finder: &mut Finder<'_>,
        mut add: impl FnMut(&str),
    ) {
        if !self.personal.contains(path) {
            return;
        }
        let is_whole = self.whole.contains_key(path);
        for cell in cells {
            // A whole value tells more of the same text than what lies in it.
            if finder.is_repeated(self.hash(&cell) ^ u64::from(is_whole)) {
                continue;
            }
            finder.identifiers(&cell, &mut add);
            if is_whole {
                add_whole(&cell, &mut add);
            }
        }
    }

    /// Hash of a canonical text; keyed for this run.
    pub(super) fn hash(&self, text: &str) -> u64 {
        self.hasher.hash_one(text)
    }

    /// Tells whether a text may be an original identifier.
    pub(super) fn suspect(&self, text: &str) -> Option<u64> {
        let hash = self.hash(text);
        self.filter.may_hold(hash).then_some(hash)
    }

    /// Tells whether a column keeps what it holds on purpose.
    pub(super) fn allows(&self, path: &str) -> bool {
        self.allowed.contains(path)
    }

    /// Values that are kept as text.
    pub(super) fn sample(&self) -> &Sample {
        &self.sample
    }

    /// Identifiers met; of repeated ones those that come soon again are not counted.
    pub(super) fn count(&self) -> u64 {
        self.count
    }
}

/// Categories whose whole value names a person. Single names do not: they are words.
fn identifies(category: &str) -> bool {
    const NUMBERS_OF_OTHERS: &[&str] = &[
        "bank_account",
        "payment_card_number",
        "ip_address",
        "device_id",
        "cookies",
    ];
    let catalog = Catalog::builtin();
    let is_one_word = catalog.covers("full_name", category) && category != "full_name";
    !is_one_word
        && (NUMBERS_OF_OTHERS.contains(&category)
            || catalog
                .find(category)
                .is_some_and(|c| c.kind == Kind::DirectIdentifier))
}

/// Finds identifiers in cells.
pub(super) struct Finder<'a> {
    detectors: &'a Detectors,
    searcher: Searcher<'a>,
    /// By pattern: whether its values name a person.
    identifies: Vec<bool>,
    /// Hashes of the cells met last, each at its place.
    recent: Vec<u64>,
}

/// Cells of which a finder remembers that it has looked at them.
const RECENT: usize = 1 << 12;

impl<'a> Finder<'a> {
    pub(super) fn new(detectors: &'a Detectors) -> Self {
        let patterns = detectors.patterns().iter();
        let names_a_person = patterns.map(|pattern| {
            !pattern.weak && identifies(&pattern.category) && !is_not_personal(&pattern.category)
        });
        Self {
            detectors,
            searcher: detectors.searcher(),
            identifies: names_a_person.collect(),
            recent: vec![0; RECENT],
        }
    }

    /// Tells whether a cell of that hash was met not long ago.
    fn is_repeated(&mut self, hash: u64) -> bool {
        let place = &mut self.recent[hash as usize % RECENT];
        std::mem::replace(place, hash) == hash && hash != 0
    }

    /// Canonical texts of everything in a cell that is surely an identifier.
    pub(super) fn identifiers(&mut self, cell: &str, add: &mut dyn FnMut(&str)) {
        if let Some((pattern, text)) = self.searcher.identifier(cell) {
            if self.identifies[pattern] {
                add(&text);
            }
            if !self.detectors.is_bare(pattern) {
                return;
            }
        }
        let text = normalize::fold(cell);
        for span in self.searcher.spans(&text) {
            let found = canonical(&text[span.start..span.end]);
            if self.identifies[span.pattern] && is_long_enough(&found) {
                add(&found);
            }
        }
    }
}

/// The canonical text of a whole cell, when it is too long to be met by chance.
pub(super) fn add_whole(cell: &str, add: &mut dyn FnMut(&str)) {
    let text = canonical(&normalize::fold(cell.trim()));
    if is_long_enough(&text) {
        add(&text);
    }
}

/// Nine digits, an e-mail address, a code of letters and digits, or two words: single words are met by chance.
fn is_long_enough(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let letters = text.chars().filter(|&c| is_letter(c)).count();
    digits >= LEAST_DIGITS
        || text.contains('@')
        || (digits >= LEAST_CODE_DIGITS && letters > 0 && letters + digits >= LEAST_LETTERS)
        || (letters > LEAST_LETTERS && text.contains(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_met_by_chance_is_no_residue() {
        for text in ["900169", "12345678", "алматы", "a12"] {
            assert!(!is_long_enough(text), "{text}");
        }
        for text in ["350101100012", "n10000001", "a@b.kz", "иванова анна"] {
            assert!(is_long_enough(text), "{text}");
        }
    }
}

//! What in a cell tells who a person is, brought to a text that is equal for equal people.

use std::collections::VecDeque;
use std::hash::BuildHasher as _;
use std::ops::{Range, RangeInclusive};

use crate::batch::{Batch, Texts};
use crate::category::Catalog;
use crate::detect::header::is_not_personal;
use crate::detect::shape::is_letter;
use crate::detect::spans::canonical;
use crate::detect::{Detectors, Extent, Kind, Searcher};
use crate::error::Result;
use crate::pattern::normalize::{self, is_separator};
use crate::traces::is_token;

/// Hashes texts alike in every run: samples follow hashes, and what one run finds every run is to find. No hash is written.
pub(super) type Hasher = foldhash::fast::FixedState;

/// Shorter codes and names are met by chance.
const LEAST_LETTERS: usize = 6;
/// Codes with fewer digits are words.
const LEAST_CODE_DIGITS: usize = 3;
/// Shorter numbers are met by chance.
const LEAST_DIGITS: usize = 9;

/// Digits of a number that is looked for in sentences; those of ten that are no phone are met by chance, as in times.
const NUMBERS: RangeInclusive<usize> = 10..=16;
/// Signs between two groups of digits, as in `8 (703) 555`.
const MOST_SEPARATORS: usize = 3;

/// Tells whether a value of the category names a person. Single names do not: they are words.
pub(super) fn identifies(category: &str) -> bool {
    let catalog = Catalog::builtin();
    let is_one_word = catalog.covers("full_name", category) && category != "full_name";
    !is_one_word && catalog.identifies(category)
}

/// Which texts of a cell are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Take {
    /// What is surely an identifier.
    Identifiers,
    /// That, and the cell as a whole.
    WholeToo,
}

/// Finds identifiers in cells.
pub(super) struct Finder<'a> {
    searcher: Searcher<'a>,
    reader: Reader,
}

/// Reads identifiers out of what a searcher finds.
pub(super) struct Reader {
    hasher: Hasher,
    /// Hashes of the cells met last, each at its place.
    recent: Vec<u64>,
    /// Differs from column to column.
    salt: u64,
}

/// Cells of which a finder remembers that it has looked at them.
const RECENT: usize = 1 << 12;

impl<'a> Finder<'a> {
    pub(super) fn new(detectors: &'a Detectors, hasher: Hasher) -> Self {
        let names_a_person = |index: usize| {
            let pattern = &detectors.patterns()[index];
            !pattern.weak && identifies(&pattern.category) && !is_not_personal(&pattern.category)
        };
        Self {
            searcher: detectors.searcher_for(names_a_person),
            reader: Reader {
                hasher,
                recent: vec![0; RECENT],
                salt: 0,
            },
        }
    }

    /// Makes ready for single texts that belong to no column.
    pub(super) fn begin(&mut self) {
        self.searcher.next_batch(0);
        self.searcher.next_column("", 1);
    }

    /// Calls `visit` with this, the path and the cells of every leaf of a batch.
    pub(super) fn leaves(
        &mut self,
        batch: &Batch,
        visit: &mut dyn FnMut(&mut Self, &str, &mut Texts<'_>),
    ) -> Result<()> {
        self.searcher.next_batch(batch.first_column);
        batch.for_each_text(&mut |path, cells| {
            self.searcher.next_column(path, batch.height());
            self.reader.next_column(path);
            visit(self, path, cells);
        })
    }

    /// The two that it consists of.
    pub(super) fn parts(&mut self) -> (&mut Searcher<'a>, &mut Reader) {
        (&mut self.searcher, &mut self.reader)
    }

    /// Tells whether the cell was met in this column not long ago.
    pub(super) fn is_repeated(&mut self, cell: &str) -> bool {
        self.reader.is_repeated(self.reader.hash(cell))
    }

    /// Calls `add` with the canonical texts of a cell and their hashes.
    pub(super) fn texts(&mut self, cell: &str, take: Take, add: &mut dyn FnMut(&str, u64)) {
        self.reader.texts(&mut self.searcher, cell, None, take, add);
    }
}

impl Reader {
    /// Makes ready for a column.
    pub(super) fn next_column(&mut self, path: &str) {
        self.salt = self.hasher.hash_one(path);
    }

    /// Hash of a cell.
    pub(super) fn hash(&self, cell: &str) -> u64 {
        self.hasher.hash_one(cell)
    }

    /// Tells whether the cell with a hash was met in this column not long ago.
    pub(super) fn is_repeated(&mut self, hash: u64) -> bool {
        let hash = hash ^ self.salt;
        let place = &mut self.recent[hash as usize % RECENT];
        std::mem::replace(place, hash) == hash && hash != 0
    }

    /// Calls `add` with the canonical texts of a cell and their hashes.
    pub(super) fn texts(
        &self,
        searcher: &mut Searcher<'_>,
        cell: &str,
        judged: Option<Kind>,
        take: Take,
        add: &mut dyn FnMut(&str, u64),
    ) {
        let hasher = &self.hasher;
        if is_one_word(cell) {
            return;
        }
        if is_one_code(cell) {
            if take == Take::WholeToo && !is_token(cell) {
                let text = canonical(cell);
                add(&text, hasher.hash_one(&text));
            }
            return;
        }
        let (mut whole, mut is_told, mut parts) = (None, false, Vec::new());
        searcher.identifiers(cell, judged, &mut |extent, text| {
            is_told |= extent == Extent::Cell;
            if extent != Extent::Part || is_long_enough(text) {
                let hash = hasher.hash_one(text);
                whole = whole.or((extent == Extent::Whole).then_some(hash));
                parts.extend((extent == Extent::Part).then_some(hash));
                add(text, hash);
            }
        });
        if take == Take::WholeToo && !is_told {
            let folded = normalize::fold(cell.trim());
            let text = canonical(&folded);
            let hash = hasher.hash_one(&text);
            if whole != Some(hash) && is_long_enough(&text) {
                add(&text, hash);
            }
            parts.extend([Some(hash), whole].into_iter().flatten());
            for_each_number(&folded, &mut |number| {
                let hash = hasher.hash_one(number);
                if !parts.contains(&hash) {
                    parts.push(hash);
                    add(number, hash);
                }
            });
        }
    }
}

/// Shows what may be a number that somebody is known by, though no pattern takes it for one: groups of digits with separators
/// between them, wherever they stand.
fn for_each_number(text: &str, show: &mut dyn FnMut(&str)) {
    let digits = text.bytes().map(|b| usize::from(b.is_ascii_digit()));
    if digits.sum::<usize>() < *NUMBERS.start() {
        return;
    }
    let bytes = text.as_bytes();
    let is_stuck = |at: usize| {
        bytes
            .get(at)
            .is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_')
    };
    let is_gap = |gap: &str| gap.len() <= MOST_SEPARATORS && gap.chars().all(is_separator);
    // Those that the next one may belong to.
    let mut groups: VecDeque<Range<usize>> = VecDeque::new();
    let mut end = 0;
    while let Some(start) = bytes[end..].iter().position(u8::is_ascii_digit) {
        let start = end + start;
        let length = bytes[start..].iter().position(|b| !b.is_ascii_digit());
        let past = length.map_or(bytes.len(), |length| start + length);
        if !is_gap(&text[end..start]) {
            groups.clear();
        }
        end = past;
        if is_stuck(past) || start.checked_sub(1).is_some_and(is_stuck) {
            groups.clear();
            continue;
        }
        groups.truncate(*NUMBERS.end());
        groups.push_front(start..past);
        let mut length = 0;
        for group in &groups {
            length += group.len();
            if !NUMBERS.contains(&length) {
                continue;
            }
            let number = canonical(&text[group.start..past]);
            if number.len() > *NUMBERS.start() {
                show(&number);
            }
        }
    }
}

/// Tells whether a cell is nothing but letters of one word, which nobody is known by.
fn is_one_word(cell: &str) -> bool {
    let is_cyrillic = |byte: u8| matches!(byte, 0xd0..=0xd3 | 0x80..=0xbf);
    let starts_well = cell
        .bytes()
        .next()
        .is_some_and(|byte| !matches!(byte, 0x80..=0xbf));
    starts_well
        && cell
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || is_cyrillic(byte))
}

/// Tells whether a cell is nothing but hexadecimal digits, as of a token or a UUID: identifiers have other letters or signs
/// around them, so nothing can lie inside it.
fn is_one_code(cell: &str) -> bool {
    const LEAST: usize = 32;
    const DASHES: [usize; 4] = [8, 13, 18, 23];
    // Counted without branches: which sign comes next is never foreseen.
    let count = |is: fn(&u8) -> bool| cell.bytes().map(|b| usize::from(is(&b))).sum::<usize>();
    if cell.len() < LEAST || !cell.bytes().take(DASHES[0]).all(|b| b.is_ascii_hexdigit()) {
        return false;
    }
    let digits = count(u8::is_ascii_digit);
    let letters = count(|b| matches!(b | 0x20, b'a'..=b'f'));
    let is_grouped =
        cell.len() == LEAST + DASHES.len() && DASHES.iter().all(|&at| cell.as_bytes()[at] == b'-');
    let dashes = if is_grouped { DASHES.len() } else { 0 };
    let is_number = |group: &str| {
        group.len() >= LEAST_DIGITS && group.bytes().all(|byte| byte.is_ascii_digit())
    };
    let is_mixed = letters >= LEAST / 8 && digits >= LEAST / 8;
    digits + letters + dashes == cell.len() && is_mixed && !cell.split('-').any(is_number)
}

/// Nine digits, an e-mail address, a code of letters and digits, or two words: single words are met by chance.
pub(super) fn is_long_enough(text: &str) -> bool {
    let digits = text
        .bytes()
        .map(|b| usize::from(b.is_ascii_digit()))
        .sum::<usize>();
    let is_long_code = || {
        let letters = text.chars().filter(|&c| is_letter(c)).count();
        (digits >= LEAST_CODE_DIGITS && letters > 0 && letters + digits >= LEAST_LETTERS)
            || (letters > LEAST_LETTERS && text.contains(' '))
    };
    digits >= LEAST_DIGITS || text.contains('@') || is_long_code()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_known() {
        for code in [
            "0f4205b4-907a-70c3-1012-f037b64ce422",
            "0f4205b4907a70c31012f037b64ce422",
        ] {
            assert!(is_one_code(code), "{code}");
        }
        for text in [
            "350101100012",
            "af42a5b4-907a-70c3-1012-350101100012",
            "00000000-0000-0000-0000-350101100012",
            "ИИН 350101100012 и ещё какие-то слова",
        ] {
            assert!(!is_one_code(text), "{text}");
        }
    }

    #[test]
    fn numbers_are_seen_in_sentences_however_they_are_grouped() {
        let shown = |text: &str| {
            let mut all = Vec::new();
            for_each_number(text, &mut |number| all.push(number.to_owned()));
            all
        };
        for text in [
            "звонить на +7 703 555 12 34 после обеда",
            "тел.8(703)5551234, этаж 4",
            "с 9 до 12: 8 703-555-12-34",
        ] {
            assert!(shown(text).contains(&"77035551234".to_owned()), "{text}");
        }
        for text in [
            "x77035551234x",
            "703 555, 1234 и 5",
            "9 до 12 555 12 34",
            "2030-01-01 12:30",
            "12345678901234567",
        ] {
            assert!(shown(text).is_empty(), "{text}: {:?}", shown(text));
        }
    }

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

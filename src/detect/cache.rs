//! Remembers how values of a column were judged, so that a repeated value costs one hash; counts judgements by kind.

use std::collections::HashMap;
use std::hash::BuildHasher as _;

use super::bits::Bits;
use super::evidence::ColumnEvidence;

/// Values of a column that are remembered.
const SLOTS: usize = 4096;
/// Columns with slots of their own; the others share them.
const MOST_COLUMNS: usize = 128;
/// Values that a column may bring in vain before it goes on without a memory.
const PATIENCE: u32 = 4096;
const WORTH_OF_KNOWN: u32 = 8;
/// What every batch gives back, for a column that changes its ways.
const SECOND_CHANCE: u32 = 128;
/// Kinds of judgements that are kept from column to column.
const MOST_KINDS: usize = 4096;
/// Odd, so that no table has the salt of another.
const SALT: u64 = 0x9e37_79b9_7f4a_7c15;
/// Kinds of cells that meet no form; they come first.
const LOOKS: u8 = 16;

/// What one cell looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Judged {
    /// Whether any form was met.
    pub(super) met: bool,
    pub(super) hits: Bits,
    pub(super) invalid: Bits,
    pub(super) found: Bits,
    pub(super) found_invalid: Bits,
    /// What is told without any form: [`BOOLEAN`], [`NUMERIC`], [`TEXT`], [`SEARCHED`].
    pub(super) looks: u8,
}

/// Says yes or no.
pub(super) const BOOLEAN: u8 = 1;
/// One number.
pub(super) const NUMERIC: u8 = 2;
/// Four words or more.
pub(super) const TEXT: u8 = 4;
/// What lies in it was looked for, or nothing can lie in it.
pub(super) const SEARCHED: u8 = 8;

impl Judged {
    fn nothing_but(looks: u8) -> (Self, u64) {
        let judged = Self {
            looks,
            ..Self::default()
        };
        (judged, 0)
    }
}

/// What is remembered of one column.
struct Known {
    slots: Vec<(u64, u32)>,
    /// How many more new values are remembered before repeated ones show that it is worth it.
    patience: u32,
}

impl Known {
    fn new() -> Self {
        Self {
            slots: vec![(0, 0); SLOTS],
            patience: PATIENCE,
        }
    }

    /// The kind of a value, if it is remembered.
    fn look_up(&mut self, key: u64, place: usize) -> Option<u32> {
        // Two values may share a place.
        let slots = [place, place ^ 1].map(|place| self.slots[place]);
        let known = slots.iter().find(|slot| slot.0 == key && key != 0);
        self.patience = match known {
            Some(_) => PATIENCE.min(self.patience + WORTH_OF_KNOWN),
            None => self.patience - 1,
        };
        known.map(|slot| slot.1)
    }

    fn remember(&mut self, key: u64, place: usize, kind: u32) {
        self.slots[place ^ 1] = self.slots[place];
        self.slots[place] = (key, kind);
    }
}

/// Remembers the last judgements of a column's values.
pub(super) struct Cache {
    /// The judgement under way.
    judged: Judged,
    hasher: foldhash::fast::FixedState,
    columns: Vec<Known>,
    /// The column under way.
    column: usize,
    /// Differs from column to column and from table to table, so that none remembers what another met.
    salt: u64,
    salt_of_table: u64,
    kinds: Vec<(Judged, u64)>,
    generation: u64,
    /// Kinds met in this column of this batch.
    touched: Vec<u32>,
    /// Kinds met last.
    recent: [u32; 3],
    /// Where each kind stands.
    index: HashMap<Judged, u32, foldhash::fast::FixedState>,
}

impl Cache {
    pub(super) fn new() -> Self {
        Self {
            judged: Judged::default(),
            hasher: foldhash::fast::FixedState::with_seed(HASH_SEED),
            columns: vec![Known::new()],
            column: 0,
            salt: 0,
            salt_of_table: 0,
            touched: Vec::new(),
            kinds: (0..LOOKS).map(Judged::nothing_but).collect(),
            recent: [0; 3],
            generation: 0,
            index: HashMap::default(),
        }
    }

    /// Makes ready for another table.
    pub(super) fn next_table(&mut self) {
        self.salt_of_table = self.salt_of_table.wrapping_add(SALT);
        for known in &mut self.columns {
            known.patience = PATIENCE;
        }
    }

    /// Makes ready for a column, known by its path and by where it stands in its batch.
    pub(super) fn next_column(&mut self, path: &str, at: usize) {
        self.salt = self.hash(path).wrapping_add(self.salt_of_table);
        self.column = at % MOST_COLUMNS;
        while self.columns.len() <= self.column {
            self.columns.push(Known::new());
        }
        let patience = &mut self.columns[self.column].patience;
        *patience = SECOND_CHANCE.max(*patience);
    }

    /// Counts a value again, if it is remembered, and tells the kind of its judgement.
    pub(super) fn count_known(&mut self, hash: u64) -> Option<u32> {
        let column = &mut self.columns[self.column];
        let known = (column.patience > 0)
            .then(|| column.look_up(hash ^ self.salt, hash as usize % SLOTS))
            .flatten();
        known.inspect(|&kind| self.add_one(kind))
    }

    /// Counts a value and remembers the kind of its judgement.
    pub(super) fn count_new(&mut self, hash: u64, kind: u32) {
        let column = &mut self.columns[self.column];
        if column.patience > 0 {
            column.remember(hash ^ self.salt, hash as usize % SLOTS, kind);
        }
        self.add_one(kind);
    }

    fn add_one(&mut self, kind: u32) {
        let times = &mut self.kinds[kind as usize].1;
        if *times == 0 {
            self.touched.push(kind);
        }
        *times += 1;
    }

    /// Gives a judgement its number, which holds as long as the generation.
    pub(super) fn kind(&mut self, judge: impl FnOnce(&mut Judged)) -> u32 {
        if self.judged.met {
            self.judged = Judged::default();
        }
        judge(&mut self.judged);
        if self.judged.met {
            self.kind_of_judged()
        } else {
            u32::from(self.judged.looks)
        }
    }

    /// Changes when the numbers of judgements change their meaning.
    pub(super) fn generation(&self) -> u64 {
        self.generation
    }

    /// The judgement of a number.
    pub(super) fn judgement(&self, kind: u32) -> &Judged {
        &self.kinds[kind as usize].0
    }

    /// Neighbours are mostly judged alike: the last kinds are compared before any is looked up.
    fn kind_of_judged(&mut self) -> u32 {
        let judged = &self.judged;
        let is_it = |&kind: &u32| {
            self.kinds
                .get(kind as usize)
                .is_some_and(|k| k.0 == *judged)
        };
        if let Some(kind) = self.recent.iter().copied().find(is_it) {
            return kind;
        }
        let kind = *self.index.entry(*judged).or_insert_with(|| {
            self.kinds.push((*judged, 0));
            self.kinds.len() as u32 - 1
        });
        self.recent.rotate_right(1);
        self.recent[0] = kind;
        kind
    }

    /// Hash of a value, the same in every run.
    pub(super) fn hash(&self, value: &str) -> u64 {
        self.hasher.hash_one(value)
    }

    /// Adds what was counted to the evidence of a column.
    pub(super) fn settle(&mut self, seen: &mut ColumnEvidence) {
        for kind in self.touched.drain(..) {
            let (judged, times) = &mut self.kinds[kind as usize];
            add(&mut seen.hits, judged.hits, *times);
            add(&mut seen.invalid, judged.invalid, *times);
            add(&mut seen.found, judged.found, *times);
            add(&mut seen.found_invalid, judged.found_invalid, *times);
            let looks = |kind| u64::from(judged.looks & kind != 0) * *times;
            seen.boolean += looks(BOOLEAN);
            seen.numeric += looks(NUMERIC);
            seen.text += looks(TEXT);
            *times = 0;
        }
        self.forget_when_many();
    }

    /// Forgets all kinds of judgements when there are too many of them.
    pub(super) fn forget_when_many(&mut self) {
        if self.kinds.len() > MOST_KINDS {
            // What is remembered points to kinds that are no more.
            *self = Self {
                salt_of_table: self.salt_of_table.wrapping_add(SALT),
                generation: self.generation + 1,
                columns: std::mem::take(&mut self.columns),
                ..Self::new()
            };
        }
    }
}

fn add(counters: &mut [u64], set: Bits, times: u64) {
    for index in set.iter() {
        counters[index] += times;
    }
}

/// Fixed, so that findings do not depend on the run; no hash leaves the process.
const HASH_SEED: u64 = 0x6965_7369_7a00;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::bits::CAPACITY;

    #[test]
    fn no_judgement_is_taken_for_another() {
        let mut cache = Cache::new();
        let forms = 0..CAPACITY;
        for form in forms.clone() {
            let kind = cache.kind(|judged| {
                judged.hits.insert(form);
                judged.met = true;
            });
            cache.count_new(form as u64 + 1, kind);
        }
        let mut seen = ColumnEvidence::with_room(CAPACITY);
        cache.settle(&mut seen);
        assert!(forms.into_iter().all(|form| seen.hits[form] == 1));
    }
}

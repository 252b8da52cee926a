//! Remembers how values of a column were judged, so that a repeated value costs one hash.

use std::collections::HashMap;
use std::hash::BuildHasher as _;

use super::bits::Bits;
use super::evidence::ColumnEvidence;
use super::matcher::Memory;

const CACHE_SLOTS: usize = 4096;

/// What one cell looks like.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Judged {
    pub(super) hits: Bits,
    pub(super) invalid: Bits,
    pub(super) found: Bits,
    pub(super) found_invalid: Bits,
    pub(super) boolean: bool,
    pub(super) numeric: bool,
    pub(super) text: bool,
}

impl Judged {
    /// Differs for different judgements but for one chance in 2^64.
    fn fingerprint(&self) -> u64 {
        let flags =
            u64::from(self.boolean) | u64::from(self.numeric) << 1 | u64::from(self.text) << 2;
        let mix = |print: u64, word: u64| {
            (print ^ word)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                .rotate_left(29)
        };
        [self.hits, self.invalid, self.found, self.found_invalid]
            .iter()
            .flat_map(|bits| bits.words())
            .fold(flags, mix)
    }
}

/// Whether a value of a column was judged just now or is remembered.
#[derive(PartialEq, Eq)]
pub(super) enum Met {
    First,
    Again,
}

/// Remembers the last judgement of a value, so that a repeated value costs one hash; counts judgements by kind.
pub(super) struct Cache<'a> {
    memory: Memory<'a>,
    hasher: foldhash::fast::FixedState,
    slots: Vec<(u64, u32)>,
    kinds: Vec<(Judged, u64)>,
    /// Kinds by their fingerprint.
    index: HashMap<u64, u32, foldhash::fast::FixedState>,
}

impl<'a> Cache<'a> {
    pub(super) fn new(memory: Memory<'a>) -> Self {
        Self {
            memory,
            hasher: foldhash::fast::FixedState::with_seed(HASH_SEED),
            slots: vec![(0, 0); CACHE_SLOTS],
            kinds: Vec::new(),
            index: HashMap::default(),
        }
    }

    pub(super) fn count(
        &mut self,
        hash: u64,
        judge: impl FnOnce(&mut Memory<'a>) -> Judged,
    ) -> Met {
        let slot = hash as usize % CACHE_SLOTS;
        let is_known = self.slots[slot].0 == hash && hash != 0;
        if !is_known {
            let judged = judge(&mut self.memory);
            let kind = *self.index.entry(judged.fingerprint()).or_insert_with(|| {
                self.kinds.push((judged, 0));
                self.kinds.len() as u32 - 1
            });
            self.slots[slot] = (hash, kind);
        }
        self.kinds[self.slots[slot].1 as usize].1 += 1;
        if is_known { Met::Again } else { Met::First }
    }

    /// Hash of a value, the same in every run.
    pub(super) fn hash(&self, value: &str) -> u64 {
        self.hasher.hash_one(value)
    }

    /// Adds what was counted to the evidence of a column, and starts anew.
    pub(super) fn settle(&mut self, seen: &mut ColumnEvidence) {
        self.slots.fill((0, 0));
        for (judged, times) in &mut self.kinds {
            if *times > 0 {
                add(&mut seen.hits, judged.hits, *times);
                add(&mut seen.invalid, judged.invalid, *times);
                add(&mut seen.found, judged.found, *times);
                add(&mut seen.found_invalid, judged.found_invalid, *times);
                seen.boolean += u64::from(judged.boolean) * *times;
                seen.numeric += u64::from(judged.numeric) * *times;
                seen.text += u64::from(judged.text) * *times;
                *times = 0;
            }
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

//! The identifiers of an original table: which of them the output may hold, and a bounded sample; the table is never held.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::Setting;
use super::filter::Filter;
use super::identifiers::{Take, identifies};
use super::suspects::Suspects;
use super::sweep::{Heights, sweep};
use crate::error::Result;
use crate::findings::{TableFindings, Verdict};
use crate::method::ladder::is_coarse;
use crate::source::Source;

/// Identifiers of one original table.
pub(super) struct Originals {
    sample: Sample,
    count: u64,
    /// Those that the output may hold.
    pub(super) suspects: Suspects,
    /// How many rows there are.
    pub(super) heights: Heights,
    /// Those that are not compared yet: many at a time, the memory is waited for once.
    waiting: Vec<u64>,
}

/// Values that are kept as text, chosen by their hash so that every batch order keeps the same ones.
#[derive(Default)]
pub(super) struct Sample(BTreeMap<u64, String>);

/// How many values the sample keeps.
const SAMPLE: usize = 20_000;

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
    fn new(from: u64) -> Self {
        Self {
            sample: Sample::default(),
            count: 0,
            suspects: Suspects::from(from),
            heights: Heights::default(),
            waiting: Vec::new(),
        }
    }

    /// Reads the original once and compares each of its identifiers, from some hash on, with the texts that the output holds.
    pub(super) fn compare(
        source: &dyn Source,
        findings: &TableFindings,
        held: &Filter,
        from: u64,
        setting: &Setting<'_>,
    ) -> Result<Self> {
        let taken = taken(findings, setting.allowed);
        let (originals, _) = sweep(
            source,
            setting.progress,
            || (Self::new(from), setting.finder()),
            |(originals, finder), batch| {
                originals.heights.add(batch);
                finder.leaves(batch, &mut |finder, path, cells| {
                    let Some(&(take, category)) = taken.get(path) else {
                        return;
                    };
                    for cell in cells {
                        if !finder.is_repeated(&cell, take) && !is_coarse(category, &cell) {
                            finder.texts(&cell, take, &mut |text, hash| {
                                originals.add(text, hash);
                            });
                        }
                    }
                    originals.settle(held);
                })
            },
            |(a, finder), (b, _)| (a.merge(b), finder),
        )?;
        Ok(originals)
    }

    fn add(&mut self, text: &str, hash: u64) {
        self.count += 1;
        self.sample.add(hash, text);
        self.waiting.push(hash);
    }

    fn settle(&mut self, held: &Filter) {
        for hash in self.waiting.drain(..).filter(|&hash| held.may_hold(hash)) {
            self.suspects.insert(hash);
        }
    }

    fn merge(self, other: Self) -> Self {
        Self {
            sample: self.sample.merge(other.sample),
            count: self.count + other.count,
            suspects: self.suspects.merge(other.suspects),
            heights: self.heights.merge(other.heights),
            waiting: self.waiting,
        }
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

/// By path: what is taken of the cells of columns that hold personal data and are not to keep it.
fn taken<'a>(
    findings: &'a TableFindings,
    allowed: &HashSet<String>,
) -> HashMap<&'a str, (Take, Option<&'a str>)> {
    let outside = |path: &str, verdict| verdict != Verdict::Clean && !allowed.contains(path);
    (findings.columns.iter())
        .filter(|column| outside(&column.path, column.verdict))
        .map(|column| {
            let category = column.category.as_deref();
            let is_whole = category.is_some_and(identifies);
            let take = if is_whole {
                Take::WholeToo
            } else {
                Take::Identifiers
            };
            (column.path.as_str(), (take, category))
        })
        .collect()
}

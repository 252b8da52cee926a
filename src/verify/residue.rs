//! Residue in cells: originals that can still be read in the output, whole or inside text.

use std::collections::BTreeMap;

use super::filter::Filter;
use super::hashes::HashLike;
use super::identifiers::Take;
use super::originals::Originals;
use super::sweep::{Heights, sweep};
use super::{Attack, BrokenColumn, Outcome, Setting};
use crate::error::Result;
use crate::findings::{TableFindings, Verdict};
use crate::source::{Compression, Source};

/// Cells of text are seldom shorter, those of packed text seldom by more.
const LEAST_CELL: u64 = 6;
const MOST_PACKED: u64 = 12;

/// What one reading of the output showed.
#[derive(Default)]
pub(super) struct Seen {
    /// By path: cells that look like hashes.
    pub(super) hash_like: BTreeMap<String, HashLike>,
    /// How many rows there are.
    pub(super) heights: Heights,
    cells: u64,
}

/// Reads the output once, and adds everything in its cells that may be an identifier to what it holds.
pub(super) fn look(
    output: &dyn Source,
    held: Option<&Filter>,
    setting: &Setting<'_>,
) -> Result<Seen> {
    let (seen, ..) = sweep(
        output,
        setting.progress,
        || (Seen::default(), Vec::new(), setting.finder()),
        |(seen, hashes, finder), batch| {
            seen.heights.add(batch);
            let (hash_like, count) = (&mut seen.hash_like, &mut seen.cells);
            finder.leaves(batch, &mut |finder, path, cells| {
                let mut of_leaf = hash_like.remove(path).unwrap_or_default();
                let held = held.filter(|_| !setting.allowed.contains(path));
                for cell in cells {
                    *count += 1;
                    of_leaf.add(&cell);
                    if held.is_some() && !finder.is_repeated(&cell) {
                        finder.texts(&cell, Take::WholeToo, &mut |_, hash| hashes.push(hash));
                    }
                }
                if let Some(held) = held {
                    setting.hold(held, hashes);
                    hashes.clear();
                }
                hash_like.insert(path.to_owned(), of_leaf);
            })
        },
        |(a, hashes, finder), (b, ..)| (a.merge(b), hashes, finder),
    )?;
    Ok(seen)
}

impl Seen {
    fn merge(self, other: Self) -> Self {
        Self {
            hash_like: merged(self.hash_like, other.hash_like),
            heights: self.heights.merge(other.heights),
            cells: self.cells + other.cells,
        }
    }
}

fn merged(
    mut all: BTreeMap<String, HashLike>,
    other: BTreeMap<String, HashLike>,
) -> BTreeMap<String, HashLike> {
    for (path, theirs) in other {
        let mine = all.remove(&path).unwrap_or_default();
        all.insert(path, mine.merge(theirs));
    }
    all
}

/// About how many cells the table can have.
pub(super) fn most_cells(table: &dyn Source) -> u64 {
    let info = table.info();
    match (info.cells, table.compression()) {
        (Some(cells), _) => cells,
        (None, Compression::None) => info.bytes / LEAST_CELL,
        (None, _) => info.bytes / LEAST_CELL * MOST_PACKED,
    }
}

/// Reads the output again where it may hold originals, and counts those that it really holds.
pub(super) fn in_cells(
    output: &dyn Source,
    seen: &Seen,
    originals: &Originals,
    setting: &Setting<'_>,
) -> Result<Attack> {
    let suspects = &originals.suspects;
    let mut counts = BTreeMap::<String, u64>::new();
    if !suspects.is_empty() {
        (counts, _) = sweep(
            output,
            setting.progress,
            || (BTreeMap::new(), setting.finder()),
            |(counts, finder), batch| {
                finder.leaves(batch, &mut |finder, path, cells| {
                    let mut count = 0;
                    for cell in cells.filter(|_| !setting.allowed.contains(path)) {
                        finder.texts(&cell, Take::WholeToo, &mut |_, hash| {
                            count += u64::from(suspects.contains(hash));
                        });
                    }
                    *counts.entry(path.to_owned()).or_default() += count;
                })
            },
            |(mut a, finder), (b, _)| {
                for (path, count) in b {
                    *a.entry(path).or_default() += count;
                }
                (a, finder)
            },
        )?;
    }
    let is_broken = counts.values().any(|&count| count > 0);
    let column = |(path, count)| BrokenColumn {
        path,
        count,
        category: None,
        hidden_as: None,
        known_from: None,
    };
    Ok(Attack {
        outcome: match (originals.count(), is_broken) {
            (0, _) => Outcome::NotApplicable,
            (_, false) => Outcome::Held,
            (_, true) => Outcome::Broken,
        },
        tried: seen.cells,
        broken: counts.values().sum(),
        covered: suspects.covered().filter(|_| is_broken),
        columns: (counts.into_iter().filter(|(_, count)| *count > 0))
            .map(column)
            .collect(),
        ..Attack::new("residue-in-cells")
    })
}

/// Without an original: what any reader of the table recognises as personal data.
pub(super) fn in_plain_sight(findings: &TableFindings) -> Attack {
    let columns: Vec<BrokenColumn> = findings
        .columns
        .iter()
        .filter(|column| matches!(column.verdict, Verdict::Excess | Verdict::Prohibited))
        .flat_map(|column| {
            let held = column
                .category
                .iter()
                .map(|category| (category.clone(), column.hits));
            held.chain(column.also.iter().map(|c| (c.category.clone(), c.hits)))
                .filter(|(_, hits)| *hits > 0)
                .map(|(category, count)| BrokenColumn {
                    path: column.path.clone(),
                    count,
                    category: Some(category),
                    hidden_as: None,
                    known_from: None,
                })
        })
        .collect();
    Attack {
        outcome: if columns.is_empty() {
            Outcome::Held
        } else {
            Outcome::Broken
        },
        tried: findings.rows_read * findings.columns.len() as u64,
        broken: columns.iter().map(|c| c.count).sum(),
        columns,
        ..Attack::new("plain-sight")
    }
}

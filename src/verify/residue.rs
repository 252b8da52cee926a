//! Residue in cells: originals that can still be read in the output, whole or inside text.

use std::collections::{BTreeMap, HashMap, HashSet};

use rayon::prelude::*;

use super::hashes::HashLike;
use super::originals::{Finder, Originals, add_whole};
use super::{Attack, BrokenColumn, Outcome};
use crate::detect::Detectors;
use crate::error::Result;
use crate::findings::{TableFindings, Verdict};
use crate::progress::{self, Progress, Stage};
use crate::source::Source;

/// What one reading of the output showed.
#[derive(Default)]
pub(super) struct Seen {
    /// Hashes that may be those of originals.
    pub(super) suspects: HashSet<u64>,
    /// By path: how often each of them was met.
    by_path: BTreeMap<String, HashMap<u64, u64>>,
    /// By path: cells that look like hashes.
    pub(super) hash_like: BTreeMap<String, HashLike>,
    cells: u64,
}

impl Seen {
    fn merge(mut self, other: Self) -> Self {
        self.suspects.extend(other.suspects);
        for (path, hashes) in other.by_path {
            let mine = self.by_path.entry(path).or_default();
            for (hash, count) in hashes {
                *mine.entry(hash).or_default() += count;
            }
        }
        for (path, theirs) in other.hash_like {
            let mine = self.hash_like.remove(&path).unwrap_or_default();
            self.hash_like.insert(path, mine.merge(theirs));
        }
        self.cells += other.cells;
        self
    }

    fn suspect(&mut self, path: &str, hash: u64) {
        self.suspects.insert(hash);
        *self
            .by_path
            .entry(path.to_owned())
            .or_default()
            .entry(hash)
            .or_default() += 1;
    }
}

/// Reads the output once.
pub(super) fn look(
    output: &dyn Source,
    originals: Option<&Originals>,
    detectors: &Detectors,
    progress: &dyn Progress,
) -> Result<Seen> {
    progress.begin(Stage::Verify, output.id(), output.info().bytes);
    let seen = output
        .read()?
        .par_bridge()
        .map(|pending| {
            progress::check()?;
            let pending = pending?;
            let bytes = pending.bytes;
            let batch = (pending.decode)()?;
            let mut seen = Seen::default();
            let mut finder = Finder::new(detectors);
            batch.for_each_text(&mut |path, cells| {
                let mut hash_like = seen.hash_like.remove(path).unwrap_or_default();
                let originals = originals.filter(|o| !o.allows(path));
                for cell in cells {
                    seen.cells += 1;
                    hash_like.add(&cell);
                    let Some(originals) = originals else { continue };
                    let mut check = |text: &str| {
                        if let Some(hash) = originals.suspect(text) {
                            seen.suspect(path, hash);
                        }
                    };
                    finder.identifiers(&cell, &mut check);
                    add_whole(&cell, &mut check);
                }
                seen.hash_like.insert(path.to_owned(), hash_like);
            })?;
            progress.advance(bytes, batch.height() as u64);
            Ok(seen)
        })
        .try_reduce(Seen::default, |a, b| Ok(a.merge(b)));
    progress.end();
    seen
}

/// Judges what was seen, once suspicions are confirmed.
pub(super) fn in_cells(seen: &Seen, confirmed: &HashSet<u64>, originals: &Originals) -> Attack {
    let columns: Vec<BrokenColumn> = seen
        .by_path
        .iter()
        .map(|(path, hashes)| {
            let count = hashes
                .iter()
                .filter(|(hash, _)| confirmed.contains(hash))
                .map(|(_, count)| count)
                .sum();
            BrokenColumn {
                path: path.clone(),
                count,
                category: None,
                hidden_as: None,
            }
        })
        .filter(|column| column.count > 0)
        .collect();
    let outcome = match (originals.count(), columns.is_empty()) {
        (0, true) => Outcome::NotApplicable,
        (_, true) => Outcome::Held,
        (_, false) => Outcome::Broken,
    };
    Attack {
        attack: "residue-in-cells",
        outcome,
        tried: seen.cells,
        broken: columns.iter().map(|c| c.count).sum(),
        covered: None,
        columns,
    }
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
                })
        })
        .collect();
    Attack {
        attack: "plain-sight",
        outcome: if columns.is_empty() {
            Outcome::Held
        } else {
            Outcome::Broken
        },
        tried: findings.rows_read * findings.columns.len() as u64,
        broken: columns.iter().map(|c| c.count).sum(),
        covered: None,
        columns,
    }
}

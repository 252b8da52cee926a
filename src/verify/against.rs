//! Attacks on outputs of which the originals are at hand.

use std::collections::HashSet;

use super::across::{self, Across, Member};
use super::aligned;
use super::blooms;
use super::bytes::{self, Stored};
use super::filter::Filter;
use super::hashes::HashLike;
use super::identifiers::Hasher;
use super::names::Names;
use super::originals::{Originals, Taken};
use super::pairs::Sides;
use super::residue::{self, Seen};
use super::{
    Attack, Effort, Outcome, Scope, Setting, TableVerification, Utility, enumeration, models,
    models_of,
};
use crate::detect::Detectors;
use crate::error::{Error, Result};
use crate::findings::TableFindings;
use crate::privacy::Asked;
use crate::progress::Progress;
use crate::source::Source;

/// A smaller part of all hashes is not worth reading both tables for.
pub(super) const LEAST_PART: u64 = u64::MAX / 16;
/// How hard to try hashes that came with the input.
const CARRIED_EFFORT: Effort = Effort { seconds: 20 };
/// Numbers and dates that explain less of the originals' variance were drawn by chance.
const BY_CHANCE: f64 = 0.9;

/// Attacks an output of which the original is at hand; what tables have in common is noted, to be settled in the end.
///
/// # Errors
/// When either cannot be read to its end, or the output holds too many values to compare.
pub fn against_original(
    original: &dyn Source,
    findings: &TableFindings,
    output: &dyn Source,
    scope: &Scope,
    detectors: &Detectors,
    across: Option<&Across>,
    progress: &dyn Progress,
) -> Result<TableVerification> {
    let setting = Setting {
        allowed: &scope.allowed,
        detectors,
        hasher: Hasher::default(),
        progress,
        spared: None,
        across,
    };
    let looked_at = LookedAt::new(output, &setting)?;
    let taken = Taken::of(findings, &scope.allowed);
    let originals = Originals::compare(original, &taken, &looked_at.held, 0, &setting)?;
    looked_at.attack(original, originals, findings, scope, &setting)
}

/// Attacks an output of which the original is at hand but was not scanned; gives what was found in that as well.
fn against_unknown(
    original: &dyn Source,
    output: &dyn Source,
    detectors: &Detectors,
    across: Option<&Across>,
    asked: &Asked,
    progress: &dyn Progress,
) -> Result<(TableVerification, TableFindings)> {
    let mut scope = Scope::default();
    let allowed = HashSet::new();
    let setting = Setting {
        allowed: &allowed,
        detectors,
        hasher: Hasher::default(),
        progress,
        spared: None,
        across,
    };
    let looked_at = LookedAt::new(output, &setting)?;
    let (findings, originals) = Originals::scan(original, &looked_at.held, &setting)?;
    scope.models = models_of(asked, &findings);
    let attacked = looked_at.attack(original, originals, &findings, &scope, &setting)?;
    Ok((attacked, findings))
}

/// Attacks every output of which an original is given: by name, or the only one of each. What outputs say of people whom other
/// originals name is looked for as well; where that could not be done, the second tells why.
pub fn pairs(
    originals: &[Box<dyn Source>],
    outputs: &[Box<dyn Source>],
    detectors: &Detectors,
    asked: &Asked,
    progress: &dyn Progress,
) -> (Vec<Result<TableVerification>>, Result<()>) {
    let across = Across::of(originals.iter().map(AsRef::as_ref));
    let across = across.as_ref();
    let (mut attacked, mut known) = (Vec::new(), Vec::new());
    for (at, output) in outputs.iter().enumerate() {
        let done = original_of(output.as_ref(), originals, outputs).and_then(|original| {
            let (table, findings) = against_unknown(
                original,
                output.as_ref(),
                detectors,
                across,
                asked,
                progress,
            )?;
            known.push((original, findings, Some(at)));
            Ok(table)
        });
        attacked.push(done);
    }
    let settled = across.map_or(Ok(()), |across| {
        for original in originals {
            if !(known.iter()).any(|(known, ..)| known.id() == original.id()) {
                let findings = across.scan(original.as_ref(), detectors, progress)?;
                known.push((original.as_ref(), findings, None));
            }
        }
        let scope = Scope::default();
        let mut members = Vec::new();
        for (original, findings, output) in &known {
            members.push(Member {
                original: *original,
                findings,
                output: output.map(|at: usize| outputs[at].as_ref()),
                scope: &scope,
            });
        }
        let found = across.settle(&members, detectors, progress)?;
        for ((.., output), found) in known.iter().zip(found) {
            if let Some(Ok(table)) = output.and_then(|at| attacked.get_mut(at)) {
                table.add(found);
            }
        }
        Ok(())
    });
    (attacked, settled)
}

/// The original of an output: by name, or the only one.
fn original_of<'a>(
    output: &dyn Source,
    originals: &'a [Box<dyn Source>],
    outputs: &[Box<dyn Source>],
) -> Result<&'a dyn Source> {
    let stem = |source: &dyn Source| crate::anonymize::stem(&source.id().0).to_owned();
    let same_name = || originals.iter().find(|o| o.id() == output.id());
    let same_stem = || originals.iter().find(|o| stem(o.as_ref()) == stem(output));
    let original = match (originals, outputs) {
        ([only], [_]) => Some(only.as_ref()),
        _ => { same_name().or_else(same_stem).map(AsRef::as_ref) }
            .or_else(|| same_in_database(originals, output)),
    };
    original.ok_or_else(|| Error::NoTables {
        place: format!(
            "the originals that are called like {} (a single table of either side may be named by itself)",
            output.id()
        ),
    })
}

/// The only table of a file of SQLite with the name that the output has in its own: a copy is mostly called otherwise.
fn same_in_database<'a>(
    originals: &'a [Box<dyn Source>],
    output: &dyn Source,
) -> Option<&'a dyn Source> {
    let name = |source: &dyn Source| {
        let id = crate::anonymize::stem(&source.id().0).to_owned();
        id.rsplit('/').next().map(str::to_owned)
    };
    let originals = originals.iter().map(AsRef::as_ref);
    let in_files = originals.filter(|original| original.info().format == "sqlite");
    let mut same = in_files.filter(|original| name(*original) == name(output));
    same.next().filter(|_| same.next().is_none())
}

/// An output, and what was seen of it before any original was read.
pub(super) struct LookedAt<'a> {
    output: &'a dyn Source,
    /// What it holds.
    pub(super) held: Filter,
    seen: Seen,
    stored: Option<Stored>,
    names: Names,
}

impl<'a> LookedAt<'a> {
    pub(super) fn new(output: &'a dyn Source, setting: &Setting<'_>) -> Result<Self> {
        let filters = 1 + u64::from(setting.spared.is_some());
        let filters = filters + setting.across.map_or(0, |_| across::FILTERS);
        let held = Filter::sharing(residue::most_cells(output), filters);
        let seen = residue::look(output, Some(&held), setting)?;
        let stored = bytes::look(output, &held, setting)?;
        let names = match setting.spared {
            Some(_) => Names::of(output)?.without_hidden(),
            None => Names::of(output)?,
        };
        names.add_to(&held, setting);
        Ok(Self {
            output,
            held,
            seen,
            stored,
            names,
        })
    }

    /// Attacks it with the originals of which the first part is known.
    fn attack(
        self,
        original: &dyn Source,
        first: Originals,
        findings: &TableFindings,
        scope: &Scope,
        setting: &Setting<'_>,
    ) -> Result<TableVerification> {
        let all = |_: &mut Originals| Ok(());
        let (originals, mut attacks) = self.residue(original, first, findings, setting, &all)?;
        let Self {
            output, held, seen, ..
        } = self;
        drop(held);
        attacks.push(enumeration::by_originals(&seen, &originals));
        // Hashes that came with the input hide identifiers that the original does not show.
        if let Some(attack) = enumeration::by_search(&seen, CARRIED_EFFORT, |path, like| {
            scope.carried.contains(path) && !like.are_tokens()
        })? {
            attacks.push(attack);
        }
        let sides = Sides {
            original,
            of_original: &originals.heights,
            output,
            of_output: &seen.heights,
        };
        let (aligned, utility) = aligned::attacks(&sides, findings, scope, setting.progress)?;
        attacks.extend(aligned);
        let looked_at = scope
            .models
            .without(|path| is_secret(path, &seen, utility.as_ref()));
        let models = models::attack(output, &looked_at, setting.progress)?;
        let (models, grouped) = models.unzip();
        attacks.extend(grouped);
        Ok(TableVerification {
            table: output.id().to_string(),
            attacks,
            models,
            utility,
        })
    }

    /// Looks for originals in stored bytes, and in what these say without spelling it.
    fn in_stored(
        &self,
        stored: &Stored,
        originals: &Originals,
        setting: &Setting<'_>,
    ) -> Result<Attack> {
        let mut attack = bytes::residue(stored, originals, &setting.hasher)?;
        if stored.is_parquet {
            let columns = blooms::residue(stored.path(), self.output, originals, setting)?;
            if !columns.is_empty() {
                attack.outcome = Outcome::Broken;
            }
            attack.broken += columns.iter().map(|column| column.count).sum::<u64>();
            attack.columns.extend(columns);
        }
        Ok(attack)
    }

    /// Looks for originals, part by part where the output may hold too many of them; some of them may be forgotten first.
    pub(super) fn residue(
        &self,
        original: &dyn Source,
        first: Originals,
        findings: &TableFindings,
        setting: &Setting<'_>,
        forget: &dyn Fn(&mut Originals) -> Result<()>,
    ) -> Result<(Originals, Vec<Attack>)> {
        let (mut from, mut originals) = (0, first);
        loop {
            forget(&mut originals)?;
            let mut attacks = vec![residue::in_cells(
                self.output,
                &self.seen,
                &originals,
                setting,
            )?];
            if let Some(stored) = &self.stored {
                attacks.push(self.in_stored(stored, &originals, setting)?);
            }
            attacks.push(self.names.residue(&originals, setting));
            let is_broken = attacks
                .iter()
                .any(|attack| attack.outcome == Outcome::Broken);
            match originals.suspects.rest().filter(|_| !is_broken) {
                None => return Ok((originals, attacks)),
                Some(rest) if rest / LEAST_PART <= from / LEAST_PART => {
                    return Err(Error::TooManyValues {
                        place: self.output.id().to_string(),
                    });
                }
                Some(rest) => from = rest,
            }
            let taken = Taken::of(findings, setting.allowed);
            originals = Originals::compare(original, &taken, &self.held, from, setting)?;
        }
    }
}

/// Tells whether nobody can know the values of a column: tokens, or numbers that have nothing to do with the originals.
fn is_secret(path: &str, seen: &Seen, utility: Option<&Utility>) -> bool {
    let is_hashed = seen.hash_like.get(path).is_some_and(HashLike::are_hashes);
    let mut columns = utility.iter().flat_map(|utility| &utility.columns);
    let is_drawn = columns.any(|column| {
        column.path == path && column.are_numbers && column.information_loss > BY_CHANCE
    });
    is_hashed || is_drawn
}

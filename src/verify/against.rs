//! Attacks on outputs of which the originals are at hand.

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
const LEAST_PART: u64 = u64::MAX / 16;
/// How hard to try hashes that came with the input.
const CARRIED_EFFORT: Effort = Effort { seconds: 20 };
/// Numbers and dates that explain less of the originals' variance were drawn by chance.
const BY_CHANCE: f64 = 0.9;

/// Attacks an output of which the original is at hand.
///
/// # Errors
/// When either cannot be read to its end, or the output holds too many values to compare.
pub fn against_original(
    original: &dyn Source,
    findings: &TableFindings,
    output: &dyn Source,
    scope: &Scope,
    detectors: &Detectors,
    progress: &dyn Progress,
) -> Result<TableVerification> {
    let setting = Setting {
        allowed: &scope.allowed,
        detectors,
        hasher: Hasher::default(),
        progress,
        spared: None,
    };
    let looked_at = LookedAt::new(output, &setting)?;
    let taken = Taken::of(findings, &scope.allowed);
    let originals = Originals::compare(original, &taken, &looked_at.held, 0, &setting)?;
    looked_at.attack(original, originals, findings, scope, &setting)
}

/// Attacks an output of which the original is at hand but was not scanned.
fn against_unknown(
    original: &dyn Source,
    output: &dyn Source,
    detectors: &Detectors,
    asked: &Asked,
    progress: &dyn Progress,
) -> Result<TableVerification> {
    let mut scope = Scope::default();
    let allowed = scope.allowed.clone();
    let setting = Setting {
        allowed: &allowed,
        detectors,
        hasher: Hasher::default(),
        progress,
        spared: None,
    };
    let looked_at = LookedAt::new(output, &setting)?;
    let (findings, originals) = Originals::scan(original, &looked_at.held, &setting)?;
    scope.models = models_of(asked, &findings);
    looked_at.attack(original, originals, &findings, &scope, &setting)
}

/// Attacks every output of which an original is given: by name, or the only one of each.
pub fn pairs(
    originals: &[Box<dyn Source>],
    outputs: &[Box<dyn Source>],
    detectors: &Detectors,
    asked: &Asked,
    progress: &dyn Progress,
) -> Vec<Result<TableVerification>> {
    let stem = |source: &dyn Source| crate::anonymize::stem(&source.id().0).to_owned();
    outputs
        .iter()
        .map(|output| {
            let original = match (originals, outputs) {
                ([only], [_]) => Some(only),
                _ => originals
                    .iter()
                    .find(|o| o.id() == output.id())
                    .or_else(|| {
                        originals
                            .iter()
                            .find(|o| stem(o.as_ref()) == stem(output.as_ref()))
                    }),
            };
            let original = original.ok_or_else(|| Error::NoTables {
                place: format!("the originals, for {}", output.id()),
            })?;
            against_unknown(
                original.as_ref(),
                output.as_ref(),
                detectors,
                asked,
                progress,
            )
        })
        .collect()
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
        let held = Filter::sharing(residue::most_cells(output), filters);
        let seen = residue::look(output, Some(&held), setting)?;
        let stored = if setting.allowed.is_empty() {
            bytes::look(output, &held, setting)?
        } else {
            None
        };
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

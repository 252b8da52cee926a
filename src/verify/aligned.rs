//! Attacks that lay rows of the original beside rows of the output.

use rayon::prelude::*;

use super::known::Promise;
use super::pairs::{Pairs, Sides};
use super::utility::Utility;
use super::{Attack, Scope, derived, frequency, known, length, order, positions, salts};
use crate::error::Result;
use crate::findings::TableFindings;
use crate::progress::Progress;

/// Looks at pairs of rows.
type OnPairs = fn(&Pairs) -> Attack;

/// Those that need the pairs alone, by name.
const ALL: &[(&str, OnPairs)] = &[
    ("order", order::attack),
    ("positions", positions::attack),
    ("length", length::attack),
    ("frequency", frequency::attack),
    ("derived", derived::attack),
    ("salted-hashes", salts::attack),
];

/// Those that ask about the whole output too.
const BY_KNOWN: &[&str] = &["linkage", "singling-out", "inference", "empty-cells"];

/// Runs them all, and tells what the output is still good for; tables with different numbers of rows give none of them anything to attack.
pub(super) fn attacks(
    sides: &Sides<'_>,
    findings: &TableFindings,
    scope: &Scope,
    progress: &dyn Progress,
) -> Result<(Vec<Attack>, Option<Utility>)> {
    let Some(pairs) = Pairs::read(sides, findings, scope, progress)? else {
        let names = ALL.iter().map(|(name, _)| name).chain(BY_KNOWN);
        return Ok((names.map(|name| Attack::new(name)).collect(), None));
    };
    let mut attacks: Vec<Attack> = ALL.par_iter().map(|(_, attack)| attack(&pairs)).collect();
    attacks.extend(known::attacks(
        &pairs,
        sides.output,
        Promise::Nothing,
        progress,
    )?);
    Ok((attacks, Utility::of(&pairs)))
}

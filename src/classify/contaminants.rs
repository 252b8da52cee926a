//! Other kinds of personal data than the column's own, in its cells.

use super::values::{ABOVE_CHANCE, SURE_FORM, Support, is_prose};
use super::{CONTAMINATION, Case, Neighbours};
use crate::category::Catalog;
use crate::detect::header;
use crate::findings::Contaminant;

/// One random number in eleven has the right check digit.
const CHECK_DIGIT_CHANCE: f64 = 1.0 / 11.0;
/// Texts that hold words or codes which only look like a person's.
const LOOK_CHANCE: f64 = 1.0 / 64.0;
/// The same of names of places and firms, and of codes of things, in a table that is not about persons.
const LOOK_CHANCE_AMONG_THINGS: f64 = 1.0 / 4.0;

impl Case<'_> {
    /// Numbers of one column begin alike, so that their check digits alone tell them from identifiers; and one text in
    /// some sixty holds words that look like a name.
    fn may_be_chance(&self, pattern: usize) -> bool {
        let forms =
            || (0..self.seen.hits.len()).filter(|&f| self.detectors.pattern_of(f) == pattern);
        let count = |counters: &[u64]| forms().map(|f| counters[f]).sum::<u64>() as f64;
        let is_among_things = self.neighbours == Neighbours::Things;
        let chance = if is_among_things && !is_prose(self.seen) {
            LOOK_CHANCE_AMONG_THINGS
        } else {
            LOOK_CHANCE
        };
        let expected = chance * self.seen.filled() as f64;
        if self.detectors.patterns()[pattern].id == crate::detect::NAMES_IN_TEXT {
            let is_sure = |form: usize| {
                self.detectors.form(form).bits >= SURE_FORM && self.seen.hits[form] > 0
            };
            return !forms().any(is_sure) && count(&self.seen.found) < expected;
        }
        let is_number = forms().all(|f| self.detectors.form(f).bits < SURE_FORM);
        let is_shape = forms().all(|f| self.detectors.form(f).validator.is_none());
        if is_number && is_shape && is_among_things {
            return count(&self.seen.hits) + count(&self.seen.found) < expected;
        }
        let (hits, failed) = (count(&self.seen.hits), count(&self.seen.invalid));
        is_number
            && count(&self.seen.found) == 0.0
            && hits < ABOVE_CHANCE * CHECK_DIGIT_CHANCE * (hits + failed)
    }

    /// Other kinds of personal data in the cells, beyond chance.
    pub(super) fn contaminants(&self, category: Option<&str>) -> Vec<Contaminant> {
        let catalog = Catalog::builtin();
        let is_prose = category.is_some_and(header::is_prose);
        let mut found: Vec<Contaminant> = Vec::new();
        for (index, pattern) in self.detectors.patterns().iter().enumerate() {
            let is_expected = |category: &str| {
                catalog.may_hold(category, pattern) && (pattern.weak || !header::is_key(category))
            };
            if category.is_some_and(is_expected) || !pattern.is_found_inside() {
                continue;
            }
            let inside = self.values.inside[index];
            let whole = if pattern.weak {
                Support::default()
            } else {
                self.values.whole[index]
            };
            if inside.bits + whole.bits < CONTAMINATION || (!is_prose && self.may_be_chance(index))
            {
                continue;
            }
            // What only a validator knows is looked for inside as well.
            let hits = if self.detectors.is_bare(index) {
                inside.hits.max(whole.hits)
            } else {
                inside.hits + whole.hits
            };
            match found
                .iter_mut()
                .find(|known| known.category == pattern.category)
            {
                Some(known) => known.hits += hits,
                None => found.push(Contaminant {
                    category: pattern.category.clone(),
                    hits,
                }),
            }
        }
        found.sort_by(|a, b| {
            b.hits
                .cmp(&a.hits)
                .then_with(|| a.category.cmp(&b.category))
        });
        found
    }
}

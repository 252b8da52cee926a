//! The model that was learnt from labelled columns corrects the sum, within bounds.

use super::{
    ACCEPT, CONTAMINATION, Case, ENOUGH_CELLS, MAJORITY, MINORITY, Neighbours, Score, round,
};
use crate::category::{Catalog, Kind};
use crate::detect::header;
use crate::findings::EvidenceItem;
use crate::pattern::Pattern;
use crate::portrait::{Opinion, Portrait};

/// What values have to be worth to stand against the model.
const SURE_VALUES: f64 = 12.0;
/// Share of cells from which values that a check or a shape confirms are sure, however few distinct ones there are.
const NEARLY_ALL: f64 = 0.9;
/// What has to speak against a category before the model takes it away.
const DOUBT: f64 = 1.0;
/// The same where the name is a known spelling of something that points at a person, is of a special kind, or is money and
/// would be called nothing.
const DOUBT_OF_KNOWN_NAME: f64 = 4.0;

impl<'a> Case<'a> {
    pub(super) fn portrait(&self, path: &'a str, scores: &[Score]) -> Portrait<'a> {
        let patterns = self.detectors.patterns();
        let of_pattern = |(index, pattern): (usize, &'a Pattern)| {
            let support = self.values.supports[index];
            (support.share >= MINORITY).then_some((
                pattern.id.as_str(),
                support.share,
                support.bits,
            ))
        };
        let before = scores.first().filter(|score| score.bits >= ACCEPT);
        Portrait {
            path,
            header: self.header,
            seen: self.seen,
            distinct: self.distinct,
            patterns: patterns.iter().enumerate().filter_map(of_pattern).collect(),
            before: before.map(|score| (score.category.clone(), score.bits)),
            among_persons: self.neighbours == Neighbours::Persons,
        }
    }

    /// Patterns whose values speak so loudly that no model may call them something else.
    fn sure_patterns(&self) -> Vec<&'a Pattern> {
        let patterns = self.detectors.patterns().iter().enumerate();
        let is_sure = |&(index, pattern): &(usize, &'a Pattern)| {
            let support = self.values.supports[index];
            let is_everywhere = support.share >= NEARLY_ALL && self.seen.filled() >= ENOUGH_CELLS;
            let least = if is_everywhere {
                CONTAMINATION
            } else {
                SURE_VALUES
            };
            !pattern.weak && support.share >= MAJORITY && support.bits >= least
        };
        patterns
            .filter(is_sure)
            .map(|(_, pattern)| pattern)
            .collect()
    }

    /// Lets the model correct the sum; tells whether it takes a category away.
    pub(super) fn ask_model(&self, path: &'a str, scores: &mut Vec<Score>) -> bool {
        let portrait = self.portrait(path, scores);
        let opinions = portrait.opinions();
        let before = portrait
            .before
            .as_ref()
            .map(|(category, _)| category.as_str());
        let may_be = self.choice(before);
        let Some(chosen) = opinions.iter().find(|opinion| may_be(opinion.category)) else {
            return false;
        };
        if chosen.category == before || !self.is_bold_enough(chosen, before, &opinions) {
            return false;
        }
        // What is taken away is told with what little speaks for it.
        let told = opinions
            .iter()
            .find(|opinion| opinion.category == chosen.category.or(before));
        if let Some((told, category)) = told.and_then(|told| Some((told, told.category?))) {
            let item = |&(from, bits): &(&str, f64)| EvidenceItem::plain(from, round(bits, 1));
            let known = scores.iter().find(|score| score.category == category);
            *scores = vec![Score {
                category: category.to_owned(),
                bits: told.bits(),
                hits: known.map_or(0, |score| score.hits),
                items: told.terms.iter().map(item).collect(),
            }];
        }
        chosen.category.is_none()
    }

    /// What the model may choose from.
    fn choice(&self, before: Option<&str>) -> impl Fn(Option<&str>) -> bool {
        let sure = self.sure_patterns();
        let is_confirmed = sure
            .iter()
            .any(|pattern| Some(pattern.category.as_str()) == before);
        let catalog = Catalog::builtin();
        move |category| match (category, before) {
            _ if sure.is_empty() => true,
            (None, _) => false,
            // Sure values that were called what they are may only be called so more exactly.
            (Some(id), Some(before)) if is_confirmed => catalog.covers(before, id),
            (Some(id), _) => sure.iter().any(|pattern| catalog.may_hold(id, pattern)),
        }
    }

    fn is_bold_enough(&self, chosen: &Opinion, before: Option<&str>, all: &[Opinion]) -> bool {
        let Some(before) = before else {
            return chosen.bits() >= ACCEPT;
        };
        let known = all.iter().find(|opinion| opinion.category == Some(before));
        let lead = chosen.bits() - known.map_or(0.0, Opinion::bits);
        self.seen.filled() >= ENOUGH_CELLS
            && (chosen.category.is_none() || chosen.bits() >= ACCEPT)
            && lead >= self.least_doubt(before, chosen.category)
    }

    /// How surely the model has to know that a column is not what the sum says.
    fn least_doubt(&self, category: &str, chosen: Option<&str>) -> f64 {
        let name_bits = self.header.bits(category);
        let kind = Catalog::builtin().find(category).map(|c| c.kind);
        let is_grave = matches!(
            kind,
            Some(Kind::SensitiveSpecial | Kind::DirectIdentifier | Kind::QuasiIdentifier)
        );
        let holds_numbers = self.seen.numeric as f64 >= MAJORITY * self.seen.filled() as f64;
        let is_money = kind == Some(Kind::Financial) && holds_numbers;
        if self.expected == Some(category) {
            // No model knows of places.
            f64::INFINITY
        } else if name_bits < header::EXACT {
            DOUBT
        } else if self.best_values(category, name_bits).is_some() {
            // Both its name and its values say so.
            f64::INFINITY
        } else if is_grave || (is_money && chosen.is_none()) {
            DOUBT_OF_KNOWN_NAME
        } else {
            DOUBT
        }
    }
}

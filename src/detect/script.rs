//! What is tried on the cells of one template, and to which judgement each outcome led: most cells of a column fail and
//! pass the same checks, and their judgement is then known without being put together again.

use super::Detectors;
use super::ahead::Walks;
use super::gates::{Admitted, PARTS};
use super::judge::YIELD_BITS;
use super::shape;
use crate::validator::Validator;

/// Two bits of an outcome tell of each try; two are left.
const MOST_TRIES: usize = 31;
const HIT: u64 = 1;
const INVALID: u64 = 2;
const BOOLEAN: u64 = 1 << 63;
/// Outcomes that are remembered.
const MOST_OUTCOMES: usize = 16;

/// Forms to be tried on the cells of a template, in order.
pub(super) struct Script {
    tries: Vec<Try>,
    /// Kinds of judgements by outcome.
    known: Vec<(Outcome, u32)>,
    /// Of the kinds.
    generation: u64,
}

struct Try {
    form: usize,
    bits: f64,
    validator: Option<Validator>,
    /// The part it is matched with, unless every cell of the template matches.
    part: Option<usize>,
}

/// What became of every try.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Outcome(u64);

impl Script {
    /// The kind of the judgement that an outcome led to.
    pub(super) fn kind(&self, outcome: Outcome, generation: u64) -> Option<u32> {
        let known = self.known.iter().find(|(known, _)| *known == outcome);
        known
            .filter(|_| self.generation == generation)
            .map(|(_, kind)| *kind)
    }

    #[cfg(test)]
    pub(super) fn has_learnt(&self) -> bool {
        !self.known.is_empty()
    }

    pub(super) fn learn(&mut self, outcome: Outcome, kind: u32, generation: u64) {
        if self.generation != generation || self.known.len() == MOST_OUTCOMES {
            self.known.clear();
        }
        self.generation = generation;
        self.known.push((outcome, kind));
    }
}

impl Detectors {
    /// `None` where a judgement hangs on more than checks of the cell as it is.
    pub(super) fn script(&self, admitted: &Admitted) -> Option<Script> {
        let others = [admitted.listed, admitted.by_word, admitted.bare];
        if admitted.groups.contains(&true) || others.iter().any(|forms| !forms.is_empty()) {
            return None;
        }
        let is_tried = |part: Option<usize>| {
            move |form| Try {
                form,
                bits: self.stakes[form].bits,
                validator: self.stakes[form].validator,
                part,
            }
        };
        let covering = admitted.covering.without(self.repeated);
        let mut tries: Vec<Try> = covering.iter().map(is_tried(None)).collect();
        let walked = admitted.whole.without(admitted.covering);
        let walked = walked.without(self.repeated);
        for (at, part) in self.parts.iter().enumerate() {
            tries.extend(part.members.and(walked).iter().map(is_tried(Some(at))));
        }
        (tries.len() <= MOST_TRIES).then_some(Script {
            tries,
            known: Vec::new(),
            generation: 0,
        })
    }

    /// Tries a cell as [`Detectors::judge`] does.
    pub(super) fn outcome(&self, cell: &str, script: &Script, walks: &mut Walks) -> Outcome {
        let mut outcome = u64::from(shape::is_boolean(cell)) * BOOLEAN;
        let mut most: f64 = 0.0;
        let mut walked = [None; PARTS];
        for (at, tried) in script.tries.iter().enumerate() {
            if tried.bits <= most - YIELD_BITS {
                continue;
            }
            if let Some(part) = tried.part {
                let covering =
                    *walked[part].get_or_insert_with(|| walks.covering(&self.parts, part, cell));
                if !covering.contains(tried.form) {
                    continue;
                }
            }
            if tried.validator.is_none_or(|is_valid| is_valid(cell)) {
                most = most.max(tried.bits);
                outcome |= HIT << (2 * at);
            } else {
                outcome |= INVALID << (2 * at);
            }
        }
        Outcome(outcome)
    }
}

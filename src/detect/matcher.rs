//! Matches many expressions against the whole of a cell in one walk through a lazily built automaton.

use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson;
use regex_automata::{Anchored, Input, MatchKind};
use regex_syntax::hir::Hir;

/// Expressions matched together.
pub(super) struct Matcher {
    dfa: DFA,
}

/// What one worker walks with.
pub(super) type Memory = Cache;

/// Most memory for the states of one worker.
const STATES: usize = 16 << 20;

impl Matcher {
    /// Prepares expressions; each is taken to cover the whole cell, and none matches nothing.
    pub(super) fn new<'a>(expressions: impl Iterator<Item = Option<&'a str>>) -> Self {
        let parse = |text| regex_syntax::parse(text).expect("each was parsed by itself");
        Self::of(expressions.map(|text| text.map(parse)))
    }

    /// Prepares parsed expressions.
    pub(super) fn of(expressions: impl Iterator<Item = Option<Hir>>) -> Self {
        let expressions: Vec<Hir> = expressions
            .map(|parsed| parsed.unwrap_or_else(Hir::fail))
            .collect();
        let config = DFA::config()
            .match_kind(MatchKind::All)
            .cache_capacity(STATES)
            .skip_cache_capacity_check(true);
        let dfa = thompson::Compiler::new()
            .configure(thompson::Config::new().which_captures(thompson::WhichCaptures::None))
            .build_many_from_hir(&expressions)
            .ok()
            .and_then(|nfa| DFA::builder().configure(config).build_from_nfa(nfa).ok());
        Self {
            dfa: dfa.expect("each expression compiled by itself"),
        }
    }

    /// Memory to walk with; take it once for many cells.
    pub(super) fn memory(&self) -> Memory {
        self.dfa.create_cache()
    }

    /// Calls `found` with the number of every expression that covers the text.
    pub(super) fn matches(&self, memory: &mut Cache, text: &str, mut found: impl FnMut(usize)) {
        let Some(end) = self.walk(memory, text.as_bytes()) else {
            return;
        };
        for match_index in 0..self.dfa.match_len(memory, end) {
            found(self.dfa.match_pattern(memory, end, match_index).as_usize());
        }
    }

    fn walk(
        &self,
        memory: &mut Cache,
        bytes: &[u8],
    ) -> Option<regex_automata::hybrid::LazyStateID> {
        let input = Input::new(bytes).anchored(Anchored::Yes);
        let mut state = self.dfa.start_state_forward(memory, &input).ok()?;
        for &byte in bytes {
            state = self.dfa.next_state(memory, state, byte).ok()?;
            if state.is_tagged() && (state.is_dead() || state.is_quit()) {
                return None;
            }
        }
        self.dfa
            .next_eoi_state(memory, state)
            .ok()
            .filter(regex_automata::hybrid::LazyStateID::is_match)
    }
}

impl std::fmt::Debug for Matcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Matcher")
            .field("expressions", &self.dfa.pattern_len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_expression_that_covers_the_cell_is_told() {
        let matcher = Matcher::new(
            ["[0-9]{3}", "[0-9]+", "[a-zя]+", "(?i)ЖСН|x"]
                .into_iter()
                .map(Some),
        );
        let mut memory = matcher.memory();
        for (text, expected) in [
            ("123", vec![0, 1]),
            ("1234", vec![1]),
            ("яz", vec![2]),
            ("жсн", vec![3]),
            ("12a", vec![]),
            ("", vec![]),
        ] {
            let mut found = Vec::new();
            matcher.matches(&mut memory, text, |index| found.push(index));
            found.sort_unstable();
            assert_eq!(found, expected, "{text:?}");
        }
    }
}

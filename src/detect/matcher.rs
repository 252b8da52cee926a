//! Matches many expressions against the whole of a cell in one walk through a lazily built automaton.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson;
use regex_automata::{Anchored, Input, MatchKind};
use regex_syntax::hir::Hir;

use super::bits::Bits;

/// Expressions matched together.
pub(super) struct Matcher {
    dfa: DFA,
    /// What each expression is known by.
    numbers: Vec<usize>,
    /// By byte: its column in the table of steps.
    classes: [u8; 256],
    /// Columns of the table.
    width: usize,
    /// The row that no expression leaves again: it leads to itself whatever comes.
    dead: u32,
}

/// What one worker has learnt of a matcher: where every byte leads from every state met so far.
pub(super) struct Memory {
    cache: Cache,
    /// A row for every state; by class of byte: where the row of the next state begins, or nothing yet.
    steps: Vec<u32>,
    /// By state: itself, as the automaton knows it.
    states: Vec<LazyStateID>,
    /// By state: expressions that cover a text ending here, once known.
    covering: Vec<Option<Bits>>,
    rows: HashMap<LazyStateID, u32, FixedState>,
    start: u32,
}

const UNKNOWN: u32 = 0;
/// Texts that are walked side by side: each step of a walk waits for memory, and the walks do not wait for each other.
pub(super) const ABREAST: usize = 4;
/// Steps after which it is asked whether any expression is left.
const STRETCH: usize = 16;
/// More than real data ever needs; a worker that knows so many forgets them.
const MOST_STATES: usize = 1 << 13;

impl Matcher {
    /// Prepares expressions, each with the number it is known by; each is taken to cover the whole cell.
    pub(super) fn new(expressions: impl Iterator<Item = (usize, Hir)>) -> Self {
        let (numbers, expressions): (Vec<usize>, Vec<Hir>) = expressions.unzip();
        // Memory is bounded by the number of states, so that the automaton never renumbers them.
        let config = DFA::config()
            .match_kind(MatchKind::All)
            .cache_capacity(usize::MAX)
            .skip_cache_capacity_check(true);
        let dfa = thompson::Compiler::new()
            .configure(thompson::Config::new().which_captures(thompson::WhichCaptures::None))
            .build_many_from_hir(&expressions)
            .ok()
            .and_then(|nfa| DFA::builder().configure(config).build_from_nfa(nfa).ok())
            .expect("each expression compiled by itself");
        let classes = std::array::from_fn(|byte| dfa.byte_classes().get(byte as u8));
        let width = classes
            .iter()
            .max()
            .map_or(1, |&most| usize::from(most) + 1);
        Self {
            dfa,
            numbers,
            classes,
            width,
            dead: width as u32,
        }
    }

    /// Memory to walk with; take it once for many cells.
    pub(super) fn memory(&self) -> Memory {
        let mut cache = self.dfa.create_cache();
        let input = Input::new("").anchored(Anchored::Yes);
        let start = self.dfa.start_state_forward(&mut cache, &input);
        let start = start.expect("nothing stands before a cell");
        // The first row keeps its number free, the second is the dead one.
        let mut steps = vec![UNKNOWN; self.width];
        steps.resize(2 * self.width, self.dead);
        let mut memory = Memory {
            cache,
            steps,
            states: vec![start; 2],
            covering: vec![Some(Bits::default()); 2],
            rows: HashMap::default(),
            start: 0,
        };
        memory.start = memory.row(start, self.width);
        memory
    }

    /// Expressions that cover the text.
    pub(super) fn covering(&self, memory: &mut Memory, text: &str) -> Bits {
        self.bound(memory);
        let row = self.walk(memory, memory.start, text.as_bytes());
        self.end(memory, row)
    }

    /// Expressions that cover each of the texts.
    pub(super) fn covering_each(
        &self,
        memory: &mut Memory,
        texts: [&str; ABREAST],
    ) -> [Bits; ABREAST] {
        self.bound(memory);
        let texts = texts.map(str::as_bytes);
        let shortest = texts.map(<[u8]>::len).into_iter().min().unwrap_or(0);
        let rows = self.walk_abreast(memory, texts.map(|text| &text[..shortest]));
        std::array::from_fn(|lane| {
            let row = self.walk(memory, rows[lane], &texts[lane][shortest..]);
            self.end(memory, row)
        })
    }

    fn bound(&self, memory: &mut Memory) {
        if memory.states.len() > MOST_STATES {
            *memory = self.memory();
        }
    }

    fn walk(&self, memory: &mut Memory, mut row: u32, text: &[u8]) -> u32 {
        for &byte in text {
            let mut next = memory.steps[self.place(row, byte)];
            if next <= self.dead {
                if next == UNKNOWN {
                    next = self.learn(memory, row, byte);
                }
                if next == self.dead {
                    return next;
                }
            }
            row = next;
        }
        row
    }

    /// The rows that walks through texts of one length end with.
    fn walk_abreast(&self, memory: &mut Memory, texts: [&[u8]; ABREAST]) -> [u32; ABREAST] {
        let mut rows = [memory.start; ABREAST];
        let mut stretches = texts.map(|text| text.chunks(STRETCH));
        loop {
            let next = stretches.each_mut().map(Iterator::next);
            let [Some(a), Some(b), Some(c), Some(d)] = next else {
                return rows;
            };
            for bytes in a.iter().zip(b).zip(c).zip(d) {
                let (((&a, &b), &c), &d) = bytes;
                let bytes = [a, b, c, d];
                let mut next = rows;
                for lane in 0..ABREAST {
                    next[lane] = memory.steps[self.place(rows[lane], bytes[lane])];
                }
                if next.contains(&UNKNOWN) {
                    for lane in 0..ABREAST {
                        next[lane] = self.learn(memory, rows[lane], bytes[lane]);
                    }
                }
                rows = next;
            }
            if rows == [self.dead; ABREAST] {
                return rows;
            }
        }
    }

    fn place(&self, row: u32, byte: u8) -> usize {
        row as usize + usize::from(self.classes[usize::from(byte)])
    }

    fn end(&self, memory: &mut Memory, row: u32) -> Bits {
        let state = row as usize / self.width;
        match memory.covering[state] {
            Some(known) => known,
            None => self.learn_end(memory, state),
        }
    }

    #[cold]
    fn learn(&self, memory: &mut Memory, row: u32, byte: u8) -> u32 {
        let place = self.place(row, byte);
        if memory.steps[place] != UNKNOWN {
            return memory.steps[place];
        }
        let from = memory.states[row as usize / self.width];
        let next = self.dfa.next_state(&mut memory.cache, from, byte);
        let next = next.expect("the memory of the automaton has no bound");
        let next = if next.is_dead() || next.is_quit() {
            self.dead
        } else {
            memory.row(next, self.width)
        };
        memory.steps[place] = next;
        next
    }

    #[cold]
    fn learn_end(&self, memory: &mut Memory, state: usize) -> Bits {
        let mut covering = Bits::default();
        let from = memory.states[state];
        let end = self.dfa.next_eoi_state(&mut memory.cache, from);
        let end = end.expect("the memory of the automaton has no bound");
        if end.is_match() {
            for index in 0..self.dfa.match_len(&memory.cache, end) {
                let expression = self.dfa.match_pattern(&memory.cache, end, index);
                covering.insert(self.numbers[expression.as_usize()]);
            }
        }
        memory.covering[state] = Some(covering);
        covering
    }
}

impl Memory {
    fn row(&mut self, state: LazyStateID, width: usize) -> u32 {
        *self.rows.entry(state).or_insert_with(|| {
            let row = self.steps.len();
            self.states.push(state);
            self.covering.push(None);
            self.steps.resize(row + width, UNKNOWN);
            row as u32
        })
    }
}

impl Default for Matcher {
    fn default() -> Self {
        Self::new(std::iter::empty())
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
        let expressions = ["[0-9]{3}", "[0-9]+", "[a-zя]+", "(?i)ЖСН|x"];
        let parsed = expressions.map(|text| regex_syntax::parse(text).unwrap());
        let matcher = Matcher::new(parsed.into_iter().enumerate());
        let mut memory = matcher.memory();
        for (text, expected) in [
            ("123", vec![0, 1]),
            ("1234", vec![1]),
            ("яz", vec![2]),
            ("жсн", vec![3]),
            ("12a", vec![]),
            ("", vec![]),
        ] {
            let found: Vec<usize> = matcher.covering(&mut memory, text).iter().collect();
            assert_eq!(found, expected, "{text:?}");
        }
    }
}

//! Matches neighbours side by side before they are judged one by one: with what one cell of a column is matched, the next
//! ones mostly are too.

use super::Group;
use super::bits::Bits;
use super::gates::PARTS;
use super::matcher::{ABREAST, Memory};

/// Neighbours.
pub(super) const TOGETHER: usize = 32;
/// Texts whose lengths differ more are matched beside those that are like them.
const ALIKE: usize = 16;

/// What a worker keeps to match cells with the parts.
pub(super) struct Walks {
    pub(super) of_parts: [Memory; PARTS],
    /// Where the neighbours lie that were matched ahead; nothing else lies there until they are left.
    places: Vec<(usize, usize)>,
    /// The one of them that was asked for last.
    at: usize,
    /// By part, in the same order.
    covering: [Vec<Bits>; PARTS],
    /// How many of the neighbours asked for a part.
    asked: [usize; PARTS],
    /// Parts that many of the neighbours before these asked for.
    wanted: [bool; PARTS],
}

fn place(text: &str) -> (usize, usize) {
    (text.as_ptr().addr(), text.len())
}

impl Walks {
    pub(super) fn new(parts: &[Group; PARTS]) -> Self {
        Self {
            of_parts: parts.each_ref().map(|part| part.set.memory()),
            places: Vec::new(),
            at: 0,
            covering: Default::default(),
            asked: [0; PARTS],
            wanted: [false; PARTS],
        }
    }

    /// Makes ready for another column.
    pub(super) fn next_column(&mut self) {
        self.leave();
        self.wanted = [false; PARTS];
    }

    /// Comes to neighbours, which are then judged in turn.
    pub(super) fn come_to(&mut self, parts: &[Group; PARTS], texts: &[&str]) {
        if !self.wanted.contains(&true) || texts.len() != TOGETHER {
            return;
        }
        self.places.extend(texts.iter().map(|text| place(text)));
        let mut order: [usize; TOGETHER] = std::array::from_fn(|at| at);
        let lengths = || texts.iter().map(|text| text.len());
        if lengths().max() > lengths().min().map(|least| least + ALIKE) {
            order.sort_unstable_by_key(|&at| texts[at].len());
        }
        for part in (0..PARTS).filter(|&part| self.wanted[part]) {
            let covering = &mut self.covering[part];
            covering.resize(TOGETHER, Bits::default());
            for group in order.as_chunks::<ABREAST>().0 {
                let memory = &mut self.of_parts[part];
                let found = (parts[part].set).covering_each(memory, group.map(|at| texts[at]));
                for (&at, found) in group.iter().zip(found) {
                    covering[at] = found;
                }
            }
        }
    }

    /// Leaves the neighbours.
    pub(super) fn leave(&mut self) {
        self.places.clear();
        self.at = 0;
        self.wanted = self.asked.map(|asked| asked > TOGETHER / 3);
        self.asked = [0; PARTS];
        self.covering.iter_mut().for_each(Vec::clear);
    }

    /// Expressions of a part that cover a text.
    pub(super) fn covering(&mut self, parts: &[Group; PARTS], part: usize, text: &str) -> Bits {
        self.asked[part] += 1;
        let here = place(text);
        let next = self.places[self.at..].iter();
        if let Some(further) = { next }.position(|&known| known == here) {
            self.at += further;
            if let Some(&known) = self.covering[part].get(self.at) {
                return known;
            }
        }
        parts[part].set.covering(&mut self.of_parts[part], text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::Detectors;

    #[test]
    fn what_was_matched_ahead_is_what_a_cell_is_matched_with() {
        let detectors = Detectors::builtin();
        let mut walks = Walks::new(&detectors.parts);
        let texts: Vec<String> = (0..TOGETHER)
            .map(|at| match at % 5 {
                0 => format!("user{at}@example.kz"),
                1 => format!("8{:03} 000-00-{at:02}", 700 + at),
                2 => format!("г. Алматы, ул. Абая, д. {at}").repeat(at / 3 + 1),
                3 => format!("2035-01-{at:02}"),
                _ => "x".repeat(at),
            })
            .collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let mut found = [[0; PARTS]; 2];
        for found in &mut found {
            walks.come_to(&detectors.parts, &texts);
            for text in &texts {
                for (part, found) in found.iter_mut().enumerate() {
                    let covering = walks.covering(&detectors.parts, part, text);
                    let alone = (detectors.parts[part].set)
                        .covering(&mut detectors.parts[part].set.memory(), text);
                    assert!(covering == alone, "{text:?}");
                    *found += covering.iter().count();
                }
            }
            walks.leave();
            assert_eq!(walks.wanted, [true; PARTS]);
        }
        assert_eq!(found[0], found[1]);
        assert!(found[0].iter().all(|&found| found > 0), "{found:?}");
        walks.next_column();
        assert_eq!(walks.wanted, [false; PARTS]);
    }
}

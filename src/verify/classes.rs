//! How many rows of an output are alike in some columns, for those that are asked about: one reading, whatever is asked.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{BuildHasher as _, Hash as _, Hasher as _};

use rayon::prelude::*;

use super::cells::{Cells, of_rows};
use super::identifiers::Hasher;
use super::pairs::Pairs;
use crate::batch::leaf_types;
use crate::error::Result;
use crate::progress::{self, Progress, Stage};
use crate::source::Source;

/// What rows are to be alike in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alike {
    /// What cells hold.
    Cells,
    /// Which cells hold anything.
    Filled,
}

/// Columns in which rows are compared.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub(super) paths: Vec<String>,
    pub(super) alike: Alike,
}

/// Answers to questions about rows of the output.
pub(super) struct Classes {
    questions: Vec<Question>,
    hasher: Hasher,
    counts: HashMap<u64, u64>,
}

impl Classes {
    /// Prepares questions; nothing is asked yet.
    pub(super) fn of(questions: Vec<Question>) -> Self {
        Self {
            questions,
            hasher: Hasher::default(),
            counts: HashMap::new(),
        }
    }

    /// What tells a row from others: the cells of a question's columns, taken from one row each.
    fn key<'a>(&self, question: usize, cells: impl Iterator<Item = Option<&'a str>>) -> u64 {
        let mut state = self.hasher.build_hasher();
        question.hash(&mut state);
        let alike = self.questions[question].alike;
        for cell in cells {
            match alike {
                Alike::Cells => cell.hash(&mut state),
                Alike::Filled => cell.is_some().hash(&mut state),
            }
        }
        state.finish()
    }

    fn key_of_rows(&self, pairs: &Pairs, question: usize, row: &dyn Fn(usize) -> usize) -> u64 {
        let columns = self.questions[question].paths.iter().enumerate();
        let cells = columns.map(|(index, path)| {
            let column = pairs.output.iter().find(|column| &column.path == path);
            column.and_then(|column| column.cells.at(row(index)))
        });
        self.key(question, cells)
    }

    /// Asks about the rows that are paired, and about rows put together of others.
    pub(super) fn ask(&mut self, pairs: &Pairs) {
        for question in 0..self.questions.len() {
            for row in 0..pairs.height() {
                let own = self.key_of_rows(pairs, question, &|_| row);
                let mixed =
                    self.key_of_rows(pairs, question, &|index| mixed_row(pairs, row, index));
                self.counts.insert(own, 0);
                self.counts.insert(mixed, 0);
            }
        }
    }

    /// How many rows of the table are as this one.
    pub(super) fn like(&self, pairs: &Pairs, question: usize, row: usize) -> u64 {
        let key = self.key_of_rows(pairs, question, &|_| row);
        self.counts.get(&key).copied().unwrap_or_default().max(1)
    }

    /// How many rows of the table are as one that was put together of others.
    pub(super) fn like_mixed(&self, pairs: &Pairs, question: usize, row: usize) -> u64 {
        let key = self.key_of_rows(pairs, question, &|index| mixed_row(pairs, row, index));
        self.counts.get(&key).copied().unwrap_or_default()
    }

    /// Tells whether two rows are alike.
    pub(super) fn are_alike(&self, pairs: &Pairs, question: usize, a: usize, b: usize) -> bool {
        self.key_of_rows(pairs, question, &|_| a) == self.key_of_rows(pairs, question, &|_| b)
    }

    /// Counts all rows of the output, which is read again when not all of it is paired.
    pub(super) fn count(
        &mut self,
        pairs: &Pairs,
        output: &dyn Source,
        progress: &dyn Progress,
    ) -> Result<()> {
        if !pairs.is_whole() {
            return self.count_all(output, progress);
        }
        self.count_pairs(pairs);
        Ok(())
    }

    /// Counts the rows that are paired.
    pub(super) fn count_pairs(&mut self, pairs: &Pairs) {
        for question in 0..self.questions.len() {
            for row in 0..pairs.height() {
                let key = self.key_of_rows(pairs, question, &|_| row);
                *self.counts.entry(key).or_default() += 1;
            }
        }
    }

    fn count_all(&mut self, output: &dyn Source, progress: &dyn Progress) -> Result<()> {
        let paths: HashSet<&str> = (self.questions.iter())
            .flat_map(|question| question.paths.iter().map(String::as_str))
            .collect();
        progress.begin(Stage::Verify, output.id(), output.info().bytes);
        let counts = (output.read_without(&unwanted(output, &paths))?)
            .par_bridge()
            .try_fold(HashMap::new, |mut counts, pending| {
                progress::check()?;
                let pending = pending?;
                progress.advance(pending.bytes, 0);
                let batch = (pending.decode)()?;
                let all = std::iter::once(0..batch.height()).collect::<Vec<_>>();
                let (height, cells) = of_rows(&batch, &all, &|path| paths.contains(path))?;
                self.count_batch(height, &cells, &mut counts);
                Ok::<_, crate::error::Error>(counts)
            })
            .try_reduce(HashMap::new, |a, b| Ok(summed(a, b)));
        progress.end();
        self.counts = summed(std::mem::take(&mut self.counts), counts?);
        Ok(())
    }

    /// Only classes that were asked about.
    fn count_batch(
        &self,
        height: usize,
        cells: &BTreeMap<String, Cells>,
        counts: &mut HashMap<u64, u64>,
    ) {
        let asked = self.questions.iter().enumerate();
        for (index, question) in asked.filter(|(_, question)| !question.paths.is_empty()) {
            let columns: Vec<_> = question.paths.iter().map(|path| cells.get(path)).collect();
            for row in 0..height {
                let of_row = columns.iter().map(|column| column.and_then(|c| c.at(row)));
                let key = self.key(index, of_row);
                if self.counts.contains_key(&key) {
                    *counts.entry(key).or_default() += 1;
                }
            }
        }
    }
}

/// Every column from another row: what one would expect of a person who is not in the table.
fn mixed_row(pairs: &Pairs, row: usize, index: usize) -> usize {
    (0..=index).fold(row, |row, _| pairs.other(row))
}

fn summed(mut a: HashMap<u64, u64>, b: HashMap<u64, u64>) -> HashMap<u64, u64> {
    for (key, count) in b {
        *a.entry(key).or_default() += count;
    }
    a
}

/// Columns of a format with types that need not be decoded.
fn unwanted(output: &dyn Source, paths: &HashSet<&str>) -> HashSet<String> {
    let schema = output.info().schema.into_iter();
    let goes = |(name, dtype): &(String, _)| {
        let leaves = leaf_types(name, dtype);
        !leaves.iter().any(|(path, _)| paths.contains(path.as_str()))
    };
    schema.filter(goes).map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::super::pairs::tests::pairs;
    use super::*;

    #[test]
    fn rows_are_counted_by_what_they_hold_and_by_what_is_filled() {
        let column = |cells: &[&str]| {
            cells
                .iter()
                .map(|&cell| cell.to_owned())
                .collect::<Vec<_>>()
        };
        let (a, b) = (column(&["1", "1", "2", ""]), column(&["x", "x", "", "y"]));
        let pairs = pairs(&[("a", None, a.clone())], &[("a", a), ("b", b)]);
        let question = |alike| Question {
            paths: vec!["a".to_owned(), "b".to_owned()],
            alike,
        };
        let mut classes = Classes::of(vec![question(Alike::Cells), question(Alike::Filled)]);
        classes.ask(&pairs);
        let mut counts = HashMap::new();
        let nothing = BTreeMap::new();
        classes.count_batch(3, &nothing, &mut counts);
        assert!(counts.is_empty(), "nobody asked for rows that hold nothing");
        classes.count_pairs(&pairs);
        let like = |question| {
            (0..4)
                .map(|row| classes.like(&pairs, question, row))
                .collect::<Vec<_>>()
        };
        assert_eq!(like(0), [2, 2, 1, 1]);
        assert_eq!(like(1), [2, 2, 1, 1]);
    }
}

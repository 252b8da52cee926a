//! Looks at cells and counts what they look like. Decides nothing and does no input or output.

pub mod bits;
pub mod evidence;
pub mod header;
pub mod names;
pub mod shape;
pub mod sketch;
pub mod spans;

use std::hash::BuildHasher as _;

use polars::prelude::{DataType, Series};

use crate::batch::{Batch, for_each_leaf};
use crate::error::{Error, Result};
use crate::pattern::{self, Form, Outcome, Pattern, normalize};
use bits::{Bits, CAPACITY};
use evidence::{ColumnEvidence, Evidence};
use shape::Shape;
use spans::Span;

/// The category that names inside text count for.
const NAMES_IN_TEXT: &str = "common.full_name";
const GATE_DIGITS: usize = 64;
const CACHE_SLOTS: usize = 1024;
/// A whole-cell hit worth this much needs no second look inside the cell.
const SURE_BITS: f64 = 5.0;
/// Of two readings of one cell, the one worth so much less yields.
const YIELD_BITS: f64 = 4.0;

/// All patterns, ready to look at batches.
#[derive(Debug)]
pub struct Detectors {
    patterns: Vec<Pattern>,
    /// Pattern and form of every form index.
    forms: Vec<(usize, usize)>,
    /// By number of digits in a cell: forms worth trying on the whole of it.
    gate: Vec<Bits>,
    /// The form that names inside text count for.
    names: Option<usize>,
}

/// What one cell looks like.
#[derive(Clone, Copy, Debug, Default)]
struct Judged {
    hits: Bits,
    invalid: Bits,
    found: Bits,
    found_invalid: Bits,
    boolean: bool,
    numeric: bool,
    text: bool,
}

impl Detectors {
    /// The embedded patterns.
    pub fn builtin() -> Self {
        Self::new(pattern::builtin())
    }

    /// Prepares patterns.
    ///
    /// # Panics
    /// When there are more written forms than the sets of a cell can hold.
    pub fn new(patterns: Vec<Pattern>) -> Self {
        let forms: Vec<(usize, usize)> =
            patterns.iter().enumerate().flat_map(|(p, pattern)| (0..pattern.forms.len()).map(move |f| (p, f))).collect();
        assert!(forms.len() <= CAPACITY, "more than {CAPACITY} written forms");
        let names = forms.iter().position(|&(p, _)| patterns[p].id == NAMES_IN_TEXT);
        let mut detectors = Self { patterns, forms, gate: Vec::new(), names };
        detectors.gate = (0..=GATE_DIGITS).map(|digits| detectors.forms_for(digits)).collect();
        detectors
    }

    fn forms_for(&self, digits: usize) -> Bits {
        let mut admitted = Bits::default();
        let any_class = Shape { digits, classes: u16::MAX, spaces: 0 };
        for index in 0..self.forms.len() {
            if self.form(index).admits(any_class) {
                admitted.insert(index);
            }
        }
        admitted
    }

    /// The patterns, by the index that evidence uses.
    pub fn patterns(&self) -> &[Pattern] {
        &self.patterns
    }

    /// Pattern index of every form index.
    pub fn pattern_of(&self, form: usize) -> usize {
        self.forms[form].0
    }

    /// A form by its index in evidence.
    pub fn form(&self, index: usize) -> &Form {
        let (pattern, form) = self.forms[index];
        &self.patterns[pattern].forms[form]
    }

    /// Looks at every cell of a batch.
    ///
    /// # Errors
    /// When a column is of a type that has no text.
    pub fn observe(&self, batch: &Batch) -> Result<Evidence> {
        let mut evidence = Evidence { rows: batch.frame.height() as u64, problems: batch.problems, ..Evidence::default() };
        let mut cache = Cache::new();
        for column in batch.frame.columns() {
            for_each_leaf(column, &mut |path, values| {
                let seen = self.observe_leaf(&path, values, &mut cache)?;
                evidence.columns.insert(path, seen);
                Ok(())
            })?;
        }
        Ok(evidence)
    }

    fn observe_leaf(&self, path: &str, values: &Series, cache: &mut Cache) -> Result<ColumnEvidence> {
        let mut seen = ColumnEvidence::with_room(self.forms.len());
        seen.cells = values.len() as u64;
        seen.nulls = values.null_count() as u64;
        match values.dtype() {
            DataType::Boolean => seen.boolean = seen.filled(),
            DataType::Null => {}
            DataType::Binary => self.observe_binary(values, &mut seen, cache)?,
            DataType::String => self.observe_text(values, &mut seen, cache)?,
            _ => {
                let text = values.cast(&DataType::String).map_err(|e| Error::parquet(path, &e))?;
                self.observe_text(&text, &mut seen, cache)?;
            }
        }
        Ok(seen)
    }

    fn observe_text(&self, values: &Series, seen: &mut ColumnEvidence, cache: &mut Cache) -> Result<()> {
        let cells = values.str().map_err(|e| Error::parquet(values.name().as_str(), &e))?;
        for cell in cells.iter().flatten() {
            self.observe_cell(cell, seen, cache);
        }
        Ok(())
    }

    fn observe_binary(&self, values: &Series, seen: &mut ColumnEvidence, cache: &mut Cache) -> Result<()> {
        let cells = values.binary().map_err(|e| Error::parquet(values.name().as_str(), &e))?;
        for cell in cells.iter().flatten() {
            match std::str::from_utf8(cell) {
                Ok(text) => self.observe_cell(text, seen, cache),
                Err(_) => seen.unreadable += 1,
            }
        }
        Ok(())
    }

    fn observe_cell(&self, cell: &str, seen: &mut ColumnEvidence, cache: &mut Cache) {
        let cell = cell.trim();
        if cell.is_empty() {
            seen.nulls += 1;
            return;
        }
        let hash = cache.hasher.hash_one(cell);
        seen.distinct.add(hash);
        let judged = cache.get_or(hash, || self.judge(cell));
        count(&mut seen.hits, judged.hits);
        count(&mut seen.invalid, judged.invalid);
        count(&mut seen.found, judged.found);
        count(&mut seen.found_invalid, judged.found_invalid);
        seen.boolean += u64::from(judged.boolean);
        seen.numeric += u64::from(judged.numeric);
        seen.text += u64::from(judged.text);
    }

    fn judge(&self, cell: &str) -> Judged {
        let cell = normalize::fold(cell);
        let shape = Shape::of(&cell);
        let mut judged = Judged {
            boolean: is_boolean(&cell),
            numeric: shape.digits > 0 && !shape.has_letters() && shape.spaces == 0,
            text: shape.spaces >= 3 && shape.has_letters(),
            ..Judged::default()
        };
        let sure = self.judge_whole(&cell, shape, &mut judged);
        if !sure && spans::worth_searching(&cell, shape) {
            let mut search = spans::Search::default();
            self.search(&cell, shape, &mut search);
            for span in &search.spans {
                judged.found.insert(span.form);
            }
            judged.found_invalid = search.invalid;
        }
        judged
    }

    /// Tries the whole cell; tells whether it is surely of some kind.
    fn judge_whole(&self, cell: &str, shape: Shape, judged: &mut Judged) -> bool {
        let mut most = 0.0_f64;
        let mut hits = Bits::default();
        let mut settled = usize::MAX;
        for index in self.gate[shape.digits.min(GATE_DIGITS)].iter() {
            let (pattern, _) = self.forms[index];
            let form = self.form(index);
            if pattern == settled || !form.admits(shape) {
                continue;
            }
            match form.judge(cell) {
                Outcome::Hit => {
                    hits.insert(index);
                    settled = pattern;
                    most = most.max(form.bits);
                }
                Outcome::Invalid => judged.invalid.insert(index),
                Outcome::Other => {}
            }
        }
        for index in hits.iter().filter(|&index| self.form(index).bits > most - YIELD_BITS) {
            judged.hits.insert(index);
        }
        if most >= SURE_BITS {
            // What is surely one kind is no failed try at another.
            judged.invalid = Bits::default();
        }
        most >= SURE_BITS
    }

    /// Finds personal data inside a text; offsets are of the folded text.
    pub fn spans(&self, folded: &str) -> Vec<Span> {
        let mut search = spans::Search::default();
        self.search(folded, Shape::of(folded), &mut search);
        search.spans
    }

    fn search(&self, text: &str, shape: Shape, search: &mut spans::Search) {
        for index in 0..self.forms.len() {
            let form = self.form(index);
            if form.may_be_inside(shape) {
                search.form(text, self.forms[index].0, index, form);
            }
        }
        if let Some(form) = self.names.filter(|_| shape.has_letters()) {
            search.names(text, self.forms[form].0, form);
        }
        search.settle();
    }

    /// The kind of a whole cell that is surely of one kind, and its canonical text: equal people give equal texts.
    pub fn identifier(&self, cell: &str) -> Option<(usize, String)> {
        let cell = normalize::fold(cell.trim());
        let shape = Shape::of(&cell);
        let mut judged = Judged::default();
        self.judge_whole(&cell, shape, &mut judged);
        let best = judged.hits.iter().max_by(|&a, &b| self.form(a).bits.total_cmp(&self.form(b).bits))?;
        let (pattern, _) = self.forms[best];
        Some((pattern, spans::canonical(&self.form(best).normal(&cell))))
    }
}

fn count(counters: &mut [u64], set: Bits) {
    if !set.is_empty() {
        for index in set.iter() {
            counters[index] += 1;
        }
    }
}

fn is_boolean(cell: &str) -> bool {
    const WORDS: &[&str] = &["0", "1", "true", "false", "yes", "no", "y", "n", "t", "f", "да", "нет", "иә", "жоқ", "ия"];
    cell.len() <= 8 && WORDS.iter().any(|word| cell.eq_ignore_ascii_case(word) || cell.to_lowercase() == *word)
}

/// Remembers the last judgement of a value, so that a repeated value costs one hash.
struct Cache {
    hasher: foldhash::fast::FixedState,
    slots: Vec<(u64, Judged)>,
}

impl Cache {
    fn new() -> Self {
        let empty = (0, Judged::default());
        Self { hasher: foldhash::fast::FixedState::with_seed(HASH_SEED), slots: vec![empty; CACHE_SLOTS] }
    }

    fn get_or(&mut self, hash: u64, judge: impl FnOnce() -> Judged) -> Judged {
        let slot = &mut self.slots[hash as usize % CACHE_SLOTS];
        if slot.0 != hash || hash == 0 {
            *slot = (hash, judge());
        }
        slot.1
    }
}

/// Fixed, so that findings do not depend on the run; no hash leaves the process.
const HASH_SEED: u64 = 0x6965_7369_7a00;

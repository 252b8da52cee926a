//! Looks at cells and counts what they look like. Decides nothing and does no input or output.

pub mod bits;
mod cache;
pub mod evidence;
mod gates;
pub mod header;
mod matcher;
pub mod names;
pub mod shape;
pub mod sketch;
pub mod spans;
pub(crate) mod template;
mod translit;
mod vocabulary;
mod workers;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use polars::prelude::{DataType, Series};
use regex_syntax::hir::Hir;

use crate::batch::{Batch, Rows, for_each_leaf};
use crate::error::{Error, Result};
use crate::pattern::normalize::{self, Step};
use crate::pattern::{self, Form, Pattern};
use crate::validator::Validator;
use bits::{Bits, CAPACITY};
use cache::{BOOLEAN, Judged, Met, NUMERIC, TEXT};
use evidence::{ColumnEvidence, Evidence};
use gates::{Gates, MOST_GROUPS, PARTS, Scratch};
use matcher::{Matcher, Memory};
use shape::Shape;
use spans::Span;
use vocabulary::Vocabulary;
use workers::{Worker, Workers};

/// The category that names inside text count for.
pub const NAMES_IN_TEXT: &str = "common.full_name";
/// The part with rows of numbers.
const ROWS: usize = PARTS - 1;
/// Fewer digits identify nothing: an IPv4 address has four.
const LEAST_DIGITS: usize = 4;
/// A whole-cell hit worth this much needs no second look inside the cell.
const SURE_BITS: f64 = 5.0;
/// A form of a weak pattern that is worth this much stands for itself.
const DECISIVE_BITS: f64 = 10.0;
/// Of two readings of one cell, the one worth so much less yields.
const YIELD_BITS: f64 = 4.0;

/// All patterns, ready to look at batches.
#[derive(Debug)]
pub struct Detectors {
    patterns: Vec<Pattern>,
    /// Pattern and form of every form index; the form worth most comes first.
    forms: Vec<(usize, usize)>,
    /// What a trial has to know of every form.
    stakes: Vec<Stake>,
    gates: Gates,
    vocabulary: Vocabulary,
    /// Every form, on the cell as it is.
    parts: [Group; PARTS],
    /// Built when the first long column needs it.
    widened: OnceLock<Widened>,
    /// Forms that say nothing of a cell which their steps leave as it is: a form without steps says the same.
    repeated: Bits,
    /// The form that names inside text count for.
    names: Option<usize>,
    /// Forms that see a cell after the same steps, where these change it.
    groups: Vec<Group>,
    keywords_inside: (AhoCorasick, Vec<usize>),
    /// The words of those that are tried on whole cells only.
    keywords_whole: (AhoCorasick, Vec<usize>),
    workers: Workers,
}

/// The forms of one cell that were tried so far.
struct Trial<'a> {
    detectors: &'a Detectors,
    admitted: Bits,
    hits: Bits,
    invalid: Bits,
    /// What the best hit is worth.
    most: f64,
}

impl Trial<'_> {
    /// Judges a text that an admitted form's expression covers, unless the form would yield to a hit.
    fn check(&mut self, index: usize, text: &str) {
        let stake = &self.detectors.stakes[index];
        if !self.admitted.contains(index) || stake.bits <= self.most - YIELD_BITS {
            return;
        }
        if stake.validator.is_none_or(|is_valid| is_valid(text)) {
            self.hits.insert(index);
            self.most = self.most.max(stake.bits);
        } else {
            self.invalid.insert(index);
        }
    }
}

/// What a trial has to know of a form.
#[derive(Debug)]
struct Stake {
    bits: f64,
    validator: Option<Validator>,
}

/// Every form, on the template of a cell.
#[derive(Debug)]
struct Widened {
    set: Matcher,
    /// Forms that match a cell when they match its template.
    closed: Bits,
}

/// Forms that are matched together after the same steps.
#[derive(Debug, Default)]
struct Group {
    steps: Vec<Step>,
    set: Matcher,
    members: Bits,
}

fn no_words() -> (AhoCorasick, Vec<usize>) {
    let search = AhoCorasick::new([""; 0]).expect("an empty list of words");
    (search, Vec::new())
}

/// Forms one of whose words occurs in a text.
fn by_keyword((search, owners): &(AhoCorasick, Vec<usize>), text: &str) -> Bits {
    let mut found = Bits::default();
    for hit in search.find_overlapping_iter(text) {
        found.insert(owners[hit.pattern().as_usize()]);
    }
    found
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
        let mut forms: Vec<(usize, usize)> = patterns
            .iter()
            .enumerate()
            .flat_map(|(p, pattern)| (0..pattern.forms.len()).map(move |f| (p, f)))
            .collect();
        let form = |&(p, f): &(usize, usize)| &patterns[p].forms[f];
        forms.sort_by(|a, b| form(b).bits.total_cmp(&form(a).bits));
        let all: Vec<&Form> = forms.iter().map(form).collect();
        let stakes = all.iter().map(|form| Stake {
            bits: form.bits,
            validator: form.validator,
        });
        assert!(
            forms.len() <= CAPACITY,
            "more than {CAPACITY} written forms"
        );
        let names = forms
            .iter()
            .position(|&(p, _)| patterns[p].id == NAMES_IN_TEXT);
        let mut detectors = Self {
            gates: Gates::of(&all),
            vocabulary: Vocabulary::of(&all),
            stakes: stakes.collect(),
            patterns,
            forms,
            names,
            parts: std::array::from_fn(|_| Group::default()),
            widened: OnceLock::new(),
            repeated: Bits::default(),
            groups: Vec::new(),
            keywords_inside: no_words(),
            keywords_whole: no_words(),
            workers: Workers::default(),
        };
        detectors.prepare();
        detectors
    }

    /// Fills the searches from the forms.
    fn prepare(&mut self) {
        self.repeated = self.select(|index| self.is_repeated(index));
        let with_keywords = self.select(|index| !self.form(index).keywords.is_empty());
        let words = || {
            let inside = with_keywords.without(self.gates.by_word);
            let whole = self.gates.by_word;
            (self.keyword_search(inside), self.keyword_search(whole))
        };
        let of_parts = || self.parts().map(|members| self.group(Vec::new(), members));
        let ((inside, whole), (parts, groups)) = rayon::join(words, || (of_parts(), self.groups()));
        self.keywords_inside = inside;
        self.keywords_whole = whole;
        self.parts = parts;
        self.groups = groups;
    }

    fn widened(&self) -> &Widened {
        self.widened.get_or_init(|| {
            let mut closed = Bits::default();
            let mut expressions = Vec::new();
            for index in 0..self.forms.len() {
                if let Some(form) = self.walked(index).map(template::widened) {
                    if form.is_equal {
                        closed.insert(index);
                    }
                    expressions.push((index, form.hir));
                }
            }
            Widened {
                set: Matcher::new(expressions.into_iter()),
                closed,
            }
        })
    }

    /// Forms with `@`, all others, and those of digits and signs.
    fn parts(&self) -> [Bits; PARTS] {
        let mut parts = [Bits::default(); PARTS];
        for index in (0..self.forms.len()).filter(|&index| self.walked(index).is_some()) {
            let form = self.form(index);
            let part = match () {
                () if form.classes & shape::AT != 0 => 0,
                () if form.is_row() => ROWS,
                () => 1,
            };
            parts[part].insert(index);
        }
        parts
    }

    fn select(&self, choose: impl Fn(usize) -> bool) -> Bits {
        let mut chosen = Bits::default();
        (0..self.forms.len())
            .filter(|&index| choose(index))
            .for_each(|index| chosen.insert(index));
        chosen
    }

    fn is_repeated(&self, index: usize) -> bool {
        let form = self.form(index);
        let says_the_same = |other: &Form| {
            other.steps.is_empty()
                && other.expression == form.expression
                && (other.validator.zip(form.validator))
                    .is_some_and(|(a, b)| std::ptr::fn_addr_eq(a, b))
                && other.bits >= form.bits
        };
        let pattern = &self.patterns[self.forms[index].0];
        !form.steps.is_empty() && pattern.forms.iter().any(says_the_same)
    }

    /// The expression of a form that is matched along with all others.
    fn walked(&self, index: usize) -> Option<&Hir> {
        let form = self.form(index);
        let expression = form.expression.as_ref().filter(|_| !form.is_by_word())?;
        Some(&expression.parsed)
    }

    fn group(&self, steps: Vec<Step>, members: Bits) -> Group {
        let expressions = members
            .iter()
            .filter_map(|index| Some((index, self.walked(index)?.clone())));
        Group {
            set: Matcher::new(expressions),
            steps,
            members,
        }
    }

    fn groups(&self) -> Vec<Group> {
        let mut by_steps: Vec<(Vec<Step>, Bits)> = Vec::new();
        for index in 0..self.forms.len() {
            let steps = &self.form(index).steps;
            match by_steps.iter_mut().find(|(known, _)| known == steps) {
                Some((_, members)) => members.insert(index),
                None => {
                    let mut members = Bits::default();
                    members.insert(index);
                    by_steps.push((steps.clone(), members));
                }
            }
        }
        by_steps.retain(|(steps, _)| !steps.is_empty());
        assert!(
            by_steps.len() <= MOST_GROUPS,
            "more than {MOST_GROUPS} combinations of steps"
        );
        by_steps
            .into_iter()
            .map(|(steps, members)| self.group(steps, members))
            .collect()
    }

    /// Finds the words that forms ask for; small, title and capital letters alike.
    fn keyword_search(&self, forms: Bits) -> (AhoCorasick, Vec<usize>) {
        let mut words = Vec::new();
        let mut owners = Vec::new();
        for index in forms.iter() {
            for word in &self.form(index).keywords {
                let upper = word.to_uppercase();
                let title = upper.chars().take(1).chain(word.chars().skip(1)).collect();
                for spelling in [word.clone(), title, upper] {
                    words.push(spelling);
                    owners.push(index);
                }
            }
        }
        let search = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::DFA))
            .ascii_case_insensitive(true)
            .build(words);
        (search.expect("a short list of words"), owners)
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
    pub fn observe(&self, batch: &Batch, evidence: &mut Evidence) -> Result<()> {
        evidence.rows += batch.height() as u64;
        evidence.problems = evidence.problems.merge(batch.problems);
        let mut worker = self.workers.take(self);
        match &batch.rows {
            Rows::Text(rows) => {
                let text = rows.text();
                for (path, cells) in rows.names.iter().zip(&rows.columns) {
                    let seen = evidence.column(path, self.forms.len());
                    self.observe_cells(text, cells, seen, &mut worker);
                }
            }
            Rows::Frame(frame) => {
                for column in frame.columns() {
                    for_each_leaf(column, &mut |path, values| {
                        let seen = evidence.column(&path, self.forms.len());
                        self.observe_leaf(&path, values, seen, &mut worker)
                    })?;
                }
            }
        }
        self.workers.give_back(worker);
        Ok(())
    }

    fn observe_cells(
        &self,
        text: &str,
        cells: &[(u32, u32)],
        seen: &mut ColumnEvidence,
        worker: &mut Worker,
    ) {
        worker.scratch.next_column(cells.len());
        seen.cells += cells.len() as u64;
        for &(start, end) in cells {
            self.observe_cell(&text[start as usize..end as usize], seen, worker);
        }
        worker.cache.settle(seen);
    }

    fn observe_leaf(
        &self,
        path: &str,
        values: &Series,
        seen: &mut ColumnEvidence,
        worker: &mut Worker,
    ) -> Result<()> {
        worker.scratch.next_column(values.len());
        let nulls = values.null_count() as u64;
        seen.cells += values.len() as u64;
        seen.nulls += nulls;
        match values.dtype() {
            DataType::Boolean => seen.boolean += values.len() as u64 - nulls,
            DataType::Null => {}
            DataType::Binary => self.observe_binary(values, seen, worker)?,
            DataType::String => self.observe_text(values, seen, worker)?,
            _ => {
                let text = values
                    .cast(&DataType::String)
                    .map_err(|e| Error::parquet(path, &e))?;
                self.observe_text(&text, seen, worker)?;
            }
        }
        worker.cache.settle(seen);
        Ok(())
    }

    fn observe_text(
        &self,
        values: &Series,
        seen: &mut ColumnEvidence,
        worker: &mut Worker,
    ) -> Result<()> {
        let cells = values
            .str()
            .map_err(|e| Error::parquet(values.name().as_str(), &e))?;
        for cell in cells.iter().flatten() {
            self.observe_cell(cell, seen, worker);
        }
        Ok(())
    }

    fn observe_binary(
        &self,
        values: &Series,
        seen: &mut ColumnEvidence,
        worker: &mut Worker,
    ) -> Result<()> {
        let cells = values
            .binary()
            .map_err(|e| Error::parquet(values.name().as_str(), &e))?;
        for cell in cells.iter().flatten() {
            match std::str::from_utf8(cell) {
                Ok(text) => self.observe_cell(text, seen, worker),
                Err(_) => seen.unreadable += 1,
            }
        }
        Ok(())
    }

    fn observe_cell(&self, cell: &str, seen: &mut ColumnEvidence, worker: &mut Worker) {
        let cell = normalize::unwrapped(cell);
        if cell.is_empty() {
            seen.nulls += 1;
            return;
        }
        let Worker { cache, scratch } = worker;
        let hash = cache.hash(cell);
        if cache.count(hash, |judged| self.judge(cell, judged, scratch)) == Met::First {
            seen.distinct.add(hash);
        }
    }

    fn judge(&self, cell: &str, judged: &mut Judged, scratch: &mut Scratch) {
        let mut cell = Cow::Borrowed(cell);
        let place = scratch.by_template(self, &cell).unwrap_or_else(|| {
            let mut shape = Shape::of(&cell);
            if shape.may_fold
                && let folded @ Cow::Owned(_) = normalize::fold(&cell)
            {
                shape = Shape::of(&folded);
                cell = Cow::Owned(folded.into_owned());
            }
            scratch.by_shape(self, shape)
        });
        let shape = scratch.admitted[place].shape;
        let is_number = shape.digits > 0 && !shape.has_letters() && shape.spaces == 0;
        let is_text = shape.spaces >= 3 && shape.has_letters() && !cell.starts_with(['{', '[']);
        judged.looks = u8::from(shape::is_boolean(&cell)) * BOOLEAN
            + u8::from(is_number) * NUMERIC
            + u8::from(is_text) * TEXT;
        let sure = self.judge_whole(&cell, place, judged, scratch);
        if !sure && spans::worth_searching(&cell, shape) {
            let mut search = spans::Search::default();
            self.search(&cell, place, &mut search, scratch);
            for span in &search.spans {
                judged.found.insert(span.form);
            }
            judged.found_invalid = search.invalid;
            judged.met |= !search.spans.is_empty() || !search.invalid.is_empty();
        }
    }

    /// Tries the whole cell; tells whether it is surely of some kind.
    fn judge_whole(
        &self,
        cell: &str,
        place: usize,
        judged: &mut Judged,
        scratch: &mut Scratch,
    ) -> bool {
        let admitted = &scratch.admitted[place];
        if admitted.whole.is_empty() {
            return false;
        }
        let listed = self.vocabulary.listing(cell, admitted.listed);
        let mut trial = Trial {
            detectors: self,
            admitted: admitted.whole,
            hits: listed,
            invalid: Bits::default(),
            most: self.most_bits(listed).max(0.0),
        };
        let mut changed = self.repeated;
        for (at, group) in self.groups.iter().enumerate() {
            if !admitted.groups[at] {
                continue;
            }
            let steps = group.steps.iter();
            let text = steps.fold(Cow::Borrowed(cell), |text, step| step.apply(text));
            if let Cow::Owned(text) = text {
                let covering = group.set.covering(&mut scratch.of_groups[at], &text);
                covering.iter().for_each(|index| trial.check(index, &text));
                changed = changed.or(group.members);
            }
        }
        // The forms worth most first: what would yield to a hit is not even tried.
        let covering = admitted.covering.without(changed);
        (covering.iter()).for_each(|index| trial.check(index, cell));
        for (at, part) in self.parts.iter().enumerate() {
            if admitted.walk_bits[at] > trial.most - YIELD_BITS {
                let covering = part.set.covering(&mut scratch.of_parts[at], cell);
                let others = covering.without(changed).without(admitted.covering);
                (others.iter()).for_each(|index| trial.check(index, cell));
            }
        }
        (admitted.bare.iter()).for_each(|index| trial.check(index, cell));
        if admitted.by_word_bits > trial.most - YIELD_BITS {
            let words = by_keyword(&self.keywords_whole, cell);
            for index in words.and(admitted.by_word).iter() {
                if self.form(index).covers(cell) {
                    trial.check(index, cell);
                }
            }
        }
        judged.hits = if trial.hits.is_single() {
            trial.hits
        } else {
            self.best_of_patterns(trial.hits, trial.most)
        };
        judged.met = !trial.hits.is_empty() || !trial.invalid.is_empty();
        if trial.most < SURE_BITS {
            // What is surely one kind is no failed try at another.
            judged.invalid = trial.invalid;
        }
        // What only a validator knows, such as an address, may hold other things as well.
        !trial.hits.without(self.gates.bare).is_empty()
            || (admitted.shape.spaces == 0 && !judged.invalid.is_empty())
    }

    /// Of the forms of one pattern, the one worth most; none that yields to another.
    fn best_of_patterns(&self, met: Bits, most: f64) -> Bits {
        let mut best = Bits::default();
        for index in met.iter() {
            let bits = self.form(index).bits;
            let is_best_of_pattern = met.iter().all(|other| {
                self.forms[other].0 != self.forms[index].0
                    || (self.form(other).bits.total_cmp(&bits)).then(index.cmp(&other))
                        != std::cmp::Ordering::Greater
            });
            if is_best_of_pattern && bits > most - YIELD_BITS {
                best.insert(index);
            }
        }
        best
    }

    /// Finds personal data inside a text; offsets are of the folded text.
    pub fn spans(&self, folded: &str) -> Vec<Span> {
        let mut search = spans::Search::default();
        let mut worker = self.workers.take(self);
        let place = worker.scratch.by_shape(self, Shape::of(folded));
        self.search(folded, place, &mut search, &mut worker.scratch);
        self.workers.give_back(worker);
        search.spans
    }

    fn search(&self, text: &str, place: usize, search: &mut spans::Search, scratch: &mut Scratch) {
        let admitted = &scratch.admitted[place];
        let shape = admitted.shape;
        for index in admitted.inside.iter() {
            self.search_form(text, 0..text.len(), index, search);
        }
        if !admitted.rows.is_empty() && shape.digits >= LEAST_DIGITS {
            for row in shape::rows(text, LEAST_DIGITS) {
                self.search_row(
                    text,
                    row,
                    admitted.rows,
                    search,
                    &mut scratch.of_parts[ROWS],
                );
            }
        }
        if admitted.has_keywords && !shape.is_code() {
            for index in by_keyword(&self.keywords_inside, text).iter() {
                if self.form(index).may_be_inside(shape.digits) {
                    self.search_form(text, 0..text.len(), index, search);
                }
            }
        }
        if let Some(form) = self
            .names
            .filter(|_| shape.has_letters() && shape.spaces > 0)
        {
            search.names(text, self.forms[form].0, form);
        }
        search.settle();
    }

    fn search_form(
        &self,
        text: &str,
        part: Range<usize>,
        index: usize,
        search: &mut spans::Search,
    ) {
        search.form(text, part, self.forms[index].0, index, self.form(index));
    }

    /// Tells whether all that is known of a pattern is its validator: such a cell may hold other things as well.
    pub fn is_bare(&self, pattern: usize) -> bool {
        self.patterns[pattern]
            .forms
            .iter()
            .all(|form| form.expression.is_none())
    }

    /// A row of numbers is mostly one identifier; only when it is not are its parts looked at.
    fn search_row(
        &self,
        text: &str,
        row: shape::Row,
        forms: Bits,
        search: &mut spans::Search,
        memory: &mut Memory,
    ) {
        let worth_trying = forms.and(self.gates.inside(row.digits));
        if worth_trying.is_empty() {
            return;
        }
        let before = search.spans.len();
        let part = row.start..row.end;
        let covering = self.parts[ROWS].set.covering(memory, &text[part.clone()]);
        for index in covering.and(worth_trying).iter() {
            let pattern = self.forms[index].0;
            search.judge(text, part.clone(), pattern, index, self.form(index));
        }
        if search.spans.len() == before {
            for index in worth_trying.iter() {
                self.search_form(text, part.clone(), index, search);
            }
        }
    }

    /// The kind of a whole cell that is surely of one kind, and its canonical text: equal people give equal texts.
    pub fn identifier(&self, cell: &str) -> Option<(usize, String)> {
        let cell = normalize::fold(normalize::unwrapped(cell));
        let mut judged = Judged::default();
        let mut worker = self.workers.take(self);
        let scratch = &mut worker.scratch;
        let place = scratch.by_shape(self, Shape::of(&cell));
        self.judge_whole(&cell, place, &mut judged, scratch);
        self.workers.give_back(worker);
        let is_sure = |&index: &usize| {
            !self.patterns[self.forms[index].0].weak || self.form(index).bits >= DECISIVE_BITS
        };
        let best = judged
            .hits
            .iter()
            .filter(is_sure)
            .max_by(|&a, &b| self.form(a).bits.total_cmp(&self.form(b).bits))?;
        let (pattern, _) = self.forms[best];
        Some((pattern, spans::canonical(&self.form(best).normal(&cell))))
    }
}

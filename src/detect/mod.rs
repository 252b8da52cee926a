//! Looks at cells and counts what they look like. Decides nothing and does no input or output.

pub mod bits;
mod cache;
pub mod evidence;
pub mod header;
mod matcher;
pub mod names;
pub mod shape;
pub mod sketch;
pub mod spans;
mod translit;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use polars::prelude::{DataType, Series};

use crate::batch::{Batch, Rows, for_each_leaf};
use crate::error::{Error, Result};
use crate::pattern::normalize::{self, Step};
use crate::pattern::{self, Form, Outcome, Pattern};
use bits::{Bits, CAPACITY};
use cache::{BOOLEAN, Cache, Judged, Met, NUMERIC, TEXT};
use evidence::{ColumnEvidence, Evidence};
use matcher::{Matcher, Memory};
use shape::Shape;
use spans::Span;

/// The category that names inside text count for.
pub const NAMES_IN_TEXT: &str = "common.full_name";
const GATE_DIGITS: usize = 64;
const GATE_WORDS: usize = 64;
/// An expression that matches no cell.
const NOTHING: &str = "[a&&b]";
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
    /// Pattern and form of every form index.
    forms: Vec<(usize, usize)>,
    /// By number of digits in a cell: forms worth trying on the whole of it.
    gate: Vec<Bits>,
    /// By number of words in a cell: forms worth trying on the whole of it.
    words: Vec<Bits>,
    /// By length of a cell: forms whose expression can be so long.
    lengths: Vec<Bits>,
    /// By longest number in a text: forms worth looking for inside it.
    inside: Vec<Bits>,
    /// By the kinds of bytes of a cell: forms that need no others.
    classes: Vec<Bits>,
    /// Place of every form when the one worth most comes first, and the form of every place.
    rank: Vec<usize>,
    by_rank: Vec<usize>,
    /// Forms that are rows of numbers.
    numbers: Bits,
    /// Forms that have no expression: their validator decides.
    bare: Bits,
    /// Forms that list all values.
    listed: Bits,
    /// Forms of the whole cell that are tried only where one of their words occurs.
    by_word: Bits,
    /// Forms by each of the values they list, and the length in bytes of the longest.
    vocabulary: (HashMap<String, Bits, foldhash::fast::FixedState>, usize),
    /// Every form, on the cell as it is.
    plain: Matcher,
    /// The form that names inside text count for.
    names: Option<usize>,
    /// Forms that see a cell after the same steps, where these change it.
    groups: Vec<Group>,
    /// Those that ask for a word beside them.
    keyword_finders: Vec<usize>,
    keywords_inside: (AhoCorasick, Vec<usize>),
    /// The words of those that are tried on whole cells only.
    keywords_whole: (AhoCorasick, Vec<usize>),
}

#[derive(Debug)]
struct Group {
    steps: Vec<Step>,
    set: Matcher,
    forms: Vec<usize>,
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

/// What a worker keeps from cell to cell.
struct Scratch<'a> {
    plain: Memory<'a>,
    of_groups: Vec<Memory<'a>>,
    /// Gates of shapes met lately.
    known: Vec<(Shape, Gates)>,
}

const KNOWN_SHAPES: usize = 64;

/// Forms that a cell of some shape can hold.
#[derive(Clone, Copy, Debug, Default)]
struct Gates {
    /// As the whole of it.
    whole: Bits,
    /// Those of them that have no expression.
    bare: Bits,
    /// Those of them that list all values.
    listed: Bits,
    /// Those of them that are tried only where one of their words occurs.
    by_word: Bits,
    /// Some of the others have an expression.
    needs_walk: bool,
    /// By group: whether a member is among them.
    groups: [bool; MOST_GROUPS],
    /// Inside it, but for rows of numbers.
    inside: Bits,
    /// Rows of numbers inside it.
    numbers: Bits,
    /// Some are inside it only beside a word.
    has_keywords: bool,
}

/// Combinations of steps.
const MOST_GROUPS: usize = 8;

impl Scratch<'_> {
    /// Makes the gates of a shape known and tells their place.
    fn know(&mut self, detectors: &Detectors, shape: Shape) -> usize {
        let mixed =
            shape.digits + shape.spaces * 7 + shape.length * 3 + usize::from(shape.classes) * 31;
        let slot = mixed % KNOWN_SHAPES;
        if self.known[slot].0 != shape {
            self.known[slot] = (shape, detectors.gates(shape));
        }
        slot
    }
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
        let forms: Vec<(usize, usize)> = patterns
            .iter()
            .enumerate()
            .flat_map(|(p, pattern)| (0..pattern.forms.len()).map(move |f| (p, f)))
            .collect();
        assert!(
            forms.len() <= CAPACITY,
            "more than {CAPACITY} written forms"
        );
        let names = forms
            .iter()
            .position(|&(p, _)| patterns[p].id == NAMES_IN_TEXT);
        let mut detectors = Self {
            patterns,
            forms,
            gate: Vec::new(),
            words: Vec::new(),
            lengths: Vec::new(),
            inside: Vec::new(),
            classes: Vec::new(),
            rank: Vec::new(),
            by_rank: Vec::new(),
            numbers: Bits::default(),
            bare: Bits::default(),
            listed: Bits::default(),
            by_word: Bits::default(),
            vocabulary: (HashMap::default(), 0),
            names,
            plain: Matcher::new(std::iter::empty()),
            groups: Vec::new(),
            keyword_finders: Vec::new(),
            keywords_inside: no_words(),
            keywords_whole: no_words(),
        };
        detectors.prepare();
        detectors
    }

    /// Fills the gates and the searches from the forms.
    fn prepare(&mut self) {
        let all = 0..self.forms.len();
        let is_found = |form: &Form| form.is_found_inside() && form.keywords.is_empty();
        self.gate = (0..=GATE_DIGITS)
            .map(|digits| self.select(|form| form.admits_digits(digits)))
            .collect();
        self.words = (0..=GATE_WORDS)
            .map(|words| self.select(|form| form.admits_words(words)))
            .collect();
        self.lengths = (0..=shape::LONGEST)
            .map(|length| self.select(|form| form.admits_length(length)))
            .collect();
        self.inside = (0..=GATE_DIGITS)
            .map(|number| self.select(|form| is_found(form) && form.may_be_inside(number)))
            .collect();
        self.classes = (0..1_u16 << shape::CLASSES)
            .map(|has| self.select(|form| form.classes & !has == 0))
            .collect();
        self.by_rank = all.clone().collect();
        let mut by_rank = std::mem::take(&mut self.by_rank);
        by_rank.sort_by(|&a, &b| self.form(b).bits.total_cmp(&self.form(a).bits));
        self.by_rank = by_rank;
        self.rank = all
            .clone()
            .map(|index| {
                self.by_rank
                    .iter()
                    .position(|&i| i == index)
                    .unwrap_or(index)
            })
            .collect();
        self.numbers = self.select(Form::is_row);
        self.bare = self.select(|form| form.expression.is_none() && !form.is_vocabulary());
        self.listed = self.select(Form::is_vocabulary);
        self.by_word = self.select(Form::is_by_word);
        self.vocabulary = self.vocabulary();
        self.keyword_finders = all
            .clone()
            .filter(|&index| {
                self.form(index).is_found_inside() && !self.form(index).keywords.is_empty()
            })
            .collect();
        let all_by_word = self.select(|form| !form.keywords.is_empty());
        self.keywords_inside = self.keyword_search(all_by_word.without(self.by_word));
        self.keywords_whole = self.keyword_search(self.by_word);
        self.plain = self.set(&all.collect::<Vec<_>>());
        self.groups = self.group();
    }

    fn select(&self, choose: impl Fn(&Form) -> bool) -> Bits {
        let mut chosen = Bits::default();
        (0..self.forms.len())
            .filter(|&index| choose(self.form(index)))
            .for_each(|index| chosen.insert(index));
        chosen
    }

    fn gates(&self, shape: Shape) -> Gates {
        let classes = self.classes[usize::from(shape.classes)];
        let whole = self.gate[shape.digits.min(GATE_DIGITS)]
            .and(self.words[(shape.spaces + 1).min(GATE_WORDS)])
            .and(self.lengths[shape.length])
            .and(classes);
        let inside = self.inside[shape.digits.min(GATE_DIGITS)].and(classes);
        Gates {
            whole,
            bare: whole.and(self.bare),
            listed: whole.and(self.listed),
            by_word: whole.and(self.by_word),
            needs_walk: !whole
                .without(self.bare.or(self.listed).or(self.by_word))
                .is_empty(),
            groups: std::array::from_fn(|at| {
                let group = self.groups.get(at);
                group.is_some_and(|group| group.members.meets(whole))
            }),
            inside: inside.without(self.numbers),
            numbers: inside.and(self.numbers),
            has_keywords: shape.has_letters()
                && self.keyword_finders.iter().any(|&index| {
                    self.form(index).may_be_inside(shape.digits) && classes.contains(index)
                }),
        }
    }

    fn set(&self, forms: &[usize]) -> Matcher {
        Matcher::new(forms.iter().map(|&index| self.form(index)).map(
            |form| match &form.expression {
                Some(expression) if !form.is_by_word() => expression,
                _ => NOTHING,
            },
        ))
    }

    fn group(&self) -> Vec<Group> {
        let mut by_steps: Vec<(Vec<Step>, Vec<usize>)> = Vec::new();
        for index in 0..self.forms.len() {
            let steps = &self.form(index).steps;
            match by_steps.iter_mut().find(|(known, _)| known == steps) {
                Some((_, members)) => members.push(index),
                None => by_steps.push((steps.clone(), vec![index])),
            }
        }
        by_steps.retain(|(steps, _)| !steps.is_empty());
        let build = |(steps, forms): (Vec<Step>, Vec<usize>)| {
            let mut members = Bits::default();
            for &index in &forms {
                members.insert(index);
            }
            Group {
                steps,
                set: self.set(&forms),
                forms,
                members,
            }
        };
        let groups: Vec<Group> = by_steps.into_iter().map(build).collect();
        assert!(
            groups.len() <= MOST_GROUPS,
            "more than {MOST_GROUPS} combinations of steps"
        );
        groups
    }

    fn vocabulary(&self) -> (HashMap<String, Bits, foldhash::fast::FixedState>, usize) {
        let mut forms: HashMap<String, Bits, _> = HashMap::default();
        for index in 0..self.forms.len() {
            for value in &self.form(index).values {
                forms.entry(value.clone()).or_default().insert(index);
            }
        }
        // A letter takes at most twice the bytes in capitals, and spaces may be doubled.
        let longest = forms.keys().map(|value| 2 * value.len()).max();
        (forms, longest.unwrap_or(0))
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
    pub fn observe(&self, batch: &Batch) -> Result<Evidence> {
        let mut evidence = Evidence {
            rows: batch.height() as u64,
            problems: batch.problems,
            ..Evidence::default()
        };
        let mut cache = Cache::new(self.scratch());
        match &batch.rows {
            Rows::Text(rows) => {
                let text = rows.text();
                for (path, cells) in rows.names.iter().zip(&rows.columns) {
                    let seen = self.observe_cells(text, cells, &mut cache);
                    evidence.columns.insert(path.clone(), seen);
                }
            }
            Rows::Frame(frame) => {
                for column in frame.columns() {
                    for_each_leaf(column, &mut |path, values| {
                        let seen = self.observe_leaf(&path, values, &mut cache)?;
                        evidence.columns.insert(path, seen);
                        Ok(())
                    })?;
                }
            }
        }
        Ok(evidence)
    }

    fn observe_cells(
        &self,
        text: &str,
        cells: &[(u32, u32)],
        cache: &mut Cache<'_>,
    ) -> ColumnEvidence {
        let mut seen = ColumnEvidence::with_room(self.forms.len());
        seen.cells = cells.len() as u64;
        for &(start, end) in cells {
            self.observe_cell(&text[start as usize..end as usize], &mut seen, cache);
        }
        cache.settle(&mut seen);
        seen
    }

    fn observe_leaf(
        &self,
        path: &str,
        values: &Series,
        cache: &mut Cache<'_>,
    ) -> Result<ColumnEvidence> {
        let mut seen = ColumnEvidence::with_room(self.forms.len());
        seen.cells = values.len() as u64;
        seen.nulls = values.null_count() as u64;
        match values.dtype() {
            DataType::Boolean => seen.boolean = seen.filled(),
            DataType::Null => {}
            DataType::Binary => self.observe_binary(values, &mut seen, cache)?,
            DataType::String => self.observe_text(values, &mut seen, cache)?,
            _ => {
                let text = values
                    .cast(&DataType::String)
                    .map_err(|e| Error::parquet(path, &e))?;
                self.observe_text(&text, &mut seen, cache)?;
            }
        }
        cache.settle(&mut seen);
        Ok(seen)
    }

    fn observe_text(
        &self,
        values: &Series,
        seen: &mut ColumnEvidence,
        cache: &mut Cache<'_>,
    ) -> Result<()> {
        let cells = values
            .str()
            .map_err(|e| Error::parquet(values.name().as_str(), &e))?;
        for cell in cells.iter().flatten() {
            self.observe_cell(cell, seen, cache);
        }
        Ok(())
    }

    fn observe_binary(
        &self,
        values: &Series,
        seen: &mut ColumnEvidence,
        cache: &mut Cache<'_>,
    ) -> Result<()> {
        let cells = values
            .binary()
            .map_err(|e| Error::parquet(values.name().as_str(), &e))?;
        for cell in cells.iter().flatten() {
            match std::str::from_utf8(cell) {
                Ok(text) => self.observe_cell(text, seen, cache),
                Err(_) => seen.unreadable += 1,
            }
        }
        Ok(())
    }

    fn observe_cell(&self, cell: &str, seen: &mut ColumnEvidence, cache: &mut Cache<'_>) {
        let cell = normalize::unwrapped(cell);
        if cell.is_empty() {
            seen.nulls += 1;
            return;
        }
        let hash = cache.hash(cell);
        if cache.count(hash, |judged, scratch| self.judge(cell, judged, scratch)) == Met::First {
            seen.distinct.add(hash);
        }
    }

    fn judge(&self, cell: &str, judged: &mut Judged, scratch: &mut Scratch<'_>) {
        let mut shape = Shape::of(cell);
        let mut cell = Cow::Borrowed(cell);
        if shape.classes & (shape::WIDE | shape::OTHER) != 0
            && let folded @ Cow::Owned(_) = normalize::fold(&cell)
        {
            shape = Shape::of(&folded);
            cell = Cow::Owned(folded.into_owned());
        }
        let is_number = shape.digits > 0 && !shape.has_letters() && shape.spaces == 0;
        let is_text = shape.spaces >= 3 && shape.has_letters() && !cell.starts_with(['{', '[']);
        judged.looks = u8::from(shape::is_boolean(&cell)) * BOOLEAN
            + u8::from(is_number) * NUMERIC
            + u8::from(is_text) * TEXT;
        let sure = self.judge_whole(&cell, shape, judged, scratch);
        if !sure && spans::worth_searching(&cell, shape) {
            let mut search = spans::Search::default();
            self.search(&cell, shape, &mut search, scratch);
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
        shape: Shape,
        judged: &mut Judged,
        scratch: &mut Scratch<'_>,
    ) -> bool {
        let slot = scratch.know(self, shape);
        let gates = &scratch.known[slot].1;
        let admitted = &gates.whole;
        if admitted.is_empty() {
            return false;
        }
        let mut best = self.listed_in_vocabulary(cell, gates.listed);
        let mut most = best
            .iter()
            .map(|index| self.form(index).bits)
            .fold(0.0, f64::max);
        let mut check = |index: usize, text: &str, judged: &mut Judged| {
            let form = self.form(index);
            if admitted.contains(index) && form.bits > most - YIELD_BITS {
                match form.check(text) {
                    Outcome::Hit => {
                        best.insert(index);
                        most = most.max(form.bits);
                    }
                    Outcome::Invalid => judged.invalid.insert(index),
                    Outcome::Other => {}
                }
            }
        };
        let mut changed = Bits::default();
        let is_idle = |group: &Group| {
            let mut steps = group.steps.iter();
            steps.all(|step| step.leaves(shape.digits, cell.len()))
        };
        for (at, group) in self.groups.iter().enumerate() {
            if !gates.groups[at] || is_idle(group) {
                continue;
            }
            let steps = group.steps.iter();
            let text = steps.fold(Cow::Borrowed(cell), |text, step| step.apply(text));
            if let Cow::Owned(text) = text {
                group.set.matches(&mut scratch.of_groups[at], &text, |m| {
                    check(group.forms[m], &text, judged);
                });
                changed = changed.or(group.members);
            }
        }
        gates
            .bare
            .iter()
            .for_each(|index| check(index, cell, judged));
        if !gates.by_word.is_empty() {
            for index in by_keyword(&self.keywords_whole, cell)
                .and(gates.by_word)
                .iter()
            {
                if self.form(index).covers(cell) {
                    check(index, cell, judged);
                }
            }
        }
        if gates.needs_walk {
            let mut matched = Bits::default();
            self.plain.matches(&mut scratch.plain, cell, |index| {
                matched.insert(self.rank[index]);
            });
            // The forms worth most first: what would yield to a hit is not even checked.
            for index in matched
                .iter()
                .map(|rank| self.by_rank[rank])
                .filter(|&index| !changed.contains(index))
            {
                check(index, cell, judged);
            }
        }
        judged.hits = if best.is_single() {
            best
        } else {
            self.best_of_patterns(best, most)
        };
        judged.met = !best.is_empty() || !judged.invalid.is_empty();
        if most >= SURE_BITS {
            // What is surely one kind is no failed try at another.
            judged.invalid = Bits::default();
        }
        // What only a validator knows, such as an address, may hold other things as well.
        !best.without(self.bare).is_empty() || (shape.spaces == 0 && !judged.invalid.is_empty())
    }

    /// Forms that list what the cell says.
    fn listed_in_vocabulary(&self, cell: &str, among: Bits) -> Bits {
        let (words, longest) = &self.vocabulary;
        if among.is_empty() || cell.len() > *longest {
            return Bits::default();
        }
        let known = words.get(&pattern::vocabulary_key(cell));
        known.map_or_else(Bits::default, |known| known.and(among))
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
        let mut scratch = self.scratch();
        self.search(folded, Shape::of(folded), &mut search, &mut scratch);
        search.spans
    }

    fn scratch(&self) -> Scratch<'_> {
        Scratch {
            plain: self.plain.memory(),
            of_groups: self.groups.iter().map(|group| group.set.memory()).collect(),
            known: vec![(Shape::NONE, Gates::default()); KNOWN_SHAPES],
        }
    }

    fn search(
        &self,
        text: &str,
        shape: Shape,
        search: &mut spans::Search,
        scratch: &mut Scratch<'_>,
    ) {
        let slot = scratch.know(self, shape);
        let gates = &scratch.known[slot].1;
        for index in gates.inside.iter() {
            self.search_form(text, 0..text.len(), index, search);
        }
        if !gates.numbers.is_empty() && shape.digits >= LEAST_DIGITS {
            for row in shape::rows(text, LEAST_DIGITS) {
                self.search_row(text, row, gates.numbers, search, &mut scratch.plain);
            }
        }
        if gates.has_keywords && !shape.is_code() {
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
        memory: &mut Memory<'_>,
    ) {
        let worth_trying = forms.and(self.inside[row.digits.min(GATE_DIGITS)]);
        if worth_trying.is_empty() {
            return;
        }
        let before = search.spans.len();
        let part = row.start..row.end;
        self.plain.matches(memory, &text[part.clone()], |index| {
            if worth_trying.contains(index) {
                search.judge(
                    text,
                    part.clone(),
                    self.forms[index].0,
                    index,
                    self.form(index),
                );
            }
        });
        if search.spans.len() == before {
            for index in worth_trying.iter() {
                self.search_form(text, part.clone(), index, search);
            }
        }
    }

    /// The kind of a whole cell that is surely of one kind, and its canonical text: equal people give equal texts.
    pub fn identifier(&self, cell: &str) -> Option<(usize, String)> {
        let cell = normalize::fold(normalize::unwrapped(cell));
        let shape = Shape::of(&cell);
        let mut judged = Judged::default();
        self.judge_whole(&cell, shape, &mut judged, &mut self.scratch());
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

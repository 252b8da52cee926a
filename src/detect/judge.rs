//! Judges one cell: what the whole of it is, and what lies inside it.

use std::borrow::Cow;
use std::ops::Range;

use super::bits::Bits;
use super::cache::{BOOLEAN, Cache, Judged, NUMERIC, SEARCHED, TEXT};
use super::gates::{Admitted, Scratch};
use super::matcher::Memory;
use super::shape::{self, Shape};
use super::spans;
use super::{Detectors, ROWS};
use crate::pattern::normalize;

/// Fewer digits identify nothing: an IPv4 address has four.
const LEAST_DIGITS: usize = 4;
/// A whole-cell hit worth this much needs no second look inside the cell.
const SURE_BITS: f64 = 5.0;
/// Of two readings of one cell, the one worth so much less yields.
pub(super) const YIELD_BITS: f64 = 4.0;

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

impl Detectors {
    /// Judges a cell and tells the number of its kind of judgement.
    pub(super) fn kind(&self, cell: &str, cache: &mut Cache, scratch: &mut Scratch) -> u32 {
        scratch.collected = None;
        let Some(place) = scratch.by_template(self, cell) else {
            return cache.kind(|judged| _ = self.judge(cell, None, judged, scratch));
        };
        let script = scratch.scripts[place].as_ref();
        let outcome = script.map(|script| self.outcome(cell, script, &mut scratch.walks));
        let known = script
            .zip(outcome)
            .and_then(|(script, outcome)| script.kind(outcome, cache.generation()));
        if let Some(kind) = known {
            return kind;
        }
        let mut is_decided = false;
        let kind = cache.kind(|judged| is_decided = self.judge(cell, Some(place), judged, scratch));
        if let (true, Some(outcome), Some(script)) =
            (is_decided, outcome, &mut scratch.scripts[place])
        {
            script.learn(outcome, kind, cache.generation());
        }
        kind
    }

    /// Judges a cell; tells whether nothing but what was tried on the whole of it decided.
    fn judge(
        &self,
        cell: &str,
        place: Option<usize>,
        judged: &mut Judged,
        scratch: &mut Scratch,
    ) -> bool {
        let mut cell = Cow::Borrowed(cell);
        let place = place.unwrap_or_else(|| {
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
        let is_sure = self.judge_whole(&cell, place, judged, scratch);
        let is_worth = !is_sure && spans::worth_searching(&cell, shape);
        let may_hold_more = self.may_hold_more(&scratch.admitted[place]);
        judged.looks |= u8::from(is_worth || !may_hold_more) * SEARCHED;
        let is_decided = !(is_worth && may_hold_more);
        if !is_decided {
            let mut search = spans::Search::default();
            let all = Bits::default().complement();
            self.collect(&cell, place, all, &mut search, scratch);
            scratch.collected = Some(search.spans.clone());
            search.settle();
            for span in &search.spans {
                judged.found.insert(span.form);
            }
            judged.found_invalid = search.invalid;
            judged.met |= !search.spans.is_empty() || !search.invalid.is_empty();
        }
        is_decided
    }

    /// Tells whether anything is looked for inside such a cell.
    fn may_hold_more(&self, admitted: &Admitted) -> bool {
        let shape = admitted.shape;
        let may_hold_rows = !admitted.rows.is_empty() && shape.digits >= LEAST_DIGITS;
        !admitted.inside.is_empty()
            || may_hold_rows
            || looks_beside_words(admitted)
            || self.names_in(shape).is_some()
    }

    /// The form that names inside such a text count for.
    fn names_in(&self, shape: Shape) -> Option<usize> {
        self.names
            .filter(|_| shape.has_letters() && shape.spaces > 0)
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
        for (part, &bits) in admitted.walk_bits.iter().enumerate() {
            if bits > trial.most - YIELD_BITS {
                let covering = scratch.walks.covering(&self.parts, part, cell);
                let others = covering.without(changed).without(admitted.covering);
                (others.iter()).for_each(|index| trial.check(index, cell));
            }
        }
        (admitted.bare.iter()).for_each(|index| trial.check(index, cell));
        if admitted.by_word_bits > trial.most - YIELD_BITS {
            let words = self.keywords_whole.owners(cell);
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

    /// Looks for some of the forms inside a text.
    pub(super) fn search(
        &self,
        text: &str,
        place: usize,
        wanted: Bits,
        scratch: &mut Scratch,
    ) -> Vec<spans::Span> {
        let mut search = spans::Search::default();
        self.collect(text, place, wanted, &mut search, scratch);
        search.settle();
        search.spans
    }

    /// What a search for all forms collected of those that are looked for; nothing when a row of numbers that is something
    /// else may have hidden them.
    pub(super) fn among(
        &self,
        collected: Vec<spans::Span>,
        wanted: Bits,
    ) -> Option<Vec<spans::Span>> {
        let (kept, others): (Vec<_>, Vec<_>) =
            (collected.into_iter()).partition(|span| wanted.contains(span.form));
        if others
            .iter()
            .any(|span| self.gates.rows.contains(span.form))
        {
            return None;
        }
        let mut search = spans::Search {
            spans: kept,
            ..spans::Search::default()
        };
        search.settle();
        Some(search.spans)
    }

    /// Collects the forms inside a text, those too that overlap.
    fn collect(
        &self,
        text: &str,
        place: usize,
        wanted: Bits,
        search: &mut spans::Search,
        scratch: &mut Scratch,
    ) {
        let admitted = &scratch.admitted[place];
        let shape = admitted.shape;
        for index in admitted.inside.and(wanted).iter() {
            self.search_form(text, 0..text.len(), index, search);
        }
        let rows = admitted.rows.and(wanted);
        if !rows.is_empty() && shape.digits >= LEAST_DIGITS {
            for row in shape::rows(text, LEAST_DIGITS) {
                self.search_row(text, row, rows, search, &mut scratch.walks.of_parts[ROWS]);
            }
        }
        if looks_beside_words(admitted) {
            for index in self.keywords_inside.owners(text).and(wanted).iter() {
                if self.form(index).may_be_inside(shape.digits) {
                    self.search_form(text, 0..text.len(), index, search);
                }
            }
        }
        if let Some(form) = self.names_in(shape).filter(|&form| wanted.contains(form)) {
            search.names(text, self.forms[form].0, form);
        }
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
}

fn looks_beside_words(admitted: &Admitted) -> bool {
    admitted.has_keywords && !admitted.shape.is_code()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::workers::Worker;
    use crate::pattern::Outcome;
    use crate::pattern::builtin_files;
    use crate::pattern::file::PatternFile;

    fn examples() -> Vec<String> {
        let files = builtin_files().iter();
        let files = files.map(|(_, text)| PatternFile::parse(text).unwrap().examples);
        files
            .flat_map(|examples| {
                let rejected = examples.reject.into_iter().map(|example| example.cell);
                examples.accept.into_iter().chain(rejected)
            })
            .collect()
    }

    /// Cells that differ a little from an example: other digits, other case, a part missing, something before or behind.
    fn variants(cell: &str) -> Vec<String> {
        let next = |c: char| match c {
            '0'..='8' => char::from(c as u8 + 1),
            '9' => '0',
            c => c,
        };
        let first: String = cell.chars().skip(1).collect();
        let half: String = cell.chars().take(cell.chars().count() / 2).collect();
        vec![
            cell.to_owned(),
            cell.chars().map(next).collect(),
            cell.to_uppercase(),
            cell.to_lowercase(),
            first,
            half,
            format!("{cell}.0"),
            format!("№ {cell}, 5"),
            format!("x{cell}"),
        ]
    }

    #[test]
    fn a_template_never_changes_a_judgement() {
        let detectors = Detectors::builtin();
        let mut worker = detectors.workers.take(&detectors);
        let mut judge = |cell: &str, cells: usize| {
            let Worker { cache, scratch } = worker.as_mut();
            scratch.next_batch(0);
            scratch.next_column(cells);
            let kind = detectors.kind(cell, cache, scratch);
            let judged = *cache.judgement(kind);
            // A template may tell that nothing can lie in a cell.
            let looks = judged.looks & !SEARCHED;
            Judged { looks, ..judged }
        };
        let mut judged_by_template = 0;
        for cell in examples().iter().flat_map(|cell| variants(cell)) {
            let cell = normalize::unwrapped(&cell);
            judged_by_template +=
                usize::from(crate::detect::template::Template::of(cell).is_some());
            let few = judge(cell, 1);
            for time in ["first", "second"] {
                let many = judge(cell, 1 << 20);
                assert!(
                    few == many,
                    "{cell:?}: {few:?} without templates, {many:?} with them the {time} time"
                );
            }
        }
        assert!(judged_by_template > 1000);
        let scripts = worker.scratch.scripts.iter().flatten();
        assert!(scripts.filter(|script| script.has_learnt()).count() > 100);
    }

    /// Cells of the sample tables.
    fn cells_of_samples() -> Vec<String> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/samples").to_owned();
        let found = crate::source::discover(&[folder], &Default::default()).unwrap();
        let mut cells = Vec::new();
        for pending in found.tables.iter().flat_map(|table| table.read().unwrap()) {
            let batch = (pending.unwrap().decode)().unwrap();
            batch
                .for_each_text(&mut |_, texts| cells.extend(texts.map(Cow::into_owned)))
                .unwrap();
        }
        cells
    }

    /// Every form on the whole cell, one by one, no gate before it.
    fn exhaustively(detectors: &Detectors, cell: &str) -> Bits {
        let cell = normalize::fold(cell);
        let shape = Shape::of(&cell);
        let met = detectors.select(|index| {
            let form = detectors.form(index);
            form.admits(shape) && form.has_word(&cell) && form.judge(&cell) == Outcome::Hit
        });
        let most = detectors.most_bits(met).max(0.0);
        detectors.best_of_patterns(met, most)
    }

    #[test]
    fn what_is_skipped_is_never_a_hit() {
        let detectors = Detectors::builtin();
        let mut worker = detectors.workers.take(&detectors);
        let of_examples = examples().into_iter().flat_map(|cell| variants(&cell));
        let mut hits = 0;
        for cell in of_examples.chain(cells_of_samples()) {
            let cell = normalize::unwrapped(&cell);
            if normalize::is_missing(cell) {
                continue;
            }
            let expected = exhaustively(&detectors, cell);
            hits += usize::from(!expected.is_empty());
            for cells in [1, 1 << 20] {
                let Worker { cache, scratch } = worker.as_mut();
                scratch.next_batch(0);
                scratch.next_column(cells);
                let kind = detectors.kind(cell, cache, scratch);
                let judged = cache.judgement(kind).hits;
                assert!(judged == expected, "{cell:?}: {judged:?}, not {expected:?}");
            }
        }
        assert!(hits > 1000, "{hits}");
    }
}

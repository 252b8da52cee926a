//! Looks into cells one by one and says what is there.

use std::borrow::Cow;

use super::Detectors;
use super::bits::Bits;
use super::cache::{Judged, SEARCHED};
use super::shape::Shape;
use super::spans::{Span, canonical};
use super::workers::Worker;
use crate::pattern::mojibake::mended_cell;
use crate::pattern::normalize;

/// A form of a weak pattern that is worth this much stands for itself.
const DECISIVE_BITS: f64 = 10.0;

impl Detectors {
    /// Gets ready to look into many cells.
    pub fn searcher(&self) -> Searcher<'_> {
        self.searcher_for(|_| true)
    }

    /// Gets ready to look for some patterns, told by their index, in many cells.
    pub fn searcher_for(&self, is_wanted: impl Fn(usize) -> bool) -> Searcher<'_> {
        Searcher {
            detectors: self,
            worker: Some(self.workers.take(self)),
            wanted: self.select(|form| is_wanted(self.pattern_of(form))),
            looks: Vec::new(),
            generation: 0,
        }
    }

    /// What a judgement promises to someone who looks for some forms.
    fn look(&self, judged: &Judged, wanted: Bits) -> Look {
        let is_sure = |form: &usize| {
            !self.patterns[self.pattern_of(*form)].weak || self.form(*form).bits >= DECISIVE_BITS
        };
        let is_bare = |form| self.is_bare(self.pattern_of(form));
        let worth = |form: usize| self.form(form).bits;
        let sure = judged.hits.iter().filter(is_sure);
        // What has an expression leaves no room for anything else.
        let whole =
            sure.max_by(|&a, &b| (is_bare(b).cmp(&is_bare(a))).then(worth(a).total_cmp(&worth(b))));
        let was_searched = judged.looks & SEARCHED != 0;
        // Of two that overlap only the better was told, which may be one that is not looked for.
        let is_doubtful = whole.is_none_or(is_bare) && (!was_searched || !judged.found.is_empty());
        Look {
            whole,
            holds_more: is_doubtful || judged.found.meets(wanted),
        }
    }
}

/// Looks into cells one by one and says what is there.
pub struct Searcher<'a> {
    pub(super) detectors: &'a Detectors,
    /// Always there until it is given back.
    pub(super) worker: Option<Box<Worker>>,
    /// Forms that are looked for.
    wanted: Bits,
    /// By kind of judgement, as far as they were met.
    looks: Vec<Option<Look>>,
    /// Of the kinds.
    generation: u64,
}

/// How the cell was judged that was observed last.
#[derive(Clone, Copy, Debug)]
pub struct Kind(pub(super) u32);

/// How much of a cell something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All of it, just as it is written.
    Cell,
    /// All of it, in its normal form.
    Whole,
    /// What lies in it.
    Part,
}

/// What a cell holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Look {
    /// The form that the whole of it surely is.
    whole: Option<usize>,
    /// Whether something may be found inside it.
    holds_more: bool,
}

impl Searcher<'_> {
    /// Makes ready for another batch, which begins with some column of its table.
    pub fn next_batch(&mut self, first_column: usize) {
        if let Some(worker) = &mut self.worker {
            worker.next_batch(first_column);
        }
    }

    /// Makes ready for a column with so many cells: it is learnt how the cells of long ones are written.
    pub fn next_column(&mut self, path: &str, cells: usize) {
        if let Some(worker) = &mut self.worker {
            worker.next_column(path, cells);
            worker.cache.forget_when_many();
        }
    }

    /// Finds what is looked for inside a text; offsets are of the folded text.
    pub fn spans(&mut self, folded: &str) -> Vec<Span> {
        let Some(worker) = &mut self.worker else {
            return Vec::new();
        };
        let scratch = &mut worker.scratch;
        let by_template = scratch.by_template(self.detectors, folded);
        let place =
            by_template.unwrap_or_else(|| scratch.by_shape(self.detectors, Shape::of(folded)));
        self.detectors.search(folded, place, self.wanted, scratch)
    }

    /// The pattern of a whole cell that is surely of one kind, and its canonical text: equal people give equal texts.
    pub fn identifier(&mut self, cell: &str) -> Option<(usize, String)> {
        let cell = mended_cell(normalize::unwrapped(cell));
        let whole = self.look(&cell, None).whole?;
        let folded = normalize::fold(&cell);
        let normal = self.detectors.form(whole).normal(&folded);
        Some((self.detectors.pattern_of(whole), canonical(&normal)))
    }

    /// Calls `add` with the canonical texts of what is surely of the patterns that are looked for. The judgement is that of
    /// the cell, if it was observed just now.
    pub fn identifiers(
        &mut self,
        cell: &str,
        judged: Option<Kind>,
        add: &mut dyn FnMut(Extent, &str),
    ) {
        let bare = normalize::unwrapped(cell);
        let mended = mended_cell(bare);
        let look = self.look(&mended, judged);
        if let Some(whole) = look.whole.filter(|&form| self.wanted.contains(form)) {
            let folded = normalize::fold(&mended);
            let normal = self.detectors.form(whole).normal(&folded);
            let is_as_written = matches!(normal, Cow::Borrowed(_)) && bare.len() == cell.len();
            let extent = if is_as_written {
                Extent::Cell
            } else {
                Extent::Whole
            };
            add(extent, &canonical(&normal));
        }
        if look.holds_more {
            let text = normalize::fold(&mended);
            let spans = self.collected().unwrap_or_else(|| self.spans(&text));
            tell(&text, &spans, add);
        }
        // What stands around a value may make a sentence of it.
        if look.whole.is_none() && bare.len() < cell.len() {
            let text = normalize::fold(cell);
            tell(&text, &self.spans(&text), add);
        }
    }

    /// What is looked for of that which the judgement of the last cell came upon, if it looked.
    fn collected(&mut self) -> Option<Vec<Span>> {
        let collected = self.worker.as_mut()?.scratch.collected.take()?;
        self.detectors.among(collected, self.wanted)
    }

    fn look(&mut self, cell: &str, judged: Option<Kind>) -> Look {
        let Some(worker) = self
            .worker
            .as_mut()
            .filter(|_| !normalize::is_missing(cell))
        else {
            return Look::default();
        };
        let Worker { cache, scratch } = worker.as_mut();
        let judge = || self.detectors.kind(cell, cache, scratch);
        let kind = judged.map_or_else(judge, |Kind(kind)| kind) as usize;
        if self.generation != cache.generation() {
            self.generation = cache.generation();
            self.looks.clear();
        }
        if self.looks.len() <= kind {
            self.looks.resize(kind + 1, None);
        }
        *self.looks[kind].get_or_insert_with(|| {
            let judged = cache.judgement(kind as u32);
            self.detectors.look(judged, self.wanted)
        })
    }
}

fn tell(text: &str, spans: &[Span], add: &mut dyn FnMut(Extent, &str)) {
    for span in spans {
        add(Extent::Part, &canonical(&text[span.start..span.end]));
    }
}

impl Drop for Searcher<'_> {
    fn drop(&mut self) {
        if let Some(worker) = self.worker.take() {
            self.detectors.workers.give_back(worker);
        }
    }
}

impl std::fmt::Debug for Searcher<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Searcher").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::builtin_files;
    use crate::pattern::file::PatternFile;

    #[test]
    fn what_a_search_finds_is_never_passed_over() {
        let detectors = Detectors::builtin();
        let mut searcher = detectors.searcher();
        let files = builtin_files().iter();
        let examples =
            files.flat_map(|(_, text)| PatternFile::parse(text).unwrap().examples.accept);
        let around = |cell: String| {
            [
                format!("{cell},"),
                format!("[{cell}"),
                format!("{cell}:"),
                format!("{cell}<N10000001"),
                format!("KZ000000000000000000<{cell}"),
                format!("ab:26:1e:16:c9:1f%{cell}"),
                format!("photo_{cell}.jpg"),
                format!("\"{cell}:"),
                format!("{cell}:  "),
                cell,
            ]
        };
        let mut found = 0;
        for cell in examples.flat_map(around) {
            for cells in [1, 1 << 20] {
                searcher.next_batch(0);
                searcher.next_column("x", cells);
                let whole = searcher.identifier(&cell);
                if whole.is_some_and(|(pattern, _)| !detectors.is_bare(pattern)) {
                    continue;
                }
                let mut told = Vec::new();
                searcher.identifiers(&cell, None, &mut |_, text| told.push(text.to_owned()));
                let text = normalize::fold(&cell).into_owned();
                for span in searcher.spans(&text) {
                    found += 1;
                    let lies_there = canonical(&text[span.start..span.end]);
                    assert!(told.contains(&lies_there), "{lies_there:?} in {cell:?}");
                }
            }
        }
        assert!(found > 500, "{found}");
    }
}

//! Looks at cells and counts what they look like. Decides nothing and does no input or output.

mod ahead;
pub mod bits;
mod cache;
pub(crate) mod columns;
pub mod evidence;
mod gates;
pub mod header;
mod judge;
pub(crate) mod keywords;
mod lookalikes;
mod matcher;
pub(crate) mod model;
pub mod names;
mod observe;
pub mod people;
pub mod sample;
mod script;
mod search;
pub mod shape;
pub mod sketch;
pub mod spans;
pub(crate) mod template;
pub(crate) mod translit;
mod vocabulary;
mod workers;

use std::sync::OnceLock;

use rayon::prelude::*;
use regex_syntax::hir::Hir;

use crate::pattern::normalize::Step;
use crate::pattern::{self, Form, Pattern};
use crate::validator::Validator;
use bits::{Bits, CAPACITY};
use gates::{Gates, MOST_GROUPS, PARTS};
use keywords::Keywords;
use matcher::Matcher;
pub use observe::{Observer, Onlooker};
pub use search::{Extent, Kind, Searcher};
use vocabulary::Vocabulary;
use workers::Workers;

/// The category that names inside text count for.
pub const NAMES_IN_TEXT: &str = "common.full_name";
/// The pattern of IINs whose last digits a spreadsheet has rounded away.
pub const ROUNDED_IINS: &str = "kz.iin_rounded";
/// The part with rows of numbers.
const ROWS: usize = PARTS - 1;

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
    keywords_inside: Keywords,
    /// The words of those that are tried on whole cells only.
    keywords_whole: Keywords,
    workers: Workers,
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
            keywords_inside: Keywords::default(),
            keywords_whole: Keywords::default(),
            workers: Workers::default(),
        };
        detectors.prepare();
        detectors
    }

    /// Fills the searches from the forms.
    fn prepare(&mut self) {
        self.repeated = self.select(|index| self.is_repeated(index));
        let with_keywords = self.select(|index| !self.form(index).keywords.is_empty());
        self.keywords_inside = self.keywords(with_keywords.without(self.gates.by_word));
        self.keywords_whole = self.keywords(self.gates.by_word);
        let parts = self.parts().map(|members| (Vec::new(), members));
        let all = parts.into_iter().chain(self.by_steps()).collect::<Vec<_>>();
        let group = |(steps, members)| self.group(steps, members);
        let mut groups: Vec<Group> = all.into_par_iter().map(group).collect();
        self.groups = groups.split_off(PARTS);
        let mut parts = groups.into_iter();
        self.parts = std::array::from_fn(|_| parts.next().unwrap_or_default());
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
            let part = if form.classes & shape::AT != 0 {
                0
            } else if form.is_row() {
                ROWS
            } else {
                1
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

    /// Forms that see a cell after the same steps.
    fn by_steps(&self) -> Vec<(Vec<Step>, Bits)> {
        let mut by_steps: Vec<(Vec<Step>, Bits)> = Vec::new();
        for index in 0..self.forms.len() {
            let steps = &self.form(index).steps;
            let known = by_steps.iter().position(|(known, _)| known == steps);
            let at = known.unwrap_or_else(|| {
                by_steps.push((steps.clone(), Bits::default()));
                by_steps.len() - 1
            });
            by_steps[at].1.insert(index);
        }
        by_steps.retain(|(steps, _)| !steps.is_empty());
        assert!(
            by_steps.len() <= MOST_GROUPS,
            "more than {MOST_GROUPS} combinations of steps"
        );
        by_steps
    }

    fn keywords(&self, forms: Bits) -> Keywords {
        let of_form = |index| {
            self.form(index)
                .keywords
                .iter()
                .map(move |word| (index, word))
        };
        Keywords::new(forms.iter().flat_map(of_form))
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
}

//! Which forms are worth trying on a cell, told from how it is written and not from what it says.

use std::borrow::Cow;

use super::ahead::Walks;
use super::bits::Bits;
use super::matcher::Memory;
use super::script::Script;
use super::shape::{self, Shape};
use super::spans::Span;
use super::template::{Template, representative};
use super::{Detectors, Group, Widened};
use crate::pattern::Form;
use crate::pattern::normalize::Step;

const MOST_DIGITS: usize = 64;
const MOST_WORDS: usize = 64;

/// Forms by what a cell must have for them.
#[derive(Debug, Default)]
pub(super) struct Gates {
    /// By number of digits: forms of the whole cell.
    digits: Vec<Bits>,
    /// By number of words: forms of the whole cell.
    words: Vec<Bits>,
    /// By number of bytes: forms whose expression can be so long.
    lengths: Vec<Bits>,
    /// By the kinds of bytes: forms that need no others.
    classes: Vec<Bits>,
    /// By number of digits: forms worth looking for inside.
    inside: Vec<Bits>,
    /// Rows of numbers.
    pub(super) rows: Bits,
    /// They have no expression: their validator decides.
    pub(super) bare: Bits,
    /// They list all values.
    pub(super) listed: Bits,
    /// They are tried on the whole cell only where one of their words occurs.
    pub(super) by_word: Bits,
    /// They are looked for inside where one of their words occurs.
    pub(super) beside_word: Bits,
}

impl Gates {
    pub(super) fn of(forms: &[&Form]) -> Self {
        let select = |choose: &dyn Fn(&Form) -> bool| {
            let mut chosen = Bits::default();
            let is_chosen = forms.iter().enumerate().filter(|(_, form)| choose(form));
            is_chosen.for_each(|(index, _)| chosen.insert(index));
            chosen
        };
        let inside = |form: &Form| form.is_found_inside() && form.keywords.is_empty();
        Self {
            digits: (0..=MOST_DIGITS)
                .map(|digits| select(&|form| form.admits_digits(digits)))
                .collect(),
            words: (0..=MOST_WORDS)
                .map(|words| select(&|form| form.admits_words(words)))
                .collect(),
            lengths: (0..=shape::LONGEST)
                .map(|length| select(&|form| form.admits_length(length)))
                .collect(),
            classes: (0..1_u16 << shape::CLASSES)
                .map(|has| select(&|form| form.classes & !has == 0))
                .collect(),
            inside: (0..=MOST_DIGITS)
                .map(|digits| select(&|form| inside(form) && form.may_be_inside(digits)))
                .collect(),
            rows: select(&Form::is_row),
            bare: select(&|form| form.expression.is_none() && !form.is_vocabulary()),
            listed: select(&Form::is_vocabulary),
            by_word: select(&Form::is_by_word),
            beside_word: select(&|form| form.is_found_inside() && !form.keywords.is_empty()),
        }
    }

    /// Forms worth looking for inside a text with so many digits.
    pub(super) fn inside(&self, digits: usize) -> Bits {
        self.inside[digits.min(MOST_DIGITS)]
    }
}

/// Forms that a cell can hold.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Admitted {
    pub(super) shape: Shape,
    /// As the whole of it.
    pub(super) whole: Bits,
    /// Those of them that have no expression.
    pub(super) bare: Bits,
    /// Those of them that list all values.
    pub(super) listed: Bits,
    /// Those of them that are tried only where one of their words occurs.
    pub(super) by_word: Bits,
    /// Those of them whose expression surely covers the cell.
    pub(super) covering: Bits,
    /// By part: what the best of the others is worth that have to be matched with it.
    pub(super) walk_bits: [f64; PARTS],
    /// What the best of those tried beside a word is worth.
    pub(super) by_word_bits: f64,
    /// By group: whether its steps may make one of its members of the cell.
    pub(super) groups: [bool; MOST_GROUPS],
    /// Inside it, but for rows of numbers.
    pub(super) inside: Bits,
    /// Rows of numbers inside it.
    pub(super) rows: Bits,
    /// Some are inside it only beside a word.
    pub(super) has_keywords: bool,
}

/// Forms that ask for different signs are matched apart: fewer states, and cells without the sign skip them.
pub(super) const PARTS: usize = 3;

/// Combinations of steps.
pub(super) const MOST_GROUPS: usize = 8;

const KNOWN_SHAPES: usize = 128;
const KNOWN_TEMPLATES: usize = 512;
/// Columns of fewer cells are done sooner than their templates are learnt.
const LONG: usize = 512;
/// New templates cost much: a column where they are common goes on without.
const PATIENCE: u32 = 2048;
const COST_OF_NEW: u32 = 32;
/// What every batch gives back, for a column that changes its ways.
const SECOND_CHANCE: u32 = 4 * COST_OF_NEW;

/// What a worker keeps from cell to cell.
pub(super) struct Scratch {
    pub(super) walks: Walks,
    pub(super) of_groups: Vec<Memory>,
    /// Taken when the first long column needs it.
    widened: Option<Memory>,
    shapes: Vec<Shape>,
    templates: Vec<Template>,
    /// Of shapes, then of templates.
    pub(super) admitted: Vec<Admitted>,
    /// The same places; only templates have scripts.
    pub(super) scripts: Vec<Option<Script>>,
    /// What lay in the last cell, overlaps too, if it was looked for.
    pub(super) collected: Option<Vec<Span>>,
    /// By column of a batch: how much more new templates may cost.
    patience: Vec<u32>,
    column: usize,
    /// The column is long enough for learning its templates.
    learns: bool,
}

impl Scratch {
    pub(super) fn new(detectors: &Detectors) -> Self {
        Self {
            walks: Walks::new(&detectors.parts),
            of_groups: (detectors.groups.iter())
                .map(|group| group.set.memory())
                .collect(),
            widened: None,
            shapes: vec![Shape::NONE; KNOWN_SHAPES],
            templates: vec![Template::NONE; KNOWN_TEMPLATES],
            admitted: vec![Admitted::default(); KNOWN_SHAPES + KNOWN_TEMPLATES],
            scripts: (0..KNOWN_SHAPES + KNOWN_TEMPLATES).map(|_| None).collect(),
            collected: None,
            patience: vec![PATIENCE],
            column: 0,
            learns: false,
        }
    }

    /// Makes ready for another batch, which begins with some column of its table.
    pub(super) fn next_batch(&mut self, first_column: usize) {
        self.column = first_column;
    }

    /// Makes ready for the next column of the batch, which has so many cells; tells where it stands.
    pub(super) fn next_column(&mut self, cells: usize) -> usize {
        self.learns = cells >= LONG;
        self.walks.next_column();
        self.column += 1;
        if self.patience.len() <= self.column {
            self.patience.resize(self.column + 1, PATIENCE);
        }
        let patience = &mut self.patience[self.column];
        *patience = SECOND_CHANCE.max(*patience);
        self.column
    }

    /// Where it stands what a cell can hold: `None` when it has no template, or one that is not worth learning.
    pub(super) fn by_template(&mut self, detectors: &Detectors, cell: &str) -> Option<usize> {
        let patience = &mut self.patience[self.column];
        if *patience == 0 || !self.learns {
            return None;
        }
        let template = Template::of(cell)?;
        let slot = template.slot(KNOWN_TEMPLATES);
        let place = KNOWN_SHAPES + slot;
        if self.templates[slot] == template {
            *patience = PATIENCE.min(*patience + 1);
        } else {
            let text = representative(cell)?;
            *patience = patience.saturating_sub(COST_OF_NEW);
            self.templates[slot] = template;
            let memory = self
                .widened
                .get_or_insert_with(|| detectors.widened().set.memory());
            let admitted = detectors.admitted_by_template(&text, memory);
            self.scripts[place] = detectors.script(&admitted);
            self.admitted[place] = admitted;
        }
        Some(place)
    }

    /// Where it stands what a cell of some shape can hold.
    pub(super) fn by_shape(&mut self, detectors: &Detectors, shape: Shape) -> usize {
        let counts = shape.digits << 28 | shape.spaces << 19 | shape.length << 12;
        let mixed = (counts | usize::from(shape.classes)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let slot = (mixed >> 40) % KNOWN_SHAPES;
        if self.shapes[slot] != shape {
            self.shapes[slot] = shape;
            self.admitted[slot] = detectors.admitted_by_shape(shape);
        }
        slot
    }
}

impl Detectors {
    fn admitted_by_shape(&self, shape: Shape) -> Admitted {
        let gates = &self.gates;
        let classes = gates.classes[usize::from(shape.classes)];
        let whole = gates.digits[shape.digits.min(MOST_DIGITS)]
            .and(gates.words[(shape.spaces + 1).min(MOST_WORDS)])
            .and(gates.lengths[shape.length])
            .and(classes);
        let inside = gates.inside(shape.digits).and(classes);
        let mut beside_word = gates.beside_word.and(classes).iter();
        let mut groups = [false; MOST_GROUPS];
        for (group, is_tried) in self.groups.iter().zip(&mut groups) {
            let is_idle = (group.steps.iter()).all(|step| step.leaves(shape));
            *is_tried = group.members.meets(whole) && !is_idle;
        }
        Admitted {
            shape,
            whole,
            bare: whole.and(gates.bare),
            listed: whole.and(gates.listed),
            by_word: whole.and(gates.by_word),
            covering: Bits::default(),
            walk_bits: self.walk_bits(whole),
            by_word_bits: self.most_bits(whole.and(gates.by_word)),
            groups,
            inside: inside.without(gates.rows),
            rows: inside.and(gates.rows),
            has_keywords: shape.has_letters()
                && beside_word.any(|index| self.form(index).may_be_inside(shape.digits)),
        }
    }

    fn walk_bits(&self, forms: Bits) -> [f64; PARTS] {
        let of_part = |part: &Group| self.most_bits(part.members.and(forms));
        self.parts.each_ref().map(of_part)
    }

    /// What the best of some forms is worth.
    pub(super) fn most_bits(&self, forms: Bits) -> f64 {
        let bits = forms.iter().map(|index| self.form(index).bits);
        bits.fold(f64::NEG_INFINITY, f64::max)
    }

    /// What is left of the gates of the shape when every form is asked whether it can be written so.
    fn admitted_by_template(&self, text: &str, memory: &mut Memory) -> Admitted {
        let known = self.admitted_by_shape(Shape::of(text));
        let Widened { set, closed } = self.widened();
        let as_it_is = set.covering(memory, text).and(known.whole);
        let mut after_steps = Bits::default();
        let mut groups = known.groups;
        for (group, is_tried) in self.groups.iter().zip(&mut groups) {
            let may_be = group.members.and(known.whole);
            if *is_tried {
                let became = self.written_after(&group.steps, text, memory).and(may_be);
                *is_tried = !became.is_empty();
                after_steps = after_steps.or(became);
            }
        }
        let by_word = (known.by_word).filter(|index| self.form(index).may_be_written(text));
        let listed = known.listed.and(self.vocabulary.written_as(text));
        let may_hold = |index| self.form(index).may_be_written_inside(text);
        Admitted {
            whole: (as_it_is.or(after_steps).or(by_word).or(listed)).or(known.bare),
            listed,
            by_word,
            covering: as_it_is.and(*closed),
            walk_bits: self.walk_bits(as_it_is.without(*closed)),
            by_word_bits: self.most_bits(by_word),
            groups,
            inside: known.inside.filter(may_hold),
            rows: known.rows.filter(may_hold),
            ..known
        }
    }

    /// Forms that a cell of this template may be after some steps; what a step does may depend on the digits.
    fn written_after(&self, steps: &[Step], text: &str, memory: &mut Memory) -> Bits {
        let mut became = Bits::default();
        if text.contains(['.', ',']) && text.contains(['a', 'A']) {
            // An exponent may hide any number.
            return became.complement();
        }
        for is_whole in [true, false] {
            let steps = steps
                .iter()
                .filter(|&&step| is_whole || step != Step::FloatTail);
            let text = steps.fold(Cow::Borrowed(text), |text, step| step.apply(text));
            if let Cow::Owned(text) = text {
                became = became.or(self.widened().set.covering(memory, &text));
            }
        }
        became
    }
}

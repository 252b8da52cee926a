//! A pattern ready to match: expressions compiled, names resolved, gates numeric.

use std::borrow::Cow;

use regex::Regex;

use super::file::{FormFile, PatternFile};
use super::normalize::Step;
use crate::category::Catalog;
use crate::detect::shape::{Shape, class};
use crate::validator::{self, Validator};

/// One kind of personal data, ready to match.
#[derive(Debug)]
pub struct Pattern {
    /// Stable id.
    pub id: String,
    /// Category it is evidence for.
    pub category: String,
    /// Never decides alone.
    pub weak: bool,
    /// Written forms, the one worth most first.
    pub forms: Vec<Form>,
}

/// One written form, ready to match.
#[derive(Debug)]
pub struct Form {
    whole: Regex,
    /// Finds it inside longer text.
    pub find: Option<Regex>,
    steps: Vec<Step>,
    digits: [usize; 2],
    classes: u16,
    /// The check behind the shape.
    pub validator: Option<Validator>,
    /// What a hit is worth.
    pub bits: f64,
}

/// What a form says of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Another shape.
    Other,
    /// The shape fits, the check behind it does not.
    Invalid,
    /// A hit.
    Hit,
}

impl Pattern {
    /// Compiles a file.
    ///
    /// # Errors
    /// Every complaint, in words.
    pub fn compile(file: &PatternFile) -> Result<Self, Vec<String>> {
        let mut complaints = Vec::new();
        if Catalog::builtin().find(&file.category).is_none() {
            complaints.push(format!("category {:?} is not in the catalogue", file.category));
        }
        let mut forms = Vec::new();
        for form in &file.forms {
            match Form::compile(form) {
                Ok(form) => forms.push(form),
                Err(complaint) => complaints.push(complaint),
            }
        }
        if forms.is_empty() {
            complaints.push("it has no [[form]] that compiles".to_owned());
        }
        forms.sort_by(|a, b| b.bits.total_cmp(&a.bits));
        if complaints.is_empty() {
            Ok(Self { id: file.id.clone(), category: file.category.clone(), weak: file.weak, forms })
        } else {
            Err(complaints)
        }
    }

    /// Tells whether any form accepts the whole cell.
    pub fn accepts(&self, cell: &str) -> bool {
        let cell = super::normalize::fold(cell.trim());
        let shape = Shape::of(&cell);
        self.forms.iter().any(|form| form.admits(shape) && form.judge(&cell) == Outcome::Hit)
    }
}

impl Form {
    fn compile(file: &FormFile) -> Result<Self, String> {
        let expression = |text: String| Regex::new(&text).map_err(|e| format!("match {:?}: {e}", file.matches));
        let mut steps = Vec::new();
        for name in &file.normalize {
            steps.push(Step::named(name).ok_or_else(|| format!("there is no step {name:?} to normalize with"))?);
        }
        let validator = match &file.validator {
            Some(name) => Some(validator::named(name).ok_or_else(|| format!("there is no validator {name:?}"))?),
            None => None,
        };
        let classes = match &file.contains {
            Some(name) => class(name).ok_or_else(|| format!("contains {name:?} is not a known kind of byte"))?,
            None => 0,
        };
        Ok(Self {
            whole: expression(format!("^(?:{})$", file.matches))?,
            find: if file.find { Some(expression(file.matches.clone())?) } else { None },
            steps,
            digits: file.digits.unwrap_or([0, usize::MAX]),
            classes,
            validator,
            bits: file.bits,
        })
    }

    /// Tells whether a cell of this shape is worth matching.
    pub fn admits(&self, shape: Shape) -> bool {
        (self.digits[0]..=self.digits[1]).contains(&shape.digits) && shape.classes & self.classes == self.classes
    }

    /// Tells whether a longer text of this shape is worth searching.
    pub fn may_be_inside(&self, shape: Shape) -> bool {
        self.find.is_some() && shape.digits >= self.digits[0] && shape.classes & self.classes == self.classes
    }

    /// Judges a whole cell that was trimmed and folded.
    pub fn judge(&self, cell: &str) -> Outcome {
        let text = self.normal(cell);
        if !self.whole.is_match(&text) {
            return Outcome::Other;
        }
        match self.validator {
            Some(validator) if !validator(&text) => Outcome::Invalid,
            _ => Outcome::Hit,
        }
    }

    /// Brings a cell to the form that the expression is written for.
    pub fn normal<'a>(&self, cell: &'a str) -> Cow<'a, str> {
        self.steps.iter().fold(Cow::Borrowed(cell), |text, step| step.apply(text))
    }
}

//! A pattern ready to match: expressions compiled, names resolved, gates numeric.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::OnceLock;

use regex::Regex;
use regex_syntax::hir::Hir;

use super::file::{FormFile, PatternFile};
use super::normalize::Step;
use super::required;
use crate::category::Catalog;
use crate::detect::keywords::Keywords;
use crate::detect::names::without_kazakh;
use crate::detect::shape::{LETTER, LONGEST, Shape, class, lower};
use crate::detect::template;
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
    /// Decides in a column without a telling name, among columns about persons.
    pub among_persons: bool,
    /// Written forms, the one worth most first.
    pub forms: Vec<Form>,
}

/// One written form, ready to match.
#[derive(Debug)]
pub struct Form {
    /// Expression, for matching many at once.
    pub expression: Option<Expression>,
    /// Compiled when a cell first needs it.
    whole: OnceLock<Regex>,
    is_found_inside: bool,
    inside: OnceLock<Regex>,
    /// The same for templates of cells.
    whole_widened: OnceLock<Regex>,
    inside_widened: OnceLock<Regex>,
    /// Steps before matching.
    pub steps: Vec<Step>,
    digits: [usize; 2],
    words: [usize; 2],
    /// Least and greatest number of bytes that the expression covers.
    lengths: [usize; 2],
    /// Kinds of bytes that must occur.
    pub classes: u16,
    /// One of these words must occur in a text worth searching.
    pub keywords: Vec<String>,
    /// The same, ready to be looked for.
    words_beside: OnceLock<Keywords>,
    /// All that the whole cell may say, as [`vocabulary_key`] has it.
    pub values: HashSet<String>,
    /// The check behind the shape.
    pub validator: Option<Validator>,
    /// What a hit is worth.
    pub bits: f64,
    /// Such a value points at no person.
    pub is_impersonal: bool,
}

/// A regular expression that was parsed.
#[derive(Debug, PartialEq, Eq)]
pub struct Expression {
    written: String,
    /// What it means.
    pub parsed: Hir,
}

impl Expression {
    fn parse(written: &str) -> Result<Self, String> {
        let parsed = regex_syntax::parse(written).map_err(|e| format!("match {written:?}: {e}"))?;
        if !parsed.properties().look_set().is_empty() {
            return Err(format!(
                "match {written:?}: borders such as \\b, ^ and $ cannot be asked for; a cell is matched from end to end, and a find stands alone"
            ));
        }
        Ok(Self {
            written: written.to_owned(),
            parsed,
        })
    }

    /// Bounds of the lengths in bytes of what it matches.
    fn lengths(&self) -> [usize; 2] {
        let known = self.parsed.properties();
        [
            known.minimum_len().unwrap_or(0),
            known.maximum_len().unwrap_or(usize::MAX),
        ]
    }
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
            complaints.push(format!(
                "category {:?} is not in the catalogue",
                file.category
            ));
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
            Ok(Self {
                id: file.id.clone(),
                category: file.category.clone(),
                weak: file.weak,
                among_persons: file.among_persons,
                forms,
            })
        } else {
            Err(complaints)
        }
    }

    /// Tells whether it is looked for in other columns: inside text, or as a name.
    pub fn is_found_inside(&self) -> bool {
        self.id == crate::detect::NAMES_IN_TEXT || self.forms.iter().any(Form::is_found_inside)
    }

    /// Tells whether any form accepts the whole cell.
    pub fn accepts(&self, cell: &str) -> bool {
        let cell = super::normalize::fold(super::normalize::unwrapped(cell));
        let shape = Shape::of(&cell);
        self.forms.iter().any(|form| {
            form.admits(shape) && form.has_word(&cell) && form.judge(&cell) == Outcome::Hit
        })
    }
}

impl Form {
    fn compile(file: &FormFile) -> Result<Self, String> {
        let ways = [file.matches.is_some(), !file.values.is_empty()];
        let is_odd = match ways {
            [true, false] => false,
            [false, true] => file.validator.is_some() || file.find,
            [false, false] => file.validator.is_none() || file.find,
            [true, true] => true,
        };
        if is_odd {
            return Err(
                "a form has `match`, or `values`, or a validator alone; only what has `match` is found inside text"
                    .to_owned(),
            );
        }
        let mut steps = Vec::new();
        for name in &file.normalize {
            steps.push(
                Step::named(name)
                    .ok_or_else(|| format!("there is no step {name:?} to normalize with"))?,
            );
        }
        let validator = match &file.validator {
            Some(name) => Some(
                validator::named(name).ok_or_else(|| format!("there is no validator {name:?}"))?,
            ),
            None => None,
        };
        let classes = match &file.contains {
            Some(name) => class(name)
                .ok_or_else(|| format!("contains {name:?} is not a known kind of byte"))?,
            None => 0,
        };
        let expression = file.matches.as_deref().map(Expression::parse).transpose()?;
        let lengths = match &expression {
            Some(expression) if steps.is_empty() => expression.lengths(),
            _ => [0, usize::MAX],
        };
        let required = match &expression {
            Some(expression) if steps.is_empty() => required::classes(&expression.parsed),
            _ => 0,
        };
        let values = spellings(file);
        let (digits, words) = if values.is_empty() {
            (None, None)
        } else {
            let of = |count: fn(&str) -> usize| bounds(values.iter().map(|v| count(v)));
            (
                Some(of(|v| v.bytes().filter(u8::is_ascii_digit).count())),
                Some(of(|v| v.split(' ').count())),
            )
        };
        Ok(Self {
            lengths,
            expression,
            whole: OnceLock::new(),
            is_found_inside: file.find,
            inside: OnceLock::new(),
            whole_widened: OnceLock::new(),
            inside_widened: OnceLock::new(),
            steps,
            digits: file.digits.or(digits).unwrap_or([0, usize::MAX]),
            words: file.words.or(words).unwrap_or([0, usize::MAX]),
            classes: classes | required,
            keywords: file.keywords.clone(),
            words_beside: OnceLock::new(),
            values,
            validator,
            bits: file.bits,
            is_impersonal: file.impersonal,
        })
    }

    /// Why its expression cannot be used, if so; costs as much as its first use.
    pub fn unusable(&self) -> Option<String> {
        let written = &self.expression.as_ref()?.written;
        let refused = Regex::new(&format!("^(?:{written})$")).err()?;
        Some(format!("match {written:?}: {refused}"))
    }

    /// Tells whether it is looked for inside longer text.
    pub fn is_found_inside(&self) -> bool {
        self.is_found_inside
    }

    /// Finds it inside longer text.
    pub fn finder(&self) -> Option<&Regex> {
        let expression = self.expression.as_ref().filter(|_| self.is_found_inside)?;
        Some(self.inside.get_or_init(|| regex(&expression.written)))
    }

    /// Tells whether a cell with that many digits may be worth matching.
    pub fn admits_digits(&self, digits: usize) -> bool {
        (self.digits[0]..=self.digits[1]).contains(&digits)
    }

    /// Tells whether a cell of this shape is worth matching.
    pub fn admits(&self, shape: Shape) -> bool {
        self.admits_digits(shape.digits)
            && self.admits_words(shape.spaces + 1)
            && shape.classes & self.classes == self.classes
    }

    /// Tells whether a cell of that many words may be worth matching.
    pub fn admits_words(&self, words: usize) -> bool {
        (self.words[0]..=self.words[1]).contains(&words)
    }

    /// Tells whether a cell of that many bytes may be worth matching; the greatest length stands for all beyond it.
    pub fn admits_length(&self, length: usize) -> bool {
        (self.lengths[0].min(LONGEST)..=self.lengths[1]).contains(&length)
    }

    /// Tells whether it is written in digits and the separators between them alone.
    pub fn is_row(&self) -> bool {
        self.keywords.is_empty() && self.digits[0] > 0 && self.classes & LETTER == 0
    }

    /// Tells whether a text may hold it whose longest number has so many digits.
    pub fn may_be_inside(&self, longest_number: usize) -> bool {
        self.is_found_inside && longest_number >= self.digits[0]
    }

    /// Tells whether it is a list of all that a cell may say.
    pub fn is_vocabulary(&self) -> bool {
        !self.values.is_empty()
    }

    /// Tells whether only cells with one of its words are worth matching.
    pub fn is_by_word(&self) -> bool {
        !self.keywords.is_empty() && !self.is_found_inside
    }

    /// Tells whether a cell has one of its words, if only such cells are worth matching.
    pub fn has_word(&self, cell: &str) -> bool {
        let own = || Keywords::new(self.keywords.iter().map(|word| (0, word)));
        !self.is_by_word() || self.words_beside.get_or_init(own).owners(cell).contains(0)
    }

    /// Tells whether the expression covers a text.
    pub fn covers(&self, text: &str) -> bool {
        self.expression.as_ref().is_none_or(|expression| {
            let whole = || regex(&format!("^(?:{})$", expression.written));
            self.whole.get_or_init(whole).is_match(text)
        })
    }

    /// Tells whether a cell of some template may be it.
    pub fn may_be_written(&self, template: &str) -> bool {
        self.expression.as_ref().is_none_or(|expression| {
            let widened = || template::widened(&expression.parsed).hir;
            let whole = || regex(&format!("^(?:{})$", widened()));
            self.whole_widened.get_or_init(whole).is_match(template)
        })
    }

    /// Tells whether a cell of some template may hold it.
    pub fn may_be_written_inside(&self, template: &str) -> bool {
        self.expression.as_ref().is_none_or(|expression| {
            let inside = || regex(&template::widened(&expression.parsed).hir.to_string());
            self.inside_widened.get_or_init(inside).is_match(template)
        })
    }

    /// Judges a whole cell that was trimmed and folded.
    pub fn judge(&self, cell: &str) -> Outcome {
        let text = self.normal(cell);
        if self.covers(&text) {
            self.check(&text)
        } else {
            Outcome::Other
        }
    }

    /// Judges a text that fits the expression.
    pub fn check(&self, text: &str) -> Outcome {
        match self.validator {
            Some(validator) if !validator(text) => Outcome::Invalid,
            None if !self.is_vocabulary() => Outcome::Hit,
            None if !self.values.contains(&vocabulary_key(text)) => Outcome::Other,
            _ => Outcome::Hit,
        }
    }

    /// Brings a cell to the form that the expression is written for.
    pub fn normal<'a>(&self, cell: &'a str) -> Cow<'a, str> {
        self.steps
            .iter()
            .fold(Cow::Borrowed(cell), |text, step| step.apply(text))
    }
}

fn regex(expression: &str) -> Regex {
    Regex::new(expression).expect("checked by a test or when added")
}

/// How values are compared: lower case, Kazakh letters as the Russian ones people type instead, one space, no last dot.
pub fn vocabulary_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !key.is_empty() {
            key.push(' ');
        }
        key.extend(word.chars().map(lower).map(without_kazakh));
    }
    key.truncate(key.trim_end_matches('.').len());
    key
}

fn bounds(counts: impl Iterator<Item = usize> + Clone) -> [usize; 2] {
    let (least, most) = (counts.clone().min(), counts.max());
    [least.unwrap_or(0), most.unwrap_or(0)]
}

fn spellings(file: &FormFile) -> HashSet<String> {
    let mut all: HashSet<String> = file.values.iter().map(|v| vocabulary_key(v)).collect();
    for value in &file.values {
        all.extend(
            file.before
                .iter()
                .map(|b| vocabulary_key(&format!("{b}{value}"))),
        );
        all.extend(
            file.after
                .iter()
                .map(|a| vocabulary_key(&format!("{value}{a}"))),
        );
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_that_asks_for_borders_is_refused() {
        for written in [r"\bAB[0-9]{9}", "^A", "A$", "(?m:^)A"] {
            assert!(Expression::parse(written).is_err(), "{written}");
        }
        assert!(Expression::parse("[0-9]{9}").is_ok());
    }
}

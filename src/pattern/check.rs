//! Judges a pattern file by running its own examples.

use super::{Outcome, Pattern, PatternFile, normalize};
use crate::detect::shape::Shape;

const MIN_EXAMPLES: usize = 3;

/// Gives every complaint about a pattern file; none means that it is sound.
pub fn complaints(expected_id: &str, text: &str) -> Vec<String> {
    let file = match PatternFile::parse(text) {
        Ok(file) => file,
        Err(error) => return vec![error.to_string()],
    };
    let pattern = match Pattern::compile(&file) {
        Ok(pattern) => pattern,
        Err(complaints) => return complaints,
    };
    let mut found = Vec::new();
    if file.id != expected_id {
        found.push(format!(
            "id {:?} does not equal the path {expected_id:?}",
            file.id
        ));
    }
    let labels = [&file.labels.kk, &file.labels.ru, &file.labels.en];
    if labels.iter().any(|label| label.trim().is_empty()) || file.references.is_empty() {
        found.push("a label or the reference is empty".to_owned());
    }
    if file.examples.accept.len() < MIN_EXAMPLES || file.examples.reject.len() < MIN_EXAMPLES {
        found.push(format!(
            "it needs {MIN_EXAMPLES} accepted and {MIN_EXAMPLES} rejected examples"
        ));
    }
    for cell in &file.examples.accept {
        if !pattern.accepts(cell) {
            found.push(format!("rejects its accepted example {cell:?}"));
        }
    }
    for example in &file.examples.reject {
        if pattern.accepts(&example.cell) {
            found.push(format!(
                "accepts {:?}, which it must reject: {}",
                example.cell, example.why
            ));
        }
    }
    if pattern.forms.iter().any(|f| f.validator.is_some())
        && !file
            .examples
            .reject
            .iter()
            .any(|e| only_shape(&pattern, &e.cell))
    {
        found.push("no rejected example fits the shape and fails the validator".to_owned());
    }
    found
}

fn only_shape(pattern: &Pattern, cell: &str) -> bool {
    let cell = normalize::fold(normalize::unwrapped(cell));
    let shape = Shape::of(&cell);
    pattern
        .forms
        .iter()
        .any(|form| form.admits(shape) && form.judge(&cell) == Outcome::Invalid)
}

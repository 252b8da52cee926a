//! Judges a pattern file by running its own examples.

use super::{Form, Outcome, Pattern, PatternFile, normalize};
use crate::detect::shape::Shape;
use crate::error::Error;

const MIN_EXAMPLES: usize = 3;

/// Gives every complaint about a pattern file; none means that it is sound.
pub fn complaints(expected_id: &str, text: &str) -> Vec<String> {
    let file = match PatternFile::parse(text) {
        Ok(file) => file,
        Err(error) => return vec![Error::toml_mistake(text, &error)],
    };
    let pattern = match Pattern::compile(&file) {
        Ok(pattern) => pattern,
        Err(complaints) => return complaints,
    };
    let mut found: Vec<String> = pattern.forms.iter().filter_map(Form::unusable).collect();
    if !found.is_empty() {
        return found;
    }
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

/// The most that looking at one cell may cost.
const BUDGET_NS: u64 = 50_000;
const ROUNDS: u32 = 200;

/// What looking at a cell costs in nanoseconds, over the file's own examples.
pub fn cost(text: &str) -> Option<u64> {
    let file = PatternFile::parse(text).ok()?;
    let pattern = Pattern::compile(&file).ok()?;
    if pattern.forms.iter().any(|form| form.unusable().is_some()) {
        return None;
    }
    let rejected = file.examples.reject.iter().map(|example| &example.cell);
    let cells: Vec<&String> = file.examples.accept.iter().chain(rejected).collect();
    // Automata are built while the first cells are looked at.
    for cell in &cells {
        std::hint::black_box(pattern.accepts(cell));
    }
    let start = std::time::Instant::now();
    for _ in 0..ROUNDS {
        for cell in &cells {
            std::hint::black_box(pattern.accepts(std::hint::black_box(cell)));
        }
    }
    let looks = u64::from(ROUNDS) * cells.len().max(1) as u64;
    u64::try_from(start.elapsed().as_nanos())
        .ok()
        .map(|ns| ns / looks)
}

/// The complaint about a pattern that costs more than its budget.
pub fn too_dear(text: &str) -> Option<String> {
    let ns = cost(text).filter(|ns| *ns > BUDGET_NS)?;
    Some(format!("it costs {ns} ns a cell, more than {BUDGET_NS}"))
}

fn only_shape(pattern: &Pattern, cell: &str) -> bool {
    let cell = normalize::fold(normalize::unwrapped(cell));
    let shape = Shape::of(&cell);
    pattern
        .forms
        .iter()
        .any(|form| form.admits(shape) && form.judge(&cell) == Outcome::Invalid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::builtin_files;

    #[test]
    fn an_expression_too_large_to_match_is_a_complaint() {
        let (id, text) = (builtin_files().iter())
            .find(|(id, _)| *id == "kz.iin")
            .unwrap();
        assert_eq!(complaints(id, text), Vec::<String>::new());
        let huge = text.replacen("match = '[0-9]{12}'", r"match = '(?:\pL{900}){900}'", 1);
        assert!(huge != **text && cost(&huge).is_none());
        assert!(complaints(id, &huge)[0].contains("size limit"));
    }
}

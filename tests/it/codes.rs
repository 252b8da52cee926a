//! Every stable code is explained, and nothing else is.

use crate::common::root;

#[test]
fn the_codes_and_their_explanations_are_the_same() {
    let text = std::fs::read_to_string(root().join("docs/CODES.md")).unwrap();
    let explained: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .map(|code| code.trim_matches('`'))
        .collect();
    let problems = [
        "short-record",
        "long-record",
        "malformed-text",
        "binary-not-text",
        "header-denied",
        "rounded-number",
        "deleted-record",
        "not-looked-into",
    ];
    let known: Vec<&str> = iesiz::error::CODES
        .iter()
        .map(|code| code.0)
        .chain(problems)
        .chain(iesiz::list::check::REMARKS.iter().map(|code| code.0))
        .chain(iesiz::list::compare::ANSWERS.iter().map(|code| code.0))
        .collect();
    assert_eq!(explained, known);
}

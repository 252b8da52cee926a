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
    ];
    let known: Vec<&str> = iesiz::error::CODES
        .iter()
        .map(|code| code.0)
        .chain(problems)
        .collect();
    assert_eq!(explained, known);
}

#[test]
fn the_repository_stands_alone() {
    for folder in ["src", "patterns", "docs"] {
        for entry in walkdir::WalkDir::new(root().join(folder))
            .into_iter()
            .filter_map(Result::ok)
            .filter(|e| e.file_type().is_file())
        {
            let text = std::fs::read_to_string(entry.path()).unwrap();
            assert!(!text.contains("../shared"), "{}", entry.path().display());
        }
    }
}

//! Remarks and comparisons in words.

use super::check::{Remark, Weight};
use super::compare::{ANSWERS, Answer, Comparison, NOT_FOUND};
use crate::policy::Policy;
use crate::policy::laws::Laws;
use crate::text::{Arg, plain, tr};

/// A policy in a line, and what there is to know of it; what is said of several things alike is said once.
pub fn remarks(policy: &Policy, path: &str, remarks: &[Remark]) -> String {
    let args = [
        ("path", Arg::Text(path)),
        ("operator", Arg::Text(&policy.name)),
        ("purposes", Arg::Count(policy.purposes.len() as u64)),
        ("categories", Arg::Count(policy.approved(None).len() as u64)),
    ];
    let mut text = tr("policy-sound", &args) + "\n";
    let is_conflict = |r: &Remark| r.code.0 == "open-conflict";
    for (heading, weight, of_conflicts) in [
        ("policy-mistakes", Weight::Mistake, false),
        ("policy-conflicts", Weight::Unsettled, true),
        ("policy-unsettled", Weight::Unsettled, false),
        ("policy-notes", Weight::Note, false),
    ] {
        let lines = merged(
            remarks
                .iter()
                .filter(|r| r.weight == weight && is_conflict(r) == of_conflicts),
        );
        if !lines.is_empty() {
            text.push_str(&(plain(heading) + "\n"));
        }
        for remark in lines {
            text.push_str(&format!("  {}\n", remark.text()));
        }
    }
    if !policy.citations.is_empty() {
        let as_of = Arg::Text(&Laws::builtin().as_of);
        text.push_str(&(tr("policy-laws", &[("month", as_of)]) + "\n"));
    }
    text
}

fn merged<'a>(remarks: impl Iterator<Item = &'a Remark>) -> Vec<Remark> {
    let mut lines: Vec<Remark> = Vec::new();
    for remark in remarks {
        let alike = |line: &&mut Remark| line.code == remark.code && line.detail == remark.detail;
        match lines.iter_mut().find(alike) {
            Some(line) => line.about.push_str(&format!(", {}", remark.about)),
            None => lines.push(remark.clone()),
        }
    }
    lines
}

/// The answers, one heading a code.
pub fn comparison(comparison: &Comparison) -> String {
    let mut text = String::new();
    for code in ANSWERS {
        let lines: Vec<String> = comparison.of(*code).map(answer).collect();
        if !lines.is_empty() {
            text.push_str(&(plain(&format!("answer-{code}")) + "\n"));
            text.push_str(&lines.concat());
        }
    }
    for untold in &comparison.untold {
        let args = [("what", Arg::Text(untold))];
        text.push_str(&(tr("answer-untold", &args) + "\n"));
    }
    for table in &comparison.unread {
        text.push_str(&(tr("table-unread", &[("source", Arg::Text(table))]) + "\n"));
    }
    text
}

fn answer(answer: &Answer) -> String {
    let column = answer.table.iter().zip(&answer.path);
    let column = column.map(|(table, path)| format!("{table} · {path}"));
    let parts: Vec<String> = answer.category.iter().cloned().chain(column).collect();
    let mut line = format!("  {}", parts.join(": "));
    let mut also = Vec::new();
    if answer.is_in_cells {
        also.push(plain("answer-in-cells"));
    }
    if answer.is_forbidden {
        also.push(plain("answer-forbidden"));
    }
    if let Some(rows) = answer.rows {
        also.push(tr("answer-rows", &[("rows", Arg::Count(rows))]));
    }
    let are_told = answer.code.0 == "other-purpose" || answer.code == NOT_FOUND;
    if are_told && !answer.purposes.is_empty() {
        let list = answer.purposes.join(", ");
        also.push(tr("answer-purposes", &[("list", Arg::Text(&list))]));
    }
    if !also.is_empty() {
        line.push_str(&format!(" ({})", also.join("; ")));
    }
    line + "\n"
}

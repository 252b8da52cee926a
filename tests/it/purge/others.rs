//! `ProLeads`, `AdalCheck` and AUTO SIYLIQ: terms that end with the purpose, or that nobody wrote down.

use super::calendar::{Day, last_day};
use super::desk::Desk;
use super::scenario::{DATES, Row, check};
use super::tables::{Form, Table};

const WITHDRAWN: [&str; 6] = [
    "",
    "2023-02-28",
    "2024-02-29",
    "2024-03-01",
    "2099-01-01",
    "не отзывал",
];

pub(super) fn people() -> Table {
    let pairs = DATES
        .into_iter()
        .flat_map(|ended| WITHDRAWN.map(|withdrawn| (ended, withdrawn)));
    let row = |(i, (ended, withdrawn)): (usize, (&str, &str))| {
        vec![
            format!("{}", i % 9),
            "Серикова Айгуль".to_owned(),
            format!("+7 700 000 {:02} {:02}", i % 100, i * 7 % 100),
            format!("client{i}@example.com"),
            ended.to_owned(),
            withdrawn.to_owned(),
        ]
    };
    Table::new(
        &[
            "n",
            "full_name",
            "phone",
            "email",
            "ended_on",
            "withdrawn_on",
        ],
        pairs.enumerate().map(row).collect(),
    )
}

/// The day on which the purpose was achieved is over, or consent was withdrawn.
fn is_at_end(row: &Row, as_of: Day) -> bool {
    let has_come =
        |event: Option<Day>, today| event.is_some_and(|e| e < as_of || today && e == as_of);
    has_come(row.day("ended_on"), false) || has_come(row.day("withdrawn_on"), true)
}

pub(super) fn dataset(purposes: &str, more: &str) -> String {
    format!(
        r#"
[[dataset]]
id = "people"
sources = ["clients*"]
purposes = {purposes}
subject = ["phone"]
{more}
[[dataset.column]]
path = "full_name"
category = "full_name"
"#
    )
}

pub(super) const ENDS: &str =
    r#"events = { purpose_achieved = "ended_on", consent_withdrawn = "withdrawn_on" }"#;

#[test]
fn proleads_anonymises_at_the_end_of_the_purpose() {
    let dataset = dataset(
        r#"["contracts", "client_offers"]"#,
        &format!("{ENDS}\nexpired = \"anonymise\""),
    );
    check("proleads", &dataset, &people(), &|row, as_of| {
        Some(if is_at_end(row, as_of) {
            row.without(&["full_name", "phone", "email"])
        } else {
            row.without(&[])
        })
    });
}

#[test]
fn proleads_without_a_date_of_the_end_is_undecided() {
    let events = r#"events = { consent_withdrawn = "withdrawn_on" }"#;
    let desk = Desk::new("proleads", &dataset(r#"["contracts"]"#, events));
    people().write(&desk.table("clients.csv"), Form::Utf8);
    desk.refused(&["--dry-run", "--as-of", "2026-01-01"], "undecided-term");
}

#[test]
fn adalcheck_destroys_at_the_end_of_the_purpose() {
    let dataset = dataset(r#"["technical_support", "activity_monitoring"]"#, ENDS);
    check("adalcheck", &dataset, &people(), &|row, as_of| {
        (!is_at_end(row, as_of)).then(|| row.without(&[]))
    });
}

#[test]
fn adalcheck_keeps_for_its_duties_what_withdrawal_does_not_end() {
    let mut dataset = dataset(r#"["technical_support", "statutory_duties"]"#, ENDS);
    dataset.push_str(
        r#"
[[dataset.column]]
path = "email"
purposes = ["technical_support"]

[[dataset.term]]
purpose = "statutory_duties"
months = 18
event = "purpose_achieved"
ends_also_on = []
decided_by = "the person responsible for personal data"
reason = "a duty ends with its term and not with consent"
"#,
    );
    check("adalcheck", &dataset, &people(), &|row, as_of| {
        let ended = row.day("ended_on");
        let duty_is_over = ended.is_some_and(|ended| last_day(ended, 0, 18) < as_of);
        match (duty_is_over, is_at_end(row, as_of)) {
            (true, _) => None,
            (false, true) => Some(row.without(&["email"])),
            (false, false) => Some(row.without(&[])),
        }
    });
}

#[test]
fn auto_siyliq_states_no_term_until_the_operator_does() {
    let events = r#"events = { loan_repaid = "ended_on", consent_withdrawn_after_all_loan_obligations_performed = "withdrawn_on" }"#;
    let purposes = r#"["microloan_contract", "debt_collection"]"#;
    let undecided = dataset(
        purposes,
        r#"events = { consent_withdrawn_after_all_loan_obligations_performed = "withdrawn_on" }"#,
    );
    let term = |purpose: &str, term: &str| {
        format!(
            r#"
[[dataset.term]]
purpose = "{purpose}"
{term}
event = "loan_repaid"
decided_by = "the person responsible for personal data"
reason = "the policy promises terms (7.1) and gives none"
"#
        )
    };
    let half = dataset(purposes, events) + &term("microloan_contract", "years = 3");
    for list in [&undecided, &half] {
        let desk = Desk::new("auto_siyliq_finance", list);
        people().write(&desk.table("clients.csv"), Form::Utf8);
        let said = desk.refused(&["--dry-run", "--as-of", "2026-01-01"], "undecided-term");
        assert!(said.contains("debt_collection"), "{said}");
        assert_eq!(said.contains("microloan_contract"), list == &undecided);
    }
    let decided = half + &term("debt_collection", "years = 5\nends_also_on = []");
    // Whose loans are repaid may withdraw consent: that ends the contract's term and not the collection's.
    check("auto_siyliq_finance", &decided, &people(), &|row, as_of| {
        let ended = row.day("ended_on");
        let over = |years| ended.is_some_and(|day| last_day(day, years, 0) < as_of);
        (!over(5)).then(|| row.without(&[]))
    });
}

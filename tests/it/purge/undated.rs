//! Rows that lack a date: kept, counted, listed, and named in the report.

use super::desk::Desk;
use super::tables::{Form, Table};
use crate::common::expect_status;

const OPERATIONS: &str = r#"
[[dataset]]
id = "operations"
sources = ["operations*"]
purposes = ["aml_and_antifraud"]
subject = ["wallet"]
events = { transaction = "paid_on", contract_termination = "closed_on" }

[[dataset.column]]
path = "wallet"
category = "wallet_number"
[[dataset.column]]
path = "full_name"
category = "full_name"
"#;

/// The days of the two events that the term needs.
fn operations(days: &[(&str, &str)]) -> Desk {
    let desk = Desk::new("qiwi_kazakhstan", OPERATIONS);
    let row = |(i, (paid, closed)): (usize, &(&str, &str))| {
        let own = [format!("W{i:05}"), "Серикова Айгуль".to_owned()];
        [own.to_vec(), vec![(*paid).to_owned(), (*closed).to_owned()]].concat()
    };
    let table = Table::new(
        &["wallet", "full_name", "paid_on", "closed_on"],
        days.iter().enumerate().map(row).collect(),
    );
    table.write(&desk.table("operations.csv"), Form::Utf8);
    desk
}

#[test]
fn the_date_of_a_second_event_is_missed_too() {
    let desk = operations(&[
        ("2010-01-01", "2011-01-01"),
        ("2010-01-01", ""),
        ("2024-01-01", "NULL"),
        ("", "2011-01-01"),
        ("2024-01-01", "2025-01-01"),
        ("2010-01-01", "вчера"),
    ]);
    let plan = desk.run("2026-01-01");
    let table = &plan["tables"][0];
    assert_eq!(table["destroyed"], 1, "{table:#}");
    assert_eq!(table["undated"], 4, "{table:#}");
    assert_eq!(table["unreadable"], 1, "{table:#}");
    assert_eq!(
        table["listed"],
        serde_json::json!([1, 2, 3, 5]),
        "{table:#}"
    );
    let left = Table::read(&desk.table("operations.csv"), Form::Utf8);
    assert_eq!(left.rows.len(), 5);
}

#[test]
fn the_report_names_records_from_one() {
    let days = |row: usize| {
        let closed = if row.is_multiple_of(2) {
            ""
        } else {
            "2025-01-01"
        };
        ("2024-01-01", closed)
    };
    let said = |rows: std::ops::Range<usize>| {
        let days: Vec<_> = rows.map(days).collect();
        let output = operations(&days).purge(&["--dry-run", "--as-of", "2026-01-01"]);
        expect_status(&output, 0);
        String::from_utf8(output.stdout).unwrap()
    };
    let (few, many) = (said(0..4), said(0..24));
    let first = "look at 1, 3 (data records counted from 1, without the header)";
    assert!(few.contains(first), "{few}");
    let rest = "17, 19 and 2 more that the plan lists (data records";
    assert!(many.contains(rest), "{many}");
    assert!(!said(1..2).contains("look at"));
}

//! QIWI Kazakhstan: terms of three and five years side by side, and purposes that cannot be told the end of.

use super::calendar::{Day, last_day};
use super::desk::Desk;
use super::scenario::{DATES, check};
use super::tables::{Form, Table};

/// Five years for all of it but names and mail, which only the three years of requests and advertising need.
pub(super) const CLIENTS: &str = r#"
[[dataset]]
id = "clients"
sources = ["clients*"]
purposes = ["register_minimal_status", "user_requests", "advertising"]
subject = ["wallet"]
events = { contract_termination = "closed_on" }

[[dataset.column]]
path = "wallet"
category = "wallet_number"
[[dataset.column]]
path = "login"
category = "login"
[[dataset.column]]
path = "full_name"
category = "full_name"
"#;

pub(super) fn clients() -> Table {
    let row = |(i, date): (usize, &&str)| {
        vec![
            format!("W{i:05}"),
            format!("login{i}"),
            [
                "Ахметов Дамир",
                "Серикова, Айгуль",
                "Иванов \"Иван\" Петрович",
            ][i % 3]
                .to_owned(),
            format!("+7 700 000 {:02} {:02}", i % 100, i * 7 % 100),
            format!("client{i}@example.com"),
            (*date).to_owned(),
        ]
    };
    Table::new(
        &[
            "wallet",
            "login",
            "full_name",
            "phone",
            "email",
            "closed_on",
        ],
        DATES.iter().enumerate().map(row).collect(),
    )
}

fn is_over(event: Option<Day>, years: i32, as_of: Day) -> bool {
    event.is_some_and(|event| last_day(event, years, 0) < as_of)
}

#[test]
fn three_and_five_years_after_the_contract() {
    check("qiwi_kazakhstan", CLIENTS, &clients(), &|row, as_of| {
        let closed = row.day("closed_on");
        let is_kept = !is_over(closed, 5, as_of);
        is_kept.then(|| {
            if is_over(closed, 3, as_of) {
                row.without(&["full_name", "email"])
            } else {
                row.without(&[])
            }
        })
    });
}

#[test]
fn five_years_from_the_transaction_and_the_contract_ended() {
    let dataset = r#"
[[dataset]]
id = "operations"
sources = ["clients*"]
purposes = ["aml_and_antifraud", "chat_bot"]
subject = ["wallet"]
events = { transaction = "paid_on", contract_termination = "closed_on" }

[[dataset.column]]
path = "wallet"
category = "wallet_number"
[[dataset.column]]
path = "full_name"
category = "full_name"
[[dataset.column]]
path = "ip"
category = "ip_address"
"#;
    let paid = [
        "2018-02-28",
        "2018-03-01",
        "2020-02-29",
        "2020-12-31",
        "2024-02-29",
        "",
        "давно",
    ];
    let row = |(i, (paid, closed)): (usize, (&str, &str))| {
        let own = [
            format!("W{i:05}"),
            "Серикова Айгуль".to_owned(),
            format!("192.0.2.{i}"),
        ];
        [own.to_vec(), vec![paid.to_owned(), closed.to_owned()]].concat()
    };
    let pairs = paid
        .into_iter()
        .flat_map(|paid| DATES.map(|closed| (paid, closed)));
    let table = Table::new(
        &["wallet", "full_name", "ip", "paid_on", "closed_on"],
        pairs.enumerate().map(row).collect(),
    );
    check("qiwi_kazakhstan", dataset, &table, &|row, as_of| {
        let (paid, closed) = (row.day("paid_on"), row.day("closed_on"));
        let has_ended = closed.is_some_and(|closed| closed <= as_of);
        let aml_is_over = is_over(paid, 5, as_of) && has_ended;
        match (aml_is_over, is_over(closed, 3, as_of)) {
            (true, true) => None,
            (true, false) => Some(row.without(&["full_name"])),
            (false, true) => Some(row.without(&["ip"])),
            (false, false) => Some(row.without(&[])),
        }
    });
}

fn visitors_of(sources: &str, event: &str) -> String {
    format!(
        r#"
[[dataset]]
id = "visitors"
sources = ["{sources}"]
purposes = ["visitor_analytics"]
events = {{ {event} = "seen_on" }}

[[dataset.column]]
path = "cookie"
category = "cookies"
"#
    )
}

const VISITORS_TERM: &str = r#"
[[dataset.term]]
purpose = "visitor_analytics"
years = 1
event = "last_visit"
decided_by = "the person responsible for personal data"
reason = "cookies live for a year on the device (8.1)"
"#;

pub(super) fn visitors_decided() -> String {
    let unsettled = visitors_of("*s*", "last_visit") + VISITORS_TERM;
    unsettled + "settles = [\"p1_no_contract\"]\n"
}

pub(super) fn visitors() -> Table {
    let row = |(i, date): (usize, &&str)| {
        vec![format!("ck-{i:04}-zq"), (*date).to_owned(), i.to_string()]
    };
    Table::new(
        &["cookie", "seen_on", "visits"],
        DATES.iter().enumerate().map(row).collect(),
    )
}

/// A plan that cannot be made for one table, and what confirming the rest of it does.
fn expect_undecided(datasets: &str, table: &Table) {
    let desk = Desk::new("qiwi_kazakhstan", datasets);
    table.write(&desk.table("visitors.csv"), Form::Utf8);
    let before = desk.files();
    desk.refused(&["--dry-run", "--as-of", "2026-01-01"], "undecided-term");
    let plan = desk.planned("2026-01-01");
    assert_eq!(plan["untouched"][0]["code"], "undecided-term");
    assert_eq!(plan["tables"].as_array().unwrap().len(), 0);
    desk.confirm(plan["hash"].as_str().unwrap());
    assert!(desk.files() == before);
    assert!(desk.told("replaced").is_empty());
}

#[test]
fn visitors_have_no_contract_until_the_operator_decides() {
    let undecided = visitors_of("visitors*", "contract_termination");
    expect_undecided(&undecided, &visitors());
    let unsettled = visitors_of("*s*", "last_visit") + VISITORS_TERM;
    expect_undecided(&unsettled, &visitors());
    check(
        "qiwi_kazakhstan",
        &visitors_decided(),
        &visitors(),
        &|row, as_of| (!is_over(row.day("seen_on"), 1, as_of)).then(|| row.without(&[])),
    );
}

const REPORTING: &str = r#"
[[dataset]]
id = "reporting"
sources = ["visitors*", "clients*"]
purposes = ["management_reporting"]
events = { contract_termination = "closed_on" }

[[dataset.column]]
path = "wallet"
category = "wallet_number"
"#;

#[test]
fn a_term_that_the_policy_contradicts_waits_for_a_decision() {
    let row = |(i, date): (usize, &&str)| {
        vec![
            format!("W{i:05}"),
            (*date).to_owned(),
            format!("+7 700 000 00 {i:02}"),
        ]
    };
    let table = Table::new(
        &["wallet", "closed_on", "phone"],
        DATES.iter().enumerate().map(row).collect(),
    );
    expect_undecided(REPORTING, &table);
    let decided = format!(
        "{REPORTING}{}",
        r#"
[[dataset.term]]
purpose = "management_reporting"
years = 1
months = 10
days = 3
event = "contract_termination"
settles = ["p13_criterion"]
decided_by = "the person responsible for personal data"
reason = "reports of two years are compared"
"#
    );
    check("qiwi_kazakhstan", &decided, &table, &|row, as_of| {
        let over = row
            .day("closed_on")
            .is_some_and(|day| super::calendar::days_later(last_day(day, 1, 10), 3) < as_of);
        (!over).then(|| row.without(&[]))
    });
}

#[test]
fn an_undecided_table_does_not_hold_up_the_others() {
    let desk = Desk::new(
        "qiwi_kazakhstan",
        &format!(
            "{CLIENTS}{}",
            visitors_of("visitors*", "contract_termination")
        ),
    );
    clients().write(&desk.table("clients.csv"), Form::Utf8);
    visitors().write(&desk.table("visitors.csv"), Form::Utf8);
    let before = desk.files();
    let done = desk.confirm(&desk.hash("2026-01-01"));
    assert_eq!(done.status.code(), Some(2));
    let after = desk.files();
    assert!(before["visitors.csv"] == after["visitors.csv"]);
    assert!(before["clients.csv"].len() > after["clients.csv"].len());
    assert_eq!(desk.told("replaced").len(), 1);
}

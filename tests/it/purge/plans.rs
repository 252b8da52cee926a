//! What is confirmed is what was planned, and nothing else.

use std::fs;
use std::path::PathBuf;

use super::desk::Desk;
use super::qiwi::{CLIENTS, clients};
use super::tables::{Form, Table};
use crate::common::{expect_status, write};

const TODAY: &str = "2026-01-01";
const TABLES: [(Form, &str); 3] = [
    (Form::Windows1251, "clients_1251.csv"),
    (Form::Utf8, "clients.csv"),
    (Form::Parquet, "clients.parquet"),
];

fn desk() -> Desk {
    let desk = Desk::new("qiwi_kazakhstan", CLIENTS);
    for (form, name) in TABLES {
        clients().write(&desk.table(name), form);
    }
    desk
}

fn plan_file(desk: &Desk, hash: &str) -> PathBuf {
    desk.register().join(format!("purge-{hash}.json"))
}

#[test]
fn a_dry_run_changes_no_table_and_says_the_same_again() {
    let desk = desk();
    let before = desk.files();
    let first = desk.planned(TODAY);
    assert_eq!(first, desk.planned(TODAY));
    assert!(before == desk.files());
    let table = &first["tables"][0];
    assert_eq!(table["rows"], clients().rows.len());
    assert!(table["destroyed"].as_u64().unwrap() > 0, "{table:#}");
}

#[test]
fn one_cell_changed_after_the_plan_makes_it_stale() {
    for (form, name) in TABLES {
        let desk = desk();
        let hash = desk.hash(TODAY);
        let mut table = clients();
        table.rows[5][1] = "login_".to_owned();
        table.write(&desk.table(name), form);
        let changed = desk.table(name);
        let output = desk.confirm(&hash);
        expect_status(&output, 2);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("[stale-plan]"), "{said}");
        assert_eq!(Table::read(&changed, form), table, "{name}");
        let replaced = desk.told("replaced");
        assert!(replaced.iter().all(|line| line["source"] != name), "{name}");
    }
}

#[test]
fn a_row_more_or_less_makes_the_plan_stale() {
    for is_more in [true, false] {
        let desk = desk();
        let hash = desk.hash(TODAY);
        let mut table = clients();
        let last = table.rows.pop().unwrap();
        if is_more {
            table.rows.extend([last.clone(), last]);
        }
        table.write(&desk.table("clients.csv"), Form::Utf8);
        expect_status(&desk.confirm(&hash), 2);
        assert_eq!(Table::read(&desk.table("clients.csv"), Form::Utf8), table);
    }
}

#[test]
fn a_table_that_is_gone_is_not_passed_over() {
    let desk = desk();
    let hash = desk.hash(TODAY);
    fs::remove_file(desk.table("clients.csv")).unwrap();
    let output = desk.confirm(&hash);
    expect_status(&output, 2);
    assert!(!desk.table("clients.csv").exists());
}

#[test]
fn a_table_that_was_not_planned_is_left_alone() {
    let desk = desk();
    let hash = desk.hash(TODAY);
    clients().write(&desk.table("clients_new.csv"), Form::Utf8);
    desk.confirm(&hash);
    let new = Table::read(&desk.table("clients_new.csv"), Form::Utf8);
    assert_eq!(new, clients());
}

#[test]
fn another_policy_makes_the_plan_stale() {
    let desk = desk();
    let hash = desk.hash(TODAY);
    let list = fs::read_to_string(desk.policy()).unwrap();
    write(&desk.policy(), list + "\n# Nothing but a word more.\n");
    desk.refused(&["--confirm", &hash], "stale-plan");
    desk.decide("qiwi_kazakhstan", &CLIENTS.replace(", \"advertising\"", ""));
    desk.refused(&["--confirm", &hash], "stale-plan");
    desk.decide("qiwi_kazakhstan", CLIENTS);
    assert_ne!(desk.confirm(&hash).status.code(), Some(2));
}

#[test]
fn a_plan_that_somebody_edited_is_no_plan() {
    let desk = desk();
    let hash = desk.hash(TODAY);
    let plan = fs::read_to_string(plan_file(&desk, &hash)).unwrap();
    for (from, to) in [
        ("\"as_of\": \"2026-01-01\"", "\"as_of\": \"2036-01-01\""),
        ("\"destroyed\": ", "\"destroyed\": 1"),
        ("\"term-expired\"", "\"purpose-achieved\""),
        ("}", ""),
    ] {
        assert!(plan.contains(from), "{from}");
        write(&plan_file(&desk, &hash), plan.replacen(from, to, 1));
        desk.refused(&["--confirm", &hash], "unknown-plan");
    }
    let other = "0".repeat(hash.len());
    write(&plan_file(&desk, &other), &plan);
    desk.refused(&["--confirm", &other], "unknown-plan");
    write(&plan_file(&desk, &hash), &plan);
    assert_ne!(desk.confirm(&hash).status.code(), Some(2));
}

#[test]
fn a_hash_that_nobody_planned_is_refused() {
    let desk = desk();
    let hash = desk.hash(TODAY);
    for unknown in [
        "",
        "0",
        &hash[..20],
        &hash.to_uppercase(),
        "../list",
        "../../etc/passwd",
    ] {
        desk.refused(&["--confirm", unknown], "unknown-plan");
    }
}

#[test]
fn a_plan_is_done_once() {
    let desk = desk();
    let hash = desk.hash(TODAY);
    let first = desk.confirm(&hash);
    let (after, told) = (desk.files(), desk.told("replaced").len());
    assert_eq!(told, TABLES.len());
    let again = desk.confirm(&hash);
    assert_eq!(first.status.code(), again.status.code());
    assert!(after == desk.files());
    assert_eq!(desk.told("replaced").len(), told);
    assert_eq!(desk.told("replacing").len(), told);
    let next = desk.planned(TODAY);
    for table in next["tables"].as_array().unwrap() {
        assert_eq!(table["destroyed"], 0, "{table:#}");
        assert_eq!(table["gone"], serde_json::json!([]), "{table:#}");
    }
}

#[test]
fn two_runs_at_once_do_not_meet() {
    let desk = desk();
    let hash = desk.hash(TODAY);
    let lock = fs::File::open(desk.register()).unwrap();
    lock.lock().unwrap();
    desk.refused(&["--confirm", &hash], "output-in-use");
    desk.refused(&["--dry-run", "--as-of", TODAY], "output-in-use");
    lock.unlock().unwrap();
    assert_ne!(desk.confirm(&hash).status.code(), Some(2));
}

#[test]
fn a_day_comes_with_a_plan_and_not_with_its_confirmation() {
    let desk = desk();
    let hash = desk.hash(TODAY);
    let before = desk.files();
    let output = desk.purge(&["--confirm", &hash, "--as-of", "2036-01-01"]);
    expect_status(&output, 2);
    assert!(before == desk.files());
}

#[test]
fn a_plan_of_a_day_to_come_is_not_done() {
    let desk = desk();
    let before = desk.files();
    let hash = desk.hash("2099-06-01");
    let told = desk.confirm(&hash);
    assert_eq!(told.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&told.stderr).contains("[stale-plan]"));
    assert!(before == desk.files());
}

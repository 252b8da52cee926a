//! Killed at any instant, a confirmed purge leaves every table old or new, and the same hash brings it to its end.
//!
//! Twelve kills in the usual run; `IESIZ_KILLS=200 cargo test --test it purge::killed` for as many as wanted.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::desk::{Desk, files_of};
use super::qiwi::CLIENTS;
use super::tables::{Form, Table};
use crate::common::{expect_status, iesiz, text, write};

const ROWS: usize = 30_000;
const TABLES: [(Form, &str); 2] = [
    (Form::Utf8, "clients.csv"),
    (Form::Gzip, "clients_old.csv.gz"),
];
const TODAY: &str = "2026-01-01";

fn table() -> Table {
    let row = |i: usize| {
        vec![
            format!("W{i:05}"),
            format!("login{i}"),
            "Серикова Айгуль".to_owned(),
            format!("+7 700 000 {:02} {:02}", i % 100, i / 100 % 100),
            format!("client{i}@example.com"),
            format!("{}-{:02}-{:02}", 2018 + i % 8, i % 12 + 1, i % 28 + 1),
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
        (0..ROWS).map(row).collect(),
    )
}

type Files = BTreeMap<String, Vec<u8>>;

struct Undisturbed {
    old: Files,
    new: Files,
    /// As it is when the plan is made and nothing done.
    journal: Vec<u8>,
    hash: String,
    time: Duration,
}

/// What a run that nobody kills makes, and how long it takes.
fn undisturbed(desk: &Desk) -> Undisturbed {
    for (form, name) in TABLES {
        table().write(&desk.table(name), form);
    }
    let old = desk.files();
    let hash = desk.hash(TODAY);
    let journal = fs::read(desk.register().join("journal.jsonl")).unwrap();
    let begun = Instant::now();
    assert_ne!(desk.confirm(&hash).status.code(), Some(2));
    let time = begun.elapsed();
    let new = desk.files();
    assert_eq!(old.len(), new.len());
    for (name, old) in &old {
        assert!(new[name].len() < old.len(), "{name} lost nothing");
    }
    let left = Table::read(&desk.table("clients.csv"), Form::Utf8);
    let stays = table()
        .rows
        .into_iter()
        .filter(|row| row[5].as_str() >= "2021-01-01");
    assert!(
        left.rows
            .iter()
            .map(|row| &row[0])
            .eq(stays.map(|row| row[0].clone()).collect::<Vec<_>>().iter())
    );
    Undisturbed {
        old,
        new,
        journal,
        hash,
        time,
    }
}

/// The state before anything of the plan was done.
fn restore(desk: &Desk, whole: &Undisturbed) {
    write(&desk.register().join("journal.jsonl"), &whole.journal);
    for (name, bytes) in &whole.old {
        write(&desk.table(name), bytes);
    }
}

/// Runs and is killed after so long; tells whether it was still running.
fn killed_after(desk: &Desk, hash: &str, instant: Duration) -> bool {
    let mut child = Command::new(env!("CARGO_BIN_EXE_iesiz"))
        .args([
            "purge",
            text(&desk.tables()),
            "--policy",
            text(&desk.policy()),
        ])
        .args(["--confirm", hash])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(instant);
    let was_running = child.try_wait().unwrap().is_none();
    let _ = child.kill();
    child.wait().unwrap();
    was_running
}

/// Every table is the old or the new one, and the journal says of none that it was replaced which was not.
fn expect_whole(desk: &Desk, whole: &Undisturbed) -> usize {
    let replaced = desk.told("replaced");
    let mut done = 0;
    let found = desk.files();
    for (name, old) in &whole.old {
        let is_new = found[name] == whole.new[name];
        assert!(is_new || &found[name] == old, "{name} is half done");
        let is_told = replaced.iter().any(|line| line["source"] == name.as_str());
        assert!(is_new || !is_told, "{name} is said to be replaced");
        done += usize::from(is_new);
    }
    done
}

fn expect_end(desk: &Desk, whole: &Undisturbed) {
    assert_ne!(desk.confirm(&whole.hash).status.code(), Some(2));
    assert!(desk.files() == whole.new, "{:?}", desk.files().keys());
    for file in files_of(&desk.register()).keys().chain(desk.files().keys()) {
        assert!(!file.contains(".tmp"), "{file} is left over");
    }
    let journal = desk.register().join("journal.jsonl");
    expect_status(&iesiz(&["journal", "verify", text(&journal)]), 0);
    let replaced = desk.told("replaced");
    for (_, name) in TABLES {
        let told = replaced.iter().filter(|line| line["source"] == name);
        assert_eq!(told.count(), 1, "{name}: {replaced:#?}");
    }
}

fn kills() -> u32 {
    let asked = std::env::var("IESIZ_KILLS");
    asked.map_or(12, |count| count.parse().expect("IESIZ_KILLS is a number"))
}

#[test]
fn killed_at_any_instant_a_purge_goes_on_where_it_was() {
    let desk = Desk::new("qiwi_kazakhstan", CLIENTS);
    let whole = undisturbed(&desk);
    let mut seen = BTreeMap::<(bool, usize), u32>::new();
    for kill in 0..kills() {
        restore(&desk, &whole);
        // Spread evenly by the golden ratio, so that any number of kills covers the whole run.
        let share = (f64::from(kill) * 0.618_034 + 0.5).fract();
        let was_running = killed_after(&desk, &whole.hash, whole.time.mul_f64(share));
        let done = expect_whole(&desk, &whole);
        *seen.entry((was_running, done)).or_default() += 1;
        expect_end(&desk, &whole);
    }
    let running = seen.keys().filter(|(was_running, _)| *was_running);
    assert!(
        running.count() > 0,
        "no run was killed before its end: {seen:?}"
    );
    assert!(seen.len() > 1, "every kill met the same state: {seen:?}");
}

/// What another register's run is writing beside the tables is locked; what a killed run left is not.
#[test]
fn only_what_no_living_run_holds_is_removed() {
    let desk = Desk::new("qiwi_kazakhstan", CLIENTS);
    let mut table = table();
    table.rows.truncate(50);
    table.write(&desk.table("clients.csv"), Form::Utf8);
    let hash = desk.hash(TODAY);
    let (living, left) = (desk.table(".iesiz-a1.tmp"), desk.table(".iesiz-b2.tmp"));
    write(&living, "half a table");
    write(&left, "half a table");
    let held = fs::File::open(&living).unwrap();
    held.lock().unwrap();
    assert_ne!(desk.confirm(&hash).status.code(), Some(2));
    assert!(living.exists() && !left.exists());
    assert_eq!(desk.told("replaced").len(), 1);
}

#[test]
fn killed_again_and_again_a_purge_comes_to_its_end() {
    let desk = Desk::new("qiwi_kazakhstan", CLIENTS);
    let whole = undisturbed(&desk);
    restore(&desk, &whole);
    for kill in 1..=6 {
        killed_after(
            &desk,
            &whole.hash,
            whole.time.mul_f64(f64::from(kill) * 0.15),
        );
        expect_whole(&desk, &whole);
    }
    expect_end(&desk, &whole);
}

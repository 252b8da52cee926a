//! Tables that are written together: an identifier that only one of them tells is looked for in the outputs of all.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;

use crate::common::{expect_status, iesiz, iins, policy, text, write};
use crate::verify::parquet_with_metadata;

const ROWS: usize = 60;

/// No pattern takes it for a phone: only the name of a column tells what it is.
fn phone(row: usize) -> String {
    format!(
        "+7 703 {} {} {}",
        row + 100,
        row % 90 + 10,
        row * 7 % 90 + 10
    )
}

fn clients() -> String {
    let row = |(row, iin): (usize, String)| format!("{iin},{},{row}\n", phone(row));
    let rows = iins(ROWS).into_iter().enumerate().map(row);
    "iin,phone,visits\n".to_owned() + &rows.collect::<String>()
}

/// Every tenth note mentions the phone of a client.
fn visits(mentioned: impl Fn(usize) -> String) -> String {
    let note = |row: usize| match row % 10 {
        3 => format!("{row},звонить на {} после обеда\n", mentioned(row)),
        _ => format!("{row},придёт на приём утром\n"),
    };
    "number,note\n".to_owned() + &(0..ROWS).map(note).collect::<String>()
}

fn nobody(_: usize) -> String {
    "общий номер".to_owned()
}

/// Tables in a folder of their own, by name.
struct Tables(tempfile::TempDir);

impl Tables {
    fn of(tables: &[(&str, String)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("in")).unwrap();
        let tables_of = Self(folder);
        for (name, rows) in tables {
            write(&tables_of.at("in").join(name), rows);
        }
        tables_of
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn anonymize(&self, more: &[&str]) -> Output {
        let (input, output) = (self.at("in"), self.at("out"));
        let args = ["anonymize", text(&input), "-o", text(&output), "--k", "1"];
        let output = iesiz(&[&args, more].concat());
        let said = [&output.stdout[..], &output.stderr[..]].concat();
        let said = String::from_utf8_lossy(&said);
        let phones = (0..ROWS).map(phone);
        let mut values = phones
            .chain(iins(ROWS))
            .flat_map(|value| [value.replace(['+', ' '], ""), value]);
        assert!(!values.any(|value| said.contains(&value)), "{said}");
        output
    }

    fn verify(&self) -> Vec<(String, Value)> {
        verified(&self.at("in"), &self.at("out"))
    }
}

/// Columns in which an attack found something, with the table and the attack.
fn verified(originals: &Path, outputs: &Path) -> Vec<(String, Value)> {
    let output = iesiz(&["verify", text(originals), text(outputs), "--format", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut all = Vec::new();
    for table in report["tables"].as_array().unwrap() {
        for attack in table["attacks"].as_array().unwrap() {
            for column in attack["columns"].as_array().into_iter().flatten() {
                let (table, attack) = (table["table"].as_str(), attack["attack"].as_str());
                let place = format!("{} {}", table.unwrap(), attack.unwrap());
                all.push((place, column.clone()));
            }
        }
    }
    assert_eq!(output.status.code(), Some(i32::from(!all.is_empty())));
    all
}

#[test]
fn an_identifier_that_another_table_tells_breaks_the_one_that_mentions_it() {
    // The table that tells it may come first or last.
    for (told_by, mentions) in [("clients.csv", "visits.csv"), ("people.csv", "calls.csv")] {
        for format in ["csv", "parquet"] {
            let tables = Tables::of(&[(told_by, clients()), (mentions, visits(phone))]);
            let output = tables.anonymize(&["--to", format]);
            expect_status(&output, 1);
            let said = String::from_utf8(output.stdout).unwrap();
            let blamed = format!("{mentions}: column note: 6 values, known from {told_by}");
            assert!(said.contains(&blamed), "{said}");
            let written = |name: &str| {
                let name = name.replace("csv", format);
                tables.at("out").join(name).exists()
            };
            assert!(written(told_by) && !written(mentions));
        }
    }
}

#[test]
fn tables_that_mention_nobody_are_written() {
    let tables = Tables::of(&[("clients.csv", clients()), ("visits.csv", visits(nobody))]);
    expect_status(&tables.anonymize(&[]), 0);
    assert!(tables.at("out/clients.csv").exists() && tables.at("out/visits.csv").exists());
    assert_eq!(tables.verify(), []);
}

#[test]
fn a_table_of_which_nothing_is_written_tells_identifiers_too() {
    let phones: Vec<String> = (0..ROWS).map(phone).collect();
    let tables = Tables::of(&[
        ("clients.csv", format!("phone\n{}\n", phones.join("\n"))),
        ("visits.csv", visits(phone)),
    ]);
    expect_status(&tables.anonymize(&[]), 1);
    assert!(!tables.at("out/visits.csv").exists());
    fs::copy(tables.at("in/visits.csv"), tables.at("out/visits.csv")).unwrap();
    let found = tables.verify();
    assert_eq!(found[0].0, "visits.csv residue-in-cells");
    assert_eq!(found[0].1["known_from"], "clients.csv");
}

#[test]
fn what_was_written_before_is_attacked_with_all_originals() {
    let tables = Tables::of(&[("clients.csv", clients()), ("visits.csv", visits(nobody))]);
    expect_status(&tables.anonymize(&["--to", "parquet"]), 0);
    assert_eq!(tables.verify(), []);
    // In what is no cell.
    write(&tables.at("in/notes.csv"), "note\na\nb\nc\n");
    let hidden = parquet_with_metadata(&phone(3).replace([' ', '+'], ""));
    write(&tables.at("out/notes.parquet"), hidden);
    let found = tables.verify();
    let is_known = |(_, column): &(String, Value)| column["known_from"] == "clients.csv";
    assert!(found.iter().all(is_known), "{found:?}");
    for attack in ["residue-in-bytes", "names"] {
        let place = format!("notes.parquet {attack}");
        assert!(found.iter().any(|(found, _)| *found == place), "{found:?}");
    }
}

/// Cleans up by a plan that keeps phones of some clients and drops those of the staff, whom scrubbed notes mention.
fn cleaned_up(kept: impl Fn(usize) -> bool) -> (Tables, Output) {
    let staff = |row: usize| format!("{row},{}\n", phone(row));
    let client = |row: &usize| kept(*row);
    let clients = (0..ROWS).filter(client).map(staff);
    let header = "number,phone\n".to_owned();
    let tables = Tables::of(&[
        ("clients.csv", header.clone() + &clients.collect::<String>()),
        (
            "staff.csv",
            header + &(0..ROWS).map(staff).collect::<String>(),
        ),
        ("visits.csv", visits(phone)),
    ]);
    let (path, list) = (tables.at("plan.toml"), policy("adalcheck"));
    let (input, out) = (tables.at("in"), tables.at("out"));
    let what = [
        "--for",
        "cleanup",
        "--purpose",
        "identification_and_account",
    ];
    let files = [
        "plan",
        text(&input),
        "--policy",
        text(&list),
        "-o",
        text(&path),
    ];
    iesiz(&[files.as_slice(), &what].concat());
    let mut plan: toml::Table = toml::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    for table in plan["table"].as_array_mut().unwrap() {
        let is_staff = table["output"].as_str() == Some("staff.csv");
        let columns = table.as_table_mut().unwrap().get_mut("column").unwrap();
        for column in columns.as_array_mut().unwrap() {
            let column = column.as_table_mut().unwrap();
            let path = column["path"].as_str().unwrap().to_owned();
            assert!(path == "number" || column["verdict"].as_str() == Some("approved"));
            let mut decide = |key: &str, what: &str| column.insert(key.to_owned(), what.into());
            if path == "phone" && is_staff {
                decide("action", "drop");
            }
            if path == "note" {
                decide("action", "rewrite");
                decide("method", "scrub");
            }
        }
    }
    write(&path, toml::to_string(&plan).unwrap());
    let output = iesiz(&["apply", text(&path), "-o", text(&out)]);
    (tables, output)
}

#[test]
fn what_stays_by_plan_in_any_table_is_no_finding_elsewhere() {
    let (tables, output) = cleaned_up(|_| true);
    expect_status(&output, 0);
    assert!(tables.at("out/visits.csv").exists());
    // One phone that is mentioned stands nowhere else.
    let (tables, output) = cleaned_up(|row| row != 13);
    expect_status(&output, 1);
    let said = String::from_utf8(output.stdout).unwrap();
    let blamed = "visits.csv: column note: 1 values, known from staff.csv";
    assert!(said.contains(blamed), "{said}");
    assert!(!tables.at("out/visits.csv").exists());
}

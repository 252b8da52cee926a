//! What is said of a purge: how many people it was about, that nothing of them is left in the new file, and what else lies near.

use std::fs;

use serde_json::Value;

use super::desk::Desk;
use super::qiwi::{CLIENTS, clients};
use super::tables::{FORMS, Form, Table};
use crate::common::{expect_status, text};

const TODAY: &str = "2026-01-01";

fn desk(tables: &[(&Table, Form, &str)]) -> Desk {
    let desk = Desk::new("qiwi_kazakhstan", CLIENTS);
    for (table, form, name) in tables {
        table.as_in(*form).write(&desk.table(name), *form);
    }
    desk
}

fn act(desk: &Desk) -> Value {
    let entries = fs::read_dir(desk.register()).unwrap();
    let mut paths = entries.map(|entry| entry.unwrap().path());
    let act = paths.find(|path| text(path).contains("act-")).unwrap();
    serde_json::from_str(&fs::read_to_string(act).unwrap()).unwrap()
}

/// People of rows that are not what they were.
fn people_of(before: &Table, after: &Table) -> usize {
    let stays = |row: &Vec<String>| after.rows.contains(row);
    let lost = before.rows.iter().filter(|row| !stays(row));
    let people: std::collections::BTreeSet<&String> = lost.map(|row| &row[0]).collect();
    people.len()
}

#[test]
fn people_are_counted_once_however_many_rows_and_tables_they_have() {
    let mut often = clients();
    for mut row in clients().rows {
        row[0] = format!(" {} ", row[0].to_lowercase());
        row[1] = "again".to_owned();
        often.rows.push(row);
    }
    let desk = desk(&[
        (&often, Form::Utf8, "clients.csv"),
        (&clients(), Form::Parquet, "clients.parquet"),
    ]);
    desk.run(TODAY);
    let act = act(&desk);
    let left = Table::read(&desk.table("clients.parquet"), Form::Parquet);
    let expected = people_of(&clients(), &left) as u64;
    assert!(expected > 5);
    assert_eq!(act["subjects"], expected, "{act:#}");
    assert_eq!(act.get("subjects_are"), None);
    for table in act["tables"].as_array().unwrap() {
        assert_eq!(table["subjects"]["count"], expected, "{table:#}");
    }
    let people = &desk.told("replacing")[0]["people"];
    assert_eq!(people["count"], expected);
}

#[test]
fn what_went_was_looked_for_in_what_is_left() {
    let desk = Desk::new("qiwi_kazakhstan", CLIENTS);
    for (form, name) in FORMS {
        clients().as_in(form).write(&desk.table(name), form);
    }
    desk.run(TODAY);
    for replaced in desk.told("replaced") {
        let attacks = replaced["verification"].as_object().unwrap();
        assert_eq!(attacks["residue-in-cells"], "held", "{replaced:#}");
        assert_eq!(attacks["residue-in-bytes"], "held", "{replaced:#}");
    }
    let act = act(&desk);
    let attacks = act["verification"]["attacks"].as_array().unwrap();
    let cells = attacks
        .iter()
        .find(|attack| attack["id"] == "residue-in-cells");
    assert!(
        cells.unwrap()["tried"].as_u64().unwrap() > 10,
        "{attacks:#?}"
    );
}

/// The name of a column goes on telling what its rows told.
#[test]
fn a_table_that_would_go_on_telling_what_went_is_not_replaced() {
    for (form, name) in [FORMS[0], FORMS[3]] {
        let mut table = clients();
        for row in &mut table.rows {
            row.push("да".to_owned());
        }
        table.header.push("note_W00000".to_owned());
        let desk = desk(&[(&table, form, name)]);
        let before = desk.files();
        let done = desk.confirm(&desk.hash(TODAY));
        expect_status(&done, 2);
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(
            said.contains("[residue]") && !said.contains("W00000"),
            "{said}"
        );
        assert!(before == desk.files());
        assert_eq!(desk.told("skipped")[0]["code"], "residue");
        assert!(desk.told("replacing").is_empty());
        table.header[6] = "note".to_owned();
        table.write(&desk.table(name), form);
        desk.run(TODAY);
        assert!(before != desk.files());
    }
}

#[test]
fn tables_near_it_with_the_same_people_are_told_of() {
    let mut orders = clients();
    orders.header = ["wallet", "item", "sum", "paid", "shop", "on"]
        .map(str::to_owned)
        .to_vec();
    let desk = desk(&[(&clients(), Form::Utf8, "clients_2024.csv")]);
    for folder in ["year=2023", "year=2024", "elsewhere"] {
        fs::create_dir(desk.table(folder)).unwrap();
    }
    for (table, form, name) in [
        (&clients(), Form::Utf8, "clients_2023.csv"),
        (&clients(), Form::Utf8, "clients_2024 (1).csv"),
        (&clients(), Form::Parquet, "year=2023/part-0.parquet"),
        (&clients(), Form::Parquet, "year=2024/part-0.parquet"),
        (&clients(), Form::Utf8, "elsewhere/clients.csv"),
        (&orders, Form::Utf8, "orders.csv"),
    ] {
        table.write(&desk.table(name), form);
    }
    let policy = desk.policy();
    let run = |table: &str, args: &[&str]| {
        let table = desk.table(table);
        let usual = ["purge", text(&table), "--policy", text(&policy)];
        crate::common::iesiz(&[&usual[..], args].concat())
    };
    let near = |table: &str| {
        let output = run(table, &["--dry-run", "--as-of", TODAY, "--format", "json"]);
        let plan: Value = serde_json::from_slice(&output.stdout).unwrap();
        let alike = plan["tables"][0]["alike"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let names: Vec<String> = alike
            .iter()
            .map(|path| {
                path.as_str()
                    .unwrap()
                    .split("/tables/")
                    .nth(1)
                    .unwrap()
                    .to_owned()
            })
            .collect();
        (names, plan["hash"].as_str().unwrap().to_owned())
    };
    let (names, hash) = near("clients_2024.csv");
    let parts = [
        "clients_2023.csv",
        "year=2023/part-0.parquet",
        "year=2024/part-0.parquet",
    ];
    assert_eq!(names, parts);
    let done = run("clients_2024.csv", &["--confirm", &hash]);
    assert_ne!(done.status.code(), Some(2), "{done:?}");
    assert!(String::from_utf8_lossy(&done.stdout).contains("3 tables beside these"));
    let told = act(&desk)["not_reached"].clone();
    let has = |code: &str, count: u64| {
        let told = told.as_array().unwrap();
        told.iter()
            .any(|one| one["code"] == code && one["count"] == count)
    };
    assert!(has("other-tables", 3) && has("old-copies", 1), "{told:#}");
}

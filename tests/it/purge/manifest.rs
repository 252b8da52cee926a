//! Destroyed again after a restore: rows and cells that a backup brings back go by a manifest that names nobody.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::Instant;

use serde_json::Value;

use super::desk::Desk;
use super::others::{ENDS, dataset, people};
use super::qiwi::{CLIENTS, clients, visitors, visitors_decided};
use super::tables::{FORMS, Form, Table};
use crate::common::{expect_status, iesiz, text, write};

const TODAY: &str = "2026-01-01";

/// A desk with a manifest, and its tables as they were before anything was destroyed.
struct Kept {
    desk: Desk,
    before: BTreeMap<String, Vec<u8>>,
}

impl Kept {
    fn new(operator: &str, datasets: &str, table: &Table, forms: &[(Form, &str)]) -> Self {
        let desk = Desk::new(operator, datasets);
        for (form, name) in forms {
            table.as_in(*form).write(&desk.table(name), *form);
        }
        write(&desk.at("key"), [7; 32]);
        let before = desk.files();
        Self { desk, before }
    }

    fn manifest(&self) -> PathBuf {
        self.desk.at("erased.manifest")
    }

    /// Destroys what has run out and notes it.
    fn purge(&self) {
        let done = self.confirm(&self.desk.hash(TODAY));
        assert_ne!(done.status.code(), Some(2), "{done:?}");
    }

    fn confirm(&self, hash: &str) -> Output {
        let (manifest, key) = (self.manifest(), self.desk.at("key"));
        let noting = ["--manifest", text(&manifest), "--manifest-key", text(&key)];
        self.desk
            .purge(&[&["--confirm", hash], &noting[..]].concat())
    }

    fn reapply(&self, args: &[&str]) -> Output {
        let (manifest, key) = (self.manifest(), self.desk.at("key"));
        let from = ["--reapply", text(&manifest), "--manifest-key", text(&key)];
        self.desk.purge(&[&from, args].concat())
    }

    /// What is planned to go again.
    fn planned(&self) -> Value {
        let output = self.reapply(&["--dry-run", "--format", "json"]);
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
    }

    /// Plans and confirms; the plan.
    fn reapplied(&self) -> Value {
        let plan = self.planned();
        assert_eq!(plan["untouched"], Value::Array(Vec::new()), "{plan:#}");
        let done = self.reapply(&["--confirm", plan["hash"].as_str().unwrap()]);
        assert_ne!(done.status.code(), Some(2), "{done:?}");
        plan
    }

    /// The backup comes back.
    fn restore(&self) {
        for (name, bytes) in &self.before {
            write(&self.desk.table(name), bytes);
        }
    }

    fn refused(&self, code: &str) {
        let before = self.desk.files();
        for args in [&["--dry-run"][..], &["--confirm", "00"]] {
            let output = self.reapply(args);
            expect_status(&output, 2);
            let said = String::from_utf8_lossy(&output.stderr);
            let is_told = said.contains(&format!("[{code}]")) || said.contains("[unknown-plan]");
            assert!(is_told, "{said}");
        }
        let output = self.reapply(&["--dry-run"]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(&format!("[{code}]")), "{said}");
        assert!(self.desk.files() == before);
    }
}

/// Cells by column, in rows that may be in any state besides.
fn of(table: &Table, columns: &[&str]) -> Vec<Vec<String>> {
    let places: Vec<usize> = columns.iter().map(|name| table.column(name)).collect();
    let cells = |row: &Vec<String>| places.iter().map(|&at| row[at].clone()).collect();
    table.rows.iter().map(cells).collect()
}

#[test]
fn what_a_backup_brings_back_goes_again_however_its_other_cells_are() {
    let kept = Kept::new("qiwi_kazakhstan", CLIENTS, &clients(), &FORMS);
    kept.purge();
    let tells = ["wallet", "full_name", "email", "phone", "closed_on"];
    let after: Vec<Table> = FORMS
        .iter()
        .map(|(form, name)| Table::read(&kept.desk.table(name), *form))
        .collect();
    let mut older = clients();
    for row in &mut older.rows {
        row[1] = format!("older{}", row[0]);
        row[0] = format!(" {} ", row[0].to_lowercase());
    }
    for (form, name) in FORMS {
        older.as_in(form).write(&kept.desk.table(name), form);
    }
    let plan = kept.reapplied();
    assert_eq!(plan["kind"], "reapply");
    for ((form, name), after) in FORMS.iter().zip(&after) {
        let mut after = after.clone();
        for row in &mut after.rows {
            row[0] = format!(" {} ", row[0].to_lowercase());
        }
        let again = Table::read(&kept.desk.table(name), *form);
        assert!(again.rows.len() < older.rows.len());
        assert_eq!(of(&again, &tells), of(&after, &tells), "{name}");
        assert!(again.rows.iter().all(|row| row[1].starts_with("older")));
    }
}

#[test]
fn where_nothing_came_back_nothing_changes() {
    let kept = Kept::new("qiwi_kazakhstan", CLIENTS, &clients(), &FORMS);
    kept.purge();
    let after = kept.desk.files();
    let plan = kept.reapplied();
    for table in plan["tables"].as_array().unwrap() {
        assert_eq!(
            (&table["destroyed"], &table["gone"]),
            (&Value::from(0), &Value::Array(vec![]))
        );
    }
    assert!(after == kept.desk.files());
    kept.restore();
    kept.reapplied();
    let again = kept.desk.files();
    kept.reapplied();
    assert!(again == kept.desk.files());
}

#[test]
fn anonymised_rows_are_anonymised_again() {
    let more = format!("{ENDS}\nexpired = \"anonymise\"");
    let datasets = dataset(r#"["contracts", "client_offers"]"#, &more);
    let forms = [(Form::Utf8, "clients.csv")];
    let kept = Kept::new("proleads", &datasets, &people(), &forms);
    kept.purge();
    let path = kept.desk.table("clients.csv");
    let after = Table::read(&path, Form::Utf8);
    kept.restore();
    let plan = kept.reapplied();
    let table = &plan["tables"][0];
    assert!(table["anonymised"].as_u64().unwrap() > 0, "{plan:#}");
    assert_eq!(table["destroyed"], 0);
    assert!(after.rows.len() == people().rows.len() && after.rows != people().rows);
    assert_eq!(Table::read(&path, Form::Utf8), after);
}

/// Nobody is named in such rows: they are known by all their cells.
#[test]
fn rows_without_a_subject_are_known_by_their_content() {
    let forms = [
        (Form::Utf8, "visitors.csv"),
        (Form::Parquet, "visitors.parquet"),
    ];
    let kept = Kept::new("qiwi_kazakhstan", &visitors_decided(), &visitors(), &forms);
    kept.purge();
    let after: Vec<Table> = forms
        .map(|(form, name)| Table::read(&kept.desk.table(name), form))
        .to_vec();
    kept.restore();
    kept.reapplied();
    for ((form, name), after) in forms.iter().zip(after) {
        assert!(after.rows.len() < visitors().rows.len());
        assert_eq!(Table::read(&kept.desk.table(name), *form), after, "{name}");
    }
}

#[test]
fn blocked_people_keep_what_came_back() {
    let blocked = CLIENTS.replace("[\"wallet\"]", "[\"wallet\"]\nblocked = \"blocked.txt\"");
    let kept = Kept::new("qiwi_kazakhstan", CLIENTS, &clients(), &FORMS);
    kept.purge();
    kept.desk.decide("qiwi_kazakhstan", &blocked);
    write(&kept.desk.at("blocked.txt"), "W00000\n");
    kept.restore();
    let plan = kept.reapplied();
    for ((form, name), table) in FORMS.iter().zip(plan["tables"].as_array().unwrap()) {
        let left = Table::read(&kept.desk.table(name), *form);
        assert_eq!(left.rows[0], clients().as_in(*form).rows[0], "{name}");
        assert_eq!(table["blocked"], 1);
        assert!(left.rows.len() < clients().rows.len());
    }
    write(&kept.desk.at("blocked.txt"), "");
    kept.reapplied();
    let left = Table::read(&kept.desk.table("clients.csv"), Form::Utf8);
    assert_ne!(left.rows[0][0], "W00000");
}

/// The backup is older than the end of the contract: whether the row is the one that was destroyed, a person has to tell.
#[test]
fn a_row_of_the_same_person_without_a_day_is_told_of() {
    let forms = [(Form::Utf8, "clients.csv")];
    let kept = Kept::new("qiwi_kazakhstan", CLIENTS, &clients(), &forms);
    kept.purge();
    let mut older = clients();
    older.rows[0][5].clear();
    older.write(&kept.desk.table("clients.csv"), Form::Utf8);
    let plan = kept.planned();
    assert_eq!(plan["tables"][0]["listed"][0], 0, "{plan:#}");
    assert_eq!(plan["tables"][0]["unreadable"], 1);
    expect_status(&kept.reapply(&["--dry-run"]), 1);
    kept.reapplied();
    let left = Table::read(&kept.desk.table("clients.csv"), Form::Utf8);
    assert_eq!(left.rows[0], older.rows[0]);
}

/// Erases somebody and notes it; tells whether some of the rows were refused.
fn erased(kept: &Kept, identifiers: &str) -> bool {
    let desk = &kept.desk;
    write(&desk.at("person.txt"), identifiers);
    let (tables, policy, person) = (desk.tables(), desk.policy(), desk.at("person.txt"));
    let (manifest, key) = (kept.manifest(), desk.at("key"));
    let erase = |args: &[&str]| {
        let usual = ["subject", "erase", text(&tables), "--policy", text(&policy)];
        let whom = ["--identifiers", text(&person)];
        iesiz(&[&usual[..], &whom, args].concat())
    };
    let planned = erase(&["--dry-run", "--format", "json"]);
    let plan: Value = serde_json::from_slice(&planned.stdout).unwrap();
    let hash = plan["hash"].as_str().unwrap();
    let noting = ["--manifest", text(&manifest), "--manifest-key", text(&key)];
    let done = erase(&[&["--confirm", hash], &noting[..]].concat());
    assert_ne!(done.status.code(), Some(2), "{done:?}");
    plan["tables"][0]["refused"] != 0
}

#[test]
fn an_erased_person_goes_again_by_name_and_not_by_row() {
    let forms = [
        (Form::Utf8, "clients.csv"),
        (Form::Parquet, "clients.parquet"),
    ];
    let kept = Kept::new("qiwi_kazakhstan", CLIENTS, &clients(), &forms);
    assert!(!erased(&kept, "w00000\n"));
    let mut older = clients();
    older.rows[0][5].clear();
    older.rows.push(older.rows[0].clone());
    for (form, name) in forms {
        older.write(&kept.desk.table(name), form);
    }
    kept.reapplied();
    for (form, name) in forms {
        let again = Table::read(&kept.desk.table(name), form);
        assert_eq!(again.rows, clients().rows[1..], "{name}");
    }
}

#[test]
fn where_a_law_wants_some_rows_of_a_person_the_others_go_again() {
    let forms = [
        (Form::Utf8, "clients.csv"),
        (Form::Parquet, "clients.parquet"),
    ];
    let mut table = clients();
    table.rows[21][0] = table.rows[0][0].clone();
    let kept = Kept::new("qiwi_kazakhstan", CLIENTS, &table, &forms);
    assert!(erased(&kept, "W00000\n"));
    let after = forms.map(|(form, name)| Table::read(&kept.desk.table(name), form));
    kept.restore();
    kept.reapplied();
    for ((form, name), after) in forms.into_iter().zip(after) {
        let again = Table::read(&kept.desk.table(name), form);
        assert_eq!(again, after, "{name}");
        assert_eq!(again.rows.len(), table.rows.len() - 1);
    }
}

#[test]
fn another_key_or_a_changed_manifest_is_refused() {
    let forms = [(Form::Utf8, "clients.csv")];
    let kept = Kept::new("qiwi_kazakhstan", CLIENTS, &clients(), &forms);
    kept.purge();
    kept.restore();
    for key in [vec![7; 31], vec![8; 32], vec![7; 5000]] {
        write(&kept.desk.at("key"), key);
        kept.refused("manifest-key");
    }
    write(&kept.desk.at("key"), [7; 32]);
    let whole = fs::read_to_string(kept.manifest()).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    let joined = |lines: &[&str]| lines.join("\n") + "\n";
    let swapped: Vec<&str> = [&lines[..2], &[lines[3], lines[2]], &lines[4..]].concat();
    let without = [&lines[..2], &lines[3..]].concat();
    for changed in [
        whole.replacen("clients.csv", "clients.cSv", 1),
        joined(&swapped),
        joined(&without),
        joined(&lines[..lines.len() - 1]),
        joined(&lines[1..]),
        String::new(),
        "wallet,login\nW00001,login1\n".to_owned(),
    ] {
        write(&kept.manifest(), &changed);
        kept.refused("manifest");
        let again = kept.confirm(&kept.desk.hash(TODAY));
        let is_taken = changed.is_empty() && again.status.code() != Some(2);
        assert!(is_taken || again.status.code() == Some(2), "{again:?}");
        kept.restore();
    }
    write(&kept.manifest(), &whole);
    kept.reapplied();
}

#[test]
fn the_act_tells_of_the_manifest_and_neither_names_anybody() {
    let kept = Kept::new("qiwi_kazakhstan", CLIENTS, &clients(), &FORMS);
    kept.purge();
    let register = kept.desk.register();
    let acts = fs::read_dir(&register)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let act = acts
        .into_iter()
        .find(|path| text(path).contains("act-"))
        .unwrap();
    let act: Value = serde_json::from_str(&fs::read_to_string(act).unwrap()).unwrap();
    let told = &act["manifest"];
    assert_eq!(told["file"], text(&kept.manifest()));
    let hash = iesiz::journal::file_hash(&kept.manifest()).unwrap();
    assert_eq!(told["sha256"], hash.as_str());
    assert!(told["entries"].as_u64().unwrap() > 5, "{told:#}");
    assert_eq!(kept.desk.told("manifested").len(), FORMS.len());
    let manifest = fs::read_to_string(kept.manifest()).unwrap();
    for cell in clients()
        .rows
        .iter()
        .flatten()
        .filter(|cell| cell.len() > 4)
    {
        assert!(!manifest.contains(cell.as_str()), "{cell}");
    }
    kept.restore();
    let other = Kept::new("qiwi_kazakhstan", CLIENTS, &clients(), &FORMS);
    write(&other.desk.at("key"), [9; 32]);
    other.purge();
    let theirs = fs::read_to_string(other.manifest()).unwrap();
    let entries = |text: &str| {
        let lines: Vec<String> = text
            .lines()
            .filter(|line| line.contains("\"entries\":\""))
            .map(str::to_owned)
            .collect();
        lines
            .iter()
            .filter_map(|line| Some(line.split("\"entries\":\"").nth(1)?.to_owned()))
            .collect::<Vec<_>>()
    };
    assert_eq!(entries(&manifest).len(), entries(&theirs).len());
    assert!(
        entries(&manifest)
            .iter()
            .all(|line| !entries(&theirs).contains(line))
    );
}

/// Rows that are gone are noted, whenever the run was killed; tables that are not gone keep working with the rest.
#[test]
fn a_kill_loses_no_entry_of_rows_that_are_gone() {
    let forms = [
        (Form::Utf8, "clients.csv"),
        (Form::Gzip, "clients_old.csv.gz"),
    ];
    let mut table = clients();
    table.rows = (0..200)
        .flat_map(|n| {
            let rows = clients().rows.into_iter();
            rows.map(move |mut row| {
                row[0] = format!("{}-{n}", row[0]);
                row
            })
        })
        .collect();
    let kept = Kept::new("qiwi_kazakhstan", CLIENTS, &table, &forms);
    let desk = &kept.desk;
    let hash = desk.hash(TODAY);
    let journal = desk.register().join("journal.jsonl");
    let begun = fs::read(&journal).unwrap();
    let start = Instant::now();
    assert_ne!(kept.confirm(&hash).status.code(), Some(2));
    let time = start.elapsed();
    let new = desk.files();
    let mut replaced = 0;
    for share in [0.4, 0.6, 0.75, 0.85, 0.95] {
        kept.restore();
        write(&journal, &begun);
        fs::remove_file(kept.manifest()).unwrap();
        let (tables, policy, manifest, key) = (
            desk.tables(),
            desk.policy(),
            kept.manifest(),
            desk.at("key"),
        );
        let mut child = Command::new(env!("CARGO_BIN_EXE_iesiz"))
            .args(["purge", text(&tables), "--policy", text(&policy)])
            .args(["--confirm", &hash, "--manifest", text(&manifest)])
            .args(["--manifest-key", text(&key)])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(time.mul_f64(share));
        let _ = child.kill();
        child.wait().unwrap();
        let found = desk.files();
        let gone: Vec<&String> = new
            .keys()
            .filter(|name| found[*name] == new[*name])
            .collect();
        replaced += gone.len();
        if !gone.is_empty() {
            kept.restore();
            kept.reapplied();
            let again = desk.files();
            for name in &gone {
                assert!(again[*name] == new[*name], "{name} at {share}");
            }
            for (name, bytes) in &found {
                write(&desk.table(name), bytes);
            }
        }
        assert_ne!(kept.confirm(&hash).status.code(), Some(2));
        assert!(desk.files() == new, "at {share}");
    }
    assert!(replaced > 0, "no kill came after a table was replaced");
}

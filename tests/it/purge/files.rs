//! What the file system has to say: rights, owners, links, folders that nothing can be written to. And that no value is told.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Output};

use super::desk::{Desk, files_of};
use super::qiwi::{CLIENTS, clients};
use super::tables::{FORMS, Form, Table};
use crate::common::{expect_status, iesiz, text, write};

const TODAY: &str = "2026-01-01";

fn desk() -> Desk {
    let desk = Desk::new("qiwi_kazakhstan", CLIENTS);
    clients().write(&desk.table("clients.csv"), Form::Utf8);
    desk
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Nobody's rights are broken for root, so it is tried only as somebody else.
fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

#[test]
fn mode_and_owner_stay() {
    for mode in [0o600, 0o640, 0o664, 0o444] {
        let desk = desk();
        let path = desk.table("clients.csv");
        let before = fs::metadata(&path).unwrap();
        if is_root() {
            std::os::unix::fs::chown(&path, Some(12_345), Some(23_456)).unwrap();
        }
        set_mode(&path, mode);
        let owned = fs::metadata(&path).unwrap();
        desk.run(TODAY);
        let after = fs::metadata(&path).unwrap();
        assert_ne!(before.len(), after.len());
        assert_eq!(after.mode() & 0o7777, mode);
        assert_eq!((after.uid(), after.gid()), (owned.uid(), owned.gid()));
    }
}

#[test]
fn plans_and_journal_are_nobody_elses_to_read() {
    let desk = desk();
    desk.run(TODAY);
    for entry in fs::read_dir(desk.register()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().mode();
        assert_eq!(mode & 0o077, 0, "{:?} {mode:o}", entry.file_name());
    }
}

/// The table behind the link is replaced; the link stays one.
#[test]
fn a_link_to_a_table_stays_and_its_table_is_purged() {
    let desk = desk();
    let (table, elsewhere) = (desk.table("clients.csv"), desk.at("elsewhere.csv"));
    fs::copy(&table, &elsewhere).unwrap();
    fs::remove_file(&table).unwrap();
    symlink(&elsewhere, &table).unwrap();
    let policy = desk.policy();
    let purge = |args: &[&str]| {
        iesiz(&[&["purge", text(&table), "--policy", text(&policy)], args].concat())
    };
    let planned = purge(&["--dry-run", "--as-of", TODAY, "--format", "json"]);
    let plan: serde_json::Value = serde_json::from_slice(&planned.stdout).unwrap();
    let done = purge(&["--confirm", plan["hash"].as_str().unwrap()]);
    assert_ne!(done.status.code(), Some(2), "{done:?}");
    assert_eq!(fs::read_link(&table).unwrap(), elsewhere);
    let left = Table::read(&elsewhere, Form::Utf8);
    assert!(left.rows.len() < clients().rows.len());
}

#[test]
fn another_name_of_the_file_is_told_of() {
    let desk = desk();
    fs::hard_link(desk.table("clients.csv"), desk.at("other-name.csv")).unwrap();
    let plan = desk.run(TODAY);
    assert_eq!(plan["tables"][0]["hard_links"], 1, "{plan:#}");
}

/// Runs as one who may not write everywhere, when this is run as one who may.
fn as_somebody(desk: &Desk, args: &[&str]) -> Output {
    let (tables, policy) = (desk.tables(), desk.policy());
    let usual = ["purge", text(&tables), "--policy", text(&policy)];
    let args = [&usual, args].concat();
    if !is_root() {
        return iesiz(&args);
    }
    // The program may be in a folder that only its owner may enter.
    let program = desk.at("iesiz");
    if !program.exists() {
        fs::copy(env!("CARGO_BIN_EXE_iesiz"), &program).unwrap();
        give(&desk.at("."));
    }
    let mut command = Command::new(program);
    std::os::unix::process::CommandExt::uid(&mut command, 12_345);
    command.args(args).output().unwrap()
}

fn give(folder: &Path) {
    std::os::unix::fs::chown(folder, Some(12_345), None).unwrap();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            give(&path);
        } else {
            std::os::unix::fs::chown(&path, Some(12_345), None).unwrap();
        }
    }
}

#[test]
fn a_folder_that_cannot_be_written_to_keeps_its_table() {
    let desk = desk();
    let planned = as_somebody(&desk, &["--dry-run", "--as-of", TODAY, "--format", "json"]);
    let plan: serde_json::Value = serde_json::from_slice(&planned.stdout).unwrap();
    let hash = plan["hash"].as_str().unwrap();
    let before = desk.files();
    set_mode(&desk.tables(), 0o555);
    let refused = as_somebody(&desk, &["--confirm", hash]);
    set_mode(&desk.tables(), 0o755);
    expect_status(&refused, 2);
    assert!(
        String::from_utf8_lossy(&refused.stderr).contains("[write]"),
        "{refused:?}"
    );
    assert!(before == desk.files());
    assert!(desk.told("replaced").is_empty());
    let done = as_somebody(&desk, &["--confirm", hash]);
    assert_ne!(done.status.code(), Some(2), "{done:?}");
    assert!(before != desk.files());
}

#[test]
fn a_disk_that_is_full_keeps_its_table() {
    let desk = desk();
    let mut table = clients();
    table.rows = std::iter::repeat_n(table.rows, 2_000).flatten().collect();
    table.write(&desk.table("clients.csv"), Form::Utf8);
    let hash = desk.hash(TODAY);
    let before = desk.files();
    let confirm = format!(
        "trap '' XFSZ; ulimit -f 1000; exec '{}' purge '{}' --policy '{}' --confirm {hash}",
        env!("CARGO_BIN_EXE_iesiz"),
        text(&desk.tables()),
        text(&desk.policy()),
    );
    let output = Command::new("sh").args(["-c", &confirm]).output().unwrap();
    expect_status(&output, 2);
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("[write]"),
        "{output:?}"
    );
    assert!(before == desk.files());
    assert!(desk.told("replaced").is_empty());
    assert_ne!(desk.confirm(&hash).status.code(), Some(2));
    assert!(before["clients.csv"].len() > desk.files()["clients.csv"].len());
}

/// Longer than what words, hashes and counts may hold by chance.
const TELLING: usize = 5;

fn search(place: &str, bytes: &[u8]) {
    let haystack = String::from_utf8_lossy(bytes);
    for cell in clients().rows.iter().flatten() {
        let is_today = cell == TODAY;
        assert!(
            cell.len() < TELLING || is_today || !haystack.contains(cell.as_str()),
            "{cell} in {place}"
        );
    }
}

#[test]
fn no_value_is_told_by_plan_journal_or_report() {
    let datasets = CLIENTS.replace(
        "\n\n[[dataset.column]]\npath = \"wallet\"",
        "\nblocked = \"blocked.txt\"\n\n[[dataset.column]]\npath = \"wallet\"",
    );
    for format in ["human", "json"] {
        let desk = Desk::new("qiwi_kazakhstan", &datasets);
        write(&desk.at("blocked.txt"), "W00001\n+7 700 000 02 14\n");
        for (form, name) in FORMS {
            clients().as_in(form).write(&desk.table(name), form);
        }
        let trace = ["--format", format, "--log", "trace"];
        let outputs = [
            desk.purge(&[&["--dry-run", "--as-of", TODAY], &trace[..]].concat()),
            desk.purge(&[&["--confirm", &desk.hash(TODAY)], &trace[..]].concat()),
            desk.purge(&["--confirm", "W00001", "--log", "trace"]),
        ];
        for output in &outputs[..2] {
            assert_ne!(output.status.code(), Some(2), "{output:?}");
        }
        for output in outputs {
            search("stdout", &output.stdout);
            search("stderr", &output.stderr);
        }
        for (name, bytes) in files_of(&desk.register()) {
            search(&name, &bytes);
        }
    }
}

/// A table that cannot be read to its end, or is torn, is told of without its cells and stays.
#[test]
fn a_torn_table_is_neither_told_nor_touched() {
    let desk = desk();
    let mut bytes = fs::read(desk.table("clients.csv")).unwrap();
    bytes.extend(b"W90001,login,\"unclosed canary,+7 700 000 99 99,x@example.com,2015-01-01\n");
    write(&desk.table("clients_torn.csv"), bytes);
    clients().write(&desk.table("clients.parquet"), Form::Parquet);
    let parquet = fs::read(desk.table("clients.parquet")).unwrap();
    write(
        &desk.table("clients_torn.parquet"),
        &parquet[..parquet.len() / 2],
    );
    let before = desk.files();
    let planned = desk.purge(&["--dry-run", "--as-of", TODAY, "--log", "trace"]);
    expect_status(&planned, 2);
    let done = desk.confirm(&desk.hash(TODAY));
    expect_status(&done, 2);
    for output in [planned, done] {
        search("stdout", &output.stdout);
        search("stderr", &output.stderr);
        assert!(!String::from_utf8_lossy(&output.stderr).contains("canary"));
    }
    let after = desk.files();
    for (name, bytes) in &before {
        assert_eq!(name.contains("torn"), bytes == &after[name], "{name}");
    }
}

#[test]
fn a_missing_act_is_told_and_written_by_confirming_again() {
    let desk = desk();
    let hash = desk.hash(TODAY);
    let before = desk.files();
    let act = desk.register().join(format!("act-{hash}.json"));
    fs::create_dir(&act).unwrap();
    let output = desk.confirm(&hash);
    expect_status(&output, 2);
    let said = String::from_utf8_lossy(&output.stderr);
    for telling in [
        "[act-missing]",
        "the data is gone",
        &format!("--confirm {hash}"),
    ] {
        assert!(said.contains(telling), "{said}");
    }
    let after = desk.files();
    assert!(before != after);
    fs::remove_dir(&act).unwrap();
    assert_ne!(desk.confirm(&hash).status.code(), Some(2));
    assert!(desk.files() == after && act.is_file());
    assert_eq!(desk.told("replaced").len(), 1);
    assert_eq!(desk.told("act").len(), 1);
}

/// What is not known has not "not run out".
#[test]
fn a_plan_says_where_it_does_not_know() {
    let desk = desk();
    let early = ["--dry-run", "--as-of", "2001-01-01"];
    let said = |output: Output| String::from_utf8(output.stdout).unwrap();
    assert!(said(desk.purge(&early)).contains("Nothing has run out on"));
    desk.decide(
        "qiwi_kazakhstan",
        &CLIENTS.replace("closed_on", "closed_at"),
    );
    let output = desk.purge(&early);
    expect_status(&output, 2);
    let said = said(output);
    assert!(
        said.contains("Not every table could be judged") && !said.contains("Nothing has run out"),
        "{said}"
    );
}

#[test]
fn confirming_again_does_and_tells_nothing_twice() {
    let desk = desk();
    let hash = desk.hash(TODAY);
    assert_ne!(desk.confirm(&hash).status.code(), Some(2));
    let act = fs::read(desk.register().join(format!("act-{hash}.json"))).unwrap();
    let tables = desk.files();
    let again = desk.confirm(&hash);
    assert_ne!(again.status.code(), Some(2));
    let said = String::from_utf8_lossy(&again.stdout);
    assert!(
        said.contains("done already") && !said.contains("destroyed,"),
        "{said}"
    );
    assert!(desk.files() == tables);
    assert_eq!(
        fs::read(desk.register().join(format!("act-{hash}.json"))).unwrap(),
        act
    );
    assert_eq!(desk.told("act").len(), 1);
}

/// Columns are known by their places there: what is left must go by the names it had.
#[test]
fn a_table_without_a_header_gets_one_when_it_loses_a_column() {
    let datasets = CLIENTS
        .replace("\"closed_on\"", "\"column_4\"")
        .replace("subject = [\"wallet\"]", "subject = [\"column_1\"]")
        .replace("\"wallet\"\ncategory", "\"column_1\"\ncategory")
        .replace(
            "\"login\"\ncategory = \"login\"",
            "\"column_2\"\ncategory = \"military_registration\"",
        )
        .replace("\"full_name\"\ncategory", "\"column_3\"\ncategory");
    let desk = Desk::new("qiwi_kazakhstan", &datasets);
    let rows = clients().rows.into_iter().map(|row| {
        let quoted = row[2].replace('"', "\"\"");
        format!("{},{},\"{quoted}\",{}\n", row[0], row[1], row[5])
    });
    write(&desk.table("clients.csv"), rows.collect::<String>());
    desk.run(TODAY);
    let left = fs::read_to_string(desk.table("clients.csv")).unwrap();
    assert!(left.starts_with("column_1,column_3,column_4\nW0"), "{left}");
    let plan = desk.run(TODAY);
    assert_eq!(plan["tables"][0]["destroyed"], 0, "{plan:#}");
}

#[test]
fn a_table_that_is_named_twice_is_purged_once() {
    let desk = desk();
    let (table, link) = (desk.table("clients.csv"), desk.at("clients_link.csv"));
    symlink(&table, &link).unwrap();
    let (tables, policy) = (desk.tables(), desk.policy());
    let purge = |args: &[&str]| {
        let names = ["purge", text(&link), text(&table), text(&tables)];
        iesiz(&[&names[..], &["--policy", text(&policy)], args].concat())
    };
    let planned = purge(&["--dry-run", "--as-of", TODAY, "--format", "json"]);
    let plan: serde_json::Value = serde_json::from_slice(&planned.stdout).unwrap();
    assert_eq!(plan["tables"].as_array().unwrap().len(), 1, "{plan:#}");
    assert_eq!(plan["tables"][0]["source"], "clients.csv");
    let done = purge(&["--confirm", plan["hash"].as_str().unwrap()]);
    assert_ne!(done.status.code(), Some(2), "{done:?}");
    assert_eq!(desk.told("replaced").len(), 1);
}

/// Destroyed under one name only, the data would be there under the other.
#[test]
fn both_names_of_a_file_lose_what_goes() {
    let desk = desk();
    let names = [desk.table("clients.csv"), desk.table("clients_too.csv")];
    fs::hard_link(&names[0], &names[1]).unwrap();
    let plan = desk.run(TODAY);
    for table in plan["tables"].as_array().unwrap() {
        assert_eq!(table["hard_links"], 0, "{plan:#}");
    }
    let left = names.map(|name| Table::read(&name, Form::Utf8));
    assert!(left[0].rows.len() < clients().rows.len());
    assert_eq!(left[0], left[1]);
}

/// Tables go by the names that are printed; two of one name are not told apart.
#[test]
fn two_tables_of_one_name_are_refused() {
    let desk = desk();
    let other = desk.at("clients.csv");
    clients().write(&other, Form::Utf8);
    desk.refused(&[text(&other), "--dry-run"], "output-clash");
}

#[test]
fn what_is_only_read_is_not_purged_and_says_so() {
    let desk = Desk::new("qiwi_kazakhstan", CLIENTS);
    let table = clients();
    let record = |row: &Vec<String>| {
        let fields = table.header.iter().cloned().zip(row.iter().cloned());
        let fields = fields.map(|(name, cell)| (name, serde_json::Value::from(cell)));
        serde_json::Value::Object(fields.collect()).to_string() + "\n"
    };
    let lines: String = table.rows.iter().map(record).collect();
    let path = desk.table("clients.jsonl");
    write(&path, &lines);
    let plan = desk.planned(TODAY);
    assert_eq!(plan["untouched"][0]["code"], "not-rewritten", "{plan:#}");
    assert_eq!(fs::read_to_string(&path).unwrap(), lines);
    let (tables, policy) = (desk.tables(), desk.policy());
    let told = iesiz(&[
        "policy",
        "diff",
        text(&tables),
        "--policy",
        text(&policy),
        "--as-of",
        TODAY,
    ]);
    expect_status(&told, 1);
    let told = String::from_utf8_lossy(&told.stdout);
    assert!(told.contains("clients.jsonl · wallet"), "{told}");
}

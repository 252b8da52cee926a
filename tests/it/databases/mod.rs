//! What is peculiar to databases; the laws that hold for all sources are in `sources`.

pub(crate) mod mssql;
pub(crate) mod mysql;
#[cfg(feature = "odbc")]
pub(crate) mod odbc;
pub(crate) mod postgres;
mod sqlite;
#[cfg(not(feature = "odbc"))]
mod without_odbc;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::common::iesiz;

/// A name that no other test has.
fn new_name() -> String {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    format!("iesiz_{}_{number}", std::process::id())
}

/// What a scan says: for each table its state, rows and what its columns are.
fn scanned(args: &[&str]) -> BTreeMap<String, Scanned> {
    let output = iesiz(&[&["scan", "--format", "json"], args].concat());
    told(&output)
}

/// One table as a scan sees it.
#[derive(Debug, PartialEq, Eq)]
struct Scanned {
    /// None where it is unread.
    rows: Option<u64>,
    /// Category by column.
    columns: BTreeMap<String, String>,
    /// Why it is unread.
    problems: Vec<String>,
}

impl Scanned {
    fn category(&self, column: &str) -> &str {
        &self.columns[column]
    }
}

fn told(output: &Output) -> BTreeMap<String, Scanned> {
    let said = String::from_utf8_lossy(&output.stderr);
    let findings: serde_json::Value = serde_json::from_slice(&output.stdout).expect(&said);
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let table = |table: &serde_json::Value| {
        let columns = table["columns"].as_array().unwrap();
        let columns = columns
            .iter()
            .map(|column| (text(&column["path"]), text(&column["category"])));
        let problems = table["problems"].as_array().unwrap();
        let scanned = Scanned {
            rows: table["rows"].as_u64(),
            columns: columns.collect(),
            problems: problems
                .iter()
                .map(|problem| text(&problem["code"]))
                .collect(),
        };
        (text(&table["source"]), scanned)
    };
    findings["tables"]
        .as_array()
        .unwrap()
        .iter()
        .map(table)
        .collect()
}

/// Runs the program with nothing in its environment but these.
fn with_environment(args: &[&str], known: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_iesiz"))
        .args(args)
        .env_clear()
        .envs(known.iter().copied())
        .output()
        .unwrap()
}

/// Everything in a folder, byte by byte.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap();
    let content = |entry: fs::DirEntry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        (name, fs::read(entry.path()).unwrap())
    };
    entries.map(|entry| content(entry.unwrap())).collect()
}

/// Makes a file readable by its owner only.
fn keep_secret(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

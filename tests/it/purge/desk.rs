//! An operator's folder: a list, tables, and a register of what was purged.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use crate::common::{expect_status, iesiz, policy, text, write};

pub(super) struct Desk {
    folder: TempDir,
}

impl Desk {
    /// One of the samples with datasets of its own below.
    pub(super) fn new(operator: &str, datasets: &str) -> Self {
        let desk = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        fs::create_dir(desk.tables()).unwrap();
        desk.decide(operator, datasets);
        desk
    }

    pub(super) fn decide(&self, operator: &str, datasets: &str) {
        let list = fs::read_to_string(policy(operator)).unwrap();
        write(&self.policy(), format!("{list}\n{datasets}"));
    }

    pub(super) fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn tables(&self) -> PathBuf {
        self.at("tables")
    }

    pub(super) fn table(&self, name: &str) -> PathBuf {
        self.tables().join(name)
    }

    pub(super) fn policy(&self) -> PathBuf {
        self.at("list.toml")
    }

    pub(super) fn register(&self) -> PathBuf {
        self.at("_iesiz")
    }

    pub(super) fn purge(&self, args: &[&str]) -> Output {
        let (tables, policy) = (self.tables(), self.policy());
        let usual = ["purge", text(&tables), "--policy", text(&policy)];
        iesiz(&[&usual, args].concat())
    }

    /// What a dry run plans, whatever its status.
    pub(super) fn planned(&self, as_of: &str) -> Value {
        let output = self.purge(&["--dry-run", "--as-of", as_of, "--format", "json"]);
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
    }

    pub(super) fn hash(&self, as_of: &str) -> String {
        self.planned(as_of)["hash"].as_str().unwrap().to_owned()
    }

    pub(super) fn confirm(&self, hash: &str) -> Output {
        self.purge(&["--confirm", hash])
    }

    /// Plans and confirms; the plan.
    pub(super) fn run(&self, as_of: &str) -> Value {
        let plan = self.planned(as_of);
        assert_eq!(plan["untouched"], Value::Array(Vec::new()), "{plan:#}");
        let done = self.confirm(plan["hash"].as_str().unwrap());
        assert_ne!(done.status.code(), Some(2), "{done:?}");
        plan
    }

    /// A refusal that changes nothing; what was said.
    pub(super) fn refused(&self, args: &[&str], code: &str) -> String {
        let before = self.files();
        let output = self.purge(args);
        expect_status(&output, 2);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(&format!("[{code}]")), "{said}");
        assert!(self.files() == before, "a refused run changed something");
        said
    }

    /// Every file of the tables' folder.
    pub(super) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        files_of(&self.tables())
    }

    /// Lines of the journal, whose chain has to hold, though a run that was killed has no end.
    pub(super) fn journal(&self) -> Vec<Value> {
        let path = self.register().join("journal.jsonl");
        let verified = iesiz(&["journal", "verify", text(&path)]);
        let said = String::from_utf8_lossy(&verified.stdout);
        assert!(said.contains("hang together"), "{verified:?}");
        let text = fs::read_to_string(path).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    pub(super) fn told(&self, event: &str) -> Vec<Value> {
        let mut lines = self.journal();
        lines.retain(|line| line["event"] == event);
        lines
    }
}

pub(super) fn files_of(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries
        .filter(|entry| entry.path().is_file())
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read(entry.path()).unwrap())
        })
        .collect()
}

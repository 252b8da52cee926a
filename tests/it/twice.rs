//! A file that is named twice is one table, whichever way leads to it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::common::{expect_status, iesiz, text, write};

const TABLE: &str = "iin;имя\n350101100012;Асқар\n350101200019;Айгүл\n";

/// How many tables a scan of these names counts, and what it says of them.
fn scanned(names: &[&Path]) -> (usize, String) {
    let names: Vec<&str> = names.iter().map(|name| text(name)).collect();
    let json = iesiz(&[&["scan", "--format", "json"], &names[..]].concat());
    let findings: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    let human = iesiz(&[&["scan"], &names[..]].concat());
    (
        findings["tables"].as_array().unwrap().len(),
        String::from_utf8(human.stdout).unwrap(),
    )
}

#[test]
fn every_way_to_a_file_leads_to_one_table() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let data = at("data");
    fs::create_dir(&data).unwrap();
    let table = data.join("t.csv");
    write(&table, TABLE);
    symlink(&table, at("link.csv")).unwrap();
    symlink(&data, at("folder")).unwrap();
    for names in [
        [&table, &table],
        [&table, &data],
        [&data, &table],
        [&at("link.csv"), &table],
        [&table, &at("link.csv")],
        [&at("folder"), &data],
        [&data, &at("data/*.csv")],
        [&data.join("../data/t.csv"), &table],
    ] {
        let (tables, said) = scanned(&names.map(std::path::PathBuf::as_path));
        assert_eq!(tables, 1, "{names:?}");
        assert!(said.starts_with("t.csv: 2 rows"), "{said}");
        assert!(said.contains("met a second time"), "{said}");
    }
    fs::hard_link(&table, data.join("u.csv")).unwrap();
    let (tables, said) = scanned(&[&data]);
    assert_eq!(tables, 1);
    assert!(said.contains("met a second time"), "{said}");
    write(&data.join("v.csv"), TABLE);
    assert_eq!(scanned(&[&data]).0, 2, "equal files are two tables");
}

#[test]
fn a_file_is_anonymised_once() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("data")).unwrap();
    write(&at("data/t.csv"), "n,word\n1,стол\n2,стул\n");
    symlink(at("data/t.csv"), at("link.csv")).unwrap();
    let out = at("out");
    let names = [at("data"), at("data/t.csv"), at("link.csv")];
    let names: Vec<&str> = names.iter().map(|name| text(name)).collect();
    let args = [&["anonymize", "-o", text(&out)], &names[..]].concat();
    expect_status(&iesiz(&args), 0);
    assert!(out.join("t.csv").exists() && !out.join("link.csv").exists());
}

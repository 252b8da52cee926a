//! Every attack can fail: a leak is planted for each.

use std::fs;

use sha2::{Digest, Sha256};

use crate::common::{expect_status, iesiz, iins, text, write};

fn csv(name: &str, cells: impl Iterator<Item = String>) -> String {
    let mut csv = format!("row,{name}\n");
    for (i, cell) in cells.enumerate() {
        csv.push_str(&format!("r{i},{cell}\n"));
    }
    csv
}

fn verify(args: &[&str]) -> (i32, String) {
    let output = iesiz(&[&["verify", "--format", "json"], args].concat());
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
    )
}

#[test]
fn an_unsalted_hash_of_iins_is_undone_and_a_token_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let iins = iins(900);
    write(
        &at("hashed.csv"),
        csv(
            "client",
            iins.iter()
                .map(|iin| data_encoding::HEXLOWER.encode(&Sha256::digest(iin))),
        ),
    );
    let (status, report) = verify(&[text(&at("hashed.csv"))]);
    assert_eq!(status, 1, "{report}");
    assert!(report.contains("\"hidden_as\": \"sha256\""), "{report}");
    assert!(report.contains("\"expected\""), "{report}");

    write(&at("t.csv"), csv("iin", iins.iter().cloned()));
    let (input, policy, out) = (
        at("t.csv"),
        crate::common::policy("qiwi_kazakhstan"),
        at("out"),
    );
    let args = [
        "anonymize",
        text(&input),
        "--policy",
        text(&policy),
        "--purpose",
        "identify_and_raise_status",
        "-o",
        text(&out),
    ];
    expect_status(&iesiz(&args), 0);
    let (status, report) = verify(&[text(&at("out/t.csv")), "--effort", "2"]);
    assert_eq!(status, 0, "{report}");
    assert!(
        report.contains("\"enumeration\"") && report.contains("\"held\""),
        "{report}"
    );
}

#[test]
fn a_hash_of_the_originals_is_undone_by_them() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let iins = iins(20);
    write(&at("t.csv"), csv("iin", iins.iter().cloned()));
    write(
        &at("out.csv"),
        csv(
            "client",
            iins.iter()
                .map(|iin| data_encoding::BASE64.encode(&md5::Md5::digest(iin))),
        ),
    );
    let (status, report) = verify(&[text(&at("t.csv")), text(&at("out.csv"))]);
    assert_eq!(status, 1, "{report}");
    assert!(report.contains("\"hidden_as\": \"md5\""), "{report}");
}

#[test]
fn hashes_that_came_with_the_input_are_attacked_too() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (folder.path().join("t.csv"), folder.path().join("out"));
    let phones = (0..9_000).map(|i| format!("7701{:07}", i * 7_919 % 10_000_000));
    write(
        &input,
        csv(
            "key",
            phones.map(|phone| data_encoding::HEXLOWER.encode(&Sha256::digest(phone))),
        ),
    );
    expect_status(&iesiz(&["anonymize", text(&input), "-o", text(&out)]), 1);
    assert!(!out.join("t.csv").exists());
}

#[test]
fn an_original_left_in_a_cell_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let iins = iins(50);
    write(&at("t.csv"), csv("iin", iins.iter().cloned()));
    write(
        &at("clean.csv"),
        csv("note", (0..50).map(|i| format!("строка {i}"))),
    );
    let (status, report) = verify(&[text(&at("t.csv")), text(&at("clean.csv"))]);
    assert_eq!(status, 0, "{report}");
    let leak = format!("см. ИИН {}", iins[31]);
    write(
        &at("leaky.csv"),
        csv(
            "note",
            (0..50).map(|i| {
                if i == 7 {
                    leak.clone()
                } else {
                    format!("строка {i}")
                }
            }),
        ),
    );
    let (status, report) = verify(&[text(&at("t.csv")), text(&at("leaky.csv"))]);
    assert_eq!(status, 1, "{report}");
    assert!(
        report.contains("\"path\": \"note\"") && report.contains("\"count\": 1"),
        "{report}"
    );
    assert!(!report.contains(&iins[31]));
}

#[test]
fn an_original_left_in_bytes_outside_the_cells_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let iins = iins(50);
    write(&at("t.csv"), csv("iin", iins.iter().cloned()));
    write(
        &at("n.csv"),
        csv("note", (0..50).map(|i| format!("строка {i}"))),
    );
    expect_status(
        &iesiz(&[
            "anonymize",
            text(&at("n.csv")),
            "--to",
            "parquet",
            "-o",
            text(&at("out")),
        ]),
        0,
    );
    let clean = fs::read(at("out/n.parquet")).unwrap();
    write(&at("t.parquet"), &clean);
    let (status, report) = verify(&[text(&at("t.csv")), text(&at("t.parquet"))]);
    assert_eq!(status, 0, "{report}");
    write(&at("leaky.parquet"), parquet_with_metadata(&iins[3]));
    let (status, report) = verify(&[text(&at("t.csv")), text(&at("leaky.parquet"))]);
    assert_eq!(status, 1, "{report}");
    assert!(
        report.contains("residue-in-bytes") && !report.contains(&iins[3]),
        "{report}"
    );
}

/// A table without personal data whose key-value metadata holds a value.
pub(crate) fn parquet_with_metadata(value: &str) -> Vec<u8> {
    use polars::io::parquet::write::KeyValueMetadata;
    use polars::prelude::{Column, DataFrame, NamedFrom as _, ParquetWriter, Series};
    let mut frame = DataFrame::new(
        3,
        vec![Column::from(Series::new("note".into(), ["a", "b", "c"]))],
    )
    .unwrap();
    let mut bytes = Vec::new();
    let metadata =
        KeyValueMetadata::from_static(vec![("comment".to_owned(), format!("made for {value}"))]);
    ParquetWriter::new(&mut bytes)
        .with_key_value_metadata(Some(metadata))
        .finish(&mut frame)
        .unwrap();
    bytes
}

#[test]
fn personal_data_in_plain_sight_needs_no_original() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    write(&path, csv("x", iins(10).into_iter()));
    let (status, report) = verify(&[text(&path)]);
    assert_eq!(status, 1);
    assert!(
        report.contains("plain-sight") && report.contains("\"iin\""),
        "{report}"
    );
}

#[test]
fn a_spreadsheet_gets_a_row_a_table_and_attack() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let iins = iins(60);
    let (originals, outputs) = (at("originals"), at("outputs"));
    for folder in [&originals, &outputs] {
        fs::create_dir(folder).unwrap();
        write(&folder.join("a.csv"), csv("iin", iins.iter().cloned()));
    }
    write(
        &outputs.join("b.csv"),
        csv("word", iins.iter().map(|_| "стол".to_owned())),
    );
    let args = [
        "verify",
        text(&originals),
        text(&outputs),
        "--format",
        "csv",
    ];
    let output = iesiz(&args);
    expect_status(&output, 2);
    let mut reader = csv::Reader::from_reader(output.stdout.as_slice());
    assert_eq!(
        reader.headers().unwrap().iter().take(6).collect::<Vec<_>>(),
        ["table", "attack", "outcome", "code", "tried", "broken"]
    );
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let of = |table: &'static str| rows.iter().filter(move |row| &row[0] == table);
    let residue = of("a.csv")
        .find(|row| &row[1] == "residue-in-cells")
        .unwrap();
    assert_eq!((&residue[2], &residue[5]), ("broken", "60"));
    assert!(
        residue.iter().next_back().unwrap().starts_with("iin 60"),
        "{residue:?}"
    );
    let failed: Vec<_> = of("b.csv").map(|row| (&row[2], &row[3])).collect();
    assert_eq!(failed, [("failed", "no-tables")]);
    let (_, report) = verify(&[text(&originals), text(&outputs)]);
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let attacks = report["tables"][0]["attacks"].as_array().unwrap();
    assert_eq!(of("a.csv").count(), attacks.len());
}

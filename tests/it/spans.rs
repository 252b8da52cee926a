//! Where personal data is, and why a column is what it is.

use std::fs;
use std::process::{Command, Output};

use crate::common::write;

fn iesiz(folder: &std::path::Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_iesiz"))
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap()
}

const TABLE: &str = "\u{feff}код;комментарий\n1;перезвоните на +7 700 000 12 34\n2;товар пришёл\n3;ЖСН 850101100012 жазылды\n";

#[test]
fn spans_are_code_points_of_the_rows_they_are_in() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("t.csv"), TABLE);
    let out = iesiz(folder.path(), &["scan", "t.csv", "--spans", "spans.jsonl"]);
    assert!(out.status.code() == Some(1), "{out:?}");
    let lines = fs::read_to_string(folder.path().join("spans.jsonl")).unwrap();
    let mut found: Vec<(u64, u64, u64, String)> = lines
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|span| {
            let number = |key: &str| span[key].as_u64().unwrap();
            let category = span["category"].as_str().unwrap().to_owned();
            (number("row"), number("start"), number("end"), category)
        })
        .collect();
    found.sort();
    assert_eq!(
        found,
        [
            (0, 15, 31, "phone_number".to_owned()),
            (2, 4, 16, "iin".to_owned())
        ]
    );
    assert!(!lines.contains("850101"), "no value in the file of spans");
}

#[test]
fn explain_shows_the_sum_and_no_value() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = ["850101100012", "850101200019", "991231107771"].join("\n");
    write(&folder.path().join("t.csv"), format!("ИИН\n{rows}\n"));
    let out = iesiz(folder.path(), &["explain", "t.csv", "--column", "ИИН"]);
    let text = String::from_utf8(out.stdout).unwrap();
    assert_eq!(out.status.code(), Some(0), "{text}");
    assert!(text.contains("+10.0 the name") && text.contains("kz.iin") && !text.contains("8501"));
    let missing = iesiz(
        folder.path(),
        &["explain", "t.csv", "--column", "нет такой"],
    );
    assert_eq!(missing.status.code(), Some(2));
}

#[test]
fn patterns_of_a_folder_are_used_and_unsound_ones_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own");
    fs::create_dir(&own).unwrap();
    let pattern = |reject: &str| {
        format!(
            "id = \"own.badge\"\ncategory = \"subject_record_id\"\nreferences = [\"practice\"]\n\
             [labels]\nkk = \"a\"\nru = \"b\"\nen = \"c\"\n\
             [[form]]\nmatch = 'BADGE-[0-9]{{4}}'\nbits = 12.0\nfind = false\n\
             [examples]\naccept = [\"BADGE-0001\", \"BADGE-0002\", \"BADGE-0003\"]\n\
             reject = [{{ cell = \"{reject}\", why = \"x\" }}, {{ cell = \"BADGE\", why = \"x\" }}, {{ cell = \"1\", why = \"x\" }}]\n"
        )
    };
    write(&own.join("badge.toml"), pattern("BADGE-1"));
    write(
        &folder.path().join("t.csv"),
        "col_1,n\nBADGE-0001,7\nBADGE-0002,8\n",
    );
    let arguments = [
        "--patterns",
        "own",
        "scan",
        "t.csv",
        "--format",
        "json",
        "--header",
        "yes",
    ];
    let found = iesiz(folder.path(), &arguments);
    assert!(
        String::from_utf8(found.stdout)
            .unwrap()
            .contains("own.badge")
    );
    write(&own.join("badge.toml"), pattern("BADGE-0004"));
    let refused = iesiz(folder.path(), &arguments);
    assert_eq!(refused.status.code(), Some(2));
}

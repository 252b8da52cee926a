//! A value planted in the input occurs in nothing that the program prints or leaves behind, at any log level.

use std::fs;
use std::path::Path;

use polars::prelude::{Column, DataFrame, NamedFrom as _, ParquetWriter, Series};

use crate::common::{iesiz, text, write};

/// Each is found as something else, or as nothing.
const CANARIES: &[&str] = &[
    "zqxcanaryvalue",
    "850101100304",
    "+7 700 911 22 33",
    "zqx.canary@example.kz",
    "Зықсканарейқызы",
    "N90817263",
];

fn plant(folder: &Path) {
    let row = |delimiter: &str| CANARIES.join(delimiter);
    write(
        &folder.join("named.csv"),
        format!(
            "note,iin,phone,email,patronymic,passport_number\n{}\n",
            row(",")
        ),
    );
    write(
        &folder.join("nameless.csv"),
        format!("{0}\n{0}\n", row(",")),
    );
    write(
        &folder.join("ragged.csv"),
        format!("a,b\n{}\nx\n", row(",")),
    );
    write(&folder.join("open.csv"), format!("a,b\n1,\"{}\n", row(" ")));
    write(
        &folder.join("broken.csv"),
        [
            b"a,b\n\xff\xfe\x98,".to_vec(),
            row(" ").into_bytes(),
            b"\n".to_vec(),
        ]
        .concat(),
    );
    let columns = CANARIES
        .iter()
        .enumerate()
        .map(|(i, canary)| Column::from(Series::new(format!("c{i}").into(), [*canary])))
        .collect();
    let mut frame = DataFrame::new(1, columns).unwrap();
    ParquetWriter::new(
        fs::OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(true)
            .open(folder.join("t.parquet"))
            .unwrap(),
    )
    .finish(&mut frame)
    .unwrap();
}

fn search(place: &str, bytes: &[u8]) {
    let haystack = String::from_utf8_lossy(bytes);
    for canary in CANARIES {
        assert!(!haystack.contains(canary), "{canary} in {place}");
    }
}

#[test]
fn no_output_tells_a_value() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("in")).unwrap();
    plant(&at("in"));
    let (input, plan, out) = (at("in"), at("plan.toml"), at("out"));
    let spans = at("spans.jsonl");
    for args in [
        vec!["scan", text(&input), "--format", "json"],
        vec!["scan", text(&input), "--format", "human"],
        vec!["scan", text(&input), "--format", "csv", "--header", "no"],
        vec!["plan", text(&input), "-o", text(&plan)],
        vec!["apply", text(&plan), "-o", text(&out)],
        vec!["anonymize", text(&input), "-o", text(&out)],
        vec!["verify", text(&input), text(&out)],
        vec!["verify", text(&input), "--effort", "1"],
        vec!["scan", text(&input), "--encoding", "utf-16le"],
        vec!["scan", text(&input), "--spans", text(&spans)],
        vec!["explain", text(&input)],
    ] {
        for level in ["warn", "trace"] {
            let output = iesiz(&[args.as_slice(), &["--log", level]].concat());
            search(&format!("stdout of {args:?}"), &output.stdout);
            search(&format!("stderr of {args:?}"), &output.stderr);
        }
    }
    search("the plan", &fs::read(&plan).unwrap());
    search("the spans", &fs::read(&spans).unwrap());
    for entry in fs::read_dir(at("out/_iesiz")).unwrap() {
        let path = entry.unwrap().path();
        search(text(&path), &fs::read(&path).unwrap());
    }
}

//! What holds for all kinds.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use iesiz::source::{Batches, Options, Source, discover};
use polars::prelude::{Column, DataFrame, DataType};

use super::{KINDS, Kind, Made, Table, csv};
use crate::common::{expect_status, iesiz, text, write};

/// Runs a law for every kind that can be tried here.
fn for_each(law: impl Fn(&Kind, &Path, &Made, &Table)) {
    for kind in KINDS {
        let (folder, table) = (tempfile::tempdir().unwrap(), Table::usual(300));
        if let Some(made) = (kind.make)(folder.path(), &table) {
            law(kind, folder.path(), &made, &table);
        }
    }
}

/// The only table that a source has.
fn opened(source: &str) -> Box<dyn Source> {
    let mut found = discover(&[source.to_owned()], &Options::default()).unwrap();
    assert!(found.unread.is_empty(), "{source}: {:?}", found.unread);
    assert_eq!(found.tables.len(), 1, "{source}");
    found.tables.pop().unwrap()
}

/// All rows, whose batches come in order.
fn rows(batches: Batches) -> DataFrame {
    let mut all: Option<DataFrame> = None;
    for (at, pending) in batches.enumerate() {
        let batch = (pending.unwrap().decode)().unwrap();
        assert_eq!(batch.seq, at as u64);
        let frame = batch.frame().unwrap().into_owned();
        all = Some(match all {
            Some(before) => before.vstack(&frame).unwrap(),
            None => frame,
        });
    }
    all.unwrap()
}

/// Cells of a row.
type Row = Vec<Option<String>>;

/// What was written, of some columns.
fn expected(kind: &Kind, table: &Table, names: &[&str]) -> Vec<Row> {
    let at = |name: &&str| table.names.iter().position(|known| known == name).unwrap();
    let columns: Vec<usize> = names.iter().map(at).collect();
    let cell = |cell: &String| Some(cell.clone()).filter(|cell| !cell.is_empty());
    let row = |row: &Vec<String>| columns.iter().map(|&at| cell(&row[at])).collect();
    in_order(kind, table.rows.iter().map(row).collect())
}

/// What was read, of some columns.
fn come(kind: &Kind, frame: &DataFrame, names: &[&str]) -> Vec<Row> {
    let text = |name: &&str| frame.column(name).unwrap().cast(&DataType::String).unwrap();
    let columns: Vec<_> = names.iter().map(text).collect();
    let cell = |column: &Column, row| column.str().unwrap().get(row).map(str::to_owned);
    let row = |row: usize| columns.iter().map(|column| cell(column, row)).collect();
    in_order(kind, (0..frame.height()).map(row).collect())
}

/// `PostgreSQL` puts rows where there is room, and has no order but that. Rows stay whole: a cell that changed its row is noticed.
fn in_order(kind: &Kind, mut rows: Vec<Row>) -> Vec<Row> {
    if kind.name.ends_with("postgres") {
        rows.sort();
    }
    rows
}

#[test]
fn cells_come_as_they_are_and_reading_again_gives_the_same() {
    for_each(|kind, _, made, table| {
        let source = opened(&made.source);
        let (first, second) = (rows(source.read().unwrap()), rows(source.read().unwrap()));
        assert!(first.equals_missing(&second), "{}", kind.name);
        let schema = source.info().schema.into_iter();
        let names: Vec<String> = schema.map(|(name, _)| name).collect();
        assert_eq!(names, table.names, "{}", kind.name);
        let names = &table.names;
        assert_eq!(
            come(kind, &first, names),
            expected(kind, table, names),
            "{}",
            kind.name
        );
        let same = opened(&made.source).fingerprint().unwrap();
        assert_eq!(source.fingerprint().unwrap(), same, "{}", kind.name);
    });
}

#[test]
fn the_usual_table_is_personal_data_of_every_kind() {
    let folder = tempfile::tempdir().unwrap();
    let made = csv::make(folder.path(), &Table::usual(300)).unwrap();
    let verdicts = judged(&made.source).to_string();
    for category in ["iin", "full_name", "phone"] {
        assert!(verdicts.contains(category), "{category}: {verdicts}");
    }
}

/// What a scan says of the columns, without what depends on the format.
fn judged(source: &str) -> serde_json::Value {
    let output = iesiz(&["scan", source, "--format", "json"]);
    expect_status(&output, 1);
    let findings: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let tables = findings["tables"].as_array().unwrap();
    assert_eq!(tables.len(), 1, "{source}");
    assert_eq!(tables[0]["rows"], 300, "{source}");
    let column = |column: &serde_json::Value| {
        let keys = [
            "path", "nulls", "distinct", "category", "hits", "verdict", "reason", "also",
        ];
        let kept = keys
            .iter()
            .map(|key| ((*key).to_owned(), column[*key].clone()));
        serde_json::Value::Object(kept.collect())
    };
    tables[0]["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(column)
        .collect()
}

#[test]
fn findings_are_those_of_the_same_table_as_csv() {
    for_each(|kind, folder, made, table| {
        let beside = folder.join("csv");
        fs::create_dir(&beside).unwrap();
        let same = csv::make(&beside, table).unwrap();
        assert_eq!(judged(&made.source), judged(&same.source), "{}", kind.name);
    });
}

/// The only Parquet file below a folder, as it is read again.
fn written(folder: &Path) -> Box<dyn Source> {
    opened(text(folder))
}

#[test]
fn what_is_kept_comes_out_equal_and_the_output_holds_nobody() {
    for_each(|kind, folder, made, table| {
        for to in ["parquet", "csv"] {
            let out = folder.join(format!("out-{to}"));
            let done = iesiz(&[
                "anonymize",
                &made.source,
                "-o",
                text(&out),
                "--to",
                to,
                "--k",
                "1",
            ]);
            expect_status(&done, 0);
            let kept = rows(written(&out).read().unwrap());
            let names = ["code", "goods"];
            let kept = come(kind, &kept, &names);
            assert_eq!(kept, expected(kind, table, &names), "{}, {to}", kind.name);
            expect_status(&iesiz(&["verify", &made.source, text(&out)]), 0);
        }
    });
}

/// Applies a plan, which holds no password: that of the source is in the environment.
fn applied(source: &str, plan: &Path, out: &Path) -> Output {
    let address = url::Url::parse(source).ok();
    let password = address
        .as_ref()
        .and_then(url::Url::password)
        .unwrap_or_default();
    let setting = |name: &str| {
        let known = source.split(';').find_map(|part| part.strip_prefix(name));
        known.unwrap_or_default()
    };
    Command::new(env!("CARGO_BIN_EXE_iesiz"))
        .args(["apply", text(plan), "-o", text(out)])
        .envs([
            ("PGPASSWORD", password),
            ("MYSQL_PWD", password),
            ("SQLCMDPASSWORD", password),
        ])
        .envs([
            ("IESIZ_ODBC_UID", setting("UID=")),
            ("IESIZ_ODBC_PWD", setting("PWD=")),
        ])
        .output()
        .unwrap()
}

#[test]
fn a_plan_is_applied_to_the_table_that_it_was_made_for() {
    for_each(|kind, folder, made, _| {
        let (plan, out) = (folder.join("plan.toml"), folder.join("out"));
        expect_status(
            &iesiz(&["plan", &made.source, "-o", text(&plan), "--k", "1"]),
            1,
        );
        expect_status(&applied(&made.source, &plan, &out), 0);
        let format = written(&out).info().format;
        let expected = if kind.name == "csv" { "csv" } else { "parquet" };
        assert_eq!(format, expected, "{}", kind.name);
    });
}

#[test]
fn what_is_broken_is_unread_and_nothing_of_it_is_told() {
    let table = Table::usual(50);
    let telling: Vec<&String> = table
        .rows
        .iter()
        .flat_map(|row| &row[1..4])
        .filter(|cell| !cell.is_empty())
        .collect();
    for kind in KINDS {
        let folder = tempfile::tempdir().unwrap();
        for source in (kind.broken)(folder.path()) {
            let out = folder.path().join("out");
            for args in [
                vec!["scan", &source, "--log", "trace"],
                vec!["anonymize", &source, "-o", text(&out), "--log", "trace"],
            ] {
                let output = iesiz(&args);
                expect_status(&output, 2);
                let said = [output.stdout, output.stderr].concat();
                let said = String::from_utf8_lossy(&said);
                assert!(said.contains("]\n"), "{}: no code in {said}", kind.name);
                let told = telling.iter().find(|cell| said.contains(cell.as_str()));
                assert!(told.is_none(), "{}: a cell in {said}", kind.name);
            }
        }
    }
}

#[test]
fn a_source_that_is_cut_off_midway_is_not_taken_for_a_whole_table() {
    let folder = tempfile::tempdir().unwrap();
    let made = csv::make(folder.path(), &Table::usual(300)).unwrap();
    let source = opened(&made.source);
    write(Path::new(&made.source), "code,iin\n1,\"");
    let failed = source.read().unwrap().any(|pending| match pending {
        Ok(pending) => (pending.decode)().is_err(),
        Err(_) => true,
    });
    assert!(failed);
}

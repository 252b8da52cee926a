//! Files that other programs made (`tests/fixtures/files/make.py`): what they show is what is read.

use std::path::Path;

use iesiz::source::{Found, Options, discover};
use polars::prelude::DataType;

use crate::common::{expect_status, iesiz, root, text, write};

const IINS: [&str; 3] = ["000101100006", "010202200013", "020303100028"];
const NAMES: [&str; 3] = ["Ахметова Алия", "Сериков Ерлан", "Ким Сауле"];

fn file(name: &str) -> String {
    let path = root().join("tests/fixtures/files").join(name);
    text(&path).to_owned()
}

fn found(source: &str) -> Found {
    discover(&[source.to_owned()], &Options::default()).unwrap()
}

/// The cells of a column of one of the tables.
fn cells(found: &Found, table: &str, name: &str) -> Vec<Option<String>> {
    let mut sources = found.tables.iter();
    let source = sources.find(|source| source.id().0 == table).unwrap();
    let mut cells = Vec::new();
    for pending in source.read().unwrap() {
        let batch = (pending.unwrap().decode)().unwrap();
        let frame = batch.frame().unwrap();
        let column = frame.column(name).unwrap().cast(&DataType::String).unwrap();
        cells.extend(
            column
                .str()
                .unwrap()
                .iter()
                .map(|cell| cell.map(str::to_owned)),
        );
    }
    cells
}

fn shown<const N: usize>(cells: [&str; N]) -> Vec<Option<String>> {
    let cell = |cell: &str| Some(cell.to_owned()).filter(|cell| !cell.is_empty());
    cells.map(cell).to_vec()
}

/// What a scan says, and its status.
fn scanned(source: &str, status: i32) -> serde_json::Value {
    let output = iesiz(&["scan", source, "--format", "json"]);
    expect_status(&output, status);
    let findings: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    findings["tables"].clone()
}

/// What a column of a table is, by path.
fn category<'a>(tables: &'a serde_json::Value, table: &str, path: &str) -> &'a str {
    let table = tables
        .as_array()
        .unwrap()
        .iter()
        .find(|t| t["source"] == table)
        .unwrap();
    let mut columns = table["columns"].as_array().unwrap().iter();
    let column = columns.find(|column| column["path"] == path).unwrap();
    column["category"].as_str().unwrap_or("none")
}

fn problem(tables: &serde_json::Value, code: &str) -> u64 {
    let problems = tables.as_array().unwrap().iter();
    let problems = problems.flat_map(|table| table["problems"].as_array().unwrap());
    let of_code = problems.filter(|problem| problem["code"] == code);
    of_code
        .map(|problem| problem["count"].as_u64().unwrap())
        .sum()
}

#[test]
fn fields_of_visual_foxpro_are_as_shown_and_deleted_records_are_there() {
    let all = found(&file("visual.dbf"));
    let column = |name: &str| cells(&all, "visual.dbf", name);
    assert_eq!(
        column("IIN"),
        shown(["101100006", "10202200013", "20303100028"])
    );
    assert_eq!(column("NAME"), shown(NAMES));
    assert_eq!(
        column("BORN"),
        shown(["1800-01-02", "1801-01-02", "1802-01-02"])
    );
    assert_eq!(column("OK"), shown(["true", "false", "false"]));
    assert_eq!(column("N"), shown(["0", "-1", "-2"]));
    assert_eq!(column("SUM"), shown(["12.5000"; 3]));
    assert_eq!(column("AT"), shown(["2001-02-03 04:05:06"; 3]));
    assert_eq!(column("deleted"), shown(["", "true", ""]));
    let notes = column("NOTE");
    let is_whole = |note: &Option<String>| {
        note.as_ref()
            .is_some_and(|note| note.ends_with("о товаре") && note.len() > 1000)
    };
    assert!(notes.iter().all(is_whole), "{notes:?}");
    let tables = scanned(&file("visual.dbf"), 1);
    assert_eq!(category(&tables, "visual.dbf", "IIN"), "iin");
    assert_eq!(category(&tables, "visual.dbf", "NAME"), "full_name");
    assert_eq!(problem(&tables, "deleted-record"), 1);
}

#[test]
fn a_file_that_names_no_encoding_is_read_by_its_letters() {
    let all = found(&file("old.dbf"));
    assert_eq!(all.tables[0].info().encoding.as_deref(), Some("cp866"));
    assert_eq!(cells(&all, "old.dbf", "ID"), shown(IINS));
    assert_eq!(cells(&all, "old.dbf", "FIO"), shown(NAMES));
    let notes = cells(&all, "old.dbf", "NOTE");
    let ends = |(note, name): (&Option<String>, &&str)| {
        note.as_ref().is_some_and(|note| note.ends_with(*name))
    };
    assert!(notes.iter().zip(&NAMES).all(ends), "{notes:?}");
}

#[test]
fn memos_that_are_missing_or_cut_off_are_no_empty_cells() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let bytes = |name: &str| std::fs::read(file(name)).unwrap();
    write(&at("t.dbf"), bytes("visual.dbf"));
    let said = |status| {
        let output = iesiz(&["scan", text(&at("t.dbf"))]);
        expect_status(&output, status);
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(said(2).contains("missing [source]"));
    let memos = bytes("visual.fpt");
    write(&at("T.FPT"), &memos[..memos.len() - 600]);
    assert!(said(2).contains("cut off [source]"));
    write(&at("T.FPT"), &memos);
    said(1);
}

#[test]
fn a_workbook_shows_its_zeros_its_hidden_sheets_and_its_comments() {
    let all = found(&file("book.xlsx"));
    let column = |name: &str| cells(&all, "book.xlsx/Клиенты", name);
    assert_eq!(column("iin"), shown(IINS));
    assert_eq!(column("fio"), shown(NAMES));
    assert_eq!(
        column("born"),
        shown(["1999-01-02", "1999-01-03", "1999-01-04"])
    );
    assert_eq!(column("ok"), shown(["true", "false", "false"]));
    assert_eq!(cells(&all, "book.xlsx/тайный", "iin"), shown([IINS[0]]));
    let others = cells(&all, "book.xlsx/other:parts", "text");
    for said in ["Отчёт", "Оспанова Марал", "звонить +77000001234", "Мастер"]
    {
        assert!(
            others.iter().flatten().any(|text| text == said),
            "{said}: {others:?}"
        );
    }
    let tables = scanned(&file("book.xlsx"), 1);
    assert_eq!(category(&tables, "book.xlsx/Клиенты", "iin"), "iin");
    assert_eq!(problem(&tables, "rounded-number"), 3);
    assert_eq!(problem(&tables, "not-looked-into"), 0);
}

#[test]
fn iins_that_lost_their_zeros_are_iins_in_every_workbook() {
    for (name, unseen) in [("book.xls", 1), ("book.ods", 0)] {
        let all = found(&file(name));
        let table = format!("{name}/Клиенты");
        assert_eq!(
            cells(&all, &table, "iin"),
            shown(["101100006", "10202200013", "20303100028"])
        );
        assert_eq!(cells(&all, &table, "fio"), shown(NAMES));
        assert_eq!(
            cells(&all, &table, "born")[0].as_deref(),
            Some("1999-01-02")
        );
        let tables = scanned(&file(name), 1);
        assert_eq!(category(&tables, &table, "iin"), "iin", "{name}");
        assert_eq!(problem(&tables, "not-looked-into"), unseen, "{name}");
    }
    let others = cells(&found(&file("book.ods")), "book.ods/other:parts", "text");
    assert!(
        others
            .iter()
            .flatten()
            .all(|text| text == "звонить +77000001234")
    );
}

#[test]
fn arrow_files_of_other_programs_are_read_with_their_types() {
    for name in ["typed.feather", "typed.ipc"] {
        let all = found(&file(name));
        assert_eq!(cells(&all, name, "iin"), shown(IINS));
        assert_eq!(cells(&all, name, "town"), shown(["Алматы", "", "Алматы"]));
        assert_eq!(cells(&all, name, "born"), shown(["1800-01-02"; 3]));
        assert_eq!(cells(&all, name, "at"), shown(["00:00:00", "00:00:01", ""]));
        let tables = scanned(&file(name), 1);
        assert_eq!(tables[0]["rows"], 3);
        for (path, is) in [
            ("phones[]", "phone_number"),
            ("more[].value", "phone_number"),
            ("who.fio", "full_name"),
        ] {
            assert_eq!(category(&tables, name, path), is, "{name}: {path}");
        }
    }
}

#[test]
fn folders_find_every_kind_and_each_sheet_is_applied_by_its_plan() {
    let folder = tempfile::tempdir().unwrap();
    let (plan, out) = (folder.path().join("plan.toml"), folder.path().join("out"));
    let all = root().join("tests/fixtures/files");
    let planned = iesiz(&["plan", text(&all), "-o", text(&plan)]);
    assert_eq!(planned.status.code(), Some(1), "{planned:?}");
    iesiz(&["apply", text(&plan), "-o", text(&out)]);
    for name in [
        "visual.dbf.parquet",
        "book.xlsx/Клиенты.parquet",
        "typed.feather.parquet",
    ] {
        assert!(out.join(name).exists(), "{name}");
    }
    assert!(Path::new(&file("visual.dbf")).exists());
}

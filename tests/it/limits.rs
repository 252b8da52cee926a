//! Threads and memory that are asked for are kept to, and change nothing but time.

use std::path::Path;

use polars::prelude::{Column, DataFrame, NamedFrom as _, ParquetWriter, Series};

use crate::common::{expect_status, iesiz, iins, text, write};

const MIB: u64 = 1 << 20;
/// Of the memory allowed, what is left to the program's own file, which is not in the peak that a run tells.
const PROGRAM: u64 = 32 * MIB;
/// Of four kilobytes each: a table that does not fit beside the program.
const ROWS: usize = 12_000;

fn comment(row: usize) -> String {
    format!(
        "строка {row}, тел. +7 700 {:03} {:02} {:02}, {}",
        row % 1000,
        row % 100,
        row / 100 % 100,
        "товар доставлен вовремя ".repeat(80 + row % 20)
    )
}

fn write_csv(path: &Path) {
    let iins = iins(900);
    let row = |row| format!("{row},{},\"{}\"\n", iins[row % iins.len()], comment(row));
    write(
        path,
        "id,iin,comment\n".to_owned() + &(0..ROWS).map(row).collect::<String>(),
    );
}

/// All rows in one group.
fn write_parquet(path: &Path) {
    let iins = iins(900);
    let column = |name: &str, cell: &dyn Fn(usize) -> String| {
        let cells: Vec<String> = (0..ROWS).map(cell).collect();
        Column::from(Series::new(name.into(), cells))
    };
    let columns = vec![
        column("id", &|row| row.to_string()),
        column("iin", &|row| iins[row % iins.len()].clone()),
        column("comment", &comment),
    ];
    #[expect(clippy::disallowed_methods, reason = "fixtures need no atomicity")]
    let file = std::fs::File::create(path).unwrap();
    ParquetWriter::new(file)
        .with_row_group_size(Some(ROWS))
        .with_data_page_size(Some(MIB as usize))
        .finish(&mut DataFrame::new(ROWS, columns).unwrap())
        .unwrap();
}

/// The most memory that a run says it took.
fn peak(stderr: &[u8]) -> u64 {
    let said = String::from_utf8_lossy(stderr);
    let told = said.split("most memory taken bytes=").nth(1);
    told.and_then(|rest| rest.split_whitespace().next()?.parse().ok())
        .unwrap_or_else(|| panic!("no peak in {said}"))
}

#[test]
fn less_memory_and_other_threads_give_the_same_findings() {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("t.csv");
    let parquet = folder.path().join("t.parquet");
    write_csv(&csv);
    write_parquet(&parquet);
    for path in [&csv, &parquet] {
        let scan = |more: &[&str]| {
            let usual = ["scan", text(path), "--format", "json", "--log", "info"];
            let output = iesiz(&[&usual[..], more].concat());
            expect_status(&output, 1);
            (output.stdout, peak(&output.stderr))
        };
        let (expected, _) = scan(&[]);
        assert!(String::from_utf8_lossy(&expected).contains("\"category\": \"iin\""));
        for (threads, memory) in [("1", 112), ("2", 136), ("3", 512)] {
            let size = format!("{memory}MiB");
            let (found, taken) = scan(&["--threads", threads, "--memory", &size]);
            assert!(found == expected, "{path:?}, {threads} threads, {size}");
            assert!(
                taken + PROGRAM <= memory * MIB,
                "{path:?}: {taken} bytes of {size}"
            );
        }
    }
}

#[test]
fn more_memory_is_made_use_of() {
    let folder = tempfile::tempdir().unwrap();
    let parquet = folder.path().join("t.parquet");
    write_parquet(&parquet);
    let taken = |memory| {
        let output = iesiz(&[
            "scan",
            text(&parquet),
            "--threads",
            "1",
            "--memory",
            memory,
            "--log",
            "info",
        ]);
        expect_status(&output, 1);
        peak(&output.stderr)
    };
    let (little, much) = (taken("112MiB"), taken("2GiB"));
    assert!(much > little + 16 * MIB, "{little} and {much} bytes");
}

#[test]
fn anonymizing_keeps_to_its_memory() {
    let folder = tempfile::tempdir().unwrap();
    let parquet = folder.path().join("t.parquet");
    write_parquet(&parquet);
    let output = folder.path().join("out");
    let done = iesiz(&[
        "anonymize",
        text(&parquet),
        "-o",
        text(&output),
        "--threads",
        "2",
        "--memory",
        "160MiB",
        "--log",
        "info",
    ]);
    expect_status(&done, 0);
    let taken = peak(&done.stderr);
    assert!(taken + PROGRAM <= 160 * MIB, "{taken}");
}

/// What the journal says became of the cells.
fn cells(output: &Path) -> serde_json::Value {
    let journal = std::fs::read_to_string(output.join("_iesiz/journal.jsonl")).unwrap();
    let mut lines = journal
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    let table = lines.find(|line: &serde_json::Value| line["event"] == "table");
    table.unwrap()["cells"].clone()
}

#[test]
fn columns_that_go_are_counted_whatever_the_format() {
    let folder = tempfile::tempdir().unwrap();
    let counted = |name: &str, write: &dyn Fn(&Path)| {
        let (table, output) = (
            folder.path().join(name),
            folder.path().join(format!("{name}.out")),
        );
        write(&table);
        expect_status(&iesiz(&["anonymize", text(&table), "-o", text(&output)]), 0);
        cells(&output)
    };
    let of_csv = counted("t.csv", &write_csv);
    let of_parquet = counted("t.parquet", &write_parquet);
    assert_eq!(of_csv, of_parquet);
    assert!(of_csv["drop"].as_u64().unwrap() >= ROWS as u64, "{of_csv}");
}

#[test]
fn too_little_memory_is_refused_before_anything_is_read() {
    let output = iesiz(&["scan", "nowhere.csv", "--threads", "4", "--memory", "64MiB"]);
    expect_status(&output, 2);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("4 threads need at least"), "{said}");
}

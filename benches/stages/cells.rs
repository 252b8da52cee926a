//! Made-up cells, the same in every run.

use iesiz::batch::Batch;
use polars::prelude::{Column, DataFrame, NamedFrom as _, Series};

pub(crate) const ROWS: usize = 10_000;

/// Kinds of cells.
pub(crate) const KINDS: &[&str] = &[
    "iin", "digits", "phone", "email", "name", "address", "code", "date", "amount", "words",
    "comment",
];

/// Cells of one kind, all different; numbers spread as if drawn.
pub(crate) fn cell(kind: &str, row: usize) -> String {
    const NAMES: [&str; 5] = ["Ахметов", "Смирнова", "Сапаров", "Қасымова", "Тлеубаев"];
    const WORDS: [&str; 5] = ["товар", "доставлен", "вовремя", "клиент", "перезвонит"];
    let drawn = row.wrapping_mul(7_919_337) ^ row << 7;
    let part = |size: usize| drawn / 3 % size;
    match kind {
        // Of people nobody can be: born in the 1800s; one in ten or so has its check digit.
        "iin" => format!(
            "{:02}{:02}{:02}{}{:05}",
            part(100),
            part(12) + 1,
            part(28) + 1,
            part(2) + 1,
            drawn % 100_000
        ),
        "digits" => format!("{:012}", drawn % 1_000_000_000_000),
        "phone" => format!(
            "+7 700 {:03} {:02} {:02}",
            drawn % 1000,
            part(100),
            row % 100
        ),
        "email" => format!("user{drawn}@example.kz"),
        "name" => format!("{} {}", NAMES[drawn % 5], NAMES[part(5)]),
        "address" => format!(
            "г. Алматы, ул. {}а, д. {}, кв. {}",
            NAMES[drawn % 5],
            part(200),
            row % 90
        ),
        "code" => format!("SKU-{:06}", drawn % 1_000_000),
        "date" => format!("2025-{:02}-{:02}", part(12) + 1, drawn % 28 + 1),
        "amount" => format!("{}.{:02}", drawn % 100_000, part(100)),
        "words" => format!("{} {} {}", WORDS[drawn % 5], WORDS[part(5)], WORDS[row % 5]),
        _ => format!(
            "Клиент {row} просит перезвонить после обеда по вопросу возврата средств за {}",
            WORDS[drawn % 5]
        ),
    }
}

pub(crate) fn cells(kind: &str) -> Vec<String> {
    (0..ROWS).map(|row| cell(kind, row)).collect()
}

pub(crate) fn size(cells: &[String]) -> usize {
    cells.iter().map(String::len).sum()
}

pub(crate) fn series(kind: &str) -> Series {
    Series::new(kind.into(), cells(kind))
}

/// A column of every kind.
pub(crate) fn frame() -> DataFrame {
    let columns = KINDS.iter().map(|kind| Column::from(series(kind)));
    DataFrame::new(ROWS, columns.collect()).unwrap()
}

pub(crate) fn batch(frame: DataFrame) -> Batch {
    Batch::of_frame(0, frame)
}

/// A table of a column of every kind, as CSV.
pub(crate) fn csv(rows: usize) -> String {
    let mut csv = KINDS.join(",") + "\n";
    for row in 0..rows {
        let cells: Vec<String> = KINDS
            .iter()
            .map(|kind| format!("\"{}\"", cell(kind, row)))
            .collect();
        csv.push_str(&cells.join(","));
        csv.push('\n');
    }
    csv
}

//! JSON Lines, and an array of objects.

use std::path::Path;

use super::{Kind, Made, Table};
use crate::common::write;

pub(super) const LINES: Kind = Kind {
    name: "jsonl",
    make: lines,
    broken: broken_lines,
};

pub(super) const ARRAY: Kind = Kind {
    name: "json",
    make: array,
    broken: broken_array,
};

/// One object a row; an empty cell is null or not there at all.
fn records(table: &Table) -> Vec<String> {
    let record = |(at, row): (usize, &Vec<String>)| {
        let field = |(name, cell): (&&str, &String)| match (cell.as_str(), at % 2) {
            ("", 0) if at > 0 => None,
            ("", _) => Some(format!("{name:?}: null")),
            (cell, _) => Some(format!("{name:?}: {}", serde_json::Value::from(cell))),
        };
        let fields: Vec<String> = table.names.iter().zip(row).filter_map(field).collect();
        format!("{{{}}}", fields.join(", "))
    };
    table.rows.iter().enumerate().map(record).collect()
}

fn lines(folder: &Path, table: &Table) -> Option<Made> {
    let path = folder.join("table.jsonl");
    write(&path, records(table).join("\n"));
    Made::file(&path)
}

fn array(folder: &Path, table: &Table) -> Option<Made> {
    let path = folder.join("table.json");
    write(&path, format!("[\n{}\n]\n", records(table).join(",\n")));
    Made::file(&path)
}

fn cut(folder: &Path, made: fn(&Path, &Table) -> Option<Made>) -> Vec<String> {
    let made = made(folder, &Table::usual(50)).unwrap();
    let bytes = std::fs::read(&made.source).unwrap();
    write(Path::new(&made.source), &bytes[..bytes.len() - 20]);
    vec![made.source]
}

fn broken_lines(folder: &Path) -> Vec<String> {
    cut(folder, lines)
}

fn broken_array(folder: &Path) -> Vec<String> {
    cut(folder, array)
}

//! Old copies beside a table that hold what was destroyed in it: found by their names, reported, never touched.

use std::path::{Path, PathBuf};

/// Endings that people and programs give to copies.
const ENDINGS: [&str; 12] = [
    ".bak", ".backup", ".old", ".orig", ".copy", ".prev", ".tmp", ".save", ".swp", "~", ".1", ".2",
];
/// Words that make another name of a copy.
const WORDS: [&str; 8] = [
    "copy",
    "копия",
    "көшірме",
    "backup",
    "bak",
    "old",
    "стар",
    "ескі",
];

/// Files in the folder of a table whose names say that they are copies of it.
pub(super) fn beside(table: &Path) -> Vec<PathBuf> {
    let (Some(folder), Some(name)) = (table.parent(), table.file_name()) else {
        return Vec::new();
    };
    let name = name.to_string_lossy();
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let files = entries
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let mut copies: Vec<PathBuf> = files
        .filter(|entry| is_copy(&name, &entry.file_name().to_string_lossy()))
        .map(|entry| entry.path())
        .collect();
    copies.sort();
    copies
}

fn is_copy(table: &str, other: &str) -> bool {
    if table == other || other.starts_with(".iesiz-") {
        return false;
    }
    let (table, other) = (table.to_lowercase(), other.to_lowercase());
    let bare = other.trim_start_matches(['.', '~', '#', '$']);
    let with_ending = |rest: &str| ENDINGS.contains(&rest) || rest.is_empty() || is_dated(rest);
    if bare.strip_prefix(table.as_str()).is_some_and(with_ending) && other != table {
        return true;
    }
    let stem = table.split('.').next().unwrap_or(&table);
    let Some(rest) = bare.strip_prefix(stem) else {
        return WORDS
            .iter()
            .any(|word| bare.starts_with(word) && bare.contains(&table));
    };
    let middle = rest.split('.').next().unwrap_or(rest);
    let is_numbered = middle.trim().starts_with('(') && middle.ends_with(')');
    let is_worded =
        middle.starts_with([' ', '_', '-']) && WORDS.iter().any(|word| middle.contains(word));
    is_numbered || is_worded || (middle.is_empty() && ENDINGS.contains(&rest))
}

/// `.2024-01-31`, `.20240131`, `_20240131`.
fn is_dated(rest: &str) -> bool {
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    (6..=14).contains(&digits)
        && rest
            .bytes()
            .all(|b| b.is_ascii_digit() || b".-_t".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_known_by_their_names() {
        for other in [
            "clients.csv.bak",
            "clients.csv~",
            "clients.bak",
            "clients (1).csv",
            "clients_old.csv",
            "clients - копия.csv",
            "clients.csv.20240131",
            ".clients.csv.swp",
            "copy of clients.csv",
            "~clients.csv",
        ] {
            assert!(is_copy("clients.csv", other), "{other}");
        }
        for other in [
            "clients.csv",
            "clients_2024.csv",
            "orders.csv",
            "clients.parquet",
            "clientsold.csv",
            ".iesiz-1.tmp",
        ] {
            assert!(!is_copy("clients.csv", other), "{other}");
        }
    }
}

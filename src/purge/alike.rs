//! Tables near a purged one that hold the same people and were not part of the run: other partitions and parts, other years'.
//! They are known by their columns, reported, never touched; no row of them is read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::source::{OWN_FOLDER, Options, discover, is_table};

/// Files of one folder or tree of partitions that are looked at.
const MOST_FILES: usize = 500;
/// Entries of one folder or tree that are passed by.
const MOST_ENTRIES: usize = 20_000;
/// Folders below the root of a tree of partitions.
const DEEPEST: usize = 8;

/// Columns of tables near those of a run.
#[derive(Default)]
pub(super) struct Neighbors {
    by_root: BTreeMap<PathBuf, Near>,
    /// Tables of the run.
    own: BTreeSet<PathBuf>,
}

/// Tables of one folder or tree of partitions.
struct Near {
    /// Tables and their columns.
    tables: Vec<(PathBuf, BTreeSet<String>)>,
    /// Others were not looked at.
    is_partial: bool,
}

/// Tables that hold the same people.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Alike {
    pub(super) tables: Vec<PathBuf>,
    pub(super) is_partial: bool,
}

impl Neighbors {
    /// Knows the tables of a run.
    pub(super) fn of<'p>(own: impl Iterator<Item = &'p Path>) -> Self {
        Self {
            by_root: BTreeMap::new(),
            own: own.filter_map(|path| path.canonicalize().ok()).collect(),
        }
    }

    /// Tables near one, with its subject columns and most of the others.
    pub(super) fn alike(&mut self, table: &Path, columns: &[String], subject: &[String]) -> Alike {
        if subject.is_empty() {
            return Alike::default();
        }
        let (columns, subject) = (folded(columns), folded(subject));
        let root = root(table);
        let own = &self.own;
        let near = self
            .by_root
            .entry(root)
            .or_insert_with_key(|root| look(root, own));
        let is_alike = |theirs: &BTreeSet<String>| {
            let shared = columns.intersection(theirs).count();
            subject.is_subset(theirs) && 2 * shared > columns.len()
        };
        let alike = near
            .tables
            .iter()
            .filter(|(path, theirs)| path != table && is_alike(theirs));
        Alike {
            tables: alike.map(|(path, _)| path.clone()).collect(),
            is_partial: near.is_partial,
        }
    }
}

fn folded(names: &[String]) -> BTreeSet<String> {
    names
        .iter()
        .map(|name| name.trim().to_lowercase())
        .collect()
}

/// The folder of a table, or that above all folders named like `year=2024`.
fn root(table: &Path) -> PathBuf {
    let mut folder = table.parent().unwrap_or(Path::new("."));
    while is_partition(folder) {
        let Some(above) = folder.parent() else { break };
        folder = above;
    }
    folder.to_owned()
}

fn is_partition(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default();
    let name = name.to_string_lossy();
    name.split_once('=').is_some_and(|(key, _)| !key.is_empty())
}

/// Looks at the columns of tables in a folder and in folders of partitions below.
fn look(root: &Path, own: &BTreeSet<PathBuf>) -> Near {
    let mut near = Near {
        tables: Vec::new(),
        is_partial: false,
    };
    let inside = WalkDir::new(root)
        .max_depth(DEEPEST)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| {
            let name = entry.file_name().to_string_lossy();
            let is_own = name == OWN_FOLDER || name.starts_with(".iesiz-");
            let is_file = entry.file_type().is_file();
            entry.depth() == 0 || (!is_own && (is_file || is_partition(entry.path())))
        });
    let mut looked_at = 0;
    for (passed, entry) in inside.enumerate() {
        let Ok(entry) = entry else { continue };
        let path = entry.path();
        if !entry.file_type().is_file() || own.contains(path) || !is_table(path) {
            near.is_partial |= passed >= MOST_ENTRIES;
            if near.is_partial {
                break;
            }
            continue;
        }
        if looked_at == MOST_FILES {
            near.is_partial = true;
            break;
        }
        looked_at += 1;
        let names = [path.to_string_lossy().into_owned()];
        let found = discover(&names, &Options::default());
        if let Some(source) = found.ok().and_then(|mut found| found.tables.pop()) {
            let schema = source.info().schema;
            let names: Vec<String> = schema.into_iter().map(|(name, _)| name).collect();
            near.tables.push((path.to_owned(), folded(&names)));
        }
    }
    near
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_of_partitions_is_one_place() {
        for (table, expected) in [
            ("/data/clients.csv", "/data"),
            ("/data/year=2024/month=1/part-0.parquet", "/data"),
            ("/data/=x/part-0.parquet", "/data/=x"),
        ] {
            assert_eq!(root(Path::new(table)), Path::new(expected));
        }
    }

    #[test]
    fn a_place_with_too_many_files_is_looked_at_in_part() {
        let folder = tempfile::tempdir().unwrap();
        let table = |number: usize| folder.path().join(format!("part-{number:04}.csv"));
        for number in 0..MOST_FILES + 2 {
            #[expect(clippy::disallowed_methods, reason = "files for a test")]
            std::fs::write(table(number), "id,sum\n1,2\n").unwrap();
        }
        let names = ["id".to_owned(), "sum".to_owned()];
        let first = table(0);
        let mut neighbors = Neighbors::of([first.as_path()].into_iter());
        let alike = neighbors.alike(&first, &names, &names[..1]);
        assert_eq!((alike.tables.len(), alike.is_partial), (MOST_FILES, true));
    }
}

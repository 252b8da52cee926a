//! What a database says of its tables.

use data_encoding::HEXLOWER;
use glob::Pattern;
use polars::prelude::DataType;
use sha2::{Digest as _, Sha256};

use crate::batch::TableId;
use crate::error::{Error, Result};
use crate::source::TableInfo;

/// A table as its database describes it.
#[derive(Clone, Debug)]
pub(crate) struct DbTable {
    /// Folder of tables, where the database has such.
    pub schema: Option<String>,
    /// Its own name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Its columns, in order.
    pub columns: Vec<DbColumn>,
    /// Columns that tell its rows apart.
    pub key: Vec<String>,
    /// Columns of keys, unique indexes and references: equal values must stay equal, and others different.
    pub joined: Vec<String>,
    /// Columns whose values are those of a column of another table.
    pub references: Vec<Reference>,
    /// About how many bytes it takes.
    pub bytes: u64,
}

/// A column whose values are those of a column of another table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The column.
    pub column: String,
    /// The other table, by its id.
    pub table: TableId,
    /// The column there.
    pub to: String,
}

/// What a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It holds rows.
    Table,
    /// Its rows are in parts, read together.
    Partitioned,
    /// It keeps the rows that it had before.
    Versioned,
    /// It shows rows of others.
    View,
    /// It keeps rows that it was filled with.
    MaterializedView,
    /// Its rows are elsewhere.
    Foreign,
}

/// A column as its database describes it.
#[derive(Clone, Debug)]
pub(crate) struct DbColumn {
    /// Its name.
    pub name: String,
    /// Its type, as the database writes it.
    pub declared: String,
    /// The name of the type that it rests on.
    pub base: String,
    /// How its cells are read.
    pub class: Class,
    /// What its cells are outside the database.
    pub dtype: DataType,
    /// Most characters that a cell may have.
    pub most_chars: Option<u32>,
    /// Whether a cell may be null.
    pub is_nullable: bool,
    /// Whether the database computes it.
    pub is_generated: bool,
}

/// How cells of a type are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// As the database writes them.
    Plain,
    /// Values inside values: as JSON.
    Nested,
    /// Bytes.
    Bytes,
}

/// Which tables of a database are wanted.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// Only these, where there are any.
    pub include: Vec<Pattern>,
    /// None of these.
    pub exclude: Vec<Pattern>,
    /// Whether views are read too.
    pub views: bool,
}

impl Choice {
    /// Tells whether a table is wanted, by its name with or without its schema.
    pub(crate) fn wants(&self, table: &DbTable) -> bool {
        self.wants_any(&[&table.full_name(), &table.name])
    }

    /// Tells whether a table is wanted by one of its names.
    pub(crate) fn wants_any(&self, names: &[&str]) -> bool {
        let is_among = |patterns: &[Pattern]| {
            let fits = |pattern: &Pattern| names.iter().any(|name| pattern.matches(name));
            patterns.iter().any(fits)
        };
        (self.include.is_empty() || is_among(&self.include)) && !is_among(&self.exclude)
    }
}

impl DbTable {
    /// Schema and name.
    pub(crate) fn full_name(&self) -> String {
        full_name(self.schema.as_deref(), &self.name)
    }

    /// Names it for people, and for a file: signs that no file's name has are written as `%2F`.
    pub(crate) fn id(&self, database: &str) -> TableId {
        id(database, &self.full_name())
    }

    /// Types of its columns.
    pub(crate) fn types(&self) -> Vec<DataType> {
        let types = self.columns.iter().map(|column| column.dtype.clone());
        types.collect()
    }

    /// Names of its columns.
    pub(crate) fn names(&self) -> Vec<String> {
        self.columns
            .iter()
            .map(|column| column.name.clone())
            .collect()
    }

    /// What is known of it without reading it; `format` is the kind of its database.
    pub(crate) fn info(&self, format: &'static str) -> TableInfo {
        TableInfo {
            format,
            encoding: None,
            delimiter: None,
            header: None,
            rows: None,
            cells: None,
            bytes: self.bytes,
            schema: (self.columns.iter())
                .map(|column| (column.name.clone(), column.dtype.clone()))
                .collect(),
        }
    }

    /// Changes with the place that it is in, its columns and its key.
    pub(crate) fn shape(&self, place: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(place);
        for column in &self.columns {
            let DbColumn { name, declared, .. } = column;
            let kept = (column.is_nullable, column.is_generated);
            hash.update(format!("\0{name}\0{declared}\0{kept:?}"));
        }
        hash.update(self.key.join("\0"));
        format!("sha256:{}", HEXLOWER.encode(&hash.finalize()))
    }

    /// Fails when a name of a column is itself personal data: reports print it.
    pub(crate) fn check_names(&self, place: &str) -> Result<()> {
        let is_telling = |column: &DbColumn| crate::source::csv::sniff::is_identifier(&column.name);
        if self.columns.iter().any(is_telling) {
            return Err(Error::Source {
                place: place.to_owned(),
                what: "a column's name is itself personal data: rename the column first",
            });
        }
        Ok(())
    }
}

/// Schema and name; a part with a point in it stands in quotes.
pub(crate) fn full_name(schema: Option<&str>, name: &str) -> String {
    let part = |name: &str| {
        if name.contains(['.', '"']) {
            format!("\"{}\"", name.replace('"', "\"\""))
        } else {
            name.to_owned()
        }
    };
    match schema {
        Some(schema) => format!("{}.{}", part(schema), part(name)),
        None => name.to_owned(),
    }
}

/// Names a table for people by its database and its own full name.
pub(crate) fn id(database: &str, full_name: &str) -> TableId {
    TableId(format!("{}/{}", plain(database), plain(full_name)))
}

/// A name as one part of a path.
pub(crate) fn plain(name: &str) -> String {
    let is_odd = |c: char| c.is_control() || matches!(c, '/' | '\\' | '%' | '\0');
    let mut written = String::new();
    for c in name.chars() {
        if is_odd(c) {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                written.push_str(&format!("%{byte:02X}"));
            }
        } else {
            written.push(c);
        }
    }
    if matches!(written.as_str(), "" | "." | "..") || written.starts_with('.') {
        written.insert(0, '_');
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str) -> DbTable {
        DbTable {
            schema: Some("public".to_owned()),
            name: name.to_owned(),
            kind: Kind::Table,
            columns: Vec::new(),
            key: Vec::new(),
            joined: Vec::new(),
            references: Vec::new(),
            bytes: 0,
        }
    }

    #[test]
    fn tables_are_chosen_by_name_with_or_without_schema() {
        let patterns = |words: &[&str]| {
            words
                .iter()
                .map(|word| Pattern::new(word).unwrap())
                .collect::<Vec<_>>()
        };
        let choice = Choice {
            include: patterns(&["public.c*", "orders"]),
            exclude: patterns(&["*_old"]),
            views: false,
        };
        assert!(choice.wants(&table("clients")) && choice.wants(&table("orders")));
        assert!(!choice.wants(&table("clients_old")) && !choice.wants(&table("log")));
        assert!(Choice::default().wants(&table("anything")));
    }

    #[test]
    fn names_become_parts_of_paths() {
        assert_eq!(plain("клиенты 2024"), "клиенты 2024");
        assert_eq!(plain("a/b\\c%"), "a%2Fb%5Cc%25");
        assert_eq!(plain(".."), "_..");
        assert_eq!(table("t").id("shop").0, "shop/public.t");
        assert_eq!(table("a.t").id("shop").0, "shop/public.\"a.t\"");
    }
}

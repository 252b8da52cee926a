//! What the catalogue functions of the driver say.

use std::collections::BTreeSet;

use odbc_api::{Cursor, Error as Said};
use polars::prelude::DataType;

use super::super::catalog::{full_name, id};
use super::super::{Class, DbColumn, DbTable, Kind, Reference};
use super::cells::Cells;
use super::error::refused;
use super::session::Session;
use crate::error::{Error, Result};

/// What is known of a database.
pub(super) struct Catalog<'a> {
    pub(super) session: &'a Session,
    /// For errors: its address.
    pub(super) place: &'a str,
    /// Its name in names of tables.
    pub(super) name: String,
}

/// A table as it is listed, before its columns are known.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Listed {
    schema: Option<String>,
    name: String,
    catalog: Option<String>,
    kind: String,
}

impl Catalog<'_> {
    /// The catalogue that the session is in, where there are such, and its tables, but for those of the database itself.
    ///
    /// # Errors
    /// When they cannot be listed, or nobody can tell which catalogue it is.
    pub(super) fn list(&self) -> Result<(Option<String>, BTreeSet<Listed>)> {
        let mut listed = BTreeSet::new();
        let mut statement = self.session.preallocate().map_err(|e| self.refused(&e))?;
        let found = statement.tables_cursor("", "", "", "");
        self.each(found, |words| {
            let [catalog, schema, Some(name), kind] = words else {
                return;
            };
            let kind = kind.clone().unwrap_or_default().to_uppercase();
            if !kind.starts_with("SYSTEM") {
                listed.insert(Listed {
                    catalog: catalog.clone(),
                    schema: schema.clone(),
                    name: name.clone(),
                    kind,
                });
            }
        })?;
        let catalogs: BTreeSet<Option<String>> =
            listed.iter().map(|known| known.catalog.clone()).collect();
        // Some drivers spoil the name.
        let said = self.session.current_catalog().ok();
        let current = match said {
            Some(name) if catalogs.contains(&Some(name.clone())) => Some(name),
            _ if catalogs.len() < 2 => catalogs.into_iter().flatten().next(),
            _ => {
                return Err(Error::Database {
                    place: self.place.to_owned(),
                    what: "it has several catalogues: name one, as Database=…".to_owned(),
                });
            }
        };
        listed.retain(|known| known.catalog.is_none() || known.catalog == current);
        Ok((current, listed))
    }

    /// One table with its columns and what joins its rows.
    ///
    /// # Errors
    /// When its columns cannot be listed.
    pub(super) fn table(&self, listed: &Listed) -> Result<DbTable> {
        let key = self.key(listed);
        let references = self.references(listed);
        let mut joined = key.clone();
        for reference in &references {
            if !joined.contains(&reference.column) {
                joined.push(reference.column.clone());
            }
        }
        Ok(DbTable {
            schema: listed.schema.clone(),
            name: listed.name.clone(),
            kind: kind(&listed.kind),
            columns: self.columns(listed)?,
            key,
            joined,
            references,
            bytes: 0,
        })
    }

    fn columns(&self, listed: &Listed) -> Result<Vec<DbColumn>> {
        let mut columns = Vec::new();
        let mut statement = self.session.preallocate().map_err(|e| self.refused(&e))?;
        let (catalog, schema) = listed.place();
        let found = statement.columns_cursor(catalog, schema, &listed.name, "");
        self.each(found, |words: &[Option<String>; 12]| {
            let [of_catalog, of_schema, of_table, Some(name), ..] = words else {
                return;
            };
            // The name was a pattern.
            let is_same = of_table.as_deref() == Some(&listed.name)
                && *of_schema == listed.schema
                && *of_catalog == listed.catalog;
            if is_same {
                let number = |at: usize| words[at].as_ref().and_then(|word| word.parse().ok());
                let most = words[6].as_ref().and_then(|word| word.parse().ok());
                let base = base(number(4).unwrap_or_default());
                columns.push(DbColumn {
                    name: name.clone(),
                    declared: words[5].clone().unwrap_or_default(),
                    base: base.to_owned(),
                    class: Class::Plain,
                    dtype: DataType::String,
                    most_chars: most.filter(|most| base == "text" && *most > 0),
                    comment: words[11].clone(),
                    is_nullable: number(10) != Some(0),
                    is_generated: false,
                });
            }
        })?;
        Ok(columns)
    }

    /// Columns of the primary key; drivers need not know them.
    fn key(&self, listed: &Listed) -> Vec<String> {
        let mut columns = Vec::new();
        let mut ask = || {
            let mut statement = self.session.preallocate().map_err(|e| self.refused(&e))?;
            let (catalog, schema) = (listed.catalog.as_deref(), listed.schema.as_deref());
            let found = statement.primary_keys_cursor(catalog, schema, &listed.name);
            self.each(found, |words: &[Option<String>; 5]| {
                let place = words[4].as_ref().and_then(|at| at.parse::<u32>().ok());
                columns.extend(words[3].clone().map(|name| (place, name)));
            })
        };
        if ask().is_err() {
            return Vec::new();
        }
        columns.sort();
        columns.into_iter().map(|(_, name)| name).collect()
    }

    /// Columns of foreign keys, and those that they refer to; drivers need not know them.
    fn references(&self, listed: &Listed) -> Vec<Reference> {
        let mut references = Vec::new();
        let mut ask = || {
            let mut statement = self.session.preallocate().map_err(|e| self.refused(&e))?;
            let (catalog, schema) = listed.place();
            let found = statement.foreign_keys_cursor("", "", "", catalog, schema, &listed.name);
            self.each(found, |words: &[Option<String>; 8]| {
                if let [_, schema, Some(table), Some(to), .., Some(column)] = words {
                    references.push(Reference {
                        column: column.clone(),
                        table: id(&self.name, &full_name(schema.as_deref(), table)),
                        to: to.clone(),
                    });
                }
            })
        };
        if ask().is_err() {
            return Vec::new();
        }
        references
    }

    /// Goes through what a catalogue function lists, by its first columns.
    fn each<const N: usize>(
        &self,
        found: Result<impl Cursor, Said>,
        mut take: impl FnMut(&[Option<String>; N]),
    ) -> Result<()> {
        let mut rows = found.map_err(|e| self.refused(&e))?;
        let mut cells = Cells::new(self.place);
        while let Some(mut row) = rows.next_row().map_err(|e| self.refused(&e))? {
            let mut words = [const { None }; N];
            for (at, word) in words.iter_mut().enumerate() {
                *word = cells.word(&mut row, at as u16 + 1)?;
            }
            take(&words);
        }
        Ok(())
    }

    fn refused(&self, error: &Said) -> Error {
        refused(self.place, error)
    }
}

impl Listed {
    fn place(&self) -> (&str, &str) {
        (
            self.catalog.as_deref().unwrap_or_default(),
            self.schema.as_deref().unwrap_or_default(),
        )
    }
}

/// What is of a kind that is not known is read.
fn kind(kind: &str) -> Kind {
    match kind {
        "VIEW" | "ALIAS" | "SYNONYM" => Kind::View,
        "FOREIGN TABLE" => Kind::Foreign,
        "PARTITIONED TABLE" => Kind::Partitioned,
        "MATVIEW" | "MATERIALIZED VIEW" => Kind::MaterializedView,
        _ => Kind::Table,
    }
}

/// The common name of a type, by its number.
fn base(number: i32) -> &'static str {
    match number {
        1 | 12 | -1 | -8 | -9 | -10 => "text",
        2 | 3 => "numeric",
        4 => "int4",
        5 => "int2",
        6 | 8 => "float8",
        7 => "float4",
        9 | 91 => "date",
        11 | 93 => "timestamp",
        -4..=-2 => "bytes",
        -5 => "int8",
        -6 => "int1",
        -7 => "bool",
        -11 => "uuid",
        _ => "other",
    }
}

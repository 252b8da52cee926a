//! What the catalogue of the server says.

use std::collections::HashMap;

use mysql::prelude::Queryable as _;
use mysql::{Conn, Result};
use polars::prelude::DataType;

use super::super::catalog::id;
use super::super::{Class, DbColumn, DbTable, Kind, Reference};

/// Databases of the server itself are looked into only when they are named.
const WHERE: &str = "(table_schema = ? or ? is null and table_schema not in \
('mysql', 'information_schema', 'performance_schema', 'sys'))";

/// A column of the catalogue: its table's database and name, and what it is.
type Described = (
    String,
    String,
    String,
    String,
    String,
    String,
    Option<String>,
    Option<u64>,
    Option<String>,
);
/// A column of an index: its table's database and name, the index, the column, whether it may be null, and how much of it counts.
type Indexed = (
    String,
    String,
    String,
    Option<String>,
    Option<String>,
    Option<u64>,
);
/// A table: its database and name, what it is, its engine, size and options.
type Listed = (
    String,
    String,
    String,
    Option<String>,
    Option<u64>,
    Option<String>,
);

/// Tables of one database, or of all.
pub(super) fn tables(session: &mut Conn, database: Option<&str>) -> Result<Vec<DbTable>> {
    let mut columns = columns(session, database)?;
    let mut keys = keys(session, database)?;
    let mut joined = joined(session, database)?;
    let mut references = references(session, database)?;
    let listed = format!(
        "select table_schema, table_name, table_type, engine, data_length, create_options from information_schema.tables \
         where {WHERE} and table_type not in ('SEQUENCE', 'TEMPORARY') order by 1, 2"
    );
    let listed: Vec<Listed> = session.exec(listed, (database, database))?;
    let tables = listed
        .into_iter()
        .map(|(schema, name, kind, engine, bytes, options)| {
            let place = (schema.clone(), name.clone());
            DbTable {
                kind: self::kind(&kind, engine.as_deref(), options.as_deref()),
                columns: columns.remove(&place).unwrap_or_default(),
                key: keys.remove(&place).unwrap_or_default(),
                joined: joined.remove(&place).unwrap_or_default(),
                references: references.remove(&place).unwrap_or_default(),
                schema: Some(schema),
                name,
                bytes: bytes.unwrap_or(0),
            }
        });
    Ok(tables.collect())
}

fn columns(
    session: &mut Conn,
    database: Option<&str>,
) -> Result<HashMap<(String, String), Vec<DbColumn>>> {
    let listed = format!(
        "select table_schema, table_name, column_name, column_type, data_type, is_nullable, extra, \
         character_maximum_length, nullif(column_comment, '') \
         from information_schema.columns where {WHERE} order by 1, 2, ordinal_position"
    );
    let mut columns: HashMap<_, Vec<DbColumn>> = HashMap::new();
    let described: Vec<Described> = session.exec(listed, (database, database))?;
    for (schema, table, name, declared, base, nullable, extra, most, comment) in described {
        let extra = extra.unwrap_or_default().to_uppercase();
        columns.entry((schema, table)).or_default().push(DbColumn {
            name,
            declared,
            class: class(&base),
            base: common(&base).to_owned(),
            dtype: DataType::String,
            most_chars: most.and_then(|most| most.try_into().ok()),
            comment,
            is_nullable: nullable == "YES",
            is_generated: extra.contains("VIRTUAL GENERATED") || extra.contains("STORED GENERATED"),
        });
    }
    Ok(columns)
}

/// Columns of the primary key, else of a unique index over whole columns that are never null.
fn keys(
    session: &mut Conn,
    database: Option<&str>,
) -> Result<HashMap<(String, String), Vec<String>>> {
    let listed = format!(
        "select table_schema, table_name, index_name, column_name, nullable, sub_part from information_schema.statistics \
         where {WHERE} and non_unique = 0 order by 1, 2, index_name <> 'PRIMARY', index_name, seq_in_index"
    );
    let indexed: Vec<Indexed> = session.exec(listed, (database, database))?;
    let mut keys: HashMap<(String, String), Vec<String>> = HashMap::new();
    let is_same = |a: &Indexed, b: &Indexed| (&a.0, &a.1, &a.2) == (&b.0, &b.1, &b.2);
    for index in indexed.chunk_by(is_same) {
        let whole = |column: &Indexed| {
            let (.., name, nullable, part) = column;
            let fits = nullable.as_deref() != Some("YES") && part.is_none();
            name.clone().filter(|_| fits)
        };
        if let Some(columns) = index.iter().map(whole).collect() {
            let place = (index[0].0.clone(), index[0].1.clone());
            keys.entry(place).or_insert(columns);
        }
    }
    Ok(keys)
}

/// Columns of unique indexes and both ends of foreign keys.
fn joined(
    session: &mut Conn,
    database: Option<&str>,
) -> Result<HashMap<(String, String), Vec<String>>> {
    let mut joined: HashMap<(String, String), Vec<String>> = HashMap::new();
    let unique = format!(
        "select table_schema, table_name, column_name from information_schema.statistics \
         where {WHERE} and non_unique = 0 and column_name is not null order by 1, 2, 3"
    );
    let referring = format!(
        "select table_schema, table_name, column_name from information_schema.key_column_usage \
         where {WHERE} and referenced_table_name is not null order by 1, 2, 3"
    );
    let referred = format!(
        "select referenced_table_schema, referenced_table_name, referenced_column_name \
         from information_schema.key_column_usage where {WHERE} and referenced_table_name is not null order by 1, 2, 3"
    );
    for listed in [unique, referring, referred] {
        let known: Vec<(String, String, String)> = session.exec(listed, (database, database))?;
        for (schema, table, column) in known {
            let columns = joined.entry((schema, table)).or_default();
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
    }
    Ok(joined)
}

/// Columns of foreign keys, and those that they refer to.
fn references(
    session: &mut Conn,
    database: Option<&str>,
) -> Result<HashMap<(String, String), Vec<Reference>>> {
    let listed = format!(
        "select table_schema, table_name, column_name, referenced_table_schema, referenced_table_name, referenced_column_name \
         from information_schema.key_column_usage where {WHERE} and referenced_table_name is not null order by 1, 2, 3"
    );
    let known: Vec<(String, String, String, String, String, String)> =
        session.exec(listed, (database, database))?;
    let mut references: HashMap<_, Vec<Reference>> = HashMap::new();
    for (schema, table, column, to_schema, to_table, to) in known {
        references
            .entry((schema, table))
            .or_default()
            .push(Reference {
                column,
                table: id(&to_schema, &to_table),
                to,
            });
    }
    Ok(references)
}

fn kind(kind: &str, engine: Option<&str>, options: Option<&str>) -> Kind {
    let is_elsewhere = |engine: &str| matches!(engine, "FEDERATED" | "SPIDER" | "CONNECT");
    match kind {
        "VIEW" | "SYSTEM VIEW" => Kind::View,
        "SYSTEM VERSIONED" => Kind::Versioned,
        _ if engine.is_some_and(is_elsewhere) => Kind::Foreign,
        _ if options.is_some_and(|options| options.contains("partitioned")) => Kind::Partitioned,
        _ => Kind::Table,
    }
}

/// The common name of a type.
fn common(kind: &str) -> &str {
    match kind {
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" => "text",
        "tinyint" => "int1",
        "smallint" => "int2",
        "mediumint" => "int3",
        "int" => "int4",
        "bigint" => "int8",
        "bit" | "decimal" => "numeric",
        "float" => "float4",
        "double" => "float8",
        "datetime" | "timestamp" => "timestamp",
        "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" => "bytes",
        other => other,
    }
}

/// Whatever is no text may be bytes.
fn class(kind: &str) -> Class {
    match kind {
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" | "enum" | "set"
        | "json" => Class::Plain,
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "decimal" | "float"
        | "double" => Class::Plain,
        "date" | "time" | "datetime" | "timestamp" | "year" | "uuid" | "inet4" | "inet6" => {
            Class::Plain
        }
        _ => Class::Bytes,
    }
}

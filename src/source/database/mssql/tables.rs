//! What the catalogue of the server says. All of it comes as text.

use std::collections::HashMap;

use polars::prelude::DataType;

use super::super::catalog::{full_name, id};
use super::super::{Class, DbColumn, DbTable, Kind, Reference};
use super::connect::Session;
use crate::error::Result;

/// Tables and views that are not the server's own; those of earlier versions of rows are tables by themselves.
const TABLES: &str = "
select s.name, o.name, convert(nvarchar(2), rtrim(o.type)),
       convert(nvarchar(1), has_perms_by_name(quotename(s.name) + N'.' + quotename(o.name), N'OBJECT', N'SELECT')),
       convert(nvarchar(20), (select sum(a.total_pages) * 8192 from sys.partitions p
                              join sys.allocation_units a on a.container_id = p.partition_id where p.object_id = o.object_id))
from sys.objects o join sys.schemas s on s.schema_id = o.schema_id
where o.type in ('U', 'V') and o.is_ms_shipped = 0
order by s.name, o.name";

/// Columns; of an alias, the type below it decides.
const COLUMNS: &str = "
select s.name, o.name, c.name, t.name, coalesce(b.name, t.name),
       convert(nvarchar(10), c.max_length), convert(nvarchar(10), c.precision), convert(nvarchar(10), c.scale),
       convert(nvarchar(1), c.is_nullable), convert(nvarchar(1), c.is_computed), convert(nvarchar(4000), e.value)
from sys.columns c
join sys.objects o on o.object_id = c.object_id and o.type in ('U', 'V') and o.is_ms_shipped = 0
join sys.schemas s on s.schema_id = o.schema_id
join sys.types t on t.user_type_id = c.user_type_id
left join sys.types b on b.user_type_id = c.system_type_id
left join sys.extended_properties e
  on e.class = 1 and e.major_id = c.object_id and e.minor_id = c.column_id and e.name = N'MS_Description'
order by s.name, o.name, c.column_id";

/// Columns of unique indexes over all rows: the primary key first, then those with the fewest columns.
const KEYS: &str = "
select s.name, o.name, i.name, c.name, convert(nvarchar(1), c.is_nullable)
from sys.indexes i
join sys.index_columns k on k.object_id = i.object_id and k.index_id = i.index_id and k.key_ordinal > 0
join sys.columns c on c.object_id = k.object_id and c.column_id = k.column_id
join sys.objects o on o.object_id = i.object_id and o.type = 'U' and o.is_ms_shipped = 0
join sys.schemas s on s.schema_id = o.schema_id
where i.is_unique = 1 and i.is_disabled = 0 and i.has_filter = 0
order by s.name, o.name, i.is_primary_key desc, i.name, k.key_ordinal";

/// Columns of foreign keys, and those that they refer to.
const REFERENCES: &str = "
select s.name, o.name, c.name, rs.name, r.name, rc.name
from sys.foreign_keys f
join sys.foreign_key_columns k on k.constraint_object_id = f.object_id
join sys.objects o on o.object_id = k.parent_object_id
join sys.schemas s on s.schema_id = o.schema_id
join sys.columns c on c.object_id = k.parent_object_id and c.column_id = k.parent_column_id
join sys.objects r on r.object_id = k.referenced_object_id
join sys.schemas rs on rs.schema_id = r.schema_id
join sys.columns rc on rc.object_id = k.referenced_object_id and rc.column_id = k.referenced_column_id
order by s.name, o.name, f.name, k.constraint_column_id";

/// Tables of which some rows or cells may be shown as others than they are; old servers know no such.
const HIDDEN: &str = "
if object_id(N'sys.security_policies') is not null exec(N'
select s.name, o.name from sys.security_predicates p
join sys.security_policies y on y.object_id = p.object_id and y.is_enabled = 1
join sys.objects o on o.object_id = p.target_object_id join sys.schemas s on s.schema_id = o.schema_id
where p.predicate_type_desc = N''FILTER''
union
select s.name, o.name from sys.masked_columns m
join sys.objects o on o.object_id = m.object_id join sys.schemas s on s.schema_id = o.schema_id
where m.is_masked = 1 and coalesce(has_perms_by_name(db_name(), N''DATABASE'', N''UNMASK''), 0) = 0')";

/// Whether this user would see policies that hide rows.
const SEES: &str = "
select case when object_id(N'sys.security_policies') is null or has_perms_by_name(db_name(), N'DATABASE', N'VIEW DEFINITION') = 1
            then N'1' else N'0' end";

/// A table, and whether this user sees all of it.
pub(super) struct Known {
    pub(super) table: DbTable,
    pub(super) may_read: bool,
    /// Rows are left out, or cells are masked.
    pub(super) is_hidden: bool,
}

/// Schema and name.
type Place = (String, String);
type Texts = Vec<Option<String>>;

/// What a user can see of a database.
pub(super) struct Catalog {
    pub(super) name: String,
    pub(super) tables: Vec<Known>,
    /// Whether policies that hide rows would be among it.
    pub(super) has_policies: bool,
}

/// Looks at the database that the session is in.
///
/// # Errors
/// When the server refuses.
pub(super) fn catalog(session: &mut Session, place: &str) -> Result<Catalog> {
    let name = session.texts(place, "select db_name()")?;
    let name = name.into_iter().next().map(|row| text(&row, 0));
    let name = name.unwrap_or_default();
    let mut columns: HashMap<Place, Vec<DbColumn>> = HashMap::new();
    for row in session.texts(place, COLUMNS)? {
        columns
            .entry(self::place(&row))
            .or_default()
            .push(column(&row));
    }
    let indexes = session.texts(place, KEYS)?;
    let mut keys = keys(&indexes);
    let mut joined: HashMap<Place, Vec<String>> = HashMap::new();
    let mut join = |place: Place, column: String| {
        let columns = joined.entry(place).or_default();
        if !columns.contains(&column) {
            columns.push(column);
        }
    };
    for row in &indexes {
        join(self::place(row), text(row, 3));
    }
    let mut references: HashMap<Place, Vec<Reference>> = HashMap::new();
    for row in session.texts(place, REFERENCES)? {
        let (here, there) = (self::place(&row), (text(&row, 3), text(&row, 4)));
        let reference = Reference {
            column: text(&row, 2),
            table: id(&name, &full_name(Some(&there.0), &there.1)),
            to: text(&row, 5),
        };
        join(here.clone(), reference.column.clone());
        join(there, reference.to.clone());
        references.entry(here).or_default().push(reference);
    }
    let hidden: Vec<Place> = (session.texts(place, HIDDEN)?.iter())
        .map(self::place)
        .collect();
    let known = session.texts(place, TABLES)?.into_iter().map(|row| {
        let place = self::place(&row);
        Known {
            may_read: text(&row, 3) == "1",
            is_hidden: hidden.contains(&place),
            table: DbTable {
                kind: if text(&row, 2) == "V" {
                    Kind::View
                } else {
                    Kind::Table
                },
                columns: columns.remove(&place).unwrap_or_default(),
                key: keys.remove(&place).unwrap_or_default(),
                joined: joined.remove(&place).unwrap_or_default(),
                references: references.remove(&place).unwrap_or_default(),
                bytes: text(&row, 4).parse().unwrap_or(0),
                schema: Some(place.0),
                name: place.1,
            },
        }
    });
    let tables = known.collect();
    let sees = session.texts(place, SEES)?;
    Ok(Catalog {
        name,
        tables,
        has_policies: sees.first().is_some_and(|row| text(row, 0) == "1"),
    })
}

/// The first index of a table whose columns are never null.
fn keys(indexes: &[Texts]) -> HashMap<Place, Vec<String>> {
    let mut keys = HashMap::new();
    let is_same = |a: &Texts, b: &Texts| a[..3] == b[..3];
    for index in indexes.chunk_by(is_same) {
        if index.iter().all(|row| text(row, 4) == "0") {
            let columns = index.iter().map(|row| text(row, 3)).collect();
            keys.entry(place(&index[0])).or_insert(columns);
        }
    }
    keys
}

fn place(row: &Texts) -> Place {
    (text(row, 0), text(row, 1))
}

fn text(row: &Texts, at: usize) -> String {
    row.get(at).cloned().flatten().unwrap_or_default()
}

fn column(row: &Texts) -> DbColumn {
    let (own, base) = (text(row, 3), text(row, 4));
    let length: i64 = text(row, 5).parse().unwrap_or(-1);
    let declared = match base.as_str() {
        _ if own != base => own,
        "decimal" | "numeric" => format!("{base}({},{})", text(row, 6), text(row, 7)),
        "char" | "varchar" | "binary" | "varbinary" | "nchar" | "nvarchar" if length < 0 => {
            format!("{base}(max)")
        }
        "char" | "varchar" | "binary" | "varbinary" => format!("{base}({length})"),
        "nchar" | "nvarchar" => format!("{base}({})", length / 2),
        _ => own,
    };
    let most = match base.as_str() {
        "char" | "varchar" => Some(length),
        "nchar" | "nvarchar" => Some(length / 2),
        _ => None,
    };
    DbColumn {
        name: text(row, 2),
        declared,
        class: class(&base),
        base,
        dtype: DataType::String,
        most_chars: most
            .filter(|most| *most > 0)
            .and_then(|most| most.try_into().ok()),
        comment: row.get(10).cloned().flatten(),
        is_nullable: text(row, 8) != "0",
        is_generated: text(row, 9) == "1",
    }
}

/// Types of the server that are no text, nor of programs that run in it, are bytes.
fn class(base: &str) -> Class {
    match base {
        "binary" | "varbinary" | "image" | "timestamp" | "rowversion" => Class::Bytes,
        _ => Class::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(row: &[&str]) -> Texts {
        row.iter().map(|cell| Some((*cell).to_owned())).collect()
    }

    #[test]
    fn a_key_is_of_columns_that_are_never_null() {
        let indexes = [
            texts(&["dbo", "a", "ux", "x", "1"]),
            texts(&["dbo", "a", "uy", "y", "0"]),
            texts(&["dbo", "a", "uy", "z", "0"]),
            texts(&["dbo", "b", "pk", "id", "0"]),
        ];
        let keys = keys(&indexes);
        assert_eq!(keys[&("dbo".to_owned(), "a".to_owned())], ["y", "z"]);
        assert_eq!(keys[&("dbo".to_owned(), "b".to_owned())], ["id"]);
    }

    #[test]
    fn columns_are_as_they_were_declared() {
        for (own, base, length, declared, most) in [
            ("nvarchar", "nvarchar", "24", "nvarchar(12)", Some(12)),
            ("varchar", "varchar", "-1", "varchar(max)", None),
            ("iin", "char", "12", "iin", Some(12)),
            ("decimal", "decimal", "9", "decimal(18,2)", None),
            ("int", "int", "4", "int", None),
        ] {
            let row = texts(&["dbo", "t", "c", own, base, length, "18", "2", "0", "0"]);
            let column = column(&row);
            assert_eq!(
                (column.declared.as_str(), column.most_chars),
                (declared, most)
            );
            assert!(!column.is_nullable && column.comment.is_none());
        }
    }
}

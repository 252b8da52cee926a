//! What the catalogue of the server says.

use std::collections::HashMap;

use polars::prelude::{DataType, TimeUnit};
use postgres::{Client, Error, Row};

use super::super::catalog::{full_name, id};
use super::super::{Class, DbColumn, DbTable, Kind, Reference};

/// Tables of all schemas but those of the server itself. A partition is read with the table that it is a part of.
const TABLES: &str = "
select c.oid, n.nspname::text, c.relname::text, c.relkind::text,
       pg_catalog.has_table_privilege(c.oid, 'select') and pg_catalog.has_schema_privilege(n.oid, 'usage'),
       case c.relkind
           when 'p' then (select coalesce(sum(pg_catalog.pg_table_size(p.relid)), 0)::int8 from pg_catalog.pg_partition_tree(c.oid) p)
           when 'v' then 0 when 'f' then 0
           else coalesce(pg_catalog.pg_table_size(c.oid), 0)
       end
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
  and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp_)'
order by 2, 3";

/// Columns; of a domain, the type below it decides.
const COLUMNS: &str = "
select a.attrelid, a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod), b.typname::text, b.typtype::text, b.typcategory::text,
       a.attnotnull, a.attgenerated <> '' or a.attidentity = 'a',
       case when b.typname in ('varchar', 'bpchar') then nullif(greatest(case t.typtype when 'd' then t.typtypmod else a.atttypmod end, -1), -1) - 4 end,
       pg_catalog.col_description(a.attrelid, a.attnum)
from pg_catalog.pg_attribute a
join pg_catalog.pg_type t on t.oid = a.atttypid
join pg_catalog.pg_type b on b.oid = case t.typtype when 'd' then t.typbasetype else t.oid end
where a.attnum > 0 and not a.attisdropped
order by a.attrelid, a.attnum";

/// Columns of the primary key, else of a unique index over columns that are never null.
const KEYS: &str = "
select distinct on (i.indrelid) i.indrelid,
       (select pg_catalog.array_agg(a.attname::text order by k.at)
        from pg_catalog.unnest(i.indkey::int2[]) with ordinality k(number, at)
        join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number)
from pg_catalog.pg_index i
where i.indisunique and i.indisvalid and i.indimmediate and i.indpred is null and i.indexprs is null
  and not exists (select from pg_catalog.unnest(i.indkey::int2[]) k(number)
                  join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
                  where not a.attnotnull)
order by i.indrelid, i.indisprimary desc, i.indnatts, i.indexrelid";

/// Columns of primary keys, unique indexes, and both ends of foreign keys.
const JOINED: &str = "
select distinct a.attrelid, a.attname::text from pg_catalog.pg_attribute a
join (select conrelid as rel, pg_catalog.unnest(conkey) as number from pg_catalog.pg_constraint where contype in ('p', 'u', 'f')
      union select confrelid, pg_catalog.unnest(confkey) from pg_catalog.pg_constraint where contype = 'f'
      union select indrelid, pg_catalog.unnest(indkey::int2[]) from pg_catalog.pg_index where indisunique) k
  on k.rel = a.attrelid and k.number = a.attnum and k.number > 0
order by 1, 2";

/// Columns of foreign keys, and those that they refer to.
const REFERENCES: &str = "
select a.attrelid, a.attname::text, n.nspname::text, c.relname::text, b.attname::text
from (select conrelid, confrelid, pg_catalog.unnest(conkey) as here, pg_catalog.unnest(confkey) as there
      from pg_catalog.pg_constraint where contype = 'f' and conparentid = 0) k
join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.here
join pg_catalog.pg_attribute b on b.attrelid = k.confrelid and b.attnum = k.there
join pg_catalog.pg_class c on c.oid = k.confrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
order by 1, 2";

/// Tables and whether this user may read them.
pub(super) fn tables(session: &mut Client) -> Result<Vec<(DbTable, bool)>, Error> {
    let mut columns: HashMap<u32, Vec<DbColumn>> = HashMap::new();
    for row in session.query(COLUMNS, &[])? {
        columns.entry(row.get(0)).or_default().push(column(&row));
    }
    let keys = session.query(KEYS, &[])?;
    let mut keys: HashMap<u32, Vec<String>> =
        keys.iter().map(|row| (row.get(0), row.get(1))).collect();
    let mut joined: HashMap<u32, Vec<String>> = HashMap::new();
    for row in session.query(JOINED, &[])? {
        joined.entry(row.get(0)).or_default().push(row.get(1));
    }
    let database: String = session
        .query_one("select pg_catalog.current_database()::text", &[])?
        .get(0);
    let mut references: HashMap<u32, Vec<Reference>> = HashMap::new();
    for row in session.query(REFERENCES, &[])? {
        let (schema, table): (&str, &str) = (row.get(2), row.get(3));
        references.entry(row.get(0)).or_default().push(Reference {
            column: row.get(1),
            table: id(&database, &full_name(Some(schema), table)),
            to: row.get(4),
        });
    }
    let known = session.query(TABLES, &[])?.into_iter().map(|row| {
        let oid: u32 = row.get(0);
        let table = DbTable {
            schema: row.get(1),
            name: row.get(2),
            kind: kind(row.get(3)),
            columns: columns.remove(&oid).unwrap_or_default(),
            key: keys.remove(&oid).unwrap_or_default(),
            joined: joined.remove(&oid).unwrap_or_default(),
            references: references.remove(&oid).unwrap_or_default(),
            bytes: row.get::<_, i64>(5).max(0).cast_unsigned(),
        };
        (table, row.get(4))
    });
    // A table without columns holds nothing.
    Ok(known
        .filter(|(table, _)| !table.columns.is_empty())
        .collect())
}

/// Tells whether there are large objects, which belong to no table.
pub(super) fn large_objects(session: &mut Client) -> Result<bool, Error> {
    let any = "select exists (select from pg_catalog.pg_largeobject_metadata)";
    Ok(session.query_one(any, &[])?.get(0))
}

fn kind(relkind: &str) -> Kind {
    match relkind {
        "p" => Kind::Partitioned,
        "v" => Kind::View,
        "m" => Kind::MaterializedView,
        "f" => Kind::Foreign,
        _ => Kind::Table,
    }
}

fn column(row: &Row) -> DbColumn {
    let (name, kind, category): (&str, &str, &str) = (row.get(3), row.get(4), row.get(5));
    let class = match (name, kind, category) {
        ("bytea", ..) => Class::Bytes,
        ("hstore", ..) | (_, "c", _) | (_, _, "A") => Class::Nested,
        _ => Class::Plain,
    };
    let dtype = match name {
        "int2" | "int4" | "int8" => DataType::Int64,
        "float4" | "float8" => DataType::Float64,
        "bool" => DataType::Boolean,
        "date" => DataType::Date,
        "timestamp" | "timestamptz" => DataType::Datetime(TimeUnit::Microseconds, None),
        _ => DataType::String,
    };
    DbColumn {
        name: row.get(1),
        declared: row.get(2),
        base: name.to_owned(),
        class,
        dtype,
        most_chars: row
            .get::<_, Option<i32>>(8)
            .and_then(|most| u32::try_from(most).ok()),
        comment: row.get(9),
        is_nullable: !row.get::<_, bool>(6),
        is_generated: row.get(7),
    }
}

/// Tables that refer to others, by their full names.
pub(super) fn references(session: &mut Client) -> Result<Vec<(String, String)>, Error> {
    let known = session.query(
        "select n.nspname::text, c.relname::text, m.nspname::text, r.relname::text from pg_catalog.pg_constraint k
         join pg_catalog.pg_class c on c.oid = k.conrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
         join pg_catalog.pg_class r on r.oid = k.confrelid join pg_catalog.pg_namespace m on m.oid = r.relnamespace
         where k.contype = 'f' and k.conparentid = 0 order by 1, 2, 3, 4",
        &[],
    )?;
    let name = |row: &Row, at: usize| full_name(Some(row.get(at)), row.get(at + 1));
    let both = known.iter().map(|row| (name(row, 0), name(row, 2)));
    Ok(both.collect())
}

/// Views that keep the rows they were filled with, those first that others may be made of.
pub(super) fn kept_views(session: &mut Client) -> Result<Vec<String>, Error> {
    let known = session.query(
        "select pg_catalog.format('%I.%I', n.nspname, c.relname) from pg_catalog.pg_class c
         join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.relkind = 'm' and c.relispopulated order by c.oid",
        &[],
    )?;
    Ok(known.iter().map(|row| row.get(0)).collect())
}

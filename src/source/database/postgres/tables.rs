//! What the catalogue of the server says.

use std::collections::HashMap;

use postgres::{Client, Error, Row};

use super::super::{Class, DbColumn, DbTable, Kind};

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
       a.attnotnull, a.attgenerated <> '' or a.attidentity = 'a'
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

/// Tables and whether this user may read them.
pub(super) fn tables(session: &mut Client) -> Result<Vec<(DbTable, bool)>, Error> {
    let mut columns: HashMap<u32, Vec<DbColumn>> = HashMap::new();
    for row in session.query(COLUMNS, &[])? {
        columns.entry(row.get(0)).or_default().push(column(&row));
    }
    let keys = session.query(KEYS, &[])?;
    let mut keys: HashMap<u32, Vec<String>> =
        keys.iter().map(|row| (row.get(0), row.get(1))).collect();
    let known = session.query(TABLES, &[])?.into_iter().map(|row| {
        let oid: u32 = row.get(0);
        let table = DbTable {
            schema: row.get(1),
            name: row.get(2),
            kind: kind(row.get(3)),
            columns: columns.remove(&oid).unwrap_or_default(),
            key: keys.remove(&oid).unwrap_or_default(),
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
    DbColumn {
        name: row.get(1),
        declared: row.get(2),
        class,
        is_nullable: !row.get::<_, bool>(6),
        is_generated: row.get(7),
    }
}

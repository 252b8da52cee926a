//! What joins rows: keys, unique indexes and references, as the schema of a file tells of them.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, Result};

use super::super::catalog::{Reference, id};

const UNIQUE: &str = "
select t.name, c.name from pragma_table_list t, pragma_table_xinfo(t.name, 'main') c
where t.schema = 'main' and t.type = 'table' and c.pk > 0
union
select t.name, c.name from pragma_table_list t, pragma_index_list(t.name, 'main') i, pragma_index_info(i.name, 'main') c
where t.schema = 'main' and t.type = 'table' and i.\"unique\" and c.name is not null
order by 1, 2";

/// References; those to a key without its columns are to the primary one.
const REFERENCES: &str = "
select t.name, r.\"from\", p.name, c.name
from pragma_table_list t, pragma_foreign_key_list(t.name, 'main') r,
     pragma_table_list p, pragma_table_xinfo(p.name, 'main') c
where t.schema = 'main' and t.type = 'table' and p.schema = 'main' and p.type = 'table'
  and p.name = r.\"table\" collate nocase
  and (c.name = r.\"to\" collate nocase or r.\"to\" is null and c.pk = r.seq + 1)
order by 1, 2";

/// What joins the rows of the tables of a file, by table.
#[derive(Default)]
pub(super) struct Keys {
    pub(super) joined: BTreeMap<String, BTreeSet<String>>,
    pub(super) references: BTreeMap<String, Vec<Reference>>,
}

/// Reads them; the ids of tables begin with `name`.
pub(super) fn keys(session: &Connection, name: &str) -> Result<Keys> {
    let mut keys = Keys::default();
    let mut add = |table: String, column: String| {
        keys.joined.entry(table).or_default().insert(column);
    };
    let mut listed = session.prepare(UNIQUE)?;
    let mut rows = listed.query([])?;
    while let Some(row) = rows.next()? {
        add(row.get(0)?, row.get(1)?);
    }
    let mut listed = session.prepare(REFERENCES)?;
    let mut rows = listed.query([])?;
    while let Some(row) = rows.next()? {
        let (table, column): (String, String) = (row.get(0)?, row.get(1)?);
        let (other, to): (String, String) = (row.get(2)?, row.get(3)?);
        add(table.clone(), column.clone());
        add(other.clone(), to.clone());
        keys.references.entry(table).or_default().push(Reference {
            column,
            table: id(name, &other),
            to,
        });
    }
    Ok(keys)
}

/// By table and number of its reference: how many rows refer to nothing. Where that cannot be told, there is no entry.
pub(super) fn orphans(session: &Connection, tables: &[String]) -> BTreeMap<(String, i64), u64> {
    let mut orphans = BTreeMap::new();
    for table in tables {
        let _: Result<()> = (|| {
            let mut check = session
                .prepare("select fkid, count(*) from pragma_foreign_key_check(?1) group by fkid")?;
            let mut rows = check.query([table])?;
            while let Some(row) = rows.next()? {
                let count: i64 = row.get(1)?;
                orphans.insert((table.clone(), row.get(0)?), count.cast_unsigned());
            }
            Ok(())
        })();
    }
    orphans
}

//! References from and to tables that are changed: the server does not look at them meanwhile.

use mysql::prelude::Queryable as _;
use mysql::{Conn, Result};

use super::super::catalog::full_name;
use super::quoted;

/// A reference between two tables.
pub(super) struct Link {
    /// The table that refers to another one, by its full name.
    pub(super) from: String,
    /// Counts its rows that refer to nothing.
    count: String,
}

/// References.
pub(super) type Links = Vec<Link>;

/// A column of a reference: the reference, its table, column, and those that it refers to.
type Part = (String, String, String, String, String, String, String);

/// All references from and to these tables.
pub(super) fn links(session: &mut Conn, names: &[String]) -> Result<Links> {
    let parts: Vec<Part> = session.query(
        "select constraint_name, table_schema, table_name, column_name, referenced_table_schema, referenced_table_name, \
         referenced_column_name from information_schema.key_column_usage where referenced_table_name is not null \
         order by table_schema, table_name, constraint_name, ordinal_position",
    )?;
    let is_same = |a: &Part, b: &Part| (&a.0, &a.1, &a.2) == (&b.0, &b.1, &b.2);
    let links = parts.chunk_by(is_same).filter_map(|parts| {
        let (_, schema, table, _, to_schema, to, _) = &parts[0];
        let from = full_name(Some(schema), table);
        let other = full_name(Some(to_schema), to);
        let is_ours = names.contains(&from) || names.contains(&other);
        let (mut met, mut filled) = (Vec::new(), Vec::new());
        for (_, _, _, column, _, _, referred) in parts {
            met.push(format!("c.{} = p.{}", quoted(column), quoted(referred)));
            filled.push(format!("c.{} is not null", quoted(column)));
        }
        let count = format!(
            "select count(*) from {}.{} c where {} and not exists (select 1 from {}.{} p where {})",
            quoted(schema),
            quoted(table),
            filled.join(" and "),
            quoted(to_schema),
            quoted(to),
            met.join(" and ")
        );
        is_ours.then_some(Link { from, count })
    });
    Ok(links.collect())
}

/// By reference: how many rows refer to nothing.
pub(super) fn orphans(session: &mut Conn, links: &[Link]) -> Result<Vec<u64>> {
    let count = |link: &Link| Ok(session.query_first(&link.count)?.unwrap_or(0));
    links.iter().map(count).collect()
}

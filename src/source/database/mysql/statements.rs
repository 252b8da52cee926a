//! The statements that number rows, keep new cells and put them into their table.

use super::super::{DbColumn, DbTable};
use super::change::of_table;
use super::{quoted, relation};
use crate::error::{Error, Result};

/// What is kept beside a table: keys by number, and new cells by number.
pub(super) struct Staged {
    keys: String,
    cells: String,
    /// Columns with new cells.
    pub(super) columns: Vec<String>,
    /// Whether there are any.
    pub(super) is_begun: bool,
}

/// One statement, and one that tells how many rows it is for.
pub(super) struct Update {
    pub(super) sql: String,
    pub(super) count: String,
    /// Keeps the numbered keys those of the table.
    pub(super) then: Option<String>,
}

impl Staged {
    /// The column of numbers.
    pub(super) const NUMBER: &str = "iesiz_number";

    pub(super) fn new(number: usize, table: &DbTable) -> Self {
        let schema = quoted(table.schema.as_deref().unwrap_or_default());
        Self {
            keys: format!("{schema}.iesiz_keys_{number}"),
            cells: format!("{schema}.iesiz_cells_{number}"),
            columns: Vec::new(),
            is_begun: false,
        }
    }

    /// Numbers the rows of a table.
    pub(super) fn number(&self, table: &DbTable) -> String {
        let key: Vec<String> = table.key.iter().map(|name| quoted(name)).collect();
        let named = key.iter().enumerate();
        let named = named.map(|(at, name)| format!("{name} as iesiz_key_{at}"));
        format!(
            "create temporary table {} ({} bigint unsigned not null auto_increment primary key) engine = innodb select {} from {} order by {}",
            self.keys,
            Self::NUMBER,
            named.collect::<Vec<_>>().join(", "),
            relation(table),
            key.join(", ")
        )
    }

    /// Begins to keep new cells.
    pub(super) fn create(&self) -> String {
        let cells = (0..self.columns.len())
            .map(|at| format!(", c{at} longtext character set utf8mb4 collate utf8mb4_bin"));
        format!(
            "create temporary table {} (n bigint unsigned not null primary key{}) engine = innodb",
            self.cells,
            cells.collect::<String>()
        )
    }

    /// Keeps so many rows.
    pub(super) fn insert(&self, rows: usize) -> String {
        let row = format!("(?{})", ", ?".repeat(self.columns.len()));
        format!(
            "insert into {} values {}",
            self.cells,
            vec![row; rows].join(", ")
        )
    }

    /// Rows with their numbers; what follows says which numbers.
    pub(super) fn page(&self, table: &DbTable, cells: &str) -> String {
        format!(
            "select cast(k.{0} as char){cells} from {1} k straight_join {2} t on {3} where k.{0}",
            Self::NUMBER,
            self.keys,
            relation(table),
            there(table)
        )
    }

    /// Rows in the order of their numbers: that of new keys would be taken for that of the originals.
    pub(super) fn in_order(&self, table: &DbTable, cells: &str) -> String {
        format!(
            "select {cells} from {} k straight_join {} t on {} order by k.{}",
            self.keys,
            relation(table),
            there(table),
            Self::NUMBER
        )
    }

    /// How many rows have no number.
    pub(super) fn unnumbered(&self, table: &DbTable) -> String {
        format!(
            "select (select count(*) from {1}) - (select count(*) from {0} k straight_join {1} t on {2})",
            self.keys,
            relation(table),
            there(table)
        )
    }

    /// Deletes rows by their numbers.
    pub(super) fn delete(&self, table: &DbTable, numbers: &[String]) -> String {
        format!(
            "delete t from {} k straight_join {} t on {} where k.{} in ({})",
            self.keys,
            relation(table),
            there(table),
            Self::NUMBER,
            list(numbers)
        )
    }

    /// Forgets the keys of rows that are gone: others may get them.
    pub(super) fn forget(&self, numbers: &[String]) -> String {
        let numbers = list(numbers);
        format!(
            "delete from {} where {} in ({numbers})",
            self.keys,
            Self::NUMBER
        )
    }
}

fn list(numbers: &[String]) -> String {
    let numbers = numbers.iter().flat_map(|number| number.parse::<u64>());
    let numbers: Vec<String> = numbers.map(|number| number.to_string()).collect();
    numbers.join(", ")
}

/// Where a row and its numbered key meet.
fn there(table: &DbTable) -> String {
    let parts = table.key.iter().enumerate();
    let equal = parts.map(|(at, name)| format!("{} = k.iesiz_key_{at}", of_table(name)));
    equal.collect::<Vec<_>>().join(" and ")
}

/// A column at a time, so that cells that stay are not read as text and written back; all columns of the key together and last,
/// because rows are found by them.
pub(super) fn updates(table: &DbTable, staged: &Staged, clocks: &[String]) -> Result<Vec<Update>> {
    let mut key = Vec::new();
    let mut updates = Vec::new();
    for (at, name) in staged.columns.iter().enumerate() {
        let found = table.columns.iter().find(|column| column.name == *name);
        let column = found.ok_or_else(|| Error::StalePlan {
            place: table.full_name(),
            what: "a column that the plan names is not there",
        })?;
        if table.key.contains(name) {
            key.push((at, column));
        } else {
            let assigned = format!("{} = {}", of_table(name), new(column, at));
            updates.push(update(table, staged, clocks, &assigned, &[at]));
        }
    }
    if !key.is_empty() {
        let assigned: Vec<String> = (key.iter())
            .map(|(at, column)| {
                let own = of_table(&column.name);
                format!("{own} = if(c.c{at} is null, {own}, {})", new(column, *at))
            })
            .collect();
        let at: Vec<usize> = key.iter().map(|(at, _)| *at).collect();
        let mut update = update(table, staged, clocks, &assigned.join(", "), &at);
        let followed: Vec<String> = (key.iter())
            .filter_map(|(at, column)| {
                let number = table.key.iter().position(|name| *name == column.name)?;
                let own = format!("k.iesiz_key_{number}");
                Some(format!(
                    "{own} = if(c.c{at} is null, {own}, {})",
                    new(column, *at)
                ))
            })
            .collect();
        update.then = Some(format!(
            "update {} c straight_join {} k on k.{} = c.n set {}",
            staged.cells,
            staged.keys,
            Staged::NUMBER,
            followed.join(", ")
        ));
        updates.push(update);
    }
    Ok(updates)
}

fn update(
    table: &DbTable,
    staged: &Staged,
    clocks: &[String],
    assigned: &str,
    at: &[usize],
) -> Update {
    let some: Vec<String> = at.iter().map(|at| format!("c.c{at} is not null")).collect();
    let some = some.join(" or ");
    // What tells the time of a change by itself stays, unless it is what changes.
    let stays = clocks.iter().map(|name| {
        let own = of_table(name);
        format!("{own} = {own}")
    });
    let stays: Vec<String> = stays
        .filter(|stays| {
            let own = stays.split(" = ").next().unwrap_or_default();
            !assigned.starts_with(&format!("{own} = "))
        })
        .collect();
    let all = [&[assigned.to_owned()][..], &stays].concat().join(", ");
    let (cells, keys) = (&staged.cells, &staged.keys);
    Update {
        sql: format!(
            "update {cells} c straight_join {keys} k on k.{} = c.n straight_join {} t on {} set {all} where {some}",
            Staged::NUMBER,
            relation(table),
            there(table)
        ),
        count: format!("select count(*) from {cells} c where {some}"),
        then: None,
    }
}

/// The new cell, where there is one.
fn new(column: &DbColumn, at: usize) -> String {
    let least = least(column);
    let cell = match column.base.as_str() {
        "bytes" => format!("cast(c.c{at} as binary)"),
        _ if column.declared.starts_with("bit") => format!("cast(c.c{at} as unsigned)"),
        _ if column.declared.starts_with("timestamp") => {
            format!("if(c.c{at} between '1970-01-02' and '2038-01-01', c.c{at}, {least})")
        }
        _ => format!("c.c{at}"),
    };
    format!("if(length(c.c{at}) = 0, {least}, {cell})")
}

/// What stands for nothing in a column.
fn least(column: &DbColumn) -> String {
    if column.is_nullable {
        return "null".to_owned();
    }
    let kind = column.declared.split(['(', ' ']).next().unwrap_or_default();
    match kind {
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "decimal" | "float"
        | "double" | "bit" => "0",
        // Its first member.
        "enum" => "1",
        "year" => "2000",
        "date" => "'1000-01-01'",
        "datetime" => "'1000-01-01 00:00:00'",
        "timestamp" => "'1970-01-02 00:00:00'",
        "time" => "'00:00:00'",
        "uuid" => "'00000000-0000-0000-0000-000000000000'",
        "inet4" => "'0.0.0.0'",
        "inet6" => "'::'",
        "json" => "'{}'",
        "point" => "point(0, 0)",
        "geometry" => "point(0, 0)",
        _ if column.base == "json" => "'{}'",
        _ => "''",
    }
    .to_owned()
}

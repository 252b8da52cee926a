//! Keys of databases: what is joined by equal values must still be so afterwards.

use std::collections::BTreeSet;

use super::{Action, ColumnPlan, TablePlan};
use crate::method::Settings;
use crate::source::Source;

/// Where a column that joins rows was to lose its values, they become tokens instead, at both ends of every reference.
pub(super) fn keep(tables: &mut [TablePlan], sources: &[Box<dyn Source>]) {
    let source = |table: &TablePlan| sources.iter().find(|source| source.id().0 == table.output);
    for table in tables.iter_mut() {
        let described = source(table).and_then(|source| source.described());
        let joined = described.map_or(&[][..], |described| &described.joined);
        let changed = table
            .columns
            .iter_mut()
            .filter(|column| column.action != Action::Keep);
        changed
            .filter(|column| joined.contains(&column.path))
            .for_each(as_tokens);
    }
    while let Some((table, column)) = torn(tables, sources) {
        as_tokens(&mut tables[table].columns[column]);
    }
}

fn as_tokens(column: &mut ColumnPlan) {
    column.action = Action::Rewrite;
    column.method = Some("token".to_owned());
    column.role = None;
    column.settings = Settings::default();
}

/// A column that stays while the other end of a reference becomes tokens.
fn torn(tables: &[TablePlan], sources: &[Box<dyn Source>]) -> Option<(usize, usize)> {
    let tokens: BTreeSet<(&str, &str)> = (tables.iter())
        .flat_map(|table| table.columns.iter().map(move |column| (table, column)))
        .filter(|(_, column)| column.method.as_deref() == Some("token"))
        .map(|(table, column)| (table.output.as_str(), column.path.as_str()))
        .collect();
    let references = sources.iter().flat_map(|source| {
        let here = source.id().0.as_str();
        let described = source.described().into_iter();
        { described.flat_map(|table| &table.references) }.map(move |reference| {
            [
                (here, reference.column.as_str()),
                (reference.table.0.as_str(), reference.to.as_str()),
            ]
        })
    });
    let mut torn = references.filter_map(|[one, other]| {
        match (tokens.contains(&one), tokens.contains(&other)) {
            (true, false) => Some(other),
            (false, true) => Some(one),
            _ => None,
        }
    });
    torn.find_map(|(table, path)| {
        let at = tables.iter().position(|known| known.output == table)?;
        let column = tables[at]
            .columns
            .iter()
            .position(|column| column.path == path)?;
        Some((at, column))
    })
}

//! Keys of databases: what is joined by equal values must still be so afterwards.

use std::collections::BTreeSet;

use super::{Action, ColumnPlan, TablePlan};
use crate::method::Settings;
use crate::source::Source;
use crate::source::database::DbColumn;

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

/// Fewer letters tell too few people apart: such a column is cut for itself.
const LEAST_LETTERS: u32 = 8;

/// Columns of tokens that must go on meeting each other become as narrow as the narrowest of them: where one refers to the other, and
/// texts of one category wherever they are.
pub(crate) fn narrow(tables: &mut [(&TablePlan, Vec<DbColumn>)], sources: &[Box<dyn Source>]) {
    let mut tokens = Vec::new();
    for (at, (plan, columns)) in tables.iter().enumerate() {
        for (number, column) in columns.iter().enumerate() {
            let mut decisions = plan.columns.iter();
            let decision = decisions.find(|decision| decision.path == column.name);
            if let Some(decision) = decision.filter(|d| d.method.as_deref() == Some("token")) {
                tokens.push(Token {
                    place: (at, number),
                    table: &plan.output,
                    decision,
                    group: tokens.len(),
                });
            }
        }
    }
    for source in sources {
        let described = source.described().into_iter();
        for reference in described.flat_map(|table| &table.references) {
            let find = |table: &str, path: &str| {
                let is_it =
                    |token: &&Token<'_>| token.table == table && token.decision.path == path;
                tokens.iter().find(is_it).map(|token| token.group)
            };
            let one = find(&source.id().0, &reference.column);
            if let (Some(one), Some(other)) = (one, find(&reference.table.0, &reference.to)) {
                let joined = tokens.iter_mut().filter(|token| token.group == other);
                joined.for_each(|token| token.group = one);
            }
        }
    }
    let column = |token: &Token<'_>| &tables[token.place.0].1[token.place.1];
    let narrowest = tokens.iter().map(|token| {
        let own = column(token);
        let meets = |other: &&Token<'_>| {
            let is_same = token.decision.category.is_some()
                && token.decision.category == other.decision.category;
            token.group == other.group || (is_same && !is_number(own) && !is_number(column(other)))
        };
        let others = || tokens.iter().filter(meets).map(column);
        let letters = { others().filter_map(|other| other.most_chars) }
            .filter(|letters| *letters >= LEAST_LETTERS)
            .chain(own.most_chars)
            .min();
        let number = { others().map(|other| other.base.as_str()) }
            .filter(|base| is_number(own) && NUMBERS.contains(base))
            .min_by_key(|base| NUMBERS.iter().position(|known| known == base));
        (token.place, letters, number.unwrap_or(&own.base).to_owned())
    });
    let narrowest: Vec<_> = narrowest.collect();
    for ((table, number), letters, base) in narrowest {
        let column = &mut tables[table].1[number];
        column.most_chars = letters;
        column.base = base;
    }
}

/// Types of whole numbers, the narrowest first.
const NUMBERS: &[&str] = &["int2", "int4", "int8"];

fn is_number(column: &DbColumn) -> bool {
    NUMBERS.contains(&column.base.as_str())
}

/// A column of tokens.
struct Token<'a> {
    /// Its table and its number there.
    place: (usize, usize),
    table: &'a str,
    decision: &'a ColumnPlan,
    /// Those that refer to each other have the same.
    group: usize,
}

//! Cells that name a person: those that are an identifier, and texts that hold one.

use std::borrow::Cow;

use polars::prelude::{Column, DataType, Series};

use crate::batch::for_each_leaf;
use crate::detect::{Extent, Searcher};
use crate::error::{Error, Result};
use crate::purge::People;

/// A cell that names one of the people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    /// Path of the leaf.
    pub(super) path: String,
    /// Within the batch.
    pub(super) row: usize,
    pub(super) how: How,
}

/// How a cell names somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// It is an identifier.
    Whole,
    /// It is a text that holds one.
    Inside,
}

/// All cells of a column that name one of the people.
pub(super) fn hits(
    column: &Column,
    people: &People,
    searcher: &mut Searcher<'_>,
) -> Result<Vec<Hit>> {
    let mut hits = Vec::new();
    let mut has_lists = false;
    for_each_leaf(column, &mut |path, values| {
        let met = in_leaf(&path, values, people, searcher)?;
        if path.contains("[]") {
            has_lists |= !met.is_empty();
        } else {
            hits.extend(met.into_iter().map(|(row, how)| Hit {
                path: path.clone(),
                row,
                how,
            }));
        }
        Ok(())
    })?;
    if has_lists {
        for (row, start) in (0..column.len()).zip(0_i64..) {
            for_each_leaf(&column.slice(start, 1), &mut |path, values| {
                if path.contains("[]") {
                    let met = in_leaf(&path, values, people, searcher)?;
                    hits.extend(met.into_iter().map(|(_, how)| Hit {
                        path: path.clone(),
                        row,
                        how,
                    }));
                }
                Ok(())
            })?;
        }
    }
    Ok(hits)
}

fn in_leaf(
    path: &str,
    values: &Series,
    people: &People,
    searcher: &mut Searcher<'_>,
) -> Result<Vec<(usize, How)>> {
    let broken = |e| Error::parquet(path, &e);
    let is_number = values.dtype().is_integer();
    let mut look = |(row, cell): (usize, Option<Cow<'_, str>>)| {
        let how = how(&cell?, is_number, people, searcher)?;
        Some((row, how))
    };
    if values.dtype() == &DataType::Binary {
        let cells = values.binary().map_err(broken)?;
        let text =
            |cell: Option<&[u8]>| cell.map(|c| Cow::Owned(String::from_utf8_lossy(c).into_owned()));
        return Ok(cells
            .iter()
            .map(text)
            .enumerate()
            .filter_map(look)
            .collect());
    }
    let texts = values.cast(&DataType::String).map_err(broken)?;
    let texts = texts.str().map_err(broken)?;
    let cells = texts.iter().map(|cell| cell.map(Cow::Borrowed)).enumerate();
    Ok(cells.filter_map(&mut look).collect())
}

fn how(cell: &str, is_number: bool, people: &People, searcher: &mut Searcher<'_>) -> Option<How> {
    if people.hold(cell) || (is_number && people.hold_number(cell)) {
        return Some(How::Whole);
    }
    let mut found = None;
    searcher.identifiers(cell, None, &mut |extent, text| {
        if people.hold_known(text) {
            let is_part = extent == Extent::Part;
            found = Some(if is_part { How::Inside } else { How::Whole });
        }
    });
    found.or_else(|| {
        words(cell)
            .any(|word| people.hold(word))
            .then_some(How::Inside)
    })
}

/// Words of a text, as identifiers of no known kind stand in it; none where it is but one.
fn words(cell: &str) -> impl Iterator<Item = &str> {
    let is_part = |c: char| c.is_alphanumeric() || "@._+-".contains(c);
    let words = cell.split(move |c| !is_part(c));
    let bare = words.map(|word| word.trim_matches(['.', '-', '_', '+']));
    bare.filter(move |word| !word.is_empty() && word.len() < cell.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::Detectors;
    use polars::prelude::NamedFrom as _;

    fn found(cells: &[&str], list: &str) -> Vec<(usize, How)> {
        let detectors = Detectors::builtin();
        let column = Column::from(Series::new("a".into(), cells));
        let met = hits(&column, &People::parse(list), &mut detectors.searcher()).unwrap();
        met.into_iter().map(|hit| (hit.row, hit.how)).collect()
    }

    #[test]
    fn identifiers_are_found_whole_and_in_text() {
        let cells = [
            "350101100012",
            "ЖСН: 350101100012, жазылды",
            "звонить 8 (700) 000-12-34 вечером",
            "клиент AB-77/x, договор",
            "350101100013",
            "1350101100012",
            "",
        ];
        assert_eq!(
            found(&cells, "350101100012\n+77000001234\nAB-77"),
            [
                (0, How::Whole),
                (1, How::Inside),
                (2, How::Inside),
                (3, How::Inside)
            ]
        );
    }

    #[test]
    fn values_of_lists_are_found_in_their_row() {
        let detectors = Detectors::builtin();
        let one = |text: &str| Series::new("".into(), [text]);
        let lists = [one("a@b.example"), one("c@d.example"), one("A@B.example")];
        let column = Column::from(Series::new("mails".into(), lists));
        let people = People::parse("a@b.example");
        let met = hits(&column, &people, &mut detectors.searcher()).unwrap();
        let rows: Vec<_> = met.iter().map(|hit| (hit.path.as_str(), hit.row)).collect();
        assert_eq!(rows, [("mails[]", 0), ("mails[]", 2)]);
    }
}

//! Says where personal data is: table, path, row, and the code points from and to, never what it is.

use std::io::Write;

use rayon::prelude::*;
use serde::Serialize;

use crate::batch::{Batch, for_each_leaf};
use crate::detect::{Detectors, Searcher, header};
use crate::error::{Error, Result};
use crate::findings::{Findings, State, TableFindings};
use crate::pattern::{mojibake, normalize};
use crate::progress::{self, Progress, Stage};
use crate::source::{Found, Pending, Source};

/// One stretch of a cell.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Located<'a> {
    /// The table's name for people.
    pub table: &'a str,
    /// Column path.
    pub path: &'a str,
    /// Counts rows from 0; for values in lists, the values of the column.
    pub row: u64,
    /// First code point.
    pub start: usize,
    /// Code point after the last.
    pub end: usize,
    /// What it is.
    pub category: &'a str,
}

/// Writes one JSON line a stretch, in the order of tables, batches and columns.
///
/// # Errors
/// When a table cannot be read again or the lines cannot be written.
pub fn locate(
    found: &Found,
    findings: &Findings,
    detectors: &Detectors,
    out: &mut dyn Write,
    progress: &dyn Progress,
) -> Result<()> {
    for source in &found.tables {
        let name = source.id().to_string();
        let table = findings.tables.iter().find(|t| t.source == name);
        if let Some(table) = table.filter(|t| t.state == State::Read) {
            progress.begin(Stage::Scan, source.id(), source.info().bytes);
            in_table(source.as_ref(), table, detectors, out, progress)?;
            progress.end();
        }
    }
    Ok(())
}

/// A stretch whose column is known by its number, and whose row is counted within its batch.
struct Stretch {
    column: usize,
    row: u64,
    start: usize,
    end: usize,
    /// A pattern; none where the column as a whole is of a category.
    pattern: Option<usize>,
}

fn in_table(
    source: &dyn Source,
    table: &TableFindings,
    detectors: &Detectors,
    out: &mut dyn Write,
    progress: &dyn Progress,
) -> Result<()> {
    let mut batches = source.read()?;
    let mut before: Vec<u64> = vec![0; table.columns.len()];
    loop {
        progress::check()?;
        let window: Vec<Pending> = batches
            .by_ref()
            .take(rayon::current_num_threads())
            .collect::<Result<_>>()?;
        if window.is_empty() {
            return Ok(());
        }
        let found: Vec<(Vec<u64>, Vec<Stretch>)> = window
            .into_par_iter()
            .map(|pending| {
                let bytes = pending.bytes;
                let batch = (pending.decode)()?;
                progress.advance(bytes, batch.height() as u64);
                in_batch(&batch, table, detectors)
            })
            .collect::<Result<_>>()?;
        for (cells, stretches) in found {
            for stretch in stretches {
                let column = &table.columns[stretch.column];
                let category = stretch.pattern.map_or_else(
                    || column.category.as_deref().unwrap_or_default(),
                    |pattern| &detectors.patterns()[pattern].category,
                );
                let located = Located {
                    table: &table.source,
                    path: &column.path,
                    row: before[stretch.column] + stretch.row,
                    start: stretch.start,
                    end: stretch.end,
                    category,
                };
                write_line(out, &located)?;
            }
            before
                .iter_mut()
                .zip(cells)
                .for_each(|(sum, more)| *sum += more);
        }
    }
}

fn write_line(out: &mut dyn Write, located: &Located<'_>) -> Result<()> {
    let line = serde_json::to_string(located).map_err(|_| Error::Internal {
        place: located.table.to_owned(),
    })?;
    writeln!(out, "{line}").map_err(|source| Error::Write {
        place: "the file of spans".to_owned(),
        source,
    })
}

fn in_batch(
    batch: &Batch,
    table: &TableFindings,
    detectors: &Detectors,
) -> Result<(Vec<u64>, Vec<Stretch>)> {
    let mut cells = vec![0; table.columns.len()];
    let mut stretches = Vec::new();
    let mut searcher = detectors.searcher();
    for column in batch.frame()?.columns() {
        for_each_leaf(column, &mut |path, values| {
            let Some(index) = table.columns.iter().position(|c| c.path == path) else {
                return Ok(());
            };
            cells[index] = values.len() as u64;
            let category = table.columns[index].category.as_deref();
            let is_whole = category.is_some_and(|c| !header::is_prose(c));
            let text = values
                .cast(&polars::prelude::DataType::String)
                .map_err(|e| Error::parquet(&path, &e))?;
            let text = text.str().map_err(|e| Error::parquet(&path, &e))?;
            for (row, cell) in text.iter().enumerate() {
                let cell = cell.unwrap_or_default();
                for (start, end, pattern) in in_cell(cell, is_whole, detectors, &mut searcher) {
                    stretches.push(Stretch {
                        column: index,
                        row: row as u64,
                        start,
                        end,
                        pattern,
                    });
                }
            }
            Ok(())
        })?;
    }
    stretches.sort_by_key(|s| (s.row, s.column, s.start));
    Ok((cells, stretches))
}

/// Stretches of one cell in code points.
fn in_cell(
    cell: &str,
    is_whole: bool,
    detectors: &Detectors,
    searcher: &mut Searcher<'_>,
) -> Vec<(usize, usize, Option<usize>)> {
    let bare = normalize::unwrapped(cell);
    if normalize::is_missing(bare) {
        return Vec::new();
    }
    let skipped = cell.find(bare).unwrap_or_default();
    let first = cell[..skipped].chars().count();
    let whole = |pattern| vec![(first, first + bare.chars().count(), pattern)];
    if is_whole {
        return whole(None);
    }
    let folded = Folded::new(cell);
    let spans = searcher.spans(&folded.text);
    if let Some((pattern, _)) = searcher.identifier(cell)
        && detectors.patterns()[pattern].is_found_inside()
        && (spans.is_empty() || !detectors.is_bare(pattern))
    {
        return whole(Some(pattern));
    }
    spans
        .into_iter()
        .map(|span| {
            let text = &folded.text[span.start..span.end];
            let before = text.len() - text.trim_start().len();
            let (start, _) = folded.origin[span.start + before];
            let (_, last) = folded.origin[span.start + text.trim_end().len() - 1];
            let end = last + 1;
            (start, end, Some(span.pattern))
        })
        .collect()
}

/// A folded text, and where its characters come from.
#[derive(Default)]
struct Folded {
    text: String,
    /// By byte: the code points of the original where its character begins and ends.
    origin: Vec<(usize, usize)>,
}

impl Folded {
    fn new(cell: &str) -> Self {
        let mut mended = Self::default();
        for (at, c) in cell.chars().enumerate() {
            mended.push(c, at, at);
        }
        for _ in 0..mojibake::MOST_TIMES {
            let Some(before) = mojibake::undone(&mended.text) else {
                break;
            };
            mended = mended.decoded_again(&before);
        }
        let mut folded = Self::default();
        for (c, first, last) in mended.characters() {
            if let Some(c) = normalize::folded(c) {
                folded.push(c, first, last);
            }
        }
        folded
    }

    fn push(&mut self, c: char, first: usize, last: usize) {
        self.text.push(c);
        self.origin.resize(self.text.len(), (first, last));
    }

    /// Every character with the code points where it begins and ends.
    fn characters(&self) -> impl Iterator<Item = (char, usize, usize)> {
        let with_origin = |(at, c): (usize, char)| (c, self.origin[at].0, self.origin[at].1);
        self.text.char_indices().map(with_origin)
    }

    /// Another text, of which every byte was a character of this one.
    fn decoded_again(&self, text: &str) -> Self {
        let mut bytes = self.characters();
        let mut again = Self::default();
        for c in text.chars() {
            let Some((_, first, mut last)) = bytes.next() else {
                break;
            };
            for _ in 1..c.len_utf8() {
                last = bytes.next().map_or(last, |(_, _, last)| last);
            }
            again.push(c, first, last);
        }
        again
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_code_points_of_the_cell_as_it_is() {
        let detectors = Detectors::builtin();
        let mut searcher = detectors.searcher();
        let cell = "ЖСН: ８５０１０１\u{200b}100012, жазылды";
        let [(start, end, Some(_))] = in_cell(cell, false, &detectors, &mut searcher)[..] else {
            panic!("one stretch");
        };
        let text: String = cell.chars().skip(start).take(end - start).collect();
        assert_eq!(text, "８５０１０１\u{200b}100012");
        assert_eq!(
            in_cell(" '000000017' ", true, &detectors, &mut searcher),
            [(2, 11, None)]
        );
        assert!(in_cell("товар пришёл", false, &detectors, &mut searcher).is_empty());
        let said = "звонила Айгүл, почта a@example.com";
        let (wrong, ..) = encoding_rs::WINDOWS_1251.decode(said.as_bytes());
        let (twice, ..) = encoding_rs::WINDOWS_1251.decode(wrong.as_bytes());
        for cell in [wrong.as_ref(), twice.as_ref()] {
            let found = in_cell(cell, false, &detectors, &mut searcher);
            let stretch = |&(start, end, _): &(usize, usize, Option<usize>)| -> String {
                mojibake::mended(
                    &cell
                        .chars()
                        .skip(start)
                        .take(end - start)
                        .collect::<String>(),
                )
                .into_owned()
            };
            assert_eq!(
                found.iter().map(stretch).collect::<Vec<_>>(),
                ["Айгүл", "a@example.com"]
            );
        }
    }
}

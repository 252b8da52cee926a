//! Rows of the original beside the same rows of the output: runs of rows over the whole table, in bounded memory.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use rayon::prelude::*;

use super::Scope;
use super::cells::{Cells, append, of_rows};
use super::sweep::Heights;
use crate::error::Result;
use crate::findings::{ColumnFinding, TableFindings, Verdict};
use crate::progress::{self, Progress, Stage};
use crate::source::{Pending, Source};

/// Most rows that are compared.
const ROWS: u64 = 20_000;
/// Runs of rows they come in: the fewer, the fewer batches are decoded.
const RUNS: u64 = 32;
/// Most cells of one table that are held, whatever its width.
const CELLS: u64 = 600_000;
/// Most stored bytes of one table that are held.
const BYTES: u64 = 16 << 20;
/// So many cells must be equal for a column to be the same.
const NEXT_TO_ALL: f64 = 0.99;

/// The same rows of two tables.
pub(super) struct Pairs {
    /// Numbers of the rows, counted from 0.
    pub(super) rows: Vec<u64>,
    /// Rows that the whole table has.
    pub(super) of: u64,
    pub(super) original: Vec<Original>,
    pub(super) output: Vec<Output>,
    /// The output's name.
    pub(super) table: String,
}

/// A column of the original.
pub(super) struct Original {
    pub(super) path: String,
    pub(super) category: Option<String>,
    pub(super) cells: Cells,
    /// It holds personal data, and is not to keep it.
    pub(super) is_personal: bool,
}

/// A column of the output.
pub(super) struct Output {
    pub(super) path: String,
    pub(super) cells: Cells,
    /// It is as it was.
    pub(super) is_carried: bool,
    /// It keeps what it holds on purpose.
    pub(super) is_allowed: bool,
}

/// Both sides of a comparison, and how many rows their batches have.
pub(super) struct Sides<'a> {
    pub(super) original: &'a dyn Source,
    pub(super) of_original: &'a Heights,
    pub(super) output: &'a dyn Source,
    pub(super) of_output: &'a Heights,
}

impl Pairs {
    /// Reads the rows; `None` when the tables have different numbers of rows, or none.
    pub(super) fn read(
        sides: &Sides<'_>,
        findings: &TableFindings,
        scope: &Scope,
        progress: &dyn Progress,
    ) -> Result<Option<Self>> {
        let rows = sides.of_original.rows();
        if rows != sides.of_output.rows() || rows == 0 {
            return Ok(None);
        }
        let runs = runs(rows, most_rows(sides, rows));
        let bytes = sides.original.info().bytes + sides.output.info().bytes;
        progress.begin(Stage::Verify, sides.output.id(), bytes);
        // Side by side: finding the borders of batches is work that one thread does.
        let (original, output) = rayon::join(
            || columns(sides.original, sides.of_original, &runs, progress),
            || columns(sides.output, sides.of_output, &runs, progress),
        );
        progress.end();
        let (original, output) = (original?, output?);
        let table = sides.output.id().to_string();
        let mut pairs = Self::of(original, output, findings, &scope.allowed, &table);
        if sides.output.is_live() {
            pairs.carry(&scope.carried);
        }
        pairs.rows = runs.into_iter().flatten().collect();
        pairs.of = rows;
        let is_whole = |cells: &Cells| cells.len() == pairs.rows.len();
        let are_whole = (pairs.original.iter().all(|column| is_whole(&column.cells)))
            && pairs.output.iter().all(|column| is_whole(&column.cells));
        Ok(are_whole.then_some(pairs))
    }

    fn of(
        original: BTreeMap<String, Cells>,
        output: BTreeMap<String, Cells>,
        findings: &TableFindings,
        allowed: &HashSet<String>,
        table: &str,
    ) -> Self {
        let of_path = |path: &str| findings.columns.iter().find(|column| column.path == path);
        let original: Vec<Original> = original
            .into_iter()
            .map(|(path, cells)| original_column(cells, of_path(&path), allowed, path.clone()))
            .collect();
        let output = output
            .into_iter()
            .map(|(path, cells)| output_column(path, cells, &original, allowed))
            .collect();
        Self {
            rows: Vec::new(),
            of: 0,
            original,
            output,
            table: table.to_owned(),
        }
    }

    /// A database may put a changed row elsewhere, so that columns in which nothing was written look as if something was.
    fn carry(&mut self, untouched: &HashSet<String>) {
        for column in &mut self.output {
            column.is_carried |= untouched.contains(&column.path);
        }
    }

    /// Tells whether all rows of the table are here.
    pub(super) fn is_whole(&self) -> bool {
        self.rows.len() as u64 == self.of
    }

    /// How many rows are here.
    pub(super) fn height(&self) -> usize {
        self.rows.len()
    }

    /// Columns whose values are to be hidden.
    pub(super) fn personal(&self) -> impl Iterator<Item = &Original> {
        self.original.iter().filter(|column| column.is_personal)
    }

    /// Columns that may hide something.
    pub(super) fn rewritten(&self) -> impl Iterator<Item = &Output> {
        let may_hide = |column: &&Output| !column.is_carried && !column.is_allowed;
        self.output.iter().filter(may_hide)
    }

    /// Personal columns, each with what became of it.
    pub(super) fn recoded(&self) -> impl Iterator<Item = (&Original, &Output)> {
        self.personal().filter_map(|column| {
            let same = |output: &&Output| output.path == column.path;
            Some((column, self.rewritten().find(same)?))
        })
    }

    /// A row that has nothing to do with a row, for control.
    pub(super) fn other(&self, row: usize) -> usize {
        // Near the golden section: neither a neighbour nor a period of the table.
        let by = (self.height() * 382 / 1000).max(1);
        (row + by) % self.height().max(1)
    }
}

fn original_column(
    cells: Cells,
    finding: Option<&ColumnFinding>,
    allowed: &HashSet<String>,
    path: String,
) -> Original {
    let holds_some = finding.is_some_and(|column| column.verdict != Verdict::Clean);
    Original {
        is_personal: holds_some && !allowed.contains(&path),
        category: finding.and_then(|column| column.category.clone()),
        path,
        cells,
    }
}

fn output_column(
    path: String,
    cells: Cells,
    originals: &[Original],
    allowed: &HashSet<String>,
) -> Output {
    let of_path = originals.iter().find(|original| original.path == path);
    let is_same = |original: &Original| cells.share_equal(&original.cells) >= NEXT_TO_ALL;
    // A column of another name is as it was when it holds nothing personal.
    let mut clean = originals.iter().filter(|original| !original.is_personal);
    Output {
        is_carried: of_path.is_some_and(is_same) || clean.any(is_same),
        is_allowed: allowed.contains(&path),
        path,
        cells,
    }
}

fn most_rows(sides: &Sides<'_>, rows: u64) -> u64 {
    let of = |source: &dyn Source| {
        let info = source.info();
        let by_cells = CELLS / (info.schema.len() as u64).max(1);
        let by_bytes = BYTES / (info.bytes / rows).max(1);
        by_cells.min(by_bytes)
    };
    let most = of(sides.original).min(of(sides.output));
    most.clamp(RUNS * 4, ROWS)
}

/// Some rows of a table: all of a small one, or runs spread over it.
fn runs(rows: u64, most: u64) -> Vec<Range<u64>> {
    if rows <= most {
        return std::iter::once(0..rows).collect();
    }
    let (length, step) = (most / RUNS, rows / RUNS);
    let start = |run: u64| {
        // Not where periods of the table begin, and the same ones every time.
        let mixed = (run + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
        run * step + mixed % (step - length + 1)
    };
    let run = |run| start(run)..start(run) + length;
    (0..RUNS).map(run).collect()
}

/// Which rows of a batch belong to runs, counted within the batch.
fn within(runs: &[Range<u64>], first: u64, height: u64) -> Vec<Range<usize>> {
    let part = |run: &Range<u64>| {
        let (start, end) = (run.start.max(first), run.end.min(first + height));
        (start < end).then(|| (start - first) as usize..(end - first) as usize)
    };
    runs.iter().filter_map(part).collect()
}

/// The cells of all columns with one value a row, by path.
fn columns(
    source: &dyn Source,
    heights: &Heights,
    runs: &[Range<u64>],
    progress: &dyn Progress,
) -> Result<BTreeMap<String, Cells>> {
    let at_once = rayon::current_num_threads().div_ceil(2);
    let mut batches = Wanted {
        batches: source.read()?,
        heights,
        runs,
        first: 0,
        progress,
    };
    let (mut all, mut rows) = (BTreeMap::new(), 0);
    loop {
        progress::check()?;
        let window = batches.by_ref().take(at_once);
        let window = window.collect::<Result<Vec<_>>>()?;
        if window.is_empty() {
            break;
        }
        let read: Vec<(usize, BTreeMap<String, Cells>)> = window
            .into_par_iter()
            .map(|(pending, parts)| of_rows(&(pending.decode)()?, &parts, &|_| true))
            .collect::<Result<_>>()?;
        for (height, columns) in read {
            append(&mut all, &columns, rows);
            rows += height;
        }
    }
    for cells in all.values_mut() {
        cells.pad(rows);
    }
    Ok(all)
}

/// Those batches that hold rows of the runs, and which; others are never decoded.
struct Wanted<'a> {
    batches: crate::source::Batches,
    heights: &'a Heights,
    runs: &'a [Range<u64>],
    first: u64,
    progress: &'a dyn Progress,
}

impl Iterator for Wanted<'_> {
    type Item = Result<(Pending, Vec<Range<usize>>)>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let pending = match self.batches.next()? {
                Ok(pending) => pending,
                Err(error) => return Some(Err(error)),
            };
            let height = self.heights.of(&pending);
            self.progress.advance(pending.bytes, 0);
            let parts = within(self.runs, self.first, height);
            self.first += height;
            if !parts.is_empty() {
                return Some(Ok((pending, parts)));
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Columns of an original, each with its category, or none when it is clean, and columns of an output.
    pub(in crate::verify) fn pairs(
        original: &[(&str, Option<&str>, Vec<String>)],
        output: &[(&str, Vec<String>)],
    ) -> Pairs {
        let cells = |texts: &[String]| {
            let mut cells = Cells::default();
            for text in texts {
                cells.push(text);
            }
            cells
        };
        let original: Vec<Original> = original
            .iter()
            .map(|(path, category, texts)| Original {
                path: (*path).to_owned(),
                category: category.map(str::to_owned),
                cells: cells(texts),
                is_personal: category.is_some(),
            })
            .collect();
        let output = output.iter().map(|(path, texts)| {
            output_column((*path).to_owned(), cells(texts), &original, &HashSet::new())
        });
        let height = original[0].cells.len() as u64;
        Pairs {
            rows: (0..height).collect(),
            of: height,
            output: output.collect(),
            original,
            table: "t.csv".to_owned(),
        }
    }

    /// Numbers that have nothing to do with each other.
    pub(in crate::verify) fn mixed(seed: u64) -> u64 {
        let x = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (x ^ x >> 31).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 16
    }

    /// What the method of tokens writes, under another key.
    pub(in crate::verify) fn token(text: &str) -> String {
        use sha2::Digest as _;
        let digest = sha2::Sha256::digest(format!("a key that nobody guesses {text}"));
        data_encoding::HEXLOWER.encode(&digest[..16])
    }

    #[test]
    fn runs_cover_small_tables_and_spread_over_large_ones() {
        assert!(runs(10, 100).into_iter().flatten().eq(0..10));
        let runs = runs(1_000_000, 20_000);
        assert_eq!(
            runs.iter().map(|run| run.end - run.start).sum::<u64>(),
            20_000
        );
        assert!(runs.windows(2).all(|pair| pair[0].end <= pair[1].start));
        assert!(runs[31].end <= 1_000_000 && runs[31].start > 900_000);
        assert_eq!(within(&[5..10, 20..30], 8, 15), [0..2, 12..15]);
    }

    #[test]
    fn a_column_is_carried_when_it_is_equal_whatever_its_name() {
        let numbers = |by: u64| (0..200).map(|n| (n * by).to_string()).collect::<Vec<_>>();
        let pairs = pairs(
            &[("a", None, numbers(1)), ("b", Some("iin"), numbers(2))],
            &[
                ("a", numbers(3)),
                ("c", numbers(1)),
                ("b", numbers(2)),
                ("d", numbers(2)),
            ],
        );
        let carried = pairs.output.iter().map(|column| column.is_carried);
        assert_eq!(carried.collect::<Vec<_>>(), [false, true, true, false]);
    }
}

//! Counts of equal rows, over some columns: what every privacy model works on. Grows with the number of different rows, not
//! with the number of rows.

use std::cmp::Ordering;
use std::collections::HashMap;

use foldhash::fast::RandomState;

/// Different rows that are counted; where there are more the columns say too much to be anonymised by groups.
pub const MOST_ROWS: usize = 4 << 20;

/// Numbers the values of one column as they come; an empty cell is a value too.
#[derive(Default)]
struct Dictionary {
    codes: HashMap<Box<str>, u32, RandomState>,
    values: Vec<Option<Box<str>>>,
    empty: Option<u32>,
}

impl Dictionary {
    fn code(&mut self, cell: Option<&str>) -> u32 {
        let next = self.values.len() as u32;
        let Some(text) = cell else {
            return *self.empty.get_or_insert_with(|| {
                self.values.push(None);
                next
            });
        };
        if let Some(&code) = self.codes.get(text) {
            return code;
        }
        self.codes.insert(text.into(), next);
        self.values.push(Some(text.into()));
        next
    }
}

/// Counts rows as they come.
pub struct Tally {
    columns: Vec<Dictionary>,
    counts: HashMap<Box<[u32]>, u64, RandomState>,
    row: Vec<u32>,
}

impl Tally {
    /// Nothing counted yet.
    pub fn new(columns: usize) -> Self {
        Self {
            columns: (0..columns).map(|_| Dictionary::default()).collect(),
            counts: HashMap::default(),
            row: Vec::new(),
        }
    }

    /// Counts rows that are given column by column; different ones may become too many.
    pub fn add(&mut self, columns: &[Vec<Option<&str>>]) {
        let height = columns.first().map_or(0, Vec::len);
        let mut row = std::mem::take(&mut self.row);
        for index in 0..height {
            row.clear();
            let cells = self.columns.iter_mut().zip(columns);
            row.extend(cells.map(|(dictionary, cells)| dictionary.code(cells[index])));
            self.count(&row, 1);
        }
        self.row = row;
    }

    /// Tells whether there are too many different rows.
    pub fn is_too_large(&self) -> bool {
        self.counts.len() > MOST_ROWS
    }

    fn count(&mut self, row: &[u32], times: u64) {
        match self.counts.get_mut(row) {
            Some(count) => *count += times,
            None => drop(self.counts.insert(row.into(), times)),
        }
    }

    /// Adds the counts of another part of the same table; they may become too many.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        if other.counts.len() > self.counts.len() {
            return other.merge(self);
        }
        let translations: Vec<Vec<u32>> = (self.columns.iter_mut())
            .zip(&other.columns)
            .map(|(mine, theirs)| {
                theirs
                    .values
                    .iter()
                    .map(|v| mine.code(v.as_deref()))
                    .collect()
            })
            .collect();
        for (row, times) in other.counts {
            let row: Vec<u32> = row
                .iter()
                .zip(&translations)
                .map(|(&code, translation)| translation[code as usize])
                .collect();
            self.count(&row, times);
        }
        self
    }

    /// Ends counting: the first columns are quasi-identifiers, the others sensitive.
    pub fn finish(self, quasi: usize) -> Counted {
        let columns = self.columns.into_iter().enumerate();
        let (columns, orders): (Vec<Values>, Vec<Vec<u32>>) = columns
            .map(|(index, column)| Values::sorted(column, index >= quasi))
            .unzip();
        let mut rows: Vec<(Box<[u32]>, u64)> = (self.counts.into_iter())
            .map(|(mut row, times)| {
                for (code, order) in row.iter_mut().zip(&orders) {
                    *code = order[*code as usize];
                }
                (row, times)
            })
            .collect();
        rows.sort_unstable();
        rows.dedup_by(|later, earlier| {
            let is_same = later.0 == earlier.0;
            earlier.1 += if is_same { later.1 } else { 0 };
            is_same
        });
        Counted {
            quasi,
            columns,
            times: rows.iter().map(|(_, times)| *times).collect(),
            codes: rows
                .into_iter()
                .flat_map(|(row, _)| row.into_vec())
                .collect(),
        }
    }
}

/// The different values of a column in their order; an empty cell comes first.
pub struct Values {
    /// By code.
    pub texts: Vec<Option<Box<str>>>,
    /// Whether all of them are numbers, or ranges of numbers.
    pub are_numbers: bool,
}

impl Values {
    /// The values in order, and by old code the new one; one number in several spellings may count as one value.
    fn sorted(dictionary: Dictionary, merges_numbers: bool) -> (Self, Vec<u32>) {
        let values = dictionary.values;
        let keys: Vec<Option<f64>> = values
            .iter()
            .map(|v| v.as_deref().and_then(number))
            .collect();
        let are_numbers = keys.iter().any(Option::is_some)
            && values
                .iter()
                .zip(&keys)
                .all(|(v, key)| v.is_none() || key.is_some());
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|&a, &b| {
            let by_number = || match (keys[a], keys[b]) {
                (Some(a), Some(b)) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
                (a, b) => a.is_some().cmp(&b.is_some()),
            };
            let by_text = || values[a].cmp(&values[b]);
            if are_numbers {
                by_number().then_with(by_text)
            } else {
                by_text()
            }
        });
        let is_same = |a: usize, b: usize| {
            let is_range =
                |index: usize| values[index].as_deref().is_some_and(|v| v.contains(".."));
            merges_numbers && are_numbers && keys[a] == keys[b] && !is_range(a) && !is_range(b)
        };
        let mut codes = vec![0; values.len()];
        let mut first: Vec<usize> = Vec::new();
        for &old in &order {
            if !first.last().is_some_and(|&last| is_same(last, old)) {
                first.push(old);
            }
            codes[old] = first.len() as u32 - 1;
        }
        let mut values = values;
        let texts = first.into_iter().map(|old| values[old].take()).collect();
        (Self { texts, are_numbers }, codes)
    }

    /// The value of a code.
    pub fn text(&self, code: u32) -> Option<&str> {
        self.texts[code as usize].as_deref()
    }
}

/// A number as people write it, or the lower end of a range `A..B`.
pub fn number(text: &str) -> Option<f64> {
    let lower = text.split_once("..").map_or(text, |(lower, _)| lower);
    let plain = lower.trim();
    let parsed: Option<f64> = plain.parse().ok();
    parsed
        .or_else(|| plain.replace(',', ".").parse().ok())
        .filter(|value: &f64| value.is_finite())
}

/// Equal rows with their counts, in the order of their values.
pub struct Counted {
    /// How many columns, the first ones, are quasi-identifiers.
    pub quasi: usize,
    /// Values by column.
    pub columns: Vec<Values>,
    /// How often each different row occurs.
    pub times: Vec<u64>,
    codes: Vec<u32>,
}

impl Counted {
    /// Number of different rows.
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// Tells whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// Number of rows.
    pub fn rows(&self) -> u64 {
        self.times.iter().sum()
    }

    /// The codes of a row.
    pub fn row(&self, index: usize) -> &[u32] {
        let width = self.columns.len();
        &self.codes[index * width..(index + 1) * width]
    }

    /// The codes of a row's quasi-identifiers.
    pub fn key(&self, index: usize) -> &[u32] {
        &self.row(index)[..self.quasi]
    }

    /// Ranges of rows that are alike in their quasi-identifiers.
    pub fn classes(&self) -> impl Iterator<Item = std::ops::Range<usize>> {
        let mut start = 0;
        std::iter::from_fn(move || {
            let key = (start < self.len()).then(|| self.key(start))?;
            let same = (start..self.len()).take_while(|&index| self.key(index) == key);
            let range = start..start + same.count();
            start = range.end;
            Some(range)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_in_any_order_count_alike() {
        let rows = [
            ["10", "a"],
            ["9", "b"],
            ["10", "a"],
            ["9", "a"],
            ["100", "b"],
        ];
        let tally = |rows: &[[&'static str; 2]]| {
            let mut tally = Tally::new(2);
            for row in rows {
                tally.add(&[vec![Some(row[0])], vec![Some(row[1])]]);
            }
            tally
        };
        for split in 0..=rows.len() {
            let (a, b) = rows.split_at(split);
            let counted = tally(b).merge(tally(a)).finish(1);
            assert_eq!(counted.times, [1, 1, 2, 1]);
            let first: Vec<_> = (0..4)
                .map(|i| counted.columns[0].text(counted.row(i)[0]))
                .collect();
            assert_eq!(first, [Some("9"), Some("9"), Some("10"), Some("100")]);
            assert_eq!(counted.classes().collect::<Vec<_>>(), [0..2, 2..3, 3..4]);
        }
    }

    #[test]
    fn numbers_are_known_in_the_ways_people_write_them() {
        for (text, value) in [
            ("7", Some(7.0)),
            ("7,5", Some(7.5)),
            ("1980..1984", Some(1980.0)),
            ("x", None),
            ("NaN", None),
        ] {
            assert_eq!(number(text), value, "{text}");
        }
    }
}

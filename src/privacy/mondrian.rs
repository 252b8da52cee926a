//! Strict multidimensional partitioning: `LeFevre`, `DeWitt`, Ramakrishnan, "Mondrian Multidimensional K-Anonymity", ICDE 2006.

use super::Privacy;
use super::measures::{Distribution, Group};
use super::tally::Counted;

/// Larger groups are split on several threads.
const WORTH_A_THREAD: usize = 1 << 13;

/// Puts every different row into a group: numbers of rows, group by group. `None` when not even the whole table is allowed.
pub(super) fn partition(counted: &Counted, privacy: &Privacy) -> Option<Vec<Vec<u32>>> {
    let judge = Judge::new(counted, privacy);
    let all: Vec<u32> = (0..counted.len() as u32).collect();
    judge.allows(&all).then(|| judge.split(all))
}

/// Tells whether groups may stand.
pub(super) struct Judge<'a> {
    counted: &'a Counted,
    privacy: &'a Privacy,
    /// Of the sensitive columns, where they matter.
    tables: Vec<(usize, Distribution)>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(counted: &'a Counted, privacy: &'a Privacy) -> Self {
        let columns = counted.quasi..counted.columns.len();
        let looked_at = columns.filter(|_| privacy.looks_at_sensitive());
        Self {
            counted,
            privacy,
            tables: looked_at
                .map(|c| (c, Distribution::of(counted, c)))
                .collect(),
        }
    }

    fn size(&self, rows: &[u32]) -> u64 {
        rows.iter()
            .map(|&row| self.counted.times[row as usize])
            .sum()
    }

    pub(super) fn allows(&self, rows: &[u32]) -> bool {
        let size = self.size(rows);
        if size < u64::from(self.privacy.k) {
            return false;
        }
        let values = |column: usize| {
            let row = move |&row: &u32| {
                let row = row as usize;
                (self.counted.row(row)[column], self.counted.times[row])
            };
            rows.iter().map(row)
        };
        let groups: Vec<Group<'_>> = (self.tables.iter())
            .map(|(column, table)| Group::of(values(*column), table))
            .collect();
        self.privacy.allows(size, &groups)
    }

    /// Splits a group as far as its parts are allowed.
    fn split(&self, rows: Vec<u32>) -> Vec<Vec<u32>> {
        let Some((low, high)) = self.best_cut(&rows) else {
            return vec![rows];
        };
        drop(rows);
        let is_large = low.len() + high.len() >= WORTH_A_THREAD;
        let (mut groups, more) = if is_large {
            rayon::join(|| self.split(low), || self.split(high))
        } else {
            (self.split(low), self.split(high))
        };
        groups.extend(more);
        groups
    }

    /// The first allowed cut at the median, the column with the widest spread first.
    fn best_cut(&self, rows: &[u32]) -> Option<(Vec<u32>, Vec<u32>)> {
        let mut spreads: Vec<(f64, usize)> = (0..self.counted.quasi)
            .filter_map(|column| Some((self.spread(rows, column)?, column)))
            .collect();
        spreads.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        spreads.into_iter().find_map(|(_, column)| {
            let cut = self.median(rows, column);
            let is_low = |row: &&u32| self.counted.row(**row as usize)[column] < cut;
            let (low, high): (Vec<u32>, Vec<u32>) = rows.iter().partition(is_low);
            (self.allows(&low) && self.allows(&high)).then_some((low, high))
        })
    }

    /// How much of a column's values a group spans; `None` when it is a single one.
    fn spread(&self, rows: &[u32], column: usize) -> Option<f64> {
        let codes = || {
            rows.iter()
                .map(|&row| self.counted.row(row as usize)[column])
        };
        let (least, most) = (codes().min()?, codes().max()?);
        let values = self.counted.columns[column].texts.len();
        (least < most).then(|| f64::from(most - least) / values as f64)
    }

    /// The value at which the higher half begins; both halves hold something.
    fn median(&self, rows: &[u32], column: usize) -> u32 {
        let mut codes: Vec<(u32, u64)> = (rows.iter())
            .map(|&row| {
                (
                    self.counted.row(row as usize)[column],
                    self.counted.times[row as usize],
                )
            })
            .collect();
        codes.sort_unstable_by_key(|(code, _)| *code);
        let half = codes.iter().map(|(_, times)| times).sum::<u64>() / 2;
        let least = codes.first().map_or(0, |(code, _)| *code);
        let mut below = 0;
        for (code, times) in codes {
            if below >= half && code > least {
                return code;
            }
            below += times;
        }
        // All weight of the higher half lies on the highest value.
        rows.iter()
            .map(|&row| self.counted.row(row as usize)[column])
            .max()
            .unwrap_or(least)
    }
}

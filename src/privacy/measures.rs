//! Figures of privacy models over counts of equal rows. The formulas are those that pycanon computes (Sáinz-Pardo Díaz and
//! López García, "A Python library to check the level of anonymity of a dataset", Scientific Data 2022).

use serde::Serialize;

use super::tally::Counted;

/// Sums of fractions differ by less.
pub(crate) const TOLERANCE: f64 = 1e-9;

/// What a table's groups are like.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measures {
    /// Number of rows.
    pub rows: u64,
    /// Number of groups of rows that are alike in all quasi-identifiers.
    pub classes: u64,
    /// Paths of the quasi-identifiers.
    pub quasi: Vec<String>,
    /// Size of the smallest group.
    pub k: u64,
    /// By sensitive column.
    pub sensitive: Vec<SensitiveMeasures>,
}

/// How much groups say of one sensitive column: each figure is that of the worst group.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SensitiveMeasures {
    /// Path of the column.
    pub path: String,
    /// Distinct values.
    pub l: u64,
    /// Exponential of the entropy of the values.
    pub entropy_l: f64,
    /// Distance from the distribution in the table: earth mover's, with equal steps between numbers in their order, or half
    /// the sum of differences for other values.
    pub t: f64,
    /// Share of the commonest value: the α of (α, k)-anonymity.
    pub alpha: f64,
    /// Most relative gain in confidence about a value.
    pub basic_beta: f64,
    /// The same, bounded by what a rare value is worth.
    pub enhanced_beta: f64,
    /// Most logarithm of the ratio between shares in group and table.
    pub delta: f64,
}

/// Measures a table.
pub fn measure(counted: &Counted, paths: &[String]) -> Measures {
    let (quasi, sensitive) = paths.split_at(counted.quasi);
    let sizes = counted
        .classes()
        .map(|class| counted.times[class].iter().sum::<u64>());
    let (mut classes, mut k) = (0, u64::MAX);
    for size in sizes {
        classes += 1;
        k = k.min(size);
    }
    Measures {
        rows: counted.rows(),
        classes,
        quasi: quasi.to_vec(),
        k: if classes == 0 { 0 } else { k },
        sensitive: (sensitive.iter().enumerate())
            .map(|(index, path)| worst(counted, counted.quasi + index, path))
            .collect(),
    }
}

fn worst(counted: &Counted, column: usize, path: &str) -> SensitiveMeasures {
    let table = Distribution::of(counted, column);
    let mut worst = SensitiveMeasures {
        path: path.to_owned(),
        l: u64::MAX,
        entropy_l: f64::INFINITY,
        t: 0.0,
        alpha: 0.0,
        basic_beta: 0.0,
        enhanced_beta: 0.0,
        delta: 0.0,
    };
    for class in counted.classes() {
        let values = class.map(|index| (counted.row(index)[column], counted.times[index]));
        let group = Group::of(values, &table);
        worst.l = worst.l.min(group.distinct());
        worst.entropy_l = worst.entropy_l.min(group.entropy().exp());
        worst.t = worst.t.max(group.distance());
        worst.alpha = worst.alpha.max(group.alpha());
        worst.basic_beta = worst.basic_beta.max(group.beta());
        worst.delta = worst.delta.max(group.delta());
    }
    worst.enhanced_beta = worst.basic_beta.min(-table.rarest().ln());
    if counted.is_empty() {
        (worst.l, worst.entropy_l) = (0, 0.0);
    }
    worst
}

/// How the values of a sensitive column are spread over the whole table.
pub(crate) struct Distribution {
    share: Vec<f64>,
    /// Sums of shares up to and with each value, and the sums of those; only of numbers, whose order means something.
    sums: Option<(Vec<f64>, Vec<f64>)>,
}

impl Distribution {
    pub(crate) fn of(counted: &Counted, column: usize) -> Self {
        let values = &counted.columns[column];
        let mut times = vec![0_u64; values.texts.len()];
        for index in 0..counted.len() {
            times[counted.row(index)[column] as usize] += counted.times[index];
        }
        let rows = counted.rows().max(1) as f64;
        let share: Vec<f64> = times.into_iter().map(|t| t as f64 / rows).collect();
        let sums = values.are_numbers.then(|| {
            let upto = running_sums(&share);
            let of_those = running_sums(&upto);
            (upto, of_those)
        });
        Self { share, sums }
    }

    fn rarest(&self) -> f64 {
        self.share.iter().copied().fold(1.0, f64::min)
    }
}

fn running_sums(parts: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    let next = |part: &f64| {
        sum += part;
        sum
    };
    parts.iter().map(next).collect()
}

/// The sensitive values of one group, beside those of the table.
pub(crate) struct Group<'a> {
    /// Codes of the values met, in order, each with its share.
    shares: Vec<(u32, f64)>,
    table: &'a Distribution,
}

impl<'a> Group<'a> {
    /// Counts values that come in any order.
    pub(crate) fn of(values: impl Iterator<Item = (u32, u64)>, table: &'a Distribution) -> Self {
        let mut counts: Vec<(u32, u64)> = values.collect();
        counts.sort_unstable();
        counts.dedup_by(|later, earlier| {
            let is_same = later.0 == earlier.0;
            earlier.1 += if is_same { later.1 } else { 0 };
            is_same
        });
        let rows = counts.iter().map(|(_, times)| times).sum::<u64>() as f64;
        let shares = counts
            .into_iter()
            .map(|(code, times)| (code, times as f64 / rows));
        Self {
            shares: shares.collect(),
            table,
        }
    }

    /// Shares of the values met, in the group and in the table.
    fn shares(&self) -> impl Iterator<Item = (f64, f64)> {
        (self.shares.iter()).map(|&(code, share)| (share, self.table.share[code as usize]))
    }

    pub(crate) fn distinct(&self) -> u64 {
        self.shares.len() as u64
    }

    pub(crate) fn entropy(&self) -> f64 {
        -self.shares().map(|(q, _)| q * q.ln()).sum::<f64>()
    }

    fn alpha(&self) -> f64 {
        self.shares().map(|(q, _)| q).fold(0.0, f64::max)
    }

    fn beta(&self) -> f64 {
        self.shares().map(|(q, p)| (q - p) / p).fold(0.0, f64::max)
    }

    fn delta(&self) -> f64 {
        self.shares()
            .map(|(q, p)| (q / p).ln().abs())
            .fold(0.0, f64::max)
    }

    pub(crate) fn distance(&self) -> f64 {
        if let Some((upto, of_those)) = &self.table.sums {
            return self.earth_movers(upto, of_those);
        }
        let (differences, met) =
            (self.shares()).fold((0.0, 0.0), |(d, met), (q, p)| (d + (q - p).abs(), met + p));
        0.5 * (differences + (1.0 - met).max(0.0))
    }

    /// Sum of the absolute differences of the running sums, divided by the number of steps. Between two values met the
    /// group's sum stands still, so whole stretches are added at once.
    fn earth_movers(&self, upto: &[f64], of_those: &[f64]) -> f64 {
        let values = upto.len();
        if values < 2 {
            return 0.0;
        }
        let (mut total, mut sum, mut from) = (0.0, 0.0, 0);
        for &(code, share) in &self.shares {
            total += stretch(upto, of_those, from..code as usize, sum);
            sum += share;
            from = code as usize;
        }
        total += stretch(upto, of_those, from..values, sum);
        total / (values - 1) as f64
    }
}

/// Sum of `|sum - upto[i]|` over a range, where `upto` rises.
fn stretch(upto: &[f64], of_those: &[f64], range: std::ops::Range<usize>, sum: f64) -> f64 {
    let below = range.start + upto[range.clone()].partition_point(|&part| part <= sum);
    let total = |range: std::ops::Range<usize>| match (range.is_empty(), range.start) {
        (true, _) => 0.0,
        (_, 0) => of_those[range.end - 1],
        (_, start) => of_those[range.end - 1] - of_those[start - 1],
    };
    let (low, high) = (range.start..below, below..range.end);
    let (few, many) = (low.len() as f64, high.len() as f64);
    (sum * few - total(low)) + (total(high) - sum * many)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::privacy::Tally;

    fn measured(rows: &[(&str, &str)]) -> SensitiveMeasures {
        let mut tally = Tally::new(2);
        let column = |f: fn(&(&'static str, &'static str)) -> &'static str,
                      rows: &[(&'static str, &'static str)]| {
            rows.iter().map(|row| Some(f(row))).collect::<Vec<_>>()
        };
        let owned: Vec<(&'static str, &'static str)> = rows
            .iter()
            .map(|(a, b)| (&*a.to_string().leak(), &*b.to_string().leak()))
            .collect();
        tally.add(&[column(|r| r.0, &owned), column(|r| r.1, &owned)]);
        let paths = ["q".to_owned(), "s".to_owned()];
        measure(&tally.finish(1), &paths).sensitive.remove(0)
    }

    /// Li et al. 2007, section 4.2: incomes of 3, 4 and 5 thousand among 3 to 11 thousand are 0.375 away, 6, 8 and 11 are
    /// 0.167 away.
    #[test]
    fn the_example_of_the_paper() {
        let rows = [
            ("a", "3"),
            ("a", "4"),
            ("a", "5"),
            ("b", "6"),
            ("b", "8"),
            ("b", "11"),
            ("c", "7"),
            ("c", "9"),
            ("c", "10"),
        ];
        assert!((measured(&rows).t - 0.375).abs() < 1e-12);
        let without_first: Vec<_> = rows
            .iter()
            .map(|&(q, s)| (if q == "a" { "c" } else { q }, s))
            .collect();
        assert!((measured(&without_first).t - 1.0 / 6.0).abs() < 1e-12);
    }

    #[test]
    fn stretches_add_up_to_the_sum_value_by_value() {
        let upto = [0.1, 0.3, 0.35, 0.7, 1.0];
        let of_those = running_sums(&upto);
        for start in 0..5 {
            for end in start..=5 {
                for sum in [0.0, 0.2, 0.35, 0.9, 1.0] {
                    let plain: f64 = upto[start..end].iter().map(|part| (sum - part).abs()).sum();
                    assert!((stretch(&upto, &of_those, start..end, sum) - plain).abs() < 1e-12);
                }
            }
        }
    }
}

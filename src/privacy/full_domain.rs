//! Full-domain generalisation: every column at one level of its ladder, the combination of levels that loses least and leaves
//! no more rows to suppress than allowed (Samarati 2001; loss by the normalised certainty penalty of Xu et al. 2006).

use std::collections::{BTreeSet, HashMap};
use std::hash::BuildHasher as _;

use foldhash::fast::{FixedState, RandomState};

use super::Privacy;
use super::labels::Label;
use super::mondrian::Judge;
use super::tally::{Counted, Values, number};
use crate::method::ladder::Step;

/// Widths of ranges for numbers that have no ladder.
const WIDTHS: [f64; 6] = [5.0, 10.0, 20.0, 50.0, 100.0, 1000.0];
/// More combinations of levels are not tried: then everything goes to the top.
const MOST_TRIED: usize = 1 << 12;

/// One level of one column.
struct Level {
    /// By code: number of the label.
    label_of: Vec<u32>,
    labels: Vec<Label>,
    /// Share of the column's variety that is lost, over all rows.
    loss: f64,
}

/// Groups of rows with their labels by column, and the rows that are suppressed.
pub(super) struct Generalised {
    pub(super) groups: Vec<(Vec<u32>, Vec<Label>)>,
    pub(super) suppressed: Vec<u32>,
}

/// The combination of levels that loses least; `None` when none is allowed.
pub(super) fn generalise(
    counted: &Counted,
    ladders: &[&[Step]],
    privacy: &Privacy,
) -> Option<Generalised> {
    let columns: Vec<Vec<Level>> = (0..counted.quasi)
        .map(|column| levels(counted, column, ladders[column]))
        .collect();
    let judge = Judge::new(counted, privacy);
    let top: Vec<usize> = columns.iter().map(|levels| levels.len() - 1).collect();
    Nodes::new(&columns)
        .take(MOST_TRIED)
        .chain([top])
        .find_map(|node| attempt(counted, &columns, &node, &judge, privacy))
}

fn levels(counted: &Counted, column: usize, ladder: &[Step]) -> Vec<Level> {
    let values = &counted.columns[column];
    let mut times = vec![0_u64; values.texts.len()];
    for index in 0..counted.len() {
        times[counted.row(index)[column] as usize] += counted.times[index];
    }
    let level = |rule: &dyn Fn(&str) -> Option<String>| Level::new(values, &times, rule);
    let mut found = vec![level(&|text| Some(text.to_owned()))];
    found.extend(ladder.iter().map(|step| level(&step.rule)));
    if ladder.is_empty() && values.are_numbers {
        found.extend(WIDTHS.iter().map(|&width| level(&|text| bin(text, width))));
    }
    found.push(Level::top(values, &times));
    // A level that merges no more than the one below it is a detour.
    found.dedup_by(|higher, lower| higher.labels.len() == lower.labels.len());
    found
}

/// The range of so many whole numbers that a number, or a range of them, lies in.
fn bin(text: &str, width: f64) -> Option<String> {
    let (low, high) = text.split_once("..").unwrap_or((text, text));
    let (low, high) = (number(low)?, number(high)?);
    let from = (low / width).floor() * width;
    let to = (high / width).floor() * width + width;
    let is_whole = low.fract() == 0.0 && high.fract() == 0.0;
    Some(format!("{from}..{}", if is_whole { to - 1.0 } else { to }))
}

impl Level {
    /// Tells nothing, not even which cells are empty.
    fn top(values: &Values, times: &[u64]) -> Self {
        let label_of = vec![0; values.texts.len()];
        Self {
            loss: loss(&label_of, 1, times),
            labels: vec![Label::suppressed()],
            label_of,
        }
    }

    fn new(values: &Values, times: &[u64], rule: &dyn Fn(&str) -> Option<String>) -> Self {
        let mut numbers: HashMap<Label, u32, RandomState> = HashMap::default();
        let (mut labels, mut label_of) = (Vec::new(), Vec::new());
        let mut lowest: HashMap<String, Box<str>, RandomState> = HashMap::default();
        for value in &values.texts {
            let text = value.as_deref().map(rule);
            let label = match text {
                None => Label::empty(),
                Some(None) => Label::suppressed(),
                Some(Some(text)) => Label {
                    low: value.as_ref().map(|value| {
                        lowest
                            .entry(text.clone())
                            .or_insert_with(|| value.clone())
                            .clone()
                    }),
                    text: Some(text.into()),
                },
            };
            label_of.push(*numbers.entry(label.clone()).or_insert_with(|| {
                labels.push(label);
                labels.len() as u32 - 1
            }));
        }
        let loss = loss(&label_of, labels.len(), times);
        Self {
            label_of,
            labels,
            loss,
        }
    }
}

/// Mean over rows of how many other values share a value's label, as a share of all.
fn loss(label_of: &[u32], labels: usize, times: &[u64]) -> f64 {
    let mut members = vec![0_u32; labels];
    for &label in label_of {
        members[label as usize] += 1;
    }
    let others = label_of.len().saturating_sub(1).max(1) as f64;
    let rows: u64 = times.iter().sum();
    let lost = label_of
        .iter()
        .zip(times)
        .map(|(&label, &times)| f64::from(members[label as usize] - 1) / others * times as f64);
    lost.sum::<f64>() / rows.max(1) as f64
}

/// Combinations of levels, those that lose least first.
struct Nodes<'a> {
    columns: &'a [Vec<Level>],
    waiting: BTreeSet<(u64, Vec<usize>)>,
}

impl<'a> Nodes<'a> {
    fn new(columns: &'a [Vec<Level>]) -> Self {
        let mut nodes = Self {
            columns,
            waiting: BTreeSet::new(),
        };
        nodes.add(vec![0; columns.len()]);
        nodes
    }

    fn add(&mut self, node: Vec<usize>) {
        let losses = node.iter().zip(self.columns);
        let loss: f64 = losses.map(|(&level, levels)| levels[level].loss).sum();
        // Losses are no less than 0, and then their bits have their order.
        self.waiting.insert((loss.to_bits(), node));
    }
}

impl Iterator for Nodes<'_> {
    type Item = Vec<usize>;

    fn next(&mut self) -> Option<Vec<usize>> {
        let (_, node) = self.waiting.pop_first()?;
        for column in 0..node.len() {
            let mut coarser = node.clone();
            coarser[column] += 1;
            if coarser[column] < self.columns[column].len() {
                self.add(coarser);
            }
        }
        Some(node)
    }
}

fn attempt(
    counted: &Counted,
    columns: &[Vec<Level>],
    node: &[usize],
    judge: &Judge<'_>,
    privacy: &Privacy,
) -> Option<Generalised> {
    let hasher = FixedState::default();
    let labels_of = |row: usize| -> Vec<u32> {
        let codes = counted.key(row).iter().zip(columns).zip(node);
        codes
            .map(|((&code, levels), &level)| levels[level].label_of[code as usize])
            .collect()
    };
    let hashes: Vec<u64> = (0..counted.len())
        .map(|row| hasher.hash_one(labels_of(row)))
        .collect();
    let most = (privacy.suppression * counted.rows() as f64) as u64;
    if rows_in_small_groups(counted, &hashes, privacy.k) > most {
        return None;
    }
    let mut groups: HashMap<u64, Vec<u32>, RandomState> = HashMap::default();
    for (row, &hash) in hashes.iter().enumerate() {
        groups.entry(hash).or_default().push(row as u32);
    }
    let mut groups: Vec<Vec<u32>> = groups.into_values().collect();
    let size = |rows: &[u32]| {
        rows.iter()
            .map(|&row| counted.times[row as usize])
            .sum::<u64>()
    };
    groups.sort_by_key(|rows| (size(rows), rows.first().copied()));
    let (mut kept, refused): (Vec<_>, Vec<_>) =
        groups.into_iter().partition(|rows| judge.allows(rows));
    let mut suppressed = refused.concat();
    // What is suppressed is a group too: the smallest others join it until it may stand.
    while !suppressed.is_empty() && !judge.allows(&suppressed) && !kept.is_empty() {
        suppressed.extend(kept.remove(0));
    }
    let may_stand = suppressed.is_empty() || judge.allows(&suppressed);
    (may_stand && size(&suppressed) <= most).then(|| Generalised {
        groups: (kept.into_iter())
            .map(|rows| {
                let labels = labels_of(rows[0] as usize);
                let labels = labels.iter().zip(columns).zip(node);
                let labels = labels
                    .map(|((&label, levels), &level)| levels[level].labels[label as usize].clone());
                (rows, labels.collect())
            })
            .collect(),
        suppressed,
    })
}

fn rows_in_small_groups(counted: &Counted, hashes: &[u64], k: u32) -> u64 {
    let mut sizes: HashMap<u64, u64, RandomState> = HashMap::default();
    for (hash, times) in hashes.iter().zip(&counted.times) {
        *sizes.entry(*hash).or_default() += times;
    }
    sizes
        .into_values()
        .filter(|&size| size < u64::from(k))
        .sum()
}

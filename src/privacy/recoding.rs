//! What the quasi-identifiers of every row become: learnt from the counts of a whole table, applied batch by batch.

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::RandomState;
use polars::error::PolarsResult;
use polars::prelude::{BooleanChunked, DataType, IntoSeries as _, Series, StringChunked};
use serde::Serialize;

use super::full_domain::generalise;
use super::labels::Label;
use super::mondrian::{Judge, partition};
use super::tally::{Counted, Values};
use super::{Model, Privacy};
use crate::method::ladder::{Step, ladder};

/// A column that a privacy model looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelColumn {
    /// Path of the column.
    pub path: String,
    /// What it is.
    pub category: Option<String>,
}

/// What a privacy model did to a table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recoded {
    /// Rows that are alike, at least, where the model could bring it about.
    pub k: u64,
    /// Groups of rows that are alike.
    pub groups: u64,
    /// Rows whose quasi-identifiers were all suppressed.
    pub suppressed_rows: u64,
    /// By quasi-identifier: share of its variety that is lost, from 0 to 1 (normalised certainty penalty).
    pub loss: BTreeMap<String, f64>,
}

/// What the quasi-identifiers of every row become.
pub struct Recoding {
    columns: Vec<Lookup>,
    /// Numbers of groups, by the codes of the quasi-identifiers.
    group_of: HashMap<Box<[u32]>, u32, RandomState>,
    labels: Vec<Vec<Label>>,
    /// What was done.
    pub recoded: Recoded,
}

struct Lookup {
    path: String,
    codes: HashMap<Box<str>, u32, RandomState>,
    empty: Option<u32>,
}

struct Grouped {
    groups: Vec<(Vec<u32>, Vec<Label>)>,
    suppressed: Vec<u32>,
}

impl Recoding {
    /// Finds groups for all rows.
    pub fn learn(counted: &Counted, columns: &[ModelColumn], privacy: &Privacy) -> Self {
        let ladders: Vec<&[Step]> = columns
            .iter()
            .map(|c| ladder(c.category.as_deref()))
            .collect();
        let grouped = if is_fine(counted, privacy) {
            as_it_is(counted)
        } else {
            let found = match privacy.model {
                Model::Mondrian => by_mondrian(counted, &ladders, privacy),
                Model::FullDomain => by_full_domain(counted, &ladders, privacy),
            };
            found.unwrap_or_else(|| all_suppressed(counted))
        };
        let recoded = grouped.recoded(counted, columns);
        let mut labels = Vec::new();
        let mut group_of = HashMap::default();
        for (rows, of_group) in grouped.all_groups(counted.quasi) {
            for row in rows {
                group_of.insert(counted.key(row as usize).into(), labels.len() as u32);
            }
            labels.push(of_group);
        }
        Self {
            columns: columns
                .iter()
                .zip(&counted.columns)
                .map(|(c, values)| Lookup::new(&c.path, values))
                .collect(),
            group_of,
            labels,
            recoded,
        }
    }

    /// Paths of the quasi-identifiers, in the order in which `apply` takes them.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.path.as_str())
    }

    /// Rewrites the quasi-identifiers of some rows; `None` when they are not the rows that were counted.
    ///
    /// # Errors
    /// When polars refuses a conversion; cells are never quoted.
    pub fn apply(&self, columns: &[Series]) -> PolarsResult<Option<Vec<Series>>> {
        let texts: Vec<StringChunked> =
            columns.iter().map(cells_of).collect::<PolarsResult<_>>()?;
        let mut codes: Vec<Vec<u32>> = Vec::new();
        for (lookup, cells) in self.columns.iter().zip(&texts) {
            let Some(of_column) = cells.iter().map(|cell| lookup.code(cell)).collect() else {
                return Ok(None);
            };
            codes.push(of_column);
        }
        let height = columns.first().map_or(0, |column| column.len());
        let mut key = Vec::new();
        let mut groups = Vec::with_capacity(height);
        for row in 0..height {
            key.clear();
            key.extend(codes.iter().map(|column| column[row]));
            let Some(&group) = self.group_of.get(key.as_slice()) else {
                return Ok(None);
            };
            groups.push(group as usize);
        }
        let rewritten = columns.iter().enumerate().map(|(column, values)| {
            let labels = groups.iter().map(|&group| &self.labels[group][column]);
            relabelled(values, labels)
        });
        rewritten.collect::<PolarsResult<_>>().map(Some)
    }
}

impl Lookup {
    fn new(path: &str, values: &Values) -> Self {
        let (mut codes, mut empty) = (HashMap::default(), None);
        for (code, value) in values.texts.iter().enumerate() {
            match value {
                Some(text) => drop(codes.insert(text.clone(), code as u32)),
                None => empty = Some(code as u32),
            }
        }
        Self {
            path: path.to_owned(),
            codes,
            empty,
        }
    }

    fn code(&self, cell: Option<&str>) -> Option<u32> {
        cell.map_or(self.empty, |text| self.codes.get(text).copied())
    }
}

/// The cells of a column as the counts hold them: times by their ticks, so that they have an order.
///
/// # Errors
/// When polars refuses.
pub fn cells_of(values: &Series) -> PolarsResult<StringChunked> {
    let values = match values.dtype() {
        DataType::Date | DataType::Datetime(..) | DataType::Time | DataType::Duration(_) => {
            values.to_physical_repr().into_owned()
        }
        _ => values.clone(),
    };
    Ok(values.cast(&DataType::String)?.str()?.clone())
}

fn relabelled<'a>(
    values: &Series,
    labels: impl Iterator<Item = &'a Label>,
) -> PolarsResult<Series> {
    let is_text = matches!(
        values.dtype(),
        DataType::String | DataType::Categorical(..) | DataType::Enum(..)
    );
    let cells: StringChunked = labels
        .map(|label| {
            if is_text {
                label.text.as_deref()
            } else {
                label.low.as_deref()
            }
        })
        .collect();
    let text = cells.into_series().with_name(values.name().clone());
    match values.dtype() {
        _ if is_text => Ok(text),
        dtype @ (DataType::Date
        | DataType::Datetime(..)
        | DataType::Time
        | DataType::Duration(_)) => text
            .cast(&DataType::Int64)?
            .cast(&dtype.to_physical())?
            .cast(dtype),
        DataType::Boolean => {
            let cells: BooleanChunked = text
                .str()?
                .iter()
                .map(|cell| Some(cell? == "true"))
                .collect();
            Ok(cells.into_series().with_name(values.name().clone()))
        }
        dtype => text.cast(dtype),
    }
}

fn is_fine(counted: &Counted, privacy: &Privacy) -> bool {
    let judge = Judge::new(counted, privacy);
    let rows = |class: std::ops::Range<usize>| class.map(|row| row as u32).collect::<Vec<_>>();
    counted.classes().all(|class| judge.allows(&rows(class)))
}

fn as_it_is(counted: &Counted) -> Grouped {
    let own_value = |row: usize| {
        let codes = counted.key(row).iter().zip(&counted.columns);
        codes
            .map(|(&code, values)| Label::covering(values, &[code], &[]))
            .collect()
    };
    let group = |class: std::ops::Range<usize>| {
        let labels = own_value(class.start);
        (class.map(|row| row as u32).collect(), labels)
    };
    Grouped {
        groups: counted.classes().map(group).collect(),
        suppressed: Vec::new(),
    }
}

fn all_suppressed(counted: &Counted) -> Grouped {
    Grouped {
        groups: Vec::new(),
        suppressed: (0..counted.len() as u32).collect(),
    }
}

fn by_mondrian(counted: &Counted, ladders: &[&[Step]], privacy: &Privacy) -> Option<Grouped> {
    let labelled = |rows: Vec<u32>| {
        let label = |column: usize| {
            let codes = distinct(rows.iter().map(|&row| counted.key(row as usize)[column]));
            Label::covering(&counted.columns[column], &codes, ladders[column])
        };
        let labels = (0..counted.quasi).map(label).collect();
        (rows, labels)
    };
    let groups = partition(counted, privacy)?;
    Some(Grouped {
        groups: groups.into_iter().map(labelled).collect(),
        suppressed: Vec::new(),
    })
}

fn by_full_domain(counted: &Counted, ladders: &[&[Step]], privacy: &Privacy) -> Option<Grouped> {
    let found = generalise(counted, ladders, privacy)?;
    Some(Grouped {
        groups: found.groups,
        suppressed: found.suppressed,
    })
}

fn distinct(codes: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut codes: Vec<u32> = codes.collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

impl Grouped {
    fn all_groups(self, quasi: usize) -> impl Iterator<Item = (Vec<u32>, Vec<Label>)> {
        let last = (self.suppressed, vec![Label::suppressed(); quasi]);
        self.groups.into_iter().chain([last])
    }

    fn recoded(&self, counted: &Counted, columns: &[ModelColumn]) -> Recoded {
        let size = |rows: &[u32]| {
            rows.iter()
                .map(|&row| counted.times[row as usize])
                .sum::<u64>()
        };
        let suppressed_rows = size(&self.suppressed);
        let loss = |column: usize| {
            let lost = self.groups.iter().map(|(rows, labels)| {
                let codes = || rows.iter().map(|&row| counted.key(row as usize)[column]);
                let (Some(least), Some(most)) = (codes().min(), codes().max()) else {
                    return 0.0;
                };
                let is_suppressed = labels[column] == Label::suppressed() && least < most;
                let of_group = Label::loss(&(least..=most), &counted.columns[column]);
                size(rows) as f64 * if is_suppressed { 1.0 } else { of_group }
            });
            (lost.sum::<f64>() + suppressed_rows as f64) / counted.rows().max(1) as f64
        };
        let sizes = self.groups.iter().map(|(rows, _)| size(rows));
        Recoded {
            k: sizes
                .chain((suppressed_rows > 0).then_some(suppressed_rows))
                .min()
                .unwrap_or(0),
            groups: (self.groups.len() + usize::from(suppressed_rows > 0)) as u64,
            suppressed_rows,
            loss: columns
                .iter()
                .enumerate()
                .map(|(i, c)| (c.path.clone(), loss(i)))
                .collect(),
        }
    }
}

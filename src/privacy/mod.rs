//! Privacy models: rows become alike in what others may know of them, until a row cannot be told from `k - 1` others.
//!
//! Samarati and Sweeney 1998 (k-anonymity), Machanavajjhala et al. 2007 (l-diversity), Li et al. 2007 (t-closeness). Rows
//! are never held: equal rows are counted ([`Tally`]), and all models work on the counts.

mod count;
mod full_domain;
mod labels;
pub mod measures;
mod mondrian;
mod recoding;
pub mod tally;

use serde::{Deserialize, Serialize};

pub(crate) use count::count;
pub use recoding::{ModelColumn, Recoded, Recoding, cells_of};
pub use tally::{Counted, Tally};

/// What groups of rows must have, and how they are made.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Privacy {
    /// How groups are made.
    #[serde(default)]
    pub model: Model,
    /// Rows that are alike, at least.
    pub k: u32,
    /// Different sensitive values in each group, at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub l: Option<u32>,
    /// How `l` is counted.
    #[serde(default, skip_serializing_if = "Diversity::is_distinct")]
    pub diversity: Diversity,
    /// Distance of the sensitive values of a group from those of the table, at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub t: Option<f64>,
    /// Share of rows whose quasi-identifiers may be suppressed, at most.
    #[serde(default = "usual_suppression")]
    pub suppression: f64,
}

/// What a person asks of the groups of a table.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Columns that others may know; by their categories when there are none.
    pub quasi: Vec<String>,
    /// Columns that nobody is to learn.
    pub sensitive: Vec<String>,
    /// What groups must have.
    pub privacy: Privacy,
}

/// Rows that are alike in an export when nothing is said.
pub const USUAL_K: u32 = 5;
/// Share of rows that may be suppressed when nothing is said.
pub const USUAL_SUPPRESSION: f64 = 0.05;

fn usual_suppression() -> f64 {
    USUAL_SUPPRESSION
}

/// How groups are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Model {
    /// Splits the table again and again where groups stay large enough (`LeFevre` et al. 2006): every group loses as little as
    /// it can.
    #[default]
    Mondrian,
    /// Brings all values of a column to one level of its ladder: groups are easier to explain, and lose more.
    FullDomain,
}

/// How different the sensitive values of a group are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Diversity {
    /// By their number.
    #[default]
    Distinct,
    /// By the exponential of their entropy, which counts rare values for less.
    Entropy,
}

impl Diversity {
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde passes a reference"
    )]
    fn is_distinct(&self) -> bool {
        *self == Self::Distinct
    }
}

impl Default for Privacy {
    fn default() -> Self {
        Self {
            model: Model::default(),
            k: USUAL_K,
            l: None,
            diversity: Diversity::default(),
            t: None,
            suppression: USUAL_SUPPRESSION,
        }
    }
}

impl Privacy {
    /// What cannot be asked for, in words.
    pub fn complaints(&self) -> Vec<&'static str> {
        let mut found = Vec::new();
        if self.k < 2 {
            found.push("`k` must be 2 or more; leave the privacy section out to do without");
        }
        if self.l == Some(0) {
            found.push("`l` must be 1 or more");
        }
        if self.t.is_some_and(|t| !(0.0..=1.0).contains(&t)) {
            found.push("`t` must lie between 0 and 1");
        }
        if !(0.0..=1.0).contains(&self.suppression) {
            found.push("`suppression` must lie between 0 and 1");
        }
        found
    }

    /// Tells whether a group of so many rows with these sensitive values may stand.
    fn allows(&self, rows: u64, sensitive: &[measures::Group<'_>]) -> bool {
        let is_various = |group: &measures::Group<'_>| match (self.l, self.diversity) {
            (None, _) => true,
            (Some(l), Diversity::Distinct) => group.distinct() >= u64::from(l),
            (Some(l), Diversity::Entropy) => {
                group.entropy().exp() + measures::TOLERANCE >= f64::from(l)
            }
        };
        let is_close = |group: &measures::Group<'_>| {
            (self.t).is_none_or(|t| group.distance() <= t + measures::TOLERANCE)
        };
        rows >= u64::from(self.k) && sensitive.iter().all(|g| is_various(g) && is_close(g))
    }

    /// Tells whether sensitive values matter.
    fn looks_at_sensitive(&self) -> bool {
        self.l.is_some_and(|l| l > 1) || self.t.is_some()
    }
}

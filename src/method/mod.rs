//! Irreversible rewritings of columns. Each says what class of trace it leaves; a reversible one has no place here.

pub(crate) mod civil;
mod date_shift;
pub(crate) mod dates;
mod fake;
mod generalize;
mod json;
pub(crate) mod ladder;
mod microaggregate;
mod noise;
mod numbers;
mod random;
mod redact;
mod regions;
mod scrub;
mod settings;
mod shuffle;
mod token;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use polars::prelude::{DataType, IntoSeries as _, Series, StringChunked};
use serde::{Deserialize, Serialize};

use crate::detect::{Detectors, Searcher};
use crate::error::{Error, Result};
pub use ladder::steps;
use random::Random;
pub use settings::Settings;
pub use token::Key;

/// What is left of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Nothing.
    Destroyed,
    /// Something less exact.
    Generalised,
    /// A value of the same kind that chance has drawn or moved.
    Randomised,
    /// Equality within one run: pseudonymous, not anonymous.
    RunLinked,
}

/// One way to rewrite a column.
pub trait Method: Send + Sync {
    /// Name that plans use.
    fn id(&self) -> &'static str;
    /// What is left of a value.
    fn class(&self) -> Class;
    /// Tells whether it can rewrite cells of a type.
    fn fits(&self, dtype: &DataType) -> bool;
    /// Names of the settings it takes.
    fn settings(&self) -> &'static [&'static str] {
        &[]
    }
    /// Judges the settings that a plan gives it.
    ///
    /// # Errors
    /// With a sentence that names a wrong setting and says what is allowed.
    fn check(&self, settings: &Settings) -> std::result::Result<(), String> {
        settings.only(self.settings())
    }
    /// Tells whether it makes sense for a category.
    fn suits(&self, _category: Option<&str>) -> bool {
        true
    }
    /// Rewrites the values of one leaf: same name, same length, nulls stay null.
    ///
    /// # Errors
    /// When polars refuses a conversion; cells are never quoted.
    fn apply(
        &self,
        values: &Series,
        column: &ColumnContext<'_>,
        run: &Run,
    ) -> polars::error::PolarsResult<Series>;
}

/// What a method knows of the column.
#[derive(Clone, Copy)]
pub struct ColumnContext<'a> {
    /// What the column is.
    pub category: Option<&'a str>,
    /// What the plan says besides.
    pub settings: &'a Settings,
    /// Cells of the column that tells whose row it is, of the same rows; only for columns that are not nested.
    pub subjects: Option<&'a Series>,
}

impl<'a> ColumnContext<'a> {
    /// A column of some category, nothing set.
    pub const fn of(category: Option<&'a str>) -> Self {
        Self {
            category,
            settings: &Settings::NONE,
            subjects: None,
        }
    }
}

impl fmt::Debug for ColumnContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Cells of subjects are not to be seen.
        f.debug_struct("ColumnContext")
            .field("category", &self.category)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// One run of the program: its key lives in memory only and is wiped at the end.
pub struct Run {
    /// Looks at cells.
    pub detectors: Arc<Detectors>,
    /// Makes tokens.
    pub key: Key,
    /// Streams of random numbers so far.
    streams: AtomicU64,
}

impl Run {
    /// A run with a fresh key.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn new(detectors: impl Into<Arc<Detectors>>) -> Result<Self> {
        Ok(Self {
            detectors: detectors.into(),
            key: Key::random()?,
            streams: AtomicU64::new(0),
        })
    }

    /// A stream of random numbers of its own.
    fn random(&self) -> Random {
        let number = self.streams.fetch_add(1, Ordering::Relaxed);
        Random::of(self.key.derive("stream", &number.to_le_bytes()))
    }

    /// Gets ready to look into the cells of a column.
    fn searcher(&self, values: &Series) -> Searcher<'_> {
        let mut searcher = self.detectors.searcher();
        searcher.next_batch(0);
        searcher.next_column(values.name(), values.len());
        searcher
    }
}

/// Every method; `drop` and `keep` are actions, not methods.
pub const ALL: &[&dyn Method] = &[
    &redact::Redact,
    &generalize::Generalize,
    &token::Token,
    &scrub::Scrub,
    &fake::Fake,
    &shuffle::Shuffle,
    &noise::Noise,
    &date_shift::DateShift,
    &microaggregate::Microaggregate,
];

/// Finds a method by name.
pub fn named(id: &str) -> Option<&'static dyn Method> {
    ALL.iter().find(|method| method.id() == id).copied()
}

/// Applies a method and checks its promises.
///
/// # Errors
/// When it does not fit the column.
pub fn apply(
    method: &dyn Method,
    values: &Series,
    column: &ColumnContext<'_>,
    run: &Run,
    place: &str,
    path: &str,
) -> Result<Series> {
    let refused = |what| Error::Method {
        place: place.to_owned(),
        path: path.to_owned(),
        method: method.id().to_owned(),
        what,
    };
    if !method.fits(values.dtype()) {
        return Err(refused("its cells are of another type"));
    }
    let rewritten = method
        .apply(values, column, run)
        .map_err(|_| refused("a value could not be converted"))?;
    if rewritten.len() == values.len() {
        Ok(rewritten.with_name(values.name().clone()))
    } else {
        Err(refused("rows were lost"))
    }
}

/// Rewrites each text; `None` makes it null.
fn map_text(
    values: &Series,
    mut rewrite: impl FnMut(&str) -> Option<String>,
) -> polars::error::PolarsResult<Series> {
    let text = values.cast(&DataType::String)?;
    let cells: StringChunked = text
        .str()?
        .iter()
        .map(|cell| cell.and_then(&mut rewrite))
        .collect();
    Ok(cells.into_series())
}

/// Leaves that have a text form of their own.
fn is_plain(dtype: &DataType) -> bool {
    !dtype.is_nested() && !matches!(dtype, DataType::Binary | DataType::Unknown(_))
}

//! Attacks what was written. Trusts nothing that `apply` says of itself: it reads the output again, cells and bytes.

mod across;
mod against;
mod aligned;
mod blooms;
mod bytes;
mod cells;
mod classes;
mod derived;
mod encodings;
mod enumeration;
mod filter;
mod forms;
mod frequency;
mod gone;
mod hashes;
mod identifiers;
mod inference;
mod known;
mod length;
mod linkage;
mod literals;
pub(crate) mod models;
mod names;
mod nulls;
mod order;
mod originals;
mod pairs;
mod parts;
mod positions;
mod rates;
mod residue;
mod salts;
mod singling_out;
mod suspects;
mod sweep;
pub mod utility;

use std::collections::HashSet;

use serde::Serialize;

use crate::category::{Catalog, Kind};
use crate::detect::Detectors;
use crate::error::{Error, Result};
use crate::findings::TableFindings;
use crate::privacy::Asked;
use crate::progress::Progress;
use crate::source::Source;
pub use across::{Across, Member};
pub use against::{against_original, pairs};
use filter::Filter;
pub(crate) use gone::{Parts, residue_of_gone};
use identifiers::{Finder, Hasher};
pub use models::{Modelled, Models};
use names::Names;
pub use rates::Rates;
pub use utility::Utility;

/// The schema's name and version.
pub const SCHEMA: &str = "iesiz.verification/1";

/// What attacking one or more tables showed.
#[derive(Clone, Debug, Serialize)]
pub struct Verification {
    /// Name and version of this shape.
    pub schema: &'static str,
    /// One entry a table.
    pub tables: Vec<TableVerification>,
}

/// What attacking one table showed.
#[derive(Clone, Debug, Serialize)]
pub struct TableVerification {
    /// The table that was attacked.
    pub table: String,
    /// One entry an attack.
    pub attacks: Vec<Attack>,
    /// Figures of privacy models.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub models: Option<Modelled>,
    /// What the table is still good for; written to a file of its own.
    #[serde(skip)]
    pub utility: Option<Utility>,
}

/// One attack on one table.
#[derive(Clone, Debug, Serialize)]
pub struct Attack {
    /// Which.
    pub attack: &'static str,
    /// How it ended.
    pub outcome: Outcome,
    /// Values tried, or looked at.
    pub tried: u64,
    /// Values that gave an original away.
    pub broken: u64,
    /// Share of the search space that was covered, where it was not all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub covered: Option<f64>,
    /// How many tries find one value, where a space is searched for any of many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<u64>,
    /// How often it succeeds, where that is a matter of degree.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rates: Option<Rates>,
    /// Where, by column.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<BrokenColumn>,
}

impl Attack {
    /// One that found nothing to attack yet.
    fn new(attack: &'static str) -> Self {
        Self {
            attack,
            outcome: Outcome::NotApplicable,
            tried: 0,
            broken: 0,
            covered: None,
            expected: None,
            rates: None,
            columns: Vec::new(),
        }
    }

    /// Adds a column that gives originals away.
    fn add(&mut self, path: &str, count: u64, category: Option<&str>, hidden_as: &str) {
        self.broken += count;
        self.columns.push(BrokenColumn {
            path: path.to_owned(),
            count,
            category: category.map(str::to_owned),
            hidden_as: Some(hidden_as.to_owned()),
            known_from: None,
        });
    }

    /// Judges by what was tried and found.
    fn settle(mut self) -> Self {
        self.outcome = match (self.tried, self.broken) {
            (0, _) => Outcome::NotApplicable,
            (_, 0) => Outcome::Held,
            _ => Outcome::Broken,
        };
        self
    }
}

/// A column that gave originals away.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BrokenColumn {
    /// Its path; empty for bytes outside cells.
    pub path: String,
    /// How many values.
    pub count: u64,
    /// What they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// How they were hidden.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hidden_as: Option<String>,
    /// The table whose original tells that they are identifiers, where it is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known_from: Option<String>,
}

/// How an attack ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Nothing was given away.
    Held,
    /// Originals were given away.
    Broken,
    /// There was nothing to attack.
    NotApplicable,
}

impl Outcome {
    /// The word that reports use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Broken => "broken",
            Self::NotApplicable => "not-applicable",
        }
    }
}

impl Verification {
    /// Nothing attacked yet.
    pub fn new() -> Self {
        Self {
            schema: SCHEMA,
            tables: Vec::new(),
        }
    }

    /// Tells whether any attack gave originals away.
    pub fn is_broken(&self) -> bool {
        self.tables.iter().any(TableVerification::is_broken)
    }
}

impl Default for Verification {
    fn default() -> Self {
        Self::new()
    }
}

impl TableVerification {
    /// Adds what the attacks across tables showed.
    pub fn add(&mut self, found: Vec<Attack>) {
        for more in found {
            let is_same = |attack: &&mut Attack| attack.attack == more.attack;
            let Some(attack) = self.attacks.iter_mut().find(is_same) else {
                self.attacks.push(more);
                continue;
            };
            if attack.outcome != Outcome::Broken {
                attack.outcome = more.outcome;
            }
            attack.broken += more.broken;
            attack.covered = attack.covered.or(more.covered);
            attack.columns.extend(more.columns);
        }
    }

    /// Tells whether any attack gave originals away.
    pub fn is_broken(&self) -> bool {
        self.attacks
            .iter()
            .any(|attack| attack.outcome == Outcome::Broken)
    }
}

/// What is known of an output's columns.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Columns that keep what they hold on purpose.
    pub allowed: HashSet<String>,
    /// Columns that were carried over as they are.
    pub carried: HashSet<String>,
    /// What privacy models look at.
    pub models: Models,
}

/// What privacy models look at in a table that was made elsewhere, of which something is known.
fn models_of(asked: &Asked, findings: &TableFindings) -> Models {
    let is_quasi = |category: &str| {
        let found = Catalog::builtin().find(category);
        found.is_some_and(|c| c.kind == Kind::QuasiIdentifier)
    };
    let by_category = (findings.columns.iter())
        .filter(|column| column.category.as_deref().is_some_and(is_quasi))
        .map(|column| column.path.clone());
    Models {
        quasi: if asked.quasi.is_empty() {
            by_category.collect()
        } else {
            asked.quasi.clone()
        },
        sensitive: asked.sensitive.clone(),
        asked: Some(asked.privacy),
        are_guessed: asked.quasi.is_empty(),
        are_named: !asked.quasi.is_empty() || !asked.sensitive.is_empty(),
    }
}

/// How hard to try.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Seconds to enumerate identifiers against one hash-like column of a table without an original.
    pub seconds: u64,
}

impl Default for Effort {
    fn default() -> Self {
        Self { seconds: 60 }
    }
}

/// What all attacks on a table have in common.
struct Setting<'a> {
    /// Columns that keep what they hold on purpose: they are not compared with originals.
    allowed: &'a HashSet<String>,
    detectors: &'a Detectors,
    hasher: Hasher,
    progress: &'a dyn Progress,
    /// What the output may hold, as it stays there.
    spared: Option<&'a Filter>,
    /// What tables have in common that are written together.
    across: Option<&'a Across>,
}

impl<'a> Setting<'a> {
    fn finder(&self) -> Finder<'a> {
        Finder::new(self.detectors, self.hasher.clone())
    }

    /// Notes what the output holds.
    fn hold(&self, held: &Filter, hashes: &[u64]) {
        held.add_all(hashes);
        if let Some(across) = self.across {
            across.saw(hashes);
        }
    }
}

/// Attacks a table of which nothing else is known: what it still shows, and what its hashes hide.
///
/// # Errors
/// When it cannot be read to its end.
pub fn alone(
    output: &dyn Source,
    detectors: &Detectors,
    effort: Effort,
    asked: &Asked,
    progress: &dyn Progress,
) -> Result<TableVerification> {
    let findings =
        crate::scan::scan_table(output, detectors, crate::scan::Judging::default(), progress)?;
    if findings.state == crate::findings::State::Unread {
        return Err(Error::Csv {
            place: output.id().to_string(),
            what: "some of its text is broken",
        });
    }
    let setting = Setting {
        allowed: &HashSet::new(),
        detectors,
        hasher: Hasher::default(),
        progress,
        spared: None,
        across: None,
    };
    let seen = residue::look(output, None, &setting)?;
    let mut attacks = vec![
        residue::in_plain_sight(&findings),
        Names::of(output)?.in_plain_sight(&setting),
    ];
    attacks.extend(enumeration::by_search(&seen, effort, |_, _| true)?);
    let models = models::attack(output, &models_of(asked, &findings), progress)?;
    let (models, grouped) = models.unzip();
    attacks.extend(grouped);
    Ok(TableVerification {
        table: output.id().to_string(),
        attacks,
        models,
        utility: None,
    })
}

//! Which rows a plan is about.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::lists::People;
use super::manifest::Noted;

/// Which rows a plan is about, and what may keep them.
#[derive(Clone, Debug)]
pub enum Selection {
    /// All rows: those that no purpose needs any more go.
    RunOut,
    /// Rows of some people: what no law wants kept goes.
    People(Arc<People>),
    /// Rows of some people, to be looked at.
    Look(Arc<People>),
    /// What was destroyed before, as a manifest tells, and came back.
    Again(Arc<Noted>),
}

/// What a plan was made for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Terms that have run out.
    #[default]
    Purge,
    /// Some people's data.
    Erase,
    /// What a restored backup brought back.
    Reapply,
}

impl Selection {
    /// What names the columns that are needed.
    pub(super) fn naming(&self) -> &'static str {
        match self {
            Self::Again(_) => "the dataset or the manifest",
            _ => "the dataset (its events, or the columns of its person)",
        }
    }

    /// What a plan about these rows is made for.
    pub fn kind(&self) -> Kind {
        match self {
            Self::RunOut => Kind::Purge,
            Self::People(_) | Self::Look(_) => Kind::Erase,
            Self::Again(_) => Kind::Reapply,
        }
    }

    /// What a manifest tells, where it is about that.
    pub(super) fn noted(&self) -> Option<&Noted> {
        match self {
            Self::Again(noted) => Some(noted),
            Self::RunOut | Self::People(_) | Self::Look(_) => None,
        }
    }

    /// The people that it is about, where it is about some.
    pub(super) fn people(&self) -> Option<&People> {
        match self {
            Self::RunOut | Self::Again(_) => None,
            Self::People(people) | Self::Look(people) => Some(people),
        }
    }
}

impl Kind {
    /// The command that makes and does such plans.
    pub fn command(self) -> &'static str {
        match self {
            Self::Purge => "purge",
            Self::Erase => "subject erase",
            Self::Reapply => "purge --reapply",
        }
    }
}

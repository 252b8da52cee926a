//! What becomes of one column: its verdict, its category and the aim of the run decide.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::{Action, Aim, ColumnPlan, Role};
use crate::category::{Catalog, Kind};
use crate::detect::header::is_not_personal;
use crate::findings::{ColumnFinding, Reason, Verdict};
use crate::method::Settings;
use crate::method::ladder::ladder;
use crate::privacy::Asked;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Defaults {
    kind: HashMap<String, String>,
    category: HashMap<String, String>,
}

fn defaults() -> &'static Defaults {
    static DEFAULTS: OnceLock<Defaults> = OnceLock::new();
    DEFAULTS.get_or_init(|| {
        toml::from_str(crate::pattern::METHODS).expect("the embedded methods are checked by a test")
    })
}

fn kind(category: &str) -> Option<Kind> {
    Catalog::builtin().find(category).map(|c| c.kind)
}

/// The method for an approved column in an export.
pub fn default_method(category: &str) -> &'static str {
    let kind = match kind(category) {
        Some(Kind::DirectIdentifier) => "direct_identifier",
        Some(Kind::QuasiIdentifier) => "quasi_identifier",
        Some(Kind::SensitiveSpecial) => "sensitive_special",
        Some(Kind::Financial) => "financial",
        Some(Kind::Device) => "device",
        Some(Kind::Other) | None => "other",
    };
    (defaults().category.get(category))
        .or_else(|| defaults().kind.get(kind))
        .map_or("redact", String::as_str)
}

/// What is decided about besides the column.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) aim: Aim,
    /// What groups of rows must have.
    pub(super) asked: Option<&'a Asked>,
    /// Whether every row has one plain cell in it: groups are not made of others.
    pub(super) is_flat: bool,
}

impl Place<'_> {
    /// What a person says that the column is to the privacy model.
    fn role(&self, path: &str) -> Option<Role> {
        let asked = self.asked.filter(|_| self.is_flat)?;
        let is_named = |paths: &[String]| paths.iter().any(|named| named == path);
        match () {
            () if is_named(&asked.quasi) => Some(Role::QuasiIdentifier),
            () if is_named(&asked.sensitive) => Some(Role::Sensitive),
            () => None,
        }
    }

    fn is_grouped(&self) -> bool {
        self.asked.is_some() && self.is_flat
    }
}

/// What will be done, and what the column is to the privacy model.
struct Decision {
    action: Action,
    method: Option<&'static str>,
    /// Step of the ladder, where it is not the first.
    level: Option<u8>,
    role: Option<Role>,
}

impl Decision {
    const KEEP: Self = Self::plain(Action::Keep);
    const DROP: Self = Self::plain(Action::Drop);

    const fn plain(action: Action) -> Self {
        Self {
            action,
            method: None,
            level: None,
            role: None,
        }
    }

    const fn rewrite(method: &'static str) -> Self {
        Self {
            method: Some(method),
            ..Self::plain(Action::Rewrite)
        }
    }
}

pub(super) fn decide(column: &ColumnFinding, place: Place<'_>) -> ColumnPlan {
    let decision = decision(column, place);
    ColumnPlan {
        path: column.path.clone(),
        category: column.category.clone(),
        also: column.also.iter().map(|c| c.category.clone()).collect(),
        verdict: column.verdict,
        reason: column.reason,
        action: decision.action,
        method: decision.method.map(str::to_owned),
        role: decision.role,
        settings: Settings {
            level: decision.level,
            ..Settings::default()
        },
    }
}

/// Where there is nothing to make groups of, what was to stand for a group alone goes.
pub(super) fn without_role(column: &mut ColumnPlan) {
    let is_whole = column.settings.level == Some(0);
    column.role = None;
    column.settings = Settings::default();
    if is_whole && column.verdict == Verdict::Clean {
        (column.action, column.method) = (Action::Keep, None);
    } else if is_whole {
        (column.action, column.method) = (Action::Drop, None);
    }
}

fn decision(column: &ColumnFinding, place: Place<'_>) -> Decision {
    let category = column.category.as_deref();
    let personal = category.filter(|id| !is_not_personal(id));
    if let Some(decision) = as_named(column, place) {
        return decision;
    }
    match (column.verdict, place.aim, personal) {
        (Verdict::Clean, ..) | (Verdict::Approved | Verdict::Review, Aim::Cleanup, _) => {
            Decision::KEEP
        }
        // The column itself is no personal data, only some of its cells hold some.
        (Verdict::Approved | Verdict::Excess | Verdict::Prohibited, _, None) => {
            Decision::rewrite("scrub")
        }
        (Verdict::Approved, Aim::Export, Some(category)) => approved(category, place),
        (Verdict::Excess, Aim::Export, Some(category)) if column.reason == Reason::NoPolicy => {
            unlisted(column, category, place)
        }
        (Verdict::Review | Verdict::Excess | Verdict::Prohibited | Verdict::Unread, ..) => {
            Decision::DROP
        }
    }
}

/// An approved column in an export: the default of its category, and rows are made alike in what is left of it.
fn approved(category: &str, place: Place<'_>) -> Decision {
    match default_method(category) {
        "keep" => Decision::KEEP,
        "drop" => Decision::DROP,
        "generalize" => generalized(category, place),
        method => Decision::rewrite(method),
    }
}

fn generalized(category: &str, place: Place<'_>) -> Decision {
    let role = match kind(category) {
        Some(Kind::Financial | Kind::SensitiveSpecial) => Role::Sensitive,
        _ => Role::QuasiIdentifier,
    };
    if role == Role::QuasiIdentifier && place.asked.is_some() && !place.is_flat {
        return Decision::rewrite("redact");
    }
    Decision {
        role: place.is_grouped().then_some(role),
        ..Decision::rewrite("generalize")
    }
}

/// A column that a person names for the privacy model, where nothing stands against its staying.
fn as_named(column: &ColumnFinding, place: Place<'_>) -> Option<Decision> {
    let role = place.role(&column.path)?;
    let category = column.category.as_deref();
    let may_stay = match column.verdict {
        Verdict::Clean | Verdict::Approved => true,
        Verdict::Excess => column.reason == Reason::NoPolicy,
        Verdict::Review | Verdict::Prohibited | Verdict::Unread => false,
    };
    let is_whole = role == Role::Sensitive || ladder(category).is_empty();
    let may_be_whole = column.also.is_empty() && category.is_none_or(may_stay_whole);
    (may_stay && column.also.is_empty() && (may_be_whole || !is_whole)).then(|| Decision {
        role: Some(role),
        level: is_whole.then_some(0),
        ..Decision::rewrite("generalize")
    })
}

/// Text that is kept for what it says, not for whom it names.
const FREE_TEXT: &[&str] = &[
    "free_text_other",
    "survey_answers",
    "transaction_purpose",
    "site_activity",
];

/// Tells whether values of the category may stand as they are where a group shares them.
pub(super) fn may_stay_whole(category: &str) -> bool {
    !Catalog::builtin().identifies(category) && !FREE_TEXT.contains(&category)
}

/// A personal column of a table for which there is no list: safe without asking anybody.
fn unlisted(column: &ColumnFinding, category: &str, place: Place<'_>) -> Decision {
    let is_quasi = kind(category) == Some(Kind::QuasiIdentifier);
    let has_ladder = !ladder(Some(category)).is_empty();
    match () {
        () if FREE_TEXT.contains(&category) => Decision::rewrite("scrub"),
        () if !is_quasi || !place.is_grouped() => Decision::DROP,
        () if has_ladder => generalized(category, place),
        // Values stay as they are where enough rows share them.
        () if column.also.is_empty() => Decision {
            level: Some(0),
            ..generalized(category, place)
        },
        () => Decision::DROP,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::method;

    #[test]
    fn every_default_is_a_method_or_an_action() {
        for category in &Catalog::builtin().categories {
            let id = default_method(&category.id);
            assert!(
                matches!(id, "keep" | "drop") || method::named(id).is_some(),
                "{}: {id}",
                category.id
            );
        }
        for id in defaults().category.keys() {
            assert!(Catalog::builtin().find(id).is_some(), "{id} is no category");
        }
    }
}

//! What a plan may say to a method besides its name. Every method tells which settings it takes and within what bounds.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

/// Settings of a method, as a plan writes them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How coarse a generalised value is: 1 is the finest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<u8>,
    /// The largest relative change of a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spread: Option<f64>,
    /// The largest number of days that a date is moved by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// How many cells get one value in common.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<u32>,
    /// The column that tells whose row it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
}

impl Settings {
    /// No setting at all.
    pub const NONE: Self = Self {
        level: None,
        spread: None,
        days: None,
        group: None,
        subject: None,
    };

    /// Tells whether nothing is set.
    pub fn is_empty(&self) -> bool {
        *self == Self::NONE
    }

    /// Refuses settings that a method does not take.
    ///
    /// # Errors
    /// With a sentence that names the first of them and what there is.
    pub fn only(&self, taken: &[&str]) -> Result<(), String> {
        let Some(unknown) = self.given().find(|name| !taken.contains(name)) else {
            return Ok(());
        };
        Err(if taken.is_empty() {
            format!("`{unknown}` is no setting of it; it has none")
        } else {
            format!(
                "`{unknown}` is no setting of it; it has: {}",
                taken.join(", ")
            )
        })
    }

    fn given(&self) -> impl Iterator<Item = &'static str> {
        let all = [
            ("level", self.level.is_some()),
            ("spread", self.spread.is_some()),
            ("days", self.days.is_some()),
            ("group", self.group.is_some()),
            ("subject", self.subject.is_some()),
        ];
        all.into_iter().filter(|(_, is)| *is).map(|(name, _)| name)
    }
}

/// Refuses a setting that lies out of its bounds.
///
/// # Errors
/// With a sentence that names it and what is allowed.
pub(super) fn within<T: PartialOrd + std::fmt::Display>(
    name: &str,
    value: Option<T>,
    allowed: RangeInclusive<T>,
) -> Result<(), String> {
    if value.is_none_or(|value| allowed.contains(&value)) {
        return Ok(());
    }
    Err(format!(
        "`{name}` must be from {} to {}",
        allowed.start(),
        allowed.end()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_taken_or_out_of_bounds_is_named() {
        let settings = Settings {
            days: Some(7),
            ..Settings::NONE
        };
        assert!(settings.only(&["days", "subject"]).is_ok());
        assert!(settings.only(&[]).unwrap_err().contains("`days`"));
        assert!(settings.only(&["level"]).unwrap_err().contains("level"));
        assert!(within("days", settings.days, 30..=3650).is_err());
        assert!(within("days", None, 30..=3650).is_ok());
        assert!(within("spread", Some(f64::NAN), 0.01..=1.0).is_err());
        assert!(Settings::NONE.is_empty() && !settings.is_empty());
    }

    #[test]
    fn a_plan_writes_only_what_is_set() {
        let settings = Settings {
            level: Some(2),
            ..Settings::NONE
        };
        assert_eq!(toml::to_string(&settings).unwrap(), "level = 2\n");
        assert!(toml::from_str::<Settings>("levels = 2").is_err());
    }
}

//! What stands in the cells of a group for its different values.

use std::ops::RangeInclusive;

use super::tally::{Values, number};
use crate::method::ladder::Step;
use crate::traces::ANYTHING;

/// Between the values of a short list.
const OR: &str = " | ";
/// Longer lists tell no more than a suppressed value does.
const MOST_LISTED: usize = 3;

/// What a group's cells become.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Label {
    /// In a column of text; nothing for an empty cell.
    pub(super) text: Option<Box<str>>,
    /// In a column of any other type: the lower end.
    pub(super) low: Option<Box<str>>,
}

impl Label {
    /// Tells nothing.
    pub(super) fn suppressed() -> Self {
        Self {
            text: Some(ANYTHING.into()),
            low: None,
        }
    }

    /// Of cells that hold nothing.
    pub(super) fn empty() -> Self {
        Self {
            text: None,
            low: None,
        }
    }

    /// Covers the values of these codes, by the first that fits: the value itself, a range of numbers, a step of the ladder, a
    /// short list.
    pub(super) fn covering(values: &Values, codes: &[u32], ladder: &[Step]) -> Self {
        let texts: Option<Vec<&str>> = codes.iter().map(|&code| values.text(code)).collect();
        let Some(texts) = texts else {
            return if codes.len() == 1 {
                Self::empty()
            } else {
                Self::suppressed()
            };
        };
        let Some(first) = texts.first() else {
            return Self::suppressed();
        };
        let told = |text: String| Self {
            text: Some(text.into()),
            low: Some((*first).into()),
        };
        match texts.as_slice() {
            [only] => told((*only).to_owned()),
            _ if values.are_numbers => told(range(&texts)),
            _ => common_step(&texts, ladder)
                .or_else(|| (texts.len() <= MOST_LISTED).then(|| listed(&texts)))
                .map_or_else(Self::suppressed, |text| Self {
                    low: None,
                    ..told(text)
                }),
        }
    }

    /// How much of a column's variety is lost: 0 for a value of its own, 1 for all values.
    pub(super) fn loss(codes: &RangeInclusive<u32>, values: &Values) -> f64 {
        let steps = values.texts.len().saturating_sub(1).max(1);
        f64::from(codes.end() - codes.start()) / steps as f64
    }
}

/// From the lowest end to the highest; ranges among the values, which are in the order of their lower ends, may overlap.
fn range(texts: &[&str]) -> String {
    let upper = |text: &&str| {
        text.split_once("..")
            .map_or(*text, |(_, upper)| upper)
            .to_owned()
    };
    let by_number = |a: &String, b: &String| {
        let (a, b) = (number(a), number(b));
        a.partial_cmp(&b).unwrap_or(std::cmp::Ordering::Equal)
    };
    let lower = texts.first().map_or("", |first| {
        first.split_once("..").map_or(*first, |(lower, _)| lower)
    });
    let upper = texts
        .iter()
        .map(upper)
        .max_by(by_number)
        .unwrap_or_default();
    format!("{lower}..{upper}")
}

/// The value that all of them have at the first step where they have one.
fn common_step(texts: &[&str], ladder: &[Step]) -> Option<String> {
    ladder.iter().find_map(|step| {
        let first = (step.rule)(texts.first()?)?;
        let is_common = texts
            .iter()
            .all(|text| (step.rule)(text).as_deref() == Some(first.as_str()));
        (is_common && first != ANYTHING).then_some(first)
    })
}

/// The values one after the other; lists among them are taken apart.
fn listed(texts: &[&str]) -> String {
    let mut parts: Vec<&str> = texts.iter().flat_map(|text| text.split(OR)).collect();
    parts.sort_unstable();
    parts.dedup();
    if parts.len() > MOST_LISTED || parts.contains(&ANYTHING) {
        ANYTHING.to_owned()
    } else {
        parts.join(OR)
    }
}

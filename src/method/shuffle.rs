//! Deals the filled cells of a batch out anew, so that none stays where it was. Values survive, rows do not.
//!
//! S. Sattolo, "An algorithm to generate a random cyclic permutation", Information Processing Letters 22 (1986): every
//! permutation that is one cycle is as likely, and one cycle leaves nothing in its place.

use polars::error::PolarsResult;
use polars::prelude::{DataType, IdxCa, IdxSize, Series};

use super::numbers::is_text;
use super::random::Random;
use super::redact::Redact;
use super::{Class, ColumnContext, Method, Run, is_plain};
use crate::category::{Catalog, Kind};

/// See the module.
pub(super) struct Shuffle;

/// Fewer cells are soon put back.
const FEWEST: usize = 5;
/// Categories besides direct identifiers and devices whose values alone tell of whom they are, or may.
const TELLING: &[&str] = &[
    "bank_account",
    "payment_card_number",
    "offer_contract_data",
    "transactions",
    "transaction_purpose",
    "transaction_recipient",
    "credit_history",
    "cadastral_number",
    "biometric_data",
    "photo",
    "survey_answers",
    "free_text_other",
    "consent_record",
    "credentials",
];

impl Method for Shuffle {
    fn id(&self) -> &'static str {
        "shuffle"
    }

    fn class(&self) -> Class {
        Class::Randomised
    }

    fn fits(&self, dtype: &DataType) -> bool {
        is_plain(dtype)
    }

    fn suits(&self, category: Option<&str>) -> bool {
        let Some(category) = category else {
            return true;
        };
        let kind = Catalog::builtin().find(category).map(|found| found.kind);
        !TELLING.contains(&category) && !matches!(kind, Some(Kind::DirectIdentifier | Kind::Device))
    }

    fn apply(
        &self,
        values: &Series,
        column: &ColumnContext<'_>,
        run: &Run,
    ) -> PolarsResult<Series> {
        let filled: Vec<IdxSize> = (0..)
            .zip(values.is_not_null().iter())
            .filter_map(|(row, is_filled)| (is_filled == Some(true)).then_some(row))
            .collect();
        if filled.len() < FEWEST {
            return Redact.apply(values, column, run);
        }
        let mut from: Vec<IdxSize> = (0..).take(values.len()).collect();
        for (&row, &other) in filled.iter().zip(&cycle(&filled, &mut run.random())) {
            from[row as usize] = other;
        }
        // Redacted cells of other batches are text as well.
        let values = if is_text(values.dtype()) {
            values.cast(&DataType::String)?
        } else {
            values.clone()
        };
        values.take(&IdxCa::from_vec("rows".into(), from))
    }
}

/// The rows in an order that is one cycle.
fn cycle(rows: &[IdxSize], random: &mut Random) -> Vec<IdxSize> {
    let mut dealt = rows.to_vec();
    for at in (1..dealt.len()).rev() {
        dealt.swap(at, random.below(at as u64) as usize);
    }
    dealt
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_stays_in_its_place_and_nothing_is_lost() {
        let rows: Vec<IdxSize> = (0..50).map(|row| row * 3).collect();
        let mut random = Random::of([1; 32]);
        for _ in 0..20 {
            let dealt = cycle(&rows, &mut random);
            assert!(rows.iter().zip(&dealt).all(|(a, b)| a != b));
            let mut sorted = dealt;
            sorted.sort_unstable();
            assert_eq!(sorted, rows);
        }
    }

    #[test]
    fn what_names_a_person_is_not_dealt_out() {
        for category in [
            "iin",
            "full_name",
            "ip_address",
            "bank_account",
            "free_text_other",
        ] {
            assert!(!Shuffle.suits(Some(category)), "{category}");
        }
        for category in [Some("sex"), Some("birth_date"), Some("income"), None] {
            assert!(Shuffle.suits(category), "{category:?}");
        }
    }
}

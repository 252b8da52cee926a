//! Moves every number by a random part of itself: sums and means stay near, single values do not.

use polars::error::PolarsResult;
use polars::prelude::{DataType, Series};

use super::numbers::{self, Number};
use super::random::Random;
use super::settings::{Settings, within};
use super::{Class, ColumnContext, Method, Run, is_plain};

/// See the module.
pub(super) struct Noise;

const SPREAD: f64 = 0.1;

/// Categories of numbers that are amounts or counts.
pub(super) const AMOUNTS: &[&str] = &[
    "income",
    "salary_amount",
    "wallet_balance",
    "transaction_amount",
    "pension_contributions",
];

impl Method for Noise {
    fn id(&self) -> &'static str {
        "noise"
    }

    fn class(&self) -> Class {
        Class::Randomised
    }

    fn fits(&self, dtype: &DataType) -> bool {
        is_plain(dtype) && (dtype.is_numeric() || numbers::is_text(dtype))
    }

    fn settings(&self) -> &'static [&'static str] {
        &["spread"]
    }

    fn check(&self, settings: &Settings) -> Result<(), String> {
        settings.only(self.settings())?;
        within("spread", settings.spread, 0.01..=1.0)
    }

    fn suits(&self, category: Option<&str>) -> bool {
        category.is_none_or(|id| AMOUNTS.contains(&id) || id == "age")
    }

    fn apply(
        &self,
        values: &Series,
        column: &ColumnContext<'_>,
        run: &Run,
    ) -> PolarsResult<Series> {
        let spread = column.settings.spread.unwrap_or(SPREAD);
        let mut random = run.random();
        let cells = numbers::read(values)?.into_iter();
        let moved = cells.map(|cell| Some(moved(cell?, spread, &mut random)?.write()));
        numbers::rebuild(values, moved.collect())
    }
}

/// At least one unit of the last place away, on the same side of zero.
fn moved(number: Number, spread: f64, random: &mut Random) -> Option<Number> {
    let size = i128::try_from(number.units.unsigned_abs()).ok()?;
    if size == 0 {
        return Some(number);
    }
    let change = (size as f64 * spread * random.share()).round().max(1.0) as i128;
    let moved = if random.below(2) == 0 {
        size.checked_add(change)?
    } else {
        (size - change).max(1)
    };
    let moved = if moved == size { size + 1 } else { moved };
    Some(Number {
        units: moved * number.units.signum(),
        ..number
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_move_within_the_spread_and_keep_their_sign_and_places() {
        let mut random = Random::of([3; 32]);
        for text in ["12543.77", "-12543,77", "1", "-1", "2", "0,01", "1 000 000"] {
            let before = Number::parse(text).unwrap();
            for spread in [0.01, 0.1, 1.0] {
                let after = moved(before, spread, &mut random).unwrap();
                assert_ne!(after.units, before.units, "{text}");
                assert_eq!(after.units.signum(), before.units.signum(), "{text}");
                let change = (after.units - before.units).unsigned_abs() as f64;
                let most = (before.units.unsigned_abs() as f64 * spread)
                    .round()
                    .max(1.0);
                assert!(change <= most, "{text} by {change}");
                assert_eq!((after.places, after.point), (before.places, before.point));
            }
        }
        let zero = Number::parse("0.00").unwrap();
        assert_eq!(moved(zero, 1.0, &mut random), Some(zero));
    }
}

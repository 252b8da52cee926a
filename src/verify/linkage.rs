//! Linkage: an attacker who knows the quasi-identifiers of a person looks for the row that is that person's.

use super::known::Asked;
use super::rates::Rate;
use super::{Attack, Outcome};

/// What k = 5 allows: one guess in five is right.
const TOLERATED: f64 = 0.2;

/// Guesses the row of every person among those that fit.
pub(super) fn attack(asked: &Asked<'_>) -> Attack {
    let mut attack = Attack::new("linkage");
    let rows = asked.pairs.height();
    if asked.columns() == 0 {
        return attack;
    }
    let chance = |row: usize| 1.0 / asked.class(row) as f64;
    let expected: f64 = (0..rows).map(chance).sum();
    // The same guess with what is known of somebody else.
    let mistaken = |&row: &usize| asked.are_alike(row, asked.pairs.other(row));
    let control: f64 = (0..rows).filter(mistaken).map(chance).sum();
    let rates = Rate::of(expected, rows as u64).beyond(Rate::of(control, rows as u64));
    attack.tried = rows as u64;
    attack.outcome = Outcome::Held;
    if asked.is_judged() && rates.low > TOLERATED {
        attack.outcome = Outcome::Broken;
        attack.broken = expected as u64;
    }
    attack.rates = Some(rates);
    attack
}

#[cfg(test)]
mod tests {
    use super::super::known::Promise;
    use super::super::known::tests::{asked, people};
    use super::super::pairs::tests::pairs;
    use super::*;

    fn outcome(
        promise: Promise,
        dates: impl Fn(&str) -> String,
        places: impl Fn(&str) -> String,
    ) -> Attack {
        let [births, homes, _] = people(2000);
        let became = [
            ("birth", births.iter().map(|cell| dates(cell)).collect()),
            ("home", homes.iter().map(|cell| places(cell)).collect()),
        ];
        let was = [
            ("birth", Some("birth_date"), births),
            ("home", Some("residence_address"), homes),
        ];
        asked(&pairs(&was, &became), promise, attack)
    }

    #[test]
    fn exact_dates_and_towns_are_linked_and_decades_and_towns_are_not() {
        let town = |cell: &str| cell.split(',').next().unwrap().to_owned();
        let broken = outcome(Promise::Nothing, str::to_owned, town);
        assert_eq!(broken.outcome, Outcome::Broken, "{:?}", broken.rates);
        let decade = |cell: &str| format!("{}0..{}9", &cell[..3], &cell[..3]);
        let held = outcome(Promise::Classes, decade, town);
        assert_eq!(held.outcome, Outcome::Held, "{:?}", held.rates);
        assert!(held.rates.unwrap().attack < 0.02);
        let redacted = outcome(Promise::Classes, |_| "[redacted]".to_owned(), town);
        assert_eq!(redacted.outcome, Outcome::NotApplicable);
    }

    #[test]
    fn months_are_reported_and_broken_only_where_more_is_promised() {
        let month = |cell: &str| cell[..7].to_owned();
        let town = |cell: &str| cell.split(',').next().unwrap().to_owned();
        let reported = outcome(Promise::Nothing, month, town);
        assert_eq!(reported.outcome, Outcome::Held);
        assert!(reported.rates.unwrap().low > TOLERATED);
        assert_eq!(
            outcome(Promise::Classes, month, town).outcome,
            Outcome::Broken
        );
    }
}

//! Singling out: rows that no other is like, in the columns an attacker knows.

use super::known::Asked;
use super::rates::Rate;
use super::{Attack, Outcome};

/// One row in five, as many as `linkage` may find; under k-anonymity there is none.
const TOLERATED: f64 = 0.2;

/// Counts the rows that are alone, beside those that fit a person who is not in the table.
pub(super) fn attack(asked: &Asked<'_>) -> Attack {
    let mut attack = Attack::new("singling-out");
    let rows = asked.pairs.height();
    if asked.columns() == 0 {
        return attack;
    }
    let alone = (0..rows).filter(|&row| asked.class(row) == 1).count();
    let control = (0..rows)
        .filter(|&row| asked.class_of_nobody(row) == 1)
        .count();
    let rates = Rate::of(alone as f64, rows as u64).beyond(Rate::of(control as f64, rows as u64));
    attack.tried = rows as u64;
    attack.outcome = Outcome::Held;
    if asked.is_judged() && rates.low > TOLERATED {
        attack.outcome = Outcome::Broken;
        attack.broken = alone as u64;
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

    fn outcome(promise: Promise, year_digits: usize) -> Attack {
        let [births, homes, _] = people(1000);
        let cut = |cell: &String| cell[..year_digits].to_owned();
        let became = [
            ("birth", births.iter().map(cut).collect()),
            (
                "home",
                homes
                    .iter()
                    .map(|cell| cell.split(',').next().unwrap().to_owned())
                    .collect(),
            ),
        ];
        let was = [
            ("birth", Some("birth_date"), births),
            ("home", Some("residence_address"), homes),
        ];
        asked(&pairs(&was, &became), promise, attack)
    }

    #[test]
    fn days_single_people_out_and_years_do_not() {
        let days = outcome(Promise::Nothing, 10);
        assert_eq!(days.outcome, Outcome::Broken, "{:?}", days.rates);
        let years = outcome(Promise::Classes, 4);
        assert_eq!(years.outcome, Outcome::Held, "{:?}", years.rates);
    }
}

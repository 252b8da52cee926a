//! Inference: who knows a person's quasi-identifiers guesses a sensitive value from the rows that fit.

use super::Attack;
use super::known::Asked;
use super::rates::{Rate, Rates};

/// Nearly every guess right that would otherwise be wrong; classes that differ from no other tell nothing, because then the
/// guesses of the control are as good.
const TOLERATED: f64 = 0.9;

/// Guesses every sensitive value as often as it occurs in the class, against as often as it occurs in the table.
pub(super) fn attack(asked: &Asked<'_>) -> Attack {
    let mut attack = Attack::new("inference");
    let mut worst: Option<Rates> = None;
    for (target, path) in asked.targets() {
        let rates = rates(asked, target);
        attack.tried += asked.pairs.height() as u64;
        if (asked.is_judged() || asked.is_grouped()) && rates.low > TOLERATED {
            let count = rates.attack * asked.pairs.height() as f64;
            attack.add(path, count as u64, None, "the only value of its class");
        }
        worst = worst
            .filter(|worst| worst.risk >= rates.risk)
            .or(Some(rates));
    }
    attack.rates = worst;
    attack.settle()
}

fn rates(asked: &Asked<'_>, target: usize) -> Rates {
    let rows = asked.pairs.height();
    let in_class = |row| asked.same_target(target, row) as f64 / asked.class(row) as f64;
    let in_all = |row| asked.overall(target, row) as f64 / asked.pairs.of as f64;
    let attack: f64 = (0..rows).map(in_class).sum();
    let control: f64 = (0..rows).map(in_all).sum();
    Rate::of(attack, rows as u64).beyond(Rate::of(control, rows as u64))
}

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::super::known::Promise;
    use super::super::known::tests::{asked, people};
    use super::super::pairs::tests::pairs;
    use super::*;

    fn outcome(incomes: impl Fn(&str, &str) -> String) -> Outcome {
        let [births, homes, income] = people(1500);
        let decade = |cell: &String| format!("{}0..{}9", &cell[..3], &cell[..3]);
        let town = |cell: &String| cell.split(',').next().unwrap().to_owned();
        let of_all = births.iter().zip(&homes);
        let became = [
            ("birth", births.iter().map(decade).collect()),
            ("home", homes.iter().map(town).collect()),
            (
                "pay",
                of_all.map(|(birth, home)| incomes(birth, home)).collect(),
            ),
        ];
        let was = [
            ("birth", Some("birth_date"), births),
            ("home", Some("residence_address"), homes),
            ("pay", Some("income"), income),
        ];
        asked(&pairs(&was, &became), Promise::Classes, attack).outcome
    }

    #[test]
    fn values_that_follow_from_the_class_are_guessed() {
        assert_eq!(
            outcome(|birth, home| format!("{}{}", &birth[..3], home.len() / 2)),
            Outcome::Broken
        );
        assert_eq!(
            outcome(|birth, _| (birth.as_bytes()[9] % 4).to_string()),
            Outcome::Held
        );
        assert_eq!(outcome(|_, _| "0".to_owned()), Outcome::NotApplicable);
    }
}

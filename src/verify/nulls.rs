//! Empty cells: where they stay empty, their pattern may be one person's alone.

use super::Attack;
use super::known::Asked;

/// Fewer columns have fewer than a hundred patterns.
pub(super) const LEAST_COLUMNS: usize = 6;
/// Share of rows alone in their pattern.
const TOLERATED: f64 = 0.1;
/// Fewer rows are oddities.
const LEAST_ROWS: usize = 20;

/// Counts the rows whose pattern of empty cells is that of the original, and no other row's.
pub(super) fn attack(asked: &Asked<'_>) -> Attack {
    let mut attack = Attack::new("empty-cells");
    let pairs = asked.pairs;
    if asked.hollow().len() < LEAST_COLUMNS {
        return attack;
    }
    let hollow = |path: &String| asked.hollow().contains(path);
    let columns: Vec<_> = pairs
        .recoded()
        .filter(|(_, output)| hollow(&output.path))
        .collect();
    let is_kept = |row: usize| {
        let mut columns = columns.iter();
        columns.all(|(was, is)| was.cells.at(row).is_some() == is.cells.at(row).is_some())
    };
    let alone = (0..pairs.height()).filter(|&row| asked.same_pattern(row) == 1 && is_kept(row));
    let alone = alone.count();
    attack.tried = pairs.height() as u64;
    if alone >= LEAST_ROWS && alone as f64 >= TOLERATED * pairs.height() as f64 {
        let paths: Vec<&str> = asked.hollow().iter().map(String::as_str).collect();
        attack.add(
            &paths.join(", "),
            alone as u64,
            None,
            "a pattern of empty cells",
        );
    }
    attack.settle()
}

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::super::known::Promise;
    use super::super::known::tests::asked;
    use super::super::pairs::tests::{mixed, pairs};
    use super::*;

    fn outcome(columns: u64) -> Outcome {
        let name = |column: u64| format!("c{column}");
        let names: Vec<String> = (0..columns).map(name).collect();
        let was = |column: u64| -> Vec<String> {
            let cell = |row: u64| {
                if mixed(row * 97 + column).is_multiple_of(2) {
                    String::new()
                } else {
                    format!("v{row}")
                }
            };
            (0..300).map(cell).collect()
        };
        let hidden = |cells: Vec<String>| -> Vec<String> {
            cells
                .into_iter()
                .map(|cell| {
                    if cell.is_empty() {
                        cell
                    } else {
                        "[redacted]".to_owned()
                    }
                })
                .collect()
        };
        let numbered = || (0..columns).zip(&names);
        let originals: Vec<_> = numbered()
            .map(|(n, name)| (name.as_str(), Some("full_name"), was(n)))
            .collect();
        let outputs: Vec<_> = numbered()
            .map(|(n, name)| (name.as_str(), hidden(was(n))))
            .collect();
        asked(&pairs(&originals, &outputs), Promise::Nothing, attack).outcome
    }

    #[test]
    fn patterns_of_many_columns_are_told_apart_and_those_of_few_are_not() {
        assert_eq!(outcome(14), Outcome::Broken);
        assert_eq!(outcome(6), Outcome::Held);
        assert_eq!(outcome(3), Outcome::NotApplicable);
    }
}

//! Derived columns: a part of an identifier or a name, or an encoding of it, in a cell of the same row.
//!
//! Every form is looked for in the row it comes from and, for control, in one it has nothing to do with.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::Attack;
use super::forms::{Form, Sort, Viewed, forms, logins, words};
use super::identifiers::identifies;
use super::pairs::{Original, Output, Pairs};
use super::rates::Rate;
use crate::category::{Catalog, Kind};

/// Rows that are looked at.
const ROWS: usize = 3_000;
/// Fewer hits are oddities.
const LEAST_HITS: u64 = 10;
/// What is met in more of the rows it does not come from is a class: an operator, a year, a region.
const COMMON: f64 = 0.005;
/// Part of a name is no class, even where many have it.
const COMMON_NAME: f64 = 0.2;
/// Width of the intervals that must not touch: thousands of pairs of columns and forms are tried.
const STANDARD_DEVIATIONS: f64 = 4.0;

/// Looks for forms of personal values in all other cells of their rows.
pub(super) fn attack(pairs: &Pairs) -> Attack {
    let mut attack = Attack::new("derived");
    let sources: Vec<(&Original, Sort)> = (pairs.personal())
        .filter_map(|column| Some((column, sort(column)?)))
        .collect();
    let made = made(pairs, &sources);
    let outputs: Vec<&Output> = pairs
        .output
        .iter()
        .filter(|column| !column.is_allowed)
        .collect();
    let tallied: Vec<(u64, Tallies)> = outputs
        .par_iter()
        .map(|output| tallies(pairs, output, &sources, &made))
        .collect();
    for (output, (tried, tallies)) in outputs.into_iter().zip(tallied) {
        attack.tried += tried;
        report(&mut attack, output, &sources, tallies);
    }
    attack.settle()
}

/// By source and form: how often it was met.
type Tallies = BTreeMap<(usize, &'static str), Tally>;

fn tallies(
    pairs: &Pairs,
    output: &Output,
    sources: &[(&Original, Sort)],
    made: &Made,
) -> (u64, Tallies) {
    let (mut tried, mut tallies) = (0, Tallies::new());
    // A column that is kept as it is hides nothing: what it shows is looked for as residue.
    let is_kept = |source: &Original| output.is_carried && source.path == output.path;
    for row in rows(pairs) {
        let other = pairs.other(row);
        let cells = Cells {
            own: output.cells.at(row).map(Viewed::of),
            other: output.cells.at(other).map(Viewed::of),
        };
        for (index, (source, _)) in sources.iter().enumerate() {
            let Some(value) = source.cells.at(row).filter(|_| !is_kept(source)) else {
                continue;
            };
            let is_other = source.cells.at(other) != Some(value);
            cells.tally(index, made.of(index, row), is_other, &mut tallies);
            tried += 1;
        }
    }
    (tried, tallies)
}

fn rows(pairs: &Pairs) -> impl Iterator<Item = usize> {
    (0..pairs.height()).step_by(pairs.height().div_ceil(ROWS).max(1))
}

/// What kind of value a column holds, if one that names somebody.
fn sort(column: &Original) -> Option<Sort> {
    let category = column.category.as_deref()?;
    let catalog = Catalog::builtin();
    match category {
        "registration_address" | "residence_address" | "biometric_data" | "signature" => None,
        "maiden_name" | "legal_representative" | "related_person" => Some(Sort::Name),
        "email" | "login" => Some(Sort::Login),
        "vehicle_plate" => Some(Sort::Plate),
        "bank_account" => Some(Sort::Account),
        "ip_address" | "cookies" | "device_id" => Some(Sort::Other),
        _ if catalog.covers("full_name", category) => Some(Sort::Name),
        _ if identifies(category) => Some(Sort::Number),
        _ => (catalog.find(category)?.kind == Kind::DirectIdentifier).then_some(Sort::Other),
    }
}

/// The forms of the values of all sources, by row.
struct Made(Vec<BTreeMap<usize, Vec<Form>>>);

impl Made {
    fn of(&self, source: usize, row: usize) -> &[Form] {
        self.0[source].get(&row).map_or(&[], Vec::as_slice)
    }
}

fn made(pairs: &Pairs, sources: &[(&Original, Sort)]) -> Made {
    let of_row = |row: usize| -> Vec<String> {
        let names = sources.iter().filter(|(_, sort)| *sort == Sort::Name);
        let mut all: Vec<String> = names
            .filter_map(|(source, _)| source.cells.at(row))
            .flat_map(words)
            .collect();
        all.sort();
        all.dedup();
        all.truncate(4);
        all
    };
    let of_source = |(source, sort): &(&Original, Sort)| {
        let made = |row: usize| {
            let mut all = forms(source.cells.at(row)?, *sort);
            if *sort == Sort::Name {
                all.extend(logins(&of_row(row)));
            }
            Some((row, all))
        };
        rows(pairs).filter_map(made).collect()
    };
    Made(sources.iter().map(of_source).collect())
}

/// The cell of a row, and one that has nothing to do with it.
struct Cells {
    own: Option<Viewed>,
    other: Option<Viewed>,
}

/// How often a form was met, of how many rows.
#[derive(Default)]
struct Tally {
    hits: u64,
    rows: u64,
    by_chance: u64,
    others: u64,
}

impl Cells {
    fn tally(&self, source: usize, forms: &[Form], is_other: bool, tallies: &mut Tallies) {
        let mut before = "";
        let (mut own, mut chance) = (false, false);
        let forms = forms.iter().map(Some).chain([None]);
        for form in forms {
            if let Some(form) = form.filter(|form| form.how == before || before.is_empty()) {
                before = form.how;
                own |= holds(self.own.as_ref(), form);
                chance |= is_other && holds(self.other.as_ref(), form);
                continue;
            }
            let tally = tallies.entry((source, before)).or_default();
            tally.rows += u64::from(self.own.is_some());
            tally.hits += u64::from(own);
            tally.others += u64::from(is_other && self.other.is_some());
            tally.by_chance += u64::from(chance);
            if let Some(form) = form {
                before = form.how;
                own = holds(self.own.as_ref(), form);
                chance = is_other && holds(self.other.as_ref(), form);
            }
        }
    }
}

fn holds(cell: Option<&Viewed>, form: &Form) -> bool {
    cell.is_some_and(|cell| cell.holds(form))
}

fn common(sort: Sort) -> f64 {
    match sort {
        Sort::Name => COMMON_NAME,
        _ => COMMON,
    }
}

impl Tally {
    /// Tells whether the form belongs to the row, and to few others.
    fn is_telling(&self, sort: Sort) -> bool {
        let rate = Rate::with(STANDARD_DEVIATIONS, self.hits as f64, self.rows);
        let control = Rate::with(STANDARD_DEVIATIONS, self.by_chance as f64, self.others);
        self.hits >= LEAST_HITS
            && self.by_chance as f64 <= common(sort) * self.others as f64
            && rate.low() > control.high()
    }
}

/// One line a column and source: the form that is met most.
fn report(attack: &mut Attack, output: &Output, sources: &[(&Original, Sort)], tallies: Tallies) {
    let mut worst: BTreeMap<usize, (u64, &'static str)> = BTreeMap::new();
    let telling = tallies
        .into_iter()
        .filter(|((source, _), tally)| tally.is_telling(sources[*source].1));
    for ((source, how), tally) in telling {
        let most = worst.entry(source).or_insert((0, how));
        if tally.hits > most.0 {
            *most = (tally.hits, how);
        }
    }
    for (source, (hits, how)) in worst {
        let category = sources[source].0.category.as_deref();
        attack.add(&output.path, hits, category, how);
    }
}

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::super::pairs::tests::{mixed, pairs, token};
    use super::*;

    const SURNAMES: &[&str] = &[
        "Ахметов",
        "Сергеев",
        "Жумабаев",
        "Ким",
        "Петренко",
        "Оспанов",
    ];

    fn word(n: u64) -> String {
        let syllables = ["ба", "ри", "до", "мен", "ку", "ла", "жан", "те"];
        (0..3)
            .map(|i| syllables[mixed(n * 3 + i) as usize % 8])
            .collect()
    }

    fn hidden(category: &str, original: Vec<String>, output: Vec<String>) -> Option<String> {
        let was = [("x", Some(category), original)];
        let attack = attack(&pairs(&was, &[("y", output)]));
        assert_ne!(attack.outcome, Outcome::NotApplicable);
        attack
            .columns
            .first()
            .and_then(|column| column.hidden_as.clone())
    }

    fn iins() -> Vec<String> {
        let date = |n: u64| {
            format!(
                "{:02}{:02}{:02}",
                mixed(n) % 100,
                mixed(n + 1) % 12 + 1,
                mixed(n + 2) % 28 + 1
            )
        };
        (0..200)
            .map(|n| format!("{}1{:05}", date(n), mixed(n) % 100_000))
            .collect()
    }

    #[test]
    fn parts_of_identifiers_in_other_columns_are_found() {
        let mails = |n: u64| {
            format!(
                "{}{}@mail.kz",
                crate::detect::translit::fold(&word(n)),
                n % 7
            )
        };
        let names: Vec<String> = (0..200).map(|n| format!("{} Анна", word(n))).collect();
        let how = hidden("full_name", names, (0..200).map(mails).collect());
        assert_eq!(how.as_deref(), Some("a part of the name"));
        let all = iins();
        let births = all
            .iter()
            .map(|iin| format!("{}.{}.18{}", &iin[4..6], &iin[2..4], &iin[..2]));
        let how = hidden("iin", iins(), births.collect());
        assert_eq!(how.as_deref(), Some("the birth date it begins with"));
        let masked = iins()
            .iter()
            .map(|iin| format!("********{}", &iin[8..]))
            .collect();
        assert_eq!(
            hidden("iin", iins(), masked).as_deref(),
            Some("its last four digits")
        );
        let reversed = iins()
            .iter()
            .map(|iin| iin.chars().rev().collect())
            .collect();
        assert_eq!(hidden("iin", iins(), reversed).as_deref(), Some("reversed"));
    }

    #[test]
    fn classes_tokens_and_words_for_what_is_gone_are_no_parts() {
        let iins = iins();
        let each = |to: &dyn Fn(&String) -> String| iins.iter().map(to).collect::<Vec<_>>();
        for output in [
            each(&|iin| token(iin)),
            each(&|_| "[redacted]".to_owned()),
            each(&|iin| format!("18{}0..18{}9", &iin[..1], &iin[..1])),
            each(&|iin| format!("18{}-01-01", &iin[..2])),
            each(&|iin| (mixed(iin.len() as u64) % 100_000).to_string()),
        ] {
            assert_eq!(hidden("iin", iins.clone(), output), None);
        }
        let names: Vec<String> = (0..200)
            .map(|n| SURNAMES[mixed(n) as usize % 6].to_owned())
            .collect();
        let teams = names
            .iter()
            .map(|name| format!("отдел {}", name.to_lowercase()))
            .collect();
        // Six words are a class: they single nobody out. The control has them as well when it holds the same word.
        let scrubbed: Vec<String> = (0..200)
            .map(|n| format!("звонил [name] {}", n % 9))
            .collect();
        assert_eq!(hidden("last_name", names.clone(), scrubbed), None);
        assert!(
            hidden("last_name", names, teams).is_some(),
            "a name is a name"
        );
    }
}

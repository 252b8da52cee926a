//! Whom rows are about, in canonical form, and how many people that are: none of it leaves memory but the count.

use std::collections::HashSet;
use std::hash::BuildHasher as _;

use polars::prelude::{DataFrame, DataType};

use super::fates::RowFate;
use super::lists::known_as;
use super::rules::Rules;
use crate::act::record::{Accuracy, Subjects as PeopleCount};
use crate::detect::sketch::Distinct;
use crate::error::{Error, Result};
use crate::pattern::normalize;

/// Whom some rows are about.
pub(super) struct Subjects(Vec<Option<String>>);

/// Stands between the values of two columns, and in no canonical text.
const BORDER: char = '\u{1f}';

impl Subjects {
    /// Reads the columns that tell it.
    pub(super) fn of(frame: &DataFrame, columns: &[String]) -> Result<Self> {
        let mut subjects: Vec<Option<String>> = vec![None; frame.height()];
        for (number, name) in columns.iter().enumerate() {
            let broken = |e| Error::parquet(name, &e);
            let column = frame.column(name).map_err(broken)?;
            let texts = column.cast(&DataType::String).map_err(broken)?;
            let texts = texts.str().map_err(broken)?;
            for (subject, cell) in subjects.iter_mut().zip(texts.iter()) {
                let known = cell.filter(|cell| !is_nobody(cell)).map(known_as);
                let known = known.filter(|known| !known.is_empty());
                if let Some(subject) = subject {
                    subject.push(BORDER);
                    subject.extend(known);
                } else if let Some(known) = known {
                    let before = std::iter::repeat_n(BORDER, number);
                    *subject = Some(before.chain(known.chars()).collect());
                }
            }
        }
        Ok(Self(subjects))
    }

    /// Whom a row is about, where it says so.
    pub(super) fn of_row(&self, row: usize) -> Option<&str> {
        self.0[row].as_deref()
    }
}

/// Tells whether a cell names nobody.
fn is_nobody(cell: &str) -> bool {
    normalize::is_missing(&normalize::fold(normalize::unwrapped(cell)))
}

impl Rules {
    /// By hash: the people whose data goes from some rows.
    pub(super) fn people_of(
        &self,
        frame: &DataFrame,
        fates: &[RowFate],
        hasher: &PeopleHasher,
    ) -> Result<Vec<u64>> {
        let subjects = Subjects::of(frame, &self.subject)?;
        let loses = self.loses(frame, fates)?;
        let rows = loses.into_iter().enumerate().filter(|(_, loses)| *loses);
        let people = rows.filter_map(|(row, _)| subjects.of_row(row));
        Ok(people.map(|subject| hasher.hash_one(subject)).collect())
    }
}

/// Hashes people in another way in every run; no hash is written.
pub(super) type PeopleHasher = foldhash::quality::RandomState;

/// Counts different people: exactly while there is room, by `HyperLogLog` after that.
#[derive(Default)]
pub(super) struct Counted {
    few: HashSet<u64, foldhash::fast::RandomState>,
    many: Option<Distinct>,
}

/// People that are told apart; they take some ten MiB.
const MOST: usize = 1 << 19;

impl Counted {
    pub(super) fn add(&mut self, people: impl IntoIterator<Item = u64>) {
        self.add_up_to(people, MOST);
    }

    fn add_up_to(&mut self, people: impl IntoIterator<Item = u64>, most: usize) {
        for hash in people {
            if let Some(many) = &mut self.many {
                many.add(hash);
                continue;
            }
            self.few.insert(hash);
            if self.few.len() > most {
                let many = self.many.insert(Distinct::default());
                self.few.drain().for_each(|hash| many.add(hash));
            }
        }
    }

    /// Adds the people of another table.
    pub(super) fn merge(&mut self, other: Self) {
        self.add(other.few);
        if let Some(theirs) = other.many {
            let mut mine = self.many.take().unwrap_or_default();
            self.few.drain().for_each(|hash| mine.add(hash));
            self.many = Some(mine.merge(theirs));
        }
    }

    pub(super) fn count(&self) -> PeopleCount {
        match &self.many {
            None => PeopleCount {
                count: self.few.len() as u64,
                accuracy: Accuracy::Exact,
            },
            Some(many) => PeopleCount {
                count: many.count(),
                accuracy: Accuracy::Estimated,
            },
        }
    }
}

/// People whose data goes from a table, and what the columns hold that tell them apart.
pub(super) type TablePeople = (Counted, Vec<Option<String>>);

/// People of all tables that a run replaced.
#[derive(Default)]
pub(super) struct AllPeople {
    counted: Counted,
    /// What the columns that tell them apart hold, table by table.
    keys: Vec<Vec<Option<String>>>,
}

impl AllPeople {
    /// Adds those of a table.
    pub(super) fn add(&mut self, (people, keys): TablePeople) {
        self.counted.merge(people);
        self.keys.push(keys);
    }

    /// How many they are, where none of so many tables lacks.
    pub(super) fn count(&self, tables: usize) -> Option<PeopleCount> {
        let mut counted = self.counted.count();
        // Other kinds of identifiers, or identifiers of a kind that nobody knows, may be of the same people.
        let is_same =
            |other: &Vec<Option<String>>| *other == self.keys[0] && !other.contains(&None);
        if self.keys.len() > 1 && !self.keys.iter().all(is_same) {
            counted.accuracy = Accuracy::AtMost;
        }
        (tables > 0 && self.keys.len() == tables).then_some(counted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_are_counted_and_many_estimated() {
        let hasher = PeopleHasher::default();
        let people = |n: u64| (0..n).chain(0..n / 2).map(|i| hasher.hash_one(i));
        let mut counted = Counted::default();
        counted.add_up_to(people(1000), 1000);
        let exact = PeopleCount {
            count: 1000,
            accuracy: Accuracy::Exact,
        };
        assert_eq!(counted.count(), exact);
        let mut more = Counted::default();
        more.add_up_to(people(20_000), 1000);
        counted.merge(more);
        let PeopleCount { count, accuracy } = counted.count();
        assert_eq!(accuracy, Accuracy::Estimated);
        assert!(count.abs_diff(20_000) < 1200, "{count}");
    }
    use polars::prelude::{Column, NamedFrom as _, Series};

    #[test]
    fn people_are_told_apart_by_all_columns() {
        let columns = [
            (
                "a",
                [
                    Some("8 700 000 12 34"),
                    Some("77000001234"),
                    None,
                    Some("NULL"),
                    None,
                ],
            ),
            (
                "b",
                [None, None, Some("77000001234"), Some(" "), Some("x 1")],
            ),
        ];
        let columns = columns.map(|(name, cells)| Column::from(Series::new(name.into(), cells)));
        let frame = DataFrame::new(5, columns.to_vec()).unwrap();
        let subjects = Subjects::of(&frame, &["a".to_owned(), "b".to_owned()]).unwrap();
        let [a, b, c, d, e] = [0, 1, 2, 3, 4].map(|row| subjects.of_row(row));
        assert_eq!(a, b);
        assert!(a != c && c.is_some() && e.is_some() && c != e);
        assert_eq!(d, None);
    }
}

//! From the description of a table to the table.

use super::cell::{Cell, Kind, Lang, Shape};
use super::mess;
use super::people::Person;
use super::random::Random;
use super::rare;
use super::{Column, Label, Table};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rows {
    Adults,
    Children,
    /// A person comes back in several rows, as in a list of payments.
    Repeated,
    /// Persons of rare names, `met` columns of names having come in the tables before: every
    /// third one loses its name, and no other column does.
    Rare {
        met: usize,
    },
}

/// Names may hold several spellings divided by `|`; the seed chooses.
pub(super) struct Spec {
    pub(super) name: &'static str,
    pub(super) lang: Lang,
    pub(super) rows: Rows,
    pub(super) header: bool,
    pub(super) columns: &'static [(&'static str, Kind)],
}

impl Spec {
    pub(super) const fn new(
        name: &'static str,
        lang: Lang,
        columns: &'static [(&'static str, Kind)],
    ) -> Self {
        Self {
            name,
            lang,
            rows: Rows::Adults,
            header: true,
            columns,
        }
    }

    pub(super) const fn children(self) -> Self {
        Self {
            rows: Rows::Children,
            ..self
        }
    }

    pub(super) const fn repeated(self) -> Self {
        Self {
            rows: Rows::Repeated,
            ..self
        }
    }

    pub(super) const fn headless(self) -> Self {
        Self {
            header: false,
            ..self
        }
    }

    pub(super) fn table(&self, seed: u64) -> Table {
        let columns = self
            .columns
            .iter()
            .map(|&(name, kind)| (name.to_owned(), kind))
            .collect();
        let plan = Plan {
            name: self.name,
            lang: self.lang,
            rows: self.rows,
            header: self.header,
        };
        plan.table(seed, columns)
    }
}

pub(super) struct Plan {
    pub(super) name: &'static str,
    pub(super) lang: Lang,
    pub(super) rows: Rows,
    pub(super) header: bool,
}

impl Plan {
    pub(super) fn table(&self, seed: u64, columns: Vec<(String, Kind)>) -> Table {
        let mut random = Random::new(seed, self.name);
        let count = 60 + random.below(141);
        let people = self.people(&mut random, count);
        let others: Vec<Person> = (0..count).map(|_| Person::adult(&mut random)).collect();
        let family = mess::meaningless_family(&mut random);

        let mut names: Vec<String> = Vec::new();
        for (spellings, _) in &columns {
            let spellings: Vec<&str> = spellings.split('|').collect();
            names.push(random.pick(&spellings).to_owned());
        }
        let mut made: Vec<Column> = Vec::new();
        let mut name_columns = 0;
        for (at, (_, kind)) in columns.into_iter().enumerate() {
            let mut label = kind.label;
            let keeps_name = self.header && !self.hides(&mut random, kind, &mut name_columns);
            if !self.header {
                names[at] = format!("column{at}");
            } else if !keeps_name {
                let wrong = if !self.is_rare() && random.chance(50) {
                    mess::misleading(&mut random, kind.shape, &names)
                } else {
                    None
                };
                names[at] = wrong.unwrap_or_else(|| family.replace('#', &(at + 1).to_string()));
            }
            if let (false, Label::One(one), Some(other)) = (keeps_name, label, kind.nameless) {
                label = Label::Either(one, other);
            }
            let cells = self.cells(&mut random, kind, keeps_name, &people, &others);
            made.push(Column {
                name: names[at].clone(),
                label,
                cells,
            });
        }
        Table {
            name: self.name,
            has_header: self.header,
            columns: made,
        }
    }

    fn is_rare(&self) -> bool {
        matches!(self.rows, Rows::Rare { .. })
    }

    fn hides(&self, random: &mut Random, kind: Kind, name_columns: &mut usize) -> bool {
        let Rows::Rare { met } = self.rows else {
            let only_the_name_tells = kind.nameless.is_some() && kind.shape != Shape::Address;
            return kind.shape.tells() && !only_the_name_tells && random.chance(17);
        };
        if kind.shape != Shape::Name {
            return false;
        }
        *name_columns += 1;
        (met + *name_columns).is_multiple_of(3)
    }

    fn people(&self, random: &mut Random, count: usize) -> Vec<Person> {
        let one = |random: &mut Random| match self.rows {
            Rows::Children => Person::child(random),
            Rows::Rare { .. } => rare::person(random),
            Rows::Adults | Rows::Repeated => Person::adult(random),
        };
        if self.rows != Rows::Repeated {
            return (0..count).map(|_| one(random)).collect();
        }
        let pool: Vec<Person> = (0..count / 2).map(|_| one(random)).collect();
        (0..count)
            .map(|_| pool[random.below(pool.len())].clone())
            .collect()
    }

    fn cells(
        &self,
        random: &mut Random,
        kind: Kind,
        keeps_name: bool,
        people: &[Person],
        others: &[Person],
    ) -> Vec<String> {
        let style = random.below(100_000);
        let mixed = random.chance(40);
        let mut cells: Vec<String> = Vec::with_capacity(people.len());
        for (row, (person, other)) in people.iter().zip(others).enumerate() {
            let mut cell = Cell {
                person,
                other,
                lang: self.lang,
                row,
                style,
                mixed,
                random,
            };
            cells.push((kind.make)(&mut cell));
        }
        let personal = !matches!(kind.label, Label::None);
        if personal && !matches!(kind.shape, Shape::Fixed) {
            if kind.shape.has_words() {
                mess::change_case(&mut cells, random);
            }
            if !self.is_rare() && random.chance(13) {
                mess::disguise(&mut cells, random, kind.shape);
            }
        }
        let missing = if personal && keeps_name && !self.is_rare() && random.chance(3) {
            random.between(80, 92)
        } else if personal {
            random.pick(&[0, 0, 0, 2, 5, 10, 15, 20, 30])
        } else {
            random.pick(&[0, 0, 0, 0, 3, 10])
        };
        if cells.iter().any(|cell| !cell.is_empty()) {
            mess::blank(&mut cells, random, self.lang, missing);
        }
        cells
    }
}

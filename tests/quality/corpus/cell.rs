//! What a column holds ([`Kind`]) and what a maker of one cell knows ([`Cell`]).

use super::Label;
use super::dates::{DATE_FORMS, Date};
use super::people::Person;
use super::random::Random;
use super::words::Said;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lang {
    Ru,
    Kk,
    En,
}

/// What the values look like: it decides whether a column may lose its name, and which disguises
/// fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Name,
    Phone,
    Number,
    Mail,
    Code,
    Address,
    Words,
    Fixed,
}

impl Shape {
    pub(super) fn tells(self) -> bool {
        !matches!(self, Self::Words | Self::Fixed)
    }

    pub(super) fn has_words(self) -> bool {
        matches!(self, Self::Name | Self::Address | Self::Words)
    }
}

#[derive(Clone, Copy)]
pub(super) struct Kind {
    pub(super) label: Label,
    pub(super) shape: Shape,
    pub(super) make: fn(&mut Cell) -> String,
    /// The category that the values alone would as well mean.
    pub(super) nameless: Option<&'static str>,
}

impl Kind {
    pub(super) const fn new(
        category: &'static str,
        shape: Shape,
        make: fn(&mut Cell) -> String,
    ) -> Self {
        Self {
            label: Label::One(category),
            shape,
            make,
            nameless: None,
        }
    }

    pub(super) const fn words(category: &'static str, make: fn(&mut Cell) -> String) -> Self {
        Self::new(category, Shape::Words, make)
    }

    pub(super) const fn fixed(category: &'static str, make: fn(&mut Cell) -> String) -> Self {
        Self::new(category, Shape::Fixed, make)
    }

    /// A column without personal data.
    pub(super) const fn none(make: fn(&mut Cell) -> String) -> Self {
        Self {
            label: Label::None,
            shape: Shape::Fixed,
            make,
            nameless: None,
        }
    }

    pub(super) const fn nameless(self, category: &'static str) -> Self {
        Self {
            nameless: Some(category),
            ..self
        }
    }

    pub(super) const fn either(self, one: &'static str, other: &'static str) -> Self {
        Self {
            label: Label::Either(one, other),
            ..self
        }
    }
}

pub(super) struct Cell<'a> {
    pub(super) person: &'a Person,
    /// A relative, a guarantor, the other side of a payment.
    pub(super) other: &'a Person,
    pub(super) lang: Lang,
    pub(super) row: usize,
    /// A number that is the same for the whole column.
    pub(super) style: usize,
    /// Whether the column mixes several formats.
    pub(super) mixed: bool,
    pub(super) random: &'a mut Random,
}

impl Cell<'_> {
    /// One of `count` formats: the one of the column, mostly.
    pub(super) fn form(&mut self, count: usize) -> usize {
        if self.mixed && self.random.chance(35) {
            self.random.below(count)
        } else {
            self.style % count
        }
    }

    pub(super) fn said(&mut self, list: &Said) -> String {
        list.list(self.lang).pick(self.random).to_owned()
    }

    pub(super) fn date(&mut self, date: Date) -> String {
        let form = self.form(DATE_FORMS);
        date.written(form, self.lang)
    }

    pub(super) fn date_between(&mut self, first_year: u32, last_year: u32) -> String {
        let date = Date::random(self.random, first_year, last_year);
        self.date(date)
    }

    pub(super) fn number(&mut self, low: u32, high: u32) -> String {
        self.random.between(low, high).to_string()
    }

    /// An amount of money in steps of `step`.
    pub(super) fn amount(&mut self, low: u32, high: u32, step: u32) -> String {
        let value = self.random.between(low / step, high / step) * step;
        match self.form(9) {
            0..=2 => value.to_string(),
            3 => format!("{value}.00"),
            4 => format!("{value},50"),
            5 => grouped(value, " "),
            6 => grouped(value, "\u{a0}") + ",00",
            7 => {
                grouped(value, " ")
                    + if self.lang == Lang::En {
                        " KZT"
                    } else {
                        " тг"
                    }
            }
            _ => format!("{value}.{:02}", self.random.between(0, 99)),
        }
    }
}

pub(super) fn grouped(value: u32, separator: &str) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push_str(separator);
        }
        text.push(digit);
    }
    text
}

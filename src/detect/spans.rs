//! Personal data inside longer text: where it is, and its canonical form.

use std::ops::Range;

use super::bits::Bits;
use super::people;
use super::shape::{Shape, is_letter, lower};
use crate::pattern::Form;
use crate::pattern::normalize::{is_separator, unwrapped};

/// A stretch of text that is of one kind; offsets in bytes of the folded text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// Index of the pattern.
    pub pattern: usize,
    /// Index of the written form.
    pub form: usize,
    /// What it is worth.
    pub bits: f64,
}

impl Span {
    /// What is left of it outside another: nothing, one part or two.
    fn outside(self, other: &Self) -> Vec<Self> {
        if self.end <= other.start || other.end <= self.start {
            return vec![self];
        }
        let before = Self {
            end: other.start,
            ..self
        };
        let after = Self {
            start: other.end,
            ..self
        };
        [before, after]
            .into_iter()
            .filter(|part| part.start < part.end)
            .collect()
    }
}

/// Names inside text: two parts, a patronymic or a listed given name.
const NAME_BITS: f64 = 8.0;
/// Shorter cells hold nothing beside the value itself.
const MIN_LEN: usize = 10;

/// Tells whether a cell can hold something besides one plain value.
pub fn worth_searching(cell: &str, shape: Shape) -> bool {
    let holds_more = shape.spaces > 0
        || (shape.digits < cell.len() && (shape.has_letters() || shape.digits >= MIN_LEN));
    cell.len() >= MIN_LEN && holds_more
}

/// A search under way.
#[derive(Debug, Default)]
pub struct Search {
    /// What was found; without overlaps once settled.
    pub spans: Vec<Span>,
    /// Forms whose shape was met and whose check failed.
    pub invalid: Bits,
}

impl Search {
    /// Looks for one written form in a part of a text.
    pub fn form(
        &mut self,
        text: &str,
        part: Range<usize>,
        pattern: usize,
        index: usize,
        form: &Form,
    ) {
        let Some(finder) = form.finder() else { return };
        let mut judge = |found: regex::Match<'_>| {
            let found = part.start + found.start()..part.start + found.end();
            self.judge(text, found, pattern, index, form);
        };
        let within = &text[part.clone()];
        if finder.captures_len() == 1 {
            finder.find_iter(within).for_each(judge);
        } else {
            // The group is the value, the rest the words that tell what it is.
            finder
                .captures_iter(within)
                .filter_map(|groups| groups.get(1))
                .for_each(&mut judge);
        }
    }

    /// Judges a part of a text that fits a form.
    pub fn judge(
        &mut self,
        text: &str,
        part: Range<usize>,
        pattern: usize,
        index: usize,
        form: &Form,
    ) {
        if !stands_alone(text, part.start, part.end) {
            return;
        }
        if form
            .validator
            .is_none_or(|check| check(&text[part.clone()]))
        {
            self.spans.push(Span {
                start: part.start,
                end: part.end,
                pattern,
                form: index,
                bits: form.bits,
            });
        } else {
            self.invalid.insert(index);
        }
    }

    /// Looks for personal names.
    pub fn names(&mut self, text: &str, pattern: usize, form: usize) {
        for name in people::find(text) {
            self.spans.push(Span {
                start: name.start,
                end: name.end,
                pattern,
                form,
                bits: NAME_BITS,
            });
        }
    }

    /// Where two overlap, gives the common part to the one worth more.
    pub fn settle(&mut self) {
        if self.spans.len() < 2 {
            return;
        }
        self.spans.sort_by(|a, b| {
            b.bits
                .total_cmp(&a.bits)
                .then(a.start.cmp(&b.start))
                .then(b.end.cmp(&a.end))
        });
        let mut kept: Vec<Span> = Vec::with_capacity(self.spans.len());
        for span in self.spans.drain(..) {
            let mut parts = vec![span];
            for better in &kept {
                parts = parts
                    .into_iter()
                    .flat_map(|part| part.outside(better))
                    .collect();
            }
            kept.extend(parts);
        }
        kept.sort_by_key(|span| span.start);
        self.spans = kept;
    }
}

fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let mut before = text[..start].chars().rev();
    let mut after = text[end..].chars();
    let goes_on = |next: Option<char>, one_more: Option<char>| match next {
        Some('.') => one_more.is_some_and(|c| c.is_ascii_digit()),
        next => next.is_some_and(|c| is_letter(c) || c.is_numeric()),
    };
    !goes_on(before.next(), before.next()) && !goes_on(after.next(), after.next())
}

/// Text that is equal for equal identifiers: lower case, no separators between digits, a phone's leading 8 as 7.
pub fn canonical(text: &str) -> String {
    let text = unwrapped(text);
    if let Some(digits) = of_digits(text) {
        return digits;
    }
    if text.contains('@') || !text.bytes().any(|b| b.is_ascii_digit()) {
        return words(text);
    }
    let text = without_extension(text);
    let mut compact = without_signs(text);
    if compact.bytes().all(|b| b.is_ascii_digit()) {
        to_seven(&mut compact);
    }
    compact
}

/// The canonical text of what is nothing but digits, which most identifiers are.
fn of_digits(text: &str) -> Option<String> {
    let are_digits = text.bytes().fold(true, |all, b| all & b.is_ascii_digit());
    if !are_digits || text.is_empty() {
        return None;
    }
    let mut digits = String::with_capacity(text.len() + 1);
    digits.push_str(text);
    to_seven(&mut digits);
    Some(digits)
}

/// Gives a phone its leading 7.
fn to_seven(digits: &mut String) {
    match (digits.len(), digits.as_bytes().first()) {
        (10, Some(b'7')) => digits.insert(0, '7'),
        (11, Some(b'8')) => digits.replace_range(..1, "7"),
        _ => {}
    }
}

/// In lower case, without separators.
fn without_signs(text: &str) -> String {
    let is_meant = |c: char| !is_separator(c) && c != '+';
    let mut compact = String::with_capacity(text.len() + 1);
    if text.is_ascii() {
        let bytes = text.bytes().filter(|&b| is_meant(char::from(b)));
        bytes.for_each(|b| compact.push(char::from(b.to_ascii_lowercase())));
    } else {
        let meant = text.chars().filter(|&c| is_meant(c));
        meant.for_each(|c| compact.push(lower(c)));
    }
    compact
}

/// In lower case, one space between two.
fn words(text: &str) -> String {
    if text.bytes().all(|b| b.is_ascii_graphic()) {
        return text.to_ascii_lowercase();
    }
    let mut all = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !all.is_empty() {
            all.push(' ');
        }
        word.chars().for_each(|c| all.push(lower(c)));
    }
    all
}

/// Cuts what follows the digits of a phone: «доб. 12», «ішкі 3».
fn without_extension(text: &str) -> &str {
    let starts_as_number = text.starts_with(|c: char| c == '+' || c == '(' || c.is_ascii_digit());
    match text.find(is_letter) {
        Some(letter)
            if starts_as_number
                && text[..letter].bytes().filter(u8::is_ascii_digit).count() >= 10 =>
        {
            &text[..letter]
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::Detectors;

    #[test]
    fn what_lies_beside_a_better_span_is_not_lost() {
        let detectors = Detectors::builtin();
        let text = "Контакт: Иванов Иван Ivanov@mail.kz";
        let found: Vec<&str> = detectors
            .searcher()
            .spans(text)
            .iter()
            .map(|span| text[span.start..span.end].trim())
            .collect();
        assert_eq!(found, ["Иванов Иван", "Ivanov@mail.kz"]);
        let text = "850101100012/87010000012";
        assert_eq!(detectors.searcher().spans(text).len(), 2);
    }

    #[test]
    fn one_phone_has_one_canonical_text() {
        for text in [
            "+7 700 000 12 34",
            "8 (700) 000-12-34",
            "7000001234",
            "77000001234",
            "+7 700 000 12 34 доб. 12",
        ] {
            assert_eq!(canonical(text), "77000001234");
        }
        assert_eq!(canonical("850 101-100 012"), "850101100012");
        assert_eq!(canonical(" Иванов  ЕРЛАН"), "иванов ерлан");
        assert_eq!(canonical("A.B@Example.KZ"), "a.b@example.kz");
    }
}

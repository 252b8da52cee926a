//! Words that stand beside some kinds of personal data, all looked for in one pass over a text.

use super::bits::Bits;
use super::shape::{is_letter, lower};

/// Words of so many letters are abbreviations: a longer word that begins so is another one.
const LONGEST_ABBREVIATION: usize = 3;

/// Words, in drawers by how they begin.
#[derive(Debug)]
pub(crate) struct Keywords {
    drawers: Vec<Vec<Keyword>>,
    /// What each byte is to a word.
    parts: [Part; 256],
}

const DRAWERS: usize = 1024;

#[derive(Debug)]
struct Keyword {
    head: Head,
    text: String,
    is_abbreviation: bool,
    owner: usize,
}

/// The first four characters of a text in lower case, sixteen bits each.
#[derive(Clone, Copy, Debug)]
struct Head(u64);

impl Head {
    const CHARS: usize = 4;

    fn of(text: &str) -> Self {
        let chars = text.chars().map(lower).take(Self::CHARS);
        Self(chars.enumerate().fold(0, |head, (at, c)| {
            head | u64::from(u32::from(c) as u16) << (16 * at)
        }))
    }

    /// Tells whether a text with this head may begin with one that has the other.
    fn may_begin_with(self, other: Self) -> bool {
        let unused = other.0.leading_zeros() / 16 * 16;
        let used = u64::MAX.checked_shr(unused).unwrap_or(0);
        (self.0 ^ other.0) & used == 0
    }

    /// Where words lie that begin with the same two letters, or the same sign.
    fn drawer(self) -> usize {
        let letter = |at: usize| char::from_u32(u32::from((self.0 >> (16 * at)) as u16));
        let is_letter = |at: usize| letter(at).is_some_and(is_letter);
        let second = if is_letter(0) && is_letter(1) {
            self.0 >> 16 & 0xffff
        } else {
            0
        };
        ((self.0 & 0xffff) * 31 + second) as usize % DRAWERS
    }
}

/// What a byte is to a word of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Letter,
    /// Belongs to the character that began before it.
    Rest,
    Sign,
    /// A sign that some keyword begins with.
    SignOfKeyword,
}

impl Part {
    /// Signs beyond ASCII that stand beside words begin with few bytes.
    fn of(byte: u8) -> Self {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | 0xc3..=0xe1 | 0xe3..=0xee => Self::Letter,
            0x80..=0xbf => Self::Rest,
            _ => Self::Sign,
        }
    }
}

impl Keywords {
    /// Takes words in lower case, each with the number of the form that asks for it.
    pub(crate) fn new<'a>(words: impl Iterator<Item = (usize, &'a String)>) -> Self {
        let mut drawers = Vec::new();
        drawers.resize_with(DRAWERS, Vec::new);
        let mut parts = std::array::from_fn(|byte| Part::of(byte as u8));
        for (owner, text) in words {
            if let Some(&first) = text.as_bytes().first()
                && parts[usize::from(first)] == Part::Sign
            {
                parts[usize::from(first)] = Part::SignOfKeyword;
            }
            let head = Head::of(text);
            drawers[head.drawer()].push(Keyword {
                head,
                text: text.clone(),
                is_abbreviation: is_abbreviation(text),
                owner,
            });
        }
        Self { drawers, parts }
    }

    /// Forms one of whose words begins where a word of the text begins.
    pub(crate) fn owners(&self, text: &str) -> Bits {
        let mut found = Bits::default();
        let mut is_inside = false;
        for (at, &byte) in text.as_bytes().iter().enumerate() {
            let was_inside = is_inside;
            let begins = match self.parts[usize::from(byte)] {
                Part::Rest => continue,
                Part::Letter => {
                    is_inside = true;
                    !was_inside
                }
                part => {
                    is_inside = false;
                    part == Part::SignOfKeyword
                }
            };
            if begins {
                let here = &text[at..];
                let head = Head::of(here);
                let words = self.drawers[head.drawer()].iter();
                let met = words.filter(|word| head.may_begin_with(word.head) && word.begins(here));
                met.for_each(|word| found.insert(word.owner));
            }
        }
        found
    }
}

impl Default for Keywords {
    fn default() -> Self {
        Self::new(std::iter::empty())
    }
}

impl Keyword {
    fn begins(&self, text: &str) -> bool {
        let mut rest = text.chars();
        let is_met = self.text.chars().all(|c| rest.next().map(lower) == Some(c));
        is_met && !(self.is_abbreviation && rest.next().is_some_and(is_letter))
    }
}

fn is_abbreviation(word: &str) -> bool {
    word.chars().count() <= LONGEST_ABBREVIATION && word.chars().all(is_letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_met_where_a_word_begins() {
        let words = ["тел", "звон", "г.р", "(at)", "n", "kz", "-"].map(str::to_owned);
        let keywords = Keywords::new(words.iter().enumerate());
        for (text, expected) in [
            ("Тел. 5", vec![0]),
            ("телевизор", vec![]),
            ("ЗВОНИТЬ", vec![1]),
            ("перезвонить", vec![]),
            ("1990 Г.Р.", vec![2]),
            ("a(AT)b", vec![3]),
            ("N5 и kz7", vec![4, 5]),
            ("nkz", vec![]),
            ("а-б", vec![6]),
            ("📞тел 5", vec![0]),
            ("", vec![]),
        ] {
            let found: Vec<usize> = keywords.owners(text).iter().collect();
            assert_eq!(found, expected, "{text:?}");
        }
    }
}

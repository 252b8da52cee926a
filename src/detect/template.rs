//! What a cell is written with, place by place: a digit, a small letter, a capital, a Cyrillic letter, or one certain sign.
//! Whether a form can be written so is asked once per template, not once per cell.

use regex_syntax::hir::{
    Capture, Class, ClassBytesRange, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Repetition,
};

/// Longer cells have no template.
const LONGEST: usize = 48;
const BYTES: usize = size_of::<u64>();

/// The template of one cell, eight bytes in a word, padded with zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Template([u64; LONGEST / BYTES]);

/// Characters that a template does not tell apart; the first stands for all of them.
const KINDS: [(char, char); 4] = [('0', '9'), ('a', 'z'), ('A', 'Z'), ('\u{400}', '\u{4ff}')];

impl Template {
    /// The template of no cell.
    pub(crate) const NONE: Self = Self([0; LONGEST / BYTES]);

    /// `None` for cells that are long, or written with something but ASCII and Cyrillic.
    pub(crate) fn of(cell: &str) -> Option<Self> {
        let mut template = Self::NONE;
        let mut places = template.0.iter_mut();
        let mut foreign = 0;
        let (words, rest) = cell.as_bytes().as_chunks::<BYTES>();
        for word in words {
            *places.next()? = kinds(u64::from_le_bytes(*word), &mut foreign);
        }
        if !rest.is_empty() {
            *places.next()? = kinds(last_word(cell.as_bytes(), rest), &mut foreign);
        }
        (foreign == 0).then_some(template)
    }

    /// A cell that has this template.
    pub(crate) fn text(&self) -> String {
        let bytes = self.0.iter().flat_map(|word| word.to_le_bytes());
        String::from_utf8_lossy(&bytes.take_while(|&b| b != 0).collect::<Vec<_>>()).into_owned()
    }

    /// Spreads templates over a table.
    pub(crate) fn slot(&self, slots: usize) -> usize {
        let mix = |mixed: u64, word: &u64| {
            (mixed ^ word)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                .rotate_left(23)
        };
        let used = self.0.iter().take_while(|&&word| word != 0);
        (used.fold(0, mix) >> 32) as usize % slots
    }
}

/// What is left of a cell behind its whole words, as a word of its own.
fn last_word(cell: &[u8], rest: &[u8]) -> u64 {
    match cell.last_chunk() {
        Some(last) => u64::from_le_bytes(*last) >> (8 * (BYTES - rest.len())),
        None => (rest.iter().rev()).fold(0, |word, &byte| word << 8 | u64::from(byte)),
    }
}

const fn each(byte: u8) -> u64 {
    u64::from_le_bytes([byte; BYTES])
}

/// The template of eight bytes at once. A byte of a mask is all ones or zero.
fn kinds(word: u64, foreign: &mut u64) -> u64 {
    let high = each(0x80);
    let mask = |bits: u64| (bits >> 7) * 0xff;
    let is_wide = mask(word & high);
    let from = |byte: u8| ((word | high) - each(byte)) & high;
    let between = |first: u8, last: u8| mask(from(first) & !from(last + 1)) & !is_wide;
    let digits = between(b'0', b'9');
    let small = between(b'a', b'z');
    let capital = between(b'A', b'Z');
    let is_first = mask(word & (word << 1) & high);
    let is_next = is_wide & !is_first;
    // The first byte of a Cyrillic letter is D0 to D3.
    *foreign |= (word ^ each(0xd0)) & each(0xfc) & is_first;
    *foreign |= between(1, b' ' - 1);
    let signs = word & !(digits | small | capital | is_wide);
    signs
        | digits & each(b'0')
        | small & each(b'a')
        | capital & each(b'A')
        | is_first & each(0xd0)
        | is_next & each(0x80)
}

/// An expression for the templates of all that another one matches.
#[derive(Clone, Debug)]
pub(crate) struct Widened {
    pub(crate) hir: Hir,
    /// It matches nothing more than the other.
    pub(crate) is_equal: bool,
}

/// Widens every character of an expression to its kind.
pub(crate) fn widened(expression: &str) -> Option<Widened> {
    let original = regex_syntax::parse(expression).ok()?;
    let mut is_equal = true;
    let hir = widen(&original, &mut is_equal);
    Some(Widened { hir, is_equal })
}

fn widen(hir: &Hir, is_equal: &mut bool) -> Hir {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => hir.clone(),
        HirKind::Literal(literal) => {
            let text = String::from_utf8_lossy(&literal.0);
            Hir::concat(text.chars().map(|c| class(&[(c, c)], is_equal)).collect())
        }
        HirKind::Class(Class::Unicode(known)) => {
            let ranges: Vec<_> = known.iter().map(|r| (r.start(), r.end())).collect();
            class(&ranges, is_equal)
        }
        HirKind::Class(Class::Bytes(known)) => {
            let range = |r: &ClassBytesRange| (char::from(r.start()), char::from(r.end()));
            let ranges: Vec<_> = known.iter().map(range).collect();
            class(&ranges, is_equal)
        }
        HirKind::Repetition(repetition) => Hir::repetition(Repetition {
            sub: Box::new(widen(&repetition.sub, is_equal)),
            ..repetition.clone()
        }),
        HirKind::Capture(capture) => Hir::capture(Capture {
            sub: Box::new(widen(&capture.sub, is_equal)),
            ..capture.clone()
        }),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(|p| widen(p, is_equal)).collect()),
        HirKind::Alternation(ways) => {
            Hir::alternation(ways.iter().map(|w| widen(w, is_equal)).collect())
        }
    }
}

fn class(ranges: &[(char, char)], is_equal: &mut bool) -> Hir {
    let range = |&(first, last): &(char, char)| ClassUnicodeRange::new(first, last);
    let mut wide = ClassUnicode::new(ranges.iter().map(range));
    let narrow = wide.clone();
    for kind in &KINDS {
        let mut common = ClassUnicode::new([range(kind)]);
        common.intersect(&narrow);
        if !common.ranges().is_empty() {
            wide.push(range(kind));
        }
    }
    *is_equal &= wide == narrow;
    Hir::class(Class::Unicode(wide))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_keeps_kinds_and_signs() {
        let text = |cell| Template::of(cell).map(|t| t.text());
        assert_eq!(text("KZ 12-ab").as_deref(), Some("AA 00-aa"));
        assert_eq!(text("Әл5").as_deref(), Some("\u{400}\u{400}0"));
        assert_eq!(text("№ 5"), None);
        assert_eq!(text("a\tb"), None);
        assert_eq!(text("+7@/[`{~").as_deref(), Some("+0@/[`{~"));
        assert_eq!(text("ҮүӿЀ12345").as_deref(), Some("ЀЀЀЀ00000"));
        assert_eq!(text("Ԁ"), None);
        assert_eq!(text(&"1".repeat(49)), None);
    }

    #[test]
    fn a_widened_expression_takes_every_cell_of_the_template() {
        for (expression, template, is_equal) in [
            ("[0-9]{3}", "000", true),
            ("[3-6][0-9]", "00", false),
            ("(?i)kz[0-9]", "Aa0", false),
            ("ул\\. ?[А-Я]", "\u{400}\u{400}.\u{400}", false),
            ("(?:[a-z]|[A-Z])+@-?", "aA@-", true),
        ] {
            let Some(wide) = widened(expression) else {
                panic!("{expression}")
            };
            let whole =
                regex::Regex::new(&format!("^(?:{})$", wide.hir)).expect("printed by its parser");
            assert!(whole.is_match(template), "{expression}");
            assert_eq!(wide.is_equal, is_equal, "{expression}");
        }
    }
}

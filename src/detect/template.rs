//! What a cell is written with, place by place: a digit, a small letter, a capital, a Cyrillic letter, or one certain sign.
//! Whether a form can be written so is asked once per template, not once per cell.

use regex_syntax::hir::{
    Capture, Class, ClassBytesRange, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Repetition,
};

/// Longer cells have no template.
const LONGEST: usize = 48;
const BYTES: usize = size_of::<u64>();

/// The template of one cell, known by its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Template(u64);

/// Characters that a template does not tell apart; the first stands for all of them.
const KINDS: [(char, char); 4] = [('0', '9'), ('a', 'z'), ('A', 'Z'), ('\u{400}', '\u{4ff}')];

impl Template {
    /// The template of no cell.
    pub(crate) const NONE: Self = Self(0);

    /// `None` for cells that are long, or written with something but ASCII and Cyrillic.
    pub(crate) fn of(cell: &str) -> Option<Self> {
        let mut hash = cell.len() as u64;
        read(cell, |word| hash = mix(hash ^ word)).then_some(Self(hash))
    }

    /// Its place in a table.
    pub(crate) fn slot(self, slots: usize) -> usize {
        (self.0 >> 32) as usize % slots
    }
}

/// A text that stands for all cells of the template that a cell has.
pub(crate) fn representative(cell: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let has_template = read(cell, |word| bytes.extend(word.to_le_bytes()));
    bytes.truncate(cell.len());
    String::from_utf8(bytes).ok().filter(|_| has_template)
}

/// Gives the template of a cell eight bytes at a time; tells whether it has one.
fn read(cell: &str, mut take: impl FnMut(u64)) -> bool {
    if cell.len() > LONGEST {
        return false;
    }
    let mut foreign = 0;
    let (words, rest) = cell.as_bytes().as_chunks::<BYTES>();
    for word in words {
        take(kinds(u64::from_le_bytes(*word), &mut foreign));
    }
    if !rest.is_empty() {
        take(kinds(last_word(cell.as_bytes(), rest), &mut foreign));
    }
    foreign == 0
}

/// Folded multiplication: every bit of the word reaches every bit of the hash.
fn mix(word: u64) -> u64 {
    let product = u128::from(word ^ 0x2d35_8dcc_aa6c_78a5) * 0x9e37_79b9_7f4a_7c15;
    (product >> 64) as u64 ^ product as u64
}

/// What is left of a cell behind its whole words, as a word of its own, padded with spaces.
fn last_word(cell: &[u8], rest: &[u8]) -> u64 {
    let used = 8 * rest.len() as u32;
    let word = match cell.last_chunk() {
        Some(last) => u64::from_le_bytes(*last) >> (64 - used),
        None => (rest.iter().rev()).fold(0, |word, &byte| word << 8 | u64::from(byte)),
    };
    word | each(b' ') << used
}

const fn each(byte: u8) -> u64 {
    u64::from_le_bytes([byte; BYTES])
}

/// The template of eight bytes at once. A byte of a mask is all ones or zero.
fn kinds(word: u64, foreign: &mut u64) -> u64 {
    const HIGH: u64 = each(0x80);
    let mask = |bits: u64| (bits << 1).wrapping_sub(bits >> 7);
    // The high bit of every byte that is an ASCII character from this one on.
    let from = |text: u64, first: u8| ((text | HIGH) - each(first)) & !text & HIGH;
    let between = |text: u64, first: u8, last: u8| mask(from(text, first) ^ from(text, last + 1));
    let digits = between(word, b'0', b'9');
    let letters = between(word | each(0x20), b'a', b'z');
    let wide = word & HIGH;
    let is_wide = mask(wide);
    let is_first = mask(wide & (word << 1));
    // The first byte of a Cyrillic letter is D0 to D3, and no sign stands before the space.
    *foreign |= (word ^ each(0xd0)) & each(0xfc) & is_first;
    *foreign |= !(from(word, b' ') | wide) & HIGH;
    let kept = word & !(digits | letters | is_wide);
    let of_letters = (word & each(0x20) | each(b'A')) & letters;
    let of_cyrillic = is_wide & each(0x80) | is_first & each(0x50);
    kept | of_letters | of_cyrillic | digits & each(b'0')
}

/// An expression for the templates of all that another one matches.
#[derive(Clone, Debug)]
pub(crate) struct Widened {
    pub(crate) hir: Hir,
    /// It matches nothing more than the other.
    pub(crate) is_equal: bool,
}

/// Widens every character of an expression to its kind.
pub(crate) fn widened(expression: &Hir) -> Widened {
    let mut is_equal = true;
    let hir = widen(expression, &mut is_equal);
    Widened { hir, is_equal }
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
        let text = |cell: &str| representative(cell);
        assert_eq!(text("KZ 12-ab").as_deref(), Some("AA 00-aa"));
        assert_eq!(text("Әл5").as_deref(), Some("\u{400}\u{400}0"));
        assert_eq!(text("№ 5"), None);
        assert_eq!(text("a\tb"), None);
        assert_eq!(text("+7@/[`{~").as_deref(), Some("+0@/[`{~"));
        assert_eq!(text("ҮүӿЀ12345").as_deref(), Some("ЀЀЀЀ00000"));
        assert_eq!(text("Ԁ"), None);
        assert_eq!(text(&"1".repeat(49)), None);
        assert_eq!(Template::of("KZ 12-ab"), Template::of("AB 34-cd"));
        assert_ne!(Template::of("12"), Template::of("123"));
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
            let wide = widened(&regex_syntax::parse(expression).unwrap());
            let whole = regex::Regex::new(&format!("^(?:{})$", wide.hir)).unwrap();
            assert!(whole.is_match(template), "{expression}");
            assert_eq!(wide.is_equal, is_equal, "{expression}");
        }
    }
}

//! The kinds of bytes that every match of an expression holds.

use regex_syntax::hir::{Class, Hir, HirKind};

use crate::detect::shape::{LETTER, WIDE, classes_of};

/// Every kind, for a choice without ways.
const ALL: u16 = u16::MAX;

pub(super) fn classes(expression: &Hir) -> u16 {
    match expression.kind() {
        HirKind::Empty | HirKind::Look(_) | HirKind::Class(Class::Bytes(_)) => 0,
        HirKind::Literal(literal) => {
            (String::from_utf8_lossy(&literal.0).chars()).fold(0, |all, c| all | classes_of(c))
        }
        HirKind::Class(Class::Unicode(class)) => (class.ranges().iter())
            .fold(ALL, |common, range| {
                common & of_range(range.start(), range.end())
            }),
        HirKind::Repetition(repetition) if repetition.min == 0 => 0,
        HirKind::Repetition(repetition) => classes(&repetition.sub),
        HirKind::Capture(capture) => classes(&capture.sub),
        HirKind::Concat(parts) => parts.iter().fold(0, |all, part| all | classes(part)),
        HirKind::Alternation(ways) => ways.iter().fold(ALL, |common, way| common & classes(way)),
    }
}

/// What all characters of a range have in common.
fn of_range(first: char, last: char) -> u16 {
    let in_ascii = (first..=last).take_while(char::is_ascii);
    let wide = if last.is_ascii() { ALL } else { LETTER | WIDE };
    in_ascii.fold(wide, |common, c| common & classes_of(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::shape::class;

    #[test]
    fn what_every_match_holds_is_told() {
        let of = |names: &[&str]| {
            names
                .iter()
                .filter_map(|name| class(name))
                .fold(0, |a, b| a | b)
        };
        for (expression, expected) in [
            ("KZ-[a-z]", of(&["latin", "letter", "-"])),
            ("(?:a|б)@", of(&["letter", "@"])),
            ("(?:a|/)+", 0),
            ("-?x*:{2}", of(&[":"])),
            ("[-+]", 0),
            ("[а-яa-z]", of(&["letter"])),
        ] {
            let parsed = regex_syntax::parse(expression).unwrap();
            assert_eq!(classes(&parsed), expected, "{expression}");
        }
    }
}

//! Lines of a text that fit a width.

use super::fonts::Weight;

/// Words longer than this many points may be broken anywhere, as hashes and paths must.
const LONGEST_WORD: f32 = 90.0;

/// Breaks a text at its spaces; words too long for a line at signs between their parts, or anywhere. A line that a space ends keeps it.
pub(super) fn wrap(text: &str, width: f32, size: f32, weight: Weight) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0.0;
    for word in text.split_inclusive(' ') {
        let visible = weight.width(word.trim_end_matches(' '), size);
        if used > 0.0 && used + visible > width {
            lines.push(String::new());
            used = 0.0;
        }
        for part in parts(word, width, size, weight) {
            if used > 0.0 && used + weight.width(part.trim_end_matches(' '), size) > width {
                lines.push(String::new());
                used = 0.0;
            }
            used += weight.width(part, size);
            if let Some(line) = lines.last_mut() {
                line.push_str(part);
            }
        }
    }
    lines
}

/// Width of the widest word, and of the whole text in one line.
pub(super) fn extent(text: &str, size: f32, weight: Weight) -> (f32, f32) {
    let widest = text
        .split(' ')
        .map(|word| weight.width(word, size))
        .fold(0.0, f32::max);
    (widest.min(LONGEST_WORD), weight.width(text, size))
}

/// A word in parts that each fit a line: one part, nearly always.
fn parts(word: &str, width: f32, size: f32, weight: Weight) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = word;
    while let Some(at) = break_at(rest, width, size, weight) {
        let (part, after) = rest.split_at(at);
        parts.push(part);
        rest = after;
    }
    parts.push(rest);
    parts
}

/// Where to break a word that is too long: after the last sign in the second half of the line, else where the line is full; never
/// before its first letter.
fn break_at(word: &str, width: f32, size: f32, weight: Weight) -> Option<usize> {
    let (mut used, mut after_sign) = (0.0, None);
    for (at, c) in word.trim_end_matches(' ').char_indices() {
        used += weight.width(c.encode_utf8(&mut [0; 4]), size);
        if used > width && at > 0 {
            return after_sign.or(Some(at));
        }
        if used > width / 2.0 && matches!(c, '/' | '\\' | '-' | '–' | '_' | '.' | ',' | ':' | ';')
        {
            after_sign = Some(at + c.len_utf8());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_move_to_the_next_line_and_long_ones_are_broken() {
        let lines = wrap("Жеке сәйкестендіру нөмірі", 80.0, 9.0, Weight::Regular);
        assert_eq!(lines, ["Жеке ", "сәйкестендіру ", "нөмірі"]);
        let path = wrap("archive/clients_2019.parquet", 70.0, 9.0, Weight::Regular);
        assert!(path.len() > 1 && path[0].ends_with(['/', '_']), "{path:?}");
        assert_eq!(wrap("", 80.0, 9.0, Weight::Bold), [""]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_every_line_fits(text in "[a-zа-я0-9/ _.-]{0,200}", width in 0.5_f32..300.0) {
            let lines = wrap(&text, width, 8.0, Weight::Regular);
            prop_assert_eq!(lines.concat(), text);
            for line in lines {
                let shown = line.trim_end_matches(' ');
                prop_assert!(Weight::Regular.width(shown, 8.0) <= width + 0.01 || shown.chars().count() == 1);
            }
        }
    }
}

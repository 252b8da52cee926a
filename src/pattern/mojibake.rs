//! Text that was decoded wrongly: UTF-8 read as windows-1251 or windows-1252 and written as UTF-8 again, perhaps twice.

use std::borrow::Cow;

use encoding_rs::{Encoding, WINDOWS_1251, WINDOWS_1252};

/// How often a file may have gone through such a program.
pub const MOST_TIMES: usize = 2;

/// What a cell said before it was decoded wrongly, when it begins so; borrows when it was not.
pub fn mended_cell(cell: &str) -> Cow<'_, str> {
    if may_begin_wrong(cell) {
        mended(cell)
    } else {
        Cow::Borrowed(cell)
    }
}

/// What a text said before it was decoded wrongly; borrows when it was not.
pub fn mended(text: &str) -> Cow<'_, str> {
    let mut mended = Cow::Borrowed(text);
    for _ in 0..MOST_TIMES {
        let Some(before) = undone(&mended) else { break };
        mended = Cow::Owned(before);
    }
    mended
}

/// What a text said before it was decoded wrongly the last time. Every byte of the result was a character.
pub fn undone(text: &str) -> Option<String> {
    if !looks_wrong(text) {
        return None;
    }
    let encodings = [WINDOWS_1251, WINDOWS_1252];
    encodings
        .into_iter()
        .find_map(|encoding| decoded_again(text, encoding))
}

fn decoded_again(text: &str, encoding: &'static Encoding) -> Option<String> {
    let (bytes, _, has_others) = encoding.encode(text);
    let again = String::from_utf8(bytes.into_owned()).ok()?;
    let is_sure = wide(text) >= MANY || again.chars().all(is_usual);
    (!has_others && again.len() < text.len() && is_sure).then_some(again)
}

/// So many characters are no UTF-8 by chance.
const MANY: usize = 8;
/// Fewer tell nothing.
const FEW: usize = 4;
const KAZAKH: &str = "ӘәҒғҚқҢңӨөҰұҮүҺһІі";

/// Of the Cyrillic letters those of Russian and Kazakh.
fn is_usual(c: char) -> bool {
    let is_cyrillic = ('\u{400}'..='\u{52f}').contains(&c);
    !is_cyrillic || matches!(c, 'А'..='я' | 'Ё' | 'ё') || KAZAKH.contains(c)
}

fn wide(text: &str) -> usize {
    text.chars().filter(|c| !c.is_ascii()).count()
}

/// Of two characters that stand for one Cyrillic letter the first is one of few.
fn is_first(c: char) -> bool {
    matches!(c, 'Р' | 'С' | 'Т' | 'У' | 'Ð' | 'Ñ' | 'Ò' | 'Ó' | 'Ã')
}

fn looks_wrong(text: &str) -> bool {
    let wide = wide(text);
    wide >= FEW && 4 * text.chars().filter(|&c| is_first(c)).count() >= wide
}

/// Tells whether a text begins as one does whose first letter is Cyrillic and was decoded wrongly: no plain letter comes second.
pub fn may_begin_wrong(text: &str) -> bool {
    // The first is one of `РСТУ` or `ÃÐÑÒÓ`, asked of bytes because every cell is asked.
    let ([0xd0, 0xa0..=0xa3, rest @ ..] | [0xc3, 0x83 | 0x90..=0x93, rest @ ..]) = text.as_bytes()
    else {
        return false;
    };
    let is_plain = matches!(
        rest,
        [..=0x7f, ..] | [0xd0, 0x90..=0xbf, ..] | [0xd1, 0x80..=0x8f, ..]
    );
    !rest.is_empty() && !is_plain
}

/// Tells whether a text ends with the first of two such characters.
pub fn ends_cut(text: &str) -> bool {
    text.ends_with(is_first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded_wrongly(text: &str, encoding: &'static Encoding) -> String {
        encoding
            .decode_without_bom_handling(text.as_bytes())
            .0
            .into_owned()
    }

    #[test]
    fn wrong_decoding_is_undone() {
        for text in [
            "Ахметова Айгүл, ИИН 850101",
            "Әлия Қасымқызы",
            "Сидоров",
            "Михаил",
            "город Алматы",
        ] {
            for encoding in [WINDOWS_1251, WINDOWS_1252] {
                let once = decoded_wrongly(text, encoding);
                assert_ne!(once, text);
                assert_eq!(mended(&once), text);
                assert_eq!(mended(&once).len(), once.chars().count());
            }
            let twice = decoded_wrongly(&decoded_wrongly(text, WINDOWS_1251), WINDOWS_1251);
            assert_eq!(mended(&twice), text);
        }
    }

    #[test]
    fn right_text_stays() {
        for text in [
            "ТІРІ",
            "СССР, РСФСР",
            "Ахметова — «ТОО»",
            "Рустам Саттар",
            "naïve café Ñandú",
            "ТУС",
            "",
        ] {
            assert!(matches!(mended(text), Cow::Borrowed(_)), "{text}");
        }
    }
}

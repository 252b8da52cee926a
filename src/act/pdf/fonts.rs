//! The fonts that go with the program, and how wide their letters are.

use std::collections::HashMap;
use std::sync::OnceLock;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider as _};

const REGULAR: &[u8] = include_bytes!("../../../assets/fonts/NotoSans-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../../../assets/fonts/NotoSans-Bold.ttf");

/// One weight of the font.
pub(super) struct Face {
    pub(super) font: Font,
    /// Glyph and advance in parts of the size.
    glyphs: HashMap<char, (u32, f32)>,
}

/// The weights there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

impl Weight {
    pub(super) fn face(self) -> &'static Face {
        static FACES: OnceLock<[Face; 2]> = OnceLock::new();
        let faces = FACES.get_or_init(|| {
            [REGULAR, BOLD].map(|bytes| Face::read(bytes).expect("embedded, and read by a test"))
        });
        &faces[self as usize]
    }

    pub(super) fn width(self, text: &str, size: f32) -> f32 {
        text.chars().map(|c| self.face().glyph(c).1 * size).sum()
    }
}

impl Face {
    fn read(bytes: &'static [u8]) -> Option<Self> {
        let font = Font::new(bytes.into(), 0)?;
        let reference = FontRef::new(bytes).ok()?;
        let metrics = reference.glyph_metrics(Size::unscaled(), LocationRef::default());
        let units = font.units_per_em();
        let glyphs = reference.charmap().mappings().filter_map(|(code, glyph)| {
            let advance = metrics.advance_width(glyph)? / units;
            Some((char::from_u32(code)?, (glyph.to_u32(), advance)))
        });
        Some(Self {
            glyphs: glyphs.collect(),
            font,
        })
    }

    pub(super) fn has(&self, c: char) -> bool {
        self.glyphs.contains_key(&c)
    }

    fn glyph(&self, c: char) -> (u32, f32) {
        self.glyphs.get(&c).copied().unwrap_or_default()
    }

    pub(super) fn shape(&self, text: &str) -> Vec<KrillaGlyph> {
        text.char_indices()
            .map(|(at, c)| {
                let (glyph, advance) = self.glyph(c);
                let range = at..at + c.len_utf8();
                KrillaGlyph::new(GlyphId::new(glyph), advance, 0.0, 0.0, 0.0, range, None)
            })
            .collect()
    }
}

/// The text in letters the font has: others are written by their number, so that nothing is lost.
pub(super) fn printable(text: &str) -> String {
    let face = Weight::Regular.face();
    let mut printable = String::with_capacity(text.len());
    for c in text.chars() {
        if face.has(c) {
            printable.push(c);
        } else if c.is_whitespace() {
            printable.push(' ');
        } else {
            printable.push_str(&format!("[U+{:04X}]", u32::from(c)));
        }
    }
    printable
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::category::Catalog;

    #[test]
    fn both_weights_have_every_letter_of_all_texts() {
        let files = [
            include_str!("../../../locales/act/kk.toml"),
            include_str!("../../../locales/act/ru.toml"),
            include_str!("../../../locales/act/en.toml"),
            "әғқңөұүһі ӘҒҚҢӨҰҮҺІ ёЁ №«»„“”–—… 0123456789",
        ];
        let names = Catalog::builtin()
            .categories
            .iter()
            .flat_map(|c| [&c.name_kk, &c.name_ru, &c.name_en]);
        let texts = files.into_iter().chain(names.map(String::as_str));
        for c in texts.flat_map(str::chars).filter(|c| *c != '\n') {
            for weight in [Weight::Regular, Weight::Bold] {
                assert!(weight.face().has(c), "{c:?} in {weight:?}");
                assert!(weight.width(&c.to_string(), 10.0) > 0.0, "{c:?}");
            }
        }
    }

    #[test]
    fn letters_the_font_lacks_are_written_by_number() {
        assert_eq!(printable("a\u{4e2d}\u{1f600}\tб"), "a[U+4E2D][U+1F600] б");
    }
}

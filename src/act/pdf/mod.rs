//! The document as PDF/A-2a: archivable, with embedded fonts, and tagged so that it can be read aloud.

mod fonts;
mod layout;
mod tables;
mod tags;
mod wrap;

use jiff::tz::TimeZone;
use krilla::SerializeSettings;
use krilla::color::luma;
use krilla::configure::{Archival, Configuration, ConfigurationBuilder};
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::tagging::ArtifactType;

use super::document::Document;
use super::record::Act;
use super::write::OFFSET;
use layout::{Item, PAGE, layout};
use tags::Tags;

/// Writes a document as PDF; `None` when the library refuses it.
pub(super) fn pdf(document: &Document, act: &Act) -> Option<Vec<u8>> {
    let laid_out = layout(document);
    let settings = SerializeSettings {
        configuration: archival()?,
        enable_tagging: true,
        ..SerializeSettings::default()
    };
    let mut out = krilla::Document::new_with(settings);
    let mut tags = Tags::default();
    for page in &laid_out.pages {
        let mut to = out.start_page_with(PageSettings::from_wh(PAGE.0, PAGE.1)?);
        let mut surface = to.surface();
        for item in &page.items {
            draw(item, &mut surface, &mut tags)?;
        }
        surface.finish();
        to.finish();
    }
    out.set_tag_tree(tags.tree(&laid_out.parts, document)?);
    out.set_metadata(metadata(document, act));
    out.finish().ok()
}

fn archival() -> Option<Configuration> {
    ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .finish()
        .ok()
}

fn metadata(document: &Document, act: &Act) -> Metadata {
    let made = act.made_at.to_zoned(TimeZone::fixed(OFFSET));
    let small = |number: i8| number.unsigned_abs();
    let date = DateTime::new(made.year().unsigned_abs())
        .month(small(made.month()))
        .day(small(made.day()))
        .hour(small(made.hour()))
        .minute(small(made.minute()))
        .second(small(made.second()))
        .utc_offset_hour(5)
        .utc_offset_minute(0);
    let short = |text: &str| text.chars().take(500).collect::<String>();
    Metadata::new()
        .title(short(&format!("{}, {}", document.title, act.number)))
        .language(document.language.tag().to_owned())
        .creator(short(&format!("iesiz {}", act.tool.version)))
        .creation_date(date)
}

fn draw(item: &Item, surface: &mut Surface<'_>, tags: &mut Tags) -> Option<()> {
    match item {
        Item::Box {
            x,
            y,
            width,
            height,
            fill,
            is_framed,
        } => {
            tags::ornament(surface, ArtifactType::Layout);
            let mut path = PathBuilder::new();
            path.push_rect(Rect::from_xywh(*x, *y, *width, *height)?);
            surface.set_fill(fill.map(gray));
            surface.set_stroke(is_framed.then(|| Stroke {
                paint: luma::Color::new(150).into(),
                width: 0.5,
                ..Stroke::default()
            }));
            surface.draw_path(&path.finish()?);
        }
        Item::Text {
            x,
            y,
            style,
            text,
            leaf,
        } => {
            tags.text(surface, *leaf);
            surface.set_fill(Some(gray(style.gray)));
            surface.set_stroke(None);
            let face = style.weight.face();
            surface.draw_glyphs(
                Point::from_xy(*x, *y),
                &face.shape(text),
                face.font.clone(),
                text,
                style.size,
                false,
            );
        }
    }
    surface.end_tagged();
    Some(())
}

/// From black, 0, to white, 1.
fn gray(level: f32) -> Fill {
    Fill {
        paint: luma::Color::new((level.clamp(0.0, 1.0) * 255.0) as u8).into(),
        ..Fill::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::act::sample;
    use crate::act::texts::Language;
    use std::collections::BTreeMap;

    fn letters(text: &str, found: &mut BTreeMap<char, i64>, sign: i64) {
        for c in text.chars().filter(|c| !c.is_whitespace()) {
            *found.entry(c).or_default() += sign;
        }
    }

    #[test]
    fn pages_hold_all_that_the_document_says_once() {
        for language in Language::ALL {
            let document = sample::act().document(language);
            let people = 2;
            let mut found = BTreeMap::new();
            for item in layout(&document).pages.iter().flat_map(|page| &page.items) {
                if let Item::Text {
                    text,
                    leaf: Some(_),
                    ..
                } = item
                {
                    letters(text, &mut found, 1);
                }
            }
            for text in document.texts() {
                letters(&fonts::printable(text), &mut found, -1);
            }
            // Captions of signatures stand under every person, in the document once.
            for block in &document.blocks {
                if let crate::act::document::Block::Signatures(signatures) = block {
                    assert_eq!(signatures.people.len(), people);
                    letters(&signatures.captions.concat(), &mut found, -1);
                }
            }
            found.retain(|_, count| *count != 0);
            assert_eq!(found, BTreeMap::new(), "{language:?}");
        }
    }

    #[test]
    fn everything_stays_on_its_page() {
        for language in Language::ALL {
            for page in layout(&sample::act().document(language)).pages {
                for item in page.items {
                    match item {
                        Item::Text {
                            x, y, style, text, ..
                        } => {
                            let right = x + style.weight.width(text.trim_end(), style.size);
                            assert!(
                                x >= layout::LEFT - 0.1
                                    && right <= layout::LEFT + layout::WIDTH + 0.1,
                                "{text}"
                            );
                            assert!(y > 40.0 && y < PAGE.1 - 25.0, "{text}");
                        }
                        Item::Box {
                            x,
                            y,
                            width,
                            height,
                            ..
                        } => {
                            assert!(
                                x >= layout::LEFT - 0.1
                                    && x + width <= layout::LEFT + layout::WIDTH + 0.1
                            );
                            assert!(y > 40.0 && y + height < PAGE.1 - 40.0);
                        }
                    }
                }
            }
        }
    }
}

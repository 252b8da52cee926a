//! What is what in the PDF, for those who hear it read: headings, paragraphs, lists, tables with heads.

use std::collections::BTreeMap;
use std::num::NonZeroU16;

use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, ListNumbering, SpanTag, TableHeaderScope, Tag,
    TagGroup, TagKind, TagTree,
};

use super::layout::{Leaf, Part};
use crate::act::document::Document;

/// The stretches of text drawn so far, by the paragraph or cell they belong to.
#[derive(Default)]
pub(super) struct Tags {
    drawn: BTreeMap<Leaf, Vec<Identifier>>,
}

impl Tags {
    /// What is drawn next is text of a paragraph or cell; without one it only repeats.
    pub(super) fn text(&mut self, surface: &mut Surface<'_>, leaf: Option<Leaf>) {
        if let Some(leaf) = leaf {
            let id = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
            self.drawn.entry(leaf).or_default().push(id);
        } else {
            ornament(surface, ArtifactType::PaginationOther);
        }
    }

    /// The tree of all that was drawn; `None` when a heading has no level, which cannot be.
    pub(super) fn tree(mut self, parts: &[Part], document: &Document) -> Option<TagTree> {
        let mut tree = TagTree::new().with_lang(Some(document.language.tag().to_owned()));
        for part in parts {
            match part {
                Part::Title(leaf) => tree.push(self.group(heading(1)?, *leaf)),
                Part::Heading(leaf) => tree.push(self.group(heading(2)?, *leaf)),
                Part::Paragraph(leaf) => tree.push(self.group(Tag::P, *leaf)),
                Part::List(leaves) => tree.push(self.list(leaves)),
                Part::Table(rows) => tree.push(self.table(rows)),
            }
        }
        Some(tree)
    }

    fn group(&mut self, tag: impl Into<TagKind>, leaf: Leaf) -> TagGroup {
        let mut group = TagGroup::new(tag);
        for id in self.drawn.remove(&leaf).unwrap_or_default() {
            group.push(id);
        }
        group
    }

    fn list(&mut self, leaves: &[Leaf]) -> TagGroup {
        let mut list = TagGroup::new(Tag::L(ListNumbering::Disc));
        for leaf in leaves {
            let mut item = TagGroup::new(Tag::LI);
            item.push(self.group(Tag::LBody, *leaf));
            list.push(item);
        }
        list
    }

    fn table(&mut self, rows: &[Vec<(Leaf, bool)>]) -> TagGroup {
        let mut table = TagGroup::new(Tag::Table);
        for row in rows {
            let is_column_head = row.iter().all(|(_, is_head)| *is_head);
            let scope = if is_column_head {
                TableHeaderScope::Column
            } else {
                TableHeaderScope::Row
            };
            let mut line = TagGroup::new(Tag::TR);
            for (leaf, is_head) in row {
                line.push(if *is_head {
                    self.group(Tag::TH(scope), *leaf)
                } else {
                    self.group(Tag::TD, *leaf)
                });
            }
            table.push(line);
        }
        table
    }
}

/// What is drawn next says nothing of its own.
pub(super) fn ornament(surface: &mut Surface<'_>, kind: ArtifactType) {
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
}

fn heading(level: u16) -> Option<TagKind> {
    Some(Tag::Hn(NonZeroU16::new(level)?, None).into())
}

//! The act between record and paper: the same blocks become Markdown, HTML and PDF, so that these cannot differ in what they say.

use super::texts::Language;

/// A document of blocks, one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its title.
    pub title: String,
    /// Number and page, for the foot of pages: `{page}` and `{pages}` are left to fill in.
    pub foot: String,
    /// Its language.
    pub language: Language,
    /// What follows the title.
    pub blocks: Vec<Block>,
}

/// A part of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Heading of a section.
    Heading(String),
    /// Running text.
    Paragraph(String),
    /// A text that must not be overlooked.
    Warning(String),
    /// Names and what they stand for.
    Facts(Vec<(String, String)>),
    /// Rows under a head.
    Table(Table),
    /// Points.
    List(Vec<String>),
    /// Lines as they are, character by character.
    Verbatim(Vec<String>),
    /// Places to sign.
    Signatures(Signatures),
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Names of the columns, and whether they hold numbers.
    pub head: Vec<(String, bool)>,
    /// Rows, each as long as the head.
    pub rows: Vec<Vec<String>>,
    /// Whether the last row is a sum.
    pub has_total: bool,
}

/// Places to sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signatures {
    /// What is written under the lines: position, signature, name, date.
    pub captions: [String; 4],
    /// Positions, and names where they are known.
    pub people: Vec<(String, Option<String>)>,
}

impl Document {
    /// Takes out what would change how other text is shown: control characters and marks of direction become spaces.
    pub(super) fn clean(&mut self) {
        for text in [&mut self.title, &mut self.foot] {
            clean(text);
        }
        self.blocks
            .iter_mut()
            .flat_map(Block::texts_mut)
            .for_each(clean);
    }

    /// Every text, in reading order, the foot of pages left out.
    pub fn texts(&self) -> Vec<&str> {
        let blocks = self.blocks.iter().flat_map(Block::texts);
        std::iter::once(self.title.as_str()).chain(blocks).collect()
    }
}

impl Block {
    fn texts(&self) -> Vec<&str> {
        match self {
            Self::Heading(text) | Self::Paragraph(text) | Self::Warning(text) => vec![text],
            Self::Facts(facts) => facts
                .iter()
                .flat_map(|(name, value)| [name.as_str(), value])
                .collect(),
            Self::Table(table) => {
                let head = table.head.iter().map(|(name, _)| name);
                head.chain(table.rows.iter().flatten())
                    .map(String::as_str)
                    .collect()
            }
            Self::List(lines) | Self::Verbatim(lines) => lines.iter().map(String::as_str).collect(),
            Self::Signatures(signatures) => {
                let people = signatures.people.iter();
                let people = people.flat_map(|(position, name)| [Some(position), name.as_ref()]);
                let captions = signatures.captions.iter();
                captions
                    .chain(people.flatten())
                    .map(String::as_str)
                    .collect()
            }
        }
    }
}

impl Block {
    /// Every text but lines that stand as they are.
    fn texts_mut(&mut self) -> Vec<&mut String> {
        match self {
            Self::Heading(text) | Self::Paragraph(text) | Self::Warning(text) => vec![text],
            Self::Facts(facts) => facts
                .iter_mut()
                .flat_map(|(name, value)| [name, value])
                .collect(),
            Self::Table(table) => table.rows.iter_mut().flatten().collect(),
            Self::List(lines) => lines.iter_mut().collect(),
            Self::Verbatim(_) => Vec::new(),
            Self::Signatures(signatures) => {
                let people = signatures.people.iter_mut();
                people
                    .flat_map(|(position, name)| std::iter::once(position).chain(name))
                    .collect()
            }
        }
    }
}

fn clean(text: &mut String) {
    let changes_others = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    if text.contains(changes_others) {
        *text = text.replace(changes_others, " ");
    }
}

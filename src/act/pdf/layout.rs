//! Where every line of the document stands on which page. Pure: the drawing follows it.

use super::fonts::{Weight, printable};
use super::wrap::wrap;
use crate::act::document::{Block, Document, Signatures};

/// A4 in points.
pub(super) const PAGE: (f32, f32) = (595.28, 841.89);
pub(super) const LEFT: f32 = 57.0;
pub(super) const WIDTH: f32 = PAGE.0 - LEFT - 43.0;
const TOP: f32 = 48.0;
const BOTTOM: f32 = PAGE.1 - 54.0;
/// From the top of a line to its base, and from line to line, in parts of the size.
const ASCENT: f32 = 1.0;
const LEADING: f32 = 1.36;

/// A page: what is drawn on it, in order.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) items: Vec<Item>,
}

/// Something drawn.
#[derive(Debug)]
pub(super) enum Item {
    /// A line of text, from its left end on the base line.
    Text {
        x: f32,
        y: f32,
        style: Style,
        text: String,
        leaf: Option<Leaf>,
    },
    /// A framed or filled box: left, top, width, height.
    Box {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        fill: Option<f32>,
        is_framed: bool,
    },
}

/// The paragraph or cell that a line belongs to; none for what only repeats.
pub(super) type Leaf = usize;

/// How text looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Style {
    pub(super) size: f32,
    pub(super) weight: Weight,
    /// From black, 0, to white, 1.
    pub(super) gray: f32,
}

impl Style {
    pub(super) const fn new(size: f32, weight: Weight, gray: f32) -> Self {
        Self { size, weight, gray }
    }

    pub(super) fn leading(self) -> f32 {
        self.size * LEADING
    }
}

const TITLE: Style = Style::new(15.0, Weight::Bold, 0.0);
const HEADING: Style = Style::new(11.0, Weight::Bold, 0.0);
const BODY: Style = Style::new(9.5, Weight::Regular, 0.0);
const STRONG: Style = Style::new(9.5, Weight::Bold, 0.0);
const CODE: Style = Style::new(7.0, Weight::Regular, 0.15);
const SMALL: Style = Style::new(7.5, Weight::Regular, 0.35);

/// What the parts of the document are, for those who hear it read.
#[derive(Debug)]
pub(super) enum Part {
    Title(Leaf),
    Heading(Leaf),
    Paragraph(Leaf),
    List(Vec<Leaf>),
    /// Rows of cells, each with whether it is a head.
    Table(Vec<Vec<(Leaf, bool)>>),
}

/// A document set on pages.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) pages: Vec<Page>,
    pub(super) parts: Vec<Part>,
    leaves: usize,
    /// Where the next thing begins.
    pub(super) y: f32,
}

/// Sets a document.
pub(super) fn layout(document: &Document) -> Layout {
    let mut layout = Layout::default();
    layout.new_page();
    layout.title(&document.title);
    for (index, block) in document.blocks.iter().enumerate() {
        layout.block(block, document.blocks.get(index + 1));
    }
    layout.foot(&document.foot);
    layout
}

impl Layout {
    pub(super) fn new_page(&mut self) {
        self.pages.push(Page::default());
        self.y = TOP;
    }

    /// Height left on the page.
    pub(super) fn room(&self) -> f32 {
        BOTTOM - self.y
    }

    /// Begins a page unless there is room for something.
    pub(super) fn need(&mut self, height: f32) {
        if self.room() < height && self.y > TOP {
            self.new_page();
        }
    }

    pub(super) fn leaf(&mut self) -> Leaf {
        self.leaves += 1;
        self.leaves - 1
    }

    pub(super) fn push(&mut self, item: Item) {
        if let Some(page) = self.pages.last_mut() {
            page.items.push(item);
        }
    }

    /// Sets a line whose top is at a height.
    pub(super) fn line(
        &mut self,
        x: f32,
        top: f32,
        style: Style,
        text: String,
        leaf: Option<Leaf>,
    ) {
        if !text.is_empty() {
            let y = top + style.size * ASCENT;
            self.push(Item::Text {
                x,
                y,
                style,
                text,
                leaf,
            });
        }
    }

    /// Sets lines of a paragraph, a short one on one page.
    fn paragraph(&mut self, text: &str, style: Style, indent: f32, leaf: Leaf) {
        let lines = wrap(&printable(text), WIDTH - indent, style.size, style.weight);
        if lines.len() <= 5 {
            self.need(lines.len() as f32 * style.leading());
        }
        for line in lines {
            self.need(style.leading());
            self.line(LEFT + indent, self.y, style, line, Some(leaf));
            self.y += style.leading();
        }
    }

    fn title(&mut self, title: &str) {
        let leaf = self.leaf();
        self.parts.push(Part::Title(leaf));
        for line in wrap(&printable(title), WIDTH, TITLE.size, TITLE.weight) {
            let width = TITLE.weight.width(line.trim_end(), TITLE.size);
            self.line(
                LEFT + (WIDTH - width) / 2.0,
                self.y,
                TITLE,
                line,
                Some(leaf),
            );
            self.y += TITLE.leading();
        }
        self.y += 8.0;
    }

    fn block(&mut self, block: &Block, next: Option<&Block>) {
        match block {
            Block::Heading(text) => self.heading(text, next),
            Block::Paragraph(text) => {
                let leaf = self.leaf();
                self.parts.push(Part::Paragraph(leaf));
                self.paragraph(text, BODY, 0.0, leaf);
            }
            Block::Warning(text) => self.warning(text),
            Block::Facts(facts) => self.facts(facts),
            Block::Table(table) => self.table(table),
            Block::List(lines) => self.list(lines),
            Block::Verbatim(lines) => self.verbatim(lines),
            Block::Signatures(signatures) => self.signatures(signatures),
        }
        self.y += 5.0;
    }

    /// A heading never stands alone at the foot of a page.
    fn heading(&mut self, text: &str, next: Option<&Block>) {
        self.y += 6.0;
        self.need(HEADING.leading() + next.map_or(0.0, beside_heading));
        let leaf = self.leaf();
        self.parts.push(Part::Heading(leaf));
        self.paragraph(text, HEADING, 0.0, leaf);
        self.y -= 2.0;
    }

    fn warning(&mut self, text: &str) {
        let lines = wrap(&printable(text), WIDTH - 16.0, STRONG.size, STRONG.weight);
        let height = lines.len() as f32 * STRONG.leading() + 10.0;
        self.need(height);
        let (y, leaf) = (self.y, self.leaf());
        self.parts.push(Part::Paragraph(leaf));
        self.push(Item::Box {
            x: LEFT,
            y,
            width: WIDTH,
            height,
            fill: Some(0.93),
            is_framed: true,
        });
        self.y += 5.0;
        for line in lines {
            self.line(LEFT + 8.0, self.y, STRONG, line, Some(leaf));
            self.y += STRONG.leading();
        }
        self.y += 5.0;
    }

    fn list(&mut self, lines: &[String]) {
        let mut leaves = Vec::new();
        for line in lines {
            let leaf = self.leaf();
            leaves.push(leaf);
            self.need(BODY.leading());
            self.line(LEFT + 4.0, self.y, BODY, "•".to_owned(), None);
            self.paragraph(line, BODY, 14.0, leaf);
        }
        self.parts.push(Part::List(leaves));
    }

    fn verbatim(&mut self, lines: &[String]) {
        for line in lines {
            let leaf = self.leaf();
            self.parts.push(Part::Paragraph(leaf));
            self.paragraph(line, CODE, 6.0, leaf);
            self.y += 3.0;
        }
    }

    /// A line for every signatory: position, signature, name, date; captions stand under each.
    fn signatures(&mut self, signatures: &Signatures) {
        const SHARES: [f32; 4] = [0.34, 0.2, 0.28, 0.18];
        for (position, name) in &signatures.people {
            let filled = [
                position.as_str(),
                "",
                name.as_deref().unwrap_or_default(),
                "",
            ];
            let columns = SHARES.iter().zip(filled).map(|(share, text)| {
                let width = WIDTH * share - 10.0;
                (width, wrap(&printable(text), width, BODY.size, BODY.weight))
            });
            let columns: Vec<(f32, Vec<String>)> = columns.collect();
            let tallest = columns
                .iter()
                .map(|(_, lines)| lines.len())
                .max()
                .unwrap_or(1);
            let above = (tallest as f32 * BODY.leading()).max(32.0);
            self.need(above + 20.0);
            let (base, mut x) = (self.y + above, LEFT);
            for ((width, lines), caption) in columns.into_iter().zip(&signatures.captions) {
                let leaf = self.leaf();
                self.parts.push(Part::Paragraph(leaf));
                let mut top = base - lines.len() as f32 * BODY.leading();
                for line in lines {
                    self.line(x, top, BODY, line, Some(leaf));
                    top += BODY.leading();
                }
                self.push(Item::Box {
                    x,
                    y: base + 1.5,
                    width,
                    height: 0.6,
                    fill: Some(0.2),
                    is_framed: false,
                });
                self.line(x, base + 3.5, SMALL, printable(caption), Some(leaf));
                x += width + 10.0;
            }
            self.y = base + 20.0;
        }
    }

    /// Number of the act and page, under every page.
    fn foot(&mut self, text: &str) {
        let pages = self.pages.len();
        for (index, page) in self.pages.iter_mut().enumerate() {
            let text = text.replace("{pages}", &pages.to_string());
            let text = printable(&text.replace("{page}", &(index + 1).to_string()));
            let text = wrap(&text, WIDTH, SMALL.size, SMALL.weight).swap_remove(0);
            let x = LEFT + (WIDTH - SMALL.weight.width(&text, SMALL.size)) / 2.0;
            page.items.push(Item::Text {
                x,
                y: PAGE.1 - 30.0,
                style: SMALL,
                text,
                leaf: None,
            });
        }
    }
}

/// Height of what must stand on the page of its heading: a short block whole, of another the beginning.
fn beside_heading(block: &Block) -> f32 {
    const BEGINNING: f32 = 60.0;
    const SHORT: f32 = 260.0;
    let rows = match block {
        Block::Facts(facts) => facts.len(),
        Block::Table(table) => table.rows.len(),
        Block::Signatures(signatures) => signatures.people.len(),
        _ => return BEGINNING,
    };
    if rows > 6 {
        return BEGINNING;
    }
    let mut alone = Layout::default();
    alone.new_page();
    alone.block(block, None);
    let height = alone.y - TOP;
    if alone.pages.len() == 1 && height < SHORT {
        height
    } else {
        BEGINNING
    }
}

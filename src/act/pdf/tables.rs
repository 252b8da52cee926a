//! Tables: widths by what the cells hold, heads repeated on every page, cells broken over pages where they must be.

use super::fonts::{Weight, printable};
use super::layout::{Item, LEFT, Layout, Leaf, Part, Style, WIDTH};
use super::wrap::{extent, wrap};
use crate::act::document::Table;

const HEAD: Style = Style::new(7.8, Weight::Bold, 0.0);
const CELL: Style = Style::new(8.2, Weight::Regular, 0.0);
const TOTAL: Style = Style::new(8.2, Weight::Bold, 0.0);
const NAME: Style = Style::new(8.2, Weight::Regular, 0.25);
const VALUE: Style = Style::new(8.2, Weight::Regular, 0.0);
const PAD: f32 = 3.5;
/// What a cell of one long line may ask for at most.
const WIDEST: f32 = 260.0;
const HEAD_FILL: f32 = 0.92;
const NAME_FILL: f32 = 0.97;

/// A row with its cells broken into lines.
struct Row {
    cells: Vec<Cell>,
}

struct Cell {
    lines: Vec<String>,
    style: Style,
    fill: Option<f32>,
    is_number: bool,
    leaf: Option<Leaf>,
}

impl Layout {
    /// Names on the left, what they stand for on the right.
    pub(super) fn facts(&mut self, facts: &[(String, String)]) {
        let widths = [WIDTH * 0.31, WIDTH * 0.69];
        let mut parts = Vec::new();
        for (name, value) in facts {
            let cells = [(name, NAME, Some(NAME_FILL)), (value, VALUE, None)];
            let cells = cells
                .into_iter()
                .zip(widths)
                .map(|((text, style, fill), width)| self.cell(text, style, width, fill, false));
            let row = Row {
                cells: cells.collect(),
            };
            parts.push(row.leaves(|index| index == 0));
            self.row(&row, &widths, None);
        }
        self.parts.push(Part::Table(parts));
    }

    /// Rows under a head.
    pub(super) fn table(&mut self, table: &Table) {
        let widths = widths(table);
        let head = table
            .head
            .iter()
            .zip(&widths)
            .map(|((name, is_number), width)| {
                self.cell(name, HEAD, *width, Some(HEAD_FILL), *is_number)
            });
        let head = Row {
            cells: head.collect(),
        };
        let mut parts = vec![head.leaves(|_| true)];
        self.need(head.height() + CELL.leading() * 2.0 + 2.0 * PAD);
        self.row(&head, &widths, None);
        let last = table.rows.len().saturating_sub(1);
        for (index, row) in table.rows.iter().enumerate() {
            let style = if table.has_total && index == last {
                TOTAL
            } else {
                CELL
            };
            let cells =
                row.iter()
                    .zip(&table.head)
                    .zip(&widths)
                    .map(|((text, (_, is_number)), width)| {
                        self.cell(text, style, *width, None, *is_number)
                    });
            let row = Row {
                cells: cells.collect(),
            };
            parts.push(row.leaves(|_| false));
            self.row(&row, &widths, Some(&head));
        }
        self.parts.push(Part::Table(parts));
    }

    fn cell(
        &mut self,
        text: &str,
        style: Style,
        width: f32,
        fill: Option<f32>,
        is_number: bool,
    ) -> Cell {
        Cell {
            lines: wrap(
                &printable(text),
                width - 2.0 * PAD,
                style.size,
                style.weight,
            ),
            style,
            fill,
            is_number,
            leaf: Some(self.leaf()),
        }
    }

    /// Draws a row, on a new page under its head where it does not fit; a row higher than a page is cut.
    fn row(&mut self, row: &Row, widths: &[f32], head: Option<&Row>) {
        let total = row.lines();
        let mut from = 0;
        while from < total {
            let fits = row.lines_in(self.room());
            let is_whole = total - from <= fits;
            // Cutting a short row would leave scraps: only what fills a good part of the page is cut.
            if !is_whole && (fits < 12 || total < 40) && !self.is_at_top(head) {
                self.new_page();
                if let Some(head) = head {
                    self.slice(&head.repeated(), widths, 0..head.lines());
                }
                continue;
            }
            let to = total.min(from + fits.max(1));
            self.slice(row, widths, from..to);
            from = to;
        }
    }

    fn is_at_top(&self, head: Option<&Row>) -> bool {
        let mut fresh = Layout::default();
        fresh.new_page();
        self.y <= fresh.y + head.map_or(0.0, Row::height)
    }

    fn slice(&mut self, row: &Row, widths: &[f32], lines: std::ops::Range<usize>) {
        let height = lines.len() as f32 * row.leading() + 2.0 * PAD;
        let (top, mut x) = (self.y, LEFT);
        for (cell, width) in row.cells.iter().zip(widths) {
            self.push(Item::Box {
                x,
                y: top,
                width: *width,
                height,
                fill: cell.fill,
                is_framed: true,
            });
            x += width;
        }
        x = LEFT;
        for (cell, width) in row.cells.iter().zip(widths) {
            let shown = cell.lines.iter().skip(lines.start).take(lines.len());
            for (index, line) in shown.enumerate() {
                let used = cell
                    .style
                    .weight
                    .width(line.trim_end_matches(' '), cell.style.size);
                let from = if cell.is_number {
                    x + width - PAD - used
                } else {
                    x + PAD
                };
                let line_top = top + PAD + index as f32 * row.leading();
                self.line(from, line_top, cell.style, line.clone(), cell.leaf);
            }
            x += width;
        }
        self.y += height;
    }
}

impl Row {
    fn lines(&self) -> usize {
        self.cells
            .iter()
            .map(|cell| cell.lines.len())
            .max()
            .unwrap_or(0)
    }

    fn leading(&self) -> f32 {
        self.cells
            .first()
            .map_or(CELL.leading(), |cell| cell.style.leading())
    }

    fn height(&self) -> f32 {
        self.lines() as f32 * self.leading() + 2.0 * PAD
    }

    fn lines_in(&self, room: f32) -> usize {
        ((room - 2.0 * PAD) / self.leading()).max(0.0) as usize
    }

    fn leaves(&self, is_head: impl Fn(usize) -> bool) -> Vec<(Leaf, bool)> {
        let cells = self.cells.iter().enumerate();
        cells
            .filter_map(|(index, cell)| Some((cell.leaf?, is_head(index))))
            .collect()
    }

    /// The same row as an ornament: whoever hears the document read hears its head once.
    fn repeated(&self) -> Self {
        let cells = self.cells.iter().map(|cell| Cell {
            lines: cell.lines.clone(),
            leaf: None,
            ..*cell
        });
        Self {
            cells: cells.collect(),
        }
    }
}

/// Every column gets its widest word, and of the rest a share by how much more its cells would like.
fn widths(table: &Table) -> Vec<f32> {
    let wishes: Vec<(f32, f32)> = table
        .head
        .iter()
        .enumerate()
        .map(|(index, (name, _))| {
            let head = extent(&printable(name), HEAD.size, HEAD.weight);
            let cells = table.rows.iter().filter_map(|row| row.get(index));
            let cells = cells.map(|text| extent(&printable(text), CELL.size, Weight::Bold));
            let (least, most) = cells.fold(head, |a, b| (a.0.max(b.0), a.1.max(b.1)));
            (
                least + 2.0 * PAD + 0.5,
                most.min(WIDEST).max(least) + 2.0 * PAD + 0.5,
            )
        })
        .collect();
    let least: f32 = wishes.iter().map(|wish| wish.0).sum();
    let more: f32 = wishes.iter().map(|wish| wish.1 - wish.0).sum();
    let rest = WIDTH - least;
    let share = |(own, most): (f32, f32)| {
        if rest < 0.0 {
            own * WIDTH / least
        } else if more > 0.0 {
            own + rest * (most - own) / more
        } else {
            own + rest / wishes.len() as f32
        }
    };
    wishes.iter().map(|wish| share(*wish)).collect()
}

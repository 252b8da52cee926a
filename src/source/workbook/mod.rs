//! Workbooks of spreadsheet programs: XLSX, XLSM, XLSB, XLS and ODS. Every sheet is a table, hidden ones too, and what else the
//! workbook says is one more.

mod book;
mod layout;
mod package;
mod parts;
mod shown;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use polars::prelude::DataType;

use super::database::{Held, plain};
use super::feed::{Outlet, RowBuilder, feed};
use super::input::fingerprint;
use super::{Batches, Options, Source, TableInfo};
use crate::batch::TableId;
use crate::error::{Error, Result};
use book::{Book, Format};
use layout::{Layout, Survey};
use package::Package;

/// Name of the table of what else a workbook says; no sheet can have a colon in its name.
const OTHER: &str = "other:parts";

/// What all tables of a workbook share.
struct Workbook {
    path: PathBuf,
    format: Format,
    bytes: u64,
    /// Sheets and what stands above their tables.
    titles: Vec<(String, String)>,
}

/// One sheet.
struct SheetSource {
    id: TableId,
    book: Arc<Workbook>,
    sheet: String,
    layout: Arc<Layout>,
    unseen: u64,
}

/// What else the workbook says.
struct PartsSource {
    id: TableId,
    book: Arc<Workbook>,
    rows: u64,
    unseen: u64,
}

/// Finds the tables of a workbook.
///
/// # Errors
/// When it cannot be opened.
pub(super) fn open(id: &TableId, path: &Path, options: &Options) -> Result<Held> {
    let place = id.to_string();
    let format = Format::of(path)?.ok_or_else(|| Error::UnsupportedFormat {
        place: place.clone(),
    })?;
    let bytes = path.metadata().map_err(|e| Error::read(path, e))?.len();
    let mut book = Book::open(path, format, &place)?;
    let mut shared = Workbook {
        path: path.to_owned(),
        format,
        bytes,
        titles: Vec::new(),
    };
    let mut held = Held::default();
    let mut sheets = Vec::new();
    for sheet in book.sheets() {
        let id = TableId(format!("{id}/{}", plain(&sheet)));
        if !options.choice.wants_any(&[&sheet]) {
            continue;
        }
        match survey(&mut book, &sheet, &id) {
            Ok(survey) => {
                let layout = survey.layout(options.has_header);
                let titles = layout.titles.iter().cloned();
                shared
                    .titles
                    .extend(titles.map(|title| (sheet.clone(), title)));
                sheets.push((id, sheet, layout));
            }
            Err(error) => held.unread.push((id, error)),
        }
    }
    drop(book);
    let package = match format {
        Format::Xls => None,
        _ => Some(Package::open(path).map_err(|e| Error::read(path, e))?),
    };
    let mut unseen = parts::unseen(package.as_ref(), format);
    let book = Arc::new(shared);
    let other = PartsSource::new(TableId(format!("{id}/{OTHER}")), &book)?;
    let is_wanted = options.choice.wants_any(&[OTHER]) && other.rows > 0;
    let sources = sheets
        .into_iter()
        .filter(|(_, _, layout)| !layout.paths.is_empty());
    for (id, sheet, layout) in sources {
        held.tables.push(Box::new(SheetSource {
            id,
            book: Arc::clone(&book),
            sheet,
            layout: Arc::new(layout),
            // Told once.
            unseen: std::mem::take(&mut unseen),
        }));
    }
    if is_wanted || (unseen > 0 && options.choice.wants_any(&[OTHER])) {
        held.tables.push(Box::new(PartsSource { unseen, ..other }));
    }
    if held.tables.is_empty() && held.unread.is_empty() {
        held.ignored.push(place);
    }
    Ok(held)
}

fn survey(book: &mut Book, sheet: &str, id: &TableId) -> Result<Survey> {
    let mut survey = Survey::default();
    book.for_each_cell(sheet, &id.0, &mut |row, column, text, _| {
        survey.cell(row, column, text);
        Ok(())
    })?;
    Ok(survey)
}

impl Workbook {
    fn info(&self, header: Option<bool>, rows: u64, paths: &[String]) -> TableInfo {
        TableInfo {
            format: self.format.word(),
            encoding: None,
            delimiter: None,
            header,
            rows: Some(rows),
            cells: None,
            bytes: self.bytes,
            schema: { paths.iter() }
                .map(|path| (path.clone(), DataType::String))
                .collect(),
        }
    }

    fn fingerprint(&self) -> Result<String> {
        let broken = |e| Error::read(&self.path, e);
        let mut file = File::open(&self.path).map_err(broken)?;
        fingerprint(&mut file).map_err(broken)
    }
}

impl Source for SheetSource {
    fn id(&self) -> &TableId {
        &self.id
    }

    fn info(&self) -> TableInfo {
        let has_header = Some(self.layout.header.is_some());
        self.book
            .info(has_header, self.layout.rows, &self.layout.paths)
    }

    fn path(&self) -> Option<&Path> {
        Some(&self.book.path)
    }

    fn fingerprint(&self) -> Result<String> {
        self.book.fingerprint()
    }

    fn read(&self) -> Result<Batches> {
        let (book, layout) = (Arc::clone(&self.book), Arc::clone(&self.layout));
        let sheet = self.sheet.clone();
        feed(&self.id.0, move |outlet| {
            let mut opened = Book::open(&book.path, book.format, outlet.place())?;
            let mut rows = Rows::new(outlet, &layout);
            opened.for_each_cell(
                &sheet,
                outlet.place(),
                &mut |row, column, text, is_rounded| rows.cell(row, column, text, is_rounded),
            )?;
            rows.finish()
        })
    }

    fn hidden_names(&self) -> usize {
        self.layout.hidden_names
    }

    fn not_looked_into(&self) -> u64 {
        self.unseen
    }
}

/// Puts the cells of a sheet together to rows.
struct Rows<'a> {
    builder: RowBuilder<'a>,
    layout: &'a Layout,
    place: &'a str,
    row: Vec<String>,
    at: Option<u32>,
}

impl<'a> Rows<'a> {
    fn new(outlet: &'a Outlet, layout: &'a Layout) -> Self {
        Self {
            builder: RowBuilder::new(outlet, layout.paths.clone()),
            layout,
            place: outlet.place(),
            row: vec![String::new(); layout.paths.len()],
            at: None,
        }
    }

    fn cell(&mut self, row: u32, column: u32, text: &str, is_rounded: bool) -> Result<()> {
        if row < self.layout.first || self.layout.header == Some(row) {
            return Ok(());
        }
        if self.at != Some(row) {
            self.end_row()?;
            self.at = Some(row);
        }
        let Some(&column) = self.layout.columns.get(&column) else {
            return Err(Error::Source {
                place: self.place.to_owned(),
                what: "it changed while it was read",
            });
        };
        self.row[column].push_str(text);
        self.builder.problems().rounded_numbers += u64::from(is_rounded);
        Ok(())
    }

    fn end_row(&mut self) -> Result<()> {
        if self.at.take().is_none() {
            return Ok(());
        }
        for cell in &mut self.row {
            self.builder.cell(cell.as_bytes())?;
            cell.clear();
        }
        self.builder.end_row()
    }

    fn finish(mut self) -> Result<()> {
        self.end_row()?;
        self.builder.finish()
    }
}

impl PartsSource {
    fn new(id: TableId, book: &Arc<Workbook>) -> Result<Self> {
        let mut source = Self {
            id,
            book: Arc::clone(book),
            rows: 0,
            unseen: 0,
        };
        let mut rows = 0;
        source.book.for_each_part(&mut |_, _| {
            rows += 1;
            Ok(())
        })?;
        source.rows = rows;
        Ok(source)
    }
}

impl Workbook {
    /// Calls `take` with every part and text beside the cells.
    fn for_each_part(&self, take: &mut dyn FnMut(&str, &str) -> Result<()>) -> Result<()> {
        for (sheet, title) in &self.titles {
            take(&format!("above {sheet}"), title)?;
        }
        if self.format == Format::Xls {
            return Ok(());
        }
        let broken = |e| Error::read(&self.path, e);
        let package = Package::open(&self.path).map_err(broken)?;
        for part in package.parts() {
            let look = parts::look(part, self.format);
            if matches!(look, parts::Look::Pass | parts::Look::Unseen) {
                continue;
            }
            let mut refused = None;
            let mut one = |text: &str| {
                take(&part.name, text).map_err(|error| {
                    refused = Some(error);
                    std::io::ErrorKind::Other.into()
                })
            };
            let read = parts::for_each_text(&package, part, look, &mut one);
            match (read, refused) {
                (_, Some(error)) => return Err(error),
                (Err(error), None) => return Err(broken(error)),
                (Ok(()), None) => {}
            }
        }
        Ok(())
    }
}

impl Source for PartsSource {
    fn id(&self) -> &TableId {
        &self.id
    }

    fn info(&self) -> TableInfo {
        let paths = ["part".to_owned(), "text".to_owned()];
        self.book.info(None, self.rows, &paths)
    }

    fn path(&self) -> Option<&Path> {
        Some(&self.book.path)
    }

    fn fingerprint(&self) -> Result<String> {
        self.book.fingerprint()
    }

    fn read(&self) -> Result<Batches> {
        let book = Arc::clone(&self.book);
        feed(&self.id.0, move |outlet| {
            let paths = vec!["part".to_owned(), "text".to_owned()];
            let mut rows = RowBuilder::new(outlet, paths);
            book.for_each_part(&mut |part, text| {
                rows.cell(part.as_bytes())?;
                rows.cell(text.as_bytes())?;
                rows.end_row()
            })?;
            rows.finish()
        })
    }

    fn not_looked_into(&self) -> u64 {
        self.unseen
    }
}

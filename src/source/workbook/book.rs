//! An opened workbook, whatever its format, and the cells of its sheets in order.

use std::fs::File;
use std::io::{BufReader, Read as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use calamine::{
    Data, Ods, OdsError, Range, Reader as _, Sheet, SheetType, Xls, XlsError, Xlsb, XlsbError,
    Xlsx, XlsxError,
};

use super::package::Package;
use super::shown::Value;
use crate::error::{Error, Result};

/// The format of a workbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Xlsx,
    Xlsb,
    Xls,
    Ods,
}

type Input = BufReader<File>;

/// An opened workbook.
pub(super) enum Book {
    Xlsx(Box<Xlsx<Input>>),
    Xlsb(Box<Xlsb<Input>>),
    Xls(Box<Xls<Input>>),
    Ods(Box<Ods<Input>>),
}

const DAMAGED: &str = "a workbook that is damaged, or of a kind that is not known";
const PROTECTED: &str = "it is protected by a password: save it without one first";
/// What of a workbook stands in memory unpacked; a larger one would take too much.
const MOST_HELD: u64 = 1 << 30;

impl Format {
    /// Tells the format by what is in the file.
    ///
    /// # Errors
    /// When it is no workbook.
    pub(super) fn of(path: &Path) -> Result<Option<Self>> {
        let mut magic = [0; 4];
        let mut file = File::open(path).map_err(|e| Error::read(path, e))?;
        let is_long = file.read_exact(&mut magic).is_ok();
        Ok(match &magic {
            b"\xd0\xcf\x11\xe0" if is_long => Some(Self::Xls),
            b"PK\x03\x04" if is_long => match Package::open(path) {
                Ok(package) if package.has("xl/workbook.bin") => Some(Self::Xlsb),
                Ok(package) if package.has("content.xml") => Some(Self::Ods),
                Ok(package) if package.has("xl/workbook.xml") => Some(Self::Xlsx),
                Ok(package) if package.has("_rels/.rels") => Some(Self::Xlsx),
                _ => None,
            },
            _ => None,
        })
    }

    /// Stable word for it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Xlsb => "xlsb",
            Self::Xls => "xls",
            Self::Ods => "ods",
        }
    }
}

/// What a library says went wrong, without its words, which may quote cells.
enum Failure {
    Io(std::io::Error),
    Password,
    Damaged,
    /// Our own, from a visitor.
    Ours(Error),
}

impl From<XlsxError> for Failure {
    fn from(error: XlsxError) -> Self {
        match error {
            XlsxError::Io(error) => Self::Io(error),
            XlsxError::Password => Self::Password,
            _ => Self::Damaged,
        }
    }
}

impl From<XlsbError> for Failure {
    fn from(error: XlsbError) -> Self {
        match error {
            XlsbError::Io(error) => Self::Io(error),
            XlsbError::Password => Self::Password,
            _ => Self::Damaged,
        }
    }
}

impl From<XlsError> for Failure {
    fn from(error: XlsError) -> Self {
        match error {
            XlsError::Io(error) => Self::Io(error),
            XlsError::Password => Self::Password,
            _ => Self::Damaged,
        }
    }
}

impl From<OdsError> for Failure {
    fn from(error: OdsError) -> Self {
        match error {
            OdsError::Io(error) => Self::Io(error),
            OdsError::Password => Self::Password,
            _ => Self::Damaged,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Ours(error)
    }
}

/// Runs what may panic on damaged files; what a panic says may quote cells.
fn guarded<T>(place: &str, work: impl FnOnce() -> Result<T, Failure>) -> Result<T> {
    let source = |what| Error::Source {
        place: place.to_owned(),
        what,
    };
    let done = catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Failure::Damaged));
    done.map_err(|failure| match failure {
        Failure::Io(error) if error.kind() != std::io::ErrorKind::Other => Error::Read {
            place: place.to_owned(),
            source: error.kind().into(),
        },
        Failure::Io(_) | Failure::Damaged => source(DAMAGED),
        Failure::Password => source(PROTECTED),
        Failure::Ours(error) => error,
    })
}

impl Book {
    /// Opens a workbook.
    ///
    /// # Errors
    /// When it cannot be read, is protected by a password, or too much of it would stand in memory.
    pub(super) fn open(path: &Path, format: Format, place: &str) -> Result<Self> {
        let input = || -> Result<Input> {
            let file = File::open(path).map_err(|e| Error::read(path, e))?;
            Ok(BufReader::with_capacity(1 << 16, file))
        };
        if format != Format::Xls {
            let held = Package::open(path).map(|package| match format {
                Format::Ods => package.size("content.xml"),
                _ => package.size("xl/sharedStrings.xml") + package.size("xl/sharedStrings.bin"),
            });
            if held.map_err(|e| Error::read(path, e))? > MOST_HELD {
                return Err(Error::Source {
                    place: place.to_owned(),
                    what: "more than 1 GiB of it would stand in memory: save it as CSV first",
                });
            }
        }
        guarded(place, || {
            Ok(match format {
                Format::Xlsx => Self::Xlsx(Box::new(Xlsx::new(input()?)?)),
                Format::Xlsb => Self::Xlsb(Box::new(Xlsb::new(input()?)?)),
                Format::Xls => match Xls::new(input()?) {
                    Ok(book) => Self::Xls(Box::new(book)),
                    // An encrypted workbook of a later format is wrapped like an old one.
                    Err(XlsError::Password) => return Err(Failure::Password),
                    Err(error) => match Xlsx::new(input()?) {
                        Err(XlsxError::Password) => return Err(Failure::Password),
                        _ => return Err(error.into()),
                    },
                },
                Format::Ods => Self::Ods(Box::new(Ods::new(input()?)?)),
            })
        })
    }

    /// Names of the sheets with cells, hidden ones too.
    pub(super) fn sheets(&self) -> Vec<String> {
        let sheets = match self {
            Self::Xlsx(book) => book.sheets_metadata(),
            Self::Xlsb(book) => book.sheets_metadata(),
            Self::Xls(book) => book.sheets_metadata(),
            Self::Ods(book) => book.sheets_metadata(),
        };
        let has_cells =
            |sheet: &&Sheet| !matches!(sheet.typ, SheetType::ChartSheet | SheetType::Vba);
        let sheets = sheets.iter().filter(has_cells);
        sheets.map(|sheet| sheet.name.clone()).collect()
    }

    /// Calls `visit` with row, column and the shown text of every cell that is not empty, in order; also with whether digits
    /// of it were lost. Stops when `visit` says so.
    ///
    /// # Errors
    /// When the sheet cannot be read to its end, and those of `visit`.
    pub(super) fn for_each_cell(
        &mut self,
        sheet: &str,
        place: &str,
        visit: &mut dyn FnMut(u32, u32, &str, bool) -> Result<()>,
    ) -> Result<()> {
        let mut text = String::new();
        let mut at = (0, 0);
        let mut show = |row: u32, column: u32, value: &Value<'_>, format: Option<&str>| {
            text.clear();
            let is_rounded = value.show(format, &mut text);
            if (row, column) < at {
                return Err(Failure::Damaged);
            }
            at = (row, column);
            if text.is_empty() {
                return Ok(());
            }
            visit(row, column, &text, is_rounded).map_err(Failure::Ours)
        };
        guarded(place, || match self {
            Self::Xlsx(book) => {
                let mut cells = book.worksheet_cells_reader(sheet)?;
                let formats: Vec<Option<String>> = { cells.styles().iter() }
                    .map(|style| Some(style.number_format.as_ref()?.format_code.clone()))
                    .collect();
                while let Some((cell, style)) = cells.next_cell_with_style_id()? {
                    let (row, column) = cell.get_position();
                    let format = formats.get(style).and_then(Option::as_deref);
                    show(row, column, &cell.get_value().into(), format)?;
                }
                Ok(())
            }
            Self::Xlsb(book) => {
                let mut cells = book.worksheet_cells_reader(sheet)?;
                while let Some(cell) = cells.next_cell()? {
                    let (row, column) = cell.get_position();
                    show(row, column, &cell.get_value().into(), None)?;
                }
                Ok(())
            }
            Self::Xls(book) => range(&book.worksheet_range(sheet)?, &mut show),
            Self::Ods(book) => range(&book.worksheet_range(sheet)?, &mut show),
        })
    }
}

/// Takes a row, a column, what is there and how it is formatted.
type Show<'a> = dyn FnMut(u32, u32, &Value<'_>, Option<&str>) -> Result<(), Failure> + 'a;

fn range(range: &Range<Data>, show: &mut Show<'_>) -> Result<(), Failure> {
    let Some((row, column)) = range.start() else {
        return Ok(());
    };
    for (down, across, data) in range.used_cells() {
        show(
            row + down as u32,
            column + across as u32,
            &data.into(),
            None,
        )?;
    }
    Ok(())
}

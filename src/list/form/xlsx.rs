//! The list as a workbook of one sheet. Every cell is text: none is a formula or a link.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use super::{Form, SIGNATURE, SIGNERS};
use crate::error::{Error, Result};

const WIDTHS: [f64; 11] = [
    5.0, 34.0, 30.0, 20.0, 20.0, 20.0, 34.0, 24.0, 24.0, 18.0, 14.0,
];
/// The longest text that a cell of a workbook takes.
const LONGEST: usize = 32_767;

pub(super) fn bytes(form: &Form) -> Result<Vec<u8>> {
    workbook(form).map_err(|_| Error::Internal {
        place: "the form of the list".to_owned(),
    })
}

fn workbook(form: &Form) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet
        .set_landscape()
        .set_paper_size(9)
        .set_print_fit_to_pages(1, 0);
    let bold = Format::new().set_bold();
    sheet.write_string_with_format(0, 0, &form.title, &bold.clone().set_font_size(14))?;
    let mut row = 1;
    for line in &form.head {
        sheet.write_string(row, 0, line)?;
        row += 1;
    }
    row = table(sheet, form, row + 1)?;
    for signer in SIGNERS {
        sheet.write_string_with_format(row + 1, 1, form.text(signer), &bold)?;
        let line = Format::new().set_border_bottom(FormatBorder::Thin);
        for (at, part) in (row + 2..).zip(SIGNATURE) {
            sheet.write_string(at, 1, form.text(part))?;
            sheet.write_blank(at, 2, &line)?;
        }
        row += 2 + SIGNATURE.len() as u32;
    }
    workbook.save_to_buffer()
}

fn table(sheet: &mut Worksheet, form: &Form, mut row: u32) -> std::result::Result<u32, XlsxError> {
    let cell = Format::new()
        .set_text_wrap()
        .set_align(FormatAlign::Top)
        .set_border(FormatBorder::Thin);
    let head = cell.clone().set_bold();
    sheet.set_repeat_rows(row, row)?;
    for (at, width) in (0..).zip(WIDTHS) {
        sheet.set_column_width(at, width)?;
    }
    let rows = std::iter::once((&form.columns, &head)).chain(form.rows.iter().map(|r| (r, &cell)));
    for (cells, format) in rows {
        for (at, text) in (0..).zip(cells) {
            let text: String = text.chars().take(LONGEST).collect();
            sheet.write_string_with_format(row, at, text, format)?;
        }
        row += 1;
    }
    Ok(row)
}

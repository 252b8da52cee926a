//! The list as CSV: one header, one record a purpose.

use super::Form;
use crate::error::{Error, Result};

pub(super) fn bytes(form: &Form) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let rows = std::iter::once(&form.columns).chain(&form.rows);
    for row in rows {
        let cells = row.iter().map(|cell| harmless(cell));
        writer.write_record(cells).map_err(|_| impossible())?;
    }
    writer.into_inner().map_err(|_| impossible())
}

fn impossible() -> Error {
    Error::Internal {
        place: "the form of the list".to_owned(),
    }
}

/// A cell that no spreadsheet takes for a formula.
pub(crate) fn harmless(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let quote = if is_formula { "'" } else { "" };
    format!("{quote}{cell}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_becomes_a_formula() {
        for cell in ["=1+1", "+7", "-1", "@sum", "\t=1"] {
            assert_eq!(harmless(cell), format!("'{cell}"));
        }
        assert_eq!(harmless("a=1"), "a=1");
    }
}

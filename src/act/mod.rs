//! The act on destruction (жою актісі, акт об уничтожении): one record, written as JSON, Markdown, HTML and PDF in Kazakh, Russian and
//! English. No form set by law was found; what is in it and why is in `docs/ACT.md`.
//!
//! record + language → [`document::Document`] → a format. Pure: reads and writes no file but the record.

mod check;
mod compose;
pub mod document;
mod html;
mod ids;
mod markdown;
mod pdf;
pub mod record;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
mod texts;
mod write;

pub use record::Act;
pub use texts::Language;

use crate::error::{Error, Result};

/// Forms of an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The record itself.
    Json,
    /// Markdown.
    Markdown,
    /// One HTML page.
    Html,
    /// PDF/A-2b.
    Pdf,
}

/// Writes an act in a form and a language; the same record gives the same bytes.
///
/// # Errors
/// When the record contradicts itself, or the PDF cannot be made.
pub fn render(act: &Act, format: Format, language: Language) -> Result<Vec<u8>> {
    let internal = || Error::Internal {
        place: format!("act {}", act.number),
    };
    let complaints = act.complaints();
    if !complaints.is_empty() {
        return Err(Error::Invalid {
            place: format!("act {}", act.number),
            report: complaints.join("\n"),
        });
    }
    let document = || act.document(language);
    match format {
        Format::Json => serde_json::to_vec_pretty(act)
            .map(|mut text| {
                text.push(b'\n');
                text
            })
            .map_err(|_| internal()),
        Format::Markdown => Ok(markdown::markdown(&document()).into_bytes()),
        Format::Html => Ok(html::html(&document()).into_bytes()),
        Format::Pdf => pdf::pdf(&document(), act).ok_or_else(internal),
    }
}

//! `iesiz act`: a record becomes a document.

use super::args::{ActCommand, ActFormat, ActLanguage};
use super::print_bytes;
use crate::act::{Act, Format, Language, render};
use crate::error::{Error, Result};
use crate::source::staged::write_atomically;

pub(super) fn act_command(command: &ActCommand) -> Result<u8> {
    let ActCommand::Render {
        record,
        format,
        language,
        output,
    } = command;
    let act = Act::load(record)?;
    let bytes = render(&act, format.format(), language.language())?;
    match output {
        Some(path) => {
            let target = path.canonicalize().ok();
            if target.is_some() && record.canonicalize().ok() == target {
                return Err(Error::OutputIsInput { path: path.clone() });
            }
            write_atomically(path, &bytes)?;
        }
        None => print_bytes(&bytes)?,
    }
    Ok(0)
}

impl ActFormat {
    fn format(self) -> Format {
        match self {
            Self::Json => Format::Json,
            Self::Md => Format::Markdown,
            Self::Html => Format::Html,
            Self::Pdf => Format::Pdf,
        }
    }
}

impl ActLanguage {
    fn language(self) -> Language {
        match self {
            Self::Kk => Language::Kk,
            Self::Ru => Language::Ru,
            Self::En => Language::En,
        }
    }
}

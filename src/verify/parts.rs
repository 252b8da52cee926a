//! Parts of a stored table that its bytes do not show as they are: unpacked dictionaries, decoded metadata, and the end of the
//! file, where numbers stand as machines write them.

use std::fs::File;
use std::io::{Cursor, Read as _, Seek as _, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use polars::io::parquet::read::FileMetadata;
use polars_parquet::read::{BasicDecompressor, ColumnChunkMetadata, PageReader, read_metadata};

use crate::error::{Error, Result};

/// Larger ends and dictionaries are read up to here.
const MOST: u64 = 64 << 20;
/// Shorter words are base64 by chance.
const LEAST_BASE64: usize = 16;

/// Shows every part of a Parquet file; what cannot be read is no part.
pub(super) fn of_parquet(path: &Path, show: &mut dyn FnMut(&[u8])) -> Result<()> {
    let failed = |e| Error::read(path, e);
    let mut file = File::open(path).map_err(failed)?;
    let Some(metadata) = quietly(|| read_metadata(&mut file).ok()) else {
        return Ok(());
    };
    for text in texts(&metadata) {
        show(text.as_bytes());
        for_each_decoded(&text, show);
    }
    let chunks = || {
        metadata
            .row_groups
            .iter()
            .flat_map(polars_parquet::read::RowGroupMetadata::parquet_columns)
    };
    let last = chunks().map(|chunk| chunk.byte_range().end).max();
    show(&slice(&mut file, last.unwrap_or_default(), MOST).map_err(failed)?);
    for chunk in chunks() {
        if let Some(bytes) = dictionary(&mut file, chunk).map_err(failed)? {
            show(&bytes);
        }
    }
    Ok(())
}

/// Keys and values of the metadata, and the names of columns.
pub(super) fn texts(metadata: &FileMetadata) -> Vec<String> {
    let mut texts = Vec::new();
    for pair in metadata.key_value_metadata().iter().flatten() {
        texts.push(pair.key.clone());
        texts.extend(pair.value.clone());
    }
    let names = metadata.schema().columns().iter();
    texts.extend(names.flat_map(|column| column.path_in_schema.iter().map(ToString::to_string)));
    texts
}

/// Texts of a Parquet file's metadata.
pub(super) fn metadata_texts(path: &Path) -> Result<Vec<String>> {
    let mut file = File::open(path).map_err(|e| Error::read(path, e))?;
    let metadata = quietly(|| read_metadata(&mut file).ok());
    Ok(metadata
        .map(|metadata| texts(&metadata))
        .unwrap_or_default())
}

/// A value of the metadata may be base64 of an Arrow schema, or JSON with escaped letters.
pub(super) fn for_each_decoded(text: &str, show: &mut dyn FnMut(&[u8])) {
    let word = text.trim().trim_end_matches('=');
    if word.len() >= LEAST_BASE64 {
        let plain = data_encoding::BASE64_NOPAD.decode(word.as_bytes());
        let decoded = plain.or_else(|_| data_encoding::BASE64URL_NOPAD.decode(word.as_bytes()));
        if let Ok(bytes) = decoded {
            show(&bytes);
        }
    }
    if let Ok(json @ (serde_json::Value::Object(_) | serde_json::Value::Array(_))) =
        serde_json::from_str::<serde_json::Value>(text)
    {
        show(json.to_string().as_bytes());
    }
}

pub(super) fn slice(file: &mut File, start: u64, length: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(start))?;
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The values of a dictionary, those too that no row refers to.
fn dictionary(file: &mut File, chunk: &ColumnChunkMetadata) -> std::io::Result<Option<Vec<u8>>> {
    if chunk.dictionary_page_offset().is_none() {
        return Ok(None);
    }
    let start = chunk.byte_range().start;
    let end = u64::try_from(chunk.data_page_offset()).unwrap_or_default();
    let bytes = slice(file, start, end.saturating_sub(start).min(MOST))?;
    Ok(quietly(|| {
        let pages = PageReader::new(Cursor::new(bytes.into()), chunk, Vec::new(), usize::MAX);
        let page = BasicDecompressor::new(pages, Vec::new()).read_dict_page();
        Some(page.ok()??.buffer.to_vec())
    }))
}

/// A decoder that panics has found nothing; reading the cells reports damaged files.
pub(super) fn quietly<T>(work: impl FnOnce() -> Option<T>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok().flatten()
}

/// The texts in the header of a gzip file: the name of what was packed, a comment, and an extra field.
pub(super) fn gzip_texts(path: &Path) -> Result<Vec<String>> {
    const HEAD: u64 = 128 << 10;
    let mut file = File::open(path).map_err(|e| Error::read(path, e))?;
    let head = slice(&mut file, 0, HEAD).map_err(|e| Error::read(path, e))?;
    let mut decoder = flate2::bufread::GzDecoder::new(head.as_slice());
    // The header is read with the first byte; the head of a file may end within the data.
    drop(decoder.read(&mut [0]));
    let header = decoder.header();
    let fields = header.map(|header| [header.filename(), header.comment(), header.extra()]);
    let texts = fields.into_iter().flatten().flatten();
    Ok(texts
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let mut all = Vec::new();
        for_each_decoded(text, &mut |bytes| all.extend_from_slice(bytes));
        String::from_utf8_lossy(&all).into_owned()
    }

    #[test]
    fn what_metadata_hides_is_decoded() {
        let schema = data_encoding::BASE64.encode(b"\x01\x00levels 350101100012\x00");
        assert!(shown(&schema).contains("350101100012"));
        assert!(shown(r#"{"name": "\u0410\u043d\u043d\u0430"}"#).contains("Анна"));
        assert_eq!(shown("a comment"), "");
    }
}

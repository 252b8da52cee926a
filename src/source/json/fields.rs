//! The fields of one record: where its values stand, so that they are taken as they are written.

use std::borrow::Cow;
use std::ops::Range;

use serde::de::IgnoredAny;

const BROKEN: &str = "it is no JSON object";

/// Takes a key and the place of its value.
type Visit<'a> = dyn FnMut(Cow<'_, str>, Range<usize>) -> Result<(), &'static str> + 'a;

/// Calls `visit` with every key and the place of its value.
///
/// # Errors
/// What `visit` says, and when the record is no JSON object.
pub(super) fn for_each_field(record: &[u8], visit: &mut Visit<'_>) -> Result<(), &'static str> {
    let is_object = record.first() == Some(&b'{');
    if !is_object || serde_json::from_slice::<IgnoredAny>(record).is_err() {
        return Err(BROKEN);
    }
    let mut at = space(record, 1);
    while record.get(at) == Some(&b'"') {
        let end = value_end(record, at).ok_or(BROKEN)?;
        let key = key(&record[at..end])?;
        let colon = space(record, end);
        let start = space(record, colon + 1);
        let end = value_end(record, start).ok_or(BROKEN)?;
        visit(key, start..end)?;
        let comma = space(record, end);
        at = space(record, comma + 1);
    }
    Ok(())
}

/// Appends the cell that a value is: the text of a string, nothing of null, all else as it is written.
///
/// # Errors
/// When a string holds half a letter.
pub(super) fn push_text(value: &[u8], cell: &mut Vec<u8>) -> Result<(), &'static str> {
    match value {
        b"null" => {}
        [b'"', text @ .., b'"'] if memchr::memchr(b'\\', text).is_none() => {
            cell.extend_from_slice(text);
        }
        [b'"', ..] => match serde_json::from_slice::<String>(value) {
            Ok(text) => cell.extend_from_slice(text.as_bytes()),
            // What is no text is counted where batches are repaired.
            Err(_) if std::str::from_utf8(value).is_err() => cell.extend_from_slice(value),
            Err(_) => return Err("a text holds half of a letter"),
        },
        other => cell.extend_from_slice(other),
    }
    Ok(())
}

fn key(written: &[u8]) -> Result<Cow<'_, str>, &'static str> {
    let inner = written.get(1..written.len().saturating_sub(1));
    match inner.map(std::str::from_utf8) {
        Some(Ok(name)) if !name.contains('\\') => Ok(Cow::Borrowed(name)),
        _ => serde_json::from_slice::<String>(written)
            .map(Cow::Owned)
            .map_err(|_| "a key is no text"),
    }
}

/// The first place from `at` on that is no white space.
fn space(record: &[u8], at: usize) -> usize {
    let rest = record.get(at..).unwrap_or_default();
    let blank = rest.iter().take_while(|byte| byte.is_ascii_whitespace());
    at + blank.count()
}

/// Where a value ends that begins at `start`; the record is known to be JSON.
fn value_end(record: &[u8], start: usize) -> Option<usize> {
    match record.get(start)? {
        b'"' => string_end(record, start),
        b'{' | b'[' => {
            let (mut depth, mut at) = (0_usize, start);
            loop {
                match record.get(at)? {
                    b'"' => {
                        at = string_end(record, at)?;
                        continue;
                    }
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => depth -= 1,
                    _ => {}
                }
                at += 1;
                if depth == 0 {
                    return Some(at);
                }
            }
        }
        _ => {
            let is_end = |byte: &u8| matches!(byte, b',' | b'}') || byte.is_ascii_whitespace();
            Some(start + record[start..].iter().position(is_end)?)
        }
    }
}

fn string_end(record: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', record.get(at..)?)?;
        if record[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}

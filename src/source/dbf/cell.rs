//! From the bytes of a field to the text of a cell, as its program shows it.

use std::ops::Range;

use super::header::{Field, Kind};

/// What a field of a record holds.
pub(super) enum Held {
    /// Nothing.
    Nothing,
    /// Text in the encoding of the file.
    Letters(Range<usize>),
    /// Text that was made of bytes.
    Made(String),
    /// A block of the file of memos.
    Memo(u64),
    /// Something that is not looked into.
    Unseen,
}

impl Field {
    /// What it holds in a record; `bits` tell what is empty.
    pub(super) fn held(&self, record: &[u8], bits: &[u8]) -> Held {
        let is_set = |bit: Option<usize>| {
            bit.is_some_and(|bit| {
                bits.get(bit / 8)
                    .is_some_and(|byte| byte >> (bit % 8) & 1 == 1)
            })
        };
        if is_set(self.null_bit) {
            return Held::Nothing;
        }
        let bytes = &record[self.at.clone()];
        match self.kind {
            Kind::Text if is_set(self.length_bit) => {
                let told = bytes.last().map_or(0, |&length| usize::from(length));
                let length = told.min(bytes.len().saturating_sub(1));
                Held::Letters(self.at.start..self.at.start + length)
            }
            Kind::Text => {
                let end = end_of_text(bytes);
                Held::Letters(self.at.start..self.at.start + end)
            }
            Kind::Number => made(&shown(bytes)),
            Kind::Date => date(&shown(bytes)),
            Kind::Truth => match bytes {
                b"T" | b"t" | b"Y" | b"y" => made("true"),
                b"F" | b"f" | b"N" | b"n" => made("false"),
                b"?" | b" " | b"\0" => Held::Nothing,
                other => made(&shown(other)),
            },
            Kind::Integer => made(&i32::from_le_bytes(array(bytes)).to_string()),
            Kind::Double => {
                let number = f64::from_le_bytes(array(bytes));
                made(&format!("{number:.*}", self.decimals))
            }
            Kind::Currency => {
                let parts = i64::from_le_bytes(array(bytes));
                let sign = if parts < 0 { "-" } else { "" };
                let parts = parts.unsigned_abs();
                made(&format!("{sign}{}.{:04}", parts / 10_000, parts % 10_000))
            }
            Kind::Moment => moment(bytes),
            Kind::Memo => memo(bytes),
            Kind::Unseen => {
                let is_blank = bytes.iter().all(|byte| matches!(byte, b' ' | b'0' | 0));
                if is_blank {
                    Held::Nothing
                } else {
                    Held::Unseen
                }
            }
        }
    }
}

/// Where the blanks begin that a text is filled up with.
pub(super) fn end_of_text(bytes: &[u8]) -> usize {
    let last = bytes.iter().rposition(|byte| !matches!(byte, b' ' | 0));
    last.map_or(0, |last| last + 1)
}

fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut all = [0; N];
    all.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    all
}

fn made(text: &str) -> Held {
    if text.is_empty() {
        Held::Nothing
    } else {
        Held::Made(text.to_owned())
    }
}

fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.trim_matches(|c: char| c == ' ' || c == '\0')
        .to_owned()
}

fn date(text: &str) -> Held {
    let is_whole = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    match text {
        "00000000" => Held::Nothing,
        _ if is_whole => made(&format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..])),
        other => made(other),
    }
}

/// Days are counted from noon of the first of January 4713 before our era.
fn moment(bytes: &[u8]) -> Held {
    const DAY_OF_1970: i64 = 2_440_588;
    let (day, milliseconds) = bytes.split_at(bytes.len().min(4));
    let (day, milliseconds) = (
        u32::from_le_bytes(array(day)),
        u32::from_le_bytes(array(milliseconds)),
    );
    if day == 0 || bytes.iter().all(|byte| *byte == b' ') {
        return Held::Nothing;
    }
    let days = i32::try_from(i64::from(day) - DAY_OF_1970).unwrap_or(i32::MAX);
    let epoch = jiff::civil::date(1970, 1, 1);
    let date = epoch.checked_add(jiff::Span::new().try_days(days).unwrap_or_default());
    let seconds = (milliseconds.saturating_add(500)) / 1000;
    match date {
        Ok(date) => made(&format!(
            "{date} {:02}:{:02}:{:02}",
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60
        )),
        Err(_) => made(&format!("{day}:{milliseconds}")),
    }
}

fn memo(bytes: &[u8]) -> Held {
    let block = if bytes.len() == 4 {
        Some(u64::from(u32::from_le_bytes(array(bytes))))
    } else {
        let digits = shown(bytes);
        if digits.is_empty() {
            Some(0)
        } else {
            digits.parse().ok()
        }
    };
    match block {
        Some(0) => Held::Nothing,
        Some(block) => Held::Memo(block),
        // A number that is none leads nowhere.
        None => Held::Memo(u64::MAX),
    }
}

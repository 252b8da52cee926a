//! Rewrites the leaves of JSON that lies in a cell and leaves every other byte as it is: order, gaps, spelling of numbers.
//!
//! What a leaf is, its own text tells, or the key it lies under; keys that are identifiers themselves go as well.

use std::collections::{HashMap, HashSet};

use serde::de::IgnoredAny;

use crate::detect::header;
use crate::traces::PLACEHOLDER;

/// JSON in a string of JSON in a string … is walked into so often.
const DEPTH: usize = 4;

/// Takes personal data out of a text that is no JSON.
pub(super) type Scrub<'a> = dyn FnMut(&str, Part) -> String + 'a;

/// What a text is in an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// It names what lies under it, unless it names a person.
    Key,
    /// It lies there.
    Value,
}

/// What keys tell, as far as they were met.
#[derive(Debug, Default)]
pub(super) struct Json {
    told: HashMap<String, Option<String>>,
}

/// More keys than this are data themselves.
const MOST_KEYS: usize = 1 << 12;

impl Json {
    /// The JSON object or array in a cell without personal data; `None` when the cell is no JSON.
    pub(super) fn rewrite(&mut self, cell: &str, scrub: &mut Scrub<'_>) -> Option<String> {
        self.rewrite_at(cell, 0, scrub)
    }

    fn rewrite_at(&mut self, cell: &str, depth: usize, scrub: &mut Scrub<'_>) -> Option<String> {
        let is_nested = cell.trim_start().starts_with(['{', '[']);
        let is_json = || serde_json::from_str::<IgnoredAny>(cell).is_ok();
        if !is_nested || depth > DEPTH || !is_shallow(cell) || !is_json() {
            return None;
        }
        let mut walk = Walk {
            json: self,
            text: cell,
            at: 0,
            clean: String::with_capacity(cell.len()),
            depth,
            scrub,
        };
        walk.gap();
        walk.value(None);
        walk.gap();
        Some(walk.clean)
    }

    /// The category that a key tells, unless what lies under it is to be read as text.
    fn told_by(&mut self, key: &str) -> Option<String> {
        if let Some(known) = self.told.get(key) {
            return known.clone();
        }
        let told = told_by(key);
        if self.told.len() < MOST_KEYS {
            self.told.insert(key.to_owned(), told.clone());
        }
        told
    }
}

/// Brackets within brackets no deeper than JSON is commonly read; a walk goes down with them.
fn is_shallow(text: &str) -> bool {
    const DEEPEST: usize = 127;
    let (mut depth, mut is_string, mut is_escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = is_string,
            b'"' => is_string = !is_string,
            b'{' | b'[' if !is_string => depth += 1,
            b'}' | b']' if !is_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return false;
        }
    }
    true
}

/// A walk over text that is known to be valid.
struct Walk<'a, 'b, 'c> {
    json: &'b mut Json,
    text: &'a str,
    at: usize,
    clean: String,
    depth: usize,
    scrub: &'b mut Scrub<'c>,
}

impl<'a> Walk<'a, '_, '_> {
    fn next(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn copy(&mut self, bytes: usize) {
        let end = (self.at + bytes).min(self.text.len());
        self.clean.push_str(&self.text[self.at..end]);
        self.at = end;
    }

    fn gap(&mut self) {
        let rest = &self.text[self.at..];
        self.copy(rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len());
    }

    /// One value and what lies in it; `of` is the category of the key above.
    fn value(&mut self, of: Option<&str>) {
        match self.next() {
            Some(b'{') => self.members(b'}', |walk, replaced| walk.member(of, replaced)),
            Some(b'[') => self.members(b']', |walk, _| walk.value(of)),
            Some(b'"') => {
                let raw = self.string();
                self.put_string(raw, of);
            }
            _ => {
                let raw = self.word();
                self.put_word(raw, of);
            }
        }
    }

    /// What stands between brackets.
    fn members(&mut self, end: u8, mut member: impl FnMut(&mut Self, &mut Keys)) {
        let mut keys = Keys::default();
        self.copy(1);
        self.gap();
        while let Some(next) = self.next() {
            match next {
                next if next == end => break,
                b',' => self.copy(1),
                _ => member(self, &mut keys),
            }
            self.gap();
        }
        self.copy(1);
    }

    fn member(&mut self, of: Option<&str>, keys: &mut Keys) {
        let raw = self.string();
        let key = decoded(raw);
        let clean = match &key {
            Some(key) => (self.scrub)(key, Part::Key),
            None => PLACEHOLDER.to_owned(),
        };
        let is_name = key.as_ref() == Some(&clean);
        let own = keys.own(clean);
        self.put(raw, key.as_deref(), &own);
        self.gap();
        self.copy(1);
        self.gap();
        let name = key.as_deref().filter(|_| is_name);
        let told = name.and_then(|key| self.json.told_by(key));
        self.value(told.as_deref().or(of));
    }

    /// A string with its quotes; goes past it.
    fn string(&mut self) -> &'a str {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut end = start + 1;
        while let Some(&byte) = bytes.get(end).filter(|&&byte| byte != b'"') {
            end += if byte == b'\\' { 2 } else { 1 };
        }
        self.at = (end + 1).min(bytes.len());
        &self.text[start..self.at]
    }

    /// A number, or `true`, `false` or `null`; goes past it.
    fn word(&mut self) -> &'a str {
        let rest = &self.text[self.at..];
        let is_end = |c: char| c.is_ascii_whitespace() || matches!(c, ',' | ']' | '}');
        let end = rest.find(is_end).unwrap_or(rest.len());
        // Nothing that is valid is empty; going on is better than standing still.
        self.at += end.max(usize::from(!rest.is_empty()));
        &rest[..end]
    }

    fn put_string(&mut self, raw: &str, of: Option<&str>) {
        let text = decoded(raw);
        let clean = match (text.as_deref(), of) {
            (Some(""), _) => String::new(),
            (Some(text), None) => (self.json)
                .rewrite_at(text, self.depth + 1, self.scrub)
                .unwrap_or_else(|| (self.scrub)(text, Part::Value)),
            (_, Some(category)) => format!("[{category}]"),
            (None, None) => PLACEHOLDER.to_owned(),
        };
        self.put(raw, text.as_deref(), &clean);
    }

    fn put_word(&mut self, raw: &str, of: Option<&str>) {
        let is_number = raw.starts_with(|c: char| c == '-' || c.is_ascii_digit());
        let clean = match of {
            _ if raw == "null" => raw.to_owned(),
            Some(category) => format!("[{category}]"),
            None if is_number => (self.scrub)(raw, Part::Value),
            None => raw.to_owned(),
        };
        if clean == raw {
            self.clean.push_str(raw);
        } else {
            self.clean.push_str(&encoded(&clean));
        }
    }

    /// What did not change keeps its spelling.
    fn put(&mut self, raw: &str, text: Option<&str>, clean: &str) {
        if text == Some(clean) {
            self.clean.push_str(raw);
        } else {
            self.clean.push_str(&encoded(clean));
        }
    }
}

/// Keys of one object as they are written.
#[derive(Default)]
struct Keys(HashSet<String>);

impl Keys {
    /// The key, with a number behind it where there is one like it that was made here.
    fn own(&mut self, key: String) -> String {
        if !key.contains('[') {
            return key;
        }
        let mut own = key.clone();
        let mut number = 2;
        while !self.0.insert(own.clone()) {
            own = format!("{key}_{number}");
            number += 1;
        }
        own
    }
}

/// Longer keys are text, and those with brackets may be of our own making.
fn told_by(key: &str) -> Option<String> {
    const LONGEST: usize = 100;
    if key.contains('[') || key.len() > LONGEST {
        return None;
    }
    let told = header::judge(key).categories;
    let (category, bits) = told.into_iter().next()?;
    let is_known = bits >= header::STRIPPED
        && !header::is_not_personal(&category)
        && !header::is_prose(&category);
    is_known.then_some(category)
}

/// `None` for half of a pair of surrogates, which JSON may hold and text may not.
fn decoded(raw: &str) -> Option<String> {
    serde_json::from_str(raw).ok()
}

fn encoded(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(cell: &str) -> Option<String> {
        let mut scrub = |text: &str, _| text.replace("350101500013", "[iin]");
        Json::default().rewrite(cell, &mut scrub)
    }

    #[test]
    fn leaves_go_by_their_text_or_their_key_and_all_else_stays() {
        for (cell, expected) in [
            (
                r#"{ "a" : 1.50, "b":[true, null,1e5 ] }"#,
                r#"{ "a" : 1.50, "b":[true, null,1e5 ] }"#,
            ),
            (
                r#"[350101500013, "x 350101500013"]"#,
                r#"["[iin]", "x [iin]"]"#,
            ),
            (
                r#"{"note":"\u0041\t350101500013"}"#,
                r#"{"note":"A\t[iin]"}"#,
            ),
            (r#"{"note":"\u0041\t"}"#, r#"{"note":"\u0041\t"}"#),
            (
                r#"{"iin":"?","ФИО":"Аб","email":["a","b"],"phone":null,"passport":{"x":7}}"#,
                r#"{"iin":"[iin]","ФИО":"[full_name]","email":["[email]","[email]"],"phone":null,"passport":{"x":"[passport_number]"}}"#,
            ),
            (
                r#"{"350101500013":{"n":1},"350101500013 ":2}"#,
                r#"{"[iin]":{"n":1},"[iin] ":2}"#,
            ),
            (
                r#"[{"350101500013":1,"\u003350101500013":2,"[iin]":3}]"#,
                r#"[{"[iin]":1,"[iin]_2":2,"[iin]_3":3}]"#,
            ),
            (
                r#"{"note":"{\"iin\": \"1\"}"}"#,
                r#"{"note":"{\"iin\": \"[iin]\"}"}"#,
            ),
            (r#"{"note":"\ud800"}"#, r#"{"note":"[redacted]"}"#),
            (r#"{"email":""}"#, r#"{"email":""}"#),
            ("[]", "[]"),
            (" {} ", " {} "),
        ] {
            let once = clean(cell).unwrap();
            assert_eq!(once, expected);
            assert!(
                serde_json::from_str::<serde_json::Value>(&once).is_ok(),
                "{once}"
            );
            assert_eq!(
                clean(&once).as_deref(),
                Some(expected),
                "a second run changes nothing"
            );
        }
    }

    #[test]
    fn what_is_no_json_is_left_to_others() {
        for cell in [
            "[iin]",
            "{iin}",
            "350101500013",
            "\"a\"",
            "",
            "{\"a\":1",
            "[redacted]",
        ] {
            assert_eq!(clean(cell), None, "{cell}");
        }
        let deep = |levels| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(clean(&deep(100)).is_some());
        assert!(clean(&deep(100_000)).is_none(), "deeper than a walk goes");
    }

    #[test]
    fn json_within_json_ends_somewhere() {
        let mut cell = r#"{"note":"350101500013"}"#.to_owned();
        for _ in 0..8 {
            cell = format!("[{}]", encoded(&cell));
        }
        let once = clean(&cell).unwrap();
        assert!(!once.contains("350101500013"));
        assert!(serde_json::from_str::<serde_json::Value>(&once).is_ok());
    }
}

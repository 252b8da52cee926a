//! Texts of a policy that cite acts, and places that a draft left for a person to fill in.

use toml::Value;

use super::file::{PolicyFile, Quoted};

/// How a text begins that a person must replace.
pub const PLACEHOLDER: &str = "FILL IN";

/// A text that may cite acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Citation {
    /// Where it stands.
    pub place: String,
    /// The text.
    pub text: String,
}

/// What rests on acts: bases, terms, and the clauses on law; not what people noted beside them.
pub(super) fn citations(file: &PolicyFile) -> Vec<Citation> {
    let mut found = Vec::new();
    for purpose in &file.purpose {
        let retention = purpose.retention.as_ref();
        let statutory = retention.and_then(|r| r.statutory_basis.as_ref());
        let quoted = retention.and_then(|r| r.statutory_basis_kk.as_ref());
        let texts = purpose.legal_basis.iter();
        let texts = texts.chain(statutory.into_iter().flatten()).chain(quoted);
        found.extend(texts.map(|text| Citation {
            place: purpose.id.get_ref().clone(),
            text: text.clone(),
        }));
    }
    for (place, clause) in [
        ("[laws]", &file.laws),
        ("[consent]", &file.consent),
        ("[destruction]", &file.destruction),
        ("[cross_border]", &file.cross_border),
        ("[storage]", &file.storage),
    ] {
        clause_texts(place, clause.as_ref(), &mut found);
    }
    found
}

fn clause_texts(place: &str, clause: Option<&Quoted>, found: &mut Vec<Citation>) {
    let is_citing = |key: &str| !matches!(key, "note" | "evidence");
    for (_, value) in clause.into_iter().flatten().filter(|(k, _)| is_citing(k)) {
        strings(value, &mut |text| {
            found.push(Citation {
                place: place.to_owned(),
                text: text.to_owned(),
            });
        });
    }
}

/// Keys whose text begins like a placeholder.
pub(super) fn placeholders(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    if let Ok(table) = toml::from_str::<toml::Table>(text) {
        walk(&Value::Table(table), "", &mut found);
    }
    found
}

fn walk(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.starts_with(PLACEHOLDER) => found.push(path.to_owned()),
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                let place = if item.is_table() {
                    format!("{path}[{}]", at + 1)
                } else {
                    path.to_owned()
                };
                walk(item, &place, found);
            }
        }
        Value::Table(table) => {
            for (key, value) in table {
                let place = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                walk(value, &place, found);
            }
        }
        _ => {}
    }
}

fn strings(value: &Value, each: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => each(text),
        Value::Array(items) => items.iter().for_each(|item| strings(item, each)),
        Value::Table(table) => table.values().for_each(|value| strings(value, each)),
        _ => {}
    }
}

//! Takes personal data out of text and leaves the rest: each span becomes the name of its category in brackets. JSON stays
//! JSON.

use std::borrow::Cow;

use polars::error::PolarsResult;
use polars::prelude::{BooleanChunked, DataType, Series};

use super::json::{Json, Part};
use super::{Class, ColumnContext, Method, Run, is_plain, map_text};
use crate::category::{Catalog, Kind};
use crate::detect::{Detectors, Searcher};
use crate::pattern::normalize;

/// See the module.
pub(super) struct Scrub;

impl Method for Scrub {
    fn id(&self) -> &'static str {
        "scrub"
    }

    fn class(&self) -> Class {
        Class::Destroyed
    }

    fn fits(&self, dtype: &DataType) -> bool {
        is_plain(dtype)
    }

    fn apply(
        &self,
        values: &Series,
        _column: &ColumnContext<'_>,
        run: &Run,
    ) -> PolarsResult<Series> {
        if matches!(
            values.dtype(),
            DataType::String | DataType::Categorical(..) | DataType::Enum(..)
        ) {
            let mut searcher = run.searcher(values);
            let mut json = Json::default();
            return map_text(values, |cell| {
                Some(scrub_any(cell, &run.detectors, &mut searcher, &mut json))
            });
        }
        let text = values.cast(&DataType::String)?;
        let mut searcher = run.searcher(values);
        let keep: BooleanChunked = text
            .str()?
            .iter()
            .map(|cell| cell.map(|cell| searcher.identifier(cell).is_none()))
            .collect();
        values.zip_with(
            &keep,
            &Series::full_null(values.name().clone(), values.len(), values.dtype()),
        )
    }
}

fn scrub_any(
    cell: &str,
    detectors: &Detectors,
    searcher: &mut Searcher<'_>,
    json: &mut Json,
) -> String {
    let mut scrub_part = |text: &str, part| match part {
        Part::Key => scrub_if(identifies, text, detectors, searcher).into_owned(),
        Part::Value => scrub(text, detectors, searcher).into_owned(),
    };
    json.rewrite(cell, &mut scrub_part)
        .unwrap_or_else(|| scrub_part(cell, Part::Value))
}

/// Tells whether a value of the category names a person, an account or a device: `phone` as a key names a kind of thing.
fn identifies(category: &str) -> bool {
    const OTHERS: &[&str] = &[
        "bank_account",
        "payment_card_number",
        "ip_address",
        "device_id",
    ];
    let found = Catalog::builtin().find(category);
    OTHERS.contains(&category) || found.is_some_and(|c| c.kind == Kind::DirectIdentifier)
}

fn scrub<'a>(cell: &'a str, detectors: &Detectors, searcher: &mut Searcher<'_>) -> Cow<'a, str> {
    scrub_if(|_| true, cell, detectors, searcher)
}

/// Takes out what is of the categories that are wanted.
fn scrub_if<'a>(
    is_wanted: impl Fn(&str) -> bool,
    cell: &'a str,
    detectors: &Detectors,
    searcher: &mut Searcher<'_>,
) -> Cow<'a, str> {
    let category = |pattern: usize| detectors.patterns()[pattern].category.as_str();
    let placeholder = |pattern: usize| format!("[{}]", category(pattern));
    if let Some((pattern, _)) = searcher.identifier(cell) {
        return if is_wanted(category(pattern)) {
            Cow::Owned(placeholder(pattern))
        } else {
            Cow::Borrowed(cell)
        };
    }
    let text = normalize::fold(cell);
    let mut spans = searcher.spans(&text);
    spans.retain(|span| is_wanted(category(span.pattern)));
    if spans.is_empty() {
        return Cow::Borrowed(cell);
    }
    let mut clean = String::with_capacity(text.len());
    let mut from = 0;
    for span in spans {
        clean.push_str(&text[from..span.start]);
        clean.push_str(&placeholder(span.pattern));
        from = span.end;
    }
    clean.push_str(&text[from..]);
    Cow::Owned(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_go_and_the_rest_stays() {
        let detectors = Detectors::builtin();
        let mut searcher = detectors.searcher();
        for (cell, clean) in [
            (
                "перезвоните на +7 700 000 12 34 после 18:00",
                "перезвоните на [phone_number] после 18:00",
            ),
            (
                "ИИН 850101100012, почта a.b@example.kz.",
                "ИИН [iin], почта [email].",
            ),
            ("Товар пришёл вовремя", "Товар пришёл вовремя"),
            ("850101100012", "[iin]"),
            // An address that no expression finds goes with all that stands beside it.
            (
                "г. Примерск, Тестовая 56б, кв. 121, тел. +7 700 000 12 34",
                "[residence_address]",
            ),
            (
                "өтінішті Асқардың атына жаздым",
                "өтінішті [full_name] атына жаздым",
            ),
        ] {
            assert_eq!(scrub(cell, &detectors, &mut searcher), clean);
            assert_eq!(
                scrub(clean, &detectors, &mut searcher),
                clean,
                "a second run changes nothing"
            );
        }
    }

    #[test]
    fn json_stays_json() {
        let detectors = Detectors::builtin();
        let mut searcher = detectors.searcher();
        let mut json = Json::default();
        let cell = r#"{"id": 17, "iin":"850101100012","звонок":{"text": "перезвоните на +7 700 000 12 34","код":850101200019},
 "by": {"350101500013": 1.0, "491231600018": 2}, "phone": null, "Windows": "10"}"#;
        let expected = r#"{"id": 17, "iin":"[iin]","звонок":{"text": "перезвоните на [phone_number]","код":"[iin]"},
 "by": {"[iin]": 1.0, "[iin]_2": 2}, "phone": null, "Windows": "10"}"#;
        let clean = scrub_any(cell, &detectors, &mut searcher, &mut json);
        assert_eq!(clean, expected);
        assert!(serde_json::from_str::<serde_json::Value>(&clean).is_ok());
        assert_eq!(
            scrub_any(&clean, &detectors, &mut searcher, &mut json),
            expected
        );
    }
}

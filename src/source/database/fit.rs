//! What a rewritten cell becomes in a column that takes only some texts.

use super::DbColumn;
use super::transaction::Cell;
use crate::traces::{self, ANYTHING, is_token};

/// Types that take any text.
const TEXTS: &[&str] = &[
    "text", "varchar", "bpchar", "char", "citext", "name", "bytes",
];
const NUMBERS: &[&str] = &[
    "int1", "int3", "int2", "int4", "int8", "numeric", "float4", "float8", "money",
];

impl DbColumn {
    /// The text as the column can hold it; what it cannot hold is gone.
    pub(crate) fn fit(&self, text: &str) -> Cell {
        if self.is_generated {
            return Cell::Keep;
        }
        let fitting = match self.base.as_str() {
            base if TEXTS.contains(&base) => Some(self.cut(text)),
            base if NUMBERS.contains(&base) => self.number(text),
            "date" => whole_day(text),
            "timestamp" | "timestamptz" => moment(text),
            "bool" => text.parse::<bool>().ok().map(|yes| yes.to_string()),
            "uuid" => uuid(text),
            "json" | "jsonb" => Some(json(text)),
            base if base.starts_with('_') => Some(text.to_owned()),
            _ => None,
        };
        fitting.map_or(Cell::Empty, Cell::Is)
    }

    /// Tells whether a cell stands for nothing where the column takes no null: what [`Cell::Empty`] leaves.
    pub(crate) fn is_nothing(&self, text: &str) -> bool {
        if let Some(members) = self.declared.strip_prefix("enum(") {
            return members.trim_start_matches('\'').split('\'').next() == Some(text);
        }
        match self.base.as_str() {
            _ if self.declared.starts_with("year") => text == "2000",
            "money" => text.bytes().all(|byte| !(b'1'..=b'9').contains(&byte)),
            base if NUMBERS.contains(&base) => text.parse::<f64>().is_ok_and(|n| n == 0.0),
            "date" => ["0001-01-01", "1000-01-01"].contains(&text),
            "timestamp" | "timestamptz" => self.is_first_moment(text),
            "time" | "timetz" => text.split(['+', '.']).next() == Some("00:00:00"),
            "interval" => ["PT0S", "00:00:00"].contains(&text),
            "uuid" => text.bytes().all(|byte| matches!(byte, b'0' | b'-')),
            "json" | "jsonb" | "hstore" => text == "{}",
            "bool" => matches!(text, "false" | "f"),
            "inet" | "cidr" | "inet4" => text.starts_with("0.0.0.0"),
            "inet6" => text == "::",
            "point" | "geometry" => text == "POINT(0 0)",
            "bpchar" | "char" => text.trim_end_matches(' ').is_empty(),
            base if base.starts_with('_') => text == "[]",
            _ => text.is_empty(),
        }
    }

    /// The least moment; timestamps of `MySQL` begin in 1970.
    fn is_first_moment(&self, text: &str) -> bool {
        let has_no_zone_in_name = !self.declared.contains("zone");
        let is_of_mysql = self.declared.starts_with("timestamp") && has_no_zone_in_name;
        let first = if is_of_mysql {
            "1970-01-02"
        } else {
            "0001-01-01"
        };
        let midnight = |day: &str| text.starts_with(&format!("{day} 00:00:00"));
        midnight(first) || midnight("1000-01-01")
    }

    /// As long as it may be; a token becomes a shorter one that equal values share.
    fn cut(&self, text: &str) -> String {
        let most = self.most_chars.map_or(usize::MAX, |most| most as usize);
        match text {
            _ if text.chars().count() <= most => text.to_owned(),
            _ if is_token(text) => traces::letters(text, most),
            _ if text.starts_with('[') => ANYTHING.to_owned(),
            _ => text.chars().take(most).collect(),
        }
    }

    /// A number that the column can hold; a token becomes one that equal values share.
    fn number(&self, text: &str) -> Option<String> {
        if is_token(text) {
            let number = traces::number(text)?;
            let number = match self.base.as_str() {
                "int1" => number % (1 << 7),
                "int2" => number % (1 << 15),
                "int3" => number % (1 << 23),
                "int4" => number % (1 << 31),
                "int8" | "numeric" => number,
                _ => number % (1 << 53),
            };
            return Some(number.to_string());
        }
        text.parse::<f64>().ok().filter(|n| n.is_finite())?;
        Some(text.to_owned())
    }
}

/// `1850`, `1850-01`, `1850s` and `1850-01-31` as a day.
fn whole_day(text: &str) -> Option<String> {
    let bare = text.strip_suffix('s').unwrap_or(text);
    let is_part = |part: &str, len: usize| {
        part.len() == len && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let mut parts = bare.split('-');
    let year = parts.next().filter(|part| is_part(part, 4))?;
    let month = parts
        .next()
        .map_or(Some("01"), |m| Some(m).filter(|m| is_part(m, 2)))?;
    let day = parts
        .next()
        .map_or(Some("01"), |d| Some(d).filter(|d| is_part(d, 2)))?;
    Some(format!("{year}-{month}-{day}"))
}

fn moment(text: &str) -> Option<String> {
    match text.split_once([' ', 'T']) {
        Some((day, time)) => Some(format!("{} {time}", whole_day(day)?)),
        None => whole_day(text),
    }
}

fn uuid(text: &str) -> Option<String> {
    let hex: String = text.chars().filter(|c| *c != '-').collect();
    let is_hex = hex.len() == 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then_some(hex)
}

/// What is no JSON becomes a text in JSON.
fn json(text: &str) -> String {
    match serde_json::from_str::<serde::de::IgnoredAny>(text) {
        Ok(_) => text.to_owned(),
        Err(_) => serde_json::Value::from(text).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::database::Class;
    use polars::prelude::DataType;

    fn column(base: &str, most_chars: Option<u32>) -> DbColumn {
        DbColumn {
            name: "c".to_owned(),
            declared: base.to_owned(),
            base: base.to_owned(),
            class: Class::Plain,
            dtype: DataType::String,
            most_chars,
            comment: None,
            is_nullable: true,
            is_generated: false,
        }
    }

    fn fit(base: &str, text: &str) -> Option<String> {
        match column(base, None).fit(text) {
            Cell::Is(text) => Some(text),
            _ => None,
        }
    }

    #[test]
    fn cells_become_what_their_column_can_hold() {
        for (base, text, expected) in [
            ("text", "any", Some("any")),
            ("int4", "17", Some("17")),
            ("int4", "[redacted]", None),
            ("date", "1850s", Some("1850-01-01")),
            ("date", "1850-03", Some("1850-03-01")),
            ("date", "[redacted]", None),
            (
                "timestamp",
                "1850-03-04 10:00:00",
                Some("1850-03-04 10:00:00"),
            ),
            ("bool", "[redacted]", None),
            ("jsonb", "[redacted]", Some("\"[redacted]\"")),
            ("jsonb", "{\"a\":1}", Some("{\"a\":1}")),
            ("polygon", "x", None),
        ] {
            assert_eq!(fit(base, text).as_deref(), expected, "{base} {text}");
        }
    }

    #[test]
    fn a_token_fits_every_kind_of_key_and_stays_the_same_for_equal_values() {
        let token = crate::traces::token(&[7; 12]);
        let short = column("bpchar", Some(12));
        let Cell::Is(cut) = short.fit(&token) else {
            panic!("it fits");
        };
        assert!(cut.len() == 12 && cut.bytes().all(|byte| byte.is_ascii_lowercase()));
        assert_eq!(short.fit(&token), Cell::Is(cut));
        for base in ["int2", "int4", "int8"] {
            let number: i64 = fit(base, &token).unwrap().parse().unwrap();
            assert!(number >= 0 && (base != "int2" || number < 1 << 15));
        }
        assert_eq!(fit("uuid", &token), Some(token));
        assert_eq!(
            column("varchar", Some(5)).fit("[redacted]"),
            Cell::Is("*".to_owned())
        );
    }
}

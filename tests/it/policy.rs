//! The approved list as an operator works with it: checked, compared, drafted, signed.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use crate::common::{expect_status, iesiz, policy, samples, text, write};

fn said(output: &std::process::Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A list of one purpose, with more of it.
fn list(folder: &Path, more: &str) -> std::path::PathBuf {
    let path = folder.join("list.toml");
    let head = "[meta]\nschema_version = 1\n[operator]\nid = 'shop'\nname_en = '=Shop <b>|\"LLP\"'\n\
                [approved]\ncategories = ['email', 'full_name', 'iin']\n";
    let purpose = "[[purpose]]\nid = 'deliver'\nlabel_en = '=HYPERLINK(1) <script>|x'\nsubjects = []\n\
                   categories = ['email', 'full_name']\nlegal_basis = ['@contract']\n\
                   [purpose.retention]\nmode = 'fixed_term'\nyears = 3\nevent = 'delivered'\n";
    write(&path, format!("{head}{purpose}{more}"));
    path
}

#[test]
fn a_check_tells_mistakes_from_what_is_to_decide_and_from_notes() {
    let folder = tempfile::tempdir().unwrap();
    let checked = |more: &str| {
        let path = list(folder.path(), more);
        iesiz(&["policy", "check", text(&path)])
    };
    let note = checked("");
    expect_status(&note, 0);
    assert!(said(&note).contains("no purpose lists it: iin"));
    let open = "[[conflict]]\nid = 'c'\nwhere = 'deliver'\nexplanation_en = 'two terms'\n";
    let unsettled = checked(open);
    expect_status(&unsettled, 1);
    assert!(said(&unsettled).contains("c (deliver): two terms"));
    let dataset = "[[dataset]]\nid = 'd'\nsources = ['d.csv']\npurposes = ['deliver']\n\
                   events = { delivered = 'on' }\nblocked = 'blocked.txt'\n";
    let mistake = checked(&format!("{open}{dataset}"));
    expect_status(&mistake, 2);
    assert!(said(&mistake).contains("blocked.txt"));
    write(&folder.path().join("blocked.txt"), "");
    expect_status(&checked(dataset), 0);
}

#[test]
fn every_operators_list_leaves_something_to_decide() {
    for name in [
        "adalcheck",
        "proleads",
        "qiwi_kazakhstan",
        "auto_siyliq_finance",
    ] {
        let path = policy(name);
        let output = iesiz(&["policy", "check", text(&path), "--format", "json"]);
        expect_status(&output, 1);
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["schema"], "iesiz.remarks/1");
        let remarks = report["remarks"].as_array().unwrap();
        let has = |code: &str| remarks.iter().any(|r| r["code"] == code);
        assert!(has("open-conflict") && has("open-term"), "{name}");
        assert_eq!(has("special-category"), name == "proleads", "{name}");
    }
}

#[test]
fn a_comparison_answers_each_question() {
    let folder = tempfile::tempdir().unwrap();
    let path = list(folder.path(), "");
    let table = folder.path().join("orders.csv");
    let rows: Vec<String> = crate::common::iins(60)
        .iter()
        .enumerate()
        .map(|(n, iin)| format!("{iin},user{n}@example.invalid,Казах"))
        .collect();
    let cells = format!("ИИН,email,Национальность\n{}\n", rows.join("\n"));
    write(&table, &cells);
    let (path, table) = (text(&path), text(&table));
    let args = [
        "policy", "diff", table, "--policy", path, "--format", "json",
    ];
    let compared = |more: &[&str]| {
        let output = iesiz(&[&args[..], more].concat());
        expect_status(&output, 1);
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let answers = report["answers"].as_array().unwrap().clone();
        let told = |a: &serde_json::Value| format!("{} {}", a["code"], a["category"]);
        answers
            .iter()
            .map(told)
            .collect::<Vec<_>>()
            .join("\n")
            .replace('"', "")
    };
    let any = compared(&[]);
    assert!(
        any.contains("found-approved email") && any.contains("found-approved iin"),
        "{any}"
    );
    assert!(any.contains("found-not-approved ethnicity"), "{any}");
    assert!(any.contains("approved-not-found full_name"), "{any}");
    let one = compared(&["--purpose", "deliver"]);
    assert!(one.contains("found-approved email"), "{one}");
    assert!(
        one.contains("found-not-approved iin") || one.contains("other-purpose iin"),
        "{one}"
    );
    let human = iesiz(&["policy", "diff", table, "--policy", path]);
    expect_status(&human, 1);
    assert!(said(&human).contains("FOUND, NOT APPROVED"));
    assert!(!said(&human).contains("example.invalid"));
    let unknown = iesiz(&[
        "policy",
        "diff",
        table,
        "--policy",
        path,
        "--purpose",
        "none",
    ]);
    expect_status(&unknown, 2);
}

#[test]
fn a_comparison_takes_the_purposes_of_the_tables_dataset() {
    let folder = tempfile::tempdir().unwrap();
    let more = "[[purpose]]\nid = 'bill'\nsubjects = []\ncategories = ['iin']\nlegal_basis = ['l']\n\
                [[dataset]]\nid = 'd'\nsources = ['in/orders.csv']\npurposes = ['deliver']\n\
                events = { delivered = 'on' }\n";
    let path = list(folder.path(), more);
    fs::create_dir(folder.path().join("in")).unwrap();
    let table = folder.path().join("in/orders.csv");
    write(
        &table,
        format!("iin\n{}\n", crate::common::iins(60).join("\n")),
    );
    let output = iesiz(&["policy", "diff", text(&table), "--policy", text(&path)]);
    expect_status(&output, 1);
    let told = said(&output);
    assert!(told.contains("iin: orders.csv · iin (for bill)"), "{told}");
}

#[test]
fn data_past_its_term_is_told_on_the_day_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let more = "[[dataset]]\nid = 'd'\nsources = ['o.csv']\npurposes = ['deliver']\n\
                events = { delivered = 'delivered_on' }\n";
    let path = list(folder.path(), more);
    let table = folder.path().join("o.csv");
    let row = |n: u32| format!("u{n}@example.invalid,20{:02}-03-01", 10 + n % 2 * 10);
    let rows: Vec<String> = (0..60).map(row).collect();
    write(&table, format!("email,delivered_on\n{}\n", rows.join("\n")));
    let before = fs::read(&table).unwrap();
    for (as_of, status, told) in [
        ("2013-03-01", 0, None),
        ("2013-03-02", 1, Some("(30 rows)")),
        ("2023-03-02", 1, Some("(60 rows)")),
    ] {
        let (table, path) = (text(&table), text(&path));
        let args = ["policy", "diff", table, "--policy", path, "--as-of", as_of];
        let output = iesiz(&args);
        expect_status(&output, status);
        let is_past = said(&output).contains("FOUND PAST ITS TERM");
        assert_eq!(is_past, told.is_some(), "{as_of}");
        assert!(said(&output).contains(told.unwrap_or_default()));
    }
    assert_eq!(fs::read(&table).unwrap(), before);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn a_table_within_the_list_is_told_by_the_status() {
    let folder = tempfile::tempdir().unwrap();
    let path = list(folder.path(), "");
    let table = folder.path().join("o.csv");
    let rows: Vec<String> = (0..60).map(|n| format!("u{n}@example.invalid")).collect();
    write(&table, format!("email\n{}\n", rows.join("\n")));
    let args = ["policy", "diff", text(&table), "--policy", text(&path)];
    expect_status(&iesiz(&args), 0);
    let absent = folder.path().join("absent.csv");
    let args = ["policy", "diff", text(&absent), "--policy", text(&path)];
    expect_status(&iesiz(&args), 2);
}

#[test]
fn a_draft_loads_names_what_is_left_and_replaces_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let draft = folder.path().join("draft.toml");
    let (samples, path) = (samples(), text(&draft).to_owned());
    let args = ["policy", "init", text(&samples), "-o", &path];
    expect_status(&iesiz(&args), 0);
    let written = fs::read_to_string(&draft).unwrap();
    let list = iesiz::policy::Policy::load(&draft).unwrap();
    assert!(list.approved(None).contains("iin"));
    assert!(!list.approved(None).contains("ethnicity"));
    assert!(
        list.placeholders
            .iter()
            .any(|p| p == "purpose[1].legal_basis")
    );
    assert_eq!(
        list.dataset_of("clients_1251.csv").unwrap().unwrap().id,
        "tables"
    );
    let checked = iesiz(&["policy", "check", &path]);
    expect_status(&checked, 1);
    assert!(said(&checked).contains("operator.id"));
    let again = iesiz(&args);
    expect_status(&again, 2);
    assert!(String::from_utf8_lossy(&again.stderr).contains("[file-exists]"));
    assert_eq!(fs::read_to_string(&draft).unwrap(), written);
}

#[test]
fn the_list_is_written_in_three_languages_and_four_formats() {
    let path = policy("qiwi_kazakhstan");
    let folder = tempfile::tempdir().unwrap();
    for (language, heading, label) in [
        ("kk", "Дербес деректер санаты", "Телефон нөмірі"),
        ("ru", "Категория персональных данных", "Номер телефона"),
        ("en", "Category of data", "Phone number"),
    ] {
        for format in ["csv", "md", "html", "xlsx"] {
            let file = folder.path().join(format!("{language}.{format}"));
            let args = [
                "policy",
                "show",
                text(&path),
                "--format",
                format,
                "--language",
                language,
                "-o",
                text(&file),
            ];
            expect_status(&iesiz(&args), 0);
            let told = if format == "xlsx" {
                strings_of_workbook(&file)
            } else {
                fs::read_to_string(&file).unwrap()
            };
            assert!(
                told.contains(heading) && told.contains(label),
                "{language} {format}"
            );
            assert!(told.contains("QIWI"), "{language} {format}");
        }
    }
    let plain = iesiz(&[
        "policy",
        "show",
        text(&path),
        "--format",
        "csv",
        "--language",
        "ru",
    ]);
    expect_status(&plain, 0);
    assert_eq!(said(&plain).lines().count(), 14);
    assert!(said(&plain).contains("5 лет") && said(&plain).contains("3 года"));
    let wide = policy("auto_siyliq_finance");
    let shown = |format: &str| said(&iesiz(&["policy", "show", text(&wide), "--format", format]));
    assert!(shown("md").contains("as in No. 1") && !shown("csv").contains("as in No. 1"));
    assert!(shown("csv").contains("not stated; at once on: consent is withdrawn"));
    let to_screen = iesiz(&["policy", "show", text(&path), "--format", "xlsx"]);
    expect_status(&to_screen, 2);
}

#[test]
fn nothing_in_a_list_becomes_markup_or_a_formula() {
    let folder = tempfile::tempdir().unwrap();
    let path = list(folder.path(), "");
    let shown = |format: &str| said(&iesiz(&["policy", "show", text(&path), "--format", format]));
    let csv = shown("csv");
    let cells = csv.lines().flat_map(|line| line.split(','));
    for cell in cells.map(|cell| cell.trim_start_matches('"')) {
        assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell}");
    }
    assert!(csv.contains("'=HYPERLINK") && csv.contains("'@contract"));
    let html = shown("html");
    assert!(!html.contains("<script>") && html.contains("&lt;script&gt;"));
    assert!(!html.contains("http://") && !html.contains("src="));
    let markdown = shown("md");
    assert!(!markdown.contains("<script>") && markdown.contains("\\|x"));
    let book = folder.path().join("b.xlsx");
    let args = [
        "policy",
        "show",
        text(&path),
        "--format",
        "xlsx",
        "-o",
        text(&book),
    ];
    expect_status(&iesiz(&args), 0);
    assert!(strings_of_workbook(&book).contains("=HYPERLINK(1)"));
    assert!(!part_of_workbook(&book, "xl/worksheets/sheet1.xml").contains("<f>"));
}

#[test]
fn the_list_itself_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = list(folder.path(), "");
    let before = fs::read(&path).unwrap();
    let args = [
        "policy",
        "show",
        text(&path),
        "--format",
        "md",
        "-o",
        text(&path),
    ];
    let output = iesiz(&args);
    expect_status(&output, 2);
    assert!(String::from_utf8_lossy(&output.stderr).contains("[output-is-input]"));
    assert_eq!(fs::read(&path).unwrap(), before);
}

fn strings_of_workbook(path: &Path) -> String {
    part_of_workbook(path, "xl/sharedStrings.xml")
}

/// One part of a workbook, which is a zip archive.
fn part_of_workbook(path: &Path, name: &str) -> String {
    let mut archive = zip::ZipArchive::new(fs::File::open(path).unwrap()).unwrap();
    let mut part = String::new();
    let mut file = archive.by_name(name).unwrap();
    file.read_to_string(&mut part).unwrap();
    part
}

//! Acts on destruction from their record, through the program.

use std::path::PathBuf;
use std::process::Command;

use crate::common::{expect_status, iesiz, root, text, write};

fn record() -> PathBuf {
    root().join("tests/act/record.json")
}

#[test]
fn an_act_is_written_in_every_form_and_language() {
    let folder = tempfile::tempdir().unwrap();
    for language in ["kk", "ru", "en"] {
        for (format, start) in [
            ("pdf", "%PDF-"),
            ("html", "<!DOCTYPE html>"),
            ("md", "# "),
            ("json", "{"),
        ] {
            let file = folder.path().join(format!("{language}.{format}"));
            let flags = ["--format", format, "--language", language];
            let record = record();
            let mut args = vec!["act", "render", text(&record), "-o", text(&file)];
            args.extend(flags);
            expect_status(&iesiz(&args), 0);
            let written = std::fs::read(&file).unwrap();
            assert!(written.starts_with(start.as_bytes()), "{language} {format}");
            let printed = iesiz(&[vec!["act", "render", text(&record)], flags.to_vec()].concat());
            assert_eq!(printed.stdout, written, "{language} {format}");
        }
    }
    assert_eq!(
        std::fs::read(folder.path().join("kk.json")).unwrap(),
        std::fs::read(record()).unwrap()
    );
}

/// Needs `pdftotext`, which `.ci/run` installs; the tests over the layout hold the same of what is drawn.
#[test]
#[expect(clippy::print_stderr, reason = "a check that was not done is named")]
fn every_word_of_the_markdown_can_be_taken_out_of_the_pdf() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("act.pdf");
    let record = record();
    for language in ["kk", "ru", "en"] {
        let common = ["act", "render", text(&record), "--language", language];
        expect_status(&iesiz(&[&common[..], &["-o", text(&file)]].concat()), 0);
        let taken = Command::new("pdftotext").args([text(&file), "-"]).output();
        let Ok(taken) = taken else {
            eprintln!("pdftotext is not installed: no text was taken out of PDFs");
            return;
        };
        let taken = String::from_utf8(taken.stdout).unwrap();
        let markdown = iesiz(&[&common[..], &["--format", "md"]].concat());
        let markdown = String::from_utf8(markdown.stdout)
            .unwrap()
            .replace('\\', "");
        // Long words and paths may be broken over lines; journal lines are nothing else.
        let words = markdown.split_whitespace().filter(|word| {
            word.chars().count() < 20 && !word.contains(['/', '|', '#', '{', '"', '-', '`', '_'])
        });
        let words: Vec<&str> = words.collect();
        assert!(words.len() > 200, "{language}");
        for word in words {
            assert!(taken.contains(word), "{language}: {word}\n{taken}");
        }
    }
}

#[test]
fn what_is_no_record_is_refused_and_not_quoted() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let good = std::fs::read_to_string(record()).unwrap();
    let cases = [
        ("350101100012,Примеров".to_owned(), "invalid"),
        ("{\"schema\":\"350101100012\"}".to_owned(), "invalid"),
        (
            good.replace("\"before\": 20000", "\"before\": 3501"),
            "invalid",
        ),
        (
            good.replace("\"number\": ", "\"iin\": \"350101100012\", \"number\": "),
            "invalid",
        ),
        (good.replace("sha256:aaaa", "350101100012"), "invalid"),
    ];
    for (record, code) in cases {
        write(&at("record.json"), &record);
        let refused = iesiz(&[
            "act",
            "render",
            text(&at("record.json")),
            "-o",
            text(&at("act.pdf")),
        ]);
        expect_status(&refused, 2);
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(said.contains(&format!("[{code}]")), "{said}");
        assert!(
            !said.contains("3501") && !said.contains("Примеров"),
            "{said}"
        );
        assert!(!at("act.pdf").exists());
    }
    let missing = iesiz(&["act", "render", text(&at("none.json"))]);
    assert!(String::from_utf8_lossy(&missing.stderr).contains("[read]"));
}

#[test]
fn an_act_is_not_written_over_its_record() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("record.json");
    let good = std::fs::read(record()).unwrap();
    write(&file, &good);
    let refused = iesiz(&[
        "act",
        "render",
        text(&file),
        "--format",
        "html",
        "-o",
        text(&file),
    ]);
    expect_status(&refused, 2);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("[output-is-input]"));
    assert_eq!(std::fs::read(&file).unwrap(), good);
}

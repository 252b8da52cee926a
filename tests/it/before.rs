//! What is looked at before long work, and what is never written over.

use std::fs;
use std::path::Path;

use crate::common::{expect_status, iesiz, text, write};

const TABLE: &str = "n,iin\n1,350101100012\n2,350101200019\n";

fn said(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The table is one that a scan fails on: where that is not told, nobody scanned.
#[test]
fn an_output_that_cannot_be_written_is_told_before_any_table_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write(&at("t.csv"), "n,iin\n1,\"350101100012\n");
    fs::create_dir(at("full")).unwrap();
    write(&at("full/notes.txt"), "mine");
    write(&at("file"), "mine");
    for (out, code) in [
        ("full", "output-exists"),
        ("file", "write"),
        ("file/out", "write"),
    ] {
        let output = iesiz(&["anonymize", text(&at("t.csv")), "-o", text(&at(out))]);
        expect_status(&output, 2);
        assert!(said(&output).contains(&format!("[{code}]")), "{output:?}");
        assert!(!said(&output).contains("[csv]"), "{output:?}");
        assert!(output.stdout.is_empty(), "{output:?}");
    }
    let names = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(names, 3, "a check made something");

    write(&at("t.csv"), TABLE);
    let plan = at("plan.toml");
    iesiz(&["plan", text(&at("t.csv")), "-o", text(&plan)]);
    write(&at("t.csv"), "n,iin\n1,\"350101100012\n");
    let output = iesiz(&["apply", text(&plan), "-o", text(&at("full"))]);
    assert!(said(&output).contains("[output-exists]"), "{output:?}");
    let output = iesiz(&["anonymize", text(&at("t.csv")), "-o", text(&at("new"))]);
    assert!(said(&output).contains("[csv]"), "{output:?}");
}

#[test]
fn a_plan_replaces_nothing_but_an_unedited_plan() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write(&at("t.csv"), TABLE);
    let path = at("plan.toml");
    let plan = |more: &[&str]| {
        let usual = ["plan", text(&at("t.csv")), "-o", text(&path)].map(str::to_owned);
        let more = more.iter().map(ToString::to_string);
        let args: Vec<String> = usual.into_iter().chain(more).collect();
        iesiz(&args.iter().map(String::as_str).collect::<Vec<_>>())
    };
    expect_status(&plan(&[]), 1);
    expect_status(&plan(&[]), 1);
    let made = fs::read_to_string(&path).unwrap();
    for (edited, code) in [
        (
            made.replacen("action = \"keep\"", "action = \"drop\"", 1),
            "plan-edited",
        ),
        (format!("{made}\n# ask the board\n"), "plan-edited"),
        (made.replacen("[[table]]", "[[tables]]", 1), "plan-edited"),
        ("[[dataset]]\nid = \"x\"\n".to_owned(), "file-exists"),
        ("n,word\n1,стол\n".to_owned(), "file-exists"),
        (String::new(), "file-exists"),
    ] {
        assert_ne!(edited, made);
        write(&path, &edited);
        let output = plan(&[]);
        expect_status(&output, 2);
        assert!(said(&output).contains(&format!("[{code}]")), "{output:?}");
        assert_eq!(fs::read_to_string(&path).unwrap(), edited);
        let forced = plan(&["--force"]);
        if code == "plan-edited" {
            expect_status(&forced, 1);
            assert_eq!(fs::read_to_string(&path).unwrap(), made);
        } else {
            expect_status(&forced, 2);
            assert_eq!(fs::read_to_string(&path).unwrap(), edited);
        }
    }
}

const BADGE: &str = "id = \"own.badge\"\ncategory = \"subject_record_id\"\nreferences = [\"practice\"]\n\
     [labels]\nkk = \"a\"\nru = \"b\"\nen = \"c\"\n\
     [[form]]\nmatch = 'BADGE-[0-9]{4}'\nbits = 12.0\nfind = false\n\
     [examples]\naccept = [\"BADGE-0001\", \"BADGE-0002\", \"BADGE-0003\"]\n\
     reject = [{ cell = \"BADGE-1\", why = \"x\" }, { cell = \"BADGE\", why = \"x\" }, { cell = \"1\", why = \"x\" }]\n";

/// What is printed is pasted into a shell, word for word, with a folder in place of `DIR`.
#[test]
fn the_printed_command_applies_the_plan() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write(&at("t.csv"), TABLE);
    let own = at("our patterns/own");
    fs::create_dir_all(&own).unwrap();
    write(&own.join("badge.toml"), BADGE);
    let planned = iesiz(&[
        "plan",
        text(&at("t.csv")),
        "-o",
        text(&at("it's a plan.toml")),
        "--patterns",
        text(&own),
    ]);
    expect_status(&planned, 1);
    let told = String::from_utf8(planned.stdout).unwrap();
    let (_, command) = told.rsplit_once("then: iesiz ").unwrap();
    let command = command.trim().replacen("DIR", "out", 1);
    let output = std::process::Command::new("sh")
        .args(["-c", &format!("exec '{}' {command}", program())])
        .current_dir(folder.path())
        .output()
        .unwrap();
    expect_status(&output, 0);
    assert!(at("out/t.csv").exists(), "{command}");
}

fn program() -> &'static str {
    text(Path::new(env!("CARGO_BIN_EXE_iesiz")))
}

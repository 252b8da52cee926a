//! The command line and the README's examples, word for word; what may be given by mistake.

use crate::common::{expect_status, iesiz, text, write};

#[test]
fn commands_print_what_the_readme_and_the_cases_say() {
    trycmd::TestCases::new()
        .case("README.md")
        .case("tests/cli/*.toml");
}

#[test]
fn a_table_given_in_place_of_toml_is_not_quoted() {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("t.csv");
    write(&table, "350101100012,Примеров,+7 700 000 12 34\n");
    let table = text(&table);
    for args in [
        vec!["policy", "check", table],
        vec!["apply", table, "-o", "nowhere"],
        vec!["scan", table, "--policy", table],
        vec!["patterns", "check", table],
    ] {
        let output = iesiz(&args);
        assert_ne!(output.status.code(), Some(0));
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).unwrap();
        assert!(said.contains("line 1 is no TOML"), "{said}");
        assert!(
            !said.contains("3501") && !said.contains("Примеров"),
            "{said}"
        );
    }
}

#[test]
fn two_runs_do_not_write_to_one_folder() {
    let folder = tempfile::tempdir().unwrap();
    let (table, out) = (folder.path().join("t.csv"), folder.path().join("out"));
    write(&table, "n,word\n1,стол\n2,стул\n");
    let first = ::iesiz::anonymize::OutputFolder::claim(&out).unwrap();
    let second = || iesiz(&["anonymize", text(&table), "-o", text(&out)]);
    let refused = second();
    expect_status(&refused, 2);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("[output-in-use]"));
    drop(first);
    expect_status(&second(), 0);
}

#[test]
fn a_spreadsheets_line_is_no_record_and_a_picture_no_table() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write(
        &at("t.csv"),
        "sep=;\r\nЖСН;саны\r\n350101100012;5\r\n350101200019;7\r\n",
    );
    write(&at("p.csv"), b"\x89PNG\r\n\x1a\nx,y\n");
    let table = iesiz(&["scan", text(&at("t.csv")), "--format", "csv"]);
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(
        table.contains("ЖСН") && table.contains("iin") && !table.contains("sep="),
        "{table}"
    );
    let picture = iesiz(&["scan", text(&at("p.csv")), "--encoding", "windows-1251"]);
    expect_status(&picture, 2);
    assert!(String::from_utf8_lossy(&picture.stderr).contains("[unsupported-format]"));
}

#[test]
#[cfg(unix)]
fn a_link_stays_a_link_when_a_report_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write(&at("t.csv"), "n,word\n1,стол\n2,стул\n");
    write(&at("report.txt"), "old");
    std::os::unix::fs::symlink(at("report.txt"), at("link.txt")).unwrap();
    expect_status(
        &iesiz(&["scan", text(&at("t.csv")), "-o", text(&at("link.txt"))]),
        0,
    );
    assert!(at("link.txt").is_symlink());
    assert!(
        std::fs::read_to_string(at("report.txt"))
            .unwrap()
            .contains("t.csv")
    );
}

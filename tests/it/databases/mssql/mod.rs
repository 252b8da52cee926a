//! Microsoft SQL Server, by a double of it.

pub(crate) mod double;

use std::fs;

use double::{Cell, Double, End, Table};

use super::{Scanned, scanned, told, with_environment};
use crate::common::{expect_status, iesiz, iins, text};

fn words(cell: &str) -> Cell {
    Cell::Text(cell.to_owned())
}

/// A table of forty people.
fn clients(name: &str) -> Table {
    let row = |iin: String| vec![words("7"), Cell::Text(iin)];
    let rows = iins(40).into_iter().map(row).collect();
    Table::of_text(name, &["id", "iin"], rows)
}

fn rows(found: &std::collections::BTreeMap<String, Scanned>) -> Vec<(&str, Option<u64>)> {
    let rows = found
        .iter()
        .map(|(name, table)| (name.as_str(), table.rows));
    rows.collect()
}

#[test]
fn tables_are_read_and_judged_and_nothing_is_written() {
    let mut seen = clients("seen");
    seen.kind = "V";
    let mut odd = clients("a]b/c.я");
    odd.schema = "of sales".to_owned();
    let mut told = clients("told");
    told.columns[1] = ("n1".to_owned(), "nvarchar", Some("ИИН клиента"));
    let double = Double::new(vec![clients("clients"), seen, told, odd]);
    let found = scanned(&[&double.address()]);
    assert_eq!(
        rows(&found),
        [
            ("shop/dbo.clients", Some(40)),
            ("shop/dbo.told", Some(40)),
            ("shop/of sales.\"a]b%2Fc.я\"", Some(40))
        ]
    );
    assert_eq!(found["shop/dbo.clients"].category("iin"), "iin");
    assert_eq!(found["shop/dbo.told"].category("n1"), "iin");
    let views = scanned(&[&double.address(), "--views", "--exclude", "*told"]);
    assert_eq!(views.len(), 3);
    let one = scanned(&[&format!("{}#dbo.seen", double.address())]);
    assert_eq!(rows(&one), [("shop/dbo.seen", Some(40))]);
    let asked = double.asked();
    assert!(
        asked.iter().any(|said| said == "login tester for reading"),
        "{asked:?}"
    );
    assert!(
        asked
            .iter()
            .any(|said| said.contains("isolation level snapshot"))
    );
    for said in &asked {
        let first = said.split_whitespace().next().unwrap();
        assert!(matches!(first, "login" | "select" | "set" | "if"), "{said}");
    }
}

#[test]
fn cells_come_whole_across_packets_and_bytes_are_looked_into() {
    let long = "aқ😀".repeat(30_000);
    let mut table = Table::of_text(
        "t",
        &["a", "b", "c"],
        vec![
            vec![
                words("007"),
                Cell::Text(long.clone()),
                Cell::Bytes("текст".into()),
            ],
            vec![Cell::Null, words(""), Cell::Bytes(vec![0, 0xff])],
            vec![words("x"), Cell::Null, Cell::Null],
        ],
    );
    table.columns[2].1 = "varbinary";
    let double = Double::new(vec![table]);
    let options = iesiz::source::Options::default();
    let found = iesiz::source::discover(&[double.address()], &options).unwrap();
    assert_eq!(found.tables[0].described().unwrap().key, ["a"]);
    let pending = found.tables[0].read().unwrap().next().unwrap().unwrap();
    let batch = (pending.decode)().unwrap();
    let frame = batch.frame().unwrap().into_owned();
    let cells = |name: &str| -> Vec<Option<String>> {
        let column = frame.column(name).unwrap().str().unwrap().iter();
        column.map(|cell| cell.map(str::to_owned)).collect()
    };
    let some = |cell: &str| Some(cell.to_owned());
    assert_eq!(cells("a"), [some("007"), None, some("x")]);
    assert!(cells("b") == [Some(long), None, None]);
    assert_eq!(cells("c"), [some("текст"), some("00ff"), None]);
}

#[test]
fn a_password_comes_from_the_environment_and_a_wrong_one_is_told_without_it() {
    let double = Double::new(vec![clients("clients")]);
    let (folder, bare) = (tempfile::tempdir().unwrap(), double.bare());
    let (plan, out) = (folder.path().join("plan.toml"), folder.path().join("out"));
    let run = |args: &[&str], password: &str, status: i32| {
        let args = [args, &["--log", "trace"]].concat();
        let output = with_environment(&args, &[("SQLCMDPASSWORD", password)]);
        expect_status(&output, status);
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        assert!(!said.contains(password), "{said}");
        said
    };
    run(&["scan", &bare], double::PASSWORD, 1);
    let said = run(&["scan", &bare], "wrong-one", 2);
    assert!(
        said.contains("Login failed") && said.contains("[connect]"),
        "{said}"
    );
    expect_status(
        &iesiz(&["plan", &double.address(), "-o", text(&plan), "--k", "1"]),
        1,
    );
    assert!(
        !fs::read_to_string(&plan)
            .unwrap()
            .contains(double::PASSWORD)
    );
    run(
        &["apply", text(&plan), "-o", text(&out)],
        double::PASSWORD,
        0,
    );
}

#[test]
fn a_server_that_dies_midway_leaves_its_table_unread() {
    let mut dying = clients("dying");
    dying.rows = std::iter::repeat_n(dying.rows, 500).flatten().collect();
    dying.end = End::Gone;
    let mut quoting = clients("quoting");
    quoting.end = End::Refused(245, "Conversion failed: 'zqx'".to_owned());
    let double = Double::new(vec![clients("clients"), dying, quoting]);
    let address = double.address();
    let output = iesiz(&["scan", &address, "--format", "json", "--log", "trace"]);
    expect_status(&output, 2);
    let told = told(&output);
    let expected = [
        ("shop/dbo.clients", Some(40)),
        ("shop/dbo.dying", None),
        ("shop/dbo.quoting", None),
    ];
    assert_eq!(rows(&told), expected);
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(
        said.contains("error 245") && !said.contains("zqx"),
        "{said}"
    );
    assert!(iins(40).iter().all(|iin| !said.contains(iin.as_str())));
}

#[test]
fn what_may_not_be_read_or_is_partly_hidden_is_unread() {
    let (mut closed, mut hidden) = (clients("closed"), clients("hidden"));
    closed.may_read = false;
    hidden.is_hidden = true;
    let double = Double::new(vec![clients("clients"), closed, hidden]);
    let output = iesiz(&["scan", &double.address(), "--format", "json"]);
    expect_status(&output, 2);
    let rows: Vec<_> = told(&output)
        .into_values()
        .map(|table| table.rows)
        .collect();
    assert_eq!(rows, [Some(40), None, None]);
}

#[test]
fn who_cannot_see_what_hides_rows_is_told_so() {
    let double = Double::blind(vec![clients("clients")]);
    let output = iesiz(&["scan", &double.address(), "--format", "json"]);
    expect_status(&output, 2);
    let told = told(&output);
    let expected = [
        ("shop/dbo.clients", Some(40)),
        ("shop/security policies", None),
    ];
    assert_eq!(rows(&told), expected);
}

#[test]
fn without_encryption_nobody_is_told_a_password_unless_it_is_asked_for() {
    let double = Double::new(vec![clients("clients")]);
    for (words, is_right) in [
        ("", false),
        ("encrypt=mandatory", false),
        ("encrypt=perhaps", false),
        ("encrypt=no", true),
    ] {
        let output = iesiz(&["scan", &double.address().replace("encrypt=no", words)]);
        expect_status(&output, if is_right { 1 } else { 2 });
        let logins = double
            .asked()
            .iter()
            .filter(|said| said.starts_with("login"))
            .count();
        assert_eq!(logins > 0, is_right, "{words}");
    }
}

#[test]
fn tables_of_sql_server_are_not_changed_in_place() {
    let double = Double::new(vec![clients("clients")]);
    let register = tempfile::tempdir().unwrap();
    let output = iesiz(&[
        "anonymize",
        &double.address(),
        "--in-place",
        "--register",
        text(register.path()),
    ]);
    expect_status(&output, 2);
    assert!(String::from_utf8_lossy(&output.stderr).contains("[not-in-place]"));
}

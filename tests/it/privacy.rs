//! Groups of rows that are alike, exports without a policy, plans for other tables, and a second run.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

use crate::common::{expect_status, iesiz, iins, policy, samples, text, write};

/// A table of people and their diagnoses; some quasi-identifiers are shared by few.
fn people(rows: usize) -> String {
    let cities = ["Алматы", "Астана", "Шымкент", "Тараз", "Семей"];
    let diagnoses = ["J06.9", "I10", "E11", "K29"];
    let iins = iins(rows);
    let mut csv = String::from("order_no,iin,birth_date,sex,city,diagnosis,comment\n");
    for (n, iin) in iins.iter().enumerate() {
        let mixed = n * 7_919 % 1_009;
        csv.push_str(&format!(
            "{n},{iin},{:02}.{:02}.{},{},{},{},перезвоните на +7 700 {:03} 12 34\n",
            n % 28 + 1,
            n % 12 + 1,
            1840 + mixed % 50,
            if mixed % 2 == 0 { "м" } else { "ж" },
            cities[mixed * mixed % cities.len()],
            diagnoses[mixed / 7 % diagnoses.len()],
            n % 1_000,
        ));
    }
    csv
}

fn rows(path: &Path) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    let cells = |record: csv::StringRecord| record.iter().map(str::to_owned).collect();
    (
        header,
        reader
            .records()
            .map(|record| cells(record.unwrap()))
            .collect(),
    )
}

/// By the values of some columns: the values of another one.
fn groups(path: &Path, quasi: &[&str], sensitive: &str) -> HashMap<Vec<String>, Vec<String>> {
    let (header, rows) = rows(path);
    let place = |name: &str| header.iter().position(|h| h == name);
    let mut groups: HashMap<Vec<String>, Vec<String>> = HashMap::new();
    for row in rows {
        let key = quasi
            .iter()
            .map(|name| row[place(name).unwrap()].clone())
            .collect();
        let value = place(sensitive).map_or_else(String::new, |at| row[at].clone());
        groups.entry(key).or_default().push(value);
    }
    groups
}

const QUASI: &[&str] = &["birth_date", "sex", "city"];

#[test]
fn an_export_without_a_policy_is_safe_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (folder.path().join("t.csv"), folder.path().join("out"));
    write(&input, people(900));
    expect_status(&iesiz(&["anonymize", text(&input), "-o", text(&out)]), 0);
    let (header, written) = rows(&out.join("t.csv"));
    assert_eq!(header, ["order_no", "birth_date", "sex", "city", "comment"]);
    assert_eq!(written.len(), 900);
    assert!(
        written
            .iter()
            .all(|row| row[4] == "перезвоните на [phone_number]")
    );
    let groups = groups(&out.join("t.csv"), QUASI, "");
    assert!(
        groups.len() > 20,
        "something is left: {} groups",
        groups.len()
    );
    assert!(groups.values().all(|rows| rows.len() >= 5));
    let without = folder.path().join("without");
    expect_status(
        &iesiz(&["anonymize", text(&input), "--k", "1", "-o", text(&without)]),
        0,
    );
    assert_eq!(rows(&without.join("t.csv")).0, ["order_no", "comment"]);
}

#[test]
fn groups_have_what_was_asked_for_in_both_models() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("t.csv");
    write(&input, people(900));
    for (model, extra) in [
        ("mondrian", ["--l", "3"].as_slice()),
        ("mondrian", &["--l", "2", "--diversity", "entropy"]),
        ("mondrian", &["--t", "0.3"]),
        ("full-domain", &["--l", "2"]),
    ] {
        let out = folder.path().join(format!("{model}{}", extra.concat()));
        let fixed = [
            "anonymize",
            text(&input),
            "--k",
            "7",
            "--sensitive",
            "diagnosis",
            "--model",
            model,
            "-o",
            text(&out),
        ];
        expect_status(&iesiz(&[fixed.as_slice(), extra].concat()), 0);
        let groups = groups(&out.join("t.csv"), QUASI, "diagnosis");
        let is_suppressed = |key: &[String]| key.iter().all(|cell| cell == "*");
        let smallest = groups.values().map(Vec::len).min().unwrap();
        let least_various = groups
            .iter()
            .filter(|(key, _)| !is_suppressed(key))
            .map(|(_, values)| values.iter().collect::<HashSet<_>>().len());
        assert!(smallest >= 7, "{model} {extra:?}: {smallest}");
        let l = if extra == ["--l", "3"] { 3 } else { 2 };
        assert!(least_various.min().unwrap() >= l, "{model} {extra:?}");
    }
}

#[test]
fn rows_that_nobody_is_like_are_suppressed_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (folder.path().join("t.csv"), folder.path().join("out"));
    write(&input, people(4));
    let done = iesiz(&["anonymize", text(&input), "-o", text(&out)]);
    expect_status(&done, 0);
    assert!(String::from_utf8_lossy(&done.stdout).contains("rows suppressed: 4"));
    let groups = groups(&out.join("t.csv"), QUASI, "");
    assert_eq!(groups.into_keys().collect::<Vec<_>>(), [["*", "*", "*"]]);
    let utility = fs::read_to_string(out.join("_iesiz/utility.json")).unwrap();
    assert!(utility.contains("iesiz.utility/1"));
}

#[test]
fn verify_measures_groups_and_breaks_tables_without_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    write(&path, "q,s\na,1\na,2\na,3\nb,1\nb,1\n");
    let verify = |k: &str, l: &str| {
        let args = [
            "verify",
            text(&path),
            "--quasi",
            "q",
            "--sensitive",
            "s",
            "--k",
            k,
            "--l",
            l,
            "--format",
            "json",
        ];
        let output = iesiz(&args);
        (
            output.status.code().unwrap(),
            String::from_utf8(output.stdout).unwrap(),
        )
    };
    let (status, report) = verify("2", "1");
    assert_eq!(status, 0, "{report}");
    assert!(
        report.contains("\"k\": 2") && report.contains("\"l\": 1"),
        "{report}"
    );
    assert_eq!(verify("3", "1").0, 1);
    assert_eq!(verify("2", "2").0, 1);
}

#[test]
fn a_plan_meets_columns_that_it_does_not_know() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write(&at("t.csv"), "code,title\n1,one\n2,two\n");
    expect_status(
        &iesiz(&["plan", text(&at("t.csv")), "-o", text(&at("plan.toml"))]),
        0,
    );
    let plan = fs::read_to_string(at("plan.toml")).unwrap();
    let of_any = plan.lines().filter(|line| !line.starts_with("fingerprint"));
    let of_any = of_any.collect::<Vec<_>>().join("\n");
    write(&at("plan.toml"), &of_any);
    let apply = |out: &str| iesiz(&["apply", text(&at("plan.toml")), "-o", text(&at(out))]);
    write(&at("t.csv"), "code,title\n1,one\n2,two\n3,three\n");
    expect_status(&apply("more"), 0);
    write(&at("t.csv"), "code,title,added\n1,one,a\n2,two,b\n");
    let refused = apply("stopped");
    expect_status(&refused, 2);
    assert!(
        String::from_utf8_lossy(&refused.stderr).contains("a column that the plan does not name")
    );
    write(
        &at("plan.toml"),
        of_any.replace("unknown_columns = \"stop\"", "unknown_columns = \"drop\""),
    );
    expect_status(&apply("dropped"), 0);
    assert_eq!(
        fs::read_to_string(at("dropped/t.csv")).unwrap(),
        "code,title\n1,one\n2,two\n"
    );
    write(&at("t.csv"), "code\n1\n");
    expect_status(&apply("less"), 2);
}

#[test]
fn a_role_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write(&at("t.csv"), people(50));
    let plan = |args: &[&str]| {
        iesiz(
            &[
                &["plan", text(&at("t.csv")), "-o", text(&at("plan.toml"))],
                args,
            ]
            .concat(),
        )
    };
    expect_status(&plan(&["--quasi", "nothing"]), 2);
    expect_status(&plan(&["--t", "2"]), 2);
    expect_status(&plan(&["--for", "cleanup", "--quasi", "sex"]), 2);
    expect_status(&plan(&[]), 1);
    let text_of = fs::read_to_string(at("plan.toml")).unwrap();
    for (from, to) in [
        ("k = 5", "k = 1"),
        ("method = \"generalize\"\nrole", "method = \"token\"\nrole"),
        (
            "role = \"quasi-identifier\"\n\n[table.column.settings]\nlevel = 0",
            "[table.column.settings]\nlevel = 0",
        ),
    ] {
        let edited = text_of.replacen(from, to, 1);
        assert_ne!(edited, text_of, "{from}");
        write(&at("wrong.toml"), edited);
        expect_status(
            &iesiz(&["apply", text(&at("wrong.toml")), "-o", text(&at("out"))]),
            2,
        );
    }
}

#[test]
fn a_column_that_was_to_stay_and_holds_something_else_now_stops_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write(
        &at("t.csv"),
        "code,birth_date_text\n1,a\n2,b\n".replace("birth_date_text", "col3"),
    );
    expect_status(
        &iesiz(&["plan", text(&at("t.csv")), "-o", text(&at("plan.toml"))]),
        0,
    );
    let plan = fs::read_to_string(at("plan.toml")).unwrap();
    let of_any: Vec<&str> = plan
        .lines()
        .filter(|line| !line.starts_with("fingerprint"))
        .collect();
    write(&at("plan.toml"), of_any.join("\n"));
    let mut names = String::from("code,col3\n");
    for (n, iin) in iins(40).iter().enumerate() {
        names.push_str(&format!("{n},{iin}\n"));
    }
    write(&at("t.csv"), names);
    let refused = iesiz(&["apply", text(&at("plan.toml")), "-o", text(&at("out"))]);
    expect_status(&refused, 2);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("holds other personal data"));
    assert!(!at("out/t.csv").exists());
}

#[test]
fn columns_with_types_keep_them_in_groups() {
    use polars::prelude::{
        Column, DataFrame, DataType, NamedFrom as _, ParquetReader, ParquetWriter, SerReader as _,
        Series,
    };
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (folder.path().join("t.parquet"), folder.path().join("out"));
    let rows = 400_i32;
    let number = |by: i32| {
        (0..rows)
            .map(|n| Some(n * 7_919 % 1_009 % by))
            .collect::<Vec<_>>()
    };
    let columns = vec![
        Column::from(
            Series::new(
                "birth_date".into(),
                number(20_000)
                    .iter()
                    .map(|d| d.map(|d| d * 20 - 45_000))
                    .collect::<Vec<_>>(),
            )
            .cast(&DataType::Date)
            .unwrap(),
        ),
        Column::from(
            Series::new("age".into(), number(90))
                .cast(&DataType::Int16)
                .unwrap(),
        ),
        Column::from(Series::new(
            "smoker".into(),
            number(2)
                .iter()
                .map(|n| n.map(|n| n == 1))
                .collect::<Vec<_>>(),
        )),
        Column::from(Series::new(
            "weight".into(),
            number(40)
                .iter()
                .map(|n| n.map(|n| f64::from(n) + 50.5))
                .collect::<Vec<_>>(),
        )),
        Column::from(Series::new(
            "empty".into(),
            vec![None::<i64>; rows as usize],
        )),
    ];
    let mut frame = DataFrame::new(rows as usize, columns).unwrap();
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut frame).unwrap();
    write(&input, bytes);
    for model in ["mondrian", "full-domain"] {
        let out = out.join(model);
        let args = [
            "anonymize",
            text(&input),
            "--quasi",
            "birth_date,age,smoker,weight,empty",
            "--model",
            model,
            "-o",
            text(&out),
        ];
        expect_status(&iesiz(&args), 0);
        let written = ParquetReader::new(fs::File::open(out.join("t.parquet")).unwrap())
            .finish()
            .unwrap();
        assert_eq!(written.height(), rows as usize);
        for (before, after) in frame.columns().iter().zip(written.columns()) {
            assert_eq!(before.dtype(), after.dtype(), "{model} {}", before.name());
        }
    }
}

#[test]
fn a_second_run_over_its_own_output_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: String| folder.path().join(name);
    for (name, purpose) in [
        ("adalcheck", "identification_and_account"),
        ("proleads", "contracts"),
        ("qiwi_kazakhstan", "identify_and_raise_status"),
        ("auto_siyliq_finance", "microloan_contract"),
    ] {
        let (file, once, twice) = (policy(name), at(format!("{name}1")), at(format!("{name}2")));
        for (from, to) in [(samples(), &once), (once.clone(), &twice)] {
            let args = [
                "anonymize",
                text(&from),
                "--policy",
                text(&file),
                "--purpose",
                purpose,
                "-o",
                text(to),
            ];
            expect_status(&iesiz(&args), 0);
        }
        for entry in fs::read_dir(&once).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let other = twice.join(path.file_name().unwrap());
                assert_eq!(
                    fs::read(&path).unwrap(),
                    fs::read(other).unwrap(),
                    "{}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn no_original_is_in_any_byte_below_the_output_folder() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (folder.path().join("t.csv"), folder.path().join("out"));
    write(&input, people(300));
    for to in ["csv", "parquet"] {
        let out = out.join(to);
        expect_status(
            &iesiz(&["anonymize", text(&input), "--to", to, "-o", text(&out)]),
            0,
        );
        let files = walk(&out);
        assert!(files.len() >= 6, "{files:?}");
        for path in files {
            let bytes = fs::read(&path).unwrap();
            let held = String::from_utf8_lossy(&bytes);
            let met = iins(300)
                .into_iter()
                .filter(|iin| held.contains(iin))
                .count();
            assert_eq!(met, 0, "{}", path.display());
        }
    }
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                walk(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

#[test]
fn joins_and_unique_keys_survive() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("in")).unwrap();
    let iins = iins(200);
    let mut clients = String::from("ИИН,note\n");
    let mut orders = String::from("client_iin;sum\n");
    for (n, iin) in iins.iter().enumerate() {
        clients.push_str(&format!("{iin},строка\n"));
        for _ in 0..n % 4 {
            // The same number as people copy it: with spaces, or read as a number.
            let spelt = if n % 2 == 0 {
                format!("{} {}", &iin[..6], &iin[6..])
            } else {
                iin.trim_start_matches('0').to_owned()
            };
            orders.push_str(&format!("{spelt};товар\n"));
        }
    }
    write(&at("in/clients.csv"), &clients);
    write(&at("in/orders.csv"), &orders);
    let (policy, input, out) = (policy("qiwi_kazakhstan"), at("in"), at("out"));
    let args = [
        "anonymize",
        text(&input),
        "--policy",
        text(&policy),
        "--purpose",
        "identify_and_raise_status",
        "-o",
        text(&out),
    ];
    expect_status(&iesiz(&args), 0);
    let (_, clients) = rows(&at("out/clients.csv"));
    let keys: HashSet<&str> = clients.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(keys.len(), 200, "unique keys stay unique");
    let orders = fs::read_to_string(at("out/orders.csv")).unwrap();
    let joined = orders
        .lines()
        .skip(1)
        .filter(|line| keys.contains(line.split(';').next().unwrap()))
        .count();
    assert_eq!(
        joined,
        (0..200).map(|n| n % 4).sum::<usize>(),
        "foreign keys still join"
    );
}

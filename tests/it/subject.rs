//! Requests of people: found, blocked and erased over several tables, without an identifier in anything that is written.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::common::{expect_status, iesiz, iins, text, write};

const POLICY: &str = r#"
[meta]
schema_version = 1
[operator]
id = "shop"
name_en = "Shop"
[approved]
categories = ["iin", "full_name", "email", "phone_number"]
[[purpose]]
id = "contract"
label_en = "Fulfil the contract"
subjects = []
categories = ["iin", "full_name"]
legal_basis = ["contract"]
[purpose.retention]
mode = "fixed_term"
years = 5
event = "closed"
statutory_basis = ["Made-up Act, art. 11 p. 4"]
[[purpose]]
id = "letters"
label_en = "Send letters"
subjects = []
categories = ["iin", "email", "phone_number"]
legal_basis = ["consent (3.1)"]
[purpose.retention]
mode = "not_stated"
[[dataset]]
id = "clients"
sources = ["clients.csv"]
purposes = ["contract", "letters"]
subject = ["iin"]
events = { closed = "closed_on" }
blocked = "blocked.txt"
[[dataset]]
id = "mailing"
sources = ["mailing.csv"]
purposes = ["letters"]
subject = ["phone"]
blocked = "blocked.txt"
"#;

/// The person's phone, as the tables have it and as people write it.
const PHONE: &str = "+77000001234";
const WRITTEN: &str = "8 (700) 000-12-34";
const MAIL: &str = "asel.subject@example.kz";

struct Desk {
    folder: TempDir,
    iins: Vec<String>,
}

impl Desk {
    /// 40 clients and 40 addresses, the person's among them, and comments of which one names the person.
    fn new() -> Self {
        let desk = Self {
            folder: tempfile::tempdir().unwrap(),
            iins: iins(40),
        };
        let (mut clients, mut mailing, mut notes) = (
            "iin,full_name,email,city,closed_on\n".to_owned(),
            "phone,email\n".to_owned(),
            "nr,comment\n".to_owned(),
        );
        for (n, iin) in desk.iins.iter().enumerate() {
            let (mail, phone) = if n == 7 {
                (MAIL.to_owned(), PHONE.to_owned())
            } else {
                (format!("c{n}@example.kz"), format!("+7701000{n:04}"))
            };
            clients.push_str(&format!("{iin},Иванова Анна,{mail},Алматы,{}\n", closed(n)));
            mailing.push_str(&format!("{phone},{mail}\n"));
            let person = if n == 30 { desk.iins[7].as_str() } else { "" };
            notes.push_str(&format!("{n},позвонить завтра {person} утром\n"));
        }
        for (name, table) in [
            ("clients.csv", clients),
            ("mailing.csv", mailing),
            ("notes.csv", notes),
            ("shop.toml", POLICY.to_owned()),
            ("blocked.txt", "# by order\n".to_owned()),
        ] {
            write(&desk.at(name), table);
        }
        write(
            &desk.at("person.txt"),
            format!("{}\n{WRITTEN}\n{MAIL}\n", desk.iins[7]),
        );
        desk
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.at(name)).unwrap()
    }

    /// Runs `subject` over some tables, and looks that nothing tells who it was about.
    fn subject(&self, what: &str, tables: &[&str], rest: &[&str]) -> Output {
        self.run(&["subject", what], tables, "person.txt", rest)
    }

    fn run(&self, command: &[&str], tables: &[&str], list: &str, rest: &[&str]) -> Output {
        let paths: Vec<PathBuf> = tables.iter().map(|name| self.at(name)).collect();
        let (policy, list) = (self.at("shop.toml"), self.at(list));
        let mut args = command.to_vec();
        args.extend(paths.iter().map(|path| text(path)));
        args.extend(["--policy", text(&policy)]);
        if command[0] == "subject" {
            args.extend(["--identifiers", text(&list)]);
        }
        args.extend(rest);
        let output = iesiz(&args);
        self.search("stdout", &output.stdout);
        self.search("stderr", &output.stderr);
        for entry in fs::read_dir(self.at("_iesiz")).into_iter().flatten() {
            let path = entry.unwrap().path();
            self.search(text(&path), &fs::read(&path).unwrap());
        }
        output
    }

    fn search(&self, place: &str, bytes: &[u8]) {
        let haystack = String::from_utf8_lossy(bytes);
        let phone = PHONE.trim_start_matches("+7");
        for identifier in [self.iins[7].as_str(), phone, WRITTEN, MAIL] {
            assert!(!haystack.contains(identifier), "{identifier} in {place}");
        }
    }

    /// Plans an erasure and does it.
    fn erase(&self, tables: &[&str], status: i32) -> String {
        let planned = self.subject("erase", tables, &["--dry-run", "--format", "json"]);
        expect_status(&planned, status);
        let plan: serde_json::Value = serde_json::from_slice(&planned.stdout).unwrap();
        let hash = plan["hash"].as_str().unwrap();
        let done = self.subject("erase", tables, &["--confirm", hash]);
        expect_status(&done, status);
        String::from_utf8(done.stdout).unwrap()
    }
}

/// Every tenth contract goes on, the others ended long ago.
fn closed(n: usize) -> &'static str {
    if n % 10 == 7 { "" } else { "2001-05-06" }
}

/// The lines that two texts do not share.
fn changed(before: &str, after: &str) -> Vec<String> {
    let gone = before
        .lines()
        .filter(|line| !after.lines().any(|l| l == *line));
    gone.map(str::to_owned).collect()
}

const ALL: &[&str] = &["clients.csv", "mailing.csv", "notes.csv"];

#[test]
fn what_is_held_of_a_person_is_found_over_three_tables() {
    let desk = Desk::new();
    let rest = ["--format", "json", "--received", "2026-03-06"];
    let output = desk.subject("find", ALL, &rest);
    // The comment names the person in a table that no dataset places.
    expect_status(&output, 1);
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["identifiers"], 3);
    assert_eq!(answer["answer_by"]["day"], "2026-03-12");
    let [clients, mailing, notes] = answer["tables"].as_array().unwrap().as_slice() else {
        panic!("three tables");
    };
    assert_eq!((&clients["rows"], &mailing["rows"]), (&1.into(), &1.into()));
    let needed = |column: &str| {
        let columns = clients["columns"].as_array().unwrap();
        let column = columns.iter().find(|c| c["path"] == column).unwrap();
        column["purposes"].clone()
    };
    assert_eq!(needed("full_name"), serde_json::json!(["contract"]));
    assert_eq!(needed("email"), serde_json::json!(["letters"]));
    let contract = &clients["purposes"][0];
    assert_eq!(contract["statutory_basis"][0], "Made-up Act, art. 11 p. 4");
    assert_eq!(
        (&contract["rows"], &contract["open"]),
        (&1.into(), &1.into())
    );
    assert_eq!(notes["unplaced"], "no-dataset");
    assert_eq!(notes["columns"][0]["mentions"], 1);
    assert_eq!(notes["columns"][0]["elsewhere"], 1);
}

#[test]
fn answers_are_written_for_people_too() {
    let desk = Desk::new();
    let letter = desk.at("answer.md");
    let rest = [
        "--format",
        "md",
        "-o",
        text(&letter),
        "--received",
        "2026-03-06",
    ];
    expect_status(&desk.subject("find", &ALL[..2], &rest), 0);
    let letter = desk.read("answer.md");
    desk.search("the letter", letter.as_bytes());
    for words in [
        "# Shop:",
        "2026-03-12",
        "one row about you",
        "storage term: 5 years from: closed",
        "The operator has not set a storage term for this purpose.",
    ] {
        assert!(letter.contains(words), "{words} in\n{letter}");
    }
    let human = desk.subject("find", &ALL[..2], &[]);
    assert!(String::from_utf8_lossy(&human.stdout).contains("Purpose: Send letters"));
}

#[test]
fn answers_are_written_in_the_languages_of_the_country() {
    let desk = Desk::new();
    let letter = |language: &str| {
        let rest = [
            "--format",
            "md",
            "--language",
            language,
            "--received",
            "2026-03-06",
        ];
        let output = desk.subject("find", ALL, &rest);
        expect_status(&output, 1);
        String::from_utf8(output.stdout).unwrap()
    };
    for (language, all) in [
        (
            "kk",
            [
                "дербес деректер субъектісінің сұрау салуына жауап",
                "12.03.2026 күнінен кешіктірілмей",
                "Сіз туралы 1 жазба",
                "Жеке сәйкестендіру нөмірі",
                "сақтау мерзімі: 5 жыл; мерзімнің басталуы: closed",
                "Оператор бұл мақсат үшін сақтау мерзімін әзірге белгілемеген.",
                "енді қажет емес жазба жойылады",
            ],
        ),
        (
            "ru",
            [
                "ответ на запрос субъекта персональных данных",
                "не позднее 12.03.2026",
                "1 запись о Вас",
                "Индивидуальный идентификационный номер",
                "срок хранения: 5 лет; начало срока: closed",
                "Срок хранения для этой цели оператором пока не установлен.",
                "подлежит уничтожению",
            ],
        ),
    ] {
        let text = letter(language);
        for words in all {
            assert!(text.contains(words), "{words} in\n{text}");
        }
        // Nothing that is meant for the operator, and nothing untranslated.
        for words in ["[[dataset", "term is", "purpose "] {
            assert!(!text.contains(words), "{words} in\n{text}");
        }
    }
    let json = |language: &str| {
        let rest = ["--format", "json", "--language", language];
        desk.subject("find", ALL, &rest).stdout
    };
    assert_eq!(json("kk"), json("en"));
}

#[test]
fn what_is_undecided_is_told_to_the_operator_in_json_only() {
    let desk = Desk::new();
    let output = desk.subject("find", ALL, &["--format", "json"]);
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let letters = &answer["tables"][0]["purposes"][1];
    assert!(letters["term"].is_null());
    assert!(
        letters["undecided"]
            .as_str()
            .unwrap()
            .contains("[[dataset.term]]")
    );
}

#[test]
fn terms_end_when_the_dates_of_the_rows_say() {
    let desk = Desk::new();
    write(&desk.at("other.txt"), format!("{}\n", desk.iins[3]));
    let clients = desk
        .read("clients.csv")
        .replacen("2001-05-06", "2071-02-28", 4);
    write(&desk.at("clients.csv"), clients);
    let rest = ["--format", "json"];
    let output = desk.run(&["subject", "find"], &ALL[..1], "other.txt", &rest);
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["tables"][0]["purposes"][0]["last_end"], "2076-02-28");
}

#[test]
fn who_is_not_there_is_not_found() {
    let desk = Desk::new();
    write(&desk.at("person.txt"), "nobody.at.all@example.kz\n");
    let output = desk.subject("find", ALL, &["--format", "json"]);
    expect_status(&output, 0);
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["is_found"], false);
}

#[test]
fn an_erasure_keeps_what_a_law_wants_and_leaves_others_alone() {
    let desk = Desk::new();
    let (clients, mailing, notes) = (
        desk.read("clients.csv"),
        desk.read("mailing.csv"),
        desk.read("notes.csv"),
    );
    let told = desk.erase(&ALL[..2], 1);
    assert!(
        told.contains("art. 8(2)") && told.contains("art. 12(2)"),
        "{told}"
    );
    assert!(told.contains("Made-up Act, art. 11 p. 4"), "{told}");
    let line = |table: &str, n: usize| table.lines().nth(n + 1).unwrap().to_owned();
    let after = desk.read("clients.csv");
    assert_eq!(changed(&clients, &after), [line(&clients, 7)]);
    // The contract goes on: IIN and name stay, what rests on consent or on nothing goes.
    assert_eq!(line(&after, 7), format!("{},Иванова Анна,,,", desk.iins[7]));
    let after = desk.read("mailing.csv");
    assert_eq!(changed(&mailing, &after), [line(&mailing, 7)]);
    assert_eq!(after.lines().count(), mailing.lines().count() - 1);
    assert_eq!(desk.read("notes.csv"), notes);
    // A second time nothing is left to do.
    let again = desk.erase(&ALL[..2], 1);
    assert!(again.contains("clients.csv: nothing went"), "{again}");
    let journal = desk.at("_iesiz/journal.jsonl");
    expect_status(&iesiz(&["journal", "verify", text(&journal)]), 0);
}

#[test]
fn whose_contract_ended_long_ago_goes_altogether() {
    let desk = Desk::new();
    write(&desk.at("person.txt"), format!("{}\n", desk.iins[3]));
    let clients = desk.read("clients.csv");
    let told = desk.erase(&ALL[..1], 0);
    assert!(!told.contains("Refused"), "{told}");
    let gone = changed(&clients, &desk.read("clients.csv"));
    assert_eq!(gone, [clients.lines().nth(4).unwrap()]);
}

#[test]
fn blocked_rows_outlast_a_purge_and_an_erasure_until_they_are_unblocked() {
    let desk = Desk::new();
    fs::remove_file(desk.at("blocked.txt")).unwrap();
    let mut policy = desk.read("shop.toml").replace(
        "mode = \"not_stated\"",
        "mode = \"fixed_term\"\nyears = 1\nevent = \"closed\"",
    );
    policy = policy.replace(
        "subject = [\"phone\"]",
        "subject = [\"phone\"]\nevents = { closed = \"email\" }",
    );
    write(&desk.at("shop.toml"), policy);
    write(&desk.at("person.txt"), format!("{}\n", desk.iins[3]));
    let block = |what: &str| {
        let output = desk.subject(
            what,
            &[],
            &["--dataset", "clients", "--received", "2026-03-06"],
        );
        expect_status(&output, 0);
        String::from_utf8(output.stdout).unwrap()
    };
    let told = block("block");
    assert!(
        told.contains("one identifier added") && told.contains("2026-03-10"),
        "{told}"
    );
    assert!(block("block").contains("0 identifiers added"));
    only_for_the_owner(&desk.at("blocked.txt"));
    let row = desk.read("clients.csv").lines().nth(4).unwrap().to_owned();
    let is_there = || desk.read("clients.csv").contains(&row);
    let told = desk.erase(&ALL[..1], 1);
    assert!(told.contains("nothing went") && is_there(), "{told}");
    purge(&desk);
    assert_eq!(desk.read("clients.csv").lines().count(), 1 + 4 + 1);
    assert!(desk.read("clients.csv").contains(&desk.iins[3]));
    assert!(block("unblock").contains("one identifier removed"));
    desk.erase(&ALL[..1], 0);
    assert!(!desk.read("clients.csv").contains(&desk.iins[3]));
    let journal = desk.read("_iesiz/journal.jsonl");
    assert_eq!(journal.matches("\"event\":\"listed\"").count(), 3);
}

fn purge(desk: &Desk) {
    let rest = ["--dry-run", "--format", "json"];
    let planned = desk.run(&["purge"], &ALL[..1], "", &rest);
    let plan: serde_json::Value = serde_json::from_slice(&planned.stdout).unwrap();
    let rest = ["--confirm", plan["hash"].as_str().unwrap()];
    let done = desk.run(&["purge"], &ALL[..1], "", &rest);
    assert_ne!(done.status.code(), Some(2));
}

#[cfg(unix)]
fn only_for_the_owner(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[cfg(not(unix))]
fn only_for_the_owner(_path: &Path) {}

#[test]
fn held_rows_outlast_an_erasure() {
    let desk = Desk::new();
    let hold =
        "[[dataset.hold]]\nid = \"case-2\"\nreason = \"a lawsuit\"\n[[dataset]]\nid = \"mailing\"";
    let policy = desk
        .read("shop.toml")
        .replace("[[dataset]]\nid = \"mailing\"", hold);
    write(&desk.at("shop.toml"), policy);
    let clients = desk.read("clients.csv");
    let told = desk.erase(&ALL[..1], 1);
    assert!(told.contains("nothing went"), "{told}");
    assert_eq!(desk.read("clients.csv"), clients);
}

#[test]
fn a_plan_is_done_only_for_the_person_that_it_was_made_for() {
    let desk = Desk::new();
    let planned = desk.subject("erase", &ALL[1..2], &["--dry-run", "--format", "json"]);
    let plan: serde_json::Value = serde_json::from_slice(&planned.stdout).unwrap();
    let hash = plan["hash"].as_str().unwrap();
    assert_eq!(plan["tables"][0]["selected"], serde_json::json!([[7, 1]]));
    let mailing = desk.read("mailing.csv");
    write(&desk.at("person.txt"), "+77010000003\n");
    let done = desk.subject("erase", &ALL[1..2], &["--confirm", hash]);
    expect_status(&done, 2);
    assert!(String::from_utf8_lossy(&done.stderr).contains("[stale-plan]"));
    assert_eq!(desk.read("mailing.csv"), mailing);
    // A purge does not take it either.
    let done = desk.run(&["purge"], &ALL[1..2], "", &["--confirm", hash]);
    expect_status(&done, 2);
    assert!(String::from_utf8_lossy(&done.stderr).contains("[unknown-plan]"));
    assert_eq!(desk.read("mailing.csv"), mailing);
}

#[test]
fn a_dataset_without_a_list_or_a_subject_says_which_key_to_add() {
    let desk = Desk::new();
    let policy = desk.read("shop.toml");
    write(
        &desk.at("shop.toml"),
        policy.replace("blocked = \"blocked.txt\"\n", ""),
    );
    let output = desk.subject("block", &[], &[]);
    expect_status(&output, 2);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        told.contains("blocked = ") && told.contains("[no-blocked-list]"),
        "{told}"
    );
    write(
        &desk.at("shop.toml"),
        policy.replace("subject = [\"phone\"]\n", ""),
    );
    let output = desk.subject("erase", &ALL[1..2], &["--dry-run"]);
    expect_status(&output, 2);
    assert!(String::from_utf8_lossy(&output.stderr).contains("[no-subject]"));
    let output = desk.subject("block", &[], &["--dataset", "elsewhere"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("clients, mailing"));
}

#[test]
fn identifiers_come_from_standard_input_and_a_mistaken_argument_is_not_repeated() {
    let desk = Desk::new();
    fs::remove_file(desk.at("blocked.txt")).unwrap();
    let policy = desk.at("shop.toml");
    let mut run = Command::new(env!("CARGO_BIN_EXE_iesiz"))
        .args([
            "subject",
            "block",
            "--policy",
            text(&policy),
            "--identifiers",
            "-",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = run.stdin.take().unwrap();
    writeln!(input, "{WRITTEN}\n{MAIL}").unwrap();
    drop(input);
    expect_status(&run.wait_with_output().unwrap(), 0);
    assert_eq!(desk.read("blocked.txt"), format!("{WRITTEN}\n{MAIL}\n"));
    let output = iesiz(&[
        "subject",
        "block",
        "--policy",
        text(&policy),
        "--identifiers",
        MAIL,
    ]);
    expect_status(&output, 2);
    desk.search("stderr", &output.stderr);
    write(&desk.at("person.txt"), "# nobody\n\n");
    expect_status(&desk.subject("block", &[], &[]), 2);
}

#[test]
fn identifiers_that_may_be_written_wrongly_are_counted() {
    let desk = Desk::new();
    let mut wrong = desk.iins[3].clone();
    let last = wrong.pop().unwrap();
    wrong.push(if last == '9' {
        '0'
    } else {
        char::from(last as u8 + 1)
    });
    write(
        &desk.at("wrong.txt"),
        format!("{wrong}\nhello world\n{MAIL}\n"),
    );
    for (list, is_told) in [("wrong.txt", true), ("person.txt", false)] {
        for rest in [&["find"][..], &["erase", "--dry-run"]] {
            let output = desk.run(&["subject", rest[0]], &["clients.csv"], list, &rest[1..]);
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(
                said.contains("2 identifiers are of no kind"),
                is_told,
                "{said}"
            );
            assert!(!said.contains(&wrong) && !said.contains("hello"), "{said}");
        }
    }
}

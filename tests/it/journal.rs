//! Who did what to which table: every reading and every run is registered, in one chain, and shown and signed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use ::iesiz::journal::{Event, Journal};
use serde_json::Value;
use tempfile::TempDir;

use crate::common::{expect_status, iesiz, iins, text, write};

const POLICY: &str = r#"
[meta]
schema_version = 1
[operator]
id = "shop"
name_en = "Shop"
[approved]
categories = ["iin"]
[[purpose]]
id = "contract"
label_en = "Fulfil the contract"
subjects = []
categories = ["iin"]
legal_basis = ["contract"]
[purpose.retention]
mode = "fixed_term"
years = 5
event = "closed"
[[dataset]]
id = "clients"
sources = ["clients.csv"]
purposes = ["contract"]
subject = ["iin"]
events = { closed = "closed_on" }
"#;

struct Desk {
    folder: TempDir,
    iins: Vec<String>,
}

impl Desk {
    fn new() -> Self {
        let desk = Self {
            folder: tempfile::tempdir().unwrap(),
            iins: iins(40),
        };
        let mut clients = "iin,closed_on\n".to_owned();
        for (n, iin) in desk.iins.iter().enumerate() {
            let closed = if n == 0 { "2001-05-06" } else { "" };
            clients.push_str(&format!("{iin},{closed}\n"));
        }
        write(&desk.at("clients.csv"), clients);
        write(&desk.at("goods.csv"), "n,word\n1,стол\n2,стул\n");
        write(&desk.at("shop.toml"), POLICY);
        write(&desk.at("person.txt"), format!("{}\n", desk.iins[7]));
        desk
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a command of which words that name files of the desk are paths.
    fn run(&self, command: &str) -> Output {
        let words: Vec<String> = command.split(' ').map(|word| self.path(word)).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let output = iesiz(&words);
        for (place, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
            self.search(place, bytes);
        }
        output
    }

    fn path(&self, word: &str) -> String {
        if word.contains(['.', '/']) && !word.starts_with('*') {
            text(&self.at(word)).to_owned()
        } else {
            word.to_owned()
        }
    }

    /// Lines of a journal, whose chain has to hold, and which name no person.
    fn lines(&self, journal: &str) -> Vec<Value> {
        let path = self.at(journal);
        expect_status(&iesiz(&["journal", "verify", text(&path)]), 0);
        let text = fs::read_to_string(path).unwrap();
        self.search(journal, text.as_bytes());
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        lines.collect()
    }

    fn search(&self, place: &str, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        for iin in &self.iins {
            assert!(!text.contains(iin), "an identifier in {place}");
        }
    }

    fn names(&self) -> BTreeSet<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.collect()
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_scan_is_registered_with_who_what_and_how_it_ended() {
    let desk = Desk::new();
    let output = Command::new(env!("CARGO_BIN_EXE_iesiz"))
        .args(["scan", text(&desk.at("clients.csv")), "--policy"])
        .args([text(&desk.at("shop.toml")), "--purpose", "contract"])
        .env("IESIZ_JOURNAL", desk.at("j.jsonl"))
        .env("IESIZ_ACTOR", "ticket 12")
        .env("SUDO_USER", "asel")
        .output()
        .unwrap();
    let status = output.status.code().unwrap();
    let [line] = desk.lines("j.jsonl").try_into().unwrap();
    assert_eq!(
        (&line["event"], &line["command"]),
        (&"read".into(), &"scan".into())
    );
    assert_eq!(
        (&line["operator"], &line["purpose"]),
        (&"shop".into(), &"contract".into())
    );
    assert_eq!(line["status"], status);
    assert_eq!(line["outcome"]["approved"], 1);
    let table = &line["tables"][0];
    assert_eq!(
        (&table["source"], &table["rows"]),
        (&"clients.csv".into(), &40.into())
    );
    assert!(
        table["fingerprint"]
            .as_str()
            .unwrap()
            .starts_with("sha256:")
    );
    assert!(line["policy"].is_string() && line["time"].as_str().unwrap().ends_with('Z'));
    let who = &line["who"];
    assert_eq!(
        (&who["actor"], &who["sudo_user"]),
        (&"ticket 12".into(), &"asel".into())
    );
    #[cfg(unix)]
    assert_eq!(who["uid"], {
        use std::os::unix::fs::MetadataExt as _;
        fs::metadata(desk.at("j.jsonl")).unwrap().uid()
    });
}

#[test]
fn without_a_journal_a_scan_writes_nothing() {
    let desk = Desk::new();
    let before = desk.names();
    desk.run("scan clients.csv --policy shop.toml");
    assert_eq!(desk.names(), before);
}

#[test]
fn a_policys_register_gets_every_reading() {
    let desk = Desk::new();
    fs::create_dir(desk.at("_iesiz")).unwrap();
    for command in [
        "scan clients.csv --policy shop.toml",
        "plan clients.csv --policy shop.toml --purpose contract -o plan.toml",
        "policy diff clients.csv --policy shop.toml",
        "subject find clients.csv --policy shop.toml --identifiers person.txt",
        "purge clients.csv --policy shop.toml --dry-run",
        "subject erase clients.csv --policy shop.toml --identifiers person.txt --dry-run",
    ] {
        let output = desk.run(command);
        assert!(!output.stdout.is_empty(), "{command}: {}", said(&output));
        let lines = desk.lines("_iesiz/journal.jsonl");
        let last = lines.last().unwrap();
        let words = command.split(" clients.csv").next().unwrap();
        assert!(
            last["command"].as_str().unwrap().starts_with(words),
            "{last}"
        );
        assert_eq!(last["status"], output.status.code().unwrap(), "{command}");
        assert_eq!(last["tables"][0]["rows"], 40, "{command}");
        assert!(
            !last["outcome"].as_object().unwrap().is_empty(),
            "{command}"
        );
    }
    let lines = desk.lines("_iesiz/journal.jsonl");
    let planned = lines.iter().filter(|line| line["event"] == "planned");
    let read = lines.iter().filter(|line| line["event"] == "read");
    assert_eq!((planned.count(), read.count()), (2, 6));
}

#[test]
fn commands_without_a_policy_are_registered_where_they_are_told_to() {
    let desk = Desk::new();
    for (command, status) in [
        ("verify goods.csv --k 1", 0),
        ("explain goods.csv", 0),
        ("policy init clients.csv -o draft.toml", 0),
    ] {
        let output = desk.run(&format!("{command} --journal j.jsonl"));
        expect_status(&output, status);
        let line = desk.lines("j.jsonl").pop().unwrap();
        assert!(command.starts_with(line["command"].as_str().unwrap()));
        assert_eq!(line["status"], status);
    }
}

#[test]
fn what_cannot_be_registered_is_not_told() {
    let desk = Desk::new();
    let goods = fs::read(desk.at("goods.csv")).unwrap();
    for journal in ["no/such/folder.jsonl", "goods.csv", "shop.toml"] {
        for command in ["scan clients.csv", "policy init clients.csv -o draft.toml"] {
            let output = desk.run(&format!("{command} --journal {journal}"));
            expect_status(&output, 2);
            assert!(output.stdout.is_empty(), "{}", told(&output));
            assert!(
                said(&output).contains("[unregistered]"),
                "{}",
                said(&output)
            );
        }
    }
    assert!(!desk.at("draft.toml").exists());
    assert_eq!(fs::read(desk.at("goods.csv")).unwrap(), goods);
}

#[test]
fn what_failed_is_registered_too() {
    let desk = Desk::new();
    expect_status(&desk.run("scan no.csv clients.csv --journal j.jsonl"), 2);
    expect_status(
        &desk.run("scan clients.csv --policy no.toml --journal j.jsonl"),
        2,
    );
    let [missing, unread] = desk.lines("j.jsonl").try_into().unwrap();
    let tables = missing["tables"].as_array().unwrap();
    assert_eq!((&missing["status"], tables.len()), (&2.into(), 2));
    assert!(
        tables.iter().any(|table| table["code"] == "read"),
        "{missing}"
    );
    assert_eq!(
        (&unread["status"], &unread["code"]),
        (&2.into(), &"read".into())
    );
}

#[test]
fn several_commands_at_once_make_one_chain() {
    let desk = Desk::new();
    let scan = || {
        Command::new(env!("CARGO_BIN_EXE_iesiz"))
            .args(["scan", text(&desk.at("goods.csv"))])
            .args(["--journal", text(&desk.at("j.jsonl"))])
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    };
    let children: Vec<_> = (0..8).map(|_| scan()).collect();
    for mut child in children {
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
    assert_eq!(desk.lines("j.jsonl").len(), 8);
}

#[test]
fn runs_that_keep_a_journal_are_noted_elsewhere_with_its_head() {
    let desk = Desk::new();
    expect_status(
        &desk.run("anonymize goods.csv -o out/ --journal j.jsonl"),
        0,
    );
    let [began, ended] = desk.lines("j.jsonl").try_into().unwrap();
    assert_eq!(
        (&began["command"], &began["status"]),
        (&"anonymize".into(), &Value::Null)
    );
    assert_eq!(
        (&ended["event"], &ended["status"]),
        (&"noted".into(), &0.into())
    );
    let own = desk.at("out/_iesiz/journal.jsonl");
    let head = ended["head"].as_str().unwrap();
    expect_status(
        &iesiz(&["journal", "verify", text(&own), "--head", head]),
        0,
    );
    // A purge has its register, and is noted only where another journal is named.
    let planned = desk.run("purge clients.csv --policy shop.toml --dry-run --format json");
    let plan: Value = serde_json::from_slice(&planned.stdout).unwrap();
    let hash = plan["hash"].as_str().unwrap();
    let confirm = format!("purge clients.csv --policy shop.toml --confirm {hash}");
    let done = desk.run(&format!("{confirm} --journal j.jsonl"));
    assert_ne!(done.status.code(), Some(2), "{}", said(&done));
    assert_eq!(desk.lines("j.jsonl").len(), 4);
    let register = desk.lines("_iesiz/journal.jsonl");
    assert!(
        register
            .iter()
            .all(|line| line["event"] != "noted" && line["who"].is_object())
    );
    assert!(register.iter().any(|line| line["event"] == "act"));
}

/// A journal of two scans, a purge and its plan.
fn shown(desk: &Desk) -> PathBuf {
    desk.run("purge clients.csv --policy shop.toml --dry-run");
    desk.run("scan clients.csv goods.csv --policy shop.toml --actor ticket-7");
    desk.run("scan goods.csv --policy shop.toml");
    desk.at("_iesiz/journal.jsonl")
}

#[test]
fn a_journal_is_shown_in_words_by_table_and_day() {
    let desk = Desk::new();
    let journal = shown(&desk);
    let show = |rest: &[&str]| iesiz(&[&["journal", "show", text(&journal)], rest].concat());
    let all = show(&[]);
    expect_status(&all, 0);
    let all = told(&all);
    // A line of a plan, one of what it read, two tables of one scan, and one of another.
    assert_eq!(all.lines().count(), 5, "{all}");
    assert!(
        all.contains("purge planned for") && all.contains("ticket-7 ("),
        "{all}"
    );
    assert!(
        all.contains("scan read it, status") && all.contains("clients.csv  "),
        "{all}"
    );
    let goods = told(&show(&["--table", "goods*"]));
    assert_eq!(goods.lines().count(), 2, "{goods}");
    assert!(
        goods.lines().all(|line| line.contains("goods.csv")),
        "{goods}"
    );
    assert!(told(&show(&["--until", "2001-01-01"])).is_empty());
    assert_eq!(told(&show(&["--since", "2001-01-01"])), all);
    let table = told(&show(&["--format", "csv"]));
    assert_eq!(table.lines().count(), 6, "{table}");
    let json: Value = serde_json::from_slice(&show(&["--format", "json"]).stdout).unwrap();
    assert_eq!(json["entries"].as_array().unwrap().len(), 5);
    assert_eq!(json["entries"][3]["who"]["actor"], "ticket-7");
}

#[test]
fn a_broken_journal_is_shown_and_called_broken() {
    let desk = Desk::new();
    let journal = shown(&desk);
    let lines = fs::read_to_string(&journal).unwrap();
    write(
        &journal,
        lines.replace("ticket-7", "ticket-8") + "what is this",
    );
    let output = iesiz(&["journal", "show", text(&journal)]);
    expect_status(&output, 2);
    let (told, said) = (told(&output), said(&output));
    assert!(
        told.starts_with("BROKEN: ") && said.contains("[journal]"),
        "{told}{said}"
    );
    assert!(
        told.contains("ticket-8") && told.contains("line 5 cannot be understood"),
        "{told}"
    );
    assert_eq!(told.lines().count(), 2 + 6, "{told}");
    let json = iesiz(&["journal", "show", text(&journal), "--format", "json"]);
    let json: Value = serde_json::from_slice(&json.stdout).unwrap();
    // The line after the changed one does not follow it.
    assert_eq!(json["broken"]["line"], 4);
    let appended = desk.run("scan goods.csv --policy shop.toml");
    expect_status(&appended, 2);
    assert!(appended.stdout.is_empty());
}

#[test]
fn an_unfinished_run_is_told_how_to_end_it() {
    let desk = Desk::new();
    for (command, words) in [
        (
            "purge",
            "iesiz purge SOURCE… --policy FILE --confirm abc123",
        ),
        ("subject erase", "--identifiers FILE --confirm abc123"),
        ("anonymize", "iesiz anonymize … -o "),
        ("apply", "iesiz apply PLAN -o "),
    ] {
        let path = desk.at(&format!("{command}.jsonl"));
        let started = Event::Started {
            command: command.to_owned(),
            version: String::new(),
            patterns: String::new(),
            policy: None,
            operator: None,
            purpose: None,
            plan: "abc123".to_owned(),
            plan_edited: false,
        };
        let mut journal = Journal::open(&path).unwrap();
        journal.append(started).unwrap();
        let said = || {
            let output = iesiz(&["journal", "verify", text(&path)]);
            expect_status(&output, 1);
            told(&output)
        };
        assert!(said().contains(words), "{}", said());
        let changing = Event::Changing {
            database: "postgres://localhost/made-up".to_owned(),
            tables: 2,
        };
        journal.append(changing).unwrap();
        assert!(said().contains("--in-place again"), "{}", said());
    }
}

/// A key as `openssl genpkey -algorithm ed25519` writes it, and its public half as `openssl pkey -pubout` does.
fn key_pair(desk: &Desk, name: &str, seed: u8) -> (PathBuf, PathBuf) {
    let pem = |what: &str, head: &str, bytes: &[u8]| {
        let head = data_encoding::HEXLOWER.decode(head.as_bytes()).unwrap();
        let body = data_encoding::BASE64.encode(&[&head[..], bytes].concat());
        format!("-----BEGIN {what} KEY-----\n{body}\n-----END {what} KEY-----\n")
    };
    let key = ed25519_dalek::SigningKey::from_bytes(&[seed; 32]);
    let (private, public) = (
        desk.at(&format!("{name}.pem")),
        desk.at(&format!("{name}.pub")),
    );
    let of_private = "302e020100300506032b657004220420";
    write(&private, pem("PRIVATE", of_private, key.as_bytes()));
    let of_public = "302a300506032b6570032100";
    write(
        &public,
        pem("PUBLIC", of_public, key.verifying_key().as_bytes()),
    );
    only_for_the_owner(&private, true);
    (private, public)
}

#[cfg(unix)]
fn only_for_the_owner(path: &Path, is_only: bool) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = if is_only { 0o600 } else { 0o640 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn only_for_the_owner(_path: &Path, _is_only: bool) {}

#[test]
fn a_signature_holds_for_its_head_and_says_what_came_since() {
    let desk = Desk::new();
    let (private, public) = key_pair(&desk, "own", 7);
    let (_, other) = key_pair(&desk, "other", 8);
    let verify = |key: &Path| {
        let journal = desk.at("j.jsonl");
        iesiz(&[
            "journal",
            "verify",
            text(&journal),
            "--public-key",
            text(key),
        ])
    };
    desk.run("scan goods.csv --journal j.jsonl");
    let refused = |key: &Path, code: &str| {
        let output = verify(key);
        expect_status(&output, 2);
        assert!(
            said(&output).contains(&format!("[{code}]")),
            "{}",
            said(&output)
        );
    };
    refused(&public, "signature");
    let signed = "scan goods.csv --journal j.jsonl --sign-key own.pem";
    expect_status(&desk.run(signed), 0);
    expect_status(&desk.run(signed), 0);
    let whole = fs::read_to_string(desk.at("j.jsonl")).unwrap();
    let signature = fs::read_to_string(desk.at("j.jsonl.sig")).unwrap();
    expect_status(&verify(&public), 0);
    refused(&other, "signature");
    refused(&private, "key");
    desk.run("scan goods.csv --journal j.jsonl");
    let output = verify(&public);
    expect_status(&output, 1);
    assert!(
        told(&output).contains("one line was written since"),
        "{}",
        told(&output)
    );
    // Lines that were signed are gone, or are others.
    let first = whole.lines().next().unwrap().to_owned() + "\n";
    write(&desk.at("j.jsonl"), first);
    refused(&public, "signature");
    fs::remove_file(desk.at("j.jsonl")).unwrap();
    for _ in 0..3 {
        desk.run("scan goods.csv --journal j.jsonl");
    }
    refused(&public, "signature");
    write(&desk.at("j.jsonl"), &whole);
    expect_status(&verify(&public), 0);
    write(
        &desk.at("j.jsonl.sig"),
        signature.replace("\"lines\": 3", "\"lines\": 2"),
    );
    refused(&public, "signature");
}

#[test]
#[cfg(unix)]
fn a_key_that_others_may_read_is_refused_before_anything_is_done() {
    let desk = Desk::new();
    let (private, public) = key_pair(&desk, "own", 7);
    only_for_the_owner(&private, false);
    for (key, words) in [(&private, "chmod 600"), (&public, "")] {
        if key == &public {
            only_for_the_owner(key, true);
        }
        let output = desk.run(&format!(
            "scan goods.csv --journal j.jsonl --sign-key {}",
            key.file_name().unwrap().to_str().unwrap()
        ));
        expect_status(&output, 2);
        assert!(said(&output).contains("[key]") && said(&output).contains(words));
        assert!(output.stdout.is_empty() && !desk.at("j.jsonl").exists());
    }
}

#[test]
fn an_actor_has_a_name_of_one_line() {
    let desk = Desk::new();
    let output = iesiz(&["scan", text(&desk.at("goods.csv")), "--actor", "a\nb"]);
    expect_status(&output, 2);
    assert!(said(&output).contains("--actor"), "{}", said(&output));
}

//! Purges of tables in databases: the same rows and cells go as from files, in one transaction.

mod killed;
mod store;

use std::process::Output;

use serde_json::Value;

use super::calendar::{Day, iso, last_day, read};
use super::desk::Desk;
use super::qiwi::clients;
use crate::common::{expect_status, iesiz, text, write};
use store::{PAYMENTS_DATASET, Store, desk};

const TODAY: Day = (2026, 5, 1);

/// What is left of the clients on that day: nothing after five years, neither names nor mail after three.
fn left() -> Vec<Vec<String>> {
    let is_over = |row: &[String], years| {
        read(&row[5]).is_some_and(|closed| last_day(closed, years, 0) < TODAY)
    };
    let mut rows = clients().rows;
    rows.retain(|row| !is_over(row, 5));
    for row in rows.iter_mut().filter(|row| is_over(row, 3)) {
        row[2].clear();
        row[4].clear();
    }
    rows
}

fn purge(desk: &Desk, store: &Store, args: &[&str]) -> Output {
    let (address, policy) = (store.address(), desk.policy());
    let usual = ["purge", &address, "--policy", text(&policy)];
    iesiz(&[&usual, args].concat())
}

fn planned(desk: &Desk, store: &Store) -> Value {
    let day = iso(TODAY);
    let output = purge(
        desk,
        store,
        &["--dry-run", "--as-of", &day, "--format", "json"],
    );
    let said = String::from_utf8_lossy(&output.stderr);
    let plan: Value = serde_json::from_slice(&output.stdout).expect(&said);
    assert_eq!(plan["untouched"], Value::Array(Vec::new()), "{plan:#}");
    plan
}

fn hash(desk: &Desk, store: &Store) -> String {
    planned(desk, store)["hash"].as_str().unwrap().to_owned()
}

fn confirm(desk: &Desk, store: &Store, hash: &str) -> Output {
    purge(desk, store, &["--confirm", hash])
}

/// The hash of a plan for some tables only.
fn hash_of_some(desk: &Desk, store: &Store, include: &str) -> String {
    let day = iso(TODAY);
    let args = ["--dry-run", "--as-of", &day, "--format", "json"];
    let output = purge(desk, store, &[&args[..], &["--include", include]].concat());
    let plan: Value = serde_json::from_slice(&output.stdout).unwrap();
    plan["hash"].as_str().unwrap().to_owned()
}

fn confirm_some(desk: &Desk, store: &Store, include: &str, hash: &str) -> Output {
    purge(desk, store, &["--confirm", hash, "--include", include])
}

fn expect_done(output: &Output) {
    assert_ne!(output.status.code(), Some(2), "{output:?}");
}

/// Refused, for a reason; nothing changed.
fn expect_refused(desk: &Desk, store: &Store, hash: &str, word: &str) {
    let before = store.clients();
    let output = confirm(desk, store, hash);
    expect_status(&output, 2);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains(word), "{said}");
    assert_eq!(store.clients(), before);
    assert!(desk.told("replaced").is_empty());
}

#[test]
fn what_goes_from_files_goes_from_databases() {
    for store in Store::all("what_goes_from_files_goes_from_databases") {
        let desk = desk("");
        let plan = planned(&desk, &store);
        assert_eq!(plan, planned(&desk, &store));
        assert_eq!(store.clients(), clients().rows);
        let output = confirm(&desk, &store, plan["hash"].as_str().unwrap());
        expect_done(&output);
        assert_eq!(store.clients(), left());
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(told.contains("changed in place"), "{told}");
        assert!(told.contains("backups of"), "{told}");
        let [done] = &desk.told("replacing")[..] else {
            panic!("one table");
        };
        let gone = clients().rows.len() - left().len();
        assert_eq!(done["destroyed"], gone, "{done:#}");
        assert_eq!(plan["tables"][0]["destroyed"], gone);
        assert_ne!(done["before"], done["after"]);
        let again = planned(&desk, &store);
        assert_eq!(again["tables"][0]["destroyed"], 0, "{again:#}");
        assert_eq!(
            again["tables"][0]["gone"],
            Value::Array(Vec::new()),
            "{again:#}"
        );
        let act = std::fs::read_dir(desk.register())
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let act = { act }
            .find(|path| text(path).contains("act-"))
            .expect("an act");
        let act: Value = serde_json::from_slice(&std::fs::read(act).unwrap()).unwrap();
        let remainders = act["not_reached"].as_array().unwrap();
        assert!(
            remainders.iter().any(|r| r["code"] == "database-files"),
            "{act:#}"
        );
    }
}

#[test]
fn nothing_personal_is_written_down() {
    for store in Store::all("nothing_personal_is_written_down") {
        let desk = desk("");
        let output = confirm(&desk, &store, &hash(&desk, &store));
        let mut written: Vec<u8> = [output.stdout, output.stderr].concat();
        for (_, bytes) in super::desk::files_of(&desk.register()) {
            written.extend(bytes);
        }
        let written = String::from_utf8_lossy(&written);
        for cell in clients().rows.iter().flat_map(|row| &row[..5]) {
            assert!(!written.contains(cell.as_str()), "{cell}");
        }
    }
}

#[test]
fn rows_that_come_meanwhile_stay_and_one_that_would_go_makes_the_plan_stale() {
    for store in Store::all("rows_that_come_meanwhile") {
        let desk = desk("");
        let hash = hash(&desk, &store);
        let new = |wallet: &str, closed: &str| {
            let row = [
                wallet,
                "login",
                "Ахметов Дамир",
                "+7 700 000 00 00",
                "a@example.com",
                closed,
            ];
            row.map(str::to_owned)
        };
        store.add(&new("A1", "2018-05-05"));
        expect_refused(&desk, &store, &hash, "[stale-plan]");
        store.run("delete from clients where wallet = 'A1'");
        store.run("update clients set login = 'other' where wallet = 'W00000'");
        expect_refused(&desk, &store, &hash, "[stale-plan]");
        store.run("update clients set login = 'login0' where wallet = 'W00000'");
        store.add(&new("A2", "2026-04-30"));
        expect_done(&confirm(&desk, &store, &hash));
        let mut expected = vec![new("A2", "2026-04-30").to_vec()];
        expected.extend(left());
        assert_eq!(store.clients(), expected);
    }
}

#[test]
fn blocked_people_keep_their_rows() {
    for store in Store::all("blocked_people_keep_their_rows") {
        let desk = desk("blocked = \"blocked.txt\"");
        write(&desk.at("blocked.txt"), "W00003\n");
        let hash = hash(&desk, &store);
        write(&desk.at("blocked.txt"), "");
        expect_refused(&desk, &store, &hash, "[stale-plan]");
        write(&desk.at("blocked.txt"), "W00000\nW00003\n");
        expect_done(&confirm(&desk, &store, &hash));
        let mut expected = clients().rows;
        expected.retain(|row| ["W00000", "W00003"].contains(&row[0].as_str()));
        assert_eq!(expected.len(), 2);
        expected.extend(left());
        expected.sort();
        assert_eq!(store.clients(), expected);
    }
}

#[test]
fn rows_that_others_refer_to_stay_until_these_go_too() {
    for store in Store::all("rows_that_others_refer_to") {
        store.add_payments();
        let desk = desk("");
        let list = std::fs::read_to_string(desk.policy()).unwrap();
        let alone = ["--include", "*clients"];
        let day = iso(TODAY);
        let plan = [
            &["--dry-run", "--as-of", &day, "--format", "json"][..],
            &alone,
        ]
        .concat();
        let plan: Value = serde_json::from_slice(&purge(&desk, &store, &plan).stdout).unwrap();
        let confirm_alone = [
            "--confirm",
            plan["hash"].as_str().unwrap(),
            "--include",
            "*clients",
        ];
        expect_status(&purge(&desk, &store, &confirm_alone), 2);
        assert_eq!(store.clients(), clients().rows);
        write(&desk.policy(), format!("{list}\n{PAYMENTS_DATASET}"));
        expect_done(&confirm(&desk, &store, &hash(&desk, &store)));
        assert_eq!(store.clients(), left());
        let wallets = |rows: Vec<Vec<String>>| rows.into_iter().map(|mut row| row.swap_remove(0));
        let paid: Vec<String> = wallets(store.rows("payments", &["wallet"])).collect();
        assert!(paid.iter().eq(wallets(left()).collect::<Vec<_>>().iter()));
    }
}

#[test]
fn what_a_cascade_would_take_along_is_asked_for_first() {
    for store in Store::all("what_a_cascade_would_take_along") {
        let Store::Postgres(_) = store else {
            continue;
        };
        for action in ["cascade", "set null"] {
            let desk = desk("");
            store.run("drop table if exists payments");
            store.run(&format!(
                "create table payments (id int primary key, wallet varchar(20) references clients on delete {action})"
            ));
            store.run("insert into payments select 1, wallet from clients where wallet = 'W00000'");
            let hash = hash_of_some(&desk, &store, "*clients");
            let output = confirm_some(&desk, &store, "*clients", &hash);
            expect_status(&output, 2);
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(said.contains("payments"), "{said}");
            assert_eq!(store.rows("payments", &["wallet"]), [["W00000"]]);
        }
    }
}

/// Tables beside each other of which one changes not at all: each is told once.
#[test]
fn tables_in_which_nothing_goes_are_told_beside_those_that_change() {
    for store in Store::all("tables_in_which_nothing_goes") {
        for name in ["a_clients", "b_clients", "c_clients"] {
            store.run(&format!(
                "create table {name} as select * from clients where wallet in ('W00000', 'W00025')"
            ));
            store.run(&format!(
                "create unique index {name}_key on {name} (wallet)"
            ));
            if let Store::Postgres(_) = store {
                store.run(&format!("alter table {name} alter wallet set not null"));
            }
        }
        store.run("delete from b_clients where wallet = 'W00000'");
        let desk = Desk::new(
            "qiwi_kazakhstan",
            &super::qiwi::CLIENTS.replace("\"clients*\"", "\"*_clients\""),
        );
        let hash = hash_of_some(&desk, &store, "*_clients");
        for _ in 0..2 {
            let output = confirm_some(&desk, &store, "*_clients", &hash);
            expect_done(&output);
            assert_eq!(desk.told("replaced").len(), 2, "{output:?}");
        }
        for name in ["a_clients", "b_clients", "c_clients"] {
            assert_eq!(store.rows(name, &["wallet"]), [["W00025"]]);
        }
    }
}

/// A journal that says that something was about to go is no proof that it went.
#[test]
fn what_was_about_to_go_and_did_not_is_not_called_gone() {
    for store in Store::all("what_was_about_to_go_and_did_not") {
        let desk = desk("");
        let hash = hash(&desk, &store);
        let journal = desk.register().join("journal.jsonl");
        expect_done(&confirm(&desk, &store, &hash));
        let text = std::fs::read_to_string(&journal).unwrap();
        let until = text.find("\"event\":\"replaced\"").unwrap();
        let begun = text[..until].rfind('\n').unwrap() + 1;
        write(&journal, &text[..begun]);
        std::fs::read_dir(desk.register())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| crate::common::text(path).contains("act-"))
            .for_each(|act| std::fs::remove_file(act).unwrap());
        // The rows came back, and none of them is due any more.
        store.run("delete from clients");
        store.fill();
        store.run("update clients set closed_on = '2026-04-01'");
        let output = confirm(&desk, &store, &hash);
        expect_status(&output, 2);
        assert!(desk.told("replaced").is_empty());
        let files = super::desk::files_of(&desk.register());
        assert!(
            !files.keys().any(|name| name.contains("act-")),
            "{:?}",
            files.keys()
        );
    }
}

#[test]
fn triggers_that_write_elsewhere_stop_a_purge() {
    for store in Store::all("triggers_that_write_elsewhere_stop_a_purge") {
        store.run("create table gone (wallet varchar(20))");
        match store {
            Store::Postgres(_) => store.run(
                "create function keep() returns trigger language plpgsql as $$ begin insert into gone values (old.wallet); return old; end $$;
                 create trigger keep before delete on clients for each row execute function keep()",
            ),
            Store::Mysql(_) => store.run(
                "create trigger keep after delete on clients for each row insert into gone values (old.wallet)",
            ),
            Store::Sqlite(_) => store.run(
                "create trigger keep after delete on clients begin insert into gone values (old.wallet); end",
            ),
        }
        let desk = desk("");
        let hash = hash_of_some(&desk, &store, "*clients");
        expect_status(&confirm_some(&desk, &store, "*clients", &hash), 2);
        assert_eq!(store.clients(), clients().rows);
        assert!(store.rows("gone", &["wallet"]).is_empty());
    }
}

#[test]
fn a_view_is_not_purged() {
    for store in Store::all("a_view_is_not_purged") {
        store.run("create view clients_seen as select * from clients");
        let desk = Desk::new(
            "qiwi_kazakhstan",
            &super::qiwi::CLIENTS.replace("\"clients*\"", "\"*clients*\""),
        );
        let output = purge(&desk, &store, &["--dry-run", "--views"]);
        expect_status(&output, 2);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("[not-in-place]"), "{said}");
    }
}

#[test]
fn a_person_is_found_and_erased() {
    for store in Store::all("a_person_is_found_and_erased") {
        let desk = desk("");
        write(&desk.at("who"), "W00000\n");
        let (address, policy, who) = (store.address(), desk.policy(), desk.at("who"));
        let subject = |what: &str, more: &[&str]| {
            let usual = [
                "subject",
                what,
                &address,
                "--policy",
                text(&policy),
                "--identifiers",
                text(&who),
            ];
            iesiz(&[&usual, more].concat())
        };
        let found = subject("find", &["--format", "json"]);
        let found: Value = serde_json::from_slice(&found.stdout).unwrap();
        assert_eq!(found["tables"][0]["rows"], 1, "{found:#}");
        let plan = subject("erase", &["--dry-run", "--format", "json"]);
        let plan: Value = serde_json::from_slice(&plan.stdout).unwrap();
        let hash = plan["hash"].as_str().unwrap();
        write(&desk.at("who"), "W00003\n");
        expect_status(&subject("erase", &["--confirm", hash]), 2);
        assert_eq!(store.clients(), clients().rows);
        write(&desk.at("who"), "W00000\n");
        expect_done(&subject("erase", &["--confirm", hash]));
        let mut expected = clients().rows;
        expected.retain(|row| row[0] != "W00000");
        assert_eq!(store.clients(), expected);
    }
}

#[test]
fn what_a_backup_brings_back_goes_again() {
    for store in Store::all("what_a_backup_brings_back_goes_again") {
        let desk = desk("");
        write(&desk.at("key"), [7; 32]);
        let (manifest, key) = (desk.at("gone.manifest"), desk.at("key"));
        let key = ["--manifest-key", text(&key)];
        let noting = [&["--manifest", text(&manifest)][..], &key].concat();
        let hash = hash(&desk, &store);
        expect_done(&purge(
            &desk,
            &store,
            &[&["--confirm", &hash], &noting[..]].concat(),
        ));
        store.run("delete from clients");
        store.fill();
        let again = [&["--reapply", text(&manifest)][..], &key].concat();
        let plan = purge(
            &desk,
            &store,
            &[&again[..], &["--dry-run", "--format", "json"]].concat(),
        );
        let plan: Value = serde_json::from_slice(&plan.stdout).unwrap();
        let hash = plan["hash"].as_str().unwrap();
        expect_done(&purge(
            &desk,
            &store,
            &[&again[..], &["--confirm", hash]].concat(),
        ));
        assert_eq!(store.clients(), left());
    }
}

#[test]
fn data_past_its_term_is_told_of_databases_too() {
    for store in Store::all("data_past_its_term_is_told_of_databases_too") {
        let desk = desk("");
        let (address, policy, day) = (store.address(), desk.policy(), iso(TODAY));
        let output = iesiz(&[
            "policy",
            "diff",
            &address,
            "--policy",
            text(&policy),
            "--as-of",
            &day,
        ]);
        expect_status(&output, 1);
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(told.contains("FOUND PAST ITS TERM"), "{told}");
    }
}

//! Others who work with the tables meanwhile, and plans of other people.

use std::process::Command;

use super::{as_token, begun, few, hashes, one, planned, until};
use crate::common::{expect_status, text};

/// The session of a run that waits for a lock.
const WAITING: &str = "select count(*) from pg_locks l join pg_stat_activity a using (pid)
where not l.granted and a.application_name = 'iesiz' and a.datname = current_database()";

#[test]
fn a_lock_of_others_is_waited_for_and_given_up_in_the_end() {
    let Some(database) = few("in place: locks", 40) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let (mut holder, mut session) = (database.inside(), database.inside());
    let before = hashes(&mut session);
    for is_given_up in [true, false] {
        holder
            .batch_execute("begin; lock table contract in row exclusive mode")
            .unwrap();
        let run = begun(&database.address(), folder.path());
        until(|| one::<i64>(&mut session, WAITING) > 0);
        if is_given_up {
            // As the server does by itself after half a minute.
            let give_up = "select count(pg_cancel_backend(pid)) from pg_stat_activity where application_name = 'iesiz' and wait_event_type = 'Lock' and datname = current_database()";
            assert_eq!(one::<i64>(&mut session, give_up), 1);
            expect_status(&run.wait_with_output().unwrap(), 2);
            holder.batch_execute("rollback").unwrap();
            assert_eq!(hashes(&mut session), before);
        } else {
            holder.batch_execute("rollback").unwrap();
            expect_status(&run.wait_with_output().unwrap(), 0);
        }
    }
    assert_ne!(hashes(&mut session), before);
}

#[test]
fn rows_written_meanwhile_are_anonymized_whole_or_not_at_all() {
    let Some(database) = few("in place: somebody writes", 200) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut session = database.inside();
    let mut run = begun(&database.address(), folder.path());
    let mut written = 0_i64;
    while run.try_wait().unwrap().is_none() {
        written += 1;
        let iin = format!("9{written:011}");
        let statement = format!(
            "insert into person (iin, full_name, email) values ('{iin}', 'Late One', 'late{written}@mail.example.kz');
             insert into contract (iin, amount) values ('{iin}', 1)"
        );
        session.batch_execute(&statement).unwrap();
    }
    expect_status(&run.wait_with_output().unwrap(), 0);
    let count = "select count(*) from person join contract using (iin)";
    assert_eq!(one::<i64>(&mut session, count), 200 + written);
    let left = "select count(*) from person where email like '%@%' and email not like 'late%'";
    assert_eq!(one::<i64>(&mut session, left), 0);
    let half = "select count(*) from person where (email like '%@%') <> (iin ~ '^[0-9]+$') or (email like '%@%') <> (full_name <> '')";
    assert_eq!(one::<i64>(&mut session, half), 0);
}

#[test]
fn an_edited_plan_is_applied_with_a_password_from_the_environment() {
    let Some(database) = few("in place: an edited plan", 40) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut session = database.inside();
    let names = "select string_agg(distinct full_name, ',') from person";
    let plan = planned(
        &database.address(),
        folder.path(),
        |_, column| match column["path"].as_str() {
            Some("full_name") => {
                column.insert("action".to_owned(), "rewrite".into());
                column.insert("method".to_owned(), "redact".into());
            }
            Some("note") => as_token(column),
            _ => (),
        },
    );
    let written = std::fs::read_to_string(&plan).unwrap();
    assert!(!written.contains("made-up"), "{written}");
    let apply = |password: Option<&str>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_iesiz"));
        let register = folder.path().join("register");
        command
            .args([
                "apply",
                text(&plan),
                "--in-place",
                "--register",
                text(&register),
            ])
            .env("HOME", folder.path())
            .env_remove("PGPASSWORD");
        command.envs(password.map(|password| ("PGPASSWORD", password)));
        command.output().unwrap()
    };
    let all = hashes(&mut session);
    for wrong in [None, Some("wrong-one")] {
        expect_status(&apply(wrong), 2);
        assert_eq!(hashes(&mut session), all);
    }
    expect_status(&apply(Some("made-up")), 0);
    assert_eq!(one::<String>(&mut session, names), "[redacted]");
    let tokens =
        "select count(*) from person where note ~ '^[0-9a-f]{32}$' and iin ~ '^[a-z]{12}$'";
    assert_eq!(one::<i64>(&mut session, tokens), 40);
    for entry in std::fs::read_dir(folder.path().join("register")).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("made-up"));
    }
}

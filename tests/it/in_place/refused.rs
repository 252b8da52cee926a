//! What cannot be done leaves everything as it was and says why, by the names of what refused.

use std::path::Path;

use postgres::Client;

use super::{as_token, few, fill, hashes, in_place, one, planned, said};
use crate::common::{expect_status, iesiz, text};
use crate::databases::postgres::Database;

/// Tries it and finds everything as it was.
fn refused(
    database: &Database,
    command: &str,
    what: &str,
    folder: &Path,
    status: i32,
    names: &[&str],
) {
    let mut session = database.inside();
    let before = hashes(&mut session);
    let output = in_place(command, what, folder, &[]);
    expect_status(&output, status);
    assert_eq!(hashes(&mut session), before);
    let said = said(&output);
    for name in names {
        assert!(said.contains(name), "{name}: {said}");
    }
}

fn run(session: &mut Client, statements: &str) {
    session.batch_execute(statements).unwrap();
}

#[test]
fn a_check_that_a_token_breaks() {
    let Some(database) = few("in place: a check", 40) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    run(
        &mut database.inside(),
        "alter table person add constraint iin_is_digits check (iin ~ '^[0-9]{12}$')",
    );
    let names = ["iin_is_digits", "person"];
    refused(
        &database,
        "anonymize",
        &database.address(),
        folder.path(),
        2,
        &names,
    );
}

#[test]
fn a_domain_that_takes_no_token() {
    let Some(database) = few("in place: a domain", 40) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    run(
        &mut database.inside(),
        "create domain mail as text constraint has_at check (value like '%@%'); alter table person alter email type mail",
    );
    refused(
        &database,
        "anonymize",
        &database.address(),
        folder.path(),
        2,
        &["has_at"],
    );
}

#[test]
fn a_column_that_must_hold_what_nothing_stands_for() {
    let Some(database) = few("in place: an enum", 40) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let plan = planned(&database.address(), folder.path(), |_, column| {
        if column["path"].as_str() == Some("mood") {
            column.insert("action".to_owned(), "drop".into());
        }
    });
    refused(
        &database,
        "apply",
        text(&plan),
        folder.path(),
        2,
        &["column mood", "person"],
    );
}

#[test]
fn a_key_too_short_for_tokens_that_differ() {
    let Some(database) = few("in place: a short key", 40) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    run(
        &mut database.inside(),
        "create table door (code char(1) constraint door_code unique); insert into door select chr(n) from generate_series(48, 90) n",
    );
    let plan = planned(&database.address(), folder.path(), |table, column| {
        if table.ends_with("door") {
            as_token(column);
        }
    });
    refused(
        &database,
        "apply",
        text(&plan),
        folder.path(),
        2,
        &["door_code", "door"],
    );
}

#[test]
fn a_plan_of_groups() {
    let Some(database) = few("in place: groups", 40) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    run(
        &mut database.inside(),
        "alter table person add birth_date date; update person set birth_date = date '1850-01-01' + length(email) * 400",
    );
    let plan = folder.path().join("plan.toml");
    let output = iesiz(&["plan", &database.address(), "--k", "2", "-o", text(&plan)]);
    assert!(plan.exists(), "{}", said(&output));
    assert!(std::fs::read_to_string(&plan).unwrap().contains("privacy"));
    refused(
        &database,
        "apply",
        text(&plan),
        folder.path(),
        2,
        &["--k 1"],
    );
}

#[test]
fn a_table_that_is_gone_and_one_of_another_shape() {
    let Some(database) = few("in place: a table that is gone", 40) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let plan = planned(&database.address(), folder.path(), |_, _| ());
    let mut session = database.inside();
    run(&mut session, "alter table contract add column more text");
    refused(
        &database,
        "apply",
        text(&plan),
        folder.path(),
        2,
        &["contract"],
    );
    run(&mut session, "drop table contract");
    refused(
        &database,
        "apply",
        text(&plan),
        folder.path(),
        2,
        &["contract"],
    );
}

/// Where a trigger on people may write old values to, and what it does.
const ASIDE: &[(&str, &str, &str)] = &[
    (
        "create table aside (id serial, was jsonb)",
        "insert into public.aside (was) values (to_jsonb(old))",
        "aside",
    ),
    (
        "create table aside (id int primary key, was text); insert into aside values (1, '')",
        "update public.aside set was = was || old.iin",
        "aside",
    ),
    (
        "create table aside (at int, was text) partition by range (at); create table aside_1 partition of aside default",
        "insert into public.aside values (1, old.full_name)",
        "aside",
    ),
    (
        "alter table contract add column was text",
        "insert into public.contract (iin, amount, was) values (new.iin, 1, old.full_name)",
        "contract",
    ),
    (
        "create table \"В.Сторону\" (was text)",
        "begin insert into public.\"В.Сторону\" values (old.email); exception when others then null; end",
        "В.Сторону",
    ),
    (
        "create table unused (n int)",
        "perform pg_catalog.lo_from_bytea(0, convert_to(old.iin, 'UTF8'))",
        "pg_largeobject",
    ),
];

#[test]
fn a_trigger_that_writes_old_values_elsewhere() {
    for (made, does, aside) in ASIDE {
        let Some(database) = few("in place: a trigger that writes elsewhere", 40) else {
            return;
        };
        let folder = tempfile::tempdir().unwrap();
        run(
            &mut database.inside(),
            &format!(
                "{made}; create function keep() returns trigger language plpgsql as $$ begin {does}; return new; end $$;
                 create trigger \"Keeps Old\" after update on person for each row execute function keep()"
            ),
        );
        let names = [*aside, "Keeps Old of public.person"];
        refused(
            &database,
            "anonymize",
            &database.address(),
            folder.path(),
            2,
            &names,
        );
        let mut session = database.inside();
        assert_eq!(
            one::<i64>(&mut session, "select count(*) from pg_largeobject_metadata"),
            0
        );
        run(
            &mut session,
            "alter table person disable trigger \"Keeps Old\"",
        );
        expect_status(
            &in_place("anonymize", &database.address(), folder.path(), &[]),
            0,
        );
    }
}

#[test]
fn a_trigger_that_puts_old_values_into_the_same_row_is_an_attack_that_succeeds() {
    let Some(database) = few("in place: a trigger in the row", 40) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    run(
        &mut database.inside(),
        "create function keep() returns trigger language plpgsql as $$ begin new.note = old.email; return new; end $$;
         create trigger keeps before update on person for each row execute function keep()",
    );
    refused(
        &database,
        "anonymize",
        &database.address(),
        folder.path(),
        1,
        &["NOT CHANGED"],
    );
}

#[test]
fn a_trigger_that_lets_rows_stay() {
    let Some(database) = few("in place: a trigger that lets rows stay", 40) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    run(
        &mut database.inside(),
        "alter table contract drop constraint contract_iin_fkey; create function skip() returns trigger language plpgsql as $$ begin return null; end $$;
         create trigger skips before update on person for each row execute function skip()",
    );
    refused(
        &database,
        "anonymize",
        &database.address(),
        folder.path(),
        2,
        &["trigger"],
    );
}

#[test]
fn rows_that_follow_those_they_refer_to_are_no_trigger() {
    let Some(database) = few("in place: cascades", 40) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut session = database.inside();
    // The reference stays in the plan, and the server lets it follow.
    let plan = planned(&database.address(), folder.path(), |table, column| {
        if table.ends_with("contract") && column["path"].as_str() == Some("iin") {
            column.insert("action".to_owned(), "keep".into());
            column.insert("verdict".to_owned(), "clean".into());
            column.remove("method");
        }
    });
    expect_status(&in_place("apply", text(&plan), folder.path(), &[]), 0);
    let met = "select count(*) from person join contract using (iin) where iin !~ '[0-9]'";
    assert_eq!(one::<i64>(&mut session, met), 40);
    run(&mut session, "truncate person, contract");
    fill(&mut session, 40);
}

#[test]
fn rows_that_move_to_another_part_are_no_trigger() {
    let Some(database) = few("in place: rows that move", 40) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    run(
        &mut database.inside(),
        "create table visit (iin text not null, n int) partition by hash (iin); create table visit_0 partition of visit for values with (modulus 2, remainder 0);
         create table visit_1 partition of visit for values with (modulus 2, remainder 1); insert into visit select iin, amount from contract;
         create function same() returns trigger language plpgsql as $$ begin return new; end $$;
         create trigger does_nothing after update on visit for each row execute function same()",
    );
    let plan = planned(&database.address(), folder.path(), |table, column| {
        if table.ends_with("visit") && column["path"].as_str() == Some("iin") {
            as_token(column);
        }
    });
    expect_status(&in_place("apply", text(&plan), folder.path(), &[]), 0);
    let met = "select count(*) from person p join visit v on p.iin = v.iin";
    assert_eq!(one::<i64>(&mut database.inside(), met), 40);
}

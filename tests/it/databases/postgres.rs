//! Servers of `PostgreSQL`.

use postgres::{Client, NoTls};
use url::Url;

use super::{keep_secret, new_name, scanned, told, with_environment};
use crate::common::{expect_status, iesiz, iins, server, text, write};

/// A database of its own on a server; gone when dropped.
pub(crate) struct Database {
    server: Url,
    name: String,
}

impl Database {
    pub(crate) fn new(test: &str) -> Option<Self> {
        let server = server(test, "IESIZ_TEST_POSTGRES")?;
        let name = new_name();
        let mut session = Client::connect(server.as_str(), NoTls).unwrap();
        session
            .batch_execute(&format!("create database {name}"))
            .unwrap();
        Some(Self { server, name })
    }

    /// A session in the database.
    pub(crate) fn inside(&self) -> Client {
        Client::connect(&self.address(), NoTls).unwrap()
    }

    pub(super) fn run(&self, statements: &str) {
        self.inside().batch_execute(statements).unwrap();
    }

    /// What a person would name as SOURCE.
    pub(crate) fn address(&self) -> String {
        let mut address = self.server.clone();
        address.set_path(&self.name);
        address.to_string()
    }

    /// The same for another user, who is made without any right.
    pub(super) fn address_of_user(&self) -> String {
        self.run(&format!(
            "create role {} login password 'made-up'",
            self.user()
        ));
        let mut address = Url::parse(&self.address()).unwrap();
        address.set_username(&self.user()).unwrap();
        address.to_string()
    }

    pub(super) fn user(&self) -> String {
        format!("u{}", self.name)
    }

    fn table(&self, name: &str) -> String {
        format!("{}/public.{name}", self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let mut session = Client::connect(self.server.as_str(), NoTls).unwrap();
        let _ = session.batch_execute(&format!("drop database {} with (force)", self.name));
        let _ = session.batch_execute(&format!("drop role if exists {}", self.user()));
    }
}

pub(super) fn fill(database: &Database, table: &str) {
    let rows: Vec<String> = iins(40).iter().map(|iin| format!("('{iin}')")).collect();
    database.run(&format!(
        "create table {table} (id serial primary key, iin text not null); insert into {table} (iin) values {}",
        rows.join(",")
    ));
}

#[test]
fn tables_of_every_sort_are_told_apart() {
    let Some(database) = Database::new("postgres: tables of every sort") else {
        return;
    };
    fill(&database, "clients");
    database.run(
        "create table \"a\"\"b/c.я\" (\"x.\"\"y\" text); insert into \"a\"\"b/c.я\" select iin from clients; \
         create view seen as select iin from clients; \
         create materialized view kept as select iin from clients; \
         create table parts (id int, iin text) partition by range (id); \
         create table parts_1 partition of parts for values from (0) to (20); \
         create table parts_2 partition of parts default; \
         insert into parts select * from clients; \
         create table heir (extra text) inherits (clients); insert into heir (iin) values ('x'); \
         create table only_empty (a text); insert into only_empty values (null), (''), (null); \
         create schema \"b.c\"; create table \"b.c\".d (iin text); create schema b; create table b.\"c.d\" (iin text)",
    );
    database.run(
        "create foreign data wrapper nothing; create server nowhere foreign data wrapper nothing; \
         create foreign table far (iin text) server nowhere",
    );
    let found = scanned(&[&database.address()]);
    let rows: Vec<(&str, Option<u64>)> = { found.iter() }
        .map(|(name, table)| (name.split_once('/').unwrap().1, table.rows))
        .collect();
    let expected = [
        ("\"b.c\".d", Some(0)),
        ("b.\"c.d\"", Some(0)),
        ("public.\"a\"\"b%2Fc.я\"", Some(40)),
        ("public.clients", Some(40)),
        ("public.heir", Some(1)),
        ("public.kept", Some(40)),
        ("public.only_empty", Some(3)),
        ("public.parts", Some(40)),
    ];
    assert_eq!(rows, expected);
    assert_eq!(found[&database.table("parts")].category("iin"), "iin");
    let with_views = scanned(&[&database.address(), "--views", "--include", "seen"]);
    // The view shows the heir's row too.
    assert_eq!(with_views[&database.table("seen")].rows, Some(41));
}

#[test]
fn values_inside_other_values_are_looked_into() {
    let Some(database) = Database::new("postgres: values inside values") else {
        return;
    };
    fill(&database, "clients");
    database.run(
        "create extension hstore; create domain number_of_person as text; create type who as (iin text, n int); \
         create table t (a text[], b jsonb, c hstore, d bytea, e number_of_person, f who, g json[]); \
         insert into t select array[iin, 'x'], jsonb_build_object('who', iin), hstore('who', iin), \
         convert_to(iin, 'UTF8'), iin, row(iin, 1)::who, array[json_build_object('k', iin)] from clients; \
         create type mood as enum ('+77001234567', '+77007654321'); create table moods (m mood); \
         insert into moods select case when n % 2 = 0 then '+77001234567' else '+77007654321' end::mood from generate_series(1, 40) n",
    );
    let output = iesiz(&["scan", &database.address(), "--format", "json"]);
    expect_status(&output, 1);
    let findings: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let tables = findings["tables"].as_array().unwrap();
    let is_t = |table: &&serde_json::Value| table["source"].as_str().unwrap().ends_with("public.t");
    let columns = tables.iter().find(is_t).unwrap()["columns"]
        .as_array()
        .unwrap();
    assert_eq!(columns.len(), 7);
    for column in columns {
        assert!(column.to_string().contains("\"iin\""), "{column}");
        assert_ne!(column["verdict"], "clean", "{column}");
    }
    let found = told(&output);
    assert_eq!(
        found[&database.table("moods")].category("m"),
        "phone_number"
    );
}

#[test]
fn a_long_cell_comes_whole_and_too_long_a_one_is_told() {
    let Some(database) = Database::new("postgres: long cells") else {
        return;
    };
    database.run("create table t (id int, words text); insert into t values (1, repeat('зқ', 1000000)), (2, 'x')");
    let options = iesiz::source::Options::default();
    let found = iesiz::source::discover(&[database.address()], &options).unwrap();
    let mut longest = 0;
    for pending in found.tables[0].read().unwrap() {
        let batch = (pending.unwrap().decode)().unwrap();
        let frame = batch.frame().unwrap().into_owned();
        let lengths = frame
            .column("words")
            .unwrap()
            .str()
            .unwrap()
            .iter()
            .flatten()
            .map(str::len);
        longest = longest.max(lengths.max().unwrap_or(0));
    }
    assert_eq!(longest, 4_000_000);
    database.run("update t set words = repeat('x', 100000000) where id = 2");
    let output = iesiz(&["scan", &database.address()]);
    expect_status(&output, 2);
}

#[test]
fn what_may_not_be_read_is_unread() {
    let Some(database) = Database::new("postgres: what may not be read") else {
        return;
    };
    for table in ["clients", "closed", "guarded"] {
        fill(&database, table);
    }
    let address = database.address_of_user();
    let user = database.user();
    database.run(&format!(
        "grant select on clients, guarded to {user}; alter table guarded enable row level security; \
         create policy few on guarded using (id < 3)"
    ));
    let output = iesiz(&["scan", "--format", "json", &address]);
    expect_status(&output, 2);
    let rows: Vec<Option<u64>> = told(&output).values().map(|table| table.rows).collect();
    assert_eq!(rows, [Some(40), None, None]);
}

#[test]
fn credentials_come_from_the_environment_or_a_file_and_are_never_shown() {
    let Some(database) = Database::new("postgres: credentials") else {
        return;
    };
    fill(&database, "clients");
    let folder = tempfile::tempdir().unwrap();
    let home = text(folder.path());
    let mut bare = Url::parse(&database.address()).unwrap();
    let (host, port) = (
        bare.host_str().unwrap().to_owned(),
        bare.port().unwrap().to_string(),
    );
    bare.set_password(None).unwrap();
    let scan = |address: &str, known: &[(&str, &str)]| {
        let output = with_environment(&["scan", address, "--log", "trace"], known);
        let said =
            String::from_utf8([output.stdout.clone(), output.stderr.clone()].concat()).unwrap();
        assert!(
            !said.contains("made-up") && !said.contains("wrong-one"),
            "{said}"
        );
        output.status.code()
    };
    let bare = bare.as_str();
    assert_eq!(scan(&database.address(), &[("HOME", home)]), Some(1));
    assert_eq!(scan(bare, &[("HOME", home)]), Some(2));
    assert_eq!(
        scan(bare, &[("HOME", home), ("PGPASSWORD", "made-up")]),
        Some(1)
    );
    assert_eq!(
        scan(bare, &[("HOME", home), ("PGPASSWORD", "wrong-one")]),
        Some(2)
    );
    let around = [
        ("HOME", home),
        ("PGHOST", &host),
        ("PGPORT", &port),
        ("PGUSER", "tester"),
        ("PGPASSWORD", "made-up"),
        ("PGDATABASE", &database.name),
    ];
    assert_eq!(scan("postgres://", &around), Some(1));
    let passwords = folder.path().join(".pgpass");
    write(&passwords, format!("{host}:{port}:*:tester:made-up\n"));
    let open = with_environment(&["scan", bare], &[("HOME", home)]);
    assert!(String::from_utf8_lossy(&open.stderr).contains("chmod 600"));
    keep_secret(&passwords);
    assert_eq!(scan(bare, &[("HOME", home)]), Some(1));
    let elsewhere = folder.path().join("elsewhere");
    write(&elsewhere, "*:*:*:*:wrong-one\n");
    keep_secret(&elsewhere);
    assert_eq!(
        scan(bare, &[("HOME", home), ("PGPASSFILE", text(&elsewhere))]),
        Some(2)
    );
}

#[test]
fn all_tables_are_as_of_one_moment() {
    let Some(database) = Database::new("postgres: one moment") else {
        return;
    };
    fill(&database, "clients");
    fill(&database, "orders");
    let options = iesiz::source::Options::default();
    let found = iesiz::source::discover(&[database.address()], &options).unwrap();
    database.run("delete from clients; insert into orders (iin) values ('x')");
    for table in &found.tables {
        let rows: usize = { table.read().unwrap() }
            .map(|pending| (pending.unwrap().decode)().unwrap().height())
            .sum();
        assert_eq!(rows, 40, "{}", table.id());
    }
}

/// Numbers in the first column of a table's rows.
fn numbers(batches: iesiz::source::Batches) -> Vec<u64> {
    let mut numbers = Vec::new();
    for pending in batches {
        let batch = (pending.unwrap().decode)().unwrap();
        let frame = batch.frame().unwrap().into_owned();
        let column = frame.columns()[0].str().unwrap().clone();
        numbers.extend(column.iter().flatten().map(|n| n.parse::<u64>().unwrap()));
    }
    numbers
}

#[test]
fn a_sample_is_drawn_by_the_server_from_all_rows_alike() {
    let Some(database) = Database::new("postgres: a sample") else {
        return;
    };
    database.run("create table large as select n, repeat('x', n % 200) words from generate_series(1, 100000) n; create view shown as select n from large; create table parts (n int) partition by list ((n % 2)); create table odd partition of parts for values in (1); create table even partition of parts for values in (0); insert into parts select n from large; create table small as select n from generate_series(1, 10) n");
    let mut options = iesiz::source::Options::default();
    options.choice.views = true;
    let found = iesiz::source::discover(&[database.address()], &options).unwrap();
    database.run("delete from large");
    assert_eq!(found.tables.len(), 4);
    for table in found.tables {
        let is_small = table.id().0.contains("small");
        let (rows, most) = if is_small { (10, 10) } else { (100_000, 1_000) };
        let (batches, of) = table.drawn(1_000).unwrap().unwrap();
        let sent = numbers(batches);
        assert_eq!(of, rows, "{}", table.id());
        assert!(sent.len() <= 1_500, "{} of {}", sent.len(), table.id());
        let table = iesiz::source::sample::sampled(table, 1_000);
        let drawn = numbers(table.read().unwrap());
        assert_eq!((drawn.len(), table.sampled_of()), (most, Some(rows)));
        assert_eq!(drawn, numbers(table.read().unwrap()), "{}", table.id());
        let early = drawn.iter().filter(|n| **n <= rows / 2).count();
        let half = most / 2;
        assert!(
            (half * 86 / 100..=half * 114 / 100).contains(&early),
            "{early} of {}",
            table.id()
        );
    }
}

#[test]
fn a_killed_session_is_told() {
    let Some(database) = Database::new("postgres: a killed session") else {
        return;
    };
    database.run("create table large as select n, repeat('зқ слово ', 400) words from generate_series(1, 30000) n");
    let options = iesiz::source::Options::default();
    let found = iesiz::source::discover(&[database.address()], &options).unwrap();
    let mut batches = found.tables[0].read().unwrap();
    assert!(batches.next().unwrap().is_ok());
    let kill = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'copy %'";
    assert_eq!(database.inside().query(kill, &[]).unwrap().len(), 1);
    let rest: Result<Vec<_>, _> = batches.collect();
    assert_eq!(rest.err().unwrap().code().0, "database");
}

#[test]
fn comments_and_references_say_what_names_do_not() {
    let Some(database) = Database::new("comments_and_references_say_what_names_do_not") else {
        return;
    };
    database.run(
        "create table person (национальность text primary key, x1 text, x2 text);
         create table visit (id int primary key, who text references person, other text);
         comment on column person.x1 is 'Национальность';
         insert into person select 'q' || n, 'q' || n, 'q' || n from generate_series(1, 40) n;
         insert into visit select n, 'q' || n, 'q' || n from generate_series(1, 40) n",
    );
    let found = scanned(&[&database.address()]);
    let (person, visit) = (
        &found[&database.table("person")],
        &found[&database.table("visit")],
    );
    for (table, column) in [(person, "x1"), (visit, "who")] {
        assert_eq!(table.category(column), "ethnicity", "{column}");
    }
    assert_eq!(person.category("x2"), "");
    assert_eq!(visit.category("other"), "");
}

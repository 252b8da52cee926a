//! Servers of `MySQL` and `MariaDB`.

use std::fs;

use mysql::Conn;
use mysql::prelude::Queryable as _;
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
        let server = server(test, "IESIZ_TEST_MYSQL")?;
        let database = Self {
            server,
            name: new_name(),
        };
        database
            .session()
            .query_drop(format!(
                "create database {0} character set utf8mb4",
                database.name
            ))
            .unwrap();
        database.run(&format!("use {}", database.name));
        Some(database)
    }

    fn session(&self) -> Conn {
        Conn::new(mysql::Opts::from_url(self.server.as_str()).unwrap()).unwrap()
    }

    /// A session in the database.
    pub(crate) fn inside(&self) -> Conn {
        let mut session = self.session();
        session.query_drop(format!("use {}", self.name)).unwrap();
        session
    }

    pub(crate) fn run(&self, statements: &str) {
        let mut session = self.inside();
        for statement in statements
            .split(";\n")
            .filter(|statement| !statement.trim().is_empty())
        {
            session.query_drop(statement).unwrap();
        }
    }

    /// What a person would name as SOURCE.
    pub(crate) fn address(&self) -> String {
        let mut address = self.server.clone();
        address.set_path(&self.name);
        address.to_string()
    }

    /// The same for another user.
    fn address_of(&self, user: &str) -> String {
        let mut address = Url::parse(&self.address()).unwrap();
        address.set_username(user).unwrap();
        address.to_string()
    }

    fn user(&self) -> String {
        format!("u{}", self.name)
    }

    /// Makes a user without any right.
    fn make_user(&self) -> String {
        let user = self.user();
        self.run(&format!(
            "create user {user}@'127.0.0.1' identified by 'made-up'"
        ));
        user
    }

    fn table(&self, name: &str) -> String {
        format!("{}/{name}", self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let mut session = self.session();
        let _ = session.query_drop(format!("drop database {}", self.name));
        let _ = session.query_drop(format!("drop user if exists {}@'127.0.0.1'", self.user()));
    }
}

fn fill(database: &Database, table: &str) {
    database.run(&format!(
        "create table {table} (id int primary key auto_increment, iin varchar(12) not null)"
    ));
    let rows: Vec<String> = iins(40).iter().map(|iin| format!("('{iin}')")).collect();
    database.run(&format!(
        "insert into {table} (iin) values {}",
        rows.join(",")
    ));
}

#[test]
fn tables_of_every_sort_are_read_or_told_of() {
    let Some(database) = Database::new("mysql: tables of every sort") else {
        return;
    };
    fill(&database, "clients");
    database.run(
        "create table `a``b/c.я` (`x.\"y` varchar(20), n int generated always as (length(`x.\"y`)));\n\
         insert into `a``b/c.я` (`x.\"y`) select iin from clients;\n\
         create view seen as select iin from clients;\n\
         create table parts (id int, iin varchar(12)) partition by hash(id) partitions 3;\n\
         insert into parts select * from clients;\n\
         create table gone (a int);\n\
         create view lost as select * from gone;\n\
         drop table gone;\n\
         create table only_empty (a varchar(9));\n\
         insert into only_empty values (null), (''), (null);\n\
         create table versions (iin varchar(12)) with system versioning;\n\
         insert into versions select iin from clients;\n\
         delete from versions",
    );
    let found = scanned(&[&database.address()]);
    let rows: Vec<(&str, Option<u64>)> = { found.iter() }
        .map(|(name, table)| (name.split_once('/').unwrap().1, table.rows))
        .collect();
    let expected = [
        ("a`b%2Fc.я", Some(40)),
        ("clients", Some(40)),
        ("only_empty", Some(3)),
        ("parts", Some(40)),
        ("versions", Some(40)),
    ];
    assert_eq!(rows, expected);
    assert_eq!(found[&database.table("parts")].category("iin"), "iin");
    let with_views = scanned(&[&database.address(), "--views", "--include", "[sl]*"]);
    let rows: Vec<Option<u64>> = with_views.values().map(|table| table.rows).collect();
    assert_eq!(rows, [None, Some(40)], "{with_views:?}");
}

#[test]
fn values_of_every_type_come_whole() {
    let Some(database) = Database::new("mysql: values of every type") else {
        return;
    };
    database.run(
        "create table t (i bigint unsigned, z int(6) zerofill, d decimal(30,10), f double, b bit(9), y year, da date, ts timestamp null, \
         e enum('a','ә'), s set('x','y'), j json, bi binary(16), vb varbinary(20), bl longblob, g point, l varchar(9) character set cp1251);\n\
         insert into t values (18446744073709551615, 7, 12345678901234567890.0123456789, 0.1, b'100000001', 2024, '0000-00-00', \
         '2024-01-02 03:04:05', 'ә', 'x,y', '{\"a\": \"007\"}', '850101', x'00ff', 'текст', point(71, 51), 'слово');\n\
         insert into t (i) values (0)",
    );
    let options = iesiz::source::Options::default();
    let found = iesiz::source::discover(&[database.address()], &options).unwrap();
    let pending = found.tables[0].read().unwrap().next().unwrap().unwrap();
    let batch = (pending.decode)().unwrap();
    let frame = batch.frame().unwrap().into_owned();
    let row: Vec<Option<&str>> = frame
        .columns()
        .iter()
        .map(|column| column.str().unwrap().get(0))
        .collect();
    let expected = [
        "18446744073709551615",
        "000007",
        "12345678901234567890.0123456789",
        "0.1",
        "257",
        "2024",
        "0000-00-00",
        "2024-01-02 03:04:05",
        "ә",
        "x,y",
        "{\"a\": \"007\"}",
        "850101",
        "00ff",
        "текст",
        "POINT(71 51)",
        "слово",
    ];
    assert_eq!(row, expected.map(Some));
    let second: Vec<Option<&str>> = frame
        .columns()
        .iter()
        .skip(1)
        .map(|column| column.str().unwrap().get(1))
        .collect();
    assert_eq!(second, vec![None; 15]);
}

#[test]
fn what_may_not_be_read_is_unread() {
    let Some(database) = Database::new("mysql: what may not be read") else {
        return;
    };
    fill(&database, "clients");
    fill(&database, "partly");
    fill(&database, "closed");
    let user = database.make_user();
    let name = &database.name;
    database.run(&format!(
        "grant select on {name}.clients to {user}@'127.0.0.1';\n\
         grant select (id) on {name}.partly to {user}@'127.0.0.1';\n\
         grant insert on {name}.closed to {user}@'127.0.0.1'"
    ));
    let output = iesiz(&["scan", "--format", "json", &database.address_of(&user)]);
    expect_status(&output, 2);
    let rows: Vec<Option<u64>> = told(&output).values().map(|table| table.rows).collect();
    assert_eq!(rows, [Some(40), None, None]);
}

#[test]
fn without_a_database_all_that_can_be_seen_are_read() {
    let Some(database) = Database::new("mysql: all databases") else {
        return;
    };
    fill(&database, "clients");
    let user = database.make_user();
    database.run(&format!(
        "grant select on {}.* to {user}@'127.0.0.1'",
        database.name
    ));
    let mut address = Url::parse(&database.address_of(&user)).unwrap();
    address.set_path("");
    let found = scanned(&[address.as_str()]);
    assert_eq!(
        found.keys().collect::<Vec<_>>(),
        [&database.table("clients")]
    );
    let folder = tempfile::tempdir().unwrap();
    let plan = folder.path().join("plan.toml");
    expect_status(
        &iesiz(&["plan", address.as_str(), "-o", text(&plan), "--k", "1"]),
        1,
    );
    assert!(!fs::read_to_string(&plan).unwrap().contains("made-up"));
}

#[test]
fn credentials_come_from_the_environment_or_a_file_and_are_never_shown() {
    let Some(database) = Database::new("mysql: credentials") else {
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
    let nameless = format!("mysql:///{}", database.name);
    let settings = folder.path().join(".my.cnf");
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
    assert_eq!(scan(&database.address(), &[("HOME", home)]), Some(1));
    assert_eq!(scan(bare.as_str(), &[("HOME", home)]), Some(2));
    assert_eq!(
        scan(bare.as_str(), &[("HOME", home), ("MYSQL_PWD", "made-up")]),
        Some(1)
    );
    assert_eq!(
        scan(bare.as_str(), &[("HOME", home), ("MYSQL_PWD", "wrong-one")]),
        Some(2)
    );
    let around = [
        ("HOME", home),
        ("MYSQL_HOST", host.as_str()),
        ("MYSQL_TCP_PORT", &port),
        ("MYSQL_PWD", "made-up"),
        ("USER", "tester"),
    ];
    assert_eq!(scan(&nameless, &around), Some(1));
    write(
        &settings,
        format!("[client]\nuser=tester\npassword='made-up'\nhost={host}\nport={port}\n"),
    );
    let open = with_environment(&["scan", &nameless], &[("HOME", home)]);
    assert!(String::from_utf8_lossy(&open.stderr).contains("chmod 600"));
    keep_secret(&settings);
    assert_eq!(scan(&nameless, &[("HOME", home)]), Some(1));
}

#[test]
fn encryption_is_as_asked_for() {
    let Some(database) = Database::new("mysql: encryption") else {
        return;
    };
    fill(&database, "clients");
    let server_can = {
        let mut session = database.inside();
        let known: Option<(String, String)> = session
            .query_first("show variables like 'have_ssl'")
            .unwrap();
        known.is_some_and(|(_, value)| value == "YES")
    };
    for (mode, works) in [
        ("DISABLED", true),
        ("preferred", true),
        ("REQUIRED", server_can),
        ("VERIFY_CA", false),
        ("VERIFY_IDENTITY", false),
        ("ALWAYS", false),
    ] {
        let output = iesiz(&["scan", &format!("{}?ssl-mode={mode}", database.address())]);
        assert_eq!(
            output.status.code(),
            Some(if works { 1 } else { 2 }),
            "{mode}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn nothing_can_be_written_in_a_session_that_reads_and_a_killed_one_is_told() {
    let Some(database) = Database::new("mysql: a killed session") else {
        return;
    };
    database.run(
        "create table large (id int, words text);\n\
         insert into large select seq, repeat('зқ слово ', 400) from seq_1_to_30000",
    );
    let options = iesiz::source::Options::default();
    let found = iesiz::source::discover(&[database.address()], &options).unwrap();
    let mut batches = found.tables[0].read().unwrap();
    assert!(batches.next().unwrap().is_ok());
    let mut session = database.inside();
    let readers: Vec<u64> = session
        .query("select id from information_schema.processlist where info like 'select `id`, `words` from%'")
        .unwrap();
    let mine: Vec<u64> = readers
        .into_iter()
        .filter(|id| {
            let info: Option<String> = session
                .exec_first(
                    "select info from information_schema.processlist where id = ?",
                    (id,),
                )
                .unwrap();
            info.is_some_and(|info| info.contains(&database.name))
        })
        .collect();
    assert_eq!(mine.len(), 1);
    session.query_drop(format!("kill {}", mine[0])).unwrap();
    let rest: Result<Vec<_>, _> = batches.collect();
    assert_eq!(rest.err().unwrap().code().0, "database");
    // Read again in a new session, it is whole.
    let whole = found.tables[0].read().unwrap();
    let rows: u64 = whole.map(|pending| pending.unwrap().rows.unwrap()).sum();
    assert_eq!(rows, 30_000);
}

#[test]
fn a_reading_that_is_given_up_does_not_go_on_to_the_end() {
    let Some(database) = Database::new("mysql: a reading given up") else {
        return;
    };
    database.run(
        "create table large (id int, words text);\n\
         insert into large select seq, repeat('зқ слово ', 400) from seq_1_to_30000",
    );
    let options = iesiz::source::Options::default();
    let found = iesiz::source::discover(&[database.address()], &options).unwrap();
    let mut batches = found.tables[0].read().unwrap();
    assert!(batches.next().unwrap().is_ok());
    drop(batches);
    let rows: u64 = found.tables[0]
        .read()
        .unwrap()
        .map(|pending| pending.unwrap().rows.unwrap())
        .sum();
    assert_eq!(rows, 30_000);
}

#[test]
fn rows_of_one_session_are_as_of_one_moment() {
    let Some(database) = Database::new("mysql: one moment") else {
        return;
    };
    fill(&database, "clients");
    fill(&database, "orders");
    let options = iesiz::source::Options::default();
    let found = iesiz::source::discover(&[database.address()], &options).unwrap();
    database.run("delete from clients;\ninsert into orders (iin) values ('x')");
    for table in &found.tables {
        for _ in 0..2 {
            let rows: u64 = table
                .read()
                .unwrap()
                .map(|pending| pending.unwrap().rows.unwrap())
                .sum();
            assert_eq!(rows, 40, "{}", table.id());
        }
    }
}

//! The clients of the other tests in a database of each kind.

use mysql::prelude::Queryable as _;
use rusqlite::Connection;

use super::super::desk::Desk;
use super::super::qiwi::{CLIENTS, clients};
use crate::databases::{mysql as maria, postgres as pg};

/// A database of its own; gone when dropped.
pub(super) enum Store {
    Postgres(pg::Database),
    Mysql(maria::Database),
    Sqlite(tempfile::TempDir),
}

const TABLE: &str = "create table clients (wallet varchar(20) not null primary key, login varchar(40), full_name varchar(80), \
    phone varchar(40), email varchar(80) not null, closed_on varchar(40))";

/// One that `clients` is referred to by.
const PAYMENTS: &str = "create table payments (id int not null primary key, wallet varchar(20) not null, amount int, closed_on varchar(40), \
    foreign key (wallet) references clients (wallet))";

impl Store {
    /// One of every kind that there is here, with the clients in it.
    pub(super) fn all(test: &str) -> Vec<Self> {
        let mut all = vec![Self::Sqlite(tempfile::tempdir().unwrap())];
        all.extend(pg::Database::new(test).map(Self::Postgres));
        all.extend(maria::Database::new(test).map(Self::Mysql));
        for store in &all {
            store.run(TABLE);
            store.fill();
        }
        all
    }

    pub(super) fn fill(&self) {
        clients().rows.iter().for_each(|row| self.add(row));
    }

    pub(super) fn add(&self, row: &[String]) {
        let cells: Vec<String> = row.iter().map(|cell| literal(cell)).collect();
        self.run(&format!(
            "insert into clients values ({})",
            cells.join(", ")
        ));
    }

    /// A payment of every client.
    pub(super) fn add_payments(&self) {
        self.run(PAYMENTS);
        for (id, row) in clients().rows.iter().enumerate() {
            let (wallet, closed) = (literal(&row[0]), literal(&row[5]));
            self.run(&format!(
                "insert into payments values ({id}, {wallet}, {id}, {closed})"
            ));
        }
    }

    pub(super) fn run(&self, statement: &str) {
        match self {
            Self::Postgres(database) => database.inside().batch_execute(statement).unwrap(),
            Self::Mysql(database) => database.inside().query_drop(statement).unwrap(),
            Self::Sqlite(_) => self.sqlite().execute_batch(statement).unwrap(),
        }
    }

    fn sqlite(&self) -> Connection {
        let Self::Sqlite(folder) = self else {
            panic!("another kind");
        };
        Connection::open(folder.path().join("shop.db")).unwrap()
    }

    /// Cells of a table in the order of their first column; nulls are empty.
    pub(super) fn rows(&self, table: &str, columns: &[&str]) -> Vec<Vec<String>> {
        let cells: Vec<String> = { columns.iter() }
            .map(|name| format!("coalesce(cast({name} as char(80)), '')"))
            .collect();
        let query = format!(
            "select {} from {table} order by {}",
            cells.join(", "),
            columns[0]
        );
        let width = columns.len();
        let mut rows: Vec<Vec<String>> = match self {
            Self::Postgres(database) => {
                let rows = database.inside().query(&query, &[]).unwrap();
                rows.iter()
                    .map(|row| (0..width).map(|at| row.get::<_, String>(at)).collect())
                    .collect()
            }
            Self::Mysql(database) => {
                let rows: Vec<mysql::Row> = database.inside().query(&query).unwrap();
                rows.iter()
                    .map(|row| (0..width).map(|at| row.get(at).unwrap()).collect())
                    .collect()
            }
            Self::Sqlite(_) => {
                let session = self.sqlite();
                let mut statement = session.prepare(&query.replace("char(80)", "text")).unwrap();
                let row = |row: &rusqlite::Row<'_>| (0..width).map(|at| row.get(at)).collect();
                let rows = statement.query_map([], row).unwrap();
                rows.map(|row| row.unwrap()).collect()
            }
        };
        for cell in rows.iter_mut().flatten() {
            cell.truncate(cell.trim_end().len());
        }
        rows
    }

    /// All clients as they are.
    pub(super) fn clients(&self) -> Vec<Vec<String>> {
        let header = clients().header;
        let columns: Vec<&str> = header.iter().map(String::as_str).collect();
        self.rows("clients", &columns)
    }

    /// What a person would name as SOURCE.
    pub(super) fn address(&self) -> String {
        match self {
            Self::Postgres(database) => database.address(),
            Self::Mysql(database) => database.address(),
            Self::Sqlite(folder) => format!("sqlite:{}", folder.path().join("shop.db").display()),
        }
    }
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The list with the dataset of the clients, and more lines for it.
pub(super) fn desk(more: &str) -> Desk {
    let dataset = CLIENTS.replace(
        "sources = [\"clients*\"]",
        &format!("sources = [\"clients*\", \"public.clients\"]\n{more}"),
    );
    assert_ne!(dataset, CLIENTS);
    Desk::new("qiwi_kazakhstan", &dataset)
}

/// The payments go with the contracts that they are of.
pub(super) const PAYMENTS_DATASET: &str = r#"
[[dataset]]
id = "payments"
sources = ["payments", "public.payments"]
purposes = ["register_minimal_status"]
events = { contract_termination = "closed_on" }

[[dataset.column]]
path = "wallet"
category = "wallet_number"
"#;

//! One table in every form, looked at on ten days, against what the test works out for itself.

use std::collections::BTreeSet;

use super::calendar::{Day, iso, read};
use super::desk::Desk;
use super::tables::{FORMS, Form, Table};
use crate::common::write;

/// The days on which terms are looked at: round their ends, leap days and ends of months.
pub(super) const DAYS: [Day; 10] = [
    (2023, 2, 27),
    (2023, 2, 28),
    (2023, 3, 1),
    (2024, 2, 28),
    (2024, 2, 29),
    (2024, 3, 1),
    (2025, 2, 28),
    (2025, 3, 1),
    (2026, 1, 1),
    (2026, 5, 1),
];

/// Dates of events whose terms end round those days, dates to come, no dates and what only looks like one.
pub(super) const DATES: [&str; 33] = [
    "2018-02-28",
    "2018-03-01",
    "2019-02-28",
    "2019-03-01",
    "2020-02-28",
    "2020-02-29",
    "29.02.2020",
    "2020-02-29 13:45:10",
    "2020-02-29T00:00:00",
    "2020-03-01",
    "2020-12-31",
    "2021-01-01",
    "2021-02-28",
    "2021-03-01",
    "2021-04-30",
    "2022-12-31",
    "2023-02-28",
    "2023-04-30",
    "30.04.2023",
    "2024-02-29",
    "2024-11-30",
    "2099-01-01",
    "",
    "вчера",
    "31.02.2020",
    "2020-13-01",
    "2019-02-29",
    "03.04.2019",
    "03/04/2019",
    "31/12/2020",
    "2018/02",
    "0000-00-00",
    "-",
];

pub(super) struct Row<'a> {
    table: &'a Table,
    cells: &'a [String],
}

impl Row<'_> {
    pub(super) fn day(&self, column: &str) -> Option<Day> {
        read(&self.cells[self.table.column(column)])
    }

    /// The row with these cells empty.
    pub(super) fn without(&self, columns: &[&str]) -> Vec<String> {
        let mut cells = self.cells.to_vec();
        for column in columns {
            cells[self.table.column(column)].clear();
        }
        cells
    }
}

/// Purges the table in all its forms on each of the days. `left` tells what is left of a row.
pub(super) fn check(
    operator: &str,
    datasets: &str,
    table: &Table,
    left: &dyn Fn(&Row, Day) -> Option<Vec<String>>,
) {
    let mut outcomes = BTreeSet::new();
    for as_of in DAYS {
        let desk = Desk::new(operator, datasets);
        let note = "Ахметов Дамир, +7 700 000 00 00";
        write(&desk.table("readme.md"), note);
        for (form, name) in FORMS {
            table.as_in(form).write(&desk.table(name), form);
        }
        desk.run(&iso(as_of));
        for (form, name) in FORMS {
            let before = table.as_in(form);
            let rows = before.rows.iter().filter_map(|cells| {
                let table = &before;
                left(&Row { table, cells }, as_of)
            });
            let expected = Table {
                header: before.header.clone(),
                rows: rows.collect(),
            };
            let found = Table::read(&desk.table(name), form);
            assert_eq!(found.header, expected.header, "{name}");
            for (found, expected) in found.rows.iter().zip(&expected.rows) {
                assert_eq!(found, expected, "{name} on {}", iso(as_of));
            }
            assert_eq!(
                found.rows.len(),
                expected.rows.len(),
                "{name} on {}",
                iso(as_of)
            );
            if form == Form::Utf8 {
                outcomes.insert(expected.rows);
            }
        }
        let files = desk.files();
        assert_eq!(files["readme.md"], note.as_bytes());
        assert_eq!(files.len(), FORMS.len() + 1, "{:?}", files.keys());
    }
    assert!(outcomes.len() > 3, "days that tell nothing apart");
}

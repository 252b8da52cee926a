//! Rows of blocked people and rows under a legal hold: nothing happens to them.

use super::desk::Desk;
use super::qiwi::{CLIENTS, clients};
use super::tables::{FORMS, Form, Table};
use crate::common::write;

const TODAY: &str = "2026-05-01";

/// Wallets of rows that go on that day, of one that loses cells, and of one that stays as it is.
const GOES: [&str; 3] = ["W00000", "W00003", "W00009"];
const LOSES: &str = "W00016";

fn desk_of(more: &str) -> Desk {
    let dataset = CLIENTS.replace(
        "\n\n[[dataset.column]]\npath = \"wallet\"",
        &format!("\n{more}\n\n[[dataset.column]]\npath = \"wallet\""),
    );
    assert_ne!(dataset, CLIENTS);
    let desk = Desk::new("qiwi_kazakhstan", &dataset);
    write(&desk.at("blocked.txt"), "");
    write(&desk.at("held.txt"), "");
    for (form, name) in FORMS {
        clients().as_in(form).write(&desk.table(name), form);
    }
    desk
}

fn rows_of(desk: &Desk, form: Form, name: &str, wallets: &[&str]) -> Vec<Vec<String>> {
    let mut rows = Table::read(&desk.table(name), form).rows;
    rows.retain(|row| wallets.contains(&row[0].as_str()));
    rows
}

/// These people's rows are what they were, in every table; of the others who had to go nobody is left.
fn expect_untouched(desk: &Desk, wallets: &[&str]) {
    for (form, name) in FORMS {
        let mut expected = clients().as_in(form).rows;
        expected.retain(|row| wallets.contains(&row[0].as_str()));
        assert_eq!(rows_of(desk, form, name, wallets), expected, "{name}");
        let gone: Vec<&str> = GOES.into_iter().filter(|w| !wallets.contains(w)).collect();
        assert!(rows_of(desk, form, name, &gone).is_empty(), "{name}");
    }
}

#[test]
fn a_blocked_person_keeps_every_cell() {
    let desk = desk_of("blocked = \"blocked.txt\"");
    write(
        &desk.at("blocked.txt"),
        format!("{}\r\n\n  {LOSES} \n", GOES[0]),
    );
    let plan = desk.run(TODAY);
    for table in plan["tables"].as_array().unwrap() {
        assert_eq!(table["blocked"], 2, "{table:#}");
    }
    expect_untouched(&desk, &[GOES[0], LOSES]);
}

#[test]
fn a_person_is_known_by_any_of_the_columns_that_tell_whose_a_row_is() {
    let desk = desk_of("blocked = \"blocked.txt\"");
    let list = std::fs::read_to_string(desk.policy()).unwrap();
    let by_phone = "subject = [\"wallet\", \"phone\"]";
    write(
        &desk.policy(),
        list.replace("subject = [\"wallet\"]", by_phone),
    );
    // Row 9's telephone, as somebody else would write it.
    write(&desk.at("blocked.txt"), "8(700)000-09-63\n");
    desk.run(TODAY);
    expect_untouched(&desk, &[GOES[2]]);
}

#[test]
fn who_is_blocked_after_the_plan_survives_it_and_the_rest_goes() {
    let desk = desk_of("blocked = \"blocked.txt\"");
    let hash = desk.hash(TODAY);
    write(&desk.at("blocked.txt"), format!("{}\n{LOSES}\n", GOES[1]));
    assert_ne!(desk.confirm(&hash).status.code(), Some(2));
    expect_untouched(&desk, &[GOES[1], LOSES]);
}

#[test]
fn who_is_unblocked_after_the_plan_makes_it_stale() {
    let desk = desk_of("blocked = \"blocked.txt\"");
    write(&desk.at("blocked.txt"), GOES[1]);
    let hash = desk.hash(TODAY);
    write(&desk.at("blocked.txt"), "");
    desk.refused(&["--confirm", &hash], "stale-plan");
    expect_nothing_done(&desk);
}

fn expect_nothing_done(desk: &Desk) {
    assert!(desk.told("replaced").is_empty());
    for (form, name) in FORMS {
        assert_eq!(Table::read(&desk.table(name), form), clients().as_in(form));
    }
}

#[test]
fn a_list_of_blocked_people_that_is_not_there_stops_everything() {
    for list in ["blocked", "subjects"] {
        let desk = desk_of(match list {
            "blocked" => "blocked = \"nowhere.txt\"",
            _ => {
                "[[dataset.hold]]\nid = \"case\"\nreason = \"a claim\"\nsubjects = \"nowhere.txt\""
            }
        });
        let output = desk.purge(&["--dry-run", "--as-of", TODAY]);
        assert_eq!(output.status.code(), Some(2));
        let plan = desk.planned(TODAY);
        assert_eq!(plan["tables"].as_array().map(Vec::len), Some(0), "{plan:#}");
    }
}

const HOLD: &str = "[[dataset.hold]]\nid = \"case-2\"\nreason = \"a claim before the court\"";

#[test]
fn a_hold_keeps_the_people_it_is_about() {
    let desk = desk_of(&format!("{HOLD}\nsubjects = \"held.txt\""));
    write(&desk.at("held.txt"), format!("{LOSES}\n{}\n", GOES[2]));
    let plan = desk.run(TODAY);
    for table in plan["tables"].as_array().unwrap() {
        assert_eq!(table["held"], 2, "{table:#}");
    }
    expect_untouched(&desk, &[GOES[2], LOSES]);
}

#[test]
fn a_hold_of_nobody_in_particular_keeps_every_row() {
    let desk = desk_of(HOLD);
    desk.run(TODAY);
    expect_nothing_done(&desk);
}

#[test]
fn a_hold_lasts_through_its_last_day() {
    for (until, holds) in [
        ("2026-05-01", true),
        ("2026-04-30", false),
        ("2020-02-29", false),
    ] {
        let desk = desk_of(&format!("{HOLD}\nuntil = {until}"));
        desk.run(TODAY);
        if holds {
            expect_nothing_done(&desk);
        } else {
            expect_untouched(&desk, &[]);
        }
    }
}

/// A column of addresses on the internet, which none of the dataset's purposes approves.
fn with_excess(table: &Table) -> Table {
    let mut table = table.clone();
    table.header.push("ip".to_owned());
    for (i, row) in table.rows.iter_mut().enumerate() {
        row.push(format!("192.0.2.{i}"));
    }
    table
}

/// Blocked before the plan, or only after it.
#[test]
fn an_excess_column_goes_but_for_the_blocked_and_the_held() {
    let held = format!("blocked = \"blocked.txt\"\n{HOLD}\nsubjects = \"held.txt\"");
    for is_after in [false, true] {
        let desk = desk_of(&held);
        let whole = with_excess(&clients());
        for (form, name) in FORMS {
            whole.as_in(form).write(&desk.table(name), form);
        }
        let mut hash = desk.hash(TODAY);
        write(&desk.at("blocked.txt"), GOES[0]);
        write(&desk.at("held.txt"), LOSES);
        if !is_after {
            hash = desk.hash(TODAY);
        }
        let done = desk.confirm(&hash);
        assert_ne!(done.status.code(), Some(2), "{done:?}");
        for (form, name) in FORMS {
            let left = Table::read(&desk.table(name), form);
            assert_eq!(left.header, whole.header, "{name}");
            for row in left.rows {
                if row[0] == GOES[0] || row[0] == LOSES {
                    assert!(whole.as_in(form).rows.contains(&row), "{name} {row:?}");
                } else {
                    assert_eq!(row[6], "", "{name} {row:?}");
                }
            }
        }
        write(&desk.at("blocked.txt"), "");
        write(&desk.at("held.txt"), "");
        desk.run(TODAY);
        let left = Table::read(&desk.table("clients.csv"), Form::Utf8);
        assert_eq!(left.header, clients().header);
    }
}

/// A list from an editor that marks its files, numbers from a spreadsheet that takes zeros away.
#[test]
fn a_blocked_number_is_known_without_its_leading_zeros() {
    let wallet = "[[dataset.column]]\npath = \"wallet\"\ncategory = \"wallet_number\"\n";
    let blocked = "[\"wallet\"]\nblocked = \"blocked.txt\"";
    let datasets = CLIENTS.replace(wallet, "").replace("[\"wallet\"]", blocked);
    let datasets = datasets
        .replace("wallet", "iin")
        .replace("register_minimal_status", "identify_and_raise_status");
    for (in_list, in_table) in [
        ("000101100006", "101100006"),
        ("10202100077", "010202100077"),
        ("010202100077", "010202100077"),
    ] {
        let desk = Desk::new("qiwi_kazakhstan", &datasets);
        write(&desk.at("blocked.txt"), format!("\u{feff}{in_list}\r\n"));
        let mut table = clients();
        table.header[0] = "iin".to_owned();
        for (row, iin) in table.rows.iter_mut().zip(crate::common::iins(100)) {
            row[0] = iin;
        }
        table.rows[0][0] = in_table.to_owned();
        table.write(&desk.table("clients.csv"), Form::Utf8);
        desk.run(TODAY);
        let left = Table::read(&desk.table("clients.csv"), Form::Utf8);
        assert_eq!(left.rows[0][0], in_table);
        assert!(left.rows.len() < table.rows.len());
    }
}

/// The text in UTF-16, with its mark or without.
fn utf16(text: &str, order: fn(u16) -> [u8; 2], mark: &str) -> Vec<u8> {
    let units = mark.encode_utf16().chain(text.encode_utf16());
    units.flat_map(order).collect()
}

#[test]
fn lists_are_read_as_windows_saves_them() {
    let text = format!("# по приказу № 7\r\n{}\r\n{LOSES}\r\n", GOES[0]);
    let (cyrillic, _, is_lossy) = encoding_rs::WINDOWS_1251.encode(&text);
    assert!(!is_lossy);
    for list in [
        utf16(&text, u16::to_le_bytes, "\u{feff}"),
        utf16(&text, u16::to_be_bytes, "\u{feff}"),
        cyrillic.into_owned(),
    ] {
        for more in [
            "blocked = \"blocked.txt\"",
            "[[dataset.hold]]\nid = \"a\"\nreason = \"b\"\nsubjects = \"held.txt\"",
        ] {
            let desk = desk_of(more);
            write(&desk.at("blocked.txt"), &list);
            write(&desk.at("held.txt"), &list);
            desk.run(TODAY);
            expect_untouched(&desk, &[GOES[0], LOSES]);
        }
    }
}

/// Nobody would be held back by a list that is read in another encoding than its own.
#[test]
fn a_list_that_is_no_text_lets_nobody_go() {
    let text = format!("# по приказу № 7\r\n{}\r\n", GOES[0]);
    let (dos, _, _) = encoding_rs::KOI8_R.encode("# по приказу, заблокированы\r\n");
    for list in [
        utf16(&text, u16::to_le_bytes, ""),
        utf16(GOES[0], u16::to_be_bytes, ""),
        utf16(&text, u16::to_le_bytes, "\u{feff}")[..41].to_vec(),
        format!("{}\0\n", GOES[0]).into_bytes(),
        dos.into_owned(),
        b"PK\x03\x04\x14\x00\x08\x08\x08\x00".to_vec(),
    ] {
        let desk = desk_of("blocked = \"blocked.txt\"");
        write(&desk.at("blocked.txt"), &list);
        let before = desk.files();
        let plan = desk.planned(TODAY);
        assert_eq!(plan["tables"], serde_json::json!([]), "{list:?}");
        for untouched in plan["untouched"].as_array().unwrap() {
            assert_eq!(untouched["code"], "read", "{untouched:#}");
        }
        desk.confirm(plan["hash"].as_str().unwrap());
        assert!(before == desk.files());
    }
}

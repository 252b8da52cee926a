//! Killed at any instant, a purge of a database has done all or nothing, and the same hash brings it to its end.
//!
//! Five kills of each kind in the usual run; `IESIZ_KILLS=50 cargo test --test it databases::killed` for as many as wanted.

use std::process::{Command, Stdio};
use std::time::Instant;

use super::super::qiwi::clients;
use super::store::{Store, desk};
use super::{confirm, expect_done, hash, left};
use crate::common::text;

/// Clients of whom something goes, many times.
const TIMES: usize = 60;

fn many(store: &Store) {
    for time in 0..TIMES {
        let header = clients().header;
        let cells: Vec<String> = { header.iter() }
            .map(|name| match name.as_str() {
                "wallet" => format!("concat('{time}-', wallet)"),
                other => other.to_owned(),
            })
            .collect();
        let cells = cells.join(", ");
        let sql = format!("insert into clients select {cells} from clients where wallet like 'W%'");
        let sql = match store {
            Store::Sqlite(_) => sql.replace(
                &format!("concat('{time}-', wallet)"),
                &format!("'{time}-' || wallet"),
            ),
            _ => sql,
        };
        store.run(&sql);
    }
}

fn as_often(rows: &[Vec<String>]) -> Vec<Vec<String>> {
    let mut all = rows.to_vec();
    for time in 0..TIMES {
        all.extend(rows.iter().map(|row| {
            let mut row = row.clone();
            row[0] = format!("{time}-{}", row[0]);
            row
        }));
    }
    all.sort();
    all
}

fn sorted(store: &Store) -> Vec<Vec<String>> {
    let mut rows = store.clients();
    rows.sort();
    rows
}

fn kills() -> u32 {
    let asked = std::env::var("IESIZ_KILLS");
    asked.map_or(5, |count| count.parse().expect("IESIZ_KILLS is a number"))
}

#[test]
fn killed_at_any_instant_a_purge_did_all_or_nothing() {
    for store in Store::all("killed_at_any_instant_a_purge_did_all_or_nothing") {
        many(&store);
        let (old, new) = (as_often(&clients().rows), as_often(&left()));
        assert_eq!(sorted(&store), old);
        let mut time = None;
        let mut states = Vec::new();
        for kill in 0..=kills() {
            store.run("delete from clients");
            store.fill();
            many(&store);
            let desk = desk("");
            let hash = hash(&desk, &store);
            let (address, policy) = (store.address(), desk.policy());
            let begun = Instant::now();
            let mut child = Command::new(env!("CARGO_BIN_EXE_iesiz"))
                .args([
                    "purge",
                    &address,
                    "--policy",
                    text(&policy),
                    "--confirm",
                    &hash,
                ])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            // The first one comes to its end, and tells how long that takes.
            let Some(whole) = time else {
                child.wait().unwrap();
                time = Some(begun.elapsed());
                assert_eq!(sorted(&store), new);
                continue;
            };
            let share = (f64::from(kill) * 0.618_034 + 0.5).fract();
            std::thread::sleep(whole.mul_f64(share));
            let _ = child.kill();
            child.wait().unwrap();
            let now = sorted(&store);
            assert!(now == old || now == new, "half done");
            let is_told = !desk.told("replaced").is_empty();
            assert!(!is_told || now == new, "called gone too early");
            states.push(now == new);
            expect_done(&confirm(&desk, &store, &hash));
            assert_eq!(sorted(&store), new);
            assert_eq!(desk.told("replaced").len(), 1);
        }
        assert!(states.contains(&false), "no run was killed before its end");
    }
}

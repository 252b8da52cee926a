//! Killed at any instant, a run has changed all or nothing, and another one finishes.

use std::path::Path;
use std::time::{Duration, Instant};

use postgres::Client;

use super::server::Server;
use super::{FEW, Hashes, begun, few, fill, hashes, in_place, one, until};
use crate::common::expect_status;

const PEOPLE: usize = 3_000;

/// How often, unless `IESIZ_KILLS` says otherwise.
const KILLS: u32 = 25;

fn kills(usual: u32) -> u32 {
    let asked = std::env::var("IESIZ_KILLS").ok();
    asked.map_or(usual, |asked| asked.parse().unwrap())
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    Old,
    New,
}

/// Everything is as it was, or nothing is.
fn state(session: &mut Client, old: &Hashes) -> State {
    if hashes(session) == *old {
        return State::Old;
    }
    let left = "select (select count(*) from person where iin ~ '[0-9]' or email like '%@%' or full_name <> '') + (select count(*) from contract where iin ~ '[0-9]')";
    assert_eq!(one::<i64>(session, left), 0);
    let met = "select count(*) from person join contract using (iin)";
    assert_eq!(one::<i64>(session, met), i64::try_from(PEOPLE).unwrap());
    State::New
}

/// Instants of a span that are far from each other.
fn instant(number: u32, of: Duration) -> Duration {
    // The golden ratio spreads them, however many there are.
    of.mul_f64(f64::from(number) * 0.618_034 % 1.0)
}

/// A whole run, and how long it takes.
fn whole_run(address: &str, folder: &Path) -> Duration {
    let begin = Instant::now();
    expect_status(&in_place("anonymize", address, folder, &[]), 0);
    begin.elapsed()
}

fn made_anew(session: &mut Client) -> Hashes {
    session.batch_execute("truncate person, contract").unwrap();
    fill(session, PEOPLE);
    hashes(session)
}

#[test]
fn a_run_killed_at_any_instant_is_done_or_not_begun() {
    let Some(database) = few("in place: killed", PEOPLE) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let address = database.address();
    let mut session = database.inside();
    let span = whole_run(&address, folder.path());
    let mut old = made_anew(&mut session);
    let mut olds = 0;
    let kills = kills(KILLS);
    for number in 0..kills {
        let mut run = begun(&address, folder.path());
        std::thread::sleep(instant(number, span));
        let _ = run.kill();
        run.wait().unwrap();
        // The server may still be busy with its last statement.
        let busy = "select count(*) from pg_stat_activity where application_name = 'iesiz' and datname = current_database()";
        until(|| one::<i64>(&mut session, busy) == 0);
        if state(&mut session, &old) == State::New {
            expect_status(&in_place("anonymize", &address, folder.path(), &[]), 0);
            assert_eq!(state(&mut session, &old), State::New);
            old = made_anew(&mut session);
        } else {
            olds += 1;
        }
    }
    assert!(olds > 0, "no run was killed before its end");
    expect_status(&in_place("anonymize", &address, folder.path(), &[]), 0);
    assert_eq!(state(&mut session, &old), State::New);
}

#[test]
fn a_server_killed_at_any_instant_has_all_or_nothing() {
    let Some(server) = Server::new("in place: a killed server", "") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let address = server.database("shop");
    server.session("shop").batch_execute(FEW).unwrap();
    fill(&mut server.session("shop"), PEOPLE);
    let span = whole_run(&address, folder.path());
    let mut old = made_anew(&mut server.session("shop"));
    for number in 1..=kills(4).min(40) {
        let run = begun(&address, folder.path());
        // The second half of a run is where it writes.
        std::thread::sleep(span / 2 + instant(number, span) / 2);
        server.stop("immediate");
        let output = run.wait_with_output().unwrap();
        server.start();
        let mut session = server.session("shop");
        match state(&mut session, &old) {
            State::Old => expect_status(&output, 2),
            State::New => old = made_anew(&mut session),
        }
    }
    expect_status(&in_place("anonymize", &address, folder.path(), &[]), 0);
    assert_eq!(state(&mut server.session("shop"), &old), State::New);
}

//! Killed at any instant, inputs are intact and nothing half-written has a final name.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::common::{iins, text, write};

const ROWS: usize = 40_000;

#[test]
fn killed_at_ten_instants_nothing_is_half_done() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("t.csv");
    let iins = iins(1_000);
    let mut csv = "iin,amount,comment\n".to_owned();
    for i in 0..ROWS {
        csv.push_str(&format!(
            "{},{i}.50,строка номер {i} без данных\n",
            iins[i % iins.len()]
        ));
    }
    write(&input, &csv);
    let mut finished = 0;
    for instant in 0..10_u64 {
        let out = folder.path().join(format!("out{instant}"));
        let mut child = Command::new(env!("CARGO_BIN_EXE_iesiz"))
            .args(["anonymize", text(&input), "-o", text(&out)])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(20 + instant * 130));
        let _ = child.kill();
        child.wait().unwrap();
        assert_eq!(fs::read_to_string(&input).unwrap(), csv);
        let target = out.join("t.csv");
        if target.exists() {
            finished += 1;
            assert_eq!(
                fs::read_to_string(&target).unwrap().lines().count(),
                ROWS + 1,
                "half a file under its final name"
            );
        }
    }
    assert!(finished < 10, "no run was killed before its end");
}

//! Rows of blocked people stay out of exports, whenever they were blocked.

use std::fs;

use crate::common::{expect_status, iesiz, iins, policy, write};

const DATASET: &str = r#"
[[dataset]]
id = "clients"
sources = ["clients.*"]
purposes = ["identify_and_raise_status"]
subject = ["iin"]
events = { contract_termination = "closed_on" }
blocked = "blocked.txt"
"#;

#[test]
fn rows_of_blocked_people_stay_out_of_exports() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let read = |name: &str| fs::read_to_string(at(name)).unwrap();
    let iins = iins(400);
    let mut table = "iin,closed_on,order_no\n".to_owned();
    for (n, iin) in iins.iter().enumerate() {
        table.push_str(&format!("{iin},,{n}\n"));
    }
    let block = |list: String| write(&folder.path().join("blocked.txt"), list);
    write(&folder.path().join("clients.csv"), &table);
    let list = fs::read_to_string(policy("qiwi_kazakhstan")).unwrap();
    write(&folder.path().join("policy.toml"), list + DATASET);
    let (clients, list, plan) = (at("clients.csv"), at("policy.toml"), at("plan.toml"));
    let run = |command: &str, out: &str| {
        let purpose = "identify_and_raise_status";
        iesiz(&[
            command,
            &clients,
            "--policy",
            &list,
            "--purpose",
            purpose,
            "-o",
            out,
        ])
    };
    let orders = |out: &str| {
        let table = read(&format!("{out}/clients.csv"));
        let order = |row: &str| row.rsplit(',').next().unwrap().to_owned();
        table.lines().skip(1).map(order).collect::<Vec<_>>()
    };

    block(format!("# by a court\n{}\n", iins[7]));
    let told = run("anonymize", &at("one"));
    expect_status(&told, 0);
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(
        told.contains("one row of a blocked person was left out"),
        "{told}"
    );
    assert!(orders("one").len() == 399 && !orders("one").contains(&"7".to_owned()));
    assert!(read("one/_iesiz/journal.jsonl").contains("\"blocked\":1"));

    // Blocked after the plan was made.
    assert!(run("plan", &plan).status.code() < Some(2));
    block(format!("{}\n{}\n", iins[7], iins[300]));
    expect_status(&iesiz(&["apply", &plan, "-o", &at("two")]), 0);
    assert!(orders("two").len() == 398 && !orders("two").contains(&"300".to_owned()));

    // Unblocked after the plan was made: the plan knows nothing of that row.
    block(String::new());
    expect_status(&iesiz(&["apply", &plan, "-o", &at("three")]), 2);

    // Without the list nobody knows whose rows to leave out.
    fs::remove_file(folder.path().join("blocked.txt")).unwrap();
    expect_status(&run("anonymize", &at("four")), 2);
    assert!(!folder.path().join("four/clients.csv").exists());
}

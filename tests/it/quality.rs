//! The samples are judged as the file beside them says.

use std::collections::BTreeMap;

use iesiz::findings::{ColumnFinding, Verdict};
use serde::Deserialize;

use crate::common::{policy, samples, text};

#[derive(Deserialize)]
struct Expected {
    table: Vec<Table>,
}

#[derive(Deserialize)]
struct Table {
    source: String,
    encoding: Option<String>,
    delimiter: Option<String>,
    rows: u64,
    columns: BTreeMap<String, Column>,
}

#[derive(Deserialize)]
struct Column {
    category: Option<String>,
    #[serde(default)]
    also: Vec<String>,
    verdict: Verdict,
}

fn scan_samples(name: &str, purpose: Option<&str>) -> iesiz::findings::Findings {
    let policy = iesiz::policy::Policy::load(&policy(name)).unwrap();
    let found =
        iesiz::source::discover(&[text(&samples()).to_owned()], &Default::default()).unwrap();
    let judging = iesiz::scan::Judging {
        policy: Some(&policy),
        purpose,
    };
    iesiz::scan::scan(
        &found,
        &iesiz::detect::Detectors::builtin(),
        judging,
        &iesiz::progress::Silent,
    )
    .unwrap()
}

#[test]
fn every_column_of_the_samples_is_judged_as_expected() {
    let expected: Expected =
        toml::from_str(&std::fs::read_to_string(samples().join("expected.toml")).unwrap()).unwrap();
    let findings = scan_samples("qiwi_kazakhstan", Some("identify_and_raise_status"));
    assert_eq!(findings.tables.len(), expected.table.len());
    let mut wrong = Vec::new();
    for table in &expected.table {
        let found = findings
            .tables
            .iter()
            .find(|t| t.source == table.source)
            .unwrap();
        assert_eq!(
            (found.rows, &found.encoding, &found.delimiter),
            (Some(table.rows), &table.encoding, &table.delimiter),
            "{}",
            table.source
        );
        assert_eq!(found.columns.len(), table.columns.len(), "{}", table.source);
        for column in &found.columns {
            if let Some(complaint) = complaint(column, &table.columns[&column.path]) {
                wrong.push(format!("{} {}: {complaint}", table.source, column.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn complaint(found: &ColumnFinding, expected: &Column) -> Option<String> {
    let also: Vec<&str> = found.also.iter().map(|c| c.category.as_str()).collect();
    let holds_all = expected
        .also
        .iter()
        .all(|category| also.contains(&category.as_str()));
    let is_right = found.category == expected.category
        && found.verdict == expected.verdict
        && holds_all
        && also.len() == expected.also.len();
    (!is_right).then(|| {
        format!(
            "found {:?} also {also:?} {:?}, expected {:?} also {:?} {:?}",
            found.category, found.verdict, expected.category, expected.also, expected.verdict
        )
    })
}

#[test]
fn an_iin_is_judged_by_operator_and_purpose() {
    let verdict = |name, purpose| {
        let findings = scan_samples(name, purpose);
        let columns = findings.tables.iter().flat_map(|t| &t.columns);
        let verdicts: std::collections::BTreeSet<Verdict> = columns
            .filter(|c| c.category.as_deref() == Some("iin"))
            .map(|c| c.verdict)
            .collect();
        assert_eq!(verdicts.len(), 1, "{name} {purpose:?}");
        *verdicts.first().unwrap()
    };
    assert_eq!(
        verdict("adalcheck", Some("identification_and_account")),
        Verdict::Excess
    );
    assert_eq!(verdict("proleads", None), Verdict::Excess);
    let qiwi = iesiz::policy::Policy::load(&policy("qiwi_kazakhstan")).unwrap();
    for purpose in &qiwi.purposes {
        let expected = if purpose.id == "identify_and_raise_status" {
            Verdict::Approved
        } else {
            Verdict::Excess
        };
        assert_eq!(
            verdict("qiwi_kazakhstan", Some(purpose.id.as_str())),
            expected,
            "{}",
            purpose.id
        );
    }
}

#[test]
fn ethnicity_is_prohibited_where_the_policy_forbids_it() {
    let findings = scan_samples("proleads", None);
    let ethnicity = findings
        .tables
        .iter()
        .flat_map(|t| &t.columns)
        .find(|c| c.category.as_deref() == Some("ethnicity"))
        .unwrap();
    assert_eq!(ethnicity.verdict, Verdict::Prohibited);
}

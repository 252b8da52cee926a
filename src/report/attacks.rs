//! What attacks showed: in words, and as rows of a spreadsheet.

use super::csv_of;
use crate::error::Error;
use crate::text::{Arg, plain, tr};
use crate::verify::{Attack, BrokenColumn, Outcome, Rates, Verification};

/// What the attacks showed: the sum over tables, and every break by its place.
pub fn verification(verification: &Verification) -> String {
    let mut lines = vec![plain("attacks-head")];
    let mut names: Vec<&str> = verification
        .tables
        .iter()
        .flat_map(|t| &t.attacks)
        .map(|a| a.attack)
        .collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let attacks = || {
            verification
                .tables
                .iter()
                .flat_map(|t| t.attacks.iter().map(move |a| (t, a)))
                .filter(|(_, a)| a.attack == name)
        };
        let outcome = if attacks().any(|(_, a)| a.outcome == Outcome::Broken) {
            Outcome::Broken
        } else if attacks().any(|(_, a)| a.outcome == Outcome::Held) {
            Outcome::Held
        } else {
            Outcome::NotApplicable
        };
        let tried = attacks().map(|(_, a)| a.tried).sum();
        let (attack, outcome) = (
            plain(&format!("attack-{name}")),
            plain(&format!("outcome-{}", outcome.word())),
        );
        let args = [
            ("attack", Arg::Text(&attack)),
            ("outcome", Arg::Text(&outcome)),
            ("tried", Arg::Count(tried)),
        ];
        lines.push(format!("  {}", tr("attack-line", &args)));
        for (table, attack) in attacks() {
            lines.extend(attack_details(&table.table, attack));
        }
    }
    lines.join("\n")
}

fn attack_details(table: &str, attack: &Attack) -> Vec<String> {
    let mut lines: Vec<String> = attack
        .columns
        .iter()
        .map(|column| {
            let path = if column.path.is_empty() {
                "none"
            } else {
                &column.path
            };
            let args = [
                ("path", Arg::Text(path)),
                ("count", Arg::Count(column.count)),
                (
                    "hidden",
                    Arg::Text(column.hidden_as.as_deref().unwrap_or("none")),
                ),
                (
                    "known",
                    Arg::Text(column.known_from.as_deref().unwrap_or("none")),
                ),
            ];
            format!(
                "  {table}: {}",
                tr("attack-broken-line", &args).trim_start()
            )
        })
        .collect();
    if let Some(covered) = attack.covered {
        let percent = format!("{:.1}", covered * 100.0);
        lines.push(format!(
            "  {table}: {}",
            tr("attack-covered", &[("percent", Arg::Text(&percent))]).trim_start()
        ));
    }
    if let Some(expected) = attack.expected {
        let expected = tr("attack-expected", &[("expected", Arg::Count(expected))]);
        lines.push(format!("  {table}: {}", expected.trim_start()));
    }
    lines.extend(attack.rates.map(|rates| {
        let percent = |rate: f64| format!("{:.1}", rate * 100.0);
        let args = [
            ("attack", rates.attack),
            ("control", rates.control),
            ("risk", rates.risk),
            ("low", rates.low),
            ("high", rates.high),
        ]
        .map(|(name, rate)| (name, percent(rate)));
        let args = args.each_ref().map(|(name, rate)| (*name, Arg::Text(rate)));
        format!("  {table}: {}", tr("attack-rates", &args).trim_start())
    }));
    lines
}

/// One line a table and attack, and one for each table that could not be attacked.
pub fn verification_csv(verification: &Verification, failures: &[(String, Error)]) -> String {
    let head = [
        "table", "attack", "outcome", "code", "tried", "broken", "covered", "expected", "rate",
        "control", "risk", "columns",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for table in &verification.tables {
        let attacks = table.attacks.iter();
        rows.extend(attacks.map(|attack| attack_row(&table.table, attack)));
    }
    for (table, error) in failures {
        let (outcome, code) = ("failed".to_owned(), error.code().to_string());
        let mut row = vec![table.clone(), String::new(), outcome, code];
        row.resize(head.len(), String::new());
        rows.push(row);
    }
    csv_of(&rows)
}

fn attack_row(table: &str, attack: &Attack) -> Vec<String> {
    let rate = |of: fn(&Rates) -> f64| attack.rates.as_ref().map(of);
    let figure = |figure: Option<f64>| figure.map_or(String::new(), |figure| figure.to_string());
    let columns: Vec<String> = attack.columns.iter().map(column).collect();
    vec![
        table.to_owned(),
        attack.attack.to_owned(),
        attack.outcome.word().to_owned(),
        String::new(),
        attack.tried.to_string(),
        attack.broken.to_string(),
        figure(attack.covered),
        attack
            .expected
            .map_or(String::new(), |tries| tries.to_string()),
        figure(rate(|rates| rates.attack)),
        figure(rate(|rates| rates.control)),
        figure(rate(|rates| rates.risk)),
        columns.join("; "),
    ]
}

fn column(column: &BrokenColumn) -> String {
    let hidden = column.hidden_as.iter().map(|how| format!(" {how}"));
    let known = (column.known_from.iter()).map(|table| format!(" known from {table}"));
    format!(
        "{} {}{}",
        column.path,
        column.count,
        hidden.chain(known).collect::<String>()
    )
    .trim_start()
    .to_owned()
}

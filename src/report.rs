//! Findings, plans and attacks in words, as tables a person understands. Makes text; prints nothing.

mod attacks;

use crate::anonymize::{Outcomes, TableOutcome};
use crate::error::Error;
use crate::findings::{ColumnFinding, Findings, Reason, State, TableFindings, Verdict};
use crate::in_place;
use crate::plan::{Action, ColumnPlan, Plan};
use crate::policy::Policy;
use crate::source::Found;
use crate::source::database::Left;
use crate::source::sample::least_share;
use crate::text::{Arg, plain, tr};
pub use attacks::{verification, verification_csv};

/// What was found, table by table; with a plan, also what becomes of each column.
pub fn findings(findings: &Findings, plan: Option<&Plan>, found: &Found) -> String {
    let mut text = String::new();
    for table in &findings.tables {
        let decisions = plan.and_then(|plan| plan.tables.iter().find(|t| t.output == table.source));
        text.push_str(&table_text(table, decisions.map(|t| t.columns.as_slice())));
        text.push('\n');
    }
    text.push_str(&summary(findings, found));
    text
}

/// What speaks for and against the category of each column, or of those with one path.
pub fn explained(findings: &Findings, path: Option<&str>) -> String {
    let mut text = String::new();
    for table in &findings.tables {
        let asked = |column: &&ColumnFinding| path.is_none_or(|path| path == column.path);
        for column in table.columns.iter().filter(asked) {
            text.push_str(&explained_column(&table.source, column));
        }
    }
    text
}

fn explained_column(source: &str, column: &ColumnFinding) -> String {
    let bits = |bits: f64| format!("{bits:+.1}");
    let nothing = plain("explain-nothing");
    let mut lines = vec![
        tr(
            "explain-column",
            &[
                ("source", Arg::Text(source)),
                ("path", Arg::Text(&column.path)),
                (
                    "category",
                    Arg::Text(column.category.as_deref().unwrap_or(&nothing)),
                ),
                ("bits", Arg::Text(&bits(column.bits))),
                (
                    "confidence",
                    Arg::Text(&format!("{:.2}", column.confidence * 100.0)),
                ),
            ],
        ),
        "          ".to_owned()
            + &tr(
                "explain-cells",
                &[
                    ("distinct", Arg::Count(column.distinct)),
                    ("nulls", Arg::Count(column.nulls)),
                    ("type", Arg::Text(column.dtype)),
                ],
            ),
    ];
    for item in &column.evidence {
        let from = match (item.from.as_str(), item.hits) {
            (pattern, Some(hits)) => tr(
                "explain-pattern",
                &[("hits", Arg::Count(hits)), ("pattern", Arg::Text(pattern))],
            ),
            (from, None) => plain(&format!("explain-{from}")),
        };
        lines.push(format!("{:>9} {from}", bits(item.bits)));
    }
    if !column.evidence.is_empty() {
        lines.push(format!("{:>9} {}", bits(column.bits), plain("explain-sum")));
    }
    for also in &column.also {
        let known = [
            ("category", Arg::Text(&also.category)),
            ("hits", Arg::Count(also.hits)),
        ];
        lines.push("          ".to_owned() + &tr("explain-also", &known));
    }
    if let Some(claims) = &column.header_claims {
        let claimed = tr("explain-claims", &[("category", Arg::Text(claims))]);
        lines.push("          ".to_owned() + &claimed);
    }
    lines.join("\n") + "\n"
}

fn table_text(table: &TableFindings, decisions: Option<&[ColumnPlan]>) -> String {
    let mut text = headline(table) + "\n";
    for problem in &table.problems {
        let message = match &problem.message {
            Some(message) => format!("{}: {message}", problem.code),
            None => tr(
                &format!("problem-{}", problem.code),
                &[("count", Arg::Count(problem.count))],
            ),
        };
        text.push_str(&format!("  ! {message}\n"));
    }
    if table.state == State::Unread {
        return text;
    }
    let shown: Vec<&ColumnFinding> = table
        .columns
        .iter()
        .filter(|c| c.verdict != Verdict::Clean)
        .collect();
    let hidden = (table.columns.len() - shown.len()) as u64;
    if shown.is_empty() {
        return text + "  " + &plain("table-all-clean") + "\n";
    }
    let mut rows = vec![heads(decisions.is_some())];
    rows.extend(shown.iter().map(|column| row(column, decisions)));
    text.push_str(&aligned(&rows));
    if hidden > 0 {
        text.push_str(&format!(
            "  {}\n",
            tr("table-clean-columns", &[("count", Arg::Count(hidden))])
        ));
    }
    text
}

fn headline(table: &TableFindings) -> String {
    let of_all = table.rows.filter(|rows| *rows > table.rows_read);
    let sampled = of_all.map(|rows| {
        let share = format!("{:.2}", least_share(table.rows_read) * 100.0);
        let args = [
            ("rows", Arg::Count(table.rows_read)),
            ("all", Arg::Count(rows)),
            ("share", Arg::Text(&share)),
        ];
        format!("\n  {}", tr("table-sampled", &args))
    });
    headline_of_all(table) + &sampled.unwrap_or_default()
}

fn headline_of_all(table: &TableFindings) -> String {
    let source = ("source", Arg::Text(&table.source));
    let rows = ("rows", Arg::Count(table.rows_read));
    if table.state == State::Unread {
        return tr("table-unread", &[source]);
    }
    match (&table.encoding, &table.delimiter) {
        (Some(encoding), Some(delimiter)) => {
            let delimiter = plain(match delimiter.as_str() {
                ";" => "delimiter-semicolon",
                "\t" => "delimiter-tab",
                "|" => "delimiter-pipe",
                _ => "delimiter-comma",
            });
            let header = if table.header == Some(true) {
                "yes"
            } else {
                "no"
            };
            let args = [
                source,
                rows,
                ("encoding", Arg::Text(encoding)),
                ("delimiter", Arg::Text(&delimiter)),
                ("header", Arg::Text(header)),
            ];
            tr("table-read-csv", &args)
        }
        _ => tr(
            "table-read",
            &[source, rows, ("format", Arg::Text(&table.format))],
        ),
    }
}

fn heads(with_plan: bool) -> Vec<String> {
    let mut keys = vec![
        "column-head-path",
        "column-head-category",
        "column-head-verdict",
        "column-head-reason",
    ];
    keys.extend(with_plan.then_some("column-head-done"));
    keys.into_iter().map(plain).collect()
}

fn row(column: &ColumnFinding, decisions: Option<&[ColumnPlan]>) -> Vec<String> {
    let category = match (&column.category, &column.header_claims) {
        (Some(category), Some(claims)) => format!(
            "{category} {}",
            tr("column-claims", &[("category", Arg::Text(claims))])
        ),
        (Some(category), None) => {
            format!("{category} {:.0} %", (column.confidence * 100.0).floor())
        }
        (None, _) => "-".to_owned(),
    };
    let mut reason = plain(&format!("reason-{}", reason_word(column.reason)));
    if !column.also.is_empty() {
        let list: Vec<String> = column
            .also
            .iter()
            .map(|c| format!("{} {}", c.category, c.hits))
            .collect();
        reason.push_str("; ");
        reason.push_str(&tr("column-also", &[("list", Arg::Text(&list.join(", ")))]));
    }
    let mut cells = vec![
        column.path.clone(),
        category,
        plain(&format!("verdict-{}", verdict_word(column.verdict))),
        reason,
    ];
    if let Some(decision) = decisions.and_then(|all| all.iter().find(|d| d.path == column.path)) {
        cells.push(plain(&format!("action-{}", done_word(decision))));
    }
    cells
}

fn done_word(decision: &ColumnPlan) -> &str {
    match (decision.action, &decision.method) {
        (Action::Keep, _) => "keep",
        (Action::Rewrite, Some(method)) => method,
        (Action::Rewrite | Action::Drop, _) => "drop",
    }
}

fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Clean => "clean",
        Verdict::Approved => "approved",
        Verdict::Review => "review",
        Verdict::Excess => "excess",
        Verdict::Prohibited => "prohibited",
        Verdict::Unread => "unread",
    }
}

fn reason_word(reason: Reason) -> &'static str {
    match reason {
        Reason::NoPersonalData => "no-personal-data",
        Reason::NotPersonal => "not-personal",
        Reason::OnList => "on-list",
        Reason::ParentOnList => "parent-on-list",
        Reason::OtherPurpose => "other-purpose",
        Reason::NamedNotApproved => "named-not-approved",
        Reason::NotOnList => "not-on-list",
        Reason::NoPolicy => "no-policy",
        Reason::Prohibited => "prohibited",
        Reason::ThinEvidence => "thin-evidence",
        Reason::Unreadable => "unreadable",
        Reason::Anonymized => "anonymized",
    }
}

/// Columns of equal width, two spaces apart, indented by two.
fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |i: usize| {
        rows.iter()
            .filter_map(|row| row.get(i))
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cell.chars().count())));
        format!("  {}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

fn summary(findings: &Findings, found: &Found) -> String {
    let of = |verdict: Verdict| {
        let columns = findings.tables.iter().flat_map(|t| &t.columns);
        Arg::Count(columns.filter(|c| c.verdict == verdict).count() as u64)
    };
    let unread = findings
        .tables
        .iter()
        .filter(|t| t.state == State::Unread)
        .count() as u64;
    let mut lines = vec![match &findings.policy {
        Some(policy) => match &policy.purpose {
            Some(purpose) => tr(
                "summary-policy",
                &[
                    ("operator", Arg::Text(&policy.operator)),
                    ("purpose", Arg::Text(purpose)),
                ],
            ),
            None => tr(
                "summary-policy-any",
                &[("operator", Arg::Text(&policy.operator))],
            ),
        },
        None => plain("summary-no-policy"),
    }];
    lines.push(tr(
        "summary-scan",
        &[
            ("tables", Arg::Count(findings.tables.len() as u64)),
            (
                "rows",
                Arg::Count(findings.tables.iter().map(|t| t.rows_read).sum()),
            ),
            ("prohibited", of(Verdict::Prohibited)),
            ("excess", of(Verdict::Excess)),
            ("review", of(Verdict::Review)),
            ("approved", of(Verdict::Approved)),
            ("clean", of(Verdict::Clean)),
            ("unread", Arg::Count(unread)),
        ],
    ));
    if !findings.approved_not_found.is_empty() {
        lines.push(tr(
            "summary-approved-not-found",
            &[("list", Arg::Text(&findings.approved_not_found.join(", ")))],
        ));
    }
    for (key, files) in [
        ("summary-ignored", &found.ignored),
        ("summary-again", &found.again),
    ] {
        if !files.is_empty() {
            lines.push(tr(key, &[("count", Arg::Count(files.len() as u64))]));
        }
    }
    lines.join("\n") + "\n"
}

/// What became of every table, and what the attacks showed.
pub fn outcomes(outcomes: &Outcomes, findings: &Findings, own_folder: &str) -> String {
    let mut lines = vec![String::new()];
    for table in &outcomes.tables {
        lines.extend(outcome(table));
    }
    for path in &outcomes.left {
        let path = path.display().to_string();
        lines.push(tr("done-stale", &[("path", Arg::Text(&path))]));
    }
    for table in findings.tables.iter().filter(|t| t.state == State::Unread) {
        lines.push(tr("done-skipped", &[("table", Arg::Text(&table.source))]));
    }
    lines.push(String::new());
    lines.push(verification(&outcomes.verification));
    let has_tokens = outcomes
        .tables
        .iter()
        .filter_map(|t| t.result.as_ref().ok())
        .any(|done| done.cells.contains_key("token"));
    if has_tokens {
        lines.push(plain("honest-tokens"));
    }
    lines.push(plain("honest-inputs"));
    lines.push(tr("own-files", &[("path", Arg::Text(own_folder))]));
    lines.push(tr(
        "journal-head",
        &[
            ("path", Arg::Text("journal.jsonl")),
            ("head", Arg::Text(&outcomes.journal_head)),
        ],
    ));
    lines.join("\n") + "\n"
}

/// What became of tables that were changed where they are.
pub fn changed(outcomes: &in_place::Outcomes, folder: &str) -> String {
    let line = |table: &in_place::TableOutcome| match &table.result {
        Ok(done) => tr(
            if done.changed > 0 {
                "changed-table"
            } else {
                "changed-nothing"
            },
            &[
                ("table", Arg::Text(&table.table)),
                ("changed", Arg::Count(done.changed)),
                ("rows", Arg::Count(done.rows)),
            ],
        ),
        Err(Error::Broken { .. }) => tr("changed-broken", &[("table", Arg::Text(&table.table))]),
        Err(error) => tr("changed-failed", &[("message", Arg::Text(&error.chain()))]),
    };
    let mut lines = vec![String::new()];
    lines.extend(outcomes.tables.iter().map(line));
    lines.push(String::new());
    lines.push(verification(&outcomes.verification));
    let done = outcomes
        .tables
        .iter()
        .filter_map(|table| table.result.as_ref().ok());
    if { done }.any(|done| done.cells.contains_key("token")) {
        lines.push(plain("honest-tokens"));
    }
    lines.extend(outcomes.left.iter().map(left_in_database));
    lines.push(tr("own-files", &[("path", Arg::Text(folder))]));
    let args = [
        ("path", Arg::Text("journal.jsonl")),
        ("head", Arg::Text(&outcomes.journal_head)),
    ];
    lines.push(tr("journal-head", &args));
    lines.join("\n") + "\n"
}

/// What a database still keeps of what is gone.
pub(crate) fn left_in_database(left: &Left) -> String {
    let args = [
        ("database", Arg::Text(&left.database)),
        ("count", Arg::Count(left.count)),
    ];
    tr(&format!("left-{}", left.code), &args)
}

fn outcome(table: &TableOutcome) -> Vec<String> {
    let done = match &table.result {
        Ok(done) => done,
        Err(_) if table.broken => {
            return vec![tr("done-broken", &[("table", Arg::Text(&table.table))])];
        }
        Err(error) => {
            return vec![tr("done-failed", &[("message", Arg::Text(&error.chain()))])];
        }
    };
    let path = done.path.display().to_string();
    let args = [("path", Arg::Text(&path)), ("rows", Arg::Count(done.rows))];
    let groups = done.recoded.as_ref().map(|recoded| {
        let args = [
            ("groups", Arg::Count(recoded.groups)),
            ("k", Arg::Count(recoded.k)),
            ("suppressed", Arg::Count(recoded.suppressed_rows)),
        ];
        tr("done-groups", &args)
    });
    let blocked = (done.blocked > 0).then(|| {
        let args = [("count", Arg::Count(done.blocked))];
        tr("done-blocked", &args)
    });
    std::iter::once(tr("done-published", &args))
        .chain(groups)
        .chain(blocked)
        .collect()
}

/// One line a column, for a spreadsheet.
pub fn findings_csv(findings: &Findings) -> String {
    let head = [
        "source",
        "state",
        "path",
        "type",
        "category",
        "confidence",
        "hits",
        "also",
        "verdict",
        "reason",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for table in &findings.tables {
        let state = if table.state == State::Read {
            "read"
        } else {
            "unread"
        };
        if table.columns.is_empty() {
            let mut row = vec![table.source.clone(), state.to_owned()];
            row.resize(head.len(), String::new());
            rows.push(row);
        }
        for c in &table.columns {
            let also: Vec<String> = c
                .also
                .iter()
                .map(|a| format!("{} {}", a.category, a.hits))
                .collect();
            rows.push(vec![
                table.source.clone(),
                state.to_owned(),
                c.path.clone(),
                c.dtype.to_owned(),
                c.category.clone().unwrap_or_default(),
                c.confidence.to_string(),
                c.hits.to_string(),
                also.join("; "),
                verdict_word(c.verdict).to_owned(),
                reason_word(c.reason).to_owned(),
            ]);
        }
    }
    csv_of(&rows)
}

/// Rows of cells as CSV.
fn csv_of(rows: &[Vec<String>]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let written = rows.iter().try_for_each(|row| writer.write_record(row));
    written
        .ok()
        .and_then(|()| writer.into_inner().ok())
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or_default()
}

/// A policy in a few lines, with its contradictions.
pub fn policy(policy: &Policy, path: &str) -> String {
    let args = [
        ("path", Arg::Text(path)),
        ("operator", Arg::Text(&policy.name)),
        ("purposes", Arg::Count(policy.purposes.len() as u64)),
        ("categories", Arg::Count(policy.approved(None).len() as u64)),
    ];
    let mut text = tr("policy-sound", &args) + "\n";
    if !policy.conflicts.is_empty() {
        text.push_str(&(plain("policy-conflicts") + "\n"));
    }
    for conflict in &policy.conflicts {
        text.push_str(&format!(
            "  {} ({}): {}\n",
            conflict.id, conflict.place, conflict.explanation
        ));
    }
    text
}

/// All purposes of a policy.
pub fn purposes(policy: &Policy) -> String {
    let mut text = String::new();
    for purpose in &policy.purposes {
        let categories: Vec<&str> = purpose.categories.iter().map(String::as_str).collect();
        let lines = [
            tr(
                "policy-purpose",
                &[
                    ("id", Arg::Text(&purpose.id)),
                    ("label", Arg::Text(&purpose.label)),
                ],
            ),
            tr(
                "policy-purpose-terms",
                &[
                    ("retention", Arg::Text(&purpose.retention)),
                    ("basis", Arg::Text(&purpose.legal_basis.join("; "))),
                ],
            ),
            tr(
                "policy-purpose-categories",
                &[("list", Arg::Text(&categories.join(", ")))],
            ),
        ];
        text.push_str(&(lines.join("\n") + "\n"));
    }
    text
}

//! The command line: flags in, library called, text out, exit status. The only module that prints.

mod act;
mod args;
mod grouping;
mod in_place;
mod policy;
mod prepare;
mod progress;
mod purge;
mod subject;

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;

use crate::anonymize::{self, OutputFolder, To, Work};
use crate::category::Catalog;
use crate::detect::Detectors;
use crate::error::{Error, Result};
use crate::findings::Findings;
use crate::plan::{self, Aim, Plan};
use crate::policy::Policy;
use crate::scan::{self, Judging};
use crate::source::staged::write_atomically;
use crate::source::{Choice, Found, Options, discover, rate};
use crate::text::{Arg, tr};
use crate::verify::{self, Effort, Verification};
use crate::{budget, journal, locate, pattern, report};
use args::{Cli, Command, JournalCommand, PatternsCommand, ReportFormat};
use progress::Bar;

const FAILED: u8 = 2;
const OUTSIDE: u8 = 1;

/// Runs the program on its arguments.
pub fn run(args: impl Iterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { FAILED } else { 0 });
        }
    };
    prepare::prepare(&cli);
    let work = std::panic::AssertUnwindSafe(|| dispatch(cli));
    let outcome = std::panic::catch_unwind(work).unwrap_or_else(|_| {
        Err(Error::Internal {
            place: "iesiz".to_owned(),
        })
    });
    tracing::info!(bytes = prepare::peak_memory(), "most memory taken");
    match outcome {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            complain(&error);
            ExitCode::from(FAILED)
        }
    }
}

fn dispatch(cli: Cli) -> Result<u8> {
    if let Some(memory) = cli.memory {
        budget::set(memory.as_u64())?;
    }
    if let Some(folder) = &cli.patterns {
        pattern::add_own(folder)?;
    }
    match cli.command {
        Command::Scan(args) => scan_command(&args),
        Command::Explain(args) => explain_command(&args),
        Command::Plan(args) => plan_command(&args),
        Command::Apply(args) => apply_command(&args),
        Command::Anonymize(args) => anonymize_command(&args),
        Command::Verify(args) => verify_command(&args),
        Command::Purge(args) => purge::command(&args),
        Command::Subject(command) => subject::command(&command),
        Command::Policy(command) => policy::command(&command),
        Command::Patterns(command) => patterns_command(command),
        Command::Journal(command) => journal_command(command),
        Command::Act(command) => act::act_command(&command),
    }
}

impl args::Tables {
    /// The tables, and what looks at them: neither waits for the other.
    fn opened(&self) -> Result<(Found, Arc<Detectors>)> {
        let (found, detectors) = rayon::join(|| self.found(), Detectors::builtin);
        Ok((found?, Arc::new(detectors)))
    }

    /// The same without the rows of blocked people.
    fn usable(&self, policy: Option<&Policy>) -> Result<(Found, Arc<Detectors>)> {
        let (found, detectors) = self.opened()?;
        let found = match policy {
            Some(policy) => crate::purge::without_blocked(found, policy)?,
            None => found,
        };
        Ok((found, detectors))
    }

    fn found(&self) -> Result<Found> {
        let options = Options {
            encoding: self.encoding,
            delimiter: self.delimiter,
            has_header: self.header.map(|h| h == args::YesNo::Yes),
            choice: Choice {
                include: self.include.clone(),
                exclude: self.exclude.clone(),
                views: self.views,
            },
        };
        if let Some(rate) = self.rate {
            rate::set(rate.as_u64());
        }
        let found = discover(&self.sources, &options)?;
        for path in &found.ignored {
            tracing::info!(path = %path.display(), "not a table");
        }
        Ok(found)
    }
}

impl args::To {
    fn format(self) -> To {
        match self {
            Self::Csv => To::Csv,
            Self::Parquet => To::Parquet,
        }
    }
}

impl args::Judging {
    fn policy(&self) -> Result<Option<Policy>> {
        let Some(path) = &self.policy else {
            return Ok(None);
        };
        let policy = Policy::load(path)?;
        if let Some(purpose) = &self.purpose {
            policy.require_purpose(purpose)?;
        }
        Ok(Some(policy))
    }

    /// Writing needs a purpose: data may be used for declared purposes only.
    fn policy_and_purpose(&self) -> Result<Option<Policy>> {
        let policy = self.policy()?;
        match &policy {
            Some(policy) if self.purpose.is_none() => Err(Error::PurposeMissing {
                known: policy.purpose_ids(),
            }),
            _ => Ok(policy),
        }
    }
}

fn scan_command(args: &args::Scan) -> Result<u8> {
    let policy = args.judging.policy()?;
    let (found, detectors) = args.tables.opened()?;
    let purpose = args.judging.purpose.as_deref();
    let findings = scanned(&found, &detectors, policy.as_ref(), purpose)?;
    let text = match args.format {
        ReportFormat::Human => report::findings(&findings, None, found.ignored.len()),
        ReportFormat::Json => json(&findings)?,
        ReportFormat::Csv => report::findings_csv(&findings),
    };
    match &args.output {
        Some(path) => write_report(path, &found, &text)?,
        None => print(&text)?,
    }
    if let Some(path) = &args.spans {
        write_spans(path, &found, &findings, &detectors)?;
    }
    complain_unread(&findings);
    Ok(judged(&findings))
}

fn write_spans(
    path: &Path,
    found: &Found,
    findings: &Findings,
    detectors: &Detectors,
) -> Result<()> {
    forbid_input(path, found)?;
    let refused = |source| Error::Write {
        place: path.display().to_string(),
        source,
    };
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
    let file =
        tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).map_err(refused)?;
    let mut out = std::io::BufWriter::new(file);
    locate::locate(found, findings, detectors, &mut out, &Bar::new())?;
    let file = out.into_inner().map_err(|e| refused(e.into_error()))?;
    file.as_file().sync_all().map_err(refused)?;
    file.persist(path).map_err(|e| refused(e.error))?;
    Ok(())
}

fn explain_command(args: &args::Explain) -> Result<u8> {
    let (found, detectors) = args.tables.opened()?;
    let findings = scanned(&found, &detectors, None, None)?;
    let text = report::explained(&findings, args.column.as_deref());
    complain_unread(&findings);
    if text.is_empty() && !findings.has_unread() {
        let column = args.column.clone().unwrap_or_default();
        return Err(Error::Invalid {
            place: format!("--column {column}"),
            report: "no table has such a column; leave it out to see all".to_owned(),
        });
    }
    print(&text)?;
    Ok(if findings.has_unread() { FAILED } else { 0 })
}

/// Writes a report, never over an input.
fn write_report(path: &Path, found: &Found, text: &str) -> Result<()> {
    forbid_input(path, found)?;
    write_atomically(path, text.as_bytes())
}

fn forbid_input(path: &Path, found: &Found) -> Result<()> {
    let target = path.canonicalize().ok();
    let is_input = |input: &Path| target.is_some() && input.canonicalize().ok() == target;
    if found
        .tables
        .iter()
        .filter_map(|table| table.holder())
        .any(is_input)
    {
        return Err(Error::OutputIsInput {
            path: path.to_owned(),
        });
    }
    Ok(())
}

fn judged(findings: &Findings) -> u8 {
    if findings.has_unread() {
        FAILED
    } else if findings.has_outside() {
        OUTSIDE
    } else {
        0
    }
}

fn scanned(
    found: &Found,
    detectors: &Detectors,
    policy: Option<&Policy>,
    purpose: Option<&str>,
) -> Result<Findings> {
    let judging = Judging { policy, purpose };
    scan::scan(found, detectors, judging, &Bar::new())
}

fn plan_command(args: &args::PlanArgs) -> Result<u8> {
    let asked = args.grouped.asked()?;
    let policy = args.judging.policy_and_purpose()?;
    let (found, detectors) = args.tables.usable(policy.as_ref())?;
    let purpose = args.judging.purpose.as_deref();
    let findings = scanned(&found, &detectors, policy.as_ref(), purpose)?;
    let aim = if args.aim == args::Aim::Export {
        Aim::Export
    } else {
        Aim::Cleanup
    };
    let plan = plan::plan(&findings, &found.tables, aim, asked.as_ref())?;
    write_report(&args.output, &found, &plan.text()?)?;
    let path = args.output.display().to_string();
    let written = tr(
        "plan-written",
        &[
            ("tables", Arg::Count(plan.tables.len() as u64)),
            ("path", Arg::Text(&path)),
        ],
    );
    print(&format!(
        "{}\n{written}\n",
        report::findings(&findings, Some(&plan), found.ignored.len())
    ))?;
    complain_unread(&findings);
    Ok(judged(&findings))
}

fn apply_command(args: &args::Apply) -> Result<u8> {
    let plan = Plan::load(&args.plan)?;
    let place = || args.plan.display().to_string();
    if plan.head.patterns != pattern::fingerprint() {
        return Err(Error::StalePlan {
            place: place(),
            what: "it was made with other patterns",
        });
    }
    let found = crate::apply::sources(&plan)?;
    let detectors = Arc::new(Detectors::builtin());
    let work = Work {
        findings: &scanned(&found, &detectors, None, None)?,
        plan: &plan,
        plan_edited: plan.hash()? != plan.head.hash,
        sources: &found.tables,
        to: args.writing.to.map(args::To::format),
        command: "apply",
        detectors,
    };
    carry_out(&work, &args.writing)
}

fn anonymize_command(args: &args::Anonymize) -> Result<u8> {
    let asked = args.grouped.asked()?;
    let policy = args.judging.policy_and_purpose()?;
    let (found, detectors) = args.tables.usable(policy.as_ref())?;
    let purpose = args.judging.purpose.as_deref();
    let findings = scanned(&found, &detectors, policy.as_ref(), purpose)?;
    let plan = plan::plan(&findings, &found.tables, Aim::Export, asked.as_ref())?;
    print(&report::findings(
        &findings,
        Some(&plan),
        found.ignored.len(),
    ))?;
    let work = Work {
        findings: &findings,
        plan: &plan,
        plan_edited: false,
        sources: &found.tables,
        to: args.writing.to.map(args::To::format),
        command: "anonymize",
        detectors,
    };
    carry_out(&work, &args.writing)
}

/// Writes to a folder, or changes tables where they are.
fn carry_out(work: &Work<'_>, writing: &args::Writing) -> Result<u8> {
    match &writing.output {
        Some(output) => write_out(work, output),
        None => in_place::change(work, writing),
    }
}

/// Applies, attacks, publishes, and leaves findings, plan, verification and journal beside the tables.
fn write_out(work: &Work<'_>, output: &Path) -> Result<u8> {
    let folder = OutputFolder::claim(output)?;
    let findings = work.findings;
    write_atomically(&folder.own("findings.json"), json(findings)?.as_bytes())?;
    write_atomically(&folder.own("plan.toml"), work.plan.text()?.as_bytes())?;
    let outcomes = anonymize::run(work, &folder, &Bar::new())?;
    write_atomically(
        &folder.own("verification.json"),
        json(&outcomes.verification)?.as_bytes(),
    )?;
    write_atomically(
        &folder.own("utility.json"),
        json(&outcomes.utility())?.as_bytes(),
    )?;
    print(&report::outcomes(
        &outcomes,
        findings,
        &folder.own("").display().to_string(),
    ))?;
    for error in outcomes
        .tables
        .iter()
        .filter_map(|table| table.result.as_ref().err())
        .filter(|error| !matches!(error, Error::NothingLeft { .. }))
    {
        complain(error);
    }
    complain_unread(findings);
    Ok(anonymize::status(findings, &outcomes))
}

fn verify_command(args: &args::Verify) -> Result<u8> {
    let detectors = Detectors::builtin();
    let bar = Bar::new();
    let options = Options::default();
    let originals = discover(std::slice::from_ref(&args.original), &options)?;
    let mut verification = Verification::new();
    let mut failures: Vec<Error> = Vec::new();
    let asked = args.grouping.asked()?;
    let attacked = match &args.output {
        None => originals
            .tables
            .iter()
            .map(|table| {
                verify::alone(
                    table.as_ref(),
                    &detectors,
                    Effort {
                        seconds: args.effort,
                    },
                    &asked,
                    &bar,
                )
            })
            .collect(),
        Some(output) => {
            let outputs = discover(std::slice::from_ref(output), &options)?;
            failures.extend(outputs.unread.into_iter().map(|(_, error)| error));
            verify::pairs(&originals.tables, &outputs.tables, &detectors, &asked, &bar)
        }
    };
    failures.extend(originals.unread.into_iter().map(|(_, error)| error));
    for table in attacked {
        match table {
            Ok(table) => verification.tables.push(table),
            Err(error) => failures.push(error),
        }
    }
    match args.format {
        ReportFormat::Human => print(&(report::verification(&verification) + "\n"))?,
        ReportFormat::Json | ReportFormat::Csv => print(&json(&verification)?)?,
    }
    failures.iter().for_each(complain);
    Ok(if failures.is_empty() {
        u8::from(verification.is_broken())
    } else {
        FAILED
    })
}

fn patterns_command(command: PatternsCommand) -> Result<u8> {
    match command {
        PatternsCommand::List => {
            let lines: Vec<String> = pattern::builtin()
                .iter()
                .map(|p| format!("{}\t{}", p.id, p.category))
                .collect();
            print(&(lines.join("\n") + "\n"))?;
            Ok(0)
        }
        PatternsCommand::Categories => {
            let lines = Catalog::builtin()
                .categories
                .iter()
                .map(|c| format!("{}\t{}\n", c.id, c.name_en));
            print(&lines.collect::<String>())?;
            Ok(0)
        }
        PatternsCommand::Show { id } => {
            let found = pattern::builtin_files()
                .iter()
                .find(|(known, _)| *known == id);
            let (_, text) = found.ok_or_else(|| Error::Invalid {
                place: id,
                report: "no such pattern: see `iesiz patterns list`".to_owned(),
            })?;
            print(text)?;
            Ok(0)
        }
        PatternsCommand::Check { files } => check_patterns(&files),
    }
}

fn check_patterns(files: &[std::path::PathBuf]) -> Result<u8> {
    let mut given: Vec<(String, String)> = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(file).map_err(|e| Error::read(file, e))?;
        given.push((id_of(file), text));
    }
    if files.is_empty() {
        given.extend(
            pattern::builtin_files()
                .iter()
                .map(|(id, text)| ((*id).to_owned(), (*text).to_owned())),
        );
    }
    let mut unsound = 0;
    for (id, text) in &given {
        let mut complaints = pattern::check::complaints(id, text);
        complaints.extend(pattern::check::too_dear(text));
        unsound += complaints.len();
        let cost = pattern::check::cost(text).unwrap_or_default();
        let lines = complaints.iter().map(|c| {
            tr(
                "pattern-unsound",
                &[("id", Arg::Text(id)), ("complaint", Arg::Text(c))],
            ) + "\n"
        });
        let lines: String = lines.collect();
        print(&if lines.is_empty() {
            tr(
                "pattern-sound",
                &[("id", Arg::Text(id)), ("cost", Arg::Count(cost))],
            ) + "\n"
        } else {
            lines
        })?;
    }
    Ok(if unsound > 0 { OUTSIDE } else { 0 })
}

/// `patterns/kz/iin.toml` is `kz.iin`.
fn id_of(file: &Path) -> String {
    let folder = file
        .parent()
        .and_then(Path::file_name)
        .unwrap_or_default()
        .to_string_lossy();
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    format!("{folder}.{stem}")
}

fn journal_command(command: JournalCommand) -> Result<u8> {
    let JournalCommand::Verify { file, head } = command;
    let checked = journal::check(&file)?;
    if checked.lines == 0 {
        return Err(Error::Journal {
            place: file.display().to_string(),
            line: 1,
            what: "it is not there: all lines were removed, or no run has begun",
        });
    }
    if head.is_some_and(|head| head != checked.head) {
        let place = file.display().to_string();
        return Err(Error::Journal {
            place,
            line: checked.lines as usize,
            what: "its hash is not the given one: lines at the end were changed or removed",
        });
    }
    let path = file.display().to_string();
    let args = [
        ("path", Arg::Text(&path)),
        ("lines", Arg::Count(checked.lines)),
        ("head", Arg::Text(&checked.head)),
    ];
    print(
        &(tr(
            if checked.is_closed {
                "journal-whole"
            } else {
                "journal-open"
            },
            &args,
        ) + "\n"),
    )?;
    Ok(if checked.is_closed { 0 } else { OUTSIDE })
}

fn json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string_pretty(value)
        .map(|text| text + "\n")
        .map_err(|_| Error::Internal {
            place: "report".to_owned(),
        })
}

/// Prints to standard output; a reader that went away is no failure.
fn print(text: &str) -> Result<()> {
    print_bytes(text.as_bytes())
}

fn print_bytes(bytes: &[u8]) -> Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => Err(Error::Write {
            place: "standard output".to_owned(),
            source: e,
        }),
        _ => Ok(()),
    }
}

fn complain(error: &Error) {
    let _ = writeln!(
        io::stderr().lock(),
        "iesiz: {} [{}]",
        error.chain(),
        error.code()
    );
}

fn complain_unread(findings: &Findings) {
    for table in findings
        .tables
        .iter()
        .filter(|t| t.state == crate::findings::State::Unread)
    {
        for problem in &table.problems {
            let message = problem.message.clone().unwrap_or_else(|| {
                tr(
                    &format!("problem-{}", problem.code),
                    &[("count", Arg::Count(problem.count))],
                )
            });
            let _ = writeln!(
                io::stderr().lock(),
                "iesiz: {}: {message} [{}]",
                table.source,
                problem.code
            );
        }
    }
}

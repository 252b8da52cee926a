//! The command line: flags in, library called, text out, exit status. The only module that prints.

mod act;
mod args;
mod grouping;
mod in_place;
mod journal;
mod policy;
mod prepare;
mod progress;
mod purge;
mod registering;
mod subject;
mod verify;
mod writing;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;

use crate::anonymize::To;
use crate::category::Catalog;
use crate::detect::Detectors;
use crate::error::{Error, Result};
use crate::findings::Findings;
use crate::policy::Policy;
use crate::scan::{self, Judging};
use crate::source::database;
use crate::source::sample::sampled;
use crate::source::staged::write_atomically;
use crate::source::{Choice, Found, Once, Options, discover_once, rate};
use crate::text::{Arg, tr};
use crate::{budget, locate, pattern, report};
use args::{Cli, Command, PatternsCommand, ReportFormat};
use progress::Bar;
use registering::{Note, Registering};

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
    let registering = Registering::new(&cli)?;
    let reading = |command, policy: Option<&Path>, work: &dyn Fn(&mut Note) -> Result<u8>| {
        registering.reading(command, policy, work)
    };
    match cli.command {
        Command::Scan(args) => {
            let policy = args.judging.policy.as_deref();
            reading("scan", policy, &|note| scan_command(&args, note))
        }
        Command::Explain(args) => reading("explain", None, &|note| explain_command(&args, note)),
        Command::Plan(args) => {
            let policy = args.judging.policy.as_deref();
            reading("plan", policy, &|note| {
                writing::plan_command(&args, cli.patterns.as_deref(), note)
            })
        }
        Command::Apply(args) => writing::apply_command(&args, &registering),
        Command::Anonymize(args) => writing::anonymize_command(&args, &registering),
        Command::Verify(args) => verify::command(&args, &registering),
        Command::Purge(args) => purge::command(&args, &registering),
        Command::Subject(command) => subject::command(&command, &registering),
        Command::Policy(command) => policy::command(&command, &registering),
        Command::Patterns(command) => patterns_command(command),
        Command::Journal(command) => journal::command(&command, registering.named()),
        Command::Act(command) => act::act_command(&command),
    }
}

impl args::Tables {
    /// The tables, and what looks at them: neither waits for the other.
    fn opened(&self) -> Result<(Found, Arc<Detectors>)> {
        self.opened_once(Once::File)
    }

    /// The same to destroy in them, under each of their names; a table that another has the name of would be taken for it.
    fn opened_in_place(&self) -> Result<(Found, Arc<Detectors>)> {
        let (found, detectors) = self.opened_once(Once::Name)?;
        let mut ids = BTreeSet::new();
        match (found.tables.iter()).find(|table| !ids.insert(table.id().clone())) {
            Some(table) => Err(Error::OutputClash {
                path: table.id().0.clone().into(),
            }),
            None => Ok((found, detectors)),
        }
    }

    /// The same, after what a run that was killed left half done in databases is undone.
    fn opened_to_destroy(&self) -> Result<(Found, Arc<Detectors>)> {
        (self.sources.iter()).try_for_each(|name| database::undo(name))?;
        self.opened_in_place()
    }

    fn opened_once(&self, once: Once) -> Result<(Found, Arc<Detectors>)> {
        let (found, detectors) = rayon::join(|| self.found(once), Detectors::builtin);
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

    fn found(&self, once: Once) -> Result<Found> {
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
        let found = discover_once(&self.sources, &options, once)?;
        for path in &found.ignored {
            tracing::info!(path = %path.display(), "not a table");
        }
        for path in &found.again {
            tracing::info!(path = %path.display(), "another name of a table");
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

fn scan_command(args: &args::Scan, note: &mut Note) -> Result<u8> {
    let policy = args.judging.policy()?;
    let purpose = args.judging.purpose.as_deref();
    if let Some(policy) = &policy {
        note.policy(policy, purpose);
    }
    let (found, detectors) = args.tables.opened()?;
    let found = match args.sample {
        Some(rows) => found.with_each(|source| sampled(source, rows)),
        None => found,
    };
    let findings = scanned(&found, &detectors, policy.as_ref(), purpose)?;
    note.findings(&found, &findings);
    note.tell(judged(&findings))?;
    let text = match args.format {
        ReportFormat::Human => report::findings(&findings, None, &found),
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

fn explain_command(args: &args::Explain, note: &mut Note) -> Result<u8> {
    let (found, detectors) = args.tables.opened()?;
    let findings = scanned(&found, &detectors, None, None)?;
    note.findings(&found, &findings);
    let text = report::explained(&findings, args.column.as_deref());
    complain_unread(&findings);
    if text.is_empty() && !findings.has_unread() {
        let column = args.column.clone().unwrap_or_default();
        return Err(Error::Invalid {
            place: format!("--column {column}"),
            report: "no table has such a column; leave it out to see all".to_owned(),
        });
    }
    let status = if findings.has_unread() { FAILED } else { 0 };
    note.tell(status)?;
    print(&text)?;
    Ok(status)
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

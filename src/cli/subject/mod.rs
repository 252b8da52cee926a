//! `iesiz subject`: requests of people.

pub(super) mod args;

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::sync::Arc;

use jiff::civil::Date;

use super::progress::Bar;
use super::purge::{Telling, complain_of, confirmed, or_failed, planned, today};
use super::registering::{Note, Registering};
use super::{complain_unread, json, print, scanned, write_report};
use crate::detect::Detectors;
use crate::error::{Error, Result};
use crate::journal::{Event, Journal};
use crate::policy::Policy;
use crate::purge::{Asked, People, Register, Selection, Setting, told};
use crate::retention::working::{Basis, deadline};
use crate::source::csv::encoding;
use crate::subject::blocking::{self, Change};
use crate::subject::report::{self, Layout};
use crate::subject::{self, Question};
use crate::text::{Arg, Language, tr};
use args::{AnswerFormat, Block, Erase, Find, Person, SubjectCommand};

/// Working days to change, block, unblock or destroy (Law 94-V art. 25(2)(8)).
const DAYS_TO_ACT: u32 = 1;

pub(super) fn command(command: &SubjectCommand, registering: &Registering) -> Result<u8> {
    match command {
        SubjectCommand::Find(args) => {
            let policy = Some(args.person.policy.as_path());
            registering.reading("subject find", policy, |note| find(args, note))
        }
        SubjectCommand::Erase(args) => erase(args, registering),
        SubjectCommand::Block(args) => block(args, Change::Block, registering),
        SubjectCommand::Unblock(args) => block(args, Change::Unblock, registering),
    }
}

impl Person {
    fn received(&self) -> Date {
        self.received.unwrap_or_else(today)
    }

    /// The text of the list; what was given for its name is never shown, as it may be an identifier given by mistake.
    fn identifiers(&self) -> Result<String> {
        let place = || "the file of --identifiers".to_owned();
        let mut bytes = Vec::new();
        let read = if self.identifiers == Path::new("-") {
            std::io::stdin().lock().read_to_end(&mut bytes).map(drop)
        } else {
            std::fs::read(&self.identifiers).map(|all| bytes = all)
        };
        let text = read.and_then(|()| encoding::text_of(bytes));
        let text = text.map_err(|source| Error::Read {
            place: place(),
            source,
        })?;
        if People::parse(&text).is_empty() {
            return Err(Error::Invalid {
                place: place(),
                report: "it names nobody: write one identifier a line".to_owned(),
            });
        }
        Ok(text)
    }

    fn register(&self, folder: Option<&Path>) -> Result<Register> {
        let beside = || Register::beside(&self.policy);
        Register::take(&folder.map_or_else(beside, Path::to_owned))
    }

    /// By when it has to be done, in words.
    fn deadline(&self, key: &str, working_days: u32) -> Result<String> {
        let until = deadline(self.received(), working_days)?;
        let (received, day) = (self.received().to_string(), until.day.to_string());
        let mut text = tr(
            key,
            &[("received", Arg::Text(&received)), ("day", Arg::Text(&day))],
        );
        if until.basis == Basis::WithoutMovedDays {
            text.push(' ');
            text.push_str(&crate::text::plain("subject-unmoved"));
        }
        Ok(text + "\n")
    }
}

fn find(args: &Find, note: &mut Note) -> Result<u8> {
    let policy = Policy::load(&args.person.policy)?;
    note.policy(&policy, None);
    // What programs read does not depend on the language.
    let language = match args.format {
        AnswerFormat::Json => Language::En,
        AnswerFormat::Human | AnswerFormat::Md => args.language.language(),
    };
    let identifiers = args.person.identifiers()?;
    let question = Question {
        people: Arc::new(People::parse(&identifiers)),
        received: args.person.received(),
        as_of: today(),
        language,
    };
    let (found, detectors) = args.tables.opened()?;
    doubt(&identifiers, &detectors);
    let findings = scanned(&found, &detectors, Some(&policy), None)?;
    note.findings(&found, &findings);
    let tables = &found.tables;
    let bar = Bar::new();
    let answer = subject::find(tables, &findings, &policy, &question, &detectors, &bar)?;
    let status = or_failed(&findings, answer.status());
    note.counts(answer.counts());
    note.tell(status)?;
    let text = match args.format {
        AnswerFormat::Human => report::answer(&answer, language, Layout::Plain),
        AnswerFormat::Md => report::answer(&answer, language, Layout::Markdown),
        AnswerFormat::Json => json(&answer)?,
    };
    match &args.output {
        Some(path) => write_report(path, &found, &text)?,
        None => print(&text)?,
    }
    answer.not_looked_into.iter().for_each(complain_of);
    complain_unread(&findings);
    Ok(status)
}

/// Says how many identifiers may be written wrongly.
fn doubt(identifiers: &str, detectors: &Detectors) {
    let mut searcher = detectors.searcher();
    let is_unknown = |identifier: &&str| searcher.identifier(identifier).is_none();
    let unknown = told(identifiers).filter(is_unknown).count() as u64;
    if unknown > 0 {
        let said = tr("subject-unknown-kind", &[("count", Arg::Count(unknown))]);
        let _ = writeln!(std::io::stderr().lock(), "{said}");
    }
}

fn erase(args: &Erase, registering: &Registering) -> Result<u8> {
    let policy = Policy::load(&args.person.policy)?;
    let identifiers = args.person.identifiers()?;
    let people = Arc::new(People::parse(&identifiers));
    let register = args.person.register(args.register.as_deref())?;
    let (own, selection) = (register.journal(), Selection::People(people));
    let beside = Some(args.person.policy.as_path());
    match &args.confirm {
        Some(hash) => registering.noting("subject erase --confirm", beside, &own, || {
            let plan = register.plan(hash)?;
            let manifest = args.manifest.opened(&register)?;
            let (found, detectors) = args.tables.opened_to_destroy()?;
            let findings = scanned(&found, &detectors, Some(&policy), None)?;
            let setting = Setting {
                sources: &found.tables,
                findings: &findings,
                policy: &policy,
                selection: &selection,
                register: &register,
                detectors: &detectors,
                clean_up: args.clean_up.how(),
            };
            let telling = Telling {
                act: &args.act,
                format: args.format,
            };
            let status = confirmed(&plan, setting, manifest, &telling)?;
            complain_unread(&findings);
            Ok(or_failed(&findings, status))
        }),
        None => registering.reading_into("subject erase --dry-run", &own, |note| {
            note.policy(&policy, None);
            plan_erasure(args, &policy, &register, selection, &identifiers, note)
        }),
    }
}

fn plan_erasure(
    args: &Erase,
    policy: &Policy,
    register: &Register,
    selection: Selection,
    identifiers: &str,
    note: &mut Note,
) -> Result<u8> {
    let (found, detectors) = args.tables.opened_in_place()?;
    doubt(identifiers, &detectors);
    let findings = scanned(&found, &detectors, Some(policy), None)?;
    note.findings(&found, &findings);
    let asked = Asked {
        selection,
        as_of: today(),
        ground: args.ground,
        is_look: false,
    };
    let plan = crate::purge::plan(&found.tables, &findings, policy, &asked, &Bar::new())?;
    let status = planned(&plan, register, args.format, &findings, note)?;
    if args.format == super::purge::args::PurgeFormat::Human {
        print(&args.person.deadline("subject-act-by", DAYS_TO_ACT)?)?;
    }
    complain_unread(&findings);
    Ok(status)
}

fn block(args: &Block, change: Change, registering: &Registering) -> Result<u8> {
    let person = &args.person;
    let policy = Policy::load(&person.policy)?;
    let identifiers = person.identifiers()?;
    let register = person.register(args.register.as_deref())?;
    let command = match change {
        Change::Block => "subject block",
        Change::Unblock => "subject unblock",
    };
    registering.noting(command, Some(&person.policy), &register.journal(), || {
        listed(args, change, &policy, &identifiers, &register)
    })
}

fn listed(
    args: &Block,
    change: Change,
    policy: &Policy,
    identifiers: &str,
    register: &Register,
) -> Result<u8> {
    let person = &args.person;
    let mut journal = Journal::open(&register.journal())?;
    let changed = blocking::change(policy, &person.policy, &args.dataset, identifiers, change)?;
    let mut text = String::new();
    for list in &changed {
        let datasets = list.datasets.join(", ");
        journal.append(Event::Listed {
            datasets: list.datasets.clone(),
            is_blocking: change == Change::Block,
            identifiers: list.changed,
            total: list.total,
        })?;
        let key = match change {
            Change::Block => "subject-blocked",
            Change::Unblock => "subject-unblocked",
        };
        let args = [
            ("datasets", Arg::Text(&datasets)),
            ("count", Arg::Count(list.changed)),
            ("total", Arg::Count(list.total)),
        ];
        text.push_str(&tr(key, &args));
        text.push('\n');
    }
    text.push_str(&person.deadline("subject-act-by", DAYS_TO_ACT)?);
    let (path, head) = (register.journal().display().to_string(), journal.head());
    let args = [("path", Arg::Text(&path)), ("head", Arg::Text(head))];
    text.push_str(&tr("journal-head", &args));
    print(&(text + "\n"))?;
    Ok(0)
}

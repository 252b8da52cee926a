//! `iesiz subject`: requests of people.

pub(super) mod args;

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use jiff::civil::Date;

use super::progress::Bar;
use super::purge::{Telling, complain_of, confirmed, planned, today};
use super::{FAILED, complain_unread, json, print, scanned, write_report};
use crate::error::{Error, Result};
use crate::journal::{Event, Journal};
use crate::policy::Policy;
use crate::purge::{Asked, People, Register, Selection, Setting};
use crate::retention::working::{Basis, deadline};
use crate::subject::blocking::{self, Change};
use crate::subject::report::{self, Layout};
use crate::subject::{self, Question};
use crate::text::{Arg, tr};
use args::{AnswerFormat, Block, Erase, Find, Person, SubjectCommand};

/// Working days to change, block, unblock or destroy (Law 94-V art. 25(2)(8)).
const DAYS_TO_ACT: u32 = 1;

pub(super) fn command(command: &SubjectCommand) -> Result<u8> {
    match command {
        SubjectCommand::Find(args) => find(args),
        SubjectCommand::Erase(args) => erase(args),
        SubjectCommand::Block(args) => block(args, Change::Block),
        SubjectCommand::Unblock(args) => block(args, Change::Unblock),
    }
}

impl Person {
    fn received(&self) -> Date {
        self.received.unwrap_or_else(today)
    }

    /// The text of the list; what was given for its name is never shown, as it may be an identifier given by mistake.
    fn identifiers(&self) -> Result<String> {
        let place = || "the file of --identifiers".to_owned();
        let mut text = String::new();
        let read = if self.identifiers == Path::new("-") {
            std::io::stdin().lock().read_to_string(&mut text).map(drop)
        } else {
            std::fs::read_to_string(&self.identifiers).map(|all| text = all)
        };
        read.map_err(|source| Error::Read {
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

fn find(args: &Find) -> Result<u8> {
    let policy = Policy::load(&args.person.policy)?;
    let question = Question {
        people: Arc::new(People::parse(&args.person.identifiers()?)),
        received: args.person.received(),
        as_of: today(),
    };
    let (found, detectors) = args.tables.opened()?;
    let findings = scanned(&found, &detectors, Some(&policy), None)?;
    let tables = &found.tables;
    let bar = Bar::new();
    let answer = subject::find(tables, &findings, &policy, &question, &detectors, &bar)?;
    let text = match args.format {
        AnswerFormat::Human => report::answer(&answer, Layout::Plain),
        AnswerFormat::Md => report::answer(&answer, Layout::Markdown),
        AnswerFormat::Json => json(&answer)?,
    };
    match &args.output {
        Some(path) => write_report(path, &found, &text)?,
        None => print(&text)?,
    }
    answer.not_looked_into.iter().for_each(complain_of);
    complain_unread(&findings);
    Ok(if findings.has_unread() {
        FAILED
    } else {
        answer.status()
    })
}

fn erase(args: &Erase) -> Result<u8> {
    let policy = Policy::load(&args.person.policy)?;
    let people = Arc::new(People::parse(&args.person.identifiers()?));
    let register = args.person.register(args.register.as_deref())?;
    let known = args.confirm.as_ref().map(|hash| register.plan(hash));
    let known = known.transpose()?;
    let manifest = args.manifest.opened(&register)?;
    let (found, detectors) = args.tables.opened()?;
    let findings = scanned(&found, &detectors, Some(&policy), None)?;
    let selection = Selection::People(people);
    let status = if let Some(plan) = known {
        let setting = Setting {
            sources: &found.tables,
            findings: &findings,
            policy: &policy,
            selection: &selection,
            register: &register,
            detectors: &detectors,
        };
        let telling = Telling {
            act: &args.act,
            format: args.format,
        };
        confirmed(&plan, setting, manifest, &telling)?
    } else {
        let asked = Asked {
            selection,
            as_of: today(),
            ground: args.ground,
        };
        let plan = crate::purge::plan(&found.tables, &findings, &policy, &asked, &Bar::new())?;
        let status = planned(&plan, &register, args.format)?;
        if args.format == super::args::PurgeFormat::Human {
            print(&args.person.deadline("subject-act-by", DAYS_TO_ACT)?)?;
        }
        status
    };
    complain_unread(&findings);
    Ok(if findings.has_unread() {
        FAILED
    } else {
        status
    })
}

fn block(args: &Block, change: Change) -> Result<u8> {
    let person = &args.person;
    let policy = Policy::load(&person.policy)?;
    let identifiers = person.identifiers()?;
    let register = person.register(args.register.as_deref())?;
    let mut journal = Journal::open(&register.journal())?;
    let changed = blocking::change(&policy, &person.policy, &args.dataset, &identifiers, change)?;
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

//! Registers what commands read before they tell it, and that runs with a journal of their own took place.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::args::{Cli, Command};
use super::complain;
use crate::error::{Error, Result};
use crate::findings::{Findings, State, Verdict};
use crate::journal::{self, Event, Journal, Reading, TableRead};
use crate::policy::Policy;
use crate::purge::Register;
use crate::source::{Found, Source};

/// Where to register, as the flags say.
#[derive(Debug)]
pub(super) struct Registering {
    journal: Option<PathBuf>,
}

impl Registering {
    /// Takes who acts and what signs from the flags, before anything is done.
    pub(super) fn new(cli: &Cli) -> Result<Self> {
        let is_never_registered = matches!(
            cli.command,
            Command::Patterns(_) | Command::Journal(_) | Command::Act(_)
        );
        if !is_never_registered {
            cli.actor.as_deref().map_or(Ok(()), journal::name_actor)?;
            cli.sign_key.as_deref().map_or(Ok(()), journal::sign_with)?;
        }
        Ok(Self {
            journal: cli.journal.clone(),
        })
    }

    /// The journal that was named.
    pub(super) fn named(&self) -> Option<&Path> {
        self.journal.as_deref()
    }

    /// The journal that was named, or that of the policy's register where this is kept already.
    fn journal(&self, policy: Option<&Path>) -> Option<PathBuf> {
        let kept = || {
            let folder = Register::beside(policy?);
            folder.is_dir().then(|| Register::journal_in(&folder))
        };
        self.journal.clone().or_else(kept)
    }

    /// Does work that only reads, and registers it however it ends.
    pub(super) fn reading(
        &self,
        command: &str,
        policy: Option<&Path>,
        work: impl FnOnce(&mut Note) -> Result<u8>,
    ) -> Result<u8> {
        let journal = self.journal(policy);
        Note::new(command, journal.as_slice())?.during(work)
    }

    /// The same for a command that has a journal of its own, which gets the line too.
    pub(super) fn reading_into(
        &self,
        command: &str,
        own: &Path,
        work: impl FnOnce(&mut Note) -> Result<u8>,
    ) -> Result<u8> {
        let mut journals = vec![own.to_owned()];
        journals.extend(self.journal.clone().filter(|named| !is_same(named, own)));
        Note::new(command, &journals)?.during(work)
    }

    /// Does work that keeps a journal of its own, and notes its beginning and end elsewhere too.
    pub(super) fn noting(
        &self,
        command: &str,
        policy: Option<&Path>,
        own: &Path,
        work: impl FnOnce() -> Result<u8>,
    ) -> Result<u8> {
        let journal = self.journal(policy).filter(|path| !is_same(path, own));
        let Some(path) = journal else {
            return work();
        };
        let mut journal = opened(&path)?;
        let event = |head, status| Event::Noted {
            command: command.to_owned(),
            journal: own.display().to_string(),
            head,
            status,
        };
        append(&mut journal, &path, event(None, None))?;
        let outcome = work();
        let status = outcome.as_ref().map_or(super::FAILED, |status| *status);
        let head = journal::check(own).ok().map(|checked| checked.head);
        let noted = append(&mut journal, &path, event(head, Some(status)));
        match (outcome, noted) {
            (Err(error), Err(other)) => {
                complain(&other);
                Err(error)
            }
            (Err(error), _) | (_, Err(error)) => Err(error),
            (Ok(status), Ok(())) => Ok(status),
        }
    }
}

/// What will be registered of a command that reads.
#[derive(Debug)]
pub(super) struct Note {
    journals: Vec<(PathBuf, Journal)>,
    reading: Reading,
    is_told: bool,
}

impl Note {
    /// Opens the journals first: what cannot be registered is not even read.
    fn new(command: &str, journals: &[PathBuf]) -> Result<Self> {
        let journals = journals
            .iter()
            .map(|path| Ok((path.clone(), opened(path)?)));
        Ok(Self {
            journals: journals.collect::<Result<_>>()?,
            reading: Reading {
                command: command.to_owned(),
                ..Reading::default()
            },
            is_told: false,
        })
    }

    fn during(mut self, work: impl FnOnce(&mut Self) -> Result<u8>) -> Result<u8> {
        match work(&mut self) {
            Ok(status) if self.is_told => Ok(status),
            Ok(status) => self.tell(status).map(|()| status),
            Err(error @ Error::Unregistered { .. }) => Err(error),
            Err(error) => {
                self.reading.code = Some(error.code().to_string());
                if let Err(other) = self.tell(super::FAILED) {
                    complain(&other);
                }
                Err(error)
            }
        }
    }

    pub(super) fn policy(&mut self, policy: &Policy, purpose: Option<&str>) {
        self.reading.policy = Some(policy.fingerprint.clone());
        self.reading.operator = Some(policy.operator.clone());
        self.reading.purpose = purpose.map(str::to_owned);
    }

    pub(super) fn plan(&mut self, hash: &str) {
        self.reading.plan = Some(hash.to_owned());
    }

    /// All that was scanned, and how its columns were judged.
    pub(super) fn findings(&mut self, found: &Found, findings: &Findings) {
        if self.journals.is_empty() {
            return;
        }
        for table in &findings.tables {
            let source = found.tables.iter().find(|s| s.id().0 == table.source);
            let code = table
                .problems
                .first()
                .map(|problem| problem.code.to_string());
            let known = source.map(|source| of_source(source.as_ref()));
            self.reading.tables.push(TableRead {
                source: table.source.clone(),
                rows: (table.state == State::Read).then_some(table.rows_read),
                code: code.filter(|_| table.state == State::Unread),
                ..known.unwrap_or_else(|| nameless(&table.source))
            });
            for column in &table.columns {
                self.count(word(column.verdict), 1);
            }
        }
    }

    /// Tables that were read without being judged.
    pub(super) fn tables(&mut self, found: &Found) {
        if self.journals.is_empty() {
            return;
        }
        let read = found.tables.iter().map(|source| of_source(source.as_ref()));
        self.reading.tables.extend(read);
        let unread = found.unread.iter().map(|(id, error)| TableRead {
            code: Some(error.code().to_string()),
            ..nameless(&id.0)
        });
        self.reading.tables.extend(unread);
    }

    pub(super) fn count(&mut self, what: &str, count: u64) {
        *self.reading.outcome.entry(what.to_owned()).or_default() += count;
    }

    pub(super) fn counts(&mut self, counts: BTreeMap<String, u64>) {
        self.reading.outcome = counts;
    }

    /// Writes it down. To be called before anything is printed or written.
    pub(super) fn tell(&mut self, status: u8) -> Result<()> {
        self.is_told = true;
        if self.journals.is_empty() {
            return Ok(());
        }
        self.reading.status = status;
        env!("CARGO_PKG_VERSION").clone_into(&mut self.reading.version);
        self.reading.patterns = crate::pattern::fingerprint();
        for (path, journal) in &mut self.journals {
            append(journal, path, Event::Read(self.reading.clone()))?;
        }
        Ok(())
    }
}

fn opened(path: &Path) -> Result<Journal> {
    Journal::open(path).map_err(|error| unregistered(path, error))
}

fn append(journal: &mut Journal, path: &Path, event: Event) -> Result<()> {
    journal
        .append(event)
        .map_err(|error| unregistered(path, error))
}

fn unregistered(path: &Path, error: Error) -> Error {
    Error::Unregistered {
        place: path.display().to_string(),
        source: Box::new(error),
    }
}

fn is_same(one: &Path, other: &Path) -> bool {
    one == other
        || one
            .canonicalize()
            .is_ok_and(|one| other.canonicalize().is_ok_and(|o| o == one))
}

fn of_source(source: &dyn Source) -> TableRead {
    let whole = source.path().and_then(|path| path.canonicalize().ok());
    let whole = whole.map(|path| path.display().to_string());
    TableRead {
        path: whole.or_else(|| source.address()),
        fingerprint: crate::plan::fingerprint(source).ok(),
        rows: source.info().rows,
        ..nameless(&source.id().0)
    }
}

fn nameless(source: &str) -> TableRead {
    TableRead {
        source: source.to_owned(),
        path: None,
        fingerprint: None,
        rows: None,
        code: None,
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Clean => "clean",
        Verdict::Approved => "approved",
        Verdict::Review => "review",
        Verdict::Excess => "excess",
        Verdict::Prohibited => "prohibited",
        Verdict::Unread => "unread",
    }
}

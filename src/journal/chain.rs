//! One line after the other, each carrying the hash of the one before.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::event::Event;
use super::who::Who;

/// What the first line carries.
const GENESIS: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

/// A line as it is written.
#[derive(Serialize, Deserialize)]
pub(super) struct Line {
    pub(super) seq: u64,
    pub(super) time: String,
    pub(super) prev: String,
    /// None in journals of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) who: Option<Who>,
    #[serde(flatten)]
    pub(super) event: Event,
}

/// What is known of the lines so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chain {
    pub(super) lines: u64,
    /// Hash of the last line.
    pub(super) head: String,
    /// The run that has no end yet.
    pub(super) unfinished: Option<Unfinished>,
}

/// A run that has begun and not ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unfinished {
    /// The command; empty where its beginning is not there.
    pub command: String,
    /// Hash of its plan.
    pub plan: String,
    /// Whether it was about to change tables of a database where they are.
    pub is_in_place: bool,
}

impl Default for Chain {
    fn default() -> Self {
        Self {
            lines: 0,
            head: GENESIS.to_owned(),
            unfinished: None,
        }
    }
}

impl Chain {
    /// Takes the next line, or says why it is not the next one; then nothing has changed.
    pub(super) fn add(&mut self, text: &str) -> Result<Line, &'static str> {
        let line: Line = serde_json::from_str(text)
            .map_err(|_| "it is no journal line: it was changed or cut off")?;
        if line.prev != self.head {
            return Err("it does not follow the line before: one was changed, removed or moved");
        }
        if line.seq != self.lines {
            return Err("its number is out of order");
        }
        self.watch(&line.event);
        self.lines += 1;
        self.head = hash(text);
        Ok(line)
    }

    /// Runs of one journal come one after the other; what only reads, lists or plans may stand between their lines.
    fn watch(&mut self, event: &Event) {
        match event {
            Event::Finished { .. } => self.unfinished = None,
            Event::Started { command, plan, .. } => {
                self.unfinished = Some(Unfinished {
                    command: command.clone(),
                    plan: plan.clone(),
                    is_in_place: false,
                });
            }
            Event::Changing { .. } => {
                self.unfinished.get_or_insert_default().is_in_place = true;
            }
            Event::Table { .. }
            | Event::Changed { .. }
            | Event::Skipped { .. }
            | Event::Manifested { .. }
            | Event::Replacing(_)
            | Event::Replaced { .. } => {
                self.unfinished.get_or_insert_default();
            }
            Event::Planned { .. }
            | Event::Listed { .. }
            | Event::Act { .. }
            | Event::Read(_)
            | Event::Noted { .. } => {}
        }
    }
}

/// The hash of the last of some lines that follow each other, the first of them having that many before it; `None` where they do not.
pub fn follow(lines: &[String], before: u64) -> Option<String> {
    let mut head: Option<String> = None;
    for (seq, text) in (before..).zip(lines) {
        let line: Line = serde_json::from_str(text).ok()?;
        let follows = head.is_none_or(|head| line.prev == head);
        if !follows || line.seq != seq || text.contains('\n') {
            return None;
        }
        head = Some(hash(text));
    }
    head
}

pub(super) fn hash(line: &str) -> String {
    hash_of(line.as_bytes())
}

pub(super) fn hash_of(bytes: &[u8]) -> String {
    format!(
        "sha256:{}",
        data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
    )
}

//! Ids that texts are found by, as the record writes them.

use super::record::{Done, Ground, Outcome, Remainder};
use super::texts::ById;

/// The word for an id; the id itself where none is known.
pub(super) fn word(words: &ById, id: &str) -> String {
    words.get(id).map_or(id, String::as_str).to_owned()
}

pub(super) fn ground_id(ground: Ground) -> &'static str {
    match ground {
        Ground::TermExpired => "term-expired",
        Ground::RelationsEnded => "relations-ended",
        Ground::CourtDecision => "court-decision",
        Ground::WithoutConsent => "without-consent",
        Ground::OtherLaw => "other-law",
    }
}

pub(super) fn done_id(done: &Done) -> &'static str {
    match done {
        Done::DestroyedWithRows => "destroyed-with-rows",
        Done::Emptied => "emptied",
        Done::Dropped => "dropped",
        Done::Rewritten { .. } => "rewritten",
    }
}

pub(super) fn outcome_id(outcome: Outcome) -> &'static str {
    outcome.word()
}

pub(super) fn remainder_id(remainder: &Remainder) -> &'static str {
    match remainder {
        Remainder::Backups => "backups",
        Remainder::Replicas => "replicas",
        Remainder::OldCopies { .. } => "old-copies",
        Remainder::OtherTables { .. } => "other-tables",
        Remainder::DatabaseFiles => "database-files",
        Remainder::Snapshots => "snapshots",
        Remainder::StorageMedium => "storage-medium",
    }
}

//! Retention: which rows and cells no purpose needs any more, and their destruction in place.
//!
//! A plan is made first and kept under its hash; what is confirmed is that plan and nothing else. A table is replaced in one
//! step by a copy that was read back and compared, so that a kill at any instant leaves the old table or the new one.

mod act;
mod alike;
mod bare;
mod blocked;
mod confirm;
mod copies;
mod database;
mod dates;
mod digest;
mod fates;
mod files;
mod lists;
mod look;
mod manifest;
mod parted;
mod plan;
mod register;
pub mod report;
mod rewrite;
mod rules;
mod selection;
mod subjects;

pub use act::{ActHead, write_act};
pub use blocked::{without, without_blocked};
pub use confirm::{Confirmed, Done, Setting, confirm};
pub use fates::{Gone, How};
pub use lists::People;
pub(crate) use lists::{known_as, told};
pub(crate) use look::{Look, Looked};
pub use manifest::{ENTRY_BITS, Manifest, ManifestKey, ManifestTold, Noted, expected_false};
pub use plan::{Asked, PurgePlan, Required, SCHEMA, TablePurge, Untouched, plan};
pub use register::Register;
pub use selection::{Kind, Selection};

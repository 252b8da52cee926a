//! Retention: which rows and cells no purpose needs any more, and their destruction in place.
//!
//! A plan is made first and kept under its hash; what is confirmed is that plan and nothing else. A table is replaced in one
//! step by a copy that was read back and compared, so that a kill at any instant leaves the old table or the new one.

mod blocked;
mod confirm;
mod copies;
mod dates;
mod digest;
mod fates;
mod lists;
mod plan;
mod register;
pub mod report;
mod rewrite;
mod rules;

pub use blocked::{without, without_blocked};
pub use confirm::{Confirmed, Done, confirm};
pub use plan::{Ground, PurgePlan, SCHEMA, TablePurge, Untouched, plan};
pub use register::Register;

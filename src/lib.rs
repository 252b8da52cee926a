//! Finds personal data in tables, judges it by the operator's approved list, anonymises it irreversibly, and attacks the result.

pub mod anonymize;
pub mod apply;
pub mod batch;
pub mod budget;
pub mod buffers;
pub mod category;
pub mod classify;
pub mod cli;
pub mod detect;
pub mod error;
pub mod findings;
pub mod journal;
pub mod locate;
pub mod method;
pub mod pattern;
pub mod plan;
pub mod policy;
pub(crate) mod portrait;
pub mod privacy;
pub mod progress;
pub mod report;
pub mod scan;
pub mod source;
pub mod text;
pub mod validator;
pub mod verify;

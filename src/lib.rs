//! Finds personal data in tables, judges it by the operator's approved list, anonymises it irreversibly, and attacks the result.

pub mod batch;
pub mod category;
pub mod classify;
pub mod detect;
pub mod error;
pub mod findings;
pub mod pattern;
pub mod policy;
pub mod source;
pub mod validator;

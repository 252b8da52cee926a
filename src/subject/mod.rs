//! Requests of people: what is held of them, and blocking. Their data is erased by the engine of `purge`.
//!
//! Identifiers come in and are compared; they never go out, neither into an answer nor into a plan, a journal or an error.

pub mod answer;
pub mod blocking;
mod cells;
mod find;
pub mod report;
mod tally;

pub use answer::Answer;
pub use find::{Question, find};

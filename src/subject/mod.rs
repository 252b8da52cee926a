//! Requests of people: what is held of them, and blocking. Their data is erased by the engine of `purge`.
//!
//! Identifiers come in and are compared; they never go out, neither into an answer nor into a plan, a journal or an error.

pub mod blocking;

//! Everything that is not a unit test: one binary, because each links polars anew.

mod anonymize;
mod canary;
mod cli;
mod codes;
mod common;
mod independence;
mod killed;
mod methods;
mod quality;
mod round_trip;
mod verify;

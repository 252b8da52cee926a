//! Everything that is not a unit test: one binary, because each links polars anew.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod across;
mod act;
mod anonymize;
mod attacks;
mod before;
mod blocked;
mod canary;
mod cli;
mod codes;
mod common;
mod databases;
mod in_place;
mod in_place_mysql;
mod in_place_sqlite;
mod independence;
mod journal;
mod killed;
mod limits;
mod methods;
mod policy;
mod privacy;
mod purge;
mod quality;
mod round_trip;
mod settings;
mod sources;
mod spans;
mod subject;
mod twice;
mod verify;

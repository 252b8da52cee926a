//! `purge` over whole tables. What should go is worked out here from the words of the lists, by arithmetic of its own.

mod calendar;
mod databases;
mod desk;
mod files;
mod holds;
mod killed;
mod left;
mod manifest;
mod others;
mod plans;
mod qiwi;
mod scenario;
mod tables;
mod undated;

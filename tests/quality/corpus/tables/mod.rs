//! The tables of the main corpus, by field.

mod bank;
mod clinic;
mod firm;
mod legacy;
mod logs;
mod school;
mod shop;
mod staff;
mod state;
mod survey;
mod transport;
mod wide;

use super::Table;
use super::build::{Plan, Rows, Spec};
use super::cell::Kind;
use super::cell::Lang::{En, Kk, Ru};
use super::contact::*;
use super::device::*;
use super::goods::*;
use super::identity::*;
use super::life::*;
use super::money::*;

pub(super) fn all(seed: u64) -> Vec<Table> {
    let fields = [
        bank::TABLES,
        staff::TABLES,
        clinic::TABLES,
        school::TABLES,
        state::TABLES,
        shop::TABLES,
        transport::TABLES,
        logs::TABLES,
        legacy::TABLES,
        survey::TABLES,
        firm::TABLES,
    ];
    let mut tables: Vec<Table> = fields
        .into_iter()
        .flatten()
        .map(|spec| spec.table(seed))
        .collect();
    let wide = Plan {
        name: "scoring_mart",
        lang: En,
        rows: Rows::Adults,
        header: true,
    };
    tables.push(wide.table(seed, wide::columns()));
    tables
}

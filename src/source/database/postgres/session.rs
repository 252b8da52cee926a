//! Where rows are read from: sessions as of one moment, or the transaction that changes them.

use std::io::BufRead as _;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::StreamExt as _;
use postgres::Client;

use super::super::Address;
use super::connect::Streaming;
use super::copy::hand_over;
use super::error::{broken, refused};
use super::literal;
use crate::error::Result;
use crate::source::Batches;
use crate::source::feed::{Outlet, feed};

/// Begins a transaction that sees one moment and writes nothing.
pub(super) const READ: &str = "begin isolation level repeatable read read only";

/// What rows are read through.
#[derive(Clone)]
pub(super) enum Session {
    /// A session of its own for every reading, all as of one moment.
    AsOf(Arc<Address>, Arc<Moment>),
    /// The session of a transaction, by turns.
    Within(Arc<Mutex<Client>>),
}

/// A moment that lasts as long as the session that keeps it.
pub(super) struct Moment {
    /// Its name on the server, unless the server gives none.
    pub snapshot: Option<String>,
    /// What keeps it.
    pub session: Arc<Mutex<Client>>,
}

impl Session {
    /// How many rows the answer to `count` tells, and what the query for them gives, in one session of its own; `None` in one
    /// that others use.
    pub(super) fn drawn(
        &self,
        place: &str,
        count: &str,
        query: impl FnOnce(u64) -> String,
        names: Vec<String>,
    ) -> Result<Option<(Batches, u64)>> {
        let Self::AsOf(address, moment) = self else {
            return Ok(None);
        };
        let failed = |error| refused(place, &error);
        let session = moment.session(address)?;
        let counted = session.run(|client| client.query_one(count, &[]));
        let rows = counted.and_then(|row| row.try_get::<_, i64>(0));
        let rows = rows.map_err(failed)?.cast_unsigned();
        let query = query(rows);
        // Another run over the same rows draws the same.
        let seeded = session.run(|client| client.batch_execute("select pg_catalog.setseed(0)"));
        seeded.map_err(failed)?;
        let batches = feed(place, move |outlet| copy(session, &query, names, outlet))?;
        Ok(Some((batches, rows)))
    }

    /// What a `COPY … TO STDOUT` gives.
    pub(super) fn read(&self, place: &str, query: String, names: Vec<String>) -> Result<Batches> {
        match self {
            Self::AsOf(address, moment) => {
                let (address, moment) = (Arc::clone(address), Arc::clone(moment));
                feed(place, move |outlet| {
                    let session = moment.session(&address)?;
                    copy(session, &query, names, outlet)
                })
            }
            Self::Within(session) => {
                let session = Arc::clone(session);
                feed(place, move |outlet| {
                    let mut session = session.lock().unwrap_or_else(PoisonError::into_inner);
                    copy_within(&mut session, &query, names, outlet)
                })
            }
        }
    }
}

impl Moment {
    /// Ends it: the server may then forget rows as they were.
    pub(super) fn end(&self) {
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        // A session that is broken keeps nothing.
        let _ = session.batch_execute("rollback");
    }

    /// A session that only reads, as of the moment.
    fn session(&self, address: &Address) -> Result<Streaming> {
        let session = Streaming::connect(address)?;
        let mut begin = READ.to_owned();
        if let Some(snapshot) = &self.snapshot {
            begin.push_str(&format!("; set transaction snapshot {}", literal(snapshot)));
        }
        session
            .run(|client| client.batch_execute(&begin))
            .map_err(|e| refused(&address.to_string(), &e))?;
        Ok(session)
    }
}

/// Reads in a session of its own: one task drives it and takes its rows, a block at a time.
fn copy(session: Streaming, query: &str, names: Vec<String>, outlet: &Outlet) -> Result<()> {
    let place = outlet.place();
    let failed = |error| refused(place, &error);
    let rows = session.run(|client| client.copy_out(query));
    let mut rows = Box::pin(rows.map_err(failed)?);
    hand_over(outlet, names, |block| {
        session.block_on(async {
            while let Some(row) = rows.next().await {
                if !block.add(&row.map_err(failed)?, place)? {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    })?;
    session.end();
    Ok(())
}

/// Reads in a session that others use by turns.
fn copy_within(
    session: &mut Client,
    query: &str,
    names: Vec<String>,
    outlet: &Outlet,
) -> Result<()> {
    let place = outlet.place();
    let mut rows = session.copy_out(query).map_err(|e| refused(place, &e))?;
    hand_over(outlet, names, |block| {
        loop {
            let row = rows.fill_buf().map_err(|e| broken(place, &e))?;
            let length = row.len();
            if length == 0 {
                return Ok(false);
            }
            let wants_more = block.add(row, place)?;
            rows.consume(length);
            if !wants_more {
                return Ok(true);
            }
        }
    })
}

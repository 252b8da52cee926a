//! The files that a server keeps a table in, where they lie on this machine and may be read.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use postgres::{Client, Error};

use super::super::{Address, DbTable};
use super::{connect, literal, relation};

/// The folder of the server's data, and what tells it from that of another server.
const SERVER: &str = "select pg_catalog.current_setting('data_directory'), system_identifier from pg_catalog.pg_control_system()";

/// The table with its parts, what is stored beside its rows, and indexes of all these.
fn relations(table: &DbTable) -> String {
    let name = literal(&relation(table));
    format!(
        "with leaves as (select relid::oid as oid from pg_catalog.pg_partition_tree({name}::regclass) union select {name}::regclass::oid),
         heaps as (select oid from leaves union select reltoastrelid from pg_catalog.pg_class where oid in (select oid from leaves) and reltoastrelid <> 0)
         select pg_catalog.pg_relation_filepath(oid) from
             (select oid from heaps union select indexrelid from pg_catalog.pg_index where indrelid in (select oid from heaps)) f
         where pg_catalog.pg_relation_filepath(oid) is not null"
    )
}

/// Those files; `None` where they cannot be looked into from here.
pub(super) fn of_table(address: &Address, table: &DbTable) -> Option<Vec<PathBuf>> {
    let mut session = connect::connect(address).ok()?;
    let (folder, first) = asked(&mut session, table).ok()?;
    let files: Vec<PathBuf> = first
        .iter()
        .flat_map(|file| segments(&folder.join(file)))
        .collect();
    let is_readable = !files.is_empty() && files.iter().all(|file| File::open(file).is_ok());
    let is_its_own = is_of_server(&folder, identifier(&mut session)?);
    (is_readable && is_its_own).then_some(files)
}

fn asked(session: &mut Client, table: &DbTable) -> Result<(PathBuf, Vec<String>), Error> {
    let folder: String = session.query_one(SERVER, &[])?.get(0);
    let files = session.query(&relations(table), &[])?;
    Ok((folder.into(), files.iter().map(|row| row.get(0)).collect()))
}

fn identifier(session: &mut Client) -> Option<i64> {
    Some(session.query_one(SERVER, &[]).ok()?.get(1))
}

/// A folder of the same name may be that of a server on this machine while the one asked is elsewhere.
fn is_of_server(folder: &Path, identifier: i64) -> bool {
    let mut first = [0; 8];
    let control = File::open(folder.join("global/pg_control"));
    let read = control.and_then(|mut file| file.read_exact(&mut first));
    read.is_ok() && i64::from_ne_bytes(first) == identifier
}

/// A file of the server goes on in others when it has a gigabyte.
fn segments(first: &Path) -> Vec<PathBuf> {
    let more = (1..).map(|number| PathBuf::from(format!("{}.{number}", first.display())));
    let more = more.take_while(|file| file.exists());
    std::iter::once(first.to_owned()).chain(more).collect()
}

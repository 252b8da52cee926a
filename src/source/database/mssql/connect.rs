//! Sessions: how they are opened, and what they can see.

use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use futures_util::TryStreamExt as _;
use tiberius::{AuthMethod, Client, Config, EncryptionLevel, QueryItem, Row};
use tokio::runtime::{Builder, Runtime};
use tokio_util::compat::{Compat, TokioAsyncWriteCompatExt as _};
use zeroize::Zeroizing;

use super::super::Address;
use super::error::{broken, refused, unreachable};
use crate::error::{Error, Result};

/// What every session begins with: no cell is cut before it is too long to be read, and nothing waits for ever.
const BEGIN: &str =
    "set nocount on; set textsize 134217730; set lock_timeout 30000; set dateformat ymd";
/// Whether rows can be read as of one moment.
const HAS_VERSIONS: &str = "select convert(nvarchar(10), snapshot_isolation_state) from sys.databases where database_id = db_id()";
const MOMENT: &str = "set transaction isolation level snapshot; begin transaction";
const NO_MOMENT: &str = "set transaction isolation level read committed";
/// How long a server may take to answer at first.
const PATIENCE: Duration = Duration::from_secs(20);

/// A session, and what drives it.
pub(super) struct Session {
    runtime: Runtime,
    client: Client<Compat<tokio::net::TcpStream>>,
}

impl Session {
    /// Opens a session that only reads; where the database keeps versions of rows, as of one moment.
    ///
    /// # Errors
    /// When the server cannot be reached or refuses.
    pub(super) fn open(address: &Address) -> Result<Self> {
        let place = address.to_string();
        let config = config(address)?;
        let opened = match Self::to(config.clone(), &target(address), &place) {
            Err(Failed::Elsewhere(host, port)) => Self::to(config, &(host, port), &place),
            other => other,
        };
        let mut session = opened.map_err(|failed| match failed {
            Failed::Said(error) => error,
            Failed::Elsewhere(..) => Error::Connect {
                place: place.clone(),
                what: "it sends from one server to the next".to_owned(),
            },
        })?;
        session.run(&place, BEGIN)?;
        let state = session.texts(&place, HAS_VERSIONS)?;
        let has_versions = state
            .first()
            .is_some_and(|row| row[0].as_deref() == Some("1"));
        session.run(&place, if has_versions { MOMENT } else { NO_MOMENT })?;
        Ok(session)
    }

    fn to(config: Config, (host, port): &(String, u16), place: &str) -> Result<Self, Failed> {
        let network = |error: std::io::Error| Failed::Said(broken(place, &error));
        let runtime = Builder::new_current_thread().enable_io().build();
        let runtime = runtime.map_err(network)?;
        let mut failed = std::io::Error::from(std::io::ErrorKind::NotFound);
        let mut stream = None;
        for place in (host.as_str(), *port).to_socket_addrs().map_err(network)? {
            match TcpStream::connect_timeout(&place, PATIENCE) {
                Ok(reached) => {
                    stream = Some(reached);
                    break;
                }
                Err(error) => failed = error,
            }
        }
        let stream = stream.ok_or_else(|| network(failed))?;
        stream.set_nodelay(true).map_err(network)?;
        stream.set_nonblocking(true).map_err(network)?;
        let client = runtime.block_on(async {
            let stream = tokio::net::TcpStream::from_std(stream).map_err(network)?;
            let client = Box::pin(Client::connect(config, stream.compat_write())).await;
            client.map_err(|error| match error {
                tiberius::error::Error::Routing { host, port } => Failed::Elsewhere(host, port),
                error => Failed::Said(unreachable(place, &error)),
            })
        })?;
        Ok(Self { runtime, client })
    }

    /// Does without an answer.
    ///
    /// # Errors
    /// When the server refuses.
    pub(super) fn run(&mut self, place: &str, statement: &str) -> Result<()> {
        self.each(place, statement, |_| Ok(()))
    }

    /// Rows of texts.
    ///
    /// # Errors
    /// When the server refuses.
    pub(super) fn texts(&mut self, place: &str, query: &str) -> Result<Vec<Vec<Option<String>>>> {
        let mut rows = Vec::new();
        self.each(place, query, |row| {
            let cells = (0..row.len()).map(|at| row.try_get::<&str, _>(at));
            let cells: Result<Vec<Option<&str>>, _> = cells.collect();
            let cells = cells.map_err(|error| refused(place, &error))?;
            rows.push(
                cells
                    .into_iter()
                    .map(|cell| cell.map(str::to_owned))
                    .collect(),
            );
            Ok(())
        })?;
        Ok(rows)
    }

    /// Takes rows one by one, as they come.
    ///
    /// # Errors
    /// When the server refuses or breaks off, and those of `take`.
    pub(super) fn each(
        &mut self,
        place: &str,
        query: &str,
        mut take: impl FnMut(Row) -> Result<()>,
    ) -> Result<()> {
        let failed = |error: tiberius::error::Error| refused(place, &error);
        let Self { runtime, client } = self;
        runtime.block_on(async {
            let mut items = client.simple_query(query).await.map_err(failed)?;
            while let Some(item) = items.try_next().await.map_err(failed)? {
                if let QueryItem::Row(row) = item {
                    take(row)?;
                }
            }
            Ok(())
        })
    }
}

/// Why there is no session.
enum Failed {
    Said(Error),
    /// Another server has the copy that is for reading.
    Elsewhere(String, u16),
}

/// From the address, else what the server's own program takes from the environment.
fn target(address: &Address) -> (String, u16) {
    let named = variable("SQLCMDSERVER").map(|server| {
        let server = server.trim_start_matches("tcp:").to_owned();
        match server.rsplit_once(',') {
            Some((host, port)) => (host.to_owned(), port.parse().ok()),
            None => (server, None),
        }
    });
    let (host, port) = named.unwrap_or_else(|| ("localhost".to_owned(), None));
    match address.host() {
        Some(host) => (host, address.port().unwrap_or(1433)),
        None => (host, address.port().or(port).unwrap_or(1433)),
    }
}

fn config(address: &Address) -> Result<Config> {
    let mut config = Config::new();
    let user = address.user().or_else(|| variable("SQLCMDUSER"));
    let password = (address.password()).map(|password| Zeroizing::new(password.to_owned()));
    let password = password.or_else(|| variable("SQLCMDPASSWORD").map(Zeroizing::new));
    let password = password.unwrap_or_default();
    config.authentication(AuthMethod::sql_server(
        user.unwrap_or_default(),
        password.as_str(),
    ));
    config.host(target(address).0);
    if let Some(database) = address.database().or_else(|| variable("SQLCMDDBNAME")) {
        config.database(database);
    }
    config.application_name("iesiz");
    // The copy that is for reading, where there is one.
    config.readonly(true);
    config.handshake_timeout(Some(PATIENCE));
    // A large table takes as long as it takes.
    config.command_timeout(None);
    encrypt(&mut config, address)?;
    Ok(config)
}

/// Encrypted by a server whose certificate bears its name and is signed by a known root, unless a person says otherwise.
fn encrypt(config: &mut Config, address: &Address) -> Result<()> {
    let said = |word: &str| address.parameter(word).map(|value| value.to_lowercase());
    let invalid = |place: &str, report: &str| Error::Invalid {
        place: place.to_owned(),
        report: report.to_owned(),
    };
    config.encryption(match said("encrypt").as_deref() {
        None | Some("mandatory" | "yes" | "true") => EncryptionLevel::Required,
        Some("strict") => EncryptionLevel::Strict,
        Some("no" | "false") => EncryptionLevel::NotSupported,
        Some(_) => return Err(invalid("encrypt", "it is mandatory, strict or no")),
    });
    let is_believed = match said("trust-server-certificate").as_deref() {
        None | Some("no" | "false") => false,
        Some("yes" | "true") => true,
        Some(_) => return Err(invalid("trust-server-certificate", "it is yes or no")),
    };
    match address.parameter("server-certificate") {
        Some(_) if is_believed => {
            let what = "whoever answers is believed: leave out one of the two";
            return Err(invalid("server-certificate", what));
        }
        Some(file) => config.trust_cert_ca(file),
        None if is_believed => config.trust_cert(),
        None => {}
    }
    if let Some(name) = address.parameter("host-name-in-certificate") {
        config.hostname_in_certificate(name);
    }
    Ok(())
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

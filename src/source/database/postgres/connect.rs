//! Sessions: how they are opened, and with what right.

use std::path::PathBuf;
use std::time::Duration;

use postgres::{Client, Error as PgError};
use rustls::ClientConfig;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client as AsyncClient, Config, NoTls, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::super::Address;
use super::super::passwords;
use super::super::tls;
use super::error::{refused, unreachable};
use crate::error::{Error, Result};

/// What every session begins with: text as it is, nothing hidden by row security, and nobody waits for it for long.
const BEGIN: &str = "set datestyle = 'ISO, YMD'; set intervalstyle = 'iso_8601'; set timezone = 'UTC'; \
set bytea_output = 'hex'; set extra_float_digits = 1; set client_encoding = 'UTF8'; set row_security = off; \
set statement_timeout = 0; set lock_timeout = '30s'; set idle_in_transaction_session_timeout = 0; set search_path = ''; set synchronize_seqscans = off";

/// How certificates of a server are looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tls {
    Disable,
    /// As `libpq` does where nothing is said: encrypted where the server can.
    Prefer,
    Require,
    Verify,
}

/// Opens a session.
///
/// # Errors
/// When the server cannot be reached or refuses.
pub(super) fn connect(address: &Address) -> Result<Client> {
    let (config, tls) = config(address)?;
    let place = address.to_string();
    let config = postgres::Config::from(config);
    let connected = match connector(address, tls)? {
        None => config.connect(NoTls),
        Some(connector) => config.connect(connector),
    };
    let mut client = connected.map_err(|error| unreachable(&place, &error))?;
    client
        .batch_execute(BEGIN)
        .map_err(|error| refused(&place, &error))?;
    Ok(client)
}

/// A session for many rows: waiting for each of them by itself would cost more than the rows do.
pub(super) struct Streaming {
    client: AsyncClient,
    /// What speaks with the server.
    connection: JoinHandle<Result<(), PgError>>,
    runtime: Runtime,
}

impl Streaming {
    /// Opens a session.
    ///
    /// # Errors
    /// When the server cannot be reached or refuses.
    pub(super) fn connect(address: &Address) -> Result<Self> {
        let (config, tls) = config(address)?;
        let place = address.to_string();
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Error::Connect {
            place: place.clone(),
            what: error.kind().to_string(),
        })?;
        let connected = match connector(address, tls)? {
            None => runtime.block_on(connected(&config, NoTls)),
            Some(connector) => runtime.block_on(connected(&config, connector)),
        };
        let (client, connection) = connected.map_err(|error| unreachable(&place, &error))?;
        let session = Self {
            client,
            connection,
            runtime,
        };
        let begun = session.run(|client| client.batch_execute(BEGIN));
        begun.map_err(|error| refused(&place, &error))?;
        Ok(session)
    }

    /// Waits for what the client is asked.
    pub(super) fn run<'a, F: Future>(
        &'a self,
        ask: impl FnOnce(&'a AsyncClient) -> F,
    ) -> F::Output {
        self.block_on(ask(&self.client))
    }

    /// Waits for what comes of the session.
    pub(super) fn block_on<F: Future>(&self, work: F) -> F::Output {
        self.runtime.block_on(work)
    }

    /// Takes leave of the server, which else would note that the session broke.
    pub(super) fn end(self) {
        drop(self.client);
        // All rows are there: how it ends does not matter any more.
        let _ = self.runtime.block_on(self.connection);
    }
}

type Connected = (AsyncClient, JoinHandle<Result<(), PgError>>);

async fn connected<T>(config: &Config, tls: T) -> Result<Connected, PgError>
where
    T: MakeTlsConnect<Socket>,
    T::Stream: Send + 'static,
{
    let (client, connection) = config.connect(tls).await?;
    Ok((client, tokio::spawn(connection)))
}

/// What encrypts, unless nothing is to be encrypted.
fn connector(address: &Address, tls: Tls) -> Result<Option<MakeRustlsConnect>> {
    let config: ClientConfig = match tls {
        Tls::Disable => return Ok(None),
        Tls::Prefer | Tls::Require => tls::unverified(),
        Tls::Verify => {
            let root = parameter(address, "sslrootcert", "PGSSLROOTCERT");
            tls::verified(root.map(PathBuf::from).as_deref())?
        }
    };
    Ok(Some(MakeRustlsConnect::new(config)))
}

/// From the address, else the environment, else the password file, else what is usual.
fn config(address: &Address) -> Result<(Config, Tls)> {
    let mut config = Config::new();
    let host = address.host().or_else(|| variable("PGHOST"));
    let host = host.unwrap_or_else(|| "localhost".to_owned());
    let port = (address.port()).or_else(|| variable("PGPORT")?.parse().ok());
    let port = port.unwrap_or(5432);
    let user = address.user().or_else(|| variable("PGUSER"));
    let user = user
        .or_else(|| variable("USER"))
        .unwrap_or_else(|| "postgres".to_owned());
    let database = database(address, &user);
    let tls = match parameter(address, "sslmode", "PGSSLMODE").as_deref() {
        None | Some("prefer" | "allow") => Tls::Prefer,
        Some("disable") => Tls::Disable,
        Some("require") => Tls::Require,
        Some("verify-ca" | "verify-full") => Tls::Verify,
        Some(_) => {
            return Err(Error::Invalid {
                place: "sslmode".to_owned(),
                report: "it is disable, prefer, require, verify-ca or verify-full".to_owned(),
            });
        }
    };
    config
        .host(&host)
        .port(port)
        .user(&user)
        .dbname(&database)
        .application_name("iesiz")
        .connect_timeout(Duration::from_secs(20))
        .ssl_mode(match tls {
            Tls::Disable => SslMode::Disable,
            Tls::Prefer => SslMode::Prefer,
            Tls::Require | Tls::Verify => SslMode::Require,
        });
    let password = match address.password() {
        Some(password) => Some(zeroize::Zeroizing::new(password.to_owned())),
        None => match variable("PGPASSWORD") {
            Some(password) => Some(zeroize::Zeroizing::new(password)),
            None => passwords::of_postgres(&host, port, &database, &user)?,
        },
    };
    if let Some(password) = password {
        config.password(password.as_bytes());
    }
    Ok((config, tls))
}

/// The database that an address is about.
pub(super) fn database(address: &Address, user: &str) -> String {
    let named = address.database().or_else(|| variable("PGDATABASE"));
    named.unwrap_or_else(|| user.to_owned())
}

fn parameter(address: &Address, word: &str, name: &str) -> Option<String> {
    address.parameter(word).or_else(|| variable(name))
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

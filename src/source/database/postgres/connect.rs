//! Sessions: how they are opened, and with what right.

use std::path::PathBuf;
use std::time::Duration;

use postgres::config::SslMode;
use postgres::{Client, Config, NoTls};
use rustls::ClientConfig;
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
    let connected = match tls {
        Tls::Disable => config.connect(NoTls),
        Tls::Prefer | Tls::Require => config.connect(connector(tls::unverified())),
        Tls::Verify => {
            let root = parameter(address, "sslrootcert", "PGSSLROOTCERT");
            config.connect(connector(tls::verified(
                root.map(PathBuf::from).as_deref(),
            )?))
        }
    };
    let mut client = connected.map_err(|error| unreachable(&place, &error))?;
    client
        .batch_execute(BEGIN)
        .map_err(|error| refused(&place, &error))?;
    Ok(client)
}

fn connector(config: ClientConfig) -> MakeRustlsConnect {
    MakeRustlsConnect::new(config)
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

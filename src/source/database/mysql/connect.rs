//! Sessions: how they are opened, and with what right.

use std::path::{Path, PathBuf};
use std::time::Duration;

use mysql::consts::CapabilityFlags;
use mysql::prelude::Queryable as _;
use mysql::{Conn, DriverError, OptsBuilder, SslOpts};
use rustls::crypto::aws_lc_rs;
use zeroize::Zeroizing;

use super::super::Address;
use super::client_file::ClientFile;
use super::error::{refused, unreachable};
use crate::error::{Error, Result};

/// What every session begins with: text as it is, no rows left out, and a moment that stays.
const BEGIN: &[&str] = &[
    "set names utf8mb4",
    "set session sql_mode = '', time_zone = '+00:00', sql_select_limit = default, sql_big_selects = 1, \
     net_write_timeout = 31536000, wait_timeout = 2147483, lock_wait_timeout = 30",
    "set session transaction isolation level repeatable read",
    "set session transaction read only",
];
/// Known by one of the two servers only.
const MAYBE: &[&str] = &[
    "set session max_execution_time = 0",
    "set session max_statement_time = 0",
];
const MOMENT: &str = "start transaction with consistent snapshot, read only";
/// Where servers of this machine listen by themselves.
const SOCKETS: &[&str] = &[
    "/run/mysqld/mysqld.sock",
    "/var/lib/mysql/mysql.sock",
    "/tmp/mysql.sock",
];
/// Where the roots of this machine are.
const ROOTS: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];
/// A row may be as long as its server lets it be.
const LONGEST_PACKET: usize = 1 << 30;

/// How certificates of a server are looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tls {
    Disabled,
    /// As the server's own programs do where nothing is said: encrypted where the server can.
    Preferred,
    Required,
    Verified,
}

/// What sessions that write go on with: nothing is cut or guessed, and references are looked at when all is done.
const WRITE: &[&str] = &[
    "set session transaction read write",
    "set session sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION', sql_safe_updates = 0, \
     innodb_lock_wait_timeout = 30, foreign_key_checks = 0, autocommit = 0",
];

/// Opens a session that reads as of the moment when it was opened.
///
/// # Errors
/// When the server cannot be reached or refuses.
pub(super) fn connect(address: &Address) -> Result<Conn> {
    let (options, tls) = options(address)?;
    let mut session = open(address, &options, tls)?;
    (session.query_drop(MOMENT)).map_err(|error| refused(&address.to_string(), &error))?;
    Ok(session)
}

/// Opens a session that writes, in a transaction.
///
/// # Errors
/// When the server cannot be reached or refuses.
pub(super) fn connect_to_write(address: &Address) -> Result<Conn> {
    let (options, tls) = options(address)?;
    // Rows that a statement found are counted, whether it changed them or they were so before.
    let options = options.additional_capabilities(CapabilityFlags::CLIENT_FOUND_ROWS);
    let mut session = open(address, &options, tls)?;
    for statement in WRITE {
        (session.query_drop(statement)).map_err(|error| refused(&address.to_string(), &error))?;
    }
    Ok(session)
}

fn open(address: &Address, options: &OptsBuilder, tls: Tls) -> Result<Conn> {
    let place = address.to_string();
    let plain = || Conn::new(options.clone());
    let connected = match tls {
        Tls::Disabled => plain(),
        Tls::Preferred => match Conn::new(options.clone().ssl_opts(unverified())) {
            Err(mysql::Error::DriverError(DriverError::TlsNotSupported)) => plain(),
            other => other,
        },
        Tls::Required => Conn::new(options.clone().ssl_opts(unverified())),
        Tls::Verified => {
            let named = address.parameter("ssl-ca").map(PathBuf::from);
            Conn::new(options.clone().ssl_opts(verified(named)))
        }
    };
    let mut session = connected.map_err(|error| unreachable(&place, &error))?;
    let failed = |error| refused(&place, &error);
    for statement in BEGIN {
        session.query_drop(statement).map_err(failed)?;
    }
    for statement in MAYBE {
        match session.query_drop(statement) {
            Ok(()) | Err(mysql::Error::MySqlError(_)) => {}
            Err(error) => return Err(failed(error)),
        }
    }
    Ok(session)
}

/// Encrypted, and no more: whoever answers is believed.
fn unverified() -> SslOpts {
    SslOpts::default()
        .with_danger_accept_invalid_certs(true)
        .with_danger_skip_domain_validation(true)
}

/// The server's certificate must bear its name and be signed by a root that is known.
fn verified(named: Option<PathBuf>) -> SslOpts {
    let of_machine = || {
        let known = std::env::var_os("SSL_CERT_FILE").map(PathBuf::from);
        known.or_else(|| ROOTS.iter().map(PathBuf::from).find(|path| path.is_file()))
    };
    SslOpts::default().with_root_cert_path(named.or_else(of_machine))
}

/// From the address, else the environment, else the file of the server's own programs, else what is usual.
fn options(address: &Address) -> Result<(OptsBuilder, Tls)> {
    // Several crates bring a provider of their own: one has to be named.
    let _ = aws_lc_rs::default_provider().install_default();
    let file = ClientFile::load()?;
    let of_file = |name: &str| file.value(name).map(str::to_owned);
    let host = (address.host()).or_else(|| variable("MYSQL_HOST"));
    let host = host.or_else(|| of_file("host"));
    let port = (address.port()).or_else(|| variable("MYSQL_TCP_PORT")?.parse().ok());
    let port = port.or_else(|| of_file("port")?.parse().ok());
    let user = (address.user()).or_else(|| of_file("user"));
    let user = user.or_else(|| variable("USER"));
    let password = (address.password()).map(|password| Zeroizing::new(password.to_owned()));
    let password = password
        .or_else(|| variable("MYSQL_PWD").map(Zeroizing::new))
        .or_else(|| of_file("password").map(Zeroizing::new));
    let socket = socket(address, host.as_deref(), port, &file);
    let mode = (address.parameter("ssl-mode")).or_else(|| of_file("ssl-mode"));
    let tls = if socket.is_some() {
        Tls::Disabled
    } else {
        tls(mode.as_deref())?
    };
    let options = OptsBuilder::new()
        .prefer_socket(false)
        .socket(socket)
        .ip_or_hostname(Some(host.unwrap_or_else(|| "localhost".to_owned())))
        .tcp_port(port.unwrap_or(3306))
        .user(user)
        .pass(password.as_ref().map(|password| password.as_str()))
        .db_name(address.database())
        .tcp_connect_timeout(Some(Duration::from_secs(20)))
        .stmt_cache_size(0)
        .max_allowed_packet(Some(LONGEST_PACKET));
    Ok((options, tls))
}

fn tls(mode: Option<&str>) -> Result<Tls> {
    match mode.map(str::to_uppercase).as_deref() {
        None | Some("PREFERRED") => Ok(Tls::Preferred),
        Some("DISABLED") => Ok(Tls::Disabled),
        Some("REQUIRED") => Ok(Tls::Required),
        Some("VERIFY_CA" | "VERIFY_IDENTITY") => Ok(Tls::Verified),
        Some(_) => Err(Error::Invalid {
            place: "ssl-mode".to_owned(),
            report: "it is DISABLED, PREFERRED, REQUIRED, VERIFY_CA or VERIFY_IDENTITY".to_owned(),
        }),
    }
}

/// The socket to go through, as the server's own programs do where this machine is meant.
fn socket(
    address: &Address,
    host: Option<&str>,
    port: Option<u16>,
    file: &ClientFile,
) -> Option<String> {
    let named = address.parameter("socket");
    let is_here = matches!(host, None | Some("localhost")) && port.is_none();
    if named.is_some() || !is_here {
        return named;
    }
    let known = variable("MYSQL_UNIX_PORT").or_else(|| file.value("socket").map(str::to_owned));
    let usual = || SOCKETS.iter().find(|path| Path::new(path).exists());
    known.or_else(|| usual().map(|path| (*path).to_owned()))
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

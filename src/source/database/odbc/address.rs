//! Addresses of ODBC: settings of a connection, of which those that open it are never shown.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use odbc_api::escape_attribute_value;
use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// What an address begins with.
const SCHEME: &str = "odbc:";
/// Parts of names of settings that say who connects, or open a door.
const SECRETS: &[&str] = &[
    "pwd", "pass", "uid", "user", "logon", "login", "secret", "token", "key", "cred",
];
const USERS: &[&str] = &["uid", "user", "username"];
const PASSWORDS: &[&str] = &["pwd", "password"];
/// Settings that say where, whatever signs are in them.
const PLACES: &[&str] = &["dsn", "filedsn", "driver", "server", "database", "dbq"];

/// Name and value, the value as it was written.
type Settings = Vec<(String, Zeroizing<String>)>;

/// What a driver is told to connect, and what of it may be repeated.
#[derive(Clone)]
pub(super) struct Address {
    settings: Settings,
    /// The one table that it names.
    pub(super) table: Option<String>,
}

impl Address {
    /// Reads `odbc:DSN=shop;Database=…#table`.
    ///
    /// # Errors
    /// When it is none; the message repeats no value of it.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let (settings, table) = parts(text.strip_prefix(SCHEME).unwrap_or(text))?;
        if let Some((name, _)) = settings.iter().find(|(name, value)| is_nested(name, value)) {
            return Err(invalid(&format!(
                "the setting {name} holds further settings: put it into the data source (odbc.ini)"
            )));
        }
        Ok(Self { settings, table }.with_known_secrets())
    }

    /// Plans name databases without what opens them: what a person gave once in this run is known for all of it.
    fn with_known_secrets(mut self) -> Self {
        static KNOWN: Mutex<BTreeMap<String, Settings>> = Mutex::new(BTreeMap::new());
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        let place = self.to_string();
        let mut secrets = self.settings.iter().filter(|(name, _)| is_secret(name));
        if secrets.next().is_some() {
            known.insert(place, self.settings.clone());
        } else if let Some(settings) = known.get(&place) {
            self.settings.clone_from(settings);
        }
        self
    }

    /// All that the driver is told: what the address lacks of user and password is in the environment, or in the data source.
    pub(super) fn connection(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::new());
        for (name, value) in &self.settings {
            text.push_str(&format!("{name}={};", value.as_str()));
        }
        for (names, variable) in [(USERS, "IESIZ_ODBC_UID"), (PASSWORDS, "IESIZ_ODBC_PWD")] {
            let is_given = self.value(names).is_some();
            let known = std::env::var(variable).ok().map(Zeroizing::new);
            if let (false, Some(value)) = (is_given, known) {
                let escaped = Zeroizing::new(escape_attribute_value(&value).into_owned());
                text.push_str(&format!("{}={};", names[0].to_uppercase(), *escaped));
            }
        }
        text
    }

    /// Names the database where it does not name itself.
    pub(super) fn name(&self) -> String {
        let file = |path: String| {
            let stem = Path::new(&path).file_stem();
            stem.map(|stem| stem.to_string_lossy().into_owned())
        };
        let named = (self.value(&["database", "dbname", "dbq"]).and_then(file))
            .or_else(|| self.value(&["dsn", "filedsn"]));
        named.unwrap_or_else(|| "odbc".to_owned())
    }

    /// The same database, and one table of it.
    pub(super) fn of_table(&self, table: &str) -> String {
        format!("{self};#{table}")
    }

    /// Values that no message may repeat, as they stand between braces or without.
    pub(super) fn secrets(&self) -> impl Iterator<Item = String> {
        let secret = self.settings.iter().filter(|(name, _)| is_secret(name));
        secret.map(|(_, value)| bare(value))
    }

    fn value(&self, names: &[&str]) -> Option<String> {
        let is_named = |name: &String| names.contains(&name.to_lowercase().as_str());
        let mut known = self.settings.iter().filter(|(name, _)| is_named(name));
        known.next().map(|(_, value)| bare(value))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let open = self.settings.iter().filter(|(name, _)| !is_secret(name));
        let open: Vec<String> = open
            .map(|(name, value)| format!("{name}={}", value.as_str()))
            .collect();
        write!(f, "{SCHEME}{}", open.join(";"))
    }
}

fn is_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    SECRETS.iter().any(|part| name.contains(part))
}

/// Whether a value holds settings of its own, among which may be a password.
fn is_nested(name: &str, value: &str) -> bool {
    let is_place = PLACES.contains(&name.to_lowercase().as_str());
    let is_url = value.contains("://") && value.contains('@');
    !is_secret(name) && (is_url || !is_place && value.contains('='))
}

/// A value without its braces.
fn bare(value: &str) -> String {
    let inner = value.strip_prefix('{').and_then(|v| v.strip_suffix('}'));
    inner.map_or_else(|| value.to_owned(), |inner| inner.replace("}}", "}"))
}

/// Settings, and the table behind `#`.
fn parts(text: &str) -> Result<(Settings, Option<String>)> {
    let mut settings = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([';', ' ']);
        if let Some(table) = rest.strip_prefix('#') {
            return Ok((settings, Some(table.to_owned())));
        }
        if rest.is_empty() {
            break;
        }
        let (name, value) = rest.split_once('=').ok_or_else(|| invalid(HOW))?;
        let name = name.trim().to_owned();
        let end = value_end(&name, value).ok_or_else(|| invalid(HOW))?;
        settings.push((name, Zeroizing::new(value[..end].trim().to_owned())));
        rest = &value[end..];
    }
    if settings.is_empty() {
        return Err(invalid(HOW));
    }
    Ok((settings, None))
}

const HOW: &str = "it should look like odbc:DSN=shop or odbc:Driver=…;Server=…;Database=…, values with ; or # in them in {braces}";

/// Where a value ends: at its brace, at `;`, or at the `#` of a table, which may be part of a secret.
fn value_end(name: &str, value: &str) -> Option<usize> {
    if value.starts_with('{') {
        let mut at = 1;
        loop {
            at += value[at..].find('}')? + 1;
            if !value[at..].starts_with('}') {
                let follows = value[at..].trim_start();
                return (follows.is_empty() || follows.starts_with([';', '#'])).then_some(at);
            }
            at += 1;
        }
    }
    let end = value.find(';');
    let table = value
        .find('#')
        .filter(|_| end.is_none() && !is_secret(name));
    Some(end.or(table).unwrap_or(value.len()))
}

fn invalid(report: &str) -> Error {
    Error::Invalid {
        place: "the address of a database".to_owned(),
        report: report.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_connects_and_with_what_is_told_to_the_driver_and_shown_to_nobody() {
        for text in [
            "odbc:DSN=shop;UID=ann;PWD=s3crt#x;#public.t",
            "odbc:DSN=shop;user name=ann;Password={s3;}}crt};#public.t",
            "odbc:DSN=shop;AccessToken={s3crt};UID=ann;Encrypt=yes#public.t",
            "odbc:PWD=s3crt;uid=ann;DSN=shop#public.t",
        ] {
            let address = Address::parse(text).unwrap();
            assert_eq!(address.table.as_deref(), Some("public.t"), "{text}");
            let told = address.connection();
            assert!(told.contains("ann") && told.contains("crt"), "{text}");
            for shown in [address.to_string(), address.of_table("t")] {
                let is_open =
                    shown.contains("ann") || shown.contains("s3") || shown.contains("crt");
                assert!(shown.contains("DSN=shop") && !is_open, "{shown}");
            }
        }
    }

    #[test]
    fn what_was_shown_opens_the_same_in_this_run() {
        let given = Address::parse("odbc:DSN=known;PWD={a;b}").unwrap();
        let again = Address::parse(&given.of_table("s.\"a;b#c\"")).unwrap();
        assert_eq!(again.connection(), given.connection());
        assert_eq!(again.table.as_deref(), Some("s.\"a;b#c\""));
    }

    #[test]
    fn databases_are_named_by_what_is_told_of_them() {
        for (text, name) in [
            ("odbc:Driver={SQLite3};Database=/tmp/a=b/shop.db", "shop"),
            ("odbc:DSN={my shop}", "my shop"),
            ("odbc:Driver=X;Server=h", "odbc"),
        ] {
            assert_eq!(Address::parse(text).unwrap().name(), name, "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_without_repeating_it() {
        for text in [
            "odbc:",
            "odbc:s3cret",
            "odbc:DSN=a;PWD={s3cret",
            "odbc:DSN=a;pqopt={password=s3cret}",
            "odbc:Server=tcp://ann:s3cret@h",
        ] {
            let error = Address::parse(text).err().unwrap();
            assert!(!error.chain().contains("s3cret"), "{text}");
        }
    }
}

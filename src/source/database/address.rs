//! Addresses of databases. What opens them, a password, is never shown.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use url::Url;
use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// Where a database is, and what opens it.
#[derive(Clone)]
pub struct Address {
    /// Without a password.
    url: Url,
    password: Option<Zeroizing<String>>,
}

/// Words in the query of an address whose values are secret.
const SECRETS: &[&str] = &["password", "sslpassword", "pwd"];

impl Address {
    /// Reads an address; the part behind `#` names one table.
    ///
    /// # Errors
    /// When it is none; the message does not repeat it, because it may hold a password.
    pub fn parse(text: &str) -> Result<Self> {
        let invalid = |report: &str| Error::Invalid {
            place: "the address of a database".to_owned(),
            report: report.to_owned(),
        };
        let mut url = Url::parse(text).map_err(|e| {
            invalid(&format!(
                "{e}; it should look like postgres://user@host:5432/database, with signs such as @ and / in names as %40 and %2F"
            ))
        })?;
        let mut password = url.password().map(decoded);
        let known: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let (secret, open): (Vec<_>, Vec<_>) = known
            .into_iter()
            .partition(|(word, _)| SECRETS.contains(&word.to_lowercase().as_str()));
        password = password.or_else(|| secret.into_iter().next().map(|(_, value)| value));
        if url.password().is_some() {
            url.set_password(None)
                .map_err(|()| invalid("a password without a user"))?;
        }
        url.set_query(None);
        if !open.is_empty() {
            url.query_pairs_mut().extend_pairs(open);
        }
        let address = Self {
            url,
            password: password.map(Zeroizing::new),
        };
        Ok(address.with_known_password())
    }

    /// An address without its password; of what is none, the scheme.
    pub(super) fn shown(text: &str) -> String {
        Self::parse(text).map_or_else(|_| super::scheme(text), |address| address.to_string())
    }

    /// Plans name databases without passwords: what a person gave once in this run is known for all of it.
    fn with_known_password(mut self) -> Self {
        static KNOWN: Mutex<BTreeMap<String, Zeroizing<String>>> = Mutex::new(BTreeMap::new());
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        match &self.password {
            Some(password) => {
                known.insert(self.to_string(), password.clone());
            }
            None => self.password = known.get(&self.to_string()).cloned(),
        }
        self
    }

    pub(super) fn user(&self) -> Option<String> {
        let named = Some(self.url.username()).filter(|user| !user.is_empty());
        named.map(decoded).or_else(|| self.parameter("user"))
    }

    pub(super) fn password(&self) -> Option<&str> {
        self.password.as_ref().map(|password| password.as_str())
    }

    /// Host or folder of a socket.
    pub(super) fn host(&self) -> Option<String> {
        let named = self.url.host_str().filter(|host| !host.is_empty());
        let named = named.map(|host| decoded(host.trim_matches(['[', ']'])));
        named.or_else(|| self.parameter("host"))
    }

    pub(super) fn port(&self) -> Option<u16> {
        let named = self.url.port();
        named.or_else(|| self.parameter("port")?.parse().ok())
    }

    pub(super) fn database(&self) -> Option<String> {
        let path = self.url.path().trim_start_matches('/');
        let named = Some(path).filter(|path| !path.is_empty()).map(decoded);
        named.or_else(|| self.parameter("dbname"))
    }

    pub(super) fn parameter(&self, word: &str) -> Option<String> {
        let mut known = self.url.query_pairs();
        let found = known.find(|(known, _)| known == word);
        found.map(|(_, value)| value.into_owned())
    }

    /// The one table that it names.
    pub fn table(&self) -> Option<String> {
        self.url.fragment().map(decoded)
    }

    /// The same database, and one table of it.
    pub(super) fn of_table(&self, table: &str) -> String {
        let mut url = self.url.clone();
        url.set_fragment(Some(table));
        url.to_string()
    }
}

fn decoded(text: &str) -> String {
    let bytes = percent_encoding::percent_decode_str(text);
    bytes.decode_utf8_lossy().into_owned()
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut url = self.url.clone();
        url.set_fragment(None);
        url.fmt(f)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_and_never_shown() {
        for text in [
            "postgres://ann:s%40crt@db.local:5433/shop?sslmode=require#public.t",
            "postgres://ann@db.local:5433/shop?sslmode=require&password=s%40crt#public.t",
        ] {
            let address = Address::parse(text).unwrap();
            assert_eq!(address.password(), Some("s@crt"));
            assert_eq!(address.user().as_deref(), Some("ann"));
            assert_eq!(address.host().as_deref(), Some("db.local"));
            assert_eq!(address.port(), Some(5433));
            assert_eq!(address.database().as_deref(), Some("shop"));
            assert_eq!(address.table().as_deref(), Some("public.t"));
            assert_eq!(address.parameter("sslmode").as_deref(), Some("require"));
            for shown in [
                address.to_string(),
                format!("{address:?}"),
                address.of_table("public.x"),
            ] {
                assert!(
                    shown.contains("db.local") && !shown.contains("crt"),
                    "{shown}"
                );
            }
        }
    }

    #[test]
    fn a_socket_is_named_by_its_folder() {
        let address = Address::parse("postgres:///shop?host=/run/pg&port=5444&user=ann").unwrap();
        assert_eq!(address.host().as_deref(), Some("/run/pg"));
        assert_eq!(address.port(), Some(5444));
        assert_eq!(address.user().as_deref(), Some("ann"));
        assert_eq!(address.password(), None);
    }

    #[test]
    fn what_is_no_address_is_refused_without_repeating_it() {
        let error = Address::parse("postgres://ann:s3cret@ho st/db").unwrap_err();
        assert!(!error.chain().contains("s3cret"));
    }
}

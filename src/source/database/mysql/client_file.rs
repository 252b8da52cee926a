//! What a person keeps in `~/.my.cnf` for the programs of the server.

use std::collections::HashMap;

use zeroize::Zeroizing;

use super::super::passwords;
use crate::error::Result;

/// The settings of the section `[client]`.
#[derive(Default)]
pub(super) struct ClientFile(HashMap<String, Zeroizing<String>>);

impl ClientFile {
    /// Reads the file, if there is one.
    ///
    /// # Errors
    /// When others may read it.
    pub(super) fn load() -> Result<Self> {
        let Some(path) = passwords::at_home(".my.cnf") else {
            return Ok(Self::default());
        };
        let text = passwords::read_secret(&path)?;
        Ok(text.map_or_else(Self::default, |text| Self::parse(&text)))
    }

    /// The value of a setting.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let value = self.0.get(name)?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }

    fn parse(text: &str) -> Self {
        let mut section = String::new();
        let mut settings = HashMap::new();
        for line in text.lines().map(str::trim) {
            if let Some(name) = line
                .strip_prefix('[')
                .and_then(|rest| rest.strip_suffix(']'))
            {
                section = name.trim().to_lowercase();
            } else if section == "client"
                && !line.starts_with(['#', ';', '!'])
                && let Some((name, value)) = line.split_once('=')
            {
                let name = name.trim().to_lowercase().replace('_', "-");
                settings.insert(name, Zeroizing::new(value_of(value.trim())));
            }
        }
        Self(settings)
    }
}

/// A value as it is meant: without its quotes, or up to a comment; a backslash takes some signs as others.
fn value_of(written: &str) -> String {
    let quote = written
        .chars()
        .next()
        .filter(|sign| matches!(sign, '"' | '\''));
    let inside = match quote {
        Some(quote) => {
            let rest = &written[1..];
            rest.rfind(quote).map_or(rest, |end| &rest[..end])
        }
        None => written.split(" #").next().unwrap_or_default().trim_end(),
    };
    let mut value = String::new();
    let mut signs = inside.chars();
    while let Some(sign) = signs.next() {
        match (sign, sign == '\\') {
            (sign, false) => value.push(sign),
            (_, true) => match signs.next() {
                Some('n') => value.push('\n'),
                Some('t') => value.push('\t'),
                Some('s') => value.push(' '),
                Some(other @ ('\\' | '"' | '\'')) => value.push(other),
                Some(other) => value.extend(['\\', other]),
                None => value.push('\\'),
            },
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_clients_section_counts() {
        let file = ClientFile::parse(
            "[mysqld]\nport = 1\n# [client]\n[client]\nuser=ann\npassword = \"a # \\\"b\" \nhost = db.local # here\nssl_mode=REQUIRED\n[mysql]\nuser=bob\n",
        );
        assert_eq!(file.value("user"), Some("ann"));
        assert_eq!(file.value("password"), Some("a # \"b"));
        assert_eq!(file.value("host"), Some("db.local"));
        assert_eq!(file.value("ssl-mode"), Some("REQUIRED"));
        assert_eq!(file.value("port"), None);
    }
}

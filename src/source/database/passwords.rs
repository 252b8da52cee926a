//! Passwords that a person keeps in the files of a database's own programs.

use std::fs;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// The password in `PGPASSFILE`, else `~/.pgpass`: a line of host, port, database, user and password with colons between.
///
/// # Errors
/// When others may read the file.
pub(super) fn of_postgres(
    host: &str,
    port: u16,
    database: &str,
    user: &str,
) -> Result<Option<Zeroizing<String>>> {
    let named = std::env::var_os("PGPASSFILE").map(PathBuf::from);
    let Some(path) = named.or_else(|| at_home(".pgpass")) else {
        return Ok(None);
    };
    let Some(text) = read_secret(&path)? else {
        return Ok(None);
    };
    let wanted = [host, &port.to_string(), database, user];
    Ok(text.lines().find_map(|line| password_in(line, &wanted)))
}

/// A file in the folder of the person who runs the program.
pub(super) fn at_home(name: &str) -> Option<PathBuf> {
    Some(PathBuf::from(std::env::var_os("HOME")?).join(name))
}

/// A file that only its owner may read; `None` when it is not there.
///
/// # Errors
/// When others may read it.
pub(super) fn read_secret(path: &Path) -> Result<Option<Zeroizing<String>>> {
    let Ok(known) = fs::metadata(path) else {
        return Ok(None);
    };
    if is_open_to_others(&known) {
        return Err(Error::Invalid {
            place: path.display().to_string(),
            report: "others may read this file of passwords: chmod 600 it first".to_owned(),
        });
    }
    let text = fs::read_to_string(path).map_err(|e| Error::read(path, e))?;
    Ok(Some(Zeroizing::new(text)))
}

#[cfg(unix)]
fn is_open_to_others(known: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    known.is_file() && known.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_known: &fs::Metadata) -> bool {
    false
}

/// The password of a line that fits.
fn password_in(line: &str, wanted: &[&str; 4]) -> Option<Zeroizing<String>> {
    if line.starts_with('#') {
        return None;
    }
    let parts = parts(line);
    let (password, place) = parts.split_last()?;
    let fits = place.len() == wanted.len()
        && place
            .iter()
            .zip(wanted)
            .all(|(known, wanted)| known == "*" || known == wanted);
    fits.then(|| Zeroizing::new(password.clone()))
}

/// Parts between colons; a backslash takes a colon or a backslash as it is.
fn parts(line: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut signs = line.chars();
    while let Some(sign) = signs.next() {
        match sign {
            ':' if parts.len() < 5 => parts.push(String::new()),
            '\\' => parts.last_mut().expect("at least one").extend(signs.next()),
            _ => parts.last_mut().expect("at least one").push(sign),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_fits_has_the_password() {
        let wanted = ["db.local", "5432", "shop", "ann"];
        let password = |line: &str| password_in(line, &wanted).map(|p| p.to_string());
        assert_eq!(
            password("db.local:5432:shop:ann:one").as_deref(),
            Some("one")
        );
        assert_eq!(
            password("*:*:*:ann:t\\:w:o\\\\").as_deref(),
            Some("t:w:o\\")
        );
        for line in ["db.local:5432:shop:bob:x", "# *:*:*:*:x", "*:*:ann:x", ""] {
            assert_eq!(password(line), None, "{line}");
        }
    }
}

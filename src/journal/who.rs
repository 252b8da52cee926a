//! Who runs the program, as the system tells it: the user, not a person whose data is worked on.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Who ran a command, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// The name that was given with the command: a service account, a ticket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Name of the system's user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Number of the system's user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<u32>,
    /// Who became that user by `sudo`, as the environment says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sudo_user: Option<String>,
    /// Name of the machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
}

/// Longest name that is taken.
const LONGEST: usize = 200;

static ACTOR: OnceLock<String> = OnceLock::new();

/// Names who acts, for all lines that this process writes.
///
/// # Errors
/// When it is no name: empty, too long, or of several lines.
pub fn name_actor(name: &str) -> Result<()> {
    let known = sound(name).ok_or_else(|| Error::Invalid {
        place: "--actor".to_owned(),
        report: format!("a name is one line of 1 to {LONGEST} characters"),
    })?;
    // The first name stays: a process acts for one.
    let _ = ACTOR.set(known);
    Ok(())
}

impl Who {
    /// Asks the system.
    pub(super) fn now() -> Self {
        static SYSTEM: OnceLock<Who> = OnceLock::new();
        let mut who = SYSTEM.get_or_init(Self::of_system).clone();
        who.actor = ACTOR.get().cloned();
        who
    }

    fn of_system() -> Self {
        let uid = uid();
        Self {
            actor: None,
            user: uid
                .and_then(name_of)
                .or_else(|| variable(&["LOGNAME", "USER", "USERNAME"])),
            uid,
            sudo_user: variable(&["SUDO_USER"]),
            host: host(),
        }
    }

    /// In words, on one line: `ticket 12 (aigul by sudo as root)@host`.
    pub fn words(&self) -> String {
        let number = self.uid.map(|uid| uid.to_string());
        let user = self
            .user
            .clone()
            .or(number)
            .unwrap_or_else(|| "?".to_owned());
        let user = match &self.sudo_user {
            Some(sudo) => format!("{sudo} by sudo as {user}"),
            None => user,
        };
        let name = match &self.actor {
            Some(actor) => format!("{actor} ({user})"),
            None => user,
        };
        match &self.host {
            Some(host) => format!("{name}@{host}"),
            None => name,
        }
    }
}

/// A name without what could move a terminal's cursor.
fn sound(name: &str) -> Option<String> {
    let name = name.trim();
    let length = name.chars().count();
    let is_sound = (1..=LONGEST).contains(&length) && !name.chars().any(char::is_control);
    is_sound.then(|| name.to_owned())
}

fn variable(names: &[&str]) -> Option<String> {
    names
        .iter()
        .find_map(|name| sound(&std::env::var(name).ok()?))
}

/// The user that the kernel says this process runs as.
#[cfg(unix)]
fn uid() -> Option<u32> {
    use std::os::unix::fs::MetadataExt as _;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("Uid:"));
    let told = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    // Elsewhere than on Linux: whose is a file that this process makes?
    told.or_else(|| Some(tempfile::tempfile().ok()?.metadata().ok()?.uid()))
}

#[cfg(not(unix))]
fn uid() -> Option<u32> {
    None
}

/// The name of a user in the local list; directories of other machines are not asked.
fn name_of(uid: u32) -> Option<String> {
    let list = std::fs::read_to_string("/etc/passwd").ok()?;
    name_in(&list, uid)
}

fn name_in(list: &str, uid: u32) -> Option<String> {
    let mut users = list.lines().filter_map(|line| {
        let mut fields = line.split(':');
        let (name, _, number) = (fields.next()?, fields.next()?, fields.next()?);
        (number.parse() == Ok(uid)).then(|| sound(name)).flatten()
    });
    users.next()
}

fn host() -> Option<String> {
    let files = ["/proc/sys/kernel/hostname", "/etc/hostname"];
    let told = files
        .iter()
        .find_map(|file| sound(&std::fs::read_to_string(file).ok()?));
    told.or_else(|| variable(&["HOSTNAME", "COMPUTERNAME"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_users_name_is_the_one_with_the_number() {
        let list = "root:x:0:0::/root:/bin/sh\nother:x:10000:\nasel:x:1000:1000::/:/bin/sh\n";
        assert_eq!(name_in(list, 1000).as_deref(), Some("asel"));
        assert_eq!(name_in(list, 0).as_deref(), Some("root"));
        assert_eq!(name_in(list, 100), None);
    }

    #[test]
    fn who_is_told_in_one_line() {
        let mut who = Who {
            user: Some("root".to_owned()),
            uid: Some(0),
            host: Some("h".to_owned()),
            ..Who::default()
        };
        assert_eq!(who.words(), "root@h");
        who.sudo_user = Some("asel".to_owned());
        assert_eq!(who.words(), "asel by sudo as root@h");
        who.actor = Some("ticket 12".to_owned());
        assert_eq!(who.words(), "ticket 12 (asel by sudo as root)@h");
        assert_eq!(Who::default().words(), "?");
    }

    #[test]
    fn names_are_one_line() {
        for name in ["", "  ", "a\nb", "\u{1b}[2J"] {
            assert_eq!(sound(name), None, "{name:?}");
        }
        assert_eq!(sound(&"a".repeat(LONGEST + 1)), None);
        assert_eq!(sound(" ticket 12 ").as_deref(), Some("ticket 12"));
    }
}

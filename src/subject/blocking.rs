//! Lists of blocked people: who is on them is neither changed nor destroyed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::policy::{Dataset, Policy};
use crate::purge::{People, known_as, told};
use crate::source::csv::encoding;
use crate::source::staged::write_atomically;

/// What is to become of people on the lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// They are put on them.
    Block,
    /// They are taken off.
    Unblock,
}

/// What became of one list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Datasets that use it.
    pub datasets: Vec<String>,
    /// The list.
    pub path: PathBuf,
    /// Identifiers that were added or removed; the others were there, or were not.
    pub changed: u64,
    /// Identifiers on it now.
    pub total: u64,
}

/// Puts people on the lists of datasets, or takes them off; the lists of all datasets when none is named.
///
/// # Errors
/// Before anything is written, when a dataset is not known, has no list, or does not tell whose its rows are.
pub fn change(
    policy: &Policy,
    place: &Path,
    datasets: &[String],
    identifiers: &str,
    change: Change,
) -> Result<Vec<Changed>> {
    let mut lists: Vec<Changed> = Vec::new();
    for dataset in chosen(policy, place, datasets)? {
        let path = list_of(dataset, place)?;
        match lists.iter_mut().find(|list| list.path == path) {
            Some(list) => list.datasets.push(dataset.id.clone()),
            None => lists.push(Changed {
                datasets: vec![dataset.id.clone()],
                path: path.to_owned(),
                changed: 0,
                total: 0,
            }),
        }
    }
    let texts: Vec<String> = lists
        .iter()
        .map(|list| text_of(&list.path))
        .collect::<Result<_>>()?;
    for (list, text) in lists.iter_mut().zip(texts) {
        let (new, changed) = match change {
            Change::Block => with(&text, identifiers),
            Change::Unblock => without(&text, identifiers),
        };
        if changed > 0 {
            write_atomically(&list.path, new.as_bytes())?;
        }
        list.changed = changed;
        list.total = People::parse(&new).len() as u64;
    }
    Ok(lists)
}

fn chosen<'a>(policy: &'a Policy, place: &Path, ids: &[String]) -> Result<Vec<&'a Dataset>> {
    let known = policy.datasets();
    for id in ids {
        if !known.iter().any(|dataset| dataset.id == *id) {
            let known: Vec<&str> = known.iter().map(|dataset| dataset.id.as_str()).collect();
            return Err(Error::Invalid {
                place: place.display().to_string(),
                report: format!("no [[dataset]] {id:?}; it has: {}", known.join(", ")),
            });
        }
    }
    if known.is_empty() {
        return Err(Error::Invalid {
            place: place.display().to_string(),
            report: "it has no [[dataset]]".to_owned(),
        });
    }
    let is_chosen = |dataset: &&Dataset| ids.is_empty() || ids.contains(&dataset.id);
    Ok(known.iter().filter(is_chosen).collect())
}

fn list_of<'a>(dataset: &'a Dataset, place: &Path) -> Result<&'a Path> {
    if dataset.subject.is_empty() {
        return Err(Error::NoSubject {
            place: format!("{} (dataset {})", place.display(), dataset.id),
        });
    }
    dataset
        .blocked
        .as_deref()
        .ok_or_else(|| Error::NoBlockedList {
            place: place.display().to_string(),
            dataset: dataset.id.clone(),
        })
}

/// A list that is not there yet is empty.
fn text_of(path: &Path) -> Result<String> {
    match fs::read(path).and_then(encoding::text_of) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        other => other.map_err(|e| Error::read(path, e)),
    }
}

/// The list with those who are not on it, and how many they are.
fn with(list: &str, identifiers: &str) -> (String, u64) {
    let mut known: BTreeSet<String> = told(list).map(known_as).collect();
    let mut new = list.to_owned();
    let mut added = 0;
    for identifier in told(identifiers) {
        if known.insert(known_as(identifier)) {
            if !new.is_empty() && !new.ends_with('\n') {
                new.push('\n');
            }
            new.push_str(identifier);
            new.push('\n');
            added += 1;
        }
    }
    (new, added)
}

/// The list without some people, and how many of its lines go; what else it says stays.
fn without(list: &str, identifiers: &str) -> (String, u64) {
    let people = People::parse(identifiers);
    let goes = |line: &&str| told(line).any(|identifier| people.hold(identifier));
    let gone = list.lines().filter(goes).count() as u64;
    let left = list.lines().filter(|line| !goes(line));
    (left.flat_map(|line| [line, "\n"]).collect(), gone)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "# by order 7\n350101100012\n";

    #[test]
    fn nobody_is_put_on_a_list_twice() {
        let (list, added) = with(LIST, "8 700 000 12 34\n350101100012\n+77000001234\n");
        assert_eq!(list, format!("{LIST}8 700 000 12 34\n"));
        assert_eq!(added, 1);
        assert_eq!(
            with("a@b.example", "c@d.example").0,
            "a@b.example\nc@d.example\n"
        );
    }

    #[test]
    fn people_are_taken_off_however_they_were_written() {
        let list = format!("{LIST}8 700 000 12 34\n");
        assert_eq!(without(&list, "+7 (700) 000-12-34"), (LIST.to_owned(), 1));
        assert_eq!(without(&list, "nobody@b.example"), (list.clone(), 0));
    }
}

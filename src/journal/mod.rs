//! The register of what was done to personal data (Law 94-V art. 22): JSON Lines, each carrying the hash of the one before.
//!
//! The chain shows that a line was changed, removed or moved. It does not stop somebody who rewrites all of it: keep the last
//! hash, which every command prints, somewhere else, or sign it (`sign`).

mod chain;
mod check;
mod event;
pub mod show;
pub mod sign;
mod who;
mod write;

pub use chain::{Unfinished, follow};
pub use check::{Checked, check, events, lines};
pub use event::{Event, Reading, Replacement, TableRead};
pub use sign::{sign_with, signature};
pub use who::{Who, name_actor};
pub use write::{Journal, file_hash};

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::error::Error;

    fn rewrite(path: &Path, lines: &[String]) {
        crate::source::staged::write_atomically(path, (lines.join("\n") + "\n").as_bytes())
            .unwrap();
    }

    fn journal() -> (tempfile::TempDir, PathBuf, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        let mut journal = Journal::open(&path).unwrap();
        for code in ["read", "csv", "parquet"] {
            journal
                .append(Event::Skipped {
                    source: "t.csv".to_owned(),
                    code: code.to_owned(),
                })
                .unwrap();
        }
        journal
            .append(Event::Finished {
                status: 0,
                verification: Default::default(),
                key_wiped: true,
            })
            .unwrap();
        let lines = fs::read_to_string(&path)
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect();
        (folder, path, lines)
    }

    #[test]
    fn a_whole_journal_is_closed_and_grows() {
        let (_folder, path, _) = journal();
        let checked = check(&path).unwrap();
        assert_eq!((checked.lines, checked.is_closed()), (4, true));
        assert_eq!(Journal::open(&path).unwrap().head(), checked.head);
    }

    #[test]
    fn changed_removed_and_moved_lines_are_found() {
        let (_folder, path, lines) = journal();
        let changed = {
            let mut lines = lines.clone();
            lines[1] = lines[1].replace("csv", "cvs");
            (lines, Some(3))
        };
        let removed = (
            lines
                .iter()
                .enumerate()
                .filter(|(i, _)| *i != 1)
                .map(|(_, l)| l.clone())
                .collect::<Vec<_>>(),
            Some(2),
        );
        let first_removed = (lines[1..].to_vec(), Some(1));
        let moved = (
            vec![
                lines[0].clone(),
                lines[2].clone(),
                lines[1].clone(),
                lines[3].clone(),
            ],
            Some(2),
        );
        for (lines, at) in [changed, removed, first_removed, moved] {
            rewrite(&path, &lines);
            match check(&path) {
                Err(Error::Journal { line, .. }) => assert_eq!(Some(line), at),
                other => panic!("{other:?}"),
            }
        }
        rewrite(&path, &lines[..3]);
        assert!(
            !check(&path).unwrap().is_closed(),
            "the last line was removed"
        );
    }

    fn skipped(code: &str) -> Event {
        Event::Skipped {
            source: "t.csv".to_owned(),
            code: code.to_owned(),
        }
    }

    #[test]
    fn several_who_append_at_once_make_one_chain() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        let (one, two) = (Journal::open(&path), Journal::open(&path));
        let (mut one, mut two) = (one.unwrap(), two.unwrap());
        for _ in 0..3 {
            one.append(skipped("one")).unwrap();
            two.append(skipped("two")).unwrap();
        }
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let mut journal = Journal::open(&path).unwrap();
                    for _ in 0..20 {
                        journal.append(skipped("many")).unwrap();
                    }
                });
            }
        });
        assert_eq!(check(&path).unwrap().lines, 6 + 4 * 20);
    }

    #[test]
    fn a_torn_line_goes_and_a_table_named_by_mistake_stays() {
        let (_folder, path, lines) = journal();
        let whole = lines.join("\n") + "\n";
        let torn = whole.clone() + &lines[0][..40];
        crate::source::staged::write_atomically(&path, torn.as_bytes()).unwrap();
        assert!(check(&path).is_err());
        Journal::open(&path)
            .unwrap()
            .append(skipped("new"))
            .unwrap();
        assert_eq!(check(&path).unwrap().lines, 5);
        for table in ["n,word", "n,word\n1,a\n2,b", "{\"seq\": 1}"] {
            crate::source::staged::write_atomically(&path, table.as_bytes()).unwrap();
            assert_eq!(Journal::open(&path).unwrap_err().code().0, "journal");
            assert_eq!(fs::read_to_string(&path).unwrap(), table);
        }
    }

    #[test]
    fn a_journal_that_became_shorter_takes_no_more_lines() {
        let (_folder, path, lines) = journal();
        let mut journal = Journal::open(&path).unwrap();
        rewrite(&path, &lines[..2]);
        assert_eq!(
            journal.append(skipped("x")).unwrap_err().code().0,
            "journal"
        );
        assert_eq!(check(&path).unwrap().lines, 2);
    }

    #[test]
    fn what_reads_leaves_a_run_open_and_its_end_closes_it() {
        let (_folder, path, _) = journal();
        let mut journal = Journal::open(&path).unwrap();
        let unfinished = || check(&path).unwrap().unfinished;
        journal
            .append(Event::Started {
                command: "purge".to_owned(),
                version: String::new(),
                patterns: String::new(),
                policy: None,
                operator: None,
                purpose: None,
                plan: "ab".to_owned(),
                plan_edited: false,
            })
            .unwrap();
        journal.append(Event::Read(Reading::default())).unwrap();
        let run = unfinished().unwrap();
        assert_eq!((run.command.as_str(), run.plan.as_str()), ("purge", "ab"));
        journal
            .append(Event::Finished {
                status: 0,
                verification: Default::default(),
                key_wiped: true,
            })
            .unwrap();
        journal.append(Event::Read(Reading::default())).unwrap();
        assert_eq!(unfinished(), None);
    }

    #[test]
    fn lines_of_earlier_versions_name_nobody_and_are_understood() {
        let line = r#"{"seq":0,"time":"t","prev":"sha256:0000000000000000000000000000000000000000000000000000000000000000","event":"skipped","source":"t.csv","code":"read"}"#;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        rewrite(&path, &[line.to_owned()]);
        Journal::open(&path)
            .unwrap()
            .append(skipped("new"))
            .unwrap();
        let shown = show::show(&path, &show::Filter::default()).unwrap();
        assert!(shown.entries[0].who.is_none() && shown.entries[1].who.is_some());
    }
}

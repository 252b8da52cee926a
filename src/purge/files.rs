//! Purges in files: a table is replaced in one step by a copy that was read back and compared.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::confirm::{Done, Known, Work, stale};
use super::manifest::{Manifest, Noting};
use super::parted::{Part, Parted};
use super::plan::TablePurge;
use super::rewrite::{Rewritten, cells_of, rewrite};
use super::rules::Rules;
use super::subjects::{Counted, TablePeople};
use crate::batch::TableId;
use crate::error::{Error, Result};
use crate::journal::{self, Event, Replacement};
use crate::source::sink::Format;
use crate::source::staged::{Staged, remove_leftovers};
use crate::source::{Options, Source, reopen};
use crate::verify::Parts;

impl Work<'_> {
    /// Replaces a file.
    pub(super) fn file(
        &mut self,
        table: &TablePurge,
        known: Option<&Known>,
        manifest: Option<&mut Manifest>,
    ) -> Result<Done> {
        if !table.changes() {
            return Ok(Done::Unchanged);
        }
        remove_leftovers(table.path.parent().unwrap_or(Path::new(".")));
        let now = journal::file_hash(&table.path)?;
        if let Some(known) = known.filter(|known| known.replacement.after == now) {
            let replacement = Box::new(known.replacement.clone());
            if known.is_done {
                return Ok(Done::Before(replacement));
            }
            self.journal.append(self.replaced(&replacement, true))?;
            return Ok(Done::Replaced(replacement));
        }
        if now != table.before {
            return Err(stale(
                &table.source,
                "the table was changed after the plan was made",
            ));
        }
        let rewritten = self.rewritten(table, manifest);
        if let Err(error) = &rewritten {
            self.note_residue(table, error)?;
        }
        let (rewritten, replacement, people) = rewritten?;
        self.journal.append(Event::Replacing(replacement.clone()))?;
        if journal::file_hash(&table.path)? != table.before {
            return Err(stale(&table.source, "somebody changed the table meanwhile"));
        }
        rewritten.publish()?;
        if let Some(people) = people {
            self.people.add(people);
        }
        let told = self.journal.append(self.replaced(&replacement, false));
        told.map_err(|source| Error::ActMissing {
            place: table.source.clone(),
            plan: self.plan.hash.clone(),
            source: Box::new(source),
        })?;
        Ok(Done::Replaced(Box::new(replacement)))
    }

    /// The table as it will be, read back and compared; what goes from it is noted.
    fn rewritten(
        &mut self,
        table: &TablePurge,
        manifest: Option<&mut Manifest>,
    ) -> Result<(Staged, Replacement, Option<TablePeople>)> {
        let (source, rules, findings) = self.read(table)?;
        let rules = Arc::new(rules);
        let format = format(source, &rules);
        let begin = |to| Noting::begin(to, &self.plan.hash, &table.source, &table.dataset);
        let mut noting = manifest.map(begin).transpose()?;
        let (to, hasher) = (&table.path, &self.hasher);
        let noted = noting.as_mut();
        let mut rewritten = rewrite(source, &rules, &format, to, hasher, noted, self.progress)?;
        let written = self.compare(table, source, &rules, &rewritten)?;
        let parts = Parts {
            gone: &part(source, &rules, Part::Gone),
            stays: &part(source, &rules, Part::Stays),
            left: written.as_ref(),
        };
        let attacks = self.attack(table, &parts, &rules.told(findings))?;
        like_the_original(&table.path, rewritten.staged.path())?;
        let people = rewritten.people.take();
        let counts = &rewritten.counts;
        if let Some(noting) = noting {
            let noted = noting.end(&rules, counts)?;
            self.journal.append(noted)?;
        }
        let replacement = Replacement {
            copies: table.copies.len() as u64 + table.hard_links,
            alike: table.alike.len() as u64,
            alike_is_partial: table.alike_is_partial,
            people: people.as_ref().map(Counted::count),
            attacks,
            ..self.replacement(
                table,
                counts,
                table.before.clone(),
                journal::file_hash(rewritten.staged.path())?,
            )
        };
        let people = people.map(|people| (people, rules.subject_categories()));
        Ok((rewritten.staged, replacement, people))
    }

    /// Does the plan say so, and is what was written what should be there?
    fn compare(
        &self,
        table: &TablePurge,
        source: &dyn Source,
        rules: &Rules,
        rewritten: &Rewritten,
    ) -> Result<Box<dyn Source>> {
        self.check_agreement(table, &rewritten.counts)?;
        let like = match format(source, rules) {
            Format::Csv(like, _) => Some(like),
            Format::Parquet => None,
        };
        let options = Options {
            encoding: like.as_ref().map(|format| format.encoding),
            delimiter: like.as_ref().map(|format| format.delimiter),
            has_header: like.as_ref().map(|format| format.header.is_some()),
            ..Options::default()
        };
        // Names of the file stay what they are: it is known by its dataset here.
        let written = reopen(
            &TableId(table.dataset.clone()),
            &rewritten.staged.path().display().to_string(),
            if like.is_some() { "csv" } else { "parquet" },
            &options,
        )?;
        let kept = |(name, _): &(String, _)| !rules.dropped().any(|path| path == name.as_str());
        let schema: Vec<_> = source.info().schema.into_iter().filter(kept).collect();
        let is_same = written.info().schema == schema
            && cells_of(written.as_ref(), self.progress)? == rewritten.cells;
        if is_same {
            Ok(written)
        } else {
            Err(Error::NotSame {
                place: table.source.clone(),
            })
        }
    }
}

pub(super) fn part<'a>(source: &'a dyn Source, rules: &Arc<Rules>, part: Part) -> Parted<'a> {
    Parted {
        source,
        rules: Arc::clone(rules),
        part,
    }
}

/// The table's own format, without the columns that go.
fn format(source: &dyn Source, rules: &Rules) -> Format {
    let Some(like) = source.csv_format() else {
        return Format::Parquet;
    };
    let schema = source.info().schema;
    let paths: Vec<String> = schema.into_iter().map(|(path, _)| path).collect();
    let is_left = |path: &str| !rules.dropped().any(|dropped| dropped == path);
    let format = like.of_columns(&paths, is_left);
    Format::Csv(Box::new(format), source.compression())
}

/// Rights and owner of the table that is replaced, as far as this user may give them.
fn like_the_original(table: &Path, staged: &Path) -> Result<()> {
    let known = fs::metadata(table).map_err(|e| Error::read(table, e))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, chown};
        let own = fs::metadata(staged).map_err(|e| Error::read(staged, e))?;
        if (own.uid(), own.gid()) != (known.uid(), known.gid()) {
            chown(staged, Some(known.uid()), Some(known.gid()))
                .map_err(|e| Error::write(table, e))?;
        }
    }
    fs::set_permissions(staged, known.permissions()).map_err(|e| Error::write(table, e))
}

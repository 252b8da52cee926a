//! Tables that are written together: an identifier that is known from one table's original may stand in another's output,
//! where nothing but the first tells what it is. Whoever has both finds it.
//!
//! Nothing is read for it that the attacks on single tables do not read: what they see of outputs and take from originals is
//! kept in two sets, and what is in both is looked for again in the end.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::against::{LEAST_PART, LookedAt};
use super::bytes;
use super::filter::Filter;
use super::identifiers::{Hasher, Take};
use super::names::Names;
use super::originals::{Originals, Taken};
use super::residue::most_cells;
use super::suspects::Suspects;
use super::sweep::sweep;
use super::{Attack, BrokenColumn, Outcome, Scope, Setting};
use crate::detect::Detectors;
use crate::error::{Error, Result};
use crate::findings::TableFindings;
use crate::progress::Progress;
use crate::source::Source;

/// Sets that it keeps beside that of the output under way.
pub(super) const FILTERS: u64 = 2;

/// What tables have in common that are written together.
pub struct Across {
    /// Identifiers of originals.
    known: Filter,
    is_any_known: AtomicBool,
    /// What outputs hold where nothing is meant to stay.
    held: Filter,
    /// What may be in both.
    suspects: Mutex<Suspects>,
}

/// A table of those that are written together.
pub struct Member<'a> {
    /// As it was.
    pub original: &'a dyn Source,
    /// What was found in it.
    pub findings: &'a TableFindings,
    /// As it is now, where it was written.
    pub output: Option<&'a dyn Source>,
    /// What is known of the output's columns.
    pub scope: &'a Scope,
}

/// Tables whose originals hold an identifier, by its hash: the first and the last of them.
type Known = HashMap<u64, (usize, usize)>;

impl Across {
    /// Makes room for some tables; a single one has nothing in common with others.
    pub fn of<'a>(originals: impl Iterator<Item = &'a dyn Source>) -> Option<Self> {
        let (mut tables, mut cells) = (0, 0_u64);
        for original in originals {
            tables += 1;
            cells = cells.saturating_add(most_cells(original));
        }
        let room = || Filter::sharing(cells, 1 + FILTERS);
        (tables > 1).then(|| Self {
            known: room(),
            is_any_known: AtomicBool::new(false),
            held: room(),
            suspects: Mutex::new(Suspects::from(0)),
        })
    }

    /// Notes what an output holds.
    pub(super) fn saw(&self, hashes: &[u64]) {
        self.held.add_all(hashes);
        self.suspect(&self.known, hashes);
    }

    /// Notes identifiers of an original.
    pub(super) fn took(&self, hashes: &[u64]) {
        if !hashes.is_empty() {
            self.is_any_known.store(true, Ordering::Relaxed);
        }
        self.known.add_all(hashes);
        self.suspect(&self.held, hashes);
    }

    /// Suspects those that the other side may have.
    fn suspect(&self, others: &Filter, hashes: &[u64]) {
        for &hash in hashes.iter().filter(|&&hash| others.may_hold(hash)) {
            self.suspects().insert(hash);
        }
    }

    fn suspects(&self) -> MutexGuard<'_, Suspects> {
        self.suspects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The suspects so far; new ones are taken from some hash on.
    fn taken_out(&self, from: u64) -> Suspects {
        let mut suspects = self.suspects();
        let none = suspects.again(from);
        std::mem::replace(&mut *suspects, none)
    }

    /// Notes the identifiers of a table of which nothing was written, or nothing could be attacked.
    ///
    /// # Errors
    /// When it cannot be read to its end.
    pub fn collect(
        &self,
        original: &dyn Source,
        findings: &TableFindings,
        scope: &Scope,
        detectors: &Detectors,
        progress: &dyn Progress,
    ) -> Result<()> {
        let setting = self.setting(&scope.allowed, detectors, progress);
        let taken = Taken::of(findings, &scope.allowed);
        Originals::compare(original, &taken, &Filter::sharing(0, 1), 0, &setting)?;
        Ok(())
    }

    /// Scans a table of which there is no output, and notes its identifiers.
    pub(super) fn scan(
        &self,
        original: &dyn Source,
        detectors: &Detectors,
        progress: &dyn Progress,
    ) -> Result<TableFindings> {
        let nothing = HashSet::new();
        let setting = self.setting(&nothing, detectors, progress);
        let (findings, _) = Originals::scan(original, &Filter::sharing(0, 1), &setting)?;
        Ok(findings)
    }

    fn setting<'a>(
        &'a self,
        allowed: &'a HashSet<String>,
        detectors: &'a Detectors,
        progress: &'a dyn Progress,
    ) -> Setting<'a> {
        Setting {
            allowed,
            detectors,
            hasher: Hasher::default(),
            progress,
            spared: None,
            across: Some(self),
        }
    }

    /// Looks again for what tables have in common: attacks on every output, in the order of the members. Values that the plan lets stay in any
    /// of them are no finding.
    ///
    /// # Errors
    /// When a table cannot be read again, or there are too many values to compare.
    pub fn settle(
        &self,
        members: &[Member<'_>],
        detectors: &Detectors,
        progress: &dyn Progress,
    ) -> Result<Vec<Vec<Attack>>> {
        let nothing = HashSet::new();
        let whole = self.setting(&nothing, detectors, progress);
        let mut from = 0;
        loop {
            let suspects = self.taken_out(from);
            let known = known(&suspects, members, &whole)?;
            let known = without_meant(known, members, &whole)?;
            let found = (0..members.len()).map(|at| self.look(at, members, &known, &whole));
            let found = found.collect::<Result<Vec<_>>>()?;
            let is_broken = |attack: &Attack| attack.outcome == Outcome::Broken;
            let is_any_broken = found.iter().flatten().any(is_broken);
            from = match suspects.rest().filter(|_| !is_any_broken) {
                None => return Ok(found),
                Some(rest) if rest / LEAST_PART <= from / LEAST_PART => {
                    let last = members
                        .last()
                        .map(|member| member.original.id().to_string());
                    return Err(Error::TooManyValues {
                        place: last.unwrap_or_default(),
                    });
                }
                Some(rest) => rest,
            };
            self.taken_out(from);
            for member in members {
                let setting = self.setting(&member.scope.allowed, detectors, progress);
                if let Some(output) = member.output {
                    LookedAt::new(output, &setting)?;
                }
            }
        }
    }

    /// Looks into an output for what is known from other tables only.
    fn look(
        &self,
        at: usize,
        members: &[Member<'_>],
        known: &Known,
        whole: &Setting<'_>,
    ) -> Result<Vec<Attack>> {
        let member = &members[at];
        let Some(output) = member.output else {
            return Ok(Vec::new());
        };
        let own = origin(members, at);
        // What its own original holds too, the attack on it alone has found.
        let from = |hash: u64| {
            let &(first, last) = known.get(&hash)?;
            (first != own && last != own).then_some(first)
        };
        let setting = self.setting(&member.scope.allowed, whole.detectors, whole.progress);
        let [mut cells, mut bytes, mut names] = [const { Found::new() }; 3];
        if known.keys().any(|&hash| from(hash).is_some()) {
            cells = in_cells(output, &from, &setting)?;
            bytes = in_bytes(output, &from, &setting)?;
            names = in_names(output, &from, &setting)?;
        }
        let attack = |name, found: Found| {
            let mut attack = Attack::new(name);
            attack.broken = found.values().sum();
            // Of tables that hold no identifiers themselves it is told that they were attacked.
            attack.outcome = match (attack.broken, self.is_any_known.load(Ordering::Relaxed)) {
                (0, false) => Outcome::NotApplicable,
                (0, true) => Outcome::Held,
                _ => Outcome::Broken,
            };
            let column =
                |((path, hidden_as, table), count): ((String, Option<&str>, usize), u64)| {
                    BrokenColumn {
                        path,
                        count,
                        category: None,
                        hidden_as: hidden_as.map(str::to_owned),
                        known_from: Some(members[table].original.id().to_string()),
                    }
                };
            attack.columns = found.into_iter().map(column).collect();
            attack
        };
        let mut attacks = vec![attack("residue-in-cells", cells), attack("names", names)];
        if !bytes.is_empty() {
            attacks.push(attack("residue-in-bytes", bytes));
        }
        Ok(attacks)
    }
}

/// The first of the members that have the same original.
fn origin(members: &[Member<'_>], at: usize) -> usize {
    let id = members[at].original.id();
    let same = members.iter().position(|member| member.original.id() == id);
    same.unwrap_or(at)
}

/// Which of the suspects are identifiers of the originals, and of which.
fn known(suspects: &Suspects, members: &[Member<'_>], whole: &Setting<'_>) -> Result<Known> {
    let mut known = Known::new();
    if suspects.is_empty() {
        return Ok(known);
    }
    let sought = Filter::sharing(suspects.iter().count() as u64, 1);
    suspects.iter().for_each(|hash| sought.add(hash));
    let setting = Setting {
        across: None,
        hasher: Hasher::default(),
        ..*whole
    };
    for (at, member) in members.iter().enumerate() {
        if origin(members, at) != at {
            continue;
        }
        let taken = Taken::of(member.findings, &member.scope.allowed);
        let originals = Originals::compare(member.original, &taken, &sought, 0, &setting)?;
        let met = originals.suspects.iter();
        for hash in met.filter(|&hash| suspects.contains(hash)) {
            known.entry(hash).or_insert((at, at)).1 = at;
        }
    }
    Ok(known)
}

/// Forgets what stands in columns that keep what they hold on purpose, in whatever table.
fn without_meant(mut known: Known, members: &[Member<'_>], whole: &Setting<'_>) -> Result<Known> {
    for member in members {
        let allowed = &member.scope.allowed;
        let Some(output) = member
            .output
            .filter(|_| !known.is_empty() && !allowed.is_empty())
        else {
            continue;
        };
        let (meant, _) = sweep(
            output,
            whole.progress,
            || (HashSet::new(), whole.finder()),
            |(meant, finder), batch| {
                finder.leaves(batch, &mut |finder, path, cells| {
                    for cell in cells.filter(|_| allowed.contains(path)) {
                        finder.texts(&cell, Take::WholeToo, &mut |_, hash| {
                            meant.extend(known.contains_key(&hash).then_some(hash));
                        });
                    }
                })
            },
            |(mut a, finder), (b, _)| {
                a.extend(b);
                (a, finder)
            },
        )?;
        known.retain(|hash, _| !meant.contains(hash));
    }
    Ok(known)
}

/// How often something was found: by path, how it was hidden, and the table that it is known from.
type Found = BTreeMap<(String, Option<&'static str>, usize), u64>;

/// Tells from which table an identifier is known, by its hash.
type From<'a> = &'a (dyn Fn(u64) -> Option<usize> + Sync);

fn in_cells(output: &dyn Source, from: From<'_>, setting: &Setting<'_>) -> Result<Found> {
    let (found, _) = sweep(
        output,
        setting.progress,
        || (Found::new(), setting.finder()),
        |(found, finder), batch| {
            finder.leaves(batch, &mut |finder, path, cells| {
                for cell in cells.filter(|_| !setting.allowed.contains(path)) {
                    finder.texts(&cell, Take::WholeToo, &mut |_, hash| {
                        if let Some(table) = from(hash) {
                            *found.entry((path.to_owned(), None, table)).or_default() += 1;
                        }
                    });
                }
            })
        },
        |(mut a, finder), (b, _)| {
            for (place, count) in b {
                *a.entry(place).or_default() += count;
            }
            (a, finder)
        },
    )?;
    Ok(found)
}

fn in_bytes(output: &dyn Source, from: From<'_>, setting: &Setting<'_>) -> Result<Found> {
    let mut found = Found::new();
    if let Some(stored) = bytes::stored(output, setting) {
        let hashes = stored.holding(&setting.hasher, |hash| from(hash).is_some())?;
        for table in hashes.into_iter().filter_map(from) {
            *found.entry((String::new(), None, table)).or_default() += 1;
        }
    }
    Ok(found)
}

fn in_names(output: &dyn Source, from: From<'_>, setting: &Setting<'_>) -> Result<Found> {
    let mut found = Found::new();
    Names::of(output)?.for_each(setting, &mut |what, hash| {
        if let Some(table) = from(hash) {
            *found.entry((String::new(), Some(what), table)).or_default() += 1;
        }
    });
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;
    use crate::scan::{self, Judging};
    use crate::source::{Options, discover};
    use crate::verify::against_original;

    const MENTIONED: usize = 40;

    fn phone(row: usize) -> String {
        format!("8703{:07}", row * 7919 % 10_000_000)
    }

    fn table(name: &str, header: &str, row: impl Fn(usize) -> String) -> (String, String) {
        let rows: Vec<String> = (0..MENTIONED).map(row).collect();
        (name.to_owned(), format!("{header}\n{}\n", rows.join("\n")))
    }

    /// Attacks tables of which one keeps all phones but the last, and another mentions all of them.
    fn settled(room: usize) -> Result<Vec<Vec<Attack>>> {
        let folder = tempfile::tempdir().unwrap();
        let written = |(name, text): (String, String)| {
            let path = folder.path().join(name);
            #[expect(clippy::disallowed_methods, reason = "a file for a test")]
            std::fs::write(&path, text).unwrap();
            let found = discover(&[path.to_string_lossy().into_owned()], &Options::default());
            found.unwrap().tables.remove(0)
        };
        let phones = |row: usize| format!("c{row},{}", phone(row));
        let kept = |row: usize| format!("c{row},{}", phone(row.min(MENTIONED - 2)));
        let originals = [
            written(table("clients.csv", "code,phone", phones)),
            written(table("staff.csv", "code,phone", kept)),
            written(table("visits.csv", "note", |row| {
                format!("тел. {} утром", phone(row))
            })),
        ];
        let without = written(table("out.csv", "code", |row| format!("c{row}")));
        let outputs = [
            without.as_ref(),
            originals[1].as_ref(),
            originals[2].as_ref(),
        ];
        let mut scopes: [Scope; 3] = std::array::from_fn(|_| Scope::default());
        scopes[1].allowed.insert("phone".to_owned());
        let detectors = Detectors::builtin();
        let mut across = Across::of(originals.iter().map(AsRef::as_ref)).unwrap();
        across.suspects = Mutex::new(Suspects::with_room(0, room));
        let findings = originals.each_ref().map(|original| {
            scan::scan_table(original.as_ref(), &detectors, Judging::default(), &Silent).unwrap()
        });
        let mut members = Vec::new();
        for at in 0..originals.len() {
            let (original, output) = (originals[at].as_ref(), outputs[at]);
            let (findings, scope) = (&findings[at], &scopes[at]);
            let across = Some(&across);
            against_original(
                original, findings, output, scope, &detectors, across, &Silent,
            )?;
            members.push(Member {
                original,
                findings,
                output: Some(output),
                scope,
            });
        }
        across.settle(&members, &detectors, &Silent)
    }

    #[test]
    fn what_does_not_fit_at_once_is_looked_for_part_by_part_and_what_stays_is_no_finding() {
        for room in [1 << 20, 8] {
            let found = settled(room).unwrap();
            let columns: Vec<_> = found
                .iter()
                .map(|attacks| {
                    let columns = attacks.iter().flat_map(|attack| &attack.columns);
                    columns
                        .map(|column| (column.path.as_str(), column.count))
                        .collect::<Vec<_>>()
                })
                .collect();
            assert_eq!(columns, [vec![], vec![], vec![("note", 1)]], "{room}");
        }
    }

    #[test]
    fn too_many_values_are_an_error() {
        let Err(Error::TooManyValues { .. }) = settled(1) else {
            panic!("they were compared");
        };
    }
}

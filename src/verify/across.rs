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
            let suspects = std::mem::replace(&mut *self.suspects(), Suspects::from(from));
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
            *self.suspects() = Suspects::from(from);
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

//! What decides over the rows and cells of one table: terms of its purposes, and which of them need which column.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::civil::Date;

use super::dates::Day;
use super::lists::People;
use super::selection::Selection;
use crate::error::{Error, Result};
use crate::findings::{ColumnFinding, TableFindings, Verdict};
use crate::policy::{ColumnAction, Dataset, DateOrder, Excess, Expired, Policy, Term};
use crate::retention::calendar::{Duration, has_expired, last_day};
use crate::source::database::DbTable;

/// Purposes as bits: the first is the lowest.
pub(super) type Purposes = u64;
/// A dataset with more is refused.
const MOST_PURPOSES: usize = 64;

/// The rules of one table on one day.
pub(super) struct Rules {
    pub(super) as_of: Date,
    /// The dataset that they come from.
    pub(super) dataset: String,
    pub(super) selection: Selection,
    expired: Expired,
    pub(super) date_order: Option<DateOrder>,
    pub(super) purposes: Vec<PurposeRule>,
    /// Columns that hold dates of events.
    pub(super) event_columns: Vec<String>,
    /// Columns that tell whose a row is.
    pub(super) subject: Vec<String>,
    pub(super) columns: Vec<ColumnRule>,
    pub(super) blocked: People,
    pub(super) holds: Vec<Held>,
}

/// Rows that are kept whatever their term.
pub(super) struct Held {
    /// None: all of them.
    pub(super) people: Option<People>,
}

/// When a purpose has run out.
pub(super) struct PurposeRule {
    /// None: nobody can tell when it ends.
    term: Option<Term>,
    /// A law wants data kept for it.
    is_required: bool,
    starts: usize,
    and_also: Option<usize>,
    ends_at_once: Vec<usize>,
}

/// What becomes of a column.
pub(super) struct ColumnRule {
    /// Its name.
    pub(super) path: String,
    pub(super) category: Option<String>,
    pub(super) fate: ColumnFate,
}

/// What becomes of the cells of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnFate {
    /// It is nobody's data, or the terms are computed from it.
    Stays,
    /// It is somebody's data and stays as long as its row: a person decided so, or has to.
    StaysPersonal,
    /// Its cells go when none of these purposes needs them.
    While(Purposes),
    /// No purpose of the dataset approves it.
    Dropped,
    /// The database computes it from others, and it goes with what they hold.
    Computed,
}

/// What the dates of a row say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    /// Purposes that still need the row.
    pub(super) live: Purposes,
    /// A date is missing: the purpose that waits for it never runs out.
    pub(super) is_undated: bool,
    /// A date cannot be read.
    pub(super) is_unreadable: bool,
}

impl Rules {
    /// The rules of a table that belongs to a dataset.
    ///
    /// # Errors
    /// With everything that the operator still has to decide, or when a list of people cannot be read.
    pub(super) fn new(
        policy: &Policy,
        dataset: &Dataset,
        findings: &TableFindings,
        names: &[String],
        as_of: Date,
        selection: &Selection,
    ) -> Result<Self> {
        let place = format!("{} (dataset {})", findings.source, dataset.id);
        if selection.people().is_some() && dataset.subject.is_empty() {
            return Err(Error::NoSubject { place });
        }
        let mut complaints = Vec::new();
        let event_columns = event_columns(dataset, selection);
        let noted = match selection {
            Selection::Again(noted) => noted.subjects(&dataset.id),
            _ => BTreeSet::new(),
        };
        let needed: BTreeSet<&String> = event_columns
            .iter()
            .chain(&dataset.subject)
            .chain(noted)
            .collect();
        for column in needed {
            if !names.contains(column) {
                complaints.push(format!(
                    "the table has no column {column}, which {} names",
                    selection.naming()
                ));
            }
        }
        let mut purposes = Vec::new();
        for id in &dataset.purposes {
            let is_required = is_required(policy, id);
            let term = match policy.term(dataset, id) {
                Ok(term) => Some(term),
                Err(_) if !has_to_be_decided(selection, is_required) => None,
                Err(undecided) => {
                    complaints.push(undecided.to_string());
                    continue;
                }
            };
            let rule = PurposeRule::new(term, is_required, dataset, &event_columns);
            purposes.push(rule);
        }
        if dataset.purposes.len() > MOST_PURPOSES {
            complaints.push(format!("a dataset may have {MOST_PURPOSES} purposes"));
        }
        if !complaints.is_empty() {
            return Err(Error::UndecidedTerm {
                place,
                report: complaints.join("\n"),
            });
        }
        let load = |path: &Path| People::load(path);
        let live_holds = dataset
            .holds
            .iter()
            .filter(|hold| hold.until.is_none_or(|until| as_of <= until));
        let holds = live_holds.map(|hold| {
            Ok(Held {
                people: hold.subjects.as_deref().map(load).transpose()?,
            })
        });
        let usual = column_rules(policy, dataset, findings, names, &event_columns, selection);
        let mut rules = Self {
            as_of,
            dataset: dataset.id.clone(),
            selection: selection.clone(),
            expired: dataset.expired,
            date_order: dataset.date_order,
            columns: match selection {
                Selection::Again(noted) => noted.column_rules(&dataset.id, usual)?,
                _ => usual,
            },
            purposes,
            event_columns,
            subject: dataset.subject.clone(),
            blocked: dataset
                .blocked
                .as_deref()
                .map(load)
                .transpose()?
                .unwrap_or_default(),
            holds: holds.collect::<Result<_>>()?,
        };
        rules.spare_the_kept();
        Ok(rules)
    }

    /// A column cannot go whole where rows of blocked people or under a hold may have cells in it.
    fn spare_the_kept(&mut self) {
        let holds_somebody =
            |held: &Held| held.people.as_ref().is_none_or(|people| !people.is_empty());
        if self.blocked.is_empty() && !self.holds.iter().any(holds_somebody) {
            return;
        }
        self.keep_columns();
    }

    /// Columns of a database stay and lose their cells; those that cannot lose them are left to a person.
    pub(super) fn fit_database(&mut self, table: &DbTable) {
        for column in &mut self.columns {
            let is_computed = table
                .column(&column.path)
                .is_some_and(|known| known.is_generated);
            let cannot_go = table.key.contains(&column.path) || column.category.is_none();
            column.fate = match column.fate {
                ColumnFate::While(_) | ColumnFate::Dropped if is_computed => ColumnFate::Computed,
                ColumnFate::Dropped if cannot_go => ColumnFate::StaysPersonal,
                fate => fate,
            };
        }
        self.keep_columns();
    }

    /// No column goes whole: its cells do.
    pub(super) fn keep_columns(&mut self) {
        for column in &mut self.columns {
            if column.fate == ColumnFate::Dropped {
                column.fate = ColumnFate::While(0);
            }
        }
    }

    /// Columns that go whole.
    pub(super) fn dropped(&self) -> impl Iterator<Item = &str> {
        let dropped = self.columns.iter().filter(|column| self.drops(column));
        dropped.map(|column| column.path.as_str())
    }

    /// What was found, with what the list says of columns.
    pub(super) fn told(&self, findings: &TableFindings) -> TableFindings {
        let mut told = findings.clone();
        for leaf in &mut told.columns {
            let rule = self
                .columns
                .iter()
                .find(|rule| is_within(&rule.path, &leaf.path));
            if let Some(category) = rule.and_then(|rule| rule.category.clone())
                && leaf.verdict == Verdict::Clean
            {
                leaf.verdict = Verdict::Approved;
                leaf.category = Some(category);
            }
        }
        told
    }

    /// What the columns hold that tell whom rows are about.
    pub(super) fn subject_categories(&self) -> Vec<Option<String>> {
        let category = |path: &String| {
            let rule = self.columns.iter().find(|rule| rule.path == *path);
            rule.and_then(|rule| rule.category.clone())
        };
        self.subject.iter().map(category).collect()
    }

    /// What the dates of a row say, in the order of the columns of events.
    pub(super) fn standing(&self, days: impl Fn(usize) -> Day) -> Standing {
        let mut standing = Standing::default();
        for (bit, purpose) in self.purposes.iter().enumerate() {
            if matches!(self.selection, Selection::People(_)) && !purpose.is_required {
                continue;
            }
            if !purpose.has_run_out(self.as_of, &days, &mut standing) {
                standing.live |= 1 << bit;
            }
        }
        standing
    }

    /// What becomes of rows that no purpose needs.
    pub(super) fn expired(&self) -> Expired {
        match self.selection {
            Selection::RunOut => self.expired,
            Selection::People(_) | Selection::Look(_) | Selection::Again(_) => Expired::Destroy,
        }
    }

    /// Tells whether a column goes as a whole: only where all rows are meant.
    pub(super) fn drops(&self, column: &ColumnRule) -> bool {
        column.fate == ColumnFate::Dropped && self.selection.people().is_none()
    }

    /// By purpose: the last day on which it needs a row, where that is known.
    pub(super) fn ends(&self, days: impl Fn(usize) -> Day) -> Vec<Option<Date>> {
        let ends = self.purposes.iter().map(|purpose| purpose.end(&days));
        ends.collect()
    }

    /// Columns whose place somebody has to look at.
    pub(super) fn to_review(&self) -> BTreeSet<String> {
        let personal = self
            .columns
            .iter()
            .filter(|c| matches!(c.fate, ColumnFate::StaysPersonal | ColumnFate::Computed));
        personal.map(|column| column.path.clone()).collect()
    }
}

impl PurposeRule {
    fn new(
        term: Option<Term>,
        is_required: bool,
        dataset: &Dataset,
        event_columns: &[String],
    ) -> Self {
        let at = |event: &String| {
            let column = dataset.events.get(event)?;
            event_columns.iter().position(|known| known == column)
        };
        let stated = term.as_ref();
        let early = stated.into_iter().flat_map(|term| &term.ends_also_on);
        Self {
            starts: stated.and_then(|t| at(&t.event)).unwrap_or_default(),
            and_also: stated.and_then(|t| at(t.and_also_event.as_ref()?)),
            ends_at_once: early.filter_map(at).collect(),
            is_required,
            term,
        }
    }

    fn has_run_out(&self, as_of: Date, days: &impl Fn(usize) -> Day, seen: &mut Standing) -> bool {
        let Some(duration) = self.duration() else {
            return false;
        };
        let mut on = |column: usize| match days(column) {
            Day::On(day) => Some(day),
            Day::Missing => None,
            Day::Unreadable => {
                seen.is_unreadable = true;
                None
            }
        };
        let ended = self
            .ends_at_once
            .iter()
            .any(|&column| on(column).is_some_and(|day| day <= as_of));
        let start = on(self.starts);
        let and_also = self.and_also.map(&mut on);
        let lacks_a_date = start.is_none() || and_also == Some(None);
        seen.is_undated |= !ended && lacks_a_date;
        let is_over = start.is_some_and(|start| has_expired(start, duration, as_of));
        let has_happened = and_also.is_none_or(|day| day.is_some_and(|day| day <= as_of));
        ended || (is_over && has_happened)
    }

    /// The last day on which it needs a row, where that is known.
    fn end(&self, days: &impl Fn(usize) -> Day) -> Option<Date> {
        let on = |column: usize| match days(column) {
            Day::On(day) => Some(day),
            Day::Missing | Day::Unreadable => None,
        };
        let duration = self.duration()?;
        let last = on(self.starts).and_then(|start| last_day(start, duration));
        let last = match self.and_also {
            Some(column) => last.zip(on(column)).map(|(last, day)| last.max(day)),
            None => last,
        };
        let early = self.ends_at_once.iter().filter_map(|&column| on(column));
        early.chain(last).min()
    }

    fn duration(&self) -> Option<Duration> {
        let term = self.term.as_ref()?;
        Some(Duration {
            years: u16::try_from(term.years).unwrap_or(u16::MAX),
            months: u16::try_from(term.months).unwrap_or(u16::MAX),
            days: term.days,
        })
    }
}

/// Columns that hold dates of events, or that rows are known by.
fn event_columns(dataset: &Dataset, selection: &Selection) -> Vec<String> {
    if let Selection::Again(noted) = selection {
        return noted.events(&dataset.id);
    }
    let mut columns: Vec<String> = Vec::new();
    for column in dataset.events.values() {
        if !columns.contains(column) {
            columns.push(column.clone());
        }
    }
    columns
}

/// Tells whether a law wants data kept for a purpose, as far as the policy says.
fn is_required(policy: &Policy, purpose: &str) -> bool {
    let stated = policy.purposes.iter().find(|known| known.id == purpose);
    let term = stated.and_then(|purpose| purpose.retention_term.as_ref());
    term.is_some_and(|term| !term.statutory_basis.is_empty())
}

/// Tells whether the end of a purpose has to be known: what rests on consent alone ends with it.
fn has_to_be_decided(selection: &Selection, is_required: bool) -> bool {
    match selection {
        Selection::RunOut => true,
        Selection::People(_) => is_required,
        Selection::Look(_) | Selection::Again(_) => false,
    }
}

fn column_rules(
    policy: &Policy,
    dataset: &Dataset,
    findings: &TableFindings,
    names: &[String],
    event_columns: &[String],
    selection: &Selection,
) -> Vec<ColumnRule> {
    let keeps_excess = dataset.excess == Excess::Keep && selection.people().is_none();
    let rule = |name: &String| {
        let leaves = || {
            findings
                .columns
                .iter()
                .filter(|column| is_within(name, &column.path))
        };
        let fates: Vec<ColumnFate> = leaves()
            .map(|leaf| leaf_fate(policy, dataset, leaf))
            .collect();
        let fate = if event_columns.contains(name) {
            ColumnFate::Stays
        } else {
            joined(&fates)
        };
        ColumnRule {
            path: name.clone(),
            category: leaves().find_map(|leaf| category_of(dataset, leaf)),
            fate: match fate {
                ColumnFate::Dropped if keeps_excess || dataset.subject.contains(name) => {
                    ColumnFate::StaysPersonal
                }
                fate => fate,
            },
        }
    };
    names.iter().map(rule).collect()
}

fn is_within(name: &str, path: &str) -> bool {
    path.strip_prefix(name)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[', '$']))
}

fn category_of(dataset: &Dataset, leaf: &ColumnFinding) -> Option<String> {
    let named = dataset
        .column(&leaf.path)
        .and_then(|column| column.category.clone());
    named.or_else(|| {
        leaf.category
            .clone()
            .filter(|_| leaf.verdict != Verdict::Clean)
    })
}

fn leaf_fate(policy: &Policy, dataset: &Dataset, leaf: &ColumnFinding) -> ColumnFate {
    let named = dataset.column(&leaf.path);
    match named.and_then(|column| column.action) {
        Some(ColumnAction::Keep | ColumnAction::Rewrite) => return ColumnFate::StaysPersonal,
        Some(ColumnAction::Drop) => return ColumnFate::Dropped,
        None => {}
    }
    let is_named = named.is_some_and(|column| column.category.is_some());
    let Some(category) = category_of(dataset, leaf) else {
        return if leaf.verdict == Verdict::Clean {
            ColumnFate::Stays
        } else {
            ColumnFate::StaysPersonal
        };
    };
    if leaf.verdict == Verdict::Review && !is_named {
        return ColumnFate::StaysPersonal;
    }
    let needs = policy.needs(dataset, &leaf.path, &category);
    let bit = |id: &&str| dataset.purposes.iter().position(|known| known == id);
    match needs
        .iter()
        .filter_map(bit)
        .fold(0, |all, bit| all | 1 << bit)
    {
        0 => ColumnFate::Dropped,
        needs => ColumnFate::While(needs),
    }
}

/// A column with fields goes only when all of them go.
fn joined(leaves: &[ColumnFate]) -> ColumnFate {
    let Some((&first, rest)) = leaves.split_first() else {
        return ColumnFate::Stays;
    };
    rest.iter().fold(first, |all, &leaf| match (all, leaf) {
        (ColumnFate::While(all), ColumnFate::While(one)) => ColumnFate::While(all | one),
        (all, one) if all == one => all,
        _ => ColumnFate::StaysPersonal,
    })
}

//! The identifiers of an original table: which of them the output may hold, and a bounded sample; the table is never held.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::filter::Filter;
use super::identifiers::{Reader, Take, identifies};
use super::suspects::Suspects;
use super::sweep::{Heights, sweep};
use super::{Across, Setting};
use crate::detect::evidence::Evidence;
use crate::detect::{Kind, Onlooker, Searcher};
use crate::error::Result;
use crate::findings::{TableFindings, Verdict};
use crate::method::ladder::{is_coarse, ladder};
use crate::progress;
use crate::scan::{self, Judging};
use crate::source::Source;

/// Identifiers of one original table.
pub(super) struct Originals {
    sample: Sample,
    /// Cells, as they are written.
    written: Sample,
    count: u64,
    /// Those that the output may hold.
    pub(super) suspects: Suspects,
    /// How many rows there are.
    pub(super) heights: Heights,
    /// Those that are not compared yet: many at a time, the memory is waited for once.
    waiting: Vec<u64>,
}

/// Values that are kept as text, chosen by their hash so that every batch order keeps the same ones.
pub(super) struct Sample {
    texts: BTreeMap<u64, String>,
    /// Values from this hash on have no place.
    limit: u64,
}

/// How many values the sample keeps.
const SAMPLE: usize = 20_000;
/// Longer cells are no identifiers.
const LONGEST: usize = 256;

impl Sample {
    fn new() -> Self {
        Self {
            texts: BTreeMap::new(),
            limit: u64::MAX,
        }
    }

    fn add(&mut self, hash: u64, text: &str) {
        if hash >= self.limit {
            return;
        }
        self.texts.entry(hash).or_insert_with(|| text.to_owned());
        if self.texts.len() > SAMPLE {
            let beyond = self.texts.pop_last();
            self.limit = beyond.map_or(self.limit, |(hash, _)| hash);
        }
    }

    fn merge(mut self, other: Self) -> Self {
        self.limit = self.limit.min(other.limit);
        let limit = self.limit;
        self.texts.retain(|&hash, _| hash < limit);
        for (hash, text) in other.texts {
            self.add(hash, &text);
        }
        self
    }

    /// The values.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.texts.values().map(String::as_str)
    }
}

impl Originals {
    fn new(from: u64) -> Self {
        Self {
            sample: Sample::new(),
            written: Sample::new(),
            count: 0,
            suspects: Suspects::from(from),
            heights: Heights::default(),
            waiting: Vec::new(),
        }
    }

    /// Reads the original once and compares each of its identifiers, from some hash on, with the texts that the output holds.
    pub(super) fn compare(
        source: &dyn Source,
        taken: &Taken,
        held: &Filter,
        from: u64,
        setting: &Setting<'_>,
    ) -> Result<Self> {
        let (originals, _) = sweep(
            source,
            setting.progress,
            || (Self::new(from), setting.finder()),
            |(originals, finder), batch| {
                originals.heights.add(batch);
                finder.leaves(batch, &mut |finder, path, cells| {
                    let (searcher, reader) = finder.parts();
                    let mut taking = Taking::new(originals, reader, taken, held, setting);
                    if taking.column(path) {
                        cells.for_each(|cell| taking.cell(searcher, &cell, None));
                    }
                })
            },
            |(a, finder), (b, _)| (a.merge(b), finder),
        )?;
        Ok(originals)
    }

    /// Scans the original and does the same along the way, as far as some of its rows tell what to take; the rest is made up
    /// for.
    pub(super) fn scan(
        source: &dyn Source,
        held: &Filter,
        setting: &Setting<'_>,
    ) -> Result<(TableFindings, Self)> {
        let guessed = Taken::of(&some_findings(source, setting)?, setting.allowed);
        Self::scan_taking(source, &guessed, held, setting)
    }

    fn scan_taking(
        source: &dyn Source,
        guessed: &Taken,
        held: &Filter,
        setting: &Setting<'_>,
    ) -> Result<(TableFindings, Self)> {
        let (evidence, originals, _) = sweep(
            source,
            setting.progress,
            || (Evidence::default(), Self::new(0), setting.finder()),
            |(evidence, originals, finder), batch| {
                originals.heights.add(batch);
                let (searcher, reader) = finder.parts();
                let mut taking = Taking::new(originals, reader, guessed, held, setting);
                searcher.observe(batch, evidence, &mut taking)
            },
            |(a, mine, finder), (b, theirs, _)| (a.merge(b), mine.merge(theirs), finder),
        )?;
        let findings = scan::judge(source, evidence, setting.detectors, Judging::default());
        let taken = Taken::of(&findings, setting.allowed);
        let originals = match taken.without(guessed) {
            Some(rest) if rest.is_empty() => originals,
            Some(rest) => {
                let more = Self::compare(source, &rest, held, 0, setting)?;
                originals.merge(Self {
                    heights: Heights::default(),
                    ..more
                })
            }
            None => Self::compare(source, &taken, held, 0, setting)?,
        };
        Ok((findings, originals))
    }

    fn add(&mut self, text: &str, hash: u64) {
        self.count += 1;
        self.sample.add(hash, text);
        self.waiting.push(hash);
    }

    fn settle(&mut self, held: &Filter, across: Option<&Across>) {
        if let Some(across) = across {
            across.took(&self.waiting);
        }
        for hash in self.waiting.drain(..).filter(|&hash| held.may_hold(hash)) {
            self.suspects.insert(hash);
        }
    }

    fn merge(self, other: Self) -> Self {
        Self {
            sample: self.sample.merge(other.sample),
            written: self.written.merge(other.written),
            count: self.count + other.count,
            suspects: self.suspects.merge(other.suspects),
            heights: self.heights.merge(other.heights),
            waiting: self.waiting,
        }
    }

    /// Keeps some of the values as text no more.
    pub(super) fn forget(&mut self, is_meant: &dyn Fn(&str) -> bool) {
        self.sample.texts.retain(|_, text| !is_meant(text));
    }

    /// Values that are kept as text.
    pub(super) fn sample(&self) -> &Sample {
        &self.sample
    }

    /// Some of the cells that they were found in, as they are written.
    pub(super) fn written(&self) -> &Sample {
        &self.written
    }

    /// Identifiers met; of repeated ones those that come soon again are not counted.
    pub(super) fn count(&self) -> u64 {
        self.count
    }
}

/// Takes the identifiers of the cells that it is shown.
struct Taking<'t> {
    originals: &'t mut Originals,
    reader: &'t mut Reader,
    taken: &'t Taken,
    held: &'t Filter,
    /// What is not taken, as it stays.
    spared: Option<&'t Filter>,
    /// What tables have in common that are written together.
    across: Option<&'t Across>,
    /// Of the column under way.
    way: Option<&'t Way>,
}

impl<'t> Taking<'t> {
    fn new(
        originals: &'t mut Originals,
        reader: &'t mut Reader,
        taken: &'t Taken,
        held: &'t Filter,
        setting: &Setting<'t>,
    ) -> Self {
        Self {
            originals,
            reader,
            taken,
            held,
            spared: setting.spared,
            across: setting.across,
            way: None,
        }
    }
}

impl Onlooker for Taking<'_> {
    fn column(&mut self, path: &str) -> bool {
        self.originals.settle(self.held, self.across);
        self.reader.next_column(path);
        self.way = self.taken.0.get(path);
        self.way.is_some()
    }

    fn cell(&mut self, searcher: &mut Searcher<'_>, cell: &str, judged: Option<Kind>) {
        let Some(way) = self.way else { return };
        let hash = self.reader.hash(cell);
        if !self.reader.is_repeated(hash) && !is_coarse(way.category.as_deref(), cell) {
            let originals = &mut *self.originals;
            if cell.len() <= LONGEST {
                originals.written.add(hash, cell);
            }
            let stays = |hash| self.spared.is_some_and(|spared| spared.may_hold(hash));
            let mut add = |text: &str, hash| {
                if !stays(hash) {
                    originals.add(text, hash);
                }
            };
            (self.reader).texts(searcher, cell, judged, way.take, &mut add);
        }
    }
}

impl Drop for Taking<'_> {
    fn drop(&mut self) {
        self.originals.settle(self.held, self.across);
    }
}

/// By path: what is taken of the cells of columns that hold personal data and are not to keep it.
#[derive(Debug, PartialEq)]
pub(super) struct Taken(HashMap<String, Way>);

/// What is taken of the cells of a column.
#[derive(Clone, Debug, PartialEq)]
struct Way {
    take: Take,
    /// Where its values can become coarser, and then are no identifiers.
    category: Option<String>,
}

impl Taken {
    pub(super) fn of(findings: &TableFindings, allowed: &HashSet<String>) -> Self {
        let outside = |path: &str, verdict| verdict != Verdict::Clean && !allowed.contains(path);
        let columns = findings.columns.iter();
        let taken = columns.filter(|column| outside(&column.path, column.verdict));
        Self(
            taken
                .map(|column| (column.path.clone(), Way::of(column.category.as_deref())))
                .collect(),
        )
    }

    /// What others lack of these; `None` when they take anything else.
    fn without(&self, others: &Self) -> Option<Self> {
        let is_here = |(path, way): (&String, &Way)| self.0.get(path) == Some(way);
        let is_new = |(path, _): &(&String, &Way)| !others.0.contains_key(*path);
        let rest = || self.0.iter().filter(is_new);
        let are_all_here = others.0.iter().all(is_here);
        are_all_here.then(|| {
            Self(
                rest()
                    .map(|(path, way)| (path.clone(), way.clone()))
                    .collect(),
            )
        })
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Way {
    fn of(category: Option<&str>) -> Self {
        let has_ladder = |category: &&str| !ladder(Some(category)).is_empty();
        Self {
            take: if category.is_some_and(identifies) {
                Take::WholeToo
            } else {
                Take::Identifiers
            },
            category: category.filter(has_ladder).map(str::to_owned),
        }
    }
}

/// What the first rows of a table look like.
fn some_findings(source: &dyn Source, setting: &Setting<'_>) -> Result<TableFindings> {
    const ROWS: u64 = 20_000;
    const BATCHES: usize = 16;
    let mut observer = setting.detectors.observer();
    for pending in source.read()?.take(BATCHES) {
        progress::check()?;
        observer.observe(&(pending?.decode)()?)?;
        if observer.rows() >= ROWS {
            break;
        }
    }
    let evidence = observer.finish();
    Ok(scan::judge(
        source,
        evidence,
        setting.detectors,
        Judging::default(),
    ))
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::detect::Detectors;
    use crate::progress::Silent;
    use crate::source::{Options, discover};
    use crate::verify::identifiers::Hasher;

    /// Some cells repeat, some are wrapped, some hold two things; the last column is personal far down only.
    fn table() -> String {
        let names = [
            "Ахметов Ерлан",
            "\"\"\"Иванова Анна\"\"\"",
            "Ким Ольга Петровна",
            "null",
            "",
        ];
        let mut table = "id,name,phone,paid,note,late\n".to_owned();
        for row in 0..40_000_u64 {
            let name = names[row as usize % names.len()];
            let phone = 7_010_000_000 + row % 3000;
            let note = match row % 4 {
                0 => format!("звонил {}; тел. +7{phone}", name.replace('"', "")),
                1 => format!("a{row}@example.kz"),
                2 => format!("#8{phone}"),
                _ => "без ответа".to_owned(),
            };
            let late = if row > 38_000 {
                format!("N1{row:07}")
            } else {
                "нет".to_owned()
            };
            writeln!(
                table,
                "{row},{name},8{phone},{}.50,{note},{late}",
                row % 700
            )
            .unwrap();
        }
        table
    }

    type Told = (Vec<String>, bool, Vec<u64>, u64);

    fn texts(sample: &Sample) -> impl Iterator<Item = String> {
        sample.iter().map(str::to_owned)
    }

    fn told(originals: &Originals) -> Told {
        let texts = texts(&originals.sample)
            .chain(texts(&originals.written))
            .collect();
        let suspects = originals.suspects.sorted();
        (
            texts,
            originals.count > 0,
            suspects,
            originals.heights.rows(),
        )
    }

    #[test]
    fn one_reading_takes_what_two_take_whatever_was_guessed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.csv");
        #[expect(clippy::disallowed_methods, reason = "a file for a test")]
        std::fs::write(&path, table()).unwrap();
        let found = discover(&[path.to_string_lossy().into_owned()], &Options::default()).unwrap();
        let source = found.tables[0].as_ref();
        let (detectors, allowed) = (Detectors::builtin(), HashSet::new());
        let setting = Setting {
            allowed: &allowed,
            detectors: &detectors,
            hasher: Hasher::default(),
            progress: &Silent,
            spared: None,
            across: None,
        };
        let held = Filter::sharing(1000, 1);
        for text in ["77010000007", "a5@example.kz", "n10038777", "ахметов ерлан"] {
            held.add(std::hash::BuildHasher::hash_one(&setting.hasher, text));
        }
        let findings = scan::scan_table(source, &detectors, Judging::default(), &Silent).unwrap();
        let taken = Taken::of(&findings, &allowed);
        let expected = told(&Originals::compare(source, &taken, &held, 0, &setting).unwrap());
        assert!(expected.2.len() >= 3, "{:?}", expected.2);
        let other = Way {
            take: Take::WholeToo,
            category: Some("iin".to_owned()),
        };
        let mut wrong = taken.0.clone();
        wrong.insert("paid".to_owned(), other);
        let mut less = taken.0.clone();
        less.remove("note");
        for guessed in [taken.0.clone(), less, wrong, HashMap::new()] {
            let scanned = Originals::scan_taking(source, &Taken(guessed), &held, &setting);
            let (same, originals) = scanned.unwrap();
            assert_eq!(format!("{same:?}"), format!("{findings:?}"));
            assert_eq!(told(&originals), expected);
        }
        let (_, originals) = Originals::scan(source, &held, &setting).unwrap();
        assert_eq!(told(&originals), expected);
    }
}

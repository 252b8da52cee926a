//! Looks into every cell of every table for one person.

use std::sync::Arc;

use jiff::civil::Date;
use rayon::prelude::*;

use super::answer::{Answer, ColumnHeld, Held, PurposeHeld, SCHEMA};
use super::tally::{PurposeTally, Tally};
use crate::detect::Detectors;
use crate::error::{Error, Result};
use crate::findings::{Findings, State, TableFindings};
use crate::list::form;
use crate::policy::{Dataset, Expired, Policy, Words};
use crate::progress::{self, Progress, Stage};
use crate::purge::{Look, People, Selection, Untouched};
use crate::retention::working::deadline;
use crate::source::{Pending, Source};
use crate::text::Language;

/// Working days to answer, or to refuse with reasons (Rules 395/НҚ r. 16).
const DAYS_TO_ANSWER: u32 = 3;

/// Who asks, and when.
#[derive(Clone, Debug)]
pub struct Question {
    /// The person.
    pub people: Arc<People>,
    /// The day on which the request came.
    pub received: Date,
    /// The day on which terms are looked at.
    pub as_of: Date,
    /// In which language names and terms are given.
    pub language: Language,
}

/// Everything that some tables hold of a person.
///
/// # Errors
/// When interrupted; what befalls one table is told in the answer.
pub fn find(
    sources: &[Box<dyn Source>],
    findings: &Findings,
    policy: &Policy,
    question: &Question,
    detectors: &Detectors,
    progress: &dyn Progress,
) -> Result<Answer> {
    let mut answer = Answer {
        schema: SCHEMA,
        language: question.language.code(),
        operator: policy.operator.clone(),
        operator_name: (policy.names.in_language(question.language.code()))
            .unwrap_or(&policy.name)
            .to_owned(),
        identifiers: question.people.len() as u64,
        received: question.received,
        answer_by: deadline(question.received, DAYS_TO_ANSWER)?,
        is_found: false,
        tables: Vec::new(),
        not_looked_into: Vec::new(),
    };
    let search = Search {
        policy,
        question,
        detectors,
        progress,
    };
    for table in &findings.tables {
        let source = sources.iter().find(|source| source.id().0 == table.source);
        // What could not be read is told by the scan.
        let Some(source) = source.filter(|_| table.state == State::Read) else {
            continue;
        };
        match search.table(source.as_ref(), table) {
            Ok(held) => answer.tables.extend(held),
            Err(Error::Interrupted) => return Err(Error::Interrupted),
            Err(error) => answer.not_looked_into.push(Untouched {
                source: table.source.clone(),
                code: error.code().to_string(),
                message: error.chain(),
            }),
        }
    }
    answer.is_found = !answer.tables.is_empty();
    Ok(answer)
}

struct Search<'a> {
    policy: &'a Policy,
    question: &'a Question,
    detectors: &'a Detectors,
    progress: &'a dyn Progress,
}

impl Search<'_> {
    fn table(&self, source: &dyn Source, findings: &TableFindings) -> Result<Option<Held>> {
        let selection = Selection::Look(Arc::clone(&self.question.people));
        let look = Look::new(
            source,
            findings,
            self.policy,
            self.question.as_of,
            &selection,
        );
        let (look, unplaced) = match look {
            Ok(look) => (Some(look), None),
            // Nobody can tell whose its rows are, but every cell can be looked at.
            Err(
                error @ (Error::NoDataset { .. }
                | Error::NoSubject { .. }
                | Error::UndecidedTerm { .. }),
            ) => (None, Some(error.code().to_string())),
            Err(error) => return Err(error),
        };
        let tally = self.tally(source, look.as_ref())?;
        if tally.rows == 0 && tally.columns.is_empty() {
            return Ok(None);
        }
        let dataset = look.as_ref().map(|look| look.dataset);
        Ok(Some(Held {
            source: findings.source.clone(),
            dataset: dataset.map(|dataset| dataset.id.clone()),
            rows: tally.rows,
            blocked: tally.blocked,
            held: tally.held,
            at_end: dataset.map(|dataset| match dataset.expired {
                Expired::Destroy => "destroy",
                Expired::Anonymise => "anonymise",
            }),
            columns: self.columns(&tally, look.as_ref(), findings),
            purposes: dataset.map_or_else(Vec::new, |dataset| self.purposes(&tally, dataset)),
            unplaced,
        }))
    }

    fn tally(&self, source: &dyn Source, look: Option<&Look<'_>>) -> Result<Tally> {
        let mut all = Tally::default();
        let bytes = source.info().bytes;
        self.progress.begin(Stage::Scan, source.id(), bytes);
        let mut batches = source.read()?;
        loop {
            progress::check()?;
            let window = batches.by_ref().take(rayon::current_num_threads());
            let window: Vec<Pending> = window.collect::<Result<_>>()?;
            if window.is_empty() {
                break;
            }
            let tallies = window.into_par_iter().map(|pending| {
                let bytes = pending.bytes;
                let batch = (pending.decode)()?;
                let mut searcher = self.detectors.searcher();
                let frame = batch.frame()?;
                let tally = Tally::of(&frame, look, &self.question.people, &mut searcher)?;
                self.progress.advance(bytes, batch.new_rows());
                Ok(tally)
            });
            let tallies: Vec<Tally> = tallies.collect::<Result<_>>()?;
            for tally in tallies {
                all.merge(tally);
            }
        }
        self.progress.end();
        Ok(all)
    }

    fn columns(
        &self,
        tally: &Tally,
        look: Option<&Look<'_>>,
        findings: &TableFindings,
    ) -> Vec<ColumnHeld> {
        let found = |name: &str| {
            let column = findings.columns.iter().find(|column| column.path == name);
            column.and_then(|column| column.category.as_deref())
        };
        let held = tally.columns.iter().map(|(name, counts)| {
            let category = match look {
                Some(look) => look.category(name),
                None => found(name),
            };
            let told = category.map(|id| form::category_in_words(self.question.language, id));
            let needs = look.map_or_else(Vec::new, |look| look.needs(name));
            ColumnHeld {
                path: name.clone(),
                category: category.map(str::to_owned),
                name: told,
                filled: counts.filled,
                purposes: needs.into_iter().map(str::to_owned).collect(),
                from_third_parties: category
                    .is_some_and(|id| self.policy.is_from_third_parties(id)),
                identifiers: counts.identifiers,
                mentions: counts.mentions,
                elsewhere: counts.elsewhere,
            }
        });
        held.collect()
    }

    fn purposes(&self, tally: &Tally, dataset: &Dataset) -> Vec<PurposeHeld> {
        let purposes = dataset.purposes.iter().zip(&tally.purposes);
        let held = purposes.map(|(id, counts)| self.purpose(id, counts, dataset));
        held.collect()
    }

    fn purpose(&self, id: &str, counts: &PurposeTally, dataset: &Dataset) -> PurposeHeld {
        let stated = self.policy.purposes.iter().find(|known| known.id == id);
        let retention = stated.and_then(|purpose| purpose.retention_term.as_ref());
        let language = self.question.language;
        let words = |words: &Words| words.in_language(language.code()).map(str::to_owned);
        let (term, undecided) = match self.policy.term(dataset, id) {
            Ok(term) => (
                Some(form::term_in_words(self.policy, language, &term)),
                None,
            ),
            Err(undecided) => (None, Some(undecided.why.to_string())),
        };
        let name = |party: &String| {
            let known = self.policy.third_parties.iter().find(|p| p.id == *party);
            known
                .and_then(|party| words(&party.names))
                .unwrap_or_else(|| party.clone())
        };
        let of = |list: fn(&crate::policy::Purpose) -> &Vec<String>| stated.map(list).cloned();
        let parties = of(|purpose| &purpose.third_parties).unwrap_or_default();
        PurposeHeld {
            id: id.to_owned(),
            label: stated
                .and_then(|purpose| words(&purpose.labels))
                .unwrap_or_default(),
            legal_basis: of(|purpose| &purpose.legal_basis).unwrap_or_default(),
            collection: stated.and_then(|purpose| words(&purpose.collection)),
            statutory_basis: retention.map_or_else(Vec::new, |r| r.statutory_basis.clone()),
            term,
            undecided,
            deletion: of(|purpose| &purpose.deletion).unwrap_or_default(),
            third_parties: parties.iter().map(name).collect(),
            rows: counts.rows,
            ended: counts.ended,
            open: counts.open,
            first_end: counts.first_end,
            last_end: counts.last_end,
        }
    }
}

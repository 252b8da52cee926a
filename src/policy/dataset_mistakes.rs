//! What is wrong with the `[[dataset]]` sections of a policy.

use std::collections::BTreeSet;

use toml::Spanned;

use super::dataset::{ACTIONS, Choices, DATE_ORDERS, EXCESS, EXPIRED, day};
use super::file::{self, Dataset, PolicyFile};
use super::mistakes::{Complaint, unique, unknown_category};

pub(super) fn complain(file: &PolicyFile, found: &mut Vec<Complaint>) {
    unique(file.dataset.iter().map(|d| &d.id), "dataset", found);
    for dataset in &file.dataset {
        shape(dataset, found);
        purposes(file, dataset, found);
        events(file, dataset, found);
        columns(dataset, found);
        holds(dataset, found);
        for term in &dataset.term {
            decision(file, term, found);
        }
    }
}

fn shape(dataset: &Dataset, found: &mut Vec<Complaint>) {
    if dataset.sources.get_ref().is_empty() {
        found.push(Complaint::at(&dataset.sources, "a dataset needs a source"));
    }
    for source in dataset.sources.get_ref() {
        if let Err(error) = glob::Pattern::new(source.get_ref()) {
            found.push(Complaint::at(source, error.msg));
        }
    }
    if dataset.purposes.get_ref().is_empty() {
        found.push(Complaint::at(
            &dataset.purposes,
            "a dataset needs a purpose",
        ));
    }
    one_of(dataset.expired.as_ref(), EXPIRED, found);
    one_of(dataset.excess.as_ref(), EXCESS, found);
    one_of(dataset.date_order.as_ref(), DATE_ORDERS, found);
    for group in dataset.link_groups.iter().filter(|g| g.get_ref().len() < 2) {
        found.push(Complaint::at(group, "a link group needs two columns"));
    }
}

fn purposes(file: &PolicyFile, dataset: &Dataset, found: &mut Vec<Complaint>) {
    unique(
        dataset.purposes.get_ref().iter(),
        "purpose of the dataset",
        found,
    );
    for purpose in dataset.purposes.get_ref() {
        if !file.purpose.iter().any(|p| same(&p.id, purpose)) {
            found.push(Complaint::at(purpose, "no [[purpose]] has this id"));
        }
    }
    let terms = dataset.term.iter().map(|term| &term.purpose);
    unique(terms.clone(), "term for a purpose", found);
    let of_columns = dataset.column.iter().flat_map(|c| &c.purposes).flatten();
    for purpose in terms.chain(of_columns) {
        if !dataset.purposes.get_ref().iter().any(|p| same(p, purpose)) {
            found.push(Complaint::at(purpose, "no purpose of this dataset"));
        }
    }
}

/// An event that nothing of the dataset waits for is a misspelt one.
fn events(file: &PolicyFile, dataset: &Dataset, found: &mut Vec<Complaint>) {
    let used = events_used(file, dataset);
    for (event, column) in &dataset.events {
        if !used.contains(event.get_ref().as_str()) {
            let known = used.iter().copied().collect::<Vec<_>>().join(", ");
            let message =
                format!("no purpose of this dataset waits for this event, but for: {known}");
            found.push(Complaint::at(event, message));
        }
        if column.get_ref().trim().is_empty() {
            found.push(Complaint::at(column, "an event needs a column"));
        }
    }
}

fn events_used<'a>(file: &'a PolicyFile, dataset: &'a Dataset) -> BTreeSet<&'a str> {
    let mut used = BTreeSet::new();
    let is_of_dataset = |p: &&file::Purpose| {
        let mut purposes = dataset.purposes.get_ref().iter();
        purposes.any(|id| same(id, &p.id))
    };
    for retention in file
        .purpose
        .iter()
        .filter(is_of_dataset)
        .filter_map(|p| p.retention.as_ref())
    {
        used.extend(super::term::event_of(retention));
        used.extend(retention.and_also_event.as_deref());
        used.extend(retention.ends_also_on.iter().flatten().map(String::as_str));
    }
    for term in &dataset.term {
        let early = term.ends_also_on.iter().flatten();
        let named = term.event.iter().chain(&term.and_also_event).chain(early);
        used.extend(named.map(|event| event.get_ref().as_str()));
    }
    used
}

fn columns(dataset: &Dataset, found: &mut Vec<Complaint>) {
    let paths = dataset.column.iter().map(|column| &column.path);
    unique(paths, "entry for a column", found);
    for column in &dataset.column {
        found.extend(column.category.as_ref().and_then(unknown_category));
        one_of(column.action.as_ref(), ACTIONS, found);
        let is_rewritten = column
            .action
            .as_ref()
            .is_none_or(|a| a.get_ref() == "rewrite");
        if let (Some(method), false) = (&column.method, is_rewritten) {
            found.push(Complaint::at(
                method,
                "a method is for action = \"rewrite\"",
            ));
        }
    }
}

fn holds(dataset: &Dataset, found: &mut Vec<Complaint>) {
    unique(dataset.hold.iter().map(|hold| &hold.id), "hold", found);
    for hold in &dataset.hold {
        filled(&hold.reason, "a hold needs a reason", found);
        if let Some(until) = hold.until.as_ref().filter(|u| day(u.get_ref()).is_none()) {
            found.push(Complaint::at(until, "a day is wanted, such as 2027-01-01"));
        }
    }
}

fn decision(file: &PolicyFile, term: &file::DatasetTerm, found: &mut Vec<Complaint>) {
    filled(
        &term.decided_by,
        "a decision needs somebody who made it",
        found,
    );
    filled(&term.reason, "a decision needs a reason", found);
    for conflict in &term.settles {
        if !file.conflict.iter().any(|c| same(&c.id, conflict)) {
            found.push(Complaint::at(conflict, "no [[conflict]] has this id"));
        }
    }
    let has_length = term.years.or(term.months).or(term.days).is_some();
    let purpose = file.purpose.iter().find(|p| same(&p.id, &term.purpose));
    let stated = purpose.and_then(|p| p.retention.as_ref());
    if term.event.is_some() {
        return;
    }
    if !has_length {
        let message = "a term needs years, months or days, or an event to end at";
        found.push(Complaint::at(&term.purpose, message));
    } else if purpose.is_some() && stated.and_then(super::term::event_of).is_none() {
        let message =
            "the policy names no event for this purpose: name the event the term starts at";
        found.push(Complaint::at(&term.purpose, message));
    }
}

fn filled(words: &Spanned<String>, message: &str, found: &mut Vec<Complaint>) {
    if words.get_ref().trim().is_empty() {
        found.push(Complaint::at(words, message));
    }
}

fn one_of<T>(written: Option<&Spanned<String>>, choices: Choices<T>, found: &mut Vec<Complaint>) {
    let Some(written) = written else { return };
    if !choices.iter().any(|(word, _)| word == written.get_ref()) {
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        found.push(Complaint::at(
            written,
            format!("one of: {}", words.join(", ")),
        ));
    }
}

fn same(one: &Spanned<String>, other: &Spanned<String>) -> bool {
    one.get_ref() == other.get_ref()
}

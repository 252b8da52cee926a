//! What is wrong with a policy as it was written: every complaint, each at its line.

use std::collections::BTreeSet;

use toml::Spanned;

use super::file::{self, PolicyFile};
use crate::category::Catalog;
use crate::error::Error;

const SCHEMA_VERSION: u32 = 1;
const RETENTION_MODES: &[&str] = &[super::FIXED_TERM, super::UNTIL_ACHIEVED, super::NOT_STATED];

/// One mistake, at its place in the text.
pub(super) struct Complaint {
    pub(super) span: std::ops::Range<usize>,
    pub(super) message: String,
}

impl Complaint {
    pub(super) fn at<T>(place: &Spanned<T>, message: impl Into<String>) -> Self {
        Self {
            span: place.span(),
            message: message.into(),
        }
    }
}

pub(super) fn complaints(file: &PolicyFile) -> Vec<Complaint> {
    let mut found = Vec::new();
    if *file.meta.schema_version.get_ref() != SCHEMA_VERSION {
        let message = format!("this version reads schema_version {SCHEMA_VERSION}");
        found.push(Complaint {
            span: file.meta.schema_version.span(),
            message,
        });
    }
    found.extend(category_lists(file).flatten().filter_map(unknown_category));
    unique(file.purpose.iter().map(|p| &p.id), "purpose", &mut found);
    unique(
        file.subject_group.iter().map(|s| &s.id),
        "subject group",
        &mut found,
    );
    unique(
        file.third_party.iter().map(|t| &t.id),
        "third party",
        &mut found,
    );
    unique(
        file.prohibition.iter().map(|p| &p.id),
        "prohibition",
        &mut found,
    );
    unique(file.conflict.iter().map(|c| &c.id), "conflict", &mut found);
    for purpose in &file.purpose {
        purpose_complaints(file, purpose, &mut found);
    }
    for purpose in file.conflict.iter().flat_map(|c| &c.purposes) {
        if !file
            .purpose
            .iter()
            .any(|p| p.id.get_ref() == purpose.get_ref())
        {
            found.push(Complaint::at(purpose, "no [[purpose]] has this id"));
        }
    }
    super::dataset_mistakes::complain(file, &mut found);
    found
}

pub(super) fn unknown_category(id: &Spanned<String>) -> Option<Complaint> {
    let is_known = Catalog::builtin().find(id.get_ref()).is_some();
    (!is_known).then(|| Complaint::at(id, "no such category: see `iesiz patterns categories`"))
}

fn purpose_complaints(file: &PolicyFile, purpose: &file::Purpose, found: &mut Vec<Complaint>) {
    for subject in &purpose.subjects {
        if !file
            .subject_group
            .iter()
            .any(|s| s.id.get_ref() == subject.get_ref())
        {
            found.push(Complaint {
                span: subject.span(),
                message: "no [[subject_group]] has this id".to_owned(),
            });
        }
    }
    if purpose
        .legal_basis
        .iter()
        .all(|basis| basis.trim().is_empty())
    {
        found.push(Complaint {
            span: purpose.id.span(),
            message: "the purpose has no legal basis".to_owned(),
        });
    }
    let Some(retention) = &purpose.retention else {
        return;
    };
    if !RETENTION_MODES.contains(&retention.mode.get_ref().as_str()) {
        let message = format!("a retention mode is one of: {}", RETENTION_MODES.join(", "));
        found.push(Complaint {
            span: retention.mode.span(),
            message,
        });
    }
    if retention.mode.get_ref() == super::FIXED_TERM
        && (retention.years.is_none() || retention.event.is_none())
    {
        let message = "a fixed term needs years and the event it starts at".to_owned();
        found.push(Complaint {
            span: retention.mode.span(),
            message,
        });
    }
}

fn category_lists(file: &PolicyFile) -> impl Iterator<Item = &Vec<Spanned<String>>> {
    std::iter::once(&file.approved.categories)
        .chain(
            file.approved_from_third_parties
                .iter()
                .map(|a| &a.categories),
        )
        .chain(file.category_item.iter().map(|c| &c.categories))
        .chain(file.purpose.iter().map(|p| &p.categories))
        .chain(file.prohibition.iter().map(|p| &p.categories))
        .chain(file.named_not_approved.iter().map(|n| &n.categories))
}

pub(super) fn unique<'a>(
    ids: impl Iterator<Item = &'a Spanned<String>>,
    what: &str,
    found: &mut Vec<Complaint>,
) {
    let mut seen = BTreeSet::new();
    for id in ids {
        if !seen.insert(id.get_ref()) {
            found.push(Complaint {
                span: id.span(),
                message: format!("a second {what} with this id"),
            });
        }
    }
}

pub(super) fn invalid(text: &str, place: &str, complaints: &[Complaint]) -> Error {
    use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
    let report: Vec<String> = complaints
        .iter()
        .map(|complaint| {
            let snippet = Snippet::source(text)
                .path(place)
                .annotation(AnnotationKind::Primary.span(complaint.span.clone()));
            Renderer::plain().render(&[Level::ERROR
                .primary_title(&complaint.message)
                .element(snippet)])
        })
        .collect();
    Error::Invalid {
        place: place.to_owned(),
        report: report.join("\n"),
    }
}

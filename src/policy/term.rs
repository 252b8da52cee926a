//! How long a purpose lasts: what the policy states, or what the operator decided where it does not.

use std::collections::BTreeMap;

use super::dataset::{Dataset, Decision};
use super::purpose::{Mode, Retention};
use super::{Policy, file};

/// How long a purpose lasts after which event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Whole years after the event.
    pub years: u32,
    /// Months after the years.
    pub months: u32,
    /// Days after the months.
    pub days: u32,
    /// What the term starts at.
    pub event: String,
    /// What must have happened as well; the later counts.
    pub and_also_event: Option<String>,
    /// What ends the purpose at once.
    pub ends_also_on: Vec<String>,
    /// Who says so.
    pub source: TermSource,
}

/// Where a term comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TermSource {
    /// The policy states it.
    Policy,
    /// The operator decided.
    Decided {
        /// Who: a position and not a name.
        by: String,
        /// Why.
        reason: String,
        /// Contradictions of the policy that this settles.
        settles: Vec<String>,
    },
}

/// A purpose whose end nobody can tell yet.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("purpose {purpose}: {why}")]
pub struct Undecided {
    /// The purpose.
    pub purpose: String,
    /// What is missing.
    pub why: Why,
}

/// Why nobody can tell when a purpose ends.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// The policy states no term.
    #[error("the policy states no term; write a [[dataset.term]]")]
    NotStated,
    /// No date follows from what the policy states.
    #[error(
        "no date follows from the policy alone; map its event to a column or write a [[dataset.term]]"
    )]
    NotComputable,
    /// The policy contradicts itself, and no term settles it.
    #[error("the policy contradicts itself ({}); write a [[dataset.term]] that settles it", .0.join(", "))]
    Conflict(Vec<String>),
    /// The dataset names no column for an event.
    #[error("no column of the dataset holds the date of {event}; name it under events")]
    NoEvent {
        /// The event.
        event: String,
    },
}

impl Term {
    /// The term in words: `5 years after contract_termination`.
    pub fn words(&self) -> String {
        let parts = [
            (self.years, "years"),
            (self.months, "months"),
            (self.days, "days"),
        ];
        let parts = parts.iter().filter(|(count, _)| *count > 0);
        let length: Vec<String> = parts
            .map(|(count, unit)| format!("{count} {unit}"))
            .collect();
        let mut words = if length.is_empty() {
            format!("until {}", self.event)
        } else {
            format!("{} after {}", length.join(" "), self.event)
        };
        if let Some(event) = &self.and_also_event {
            words.push_str(" and ");
            words.push_str(event);
        }
        words
    }
}

impl Policy {
    /// How long a purpose of the dataset lasts.
    ///
    /// # Errors
    /// When the policy does not say, contradicts itself, or a date is missing, and no term of the dataset decides.
    pub fn term(&self, dataset: &Dataset, purpose: &str) -> std::result::Result<Term, Undecided> {
        self.found_term(dataset, purpose).map_err(|why| Undecided {
            purpose: purpose.to_owned(),
            why,
        })
    }

    /// How long a purpose lasts by the words of the policy alone.
    ///
    /// # Errors
    /// As for [`Policy::term`], but that no column needs to hold a date.
    pub fn stated_term(&self, purpose: &str) -> Result<Term, Why> {
        self.without_open_conflicts(purpose, &[])?;
        let stated = self.stated(purpose).ok_or(Why::NotStated)?;
        as_stated(&BTreeMap::new(), stated)
    }

    fn found_term(&self, dataset: &Dataset, purpose: &str) -> Result<Term, Why> {
        self.without_open_conflicts(purpose, &dataset.terms)?;
        let stated = self.stated(purpose);
        let term = match dataset.decision(purpose) {
            Some(decision) => decided(decision, stated)?,
            None => as_stated(&dataset.events, stated.ok_or(Why::NotStated)?)?,
        };
        let needed = std::iter::once(&term.event).chain(&term.and_also_event);
        for event in needed {
            if !dataset.events.contains_key(event) {
                let event = event.clone();
                return Err(Why::NoEvent { event });
            }
        }
        Ok(term)
    }

    fn stated(&self, purpose: &str) -> Option<&Retention> {
        let purpose = self.purposes.iter().find(|p| p.id == purpose)?;
        purpose.retention_term.as_ref()
    }

    /// Fails where a contradiction touches a purpose and no term settles it.
    fn without_open_conflicts(&self, purpose: &str, terms: &[Decision]) -> Result<(), Why> {
        let open: Vec<String> = self
            .conflicts
            .iter()
            .filter(|conflict| conflict.touches(purpose))
            .map(|conflict| conflict.id.clone())
            .filter(|id| !terms.iter().any(|t| t.settles.contains(id)))
            .collect();
        if open.is_empty() {
            Ok(())
        } else {
            Err(Why::Conflict(open))
        }
    }
}

fn decided(decision: &Decision, stated: Option<&Retention>) -> Result<Term, Why> {
    let inherited = stated.filter(|_| decision.event.is_none());
    let event = decision.event.clone();
    let event = event.or(inherited.and_then(|r| r.event.clone()));
    let and_also = decision.and_also_event.clone();
    let early = stated.map(|r| r.ends_also_on.clone());
    Ok(Term {
        years: decision.years,
        months: decision.months,
        days: decision.days,
        event: event.ok_or(Why::NotStated)?,
        and_also_event: and_also.or(inherited.and_then(|r| r.and_also_event.clone())),
        ends_also_on: decision.ends_also_on.clone().or(early).unwrap_or_default(),
        source: TermSource::Decided {
            by: decision.by.clone(),
            reason: decision.reason.clone(),
            settles: decision.settles.clone(),
        },
    })
}

fn as_stated(events: &BTreeMap<String, String>, stated: &Retention) -> Result<Term, Why> {
    let event = stated.event.clone().ok_or(Why::NotStated)?;
    // The operator who names the column of the event supplies the date that the policy lacks.
    let is_supplied = events.contains_key(&event);
    let years = match stated.mode {
        Mode::NotStated => return Err(Why::NotStated),
        Mode::UntilPurposeAchieved if is_supplied || stated.is_computable => 0,
        Mode::FixedTerm if stated.is_computable => stated.years.unwrap_or(0),
        _ => return Err(Why::NotComputable),
    };
    Ok(Term {
        years,
        months: 0,
        days: 0,
        event,
        and_also_event: stated.and_also_event.clone(),
        ends_also_on: stated.ends_also_on.clone(),
        source: TermSource::Policy,
    })
}

/// The event a written retention names; one that is `not_stated` names none.
pub(super) fn event_of(retention: &file::Retention) -> Option<&str> {
    let event = retention.event.as_deref();
    event.filter(|_| retention.mode.get_ref() != super::NOT_STATED)
}

#[cfg(test)]
mod tests {
    use super::super::tests::sample;
    use super::*;

    /// A dataset of one purpose added to a sample policy.
    fn asked(name: &str, purpose: &str, events: &str, terms: &str) -> Result<Term, Why> {
        let section = format!(
            "[[dataset]]\nid = 'd'\nsources = ['d.csv']\npurposes = ['{purpose}']\nevents = {{ {events} }}\n{terms}"
        );
        let text = format!("{}\n{section}", sample(name));
        let policy = Policy::parse(&text, "p.toml").unwrap();
        let term = policy.term(&policy.datasets()[0], purpose);
        term.map_err(|undecided| undecided.why)
    }

    fn decision(purpose: &str, rest: &str) -> String {
        format!(
            "[[dataset.term]]\npurpose = '{purpose}'\ndecided_by = 'board'\nreason = 'r'\n{rest}"
        )
    }

    #[test]
    fn a_stated_term_with_its_dates_is_decided() {
        let term = asked(
            "qiwi_kazakhstan",
            "client_profile",
            "contract_termination = 'c'",
            "",
        );
        let term = term.unwrap();
        assert_eq!(
            (term.years, term.event.as_str()),
            (3, "contract_termination")
        );
        assert_eq!(term.source, TermSource::Policy);
        let missing = asked("qiwi_kazakhstan", "client_profile", "", "");
        let event = "contract_termination".to_owned();
        assert_eq!(missing.unwrap_err(), Why::NoEvent { event });
    }

    #[test]
    fn two_events_are_both_needed() {
        let both = "transaction = 't', contract_termination = 'c'";
        let term = asked("qiwi_kazakhstan", "aml_and_antifraud", both, "").unwrap();
        assert_eq!((term.years, term.event.as_str()), (5, "transaction"));
        assert_eq!(term.and_also_event.as_deref(), Some("contract_termination"));
        let one = asked(
            "qiwi_kazakhstan",
            "aml_and_antifraud",
            "transaction = 't'",
            "",
        );
        let event = "contract_termination".to_owned();
        assert_eq!(one.unwrap_err(), Why::NoEvent { event });
    }

    #[test]
    fn a_contradiction_is_settled_by_a_term_that_names_it() {
        let purpose = "management_reporting";
        let of = |terms: &str| {
            let events = "contract_termination = 'c'";
            asked("qiwi_kazakhstan", purpose, events, terms)
        };
        let conflict = Why::Conflict(vec!["p13_criterion".to_owned()]);
        assert_eq!(of("").unwrap_err(), conflict);
        assert_eq!(of(&decision(purpose, "years = 3")).unwrap_err(), conflict);
        let term = of(&decision(purpose, "years = 3\nsettles = ['p13_criterion']")).unwrap();
        assert_eq!(
            (term.years, term.event.as_str()),
            (3, "contract_termination")
        );
        assert!(matches!(term.source, TermSource::Decided { .. }));
    }

    #[test]
    fn a_term_without_a_possible_event_is_decided_by_the_operator() {
        let purpose = "visitor_analytics";
        let of = |events: &str, terms: &str| asked("qiwi_kazakhstan", purpose, events, terms);
        let conflict = Why::Conflict(vec!["p1_no_contract".to_owned()]);
        assert_eq!(of("", "").unwrap_err(), conflict);
        let rest = "years = 1\nevent = 'last_visit'\nsettles = ['p1_no_contract']";
        let term = of("last_visit = 'seen'", &decision(purpose, rest)).unwrap();
        assert_eq!((term.years, term.event.as_str()), (1, "last_visit"));
    }

    #[test]
    fn a_policy_without_terms_is_undecided_until_somebody_decides() {
        let policy = Policy::parse(&sample("auto_siyliq_finance"), "p").unwrap();
        for purpose in &policy.purposes {
            let why = asked("auto_siyliq_finance", &purpose.id, "", "").unwrap_err();
            assert_eq!(why, Why::NotStated, "{}", purpose.id);
            let rest = "years = 1\nmonths = 6\nevent = 'loan_repaid'";
            let terms = decision(&purpose.id, rest);
            let term = asked(
                "auto_siyliq_finance",
                &purpose.id,
                "loan_repaid = 'r'",
                &terms,
            );
            let term = term.unwrap();
            assert_eq!((term.years, term.months), (1, 6));
            let early = "consent_withdrawn_after_all_loan_obligations_performed";
            assert_eq!(term.ends_also_on, [early]);
        }
    }

    #[test]
    fn the_operator_who_names_the_day_a_purpose_is_achieved_decides() {
        for name in ["proleads", "adalcheck"] {
            let policy = Policy::parse(&sample(name), "p").unwrap();
            for purpose in &policy.purposes {
                let why = asked(name, &purpose.id, "", "").unwrap_err();
                assert_eq!(why, Why::NotComputable, "{}", purpose.id);
                let term = asked(name, &purpose.id, "purpose_achieved = 'done'", "").unwrap();
                assert_eq!((term.years, term.event.as_str()), (0, "purpose_achieved"));
                assert!(term.ends_also_on.iter().any(|e| e == "consent_withdrawn"));
            }
        }
    }

    #[test]
    fn events_of_the_stated_term_may_be_named() {
        let events = "purpose_achieved = 'done', consent_withdrawn = 'withdrawn'";
        assert!(asked("adalcheck", "technical_support", events, "").is_ok());
    }
}

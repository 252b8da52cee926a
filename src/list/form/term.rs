//! A purpose's storage term in words.

use super::Teller;
use crate::policy::{Dataset, Mode, Purpose, Retention, Term, TermSource, Why};
use crate::text::{Arg, of_form};

impl Teller<'_> {
    pub(super) fn term(self, purpose: &Purpose) -> String {
        let of_purpose = |d: &&Dataset| d.purposes.contains(&purpose.id);
        let dataset = self.policy.datasets().iter().find(of_purpose);
        let decided = match dataset {
            Some(dataset) => self.policy.term(dataset, &purpose.id).map_err(|u| u.why),
            None => self.policy.stated_term(&purpose.id),
        };
        let stated = purpose.retention_term.as_ref();
        let mut parts = match decided {
            Ok(term) => self.decided(&term),
            Err(why) => self.undecided(&why, stated),
        };
        let acts = stated.map(|r| &r.statutory_basis);
        if let Some(acts) = acts.filter(|acts| !acts.is_empty()) {
            parts.push(self.with("term-by", "acts", &acts.join("; ")));
        }
        parts.join("; ")
    }

    /// How long a term is and what else ends it, without who says so.
    pub(super) fn lasting(self, term: &Term) -> Vec<String> {
        let length = self.length(term.years, term.months, term.days);
        let mut parts = vec![self.from(&length, &term.event)];
        parts.extend(self.conditions(term.and_also_event.as_deref(), &term.ends_also_on));
        parts
    }

    fn decided(self, term: &Term) -> Vec<String> {
        let mut parts = self.lasting(term);
        if let TermSource::Decided { by, reason, .. } = &term.source {
            let args = [("by", Arg::Text(by)), ("reason", Arg::Text(reason))];
            parts.push(self.filled("term-decided", &args));
        }
        parts
    }

    fn undecided(self, why: &Why, stated: Option<&Retention>) -> Vec<String> {
        let length = stated.and_then(|r| self.length_of(r));
        let mut parts: Vec<String> = length.into_iter().collect();
        parts.push(self.missing(why));
        if let Some(stated) = stated {
            let and_also = stated.and_also_event.as_deref();
            parts.extend(self.conditions(and_also, &stated.ends_also_on));
        }
        parts
    }

    fn length_of(self, stated: &Retention) -> Option<String> {
        let years = match stated.mode {
            Mode::FixedTerm => stated.years.unwrap_or(0),
            Mode::UntilPurposeAchieved | Mode::NotStated => 0,
        };
        let event = stated.event.as_deref()?;
        Some(self.from(&self.length(years, 0, 0), event))
    }

    fn missing(self, why: &Why) -> String {
        match why {
            Why::NotStated => self.plain("not-stated"),
            Why::NotComputable => self.plain("term-no-date"),
            Why::Conflict(ids) => self.with("term-contradicts", "ids", &ids.join(", ")),
            Why::NoEvent { event } => self.with("term-no-column", "event", &self.event(event)),
        }
    }

    fn length(self, years: u32, months: u32, days: u32) -> String {
        let parts = [("years", years), ("months", months), ("days", days)];
        let told = parts.into_iter().filter(|(_, count)| *count > 0);
        let told = told.map(|(unit, count)| {
            self.filled(&format!("term-{unit}"), &[(unit, Arg::Count(count.into()))])
        });
        told.collect::<Vec<_>>().join(" ")
    }

    fn from(self, length: &str, event: &str) -> String {
        let event = self.event(event);
        if length.is_empty() {
            return self.with("term-until", "event", &event);
        }
        let args = [("length", Arg::Text(length)), ("event", Arg::Text(&event))];
        self.filled("term-after", &args)
    }

    fn conditions(self, and_also: Option<&str>, early: &[String]) -> Vec<String> {
        let mut parts = Vec::new();
        if let Some(event) = and_also {
            parts.push(self.with("term-and-also", "event", &self.event(event)));
        }
        if !early.is_empty() {
            let events: Vec<String> = early.iter().map(|event| self.event(event)).collect();
            parts.push(self.with("term-early", "events", &events.join(", ")));
        }
        parts
    }

    /// An event by its name, or by its id where the form knows none.
    fn event(self, id: &str) -> String {
        of_form(self.language, &format!("event-{id}"), &[]).unwrap_or_else(|| id.to_owned())
    }
}

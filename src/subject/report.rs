//! The answer in words: plain text, or Markdown to be made into a letter.

use jiff::civil::Date;

use super::answer::{Answer, ColumnHeld, Held, PurposeHeld};
use crate::list::form;
use crate::retention::working::Basis;
use crate::text::{Arg, Language, of_answer};

/// How an answer is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Plain text.
    Plain,
    /// Markdown.
    Markdown,
}

/// An answer in words, in the language its names are given in.
pub fn answer(answer: &Answer, language: Language, layout: Layout) -> String {
    let mut page = Page {
        language,
        layout,
        text: String::new(),
    };
    page.head(answer);
    for held in &answer.tables {
        page.table(held);
    }
    if !answer.tables.is_empty() {
        page.part(&page.tr("origin", &[]));
        page.item(&page.tr("ways", &[]));
    }
    for table in &answer.not_looked_into {
        let args = [
            ("source", Arg::Text(&table.source)),
            ("code", Arg::Text(&table.code)),
        ];
        page.item(&page.tr("failed", &args));
    }
    page.text
}

struct Page {
    language: Language,
    layout: Layout,
    text: String,
}

impl Page {
    fn tr(&self, key: &str, args: &[(&str, Arg<'_>)]) -> String {
        of_answer(self.language, key, args)
    }

    /// A day as it is written in letters of the language.
    fn day(&self, day: Date) -> String {
        match self.language {
            Language::En => day.to_string(),
            Language::Kk | Language::Ru => day.strftime("%d.%m.%Y").to_string(),
        }
    }

    fn head(&mut self, answer: &Answer) {
        let (received, day) = (self.day(answer.received), self.day(answer.answer_by.day));
        let name = if answer.operator_name.is_empty() {
            &answer.operator
        } else {
            &answer.operator_name
        };
        let args = [
            ("operator", Arg::Text(name)),
            ("received", Arg::Text(&received)),
            ("day", Arg::Text(&day)),
            ("identifiers", Arg::Count(answer.identifiers)),
            ("tables", Arg::Count(answer.tables.len() as u64)),
        ];
        self.title(&self.tr("title", &args));
        self.item(&self.tr("law", &args));
        self.item(&self.tr("by", &args));
        if answer.answer_by.basis == Basis::WithoutMovedDays {
            self.item(&self.tr("unmoved", &[]));
        }
        let key = if answer.is_found { "yes" } else { "no" };
        self.item(&self.tr(key, &args));
    }

    fn table(&mut self, held: &Held) {
        let args = [
            ("source", Arg::Text(&held.source)),
            (
                "dataset",
                Arg::Text(held.dataset.as_deref().unwrap_or("none")),
            ),
            ("rows", Arg::Count(held.rows)),
            ("blocked", Arg::Count(held.blocked)),
            ("held", Arg::Count(held.held)),
        ];
        self.part(&self.tr("table", &args));
        if let Some(code) = &held.unplaced {
            self.item(&self.tr("unplaced", &[("code", Arg::Text(code))]));
        }
        if held.blocked > 0 {
            self.item(&self.tr("blocked", &args));
        }
        if held.held > 0 {
            self.item(&self.tr("held", &args));
        }
        for column in &held.columns {
            self.column(column, &held.purposes);
        }
        for purpose in &held.purposes {
            self.purpose(purpose);
        }
        match held.at_end {
            Some("anonymise") => self.item(&self.tr("anonymised", &[])),
            Some(_) => self.item(&self.tr("destroyed", &[])),
            None => {}
        }
    }

    fn column(&mut self, column: &ColumnHeld, known: &[PurposeHeld]) {
        let nothing = self.tr("no-category", &[]);
        let purposes = column.purposes.iter().map(|id| {
            let purpose = known.iter().find(|purpose| purpose.id == *id);
            purpose.map_or(id.as_str(), label)
        });
        let purposes = purposes.collect::<Vec<_>>().join("; ");
        let args = [
            ("column", Arg::Text(&column.path)),
            (
                "category",
                Arg::Text(column.name.as_ref().unwrap_or(&nothing)),
            ),
            ("filled", Arg::Count(column.filled)),
            ("purposes", Arg::Text(&purposes)),
            ("count", Arg::Count(column.mentions)),
            ("elsewhere", Arg::Count(column.elsewhere)),
        ];
        self.item(&self.tr("column", &args));
        if !purposes.is_empty() {
            self.detail(&self.tr("needed", &args));
        } else if column.category.is_some() && column.filled > 0 {
            self.detail(&self.tr("unneeded", &[]));
        }
        if column.from_third_parties {
            self.detail(&self.tr("third", &[]));
        }
        if column.mentions > 0 {
            self.detail(&self.tr("mentions", &args));
        }
        if column.elsewhere > 0 {
            self.detail(&self.tr("elsewhere", &args));
        }
    }

    fn purpose(&mut self, purpose: &PurposeHeld) {
        let basis = [
            purpose.legal_basis.as_slice(),
            purpose.statutory_basis.as_slice(),
        ];
        let basis = basis.concat().join("; ");
        let parties = purpose.third_parties.join("; ");
        let ends = purpose.deletion.iter();
        let ends: Vec<String> = ends
            .map(|action| form::end_in_words(self.language, action))
            .collect();
        let ends = ends.join("; ");
        let collection = purpose.collection.as_deref().unwrap_or_default();
        self.item(&self.tr("purpose", &[("label", Arg::Text(label(purpose)))]));
        for (text, key, name) in [
            (basis.as_str(), "basis", "basis"),
            (collection, "collection", "collection"),
        ] {
            if !text.is_empty() {
                self.detail(&self.tr(key, &[(name, Arg::Text(text))]));
            }
        }
        self.term(purpose);
        for (text, key) in [(&ends, "deletion"), (&parties, "parties")] {
            if !text.is_empty() {
                self.detail(&self.tr(key, &[(key, Arg::Text(text))]));
            }
        }
    }

    fn term(&mut self, purpose: &PurposeHeld) {
        let text = match &purpose.term {
            Some(term) => self.tr("term", &[("term", Arg::Text(term))]),
            None => self.tr("undecided", &[]),
        };
        self.detail(&text);
        let day = |date: Option<Date>| date.map(|day| self.day(day));
        let (first, last) = (day(purpose.first_end), day(purpose.last_end));
        let key = if first.is_none() || first == last {
            "ends"
        } else {
            "ends-between"
        };
        if let Some(last) = last {
            let first = first.unwrap_or_default();
            let args = [("first", Arg::Text(&first)), ("last", Arg::Text(&last))];
            self.detail(&self.tr(key, &args));
        }
        for (count, key) in [(purpose.open, "open"), (purpose.ended, "ended")] {
            if count > 0 {
                self.detail(&self.tr(key, &[(key, Arg::Count(count))]));
            }
        }
    }

    fn title(&mut self, text: &str) {
        self.line("", "# ", text);
    }

    fn part(&mut self, text: &str) {
        self.text.push('\n');
        self.line("", "## ", text);
        if self.layout == Layout::Markdown {
            self.text.push('\n');
        }
    }

    fn item(&mut self, text: &str) {
        self.line("  ", "- ", text);
    }

    fn detail(&mut self, text: &str) {
        self.line("    ", "  - ", text);
    }

    fn line(&mut self, plain: &str, markdown: &str, text: &str) {
        let is_markdown = self.layout == Layout::Markdown;
        self.text
            .push_str(if is_markdown { markdown } else { plain });
        for c in text.chars() {
            if is_markdown && matches!(c, '\\' | '`' | '*' | '[' | ']' | '<' | '>') {
                self.text.push('\\');
            }
            self.text.push(c);
        }
        self.text.push('\n');
    }
}

/// A purpose for people.
fn label(purpose: &PurposeHeld) -> &str {
    if purpose.label.is_empty() {
        &purpose.id
    } else {
        &purpose.label
    }
}

//! The answer in words: plain text, or Markdown to be made into a letter.

use super::answer::{Answer, ColumnHeld, Held, PurposeHeld};
use crate::retention::working::Basis;
use crate::text::{Arg, plain, tr};

/// How an answer is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Plain text.
    Plain,
    /// Markdown.
    Markdown,
}

/// An answer in words.
pub fn answer(answer: &Answer, layout: Layout) -> String {
    let mut page = Page {
        layout,
        text: String::new(),
    };
    page.head(answer);
    for held in &answer.tables {
        page.table(held);
    }
    page.part(&plain("subject-find-origin"));
    page.item(&plain("subject-find-ways"));
    for table in &answer.not_looked_into {
        let args = [
            ("source", Arg::Text(&table.source)),
            ("code", Arg::Text(&table.code)),
        ];
        page.item(&tr("subject-find-failed", &args));
    }
    page.text
}

struct Page {
    layout: Layout,
    text: String,
}

impl Page {
    fn head(&mut self, answer: &Answer) {
        let (received, day) = (
            answer.received.to_string(),
            answer.answer_by.day.to_string(),
        );
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
        self.title(&tr("subject-find-title", &args));
        self.item(&tr("subject-find-by", &args));
        if answer.answer_by.basis == Basis::WithoutMovedDays {
            self.item(&plain("subject-unmoved"));
        }
        let key = if answer.is_found {
            "subject-find-yes"
        } else {
            "subject-find-no"
        };
        self.item(&tr(key, &args));
    }

    fn table(&mut self, held: &Held) {
        let args = [
            ("source", Arg::Text(&held.source)),
            ("dataset", Arg::Text(held.dataset.as_deref().unwrap_or("—"))),
            ("rows", Arg::Count(held.rows)),
            ("blocked", Arg::Count(held.blocked)),
            ("held", Arg::Count(held.held)),
        ];
        self.part(&tr("subject-find-table", &args));
        if let Some(code) = &held.unplaced {
            self.item(&tr("subject-find-unplaced", &[("code", Arg::Text(code))]));
        }
        if held.blocked > 0 {
            self.item(&tr("subject-find-blocked", &args));
        }
        if held.held > 0 {
            self.item(&tr("subject-find-held", &args));
        }
        for column in &held.columns {
            self.column(column);
        }
        for purpose in &held.purposes {
            self.purpose(purpose);
        }
        match held.at_end {
            Some("anonymise") => self.item(&plain("subject-find-anonymised")),
            Some(_) => self.item(&plain("subject-find-destroyed")),
            None => {}
        }
    }

    fn column(&mut self, column: &ColumnHeld) {
        let nothing = plain("subject-find-no-category");
        let purposes = column.purposes.join(", ");
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
        self.item(&tr("subject-find-column", &args));
        if !purposes.is_empty() {
            self.detail(&tr("subject-find-needed", &args));
        } else if column.category.is_some() && column.filled > 0 {
            self.detail(&plain("subject-find-unneeded"));
        }
        if column.from_third_parties {
            self.detail(&plain("subject-find-third"));
        }
        if column.mentions > 0 {
            self.detail(&tr("subject-find-mentions", &args));
        }
        if column.elsewhere > 0 {
            self.detail(&tr("subject-find-elsewhere", &args));
        }
    }

    fn purpose(&mut self, purpose: &PurposeHeld) {
        let basis = [
            purpose.legal_basis.as_slice(),
            purpose.statutory_basis.as_slice(),
        ];
        let basis = basis.concat().join("; ");
        let parties = purpose.third_parties.join(", ");
        let deletion = purpose.deletion.join(", ");
        let day =
            |date: Option<jiff::civil::Date>| date.map_or_else(String::new, |d| d.to_string());
        let (first, last) = (day(purpose.first_end), day(purpose.last_end));
        let args = [
            ("purpose", Arg::Text(&purpose.id)),
            ("label", Arg::Text(&purpose.label)),
            ("basis", Arg::Text(&basis)),
            ("term", Arg::Text(&purpose.term)),
            ("parties", Arg::Text(&parties)),
            ("deletion", Arg::Text(&deletion)),
            ("first", Arg::Text(&first)),
            ("last", Arg::Text(&last)),
            ("rows", Arg::Count(purpose.rows)),
            ("open", Arg::Count(purpose.open)),
            ("ended", Arg::Count(purpose.ended)),
        ];
        self.item(&tr("subject-find-purpose", &args));
        self.detail(&tr("subject-find-basis", &args));
        self.detail(&tr("subject-find-term", &args));
        if first.is_empty() || first == last {
            if !last.is_empty() {
                self.detail(&tr("subject-find-ends", &args));
            }
        } else {
            self.detail(&tr("subject-find-ends-between", &args));
        }
        for (count, key) in [
            (purpose.open, "subject-find-open"),
            (purpose.ended, "subject-find-ended"),
            (deletion.len() as u64, "subject-find-deletion"),
            (parties.len() as u64, "subject-find-parties"),
        ] {
            if count > 0 {
                self.detail(&tr(key, &args));
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

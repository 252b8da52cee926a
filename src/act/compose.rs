//! Record and language → document. Says everything once; how it looks is left to the renderers.

use super::document::{Block, Document, Signatures, Table};
use super::ids::{done_id, ground_id, outcome_id, remainder_id, word};
use super::record::{
    Accuracy, Act, Done, Organization, Outcome, Purpose, Remainder, Rows, Subjects,
};
use super::texts::{Language, Texts, fill};
use super::write;
use crate::category::Catalog;

impl Act {
    /// The act as a document in a language.
    pub fn document(&self, language: Language) -> Document {
        let composer = Composer {
            act: self,
            language,
            texts: language.texts(),
        };
        let mut document = Document {
            title: composer.texts.title.clone(),
            foot: fill(&composer.texts.page, &[("number", &self.number)]),
            language,
            blocks: composer.blocks(),
        };
        document.clean();
        document
    }
}

struct Composer<'a> {
    act: &'a Act,
    language: Language,
    texts: &'static Texts,
}

impl Composer<'_> {
    fn blocks(&self) -> Vec<Block> {
        let sections = [
            (&self.texts.general.heading, self.general()),
            (&self.texts.purposes.heading, self.purposes()),
            (&self.texts.categories.heading, self.categories()),
            (&self.texts.tables.heading, self.tables()),
            (&self.texts.columns.heading, self.columns()),
            (&self.texts.files.heading, self.files()),
            (&self.texts.verification.heading, self.verification()),
            (&self.texts.not_reached.heading, self.not_reached()),
            (&self.texts.manifest.heading, self.manifest()),
            (&self.texts.tool.heading, self.tool()),
            (&self.texts.journal.heading, self.journal()),
            (&self.texts.signatures.heading, self.signatures()),
        ];
        let mut blocks = vec![Block::Paragraph(self.texts.intro.clone())];
        blocks.extend(self.warning().cloned().map(Block::Warning));
        for (index, (heading, section)) in sections.into_iter().enumerate() {
            blocks.push(Block::Heading(format!("{}. {heading}", index + 1)));
            blocks.extend(section);
        }
        blocks
    }

    /// What must not be overlooked.
    fn warning(&self) -> Option<&String> {
        match self.act.verification.outcome {
            Outcome::Broken => Some(&self.texts.verification.broken),
            Outcome::NotRun => Some(&self.texts.verification.not_run),
            Outcome::Held | Outcome::NotApplicable => None,
        }
    }

    fn general(&self) -> Vec<Block> {
        let (act, texts) = (self.act, &self.texts.general);
        let subjects = act.subjects.map(|count| Subjects {
            count,
            accuracy: act.subjects_are,
        });
        let mut facts = vec![
            (&texts.number, act.number.clone()),
            (&texts.made_at, write::moment(act.made_at, self.language)),
            (&texts.as_of, write::date(act.as_of, self.language)),
        ];
        facts.extend(self.organization(&texts.operator, &act.operator));
        if let Some(processor) = &act.processor {
            facts.extend(self.organization(&texts.processor, processor));
        }
        facts.extend(act.system.clone().map(|system| (&texts.system, system)));
        let responsible = [
            Some(&act.responsible.position),
            act.responsible.name.as_ref(),
        ];
        let responsible: Vec<&str> = responsible
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        facts.push((&texts.responsible, responsible.join(", ")));
        facts.push((
            &texts.ground,
            word(&self.texts.ground, ground_id(act.ground)),
        ));
        let document = act.ground_document.clone();
        facts.extend(document.map(|document| (&texts.ground_document, document)));
        facts.push((&texts.subjects, self.people(subjects)));
        vec![self.facts(facts)]
    }

    /// A number of people, and what it is.
    fn people(&self, subjects: Option<Subjects>) -> String {
        let texts = &self.texts.general;
        let Some(subjects) = subjects else {
            return texts.not_counted.clone();
        };
        let count = self.count(subjects.count);
        match subjects.accuracy {
            Accuracy::Exact => count,
            Accuracy::Estimated => fill(&texts.estimated, &[("count", &count)]),
            Accuracy::AtMost => fill(&texts.at_most, &[("count", &count)]),
        }
    }

    fn organization<'t>(&self, role: &'t String, of: &Organization) -> [(&'t String, String); 3]
    where
        'static: 't,
    {
        let address = of
            .address
            .as_ref()
            .map(|address| address.in_language(self.language));
        [
            (role, of.name.in_language(self.language).to_owned()),
            (&self.texts.general.bin, of.bin.clone().unwrap_or_default()),
            (
                &self.texts.general.address,
                address.unwrap_or_default().to_owned(),
            ),
        ]
    }

    fn purposes(&self) -> Vec<Block> {
        let texts = &self.texts.purposes;
        let rows = self
            .act
            .purposes
            .iter()
            .map(|purpose| self.purpose(purpose));
        let head = [
            (&texts.purpose, false),
            (&texts.term, false),
            (&texts.event, false),
            (&texts.basis, false),
        ];
        vec![self.table(&head, rows)]
    }

    fn purpose(&self, purpose: &Purpose) -> Vec<String> {
        let texts = &self.texts.purposes;
        let label = purpose.label.in_language(self.language);
        let label = match label {
            "" => purpose.id.clone(),
            label => format!("{label} ({})", purpose.id),
        };
        let term = purpose
            .term
            .and_then(|term| write::duration(term, self.language));
        let first = word(&self.texts.event, &purpose.event);
        let event = purpose
            .and_also_event
            .as_ref()
            .map_or(first.clone(), |other| {
                let other = word(&self.texts.event, other);
                fill(&texts.and_also, &[("event", &first), ("other", &other)])
            });
        let decided = purpose.decided_by.as_ref();
        let decided = decided.map(|who| fill(&texts.decided_by, &[("who", who)]));
        let basis: Vec<String> = purpose.legal_basis.iter().cloned().chain(decided).collect();
        vec![
            label,
            term.unwrap_or_else(|| texts.at_once.clone()),
            event,
            if basis.is_empty() {
                "–".to_owned()
            } else {
                basis.join("; ")
            },
        ]
    }

    fn categories(&self) -> Vec<Block> {
        let texts = &self.texts.categories;
        let rows = self.act.categories.iter().map(|category| {
            vec![
                self.category(&category.id),
                self.count(category.rows),
                self.count(category.cells),
            ]
        });
        vec![self.table(
            &[
                (&texts.category, false),
                (&texts.rows, true),
                (&texts.cells, true),
            ],
            rows,
        )]
    }

    fn category(&self, id: &str) -> String {
        Catalog::builtin().find(id).map_or_else(
            || id.to_owned(),
            |category| match self.language {
                Language::Kk => category.name_kk.clone(),
                Language::Ru => category.name_ru.clone(),
                Language::En => category.name_en.clone(),
            },
        )
    }

    fn tables(&self) -> Vec<Block> {
        let texts = &self.texts.tables;
        let line = |name: &str, rows: &Rows| {
            let counts = [
                rows.before,
                rows.destroyed,
                rows.anonymized,
                rows.blocked,
                rows.held,
                rows.without_date,
                rows.kept,
            ];
            let counts = counts.into_iter().map(|count| self.count(count));
            std::iter::once(name.to_owned())
                .chain(counts)
                .collect::<Vec<_>>()
        };
        let all = self
            .act
            .tables
            .iter()
            .map(|table| table.rows)
            .fold(Rows::default(), Rows::plus);
        let has_total = self.act.tables.len() > 1;
        let total = has_total.then(|| line(&texts.total, &all));
        let rows = self
            .act
            .tables
            .iter()
            .map(|table| line(&table.source, &table.rows));
        let head = [
            &texts.before,
            &texts.destroyed,
            &texts.anonymized,
            &texts.blocked,
            &texts.held,
            &texts.without_date,
            &texts.kept,
        ];
        let numbers = head.map(|name| (name.clone(), true));
        let table = Table {
            head: std::iter::once((texts.table.clone(), false))
                .chain(numbers)
                .collect(),
            rows: rows.chain(total).collect(),
            has_total,
        };
        let mut blocks = vec![Block::Table(table), Block::Paragraph(texts.legend.clone())];
        if has_total && self.act.tables.iter().any(|table| table.subjects.is_some()) {
            let tables = self.act.tables.iter();
            let people = tables.map(|table| (&table.source, self.people(table.subjects)));
            blocks.push(Block::Paragraph(texts.people.clone()));
            blocks.push(self.facts(people.collect()));
        }
        blocks
    }

    fn columns(&self) -> Vec<Block> {
        let texts = &self.texts.columns;
        let rows = self.act.tables.iter().flat_map(|table| {
            table.columns.iter().map(|column| {
                let category = column.category.as_ref().map(|id| self.category(id));
                vec![
                    table.source.clone(),
                    column.path.clone(),
                    category.unwrap_or_else(|| "–".to_owned()),
                    self.done(&column.done),
                    self.count(column.cells),
                ]
            })
        });
        let head = [
            (&texts.table, false),
            (&texts.column, false),
            (&texts.category, false),
            (&texts.done, false),
            (&texts.cells, true),
        ];
        vec![self.table(&head, rows)]
    }

    fn done(&self, done: &Done) -> String {
        let text = word(&self.texts.done, done_id(done));
        match done {
            Done::Rewritten { method } => {
                let method = word(&self.texts.method, method);
                fill(&text, &[("method", &method)])
            }
            _ => text,
        }
    }

    fn files(&self) -> Vec<Block> {
        let texts = &self.texts.files;
        let rows = self.act.tables.iter().map(|table| {
            let after = table
                .sha256_after
                .as_ref()
                .map_or(texts.gone.as_str(), |hash| hash.as_str());
            vec![
                table.source.clone(),
                table.sha256_before.as_str().to_owned(),
                after.to_owned(),
            ]
        });
        vec![self.table(
            &[
                (&texts.table, false),
                (&texts.before, false),
                (&texts.after, false),
            ],
            rows,
        )]
    }

    fn verification(&self) -> Vec<Block> {
        let (done, texts) = (&self.act.verification, &self.texts.verification);
        let outcome = |outcome| word(&self.texts.outcome, outcome_id(outcome));
        let all = fill(&texts.outcome, &[("outcome", &outcome(done.outcome))]);
        let rows = done.attacks.iter().map(|attack| {
            vec![
                word(&self.texts.attack, &attack.id),
                self.count(attack.tried),
                outcome(attack.outcome),
            ]
        });
        let head = [
            (&texts.attack, false),
            (&texts.tried, true),
            (&texts.result, false),
        ];
        vec![Block::Paragraph(all), self.table(&head, rows)]
    }

    fn not_reached(&self) -> Vec<Block> {
        let texts = &self.texts.not_reached;
        if self.act.not_reached.is_empty() {
            return vec![Block::Paragraph(texts.none.clone())];
        }
        let lines = self.act.not_reached.iter().map(|remainder| {
            let count = match remainder {
                Remainder::OtherTables {
                    count,
                    is_partial: true,
                } => fill(
                    &self.texts.general.at_least,
                    &[("count", &self.count(*count))],
                ),
                Remainder::OldCopies { count } | Remainder::OtherTables { count, .. } => {
                    self.count(*count)
                }
                _ => String::new(),
            };
            fill(
                &word(&texts.by_code, remainder_id(remainder)),
                &[("count", &count)],
            )
        });
        vec![
            Block::Paragraph(texts.intro.clone()),
            Block::List(lines.collect()),
        ]
    }

    fn manifest(&self) -> Vec<Block> {
        let texts = &self.texts.manifest;
        let Some(manifest) = &self.act.manifest else {
            return vec![Block::Paragraph(texts.absent.clone())];
        };
        vec![self.facts(vec![
            (&texts.file, manifest.file.clone()),
            (&texts.sha256, manifest.sha256.as_str().to_owned()),
            (&texts.entries, self.count(manifest.entries)),
        ])]
    }

    fn tool(&self) -> Vec<Block> {
        let (tool, texts) = (&self.act.tool, &self.texts.tool);
        vec![self.facts(vec![
            (&texts.program, format!("iesiz {}", tool.version)),
            (&texts.patterns, tool.patterns.as_str().to_owned()),
            (&texts.policy, tool.policy.as_str().to_owned()),
            (&texts.plan, tool.plan.as_str().to_owned()),
        ])]
    }

    fn journal(&self) -> Vec<Block> {
        let (journal, texts) = (&self.act.journal, &self.texts.journal);
        let facts = self.facts(vec![
            (&texts.file, journal.file.clone()),
            (
                &texts.lines,
                format!("{}–{}", journal.first_line, journal.last_line),
            ),
            (&texts.head, journal.head.as_str().to_owned()),
        ]);
        vec![facts, Block::Verbatim(journal.lines.clone())]
    }

    fn signatures(&self) -> Vec<Block> {
        let texts = &self.texts.signatures;
        let people = std::iter::once(&self.act.responsible).chain(&self.act.commission);
        let signatures = Signatures {
            captions: [&texts.position, &texts.signature, &texts.name, &texts.date]
                .map(Clone::clone),
            people: people
                .map(|person| (person.position.clone(), person.name.clone()))
                .collect(),
        };
        vec![
            Block::Signatures(signatures),
            Block::Paragraph(self.texts.form.clone()),
        ]
    }

    fn count(&self, number: u64) -> String {
        write::count(number, self.language)
    }

    /// Facts; what is missing is called so.
    fn facts(&self, facts: Vec<(&String, String)>) -> Block {
        let told = facts.into_iter().map(|(name, value)| {
            let value = if value.trim().is_empty() {
                self.texts.none.clone()
            } else {
                value
            };
            (name.clone(), value)
        });
        Block::Facts(told.collect())
    }

    fn table(&self, head: &[(&String, bool)], rows: impl Iterator<Item = Vec<String>>) -> Block {
        let rows: Vec<Vec<String>> = rows.collect();
        if rows.is_empty() {
            return Block::Paragraph(self.texts.none.clone());
        }
        let head = head
            .iter()
            .map(|(name, is_number)| ((*name).clone(), *is_number));
        Block::Table(Table {
            head: head.collect(),
            rows,
            has_total: false,
        })
    }
}

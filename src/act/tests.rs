//! All forms say the same, in every language, of every record.

use std::collections::BTreeSet;

use super::document::{Block, Document};
use super::record::{Act, Attack, Column, Done, Ground, Outcome, Remainder, Signatory, Words};
use super::{Format, Language, html, ids, markdown, render, sample};
use crate::method;
use proptest::prelude::*;

/// Letters and digits only: how lines are broken and signs escaped does not matter.
fn essence(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn whole(document: &Document) -> String {
    essence(&document.texts().concat())
}

#[test]
fn markdown_and_html_say_all_that_the_document_says_in_its_order() {
    for language in Language::ALL {
        let document = sample::act().document(language);
        let mut written = markdown::unescape(&markdown::markdown(&document));
        for row_rule in ["|---|---|", "---:"] {
            written = written.replace(row_rule, "");
        }
        // Captions of signatures stand before the people in both.
        assert_eq!(essence(&written), whole(&document), "{language:?}");
        let html = html::html(&document);
        let texts = html::texts_of(&html).concat();
        let title = essence(&document.title);
        assert_eq!(essence(&texts), whole(&document), "{language:?} {title}");
    }
}

#[test]
fn languages_say_the_same_of_a_record() {
    let shape = |language| {
        let blocks = sample::act().document(language).blocks;
        let shape = blocks.iter().map(|block| match block {
            Block::Table(table) => (1, table.head.len(), table.rows.len()),
            Block::Facts(facts) => (2, facts.len(), 2),
            Block::List(lines) | Block::Verbatim(lines) => (3, lines.len(), 1),
            Block::Signatures(signatures) => (4, signatures.people.len(), 4),
            Block::Heading(_) => (5, 1, 1),
            Block::Paragraph(_) | Block::Warning(_) => (6, 1, 1),
        });
        shape.collect::<Vec<_>>()
    };
    assert_eq!(shape(Language::Kk), shape(Language::Ru));
    assert_eq!(shape(Language::Kk), shape(Language::En));
    let numbers = |language| {
        let document = sample::act().document(language);
        let rows = document.blocks.into_iter().filter_map(|block| match block {
            Block::Table(table) => Some(table),
            _ => None,
        });
        let cells = rows.flat_map(|table| {
            let is_number: Vec<bool> = table.head.iter().map(|(_, is_number)| *is_number).collect();
            table
                .rows
                .into_iter()
                .flat_map(move |row| row.into_iter().zip(is_number.clone()))
        });
        cells
            .filter(|(_, is_number)| *is_number)
            .map(|(cell, _)| essence(&cell))
            .collect::<Vec<_>>()
    };
    assert!(numbers(Language::Kk).len() > 20);
    assert_eq!(numbers(Language::Kk), numbers(Language::Ru));
    assert_eq!(numbers(Language::Kk), numbers(Language::En));
}

#[test]
fn every_word_of_the_texts_belongs_to_an_id_and_every_id_has_its_word() {
    let set = |ids: &[&str]| {
        ids.iter()
            .map(|id| (*id).to_owned())
            .collect::<BTreeSet<_>>()
    };
    let grounds = [
        Ground::TermExpired,
        Ground::RelationsEnded,
        Ground::CourtDecision,
        Ground::WithoutConsent,
        Ground::OtherLaw,
    ];
    let outcomes = [
        Outcome::Held,
        Outcome::Broken,
        Outcome::NotApplicable,
        Outcome::NotRun,
    ];
    let done = [
        Done::DestroyedWithRows,
        Done::Emptied,
        Done::Dropped,
        Done::Rewritten {
            method: String::new(),
        },
    ];
    let methods: Vec<&str> = method::ALL.iter().map(|method| method.id()).collect();
    let events = [
        "contract_termination",
        "transaction",
        "purpose_achieved",
        "consent_withdrawn",
        "last_visit",
    ];
    let attacks = [
        "rows-gone",
        "rows-kept",
        "residue-in-cells",
        "residue-in-bytes",
        "names",
        "enumeration",
        "plain-sight",
    ];
    for language in Language::ALL {
        let texts = language.texts();
        let keys = |words: &super::texts::ById| words.keys().cloned().collect::<BTreeSet<_>>();
        assert_eq!(keys(&texts.ground), set(&grounds.map(ids::ground_id)));
        assert_eq!(keys(&texts.outcome), set(&outcomes.map(ids::outcome_id)));
        assert_eq!(keys(&texts.done), set(&done.each_ref().map(ids::done_id)));
        assert_eq!(keys(&texts.method), set(&methods));
        assert_eq!(keys(&texts.event), set(&events));
        assert_eq!(keys(&texts.attack), set(&attacks));
        let remainders = sample::act().not_reached;
        let remainders: Vec<&str> = remainders.iter().map(ids::remainder_id).collect();
        assert_eq!(keys(&texts.not_reached.by_code), set(&remainders));
    }
}

#[test]
fn ids_are_written_in_the_record_as_texts_name_them() {
    let json = |value: serde_json::Value| value.as_str().unwrap().to_owned();
    for ground in [Ground::TermExpired, Ground::WithoutConsent] {
        assert_eq!(
            json(serde_json::to_value(ground).unwrap()),
            ids::ground_id(ground)
        );
    }
    for outcome in [Outcome::Held, Outcome::NotApplicable, Outcome::NotRun] {
        assert_eq!(
            json(serde_json::to_value(outcome).unwrap()),
            ids::outcome_id(outcome)
        );
    }
    for remainder in sample::act().not_reached {
        let written = serde_json::to_value(remainder).unwrap();
        assert_eq!(written["code"], ids::remainder_id(&remainder));
    }
    for done in [Done::DestroyedWithRows, Done::Emptied, Done::Dropped] {
        assert_eq!(
            serde_json::to_value(&done).unwrap()["how"],
            ids::done_id(&done)
        );
    }
}

#[test]
fn a_record_comes_back_from_its_json() {
    let act = sample::act();
    let json = String::from_utf8(render(&act, Format::Json, Language::Kk).unwrap()).unwrap();
    assert_eq!(Act::parse(&json, "act.json").unwrap(), act);
    let fixture = include_str!("../../tests/act/record.json");
    assert_eq!(json, fixture, "the schema's shape changed");
}

#[test]
fn the_same_record_gives_the_same_bytes() {
    for format in [Format::Json, Format::Markdown, Format::Html, Format::Pdf] {
        for language in Language::ALL {
            let once = render(&sample::act(), format, language).unwrap();
            assert_eq!(
                once,
                render(&sample::act(), format, language).unwrap(),
                "{format:?}"
            );
        }
    }
}

#[test]
fn records_that_contradict_themselves_are_refused_and_not_quoted() {
    type Spoil = fn(&mut Act);
    let spoilt: [(&str, Spoil); 9] = [
        ("schema", |act| act.schema = "iesiz.act/2".to_owned()),
        ("number", |act| act.number = " ".to_owned()),
        ("twelve digits", |act| {
            act.operator.bin = Some("35010110001A".to_owned());
        }),
        ("add up", |act| act.tables[0].rows.kept += 1),
        ("add up", |act| act.tables[0].rows.kept = u64::MAX),
        ("catalogue", |act| {
            act.categories[0].id = "350101100012".to_owned();
        }),
        ("method", |act| {
            act.tables[0].columns[2].done = Done::Rewritten {
                method: "350101100012".to_owned(),
            }
        }),
        ("follow", |act| {
            act.journal.lines[0] = "350101100012".to_owned();
        }),
        ("as many", |act| act.journal.last_line = 1),
    ];
    for (word, spoil) in spoilt {
        let mut act = sample::act();
        spoil(&mut act);
        let error = render(&act, Format::Html, Language::Ru).unwrap_err();
        assert_eq!(error.code().0, "invalid");
        assert!(error.chain().contains(word), "{word}: {}", error.chain());
        assert!(!error.chain().contains("3501"));
    }
    let changed =
        |act: &mut Act| act.journal.lines[1] = act.journal.lines[1].replace("held", "open");
    let mut act = sample::act();
    changed(&mut act);
    assert!(act.complaints()[0].contains("another hash"));
    let error = Act::parse("{\"schema\": \"350101100012\", \"who\": 1}", "x").unwrap_err();
    assert!(!error.chain().contains("3501") && error.chain().contains("line 1"));
}

#[test]
fn a_broken_or_missing_verification_stands_at_the_top() {
    for (outcome, is_warned) in [
        (Outcome::Broken, true),
        (Outcome::NotRun, true),
        (Outcome::Held, false),
        (Outcome::NotApplicable, false),
    ] {
        let mut act = sample::act();
        act.verification.outcome = outcome;
        let document = act.document(Language::Kk);
        assert_eq!(
            matches!(document.blocks[1], Block::Warning(_)),
            is_warned,
            "{outcome:?}"
        );
    }
}

#[test]
fn what_a_record_quotes_cannot_change_the_document() {
    let mut act = sample::act();
    act.number = "1</title><script>x</script>\u{202e}|".to_owned();
    act.operator.name = Words::same("a\nb | **c** \u{0} <b>");
    act.tables[0].source = "<img src=x onerror=1>\r\n`".to_owned();
    act.responsible.name = Some("[x](javascript:1)".to_owned());
    for language in Language::ALL {
        let html = String::from_utf8(render(&act, Format::Html, language).unwrap()).unwrap();
        assert!(!html.contains("<script") && !html.contains("<img") && !html.contains('\u{202e}'));
        let markdown =
            String::from_utf8(render(&act, Format::Markdown, language).unwrap()).unwrap();
        assert!(
            !markdown.contains("**c**")
                && !markdown.contains("x](java")
                && !markdown.contains('\0')
        );
        assert!(
            render(&act, Format::Pdf, language)
                .unwrap()
                .starts_with(b"%PDF-")
        );
    }
}

/// A record of many tables, columns and lines, with cells that hardly fit a page.
fn long_act() -> Act {
    let mut act = sample::act();
    let table = act.tables[0].clone();
    act.tables = (0..120)
        .map(|number| {
            let mut table = table.clone();
            table.source = format!("data/{number}/{}.csv", "ұзын_атау_".repeat(number / 8));
            table
        })
        .collect();
    act.tables[3].columns = (0..300)
        .map(|number| Column {
            path: format!("c{number}"),
            category: None,
            done: Done::Dropped,
            cells: number,
        })
        .collect();
    act.tables[7].source = "x".repeat(9_000);
    act.commission = (0..60)
        .map(|n| Signatory {
            position: format!("Мүше {n}"),
            name: None,
        })
        .collect();
    act.verification.attacks = vec![Attack {
        id: "words ".repeat(5_000),
        outcome: Outcome::Held,
        tried: u64::MAX,
    }];
    act.not_reached = vec![Remainder::OldCopies { count: u64::MAX }; 200];
    act
}

#[test]
fn long_tables_and_cells_higher_than_a_page_are_written_whole() {
    let act = long_act();
    let pdf = render(&act, Format::Pdf, Language::Kk).unwrap();
    assert!(pdf.len() > 100_000);
}

#[test]
fn an_act_of_nothing_is_written_too() {
    let mut act = sample::act();
    act.purposes.clear();
    act.categories.clear();
    act.tables.clear();
    act.commission.clear();
    act.not_reached.clear();
    act.verification.attacks.clear();
    (act.manifest, act.system, act.ground_document, act.subjects) = (None, None, None, None);
    (act.operator.bin, act.operator.address, act.responsible.name) = (None, None, None);
    for language in Language::ALL {
        for format in [Format::Markdown, Format::Html, Format::Pdf] {
            assert!(!render(&act, format, language).unwrap().is_empty());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_text_of_a_record_is_written_in_every_form(text in any::<String>(), path in "\\PC{1,400}") {
        let mut act = sample::act();
        act.number = format!("1{text}");
        act.operator.name = Words::same(&text);
        act.responsible.name = Some(text.clone());
        act.purposes[0].legal_basis = vec![text];
        act.tables[0].source = path.clone();
        act.tables[0].columns[0].path = path;
        let html = String::from_utf8(render(&act, Format::Html, Language::Kk).unwrap()).unwrap();
        let plain = html::html(&sample::act().document(Language::Kk));
        prop_assert_eq!(html.matches('<').count(), plain.matches('<').count());
        prop_assert!(render(&act, Format::Pdf, Language::Kk).is_ok());
        let json = render(&act, Format::Json, Language::Kk).unwrap();
        prop_assert_eq!(Act::parse(std::str::from_utf8(&json).unwrap(), "x").unwrap(), act);
    }
}

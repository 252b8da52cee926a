//! A made-up record for tests: everything that a record can say, said once.

use super::record::{
    Accuracy, Act, Attack, Category, Column, Done, Fingerprint, Ground, JournalExtract, Manifest,
    Organization, Outcome, Purpose, Remainder, Rows, SCHEMA, Signatory, Subjects, Table, Tool,
    Verification, Words,
};
use crate::retention::calendar::Duration;

/// A fingerprint of one digit, over and over.
pub(super) fn fingerprint(digit: char) -> Fingerprint {
    let digits: String = std::iter::repeat_n(digit, 64).collect();
    format!("sha256:{digits}").try_into().unwrap()
}

pub(super) fn act() -> Act {
    Act {
        schema: SCHEMA.to_owned(),
        number: "7-ДД/2026".to_owned(),
        made_at: "2026-11-20T09:15:42Z".parse().unwrap(),
        as_of: "2026-11-20".parse().unwrap(),
        operator: Organization {
            name: words("«Үлгі Әмиян» ЖШС", "ТОО «Үлгі Әмиян»", "Ulgi Amiyan LLP"),
            bin: Some("991240000012".to_owned()),
            address: Some(words(
                "Қазақстан, Алматы қ., Үлгі к-сі, 1",
                "Казахстан, г. Алматы, ул. Улги, 1",
                "1 Ulgi street, Almaty, Kazakhstan",
            )),
        },
        processor: None,
        system: Some("wallet-dwh".to_owned()),
        responsible: signatory(
            "Дербес деректерді өңдеуді ұйымдастыруға жауапты тұлға",
            Some("Үлгібаев Ү."),
        ),
        commission: vec![signatory("Ақпараттық қауіпсіздік бөлімінің басшысы", None)],
        ground: Ground::TermExpired,
        ground_document: Some("№ 12 бұйрық, 02.11.2026".to_owned()),
        purposes: purposes(),
        categories: categories(),
        subjects: Some(11_904),
        subjects_are: Accuracy::AtMost,
        tables: tables(),
        verification: verification(),
        not_reached: vec![
            Remainder::Backups,
            Remainder::Replicas,
            Remainder::OldCopies { count: 2 },
            Remainder::OtherTables {
                count: 3,
                is_partial: true,
            },
            Remainder::DatabaseFiles,
            Remainder::Snapshots,
            Remainder::StorageMedium,
        ],
        manifest: Some(Manifest {
            file: "_iesiz/erased.jsonl".to_owned(),
            sha256: fingerprint('7'),
            entries: 11_904,
        }),
        tool: Tool {
            version: "0.1.0".to_owned(),
            patterns: fingerprint('1'),
            policy: fingerprint('2'),
            plan: fingerprint('3'),
        },
        journal: journal(),
    }
}

fn words(kk: &str, ru: &str, en: &str) -> Words {
    Words {
        kk: Some(kk.to_owned()),
        ru: Some(ru.to_owned()),
        en: Some(en.to_owned()),
    }
}

fn signatory(position: &str, name: Option<&str>) -> Signatory {
    Signatory {
        position: position.to_owned(),
        name: name.map(str::to_owned),
    }
}

fn purposes() -> Vec<Purpose> {
    let years = |years| {
        Some(Duration {
            years,
            ..Duration::default()
        })
    };
    vec![
        Purpose {
            id: "identify_and_raise_status".to_owned(),
            label: Words {
                kk: Some("Жүйеде Клиентті сәйкестендіру және мәртебесін арттыру".to_owned()),
                en: Some("Identify the client and raise the status".to_owned()),
                ru: None,
            },
            term: years(5),
            event: "transaction".to_owned(),
            and_also_event: Some("contract_termination".to_owned()),
            legal_basis: vec!["Law 191-IV of 28.08.2009, art. 11 p. 4".to_owned()],
            decided_by: None,
        },
        Purpose {
            id: "visitor_analytics".to_owned(),
            label: words(
                "Келушілерді талдау",
                "Анализ посещений",
                "Visitor analytics",
            ),
            term: Some(Duration {
                years: 1,
                months: 6,
                days: 10,
            }),
            event: "last_visit".to_owned(),
            and_also_event: None,
            legal_basis: vec!["consent (3.1)".to_owned()],
            decided_by: Some("Бас заңгер".to_owned()),
        },
        Purpose {
            id: "newsletter".to_owned(),
            label: Words::default(),
            term: None,
            event: "consent_withdrawn".to_owned(),
            and_also_event: None,
            legal_basis: Vec::new(),
            decided_by: None,
        },
    ]
}

fn categories() -> Vec<Category> {
    let category = |id: &str, rows, cells| Category {
        id: id.to_owned(),
        rows,
        cells,
    };
    vec![
        category("iin", 12_345, 12_345),
        category("full_name", 12_345, 12_340),
        category("phone_number", 11_002, 11_002),
        category("transaction_amount", 1_204_567, 1_204_567),
    ]
}

fn tables() -> Vec<Table> {
    let column = |path: &str, category: Option<&str>, done, cells| Column {
        path: path.to_owned(),
        category: category.map(str::to_owned),
        done,
        cells,
    };
    let rewritten = |method: &str| Done::Rewritten {
        method: method.to_owned(),
    };
    vec![
        Table {
            source: "data/clients_2019.csv".to_owned(),
            rows: Rows {
                before: 20_000,
                destroyed: 12_000,
                anonymized: 345,
                blocked: 12,
                held: 3,
                without_date: 41,
                kept: 7_599,
            },
            sha256_before: fingerprint('a'),
            sha256_after: Some(fingerprint('b')),
            subjects: Some(Subjects {
                count: 11_000,
                accuracy: Accuracy::Estimated,
            }),
            columns: vec![
                column("ЖСН", Some("iin"), Done::DestroyedWithRows, 12_345),
                column("аты_жөні", Some("full_name"), Done::Emptied, 340),
                column(
                    "contacts[].phone",
                    Some("phone_number"),
                    rewritten("token"),
                    345,
                ),
                column(
                    "registered_from_ip_address_of_the_device",
                    None,
                    Done::Dropped,
                    20_000,
                ),
            ],
        },
        Table {
            source: "data/archive/transactions_2016_2019_all_branches.parquet".to_owned(),
            rows: Rows {
                before: 1_204_567,
                destroyed: 1_204_567,
                ..Rows::default()
            },
            sha256_before: fingerprint('c'),
            sha256_after: None,
            subjects: Some(Subjects {
                count: 904,
                accuracy: Accuracy::Exact,
            }),
            columns: vec![column(
                "amount",
                Some("transaction_amount"),
                rewritten("microaggregate"),
                1_204_567,
            )],
        },
    ]
}

fn verification() -> Verification {
    let attack = |id: &str, outcome, tried| Attack {
        id: id.to_owned(),
        outcome,
        tried,
    };
    Verification {
        outcome: Outcome::Held,
        attacks: vec![
            attack("rows-gone", Outcome::Held, 1_216_567),
            attack("rows-kept", Outcome::Held, 7_655),
            attack("residue-in-cells", Outcome::Held, 36_912),
            attack("residue-in-bytes", Outcome::Held, 36_912),
            attack("enumeration", Outcome::NotApplicable, 0),
        ],
    }
}

/// Lines as a journal holds them, made up but for their chain.
fn journal() -> JournalExtract {
    let zero = fingerprint('0');
    let first = format!(
        r#"{{"seq":3,"time":"2026-11-20T09:12:00Z","prev":"{}","event":"skipped","source":"data/notes.csv","code":"read"}}"#,
        zero.as_str()
    );
    let head = crate::journal::follow(std::slice::from_ref(&first), 3).unwrap();
    let second = format!(
        r#"{{"seq":4,"time":"2026-11-20T09:15:42Z","prev":"{head}","event":"finished","status":0,"verification":{{"residue-in-cells":"held"}},"key_wiped":true}}"#
    );
    let lines = vec![first, second];
    let head = crate::journal::follow(&lines, 3).unwrap();
    JournalExtract {
        file: "_iesiz/journal.jsonl".to_owned(),
        first_line: 4,
        last_line: 5,
        head: head.try_into().unwrap(),
        lines,
    }
}

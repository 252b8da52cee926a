//! Laws that hold for every method.

use std::collections::HashSet;
use std::fs;

use iesiz::category::{Catalog, Kind};
use iesiz::detect::Detectors;
use iesiz::method::{self, Class, ColumnContext, Method, Run, Settings};
use polars::prelude::{DataType, NamedFrom as _, Series, TimeUnit};
use proptest::prelude::*;

use crate::common::root;

const CATEGORIES: &[Option<&str>] = &[
    None,
    Some("iin"),
    Some("phone_number"),
    Some("birth_date"),
    Some("residence_address"),
    Some("income"),
    Some("age"),
    Some("postal_code"),
    Some("email"),
    Some("full_name"),
    Some("vehicle_plate"),
    Some("ip_address"),
    Some("free_text_other"),
];

fn columns() -> Vec<Series> {
    let texts = [
        Some("850101100012"),
        None,
        Some("Иванов Ерлан"),
        Some("+7 700 000 12 34"),
        Some("a.b@example.kz"),
        Some("12543.77"),
        Some(""),
        Some("31.12.1835"),
        Some("{\"iin\": 850101100012}"),
        Some("*"),
    ];
    let numbers = [
        Some(850_101_100_012_i64),
        None,
        Some(101_100_016),
        Some(12_543),
        Some(-7),
        Some(i64::MAX),
        Some(0),
    ];
    let text = Series::new("c".into(), texts);
    let number = Series::new("c".into(), numbers);
    let days = Series::new("c".into(), [Some(-50_000_i32), None, Some(24_200)]);
    vec![
        number.cast(&DataType::Float64).unwrap(),
        number.cast(&DataType::Float32).unwrap(),
        number.cast(&DataType::Decimal(38, 2)).unwrap(),
        // As far as a calendar goes.
        (number.slice(0, 5))
            .cast(&DataType::Datetime(TimeUnit::Microseconds, None))
            .unwrap(),
        days.cast(&DataType::Date).unwrap(),
        Series::new("c".into(), [Some(250_u8), None, Some(1)]),
        Series::new("c".into(), [Some(true), None, Some(false)]),
        Series::new("c".into(), [Some(b"secret".as_slice()), None]),
        Series::new(
            "c".into(),
            [Some(f64::NAN), Some(f64::INFINITY), Some(1e300)],
        ),
        Series::new_empty("c".into(), &DataType::String),
        Series::new_empty("c".into(), &DataType::Int64),
        number,
        text,
    ]
}

fn apply(method: &dyn Method, values: &Series, category: Option<&str>, run: &Run) -> Series {
    let context = ColumnContext::of(category);
    method::apply(method, values, &context, run, "t", "c").unwrap()
}

#[test]
fn length_name_and_nulls_stay() {
    let run = Run::new(Detectors::builtin()).unwrap();
    for method in method::ALL {
        for values in columns()
            .iter()
            .filter(|values| method.fits(values.dtype()))
        {
            for category in CATEGORIES {
                let after = apply(*method, values, *category, &run);
                assert_eq!(
                    (after.len(), after.name()),
                    (values.len(), values.name()),
                    "{}",
                    method.id()
                );
                for (before, after) in values.is_null().iter().zip(after.is_null().iter()) {
                    assert!(
                        before != Some(true) || after == Some(true),
                        "{}: a null got a value",
                        method.id()
                    );
                }
            }
        }
    }
}

/// Whether what a method writes depends on nothing but the cells, the settings and the run.
fn is_deterministic(method: &dyn Method) -> bool {
    method.class() != Class::Randomised
}

#[test]
fn identifiers_do_not_survive_and_a_second_run_changes_nothing_more() {
    let run = Run::new(Detectors::builtin()).unwrap();
    for method in method::ALL.iter().filter(|m| is_deterministic(**m)) {
        for category in CATEGORIES {
            let values = Series::new(
                "c".into(),
                [
                    "850101100012",
                    "+7 700 000 12 34",
                    "a.b@example.kz",
                    "Иванов Ерлан Асқарұлы",
                ],
            );
            let once = apply(*method, &values, *category, &run);
            for (before, after) in values.str().unwrap().iter().zip(once.str().unwrap().iter()) {
                assert!(
                    !after.unwrap().contains(before.unwrap()),
                    "{} {category:?}",
                    method.id()
                );
                assert!(
                    run.detectors.searcher().spans(after.unwrap()).is_empty()
                        && run
                            .detectors
                            .searcher()
                            .identifier(after.unwrap())
                            .is_none(),
                    "{} {category:?}: {after:?}",
                    method.id()
                );
            }
            let another = Run::new(Detectors::builtin()).unwrap();
            let twice = apply(*method, &once, *category, &another);
            assert!(once.equals_missing(&twice), "{} {category:?}", method.id());
        }
    }
}

#[test]
fn no_cell_of_a_direct_identifier_survives_a_method_that_suits_it() {
    let run = Run::new(Detectors::builtin()).unwrap();
    let cells = [
        "850101100012",
        "+7 700 000 12 34",
        "a.b@example.kz",
        "Иванов",
        "123ABC02",
        "N00000017",
        "000000017",
        "KZ739990000000012345",
    ];
    let values = Series::new("c".into(), cells);
    let direct = (Catalog::builtin().categories.iter())
        .filter(|category| category.kind == Kind::DirectIdentifier)
        .map(|category| category.id.as_str());
    for category in direct.chain(["bank_account", "payment_card_number"]) {
        for method in method::ALL.iter().filter(|m| m.suits(Some(category))) {
            // Scrubbing is for text around what is found; cells that no pattern is sure of stay.
            if method.id() == "scrub" {
                continue;
            }
            let after = apply(*method, &values, Some(category), &run);
            for after in after.str().unwrap().iter().flatten() {
                assert!(!cells.contains(&after), "{} {category}", method.id());
            }
        }
    }
}

#[test]
fn what_chance_writes_another_run_writes_otherwise() {
    let numbers: Vec<String> = (0..40).map(|n| format!("{}.50", 1000 + 37 * n)).collect();
    let dates: Vec<String> = (0..40)
        .map(|n| format!("{:02}.03.1835", n % 28 + 1))
        .collect();
    for method in method::ALL.iter().filter(|m| !is_deterministic(**m)) {
        let (category, cells) = match method.id() {
            "date-shift" => ("transaction_datetime", &dates),
            "fake" => ("iin", &numbers),
            _ => ("income", &numbers),
        };
        assert!(method.suits(Some(category)), "{}", method.id());
        let values = Series::new("c".into(), cells);
        let write = || {
            let run = Run::new(Detectors::builtin()).unwrap();
            apply(*method, &values, Some(category), &run)
        };
        let (once, again) = (write(), write());
        assert!(!once.equals(&values), "{} does nothing", method.id());
        assert!(!once.equals(&again), "{} can be foretold", method.id());
    }
}

#[test]
fn every_method_is_described_and_has_a_word_in_reports() {
    let document = fs::read_to_string(root().join("docs/METHODS.md")).unwrap();
    for method in method::ALL {
        let id = method.id();
        assert!(
            document.contains(&format!("\n## `{id}`\n")),
            "{id} has no paragraph"
        );
        let class = match method.class() {
            Class::Destroyed => "destroyed",
            Class::Generalised => "generalised",
            Class::Randomised => "randomised",
            Class::RunLinked => "run-linked",
        };
        assert!(
            document.contains(&format!("\n| `{id}` | {class} |")),
            "{id} has no class"
        );
        for setting in method.settings() {
            let row = format!("\n| `{setting}` | `{id}` |");
            assert!(document.contains(&row), "{id} takes {setting}");
        }
        let key = format!("action-{id}");
        assert_ne!(iesiz::text::plain(&key), key);
    }
    for category in &Catalog::builtin().categories {
        for step in method::steps(Some(&category.id)) {
            assert!(document.contains(&format!(" {step} |")), "{step}");
        }
    }
}

#[test]
fn settings_that_a_method_does_not_take_or_out_of_bounds_are_refused() {
    let tries = [
        ("level", r"level = 11", "level = 0"),
        ("level", r"level = 10", "level = 9"),
        ("spread", r"spread = 0.001", "spread = 0.01"),
        ("spread", r"spread = nan", "spread = 1.0"),
        ("days", r"days = 29", "days = 30"),
        ("days", r"days = 3651", "days = 3650"),
        ("group", r"group = 2", "group = 3"),
        ("group", r"group = 1001", "group = 1000"),
        ("subject", "", "subject = 'iin'"),
    ];
    for method in method::ALL {
        for (name, wrong, right) in tries {
            let (wrong, right): (Settings, Settings) = (
                toml::from_str(wrong).unwrap(),
                toml::from_str(right).unwrap(),
            );
            let takes = method.settings().contains(&name);
            assert_eq!(
                method.check(&right).is_ok(),
                takes,
                "{} {name}",
                method.id()
            );
            if !wrong.is_empty() {
                let complaint = method.check(&wrong).unwrap_err();
                assert!(complaint.contains(&format!("`{name}`")), "{complaint}");
            }
        }
        assert!(method.check(&Settings::NONE).is_ok());
    }
}

#[test]
fn one_person_has_one_token_in_every_spelling_of_a_run_and_none_in_common_with_another() {
    let tokens = |run: &Run, values: Series, category| -> Vec<String> {
        let token = method::named("token").unwrap();
        let after = apply(token, &values, Some(category), run);
        after
            .str()
            .unwrap()
            .iter()
            .map(|token| token.unwrap().to_owned())
            .collect()
    };
    let run = Run::new(Detectors::builtin()).unwrap();
    let texts = Series::new(
        "c".into(),
        [
            "000101100016",
            "101100016",
            "000 101 100 016",
            "101100016.0",
        ],
    );
    let mut all: HashSet<String> = tokens(&run, texts.clone(), "iin").into_iter().collect();
    all.extend(tokens(
        &run,
        Series::new("c".into(), [101_100_016_i64]),
        "iin",
    ));
    assert_eq!(all.len(), 1);
    let phones = Series::new(
        "c".into(),
        [
            "+7 700 000 12 34",
            "8 (700) 000-12-34",
            "77000001234",
            "7000001234",
            "+7 700 000 12 34 доб. 12",
        ],
    );
    assert_eq!(
        tokens(&run, phones, "phone_number")
            .into_iter()
            .collect::<HashSet<_>>()
            .len(),
        1
    );
    let other = Run::new(Detectors::builtin()).unwrap();
    assert!(
        tokens(&other, texts, "iin")
            .iter()
            .all(|token| !all.contains(token))
    );
}

proptest! {
    #[test]
    fn no_text_makes_a_method_fail(cells in prop::collection::vec(prop::option::of("\\PC{0,40}"), 1..20)) {
        let run = Run::new(Detectors::builtin()).unwrap();
        let values = Series::new("c".into(), cells);
        for method in method::ALL {
            for category in [None, Some("iin"), Some("birth_date"), Some("income")] {
                let after = apply(*method, &values, category, &run);
                prop_assert_eq!(after.len(), values.len());
            }
        }
    }
}

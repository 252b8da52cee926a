//! Laws that hold for every method.

use std::collections::HashSet;

use iesiz::detect::Detectors;
use iesiz::method::{self, ColumnContext, Run};
use polars::prelude::{DataType, NamedFrom as _, Series, TimeUnit};
use proptest::prelude::*;

const CATEGORIES: &[Option<&str>] = &[
    None,
    Some("iin"),
    Some("phone_number"),
    Some("birth_date"),
    Some("residence_address"),
    Some("income"),
    Some("postal_code"),
    Some("email"),
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
    ];
    let numbers = [
        Some(850_101_100_012_i64),
        None,
        Some(101_100_016),
        Some(12_543),
        Some(-7),
    ];
    let text = Series::new("c".into(), texts);
    let number = Series::new("c".into(), numbers);
    let days = Series::new("c".into(), [Some(-50_000_i32), None, Some(24_200)]);
    vec![
        number.cast(&DataType::Float64).unwrap(),
        number
            .cast(&DataType::Datetime(TimeUnit::Microseconds, None))
            .unwrap(),
        days.cast(&DataType::Date).unwrap(),
        Series::new("c".into(), [Some(true), None, Some(false)]),
        Series::new("c".into(), [Some(b"secret".as_slice()), None]),
        Series::new_empty("c".into(), &DataType::String),
        number,
        text,
    ]
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
                let context = ColumnContext::of(*category);
                let after = method::apply(*method, values, &context, &run, "t", "c").unwrap();
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

#[test]
fn identifiers_do_not_survive_and_a_second_run_changes_nothing_more() {
    let run = Run::new(Detectors::builtin()).unwrap();
    for method in method::ALL {
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
            let context = ColumnContext::of(*category);
            let once = method::apply(*method, &values, &context, &run, "t", "c").unwrap();
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
            if method.id() != "token" {
                let twice = method::apply(*method, &once, &context, &run, "t", "c").unwrap();
                assert!(once.equals_missing(&twice), "{} {category:?}", method.id());
            }
        }
    }
}

#[test]
fn one_person_has_one_token_in_every_spelling_of_a_run_and_none_in_common_with_another() {
    let tokens = |run: &Run, values: Series, category| -> Vec<String> {
        let context = ColumnContext::of(Some(category));
        let after = method::apply(
            method::named("token").unwrap(),
            &values,
            &context,
            run,
            "t",
            "c",
        )
        .unwrap();
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
            for category in [None, Some("iin"), Some("phone_number")] {
                let after = method::apply(*method, &values, &ColumnContext::of(category), &run, "t", "c").unwrap();
                prop_assert_eq!(after.len(), values.len());
            }
        }
    }
}

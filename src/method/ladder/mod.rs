//! How coarse a value can become: for every category a few steps, the finest first.
//!
//! A rule reads what a person or a program wrote and what any finer step has made of it; what it made itself it leaves as
//! it is, and so `*`, which stands for anything.

mod rules;

use super::dates::is_date;
use super::noise::AMOUNTS;
use super::regions;
pub(crate) use crate::traces::ANYTHING;
use rules::{
    birth, birth_and_sex, country, decade, leading_digit, magnitude, network, operator, plate,
    postal_area, twenty_years, year, years,
};

/// One step of a ladder.
pub(crate) struct Step {
    /// What a value becomes.
    pub(crate) name: &'static str,
    /// Makes a value that coarse; `None` where it cannot be read.
    pub(crate) rule: fn(&str) -> Option<String>,
}

/// The steps of a category; none where its values cannot become coarser.
pub(crate) fn ladder(category: Option<&str>) -> &'static [Step] {
    match category {
        Some("iin") => IIN,
        Some("phone_number" | "home_phone" | "work_phone") => PHONE,
        Some("ip_address") => NETWORK,
        Some("registration_address" | "residence_address" | "birth_place" | "locality") => PLACE,
        Some("postal_code") => POSTAL,
        Some("vehicle_plate") => PLATE,
        Some("age") => AGE,
        Some(id) if is_date(id) => DATE,
        Some(id) if AMOUNTS.contains(&id) => AMOUNT,
        _ => &[],
    }
}

/// What the values of a category become, step by step, as `generalize` takes them by its setting `level`.
pub fn steps(category: Option<&str>) -> Vec<&'static str> {
    ladder(category).iter().map(|step| step.name).collect()
}

/// Applies a step: `None` where the value cannot be read. What a coarser step has made, and ranges (`A..B`) and sets
/// (`A | B`) of what the step leaves as it is, stay.
pub(crate) fn climb(steps: &[Step], level: usize, value: &str) -> Option<String> {
    let from = &steps[level.saturating_sub(1).min(steps.len())..];
    let Some(step) = from.first() else {
        return Some(ANYTHING.to_owned());
    };
    if stays(from, value) {
        return Some(value.to_owned());
    }
    (step.rule)(value)
}

/// Tells whether a value is as coarse already as a step would make it: it names nobody any more.
pub(crate) fn is_coarse(category: Option<&str>, value: &str) -> bool {
    const SHORT: usize = "+7 7172".len();
    let steps = ladder(category);
    let is_short = || value.len() <= SHORT || !value.bytes().any(|b| b.is_ascii_digit());
    let may_be = value.ends_with(ANYTHING) || (!steps.is_empty() && is_short());
    may_be && stays(steps, value)
}

fn stays(steps: &[Step], value: &str) -> bool {
    let is_left = |value: &str| {
        let is_so = |step: &Step| (step.rule)(value).is_some_and(|after| after == value);
        value == ANYTHING || steps.iter().any(is_so)
    };
    let is_range = |value: &str| {
        let parts = value.split_once("..");
        parts.is_some_and(|(from, to)| is_left(from) && is_left(to))
    };
    let is_one = |value: &str| is_left(value) || is_range(value);
    is_one(value) || (value.contains(" | ") && value.split(" | ").all(is_one))
}

macro_rules! steps {
    ($($name:literal => $rule:expr),+) => {
        &[$(Step { name: $name, rule: |text| unless_anything(text, $rule) }),+]
    };
}

fn unless_anything(text: &str, rule: impl Fn(&str) -> Option<String>) -> Option<String> {
    if text == ANYTHING {
        Some(ANYTHING.to_owned())
    } else {
        rule(text)
    }
}

const DATE: &[Step] = steps![
    "year" => year,
    "five years" => |text| years(text, 5),
    "decade" => |text| years(text, 10)
];
const AGE: &[Step] = steps!["decade" => decade, "twenty years" => twenty_years];
pub(super) const AMOUNT: &[Step] = steps![
    "leading digit" => leading_digit,
    "order of magnitude" => magnitude
];
const IIN: &[Step] = steps!["decade and sex" => birth_and_sex, "decade" => birth];
const PHONE: &[Step] = steps!["operator or region" => operator, "country" => country];
const NETWORK: &[Step] = steps![
    "/16 or /32" => |text| network(text, 2),
    "/8 or /16" => |text| network(text, 1)
];
const PLACE: &[Step] = steps!["region" => |text| regions::in_text(text).map(str::to_owned)];
const POSTAL: &[Step] = steps!["region" => postal_area];
const PLATE: &[Step] = steps!["region" => plate];

#[cfg(test)]
mod tests {
    use super::*;

    /// A value, and what every step makes of it.
    const EXAMPLES: &[(&str, &str, &[&str])] = &[
        (
            "birth_date",
            "31.12.1835",
            &["1835", "1835..1839", "1830..1839"],
        ),
        (
            "transaction_datetime",
            "2035-01-02T03:04:05",
            &["2035", "2035..2039", "2030..2039"],
        ),
        ("age", "37", &["30", "20..39"]),
        ("age", "7", &["0", "0..19"]),
        ("income", "12543.77", &["10000", "10000..99999"]),
        ("income", "-99,5", &["-90", "-99..-10"]),
        ("income", "0.4", &["0", "0"]),
        ("income", "1 000", &["1000", "1000..9999"]),
        ("iin", "850101100012", &["1880s m", "1880s"]),
        ("iin", "101100016", &["1800s m", "1800s"]),
        ("phone_number", "8 (701) 000-00-00", &["+7 701", "+7"]),
        ("phone_number", "+7 (7172) 00-00-00", &["Астана", "+7"]),
        ("phone_number", "7710000000", &["+7 771", "+7"]),
        ("ip_address", "192.0.2.17", &["192.0.*", "192.*"]),
        ("ip_address", "2001:db8::17", &["2001:db8:*", "2001:*"]),
        ("ip_address", "::ffff:192.0.2.17", &["192.0.*", "192.*"]),
        ("postal_code", "050059", &["05"]),
        ("postal_code", "50059", &["05"]),
        ("postal_code", "a05e3b7", &["A"]),
        ("vehicle_plate", "KZ 123 ABC 02", &["Алматы"]),
        ("vehicle_plate", "001AA20", &["область Улытау"]),
        (
            "residence_address",
            "г. Алматы, ул. Абая, д. 5",
            &["Алматы"],
        ),
        (
            "locality",
            "Өскемен қ., Абай к-сі 2",
            &["Восточно-Казахстанская область"],
        ),
    ];

    #[test]
    fn every_step_is_coarser_and_reads_what_finer_ones_made() {
        for (category, text, coarser) in EXAMPLES {
            let steps = ladder(Some(category));
            assert_eq!(steps.len(), coarser.len(), "{category}");
            for (at, expected) in coarser.iter().enumerate() {
                let from = |text: &str| climb(steps, at + 1, text);
                assert_eq!(from(text).as_deref(), Some(*expected), "{text}");
                for finer in &coarser[..=at] {
                    assert_eq!(
                        (steps[at].rule)(finer).as_deref(),
                        Some(*expected),
                        "{finer}"
                    );
                }
                for same in &coarser[at..] {
                    assert_eq!(from(same).as_deref(), Some(*same), "{same} stays");
                }
                assert_eq!((steps[at].rule)(ANYTHING).as_deref(), Some(ANYTHING));
            }
            assert_eq!(climb(steps, steps.len() + 1, text).as_deref(), Some("*"));
        }
    }

    #[test]
    fn ranges_and_sets_of_what_a_step_leaves_stay() {
        for (category, level, value) in [
            ("birth_date", 1, "1981..1993"),
            ("birth_date", 2, "1980..1984 | 1990..1994"),
            ("birth_date", 2, "1980..1989"),
            ("locality", 1, "Алматы | Астана"),
            ("income", 1, "10000..70000"),
            ("age", 1, "20..60"),
            ("iin", 1, "1880s f | 1880s m"),
            ("age", 1, "*"),
        ] {
            let steps = ladder(Some(category));
            assert_eq!(climb(steps, level, value).as_deref(), Some(value));
        }
        for (category, level, value) in [
            ("birth_date", 2, "1981..1993"),
            ("age", 1, "23..27"),
            ("age", 2, "30..40"),
            ("locality", 1, "ул. Абая 5 | ул. Абая 6"),
        ] {
            let steps = ladder(Some(category));
            assert_eq!(climb(steps, level, value), None, "{category} {value}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_not_guessed() {
        for (category, text) in [
            ("birth_date", "soon"),
            ("age", "old"),
            ("income", "сто"),
            ("vehicle_plate", "123ABC21"),
            ("vehicle_plate", "A123BC"),
            ("ip_address", "300.1.1.1"),
            ("phone_number", "123"),
            ("postal_code", "AB"),
        ] {
            for step in ladder(Some(category)) {
                assert_eq!((step.rule)(text), None, "{category} {text}, {}", step.name);
            }
        }
        assert!(ladder(Some("full_name")).is_empty() && ladder(None).is_empty());
    }
}

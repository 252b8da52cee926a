//! Less exact values: a date becomes its year, a number its leading digit, a phone its operator, an address its region.
//! What cannot be made less exact becomes the fixed word of `redact`.

use polars::error::PolarsResult;
use polars::prelude::{DataType, NamedFrom as _, Series, TimeUnit};

use super::civil::{first_day_of, year_of};
use super::redact::PLACEHOLDER;
use super::{Class, ColumnContext, Method, Run, is_plain, map_text};
use crate::pattern::normalize::{digits, fold};
use crate::validator;

/// See the module.
pub(super) struct Generalize;

impl Method for Generalize {
    fn id(&self) -> &'static str {
        "generalize"
    }

    fn class(&self) -> Class {
        Class::Generalised
    }

    fn fits(&self, dtype: &DataType) -> bool {
        is_plain(dtype)
    }

    fn apply(
        &self,
        values: &Series,
        column: &ColumnContext<'_>,
        _run: &Run,
    ) -> PolarsResult<Series> {
        let how = rule(column.category);
        match values.dtype() {
            DataType::String => map_text(values, |cell| {
                Some(how(&fold(cell.trim())).unwrap_or_else(|| PLACEHOLDER.to_owned()))
            }),
            DataType::Date => whole_years(values, &DataType::Int32, 1),
            DataType::Datetime(unit, _) => {
                whole_years(values, &DataType::Int64, ticks_per_day(*unit))
            }
            dtype if dtype.is_integer() && is_code(column.category) => map_text(values, how),
            dtype if dtype.is_integer() && column.category == Some("age") => {
                map_text(values, decade)?.cast(dtype)
            }
            dtype if dtype.is_integer() => map_text(values, leading_digit)?.cast(dtype),
            dtype if dtype.is_float() || dtype.is_decimal() => {
                map_text(values, leading_digit)?.cast(dtype)
            }
            dtype => Ok(Series::full_null(
                values.name().clone(),
                values.len(),
                dtype,
            )),
        }
    }
}

fn ticks_per_day(unit: TimeUnit) -> i64 {
    86_400
        * match unit {
            TimeUnit::Milliseconds => 1_000,
            TimeUnit::Microseconds => 1_000_000,
            TimeUnit::Nanoseconds => 1_000_000_000,
        }
}

/// Moves every date to the first day of its year; the type stays.
fn whole_years(values: &Series, physical: &DataType, ticks: i64) -> PolarsResult<Series> {
    let counts = values.to_physical_repr().cast(&DataType::Int64)?;
    let years: Vec<Option<i64>> = counts
        .i64()?
        .iter()
        .map(|count| count.map(|c| first_day_of(year_of(c.div_euclid(ticks))) * ticks))
        .collect();
    Series::new(values.name().clone(), years)
        .cast(physical)?
        .cast(values.dtype())
}

type Rule = fn(&str) -> Option<String>;

/// Numbers that are codes: their leading digit says nothing, their parts do.
fn is_code(category: Option<&str>) -> bool {
    matches!(
        category,
        Some("iin" | "phone_number" | "home_phone" | "work_phone" | "postal_code" | "birth_date")
    )
}

fn rule(category: Option<&str>) -> Rule {
    match category {
        Some("iin") => iin,
        Some("phone_number" | "home_phone" | "work_phone") => phone,
        Some("ip_address") => network,
        Some("registration_address" | "residence_address" | "birth_place" | "locality") => region,
        Some("postal_code") => postal_area,
        Some("age") => decade,
        Some(id) if id.ends_with("_date") || id.ends_with("datetime") || id == "access_time" => {
            year
        }
        Some(
            "income"
            | "salary_amount"
            | "wallet_balance"
            | "transaction_amount"
            | "pension_contributions",
        ) => leading_digit,
        _ => |_| None,
    }
}

fn year(text: &str) -> Option<String> {
    let day = text.split(['T', ' ']).next().unwrap_or_default();
    let is_year = day.len() == 4 && day.bytes().all(|b| b.is_ascii_digit());
    if is_year {
        Some(day.to_owned())
    } else {
        validator::parse_date(day).map(|(year, _, _)| year.to_string())
    }
}

fn decade(text: &str) -> Option<String> {
    text.parse::<u32>()
        .ok()
        .map(|age| (age / 10 * 10).to_string())
}

/// Keeps the leading digit of a number and the order of magnitude.
fn leading_digit(text: &str) -> Option<String> {
    let plain: String = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| if c == ',' { '.' } else { c })
        .collect();
    let value: f64 = plain.parse().ok().filter(|v: &f64| v.is_finite())?;
    if value.abs() < 1.0 {
        return Some("0".to_owned());
    }
    let magnitude = 10_f64.powf(value.abs().log10().floor());
    Some(format!("{:.0}", (value / magnitude).trunc() * magnitude))
}

/// Decade of birth and sex, as the digits say.
fn iin(text: &str) -> Option<String> {
    if text.len() == "1880s m".len()
        && text.is_char_boundary(4)
        && text[4..].starts_with("s ")
        && text.ends_with(['m', 'f'])
    {
        return Some(text.to_owned());
    }
    let padded = format!(
        "{:0>12}",
        digits(text)?
            .iter()
            .map(|d| char::from(b'0' + d))
            .collect::<String>()
    );
    let d = digits(&padded).filter(|d| d.len() == 12 && (1..=6).contains(&d[6]))?;
    let century = 1800 + 100 * ((u32::from(d[6]) - 1) / 2);
    Some(format!(
        "{}s {}",
        century + u32::from(d[0]) * 10,
        if d[6] % 2 == 1 { 'm' } else { 'f' }
    ))
}

/// Country and operator or area code.
fn phone(text: &str) -> Option<String> {
    let d = digits(text)?;
    let code = match d.len() {
        4 => &d[1..4],
        10 => &d[..3],
        11 => &d[1..4],
        _ => return None,
    };
    Some(format!("+7 {}{}{}", code[0], code[1], code[2]))
}

/// The first two parts of an IPv4 address.
fn network(text: &str) -> Option<String> {
    let mut parts = text.split('.');
    let (first, second) = (
        parts.next()?.parse::<u8>().ok()?,
        parts.next()?.parse::<u8>().ok()?,
    );
    Some(format!("{first}.{second}.*"))
}

/// The first two digits: the oblast of the old six-digit index.
fn postal_area(text: &str) -> Option<String> {
    let d = digits(text)?;
    match (d.len(), text.len()) {
        (2, 2) => Some(text.to_owned()),
        (5, 5) => Some(format!("0{}", d[0])),
        (6, 6) => Some(format!("{}{}", d[0], d[1])),
        _ => None,
    }
}

/// Stems of the cities and oblasts of Kazakhstan, and the name to keep.
const REGIONS: &[(&str, &str)] = &[
    ("астан", "Астана"),
    ("нур-султан", "Астана"),
    ("нұр-сұлтан", "Астана"),
    ("алмат", "Алматы"),
    ("шымкент", "Шымкент"),
    ("акмол", "Акмолинская область"),
    ("ақмол", "Акмолинская область"),
    ("кокшетау", "Акмолинская область"),
    ("көкшетау", "Акмолинская область"),
    ("актюб", "Актюбинская область"),
    ("актоб", "Актюбинская область"),
    ("ақтөбе", "Актюбинская область"),
    ("атырау", "Атырауская область"),
    ("уральск", "Западно-Казахстанская область"),
    ("орал", "Западно-Казахстанская область"),
    ("тараз", "Жамбылская область"),
    ("жамбыл", "Жамбылская область"),
    ("караганд", "Карагандинская область"),
    ("қарағанды", "Карагандинская область"),
    ("темиртау", "Карагандинская область"),
    ("костанай", "Костанайская область"),
    ("қостанай", "Костанайская область"),
    ("кызылорд", "Кызылординская область"),
    ("қызылорда", "Кызылординская область"),
    ("актау", "Мангистауская область"),
    ("ақтау", "Мангистауская область"),
    ("мангистау", "Мангистауская область"),
    ("маңғыстау", "Мангистауская область"),
    ("туркестан", "Туркестанская область"),
    ("түркістан", "Туркестанская область"),
    ("павлодар", "Павлодарская область"),
    ("экибастуз", "Павлодарская область"),
    ("петропавл", "Северо-Казахстанская область"),
    ("усть-каменогорск", "Восточно-Казахстанская область"),
    ("өскемен", "Восточно-Казахстанская область"),
    ("семей", "область Абай"),
    ("талдыкорган", "область Жетысу"),
    ("талдықорған", "область Жетысу"),
    ("жетісу", "область Жетысу"),
    ("жетысу", "область Жетысу"),
    ("жезказган", "область Улытау"),
    ("жезқазған", "область Улытау"),
    ("ұлытау", "область Улытау"),
    ("улытау", "область Улытау"),
    ("astana", "Астана"),
    ("almaty", "Алматы"),
    ("shymkent", "Шымкент"),
    ("karaganda", "Карагандинская область"),
    ("aktobe", "Актюбинская область"),
    ("atyrau", "Атырауская область"),
    ("pavlodar", "Павлодарская область"),
];

fn region(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    if let Some((_, name)) = REGIONS
        .iter()
        .find(|(_, name)| name.to_lowercase() == lower)
    {
        return Some((*name).to_owned());
    }
    REGIONS
        .iter()
        .filter_map(|(stem, name)| lower.find(stem).map(|at| (at, *name)))
        .min_by_key(|(at, _)| *at)
        .map(|(_, name)| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_keeps_less_and_is_stable() {
        for (rule, text, less) in [
            (year as Rule, "31.12.1835", Some("1835")),
            (year, "soon", None),
            (leading_digit, "12543.77", Some("10000")),
            (leading_digit, "-99,5", Some("-90")),
            (leading_digit, "0.4", Some("0")),
            (iin, "850101100012", Some("1880s m")),
            (iin, "101100016", Some("1800s m")),
            (phone, "8 (701) 000-00-00", Some("+7 701")),
            (network, "192.0.2.17", Some("192.0.*")),
            (postal_area, "050059", Some("05")),
            (postal_area, "50059", Some("05")),
            (region, "г. Алматы, ул. Абая, д. 5", Some("Алматы")),
            (
                region,
                "Өскемен қ., Абай к-сі 2",
                Some("Восточно-Казахстанская область"),
            ),
            (decade, "37", Some("30")),
        ] {
            let first = rule(text);
            assert_eq!(first.as_deref(), less, "{text}");
            if let Some(first) = first {
                assert_eq!(
                    rule(&first).as_deref(),
                    Some(first.as_str()),
                    "{text} twice"
                );
            }
        }
    }
}

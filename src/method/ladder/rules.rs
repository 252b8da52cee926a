//! The rules: text in, a coarser text out, `None` where it cannot be read.

use super::super::regions;
use super::ANYTHING;
use crate::pattern::normalize::digits;
use crate::validator;

fn is_year(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit())
}

pub(super) fn year(text: &str) -> Option<String> {
    let day = text.split(['T', ' ']).next().unwrap_or_default();
    if is_year(day) {
        Some(day.to_owned())
    } else {
        validator::parse_date(day).map(|(year, _, _)| year.to_string())
    }
}

/// So many years, where all of a value lies within them.
pub(super) fn years(text: &str, width: u32) -> Option<String> {
    let (first, last) = match text.split_once("..") {
        Some((first, last)) if is_year(first) && is_year(last) => {
            (first.to_owned(), last.to_owned())
        }
        _ => {
            let year = year(text)?;
            (year.clone(), year)
        }
    };
    span(first.parse().ok()?, last.parse().ok()?, width)
}

fn span(first: u32, last: u32, width: u32) -> Option<String> {
    let start = first / width * width;
    (last / width * width == start).then(|| format!("{start}..{}", start + width - 1))
}

pub(super) fn decade(text: &str) -> Option<String> {
    text.parse::<u32>()
        .ok()
        .map(|age| (age / 10 * 10).to_string())
}

pub(super) fn twenty_years(text: &str) -> Option<String> {
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    span(first.parse().ok()?, last.parse().ok()?, 20)
}

/// A number that may have gaps and a decimal comma.
fn amount(text: &str) -> Option<f64> {
    let plain: String = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| if c == ',' { '.' } else { c })
        .collect();
    plain.parse().ok().filter(|value: &f64| value.is_finite())
}

/// Keeps the leading digit of a number and the order of magnitude.
pub(super) fn leading_digit(text: &str) -> Option<String> {
    let value = amount(text)?;
    if value.abs() < 1.0 {
        return Some("0".to_owned());
    }
    let magnitude = power_of_ten(value);
    Some(format!("{:.0}", (value / magnitude).trunc() * magnitude))
}

/// All numbers with as many digits before the point: `10000..99999`.
pub(super) fn magnitude(text: &str) -> Option<String> {
    if let Some((first, _)) = text.split_once("..") {
        return magnitude(first).filter(|range| range == text);
    }
    let value = amount(text)?;
    if value.abs() < 1.0 {
        return Some("0".to_owned());
    }
    let (low, high) = (power_of_ten(value), power_of_ten(value) * 10.0 - 1.0);
    Some(if value < 0.0 {
        format!("-{high:.0}..-{low:.0}")
    } else {
        format!("{low:.0}..{high:.0}")
    })
}

fn power_of_ten(value: f64) -> f64 {
    10_f64.powf(value.abs().log10().floor())
}

/// Decade of birth and sex, as the digits say.
pub(super) fn birth_and_sex(text: &str) -> Option<String> {
    if let Some((decade, "m" | "f")) = text.split_once(' ')
        && is_decade(decade)
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

pub(super) fn birth(text: &str) -> Option<String> {
    if is_decade(text) {
        return Some(text.to_owned());
    }
    let both = birth_and_sex(text)?;
    both.split_once(' ').map(|(decade, _)| decade.to_owned())
}

fn is_decade(text: &str) -> bool {
    text.strip_suffix("0s")
        .is_some_and(|tens| tens.len() == 3 && tens.bytes().all(|b| b.is_ascii_digit()))
}

/// Country and operator code; of a fixed line the region, where its area code tells one.
pub(super) fn operator(text: &str) -> Option<String> {
    if regions::is_name(text) {
        return Some(text.to_owned());
    }
    let d = digits(text)?;
    let number = match d.len() {
        4 | 11 => &d[1..],
        10 => &d[..],
        _ => return None,
    };
    let number: String = number.iter().map(|d| char::from(b'0' + d)).collect();
    let region = regions::of_area(&number).filter(|_| d.len() > 4);
    Some(region.map_or_else(|| format!("+7 {}", &number[..3]), str::to_owned))
}

pub(super) fn country(text: &str) -> Option<String> {
    (text == "+7" || operator(text).is_some()).then(|| "+7".to_owned())
}

/// So many first parts of an address; an IPv6 address keeps as many groups.
pub(super) fn network(text: &str, parts: usize) -> Option<String> {
    if let Some(parts) = parts_of_ipv6(text, parts) {
        return Some(parts);
    }
    let mut kept = Vec::new();
    for part in text.split('.').take(parts) {
        kept.push(part.parse::<u8>().ok()?.to_string());
    }
    let is_whole = kept.len() == parts && text.split('.').count() > parts;
    is_whole.then(|| format!("{}.{ANYTHING}", kept.join(".")))
}

fn parts_of_ipv6(text: &str, parts: usize) -> Option<String> {
    let bare = text.split(['%', '/']).next().unwrap_or_default();
    let groups: Vec<u16> = if let Some(prefix) = bare.strip_suffix(":*") {
        let hex = |group| u16::from_str_radix(group, 16).ok();
        prefix.split(':').map(hex).collect::<Option<_>>()?
    } else {
        let address: std::net::Ipv6Addr = bare.parse().ok()?;
        if let Some(v4) = address.to_ipv4_mapped() {
            return network(&v4.to_string(), parts);
        }
        address.segments().to_vec()
    };
    let kept = groups.get(..parts)?;
    let kept: Vec<String> = kept.iter().map(|group| format!("{group:x}")).collect();
    Some(format!("{}:{ANYTHING}", kept.join(":")))
}

/// Of the six-digit index the first two digits, which are an oblast; of the one since 2015 its letter.
pub(super) fn postal_area(text: &str) -> Option<String> {
    if let Some(letter) = letter_of_index(text) {
        return Some(letter.to_string());
    }
    let d = digits(text)?;
    match (d.len(), text.len()) {
        (2, 2) => Some(text.to_owned()),
        (5, 5) => Some(format!("0{}", d[0])),
        (6, 6) => Some(format!("{}{}", d[0], d[1])),
        _ => None,
    }
}

/// `A05E3B7`, or what is left of it.
fn letter_of_index(text: &str) -> Option<char> {
    let is_letter = [true, false, false, true, false, true, false];
    let first = text.chars().next().filter(char::is_ascii_alphabetic)?;
    let is_whole = text.len() == is_letter.len()
        && (text.bytes().zip(is_letter)).all(|(byte, is_letter)| {
            if is_letter {
                byte.is_ascii_alphabetic()
            } else {
                byte.is_ascii_digit()
            }
        });
    (text.len() == 1 || is_whole).then(|| first.to_ascii_uppercase())
}

/// The region of a plate since 2012: three digits, two or three letters, two digits.
pub(super) fn plate(text: &str) -> Option<String> {
    if regions::is_name(text) {
        return Some(text.to_owned());
    }
    let signs: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
    let digits = signs.iter().filter(|c| c.is_ascii_digit()).count();
    let first = signs.iter().position(char::is_ascii_digit)?;
    let last = signs.iter().rposition(char::is_ascii_digit)?;
    let is_plate = digits == 5 && (7..=8).contains(&(last + 1 - first));
    let code: String = signs.get(last.checked_sub(1)?..=last)?.iter().collect();
    regions::of_plate(&code)
        .filter(|_| is_plate)
        .map(str::to_owned)
}

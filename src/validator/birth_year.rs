//! Dates on which the people of a register may be born. Years of two digits are of the hundred years before 2026.

use super::date;

const YEARS: std::ops::RangeInclusive<u32> = 1925..=2012;
const THIS_CENTURY: u32 = 26;

pub(super) fn is_valid(text: &str) -> bool {
    let day = text.split(['T', ' ']).next().unwrap_or_default();
    let Some((year, month, day)) = date::parse(day).or_else(|| short(day)) else {
        return false;
    };
    YEARS.contains(&year) && (date::exists(year, month, day) || date::exists(year, day, month))
}

/// `31.01.85`
fn short(day: &str) -> Option<(u32, u32, u32)> {
    let [day, month, year] = date::parts(day)?.map(date::number);
    let year = match year? {
        year @ ..=THIS_CENTURY => 2000 + year,
        year @ ..100 => 1900 + year,
        _ => return None,
    };
    Some((year, month?, day?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_of_living_people_pass() {
        for text in [
            "1985-01-31",
            "31.01.85",
            "01/31/1985",
            "19850131",
            "05.06.03",
        ] {
            assert!(is_valid(text), "{text}");
        }
        for text in ["2024-01-31", "31.01.24", "1885-01-31", "31.31.1985", "1985"] {
            assert!(!is_valid(text), "{text}");
        }
    }
}

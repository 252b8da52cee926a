//! Validity checks behind the shapes: check digits, calendar dates, numbering plans. Text in, never an integer.

mod address;
mod birth_year;
mod date;
mod email;
mod iban_kz;
mod ip_network;
mod ipv4;
mod ipv6;
mod kz_bin;
pub(crate) mod kz_iin;
mod kz_phone;
mod kz_rnn;
mod luhn;
mod mrz;
mod role_mailbox;
mod ru_inn;
mod ru_phone;
mod ru_snils;
mod vin;

pub(crate) use date::parse as parse_date;

use crate::detect::names;

/// A check of one text that already fits its pattern's expression.
pub type Validator = fn(&str) -> bool;

/// Every check with the name pattern files use.
pub const ALL: &[(&str, Validator)] = &[
    ("kz-iin", kz_iin::is_valid),
    ("kz-12-checksum", kz_iin::has_check_digit),
    ("kz-bin", kz_bin::is_valid),
    ("kz-rnn", kz_rnn::is_valid),
    ("kz-phone", kz_phone::is_valid),
    ("kz-phone-00", kz_phone::is_valid_abroad),
    ("ru-phone", ru_phone::is_valid),
    ("luhn", luhn::is_valid),
    ("iban-kz", iban_kz::is_valid),
    ("email", email::is_valid),
    ("mrz", mrz::is_valid),
    ("ru-inn", ru_inn::is_valid),
    ("ru-snils", ru_snils::is_valid),
    ("vin", vin::is_valid),
    ("ipv4", ipv4::is_valid),
    ("ipv6", ipv6::is_valid),
    ("ip-network", ip_network::is_valid),
    ("role-mailbox", role_mailbox::is_valid),
    ("date", date::is_valid),
    ("birth-date", date::is_valid),
    ("birth-year", birth_year::is_valid),
    ("full-name", names::is_full_name),
    ("full-name-whole", names::is_whole_name),
    ("full-name-likely", names::is_full_name_likely),
    ("last-name", names::is_last_name),
    ("first-name", names::is_first_name),
    ("patronymic", names::is_patronymic),
    ("address", address::is_valid),
];

/// Finds a check by name.
pub fn named(name: &str) -> Option<Validator> {
    ALL.iter()
        .find(|(known, _)| *known == name)
        .map(|(_, check)| *check)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        for (i, (name, _)) in ALL.iter().enumerate() {
            assert!(
                ALL[..i].iter().all(|(other, _)| other != name),
                "{name} twice"
            );
        }
    }

    #[test]
    fn no_check_accepts_the_empty_text_or_digits_of_another_script() {
        for (name, check) in ALL {
            for text in ["", " ", "٠٠٠", "८५०१०११०००१२", "\u{200b}"] {
                assert!(!check(text), "{name} accepts {text:?}");
            }
        }
    }
}

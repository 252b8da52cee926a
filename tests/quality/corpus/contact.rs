//! Kinds of columns: phones, mail, addresses, identifiers of a person.

use super::address::Address;
use super::answers;
use super::cell::{Cell, Kind, Lang, Shape};
use super::people::Person;
use super::random::Random;
use super::wares;
use super::words;

pub(super) const PHONE: Kind = Kind::new("phone_number", Shape::Phone, |c| {
    phone_cell(c, |person| &person.phone)
});
pub(super) const HOME_PHONE: Kind = Kind::new("home_phone", Shape::Phone, |c| {
    phone_cell(c, |person| &person.home_phone)
})
.nameless("phone_number");
pub(super) const WORK_PHONE: Kind = Kind::new("work_phone", Shape::Phone, |c| {
    let phone = phone_cell(c, |person| &person.work_phone);
    if c.style.is_multiple_of(4) && c.random.chance(60) {
        let word = c.random.pick(&["доб.", "вн.", "ішкі", "ext."]);
        format!("{phone} {word} {}", c.random.between(100, 999))
    } else {
        phone
    }
})
.nameless("phone_number");
pub(super) const OPERATOR: Kind = Kind::words("mobile_operator", |c| {
    wares::OPERATORS.pick(c.random).to_owned()
});
pub(super) const PHONE_DOCUMENT: Kind = Kind::words("phone_ownership_document", |c| {
    let text = c.said(&answers::PHONE_DOCS);
    match c.form(3) {
        0 => format!("{text} № {}", c.random.digits(6)),
        1 => format!("{text}, +7{}", c.person.phone),
        _ => text,
    }
});
pub(super) const EMAIL: Kind = Kind::new("email", Shape::Mail, |c| {
    let email = &c.person.email;
    match c.style % 12 {
        0 if c.mixed => email.to_uppercase(),
        1 => email.replace('@', " (at) "),
        2 if c.mixed => format!("{} <{email}>", c.person.first.latin),
        3 if c.mixed => format!("mailto:{email}"),
        4 if c.random.chance(15) => format!("{email}; {}", c.other.email),
        _ => email.clone(),
    }
});
pub(super) const REGISTRATION: Kind = Kind::new("registration_address", Shape::Address, |c| {
    address_cell(c, |person| &person.registered)
})
.nameless("residence_address");
pub(super) const RESIDENCE: Kind = Kind::new("residence_address", Shape::Address, |c| {
    address_cell(c, |person| &person.resides)
})
.nameless("registration_address");
/// An address of which the name tells no more than that.
pub(super) const ADDRESS: Kind = RESIDENCE.either("registration_address", "residence_address");
pub(super) const STREET: Kind = Kind {
    shape: Shape::Words,
    make: |c| {
        let address = &c.person.resides;
        match c.lang {
            Lang::Kk => format!("{} к-сі", address.street.0),
            Lang::Ru if c.style.is_multiple_of(2) => format!("ул. {}", address.street.1),
            _ => address.street.1.to_owned(),
        }
    },
    ..ADDRESS
};
pub(super) const POSTCODE: Kind = Kind::fixed("postal_code", |c| {
    let address = &c.person.resides;
    match c.form(5) {
        0 => address.index.trim_start_matches('0').to_owned(),
        1 => {
            let letter = c.random.pick(&["A", "Z", "X", "M", "D", "S"]);
            format!(
                "{letter}{}{}{}{}",
                c.random.digits(2),
                c.random.string("ABCDEFGHKMPTXY", 1),
                c.random.digits(1),
                c.random.string("ABCDEFGHKMPTXY", 1) + &c.random.digits(1),
            )
        }
        _ => address.index.clone(),
    }
});
pub(super) const CITY: Kind = Kind::words("locality", |c| {
    let city = c.person.resides.city(c.lang);
    match (c.lang, c.form(4)) {
        (Lang::Ru, 0) if !city.starts_with("с. ") => format!("г.{city}"),
        (Lang::Kk, 0) => format!("{city} қаласы"),
        _ => city.to_owned(),
    }
});
pub(super) const REGION: Kind =
    Kind::words("locality", |c| c.person.resides.region(c.lang).to_owned());
pub(super) const DISTRICT: Kind = Kind::words("locality", |c| c.said(&words::DISTRICTS));
pub(super) const SOCIAL_ID: Kind = Kind::fixed("social_media_id", |c| {
    let login = c.person.login.replace('.', "_");
    match c.form(6) {
        0 => format!("@{login}"),
        1 => format!("https://instagram.com/{login}"),
        2 => format!("vk.com/id{}{}", c.person.serial, c.random.digits(3)),
        3 => format!("t.me/{login}"),
        4 => format!("tg: {login}"),
        _ => format!("{}{}", c.person.serial, c.random.digits(4)),
    }
});
pub(super) const SUBJECT_ID: Kind = Kind::fixed("subject_record_id", |c| {
    let serial = c.person.serial;
    match c.style % 6 {
        0 => format!("CL-{serial:07}"),
        1 => format!("{serial:09}"),
        2 => {
            let hex = |random: &mut Random, n| random.string("0123456789abcdef", n);
            let (a, b, d) = (hex(c.random, 8), hex(c.random, 4), hex(c.random, 3));
            format!("{a}-{b}-4{d}-9{}-{}", hex(c.random, 3), hex(c.random, 12))
        }
        3 => format!("Б-{serial}"),
        _ => serial.to_string(),
    }
});
pub(super) const LOGIN: Kind = Kind::fixed("login", |c| {
    let login = &c.person.login;
    match c.form(5) {
        0 => login.to_uppercase(),
        1 => format!("CORP\\{login}"),
        _ => login.clone(),
    }
});

fn phone_cell(c: &mut Cell, field: fn(&Person) -> &str) -> String {
    let phone = field(c.person);
    let other = field(c.other);
    let form = c.form(PHONE_FORMS + 1);
    let text = written_phone(phone, form);
    if c.style % 5 == 1 && c.random.chance(15) {
        let separator = c.random.pick(&[", ", "; ", " / ", "\n"]);
        return format!("{text}{separator}{}", written_phone(other, form));
    }
    text
}

pub(super) const PHONE_FORMS: usize = 17;

/// Ten digits as people write them.
pub(super) fn written_phone(ten: &str, form: usize) -> String {
    let (code, a, b, d) = (&ten[..3], &ten[3..6], &ten[6..8], &ten[8..]);
    match form {
        0 => format!("+7 {code} {a} {b} {d}"),
        1 | 2 => format!("+7{ten}"),
        3 | 4 => format!("8{ten}"),
        5 => format!("8 ({code}) {a}-{b}-{d}"),
        6 => format!("+7 ({code}) {a}-{b}-{d}"),
        7 => format!("7{ten}"),
        8 => format!("+7({code}){a}{b}{d}"),
        9 => format!("8-{code}-{a}-{b}-{d}"),
        10 => format!("8 {code} {a} {b} {d}"),
        11 => ten.to_owned(),
        12 => format!("7{ten}.0"),
        13 => format!("8{code} {a}{b}{d}"),
        14 => format!("({code}) {a} {b} {d}"),
        15 => format!("+7-{code}-{a}-{b}{d}"),
        16 => format!("тел. 8{code}{a}-{b}-{d}"),
        _ => format!("007{ten}"),
    }
}

fn address_cell(c: &mut Cell, field: fn(&Person) -> &Address) -> String {
    let form = c.form(ADDRESS_FORMS);
    written_address(field(c.person), c.lang, form)
}

pub(super) const ADDRESS_FORMS: usize = 6;

pub(super) fn written_address(address: &Address, lang: Lang, form: usize) -> String {
    let Address {
        house, flat, index, ..
    } = address;
    let city = address.city(lang);
    let flat_or = |before: &str, after: &str| {
        flat.map_or(String::new(), |flat| format!("{before}{flat}{after}"))
    };
    let region = if address.is_own_region() {
        String::new()
    } else {
        format!("{}, ", address.region(lang))
    };
    match lang {
        Lang::Ru => {
            let town = if city.starts_with("с. ") {
                city.to_owned()
            } else {
                format!("г. {city}")
            };
            let street = match (address.quarter, address.avenue) {
                (Some(quarter), _) => format!("мкр. {quarter}"),
                (None, true) => format!("пр. {}", address.street.1),
                (None, false) => format!("ул. {}", address.street.1),
            };
            match form {
                0 | 1 => format!("{town}, {street}, д. {house}{}", flat_or(", кв. ", "")),
                2 => format!("{index}, РК, {town}, {street} {house}{}", flat_or("-", "")),
                3 => format!(
                    "{}, {} {house}{}",
                    city,
                    &address.street.1,
                    flat_or(", ", "")
                ),
                4 => {
                    format!(
                        "КАЗАХСТАН, {region}{town}, {street}, дом {house}{}",
                        flat_or(", квартира ", "")
                    )
                }
                _ => format!("{street}, д.{house}{}", flat_or(" кв.", "")),
            }
        }
        Lang::Kk => {
            let town = if city.ends_with(" а.") {
                city.to_owned()
            } else {
                format!("{city} қ.")
            };
            let street = match (address.quarter, address.avenue) {
                (Some(quarter), _) => format!("{quarter} ш/а"),
                (None, true) => format!("{} даңғылы", address.street.0),
                (None, false) => format!("{} к-сі", address.street.0),
            };
            match form {
                0 | 1 => format!("{town}, {street}, {house}-үй{}", flat_or(", ", "-пәтер")),
                2 => format!("{index}, {town}, {street} {house}{}", flat_or(", п. ", "")),
                3 => format!("{city}, {street} {house}{}", flat_or(", ", "")),
                4 => {
                    format!(
                        "ҚР, {region}{town}, {street}, үй {house}{}",
                        flat_or(", пәтер ", "")
                    )
                }
                _ => format!("{street} {house}{}", flat_or(" - ", "")),
            }
        }
        Lang::En => {
            let street = super::people::latin(address.street.1);
            let house = super::people::latin(house);
            match form {
                0 | 1 => format!("{house} {street} str., {}{city}", flat_or("apt. ", ", ")),
                2 => format!("{city}, {street} {house}{}, {index}", flat_or("-", "")),
                _ => format!("{city}, {street} st. {house}{}", flat_or(", apt ", "")),
            }
        }
    }
}

//! Kinds of columns: names, birth, identity numbers and documents.

use super::answers;
use super::cell::{Cell, Kind, Lang, Shape};
use super::dates::Date;
use super::numbers::{self, MrzData};
use super::people::{Name, Person};

pub(super) const LAST: Kind = Kind::new("last_name", Shape::Name, |c| {
    spelled(c, |person| Some(&person.last))
});
pub(super) const FIRST: Kind = Kind::new("first_name", Shape::Name, |c| {
    spelled(c, |person| Some(&person.first))
});
pub(super) const PATRONYMIC: Kind = Kind::new("patronymic", Shape::Name, |c| {
    spelled(c, |person| person.patronymic.as_ref())
});
pub(super) const MAIDEN: Kind = Kind::new("maiden_name", Shape::Name, |c| {
    spelled(c, |person| Some(&person.maiden))
})
.nameless("last_name");
pub(super) const FULL: Kind = Kind::new("full_name", Shape::Name, full_name);
pub(super) const SHORT: Kind = Kind::new("full_name", Shape::Name, |c| {
    let (sign, initials) = (c.person.sign(c.lang), c.person.initials(c.lang));
    match c.form(4) {
        0 | 1 => sign,
        2 => format!("{initials} {}", c.person.last.of(c.lang)),
        _ => sign.replace(['.'], "").to_uppercase(),
    }
});
/// As embossed on a card or in a passport.
pub(super) const FULL_LATIN: Kind = Kind::new("full_name", Shape::Name, |c| {
    let (first, last) = (&c.person.first.latin, &c.person.last.latin);
    match c.form(3) {
        0 => format!("{first} {last}").to_uppercase(),
        1 => format!("{last} {first}").to_uppercase(),
        _ => format!("{first} {last}"),
    }
});
pub(super) const BORN: Kind = Kind::fixed("birth_date", |c| c.date(c.person.birth));
pub(super) const BIRTH_PLACE: Kind = Kind::words("birth_place", |c| {
    let address = &c.person.registered;
    let (city, region) = (address.city(c.lang), address.region(c.lang));
    if address.is_own_region() {
        return if c.form(5) == 2 { region } else { city }.to_owned();
    }
    match (c.lang, c.form(5)) {
        (Lang::Ru, 0) => format!("г. {}", city.trim_start_matches("с. ")),
        (Lang::Ru, 1) => format!("Казахстан, {region}"),
        (Lang::Ru, 2) => format!("КазССР, {region}, {city}"),
        (Lang::Kk, 0) => format!("{city} қ."),
        (_, 3) => format!("{region}, {city}"),
        _ => city.to_owned(),
    }
});
pub(super) const AGE: Kind = Kind::fixed("age", |c| {
    let age = 2025 - c.person.birth.year;
    match (c.form(6), c.lang) {
        (5, Lang::Ru) => format!("{age} лет"),
        (5, Lang::Kk) => format!("{age} жас"),
        (4, _) => format!("{age}.0"),
        _ => age.to_string(),
    }
});
pub(super) const SEX: Kind = Kind::fixed("sex", |c| {
    let pairs = match c.lang {
        Lang::Ru => [
            ["М", "Ж"],
            ["муж", "жен"],
            ["мужской", "женский"],
            ["муж.", "жен."],
            ["1", "2"],
        ],
        Lang::Kk => [
            ["Е", "Ә"],
            ["ер", "әйел"],
            ["еркек", "әйел"],
            ["ұл", "қыз"],
            ["Е", "Ә"],
        ],
        Lang::En => [
            ["M", "F"],
            ["male", "female"],
            ["Male", "Female"],
            ["m", "f"],
            ["1", "0"],
        ],
    };
    pairs[c.form(5)][usize::from(!c.person.male)].to_owned()
});
pub(super) const CITIZEN: Kind = Kind::words("citizenship", |c| c.said(&answers::CITIZENSHIP));
pub(super) const ETHNICITY: Kind = Kind::words("ethnicity", |c| {
    let lang = c.lang;
    let word = c.person.people.ethnicity(lang, c.person.male);
    if c.style % 3 == 0 {
        word.to_uppercase()
    } else {
        word.to_owned()
    }
});
pub(super) const RACE: Kind = Kind::words("race", |c| c.said(&answers::RACE));

pub(super) const IIN: Kind = Kind::new("iin", Shape::Number, |c| {
    let iin = &c.person.iin;
    let parts = [&iin[..3], &iin[3..6], &iin[6..9], &iin[9..]];
    match c.style % 16 {
        0 if c.mixed => format!("ИИН {iin}"),
        1 => parts.join(" "),
        2 => format!("{}.0", iin.trim_start_matches('0')),
        3 | 4 => iin.trim_start_matches('0').to_owned(),
        5 if c.mixed => parts.join("-"),
        6 if c.mixed => parts.join("\u{a0}"),
        7 if c.mixed && c.random.chance(25) => format!("{} {}", &iin[..6], &iin[6..]),
        8 if c.mixed && c.random.chance(8) => iin[..11].to_owned(),
        _ => iin.clone(),
    }
});
pub(super) const RNN: Kind = Kind::fixed("taxpayer_id", |c| numbers::rnn(c.random));
pub(super) const RUSSIAN_INN: Kind = Kind::fixed("taxpayer_id", |c| numbers::russian_inn(c.random));
pub(super) const BIN: Kind = Kind::new("bin", Shape::Number, |c| {
    let bin = numbers::bin(c.random);
    match c.style % 8 {
        0 => [&bin[..3], &bin[3..6], &bin[6..9], &bin[9..]].join(" "),
        1 => bin.trim_start_matches('0').to_owned(),
        _ => bin,
    }
});
pub(super) const SNILS: Kind = Kind::fixed("pension_insurance_number", |c| {
    let snils = numbers::snils(c.random);
    match c.form(3) {
        0 => snils.chars().filter(char::is_ascii_digit).collect(),
        _ => snils,
    }
});
pub(super) const SIK: Kind = Kind::fixed("pension_insurance_number", |c| {
    let letters = c.random.string("ABCEHKMOPT", 2);
    format!("{}{letters}{}", c.person.birth.yymmdd(), c.random.digits(8))
});

pub(super) const DOCUMENT: Kind = Kind::words("id_document_details", |c| {
    let person = c.person;
    let issuer = c.said(&answers::ISSUERS);
    let date = person.issued.dotted();
    match (c.lang, c.form(4)) {
        (Lang::Ru, 0) => format!("уд. личности № {}, выдано {issuer} {date}", person.id_card),
        (Lang::Ru, 1) => format!(
            "Удостоверение личности {} от {date}г., {issuer}",
            person.id_card
        ),
        (Lang::Ru, 2) => format!("Паспорт {} {issuer} {date}", person.passport),
        (Lang::Ru, _) => format!("уд {} {issuer}", person.id_card),
        (Lang::Kk, 0 | 1) => format!("жеке куәлік № {}, {issuer}, {date} берген", person.id_card),
        (Lang::Kk, 2) => format!("төлқұжат {}, {issuer}", person.passport),
        (Lang::Kk, _) => format!("ж/к {} {date}", person.id_card),
        (Lang::En, 0 | 1) => format!("ID card {}, issued {date} by {issuer}", person.id_card),
        (Lang::En, _) => format!("Passport {} / {issuer} / {date}", person.passport),
    }
});
pub(super) const DOCUMENT_KIND: Kind = Kind::words("id_document_details", |c| {
    let kinds: [&str; 4] = match c.lang {
        Lang::Ru => [
            "удостоверение личности",
            "паспорт",
            "вид на жительство",
            "уд.лич.",
        ],
        Lang::Kk => ["жеке куәлік", "төлқұжат", "тұруға ықтиярхат", "ж/к"],
        Lang::En => ["ID card", "passport", "residence permit", "identity card"],
    };
    c.random.pick(&kinds).to_owned()
});
pub(super) const PASSPORT: Kind = Kind::new("passport_number", Shape::Code, |c| {
    let passport = &c.person.passport;
    match c.form(7) {
        0 => format!("{} {}", &passport[..1], &passport[1..]),
        1 => format!("№ {passport}"),
        2 => passport.to_lowercase(),
        _ => passport.clone(),
    }
});
pub(super) const RUSSIAN_PASSPORT: Kind = Kind::fixed("passport_number", |c| {
    let (series, year, number) = (
        c.random.digits(2),
        c.random.between(10, 24),
        c.random.digits(6),
    );
    match c.form(4) {
        0 => format!("{series} {year} {number}"),
        1 => format!("{series}{year}{number}"),
        2 => format!("{series}{year} № {number}"),
        _ => format!("{series}{year} {number}"),
    }
});
pub(super) const ID_CARD: Kind = Kind::fixed("id_card_number", |c| {
    let number = &c.person.id_card;
    match c.form(7) {
        0 => format!("№ {number}"),
        1 => format!("№{number}"),
        2 => number.trim_start_matches('0').to_owned(),
        _ => number.clone(),
    }
});
/// Identity card of some, passport of others.
pub(super) const CARD_OR_PASSPORT: Kind = Kind::fixed("id_card_number", |c| {
    if c.random.chance(25) {
        c.person.passport.clone()
    } else {
        c.person.id_card.clone()
    }
})
.either("id_card_number", "passport_number");
pub(super) const ISSUER: Kind = Kind::words("document_issuer", |c| c.said(&answers::ISSUERS));
pub(super) const ISSUED: Kind = Kind::fixed("document_issue_date", |c| c.date(c.person.issued));
pub(super) const EXPIRES: Kind = Kind::fixed("document_expiry_date", |c| {
    c.date(c.person.issued.years_later(10))
});
pub(super) const DOCUMENT_COPY: Kind = Kind::fixed("document_copy", |c| {
    let (login, id) = (&c.person.login, c.random.digits(6));
    match c.form(5) {
        0 => format!("/uploads/docs/{login}_ud_front.jpg"),
        1 => format!("scan_ud_{id}.pdf"),
        2 => format!("https://files.example.kz/kyc/{id}/passport.png"),
        3 => format!("\\\\fs01\\Сканы\\{}\\удостоверение.pdf", c.person.last.ru),
        _ => format!("копия_уд_{}.jpeg", c.person.last.ru),
    }
});
pub(super) const PERMIT: Kind = Kind::fixed("residence_permit", |c| {
    let number = c.random.digits(9);
    match c.form(4) {
        0 => format!("ВНЖ № {number}"),
        1 => format!("{number} до {}", c.person.issued.years_later(10).dotted()),
        _ => number,
    }
});
pub(super) const BIRTH_CERTIFICATE: Kind = Kind::fixed("birth_certificate", |c| {
    let number = c.random.digits(7);
    match c.form(5) {
        0 => format!("АА № {number}"),
        1 => format!("{} от {}", number, c.person.birth.years_later(1).dotted()),
        2 => format!("№{number}"),
        3 => format!("I-ЖД {}", &number[1..]),
        _ => format!("0{number}1"),
    }
});
pub(super) const LICENCE: Kind = Kind::fixed("driver_licence", |c| {
    let number = c.random.digits(6);
    match c.form(4) {
        0 => format!("{} {number}", c.random.string("ABCDEKM", 2)),
        1 => format!("{number}{}", c.random.digits(4)),
        2 => format!("{} № {number}", c.random.string("АВСЕК", 2)),
        _ => format!("{}{number}", c.random.string("ABCDEKM", 2)),
    }
});
pub(super) const MRZ: Kind = Kind::new("mrz", Shape::Code, |c| {
    let person = c.person;
    let card = c.style % 3 == 0;
    let data = MrzData {
        last: &person.last.latin,
        first: &person.first.latin,
        number: if card {
            &person.id_card
        } else {
            &person.passport
        },
        birth: person.birth,
        expiry: person.issued.years_later(10),
        male: person.male,
        iin: &person.iin,
    };
    if card {
        numbers::mrz_card(&data).concat()
    } else if c.style % 3 == 1 {
        numbers::mrz_passport(&data).join(" ")
    } else {
        numbers::mrz_passport(&data)[1].clone()
    }
});
pub(super) const SIGNATURE: Kind = Kind::fixed("signature", |c| {
    let (sign, hex) = (
        c.person.sign(c.lang),
        c.random.string("0123456789abcdef", 40),
    );
    let date = Date::random(c.random, 2022, 2025).dotted();
    match c.form(4) {
        0 => format!("ЭЦП {sign} {date}"),
        1 => format!("MIIHdQYJKoZIhvcNAQcCoII{}==", &hex[..20]),
        2 => format!("/sign/{}_{}.png", c.person.login, &hex[..6]),
        _ => format!("подписано {date}, серт. {}", &hex[..16]),
    }
});
pub(super) const PHOTO: Kind = Kind::fixed("photo", |c| {
    let login = &c.person.login;
    match c.form(4) {
        0 => format!("/photo/{login}.jpg"),
        1 => format!("https://cdn.example.kz/avatars/{}.png", c.person.serial),
        2 => format!("IMG_{}_3x4.JPG", c.person.serial),
        _ => format!(
            "data:image/jpeg;base64,/9j/4AAQSkZJRg{}",
            c.random.string("ABCDabcd0123", 24)
        ),
    }
});
pub(super) const BIOMETRY: Kind = Kind::fixed("biometric_data", |c| {
    let number = |c: &mut Cell| f64::from(c.random.between(0, 1998)) / 1000.0 - 0.999;
    match c.form(4) {
        0 => {
            let parts: Vec<String> = (0..6).map(|_| format!("{:.3}", number(c))).collect();
            format!("[{}]", parts.join(", "))
        }
        1 => format!(
            "Rk1SACAyMAAA{}",
            c.random.string("ABCDEFGHabcdefgh0123456789+/", 32)
        ),
        2 => format!(
            "finger_R{}:{}",
            c.random.between(1, 5),
            c.random.string("0123456789ABCDEF", 24)
        ),
        _ => format!("faceid-{}", c.random.string("0123456789abcdef", 32)),
    }
});
pub(super) const LEGAL_REPRESENTATIVE: Kind = Kind::new("legal_representative", Shape::Name, |c| {
    let name = c.other.full(c.lang);
    let kin = c.said(&answers::GUARDIANS);
    match c.form(4) {
        0 => format!("{name} ({kin})"),
        1 => format!("{kin} {name}"),
        _ => name,
    }
})
.nameless("full_name");
pub(super) const RELATED: Kind = Kind::new("related_person", Shape::Name, |c| {
    let name = c.other.full(c.lang);
    match c.form(5) {
        0 => format!("{name}, 8{}", c.other.phone),
        1 => format!("{} {name}", c.said(&answers::KIN)),
        2 => c.other.sign(c.lang),
        _ => name,
    }
})
.nameless("full_name");
pub(super) const CONTACT_PERSON: Kind = Kind {
    make: |c| c.other.full(c.lang),
    ..RELATED
}
.either("related_person", "full_name");

fn spelled(c: &mut Cell, name: fn(&Person) -> Option<&Name>) -> String {
    let Some(name) = name(c.person) else {
        return String::new();
    };
    match c.lang {
        Lang::Ru if c.random.chance(6) => name.kk.clone(),
        Lang::Kk if c.random.chance(6) => name.ru.clone(),
        lang => name.of(lang).to_owned(),
    }
}

fn full_name(c: &mut Cell) -> String {
    let (person, lang) = (c.person, c.lang);
    let (first, last) = (person.first.of(lang), person.last.of(lang));
    let patronymic = person.patronymic.as_ref().map_or("", |name| name.of(lang));
    let text = match c.form(9) {
        0..=4 => person.full(lang),
        5 => format!("{first} {patronymic} {last}"),
        6 => format!("{last} {first}"),
        7 => format!("{first} {last}"),
        _ => format!("{}, {first} {patronymic}", last.to_uppercase()),
    };
    text.trim_end().replace("  ", " ")
}

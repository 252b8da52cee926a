//! Writes the made-up tables of `samples/`, byte for byte the same on every run.
//!
//! `cargo run --example generate_samples`. Nobody in the tables can exist: everyone is born in the 1800s, telephones begin
//! with 700 000 or 701 000, accounts are with bank 999, cards begin with 4000 0000, mail goes to example domains and
//! network addresses are those reserved for documentation. Numbers that carry a check digit carry a right one.
//! The same 300 people fill every table, so that equal IINs meet across CSV and Parquet.
//! What the program should say of each column stands in `samples/expected.toml`.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "every number here is made up and small"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "samples lie in the repository, where a torn write costs nothing"
)]

use std::error::Error;
use std::fs;
use std::path::Path;

use csv::Terminator;
use encoding_rs::WINDOWS_1251;
use polars::prelude::{
    Column, DataFrame, DataType, IntoSeries, NamedFrom, ParquetCompression, ParquetWriter,
    PlSmallStr, PolarsResult, Series, StructChunked, TimeUnit,
};

/// Where every table's random numbers start.
const SEED: u64 = 1_847;

type Bytes = Result<Vec<u8>, Box<dyn Error>>;

fn main() -> Result<(), Box<dyn Error>> {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let people = people();
    fs::write(samples.join("clients_1251.csv"), clients_1251(&people)?)?;
    fs::write(samples.join("pikirler_kk.csv"), pikirler_kk(&people)?)?;
    fs::write(samples.join("customers.parquet"), customers(&people)?)?;
    fs::write(samples.join("products.csv"), products()?)?;
    fs::write(samples.join("transactions.tsv"), transactions(&people)?)?;
    Ok(())
}

/// Writes records as text. The names in the header stand between semicolons, whatever the delimiter of the table.
fn delimited(delimiter: u8, terminator: Terminator, header: &str, rows: &[Vec<String>]) -> Bytes {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(delimiter)
        .terminator(terminator)
        .from_writer(Vec::new());
    writer.write_record(header.split(';'))?;
    for row in rows {
        writer.write_record(row)?;
    }
    Ok(writer.into_inner()?)
}

// Table 1: a Russian export of clients, as spreadsheets write it.

const CLIENTS: &str = "ИИН;Фамилия;Имя;Отчество;Дата рождения;Пол;Телефон;\
    E-mail;Номер паспорта;Дата выдачи;Адрес регистрации;Национальность;Кошелек;Примечание;Статус";

fn clients_1251(people: &[Person]) -> Bytes {
    let mut rng = Rng(SEED + 1);
    let rows: Vec<_> = (0..people.len())
        .map(|index| client(&mut rng, people, index))
        .collect();
    let text = String::from_utf8(delimited(b';', Terminator::CRLF, CLIENTS, &rows)?)?;
    let (bytes, _, lossy) = WINDOWS_1251.encode(&text);
    if lossy {
        return Err("a letter that windows-1251 does not have".into());
    }
    Ok(bytes.into_owned())
}

fn client(rng: &mut Rng, people: &[Person], index: usize) -> Vec<String> {
    let person = &people[index];
    let phone = if index % 41 == 40 {
        String::new()
    } else {
        phone_written(&person.phone, index)
    };
    vec![
        iin_written(&person.iin, index),
        russian(&person.surname),
        russian(person.given),
        person.patronymic.map(russian).unwrap_or_default(),
        person.birth.dotted(),
        person.sex.of(["М", "Ж"]).into(),
        phone,
        person.email.clone(),
        format!("N0000{:04}", 1_013 + index * 17),
        Day::random(rng, 2015, 2025).dotted(),
        registration_address(rng, index),
        nationality(person, index).into(),
        format!("7{}", person.phone),
        note(rng, people, index),
        (*rng.pick(&["новая", "проверена", "на доработке", "в архиве"])).into(),
    ]
}

/// An IIN as people leave it in files: some without leading zeros, some in groups of three.
fn iin_written(iin: &str, index: usize) -> String {
    if index.is_multiple_of(16) {
        iin.trim_start_matches('0').into()
    } else if index % 9 == 1 {
        grouped(iin, 3)
    } else {
        iin.into()
    }
}

/// One of twelve ways to write ten digits of a telephone number.
fn phone_written(phone: &str, way: usize) -> String {
    let (code, first, second, third) = (&phone[..3], &phone[3..6], &phone[6..8], &phone[8..]);
    match way % 12 {
        0 => format!("+7 {code} {first} {second} {third}"),
        1 => format!("8 ({code}) {first}-{second}-{third}"),
        2 => format!("8{phone}"),
        3 => format!("7{phone}"),
        4 => phone.into(),
        5 => format!("+7({code}){first}{second}{third}"),
        6 => format!("8-{code}-{first}-{second}-{third}"),
        7 => format!("+7 {code} {first} {second} {third} доб. 12"),
        8 => format!("8 {code} {first}{second}{third}"),
        9 => format!("+7-{code}-{first}-{second}-{third}"),
        10 => format!("7 {code} {first} {second} {third}"),
        _ => format!("+7{phone}"),
    }
}

fn registration_address(rng: &mut Rng, index: usize) -> String {
    let city = rng.pick(&CITIES).russian;
    let street = rng.pick(&["Примерная", "Образцовая", "Учебная", "Пробная", "Макетная"]);
    let (house, flat) = (1 + rng.below(99), 1 + rng.below(150));
    let comma = if index % 60 == 7 { ";" } else { "," };
    format!("г. {city}{comma} ул. {street}, д. {house}, кв. {flat}")
}

fn nationality(person: &Person, index: usize) -> &'static str {
    let pair = match index % 25 {
        3 => ["узбек", "узбечка"],
        11 => ["уйгур", "уйгурка"],
        17 => ["татарин", "татарка"],
        23 => ["кореец", "кореянка"],
        _ if person.kazakh => ["казах", "казашка"],
        _ => ["русский", "русская"],
    };
    person.sex.of(pair)
}

/// Mostly harmless words; three in ten name somebody, a telephone or an IIN.
fn note(rng: &mut Rng, people: &[Person], index: usize) -> String {
    if index % 50 == 3 {
        return "Просил не звонить утром;\nписьма отправлять на почту".into();
    }
    let other = rng.pick(people);
    let name = russian(&other.full());
    let phone = phone_written(&other.phone, index + 1);
    match rng.below(20) {
        0 => format!("Доверенное лицо: {name}, тел. {phone}"),
        1 => format!("Второй номер {phone}"),
        2 => format!("Звонить только по {phone} после 18 часов"),
        3 => format!("В анкете был чужой ИИН {}", other.iin),
        4 => format!("Документы принёс {name}; ИИН {}", other.iin),
        5 => format!("Контактное лицо {name}"),
        6..=7 => String::new(),
        8..=10 => "Нет замечаний".into(),
        11..=13 => "Перезвонить после обеда".into(),
        14..=15 => "Документы приняты полностью".into(),
        16..=17 => "Просит уведомления на русском языке".into(),
        18 => "Анкета заполнена от руки, часть полей неразборчива".into(),
        _ => "Скидка 10 % до конца квартала".into(),
    }
}

// Table 2: opinions in Kazakh, half of them with somebody's data inside.

const PIKIRLER: &str = "өтініш_нөмірі;жсн;аты_жөні;туған_күні;қала;пікір;баға";

const HARMLESS_OPINIONS: [&str; 10] = [
    "Қызмет көрсету жақсы, рақмет!",
    "Кезек өте ұзақ болды, екі сағат күттім.",
    "Қосымша жиі істен шығады, түзетіңіздерші.",
    "Бәрі ұнады, қызметкерлер сыпайы.",
    "Сайт баяу ашылады, бірақ түсінікті.",
    "Жауапты бір апта күттім.",
    "Тарифтер қымбаттап кетті.",
    "Баға мен сапа сәйкес келеді.",
    "Өтінішім сол күні қаралды, ризамын.",
    "Бөлімшеде орындық аз, өте ыстық.",
];

fn pikirler_kk(people: &[Person]) -> Bytes {
    let mut rng = Rng(SEED + 2);
    let rows: Vec<_> = (0..200)
        .map(|index| pikir(&mut rng, people, index))
        .collect();
    delimited(b',', Terminator::Any(b'\n'), PIKIRLER, &rows)
}

fn pikir(rng: &mut Rng, people: &[Person], index: usize) -> Vec<String> {
    let person = rng.pick(people);
    let iin = if index % 23 == 9 {
        String::new()
    } else {
        person.iin.clone()
    };
    let opinion = if rng.chance(50) {
        telling_opinion(rng, people)
    } else {
        (*rng.pick(&HARMLESS_OPINIONS)).into()
    };
    vec![
        format!("ӨТ-{:06}", 1_001 + index),
        iin,
        person.full(),
        person.birth.iso(),
        rng.pick(&CITIES).kazakh.into(),
        opinion,
        (1 + rng.below(5)).to_string(),
    ]
}

/// An opinion that gives somebody away.
fn telling_opinion(rng: &mut Rng, people: &[Person]) -> String {
    let Person {
        iin,
        email,
        surname,
        given,
        phone,
        ..
    } = rng.pick(people);
    let phone = phone_written(phone, rng.below(7));
    match rng.below(9) {
        0 => format!("Менің ЖСН {iin}, өтінішімді тексеріп беріңізші."),
        1 => format!("Маған {phone} нөміріне хабарласыңыздар, кешке дейін күтемін."),
        2 => format!(
            "{} қызметіне көп рақмет, бәрін түсіндіріп берді.",
            inflected(given, Case::Genitive)
        ),
        3 => format!("Жауапты {email} поштасына жіберіңіздер."),
        4 => format!(
            "{} үш рет қоңырау шалдым, телефоны {phone}, көтермейді.",
            inflected(given, Case::Dative)
        ),
        5 => format!("Карта {surname} {given} атына рәсімделген, ЖСН {iin}, қате түзетілмеді."),
        6 => format!(
            "{} құжат сұрадым, әлі келген жоқ.",
            inflected(given, Case::Ablative)
        ),
        7 => format!("Қызмет ұнамады. {surname} {given}, тел. {phone}, {email}"),
        _ => format!(
            "{} өтініші неге қаралмады? Нөмірі {phone}.",
            inflected(given, Case::Genitive)
        ),
    }
}

#[derive(Clone, Copy)]
enum Case {
    Genitive,
    Dative,
    Ablative,
}

/// A Kazakh name with a case ending, after vowel harmony and the last sound: Асқардың, Әлияға, Серіктен.
fn inflected(name: &str, case: Case) -> String {
    let soft = name
        .chars()
        .rev()
        .find(|letter| "аеёиоуыэюяәіөүұ".contains(*letter))
        .is_some_and(|vowel| "еиәіөү".contains(vowel));
    let ends_in = |letters: &str| name.ends_with(|letter: char| letters.contains(letter));
    let voiceless = ends_in("кқпстфхцчшщбвгд");
    let nasal = ends_in("мнң");
    let vowel = ends_in("аеёиоуыэюяәіөүұ");
    let endings = match case {
        Case::Dative if voiceless => ["қа", "ке"],
        Case::Dative => ["ға", "ге"],
        Case::Genitive if voiceless => ["тың", "тің"],
        Case::Genitive if nasal || vowel => ["ның", "нің"],
        Case::Genitive => ["дың", "дің"],
        Case::Ablative if voiceless => ["тан", "тен"],
        Case::Ablative if nasal => ["нан", "нен"],
        Case::Ablative => ["дан", "ден"],
    };
    format!("{name}{}", endings[usize::from(soft)])
}

// Table 3: customers in Parquet, with numbers for text and nesting.

fn customers(people: &[Person]) -> Bytes {
    let mut rng = Rng(SEED + 3);
    let people = &people[..250];
    let ids: Vec<i64> = (100_001..).take(people.len()).collect();
    let columns = vec![
        Column::new("customer_id".into(), ids),
        Column::new(
            "iin".into(),
            sparse(&mut rng, people, |_, person| {
                person.iin.parse::<i64>().unwrap_or_default()
            }),
        ),
        Column::new("full_name".into(), sparse(&mut rng, people, name_written)),
        Column::from(birth_dates(&mut rng, people)?),
        Column::new(
            "email".into(),
            sparse(&mut rng, people, |_, person| person.email.clone()),
        ),
        Column::from(contacts(&mut rng, people)?),
        Column::from(addresses(&mut rng, people)?),
        Column::new(
            "balance".into(),
            sparse(&mut rng, people, |rng, _| {
                rng.below(50_000_000) as f64 / 100.0
            }),
        ),
        Column::new(
            "is_active".into(),
            sparse(&mut rng, people, |rng, _| rng.chance(80)),
        ),
        Column::from(creation_times(&mut rng, people)?),
        Column::new(
            "ip_address".into(),
            sparse(&mut rng, people, |rng, _| ip(rng)),
        ),
    ];
    let mut frame = DataFrame::new(people.len(), columns)?;
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Zstd(None))
        .with_row_group_size(Some(100))
        .finish(&mut frame)?;
    Ok(bytes)
}

/// A value a person, with a null here and there.
fn sparse<T>(
    rng: &mut Rng,
    people: &[Person],
    value: impl Fn(&mut Rng, &Person) -> T,
) -> Vec<Option<T>> {
    people
        .iter()
        .map(|person| {
            let value = value(rng, person);
            (!rng.chance(4)).then_some(value)
        })
        .collect()
}

/// A name in Latin letters, in Russian or in Kazakh ones.
fn name_written(rng: &mut Rng, person: &Person) -> String {
    match rng.below(4) {
        0 | 1 => latin(&format!("{} {}", person.given, person.surname)),
        2 => russian(&person.full()),
        _ => person.full(),
    }
}

fn birth_dates(rng: &mut Rng, people: &[Person]) -> PolarsResult<Series> {
    let days = sparse(rng, people, |_, person| person.birth.since_epoch());
    Series::new("birth_date".into(), days).cast(&DataType::Date)
}

fn creation_times(rng: &mut Rng, people: &[Person]) -> PolarsResult<Series> {
    let times = sparse(rng, people, |rng, _| {
        let day = i64::from(Day::random(rng, 2023, 2025).since_epoch());
        (day * 86_400 + rng.below(86_400) as i64) * 1_000_000 + rng.below(1_000_000) as i64
    });
    Series::new("created_at".into(), times).cast(&DataType::Datetime(TimeUnit::Microseconds, None))
}

fn contacts(rng: &mut Rng, people: &[Person]) -> PolarsResult<Series> {
    let lists = people
        .iter()
        .map(|person| contact_list(rng, person))
        .collect::<PolarsResult<Vec<Option<Series>>>>()?;
    Ok(Series::new("contacts".into(), lists))
}

/// No list, an empty one, or up to three ways to reach the person.
fn contact_list(rng: &mut Rng, person: &Person) -> PolarsResult<Option<Series>> {
    if rng.chance(5) {
        return Ok(None);
    }
    let (mut kinds, mut phones) = (Vec::new(), Vec::new());
    for _ in 0..rng.below(4) {
        kinds.push(Some(*rng.pick(&["mobile", "home", "work"])));
        let phone = if kinds.len() == 1 {
            person.phone.clone()
        } else {
            made_phone(rng)
        };
        let way = *rng.pick(&[0, 2, 3, 5, 11]);
        phones.push((!rng.chance(6)).then(|| phone_written(&phone, way)));
    }
    let length = kinds.len();
    let fields = [
        Series::new("kind".into(), kinds),
        Series::new("phone".into(), phones),
    ];
    let list = StructChunked::from_series(PlSmallStr::EMPTY, length, fields.iter())?;
    Ok(Some(list.into_series()))
}

fn addresses(rng: &mut Rng, people: &[Person]) -> PolarsResult<Series> {
    let places: Vec<&City> = people.iter().map(|_| rng.pick(&CITIES)).collect();
    let cities: Vec<Option<&str>> = places.iter().map(|place| Some(place.english)).collect();
    let streets = sparse(rng, people, |rng, _| {
        let street = rng.pick(&["Example Street", "Sample Avenue", "Model Lane"]);
        format!(
            "{} {street}, apt. {}",
            1 + rng.below(99),
            1 + rng.below(150)
        )
    });
    let indices: Vec<Option<String>> = places
        .iter()
        .map(|place| (!rng.chance(8)).then(|| format!("{}00{:02}", place.index, rng.below(90))))
        .collect();
    let fields = [
        Series::new("city".into(), cities),
        Series::new("street".into(), streets),
        Series::new("postal_code".into(), indices),
    ];
    let addresses = StructChunked::from_series("address".into(), people.len(), fields.iter())?;
    Ok(addresses.into_series())
}

// Table 4: goods, which are nobody's data and full of numbers that look like somebody's.

const PRODUCTS: &str = "sku;barcode;product_name;category;price;quantity;\
    warehouse_code;updated_at;weight_kg;order_number;is_available;supplier_bin";

/// A kind of goods and what is sold of it.
const GOODS: [(&str, [&str; 4]); 4] = [
    (
        "Бытовая техника",
        ["Чайник", "Утюг", "Пылесос", "Вентилятор"],
    ),
    ("Канцтовары", ["Тетрадь", "Ручка", "Линейка", "Папка"]),
    ("Инструменты", ["Молоток", "Отвёртка", "Дрель", "Рулетка"]),
    ("Посуда", ["Кастрюля", "Тарелка", "Кружка", "Сковорода"]),
];

fn products() -> Bytes {
    let mut rng = Rng(SEED + 4);
    let suppliers: Vec<String> = (1..=12)
        .map(|month| format!("70{month:02}40{:05}", month * 7))
        .filter_map(|prefix| check_digit(&prefix).map(|check| format!("{prefix}{check}")))
        .collect();
    let rows: Vec<_> = (0..400)
        .map(|index| product(&mut rng, &suppliers, index))
        .collect();
    let text = delimited(b',', Terminator::Any(b'\n'), PRODUCTS, &rows)?;
    Ok([b"\xEF\xBB\xBF".as_slice(), text.as_slice()].concat())
}

fn product(rng: &mut Rng, suppliers: &[String], index: usize) -> Vec<String> {
    let (kind, names) = rng.pick(&GOODS);
    let model = 100 + rng.below(900);
    vec![
        format!("SKU-{:05}", 10_001 + index),
        barcode(rng),
        format!("{} модель {model}", rng.pick(names)),
        (*kind).into(),
        format!("{}.00", 150 + rng.below(90_000)),
        rng.below(500).to_string(),
        format!("WH-{:02}", 1 + rng.below(8)),
        moment(rng),
        format!("{}.{:03}", rng.below(30), rng.below(1_000)),
        order_number(rng),
        (*rng.pick(&["true", "false"])).into(),
        rng.pick(suppliers).clone(),
    ]
}

/// An EAN-13 with prefix 2, which shops give to goods of their own.
fn barcode(rng: &mut Rng) -> String {
    let digits = format!("2{}", rng.digits(11));
    let sum: usize = digits
        .bytes()
        .zip([1, 3].into_iter().cycle())
        .map(|(digit, weight)| usize::from(digit - b'0') * weight)
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// Twelve random digits, thrown again where they would be the IIN of somebody who may live.
fn order_number(rng: &mut Rng) -> String {
    loop {
        let number = rng.digits(12);
        let century = number.as_bytes()[6];
        let is_valid = check_digit(&number[..11]).is_some_and(|check| number.ends_with(check));
        if !is_valid || !matches!(century, b'0' | b'3'..=b'6') {
            return number;
        }
    }
}

// Table 5: a bank's transactions of the same people.

const TRANSACTIONS: &str = "transaction_id;account;card_number;amount;currency;\
    transaction_datetime;merchant;terminal_id;client_iin;payment_purpose;ip";

const MERCHANTS: [&str; 8] = [
    "Супермаркет «Образец»",
    "АЗС «Пример-7»",
    "Аптека «Макет»",
    "Кофейня «Черновик»",
    "Такси «Проба»",
    "Интернет-магазин «Тест»",
    "ЖШС «Үлгі»",
    "Книжный «Набросок»",
];

fn transactions(people: &[Person]) -> Bytes {
    let mut rng = Rng(SEED + 5);
    let rows: Vec<_> = (0..500)
        .map(|index| transaction(&mut rng, people, index))
        .collect();
    delimited(b'\t', Terminator::Any(b'\n'), TRANSACTIONS, &rows)
}

fn transaction(rng: &mut Rng, people: &[Person], index: usize) -> Vec<String> {
    let person = rng.pick(people);
    let card = if index % 4 == 1 {
        grouped(&person.card, 4)
    } else {
        person.card.clone()
    };
    vec![
        format!("TX-{:08}", 25_000_001 + index),
        person.account.clone(),
        card,
        format!("{}.{:02}", 100 + rng.below(400_000), rng.below(100)),
        (*rng.pick(&["KZT", "KZT", "KZT", "USD", "EUR"])).into(),
        moment(rng),
        (*rng.pick(&MERCHANTS)).into(),
        format!("T{:07}", 4_000_000 + rng.below(60)),
        person.iin.clone(),
        payment_purpose(rng, people),
        ip(rng),
    ]
}

/// What a payment is for; three in ten name somebody, a telephone or an IIN.
fn payment_purpose(rng: &mut Rng, people: &[Person]) -> String {
    let other = rng.pick(people);
    let name = russian(&other.full());
    let phone = phone_written(&other.phone, rng.below(7));
    match rng.below(20) {
        0 => format!("Возврат долга, получатель {name}"),
        1 => format!("Оплата за обучение, ИИН {}", other.iin),
        2 => format!("Пополнение телефона {phone}"),
        3 => format!("Помощь семье: {name}, тел. {phone}"),
        4 => format!("Аренда за июнь, {name}, ИИН {}", other.iin),
        5 => format!("Перевод по номеру {phone}"),
        6..=9 => "Оплата товаров".into(),
        10..=12 => "Коммунальные услуги за март".into(),
        13..=14 => "Абонентская плата".into(),
        15..=16 => "Покупка билетов".into(),
        17..=18 => "Возврат средств за отменённый заказ".into(),
        _ => "Пополнение собственного счёта".into(),
    }
}

// The people.

/// Somebody who cannot be: born in the 1800s.
struct Person {
    iin: String,
    birth: Day,
    sex: Sex,
    kazakh: bool,
    surname: String,
    given: &'static str,
    patronymic: Option<&'static str>,
    /// Ten digits, without +7 or 8.
    phone: String,
    email: String,
    account: String,
    card: String,
}

impl Person {
    /// Surname, given name, patronymic if any.
    fn full(&self) -> String {
        let patronymic = self.patronymic.map(|name| format!(" {name}"));
        format!(
            "{} {}{}",
            self.surname,
            self.given,
            patronymic.unwrap_or_default()
        )
    }
}

#[derive(Clone, Copy)]
enum Sex {
    Male,
    Female,
}

impl Sex {
    /// The first for a man, the second for a woman.
    fn of<T: Copy>(self, pair: [T; 2]) -> T {
        match self {
            Self::Male => pair[0],
            Self::Female => pair[1],
        }
    }
}

/// The population all tables share.
fn people() -> Vec<Person> {
    let mut rng = Rng(SEED);
    (0..300).map(|index| person(&mut rng, index)).collect()
}

fn person(rng: &mut Rng, index: usize) -> Person {
    let sex = *rng.pick(&[Sex::Male, Sex::Female]);
    let kazakh = rng.chance(70);
    let stock = if kazakh { &KAZAKH } else { &RUSSIAN };
    // Years 1800-1809 write themselves 00-09: IINs whose leading zeros files lose.
    let (first, last) = if index.is_multiple_of(8) {
        (1800, 1809)
    } else {
        (1810, 1899)
    };
    let birth = Day::random(rng, first, last);
    let surname = family(rng.pick::<&str>(stock.surnames), sex);
    let given = *rng.pick(sex.of([stock.male, stock.female]));
    let fathers = *rng.pick(stock.fathers);
    let domain = rng.pick(&["example.kz", "example.com", "example.invalid"]);
    let email = format!("{}.{}{index}@{domain}", latin(given), latin(&surname));
    Person {
        iin: made_iin(rng, birth, sex),
        birth,
        sex,
        kazakh,
        surname,
        given,
        patronymic: (!rng.chance(8)).then_some(sex.of(fathers)),
        phone: made_phone(rng),
        email: email.to_lowercase(),
        account: iban(&format!("999{:013}", 1_200_000 + index * 37)),
        card: luhn(&format!("40000000{}", rng.digits(7))),
    }
}

/// The surname as a man or a woman bears it.
fn family(surname: &str, sex: Sex) -> String {
    let changes = ["ов", "ев", "ёв", "ин"]
        .iter()
        .any(|end| surname.ends_with(end));
    let end = if changes { sex.of(["", "а"]) } else { "" };
    format!("{surname}{end}")
}

fn made_iin(rng: &mut Rng, birth: Day, sex: Sex) -> String {
    let Day { year, month, day } = birth;
    loop {
        // The seventh digit says the century and the sex: 1 and 2 are the 1800s.
        let prefix = format!(
            "{:02}{month:02}{day:02}{}{}",
            year % 100,
            sex.of([1, 2]),
            rng.digits(4)
        );
        if let Some(check) = check_digit(&prefix) {
            return format!("{prefix}{check}");
        }
    }
}

/// The twelfth digit of an IIN or a BIN; none for a prefix on which both passes give ten.
fn check_digit(prefix: &str) -> Option<char> {
    let rest = |shift: usize| {
        let weighted = prefix
            .bytes()
            .enumerate()
            .map(|(place, digit)| usize::from(digit - b'0') * ((place + shift) % 11 + 1));
        weighted.sum::<usize>() % 11
    };
    let digit = [0, 2].into_iter().map(rest).find(|&rest| rest < 10)?;
    char::from_digit(digit as u32, 10)
}

fn made_phone(rng: &mut Rng) -> String {
    format!("70{}000{}", rng.below(2), rng.digits(4))
}

/// An account of Kazakhstan with its two check digits (ISO 7064, modulus 97).
fn iban(account: &str) -> String {
    let rest = format!("{account}KZ00")
        .chars()
        .filter_map(|letter| letter.to_digit(36))
        .fold(0, |rest, value| {
            let room = if value < 10 { 10 } else { 100 };
            (rest * room + value) % 97
        });
    format!("KZ{:02}{account}", 98 - rest)
}

/// A card number with its check digit.
fn luhn(prefix: &str) -> String {
    let sum: u32 = prefix
        .bytes()
        .rev()
        .zip([2, 1].into_iter().cycle())
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .map(|product| product / 10 + product % 10)
        .sum();
    format!("{prefix}{}", (10 - sum % 10) % 10)
}

/// An address of the ranges that are kept for documentation.
fn ip(rng: &mut Rng) -> String {
    let network = rng.pick(&["192.0.2", "198.51.100", "203.0.113"]);
    format!("{network}.{}", 1 + rng.below(254))
}

/// A moment of 2025.
fn moment(rng: &mut Rng) -> String {
    let day = Day::random(rng, 2025, 2025).iso();
    let (hour, minute, second) = (rng.below(24), rng.below(60), rng.below(60));
    format!("{day} {hour:02}:{minute:02}:{second:02}")
}

/// The text in groups with spaces between.
fn grouped(text: &str, size: usize) -> String {
    let groups: Vec<_> = text
        .as_bytes()
        .chunks(size)
        .map(String::from_utf8_lossy)
        .collect();
    groups.join(" ")
}

#[derive(Clone, Copy)]
struct Day {
    year: i32,
    month: i32,
    day: i32,
}

impl Day {
    /// A day of these years; never after the 28th, so that every one exists.
    fn random(rng: &mut Rng, first: i32, last: i32) -> Self {
        Self {
            year: first + rng.below((last - first + 1) as usize) as i32,
            month: 1 + rng.below(12) as i32,
            day: 1 + rng.below(28) as i32,
        }
    }

    fn iso(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    fn dotted(self) -> String {
        format!("{:02}.{:02}.{:04}", self.day, self.month, self.year)
    }

    /// Days since 1970-01-01. The year is counted from March, so that the leap day comes last.
    fn since_epoch(self) -> i32 {
        let year = self.year - i32::from(self.month <= 2);
        let month = (self.month + 9) % 12;
        let of_year = (153 * month + 2) / 5 + self.day - 1;
        year * 365 + year / 4 - year / 100 + year / 400 + of_year - 719_468
    }
}

/// `SplitMix64`: small, and the same everywhere.
struct Rng(u64);

impl Rng {
    fn step(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.step() % end as u64) as usize
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| self.below(10).to_string()).collect()
    }
}

// Words.

/// Each Kazakh letter and the Russian one that people type for it.
const TYPED_AS: &str = "әа ғг қк ңн өо ұу үу һх іи";

/// Each Cyrillic letter and its Latin spelling.
const LATIN: &str = "аa бb вv гg дd еe ёyo жzh зz иi йy кk лl мm нn оo пp рr сs тt уu фf хkh цts чch шsh щshch ъ ыy ь \
                     эe юyu яya әa ғg қq ңn өo ұu үu һh іi";

fn russian(text: &str) -> String {
    spelled(text, TYPED_AS)
}

fn latin(text: &str) -> String {
    spelled(text, LATIN)
}

/// The text with each letter the table knows spelled as the table says, capitals kept.
fn spelled(text: &str, table: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        let lower = letter.to_lowercase().next().unwrap_or(letter);
        match table.split(' ').find_map(|entry| entry.strip_prefix(lower)) {
            Some(spelling) if letter == lower => out.push_str(spelling),
            Some(spelling) => out.push_str(&capitalised(spelling)),
            None => out.push(letter),
        }
    }
    out
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

struct City {
    kazakh: &'static str,
    russian: &'static str,
    english: &'static str,
    /// The first two digits of its postal indices.
    index: &'static str,
}

const fn city(
    kazakh: &'static str,
    russian: &'static str,
    english: &'static str,
    index: &'static str,
) -> City {
    City {
        kazakh,
        russian,
        english,
        index,
    }
}

static CITIES: [City; 10] = [
    city("Алматы", "Алматы", "Almaty", "05"),
    city("Астана", "Астана", "Astana", "01"),
    city("Шымкент", "Шымкент", "Shymkent", "16"),
    city("Қарағанды", "Караганда", "Karaganda", "10"),
    city("Ақтөбе", "Актобе", "Aktobe", "03"),
    city("Тараз", "Тараз", "Taraz", "08"),
    city("Павлодар", "Павлодар", "Pavlodar", "14"),
    city("Өскемен", "Усть-Каменогорск", "Oskemen", "07"),
    city("Атырау", "Атырау", "Atyrau", "06"),
    city("Қостанай", "Костанай", "Kostanay", "11"),
];

/// Names that go together.
struct Stock {
    male: &'static [&'static str],
    female: &'static [&'static str],
    surnames: &'static [&'static str],
    /// Patronymics of a son and of a daughter.
    fathers: &'static [[&'static str; 2]],
}

#[rustfmt::skip]
static KAZAKH: Stock = Stock {
    male: &[
        "Асқар", "Нұрлан", "Серік", "Бауыржан", "Ерлан", "Дәурен", "Қайрат", "Мұрат", "Талғат", "Ержан", "Санжар", "Әділет",
        "Олжас", "Тимур",
    ],
    female: &[
        "Әлия", "Айгүл", "Гүлнәр", "Динара", "Жанар", "Қарлығаш", "Сәуле", "Мәдина", "Айжан", "Зарина", "Айнұр", "Ләззат",
        "Ботагөз", "Жұлдыз",
    ],
    surnames: &[
        "Ахметов", "Жұмабаев", "Сейтқалиев", "Оспанов", "Қасымов", "Нұрпейісов", "Ибраев", "Смағұлов", "Тоқтаров", "Мұсаев",
        "Әбенов", "Байжанов", "Досанов", "Есенов", "Қалиев", "Рахимов", "Сүгірбаев", "Тілеубаев", "Өтеғұлов", "Шәріпов",
        "Бекенов", "Жақсылықов", "Құдайбергенов", "Мыңбаев", "Мәмбетов", "Сарбасов", "Айтбай", "Елубай",
    ],
    fathers: &[
        ["Асқарұлы", "Асқарқызы"], ["Серікұлы", "Серікқызы"], ["Нұрланұлы", "Нұрланқызы"], ["Болатұлы", "Болатқызы"],
        ["Жанұзақұлы", "Жанұзаққызы"], ["Ерланұлы", "Ерланқызы"], ["Қасымұлы", "Қасымқызы"], ["Қайратович", "Қайратовна"],
        ["Маратович", "Маратовна"], ["Тұрсынович", "Тұрсыновна"],
    ],
};

#[rustfmt::skip]
static RUSSIAN: Stock = Stock {
    male: &["Иван", "Сергей", "Дмитрий", "Алексей", "Павел", "Виктор"],
    female: &["Ольга", "Елена", "Анна", "Марина", "Татьяна", "Наталья"],
    surnames: &[
        "Иванов", "Петров", "Сидоров", "Кузнецов", "Смирнов", "Попов", "Волков", "Соколов", "Новиков", "Фёдоров", "Морозов",
        "Никитин",
    ],
    fathers: &[
        ["Иванович", "Ивановна"], ["Петрович", "Петровна"], ["Сергеевич", "Сергеевна"], ["Николаевич", "Николаевна"],
        ["Андреевич", "Андреевна"], ["Ильич", "Ильинична"],
    ],
};

//! Kinds of columns without personal data.

use super::cell::Kind;
use super::dates::moment;
use super::numbers;
use super::wares;
use super::words;

pub(super) const EMPTY: Kind = Kind::none(|_| String::new());
pub(super) const ROW: Kind = Kind::none(|c| (c.row + 1).to_string());
pub(super) const ORDER: Kind = Kind::none(|c| match c.style % 5 {
    0 => format!("ЗК-{:06}", 4100 + c.row),
    1 => c.number(100_000, 999_999),
    2 => format!("ORD{}", c.random.digits(8)),
    3 => format!(
        "{}/{}",
        c.random.between(1, 900),
        c.random.pick(&["22", "23", "24", "25"])
    ),
    _ => c.random.digits(10),
});
pub(super) const DATE: Kind = Kind::none(|c| c.date_between(2019, 2025));
pub(super) const MOMENT: Kind = Kind::none(|c| {
    let form = c.form(7);
    moment(c.random, form)
});
pub(super) const SKU: Kind = Kind::none(|c| match c.style % 4 {
    0 => format!(
        "{}-{}",
        c.random.string("ABCDEFGHKLMNPQRS", 3),
        c.random.digits(5)
    ),
    1 => c.random.digits(7),
    2 => format!("000{}", c.random.digits(8)),
    _ => format!("Т{}", c.random.digits(6)),
});
pub(super) const BARCODE: Kind = Kind::none(|c| numbers::ean13(c.random));
/// Twelve digits that are no IIN.
pub(super) const UPC: Kind = Kind::none(|c| format!("99{}", c.random.digits(10)));
pub(super) const PRODUCT: Kind = Kind::none(|c| c.said(&wares::PRODUCTS));
pub(super) const GROUP: Kind = Kind::none(|c| c.said(&wares::GROUPS));
pub(super) const QUANTITY: Kind = Kind::none(|c| c.number(1, 400));
pub(super) const PRICE: Kind = Kind::none(|c| c.amount(90, 180_000, 10));
pub(super) const TURNOVER: Kind = Kind::none(|c| c.amount(1_000_000, 900_000_000, 1000));
pub(super) const PERCENT: Kind = Kind::none(|c| match c.form(3) {
    0 => format!("{}%", c.random.between(0, 100)),
    1 => format!("0.{:02}", c.random.between(0, 99)),
    _ => c.number(0, 100),
});
pub(super) const CURRENCY: Kind = Kind::none(|c| wares::MONEY.pick(c.random).to_owned());
pub(super) const UNIT: Kind = Kind::none(|c| c.said(&wares::UNITS));
pub(super) const STATE: Kind = Kind::none(|c| c.said(&wares::STATUSES));
pub(super) const FIRM: Kind = Kind::none(|c| c.said(&words::FIRMS));
pub(super) const DEPOT: Kind = Kind::none(|c| c.said(&wares::DEPOTS));
pub(super) const FIRM_MAIL: Kind = Kind::none(|c| wares::FIRM_MAILS.pick(c.random).to_owned());
pub(super) const HOTLINE: Kind = Kind::none(|c| match c.random.below(3) {
    0 => c
        .random
        .pick(&["1414", "3030", "109", "1439", "7711"])
        .to_owned(),
    _ => format!("8 800 080 {}", c.random.digits(4)),
});
pub(super) const CONTRACT: Kind = Kind::none(|c| match c.style % 3 {
    0 => format!(
        "№ {}-П от {}",
        c.random.between(1, 400),
        c.date_between(2022, 2025)
    ),
    1 => format!("ДП-{}/2024", c.random.between(1, 999)),
    _ => c.random.digits(6),
});
pub(super) const UUID: Kind = Kind::none(|c| {
    let hex = c.random.string("0123456789abcdef", 32);
    format!(
        "{}-{}-4{}-a{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[13..16],
        &hex[17..20],
        &hex[20..]
    )
});
pub(super) const HASH: Kind = Kind::none(|c| c.random.string("0123456789abcdef", 64));
pub(super) const FLAG: Kind = Kind::none(|c| {
    let pairs = [
        ["0", "1"],
        ["да", "нет"],
        ["true", "false"],
        ["Y", "N"],
        ["Истина", "Ложь"],
    ];
    pairs[c.style % 5][c.random.below(2)].to_owned()
});
pub(super) const VERSION: Kind = Kind::none(|c| {
    format!(
        "{}.{}.{}",
        c.random.between(1, 9),
        c.random.between(0, 20),
        c.random.between(0, 99)
    )
});
pub(super) const PATH: Kind = Kind::none(|c| wares::PATHS.pick(c.random).to_owned());
pub(super) const FILE: Kind = Kind::none(|c| wares::FILES.pick(c.random).to_owned());
pub(super) const HTTP: Kind = Kind::none(|c| {
    c.random
        .pick(&["200", "200", "200", "304", "404", "500", "302"])
        .to_owned()
});
pub(super) const MILLIS: Kind = Kind::none(|c| c.number(1, 9000));
pub(super) const LEVEL: Kind = Kind::none(|c| {
    c.random
        .pick(&["INFO", "WARN", "ERROR", "DEBUG"])
        .to_owned()
});
pub(super) const EVENT: Kind = Kind::none(|c| wares::EVENTS.pick(c.random).to_owned());
pub(super) const HOST: Kind = Kind::none(|c| wares::HOSTS.pick(c.random).to_owned());
pub(super) const WEIGHT: Kind =
    Kind::none(|c| format!("{}.{}", c.random.between(0, 90), c.random.between(1, 9)));
pub(super) const SIZE: Kind = Kind::none(|c| {
    let sides = [0; 3].map(|_| c.random.between(5, 240).to_string());
    sides.join(if c.style.is_multiple_of(2) { "x" } else { "*" })
});
pub(super) const YEAR: Kind = Kind::none(|c| c.number(1998, 2025));
pub(super) const MAKE: Kind = Kind::none(|c| wares::MAKES.pick(c.random).to_owned());
pub(super) const PET: Kind = Kind::none(|c| wares::PETS.pick(c.random).to_owned());
pub(super) const BREED: Kind = Kind::none(|c| wares::BREEDS.pick(c.random).to_owned());
pub(super) const FLOOR: Kind = Kind::none(|c| c.number(1, 16));
pub(super) const AREA: Kind =
    Kind::none(|c| format!("{},{}", c.random.between(18, 240), c.random.between(0, 9)));
pub(super) const COLOUR: Kind = Kind::none(|c| c.said(&wares::COLOURS));
pub(super) const LEDGER: Kind = Kind::none(|c| {
    c.random
        .pick(&[
            "1010", "1030", "1210", "3310", "6010", "7210", "2410", "1330",
        ])
        .to_owned()
});
pub(super) const KBK: Kind = Kind::none(|c| {
    c.random
        .pick(&["101201", "103101", "105315", "901101", "105433"])
        .to_owned()
});
pub(super) const KNP: Kind = Kind::none(|c| c.number(10, 911));
pub(super) const BIC: Kind = Kind::none(|c| {
    c.random
        .pick(&["CASPKZKA", "HSBKKZKX", "KCJBKZKX", "IRTYKZKA", "TSESKZKA"])
        .to_owned()
});
pub(super) const OKED: Kind = Kind::none(|c| format!("{}0", c.random.between(1011, 9609)));
pub(super) const KATO: Kind = Kind::none(|c| {
    let head = c.random.pick(&["71", "75", "79", "35", "63", "55"]);
    format!("{head}{}0000", c.random.digits(3))
});
pub(super) const SERIAL: Kind = Kind::none(|c| match c.style % 3 {
    0 => format!("SN{}", c.random.string("ABCDEFGH0123456789", 10)),
    1 => c.random.digits(9),
    _ => format!("{}-{}", c.random.digits(4), c.random.digits(6)),
});
pub(super) const INVENTORY: Kind = Kind::none(|c| format!("0{:07}", 41_200 + c.row * 3));
pub(super) const CODE: Kind = Kind::none(|c| match c.style % 4 {
    0 => format!("{:02}", c.random.between(1, 60)),
    1 => c.random.string("ABCDEFGH", 2),
    2 => format!("{}.{}", c.random.between(1, 9), c.random.between(1, 30)),
    _ => c.random.digits(5),
});
pub(super) const TEMPERATURE: Kind =
    Kind::none(|c| format!("{}{}", c.random.pick(&["", "-"]), c.random.between(0, 38)));
pub(super) const DISCIPLINE: Kind = Kind::none(|c| c.said(&wares::SUBJECTS));
pub(super) const SUPPLY: Kind = Kind::none(|c| c.said(&wares::LAB_ITEMS));
pub(super) const REMARK: Kind = Kind::none(|c| c.said(&wares::REMARKS));
pub(super) const ADDRESS_OF_SHOP: Kind = Kind::none(|c| {
    let address = &c.person.registered;
    format!(
        "{}, {} {}",
        address.city(c.lang),
        address.street.1,
        c.random.between(1, 90)
    )
});
pub(super) const SERVER_IP: Kind = Kind::none(|c| {
    format!(
        "10.{}.{}.{}",
        c.style % 9,
        c.random.between(0, 8),
        c.random.between(1, 254)
    )
});

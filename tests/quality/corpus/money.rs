//! Kinds of columns: income, accounts, cards, wallets, payments, contracts.

use super::answers;
use super::cell::{Kind, Lang, Shape};
use super::dates::{Date, moment};
use super::words;

pub(super) const INCOME: Kind = Kind::fixed("income", |c| match (c.form(8), c.lang) {
    (0, Lang::Ru) => {
        let low = c.random.between(1, 8) * 50;
        format!("{low}-{} тыс.", low + 50)
    }
    _ => c.amount(60_000, 1_900_000, 500),
});
pub(super) const SALARY: Kind = Kind::fixed("salary_amount", |c| c.amount(85_000, 1_200_000, 100));
pub(super) const SALARY_DATE: Kind = Kind::fixed("salary_date", |c| {
    let day = c.random.pick(&[1, 5, 10, 10, 15, 25, 30]);
    match (c.form(4), c.lang) {
        (0, Lang::Ru) => format!("{day} числа"),
        (0, Lang::Kk) => format!("{day}-күні"),
        (1, _) => day.to_string(),
        _ => c.date(Date {
            year: 2025,
            month: 1 + (day % 12),
            day: day.min(28),
        }),
    }
});
pub(super) const CREDIT: Kind = Kind::words("credit_history", |c| match c.form(4) {
    0 => c.number(310, 840),
    _ => c.said(&answers::CREDIT),
});
pub(super) const PENSION: Kind = Kind::fixed("pension_contributions", |c| {
    let amount = c.amount(7_000, 120_000, 10);
    match (c.form(6), c.lang) {
        (0, Lang::Ru) => format!("ОПВ 10% {amount}"),
        (1, Lang::Ru) => format!("{amount} за {:02}.2024", c.random.between(1, 12)),
        (0, Lang::Kk) => format!("МЗЖ {amount}"),
        _ => amount,
    }
});
pub(super) const IBAN: Kind = Kind::new("bank_account", Shape::Code, |c| {
    let iban = &c.person.iban;
    match c.form(8) {
        0 => {
            let letters: Vec<char> = iban.chars().collect();
            let parts: Vec<String> = letters
                .chunks(4)
                .map(|part| part.iter().collect())
                .collect();
            parts.join(" ")
        }
        1 => iban.to_lowercase(),
        2 if c.mixed => format!("ИИК {iban}"),
        _ => iban.clone(),
    }
});
pub(super) const BANK: Kind = Kind::words("bank_name", |c| {
    let name = c.form(2);
    c.person.bank[name].to_owned()
});
pub(super) const CARD: Kind = Kind::new("payment_card_number", Shape::Number, |c| {
    let card = &c.person.card;
    let parts = [&card[..4], &card[4..8], &card[8..12], &card[12..]];
    match c.form(7) {
        0 | 1 => parts.join(" "),
        2 => parts.join("-"),
        3 => format!("{}******{}", &card[..6], &card[12..]),
        _ => card.clone(),
    }
});
pub(super) const WALLET: Kind = Kind::fixed("wallet_number", |c| match c.style % 4 {
    0 => format!("7{}", c.person.phone),
    1 => format!("+7{}", c.person.phone),
    2 => format!("KZW{}{}", c.person.serial, c.random.digits(4)),
    _ => format!("{}{}", c.person.serial, c.random.digits(8)),
});
pub(super) const BALANCE: Kind = Kind::fixed("wallet_balance", |c| c.amount(0, 450_000, 1));
pub(super) const OPERATION: Kind = Kind::words("transactions", |c| {
    let operation = c.said(&answers::OPERATION);
    let amount = c.amount(500, 90_000, 10);
    match c.form(4) {
        0 => format!("{operation} {amount}, *{}", &c.other.card[12..]),
        1 => {
            let date = Date::random(c.random, 2024, 2025).dotted();
            format!("{date} {operation} {amount}")
        }
        2 => operation,
        _ => format!("{operation}; {amount}; {}", c.other.sign(c.lang)),
    }
});
pub(super) const PAID: Kind = Kind::fixed("transaction_amount", |c| c.amount(300, 250_000, 5));
pub(super) const PAID_AT: Kind = Kind::fixed("transaction_datetime", |c| {
    let form = c.form(7);
    moment(c.random, form)
});
pub(super) const PURPOSE: Kind = Kind::words("transaction_purpose", |c| c.said(&answers::PURPOSE));
pub(super) const RECIPIENT: Kind = Kind::words("transaction_recipient", |c| {
    if c.random.chance(35) {
        return c.said(&words::FIRMS);
    }
    match c.form(3) {
        0 => c.other.full(c.lang),
        _ => c.other.sign(c.lang),
    }
});
pub(super) const WALLET_EVENT: Kind =
    Kind::words("wallet_state_change", |c| c.said(&answers::WALLET_EVENT));
pub(super) const CLIENT_STATUS: Kind =
    Kind::words("account_status", |c| c.said(&answers::ACCOUNT_STATUS));
pub(super) const OFFER: Kind = Kind::words("offer_contract_data", |c| {
    let (number, date) = (
        c.random.digits(5),
        Date::random(c.random, 2020, 2025).dotted(),
    );
    match (c.form(4), c.lang) {
        (0, Lang::Ru) => format!("Договор публичной оферты № {number} от {date}"),
        (1, Lang::Ru) => format!("дог. займа {number}/24, {date}, 12 мес."),
        (0, Lang::Kk) => format!("Жария оферта шарты № {number}, {date}"),
        (1, Lang::Kk) => format!("№ {number} қарыз шарты, 24 ай"),
        (0, Lang::En) => format!("Offer accepted {date}, no. {number}"),
        _ => format!("{number}-{} / {date}", c.person.serial),
    }
});

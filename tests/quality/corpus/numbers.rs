//! Numbers with check digits.

use super::dates::Date;
use super::random::Random;

fn values(text: &str) -> impl Iterator<Item = u32> + '_ {
    text.chars().filter_map(|c| c.to_digit(10))
}

fn weighted(text: &str, weights: &[u32]) -> u32 {
    values(text)
        .zip(weights)
        .map(|(digit, weight)| digit * weight)
        .sum()
}

/// The check digit that IIN and BIN share; some prefixes have none.
fn iin_check(prefix: &str) -> Option<u32> {
    let first = weighted(prefix, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) % 11;
    let check = match first {
        10 => weighted(prefix, &[3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]) % 11,
        _ => first,
    };
    (check < 10).then_some(check)
}

fn complete(random: &mut Random, head: &str, tail: usize) -> String {
    loop {
        let prefix = format!("{head}{}", random.digits(tail));
        if let Some(check) = iin_check(&prefix) {
            return format!("{prefix}{check}");
        }
    }
}

/// An IIN that no living person can hold: the seventh digit tells a birth in 1800–1899 or, with
/// a year from 40 on, in 2040–2099, while the first six digits follow the made-up birth date.
pub(super) fn iin(random: &mut Random, birth: Date, male: bool) -> String {
    let future = birth.year % 100 >= 40 && random.chance(30);
    let century = match (future, male) {
        (false, true) => 1,
        (false, false) => 2,
        (true, true) => 5,
        (true, false) => 6,
    };
    complete(random, &format!("{}{century}", birth.yymmdd()), 4)
}

pub(super) fn bin(random: &mut Random) -> String {
    let year = random.pick(&[94, 97, 99, 2, 4, 5, 8, 10, 12, 13, 15, 17, 18, 20, 21, 23]);
    let month = random.between(1, 12);
    let kind = random.pick(&[4, 4, 4, 4, 5, 6]);
    let part = random.pick(&[0, 0, 0, 1, 2, 4]);
    complete(random, &format!("{year:02}{month:02}{kind}{part}"), 5)
}

/// The taxpayer number of a person used in Kazakhstan until 2013.
pub(super) fn rnn(random: &mut Random) -> String {
    loop {
        let district = random.pick(&["6001", "6003", "6005", "0303", "3015", "4515", "5817"]);
        let prefix = format!("{district}{}{}", random.between(1, 9), random.digits(6));
        for shift in 0..10 {
            let mut weights: Vec<u32> = (0..10).map(|i| (i + shift) % 10 + 1).collect();
            weights.push(shift + 1);
            let check = weighted(&prefix, &weights) % 11;
            if check < 10 {
                return format!("{prefix}{check}");
            }
        }
    }
}

pub(super) fn russian_inn(random: &mut Random) -> String {
    let mut text = format!(
        "{}{}",
        random.pick(&["77", "54", "55", "74", "63"]),
        random.digits(8)
    );
    for weights in [
        &[7, 2, 4, 10, 3, 5, 9, 4, 6, 8][..],
        &[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8],
    ] {
        let check = weighted(&text, weights) % 11 % 10;
        text.push_str(&check.to_string());
    }
    text
}

pub(super) fn snils(random: &mut Random) -> String {
    let number = random.digits(9);
    let sum = weighted(&number, &[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101 % 100;
    format!(
        "{}-{}-{} {sum:02}",
        &number[..3],
        &number[3..6],
        &number[6..]
    )
}

/// `prefix` filled with random digits up to `length`, the last one by Luhn.
pub(super) fn luhn(random: &mut Random, prefix: &str, length: usize) -> String {
    let body = format!("{prefix}{}", random.digits(length - prefix.len() - 1));
    let reversed: Vec<u32> = values(&body).collect();
    let sum: u32 = reversed
        .iter()
        .rev()
        .enumerate()
        .map(|(i, &d)| {
            if i % 2 == 0 {
                d * 2 / 10 + d * 2 % 10
            } else {
                d
            }
        })
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

pub(super) fn ean13(random: &mut Random) -> String {
    let body = format!(
        "{}{}",
        random.pick(&["487", "460", "690", "400"]),
        random.digits(9)
    );
    let sum = weighted(&body, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]);
    format!("{body}{}", (10 - sum % 10) % 10)
}

/// A Kazakh IBAN of the bank code given.
pub(super) fn iban(random: &mut Random, bank: &str) -> String {
    let kind = random.pick(&["", "", "N", "A", "KZT", "C00"]);
    let account = format!("{bank}{kind}{}", random.digits(13 - kind.len()));
    let moved = format!("{account}KZ00");
    let remainder = moved.chars().fold(0, |rest, c| {
        let value = c.to_digit(36).unwrap_or(0);
        (rest * if value > 9 { 100 } else { 10 } + value) % 97
    });
    format!("KZ{:02}{account}", 98 - remainder)
}

pub(super) fn vin(random: &mut Random) -> String {
    const LETTERS: &str = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789";
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let maker = random.pick(&[
        "XTA", "X7L", "JTM", "WVW", "KNA", "Z94", "WBA", "SJN", "LVV",
    ]);
    let mut text: Vec<char> = format!(
        "{maker}{}0{}{}",
        random.string(LETTERS, 5),
        random.string("ABCDEFGHJKLMNPR", 1) + &random.string(LETTERS, 1),
        random.digits(6),
    )
    .chars()
    .collect();
    let value = |c: char| match c {
        '0'..='9' => c as u32 - '0' as u32,
        'A'..='H' => c as u32 - 'A' as u32 + 1,
        'J'..='R' => c as u32 - 'J' as u32 + 1,
        _ => c as u32 - 'S' as u32 + 2,
    };
    let sum: u32 = text
        .iter()
        .zip(WEIGHTS)
        .map(|(&c, weight)| value(c) * weight)
        .sum();
    text[8] = char::from_digit(sum % 11, 10).unwrap_or('X');
    text.into_iter().collect()
}

fn mrz_check(field: &str) -> u32 {
    let sum: u32 = field
        .chars()
        .zip([7, 3, 1].into_iter().cycle())
        .map(|(c, weight)| c.to_digit(36).unwrap_or(0) * weight)
        .sum();
    sum % 10
}

pub(super) struct MrzData<'a> {
    pub(super) last: &'a str,
    pub(super) first: &'a str,
    pub(super) number: &'a str,
    pub(super) birth: Date,
    pub(super) expiry: Date,
    pub(super) male: bool,
    pub(super) iin: &'a str,
}

fn mrz_letters(name: &str) -> String {
    name.to_uppercase()
        .chars()
        .map(|c| if c.is_ascii_uppercase() { c } else { '<' })
        .collect()
}

fn checked(field: &str) -> String {
    format!("{field}{}", mrz_check(field))
}

/// Two lines of 44, as on a passport.
pub(super) fn mrz_passport(data: &MrzData) -> [String; 2] {
    let names = format!(
        "P<KAZ{}<<{}",
        mrz_letters(data.last),
        mrz_letters(data.first)
    );
    let number = checked(&format!("{:<<9}", data.number));
    let birth = checked(&data.birth.yymmdd());
    let expiry = checked(&data.expiry.yymmdd());
    let optional = checked(&format!("{:<<14}", data.iin));
    let all = mrz_check(&format!("{number}{birth}{expiry}{optional}"));
    let sex = if data.male { 'M' } else { 'F' };
    [
        format!("{names:<<44.44}"),
        format!("{number}KAZ{birth}{sex}{expiry}{optional}{all}"),
    ]
}

/// Three lines of 30, as on an identity card.
pub(super) fn mrz_card(data: &MrzData) -> [String; 3] {
    let number = checked(&format!("{:<<9}", data.number));
    let first = format!("{:<<30.30}", format!("IDKAZ{number}{:<>15}", data.iin));
    let birth = checked(&data.birth.yymmdd());
    let expiry = checked(&data.expiry.yymmdd());
    let sex = if data.male { 'M' } else { 'F' };
    let all = mrz_check(&format!("{}{birth}{expiry}{}", &first[5..], "<".repeat(11)));
    let second = format!("{birth}{sex}{expiry}KAZ{}{all}", "<".repeat(11));
    let names = format!("{}<<{}", mrz_letters(data.last), mrz_letters(data.first));
    [first, second, format!("{names:<<30.30}")]
}

//! What life does to a column: lost names, missing cells, capitals, disguised characters.

use super::cell::{Lang, Shape};
use super::random::Random;

/// A family of names that say nothing; the number of the column goes where `#` stands.
pub(super) fn meaningless_family(random: &mut Random) -> &'static str {
    random.pick(&[
        "f#",
        "Unnamed: #",
        "col_#",
        "Поле#",
        "FIELD#",
        "Столбец#",
        "x#",
        "attr_#",
        "V#",
        "Колонка #",
        "_c#",
        "бағана#",
    ])
}

/// A name that promises something else, if one is left that the table does not use.
pub(super) fn misleading(random: &mut Random, shape: Shape, used: &[String]) -> Option<String> {
    let names: &[&str] = match shape {
        Shape::Name => &[
            "Код",
            "Описание",
            "title",
            "Наименование",
            "Товар",
            "Ключ",
            "descr",
            "Заголовок",
            "NAIM",
            "Атауы",
            "value",
        ],
        Shape::Phone | Shape::Number => &[
            "Сумма",
            "Код товара",
            "order_id",
            "Количество",
            "Артикул",
            "qty",
            "NOMER",
            "Итого",
            "code",
            "Саны",
            "Цена",
        ],
        Shape::Mail => &[
            "Сайт",
            "Адресат",
            "url",
            "Комментарий",
            "param1",
            "Версия",
            "host",
        ],
        _ => &[
            "Примечание",
            "version",
            "Прочее",
            "text1",
            "Атрибут",
            "PRIM",
            "extra",
            "Описание",
            "Модель",
        ],
    };
    let name = random.pick(names);
    let taken = used
        .iter()
        .any(|other| other.to_lowercase() == name.to_lowercase());
    (!taken).then(|| name.to_owned())
}

pub(super) fn blank(cells: &mut [String], random: &mut Random, lang: Lang, percent: u32) {
    let local: &[&[&str]] = match lang {
        Lang::Ru => &[
            &["нет", ""],
            &["", "нет данных", "-"],
            &["", "н/д"],
            &["не указано", ""],
        ],
        Lang::Kk => &[&["жоқ", ""], &["", "-"], &["көрсетілмеген", ""]],
        Lang::En => &[&["N/A", ""], &["null"], &["None"], &["n/a", "-", ""]],
    };
    let marks = if random.chance(65) {
        random.pick(&[&[""][..], &["", "-"], &["NULL"]])
    } else {
        random.pick(local)
    };
    for cell in cells {
        if random.chance(percent) {
            random.pick(marks).clone_into(cell);
        }
    }
}

pub(super) fn change_case(cells: &mut [String], random: &mut Random) {
    match random.below(100) {
        0..8 => cells
            .iter_mut()
            .for_each(|cell| *cell = cell.to_uppercase()),
        8..10 => cells
            .iter_mut()
            .for_each(|cell| *cell = cell.to_lowercase()),
        10..24 => {
            for cell in cells.iter_mut() {
                if random.chance(7) {
                    *cell = cell.to_uppercase();
                }
            }
        }
        _ => {}
    }
    if random.chance(6) {
        for cell in cells.iter_mut() {
            match random.below(8) {
                0 => cell.push(' '),
                1 => cell.insert(0, ' '),
                _ => *cell = cell.replacen(' ', "  ", usize::from(random.chance(20))),
            }
        }
    }
}

type Disguise = fn(&str) -> String;

pub(super) fn disguise(cells: &mut [String], random: &mut Random, shape: Shape) {
    let ways: &[Disguise] = match shape {
        Shape::Phone | Shape::Number => &[
            full_width, arabic, no_break, zero_width, apostrophe, letter_o,
        ],
        Shape::Mail => &[at_in_brackets, at_in_words, zero_width, full_width],
        Shape::Code => &[cyrillic, zero_width, full_width, no_break],
        Shape::Name => &[latin, no_break, zero_width, schwa, wrong_code_page],
        Shape::Address => &[latin, no_break, wrong_code_page],
        Shape::Words | Shape::Fixed => return,
    };
    let way = random.pick(ways);
    let share = random.pick(&[30, 60, 100]);
    for cell in cells {
        if random.chance(share) {
            *cell = way(cell);
        }
    }
}

fn map(text: &str, change: impl Fn(char) -> Option<char>) -> String {
    text.chars().map(|c| change(c).unwrap_or(c)).collect()
}

/// Digits moved to the script whose zero is given.
fn digits_from(text: &str, zero: u32) -> String {
    map(text, |c| {
        c.to_digit(10)
            .and_then(|digit| char::from_u32(zero + digit))
    })
}

fn full_width(text: &str) -> String {
    digits_from(text, 0xff10).replace('@', "＠")
}

fn arabic(text: &str) -> String {
    digits_from(text, 0x0660)
}

fn no_break(text: &str) -> String {
    if text.contains(' ') {
        return text.replace(' ', "\u{a0}");
    }
    let middle = text.char_indices().nth(4).map_or(text.len(), |(at, _)| at);
    format!("{}\u{a0}{}", &text[..middle], &text[middle..])
}

fn zero_width(text: &str) -> String {
    let middle = text.char_indices().nth(3).map_or(text.len(), |(at, _)| at);
    format!("{}\u{200b}{}", &text[..middle], &text[middle..])
}

fn apostrophe(text: &str) -> String {
    format!("'{text}")
}

fn letter_o(text: &str) -> String {
    text.replacen('0', "O", 1)
}

fn at_in_brackets(text: &str) -> String {
    text.replace('@', "[at]")
}

fn at_in_words(text: &str) -> String {
    text.replace('@', " (at) ")
}

const CYRILLIC: &str = "АВЕКМНОРСТХаеорсухі";
const LATIN: &str = "ABEKMHOPCTXaeopcyxi";

fn swapped(text: &str, from: &str, to: &str) -> String {
    map(text, |c| {
        from.chars()
            .position(|other| other == c)
            .and_then(|at| to.chars().nth(at))
    })
}

fn cyrillic(text: &str) -> String {
    swapped(text, LATIN, CYRILLIC)
}

fn latin(text: &str) -> String {
    swapped(text, CYRILLIC, LATIN)
}

fn schwa(text: &str) -> String {
    text.replace('ә', "ə").replace('Ә', "Ə").replace('о', "o")
}

/// Kazakh letters of KZ-1048 read as Windows-1251.
fn wrong_code_page(text: &str) -> String {
    swapped(text, "ҚҺқһҰұӘӨҒҮөғәҢңү", "ЌЏќџЎўЈҐЄЇґєјЅѕї")
}

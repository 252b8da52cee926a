//! Calendar dates and the ways people write them.

use super::cell::Lang;
use super::random::Random;

const MONTHS_RU: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];
const MONTHS_KK: [&str; 12] = [
    "қаңтар",
    "ақпан",
    "наурыз",
    "сәуір",
    "мамыр",
    "маусым",
    "шілде",
    "тамыз",
    "қыркүйек",
    "қазан",
    "қараша",
    "желтоқсан",
];
const MONTHS_EN: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

#[derive(Clone, Copy, Debug)]
pub(super) struct Date {
    pub(super) year: u32,
    pub(super) month: u32,
    pub(super) day: u32,
}

impl Date {
    /// Day 29 of February never comes up, so the same day exists in every century.
    pub(super) fn random(random: &mut Random, first_year: u32, last_year: u32) -> Self {
        let year = random.between(first_year, last_year);
        let month = random.between(1, 12);
        let last_day = match month {
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        Self {
            year,
            month,
            day: random.between(1, last_day),
        }
    }

    pub(super) fn years_later(self, years: u32) -> Self {
        Self {
            year: self.year + years,
            ..self
        }
    }

    pub(super) fn yymmdd(self) -> String {
        format!("{:02}{:02}{:02}", self.year % 100, self.month, self.day)
    }

    pub(super) fn dotted(self) -> String {
        format!("{:02}.{:02}.{}", self.day, self.month, self.year)
    }

    pub(super) fn iso(self) -> String {
        format!("{}-{:02}-{:02}", self.year, self.month, self.day)
    }

    pub(super) fn in_words(self, lang: Lang) -> String {
        let month = (self.month - 1) as usize;
        match lang {
            Lang::Ru => format!("{} {} {} г.", self.day, MONTHS_RU[month], self.year),
            Lang::Kk => format!("{} ж. {} {}", self.year, self.day, MONTHS_KK[month]),
            Lang::En => format!("{} {} {}", self.day, MONTHS_EN[month], self.year),
        }
    }

    /// Days since 30.12.1899, as spreadsheets count.
    pub(super) fn serial(self) -> u32 {
        let (y, m) = if self.month > 2 {
            (self.year, self.month - 3)
        } else {
            (self.year - 1, self.month + 9)
        };
        let days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + self.day - 1;
        days - 693_899
    }

    pub(super) fn written(self, form: usize, lang: Lang) -> String {
        let Self { year, month, day } = self;
        match form {
            0..=3 => self.dotted(),
            4 | 5 => self.iso(),
            6 => format!("{day:02}/{month:02}/{year}"),
            7 => format!("{year}{month:02}{day:02}"),
            8 => format!("{day:02}.{month:02}.{:02}", year % 100),
            9 => self.in_words(lang),
            10 => format!("{} 00:00:00", self.iso()),
            11 => format!("{} 0:00:00", self.dotted()),
            12 => format!("{day:02}-{month:02}-{year}"),
            13 => format!("{day}.{month}.{year} г."),
            14 => format!(
                "{day:02}-{}-{year}",
                MONTHS_EN[(month - 1) as usize].to_uppercase()
            ),
            15 => format!("{}T00:00:00Z", self.iso()),
            _ => self.serial().to_string(),
        }
    }
}

/// How many forms [`Date::written`] knows.
pub(super) const DATE_FORMS: usize = 17;

pub(super) fn clock(random: &mut Random) -> String {
    let (h, m, s) = (
        random.between(0, 23),
        random.between(0, 59),
        random.between(0, 59),
    );
    format!("{h:02}:{m:02}:{s:02}")
}

pub(super) fn moment(random: &mut Random, form: usize) -> String {
    let date = Date::random(random, 2021, 2025);
    let time = clock(random);
    match form {
        0 | 1 => format!("{} {time}", date.dotted()),
        2 => format!("{} {time}", date.iso()),
        3 => format!("{}T{time}+05:00", date.iso()),
        4 => format!("{}T{time}.{:03}Z", date.iso(), random.between(0, 999)),
        5 => format!("{} {}", date.dotted(), &time[..5]),
        _ => (u64::from(date.serial() - 25_569) * 86_400 + random.bits() % 86_400).to_string(),
    }
}

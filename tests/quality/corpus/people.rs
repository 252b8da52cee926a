//! A made-up person whose fields agree with each other.

use super::address::Address;
use super::cell::Lang;
use super::dates::Date;
use super::numbers;
use super::random::Random;
use super::words::{self, List, kk_ru};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum People {
    Kazakh,
    Slav,
    Uzbek,
    Uyghur,
    Korean,
    German,
    Tatar,
}

impl People {
    fn random(random: &mut Random) -> Self {
        match random.below(100) {
            0..60 => Self::Kazakh,
            60..82 => Self::Slav,
            82..88 => Self::Uzbek,
            88..92 => Self::Uyghur,
            92..95 => Self::Korean,
            95..98 => Self::German,
            _ => Self::Tatar,
        }
    }

    fn lists(self, male: bool) -> (&'static List, &'static List) {
        let other = match self {
            Self::Kazakh if male => return (&words::KAZAKH_MEN, &words::KAZAKH_SURNAMES),
            Self::Kazakh => return (&words::KAZAKH_WOMEN, &words::KAZAKH_SURNAMES),
            Self::Slav if male => return (&words::SLAV_MEN, &words::SLAV_SURNAMES),
            Self::Slav => return (&words::SLAV_WOMEN, &words::SLAV_SURNAMES),
            Self::Uzbek => 0,
            Self::Uyghur => 1,
            Self::Korean => 2,
            Self::German => 3,
            Self::Tatar => 4,
        };
        let given = if male {
            &words::OTHER_MEN[other]
        } else {
            &words::OTHER_WOMEN[other]
        };
        (given, &words::OTHER_SURNAMES[other])
    }

    fn declines_surname(self) -> bool {
        !matches!(self, Self::Korean | Self::German)
    }

    pub(super) fn ethnicity(self, lang: Lang, male: bool) -> &'static str {
        let [ru_man, ru_woman, kk, en] = match self {
            Self::Kazakh => ["казах", "казашка", "қазақ", "Kazakh"],
            Self::Slav => ["русский", "русская", "орыс", "Russian"],
            Self::Uzbek => ["узбек", "узбечка", "өзбек", "Uzbek"],
            Self::Uyghur => ["уйгур", "уйгурка", "ұйғыр", "Uyghur"],
            Self::Korean => ["кореец", "кореянка", "кәріс", "Korean"],
            Self::German => ["немец", "немка", "неміс", "German"],
            Self::Tatar => ["татарин", "татарка", "татар", "Tatar"],
        };
        match lang {
            Lang::Ru if male => ru_man,
            Lang::Ru => ru_woman,
            Lang::Kk => kk,
            Lang::En => en,
        }
    }
}

/// A word in its three spellings.
#[derive(Clone, Debug)]
pub(super) struct Name {
    pub(super) kk: String,
    pub(super) ru: String,
    pub(super) latin: String,
}

impl Name {
    pub(super) fn new(kk: &str, ru: &str) -> Self {
        Self {
            kk: kk.to_owned(),
            ru: ru.to_owned(),
            latin: latin(ru),
        }
    }

    pub(super) fn of(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ru => &self.ru,
            Lang::Kk => &self.kk,
            Lang::En => &self.latin,
        }
    }

    fn each(&self, change: impl Fn(&str) -> String) -> Self {
        Self::new(&change(&self.kk), &change(&self.ru))
    }
}

pub(super) fn latin(text: &str) -> String {
    let mut result = String::new();
    for c in text.chars() {
        let lower = c.to_lowercase().next().unwrap_or(c);
        let piece = match lower {
            'а' | 'ә' => "a",
            'б' => "b",
            'в' => "v",
            'г' | 'ғ' => "g",
            'д' => "d",
            'е' | 'ё' | 'э' => "e",
            'ж' => "zh",
            'з' => "z",
            'и' | 'й' | 'і' => "i",
            'к' | 'қ' => "k",
            'л' => "l",
            'м' => "m",
            'н' | 'ң' => "n",
            'о' | 'ө' => "o",
            'п' => "p",
            'р' => "r",
            'с' => "s",
            'т' => "t",
            'у' | 'ұ' | 'ү' => "u",
            'ф' => "f",
            'х' | 'һ' => "kh",
            'ц' => "ts",
            'ч' => "ch",
            'ш' => "sh",
            'щ' => "shch",
            'ы' => "y",
            'ю' => "yu",
            'я' => "ya",
            'ь' | 'ъ' => "",
            _ => {
                result.push(c);
                continue;
            }
        };
        if c == lower {
            result.push_str(piece);
        } else {
            let mut letters = piece.chars();
            result.extend(letters.next().map(|first| first.to_ascii_uppercase()));
            result.push_str(letters.as_str());
        }
    }
    result
}

pub(super) fn feminine(surname: &str) -> String {
    let cut = |ending: &str| surname.strip_suffix(ending);
    if let Some(stem) = cut("ский").or(cut("цкий")) {
        let middle = if surname.ends_with("цкий") {
            "ц"
        } else {
            "с"
        };
        format!("{stem}{middle}кая")
    } else if let Some(stem) = cut("ый").or(cut("ий")).or(cut("ой")) {
        format!("{stem}ая")
    } else if ["ов", "ев", "ёв", "ин", "ын"]
        .iter()
        .any(|ending| surname.ends_with(ending))
    {
        format!("{surname}а")
    } else {
        surname.to_owned()
    }
}

/// The Russian patronymic of a father's name.
pub(super) fn patronymic(father: &str, male: bool) -> String {
    let (son, daughter) = ("вич", "вна");
    let stem = match father {
        "Пётр" => "Петро".to_owned(),
        "Павел" => "Павло".to_owned(),
        "Дмитрий" => "Дмитрие".to_owned(),
        "Никита" => {
            return if male {
                "Никитич"
            } else {
                "Никитична"
            }
            .to_owned();
        }
        _ => {
            let last = father.chars().last().unwrap_or('н');
            let head = &father[..father.len() - last.len_utf8()];
            match last {
                'й' if father.ends_with("ий") => format!("{}ье", &head[..head.len() - 2]),
                'й' | 'ь' => format!("{head}е"),
                'а' | 'я' => format!("{head}е"),
                'и' | 'е' | 'і' | 'ы' | 'о' | 'у' | 'ә' | 'ж' | 'ш' | 'ч' | 'щ' | 'ц' =>
                {
                    format!("{father}е")
                }
                _ => format!("{father}о"),
            }
        }
    };
    format!("{stem}{}", if male { son } else { daughter })
}

#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) people: People,
    pub(super) male: bool,
    pub(super) last: Name,
    pub(super) maiden: Name,
    pub(super) first: Name,
    pub(super) patronymic: Option<Name>,
    pub(super) birth: Date,
    pub(super) iin: String,
    pub(super) id_card: String,
    pub(super) passport: String,
    pub(super) issued: Date,
    /// Ten digits, without a country code, as all the phones here.
    pub(super) phone: String,
    pub(super) home_phone: String,
    pub(super) work_phone: String,
    pub(super) login: String,
    pub(super) email: String,
    pub(super) registered: Address,
    pub(super) resides: Address,
    /// Two names of the bank and the bank code of its IBANs.
    pub(super) bank: [&'static str; 3],
    pub(super) iban: String,
    pub(super) card: String,
    pub(super) plate: String,
    pub(super) serial: u32,
}

const MOBILE_CODES: [&str; 14] = [
    "700", "701", "702", "705", "706", "707", "708", "747", "771", "775", "776", "777", "778",
    "760",
];
const MAIL_HOSTS: [&str; 9] = [
    "mail.ru",
    "gmail.com",
    "gmail.com",
    "inbox.ru",
    "yandex.kz",
    "bk.ru",
    "list.ru",
    "icloud.com",
    "mail.kz",
];
const PLATE_LETTERS: &str = "ABCDEFHKLMNPRSTUVXYZ";

impl Person {
    pub(super) fn adult(random: &mut Random) -> Self {
        Self::born(random, 1949, 2006)
    }

    pub(super) fn child(random: &mut Random) -> Self {
        Self::born(random, 2008, 2021)
    }

    fn born(random: &mut Random, first_year: u32, last_year: u32) -> Self {
        let people = People::random(random);
        let male = random.chance(50);
        let (given, surnames) = people.lists(male);
        let (kk, ru) = kk_ru(given.pick(random));
        let first = Name::new(kk, ru);
        let (kk, ru) = kk_ru(surnames.pick(random));
        let last = Name::new(kk, ru);
        let (kk, ru) = kk_ru(surnames.pick(random));
        let maiden = Name::new(kk, ru);
        let (kk, ru) = kk_ru(people.lists(true).0.pick(random));
        let father = random.chance(92).then(|| Name::new(kk, ru));
        let birth = Date::random(random, first_year, last_year);
        Self::named(
            random,
            Named {
                people,
                male,
                last,
                maiden,
                first,
                father,
                birth,
            },
        )
    }

    /// The rest of a person of whom the names, the sex and the birth date are given.
    pub(super) fn named(random: &mut Random, named: Named) -> Self {
        let Named {
            people,
            male,
            last,
            maiden,
            first,
            father,
            birth,
        } = named;
        let sexed = |name: Name| {
            if male || !people.declines_surname() {
                name
            } else {
                name.each(feminine)
            }
        };
        let (last, maiden) = (sexed(last), sexed(maiden));
        let patronymic = father.map(|father| fathers_name(random, people, male, &father));
        let registered = Address::random(random);
        let resides = if random.chance(60) {
            registered.clone()
        } else {
            Address::random(random)
        };
        let phone = format!("{}{}", random.pick(&MOBILE_CODES), random.digits(7));
        let fixed = |random: &mut Random| {
            let code = resides.area_code();
            format!("{code}{}", random.digits(10 - code.len()))
        };
        let (home_phone, work_phone) = (fixed(random), fixed(random));
        let login = login_of(random, &first, &last, birth);
        let email = format!("{login}@{}", random.pick(&MAIL_HOSTS));
        let mut bank = [""; 3];
        for (slot, part) in bank.iter_mut().zip(words::BANKS.pick(random).split('|')) {
            *slot = part;
        }
        let card_prefix = random.pick(&["4400", "5169", "4042", "5356", "2200", "4003", "5489"]);
        let adult_year = (birth.year + 16).clamp(2012, 2024);
        Self {
            iin: numbers::iin(random, birth, male),
            id_card: format!("0{}", random.digits(8)),
            passport: format!("N{}", random.digits(8)),
            issued: Date::random(random, adult_year, 2025),
            iban: numbers::iban(random, bank[2]),
            card: numbers::luhn(random, card_prefix, 16),
            plate: plate(random, registered.place[6]),
            serial: random.between(10_000, 999_999),
            people,
            male,
            last,
            maiden,
            first,
            patronymic,
            birth,
            phone,
            home_phone,
            work_phone,
            login,
            email,
            registered,
            resides,
            bank,
        }
    }

    pub(super) fn initials(&self, lang: Lang) -> String {
        let letter = |name: &Name| name.of(lang).chars().next().unwrap_or('А');
        match &self.patronymic {
            Some(patronymic) => format!("{}.{}.", letter(&self.first), letter(patronymic)),
            None => format!("{}.", letter(&self.first)),
        }
    }

    /// Last name, first name, patronymic.
    pub(super) fn full(&self, lang: Lang) -> String {
        let mut text = format!("{} {}", self.last.of(lang), self.first.of(lang));
        if let Some(patronymic) = &self.patronymic {
            text.push(' ');
            text.push_str(patronymic.of(lang));
        }
        text
    }

    pub(super) fn sign(&self, lang: Lang) -> String {
        format!("{} {}", self.last.of(lang), self.initials(lang))
    }
}

pub(super) struct Named {
    pub(super) people: People,
    pub(super) male: bool,
    pub(super) last: Name,
    pub(super) maiden: Name,
    pub(super) first: Name,
    pub(super) father: Option<Name>,
    pub(super) birth: Date,
}

fn fathers_name(random: &mut Random, people: People, male: bool, father: &Name) -> Name {
    let russian = patronymic(&father.ru, male);
    if people != People::Kazakh {
        return Name::new(&russian, &russian);
    }
    let (kk_end, ru_end) = if male {
        ("ұлы", "улы")
    } else {
        ("қызы", "кызы")
    };
    let gap = random.pick(&["", "", "", " "]);
    let kk = format!("{}{gap}{kk_end}", father.kk);
    if random.chance(70) {
        Name::new(&kk, &russian)
    } else {
        Name::new(&kk, &format!("{}{gap}{ru_end}", father.ru))
    }
}

fn login_of(random: &mut Random, first: &Name, last: &Name, birth: Date) -> String {
    let plain = |name: &Name| -> String {
        name.latin
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_lowercase()
    };
    let (first, last) = (plain(first), plain(last));
    let year = birth.year;
    match random.below(7) {
        0 => format!("{first}.{last}"),
        1 => format!("{first}_{:02}", year % 100),
        2 => format!("{}{last}{year}", &first[..1]),
        3 => format!("{last}.{}", &first[..1]),
        4 => format!("{first}{}", random.between(1, 9999)),
        5 => format!("{last}_{first}"),
        _ => format!("{first}{last}{:02}", year % 100),
    }
}

fn plate(random: &mut Random, region: &str) -> String {
    if random.chance(80) {
        format!(
            "{}{}{region}",
            random.digits(3),
            random.string(PLATE_LETTERS, 3)
        )
    } else {
        let letter = random.pick(&["A", "B", "Z", "M", "X", "S", "P", "E"]);
        format!(
            "{letter}{}{}",
            random.digits(3),
            random.string(PLATE_LETTERS, 3)
        )
    }
}

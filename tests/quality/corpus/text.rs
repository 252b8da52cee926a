//! Running texts with the places of the personal data in them.

use super::cell::Lang::{self, En, Kk, Ru};
use super::cell::grouped;
use super::contact::{written_address, written_phone};
use super::dates::Date;
use super::people::{People, Person};
use super::phrases::{EN, KK, Phrases, RU};
use super::random::Random;
use super::{Span, Text, wares, words};

const COUNT: usize = 500;

pub(super) fn all(seed: u64) -> Vec<Text> {
    let mut random = Random::new(seed, "texts");
    (0..COUNT)
        .map(|number| one(&mut random, number % 4 != 0))
        .collect()
}

fn one(random: &mut Random, personal: bool) -> Text {
    let (lang, phrases) = match random.below(10) {
        0..5 => (Ru, &RU),
        5..8 => (Kk, &KK),
        _ => (En, &EN),
    };
    let (person, other) = (Person::adult(random), Person::adult(random));
    let sentences = chosen(random, phrases, personal);
    let mut writer = Writer {
        random,
        lang,
        person,
        other,
        text: String::new(),
        spans: Vec::new(),
    };
    let gap = writer.random.pick(&[" ", " ", " ", "\n"]);
    for sentence in sentences {
        if !writer.text.is_empty() {
            writer.text.push_str(gap);
        }
        writer.write(sentence);
    }
    let Writer {
        random,
        text,
        spans,
        ..
    } = writer;
    let lowered = |c: char| single(c.to_lowercase()).unwrap_or(c);
    let raised = |c: char| single(c.to_uppercase()).unwrap_or(c);
    let text = match random.below(20) {
        0 | 1 => text.chars().map(lowered).collect(),
        2 => text.chars().map(raised).collect(),
        _ => text,
    };
    Text { text, spans }
}

/// The only character of a case mapping, if it is one: spans count characters.
fn single(mut mapped: impl Iterator<Item = char>) -> Option<char> {
    mapped.next().filter(|_| mapped.next().is_none())
}

fn chosen(random: &mut Random, phrases: &Phrases, personal: bool) -> Vec<&'static str> {
    let mut sentences = Vec::new();
    let letter = random.chance(60);
    if letter {
        sentences.push(random.pick(phrases.greetings));
    }
    if personal {
        let from = if letter {
            phrases.letters
        } else {
            phrases.notes
        };
        for _ in 0..=random.below(3) {
            sentences.push(random.pick(from));
        }
    }
    for _ in 0..if personal {
        random.below(2)
    } else {
        1 + random.below(3)
    } {
        let at = 1 + random.below(sentences.len().max(1));
        sentences.insert(at.min(sentences.len()), random.pick(phrases.plain));
    }
    if letter {
        let farewell = random.pick(phrases.farewells);
        if personal || !farewell.contains('{') {
            sentences.push(farewell);
        }
    }
    let mut seen = Vec::new();
    sentences.retain(|sentence| {
        let new = !sentence.is_empty() && !seen.contains(sentence);
        seen.push(*sentence);
        new
    });
    sentences
}

struct Writer<'a> {
    random: &'a mut Random,
    lang: Lang,
    person: Person,
    other: Person,
    text: String,
    spans: Vec<Span>,
}

impl Writer<'_> {
    fn write(&mut self, sentence: &str) {
        let mut rest = sentence;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((slot, tail)) = after.split_once('}') else {
                break;
            };
            self.text.push_str(before);
            self.fill(slot);
            rest = tail;
        }
        self.text.push_str(rest);
    }

    fn fill(&mut self, slot: &str) {
        if let Some(text) = self.plain(slot) {
            self.text.push_str(&text);
            return;
        }
        let (name, person) = match slot.strip_prefix('2') {
            Some(name) => (name, self.other.clone()),
            None => (slot, self.person.clone()),
        };
        let (name, case) = name.split_once('_').unwrap_or((name, ""));
        let (category, text) = self.personal(name, Case::of(case), &person);
        let start = self.text.chars().count();
        self.text.push_str(&text);
        self.spans.push(Span {
            start,
            end: start + text.chars().count(),
            category,
        });
    }

    fn plain(&mut self, slot: &str) -> Option<String> {
        let random = &mut *self.random;
        let said = match slot {
            "num" => random.digits(6),
            "sum" => grouped(random.between(5, 900) * 500, random.pick(&[" ", "", " "])),
            "n" => random.between(2, 90).to_string(),
            "year" => random.between(2012, 2025).to_string(),
            "date" => Date::random(random, 2023, 2025).dotted(),
            "ver" => format!(
                "{}.{}.{}",
                random.between(1, 9),
                random.between(0, 20),
                random.below(9)
            ),
            "goods" => wares::PRODUCTS.list(self.lang).pick(random).to_owned(),
            "firm" => words::FIRMS.list(self.lang).pick(random).to_owned(),
            _ => return None,
        };
        Some(said)
    }

    fn personal(&mut self, name: &str, case: Case, person: &Person) -> (&'static str, String) {
        let lang = self.lang;
        let random = &mut *self.random;
        match name {
            "iin" => (
                "iin",
                if random.chance(12) {
                    in_threes(&person.iin)
                } else {
                    person.iin.clone()
                },
            ),
            "tel" => {
                let form = random.pick(&[0, 0, 1, 3, 3, 5, 6, 8, 9, 10, 13, 15]);
                ("phone_number", written_phone(&person.phone, form))
            }
            "mail" => ("email", person.email.clone()),
            "card" => {
                let spaced = random.chance(60);
                ("payment_card_number", in_fours(&person.card, spaced))
            }
            "iban" => {
                let spaced = random.chance(25);
                ("bank_account", in_fours(&person.iban, spaced))
            }
            "ud" => ("id_card_number", person.id_card.clone()),
            "pasp" => ("passport_number", person.passport.clone()),
            "adr" => {
                let form = random.pick(&[0, 0, 1, 2, 3, 4]);
                (
                    "registration_address",
                    written_address(&person.resides, lang, form),
                )
            }
            "plate" => ("vehicle_plate", spaced_plate(random, &person.plate)),
            "dr" => {
                let form = random.pick(&[0, 0, 1, 2]);
                ("birth_date", birth(person.birth, form, lang))
            }
            "im" => ("first_name", inflected(person, &[Part::First], case, lang)),
            "fam" => ("last_name", inflected(person, &[Part::Last], case, lang)),
            "io" if person.patronymic.is_none() => {
                ("first_name", inflected(person, &[Part::First], case, lang))
            }
            "io" => (
                "full_name",
                inflected(person, &[Part::First, Part::Patronymic], case, lang),
            ),
            _ => {
                let order: &[Part] = match random.below(5) {
                    0 => &[Part::First, Part::Last],
                    1 => &[Part::Last, Part::First],
                    2 if lang == En => &[Part::First, Part::Last],
                    _ => &[Part::Last, Part::First, Part::Patronymic],
                };
                ("full_name", inflected(person, order, case, lang))
            }
        }
    }
}

fn in_threes(number: &str) -> String {
    format!(
        "{} {} {} {}",
        &number[..3],
        &number[3..6],
        &number[6..9],
        &number[9..]
    )
}

fn in_fours(number: &str, spaced: bool) -> String {
    let letters: Vec<char> = number.chars().collect();
    let parts: Vec<String> = letters
        .chunks(4)
        .map(|part| part.iter().collect())
        .collect();
    parts.join(if spaced { " " } else { "" })
}

fn spaced_plate(random: &mut Random, plate: &str) -> String {
    if plate.starts_with(|c: char| c.is_ascii_digit()) && random.chance(40) {
        format!("{} {} {}", &plate[..3], &plate[3..6], &plate[6..])
    } else {
        plate.to_owned()
    }
}

fn birth(date: Date, form: usize, lang: Lang) -> String {
    match (form, lang) {
        (0, _) => date.dotted(),
        (1, En) => date.iso(),
        (1, _) => date.in_words(lang).trim_end_matches(" г.").to_owned(),
        _ => date.written(12, lang),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    Nominative,
    Genitive,
    Dative,
    Accusative,
    Instrumental,
}

impl Case {
    fn of(name: &str) -> Self {
        match name {
            "gen" => Self::Genitive,
            "dat" => Self::Dative,
            "acc" => Self::Accusative,
            "ins" => Self::Instrumental,
            _ => Self::Nominative,
        }
    }

    /// The ending of this case out of genitive, dative, accusative, instrumental.
    fn choose(self, endings: [&str; 4]) -> &str {
        match self {
            Self::Nominative => "",
            Self::Genitive => endings[0],
            Self::Dative => endings[1],
            Self::Accusative => endings[2],
            Self::Instrumental => endings[3],
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    First,
    Last,
    Patronymic,
}

fn inflected(person: &Person, parts: &[Part], case: Case, lang: Lang) -> String {
    let named: Vec<(Part, &str)> = parts
        .iter()
        .filter_map(|&part| {
            let name = match part {
                Part::First => &person.first,
                Part::Last => &person.last,
                Part::Patronymic => person.patronymic.as_ref()?,
            };
            Some((part, name.of(lang)))
        })
        .collect();
    if case == Case::Nominative || lang == En {
        let words: Vec<&str> = named.iter().map(|&(_, word)| word).collect();
        return words.join(" ");
    }
    let last = named.len().saturating_sub(1);
    let words: Vec<String> = named
        .iter()
        .enumerate()
        .map(|(at, &(part, word))| match lang {
            Kk if at == last => kazakh(word, case),
            Kk => word.to_owned(),
            _ => russian(word, part, person, case),
        })
        .collect();
    words.join(" ")
}

fn russian(word: &str, part: Part, person: &Person, case: Case) -> String {
    let male = person.male;
    let stem = |cut: usize| -> String {
        let count = word.chars().count();
        word.chars().take(count - cut).collect()
    };
    let with = |cut: usize, endings: [&str; 4]| format!("{}{}", stem(cut), case.choose(endings));
    let ends = |endings: &[&str]| endings.iter().any(|ending| word.ends_with(ending));
    if word.contains(' ') || ends(&["улы", "кызы"]) {
        return word.to_owned();
    }
    if part == Part::Last {
        let slavic = !matches!(person.people, People::Korean | People::German);
        if male && slavic && ends(&["ов", "ев", "ёв", "ин", "ын"]) {
            return with(0, ["а", "у", "а", "ым"]);
        }
        if !male && slavic && ends(&["ова", "ева", "ёва", "ина", "ына"]) {
            return with(1, ["ой", "ой", "у", "ой"]);
        }
        if ends(&["ский", "цкий"]) {
            return with(2, ["ого", "ому", "ого", "им"]);
        }
        if ends(&["чий"]) {
            return with(2, ["его", "ему", "его", "им"]);
        }
        if ends(&["ая"]) {
            let soft = word.ends_with("чая");
            let ending = if soft { "ей" } else { "ой" };
            return with(2, [ending, ending, "ую", ending]);
        }
        if ends(&["ых", "енко"]) || (!male && !ends(&["а", "я"])) {
            return word.to_owned();
        }
    }
    match word {
        "Павел" => return format!("Павл{}", case.choose(["а", "у", "а", "ом"])),
        "Пётр" => return format!("Петр{}", case.choose(["а", "у", "а", "ом"])),
        _ => {}
    }
    let last = word.chars().last().unwrap_or('н');
    match last {
        'а' => {
            let hush = ends(&["га", "ка", "ха", "жа", "ша", "ча", "ща"]);
            with(1, [if hush { "и" } else { "ы" }, "е", "у", "ой"])
        }
        'я' if word.ends_with("ия") => with(1, ["и", "и", "ю", "ей"]),
        'я' => with(1, ["и", "е", "ю", "ей"]),
        'й' | 'ь' if male => with(1, ["я", "ю", "я", "ем"]),
        'ь' => with(1, ["и", "и", "ь", "ью"]),
        'и' | 'е' | 'о' | 'у' | 'ы' | 'ю' | 'э' | 'ё' => word.to_owned(),
        _ if !male => word.to_owned(),
        'ж' | 'ш' | 'ч' | 'щ' | 'ц' => with(0, ["а", "у", "а", "ем"]),
        _ => with(0, ["а", "у", "а", "ом"]),
    }
}

fn kazakh(word: &str, case: Case) -> String {
    let lower = word.to_lowercase();
    if lower.ends_with("ұлы") || lower.ends_with("қызы") {
        return format!("{word}{}", case.choose(["ның", "на", "н", "мен"]));
    }
    let vowel = lower
        .chars()
        .rev()
        .find(|c| "аәеёиіоөуұүыэюя".contains(*c))
        .unwrap_or('а');
    let front = "әеёиіөүэ".contains(vowel);
    let last = lower.chars().last().unwrap_or('а');
    let (hard, soft) = match last {
        'а' | 'ә' | 'е' | 'ё' | 'и' | 'і' | 'о' | 'ө' | 'ұ' | 'ү' | 'ы' | 'э' | 'я' | 'ю' => {
            (["ның", "ға", "ны", "мен"], ["нің", "ге", "ні", "мен"])
        }
        'м' | 'н' | 'ң' => (["ның", "ға", "ды", "мен"], ["нің", "ге", "ді", "мен"]),
        'р' | 'л' | 'й' | 'у' => (["дың", "ға", "ды", "мен"], ["дің", "ге", "ді", "мен"]),
        'з' | 'ж' => (["дың", "ға", "ды", "бен"], ["дің", "ге", "ді", "бен"]),
        _ => (["тың", "қа", "ты", "пен"], ["тің", "ке", "ті", "пен"]),
    };
    let ending = case.choose(if front { soft } else { hard });
    format!("{word}{ending}")
}

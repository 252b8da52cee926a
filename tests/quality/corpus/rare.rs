//! Persons whose names no common list holds: rare roots put together by the rules of each
//! naming tradition, about a quarter of them without an ending that tells a name.

use super::Table;
use super::build::{Plan, Rows};
use super::cell::Lang::{self, En, Kk, Ru};
use super::cell::{Kind, Shape};
use super::contact::{CITY, EMAIL, LOGIN, PHONE, REGISTRATION, RESIDENCE};
use super::dates::Date;
use super::device::PLATE;
use super::goods::{CODE, DATE, FLAG, ORDER, PRICE, PRODUCT, STATE};
use super::identity::{BORN, FIRST, FULL, ID_CARD, IIN, LAST, PASSPORT, PATRONYMIC, SEX};
use super::life::JOB;
use super::money::{CARD, IBAN, SALARY};
use super::people::{Name, Named, People, Person};
use super::random::Random;
use super::words::{List, kk_ru};

static KAZAKH_ROOTS: List = List::new(
    "Қорған/Корган;Шынық/Шынык;Тұғыр/Тугыр;Жусан;Сырбаз;Қылыш/Кылыш;Балғын/Балгын;Қияқ/Кияк;\
     Мұзбел/Музбел;Ебелек;Шүлен/Шулен;Бүрген/Бурген;Шілік/Шилик;Тобылғы/Тобылгы;Көкжал/Кокжал;\
     Бөрте/Борте;Жылқы/Жылкы;Сәйгүл/Сайгул;Қазмой/Казмой;Төсек/Тосек;Керуен;Өрік/Орик;\
     Шатқал/Шаткал;\
     Мойнақ/Мойнак;Түйме/Туйме;Жыңғыл/Жынгыл;Ыдыр;Құлпы/Кулпы;Айбоз;Елбең/Елбен",
);
static KAZAKH_MALE: List =
    List::new("бай;бек;тай;хан;ғали/гали;мұрат/мурат;жан;нияз;қожа/кожа;сейіт/сеит;әлі/али");
static KAZAKH_FEMALE: List =
    List::new("гүл/гуль;жан;сұлу/сулу;бике;ай;шаш;нұр/нур;қыз/кыз;жамал;биби");
static KAZAKH_BARE: List = List::new("ақ/ак;ер;ым;еш;ық/ык;;;ыл;шы");

static SLAV_FIRST: List =
    List::new("Добро;Яро;Тихо;Звени;Любо;Свето;Вое;Миро;Ладо;Буде;Жито;Верхо;Стойно;Рудо");
static SLAV_SECOND: List =
    List::new("мысл;гнев;нег;гост;вит;дан;бор;мил;рад;зар;мир;слав;жир;свет;люб");
static SLAV_ROOTS: List = List::new(
    "Скворыш;Тюльпак;Жмыхал;Чебур;Полущ;Загребл;Кувшен;Обабк;Тарарыч;Швырк;Мокроступ;Пустовалд;\
     Рыжебок;Вертипорох;Дробот;Плетюх;Косолап;Горюнч;Завалящ;Лапотн;Недопёк;Простокиш;Хрящ;Ухват",
);
static SLAV_VERBS: List =
    List::new("Крути;Забей;Подопри;Тягни;Ломи;Держи;Сторожи;Перебей;Верти;Замети;Колыхни;Обойми");
static SLAV_NOUNS: List =
    List::new("гора;вода;шапка;нос;хвост;колода;борода;поле;двор;чуб;рог;лапоть;кожух");

static UZBEK_FIRST: List =
    List::new("Кумуш;Тангри;Бури;Чори;Хол;Эшни;Урал;Нурму;Гавхар;Сайхун;Жавли;Пирим;Тилло;Норбу");
static UZBEK_MALE: List = List::new("бой;тош;кул;ёр;назар;полвон;мурод;турди;сафар");
static UZBEK_FEMALE: List = List::new("ой;биби;хон;нисо;бика;гул;шода;момо");

static UYGHUR_FIRST: List =
    List::new("Гопур;Тохсун;Ярмет;Зунун;Кенжем;Айсем;Бахар;Гунчем;Мотал;Сидик;Һошур/Хошур;Савур");
static UYGHUR_MALE: List = List::new("ахун;жан;мет;вай;нияз;шах");
static UYGHUR_FEMALE: List = List::new("хан;буви;ай;ниса;гүль/гуль;ханим");

static KOREAN_SURNAMES: List =
    List::new("Мё;Чжу;Пхё;Сок;Дё;Куг;Тян;Ём;Нау;Вегай;Мёгай;Дигай;Пягай;Сегай;Хёгай;Окгай;Бя;Квон");
static KOREAN_SYLLABLES: List =
    List::new("Чун;Бок;Сун;Дюн;Хва;Мён;Гир;Нам;Сек;Вор;Дя;Ок;Пён;Ук;Сор");

static GERMAN_FIRST: List = List::new("Зиг;Орт;Вальд;Гунт;Лют;Эрк;Мейн;Теу;Рад;Фольк;Гер;Ада;Ульф");
static GERMAN_MALE: List = List::new("берт;фрид;мар;вин;хельм;брехт;ольф;гер;рик");
static GERMAN_FEMALE: List = List::new("гильда;трауд;линда;рун;берга;гунда;винда;лейда");
static GERMAN_HEADS: List = List::new(
    "Финкель;Остер;Кальтен;Шнее;Хольц;Вундер;Лихтен;Грау;Дорнен;Айзен;Штеге;Цвибель;Моос;Клоп;\
     Реген",
);
static GERMAN_TAILS: List =
    List::new("бах;вальд;кранц;гольд;бруннер;зак;штеттер;фельс;ман;кнехт;шпан;хубер;лаб;рат");

/// Two parts of a word, each maybe in two spellings.
fn joined(parts: &[&'static str]) -> Name {
    let (kk, ru): (String, String) = parts.iter().map(|&part| kk_ru(part)).unzip();
    Name::new(&kk, &ru)
}

fn ended(name: &Name, ending: &str) -> Name {
    Name::new(
        &format!("{}{ending}", name.kk),
        &format!("{}{ending}", name.ru),
    )
}

/// `-ев` after soft consonants and vowels, `-ов` after the others.
fn slavic_ending(name: &Name) -> Name {
    let last = name.ru.chars().last().unwrap_or('н');
    match last {
        'й' | 'ь' => {
            let cut = |text: &str| text.trim_end_matches(['й', 'ь']).to_owned() + "ев";
            Name::new(&cut(&name.kk), &cut(&name.ru))
        }
        'а' | 'я' | 'ы' => {
            let cut = |text: &str| text.trim_end_matches(['а', 'я', 'ы', 'ә']).to_owned() + "ин";
            Name::new(&cut(&name.kk), &cut(&name.ru))
        }
        'и' | 'е' | 'о' | 'у' | 'ж' | 'ш' | 'ч' | 'щ' | 'ц' => ended(name, "ев"),
        _ => ended(name, "ов"),
    }
}

fn given(random: &mut Random, people: People, male: bool, telling: bool) -> Name {
    let sexed = |men: &'static List, women: &'static List| if male { men } else { women };
    let mut two = |first: &List, second: &List| {
        let parts = [first.pick(random), second.pick(random)];
        joined(&parts)
    };
    match people {
        People::Kazakh if telling => two(&KAZAKH_ROOTS, sexed(&KAZAKH_MALE, &KAZAKH_FEMALE)),
        People::Kazakh => two(&KAZAKH_ROOTS, &KAZAKH_BARE),
        People::Slav | People::Tatar => {
            let name = two(&SLAV_FIRST, &SLAV_SECOND);
            if male { name } else { ended(&name, "а") }
        }
        People::Uzbek => two(&UZBEK_FIRST, sexed(&UZBEK_MALE, &UZBEK_FEMALE)),
        People::Uyghur => two(&UYGHUR_FIRST, sexed(&UYGHUR_MALE, &UYGHUR_FEMALE)),
        People::German => two(&GERMAN_FIRST, sexed(&GERMAN_MALE, &GERMAN_FEMALE)),
        People::Korean => {
            let (first, second) = (KOREAN_SYLLABLES.pick(random), KOREAN_SYLLABLES.pick(random));
            let text = if random.chance(50) {
                format!("{first} {second}")
            } else {
                format!("{first}{}", second.to_lowercase())
            };
            Name::new(&text, &text)
        }
    }
}

fn surname(random: &mut Random, people: People, telling: bool) -> Name {
    match people {
        People::Kazakh | People::Uzbek | People::Uyghur => {
            let long = random.chance(60);
            let base = if long || people != People::Kazakh {
                given(random, people, true, true)
            } else {
                joined(&[KAZAKH_ROOTS.pick(random)])
            };
            if telling { slavic_ending(&base) } else { base }
        }
        People::Slav | People::Tatar if telling => {
            let root = joined(&[SLAV_ROOTS.pick(random)]);
            match random.below(6) {
                0 => ended(&root, "ин"),
                1 => ended(&root, "ский"),
                2 => ended(&root, "енко"),
                _ => slavic_ending(&root),
            }
        }
        People::Slav | People::Tatar => joined(&[SLAV_VERBS.pick(random), SLAV_NOUNS.pick(random)]),
        People::Korean => joined(&[KOREAN_SURNAMES.pick(random)]),
        People::German => joined(&[GERMAN_HEADS.pick(random), GERMAN_TAILS.pick(random)]),
    }
}

pub(super) fn person(random: &mut Random) -> Person {
    let people = match random.below(100) {
        0..52 => People::Kazakh,
        52..74 => People::Slav,
        74..83 => People::Uzbek,
        83..90 => People::Uyghur,
        90..95 => People::Korean,
        _ => People::German,
    };
    let male = random.chance(50);
    let telling = random.chance(75);
    let named = Named {
        people,
        male,
        last: surname(random, people, telling),
        maiden: surname(random, people, true),
        first: given(random, people, male, telling),
        father: random
            .chance(92)
            .then(|| given(random, people, true, telling)),
        birth: Date::random(random, 1949, 2006),
    };
    Person::named(random, named)
}

type Columns = &'static [(&'static str, Kind)];

const TABLES: [(&str, Lang, Columns); 12] = [
    (
        "rare_clients",
        Ru,
        &[
            ("Фамилия", LAST),
            ("Имя", FIRST),
            ("Отчество", PATRONYMIC),
            ("ИИН", IIN),
            ("Телефон", PHONE),
            ("Статус заказа", STATE),
            ("Дата заказа", DATE),
            ("Договор подписал", FULL),
        ],
    ),
    (
        "rare_tizim",
        Kk,
        &[
            ("Тегі", LAST),
            ("Аты", FIRST),
            ("Әкесінің аты", PATRONYMIC),
            ("ЖСН", IIN),
            ("Туған күні", BORN),
            ("Мекенжайы", RESIDENCE),
            ("Коды", CODE),
            ("Бағасы", PRICE),
        ],
    ),
    (
        "rare_users",
        En,
        &[
            ("last_name", LAST),
            ("first_name", FIRST),
            ("full_name", FULL),
            ("email", EMAIL),
            ("login", LOGIN),
            ("mobile", PHONE),
            ("is_active", FLAG),
            ("order_no", ORDER),
        ],
    ),
    (
        "rare_staff",
        Ru,
        &[
            ("ФИО", FULL),
            ("Фамилия сотрудника", LAST),
            ("Имя сотрудника", FIRST),
            ("Должность", JOB),
            ("Оклад", SALARY),
            ("Пол", SEX),
            ("Код цеха", CODE),
            ("Дата приказа", DATE),
        ],
    ),
    (
        "rare_dbase",
        Ru,
        &[
            ("FAMILIYA", LAST),
            ("IMJA", FIRST),
            ("OTCHESTVO", PATRONYMIC),
            ("NOM_UD", ID_CARD),
            ("ADRES", REGISTRATION),
            ("TELEFON", PHONE),
            ("KOD", CODE),
            ("SUMMA_OPL", PRICE),
        ],
    ),
    (
        "rare_owners",
        Ru,
        &[
            ("Владелец", FULL),
            ("Имя владельца", FIRST),
            ("Отчество владельца", PATRONYMIC),
            ("Госномер", PLATE),
            ("Телефон владельца", PHONE),
            ("Город", CITY),
            ("Товар", PRODUCT),
            ("Статус", STATE),
        ],
    ),
    (
        "rare_qyzmetker",
        Kk,
        &[
            ("Аты-жөні", FULL),
            ("Қызметкердің тегі", LAST),
            ("Қызметкердің аты", FIRST),
            ("Лауазымы", JOB),
            ("Шоты", IBAN),
            ("ЖСН нөмірі", IIN),
            ("Бұйрық күні", DATE),
            ("Белгі", FLAG),
        ],
    ),
    (
        "rare_guests",
        En,
        &[
            ("guestSurname", LAST),
            ("guestGivenName", FIRST),
            ("guestFullName", FULL),
            ("passportNo", PASSPORT),
            ("birthDate", BORN),
            ("cardNo", CARD),
            ("roomRate", PRICE),
            ("bookingNo", ORDER),
        ],
    ),
    (
        "rare_patients",
        Ru,
        &[
            ("Пациент", FULL),
            ("Фам. пациента", LAST),
            ("Имя пациента", FIRST),
            ("Отч. пациента", PATRONYMIC),
            ("Дата рождения", BORN),
            ("Тел.", PHONE),
            ("Препарат (код)", CODE),
            ("Цена", PRICE),
        ],
    ),
    (
        "rare_parents",
        Ru,
        &[
            ("ФИО родителя", FULL),
            ("Фамилия ребёнка", LAST),
            ("Имя ребёнка", FIRST),
            ("ИИН ребёнка", IIN),
            ("Эл. почта", EMAIL),
            ("Номер заявки", ORDER),
            ("Принято", FLAG),
            ("Дата заявки", DATE),
        ],
    ),
    (
        "rare_drivers",
        En,
        &[
            ("DRIVER_LAST", LAST),
            ("DRIVER_FIRST", FIRST),
            ("DRIVER_MIDDLE", PATRONYMIC),
            ("PLATE_NO", PLATE),
            ("IIN_NO", IIN),
            ("CITY", CITY),
            ("STATE_CODE", CODE),
            ("CALC_DATE", DATE),
        ],
    ),
    (
        "rare_subscribers",
        Ru,
        &[
            ("Абонент", FULL),
            ("Имя абонента", FIRST),
            ("Фамилия абонента", LAST),
            ("Отчество абонента", PATRONYMIC),
            ("Адрес регистрации", REGISTRATION),
            ("Номер телефона", PHONE),
            ("Тариф (код)", CODE),
            ("Аванс", PRICE),
        ],
    ),
];

/// Every third column of names loses its name.
pub(super) fn tables(seed: u64) -> Vec<Table> {
    let mut met = 0;
    let mut made = Vec::new();
    for (name, lang, columns) in TABLES {
        let plan = Plan {
            name,
            lang,
            rows: Rows::Rare { met },
            header: true,
        };
        met += columns
            .iter()
            .filter(|(_, kind)| kind.shape == Shape::Name)
            .count();
        let columns = columns
            .iter()
            .map(|&(name, kind)| (name.to_owned(), kind))
            .collect();
        made.push(plan.table(seed, columns));
    }
    made
}

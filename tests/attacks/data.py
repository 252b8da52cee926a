"""Made-up people. Nobody here exists: IINs are of births 1800-1899, phones have 000 in the middle."""

import datetime as dt, random

ROOTS = "Нур Жан Ер Бай Сер Тем Кас Ас Дос Мур Орын Аман Есен Кен Айт Тур Ом Уте Жум Сат Сейт Кул Ораз Мырза Тлеу Кожа Ыбра Мама Исен Қуан Әл Дүйсен".split()
SUF = ["беков", "баев", "галиев", "жанов", "ханов", "тыров"]
RUS = "Ветлугин Сорокопудов Берендеев Красильщиков Молоканов Перевощиков Толмачёв Устюжанин Чебоксаров Щегольков Юрасовский Якушкин Заболотнев Лапотников Мельгунов".split()
SUR = [r + s for r in ROOTS for s in SUF] + RUS  # 207
M1 = "Абылай Бауыржан Данияр Ерлан Жандос Кайрат Марат Нурлан Олжас Руслан Самат Тимур Ғалым Өмірбек Пётр Григорий Аркадий Виктор Леонид Фёдор".split()
F1 = "Айгуль Ботагоз Гаухар Динара Жанар Камила Ләззат Мадина Назгуль Перизат Сауле Толганай Ұлжан Әсел Галина Людмила Раиса Тамара Зинаида Ксения".split()
PAT = "Абаев Болатов Сериков Муратов Аскаров Ержанов Кайратов Талгатов Маратов Жомартов Николаев Петров Степанов Фёдоров Тимофеев".split()
# fake names, made to share nothing with the lists above
FSUR = [
    r + s
    for r in "Гол Верб Калин Рябин Осин Берёз Клён Тополь Полын Ромаш".split()
    for s in "ивский инская енко ук янц".split()
]
FM = "Аристарх Викентий Евграф Никодим Пахом".split()
FF = "Аглая Василиса Евпраксия Лукерья Степанида".split()
TR = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяәғқңөұүһі",
        [
            "a",
            "b",
            "v",
            "g",
            "d",
            "e",
            "yo",
            "zh",
            "z",
            "i",
            "y",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "kh",
            "ts",
            "ch",
            "sh",
            "shch",
            "",
            "y",
            "",
            "e",
            "yu",
            "ya",
            "a",
            "g",
            "q",
            "n",
            "o",
            "u",
            "u",
            "h",
            "i",
        ],
    )
)


def translit(s):
    return "".join(TR.get(c, c) for c in s.lower())


# city, region, postal prefix, weight (all weights differ)
CITY = [
    ("Алматы", "Алматы", "0500", 20),
    ("Астана", "Астана", "0100", 16),
    ("Шымкент", "Юг", "1600", 12),
    ("Туркестан", "Юг", "1612", 4),
    ("Караганда", "Центр", "1000", 11),
    ("Темиртау", "Центр", "1014", 3),
    ("Актобе", "Запад", "0300", 9),
    ("Уральск", "Запад", "0900", 6),
    ("Атырау", "Запад", "0600", 5),
    ("Павлодар", "Север", "1400", 7),
    ("Костанай", "Север", "1100", 4.5),
    ("Кокшетау", "Север", "0200", 2.5),
]
STREET = [
    "Абая",
    "Сатпаева",
    "Жибек жолы",
    "Толе би",
    "Достык",
    "Байтурсынова",
    "Ауэзова",
    "Кунаева",
    "Момышулы",
    "Сейфуллина",
]
DIAG = [
    ("J06.9 ОРВИ", 30),
    ("I10 гипертензия", 20),
    ("E11.9 диабет 2 типа", 14),
    ("K29.5 гастрит", 11),
    ("M54.5 боль в спине", 9),
    ("N30.0 цистит", 6),
    ("F32.1 депрессия", 5),
    ("B20 ВИЧ", 3),
    ("C50.9 рак молочной железы", 1.5),
    ("G40.9 эпилепсия", 0.5),
]
PROD = [
    "Чайник эмалированный 2 л",
    "Табурет складной",
    "Лампа настольная",
    "Ковёр шерстяной",
    "Фляга алюминиевая",
    "Кастрюля 5 л",
    "Плед флисовый",
    "Термос 1 л",
    "Сито мучное",
    "Ведро оцинкованное",
    "Набор отвёрток",
    "Пила садовая",
]
STAT = ["новый", "оплачен", "отгружен", "доставлен", "возврат"]
STATW = [5, 15, 30, 45, 5]


def iin_check(p):
    d = [int(c) for c in p]
    s = sum(x * w for x, w in zip(d, range(1, 12))) % 11
    if s == 10:
        s = sum(x * w for x, w in zip(d, [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2])) % 11
    return None if s == 10 else str(s)


def luhn(p):
    s = 0
    for i, c in enumerate(reversed(p)):
        x = int(c)
        if i % 2 == 0:
            x = x * 2 - 9 if x > 4 else x * 2
        s += x
    return str(-s % 10)


def iban(r):
    b = "999" + "".join(r.choice("0123456789") for _ in range(13))
    n = int(b + "203500")
    return "KZ%02d" % (98 - n % 97) + b


def mrzck(s):
    return str(sum((0 if c == "<" else int(c, 36)) * w for c, w in zip(s, [7, 3, 1] * 20)) % 10)


BASE0 = dt.date(1800, 1, 1)


def people(r, n, y0=1800, y1=1899):
    used = set()
    ph = r.sample(range(60000), n) if n <= 60000 else None
    R = []
    doc = r.sample(range(10**7), n)
    for i in range(n):
        sex = r.choice("мж")
        d = dt.date(r.randint(y0, y1), 1, 1)
        d += dt.timedelta(r.randrange(366 if d.year % 4 == 0 and d.year % 100 else 365))
        while 1:
            p = d.strftime("%y%m%d") + ("1" if sex == "м" else "2") + "%04d" % r.randrange(10000)
            c = iin_check(p)
            if c and p + c not in used:
                break
        iin = p + c
        used.add(iin)
        s = r.choice(SUR)
        p = r.choice(PAT)
        if sex == "м":
            f = r.choice(M1)
            p += "ич"
        else:
            f = r.choice(F1)
            p += "на"
            s += "а"
        login = translit(f)[0] + translit(s) + str(doc[i] % 997)
        city, reg, zp, _ = r.choices(CITY, [c[3] for c in CITY])[0]
        pas = "N9" + "%07d" % doc[i]
        sx = "M" if sex == "м" else "F"
        bd = d.strftime("%y%m%d")
        l2 = pas + mrzck(pas) + "KAZ" + bd + mrzck(bd) + sx + "300101" + mrzck("300101") + iin + "<<"
        l2 += mrzck(iin + "<<")
        l2 += mrzck(l2[:10] + l2[13:20] + l2[21:43])
        mrz = ("P<KAZ" + translit(s).upper() + "<<" + translit(f).upper()).ljust(44, "<")[:44] + l2
        pan = "9990" + "%011d" % r.randrange(10**11)
        pan += luhn(pan)
        k = ph[i]
        phone = "+7 70%s 000 %02d %02d" % ("012578"[k // 10000], k % 10000 // 100, k % 100)
        em = (
            translit(f)
            + "."
            + translit(s)
            + "%d@%s" % (doc[i] % 9973, r.choice(["pochta.example", "mail.example", "posta.example.kz"]))
        )
        adr = "г. %s, ул. %s, д. %d, кв. %d" % (city, r.choice(STREET), r.randint(1, 180), r.randint(1, 220))
        t = r.choice(
            [
                "Клиент {f} просит перезвонить на {t} после обеда.",
                "ИИН {i}, оформить рассрочку на товар.",
                "{f} жалуется: посылка пришла мятая, писать на {e}.",
                "Прошу вернуть деньги, {f}, тел. {t}.",
                "Забрал лично, удостоверение не требуется, ИИН {i}.",
            ]
        )
        R.append(
            {
                "ИИН": iin,
                "фио": "%s %s %s" % (s, f, p),
                "пол": sex,
                "дата рождения": d.strftime("%d.%m.") + "%d" % d.year,
                "телефон": phone,
                "email": em,
                "логин": login,
                "адрес": adr,
                "почтовый индекс": zp + "%02d" % r.randint(0, 60),
                "город": city,
                "паспорт": pas,
                "удостоверение": "9" + "%08d" % (doc[i] * 7 + 3),
                "mrz": mrz,
                "iban": iban(r),
                "карта": pan,
                "гос номер": "%03d" % r.randint(1, 999)
                + "".join(r.choice("ABCEHKMOPTXY") for _ in range(3))
                + "%02d" % r.randint(1, 20),
                "зарплата": str(r.randrange(90000, 600000)),
                "диагноз": r.choices([x[0] for x in DIAG], [x[1] for x in DIAG])[0],
                "комментарий": t.format(f="%s %s %s" % (s, f, p), t=phone, i=iin, e=em),
                "_t": t,
                "_d": d,
                "_s": s,
                "_f": f,
                "_p": p,
                "_reg": reg,
            }
        )
    num = r.randrange(100000, 200000)
    day = dt.datetime(2024, 1, 3, 9)
    for x in R:
        num += r.randint(1, 4)
        day += dt.timedelta(minutes=r.randint(3, 300))
        x["номер заказа"] = "З-%d" % num
        x["товар"] = r.choice(PROD)
        x["количество"] = str(r.choices([1, 2, 3, 4, 5, 10], [50, 20, 12, 8, 6, 4])[0])
        x["цена"] = "%d.%02d" % (r.randint(900, 89000), r.choice([0, 0, 50, 90]))
        x["статус"] = r.choices(STAT, STATW)[0]
        x["дата отгрузки"] = day.strftime("%Y-%m-%d %H:%M")
    return R


BUSINESS = ["номер заказа", "товар", "количество", "цена", "статус", "дата отгрузки"]
PERSONAL = [
    "ИИН",
    "фио",
    "пол",
    "дата рождения",
    "телефон",
    "email",
    "логин",
    "адрес",
    "почтовый индекс",
    "город",
    "паспорт",
    "удостоверение",
    "mrz",
    "iban",
    "карта",
    "гос номер",
    "зарплата",
    "диагноз",
    "комментарий",
]

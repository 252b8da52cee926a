import hashlib, json, uuid, datetime as dt, zstandard
from core import *
from leaks import gz
import pandas as pd

RED = "[redacted]"


def plain(k, about, **kw):
    def d(f):
        honest(k, about, **kw)(f)
        return f

    return d


def biz(w, n=None):
    """a table without people"""
    w.orig = {c: w.orig[c] for c in BUSINESS}
    w.out = {c: list(v) for c, v in w.orig.items()}
    w.qi = []


@honest("tokens_csv", "the base: tokens, redacted text, 20-year bands, regions, sex kept; k is about 20")
def _(w):
    pass


@honest("tokens_parquet", "the same in Parquet", fmt="parquet")
def _(w):
    pass


@honest("redacted", "every personal cell [redacted]")
def _(w):
    for c in PERSONAL:
        w.out[c] = [RED] * w.n
    w.qi = []


@honest("nulls", "every personal cell empty")
def _(w):
    for c in PERSONAL:
        w.out[c] = [""] * w.n
    w.qi = []


@honest("nulls_parquet", "every personal cell null", fmt="parquet")
def _(w):
    for c in PERSONAL:
        w.out[c] = pa.array([None] * w.n, pa.string())
    w.qi = []


@honest("dropped", "personal columns dropped")
def _(w):
    w.out = {c: w.out[c] for c in BUSINESS}
    w.qi = []


@honest("years", "birth year instead of date, ten years of birth only; sex; k about 80")
def _(w):
    w.__init__(w.kind, w.seed, w.n, 1880, 1889)
    w.out["дата рождения"] = [str(x["_d"].year) for x in w.P]
    w.out["город"] = [RED] * w.n
    w.qi = ["дата рождения", "пол"]


@honest("years_date_type", "dates moved to 1 January, date32, ten years only", fmt="parquet")
def _(w):
    w.__init__(w.kind, w.seed, w.n, 1880, 1889)
    w.fmt = "parquet"
    w.orig["дата рождения"] = pa.array([x["_d"] for x in w.P])
    w.out["дата рождения"] = pa.array([x["_d"].replace(month=1, day=1) for x in w.P])
    w.out["город"] = [RED] * w.n
    w.qi = ["дата рождения", "пол"]
    w.chance = ["дата рождения"]


@honest("ranges", "1880..1884 bands of five years, sex; k about 40")
def _(w):
    w.out["дата рождения"] = [band(x["_d"].year, 5 if w.n >= 1500 else 10) for x in w.P]
    w.out["город"] = [RED] * w.n
    w.qi = ["дата рождения", "пол"]


@honest("regions", "regions instead of addresses; sex; no dates")
def _(w):
    w.out["адрес"] = [x["_reg"] for x in w.P]
    w.out["дата рождения"] = [RED] * w.n
    w.qi = ["адрес", "город", "пол"]


@honest("age_decades", "original ages; output decades, sex, region; only classes of 5 and more, the others redacted")
def _(w):
    ages = [min(94, max(0, int(w.r.gauss(38, 17)))) for _ in w.P]
    w.orig["возраст"] = [str(a) for a in ages]
    w.out["возраст"] = [str(a // 10 * 10) for a in ages]
    w.out["дата рождения"] = [RED] * w.n
    w.qi = ["возраст", "пол", "город"]
    w.orig.pop("дата рождения")
    w.out.pop("дата рождения")
    for _ in range(3):
        k = classes(w.out, w.qi)
        for i in range(w.n):
            if k[tuple(w.out[q][i] for q in w.qi)] < 5:
                for q in w.qi:
                    w.out[q][i] = RED
    w.chance = ["возраст"]


@honest("iin_decade_sex", 'IIN as "1880s m", k about 100')
def _(w):
    w.out["ИИН"] = ["%ds %s" % (x["_d"].year // 10 * 10, "mf"[x["пол"] == "ж"]) for x in w.P]
    w.out["дата рождения"] = [RED] * w.n
    w.out["город"] = [RED] * w.n
    w.qi = ["ИИН", "пол"]


@honest("phone_codes", "phones as +7 70x")
def _(w):
    w.out["телефон"] = [" ".join(x["телефон"].split()[:2]) for x in w.P]
    w.out["город"] = [RED] * w.n
    w.out["дата рождения"] = [RED] * w.n
    w.qi = ["телефон", "пол"]


@honest("postal_two_digits", "postal code as two digits, nothing else")
def _(w):
    w.out["почтовый индекс"] = [x["почтовый индекс"][:2] for x in w.P]
    w.out["дата рождения"] = [RED] * w.n
    w.out["город"] = [RED] * w.n
    w.out["город"] = w.out["пол"] = [RED] * w.n
    w.qi = ["почтовый индекс"]


@honest("fake", "unrelated fake names (of a disjoint list), phones, IINs, e-mails at example.invalid")
def _(w):
    have = set(w.orig["ИИН"])
    f = people(random.Random("fake/%s/%s" % (w.seed, w.kind)), w.n)
    g = iter(f)
    w.out["фио"] = [(w.r.choice(FSUR) + " " + w.r.choice(FM if x["пол"] == "м" else FF)) for x in w.P]
    w.out["email"] = ["user%d@example.invalid" % w.r.randrange(10**7) for _ in w.P]
    v = [x["ИИН"] for x in f if x["ИИН"] not in have]
    w.out["ИИН"] = (v + v)[: w.n]
    w.out["телефон"] = [
        "+7 70%d 001 %02d %02d" % (w.r.choice([0, 1, 2, 5]), w.r.randrange(100), w.r.randrange(100)) for _ in w.P
    ]


@honest(
    "fake_same_lists",
    "fake names of the same lists as the originals: single parts, rarely whole names, are equal by chance",
    disputed=True,
)
def _(w):
    f = people(random.Random("fake2/%s/%s" % (w.seed, w.kind)), w.n)
    w.out["фио"] = [x["фио"] for x in f]
    w.chance = ["фио"]


@honest("fake_dates", "random birth dates unrelated to the person; some equal somebody else's by chance", disputed=True)
def _(w):
    f = people(random.Random("fake3/%s/%s" % (w.seed, w.kind)), w.n)
    w.out["дата рождения"] = [x["дата рождения"] for x in f]
    w.out["пол"] = [RED] * w.n
    w.out["город"] = [RED] * w.n
    w.qi = []
    w.chance = ["дата рождения"]


@honest("scrubbed", "comments scrubbed, the rest of the text kept; 5 texts")
def _(w):
    w.out["комментарий"] = [x["_t"].format(f="[full_name]", t="[phone_number]", i="[iin]", e="[email]") for x in w.P]
    w.out["дата рождения"] = [RED] * w.n
    w.out["город"] = [RED] * w.n
    w.qi = ["комментарий", "пол"]


@honest("salary_shuffled", "salaries in steps of 10 000, shuffled over all rows: nothing new, nobody linked")
def _(w):
    w.orig["зарплата"] = [str(int(v) // 10000 * 10000) for v in w.orig["зарплата"]]
    v = list(w.orig["зарплата"])
    w.r.shuffle(v)
    w.out["зарплата"] = v
    w.chance = ["зарплата"]


@honest("salary_shuffled_exact", "exact salaries shuffled: values stay, links do not", disputed=True)
def _(w):
    v = list(w.orig["зарплата"])
    w.r.shuffle(v)
    w.out["зарплата"] = v
    w.chance = ["зарплата"]


@honest("salary_noise", "salary times a random 0.9..1.1; every output fits at least 5 people (checked)")
def _(w):
    w.out["зарплата"] = [str(round(int(v) * w.r.uniform(0.9, 1.1))) for v in w.orig["зарплата"]]
    w.chance = ["зарплата"]
    s = sorted(int(v) for v in w.orig["зарплата"])
    import bisect

    m = min(bisect.bisect(s, int(int(v) / 0.9)) - bisect.bisect_left(s, int(int(v) / 1.1)) for v in w.out["зарплата"])
    if m < 5:  # the ends: pull them in
        lo, hi = s[9], s[-10]
        w.out["зарплата"] = [str(min(max(int(v), lo), hi)) for v in w.out["зарплата"]]


@honest("salary_bands", "salary as its leading digit (100000…500000), alone")
def _(w):
    w.out["зарплата"] = [str(max(int(v) // 100000 * 100000, 100000)) for v in w.orig["зарплата"]]
    w.out["дата рождения"] = [RED] * w.n
    w.out["город"] = [RED] * w.n
    w.qi = ["зарплата", "пол"]
    w.chance = ["зарплата"]


@honest("salary_groups", "microaggregation: mean of groups of ten neighbours")
def _(w):
    o = sorted(range(w.n), key=lambda i: int(w.P[i]["зарплата"]))
    v = [""] * w.n
    gs = [o[k : k + 10] for k in range(0, w.n, 10)]
    if len(gs[-1]) < 10:
        gs[-2] += gs.pop()
    for g in gs:
        m = round(sum(int(w.P[i]["зарплата"]) for i in g) / len(g))
        for i in g:
            v[i] = str(m)
    w.out["зарплата"] = v
    w.qi = ["зарплата"]
    w.chance = ["зарплата"]
    w.out["пол"] = w.out["город"] = w.out["дата рождения"] = [RED] * w.n


@honest(
    "dates_shifted",
    "birth dates moved by up to 3000 days, for each person anew; sex and region redacted",
    disputed=True,
)
def _(w):
    w.out["дата рождения"] = [
        (lambda d: d.strftime("%d.%m.") + "%d" % d.year)(x["_d"] + dt.timedelta(w.r.randint(-3000, 3000))) for x in w.P
    ]
    w.out["пол"] = [RED] * w.n
    w.out["город"] = [RED] * w.n
    w.qi = []
    w.chance = ["дата рождения"]


@honest(
    "diagnosis_diverse", "diagnosis kept, k at least 5 and at least 2 diagnoses in every class (checked)", disputed=True
)
def _(w):
    w.out["диагноз"] = list(w.orig["диагноз"])
    w.chance = ["диагноз"]
    w.out["город"] = [RED] * w.n
    w.qi = ["дата рождения", "пол"]
    k = __import__("collections").defaultdict(set)
    [k[a, b].add(d) for a, b, d in zip(w.out["дата рождения"], w.out["пол"], w.out["диагноз"])]
    assert min(map(len, k.values())) >= 3


@honest("city_random_tokens", "cities as tokens that differ in every row")
def _(w):
    w.out["город"] = [w.hex() for _ in w.P]
    w.qi = ["дата рождения", "пол"]


@honest("number_tokens", "tokens as random numbers of 12 digits, some of which are valid IINs of nobody in the table")
def _(w):
    have = set(w.orig["ИИН"])
    s = set()
    while len(s) < w.n:
        v = "%012d" % w.r.randrange(10**12)
        if v not in have:
            s.add(v)
    w.out["ИИН"] = w.r.sample(sorted(s), w.n)


@honest("uuid_tokens", "tokens as random UUIDs")
def _(w):
    w.out["ИИН"] = [str(uuid.UUID(int=w.r.getrandbits(128), version=4)) for _ in w.P]


@honest("sha_of_random", "64 hex digits: hashes of random bytes")
def _(w):
    w.out["ИИН"] = [hashlib.sha256(w.r.randbytes(32)).hexdigest() for _ in w.P]


@honest("int_tokens_parquet", "random int64 tokens instead of int64 IINs", fmt="parquet")
def _(w):
    w.orig["ИИН"] = [int(v) for v in w.orig["ИИН"]]
    w.out["ИИН"] = [w.r.getrandbits(62) for _ in w.P]


# ---- business
@honest("business", "no person at all: rising order numbers, products, prices, shipment times")
def _(w):
    biz(w)


def ean(w):
    p = "487%09d" % w.r.randrange(10**9)
    return p + str(-sum(int(c) * (1, 3)[k % 2] for k, c in enumerate(p)) % 10)


def hashes(w, u):
    biz(w)
    for c, f in {
        u: lambda: str(uuid.UUID(int=w.r.getrandbits(128), version=4)),
        "sha256 изображения": lambda: w.hex(64),
        "md5 файла": lambda: w.hex(),
        "commit": lambda: w.hex(40),
        "штрихкод": lambda: ean(w),
        "артикул": lambda: "%012d" % w.r.randrange(10**12),
        "etag": lambda: __import__("base64").b64encode(w.r.randbytes(16)).decode(),
    }.items():
        w.orig[c] = [f() for _ in w.P]
        w.out[c] = list(w.orig[c])


@honest("business_hashes", "UUIDs of shipments, sha256 and md5 of product images, valid EAN-13, git commits")
def _(w):
    hashes(w, "uuid отгрузки")


@honest("business_hashes_bare_uuid", "the same, the column is named only uuid: nothing says whose", disputed=True)
def _(w):
    hashes(w, "uuid")


@honest("business_beside_people", "the hashes, UUIDs and articles kept beside people who are redacted")
def _(w):
    for c, f in {
        "uuid товара": lambda: str(uuid.UUID(int=w.r.getrandbits(128))),
        "sha256 изображения": lambda: w.hex(64),
        "артикул": lambda: "%012d" % w.r.randrange(10**12),
        "склад": lambda: w.r.choice(["А", "Б", "В"]),
    }.items():
        w.orig[c] = [f() for _ in w.P]
        w.out[c] = list(w.orig[c])


@honest("business_sparse", "40 clean columns, most of them empty, the patterns of empty cells unique")
def _(w):
    biz(w)
    for k in range(40):
        p = w.r.choice([0.02, 0.1, 0.3])
        v = [str(w.r.randrange(1000)) if w.r.random() < p else "" for _ in w.P]
        w.orig["свойство %02d" % k] = v
        w.out["свойство %02d" % k] = list(v)


@honest("sparse_parquet_beside_people", "20 sparse clean columns beside redacted people", fmt="parquet")
def _(w):
    for c in PERSONAL:
        w.out[c] = [RED] * w.n
    w.qi = []
    for k in range(20):
        v = [w.r.randrange(1000) if w.r.random() < 0.15 else None for _ in w.P]
        w.orig["p%02d" % k] = pa.array(v, pa.int32())
        w.out["p%02d" % k] = pa.array(v, pa.int32())


@honest("business_low_cardinality", "status, product, shop, currency, yes/no carried over, beside redacted people")
def _(w):
    for c in PERSONAL:
        w.out[c] = [RED] * w.n
    w.qi = []
    for c, vs in {
        "магазин": ["Центральный", "Северный", "Южный", "Интернет"],
        "валюта": ["KZT", "USD"],
        "подарок": ["да", "нет"],
        "канал": ["сайт", "звонок", "магазин"],
        "оценка": list("12345"),
    }.items():
        w.orig[c] = w.r.choices(vs, range(1, len(vs) + 1), k=w.n)
        w.out[c] = list(w.orig[c])


@honest("business_counters", "counters, running sums, modulo columns, all rising")
def _(w):
    biz(w)
    a = 0
    s = []
    for i in range(w.n):
        a += w.r.randint(1, 900)
        s.append(a)
    for c, v in {
        "id": [str(i + 1) for i in range(w.n)],
        "сумма нарастающим": [str(x) for x in s],
        "версия": [str(i // 50) for i in range(w.n)],
        "смена": [str(i % 3 + 1) for i in range(w.n)],
        "seq": ["%012d" % (870000000000 + i) for i in range(w.n)],
    }.items():
        w.orig[c] = v
        w.out[c] = list(v)


@honest("business_texts", "long texts about goods, with words that are also names (Роза, Лиля, улица Абая, Сауле)")
def _(w):
    biz(w)
    q = "Чайная роза сорта «Лилия», высота 40 см.|Склад на улице Абая работает без выходных.|Модель «Сауле» с подсветкой, гарантия 24 месяца.|Крепёж марки М8, ГОСТ 7798-70, 100 шт.|Пропускная способность 12 000 л/ч при 3,5 бар.|Марат — ёмкость из стали 12Х18Н10Т.|Серия Нурлы, артикул 4870204000019.|Не оставлять под солнцем; хранить при +5…+25 °C.".split(
        "|"
    )
    w.orig["описание"] = [" ".join(w.r.choice(q) for _ in range(w.r.randint(3, 14))) for _ in w.P]
    w.out["описание"] = list(w.orig["описание"])


@honest(
    "texts_beside_people",
    "the same texts kept beside redacted people; the table holds people called Марат and Сауле",
    disputed=True,
)
def _(w):
    f = REG["honest"]["business_texts"][0]
    v = W("tx", w.seed, w.n)
    f(v)
    w.orig["описание"] = v.orig["описание"]
    w.out["описание"] = list(v.orig["описание"])
    w.chance = ["описание"]


@honest("business_bin", "BINs of organisations kept (made up), with valid check digits")
def _(w):
    biz(w)
    v = []
    while len(v) < w.n:
        p = "%02d%02d4%d%05d" % (w.r.randint(0, 23), w.r.randint(1, 12), w.r.randint(0, 1), w.r.randrange(10**5))
        c = iin_check(p)
        if c:
            v.append(p + c)
    w.orig["БИН поставщика"] = v
    w.out["БИН поставщика"] = list(v)


@honest("prices_equal_salaries", "prices kept whose numbers are some people's salaries by chance; salaries redacted")
def _(w):
    w.orig["зарплата"] = [str(int(v) // 1000 * 1000) for v in w.orig["зарплата"]]
    w.orig["цена"] = [str(w.r.randrange(90, 600) * 1000) for _ in w.P]
    w.out["цена"] = list(w.orig["цена"])
    w.chance = ["цена"]


# ---- forms of files
@honest("windows1251", "tokens, windows-1251, semicolon")
def _(w):
    w.enc = "cp1251"
    w.delim = ";"
    T = str.maketrans("әғқңөұүһіӘҒҚҢӨҰҮҺІ", "агкноуухиАГКНОУУХИ")
    w.orig = {c: [x.translate(T) for x in v] for c, v in w.orig.items()}


@honest("utf16", "tokens, UTF-16 with BOM, tab")
def _(w):
    w.enc = "utf-16"
    w.delim = "\t"


@honest("gz_neutral", "gzip, no name in the header")
def _(w):
    w.oname = "output.csv.gz"
    w.post = gz


@honest("gz_named", "gzip header names output.csv and has a neutral comment")
def _(w):
    w.oname = "output.csv.gz"
    w.post = lambda b: gz(b, name=b"output.csv", comment=b"anonymised copy")


@honest("gz_two_members", "two gzip members, both of the honest table")
def _(w):
    w.oname = "output.csv.gz"
    w.post = lambda b: gz(b[: len(b) // 2]) + gz(b[len(b) // 2 :])


@honest("zst", "zstd")
def _(w):
    w.oname = "output.csv.zst"
    w.post = zstandard.compress


@honest("pq_nested", "struct, list, map of tokens; list lengths 1 or 2", fmt="parquet")
def _(w):
    t = pa.struct([("телефоны", pa.list_(pa.string())), ("ид", pa.map_(pa.string(), pa.string()))])
    w.orig["контакт"] = pa.array(
        [{"телефоны": [x["телефон"], x["логин"]][: 1 + i % 2], "ид": [("иин", x["ИИН"])]} for i, x in enumerate(w.P)], t
    )
    w.out["контакт"] = pa.array(
        [
            {"телефоны": [w.token(x["телефон"]), w.token(x["логин"])][: 1 + i % 2], "ид": [("иин", w.token(x["ИИН"]))]}
            for i, x in enumerate(w.P)
        ],
        t,
    )


@honest(
    "pq_full",
    "dictionary, page index, bloom filter of tokens, zstd, row groups of 700, v2 pages, neutral metadata",
    fmt="parquet",
)
def _(w):
    w.pq = dict(
        write_page_index=True,
        bloom_filter_options={"ИИН": {"ndv": w.n, "fpp": 0.05}, "телефон": {"ndv": w.n, "fpp": 0.05}},
        compression="zstd",
        row_group_size=700,
        data_page_version="2.0",
    )
    w.ttab = w.table(w.out).replace_schema_metadata({"owner": "отдел продаж", "version": "3"})


@honest("pq_pandas", "pandas metadata with RangeIndex and categories of the output only", fmt="parquet")
def _(w):
    df = pd.DataFrame(w.out)
    df["статус"] = df["статус"].astype("category")
    df["город"] = df["город"].astype("category")
    w.ttab = pa.Table.from_pandas(df)


@honest("pq_dictionary_unused_neutral", "dictionary with an unused neutral entry", fmt="parquet")
def _(w):
    w.out["статус"] = pa.DictionaryArray.from_arrays(
        pa.array([STAT.index(v) for v in w.out["статус"]], pa.int32()), pa.array(STAT + ["архив"])
    )


@honest("pq_typed_business", "typed clean columns: decimals, timestamps, bool, double", fmt="parquet")
def _(w):
    import decimal

    biz(w)
    a = {
        "цена": pa.array([decimal.Decimal(v) for v in w.orig["цена"]], pa.decimal128(12, 2)),
        "дата отгрузки": pa.array(
            [dt.datetime.strptime(v, "%Y-%m-%d %H:%M") for v in w.orig["дата отгрузки"]], pa.timestamp("ms")
        ),
        "количество": pa.array([int(v) for v in w.orig["количество"]], pa.int16()),
        "вес": pa.array([w.r.uniform(0.1, 30) for _ in w.P]),
        "хрупкое": pa.array([w.r.random() < 0.2 for _ in w.P]),
    }
    w.orig.update(a)
    w.out.update(a)


# ---- sizes, order
@honest("rows_5", "five rows, people redacted, sex too")
def _(w):
    w.__init__(w.kind, w.seed, 5)
    for c in PERSONAL:
        w.out[c] = [RED] * 5
    w.qi = []


@honest("rows_5_tokens", "five rows, tokens, sex and region redacted")
def _(w):
    w.__init__(w.kind, w.seed, 5)
    w.qi = []
    for c in ("пол", "город", "дата рождения"):
        w.out[c] = [RED] * 5


@honest("rows_30", "thirty rows, tokens, sex kept (12 or more of both), dates and region redacted")
def _(w):
    seed = w.seed
    for k in range(99):
        w.__init__(w.kind, "%s.%d" % (seed, k), 30)
        if 12 <= w.orig["пол"].count("м") <= 18:
            break
    w.qi = ["пол"]
    for c in ("город", "дата рождения"):
        w.out[c] = [RED] * 30


@honest("sorted_by_order", "sorted by order number, carried over in order")
def _(w):
    pass


@honest(
    "sorted_by_name",
    "original sorted by name; the output keeps the order, tokens only, no business columns",
    disputed=True,
)
def _(w):
    w.P.sort(key=lambda x: x["фио"])
    w.orig = {c: [x[c] for x in w.P] for c in PERSONAL}
    w.base()


@honest("nulls_common_pattern", "empty cells stay empty: e-mail, card or both missing, four patterns of hundreds")
def _(w):
    for i in range(w.n):
        for c, p in (("email", 0.4), ("карта", 0.5)):
            if w.r.random() < p:
                w.orig[c][i] = ""
                w.out[c][i] = ""
    w.out["дата рождения"] = [RED] * w.n
    w.out["город"] = [RED] * w.n
    w.qi = ["пол"]
    e = ["".join("01"[w.out[c][i] == ""] for c in ("email", "карта")) + w.out["пол"][i] for i in range(w.n)]
    assert min(e.count(z) for z in set(e)) >= 5


def trans(w, counts):
    P = people(w.r, len(counts))
    rows = [p for p, k in zip(P, counts) for _ in range(k)]
    w.r.shuffle(rows)
    n = len(rows)
    B = people(w.r, n)
    w.n = n
    w.P = rows
    w.orig = {
        "ИИН": [x["ИИН"] for x in rows],
        "фио": [x["фио"] for x in rows],
        "телефон": [x["телефон"] for x in rows],
        "строка": [str(i + 1) for i in range(n)],
        **{c: [b[c] for b in B] for c in BUSINESS},
    }
    w.out = {
        "ИИН": w.tokens("ИИН"),
        "фио": [RED] * n,
        "телефон": w.tokens("телефон"),
        "строка": [str(i + 1) for i in range(n)],
        **{c: [RED] * n for c in BUSINESS},
    }
    w.qi = []


@honest(
    "transactions",
    "tokens; 1 to 40 rows a person, every number of rows shared by five people or more; all else redacted but a row counter",
)
def _(w):
    trans(w, [k for k in range(1, 41) for _ in range(5)])


@honest(
    "transactions_natural",
    "the same with a long tail: the most active people have a number of rows that is theirs alone; business columns kept",
    disputed=True,
)
def _(w):
    L = []
    s = 0
    while s < w.n:
        k = min(40, int(w.r.paretovariate(1.1)))
        L.append(k)
        s += k
    trans(w, L)
    for c in BUSINESS:
        w.out[c] = list(w.orig[c])

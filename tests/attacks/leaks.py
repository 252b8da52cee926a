import hashlib, hmac, base64, json, math, struct, urllib.parse, zstandard, xxhash, itertools, datetime as dt
from core import *
import pandas as pd


def col(name, about, c, f, **kw):
    """the column c of the output becomes f(value, row number, person) of the original"""

    @leak(name, about, **kw)
    def _(w):
        w.out[c] = [f(x[c], i, x) for i, x in enumerate(w.P)]


h = lambda a: (lambda s: hashlib.new(a, s.encode()).hexdigest())
sha = h("sha256")
b64 = lambda b: base64.b64encode(b).decode()


# ---- single places
def one(name, about, f, src, dst):
    @leak(name, about)
    def _(w):
        i = w.pick()
        w.out[dst][i] = f(w.P[i][src])


one("one_cell_iin", "one IIN left in its own column, one cell of all", str, "ИИН", "ИИН")
one("one_cell_name", "one full name left", str, "фио", "фио")
one("one_cell_phone", "one phone left", str, "телефон", "телефон")
one("one_cell_email", "one e-mail left", str, "email", "email")
one("one_cell_date", "one exact birth date left among bands", str, "дата рождения", "дата рождения")
one(
    "one_cell_iin_in_text",
    "one IIN inside a text cell",
    lambda v: "[redacted] ИИН " + v + " [redacted]",
    "ИИН",
    "комментарий",
)
one(
    "one_cell_name_in_text",
    "one name inside a text cell",
    lambda v: "Позвонить: " + v + ", завтра",
    "фио",
    "комментарий",
)
one(
    "one_cell_surname_in_text",
    "only surname and first name, in text",
    lambda v: "принял " + " ".join(v.split()[:2]),
    "фио",
    "комментарий",
)
one("one_cell_iin_other_column", "IIN in the order number column", str, "ИИН", "номер заказа")
one(
    "one_cell_phone_reformatted",
    "phone as 8(70x)000-dd-dd in the status column",
    lambda v: "8(%s)%s-%s-%s" % tuple(v.split()[1:]),
    "телефон",
    "статус",
)


@leak("extra_row", "one row too many at the end: an original row")
def _(w):
    i = w.pick()
    for c in w.out:
        w.out[c].append(w.P[i][c])


@leak("ragged_extra_cell", "one record has one more cell than the header: the IIN")
def _(w):
    def post(b):
        L = b.split(b"\n")
        i = w.n // 2
        L[i] += b"," + w.P[i - 1]["ИИН"].encode()
        return b"\n".join(L)

    w.post = post


@leak("trailing_after_blank_lines", "the IIN after 50 empty lines at the end")
def _(w):
    w.post = lambda b: b + b"\n" * 50 + w.P[7]["ИИН"].encode() + b"\n"


@leak("other_column_all", "IINs of all rows in the order number column")
def _(w):
    w.out["номер заказа"] = list(w.orig["ИИН"])


@leak("other_row", "the IIN column shuffled: all are still there")
def _(w):
    v = list(w.orig["ИИН"])
    w.r.shuffle(v)
    w.out["ИИН"] = v


@leak("column_name", "a column name holds an IIN")
def _(w):
    w.out = {("цена (правил %s)" % w.P[3]["ИИН"] if c == "цена" else c): v for c, v in w.out.items()}


@leak("column_name_fio", "a column name is a full name")
def _(w):
    w.out = {(w.P[3]["фио"] if c == "фио" else c): v for c, v in w.out.items()}


# ---- other spelling
col("upper_case", "names in capitals", "фио", lambda v, i, x: v.upper())
col("lower_case", "names in small letters", "фио", lambda v, i, x: v.lower())
col("email_upper", "e-mails in capitals", "email", lambda v, i, x: v.upper())
col(
    "email_at_words",
    "e-mail with (at) and (dot)",
    "email",
    lambda v, i, x: v.replace("@", " (at) ").replace(".", " (dot) "),
)
col("iin_spaces", "IIN in groups of three", "ИИН", lambda v, i, x: " ".join(v[k : k + 3] for k in (0, 3, 6, 9)))
col("iin_dashes", "IIN 6-6", "ИИН", lambda v, i, x: v[:6] + "-" + v[6:])
col("iin_nbsp", "IIN with no-break spaces", "ИИН", lambda v, i, x: "\u00a0".join(v[k : k + 3] for k in (0, 3, 6, 9)))
col("iin_zero_width", "IIN with zero-width spaces after each digit", "ИИН", lambda v, i, x: "\u200b".join(v))
col("iin_dots", "IIN with a dot after each digit", "ИИН", lambda v, i, x: ".".join(v))
col(
    "fullwidth_digits",
    "IIN in full-width digits",
    "ИИН",
    lambda v, i, x: v.translate({48 + k: 0xFF10 + k for k in range(10)}),
)
col(
    "arabic_digits",
    "IIN in Arabic-Indic digits",
    "ИИН",
    lambda v, i, x: v.translate({48 + k: 0x660 + k for k in range(10)}),
)


@leak("leading_zeros_lost", "all born 1800-1809: no IIN keeps its 12 digits")
def _(w):
    w.__init__(w.kind, w.seed, w.n, 1800, 1809)
    w.out["ИИН"] = [str(int(v)) for v in w.orig["ИИН"]]
    assert max(map(len, w.out["ИИН"])) < 12


col("leading_zeros_added", "IIN padded to 20", "ИИН", lambda v, i, x: v.zfill(20))
col("float_form", "IIN as 101100016.0", "ИИН", lambda v, i, x: str(int(v)) + ".0")
col("exponent_form", "IIN with all digits as d.ddde+11", "ИИН", lambda v, i, x: "%.11e" % int(v))
col("excel_text", 'IIN as ="…"', "ИИН", lambda v, i, x: '="%s"' % v)
col(
    "name_homoglyphs",
    "Cyrillic аеорсх in names replaced by Latin ones",
    "фио",
    lambda v, i, x: v.translate(str.maketrans("аеорсхАВЕКМНОРСТХ", "aeopcxABEKMHOPCTX")),
)
col(
    "name_decomposed",
    "names in NFD (й as two characters)",
    "фио",
    lambda v, i, x: __import__("unicodedata").normalize("NFD", v),
)
col(
    "name_reordered",
    "first name, patronymic, surname",
    "фио",
    lambda v, i, x: " ".join([x["_f"], v.split()[2], x["_s"]]),
)
col("name_translit", "names in Latin letters", "фио", lambda v, i, x: translit(v).title())
col("name_without_patronymic", "surname and first name", "фио", lambda v, i, x: x["_s"] + " " + x["_f"])
col("initials", "Фамилия И. О.", "фио", lambda v, i, x: "%s %s. %s." % (x["_s"], x["_f"][0], x["_p"][0]))
col("surname_only", "surname", "фио", lambda v, i, x: x["_s"])
col("phone_8", "phone as 8 70x …", "телефон", lambda v, i, x: "8" + v.replace(" ", "")[2:])
col("phone_local", "phone without country code and spaces", "телефон", lambda v, i, x: v.replace(" ", "")[2:])
col("date_iso", "birth date as 1880-01-31", "дата рождения", lambda v, i, x: x["_d"].isoformat())
MON = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split()
col(
    "date_words",
    "birth date as 31 января 1880 г.",
    "дата рождения",
    lambda v, i, x: "%d %s %d г." % (x["_d"].day, MON[x["_d"].month - 1], x["_d"].year),
)
col(
    "date_epoch",
    "birth date as unix seconds",
    "дата рождения",
    lambda v, i, x: str((x["_d"] - dt.date(1970, 1, 1)).days * 86400),
)
col("date_ordinal", "birth date as days since 1800-01-01", "дата рождения", lambda v, i, x: str((x["_d"] - BASE0).days))
col(
    "date_plus_day",
    "all birth dates later by the same 100 days",
    "дата рождения",
    lambda v, i, x: (x["_d"] + dt.timedelta(100)).strftime("%d.%m.%Y") if x["_d"].year >= 1000 else "",
)


@leak("iin_in_halves", "IIN in two columns of six digits")
def _(w):
    w.out["логин"] = [v[:6] for v in w.orig["ИИН"]]
    w.out["карта"] = [v[6:] for v in w.orig["ИИН"]]


col(
    "glued",
    "IIN and phone glued without a separator",
    "комментарий",
    lambda v, i, x: x["ИИН"] + x["телефон"].replace(" ", "")[1:],
)
# ---- encodings
enc = {
    "base64": lambda b: b64(b),
    "base64_urlsafe_nopad": lambda b: base64.urlsafe_b64encode(b).decode().rstrip("="),
    "hex": lambda b: b.hex(),
    "hex_upper": lambda b: b.hex().upper(),
    "base32": lambda b: base64.b32encode(b).decode(),
    "base85": lambda b: base64.b85encode(b).decode(),
}
for k, f in enc.items():
    col("iin_" + k, "IIN in " + k, "ИИН", lambda v, i, x, f=f: f(v.encode()))
col("name_base64", "name in base64 of UTF-8", "фио", lambda v, i, x: b64(v.encode()))
col("email_base64", "e-mail in base64", "email", lambda v, i, x: b64(v.encode()))
col("name_url", "name url-encoded", "фио", lambda v, i, x: urllib.parse.quote(v))
col("name_json_escapes", "name with \\u escapes", "фио", lambda v, i, x: json.dumps(v)[1:-1])
col("name_html", "name as HTML entities", "фио", lambda v, i, x: "".join("&#%d;" % ord(c) for c in v))
col("name_mojibake", "name in UTF-8 read as windows-1252/latin-1", "фио", lambda v, i, x: v.encode().decode("latin-1"))
col("iin_int_hex", "IIN as a number in hex", "ИИН", lambda v, i, x: "%x" % int(v))


def b36(n):
    s = ""
    while n:
        s = "0123456789abcdefghijklmnopqrstuvwxyz"[n % 36] + s
        n //= 36
    return s


col("iin_base36", "IIN as a number in base 36", "ИИН", lambda v, i, x: b36(int(v)))
col("iin_reversed", "IIN reversed", "ИИН", lambda v, i, x: v[::-1])
col("name_reversed", "name reversed", "фио", lambda v, i, x: v[::-1])
col("digits_complemented", "9-d", "ИИН", lambda v, i, x: "".join(str(9 - int(c)) for c in v))
col("digits_shifted", "d+1 mod 10", "ИИН", lambda v, i, x: "".join(str((int(c) + 1) % 10) for c in v))
col(
    "digits_substituted",
    "every digit its letter",
    "ИИН",
    lambda v, i, x: v.translate(str.maketrans("0123456789", "QWERTYUIOP")),
)
col(
    "digits_permuted",
    "places of the digits permuted",
    "ИИН",
    lambda v, i, x: "".join(v[k] for k in (7, 2, 11, 0, 5, 9, 1, 10, 4, 3, 8, 6)),
)
col("email_rot13", "rot13", "email", lambda v, i, x: __import__("codecs").encode(v, "rot13"))
col(
    "name_caesar",
    "Cyrillic letters shifted by 3",
    "фио",
    lambda v, i, x: "".join(
        (
            chr((ord(c) - 1072 + 3) % 32 + 1072)
            if "а" <= c <= "я"
            else chr((ord(c) - 1040 + 3) % 32 + 1040) if "А" <= c <= "Я" else c
        )
        for c in v
    ),
)
col("iin_xor", "IIN xor a constant, in hex", "ИИН", lambda v, i, x: bytes(c ^ 0x5A for c in v.encode()).hex())
col("iin_offset", "IIN + 12345", "ИИН", lambda v, i, x: str(int(v) + 12345))
col("iin_times", "IIN * 7 + 3", "ИИН", lambda v, i, x: str(int(v) * 7 + 3))
# ---- hashes
for a in ("md5", "sha1", "sha256", "sha512", "blake2b", "blake2s", "sha3_256"):
    col("hash_" + a, a + " hex of the IIN", "ИИН", lambda v, i, x, a=a: h(a)(v))
col("hash_upper", "sha256 in capital hex", "ИИН", lambda v, i, x: sha(v).upper())
col("hash_base64", "base64 of the raw sha256", "ИИН", lambda v, i, x: b64(hashlib.sha256(v.encode()).digest()))
col("hash_base64_of_hex", "base64 of sha256 hex", "ИИН", lambda v, i, x: b64(sha(v).encode()))
col("hash_cut16", "first 16 hex digits", "ИИН", lambda v, i, x: sha(v)[:16])
col("hash_cut12", "first 12 hex digits", "ИИН", lambda v, i, x: sha(v)[:12])
col("hash_cut32_as_token", "first 32 hex digits: looks like a token", "ИИН", lambda v, i, x: sha(v)[:32])
col("hash_last16", "last 16 hex digits", "ИИН", lambda v, i, x: sha(v)[-16:])
col("hash_salt_prefix", "sha256('salt'+IIN)", "ИИН", lambda v, i, x: sha("salt" + v))
col("hash_salt_suffix", "sha256(IIN+'salt')", "ИИН", lambda v, i, x: sha(v + "salt"))
col("hash_row0_prefix", "sha256(row number from 0 + IIN)", "ИИН", lambda v, i, x: sha(str(i) + v))
col("hash_row1_suffix", "sha256(IIN + row number from 1)", "ИИН", lambda v, i, x: sha(v + str(i + 1)))
col(
    "hash_other_cell",
    "sha256(order number + IIN), the order number stands beside",
    "ИИН",
    lambda v, i, x: sha(x["номер заказа"] + v),
)
col("hash_other_cell_colon", "sha256(IIN:order number)", "ИИН", lambda v, i, x: sha(v + ":" + x["номер заказа"]))
col("hash_double_hex", "sha256(hex(sha256))", "ИИН", lambda v, i, x: sha(sha(v)))
col(
    "hash_double_raw",
    "sha256(raw sha256)",
    "ИИН",
    lambda v, i, x: hashlib.sha256(hashlib.sha256(v.encode()).digest()).hexdigest(),
)
col("hash_md5_sha1", "md5(sha1 hex)", "ИИН", lambda v, i, x: h("md5")(h("sha1")(v)))
col(
    "hmac_secret",
    "HMAC-SHA256, key 'secret'",
    "ИИН",
    lambda v, i, x: hmac.new(b"secret", v.encode(), "sha256").hexdigest(),
)
col("hmac_empty", "HMAC-SHA256, empty key", "ИИН", lambda v, i, x: hmac.new(b"", v.encode(), "sha256").hexdigest())
col("hash_phone_digits", "sha256 of the phone as 7…", "телефон", lambda v, i, x: sha(v.replace(" ", "")[1:]))
col("hash_email_md5", "md5 of the e-mail (gravatar)", "email", lambda v, i, x: h("md5")(v))
col("hash_name", "sha256 of the full name", "фио", lambda v, i, x: sha(v))
col("hash_name_lower", "sha1 of the name in small letters", "фио", lambda v, i, x: h("sha1")(v.lower()))
col("hash_plate", "md5 of the plate", "гос номер", lambda v, i, x: h("md5")(v))
col("hash_birthdate", "sha256 of the ISO birth date", "дата рождения", lambda v, i, x: sha(x["_d"].isoformat()))
col("hash_newline", "sha256 of IIN and a newline (echo | sha256sum)", "ИИН", lambda v, i, x: sha(v + "\n"))
col("hash_int", "sha256 of IIN as a number (zeros lost)", "ИИН", lambda v, i, x: sha(str(int(v))))
col(
    "hash_utf16",
    "md5 of IIN in UTF-16LE (SQL Server HASHBYTES of nvarchar)",
    "ИИН",
    lambda v, i, x: hashlib.md5(v.encode("utf-16le")).hexdigest(),
)
col(
    "hash_uuid5",
    "uuid5 in the DNS namespace",
    "ИИН",
    lambda v, i, x: str(__import__("uuid").uuid5(__import__("uuid").NAMESPACE_DNS, v)),
)
col("hash_as_uuid", "md5 written as a UUID", "ИИН", lambda v, i, x: str(__import__("uuid").UUID(h("md5")(v))))
col("hash_prefixed", "sha256:<hex>", "ИИН", lambda v, i, x: "sha256:" + sha(v))
col(
    "hash_int64",
    "sha256 cut to a signed 64-bit number",
    "ИИН",
    lambda v, i, x: str(struct.unpack(">q", hashlib.sha256(v.encode()).digest()[:8])[0]),
)
col("hash_crc32", "crc32", "ИИН", lambda v, i, x: "%08x" % __import__("zlib").crc32(v.encode()))
col(
    "hash_joined",
    "sha256(IIN|name|birth date)",
    "ИИН",
    lambda v, i, x: sha("|".join([v, x["фио"], x["дата рождения"]])),
)


@leak("hash_in_column_one", "one row has the sha256 of its IIN, all others tokens")
def _(w):
    i = w.pick()
    w.out["ИИН"][i] = sha(w.P[i]["ИИН"])[:32]


# ---- order, numbers
@leak("rank_iin", "rank of the IIN")
def _(w):
    rk = {v: k for k, v in enumerate(sorted(w.orig["ИИН"]))}
    w.out["ИИН"] = [str(rk[v] + 1) for v in w.orig["ИИН"]]


@leak("rank_salary", "rank of the salary")
def _(w):
    rk = {k: i for i, k in enumerate(sorted(range(w.n), key=lambda k: int(w.P[k]["зарплата"])))}
    w.out["зарплата"] = [str(rk[i]) for i in range(w.n)]


col("salary_affine", "salary*3+7", "зарплата", lambda v, i, x: str(int(v) * 3 + 7))
col("salary_currency", "salary / 447.5, two decimals", "зарплата", lambda v, i, x: "%.2f" % (int(v) / 447.5))
col("salary_log", "natural logarithm, six decimals", "зарплата", lambda v, i, x: "%.6f" % math.log(int(v)))
col("salary_tiny_noise", "salary ± 3 tenge", "зарплата", lambda v, i, x: str(int(v) + (i * 7919) % 7 - 3))
col("salary_rounded_10", "salary rounded to 10", "зарплата", lambda v, i, x: str(round(int(v) / 10) * 10))
col(
    "age_in_days",
    "age in days on 2024-01-01",
    "дата рождения",
    lambda v, i, x: str((dt.date(2024, 1, 1) - x["_d"]).days),
)
# ---- masks
col("mask_equal_length", "stars of equal length, spaces kept", "фио", lambda v, i, x: re.sub(r"\w", "*", v))
col(
    "mask_email_local",
    "local part starred to its length, domain kept",
    "email",
    lambda v, i, x: "*" * len(v.split("@")[0]) + "@" + v.split("@")[1],
)
col("mask_phone_last4", "+7 *** *** dd dd", "телефон", lambda v, i, x: "+7 *** *** " + v[-5:])
col("mask_card_last4", "**** **** **** dddd", "карта", lambda v, i, x: "**** **** **** " + v[-4:])
col("mask_card_first6_last4", "999012******1234", "карта", lambda v, i, x: v[:6] + "******" + v[-4:])
col(
    "mask_first_last_letter",
    "И***в И**н И***ч",
    "фио",
    lambda v, i, x: " ".join(p[0] + "*" * (len(p) - 2) + p[-1] for p in v.split()),
)
col(
    "mask_first_letters",
    "first letter and three stars",
    "фио",
    lambda v, i, x: " ".join(p[0] + "***" for p in v.split()),
)
col("mask_iin_first6", "IIN cut to six digits: the birth date", "ИИН", lambda v, i, x: v[:6])
col("mask_iin_first6_stars", "IIN with the last six starred", "ИИН", lambda v, i, x: v[:6] + "******")
col("mask_iin_last6", "IIN with the first six starred", "ИИН", lambda v, i, x: "******" + v[6:])
col("mask_iin_middle", "one digit of the IIN starred", "ИИН", lambda v, i, x: v[:11] + "*")
col("mask_email_first", "a***@domain with two first letters", "email", lambda v, i, x: v[:2] + "***@" + v.split("@")[1])
col("mask_plate", "plate without its letters", "гос номер", lambda v, i, x: v[:3] + "***" + v[6:])
col(
    "date_no_year",
    "day and month kept (with the year band)",
    "дата рождения",
    lambda v, i, x: band(x["_d"].year) + " " + v[:5],
)
# ---- kept by oversight
for c, k in [
    ("email", "email"),
    ("логин", "login"),
    ("mrz", "mrz"),
    ("iban", "iban"),
    ("гос номер", "plate"),
    ("адрес", "address"),
    ("паспорт", "passport"),
    ("удостоверение", "id_card"),
    ("карта", "card"),
    ("комментарий", "comments"),
    ("зарплата", "salary"),
]:
    col(k + "_kept", "column %s kept as it was, everything else rewritten" % c, c, lambda v, i, x: v)


@leak("comment_scrubbed_but_surname", "comments scrubbed but for the surname")
def _(w):
    w.out["комментарий"] = [
        x["_t"].format(f=x["_s"] + " [full_name]", t="[phone]", i="[iin]", e="[email]") for x in w.P
    ]


col("address_without_flat", "address without the flat", "адрес", lambda v, i, x: v.rsplit(",", 1)[0])


# ---- frequencies
def codes(w, c, pre):
    vs = sorted(set(w.orig[c]))
    w.r.shuffle(vs)
    m = {v: "%s%02d" % (pre, k) for k, v in enumerate(vs)}
    return [m[v] for v in w.orig[c]]


@leak("city_codes", "12 cities with different frequencies as stable codes")
def _(w):
    w.out["город"] = codes(w, "город", "C")


@leak("city_tokens", "the same with 32-hex tokens")
def _(w):
    w.out["город"] = w.tokens("город")


@leak("diagnosis_codes", "diagnoses as stable codes")
def _(w):
    w.out["диагноз"] = codes(w, "диагноз", "D")


@leak("diagnosis_tokens", "diagnoses as stable tokens")
def _(w):
    w.out["диагноз"] = w.tokens("диагноз")


@leak("surname_tokens", "surnames as stable tokens (about 400 distinct, uneven)", disputed=True)
def _(w):
    w.out["фио"] = [w.token(x["_s"]) for x in w.P]


@leak("birth_year_tokens", "birth years as stable tokens beside the 20-year band", disputed=True)
def _(w):
    w.out["дата рождения"] = [band(x["_d"].year) + " " + w.token(str(x["_d"].year))[:8] for x in w.P]


# ---- combinations
@leak("k1_exact", "birth date, sex and postal code exact")
def _(w):
    for c in ("дата рождения", "почтовый индекс"):
        w.out[c] = list(w.orig[c])


@leak(
    "k1_year_sex_postal",
    "birth year, sex and four digits of the postal code: no cell equals an original, rows are unique",
)
def _(w):
    w.out["дата рождения"] = [str(x["_d"].year) for x in w.P]
    w.out["почтовый индекс"] = [x["почтовый индекс"][:4] for x in w.P]


@leak("k1_year_sex_city", "birth year, sex and region only")
def _(w):
    w.out["дата рождения"] = [str(x["_d"].year) for x in w.P]


@leak("k1_month", "year and month of birth, sex")
def _(w):
    w.out["дата рождения"] = ["%d-%02d" % (x["_d"].year, x["_d"].month) for x in w.P]


@leak("k1_one_row", "one single person in a class of their own")
def _(w):
    i = w.pick()
    w.orig["город"][i] = w.P[i]["город"] = "Жезказган"
    w.out["город"][i] = "Улытау"
    w.orig["адрес"][i] = "г. Жезказган, ул. Абая, д. 5, кв. 1"


@leak("l1_diagnosis", "everybody of a class (year band, sex, region) has the same diagnosis, kept")
def _(w):
    cl = sorted({(band(x["_d"].year), x["пол"], x["_reg"]) for x in w.P})
    m = {c: w.r.choice(DIAG)[0] for c in cl}
    v = [m[band(x["_d"].year), x["пол"], x["_reg"]] for x in w.P]
    w.orig["диагноз"] = v
    w.out["диагноз"] = list(v)


@leak("l1_some_classes", "three classes of sixty have one diagnosis only, the others are mixed", disputed=True)
def _(w):
    cl = sorted({(band(x["_d"].year), x["пол"], x["_reg"]) for x in w.P})
    m = {c: w.r.choice(DIAG)[0] for c in w.r.sample(cl, 3)}
    v = [m.get((band(x["_d"].year), x["пол"], x["_reg"]), w.r.choice(DIAG)[0]) for x in w.P]
    w.orig["диагноз"] = v
    w.out["диагноз"] = list(v)


@leak("null_pattern", "which of 12 rewritten columns are empty is unique for most rows")
def _(w):
    for c in [
        "ИИН",
        "фио",
        "телефон",
        "email",
        "логин",
        "адрес",
        "паспорт",
        "удостоверение",
        "mrz",
        "iban",
        "карта",
        "гос номер",
    ]:
        for i in range(w.n):
            if w.r.random() < 0.5:
                w.orig[c][i] = ""
                w.out[c][i] = ""
            elif w.out[c][i] != "[redacted]":
                w.out[c][i] = "[redacted]"


# ---- Parquet
def pqleak(k, about, **kw):
    return leak(k, about, fmt="parquet", **kw)


@pqleak("pq_int_column", "IIN as int64 column, zeros lost")
def _(w):
    w.out["ИИН"] = [int(v) for v in w.orig["ИИН"]]


@pqleak("pq_double_column", "IIN as doubles")
def _(w):
    w.out["ИИН"] = [float(v) for v in w.orig["ИИН"]]


@pqleak("pq_binary_column", "IIN bytes in a binary column")
def _(w):
    w.out["ИИН"] = pa.array([v.encode() for v in w.orig["ИИН"]], pa.binary())


@pqleak("pq_binary_hash", "raw sha256 in a fixed binary column")
def _(w):
    w.out["ИИН"] = pa.array([hashlib.sha256(v.encode()).digest() for v in w.orig["ИИН"]], pa.binary(32))


@pqleak("pq_date32", "birth date as date32")
def _(w):
    w.out["дата рождения"] = pa.array([x["_d"] for x in w.P], pa.date32())


@pqleak("pq_timestamp", "birth date as timestamp[us]")
def _(w):
    w.out["дата рождения"] = pa.array([dt.datetime.combine(x["_d"], dt.time()) for x in w.P], pa.timestamp("us"))


@pqleak("pq_decimal", "IIN as decimal128(12,0)")
def _(w):
    import decimal

    w.out["ИИН"] = pa.array([decimal.Decimal(v) for v in w.orig["ИИН"]], pa.decimal128(12, 0))


@pqleak("pq_key_value", "IIN in the key-value metadata")
def _(w):
    w.ttab = w.table(w.out).replace_schema_metadata({"source": "выгрузка для " + w.P[9]["ИИН"]})


@pqleak("pq_key_value_key", "IIN as a key of the key-value metadata")
def _(w):
    w.ttab = w.table(w.out).replace_schema_metadata({w.P[9]["ИИН"]: "1"})


@pqleak("pq_key_value_json", "map of all IINs to tokens as JSON in the metadata")
def _(w):
    w.ttab = w.table(w.out).replace_schema_metadata({"mapping": json.dumps(dict(zip(w.orig["ИИН"], w.out["ИИН"])))})


@pqleak("pq_pandas_attrs", "df.attrs in the pandas metadata hold an IIN")
def _(w):
    df = pd.DataFrame(w.out)
    df.attrs = {"filter": "ИИН=" + w.P[9]["ИИН"]}
    w.ttab = pa.Table.from_pandas(df)
    assert w.P[9]["ИИН"].encode() in w.ttab.schema.metadata[b"pandas"]


@pqleak("pq_pandas_index", "pandas index column __index_level_0__ holds IINs")
def _(w):
    w.ttab = pa.Table.from_pandas(pd.DataFrame(w.out).set_index(pd.Index(w.orig["ИИН"])))


@pqleak("pq_pandas_index_name", "the name of the pandas columns index holds a name")
def _(w):
    df = pd.DataFrame(w.out)
    df.columns.name = w.P[9]["фио"]
    w.ttab = pa.Table.from_pandas(df)


@pqleak("pq_field_metadata", "IIN in the metadata of an Arrow field (in ARROW:schema only, base64)")
def _(w):
    t = w.table(w.out)
    i = t.schema.get_field_index("статус")
    w.ttab = t.cast(t.schema.set(i, t.schema.field(i).with_metadata({"пример": w.P[9]["ИИН"]})))


@pqleak("pq_created_by", "IIN in created_by")
def _(w):
    def fn(m, b):
        T.put(m, 6, 8, ("parquet-cpp-arrow version 26.0.1 " + w.P[9]["ИИН"]).encode())
        return b

    w.post = lambda p: T.edit(p, fn)


def cols(m, g=0):
    return T.get(T.get(m, 4)[1][g], 1)[1]


def md(m, name, g=0):
    for c in cols(m, g):
        d = T.get(c, 3)
        if T.get(d, 3)[1][0] == name.encode():
            return d, c


@pqleak("pq_statistics", "min/max statistics of the token column are of the original IINs")
def _(w):
    def fn(m, b):
        d, _ = md(m, "ИИН")
        s = T.get(d, 12)
        lo, hi = min(w.orig["ИИН"]).encode(), max(w.orig["ИИН"]).encode()
        T.put(s, 5, 8, hi)
        T.put(s, 6, 8, lo)
        T.drop(s, 1)
        T.drop(s, 2)
        return b

    w.post = lambda p: T.edit(p, fn)


@pqleak("pq_statistics_old", "the deprecated min/max fields hold original names")
def _(w):
    def fn(m, b):
        s = T.get(md(m, "фио")[0], 12)
        T.put(s, 1, 8, max(w.orig["фио"]).encode())
        T.put(s, 2, 8, min(w.orig["фио"]).encode())
        return b

    w.post = lambda p: T.edit(p, fn)


@pqleak("pq_page_header_statistics", "min/max in the page header are of the original")
def _(w):
    w.pq = dict(use_dictionary=False)

    def fn(m, b):
        d, _ = md(m, "ИИН")
        o = T.get(d, 9)
        size = T.get(d, 7)
        hd, p = T.rstruct(b, o)
        dph = T.get(hd, 5)
        n = T.get(hd, 3)
        assert p + n == o + size, (p, n, o, size)
        T.put(dph, 5, 12, [[3, 6, 0], [5, 8, max(w.orig["ИИН"]).encode()], [6, 8, min(w.orig["ИИН"]).encode()]])
        nh = T.wstruct(hd)
        at = len(b)
        data = bytes(b[p : p + n])
        b[o : o + size] = bytes(size)  # the old page is blanked
        b += nh + data
        T.put(d, 9, 6, at)
        T.put(d, 7, 6, len(nh) + n)
        T.put(d, 6, 6, T.get(d, 6) + len(nh) - (p - o))
        return b

    w.post = lambda p: T.edit(p, fn)


@pqleak("pq_column_index", "min/max of the page index are of the original")
def _(w):
    w.pq = dict(write_page_index=True)

    def fn(m, b):
        d, c = md(m, "ИИН")
        o = T.get(c, 6)
        ci, _ = T.rstruct(b, o)
        old = T.get(c, 7)
        T.get(ci, 2)[1][0] = min(w.orig["ИИН"]).encode()
        T.get(ci, 3)[1][0] = max(w.orig["ИИН"]).encode()
        x = T.wstruct(ci)
        b[o : o + old] = bytes(old)
        T.put(c, 6, 6, len(b))
        T.put(c, 7, 5, len(x))
        b += x
        return b

    w.post = lambda p: T.edit(p, fn)


def dead(w, comp, kw):
    w.pq = dict(compression=comp, store_schema=False, **kw)
    o = dict(w.out)
    w.out = {}
    for c, v in o.items():
        w.out[c] = v
        if c == "пол":
            w.out["старый ИИН"] = list(w.orig["ИИН"])

    def fn(m, b):
        sc = T.get(m, 2)[1]
        sc[:] = [s for s in sc if T.get(s, 4) != "старый ИИН".encode()]
        T.put(sc[0], 5, 5, T.get(sc[0], 5) - 1)
        T.get(m, 7)[1].pop()
        for g in T.get(m, 4)[1]:
            L = T.get(g, 1)[1]
            L[:] = [c for c in L if T.get(T.get(c, 3), 3)[1][0] != "старый ИИН".encode()]
        return b

    w.post = lambda p: T.edit(p, fn)


@pqleak("pq_dead_column_plain", "a dropped column: its pages are still there, uncompressed, the footer knows them not")
def _(w):
    dead(w, "none", dict(use_dictionary=False))


@pqleak("pq_dead_column_snappy", "the same, snappy and dictionary")
def _(w):
    dead(w, "snappy", {})


@pqleak("pq_dead_column_zstd", "the same, zstd")
def _(w):
    dead(w, "zstd", {})


@pqleak(
    "pq_dead_column_zstd_bare", "the same, zstd, without any statistics: no plain byte of an original is in the file"
)
def _(w):
    dead(w, "zstd", dict(write_statistics=False, use_dictionary=False))


@pqleak("pq_dictionary_unused_one_zstd", "one unused IIN in a dictionary page, zstd, no statistics")
def _(w):
    u = list(dict.fromkeys(w.out["ИИН"]))
    w.out["ИИН"] = pa.DictionaryArray.from_arrays(
        pa.array([u.index(v) for v in w.out["ИИН"]], pa.int32()),
        pa.array(u[:50] + [w.P[5]["ИИН"]] + u[50:]).take(
            pa.array(list(range(50)) + list(range(51, len(u) + 1)) + [50])
        ),
    )
    w.pq = dict(compression="zstd", compression_level=19, write_statistics=False)


@pqleak("pq_dead_row_group", "the original rows as a row group the footer no longer names (uncompressed)")
def _(w):
    w.ttab = pa.concat_tables([w.table({c: w.orig[c] for c in w.out}), w.table(w.out)])
    w.pq = dict(row_group_size=w.n, compression="none")

    def fn(m, b):
        g = T.get(m, 4)[1]
        assert len(g) == 2
        del g[0]
        T.put(g[0], 7, 4, 0)
        T.put(m, 3, 6, w.n)
        return b

    w.post = lambda p: T.edit(p, fn)


@pqleak("pq_dictionary_unused", "dictionary with the original names, no row uses them")
def _(w):
    u = sorted(set(w.orig["фио"]))
    w.out["фио"] = pa.DictionaryArray.from_arrays(pa.array([0] * w.n, pa.int32()), pa.array(["[redacted]"] + u))


@pqleak("pq_dictionary_unused_one", "one unused entry: an IIN, among tokens")
def _(w):
    u = list(dict.fromkeys(w.out["ИИН"]))
    w.out["ИИН"] = pa.DictionaryArray.from_arrays(
        pa.array([u.index(v) for v in w.out["ИИН"]], pa.int32()), pa.array(u + [w.P[5]["ИИН"]])
    )


@pqleak("pq_pandas_categorical", "pandas category column with unused levels, zstd")
def _(w):
    s = pd.Series(pd.Categorical(w.orig["город"])).cat.add_categories(["нет"])
    s[:] = "нет"
    df = pd.DataFrame(w.out)
    df["город"] = s
    s = pd.Series(pd.Categorical(w.orig["фио"])).cat.add_categories(["нет"])
    s[:] = "нет"
    df["фио"] = s
    w.ttab = pa.Table.from_pandas(df)
    w.pq = dict(compression="zstd")


@pqleak("pq_after_footer", "bytes after the closing PAR1 (the whole old tail again follows, so readers still read it)")
def _(w):
    def post(p):
        b = open(p, "rb").read()
        n = struct.unpack("<I", b[-8:-4])[0]
        f = b[-8 - n :]
        open(p, "wb").write(b + ("\n".join(w.orig["ИИН"])).encode() + f)

    w.post = post


@pqleak(
    "pq_appended_garbage",
    "original rows as text appended after the closing PAR1 (strict readers may refuse: 1 or 2 are both right)",
)
def _(w):
    w.post = lambda p: open(p, "ab").write("\n".join(w.orig["ИИН"]).encode())


@pqleak("pq_between", "original rows as text between the last page and the footer")
def _(w):
    w.post = lambda p: T.edit(p, lambda m, b: b + "\n".join(w.orig["фио"]).encode())


def bloom_bits(vals, nbytes):
    S = [0x47B6137B, 0x44974D91, 0x8824AD5B, 0xA2B7289D, 0x705495C7, 0x2DF1424B, 0x9EFC4947, 0x5C6BFB31]
    B = [0] * (nbytes // 4)
    z = nbytes // 32
    for v in vals:
        x = xxhash.xxh64(v.encode()).intdigest()
        k = x & 0xFFFFFFFF
        j = ((x >> 32) * z) >> 32
        for i in range(8):
            B[j * 8 + i] |= 1 << ((k * S[i] & 0xFFFFFFFF) >> 27)
    return struct.pack("<%dI" % len(B), *B)


@pqleak("pq_bloom", "the bloom filter of the token column was made of the original IINs")
def _(w):
    w.pq = dict(bloom_filter_options={"ИИН": {"ndv": w.n, "fpp": 0.001}})

    def fn(m, b):
        d, _ = md(m, "ИИН")
        o = T.get(d, 14)
        hd, p = T.rstruct(b, o)
        n = T.get(hd, 1)
        assert bytes(b[p : p + n]) == bloom_bits(w.out["ИИН"], n), "own bloom differs from pyarrow"
        b[p : p + n] = bloom_bits(w.orig["ИИН"], n)
        return b

    w.post = lambda p: T.edit(p, fn)


def nested(w, mk_o, mk_t, path, typ):
    w.orig = {c: v for c, v in w.orig.items() if c != "телефон"}
    w.out = {c: v for c, v in w.out.items() if c != "телефон"}
    w.orig["контакт"] = pa.array([mk_o(x) for x in w.P], typ)
    w.out["контакт"] = pa.array([mk_t(x, i) for i, x in enumerate(w.P)], typ)


st = pa.struct([("вид", pa.string()), ("данные", pa.struct([("номер", pa.string())]))])


@pqleak("pq_nested_leaf", "one phone in the leaf of a struct in a struct")
def _(w):
    k = w.pick()
    nested(
        w,
        lambda x: {"вид": "моб", "данные": {"номер": x["телефон"]}},
        lambda x, i: {"вид": "моб", "данные": {"номер": x["телефон"] if i == k else w.token(x["телефон"])}},
        0,
        st,
    )


@pqleak("pq_list_element", "one phone in the second element of a list")
def _(w):
    k = w.pick()
    nested(
        w,
        lambda x: [x["телефон"], x["логин"]],
        lambda x, i: [w.token(x["телефон"]), x["телефон"] if i == k else w.token(x["логин"])],
        0,
        pa.list_(pa.string()),
    )


mp = pa.map_(pa.string(), pa.string())


@pqleak("pq_map_key", "one phone as the key of a map")
def _(w):
    k = w.pick()
    nested(
        w,
        lambda x: [(x["телефон"], "да")],
        lambda x, i: [(x["телефон"] if i == k else w.token(x["телефон"]), "да")],
        0,
        mp,
    )


@pqleak("pq_map_value", "one phone as a value of a map")
def _(w):
    k = w.pick()
    nested(
        w,
        lambda x: [("моб", x["телефон"])],
        lambda x, i: [("моб", x["телефон"] if i == k else w.token(x["телефон"]))],
        0,
        mp,
    )


@pqleak("pq_list_of_struct_all", "sha256 of phones in a list of structs")
def _(w):
    t = pa.list_(pa.struct([("номер", pa.string())]))
    nested(w, lambda x: [{"номер": x["телефон"]}], lambda x, i: [{"номер": sha(x["телефон"])}], 0, t)


@pqleak(
    "pq_list_length",
    "list lengths kept (1..60), values tokens: the number of contacts is unique for some",
    disputed=True,
)
def _(w):
    L = [min(60, int(w.r.expovariate(0.12)) + 1) for _ in w.P]
    t = pa.list_(pa.string())
    z = dict(zip((x["ИИН"] for x in w.P), L))
    nested(
        w,
        lambda x: [x["телефон"] + " доб. %d" % j for j in range(z[x["ИИН"]])],
        lambda x, i: [w.hex() for j in range(z[x["ИИН"]])],
        0,
        t,
    )


@pqleak("pq_struct_field_name", "a field of a struct is named with an IIN (to refuse it is right too: 1 or 2)")
def _(w):
    nm = "знч " + w.P[3]["ИИН"]
    w.out["статус"] = pa.array([{nm: v} for v in w.orig["статус"]])


@leak("json_in_cell", "one IIN in JSON inside a text cell, with \\u escapes for the name")
def _(w):
    k = w.pick()
    w.out["комментарий"] = [
        json.dumps({"client": {"iin": x["ИИН"] if i == k else "[iin]", "ok": True}}) for i, x in enumerate(w.P)
    ]


@leak("json_in_cell_escaped_name", "one name in JSON with \\u escapes")
def _(w):
    k = w.pick()
    w.out["комментарий"] = [json.dumps({"fio": x["фио"] if i == k else "-"}) for i, x in enumerate(w.P)]


@pqleak("pq_json_in_cell", "JSON text in a Parquet cell, one phone")
def _(w):
    k = w.pick()
    w.out["комментарий"] = [
        json.dumps({"tel": [x["телефон"].replace(" ", "") if i == k else None]}) for i, x in enumerate(w.P)
    ]


# ---- containers of CSV
def gz(b, name=None, comment=None, extra=None):
    import zlib

    flg = (8 if name else 0) | (16 if comment else 0) | (4 if extra else 0)
    o = b"\x1f\x8b\x08" + bytes([flg]) + b"\0\0\0\0\0\xff"
    if extra:
        o += struct.pack("<H", len(extra)) + extra
    if name:
        o += name + b"\0"
    if comment:
        o += comment + b"\0"
    z = zlib.compressobj(6, 8, -15)
    return o + z.compress(b) + z.flush() + struct.pack("<II", zlib.crc32(b), len(b) & 0xFFFFFFFF)


def gzleak(k, about, f, ext="gz"):
    @leak(k, about)
    def _(w):
        w.oname = "output.csv." + ext
        w.post = lambda b: f(w, b)


gzleak("gz_name", "gzip header: file name with an IIN", lambda w, b: gz(b, name=("%s.csv" % w.P[4]["ИИН"]).encode()))
gzleak(
    "gz_comment", "gzip header: comment with a phone", lambda w, b: gz(b, comment=("tel " + w.P[4]["телефон"]).encode())
)
gzleak(
    "gz_extra",
    "gzip header: extra field with an e-mail",
    lambda w, b: gz(b, extra=b"XX" + struct.pack("<H", len(w.P[4]["email"])) + w.P[4]["email"].encode()),
)
gzleak(
    "gz_trailing",
    "bytes after the gzip member (decoders may refuse: 1 or 2 are both right)",
    lambda w, b: gz(b) + w.P[4]["ИИН"].encode(),
)
gzleak(
    "gz_trailing_zeros",
    "zeros and then an IIN after the gzip member (1 or 2)",
    lambda w, b: gz(b) + bytes(512) + w.P[4]["ИИН"].encode(),
)
gzleak(
    "gz_second_member_name",
    "an empty second member whose name is an IIN",
    lambda w, b: gz(b) + gz(b"", name=w.P[4]["ИИН"].encode()),
)
gzleak(
    "gz_second_member_rows",
    "a second member with an original row: it belongs to the table",
    lambda w, b: gz(b) + gz((",".join('"%s"' % w.orig[c][4] for c in w.orig) + "\n").encode()),
)
gzleak(
    "zst_skippable",
    "a skippable zstd frame with an IIN",
    lambda w, b: zstandard.compress(b) + struct.pack("<II", 0x184D2A50, 12) + w.P[4]["ИИН"].encode(),
    ext="zst",
)

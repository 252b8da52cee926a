import os, csv, io, gzip, random, re, collections
import pyarrow as pa, pyarrow.parquet as pq
from data import *
import thrift as T

REG = {"leaks": {}, "honest": {}}


def leak(k, about, fmt="csv", disputed=False):
    def d(f):
        assert k not in REG["leaks"], k
        REG["leaks"][k] = (f, about, fmt, disputed)
        return f

    return d


def honest(k, about, fmt="csv", disputed=False):
    def d(f):
        assert k not in REG["honest"], k
        REG["honest"][k] = (f, about, fmt, disputed)
        return f

    return d


BW = [20]  # years in a band; make.py widens it for few rows


def band(y, w=None):
    w = w or BW[0]
    a = y - y % w
    return "%d..%d" % (a, a + w - 1)


class W:
    def __init__(s, kind, seed, n, y0=1800, y1=1899):
        s.kind = kind
        s.seed = seed
        s.r = random.Random("%s/%s" % (seed, kind))
        s.n = n
        s.P = people(s.r, n, y0, y1)
        s._tok = {}
        s.orig = {c: [x[c] for x in s.P] for c in PERSONAL + BUSINESS}
        s.out = {}
        s.fmt = "csv"
        s.delim = ","
        s.enc = "utf-8"
        s.pq = {}
        s.otab = s.ttab = None
        s.post = None
        s.qi = None
        s.oname = "output.csv"
        s.chance = []
        s.base()

    def hex(s, n=32):
        return "".join(s.r.choice("0123456789abcdef") for _ in range(n))

    def token(s, v):
        if v == "" or v is None:
            return v
        if v not in s._tok:
            s._tok[v] = s.hex()
        return s._tok[v]

    def tokens(s, c):
        return [s.token(v) for v in s.orig[c]]

    def base(s):
        for c in s.orig:
            if c in ("ИИН", "телефон", "email", "логин", "паспорт", "удостоверение", "iban", "карта", "гос номер"):
                s.out[c] = s.tokens(c)
            elif c in BUSINESS or c == "пол":
                s.out[c] = list(s.orig[c])
            elif c == "дата рождения":
                s.out[c] = [band(x["_d"].year) for x in s.P]
            elif c == "город":
                s.out[c] = [x["_reg"] for x in s.P]
            else:
                s.out[c] = ["[redacted]"] * s.n
        s.qi = ["дата рождения", "пол", "город"]

    def keep(s, *cs):
        """both tables get only these columns"""
        s.orig = {c: s.orig[c] for c in cs}
        s.out = {c: s.out[c] for c in cs if c in s.out}
        s.qi = [q for q in s.qi if q in s.out]

    def pick(s):
        return s.r.randrange(s.n // 4, s.n)  # never among the first rows

    # --- writing
    def table(s, cols):
        return pa.table(
            {c: (v if isinstance(v, (pa.Array, pa.ChunkedArray)) else pa.array(v)) for c, v in cols.items()}
        )

    def csvbytes(s, cols):
        f = io.StringIO(newline="")
        w = csv.writer(f, delimiter=s.delim, lineterminator="\n")
        w.writerow(cols)
        w.writerows(["" if x is None else x for x in row] for row in zip(*cols.values()))
        return f.getvalue().encode(s.enc)

    def write(s, d):
        os.makedirs(d, exist_ok=True)
        for f in os.listdir(d):
            os.remove(d + "/" + f)
        if s.fmt == "csv":
            open(d + "/original.csv", "wb").write(s.csvbytes(s.orig))
            o, t = "original.csv", s.oname
            b = s.csvbytes(s.out)
            b = s.post(b) if s.post else b
            open(d + "/" + t, "wb").write(b)
        else:
            o, t = "original.parquet", "output.parquet"
            pq.write_table(s.otab if s.otab is not None else s.table(s.orig), d + "/" + o)
            pq.write_table(s.ttab if s.ttab is not None else s.table(s.out), d + "/" + t, **s.pq)
            if s.post:
                s.post(d + "/" + t)
        return o, t


def classes(cols, qi):
    return collections.Counter(zip(*[cols[q] for q in qi]))

#!/usr/bin/env python3
"""make.py OUTDIR [--seed N] [--rows N] [--only KIND,…]"""

import argparse, json, os, sys, csv, io, re
from core import *
import leaks, honest as H


def flat(v):
    if isinstance(v, (list, tuple)):
        for x in v:
            yield from flat(x)
    elif isinstance(v, dict):
        for x in v.values():
            yield from flat(x)
    elif v is not None:
        yield str(v)


def check(w, kind):
    """Is an honest table honest? A cell equal to a personal original, a word of one, k."""
    bad = []
    ol = lambda v: v.to_pylist() if isinstance(v, (pa.Array, pa.ChunkedArray)) else v
    pers = [c for c in w.orig if c in PERSONAL and c not in ("пол",) or c == "контакт"]
    own = set()
    words = set()
    for c in pers:
        for v in flat(ol(w.orig[c])):
            if v and v != "иин":
                own.add(v)
            if c in ("фио", "email", "логин", "mrz", "телефон", "паспорт"):
                words |= {p.lower() for p in re.findall(r"\w{4,}", v)}
    for c, v in w.out.items():
        if c in w.chance:
            continue
        q = set(flat(ol(v)))
        hit = q & own - {x["_reg"] for x in w.P} - set(CITYR)
        if hit:
            bad.append("column %s: %d cells equal a personal original (%s)" % (c, len(hit), sorted(hit)[:2]))
        hit = {p for x in q for p in re.findall(r"\w{4,}", x.lower())} & words - {"example"}
        if hit:
            bad.append("column %s: words %s" % (c, sorted(hit)[:4]))
    for c in w.chance:
        if c in w.orig and c in w.out:
            o, t = ol(w.orig[c]), ol(w.out[c])
            e = sum(a == b for a, b in zip(o, t))
            print("   %s/%s: %d of %d cells equal the own original" % (kind, c, e, len(t)))
    if w.qi:
        k = min(classes({q: ol(w.out[q]) for q in w.qi}, w.qi).values())
        print("   %-32s k=%d over %s" % (kind, k, w.qi))
        if k < 5:
            bad.append("k=%d over %s" % (k, w.qi))
    return bad


CITYR = [c[1] for c in CITY]


def main():
    a = argparse.ArgumentParser()
    a.add_argument("outdir")
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--rows", type=int, default=2000)
    a.add_argument("--only")
    a = a.parse_args()
    M = []
    rc = 0
    if a.rows < 500:
        sys.exit("at least 500 rows, or k is not reached")
    if a.rows < 1500:
        BW[0] = 50
    for g in ("leaks", "honest"):
        for k, (f, about, fmt, disp) in REG[g].items():
            if a.only and k not in a.only.split(","):
                continue
            w = W(k, a.seed, a.rows)
            w.fmt = fmt
            f(w)
            d = os.path.join(a.outdir, g, k)
            o, t = w.write(d)
            if g == "honest":
                for b in check(w, k):
                    print("NOT HONEST %s: %s" % (k, b))
                    rc = 1
            elif fmt == "parquet" and k != "pq_appended_garbage":
                try:
                    assert pq.read_table(d + "/" + t).num_rows >= a.rows
                except Exception as e:
                    print("unreadable", k, e)
                    rc = 1
            M.append(
                dict(
                    kind=k,
                    original="%s/%s/%s" % (g, k, o),
                    output="%s/%s/%s" % (g, k, t),
                    expected="broken" if g == "leaks" else "held",
                    about=about,
                    disputed=disp,
                    also_right=[2] if "1 or 2" in about else [],
                )
            )
    json.dump(M, open(os.path.join(a.outdir, "manifest.json"), "w"), ensure_ascii=False, indent=1)
    print(sum(m["expected"] == "broken" for m in M), "leaks,", sum(m["expected"] == "held" for m in M), "honest")
    sys.exit(rc)


main()

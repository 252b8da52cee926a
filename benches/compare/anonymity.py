#!/usr/bin/env python3
"""How fast iesiz makes a table k-anonymous and l-diverse beside anjana, on one machine, in one run.

    python3 benches/compare/anonymity.py [--rows 1000000] [--limit 600] [--scratch DIR] [--binary FILE]
        [--flags "--quasi {quasi} --sensitive {sensitive} --k {k} --l {l} -o {out}"] [--only iesiz|anjana|all]

Makes a table of made-up people from a seed (5 quasi-identifiers, 1 sensitive column, 1 other), installs anjana into a scratch
environment and runs each side once: k = 5 alone, then k = 5 with l = 2. Seconds and peak memory are the whole process's, from
reading the CSV to having written one; below 16 MB it is this script's own size that is seen. k, l and the number of classes are
measured by pycanon on what was written, as text; suppressed rows are those that are missing from it and those whose
quasi-identifiers are all `*` (the latter still count for k and l). Exit status 1 when our side fails, or misses its k or l.
"""
import argparse
import bisect
import itertools
import json
import os
import pathlib
import random
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import venv

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGES = ["anjana==1.2.3"]  # it brings pycanon, numpy and pandas, all pinned by it
SEED = 7
K, L, SUPPRESSION = 5, 2, 50
QUASI = ["age", "sex", "region", "birth_year", "education"]
SENSITIVE = "diagnosis"
YEAR = 2025

REGIONS = "Алматы Шымкент Туркестан Астана Алматинская Жамбыл Караганда Кызылорда Костанай Восточный Атырау Актобе Павлодар Мангистау Жетысу Акмола Абай Западный Северный Улытау".split()
REGION_WEIGHTS = [2230, 1220, 2140, 1430, 1530, 1220, 1135, 840, 830, 730, 710, 940, 755, 790, 700, 790, 605, 690, 530, 220]
PARTS = dict(zip(REGIONS, "юг юг юг север юг юг центр юг север восток запад запад север запад юг север восток запад север центр".split()))
SCHOOLS = [f"{at:02} {name}" for at, name in enumerate(
    "никакого детсад 1-4 5-6 7-8 9 10 11 профучилище колледж неоконченное бакалавр специалист магистр кандидат доктор".split())]
BIRTHS = [(0, 20), (10, 19), (20, 14), (30, 17), (40, 13), (50, 11), (60, 9), (70, 5), (80, 2), (90, 0.3)]  # weight of each ten years
ILLNESSES = "здоров ОРВИ гипертония диабет астма гастрит травма аллергия гепатит ВИЧ".split()
ILLNESS_WEIGHTS = [38, 20, 15, 9, 6, 5, 3.5, 2, 1, 0.5]


def schooling(age):
    """What somebody so old may have finished, and how often."""
    if age < 18:
        top = 0 if age < 3 else 1 if age < 7 else 2 if age < 11 else 3 if age < 13 else 4 if age < 15 else 5 if age < 16 else 6
        return [top, max(top - 1, 0)], [9, 1]
    if age < 23:
        return [5, 7, 8, 9, 10, 11], [3, 30, 12, 25, 25, 5]
    return list(range(16)), [0.2, 0.02, 0.5, 0.5, 1.5, 5, 1, 27, 11, 22, 3, 17, 7, 4, 0.8, 0.08]


def generate(path, rows):
    """Written row by row, so that this process stays small: what it starts is charged with its size."""
    if path.exists():
        return
    draw, unfinished = random.Random(SEED), path.with_suffix(".part")
    ages = list(itertools.accumulate(dict(BIRTHS)[at - at % 10] * (1 - at % 10 / 40) for at in range(100)))
    regions, illnesses = list(itertools.accumulate(REGION_WEIGHTS)), list(itertools.accumulate(ILLNESS_WEIGHTS))
    schools = {age: (kinds, list(itertools.accumulate(weights))) for age in range(100) for kinds, weights in [schooling(age)]}
    pick = lambda edges: bisect.bisect_right(edges, draw.random() * edges[-1])
    with open(unfinished, "w", encoding="utf-8") as out:
        out.write(",".join([*QUASI, SENSITIVE, "visits"]) + "\n")
        for _ in range(rows):
            age = pick(ages)
            sex = "ж" if draw.random() < 0.5 + age / 500 else "м"
            kinds, edges = schools[age]
            born = YEAR - age - (draw.random() < 0.3)
            out.write(f"{age},{sex},{REGIONS[pick(regions)]},{born},{SCHOOLS[kinds[pick(edges)]]},{ILLNESSES[pick(illnesses)]},{draw.randrange(60)}\n")
    unfinished.rename(path)


def hierarchies():
    """anjana's form: per quasi-identifier a list of its values, and per level as long a list of what each becomes."""
    ages, years = [str(at) for at in range(100)], [str(at) for at in range(YEAR - 100, YEAR + 1)]
    spans = lambda values, width: [f"{int(at) // width * width}-{int(at) // width * width + width - 1}" for at in values]
    ladder = lambda values: {0: values, 1: spans(values, 5), 2: spans(values, 10), 3: spans(values, 20), 4: ["*"] * len(values)}
    steps = lambda values, *levels: {0: values, **{at + 1: level for at, level in enumerate(levels)}, len(levels) + 1: ["*"] * len(values)}
    return {
        "age": ladder(ages),
        "sex": steps(["м", "ж"]),
        "region": steps(REGIONS, [PARTS[at] for at in REGIONS]),
        "birth_year": ladder(years),
        "education": steps(SCHOOLS, [["до средней", "средняя", "высшая"][(at > 5) + (at > 9)] for at in range(16)]),
    }


def anjana(source, target, l):
    """In a process of its own: reads, makes k-anonymous (and l-diverse if l > 1), writes, prints the inner seconds."""
    import numpy as np
    import pandas as pd
    from anjana.anonymity import k_anonymity, l_diversity

    table = pd.read_csv(source, dtype=str, keep_default_na=False)
    levels = {name: {at: np.array(level, dtype=object) for at, level in steps.items()} for name, steps in hierarchies().items()}
    start = time.monotonic()
    if l > 1:
        out = l_diversity(table, [], list(QUASI), SENSITIVE, K, l, SUPPRESSION, levels)
    else:
        out = k_anonymity(table, [], list(QUASI), K, SUPPRESSION, levels)
    seconds = time.monotonic() - start
    out.drop(columns=["index", "level_0"], errors="ignore").to_csv(target, index=False)
    print(json.dumps({"inner": seconds}))


def measure(target):
    """In a process of its own: k, l and more of the written table, by pycanon."""
    import pandas as pd
    from pycanon.anonymity import k_anonymity, l_diversity

    table = pd.read_csv(target, dtype=str, keep_default_na=False)
    if not len(table):
        print(json.dumps({"rows": 0, "starred": 0, "classes": 0, "k": None, "l": None, "values": {}}))
        return
    print(json.dumps({
        "rows": len(table),
        "starred": int((table[QUASI] == "*").all(axis=1).sum()),
        "classes": len(table.groupby(QUASI)),
        "k": int(k_anonymity(table, QUASI)),
        "l": int(l_diversity(table, QUASI, [SENSITIVE])),
        "values": {name: int(table[name].nunique()) for name in QUASI},
    }))


def run(command, limit):
    """Wall seconds, peak megabytes, exit status (None: ended at the limit), standard output and the end of standard error."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.monotonic()
        process = subprocess.Popen(list(map(str, command)), stdout=out, stderr=err, start_new_session=True)
        code, late = None, False
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if not late and time.monotonic() - start > limit:
                os.killpg(process.pid, signal.SIGKILL)  # a session of its own: only what this script started
                late = True
            time.sleep(0.005)
        seconds = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        code = None if late else process.returncode
        out.seek(0)
        err.seek(0)
        return seconds, usage.ru_maxrss / 1024, code, out.read().decode(), err.read().decode()[-600:]


def written(out):
    """The table that was written: the file itself, or the one CSV in the folder."""
    if out.is_file():
        return out
    found = sorted(out.rglob("*.csv")) if out.is_dir() else []
    return found[0] if len(found) == 1 else None


def side(name, command, out, asked, python, wants_l, is_ours):
    """Runs one side, prints its line, tells whether it did what it was asked."""
    if out.is_dir():
        shutil.rmtree(out)
    out.unlink(missing_ok=True)
    seconds, memory, code, said, trouble = run(command, asked.limit)
    inner = ""
    if not is_ours and code == 0:
        inner = f"{json.loads(said.splitlines()[-1])['inner']:9.2f}"
    shown = f"{name:28} {seconds:9.2f} {inner:>9} {memory:8.0f}"
    target = written(out)
    if code is None:
        print(f"{shown}  not done within {asked.limit} s", flush=True)
        return not is_ours
    if code not in ((0, 1) if is_ours else (0,)) or target is None:
        print(f"{shown}  failed with {code}: {trouble.strip() or said.strip()[-300:]}", flush=True)
        return not is_ours
    _, _, code, said, trouble = run([python, __file__, "--measure", target], 3600)
    if code != 0:
        print(f"{shown}  cannot be measured: {trouble}", flush=True)
        return not is_ours
    seen = json.loads(said.splitlines()[-1])
    gone = asked.rows - seen["rows"] + seen["starred"]
    values = "/".join(str(seen["values"].get(name, "-")) for name in QUASI)
    print(f"{shown} {seen['k'] or '-':>5} {seen['l'] or '-':>4} {gone:10,} {gone / asked.rows:6.1%} {seen['classes']:8,}  {values}", flush=True)
    return not is_ours or (seen["rows"] > 0 and seen["k"] >= K and seen["l"] >= wants_l)


def main():
    if sys.argv[1:2] == ["--anjana"]:
        return anjana(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    if sys.argv[1:2] == ["--measure"]:
        return measure(sys.argv[2])
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--limit", type=float, default=600)
    parser.add_argument("--scratch", type=pathlib.Path)
    parser.add_argument("--binary", type=pathlib.Path)
    parser.add_argument("--flags", default="--quasi {quasi} --sensitive {sensitive} --k {k} --l {l} -o {out}")
    parser.add_argument("--only", choices=["iesiz", "anjana", "all"], default="all")
    asked = parser.parse_args()
    scratch = asked.scratch or pathlib.Path(tempfile.mkdtemp(prefix="iesiz-anonymity-"))
    scratch.mkdir(parents=True, exist_ok=True)
    binary = asked.binary or ROOT / "target/release/iesiz"
    if not asked.binary and asked.only != "anjana":
        subprocess.run(["cargo", "build", "--release"], cwd=ROOT, check=True)
    python = scratch / "env/bin/python"
    if not (scratch / "env/ready").exists():
        venv.create(scratch / "env", with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *PACKAGES], check=True)
        (scratch / "env/ready").touch()
    table, out = scratch / f"people-{asked.rows}.csv", scratch / "out"
    generate(table, asked.rows)
    print(f"{asked.rows:,} rows, {table.stat().st_size / 1e6:.0f} MB, 5 quasi-identifiers; one run each; load before {os.getloadavg()[0]:.1f} of {os.cpu_count()} cores")
    print(f"{'side':28} {'seconds':>9} {'inner s':>9} {'MB':>8} {'k':>5} {'l':>4} {'suppressed':>10} {'':>6} {'classes':>8}  values of {'/'.join(QUASI)}", flush=True)
    is_good = True
    for l in (1, L):
        what = f"k={K}" + (f" l={l}" if l > 1 else "")
        if asked.only != "anjana":
            template = asked.flags if l > 1 else asked.flags.replace("--l {l}", "")
            flags = [flag.format(quasi=",".join(QUASI), sensitive=SENSITIVE, k=K, l=l, out=out) for flag in shlex.split(template)]
            is_good &= side(f"iesiz {what}", [binary, "anonymize", table, *flags], out, asked, python, l, True)
        if asked.only != "iesiz":
            target = scratch / "anjana.csv"
            is_good &= side(f"anjana {what}, {SUPPRESSION} %", [python, __file__, "--anjana", table, target, l], target, asked, python, l, False)
    if not asked.scratch:
        shutil.rmtree(scratch)
    sys.exit(not is_good)


main()

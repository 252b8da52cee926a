#!/usr/bin/env python3
"""How fast iesiz is beside DuckDB and polars, on one machine, in one run.

    python3 benches/compare/compare.py [--rows 2500000] [--runs 5] [--threads 2] [--scratch DIR] [--binary FILE]

Generates made-up tables from a seed, installs DuckDB and polars into a scratch environment, runs all sides by turns and
prints medians, ratios and peak memory. Exit status 1 when a goal is missed. With 2,500,000 rows it needs 6 GB of disk.
"""
import argparse
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGES = ["duckdb==1.4.1", "polars==1.34.0"]
SEED = 7
READ = "select sum(length(COLUMNS(*))) from"
SIDES = {
    "duckdb reads CSV": f"{READ} read_csv('{{csv}}', all_varchar=true)",
    "duckdb reads Parquet": f"{READ} read_parquet('{{parquet}}')",
    "duckdb writes Parquet": "copy (select * from read_csv('{csv}', all_varchar=true)) to '{copy}' (format parquet, compression zstd)",
}
DUCKDB = "import duckdb, sys; c = duckdb.connect(); c.execute(f'set threads={sys.argv[1]}'); c.execute(sys.argv[2]).fetchall()"
POLARS = "import polars as pl, sys; pl.scan_csv(sys.argv[1], infer_schema=False).select(pl.all().str.len_bytes().sum()).collect(engine='streaming')"


def identity_number(draw):
    """An IIN of somebody born in the 1800s, whom nobody can be any more."""
    while True:
        text = f"{draw.randrange(100):02}{draw.randrange(1, 13):02}{draw.randrange(1, 29):02}{draw.choice('12')}{draw.randrange(10000):04}"
        for weights in (range(1, 12), [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]):
            check = sum(weight * int(digit) for weight, digit in zip(weights, text)) % 11
            if check < 10:
                return text + str(check)


def card(draw):
    body = f"40000000{draw.randrange(10**7):07}"
    doubled = sum(sum(divmod(int(d) * (2 - at % 2), 10)) for at, d in enumerate(body))
    return body + str(-doubled % 10)


ROOTS = "Ахмет Иван Серик Нурлан Петр Сидор Касым Омар Жума Тлеу Бай Кузнец Попк Смирн Оразал Сапар".split()
GIVEN = "Айгүл Асқар Әлия Бауыржан Гүлнар Данияр Ерлан Жанар Зарина Ильяс Қайрат Мадина Нұрлан Ольга Пётр Сергей Татьяна Ұлан".split()
TOWNS = "Алматы Астана Шымкент Павлодар Тараз Семей".split()
WORDS = "клиент просит перезвонить после обеда по вопросу возврата средств за заказ товар доставлен вовремя спасибо большое оператор не ответил договор продлен оплата прошла успешно жалоба закрыта".split()
PHONES = ["+7 7{} {} {} {}", "8 (7{}) {}-{}-{}", "87{}{}{}{}", "77{}{}{}{}", "+77{}{}{}{}"]
PEOPLE = "id,uuid,iin,last_name,first_name,patronymic,phone,email,passport_number,account,address,city,amount,currency,status,created_at,card_number,quantity,sku,comment"
THINGS = ",".join(f"{kind}_{at}" for at in range(5) for kind in ("amount", "code", "date", "words"))


def phone(draw):
    parts = (f"{draw.randrange(2)}{draw.randrange(8)}", f"{draw.randrange(1000):03}", f"{draw.randrange(100):02}", f"{draw.randrange(100):02}")
    return draw.choice(PHONES).format(*parts)


def comment(draw, row):
    text = " ".join(draw.choices(WORDS, k=draw.randrange(8, 18))).capitalize()
    chance = draw.random()
    if chance < 0.05:
        text += " тел. " + phone(draw)
    elif chance < 0.08:
        text += ", ИИН " + identity_number(draw)
    elif chance < 0.1:
        text += f" почта user{row}@example.kz"
    if draw.random() < 0.05:
        return f'"{text}\nсказал ""да"""'
    return f'"{text}"' if "," in text else text


def person(draw, row):
    number, hexes = draw.randrange, f"{draw.getrandbits(128):032x}"
    return ",".join([
        str(row), f"{hexes[:8]}-{hexes[8:12]}-{hexes[12:16]}-{hexes[16:20]}-{hexes[20:]}", identity_number(draw), draw.choice(ROOTS) + "ов",
        draw.choice(GIVEN), draw.choice(ROOTS) + "ович", phone(draw), f"user{number(10**8)}@example.kz", f"N{number(10**8):08}",
        f"KZ{number(99):02}999{number(10**13):013}", f'"г. {draw.choice(TOWNS)}, ул. {draw.choice(ROOTS)}ова, д. {number(200)}, кв. {number(200)}"',
        draw.choice(TOWNS), f"{number(10**8) / 100:.2f}", draw.choice(["KZT", "USD", "EUR"]), draw.choice(["new", "done", "failed"]),
        f"2025-{number(1, 13):02}-{number(1, 29):02}T{number(24):02}:{number(60):02}:{number(60):02}", card(draw), str(number(10**6)),
        f"SKU-{number(10**6):06}", comment(draw, row),
    ])


def thing(draw, _):
    cells = []
    for _ in range(5):
        number = draw.randrange
        cells += [f"{number(10**8) / 100:.2f}", f"SKU-{number(10**6):06}", f"2025-{number(1, 13):02}-{number(1, 29):02}", draw.choice(WORDS)]
    return ",".join(cells)


def generate(path, header, row, rows):
    if path.exists():
        return
    draw, unfinished = random.Random(SEED), path.with_suffix(".part")
    with open(unfinished, "w", encoding="utf-8") as out:
        out.write(header + "\n")
        for number in range(rows):
            out.write(row(draw, number) + "\n")
    unfinished.rename(path)


def run(command):
    """Wall seconds and peak kilobytes."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - start
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        sys.exit(f"{' '.join(map(str, command))}: {said.decode()}")
    return seconds, usage.ru_maxrss


def by_turns(commands, runs):
    """The median of every command, each run once a round."""
    for command in commands.values():
        run(command)
    seen = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            seen[name].append(run(command))
    return {name: tuple(statistics.median(column) for column in zip(*times)) for name, times in seen.items()}


class Table:
    def __init__(self):
        self.missed = 0
        print(f"{'work':44} {'iesiz':>9} {'beside':>9} {'ratio':>7} {'goal':>7} {'memory':>8}")

    def line(self, work, mine, other, goal, at_least=False, unit="s"):
        (seconds, memory), beside = mine, other[0] if isinstance(other, tuple) else other
        ratio = seconds / beside if beside else seconds
        is_met = ratio >= goal if at_least else ratio <= goal
        self.missed += not is_met
        mark = "" if is_met else "  missed"
        shown = f"{beside:8.2f}{unit}" if beside else " " * 9
        print(f"{work:44} {seconds:8.2f}{unit} {shown} {ratio:7.2f} {'≥' if at_least else '≤'}{goal:6.2f} {memory / 1024:6.0f}MB{mark}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=2_500_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--scratch", type=pathlib.Path)
    parser.add_argument("--binary", type=pathlib.Path)
    asked = parser.parse_args()
    scratch = asked.scratch or pathlib.Path(tempfile.mkdtemp(prefix="iesiz-compare-"))
    scratch.mkdir(parents=True, exist_ok=True)
    binary = asked.binary or ROOT / "target/release/iesiz"
    if not asked.binary:
        subprocess.run(["cargo", "build", "--release"], cwd=ROOT, check=True)
    python = scratch / "env/bin/python"
    if not python.exists():
        venv.create(scratch / "env", with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES], check=True)
    people, tenth, things = scratch / "people.csv", scratch / "tenth.csv", scratch / "things.csv"
    generate(people, PEOPLE, person, asked.rows)
    generate(tenth, PEOPLE, person, asked.rows // 10)
    generate(things, THINGS, thing, asked.rows)
    parquet, copy, out = scratch / "people.parquet", scratch / "copy.parquet", scratch / "out"
    query = lambda side, csv=people: [python, "-c", DUCKDB, str(asked.threads), SIDES[side].format(csv=csv, parquet=parquet, copy=copy)]
    if not parquet.exists():
        run(query("duckdb writes Parquet"))
        copy.rename(parquet)
    scan = lambda source, threads=asked.threads: [binary, "scan", source, "--threads", str(threads)]
    anonymize = ["sh", "-c", f"rm -rf '{out}'; exec '{binary}' anonymize '{people}' --to parquet --threads {asked.threads} -o '{out}'"]

    def pair(work, mine, other, goal):
        seen = by_turns({"mine": mine, "other": other}, asked.runs)
        table.line(work, seen["mine"], seen["other"], goal)
        return seen["mine"]

    size = people.stat().st_size
    print(f"{asked.rows:,} rows of 20 columns, {size / 1e9:.2f} GB; {asked.threads} threads; medians of {asked.runs} runs by turns")
    table = Table()
    csv = pair("scan CSV / DuckDB reads it as text", scan(people), query("duckdb reads CSV"), 1.0)
    pair("scan CSV / polars reads it, streaming", scan(people), [python, "-c", POLARS, people], 1.0)
    pair("scan zstd Parquet / DuckDB reads it", scan(parquet), query("duckdb reads Parquet"), 2.0)
    pair("scan 20 clean columns / DuckDB reads them", scan(things), query("duckdb reads CSV", things), 0.8)
    pair("anonymize CSV to Parquet / DuckDB copies it", anonymize, query("duckdb writes Parquet"), 1.2)
    seen = by_turns({"one": scan(people, 1), "two": scan(people, 2)}, asked.runs)
    table.line("scan CSV with 1 thread / with 2", seen["one"], seen["two"], 1.8, at_least=True)
    seen = by_turns({"all": scan(people), "tenth": scan(tenth)}, asked.runs)
    table.line("scan CSV / a tenth of its rows", seen["all"], seen["tenth"], 10.3)
    seen = by_turns({"samples": scan(ROOT / "samples")}, asked.runs)
    table.line("scan samples/, seconds", seen["samples"], 0, 0.05)
    print(f"scan CSV: {size / csv[0] / 1e6:.0f} MB/s")
    if not asked.scratch:
        shutil.rmtree(scratch)
    sys.exit(table.missed > 0)


if __name__ == "__main__":
    main()

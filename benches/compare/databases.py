#!/usr/bin/env python3
"""How fast iesiz scans a table of PostgreSQL beside `COPY … TO STDOUT` alone, and how much memory it takes.

    tests/servers/with.sh python3 benches/compare/databases.py [--rows 5000000] [--runs 3] [--binary FILE]

Fills a table with made-up people from a seed, runs both by turns and prints medians, their ratio and the processor time of the scan itself. Exit status 1 when the scan is
slower than 0.7 times the speed of COPY or takes more than 200 MB. With 5,000,000 rows it needs 6 GB of disk.
"""
import argparse
import importlib.util
import multiprocessing
import os
import pathlib
import random
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
spec = importlib.util.spec_from_file_location("compare", HERE / "compare.py")
compare = importlib.util.module_from_spec(spec)
spec.loader.exec_module(compare)

LEAST_SPEED, MOST_MEMORY = 0.7, 200e6
# Rows are made once and loaded as often as it takes.
DIFFERENT = 250_000
TABLE = """create unlogged table people (id bigint, uuid uuid, iin char(12), last_name text, first_name text, patronymic text, phone text,
email text, passport_number text, account text, address text, city text, amount numeric, currency text, status text,
created_at timestamp, card_number text, quantity int, sku text, comment text)"""


def psql(address, *statements, **how):
    commands = [part for statement in statements for part in ("-c", statement)]
    return subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", address, *commands], check=True, **how)


def fill(address, rows):
    draw = random.Random(compare.SEED)
    text = "".join(compare.person(draw, row) + "\n" for row in range(min(rows, DIFFERENT))).encode()
    psql(address, TABLE)
    for _ in range(max(1, rows // DIFFERENT)):
        psql(address, "copy people from stdin (format csv)", input=text)
    psql(address, "vacuum (analyze) people")


def timed(command):
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    return time.monotonic() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--binary", type=pathlib.Path, default=HERE.parents[1] / "target/release/iesiz")
    asked = parser.parse_args()
    server = os.environ["IESIZ_TEST_POSTGRES"]
    psql(server, "create database iesiz_bench")
    address = server.rsplit("/", 1)[0] + "/iesiz_bench"
    try:
        # A process of its own: what a process once held counts as memory of those that it starts.
        filling = multiprocessing.Process(target=fill, args=(address, asked.rows))
        filling.start()
        filling.join()
        assert filling.exitcode == 0
        sides = {"copy": ["psql", "-q", address, "-c", "copy people to stdout"], "scan": [asked.binary, "scan", address]}
        seen = {side: [] for side in sides}
        for _ in range(asked.runs):
            for side, command in sides.items():
                seen[side].append(timed(command))
    finally:
        psql(server, "drop database iesiz_bench with (force)")
    copy, scan = (statistics.median(seconds for seconds, _, _ in seen[side]) for side in ("copy", "scan"))
    busy = statistics.median(busy for _, busy, _ in seen["scan"])
    memory = max(memory for _, _, memory in seen["scan"])
    print(f"{asked.rows:,} rows: COPY {copy:.2f}s, scan {scan:.2f}s ({busy:.2f}s of processor time): {copy / scan:.2f} times its speed (goal {LEAST_SPEED}), {memory / 1e6:.0f} MB")
    sys.exit(copy / scan < LEAST_SPEED or memory > MOST_MEMORY)


if __name__ == "__main__":
    main()

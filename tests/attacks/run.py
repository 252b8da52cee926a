#!/usr/bin/env python3
"""Does `iesiz verify` find the planted leaks, and leave honest outputs alone?

    python run.py IESIZ_BINARY DIR [--only KIND,...] [--expected broken|held]

DIR is what make.py made. Kinds in known.txt are judged otherwise than their author meant, and kinds that are disputed in the manifest
can be seen either way: neither counts. One line a kind; exit status 1 when any other differs.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).parent
STATUS = {0: "held", 1: "broken", 2: "could not"}


def known():
    lines = (HERE / "known.txt").read_text().splitlines()
    return {line.split()[0] for line in lines if line.strip() and not line.startswith("#")}


def verify(binary, folder, kind):
    tables = [str(folder / kind[side]) for side in ("original", "output")]
    run = subprocess.run([binary, "verify", *tables, "--format", "json"], capture_output=True, text=True, timeout=300)
    return run.returncode, broken(run)


def broken(run):
    try:
        tables = json.loads(run.stdout)["tables"]
    except ValueError:
        return (run.stderr.strip().splitlines() or ["no report"])[-1][:110]
    attacks = [attack for table in tables for attack in table["attacks"] if attack["outcome"] == "broken"]
    return " ".join(attack["attack"] for attack in attacks)


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("binary")
    args.add_argument("folder", type=pathlib.Path)
    args.add_argument("--only")
    args.add_argument("--expected", choices=["broken", "held"])
    args = args.parse_args()
    excused, counts, wrong = known(), {}, 0
    for kind in json.loads((args.folder / "manifest.json").read_text()):
        name, expected = kind["kind"], kind["expected"]
        if args.only and name not in args.only.split(",") or args.expected not in (None, expected):
            continue
        begun = time.time()
        status, attacks = verify(args.binary, args.folder, kind)
        is_right = STATUS.get(status) == expected or status in kind["also_right"]
        is_excused = kind["disputed"] or name in excused
        wrong += not is_right and not is_excused
        count = counts.setdefault((expected, "excused" if is_excused else "counted"), [0, 0])
        count[0] += is_right
        count[1] += 1
        word = "ok" if is_right else "excused" if is_excused else "WRONG"
        print(f"{word:8}{name:32}{expected:8}{STATUS.get(status, status)!s:10}{time.time() - begun:5.1f}s {attacks}", flush=True)
    for (expected, whether), (right, all_of) in sorted(counts.items()):
        print(f"{expected}, {whether}: {right} of {all_of} as expected")
    sys.exit(wrong > 0)


main()

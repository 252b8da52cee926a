#!/usr/bin/env python3
"""run.py BINARY OUTDIR [--only a,b] [--disputed] : status 1 when any differs (disputed ones are shown, and count only with --disputed)"""

import sys, json, subprocess, argparse, os, time

a = argparse.ArgumentParser()
a.add_argument("binary")
a.add_argument("outdir")
a.add_argument("--only")
a.add_argument("--expected", choices=["broken", "held"])
a.add_argument("--disputed", action="store_true")
a.add_argument("--timeout", type=int, default=300)
a = a.parse_args()
bad = 0
tally = {}
res = []
for m in json.load(open(a.outdir + "/manifest.json")):
    if a.only and m["kind"] not in a.only.split(","):
        continue
    if a.expected and m["expected"] != a.expected:
        continue
    t = time.time()
    try:
        p = subprocess.run(
            [a.binary, "verify", a.outdir + "/" + m["original"], a.outdir + "/" + m["output"], "--format", "json"],
            capture_output=True,
            text=True,
            timeout=a.timeout,
        )
        rc, so, se = p.returncode, p.stdout, p.stderr
    except subprocess.TimeoutExpired:
        rc, so, se = "timeout", "", ""
    br = []
    try:
        for tb in json.loads(so)["tables"]:
            for x in tb["attacks"]:
                if x["outcome"] == "broken":
                    br.append(
                        x["attack"]
                        + "("
                        + ",".join("%s:%s" % (c.get("path"), c.get("count")) for c in x.get("columns", [])[:4])
                        + ")"
                    )
    except Exception:
        br.append((se.strip().splitlines() or ["no JSON"])[-1][:110])
    got = {0: "held", 1: "broken", 2: "could not"}.get(rc, str(rc))
    ok = got == m["expected"] or rc in m["also_right"]
    kind = "leak" if m["expected"] == "broken" else "honest"
    c = tally.setdefault((kind, "disputed" if m["disputed"] else "plain"), [0, 0])
    c[0] += ok
    c[1] += 1
    if not ok and (a.disputed or not m["disputed"]):
        bad += 1
    print(
        "%-3s %-6s %-30s %-7s %-9s %5.1fs %s%s"
        % (
            "ok" if ok else "???" if m["disputed"] else "BAD",
            kind,
            m["kind"],
            m["expected"],
            got,
            time.time() - t,
            "disputed " if m["disputed"] else "",
            " ".join(br),
        ),
        flush=True,
    )
for k, (x, n) in sorted(tally.items()):
    print("%s, %s: %d of %d as expected" % (*k, x, n))
sys.exit(bad > 0)

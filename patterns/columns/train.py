#!/usr/bin/env python3
"""Learns model.bin from names.tsv: which category a column name speaks for.

    IESIZ_FOLDED=/tmp/folded.tsv cargo test --lib columns
    python3 patterns/columns/train.py /tmp/folded.tsv        # needs scikit-learn; a minute

Multinomial logistic regression over the runs of 2 to 5 letters of every word, each worth 1/sqrt(their number).
With --hold-out N every Nth name is kept apart and the share of right answers on them is printed; nothing is written.
"""
import pathlib
import struct
import sys

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

SCALE = 8  # weights are kept in eighths
LEAST = 0.3  # smaller weights are dropped
HERE = pathlib.Path(__file__).parent


def grams(name):
    found = set()
    for word in name.split(" "):
        word = f" {word} "
        for length in range(2, 6):
            found.update(word[at : at + length] for at in range(len(word) - length + 1))
    return found


def fnv(text):
    value = 0x811C9DC5
    for byte in text.encode():
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value


def matrix(names, index):
    rows, columns, values = [], [], []
    for row, name in enumerate(names):
        all_grams = grams(name)
        for gram in all_grams:
            if gram in index:
                rows.append(row)
                columns.append(index[gram])
                values.append(1 / len(all_grams) ** 0.5)
    return sparse.csr_matrix((values, (rows, columns)), shape=(len(names), len(index)))


def main():
    pairs = [line.rstrip("\n").split("\t") for line in open(sys.argv[1], encoding="utf-8")]
    apart = int(sys.argv[sys.argv.index("--hold-out") + 1]) if "--hold-out" in sys.argv else 0
    known = [pair for at, pair in enumerate(pairs) if not apart or at % apart]
    counts = {}
    for name, _ in known:
        for gram in grams(name):
            counts[gram] = counts.get(gram, 0) + 1
    index = {gram: at for at, gram in enumerate(sorted(g for g, n in counts.items() if n > 1))}
    model = LogisticRegression(C=30, max_iter=200)
    model.fit(matrix([name for name, _ in known], index), [labels.split("|")[0] for _, labels in known])
    weights = np.clip(np.round(model.coef_ * SCALE), -127, 127).astype(int)
    weights[np.abs(model.coef_) < LEAST] = 0
    if apart:
        rest = pairs[::apart]
        scores = matrix([name for name, _ in rest], index) @ weights.T / SCALE + model.intercept_
        best = model.classes_[scores.argmax(axis=1)]
        right = sum(guess in labels.split("|") for guess, (_, labels) in zip(best, rest))
        print(f"{right} of {len(rest)} right")
        return
    out = bytearray(struct.pack("<H", len(model.classes_)))
    for category, intercept in zip(model.classes_, model.intercept_):
        out += struct.pack("<fB", intercept, len(category)) + category.encode()
    features = sorted((fnv(gram), at) for gram, at in index.items() if weights[:, at].any())
    out += struct.pack("<I", len(features))
    for value, at in features:
        out += struct.pack("<IB", value, np.count_nonzero(weights[:, at]))
        for category in np.flatnonzero(weights[:, at]):
            out += struct.pack("<Bb", category, weights[category, at])
    (HERE / "model.bin").write_bytes(out)
    print(f"{len(features)} runs of letters, {np.count_nonzero(weights)} weights, {len(out)} bytes")


main()

#!/usr/bin/env python3
"""Learns which category a column name, or a whole column, speaks for: multinomial logistic regression.

    IESIZ_FOLDED=folded.tsv cargo test --lib columns
    train.py names folded.tsv              # names.bin from names.tsv, whose folded spellings cargo wrote
    train.py columns columns.tsv           # columns.bin
    train.py columns columns.tsv apart=X   # keeps the set X apart, says how well it is judged, writes nothing

Features of a name are the runs of 2 to 5 letters of its words, each worth 1/sqrt(their number). A column has these, the
commonest words of its values with their runs of 3 and 4 letters, and what else its line tells. Needs scikit-learn.
"""
import collections
import pathlib
import struct
import sys

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

SCALE = 8  # weights are kept in eighths
OF_WORDS = 2.0  # what the words of values are worth beside all else
OF_NONE = 4  # columns without personal data are commoner in life than in the sets
HERE = pathlib.Path(__file__).parent


def runs(words, shortest, longest):
    found = set()
    for word in words:
        word = f" {word} "
        for length in range(shortest, longest + 1):
            found.update(word[at : at + length] for at in range(len(word) - length + 1))
    return found


def fnv(text):
    value = 0x811C9DC5
    for byte in text.encode():
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value


def of_name(words, prefix=""):
    found = runs(words, 2, 5)
    return {fnv(prefix + run): 1 / len(found) ** 0.5 for run in found}


def of_values(words):
    counts = collections.Counter()
    for word, count in words:
        counts[fnv("w" + word)] += count
        for run in runs([word], 3, 4):
            counts[fnv("r" + run)] += count
    size = max(1, sum(count * count for count in counts.values()) ** 0.5)
    return {feature: OF_WORDS * count / size for feature, count in counts.items()}


def read_names(path):
    for line in open(path, encoding="utf-8"):
        name, labels = line.rstrip("\n").split("\t")
        yield "names", labels.split("|"), of_name(name.split())


def read_columns(path):
    for line in open(path, encoding="utf-8"):
        source, labels, name, words, *facts = line.rstrip("\n").split("\t")
        features = of_name(name.split(), "h")
        pairs = (word.rsplit(":", 1) for word in words.split())
        features.update(of_values([(word, int(count)) for word, count in pairs]))
        for fact in facts:
            key, much = fact.rsplit("=", 1)
            features[fnv(key)] = features.get(fnv(key), 0) + float(much)
        yield source, labels.split("|"), features


def matrix(rows, index):
    at, columns, values = [], [], []
    for row, (_, _, features) in enumerate(rows):
        for feature, much in features.items():
            if feature in index:
                at.append(row)
                columns.append(index[feature])
                values.append(much)
    return sparse.csr_matrix((values, (at, columns)), shape=(len(rows), len(index)))


def judge(rows, guesses):
    right, wrong, missed, alarms = (collections.Counter() for _ in range(4))
    for (_, labels, _), guess in zip(rows, guesses):
        if guess in labels:
            right[guess] += guess != "-"
            continue
        wrong[guess] += guess != "-"
        missed[labels[0]] += labels[0] != "-"
        alarms[guess] += labels[0] == "-"
    f1 = lambda r, w, m: 2 * r / max(1, 2 * r + w + m)
    kinds = [kind for kind in set(right) | set(missed) if right[kind] + missed[kind]]
    macro = sum(f1(right[k], wrong[k], missed[k]) for k in kinds) / max(1, len(kinds))
    total = [sum(counter.values()) for counter in (right, wrong, missed)]
    return f"{len(rows)} rows: micro F1 {f1(*total):.3f}, macro F1 {macro:.3f}, false alarms {sum(alarms.values())}"


def main():
    kind, path = sys.argv[1:3]
    apart = next((a.split("=", 1)[1] for a in sys.argv[3:] if a.startswith("apart=")), None)
    # How freely to learn, how many steps, and the least weight that is kept.
    names, columns = (read_names, 30, 100, 0.3), (read_columns, 15, 150, 0)
    read, strength, steps, least = {"names": names, "columns": columns}[kind]
    rows = list(read(path))
    known = [row for row in rows if row[0] != apart]
    counts = collections.Counter(feature for _, _, features in known for feature in features)
    index = {feature: at for at, feature in enumerate(sorted(f for f, n in counts.items() if n > 1))}
    model = LogisticRegression(C=strength, max_iter=steps, tol=1e-9)
    firsts = [labels[0] for _, labels, _ in known]
    model.fit(matrix(known, index), firsts, [OF_NONE if kind == "columns" and label == "-" else 1 for label in firsts])
    weights = np.clip(np.round(model.coef_ * SCALE), -127, 127).astype(int)
    weights[np.abs(model.coef_) < least] = 0
    if apart:
        rest = [row for row in rows if row[0] == apart]
        scores = matrix(rest, index) @ weights.T / SCALE + model.intercept_
        print(judge(rest, model.classes_[scores.argmax(axis=1)]))
        return
    out = bytearray(struct.pack("<H", len(model.classes_)))
    for category, intercept in zip(model.classes_, model.intercept_):
        out += struct.pack("<fB", intercept, len(category)) + category.encode()
    kept = [(feature, at) for feature, at in index.items() if weights[:, at].any()]
    out += struct.pack("<I", len(kept))
    places = bytearray()
    for feature, at in kept:
        out += struct.pack("<IIB", feature, len(places), np.count_nonzero(weights[:, at]))
        for category in np.flatnonzero(weights[:, at]):
            places += struct.pack("<Bb", category, weights[category, at])
    (HERE / f"{kind}.bin").write_bytes(out + places)
    print(f"{len(kept)} features, {np.count_nonzero(weights)} weights, {len(out + places)} bytes")


main()

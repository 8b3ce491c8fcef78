"""Units of measure: what they are to pint, how articles word them, figures told in several."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from babel import Locale
from babel.units import format_unit
from hypothesis import given
from hypothesis import strategies as st

from pipeline import facts, languages
from pipeline.extract.statistics import statistics
from pipeline.normalise import measures
from pipeline.normalise.measures import in_base, is_measure, measure_id, measure_label, pint_unit
from tests.conftest import ROOT
from tests.test_tabulate import LANGUAGES as COLUMNS
from tests.test_tabulate import Row, article, merge, organisation, statistic, table

LANGUAGES = languages.available()
FACTS = facts.data("measures")
UNITS: dict[str, dict[str, str]] = FACTS["units"]
LABELS = facts.data("units")["labels"]
COMPOUND = ["kWh/day", "kWh/month", "m³/day", "m³/h", "l/s", "t/day", "t/year", "µg/m³", "kg/m³"]
# What the Common Locale Data Repository calls some of them.
CLDR = {
    "km": "length-kilometer", "m": "length-meter", "cm": "length-centimeter", "mm": "length-millimeter",
    "nmi": "length-nautical-mile", "ha": "area-hectare", "m²": "area-square-meter",
    "km²": "area-square-kilometer", "cm²": "area-square-centimeter", "acre": "area-acre",
    "m³": "volume-cubic-meter", "cm³": "volume-cubic-centimeter", "l": "volume-liter",
    "ml": "volume-milliliter", "kg": "mass-kilogram", "g": "mass-gram", "mg": "mass-milligram",
    "µg": "mass-microgram", "t": "mass-tonne", "kWh": "energy-kilowatt-hour", "kcal": "energy-kilocalorie",
    "W": "power-watt", "kW": "power-kilowatt", "MW": "power-megawatt", "GW": "power-gigawatt",
    "hp": "power-horsepower", "km/h": "speed-kilometer-per-hour", "m/s": "speed-meter-per-second",
    "kn": "speed-knot", "°C": "temperature-celsius", "Hz": "frequency-hertz", "MHz": "frequency-megahertz",
    "GHz": "frequency-gigahertz", "MB": "digital-megabyte", "GB": "digital-gigabyte", "TB": "digital-terabyte",
    "ppm": "concentr-permillion", "in": "length-inch",
}  # fmt: skip


@pytest.mark.parametrize("identity", [*UNITS, *COMPOUND])
def test_every_measure_is_a_unit_of_pint_of_its_dimension(identity: str) -> None:
    units = measures.registry()
    unit = units.Unit(pint_unit(identity))
    if identity in UNITS:
        dimension = FACTS["topics"][UNITS[identity]["topic"]]
        assert unit.dimensionality == (units.get_dimensionality(dimension) if dimension else {})
    assert is_measure(identity)
    assert measure_label(identity)
    other = measures.base(identity)
    assert measures.base(other) == other
    assert units.Unit(pint_unit(other)).dimensionality == unit.dimensionality
    if other != identity:
        factor = units.Quantity(Fraction(1), unit).to(pint_unit(other)).magnitude
        below = factor.denominator
        for prime in (2, 5):
            while below % prime == 0:
                below //= prime
        assert below == 1, "the factor is no finite decimal"


def test_facts_of_measures_know_each_other() -> None:
    assert set(UNITS) <= set(LABELS)
    assert all(unit["topic"] in FACTS["topics"] for unit in UNITS.values())
    assert all(unit.get("base", identity) in UNITS for identity, unit in UNITS.items())
    assert {u["topic"] for u in UNITS.values()} == set(FACTS["topics"])
    for sign, identity in FACTS["signs"].items():
        assert is_measure(identity), sign
        assert measures.registry().Unit(pint_unit(identity))
    assert not is_measure("person")
    assert not is_measure("person/km²")
    for code in LANGUAGES:
        assert set(languages.data(code, "units")["measures"]) <= set(UNITS)


@pytest.mark.parametrize(
    ("identity", "label"),
    [
        ("t/ha", "tonnes per hectare"),
        ("kWh/day", "kilowatt-hours per day"),
        ("m³/h", "cubic metres per hour"),
        ("µg/m³", "micrograms per cubic metre"),
        ("no-such-unit", None),
        ("t/no-such-unit", None),
    ],
)
def test_labels(identity: str, label: str | None) -> None:
    assert measure_label(identity) == label


def found(text: str, language: str) -> list[tuple[float, str, str | None, str | None]]:
    """Value, kind, unit and what it is, of the figures of a text."""
    return [
        (s.value, s.value_kind, s.unit, measure_id(s.unit, language) if s.unit else None)
        for s in statistics(text, language)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_examples(language: str) -> None:
    wordings: dict[str, str] = languages.examples(language, "units")["measures"]
    assert len(wordings) > 50
    for wording, identity in wordings.items():
        expected = [(12.0, "measure", wording, identity)]
        assert found(f"x 12 {wording} y", language) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_and_sign_behind_a_number(language: str) -> None:
    data = languages.data(language, "units")
    for section in ("units", "measures"):
        for identity, words in data[section].items():
            if identity not in UNITS or UNITS[identity]["topic"] == "time":
                continue
            for word in words:
                assert measure_id(word, language) == identity, word
                if len(word) > 1 and word not in {s.lower() for s in FACTS["signs"]}:
                    for written in (word, word.upper()):
                        assert found(f"x 7 {written}.", language) == [
                            (7.0, "measure", written, identity)
                        ]
    for sign, identity in FACTS["signs"].items():
        for text in (f"x 7 {sign}.", f"x 7{sign}."):
            assert found(text, language) == [(7.0, "measure", sign, identity)], text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("identity", CLDR)
def test_what_the_locale_calls_it(language: str, identity: str) -> None:
    locale = Locale.parse(languages.data(language, "language")["code"])
    # Signs that say too little behind a number: "t/m 7", "7 in".
    skipped = {"t", "in", "kt", "ac"}
    for number in (1, 2):
        for length in ("long", "short"):
            told = format_unit(number, CLDR[identity], length=length, locale=locale)
            match = re.fullmatch(r"([0-9]+)\s*(\D.*)", told)
            if match is None or match[2] in {*skipped, CLDR[identity]}:  # or it has no name
                continue
            said = found(f"x {number + 6} {match[2]}.", language)
            assert [(v, k, i) for v, k, _, i in said] == [(number + 6, "measure", identity)], told


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "unit", ["", "/", "km/", "/km", "a/b/c", "km/zzz", "x" * 10_000, "km/" * 500]
)
def test_no_unit_raises(language: str, unit: str) -> None:
    identity = measure_id(unit, language)
    assert identity is None or is_measure(identity) or identity in LABELS


@given(st.decimals(0, 10**9, places=4, allow_nan=False))
def test_figures_are_counted_exactly(number: Decimal) -> None:
    value = float(number)
    for identity, factor in [
        ("km", 1000),
        ("ha", 10_000),
        ("t", 1000),
        ("mm", "0.001"),
        ("q/ha", "0.1"),
    ]:
        assert in_base(value, identity) == float(Decimal(repr(value)) * Decimal(factor))
    assert in_base(value, "°C") == value
    assert in_base(value, "person") == value


def test_no_float_noise_and_no_end() -> None:
    assert in_base(0.57, "m²") == 0.57
    assert in_base(0.57, "t") == 570.0
    assert in_base(1.1, "ha") == 11000.0
    assert in_base(36.6, "nmi") == 67783.2
    assert in_base(float("inf"), "km") == float("inf")


def test_pint_is_loaded_for_a_factor_alone_and_writes_nothing(tmp_path: Path) -> None:
    code = """
import sys
from pipeline import cli, extraction
from pipeline.normalise import measures
assert measures.base("km") == "m"
assert "pint" not in sys.modules
assert measures.in_base(1.2, "km") == 1200
assert "pint" in sys.modules
"""
    where = {
        **os.environ,
        "HOME": str(tmp_path),
        "XDG_CACHE_HOME": str(tmp_path),
        "PYTHONPATH": str(ROOT),
    }
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path, env=where)
    assert list(tmp_path.iterdir()) == []


def measure(
    of: Row, start: int, value: float, unit: str, identity: str | None, /, **said: Any
) -> Row:
    row = statistic(of, start, value, value_kind="measure", unit=unit, unit_id=identity, **said)
    return {**row, "label": measure_label(identity) if identity else None}


def story() -> tuple[Row, Row, list[Row]]:
    """Two translations of one story, told so by their address, with figures to know them by."""
    ms, nl = (article(c, c, source_url=f"https://x.vn/{c}/jalan-baharu-di-utara") for c in COLUMNS)
    return ms, nl, []


def figures(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["kind"] == "statistic"]


@pytest.mark.parametrize(
    ("one", "other", "ending"),
    [
        ((1.2, "km", "km"), (1200, "meter", "m"), "m/measure/?/?=1200"),
        ((150, "ha", "ha"), (1.5, "km2", "km²"), "m²/measure/?/?=1500000"),
        ((0.5, "tan", "t"), (500, "kg", "kg"), "kg/measure/?/?=500"),
        ((65, "kuintal/ha", "q/ha"), (6.5, "ton/ha", "t/ha"), "t/ha/measure/?/?=6.5"),
        ((0.57, "MW", "MW"), (570, "kW", "kW"), "kW/measure/?/?=570"),
        ((2.5, "m³/hari", "m³/day"), (2500, "liter/dag", "l/day"), "m³/day/measure/?/?=2.5"),
        ((10, "m/s", "m/s"), (36, "km/u", "km/h"), "km/h/measure/?/?=36"),
        ((2, "mẫu", "mau"), (20, "sào", "sao"), "sao/measure/?/?=20"),
    ],
)
def test_one_measure_in_two_units(one: Any, other: Any, ending: str) -> None:
    ms, nl, mentions = story()
    mentions += [measure(ms, 0, *one), measure(nl, 0, *other)]
    _, settled = merge([ms, nl], mentions)
    assert len({row["canonical_id"] for row in settled}) == 1
    assert settled[0]["canonical_id"].partition("/")[2] == ending
    assert {row["article_id"]: (row["value"], row["unit"]) for row in settled} == {
        "ms": one[:2],
        "nl": other[:2],
    }
    (row,) = figures(table([ms, nl], mentions))
    assert row["languages"] == "ms,nl"
    assert (row["value"], row["unit"], row["unit_id"]) == one
    assert row["label"] == measure_label(one[2])


def settled(of: Row, start: int, value: float, unit: str, identity: str, **said: Any) -> Row:
    """A measure whose body and period are known."""
    about = {
        "organisation_id": "hospital/x",
        "period_start": "2024-01-01",
        "period_end": "2024-12-31",
    }
    return measure(of, start, value, unit, identity, **{**about, **said})


def test_stories_that_use_other_units_agree_and_conflict_by_what_they_say() -> None:
    articles = [article(f"{i}", "ms") for i in range(4)]
    a, b, c, d = articles
    mentions = [
        settled(a, 0, 1.2, "km", "km"),
        settled(b, 0, 1200, "m", "m"),
        settled(c, 0, 1.2, "km", "km"),
    ]
    (row,) = figures(table(articles, mentions))
    assert (row["agreement"], row["stories"], row["value"], row["unit"]) == ("agree", 3, 1.2, "km")
    assert row["indicator_id"] == "m/measure/hospital/x/2024"
    assert row["canonical_id"] == "m/measure/hospital/x/2024=1200"
    # Nearly 1.3 km is no other length than 1,200 m; 1,300 m is.
    near = settled(d, 0, 1.3, "km", "km", qualifier="almost")
    assert {r["agreement"] for r in figures(table(articles, [*mentions, near]))} == {
        "agree",
        "single",
    }
    far = settled(d, 0, 1300, "m", "m")
    assert {r["agreement"] for r in figures(table(articles, [*mentions, far]))} == {"conflict"}


def test_translations_that_differ_in_the_unit_alone_are_no_mistranslation() -> None:
    ms, nl, mentions = story()
    mentions += [settled(ms, 0, 0.3, "tan", "t"), settled(nl, 0, 300, "kg", "kg")]
    (row,) = figures(table([ms, nl], mentions))
    assert (row["agreement"], row["value"], row["unit"]) == ("single", 0.3, "tan")
    mentions[1] = settled(nl, 0, 30, "kg", "kg")
    assert {r["agreement"] for r in figures(table([ms, nl], mentions))} == {"translation"}


def test_the_row_shows_what_most_mentions_say() -> None:
    ms, nl, mentions = story()
    mentions += [
        measure(ms, 0, 1500, "meter", "m"),
        measure(nl, 0, 1.5, "km", "km", to=2.5),
        measure(nl, 9, 1.5, "km", "km"),
        measure(nl, 19, 1.5, "kilometer", "km"),
        measure(nl, 29, 1.5, "km", "km"),
    ]
    rows = figures(table([ms, nl], mentions))
    shown = {
        (r["value"], r["to"], r["unit"], r["unit_id"], r["label"], r["mentions"]) for r in rows
    }
    assert shown == {
        (1.5, 2.5, "km", "km", "kilometres", 1),
        (1.5, None, "km", "km", "kilometres", 4),
    }
    assert {r["ms"] for r in rows} == {None, "1500 meter"}


def test_the_same_number_of_another_unit_is_told_as_before() -> None:
    """The figures of translations stay together by their number where the units contradict."""
    ms, nl, mentions = story()
    mentions += [measure(ms, 0, 12, "km", "km"), measure(nl, 0, 12, "ha", "ha")]
    (row,) = figures(table([ms, nl], mentions))
    assert (row["value"], row["unit_id"], row["languages"]) == (12, None, "ms,nl")
    mentions[1] = measure(nl, 0, 12, "m", "m")
    (row,) = figures(table([ms, nl], mentions))
    assert (row["value"], row["unit_id"], row["languages"]) == (12, None, "ms,nl")
    assert row["canonical_id"].endswith("/?/measure/?/?=12")


def test_a_unit_that_is_not_known_goes_with_its_number() -> None:
    ms, nl, mentions = story()
    mentions += [
        measure(ms, 0, 1.2, "km", "km"),
        measure(ms, 9, 1200, "m", "m"),
        measure(nl, 0, 1.2, "zzz", None),
        measure(nl, 9, 1200, "m", "m"),
    ]
    (row,) = figures(table([ms, nl], mentions))
    assert row["mentions"] == 4
    assert row["canonical_id"].endswith("/m/measure/?/?=1200")


def test_ids_do_not_depend_on_what_else_is_read() -> None:
    ms, nl, mentions = story()
    mentions += [measure(ms, 0, 1.2, "km", "km"), measure(nl, 0, 1200, "m", "m")]
    _, together = merge([ms, nl], mentions)
    _, alone = merge([ms], mentions[:1])
    assert {m["canonical_id"].partition("/")[2] for m in (*together, *alone)} == {
        "m/measure/?/?=1200"
    }
    body = organisation(ms, 50, "Hospital X", "hospital/x")
    assert table([nl, ms], [body, *mentions[::-1]]) == table([ms, nl], [*mentions, body])

"""Units of measure: what an article's wording of one is, and figures in one unit to compare.

``facts/measures.toml`` has the signs, and for each identity the unit of pint that it is; the words
of a language are in ``languages/<code>/units.toml``. A unit may be divided by another (``t/ha``,
``kWh/day``). Figures stay in the unit that the article gives; only where two are compared, and in
identities, they are counted in the base of their unit, by pint's exact factor.

pint is loaded when the first factor is asked for.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from pipeline import facts
from pipeline.normalise.units import own_unit, unit_id, unit_label, words_of_unit
from pipeline.user_lexicon import remembered

if TYPE_CHECKING:
    import pint

Row = Mapping[str, Any]

_LONGEST = 60  # characters of a unit of measure


@cache
def registry() -> pint.UnitRegistry[Fraction]:
    """pint's units and those of ``facts/units.pint``, with exact factors; made once.

    Nothing is written to the disk.
    """
    import pint

    units: pint.UnitRegistry[Fraction] = pint.UnitRegistry(non_int_type=Fraction, cache_folder=None)
    text = (resources.files(facts) / "units.pint").read_text(encoding="utf-8")
    units.load_definitions(text.splitlines())
    return units


@cache
def _known() -> dict[str, dict[str, str]]:
    units: dict[str, dict[str, str]] = facts.data("measures")["units"]
    return units


def is_measure(identity: str) -> bool:
    """Whether the identity of a unit is one of measure, or of time."""
    return all(_part(part) in _known() for part in identity.split("/")) or identity in _known()


def _part(sign: str) -> str:
    """The identity of what a compound divides by (``h`` is ``hour``)."""
    return _times().get(sign, sign)


@cache
def _times() -> dict[str, str]:
    return {sign: identity for identity, sign in facts.data("measures")["per"].items()}


def pint_unit(identity: str) -> str:
    """The unit of a measure as pint writes it.

    Raises ``LookupError`` for what is no measure.
    """
    if identity in _known():
        return _known()[identity]["pint"]
    parts = [f"({_known()[_part(part)]['pint']})" for part in identity.split("/")]
    return " / ".join(parts)


@cache
def base(identity: str) -> str:
    """The unit that figures in ``identity`` are compared in; itself for what is no measure."""
    if identity in _known():
        return _known()[identity].get("base", identity)
    over, slash, below = identity.partition("/")
    return base(over) + slash + below if slash and is_measure(identity) else identity


@cache
def _factor(identity: str) -> Fraction:
    """By what figures in a unit are multiplied to be in its base: exact."""
    units = registry()
    one = units.Quantity(Fraction(1), pint_unit(identity))
    return Fraction(one.to(pint_unit(base(identity))).magnitude)


@lru_cache(maxsize=4096)
def in_base(value: float, identity: str) -> float:
    """A figure in the base of its unit, counted exactly from its digits and rounded once."""
    if base(identity) == identity or not math.isfinite(value):
        return value
    return float(Fraction(repr(value)) * _factor(identity))


def comparable(row: Row) -> Row:
    """A row of a figure as it compares: a measure in the base of its unit; others as they are."""
    unit = row["unit_id"]
    if row["value_kind"] != "measure" or not unit or base(unit) == unit:
        return row
    to = row["to"]
    return {
        **row,
        "value": in_base(row["value"], unit),
        "to": None if to is None else in_base(to, unit),
        "unit_id": base(unit),
    }


@remembered(maxsize=20_000)
def measure_id(unit: str, language: str) -> str | None:
    """The identity of a unit of measure as an article words it (``km²``, ``tan/ha``).

    A word that is no unit of measure is looked up as what is counted. ``None`` when nothing knows
    it. Raises ``UnknownLanguage`` for a language that has no data.
    """
    if len(unit) <= _LONGEST:
        found = own_unit(unit, language) or _whole(unit, language)
        if found := found or _compound(unit, language):
            return found
    return unit_id(unit, language)


def _whole(unit: str, language: str) -> str | None:
    sign: str | None = facts.data("measures")["signs"].get("".join(unit.split()))
    if sign:
        return sign
    found = words_of_unit(unit, language)
    return found if found and is_measure(found) else None


def _compound(unit: str, language: str) -> str | None:
    """A unit over others: each part known by itself, or a sign of time."""
    over, *below = unit.split("/")
    first = _whole(over, language)
    if not below or first is None:
        return None
    identity = first
    for word in below:
        sign = word.strip()
        part = _times().get(sign) or _whole(sign, language)
        if part is None:
            return None
        identity += "/" + facts.data("measures")["per"].get(part, part)
    return identity


def measure_label(identity: str) -> str | None:
    """The English name of a unit, also of one over another; ``None`` when it has none."""
    if named := unit_label(identity):
        return named
    over, *below = identity.split("/")
    first = unit_label(over)
    if first is None or not below or not is_measure(identity):
        return None
    each = facts.data("measures")["each"]
    return " per ".join([first, *(each.get(part) or _part(part) for part in below)])

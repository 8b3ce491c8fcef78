"""The normal form of a thing in a few words, for whoever points at a mark."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from pipeline.normalise.measures import measure_label

Row = Mapping[str, Any]
_ARROWS = {"up": "an increase", "down": "a decrease"}


def number(value: float) -> str:
    """``value`` with thousands apart, and all of its digits: ``1,461``, ``38.13``."""
    return f"{value:,.15g}"


def said(value: object) -> bool:
    """Whether a cell says something, be it of Arrow (``None``) or of pandas (``NaN``)."""
    return (
        value is not None and value != "" and not (isinstance(value, float) and math.isnan(value))
    )


def unit(row: Row) -> str:
    """What a figure counts, in English where it is known, else as worded; may be empty."""
    if said(row.get("currency")):
        return str(row["currency"])
    if said(row.get("unit_id")):
        identity = str(row["unit_id"])
        return measure_label(identity) or identity
    return str(row["unit"]) if said(row.get("unit")) else ""


def amount(row: Row) -> str:
    """The value of a figure with its unit: ``557 of 1,461 party members``, ``38.13 % cadres``."""
    value = number(row["value"])
    if said(row.get("of")):
        value += f" of {number(row['of'])}"
    if said(row.get("to")):
        value += f" to {number(row['to'])}"
    if row.get("value_kind") == "percentage":
        value += " %"
    return f"{value} {unit(row)}".rstrip()


def period(row: Row) -> str:
    """The period of a figure: a year, a day, or from when to when; empty when none is said."""
    first, last = row.get("period_start"), row.get("period_end")
    if not (said(first) and said(last)):
        return ""
    first, last = str(first), str(last)
    if first == last:
        return first
    if first[:4] == last[:4] and first.endswith("-01-01") and last.endswith("-12-31"):
        return first[:4]
    return f"{first} to {last}"


def _joined(*values: object, by: str = ", ") -> str:
    return by.join(str(value) for value in values if said(value))


def _organisation(row: Row) -> list[str]:
    place = _joined(row.get("place"), row.get("place_id"), by=" ")
    return [
        str(row["label"]) if said(row.get("label")) else "",
        str(row.get("canonical_id") or ""),
        str(row["name_vi"]) if said(row.get("name_vi")) else "",
        place,
        f"belongs to {row['parent_id']}" if said(row.get("parent_id")) else "",
    ]


def _reference(row: Row) -> list[str]:
    kind = str(row["reference_type"]).capitalize() if said(row.get("reference_type")) else ""
    return [
        _joined(kind, row.get("canonical_id"), by=" "),
        _joined(row.get("reference_issuer"), row.get("reference_date")),
        str(row["reference_title"]) if said(row.get("reference_title")) else "",
    ]


def _statistic(row: Row) -> list[str]:
    change = _ARROWS.get(str(row.get("change")), row.get("change"))
    manner = _joined(row.get("value_kind"), row.get("qualifier"), change)
    return [
        amount(row),
        manner.replace("_", " "),
        _joined(row.get("organisation_id"), period(row)),
    ]


_LINES: dict[str, Callable[[Row], list[str]]] = {
    "organisation": _organisation,
    "reference": _reference,
    "statistic": _statistic,
}


def normal_form(row: Row) -> list[str]:
    """What a row of ``mentions`` or ``table`` means, in lines, the most important first.

    A value that is ``None`` or ``NaN`` says nothing and is left out.
    """
    return [line for line in _LINES[row["kind"]](row) if line]

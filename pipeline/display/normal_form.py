"""Normal forms in a few words: figures and periods, and a whole thing for whoever points at it.

The terminal, notebooks and sheets say a figure as it is said here; a page of ``report`` does so by
``report/assets/words.js``, which goes by the same rules.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Mapping
from typing import Any

from pipeline.normalise.measures import measure_label
from pipeline.records import ValueKind
from pipeline.terminal import printable

Row = Mapping[str, Any]
_PERCENTAGE: ValueKind = "percentage"
_FRACTION: ValueKind = "fraction"
# In the order in which they are said.
_BEFORE = ("change", "qualifier")
# Figures of the same unit that count none of it, or a part of it.
SHARES: frozenset[ValueKind] = frozenset({"percentage", "fraction", "ratio"})
NOT_SAID = "not said"  # in sheets, for a body or a year that no article names
_ARROWS = {"up": "an increase", "down": "a decrease"}


def number(value: float) -> str:
    """``value`` with thousands apart, and every digit that a double holds for certain: ``1,461``,
    ``38.13``."""
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


def value(row: Row) -> str:
    """The value of a figure, with its range, its sign and its whole: ``3–5``, ``38.13%``, ``2/3``,
    ``557 of 1,461``; empty when it has none. Nothing of it is broken at the end of a line but a
    whole from its part."""
    if not said(row.get("value")):
        return ""
    words = number(row["value"])
    if said(row.get("to")):
        words += f"–{number(row['to'])}"
    if row.get("value_kind") == _PERCENTAGE:
        words += "%"
    if said(row.get("of")):
        words += "/" if row.get("value_kind") == _FRACTION else " of "
        words += number(row["of"])
    return words


def amount(row: Row) -> str:
    """The value of a figure with its unit: ``557 of 1,461 party members``, ``38.13% cadres``."""
    return f"{value(row)} {unit(row)}".strip()


def figure(row: Row) -> str:
    """The value of a figure with all that belongs to it but its unit, on one line: ``at least 3%``,
    ``up 15%``, ``about 320,000,000,000 VND``; empty when it has none."""
    if not (words := value(row)):
        return ""
    before = [str(row[name]).replace("_", " ") for name in _BEFORE if said(row.get(name))]
    after = [str(row["currency"])] if said(row.get("currency")) else []
    return printable(" ".join([*before, words, *after]))


def period(row: Row) -> str:
    """The period of a figure, as short as it is exact, on one line: ``2024``, ``2021–2025``,
    ``2024-03`` (the whole month), ``2024-09-17``, ``2024-09-17 to 2024-10-02``; empty when none is
    said."""
    first, last = row.get("period_start"), row.get("period_end")
    if not (said(first) and said(last)):
        return ""
    first, last = printable(str(first)), printable(str(last))
    if first == last:
        return first
    if first.endswith("-01-01") and last.endswith("-12-31"):
        return first[:4] if first[:4] == last[:4] else f"{first[:4]}–{last[:4]}"
    if first.endswith("-01") and _is_last_day(last):
        return first[:7] if first[:7] == last[:7] else f"{first[:7]} to {last[:7]}"
    return f"{first} to {last}"


def _is_last_day(day: str) -> bool:
    """Whether a day is the last of its month."""
    try:
        return (datetime.date.fromisoformat(day) + datetime.timedelta(days=1)).day == 1
    except (ValueError, OverflowError):
        return False


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

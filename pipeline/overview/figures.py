"""A figure as a person reads it, in English whatever language gave it."""

from __future__ import annotations

from typing import Any

from pipeline.records import ValueKind
from pipeline.tabulate.indicators import period
from pipeline.terminal import printable

_PERCENTAGE: ValueKind = "percentage"


def number(value: float) -> str:
    """``1702.0`` as ``1,702``; every digit that a double holds for certain."""
    return f"{value:,.15g}"


def figure(row: dict[str, Any]) -> str:
    """Value, whole, range, currency and qualifier: ``at least 3%``, ``79/83``, ``up 15%``."""
    value = row.get("value")
    if value is None:
        return ""
    said = number(value)
    if row.get("of") is not None:
        said += f"/{number(row['of'])}"
    if row.get("to") is not None:
        said += f"–{number(row['to'])}"
    if row.get("value_kind") == _PERCENTAGE:
        said += "%"
    if row.get("currency"):
        said += f" {row['currency']}"
    before = [row.get("change"), row.get("qualifier")]
    words = [word.replace("_", " ") for word in before if word]
    return printable(" ".join([*words, said]))


def when(row: dict[str, Any]) -> str:
    """The period of a figure (``2024``, ``2021-2025``, ``2024-09-17``), or nothing."""
    return printable(period(row.get("period_start"), row.get("period_end")) or "")

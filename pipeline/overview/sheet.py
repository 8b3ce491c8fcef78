"""The figures of one unit by body and year, as a pivot table lays them out."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from pipeline.display.normal_form import figure, period
from pipeline.explanation import Row
from pipeline.overview.reading import Overview
from pipeline.terminal import printable

NO_PERIOD = "no period"
_YEAR = re.compile(r"\d{4}")


@dataclass(slots=True)
class Body:
    """A line of the sheet: ``body`` (an id, or ``? STORY`` where no body is named), its English
    name, with the id where several have it, and its figures by column in the order of the table."""

    body: str
    label: str
    cells: dict[str, list[Row]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Bodies by the periods that anything is said of; ``bodies_in_all`` may be more."""

    periods: list[str]
    bodies: list[Body]
    bodies_in_all: int

    def to_dict(self) -> dict[str, Any]:
        """The sheet as plain values, each figure as its row of the table."""
        return {
            "periods": self.periods,
            "bodies": [{"body": b.body, "label": b.label, "figures": b.cells} for b in self.bodies],
            "of": self.bodies_in_all,
        }


def sheet(overview: Overview, limit: int) -> Sheet:
    """The figures that ``overview`` selects, of the ``limit`` bodies that have most of them.

    A column is a year, several years that one figure is about, or ``no period``. Every figure is in
    one cell: several values of one cell stand there together, in the order of the table.
    """
    rows, count = overview.figures(limit)
    bodies: dict[str, Body] = {}
    for row in rows:
        key = row.pop("whose")
        label = row.pop("whose_label") or key.replace("? ", "no body named, ")
        body = bodies.setdefault(key, Body(key, label))
        body.cells.setdefault(column(row), []).append(row)
    times = Counter(body.label for body in bodies.values())
    for body in bodies.values():
        if times[body.label] > 1:  # bodies of one name
            body.label = f"{body.label} ({body.body})"
    periods = sorted({name for b in bodies.values() for name in b.cells}, key=_by_time)
    return Sheet(periods, list(bodies.values()), count)


def column(row: Row) -> str:
    """Which column a figure belongs in: the years of its period."""
    start, end = row["period_start"], row["period_end"]
    if not start or not end:
        return NO_PERIOD
    return printable(start[:4] if start[:4] == end[:4] else f"{start[:4]}–{end[:4]}")


def _by_time(name: str) -> tuple[bool, str]:
    return (not _YEAR.match(name), name)


def cell(row: Row) -> str:
    """A figure in its cell: its value, and when in the year it was where that is known."""
    said, time, year = figure(row), period(row), column(row)
    if time in ("", year):
        return said
    short = time.replace(f"{year}-", "")
    return f"{said} ({short if '-' in short else time})"  # a month alone would be a number

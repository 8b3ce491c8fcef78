"""The figures of one unit by body and year, as a pivot table lays them out."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.display.normal_form import NOT_SAID, figure, period
from pipeline.explanation import Row, shown_id
from pipeline.normalise.places import fold
from pipeline.overview.reading import Overview
from pipeline.run.outputs import OutputError
from pipeline.terminal import printable

_YEAR = re.compile(r"\d{4}")


@dataclass(slots=True)
class Body:
    """A line of the sheet: ``body`` (its id; ``None`` for the figures that name none), its English
    name, with the id where several have it, and its figures by column in the order of the table."""

    body: str | None
    label: str
    cells: dict[str, list[Row]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Bodies by the periods that anything is said of; ``bodies_in_all`` may be more. How many
    figures of the unit are ``left_out``, ``shares_and_changes`` and such of ``no_body``."""

    periods: list[str]
    bodies: list[Body]
    bodies_in_all: int
    left_out: dict[str, int]

    def to_dict(self) -> dict[str, Any]:
        """The sheet as plain values, each figure as its row of the table."""
        return {
            "periods": self.periods,
            "bodies": [{"body": b.body, "label": b.label, "figures": b.cells} for b in self.bodies],
            "of": self.bodies_in_all,
            "left_out": self.left_out,
        }


def sheet(overview: Overview, limit: int, *, sort: str | None = None, every: bool = False) -> Sheet:
    """The figures that ``overview`` selects, of ``limit`` bodies: the first by ``sort``, which is
    ``body`` (its name, from A) or a column of the sheet (its largest number first), with ``-``
    before it the other way round; else those that have most figures.

    A column is a year, several years that one figure is about, or ``not said``. Figures are levels
    that name a body, as in ``sheets.pivot``; with ``every`` rises, falls and shares are there too,
    and in a last line the figures that name no body. Several values of one cell stand there
    together, in the order of the table.

    Raises ``OutputError`` when ``sort`` is neither ``body`` nor a column of the sheet.
    """
    rows, count, left_out = overview.figures(limit if sort is None else None, every=every)
    bodies: dict[str | None, Body] = {}
    for row in rows:
        key = row["organisation_id"]
        label = row.pop("whose_label") or key or NOT_SAID
        body = bodies.setdefault(key, Body(key, label))
        body.cells.setdefault(column(row), []).append(row)
    times = Counter(body.label for body in bodies.values())
    for body in bodies.values():
        if times[body.label] > 1 and body.body is not None:  # bodies of one name
            body.label = f"{body.label} ({body.body})"
    nobody = [bodies.pop(None)] if None in bodies else []
    known = list(bodies.values())
    if sort is not None:
        periods = _periods([*known, *nobody])
        name = sort.removeprefix("-")
        if name not in ("body", *periods):
            raise OutputError(
                f"{overview.reader.out}: a sheet is sorted by body or by one of its years, not by "
                f"{shown_id(name)!r}; it has: {', '.join(periods) or 'no years'}"
            )
        known = _sorted(known, name, turned=sort.startswith("-"))[:limit]
    shown = [*known, *nobody]
    return Sheet(_periods(shown), shown, count, left_out)


def _periods(bodies: Sequence[Body]) -> list[str]:
    """The columns that any of the bodies has, in the order of time."""
    return sorted({name for body in bodies for name in body.cells}, key=_by_time)


def _sorted(bodies: Sequence[Body], name: str, *, turned: bool) -> list[Body]:
    """Bodies by name, or by the largest number that they have in a column; those without one come
    last, whichever way."""
    by_name = sorted(bodies, key=lambda b: (fold(b.label), b.label, b.body or ""))
    if name == "body":
        return by_name[::-1] if turned else by_name

    def most(body: Body) -> float | None:
        numbers = (row["value"] for row in body.cells.get(name, ()))
        return max((n for n in numbers if n is not None and not math.isnan(n)), default=None)

    def order(body: Body) -> tuple[bool, float]:
        number = most(body)
        return number is None, 0 if number is None else number if turned else -number

    return sorted(by_name, key=order)


def column(row: Row) -> str:
    """Which column a figure belongs in: the years of its period."""
    start, end = row["period_start"], row["period_end"]
    if not start or not end:
        return NOT_SAID
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

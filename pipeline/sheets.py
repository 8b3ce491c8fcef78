"""Sheets: the figures of one unit by two of the things that are known of them."""

from __future__ import annotations

import math
import os
import typing
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from pipeline.display.hints import hint
from pipeline.display.normal_form import NOT_SAID, SHARES, amount, said
from pipeline.normalise.measures import measure_label
from pipeline.normalise.places import fold
from pipeline.records import Change, ValueKind
from pipeline.run.outputs import WRITTEN, csv_text

_NO_UNIT = {"unit_id": None, "unit": None, "currency": None}

Row = Mapping[str, Any]
Dimension = Literal["organisation", "body", "place", "year", "period", "unit", "value_kind"]


_Get = Callable[[Row, Mapping[object, Row]], object]


class SeveralValues(UserWarning):
    """A cell of a sheet for which the articles give more than one value."""


def _year(row: Row, _bodies: Mapping[object, Row]) -> object:
    first, last = row["period_start"], row["period_end"]
    if not (said(first) and said(last)):
        return None
    first, last = str(first)[:4], str(last)[:4]
    return int(first) if first == last else f"{first}–{last}"


def _period(row: Row, _bodies: Mapping[object, Row]) -> object:
    first, last = row["period_start"], row["period_end"]
    if not (said(first) and said(last)):
        return None
    return first if first == last else f"{first}/{last}"


def _of_body(column: str) -> _Get:
    def get(row: Row, bodies: Mapping[object, Row]) -> object:
        body = bodies.get(row["organisation_id"])
        return body[column] if body is not None and said(body[column]) else None

    return get


def _own(column: str) -> _Get:
    return lambda row, _bodies: row[column] if said(row[column]) else None


_DIMENSIONS: dict[str, _Get] = {
    "organisation": _own("organisation_id"),
    "body": _of_body("body"),
    "place": _of_body("place"),
    "year": _year,
    "period": _period,
    "unit": _own("unit_id"),
    "value_kind": _own("value_kind"),
}


def _order(value: object) -> tuple[bool, str]:
    """Years, spans and names in their order, what nothing says last."""
    return value == NOT_SAID, fold(str(value))


def _renamed(
    key: tuple[object, object], side: int, names: Mapping[object, str]
) -> tuple[object, object]:
    row, column = (names.get(name, name) if i == side else name for i, name in enumerate(key))
    return row, column


def _records(table: pd.DataFrame, kind: str) -> list[Row]:
    return table[table.kind == kind].to_dict("records")  # type: ignore[return-value]


def _names(identities: Iterable[object], bodies: Mapping[object, Row]) -> dict[object, str]:
    """Bodies by their English name; two of one name, or one without, are told apart by their id."""
    labels = {
        key: str(bodies[key]["label"])
        for key in identities
        if key in bodies and said(bodies[key]["label"])
    }
    times = Counter(labels.values())
    return {key: name if times[name] == 1 else f"{name} ({key})" for key, name in labels.items()}


def _unit(figure: Row) -> str | None:
    """The id of what a figure counts, or its currency; ``None`` where neither is known."""
    return next((str(figure[name]) for name in ("unit_id", "currency") if said(figure[name])), None)


def _counted(figures: Iterable[Row]) -> list[tuple[str, str | None, int]]:
    """The units of ``figures``, their English names, how many figures have them; most first."""
    times = Counter(unit for figure in figures if (unit := _unit(figure)))
    ordered = sorted(times.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(unit, measure_label(unit), n) for unit, n in ordered]


def units(table: pd.DataFrame) -> pd.DataFrame:
    """The units of the figures of ``table``, those of most figures first.

    Columns: ``unit`` (its id, or a currency), ``label`` (its English name, where known) and
    ``rows`` (how many figures have it).
    """
    counted = _counted(_records(table, "statistic"))
    return pd.DataFrame(counted, columns=["unit", "label", "rows"]).astype({"label": object})


def _of_unit(figures: Sequence[Row], asked: str) -> list[Row]:
    """The figures whose unit is ``asked``: an id, a currency, its English name, or as articles word
    it. Raises ``ValueError``, which names the nearest, where none has it."""
    if exact := [figure for figure in figures if _unit(figure) == asked]:
        return exact
    word = fold(asked)
    known = _counted(figures)
    meant = {unit for unit, label, _ in known if word in (fold(unit), fold(label or ""))}
    worded = [f for f in figures if said(f["unit"]) and fold(str(f["unit"])) == word]
    same = {id(figure) for figure in worded}
    meant |= {str(figure["unit_id"]) for figure in worded if said(figure["unit_id"])}
    if found := [f for f in figures if _unit(f) in meant or id(f) in same]:
        return found
    choices = list(
        dict.fromkeys(name for unit, label, _ in known for name in (unit, label) if name)
    )
    raise ValueError(f"no figure has the unit {asked!r}{hint(asked, choices)}")


def _wanted(figure: Row, value_kind: str | None, change: str | None) -> bool:
    kind = figure["value_kind"]
    kinds = kind not in SHARES if value_kind is None else kind == value_kind
    return kinds and (figure["change"] if said(figure["change"]) else None) == change


def _rank(figure: Row) -> tuple[int, int, float, float, str]:
    """The figure that is believed first."""
    return (
        -figure["stories"],
        -figure["mentions"],
        -figure["score"],
        figure["value"],
        str(figure["canonical_id"]),
    )


def _listed(names: Iterable[object]) -> str:
    return ", ".join(map(str, names)) or "none"


def pivot(
    table: pd.DataFrame,
    *,
    unit: str,
    rows: Dimension = "organisation",
    columns: Dimension = "year",
    value_kind: str | None = None,
    change: Literal["up", "down"] | None = None,
    several: Literal["most", "all"] = "most",
    unknown: bool = False,
    sort: object = None,
) -> pd.DataFrame:
    """The figures of ``unit`` as a sheet: a row per ``rows``, a column per ``columns``.

    ``table`` has the columns of ``table.parquet``. ``unit`` is a ``unit_id`` (``party-member``), a
    currency, its English name, or a unit as an article words it. ``rows`` and ``columns`` are each
    one of ``organisation`` (by its English name), ``body`` (its kind), ``place``, ``year``,
    ``period``, ``unit`` and ``value_kind``; a year is a whole number, several are ``2020–2025``.

    Cells are the ``value`` of the figure, of a range its lower end. Taken are levels: no rises or
    falls (``change`` takes those), and no shares, be they a percentage, a fraction or a part of a
    whole such as 557 of 1,461 (``value_kind="percentage"``, ``"fraction"`` and ``"ratio"`` take
    them; of a ratio a cell is the part). Where a cell has several values the one that most stories
    give is taken, then the one of most mentions, of the highest score, the smallest; a
    ``SeveralValues`` warning says so. With ``several="all"`` cells are text, such as ``412 | 421``,
    with all of them. Rows are in the order of their names; with ``sort``, which is one of the
    columns, those of the largest value in it come first, also where cells are text.

    Figures of which row or column is not known are left out; ``.attrs["left_out"]`` says how many,
    and with ``unknown=True`` they stand under ``not said``. ``.attrs["cells"]`` has, of each cell
    that is filled, its row and column, all its ``values`` and the ``canonical_ids`` of the rows of
    the table behind it.

    Raises ``ValueError`` when no figure has the unit, and for a choice that there is not; it names
    those that there are.
    """
    for name in (rows, columns):
        if name not in _DIMENSIONS:
            raise ValueError(f"{name!r} is none of {', '.join(_DIMENSIONS)}")
    if rows == columns:
        raise ValueError(f"rows and columns are both {rows!r}; choose two things")
    for said_as, choice, known in (
        ("value_kind", value_kind, (None, *typing.get_args(ValueKind))),
        ("change", change, (None, *typing.get_args(Change))),
        ("several", several, ("most", "all")),
    ):
        if choice not in known:
            raise ValueError(f"{said_as} {choice!r} is none of {', '.join(map(str, known))}")
    figures = [
        figure
        for figure in _of_unit(_records(table, "statistic"), unit)
        if _wanted(figure, value_kind, change)
    ]
    bodies = {row["canonical_id"]: row for row in _records(table, "organisation")}
    behind: dict[tuple[object, object], list[Row]] = {}
    left_out = 0
    for figure in sorted(figures, key=_rank):
        key = (_DIMENSIONS[rows](figure, bodies), _DIMENSIONS[columns](figure, bodies))
        if None in key and not unknown:
            left_out += 1
            continue
        row, column = (NOT_SAID if side is None else side for side in key)
        behind.setdefault((row, column), []).append(figure)
    for side, name in enumerate((rows, columns)):
        if name == "organisation":
            names = _names({key[side] for key in behind}, bodies)
            behind = {_renamed(key, side, names): cell for key, cell in behind.items()}

    cells: list[dict[str, object]] = []
    many = 0
    values: dict[tuple[object, object], object] = {}
    for (row, column), cell in behind.items():
        different = list(dict.fromkeys(float(figure["value"]) for figure in cell))
        values[row, column] = (
            different[0]
            if several == "most"
            else " | ".join(dict.fromkeys(amount({**figure, **_NO_UNIT}) for figure in cell))
        )
        ids = [str(figure["canonical_id"]) for figure in cell]
        cells.append({rows: row, columns: column, "values": different, "canonical_ids": ids})
        many += len(different) > 1
    nothing = "" if several == "all" else None
    index = sorted({row for row, _ in values}, key=_order)
    header = sorted({column for _, column in values}, key=_order)
    if sort is not None:
        if sort not in header:
            raise ValueError(f"no column {sort!r} to sort by; there are: {_listed(header)}")
        first = {
            cell[rows]: typing.cast("list[float]", cell["values"])[0]
            for cell in cells
            if cell[columns] == sort
        }
        index.sort(key=lambda row: -first.get(row, -math.inf))
    sheet = pd.DataFrame(
        [[values.get((row, column), nothing) for column in header] for row in index],
        index=pd.Index(index, name=rows, dtype=object),
        columns=pd.Index(header, name=columns, dtype=object),
        dtype=object if several == "all" else float,
    )
    cells.sort(key=lambda cell: (_order(cell[rows]), _order(cell[columns])))
    sheet.attrs = {"cells": cells, "left_out": left_out}
    if many and several == "most":
        warnings.warn(
            f"{many} cell{'s have' if many > 1 else ' has'} several values, of which the one that "
            "most stories give is shown: see .attrs['cells'], or several='all'",
            SeveralValues,
            stacklevel=3,
        )
    return sheet


def keep(sheet: pd.DataFrame, path: str | os.PathLike[str]) -> None:
    """Write a sheet, or another frame that has its names as index, as ``.csv`` or ``.xlsx``.

    Names come from articles: none becomes a formula. Raises ``ValueError`` for another ending.
    """
    file = Path(path)
    whole = sheet.reset_index()
    whole.columns = pd.Index([str(name) for name in whole.columns])
    if file.suffix == ".csv":
        file.write_text(csv_text(whole), encoding="utf-8", newline="\n")
    elif file.suffix == ".xlsx":
        safe = dict.fromkeys(("strings_to_formulas", "strings_to_urls"), False)
        with pd.ExcelWriter(file, "xlsxwriter", engine_kwargs={"options": safe}) as book:
            book.book.set_properties({"created": WRITTEN})
            whole.to_excel(book, sheet_name="Sheet", index=False, freeze_panes=(1, 1))
            book.sheets["Sheet"].autofit()
    else:
        raise ValueError(f"{file}: a sheet is kept as .csv or .xlsx")

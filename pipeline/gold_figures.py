"""Reader of what gold says of its figures: the period and the body of each.

A ``figures.csv`` beside the articles of a folder has a row for a ``<stat>`` tag: ``path`` (the
article, from the folder of the table), ``start`` (code points into the text without tags) and
``text`` of the tag, ``period_start``, ``period_end`` (ISO days, both inside, both empty for none)
and ``organisation`` (the key of the body, empty for none).
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipeline.gold import GoldArticle, GoldError

NAME = "figures.csv"
COLUMNS = ("path", "start", "text", "period_start", "period_end", "organisation")
_FIRST_LINE = 2  # below the header

Period = tuple[str, str]


@dataclass(frozen=True, slots=True)
class GoldFigure:
    """What one figure is about: its period (ISO days, both inside) and the key of its body."""

    period: Period | None
    body: str | None


# The figures of every article by its path, of an article by where they start.
Figures = Mapping[str, Mapping[int, GoldFigure]]


def read(folder: Path, articles: Iterable[GoldArticle]) -> Figures:
    """What every ``figures.csv`` below ``folder`` says of the figures of ``articles``.

    ``articles`` are those that ``gold.read`` finds in ``folder``. Empty where no table lies there.
    Raises ``GoldError`` with the file and the line for a row that cannot be used: no figure of an
    article there, a period that is none, a body that no translation of the story names.
    """
    by_path = {a.path: a for a in articles}
    keys: dict[str, set[str]] = defaultdict(set)
    for article in by_path.values():
        keys[_story(article.path)].update(
            s.attributes.get("key", "") for s in article.spans if s.type == "org"
        )
    found: dict[str, dict[int, GoldFigure]] = defaultdict(dict)
    for table in sorted(folder.rglob(NAME)):
        for line, row in _rows(table):
            try:
                path = (table.parent / row["path"]).relative_to(folder).as_posix()
                start = _start(by_path.get(path), row)
                body = row["organisation"] or None
                if body is not None and body not in keys[_story(path)]:
                    raise ValueError(f"no article of the story names a body {body!r}")
                figure = GoldFigure(_period(row), body)
                if start in found[path]:
                    raise ValueError(f"a second row for the figure at {start} of {row['path']}")
                found[path][start] = figure
            except ValueError as error:
                raise GoldError(f"{table}, line {line}: {error}") from error
    return found


def _story(path: str) -> str:
    return path.rsplit(".", 2)[0]


def _rows(table: Path) -> list[tuple[int, dict[str, str]]]:
    """The rows of a table, each with its line."""
    try:
        frame = pd.read_csv(
            table, dtype=str, keep_default_na=False, encoding="utf-8-sig", skip_blank_lines=False
        )
    except (ValueError, pd.errors.ParserError) as error:
        raise GoldError(f"{table}: is no table of figures: {error}") from error
    if tuple(frame.columns) != COLUMNS or not isinstance(frame.index, pd.RangeIndex):
        raise GoldError(f"{table}: a table of figures has the columns {', '.join(COLUMNS)}")
    return [
        (line, dict(zip(COLUMNS, values, strict=True)))
        for line, values in enumerate(frame.itertuples(index=False, name=None), _FIRST_LINE)
    ]


def _start(article: GoldArticle | None, row: Mapping[str, str]) -> int:
    """Where the figure of a row starts, checked against its article."""
    if article is None:
        raise ValueError(f"no article {row['path']!r} here")
    start = int(row["start"])
    span = next((s for s in article.spans if s.type == "stat" and s.start == start), None)
    if span is None or span.text != row["text"]:
        raise ValueError(f"no figure {row['text']!r} at {start} of {row['path']}")
    return start


def _period(row: Mapping[str, str]) -> Period | None:
    first, last = row["period_start"], row["period_end"]
    if not first and not last:
        return None
    days = [datetime.date.fromisoformat(day) for day in (first, last)]
    if [day.isoformat() for day in days] != [first, last] or days[0] > days[1]:
        raise ValueError(f"{first!r} to {last!r} is no period: ISO days, the first one first")
    return first, last

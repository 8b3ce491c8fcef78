"""Reader of what gold says of its figures: the period and the body of each.

A ``figures.csv`` beside the articles of a folder has a row for a ``<stat>`` tag: its place as in
``pipeline.gold_tables``, ``period_start``, ``period_end`` (ISO days, both inside, both empty for
none) and ``organisation`` (the key of the body, empty for none).
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline import gold_tables
from pipeline.gold import GoldArticle

NAME = "figures.csv"
COLUMNS = (*gold_tables.PLACE, "period_start", "period_end", "organisation")
_SHEET = gold_tables.Sheet(NAME, COLUMNS, tag="stat", noun="figure")

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
    articles = list(articles)
    keys: dict[str, set[str]] = defaultdict(set)
    for article in articles:
        keys[_story(article.path)].update(
            s.attributes.get("key", "") for s in article.spans if s.type == "org"
        )

    def said(article: GoldArticle, row: gold_tables.Row) -> GoldFigure:
        body = row["organisation"] or None
        if body is not None and body not in keys[_story(article.path)]:
            raise ValueError(f"no article of the story names a body {body!r}")
        return GoldFigure(_period(row), body)

    return gold_tables.read(folder, articles, _SHEET, said)


def _story(path: str) -> str:
    return path.rsplit(".", 2)[0]


def _period(row: gold_tables.Row) -> Period | None:
    first, last = row["period_start"], row["period_end"]
    if not first and not last:
        return None
    days = [datetime.date.fromisoformat(day) for day in (first, last)]
    if [day.isoformat() for day in days] != [first, last] or days[0] > days[1]:
        raise ValueError(f"{first!r} to {last!r} is no period: ISO days, the first one first")
    return first, last

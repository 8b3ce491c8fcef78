"""Reader of the tables that lie beside gold articles, a row for a tag.

Every such table begins with ``path`` (the article, from the folder of the table), ``start`` (code
points into the text without tags) and ``text`` of the tag; the other columns are its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pandas as pd

from pipeline.gold import GoldArticle, GoldError, GoldSpan

PLACE = ("path", "start", "text")
_FIRST_LINE = 2  # below the header

Row = Mapping[str, str]
Said = TypeVar("Said")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A kind of table: its file name, its columns and the ``tag`` that a row is for.

    ``noun`` names such a thing in messages. With ``complete`` an article that a table lists has a
    row for each of its tags.
    """

    name: str
    columns: tuple[str, ...]
    tag: str
    noun: str
    complete: bool = False


def read(
    folder: Path,
    articles: Iterable[GoldArticle],
    sheet: Sheet,
    said: Callable[[GoldArticle, Row], Said],
) -> dict[str, dict[int, Said]]:
    """What every table below ``folder`` says of the tags of ``articles``, by path and start.

    ``articles`` are those that ``gold.read`` finds in ``folder``; ``said`` reads a row, and raises
    ``ValueError`` for one that cannot be used. Empty where no table lies there.
    Raises ``GoldError`` with the file and the line.
    """
    by_path = {a.path: a for a in articles}
    found: dict[str, dict[int, Said]] = defaultdict(dict)
    listed: dict[str, str] = {}
    for table in sorted(folder.rglob(sheet.name)):
        for line, row in _rows(table, sheet):
            where = f"{table}, line {line}"
            try:
                path = (table.parent / row["path"]).relative_to(folder).as_posix()
                article = by_path.get(path)
                if article is None:
                    raise ValueError(f"no article {row['path']!r} here")
                start = _start(article, row, sheet)
                one = said(article, row)
                if start in found[path]:
                    raise ValueError(
                        f"a second row for the {sheet.noun} at {start} of {row['path']}"
                    )
            except ValueError as error:
                raise GoldError(f"{where}: {error}") from error
            found[path][start] = one
            listed.setdefault(path, where)
    for path, where in listed.items() if sheet.complete else ():
        for span in _tagged(by_path[path], sheet):
            if span.start not in found[path]:
                raise GoldError(
                    f"{where}: {path} is listed without the {sheet.noun} {span.text!r} "
                    f"at {span.start}"
                )
    return found


def _rows(table: Path, sheet: Sheet) -> list[tuple[int, Row]]:
    """The rows of a table, each with its line."""
    columns = sheet.columns
    try:
        frame = pd.read_csv(
            table, dtype=str, keep_default_na=False, encoding="utf-8-sig", skip_blank_lines=False
        )
    except (ValueError, pd.errors.ParserError) as error:
        raise GoldError(f"{table}: is no table of {sheet.noun}s: {error}") from error
    if tuple(frame.columns) != columns or not isinstance(frame.index, pd.RangeIndex):
        raise GoldError(f"{table}: a table of {sheet.noun}s has the columns {', '.join(columns)}")
    return [
        (line, dict(zip(columns, values, strict=True)))
        for line, values in enumerate(frame.itertuples(index=False, name=None), _FIRST_LINE)
    ]


def _tagged(article: GoldArticle, sheet: Sheet) -> list[GoldSpan]:
    return [s for s in article.spans if s.type == sheet.tag]


def _start(article: GoldArticle, row: Row, sheet: Sheet) -> int:
    """Where the tag of a row starts, checked against its article."""
    start = int(row["start"])
    span = next((s for s in _tagged(article, sheet) if s.start == start), None)
    if span is None or span.text != row["text"]:
        raise ValueError(f"no {sheet.noun} {row['text']!r} at {start} of {row['path']}")
    return start

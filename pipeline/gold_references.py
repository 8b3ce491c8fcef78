"""Reader of what gold says of its references: type, issuer, title, session and term of each.

A ``references.csv`` beside the articles of a folder has a row for every ``<ref>`` tag of an article
that it lists: its place as in ``pipeline.gold_tables``, ``type`` (a value of ``reference_type``, or
several that are right joined by ``|``), ``issuer`` (letters as ``reference_issuer`` has them),
``title`` (as the article words it), ``session`` and ``term`` (Arabic numbers). All but ``type`` are
empty for none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline import gold_tables
from pipeline.gold import GoldArticle

NAME = "references.csv"
COLUMNS = (*gold_tables.PLACE, "type", "issuer", "title", "session", "term")
_SHEET = gold_tables.Sheet(NAME, COLUMNS, tag="ref", noun="reference", complete=True)
_TYPE = re.compile(r"[a-z]+(?:-[a-z]+)*")
_NUMBER = re.compile(r"[1-9][0-9]*")


@dataclass(frozen=True, slots=True)
class GoldReference:
    """What one document is: the types that are right, its issuer's letters, its title as worded,
    the session and the term of the body that adopted it."""

    types: frozenset[str]
    issuer: str | None
    title: str | None
    session: int | None
    term: int | None


# The references of every article by its path, of an article by where they start.
References = Mapping[str, Mapping[int, GoldReference]]


def read(folder: Path, articles: Iterable[GoldArticle]) -> References:
    """What every ``references.csv`` below ``folder`` says of the references of ``articles``.

    ``articles`` are those that ``gold.read`` finds in ``folder``. Empty where no table lies there.
    Raises ``GoldError`` with the file and the line for a row that cannot be used (no reference of
    an article there, a type that is none, blanks in an issuer, a title that the article does not
    word, a session or term that is no number) and for an article that lacks a row.
    """
    return gold_tables.read(folder, articles, _SHEET, _said)


def _said(article: GoldArticle, row: gold_tables.Row) -> GoldReference:
    types = row["type"].split("|")
    if not all(map(_TYPE.fullmatch, types)):
        raise ValueError(f"{row['type']!r} is no type, nor several joined by |")
    issuer, title = row["issuer"], row["title"]
    if issuer.split() != [issuer] * bool(issuer):
        raise ValueError(f"the issuer {issuer!r} has blanks")
    if title != title.strip() or title not in article.text:
        raise ValueError(f"{row['path']} does not word a title {title!r}")
    return GoldReference(
        types=frozenset(types),
        issuer=issuer or None,
        title=title or None,
        session=_number(row, "session"),
        term=_number(row, "term"),
    )


def _number(row: gold_tables.Row, column: str) -> int | None:
    value = row[column]
    if value and not _NUMBER.fullmatch(value):
        raise ValueError(f"the {column} {value!r} is no Arabic number")
    return int(value) if value else None

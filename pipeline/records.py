"""The typed, frozen records that every step hands on, and the column schemas made from them.

Offsets are Unicode code points into ``Article.text``, half-open, so that
``article.text[mention.start:mention.end] == mention.text`` always holds.
"""

from __future__ import annotations

import dataclasses
import datetime
import itertools
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import pyarrow as pa

Status = Literal["ok", "skipped", "failed"]
Kind = Literal["organisation", "reference", "statistic"]
ValueKind = Literal[
    "count", "percentage", "ratio", "fraction", "money", "measure", "age", "duration"
]
Qualifier = Literal["almost", "about", "over", "at_least", "at_most"]
Change = Literal["up", "down"]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article, or one file that could not be read as an article.

    ``article_id`` comes from the text alone. ``text`` is what all offsets point into; it is
    empty when ``status`` is ``failed`` before anything was read. ``place`` is what the user said
    the article is about. ``parts`` says, of an article in several languages, which stretch is in
    which (``ms:0-812 vi:813-1204``, code points); ``language`` is then that of most of what is
    read, or of most of it if nothing is. ``input_digest`` stands for what was read: the bytes of
    the file or record, its kind, and what else was said of it.
    """

    article_id: str
    path: str
    story_id: str | None = None
    language: str = "und"
    language_score: float = 0.0
    status: Status = "ok"
    reason: str | None = None
    title: str | None = None
    published: datetime.date | None = None
    source_url: str | None = None
    place: str | None = None
    text: str = ""
    parts: str | None = None
    input_digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A thing found at one place of one article: its surface, its offsets, its identity.

    ``text`` is the surface, ``canonical_id`` the identity in no language, ``label`` the
    English name (``None`` when unknown). ``score`` is between 0 and 1. ``source`` names the
    extractor, model and version; ``reason`` says in a few words what decided identity or value.
    """

    kind: ClassVar[Kind]

    start: int
    end: int
    text: str
    canonical_id: str | None = None
    label: str | None = None
    score: float = 1.0
    source: str = ""
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation(Mention):
    """A specific body. ``body`` is its kind (``peoples-committee``).

    ``place_missing`` is whether it is one of many such bodies and nothing says where; then it is
    the same as no body of another story. ``article_identity`` is set by the merge alone: what the
    article by itself said (JSON), where its translations settled another identity. Figures have it
    too, where the body that they are about took another one.
    """

    kind: ClassVar[Kind] = "organisation"

    body: str | None = None
    parent_id: str | None = None
    place_id: str | None = None
    place: str | None = None
    place_successor_id: str | None = None
    place_missing: bool = False
    name_vi: str | None = None
    article_identity: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference(Mention):
    """A numbered document. ``reference_date`` is ISO 8601, as precise as the article.

    ``reference_session`` and ``reference_term`` are those of the body that adopted it, as the
    article counts them. ``reference_basis`` is what its identity rests on: ``number`` (it stands in
    full), ``list`` (its codes stand at another number of the same list), ``article`` (in full
    elsewhere in the article), ``law`` (number and year decide it), ``register`` (a well-known
    document that fits) or ``noun`` (nothing but noun and number).
    """

    kind: ClassVar[Kind] = "reference"

    reference_type: str | None = None
    reference_number: str | None = None
    reference_year: str | None = None
    reference_issuer: str | None = None
    reference_date: str | None = None
    reference_title: str | None = None
    reference_session: int | None = None
    reference_term: int | None = None
    reference_basis: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistic(Mention):
    """A number that says how many, how much or what share.

    ``value`` has scale words multiplied out; ``of`` is the whole of a ratio or fraction, ``to``
    the upper end of a range. ``unit`` is as the article words it, ``unit_id`` the same in every
    language. ``period_start`` and ``period_end`` are ISO dates, both inside the period.
    """

    kind: ClassVar[Kind] = "statistic"

    value: float
    of: float | None = None
    to: float | None = None
    value_kind: ValueKind = "count"
    currency: str | None = None
    unit: str | None = None
    unit_id: str | None = None
    qualifier: Qualifier | None = None
    change: Change | None = None
    period_start: str | None = None
    period_end: str | None = None
    organisation_id: str | None = None
    indicator_id: str | None = None


def _arrow_type(hint: object) -> pa.DataType:
    """The Arrow type of a field's annotation, ``None`` and literals unwrapped."""
    inner = [a for a in typing.get_args(hint) if a is not type(None)]
    if typing.get_origin(hint) is not Literal and inner:
        hint = inner[0]
    if hint is bool:
        return pa.bool_()
    if hint is float:
        return pa.float64()
    if hint is int:
        return pa.int64()
    if hint is datetime.date:
        return pa.date32()
    return pa.string()


def _columns(record: type) -> dict[str, pa.DataType]:
    hints = typing.get_type_hints(record)
    return {f.name: _arrow_type(hints[f.name]) for f in dataclasses.fields(record)}


# The record of each kind of mention, in the order in which kinds are named.
RECORDS: dict[str, type[Mention]] = {
    record.kind: record for record in (Organisation, Reference, Statistic)
}
KINDS: tuple[Kind, ...] = typing.get_args(Kind)

_COMMON = _columns(Mention)
_OWN = {
    name: kind
    for record in RECORDS.values()
    for name, kind in _columns(record).items()
    if name not in _COMMON
}


def own_columns(kind: str) -> list[str]:
    """The columns that mentions of a ``Kind`` alone have."""
    return [name for name in _columns(RECORDS[kind]) if name not in _COMMON]


def columns_of(kind: str, columns: typing.Iterable[str]) -> list[str]:
    """Those of the ``columns`` of a table that say something of a kind, which is itself none."""
    others = {name for other in KINDS if other != kind for name in own_columns(other)}
    others -= set(own_columns(kind))
    return [name for name in columns if name not in others | {"kind"}]


def mention_of(row: Mapping[str, Any]) -> Mention:
    """A row of mentions as a record; a cell that is ``None`` keeps its default.

    Raises ``KeyError`` for a ``kind`` that there is not, and ``TypeError`` when a place, a text or
    a value is missing.
    """
    record = RECORDS[row["kind"]]
    return record(**_said(record, row))


def article_of(row: Mapping[str, Any]) -> Article:
    """A row of articles as a record, as ``mention_of``. Raises ``TypeError`` without id or path."""
    return Article(**_said(Article, row))


def _said(record: type, row: Mapping[str, Any]) -> dict[str, Any]:
    names = [field.name for field in dataclasses.fields(record)]
    return {name: row[name] for name in names if row.get(name) is not None}


ARTICLE_SCHEMA = pa.schema(list(_columns(Article).items()))

MENTION_SCHEMA = pa.schema(
    [
        ("article_id", pa.string()),
        ("path", pa.string()),
        ("language", pa.string()),
        ("kind", pa.string()),
        ("text", pa.string()),
        ("start", pa.int64()),
        ("end", pa.int64()),
        ("sentence", pa.string()),
        ("sentence_start", pa.int64()),
        *((name, _COMMON[name]) for name in ("canonical_id", "label", "score", "source", "reason")),
        *_OWN.items(),
    ]
)


def languages_of_table(columns: typing.Iterable[str]) -> tuple[str, ...]:
    """The codes of the languages that a table with these ``columns`` has: what stands between
    ``label`` and the first column that is of a kind.

    The table itself says so, and not the models that are installed where it is read.
    """
    names = list(columns)
    first = names.index("label") + 1 if "label" in names else len(names)
    return tuple(itertools.takewhile(lambda name: name not in _OWN, names[first:]))


def table_schema(languages: typing.Sequence[str]) -> pa.Schema:
    """The schema of the cross-lingual table, with one column per language code."""
    return pa.schema(
        [
            ("kind", pa.string()),
            ("canonical_id", pa.string()),
            ("label", pa.string()),
            *((code, pa.string()) for code in languages),
            *((name, kind) for name, kind in _OWN.items() if name != "article_identity"),
            ("languages", pa.string()),
            ("stories", pa.int64()),
            ("articles", pa.int64()),
            ("mentions", pa.int64()),
            ("score", pa.float64()),
            ("reason", pa.string()),
            ("agreement", pa.string()),
            ("check", pa.string()),
            ("example", pa.string()),
            ("example_path", pa.string()),
        ]
    )

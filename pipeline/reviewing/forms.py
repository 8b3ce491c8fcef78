"""What a reviewer is asked: what is wrong, and what is right instead.

Terminal and notebook ask by these lists, and ``checked`` takes an answer from either.
"""

from __future__ import annotations

import datetime
import math
import re
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pipeline.normalise.references import number_at
from pipeline.records import KINDS, Change, Qualifier, ValueKind
from pipeline.terminal import printable

RIGHT, WRONG, CORRECTED, SKIPPED = "right", "wrong", "corrected", "skipped"
VERDICTS = (RIGHT, WRONG, CORRECTED, SKIPPED)

ROW, MENTION, MISSED, ARTICLE = "row", "mention", "missed", "article"
UNITS = (ROW, MENTION, MISSED, ARTICLE)

NOTHING = "nothing"
# What may be wrong: the name that is saved, the kinds that can have it, and how it is asked.
SORTS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (NOTHING, KINDS, "is none: no body, document or figure at all"),
    ("border", KINDS, "wrong border: words too many or too few"),
    ("identity", ("organisation", "reference"), "wrong identity: another body or document"),
    ("value", ("statistic",), "wrong value, kind or qualifier"),
    ("unit", ("statistic",), "wrong unit: it counts something else"),
    ("about", ("statistic",), "wrong body or period"),
    ("joined", KINDS, "several things in one row"),
    ("detail", KINDS, "wrong label, place, type, date or the like"),
)

NONE = "-"  # typed for a value that the thing does not have
# What a thing may have or not; every other field of it says something.
_MAY_LACK = frozenset({"of", "to", "currency", "qualifier", "change", "unit", "date"})
_LONGEST = 500
_SEGMENT = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_BODY = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT})*")
_UNIT_ID = re.compile(r"[^\s/=?]+")  # %, °C and km² are units too


class CorrectionError(ValueError):
    """An answer that cannot be used; the message says what to write."""


def _number(said: str) -> str:
    try:
        value = float(said)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or "_" in said:
        raise CorrectionError(
            f"{said!r} is no number; write 1200000 or 36.9, without other separators"
        )
    return f"{value:.15g}"


def _document(said: str) -> str:
    """A document's number, whole or ``TYPE:NUMBER``."""
    found = number_at(said, 0, announced=True)
    if (found is None or found.canonical != said) and not re.fullmatch(r"[^\s:]+:\w+", said):
        raise CorrectionError(
            f"{said!r} is no number of a document; write "
            + (found.canonical if found else "it as 21-NQ/TW, 1234/QĐ-TTg or 100/2019/NĐ-CP")
        )
    return said


def _body(said: str) -> str:
    if not _BODY.fullmatch(said):
        raise CorrectionError(
            f"{said!r} is no id of a body: small letters and digits, joined by - and /"
        )
    return said


def _unit(said: str) -> str:
    if not _UNIT_ID.fullmatch(said):
        raise CorrectionError(f"{said!r} is no id of a unit: no blanks and none of / = ?")
    return said


def _day(said: str) -> str:
    for form in ("%Y-%m-%d", "%Y-%m", "%Y"):
        try:
            if datetime.datetime.strptime(said, form).strftime(form) == said:
                return said
        except ValueError:
            continue
    raise CorrectionError(f"{said!r} is no day; write it as 2024-12-26")


def _count(said: str) -> str:
    if not re.fullmatch(r"[1-9][0-9]{0,5}", said):
        raise CorrectionError(f"{said!r} is no number of a place; count from 1")
    return said


@dataclass(frozen=True, slots=True)
class Field:
    """One thing asked for: ``name`` is its column, ``says`` the question; an empty answer to one
    that is not ``needed`` leaves it as it is. ``read`` makes of an answer what is saved."""

    name: str
    says: str
    needed: bool = False
    choices: tuple[str, ...] = ()
    read: Callable[[str], str] = str


@dataclass(frozen=True, slots=True)
class Way:
    """A way of correcting: its ``name``, how it is asked, and its fields.

    ``wordings`` is how many wordings it takes of the row: ``"one"``, ``"some"`` or none.
    """

    name: str
    says: str
    fields: tuple[Field, ...]
    wordings: str = ""


def _id(says: str, read: Callable[[str], str] = _body) -> Field:
    return Field("id", says, needed=True, read=read)


_LABEL = Field("label", "English name")
_PLACE = Field("place", "place, by name or code")
_DATE = Field("date", "day of issue, as 2024-12-26", read=_day)
_NUMBERS = (
    Field("of", "the whole of a ratio or fraction", read=_number),
    Field("to", "upper end of a range", read=_number),
    Field("value_kind", "kind", choices=typing.get_args(ValueKind)),
    Field("currency", "currency, as VND"),
    Field("qualifier", "qualifier", choices=typing.get_args(Qualifier)),
    Field("change", "change", choices=typing.get_args(Change)),
)
_VALUE = Field("value", "value, as 1200000 or 36.9", read=_number)
_TEXT = Field("text", "the right words, as they stand in the sentence")
_UNIT = Field("unit", "what is counted, as the article words it")

_OF_ROW = {
    "organisation": (
        Way(
            "same",
            "the row is a body that the table has",
            # Any text: one that is no id of the table is answered with the nearest.
            (_id("its id (a part of its name: shows the nearest)", str),),
        ),
        Way(
            "id",
            "the row's names mean another body",
            (_id("its id, of the table or a new one"), _LABEL, _PLACE),
            "some",
        ),
        Way(
            "text",
            "one of the wordings is another body",
            (_id("id of that body, of the table or a new one"), _LABEL, _PLACE),
            "one",
        ),
        Way(
            "place",
            "a place in it is another place",
            (
                Field("text", "the place as it is worded", needed=True),
                _id("the place that is meant, by name, code or a new id", str),
                Field("label", "English name, of a new place"),
                Field("place", "the province it lies in, of a new place"),
            ),
        ),
    ),
    "reference": (
        Way(
            "number",
            "another number",
            (
                _id("number as Vietnam's offices write it, as 21-NQ/TW", _document),
                Field("label", "subject in English"),
                _DATE,
                Field("text", "word of its subject, as articles have it"),
                Field("language", "language of that word, empty for all"),
            ),
        ),
    ),
    "statistic": (
        Way(
            "figure",
            "another unit or value",
            (
                Field("id", "unit id, of the table or a new one", read=_unit),
                Field("label", "English name of the unit"),
                _VALUE,
                *_NUMBERS,
            ),
        ),
    ),
}
_OF_MENTION = {
    "organisation": (
        Way(
            "mention",
            "other words or another body",
            (_TEXT, Field("id", "id of the body", read=_body), _LABEL, _PLACE),
        ),
    ),
    "reference": (
        Way(
            "mention",
            "other words or another number",
            (
                _TEXT,
                Field("id", "number as Vietnam's offices write it, as 21-NQ/TW", read=_document),
                _DATE,
            ),
        ),
    ),
    "statistic": (
        Way("mention", "other words or another value", (_TEXT, _VALUE, *_NUMBERS, _UNIT)),
    ),
}
_MISSED_TEXT = Field("text", "the missed words, as they stand in the article", needed=True)
_WHICH = Field("which", "which of its places, counted from 1; empty for each", read=_count)
_OF_ARTICLE = (
    Way("organisation", "a body", (_MISSED_TEXT, _WHICH, _id("id of the body"), _LABEL, _PLACE)),
    Way(
        "reference",
        "a document",
        (_MISSED_TEXT, _WHICH, _id("number as Vietnam's offices write it", _document), _DATE),
    ),
    Way(
        "statistic",
        "a figure",
        (
            _MISSED_TEXT,
            _WHICH,
            Field("value", _VALUE.says, needed=True, read=_number),
            *_NUMBERS,
            _UNIT,
        ),
    ),
)

# The columns of judgements that corrections fill, but for ``which``, which is answered at once.
COLUMNS = tuple(
    dict.fromkeys(
        field.name
        for ways in (*_OF_ROW.values(), *_OF_MENTION.values(), _OF_ARTICLE)
        for way in ways
        for field in way.fields
        if field is not _WHICH
    )
)


def may_lack(field: Field) -> bool:
    """Whether a thing may have nothing of this field."""
    return field.name in _MAY_LACK


def sorts(kind: str) -> list[tuple[str, str]]:
    """What may be wrong with a thing of ``kind``: the name and the question of each."""
    return [(name, says) for name, kinds, says in SORTS if kind in kinds]


def ways(unit: str, kind: str) -> tuple[Way, ...]:
    """The ways of correcting a row or a mention of ``kind``, or of adding to an article."""
    if unit == ARTICLE:
        return _OF_ARTICLE
    return (_OF_MENTION if unit == MENTION else _OF_ROW)[kind]


def answer(field: Field, said: str) -> str:
    """The answer to one field as it is saved: its blanks made single, its number made plain.

    Raises ``CorrectionError`` for one that cannot be, or that is needed and missing.
    """
    said = " ".join(printable(said).split())
    if len(said) > _LONGEST:
        raise CorrectionError(f"{field.name} is longer than {_LONGEST} characters")
    if field.needed and not said:
        raise CorrectionError(f"{field.name} is needed: {field.says}")
    if not said:
        return said
    if said == NONE:
        if field.name not in _MAY_LACK:
            raise CorrectionError(f"{field.name} cannot be none; leave it empty to let it be")
        return said
    if field.choices and said not in field.choices:
        raise CorrectionError(
            f"{field.name} {said!r} is none of {', '.join(field.choices)}"
            + (f"; {NONE} for none" if field.name in _MAY_LACK else "")
        )
    try:
        return field.read(said)
    except CorrectionError as error:
        raise CorrectionError(f"{field.name}: {error}") from error


def checked(way: Way, answers: Mapping[str, str | None]) -> dict[str, str]:
    """The answers of a form that say something, each as it is saved.

    Raises ``CorrectionError`` for one that is missing, unknown or cannot be, and when none says
    anything.
    """
    known = {field.name: field for field in way.fields}
    strange = next((name for name in answers if name not in known), None)
    if strange is not None:
        raise CorrectionError(f"no field {strange!r}; there are {', '.join(known)}")
    said = {name: answer(field, answers.get(name) or "") for name, field in known.items()}
    said = {name: value for name, value in said.items() if value}
    if not said:
        raise CorrectionError("nothing is filled in; say at least one thing that is otherwise")
    return said

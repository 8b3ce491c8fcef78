"""The file of judgements beside a run: a row for each answer, whole after every one of them.

It is a CSV table that a spreadsheet opens. A cell that one would run as a formula has an apostrophe
before it, which is taken off again.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from pipeline.export.command import beside as beside_export
from pipeline.read.files import Unreadable, decode
from pipeline.records import KINDS
from pipeline.reviewing import forms
from pipeline.run import outputs
from pipeline.run.outputs import OutputError
from pipeline.terminal import printable

NAME = "judgements.csv"
_LOCK = ".lock"
_WAIT = 10  # seconds for another window to have written
_DIGITS = 16
_BETWEEN = " | "
# A judgement is about what was found, not about how sure the program was of it.
_NOT_JUDGED = frozenset({"score", "reason", "source", "article_identity"})
_OF_ARTICLES = frozenset({"title", "published", "story_id", "source_url"})
_MARK = "'"

_CORRECTION = tuple(f"right_{name}" for name in forms.COLUMNS)
COLUMNS = (
    "unit",
    "kind",
    "canonical_id",
    "digest",
    "strata",
    "verdict",
    "sort",
    "path",
    "article_id",
    "start",
    "end",
    "text",
    "way",
    *_CORRECTION,
    "right_start",
    "right_end",
    "wordings",
)

Wording = tuple[str, str]  # language and words
Key = tuple[str, ...]


def folder_of(out: Path) -> Path:
    """The folder beside ``out`` that its review is kept in."""
    export = beside_export(out)
    return export.with_name(export.name.removesuffix("-export") + "-review")


def digest(row: Mapping[str, Any]) -> str:
    """What stands for all that is judged of a row of the table, or of a mention."""
    said = {
        name: value
        for name, value in row.items()
        if value is not None and name not in _NOT_JUDGED | _OF_ARTICLES
    }
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One answer. ``unit`` is what it is about (``forms.UNITS``), ``strata`` the draws it was in.

    Of a mention ``start`` and ``end`` are code points into its article; so are ``right_start`` and
    ``right_end``, its right borders where they are others. ``right`` holds what a correction says
    by field of its ``way``, ``wordings`` the words of the row that it is about.
    """

    unit: str
    kind: str
    canonical_id: str
    digest: str
    strata: tuple[str, ...]
    verdict: str
    sort: str = ""
    path: str = ""
    article_id: str = ""
    start: int | None = None
    end: int | None = None
    text: str = ""
    way: str = ""
    right: dict[str, str] = field(default_factory=dict, hash=False)
    right_start: int | None = None
    right_end: int | None = None
    wordings: tuple[Wording, ...] = ()

    @property
    def key(self) -> Key:
        """What a later answer replaces: the same thing, as it is in the same run."""
        place = (self.article_id, str(self.start), str(self.end)) if self.article_id else ()
        return (self.unit, self.kind, self.canonical_id, *place, self.digest)


def _harmless(cell: str) -> str:
    return f"{_MARK}{cell}" if cell.startswith((*outputs.FORMULA, _MARK)) else cell


def _cells(judgement: Judgement) -> list[str]:
    def of(name: str) -> str:
        if name in _CORRECTION:
            return judgement.right.get(name.removeprefix("right_"), "")
        value = getattr(judgement, name)
        if name == "strata":
            return _BETWEEN.join(value)
        if name == "wordings":
            return json.dumps(value, ensure_ascii=False) if value else ""
        return "" if value is None else str(value)

    return [_harmless(of(name)) for name in COLUMNS]


def _judgement(cells: Mapping[str, str]) -> Judgement:
    """A row of the file. Raises ``ValueError`` saying what is wrong with it."""
    for name, known in (("unit", forms.UNITS), ("verdict", forms.VERDICTS)):
        if cells[name] not in known:
            raise ValueError(
                f"{name} {printable(cells[name])[:60]!r} is none of {', '.join(known)}"
            )
    if cells["unit"] != forms.ARTICLE and cells["kind"] not in KINDS:
        raise ValueError(f"kind {printable(cells['kind'])[:60]!r} is none")
    places: dict[str, Any] = {}
    for name in ("start", "end", "right_start", "right_end"):
        if cells[name] and not (cells[name].isascii() and cells[name].isdigit()):
            raise ValueError(f"{name} {printable(cells[name])[:60]!r} is no place in a text")
        places[name] = int(cells[name]) if cells[name] else None
    try:
        said = json.loads(cells["wordings"] or "[]")
        wordings = tuple((str(language), str(text)) for language, text in said)
    except (ValueError, TypeError) as error:
        raise ValueError("wordings cannot be read") from error
    texts: dict[str, Any] = {
        name: cells[name]
        for name in (
            *("unit", "kind", "canonical_id", "digest", "verdict", "sort", "path"),
            *("article_id", "text", "way"),
        )
    }
    return Judgement(
        **texts,
        **places,
        strata=tuple(filter(None, cells["strata"].split(_BETWEEN))),
        right={name.removeprefix("right_"): cells[name] for name in _CORRECTION if cells[name]},
        wordings=wordings,
    )


def _parse(file: Path, data: bytes) -> dict[Key, Judgement]:
    """The judgements of a file in their order. Raises ``OutputError`` with the line."""
    mend = "mend it, or move the file away to begin anew"
    try:
        text = decode(data)
        header = text.partition("\n")[0]
        separator = max(",;\t", key=header.count)  # spreadsheets write what their country uses
        # Of all of Python: set by whoever reads. A row may have more wordings than it allows.
        csv.field_size_limit(max(csv.field_size_limit(), len(text)))
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        rows = [(reader.line_num, row) for row in reader if any(row)]
    except (csv.Error, Unreadable) as error:
        raise OutputError(f"{file}: cannot be read as a CSV table ({error}); {mend}") from error
    if not rows or tuple(rows[0][1]) != COLUMNS:
        raise OutputError(f"{file}: has not the columns of judgements; {mend}")
    found: dict[Key, Judgement] = {}
    for line, row in rows[1:]:
        if len(row) != len(COLUMNS):
            raise OutputError(f"{file}: line {line}: has {len(row)} cells; {mend}")
        cells = {name: cell.removeprefix(_MARK) for name, cell in zip(COLUMNS, row, strict=True)}
        try:
            judgement = _judgement(cells)
        except ValueError as error:
            raise OutputError(f"{file}: line {line}: {error}; {mend}") from error
        found[judgement.key] = judgement
    return found


def put(file: Path, text: str) -> None:
    """Write a file so that it is there as it was or as it shall be, and never half."""
    half = file.with_name(f".{file.name}.{os.getpid()}.half")
    try:
        with half.open("w", encoding="utf-8", newline="") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        half.replace(file)
    finally:
        half.unlink(missing_ok=True)


class Judgements:
    """The judgements in one folder, read when it is opened and written at every answer."""

    def __init__(self, folder: Path) -> None:
        """Read the file in ``folder``, if there is one. Raises ``OutputError`` when damaged."""
        self.folder = folder
        self.file = folder / NAME
        self._found = self._read()

    def _read(self) -> dict[Key, Judgement]:
        try:
            data = self.file.read_bytes()
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise OutputError(f"{self.file}: cannot be read: {error.strerror}") from error
        return _parse(self.file, data)

    def __iter__(self) -> Any:
        """In the order in which they were given, the last of each thing."""
        return iter(list(self._found.values()))

    def get(self, key: Key) -> Judgement | None:
        """The judgement of a thing, if it has one."""
        return self._found.get(key)

    def check_writable(self) -> None:
        """Make the folder. Raises ``OutputError`` when nothing can be written there."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            put(self.folder / ".probe", "")
            (self.folder / ".probe").unlink()
        except OSError as error:
            raise OutputError(
                f"{self.folder}: cannot be written to ({error.strerror}); "
                "judgements are kept there, make it writable"
            ) from error

    def save(self, *judgements: Judgement, without: tuple[Key, ...] = ()) -> None:
        """Put ``judgements`` in place of those of the same things, and drop ``without``.

        What another window saved meanwhile is kept. Raises ``OutputError`` when it cannot be
        written; the file is then as it was.
        """
        try:
            with FileLock(self.folder / _LOCK, timeout=_WAIT):
                found = self._read()
                for key in (*without, *(j.key for j in judgements)):
                    found.pop(key, None)  # the last answer stands last
                found.update((j.key, j) for j in judgements)
                text = io.StringIO(newline="")
                writer = csv.writer(text, lineterminator="\n")
                writer.writerow(COLUMNS)
                writer.writerows(map(_cells, found.values()))
                put(self.file, text.getvalue())
        except Timeout as error:
            raise OutputError(
                f"{self.folder}: another review is writing here; give the answer again"
            ) from error
        except (OSError, UnicodeEncodeError) as error:
            said = getattr(error, "strerror", None) or error
            raise OutputError(f"{self.file}: cannot be written ({said}); make room") from error
        self._found = found

"""The file of a user's lexicon: a CSV table, checked line by line.

Columns are ``kind``, ``text``, ``id`` and, where wanted, ``language``, ``label``, ``place``,
``date``:

    name   ``text`` is a name of the body ``id``; ``label`` its English name, ``place`` where it is
    same   the body whose id is ``text`` is the body ``id``; ``label`` its English name
    place  ``text`` is a spelling of the place ``id``: its official code or its name; for a place
           that no register has, ``id`` is new, ``label`` its English name and ``place`` the
           province it lies in
    unit   ``text`` is what is counted as ``id``; ``label`` its English name
    document  ``id`` is the number of a document as Vietnam's offices write it, ``label`` its
           subject in English, ``date`` its day of issue; ``text`` is a word or phrase by which an
           article that gives noun and number alone tells its subject, or empty
    none   ``text`` is no body; it has no ``id``
"""

from __future__ import annotations

import copy
import csv
import datetime
import hashlib
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from pipeline import facts, languages
from pipeline.normalise import places
from pipeline.normalise.places import Place, fold, slugify
from pipeline.normalise.references import number_at
from pipeline.read.files import Unreadable, decode, workbook
from pipeline.terminal import printable
from pipeline.user_lexicon import NoBody, OwnDocument, OwnName, OwnPlace, OwnUnit, UserLexicon

REQUIRED = ("kind", "text", "id")
COLUMNS = ("kind", "language", "text", "id", "label", "place", "date")
KINDS = ("name", "same", "place", "unit", "document", "none")

_ONLY_OF = {
    "id": ("name", "same", "place", "unit", "document"),
    "label": ("name", "same", "place", "unit", "document"),
    "place": ("name", "place"),
    "date": ("document",),
}
_MAY_LACK = (("document", "text"), ("none", "id"))
# What an id of two kinds of line is the id of, so that they agree on its label.
_OF_BODIES = {"name": "body", "same": "body"}
_DIGITS_OF_DIGEST = 16
_LONGEST = 200
_SHOWN = 60
_FIRST_LINE = 2  # below the header
_SEGMENT = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_BODY_ID = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT})*")
_PLACE_ID = re.compile(_SEGMENT)
_IN_STORY = re.compile(r"(?:^|/)in-story-")

Cells = dict[str, str]


class LexiconError(ValueError):
    """A lexicon that cannot be used; the message names file and line and says what to do."""


class _Bad(ValueError):
    """What is wrong with one line."""


def _shown(text: str) -> str:
    text = printable(text)
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")


def _one_of(words: tuple[str, ...]) -> str:
    return ", ".join(words[:-1]) + f" or {words[-1]}"


def _body_id(said: str, column: str) -> str:
    if _IN_STORY.search(said):
        raise _Bad(
            f"{_shown(said)} is a body of one story, and its id changes with the stories; say "
            "where it is by the article's place in --metadata, or give its name an id of your own"
        )
    if not _BODY_ID.fullmatch(said):
        better = "/".join(filter(None, map(slugify, said.split("/"))))
        raise _Bad(
            f"{column} {_shown(said)} is no id of a body: small letters and digits, joined by - "
            "and /" + (f", as {better}" if better else "")
        )
    return said


class _Reader:
    """Collects the lines of one file, refusing what contradicts a line before."""

    def __init__(self) -> None:
        self.names: dict[tuple[str, str], OwnName] = {}
        self.places: dict[str, OwnPlace] = {}
        self.units: dict[tuple[str, str], OwnUnit] = {}
        self.documents: dict[tuple[str, str, str], OwnDocument] = {}
        self.same: dict[str, str] = {}
        self.nones: dict[tuple[str, str], NoBody] = {}
        self.bodies: dict[tuple[str, tuple[str, ...]], tuple[bool, int]] = {}
        self.said: dict[tuple[str, str, str], tuple[str, int]] = {}
        self.lines: dict[tuple[str, ...], tuple[str, int]] = {}
        self.new: dict[str, OwnPlace] = {}

    def add(self, cells: Cells, line: int) -> None:
        """One line of the table. Raises ``_Bad`` when it cannot be."""
        kind = cells["kind"].lower()
        kinds: dict[str, Callable[[Cells, int], None]] = {
            "name": self._name,
            "same": self._same,
            "place": self._place,
            "unit": self._unit,
            "document": self._document,
            "none": self._none,
        }
        if kind not in kinds:
            raise _Bad(f"kind {_shown(cells['kind'])}; write {_one_of(KINDS)}")
        for column in ("text", "id"):
            if not cells[column] and (kind, column) not in _MAY_LACK:
                raise _Bad(f"{column} is empty; a {kind} needs it")
            if len(cells[column]) > _LONGEST:
                raise _Bad(f"{column} is longer than {_LONGEST} characters")
        language = cells["language"].lower()
        if language and kind in ("same", "place"):
            raise _Bad(f"a {kind} holds in every language; leave language empty")
        if language and language not in languages.available():
            known = _one_of(languages.available())
            raise _Bad(
                f"no language {_shown(cells['language'])}; write {known}, or nothing for each"
            )
        for column, kinds_with in _ONLY_OF.items():
            if cells[column] and kind not in kinds_with:
                raise _Bad(f"a {kind} has no {column}; leave it empty")
        kinds[kind](cells | {"language": language}, line)

    def _once(self, kind: str, language: str, text: str, identity: str, line: int) -> None:
        """Refuses a text that an earlier line gave another id."""
        first, before = self.lines.setdefault((kind, language, text), (identity, line))
        if first != identity:
            raise _Bad(
                f"this text has the id {_shown(first)} in line {before} and {_shown(identity)} "
                "here; keep one of them"
            )

    def _agreed(self, column: str, cells: Cells, said: str, line: int) -> None:
        """Refuses a label or a place of an id that differs from that of an earlier line."""
        if not said:
            return
        kind = cells["kind"].lower()
        key = (column, _OF_BODIES.get(kind, kind), cells["id"])
        first, before = self.said.setdefault(key, (said, line))
        if first != said:
            raise _Bad(
                f"{_shown(cells['id'])} has the {column} {_shown(first)} in line {before} and "
                f"{_shown(said)} here; keep one of them"
            )

    def of(self, column: str, kind: str, identity: str) -> str | None:
        """The label or the place that any line gives an id."""
        said = self.said.get((column, _OF_BODIES.get(kind, kind), identity))
        return said[0] if said else None

    def _name(self, cells: Cells, line: int) -> None:
        from pipeline.normalise.lexicon import tokenise

        identity = _body_id(cells["id"], "id")
        text = cells["text"]
        words = " ".join(t.word for t in tokenise(text))
        if sum(c.isalnum() for c in words) < 2 or not any(c.isalpha() for c in words):
            raise _Bad(f"text {_shown(text)} is no name: it needs two signs, one of them a letter")
        self._once("name", cells["language"], words, identity, line)
        self._body_or_none(cells, line, is_body=True)
        self._agreed("label", cells, cells["label"], line)
        place = self._known_place(cells["place"]) if cells["place"] else ""
        self._agreed("place", cells, place, line)
        self.names[cells["language"], words] = OwnName(
            text, cells["language"] or None, identity, line=line
        )

    def _none(self, cells: Cells, line: int) -> None:
        from pipeline.normalise.lexicon import tokenise

        text = cells["text"]
        words = " ".join(t.word for t in tokenise(text))
        if not any(c.isalnum() for c in words):
            raise _Bad(f"text {_shown(text)} is no wording: it needs a letter or a digit")
        self._body_or_none(cells, line, is_body=False)
        self.nones[cells["language"], words] = NoBody(text, cells["language"] or None, line)

    def _body_or_none(self, cells: Cells, line: int, *, is_body: bool) -> None:
        """Refuses a text of a body that an earlier line says is none, and the other way round.

        They are compared as where they are used: an article before a name is no part of it.
        """
        from pipeline.normalise.lexicon import bare_words

        codes = [cells["language"]] if cells["language"] else languages.available()
        for words in dict.fromkeys(bare_words(cells["text"], code) for code in codes):
            key = (cells["language"], words)
            was_body, before = self.bodies.setdefault(key, (is_body, line))
            if was_body != is_body:
                said = ("a name", "no body") if was_body else ("no body", "a name")
                raise _Bad(
                    f"this text is {said[0]} in line {before} and {said[1]} here; keep one of them"
                )

    def _same(self, cells: Cells, line: int) -> None:
        other, identity = _body_id(cells["text"], "text"), _body_id(cells["id"], "id")
        self._once("same", "", other, identity, line)
        self._agreed("label", cells, cells["label"], line)
        passed = [other]
        while identity in self.same:
            passed.append(identity)
            identity = self.same[identity]
        if identity in passed:
            raise _Bad(f"{_shown(other)} becomes itself again by the lines before; leave one out")
        self.same[other] = cells["id"]

    def _place(self, cells: Cells, line: int) -> None:
        text, identity = cells["text"], cells["id"]
        words = " ".join(m[0] for m in places.tokens(fold(text)))
        if not words:
            raise _Bad(f"text {_shown(text)} is no name: it needs a letter or a digit")
        known = self._find_place(identity, cells["place"])
        if known is None and not cells["label"]:
            raise _Bad(
                f"no place {_shown(identity)} in the registers of Vietnam"
                + (f" in {_shown(cells['place'])}" if cells["place"] else "")
                + "; for a place of your own give its English name as label"
            )
        if known is not None and cells["label"]:
            raise _Bad(
                f"{_shown(identity)} is {known.name} of the registers of Vietnam, which has its "
                "name; leave label empty, or give another id for a place of your own"
            )
        if known is None and not _PLACE_ID.fullmatch(identity):
            better = slugify(identity)
            raise _Bad(
                f"id {_shown(identity)} is no id of a place: small letters and digits, joined by -"
                + (f", as {better}" if better else "")
            )
        if known is None and not slugify(cells["label"]):
            raise _Bad(f"label {_shown(cells['label'])} is no English name")
        own = known.id if known else identity
        self._once("place", "", words, own, line)
        self._agreed("label", cells, cells["label"], line)
        within = None
        if known is None:
            within = self._known_place(cells["place"]) if cells["place"] else None
            self.new[identity] = OwnPlace(text, identity, cells["label"], within)
        self.places[words] = OwnPlace(text, own, cells["label"] or None, within)

    def _unit(self, cells: Cells, line: int) -> None:
        known: dict[str, str] = facts.data("units")["labels"]
        text, identity = cells["text"], cells["id"]
        if identity not in known and not _PLACE_ID.fullmatch(identity):
            better = slugify(identity)
            raise _Bad(
                f"id {_shown(identity)} is no id of a unit: small letters and digits, joined by -"
                + (f", as {better}" if better else "")
            )
        words = " ".join(fold(text).split())
        if not any(c.isalnum() for c in words):
            raise _Bad(f"text {_shown(text)} is no unit: it needs a letter or a digit")
        self._once("unit", cells["language"], words, identity, line)
        self._agreed("label", cells, cells["label"], line)
        self.units[cells["language"], words] = OwnUnit(
            text, cells["language"] or None, identity, line=line
        )

    def _document(self, cells: Cells, line: int) -> None:
        number = number_at(cells["id"], 0, announced=True)
        if number is None or number.canonical != cells["id"]:
            raise _Bad(
                f"id {_shown(cells['id'])} is no number of a document"
                + (
                    f"; write {number.canonical}"
                    if number
                    else " as Vietnam's offices write it: 21-NQ/TW, 1234/QĐ-TTg, 100/2019/NĐ-CP"
                )
            )
        if cells["text"] and not any(c.isalpha() for c in cells["text"]):
            raise _Bad(f"text {_shown(cells['text'])} tells no subject: it needs a letter")
        if cells["date"]:
            try:
                day = datetime.date.fromisoformat(cells["date"]).isoformat()
            except ValueError:
                day = ""
            if day != cells["date"]:
                raise _Bad(f"date {_shown(cells['date'])} is no day; write it as 2024-12-26")
        self._agreed("label", cells, cells["label"], line)
        self._agreed("date", cells, cells["date"], line)
        text, language = " ".join(cells["text"].split()), cells["language"] or None
        self.documents[number.canonical, language or "", text] = OwnDocument(
            number.canonical, text or None, language, line=line
        )

    def _find_place(self, said: str, within: str) -> Place | None:
        """The place of the registers that a code or a name certainly means."""
        register = places.gazetteer()
        if said in register.by_id:
            return register.by_id[said]
        area = register.by_id.get(self._known_place(within)) if within else None
        if within and area is None:
            return None
        found = [p for p in places.candidates(said) if area is None or places.is_within(p, area)]
        certain = places.resolve(said, None, area)
        if certain is None and len({p.id for p in found}) > 1:
            codes = [f"{p.id} ({p.name_vi})" for p in found]
            raise _Bad(
                f"{_shown(said)} may be several places; give one code as id: "
                + ", ".join(codes[:6])
                + (", …" if len(codes) > 6 else "")
            )
        return certain or (found[0] if found else None)

    def _known_place(self, said: str) -> str:
        """The id of a place that a line names as ``place``."""
        if said in self.new:
            return said
        own = self.places.get(" ".join(m[0] for m in places.tokens(fold(said))))
        if own is not None:
            return own.id
        known = self._find_place(said, "")
        if known is None:
            raise _Bad(
                f"no place {_shown(said)} in the registers of Vietnam or in a line before; check "
                "its spelling or give its code"
            )
        return known.id


def _table(file: Path, data: bytes) -> list[tuple[int, Cells]]:
    """The lines of the table with their numbers. Raises ``LexiconError``."""
    if kind := workbook(data):
        raise LexiconError(f"{file}: is {kind}: save the sheet as CSV (UTF-8)")
    try:
        text = decode(data)
        header = text.partition("\n")[0]
        separator = max(",;\t", key=header.count)  # spreadsheets write what their country uses
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except (csv.Error, Unreadable) as error:
        raise LexiconError(f"{file}: cannot be read as a CSV table: {error}") from error
    rows = [(line, row) for line, row in rows if any(row)]
    columns = [column.lower() for column in rows[0][1]] if rows else []
    while columns and not columns[-1]:
        columns.pop()
    for column in columns:
        if column not in COLUMNS or columns.count(column) > 1:
            wrong = "stands twice" if column in COLUMNS else "is not known"
            raise LexiconError(
                f"{file}: line 1: the column {_shown(column)} {wrong}; its columns are "
                f"{', '.join(COLUMNS)}"
            )
    missing = [column for column in REQUIRED if column not in columns]
    if missing:
        raise LexiconError(
            f"{file}: line 1: no column {' and '.join(map(repr, missing))}; the first line names "
            f"the columns: {', '.join(COLUMNS)}"
        )
    found = []
    for line, row in rows[1:]:
        if any(row[len(columns) :]):
            raise LexiconError(
                f"{file}: line {line}: more cells than columns; put quotes around a text with "
                f"{separator!r}"
            )
        cells = dict(zip(columns, row, strict=False))
        found.append((line, {column: cells.get(column, "") for column in COLUMNS}))
    return found


def checked(lines: Iterable[Cells]) -> tuple[list[Cells], list[tuple[Cells, str]]]:
    """Those of ``lines`` that a lexicon can have together, and the others, each with the reason.

    Of lines that contradict one another the first is kept. A line is a mapping of ``COLUMNS``.
    """
    kept: list[Cells] = []
    refused: list[tuple[Cells, str]] = []
    found = _Reader()
    for cells in sorted(lines, key=lambda cells: cells["kind"] != "place"):
        before = copy.deepcopy(found)  # a refused line leaves nothing behind
        try:
            found.add(cells, len(kept) + _FIRST_LINE)
        except _Bad as error:
            found = before
            refused.append((cells, str(error)))
        else:
            kept.append(cells)
    return kept, refused


def opened(file: Path) -> bytes:
    """The bytes of the lexicon in ``file``. Raises ``LexiconError`` when they cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise LexiconError(f"{file}: cannot be opened: {error.strerror or error}") from error


def read_lexicon(file: Path) -> UserLexicon:
    """The lexicon in ``file``. Raises ``LexiconError`` when it cannot be read or used."""
    return lexicon_in(opened(file), file)


def lexicon_in(data: bytes, file: Path) -> UserLexicon:
    """The lexicon in ``data``, the bytes of ``file``, which is not read, only named in errors.
    Raises ``LexiconError`` when it cannot be used."""
    lines = _table(file, data)
    found = _Reader()
    # Names may be at places that the file itself adds, whichever comes first.
    for line, cells in sorted(lines, key=lambda pair: pair[1]["kind"].lower() != "place"):
        try:
            found.add(cells, line)
        except _Bad as error:
            raise LexiconError(f"{file}: line {line}: {error}") from error
    if not lines:
        raise LexiconError(f"{file}: has no lines below its first; add some or leave it out")

    def last(identity: str) -> str:
        while identity in found.same:
            identity = found.same[identity]
        return identity

    return UserLexicon(
        hashlib.sha256(data).hexdigest()[:_DIGITS_OF_DIGEST],
        tuple(
            replace(
                name,
                label=found.of("label", "name", name.id),
                place=found.of("place", "name", name.id),
            )
            for name in found.names.values()
        ),
        tuple(found.places.values()),
        tuple(replace(u, label=found.of("label", "unit", u.id)) for u in found.units.values()),
        {identity: last(identity) for identity in found.same},
        tuple(
            replace(
                document,
                label=found.of("label", "document", document.id),
                date=found.of("date", "document", document.id),
            )
            for document in found.documents.values()
        ),
        labels={
            identity: label
            for identity in found.same.values()
            if (label := found.of("label", "same", identity))
        },
        nones=tuple(found.nones.values()),
        file=printable(file.name),
        lines=len(lines),
    )

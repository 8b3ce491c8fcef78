"""Tables with an article in each row: JSON lines, JSON, CSV. Parquet stands in ``parquet``."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from pipeline.read.files import Unreadable
from pipeline.read.pieces import Limits, Opening, Piece, read_at_most, too_large
from pipeline.read.said import from_cells

# What the column with the text is called where nobody says it, the most usual name first.
TEXT_COLUMNS = ("text", "body", "content", "article", "isi", "tekst")
# So many rows tell which columns a table of objects has: a first row may lack some.
_PEEKED = 100
_LISTED = 30
_NO_OBJECT = 'no object with columns, such as {"text": "…"}'
# A letter of three bytes may be spelled in six (\\u1ec7), and a row has more than its text.
_LONGEST_ROW = 3
_MARKUP = re.compile(
    r"\s*<(?:!doctype\s+html|!--|\?xml|html|head|body|article|section|main|div|p|h[1-6]|ul|ol|table"
    r"|span|figure|blockquote)\b",
    re.IGNORECASE,
)
_WHOLE_PAGE = re.compile(r"<(?:html|body|article)\b", re.IGNORECASE)


def text_column(columns: Sequence[str], limits: Limits) -> str:
    """The column that has the text: the one the user names, else a usual one.

    Raises ``Unreadable`` with what the columns are when there is none.
    """
    folded = {c.strip().casefold(): c for c in reversed(columns)}
    if limits.text_column is None:
        found = next((folded[c] for c in TEXT_COLUMNS if c in folded), None)
    else:
        wanted = limits.text_column
        found = wanted if wanted in columns else folded.get(wanted.strip().casefold())
    if found is not None:
        return found
    shown = ", ".join(repr(c) for c in columns[:_LISTED]) or "none"
    if len(columns) > _LISTED:
        shown += f" and {len(columns) - _LISTED} more"
    if limits.text_column is None:
        raise Unreadable(
            f"no column is called {', '.join(TEXT_COLUMNS)}; --text-column NAME says which of its "
            f"columns has the text: {shown}"
        )
    raise Unreadable(f"has no column {limits.text_column!r}; its columns are: {shown}")


def article(number: int, cells: Mapping[str, object], column: str, limits: Limits) -> Piece:
    """The article in a row whose text stands in ``column``."""
    text = cells.get(column)
    others = {k.strip().casefold(): v for k, v in cells.items() if k != column}
    said = from_cells(others)
    if text is None:
        text = ""
    if not isinstance(text, str):
        kind = type(text).__name__
        return Piece(number, said=said, problem=f"{column!r} holds no text ({kind}) in this row")
    ending = ".txt"
    if _MARKUP.match(text) and "</" in text:
        ending = ".html"
        if not _WHOLE_PAGE.search(text):  # the article without the page around it
            text = f"<html><body><article>{text}</article></body></html>"
    data = text.encode("utf-8", "replace")  # halves of characters, as JSON can spell them
    if len(data) > limits.max_bytes:
        return Piece(number, said=said, problem=too_large(limits.max_bytes, len(data)))
    return Piece(number, ending, data=data, said=said)


@dataclass(frozen=True, slots=True)
class _Row:
    """A JSON value, or why there is none; ``size`` is how many bytes it was written in."""

    number: int
    value: object
    size: int = 0


def _objects(rows: Iterable[_Row], limits: Limits) -> Iterator[Piece]:
    """The articles in JSON objects."""
    rows = iter(rows)
    peeked: list[_Row] = []
    size = 0
    broken: Exception | None = None
    try:
        for row in rows:
            peeked.append(row)
            size += row.size
            if len(peeked) == _PEEKED or size > limits.max_whole:
                break
    except Exception as error:  # whatever it is: what came before it counts
        broken = error
    first = [row.value for row in peeked if isinstance(row.value, dict)]
    if not first:
        if broken is not None:
            raise broken
        if peeked:
            problem = next((r.value for r in peeked if isinstance(r.value, Unreadable)), _NO_OBJECT)
            raise Unreadable(f"none of its first {len(peeked)} rows can be read: {problem}")
        return
    column = text_column(list(dict.fromkeys(name for value in first for name in value)), limits)
    for row in itertools.chain(peeked, rows):
        if isinstance(row.value, Unreadable):
            yield Piece(row.number, problem=str(row.value))
        elif not isinstance(row.value, dict):
            yield Piece(row.number, problem=_NO_OBJECT)
        elif column not in row.value:
            yield Piece(row.number, problem=f"has no {column!r} in this row")
        else:
            yield article(row.number, row.value, column, limits)
        if broken is not None and row is peeked[-1]:
            raise broken


def _load(text: str | bytes) -> Any:
    """A JSON value. Raises ``Unreadable``."""
    try:
        return json.loads(text)
    except RecursionError:
        raise Unreadable("JSON that is nested too deeply") from None
    except ValueError as error:
        raise Unreadable(f"not JSON: {error}") from None


def _lines(stream: IO[bytes], limit: int) -> Iterator[bytes | None]:
    """The lines of a stream with their ends; ``None`` for one longer than ``limit`` bytes."""
    while line := stream.readline(limit):
        if len(line) < limit or line.endswith(b"\n"):
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(1 << 16)
        yield None


def unpack_jsonl(stream: IO[bytes], ending: str, opening: Opening) -> Iterator[Piece]:
    """The articles in a file with a JSON object in each line. Empty lines are no rows."""
    limits = opening.limits
    longest = _LONGEST_ROW * limits.max_bytes

    def rows() -> Iterator[_Row]:
        number = 0
        for place, line in enumerate(_lines(stream, longest), start=1):
            if place == 1 and line is not None:
                if line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                    raise Unreadable("JSON lines in UTF-16; save it as UTF-8")
                line = line.removeprefix(codecs.BOM_UTF8)
            if line is not None and not line.strip():
                continue
            number += 1
            try:
                if line is None:
                    raise Unreadable(too_large(longest))
                yield _Row(number, _load(line), len(line))
            except Unreadable as error:
                yield _Row(number, Unreadable(f"line {place}: {error}"))

    return _objects(rows(), limits)


def unpack_json(stream: IO[bytes], ending: str, opening: Opening) -> Iterator[Piece]:
    """The articles in a JSON file: a list of objects, or one object."""
    found = _load(read_at_most(stream, opening.limits.max_whole))
    values = found if isinstance(found, list) else [found]
    return _objects((_Row(n, value) for n, value in enumerate(values, start=1)), opening.limits)


class _TextLines:
    """The lines of a CSV file as text, for ``csv.reader``.

    A class and no generator: after a bad line the next one can still be asked for. ``ended`` is
    whether the file was read to its end.
    """

    def __init__(self, stream: IO[bytes], limit: int) -> None:
        self.ended = False
        self._limit = limit
        self.number = 0
        head = stream.read(1 << 12)
        joined = io.BufferedReader(_Joined(head, stream), 1 << 16)
        wide = next((c for b, c in _WIDE if head.startswith(b)), None)
        if wide is None and 4 * head.count(0) > len(head):
            wide = "utf-16-le" if head[1:2] == b"\0" else "utf-16-be"
        text = io.TextIOWrapper(joined, wide, newline="") if wide else None
        self._raw = _lines(joined, limit) if text is None else None
        self._text = text

    def __iter__(self) -> _TextLines:
        return self

    def __next__(self) -> str:
        self.number += 1
        if self._text is not None:
            line = self._text.readline(self._limit)
        else:
            assert self._raw is not None
            raw = next(self._raw, b"")
            if raw is None:
                raise Unreadable(too_large(self._limit))
            line = _western(raw.removeprefix(codecs.BOM_UTF8) if self.number == 1 else raw)
        if not line:
            self.ended = True
            raise StopIteration
        return line


_WIDE = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def _western(line: bytes) -> str:
    """A line in UTF-8 or, as spreadsheets still write it, Windows-1252. Raises ``Unreadable``."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return line.decode("cp1252")
        except UnicodeDecodeError:
            raise Unreadable("not text in UTF-8 or Windows-1252 (a binary file?)") from None


class _Joined(io.RawIOBase):
    """What was read of a stream already, and the rest of it."""

    def __init__(self, head: bytes, stream: IO[bytes]) -> None:
        super().__init__()
        self._head = head
        self._stream = stream

    def readable(self) -> bool:
        """Always: it is for reading alone."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill ``buffer``; gives how many bytes."""
        view = memoryview(buffer)
        data, self._head = self._head[: len(view)], self._head[len(view) :]
        data = data or self._stream.read(len(view))
        view[: len(data)] = data
        return len(data)


def unpack_csv(stream: IO[bytes], ending: str, opening: Opening) -> Iterator[Piece]:
    """The articles in a CSV table with a header, its cells set apart by comma, semicolon or tab."""
    limits = opening.limits
    csv.field_size_limit(limits.max_bytes)  # of all of Python: set anew for each table
    lines = _TextLines(stream, _LONGEST_ROW * limits.max_bytes)
    header_line = next(lines, "")
    separator = "\t" if ending == ".tsv" else max(",;\t", key=header_line.count)
    # What the lines raise, the chain and the reader hand on, and then go on with the next line.
    reader = csv.reader(itertools.chain([header_line], lines), delimiter=separator)
    try:
        header = [c.strip() for c in next(reader, [])]
    except csv.Error as error:
        raise Unreadable(f"cannot be read as a CSV table: {error}") from error
    column = text_column(header, limits)
    number = 0
    while True:
        line = lines.number + 1
        try:
            row = next(reader, None)
        except (csv.Error, Unreadable) as error:
            number += 1
            large = "field limit" in str(error)
            reason = (
                f"{too_large(limits.max_bytes)} (or close its quotation marks)" if large else error
            )
            yield Piece(number, problem=f"line {line}: {reason}")
            continue
        if row is None:
            return
        if row:
            number += 1
            yield _row(number, row, header, column, limits, line, lines.ended)


def _row(
    number: int,
    row: list[str],
    header: list[str],
    column: str,
    limits: Limits,
    line: int,
    at_end: bool,
) -> Piece:
    """The article in a row of a CSV table that begins in ``line``."""
    if at_end:  # a row is given as soon as it is whole; this one still waited for its end
        return Piece(number, problem=f"line {line}: a quotation mark that is never closed")
    if any(row[len(header) :]):
        return Piece(
            number,
            problem=f"line {line}: {len(row)} cells under {len(header)} columns; texts with the "
            "separator in them must stand in quotation marks",
        )
    cells = dict(zip(header, row, strict=False))
    if column not in cells:
        return Piece(number, problem=f"line {line}: only {len(row)} cells, none for {column!r}")
    return article(number, cells, column, limits)

"""A file to the articles in it, one after the other, whatever its size."""

from __future__ import annotations

import gzip
import hashlib
import importlib
import io
import itertools
import lzma
import re
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from pipeline.read import formats
from pipeline.read.discover import Source, is_here, printable
from pipeline.read.files import MAX_BYTES, Document, Unreadable, read_bytes
from pipeline.read.pieces import Limits, Opening, Overgrown, Piece, counted, read_at_most, too_large
from pipeline.read.said import NOTHING, Sidecar

_HEX_DIGITS = 32
_NUMBERS = re.compile(r"(#\d+)+$")
_BROKEN = (
    EOFError,
    gzip.BadGzipFile,
    lzma.LZMAError,
    struct.error,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
)
_CHANGED = "changed while it was read; run again when it is at rest"


@dataclass(frozen=True, slots=True)
class Record:
    """One article as it lies in a file or inside one, not yet parsed.

    ``path`` is what results show: that of the file, and ``#N`` for each file that it lies inside,
    counted from 1 in the order there. ``data`` is what is parsed, the way ``ending`` (``.html``)
    says; text out of a table is UTF-8. ``said`` is what the file around it says of it. ``problem``
    is why there is nothing to parse; then ``data`` is empty. ``member`` is what it is called inside
    the file. ``digest`` has 32 hexadecimal digits of SHA-256: the same content has the same digest
    wherever it lies, but each problem its own.
    """

    path: str
    ending: str
    data: bytes
    said: Sidecar = NOTHING
    problem: str | None = None
    member: str | None = None
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        """Compute ``digest``."""
        said = self.said
        parts = [
            self.ending,
            said.title,
            said.published and said.published.isoformat(),
            said.source_url,
            said.place,
            self.problem,
            self.path if self.problem is not None else None,
        ]
        # repr tells None from any text and marks where each part ends.
        digest = hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass"))
        digest.update(self.data)
        object.__setattr__(self, "digest", digest.hexdigest()[:_HEX_DIGITS])

    @property
    def names(self) -> tuple[str, ...]:
        """The paths by which a sidecar table may call it: ``a.zip#3``, ``a.zip/folder/b.txt``."""
        if self.member is None:
            return (self.path,)
        return self.path, f"{_NUMBERS.sub('', self.path)}/{self.member}"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where something lies: the path that results show, and its name inside the file."""

    path: str
    member: str | None = None

    def of(self, piece: Piece) -> _Place:
        """The place of a piece of what lies here."""
        if piece.name is not None:
            name = printable(piece.name.replace("\\", "/"))
            member: str | None = f"{self.member}/{name}" if self.member else name
        else:
            member = f"{self.member}#{piece.number}" if self.member else None
        return _Place(f"{self.path}#{piece.number}", member)


def _problem(place: _Place, reason: str, said: Sidecar = NOTHING) -> Record:
    return Record(place.path, "", b"", said, printable(reason), place.member)


def _reason(error: Exception) -> str:
    """Why a library could not read what it was given, for the user."""
    if isinstance(error, Unreadable):
        return str(error)
    if isinstance(error, _BROKEN):
        return f"broken or cut short ({error}); copy or download it again"
    if isinstance(error, OSError):
        return f"cannot be opened: {error.strerror or error}"
    if isinstance(error, MemoryError):
        return "needs more memory than there is"
    return f"cannot be read: {type(error).__name__}: {error}"


def _unpacked(stream: IO[bytes], compression: str, opening: Opening) -> IO[bytes]:
    """The stream inside a stream that was compressed as a whole."""
    module, _, name = formats.COMPRESSIONS[compression].partition(":")
    opener: Any = getattr(importlib.import_module(module), name)
    return counted(opener(stream) if module != "gzip" else opener(fileobj=stream), opening)


def _articles(
    place: _Place,
    ending: str,
    stream: IO[bytes],
    said: Sidecar,
    opening: Opening,
    depth: int,
) -> Iterator[Record]:
    """The records of one file or member, whatever it is. Raises nothing but ``Overgrown``."""
    limits = opening.limits
    inner, compression = formats.packed(ending)
    kind = formats.of(inner)
    try:
        if compression:
            stream = _unpacked(stream, compression, opening)
        if kind is None:
            again = formats.packed(inner)[1] is not None
            raise Unreadable("packed twice; unpack it once" if again else formats.not_read(ending))
        if not kind.many:
            yield Record(
                place.path, inner, read_at_most(stream, limits.max_bytes), said, None, place.member
            )
            return
        if depth >= limits.max_depth:
            raise Unreadable(
                f"more than {limits.max_depth} archives in one another; unpack the outer ones"
            )
        if kind.whole and (depth or compression):
            stream = io.BytesIO(read_at_most(stream, limits.max_whole))
        for piece in kind.load()(stream, inner, opening):
            here = place.of(piece)
            if piece.problem is not None:
                yield _problem(here, piece.problem, piece.said)
            elif piece.open is None:
                yield Record(here.path, piece.ending, piece.data, piece.said, None, here.member)
            else:
                yield from _member(here, piece, opening, depth + 1)
    except Overgrown:
        raise
    except Exception as error:  # libraries meet hostile files: whatever it is, it is this one's
        yield _problem(place, _reason(error), said)


def _member(place: _Place, piece: Piece, opening: Opening, depth: int) -> Iterator[Record]:
    """The records of a piece that must be opened first."""
    assert piece.open is not None
    try:
        stream = piece.open()
    except Overgrown:
        raise
    except Exception as error:  # see _articles
        yield _problem(place, _reason(error), piece.said)
        return
    with stream:
        yield from _articles(place, piece.ending, stream, piece.said, opening, depth)


def _look(file: Path) -> tuple[int, object]:
    """The size of a plain file, and what is another when it was changed.

    Raises ``Unreadable`` for what is no plain file.
    """
    try:
        status = file.stat()
    except OSError as error:
        raise Unreadable(f"cannot be opened: {error.strerror or error}") from error
    if stat.S_ISDIR(status.st_mode):
        raise Unreadable("a folder that cannot be listed")
    if not stat.S_ISREG(status.st_mode):
        raise Unreadable("not a plain file")
    as_info: Any = getattr(status, "as_info", None)
    if as_info is None:
        return status.st_size, (status.st_size, status.st_mtime_ns, status.st_ino)
    # Elsewhere than on a disk: what the store says of the object.
    info = as_info()
    marks = ("size", "ETag", "etag", "md5Hash", "LastModified", "mtime", "created")
    return status.st_size, tuple(str(info.get(mark)) for mark in marks)


def _opened(file: Path) -> IO[bytes]:
    """A file to read. Those of stores lack some of what the readers of lines need."""
    stream = file.open("rb")
    return stream if is_here(file) else io.BufferedReader(stream)


def _file(source: Source, limits: Limits) -> Iterator[Record]:
    """The records of one file. Raises ``Overgrown``, and what opening it raises."""
    place = _Place(source.path)
    ending = source.ending or formats.ending_of(source.file.name)
    inner, compression = formats.packed(ending)
    kind = formats.of(inner)
    if kind is None and source.named and not compression:
        ending, kind = ".txt", formats.of(".txt")
    many = kind is not None and kind.many
    for _ in range(2):
        size, before = _look(source.file)
        if kind is None:
            raise Unreadable(formats.not_read(ending))
        if not many and not compression and size > limits.max_bytes:
            raise Unreadable(too_large(limits.max_bytes, size))
        with _opened(source.file) as stream:
            found = _articles(place, ending, stream, source.said, Opening(limits, size), 0)
            kept = []
            none = True
            for record in found:
                none = False
                if many and record.path != source.path:
                    yield record
                else:  # judged when it is known whether the file was at rest
                    kept.append(record)
            if none:
                kept.append(_problem(place, "no articles in it", source.said))
        if _look(source.file)[1] == before:
            yield from kept
            return
        if many:
            break
    raise Unreadable(_CHANGED)


def records(source: Source, limits: Limits | None = None, skip: int = 0) -> Iterator[Record]:
    """The articles in ``source``, one after the other, without the first ``skip`` of them.

    No more of a file than one article (of an archive inside an archive: that) is held in memory.
    The same file gives the same records in the same order. Nothing is raised for a bad file: what
    cannot be read is a record with a ``problem``, and what can be read of the rest goes on.
    """
    return itertools.islice(_records(source, limits or Limits()), skip, None)


def _records(source: Source, limits: Limits) -> Iterator[Record]:
    place = _Place(source.path)
    if source.problem is not None:
        yield _problem(place, source.problem, source.said)
        return
    try:
        yield from _file(source, limits)
    except Overgrown as error:
        yield _problem(place, str(error), source.said)
    except Exception as error:  # stores of objects raise what they like
        yield _problem(place, _reason(error), source.said)


def parse(record: Record) -> Document:
    """The article of a record. Raises ``Unreadable`` with the reason for its row."""
    if record.problem is not None:
        raise Unreadable(record.problem)
    return read_bytes(record.data, record.ending)


def read(file: Path, *, named: bool = False, max_bytes: int = MAX_BYTES) -> Document:
    """The article in ``file``. A file that the user ``named`` is read as text whatever its ending.

    Raises ``Unreadable`` with the reason for the file's row: of a kind that is not read, no plain
    file, larger than ``max_bytes`` (it is never cut), not to be opened, no text, or several
    articles.
    """
    source = Source(file.name, file, named=named)
    found = list(itertools.islice(records(source, Limits(max_bytes=max_bytes)), 2))
    if len(found) != 1:
        raise Unreadable("holds several articles; selaras run reads them" if found else "is empty")
    return parse(found[0])

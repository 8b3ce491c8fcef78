"""What a file that holds several articles is taken apart into, and how much of it at most."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from pipeline.read.files import MAX_BYTES, Unreadable
from pipeline.read.said import NOTHING, Sidecar

# What must be held in memory whole (an archive inside an archive) may be so many articles large.
_WHOLE = 10
_BLOCK = 1 << 18


class Overgrown(Exception):
    """A file unpacks to more than is allowed: it is read no further. The message is the reason."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read of one file, and where in its rows the articles stand.

    ``max_bytes`` is of one article. ``max_depth`` is how many archives may lie in one another,
    ``max_members`` how many files in one. ``max_expanded`` is how many bytes one file may unpack
    to, and ``max_ratio`` how many times its own size; the ratio is judged past ``judged_from``
    bytes. ``text_column`` is the column of a table that has the text; ``None`` takes a usual one.
    """

    max_bytes: int = MAX_BYTES
    max_depth: int = 3
    max_members: int = 1_000_000
    max_expanded: int = 50_000_000_000
    max_ratio: int = 200
    judged_from: int = 100_000_000
    text_column: str | None = None

    @property
    def max_whole(self) -> int:
        """How many bytes may be held in memory to take a file apart."""
        return _WHOLE * self.max_bytes


class Opening:
    """One file that is being taken apart: its limits, and what it has unpacked to so far."""

    def __init__(self, limits: Limits, size: int) -> None:
        self.limits = limits
        self._size = max(size, 1)
        self._expanded = 0

    def spend(self, count: int) -> None:
        """Count bytes that were unpacked. Raises ``Overgrown`` when they are too many."""
        self._expanded += count
        limits = self.limits
        if self._expanded > limits.max_expanded:
            raise Overgrown(
                f"unpacks to more than {limits.max_expanded / 1e9:g} GB; split it into smaller ones"
            )
        if self._expanded > max(limits.judged_from, limits.max_ratio * self._size):
            raise Overgrown(
                f"unpacks to more than {limits.max_ratio} times its size (made to fill the memory?)"
                "; unpack it yourself if you trust it"
            )


class Counted(io.RawIOBase):
    """A stream of what was packed, each byte of it counted as it is read."""

    def __init__(self, stream: IO[bytes], opening: Opening, size: int | None) -> None:
        super().__init__()
        self._stream = stream
        # What can be unpacked is given before an error, where a stream ends too early.
        self._read: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
        self._opening = opening
        self._left = size

    def readable(self) -> bool:
        """Always: it is for reading alone."""
        return True

    def close(self) -> None:
        """Close the stream that it counts."""
        self._stream.close()
        super().close()

    def readinto(self, buffer: object) -> int:
        """Fill ``buffer``; gives how many bytes. Raises ``Overgrown``, ``EOFError``."""
        view = memoryview(buffer)  # type: ignore[arg-type]
        data = self._read(min(len(view), _BLOCK))
        view[: len(data)] = data
        self._opening.spend(len(data))
        if self._left is not None:
            self._left -= len(data)
            if not data and self._left:
                raise EOFError("less of it is there than its archive says")
        return len(data)


def counted(stream: IO[bytes], opening: Opening, size: int | None = None) -> IO[bytes]:
    """``stream`` with all that is read from it counted against the limits of ``opening``.

    With ``size`` reading it raises ``EOFError`` when it ends before so many bytes.
    """
    return io.BufferedReader(Counted(stream, opening, size), _BLOCK)


def read_at_most(stream: IO[bytes], limit: int) -> bytes:
    """All of ``stream``, never cut. Raises ``Unreadable`` when it is more than ``limit`` bytes."""
    blocks, size = [], 0
    while block := stream.read(
        _BLOCK
    ):  # a read of all would ask for the memory before it is needed
        blocks.append(block)
        size += len(block)
        if size > limit:
            raise Unreadable(too_large(limit))
    return b"".join(blocks)


def too_large(limit: int, size: int | None = None) -> str:
    """The reason for what is larger than ``limit`` bytes."""
    begin = f"{size / 1e6:.0f} MB, over" if size else "over"
    return (
        f"{begin} the limit of {limit / 1e6:g} MB a file; "
        "split it into articles, or raise --max-megabytes"
    )


@dataclass(frozen=True, slots=True)
class Piece:
    """Something in a file, in the order it lies there.

    ``number`` counts from 1. ``name`` is what it is called there, ``None`` for a row of a table.
    Its bytes are ``data``, or what ``open`` gives. ``ending`` is that of its kind. With a
    ``problem`` there is nothing to read, and this is why.
    """

    number: int
    ending: str = ""
    name: str | None = None
    data: bytes = b""
    open: Callable[[], IO[bytes]] | None = None
    said: Sidecar = NOTHING
    problem: str | None = None

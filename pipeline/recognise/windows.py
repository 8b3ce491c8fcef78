"""Long texts in overlapping windows, so that nothing is cut off and every name is taken once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

LONGEST = 20_000  # characters that a library gets at once; a longer line is read in windows
OVERLAP = 400

# A word with what is written into it (Noord-Holland, d'Ivoire, U.N), or one sign.
WORD = re.compile(r"[\w\u0300-\u036f]+(?:[-'’.&/][\w\u0300-\u036f]+)*|[^\w\s]")
# Half a character: no tokeniser takes it.
_SURROGATE = re.compile("[\ud800-\udfff]")


class Window(NamedTuple):
    """``[start, end)`` is shown to the model; names that begin in ``[first, last)`` are taken."""

    start: int
    end: int
    first: int
    last: int


def lines(text: str, longest: int = LONGEST, overlap: int = OVERLAP) -> Iterator[Window]:
    """The lines of ``text`` that are not blank, in code points; long ones in several windows."""
    position = 0
    for line in text.split("\n"):
        end = position + len(line)
        start = position
        while end - start > longest:
            cut = text.rfind(" ", start + longest // 2, start + longest)
            cut = cut if cut > 0 else start + longest
            first = start if start == position else start + overlap // 2
            yield Window(start, cut, first, cut - overlap // 2)
            start = cut - overlap
        if line.strip():
            yield Window(start, end, start if start == position else start + overlap // 2, end)
        position = end + 1


def parts(total: int, room: int, context: int) -> Iterator[Window]:
    """``total`` words or pieces in windows of at most ``room``, ``context`` of which on each inner
    side are shown only to be seen."""
    if total <= room:
        yield Window(0, total, 0, total)
        return
    core = room - 2 * context
    for first in range(0, total, core):
        last = min(first + core, total)
        yield Window(max(0, first - context), min(total, last + context), first, last)


def readable(text: str) -> str:
    """``text``, equally long, without what a tokeniser refuses."""
    return _SURROGATE.sub("\ufffd", text)

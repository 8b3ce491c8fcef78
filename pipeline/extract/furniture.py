"""Page furniture: lines of the site and not of the article, such as source and comment lines."""

from __future__ import annotations

import datetime
import re
from functools import cache
from typing import NamedTuple

from pipeline import languages
from pipeline.records import Span

_LINE = re.compile(r"[^\n]+")
_ADDRESS = re.compile(r"https?://[^\s<>\"“”]+[^\s<>\"“”.,;:!?)\]']")
# The date that many news sites write into an address: /2024/05/19/, -20240519-, /19-5-2024.
_DATE_IN_ADDRESS = re.compile(
    r"(?<!\d)(?:(?P<y1>20\d\d)[/-]?(?P<m1>0[1-9]|1[0-2])[/-]?(?P<d1>0[1-9]|[12]\d|3[01])"
    r"|(?P<d2>[0-3]?\d)-(?P<m2>[01]?\d)-(?P<y2>20\d\d))(?:\d{6})?(?!\d)"
)
_LONGEST_LINE = 300  # a longer line is prose, whatever it begins with


class Furniture(NamedTuple):
    """The furniture of a text: its spans, and the address in its source line if there is one."""

    spans: list[Span]
    source_url: str | None


@cache
def _patterns(codes: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    data = [languages.data(code, "furniture") for code in codes]
    lines = "|".join(p for d in data for p in d["lines"])
    labels = "|".join(re.escape(p) for d in data for p in d["source_labels"])
    return (
        re.compile(rf"(?:{lines})", re.IGNORECASE),
        re.compile(rf"(?:{labels})\s*(?::|$)", re.IGNORECASE),
    )


def furniture(text: str, language: str | None = None) -> Furniture:
    """The page furniture of ``text``; with no ``language``, that of every known language.

    Offsets are code points, half-open. Addresses anywhere in the text are furniture too: the
    digits in them count nothing.
    """
    codes = (language,) if language else languages.available()
    whole_line, source_line = _patterns(codes)
    spans: list[Span] = []
    source_url = None
    for match in _LINE.finditer(text):
        raw = match.group()
        line = raw.strip()
        if not line or len(line) > _LONGEST_LINE:
            spans += [
                (match.start() + a.start(), match.start() + a.end()) for a in _ADDRESS.finditer(raw)
            ]
            continue
        start = match.start() + raw.index(line)
        address = _ADDRESS.search(line)
        bare = address is not None and address.group() == line
        if whole_line.fullmatch(line) or bare or source_line.match(line):
            spans.append((start, start + len(line)))
            if address and (bare or source_line.match(line)):
                source_url = address.group()
        else:
            spans += [(start + a.start(), start + a.end()) for a in _ADDRESS.finditer(line)]
    return Furniture(spans, source_url)


def date_in_address(url: str) -> datetime.date | None:
    """The day that a news address holds (``…/2024/05/19/…``), or ``None``."""
    for match in _DATE_IN_ADDRESS.finditer(url):
        part = match.groupdict()
        year, month, day = (part[k + "1"] or part[k + "2"] for k in "ymd")
        try:
            return datetime.date(int(year), int(month), int(day))
        except ValueError:
            continue
    return None


def without_furniture(text: str) -> str:
    """``text`` with blanks in the place of its furniture: what language detection looks at.

    Offsets stay.
    """
    pieces, position = [], 0
    for start, end in furniture(text).spans:
        pieces += [text[position:start], " " * (end - start)]
        position = end
    pieces.append(text[position:])
    return "".join(pieces)

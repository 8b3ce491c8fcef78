"""Text to sentences, by rule: enough to show a reader where a thing stands."""

from __future__ import annotations

import bisect
import re
from functools import cache

from pipeline import languages
from pipeline.records import Span

# A sentence ends at . ! ? or an ellipsis, closing quotes or brackets included, before white space.
_END = re.compile(r"(?:\.{1,3}|[!?…]+)[\"'”’»)\]]*(?=\s)|\n+")
_LAST_WORD = re.compile(r"[^\s(\[\"'“‘«]+$")
_STARTS_LOWER = re.compile(r"\s*[\"'“‘«(\[]*[a-zà-ÿ]")
_NUMBERING = re.compile(r"(?:^|\n)\s*(?:\d{1,3}|[a-zA-Z])\.$")


@cache
def _abbreviations(language: str) -> frozenset[str]:
    return frozenset(languages.data(language, "sentences")["abbreviations"])


def _ends_sentence(text: str, start: int, end: int, abbreviations: frozenset[str]) -> bool:
    """Whether the punctuation ``text[start:end]`` closes the sentence it stands in."""
    mark = text[start]
    if mark != ".":
        return True
    window = text[max(0, start - 40) : start]
    found = _LAST_WORD.search(window)
    word = found.group().lower() if found else ""
    if word in abbreviations or (len(word) == 1 and word.isalpha()):
        return False
    if _NUMBERING.search(text[max(0, start - 8) : start + 1]):
        return False
    return not _STARTS_LOWER.match(text, end)


def sentences(text: str, language: str) -> list[Span]:
    """The sentences of ``text`` as half-open code-point offsets, in order, without blank edges.

    A line break always ends a sentence, so a title, a caption or a list item is one of its own.
    Raises ``languages.UnknownLanguage`` for a language that has no data.
    """
    abbreviations = _abbreviations(language)
    spans: list[Span] = []
    begin = 0

    def add(start: int, end: int) -> None:
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if start < end:
            spans.append((start, end))

    for match in _END.finditer(text):
        if text[match.start()] == "\n" or _ends_sentence(
            text, match.start(), match.end(), abbreviations
        ):
            add(begin, match.end())
            begin = match.end()
    add(begin, len(text))
    return spans


def containing(spans: list[Span], start: int, end: int) -> Span:
    """The sentence around ``start``, widened to the one around ``end`` when a thing crosses both.

    ``spans`` are the sorted sentences of a text. Returns ``(start, end)`` itself when no sentence
    holds it, so that the answer always covers what was asked for.
    """
    first = bisect.bisect_right(spans, (start, float("inf"))) - 1
    last = bisect.bisect_right(spans, (end - 1, float("inf"))) - 1
    low = spans[first][0] if first >= 0 and spans[first][1] > start else start
    high = spans[last][1] if last >= 0 and spans[last][1] >= end else end
    return low, high

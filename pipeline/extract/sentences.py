"""Text to sentences, by rule: enough to show a reader where a thing stands."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from pipeline import languages
from pipeline.records import Span

# A sentence ends at . ! ? or an ellipsis, closing quotes or brackets included, before white space
# and something other than a small letter.
_STOP = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’»)\]]*+(?=\s)")
_LINE_END = re.compile(r"[\n\r\u2028\u2029\x0b\x0c\x85]")
_OPENING = "\"'“‘«([„"
_LONGEST_ABBREVIATION = 20


@cache
def _abbreviations(language: str) -> frozenset[str]:
    return frozenset(languages.data(language, "sentences")["abbreviations"])


def _lines(text: str) -> Iterator[Span]:
    start = 0
    for match in _LINE_END.finditer(text):
        yield start, match.start()
        start = match.end()
    yield start, len(text)


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _goes_on(text: str, begin: int, stop: re.Match[str], abbreviations: frozenset[str]) -> bool:
    """Whether the sentence that began at ``begin`` goes on behind a ``stop`` inside its line."""
    after = stop.end()
    while after < len(text) and (text[after].isspace() or text[after] in _OPENING):
        after += 1
    if after < len(text) and text[after].islower():
        return True
    if stop.group() != ".":
        return False
    start = stop.start()
    while start > max(begin, stop.start() - _LONGEST_ABBREVIATION) and not (
        text[start - 1].isspace() or text[start - 1] in _OPENING
    ):
        start -= 1
    word = text[start : stop.start()]
    if word.lower() in abbreviations or (len(word) == 1 and word.isalpha()):
        return True
    return start == begin and (word.isdigit() or len(word) == 1)  # "1. " numbers a list


def sentences(text: str, language: str) -> list[Span]:
    """The sentences of ``text`` as half-open code-point offsets, in order, without blank edges.

    A line break always ends a sentence, so a title, a caption or a list item is one of its own.
    Takes time linear in the text. Raises ``languages.UnknownLanguage`` for a language that has no
    data.
    """
    return list(_sentences(text, language))


@lru_cache(maxsize=2)  # each reader of an article asks
def _sentences(text: str, language: str) -> tuple[Span, ...]:
    abbreviations = _abbreviations(language)
    spans: list[Span] = []
    for line_start, line_end in _lines(text):
        begin, line_end = _trimmed(text, line_start, line_end)
        for stop in _STOP.finditer(text, begin, line_end):
            if not _goes_on(text, begin, stop, abbreviations):
                spans.append((begin, stop.end()))
                begin, _ = _trimmed(text, stop.end(), line_end)
        if begin < line_end:
            spans.append((begin, line_end))
    return tuple(spans)


def containing(spans: Sequence[Span], start: int, end: int) -> Span:
    """The sentence around ``start``, widened to the one around ``end`` when a thing crosses both.

    ``spans`` are the sorted sentences of a text. Returns ``(start, end)`` itself when no sentence
    holds it, so that the answer always covers what was asked for.
    """
    first = bisect.bisect_right(spans, (start, float("inf"))) - 1
    last = bisect.bisect_right(spans, (end - 1, float("inf"))) - 1
    low = spans[first][0] if first >= 0 and spans[first][1] > start else start
    high = spans[last][1] if last >= 0 and spans[last][1] >= end else end
    return low, high

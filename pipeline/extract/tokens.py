"""Text to sentences and tokens, for the extractors that read numbers in their context.

Offsets are code points into the whole text. Every pattern here is linear: no part of the
text is looked at more than a fixed number of times.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

NUMBER, WORD, SYMBOL, ADDRESS = "n", "w", "s", "a"

# A sentence longer than this is cut at white space, so that no window grows with the article.
LONGEST = 20_000

_TOKEN = re.compile(
    r"(?P<a>(?:https?://|www\.)\S+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+)"
    r"|(?P<n>[0-9]+(?:[.,][0-9]+)*)"
    r"|(?P<w>[^\W\d_]+(?:[\u0300-\u036f'’\u2010\u2011-][^\W\d_]+)*)"
    r"|(?P<s>\S)"
)
_LINE_END = re.compile(r"[\n\r\u2028\u2029\x0b\x0c\x85]")
_STOP = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’»)\]]*+(?=\s)")


class Token(NamedTuple):
    """A piece of text: a number in digits, a word, one other sign, or an address."""

    kind: str
    text: str
    lower: str
    start: int
    end: int


def tokenise(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """The tokens of ``text[start:end]``, white space left out, offsets into ``text``."""
    tokens = []
    for match in _TOKEN.finditer(text, start, len(text) if end is None else end):
        surface = match.group()
        tokens.append(
            Token(match.lastgroup or SYMBOL, surface, surface.lower(), match.start(), match.end())
        )
    return tokens


def lines(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every line, its end not included."""
    start = 0
    for match in _LINE_END.finditer(text):
        if match.start() > start:
            yield start, match.start()
        start = match.end()
    if start < len(text):
        yield start, len(text)


def sentences(
    text: str, start: int, end: int, abbreviations: frozenset[str] = frozenset()
) -> Iterator[tuple[int, int]]:
    """Start and end of the sentences of one line.

    A full stop ends a sentence before white space and a capital, a digit or an opening mark,
    unless the word before it is one letter or one of ``abbreviations`` (lower case).
    """
    begin = start
    for match in _STOP.finditer(text, start, end):
        after = match.end()
        while after < end and text[after].isspace():
            after += 1
        if after >= end:
            break
        first = text[after]
        if first.islower():
            continue
        if match.group() == ".":
            word = match.start()
            while word > begin and match.start() - word < 20 and text[word - 1].isalnum():
                word -= 1
            before = text[word : match.start()]
            if before.lower() in abbreviations or (len(before) == 1 and before.isalpha()):
                continue
            if before.isdigit() and word == begin:
                continue  # "1. " numbers a list
        yield from _cut(text, begin, match.end())
        begin = after
    if begin < end:
        yield from _cut(text, begin, end)


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > LONGEST:
        cut = text.rfind(" ", start, start + LONGEST)
        cut = start + LONGEST if cut <= start else cut
        yield start, cut
        start = cut
    yield start, end

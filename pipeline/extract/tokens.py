"""Text to tokens, for the extractors that read numbers in their context.

Offsets are code points into the whole text. Every pattern here is linear: no part of the
text is looked at more than a fixed number of times.
"""

from __future__ import annotations

import re
from typing import NamedTuple

NUMBER, WORD, SYMBOL, ADDRESS = "n", "w", "s", "a"

_TOKEN = re.compile(
    r"(?P<a>(?:https?://|www\.)\S+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+)"
    r"|(?P<n>[0-9]+(?:[.,][0-9]+)*)"
    r"|(?P<w>[^\W\d_]+(?:[\u0300-\u036f'’\u2010\u2011-][^\W\d_]+)*)"
    r"|(?P<s>\S)"
)


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

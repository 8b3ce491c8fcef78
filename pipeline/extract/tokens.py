"""Text to tokens, for the extractors that read numbers in their context.

Offsets are code points into the whole text. Every pattern here is linear: no part of the
text is looked at more than a fixed number of times.
"""

from __future__ import annotations

import re
from typing import NamedTuple

NUMBER, WORD, SYMBOL, ADDRESS = "n", "w", "s", "a"

# A sign for a fraction is a token of its own: "3½", "½uur".
_VULGAR = "\u00bc-\u00be\u2150-\u215e"
_LETTER = rf"[^\W\d_{_VULGAR}]"
_PLAIN = (
    r"(?P<n>[0-9]+(?:[.,][0-9]+)*)"
    rf"|(?P<w>[{_VULGAR}]|{_LETTER}+(?:[\u0300-\u036f'’\u2010\u2011-]{_LETTER}+)*)"
    r"|(?P<s>\S)"
)
_ADDRESS = r"(?P<a>(?:https?://|www\.)\S+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+)"
_TOKEN = re.compile(_PLAIN)
_TOKEN_OR_ADDRESS = re.compile(f"{_ADDRESS}|{_PLAIN}")


class Token(NamedTuple):
    """A piece of text: a number in digits, a word, one other sign, or an address."""

    kind: str
    text: str
    lower: str
    start: int
    end: int


def tokenise(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """The tokens of ``text[start:end]``, white space left out, offsets into ``text``."""
    stop = len(text) if end is None else end
    find = text.find
    # Without one of these signs no address is there, and nobody need look for one at every word.
    plain = find("@", start, stop) < 0 and find("://", start, stop) < 0
    pattern = _TOKEN if plain and find("www.", start, stop) < 0 else _TOKEN_OR_ADDRESS
    new = tuple.__new__  # half the time of Token(...), and this is where the time goes
    return [
        new(Token, (m.lastgroup, surface := m.group(), surface.lower(), *m.span()))
        for m in pattern.finditer(text, start, stop)
    ]

"""A text as words and signs, each with where it stands and how it is written."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from pipeline.normalise.places import fold

_TOKEN = re.compile(
    r"[^\W_][\u0300-\u036f]*(?:[^\W_][\u0300-\u036f]*|['\u2019](?=[^\W\d_]))*|[^\w\s\-\u2010-\u2015]"
)
_DASHES = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2015")


class Token(NamedTuple):
    """A word or a sign: ``text[start:end]``; ``dash`` says that a dash stands before it."""

    start: int
    end: int
    word: str
    capital: bool
    upper: bool
    dash: bool
    glued: bool
    exact: str


def tokenise(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """The words and signs of ``text[start:end]``; dashes are kept as marks of the next word."""
    found: list[Token] = []
    new = tuple.__new__  # half the time of Token(...), and this is where the time goes
    last = start
    for m in _TOKEN.finditer(text, start, len(text) if end is None else end):
        raw = m[0]
        begin, stop = m.span()
        gap = text[last:begin]
        plain = raw.isascii()
        capital = raw[0].isupper()
        found.append(
            new(
                Token,
                (
                    begin,
                    stop,
                    raw.lower() if plain else fold(raw).replace("\u2019", "'"),
                    capital,
                    capital and len(raw) > 1 and raw.isupper(),
                    gap != " " and not _DASHES.isdisjoint(gap),
                    not gap or gap in _DASHES,
                    "" if plain else unicodedata.normalize("NFC", raw).lower(),
                ),
            )
        )
        last = stop
    return found


@lru_cache(1 << 15)  # the lexicons of a language share most of their phrases
def phrase_words(text: str) -> tuple[str, ...]:
    """The words of a phrase as ``Token.word`` has them."""
    return tuple(t.word for t in tokenise(text))

"""A given name read whole: with all that is known of names, as it is known to be one.

Beside the words of its language it may have English ones, which translations leave standing,
plurals and abbreviations.
"""

from __future__ import annotations

import re

from pipeline.normalise import places
from pipeline.normalise.lexicon.entries import (
    Lexicon,
    abbreviations,
    lexicon,
    opening_words,
    with_english,
    without_names,
)
from pipeline.normalise.lexicon.parts import Parsed
from pipeline.normalise.lexicon.reader import Reader
from pipeline.normalise.lexicon.settling import settled
from pipeline.normalise.lexicon.tokens import phrase_words, tokenise

_WORD = re.compile(r"\w+")
# English names the owner first (``the Party Committee's Inspection Commission``).
_OWNER = re.compile(r"^(.*(?:Committee|Assembly|Government|Ministry|Department))['\u2019]s (.+)$")


def parse(text: str, language: str, strict: bool = False) -> Parsed | None:
    """``text`` read as the name of one body; ``None`` when it has no head that is known.

    What the language's own words leave unread is also read with the English ones, which
    translations leave standing, and so taken where that leaves less unread.
    """
    own = _parse(text, lexicon(language), strict)
    unread = _unread(own)
    if not strict and unread:
        long = _WORD.sub(lambda m: abbreviations(language).get(m[0], m[0]), text)
        if long != text or not opening_words(language).isdisjoint(phrase_words(text)):
            long = _OWNER.sub(r"\2 of \1", long)
            whole = _parse(long, with_english(language), strict)
            own = whole if _unread(whole) < unread else own
    return own if own is None or strict else settled(own)


def parse_by_parts(text: str, language: str) -> Parsed | None:
    """``text`` read as by ``parse``, but no body known by its name: head, fields, what is left."""
    own = _parse(text, without_names(language), False)
    return own if own is None else settled(own)


def _parse(text: str, lex: Lexicon, strict: bool) -> Parsed | None:
    tokens = tokenise(text)
    if not tokens:
        return None
    first = 0
    while first < len(tokens) - 1 and tokens[first].word in lex.articles:
        if any(m.sort == "name" for m in lex.matches(tokens, first)):
            break
        first += 1
    reader = Reader(lex, tokens, strict)
    reader.plain = lex.opens_plain(tokens, first)
    return reader.parse(first)


def _unread(parsed: Parsed | None) -> int:
    """How many words of a name are neither of the lexicon nor like a Vietnamese name's."""
    if parsed is None:
        return 100
    syllables = places.syllables()
    return sum(word not in syllables for part in parsed.parts for word in part.proper)

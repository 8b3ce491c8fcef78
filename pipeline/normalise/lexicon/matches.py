"""Names of organisations in running text, as far as the lexicon is sure of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline import languages
from pipeline.normalise import places
from pipeline.normalise.lexicon.certainty import certainty
from pipeline.normalise.lexicon.entries import Lexicon, lexicon
from pipeline.normalise.lexicon.reader import Reader
from pipeline.normalise.lexicon.tokens import Token, tokenise
from pipeline.user_lexicon import remembered

_CAPITALS = re.compile(r"[A-ZĐ][\w&]*(?:[.-][\w&]+)*")
_IN_BRACKETS = re.compile(r"\s?\(\s?([A-ZĐ][A-Za-zĐ&]{0,3}[A-ZĐ0-9][\w&.-]{0,11})\s?\)")


def match_spans(text: str, language: str) -> list[tuple[int, int, float]]:
    """Names of organisations in ``text``: start, end (code points, half-open) and a score.

    Finds what the lexicon is sure of: single bodies, and heads with a field, a level, a place or
    a name. Heads alone, plurals and kinds in general are left. In order, not overlapping; a
    language without a lexicon gives none.
    """
    return list(_matched(text, language))


@remembered(maxsize=4)  # the model asks for an article, and then what weighs its answer
def _matched(text: str, language: str) -> tuple[tuple[int, int, float], ...]:
    try:
        lex = lexicon(language)
    except languages.UnknownLanguage:
        return ()
    found: list[tuple[int, int, float]] = []
    for start, end in places.pieces(text):
        while start < end:
            line = text.find("\n", start, end) + 1 or end
            found += _match_line(text, start, line, lex)
            start = line
    return tuple(_with_abbreviations(text, found))


def _with_abbreviations(
    text: str, found: list[tuple[int, int, float]]
) -> list[tuple[int, int, float]]:
    """The names and, everywhere, the abbreviations that stand in brackets right behind one."""
    learnt = {m[1] for _, end, _ in found if (m := _IN_BRACKETS.match(text, end))}
    if not learnt:
        return found
    taken = [(a, b) for a, b, _ in found]
    extra: list[tuple[int, int, float]] = []
    at = 0
    for m in _CAPITALS.finditer(text):
        while at < len(taken) and taken[at][1] <= m.start():
            at += 1
        if m[0] in learnt and (at == len(taken) or taken[at][0] >= m.end()):
            extra.append((m.start(), m.end(), 0.85))
    return sorted([*found, *extra])


def _match_line(text: str, start: int, end: int, lex: Lexicon) -> Iterator[tuple[int, int, float]]:
    tokens = tokenise(text, start, end)
    reader = Reader(lex, tokens, True)
    i = 0
    while i < len(tokens):
        if not _may_begin(lex, tokens, i):
            i += 1
            continue
        reader.listing = False
        if tokens[i].word in lex.plain_starts and lex.opens_plain(tokens, i):
            inner = Reader(lex, tokens, True)
            inner.plain = True
            parsed = inner.parse(i)
        else:
            parsed = reader.parse(i)
        if parsed is not None and parsed.parts[0].name_id and reader.goes_on(parsed):
            inner = Reader(lex, tokens, True)
            inner.nameless = True
            whole = inner.parse(i)
            if whole is not None and whole.last > parsed.last:
                parsed = whole
        if parsed is None:
            i += 1
            continue
        score = certainty(lex, tokens, parsed, text)
        if score:
            yield tokens[parsed.first].start, tokens[parsed.last - 1].end, score
            i = parsed.last
        else:
            i += 1


def _may_begin(lex: Lexicon, tokens: Sequence[Token], i: int) -> bool:
    token = tokens[i]
    if token.glued and token.dash:
        return False
    if i and tokens[i - 1].word == "/" and tokens[i - 1].end == token.start:
        return False  # the tail of a document number
    if token.word in lex.starts or token.exact:
        return True
    if token.capital and token.word in lex.capital_starts:
        return True
    if lex.compounding:
        if token.word[0].isdigit():
            ordinal = lex.ordinal.match(token.word)
            return ordinal is not None and ordinal.end(1) < len(token.word)
        if token.capital:
            return token.word.isalnum()
        return lex.compound(token.word) is not None
    return False

"""What a number counts: the noun phrase after it, or the one before it that has it as its amount.

Two orders of words are known: the noun first and what describes it after ("ahli baharu"), or
what describes it first and the noun last ("nieuwe leden"). Which one, and the words that end a
phrase, are data of the language.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extract import tokens as tk
from pipeline.extract.grammar import Grammar
from pipeline.extract.tokens import Token

Span = tuple[int, int]


def after(tokens: Sequence[Token], i: int, grammar: Grammar) -> Span | None:
    """The noun phrase that starts at token ``i``, as a range of tokens, if there is one."""
    if i >= len(tokens):
        return None
    end = _noun_first(tokens, i, grammar) if grammar.noun_first else _noun_last(tokens, i, grammar)
    return (i, end) if end > i else None


def _plain(token: Token, grammar: Grammar) -> bool:
    return token.kind == tk.WORD and token.lower not in grammar.stop


def _capital(token: Token, grammar: Grammar) -> bool:
    return token.text[0].isupper() and token.lower not in grammar.capitals


def _noun_first(tokens: Sequence[Token], i: int, grammar: Grammar) -> int:
    end = _one_noun_first(tokens, i, grammar)
    while end > i and end + 1 < len(tokens):
        # "pegawai dan askar", "komun, wad dan bandar"
        mark = tokens[end]
        if mark.lower in grammar.joiners:
            more = _one_noun_first(tokens, end + 1, grammar)
            if more == end + 1 or more - i > grammar.longest + 4:
                break
            return more
        if mark.text == "," and (tokens[end + 1].kind == tk.WORD):
            more = _one_noun_first(tokens, end + 1, grammar)
            if (
                more == end + 1
                or more - end > 3
                or more + 1 >= len(tokens)
                or tokens[more].lower not in grammar.joiners
                or _one_noun_first(tokens, more + 1, grammar) == more + 1
            ):
                break
            end = more
            continue
        break
    return end


def _one_noun_first(tokens: Sequence[Token], i: int, grammar: Grammar) -> int:
    k = i
    while k < len(tokens) and k - i < grammar.longest:
        token = tokens[k]
        if not _plain(token, grammar) or token.lower in grammar.change:
            break
        if _capital(token, grammar):
            break
        if grammar.is_verb(token.lower) and k > i:
            break
        if k == i and grammar.is_verb(token.lower):
            break
        k += 1
    return k


def _noun_last(tokens: Sequence[Token], i: int, grammar: Grammar) -> int:
    end = _one_noun_last(tokens, i, grammar)
    while end > i and end + 1 < len(tokens):
        mark = tokens[end]
        if mark.lower in grammar.joiners:
            more = _one_noun_last(tokens, end + 1, grammar)
            if more == end + 1 or not tokens[more - 1].lower.endswith(grammar.plural_endings):
                break
            return more
        if mark.text == ",":
            more = _one_noun_last(tokens, end + 1, grammar)
            if (
                more == end + 1
                or more + 1 >= len(tokens)
                or tokens[more].lower not in grammar.joiners
                or _one_noun_last(tokens, more + 1, grammar) == more + 1
            ):
                break
            end = more
            continue
        break
    return end


def _describes(word: str, grammar: Grammar) -> bool:
    return word in grammar.plain_adjectives or (
        len(word) > 3 and word.endswith(grammar.adjective_endings)
    )


def _one_noun_last(tokens: Sequence[Token], i: int, grammar: Grammar) -> int:
    k = i
    while k < len(tokens) and k - i < grammar.longest:
        token = tokens[k]
        if not _plain(token, grammar):
            return i if k == i else k
        k += 1
        if not _describes(token.lower, grammar):
            return k
        if k < len(tokens) and tokens[k].text == "," and k + 1 < len(tokens):
            # "nieuwe, moderne scholen"
            nxt = tokens[k + 1]
            if _plain(nxt, grammar) and _describes(nxt.lower, grammar):
                k += 1
    return k


def before(tokens: Sequence[Token], i: int, grammar: Grammar) -> Span | None:
    """The noun phrase that a total before token ``i`` is of ("jumlah ahli Parti ialah 557")."""
    low = max(0, i - 14)
    k = i - 1
    while k >= low:
        token = tokens[k]
        if token.kind != tk.WORD and token.text not in "%":
            if token.text in ".;!?()":
                return None
        total = grammar.total.before(tokens, k + 1)
        if total is not None:
            start = _skip_base(tokens, k + 1, grammar)
            span = after(tokens, start, grammar)
            if span is not None and span[1] <= i:
                return span
            return None
        k -= 1
    return None


def _skip_base(tokens: Sequence[Token], i: int, grammar: Grammar) -> int:
    base = grammar.base.after(tokens, i)
    return base[1] if base is not None else i

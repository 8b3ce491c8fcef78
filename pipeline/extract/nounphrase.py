"""What a number counts: the noun phrase after it, or the one before it that has it as its amount.

Two orders of words are known: the noun first and what describes it after ("ahli baharu"), or
what describes it first and the noun last ("nieuwe leden"). Which one, and the words that end a
phrase, are data of the language. Spans are ranges of tokens, half-open.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extract import tokens as tk
from pipeline.extract.grammar import Grammar
from pipeline.extract.tokens import Token

Span = tuple[int, int]

_QUOTES = frozenset("\"“”„«»'‘’")
_LONGEST_QUOTE = 6
# How far before a number its total or its subject may stand.
_WINDOW = 14


def after(tokens: Sequence[Token], i: int, grammar: Grammar) -> Span | None:
    """The noun phrase that starts at token ``i``, if there is one."""
    if i >= len(tokens):
        return None
    if tokens[i].text in _QUOTES:
        return _quoted(tokens, i)
    one = _one_noun_first if grammar.noun_first else _one_noun_last
    end = one(tokens, i, grammar)
    if end == i:
        return None
    while end + 1 < len(tokens):
        # "pegawai dan askar", "gemeenten, wijken en steden"
        mark = tokens[end]
        if mark.lower not in grammar.joiners and mark.text != ",":
            break
        if mark.text == "," and tokens[end + 1].lower in grammar.appositions:
            break
        more = one(tokens, end + 1, grammar)
        if more == end + 1 or not _coordinated(tokens, end + 1, more, grammar):
            break
        if mark.text != ",":
            end = more
            break
        if more >= len(tokens) or tokens[more].lower not in grammar.joiners:
            break
        last = one(tokens, more + 1, grammar)
        if last == more + 1 or not _coordinated(tokens, more + 1, last, grammar):
            break
        end = last
        break
    tail = grammar.level_tail.after(tokens, end)
    end = tail[1] if tail is not None else end
    while i + 1 < end and grammar.is_dropped(tokens[i].lower):
        i += 1
    return i, end


def whole(tokens: Sequence[Token], i: int, grammar: Grammar) -> Span | None:
    """The noun phrase that a share is of: with its own whole, when that is no name."""
    span = after(tokens, i, grammar)
    link = None if span is None else grammar.whole_of.after(tokens, span[1])
    if span is None or link is None or link[1] >= len(tokens):
        return span
    if tokens[link[1]].kind != tk.WORD or tokens[link[1]].text[0].isupper():
        return span
    more = after(tokens, link[1], grammar)
    if more is None or (more[1] < len(tokens) and tokens[more[1]].text[0].isupper()):
        return span
    return span[0], more[1]


def _coordinated(tokens: Sequence[Token], start: int, end: int, grammar: Grammar) -> bool:
    """Whether a second noun is counted with the first, and has no number or verb of its own."""
    if end < len(tokens) and tokens[end].kind == tk.NUMBER:
        return False
    if end - start > 3 or tokens[start].lower in grammar.appositions:
        return False
    word = tokens[end - 1].lower
    return not grammar.plural_endings or (word.endswith(grammar.plural_endings) and len(word) > 4)


def _quoted(tokens: Sequence[Token], i: int) -> Span | None:
    for k in range(i + 1, min(i + 2 + _LONGEST_QUOTE, len(tokens))):
        if tokens[k].text in _QUOTES:
            return (i + 1, k) if k > i + 1 else None
        if tokens[k].kind != tk.WORD:
            return None
    return None


def _plain(token: Token, grammar: Grammar) -> bool:
    return (
        token.kind == tk.WORD
        and token.lower not in grammar.stop
        and not grammar.is_number(token.lower)
    )


def _capital(token: Token, grammar: Grammar) -> bool:
    """Whether a word is a name: capitalised, and neither an abbreviation nor a known noun."""
    text = token.text
    if text.isupper() and len(text) > 1:
        return False
    return text[0].isupper() and token.lower not in grammar.capitals


def _one_noun_first(tokens: Sequence[Token], i: int, grammar: Grammar) -> int:
    k = i
    while k < len(tokens) and k - i < grammar.longest:
        token = tokens[k]
        more = grammar.compounds.after(tokens, k) if k > i else None
        if more is not None:
            k = more[1]  # "isi rumah hampir miskin"
            continue
        if not _plain(token, grammar) or token.lower in grammar.change:
            break
        if _capital(token, grammar) or grammar.is_verb(token.lower):
            break
        k += 1
    return k


def _describes(word: str, grammar: Grammar) -> bool:
    return word in grammar.plain_adjectives or (
        len(word) > 3 and word.endswith(grammar.adjective_endings)
    )


def _one_noun_last(tokens: Sequence[Token], i: int, grammar: Grammar) -> int:
    k = i
    while k < len(tokens) and k - i < grammar.longest:
        token = tokens[k]
        if not _plain(token, grammar):
            return k
        k += 1
        word = token.lower
        if (
            k + 1 < len(tokens)
            and tokens[k].text == "-"
            and tokens[k].start == token.end
            and tokens[k + 1].lower in grammar.joiners
        ):
            k += 2  # "spaar- en leengroepen"
            continue
        if word in grammar.containers:
            more = _one_noun_last(tokens, k, grammar)
            return more if more > k and not tokens[k].text[0].isupper() else k
        if grammar.is_participle(word):
            if k < len(tokens) and _plain(tokens[k], grammar):
                continue
            return k
        if not _describes(word, grammar):
            return k
        if k + 1 < len(tokens) and tokens[k].text == ",":
            # "nieuwe, moderne scholen"
            nxt = tokens[k + 1]
            if _plain(nxt, grammar) and _describes(nxt.lower, grammar):
                k += 1
    return k


def proper(tokens: Sequence[Token], i: int) -> Span | None:
    """Capitalised words right after a number ("3 Khazanah Negara"), for want of a plain noun."""
    k = i
    while (
        k < len(tokens) and k - i < 4 and tokens[k].kind == tk.WORD and tokens[k].text[0].isupper()
    ):
        k += 1
    return (i, k) if k > i else None


def before(tokens: Sequence[Token], i: int, grammar: Grammar) -> Span | None:
    """The noun phrase that a total before token ``i`` is of ("jumlah ahli Parti ialah 557")."""
    k = i - 1
    while k >= max(0, i - _WINDOW):
        if tokens[k].text in ".;!?()":
            return None
        if grammar.rates.after(tokens, k) is not None:
            span = after(tokens, k, grammar)
            return span if span is not None and span[1] <= i else None
        if grammar.total.before(tokens, k + 1) is not None:
            base = grammar.base.after(tokens, k + 1)
            span = after(tokens, base[1] if base is not None else k + 1, grammar)
            return span if span is not None and span[1] <= i else None
        k -= 1
    return None


def subject(tokens: Sequence[Token], i: int, grammar: Grammar) -> Span | None:
    """The noun phrase that ends before the verb before token ``i`` ("hutang lapuk hanya 0.4%").

    Phrases that tell where or when, after a preposition or with a word of time, are passed over.
    """
    low = max(0, i - _WINDOW)
    k = i - 1
    # "een groei van 8%": what has the amount in it is the subject, wherever it stands.
    direct = k >= 0 and tokens[k].lower in grammar.noun_links - grammar.strong
    for _ in range(4):
        while k >= low and _between(tokens[k], grammar):
            k -= 1
        if k < low or tokens[k].kind != tk.WORD or tokens[k].lower in grammar.openers:
            return None
        start, end = _back(tokens, k, low, grammar), k + 1
        if start == end:
            return None
        before = start - 1
        while before > low and tokens[before].lower in grammar.determiners:
            before -= 1
        adjunct = before >= low and tokens[before].lower in grammar.adjuncts
        if direct or (not adjunct and not any(t.lower in grammar.times for t in tokens[start:end])):
            return start, end
        k = before if adjunct else start - 1
        if adjunct:
            k -= 1
    return None


def _between(token: Token, grammar: Grammar) -> bool:
    """Whether a word belongs to the verb between a subject and its amount."""
    word = token.lower
    return (
        token.kind == tk.WORD
        and word not in grammar.openers
        and (
            word in grammar.copulas
            or word in grammar.before_amount
            or word in grammar.change_links
            or word in grammar.levels
            or word in grammar.change
            or word in grammar.stop
            or grammar.is_verb(word)
        )
    )


def _back(tokens: Sequence[Token], k: int, low: int, grammar: Grammar) -> int:
    """The first token of the noun phrase whose last one is ``k``."""
    end = k + 1
    while k >= low and end - k <= grammar.longest + 1:
        token = tokens[k]
        inner = token.lower in grammar.inner and k + 1 < end
        if not inner and (not _plain(token, grammar) or token.lower in grammar.change):
            break
        if (_capital(token, grammar) and k > 0) or grammar.is_verb(token.lower):
            break
        k -= 1
    start = k + 1
    while start < end and tokens[start].lower in grammar.inner:
        start += 1
    return start

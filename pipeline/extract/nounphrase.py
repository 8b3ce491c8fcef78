"""What a number counts: the noun phrase after it, or the one before it that has it as its amount.

Two orders of words are known: the noun first and what describes it after ("ahli baharu"), or
what describes it first and the noun last ("nieuwe leden"). Which one, and the words that end a
phrase, are data of the language. Spans are ranges of tokens, half-open.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.extract import tokens as tk
from pipeline.extract.grammar import Grammar
from pipeline.extract.grammar import grammar as grammar_of
from pipeline.extract.tokens import Token
from pipeline.normalise import units
from pipeline.user_lexicon import remembered

Span = tuple[int, int]

# Behind these a sentence or a heading begins.
_OPENS = frozenset('.:;!?|"“”(')
_QUOTES = frozenset("\"“”„«»'‘’")
_LONGEST_QUOTE = 6
# How far before a number its total or its subject may stand.
_WINDOW = 14
# And the words that open its clause.
_CLAUSE = 26
# Words of a heading before its colon, and what parts it from what stands before.
_LINE = 9
_PARTS = frozenset(".;:!?()|-–•*+")
_YEAR = re.compile(r"(?:19|20)\d\d")


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
        if tokens[end + 1].text == "-" and end + 2 < len(tokens) and mark.text != ",":
            if tokens[end + 2].start == tokens[end + 1].end:
                end += 3  # "gemeenten en -wijken"
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
    end = _with_tail(tokens, i, end, grammar)
    while (
        i + 1 < end < len(tokens)
        and tokens[end].kind == tk.NUMBER
        and tokens[end - 1].lower in grammar.label_worded
    ):
        end -= 1  # "pelajar kelas 12"
    while i + 1 < end and grammar.is_dropped(tokens[i].lower):
        i += 1
    return i, end


def _with_tail(tokens: Sequence[Token], i: int, end: int, grammar: Grammar) -> int:
    """The end of a phrase with what belongs to its noun behind it.

    A term of the lexicon that goes on ("leden van de partij"), the level of a body, and behind some
    nouns a preposition with a noun without an article ("gevallen van knokkelkoorts").
    """
    for k in range(i, end):
        end = max(end, k + term(tokens, k, grammar))
    tail = grammar.level_tail.after(tokens, end)
    if tail is not None:
        return tail[1]
    links = grammar.tails.get(tokens[end - 1].lower)
    if links is not None and end + 1 < len(tokens) and tokens[end].lower in links:
        more = after(tokens, end + 1, grammar)
        if more is not None and tokens[end + 1].lower not in grammar.determiners:
            return more[1]
    return end


@remembered()
def _terms(language: str) -> dict[str, dict[str, tuple[tuple[str, ...], ...]]]:
    """Terms of several words of the lexicon of units by their first and second word.

    One with a verb behind its noun tells what happened and is none.
    """
    gram = grammar_of(language)
    found: dict[str, dict[str, list[tuple[str, ...]]]] = {}
    for words in units.terms(language):
        if not any(gram.is_verb(w) for w in words[1:]):
            found.setdefault(words[0], {}).setdefault(words[1], []).append(words)
    return {
        first: {second: tuple(rows) for second, rows in group.items()}
        for first, group in found.items()
    }


def term(tokens: Sequence[Token], i: int, grammar: Grammar) -> int:
    """How many words the longest term of the lexicon of units has that stands at token ``i``.

    Only terms of several words count; 0 for none.
    """
    group = _terms(grammar.language).get(tokens[i].lower)
    if group is None or i + 1 >= len(tokens):
        return 0
    for words in group.get(tokens[i + 1].lower, ()):
        if tuple(t.lower for t in tokens[i : i + len(words)]) == words:
            return len(words)
    return 0


def _coordinated(tokens: Sequence[Token], start: int, end: int, grammar: Grammar) -> bool:
    """Whether a second noun is counted with the first, and has no number or verb of its own."""
    if end < len(tokens) and tokens[end].kind == tk.NUMBER:
        return False
    if end - start > 3 or tokens[start].lower in grammar.appositions:
        return False
    if grammar.vague_before.after(tokens, start) is not None:
        return False  # "12 pintu sempadan dan banyak denai"
    word = tokens[end - 1].lower
    if not grammar.plural_endings:
        return True
    if not word.endswith(grammar.plural_endings) or len(word) <= 4:
        return False
    # A word that no lexicon knows may be a verb: "zes personen en verbruiken".
    sure = word.endswith(grammar.noun_endings)
    return sure or end - start > 1 or units.unit_id(word, grammar.language) is not None


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


def _is_name(tokens: Sequence[Token], k: int, grammar: Grammar) -> bool:
    """Whether a word is a name: capitalised, and neither an abbreviation nor a known noun.

    The first word of a sentence is capitalised anyway; it is a name where the next one is too.
    """
    token = tokens[k]
    if not token.text[0].isupper() or token.lower in grammar.capitals:
        return False
    if token.text.isupper() and len(token.text) > 1:
        return False
    if k == 0 or tokens[k - 1].text in _OPENS:
        following = tokens[k + 1] if k + 1 < len(tokens) else None
        return (
            following is not None
            and following.text[0].isupper()
            and not following.text.isupper()
            and following.lower not in grammar.capitals
        )
    return not (not grammar.noun_first and _describes(token.lower, grammar))


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
        if _is_name(tokens, k, grammar):
            break
        if k == i and _describes_only(token.lower, grammar):
            break  # "87 berkaitan dadah"
        if grammar.is_verb(token.lower):
            tail = _state(tokens, k, grammar) if k > i else 0
            if not tail or grammar.is_person(tokens[i].lower):
                break
            return k + tail
        k += 1
    return k


def _describes_only(word: str, grammar: Grammar) -> bool:
    """Whether a word that looks like a verb leads no noun phrase."""
    return (
        bool(grammar.state_prefixes)
        and len(word) > 5
        and word.startswith(grammar.state_prefixes)
        and units.unit_id(word, grammar.language) is None
    )


def _state(tokens: Sequence[Token], k: int, grammar: Grammar) -> int:
    """How many words describe the noun before token ``k`` by a state and end its phrase.

    "pam bertekanan tinggi;", "meja berkembar,": a verb would have more behind it.
    """
    if not tokens[k].lower.startswith(grammar.state_prefixes):
        return 0
    for n in (1, 2):
        if k + n >= len(tokens):
            return n
        behind = tokens[k + n]
        if behind.text in ",;.)" or behind.lower in grammar.joiners:
            return n
        if n == 1 and behind.lower not in grammar.state_degrees:
            return 0
    return 0


def _is_noun_too(word: str, tokens: Sequence[Token], k: int, grammar: Grammar) -> bool:
    """Whether a word that may describe is a noun by itself: "koffie herbeplant"."""
    if word in grammar.plain_adjectives or not _describes(word, grammar):
        return False
    if units.unit_id(word, grammar.language) is None:
        return False
    following = tokens[k].lower if k < len(tokens) else ""
    return not following or units.unit_id(following, grammar.language) is None


def _leads_on(tokens: Sequence[Token], k: int, grammar: Grammar) -> bool:
    """Whether the word before token ``k`` describes it: one that no lexicon knows before a plural
    that it does."""
    if k >= len(tokens) or not _plain(tokens[k], grammar) or tokens[k].text[0].isupper():
        return False
    word, before = tokens[k].lower, tokens[k - 1].lower
    if before.endswith(grammar.plural_endings) and not before.startswith(grammar.participle_starts):
        return False
    return (
        units.unit_id(word, grammar.language) is not None
        and units.unit_id(before, grammar.language) is None
    )


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
            and (tokens[k + 1].lower in grammar.joiners or tokens[k + 1].text == ",")
        ):
            k += 2  # "spaar- en leengroepen", "hand-, voet- en mondziekte"
            continue
        if word in grammar.containers:
            more = _one_noun_last(tokens, k, grammar)
            named = k < len(tokens) and tokens[k].text[0].isupper()
            if named and _describes(tokens[k].lower, grammar):
                named = False  # "stuks Javaanse schubdieren"
            return more if more > k and not named else k
        if grammar.is_participle(word):
            if k < len(tokens) and _plain(tokens[k], grammar):
                continue
            return k
        if _is_noun_too(word, tokens, k, grammar):
            return k
        if not _describes(word, grammar):
            if k - i == 1 and _leads_on(tokens, k, grammar):
                continue  # "gratis bussen", "vervallen huizen"
            return k
        if k + 1 < len(tokens) and tokens[k].text == ",":
            # "nieuwe, moderne scholen"
            nxt = tokens[k + 1]
            if _plain(nxt, grammar) and _describes(nxt.lower, grammar):
                k += 1
    return k


def proper(tokens: Sequence[Token], i: int, grammar: Grammar) -> Span | None:
    """Capitalised words right after a number ("3 Khazanah Negara"), for want of a plain noun."""
    k = i
    while (
        k < len(tokens)
        and k - i < 4
        and tokens[k].kind == tk.WORD
        and tokens[k].text[0].isupper()
        and _plain(tokens[k], grammar)
        and not grammar.is_verb(tokens[k].lower)
    ):
        k += 1
    return (i, k) if k > i else None


def before(tokens: Sequence[Token], i: int, grammar: Grammar) -> Span | None:
    """The noun phrase that a total before token ``i`` is of ("jumlah ahli Parti ialah 557")."""
    k = i - 1
    while k >= max(0, i - _WINDOW):
        if tokens[k].text in ".;!?()":
            return None
        rate = grammar.rates.before(tokens, k + 1)
        if rate is not None:
            more = after(tokens, rate[1], grammar)
            end = k + 1 if more is None or more[1] > i else max(more[1], k + 1)
            return (rate[1], end) if end <= i else None
        if grammar.total.before(tokens, k + 1) is not None and not (
            k > 0 and tokens[k - 1].lower in grammar.takes
        ):
            base = grammar.base.after(tokens, k + 1)
            start = base[1] if base is not None else k + 1
            span = after(tokens, start, grammar)
            if tokens[k].lower in grammar.rate_words and base is None:
                return _rate(tokens, k, i, span, grammar)
            return span if span is not None and span[1] <= i else None
        k -= 1
    return None


def _rate(
    tokens: Sequence[Token], k: int, i: int, span: Span | None, grammar: Grammar
) -> Span | None:
    """What a rate named at token ``k`` is of: the people or things that are its share, else itself.

    "kadar pekerja terlatih" is of workers, "kadar pengagihan" is a rate by its own name.
    """
    if span is not None and span[1] <= i:
        first = tokens[span[0]].lower
        text = " ".join(t.text for t in tokens[span[0] : span[1]])
        act = span[1] == span[0] + 1 and first.endswith(grammar.act_endings)
        known = units.unit_id(text, grammar.language) is not None
        told = span[1] < len(tokens) and tokens[span[1]].lower in grammar.relatives
        if grammar.is_person(first) or (known and (told or not act)):
            return span
        return k, span[1]
    end = k + 1
    while end < i and end - k < 4 and tokens[end].kind == tk.WORD:
        word = tokens[end].lower
        if word in grammar.copulas or word in grammar.change or word in grammar.pointers:
            break
        end += 1
    if end == k + 1 or _between_prepositions(tokens, k + 1, end, grammar):
        return None
    return k, end


def _between_prepositions(tokens: Sequence[Token], low: int, high: int, grammar: Grammar) -> bool:
    return any(
        t.lower in grammar.adjuncts or t.lower in grammar.openers or t.lower in grammar.relatives
        for t in tokens[low:high]
    )


def topic(tokens: Sequence[Token], i: int, grammar: Grammar) -> Span | None:
    """The noun phrase that a number with a bare classifier is of, right before it or its verb.

    "wanita 612 orang", "bilangan atlet bertambah 113 orang".
    """
    k = i - 1
    low = max(0, i - _WINDOW)
    moved = linked = False
    while k >= low and (
        tokens[k].lower in grammar.change
        or tokens[k].lower in grammar.change_links
        or grammar.qualifier_before.before(tokens, k + 1) is not None
    ):
        moved = moved or tokens[k].lower in grammar.change
        linked = linked or tokens[k].lower in grammar.change_links
        k -= 1
    if k < low or tokens[k].kind != tk.WORD or _between(tokens[k], grammar):
        return None
    start, end = _back(tokens, k, low, grammar), k + 1
    if start == end:
        return None
    while start + 1 < end and grammar.total.before(tokens, start + 1) is not None:
        start += 1
    before = start - 1
    if grammar.total.before(tokens, start) is not None:
        return start, end
    opens = before < 0 or tokens[before].kind != tk.WORD or tokens[before].lower in grammar.joiners
    return (start, end) if opens and (moved or not linked) else None


def declared(tokens: Sequence[Token], i: int, grammar: Grammar) -> Span | None:
    """The whole that a clause before token ``i`` opens with: "Van de 33 leden stemden er 31"."""
    k = i - 1
    low = max(0, i - _CLAUSE)
    while k >= low and tokens[k].text not in ";:.!?":
        k -= 1
    base = grammar.base.after(tokens, k + 1)
    if base is None or base[1] >= i or not tokens[k + 1].text[0].isupper():
        return None
    start = base[1]
    for m in range(start, min(start + 4, i)):
        if tokens[m].kind == tk.NUMBER:
            start = grammar.scaled(tokens, m)
            if start < i and tokens[start].lower in grammar.classifiers:
                start += 1
            break
    span = after(tokens, start, grammar)
    return span if span is not None and span[1] < i else None


def opening(tokens: Sequence[Token], i: int, grammar: Grammar) -> Span | None:
    """The noun phrase that opens the clause of token ``i`` and has its verb behind it."""
    low = max(0, i - _CLAUSE)
    k = i - 1
    while k >= low and tokens[k].text not in ",;:()" and tokens[k].lower not in grammar.openers:
        k -= 1
    k += 1
    while k < i and (
        tokens[k].lower in grammar.determiners
        or tokens[k].lower in grammar.joiners
        or tokens[k].lower in grammar.appositions
        or grammar.total.before(tokens, k + 1) is not None
    ):
        k += 1
    if k >= i or tokens[k].lower in grammar.adjuncts or tokens[k].lower in grammar.times:
        return None
    span = after(tokens, k, grammar)
    return span if span is not None and span[1] < i else None


def heading(tokens: Sequence[Token], i: int, grammar: Grammar) -> Span | None:
    """The noun phrase that leads what token ``i`` stands under: "- Hadiah Presiden: 54,230"."""
    k = i - 1
    while k > 0 and i - k < 3 and _between(tokens[k], grammar):
        k -= 1
    if k <= 0 or tokens[k].text != ":":
        return None
    start = k - 1
    while start >= 0 and k - start < _LINE and tokens[start].text not in _PARTS:
        if tokens[start].kind == tk.NUMBER:
            return None
        start -= 1
    if start >= 0 and tokens[start].text not in _PARTS:
        return None
    start += 1
    while start < k and (
        tokens[start].lower in grammar.determiners
        or (
            grammar.total.before(tokens, start + 1) is not None
            and tokens[start].lower not in grammar.rate_words
        )
    ):
        start += 1
    if start < k and tokens[start].lower in grammar.rate_words:
        return start, k
    span = after(tokens, start, grammar) if start < k else None
    return span if span is not None and span[1] <= k else None


def subject(tokens: Sequence[Token], i: int, grammar: Grammar) -> Span | None:
    """The noun phrase that ends before the verb before token ``i`` ("hutang lapuk hanya 0.4%").

    Phrases that tell where or when, after a preposition or with a word of time, are passed over;
    of a noun with a genitive behind it the noun is meant.
    """
    low = max(0, i - _WINDOW)
    k = i - 1
    if k > low and tokens[k].text == "," and tokens[k - 1].lower in grammar.change:
        k -= 1  # "terus turun, hampir 15%"
    # "een groei van 8%": what has the amount in it is the subject, wherever it stands.
    direct = k >= 0 and tokens[k].lower in grammar.noun_links - grammar.strong
    for _ in range(4):
        while k >= low:
            share = grammar.percent.before(tokens, k + 1)
            if share is not None and share[1] > low and tokens[share[1] - 1].kind == tk.NUMBER:
                k = share[1] - 2
            elif tokens[k].lower in grammar.months:
                k -= 1 + (k > low and tokens[k - 1].kind == tk.NUMBER)
            elif _between(tokens[k], grammar) or _YEAR.fullmatch(tokens[k].text):
                k -= 1
            else:
                break
        if k > low and tokens[k].text == "," and _relative(tokens, k, grammar) is not None:
            return opening(tokens, k, grammar)  # "De dossiers die …, bereikten 98%"
        if k < low or tokens[k].kind != tk.WORD or tokens[k].lower in grammar.openers:
            return None
        start, end = _back(tokens, k, low, grammar), k + 1
        if start == end:
            beyond = _before_name(tokens, k, low, grammar)
            if beyond is None:
                return None
            k = beyond
            continue
        before = _before_determiners(tokens, start - 1, low, grammar)
        if before > low and tokens[before].lower in grammar.genitives:
            owner = _back(tokens, before - 1, low, grammar)
            if owner < before:
                start, end = owner, before
                before = _before_determiners(tokens, start - 1, low, grammar)
        adjunct = before >= low and tokens[before].lower in grammar.adjuncts
        if direct and tokens[end - 1].lower.endswith(grammar.rate_endings):
            return start, end
        if direct and adjunct and before > low:
            head = _back(tokens, before - 1, low, grammar)
            if head < before and tokens[before - 1].lower.endswith(grammar.rate_endings):
                return head, before  # "het percentage naar hogere niveaus van 18%"
        timed = max((m for m in range(start, end) if _of_time(tokens[m], grammar)), default=None)
        ordinal = timed is not None and tokens[timed].lower in grammar.time_ordinals
        if not direct and timed is not None and ordinal and timed + 1 < end:
            return timed + 1, end  # "dalam 9 bulan pertama | pengeluaran elektrik"
        if direct or (not adjunct and timed is None):
            relative = _relative(tokens, start, grammar)
            led = opening(tokens, relative, grammar) if relative is not None else None
            if led is not None:
                return led
            return _with_first(tokens, start, low, grammar), end
        k = before if adjunct else start - 1
        if adjunct:
            k -= 1
    return None


def _relative(tokens: Sequence[Token], k: int, grammar: Grammar) -> int | None:
    """The relative pronoun between the first word of a clause and token ``k``, if one is there."""
    for m in range(k - 1, max(0, k - _WINDOW), -1):
        if tokens[m].text in ",;:()":
            return None
        if tokens[m].lower in grammar.relatives and tokens[m - 1].kind == tk.WORD:
            return m
    return None


def _with_first(tokens: Sequence[Token], start: int, low: int, grammar: Grammar) -> int:
    """Where a subject of two nouns begins, its second at ``start``: "logies en catering"."""
    if start < low + 2 or tokens[start - 1].lower not in grammar.joiners:
        return start
    first = _back(tokens, start - 2, low, grammar)
    opens = first == 0 or tokens[first - 1].kind == tk.SYMBOL
    opens = opens or tokens[first - 1].lower in grammar.determiners
    return first if first < start - 1 and opens else start


def _of_time(token: Token, grammar: Grammar) -> bool:
    return token.lower in grammar.times or token.lower in grammar.time_ordinals


def _before_determiners(tokens: Sequence[Token], k: int, low: int, grammar: Grammar) -> int:
    while k > low and tokens[k].lower in grammar.determiners:
        k -= 1
    return k


def _before_name(tokens: Sequence[Token], k: int, low: int, grammar: Grammar) -> int | None:
    """The token before the preposition of a name that ends at token ``k``: "di Mui Ne"."""
    while k >= low and tokens[k].kind == tk.WORD and tokens[k].text[0].isupper():
        k -= 1
    k = _before_determiners(tokens, k, low, grammar)
    if k > low and tokens[k].lower in grammar.adjuncts:
        return k - 1
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
        more = grammar.compounds.before(tokens, k + 1)
        if more is not None and more[1] > low:
            k = more[1] - 1  # "perdagangan dua hala"
            continue
        inner = token.lower in grammar.inner and k + 1 < end
        if not inner and (not _plain(token, grammar) or token.lower in grammar.change):
            break
        if _is_name(tokens, k, grammar) or grammar.is_verb(token.lower):
            break
        k -= 1
    start = k + 1
    while start < end and tokens[start].lower in grammar.inner:
        start += 1
    while start + 1 < end and grammar.is_dropped(tokens[start].lower):
        start += 1
    return start

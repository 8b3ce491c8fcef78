"""The body that a figure is about: whose members, cases, money, output or acts it counts.

Read from the clause alone: the body that stands where its subject does, one that did what the
figure counts (``oleh``, ``door``), or the one whose people are counted. A body that only reports or
announces is none, nor are two that act together: a wrong body is worse than none. The words are in
``languages/<code>/statistics.toml`` under ``subjects``.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from pipeline import languages
from pipeline.extract import tokens as tk
from pipeline.extract.sentences import containing
from pipeline.extract.tokens import Token
from pipeline.records import Organisation, Span, Statistic

# No body has years of age or lasts so long.
_OF_NONE = frozenset({"age", "duration"})
_ENDS = frozenset(";")
_QUOTES = frozenset('"“”„«»')
# How far from its subject a figure may stand, in tokens.
_FAR = 40
# How far behind another figure one stands that goes on from it, in tokens.
_BESIDE = 8
_NOUN = 4  # words of what is counted
_YEAR = re.compile(r"(?:19|20)\d\d")
# Sentences longer than this have no one subject (tables, lists without stops).
_LONGEST = 1500


class _Words:
    """The words of one language, made ready for looking up."""

    def __init__(self, language: str) -> None:
        data: dict[str, Any] = languages.data(language, "statistics")["subjects"]
        self.articles = frozenset(data["articles"])
        self.oblique = frozenset(data["oblique"])
        self.openers = frozenset(data["openers"])
        self.leads = frozenset(data["leads"])
        self.after_verb: bool = data["after_verb"]
        self.reporting = frozenset(data["reporting"])
        self.blocking = frozenset(data["blocking"])
        self.joint = frozenset(data["joint"])
        self.joiners = frozenset(data["joiners"])
        self.made_known = frozenset(data["made_known"])
        self.agents = frozenset(data["agents"])
        self.members = frozenset(data["members"])
        self.owners = frozenset(data["owners"])
        self.numbers = frozenset(data["numbers"])
        self.pointing = frozenset(data["pointing"])
        self.not_own = frozenset(data["not_own"])
        self.parts = tuple(tuple(p.split()) for p in data["parts"])
        self.generic = tuple(tuple(p.split()) for p in data["generic"])


@cache
def _words(language: str) -> _Words:
    return _Words(language)


class _Sentence:
    """One sentence with its bodies: for each, whether it stands as a subject."""

    def __init__(
        self, text: str, span: Span, bodies: Sequence[Organisation], words: _Words
    ) -> None:
        self.words = words
        self.tokens = tk.tokenise(text, *span)
        self.starts = [t.start for t in self.tokens]
        self.bodies = bodies
        self.first = [self.at(b.start) for b in bodies]  # their first token
        self.after = [self.at(b.end) for b in bodies]  # the token behind them
        self.inside = {k for a, b in zip(self.first, self.after, strict=True) for k in range(a, b)}
        self.depth: list[int] = []
        depth = 0
        for token in self.tokens:
            if token.text == ")":
                depth = max(0, depth - 1)
            self.depth.append(depth)
            depth += token.text == "("

    def at(self, offset: int) -> int:
        """The first token that does not begin before ``offset``."""
        return bisect.bisect_left(self.starts, offset)

    def plain(self, low: int, high: int) -> list[Token]:
        """Tokens ``low`` to ``high`` outside bodies and brackets."""
        return [
            self.tokens[k]
            for k in range(max(low, 0), high)
            if k not in self.inside and not self.depth[k] and self.tokens[k].text not in "()"
        ]

    def clause(self, figure: int) -> int:
        """The first token of the clause that token ``figure`` stands in."""
        for k in range(figure - 1, -1, -1):
            if self.tokens[k].text in _ENDS and k not in self.inside:
                return k + 1
        return 0

    def _before(self, body: int, clause: int) -> int:
        """The token before a body and its article; ``clause - 1`` when it opens the clause."""
        k = self.first[body] - 1
        while k >= clause and self.tokens[k].lower in self.words.articles:
            k -= 1
        return k

    def is_subject(self, body: int, clause: int) -> bool:
        """Whether a body stands where the subject of its clause does."""
        words = self.words
        if self.depth[self.first[body]]:
            return False
        k = self._before(body, clause)
        if k < clause:
            return True
        before = self.tokens[k]
        if before.text in (",", ":", "-", "–"):
            return self._opens(clause, k)
        if before.lower in words.openers:
            return True
        if before.kind == tk.NUMBER:
            return self._opens(clause, k)
        if k in self.inside or before.kind != tk.WORD or before.lower in words.oblique:
            return False
        if before.lower in words.reporting:
            return False  # "meldt de bank"
        return words.after_verb and self._leads(clause, k)

    def _opens(self, clause: int, comma: int) -> bool:
        """Whether an adverbial alone stands between the start of a clause and its comma."""
        return self._leads(clause, comma) or comma == clause

    def _leads(self, clause: int, end: int) -> bool:
        """Whether a clause, or its part behind a colon, begins with the word of an adverbial."""
        start = clause
        for k in range(clause, end):
            if self.tokens[k].text == ":":
                start = k + 1
        return start < len(self.tokens) and self.tokens[start].lower in self.words.leads

    def subject(self, clause: int, end: int) -> int | None:
        """The body that is the subject of what stands between two tokens.

        The last one, for a clause may hold two sentences; of two that act together none.
        """
        found: int | None = None
        for body, start in enumerate(self.first):
            if not clause <= start < end or not self.is_subject(body, clause):
                continue
            k = self._before(body, clause)
            new = k < clause or self.tokens[k].lower in self.words.openers
            new = new or not self.words.after_verb or self.tokens[k].text == ":"
            if found is None or new:
                found = body
        return None if found is None or self._shared(found, end) else found

    def _shared(self, subject: int, end: int) -> bool:
        """Whether another body, or any thing, is joined to the subject."""
        k, words = self.after[subject], self.words
        while k < end and (self.depth[k] or self.tokens[k].text in "()"):
            k += 1
        for other, start in enumerate(self.first):
            joined = self.plain(self.after[subject], start)
            if (
                other != subject
                and self.bodies[other].canonical_id != self.bodies[subject].canonical_id
                and start >= self.after[subject]
                and joined
                and all(
                    t.text == "," or t.lower in words.joiners or t.lower in words.articles
                    for t in joined
                )
                and not (len(joined) == 1 and joined[0].text == ",")
            ):
                return True
            if (
                other != subject
                and start < self.first[subject]
                and (between := self.plain(self.after[other], self.first[subject]))
                and all(
                    t.text == "," or t.lower in words.joiners or t.lower in words.articles
                    for t in between
                )
            ):
                return True
        following = self.tokens[k] if k < end else None
        if following is not None and following.lower in words.joiners:
            return True
        return any(t.lower in words.joint for t in self.plain(self.after[subject], end))


def bodies(
    text: str,
    language: str,
    figures: Sequence[Statistic],
    organisations: Sequence[Organisation],
    sentences: Sequence[Span],
) -> list[str | None]:
    """The ``canonical_id`` of the body that each of ``figures`` is about, ``None`` when unclear.

    All are sorted by place; ``sentences`` are those of ``text``. Organisations without an identity
    are nobody's. Raises ``languages.UnknownLanguage`` for a language without data.
    """
    words = _words(language)
    known = [o for o in organisations if o.canonical_id]
    starts = [o.start for o in known]
    read: dict[Span, _Sentence] = {}

    def sentence(span: Span) -> _Sentence:
        if span not in read:
            low, high = (bisect.bisect_left(starts, at) for at in span)
            read.clear()
            read[span] = _Sentence(text, span, known[low:high], words)
        return read[span]

    found: list[str | None] = []
    last: tuple[Span, str | None] | None = None  # the sentence and body of the figure before
    before: Statistic | None = None  # the figure before
    for figure in figures:
        span = containing(sentences, figure.start, figure.end)
        body = None
        if figure.value_kind not in _OF_NONE and span[1] - span[0] <= _LONGEST:
            here = sentence(span)
            body = _of_clause(here, figure)
            if body is None and last is not None and last[1] is not None:
                at = here.at(figure.start)
                opening = [t.lower for t in here.tokens[: min(at, 8)]]
                follows = _next(sentences, last[0], span, text)
                if follows and any(tuple(opening[: len(p)]) == p for p in words.parts):
                    body = last[1]
            if body is None and not here.bodies:
                body = _back(text, words, here, figure, span, sentences, known, starts)
            if body is None and last is not None and last[0] == span and before is not None:
                body = last[1] if _goes_on(here, before, figure) else None
            last = span, body
        before = figure
        found.append(body)
    return found


def _goes_on(here: _Sentence, before: Statistic, figure: Statistic) -> bool:
    """Whether a figure stands in one list with that before it, or says how the same was in another
    year: ``telde 742 leden in 2021, 768 in 2022``."""
    low, high = here.at(before.end), here.at(figure.start)
    if any(low <= start < high for start in here.first):
        return False
    words, between = here.words, here.plain(low, high)
    joined = [t for t in between if t.text == "," or t.lower in words.joiners]
    if not joined or len(between) > _BESIDE:
        return False
    if any(t.lower in words.reporting or t.lower in words.blocking for t in between):
        return False
    if len(joined) == len(between):
        return True
    same = before.unit is not None and before.unit == figure.unit
    return same and any(_YEAR.fullmatch(t.text) for t in here.tokens[low:high])


def _next(sentences: Sequence[Span], first: Span, second: Span, text: str) -> bool:
    """Whether a sentence comes right behind another in its paragraph."""
    i = bisect.bisect_left(sentences, second) - 1
    return i >= 0 and sentences[i] == first and "\n" not in text[first[1] : second[0]]


def _back(
    text: str,
    words: _Words,
    here: _Sentence,
    figure: Statistic,
    span: Span,
    sentences: Sequence[Span],
    known: Sequence[Organisation],
    starts: Sequence[int],
) -> str | None:
    """The subject of the sentence before, where this one begins with a bare noun of kind."""
    at = here.at(figure.start)
    lower = [t.lower for t in here.tokens[:8]]
    length = next((len(g) for g in words.generic if tuple(lower[: len(g)]) == g), 0)
    if not length or at < length or not _free(here, length, at):
        return None
    i = bisect.bisect_left(sentences, span) - 1
    if i < 0 or "\n" in text[sentences[i][1] : span[0]]:
        return None
    before = sentences[i]
    if before[1] - before[0] > _LONGEST:
        return None
    low, high = (bisect.bisect_left(starts, edge) for edge in before)
    then = _Sentence(text, before, known[low:high], words)
    body = then.subject(0, len(then.tokens))
    return then.bodies[body].canonical_id if body is not None else None


def _free(here: _Sentence, low: int, at: int) -> bool:
    """Whether the figure at a token belongs to the verb behind the subject that ends at ``low``."""
    words = here.words
    between = here.plain(low, at)
    if len(between) > _FAR or any(
        t.lower in words.reporting or t.lower in words.blocking or t.text in _QUOTES
        for t in between
    ):
        return False
    # One comma opens a sentence of its own, two enclose what stands between.
    commas = sum(t.text == "," for t in between)
    last = next((t for t in reversed(between) if t.lower not in words.articles), None)
    return last is None or not (
        last.lower in words.not_own or (last.text == "," and commas % 2 == 1)
    )


def _known(here: _Sentence, at: int) -> bool:
    """Whether the clause of a figure ends in the particle of a verb that makes it known."""
    end = next((k for k in range(at, len(here.tokens)) if here.tokens[k].text in _ENDS), None)
    end = len(here.tokens) if end is None else end
    return any(t.lower in here.words.made_known for t in here.plain(at, end))


def _numbered(here: _Sentence, clause: int, at: int) -> int | None:
    """The body of whose things the number is told: ``jumlah ahli Parti X ialah 742``."""
    words = here.words
    body = max((b for b, k in enumerate(here.after) if clause < k <= at), default=None)
    if body is None or here.depth[here.first[body]]:
        return None
    named = here.plain(clause, here.first[body])
    heads = [k for k, token in enumerate(named) if token.lower in words.numbers]
    if not heads:
        return None
    of = [t for t in named[heads[-1] + 1 :] if t.lower not in words.articles]
    while of and of[-1].lower in words.owners:
        of.pop()
    other = words.oblique | words.pointing
    plain = all(t.kind == tk.WORD and t.lower not in other for t in of)
    if not plain or not 1 <= len(of) <= _NOUN or not _free(here, here.after[body], at):
        return None
    return None if here._shared(body, at) or _known(here, at) else body


def _of_clause(here: _Sentence, figure: Statistic) -> str | None:
    """The body of a figure by its own clause."""
    words = here.words
    at = here.at(figure.start)
    while 0 < at < len(here.tokens) and here.depth[at]:
        at -= 1  # in brackets: what they explain
    clause = here.clause(at)
    subject = here.subject(clause, at)
    if subject is not None:
        k = here.after[subject]
        if here.tokens[k].text == ":" or not _free(here, k, at) or _known(here, at):
            return None
        return here.bodies[subject].canonical_id
    body = _numbered(here, clause, at)
    if body is not None:
        return here.bodies[body].canonical_id
    behind = here.at(figure.end)
    for body, start in enumerate(here.first):
        if start < behind:
            continue
        between = here.plain(behind, start)
        while between and between[-1].lower in words.articles:
            between.pop()
        if not between or any(t.text in ",;:." for t in between):
            return None
        if between[-1].lower in words.agents:
            return None if here._shared(body, len(here.tokens)) else here.bodies[body].canonical_id
        counted = [t.lower for t in between]
        if counted[-1] in words.owners:
            counted.pop()
        elif words.after_verb:
            return None
        if 1 <= len(counted) <= 3 and counted[-1] in words.members:
            return None if here._shared(body, len(here.tokens)) else here.bodies[body].canonical_id
        return None
    return None

"""The answers that a sentence allows to what a figure counts, and what is known of each.

A candidate is a phrase behind the number or before it, what an earlier figure of the sentence
counts, or nothing. Its features are strings: the words at and around its edges, what they begin and
end in, and what the lists of the language say of them. They are told by *slot*, a place in a
candidate (its first word, the words inside, the word behind it …) together with the word that
stands there: candidates share slots, and a slot is weighed once for each word of the language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.extract import tokens as tk
from pipeline.extract.amounts import BREAKS, CLOSE, OPEN, Draft, Sentence
from pipeline.extract.grammar import Grammar
from pipeline.extract.tokens import Token
from pipeline.normalise import units

# How far behind a number its noun may begin and how many words it may have; the same before it.
_AFTER, _AFTER_LENGTH = 6, 9
_BEFORE, _BEFORE_LENGTH = 22, 8
_EARLIER = 4  # figures back whose noun a figure may share
_UNCOUNTED = frozenset({"measure", "duration", "age"})

# A slot: its role, and the word there (one or two of them, ``None`` at an edge of the sentence), or
# features by themselves.
Slot = tuple[str, Token | None, bool] | tuple[str, str, str] | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An answer: its wording, ``None`` for no noun, and its tokens where it is one span.

    ``slots`` are indices into those of its question; ``behind`` says on which side it stands.
    """

    text: str | None
    span: tuple[int, int] | None
    behind: bool
    slots: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """The candidates for one figure, never none, and the slots that they share."""

    candidates: tuple[Candidate, ...]
    words: tuple[tuple[int, str, Token | None, bool], ...]
    pairs: tuple[tuple[int, str, str, str], ...]
    notes: tuple[tuple[int, tuple[str, ...]], ...]
    size: int
    language: str
    gram: Grammar


_LISTS = (
    *("stop", "change", "change_links", "levels", "strong", "joiners", "classifiers", "containers"),
    *("copulas", "before_amount", "determiners", "adjuncts", "times", "openers", "dropped"),
    *("plain_adjectives", "participles", "not_nouns", "inner", "appositions", "capitals"),
    *("fillers", "not_verbs", "auxiliaries"),
)


@cache
def _lists(gram: Grammar) -> tuple[tuple[str, frozenset[str]], ...]:
    return tuple((name, frozenset(getattr(gram, name))) for name in _LISTS)


def word_features(token: Token | None, gram: Grammar, closed: bool) -> list[str]:
    """What is known of a word by itself; ``closed`` is one of a name, a date or a document."""
    if token is None:
        return ["edge"]
    if token.kind == tk.NUMBER:
        return ["number"]
    if token.kind != tk.WORD:
        return ["w=" + token.text, "symbol"]
    word = token.lower
    out = ["w=" + word, "e2=" + word[-2:], "e3=" + word[-3:], "e4=" + word[-4:]]
    out += ["b2=" + word[:2], "b3=" + word[:3]]
    if token.text[0].isupper():
        out.append("upper" if token.text.isupper() and len(word) > 1 else "title")
    out += [name for name, words in _lists(gram) if word in words]
    if gram.is_verb(word):
        out.append("verb")
    if gram.is_number(word):
        out.append("numeral")
    if gram.is_participle(word):
        out.append("participle")
    known = units.place_of(word, gram.language)
    if known:
        out.append(known)
    if closed:
        out.append("closed")
    if len(word) < 4:
        out.append("short")
    return out


def pair_features(role: str, first: str, second: str) -> tuple[str, ...]:
    """What is known of two words side by side, lower case; the second may be missing."""
    if not second:
        return (f"{role}|{first} ",)
    return (
        f"{role}|{first} {second}",
        f"{role}|{first[-3:]}_ {second}",
        f"{role}|{first} _{second[-2:]}",
    )


def _group(draft: Draft) -> str:
    """Kinds of figures that word their noun alike."""
    if draft.kind == "percentage":
        return "change" if draft.change is not None else "share"
    if draft.kind == "count" and draft.change is not None:
        return "moved"
    return draft.kind


def _bucket(n: int) -> str:
    for least, name in ((14, "14"), (9, "9"), (6, "6"), (4, "4")):
        if n >= least:
            return name
    return str(n)


class _Slots:
    """The slots of a question, each made once."""

    def __init__(self, s: Sentence) -> None:
        self.s = s
        self.size = 0
        self.words: list[tuple[int, str, Token | None, bool]] = []
        self.pairs: list[tuple[int, str, str, str]] = []
        self.notes: list[tuple[int, tuple[str, ...]]] = []
        self._word: dict[tuple[str, int], int] = {}
        self._pair: dict[tuple[str, int], int] = {}
        self._note: dict[tuple[str, ...], int] = {}

    def edges(self, i: int) -> bool:
        """Whether a phrase may begin or end with the word at ``i``: no small word does."""
        token = self.s.tokens[i]
        return token.kind == tk.WORD and token.lower not in self.s.gram.stop

    def word(self, role: str, i: int) -> int:
        key = role, i
        found = self._word.get(key)
        if found is None:
            inside = 0 <= i < len(self.s.tokens)
            token = self.s.tokens[i] if inside else None
            found = self._word[key] = self.size
            self.words.append((found, role, token, inside and self.s.closed[i]))
            self.size += 1
        return found

    def pair(self, role: str, i: int) -> int:
        key = role, i
        found = self._pair.get(key)
        if found is None:
            found = self._pair[key] = self.size
            self.pairs.append((found, role, self.s.lower(i), self.s.lower(i + 1)))
            self.size += 1
        return found

    def note(self, *features: str) -> int:
        found = self._note.get(features)
        if found is None:
            found = self._note[features] = self.size
            self.notes.append((found, features))
            self.size += 1
        return found


def question(s: Sentence, draft: Draft, found: Sequence[Draft]) -> Question:
    """The candidates for what ``draft`` counts among the figures ``found`` before it."""
    slots = _Slots(s)
    out = [
        *_behind(s, draft, slots, _about(s, draft, slots, "a")),
        *_before(s, draft, slots, _about(s, draft, slots, "b")),
        *_earlier(draft, found, slots, _about(s, draft, slots, "e")),
    ]
    nothing = _about(s, draft, slots, "n")
    out.append(Candidate(None, None, False, (*nothing, slots.note(f"n|found={bool(found)}"))))
    return Question(
        tuple(out),
        tuple(slots.words),
        tuple(slots.pairs),
        tuple(slots.notes),
        slots.size,
        s.gram.language,
        s.gram,
    )


def _about(s: Sentence, draft: Draft, slots: _Slots, side: str) -> tuple[int, ...]:
    """What speaks for a side whatever stands there: the words around the number, its kind."""
    kind, before, behind = _group(draft), s.lower(draft.start - 1), s.lower(draft.after)
    return (
        slots.word(side + "<", draft.start - 1),
        slots.word(side + "<<", draft.start - 2),
        slots.word(side + ">", draft.after),
        slots.word(side + ">>", draft.after + 1),
        slots.note(
            f"{side}", f"{side}|{kind}", f"{side}<|{kind}|{before}", f"{side}>|{kind}|{behind}"
        ),
    )


def _behind(s: Sentence, draft: Draft, slots: _Slots, about: tuple[int, ...]) -> list[Candidate]:
    tokens, first, edges = s.tokens, draft.after, slots.edges
    high = first
    while high < len(tokens) and high - first < _AFTER + _AFTER_LENGTH:
        token = tokens[high]
        if token.kind in (tk.NUMBER, tk.ADDRESS) or token.text in BREAKS or token.text in OPEN:
            break
        if token.text == "/":
            break  # "5 juta/keluarga": for each of them
        high += 1
    out: list[Candidate] = []
    skipped: tuple[int, ...] = ()
    for i in range(first, min(high, first + _AFTER)):
        if edges(i):
            head = (*about, *skipped, slots.word("af", i), slots.note(f"a|skip={i - first}"))
            for j in range(i, min(high, i + _AFTER_LENGTH)):
                if j > i:
                    head = (*head, slots.word("ai", j), slots.pair("ai2", j - 1))
                if not edges(j):
                    continue
                tail = (
                    slots.word("al", j),
                    slots.word("an", j + 1),
                    slots.pair("an2", j),
                    slots.note(f"a|len={j - i}"),
                )
                out.append(Candidate(s.surface(i, j + 1), (i, j + 1), True, (*head, *tail)))
        skipped = (*skipped, slots.word("as", i))
    return out


def _before(s: Sentence, draft: Draft, slots: _Slots, about: tuple[int, ...]) -> list[Candidate]:
    tokens, low, edges = s.tokens, draft.start, slots.edges
    while low > 0 and draft.start - low < _BEFORE:
        if tokens[low - 1].text in ".;!?" or tokens[low - 1].kind == tk.ADDRESS:
            break
        low -= 1
    out: list[Candidate] = []
    gap: tuple[int, ...] = ()
    for j in range(draft.start - 1, low - 1, -1):
        if edges(j):
            head = (
                *about,
                slots.word("bl", j),
                slots.word("bn", j + 1),
                *gap,
                slots.note(f"b|gap={_bucket(draft.start - 1 - j)}"),
            )
            for i in range(j, max(low, j - _BEFORE_LENGTH + 1) - 1, -1):
                token = tokens[i]
                if token.kind == tk.NUMBER or token.text in OPEN or token.text in CLOSE:
                    break
                if i < j:
                    head = (*head, slots.word("bi", i + 1), slots.pair("bi2", i))
                if not edges(i):
                    continue
                tail = (
                    slots.word("b0", i - 1 if i > low else -1),
                    slots.word("bf", i),
                    slots.note(f"b|len={j - i}"),
                )
                out.append(Candidate(s.surface(i, j + 1), (i, j + 1), False, (*head, *tail)))
        gap = (*gap, slots.word("bg", j))
    return out


def _earlier(
    draft: Draft, found: Sequence[Draft], slots: _Slots, about: tuple[int, ...]
) -> list[Candidate]:
    out: list[Candidate] = []
    seen: set[str] = set()
    for rank, other in enumerate(reversed(found[-_EARLIER:])):
        if other.kind in _UNCOUNTED or not other.unit_text or other.unit_text in seen:
            continue
        seen.add(other.unit_text)
        note = slots.note(
            f"e|rank={rank}",
            f"e|{other.kind}",
            f"e|gap={_bucket(max(0, draft.start - other.after))}",
            f"e|seen={len(seen)}",
        )
        out.append(Candidate(other.unit_text, None, False, (*about, note)))
    return out

"""What the words of a text say of its language: the second step, which tells close languages apart.

Each word gives a vote, in log odds, to each language that uses it. The votes of
``models/detection/words.tsv`` come from frequencies (``pipeline/train/detection.py``); the words of
``close.toml`` in the folder of a language are known to be of one language among its relatives. This
is naive Bayes over words with a uniform background, so that a word that no language is known to use
says nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline import languages, models

# Letters with hyphens inside; what stands on both sides of an apostrophe (l'eau) is two words.
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
# A word known to be of one language has this vote there, and this much more than among relatives.
_KNOWN, _AHEAD = 5.0, 4.0
# A language has a whole vocabulary in the table with this part of the words that a relative has.
# One that has not may use any word of those relatives, with a vote that is this much smaller.
_WHOLE, _BORROWED = 0.5, 0.35

# Marks of format that have no width (soft hyphens, joiners, byte order).
_NO_WIDTH = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
# A word inside a clause; with a capital it is a name there.
_INNER = re.compile(r"(?<=[\w,;/&%)] )[^\W\d_]+(?:-[^\W\d_]+)*")

_CODE = re.compile(r"([^\s=]+)=")  # of a language, before its vote

Row = tuple[tuple[int, float], ...]
Votes = list[float]


def composed(text: str) -> str:
    """``text`` as words are looked for: composed (NFC), without marks that have no width."""
    return unicodedata.normalize("NFC", text if text.isascii() else _NO_WIDTH.sub("", text))


def words(text: str) -> list[str]:
    """The words of ``text``, lower case. ``text`` is to be ``composed``."""
    return _WORD.findall(text.lower())


@dataclass(frozen=True, slots=True)
class Said:
    """What the words of a text say: the sum of the votes for each language, by its index, how many
    different words there are that are no names, how many of them are known, how many letters the
    text has, and its different words."""

    votes: Votes
    words: int
    known: int
    letters: int
    telling: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The votes of words.

    ``families`` groups the indexes in ``languages`` of those that words alone tell apart. ``rows``
    has, by word, the indexes of languages with their votes; an index behind the last language is
    that of a family, whose vote counts for all its members. ``close`` are the indexes of families
    and of their members.
    """

    languages: tuple[str, ...]
    families: tuple[tuple[int, ...], ...]
    rows: Mapping[str, Row]
    close: frozenset[int]

    def votes(self, text: str) -> Said:
        """What the words of ``text`` say. Each counts once, however often it stands there: what is
        said again says nothing new."""
        said, said_names = _told_apart(text)
        letters = sum(map(len, said)) + sum(map(len, said_names))
        plain, names = dict.fromkeys(said), dict.fromkeys(said_names)
        size = len(self.languages)
        totals = [0.0] * (size + len(self.families))
        known = 0
        for row in filter(None, map(self.rows.get, plain)):
            known += 1
            for index, vote in row:
                totals[index] += vote
        for name in names:
            for index, vote in self.rows.get(name, ()) if name not in plain else ():
                if index in self.close:
                    totals[index] += vote
        for family, shared in zip(self.families, totals[size:], strict=True):
            for index in family:
                totals[index] += shared
        return Said(totals[:size], len(plain), known, letters, (*plain, *names))


def _told_apart(text: str) -> tuple[list[str], list[str]]:
    """The words of ``text`` in their order, but for those that may be names, and these.

    A word with a capital inside a clause is a name, or one of the few (months, nationalities) that
    tell relatives apart. A text in capitals has no names that could be told.
    """
    if text.isupper():
        return words(text), []
    names: list[str] = []

    def no_name(word: re.Match[str]) -> str:
        found = word[0]
        if not found[0].isupper():
            return found
        names.append(found.lower())
        return " "

    return words(_INNER.sub(no_name, text)), names


def families() -> dict[str, dict[str, Sequence[str]]]:
    """Of each language read here: the words that tell it from its relatives, by who uses them."""
    return {code: languages.data(code, "close")["words"] for code in languages.available()}


class _Table(Mapping[str, Mapping[str, float]]):
    """The votes in lines of a word, a tab, then ``language=vote`` joined by blanks. A line is read
    when its word is asked for: a run asks for few of them, and starts sooner."""

    def __init__(self, text: str) -> None:
        self._lines = dict(line.split("\t", 1) for line in text.splitlines())

    def __getitem__(self, word: str) -> dict[str, float]:
        return {c: float(v) for c, _, v in (x.partition("=") for x in self._lines[word].split())}

    def __contains__(self, word: object) -> bool:
        return word in self._lines

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)

    def sizes(self) -> Counter[str]:
        """How many words each language has."""
        return Counter(_CODE.findall(" ".join(self._lines.values())))


def read_table(path: Path) -> Mapping[str, Mapping[str, float]]:
    """The votes in a table of words: a word, a tab, then ``language=vote`` joined by blanks."""
    return _Table(path.read_text(encoding="utf-8"))


class _Rows(Mapping[str, Row]):
    """The rows of a lexicon, each composed when its word is first asked for."""

    def __init__(
        self,
        table: Mapping[str, Mapping[str, float]],
        sizes: Mapping[str, int],
        every: Sequence[str],
        related: Sequence[Mapping[str, Sequence[str]]],
    ) -> None:
        self._table = table
        self._related = related
        self._users = [_users(own) for own in related]
        self._whole = [_whole(own, sizes) for own in related]
        self._index = {code: i for i, code in enumerate(every)}
        self._made: dict[str, Row] = {}

    def __getitem__(self, word: str) -> Row:
        made = self._made.get(word)
        if made is None:
            if not (word in self._table or any(word in users for users in self._users)):
                raise KeyError(word)
            made = self._made[word] = self._composed(word)
        return made

    def _composed(self, word: str) -> Row:
        index, size = self._index, len(self._index)
        said = dict(self._table.get(word, {}))
        row: list[tuple[int, float]] = []
        for i, own in enumerate(self._related):
            members = {code: said.pop(code) for code in own if code in said}
            using = self._users[i].get(word, frozenset())
            if not members and not using:
                continue
            base, values = _shared_out(members, self._whole[i], using, own)
            row += [(size + i, base)] if base else []
            row += [(index[c], v - base) for c, v in sorted(values.items()) if v != base]
        row += [(index[code], vote) for code, vote in sorted(said.items())]
        return tuple(row)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({*self._table, *(word for users in self._users for word in users)}))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def compose(table: Mapping[str, Mapping[str, float]]) -> Lexicon:
    """The lexicon of a table of votes and of the words known by the folders of languages.

    Of some relatives the table has few words: any word of the others may be theirs too.
    """
    related = [own for _, own in sorted(families().items())]
    sizes = (
        table.sizes()
        if isinstance(table, _Table)
        else Counter(code for said in table.values() for code in said)
    )
    every = sorted({*sizes, *(code for own in related for code in own)})
    index = {code: i for i, code in enumerate(every)}
    groups = tuple(tuple(index[c] for c in sorted(own)) for own in related)
    close = {i for group in groups for i in group}
    close |= set(range(len(every), len(every) + len(groups)))
    rows = _Rows(table, sizes, every, related)
    return Lexicon(tuple(every), groups, rows, frozenset(close))


def _whole(family: Iterable[str], sizes: Mapping[str, int]) -> list[str]:
    """The members of a family of which a table with so many words each has a whole vocabulary."""
    most = max(sizes.get(code, 0) for code in family)
    return [code for code in family if sizes.get(code, 0) >= _WHOLE * most]


def _users(own: Mapping[str, Sequence[str]]) -> dict[str, frozenset[str]]:
    """Of the words of a family's lists, who uses each."""
    found: dict[str, set[str]] = {}
    for code, listed in own.items():
        for word in listed:
            found.setdefault(word, set()).add(code)
    return {word: frozenset(codes) for word, codes in found.items()}


def _shared_out(
    said: Mapping[str, float], whole: Sequence[str], users: frozenset[str], family: Iterable[str]
) -> tuple[float, dict[str, float]]:
    """The votes of a word for the members of a family: what all have, and the vote of each.

    ``said`` is what the table has of it, ``whole`` the members of which it has a whole vocabulary,
    ``users`` those that are known to use the word while the others do not.
    """
    base = max(0.0, max((said.get(c, 0.0) for c in whole), default=0.0) - _BORROWED)
    values = {c: said.get(c, 0.0) if c in whole else max(said.get(c, 0.0), base) for c in family}
    if users:
        values |= {c: max(values[c], _KNOWN) for c in users}
        most = max(0.0, min(values[c] for c in users) - _AHEAD)
        values |= {c: min(v, most) for c, v in values.items() if c not in users}
        base = min(base, most)
    return base, values


@cache
def lexicon() -> Lexicon:
    """The lexicon that is shipped."""
    return compose(read_table(models.folder(models.DETECTION) / "words.tsv"))

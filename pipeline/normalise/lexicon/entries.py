"""The words and phrases of a language, and what each of them means in a name.

All come from ``languages/<code>/organisations.toml``, ``facts/organisations.toml`` and, for bodies
with a name of their own, ``facts/bodies.toml``; English names that a translation left standing from
``facts/english.toml``.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

from pipeline import facts, languages
from pipeline.normalise.lexicon.own_names import own_names
from pipeline.normalise.lexicon.place_names import province_at
from pipeline.normalise.lexicon.tokens import Token, phrase_words, tokenise
from pipeline.normalise.places import fold
from pipeline.user_lexicon import remembered

SHORTEST_COMPOUND = 8  # letters of a word that may be several
_ROMAN = re.compile(r"(x{0,3})(ix|iv|v?i{0,3})$")
_VIETNAMESE = (
    ("heads", "head"),
    ("levels", "level"),
    ("fields", "field"),
    ("countries", "country"),
    ("legal_forms", "noise"),
)
_LISTS = {
    "connectors": "connector",
    "loose_connectors": "loose",
    "conjunctions": "conjunction",
    "legal_forms": "noise",
    "branches": "branch",
    "fillers": "filler",
    "articles": "article",
    "party_words": "party",
}
# Kinds whose label is no word that a body is headed by.
_NO_HEADS = frozenset({"international", "media", "central-ministry", "company-military"})


class Match(NamedTuple):
    """A phrase of the lexicon: ``size`` tokens that mean ``value`` as a ``sort`` of thing.

    ``level`` is the level of the State that the word for a head says itself.
    """

    size: int
    sort: str
    value: str
    level: str = ""


@dataclass(frozen=True)
class Lexicon:
    """All phrases of one language, by first word."""

    phrases: dict[str, dict[str, tuple[tuple[str, str], ...]]]
    sizes: dict[str, tuple[int, ...]]
    exact: dict[str, str]
    compounding: bool
    links: tuple[str, ...]
    ordinal: re.Pattern[str]
    number_words: frozenset[str]
    starts: frozenset[str]
    capital_starts: frozenset[str]
    cased: dict[str, tuple[bool, bool]]
    another: frozenset[str]
    marked: frozenset[str]
    vietnamese: dict[str, tuple[tuple[str, str], ...]]
    vietnamese_longest: int
    plain: dict[str, tuple[tuple[str, str], ...]]
    plain_starts: frozenset[str]
    singles: dict[str, tuple[tuple[str, str], ...]]
    generic_before: frozenset[str]
    generic_after: tuple[tuple[str, ...], ...]
    articles: frozenset[str]

    def matches(self, tokens: Sequence[Token], i: int, plain: bool = False) -> list[Match]:
        """Every phrase that begins at token ``i``, longest first.

        ``plain`` adds the Vietnamese phrases without their diacritics.
        """
        token = tokens[i]
        first = token.word
        table = self.phrases.get(first)
        found: list[Match] = []
        if table is not None:
            sizes = self.sizes[first]
            words = [t.word for t in tokens[i : i + sizes[0]]] if sizes[0] > 1 else [first]
            for n in sizes:
                if n <= len(words):
                    entry = table.get(" ".join(words[:n]) if n > 1 else first)
                    if entry:
                        found += [Match(n, sort, value) for sort, value in entry]
        if token.exact or (token.capital and any(t.exact for t in tokens[i + 1 : i + 3])):
            words = [t.exact or t.word for t in tokens[i : i + self.vietnamese_longest]]
            found += _longest_in(self.vietnamese, words)
            found.sort(key=lambda m: -m.size)
        elif plain:
            words = [t.word for t in tokens[i : i + self.vietnamese_longest]]
            found += _longest_in(self.plain, words)
            found.sort(key=lambda m: -m.size)
        return found

    def opens_plain(self, tokens: Sequence[Token], i: int) -> bool:
        """Whether a Vietnamese name that lost its diacritics begins at token ``i``.

        A head of several words whose later words are small, one of a single word with a field
        behind it, or an abbreviation with a level behind it.
        """
        first = tokens[i]
        if first.word not in self.plain_starts or not first.capital or first.exact:
            return False
        words = [t.word for t in tokens[i : i + self.vietnamese_longest]]
        heads = [m for m in _longest_in(self.plain, words) if m.sort in ("head", "name")]
        size = heads[0].size if heads else 1
        after = tokens[i + size : i + size + 1]
        if size > 2:
            return True
        if size == 2:
            return not tokens[i + 1].capital or tokens[i + 1].upper
        sorts = {m.sort for m in _longest_in(self.plain, words[1:])} if after else set()
        if first.upper:
            return "level" in sorts and not after[0].capital
        if any(m.value == "newspaper" for m in heads):
            return bool(after) and province_at(tokens, i + 1) > 0
        return bool(heads) and "field" in sorts and len(words) > 2

    def compound(self, word: str) -> tuple[tuple[str, str], ...] | None:
        """The parts of a compound word (``districtspartijcomité``), or ``None``."""
        if not self.compounding or len(word) < SHORTEST_COMPOUND:
            return None
        return _split(self, word, 3)

    def field_words(self) -> dict[str, frozenset[str]]:
        """By field, the words that a phrase which means it begins with."""
        found: dict[str, set[str]] = {}
        by_phrase = chain(
            *(table.items() for table in self.phrases.values()),
            self.vietnamese.items(),
            self.plain.items(),
        )
        for phrase, entries in by_phrase:
            for sort, value in entries:
                if sort == "field":
                    found.setdefault(value, set()).add(fold(phrase.split(" ", 1)[0]))
        return {field: frozenset(words) for field, words in found.items()}

    def number(self, token: Token) -> str | None:
        """The number that a token writes (``15``, an ordinal, ``III``), or ``None``."""
        if token.word[:1].isdigit():
            ordinal = self.ordinal.match(token.word)
            return ordinal[1] if ordinal else token.word
        if token.upper or (len(token.word) == 1 and token.capital):
            roman = _ROMAN.match(token.word)
            if roman is not None:
                ones = {"ix": 9, "iv": 4}.get(roman[2])
                if ones is None:
                    ones = 5 * roman[2].count("v") + roman[2].count("i")
                return str(10 * len(roman[1]) + ones)
        return None


def _longest_in(table: dict[str, tuple[tuple[str, str], ...]], words: Sequence[str]) -> list[Match]:
    """What the longest phrase at the start of ``words`` means; of a head also its level."""
    for n in range(len(words), 0, -1):
        entry = table.get(" ".join(words[:n]))
        if entry:
            return [
                Match(n, sort, *value.split(" ")) if sort == "head" else Match(n, sort, value)
                for sort, value in entry
            ]
    return []


def _split(lexicon: Lexicon, word: str, depth: int) -> tuple[tuple[str, str], ...] | None:
    """``word`` as field or level words and a last known word, the longest last word first."""
    for cut in range(2, len(word) - 2):
        tail = lexicon.singles.get(word[cut:])
        if not tail:
            continue
        head = word[:cut].rstrip("-")
        for link in lexicon.links:
            if link and not head.endswith(link):
                continue
            stem = head[: len(head) - len(link)] if link else head
            if len(stem) < 3:
                continue
            known = lexicon.singles.get(stem)
            if known:
                before = next((e for e in known if e[0] in ("field", "level")), None)
                if before:
                    return (before, _tail(tail))
            elif depth > 1:
                inner = _split(lexicon, stem, depth - 1)
                if inner and inner[-1][0] in ("field", "level"):
                    return (*inner, _tail(tail))
    return None


def _tail(entries: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    return next((e for e in entries if e[0] == "head"), entries[0])


@cache
def _vietnamese() -> dict[str, tuple[tuple[str, str], ...]]:
    """Vietnamese phrases, which translations leave standing; diacritics count."""
    data = facts.data("organisations")
    collected: dict[str, dict[tuple[str, str], None]] = {}

    def add(phrase: str, sort: str, value: str) -> None:
        words = " ".join(t.exact or t.word for t in tokenise(phrase))
        collected.setdefault(words, {})[sort, value] = None

    for kind, row in data["kinds"].items():
        if " " in row.get("vi", ""):
            add(row["vi"], "head", kind)
    for row in data["field_names"]:
        if row.get("vi"):
            add(row["vi"], "field", row["name"])
    for name, row in data["fields"].items():
        if row.get("vi"):
            add(row["vi"], "field", name)
    for section, sort in _VIETNAMESE:
        for value, phrases in data["vietnamese"][section].items():
            for phrase in phrases:
                add(phrase, sort, value)
    for name_id, row in facts.registered().items():
        if row.get("vi"):
            add(row["vi"], "name", name_id)
    return {phrase: tuple(entries) for phrase, entries in collected.items()}


@cache
def _names() -> tuple[tuple[str, str, str, tuple[Token, ...]], ...]:
    """Every name of the bodies that have one of their own: body, sort of name, words, joined and
    as tokens."""
    return tuple(
        (name_id, sort, " ".join(t.word for t in words), tuple(words))
        for name_id, row in facts.registered().items()
        for sort, names in (
            ("name", row.get("names", ())),
            ("shared", row.get("shared", ())),
            ("vi", (row["vi"],) if "vi" in row else ()),
        )
        for name in names
        if (words := tokenise(name))
    )


@cache
def _plain() -> dict[str, tuple[tuple[str, str], ...]]:
    """Vietnamese phrases without their diacritics; of names of single bodies the long ones."""
    collected: dict[str, dict[tuple[str, str], None]] = {}
    for phrase, entries in _vietnamese().items():
        for entry in entries:
            if entry[0] != "name" or phrase.count(" ") >= 3:
                collected.setdefault(fold(phrase), {})[entry] = None
    return {phrase: tuple(entries) for phrase, entries in collected.items()}


@remembered()
def lexicon(language: str) -> Lexicon:
    """The lexicon of a language. Raises ``languages.UnknownLanguage`` when it has none."""
    return _lexicon(languages.data(language, "organisations"), language)


@remembered()
def with_english(language: str) -> Lexicon:
    """The lexicon of a language and what only a given name is read with.

    Names that a translation left in English, wholly or in part (``Department of Health van de
    provincie``): every kind by its English label, every field by its id, and what
    ``facts/english.toml`` adds. Heads and levels of ``given`` and ``given_levels``, which in
    running text would find kinds in general (plurals). Raises ``languages.UnknownLanguage`` as
    ``lexicon`` does.
    """
    data = dict(languages.data(language, "organisations"))
    english = facts.data("english")
    kinds, named = facts.data("organisations")["kinds"], facts.named()
    worded: dict[str, dict[str, list[str]]] = {
        "heads": _together(
            {kind: [row["label"]] for kind, row in kinds.items() if kind not in _NO_HEADS},
            data.get("given", {}),
        ),
        "fields": {name: [name.replace("-", " ")] for name in data["fields"]},
        "levels": data.get("given_levels", {}),
        "countries": {name: [name.replace("-", " ")] for name in data["countries"]},
        "names": {key: [row["label"]] for key, row in named.items() if " " in (row["label"] or "")},
    }
    for section in ("heads", "fields", "levels", "names", "countries"):
        data[section] = _together(data[section], worded.get(section, {}), english.get(section, {}))
    for key in _LISTS:
        data[key] = [*data[key], *english.get(key, ())]
    data["compounding"] = True
    return _lexicon(data, language)


@remembered()
def without_names(language: str) -> Lexicon:
    """The lexicon of ``with_english`` that knows no body by its name: names are read by parts."""
    lex = with_english(language)

    def plain(table: dict[str, tuple[tuple[str, str], ...]]) -> dict[str, Any]:
        left = {
            phrase: tuple(e for e in entries if e[0] not in ("name", "shared"))
            for phrase, entries in table.items()
        }
        return {phrase: entries for phrase, entries in left.items() if entries}

    return dataclasses.replace(
        lex,
        phrases={first: plain(table) for first, table in lex.phrases.items()},
        vietnamese=plain(lex.vietnamese),
        plain=plain(lex.plain),
    )


@cache
def fillers(language: str) -> frozenset[str]:
    """Words inside names that say nothing about identity (``vietnam``); none without a lexicon."""
    if language not in languages.available():
        return frozenset()
    said = languages.data(language, "organisations")["fillers"]
    return frozenset(word for phrase in said for word in phrase_words(phrase))


@cache
def abbreviations(language: str) -> dict[str, str]:
    """Abbreviations of bodies and the long forms that they are read as in a given name."""
    own: dict[str, str] = languages.data(language, "organisations").get("abbreviations", {})
    return {**facts.data("english")["abbreviations"], **own}


def _together(*tables: dict[str, list[str]]) -> dict[str, list[str]]:
    """Tables of phrases as one: every phrase of each value, in order."""
    joined: dict[str, list[str]] = {}
    for table in tables:
        for value, phrases in table.items():
            joined.setdefault(value, []).extend(phrases)
    return joined


@remembered()
def opening_words(language: str) -> frozenset[str]:
    """First words of the phrases that only ``with_english`` has, by which to know such a name."""
    new = _common(with_english(language)) - _common(lexicon(language))
    return frozenset(joined.split(" ")[0] for joined, _ in new) | {"of", "for"}


def _common(lexicon: Lexicon) -> frozenset[tuple[str, tuple[str, str]]]:
    """The phrases that are heads, fields, levels or countries, and what they mean."""
    return frozenset(
        (joined, entry)
        for table in lexicon.phrases.values()
        for joined, entries in table.items()
        for entry in entries
        if entry[0] in ("head", "field", "level", "country")
    )


def _lexicon(data: dict[str, Any], language: str) -> Lexicon:
    collected: dict[str, dict[str, dict[tuple[str, str], None]]] = {}
    exact: dict[str, str] = {}
    cased: dict[str, tuple[bool, bool]] = {}

    def add(phrase: str, sort: str, value: str) -> None:
        words = phrase_words(phrase)
        if words:
            table = collected.setdefault(words[0], {})
            table.setdefault(" ".join(words), {})[sort, value] = None

    sections = {
        "heads": "head",
        "fields": "field",
        "levels": "level",
        "names": "name",
        "countries": "country",
    }
    for section, sort in sections.items():
        for value, phrases in data[section].items():
            for phrase in phrases:
                add(phrase, sort, value)
    for key, sort in _LISTS.items():
        for phrase in data[key]:
            add(phrase, sort, phrase)
    starts = frozenset(
        first
        for first, table in collected.items()
        if any(
            sort in ("head", "name")
            or (data["compounding"] and sort in ("level", "field", "country"))
            for entries in table.values()
            for sort, _ in entries
        )
    )
    marked = {
        t.exact
        for names in data["names"].values()
        for name in names
        if not name.isascii()
        for t in tokenise(name)
    }
    own = {joined for table in collected.values() for joined in table}
    for name_id, sort, joined, words in _names():
        if sort != "vi":
            collected.setdefault(words[0].word, {}).setdefault(joined, {})[sort, name_id] = None
        if sort == "shared":
            continue
        if len(words) > 1:
            if joined not in own:
                first, last = cased.get(joined, (True, True))
                cased[joined] = (first and words[0].capital, last and words[-1].capital)
        elif sort == "name":
            marked.add(words[0].exact)
            upper = words[0].upper and exact.get(joined, joined)
            exact[joined] = joined.upper() if upper else ""
    for name, words in own_names(language):
        joined = " ".join(t.word for t in words)
        table = collected.setdefault(words[0].word, {})
        others = (e for e in table.get(joined, ()) if e[0] not in ("name", "shared"))
        table[joined] = {("name", name.id): None, **dict.fromkeys(others)}
        if len(words) > 1:
            cased[joined] = (words[0].capital, words[-1].capital)
        else:
            marked.add(words[0].exact)
            exact.pop(joined, None)
            if words[0].capital:
                exact[joined] = joined.upper() if words[0].upper else ""
    for section, sort in (("heads", "head"), ("fields", "field"), ("levels", "level")):
        for value, entries in facts.data("organisations")["vietnamese"][section].items():
            for phrase in entries:
                if phrase.isascii() and phrase.isupper():
                    add(phrase, sort, value)
                    exact.setdefault(fold(phrase), phrase)
    vietnamese, plain = _vietnamese(), _plain()
    plain_starts = frozenset(
        joined.split(" ")[0]
        for joined, entries in plain.items()
        if any(sort in ("head", "name") for sort, _ in entries)
    )
    phrases = {
        first: {joined: tuple(entries) for joined, entries in table.items()}
        for first, table in collected.items()
    }
    return Lexicon(
        phrases,
        {
            first: tuple(sorted({j.count(" ") + 1 for j in table}, reverse=True))
            for first, table in phrases.items()
        },
        exact,
        data["compounding"],
        tuple(data.get("compound_links", ())),
        re.compile(
            r"(\d{1,4})(?:" + "|".join(map(re.escape, data.get("ordinal_suffixes", ()))) + r")?$"
        ),
        frozenset(data["number_words"]),
        starts,
        frozenset(joined.split(" ")[0] for joined in (*cased, *vietnamese))
        | frozenset(exact)
        | plain_starts,
        cased,
        frozenset(facts.data("bodies")["another"]),
        frozenset(marked),
        vietnamese,
        max((p.count(" ") + 1 for p in vietnamese), default=0),
        plain,
        plain_starts,
        {
            first: keep
            for first, table in phrases.items()
            if first in table
            and (keep := tuple(e for e in table[first] if e[0] in ("head", "field", "level")))
        },
        frozenset(fold(w) for w in data["generic_before"]),
        tuple(phrase_words(w) for w in data["generic_after"]),
        frozenset(data["articles"]),
    )

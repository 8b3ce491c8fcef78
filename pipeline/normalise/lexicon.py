"""Names of organisations read part by part: heads, fields, levels, places, names of their own.

``parse`` reads the words from one position on into a chain of parts, the outermost body first
(party committee, of the department, of health); ``match_spans`` finds such names in running text.
All words come from ``languages/<code>/organisations.toml``, ``facts/organisations.toml`` and, for
bodies with a name of their own, ``facts/bodies.toml``.
Both are linear in the text: a name is at most ``_LONGEST`` words long.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, NamedTuple

from pipeline import facts, languages
from pipeline.normalise import places
from pipeline.normalise.places import fold

_TOKEN = re.compile(
    r"[^\W_][\u0300-\u036f]*(?:[^\W_][\u0300-\u036f]*|['\u2019](?=[^\W\d_]))*|[^\w\s\-\u2010-\u2015]"
)
_LOWER_UNSURE = frozenset({"group", "station", "office", "command", "team", "unit"})
_SURE = frozenset(
    {
        "ministry",
        "department",
        "commission",
        "office",
        "association",
        "union",
        "federation",
        "court",
        "procuracy",
    }
)
_SMALL = frozenset({"connector", "loose", "conjunction", "article", "filler"})
_DASHES = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2015")
_LONGEST = 40
_ROMAN = re.compile(r"(x{0,3})(ix|iv|v?i{0,3})$")
_CAPITALS = re.compile(r"[A-ZĐ][\w&]*(?:[.-][\w&]+)*")
_IN_BRACKETS = re.compile(r"\s?\(\s?([A-ZĐ][A-Za-zĐ&]{0,3}[A-ZĐ0-9][\w&.-]{0,11})\s?\)")
_VIETNAMESE = (
    ("heads", "head"),
    ("levels", "level"),
    ("fields", "field"),
    ("countries", "country"),
    ("legal_forms", "noise"),
)
_NUMBERED = frozenset({"hospital", "institute", "company", "secondary-school", "primary-school"})


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
    last = start
    for m in _TOKEN.finditer(text, start, len(text) if end is None else end):
        raw = m[0]
        begin, stop = m.span()
        gap = text[last:begin]
        plain = raw.isascii()
        capital = raw[0].isupper()
        found.append(
            Token(
                begin,
                stop,
                raw.lower() if plain else fold(raw).replace("\u2019", "'"),
                capital,
                capital and len(raw) > 1 and raw.isupper(),
                gap != " " and not _DASHES.isdisjoint(gap),
                not gap or gap in _DASHES,
                "" if plain else unicodedata.normalize("NFC", raw).lower(),
            )
        )
        last = stop
    return found


class Match(NamedTuple):
    """A phrase of the lexicon: ``size`` tokens that mean ``value`` as a ``sort`` of thing.

    ``level`` is the level of the State that the word for a head says itself.
    """

    size: int
    sort: str
    value: str
    level: str = ""


@dataclass(slots=True)
class Part:
    """One body of a name: what it is, what it is for, and what tells it from others."""

    kind: str
    name_id: str | None = None
    fields: list[str] = field(default_factory=list)
    levels: list[str] = field(default_factory=list)
    areas: list[tuple[str | None, str]] = field(default_factory=list)
    proper: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    party: bool = False

    def is_bare(self) -> bool:
        """Whether it is a head and nothing else."""
        return not (
            self.name_id
            or self.fields
            or self.levels
            or self.areas
            or self.proper
            or self.numbers
            or self.countries
            or self.party
        )


@dataclass(frozen=True, slots=True)
class Parsed:
    """A name from token ``first`` to before ``last``; ``unknown`` words no lexicon has."""

    first: int
    last: int
    parts: tuple[Part, ...]
    unknown: int = 0


def _phrase(text: str) -> tuple[str, ...]:
    return tuple(t.word for t in tokenise(text))


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
            return bool(after) and _province_at(tokens, i + 1) > 0
        return bool(heads) and "field" in sorts and len(words) > 2

    def compound(self, word: str) -> tuple[tuple[str, str], ...] | None:
        """The parts of a compound word (``districtspartijcomité``), or ``None``."""
        if not self.compounding or len(word) < 8:
            return None
        return _split(self, word, 3)


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
    for name_id, row in facts.named().items():
        if row.get("vi"):
            add(row["vi"], "name", name_id)
    return {phrase: tuple(entries) for phrase, entries in collected.items()}


@cache
def _names() -> tuple[tuple[str, str, tuple[Token, ...]], ...]:
    """Every name of the bodies that have one of their own: body, sort of name, words."""
    return tuple(
        (name_id, sort, tuple(words))
        for name_id, row in facts.named().items()
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


@cache
def lexicon(language: str) -> Lexicon:
    """The lexicon of a language. Raises ``languages.UnknownLanguage`` when it has none."""
    data = languages.data(language, "organisations")
    collected: dict[str, dict[str, dict[tuple[str, str], None]]] = {}
    exact: dict[str, str] = {}
    cased: dict[str, tuple[bool, bool]] = {}

    def add(phrase: str, sort: str, value: str) -> None:
        words = _phrase(phrase)
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
    for key, sort in (
        ("connectors", "connector"),
        ("loose_connectors", "loose"),
        ("conjunctions", "conjunction"),
        ("legal_forms", "noise"),
        ("branches", "branch"),
        ("fillers", "filler"),
        ("articles", "article"),
        ("party_words", "party"),
    ):
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
    marked = {t.exact for names in data["names"].values() for n in names for t in tokenise(n)}
    own = {joined for table in collected.values() for joined in table}
    for name_id, sort, words in _names():
        joined = " ".join(t.word for t in words)
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
        tuple(_phrase(w) for w in data["generic_after"]),
        frozenset(data["articles"]),
    )


def kind_of(kind: str) -> dict[str, Any]:
    """What is known about a kind of body; empty for one that is not listed."""
    row: dict[str, Any] = facts.data("organisations")["kinds"].get(kind, {})
    return row


def _scope(kind: str) -> str:
    scope: str = kind_of(kind).get("scope", "named")
    return scope


def _number(token: Token, lex: Lexicon) -> str | None:
    """The number that a token writes (``15``, an ordinal, ``III``), or ``None``."""
    if token.word[:1].isdigit():
        ordinal = lex.ordinal.match(token.word)
        return ordinal[1] if ordinal else token.word
    if token.upper or (len(token.word) == 1 and token.capital):
        roman = _ROMAN.match(token.word)
        if roman is not None:
            ones = {"ix": 9, "iv": 4}.get(roman[2])
            if ones is None:
                ones = 5 * roman[2].count("v") + roman[2].count("i")
            return str(10 * len(roman[1]) + ones)
    return None


@cache
def _province_names() -> frozenset[str]:
    names = {
        n for n, ps in places.gazetteer().by_name.items() if any(p.level == "province" for p in ps)
    }
    return frozenset(names | set(places.gazetteer().aliases))


def _province_at(tokens: Sequence[Token], i: int) -> int:
    """How many tokens from ``i`` on name a province; 0 for none."""
    if not tokens[i].capital or tokens[i].word not in places.gazetteer().first_words:
        return 0
    names = _province_names()
    for n in range(min(5, len(tokens) - i), 0, -1):
        if (
            all(t.capital for t in tokens[i : i + n])
            and " ".join(t.word for t in tokens[i : i + n]) in names
        ):
            return n
    return 0


def _name_at(tokens: Sequence[Token], i: int) -> int:
    """How many capitalised tokens from ``i`` on are a Vietnamese place name; 0 below two."""
    if not tokens[i].capital or tokens[i].word not in places.gazetteer().first_words:
        return 0
    names = places.gazetteer().by_name
    for n in range(min(4, len(tokens) - i), 1, -1):
        run = tokens[i : i + n]
        if not all(t.capital for t in run):
            continue
        found = names.get(" ".join(t.word for t in run))
        if found and any(t.exact for t in run):
            written = " ".join(t.exact or t.word for t in run)
            found = tuple(p for p in found if p.name_vi.lower().endswith(written))
        if found:
            return n
    return 0


class _Reader:
    """Reads one name; ``strict`` takes only what surely belongs to it."""

    def __init__(self, lex: Lexicon, tokens: Sequence[Token], strict: bool) -> None:
        self.lex = lex
        self.tokens = tokens
        self.strict = strict
        self.unknown = 0
        self.known: dict[int, list[Match]] = {}
        self.first = 0
        self.listing = False
        self.before = 0
        self.joins = ("connector",) if strict else ("connector", "loose")
        self.plain = False
        self.nameless = False

    def best(self, i: int, *sorts: str) -> Match | None:
        """The longest phrase at ``i`` of one of ``sorts``, earlier sorts first at equal length."""
        known = self.known.get(i)
        if known is None:
            known = self.lex.matches(self.tokens, i, self.plain)
            if self.tokens[i].exact:
                known = [m for m in known if m.sort not in _SMALL]
            if not self.strict and any(m.sort == "shared" for m in known):
                known = [self._as_name(m, i) for m in known]
            if self.nameless:
                known = [m for m in known if m.sort != "name"]
            self.known[i] = known
        if not known:
            return None
        found = [m for m in known if m.sort in sorts]
        if not found:
            return None
        return min(found, key=lambda m: (-m.size, sorts.index(m.sort)))

    def _as_name(self, match: Match, i: int) -> Match:
        """A name that is also a word, a person or a place counts when it is all there is."""
        whole = i == self.first and i + match.size == len(self.tokens) and not self.strict
        return Match(match.size, "name", match.value) if match.sort == "shared" and whole else match

    def usable(self, i: int, match: Match) -> bool:
        """Whether a phrase stands alone: not half of a hyphened word, capitals where they count."""
        tokens = self.tokens
        last = i + match.size
        if match.sort in ("name", "head") and match.size == 1:
            wanted = self.lex.exact.get(tokens[i].word)
            if wanted and not tokens[i].upper:
                return False
            if wanted is not None and match.sort == "name" and not tokens[i].capital:
                return False
            if match.sort == "name" and tokens[i].exact and tokens[i].exact not in self.lex.marked:
                return False
        elif match.sort == "name" and self.strict:
            joined = " ".join(t.word for t in tokens[i:last])
            opens, closes = self.lex.cased.get(joined, (False, False))
            if (opens and not tokens[i].capital) or (closes and not tokens[last - 1].capital):
                return False
        reduplicated = (
            last < len(tokens)
            and tokens[last].glued
            and tokens[last].dash
            and tokens[last].word == tokens[last - 1].word
        )
        return not reduplicated

    def parse(self, i: int) -> Parsed | None:
        """A name whose first token is ``i``."""
        tokens = self.tokens
        limit = min(len(tokens), i + _LONGEST)
        self.first = i
        before: list[Match] = []
        proper: list[str] = []
        pre_areas: list[tuple[str | None, str]] = []
        numbers: list[str] = []
        j = i
        head: Match | None = None
        tail_parts: tuple[tuple[str, str], ...] = ()
        counted = i + 1 < limit and tokens[i + 1].word.isdigit()
        formation = self._formation(i) if counted else None
        if formation is not None:
            part, j = formation
            parts = [part]
            last = self._after(parts, j, limit)
            return Parsed(i, last, tuple(parts), self.unknown)
        while j < limit:
            token = tokens[j]
            if self.strict and j > i and token.dash and not token.glued:
                return None
            match = self.best(j, "head", "name")
            if match is not None and match.sort == "name" and (proper or before):
                match = self.best(j, "head") or match
            size = _name_at(tokens, j)
            if size and (match is None or match.size < size) and not _province_at(tokens, j):
                if not self.lex.compounding and self.strict:
                    return None
                proper += [t.word for t in tokens[j : j + size]]
                j += size
                continue
            if match is not None and self.usable(j, match):
                modifier = self.best(j, "field", "level", "country")
                # A word that is both, with a head right after it, modifies that head.
                if not (
                    modifier is not None
                    and modifier.size >= match.size
                    and match.sort == "head"
                    and j + modifier.size < limit
                    and self.lex.compounding
                    and self._head_follows(j + modifier.size)
                ):
                    head = match
                    break
            compound = self.lex.compound(token.word)
            if compound is not None:
                if compound[-1][0] == "head":
                    tail_parts = compound
                    head = Match(1, "head", compound[-1][1])
                    before += [Match(0, sort, value) for sort, value in compound[:-1]]
                    break
                before += [Match(1, *part) for part in compound]
                j += 1
                continue
            size = _province_at(tokens, j)
            if size and (self.lex.compounding or not self.strict):
                pre_areas.append((None, " ".join(t.word for t in tokens[j : j + size])))
                j += size
                continue
            modifier = self.best(j, "level", "country", "field")
            if modifier is not None and proper and self._syllable(j, modifier):
                proper.append(token.word)
                j += 1
                continue
            if modifier is not None and (self.lex.compounding or not self.strict):
                before.append(modifier)
                j += modifier.size
                continue
            if (proper or pre_areas or before) and not self.strict:
                noise = self.best(j, "noise", "filler")
                if noise is not None:
                    j += noise.size
                    continue
            if proper and self.strict and (noise := self.best(j, "noise")) is not None:
                j += noise.size
                continue
            if before and self.best(j, "conjunction") and before[-1].sort == "field":
                j += 1
                continue
            number = _number(token, self.lex)
            if number is not None:
                numbers.append(number)
                j += 1
                continue
            if not self.lex.compounding and self.strict:
                return None
            if (
                token.capital
                and token.word.isalnum()
                and len(proper) < 5
                and self.best(j, "article", "connector", "loose", "conjunction", "filler") is None
            ):
                proper.append(token.word)
                j += 1
                continue
            return None
        if head is None:
            return None
        place = head.sort == "name" and any(m.sort == "level" for m in before)
        if self.strict and place and _of_syllables(tokens[j : j + head.size]):
            return None  # the place that the body has its name from
        part = self._part(head)
        named = not part.name_id and (
            _scope(part.kind) == "named"
            or kind_of(part.kind).get("class") == "centre"
            or part.kind == "centre"
        )
        if (proper or pre_areas or numbers) and self.strict:
            if proper and not named:
                return None
            if not tokens[j].capital and not tokens[j].glued:
                return None
            if (
                numbers
                and _scope(part.kind) not in ("unit", "part")
                and (part.kind != "party-central-committee")
            ):
                return None
        for match in before:
            self._modify(part, match)
        part.proper += proper
        part.areas += pre_areas
        self.before = len(pre_areas)
        part.numbers += numbers
        parts = [part]
        last = self._after(parts, j + head.size, limit)
        del tail_parts
        return Parsed(i, last, tuple(parts), self.unknown)

    def _formation(self, i: int) -> tuple[Part, int] | None:
        """A region of the navy named by its number (``Region 4 of the Navy``), and its end."""
        level = self.best(i, "level")
        j = i + level.size if level is not None else i
        if level is None or level.value not in ("region", "province") or j + 1 >= len(self.tokens):
            return None
        number = self.tokens[j].word
        if not number.isdigit() or len(number) > 2:
            return None
        j += 1
        while j < len(self.tokens) and (joint := self.best(j, "connector")) is not None:
            j += joint.size
        head = self.best(j, "head") if j < len(self.tokens) else None
        kind = facts.data("organisations")["formations"].get(head.value) if head else None
        if head is None or kind is None or not self.tokens[j].capital:
            return None
        return Part(kind, numbers=[number]), j + head.size

    def _syllable(self, j: int, match: Match) -> bool:
        """Whether a short word of the lexicon is rather a syllable of the name before it."""
        token = self.tokens[j]
        return (
            match.size == 1
            and token.capital
            and len(token.word) <= 4
            and match.sort in ("field", "level")
        )

    def _head_follows(self, i: int) -> bool:
        match = self.best(i, "head")
        if match is not None:
            return True
        compound = self.lex.compound(self.tokens[i].word)
        return compound is not None and compound[-1][0] == "head"

    def _part(self, match: Match) -> Part:
        if match.sort == "name":
            row = facts.named().get(match.value, {})
            return Part(row.get("kind", ""), match.value)
        return Part(match.value, levels=[match.level] if match.level else [])

    def _modify(self, part: Part, match: Match) -> None:
        if match.sort == "level":
            part.levels.append(match.value)
        elif match.sort == "country":
            part.countries.append(match.value)
        elif match.sort == "field":
            part.fields.append(match.value)

    def _proper_run(self, i: int, limit: int, most: int) -> int:
        """How many capitalised words from ``i`` on belong to no phrase of the lexicon."""
        n = 0
        while i + n < limit and n < most:
            token = self.tokens[i + n]
            digits = n > 0 and token.word.isdigit() and len(token.word) <= 2
            if digits and self.strict and i + n + 1 < len(self.tokens):
                after = self.tokens[i + n + 1]
                digits = not after.word[0].islower() and (
                    after.start > token.end or after.word not in (".", ",")
                )
            if not token.capital and not digits:
                break
            if n and self.best(i + n, "level", "head", "branch", "country"):
                break
            if n and _province_at(self.tokens, i + n):
                break
            n += 1
        return n

    def _after(self, parts: list[Part], j: int, limit: int) -> int:
        """Reads what follows the head into ``parts``; returns where the name ends."""
        tokens, last = self.tokens, j
        while j < limit:
            part = parts[-1]
            start = j
            joined = linked = False
            token = tokens[j]
            if token.word == ",":
                if not part.fields and not self.strict:
                    j += 1
                    linked = True
                elif self._branch_after(j + 1):
                    j += 1
                elif self._list_goes_on(j + 1, limit):
                    j += 1
                    joined = self.listing = True
                elif not self.strict:
                    j += 1
                    linked = True
                else:
                    break
            elif token.word in ("(", ")", '"', "\u201c", "\u201d", "'", ".", ":"):
                if self.strict:
                    break
                j += 1
                last = j
                continue
            if j < limit and tokens[j].dash and part.fields:
                next_match = self.best(j, "field", "head", "name")
                if next_match is not None and next_match.sort == "field":
                    joined = True
                elif (
                    self.strict
                    and not tokens[j].glued
                    and next_match is not None
                    and not (next_match.value == part.kind == "university")
                ):
                    break
                else:
                    linked = True
            if j < limit and not joined:
                conj = self.best(j, "conjunction")
                if conj is not None and not (part.fields == [] and self.strict):
                    j += conj.size
                    joined = True
            abroad = part.kind in facts.data("organisations")["abroad"]["kinds"]
            joins = ("connector", "loose") if abroad else self.joins
            while j < limit and (conn := self.best(j, *joins)) is not None:
                better = self.best(j, "field", "head", "name", "level")
                if better is not None and better.size > conn.size:
                    break
                if conn.size < _name_at(tokens, j):
                    break
                j += conn.size
                linked = True
            if j >= limit:
                break
            if self.strict and j < limit and tokens[j].dash and not tokens[j].glued and not joined:
                apart = self.best(j, "head", "name")
                if apart is not None and not (
                    apart.value == part.kind == "university" and part.fields
                ):
                    break
            if linked and self.lex.compounding is False and joined is False and self.strict:
                better = self.best(j, "head", "field", "level", "country")
                if better is None and not _province_at(tokens, j):
                    break
            taken = self._take(parts, j, limit, joined, linked)
            if taken == 0:
                if self.strict:
                    break
                if start == j or tokens[j].word.isalnum():
                    if (
                        self.best(j, "filler", "noise", "branch", "article", "connector", "loose")
                        is None
                    ):
                        parts[-1].proper.append(tokens[j].word)
                        self.unknown += 1
                    taken = 1
                else:
                    break
            j += taken
            last = j
        return last

    def _branch_after(self, i: int) -> bool:
        return i < len(self.tokens) and self.best(i, "branch") is not None

    def _list_goes_on(self, i: int, limit: int) -> bool:
        """Whether fields joined by commas end in a conjunction and one more field."""
        while i < limit:
            match = self.best(i, "field")
            if match is None:
                return False
            i += match.size
            if i >= limit:
                return False
            if self.best(i, "conjunction") is not None:
                i += self.best(i, "conjunction").size  # type: ignore[union-attr]
                while i < limit and self.best(i, "connector"):
                    i += 1
                return i < limit and self.best(i, "field") is not None
            if self.tokens[i].word != ",":
                return False
            i += 1
        return False

    def _take(self, parts: list[Part], j: int, limit: int, joined: bool, linked: bool) -> int:
        """Adds what stands at ``j`` to the name; how many tokens that took, 0 for nothing."""
        tokens, part = self.tokens, parts[-1]
        scope = _scope(part.kind)
        province = _province_at(tokens, j)
        match = self.best(
            j, "name", "field", "level", "country", "head", "noise", "branch", "party"
        )
        if match is not None and not self.usable(j, match):
            match = None
        named = _name_at(tokens, j)
        if named and not province and (match is None or match.size < named):
            syllables = [t.word for t in tokens[j : j + named]]
            if joined:
                return 0
            if scope == "named" or part.name_id:
                part.proper += syllables
            else:
                part.areas.append((None, " ".join(syllables)))
            return named
        if (
            match is not None
            and part.proper
            and not linked
            and not joined
            and tokens[j - 1].word == part.proper[-1]
            and self._syllable(j, match)
        ):
            part.proper.append(tokens[j].word)
            return 1
        head = self.best(j, "head")
        if part.name_id or scope in ("named", "state"):
            branch = self.best(j, "branch")
            if branch is not None and match is not None and branch.size >= match.size:
                return branch.size
            if (
                not linked
                and head is not None
                and head.value in ("company", "group")
                and (match is not None and head.size == match.size)
            ):
                return head.size
        if (
            linked
            and not joined
            and self.lex.compounding
            and match is not None
            and match.sort in ("field", "level", "country")
            and self._adjectives_then_head(j, limit)
        ):
            inner = self.parse(j)
            if (
                inner is not None
                and inner.parts[0].kind
                and self._owns(part, Match(1, "head", inner.parts[0].kind), linked)
            ):
                parts.extend(inner.parts)
                return inner.last - j
        if (
            linked
            and not joined
            and self.lex.compounding
            and tokens[j].capital
            and (match is None or match.sort == "field")
            and self._name_then_head(j, limit)
        ):
            inner = self.parse(j)
            if inner is not None and len(inner.parts) == 1 and inner.parts[0].kind:
                parts.extend(inner.parts)
                return inner.last - j
        if province and (match is None or province >= match.size):
            if joined:
                return 0
            part.areas.append((None, " ".join(t.word for t in tokens[j : j + province])))
            return province
        if match is not None and head is not None and match.sort in ("field", "level"):
            # "of the department", after a connector or beside a head that may own a body
            own = head.size > match.size
            if head.size == match.size and not joined and head.value != match.value:
                own = (
                    linked
                    and self.lex.compounding
                    and match.sort == "field"
                    and (self._opens_body(j, head))
                )
            if own:
                match = head
        if match is None:
            compound = self.lex.compound(tokens[j].word)
            if compound is not None:
                if compound[-1][0] == "head":
                    if joined:
                        return 0
                    new = Part(compound[-1][1])
                    for sort, value in compound[:-1]:
                        self._modify(new, Match(0, sort, value))
                    parts.append(new)
                    return 1
                for sort, value in compound:
                    self._modify(part, Match(0, sort, value))
                return 1
        if tokens[j].word in self.lex.number_words and not joined:
            at = j + 1
            if at < limit and tokens[at].word == ".":
                at += 1
            number = _number(tokens[at], self.lex) if at < limit else None
            if number is not None and (
                not self.strict or scope in ("part", "unit") or part.kind.endswith("-team")
            ):
                part.numbers.append(number)
                return at + 1 - j
        if match is None:
            number = _number(tokens[j], self.lex)
            if number is not None and not joined:
                direct = not (linked or part.levels or part.areas or part.proper or part.name_id)
                short = len(number) <= 3
                if not self.strict or (
                    direct
                    and short
                    and (
                        scope in ("unit", "part")
                        or (scope == "named" and tokens[j - 1].capital and part.kind in _NUMBERED)
                    )
                ):
                    part.numbers.append(number)
                    return 1
                return 0
            if not self.strict and tokens[j].capital and self.best(j, "filler") is not None:
                return 1
            if tokens[j].capital and not joined:
                run = self._proper_run(j, limit, 6)
                words = " ".join(t.word for t in tokens[j : j + run])
                takes_name = "centre" in (part.kind, kind_of(part.kind).get("class")) or (
                    part.kind in ("management-board", "customs")
                )
                named_kind = scope == "named" or (
                    takes_name
                    and (bool(part.fields) or not kind_of(part.kind).get("generic"))
                    and not linked
                    and tokens[self.first].capital
                )
                if (
                    named_kind
                    and not part.name_id
                    and not (self.strict and linked and not self.lex.compounding)
                ) or not self.strict:
                    part.proper += words.split(" ")
                    return run
                if scope in ("area", "part") and not linked and not part.name_id:
                    for n in range(min(run, 4), 0, -1):
                        if " ".join(words.split(" ")[:n]) in places.gazetteer().by_name:
                            part.areas.append((None, " ".join(words.split(" ")[:n])))
                            return n
            return 0
        if match.sort == "field":
            if joined and not part.fields:
                return 0
            if (
                joined
                and self.strict
                and not self.listing
                and not _go_together(part.fields, match.value, tokens[j].capital)
            ):
                return 0
            after_place = len(part.areas) > (self.before if len(parts) == 1 else 0)
            if self.strict and (
                (after_place and not joined)
                or (not self.lex.compounding and (part.areas or part.levels))
            ):
                return 0
            if self.strict and linked and not joined and part.fields and not tokens[j].capital:
                return 0
            if self.strict and part.name_id:
                return 0
            alone = self.strict and self.lex.compounding and not (linked or joined)
            if alone and not tokens[j].capital and not tokens[j].glued:
                return 0
            part.fields.append(match.value)
            return match.size
        if joined and match.sort != "name":
            return 0
        if match.sort == "level":
            if self.strict and match.value == "centre" and linked:
                return 0
            if self.strict and match.value == "village" and part.kind != "party-cell":
                return 0
            size = match.size
            after = j + size
            number = _number(tokens[after], self.lex) if after < limit else None
            if number is not None and self.strict:
                counted = (
                    after + 2 < limit
                    and tokens[after + 1].word in (".", ",")
                    and tokens[after + 1].start == tokens[after].end
                    and tokens[after + 2].start == tokens[after + 1].end
                    and tokens[after + 2].word[0].isdigit()
                )
                if counted or not (tokens[j].capital or match.value == "region"):
                    number = None
            if number is not None and match.value in ("province", "region", "city"):
                part.areas.append(("region", f"region {number}"))
                return size + 1
            if number is not None and match.value in ("district", "commune"):
                part.areas.append((match.value, f"{number}"))
                return size + 1
            skip = after
            while (
                skip < limit
                and (conn := self.best(skip, "connector")) is not None
                and (self.lex.compounding)
            ):
                skip += conn.size
            run = 0
            if skip < limit and match.value not in ("centre", "region"):
                size_of = _province_at(tokens, skip)
                if size_of and match.value in ("province", "city"):
                    run = size_of
                elif skip == after:
                    run = self._proper_run(after, limit, 4)
                    if run and self.best(after, "level", "head") and not self.best(after, "name"):
                        run = 0
            if run:
                words = " ".join(t.word for t in tokens[skip : skip + run])
                if self.strict:
                    for n in range(run, 0, -1):
                        cut = " ".join(words.split(" ")[:n])
                        if cut in places.gazetteer().by_name or cut in places.gazetteer().aliases:
                            run, words = n, cut
                            break
                    else:
                        if match.value in ("province", "city") or not (
                            set(words.split(" ")) <= places.syllables()
                        ):
                            part.levels.append(match.value)
                            return size
                part.areas.append((match.value, words))
                part.levels.append(match.value)
                return skip - j + run
            part.levels.append(match.value)
            return size
        if match.sort == "country":
            part.countries.append(match.value)
            return match.size
        if match.sort in ("noise", "branch", "party"):
            if match.sort == "party":
                if self.strict and kind_of(part.kind).get("class") != "commission":
                    return 0
                part.party = True
            elif self.strict and match.sort == "noise":
                unsure = part.name_id and not tokens[j].capital  # it may just mean `together`
                if scope != "named" or unsure:
                    return 0
            return match.size
        if (
            match.sort == "name"
            and scope == "named"
            and not linked
            and not joined
            and not part.name_id
        ):
            kind = kind_of(part.kind).get("same_as", part.kind)
            if part.is_bare() and facts.named().get(match.value, {}).get("kind") == kind:
                part.name_id, part.kind = match.value, kind
                return match.size
            part.proper += [t.word for t in tokens[j : j + match.size]]
            return match.size
        if (
            part.name_id
            and match.sort == "head"
            and not linked
            and (tokens[j].dash or self.lex.compounding)
        ):
            kind = kind_of(match.value).get("same_as", match.value)
            if kind != part.kind:
                parts.insert(-1, self._part(match))
            return match.size
        if self.strict and not self._owns(part, match, linked):
            return 0
        parts.append(self._part(match))
        return match.size

    def _adjectives_then_head(self, j: int, limit: int) -> bool:
        """Whether only words that modify stand between ``j`` and a head."""
        for _ in range(4):
            if j >= limit:
                return False
            head = self.best(j, "head")
            modifier = self.best(j, "field", "level", "country")
            if head is not None and (modifier is None or head.size > modifier.size):
                return True
            compound = self.lex.compound(self.tokens[j].word)
            if compound is not None and head is None and modifier is None:
                return compound[-1][0] == "head"
            if modifier is None:
                return False
            j += modifier.size
        return False

    def _name_then_head(self, j: int, limit: int) -> bool:
        """Whether a capitalised name runs from ``j`` into the head of a named body."""
        for step in range(1, 7):
            if j + step >= min(limit, len(self.tokens)):
                return False
            head = self.best(j + step, "head")
            if head is not None and _scope(head.value) == "named":
                return self.tokens[j + step].capital or self.tokens[j + step].glued
            if not self.tokens[j + step].capital:
                return False
        return False

    def goes_on(self, parsed: Parsed) -> bool:
        """Whether a known name is but the beginning of the name of another body."""
        if not self.lex.compounding or parsed.last >= len(self.tokens):
            return False
        after = self.tokens[parsed.last]
        if not after.capital or after.dash:
            return False
        return after.word in self.lex.another or self._name_then_head(
            parsed.last, parsed.last + _LONGEST
        )

    def _opens_body(self, j: int, head: Match) -> bool:
        after = j + head.size
        if after >= len(self.tokens):
            return False
        return self.best(after, "connector") is not None

    def _owns(self, part: Part, match: Match, linked: bool) -> bool:
        """Whether a body of ``part``'s kind can belong to the one that ``match`` begins."""
        row = kind_of(part.kind)
        kind = match.value if match.sort == "head" else ""
        if _scope(part.kind) == "unit":
            joint = linked and self.lex.compounding
            return joint or (bool(part.numbers) and _scope(kind) == "unit")
        if row.get("of_body") or row.get("party"):
            return kind not in ("union", "association", "federation", "organisation", "team")
        if part.kind == "party-central-committee":
            return bool(kind_of(kind).get("national"))
        if kind_of(kind).get("loose"):
            return False
        if part.kind == "party-secretariat":
            return match.sort == "name" or kind.startswith("party")
        if part.kind == "sub-department":
            return match.sort == "name" or kind == "land-registration-office"
        if kind.endswith("-police") and row.get("generic"):
            return True
        if part.kind.endswith("-police"):
            return kind == "police"
        if part.fields and row.get("generic") and kind in ("university", "bank", "company"):
            return True
        if linked and self.lex.compounding:
            return True
        if row.get("class", part.kind) in (
            "commission",
            "office",
            "department",
            "council",
            "delegation",
        ):
            return kind in (
                "party-committee",
                "party-central-committee",
                "peoples-committee",
                "peoples-council",
                "national-assembly",
                "fatherland-front",
                "police",
                "government",
                "ministry",
                "hospital",
                "border-guard",
                "military-command",
            )
        return False


@cache
def _known_together() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(row["of"]) for row in facts.data("organisations")["field_names"])


def _go_together(fields: Sequence[str], new: str, capital: bool) -> bool:
    """Whether one body has these fields: known so, or capitals say so and no two are bodies."""
    together = {*fields, new}
    if any(together <= known for known in _known_together()):
        return True
    bodies = facts.data("organisations")["fields"]
    return capital and not (new in bodies and (fields[-1] in bodies or len(fields) > 1))


def parse(text: str, language: str, strict: bool = False) -> Parsed | None:
    """``text`` read as the name of one body; ``None`` when it has no head that is known."""
    tokens = tokenise(text)
    if not tokens:
        return None
    lex = lexicon(language)
    first = 0
    while first < len(tokens) - 1 and tokens[first].word in lex.articles:
        if any(m.sort == "name" for m in lex.matches(tokens, first)):
            break
        first += 1
    reader = _Reader(lex, tokens, strict)
    reader.plain = lex.opens_plain(tokens, first)
    return reader.parse(first)


def match_spans(text: str, language: str) -> list[tuple[int, int, float]]:
    """Names of organisations in ``text``: start, end (code points, half-open) and a score.

    Finds what the lexicon is sure of: single bodies, and heads with a field, a level, a place or
    a name. Heads alone, plurals and kinds in general are left. In order, not overlapping; a
    language without a lexicon gives none.
    """
    return list(_matched(text, language))


@lru_cache(maxsize=4)  # the model asks for an article, and then what weighs its answer
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
    reader = _Reader(lex, tokens, True)
    i = 0
    while i < len(tokens):
        if not _may_begin(lex, tokens, i):
            i += 1
            continue
        reader.listing = False
        if tokens[i].word in lex.plain_starts and lex.opens_plain(tokens, i):
            inner = _Reader(lex, tokens, True)
            inner.plain = True
            parsed = inner.parse(i)
        else:
            parsed = reader.parse(i)
        if parsed is not None and parsed.parts[0].name_id and reader.goes_on(parsed):
            inner = _Reader(lex, tokens, True)
            inner.nameless = True
            whole = inner.parse(i)
            if whole is not None and whole.last > parsed.last:
                parsed = whole
        if parsed is None:
            i += 1
            continue
        score = _certainty(lex, tokens, parsed, text)
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


def _known_field(fields: Sequence[str]) -> bool:
    """Whether fields in small letters name a department, an association or a ward that exists."""
    data = facts.data("organisations")
    unique = frozenset(fields)
    if any(unique == known for known in _known_together()):
        return True
    if unique & set(data["units"]["hospital"]) or unique & set(data["fields"]):
        return True
    return any(unique == frozenset(row.get("fields", ())) for row in data["compositions"])


def _of_syllables(tokens: Sequence[Token]) -> bool:
    """Whether a name is all of syllables that places have too."""
    return all(t.word in places.syllables() for t in tokens)


def _other_thing(lex: Lexicon, tokens: Sequence[Token], parsed: Parsed) -> bool:
    """Whether a body's name is here part of a product's, a person's or a place's, or a unit."""
    first, last = parsed.first, parsed.last
    after = tokens[last] if last < len(tokens) else None
    for follower in tokens[last : last + 2]:
        if follower.dash or not (follower.capital or follower.word.isdigit()):
            break
        if follower.word in lex.another:
            return True
        if follower.capital:
            break
    if not first:
        return False
    before = tokens[first - 1]
    size = last - first
    if size == 1:
        return before.word[0].isdigit() and len(tokens[first].word) == 2 and not tokens[first].dash
    if not _of_syllables(tokens[first:last]):
        return False
    syllables = places.syllables()
    level = any(sort == "level" for sort, _ in lex.singles.get(before.word, ()))
    person = before.capital and not tokens[first].dash and before.word in syllables
    follows = after is not None and after.capital and not after.dash and after.word in syllables
    return level or person or follows


def _certainty(lex: Lexicon, tokens: Sequence[Token], parsed: Parsed, text: str) -> float:
    """How sure a name is, 0 when it is no name of a single body."""
    first = tokens[parsed.first]
    part = parsed.parts[0]
    row = kind_of(part.kind)
    if parsed.first:
        before = tokens[parsed.first - 1]
        if before.word in lex.generic_before and not first.capital:
            return 0.0
    if parsed.last < len(tokens):
        after = [t.word for t in tokens[parsed.last : parsed.last + 4]]
        for phrase in lex.generic_after:
            if tuple(after[: len(phrase)]) == phrase:
                return 0.0
        following = tokens[parsed.last]
        if following.glued and following.dash and following.word.isalpha():
            return 0.0
    if row.get("loose"):
        return 0.0
    if part.name_id:
        return 0.0 if _other_thing(lex, tokens, parsed) else 0.95
    scope = row.get("scope", "named")
    capital = first.capital
    if scope == "state" and not row.get("generic"):
        if part.kind == "government" or (part.kind == "party-secretariat" and not capital):
            return 0.0
        return 0.9
    chain = len(parsed.parts) > 1 and not parsed.parts[-1].is_bare()
    if row.get("generic"):
        if not capital and part.kind in _LOWER_UNSURE and not (part.levels and part.fields):
            return 0.0
        if scope == "named":
            own = (
                part.proper
                or part.areas
                or (part.fields and (part.levels or capital))
                or (part.countries and part.kind in facts.data("organisations")["abroad"]["kinds"])
                or part.numbers
            )
            return 0.85 if own else 0.0
        if part.fields or part.proper:
            known = _known_field(part.fields)
            kind_class = row.get("class", part.kind)
            sure = bool((kind_class in _SURE and known) or part.levels or part.areas)
            titled: bool = lex.compounding and any(
                t.capital for t in tokens[parsed.first + 1 : parsed.last]
            )
            sure = sure or chain or (titled and kind_class in _SURE)
            if part.kind == "delegation" and not (part.levels or part.areas):
                return 0.0
            return 0.9 if capital else 0.75 if sure else 0.0
        if row.get("of_body") and len(parsed.parts) > 1:
            return 0.8
        if part.kind == "department" and not chain:
            return 0.0
        last = parsed.parts[-1]
        if last.kind.endswith("-police"):
            return 0.8
        if part.kind == "department" and not capital:
            return 0.0
        if chain and (capital or last.name_id or kind_of(last.kind).get("scope") == "area"):
            return 0.8
        return 0.0
    if scope == "unit":
        return 0.9 if part.numbers or part.proper else 0.0
    if row.get("of_body") and len(parsed.parts) > 1:
        chain = True
    if part.levels or part.areas or chain or part.party or part.countries or part.proper:
        return 0.95 if capital else 0.85
    if part.kind == "fatherland-front" and parsed.last - parsed.first == 1 and not capital:
        return 0.0
    if row.get("national") or row.get("party"):
        if not capital and not row.get("party") and row.get("class") not in _SURE:
            return 0.0
        return 0.7 if capital or row.get("party") else 0.6
    if part.kind.endswith("-police") and scope == "area":
        return 0.6
    if (
        scope == "area"
        and capital
        and part.kind not in ("party-committee", "police", "party-organisation")
    ):
        return 0.6 if row.get("class") not in ("commission", "court", "council") else 0.0
    return 0.0

"""What is counted, in no language: ``ahli Parti`` and ``partijleden`` are ``party-member``.

The lexicon of each language is ``languages/<code>/units.toml``; the identities and their English
names are ``facts/units.toml``. A counted noun phrase is known by its head: the longest entry
that stands there, whatever adjectives, classifiers and complements stand around it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pipeline import facts, languages
from pipeline.normalise.places import fold
from pipeline.user_lexicon import active, remembered

_TOKEN = re.compile(r"[^\W_]+(?:[-'’/][^\W_]+)*[²³]?|°\s?[^\W\d_]|,")
_LONGEST_PHRASE = 300


@dataclass(frozen=True, slots=True)
class _Lexicon:
    entries: dict[tuple[str, ...], str]
    measures: dict[tuple[str, ...], str]
    longest: int
    head_first: bool
    skip: frozenset[str]
    breaks: frozenset[str]
    endings: dict[str, str]
    clitics: tuple[str, ...]


def _tokens(phrase: str) -> tuple[str, ...]:
    return tuple(_TOKEN.findall(phrase[:_LONGEST_PHRASE].lower().replace("’", "'")))


@remembered()
def _lexicon(language: str) -> _Lexicon:
    data: dict[str, Any] = languages.data(language, "units")
    entries = {
        _tokens(form): identity for identity, forms in data["units"].items() for form in forms
    }
    entries |= {_tokens(text): unit for text, unit in _own_units(language).items() if _tokens(text)}
    # The last part of a compound is its head ("basisschoolleerlingen"); short words end too much.
    endings = {
        tokens[0]: identity
        for tokens, identity in entries.items()
        if data["compounds"] and len(tokens) == 1 and len(tokens[0]) > 4
    }
    return _Lexicon(
        entries=entries,
        measures={_tokens(f): i for i, forms in data["measures"].items() for f in forms},
        longest=max(map(len, entries)),
        head_first=data["head"] == "first",
        skip=frozenset(data["skip"]),
        breaks=frozenset(data["breaks"]),
        endings=endings,
        clitics=tuple(data["clitics"]),
    )


@remembered(maxsize=20_000)
def unit_id(unit: str, language: str) -> str | None:
    """The identity of a counted noun phrase or a unit of measure as an article words it.

    ``None`` when the lexicon lacks its head. Raises ``UnknownLanguage`` for a language that has
    no data.
    """
    if own := own_unit(unit, language):
        return own
    lexicon = _lexicon(language)
    words = _tokens(unit)
    if not words:
        return None
    if whole := lexicon.entries.get(words):
        return whole
    return _head_first(words, lexicon) if lexicon.head_first else _head_last(words, lexicon)


def own_unit(unit: str, language: str) -> str | None:
    """What the user's lexicon says that a unit is, if it names it."""
    own = _own_units(language)
    return own.get(" ".join(fold(unit).split())) if own else None


def words_of_unit(unit: str, language: str) -> str | None:
    """The identity that words straight behind a number have as one of its forms."""
    words = _tokens(unit)
    lexicon = _lexicon(language)
    return lexicon.measures.get(words) or lexicon.entries.get(words) if words else None


@remembered()
def _own_units(language: str) -> dict[str, str]:
    """The folded units of the user's lexicon; those of ``language`` stand before those of each."""
    own = active()
    rows = [row for row in (own.units if own else ()) if row.language in (None, language)]
    rows.sort(key=lambda row: row.language is not None)
    return {" ".join(fold(row.text).split()): row.id for row in rows}


def terms(language: str) -> list[tuple[str, ...]]:
    """The units of several words, in lower case, the longest first."""
    entries = (words for words in _lexicon(language).entries if len(words) > 1)
    return sorted(entries, key=lambda words: (-len(words), words))


@remembered()
def _words_of_units(language: str) -> tuple[frozenset[str], frozenset[str]]:
    entries = _lexicon(language).entries
    alone = frozenset(words[0] for words in entries if len(words) == 1)
    return alone, frozenset(word for words in entries for word in words) - alone


def place_of(word: str, language: str) -> str | None:
    """Whether a lower-case word is a unit (``head``) or a part of longer ones (``part``)."""
    alone, parts = _words_of_units(language)
    return "head" if word in alone else "part" if word in parts else None


def _longest_at(words: tuple[str, ...], start: int, lexicon: _Lexicon) -> str | None:
    for size in range(min(lexicon.longest, len(words) - start), 0, -1):
        if found := lexicon.entries.get(words[start : start + size]):
            return found
    return None


def _head_first(words: tuple[str, ...], lexicon: _Lexicon) -> str | None:
    """The entry that leads the phrase, classifiers before it passed over."""
    start = 0
    while start < len(words) and words[start] in lexicon.skip:
        longer = _longest_at(words, start, lexicon)
        if longer and longer != lexicon.entries.get(words[start : start + 1]):
            return longer
        start += 1
    if start < len(words) and (found := _longest_at(words, start, lexicon)):
        return found
    # A classifier with a word that is not known, or with nothing, is all that is known.
    if start:
        return lexicon.entries.get(words[:1])
    base = _base(words[0], lexicon)
    return _longest_at((base, *words[1:]), 0, lexicon) if base else None


def _base(word: str, lexicon: _Lexicon) -> str | None:
    """The word inside a plural said twice ("sekolah-sekolah") or before a clitic."""
    half, _, other = word.partition("-")
    if half and half == other:
        return half
    return next((word.removesuffix(c) for c in lexicon.clitics if word.endswith(c)), None)


def _head_last(words: tuple[str, ...], lexicon: _Lexicon) -> str | None:
    """The entry that ends the phrase before its first preposition; else the nearest before."""
    start = 0
    while start < len(words) - 1 and words[start] in lexicon.skip:
        start += 1
    # Entries with a preposition of their own ("leden van de partij") come before the cut.
    for begin in range(start, len(words)):
        for size in range(min(lexicon.longest, len(words) - begin), 2, -1):
            if found := lexicon.entries.get(words[begin : begin + size]):
                return found
    while start < len(words):
        end = next((i for i in range(start, len(words)) if words[i] in lexicon.breaks), len(words))
        if found := _last_entry(words[start:end], lexicon):
            return found
        start = end + 1
    return lexicon.entries.get(words[:1])


def _last_entry(segment: tuple[str, ...], lexicon: _Lexicon) -> str | None:
    """The entry nearest to the end of ``segment``, the longest of those that end there."""
    for last in range(len(segment), 0, -1):
        for size in range(min(lexicon.longest, last), 0, -1):
            if found := lexicon.entries.get(segment[last - size : last]):
                return found
        if found := _compound(segment[last - 1], lexicon):
            return found
    return None


def _compound(word: str, lexicon: _Lexicon) -> str | None:
    for cut in range(1, len(word) - 4):
        if found := lexicon.endings.get(word[cut:]):
            return found
    return None


def unit_label(identity: str) -> str | None:
    """The English name of a unit's identity; ``None`` when it has none."""
    own = active()
    said = (row.label for row in (own.units if own else ()) if row.id == identity and row.label)
    label: str | None = next(said, None) or facts.data("units")["labels"].get(identity)
    return label

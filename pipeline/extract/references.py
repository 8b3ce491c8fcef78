"""Numbered documents of Party and State in an article: where they stand and which they are.

Every digit of an article is looked at once: what follows it must be a document number
(``normalise/references.py`` reads it), or what leads up to it a document's noun
(``languages/<code>/references.toml``). Numbers with a noun alone are then completed from the
rest of the article, from the law, or from the register.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from pipeline import languages
from pipeline.extract import dates
from pipeline.normalise import references as numbers
from pipeline.records import Reference

VERSION = "1"
_SOURCE = f"references {VERSION}"

# No digit, letter or separator of the same number stands before its first digit.
_START = re.compile(r"(?<![\w/$€£+])(?:[0-9]|[OoIl](?=[0-9OoIl]{0,3}[0-9]))(?<![0-9][.,][0-9])")
_BLANK = "[ \\t\u00a0\u200b\u202f]"
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_BARE = re.compile(r"([0-9]{1,5})(?:/((?:19|20)[0-9]{2}))?(?![\w%²³/]|[.,:][0-9]|[-\u2010-\u2015][\w])")
_LOOK_BACK = 120
_LOOK_AHEAD = 160
_QUOTES = {'"': '"', "“": "”", "«": "»", "‘": "’", "„": "”", "'": "'"}


@dataclass(frozen=True, slots=True)
class _Noun:
    types: tuple[str, ...]
    kind: str | None = None
    weak: bool = False
    label: bool = False


@dataclass(frozen=True, slots=True)
class _Language:
    nouns: dict[str, _Noun]
    suffixes: tuple[str, ...]
    longest: int
    marker: re.Pattern[str]
    joiner: re.Pattern[str]
    dated: re.Pattern[str]
    beside: re.Pattern[str]
    issued: re.Pattern[str]
    title: re.Pattern[str]
    after: frozenset[str]
    counted: frozenset[str]
    issuers: dict[str, re.Pattern[str]]
    subjects: dict[str, re.Pattern[str]]


@dataclass(frozen=True, slots=True)
class _Lead:
    """What leads up to a number: its noun and marker, and where they begin."""

    start: int
    noun: _Noun | None
    marked: bool
    capital: bool
    adjacent: bool = True


@dataclass(slots=True)
class _Hit:
    """A reference on its way: a number, or a bare number with its noun."""

    start: int
    end: int
    lead: _Lead
    number: str
    full: numbers.DocumentNumber | None = None
    code: str | None = None
    year: str | None = None
    canonical: str | None = None
    score: float = 1.0
    reason: str = ""


def _either(words: Iterable[str]) -> str:
    ordered = sorted(words, key=lambda w: (-len(w), w))
    return "(?:" + "|".join(f"{_BLANK}+".join(map(re.escape, w.split())) for w in ordered) + ")"


@cache
def _language(code: str) -> _Language:
    data: dict[str, Any] = languages.data(code, "references")
    words = data["words"]
    nouns = {
        word: _Noun(
            tuple(entry["types"]),
            entry.get("kind"),
            entry.get("weak", False),
            entry.get("label", False),
        )
        for entry in data["nouns"]
        for word in entry["words"]
    }
    marker = f"(?:{_either(words['marker'])}|n[°º]|№|#|s[ốô])(?:[.:]|{_BLANK}?:)*{_BLANK}*"
    return _Language(
        nouns=nouns,
        suffixes=tuple(words["suffixes"]),
        longest=max(len(word.split()) for word in nouns),
        marker=re.compile(rf"(?<!\w){marker}\Z"),
        joiner=re.compile(
            f"(?:{_BLANK}*[,;/&]{_BLANK}*(?:{_either(words['list_joiner'])}{_BLANK}+)?"
            f"|{_BLANK}+{_either(words['list_joiner'])}{_BLANK}+)(?:(?<!\\w){marker})?"
        ),
        dated=re.compile(rf"(?<!\w){_either(words['dated'])}{_BLANK}+\Z"),
        beside=re.compile(rf"{_BLANK}*{_either(words['dated_beside'])}{_BLANK}+\Z"),
        issued=re.compile(rf"(?<!\w){_either(words['issued'])}(?!\w)"),
        title=re.compile(rf"(?<!\w){_either(words['title'])}(?!\w)"),
        after=frozenset(words["after_number"]),
        counted=frozenset(data["counted"]["words"]),
        issuers={k: re.compile(rf"(?<!\w){_either(v)}") for k, v in data["issuers"].items()},
        subjects={k: re.compile(rf"(?<!\w){_either(v)}") for k, v in data["subjects"].items()},
    )


def references(
    text: str, language: str, published: datetime.date | None = None
) -> list[Reference]:
    """The numbered documents that ``text`` mentions, sorted and without overlap.

    Offsets are Unicode code points, half-open; the span runs from the document's noun through
    its number and never over the end of a line. ``published`` gives the year to a day of issue
    worded without one. Raises ``UnknownLanguage`` for a language that has no data.
    """
    lang = _language(language)
    hits = _hits(text, lang)
    _complete(hits, text, lang)
    return [
        _record(hit, text, language, lang, published, _neighbours(hits, index))
        for index, hit in enumerate(hits)
        if hit.canonical
    ]


def _neighbours(hits: list[_Hit], index: int) -> tuple[int, int | None]:
    before = hits[index - 1].end if index else 0
    after = hits[index + 1].start if index + 1 < len(hits) else None
    return before, after


def _hits(text: str, lang: _Language) -> list[_Hit]:
    hits: list[_Hit] = []
    reached = 0
    for match in _START.finditer(text):
        start = match.start()
        if start < reached:
            continue
        hit = _hit(text, start, reached, hits, lang)
        if hit:
            hits.append(hit)
            reached = hit.end
    return _pending(hits)


def _hit(
    text: str, start: int, reached: int, hits: list[_Hit], lang: _Language
) -> _Hit | None:
    """The reference whose digits begin at ``start``."""
    if text[start - 1 : start] in {"-", "‐", "‑", "–"} and text[start - 2 : start - 1].isalnum():
        return None
    line = max(reached, text.rfind("\n", max(0, start - _LOOK_BACK), start) + 1, start - _LOOK_BACK)
    last = hits[-1] if hits else None
    chained = bool(
        last and start - last.end < 24 and lang.joiner.fullmatch(text.lower() if len(text) < 200
        else _lower(text[last.end : start]), *((last.end, start) if len(text) < 200 else ()))
    )
    lead = _lead(text, line, start, lang)
    announced = bool(lead.marked or (lead.noun and lead.adjacent) or chained)
    full = numbers.number_at(text, start, announced)
    if full:
        if lead.noun is None and chained and last:
            lead = replace(last.lead, start=start)
        elif not lead.adjacent and not _holds_title(lead, full):
            lead = replace(lead, start=_marker_start(text, line, start, lang))
        return _Hit(lead.start, full.end, lead, full.number, full, full.type, full.year)
    if partial := numbers.partial_at(text, start):
        end, number, code = partial
        if announced or lead.adjacent:
            return _Hit(lead.start, end, lead, number, None, code)
    if lead.noun is None and chained and last and last.full is None:
        lead = replace(last.lead, start=start)
        if not _goes_on(text, start, lang):
            return None
    if lead.noun is None or not lead.adjacent:
        return None
    bare = _BARE.match(text, start)
    if not bare:
        return None
    return _Hit(lead.start, bare.end(), lead, bare[1], None, None, bare[2])

"""Spans snapped to the rules of annotation: no person, figure or article at the edge of a name."""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from functools import cache

from pipeline import languages
from pipeline.normalise import places
from pipeline.normalise.lexicon import parse
from pipeline.recognise import Name

_WORD = re.compile(r"[^\W\d_]+(?:[-'’.][^\W\d_]+)*")
_PERSON = re.compile(r"(?:\s+[A-ZĐÀ-Ỹ][^\W\d_]*){2,4}")
_LONGEST_WORD = 30
_FIGURE = re.compile(r"\s+\d[\d.,]*$")
_AFTER = re.compile(r"\s*(%|[^\W\d_]+)")
_LEADING = re.compile(r"[\s\ufeff\u200b-\u200f\u2060\"'“”‘’«»„(\[.,;:…·•–—-]+")
_TRAILING = re.compile(r"[\s\ufeff\u200b-\u200f\u2060\"'“”‘’«»„,;:…·•–—-]+$")


@cache
def _ordinal(language: str) -> re.Pattern[str] | None:
    """An ordinal that stands behind the name it belongs to, in languages that put it there."""
    pattern = languages.data(language, "organisations")["ordinal_after"]
    return re.compile(rf"\s+(?:{pattern})(?!\w)", re.IGNORECASE) if pattern else None


# Levels of which a province has many.
_MANY = ("district", "town", "commune", "village")
_GLUED = re.compile(r"(?<=[a-zà-ỹ])[A-ZĐÀ-Ỹ][a-zà-ỹ]+$")


@cache
def _of_many(language: str) -> re.Pattern[str]:
    """A level at the end of a name and, after a comma or a conjunction, another, both without a
    place: ``Jawatankuasa Rakyat komun`` before ``dan wad``."""
    words = languages.data(language, "organisations")
    levels = "|".join(re.escape(p) for level in _MANY for p in words["levels"][level])
    joints = "|".join(re.escape(w) for w in sorted(words["conjunctions"], key=len, reverse=True))
    return re.compile(
        rf"(?<!\w)(?i:{levels})\s*(?:,\s*|\s(?i:{joints})\s+)(?i:{levels})(?!\w)(?!\s+[A-ZĐ])"
    )


def is_person(words: Sequence[str]) -> bool:
    """Whether capitalised words are a Vietnamese person's name: a family name and given names."""
    return (
        2 <= len(words) <= 4
        and all(w[:1].isupper() for w in words)
        and places.fold(words[0]) in places.gazetteer().surnames
        and not places.candidates(" ".join(words))
    )


def snap(
    names: Sequence[Name], lexicon: Sequence[tuple[int, int, float]], text: str, language: str
) -> list[Name]:
    """The names with their edges put right.

    Punctuation, a leading article, an open bracket and a figure that belongs to what follows go; an
    ordinal behind a name comes in, as one before it does; a family name glued to its last word goes
    (``van de provincieNguyen``). Bodies of many places at once (``Jawatankuasa Rakyat komun dan
    wad``) are kinds in general and none. Where the lexicon reads a shorter name
    from the same start and what follows it is a person's name (``Provincial Party Committee Duong
    Van Thinh``), the name ends where the lexicon's does; where words in small letters that the
    lexicon knows nothing of stand before a name that it reads (``quality of the members of the
    Party Committee``), it begins there.
    ``lexicon`` is sorted.
    """
    words = languages.data(language, "organisations")
    articles, ordinal = frozenset(words["articles"]), _ordinal(language)
    many = _of_many(language)
    countries = frozenset(name for names in words["countries"].values() for name in names)
    scales = {"%", *languages.data(language, "numbers")["scales"]}
    starts = [start for start, _, _ in lexicon]
    ends: dict[int, list[int]] = {}
    for start, end, _ in lexicon:
        ends.setdefault(start, []).append(end)
    snapped = []
    for name in names:
        start, end = name.start, name.end
        if edge := _LEADING.match(text, start, end):
            start = edge.end()
        first = _WORD.match(text, start, end)
        if first and first.group().lower() in articles and first.end() < end:
            edge = _LEADING.match(text, first.end(), end)
            start = edge.end() if edge else first.end()
        if text[start : start + 1].islower() and start not in ends:
            at = bisect.bisect_right(starts, start)
            inside = at < len(starts) and lexicon[at][1] <= end
            if inside and parse(text[start:end], language) is None:
                start, end = lexicon[at][:2]
        for shorter in ends.get(start, ()):
            if shorter < end:
                rest = text[shorter:end]
                person = _PERSON.fullmatch(rest)
                if person and is_person(rest.split()):
                    end = shorter
        if (
            (glued := _GLUED.search(text[start:end]))
            and places.fold(glued[0]) in places.gazetteer().surnames
            and text[end : end + 1] == " "
            and text[end + 1 : end + 2].isupper()
        ):
            end = start + glued.start()
        bracket = text.find("(", start, end)
        if bracket > start and ")" not in text[bracket:end]:
            end = bracket
        if ordinal and (number := ordinal.match(text, end)):
            end = number.end()
        if (figure := _FIGURE.search(text[start:end])) and (
            (after := _AFTER.match(text, end)) and after[1].lower() in scales
        ):
            end = start + figure.start()
        if edge := _TRAILING.search(text[start:end]):
            end = start + edge.start()
        level = max(text.rfind(" ", start, end) + 1, start)
        if start < end and many.match(text, level):
            continue
        if start < end and not _in_country(text, start, end, countries):
            snapped.append(name._replace(start=start, end=end))
    return snapped


def _in_country(text: str, start: int, end: int, countries: frozenset[str]) -> bool:
    """Whether a word taken for a name is the rest of a country's (``Amerika Syarikat``)."""
    before = text[max(0, start - _LONGEST_WORD) : start].split()
    return bool(before) and f"{before[-1]} {text[start:end]}".lower() in countries

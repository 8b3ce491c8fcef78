"""What two names must agree in before their meaning is compared at all.

Vectors of names say that two mean the like; they do not see that one is number 4 and the other
number 5, one in Ha Giang and the other in Ha Nam, one the hospital and the other its party
committee. Those are read here, in no language, and ``differ`` names the first that forbids that
two names are of one body.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipeline import facts, languages
from pipeline.normalise import lexicon, places
from pipeline.normalise.lexicon import Lexicon, Token, kind_of, tokenise
from pipeline.normalise.organisations.composition import classes_of
from pipeline.normalise.places import SYLLABLE, fold
from pipeline.user_lexicon import remembered

# Letters that Vietnamese alone has.
_MARKED = re.compile(
    "[\u0103\u0102\u0111\u0110\u01a1\u01a0\u01b0\u01af\u1ea0-\u1ef9]|[\u0300-\u036f]"
)
_SHORT = 3  # signs of units of measure are no longer

# A short form or a made name: several capitals, a capital or a digit inside.
_COINED = re.compile(r"[^\W\d_]*[^\W\d_A-Z][A-Z\u0110]\w*|\w*\d\w*|[A-Z\u0110&]{2,}")


@dataclass(frozen=True, slots=True)
class Traits:
    """What a name shows: folded words and ids, in no language, each in the order of the name.

    ``places`` are slugs of the places it names and ``area`` their words; ``proper`` the words
    that no translation changes (Vietnamese, short forms, made names) and the keys of bodies that
    it names; ``heads`` the kinds of body
    that it names, the first in ``kind`` and what all are for in ``fields`` where the name as a
    whole can be read; ``words`` is the
    rest of it as written, whose meaning is compared; ``open`` is
    whether it has words that no lexicon knows, so that its identity is only a wording.
    """

    places: frozenset[str]
    area: frozenset[str]
    numbers: tuple[str, ...]
    proper: tuple[str, ...]
    levels: frozenset[str]
    countries: frozenset[str]
    heads: tuple[str, ...]
    kind: str
    fields: frozenset[str]
    words: str
    open: bool


@remembered()
def _known(language: str) -> tuple[frozenset[str], frozenset[str]]:
    """The words of a language that its lexicons know by themselves, and those of their phrases.

    Names of single bodies are left out. In a phrase a Vietnamese name may stand.
    """
    phrases: set[str] = set()
    for table in lexicon.lexicon(language).phrases.values():
        for phrase, entries in table.items():
            if any(sort not in ("name", "shared", "vi") for sort, _ in entries):
                phrases.add(phrase)
    for forms in languages.data(language, "units")["units"].values():
        for form in forms:
            words = [t.word for t in tokenise(form)]
            if len(words) > 1 or len(words[0]) > _SHORT:
                phrases.add(" ".join(words))
    alone = frozenset(p for p in phrases if " " not in p)
    return alone, frozenset(w for p in phrases for w in p.split(" ") if len(w) > _SHORT) | alone


@cache
def _groups() -> dict[str, frozenset[str]]:
    """By kind of body the groups of kinds whose words translations exchange."""
    found: dict[str, set[str]] = {}
    for group, kinds in facts.data("confused")["groups"].items():
        for kind in kinds:
            found.setdefault(kind, set()).add(f"+{group}")
    return {kind: frozenset(groups) for kind, groups in found.items()}


@cache
def _sorts(kind: str) -> frozenset[str]:
    """What a kind of body is also: its class, what it is the same as, groups it is confused in."""
    own = classes_of(kind)
    return frozenset(own.union(*(_groups().get(k, ()) for k in own)))


def _alike(one: str, other: str) -> bool:
    """Whether names of two kinds may be of one body; two kinds that say what for are two."""
    if one == other or kind_of(one).get("same_as", one) == kind_of(other).get("same_as", other):
        return True
    vague = any(k in _groups() or kind_of(k).get("generic") for k in (one, other))
    return vague and bool(_sorts(one) & _sorts(other))


def _is_part(kind: str) -> bool:
    """Whether a body of this kind is the party cell, office or board of another one."""
    row = kind_of(kind)
    return bool(row.get("of_body")) and kind not in facts.data("confused")["in_names"]


def _phrases(
    tokens: list[Token], words: Lexicon
) -> tuple[list[str], list[str], frozenset[str], frozenset[str], set[int]]:
    """Heads, names, levels, countries among ``tokens``, and the tokens that phrases cover."""
    heads: list[str] = []
    names: list[str] = []
    levels: set[str] = set()
    countries: set[str] = set()
    covered: set[int] = set()
    i = 0
    while i < len(tokens):
        found = words.matches(tokens, i)
        size = found[0].size if found else 1
        entries = [(m.sort, m.value) for m in found if m.size == size]
        if found:
            covered.update(range(i, i + size))
        else:
            entries = list(words.compound(tokens[i].word) or ())
            if entries:
                covered.add(i)
        for sort, value in entries:
            if sort == "head":
                heads.append(value)
            elif sort in ("name", "vi"):
                names.append(value)
            elif sort == "level":
                levels.add(value)
            elif sort == "country":
                countries.add(value)
        i += size
    # One word may stand for a province and for a region.
    certain = frozenset() if "region" in levels else frozenset(levels - {"centre"})
    return heads, names, certain, frozenset(countries - {"vietnam"}), covered


@remembered(maxsize=20_000)
def traits(text: str, language: str) -> Traits:
    """The traits of a name; ``open`` and little else for a language without a lexicon."""
    if language not in languages.available():
        plain = tuple(fold(w) for w in text.split() if w[:1].isupper())
        empty: frozenset[str] = frozenset()
        return Traits(empty, empty, (), plain, empty, empty, (), "", empty, text, True)
    words = lexicon.lexicon(language)
    found = places.find(text, language, None)
    everything = tokenise(text)
    tokens = [
        t for t in everything if not any(f.start <= t.start and t.end <= f.end for f in found)
    ]
    heads, names, levels, countries, covered = _phrases(tokens, words)
    alone, known = _known(language)
    numbers: list[str] = []
    proper = names
    rest: list[str] = []
    for i, token in enumerate(tokens):
        raw = text[token.start : token.end]
        if not raw[0].isalnum():
            continue
        number = words.number(token)
        if number is not None and (raw[0].isdigit() or len(raw) > 1 or i == len(tokens) - 1):
            numbers.append(number)
        elif _MARKED.search(raw) and i not in covered:
            proper.append(token.word)
        elif i in covered or token.word in alone:
            rest.append(raw)
        elif (token.capital and SYLLABLE.fullmatch(token.word)) or (
            token.word not in known and _COINED.fullmatch(raw)
        ):
            proper.append(token.word)
        else:
            rest.append(raw)
    area = frozenset(
        t.word for t in everything for f in found if f.start <= t.start and t.end <= f.end
    )
    parsed = lexicon.parse(text, language)
    unread = [w for part in (parsed.parts if parsed else ()) for w in part.proper]
    known_by = {*proper, *numbers, *area}
    return Traits(
        places=frozenset(f.place.slug for f in found),
        area=area - alone,
        numbers=tuple(sorted(numbers)),
        proper=tuple(proper),
        levels=levels,
        countries=countries,
        heads=tuple(heads),
        kind=parsed.parts[0].kind if parsed else "",
        fields=frozenset(f for part in (parsed.parts if parsed else ()) for f in part.fields),
        words=" ".join(rest) if sum(map(len, rest)) > 3 else text,
        open=parsed is None or parsed.unknown > 0 or any(w not in known_by for w in unread),
    )


def _spelled(words: tuple[str, ...], without: frozenset[str]) -> tuple[str, str]:
    """The letters of proper names in the order of the name and in the order of the alphabet."""
    kept = [w for w in words if w not in without]
    return "".join(kept), "".join(sorted(kept))


def differ(a: Traits, b: Traits) -> str | None:
    """In what two names disagree that no two names of one body may; ``None`` for nothing."""
    if a.numbers != b.numbers:
        return "number"
    one, other = _spelled(a.proper, b.area), _spelled(b.proper, a.area)
    if one[0] != other[0] and one[1] != other[1]:
        return "proper name"
    if a.places and b.places and not a.places & b.places:
        return "place"
    if a.levels and b.levels and not a.levels & b.levels:
        return "level"
    if a.countries and b.countries and a.countries != b.countries:
        return "country"
    if a.kind and b.kind and not _alike(a.kind, b.kind):
        return "kind"
    if a.heads and b.heads and not any(_alike(x, y) for x in a.heads for y in b.heads):
        return "kind"
    if a.open != b.open and a.kind and b.kind:
        known, unsure = (b, a) if a.open else (a, b)
        if known.fields <= unsure.fields:
            return "word"  # says all that the other says, and more
    for heads, others in ((a.heads, b.heads), (b.heads, a.heads)):
        for head in heads:
            if _is_part(head) and not any(_alike(head, x) for x in others):
                return "part of a body"
    return None

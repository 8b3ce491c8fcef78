"""Shorter names of a body that its article names in full.

After ``Syarikat Garmen Ha Phong`` an article says ``Garmen Ha Phong`` and ``Syarikat Ha Phong``,
after the general hospital of a province ``hospital wilayah``. Such a name says nothing that the
full one does not say; where just one body of the article has a name that contains it, it is that
body.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pipeline import languages
from pipeline.normalise import lexicon, places
from pipeline.normalise.lexicon import kind_of
from pipeline.normalise.places import fold
from pipeline.records import Organisation
from pipeline.user_lexicon import remembered

# Kinds of body that are told apart by a name of their own, which their short forms keep.
_NAMED = frozenset(
    {
        "company",
        "group",
        "bank",
        "hospital",
        "clinic",
        "school",
        "primary-school",
        "secondary-school",
        "high-school",
        "kindergarten",
        "boarding-school",
        "university",
        "college",
        "academy",
        "institute",
        "cooperative",
        "club",
        "media",
        "newspaper",
        "factory",
    }
)

# How many bodies of an article are compared with one another.
_MOST = 400


@dataclass(frozen=True, slots=True)
class _Profile:
    """What one name says."""

    kind: str
    classes: frozenset[str]
    fields: frozenset[str]
    proper: frozenset[str]
    numbers: frozenset[str]
    words: frozenset[str]
    owners: tuple[str, ...]
    areas: frozenset[str]
    levels: frozenset[str]
    named: bool


@cache
def _fillers(language: str) -> frozenset[str]:
    """Words inside names that say nothing about identity."""
    said = languages.data(language, "organisations")["fillers"]
    return frozenset(t.word for phrase in said for t in lexicon.tokenise(phrase))


@remembered(maxsize=20_000)
def _profile(text: str, language: str) -> _Profile:
    words = frozenset(t.word for t in lexicon.tokenise(text) if t.word.isalnum())
    parsed = lexicon.parse(text, language)
    if parsed is None:
        none = frozenset[str]()
        digits = frozenset(w for w in words if w.isdigit())
        return _Profile("", none, none, words, digits, words, (), none, none, False)
    head = parsed.parts[0]
    row = kind_of(head.kind)
    return _Profile(
        head.kind,
        frozenset(k for k in (head.kind, row.get("class"), row.get("same_as")) if k),
        frozenset(head.fields),
        frozenset(fold(w) for p in head.proper for w in p.split()),
        frozenset(head.numbers),
        words,
        tuple(p.kind for p in parsed.parts[1:]),
        frozenset(fold(name) for p in parsed.parts for _, name in p.areas),
        frozenset(level for p in parsed.parts for level in p.levels),
        any(p.name_id for p in parsed.parts),
    )


def _contains(full: Organisation, short: Organisation, language: str) -> bool:
    """Whether all that a short name says is said by the full one, and less."""
    a, b = _profile(short.text, language), _profile(full.text, language)
    if a.named or a.words == b.words:
        return False
    if a.numbers and not a.kind and a.numbers == b.numbers and a.words < b.words:
        return short.text[:1].isupper()  # ``Wilayah 4`` of the coast guard
    if not a.kind and not b.kind and len(a.words) > 1 and a.words < b.words:
        return short.text[:1].isupper() and not places.candidates(short.text)
    generic = bool(kind_of(a.kind).get("generic"))
    if generic and a.classes & b.classes and a.words < b.words:
        if b.words - a.words <= _fillers(language) and short.place_id == full.place_id:
            return True
        if b.kind == "management-board" and short.place_id == full.place_id:
            return not a.areas - b.areas
    if b.kind not in _NAMED:
        return False
    if not a.numbers <= b.numbers or a.owners or b.owners:
        return False
    if not a.kind:
        return (
            a.words < b.words
            and short.text[:1].isupper()
            and len(short.text) > 2
            and not places.candidates(short.text)
        )
    if not a.classes & b.classes or short.place_id != full.place_id:
        return False
    if a.areas - b.areas or ("centre" in a.levels) != ("centre" in b.levels):
        return False
    if a.proper:
        return (
            a.fields <= b.fields
            and a.proper <= b.proper
            and not places.candidates(" ".join(a.proper))
        )
    return (
        bool(a.levels & b.levels or (a.levels and b.areas)) and a.fields < b.fields and not b.proper
    )


def resolve(organisations: Sequence[Organisation], language: str) -> list[Organisation]:
    """The organisations of one article, short names with the identity of the one they shorten.

    ``organisations`` have their identity as far as each name gives it. A short name takes the
    identity of the only body whose full name contains it, and says so in ``reason``; with several
    such bodies it stays as it is.
    """
    by_id: dict[str, list[Organisation]] = defaultdict(list)
    for organisation in organisations:
        if organisation.canonical_id:
            by_id[organisation.canonical_id].append(organisation)
    full_names = {
        identity: list({o.text: o for o in of}.values()) for identity, of in by_id.items()
    }
    result = []
    taken: dict[tuple[str, str], Organisation | None] = {}
    for organisation in organisations:
        identity = organisation.canonical_id
        if not identity or len(by_id) > _MOST:
            result.append(organisation)
            continue
        key = (identity, organisation.text)
        if key not in taken:
            owners = {
                other: full
                for other, named in full_names.items()
                if other != identity
                for full in named
                if _contains(full, organisation, language)
            }
            taken[key] = next(iter(owners.values())) if len(owners) == 1 else None
        owner = taken[key]
        if owner is None:
            result.append(organisation)
            continue
        why = f"short for {owner.text[:80]}"
        result.append(
            dataclasses.replace(
                organisation,
                canonical_id=owner.canonical_id,
                label=owner.label,
                body=owner.body,
                parent_id=owner.parent_id,
                place_id=owner.place_id,
                place=owner.place,
                place_successor_id=owner.place_successor_id,
                place_missing=owner.place_missing,
                name_vi=owner.name_vi,
                reason=f"{organisation.reason}; {why}" if organisation.reason else why,
            )
        )
    return result

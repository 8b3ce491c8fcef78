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

from pipeline import facts
from pipeline.normalise import lexicon, places
from pipeline.normalise.lexicon import kind_of
from pipeline.normalise.organisations.composition import body_facts, classes_of
from pipeline.normalise.places import fold
from pipeline.records import Organisation
from pipeline.user_lexicon import remembered

# Bodies of these classes are told apart by what a short form may leave out.
_APART = frozenset({"association", "union", "federation", "commission", "council", "delegation"})

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
    own: str  # its proper words in order


@remembered(maxsize=20_000)
def _profile(text: str, language: str) -> _Profile:
    words = frozenset(t.word for t in lexicon.tokenise(text) if t.word.isalnum())
    parsed = lexicon.parse(text, language)
    if parsed is None:
        none = frozenset[str]()
        digits = frozenset(w for w in words if w.isdigit())
        return _Profile("", none, none, words, digits, words, (), none, none, False, "")
    named = any(p.name_id for p in parsed.parts)
    if named:
        parsed = lexicon.parse_by_parts(text, language) or parsed
    head = parsed.parts[0]
    return _Profile(
        head.kind,
        classes_of(head.kind),
        frozenset(head.fields),
        frozenset(fold(w) for p in head.proper for w in p.split()),
        frozenset([*head.numbers, *(w for w in head.proper if w.isdigit())]),
        words,
        tuple(p.kind for p in parsed.parts[1:]),
        frozenset(fold(name) for p in parsed.parts for _, name in p.areas),
        frozenset(level for p in parsed.parts for level in p.levels),
        named,
        " ".join(head.proper),
    )


def _may_be_short(kind: str) -> bool:
    """Whether bodies of this kind keep in short forms what tells them apart."""
    row = kind_of(kind)
    if kind in body_facts()["abroad"]["kinds"]:
        return False
    if kind != "management-board" and {kind, row.get("class")} & _APART:
        return False
    return row.get("scope") in ("named", "part") or bool(row.get("generic"))


def _is_area(name: str) -> bool:
    """Whether a name is that of a province or district; companies share those of communes."""
    return any(place.level != "commune" for place in places.candidates(name))


def _is_listed(organisation: Organisation) -> bool:
    """Whether it is a department or ministry of the facts: no other's fields contain its own."""
    own = (organisation.canonical_id or "").partition("/")[0]
    field = own.removesuffix("-department").removesuffix("-ministry")
    return field != own and bool(body_facts()["fields"].get(field, {}).get("department"))


def _can_be_short(short: Organisation, language: str) -> bool:
    """Whether a name may stand for a fuller one at all, whichever that is."""
    a = _profile(short.text, language)
    if a.named or short.canonical_id in facts.named():
        return False
    return not a.kind or bool(kind_of(a.kind).get("generic"))


def _contains(full: Organisation, short: Organisation, language: str) -> bool:
    """Whether all that a short name, which can be one, says is said by the full one, and less."""
    a, b = _profile(short.text, language), _profile(full.text, language)
    if a.kind and a.classes.isdisjoint(b.classes):
        return False
    small = lexicon.fillers(language)
    if a.words == b.words:
        return False
    if not a.kind:
        if a.numbers and a.numbers == b.numbers and a.words < b.words:
            return short.text[:1].isupper()  # ``Wilayah 4`` of the coast guard
        said = a.words - small
        if not b.kind:
            fits = len(a.words) > 1 and a.words < b.words
        elif b.owners or not a.numbers <= b.numbers or not _may_be_short(b.kind):
            return False
        else:
            fits = bool(said) and said < b.words and len(short.text) > 2
        return fits and short.text[:1].isupper() and not places.candidates(short.text)
    if not _same_place(a, b, full, short):
        return False
    if a.kind != b.kind and kind_of(a.kind).get("stage"):
        return False
    if a.words < b.words and b.words - a.words <= small:
        return True
    if a.owners != b.owners or a.numbers != b.numbers or not _may_be_short(b.kind):
        return False
    first = full.start < short.start
    worded = first and len(a.words) > 1 and a.words < b.words
    if not a.proper <= b.proper | b.areas or not (a.fields <= b.fields or worded):
        return False
    if a.proper:
        # A university of a city may have another's name in its own; schools and posts have not.
        return (bool(kind_of(b.kind).get("local")) and first) or not _is_area(a.own)
    if a.fields:
        if _is_listed(short) or _is_listed(full) or "school" in b.classes or not first:
            return False
        return worded or a.fields < b.fields or bool(b.proper) or b.named
    at_its_level = bool(a.levels & b.levels or (a.levels and b.areas))
    return a.kind == b.kind and at_its_level and bool(b.fields) and not b.proper


def _same_place(a: _Profile, b: _Profile, full: Organisation, short: Organisation) -> bool:
    """Whether nothing that the names say puts the two bodies in two places or levels."""
    if a.areas - b.areas or ("centre" in a.levels) > ("centre" in b.levels):
        return False
    if "centre" in b.levels and "centre" not in a.levels:
        return "company" in b.classes and not (a.levels or a.areas)
    return short.place_id == full.place_id or (
        not (a.areas or a.levels) and (short.place_id is None or short.place_missing)
    )


def _fullest(owners: Sequence[Organisation], language: str) -> Organisation | None:
    """The name that contains all the others; ``None`` where there is none such."""
    for owner in owners:
        if all(
            other is owner or (_can_be_short(other, language) and _contains(owner, other, language))
            for other in owners
        ):
            return owner
    return None


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
        identity: list({o.text: o for o in reversed(of)}.values()) for identity, of in by_id.items()
    }
    if len(by_id) > _MOST:
        return list(organisations)
    owners: dict[tuple[str, str], Organisation | None] = {}  # by how it is first named

    def owner_of(short: Organisation) -> Organisation | None:
        """The full name of a short one, or of the one that it is short for."""
        key = (short.canonical_id or "", short.text)
        if key not in owners:
            owners[key] = None
            if not _can_be_short(short, language):
                return None
            found = {
                other: full
                for other, named in full_names.items()
                if other != short.canonical_id
                for full in named
                if _contains(full, short, language)
            }
            full = _fullest(list(found.values()), language)
            owners[key] = full and (owner_of(full) or full)
        return owners[key]

    result = []
    for organisation in organisations:
        owner = owner_of(organisation) if organisation.canonical_id else None
        result.append(organisation if owner is None else _as(organisation, owner))
    return result


def _as(short: Organisation, owner: Organisation) -> Organisation:
    """A mention with the identity of the body that it is short for."""
    why = f"short for {owner.text[:80]}"
    return dataclasses.replace(
        short,
        canonical_id=owner.canonical_id,
        label=owner.label,
        body=owner.body,
        parent_id=owner.parent_id,
        place_id=owner.place_id,
        place=owner.place,
        place_successor_id=owner.place_successor_id,
        place_missing=owner.place_missing,
        name_vi=owner.name_vi,
        reason=f"{short.reason}; {why}" if short.reason else why,
    )

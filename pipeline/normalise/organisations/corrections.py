"""What the user's lexicon says of bodies: whose name a name is, and which two ids are one body."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from pipeline import facts
from pipeline.normalise import places
from pipeline.normalise.lexicon import Part, own_name
from pipeline.normalise.organisations.composition import classes_of
from pipeline.normalise.organisations.document import Reading
from pipeline.normalise.organisations.naming import as_organisation, english_label
from pipeline.normalise.places import Place
from pipeline.records import Organisation
from pipeline.user_lexicon import REASON, OwnName, active


def _by_slug(slug: str, level: str, within: Place | None = None) -> Place | None:
    return places.resolve(slug.replace("-", " "), level, within)


def _apart(identity: str) -> tuple[str, list[str], tuple[str, ...], Place | None]:
    """An id as key of the body itself, keys of the bodies above it, slugs of its place, the place.

    What follows a body's kind without being a body or a place is its own name.
    """
    segments = identity.split("/")
    named = facts.registered()
    path: tuple[str, ...] = ()
    place: Place | None = None
    if identity not in named and len(segments) > 1:
        place = _by_slug(segments[-1], "province")
        if place is not None:
            path = (segments[-1],)
        elif len(segments) > 2 and (province := _by_slug(segments[-2], "province")):
            for level in ("commune", "district"):
                place = place or _by_slug(segments[-1], level, province)
            path = tuple(segments[-2:]) if place else ()
    keys: list[str] = []
    for segment in segments[: len(segments) - len(path)]:
        joined = f"{keys[-1]}/{segment}" if keys else segment
        if keys and (joined in named or not (facts.kind_of_id(segment) or segment in named)):
            keys[-1] = joined
        else:
            keys.append(segment)
    return keys[0], keys[1:], path, place


def become_id(reading: Reading, identity: str, name: OwnName | None = None) -> None:
    """Gives a mention the identity that the user says, and what the id itself tells of it."""
    known = facts.named().get(identity, {})
    reading.own, above, reading.path, reading.place = _apart(identity)
    reading.kind = known.get("kind") or facts.kind_of_id(identity)
    reading.body = reading.kind or None
    reading.id = identity
    reading.stem = "/".join([reading.own, *above])
    reading.parent = "/".join([*above, *reading.path]) if above else None
    reading.parts = [Part(reading.kind, identity)]
    reading.heads = classes_of(reading.kind)
    reading.pointer = reading.unplaced = False
    reading.label = known.get("label") or english_label(reading, above)
    if name is not None and name.place:
        reading.place = places.gazetteer().by_id[name.place]
    reading.reasons = [REASON]


def _ended(identity: str | None, same: dict[str, str]) -> str | None:
    """An id with the body that it is, or that it is a part of, under the id the user says."""
    at = 0
    while identity and at >= 0:
        if identity[at:] in same:
            return identity[:at] + same[identity[at:]]
        at = identity.find("/", at) + 1 or -1
    return identity


def corrected(organisations: Sequence[Organisation], language: str) -> list[Organisation]:
    """The organisations of an article with the last word of the user's lexicon, if there is one."""
    lexicon = active()
    if lexicon is None:
        return list(organisations)
    return [_corrected(o, language, lexicon.same) for o in organisations]


def _corrected(organisation: Organisation, language: str, same: dict[str, str]) -> Organisation:
    name = own_name(organisation.text, language)
    identity = name.id if name else organisation.canonical_id
    whole = same.get(identity or "", identity)
    if name or whole != identity:
        assert whole is not None
        reading = Reading(organisation)
        become_id(reading, whole, name)
        if name is None and organisation.reason:
            reading.reasons.insert(0, organisation.reason)
        return as_organisation(reading)
    ended, parent = _ended(identity, same), _ended(organisation.parent_id, same)
    if (ended, parent) == (identity, organisation.parent_id):
        return organisation
    return dataclasses.replace(
        organisation,
        canonical_id=ended,
        parent_id=parent,
        reason=f"{organisation.reason}; {REASON}",
    )

"""The names of a body: in English from its key, in Vietnamese where the facts have it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from pipeline import facts
from pipeline.normalise import places
from pipeline.normalise.lexicon import kind_of
from pipeline.normalise.organisations.composition import body_facts, field_names
from pipeline.normalise.organisations.document import Reading
from pipeline.records import Organisation


def english_label(reading: Reading, above: Sequence[str] = ()) -> str:
    """The English name."""
    row = kind_of(reading.body or "")
    named = facts.named().get(reading.own)
    if named and named["label"]:
        label: str = named["label"]
    elif reading.own == reading.body and row.get("label"):
        label = row["label"]
    elif reading.own.startswith(f"{reading.body}/"):
        label = f"{english(reading.own.split('/', 1)[1])} {row.get('label', '')}".strip()
    else:
        label = english(reading.own)
    for body in above:
        own = {} if body in facts.registered() else facts.named().get(body, {})
        inner = own.get("label") or kind_of(body).get("label") or english(body)
        label += f" of the {inner}"
    if reading.place is not None:
        names = [
            reading.place.name,
            *(p.name for p in places.gazetteer().ancestors(reading.place)),
        ]
        label += f" of {', '.join(names)}"
    elif reading.path:
        label += f" of {', '.join(english(s) for s in reversed(reading.path))}"
    return label


def vietnamese_name(reading: Reading) -> str | None:
    """The official Vietnamese name, where every part of it is known."""
    if reading.id is None or reading.parent is not None:
        return None
    named = facts.named().get(reading.own)
    if named:
        vi: str | None = named.get("vi") if not reading.path else None
        return vi
    if reading.path and reading.place is None:
        return None
    name: str | None = None
    row = kind_of(reading.own)
    if reading.own == reading.body:
        name = row.get("vi")
        if row.get("scope") == "area" and reading.place is None and not row.get("national"):
            return None
        own_word = row.get("vi_of", {}).get(
            reading.place.name_vi.split(" ")[0].lower() if reading.place else ""
        )
        if own_word and reading.place is not None:
            return f"{own_word} {places.bare_name(reading.place)}"
    elif reading.own.endswith("-ministry"):
        vi = _field_vi(reading.own.removesuffix("-ministry"))
        name = f"Bộ {vi}" if vi else None
    elif reading.own.endswith("-department"):
        vi = _field_vi(reading.own.removesuffix("-department"))
        name = f"Sở {vi}" if vi and len(reading.path) == 1 else None
    if name is None:
        return None
    if reading.place is None:
        return name
    if len(reading.path) > 1 and reading.place.level == "province":
        return None
    area = reading.place.name_vi
    return f"{name} {area[0].lower()}{area[1:]}"


def as_organisation(reading: Reading) -> Organisation:
    """The mention with what is understood of it."""
    place = reading.place
    return dataclasses.replace(
        reading.mention,
        canonical_id=reading.id,
        label=reading.label if reading.id else None,
        body=reading.body if reading.id else None,
        parent_id=reading.parent if reading.id else None,
        place_id=place.id if place else None,
        place=place.name if place else None,
        place_successor_id=(place.successor_id or place.id) if place else None,
        place_missing=reading.unplaced and reading.id is not None,
        name_vi=vietnamese_name(reading),
        reason="; ".join(dict.fromkeys(reading.reasons)) or None,
    )


def english(slug: str) -> str:
    """A readable English name of a slug."""
    small = {"and", "of", "for", "the", "in"}
    words = slug.replace("/", " ").split("-")
    return " ".join(w if w in small else w[:1].upper() + w[1:] for w in " ".join(words).split(" "))


def _field_vi(slug: str) -> str | None:
    for name, vi in field_names().values():
        if name == slug:
            return vi
    vi = body_facts()["fields"].get(slug, {}).get("vi")
    return vi if isinstance(vi, str) else None

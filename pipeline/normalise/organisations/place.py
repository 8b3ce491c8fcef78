"""Where a body is: by its name, by the mentions before it, by the place of its article."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from typing import Any

from pipeline.normalise import places
from pipeline.normalise.lexicon import kind_of
from pipeline.normalise.organisations.document import WINDOW, Document, Reading
from pipeline.normalise.places import Place, slugify


def locate(
    document: Document,
    reading: Reading,
    explicit: Sequence[tuple[str | None, str]],
    levels: Sequence[str],
    index: int,
) -> None:
    """Place from what the name says, the rest from the article."""
    province: Place | None = None
    below: Place | None = None
    unknown: str | None = None
    region = None
    for level, name in explicit:
        if level == "region":
            region = slugify(name)
            continue
        if name.isascii() and name.isdigit():
            word = "district" if level == "district" else "ward"
            below = places.resolve(f"{word} {name}", level, document.place, document.published)
            unknown = f"{level}-{int(name)}" if below is None else None
            continue
        if level in (None, "province", "city"):
            here = places.resolve(name, "province", None, document.published)
            if here is not None and not (level == "city" and _is_town(document, here)):
                province = here
                continue
        inside = province or document.place
        hit = None
        low = [level] if level not in (None, "village", "region") else ["district", "commune"]
        for area in (inside, None) if inside else (None,):
            for wanted in low:
                hit = hit or places.resolve(name, wanted, area, document.published)
        if hit is not None:
            below = hit
        else:
            unknown = slugify(name)
    if region is not None:
        national = kind_of(reading.kind)
        whole = national.get("scope") == "state" or national.get("national")
        reading.path = (region,) if whole else (*_province_path(document, province), region)
        reading.place = province
        reading.said_place = True
        return
    wanted_levels = [lv for lv in levels if lv != "centre"]
    if below is None and unknown is None:
        low = [lv for lv in wanted_levels if lv in ("district", "commune", "town", "village")]
        if not low and "city" in wanted_levels and not explicit:
            town = _town(document)
            if town is not None:
                low, below = ["city"], town
        if low and not explicit and below is None:
            below, why = _salient(document, reading, low[-1], index)
            if below is None:
                owner = _same_level(document, index, low[-1])
                if owner is not None:
                    reading.path, reading.place = owner.path, owner.place
                    reading.reasons.append(f"place of {owner.id}")
                    return
                reading.unplaced = True
                reading.reasons.append(f"{low[-1]} not named")
                reading.path = ()
                return
            reading.reasons.append(why)
    if below is not None:
        if (
            province is None
            and document.place is not None
            and places.is_within(below, document.place)
        ):
            province = document.place
        top = province or places.gazetteer().province(below)
        if top.era != below.era and province is None:
            top = places.gazetteer().province(below)
        reading.path = (top.slug, below.slug) if top.id != below.id else (top.slug,)
        reading.place = below
        reading.said_place = bool(explicit)
        reading.reasons.append("place in the name" if explicit else "nearest place of its level")
        return
    if unknown is not None:
        reading.path = (*_province_path(document, province), unknown)
        reading.place = province
        reading.said_place = True
        reading.reasons.append("place in the name, not in the register")
        return
    if province is not None:
        reading.path, reading.place = (province.slug,), province
        reading.said_place = True
        reading.reasons.append("place in the name")
        return
    take_article_place(document, reading)


def unsaid_place(document: Document, reading: Reading, index: int, row: dict[str, Any]) -> None:
    """A name without level and place: the body named so before, else the article's place."""
    named_before = [
        other
        for other in reversed(document.before(index))
        if other.stem == reading.stem
        and other.said_place
        and other.path
        and (
            other.place is None
            or document.place is None
            or places.is_within(other.place, document.place)
        )
        and (reading.parts[0].is_bare() or not other.path[-1].startswith("region-"))
    ]
    if named_before:
        # Where one of the province and one below it were named, the short name is the former's.
        other = min(named_before, key=lambda r: len(r.path))
        reading.path, reading.place = other.path, other.place
        reading.reasons.append(f"named before as {other.id}")
        return
    named = reading.mention.text[:1].isupper()
    if document.place is None and named and (row.get("national") or row.get("party")):
        reading.reasons.append(f"national body; {document.place_reason}")
        return
    take_article_place(document, reading)


def named_elsewhere(document: Document, reading: Reading, index: int) -> None:
    """The place of the one body of this name that the article names with its place."""
    said = {}
    for other in [*reversed(document.before(index)), *document.after(index)]:
        for part in other.parts:
            same = part.kind == reading.parts[0].kind
            same = same and part.fields == reading.parts[0].fields
            if same and (part.areas or part.levels or part.proper):
                said[other.mention.start] = other
    first = next(iter(said.values()), None)
    if first is None or first.parts[0].kind != reading.parts[0].kind:
        return
    if first.id is None and first.parts:
        explicit = [a for p in first.parts for a in p.areas]
        locate(document, reading, explicit, [lv for p in first.parts for lv in p.levels], index)
    else:
        reading.path, reading.place = first.path, first.place
    reading.reasons.append(f"named in full as {first.mention.text[:80]}")


def take_article_place(document: Document, reading: Reading) -> None:
    """The place that the article is about; where none is known, the body stays without."""
    if document.place is not None:
        reading.path, reading.place = (document.place.slug,), document.place
        reading.reasons.append(document.place_reason)
    else:
        reading.unplaced = True
        reading.reasons.append(document.place_reason)


def _is_town(document: Document, here: Place) -> bool:
    """A city word beside a province's name that is a town of that province."""
    return not places.is_city(here) and bool(
        document.place is not None and document.place.id == here.id
    )


def _province_path(document: Document, province: Place | None) -> tuple[str, ...]:
    here = province or document.place
    return (here.slug,) if here is not None else ()


def _salient(
    document: Document, reading: Reading, level: str, index: int
) -> tuple[Place | None, str]:
    """The district or commune meant by a level alone: the nearest one named before."""
    kinds = {
        "district": ("district",),
        "commune": ("commune",),
        "village": ("commune",),
        "town": ("district", "commune"),
    }[level]
    here = bisect.bisect_left(document.starts, reading.mention.start)
    fits = [
        f
        for f in document.found[max(0, here - WINDOW) : here + WINDOW]
        if f.place.level in kinds
        and (document.place is None or places.is_within(f.place, document.place))
    ]
    before = [f for f in fits if f.start < reading.mention.start]
    if before:
        return before[-1].place, f"nearest {level} named before"
    if len({f.place.slug for f in fits}) == 1:
        return fits[0].place, f"only {level} named"
    return None, ""


def _town(document: Document) -> Place | None:
    """The city of a province that a bare ``of the city`` means: the only one the article names."""
    here = document.place
    if here is None or places.is_city(here):
        return None
    named = {
        f.place.id: f.place
        for f in document.found
        if f.place.level == "district"
        and places.is_city(f.place)
        and places.is_within(f.place, here)
    }
    return next(iter(named.values())) if len(named) == 1 else None


def _same_level(document: Document, index: int, level: str) -> Reading | None:
    for other in reversed(document.before(index)):
        if other.id and len(other.path) == 2 and any(level in p.levels for p in other.parts):
            return other
    return None

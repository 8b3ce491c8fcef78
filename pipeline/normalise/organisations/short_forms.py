"""Names that stand for a longer one: short forms, abbreviations, names without their head."""

from __future__ import annotations

import re

from pipeline.normalise.lexicon import Part, kind_of
from pipeline.normalise.organisations.composition import classes_of
from pipeline.normalise.organisations.document import Document, Reading
from pipeline.normalise.organisations.naming import english_label
from pipeline.normalise.places import fold, slugify

_PIECE = re.compile(r"\w+|[^\w\s,]")
_ABBREVIATION = re.compile(r"\s?\(\s?([A-ZĐ][\w&.-]{1,14})\s?\)")
_BARE_ABBREVIATION = re.compile(r"[A-ZĐ][A-ZĐ0-9&.-]{1,14}|[A-ZĐ][a-z]{0,3}[A-ZĐ][\w&.-]{0,12}")

# How far the body that a short form means must lead the next one; chosen on the dev articles.
MARGIN = 1.5
DECAY = 0.3


def point_back(document: Document, reading: Reading, index: int) -> None:
    """Gives a short form the identity of the body that it means."""
    part = reading.parts[0] if reading.parts else None
    if part is None:
        return
    owner = _salient_body(document, index, part)
    if owner is None:
        return
    reading.become(owner)
    reading.reasons.append(f"short form of {owner.mention.text[:80]}")


def place_beside(document: Document, reading: Reading, index: int) -> None:
    """A bare council or committee takes the place of the body it is co-ordinated with.

    ``Majlis Rakyat dan Jawatankuasa Rakyat Wilayah``: the council is the province's too.
    """
    row = kind_of(reading.parts[0].kind) if len(reading.parts) == 1 else {}
    if row.get("scope") != "area" or row.get("generic"):
        return
    for other in document.readings[index + 1 : index + 2] + document.readings[index - 1 : index]:
        first, second = sorted((reading, other), key=lambda r: r.mention.start)
        between = document.text[first.mention.end : second.mention.start]
        joined = len(between) <= 20 and set(_PIECE.findall(fold(between))) <= document.joiners
        if not joined or other.id is None or not (other.path or other.unplaced):
            continue
        if kind_of(other.kind).get("scope") != "area":
            continue
        reading.kind = reading.body = reading.own = reading.stem = reading.parts[0].kind
        reading.path, reading.place = other.path, other.place
        reading.unplaced = other.unplaced
        reading.id = "/".join([reading.own, *reading.path])
        reading.label = english_label(reading)
        reading.reasons.append(f"named together with {other.mention.text[:80]}")
        return


def _salient_body(document: Document, index: int, part: Part) -> Reading | None:
    """The body a short form means: of its kind, worded with its word, named near and often.

    Each mention before counts, one further away a little less; the best must lead clearly.
    """
    classes = classes_of(part.kind) if kind_of(part.kind).get("generic") else frozenset({part.kind})
    word = fold(document.readings[index].mention.text)
    weights: dict[str, float] = {}
    alike: dict[str, float] = {}
    last: dict[str, Reading] = {}
    for step, other in enumerate(reversed(document.before(index)), 1):
        if step > 40:
            break
        if other.id is None or not other.parts:
            continue
        if not (other.heads & classes or other.kind == part.kind):
            continue
        weight = float(step) ** -DECAY
        if other.pointer:
            weight *= 0.5 if word == fold(other.mention.text) else 0.0
        elif word in fold(other.mention.text):
            alike[other.id] = alike.get(other.id, 0.0) + weight
        if weight:
            weights[other.id] = weights.get(other.id, 0.0) + weight
            last.setdefault(other.id, other)
    if not weights:
        later = {
            r.id: r
            for r in document.after(index)
            if r.id and r.parts and not r.pointer and (r.heads & classes or r.kind == part.kind)
        }
        return next(iter(later.values())) if len(later) == 1 else None
    ranked = sorted((alike or weights).items(), key=lambda kv: -kv[1])
    if len(ranked) > 1 and ranked[0][1] < MARGIN * ranked[1][1]:
        return None
    return last[ranked[0][0]]


def resolve_abbreviations(document: Document) -> None:
    """Abbreviations in brackets, known names, and names of companies without their head."""
    by_start = {r.mention.start: r for r in document.readings}
    learnt: dict[str, Reading] = {}
    for reading in document.readings:
        if reading.id is None:
            continue
        m = _ABBREVIATION.match(document.text, reading.mention.end)
        if m is None:
            continue
        other = by_start.get(m.start(1))
        if other is None and _BARE_ABBREVIATION.fullmatch(m[1]):
            learnt.setdefault(m[1], reading)
        elif (
            other is not None
            and other.mention.end == m.end(1)
            and (_BARE_ABBREVIATION.fullmatch(m[1]) and other.unknown == 0)
        ):
            if other.id is not None and other.parts and other.parts[0].name_id:
                if (
                    len(reading.parts) == 1
                    and not reading.parts[0].name_id
                    and not reading.parts[0].areas
                    and other.kind not in ("media", "university")
                ):
                    _same(reading, other, "abbreviation in brackets")
            else:
                _same(other, reading, "abbreviation in brackets")
            learnt.setdefault(other.mention.text, reading)
    own: dict[str, Reading] = {}
    for reading in document.readings:
        if reading.id is not None and reading.parts and len(reading.parts) == 1:
            first = reading.parts[0]
            areas = [name for _, name in first.areas] if first.proper else []
            proper = slugify(" ".join([*first.proper, *areas]))
            if proper and not (first.fields and first.kind != "club"):
                own.setdefault(proper, reading)
    for reading in document.readings:
        if reading.id is not None:
            continue
        if reading.mention.text in learnt:
            _same(reading, learnt[reading.mention.text], "abbreviation of")
            continue
        if reading.parts:
            continue
        slug = slugify(reading.mention.text)
        if reading.mention.text.islower():
            reading.reasons.append("no name and no known kind of body")
        elif slug in own:
            _same(reading, own[slug], "name without its kind of")
        elif slug:
            reading.id = slug
            reading.own = slug
            reading.label = reading.mention.text
            reading.reasons.append("name as written")


def _same(reading: Reading, owner: Reading, why: str) -> None:
    reading.become(owner)
    reading.pointer = False
    reading.reasons.append(f"{why} {owner.mention.text[:80]}")

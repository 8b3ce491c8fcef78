"""From the mentions of an article to their identities, step by step."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from pipeline import facts, languages
from pipeline.normalise import lexicon, places
from pipeline.normalise.lexicon import Parsed, Part, kind_of, own_name
from pipeline.normalise.organisations.composition import (
    absorb,
    body_facts,
    body_key,
    classes_of,
    field_slug,
)
from pipeline.normalise.organisations.corrections import become_id
from pipeline.normalise.organisations.document import Document, Reading
from pipeline.normalise.organisations.known import known_by_parts
from pipeline.normalise.organisations.ministries import (
    ministries_to_departments,
    of_ministry,
    provincial_fields,
)
from pipeline.normalise.organisations.naming import as_organisation, english_label
from pipeline.normalise.organisations.owners import hospital_unit, nearest, needs_owner
from pipeline.normalise.organisations.place import (
    locate,
    named_elsewhere,
    take_article_place,
    unsaid_place,
)
from pipeline.normalise.organisations.short_forms import (
    place_beside,
    point_back,
    resolve_abbreviations,
)
from pipeline.normalise.places import slugify
from pipeline.records import Organisation

# Heads that with words no lexicon has describe a body and name none.
_VAGUE = frozenset(
    {"agency", "organisation", "team", "unit", "group", "company", "station", "club"}
)

# Key, kind and name of its own of one part, as ``body_key`` gives them.
_Key = tuple[str, str, str]


def identify(
    organisations: Sequence[Organisation],
    text: str,
    language: str,
    *,
    title: str | None = None,
    published: datetime.date | None = None,
    place: str | None = None,
) -> list[Organisation]:
    """The mentions of one article with their identity filled in, in the order given.

    ``organisations`` have offsets into ``text``; ``title`` and ``published`` are what the page
    says, ``place`` the province its user names. Fills ``canonical_id``, ``label`` (English),
    ``body``, ``parent_id``, ``place_id``, ``place``, ``place_successor_id``, ``name_vi`` and
    ``reason``; ``canonical_id`` is ``None`` where nothing certain can be said.
    """
    order = sorted(
        range(len(organisations)), key=lambda i: (organisations[i].start, organisations[i].end)
    )
    document = Document([organisations[i] for i in order], text, language, title, published, place)
    done = _run(document)
    result: list[Organisation] = list(organisations)
    for i, organisation in zip(order, done, strict=True):
        result[i] = organisation
    return result


def _run(document: Document) -> list[Organisation]:
    for reading in document.readings:
        _read(document, reading)
    document.central = [
        r.mention.start
        for r in document.readings
        if r.ministry and not body_facts()["fields"].get(r.ministry, {}).get("department")
    ]
    document.fuller = {
        frozenset(p.fields)
        for r in document.readings
        for p in r.parts
        if p.kind in ("department", "ministry") and field_slug(p.fields) in body_facts()["fields"]
    }
    departments = provincial_fields(document)
    later = []
    for i, reading in enumerate(document.readings):
        if not reading.pointer and reading.parts and reading.id is None:
            if needs_owner(reading):
                later.append((i, reading))
            else:
                _compose(document, reading, i, departments)
    for i, reading in later:
        _compose(document, reading, i, departments)
    resolve_abbreviations(document)
    for i, reading in enumerate(document.readings):
        if reading.pointer and reading.id is None:
            point_back(document, reading, i)
    for i, reading in enumerate(document.readings):
        if reading.pointer and reading.id is None:
            place_beside(document, reading, i)
    return [as_organisation(r) for r in document.readings]


def _read(document: Document, reading: Reading) -> None:
    if own := own_name(reading.mention.text, document.language):
        become_id(reading, own.id, own)
        return
    parsed: Parsed | None = None
    try:
        parsed = lexicon.parse(reading.mention.text, document.language)
    except languages.UnknownLanguage:
        parsed = None
    if parsed is None:
        return
    reading.unknown = parsed.unknown
    reading.parts = [_copy(p) for p in parsed.parts]
    first = reading.parts[0]
    reading.heads = frozenset().union(*(classes_of(p.kind) for p in reading.parts[:1]))
    if any(p.kind == "ministry" for p in reading.parts):
        reading.ministry = next(
            (field_slug(p.fields) for p in reading.parts if p.kind == "ministry" and p.fields),
            None,
        )
    row = kind_of(first.kind)
    unsaid = row.get("generic") or row.get("scope") in ("area", "part", "unit", "named")
    if len(reading.parts) == 1 and first.is_bare() and unsaid:
        reading.pointer = row.get("generic", False) or not (
            row.get("national")
            or (
                row.get("scope") == "area"
                and not row.get("of_body")
                and row.get("class") not in ("commission", "court", "council", "command")
            )
        )


def _compose(document: Document, reading: Reading, index: int, departments: set[str]) -> None:
    parts = reading.parts
    for part in parts:
        if part.kind in ("department", "ministry") and part.fields:
            _whole_fields(document, part)
        in_areas = kind_of(part.kind).get("in_areas")
        if in_areas and len(parts) == 1 and (part.areas or "province" in part.levels):
            part.kind = in_areas
    ministries_to_departments(document, reading, departments)
    parts = absorb(parts, document.language)
    reading.parts = parts
    head = parts[0]
    known = None
    if len(parts) == 1 and reading.mention.text[:1].isupper():
        known = known_by_parts(head, document.language, _of_vietnam(document, reading))
    if known is not None:
        parts[0] = head = Part(facts.named()[known].get("kind", head.kind), known)
        reading.reasons.append("known by the parts of its name")
    centre = any("centre" in p.levels for p in parts)
    _names_as_places(document, parts)
    keys: list[_Key] = []
    for i, part in enumerate(parts):
        under = parts[i + 1] if i + 1 < len(parts) else None
        keys.append(body_key(part, under, centre))
    if not keys[0][0]:
        if len(parts) == 1 or (
            parts[1].is_bare()
            and kind_of(parts[1].kind).get("generic")
            and not kind_of(head.kind).get("of_body")
        ):
            reading.pointer = head.is_bare() or len(parts) > 1
            if not reading.pointer:
                reading.reasons.append("says whose it is and not what")
            return
        keys[0] = (keys[0][1], keys[0][1], "")
    reading.kind = keys[0][1]
    if (
        head.kind in _VAGUE
        and not (head.fields or head.areas or head.levels or head.numbers)
        and len(parts) == 1
        and reading.mention.text[reading.mention.text.find(" ") + 1 :].islower()
    ):
        reading.reasons.append("describes a body and names none")
        return
    reading.body = keys[0][1] or keys[0][0]
    reading.own = keys[0][0]
    above = [k[0] for k in keys[1:] if k[0]]
    reading.stem = "/".join([keys[0][0], *above])
    if _of_owner(document, reading, index, keys, above):
        return
    said = [c for p in parts for c in p.countries]
    if len(said) > 1 and said[0] == "vietnam" and head.kind in body_facts()["abroad"]["kinds"]:
        keys[0] = (f"vietnam-{keys[0][0]}", *keys[0][1:])
        reading.own = keys[0][0]
    if len(said) > 1 and said[1] == "vietnam" and "friendship" in head.fields:
        keys[0] = (f"{keys[0][0]}-of-{said[0]}", *keys[0][1:])  # theirs with us, not ours with them
        reading.own = keys[0][0]
    if _settle(document, reading, index, keys, centre):
        return
    if above:
        reading.parent = "/".join([*above, *reading.path])
    reading.id = "/".join([keys[0][0], *above, *reading.path])
    reading.label = english_label(reading, above)


def _names_as_places(document: Document, parts: Sequence[Part]) -> None:
    """A name of its own of a body of the State that the register has is its place."""
    for part in parts:
        if kind_of(part.kind).get("scope") == "area" and part.proper and not part.areas:
            joined = " ".join(part.proper)
            if (
                len(part.proper) < 4
                and document.place is not None
                and any(
                    places.resolve(joined, lv, document.place, document.published)
                    for lv in ("district", "commune")
                )
            ):
                part.areas.append((None, joined))
                part.proper.clear()


def _of_owner(
    document: Document, reading: Reading, index: int, keys: Sequence[_Key], above: Sequence[str]
) -> bool:
    """Whether the name ends in a bare head that points back at a body; if so, it is that one's."""
    parts = reading.parts
    if len(parts) < 2 or keys[-1][0]:
        return False
    owner = nearest(document, index, classes_of(parts[-1].kind), parts[-1].kind)
    if owner is not None and owner.id is not None:
        reading.id = "/".join([keys[0][0], *above, owner.id])
        reading.parent = "/".join([*above, owner.id])
        reading.label = f"{english_label(reading)} of the {owner.label or owner.id}"
        reading.path, reading.place = owner.path, owner.place
        reading.unplaced = owner.unplaced
        reading.reasons.append(f"{parts[-1].kind} points back at {owner.id}")
        return True
    return False


def _settle(
    document: Document, reading: Reading, index: int, keys: Sequence[_Key], centre: bool
) -> bool:
    """Finds where a body is; true for a ward of a hospital, whose identity is then complete."""
    parts, row = reading.parts, kind_of(reading.kind)
    head = parts[0]
    explicit = [a for p in parts for a in p.areas]
    levels = [lv for p in parts for lv in p.levels]
    countries = [c for p in parts for c in p.countries if c != "vietnam"]
    scopes = {kind_of(k[1]).get("scope", "named") for k in keys}
    capital = facts.data("places")["certain"]["capital"]  # where embassies and whole bodies are
    if countries and head.kind in body_facts()["abroad"]["kinds"]:
        reading.path = (countries[0],)
        for _, said_name in explicit:
            here = places.resolve(said_name, "province", None, document.published)
            if here is not None and here.slug not in capital:
                reading.path, reading.place = (countries[0], here.slug), here
        reading.reasons.append("country in the name")
    elif countries and not explicit:
        reading.path = (countries[0],)
        reading.reasons.append("country in the name")
    elif explicit or any(lv not in ("centre", "region") for lv in levels):
        locate(document, reading, explicit, levels, index)
    elif (
        centre
        or of_ministry(document, index)
        or any(k[1] == "ministry" or k[0].endswith("-ministry") for k in keys)
    ):
        reading.reasons.append("central body")
    elif _of_vietnam(document, reading) and (row.get("national") or row.get("generic")):
        reading.reasons.append("national body")
    elif head.name_id or scopes <= {"state"}:
        pass
    elif hospital_unit(document, reading, head, index):
        return True
    elif len(parts) > 1 and (
        parts[-1].name_id
        or (
            parts[-1].proper
            and kind_of(keys[-1][1]).get("scope") == "named"
            and not kind_of(keys[-1][1]).get("local")
        )
    ):
        reading.reasons.append("belongs to a body with a name of its own")
    elif len(keys) > 1 and _is_sole(keys[-1][1]):
        reading.reasons.append("part of a body of the State")
    elif "area" in scopes or row.get("local"):
        unsaid_place(document, reading, index, row)
    elif row.get("field") and not head.proper:
        named_elsewhere(document, reading, index)
        alone = len(parts) == 1 and not (head.numbers or head.name_id or reading.path)
        if alone and head.fields and row.get("many"):
            take_article_place(document, reading)
    state = head.kind == "party-central-committee" or row.get("scope") == "state"
    outside = any(slugify(name) not in capital for _, name in explicit)
    local = row.get("branches") and (outside or "province" in levels)
    if state and not countries and not head.name_id and not local:
        reading.path, reading.place = (), None
    if len(keys) > 1 and kind_of(keys[-1][1]).get("scope") == "state":
        reading.unplaced = False  # a part of a body that is one in the country
    return False


def _of_vietnam(document: Document, reading: Reading) -> bool:
    """Whether a name says that the body is Vietnam's."""
    countries = languages.data(document.language, "organisations")["countries"]
    words = {t.word for t in lexicon.tokenise(reading.mention.text)}
    return not words.isdisjoint(countries["vietnam"])


def _is_sole(kind: str) -> bool:
    """Whether there is one body of this kind in the country, without branches in provinces."""
    row = kind_of(kind)
    return row.get("scope") == "state" and not (row.get("generic") or row.get("branches"))


def _whole_fields(document: Document, part: Part) -> None:
    """A department named by some of its fields, where the article names all of them."""
    if body_facts()["fields"].get(field_slug(part.fields), {}).get("department"):
        return
    fuller = {whole for whole in document.fuller if set(part.fields) < whole}
    if len(fuller) == 1:
        part.fields = sorted(next(iter(fuller)))


def _copy(part: Part) -> Part:
    return Part(
        part.kind,
        part.name_id,
        list(part.fields),
        list(part.levels),
        list(part.areas),
        list(part.proper),
        list(part.numbers),
        list(part.countries),
        part.party,
    )

"""Names that stand for a longer one: short forms, abbreviations, names without their head."""

from __future__ import annotations

import re

from pipeline.normalise import places
from pipeline.normalise.lexicon import Part, kind_of
from pipeline.normalise.organisations.composition import classes_of
from pipeline.normalise.organisations.document import Document, Reading
from pipeline.normalise.organisations.naming import english_label, vietnamese_name
from pipeline.normalise.places import fold, slugify

_PIECE = re.compile(r"\w+|[^\w\s,]")
_ABBREVIATION = re.compile(r"\s?\(\s?([A-ZĐ][\w&.-]{1,14}(?: [A-ZĐ][\w]{0,7}){0,3})\s?\)")
_BARE_ABBREVIATION = re.compile(r"[A-ZĐ][A-ZĐ0-9&.-]{1,14}|[A-ZĐ][a-z]{0,3}[A-ZĐ][\w&.-]{0,12}")
_CAPITALS = re.compile(r"[A-ZĐ]{3,8}")
_SMALL_WORDS = frozenset({"of", "and", "the", "for"})  # of the English labels

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
    """Abbreviations in brackets, known names, names without their head, initials."""
    own = _own_names(document)
    for reading in document.readings:
        unread = reading.id is None and not reading.parts
        if unread and not (_provincial_paper(document, reading) or _is_abbreviation(reading)):
            _as_written(reading, own)
    learnt = _in_brackets(document)
    for reading in document.readings:
        if reading.id is not None:
            continue
        if reading.mention.text in learnt:
            _same(reading, learnt[reading.mention.text], "abbreviation of")
        elif not reading.parts:
            meant = _by_initials(document, reading)
            if meant is not None:
                _same(reading, meant, "initials of")
            else:
                _as_written(reading, own)


def _is_abbreviation(reading: Reading) -> bool:
    """Whether a name has a word in capitals, as ``DIV`` and ``THADS Nghe An``."""
    return any(_BARE_ABBREVIATION.fullmatch(w) for w in reading.mention.text.split())


def _own_names(document: Document) -> dict[str, Reading]:
    """The bodies of the article by what their names have besides kind and field."""
    own: dict[str, Reading] = {}
    for reading in document.readings:
        if reading.id is not None and reading.parts and len(reading.parts) == 1:
            first = reading.parts[0]
            areas = [name for _, name in first.areas] if first.proper else []
            proper = slugify(" ".join([*first.proper, *areas]))
            part = kind_of(first.kind).get("of_body")  # ``office X`` does not name X
            if proper and not part and not (first.fields and first.kind != "club"):
                own.setdefault(proper, reading)
    return own


def _as_written(reading: Reading, own: dict[str, Reading]) -> None:
    """A name that no lexicon reads: one of the article's without its head, else just itself."""
    slug = slugify(reading.mention.text)
    if reading.mention.text.islower():
        reading.reasons.append("no name and no known kind of body")
    elif slug in own and not places.candidates(reading.mention.text):
        _same(reading, own[slug], "name without its kind of")
    elif slug:
        reading.id = slug
        reading.own = slug
        reading.label = reading.mention.text
        reading.reasons.append("name as written")


def _in_brackets(document: Document) -> dict[str, Reading]:
    """What stands in brackets behind a name is that name: by abbreviation, the body it is of."""
    by_start = {r.mention.start: r for r in document.readings}
    learnt: dict[str, Reading] = {}
    for reading in document.readings:
        if reading.id is None:
            continue
        m = _ABBREVIATION.match(document.text, reading.mention.end)
        if m is None:
            continue
        other = by_start.get(m.start(1))
        if other is None:
            if _BARE_ABBREVIATION.fullmatch(m[1]):
                learnt.setdefault(m[1], reading)
        elif other.mention.end == m.end(1) and _is_abbreviation(other) and other.unknown == 0:
            if other.id is not None and other.parts and other.parts[0].name_id:
                known_better = len(reading.parts) == 1 and not (
                    reading.parts[0].name_id or reading.parts[0].areas
                )
                if (not reading.parts or known_better) and other.kind not in (
                    "media",
                    "university",
                ):
                    _same(reading, other, "abbreviation in brackets")
            elif not other.parts or classes_of(other.parts[0].kind) & reading.heads:
                _same(other, reading, "abbreviation in brackets")
            learnt.setdefault(other.mention.text, reading)
    return learnt


def _provincial_paper(document: Document, reading: Reading) -> bool:
    """Whether a name is that of the province's paper on line: ``BDO``, ``Baobinhdinh.vn``."""
    here = document.place
    if here is None:
        return False
    name = fold(places.bare_name(here))
    initials = "".join(word[0] for word in name.split())
    text = fold(reading.mention.text)
    if text not in (f"{initials}o", f"bao{name.replace(' ', '')}.vn", f"bao {name}"):
        return False
    reading.kind = reading.body = "media"
    reading.own = f"media/{here.slug}"
    reading.id, reading.label = reading.own, f"{here.name} Newspaper"
    reading.reasons.append("paper of the province")
    return True


def _by_initials(document: Document, reading: Reading) -> Reading | None:
    """The one body of the article whose name has these initials in English or Vietnamese.

    ``MOIT`` is the Ministry of Industry and Trade, ``KTNN`` Kiểm toán nhà nước.
    """
    text = fold(reading.mention.text)
    if not _CAPITALS.fullmatch(reading.mention.text):
        return None
    meant = {
        other.id: other
        for other in document.readings
        if other.id is not None and other.parts and _has_initials(other, text)
    }
    return next(iter(meant.values())) if len(meant) == 1 else None


def _has_initials(reading: Reading, text: str) -> bool:
    """Whether ``text`` is a body's initials, of longer ones in any order: the label is ours."""
    said = _initials(reading)
    return text in said or (len(text) > 3 and sorted(text) in [sorted(word) for word in said])


def _initials(reading: Reading) -> frozenset[str]:
    """The initials of a body's names: all words, and without the small ones."""
    found = set()
    for name in (reading.label, vietnamese_name(reading), reading.mention.text):
        words = fold(name or "").replace("-", " ").replace("'s", "").split()
        big = [w for w in words if w not in _SMALL_WORDS]
        for chosen in (words, big, [w for w in words if w != "and"]):
            found.add("".join(w[0] for w in chosen))
    return frozenset(found)


def _same(reading: Reading, owner: Reading, why: str) -> None:
    reading.become(owner)
    reading.pointer = False
    reading.reasons.append(f"{why} {owner.mention.text[:80]}")

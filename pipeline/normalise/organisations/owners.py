"""Whose part a body is, where its name does not say so itself."""

from __future__ import annotations

from collections import Counter

from pipeline.normalise.lexicon import Part, kind_of
from pipeline.normalise.organisations.composition import body_facts, classes_of, field_slug
from pipeline.normalise.organisations.document import Document, Reading
from pipeline.normalise.organisations.naming import english

# Heads that a unit of a hospital may have.
_UNITS = frozenset({"department", "unit", "centre", "office"})


def needs_owner(reading: Reading) -> bool:
    """Whether a name can only be read when the other bodies of the article are."""
    first, last = reading.parts[0], reading.parts[-1]
    hospital = set(first.fields) & set(body_facts()["units"]["hospital"])
    return bool(hospital and first.kind in _UNITS) or (
        len(reading.parts) > 1 and last.is_bare() and bool(kind_of(last.kind).get("generic"))
    )


def nearest(document: Document, index: int, classes: frozenset[str], kind: str) -> Reading | None:
    """The body of such a kind that the article names most, else the nearest before."""

    def fits(other: Reading) -> bool:
        return (
            other.id is not None
            and not other.pointer
            and bool(other.heads & classes or classes_of(other.kind) & classes)
        )

    before = [r for r in document.before(index) if fits(r)]
    after = [r for r in document.after(index) if fits(r)]
    counts = Counter(r.id for r in (*before, *after))
    ranked = counts.most_common(2)
    if ranked and (len(ranked) == 1 or ranked[0][1] >= 2 * ranked[1][1]):
        return next(r for r in (*before, *after) if r.id == ranked[0][0])
    return before[-1] if before else None


def hospital_unit(document: Document, reading: Reading, head: Part, index: int) -> bool:
    """A ward of a hospital belongs to the hospital named nearest."""
    if head.kind not in _UNITS or not head.fields:
        return False
    if not set(head.fields) & set(body_facts()["units"]["hospital"]):
        return False
    owner = nearest(document, index, frozenset({"hospital"}), "hospital")
    if owner is None or owner.id is None:
        return False
    reading.parent, reading.place = owner.id, owner.place
    reading.own = f"{field_slug(head.fields)}-department"
    reading.id = f"{reading.own}/{owner.id}"
    reading.label = f"{english(reading.own)} of the {owner.label or owner.id}"
    reading.reasons.append(f"unit of the hospital named nearest, {owner.id}")
    return True

"""Ministries that a translation means as departments of a province, and those it does not."""

from __future__ import annotations

import bisect
import re

from pipeline import languages
from pipeline.normalise.organisations.composition import body_facts, field_slug
from pipeline.normalise.organisations.document import Document, Reading

_MINISTRY_NUMBER = re.compile(
    r"\d+\s?/\s?(?:\d{4}\s?/\s?)?(?:TT|QĐ|QD|CV|TTLT|KH|CT)\s?-\s?B[A-ZĐ]{1,6}\b|\bB[A-ZĐ]{2,6}\b"
)


def provincial_fields(document: Document) -> set[str]:
    """Fields whose word for a ministry stands for a department of the article's province.

    Machine translation into some languages words both alike. In an article about a province
    a ministry of a field that has departments is the department, unless the article names
    that department as a ministry with its place or level, or the sentence shows the ministry
    (``_issues``): right on four of five such mentions of the train articles.
    """
    if document.place is None or not _translates_departments(document):
        return set()
    fields = {r.ministry for r in document.readings if r.ministry}
    for reading in document.readings:
        if any(p.areas or any(v != "centre" for v in p.levels) for p in reading.parts):
            fields.discard(reading.ministry or "")
    return {f for f in fields if body_facts()["fields"].get(f, {}).get("department")}


def ministries_to_departments(document: Document, reading: Reading, departments: set[str]) -> None:
    """A ministry of a province is its department."""
    local = any(p.areas or any(level != "centre" for level in p.levels) for p in reading.parts)
    for index, part in enumerate(reading.parts):
        if part.kind != "ministry" or not part.fields or part.countries:
            continue
        if index and not local and reading.parts[0].kind in ("department", "agency"):
            continue
        slug = field_slug(part.fields)
        department = body_facts()["fields"].get(slug, {}).get("department")
        if (local and department) or (slug in departments and not _issues(document, reading)):
            part.kind = "department"
            reading.reasons.append("a ministry below the centre is the department")


def of_ministry(document: Document, index: int) -> bool:
    """Whether a ministry stands in brackets right behind the mention."""
    stop = document.readings[index].mention.end
    after = document.text[stop : stop + 3]
    if not re.fullmatch(r"\s?\(.*", after, re.DOTALL) or index + 1 == len(document.readings):
        return False
    other = document.readings[index + 1]
    return (
        other.ministry is not None
        and other.mention.start - document.readings[index].mention.end <= 3
    )


def _translates_departments(document: Document) -> bool:
    """Whether this language words departments as ministries at all."""
    data = languages.data(document.language, "organisations")
    return bool(data.get("ministry_means_department", False))


def _issues(document: Document, reading: Reading) -> bool:
    """Whether a document number of a ministry stands right before the mention."""
    before = document.text[max(0, reading.mention.start - 60) : reading.mention.start]
    if before.rstrip().endswith("(") or _beside_ministry(document, reading):
        return True
    return _MINISTRY_NUMBER.search(before) is not None


def _beside_ministry(document: Document, reading: Reading) -> bool:
    """Whether the sentence names a ministry that no province has a department for."""
    start = max(
        document.text.rfind(sign, max(0, reading.mention.start - 1000), reading.mention.start)
        for sign in (". ", "\n", "? ", "! ")
    )
    far = reading.mention.end + 1000
    ends = [document.text.find(sign, reading.mention.end, far) for sign in (". ", "\n")]
    end = min((e for e in ends if e >= 0), default=far)
    here = bisect.bisect_left(document.central, start)
    return here < len(document.central) and document.central[here] < end

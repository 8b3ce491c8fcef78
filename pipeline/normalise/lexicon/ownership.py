"""Which bodies may belong to which, and which fields one body may have."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from pipeline import facts
from pipeline.normalise.lexicon.entries import Match
from pipeline.normalise.lexicon.parts import Part, kind_of, scope_of


def owns(part: Part, match: Match, tied: bool) -> bool:
    """Whether a body of ``part``'s kind can belong to the one that ``match`` begins.

    ``tied`` says that a connector ties the two in a language of compounds, where heads come last.
    """
    row = kind_of(part.kind)
    kind = match.value if match.sort == "head" else ""
    if scope_of(part.kind) == "unit":
        return tied or (bool(part.numbers) and scope_of(kind) == "unit")
    if row.get("of_body") or row.get("party"):
        return kind not in ("union", "association", "federation", "organisation", "team")
    if part.kind == "party-central-committee":
        return bool(kind_of(kind).get("national"))
    if kind_of(kind).get("loose"):
        return False
    if part.kind == "party-secretariat":
        return match.sort == "name" or kind.startswith("party")
    if part.kind == "sub-department":
        return match.sort == "name" or kind == "land-registration-office"
    if kind.endswith("-police") and row.get("generic"):
        return True
    if part.kind.endswith("-police"):
        return kind == "police"
    if part.fields and row.get("generic") and kind in ("university", "bank", "company"):
        return True
    if tied:
        return True
    if row.get("class", part.kind) in (
        "commission",
        "office",
        "department",
        "council",
        "delegation",
    ):
        return kind in (
            "party-committee",
            "party-central-committee",
            "peoples-committee",
            "peoples-council",
            "national-assembly",
            "fatherland-front",
            "police",
            "government",
            "ministry",
            "hospital",
            "border-guard",
            "military-command",
        )
    return False


@cache
def known_together() -> tuple[frozenset[str], ...]:
    """Sets of fields that one body is known to have."""
    return tuple(frozenset(row["of"]) for row in facts.data("organisations")["field_names"])


def go_together(fields: Sequence[str], new: str, capital: bool) -> bool:
    """Whether one body has these fields: known so, or capitals say so and no two are bodies."""
    together = {*fields, new}
    if any(together <= known for known in known_together()):
        return True
    bodies = facts.data("organisations")["fields"]
    return capital and not (new in bodies and (fields[-1] in bodies or len(fields) > 1))

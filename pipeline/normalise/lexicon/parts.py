"""What a name is read into: its bodies, and what is known about each kind of body."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pipeline import facts
from pipeline.normalise.lexicon.entries import Match


@dataclass(slots=True)
class Part:
    """One body of a name: what it is, what it is for, and what tells it from others."""

    kind: str
    name_id: str | None = None
    fields: list[str] = field(default_factory=list)
    levels: list[str] = field(default_factory=list)
    areas: list[tuple[str | None, str]] = field(default_factory=list)
    proper: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    party: bool = False

    def is_bare(self) -> bool:
        """Whether it is a head and nothing else."""
        return not (
            self.name_id
            or self.fields
            or self.levels
            or self.areas
            or self.proper
            or self.numbers
            or self.countries
            or self.party
        )

    def modify(self, sort: str, value: str) -> None:
        """Adds a level, a country or a field; a phrase of another sort says nothing of it."""
        if sort == "level":
            self.levels.append(value)
        elif sort == "country":
            self.countries.append(value)
        elif sort == "field":
            self.fields.append(value)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A name from token ``first`` to before ``last``; ``unknown`` words no lexicon has."""

    first: int
    last: int
    parts: tuple[Part, ...]
    unknown: int = 0


def part_of(match: Match) -> Part:
    """The body that a head, or a name of its own, begins."""
    if match.sort == "name":
        row = facts.named().get(match.value, {})
        return Part(row.get("kind", ""), match.value)
    return Part(match.value, levels=[match.level] if match.level else [])


def kind_of(kind: str) -> dict[str, Any]:
    """What is known about a kind of body; empty for one that is not listed."""
    row: dict[str, Any] = facts.data("organisations")["kinds"].get(kind, {})
    return row


def scope_of(kind: str) -> str:
    """What a body of this kind is one of: the State, an area, a body, or a name of its own."""
    scope: str = kind_of(kind).get("scope", "named")
    return scope

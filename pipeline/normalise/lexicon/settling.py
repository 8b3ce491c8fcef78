"""Bodies that a name says in more words than it needs: the command of a military region is it."""

from __future__ import annotations

import dataclasses
from functools import cache

from pipeline import facts
from pipeline.normalise.lexicon.parts import Parsed, Part


def settled(parsed: Parsed) -> Parsed:
    """``parsed`` with heads that only repeat the next body left out, and committees named whole.

    A head without a field, a number or a name before a body that is of that sort already is that
    body (``department of civil judgment enforcement``); what ``facts/organisations.toml`` says of
    them: ``wraps``, ``formations``, ``implied``, ``of_the_state``.
    """
    parts = list(parsed.parts)
    i = 0
    while i < len(parts):
        part = parts[i]
        body = _wraps().get((part.kind, parts[i + 1].kind)) if i + 1 < len(parts) else None
        if body and not (part.fields or part.proper or part.numbers or part.name_id):
            under = parts.pop(i + 1)
            parts[i] = dataclasses.replace(
                under,
                kind=body,
                levels=[*part.levels, *under.levels],
                areas=[*part.areas, *under.areas],
                countries=[*part.countries, *under.countries],
            )
            continue
        if part.kind == "party-central-committee" and i + 1 < len(parts) and parts[i + 1].name_id:
            part = dataclasses.replace(part, kind="central-committee", levels=[])
        parts[i] = _numbered(_without_implied(part))
        i += 1
    parts = _of_the_state(parts)
    return (
        parsed if tuple(parts) == parsed.parts else dataclasses.replace(parsed, parts=tuple(parts))
    )


def _without_implied(part: Part) -> Part:
    """A body without the fields that every body of its kind has."""
    implied = facts.data("organisations")["implied"].get(part.kind, ())
    if not any(name in implied for name in part.fields):
        return part
    return dataclasses.replace(part, fields=[f for f in part.fields if f not in implied])


def _numbered(part: Part) -> Part:
    """A region of a service by its number is that formation (``Coast Guard Region 4``)."""
    kind = facts.data("organisations")["formations"].get(part.kind)
    regions = [name.split(" ")[1] for level, name in part.areas if level == "region"]
    if kind is None or not regions or part.name_id:
        return part
    areas = [area for area in part.areas if area[0] != "region"]
    return dataclasses.replace(part, kind=kind, numbers=regions, areas=areas, levels=[])


def _of_the_state(parts: list[Part]) -> list[Part]:
    """A commission of the Party's centre or a committee of the National Assembly by its fields."""
    part = parts[0]
    if part.kind == "party-central-committee" and part.fields:
        part = dataclasses.replace(part, kind="commission", levels=["centre", *part.levels])
        parts = [part, *parts[1:]]
    row = _committees().get(frozenset(part.fields)) if part.kind in _COMMITTEES else None
    above = parts[1] if len(parts) > 1 else None
    if row is None or part.countries or part.proper or part.areas:
        return parts
    of_assembly = above is not None and above.kind == "national-assembly"
    if not (of_assembly or (above is None and row["only"] and not set(part.levels) - {"centre"})):
        return parts
    if above is not None and above.countries not in ([], ["vietnam"]):
        return parts
    return [Part(str(row["body"])), *parts[2:]]


_COMMITTEES = frozenset({"commission", "council", "department", "delegation"})


@cache
def _wraps() -> dict[tuple[str, str], str]:
    return {
        (head, kind): row.get("body", kind)
        for row in facts.data("organisations")["wraps"]
        for head in row["heads"]
        for kind in row["kinds"]
    }


@cache
def _committees() -> dict[frozenset[str], dict[str, str | bool]]:
    rows = facts.data("organisations")["of_the_state"]
    return {frozenset(fields): row for row in rows for fields in row["fields"]}

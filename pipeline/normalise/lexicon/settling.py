"""Bodies that a name says in more words than it needs: the command of a military region is it."""

from __future__ import annotations

import dataclasses
from functools import cache

from pipeline import facts
from pipeline.normalise.lexicon.parts import Parsed, Part, scope_of


def settled(parsed: Parsed) -> Parsed:
    """``parsed`` with heads that only repeat the next body left out, and committees named whole.

    A head without a field, a number or a name before a body that is of that sort already is that
    body (``department of civil judgment enforcement``); what ``facts/organisations.toml`` says of
    them: ``wraps``, ``formations``, ``regional``, ``implied``, ``other_words``,
    ``boards``, ``of_the_state``.
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
        if i + 1 < len(parts) and parts[i + 1].is_bare():
            behind = _wraps().get((parts[i + 1].kind, part.kind))
            if behind == part.kind and scope_of(part.kind) == "unit":
                del parts[i + 1]
                continue
        if part.kind == "party-central-committee" and i + 1 < len(parts) and parts[i + 1].name_id:
            part = dataclasses.replace(part, kind="central-committee", levels=[])
        parts[i] = _numbered(_with_implied(part))
        i += 1
    parts = _of_the_state(parts)
    return (
        parsed if tuple(parts) == parsed.parts else dataclasses.replace(parsed, parts=tuple(parts))
    )


def _with_implied(part: Part) -> Part:
    """A body with the one field that every body of its kind has, said or not."""
    board = facts.data("organisations")["boards"].get(part.kind)
    if board is not None:
        part = dataclasses.replace(part, kind="management-board", fields=[board, *part.fields])
    other = facts.data("organisations")["other_words"].get(part.kind, {})
    if any(name in other for name in part.fields):
        part = dataclasses.replace(part, fields=[other.get(name, name) for name in part.fields])
    implied = facts.data("organisations")["implied"].get(part.kind)
    if implied is None or part.is_bare():
        return part
    fields = [name for name in part.fields if name not in implied]
    return dataclasses.replace(part, fields=[*fields, implied[0]])


def _numbered(part: Part) -> Part:
    """A region of a service by its number is that formation (``Coast Guard Region 4``).

    Of courts and others that stand in numbered regions of a province, the number is the region's.
    """
    data = facts.data("organisations")
    regions = [name.split(" ")[1] for level, name in part.areas if level == "region"]
    kind = data["formations"].get(part.kind)
    if kind is not None and regions and not part.name_id:
        areas = [area for area in part.areas if area[0] != "region"]
        return dataclasses.replace(part, kind=kind, numbers=regions, areas=areas, levels=[])
    if part.kind in data["regional"]["kinds"] and len(part.numbers) == 1 and not regions:
        areas = [*part.areas, ("region", f"region {part.numbers[0]}")]
        return dataclasses.replace(part, numbers=[], areas=areas)
    return part


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


@cache
def worded(name: str) -> frozenset[str] | None:
    """The fields one of which a name words where ``settled`` gives it the field ``name``.

    ``None`` where it need not word any, for bodies of its kind have the field unsaid.
    """
    data = facts.data("organisations")
    if name in data["boards"].values() or any(name == row[0] for row in data["implied"].values()):
        return None
    rows = data["other_words"].values()
    return frozenset({name, *(said for row in rows for said, is_ in row.items() if is_ == name)})


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

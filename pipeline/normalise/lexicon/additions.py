"""What may follow the head of a name: each function adds one kind of thing to the body before it.

Every function takes where the words are (a ``Spot``), adds what stands there to the body, and
gives how many tokens that took: 0 where it is no part of the name.
"""

from __future__ import annotations

from typing import NamedTuple

from pipeline import facts
from pipeline.normalise import places
from pipeline.normalise.lexicon.cursor import Cursor
from pipeline.normalise.lexicon.entries import Match
from pipeline.normalise.lexicon.ownership import go_together, owns
from pipeline.normalise.lexicon.parts import Part, kind_of, part_of, scope_of
from pipeline.normalise.lexicon.place_names import province_at

_NUMBERED = frozenset({"hospital", "institute", "company", "secondary-school", "primary-school"})


class Spot(NamedTuple):
    """A token that may belong to a name, and how it hangs on the words before it.

    ``joined`` by a conjunction or a comma, ``linked`` by a connector; the name ends before
    ``limit``.
    """

    at: int
    limit: int
    joined: bool
    linked: bool


def add_place_name(cursor: Cursor, part: Part, spot: Spot, size: int) -> int:
    """A Vietnamese name of ``size`` syllables: the body's own, or its place."""
    syllables = [t.word for t in cursor.tokens[spot.at : spot.at + size]]
    if spot.joined:
        return 0
    if scope_of(part.kind) == "named" or part.name_id:
        part.proper += syllables
    else:
        part.areas.append((None, " ".join(syllables)))
    return size


def add_province(cursor: Cursor, part: Part, spot: Spot, size: int) -> int:
    """The name of a province, of ``size`` words."""
    if spot.joined:
        return 0
    part.areas.append((None, " ".join(t.word for t in cursor.tokens[spot.at : spot.at + size])))
    return size


def add_branch(
    cursor: Cursor, part: Part, spot: Spot, match: Match | None, head: Match | None
) -> int:
    """A word for a branch, or a legal form, behind a name of its own."""
    if not part.name_id and scope_of(part.kind) not in ("named", "state"):
        return 0
    branch = cursor.best(spot.at, "branch")
    if branch is not None and match is not None and branch.size >= match.size:
        return branch.size
    if (
        not spot.linked
        and head is not None
        and head.value in ("company", "group")
        and (match is not None and head.size == match.size)
    ):
        return head.size
    return 0


def add_compound(parts: list[Part], spot: Spot, compound: tuple[tuple[str, str], ...]) -> int:
    """A compound word: a body of its own when it ends in a head, else it modifies."""
    part = parts[-1]
    if compound[-1][0] == "head":
        if spot.joined:
            return 0
        part = Part(compound[-1][1])
        parts.append(part)
        compound = compound[:-1]
    for sort, value in compound:
        part.modify(sort, value)
    return 1


def add_counted(cursor: Cursor, part: Part, spot: Spot) -> int:
    """A number behind a word that says so (``number 4``, ``no. 4``)."""
    tokens, at = cursor.tokens, spot.at + 1
    if tokens[spot.at].word not in cursor.lex.number_words or spot.joined:
        return 0
    if at < spot.limit and tokens[at].word == ".":
        at += 1
    number = cursor.lex.number(tokens[at]) if at < spot.limit else None
    if number is not None and (
        not cursor.strict or scope_of(part.kind) in ("part", "unit") or part.kind.endswith("-team")
    ):
        part.numbers.append(number)
        return at + 1 - spot.at
    return 0


def add_unlisted(cursor: Cursor, part: Part, spot: Spot) -> int:
    """What no phrase of the lexicon says: a bare number, or a name in capitals."""
    j, token = spot.at, cursor.tokens[spot.at]
    number = cursor.lex.number(token)
    if number is not None and not spot.joined:
        return _add_number(cursor, part, spot, number)
    if not cursor.strict and token.capital and cursor.best(j, "filler") is not None:
        return 1
    if token.capital and not spot.joined:
        return _add_capitals(cursor, part, spot)
    return 0


def _add_number(cursor: Cursor, part: Part, spot: Spot, number: str) -> int:
    scope = scope_of(part.kind)
    direct = not (spot.linked or part.levels or part.areas or part.proper or part.name_id)
    short = len(number) <= 3
    before = cursor.tokens[spot.at - 1]
    if not cursor.strict or (
        direct
        and short
        and (
            scope in ("unit", "part")
            or (scope == "named" and before.capital and part.kind in _NUMBERED)
        )
    ):
        part.numbers.append(number)
        return 1
    return 0


def _add_capitals(cursor: Cursor, part: Part, spot: Spot) -> int:
    """Capitalised words: the name of a body that may have one, else a place of the register."""
    j, linked = spot.at, spot.linked
    scope = scope_of(part.kind)
    run = cursor.proper_run(j, spot.limit, 6)
    words = [t.word for t in cursor.tokens[j : j + run]]
    takes_name = "centre" in (part.kind, kind_of(part.kind).get("class")) or (
        part.kind in ("management-board", "customs")
    )
    named_kind = scope == "named" or (
        takes_name
        and (bool(part.fields) or not kind_of(part.kind).get("generic"))
        and not linked
        and cursor.tokens[cursor.first].capital
    )
    if (
        named_kind
        and not part.name_id
        and not (cursor.strict and linked and not cursor.lex.compounding)
    ) or not cursor.strict:
        part.proper += words
        return run
    if scope in ("area", "part") and not linked and not part.name_id:
        for n in range(min(run, 4), 0, -1):
            if " ".join(words[:n]) in places.gazetteer().by_name:
                part.areas.append((None, " ".join(words[:n])))
                return n
    return 0


def add_field(cursor: Cursor, parts: list[Part], spot: Spot, match: Match) -> int:
    """What a body is for."""
    part, token = parts[-1], cursor.tokens[spot.at]
    joined, linked, strict = spot.joined, spot.linked, cursor.strict
    if joined and not part.fields:
        return 0
    if (
        joined
        and strict
        and not cursor.listing
        and not go_together(part.fields, match.value, token.capital)
    ):
        return 0
    after_place = len(part.areas) > (cursor.before if len(parts) == 1 else 0)
    if strict and (
        (after_place and not joined) or (not cursor.lex.compounding and (part.areas or part.levels))
    ):
        return 0
    if strict and linked and not joined and part.fields and not token.capital:
        return 0
    if strict and part.name_id:
        return 0
    alone = strict and cursor.lex.compounding and not (linked or joined)
    if alone and not token.capital and not token.glued:
        return 0
    part.fields.append(match.value)
    return match.size


def add_level(cursor: Cursor, part: Part, spot: Spot, match: Match) -> int:
    """A level of the State, with the number or the name of the area behind it."""
    if cursor.strict and match.value == "centre" and spot.linked:
        return 0
    if cursor.strict and match.value == "village" and part.kind != "party-cell":
        return 0
    size = match.size
    number = _number_of_area(cursor, spot, match)
    if number is not None and match.value in ("province", "region", "city"):
        part.areas.append(("region", f"region {number}"))
        return size + 1
    if number is not None and match.value in ("district", "commune"):
        part.areas.append((match.value, f"{number}"))
        return size + 1
    start, words = _name_of_area(cursor, spot, match)
    if words and cursor.strict:
        known = _known_place(words)
        if not known and (
            match.value in ("province", "city") or not (set(words) <= places.syllables())
        ):
            part.levels.append(match.value)
            return size
        words = known or words
    if words:
        part.areas.append((match.value, " ".join(words)))
        part.levels.append(match.value)
        return start - spot.at + len(words)
    part.levels.append(match.value)
    return size


def _number_of_area(cursor: Cursor, spot: Spot, match: Match) -> str | None:
    """The number right behind a level; in running text none that rather counts something."""
    tokens, limit = cursor.tokens, spot.limit
    after = spot.at + match.size
    number = cursor.lex.number(tokens[after]) if after < limit else None
    if number is None or not cursor.strict:
        return number
    counted = (
        after + 2 < limit
        and tokens[after + 1].word in (".", ",")
        and tokens[after + 1].start == tokens[after].end
        and tokens[after + 2].start == tokens[after + 1].end
        and tokens[after + 2].word[0].isdigit()
    )
    if counted or not (tokens[spot.at].capital or match.value == "region"):
        return None
    return number


def _name_of_area(cursor: Cursor, spot: Spot, match: Match) -> tuple[int, list[str]]:
    """Where the name behind a level begins, and its words; none where no name follows."""
    tokens, limit = cursor.tokens, spot.limit
    after = skip = spot.at + match.size
    while (
        skip < limit
        and (conn := cursor.best(skip, "connector")) is not None
        and (cursor.lex.compounding)
    ):
        skip += conn.size
    run = 0
    if skip < limit and match.value not in ("centre", "region"):
        province = province_at(tokens, skip)
        if province and match.value in ("province", "city"):
            run = province
        elif skip == after:
            run = cursor.proper_run(after, limit, 4)
            if run and cursor.best(after, "level", "head") and not cursor.best(after, "name"):
                run = 0
    return skip, [t.word for t in tokens[skip : skip + run]]


def _known_place(words: list[str]) -> list[str]:
    """The longest beginning of ``words`` that the register has; empty for none."""
    register = places.gazetteer()
    for n in range(len(words), 0, -1):
        cut = " ".join(words[:n])
        if cut in register.by_name or cut in register.aliases:
            return words[:n]
    return []


def add_small(cursor: Cursor, part: Part, spot: Spot, match: Match) -> int:
    """A word of the party, of a branch, or one that tells no body from another."""
    if match.sort == "party":
        if cursor.strict and kind_of(part.kind).get("class") != "commission":
            return 0
        part.party = True
    elif cursor.strict and match.sort == "noise":
        # It may just mean `together`.
        unsure = part.name_id and not cursor.tokens[spot.at].capital
        if scope_of(part.kind) != "named" or unsure:
            return 0
    return match.size


def add_body(cursor: Cursor, parts: list[Part], spot: Spot, match: Match) -> int:
    """A head or a name of its own: of this body, or of one that this body belongs to."""
    part, j = parts[-1], spot.at
    if (
        match.sort == "name"
        and scope_of(part.kind) == "named"
        and not spot.linked
        and not spot.joined
        and not part.name_id
    ):
        kind = kind_of(part.kind).get("same_as", part.kind)
        if part.is_bare() and facts.named().get(match.value, {}).get("kind") == kind:
            part.name_id, part.kind = match.value, kind
            return match.size
        part.proper += [t.word for t in cursor.tokens[j : j + match.size]]
        return match.size
    if (
        part.name_id
        and match.sort == "head"
        and not spot.linked
        and (cursor.tokens[j].dash or cursor.lex.compounding)
    ):
        kind = kind_of(match.value).get("same_as", match.value)
        if kind != part.kind:
            parts.insert(-1, part_of(match))
        return match.size
    if cursor.strict and not owns(part, match, spot.linked and cursor.lex.compounding):
        return 0
    parts.append(part_of(match))
    return match.size

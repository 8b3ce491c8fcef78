"""How sure it is that what was read in running text is the name of a single body."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline import facts
from pipeline.normalise import places
from pipeline.normalise.lexicon.entries import Lexicon
from pipeline.normalise.lexicon.ownership import known_together
from pipeline.normalise.lexicon.parts import Parsed, kind_of
from pipeline.normalise.lexicon.place_names import of_syllables
from pipeline.normalise.lexicon.tokens import Token

_LOWER_UNSURE = frozenset({"group", "station", "office", "command", "team", "unit"})
_SURE = frozenset(
    {
        "ministry",
        "department",
        "commission",
        "office",
        "association",
        "union",
        "federation",
        "court",
        "procuracy",
    }
)


def certainty(lex: Lexicon, tokens: Sequence[Token], parsed: Parsed, text: str) -> float:
    """How sure a name is, 0 when it is no name of a single body."""
    first = tokens[parsed.first]
    part = parsed.parts[0]
    row = kind_of(part.kind)
    if parsed.first:
        before = tokens[parsed.first - 1]
        if before.word in lex.generic_before and not first.capital:
            return 0.0
    if parsed.last < len(tokens):
        after = [t.word for t in tokens[parsed.last : parsed.last + 4]]
        for phrase in lex.generic_after:
            if tuple(after[: len(phrase)]) == phrase:
                return 0.0
        following = tokens[parsed.last]
        if following.glued and following.dash and following.word.isalpha():
            return 0.0
    if row.get("loose"):
        return 0.0
    if part.name_id:
        return 0.0 if _other_thing(lex, tokens, parsed) else 0.95
    scope = row.get("scope", "named")
    capital = first.capital
    if scope == "state" and not row.get("generic"):
        if part.kind == "government" or (part.kind == "party-secretariat" and not capital):
            return 0.0
        return 0.9
    chain = len(parsed.parts) > 1 and not parsed.parts[-1].is_bare()
    if row.get("generic"):
        if not capital and part.kind in _LOWER_UNSURE and not (part.levels and part.fields):
            return 0.0
        if scope == "named":
            own = (
                part.proper
                or part.areas
                or (part.fields and (part.levels or capital))
                or (part.countries and part.kind in facts.data("organisations")["abroad"]["kinds"])
                or part.numbers
            )
            return 0.85 if own else 0.0
        if part.fields or part.proper:
            known = known_field(part.fields)
            kind_class = row.get("class", part.kind)
            sure = bool((kind_class in _SURE and known) or part.levels or part.areas)
            titled: bool = lex.compounding and any(
                t.capital for t in tokens[parsed.first + 1 : parsed.last]
            )
            sure = sure or chain or (titled and kind_class in _SURE)
            if part.kind == "delegation" and not (part.levels or part.areas):
                return 0.0
            return 0.9 if capital else 0.75 if sure else 0.0
        if row.get("of_body") and len(parsed.parts) > 1:
            return 0.8
        if part.kind == "department" and not chain:
            return 0.0
        last = parsed.parts[-1]
        if last.kind.endswith("-police"):
            return 0.8
        if part.kind == "department" and not capital:
            return 0.0
        if chain and (capital or last.name_id or kind_of(last.kind).get("scope") == "area"):
            return 0.8
        return 0.0
    if scope == "unit":
        return 0.9 if part.numbers or part.proper else 0.0
    if row.get("of_body") and len(parsed.parts) > 1:
        chain = True
    if part.levels or part.areas or chain or part.party or part.countries or part.proper:
        return 0.95 if capital else 0.85
    if part.kind == "fatherland-front" and parsed.last - parsed.first == 1 and not capital:
        return 0.0
    if row.get("national") or row.get("party"):
        if not capital and not row.get("party") and row.get("class") not in _SURE:
            return 0.0
        return 0.7 if capital or row.get("party") else 0.6
    if part.kind.endswith("-police") and scope == "area":
        return 0.6
    if (
        scope == "area"
        and capital
        and part.kind not in ("party-committee", "police", "party-organisation")
    ):
        return 0.6 if row.get("class") not in ("commission", "court", "council") else 0.0
    return 0.0


def known_field(fields: Sequence[str]) -> bool:
    """Whether fields in small letters name a department, an association or a ward that exists."""
    data = facts.data("organisations")
    unique = frozenset(fields)
    if any(unique == known for known in known_together()):
        return True
    if unique & set(data["units"]["hospital"]) or unique & set(data["fields"]):
        return True
    return any(unique == frozenset(row.get("fields", ())) for row in data["compositions"])


def _other_thing(lex: Lexicon, tokens: Sequence[Token], parsed: Parsed) -> bool:
    """Whether a body's name is here part of a product's, a person's or a place's, or a unit."""
    first, last = parsed.first, parsed.last
    after = tokens[last] if last < len(tokens) else None
    for follower in tokens[last : last + 2]:
        if follower.dash or not (follower.capital or follower.word.isdigit()):
            break
        if follower.word in lex.another:
            return True
        if follower.capital:
            break
    if not first:
        return False
    before = tokens[first - 1]
    size = last - first
    if size == 1:
        return before.word[0].isdigit() and len(tokens[first].word) == 2 and not tokens[first].dash
    if not of_syllables(tokens[first:last]):
        return False
    syllables = places.syllables()
    level = any(sort == "level" for sort, _ in lex.singles.get(before.word, ()))
    person = before.capital and not tokens[first].dash and before.word in syllables
    follows = after is not None and after.capital and not after.dash and after.word in syllables
    return level or person or follows

"""Reading the words from one position on into the bodies of a name, the outermost first."""

from __future__ import annotations

from pipeline import facts
from pipeline.normalise.lexicon.additions import (
    Spot,
    add_body,
    add_branch,
    add_compound,
    add_counted,
    add_field,
    add_level,
    add_place_name,
    add_province,
    add_small,
    add_unlisted,
)
from pipeline.normalise.lexicon.cursor import LONGEST, Cursor
from pipeline.normalise.lexicon.entries import Match
from pipeline.normalise.lexicon.ownership import owns
from pipeline.normalise.lexicon.parts import Parsed, Part, kind_of, part_of, scope_of
from pipeline.normalise.lexicon.place_names import name_at, of_syllables, province_at


class Reader(Cursor):
    """Reads one name; ``strict`` takes only what surely belongs to it."""

    def parse(self, i: int) -> Parsed | None:
        """A name whose first token is ``i``."""
        tokens = self.tokens
        limit = min(len(tokens), i + LONGEST)
        self.first = i
        before: list[Match] = []
        proper: list[str] = []
        pre_areas: list[tuple[str | None, str]] = []
        numbers: list[str] = []
        j = i
        head: Match | None = None
        formation = self._formation(i)
        if formation is not None:
            part, j = formation
            parts = [part]
            last = self._after(parts, j, limit)
            return Parsed(i, last, tuple(parts), self.unknown)
        while j < limit:
            token = tokens[j]
            if self.strict and j > i and token.dash and not token.glued:
                return None
            match = self.best(j, "head", "name")
            if match is not None and match.sort == "name" and (proper or before):
                match = self.best(j, "head") or match
            size = name_at(tokens, j)
            if size and (match is None or match.size < size) and not province_at(tokens, j):
                if not self.lex.compounding and self.strict:
                    return None
                proper += [t.word for t in tokens[j : j + size]]
                j += size
                continue
            if match is not None and self.usable(j, match):
                modifier = self.best(j, "field", "level", "country")
                # A word that is both, with a head right after it, modifies that head.
                if not (
                    modifier is not None
                    and modifier.size >= match.size
                    and match.sort == "head"
                    and j + modifier.size < limit
                    and self.lex.compounding
                    and self.head_follows(j + modifier.size)
                ):
                    head = match
                    break
            compound = self.lex.compound(token.word)
            if compound is not None:
                if compound[-1][0] == "head":
                    head = Match(1, "head", compound[-1][1])
                    before += [Match(0, sort, value) for sort, value in compound[:-1]]
                    break
                before += [Match(1, *part) for part in compound]
                j += 1
                continue
            size = province_at(tokens, j)
            if size and (self.lex.compounding or not self.strict):
                pre_areas.append((None, " ".join(t.word for t in tokens[j : j + size])))
                j += size
                continue
            modifier = self.best(j, "level", "country", "field")
            if modifier is not None and proper and self.syllable(j, modifier):
                proper.append(token.word)
                j += 1
                continue
            if modifier is not None and (self.lex.compounding or not self.strict):
                before.append(modifier)
                j += modifier.size
                continue
            if (proper or pre_areas or before) and not self.strict:
                noise = self.best(j, "noise", "filler")
                if noise is not None:
                    j += noise.size
                    continue
            if proper and self.strict and (noise := self.best(j, "noise")) is not None:
                j += noise.size
                continue
            listed = self.best(j, "conjunction") or (token.word == "," and not self.strict)
            if before and listed and before[-1].sort == "field":
                j += 1
                continue
            number = self.lex.number(token)
            if number is not None:
                numbers.append(number)
                j += 1
                continue
            if not self.lex.compounding and self.strict:
                return None
            if (
                token.capital
                and token.word.isalnum()
                and len(proper) < 5
                and self.best(j, "article", "connector", "loose", "conjunction", "filler") is None
            ):
                proper.append(token.word)
                j += 1
                continue
            return None
        if head is None and not self.strict and j >= limit:
            head = self._unsaid_head(before)
            if head is not None and not kind_of(head.value).get("generic"):
                before = [m for m in before if m.sort != "field"]
        if head is None:
            return None
        place = head.sort == "name" and any(m.sort == "level" for m in before)
        if self.strict and place and of_syllables(tokens[j : j + head.size]):
            return None  # the place that the body has its name from
        part = part_of(head)
        named = not part.name_id and (
            scope_of(part.kind) == "named"
            or kind_of(part.kind).get("class") == "centre"
            or part.kind == "centre"
        )
        if (proper or pre_areas or numbers) and self.strict:
            if proper and not named:
                return None
            if not tokens[j].capital and not tokens[j].glued:
                return None
            if (
                numbers
                and scope_of(part.kind) not in ("unit", "part")
                and (part.kind != "party-central-committee")
            ):
                return None
        for match in before:
            part.modify(match.sort, match.value)
        part.proper += proper
        part.areas += pre_areas
        self.before = len(pre_areas)
        part.numbers += numbers
        parts = [part]
        last = self._after(parts, j + head.size, limit)
        return Parsed(i, last, tuple(parts), self.unknown)

    def _unsaid_head(self, before: list[Match]) -> Match | None:
        """The head of a name that is but a field and a place (``Electricity Gia Lai``)."""
        fields = [m.value for m in before if m.sort == "field"]
        unsaid = facts.data("organisations")["headless"]
        return (
            Match(0, "head", unsaid[fields[0]])
            if len(fields) == 1 and fields[0] in unsaid
            else None
        )

    def _formation(self, i: int) -> tuple[Part, int] | None:
        """A region of the navy named by its number (``Region 4 of the Navy``), and its end.

        The word for a command may stand before it.
        """
        counted = i + 1 < len(self.tokens) and self.tokens[i + 1].word.isdigit()
        if not counted:
            command = self.best(i, "head")
            if command is None or command.value != "command":
                return None
            i += command.size
            while i < len(self.tokens) and (joint := self.best(i, "connector")) is not None:
                i += joint.size
            if i + 1 >= len(self.tokens) or not self.tokens[i + 1].word.isdigit():
                return None
        level = self.best(i, "level")
        j = i + level.size if level is not None else i
        if level is None or level.value not in ("region", "province") or j + 1 >= len(self.tokens):
            return None
        number = self.tokens[j].word
        if not number.isdigit() or len(number) > 2:
            return None
        j += 1
        while j < len(self.tokens) and (joint := self.best(j, "connector")) is not None:
            j += joint.size
        head = self.best(j, "head") if j < len(self.tokens) else None
        kind = facts.data("organisations")["formations"].get(head.value) if head else None
        if head is None or kind is None or not self.tokens[j].capital:
            return None
        return Part(kind, numbers=[number]), j + head.size

    def _after(self, parts: list[Part], j: int, limit: int) -> int:
        """Reads what follows the head into ``parts``; returns where the name ends."""
        tokens, last = self.tokens, j
        while j < limit:
            part = parts[-1]
            start = j
            joined = linked = False
            token = tokens[j]
            if token.word == ",":
                if not part.fields and not self.strict:
                    j += 1
                    linked = True
                elif self.branch_after(j + 1):
                    j += 1
                elif self.list_goes_on(j + 1, limit):
                    j += 1
                    joined = self.listing = True
                elif not self.strict:
                    j += 1
                    linked = True
                else:
                    break
            elif token.word in ("(", ")", '"', "\u201c", "\u201d", "'", ".", ":"):
                if self.strict:
                    break
                j += 1
                last = j
                continue
            if j < limit and tokens[j].dash and part.fields:
                next_match = self.best(j, "field", "head", "name")
                if next_match is not None and next_match.sort == "field":
                    joined = True
                elif (
                    self.strict
                    and not tokens[j].glued
                    and next_match is not None
                    and not (next_match.value == part.kind == "university")
                ):
                    break
                else:
                    linked = True
            if j < limit and not joined:
                conj = self.best(j, "conjunction")
                if conj is not None and not (part.fields == [] and self.strict):
                    j += conj.size
                    joined = True
            abroad = part.kind in facts.data("organisations")["abroad"]["kinds"]
            joins = ("connector", "loose") if abroad else self.joins
            while j < limit and (conn := self.best(j, *joins)) is not None:
                better = self.best(j, "field", "head", "name", "level")
                if better is not None and better.size > conn.size:
                    break
                if conn.size < name_at(tokens, j):
                    break
                j += conn.size
                linked = True
            if j >= limit:
                break
            if self.strict and j < limit and tokens[j].dash and not tokens[j].glued and not joined:
                apart = self.best(j, "head", "name")
                if apart is not None and not (
                    apart.value == part.kind == "university" and part.fields
                ):
                    break
            if linked and self.lex.compounding is False and joined is False and self.strict:
                better = self.best(j, "head", "field", "level", "country")
                if better is None and not province_at(tokens, j):
                    break
            taken = self._take(parts, Spot(j, limit, joined, linked))
            if taken == 0:
                if self.strict:
                    break
                if start == j or tokens[j].word.isalnum():
                    if (
                        self.best(j, "filler", "noise", "branch", "article", "connector", "loose")
                        is None
                    ):
                        parts[-1].proper.append(tokens[j].word)
                        self.unknown += 1
                    taken = 1
                else:
                    break
            j += taken
            last = j
        return last

    def _take(self, parts: list[Part], spot: Spot) -> int:
        """Adds what stands at a spot to the name; how many tokens that took, 0 for nothing."""
        tokens, part, j, joined = self.tokens, parts[-1], spot.at, spot.joined
        province = province_at(tokens, j)
        match = self.best(
            j, "name", "field", "level", "country", "head", "noise", "branch", "party"
        )
        if match is not None and not self.usable(j, match):
            match = None
        named = name_at(tokens, j)
        if named and not province and (match is None or match.size < named):
            return add_place_name(self, part, spot, named)
        if (
            match is not None
            and part.proper
            and not spot.linked
            and not joined
            and tokens[j - 1].word == part.proper[-1]
            and self.syllable(j, match)
        ):
            part.proper.append(tokens[j].word)
            return 1
        head = self.best(j, "head")
        taken = add_branch(self, part, spot, match, head) or self._take_inner(parts, spot, match)
        if taken:
            return taken
        if province and (match is None or province >= match.size):
            return add_province(self, part, spot, province)
        if (
            match is not None
            and head is not None
            and match.sort in ("field", "level")
            and self._means_head(spot, match, head)
        ):
            match = head
        if match is None:
            compound = self.lex.compound(tokens[j].word)
            if compound is not None:
                return add_compound(parts, spot, compound)
        if counted := add_counted(self, part, spot):
            return counted
        if match is None:
            return add_unlisted(self, part, spot)
        if match.sort == "field":
            return add_field(self, parts, spot, match)
        if joined and match.sort != "name":
            return 0
        if match.sort == "level":
            return add_level(self, part, spot, match)
        if match.sort == "country":
            part.countries.append(match.value)
            return match.size
        if match.sort in ("noise", "branch", "party"):
            return add_small(self, part, spot, match)
        return add_body(self, parts, spot, match)

    def _take_inner(self, parts: list[Part], spot: Spot, match: Match | None) -> int:
        """A whole name behind a connector whose head comes last (``of the health department``)."""
        part, j = parts[-1], spot.at
        if not spot.linked or spot.joined or not self.lex.compounding:
            return 0
        if (
            match is not None
            and match.sort in ("field", "level", "country")
            and self.adjectives_then_head(j, spot.limit)
        ):
            inner = self.parse(j)
            if (
                inner is not None
                and inner.parts[0].kind
                and owns(part, Match(1, "head", inner.parts[0].kind), True)
            ):
                parts.extend(inner.parts)
                return inner.last - j
        if (
            self.tokens[j].capital
            and (match is None or match.sort == "field")
            and self.name_then_head(j, spot.limit)
        ):
            inner = self.parse(j)
            if inner is not None and len(inner.parts) == 1 and inner.parts[0].kind:
                parts.extend(inner.parts)
                return inner.last - j
        return 0

    def _means_head(self, spot: Spot, match: Match, head: Match) -> bool:
        """Whether a field or level that is also a head means the head here.

        "Of the department", after a connector or beside a head that may own a body.
        """
        if head.size == match.size and not spot.joined and head.value != match.value:
            return (
                spot.linked
                and self.lex.compounding
                and match.sort == "field"
                and self.opens_body(spot.at, head)
            )
        return head.size > match.size

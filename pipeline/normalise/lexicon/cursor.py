"""What stands where in the words of a text: phrases, names, and what comes after them."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.normalise.lexicon.entries import Lexicon, Match
from pipeline.normalise.lexicon.parts import Parsed, scope_of
from pipeline.normalise.lexicon.place_names import province_at
from pipeline.normalise.lexicon.tokens import Token

# A name is at most so many words long.
LONGEST = 40
_SMALL = frozenset({"connector", "loose", "conjunction", "article", "filler"})


class Cursor:
    """Answers what stands at a token; ``strict`` counts only what surely belongs to a name.

    ``plain`` adds Vietnamese phrases without their diacritics, ``nameless`` leaves out the bodies
    that have a name of their own. Both are set before the first question is asked.
    """

    def __init__(self, lex: Lexicon, tokens: Sequence[Token], strict: bool) -> None:
        self.lex = lex
        self.tokens = tokens
        self.strict = strict
        self.unknown = 0
        self.known: dict[int, list[Match]] = {}
        self.first = 0
        self.listing = False
        self.before = 0
        self.joins = ("connector",) if strict else ("connector", "loose")
        self.plain = False
        self.nameless = False

    def best(self, i: int, *sorts: str) -> Match | None:
        """The longest phrase at ``i`` of one of ``sorts``, earlier sorts first at equal length."""
        known = self.known.get(i)
        if known is None:
            known = self.lex.matches(self.tokens, i, self.plain)
            if self.tokens[i].exact:
                known = [m for m in known if m.sort not in _SMALL]
            if not self.strict and any(m.sort == "shared" for m in known):
                known = [self._as_name(m, i) for m in known]
            if self.nameless:
                known = [m for m in known if m.sort != "name"]
            self.known[i] = known
        chosen: Match | None = None
        for match in known:  # the longest come first
            if chosen is not None and match.size < chosen.size:
                break
            if match.sort in sorts and (
                chosen is None or sorts.index(match.sort) < sorts.index(chosen.sort)
            ):
                chosen = match
        return chosen

    def _as_name(self, match: Match, i: int) -> Match:
        """A name that is also a word, a person or a place counts when it is all there is."""
        whole = i == self.first and i + match.size == len(self.tokens) and not self.strict
        return Match(match.size, "name", match.value) if match.sort == "shared" and whole else match

    def usable(self, i: int, match: Match) -> bool:
        """Whether a phrase stands alone: not half of a hyphened word, capitals where they count."""
        tokens = self.tokens
        last = i + match.size
        if match.sort in ("name", "head") and match.size == 1:
            wanted = self.lex.exact.get(tokens[i].word)
            if wanted and not tokens[i].upper:
                return False
            if wanted is not None and match.sort == "name" and not tokens[i].capital:
                return False
            if match.sort == "name" and tokens[i].exact and tokens[i].exact not in self.lex.marked:
                return False
        elif match.sort == "name" and self.strict:
            joined = " ".join(t.word for t in tokens[i:last])
            opens, closes = self.lex.cased.get(joined, (False, False))
            if (opens and not tokens[i].capital) or (closes and not tokens[last - 1].capital):
                return False
        reduplicated = (
            last < len(tokens)
            and tokens[last].glued
            and tokens[last].dash
            and tokens[last].word == tokens[last - 1].word
        )
        return not reduplicated

    def syllable(self, j: int, match: Match) -> bool:
        """Whether a short word of the lexicon is rather a syllable of the name before it."""
        token = self.tokens[j]
        return (
            match.size == 1
            and token.capital
            and len(token.word) <= 4
            and match.sort in ("field", "level")
        )

    def head_follows(self, i: int) -> bool:
        """Whether a head, or a compound that ends in one, begins at ``i``."""
        match = self.best(i, "head")
        if match is not None:
            return True
        compound = self.lex.compound(self.tokens[i].word)
        return compound is not None and compound[-1][0] == "head"

    def proper_run(self, i: int, limit: int, most: int) -> int:
        """How many capitalised words from ``i`` on belong to no phrase of the lexicon."""
        n = 0
        while i + n < limit and n < most:
            token = self.tokens[i + n]
            digits = n > 0 and token.word.isdigit() and len(token.word) <= 2
            if digits and self.strict and i + n + 1 < len(self.tokens):
                after = self.tokens[i + n + 1]
                digits = not after.word[0].islower() and (
                    after.start > token.end or after.word not in (".", ",")
                )
            if not token.capital and not digits:
                break
            if n and self.best(i + n, "level", "head", "branch", "country"):
                break
            if n and province_at(self.tokens, i + n):
                break
            n += 1
        return n

    def branch_after(self, i: int) -> bool:
        """Whether a word for a branch begins at ``i``."""
        return i < len(self.tokens) and self.best(i, "branch") is not None

    def list_goes_on(self, i: int, limit: int) -> bool:
        """Whether fields joined by commas end in a conjunction and one more field."""
        while i < limit:
            match = self.best(i, "field")
            if match is None:
                return False
            i += match.size
            if i >= limit:
                return False
            if self.best(i, "conjunction") is not None:
                i += self.best(i, "conjunction").size  # type: ignore[union-attr]
                while i < limit and self.best(i, "connector"):
                    i += 1
                return i < limit and self.best(i, "field") is not None
            if self.tokens[i].word != ",":
                return False
            i += 1
        return False

    def adjectives_then_head(self, j: int, limit: int) -> bool:
        """Whether only words that modify stand between ``j`` and a head."""
        for _ in range(4):
            if j >= limit:
                return False
            head = self.best(j, "head")
            modifier = self.best(j, "field", "level", "country")
            if head is not None and (modifier is None or head.size > modifier.size):
                return True
            compound = self.lex.compound(self.tokens[j].word)
            if compound is not None and head is None and modifier is None:
                return compound[-1][0] == "head"
            if modifier is None:
                return False
            j += modifier.size
        return False

    def name_then_head(self, j: int, limit: int) -> bool:
        """Whether a capitalised name runs from ``j`` into the head of a named body."""
        for step in range(1, 7):
            if j + step >= min(limit, len(self.tokens)):
                return False
            head = self.best(j + step, "head")
            if head is not None and scope_of(head.value) == "named":
                return self.tokens[j + step].capital or self.tokens[j + step].glued
            if not self.tokens[j + step].capital:
                return False
        return False

    def opens_body(self, j: int, head: Match) -> bool:
        """Whether a connector right behind ``head`` goes on with the name of its body."""
        after = j + head.size
        if after >= len(self.tokens):
            return False
        return self.best(after, "connector") is not None

    def goes_on(self, parsed: Parsed) -> bool:
        """Whether a known name is but the beginning of the name of another body."""
        if not self.lex.compounding or parsed.last >= len(self.tokens):
            return False
        after = self.tokens[parsed.last]
        if not after.capital or after.dash:
            return False
        return after.word in self.lex.another or self.name_then_head(
            parsed.last, parsed.last + LONGEST
        )
